"""The map as a picture, drawn by matplotlib."""

from __future__ import annotations

import io
import unicodedata
import warnings
from typing import Any

import numpy as np

from kervan.errors import InvalidRequestError
from kervan.offers.map.basemap import Box
from kervan.offers.map.colours import (
    CASING_PX,
    DASHES,
    GAP_PX,
    LIGHT,
    LINE_PX,
    offer_colour,
)
from kervan.offers.map.content import MODE_NAMES, cargo_of, offer_texts, title_of
from kervan.offers.map.geometry import offset_line
from kervan.offers.map.lettering import SIZES_PX
from kervan.offers.map.scene import Scene
from kervan.offers.model import Quote

WIDTH_PX, LEAST_HEIGHT_PX = 1600, 1000
"""Width, and height with a few offers; a longer legend makes the picture higher."""

_MARGIN_PX, _HEAD_PX, _ROW_PX, _FOOT_PX = 32, 76, 26, 84
_LEAST_MAP_PX = 560
_MOST_LETTERS = 42
_ZOOM = 1.25
"""How much larger than on a screen lines and lettering are."""

_DPI = 100.0
_PT = 72.0 / _DPI


def map_png(quote: Quote, scene: Scene) -> bytes:
    """Return the picture, WIDTH_PX wide and at least LEAST_HEIGHT_PX high.

    Raises
    ------
    InvalidRequestError
        If matplotlib is not installed.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise InvalidRequestError(
            "A map as PNG needs matplotlib, which is not installed: run "
            "`pip install 'kervan[png]'`, or give a name that ends in .html."
        ) from error
    legend_px = _FOOT_PX + _ROW_PX * (len(quote.offers) + 1)
    map_px = max(LEAST_HEIGHT_PX - _HEAD_PX - legend_px, _LEAST_MAP_PX)
    height_px = _HEAD_PX + map_px + legend_px
    figure: Any = Figure(
        figsize=(WIDTH_PX / _DPI, height_px / _DPI), dpi=_DPI, facecolor=LIGHT.paper
    )
    FigureCanvasAgg(figure)
    box = (
        _MARGIN_PX / WIDTH_PX,
        1 - (_HEAD_PX + map_px) / height_px,
        1 - 2 * _MARGIN_PX / WIDTH_PX,
        map_px / height_px,
    )
    axes = figure.add_axes(box)
    _map(axes, scene, (box[2] * WIDTH_PX, map_px))
    _text(figure, _MARGIN_PX, 34, title_of(quote), 22, weight="bold")
    _text(figure, _MARGIN_PX, 60, cargo_of(quote), 14, color=LIGHT.quiet)
    _legend(figure, quote, scene, _HEAD_PX + map_px + 28)
    out = io.BytesIO()
    with warnings.catch_warnings():
        # A name in a script the font lacks is drawn with boxes; that is no reason to fail.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(out, format="png")
    return out.getvalue()


def _view(scene: Scene, size: tuple[float, float]) -> tuple[Box, float]:
    """Return the box that fills the picture, and its px a km."""
    left, top, right, bottom = scene.view
    scale = min(size[0] / (right - left), size[1] / (bottom - top))
    x, y = (left + right) / 2, (top + bottom) / 2
    wide, high = size[0] / scale / 2, size[1] / scale / 2
    return (x - wide, y - high, x + wide, y + high), scale


def _map(axes: Any, scene: Scene, size: tuple[float, float]) -> None:
    from matplotlib.collections import LineCollection
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    box, scale = _view(scene, size)
    axes.set(xlim=(box[0], box[2]), ylim=(box[3], box[1]), xticks=[], yticks=[])
    axes.set_facecolor(LIGHT.water)
    for spine in axes.spines.values():
        spine.set_color(LIGHT.border)
    if scene.sheet.land:
        closed = [np.vstack((ring, ring[:1])) for ring in scene.sheet.land]
        land = Path.make_compound_path(*(Path(ring, closed=True) for ring in closed))
        axes.add_patch(PathPatch(land, facecolor=LIGHT.land, edgecolor=LIGHT.border, lw=0.8))
    axes.add_collection(LineCollection(scene.sheet.borders, colors=LIGHT.border, lw=0.8))
    axes.add_collection(
        LineCollection(scene.sheet.disputed, colors=LIGHT.border, lw=0.8, linestyles="dashed")
    )
    px = _ZOOM / scale
    for number, legs in scene.lines.items():
        for leg in legs:
            x, y = offset_line(leg.points, leg.lanes * GAP_PX * px).T
            axes.plot(x, y, color=LIGHT.land, lw=CASING_PX * _ZOOM * _PT, zorder=3)
            axes.plot(x, y, zorder=4, **_stroke(leg.mode, offer_colour(LIGHT, number)))
    for mark in scene.marks:
        shape, width = {"origin": ("o", 13), "destination": ("s", 12)}.get(mark.kind, ("o", 8))
        axes.plot(
            mark.x,
            mark.y,
            shape,
            ms=width * _ZOOM * _PT,
            mfc=LIGHT.paper,
            mec=LIGHT.ink,
            mew=2 * _ZOOM * _PT,
            zorder=6,
        )
        if mark.kind != "change":
            axes.plot(mark.x, mark.y, shape, ms=5 * _ZOOM * _PT, color=LIGHT.ink, mew=0, zorder=6)
    for badge in scene.badges:
        x, y = badge.x + badge.dx * GAP_PX * px, badge.y + badge.dy * GAP_PX * px
        _number(axes, x, y, badge.offer)
    _labels(axes, scene, box, scale)


def _stroke(mode: str, colour: str) -> dict[str, Any]:
    dashes = DASHES.get(mode, ())
    # Matplotlib counts dashes in widths of the line.
    style = (0, tuple(d / LINE_PX for d in dashes)) if dashes else "solid"
    return {
        "color": colour,
        "lw": LINE_PX * _ZOOM * _PT,
        "linestyle": style,
        "dash_capstyle": "butt",
        "solid_joinstyle": "round",
        "solid_capstyle": "butt",
    }


def _labels(axes: Any, scene: Scene, box: Box, scale: float) -> None:
    from matplotlib.patheffects import withStroke

    px = _ZOOM / scale
    for label in scene.labels:
        inside = box[0] < label.x < box[2] and box[1] < label.y < box[3]
        if not inside or label.least_scale > scale / _ZOOM * 1.005:
            continue
        is_quiet = label.kind in ("country", "sea")
        text = _shown(label.text.upper() if label.kind == "country" else label.text)
        axes.text(
            label.x + label.dx * px,
            label.y + label.dy * px,
            text,
            fontsize=(SIZES_PX[label.kind] - 2 * is_quiet) * _ZOOM * _PT,
            color=LIGHT.quiet if is_quiet else LIGHT.ink,
            style="italic" if label.kind == "sea" else "normal",
            weight="bold" if label.kind in ("origin", "destination") else "normal",
            ha={"start": "left", "middle": "center", "end": "right"}[label.anchor],
            va="baseline",
            zorder=2 if is_quiet else 8,
            clip_on=True,
            parse_math=False,
            path_effects=[] if is_quiet else [withStroke(linewidth=3, foreground=LIGHT.land)],
        )


def _number(axes: Any, x: float, y: float, number: int) -> None:
    axes.plot(
        x,
        y,
        "o",
        ms=16 * _ZOOM * _PT,
        mfc=offer_colour(LIGHT, number),
        mec=LIGHT.land,
        mew=1.5,
        zorder=7,
    )
    axes.text(
        x,
        y,
        str(number),
        fontsize=11 * _ZOOM * _PT,
        color=LIGHT.paper,
        weight="bold",
        ha="center",
        va="center_baseline",
        zorder=8,
        clip_on=True,
    )


def _legend(figure: Any, quote: Quote, scene: Scene, top_px: float) -> None:
    columns = (32.0, 110.0, 450.0, 575.0, 700.0, 765.0, 1080.0, 1190.0, 1340.0)
    names = ("Offer", "By", "Hand over by", "Arrives", "Days", "Price", "CO₂e", "P50", "P95")
    for x, name in zip(columns, names, strict=True):
        _text(figure, x, top_px, name, 13, color=LIGHT.quiet)
    for row, text in enumerate(offer_texts(quote, scene), 1):
        y = top_px + row * _ROW_PX
        tags = f" ({', '.join(text.tags)})" if text.tags else ""
        cells = (
            _short(text.modes + tags),
            text.hand_over,
            text.arrives,
            text.days,
            text.price,
            text.co2e,
            text.p50,
            text.p95,
        )
        _swatch(figure, 32, y - 4, {"color": offer_colour(LIGHT, text.number), "lw": 4})
        _text(figure, 76, y, str(text.number), 14, weight="bold")
        for x, cell in zip(columns[1:], cells, strict=True):
            _text(figure, x, y, cell, 14)
    x, y = 32.0, _height_px(figure) - 34
    for mode in scene.modes:
        _swatch(figure, x, y - 4, _stroke(mode, LIGHT.ink))
        name = MODE_NAMES.get(mode, mode)
        _text(figure, x + 44, y, name, 13)
        x += 70 + 9 * len(name)
    _text(figure, x, y, "○ origin   □ destination   ∘ transshipment", 13)
    _text(
        figure,
        32,
        _height_px(figure) - 12,
        "P50: half of all such journeys have arrived by that day; P95: 95 of 100. "
        "Lines show the places passed, not the exact course. Land and borders: Natural Earth.",
        12,
        color=LIGHT.quiet,
    )


def _short(text: str) -> str:
    return text if len(text) <= _MOST_LETTERS else text[: _MOST_LETTERS - 1] + "…"


def _height_px(figure: Any) -> float:
    return float(figure.get_figheight()) * _DPI


def _swatch(figure: Any, x: float, y: float, stroke: dict[str, Any]) -> None:
    from matplotlib.lines import Line2D

    xs, ys = [x / WIDTH_PX, (x + 36) / WIDTH_PX], [1 - y / _height_px(figure)] * 2
    figure.add_artist(Line2D(xs, ys, transform=figure.transFigure, **stroke))


def _text(figure: Any, x: float, y: float, text: str, size_px: float, **how: Any) -> None:
    how = {"color": LIGHT.ink} | how
    figure.text(
        x / WIDTH_PX,
        1 - y / _height_px(figure),
        _shown(text),
        fontsize=size_px * _PT,
        parse_math=False,
        **how,
    )


def _shown(text: str) -> str:
    """Return a text without control characters, which have no shape."""
    return "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text)
