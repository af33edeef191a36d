"""The bid-price curves of counted departures as a picture or a page, drawn by matplotlib."""

from __future__ import annotations

import html
import io
from math import ceil
from pathlib import Path
from typing import Any

from kervan.errors import InvalidRequestError
from kervan.tariff.proposal.writing import check_folder, write_whole
from kervan.tariff.revenue.outlooks import InventoryOutlook, RunOutlook
from kervan.tariff.revenue.wording import outlook_lines

FORMS = (".png", ".svg", ".html")
MOST_PANELS = 60
_COLUMNS = 3
_INK, _QUIET, _GRID, _PAPER = "#1b1f24", "#5b626b", "#dde1e5", "#ffffff"
_CURVE, _DUAL = "#105dd3", "#c54e92"
_DPI = 160

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; color: #1b1f24; background: #fff;
  max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }}
h1 {{ font-size: 1.3rem; }} figure {{ margin: 0; }} figure svg {{ width: 100%; height: auto; }}
pre {{ overflow-x: auto; font-size: .85rem; }}
</style></head><body>
<h1>{title}</h1>
<figure role="img" aria-label="{title}">{picture}</figure>
<pre>{text}</pre>
</body></html>
"""


def check_chart(path: Path) -> None:
    """Refuse a name that no form of chart has, before any work is done.

    Raises
    ------
    InvalidRequestError
        If the name ends in none of :data:`FORMS`, or is not in a folder that exists.
    """
    if path.suffix.lower() not in FORMS:
        raise InvalidRequestError(
            f"'{path.name}' names no form of chart; end it in {', '.join(FORMS[:-1])} or "
            f"{FORMS[-1]}."
        )
    check_folder(path)


def write_chart(found: InventoryOutlook, path: Path) -> None:
    """Write the curves; what is at the path is replaced only once all of it is written.

    Parameters
    ----------
    found
        The outlook.
    path
        ``.png`` and ``.svg`` give a picture, ``.html`` a page that needs no network.

    Raises
    ------
    InvalidRequestError
        If the name has another ending, there are too many departures for a picture, the file
        cannot be written, or matplotlib is not installed.
    """
    check_chart(path)
    form = path.suffix.lower()[1:]
    if form != "html":
        write_whole(path, chart_picture(found, form))
        return
    picture = chart_picture(found, "svg").decode()
    page = _PAGE.format(
        title=html.escape(_title(found), quote=True),
        picture=picture[picture.index("<svg") :],
        text=html.escape("\n".join(outlook_lines(found))),
    )
    write_whole(path, page.encode())


def chart_picture(found: InventoryOutlook, form: str) -> bytes:
    """Return a panel for each departure, its bid price over the places left, as png or svg."""
    if len(found.runs) > MOST_PANELS:
        raise InvalidRequestError(
            f"A picture holds {MOST_PANELS} departures, the file has {len(found.runs)}. Put some "
            "into a file of their own, or take --json."
        )
    try:
        import matplotlib
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise InvalidRequestError(
            "A chart needs matplotlib, which is not installed: run `pip install 'kervan[png]'`."
        ) from error
    columns = min(_COLUMNS, len(found.runs))
    rows = ceil(len(found.runs) / columns)
    figure: Any = Figure(
        figsize=(4.2 * columns + 0.6, 3.1 * rows + 0.9),
        dpi=_DPI,
        facecolor=_PAPER,
        layout="constrained",
    )
    FigureCanvasAgg(figure)
    panels = figure.subplots(rows, columns, sharey=True, squeeze=False)
    for axes, run in zip(panels.flat, found.runs, strict=False):
        _panel(axes, run)
    for axes in panels.flat[len(found.runs) :]:
        axes.set_visible(False)
    code = found.inventory.currency
    for axes in panels[:, 0]:
        axes.set_ylabel(f"{code} a TEU", color=_INK, fontsize=9)
    figure.suptitle(_title(found), fontsize=11, weight="bold", color=_INK)
    figure.supxlabel("TEU left", fontsize=9, color=_INK)
    out = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "kervan"}):
        figure.savefig(out, format=form, metadata={"Date": None} if form == "svg" else None)
    return out.getvalue()


def _panel(axes: Any, found: RunOutlook) -> None:
    capacity = float(found.run.capacity_teu)
    axes.axvspan(found.left_teu, capacity, color=_GRID, lw=0)
    axes.plot(
        [point.left_teu for point in found.curve],
        [point.bid_price for point in found.curve],
        color=_CURVE,
        lw=2,
        drawstyle="steps-post",
    )
    axes.axhline(found.dual_price, color=_DUAL, lw=1.2, ls=(0, (4, 2)))
    if found.bid_price is not None:
        axes.plot([found.left_teu], [found.bid_price], "o", color=_CURVE, ms=6)
    now = "too full" if found.bid_price is None else f"bid price {found.bid_price:,.2f}"
    axes.set_title(
        f"{found.run.name}\n{now}, dual price {found.dual_price:,.2f}",
        fontsize=9,
        color=_INK,
        loc="left",
    )
    if found.left_teu < 0.9 * capacity:
        axes.text(
            (found.left_teu + capacity) / 2,
            0.94,
            "sold",
            transform=axes.get_xaxis_transform(),
            ha="center",
            color=_QUIET,
            fontsize=9,
        )
    axes.set_xlim(0, max(capacity, 1.0))
    axes.set_ylim(bottom=0)
    axes.grid(color=_GRID, lw=0.7)
    axes.set_axisbelow(True)
    axes.tick_params(colors=_QUIET, labelsize=8)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _title(found: InventoryOutlook) -> str:
    return (
        f"Bid prices over the places left, counted on {found.inventory.counted_on}, for groups of "
        f"{found.teu:g} TEU"
    )
