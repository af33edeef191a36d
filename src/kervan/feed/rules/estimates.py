"""Figures: durations in pairs, estimates with their basis, demand that says how much."""

from __future__ import annotations

from kervan.feed.parse import ParsedTable, Tables


def durations(tables: Tables) -> None:
    """The median and the 95th percentile come together, the median first."""
    for table in tables:
        names = [column.name for column in table.schema.columns]
        for median in names:
            if not median.endswith("_p50_hours"):
                continue
            _pairs(table, median, median.replace("_p50_", "_p95_"))


def _pairs(table: ParsedTable, median: str, tail: str) -> None:
    for line, row in table.sound(median, tail):
        p50, p95 = getattr(row, median), getattr(row, tail)
        if p50 is None and p95 is None:
            continue
        if p50 is None or p95 is None:
            given, blank = (tail, median) if p50 is None else (median, tail)
            table.problem(
                "half-a-duration",
                line,
                blank,
                None,
                f"{given} is given and {blank} is not.",
                "Give both; where the time never varies they are the same.",
            )
        elif p50 > p95:
            table.problem(
                "median-above-tail",
                line,
                tail,
                p95,
                f"{median} {p50:g} is more than {tail} {p95:g}.",
                "Exchange the two, or correct the one that is wrong.",
            )
        elif p50 == 0 and p95 > 0:
            table.problem(
                "median-of-zero",
                line,
                median,
                p50,
                f"{median} is 0 while {tail} is {p95:g}; no distribution of times is like that.",
                "Give a small median, or 0 for both.",
            )


def bases(tables: Tables) -> None:
    """An estimate says how it was made."""
    for table in tables:
        if "is_estimate" not in {column.name for column in table.schema.columns}:
            continue
        for line, row in table.sound("is_estimate", "estimate_basis"):
            if row.is_estimate and row.estimate_basis is None:
                table.problem(
                    "estimate-without-basis",
                    line,
                    "estimate_basis",
                    None,
                    "The row is an estimate and does not say how it was made.",
                    "Say it in estimate_basis: 'distance at 40 km/h', 'as at Aktau'.",
                )
            elif row.estimate_basis is not None and not row.is_estimate:
                table.warn(
                    "basis-without-estimate",
                    line,
                    "is_estimate",
                    None,
                    "estimate_basis is given, but the row is not marked as an estimate.",
                    "Set is_estimate to true, or clear estimate_basis.",
                )


def figures(tables: Tables) -> None:
    """Demand says how much, and a lower figure is the lower."""
    demand = tables["demand"]
    for line, row in demand.sound("teu", "tonnes", "value_usd"):
        if row.teu is None and row.tonnes is None and row.value_usd is None:
            demand.problem(
                "demand-without-figure",
                line,
                None,
                None,
                "None of teu, tonnes and value_usd is given.",
                "Give at least one of them, or remove the row.",
            )
    published = tables["published_figures"]
    for line, row in published.sound("low", "high"):
        if row.low > row.high:
            published.problem(
                "range-reversed",
                line,
                "high",
                row.high,
                f"high {row.high:g} is below low {row.low:g}.",
                "Exchange the two.",
            )
