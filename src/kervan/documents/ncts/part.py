"""The part of a consignment that one transit declaration is of, by the rules of the messages.

A consignment crosses many territories; a declaration is of one procedure, and the rules of NCTS
forbid some of what a consignment says (the place of unloading where no security data are asked for,
the combined nomenclature outside the Union). What is left out, and why, is said here, once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from kervan.cargo.consignment import Consignment
from kervan.cargo.goods import GoodsItem, Packages, Stowage
from kervan.cargo.parties import Contact, Party
from kervan.cargo.procedures import Document, Procedure
from kervan.cargo.seals import seals_now
from kervan.cargo.territories import EU_MEMBERS
from kervan.cargo.transport import Place, Seal, TransportEquipment, has_container_form
from kervan.documents.format import DocumentError, carried
from kervan.documents.ncts.elements import CARRIES

UNION = EU_MEMBERS | {"XI"}
"""Member states, and Northern Ireland, whose offices are the Union's for goods (Windsor
Framework)."""

SECURITY_AREA = UNION | {"CH", "LI", "NO"}
"""States among which no security data are asked for: the Union, and Switzerland with Liechtenstein
and Norway by agreement (code list CL147, as far as is public)."""

REGIMES = ("common_transit", "union_transit")
AUTHORISATIONS: dict[str, str] = {
    "authorised_consignor": "C521",
    "special_seals": "C523",
    "reduced_dataset": "C524",
    "electronic_transport_document": "C525",
}
"""Kinds of authorisation of the holder, and their codes (CL235)."""
AUTHORISATION_KINDS = {code: kind for kind, code in AUTHORISATIONS.items()}

Role = Literal["previous", "supporting", "transport", "reference"]

ROLES: tuple[tuple[Role, str], ...] = (
    ("previous", "PreviousDocument"),
    ("supporting", "SupportingDocument"),
    ("transport", "TransportDocument"),
    ("reference", "AdditionalReference"),
)
"""Roles of documents in the order of the schema, and their elements."""
ROLE_ORDER = {role: position for position, (role, _) in enumerate(ROLES)}

BULK = frozenset({"VG", "VL", "VO", "VQ", "VR", "VS", "VY"})
"""Kinds of package that are bulk (CL181)."""
UNPACKED = frozenset({"NE", "NF", "NG"})
"""Kinds of package that are none (CL182)."""
NO_MARKS = "N/M"
"""Written where packages have no marks; the message wants some words there (C0060)."""


def transit_procedure(consignment: Consignment, number: int | None = None) -> int:
    """Return the index of the procedure that is declared: the first transit unless one is named.

    Parameters
    ----------
    consignment
        The consignment.
    number
        Of the procedure, as its ``number`` says.

    Raises
    ------
    DocumentError
        If there is none, or the one named is no common or Union transit.
    """
    for index, procedure in enumerate(consignment.procedures):
        if number is None and procedure.regime in REGIMES:
            return index
        if number is not None and procedure.number == number:
            if procedure.regime in REGIMES:
                return index
            raise DocumentError(
                f"$.procedures[{index}].regime: '{procedure.regime}' is not declared to NCTS; "
                f"{' and '.join(REGIMES)} are."
            )
    if number is None:
        raise DocumentError(
            "$.procedures: The consignment has no procedure of the regime common_transit or "
            "union_transit, so there is nothing to declare to NCTS. Add one."
        )
    numbers = ", ".join(str(p.number) for p in consignment.procedures) or "none"
    raise DocumentError(
        f"$.procedures: There is no procedure {number}; the consignment has {numbers}."
    )


def country_of(procedure: Procedure) -> str:
    """Return the country of the office of departure, or nothing."""
    office = procedure.office_of_departure
    return office.reference[:2] if office else ""


def territory_of(country: str) -> str:
    """Return the customs territory of a country: that of the Union counts as one."""
    return "EU" if country in UNION else country


def regime_of(offices: Iterable[str]) -> str:
    """Return the regime of a transit through these offices: union transit within the Union."""
    return "union_transit" if all(o[:2] in UNION for o in offices) else "common_transit"


def offices_of(procedure: Procedure) -> list[str]:
    """Return the references of all its offices, in order of the way."""
    ends = (procedure.office_of_departure, procedure.office_of_destination)
    through = [o.reference for o in procedure.offices_of_transit]
    first, last = ([o.reference] if o else [] for o in ends)
    return [*first, *through, *last]


def is_container(unit: TransportEquipment) -> bool:
    """Return whether a unit has the number of a container (ISO 6346), as a trailer has not."""
    return has_container_form(unit.number)


def is_simplified(procedure: Procedure) -> bool:
    """Return whether its holder is an authorised consignor, who alone sets a limit date (C0839)."""
    return any(code == "C521" for code, _ in authorisations_of(procedure))


def authorisations_of(procedure: Procedure) -> list[tuple[str, str]]:
    """Return codes and numbers of what its holder has been granted for transit."""
    if procedure.holder is None:
        return []
    return [
        (AUTHORISATIONS[a.kind], a.number)
        for a in procedure.holder.authorisations
        if a.kind in AUTHORISATIONS
    ]


def has_consignor(procedure: Procedure) -> bool:
    """Return whether the consignor is declared: not with a reduced data set alone (C0542)."""
    return not (procedure.security == "0" and procedure.reduced_dataset)


def documents_of(consignment: Consignment) -> list[tuple[Role, str, str, tuple[int, ...]]]:
    """Return role, kind, number and goods items of the documents, in the order of the message.

    A transport document is of the whole: version 60.4 has no place for it at a goods item.
    """
    rank = {item.number: position for position, item in enumerate(consignment.goods_items)}
    whole: dict[tuple[Role, str, str], None] = {}
    by_item: dict[tuple[Role, str, str], list[int]] = {}
    first: dict[tuple[Role, str, str], tuple[int, int, int]] = {}
    for position, document in enumerate(consignment.documents):
        key = (document.role, document.kind, document.number)
        if document.role == "transport" or not document.items:
            whole.setdefault(key)
            continue
        for number in document.items:
            numbers = by_item.setdefault(key, [])
            if number not in numbers:
                numbers.append(number)
            place = (rank.get(number, len(rank)), ROLE_ORDER[document.role], position)
            first[key] = min(first.get(key, place), place)
    order: list[tuple[Role, str, str, tuple[int, ...]]] = [
        (*key, ()) for key in sorted(whole, key=lambda k: ROLE_ORDER[k[0]])
    ]
    for key in sorted(by_item, key=lambda k: first[k]):
        in_order = sorted(by_item[key], key=lambda n: rank.get(n, len(rank)))
        order.append((*key, tuple(in_order)))
    return order


def cn_code(item: GoodsItem, country: str) -> str | None:
    """Return the eight digits of the combined nomenclature, which only the Union takes (C0821)."""
    if country not in UNION:
        return None
    code = next((c.code for c in item.national_codes if c.territory == "EU"), None)
    return code[:8] if code else None


def declared_part(
    consignment: Consignment, procedure: int | None = None, *, kind: str = "CC015C"
) -> Consignment:
    """Return what a declaration of one procedure says of a consignment.

    Reading a declaration that was written gives this back. It is the consignment

    - with the one procedure, as number 1, and of each party its first EORI number alone;
    - without the place of delivery where no security data are given (C0191), the consignor where
      the data set is reduced and no security data are given (C0542), net masses where it is reduced
      (C0837), the limit date unless the holder is an authorised consignor (C0839), codes of the
      combined nomenclature outside the Union (C0821) and beyond their eight digits;
    - with the containers alone of its equipment, each with the seals now on it, and with goods
      stowed in the order of the containers;
    - with its documents in the order of the message, transport documents of the whole;
    - with the party's name where its contact has none;
    - without what this message has no room for: the MRN in a declaration (CC015C), in an amendment
      (CC013C) one of LRN and MRN, in a release (CC029C) limit date and supplementary quantities;

    and of all that, the elements in :data:`~kervan.documents.ncts.elements.CARRIES`.

    Raises
    ------
    DocumentError
        If there is no such procedure.
    """
    index = transit_procedure(consignment, procedure)
    of = consignment.procedures[index]
    country = country_of(of)
    units = [u for u in consignment.equipment if is_container(u)]
    seals = seals_now(consignment)
    part = consignment.model_copy(
        update={
            "procedures": (_procedure(of, kind),),
            "consignor": _party(consignment.consignor) if has_consignor(of) else None,
            "consignee": _party(consignment.consignee, contact=False),
            "acceptance": _place(consignment.acceptance),
            "delivery": None if of.security == "0" else _place(consignment.delivery),
            "equipment": tuple(
                u.model_copy(update={"seals": tuple(Seal(number=n) for n in seals[u.number])})
                for u in units
            ),
            "goods_items": tuple(
                _item(i, of, country, units, kind) for i in consignment.goods_items
            ),
            "documents": tuple(
                Document(role=role, kind=kind, number=number, items=items)
                for role, kind, number, items in documents_of(consignment)
            ),
        }
    )
    return carried(part, CARRIES)


def _procedure(procedure: Procedure, kind: str) -> Procedure:
    holder = _party(procedure.holder)
    if holder is not None and procedure.holder is not None:
        kept = tuple(a for a in procedure.holder.authorisations if a.kind in AUTHORISATIONS)
        holder = holder.model_copy(update={"authorisations": kept})
    limited = is_simplified(procedure) and kind != "CC029C"
    amends_mrn = kind == "CC013C" and procedure.mrn is not None
    has_mrn = kind == "CC029C" or amends_mrn
    return procedure.model_copy(
        update={
            "number": 1,
            "holder": holder,
            "representative": _party(procedure.representative),
            "limit_date": procedure.limit_date if limited else None,
            "lrn": None if amends_mrn else procedure.lrn,
            "mrn": procedure.mrn if has_mrn else None,
        }
    )


def _party(party: Party | None, *, contact: bool = True) -> Party | None:
    if party is None:
        return None
    eori = tuple(i for i in party.identifiers if i.scheme == "EORI")[:1]
    asked: Contact | None = party.contact if contact else None
    if asked is not None and asked.name is None:
        asked = asked.model_copy(update={"name": party.name})
    return party.model_copy(update={"identifiers": eori, "contact": asked, "authorisations": ()})


def _place(place: Place | None) -> Place | None:
    if place is None:
        return None
    return Place.model_validate({"place_id": place.place_id})


def _item(
    item: GoodsItem,
    procedure: Procedure,
    country: str,
    units: list[TransportEquipment],
    kind: str,
) -> GoodsItem:
    code = cn_code(item, country)
    stowed = {s.equipment_number for s in item.stowage}
    codes = tuple(c for c in item.national_codes if c.territory == "EU")[:1]
    return item.model_copy(
        update={
            "national_codes": tuple(c.model_copy(update={"code": code}) for c in codes)
            if code
            else (),
            "net_mass_kg": None if procedure.reduced_dataset else item.net_mass_kg,
            "supplementary_quantity": None if kind == "CC029C" else item.supplementary_quantity,
            "packages": tuple(_packages(p) for p in item.packages),
            "stowage": tuple(
                Stowage(equipment_number=u.number) for u in units if u.number in stowed
            ),
        }
    )


def _packages(packages: Packages) -> Packages:
    if packages.marks == NO_MARKS:
        return packages.model_copy(update={"marks": None})
    return packages
