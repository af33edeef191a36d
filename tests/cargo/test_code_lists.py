"""The code lists are whole, dated, sourced, and say what they are."""

from __future__ import annotations

import csv
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kervan.cargo.code_lists import (
    CODES,
    Code,
    CodeListError,
    CodeListSource,
    code_list,
    code_list_sources,
    read_code_list,
)
from kervan.cargo.codes_reference import page
from tests.docs.pages import ROOT

LISTS = sorted(code_list_sources())
OWN = CodeListSource(
    "own", "own.csv", "Own", "1", "2026", "2026-11-24", "us", "CC0-1.0", 1, True, "none"
)


@pytest.mark.parametrize("list_id", LISTS)
def test_every_list_states_its_edition_its_source_and_its_licence(list_id: str) -> None:
    source = code_list_sources()[list_id]
    assert source.title
    assert source.version
    assert source.source
    assert source.licence
    assert source.note.endswith(".")
    assert date.fromisoformat(source.retrieved) >= date(2026, 11, 1)


@pytest.mark.parametrize("list_id", LISTS)
def test_every_list_has_the_number_of_codes_it_states(list_id: str) -> None:
    codes = code_list(list_id)
    assert len(codes) == codes.source.rows
    assert all(code == entry.code == code.strip() for code, entry in codes.items())


def test_every_file_of_codes_is_registered() -> None:
    registered = {source.file for source in code_list_sources().values()}
    shipped = {path.name for path in CODES.glob("*.csv*")}
    assert shipped - {"lists.csv", "absent.csv"} <= registered


def test_with_few_exceptions_a_list_says_what_its_codes_mean() -> None:
    codes_only = {
        list_id for list_id in LISTS if not all(code.name for code in code_list(list_id).values())
    }
    assert codes_only == {
        "document-names",
        "equipment-categories",
        "location-functions",
        "packages",
        "party-roles",
        "units",
    }


# Codes and meanings as their publishers print them.
@pytest.mark.parametrize(
    ("list_id", "code", "words"),
    [
        ("hs", "870323", "cylinder capacity over 1500 but not over 3000cc"),
        ("hs", "8703", "Motor cars"),
        ("hs", "52", "Cotton"),
        ("countries", "GE", "Georgia"),
        ("currencies", "AZN", "Azerbaijan Manat"),
        ("units", "KGM", "kilogram"),
        ("packages", "PX", "Pallet"),
        ("packages", "CT", "Carton"),
        ("transport-modes", "2", "Rail transport"),
        ("transport-means", "1501", "Grain vessel"),
        ("document-names", "730", "Road consignment note"),
        ("document-names", "380", "Commercial invoice"),
        ("reference-qualifiers", "AAC", "Documentary credit identifier"),
        ("sealing-parties", "CU", "Customs"),
        ("incoterms", "DPU", "Delivered at Place Unloaded"),
        ("ncts-declaration-types", "T2SM", "San Marino"),
        ("eaeu-procedures", "80", "Customs transit"),
        ("wco-data-elements", "165", "Seal number"),
        ("dangerous-goods", "1203", "GASOLINE"),
    ],
)
def test_well_known_codes_mean_what_they_mean(list_id: str, code: str, words: str) -> None:
    assert words in code_list(list_id)[code].name


@pytest.mark.parametrize(
    ("list_id", "rows"),
    [("transport-modes", 10), ("incoterms", 11), ("eaeu-procedures", 18), ("transport-means", 134)],
)
def test_whole_lists_have_as_many_codes_as_published(list_id: str, rows: int) -> None:
    assert len(code_list(list_id)) == rows
    assert code_list(list_id).is_complete


@pytest.mark.parametrize("list_id", ["units", "packages", "hs"])
def test_a_code_that_does_not_exist_is_in_no_list(list_id: str) -> None:
    for code in ("", "999998", "kgm", "px", None, 870323):
        assert code not in code_list(list_id)
    assert code_list(list_id).get("999998") is None
    assert code_list(list_id).name("999998") == ""


def test_every_code_of_the_hs_lies_under_a_heading_and_a_chapter() -> None:
    hs = code_list("hs")
    for code in hs:
        assert len(code) in (2, 4, 6)
        assert code[:2] in hs
        assert code[: max(2, len(code) - 2)] in hs


def test_customs_types_of_trade_papers_are_the_trade_codes_with_an_n_before() -> None:
    papers = code_list("document-names")
    # NMRN and the customs' own N-codes name declarations, not trade papers.
    for list_id in ("ncts-transport-documents", "ncts-supporting-documents"):
        assert [code for code in code_list(list_id) if code[1:] not in papers] == []


def test_georgia_is_under_common_transit_since_february_2025_and_azerbaijan_is_not() -> None:
    transit = code_list("common-transit-countries")
    assert not transit.is_valid_on("GE", date(2025, 1, 31))
    assert transit.is_valid_on("GE", date(2025, 2, 1))
    assert transit.is_valid_on("TR", date(2026, 12, 1))
    assert not transit.is_valid_on("AZ", date(2026, 12, 1))
    assert sum(code.more["kind"] == "Union" for code in transit.values()) == 27


def test_segregation_is_the_same_either_way_round_and_as_the_published_examples_have_it() -> None:
    table = code_list("imdg-segregation")
    for entry in table.values():
        other = table[f"{entry.more['other']}-{entry.more['one']}"]
        assert entry.more["segregation"] == other.more["segregation"]
    assert len(table) == 20 * 20
    # The worked examples of the IMDG Code: UN 2002 with UN 2558, UN 1489 with UN 1653.
    assert table["4.2-6.1"].more["segregation"] == "1"
    assert table["4.2-3"].more["segregation"] == "2"
    assert table["5.1-6.1"].more["segregation"] == "1"


def test_dangerous_goods_have_classes_and_packing_groups_that_exist() -> None:
    classes = code_list("dangerous-goods-classes")
    for entry in code_list("dangerous-goods").values():
        more = entry.more
        # Class 1 has its compatibility group after the division.
        divisions = [more["class"].rstrip("ABCDEFGHJKLNS"), *more["subsidiary"].split()]
        assert [division for division in divisions if division not in classes] == []
        assert set(more["packing_groups"].split()) <= {"I", "II", "III"}


# As printed in 49 CFR 172.101 and in the worked examples of the IMDG Code.
@pytest.mark.parametrize(
    ("number", "hazards", "groups"),
    [
        ("1506", "5.1", "II"),
        ("1507", "5.1", "III"),
        ("1691", "6.1", "II"),
        ("1972", "2.1", ""),
        ("2013", "4.3 6.1", "I"),
        ("2055", "3", "III"),
        ("1098", "6.1 3", "I"),
        ("1489", "5.1", "II"),
        ("1653", "6.1", "II"),
        ("2002", "4.2", "III"),
        ("2558", "6.1 3", "I"),
    ],
)
def test_dangerous_goods_are_classed_as_published(number: str, hazards: str, groups: str) -> None:
    more = code_list("dangerous-goods")[number].more
    assert f"{more['class']} {more['subsidiary']}".strip() == hazards
    assert more["packing_groups"] == groups


def test_the_nearest_codes_are_offered_by_code_and_by_name() -> None:
    assert code_list("packages").nearest("pallet")[0].code == "PX"
    assert code_list("incoterms").nearest("FBO")[0].code == "FOB"
    assert "870323" in [code.code for code in code_list("hs").nearest("8703239")]
    assert code_list("incoterms").nearest("§§§§§§") == ()


@given(st.text(max_size=12))
def test_whatever_is_looked_for_what_is_offered_is_in_the_list(text: str) -> None:
    terms = code_list("incoterms")
    found = terms.nearest(text)
    assert len(found) <= 3
    assert len(set(found)) == len(found)
    assert all(terms[code.code] is code for code in found)


@given(st.dates(), st.dates(), st.dates())
def test_a_code_is_valid_from_its_first_day_to_its_last(one: date, other: date, day: date) -> None:
    first, last = sorted((one, other))
    code = Code("X", "", first, last)
    assert code.is_valid_on(first)
    assert code.is_valid_on(last)
    assert code.is_valid_on(day) == (first <= day <= last)
    assert Code("X", "").is_valid_on(day)


def test_a_list_cannot_be_changed_and_is_read_once() -> None:
    hs = code_list("hs")
    assert code_list("hs") is hs
    with pytest.raises(TypeError):
        hs["870323"] = Code("870323", "")  # type: ignore[index]
    with pytest.raises(TypeError):
        code_list("incoterms")["FOB"].more["modes"] = "any"  # type: ignore[index]


def test_an_unknown_list_is_refused_with_the_nearest() -> None:
    with pytest.raises(CodeListError, match="Did you mean 'packages'"):
        code_list("package")


def test_a_full_edition_is_read_from_the_holders_own_file(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("code,name,begins,colour\nA,Alpha,2026-01-01,red\nB,Beta,,\n", "utf-8")
    own = read_code_list(path, OWN)
    assert own["A"].more == {"colour": "red"}
    assert own["A"].begins == date(2026, 1, 1)
    assert own["B"].begins is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name\nAlpha\n", "no column 'code'"),
        ("", "no column 'code' or no rows"),
        ("code,name\nA,x\nA,y\n", "Line 3 .* a second time"),
        ("code,name\n,x\n", "no code"),
        ("code,name,begins\nA,x,soon\n", "Line 2"),
    ],
)
def test_a_file_that_is_no_list_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "own.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(CodeListError, match=words):
        read_code_list(path, OWN)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CodeListError, match="cannot be read"):
        read_code_list(tmp_path / "none.csv", OWN)


def test_the_page_is_made_from_the_lists_as_they_are() -> None:
    mending = "run `python -m kervan.cargo.codes_reference > docs/reference/codes.md`"
    assert (ROOT / "docs" / "reference" / "codes.md").read_text("utf-8") == page(), mending


def test_what_is_not_shipped_says_why_and_what_stands_in() -> None:
    with (CODES / "absent.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert row["why"], row["title"]
            assert row["instead"], row["title"]


def test_nothing_is_read_before_it_is_asked_for() -> None:
    program = (
        "import sys, kervan.cargo.code_lists as lists;"
        "assert lists.code_list_sources.cache_info().currsize == 0;"
        "assert lists._shipped.cache_info().currsize == 0;"
        "assert 'rapidfuzz' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_shipped_lists_stay_small() -> None:
    assert sum(path.stat().st_size for path in CODES.iterdir()) < 4_000_000
