"""Who has to do with a consignment."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from kervan.cargo.element import Code, Element, Text, Translations

PartyRole = Literal[
    "declarant",
    "representative",
    "holder_of_transit_procedure",
    "forwarder",
    "freight_payer",
    "guarantor",
    "seller",
    "buyer",
    "warehouse",
    "customs_broker",
]
"""Roles beside consignor, consignee, notify party and carrier."""


class Identifier(Element):
    """A number by which a register knows somebody.

    Attributes
    ----------
    scheme
        The register: ``EORI``, ``VAT``, ``TIN``, ``BIN``, ``VKN``, ``INN``, ``USCC``, ``SMGS`` (the
        code in the railways' register) or another.
    value
        The number.
    country
        ISO 3166-1 alpha-2 code of the register's country, where the scheme does not say it.
    """

    scheme: Code
    value: Code
    country: Code | None = None


class Address(Element):
    """A postal address.

    Attributes
    ----------
    street, city, postcode, region
        Its lines; the number is part of the street.
    country
        ISO 3166-1 alpha-2 code.
    street_in, city_in
        The same in other languages.
    """

    street: Text | None = None
    city: Text | None = None
    postcode: Code | None = None
    region: Text | None = None
    country: Code | None = None
    street_in: Translations
    city_in: Translations


class Contact(Element):
    """Whom to ask, and how."""

    name: Text | None = None
    phone: Code | None = None
    email: Text | None = None


class Authorisation(Element):
    """A simplification or status granted to a party.

    Attributes
    ----------
    kind
        ``AEO``, ``authorised_consignor``, ``authorised_consignee``, ``special_seals``,
        ``comprehensive_guarantee``, ``customs_carrier`` or another.
    number
        Number of the decision.
    country
        Who granted it: ISO 3166-1 alpha-2.
    """

    kind: Code
    number: Code
    country: Code


class Party(Element):
    """A person or company.

    Attributes
    ----------
    name
        In Latin letters.
    name_in
        In other languages and scripts.
    identifiers
        Numbers in registers.
    address, contact
        Where, and whom to ask.
    authorisations
        What it has been granted.
    """

    name: Text | None = None
    name_in: Translations
    identifiers: Annotated[tuple[Identifier, ...], Field(max_length=99)] = ()
    address: Address | None = None
    contact: Contact | None = None
    authorisations: Annotated[tuple[Authorisation, ...], Field(max_length=99)] = ()

    def identifier(self, scheme: str) -> str | None:
        """Return its number in a register, or None."""
        return next((i.value for i in self.identifiers if i.scheme == scheme), None)


class OtherParty(Element):
    """A party in a role that has no field of its own."""

    role: PartyRole
    party: Party
