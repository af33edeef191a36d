"""The tariff sheet: every relation, equipment, weight, commodity and direction, with its price.

Each row is one relation and one class of shipments, priced over one way: of the ways known for the
relation and the class's equipment, the *cheapest* (complete prices before incomplete ones, then the
lower, then the shorter) or the one that arrives *earliest* (then the cheaper). The way's legs, the
rows of the tariff that made the price and the days for which all of them hold stand beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kervan.feed.tables import Feed, TariffItem
from kervan.network.legs import Leg
from kervan.tariff.money import Money
from kervan.tariff.sheet.classes import ShipmentClass
from kervan.tariff.sheet.compiled import CompiledTariff, id_of

RULES = ("cheapest", "earliest")

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class KnownWay:
    """A way from one place to another.

    Attributes
    ----------
    legs
        Places of its legs in ``Ways.legs``.
    transit_minutes
        From hand-over to planned arrival.
    arrives
        Planned arrival, minutes since 1970 (UTC).
    """

    legs: tuple[int, ...]
    transit_minutes: int
    arrives: int


@dataclass(frozen=True)
class Ways:
    """The ways a sheet may choose from.

    Attributes
    ----------
    legs
        Legs they are made of.
    relations
        Origins and destinations of the sheet, in its order.
    known
        Ways by equipment code, origin and destination; a relation no way leads over is left out.
    how
        How they were found, in a sentence.
    """

    legs: Sequence[Leg]
    relations: tuple[tuple[str, str], ...]
    known: Mapping[tuple[str, str, str], tuple[KnownWay, ...]]
    how: str


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One price of a sheet.

    Attributes
    ----------
    origin, destination
        Place ids.
    direction
        ``east`` or ``west``, by the longitudes of the ends.
    shipments
        The class of shipments.
    price
        Of one unit; None where it is incomplete.
    transit_days
        From hand-over to planned arrival; None where no way is known.
    valid_from, valid_to
        Days for which every row used holds, both included; None: open.
    conditions
        Conditions of the rows used, in the sources' words.
    rows
        Kind and key of every row used: ``("freight", "ktz-40")``.
    legs
        Service, from and to of each leg of the way.
    is_through
        Whether a through rate covers more than one of them.
    is_estimate
        Whether a row used is an estimate of the feed.
    why_incomplete
        Why there is no price; empty where there is one.
    """

    origin: str
    destination: str
    direction: str
    shipments: ShipmentClass
    price: Money | None
    transit_days: float | None
    valid_from: date | None
    valid_to: date | None
    conditions: str
    rows: tuple[tuple[str, str], ...]
    legs: tuple[tuple[str, str, str], ...]
    is_through: bool
    is_estimate: bool
    why_incomplete: str

    @property
    def key(self) -> tuple[Any, ...]:
        """What makes it the same row in another sheet."""
        kind = self.shipments
        return (
            self.origin,
            self.destination,
            kind.equipment,
            kind.is_loaded,
            kind.weight_from_kg,
            kind.weight_to_kg,
            kind.commodity,
        )


@dataclass(frozen=True)
class TariffSheet:
    """A full matrix of prices.

    Attributes
    ----------
    feed
        The feed.
    day, known_on, currency, combination, rule
        What was asked: day of acceptance, day of the record, currency of the prices, rule of
        combination, rule by which ways were chosen.
    how
        How the ways were found, in a sentence.
    rows
        The prices, relation by relation.
    prices_worked_out
        Prices of ways that were compared.
    one_by_one
        Of them, those that did not fit into whole numbers of 64 bits.
    """

    feed: Feed
    day: date
    known_on: date | None
    currency: str
    combination: str
    rule: str
    how: str
    rows: tuple[SheetRow, ...]
    prices_worked_out: int
    one_by_one: int

    @property
    def complete(self) -> int:
        """How many rows have a price."""
        return sum(row.price is not None for row in self.rows)


def tariff_sheet(
    tariff: CompiledTariff,
    feed: Feed,
    ways: Ways,
    classes: Sequence[ShipmentClass],
    *,
    rule: str = "cheapest",
    progress: Progress | None = None,
) -> TariffSheet:
    """Work out a sheet.

    Parameters
    ----------
    tariff
        The tariff of the day.
    feed
        The feed it comes from.
    ways
        Ways to choose from, for every equipment code of the classes.
    classes
        Classes of shipments, one column of the matrix each.
    rule
        ``cheapest`` or ``earliest``.
    progress
        Called with what is done, how many of it, and of how many.
    """
    longitude = {place.place_id: place.longitude_deg for place in feed.places}
    places = {relation: place for place, relation in enumerate(ways.relations)}
    cells: list[tuple[int, int, SheetRow]] = []
    compared = one_by_one = 0
    by_code: dict[str, list[int]] = {}
    for k, kind in enumerate(classes):
        by_code.setdefault(kind.shipment.equipment.code, []).append(k)
    done = 0
    for code, members in by_code.items():
        known, relation_of = _ways_of(ways, code)
        shipments = [classes[k].shipment for k in members]
        found = tariff.prices(ways.legs, [way.legs for way in known], shipments)
        compared += len(found.total)
        one_by_one += found.one_by_one
        shape = (len(members), len(known))
        chosen = [
            _best(rule, known, relation_of, missing, total)
            for missing, total in zip(
                found.missing.reshape(shape), found.total.reshape(shape), strict=True
            )
        ]
        way_of = np.array([way for best in chosen for way in best.values()], np.int64)
        shipment_of = np.repeat(np.arange(len(members)), [len(best) for best in chosen])
        detail = tariff.prices(
            ways.legs, [way.legs for way in known], shipments, way_of, shipment_of, with_rows=True
        )
        told = _Told(tariff, ways, known)
        at = 0
        for member, best in zip(members, chosen, strict=True):
            for relation in ways.relations:
                row = places[relation]
                west = longitude[relation[1]] < longitude[relation[0]]
                ends = (*relation, "west" if west else "east")
                if row not in best:
                    cells.append((row, member, _no_way(ends, classes[member])))
                    continue
                used = detail.used[at][detail.used[at] >= 0]
                cells.append(
                    (
                        row,
                        member,
                        told.row(
                            ends,
                            classes[member],
                            best[row],
                            int(detail.total[at]) if detail.complete[at] else None,
                            tuple(used.tolist()),
                        ),
                    )
                )
                at += 1
            done += 1
            if progress is not None:
                progress("pricing", done, len(classes))
    cells.sort(key=lambda cell: cell[:2])
    book = tariff.book
    return TariffSheet(
        feed=feed,
        day=book.day,
        known_on=book.known_on,
        currency=book.currency,
        combination=book.combination,
        rule=rule,
        how=ways.how,
        rows=tuple(row for _, _, row in cells),
        prices_worked_out=compared,
        one_by_one=one_by_one,
    )


def _ways_of(ways: Ways, code: str) -> tuple[list[KnownWay], list[int]]:
    """Return every way for an equipment, and the place of its relation."""
    known: list[KnownWay] = []
    relation_of: list[int] = []
    for place, (origin, destination) in enumerate(ways.relations):
        found = ways.known.get((code, origin, destination), ())
        known += found
        relation_of += [place] * len(found)
    return known, relation_of


def _best(
    rule: str,
    known: Sequence[KnownWay],
    relation_of: Sequence[int],
    missing: NDArray[np.int64],
    total: NDArray[np.int64],
) -> dict[int, int]:
    """Return the way chosen for each relation that has one."""
    if not known:
        return {}
    arrives = np.array([way.arrives for way in known], np.int64)
    transit = np.array([way.transit_minutes for way in known], np.int64)
    keys = [missing, total, transit, arrives]
    if rule == "earliest":
        keys = [arrives, missing, total, transit]
    relations = np.array(relation_of, np.int64)
    order = np.lexsort((*reversed(keys), relations))
    _, first = np.unique(relations[order], return_index=True)
    return {int(relations[k]): int(k) for k in order[first]}


def _no_way(ends: tuple[str, str, str], kind: ShipmentClass) -> SheetRow:
    why = f"No sequence of services takes a {kind.shipment.equipment.code} there."
    return SheetRow(*ends, kind, None, None, None, None, "", (), (), False, False, why)


class _Told:
    """Rows of a sheet from what the pricing found; what rows share is worked out once."""

    def __init__(self, tariff: CompiledTariff, ways: Ways, known: Sequence[KnownWay]) -> None:
        self._tariff, self._ways, self._known = tariff, ways, known
        self._shared: dict[tuple[int, ...], tuple[Any, ...]] = {}
        self._paths: dict[int, tuple[tuple[str, str, str], ...]] = {}

    def row(
        self,
        ends: tuple[str, str, str],
        kind: ShipmentClass,
        way: int,
        total: int | None,
        used: tuple[int, ...],
    ) -> SheetRow:
        if used not in self._shared:
            self._shared[used] = self._of_rows(used)
        valid_from, valid_to, conditions, rows, items, is_estimate = self._shared[used]
        path = self._path(way)
        return SheetRow(
            *ends,
            shipments=kind,
            price=None if total is None else Money(total, self._tariff.book.currency),
            transit_days=round(self._known[way].transit_minutes / 1440, 1),
            valid_from=valid_from,
            valid_to=valid_to,
            conditions=conditions,
            rows=rows,
            legs=path,
            is_through=items < len(path) and total is not None,
            is_estimate=is_estimate,
            why_incomplete="" if total is not None else self._why(way, kind),
        )

    def _path(self, way: int) -> tuple[tuple[str, str, str], ...]:
        if way not in self._paths:
            legs = [self._ways.legs[k] for k in self._known[way].legs]
            self._paths[way] = tuple(
                (leg.service_id, leg.from_place_id, leg.to_place_id) for leg in legs
            )
        return self._paths[way]

    def _of_rows(self, used: tuple[int, ...]) -> tuple[Any, ...]:
        rows = [self._tariff.rows[k] for k in used]
        begun = [row.valid_from for row in rows if row.valid_from]
        ends = [row.valid_to for row in rows if row.valid_to]
        conditions = dict.fromkeys(row.conditions for row in rows if row.conditions)
        return (
            max(begun, default=None),
            min(ends, default=None),
            "; ".join(conditions),
            tuple(dict.fromkeys(id_of(row) for row in rows)),
            sum(isinstance(row, TariffItem) for row in rows),
            any(row.is_estimate for row in rows),
        )

    def _why(self, way: int, kind: ShipmentClass) -> str:
        legs = [self._ways.legs[k] for k in self._known[way].legs]
        price = self._tariff.book.price(legs, kind.shipment)
        why = [
            f"no item of {legs[k].carrier_id} prices {legs[k].from_place_id} - "
            f"{legs[k].to_place_id} ({legs[k].service_id})"
            for k in price.unpriced_legs
        ]
        why += [f"no rate of exchange leads from {c}" for c in price.unconverted]
        text = "; ".join(why)
        return f"{text[:1].upper()}{text[1:]}."
