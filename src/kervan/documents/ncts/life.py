"""The life of a transit movement, followed from message to message.

A movement is what the messages about it have said, in their order: a new one makes a new value, and
one that cannot come after the others is refused with a sentence. Who is at departure sees other
messages than who is at destination; both may follow the same movement.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from kervan.documents.format import DocumentError
from kervan.documents.ncts.reading import parsed
from kervan.documents.ncts.schema import TITLES

if TYPE_CHECKING:
    from lxml import etree

State = Literal[
    "declared",
    "accepted",
    "released",
    "arrived",
    "released_at_destination",
    "written_off",
    "rejected",
    "not_released",
    "invalidated",
]

WORDS: dict[str, str] = {
    "declared": "declared and not yet accepted",
    "accepted": "accepted, with an MRN",
    "released": "released for transit",
    "arrived": "arrived at destination",
    "released_at_destination": "released at destination",
    "written_off": "written off",
    "rejected": "rejected",
    "not_released": "not released for transit",
    "invalidated": "invalidated",
}


class TransitError(DocumentError):
    """A message cannot come after those that a movement has had."""


@dataclass(frozen=True, slots=True)
class TransitEvent:
    """One message of a movement.

    Attributes
    ----------
    message
        Its name: ``CC028C``.
    identification, sender
        Unique together.
    prepared
        When it was written, UTC.
    state
        Of the movement after it.
    facts
        What it says that the state does not: dates and decisions, by element.
    """

    message: str
    identification: str
    sender: str
    prepared: datetime
    state: State
    facts: tuple[tuple[str, str], ...] = ()

    def fact(self, name: str) -> str | None:
        """Return what it says of an element, or None."""
        return dict(self.facts).get(name)


@dataclass(frozen=True, slots=True)
class TransitMovement:
    """A transit movement as its messages have it.

    Attributes
    ----------
    lrn, mrn
        The declarant's reference, and that of customs once given. One of them is there.
    state
        Where it stands.
    events
        Its messages in order.
    """

    lrn: str | None
    mrn: str | None
    state: State
    events: tuple[TransitEvent, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    """When a message may come, and where it leads; None where the state stays."""

    after: frozenset[State]
    to: State | None


def _after(*states: State, to: State | None = None) -> _Step:
    return _Step(frozenset(states), to)


STEPS: dict[str, _Step] = {
    "CC928C": _after("declared"),
    "CC013C": _after("declared", "accepted"),
    "CC004C": _after("declared", "accepted"),
    "CC022C": _after("declared", "accepted"),
    "CC014C": _after("declared", "accepted"),
    "CC170C": _after("declared"),
    "CC028C": _after("declared", to="accepted"),
    "CC055C": _after("accepted"),
    "CC060C": _after("declared", "accepted"),
    "CC029C": _after("accepted", to="released"),
    "CC051C": _after("accepted", to="not_released"),
    "CC056C": _after("declared", "accepted"),
    "CC009C": _after("declared", "accepted", "released"),
    "CC007C": _after("released", to="arrived"),
    "CC043C": _after("arrived"),
    "CC044C": _after("arrived"),
    "CC057C": _after("arrived"),
    "CC025C": _after("arrived", to="released_at_destination"),
    "CC019C": _after("released", "arrived", "released_at_destination"),
    "CC182C": _after("released"),
    # Who is at departure is not told of arrival and release at destination.
    "CC045C": _after("released", "arrived", "released_at_destination", to="written_off"),
}
"""Messages that a movement is followed by, beside the declaration it begins with."""

BEGINNINGS: dict[str, State] = {
    "CC015C": "declared",
    # To who is at destination, a movement is first known when it arrives.
    "CC007C": "arrived",
}

_FACTS = (
    "TransitOperation/declarationAcceptanceDate",
    "TransitOperation/releaseDate",
    "TransitOperation/releaseIndicator",
    "TransitOperation/arrivalNotificationDateAndTime",
    "TransitOperation/writeOffDate",
    "TransitOperation/amendmentSubmissionDateAndTime",
    "TransitOperation/amendmentAcceptanceDateAndTime",
    "TransitOperation/businessRejectionType",
    "TransitOperation/rejectionDateAndTime",
    "TransitOperation/rejectionCode",
    "TransitOperation/rejectionReason",
    "Invalidation/decision",
    "Invalidation/requestDateAndTime",
    "Invalidation/decisionDateAndTime",
    "Invalidation/initiatedByCustoms",
    "Invalidation/justification",
    "UnloadingRemark/conform",
    "UnloadingRemark/unloadingDate",
    "UnloadingRemark/unloadingRemark",
)
REJECTED_DECLARATION = "015"
REJECTED_ARRIVAL = "007"


def begin(message: bytes) -> TransitMovement:
    """Begin a movement with its declaration, or at destination with its arrival notification.

    Raises
    ------
    TransitError
        If a movement does not begin with this message.
    DocumentError
        If it is no valid NCTS message.
    """
    root, schema = parsed(message)
    state = BEGINNINGS.get(schema.kind)
    if state is None:
        raise TransitError(
            f"A {_named(schema.kind)} does not begin a movement; it begins with a "
            f"{' or a '.join(map(_named, BEGINNINGS))}."
        )
    lrn, mrn = _references(root)
    return TransitMovement(lrn, mrn, state, (_event(root, schema.kind, state),))


def follow(movement: TransitMovement, message: bytes) -> TransitMovement:
    """Return the movement after one more message; the same where it has had this message before.

    Raises
    ------
    TransitError
        If the message is of another movement, or cannot come in its state.
    DocumentError
        If it is no valid NCTS message.
    """
    root, schema = parsed(message)
    kind = schema.kind
    lrn, mrn = _references(root)
    _same_movement(movement, kind, lrn, mrn)
    event = _event(root, kind, movement.state)
    if any(_is_same(event, before) for before in movement.events):
        return movement
    step = STEPS.get(kind)
    if step is None or movement.state not in step.after:
        raise TransitError(_refusal(movement, kind, step))
    if mrn is None and kind == "CC028C":
        raise TransitError("The MRN allocated (CC028C) says no MRN.")
    state = _led_to(event, step) or movement.state
    return TransitMovement(
        movement.lrn or lrn,
        movement.mrn or mrn,
        state,
        (*movement.events, replace(event, state=state)),
    )


def _led_to(event: TransitEvent, step: _Step) -> State | None:
    if event.message == "CC009C" and event.fact("decision") == "1":
        return "invalidated"
    rejected = event.fact("businessRejectionType")
    if event.message == "CC056C" and rejected == REJECTED_DECLARATION:
        return "rejected"
    if event.message == "CC057C" and rejected == REJECTED_ARRIVAL:
        return "released"
    return step.to


def _same_movement(movement: TransitMovement, kind: str, lrn: str | None, mrn: str | None) -> None:
    for name, own, other in (("MRN", movement.mrn, mrn), ("LRN", movement.lrn, lrn)):
        if own is not None and other is not None:
            if own != other:
                raise TransitError(
                    f"The {_named(kind)} is of the movement with {name} {other}; this one has "
                    f"{own}. Follow that movement with it."
                )
            return
    # Neither is known to both: only a message with both references can join them.
    if lrn is None or mrn is None:
        named = f"MRN {mrn}" if mrn else f"LRN {lrn}"
        raise TransitError(
            f"The {_named(kind)} is of the movement with {named}, and this one, with "
            f"{f'LRN {movement.lrn}' if movement.lrn else f'MRN {movement.mrn}'}, has had no "
            "message that says both. Follow it with the allocation of its MRN (CC028C) first."
        )


def _refusal(movement: TransitMovement, kind: str, step: _Step | None) -> str:
    name = f"MRN {movement.mrn}" if movement.mrn else f"LRN {movement.lrn}"
    if step is None:
        return f"A {_named(kind)} is not followed in the life of a movement ({name})."
    wanted = " or ".join(WORDS[state] for state in WORDS if state in step.after)
    return (
        f"A {_named(kind)} cannot come now: the movement ({name}) is {WORDS[movement.state]}, and "
        f"this comes when it is {wanted}. Was a message before it missed?"
    )


def _named(kind: str) -> str:
    return f"{TITLES[kind]} ({kind})"


def _is_same(one: TransitEvent, other: TransitEvent) -> bool:
    return (one.message, one.identification, one.sender) == (
        other.message,
        other.identification,
        other.sender,
    )


def _references(root: etree._Element) -> tuple[str | None, str | None]:
    return root.findtext("TransitOperation/LRN"), root.findtext("TransitOperation/MRN")


def _event(root: etree._Element, kind: str, state: State) -> TransitEvent:
    facts = tuple(
        (path.rpartition("/")[2], value)
        for path in _FACTS
        if (value := root.findtext(path)) is not None
    )
    written = (root.findtext("preparationDateAndTime") or "").strip()
    return TransitEvent(
        kind,
        root.findtext("messageIdentification") or "",
        root.findtext("messageSender") or "",
        _moment(written),
        state,
        facts,
    )


def _moment(written: str) -> datetime:
    try:
        return datetime.fromisoformat(written).replace(tzinfo=UTC)
    except ValueError:
        raise DocumentError(
            f"/preparationDateAndTime: '{written[:40]}' is a moment of XML that no calendar here "
            "has. Ask the sender to mend it."
        ) from None
