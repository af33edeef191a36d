"""Offers drawn on a map that works offline: one HTML file, or a picture.

:func:`write_map` writes the file. Underneath, each step is a pure function over the quote:

- :mod:`~kervan.offers.map.geometry`: the legs as lines in degrees, side by side where they share a
  way;
- :mod:`~kervan.offers.map.projection`: degrees to kilometres on the sheet;
- :mod:`~kervan.offers.map.basemap`: land and borders (Natural Earth), bundled as data;
- :mod:`~kervan.offers.map.scene`: everything placed on the sheet, lettering included;
- :mod:`~kervan.offers.map.html` and :mod:`~kervan.offers.map.png`: the sheet as a file.
"""

from kervan.offers.map.html import map_html
from kervan.offers.map.png import map_png
from kervan.offers.map.scene import Scene, scene_of
from kervan.offers.map.write import write_map

__all__ = ["Scene", "map_html", "map_png", "scene_of", "write_map"]
