"""Every parser of files from outside, fed by a fuzzer that follows which branches a file takes.

Usage: ``python -m tests.fuzz.parsers PARSER [--runs N] [--seconds N] [--corpus DIR]``

It begins with the files of the corpus and with a sound document, and ends with a traceback where a
file does what none may: raise anything but :class:`kervan.errors.KervanError`, or take longer than
ten seconds. What is found goes into the corpus of the parser, so that the tests try it ever after.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

CORPUS = Path(__file__).parents[1] / "documents" / "corpus"
SLOWEST_SECONDS = 10
MOST_BYTES = 20_000


Parser = Callable[[bytes], object]


# Parsers are imported when asked for: the fuzzer sees only what is imported under its eyes.
def _format(kind: str) -> Parser:
    from kervan.documents.formats import document_format

    reader = document_format(kind).read
    assert reader is not None
    return reader


def _any(_: str) -> Parser:
    from kervan.documents.formats import read_document

    return read_document


def _xml(_: str) -> Parser:
    from kervan.documents.safe_xml import parse_xml

    return parse_xml


def _consignment(_: str) -> Parser:
    from kervan.cargo.reading import read

    return read


def _history(_: str) -> Parser:
    from kervan.cargo.history import read_history

    return read_history


def _gate(_: str) -> Parser:
    from kervan.documents.efti import gate
    from kervan.errors import KervanError

    readers: tuple[Parser, ...] = (
        gate.read_identifier_query,
        gate.read_uil_query,
        gate.read_follow_up,
    )

    def read(data: bytes) -> object:
        for reader in readers:
            with contextlib.suppress(KervanError):
                return reader(data)
        return gate.read_identifier_response(data)

    return read


PARSERS: dict[str, tuple[Callable[[str], Parser], str, str | None]] = {
    "any": (_any, "json", "data-set"),
    "xml": (_xml, "xml", "ncts-cc015c"),
    "consignment": (_consignment, "json", "data-set"),
    "history": (_history, "json", None),
    "ncts-cc015c": (_format, "ncts", "ncts-cc015c"),
    "efti-common": (_format, "efti", "efti-common"),
    "efti-identifiers": (_format, "efti", "efti-identifiers"),
    "efti-gate": (_gate, "efti", None),
    "etir-advance": (_format, "etir", None),
    "smgs-xml": (_format, "xml", "smgs-xml"),
    "smgs-json": (_format, "json", "smgs-json"),
    "iftmin": (_format, "edifact", "iftmin"),
    "iftsta": (_format, "edifact", "iftsta"),
    "coprar": (_format, "edifact", "coprar"),
    "codeco": (_format, "edifact", "codeco"),
    "manifest": (_format, "lists", "manifest"),
    "packing-list": (_format, "paper", "packing-list"),
}
"""How each parser is had, its corpus, and the kind of a sound document to begin with."""


def parser_of(name: str) -> Parser:
    """Return a parser."""
    return PARSERS[name][0](name)


def main(arguments: list[str]) -> None:
    """Fuzz one parser."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("parser", choices=PARSERS)
    words.add_argument("--runs", type=int, default=-1, help="files to try; no end unless given")
    words.add_argument("--seconds", type=int, default=0, help="no end unless given")
    words.add_argument("--corpus", type=Path, help="where new files that reach further are kept")
    asked = words.parse_args(arguments)

    import atheris

    with atheris.instrument_imports(include=["kervan"]):
        parse = parser_of(asked.parser)
    from kervan.cargo import example_consignment
    from kervan.documents.formats import document_format
    from kervan.errors import KervanError

    _, corpus, sound = PARSERS[asked.parser]

    def one(data: bytes) -> None:
        with contextlib.suppress(KervanError):
            parse(data)

    with tempfile.TemporaryDirectory() as folder:
        kept = asked.corpus or Path(folder) / "kept"
        kept.mkdir(parents=True, exist_ok=True)
        seeds = Path(folder) / "seeds"
        seeds.mkdir()
        for file in sorted((CORPUS / corpus).rglob("*")):
            if file.is_file() and file.stat().st_size <= MOST_BYTES:
                (seeds / file.name).write_bytes(file.read_bytes())
        if sound is not None:
            (seeds / "sound").write_bytes(document_format(sound).render(example_consignment()))
        atheris.Setup(
            [
                sys.argv[0],
                str(kept),
                str(seeds),
                f"-runs={asked.runs}",
                f"-max_total_time={asked.seconds}",
                f"-timeout={SLOWEST_SECONDS}",
                f"-max_len={4 * MOST_BYTES}",
                "-rss_limit_mb=2048",
                "-seed=1",
                "-print_final_stats=1",
                f"-artifact_prefix={folder}/",
            ],
            one,
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
