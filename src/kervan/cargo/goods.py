"""What is moved: goods items, their packages, what is dangerous in them, and where they lie."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from kervan.cargo.element import Code, Count, Element, Quantity, Text, Translations


class Amount(Element):
    """Money as declared: major units, exact, with its ISO 4217 code."""

    value: Quantity
    currency: Code


class Packages(Element):
    """Packages of one kind.

    Attributes
    ----------
    kind
        Code of UN/ECE Recommendation 21: ``CT`` carton, ``PX`` pallet, ``DR`` drum.
    count
        How many; None for bulk.
    marks
        Marks and numbers on them.
    """

    kind: Code
    count: Count | None = None
    marks: Text | None = None


class DangerousGoods(Element):
    """One dangerous substance of an item.

    Attributes
    ----------
    un_number
        Four digits.
    proper_shipping_name
        As ADR, RID and the IMDG Code list it.
    technical_name
        What is in it, where the listed name asks for it (N.O.S.).
    hazard_class
        Class or division: ``3``, ``5.1``, ``1.4S``.
    subsidiary_hazards
        Further classes.
    packing_group
        ``I``, ``II`` or ``III``; None where there is none.
    limited_quantity, marine_pollutant
        Whether carried as limited quantity; whether it pollutes the sea.
    flash_point_c
        Degrees Celsius, closed cup.
    net_mass_kg, net_explosive_mass_kg
        Mass of the substance, and of the explosive in it.
    tunnel_code, ems
        ADR tunnel restriction code; IMDG emergency schedule, such as ``F-E, S-D``.
    emergency_contact
        Phone answered at any hour.
    """

    un_number: Code
    proper_shipping_name: Text | None = None
    technical_name: Text | None = None
    hazard_class: Code | None = None
    subsidiary_hazards: Annotated[tuple[Code, ...], Field(max_length=9)] = ()
    packing_group: Code | None = None
    limited_quantity: bool = False
    marine_pollutant: bool = False
    flash_point_c: Quantity | None = None
    net_mass_kg: Quantity | None = None
    net_explosive_mass_kg: Quantity | None = None
    tunnel_code: Code | None = None
    ems: Code | None = None
    emergency_contact: Code | None = None


class Stowage(Element):
    """How much of an item lies in one unit of equipment, or in a wagon itself.

    Attributes
    ----------
    equipment_number
        Number of the unit; of the wagon, where goods lie in it without one.
    packages
        Packages of the item in it, of all kinds together.
    gross_mass_kg
        Mass of the item in it, packing included.
    """

    equipment_number: Code
    packages: Count | None = None
    gross_mass_kg: Quantity | None = None


class NationalCode(Element):
    """A commodity code longer than the world's six digits: where, and which."""

    territory: Code
    code: Code


class GoodsItem(Element):
    """Goods of one kind: one line of an invoice, one item of a declaration.

    Attributes
    ----------
    number
        Position, from 1.
    hs_code
        Harmonized System, six digits.
    national_codes
        Longer codes by territory: ``EAEU`` ten digits, ``TR`` twelve, ``EU`` eight or ten.
    nhm_code
        Railway commodity code NHM (GNG), eight digits.
    cus_code
        Chemical's number in the EU inventory.
    description, description_in
        In plain words, and in other languages.
    packages
        By kind.
    gross_mass_kg, net_mass_kg
        With and without packing; the container is in neither.
    volume_m3
        Room it takes.
    supplementary_quantity, supplementary_unit
        In the tariff's own unit, UN/ECE Recommendation 20.
    value
        As invoiced.
    origin_country
        ISO 3166-1 alpha-2.
    dangerous_goods
        Substances in it.
    stowage
        In which units it lies.
    remarks
        Anything else.
    """

    number: Annotated[int, Field(ge=1, le=9_999)]
    hs_code: Code | None = None
    national_codes: Annotated[tuple[NationalCode, ...], Field(max_length=99)] = ()
    nhm_code: Code | None = None
    cus_code: Code | None = None
    description: Text | None = None
    description_in: Translations
    packages: Annotated[tuple[Packages, ...], Field(max_length=99)] = ()
    gross_mass_kg: Quantity | None = None
    net_mass_kg: Quantity | None = None
    volume_m3: Quantity | None = None
    supplementary_quantity: Quantity | None = None
    supplementary_unit: Code | None = None
    value: Amount | None = None
    origin_country: Code | None = None
    dangerous_goods: Annotated[tuple[DangerousGoods, ...], Field(max_length=99)] = ()
    stowage: Annotated[tuple[Stowage, ...], Field(max_length=9_999)] = ()
    remarks: Text | None = None

    @property
    def package_count(self) -> int:
        """Packages of all kinds; bulk counts none."""
        return sum(p.count or 0 for p in self.packages)
