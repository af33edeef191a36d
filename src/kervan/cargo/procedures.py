"""Under which customs procedure goods cross a territory, on what guarantee and what papers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from kervan.cargo.element import Code, Element, Moment, Quantity, Text
from kervan.cargo.parties import Party

Regime = Literal[
    "common_transit",
    "union_transit",
    "eaeu_transit",
    "national_transit",
    "tir",
    "import",
    "export",
    "re_export",
    "warehousing",
    "transhipment",
]
"""Procedures: transit under a convention or a national law, or a final one."""


class CustomsOffice(Element):
    """An office of customs.

    Attributes
    ----------
    reference
        Its code: eight characters of the EU's list (``TR341200``), or the country's own.
    name, country
        In words.
    arrives
        When the goods are expected there.
    """

    reference: Code
    name: Text | None = None
    country: Code | None = None
    arrives: Moment | None = None


class LocationOfGoods(Element):
    """Where customs may see the goods.

    Attributes
    ----------
    kind
        Type of location, EU code list CL347: ``A`` designated, ``B`` authorised, ``C`` approved,
        ``D`` other.
    qualifier
        How it is identified, CL326: ``U`` UN/LOCODE, ``V`` customs office, ``X`` EORI, ``Y``
        authorisation, ``Z`` address.
    identity
        The identification itself.
    """

    kind: Code
    qualifier: Code
    identity: Code


class Guarantee(Element):
    """What secures duties and taxes at risk.

    Attributes
    ----------
    kind
        Type, EU code list CL251: ``0`` waiver, ``1`` comprehensive, ``2`` individual by
        undertaking, ``3`` cash, ``4`` voucher, ``8`` public body, ``B`` TIR carnet.
    reference
        GRN, or the number of a carnet or voucher.
    access_code
        Four characters.
    amount, currency
        What of it is used for this consignment.
    not_valid_in
        Countries where it does not hold.
    other_reference
        Where the kind asks for other than a GRN.
    """

    kind: Code
    reference: Code | None = None
    access_code: Code | None = None
    amount: Quantity | None = None
    currency: Code | None = None
    not_valid_in: Annotated[tuple[Code, ...], Field(max_length=99)] = ()
    other_reference: Code | None = None


class Procedure(Element):
    """One customs procedure over one territory.

    Attributes
    ----------
    number
        Order on the way, from 1.
    territory
        ``EU``, ``EAEU``, or an ISO 3166-1 alpha-2 code: a customs union counts as one.
    regime
        Which procedure.
    declaration_type
        ``T1``, ``T2``, ``TIR``, or as the territory calls it.
    additional_declaration_type
        ``A`` standard, ``D`` lodged before presentation.
    security
        Whether safety and security data are in it, EU code list CL217: ``0`` no, ``1`` entry,
        ``2`` exit, ``3`` both.
    reduced_dataset, binding_itinerary
        As the words say.
    lrn, mrn
        Declarant's own reference; customs' reference once given.
    office_of_departure, offices_of_transit, office_of_destination
        Offices on the way.
    countries_of_routing
        Where it passes.
    holder, representative
        Who answers for it, and who acts for them.
    location_of_goods
        Where they can be seen.
    limit_date
        By when they are to be presented.
    guarantees
        What secures it.
    border_mode
        Transport at the border, UN/ECE Recommendation 19 digit.
    """

    number: Annotated[int, Field(ge=1, le=99)]
    territory: Code
    regime: Regime
    declaration_type: Code | None = None
    additional_declaration_type: Code | None = None
    security: Code | None = None
    reduced_dataset: bool = False
    binding_itinerary: bool = False
    lrn: Code | None = None
    mrn: Code | None = None
    office_of_departure: CustomsOffice | None = None
    offices_of_transit: Annotated[tuple[CustomsOffice, ...], Field(max_length=99)] = ()
    office_of_destination: CustomsOffice | None = None
    countries_of_routing: Annotated[tuple[Code, ...], Field(max_length=99)] = ()
    holder: Party | None = None
    representative: Party | None = None
    location_of_goods: LocationOfGoods | None = None
    limit_date: date | None = None
    guarantees: Annotated[tuple[Guarantee, ...], Field(max_length=99)] = ()
    border_mode: Code | None = None


ItemNumber = Annotated[int, Field(ge=1, le=9_999)]
"""Number of a goods item."""


class Document(Element):
    """A paper that belongs to the consignment.

    Attributes
    ----------
    kind
        Code: UN/EDIFACT 1001 (``380`` invoice, ``722`` SMGS note, ``720`` CIM note) or the EU's
        (``N380``, ``Y`` codes); the code alone, without the EU's ``N``, where both have it.
    role
        ``transport``, ``supporting``, ``previous`` or ``reference``.
    number
        Its number.
    issued
        Day.
    issuer
        Who.
    items
        Goods items it is of; all where none is named.
    sha256
        Of the file, so that it can be shown to be the same.
    """

    kind: Code
    role: Literal["transport", "supporting", "previous", "reference"] = "supporting"
    number: Code
    issued: date | None = None
    issuer: Text | None = None
    items: Annotated[tuple[ItemNumber, ...], Field(max_length=9_999)] = ()
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None


class Remark(Element):
    """Words for one reader or for all.

    Attributes
    ----------
    kind
        ``general``, ``consignor_statement`` (SMGS box 3), ``handling``, ``customs`` or ``carrier``.
    text
        The words.
    territory
        For whom; everybody where None.
    """

    kind: Literal["general", "consignor_statement", "handling", "customs", "carrier"] = "general"
    text: Text
    territory: Code | None = None


class Payment(Element):
    """Who pays for a section of the way.

    Attributes
    ----------
    carrier_id
        Whose charges.
    payer
        Name, and code with the carrier.
    payer_code
        Number of the payer's account.
    basis
        By what: contract and its day, in words.
    """

    carrier_id: Code
    payer: Text
    payer_code: Code | None = None
    basis: Text | None = None
