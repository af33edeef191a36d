"""The map as one HTML page: no network, no server, and readable without JavaScript.

Every text of the feed goes through :func:`html.escape` on its way into the page, and the script
makes no markup. A content security policy in the page forbids it to load or send anything.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from html import escape
from importlib.resources import files
from string import Template

import numpy as np

from kervan.offers.map.basemap import Sheet
from kervan.offers.map.colours import (
    CASING_PX,
    DARK,
    DASHES,
    GAP_PX,
    LIGHT,
    LINE_PX,
    Theme,
    offer_colour,
)
from kervan.offers.map.content import (
    ATTRIBUTION,
    MODE_NAMES,
    LegText,
    OfferText,
    cargo_of,
    offer_texts,
    title_of,
)
from kervan.offers.map.geometry import offset_line
from kervan.offers.map.lettering import SIZES_PX, Label
from kervan.offers.map.projection import Points
from kervan.offers.map.scene import Badge, Mark, Scene, SheetLine
from kervan.offers.model import Quote


def map_html(quote: Quote, scene: Scene) -> str:
    """Return the page.

    Parameters
    ----------
    quote
        The offers.
    scene
        The same on a sheet.
    """
    texts = offer_texts(quote, scene)
    script = _data("map.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return Template(_data("page.html")).substitute(
        title=escape(title_of(quote)),
        cargo=escape(cargo_of(quote)),
        feed=escape(" ".join(part for part in (quote.feed.title, quote.feed.version) if part)),
        script=script,
        script_digest=f"sha256-{digest}",
        style=_data("map.css"),
        light=_theme(LIGHT, len(texts)),
        dark=_theme(DARK, len(texts)),
        map=_svg(scene, texts),
        modes="".join(_mode_key(mode) for mode in scene.modes),
        rows="".join(_row(text) for text in texts),
        details="".join(_details(text) for text in texts),
        notes="".join(f"<p>{escape(note)}</p>" for note in quote.notes),
        attribution=escape(ATTRIBUTION),
    )


def _data(name: str) -> str:
    return files("kervan.offers.map").joinpath("data", name).read_text("utf-8")


def _theme(theme: Theme, offers: int) -> str:
    names = ("paper", "land", "water", "border", "ink", "quiet")
    values = [f"--{name}:{getattr(theme, name)}" for name in names]
    values += [f"--o{n}:{offer_colour(theme, n)}" for n in range(1, offers + 1)]
    return ";".join(values)


def _svg(scene: Scene, texts: tuple[OfferText, ...]) -> str:
    left, top, right, bottom = scene.view
    box = f"{left:.1f} {top:.1f} {right - left:.1f} {bottom - top:.1f}"
    limits = " ".join(f"{v:.0f}" for v in scene.whole)
    unit = 1.0 / scene.fitted_scale
    return (
        f'<svg id="map" viewBox="{box}" data-whole="{limits}" data-gap="{GAP_PX:g}" tabindex="0" '
        'role="group" aria-label="Map of the offers" aria-describedby="map-help">'
        f"{_base(scene.sheet)}"
        f'<g aria-hidden="true">{_labels(scene, unit, ("country", "sea"))}</g>'
        f'<g id="tracks">{"".join(_track(t, scene.lines[t.number], unit) for t in texts)}</g>'
        f'<g aria-hidden="true">{"".join(_badge(b, unit) for b in scene.badges)}</g>'
        f"<g>{''.join(_mark(m, unit) for m in scene.marks)}</g>"
        f'<g aria-hidden="true">{_labels(scene, unit, ("change", "origin", "destination"))}</g>'
        "</svg>"
    )


def _base(sheet: Sheet) -> str:
    land = "".join(_short_path(ring, "z") for ring in sheet.land)
    borders = "".join(_short_path(line) for line in sheet.borders)
    disputed = "".join(_short_path(line) for line in sheet.disputed)
    return (
        f'<g aria-hidden="true"><path class="land" d="{land}"/>'
        f'<path class="border" d="{borders}"/>'
        f'<path class="border disputed" d="{disputed}"/></g>'
    )


def _short_path(points: Points, end: str = "") -> str:
    """Write a line in whole km, each point as the step from the last."""
    whole = np.round(points).astype(int)
    steps = np.diff(whole, axis=0)
    steps = steps[np.any(steps != 0, axis=1)]
    if len(steps) == 0:
        return ""
    pairs = "".join(f"{x}{y}" if y < 0 else f"{x} {y}" for x, y in _signed(steps))
    return f"M{whole[0, 0]} {whole[0, 1]}l{pairs.lstrip()}{end}"


def _signed(steps: Points) -> Iterable[tuple[str, int]]:
    for x, y in steps.tolist():
        yield (str(x) if x < 0 else f" {x}"), y


def _path(points: Points) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _track(text: OfferText, lines: tuple[SheetLine, ...], unit: float) -> str:
    legs = []
    for line in lines:
        path = _path(offset_line(line.points, line.lanes * GAP_PX * unit))
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in line.points)
        lanes = " ".join(f"{lane:g}" for lane in line.lanes)
        legs.append(
            f'<g class="leg" data-points="{points}" data-lanes="{lanes}">'
            f'<path class="casing" stroke-width="{CASING_PX:g}" d="{path}"/>'
            f'<path class="line" stroke-width="{LINE_PX:g}"{_dash(line.mode)} d="{path}"/>'
            f'<path class="hit" d="{path}"/></g>'
        )
    return (
        f'<g class="track" data-offer="{text.number}" style="--c:var(--o{text.number})" '
        f'role="button" tabindex="0" aria-pressed="false" aria-label="{escape(text.sentence)}">'
        f"<title>{escape(text.sentence)}</title>{''.join(legs)}</g>"
    )


def _dash(mode: str) -> str:
    dashes = DASHES.get(mode, ())
    if not dashes:
        return ""
    return f' stroke-dasharray="{" ".join(f"{d:g}" for d in dashes)}"'


def _badge(badge: Badge, unit: float) -> str:
    x, y = badge.x + badge.dx * GAP_PX * unit, badge.y + badge.dy * GAP_PX * unit
    return (
        f'<g class="fixed badge" data-offer="{badge.offer}" data-x="{badge.x:.1f}" '
        f'data-y="{badge.y:.1f}" data-dx="{badge.dx:.3f}" data-dy="{badge.dy:.3f}" '
        f'style="--c:var(--o{badge.offer})" {_placed(x, y, unit)}>'
        f'<circle r="8"/><text y="4">{badge.offer}</text></g>'
    )


def _mark(mark: Mark, unit: float) -> str:
    shape = {
        "origin": '<circle r="6.5"/><circle class="dot" r="2.5"/>',
        "destination": '<path d="M-6 -6H6V6H-6z"/><path class="dot" d="M-2.5 -2.5h5v5h-5z"/>',
    }.get(mark.kind, '<circle r="4"/>')
    what = {"origin": "Origin", "destination": "Destination"}.get(mark.kind, "Transshipment")
    name = f"{what}: {mark.place.name} ({mark.place.place_id})"
    offers = " ".join(map(str, mark.offers))
    return (
        f'<g class="fixed mark {mark.kind}" data-offers="{offers}" data-x="{mark.x:.1f}" '
        f'data-y="{mark.y:.1f}" role="img" aria-label="{escape(name)}" '
        f"{_placed(mark.x, mark.y, unit)}><title>{escape(name)}</title>{shape}</g>"
    )


def _labels(scene: Scene, unit: float, kinds: tuple[str, ...]) -> str:
    users = {(m.place.name, m.x): " ".join(map(str, m.offers)) for m in scene.marks}
    return "".join(
        _label(label, users.get((label.text, label.x), ""), scene.fitted_scale, unit)
        for label in scene.labels
        if label.kind in kinds
    )


def _label(label: Label, offers: str, scale: float, unit: float) -> str:
    # Half a per cent of slack: a window fits the sheet no more exactly than that.
    hidden = " hidden" if label.least_scale > scale * 1.005 else ""
    used = f' data-offers="{offers}"' if offers else ""
    return (
        f'<g class="fixed label {label.kind}{hidden}" data-x="{label.x:.1f}" '
        f'data-y="{label.y:.1f}" data-least="{label.least_scale:.5f}"{used} '
        f'{_placed(label.x, label.y, unit)}><text x="{label.dx:g}" y="{label.dy:.1f}" '
        f'font-size="{SIZES_PX[label.kind]:g}" text-anchor="{label.anchor}">'
        f"{escape(label.text)}</text></g>"
    )


def _placed(x: float, y: float, unit: float) -> str:
    return f'transform="translate({x:.1f} {y:.1f}) scale({unit:.4f})"'


def _mode_key(mode: str) -> str:
    return (
        '<li><svg width="38" height="10" aria-hidden="true"><path class="line key" '
        f'stroke-width="{LINE_PX:g}"{_dash(mode)} d="M1 5H37"/></svg>'
        f"{escape(MODE_NAMES.get(mode, mode))}</li>"
    )


def _row(text: OfferText) -> str:
    tags = "".join(f'<span class="tag">{escape(tag)}</span>' for tag in text.tags)
    n = text.number
    return (
        f'<tr data-offer="{n}" style="--c:var(--o{n})"><th scope="row"><label>'
        f'<input type="radio" name="offer" value="{n}">'
        f'<span class="number">{n}</span><span class="modes">{escape(text.modes)}</span></label>'
        f"{tags}</th>"
        f'<td data-label="Hand over by / arrives">{escape(text.hand_over)}'
        f"<br><b>{escape(text.arrives)}</b></td>"
        f'<td data-label="Days" class="figure">{escape(text.days)}</td>'
        f'<td data-label="Price" class="figure">{escape(_whole(text.price))}</td>'
        f'<td data-label="CO₂e" class="figure">{escape(_whole(text.co2e))}</td>'
        f'<td data-label="Arrives by, P50 / P95">{escape(text.p50)}<br>{escape(text.p95)}</td></tr>'
    )


def _whole(text: str) -> str:
    """Keep a short figure and its unit on one line."""
    return text.replace(" ", "\u00a0") if len(text) < 18 else text


def _details(text: OfferText) -> str:
    n = text.number
    warnings = "".join(f'<p class="warning">{escape(w)}</p>' for w in text.warnings)
    return (
        f'<section class="details" id="offer-{n}" data-offer="{n}" style="--c:var(--o{n})" '
        f'aria-labelledby="offer-{n}-name"><h3 id="offer-{n}-name">'
        f'<span class="number">{n}</span>Offer {n}: {escape(text.modes)}</h3>'
        f"<p>{escape(', '.join(text.facts))}</p><p>Risk: {escape(text.risk)}</p>{warnings}"
        f"<ol>{''.join(_leg(leg) for leg in text.legs)}</ol></section>"
    )


def _leg(leg: LegText) -> str:
    return (
        f'<li><svg width="38" height="10" aria-hidden="true"><path class="line" '
        f'stroke-width="{LINE_PX:g}"{_dash(leg.mode)} d="M1 5H37"/></svg>'
        f"<b>{escape(leg.ends)}</b>"
        f'<span class="by">{escape(leg.mode_name)}, {escape(leg.carrier)}, {escape(leg.distance)}'
        f"</span><span>{escape(leg.departs)} – {escape(leg.arrives)}</span>"
        f'<span class="by">{escape(leg.service)}</span></li>'
    )
