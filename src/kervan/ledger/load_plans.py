"""Load plans: what stands where on a departure, version by version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, model_validator
from sqlalchemy import update

from kervan.cargo.element import Code, Element
from kervan.ledger.database import insert_new
from kervan.ledger.departures import departure_of
from kervan.ledger.reduction import Kind, Outcome, Refused, Writing
from kervan.ledger.tables import load_plans


class Slot(Element):
    """One unit of equipment and where it stands.

    Attributes
    ----------
    equipment
        ISO 6346 number of the container.
    position
        Wagon and place on it, or bay, row and tier, as the carrier writes it.
    booking_id
        For which booking; None for an empty one that is brought home.
    """

    equipment: Annotated[str, Field(min_length=1, max_length=15)]
    position: Code
    booking_id: Annotated[str, Field(min_length=1, max_length=200)] | None = None


class PutLoadPlan(Element):
    """Payload of ``loadplan.put``; the departure is the entry's subject.

    Attributes
    ----------
    version
        One more than the latest, or 1.
    slots
        The whole of it. Nothing stands twice, and no position is taken twice.
    """

    version: Annotated[int, Field(ge=1, le=99_999)]
    slots: Annotated[tuple[Slot, ...], Field(max_length=20_000)]

    @model_validator(mode="after")
    def _once(self) -> PutLoadPlan:
        for name in ("equipment", "position"):
            if len({getattr(slot, name) for slot in self.slots}) < len(self.slots):
                raise ValueError(f"two slots have the same {name}")
        return self


def put_plan(writing: Writing, payload: PutLoadPlan) -> Outcome:
    """Put the next version of a departure's load plan on the record."""
    departure = departure_of(writing.connection, writing.subject)
    if departure.carrier_id != writing.member_id and writing.writer_kind == "carrier":
        raise Refused("not-permitted", f"Departure {writing.subject} is {departure.carrier_id}'s.")
    values = {
        "version": payload.version,
        "member_id": writing.member_id,
        "entry_id": writing.statement.entry_id,
        "slots": len(payload.slots),
        "recorded_at": writing.now,
    }
    if payload.version == 1:
        key = {"departure_id": writing.subject}
        is_next = insert_new(writing.connection, load_plans, {**key, **values})
    else:
        done = writing.connection.execute(
            update(load_plans)
            .where(
                load_plans.c.departure_id == writing.subject,
                load_plans.c.version == payload.version - 1,
            )
            .values(values)
        )
        is_next = done.rowcount == 1
    if not is_next:
        raise Refused(
            "not-the-next-version",
            f"The load plan of {writing.subject} does not go on with version {payload.version}.",
        )
    return {"status": "recorded", "version": payload.version}


KINDS: Sequence[Kind] = (
    Kind(
        "loadplan.put",
        PutLoadPlan,
        frozenset({"operator", "carrier", "port"}),
        put_plan,
        "puts the next version of a load plan on the record",
    ),
)
"""Kinds of entry about load plans."""
