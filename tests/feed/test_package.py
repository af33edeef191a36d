"""What comes from outside is opened with care, and refused in a sentence."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from pathlib import Path

import openpyxl
import pytest

from kervan.errors import FeedError
from kervan.feed import InvalidFeedError, check_feed, package, read_feed_tables
from kervan.feed.csv_table import LONGEST_LINE
from tests.feed.small import INFO, save, small


def rules(path: Path) -> list[tuple[str, str, int | None]]:
    return [(p.rule, p.table, p.row) for p in check_feed(path).problems]


def packed(folder: Path, target: Path, inside: str = "") -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, inside + file.name)
    return target


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return save(small(), tmp_path / "feed")


def test_a_folder_and_a_zip_of_it_hold_the_same_feed(folder: Path, tmp_path: Path) -> None:
    feed = read_feed_tables(folder)
    assert read_feed_tables(packed(folder, tmp_path / "a.zip")) == feed
    assert read_feed_tables(packed(folder, tmp_path / "b.zip", "feed/")) == feed
    assert read_feed_tables(packed(folder, tmp_path / "c.zip", "feed\\")) == feed


def test_what_a_mac_adds_to_a_zip_is_passed_over(folder: Path, tmp_path: Path) -> None:
    path = packed(folder, tmp_path / "a.zip", "feed/")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("__MACOSX/feed/._places.csv", b"\x00\x05\x16\x07")
    assert rules(path) == []


@pytest.mark.parametrize(
    "name", ["../places.csv", "/etc/places.csv", "a/../../b", "C:\\places.csv"]
)
def test_a_zip_whose_paths_climb_out_is_refused(name: str, folder: Path, tmp_path: Path) -> None:
    path = packed(folder, tmp_path / "a.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, "x")
    with pytest.raises(FeedError, match="leads out of the archive"):
        check_feed(path)


def test_a_zip_with_a_link_is_refused(folder: Path, tmp_path: Path) -> None:
    path = packed(folder, tmp_path / "a.zip")
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("calls2.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(FeedError, match="is a link"):
        check_feed(path)


def test_a_zip_bomb_is_refused(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = packed(folder, tmp_path / "a.zip")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.csv", b"0" * (65 * 2**20))
    with pytest.raises(FeedError, match="unpacks to more than 250 times its size"):
        check_feed(path)
    monkeypatch.setattr(package, "_COMPRESSION_MATTERS_FROM", 2**40)
    monkeypatch.setattr(package, "LARGEST", 2**20)
    with pytest.raises(FeedError, match="unpacks to more than"):
        check_feed(path)


def test_an_encrypted_zip_is_refused(folder: Path, tmp_path: Path) -> None:
    path = packed(folder, tmp_path / "a.zip")
    content = bytearray(path.read_bytes())
    # Set the flag of encryption in the first member's entry of the central directory.
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(FeedError, match="is encrypted"):
        check_feed(path)


def test_a_zip_that_holds_a_file_twice_is_refused(folder: Path, tmp_path: Path) -> None:
    path = packed(folder, tmp_path / "a.zip")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("places.csv", "x")
    with pytest.raises(FeedError, match="twice"):
        check_feed(path)


def test_a_zip_of_too_many_files_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for k in range(2001):
            archive.writestr(f"{k}.csv", "")
    with pytest.raises(FeedError, match="2001 files"):
        check_feed(path)


def test_a_zip_cut_short_is_refused(folder: Path, tmp_path: Path) -> None:
    path = packed(folder, tmp_path / "a.zip")
    content = path.read_bytes()
    at = content.index(b"PK\x03\x04", 10) - 20
    path.write_bytes(content[:at] + b"\xff" * 10 + content[at + 10 :])
    with pytest.raises(FeedError, match="damaged archive"):
        check_feed(path)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("missing", None, "There is nothing at"),
        ("places.csv", b"place_id\n", "neither a folder nor"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "neither a folder nor"),
        ("empty.zip", b"PK\x05\x06" + b"\x00" * 18, "holds no table"),
    ],
)
def test_what_is_no_feed_is_refused(
    name: str, content: bytes | None, sentence: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FeedError, match=sentence):
        check_feed(path)


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("")
    with pytest.raises(FeedError, match="holds no table"):
        check_feed(tmp_path)


def test_a_link_out_of_the_folder_is_not_followed(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    (folder / "closures.csv").rename(outside)
    (folder / "closures.csv").symlink_to(outside)
    assert rules(folder) == [("leads-outside", "", None)]


def test_a_link_within_the_folder_is_followed(folder: Path) -> None:
    (folder / "closures.csv").rename(folder / "closures-2026.txt")
    (folder / "closures.csv").symlink_to(folder / "closures-2026.txt")
    assert rules(folder) == []


def test_a_folder_called_like_a_table_is_told_of(folder: Path) -> None:
    (folder / "closures.csv").unlink()
    (folder / "closures.csv").mkdir()
    assert rules(folder) == [("not-a-file", "", None)]


def test_a_table_whose_name_is_misspelt_is_offered_the_right_one(folder: Path) -> None:
    (folder / "closures.csv").rename(folder / "closure.csv")
    (problem,) = check_feed(folder).problems
    assert problem.rule == "unknown-table"
    assert "'closures'" in problem.mending


def test_a_byte_order_mark_is_no_fault(folder: Path) -> None:
    places = folder / "places.csv"
    places.write_bytes(b"\xef\xbb\xbf" + places.read_bytes())
    assert rules(folder) == []


@pytest.mark.parametrize(
    ("encoding", "looks_like"),
    [
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("cp1251", "1251"),
        ("cp1254", "1254"),
    ],
)
def test_another_encoding_is_recognised_and_the_rest_is_checked_all_the_same(
    encoding: str, looks_like: str, folder: Path
) -> None:
    carriers = folder / "carriers.csv"
    name = "Карвон темир йўллари"[:6] if encoding == "cp1251" else "Türk"
    text = carriers.read_text("utf-8").replace("KTZ,KTZ", f"KTZ,{name}")
    carriers.write_bytes(text.replace("railway", "railroad").encode(encoding))
    problems = check_feed(folder).problems
    assert [(p.rule, p.row) for p in problems if p.table == "carriers"] == [
        ("encoding", None if "16" in encoding else 2),
        ("choice", 2),
    ]
    assert looks_like in problems[0].message


def test_a_file_cut_in_the_middle_of_a_letter_is_told_of(folder: Path) -> None:
    with (folder / "closures.csv").open("ab") as file:
        file.write("storm2,link,sea,2026-02-01,,Ş".encode()[:-1])
    assert ("encoding", "closures", 3) in rules(folder)


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_another_delimiter_is_recognised(delimiter: str, folder: Path) -> None:
    closures = folder / "closures.csv"
    closures.write_text(closures.read_text("utf-8").replace(",", delimiter), "utf-8")
    assert rules(folder) == [("delimiter", "closures", 1)]


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_the_line_endings_of_other_systems_are_read(ending: str, folder: Path) -> None:
    closures = folder / "closures.csv"
    closures.write_bytes(closures.read_bytes().replace(b"\n", ending.encode()))
    assert rules(folder) == []
    assert len(read_feed_tables(folder).closures) == 1


def test_rows_are_numbered_as_an_editor_numbers_lines(folder: Path) -> None:
    header = "closure_id,subject,subject_id,valid_from,reason,source_id\n"
    rows = 'a,link,sea,2026-02-01,"Storm,\nand ice",s\n\n,,,,,\nb,link,lake,2026-02-01,x,s\n'
    (folder / "closures.csv").write_text(header + rows, "utf-8")
    assert rules(folder) == [("dangling-reference", "closures", 6)]
    (folder / "closures.csv").write_text(header + rows.replace("lake", "sea"), "utf-8")
    assert [row.reason for row in read_feed_tables(folder).closures] == ["Storm,\nand ice", "x"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", [("empty-table", None)]),
        (b"\n\n", [("empty-table", None)]),
        (b"\x00\x00\x00\x00", [("encoding", None)]),
        (b'closure_id,"subject\nx', [("quotation-marks", 1)]),
        (b'closure_id,subject\na,"b" c\n', [("quotation-marks", 2)]),
        (b"a" * (LONGEST_LINE + 2), [("not-a-table", None)]),
    ],
    ids=["empty", "blank", "nothing but NUL", "open quote", "text after a quote", "one long line"],
)
def test_a_file_that_is_no_table_is_told_of(
    content: bytes, expected: list[tuple[str, int | None]], folder: Path
) -> None:
    (folder / "closures.csv").write_bytes(content)
    told = [(rule, row) for rule, _, row in rules(folder)]
    assert set(expected) <= set(told)


def test_columns_may_stand_in_any_order_and_optional_ones_be_left_out(folder: Path) -> None:
    text = "reason,source_id,closure_id,subject_id,valid_from,subject\nx,s,a,sea,2026-02-01,link\n"
    (folder / "closures.csv").write_text(text)
    (closure,) = read_feed_tables(folder).closures
    assert (closure.reason, closure.subject, closure.valid_to) == ("x", "link", None)


def test_columns_unknown_missing_and_doubled_are_told_of(folder: Path) -> None:
    text = "closure_id,reason,reason,subject,subject_id,valid_form,source_id,\na,x,y,link,sea,,s,\n"
    (folder / "closures.csv").write_text(text)
    problems = {p.rule: p for p in check_feed(folder).problems}
    assert set(problems) == {
        "duplicate-column",
        "unknown-column",
        "unnamed-column",
        "missing-column",
    }
    assert problems["duplicate-column"].column == "reason"
    assert problems["missing-column"].column == "valid_from"
    assert "'valid_from'" in problems["unknown-column"].mending
    assert {p.row for p in problems.values()} == {1}


def test_ragged_rows_are_told_of_and_trailing_blanks_are_not(folder: Path) -> None:
    text = (
        "closure_id,subject,subject_id,valid_from,reason,source_id\n"
        "a,link,sea,2026-02-01,Storm,s,,,\n"
        "b,link,sea,2026-02-01,Storm, and ice,s\n"
        "c,link,sea,2026-02-01,Storm\n"
    )
    (folder / "closures.csv").write_text(text)
    told = [(p.rule, p.row) for p in check_feed(folder).problems if p.rule == "ragged-row"]
    assert told == [("ragged-row", 3), ("ragged-row", 4)]


def test_a_feed_without_a_descriptor_is_checked_and_not_read(tmp_path: Path) -> None:
    tables = small()
    tables["links"][0]["mode"] = "train"
    folder = save(tables, tmp_path, info=None)
    assert [rule for rule, _, _ in rules(folder)] == ["no-descriptor", "choice"]
    with pytest.raises(InvalidFeedError, match="kervan feed convert"):
        read_feed_tables(folder)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"{", "descriptor"),
        (b"[" * 100_000, "descriptor"),
        (b"\xff\xfe", "descriptor"),
        (b"[]", "descriptor"),
        (b'{"title": "T", "version": "1"}', "descriptor"),
        (json.dumps({**INFO, "name": "Middle Corridor"}).encode(), "descriptor"),
        (json.dumps({**INFO, "version": 1}).encode(), "descriptor"),
        (json.dumps({**INFO, "kervanFeed": "2.0"}).encode(), "format-version"),
        (json.dumps({**INFO, "resources": [{"path": "transfers.csv"}]}).encode(), "missing-file"),
    ],
)
def test_a_descriptor_that_says_too_little_is_told_of(
    content: bytes, rule: str, folder: Path
) -> None:
    (folder / "transfers.csv").unlink()
    (folder / "datapackage.json").write_bytes(content)
    assert rule in [found for found, _, _ in rules(folder)]
    with pytest.raises(InvalidFeedError):
        read_feed_tables(folder)


def test_a_workbook_typed_by_hand_is_read(folder: Path, tmp_path: Path) -> None:
    import csv
    from datetime import datetime, time

    book = openpyxl.Workbook()
    book.active.title = "feed"
    for name, value in INFO.items():
        book.active.append([name, value])
    for file in folder.glob("*.csv"):
        sheet = book.create_sheet(file.stem)
        with file.open(newline="") as opened:
            for row in csv.reader(opened):
                sheet.append([cell or None for cell in row])
    # What a spreadsheet makes of what people type: dates, times, numbers, its own truth.
    calls = book["calls"]
    header = [cell.value for cell in calls[1]]
    calls.cell(2, header.index("departure_time_local") + 1).value = time(8, 0)
    calls.cell(2, header.index("departure_day") + 1).value = 0
    closures = book["closures"]
    header = [cell.value for cell in closures[1]]
    closures.cell(2, header.index("valid_from") + 1).value = datetime(2026, 2, 1)
    book["calendars"]["B2"] = True
    book.save(tmp_path / "a.xlsx")
    assert rules(tmp_path / "a.xlsx") == []
    assert read_feed_tables(tmp_path / "a.xlsx") == read_feed_tables(folder)


def test_a_workbook_without_sheets_of_a_feed_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(FeedError, match="no sheet of a corridor feed"):
        check_feed(tmp_path / "a.xlsx")


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook>")
    with pytest.raises(FeedError, match="cannot be read as a workbook"):
        check_feed(tmp_path / "a.xlsx")


def test_entities_in_a_workbook_do_not_grow_without_end(folder: Path, tmp_path: Path) -> None:
    from kervan.feed import write_feed

    path = write_feed(read_feed_tables(folder), tmp_path / "a.xlsx")
    entities = "".join(f'<!ENTITY e{k + 1} "{f"&e{k};" * 20}">' for k in range(9))
    laughs = f'<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY e0 "ha">{entities}]>'
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&e9;</t></is></c></row></sheetData></worksheet>'
    )
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for name in members:
        if name.startswith("xl/worksheets/sheet"):
            members[name] = (laughs + sheet).encode()
    packed_again = io.BytesIO()
    with zipfile.ZipFile(packed_again, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    path.write_bytes(packed_again.getvalue())
    with pytest.raises(FeedError, match="cannot be read"):
        check_feed(path)
