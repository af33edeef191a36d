"""The outlook of counted departures in words, and as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kervan.tariff.revenue.outlooks import CurvePoint, InventoryOutlook, RunOutlook

_POINTS = 8
"""Points of a curve that are shown in text; the rest stand in the JSON and the picture."""


def outlook_lines(found: InventoryOutlook) -> Iterator[str]:
    """Yield a table of the departures, and the curve of each."""
    inventory = found.inventory
    rule = inventory.rule
    yield f"Places counted on {inventory.counted_on}, for groups of {found.teu:g} TEU"
    yield f"amounts in {inventory.currency} a TEU, the cost of carrying taken off"
    yield ""
    head = (
        *("departure", "leaves", "capacity", "sold", "left", "expected"),
        *("dual price", "bid price"),
    )
    yield from _table([head, *(_row(run) for run in found.runs)], left=2)
    yield ""
    yield "The bid price over the places left"
    for run in found.runs:
        points = shown(run.curve, found.teu)
        cells = [
            ("  TEU left", *(f"{point.left_teu:g}" for point in points)),
            ("  bid price", *(f"{point.bid_price:,.2f}" for point in points)),
        ]
        yield f"{run.run.name}: {run.run.title}"
        if points:
            yield from _table(cells, left=1)
        else:
            yield f"  {run.left_teu:g} TEU left, too few for {found.teu:g}"
    yield ""
    raises = f"raises by at most {_number(rule.most_raise_percent)} %"
    backhaul = "no backhaul discount"
    if rule.backhaul is not None:
        backhaul = (
            f"a backhaul discount of up to {_number(rule.backhaul.most_percent)} % below a load "
            f"of {_number(100 * rule.backhaul.below_load)} %"
        )
    yield (
        f"Rule {rule.rule_id}: follows {_number(100 * rule.follow)} % of the gap, {raises}, "
        f"{backhaul}."
    )
    yield (
        f"No way of selling brings more than {inventory.currency} {found.bound:,.0f} on average "
        "from these places, the cost of carrying taken off."
    )


def shown(curve: Sequence[CurvePoint], teu: float) -> tuple[CurvePoint, ...]:
    """Return a few points of a curve, the ends among them, closer where places are few.

    Between the ends only whole groups are shown: a place that completes none is worth nothing.
    """
    curve = [point for point in curve if point is curve[-1] or not point.left_teu % teu]
    if len(curve) <= _POINTS:
        return tuple(curve)
    last = len(curve) - 1
    at = sorted({round(last * (k / (_POINTS - 1)) ** 2) for k in range(_POINTS)})
    return tuple(curve[k] for k in at)


def outlook_content(found: InventoryOutlook) -> dict[str, Any]:
    """Return the outlook as ``kervan tariff capacity --json`` prints it."""
    inventory = found.inventory
    return {
        "counted_on": inventory.counted_on.isoformat(),
        "currency": inventory.currency,
        "teu": found.teu,
        "rule_id": inventory.rule.rule_id,
        "bound": round(found.bound, 6),
        "departures": [
            {
                "name": run.run.name,
                "title": run.run.title,
                "service_id": run.run.service_id,
                "from_place_id": run.run.from_place_id,
                "to_place_id": run.run.to_place_id,
                "first_day": run.run.first_day.isoformat(),
                "last_day": run.run.last_day.isoformat(),
                "capacity_teu": float(run.run.capacity_teu),
                "sold_teu": float(run.run.sold_teu),
                "left_teu": run.left_teu,
                "carrying_cost_per_teu": float(run.run.carrying_cost_per_teu),
                "expected_load": run.expected_load,
                "dual_price": round(run.dual_price, 6),
                "bid_price": None if run.bid_price is None else round(run.bid_price, 6),
                "curve": [
                    {"left_teu": point.left_teu, "bid_price": round(point.bid_price, 6)}
                    for point in run.curve
                ],
            }
            for run in found.runs
        ],
    }


def _row(found: RunOutlook) -> tuple[str, ...]:
    run = found.run
    leaves = f"{run.first_day}"
    if run.hour is not None:
        leaves = f"{run.hour:%Y-%m-%d %H:%M}"
    elif run.last_day != run.first_day:
        leaves += f" to {run.last_day}"
    return (
        run.name,
        leaves,
        f"{float(run.capacity_teu):,g}",
        f"{float(run.sold_teu):,g}",
        f"{found.left_teu:,g}",
        f"{100 * found.expected_load:.0f} %",
        f"{found.dual_price:,.2f}",
        "too full" if found.bid_price is None else f"{found.bid_price:,.2f}",
    )


def _table(rows: Sequence[Sequence[str]], left: int) -> Iterator[str]:
    """Yield rows in columns, the first ``left`` of them flush left."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            text.ljust(width) if k < left else text.rjust(width)
            for k, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()


def _number(value: Any) -> str:
    return f"{value.normalize():f}"
