"""A quote's map as a file."""

from __future__ import annotations

from pathlib import Path

from kervan.errors import InvalidRequestError
from kervan.feed.tables import Feed
from kervan.offers.map.html import map_html
from kervan.offers.map.png import map_png
from kervan.offers.map.scene import scene_of
from kervan.offers.model import Quote


def write_map(quote: Quote, feed: Feed, path: Path | str) -> None:
    """Draw the offers of a quote on a map.

    Parameters
    ----------
    quote
        The offers.
    feed
        The corridor the quote was made from; its places and links give the lines.
    path
        File to write. ``.html`` gives one page that needs no network and no server; ``.png`` a
        picture, for which Kervan's extra ``png`` must be installed.

    Raises
    ------
    InvalidRequestError
        If the suffix is another one, the file cannot be written, or the extra is missing.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in (".html", ".htm", ".png"):
        raise InvalidRequestError(
            f"A map cannot be written to '{path.name}': its suffix must say what it is. "
            "Give a name that ends in .html (a page) or .png (a picture)."
        )
    scene = scene_of(quote, feed)
    content = map_png(quote, scene) if suffix == ".png" else map_html(quote, scene).encode()
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InvalidRequestError(
            f"The map cannot be written to '{path}': {error.strerror or error}. "
            "Give a file in a folder that exists and may be written to."
        ) from error
