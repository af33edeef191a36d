"""A feed as it comes: a folder, a zip archive or an Excel workbook, opened as raw tables.

Nothing here trusts what it opens. A table file may not lead out of its folder, an archive may not
name paths outside itself nor unpack to more than :data:`LARGEST`, and what is no feed at all is
refused in a sentence.
"""

from __future__ import annotations

import json
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Protocol, cast

from kervan.errors import FeedError
from kervan.feed.csv_table import CsvTable
from kervan.feed.nearest import nearest
from kervan.feed.problems import Findings
from kervan.feed.tables import ROW_TYPES

DESCRIPTOR = "datapackage.json"
"""Name of the file that describes a feed."""

LARGEST = 4 * 2**30
"""Bytes an archive may unpack to."""

_LARGEST_DESCRIPTOR = 8 * 2**20
_MOST_MEMBERS = 2000
_COMPRESSED_BY = 250
_COMPRESSION_MATTERS_FROM = 64 * 2**20
_IGNORED = ("README", "LICENSE", "LICENCE", "NOTICE", "CHANGELOG")


class RawTable(Protocol):
    """A table as rows of text."""

    @property
    def name(self) -> str:
        """Table it holds."""
        ...

    @property
    def label(self) -> str:
        """What to call it in messages."""
        ...

    @property
    def size(self) -> int:
        """Bytes there are to read, 0 where that cannot be told."""
        ...

    def position(self) -> int:
        """Return how many bytes have been read."""
        ...

    def records(self, findings: Findings) -> Iterator[tuple[int, list[str]]]:
        """Yield the line number and the cells of every row that is not blank, header first."""
        ...


@dataclass
class Package:
    """A feed that is open for reading.

    Attributes
    ----------
    label
        What to call it in messages.
    tables
        Its tables by name, in the order of the format.
    descriptor
        What its ``datapackage.json`` (or the sheet ``feed``) says; None where there is none or it
        cannot be read, of which the findings then tell.
    """

    label: str
    tables: dict[str, RawTable] = field(default_factory=dict)
    descriptor: dict[str, Any] | None = None


@contextmanager
def open_package(path: Path, findings: Findings) -> Iterator[Package]:
    """Open a folder, a zip archive or an Excel workbook as raw tables.

    Raises
    ------
    FeedError
        If there is nothing at the path, or it is no feed, or it is not safe to open.
    """
    try:
        if path.is_dir():
            yield _open_folder(path, findings)
            return
        if not path.exists():
            raise FeedError(f"There is nothing at {path}. Give a folder, a .zip or an .xlsx.")
        if not path.is_file():
            raise FeedError(f"{path} is no file. Give a folder, a .zip or an .xlsx.")
        if not zipfile.is_zipfile(path):
            raise FeedError(
                f"{path} is neither a folder nor a .zip or .xlsx file. Put the tables into a "
                "folder as CSV files, or save the workbook as .xlsx."
            )
        with _open_zip(path) as archive:
            _refuse_unsafe(path, archive)
            if "xl/workbook.xml" in archive.namelist():
                with _open_workbook(path, findings) as package:
                    yield package
            else:
                yield _open_archive(path, archive, findings)
    except OSError as error:
        raise FeedError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise _damaged(path, error) from error


def _open_zip(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (ValueError, NotImplementedError, OverflowError, struct.error) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> FeedError:
    return FeedError(f"{path} is a damaged archive: {error}. Pack it again, or get another copy.")


def _open_folder(path: Path, findings: Findings) -> Package:
    package = Package(label=str(path))
    files: dict[str, Path] = {}
    for file in sorted(path.iterdir()):
        if file.is_symlink() and not file.resolve().is_relative_to(path.resolve()):
            findings.add(
                "leads-outside",
                f"{file.name} is a link that leads out of the folder.",
                "Put the file itself into the folder.",
            )
        elif file.is_file():
            files[file.name] = file
        elif file.name in _table_files() or file.name == DESCRIPTOR:
            findings.add(
                "not-a-file", f"{file.name} is not a file.", "Put a file of that name in its place."
            )
    for table in _known(files, findings, package.label):
        file = files[f"{table}.csv"]
        package.tables[table] = CsvTable(table, file.name, _opener(file), file.stat().st_size)
    if DESCRIPTOR in files:
        descriptor = files[DESCRIPTOR]
        size = descriptor.stat().st_size
        raw = descriptor.read_bytes() if size <= _LARGEST_DESCRIPTOR else None
        package.descriptor = _descriptor(raw, findings)
    return package


def _opener(file: Path) -> Callable[[], BinaryIO]:
    return lambda: file.open("rb")


def _open_archive(path: Path, archive: zipfile.ZipFile, findings: Findings) -> Package:
    package = Package(label=str(path))
    members = {
        PurePosixPath(member.filename.replace("\\", "/")): member
        for member in archive.infolist()
        if not member.is_dir() and not member.filename.startswith("__MACOSX/")
    }
    inside = _folder_inside(set(members))
    files = {name.name: member for name, member in members.items() if name.parent == inside}
    for table in _known(files, findings, package.label):
        member = files[f"{table}.csv"]
        open_member = cast("Callable[[], BinaryIO]", partial(archive.open, member))
        package.tables[table] = CsvTable(table, f"{table}.csv", open_member, member.file_size)
    if DESCRIPTOR in files:
        member = files[DESCRIPTOR]
        raw = archive.read(member) if member.file_size <= _LARGEST_DESCRIPTOR else None
        package.descriptor = _descriptor(raw, findings)
    return package


def _folder_inside(names: set[PurePosixPath]) -> PurePosixPath:
    """Return the folder of an archive the feed lies in: the top, or the only one with tables."""
    wanted = {*_table_files(), DESCRIPTOR}
    folders = sorted({name.parent for name in names if name.name in wanted}, key=str)
    top = PurePosixPath()
    return folders[0] if len(folders) == 1 and top not in folders else top


def _known(files: dict[str, Any], findings: Findings, label: str) -> list[str]:
    """Return the tables there are, and tell of files that look like tables and are none."""
    found = [table for table in ROW_TYPES if f"{table}.csv" in files]
    if not found and DESCRIPTOR not in files:
        raise FeedError(
            f"{label} holds no table of a corridor feed. Its files should be called "
            "places.csv, links.csv, services.csv and so on."
        )
    for name in files:
        stem, _, suffix = name.rpartition(".")
        if suffix.lower() in ("csv", "tsv", "xlsx", "xls") and name not in _table_files():
            _unknown_table(findings, name, stem, "file")
    return found


def _unknown_table(findings: Findings, name: str, stem: str, kind: str) -> None:
    likely = nearest(stem, ROW_TYPES)
    offer = f"If it is meant to be '{likely}', call it so. " if likely else ""
    findings.add(
        "unknown-table",
        f"The {kind} '{name}' is no table of a corridor feed and was not read.",
        f"{offer}The tables are listed in docs/reference/feed.md.",
        severity="warning",
    )


def _table_files() -> frozenset[str]:
    return frozenset(f"{table}.csv" for table in ROW_TYPES)


def _descriptor(raw: bytes | None, findings: Findings) -> dict[str, Any] | None:
    mending = "Write it anew with `kervan feed convert`, giving --title."
    if raw is None:
        findings.add("descriptor", f"{DESCRIPTOR} is too large to be one.", mending)
        return None
    try:
        content = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        findings.add("descriptor", f"{DESCRIPTOR} is not JSON in UTF-8: {error}.", mending)
        return None
    if not isinstance(content, dict):
        findings.add("descriptor", f"{DESCRIPTOR} is not a JSON object.", mending)
        return None
    return content


def _refuse_unsafe(path: Path, archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if len(members) > _MOST_MEMBERS:
        raise FeedError(
            f"{path} holds {len(members)} files, more than {_MOST_MEMBERS}. Pack the tables alone."
        )
    seen: set[str] = set()
    for member in members:
        name = PurePosixPath(member.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or ":" in member.filename:
            raise FeedError(
                f"{path} is refused: it holds the path '{member.filename}', which leads out of "
                "the archive. Pack the tables again, without paths."
            )
        if stat.S_ISLNK(member.external_attr >> 16):
            raise FeedError(
                f"{path} is refused: '{member.filename}' is a link. Pack the file itself."
            )
        if member.flag_bits & 0x1:
            raise FeedError(
                f"{path} is encrypted. Unpack it with its password and give the folder."
            )
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise FeedError(
                f"{path} is packed in a way few programs can read. Pack it again as an ordinary "
                ".zip (deflate)."
            )
        if member.filename in seen:
            raise FeedError(
                f"{path} holds '{member.filename}' twice, so it cannot be told which is meant. "
                "Pack it again."
            )
        seen.add(member.filename)
        if member.file_size > _COMPRESSION_MATTERS_FROM and member.file_size > _COMPRESSED_BY * max(
            member.compress_size, 1
        ):
            raise FeedError(
                f"{path} is refused: '{member.filename}' unpacks to more than {_COMPRESSED_BY} "
                "times its size, as no table does. Unpack it yourself if you trust it."
            )
    if sum(member.file_size for member in members) > LARGEST:
        raise FeedError(
            f"{path} is refused: it unpacks to more than {LARGEST >> 30} GiB. Unpack it yourself "
            "if you trust it, and give the folder."
        )


@contextmanager
def _open_workbook(path: Path, findings: Findings) -> Iterator[Package]:
    # openpyxl takes longer to import than a whole feed takes to read.
    import openpyxl

    from kervan.feed.sheet_table import SheetTable

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:
        # openpyxl meets broken XML with whatever its internals raise.
        raise FeedError(
            f"{path} cannot be read as a workbook: {error}. Open it in a spreadsheet and save it "
            "again as .xlsx."
        ) from error
    try:
        package = Package(label=str(path))
        titles = {sheet.title: sheet for sheet in book.worksheets}
        for title in titles:
            if title not in ROW_TYPES and title != "feed" and title.upper() not in _IGNORED:
                _unknown_table(findings, title, title, "sheet")
        for table in ROW_TYPES:
            if table in titles:
                package.tables[table] = SheetTable(table, titles[table])
        if not package.tables and "feed" not in titles:
            raise FeedError(
                f"{path} has no sheet of a corridor feed. Its sheets should be called places, "
                "links, services and so on."
            )
        if "feed" in titles:
            cells = [row for _, row in SheetTable("feed", titles["feed"]).records(findings)]
            package.descriptor = {row[0].strip(): row[1].strip() for row in cells if len(row) > 1}
        yield package
    finally:
        book.close()
