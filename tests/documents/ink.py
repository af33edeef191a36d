"""What a paper has on its pages: every text, and the room it takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import numpy as np

from kervan.documents.paper.drawing import A4_MM, Drawing
from kervan.documents.paper.fonts import width
from kervan.documents.paper.layout import POINTS


@dataclass
class Ink:
    """Texts of one paper: page, left, right, top and foot in mm, and the words."""

    texts: list[tuple[int, float, float, float, float, str]] = field(default_factory=list)
    frames: list[tuple[int, float, float, float, float]] = field(default_factory=list)

    def outside(self) -> list[str]:
        """Return the texts that run off their page."""
        return [
            words
            for _, left, right, top, foot, words in self.texts
            if left < 0 or top < 0 or right > A4_MM[0] or foot > A4_MM[1]
        ]

    def beyond(self) -> list[str]:
        """Return the texts that run over the edge of the frame they begin in."""
        found = []
        for page, left, right, top, foot, words in self.texts:
            around = [
                ((frame[3] - frame[1]) * (frame[4] - frame[2]), frame)
                for frame in self.frames
                if frame[0] == page
                and frame[1] <= left <= frame[3]
                and frame[2] <= (top + foot) / 2 <= frame[4]
            ]
            if around:
                _, frame = min(around)
                if right > frame[3] + 0.3 or top < frame[2] - 0.3 or foot > frame[4] + 0.3:
                    found.append(words)
        return found

    def overlaps(self) -> list[tuple[str, str]]:
        """Return the pairs of texts that lie one on the other."""
        found = []
        for page in {text[0] for text in self.texts}:
            here = [text for text in self.texts if text[0] == page]
            left, right, top, foot = np.array([text[1:5] for text in here]).T
            across = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
            down = np.minimum(foot[:, None], foot) - np.maximum(top[:, None], top)
            rows, columns = np.nonzero(np.triu((across > 0.2) & (down > 0.25), 1))
            found += [(here[i][5], here[j][5]) for i, j in zip(rows, columns, strict=True)]
        return found


@contextmanager
def watched() -> Iterator[Ink]:
    """Watch what is written while a paper is drawn."""
    ink = Ink()
    write, upright = Drawing.write, Drawing.upright

    def watch(
        drawing: Any,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        bold: bool = False,
        right: bool = False,
    ) -> None:
        wide = width(text, size, bold=bold) / POINTS
        left = x - wide if right else x
        # Capitals and digits of DejaVu Sans are 0.73 high; what hangs below the line, 0.2.
        top, foot = y - 0.73 * size / POINTS, y + 0.1 * size / POINTS
        ink.texts.append((drawing.pages, left, left + wide, top, foot, text))
        write(drawing, x, y, text, size, bold=bold, right=right)

    def watch_upright(
        drawing: Any, x: float, y: float, text: str, size: float, *, bold: bool = False
    ) -> None:
        long = width(text, size, bold=bold) / POINTS
        ink.texts.append(
            (drawing.pages, x - 0.73 * size / POINTS, x + 0.1 * size / POINTS, y - long, y, text)
        )
        upright(drawing, x, y, text, size, bold=bold)

    frame = Drawing.frame

    def watch_frame(
        drawing: Any, x: float, y: float, wide: float, high: float, *, thick: bool = False
    ) -> None:
        ink.frames.append((drawing.pages, x, y, x + wide, y + high))
        frame(drawing, x, y, wide, high, thick=thick)

    with (
        patch.object(Drawing, "write", watch),
        patch.object(Drawing, "upright", watch_upright),
        patch.object(Drawing, "frame", watch_frame),
    ):
        yield ink
