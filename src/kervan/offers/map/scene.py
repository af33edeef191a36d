"""Everything placed on the sheet: lines, marks, numbers and lettering.

The sheet is in kilometres, x to the east and y to the south. What must keep its size on the screen
(marks, lettering, the gaps between lines) is given in px and drawn at a scale of so many px a km.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kervan.feed.codes import countries
from kervan.feed.tables import Feed, Place
from kervan.offers.map.basemap import SEAS, Box, Sheet, basemap, on_sheet
from kervan.offers.map.geometry import LegLine, leg_lines
from kervan.offers.map.lettering import Label, Wish, placed_labels
from kervan.offers.map.projection import Points, Projection, fitted_projection
from kervan.offers.model import Quote

MARGIN = 0.09
"""Room around the lines, as a share of the sheet's longer side."""

PAN = 0.7
"""How far beyond the fitted view the basemap goes, as a share of its longer side."""

LEAST_EXTENT_KM = 300.0
FITTED_PX = 900.0
"""Width in px for which the first drawing is made."""


_SHARE_OF_RADIUS, _KM_A_DEGREE = 0.5, 111.0
_BADGE_STEP_PX, _BADGE_ROOM_PX = 6.0, 22.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A place marked on the sheet.

    Attributes
    ----------
    kind
        ``origin``, ``destination`` or ``change``.
    place
        Row of the feed.
    x, y
        On the sheet, km.
    offers
        Numbers of the offers that use it.
    """

    kind: str
    place: Place
    x: float
    y: float
    offers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Badge:
    """An offer's number on its line.

    Attributes
    ----------
    offer
        Number.
    x, y
        Point of the way, km.
    dx, dy
        To be added, times the gap between lanes, to stand on the offer's own lane.
    """

    offer: int
    x: float
    y: float
    dx: float
    dy: float


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A leg on the sheet: its mode, points in km, and the lane of each step."""

    mode: str
    points: Points
    lanes: Points


@dataclass(frozen=True, slots=True)
class Scene:
    """A quote's map.

    Attributes
    ----------
    projection
        Degrees to km.
    view, whole
        Box that shows every line, and the box the basemap reaches to.
    sheet
        Land and borders.
    lines
        Legs of each offer by its number.
    marks, badges, labels
        In the order they are drawn.
    """

    projection: Projection
    view: Box
    whole: Box
    sheet: Sheet
    lines: dict[int, tuple[SheetLine, ...]]
    marks: tuple[Mark, ...]
    badges: tuple[Badge, ...]
    labels: tuple[Label, ...]

    @property
    def modes(self) -> tuple[str, ...]:
        """Modes drawn, in the order they first occur."""
        return tuple(dict.fromkeys(line.mode for legs in self.lines.values() for line in legs))

    @property
    def fitted_scale(self) -> float:
        """The px a km at which the view is FITTED_PX wide."""
        return FITTED_PX / (self.view[2] - self.view[0])


def scene_of(quote: Quote, feed: Feed) -> Scene:
    """Place the offers of a quote on a sheet.

    Parameters
    ----------
    quote
        The offers.
    feed
        The corridor they were made from.
    """
    places = {place.place_id: place for place in feed.places}
    links = {link.link_id: link for link in feed.links}
    degrees = leg_lines(
        ((offer.number, [leg.leg for leg in offer.legs]) for offer in quote.offers), links, places
    )
    everything = np.concatenate([line.points for legs in degrees.values() for line in legs])
    projection = fitted_projection(everything)
    lines = {
        number: tuple(SheetLine(leg.mode, projection(leg.points), leg.lanes) for leg in legs)
        for number, legs in degrees.items()
    }
    view = _view(projection(everything))
    room = PAN * max(view[2] - view[0], view[3] - view[1])
    whole = (view[0] - room, view[1] - room, view[2] + room, view[3] + room)
    base = basemap()
    marks = _marks(quote, projection)
    scale = FITTED_PX / (view[2] - view[0])
    badges = _badges(degrees, lines, marks, scale)
    return Scene(
        projection=projection,
        view=view,
        whole=whole,
        sheet=on_sheet(base, projection, whole),
        lines=lines,
        marks=marks,
        badges=badges,
        labels=placed_labels(
            _wishes(quote, marks, projection, whole),
            scale,
            [
                *((m.x, m.y, 8.0 if m.kind != "change" else 4.5) for m in marks),
                *((b.x, b.y, 10.0) for b in badges),
            ],
            [line.points for legs in lines.values() for line in legs],
            view,
        ),
    )


def _view(xy: Points) -> Box:
    left, top = xy.min(axis=0)
    right, bottom = xy.max(axis=0)
    margin = MARGIN * max(right - left, bottom - top)
    wide = max(right - left + 2 * margin, LEAST_EXTENT_KM)
    high = max(bottom - top + 2 * margin, LEAST_EXTENT_KM, wide * 0.4)
    x, y = (left + right) / 2, (top + bottom) / 2
    return (float(x - wide / 2), float(y - high / 2), float(x + wide / 2), float(y + high / 2))


def _marks(quote: Quote, projection: Projection) -> tuple[Mark, ...]:
    users: dict[str, list[int]] = {}
    places: dict[str, Place] = {}
    for offer in quote.offers:
        for leg in offer.legs[1:]:
            places[leg.from_place.place_id] = leg.from_place
            users.setdefault(leg.from_place.place_id, []).append(offer.number)
    all_offers = [offer.number for offer in quote.offers]
    ends = {"origin": quote.origin, "destination": quote.destination}
    kinds = {place.place_id: kind for kind, place in ends.items()}
    places |= {place.place_id: place for place in ends.values()}
    users |= {place.place_id: all_offers for place in ends.values()}
    found = []
    for place_id, place in places.items():
        x, y = projection(np.array([[place.longitude_deg, place.latitude_deg]]))[0]
        found.append(
            Mark(
                kinds.get(place_id, "change"),
                place,
                float(x),
                float(y),
                tuple(dict.fromkeys(users[place_id])),
            )
        )
    return tuple(sorted(found, key=lambda mark: (mark.kind != "change", mark.x)))


def _badges(
    degrees: dict[int, tuple[LegLine, ...]],
    lines: dict[int, tuple[SheetLine, ...]],
    marks: tuple[Mark, ...],
    scale: float,
) -> tuple[Badge, ...]:
    """Put each offer's number where the fewest others run, clear of marks and other numbers."""
    taken = [(mark.x, mark.y) for mark in marks]
    badges = []
    for number, drawn in lines.items():
        spots = _spots(degrees[number], drawn, _BADGE_STEP_PX / scale)
        away = spots[:, 5] * scale
        for x, y in taken:
            away = np.minimum(away, np.hypot(spots[:, 0] - x, spots[:, 1] - y) * scale)
        crowded = np.maximum(_BADGE_ROOM_PX - away, 0.0)
        # Of spots as good as each other, the one farthest from any mark or number.
        cost = 12.0 * spots[:, 4] + 4.0 * crowded - 0.02 * np.minimum(away, 200.0)
        x, y, dx, dy = (float(v) for v in spots[int(cost.argmin()), :4])
        badges.append(Badge(number, x, y, dx, dy))
        taken.append((x, y))
    return tuple(badges)


def _spots(legs: tuple[LegLine, ...], drawn: tuple[SheetLine, ...], step_km: float) -> Points:
    """Return where a number may stand, shape (n, 6).

    Columns: x, y, dx and dy of a badge, how many offers run there, and the km along the way to
    where that changes or the leg ends.
    """
    found = []
    for leg, line in zip(legs, drawn, strict=True):
        steps = np.diff(line.points, axis=0)
        lengths = np.hypot(steps[:, 0], steps[:, 1])
        ends = np.cumsum(lengths)
        at = np.linspace(0.0, ends[-1], max(int(ends[-1] / step_km), 2) + 1)[1:-1]
        row = np.minimum(np.searchsorted(ends, at), len(ends) - 1)
        direction = steps[row] / np.maximum(lengths[row], 1e-9)[:, None]
        spot = line.points[row + 1] - direction * (ends[row] - at)[:, None]
        aside = np.column_stack((-direction[:, 1], direction[:, 0])) * line.lanes[row][:, None]
        changes = np.concatenate(([0.0], ends[:-1][np.diff(leg.sharing) != 0], ends[-1:]))
        away = np.abs(at[:, None] - changes).min(axis=1)
        found.append(np.column_stack((spot, aside, leg.sharing[row], away)))
    return np.concatenate(found)


def _wishes(
    quote: Quote, marks: tuple[Mark, ...], projection: Projection, whole: Box
) -> list[Wish]:
    """Return what should be lettered, the most important first."""
    wishes = [Wish(mark.place.name, mark.kind, mark.x, mark.y) for mark in reversed(marks)]
    wishes.sort(key=lambda wish: wish.kind == "change")
    passed = {
        country
        for offer in quote.offers
        for leg in offer.legs
        for stretch in leg.leg.stretches
        for country in (stretch.from_country, stretch.to_country)
    }
    named = basemap().countries
    spots = [
        (countries()[code], "country", named[code])
        for code in sorted(passed)
        if code in named and code in countries()
    ]
    spots += [(name, "sea", (lon, lat, 0.0)) for name, lon, lat in SEAS]
    for name, kind, (lon, lat, radius) in spots:
        x, y = (float(v) for v in projection(np.array([[lon, lat]]))[0])
        if whole[0] < x < whole[2] and whole[1] < y < whole[3]:
            wishes.append(Wish(name, kind, x, y, _SHARE_OF_RADIUS * radius * _KM_A_DEGREE))
    return wishes
