"""What the rules of one depth have found so far."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from kervan.cargo.problems import Depth, Problem, Severity, Step, json_path

MOST_PROBLEMS = 10_000
"""Problems of one depth that are listed; a file made to have more must not fill the memory."""


class Fault(NamedTuple):
    """What is wrong with a value, wherever it stands."""

    rule: str
    message: str
    mending: str
    severity: Severity = "error"


class Findings:
    """Problems of one depth, and how the path of an element is written."""

    __slots__ = ("_path", "depth", "problems", "unlisted")

    def __init__(self, depth: Depth, path: Callable[..., str] = json_path) -> None:
        self.depth: Depth = depth
        self.problems: list[Problem] = []
        self.unlisted = 0
        self._path = path

    def add(self, steps: tuple[Step, ...], fault: Fault) -> None:
        """Note a fault of the value at some steps; beyond `MOST_PROBLEMS` it is only counted."""
        if self.is_full:
            self.unlisted += 1
            return
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

    @property
    def is_full(self) -> bool:
        """Whether further faults are no longer listed."""
        return len(self.problems) >= MOST_PROBLEMS

    def all(self) -> list[Problem]:
        """Return the problems listed, and last how many are not."""
        if not self.unlisted:
            return self.problems
        return [
            *self.problems,
            Problem(
                self.depth,
                f"{self.depth}.too-many",
                json_path(),
                f"There are more than {MOST_PROBLEMS:,} problems; at least {self.unlisted:,} are "
                "not listed.",
                "Mend those listed and check again.",
            ),
        ]

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
