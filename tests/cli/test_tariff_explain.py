"""``kervan tariff explain``: the clerk's words, the exit codes, the refusals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Run = Callable[..., Result]
AsJson = Callable[..., tuple[int, Any]]


@pytest.fixture
def quote(tmp_path: Path, run: Run) -> Path:
    path = tmp_path / "quote.json"
    asked = ("quote", "KZ-ALTYNKOL", "TRIST", "--weight", "18000", "--ready", "2026-12-01")
    path.write_text(run(*asked, "--json").stdout, "utf-8")
    return path


def test_an_offer_is_explained_and_is_the_price_quoted(quote: Path, run: Run) -> None:
    for number in ("1", "2", "3"):
        result = run("tariff", "explain", str(quote), "--number", number)
        assert result.exit_code == 0
        assert "It is the price quoted, to the cent." in result.stdout
        assert "rounded half up to 0.01" in result.stdout
    through = [
        run("tariff", "explain", str(quote), "--number", str(number)).stdout
        for number in range(1, 6)
    ]
    assert any("through, as one" in text for text in through)


def test_another_rule_of_combination_gives_another_price(quote: Path, as_json: AsJson) -> None:
    answers = [
        as_json(
            "tariff", "explain", str(quote), "--number", str(n), "--combination", "through_first"
        )
        for n in range(1, 6)
    ]
    assert {status for status, _ in answers} == {0, 1}
    assert all(answer["as_quoted"] == (status == 0) for status, answer in answers)


@pytest.mark.parametrize(
    ("content", "said"),
    [("{", "is not JSON"), ("[]", "no quote"), ('{"schema": "quote.v1"}', "no quote")],
)
def test_what_is_no_quote_is_refused_in_a_line(
    content: str, said: str, tmp_path: Path, run: Run, as_json: AsJson
) -> None:
    path = tmp_path / "quote.json"
    path.write_text(content, "utf-8")
    result = run("tariff", "explain", str(path))
    assert result.exit_code == 2
    assert said in result.stderr
    status, refusal = as_json("tariff", "explain", str(path))
    assert (status, refusal["ok"]) == (2, False)
    assert run("tariff", "explain", str(tmp_path / "none.json")).exit_code == 2
    assert run("tariff", "explain", str(path), "--known-on", "soon").exit_code == 2
