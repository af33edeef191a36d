"""Letters of other scripts that look like Latin ones, in numbers that are Latin by their standard.

``СSQU3054383`` with a Cyrillic ``С`` is another number than ``CSQU3054383`` for every computer and
the same for every eye; so it is named and refused, never mended in silence.
"""

from __future__ import annotations

from kervan.cargo.rules.scripts import latin_twin, lookalikes


def refusal(text: str) -> str | None:
    """Return why a number cannot be taken for its look-alike letters, or None where it has none."""
    said = lookalikes(text)
    if not said:
        return None
    first = "; ".join(said.split("; ")[:4])
    return (
        f"'{text[:40]}' has letters that are not Latin: {first}. If {latin_twin(text)[:40]} is "
        "meant, write it with Latin letters."
    )
