from __future__ import annotations

import io
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from kervan.cargo import example_consignment
from kervan.cargo.consignment import Consignment
from kervan.documents.format import DocumentError, carried
from kervan.documents.formats import recognise
from kervan.documents.lists import cells
from kervan.documents.lists.formats import (
    MANIFEST,
    WAGON_LIST,
    render_manifest,
    render_manifests,
    render_wagon_list,
)
from kervan.documents.lists.headings import LANGUAGES, heading
from kervan.documents.lists.reading import letter, read_list, read_manifest, read_one
from kervan.documents.lists.writing import _WAGON_LIST, MASSES
from kervan.documents.lists.writing import heading as written_heading
from tests.cargo.consignments import random_consignment
from tests.documents.list_samples import SAMPLES

CORPUS = Path(__file__).parent / "corpus" / "lists"
EXAMPLE = example_consignment()
FORMATS = [MANIFEST, WAGON_LIST]
KINDS = [found.kind for found in FORMATS]
READ = {name: read_list(made()) for name, made in SAMPLES.items()}


def _saved(rows, prepare=None):
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    if prepare:
        prepare(sheet)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _one(headings, *rows):
    return read_list(_saved([headings, *rows]))


# ------------------------------------------------------------------ there and back


@pytest.mark.parametrize("found", FORMATS, ids=KINDS)
@pytest.mark.parametrize(("form", "seeds"), [("csv", 100), ("xlsx", 8)])
def test_a_consignment_comes_back_as_it_was_written(found, form, seeds):
    for seed in range(seeds):
        consignment = random_consignment(seed)
        document = found.read(found.render(consignment, form=form))
        assert document.consignment == carried(consignment, found.carries)


@pytest.mark.slow
@pytest.mark.parametrize("found", FORMATS, ids=KINDS)
@pytest.mark.parametrize(("form", "seeds"), [("csv", 10_000), ("xlsx", 1_000)])
def test_ten_thousand_consignments_come_back_as_they_were_written(found, form, seeds):
    for seed in range(seeds):
        consignment = random_consignment(seed)
        document = found.read(found.render(consignment, form=form))
        assert document.consignment == carried(consignment, found.carries)


@pytest.mark.parametrize("found", FORMATS, ids=KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_comes_back_in_every_language(found, language):
    for form in ("xlsx", "csv"):
        data = found.render(EXAMPLE, language=language, form=form)
        assert found.read(data).consignment == carried(EXAMPLE, found.carries)
        assert read_list(data).problems == ()


def test_every_written_heading_is_read_as_its_column():
    for language in LANGUAGES:
        for column in _WAGON_LIST:
            meant = heading(written_heading(column, language))
            assert meant is not None
            assert (meant.column, meant.unit) == (column, MASSES.get(column, ""))


def test_many_consignments_stand_in_one_manifest():
    chosen = [random_consignment(seed) for seed in range(5)]
    read = read_manifest(render_manifests(chosen))
    assert read == tuple(carried(c, MANIFEST.carries) for c in chosen)
    with pytest.raises(DocumentError, match="5 consignments"):
        MANIFEST.read(render_manifests(chosen))
    with pytest.raises(DocumentError, match="stands twice"):
        render_manifests([chosen[0], chosen[0]])


def test_a_workbook_is_laid_out_to_be_read_and_printed():
    sheet = load_workbook(io.BytesIO(MANIFEST.render(EXAMPLE))).active
    assert sheet["A1"].value == "Cargo manifest"
    assert "EXAMPLE CASPIAN" in sheet["A2"].value
    assert [sheet["B4"].value, sheet["D4"].value] == ["B/L No", "Container No"]
    assert sheet.freeze_panes == "A5"
    assert sheet.page_setup.orientation == "landscape"
    assert sheet["A12"].value == "Total"
    assert sheet["N12"].value == 31_380
    assert all(sheet.cell(4, at).font.bold for at in range(1, 20))


def test_a_text_that_begins_with_an_equals_sign_is_no_formula():
    consignment = Consignment.model_validate({"reference": "=1+1", "consignor": {"name": "=A1"}})
    data = MANIFEST.render(consignment)
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet["B4"].data_type == "s"
    assert MANIFEST.read(data).consignment == consignment


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"equipment": [{"number": "KRVU3001014", "seals": [{"number": "A,B"}]}]}, r"seals\[0\]"),
        ({"goods_items": [{"number": 1, "hs_code": "85"}]}, r"goods_items\[0\]\.hs_code"),
        ({"goods_items": [{"number": 2}, {"number": 1}]}, r"\$\.goods_items: their numbers"),
        ({"goods_items": [{"number": 1, "stowage": [{"equipment_number": "X"}]}]}, "not among"),
        (
            {"goods_items": [{"number": 1, "packages": [{"kind": "carton"}]}]},
            r"packages\[0\]\.kind",
        ),
        ({"consignor": {"name": "a\x0bb"}}, r"consignor\.name"),
        ({"acceptance": {"place_id": "A(B)"}}, r"acceptance\.place_id"),
        (
            {
                "equipment": [{"number": "KRVU3001014"}],
                "goods_items": [
                    {
                        "number": 1,
                        "gross_mass_kg": "5",
                        "stowage": [{"equipment_number": "KRVU3001014", "gross_mass_kg": "4"}],
                    }
                ],
            },
            r"gross_mass_kg: 5 kg of the item, and 4 kg",
        ),
    ],
)
def test_what_a_list_cannot_say_is_refused_by_its_path(change, path):
    with pytest.raises(DocumentError, match=path):
        MANIFEST.render(Consignment.model_validate({"reference": "R"} | change))


# ------------------------------------------------------------------ as they are sent


@pytest.mark.parametrize("name", SAMPLES)
def test_a_list_as_it_is_sent_has_no_error_and_loses_no_cell(name):
    assert READ[name].errors == ()
    assert READ[name].consignments


def test_a_natural_sheet_has_tonnes_merged_wagons_and_two_rows_of_headings():
    reading = READ["ktz_wagon_list"]
    consignment = reading.consignments[0]
    assert reading.kind == "wagon-list"
    assert [w.number for w in consignment.wagons] == ["54123456", "94701232"]
    assert consignment.wagons[0].equipment_numbers == ("KRVU3001014", "KRVU3001020")
    masses = [(i.gross_mass_kg, i.net_mass_kg) for i in consignment.goods_items]
    assert masses == [(21870, 18020), (17210, 13360), (68500, 68500)]
    assert consignment.goods_items[2].stowage[0].equipment_number == "94701232"
    assert consignment.delivery.station_code == "663806"
    # The total is right, so it is not left over; what is said above the table is.
    left = {entry.value for entry in reading.left_over}
    assert "НАТУРНЫЙ ЛИСТ ПОЕЗДА № 2001" in left
    assert not {"107,58", "99,88"} & left


def test_the_code_of_the_railways_is_left_over_and_gng_is_kept():
    reading = READ["ktz_etsng_list"]
    codes = [item.nhm_code for item in reading.consignments[0].goods_items]
    assert codes == [None, "10019900"]
    left = {(entry.place[-2:], entry.value) for entry in reading.left_over}
    assert {("C3", "693002"), ("G3", "бережно")} <= left


def test_a_port_manifest_is_as_many_consignments_as_bills_of_lading():
    first, second = READ["aktau_manifest"].consignments
    assert (first.reference, second.reference) == ("EXAK-1", "EXAK-2")
    assert first.consignor.name == "Example Export LLP"
    assert [i.packages[0].kind for i in first.goods_items] == ["PX", "CS"]
    assert second.goods_items[0].packages[0].count is None
    assert second.goods_items[0].gross_mass_kg == Decimal("21000.25")
    assert READ["aktau_manifest"].problems == ()


def test_chinese_turkish_and_azerbaijani_lists_are_read():
    chinese = READ["chinese_train_list"].consignments[0]
    assert [i.hs_code for i in chinese.goods_items] == ["850760", "080212"]
    assert chinese.delivery.place_id == "TRIST"
    turkish = READ["turkish_manifest"].consignments[0]
    assert [i.gross_mass_kg for i in turkish.goods_items] == [Decimal("6200.5"), 9000]
    assert turkish.goods_items[0].national_codes[0].code == "850760000000"
    azeri = READ["ady_container_list"].consignments[0]
    assert [i.gross_mass_kg for i in azeri.goods_items] == [Decimal("21870.5"), 17210]
    assert [s.number for s in azeri.equipment[1].seals] == ["P2", "P3"]


def test_csv_is_read_in_the_character_set_and_separator_it_is_written_in():
    assert READ["chinese_csv"].consignments[0].goods_items[0].gross_mass_kg == 6200
    assert READ["turkish_csv"].consignments[0].goods_items[0].description == "Şeker"
    russian = READ["russian_csv"].consignments[0]
    assert russian.wagons[0].number == "54123456"
    assert russian.goods_items[0].gross_mass_kg == 68500
    assert READ["tabs_in_utf_16"].consignments[0].goods_items[0].gross_mass_kg == 21870


def test_all_sheets_are_read_and_repeated_headings_are_no_cargo():
    consignment = READ["several_sheets"].consignments[0]
    assert len(consignment.equipment) == 4
    assert [i.gross_mass_kg for i in consignment.goods_items] == [1000, 2000, 1000, 2000]
    assert [entry.value for entry in READ["several_sheets"].left_over] == [
        "Please confirm by Friday."
    ]


def test_headings_may_stand_far_below():
    consignment = READ["late_headings"].consignments[0]
    assert consignment.equipment[0].number == "34 ABC 123"
    assert consignment.goods_items[0].dangerous_goods[0].un_number == "1263"
    rows = [["x"]] * 31 + [["Container No", "Cargo"], ["KRVU3001014", "Bolts"]]
    with pytest.raises(DocumentError, match="first 30 rows"):
        read_list(_saved(rows))


# ------------------------------------------------------------------ what is wrong


def test_a_look_alike_letter_is_named_and_its_row_left_out():
    reading = _one(["№ контейнера", "Груз"], ["КRVU3001014", "Болты"], ["KRVU3001020", "Гайки"])
    (problem,) = reading.errors
    assert (problem.row, problem.column, problem.heading) == (2, "A", "№ контейнера")
    assert "character 1 'К' is Cyrillic capital letter ka" in problem.message
    assert [u.number for u in reading.consignments[0].equipment] == ["KRVU3001020"]
    assert {entry.value for entry in reading.left_over} == {"КRVU3001014", "Болты"}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("Container No", "KRVU30010", "no container number"),
        ("Wagon No", "5412345", "no wagon number"),
        ("Wagon No", "5.41E+7", "last digits were lost"),
        ("Gross weight, kg", "many", "is no number"),
        ("Gross weight, kg", -5, "is negative"),
        ("Packages", "2.5", "no count of packages"),
        ("HS code", "85o760", "more than digits"),
        ("HS code", "850", "has 3 digits|heading of the Harmonized System"),
        ("UN No", "flammable", "no UN number"),
    ],
)
def test_an_error_names_its_cell_and_the_sound_rows_are_kept(name, value, words):
    reading = read_list(
        _saved([["Cargo", "Seal No", name], ["Bolts", "S1", value], ["Nuts", "S2"]])
    )
    (problem,) = reading.errors
    assert (problem.row, problem.column) == (2, "C")
    with pytest.raises(DocumentError, match=words):
        read_manifest(_saved([["Cargo", "Seal No", name], ["Bolts", "S1", value]]))
    assert [i.description for i in reading.consignments[0].goods_items] == ["Nuts"]


def test_a_wrong_total_is_named():
    reading = _one(["Container No", "Gross weight, kg"], ["KRVU3001014", 10], ["Total", 11])
    (problem,) = reading.problems
    assert problem.severity == "warning"
    assert "add up to 10" in problem.message


def test_masses_without_a_unit_that_look_like_tonnes_are_named():
    reading = _one(["Container No", "Gross weight"], ["KRVU3001014", 21.5])
    assert "names no unit" in reading.problems[0].message
    assert reading.consignments[0].goods_items[0].gross_mass_kg == Decimal("21.5")


def test_rows_that_say_two_things_of_one_unit_are_named():
    reading = _one(
        ["Container No", "Type", "Cargo"],
        ["KRVU3001014", "45G1", "a"],
        ["KRVU3001014", "22G1", "b"],
    )
    (problem,) = reading.problems
    assert (problem.row, problem.column) == (3, "B")
    assert "differs from '45G1'" in problem.message


def test_a_formula_is_read_by_its_value_and_named_where_it_has_none():
    data = _saved([["Container No", "Gross weight, kg"], ["KRVU3001014", "=10+5"]])
    reading = read_list(data)
    (problem,) = reading.errors
    assert (problem.row, problem.column, problem.value) == (2, "B", "=10+5")
    # As a spreadsheet program saves it: the formula with its value.
    kept = _repacked(
        data, lambda xml: xml.replace(b"<v></v>", b"<v>15</v>").replace(b"<v />", b"<v>15</v>")
    )
    assert read_list(kept).consignments[0].goods_items[0].gross_mass_kg == 15


def _repacked(data, change, extra=()):
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", 8) as new:
        for part in old.infolist():
            content = old.read(part)
            is_sheet = part.filename.startswith("xl/worksheets/sheet")
            new.writestr(part.filename, change(content) if is_sheet else content)
        for name, content in extra:
            new.writestr(name, content)
    return file.getvalue()


GOOD = _saved([["Container No", "Cargo"], ["KRVU3001014", "Bolts"]])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100, r"old workbook \(.xls\)"),
        (_repacked(GOOD, bytes, [("xl/vbaProject.bin", b"x")]), "holds macros"),
        (_repacked(GOOD, bytes, [("xl/media/a.bin", b"\0" * (50 * 2**20))]), "unpacks to more"),
        (_repacked(GOOD, lambda xml: xml + b"<c r='A1'/>" * 200_001), r"200,0\d\d cells"),
        (_repacked(GOOD, lambda xml: b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + xml), "document type"),
        (_repacked(GOOD, lambda xml: xml.decode().encode("utf-16")), "not written in UTF-8"),
        (_repacked(GOOD, lambda xml: xml[:200]), "cannot be opened"),
        (
            _repacked(
                GOOD,
                lambda xml: xml.replace(
                    b"</sheetData>",
                    b'</sheetData><mergeCells><mergeCell ref="A1:XFD&#49;048576"/></mergeCells>',
                ),
            ),
            "cells; up to",
        ),
        (
            _repacked(
                GOOD,
                lambda xml: xml.replace(
                    b"</sheetData>",
                    b"</sheetData><hyperlinks><hyperlink location='a>b' ref='A1:Z99999'/>"
                    b"</hyperlinks>",
                ),
            ),
            "cells; up to",
        ),
        (_repacked(GOOD, bytes, [(f"x{n}", b"") for n in range(600)]), "parts"),
        (GOOD[:300], "cannot be unpacked"),
        (
            _repacked(GOOD, lambda xml: xml.replace(b'r="B2"', b'r="XFD1048576"')),
            "cells are read up to",
        ),
        (b"", "empty"),
        (b" " * (9 * 2**20), "MB are read"),
        (b"a,b\n" + b'"' + b"x" * 200_000, "no CSV that can be read|No row of headings"),
        (b"\xff\xfe\x00", "begins as utf-16"),
        (b"hello\nworld\n", "No row of headings"),
    ],
)
def test_a_hostile_list_is_refused_in_bounded_time(data, words):
    with pytest.raises(DocumentError, match=words):
        read_list(data)


@pytest.mark.parametrize("path", sorted(CORPUS.iterdir()), ids=lambda path: path.name)
def test_the_corpus_is_refused(path):
    with pytest.raises(DocumentError):
        read_manifest(path.read_bytes())


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", "№ вагона;Груз\n".encode(), GOOD[:60]]))
def test_random_bytes_are_read_or_refused(data, start):
    try:
        reading = read_list(start + data)
    except DocumentError as error:
        assert str(error)  # noqa: PT017
    else:
        assert reading.kind in KINDS


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_mutated_workbook_is_read_or_refused(data):
    mutated = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 5))):
        mutated[data.draw(st.integers(0, len(mutated) - 1))] = data.draw(st.integers(0, 255))
    try:
        read_list(bytes(mutated))
    except DocumentError as error:
        assert str(error)  # noqa: PT017


# ------------------------------------------------------------------ cells


@pytest.mark.parametrize(
    ("said", "unit", "number"),
    [
        ("12 345,67", "kg", "12345.67"),
        ("12\u00a0345", "kg", "12345"),
        ("12,345.6", "kg", "12345.6"),
        ("12.345,6", "kg", "12345.6"),
        ("1.234.567", "kg", "1234567"),
        ("21,870", "kg", "21870"),
        ("21,870", "t", "21.870"),
        ("21.870", "t", "21.870"),
        ("1'250", "kg", "1250"),
        ("25,5 т", "t", "25.5"),
        ("5e2", "kg", "500"),
    ],
)
def test_a_number_is_read_whatever_its_marks(said, unit, number):
    assert cells.number(said, unit)[0] == Decimal(number)


@pytest.mark.parametrize(
    ("said", "packages"),
    [
        ("10 PX", [(10, "PX")]),
        ("10 PX + 30 cartons", [(10, "PX"), (30, "CT")]),
        ("5 x ящиков", [(5, "BX")]),
        ("40бочек", [(40, "DR")]),
        ("12 1A", [(12, "1A")]),
        ("навалом", [(None, "VO")]),
        ("托盘", [(None, "PX")]),
        ("something else", None),
    ],
)
def test_packages_are_read_by_code_or_word(said, packages):
    assert cells.packing(said) == packages


def test_columns_have_letters():
    assert [letter(n) for n in (1, 26, 27, 52, 53, 702, 703)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]


def test_lists_are_recognised():
    assert recognise(MANIFEST.render(EXAMPLE)[:4096]) is MANIFEST
    assert recognise(MANIFEST.render(EXAMPLE, form="csv")[:4096]) is MANIFEST
    assert recognise(WAGON_LIST.render(EXAMPLE, form="csv")[:4096]) is WAGON_LIST


def test_the_reference_names_what_a_list_carries():
    root = Path(__file__).parents[2]
    page = (root / "docs/reference/documents/lists.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z0-9_.]+)`", page))
    for name in WAGON_LIST.carries:
        assert named & {name, name.split(".")[0]}, name


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_bulk_in_wagons_comes_back_from_the_list_it_is_written_to(form: str) -> None:
    wagons = ("54123456", "94701232")
    consignment = Consignment.model_validate(
        {
            "reference": "BULK-1",
            "wagons": [{"number": number, "load_limit_kg": "69000"} for number in wagons],
            "goods_items": [
                {
                    "number": 1,
                    "hs_code": "100199",
                    "description": "Wheat",
                    "gross_mass_kg": "130000",
                    "stowage": [
                        {"equipment_number": number, "gross_mass_kg": "65000"} for number in wagons
                    ],
                }
            ],
        }
    )
    written = render_wagon_list(consignment, form=form)
    assert read_one(written).consignment == consignment
    with pytest.raises(DocumentError, match=r"stowage\[0\].*not among the units"):
        render_manifest(consignment)
