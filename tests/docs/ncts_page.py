"""The tables of docs/reference/documents/ncts.md, made from the code and the samples.

Usage: ``python -m tests.docs.ncts_page`` writes them anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from kervan.documents.format import DocumentError
from kervan.documents.ncts import rendering, replies
from kervan.documents.ncts.authorities import running_versions
from kervan.documents.ncts.elements import DERIVED, ELEMENTS
from kervan.documents.ncts.life import STEPS, WORDS
from kervan.documents.ncts.reading import parsed, read_message
from kervan.documents.ncts.schema import RELEASES, TITLES
from tests.docs.pages import ROOT

PAGE = ROOT / "docs/reference/documents/ncts.md"
SAMPLES = ROOT / "tests/documents/samples/ncts"

WRITTEN = {
    "CC015C": rendering.render_declaration,
    "CC013C": rendering.render_amendment,
    "CC014C": rendering.render_invalidation,
    "CC007C": rendering.render_arrival,
    "CC028C": replies.render_mrn_allocated,
    "CC029C": replies.render_release,
    "CC025C": replies.render_goods_release,
    "CC045C": replies.render_write_off,
    "CC004C": replies.render_amendment_acceptance,
    "CC009C": replies.render_invalidation_decision,
    "CC056C": replies.render_rejection,
}


def page() -> str:
    """Return the page with its tables as they should be."""
    text = PAGE.read_text("utf-8")
    for name, make in TABLES.items():
        table = "\n".join(make())
        text, count = re.subn(
            rf"(<!-- {name} -->\n).*?(<!-- end -->)",
            lambda found, table=table: f"{found[1]}{table}\n{found[2]}",
            text,
            flags=re.DOTALL,
        )
        assert count == 1, name
    return text


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _authorities() -> Iterator[str]:
    yield "| country | version | from | known | source |"
    yield "|---|---|---|---|---|"
    for row in running_versions():
        country = "every party" if row.country == "*" else row.country
        known = "yes" if row.confirmed else "no"
        yield _row(country, row.version, row.since.isoformat(), known, row.source)


def _messages() -> Iterator[str]:
    yield "| message | is | written by | comes in the life of a movement when it is |"
    yield "|---|---|---|---|"
    for kind, title in TITLES.items():
        function = WRITTEN.get(kind)
        by = f"`{function.__name__}`" if function else "read alone"
        step = STEPS.get(kind)
        when = ", ".join(WORDS[s] for s in WORDS if step and s in step.after)
        yield _row(f"`{kind}`", title, by, when or ("first" if kind == "CC015C" else "—"))


def _elements() -> Iterator[str]:
    yield "| element of the message | element of the consignment |"
    yield "|---|---|"
    for path, name in ELEMENTS.items():
        yield _row(f"`{path}`", f"`{name.replace('[]', '')}`")


def _derived() -> Iterator[str]:
    yield "| element of the message | is |"
    yield "|---|---|"
    for path, words in DERIVED.items():
        yield _row(f"`{path}`", words)


def _samples() -> Iterator[str]:
    yield "| sample | becomes |"
    yield "|---|---|"
    for file in sorted(SAMPLES.glob("*.[jx]*")):
        yield _row(f"`{file.name}`", said_of(file))


def said_of(file: Path) -> str:
    """Return what a sample is read as, or why it is refused."""
    data = file.read_bytes()
    try:
        found = read_message(data)
    except DocumentError as refusal:
        reason = str(refusal).partition(f"by that of {RELEASES['60.4']}: ")[2] or str(refusal)
        return "refused: " + reason.removesuffix(" Ask its sender to mend it.").replace("\n", " ")
    root, _ = parsed(data)
    leaves = sum(1 for element in root.iter() if not len(element))
    left = len(found.left_over)
    return f"{found.kind} {found.version}: {leaves - left} values read, {left} left over"


TABLES: dict[str, Callable[[], Iterator[str]]] = {
    "authorities": _authorities,
    "messages": _messages,
    "elements": _elements,
    "derived": _derived,
    "samples": _samples,
}

if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
