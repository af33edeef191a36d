"""No file makes a parser do what none may; the fuzzer looks for one that does."""

from __future__ import annotations

import contextlib
import importlib.util
import subprocess
import sys

import pytest

from kervan.errors import KervanError
from tests.fuzz.parsers import CORPUS, PARSERS, SLOWEST_SECONDS, parser_of

RUNS = 3_000


@pytest.mark.parametrize("parser", PARSERS)
def test_every_file_of_the_corpus_is_read_or_refused(parser: str) -> None:
    parse = parser_of(parser)
    for file in sorted(CORPUS.rglob("*")):
        if file.is_file():
            with contextlib.suppress(KervanError):
                parse(file.read_bytes())


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is for Linux")
@pytest.mark.parametrize("parser", PARSERS)
def test_the_fuzzer_finds_nothing(parser: str) -> None:
    found = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.parsers", parser, f"--runs={RUNS}", "--seconds=60"],
        capture_output=True,
        text=True,
        timeout=60 + 30 * SLOWEST_SECONDS,
        check=False,
    )
    assert found.returncode == 0, found.stderr[-4_000:]
