"""Small GTFS feeds, written by hand."""

from __future__ import annotations

import zipfile
from pathlib import Path

# A railway in Germany (summer time) and Georgia (none) on German time, and a ferry in Finland.
FILES = {
    "agency.txt": """agency_id,agency_name,agency_url,agency_timezone
DE,Rail,https://example.org/rail,Europe/Berlin
""",
    "routes.txt": """route_id,agency_id,route_short_name,route_long_name,route_type
night,DE,N1,Night train,2
sea,DE,F1,Ferry,4
tram,DE,T1,Tram,0
""",
    "stops.txt": "stop_id,stop_name,stop_lat,stop_lon,"
    """location_type,parent_station,stop_timezone,locode
ber,Berlin,52.525,13.369,1,,Europe/Berlin,DE BER
ber1,Berlin platform 1,52.525,13.369,0,ber,,
ber2,Berlin platform 2,52.5251,13.369,0,ber,,
fra,Frankfurt,50.107,8.663,0,,,DEFRA
muc,München,48.140,11.558,0,,,
hel,Helsinki,60.16,24.95,0,,Europe/Helsinki,XX1
tbs,Tbilisi,41.72,44.79,0,,Asia/Tbilisi,
away,Never served,50,10,0,,,
""",
    "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,"
    """saturday,sunday,start_date,end_date
daily,1,1,1,1,1,1,1,20260301,20261130
weekend,0,0,0,0,0,1,1,20260301,20261130
""",
    "calendar_dates.txt": """service_id,date,exception_type
daily,20260501,2
single,20260410,1
single,20260414,1
""",
    "trips.txt": """route_id,service_id,trip_id,trip_short_name,trip_headsign,block_id
night,daily,day,101,Frankfurt,
night,daily,night,102,München,
night,single,single,103,Berlin,
night,weekend,zones,104,Tbilisi,
sea,daily,ferry,,Helsinki,
sea,daily,exact,,Berlin,
sea,daily,headway,,Berlin,
tram,daily,tram,,,
""",
    "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence,"
    """pickup_type,drop_off_type
day,,08:00:00,ber1,1,,
day,11:59:30,12:05:30,fra,2,0,1
day,15:00:00,,muc,3,,
night,22:30:00,22:30:00,ber1,1,,
night,22:40:00,22:45:00,ber2,2,,
night,26:30:00,26:40:00,fra,5,,
night,30:10:00,30:10:00,muc,9,,
single,25:15:00,25:15:00,fra,1,,
single,29:00:00,29:00:00,ber2,2,,
zones,20:00:00,20:00:00,ber1,1,,
zones,50:00:00,50:00:00,tbs,2,,
ferry,20:00:00,20:00:00,ber1,1,,
ferry,44:00:00,44:00:00,hel,2,,
exact,06:00:00,06:00:00,hel,1,,
exact,09:00:00,09:00:00,ber1,2,,
headway,05:00:00,05:00:00,hel,1,,
headway,05:30:00,05:40:00,muc,2,,
headway,06:40:00,06:40:00,ber1,3,,
tram,10:00:00,10:00:00,ber1,1,,
tram,10:10:00,10:10:00,fra,2,,
""",
    "frequencies.txt": """trip_id,start_time,end_time,headway_secs,exact_times
exact,06:00:00,08:00:00,3600,1
headway,06:00:00,10:00:00,1800,0
headway,10:00:00,12:00:00,3600,0
""",
    "transfers.txt": """from_stop_id,to_stop_id,transfer_type,min_transfer_time
ber1,ber2,2,900
ber2,ber1,2,1200
fra,muc,2,600
fra,fra,1,
hel,hel,3,
away,away,2,60
""",
    "feed_info.txt": """feed_publisher_name,feed_publisher_url,feed_lang,feed_version,feed_license
The publisher,https://example.org,en,2026a,CC-BY-4.0
""",
}


def write_folder(folder: Path, **changes: str | None) -> Path:
    """Write the small feed; ``changes`` replace files by the stem of their name, None drops one."""
    folder.mkdir(exist_ok=True)
    files: dict[str, str | None] = dict(FILES)
    files.update({f"{stem}.txt": text for stem, text in changes.items()})
    for name, text in files.items():
        if text is not None:
            (folder / name).write_text(text, encoding="utf-8")
    return folder


def write_zip(path: Path, files: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path
