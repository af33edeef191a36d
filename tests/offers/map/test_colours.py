from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from kervan.offers.map.colours import DARK, LIGHT, Theme, offer_colour

# Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color vision
# deficiency", IEEE TVCG 15 (2009), severity 1.0; linear RGB.
SIGHT = {
    "full": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])


def _linear(colour: str) -> np.ndarray:
    values = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.2."""
    bright, dim = sorted(
        (float(_linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other)), reverse=True
    )
    return (bright + 0.05) / (dim + 0.05)


def _oklab(linear: np.ndarray) -> np.ndarray:
    """Björn Ottosson, "A perceptual color space for image processing", 2020."""
    lms = np.cbrt(
        np.array(
            [
                [0.4122214708, 0.5363325363, 0.0514459929],
                [0.2119034982, 0.6806995451, 0.1073969566],
                [0.0883024619, 0.2817188376, 0.6299787005],
            ]
        )
        @ np.clip(linear, 0, 1)
    )
    return (
        np.array(
            [
                [0.2104542553, 0.7936177850, -0.0040720468],
                [1.9779984951, -2.4285922050, 0.4505937099],
                [0.0259040371, 0.7827717662, -0.8086757660],
            ]
        )
        @ lms
    )


@THEMES
def test_lines_stand_out_from_land_and_water(theme: Theme) -> None:
    for colour in theme.offers:
        assert _contrast(colour, theme.land) >= 3.0
        assert _contrast(colour, theme.water) >= 3.0


@THEMES
def test_text_has_the_contrast_of_level_aa(theme: Theme) -> None:
    for colour in (theme.ink, theme.quiet):
        for ground in (theme.paper, theme.land, theme.water):
            assert _contrast(colour, ground) >= 4.5


@THEMES
@pytest.mark.parametrize("sight", SIGHT)
def test_no_two_offers_look_alike_to_any_reader(theme: Theme, sight: str) -> None:
    seen = [_oklab(np.array(SIGHT[sight]) @ _linear(colour)) for colour in theme.offers]
    assert min(float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2)) > 0.07


def test_colours_come_again_after_the_last() -> None:
    assert offer_colour(LIGHT, 9) == offer_colour(LIGHT, 1)
