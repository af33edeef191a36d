"""One CSV file of a feed as rows of text, whatever was done to the file on its way here."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import BinaryIO

from kervan.feed.problems import Findings

LONGEST_LINE = 4 * 2**20
"""Bytes in a line before the file is taken for something else than a table."""

_BLOCK = 2**20


class CsvTable:
    """A table in a CSV file.

    Parameters
    ----------
    name
        Table it holds.
    label
        Name of the file, for messages.
    open_binary
        Opens the file from its beginning; called twice, once to look and once to read.
    size
        Bytes in the file.
    """

    def __init__(
        self, name: str, label: str, open_binary: Callable[[], BinaryIO], size: int
    ) -> None:
        self.name = name
        self.label = label
        self.size = size
        self._open = open_binary
        self._reading: BinaryIO | None = None

    def position(self) -> int:
        """Return how many bytes have been read."""
        return self._reading.tell() if self._reading is not None else 0

    def records(self, findings: Findings) -> Iterator[tuple[int, list[str]]]:
        """Yield the line number and the cells of every row that is not blank, header first.

        What is wrong with the file as such is added to the findings, and what can be read of it
        is read all the same, so that everything can be mended at once.
        """
        encoding = self._encoding(findings)
        if encoding is None:
            return
        with self._open() as binary:
            self._reading = binary
            text = io.TextIOWrapper(binary, encoding=encoding, errors="replace", newline="")
            first = text.readline()
            delimiter = self._delimiter(first, findings)
            reader = csv.reader(_after(first, text), delimiter=delimiter, strict=True)
            line = 0
            try:
                for cells in reader:
                    # A quoted cell may hold line breaks: the row stands where it begins.
                    start, line = line + 1, reader.line_num
                    if any(cells):
                        yield start, cells
            except csv.Error:
                findings.add(
                    "quotation-marks",
                    f"From row {line + 1} on {self.label} cannot be cut into cells: a quotation "
                    "mark is opened and not closed, or text stands beside one.",
                    'Put cells that hold commas or line breaks in "…", double every quotation '
                    "mark inside them, and check again: the rows after it were not read.",
                    table=self.name,
                    row=line + 1,
                )
            finally:
                self._reading = None

    def _encoding(self, findings: Findings) -> str | None:
        """Return the encoding to read the file with, None where it is no table at all."""
        decoder = codecs.getincrementaldecoder("utf-8")()
        lines, since_break, head = 1, 0, b""
        with self._open() as binary:
            while block := binary.read(_BLOCK):
                if not head:
                    head = block
                    if wide := _sixteen_bits(head):
                        self._not_utf8(findings, None, "UTF-16")
                        return wide
                longest, since_break = _line_lengths(block, since_break)
                if longest > LONGEST_LINE:
                    findings.add(
                        "not-a-table",
                        f"{self.label} has a line of more than {LONGEST_LINE >> 20} MiB, so it is "
                        "no table.",
                        "Save the table as comma-separated text in UTF-8.",
                        table=self.name,
                    )
                    return None
                try:
                    decoder.decode(block)
                except UnicodeDecodeError as error:
                    encoding, name = _guess(error.object[max(0, error.start - 4096) :][:8192])
                    line = lines + error.object[: error.start].count(b"\n")
                    self._not_utf8(findings, line, name)
                    return encoding
                lines += block.count(b"\n")
            try:
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                self._not_utf8(findings, lines, "cut off in the middle of a letter")
        return "utf-8-sig"

    def _not_utf8(self, findings: Findings, line: int | None, looks_like: str) -> None:
        findings.add(
            "encoding",
            f"{self.label} is not in UTF-8; it looks like {looks_like}.",
            "Save it as 'CSV UTF-8 (comma delimited)'.",
            table=self.name,
            row=line,
        )

    def _delimiter(self, header: str, findings: Findings) -> str:
        for delimiter, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            if "," not in header and delimiter in header:
                findings.add(
                    "delimiter",
                    f"{self.label} is separated by {name}, not by commas.",
                    "Save it with commas; a spreadsheet set to a country with decimal commas "
                    "needs 'CSV UTF-8' with the list separator set to a comma.",
                    table=self.name,
                    row=1,
                )
                return delimiter
        return ","


def _after(first: str, rest: io.TextIOWrapper) -> Iterator[str]:
    yield first
    yield from rest


def _line_lengths(block: bytes, carried: int) -> tuple[int, int]:
    """Return the longest line that touches a block, and how much of the last is still open."""
    first = _first_break(block)
    if first < 0:
        return carried + len(block), carried + len(block)
    last = max(block.rfind(b"\n"), block.rfind(b"\r"))
    # No line inside a block is longer than the block, which is shorter than what is allowed.
    return carried + first, len(block) - last - 1


def _first_break(block: bytes) -> int:
    found = [at for at in (block.find(b"\n"), block.find(b"\r")) if at >= 0]
    return min(found, default=-1)


def _sixteen_bits(head: bytes) -> str | None:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = head[:512]
    if len(sample) >= 4 and sample[1::2].count(0) > len(sample) // 3:
        return "utf-16-le"
    if len(sample) >= 4 and sample[0::2].count(0) > len(sample) // 3:
        return "utf-16-be"
    return None


def _guess(sample: bytes) -> tuple[str, str]:
    high = [byte for byte in sample if byte >= 0x80]
    pairs = sum(1 for a, b in pairwise(sample) if a >= 0x80 and b >= 0x80)
    # Cyrillic words are made of high bytes throughout, Turkish and French ones have one here and
    # there.
    if pairs * 2 >= len(high):
        return "cp1251", "Windows-1251 (Cyrillic)"
    return "cp1252", "Windows-1252 or 1254 (Western European or Turkish)"
