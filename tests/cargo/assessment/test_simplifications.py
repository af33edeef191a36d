"""Which simplifications a consignment may claim, and whether they are in force."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from kervan.cargo import example_consignment
from kervan.cargo.assessment.simplifications import arrangements, simplifications_of
from kervan.cargo.consignment import Consignment
from kervan.cargo.reading import write_consignment
from kervan.feed.tables import Instrument

DAY = date(2026, 12, 1)


def with_authorisation(kind: str, country: str, *places: str) -> Consignment:
    content: Any = json.loads(write_consignment(example_consignment()))
    content["consignor"]["authorisations"] = [{"kind": kind, "number": "A-1", "country": country}]
    if places:
        content["movements"] = [
            {
                "number": n,
                "mode": "rail",
                "origin": {"place_id": start},
                "destination": {"place_id": end},
            }
            for n, (start, end) in enumerate(pairwise(places), 1)
        ]
        content["wagons"], content["procedures"] = [], []
    return Consignment.model_validate(content)


def applying(cargo: Consignment, day: date = DAY, **more: Any) -> set[tuple[str, str]]:
    return {
        (s.arrangement.arrangement_id, s.territory)
        for s in simplifications_of(cargo, day=day, **more)
        if s.applies
    }


def test_every_arrangement_says_where_it_is_from() -> None:
    for row in arrangements():
        assert row.source
        assert row.effect
        assert row.basis in ("published", "known")
        if row.status != "in_force":
            assert row.note or row.instrument_id, row.arrangement_id


def test_an_operator_is_one_at_home_and_not_where_nothing_is_in_force() -> None:
    assert applying(with_authorisation("AEO", "CN")) == {("aeo-at-home", "CN")}


def test_recognition_begins_on_its_day() -> None:
    cargo = with_authorisation("AEO", "CN", "CNXIY", "BYBTS")
    assert ("aeo-cn-by", "EAEU") in applying(cargo, date(2019, 7, 24))
    assert ("aeo-cn-by", "EAEU") not in applying(cargo, date(2019, 7, 23))


def test_what_is_signed_only_is_named_and_does_not_apply() -> None:
    cargo = with_authorisation("AEO", "CN", "CNXIY", "UZTAS")
    (signed,) = [
        s for s in simplifications_of(cargo, day=DAY) if s.arrangement.arrangement_id == "aeo-cn-uz"
    ]
    assert not signed.applies
    assert "signed, not in force" in signed.why


def test_inside_the_union_one_members_operator_counts_everywhere() -> None:
    cargo = with_authorisation("AEO", "KZ", "CNXIY", "KZ-DOSTYK", "RUMOW")
    assert ("eaeu-aeo", "EAEU") in applying(cargo)


@pytest.mark.parametrize(("status", "applies"), [("in_force", True), ("lapsed", False)])
def test_the_feeds_instrument_decides(status: str, applies: bool) -> None:
    instrument = Instrument(
        instrument_id="kz-tr-2022-info",
        title="Information exchange",
        type="agreement",
        parties=("KZ", "TR"),
        status=status,
        valid_from=date(2026, 1, 1),
        source_id="test",
    )
    cargo = example_consignment()
    found = applying(cargo, instruments=[instrument])
    assert (("kz-tr-information", "KZ TR") in found) is applies
    assert ("kz-tr-information", "KZ TR") not in applying(
        cargo, date(2025, 12, 31), instruments=[instrument]
    )


def test_a_consignee_authorised_in_turkiye_is_one_there_alone() -> None:
    cargo = with_authorisation("authorised_consignee", "TR")
    assert applying(cargo) == {("ctc-authorised-consignee", "TR")}


def test_who_holds_nothing_claims_nothing() -> None:
    cargo = with_authorisation("fame", "CN")
    assert applying(cargo) == set()
