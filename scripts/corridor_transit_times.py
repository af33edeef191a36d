"""Hold the shipped corridor's planned times against every published transit time it can express.

Writes the table between the two marks of ``docs/explanation/corridor.md``. Run from the repository:
``python scripts/corridor_transit_times.py`` (``--check`` only tells whether the page is current).

A published time is compared with two times of ours: *planned*, the sum of medians from the first
departure to the arrival, and the *mean* from hand-over, which adds the wait for that departure and
the tails of every duration. Published figures do not say which of the two they mean, so a figure
agrees when the span between them comes within half a day of it: most are rounded to a day.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from kervan.errors import NoItineraryError
from kervan.feed import read_feed_tables
from kervan.feed.tables import PublishedFigure
from kervan.itinerary.constraints import Constraints
from kervan.itinerary.model import Itinerary
from kervan.itinerary.search import pareto_itineraries
from kervan.network import Network
from kervan.network.clock import MINUTES_PER_DAY
from kervan.network.compile import compile_network
from kervan.network.durations import Duration
from kervan.network.model import wait_of

ROOT = Path(__file__).resolve().parent.parent
FEED = ROOT / "feeds" / "middle-corridor"
PAGE = ROOT / "docs" / "explanation" / "corridor.md"
BEGIN = "<!-- transit times: begin (scripts/corridor_transit_times.py) -->"
END = "<!-- transit times: end -->"

READY = datetime(2026, 12, 1, tzinfo=UTC)
HORIZON = date(2026, 11, 20), date(2027, 11, 20)
HALF_A_DAY = 0.5

STANDS_FOR = {
    "AZ": "AZBAK",
    "CN": "CNXIY",
    "DE": "DEDUI",
    "GE": "GEPTI",
    "KZ": "KZ-ALTYNKOL",
    "RO": "ROCND",
    "TR": "TRIST",
    "UZ": "UZTAS",
}
"""The place that stands for a country where a figure names no more than that."""

SEA_PORT_OF_CHINA = "CNSHA"
INSTEAD = {"mc-kz-mer": "KZNQZ"}
"""Origins nearer to what the source names: Kokshetau lies 300 km beyond Astana."""

WITHOUT_TRUCKS = Constraints(max_transshipments=6, avoid_modes=frozenset({"road"}))
ROUTES = {
    "middle_corridor": replace(WITHOUT_TRUCKS, avoid_countries=frozenset({"RU"})),
    "northern": replace(WITHOUT_TRUCKS, avoid_modes=frozenset({"road", "sea", "ferry"})),
    "sea_suez": replace(WITHOUT_TRUCKS, avoid_countries=frozenset({"KZ", "RU"})),
}
"""What makes an itinerary one of a route. Published times are those of trains and vessels."""

THROUGH = {
    "mc-xiy-cnd": "GEPTI",
    "mc-yiw-cnd": "GEPTI",
    "mc-cgo-cnd": "GEPTI",
    "mc-alt-cnd": "GEPTI",
    "mc-kz-cnd": "GEPTI",
}
"""Figures whose source names the way: Georgian ports rather than Baku-Tbilisi-Kars."""

DOOR_TO_DOOR = "door to door; ours is from terminal to terminal"
WHY = {
    "mc-xiy-cnd": DOOR_TO_DOOR,
    "mc-yiw-cnd": DOOR_TO_DOOR,
    "mc-cgo-cnd": DOOR_TO_DOOR,
    "mc-xiy-bud": DOOR_TO_DOOR,
    "mc-xiy-dui": DOOR_TO_DOOR,
    "mc-xiy-mil": DOOR_TO_DOOR,
    "mc-cn-tr-before": "the state before 2026, kept to show the change",
    "mc-cn-eu-2022": "the congestion of autumn 2022",
    "mc-ala-pti": "the congestion of 2025; the schedule has 12 days from Altynkol, further off",
    "mc-lyg-ist": "a through train as promised in 2019; today cargo changes at Altynkol",
    "mc-xiy-bak-2026": "a month of storms, see the 95th percentiles",
    "mc-xiy-bak-storm": "a month of storms, see the 95th percentiles",
    "mc-cn-bs-now": "for the corridor as a whole",
    "mc-ist-xiy": "planned; the first train took 12 to 16 days (mc-ist-xiy-2020)",
    "mc-ckg-ist": "the first train of a new service",
    "mc-cn-tr-2019": "the state of 2019",
    "mc-cn-tr-rail": "China to Europe by Türkiye; ours ends in Istanbul",
    "mc-xiy-bud-2024": "the train of 2024 as it ran; ours finds a train in Halkali after two days",
    "mc-tas-pti": "the operator's announcement for a first train of 54 containers of 28 t",
    "mc-tr-uz": "one train without a wait, Kars to Uzbekistan; ours starts in Istanbul",
    "mc-kz-mer": "a train of its own from Kokshetau that waited for nothing; ours is from Astana",
    "mc-cn-bak-tianjin": "from Tianjin, 1,100 km further than Xi'an; a first train",
    "mc-cn-bak-2024": "the source's average of block trains, below every other published figure",
    "no-ckg-dui-fast": "the fastest trains; ours is calibrated to the official 16-18 days",
}
"""Why a figure and ours differ, where they do."""


@dataclass(frozen=True)
class Comparison:
    """One published time beside ours."""

    figure: PublishedFigure
    origin: str
    destination: str
    itinerary: Itinerary | None
    services: tuple[str, ...] = ()
    mean_days: float = 0.0
    """Mean time from hand-over to the arrival."""

    @property
    def planned_days(self) -> float:
        """Sum of medians from the first departure to the arrival."""
        assert self.itinerary is not None
        return (self.itinerary.arrival - self.itinerary.rides[0].departs) / MINUTES_PER_DAY

    @property
    def verdict(self) -> str:
        """``agrees``, ``faster``, ``slower``, or ``not expressed``."""
        if self.itinerary is None:
            return "not expressed"
        if self.mean_days < self.figure.low - HALF_A_DAY:
            return "faster"
        if self.planned_days > self.figure.high + HALF_A_DAY:
            return "slower"
        return "agrees"


def compile_corridor() -> Network:
    """Compile the shipped feed over the horizon of the comparison."""
    return compile_network(read_feed_tables(FEED), *HORIZON)


def compare(network: Network) -> Iterator[Comparison]:
    """Yield a comparison for every published transit time of the feed, in its order."""
    for figure in network.feed.published_figures:
        if figure.quantity == "transit_days" and figure.route in ROUTES:
            yield _compare(network, figure)


def _compare(network: Network, figure: PublishedFigure) -> Comparison:
    origin = INSTEAD.get(figure.figure_id) or _place(figure, figure.origin)
    destination = _place(figure, figure.destination)
    conditions = ROUTES[figure.route]
    if figure.figure_id in THROUGH:
        conditions = replace(conditions, via_places=frozenset({THROUGH[figure.figure_id]}))
    if figure.route == "middle_corridor":
        # From China the ocean leads to the same ports: what passes Kazakhstan is the corridor.
        from_china = "CN" in (origin[:2], destination[:2])
        conditions = replace(conditions, via_countries=frozenset({"KZ"} if from_china else ()))
    try:
        found = pareto_itineraries(
            network, origin, destination, READY, timedelta(0), constraints=conditions
        )
    except NoItineraryError:
        return Comparison(figure, origin, destination, None)
    itinerary = min(found, key=lambda i: (i.arrival, i.transshipments))
    services = tuple(network.legs[leg].service_id for leg in itinerary.legs)
    mean = _mean_minutes(network, itinerary) / MINUTES_PER_DAY
    return Comparison(figure, origin, destination, itinerary, services, mean)


def _mean_minutes(network: Network, itinerary: Itinerary) -> float:
    """Return the sum of the means of every wait, ride, border and change of an itinerary."""
    minutes = 0.0
    came_by: str | None = None
    for leg in itinerary.legs:
        board, alight = (int(call) for call in network.leg_calls[leg])
        line = int(network.arrays.call_line[board])
        way = network.line_ways[line]
        first = int(network.arrays.line_call_ptr[line])
        if came_by is not None:
            place_id = way.calls[board - first].place_id
            dwell = network.docks.dwell(place_id, came_by, way.service.mode)
            minutes += 0.0 if dwell is None else dwell.mean
        minutes += wait_of(way.service).mean
        for section in range(board - first, alight - first):
            minutes += sum(part.duration.mean for part in way.section_parts[section])
            if section > board - first:
                stop = way.calls[section]
                minutes += Duration.of_hours(stop.dwell_p50_hours, stop.dwell_p95_hours).mean
        came_by = way.service.mode
    return minutes


def _place(figure: PublishedFigure, end: str) -> str:
    if end == "CN" and figure.route == "sea_suez":
        return SEA_PORT_OF_CHINA
    return STANDS_FOR.get(end, end)


def table(comparisons: list[Comparison]) -> str:
    """Return the comparisons as a Markdown table with a line of sums."""
    lines = [
        "| figure | from - to | published, days | ours, planned | ours, mean | |",
        "|---|---|---|---|---|---|",
    ]
    for row in comparisons:
        figure = row.figure
        days = f"{figure.low:g}" if figure.low == figure.high else f"{figure.low:g}-{figure.high:g}"
        if figure.is_estimate:
            days += " (estimate)"
        ours = ("", "")
        if row.itinerary is not None:
            ours = (f"{row.planned_days:.1f}", f"{row.mean_days:.1f}")
        said = row.verdict
        if said != "agrees":
            said = f"**{said}**: {WHY.get(figure.figure_id, 'no reason known')}"
        lines.append(
            f"| {figure.figure_id} | {row.origin} - {row.destination} | {days} | {ours[0]} "
            f"| {ours[1]} | {said} |"
        )
    count = sum(row.verdict == "agrees" for row in comparisons)
    lines += ["", f"{count} of {len(comparisons)} published transit times agree."]
    return "\n".join(lines)


def renew(page: str, made: str) -> str:
    """Return the page with the table between its marks replaced."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{made}\n\n{END}{after}"


def main() -> int:
    """Write the page, or with ``--check`` say whether it is current."""
    network = compile_corridor()
    page = PAGE.read_text(encoding="utf-8")
    new = renew(page, table(list(compare(network))))
    if "--check" in sys.argv[1:]:
        print(
            "current" if new == page else f"{PAGE} is not current; run this script without --check"
        )
        return int(new != page)
    PAGE.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
