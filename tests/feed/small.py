"""A small sound feed as plain cells, to be spoilt in one place by each test."""

from __future__ import annotations

import csv
import json
from pathlib import Path

Tables = dict[str, list[dict[str, str]]]

INFO = {"name": "small", "title": "Small", "version": "1", "kervanFeed": "1.0"}


def small() -> Tables:
    """Return the tables of a feed nothing is wrong with: a train, a ferry and a truck."""
    source = {"source_id": "s"}
    p50 = {"dwell_p50_hours": "6", "dwell_p95_hours": "24"}
    place = {"coordinates_basis": "known", **source}
    return {
        "sources": [{"source_id": "s", "title": "Made for a test"}],
        "instruments": [
            {
                "instrument_id": "mou",
                "title": "Memorandum",
                "type": "memorandum",
                "parties": "KZ;AZ",
                "status": "in_force",
                "valid_from": "2022-01-01",
                "valid_to": "2030-12-31",
                **source,
            }
        ],
        "carriers": [
            {"carrier_id": "KTZ", "name": "KTZ", "type": "railway", "country": "KZ", **source},
            {"carrier_id": "ASCO", "name": "ASCO", "type": "ferry", "country": "AZ", **source},
        ],
        "places": [
            {
                "place_id": "KZALA",
                "name": "Almaty",
                "country": "KZ",
                "latitude_deg": "43.25",
                "longitude_deg": "76.9",
                "timezone": "Asia/Almaty",
                "type": "city",
                **place,
            },
            {
                "place_id": "KZAAU",
                "name": "Aktau",
                "country": "KZ",
                "latitude_deg": "43.6",
                "longitude_deg": "51.2",
                "timezone": "Asia/Aqtau",
                "type": "seaport",
                **place,
            },
            {
                "place_id": "AZALT",
                "name": "Alat",
                "country": "AZ",
                "latitude_deg": "39.95",
                "longitude_deg": "49.4",
                "timezone": "Asia/Baku",
                "type": "seaport",
                **place,
            },
        ],
        "terminals": [
            {
                "terminal_id": "aktau",
                "place_id": "KZAAU",
                "name": "Port of Aktau",
                "modes": "rail;sea",
                **p50,
                **source,
            }
        ],
        "transfers": [
            {"place_id": "KZAAU", "from_mode": "sea", "to_mode": "road", **p50, **source}
        ],
        "links": [
            {
                "link_id": "rail",
                "from_place_id": "KZALA",
                "to_place_id": "KZAAU",
                "mode": "rail",
                "distance_km": "3200",
                **source,
            },
            {
                "link_id": "sea",
                "from_place_id": "KZAAU",
                "to_place_id": "AZALT",
                "mode": "sea",
                "distance_km": "470",
                "waypoints": "51.0 43.5;50 41",
                **source,
            },
        ],
        "border_crossings": [
            {
                "crossing_id": "aktau-alat",
                "name": "Aktau - Alat",
                "from_place_id": "KZAAU",
                "to_place_id": "AZALT",
                "mode": "sea",
                **p50,
                **source,
            }
        ],
        "calendars": [
            {
                "calendar_id": "mondays",
                "monday": "true",
                "tuesday": "false",
                "wednesday": "false",
                "thursday": "false",
                "friday": "false",
                "saturday": "false",
                "sunday": "false",
                "valid_from": "2026-01-01",
                "valid_to": "2026-12-31",
                **source,
            }
        ],
        "calendar_exceptions": [
            {
                "calendar_id": "mondays",
                "exception_date": "2026-03-24",
                "type": "added",
                **source,
            }
        ],
        "services": [
            {
                "service_id": "train",
                "carrier_id": "KTZ",
                "name": "Train",
                "mode": "rail",
                "pattern": "timetable",
                "calendar_id": "mondays",
                "instrument_id": "mou",
                "valid_from": "2026-01-01",
                "valid_to": "2026-12-31",
                **source,
            },
            {
                "service_id": "ship",
                "carrier_id": "ASCO",
                "name": "Ship",
                "mode": "sea",
                "pattern": "when_full",
                "wait_p50_hours": "48",
                "wait_p95_hours": "120",
                **source,
            },
        ],
        "calls": [
            {
                "service_id": "train",
                "sequence": "1",
                "place_id": "KZALA",
                "departure_day": "0",
                "departure_time_local": "08:00",
                **source,
            },
            {
                "service_id": "train",
                "sequence": "2",
                "place_id": "KZAAU",
                "arrival_day": "3",
                "arrival_time_local": "20:00",
                **source,
            },
            {"service_id": "ship", "sequence": "1", "place_id": "KZAAU", **source},
            {
                "service_id": "ship",
                "sequence": "2",
                "place_id": "AZALT",
                "run_p50_hours": "20",
                "run_p95_hours": "40",
                **source,
            },
        ],
        "closures": [
            {
                "closure_id": "storm",
                "subject": "link",
                "subject_id": "sea",
                "valid_from": "2026-02-01",
                "valid_to": "2026-02-02",
                "reason": "Storm",
                **source,
            }
        ],
        "tariff_items": [
            {
                "item_id": "rail",
                "carrier_id": "KTZ",
                "origin": "KZALA",
                "destination": "KZ",
                "basis": "per_container",
                "amount": "1250.00",
                "currency": "USD",
                **source,
            }
        ],
        "surcharges": [
            {
                "surcharge_id": "handling",
                "name": "Handling",
                "event": "load",
                "place_id": "KZAAU",
                "basis": "per_container",
                "amount": "90.50",
                "currency": "EUR",
                **source,
            },
            {
                "surcharge_id": "rebate",
                "name": "Rebate",
                "event": "leg",
                "basis": "percent",
                "amount": "-5",
                **source,
            },
        ],
        "exchange_rates": [
            {
                "from_currency": "EUR",
                "to_currency": "USD",
                "rate_date": "2026-01-05",
                "rate": "1.08",
                **source,
            }
        ],
        "emission_factors": [
            {
                "factor_id": "rail",
                "mode": "rail",
                "description": "Electric block train",
                "basis": "tonne_km",
                "wtw_g_co2e_per_basis": "12.5",
                **source,
            }
        ],
        "demand": [
            {
                "demand_id": "d1",
                "type": "counted",
                "origin": "KZ",
                "destination": "*",
                "period_from": "2025-01-01",
                "period_to": "2025-12-31",
                "teu": "1000",
                **source,
            }
        ],
        "published_figures": [
            {
                "figure_id": "f1",
                "quantity": "transit_days",
                "origin": "KZALA",
                "destination": "AZ",
                "route": "middle_corridor",
                "low": "5",
                "high": "9",
                **source,
            }
        ],
    }


def save(tables: Tables, folder: Path, info: dict[str, str] | None = INFO) -> Path:
    """Write tables as they are into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        if not rows:
            continue
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    if info is not None:
        (folder / "datapackage.json").write_text(json.dumps(info), "utf-8")
    return folder
