"""What is wrong with a consignment: where, by which rule, and how to mend it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Depth = Literal["form", "sense", "law"]
Severity = Literal["error", "warning"]

Step = str | int


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a consignment.

    Attributes
    ----------
    depth
        ``form``, ``sense`` or ``law`` of the way.
    rule
        Key of the rule, such as ``form.check-digit``.
    path
        JSON path of the element: ``$.equipment[1].number``.
    message
        What is wrong, with the value, and what was expected.
    mending
        What to do about it.
    severity
        An ``error`` will be refused somewhere on the way; a ``warning`` may be right and should be
        looked at.
    """

    depth: Depth
    rule: str
    path: str
    message: str
    mending: str
    severity: Severity = "error"

    def __str__(self) -> str:
        """The problem as a sentence or two."""
        return f"{self.path}: {self.message} {self.mending}"


_STEP = re.compile(r"\[(\d+)\]|\.([^.\[\]]+)")


def steps_of(path: str) -> tuple[Step, ...]:
    """Return the names and positions of a path that `json_path` wrote."""
    return tuple(int(m[1]) if m[1] else m[2] for m in _STEP.finditer(path))


def json_path(*steps: Step) -> str:
    """Return the JSON path of these names and positions (from 0): ``$.equipment[1].number``."""
    return "$" + "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in steps)
