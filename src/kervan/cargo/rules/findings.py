"""What the rules of one depth have found so far."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from kervan.cargo.problems import Depth, Problem, Severity, Step, json_path


class Fault(NamedTuple):
    """What is wrong with a value, wherever it stands."""

    rule: str
    message: str
    mending: str
    severity: Severity = "error"


class Findings:
    """Problems of one depth, and how the path of an element is written."""

    __slots__ = ("_path", "depth", "problems")

    def __init__(self, depth: Depth, path: Callable[..., str] = json_path) -> None:
        self.depth: Depth = depth
        self.problems: list[Problem] = []
        self._path = path

    def add(self, steps: tuple[Step, ...], fault: Fault) -> None:
        """Note a fault of the value at some steps."""
        rule = f"{self.depth}.{fault.rule}"
        self.problems.append(
            Problem(
                self.depth,
                rule,
                self._path(*steps),
                fault.message,
                fault.mending,
                fault.severity,
            )
        )

    def error(self, rule: str, steps: tuple[Step, ...], message: str, mending: str) -> None:
        """Note what will be refused somewhere on the way."""
        self.add(steps, Fault(rule, message, mending))

    def warning(self, rule: str, steps: tuple[Step, ...], message: str, mending: str) -> None:
        """Note what may be right and should be looked at."""
        self.add(steps, Fault(rule, message, mending, "warning"))

    def add_as(
        self, severity: Severity, rule: str, steps: tuple[Step, ...], message: str, mending: str
    ) -> None:
        """Note something of a severity that is known only here."""
        self.add(steps, Fault(rule, message, mending, severity))
