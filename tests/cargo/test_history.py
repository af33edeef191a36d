"""Versions and declarations are kept whole, in order, and what was changed later is noticed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kervan.cargo import example_consignment
from kervan.cargo.consignment import Consignment
from kervan.cargo.history import (
    History,
    amend,
    begin,
    changed_since,
    declare,
    read_history,
    write_history,
)
from kervan.cargo.reading import CargoError
from tests.cargo.consignments import random_consignment

START = datetime(2026, 11, 30, 9, tzinfo=UTC)
EXAMPLE = example_consignment()


def heavier(consignment: Consignment, kg: int) -> Consignment:
    item = consignment.goods_items[0]
    assert item.gross_mass_kg is not None
    changed = item.model_copy(update={"gross_mass_kg": item.gross_mass_kg + kg})
    return consignment.model_copy(update={"goods_items": (changed, *consignment.goods_items[1:])})


def lived() -> History:
    """Written, declared in the EAEU, weighed again, declared in Georgia."""
    history = begin(EXAMPLE, at=START, by="forwarder", reason="booked")
    history = declare(
        history,
        "eaeu-transit",
        b"<a/>",
        frozenset({"reference", "goods_items.gross_mass_kg", "goods_items.number"}),
        at=START + timedelta(days=1),
        by="forwarder",
        territory="EAEU",
        place="Altynkol",
    )
    history = amend(
        history,
        heavier(history.latest, 12),
        at=START + timedelta(days=2),
        by="terminal",
        reason="weighed again",
    )
    return declare(
        history,
        "ncts-cc015c",
        b"<b/>",
        frozenset({"reference", "goods_items"}),
        at=START + timedelta(days=9),
        by="forwarder",
        territory="GE",
        reference="26GE00000100000019",
    )


def test_a_history_comes_back_as_it_went() -> None:
    assert read_history(write_history(lived())) == lived()


def test_every_version_can_be_had_again() -> None:
    history = lived()
    assert history.version(1) == EXAMPLE
    assert history.latest.version == 2
    assert history.as_of(START + timedelta(days=1, hours=5)) == EXAMPLE
    assert history.as_of(START - timedelta(days=1)) is None
    with pytest.raises(CargoError, match="versions 1 to 2"):
        history.version(3)


def test_what_changed_after_a_declaration_is_what_has_to_be_amended_there() -> None:
    early, late = lived().declarations
    (change,) = changed_since(lived(), early)
    assert change.name == "goods_items.gross_mass_kg"
    assert change.change == 12
    assert not changed_since(lived(), late)


def test_a_change_the_document_does_not_carry_is_nothing_to_amend_there() -> None:
    history = lived()
    after = history.latest.model_copy(update={"incoterm": "DAP"})
    history = amend(history, after, at=START + timedelta(days=10), by="forwarder", reason="agreed")
    assert [d.name for d in changed_since(history, history.declarations[0])] == [
        "goods_items.gross_mass_kg"
    ]


def test_every_entry_says_who_and_when() -> None:
    for entry in lived().entries:
        assert entry.by
        assert entry.at.tzinfo is not None


def spoilt(change: Any) -> str:
    content = json.loads(write_history(lived()))
    change(content["entries"])
    return json.dumps(content)


@pytest.mark.parametrize(
    "change",
    [
        lambda e: e.pop(0),
        lambda e: e.pop(1),
        lambda e: e.insert(2, e[1]),
        lambda e: e[0].update(by="somebody else"),
        lambda e: e[1].update(at="2026-11-30T10:00:00Z"),
        lambda e: e[0]["consignment"]["goods_items"][0].update(gross_mass_kg="1"),
        lambda e: e.reverse(),
        lambda e: e.clear(),
    ],
    ids=["first", "taken out", "put in", "author", "time", "mass", "order", "all"],
)
def test_what_was_changed_later_is_noticed(change: Any) -> None:
    with pytest.raises(CargoError):
        read_history(spoilt(change))


def test_an_amendment_that_changes_nothing_is_refused() -> None:
    with pytest.raises(CargoError, match="Nothing differs"):
        amend(lived(), lived().latest, at=START + timedelta(days=20), by="a", reason="b")


def test_an_amendment_of_another_consignment_is_refused() -> None:
    other = EXAMPLE.model_copy(update={"reference": "OTHER"})
    with pytest.raises(CargoError, match="another consignment"):
        amend(lived(), other, at=START + timedelta(days=20), by="a", reason="b")


def test_time_does_not_go_back() -> None:
    with pytest.raises(CargoError, match="order of time"):
        amend(lived(), heavier(EXAMPLE, 3), at=START, by="a", reason="b")


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.lists(st.integers(1, 500), max_size=5))
def test_no_number_of_amendments_loses_a_version(seed: int, changes: list[int]) -> None:
    first = random_consignment(seed)
    history = begin(first, at=START, by="a", reason="b")
    expected = [first]
    for hours, kg in enumerate(changes):
        expected.append(heavier(expected[-1], kg))
        at = START + timedelta(hours=hours)
        history = amend(history, expected[-1], at=at, by="a", reason="weighed")
    again = read_history(write_history(history))
    for number, consignment in enumerate(expected, 1):
        assert again.version(number) == consignment.model_copy(update={"version": number})
