"""The curve of a proposal as a picture, drawn by matplotlib."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from kervan.errors import InvalidRequestError
from kervan.tariff.proposal.propose import Proposal, dense_curve
from kervan.tariff.proposal.wording import title

_INK, _QUIET, _GRID, _PAPER = "#1b1f24", "#5b626b", "#dde1e5", "#ffffff"
_CONTRIBUTION, _REVENUE, _VOLUME, _TODAY = "#105dd3", "#246857", "#c54e92", "#747848"
_SIZE_INCHES = (10.0, 7.5)
_DPI = 160
_MILLION = 1e6


def curve_picture(proposal: Proposal, names: Mapping[str, str], form: str) -> bytes:
    """Return the curve as ``png`` or ``svg``.

    Money on top, the volume below, over the same rates; the proposal, today's rate, the break-even
    and the capacity are marked.

    Raises
    ------
    InvalidRequestError
        If matplotlib is not installed.
    """
    try:
        import matplotlib
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise InvalidRequestError(
            "A curve as a picture needs matplotlib, which is not installed: run "
            "`pip install 'kervan[png]'`, or give a name that ends in .csv or .xlsx."
        ) from error
    points = dense_curve(proposal)
    rates = [float(point.rate) for point in points]
    figure: Any = Figure(figsize=_SIZE_INCHES, dpi=_DPI, facecolor=_PAPER)
    FigureCanvasAgg(figure)
    upper, lower = figure.subplots(
        2,
        1,
        sharex=True,
        gridspec_kw={
            "height_ratios": (3, 2),
            "hspace": 0.09,
            "left": 0.09,
            "right": 0.88,
            "top": 0.86,
            "bottom": 0.09,
        },
    )
    code = proposal.relation.currency
    scale, unit = _scale(max(abs(point.revenue) for point in points), code)
    upper.plot(rates, [p.revenue / scale for p in points], color=_REVENUE, lw=1.6, ls=(0, (6, 2)))
    upper.plot(rates, [p.contribution / scale for p in points], color=_CONTRIBUTION, lw=2.4)
    upper.axhline(0, color=_QUIET, lw=0.8)
    upper.set_ylabel(f"{unit} a year", color=_INK)
    lower.plot(rates, [p.teu / 1000 for p in points], color=_VOLUME, lw=2.4)
    lower.set_ylabel("thousand TEU a year", color=_INK)
    lower.set_xlabel(f"rate of one unit, {code}, rebates as proposed", color=_INK)
    lower.set_ylim(bottom=0)
    capacity = proposal.relation.capacity_teu
    if capacity is not None and capacity < 2 * max(point.teu for point in points):
        lower.axhline(capacity / 1000, color=_QUIET, lw=1.2, ls=(0, (2, 2)))
        lower.annotate(
            "capacity",
            (rates[-1], capacity / 1000),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            color=_QUIET,
            fontsize=9,
        )
    _name_line(upper, rates, [p.revenue / scale for p in points], "revenue", _REVENUE)
    _name_line(
        upper, rates, [p.contribution / scale for p in points], "contribution", _CONTRIBUTION
    )
    _name_line(lower, rates, [p.teu / 1000 for p in points], "volume", _VOLUME)
    _verticals(proposal, upper, lower, rates)
    found = proposal.proposed
    upper.plot([float(found.rate)], [found.contribution / scale], "o", color=_CONTRIBUTION, ms=8)
    lower.plot([float(found.rate)], [found.teu / 1000], "o", color=_VOLUME, ms=8)
    for axes in (upper, lower):
        axes.grid(color=_GRID, lw=0.7)
        axes.set_axisbelow(True)
        axes.tick_params(colors=_QUIET)
        axes.margins(x=0)
        axes.xaxis.set_major_formatter("{x:,.0f}")
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    figure.text(0.09, 0.955, title(proposal, names), fontsize=12.5, weight="bold", color=_INK)
    figure.text(0.09, 0.925, _subtitle(proposal, code), fontsize=10, color=_QUIET)
    out = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "kervan"}):
        figure.savefig(out, format=form, metadata={"Date": None} if form == "svg" else None)
    return out.getvalue()


def _subtitle(proposal: Proposal, code: str) -> str:
    found = proposal.proposed
    rebates = "".join(
        f", {percent.normalize():f} % from {step.from_teu:,.0f} TEU"
        for step, percent in zip(proposal.relation.steps, proposal.decision.rebates, strict=True)
        if percent
    )
    return (
        f"{code} {found.rate:,.2f}{rebates}: {found.teu:,.0f} TEU a year, "
        f"{100 * found.share:.1f} % of the market, contribution {code} {found.contribution:,.0f}"
    )


def _scale(largest: float, code: str) -> tuple[float, str]:
    return (_MILLION, f"million {code}") if largest >= _MILLION else (1000.0, f"thousand {code}")


def _name_line(axes: Any, xs: list[float], ys: list[float], name: str, colour: str) -> None:
    """Write a line's name beside its right end."""
    axes.annotate(
        name,
        (xs[-1], ys[-1]),
        xytext=(6, 0),
        textcoords="offset points",
        va="center",
        color=colour,
        fontsize=10,
        weight="bold",
    )


def _verticals(proposal: Proposal, upper: Any, lower: Any, rates: list[float]) -> None:
    """Mark the proposal, today's rate and the break-even, each named above the upper panel."""
    marked = [(float(proposal.decision.rate), "proposed", _CONTRIBUTION, "solid")]
    if proposal.current is not None:
        marked.append((float(proposal.current.rate), "today's rate", _TODAY, "dashed"))
    marked.append((proposal.break_even, "break-even", _QUIET, "dotted"))
    within = sorted((m for m in marked if rates[0] <= m[0] <= rates[-1]), key=lambda m: m[0])
    width = rates[-1] - rates[0] or 1.0
    row, last = 0, -width
    for rate, name, colour, style in within:
        # Names of rates close to each other take turns between two rows.
        row = 1 - row if rate - last < 0.11 * width else 0
        last = rate
        for axes in (upper, lower):
            axes.axvline(rate, color=colour, lw=1.2, ls=style)
        upper.annotate(
            name,
            (rate, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 3 + 11 * row),
            textcoords="offset points",
            ha="center",
            color=colour,
            fontsize=9,
        )
