"""Add rows to the tables of a feed that is a folder, what stands there left as it is."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kervan.errors import FeedError
from kervan.feed.descriptor import descriptor
from kervan.feed.memory_table import text_rows
from kervan.feed.package import DESCRIPTOR
from kervan.feed.schema import schemas
from kervan.feed.tables import FeedInfo


def append_rows(folder: Path | str, rows: Mapping[str, Sequence[Any]]) -> tuple[Path, ...]:
    """Add rows at the end of tables, every byte before them untouched.

    Parameters
    ----------
    folder
        A feed in CSV files. It is not checked.
    rows
        Rows by the name of their table. Tables without rows are left alone; a table without a file
        gets one, and the descriptor names it if it is one that Kervan wrote.

    Returns
    -------
    tuple of Path
        The files written to, in the order of the tables.

    Raises
    ------
    FeedError
        If it is no folder, a file is no table of comma-separated UTF-8 with the columns needed, or
        nothing can be written there. Nothing is written then unless the disk itself fails.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise FeedError(
            f"{folder} is no folder, and rows are added to CSV files in a folder only. Make one of "
            f"it with `kervan feed convert {folder} FOLDER`."
        )
    added: dict[Path, str] = {}
    for table, new in rows.items():
        if new:
            path = folder / f"{table}.csv"
            added[path] = _addition(path, table, new)
    new_tables = [path.stem for path in added if not path.exists()]
    named = _with_tables(folder / DESCRIPTOR, new_tables) if new_tables else None
    try:
        for path, text in added.items():
            with path.open("ab") as file:
                file.write(text.encode("utf-8"))
        if named is not None:
            (folder / DESCRIPTOR).write_text(named, "utf-8")
    except OSError as error:
        raise FeedError(
            f"{error.filename or folder} cannot be written: {error.strerror}. Name a feed that may "
            "be written to."
        ) from error
    return tuple(added)


def _with_tables(path: Path, tables: Sequence[str]) -> str | None:
    """Return a descriptor that names some tables more; None where it is not Kervan's own."""
    try:
        content = json.loads(path.read_text("utf-8"))
        there = [resource["name"] for resource in content["resources"]]
        info = FeedInfo(name=content["name"], title=content["title"], version=content["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if content["resources"] != descriptor(info, there)["resources"]:
        return None
    content["resources"] = descriptor(info, [*there, *tables])["resources"]
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _addition(path: Path, table: str, rows: Sequence[Any]) -> str:
    """Return what is to be written at the end of a file."""
    names, *cells = text_rows(schemas()[table], rows)
    header, before, ending = names, "", "\n"
    if path.exists():
        header, ending, ended = _header(path, names)
        before = "" if ended else ending
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator=ending)
    if not path.exists():
        writer.writerow(header)
    for row in cells:
        told = dict(zip(names, row, strict=True))
        lost = [name for name, cell in told.items() if cell and name not in header]
        if lost:
            raise FeedError(
                f"{path} has no column {', '.join(lost)}, and the new row says something there. "
                "Add the column to its header."
            )
        writer.writerow([told.get(name, "") for name in header])
    return before + out.getvalue()


def _header(path: Path, names: Sequence[str]) -> tuple[list[str], str, bool]:
    """Return the columns of a file, how its lines end, and whether the last one does."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise FeedError(
            f"{path} cannot be read as UTF-8 ({error}). Save it as CSV in UTF-8."
        ) from error
    first = next(csv.reader(io.StringIO(text, newline="")), [])
    if not set(first) & set(names) or (len(first) == 1 and len(names) > 1):
        raise FeedError(
            f"{path} has no header of columns parted by commas. Save it as CSV with commas, or "
            "write the header row."
        )
    return first, "\r\n" if "\r\n" in text else "\n", text.endswith("\n")
