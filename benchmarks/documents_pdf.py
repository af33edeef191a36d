"""Papers a second and core, against the same papers with nothing kept from one to the next.

Kervan reads its fonts once, gives the letters of the forms the same codes in every file, so that a
form's strokes and words are worked out once, and does not choose the mask of a QR code. The naive
way draws the same papers and does all of it anew for each: fonts, forms, every mask tried. The text
of both, as another library extracts it, must be the same.
"""

from __future__ import annotations

import importlib
import io
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from unittest.mock import patch

import pypdf

from benchmarks.report import Goal, Report, times
from kervan.cargo import example_consignment
from kervan.cargo.consignment import Consignment
from kervan.documents.dangerous_goods import DANGEROUS_GOODS
from kervan.documents.format import Format
from kervan.documents.packing_list import PACKING_LIST
from kervan.documents.paper import proof
from kervan.documents.paper.fonts import ready
from kervan.documents.signing import generate_key
from kervan.documents.smgs.common_note import CIM_SMGS
from kervan.documents.smgs.note import SMGS

GOAL_PER_SECOND = 20.0
PAPERS = (SMGS, CIM_SMGS, DANGEROUS_GOODS, PACKING_LIST)
MODULES = (
    "kervan.documents.paper.drawing",
    "kervan.documents.paper.fonts",
    "kervan.documents.paper.form",
    "kervan.tariff.settlement.pdf",
)


def main(*, rounds: int = 60, naive_rounds: int = 8) -> Report:
    report = Report(
        "Papers as PDF",
        header=(
            "paper",
            "pages",
            "KB",
            "a second and core",
            "median, ms",
            "nothing kept, ms",
            "times",
            "text",
        ),
    )
    key = generate_key()
    consignments = [_numbered(number) for number in range(rounds)]
    rates: list[float] = []
    for paper in PAPERS:
        ready()
        paper.render(consignments[0], key=key)
        seconds, files = _timed(paper, consignments, key)
        slow, naive_files = [], []
        for consignment in consignments[:naive_rounds]:
            with _nothing_kept():
                one, (file,) = _timed(paper, [consignment], key)
            slow += one
            naive_files.append(file)
        equal = sum(
            _text(ours) == _text(theirs) for ours, theirs in zip(files, naive_files, strict=False)
        )
        rate = len(seconds) / sum(seconds)
        rates.append(rate)
        report.rows.append(
            (
                paper.title,
                str(len(pypdf.PdfReader(io.BytesIO(files[0])).pages)),
                f"{len(files[0]) / 1024:.0f}",
                f"{rate:.0f}",
                f"{statistics.median(seconds) * 1e3:.0f}",
                f"{statistics.median(slow) * 1e3:.0f}",
                times(statistics.median(slow) / statistics.median(seconds)),
                f"{equal} of {len(naive_files)} equal",
            )
        )
        report.goals.append(
            Goal(
                f"{paper.title}: at least {GOAL_PER_SECOND:.0f} a second and core",
                f"{rate:.0f}",
                rate >= GOAL_PER_SECOND and equal == len(naive_files),
            )
        )
    report.notes += [
        "The example consignment from Xi'an to Istanbul, five goods items in two containers, each "
        "time under another reference; signed, with the QR code and the data attached.",
        "Seconds are those of one core (processor time of the process), so that what else the "
        "machine was doing weighs less.",
        "The naive way runs the same code, its caches emptied before each paper: fonts read and "
        "parsed, letters coded, captions broken into lines, eight masks of the QR code weighed.",
    ]
    return report


def _numbered(number: int) -> Consignment:
    return example_consignment().model_copy(update={"reference": f"EX-2026-{number:06d}"})


def _timed(
    paper: Format, consignments: Sequence[Consignment], key: object
) -> tuple[list[float], list[bytes]]:
    seconds, files = [], []
    for consignment in consignments:
        began = time.process_time()
        files.append(paper.render(consignment, key=key))
        seconds.append(time.process_time() - began)
    return seconds, files


@contextmanager
def _nothing_kept() -> Iterator[None]:
    for name in MODULES:
        for found in vars(importlib.import_module(name)).values():
            if callable(getattr(found, "cache_clear", None)):
                found.cache_clear()
    with patch.object(proof, "_MASK", None):
        yield


def _text(data: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]


if __name__ == "__main__":
    print(main().markdown())
