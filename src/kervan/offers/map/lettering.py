"""Where names stand, so that none covers another at any scale.

A name keeps its place around its point; what changes with the scale is whether there is room for
it. So each label carries the least scale from which it is shown.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kervan.offers.map.projection import Points

SCALES = (0.3, 0.45, 0.65, 0.85, 1.0, 1.4, 2.0, 2.8, 4.0, 6.0, 9.0, 13.0)
"""Scales looked at, as multiples of the fitted one."""

SIZES_PX = {"origin": 14.0, "destination": 14.0, "change": 12.0, "country": 12.0, "sea": 12.0}

_OFF_PX = {"origin": 11.0, "destination": 11.0, "change": 8.0}
_SIDES = ("right", "left", "above", "below")
_NEAR = ("over", "under it", "over it", "east of it", "west of it")
_FARTHEST_EM = 2.5
_WIDTH_EM = 0.58
_SPACED_EM = 0.72

Rect = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Wish:
    """A name and the point (km) it belongs to; ``kind`` is a key of SIZES_PX.

    The name of a country or sea may stand up to ``room_km`` away from the point.
    """

    text: str
    kind: str
    x: float
    y: float
    room_km: float = 0.0


@dataclass(frozen=True, slots=True)
class Label:
    """A name on the sheet.

    Attributes
    ----------
    text, kind, x, y
        As wished.
    anchor
        ``start``, ``middle`` or ``end`` of the text stands at the point.
    dx, dy
        From the point to the text's base line, px.
    least_scale
        Least px a km at which it is shown.
    """

    text: str
    kind: str
    x: float
    y: float
    anchor: str
    dx: float
    dy: float
    least_scale: float


def text_width_px(text: str, kind: str) -> float:
    """Return about how wide a name is; wide scripts count double."""
    em = sum(
        0.0 if unicodedata.combining(c) else 1.7 if unicodedata.east_asian_width(c) in "WF" else 1.0
        for c in text
    )
    return em * SIZES_PX[kind] * (_SPACED_EM if kind in ("country", "sea") else _WIDTH_EM)


def placed_labels(
    wishes: Sequence[Wish],
    fitted_scale: float,
    dots: Sequence[tuple[float, float, float]],
    lines: Sequence[Points],
    view: Rect,
) -> tuple[Label, ...]:
    """Find a side and a least scale for each name.

    Parameters
    ----------
    wishes
        Names, the most important first. Origin and destination are always shown.
    fitted_scale
        The px a km of the fitted view.
    dots
        Marks to keep clear of: x and y in km, radius in px.
    lines
        Lines (km) that names of countries and seas keep clear of and names of places avoid.
    view
        Box (km) within which the names of places should stay.

    Returns
    -------
    tuple[Label, ...]
        Names that find room at some scale, in the order wished.
    """
    found: dict[int, Label] = {}
    course = np.concatenate([_dense(line) for line in lines]) if lines else np.zeros((0, 2))
    for scale in (s * fitted_scale for s in SCALES):
        taken = [(x * scale - r, y * scale - r, x * scale + r, y * scale + r) for x, y, r in dots]
        taken += [_box(label, scale) for label in found.values()]
        for row, wish in enumerate(wishes):
            if row in found:
                continue
            choices = [_label(wish, side, scale) for side in _sides(wish, scale)]
            free = [c for c in choices if not any(_meet(_box(c, scale), t) for t in taken)]
            if wish.kind in ("country", "sea"):
                # They stand off their point, so a line may run into them further in.
                further = [s * fitted_scale for s in SCALES if s * fitted_scale >= scale]
                free = [
                    c for c in free if not any(_crossings(_box(c, s), course, s) for s in further)
                ]
            elif not free and wish.kind != "change":
                free = choices
            if free:
                frame = (view[0] * scale, view[1] * scale, view[2] * scale, view[3] * scale)
                best = min(free, key=lambda c: _cost(_box(c, scale), course, scale, frame))
                if wish.kind == "change" and _outside(_box(best, scale), frame):
                    continue
                found[row] = best
                taken.append(_box(best, scale))
    return tuple(found[row] for row in sorted(found))


def _sides(wish: Wish, scale: float) -> tuple[str, ...]:
    if wish.kind not in ("country", "sea"):
        return _SIDES
    farthest = _FARTHEST_EM * SIZES_PX[wish.kind]
    return _NEAR if wish.room_km * scale >= farthest else _NEAR[:1]


def _label(wish: Wish, side: str, scale: float) -> Label:
    size, off = SIZES_PX[wish.kind], _OFF_PX.get(wish.kind, 0.0)
    anchor, dx, dy = {
        "right": ("start", off, size * 0.35),
        "left": ("end", -off, size * 0.35),
        "above": ("middle", 0.0, -off - 1.0),
        "below": ("middle", 0.0, off + size * 0.8),
        "over": ("middle", 0.0, size * 0.35),
        "under it": ("middle", 0.0, size * 2.2),
        "over it": ("middle", 0.0, -size * 1.5),
        "east of it": ("middle", size * _FARTHEST_EM, size * 0.35),
        "west of it": ("middle", -size * _FARTHEST_EM, size * 0.35),
    }[side]
    # Origin and destination are named at every scale, also below the least one looked at.
    least = 0.0 if wish.kind in ("origin", "destination") else scale
    return Label(wish.text, wish.kind, wish.x, wish.y, anchor, dx, dy, least)


def _box(label: Label, scale: float) -> Rect:
    width, size = text_width_px(label.text, label.kind), SIZES_PX[label.kind]
    start = {"start": 0.0, "middle": -width / 2, "end": -width}[label.anchor]
    left = label.x * scale + label.dx + start
    base = label.y * scale + label.dy
    return (left, base - size * 0.8, left + width, base + size * 0.25)


def _meet(a: Rect, b: Rect) -> bool:
    return a[0] < b[2] + 2 and b[0] < a[2] + 2 and a[1] < b[3] + 1 and b[1] < a[3] + 1


def _cost(box: Rect, course: Points, scale: float, frame: Rect) -> float:
    """Return how many points of lines a box covers, and far more where it leaves the frame."""
    return _crossings(box, course, scale) + 100.0 * _outside(box, frame)


def _outside(box: Rect, frame: Rect) -> float:
    """Return by how many px a box leaves the frame."""
    return max(frame[0] - box[0], box[2] - frame[2], frame[1] - box[1], box[3] - frame[3], 0.0)


def _crossings(box: Rect, course: Points, scale: float) -> int:
    x, y = course[:, 0] * scale, course[:, 1] * scale
    return int(((x > box[0]) & (x < box[2]) & (y > box[1]) & (y < box[3])).sum())


def _dense(line: Points) -> Points:
    """Return a line as points some 10 km apart, so that a box between two of them is not missed."""
    lengths = np.hypot(*np.diff(line, axis=0).T)
    along = np.concatenate(([0.0], np.cumsum(lengths)))
    at = np.linspace(0.0, along[-1], max(int(along[-1] / 10.0), 2))
    return np.column_stack([np.interp(at, along, line[:, k]) for k in (0, 1)])
