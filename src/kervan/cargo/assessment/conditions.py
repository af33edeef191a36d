"""The conditions a risk rule is made of: each looks at a consignment and returns what it found.

A condition is a function over a `Case` with parameters of its own; `CONDITIONS` has them by kind.
What it finds are *facts*: the values a rule fired on, each about a subject (an item, a unit, a
party), so that two conditions of one rule can be asked of the same one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from kervan.cargo.assessment.past import Past, party_keys
from kervan.cargo.assessment.simplifications import Simplification, parties_of
from kervan.cargo.consignment import Consignment
from kervan.cargo.differences import Difference
from kervan.cargo.law import Requirement, pre_arrival_share
from kervan.cargo.law.way import country_of, visits


class Fact(NamedTuple):
    """One thing found: what it is about, and the values."""

    subject: tuple[str, Any] | None
    values: Mapping[str, Any]


class OtherDocument(NamedTuple):
    """How a document differs from the consignment, in what it carries."""

    name: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """What an assessment looks at.

    Attributes
    ----------
    consignment
        As declared.
    day
        Of the assessment.
    past
        Consignments before it.
    requirements
        What has to be filed beforehand.
    simplifications
        What it may claim.
    documents
        Other documents of it, and how they differ.
    """

    consignment: Consignment
    day: date
    past: Past = field(default_factory=Past)
    requirements: tuple[Requirement, ...] = ()
    simplifications: tuple[Simplification, ...] = ()
    documents: tuple[OtherDocument, ...] = ()


Found = Iterator[Fact]


def origin(case: Case, *, countries: Sequence[str]) -> Found:
    """Goods from one of these countries."""
    for item in case.consignment.goods_items:
        if item.origin_country in countries:
            yield Fact(("item", item.number), {"country": item.origin_country})


def dispatch(case: Case, *, countries: Sequence[str]) -> Found:
    """The way begins in one of these countries."""
    start = case.consignment.movements[:1]
    country = country_of(start[0].origin) if start else ""
    if country in countries:
        yield Fact(None, {"country": country})


def hs(case: Case, *, prefixes: Sequence[str]) -> Found:
    """Goods whose HS code begins with one of these."""
    for item in case.consignment.goods_items:
        if item.hs_code and item.hs_code.startswith(tuple(prefixes)):
            yield Fact(
                ("item", item.number),
                {"hs_code": item.hs_code, "description": item.description or "not described"},
            )


def passes(case: Case, *, any_of: Sequence[str]) -> Found:
    """The way passes one of these territories, countries or places."""
    wanted = set(any_of)
    on_the_way = [visit.territory for visit in visits(case.consignment)]
    for movement in case.consignment.movements:
        for place in (movement.origin, movement.destination):
            on_the_way += [country_of(place), place.place_id]
    for name in dict.fromkeys(on_the_way):
        if name in wanted:
            yield Fact(None, {"place": name})


def returns(case: Case) -> Found:
    """The way enters a territory it has left, or comes to a place it has been at."""
    territories = [visit.territory for visit in visits(case.consignment)]
    seen: set[str] = set()
    for territory in territories:
        if territory in seen:
            yield Fact(None, {"place": territory})
        seen.add(territory)
    movements = case.consignment.movements
    places = {m.origin.place_id for m in movements[:1]}
    for movement in movements:
        if movement.destination.place_id in places:
            yield Fact(None, {"place": movement.destination.place_id})
        places.add(movement.destination.place_id)


def unusual_route(case: Case, *, below_percent: float = 5, least: int = 20) -> Found:
    """Few past consignments between the same territories took this way."""
    route = tuple(visit.territory for visit in visits(case.consignment))
    if len(route) < 2:
        return
    past = case.past.routes(route[0], route[-1])
    total = sum(past.values())
    share = 100 * past.get(route, 0) / total if total else 0.0
    if total >= least and share < below_percent:
        usual = max(past, key=lambda way: past[way])
        yield Fact(
            None,
            {
                "route": " - ".join(route),
                "share_percent": round(share, 1),
                "count": total,
                "usual": " - ".join(usual),
            },
        )


def party_history(
    case: Case, *, role: str, infringements: int = 1, share_percent: float = 0
) -> Found:
    """A party whose past consignments had infringements."""
    for name, keys in _in_role(case.consignment, role):
        seen, found = case.past.of_party(role, keys)
        if found >= infringements and found and 100 * found / seen >= share_percent:
            yield Fact(
                (role, name),
                {"party": name, "role": role, "infringements": found, "count": seen},
            )


def unknown_party(case: Case, *, role: str, fewer_than: int = 1) -> Found:
    """A party with fewer past consignments than these; asked only where there is a history."""
    if not case.past.items:
        return
    for name, keys in _in_role(case.consignment, role):
        seen, _ = case.past.of_party(role, keys)
        if seen < fewer_than:
            yield Fact((role, name), {"party": name, "role": role, "count": seen})


def unusual_mass(case: Case, *, beyond: float = 3.5, least: int = 8) -> Found:
    """Goods far heavier or lighter for their volume than is usual of their HS code."""
    for item in case.consignment.goods_items:
        if item.net_mass_kg and item.volume_m3 and item.hs_code:
            value = float(item.net_mass_kg) / float(item.volume_m3)
            yield from _unusual(case, item, "density", value, beyond, least, "")


def unusual_value(case: Case, *, beyond: float = 3.5, least: int = 8) -> Found:
    """Goods valued far higher or lower for their mass than is usual of their HS code."""
    for item in case.consignment.goods_items:
        if item.net_mass_kg and item.value and item.value.value and item.hs_code:
            value = float(item.value.value) / float(item.net_mass_kg)
            yield from _unusual(case, item, "unit_value", value, beyond, least, item.value.currency)


def value_density(
    case: Case, *, currency: str, below: float | None = None, above: float | None = None
) -> Found:
    """Goods worth less, or more, for a kilogram net than these."""
    for item in case.consignment.goods_items:
        if item.net_mass_kg and item.value and item.value.currency == currency:
            value = float(item.value.value / item.net_mass_kg)
            if (below is not None and value < below) or (above is not None and value > above):
                yield Fact(
                    ("item", item.number), {"value_per_kg": round(value, 2), "currency": currency}
                )


def seals(case: Case, *, event: str) -> Found:
    """Seals ``missing`` from a unit, ``changed``, or ``changed_without_customs``."""
    consignment = case.consignment
    if event == "missing":
        for unit in consignment.equipment:
            if not unit.seals and not unit.is_empty:
                yield Fact(("unit", unit.number), {"unit": unit.number})
        return
    by_customs = {
        (unit.number, seal.number)
        for unit in consignment.equipment
        for seal in unit.seals
        if seal.affixed_by == "customs"
    }
    for change in consignment.seal_changes:
        official = "customs" in (change.by or "").lower()
        if event == "changed" or not official:
            broken = [s for s in change.removed if (change.equipment_number, s) in by_customs]
            yield Fact(
                ("unit", change.equipment_number),
                {
                    "unit": change.equipment_number,
                    "by": change.by or "nobody named",
                    "removed": ", ".join(change.removed) or "none",
                    "customs_seals": ", ".join(broken) or "none",
                    "at": change.at.isoformat(timespec="minutes"),
                },
            )


def dangerous_goods(case: Case, *, classes: Sequence[str] = ()) -> Found:
    """Dangerous goods, of these classes or of any."""
    for item in case.consignment.goods_items:
        for goods in item.dangerous_goods:
            hazard = goods.hazard_class or "not classed"
            if not classes or any(hazard == c or hazard.startswith(f"{c}.") for c in classes):
                yield Fact(
                    ("item", item.number), {"un_number": goods.un_number, "hazard_class": hazard}
                )


def documents_differ(case: Case, *, elements: Sequence[str] = ()) -> Found:
    """Another document says otherwise than the consignment, of these elements or of any."""
    for document in case.documents:
        for difference in document.differences:
            if not elements or difference.name.startswith(tuple(elements)):
                yield Fact(
                    ("document", document.name),
                    {"document": document.name, "difference": str(difference)},
                )


def masses_differ(case: Case, *, tolerance_percent: float = 2) -> Found:
    """What is stowed does not add up to an item, or to the verified gross mass of a unit."""
    stowed: dict[str, Decimal] = {}
    complete: dict[str, bool] = {}
    for item in case.consignment.goods_items:
        parts = [part.gross_mass_kg for part in item.stowage]
        known = [mass for mass in parts if mass is not None]
        for part in item.stowage:
            unit = part.equipment_number
            stowed[unit] = stowed.get(unit, Decimal(0)) + (part.gross_mass_kg or 0)
            complete[unit] = complete.get(unit, True) and part.gross_mass_kg is not None
        if known and len(known) == len(parts) and item.gross_mass_kg:
            yield from _differing(
                ("item", item.number), item.gross_mass_kg, sum(known), tolerance_percent
            )
    for container in case.consignment.equipment:
        verified = container.verified_gross_mass
        if verified and container.tare_kg is not None and complete.get(container.number):
            yield from _differing(
                ("unit", container.number),
                verified.mass_kg,
                container.tare_kg + stowed[container.number],
                tolerance_percent,
            )


def incomplete(case: Case, *, below_percent: float = 100) -> Found:
    """Less than this share of what has to be filed beforehand is there."""
    present, asked = pre_arrival_share(case.requirements)
    share = 100 * present / asked if asked else 100.0
    if share < below_percent:
        lacking = [r for r in case.requirements if r.filing.is_binding and r.missing]
        yield Fact(
            None,
            {
                "present": present,
                "asked": asked,
                "missing": "; ".join(
                    f"{r.territory} {r.filing.title}: {', '.join(r.missing)}" for r in lacking
                ),
            },
        )


def authorised(case: Case, *, kinds: Sequence[str] = (), territories: Sequence[str] = ()) -> Found:
    """A party holds an authorisation that counts on the way, of these kinds and there."""
    for s in case.simplifications:
        if (
            s.applies
            and s.authorisation
            and (not kinds or s.arrangement.kind in kinds)
            and (not territories or s.territory in territories)
        ):
            yield Fact(
                ("party", s.role),
                {
                    "role": s.role,
                    "authorisation": f"{s.arrangement.kind} {s.authorisation}",
                    "territory": s.territory,
                },
            )


CONDITIONS: dict[str, Callable[..., Found]] = {
    condition.__name__: condition
    for condition in (
        *(origin, dispatch, hs, passes, returns, unusual_route, party_history, unknown_party),
        *(unusual_mass, unusual_value, value_density, seals, dangerous_goods),
        *(documents_differ, masses_differ, incomplete, authorised),
    )
}
"""Every condition, by the kind that a rule names it by."""


def _in_role(consignment: Consignment, role: str) -> Iterator[tuple[str, frozenset[str]]]:
    for named, party in parties_of(consignment):
        keys = party_keys(party)
        if named == role and keys:
            yield party.name or min(keys), keys


def _unusual(
    case: Case, item: Any, of: str, value: float, beyond: float, least: int, currency: str
) -> Found:
    if value <= 0:
        return
    found = case.past.anomaly(item.hs_code, value, of, least=least, currency=currency)
    if found is not None and abs(found.score) > beyond:
        yield Fact(
            ("item", item.number),
            {
                "hs_code": item.hs_code,
                "value": round(value, 2),
                "median": round(found.median, 2),
                "score": round(found.score, 1),
                "count": found.count,
                "prefix": found.prefix,
            },
        )


def _differing(
    subject: tuple[str, Any], declared: Decimal, summed: Decimal | int, tolerance_percent: float
) -> Found:
    difference = Decimal(summed) - declared
    if declared and abs(difference) > declared * Decimal(str(tolerance_percent)) / 100:
        yield Fact(
            subject,
            {
                "declared_kg": f"{declared:f}",
                "summed_kg": f"{summed:f}",
                "by_kg": f"{difference:+f}",
            },
        )
