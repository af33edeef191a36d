"""A relation is read from TOML, and what is wrong in it is told with key, value and mending."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kervan.errors import InvalidRequestError
from kervan.tariff.proposal.reading import Question, read_relation, relation_of

GOOD = """
[relation]
origin = "AAAAA"
destination = "ZZZZZ"
equipment = "40HC"
days = 16.5
capacity_teu = 5000
cost_per_unit = 2000

[rate]
from = 3000
to = 6000
step = 0.5

[[carriers]]
carrier = "R"
from = "AAAAA"
to = "MMMMM"
km = 3000
cost_per_unit = 100
cost_per_km = 0.25

[[carriers]]
carrier = "F"
from = "MMMMM"
to = "ZZZZZ"
km = 500
counted_km = 900
cost_share = 0.2

[[alternatives]]
name = "Sea"
price = 3000
days = 33

[[alternatives]]
name = "North"
price = 6000
days = 20
price_then = 5500

[[segments]]
name = "All"
teu = 30000
share = 0.2
at_rate = 4000
elasticity = -2.4
value_of_time = 80
commits_teu = 600
shares = { Sea = 0.7, North = 0.1 }

[[rebates]]
from_teu = 500
percent_to = 10
percent_step = 2.5

[item]
item_id = "new"
carrier = "R"
source_id = "desk"
valid_from = 2027-01-01
"""


def read(text: str) -> Any:
    return relation_of(tomllib.loads(text, parse_float=Decimal), "way.toml")


def test_everything_a_file_says_is_in_the_relation() -> None:
    found = read(GOOD)
    assert (found.origin, found.destination, found.equipment.code) == ("AAAAA", "ZZZZZ", "45G1")
    assert (found.currency, found.days, found.capacity_teu) == ("USD", 16.5, 5000)
    assert [section.cost for section in found.sections] == [Decimal("850"), Decimal("400")]
    assert [section.km for section in found.sections] == [3000, 900]
    assert len(found.rate.choices) == 6001
    assert found.rate.choices[1] == Decimal("3000.5")
    assert [a.price_then for a in found.alternatives] == [3000, 5500]
    assert found.segments[0].elasticity == pytest.approx(-2.4)
    assert found.segments[0].shares == (0.7, 0.1)
    assert found.steps[0].choices == tuple(map(Decimal, ("0", "2.5", "5.0", "7.5", "10.0")))
    assert found.item.equipment == ("45G1",)
    assert found.item.includes_surcharges


def test_an_alternative_may_be_a_quote() -> None:
    asked: list[Question] = []

    def ask(question: Question) -> tuple[float, float, str]:
        asked.append(question)
        return 3709.16, 34.8, "quote"

    text = GOOD.replace("price = 3000\ndays = 33", 'quote = { ready = 2026-12-01, via = ["sea"] }')
    found = relation_of(tomllib.loads(text, parse_float=Decimal), "way.toml", ask)
    assert asked == [
        Question("AAAAA", "ZZZZZ", "45G1", "USD", ("sea",), (), "2026-12-01", None, "cheapest")
    ]
    assert (found.alternatives[0].price, found.alternatives[0].days) == (3709.16, 34.8)
    with pytest.raises(InvalidRequestError, match="nothing here answers quotes"):
        read(text)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('origin = "AAAAA"', "", "[relation] has no 'origin'"),
        ("days = 16.5", "days = 0", "days: it is 0; a number above 0 was expected"),
        ("days = 16.5", 'days = "long"', "days: it is 'long'; a number above 0"),
        ("days = 16.5", "days = nan", "days: it is NaN"),
        ("days = 16.5", "days = true", "days: it is true"),
        ("days = 16.5", "dayz = 16.5", "[relation] has no 'days'"),
        ("capacity_teu", "capacity", "unknown key 'capacity'. Did you mean 'capacity_teu'?"),
        ('equipment = "40HC"', 'equipment = "crate"', "'crate' is no container type"),
        ('"40HC"', '"40HC"\ncurrency = "XAX"', "'XAX' is no currency"),
        ("to = 6000", "to = 2000", "2000 is below from, 3000"),
        ("from = 3000", "from = 3000.001", "no whole number of 0.01 USD"),
        ("step = 0.5", "step = 0.001", "no whole number of 0.01 USD"),
        ("step = 0.5", "step = 0", "step: it is 0; a number above 0"),
        ("km = 3000", "km = -1", "km: it is -1; a number at least 0"),
        ("cost_share = 0.2", "", "[[carriers]] 2, cost_per_unit: it is missing"),
        ("cost_share = 0.2", "cost_share = 0.2\ncost_per_km = 1", "a cost is given beside it"),
        ("cost_per_unit = 2000", "", "has no cost_per_unit to be shared"),
        ('name = "North"', 'name = "Sea"', "two [[alternatives]] are named 'Sea'"),
        ("price = 3000", "", "[[alternatives]] 1 has no 'price'"),
        ("share = 0.2\nat", "share = 1\nat", "share: it is 1; a number above 0 and below 1"),
        ("elasticity = -2.4", "elasticity = 2.4", "elasticity: it is 2.4; a number below 0"),
        ("elasticity = -2.4", "", "one of elasticity and price_coefficient"),
        ("elasticity = -2.4", "elasticity = -2\nprice_coefficient = 1", "and not both"),
        ("Sea = 0.7,", "", "the alternatives are Sea, North"),
        ("Sea = 0.7,", "Sea = 0.6,", "they add up to 0.9; 1 was expected"),
        ("shares = { Sea = 0.7, North = 0.1 }", "shares = 3", "a table of shares such as"),
        ("percent_to = 10", "percent_to = 100", "percent_to: it is 100; a number at least 0 and"),
        ("percent_to = 10", "percent_to = 10\npercent_from = 20", "10 is below percent_from, 20"),
        ("[item]", "[[rebates]]\nfrom_teu = 5\npercent_to = 1\n[item]", "5 is not above 500"),
        ("valid_from = 2027-01-01", 'valid_from = "2027"', "a day such as 2027-01-01"),
        ('source_id = "desk"', "", "[item] has no 'source_id'"),
        ("[item]", "[itme]", "The top of the file has an unknown key 'itme'. Did you mean 'item'?"),
        ("[rate]", "[rates]", "way.toml has no table [rate]"),
        ("[relation]", "[relations]", "way.toml has no table [relation]"),
        ("[[rebates]]", "[rebates]", "Write [[rebates]], in double brackets"),
    ],
)
def test_what_is_wrong_is_told(old: str, new: str, told: str) -> None:
    assert old in GOOD
    with pytest.raises(InvalidRequestError) as refused:
        read(GOOD.replace(old, new, 1))
    assert told in str(refused.value)
    assert str(refused.value).startswith("way.toml")


@pytest.mark.parametrize("table", ["carriers", "alternatives", "segments"])
def test_a_table_that_is_missing_is_asked_for(table: str) -> None:
    content = tomllib.loads(GOOD, parse_float=Decimal)
    content[table] = []
    with pytest.raises(InvalidRequestError, match=rf"has no \[\[{table}\]\].*[Aa]dd "):
        relation_of(content, "way.toml")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"[relation\n", "is no TOML: Expected"),
        (b'x = "\xff"', "is not UTF-8"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    path = tmp_path / "way.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidRequestError, match=r"way\.toml") as refused:
        read_relation(path)
    assert told in str(refused.value)
