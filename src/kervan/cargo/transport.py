"""What carries the goods: places, movements, containers, wagons and seals."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from kervan.cargo.element import Code, Count, Element, Moment, Quantity, Text, Translations
from kervan.cargo.parties import Party

Mode = Literal["rail", "road", "sea", "ferry", "inland_waterway"]
"""Modes of transport, in the words of the feed; a ferry carries wagons or trucks."""


class Place(Element):
    """A place on the way.

    Attributes
    ----------
    place_id
        UN/LOCODE (``KZAAU``), or the feed's own code.
    name, name_in
        In Latin letters, and in other languages.
    country
        ISO 3166-1 alpha-2.
    station_code
        Code of the railway station, six digits in SMGS (ESR), eight in CIM with the country's two.
    terminal
        Which terminal or berth.
    """

    place_id: Code
    name: Text | None = None
    name_in: Translations
    country: Code | None = None
    station_code: Code | None = None
    terminal: Text | None = None


class Carrier(Element):
    """A carrier, and the section it carries.

    Attributes
    ----------
    carrier_id
        Key, as in the feed: ``KTZ``, ``ADY``.
    party
        The company.
    railway_code
        Code of the carrier with UIC (RICS) or OSJD, four digits.
    contractual
        Whether it concluded the contract of carriage with the consignor.
    """

    carrier_id: Code
    party: Party | None = None
    railway_code: Code | None = None
    contractual: bool = False


class Means(Element):
    """The vessel, train, truck or wagon set that moves it.

    Attributes
    ----------
    identity
        IMO number (``IMO9123456`` as digits), train number, registration plate.
    name
        Of a vessel.
    voyage
        Voyage or train run.
    nationality
        Where it is registered: ISO 3166-1 alpha-2.
    """

    identity: Code | None = None
    name: Text | None = None
    voyage: Code | None = None
    nationality: Code | None = None


class Movement(Element):
    """One leg of the way: one carrier's carriage from place to place.

    Attributes
    ----------
    number
        Order on the way, from 1.
    mode
        Mode.
    carrier_id
        Of one of the consignment's carriers.
    means
        What moves it.
    origin, destination
        Places.
    departs, arrives
        As planned, with offsets.
    """

    number: Annotated[int, Field(ge=1, le=999)]
    mode: Mode
    carrier_id: Code | None = None
    means: Means | None = None
    origin: Place
    destination: Place
    departs: Moment | None = None
    arrives: Moment | None = None


class Seal(Element):
    """A seal on a unit.

    Attributes
    ----------
    number
        As stamped on it.
    affixed_by
        ``consignor``, ``carrier``, ``customs``, ``terminal`` or ``other``.
    affixed_at
        When.
    """

    number: Code
    affixed_by: Literal["consignor", "carrier", "customs", "terminal", "other"] = "consignor"
    affixed_at: Moment | None = None


class SealChange(Element):
    """One seal broken or changed on the way.

    Attributes
    ----------
    equipment_number
        On which unit.
    at
        When.
    place
        Where.
    removed, affixed
        Numbers of the seals taken off and put on.
    by, reason
        Who did it and why.
    """

    equipment_number: Code
    at: Moment
    place: Place | None = None
    removed: Annotated[tuple[Code, ...], Field(max_length=99)] = ()
    affixed: Annotated[tuple[Code, ...], Field(max_length=99)] = ()
    by: Text | None = None
    reason: Text | None = None


class VerifiedGrossMass(Element):
    """Verified gross mass under SOLAS VI/2.

    Attributes
    ----------
    mass_kg
        Goods, packing, dunnage and container.
    method
        ``SM1`` weighed whole, ``SM2`` summed from parts.
    determined_at, determined_by
        When, and who answers for it.
    """

    mass_kg: Quantity
    method: Literal["SM1", "SM2"]
    determined_at: Moment | None = None
    determined_by: Text | None = None


class Overhang(Element):
    """By how much cargo stands over its equipment, in cm."""

    front_cm: Count = 0
    back_cm: Count = 0
    left_cm: Count = 0
    right_cm: Count = 0
    top_cm: Count = 0


def has_container_form(number: str) -> bool:
    """Return whether a number is four letters and seven digits, as ISO 6346 has them.

    Letters of any script, for one that only looks Latin is to be named and not taken for a plate;
    whether the number is right, `kervan.cargo.rules.numbers` says.
    """
    return len(number) == 11 and number[:4].isalpha() and number[4:].isdecimal()


class TransportEquipment(Element):
    """A container, swap body or trailer.

    Attributes
    ----------
    number
        ISO 6346 number with its check digit, such as ``CSQU3054383``; the plate of a trailer.
    size_type
        ISO 6346 size-type code.
    is_empty
        Whether it travels empty.
    tare_kg, max_gross_kg
        As its plate says.
    verified_gross_mass
        For carriage by sea.
    seals
        On it when it was handed over.
    temperature_c
        What a reefer is set to.
    overhang
        Of cargo out of gauge.
    owner
        Who owns it.
    shipper_owned
        Whether the shipper owns or leases it.
    registration_country
        Where it is registered: ISO 3166-1 alpha-2. eFTI cannot name a unit without it.
    """

    number: Code
    size_type: Code | None = None
    is_empty: bool = False
    tare_kg: Quantity | None = None
    max_gross_kg: Quantity | None = None
    verified_gross_mass: VerifiedGrossMass | None = None
    seals: Annotated[tuple[Seal, ...], Field(max_length=99)] = ()
    temperature_c: Quantity | None = None
    overhang: Overhang | None = None
    owner: Text | None = None
    shipper_owned: bool = False
    registration_country: Code | None = None


class Wagon(Element):
    """A railway wagon and what stands on it.

    Attributes
    ----------
    number
        Eight digits (1520 mm railways) or twelve (UIC), each with its check digit.
    keeper
        Owner's mark or railway.
    provided_by
        Who provides it, as SMGS box 7 to 12 asks: ``carrier`` or ``consignor``.
    load_limit_kg, tare_kg, axles
        As its plate says.
    movement
        On which movement it is used.
    equipment_numbers
        Units on it.
    registration_country
        Where it is registered: ISO 3166-1 alpha-2.
    """

    number: Code
    keeper: Text | None = None
    provided_by: Literal["carrier", "consignor"] = "carrier"
    load_limit_kg: Quantity | None = None
    tare_kg: Quantity | None = None
    axles: Annotated[int, Field(ge=2, le=32)] | None = None
    movement: Annotated[int, Field(ge=1, le=999)] | None = None
    equipment_numbers: Annotated[tuple[Code, ...], Field(max_length=999)] = ()
    registration_country: Code | None = None
