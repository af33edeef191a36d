"""The HS list's words warn of descriptions that belong elsewhere, and leave right ones alone."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kervan.cargo.reference import page
from kervan.cargo.rules.words import description_fault
from kervan.feed.codes import commodities

PAIRS = [
    (row["hs_code"], row["description"])
    for row in csv.DictReader(Path(__file__).with_name("hs_pairs.csv").open(encoding="utf-8"))
]


def test_no_right_pair_is_warned_of_and_the_rate_of_wrong_ones_is_as_told() -> None:
    right = [pair for pair in PAIRS if description_fault(*pair) is not None]
    wrong = [
        description_fault(code, description) is not None
        for own, description in PAIRS
        for code, _ in PAIRS
        if code[:2] != own[:2]
    ]
    assert right == []
    told = (
        f"it warns of none of the {len(PAIRS)} that are right, and of {sum(wrong):,} of the "
        f"{len(wrong):,} ({sum(wrong) / len(wrong):.0%})"
    )
    assert told in page(), told


@pytest.mark.parametrize("code", [code for code in commodities() if len(code) == 6][::40])
def test_the_list_agrees_with_itself(code: str) -> None:
    assert description_fault(code, commodities()[code]) is None


@pytest.mark.parametrize(
    "description", ["Товары народного потребления", "集装箱", "Consolidated cargo", "XJ-900", ""]
)
def test_words_the_list_does_not_know_are_left_alone(description: str) -> None:
    assert description_fault("850760", description) is None
