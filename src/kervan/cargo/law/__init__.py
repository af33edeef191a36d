"""The law of the way: what each territory wants to know, by when, and what of it is missing.

Which filings there are stands in ``requirements.csv``, each with its ground, source and days of
validity (:mod:`kervan.cargo.law.filings`); where and when a consignment enters and leaves each
territory is read from its movements (:mod:`kervan.cargo.law.way`). This module brings both
together: `requirements_of` is the table, `check_law` says what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from kervan.cargo.consignment import Consignment
from kervan.cargo.law.elements import Scope, is_all_there, is_scoped, missing_at, tree_of
from kervan.cargo.law.filings import (
    Asked,
    Crossing,
    Filing,
    asked_at,
    territories_on_file,
)
from kervan.cargo.law.way import Border, Visit, borders, visits
from kervan.cargo.problems import Problem, Severity, json_path
from kervan.cargo.territories import territory_of
from kervan.cargo.transport import Place

__all__ = ["Requirement", "check_law", "pre_arrival_share", "requirements_of"]

MOST_PATHS = 100_000
"""Places that are listed over all filings of a way; thousands of items times hundreds of borders
would be more than any memory holds."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One filing that this consignment needs.

    Attributes
    ----------
    filing
        What is filed, with whom, on which ground.
    territory
        ``EU``, ``EAEU`` or an ISO 3166-1 alpha-2 code.
    border
        Where the territory is entered or left, or where the goods are loaded for it.
    movement
        Number of the movement that does so.
    procedure
        Number of the customs procedure it is filed under, where there is one.
    counted_from
        The moment its lead time is counted back from; None where the consignment has none.
    deadline
        The latest moment, in the time of the place; None where it cannot be told.
    is_bound
        Whether the moment of the border itself is not in the consignment and the deadline is
        counted from the departure before it: being early is sure, how early is not known.
    present, missing
        Elements asked for, as dotted names: ``goods_items.hs_code``.
    missing_paths
        JSON path of each place where one is missing, with the dotted name; of a consignment in
        which more than 100,000 are, the first place of each element alone from there on.
    """

    filing: Filing
    territory: str
    border: str
    movement: int
    procedure: int | None
    counted_from: datetime | None
    deadline: datetime | None
    is_bound: bool
    present: tuple[str, ...]
    missing: tuple[str, ...]
    missing_paths: tuple[tuple[str, str], ...]

    @property
    def is_complete(self) -> bool:
        """Whether everything it asks for is there."""
        return not self.missing


def requirements_of(
    consignment: Consignment, *, day: date | None = None
) -> tuple[Requirement, ...]:
    """Return what has to be filed on the way of a consignment, in order of time.

    Parameters
    ----------
    consignment
        With its movements and customs procedures.
    day
        Day the law is asked of, where the consignment has no moment for a border; else the law of
        the day of the border counts.
    """
    return _required(consignment, visits(consignment), day)


_Known = dict[tuple[str, Scope | None], tuple[str, ...]]


def _required(
    consignment: Consignment, on_the_way: tuple[Visit, ...], day: date | None
) -> tuple[Requirement, ...]:
    known: _Known = {}
    found: list[Requirement] = []
    left = MOST_PATHS
    for border in borders(consignment, on_the_way):
        for requirement in _at(consignment, border, day, known, left):
            found.append(requirement)
            left -= len(requirement.missing_paths)
    # Python's sort is stable: what has no deadline stays in order of the way, at the end.
    return tuple(sorted(found, key=lambda r: r.deadline or datetime.max.replace(tzinfo=UTC)))


def check_law(consignment: Consignment, *, day: date | None = None) -> tuple[Problem, ...]:
    """Return what the territories on the way will find missing.

    Parameters
    ----------
    consignment
        To be checked.
    day
        Day of the check. Where given, filings whose deadline lies before it and whose procedure
        has no customs reference (MRN) yet are named as late.
    """
    on_the_way = visits(consignment)
    if day is None and _is_all_there(consignment, on_the_way):
        return tuple(_way_problems(consignment, on_the_way))
    requirements = _required(consignment, on_the_way, day)
    return (
        *_way_problems(consignment, on_the_way),
        *(problem for r in requirements for problem in _problems(consignment, r, day)),
    )


def pre_arrival_share(requirements: tuple[Requirement, ...]) -> tuple[int, int]:
    """Return how many of the elements asked for are there, and how many are asked for.

    An element counts once for each filing that asks for it. Voluntary filings do not count.
    """
    binding = [r for r in requirements if r.filing.is_binding]
    present = sum(len(r.present) for r in binding)
    return present, present + sum(len(r.missing) for r in binding)


def _at(
    consignment: Consignment,
    border: Border,
    day: date | None,
    known: _Known,
    most: int,
) -> Iterator[Requirement]:
    for filing in _asked(consignment, border, day).filings:
        since = _since(consignment, border, filing)
        procedure = _procedure(consignment, border, filing)
        present: list[str] = []
        missing: list[str] = []
        paths: list[tuple[str, str]] = []
        scope = Scope(border.position, procedure)
        for element in filing.elements:
            key = (element, scope if is_scoped(element) else None)
            absent = known.get(key)
            if absent is None:
                absent = known[key] = missing_at(consignment, element, scope)
            (missing if absent else present).append(element)
            paths += [(element, path) for path in absent[: max(1, most - len(paths))]]
        movement = consignment.movements[border.position]
        yield Requirement(
            filing,
            border.territory,
            border.name if filing.counted_from == "arrival" else _name(movement.origin),
            movement.number,
            None if procedure is None else consignment.procedures[procedure].number,
            since,
            None if since is None else _before(since, filing.lead),
            border.is_bound and filing.counted_from != "loading",
            tuple(present),
            tuple(missing),
            tuple(paths),
        )


def _is_all_there(consignment: Consignment, on_the_way: tuple[Visit, ...]) -> bool:
    """Return whether nothing is missing: what is nearly always so is found out the quick way."""
    anywhere: set[str] = set()
    for border in borders(consignment, on_the_way):
        asked = _asked(consignment, border, None)
        anywhere |= asked.anywhere
        for filing in asked.filings:
            since = _since(consignment, border, filing)
            if since is None or _before(since, filing.lead) is None:
                return False
            scope = Scope(border.position, _procedure(consignment, border, filing))
            if not is_all_there(consignment, tree_of(filing.elements_of_the_border), scope):
                return False
    return is_all_there(consignment, tree_of(frozenset(anywhere)), Scope(0, None))


def _asked(consignment: Consignment, border: Border, day: date | None) -> Asked:
    on = border.at.date() if border.at is not None else day or consignment.issued_on
    regimes = frozenset(consignment.procedures[p].regime for p in border.procedures)
    return asked_at(
        Crossing(
            border.territory,
            border.side,
            border.role,
            border.mode,
            border.other_country,
            regimes,
        ),
        on,
    )


def _since(consignment: Consignment, border: Border, filing: Filing) -> datetime | None:
    if filing.counted_from == "loading":
        return consignment.movements[border.position].departs
    return border.at


def _procedure(consignment: Consignment, border: Border, filing: Filing) -> int | None:
    """Return the position of the procedure a filing is made under."""
    for position in border.procedures:
        if not filing.regimes or consignment.procedures[position].regime in filing.regimes:
            return position
    return None


def _before(moment: datetime, lead: timedelta) -> datetime | None:
    try:
        return moment - lead
    except OverflowError:  # a moment of the year 1, by whoever wrote the file
        return None


def _name(place: Place) -> str:
    return place.name or place.place_id


def _problems(consignment: Consignment, r: Requirement, day: date | None) -> Iterator[Problem]:
    severity: Severity = "error" if r.filing.is_binding else "warning"
    rule = f"law.{r.filing.filing_id}"
    by = "in time" if r.deadline is None else f"by {r.deadline.isoformat(timespec='minutes')}"
    for element, path in r.missing_paths:
        yield Problem(
            "law",
            rule,
            path,
            f"{r.territory} asks for {element} in the {r.filing.title}, which must reach it {by} "
            f"({r.filing.legal_basis}); it is missing.",
            f"Give it before {r.border}.",
            severity,
        )
    position = next(i for i, m in enumerate(consignment.movements) if m.number == r.movement)
    if r.deadline is None:
        field = "arrives" if r.filing.counted_from == "arrival" else "departs"
        yield Problem(
            "law",
            "law.no-moment",
            json_path("movements", position, field),
            f"When the {r.filing.title} must reach {r.territory} cannot be told: the movement has "
            "no such moment.",
            "Give it as planned, with its offset from UTC.",
        )
    elif (
        day is not None
        and r.filing.is_binding
        and r.deadline.date() < day
        and not _lodged(consignment, r)
    ):
        yield Problem(
            "law",
            "law.late",
            json_path("movements", position),
            f"The {r.filing.title} had to reach {r.territory} {by}, and nothing here says that it "
            "has.",
            "File it at once, or give the reference that customs gave it.",
            "warning",
        )


def _lodged(consignment: Consignment, r: Requirement) -> bool:
    return any(p.number == r.procedure and p.mrn for p in consignment.procedures)


def _way_problems(consignment: Consignment, on_the_way: tuple[Visit, ...]) -> Iterator[Problem]:
    on_file = territories_on_file()
    for visit in on_the_way:
        if len(on_the_way) > 1 and visit.territory not in on_file:
            yield Problem(
                "law",
                "law.territory-unknown",
                json_path("movements", visit.first),
                f"Of {visit.territory}, which the way passes, no requirements are on file here.",
                "Ask its customs what it wants beforehand.",
                "warning",
            )
    for visit in on_the_way[1:-1]:
        if not visit.procedures:
            yield _no_procedure(visit)
    reached = {visit.territory for visit in on_the_way}
    if not reached:
        return
    for position, procedure in enumerate(consignment.procedures):
        if territory_of(procedure.territory) not in reached:
            yield Problem(
                "law",
                "law.not-on-the-way",
                json_path("procedures", position, "territory"),
                f"Procedure {procedure.number} is one of {procedure.territory}, which no movement "
                "reaches.",
                "Give the movement that goes there, or take the procedure out.",
                "warning",
            )


def _no_procedure(visit: Visit) -> Problem:
    return Problem(
        "law",
        "law.no-procedure",
        "$.procedures",
        f"The way crosses {visit.territory}, and no procedure says how.",
        f"Give one: a transit, or whatever the goods are placed under in {visit.territory}.",
    )
