"""Which elements of a consignment advance TIR data hold, and what each is called there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

NAMESPACE = "urn:kervan:etir:advance-tir-data:1"
"""Of our own schema: nobody else gives out this form."""


@dataclass(frozen=True, slots=True)
class Part:
    """An element of the consignment and its name in XML.

    Attributes
    ----------
    field
        Its field.
    tag
        Its name, after the WCO Data Model where one is known.
    parts
        What stands in it; empty where it is a value.
    """

    field: str
    tag: str
    parts: tuple[Part, ...] = ()


_IDENTIFIERS = Part(
    "identifiers", "Identification", (Part("scheme", "TypeCode"), Part("value", "ID"))
)
_ADDRESS = Part(
    "address",
    "Address",
    (
        Part("city", "CityName"),
        Part("country", "CountryCode"),
        Part("region", "CountrySubDivisionName"),
        Part("street", "Line"),
        Part("postcode", "PostcodeID"),
    ),
)
_PARTY = (Part("name", "Name"), Part("name_in", "NameInLanguage"), _IDENTIFIERS, _ADDRESS)
_PLACE = (Part("place_id", "ID"), Part("name", "Name"), Part("country", "CountryCode"))
_OFFICE = (Part("reference", "ID"), Part("country", "CountryCode"), Part("arrives", "DateTime"))

LAYOUT = (
    Part("reference", "TraderAssignedReferenceID"),
    Part("version", "VersionID"),
    Part("consignor", "Consignor", _PARTY),
    Part("consignee", "Consignee", _PARTY),
    Part(
        "procedures",
        "TIROperation",
        (
            Part("number", "SequenceNumeric"),
            Part("territory", "TerritoryCode"),
            Part("regime", "TypeCode"),
            Part("holder", "Holder", _PARTY),
            Part("representative", "Agent", _PARTY),
            Part("office_of_departure", "DepartureOffice", _OFFICE),
            Part("offices_of_transit", "TransitOffice", _OFFICE),
            Part("office_of_destination", "DestinationOffice", _OFFICE),
            Part("countries_of_routing", "RoutingCountryCode"),
            Part("limit_date", "LimitDate"),
            Part(
                "guarantees",
                "ObligationGuarantee",
                (
                    Part("kind", "SecurityDetailsCode"),
                    Part("reference", "ReferenceID"),
                    Part("amount", "AmountAmount"),
                    Part("currency", "CurrencyCode"),
                ),
            ),
        ),
    ),
    Part(
        "movements",
        "Itinerary",
        (
            Part("number", "SequenceNumeric"),
            Part("mode", "ModeCode"),
            Part(
                "means",
                "TransportMeans",
                (
                    Part("identity", "ID"),
                    Part("name", "Name"),
                    Part("voyage", "JourneyID"),
                    Part("nationality", "RegistrationNationalityCode"),
                ),
            ),
            Part("origin", "LoadingLocation", _PLACE),
            Part("destination", "UnloadingLocation", _PLACE),
            Part("departs", "DepartureDateTime"),
            Part("arrives", "ArrivalDateTime"),
        ),
    ),
    Part(
        "equipment",
        "TransportEquipment",
        (
            Part("number", "ID"),
            Part("size_type", "CharacteristicCode"),
            Part("seals", "Seal", (Part("number", "ID"), Part("affixed_by", "RoleCode"))),
        ),
    ),
    Part(
        "goods_items",
        "ConsignmentItem",
        (
            Part("number", "SequenceNumeric"),
            Part("hs_code", "ClassificationID"),
            Part("description", "Description"),
            Part("description_in", "DescriptionInLanguage"),
            Part(
                "packages",
                "Packaging",
                (
                    Part("kind", "TypeCode"),
                    Part("count", "QuantityQuantity"),
                    Part("marks", "MarksNumbersID"),
                ),
            ),
            Part("gross_mass_kg", "GrossMassMeasure"),
            Part("net_mass_kg", "NetNetWeightMeasure"),
            Part("origin_country", "OriginCountryCode"),
            Part(
                "value",
                "CustomsValue",
                (Part("value", "AmountAmount"), Part("currency", "CurrencyCode")),
            ),
            Part(
                "stowage",
                "TransportEquipmentReference",
                (
                    Part("equipment_number", "ID"),
                    Part("packages", "QuantityQuantity"),
                    Part("gross_mass_kg", "GrossMassMeasure"),
                ),
            ),
        ),
    ),
    Part(
        "documents",
        "AdditionalDocument",
        (
            Part("kind", "TypeCode"),
            Part("role", "RoleCode"),
            Part("number", "ID"),
            Part("issued", "IssueDate"),
            Part("issuer", "IssuerName"),
            Part("items", "ItemNumeric"),
        ),
    ),
)
"""The message, in its order."""


def names(parts: tuple[Part, ...] = LAYOUT, prefix: str = "") -> Iterator[str]:
    """Yield the dotted name of every value."""
    for part in parts:
        if part.parts:
            yield from names(part.parts, f"{prefix}{part.field}.")
        else:
            yield prefix + part.field
