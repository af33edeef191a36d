"""Published code lists, each with its edition and its source.

``codes/lists.csv`` beside this module registers every list; each is read when first asked for and
kept. A list that Kervan ships only in part says so (`CodeList.is_complete`), and a code that is
absent from it may be a good one; whoever holds the full edition reads it with `read_code_list`.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

from kervan.errors import KervanError

CODES = Path(__file__).with_name("codes")
"""Where the shipped lists lie."""

_OWN_FIELDS = ("code", "name", "description", "begins", "ends")
_NO_MORE: Mapping[str, str] = MappingProxyType({})


class CodeListError(KervanError):
    """There is no code list of that name, or a file is not one."""


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a list.

    Attributes
    ----------
    code
        The code as it is written in documents.
    name
        What it means, in English; empty where only the code itself may be or could be shipped.
    begins, ends
        First and last day it is valid, both included; None is unlimited.
    more
        The list's further columns by name, as text.
    """

    code: str
    name: str
    begins: date | None = None
    ends: date | None = None
    # A view of a dictionary has no hash; two codes of one list differ in their code.
    more: Mapping[str, str] = field(default_factory=lambda: _NO_MORE, hash=False)

    def is_valid_on(self, day: date) -> bool:
        """Return whether the code may be used on a day."""
        return (self.begins is None or self.begins <= day) and (
            self.ends is None or day <= self.ends
        )


@dataclass(frozen=True, slots=True)
class CodeListSource:
    """Where a list comes from: one row of ``lists.csv``.

    Attributes
    ----------
    list_id
        The name by which `code_list` knows it.
    file
        Its file, relative to the folder of ``lists.csv``.
    title, version
        What the publisher calls it, and which edition it is.
    published, retrieved
        Days, as ISO text; ``published`` may be a year or a month where no day is stated.
    source, licence
        Who publishes it, through what it came here, and under which terms.
    rows
        Number of codes.
    is_complete
        Whether the whole edition is here. Where not, an absent code may be a good one.
    note
        What is left out and why, and how the list was checked.
    """

    list_id: str
    file: str
    title: str
    version: str
    published: str
    retrieved: str
    source: str
    licence: str
    rows: int
    is_complete: bool
    note: str


class CodeList(Mapping[str, Code]):
    """A code list: a mapping, not to be changed, of `Code` by code."""

    __slots__ = ("_codes", "source")

    source: CodeListSource

    def __init__(self, source: CodeListSource, codes: Mapping[str, Code]) -> None:
        self.source = source
        self._codes = dict(codes)

    def __getitem__(self, code: str) -> Code:
        return self._codes[code]

    def __contains__(self, code: object) -> bool:
        return code in self._codes

    def __iter__(self) -> Iterator[str]:
        return iter(self._codes)

    def __len__(self) -> int:
        return len(self._codes)

    def __repr__(self) -> str:
        return f"<code list {self.list_id!r}, {self.version}, {len(self)} codes>"

    @property
    def list_id(self) -> str:
        """The name by which `code_list` knows it."""
        return self.source.list_id

    @property
    def version(self) -> str:
        """The edition."""
        return self.source.version

    @property
    def is_complete(self) -> bool:
        """Whether the whole edition is here; where not, an absent code may be a good one."""
        return self.source.is_complete

    def name(self, code: str) -> str:
        """Return what a code means, nothing where it is not in the list."""
        found = self._codes.get(code)
        return "" if found is None else found.name

    def is_valid_on(self, code: str, day: date) -> bool:
        """Return whether a code is in the list and may be used on a day."""
        found = self._codes.get(code)
        return found is not None and found.is_valid_on(day)

    def nearest(self, text: str, limit: int = 3) -> tuple[Code, ...]:
        """Return the codes most like a word, by code or by name, the nearest first.

        Meant for messages on a code that is not in the list; it looks through the whole list.
        """
        # Imported here because sound data never asks.
        from rapidfuzz import fuzz, process

        wanted = text.strip()
        score: dict[str, float] = {}
        for terms, scorer in (
            ({code: code for code in self._codes}, fuzz.ratio),
            ({code: entry.name for code, entry in self._codes.items() if entry.name}, fuzz.WRatio),
        ):
            found = process.extract(
                wanted, terms, scorer=scorer, processor=str.casefold, limit=limit, score_cutoff=60
            )
            for _, likeness, code in found:
                score[code] = max(likeness, score.get(code, 0.0))
        ranked = sorted(score, key=lambda code: (-score[code], code))
        return tuple(self._codes[code] for code in ranked[:limit])


def code_list(list_id: str) -> CodeList:
    """Return a shipped code list, read when first asked for and kept.

    Parameters
    ----------
    list_id
        Its name, such as ``"hs"`` or ``"packages"``; `code_list_sources` has them all.

    Raises
    ------
    CodeListError
        If no list is shipped under that name.
    """
    try:
        return _shipped(list_id)
    except KeyError:
        from kervan.feed.nearest import did_you_mean

        mending = did_you_mean(
            list_id, code_list_sources(), "docs/reference/codes.md has them all."
        )
        raise CodeListError(f"There is no code list '{list_id}'. {mending}") from None


@lru_cache(maxsize=1)
def code_list_sources() -> Mapping[str, CodeListSource]:
    """Return where each shipped list comes from, by list id, as ``lists.csv`` has them."""
    return MappingProxyType(
        {
            row["list_id"]: CodeListSource(
                **{key: row[key] for key in row if key not in ("rows", "complete")},
                rows=int(row["rows"]),
                is_complete=row["complete"] == "yes",
            )
            for row in _rows(CODES / "lists.csv")
        }
    )


def read_code_list(path: Path, source: CodeListSource) -> CodeList:
    """Read a code list from a CSV file, such as an edition Kervan may not ship.

    The file has the columns ``code`` and ``name`` (or ``description``), perhaps ``begins`` and
    ``ends`` (ISO days), and any others, which `Code.more` keeps. A file that ends in ``.gz`` is
    unpacked.

    Raises
    ------
    CodeListError
        If the file cannot be read, has no column ``code``, or has a code twice or none in a row.
    """
    try:
        rows = _rows(path)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CodeListError(
            f"The code list {path.name} cannot be read ({error}). Expected a CSV file in UTF-8."
        ) from error
    if not rows or "code" not in rows[0]:
        raise CodeListError(
            f"The code list {path.name} has no column 'code' or no rows. Expected the columns "
            "code, name and perhaps begins and ends, with one code a row."
        )
    codes: dict[str, Code] = {}
    for number, row in enumerate(rows, start=2):
        code = row["code"]
        if not code or code in codes:
            raise CodeListError(
                f"Line {number} of the code list {path.name} has "
                f"{f'the code {code!r} a second time' if code else 'no code'}. "
                "Expected each code once; mend or remove the line."
            )
        more = {key: value for key, value in row.items() if key not in _OWN_FIELDS}
        try:
            codes[code] = Code(
                code,
                row.get("name") or row.get("description", ""),
                _day(row.get("begins", "")),
                _day(row.get("ends", "")),
                MappingProxyType(more) if more else _NO_MORE,
            )
        except ValueError as error:
            raise CodeListError(
                f"Line {number} of the code list {path.name}: {error}. "
                "Expected begins and ends as days such as 2026-12-01, or empty."
            ) from error
    return CodeList(source, codes)


@cache
def _shipped(list_id: str) -> CodeList:
    source = code_list_sources()[list_id]
    return read_code_list(CODES / source.file, source)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _rows(path: Path) -> list[dict[str, str]]:
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), restval="")
    return [{key: value for key, value in row.items() if key is not None} for row in reader]
