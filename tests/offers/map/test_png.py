from __future__ import annotations

import io
import sys
from dataclasses import replace

import numpy as np
import pytest

from kervan.corridor import Corridor
from kervan.errors import InvalidRequestError
from kervan.offers.map import Scene, map_png, scene_of
from kervan.offers.map.colours import LIGHT, offer_colour
from kervan.offers.map.png import LEAST_HEIGHT_PX, WIDTH_PX
from kervan.offers.model import Quote


def _pixels(png: bytes) -> np.ndarray:
    image = pytest.importorskip("matplotlib.image")
    return np.round(image.imread(io.BytesIO(png))[:, :, :3] * 255).astype(int)


def test_the_picture_has_its_size_and_shows_every_offer(quote: Quote, scene: Scene) -> None:
    pytest.importorskip("matplotlib")
    pixels = _pixels(map_png(quote, scene))
    assert pixels.shape == (LEAST_HEIGHT_PX, WIDTH_PX, 3)
    for offer in quote.offers:
        colour = offer_colour(LIGHT, offer.number)
        wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
        drawn = (np.abs(pixels - wanted).max(axis=2) <= 2)[: LEAST_HEIGHT_PX // 2]
        assert drawn.sum() > 150


def test_many_offers_make_the_picture_higher_and_not_the_map_smaller(
    corridor: Corridor, quote: Quote
) -> None:
    pytest.importorskip("matplotlib")
    many = tuple(replace(quote.offers[n % 5], number=n + 1) for n in range(40))
    asked = replace(quote, offers=many)
    height, width, _ = _pixels(map_png(asked, scene_of(asked, corridor.feed))).shape
    assert width == WIDTH_PX
    assert height > LEAST_HEIGHT_PX + 20 * 26


def test_names_in_any_script_and_with_signs_of_formulas_are_drawn(
    corridor: Corridor, quote: Quote
) -> None:
    pytest.importorskip("matplotlib")
    strange = replace(quote.origin, name="西安 Сиань شيان $x_1$ \x07 🚂")
    asked = replace(quote, origin=strange)
    assert map_png(asked, scene_of(asked, corridor.feed)).startswith(b"\x89PNG")


def test_without_matplotlib_the_message_names_the_extra(
    quote: Quote, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(InvalidRequestError, match=r"pip install 'kervan\[png\]'"):
        map_png(quote, scene)
