"""The consignment, whole."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from kervan.cargo.element import Code, Element, Text
from kervan.cargo.goods import GoodsItem
from kervan.cargo.parties import OtherParty, Party
from kervan.cargo.procedures import Document, Payment, Procedure, Remark
from kervan.cargo.transport import (
    Carrier,
    Movement,
    Place,
    SealChange,
    TransportEquipment,
    Wagon,
)

SCHEMA = "consignment.v1"


class Consignment(Element):
    """Goods sent by one consignor to one consignee under one contract of carriage.

    Its structure is that of the UN/CEFACT Multi-Modal Transport reference data model; where each
    element stands there and in the WCO Data Model is said in the reference.

    Nothing but the reference is asked for here: what a paper or a border needs is for the checks to
    say, so that an unfinished consignment can be saved, read and amended like any other.

    Attributes
    ----------
    format
        ``consignment.v1``.
    reference
        The consignor's own, unique with them; UCR in customs' terms.
    version
        From 1, counted up by each amendment.
    issued_on, issued_at
        Day and place of the consignment note.
    consignor, consignee, notify_parties, other_parties
        Who has to do with it.
    carriers
        In order of the way.
    acceptance, delivery
        Places where the first carrier takes it over and the last one delivers it.
    movements
        The way, leg by leg.
    equipment, wagons, seal_changes
        What it travels in and on.
    goods_items
        What is moved.
    procedures
        Under which customs procedure it crosses each territory.
    documents, remarks, payments
        Papers, words, who pays.
    incoterm, incoterm_place
        Incoterms 2020 rule and its place.
    payment_method
        Of the freight: ``prepaid`` or ``collect``.
    """

    format: Literal["consignment.v1"] = "consignment.v1"
    reference: Code
    version: Annotated[int, Field(ge=1, le=99_999)] = 1
    issued_on: date | None = None
    issued_at: Place | None = None
    consignor: Party | None = None
    consignee: Party | None = None
    notify_parties: Annotated[tuple[Party, ...], Field(max_length=99)] = ()
    other_parties: Annotated[tuple[OtherParty, ...], Field(max_length=99)] = ()
    carriers: Annotated[tuple[Carrier, ...], Field(max_length=999)] = ()
    acceptance: Place | None = None
    delivery: Place | None = None
    movements: Annotated[tuple[Movement, ...], Field(max_length=999)] = ()
    equipment: Annotated[tuple[TransportEquipment, ...], Field(max_length=9_999)] = ()
    wagons: Annotated[tuple[Wagon, ...], Field(max_length=9_999)] = ()
    seal_changes: Annotated[tuple[SealChange, ...], Field(max_length=9_999)] = ()
    goods_items: Annotated[tuple[GoodsItem, ...], Field(max_length=9_999)] = ()
    procedures: Annotated[tuple[Procedure, ...], Field(max_length=99)] = ()
    documents: Annotated[tuple[Document, ...], Field(max_length=9_999)] = ()
    remarks: Annotated[tuple[Remark, ...], Field(max_length=999)] = ()
    payments: Annotated[tuple[Payment, ...], Field(max_length=999)] = ()
    incoterm: Code | None = None
    incoterm_place: Text | None = None
    payment_method: Literal["prepaid", "collect"] | None = None
