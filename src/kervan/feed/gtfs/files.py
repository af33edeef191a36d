"""The files of a GTFS feed, in a folder or a zip, row by row.

Whatever is wrong with a file is told as a :class:`~kervan.errors.FeedError` that names the file and
the line.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from kervan.errors import FeedError

Row = list[str]
_READ_ERRORS = (
    OSError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
    RuntimeError,
    NotImplementedError,
)


class Table:
    """One open GTFS file: its columns, and its rows once through."""

    def __init__(self, name: str, stream: IO[str]) -> None:
        self.name = name
        self.line = 1
        """Line of the row last given, for messages."""
        self._reader = csv.reader(stream, skipinitialspace=True)
        header = self._next_raw()
        self.columns = [column.strip() for column in header or []]
        doubled = sorted({c for c in self.columns if c and self.columns.count(c) > 1})
        if doubled:
            raise FeedError(f"{name} has the column {doubled[0]} twice; keep one of them.")
        self._place = {column: i for i, column in enumerate(self.columns)}

    def index(self, column: str, *, required: bool = False) -> int | None:
        """Return where a column stands, or None where the file lacks it.

        Raises
        ------
        FeedError
            If the column is required and lacking.
        """
        if column in self._place:
            return self._place[column]
        if required:
            raise FeedError(
                f"{self.name} has no column {column}, which GTFS requires; "
                f"it has {', '.join(self.columns) or 'none'}."
            )
        return None

    def __iter__(self) -> Iterator[Row]:
        """Give every row that is not blank, filled to the width of the header."""
        width = len(self.columns)
        while (row := self._next_raw()) is not None:
            if len(row) != width:
                if not row or row == [""]:
                    continue
                if any(cell.strip() for cell in row[width:]):
                    raise FeedError(
                        f"{self.name}, line {self.line}: {len(row)} values for {width} columns; "
                        "a comma within a value must be put in quotation marks."
                    )
                row = row[:width] + [""] * (width - len(row))
            yield row

    def _next_raw(self) -> Row | None:
        try:
            row = next(self._reader, None)
        except UnicodeDecodeError as error:
            raise FeedError(
                f"{self.name} is not UTF-8 text after line {self._reader.line_num} "
                f"({error.reason}); save it as UTF-8."
            ) from error
        except csv.Error as error:
            raise FeedError(f"{self.name}, line {self._reader.line_num}: {error}.") from error
        except _READ_ERRORS as error:
            raise FeedError(
                f"{self.name} cannot be read after line {self._reader.line_num}: {error}."
            ) from error
        self.line = self._reader.line_num
        return row

    def problem(self, what: str) -> FeedError:
        """Return an error about the row last given."""
        return FeedError(f"{self.name}, line {self.line}: {what}")


class Archive:
    """A GTFS feed on disk: a folder of ``.txt`` files or a zip of them.

    Raises
    ------
    FeedError
        If there is nothing at ``path``, or it is neither a folder nor a zip, or holds no GTFS.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._zip: zipfile.ZipFile | None = None
        if path.is_dir():
            self._members = {p.name: str(p) for p in sorted(path.iterdir()) if p.suffix == ".txt"}
        elif path.is_file():
            try:
                self._zip = zipfile.ZipFile(path)
            except _READ_ERRORS as error:
                raise FeedError(
                    f"{path} is not a zip that can be read ({error}); give a GTFS folder or zip."
                ) from error
            try:
                self._members = self._zip_members(self._zip)
            except FeedError:
                self.close()
                raise
        else:
            raise FeedError(f"{path} does not exist; give a GTFS folder or zip.")
        if not self._members:
            self.close()
            raise FeedError(f"{path} holds no .txt file; give a GTFS folder or zip.")

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the files, sorted."""
        return tuple(sorted(self._members))

    def __contains__(self, name: str) -> bool:
        """Tell whether the feed has a file."""
        return name in self._members

    @contextmanager
    def open(self, name: str) -> Iterator[Table]:
        """Open a file of the feed.

        Raises
        ------
        FeedError
            If the feed lacks the file, or it cannot be read.
        """
        if name not in self._members:
            raise FeedError(f"{self.path} has no {name}, which GTFS requires.")
        try:
            raw: IO[bytes]
            if self._zip is None:
                raw = Path(self._members[name]).open("rb")  # noqa: SIM115 (closed with the text)
            else:
                raw = self._zip.open(self._members[name])
        except _READ_ERRORS as error:
            raise FeedError(f"{name} of {self.path} cannot be read: {error}.") from error
        with io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as stream:
            yield Table(name, stream)

    def close(self) -> None:
        """Close the zip, if it is one."""
        if self._zip is not None:
            self._zip.close()

    def _zip_members(self, archive: zipfile.ZipFile) -> dict[str, str]:
        by_folder: dict[str, dict[str, str]] = {}
        for member in archive.namelist():
            at = PurePosixPath(member.replace("\\", "/"))
            if at.is_absolute() or ".." in at.parts:
                raise FeedError(
                    f"{self.path} holds {member!r}, a path that leads out of the zip; "
                    "pack the files anew, without folders."
                )
            # A Mac adds a folder of shadow files that are not text.
            if at.suffix == ".txt" and "__MACOSX" not in at.parts:
                by_folder.setdefault(str(at.parent), {})[at.name] = member
        feeds = [folder for folder, files in by_folder.items() if "stop_times.txt" in files]
        if len(feeds) > 1:
            raise FeedError(
                f"{self.path} holds {len(feeds)} GTFS feeds ({', '.join(sorted(feeds))}); "
                "unpack it and give one of the folders."
            )
        if feeds:
            return by_folder[feeds[0]]
        return by_folder.get(".") or next(iter(by_folder.values()), {})
