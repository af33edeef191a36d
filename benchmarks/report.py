"""What a benchmark hands back, and how a time is taken."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Goal:
    """One claim, and whether this run bears it out."""

    claim: str
    found: str
    met: bool


@dataclass
class Report:
    """The outcome of one script."""

    title: str
    goals: list[Goal] = field(default_factory=list)
    header: tuple[str, ...] = ()
    rows: list[tuple[str, ...]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def markdown(self) -> str:
        """Return the report as a section of RESULTS.md."""
        lines = [f"## {self.title}", ""]
        lines += [
            f"- **{'met' if goal.met else 'missed'}**: {goal.claim}. Found: {goal.found}."
            for goal in self.goals
        ]
        if self.rows:
            lines += ["", "| " + " | ".join(self.header) + " |"]
            lines += ["|" + "---|" * len(self.header)]
            lines += ["| " + " | ".join(row) + " |" for row in self.rows]
        if self.notes:
            lines += ["", *(f"- {note}" for note in self.notes)]
        return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Timed:
    """Answers to some questions, and the seconds each took."""

    answers: list[Any]
    seconds: list[float]

    @property
    def median(self) -> float:
        """Median seconds a question."""
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        """95th percentile of the same."""
        return sorted(self.seconds)[int(0.95 * (len(self.seconds) - 1))]


def timed(answer: Callable[..., Any], questions: Sequence[tuple[Any, ...]]) -> Timed:
    """Answer questions one by one and take the time of each, the collector held back.

    The first question is answered once before, untimed, so that nothing is measured that happens
    only once in a process.
    """
    answer(*questions[0])
    answers, seconds = [], []
    gc.collect()
    gc.disable()
    try:
        for question in questions:
            began = time.perf_counter()
            found = answer(*question)
            seconds.append(time.perf_counter() - began)
            answers.append(found)
    finally:
        gc.enable()
    return Timed(answers, seconds)


def micros(seconds: float) -> str:
    """Write a time in microseconds, or in milliseconds where it is long."""
    return f"{seconds * 1e6:,.0f} µs" if seconds < 0.01 else f"{seconds * 1e3:,.0f} ms"


def times(ratio: float) -> str:
    """Write a ratio with two or three figures that count."""
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:,.0f}"
