"""The page on NCTS says what the code and the samples say."""

from __future__ import annotations

from tests.docs.ncts_page import PAGE, page


def test_the_tables_of_the_page_are_those_of_the_code() -> None:
    assert PAGE.read_text("utf-8") == page(), "run python -m tests.docs.ncts_page"
