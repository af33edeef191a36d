"""The way: places that join, times in order, what moves the goods, and seals changed on it."""

from __future__ import annotations

import re
from heapq import nsmallest

from kervan.cargo.consignment import Consignment
from kervan.cargo.problems import Step
from kervan.cargo.rules.findings import Findings
from kervan.cargo.transport import Movement, Place


def movements(consignment: Consignment, found: Findings) -> None:
    """Note movements that do not join, and ends that are not those of the consignment."""
    way = consignment.movements
    for i, movement in enumerate(way):
        at: tuple[Step, ...] = ("movements", i)
        departs, arrives = movement.departs, movement.arrives
        if departs is not None and arrives is not None and arrives <= departs:
            found.error(
                "times",
                (*at, "arrives"),
                f"Movement {movement.number} arrives {arrives.isoformat()}, not after it departs "
                f"{departs.isoformat()}.",
                "Mend one of the two; look at the offsets from UTC.",
            )
        _means(movement, at, found)
        if i:
            _joins(way[i - 1], movement, at, found)
    if way:
        _same(consignment.acceptance, way[0].origin, "acceptance", "first origin", found)
        _same(consignment.delivery, way[-1].destination, "delivery", "last destination", found)
        first, issued = way[0].departs, consignment.issued_on
        if issued is not None and first is not None and issued > first.date():
            found.warning(
                "issued-late",
                ("issued_on",),
                f"The note is of {issued}, and the goods leave on {first.date()}.",
                "Mend the day it was issued.",
            )


def _joins(before: Movement, after: Movement, at: tuple[Step, ...], found: Findings) -> None:
    if before.destination.place_id != after.origin.place_id:
        found.error(
            "way-broken",
            (*at, "origin", "place_id"),
            f"Movement {before.number} ends at {before.destination.place_id}, and movement "
            f"{after.number} begins at {after.origin.place_id}.",
            "Name one place in both, or add the movement between.",
        )
    arrives, departs = before.arrives, after.departs
    if arrives is not None and departs is not None and departs < arrives:
        found.error(
            "times",
            (*at, "departs"),
            f"Movement {after.number} departs {departs.isoformat()}, before movement "
            f"{before.number} arrives {arrives.isoformat()}.",
            "Take a later departure.",
        )


def _same(said: Place | None, place: Place, name: str, what: str, found: Findings) -> None:
    if said is not None and said.place_id != place.place_id:
        found.error(
            f"{name}-place",
            (name, "place_id"),
            f"The {name} is at {said.place_id}, and the {what} of the movements is "
            f"{place.place_id}.",
            "Name one place in both.",
        )


def _means(movement: Movement, at: tuple[Step, ...], found: Findings) -> None:
    means = movement.means
    if means is None:
        return
    identity = means.identity
    if movement.mode in ("sea", "ferry"):
        if identity is not None and not re.fullmatch(r"(IMO ?)?[0-9]{7}", identity.upper()):
            found.warning(
                "means",
                (*at, "means", "identity"),
                f"Movement {movement.number} goes by {movement.mode}, and '{identity}' is no IMO "
                "ship number.",
                "Give the seven digits of the vessel.",
            )
    elif identity is not None and re.fullmatch(r"IMO ?[0-9]{7}", identity.upper()):
        found.error(
            "means",
            (*at, "means", "identity"),
            f"Movement {movement.number} goes by {movement.mode}, and {identity} is a ship.",
            "Mend the mode, or name the train or truck.",
        )
    elif means.name is not None and movement.mode in ("rail", "road"):
        found.warning(
            "means",
            (*at, "means", "name"),
            f"Movement {movement.number} goes by {movement.mode}, and '{means.name}' would be the "
            "name of a vessel.",
            "Mend the mode, or leave the name out.",
        )


def dates(consignment: Consignment, found: Findings) -> None:
    """Note limits of a procedure that have passed before the goods leave."""
    first = next((m.departs for m in consignment.movements if m.departs is not None), None)
    if first is None:
        return
    for i, procedure in enumerate(consignment.procedures):
        limit = procedure.limit_date
        if limit is not None and limit < first.date():
            found.warning(
                "limit-passed",
                ("procedures", i, "limit_date"),
                f"The goods are to be presented by {limit}, and leave on {first.date()}.",
                "Ask for a later limit.",
            )


def seals(consignment: Consignment, found: Findings) -> None:
    """Note seals on two units, and changes of seals that were not there."""
    on: dict[str, set[str]] = {}
    first: dict[str, str] = {}
    for i, unit in enumerate(consignment.equipment):
        on[unit.number] = set()
        for k, seal in enumerate(unit.seals):
            at: tuple[Step, ...] = ("equipment", i, "seals", k, "number")
            _fresh(seal.number, unit.number, first, at, found)
            on[unit.number].add(seal.number)
    order = sorted(enumerate(consignment.seal_changes), key=lambda entry: entry[1].at)
    for i, change in order:
        number = change.equipment_number
        there = on.get(number)
        if there is None:
            continue
        for k, seal_number in enumerate(change.removed):
            if seal_number not in there:
                found.error(
                    "seal-not-there",
                    ("seal_changes", i, "removed", k),
                    f"The seal {seal_number} was taken off {number} at {change.at.isoformat()}, "
                    f"where it was not; on it were {_some(there)}.",
                    "Name the seal that was on it, or add the change that put it there.",
                )
            there.discard(seal_number)
        for k, seal_number in enumerate(change.affixed):
            at = ("seal_changes", i, "affixed", k)
            _fresh(seal_number, number, first, at, found)
            there.add(seal_number)
        if not there:
            found.warning(
                "without-seal",
                ("seal_changes", i, "affixed"),
                f"After the change of {change.at.isoformat()} no seal is on {number}.",
                "Name the seal that was put on.",
            )


def _some(seals: set[str]) -> str:
    listed = ", ".join(nsmallest(8, seals)) or "none"
    return listed if len(seals) <= 8 else f"{listed} and {len(seals) - 8} more"


def _fresh(
    seal: str, unit: str, first: dict[str, str], at: tuple[Step, ...], found: Findings
) -> None:
    if seal in first:
        found.error(
            "seal-twice",
            at,
            f"The seal {seal} is on {unit} and was on {first[seal]} before; a seal is used once.",
            "Read both seals again.",
        )
    first.setdefault(seal, unit)
