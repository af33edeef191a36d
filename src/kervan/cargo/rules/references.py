"""Numbers that must be there once, count up, or lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain, islice

from kervan.cargo.check_digits import iso6346_digit
from kervan.cargo.consignment import Consignment
from kervan.cargo.problems import Step
from kervan.cargo.rules.findings import Findings
from kervan.cargo.rules.numbers import is_container, meant_container


def references(consignment: Consignment, found: Findings) -> None:
    """Note numbers that repeat, do not count up, or lead nowhere."""
    units = [unit.number for unit in consignment.equipment]
    items = [item.number for item in consignment.goods_items]
    carriers = [carrier.carrier_id for carrier in consignment.carriers]
    movements = [movement.number for movement in consignment.movements]
    _once(found, "equipment", "number", units, "unit")
    _once(found, "goods_items", "number", items, "goods item")
    _once(found, "carriers", "carrier_id", carriers, "carrier")
    for name, counted in (
        ("movements", movements),
        ("procedures", [procedure.number for procedure in consignment.procedures]),
    ):
        for position, count in enumerate(counted):
            if count != position + 1:
                found.error(
                    "not-consecutive",
                    (name, position, "number"),
                    f"The {name} are numbered {', '.join(map(str, counted[:12]))}; expected "
                    f"{position + 1} here.",
                    "Number them 1, 2, 3 in the order of the way.",
                )
                break
    wagons = [wagon.number for wagon in consignment.wagons]
    _wagons_once(consignment, found)
    known_units, known_items = set(units), set(items)
    meant_units: set[str] = set()
    # Bulk lies in the wagon itself, and is stowed under its number.
    holding = known_units.union(wagons)

    def is_there(number: str, among: set[str] = known_units) -> bool:
        if number in among:
            return True
        # A number that is wrong at its unit has been said there, and is right where goods name it.
        if not meant_units:
            meant_units.update(map(_as_meant, units))
        return number in meant_units

    known_carriers, known_movements = set(carriers), set(movements)
    for i, item in enumerate(consignment.goods_items):
        for k, stowage in enumerate(item.stowage):
            if not is_there(stowage.equipment_number, holding):
                _nowhere(
                    found,
                    ("goods_items", i, "stowage", k, "equipment_number"),
                    "unit or wagon",
                    stowage.equipment_number,
                    chain(units, wagons),
                )
    for i, movement in enumerate(consignment.movements):
        carrier = movement.carrier_id
        if carrier is not None and carrier not in known_carriers:
            _nowhere(found, ("movements", i, "carrier_id"), "carrier", carrier, carriers)
    for i, payment in enumerate(consignment.payments):
        if payment.carrier_id not in known_carriers:
            at = ("payments", i, "carrier_id")
            _nowhere(found, at, "carrier", payment.carrier_id, carriers)
    for i, wagon in enumerate(consignment.wagons):
        if wagon.movement is not None and wagon.movement not in known_movements:
            _nowhere(found, ("wagons", i, "movement"), "movement", wagon.movement, movements)
        for k, number in enumerate(wagon.equipment_numbers):
            if not is_there(number):
                _nowhere(found, ("wagons", i, "equipment_numbers", k), "unit", number, units)
    for i, change in enumerate(consignment.seal_changes):
        if not is_there(change.equipment_number):
            at = ("seal_changes", i, "equipment_number")
            _nowhere(found, at, "unit", change.equipment_number, units)
    for i, document in enumerate(consignment.documents):
        for k, of in enumerate(document.items):
            if of not in known_items:
                _nowhere(found, ("documents", i, "items", k), "goods item", of, items)


def _as_meant(number: str) -> str:
    """Return the number a unit should have, as far as its own tells."""
    meant = re.sub(r"[\s\-/.]", "", meant_container(number))
    return f"{meant[:10]}{iso6346_digit(meant[:10])}" if is_container(meant) else number


def _once(found: Findings, name: str, field: str, numbers: Sequence[str | int], what: str) -> None:
    if len(set(numbers)) == len(numbers):
        return
    seen: dict[str | int, int] = {}
    for position, number in enumerate(numbers):
        if number in seen:
            found.error(
                "not-unique",
                (name, position, field),
                f"The {what} {number} stands at {name}[{seen[number]}] too.",
                "Give each its own, or leave one out.",
            )
        seen.setdefault(number, position)


def _wagons_once(consignment: Consignment, found: Findings) -> None:
    seen: dict[tuple[str, int | None], int] = {}
    for position, wagon in enumerate(consignment.wagons):
        first = seen.setdefault((wagon.number, wagon.movement), position)
        if first != position:
            on = "" if wagon.movement is None else f" on movement {wagon.movement}"
            found.error(
                "not-unique",
                ("wagons", position, "number"),
                f"The wagon {wagon.number}{on} stands at wagons[{first}] too.",
                "Give each its own, or leave one out.",
            )


def _nowhere(
    found: Findings,
    steps: tuple[Step, ...],
    what: str,
    number: str | int,
    there_are: Iterable[str | int],
) -> None:
    listed = ", ".join(map(str, islice(there_are, 8))) or "none"
    found.error(
        "no-such-reference",
        steps,
        f"There is no {what} {number} in this consignment; it has {listed}.",
        f"Name one of them, or add the {what}.",
    )
