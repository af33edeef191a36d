"""Booking against a model small enough to be read: sums over lists, no counters."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from kervan.ledger import rebuild
from tests.ledger.conftest import Desks
from tests.ledger.desk import Desk

HOLDS = timedelta(minutes=60)
UNITS = {"train": 2, "ship": 1}
OFFERS = {
    "through": (2, [("train", 0), ("train", 1), ("ship", 0)]),
    "half": (1, [("train", 1)]),
    "sea": (3, [("ship", 0)]),
}
MEMBERS = ["fwd-a", "fwd-b", "fwd-c"]
Unit = tuple[str, int]


@dataclass
class Made:
    """A booking of the model, and what of each unit is its member's allotment."""

    member: str
    teu: int
    units: list[Unit]
    status: str
    moment: datetime
    own: dict[Unit, int] = field(default_factory=dict)


class Model:
    """What the record should hold."""

    def __init__(self) -> None:
        self.total = {(d, n): 4 for d, sections in UNITS.items() for n in range(sections)}
        self.guaranteed: dict[tuple[str, str], int] = {}
        self.made: dict[str, Made] = {}

    def holding(self, unit: Unit) -> list[Made]:
        return [b for b in self.made.values() if b.own and unit in b.units]

    def free(self, unit: Unit) -> int:
        taken = sum(b.teu - b.own[unit] for b in self.holding(unit))
        kept = sum(teu for (d, _), teu in self.guaranteed.items() if d == unit[0])
        return self.total[unit] - kept - taken

    def left(self, member: str, unit: Unit) -> int:
        used = sum(b.own[unit] for b in self.holding(unit) if b.member == member)
        return self.guaranteed.get((unit[0], member), 0) - used

    def hold(self, booking: Made, now: datetime) -> bool:
        own = {u: min(booking.teu, self.left(booking.member, u)) for u in booking.units}
        if any(booking.teu - own[u] > self.free(u) for u in booking.units):
            return False
        booking.own, booking.status, booking.moment = own, "held", now + HOLDS
        return True

    def accept(self, name: str, member: str, offer: str, waits: bool, now: datetime) -> str:
        teu, units = OFFERS[offer]
        booking = Made(member, teu, units, "waiting", now)
        could = waits and all(self.total[u] >= teu for u in units)
        if not self.hold(booking, now) and not could:
            return "refused"
        self.made[name] = booking
        return booking.status

    def confirm(self, name: str, now: datetime) -> str:
        booking = self.made[name]
        if booking.status != "held" or booking.moment < now:
            return "refused"
        booking.status = "confirmed"
        return "confirmed"

    def end(self, names: list[str], status: str, now: datetime) -> None:
        freed = set()
        for name in names:
            booking = self.made[name]
            if booking.own:
                freed |= set(booking.units)
            booking.own, booking.status = {}, status
        self.serve(freed, now)

    def serve(self, freed: set[Unit], now: datetime) -> None:
        waiting = [(b.moment, n) for n, b in self.made.items() if b.status == "waiting"]
        for _, name in sorted(waiting):
            if freed & set(self.made[name].units):
                self.hold(self.made[name], now)

    def expire(self, now: datetime) -> None:
        over = [n for n, b in self.made.items() if b.status == "held" and b.moment < now]
        self.end(sorted(over), "expired", now)


class Booking(RuleBasedStateMachine):
    """Members book, and the model books beside them."""

    desks: Desks

    def __init__(self) -> None:
        super().__init__()
        self.desk: Desk = type(self).desks()
        self.model = Model()
        self.names: list[str] = []
        for days, (departure, sections) in enumerate(UNITS.items()):
            places = {"train": "A B C", "ship": "C D"}[departure]
            assert len(places.split()) - 1 == sections
            self.desk.departs(departure, places, space=4, days=100 + 3 * days, hold_minutes=60)
        self.desk.offers("through", ("train", 0, 2), ("ship", 0, 1), teu=2)
        self.desk.offers("half", ("train", 1, 2), teu=1)
        self.desk.offers("sea", ("ship", 0, 1), teu=3)

    def pick(self, number: int) -> str | None:
        return self.names[number % len(self.names)] if self.names else None

    @rule(
        member=st.sampled_from(MEMBERS),
        offer=st.sampled_from(["through", "half", "sea"]),
        waits=st.booleans(),
    )
    def accept(self, member: str, offer: str, waits: bool) -> None:
        name = f"B{len(self.names):03}"
        told = self.desk.accept(member, name, offer, waitlist=waits).outcome["status"]
        assert told == self.model.accept(name, member, offer, waits, self.desk.now)
        if told != "refused":
            self.names.append(name)

    @rule(number=st.integers(0, 99))
    def confirm(self, number: int) -> None:
        if name := self.pick(number):
            member = self.model.made[name].member
            told = self.desk.say(member, "booking.confirm", name).outcome["status"]
            assert told == self.model.confirm(name, self.desk.now)

    @rule(number=st.integers(0, 99))
    def cancel(self, number: int) -> None:
        if name := self.pick(number):
            booking = self.model.made[name]
            told = self.desk.say(booking.member, "booking.cancel", name).outcome["status"]
            if booking.status in ("expired", "cancelled"):
                assert told == "refused"
            else:
                assert told == "cancelled"
                self.model.end([name], "cancelled", self.desk.now)

    @rule(minutes=st.sampled_from([1, 30, 61]))
    def time_passes(self, minutes: int) -> None:
        self.desk.wait(minutes=minutes)

    @rule()
    def expire(self) -> None:
        self.desk.say("operator", "booking.expire", "all")
        self.model.expire(self.desk.now)

    @rule(
        member=st.sampled_from(MEMBERS),
        departure=st.sampled_from(["train", "ship"]),
        teu=st.integers(1, 3),
    )
    def grant(self, member: str, departure: str, teu: int) -> None:
        said = {"member_id": member, "teu": teu}
        told = self.desk.say("operator", "allotment.grant", departure, said)
        units = [(departure, n) for n in range(UNITS[departure])]
        assert told.is_refused == any(self.model.free(u) < teu for u in units)
        if not told.is_refused:
            key = departure, member
            self.model.guaranteed[key] = self.model.guaranteed.get(key, 0) + teu

    @rule(
        member=st.sampled_from(MEMBERS),
        departure=st.sampled_from(["train", "ship"]),
        teu=st.integers(1, 2),
    )
    def release(self, member: str, departure: str, teu: int) -> None:
        said = {"member_id": member, "teu": teu}
        told = self.desk.say("operator", "allotment.release", departure, said)
        units = [(departure, n) for n in range(UNITS[departure])]
        assert told.is_refused == any(self.model.left(member, u) < teu for u in units)
        if not told.is_refused:
            self.model.guaranteed[departure, member] -= teu
            self.model.serve(set(units), self.desk.now)

    @invariant()
    def the_record_is_as_the_model(self) -> None:
        assert self.desk.statuses() == {n: b.status for n, b in self.model.made.items()}
        for unit, (total, allotted, held) in self.desk.space().items():
            assert total - allotted - held == self.model.free(unit) >= 0
            # However it is counted: what holds space never exceeds what there is.
            assert sum(b.teu for b in self.model.holding(unit)) <= total

    def teardown(self) -> None:
        self.desk.sequence()
        assert self.desk.verify().faults == ()
        assert rebuild(self.desk.engine, keep=False).changed == ()
        self.desk.engine.dispose()


def machine(desks: Desks) -> type[Booking]:
    return type("Booking", (Booking,), {"desks": staticmethod(desks)})


def test_booking_does_as_the_model_on_sqlite(sqlite_desks: Desks) -> None:
    run_state_machine_as_test(
        machine(sqlite_desks),
        settings=settings(
            max_examples=8,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.slow
def test_booking_does_as_the_model_in_many_runs(sqlite_desks: Desks) -> None:
    run_state_machine_as_test(
        machine(sqlite_desks),
        settings=settings(
            max_examples=60,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.postgresql
def test_booking_does_as_the_model_on_postgresql(postgresql_desks: Desks) -> None:
    run_state_machine_as_test(
        machine(postgresql_desks),
        settings=settings(
            max_examples=2,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
