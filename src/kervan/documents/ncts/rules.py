"""What makes the difference between a declaration that is valid and one that is accepted.

The schema cannot say when an element has to be there; the conditions (C) and rules (R) of the
messages do. Those that concern what is written here are checked on the consignment, before
anything is rendered, and named by their numbers as HMRC publishes them (CTC Traders phase 5
technical interface specification, 2026-02). Rules that hold by the way a message is written, such
as sequence numbers (R0987, R0988) and totals of mass (R0983, R0994), need no check.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from kervan.cargo.consignment import Consignment
from kervan.cargo.parties import Party
from kervan.cargo.problems import Problem, Step, json_path
from kervan.cargo.procedures import Guarantee, Procedure
from kervan.documents.ncts.part import (
    BULK,
    SECURITY_AREA,
    UNION,
    UNPACKED,
    authorisations_of,
    country_of,
    has_consignor,
    is_container,
    offices_of,
    regime_of,
    territory_of,
    transit_procedure,
)
from kervan.documents.ncts.references import GRN_LENGTH, VOUCHER_LENGTH, has_check_digit
from kervan.documents.ncts.writing import border_movement, has_border_means, means_identity

MOST_ITEMS = 1_999
_EORI = re.compile(r"[A-Z]{2}[!-~]{1,15}")
_GRN_KINDS = frozenset("01249")
"""Types of guarantee known by a GRN and its access code (CL286, as far as is public)."""


@dataclass(frozen=True)
class _Case:
    """One declaration looked at: its consignment, procedure, and the version it is written in."""

    consignment: Consignment
    index: int
    version: str

    @cached_property
    def procedure(self) -> Procedure:
        return self.consignment.procedures[self.index]

    @cached_property
    def country(self) -> str:
        return country_of(self.procedure)

    @property
    def secure(self) -> bool:
        return self.procedure.security != "0"

    def at(self, *steps: Step) -> str:
        """Return the path of an element of the procedure."""
        return json_path("procedures", self.index, *steps)


def declaration_problems(
    consignment: Consignment, procedure: int | None = None, *, version: str = "60.4"
) -> tuple[Problem, ...]:
    """Return what would have a declaration of a procedure refused, as far as these rules go.

    Parameters
    ----------
    consignment
        The consignment.
    procedure
        Its number; the first transit unless given.
    version
        Of the messages.

    Raises
    ------
    DocumentError
        If there is no such procedure.
    """
    case = _Case(consignment, transit_procedure(consignment, procedure), version)
    return tuple(problem for rule in RULES for problem in rule(case))


def _law(rule: str, path: str, message: str, mending: str) -> Problem:
    return Problem("law", f"ncts.{rule}", path, message, mending)


def _given(case: _Case) -> Iterator[Problem]:
    of = case.procedure
    for name in ("lrn", "declaration_type", "additional_declaration_type", "security"):
        if getattr(of, name) is None:
            yield _law(
                name.replace("_", "-"),
                case.at(name),
                f"Every transit declaration gives '{name}', and it is missing.",
                "Give it.",
            )
    for name in ("office_of_departure", "office_of_destination", "holder"):
        if getattr(of, name) is None:
            yield _law(
                name.replace("_", "-"),
                case.at(name),
                f"Every transit declaration names the {name.replace('_', ' ')}.",
                "Name it.",
            )
    if not of.guarantees:
        yield _law(
            "guarantee",
            case.at("guarantees"),
            "Every transit declaration names a guarantee or a waiver of it.",
            "Name one.",
        )
    if not case.consignment.goods_items:
        yield _law("goods", "$.goods_items", "There are no goods to declare.", "Add goods items.")


def _territory(case: _Case) -> Iterator[Problem]:
    of = case.procedure
    start = of.office_of_departure
    if start is not None and of.territory != territory_of(case.country):
        yield _law(
            "territory",
            case.at("territory"),
            f"The office of departure {start.reference} lies in {territory_of(case.country)}, the "
            f"procedure in {of.territory}.",
            "Name an office of that territory, or mend the territory.",
        )
    offices = offices_of(of)
    if offices and of.regime != regime_of(offices):
        yield _law(
            "regime",
            case.at("regime"),
            f"Between these offices the regime is {regime_of(offices)}, not {of.regime}.",
            f"Write {regime_of(offices)}.",
        )


def _offices(case: _Case) -> Iterator[Problem]:
    of = case.procedure
    through = [office.reference for office in of.offices_of_transit]
    for position, reference in enumerate(through):
        if reference in through[:position]:
            yield _law(
                "R0003",
                case.at("offices_of_transit", position),
                f"The office of transit {reference} is named twice.",
                "Name each once.",
            )
        if (
            of.security in ("1", "3")
            and reference[:2] in SECURITY_AREA
            and of.offices_of_transit[position].arrives is None
        ):
            yield _law(
                "C0598",
                case.at("offices_of_transit", position, "arrives"),
                f"With entry security data, the arrival at {reference} is declared.",
                "Give the expected arrival.",
            )
    if through or of.office_of_destination is None or not case.country:
        return
    end = of.office_of_destination.reference[:2]
    outside = case.country not in UNION or end not in UNION
    if end != case.country and (outside or of.declaration_type == "T2"):
        yield _law(
            "C0030",
            case.at("offices_of_transit"),
            f"From {case.country} to {end}, the office of transit at the border is declared.",
            "Name it.",
        )


def _conditions(case: _Case) -> Iterator[Problem]:
    of = case.procedure
    if (of.binding_itinerary or case.secure) and not of.countries_of_routing:
        yield _law(
            "C0586",
            case.at("countries_of_routing"),
            "With a binding itinerary or security data, the countries of routing are declared.",
            "Name them in order.",
        )
    if case.secure and of.additional_declaration_type == "A" and of.border_mode is None:
        yield _law(
            "C0599",
            case.at("border_mode"),
            "With security data, the mode of transport at the border is declared.",
            "Give it.",
        )
    where = of.location_of_goods
    if where is None:
        if of.additional_declaration_type != "D" and case.country not in SECURITY_AREA:
            yield _law(
                "C0710",
                case.at("location_of_goods"),
                "A declaration of goods that are there (type A) says where they can be seen.",
                "Give the location, or declare beforehand (type D).",
            )
    elif where.qualifier not in "UVXY":
        yield _law(
            "C0394",
            case.at("location_of_goods", "qualifier"),
            f"A location by qualifier '{where.qualifier}' has parts that a consignment has no "
            "element for.",
            "Name it by UN/LOCODE (U), customs office (V), EORI (X) or authorisation (Y).",
        )
    if of.additional_declaration_type != "D" and case.consignment.acceptance is None:
        yield _law(
            "C0403",
            "$.acceptance",
            "A declaration of goods that are there (type A) names the place of loading, which is "
            "the place of acceptance.",
            "Give it.",
        )
    if case.consignment.delivery is None:
        what = "place of unloading and the " if of.security in ("1", "3") else ""
        yield _law(
            "C0191" if what else "C0343",
            "$.delivery",
            f"The {what}country of destination are taken from the place of delivery.",
            "Give it.",
        )


def _border(case: _Case) -> Iterator[Problem]:
    if not has_border_means(case.procedure):
        return
    movement = border_movement(case.consignment, case.procedure)
    if movement is None:
        yield _law(
            "C0806",
            "$.movements",
            "With security data, the means of transport that crosses the border is declared, and "
            f"no movement leaves {case.country}.",
            "Add the movement over the border.",
        )
        return
    path = json_path("movements", case.consignment.movements.index(movement), "means")
    if means_identity(movement) is None:
        yield _law(
            "C0806",
            path,
            "With security data, the means of transport that crosses the border is declared.",
            "Give its number or name.",
        )
    elif case.version != "51.8" and (movement.means is None or movement.means.nationality is None):
        yield _law(
            "C0806",
            f"{path}.nationality",
            "With security data, the means of transport that crosses the border is declared with "
            "its nationality.",
            "Give the country where it is registered.",
        )


def _authorisation(case: _Case) -> Iterator[Problem]:
    of = case.procedure
    codes = {code for code, _ in authorisations_of(of)}
    if of.reduced_dataset and "C524" not in codes:
        yield _law(
            "R0859",
            case.at("holder", "authorisations"),
            "A reduced data set takes an authorisation for it (C524).",
            "Give the holder's 'reduced_dataset' authorisation, or declare in full.",
        )
    if "C524" in codes and not of.reduced_dataset:
        yield _law(
            "R0859",
            case.at("reduced_dataset"),
            "An authorisation for a reduced data set (C524) is not named where it is not used.",
            "Set reduced_dataset, or take the authorisation out.",
        )
    if "C521" in codes and of.additional_declaration_type == "A" and of.limit_date is None:
        yield _law(
            "C0839",
            case.at("limit_date"),
            "An authorised consignor sets the limit date.",
            "Give it.",
        )
    for position, granted in enumerate(of.holder.authorisations if of.holder else ()):
        if granted.kind in ("authorised_consignor", "special_seals", "reduced_dataset") and (
            not granted.number.startswith(granted.country)
        ):
            yield _law(
                "authorisation-number",
                case.at("holder", "authorisations", position, "number"),
                f"'{granted.number}' does not begin with the country that granted it, "
                f"{granted.country}.",
                "Give the number as in the decision: country, kind, number.",
            )


def _guarantees(case: _Case) -> Iterator[Problem]:
    for position, guarantee in enumerate(case.procedure.guarantees):
        at = ("guarantees", position)
        yield from _guarantee(case, guarantee, at)
        if case.version != "51.8" and guarantee.kind in "0123459":
            for name in ("amount", "currency"):
                if getattr(guarantee, name) is None:
                    yield _law(
                        f"guarantee-{name}",
                        case.at(*at, name),
                        f"From version 60.4 on, each guarantee gives the {name} to be covered.",
                        "Give it.",
                    )


def _guarantee(case: _Case, guarantee: Guarantee, at: tuple[Step, ...]) -> Iterator[Problem]:
    reference = guarantee.reference
    if guarantee.kind in _GRN_KINDS:
        for name, value in (("reference", reference), ("access_code", guarantee.access_code)):
            if value is None:
                yield _law(
                    "C0086",
                    case.at(*at, name),
                    f"A guarantee of type {guarantee.kind} is known by its GRN and access code.",
                    "Give both.",
                )
    elif reference is not None or guarantee.access_code is not None:
        yield _law(
            "C0086",
            case.at(*at, "reference"),
            f"A guarantee of type {guarantee.kind} has neither GRN nor access code.",
            "Take them out; another number is 'other_reference'.",
        )
    if guarantee.kind == "8" and guarantee.other_reference is None:
        yield _law(
            "C0130",
            case.at(*at, "other_reference"),
            "A guarantee of type 8 gives another reference.",
            "Give it.",
        )
    if guarantee.kind not in "38" and guarantee.other_reference is not None:
        yield _law(
            "C0130",
            case.at(*at, "other_reference"),
            f"A guarantee of type {guarantee.kind} has no other reference.",
            "Take it out.",
        )
    if reference is None:
        return
    length = VOUCHER_LENGTH if guarantee.kind == "4" else GRN_LENGTH
    if len(reference) != length:
        yield _law(
            "R0318",
            case.at(*at, "reference"),
            f"'{reference}' has {len(reference)} characters; a GRN of type {guarantee.kind} has "
            f"{length}.",
            "Write the GRN as on the guarantee.",
        )
    elif not has_check_digit(reference, GRN_LENGTH):
        yield Problem(
            "form",
            "ncts.grn-check-digit",
            case.at(*at, "reference"),
            f"'{reference}' is no GRN: its form or its check digit is wrong.",
            "Write the GRN as on the guarantee.",
        )


def _parties(case: _Case) -> Iterator[Problem]:
    of = case.procedure
    consignment = case.consignment
    if of.holder is not None:
        yield from _party(case, of.holder, case.at("holder"))
    if has_consignor(of) and consignment.consignor is not None:
        yield from _party(case, consignment.consignor, "$.consignor")
    if consignment.consignee is None:
        yield _law(
            "C0001",
            "$.consignee",
            "A transit to a party of the convention names the consignee.",
            "Name it.",
        )
    else:
        yield from _party(case, consignment.consignee, "$.consignee", contact=False)
    agent = of.representative
    if agent is not None:
        path = case.at("representative")
        if agent.identifier("EORI") is None:
            yield _law(
                "representative",
                f"{path}.identifiers",
                "A representative is declared by its EORI number alone.",
                "Give it.",
            )
        yield from _contact(agent, path)
        yield from _one_eori(agent, path)


def _party(case: _Case, who: Party, path: str, *, contact: bool = True) -> Iterator[Problem]:
    eori = who.identifier("EORI")
    if eori is None:
        if who.name is None or who.address is None:
            yield _law(
                "C0250",
                path,
                "A party without an EORI number is declared by name and address.",
                "Give name and address, or the EORI number.",
            )
    elif case.country in UNION and not _EORI.fullmatch(eori):
        yield _law(
            "R0850",
            f"{path}.identifiers",
            f"'{eori}' is no EORI number: a country and up to 15 characters.",
            "Mend it.",
        )
    if who.address is not None:
        for name in ("street", "city", "country"):
            if getattr(who.address, name) is None:
                yield _law(
                    "address",
                    f"{path}.address.{name}",
                    "An address is declared with street, city and country.",
                    "Give it, or leave the address out where there is an EORI number.",
                )
    if contact:
        yield from _contact(who, path)
    yield from _one_eori(who, path)


def _one_eori(who: Party, path: str) -> Iterator[Problem]:
    if sum(i.scheme == "EORI" for i in who.identifiers) > 1:
        yield _law(
            "eori",
            f"{path}.identifiers",
            "A party is declared by one EORI number, and has two.",
            "Keep the one of the territory.",
        )


def _contact(who: Party, path: str) -> Iterator[Problem]:
    if who.contact is None:
        return
    if who.contact.phone is None:
        yield _law(
            "contact",
            f"{path}.contact.phone",
            "A contact is declared with a phone number.",
            "Give it, or leave the contact out.",
        )
    if who.contact.name is None and who.name is None:
        yield _law(
            "contact",
            f"{path}.contact.name",
            "A contact is declared with a name.",
            "Give it, or leave the contact out.",
        )


def _items(case: _Case) -> Iterator[Problem]:
    items = case.consignment.goods_items
    for position, item in enumerate(items):
        at = ("goods_items", position)
        if item.number != position + 1:
            yield _law(
                "R0007",
                json_path(*at, "number"),
                f"Item {item.number} stands at position {position + 1}; items are numbered from 1 "
                "without a gap.",
                "Number them in order.",
            )
        if item.hs_code is None:
            yield _law(
                "C0153", json_path(*at, "hs_code"), "Each item gives its HS code.", "Give it."
            )
        if item.description is None:
            yield _law(
                "description", json_path(*at, "description"), "Each item is described.", "Do."
            )
        for code in item.national_codes:
            if code.territory == "EU" and item.hs_code != code.code[:6]:
                yield _law(
                    "R0060",
                    json_path(*at, "national_codes"),
                    f"The Union's code '{code.code}' does not begin with the HS code "
                    f"'{item.hs_code}'.",
                    "Mend one of them.",
                )
        counted = [p for p in item.packages if p.count]
        if item.gross_mass_kg is None:
            yield _law(
                "gross-mass",
                json_path(*at, "gross_mass_kg"),
                "Each item gives its gross mass.",
                "Give it.",
            )
        elif item.gross_mass_kg == 0 and counted:
            yield _law(
                "R0221",
                json_path(*at, "gross_mass_kg"),
                "An item with packages of its own has a gross mass above zero.",
                "Give it.",
            )
        elif item.net_mass_kg is not None and item.net_mass_kg > item.gross_mass_kg > 0:
            yield _law(
                "R0223",
                json_path(*at, "net_mass_kg"),
                f"The net mass, {item.net_mass_kg:f} kg, is above the gross mass, "
                f"{item.gross_mass_kg:f} kg.",
                "Mend one of them.",
            )
        if not item.packages:
            yield _law(
                "packages", json_path(*at, "packages"), "Each item says how it is packed.", "Do."
            )
        for number, packages in enumerate(item.packages):
            path = json_path(*at, "packages", number, "count")
            if packages.kind in BULK and packages.count is not None:
                yield _law("C0060", path, "Bulk is not counted.", "Take the count out.")
            elif packages.kind not in BULK and packages.count is None:
                yield _law("C0060", path, "Packages other than bulk are counted.", "Give it.")
            elif packages.count == 0 and (packages.kind in UNPACKED or counted):
                yield _law(
                    "R0219" if counted else "R0220",
                    path,
                    "No packages (0) means packed with another item; it stands for all kinds of an "
                    "item's packages, and not for unpacked goods.",
                    "Count them.",
                )


def _units(case: _Case) -> Iterator[Problem]:
    # Goods in a wagon itself are in no equipment: the wagon is the means of transport.
    numbers = {u.number for u in case.consignment.equipment}
    numbers |= {wagon.number for wagon in case.consignment.wagons}
    containers = [u.number for u in case.consignment.equipment if is_container(u)]
    for number, count in Counter(containers).items():
        if count > 1:
            yield _law(
                "equipment", "$.equipment", f"Container {number} is listed twice.", "List it once."
            )
    for position, item in enumerate(case.consignment.goods_items):
        path = json_path("goods_items", position, "stowage")
        missing = [s.equipment_number for s in item.stowage if s.equipment_number not in numbers]
        if missing:
            yield _law(
                "stowage",
                path,
                f"Goods are stowed in {missing[0]}, which is no equipment of the consignment.",
                "Add the unit, or mend its number.",
            )
        if len(containers) > 1 and not item.stowage:
            yield _law(
                "C0670",
                path,
                "With more than one container, it is declared which goods lie in which.",
                "Say where they are stowed.",
            )


def _documents(case: _Case) -> Iterator[Problem]:
    numbers = {item.number for item in case.consignment.goods_items}
    for position, document in enumerate(case.consignment.documents):
        path = json_path("documents", position)
        strange = [n for n in document.items if n not in numbers]
        if strange and document.role != "transport":
            yield _law(
                "document-items",
                f"{path}.items",
                f"The document is of goods item {strange[0]}, which there is none of.",
                "Mend the number.",
            )
        if len(document.kind) == 4 and document.kind[0] == "N":
            yield _law(
                "document-kind",
                f"{path}.kind",
                f"'{document.kind}' is the Union's form of '{document.kind[1:]}'.",
                f"Write '{document.kind[1:]}'.",
            )


RULES: tuple[Callable[[_Case], Iterator[Problem]], ...] = (
    _given,
    _territory,
    _offices,
    _conditions,
    _border,
    _authorisation,
    _guarantees,
    _parties,
    _items,
    _units,
    _documents,
)
"""All rules, in the order their problems are listed."""
