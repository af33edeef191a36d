"""A transit movement lives by its messages, and by no others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from lxml import etree

from kervan.cargo import example_consignment
from kervan.cargo.consignment import Consignment
from kervan.cargo.procedures import LocationOfGoods
from kervan.documents.format import DocumentError
from kervan.documents.ncts import replies
from kervan.documents.ncts.life import (
    STEPS,
    WORDS,
    State,
    TransitError,
    TransitMovement,
    begin,
    follow,
)
from kervan.documents.ncts.reading import read_message
from kervan.documents.ncts.rendering import (
    render_amendment,
    render_arrival,
    render_declaration,
    render_invalidation,
)
from kervan.documents.ncts.schema import message_schema, versions_at_hand
from tests.documents.ncts_consignments import PREPARED

MRN, OTHER_MRN = "26GE000001000012J6", "26GE000001000013J5"
VERSIONS = versions_at_hand()
"""60.4 always; 51.8 where KERVAN_NCTS_SCHEMAS names its XSDs, which are not shipped."""
AT = datetime(2026, 12, 16, 9, 0, tzinfo=UTC)
HALKALI = LocationOfGoods(kind="A", qualifier="V", identity="TR341300")


def with_mrn(mrn: str = MRN) -> Consignment:
    example = example_consignment()
    fourth = example.procedures[3].model_copy(update={"mrn": mrn})
    return example.model_copy(
        update={"procedures": (*example.procedures[:3], fourth, *example.procedures[4:])}
    )


def messages(version: str = "60.4") -> dict[str, bytes]:
    """Return one of each message of the example's movement."""
    head = {"version": version, "prepared": PREPARED}
    before, after = example_consignment(), with_mrn()
    mrn = after.procedures[3].mrn
    return {
        "CC015C": render_declaration(before, **head),
        "CC028C": replies.render_mrn_allocated(
            before, mrn=mrn, accepted_on=date(2026, 12, 12), **head
        ),
        "CC013C": render_amendment(after, **head),
        "CC004C": replies.render_amendment_acceptance(
            after, submitted_at=PREPARED, accepted_at=PREPARED, **head
        ),
        "CC014C": render_invalidation(after, justification="Goods are not sent.", **head),
        "CC009C": replies.render_invalidation_decision(
            after, invalidated=True, decided_at=AT, justification="As asked.", **head
        ),
        "CC056C": replies.render_rejection(
            before, rejected="015", rejected_at=AT, reason="Guarantee unknown.", **head
        ),
        "CC029C": replies.render_release(
            after, accepted_on=date(2026, 12, 12), released_on=date(2026, 12, 12), **head
        ),
        "CC007C": render_arrival(after, location=HALKALI, arrived_at=AT, **head),
        "CC025C": replies.render_goods_release(after, released_on=date(2026, 12, 17), **head),
        "CC045C": replies.render_write_off(after, written_off_on=date(2026, 12, 18), **head),
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_every_message_is_valid_by_xsd_1_1(version: str) -> None:
    for kind, data in messages(version).items():
        root = etree.fromstring(data)
        assert etree.QName(root).localname == kind
        assert message_schema(kind, version).exact_faults(root) == (), kind


@pytest.mark.parametrize("version", VERSIONS)
def test_a_movement_lives_from_declaration_to_write_off(version: str) -> None:
    sent = messages(version)
    movement = begin(sent["CC015C"])
    assert (movement.lrn, movement.mrn, movement.state) == ("EX417-CTC", None, "declared")
    states: list[State] = ["accepted", "released", "arrived", "released_at_destination"]
    for kind, state in zip(
        ("CC028C", "CC029C", "CC007C", "CC025C", "CC045C"), [*states, "written_off"], strict=True
    ):
        movement = follow(movement, sent[kind])
        assert movement.state == state
    assert movement.mrn == MRN
    assert [event.message for event in movement.events] == [
        "CC015C",
        "CC028C",
        "CC029C",
        "CC007C",
        "CC025C",
        "CC045C",
    ]
    last = movement.events[-1]
    assert last.fact("writeOffDate") == "2026-12-18"
    assert last.prepared == PREPARED
    assert movement.events[1].fact("declarationAcceptanceDate") == "2026-12-12"


def test_who_is_at_departure_sees_the_write_off_after_the_release() -> None:
    sent = messages()
    movement = _after(sent, "CC015C", "CC028C", "CC029C", "CC045C")
    assert movement.state == "written_off"


def test_who_is_at_destination_begins_with_the_arrival() -> None:
    sent = messages()
    movement = follow(begin(sent["CC007C"]), sent["CC025C"])
    assert (movement.lrn, movement.state) == (None, "released_at_destination")


def test_an_amendment_leaves_the_state_and_stays_on_record() -> None:
    sent = messages()
    movement = _after(sent, "CC015C", "CC028C", "CC013C", "CC004C")
    assert movement.state == "accepted"
    assert movement.events[-1].fact("amendmentAcceptanceDateAndTime") == "2026-11-20T08:30:05"


def test_an_invalidation_is_asked_for_and_decided() -> None:
    sent = messages()
    movement = _after(sent, "CC015C", "CC028C", "CC014C")
    assert movement.state == "accepted"
    assert follow(movement, sent["CC009C"]).state == "invalidated"
    refused = replies.render_invalidation_decision(
        with_mrn(), invalidated=False, decided_at=AT, version="60.4", prepared=PREPARED
    )
    assert follow(movement, refused).state == "accepted"


def test_a_rejection_ends_what_it_rejects() -> None:
    sent = messages()
    declared = begin(sent["CC015C"])
    assert follow(declared, sent["CC056C"]).state == "rejected"
    accepted = follow(declared, sent["CC028C"])
    of_amendment = replies.render_rejection(
        with_mrn(), rejected="013", rejected_at=AT, version="60.4", prepared=PREPARED
    )
    assert follow(accepted, of_amendment).state == "accepted"


def test_a_message_that_comes_twice_changes_nothing() -> None:
    sent = messages()
    movement = _after(sent, "CC015C", "CC028C", "CC029C")
    assert follow(movement, sent["CC028C"]) == movement


def test_every_step_that_is_not_listed_is_refused_with_a_sentence() -> None:
    sent = messages()
    ways: dict[State, tuple[str, ...]] = {
        "declared": ("CC015C",),
        "accepted": ("CC015C", "CC028C"),
        "released": ("CC015C", "CC028C", "CC029C"),
        "arrived": ("CC015C", "CC028C", "CC029C", "CC007C"),
        "released_at_destination": ("CC015C", "CC028C", "CC029C", "CC007C", "CC025C"),
        "written_off": ("CC015C", "CC028C", "CC029C", "CC045C"),
        "rejected": ("CC015C", "CC056C"),
        "invalidated": ("CC015C", "CC028C", "CC009C"),
    }
    for state, way in ways.items():
        movement = _after(sent, *way)
        assert movement.state == state
        for kind, data in sent.items():
            if kind in way or (movement.mrn is None and b"<LRN>" not in data):
                continue
            step = STEPS.get(kind)
            if step is not None and state in step.after:
                assert follow(movement, data).state in WORDS
            else:
                with pytest.raises(TransitError, match=r"cannot come now|is not followed") as said:
                    follow(movement, data)
                assert (movement.mrn or movement.lrn or "") in str(said.value)


def test_a_message_of_another_movement_is_refused() -> None:
    sent = messages()
    movement = _after(sent, "CC015C", "CC028C")
    other = replies.render_write_off(
        with_mrn(OTHER_MRN),
        written_off_on=date(2026, 12, 18),
        version="60.4",
        prepared=PREPARED,
    )
    with pytest.raises(TransitError, match=f"is of the movement with MRN {OTHER_MRN}"):
        follow(movement, other)
    with pytest.raises(TransitError, match="Follow it with the allocation of its MRN"):
        follow(begin(sent["CC015C"]), sent["CC045C"])


def test_a_movement_begins_with_its_declaration() -> None:
    with pytest.raises(TransitError, match="does not begin a movement"):
        begin(messages()["CC028C"])
    with pytest.raises(DocumentError):
        begin(b"<x/>")


def test_a_reply_names_the_message_it_answers() -> None:
    sent = messages()
    declaration = etree.fromstring(sent["CC015C"]).findtext("messageIdentification")
    for kind in ("CC028C", "CC029C", "CC056C"):
        root = etree.fromstring(sent[kind])
        assert root.findtext("correlationIdentifier") == declaration
        assert root.findtext("messageSender") == "NTA.GE"
    assert etree.fromstring(sent["CC025C"]).findtext("messageSender") == "NTA.TR"


def test_a_reply_is_read_into_the_elements_it_is_about() -> None:
    found = read_message(messages()["CC028C"])
    (procedure,) = found.consignment.procedures
    assert (procedure.lrn, procedure.mrn) == ("EX417-CTC", MRN)
    assert procedure.holder is not None
    assert procedure.holder.identifier("EORI") == "GE405000001"
    left = {entry.place: entry.value for entry in found.left_over}
    assert left["/CC028C/TransitOperation/declarationAcceptanceDate"] == "2026-12-12"


@pytest.mark.parametrize(
    ("write", "path"),
    [
        (
            lambda c: replies.render_mrn_allocated(c, mrn="26GE1", accepted_on=date(2026, 12, 1)),
            r"\$\.procedures\[3\]\.mrn: '26GE1'",
        ),
        (
            lambda c: render_invalidation(c, justification="x" * 513),
            "justification",
        ),
        (
            lambda c: render_arrival(
                c.model_copy(update={"consignee": None}), location=HALKALI, arrived_at=AT
            ),
            r"\$\.consignee\.identifiers",
        ),
    ],
)
def test_what_a_message_has_no_room_for_is_refused(
    write: Callable[[Consignment], bytes], path: str
) -> None:
    with pytest.raises(DocumentError, match=path):
        write(example_consignment())


def _after(sent: dict[str, bytes], first: str, *others: str) -> TransitMovement:
    movement = begin(sent[first])
    for kind in others:
        movement = follow(movement, sent[kind])
    return movement
