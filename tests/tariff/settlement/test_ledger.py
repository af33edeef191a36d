"""The ledger: it balances whatever is posted, and arrays and plain Python post the same."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kervan.errors import InvalidRequestError
from kervan.tariff.rounding import split
from kervan.tariff.settlement import Entry, Line, Transport, arranged, post, posted
from kervan.tariff.settlement.ledger import clearing_balances, trial_balance
from kervan.tariff.settlement.parts import split_all
from tests.tariff.settlement.transports import (
    MEMBERS,
    RATES,
    charge,
    histories,
    leg,
    transport,
)

RULES = st.sampled_from(("distance", "cost", "points", "section"))
HOUSES = st.sampled_from((None, "MCM", "HOUSE"))


def sums(entries: tuple[Entry, ...]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for (_, _, currency), minor in trial_balance(entries).items():
        found[currency] += minor
    return found


@given(histories(), RULES, HOUSES)
@settings(max_examples=150, deadline=None)
def test_the_ledger_balances_in_each_currency_after_any_postings_and_corrections(
    history: list[Transport], rule: str, house: str | None
) -> None:
    entries = posted(history, rule, RATES, house)
    for k in range(len(entries) + 1):
        assert not any(sums(entries[:k]).values())
    books: dict[tuple[str, str], int] = defaultdict(int)
    for (member, _, currency), minor in trial_balance(entries).items():
        books[member, currency] += minor
    assert not any(books.values())
    owed = clearing_balances(entries)
    assert all(owed[other, member, code] == -minor for (member, other, code), minor in owed.items())


@given(histories(), RULES, HOUSES)
@settings(max_examples=150, deadline=None)
def test_arrays_post_what_plain_python_posts(
    history: list[Transport], rule: str, house: str | None
) -> None:
    table = arranged(history, MEMBERS)
    assert list(table.transports()) == history
    journal = post(table, rule, RATES, house)
    plain = posted(history, rule, RATES, house)
    assert tuple(journal.entries()) == plain
    assert journal.clearing_balances() == clearing_balances(plain)
    assert journal.trial_balance() == trial_balance(plain)


@given(histories(), RULES)
@settings(max_examples=50, deadline=None)
def test_posting_again_gives_the_same(history: list[Transport], rule: str) -> None:
    assert posted(history, rule, RATES) == posted(history, rule, RATES)


@given(
    st.lists(
        st.tuples(
            st.integers(-(10**12), 10**12),
            st.lists(st.integers(0, 10**13), min_size=1, max_size=6).filter(any),
        ),
        max_size=20,
    )
)
def test_many_splits_at_once_are_the_splits_one_by_one(
    wholes: list[tuple[int, list[int]]],
) -> None:
    starts = np.cumsum([0, *(len(shares) for _, shares in wholes)])
    shares = np.array([share for _, own in wholes for share in own], np.int64)
    whole = np.array([minor for minor, _ in wholes], np.int64)
    expected = [part for minor, own in wholes for part in split(minor, own)]
    assert split_all(whole, shares, starts).tolist() == expected


def test_a_through_charge_is_divided_to_the_cent_among_the_carriers_of_its_legs() -> None:
    (entry,) = posted([transport()], "distance", RATES)
    # 1,000.01 USD over 100, 400 and 500 km: 100.001, 400.004 and 500.005; the odd cent goes to the
    # part cut the most.
    earned = {line.member_id: -line.minor for line in entry.lines if line.account == "revenue"}
    assert earned == {"KTZ": 10_000, "ASCO": 40_000, "ADY": 50_001}
    assert clearing_balances([entry])["MCM", "ADY", "USD"] == -50_001


def test_a_surcharge_goes_whole_to_whom_it_is_due() -> None:
    port = charge(1250, kind="surcharge", due_to_id="GR")
    (entry,) = posted([transport(charges=(port,))], "distance", RATES)
    assert clearing_balances([entry]) == {("GR", "MCM", "USD"): 1250, ("MCM", "GR", "USD"): -1250}


def test_through_the_house_nobody_is_owed_by_another_member() -> None:
    (entry,) = posted(
        [transport(charges=(charge(999, collector_id="GR"),))], "distance", RATES, "MCM"
    )
    owed = clearing_balances([entry])
    assert set(owed) == {
        ("GR", "MCM", "USD"),
        ("MCM", "GR", "USD"),
        ("KTZ", "MCM", "USD"),
        ("MCM", "KTZ", "USD"),
    }
    assert sum(minor for (member, _, _), minor in owed.items() if member == "MCM") == 0


def test_a_correction_is_new_entries_and_changes_none_that_was_posted() -> None:
    first = transport()
    second = replace(
        first, revision=1, posted_on=date(2026, 12, 3), charges=(charge(90_000, legs=(0, 1, 2)),)
    )
    before = posted([first], "distance", RATES)
    after = posted([first, second], "distance", RATES)
    assert after[: len(before)] == before
    assert [(e.kind, e.day) for e in after[1:]] == [
        ("reversal", date(2026, 12, 3)),
        ("restatement", date(2026, 12, 3)),
    ]
    alone = posted([replace(second, revision=0)], "distance", RATES)
    assert clearing_balances(after) == clearing_balances(alone)


def test_a_revision_without_charges_takes_the_transport_out() -> None:
    first = transport()
    out = replace(first, revision=1, charges=())
    assert clearing_balances(posted([first, out], "distance", RATES)) == {}


def test_a_revision_out_of_turn_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match=r"T1: revision 2 .* revision 0"):
        posted([transport(), transport(revision=2)], "distance", RATES)


def test_an_entry_that_does_not_balance_cannot_be_made() -> None:
    line = Line("KTZ", "clearing", "MCM", "USD", 5)
    with pytest.raises(ValueError, match="book of KTZ in USD"):
        Entry(date(2026, 11, 1), "performed", "T1", 0, (line,))


def test_an_amount_too_large_for_64_bits_is_divided_all_the_same() -> None:
    legs = (leg(distance_m=10**8), leg("ADY", distance_m=10**8 - 1))
    both = charge(10**12, legs=(0, 1))
    table = arranged([transport(legs=legs, charges=(both,))])
    journal = post(table, "distance", RATES)
    assert tuple(journal.entries()) == posted(table.transports(), "distance", RATES)
