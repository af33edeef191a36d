"""Space is held on every departure at once or on none, and never twice."""

from __future__ import annotations

import threading
from datetime import timedelta
from random import Random

import pytest

from kervan.errors import LedgerError
from kervan.ledger import rebuild, write
from tests.ledger.desk import NOON, Desk
from tests.ledger.test_verify import unprotected


@pytest.fixture
def sold(desk: Desk) -> Desk:
    """Offer two departures one after the other, and the first of them alone."""
    desk.departs("train", "A B C", space=10, days=10)
    desk.departs("ship", "C D", space=4, days=13, carrier="ferry")
    desk.offers("through", ("train", 0, 2), ("ship", 0, 1), teu=2)
    desk.offers("train-only", ("train", 0, 1), teu=2)
    return desk


def test_an_accepted_offer_holds_every_section_of_its_way(sold: Desk) -> None:
    receipt = sold.accept("fwd-a", "B1", "through")
    assert receipt.outcome["status"] == "held"
    assert receipt.outcome["held_until"] == (NOON + timedelta(days=1)).isoformat()
    assert sold.space() == {
        ("ship", 0): (4, 0, 2),
        ("train", 0): (10, 0, 2),
        ("train", 1): (10, 0, 2),
    }


def test_where_one_departure_is_full_nothing_is_held_anywhere(sold: Desk) -> None:
    sold.accept("fwd-a", "B1", "through")
    sold.accept("fwd-b", "B2", "through")
    before = sold.space()
    refused = sold.accept("fwd-c", "B3", "through")
    assert refused.outcome["reason"] == "no-space"
    assert refused.outcome["departure_id"] == "ship"
    assert sold.space() == before
    assert "B3" not in sold.statuses()
    assert sold.accept("fwd-c", "B4", "train-only").outcome["status"] == "held"


def test_a_booking_that_is_retried_holds_its_space_once(sold: Desk) -> None:
    first = sold.say("fwd-a", "booking.accept", "B1", {"offer_id": "through"}, entry_id="one")
    again = sold.say("fwd-a", "booking.accept", "B1", {"offer_id": "through"}, entry_id="one")
    assert again.outcome == first.outcome
    assert sold.space()["ship", 0] == (4, 0, 2)
    other = sold.say("fwd-b", "booking.accept", "B1", {"offer_id": "through"})
    assert other.outcome["reason"] == "booking-exists"
    assert sold.space()["ship", 0] == (4, 0, 2)


def test_a_hold_that_is_not_confirmed_ends_and_who_waits_longest_comes_next(sold: Desk) -> None:
    sold.accept("fwd-a", "B1", "through")
    sold.accept("fwd-b", "B2", "through")
    sold.say("fwd-b", "booking.confirm", "B2")
    sold.wait(hours=1)
    assert sold.accept("fwd-c", "late", "through", waitlist=True).outcome["status"] == "waiting"
    sold.wait(hours=1)
    assert sold.accept("fwd-a", "later", "through", waitlist=True).outcome["status"] == "waiting"
    sold.wait(hours=22)
    assert sold.say("operator", "booking.expire", "all").outcome["expired"] == []
    sold.wait(seconds=1)
    assert sold.say("fwd-a", "booking.confirm", "B1").outcome["reason"] == "hold-ended"
    swept = sold.say("operator", "booking.expire", "all").outcome
    assert swept["expired"] == ["B1"]
    assert [one["booking_id"] for one in swept["served"]] == ["late"]
    assert sold.statuses() == {
        "B1": "expired",
        "B2": "confirmed",
        "late": "held",
        "later": "waiting",
    }
    assert sold.space()["ship", 0] == (4, 0, 4)


def test_a_waiting_booking_that_does_not_fit_lets_the_next_pass(sold: Desk) -> None:
    sold.offers("large", ("ship", 0, 1), teu=3)
    sold.offers("small", ("ship", 0, 1), teu=1)
    sold.accept("fwd-a", "B1", "through")
    sold.accept("fwd-a", "B2", "through")
    sold.accept("fwd-b", "large", "large", waitlist=True)
    sold.wait(minutes=1)
    sold.accept("fwd-c", "small", "small", waitlist=True)
    given = sold.say("fwd-a", "booking.cancel", "B1").outcome["served"]
    assert [one["booking_id"] for one in given] == ["small"]
    assert sold.statuses()["large"] == "waiting"
    assert sold.space()["train", 0] == (10, 0, 2)


def test_nobody_waits_for_what_can_never_be(sold: Desk) -> None:
    sold.offers("huge", ("ship", 0, 1), teu=5)
    refused = sold.accept("fwd-a", "B1", "huge", waitlist=True)
    assert refused.outcome["reason"] == "no-space"


def test_a_cancellation_costs_what_the_rules_of_the_departure_say(sold: Desk) -> None:
    steps = [{"hours_before": 72, "share": "0.25"}, {"hours_before": 24, "share": "0.5"}]
    sold.departs("paid", "A B", days=10, cancellation=steps)
    sold.offers("o", ("paid", 0, 1), price=100_001)
    hours = {"early": 73, "late": 71, "latest": 23}
    for name in hours:
        sold.accept("fwd-a", name, "o")
        sold.say("fwd-a", "booking.confirm", name)
    sold.accept("fwd-a", "held", "o")
    assert sold.say("fwd-a", "booking.cancel", "held").outcome["fee_minor"] == 0
    fees = {}
    for name, hours_before in hours.items():
        sold.now = NOON + timedelta(days=10) - timedelta(hours=hours_before)
        fees[name] = sold.say("fwd-a", "booking.cancel", name).outcome["fee_minor"]
    assert fees == {"early": 0, "late": 25_000, "latest": 50_001}
    assert sold.say("fwd-a", "booking.cancel", "early").outcome["reason"] == "wrong-status"


def test_a_guaranteed_share_is_kept_for_its_member(sold: Desk) -> None:
    sold.say("ferry", "allotment.grant", "ship", {"member_id": "fwd-b", "teu": 3})
    assert sold.accept("fwd-a", "B1", "through").outcome["reason"] == "no-space"
    own = sold.accept("fwd-b", "B2", "through")
    assert [unit["from_allotment"] for unit in own.outcome["units"]] == [2, 0, 0]
    # One of the allotment is left, and one free: together they are room for another.
    assert sold.accept("fwd-b", "B3", "through").outcome["status"] == "held"
    assert sold.space()["ship", 0] == (4, 3, 1)
    sold.say("fwd-b", "booking.cancel", "B2")
    kept = sold.say("ferry", "allotment.release", "ship", {"member_id": "fwd-b", "teu": 3})
    assert kept.outcome["reason"] == "in-use"
    sold.accept("fwd-a", "B4", "through", waitlist=True)
    gone = sold.say("ferry", "allotment.release", "ship", {"member_id": "fwd-b", "teu": 2})
    assert [one["booking_id"] for one in gone.outcome["served"]] == ["B4"]
    more = sold.say("ferry", "allotment.grant", "ship", {"member_id": "fwd-c", "teu": 1})
    assert more.outcome["reason"] == "no-space"


def test_a_booking_rolls_over_to_the_next_departure_or_stays(sold: Desk) -> None:
    sold.departs("tuesday", "A B", space=2, days=11)
    sold.departs("monday", "A B", space=2, days=10, next_departure_id="tuesday")
    sold.offers("o", ("monday", 0, 1), teu=2)
    sold.accept("fwd-a", "B1", "o")
    sold.accept("fwd-b", "B2", "o", waitlist=True)
    moved = sold.say("rail", "booking.roll", "B1", {"departure_id": "monday"})
    assert moved.outcome["status"] == "rolled"
    assert [one["booking_id"] for one in moved.outcome["served"]] == ["B2"]
    assert sold.space()["tuesday", 0] == sold.space()["monday", 0] == (2, 0, 2)
    full = sold.say("rail", "booking.roll", "B2", {"departure_id": "monday"})
    assert full.outcome["reason"] == "no-space"
    assert sold.space()["monday", 0] == (2, 0, 2)
    end = sold.say("rail", "booking.roll", "B1", {"departure_id": "tuesday"})
    assert end.outcome["reason"] == "no-next"


def test_a_booking_is_not_rolled_over_past_its_connection(sold: Desk) -> None:
    sold.departs("later", "A B C", days=12)
    sold.departs("sooner", "A B C", days=10, next_departure_id="later")
    sold.offers("o", ("sooner", 0, 2), ("ship", 0, 1))
    sold.accept("fwd-a", "B1", "o")
    before = sold.space()
    refused = sold.say("fwd-a", "booking.roll", "B1", {"departure_id": "sooner"})
    assert refused.outcome["reason"] == "bad-way"
    assert sold.space() == before


def test_a_departure_shrinks_no_further_than_what_is_sold(sold: Desk) -> None:
    sold.accept("fwd-a", "B1", "through")
    assert sold.say("ferry", "departure.resize", "ship", {"space_teu": 1}).is_refused
    assert sold.say("ferry", "departure.resize", "ship", {"space_teu": 2}).outcome == {
        "status": "resized",
        "served": [],
    }
    sold.accept("fwd-b", "B2", "train-only")
    sold.offers("two", ("ship", 0, 1), teu=2)
    sold.accept("fwd-b", "B3", "two", waitlist=True)
    grown = sold.say("ferry", "departure.resize", "ship", {"space_teu": 4})
    assert [one["booking_id"] for one in grown.outcome["served"]] == ["B3"]
    assert sold.say("rail", "departure.resize", "ship", {"space_teu": 9}).is_refused


@pytest.mark.parametrize(
    ("legs", "said"),
    [
        ([("train", 0, 3)], "has calls 0 to 2"),
        ([("train", 0, 1), ("ship", 0, 1)], "begins at C, not at B"),
        ([("none", 0, 1)], "no departure none"),
        ([("late", 0, 2), ("ship", 0, 1)], "before the cargo is there"),
    ],
)
def test_an_offer_that_nobody_can_ride_is_refused(
    sqlite_desk: Desk, legs: list[tuple[str, int, int]], said: str
) -> None:
    sqlite_desk.departs("train", "A B C", days=10)
    sqlite_desk.departs("late", "A B C", days=12)
    sqlite_desk.departs("ship", "C D", days=13)
    outcome = sqlite_desk.offers("o", *legs).outcome
    assert outcome["status"] == "refused"
    assert said in outcome["message"]


def test_the_state_is_rebuilt_from_the_record_with_equal_results(sold: Desk) -> None:
    for number in range(6):
        sold.accept("fwd-a", f"B{number}", "through", waitlist=number % 2 == 0)
    sold.say("fwd-a", "booking.confirm", "B0")
    sold.say("fwd-a", "booking.cancel", "B0")
    sold.sequence()
    sold.wait(days=2)
    sold.say("operator", "booking.expire", "all")  # and some of it is pending
    kept = rebuild(sold.engine, keep=False)
    done = rebuild(sold.engine)
    assert kept.before == kept.after == done.after
    assert done.before["bookings"].rows == 4
    assert sold.verify().ok


def test_a_state_that_was_meddled_with_is_mended_by_a_rebuild(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    desk.departs("train", "A B", space=4)
    desk.offers("o", ("train", 0, 1))
    desk.accept("fwd-a", "B1", "o")
    unprotected(desk.engine, ["UPDATE capacity SET held = 0", "DELETE FROM bookings"])
    assert rebuild(desk.engine, keep=False).changed == ("bookings", "capacity")
    assert desk.space()["train", 0] == (4, 0, 0)
    assert rebuild(desk.engine).changed == ("bookings", "capacity")
    assert desk.space()["train", 0] == (4, 0, 2)
    assert rebuild(desk.engine).changed == ()


def test_a_rebuild_stops_at_space_that_was_given_twice(sqlite_desk: Desk) -> None:
    """An operator who lets one member pass leaves an entry that does not follow from the rest."""
    desk = sqlite_desk
    desk.departs("train", "A B", space=2)
    desk.offers("o", ("train", 0, 1), teu=2)
    desk.accept("fwd-a", "B1", "o")
    unprotected(desk.engine, ["UPDATE capacity SET held = 0"])
    assert desk.accept("fwd-b", "B2", "o").outcome["status"] == "held"
    desk.sequence()
    assert desk.verify().ok  # nothing was changed or removed ...
    with pytest.raises(LedgerError, match=r"B2|does not follow"):
        rebuild(desk.engine)  # ... and yet it cannot be


@pytest.mark.postgresql
def test_no_space_is_sold_twice_however_many_fight_for_it(postgresql_desk: Desk) -> None:
    """Eight writers at once book, confirm, cancel and roll over two departures in turn."""
    desk = postgresql_desk
    desk.departs("second", "A B C", space=9, days=11)
    desk.departs("first", "A B C", space=9, days=10, next_departure_id="second")
    desk.departs("other", "C A", space=7, days=15)
    desk.offers("o1", ("first", 0, 2), ("other", 0, 1), teu=2)
    desk.offers("o2", ("first", 1, 2), teu=1)
    desk.offers("o3", ("other", 0, 1), teu=3)
    desk.say("rail", "allotment.grant", "first", {"member_id": "fwd-b", "teu": 3})
    failures: list[BaseException] = []

    def fight(number: int) -> None:
        dice, member = Random(number), ("fwd-a", "fwd-b", "fwd-c")[number % 3]
        try:
            for step in range(8):
                booking = f"{number}-{step}"
                said = {"offer_id": dice.choice(["o1", "o2", "o3"]), "waitlist": step % 2 == 0}
                tell(member, "booking.accept", booking, said)
                tell(member, dice.choice(["booking.cancel", "booking.confirm"]), booking, {})
                if step % 3 == 0:
                    tell("rail", "booking.roll", booking, {"departure_id": "first"})
                if step % 5 == 0:
                    tell("operator", "booking.expire", booking, {})
        except BaseException as error:  # told by the thread that waits
            failures.append(error)

    def tell(member: str, kind: str, booking: str, said: dict[str, object]) -> None:
        signed = desk.signed(member, kind, booking, said, entry_id=f"{kind} {booking}")
        write(desk.engine, signed, desk.now)

    threads = [threading.Thread(target=fight, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        desk.sequence(batch=10)  # the order is settled while they write
        threads[0].join(0.1)
    for thread in threads:
        thread.join()
    assert failures == []
    assert all(allotted + held <= total for total, allotted, held in desk.space().values())
    assert set(desk.statuses().values()) >= {"confirmed", "cancelled"}
    desk.sequence()
    assert desk.verify().faults == ()
    assert rebuild(desk.engine).changed == ()  # every grant is proved again, in the log's order
