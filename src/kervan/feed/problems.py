"""What is wrong with a feed: one problem a fault, gathered without end to the counting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from kervan.errors import FeedError

Severity = Literal["error", "warning"]

LISTED_AT_MOST = 20
"""Problems of one rule in one column that are listed; the rest are counted."""

_VALUE_AT_MOST = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a feed.

    Attributes
    ----------
    table
        Table it is in; empty for the feed as a whole.
    row
        Line of the file or sheet, the header being line 1; None where no row is meant.
    column
        Column it is in, None where no single column is to blame.
    value
        What stands in the cell, shortened.
    rule
        Short name of the rule that is broken, stable between versions.
    message
        What is wrong and what was expected, as a sentence.
    mending
        What to do about it, as a sentence.
    severity
        An ``error`` keeps the feed from being read; a ``warning`` does not.
    """

    table: str
    row: int | None
    column: str | None
    value: str | None
    rule: str
    message: str
    mending: str
    severity: Severity = "error"

    def __str__(self) -> str:
        where = self.table or "feed"
        if self.row is not None:
            where += f", row {self.row}"
        if self.column is not None:
            where += f", {self.column}"
        return f"{where}: {self.message} {self.mending}"


@dataclass(frozen=True, slots=True)
class Repeated:
    """How often one rule was broken in one column, where not every time is listed."""

    table: str
    column: str | None
    rule: str
    severity: Severity
    listed: int
    total: int


@dataclass(frozen=True)
class CheckReport:
    """Everything a check found.

    Attributes
    ----------
    problems
        The problems listed, in the order of the tables, then of the rows.
    repeated
        Where more was found than is listed.
    rows
        Rows of each table that was there.
    errors, warnings
        How many of each there are, listed or not.
    """

    problems: tuple[Problem, ...]
    repeated: tuple[Repeated, ...]
    rows: Mapping[str, int]
    errors: int
    warnings: int

    @property
    def ok(self) -> bool:
        """Whether the feed can be read: there is no error."""
        return self.errors == 0


class InvalidFeedError(FeedError):
    """A feed has errors; ``report`` and ``problems`` list them all."""

    def __init__(self, label: str, report: CheckReport) -> None:
        self.report = report
        errors = [problem for problem in report.problems if problem.severity == "error"]
        self.problems: tuple[Problem, ...] = report.problems
        lines = [f"{label} has {report.errors} error{'s' if report.errors != 1 else ''}:"]
        lines += [f"  {problem}" for problem in errors[:5]]
        if report.errors > 5:
            lines.append(f"  … and {report.errors - 5} more; `kervan feed check` lists them.")
        super().__init__("\n".join(lines))


@dataclass
class Findings:
    """Problems being gathered: all are counted, the first of each kind are kept."""

    listed_at_most: int = LISTED_AT_MOST
    _kept: list[Problem] = field(default_factory=list)
    _totals: dict[tuple[str, str | None, str, Severity], int] = field(default_factory=dict)

    def add(
        self,
        rule: str,
        message: str,
        mending: str,
        *,
        table: str = "",
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
        severity: Severity = "error",
    ) -> None:
        """Count a problem, and keep it unless there are many of its kind already."""
        kind = (table, column, rule, severity)
        total = self._totals[kind] = self._totals.get(kind, 0) + 1
        if total <= self.listed_at_most:
            if value is not None and len(value) > _VALUE_AT_MOST:
                value = value[: _VALUE_AT_MOST - 1] + "…"
            self._kept.append(Problem(table, row, column, value, rule, message, mending, severity))

    def only_counts(
        self, rule: str, table: str, column: str | None, severity: Severity = "error"
    ) -> bool:
        """Return whether further problems of a kind would only be counted, so words are wasted."""
        return self._totals.get((table, column, rule, severity), 0) >= self.listed_at_most

    def count(
        self, rule: str, table: str, column: str | None, more: int, severity: Severity = "error"
    ) -> None:
        """Count problems of a kind without listing them."""
        kind = (table, column, rule, severity)
        self._totals[kind] = self._totals.get(kind, 0) + more

    def forget(self, rule: str, table: str) -> None:
        """Take back every problem of a rule in a table."""
        self._kept = [p for p in self._kept if (p.rule, p.table) != (rule, table)]
        for kind in [kind for kind in self._totals if (kind[2], kind[0]) == (rule, table)]:
            del self._totals[kind]

    def has_error_in(self, table: str) -> bool:
        """Return whether any error was found in a table."""
        return any(name == table and s == "error" for name, _, _, s in self._totals)

    def report(self, rows: Mapping[str, int], order: Sequence[str]) -> CheckReport:
        """Return what was found, in the order of tables given, then of rows."""
        rank = {table: k for k, table in enumerate(("", *order))}
        kept = sorted(self._kept, key=lambda p: (rank.get(p.table, len(rank)), p.table, p.row or 0))
        return CheckReport(
            problems=tuple(kept),
            repeated=tuple(self._repeated()),
            rows=dict(rows),
            errors=sum(n for (*_, severity), n in self._totals.items() if severity == "error"),
            warnings=sum(n for (*_, severity), n in self._totals.items() if severity == "warning"),
        )

    def _repeated(self) -> Iterator[Repeated]:
        for (table, column, rule, severity), total in self._totals.items():
            if total > self.listed_at_most:
                yield Repeated(table, column, rule, severity, self.listed_at_most, total)
