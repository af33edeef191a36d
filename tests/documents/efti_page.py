"""Writes the tables of docs/reference/documents/efti.md: what is mapped, which samples are read.

python -m tests.documents.efti_page
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from kervan.cargo.mapping import mapping
from kervan.documents.efti import common, gate, identifiers
from kervan.documents.format import DocumentError
from kervan.documents.formats import read_document

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "documents" / "efti.md"
SAMPLES = Path(__file__).with_name("samples") / "efti" / "examples"

READ_AS = {
    "consignment-common.xml": "a consignment",
    "consignment-identifiers-four-legs.xml": "a consignment",
    "consignment-identifiers-one-leg.xml": "a consignment",
    "consignment-identifiers-three-legs.xml": "a consignment",
    "consignment-identifiers-two-legs.xml": "a consignment",
    "consignment.xml": "a consignment",
    "save-identifiers.xml": "a consignment",
    "uil-response.xml": "a consignment",
    "uil-response-404.xml": "refused",
    "follow-up-request.xml": "`read_follow_up`",
    "identifier-query.xml": "`read_identifier_query`",
    "identifier-response.xml": "`read_identifier_response`",
    "uil-query.xml": "`read_uil_query`",
}
"""As what each sample is read."""


def mapped() -> str:
    """Return the table of the elements that the formats carry."""
    lines = ["| element | eFTI | number | in the identifiers |", "|---|---|---|---|"]
    for row in mapping():
        if row.element in common.CARRIES or row.element in identifiers.FORMAT.carries:
            also = "yes" if row.element in identifiers.FORMAT.carries else ""
            lines.append(f"| `{row.element}` | `{row.mmt}` | {row.efti} | {also} |")
    return "\n".join(lines)


def samples() -> str:
    """Return the table of the published samples."""
    lines = ["| sample | read as | values left over | or refused, since |", "|---|---|---|---|"]
    for path in sorted(SAMPLES.glob("*.xml")):
        read_as, left, why = READ_AS[path.name], "", ""
        if read_as.startswith("`"):
            read: Callable[[bytes], object] = getattr(gate, read_as.strip("`"))
            read(path.read_bytes())
        else:
            try:
                found = read_document(path.read_bytes())
            except DocumentError as error:
                why = str(error)
            else:
                read_as, left = f"`{found.kind}`", str(len(found.left_over))
        lines.append(f"| `{path.name}` | {read_as} | {left} | {why} |")
    return "\n".join(lines)


def page() -> str:
    """Return the page with its tables as they are now."""
    text = PAGE.read_text("utf-8")
    for name, table in (("mapped", mapped()), ("samples", samples())):
        block = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text, count = block.subn(lambda m, t=table: f"{m[1]}\n{t}\n\n{m[2]}", text)
        assert count == 1, name
    return text


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
