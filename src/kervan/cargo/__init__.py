"""The consignment: one data set for every border, document and message of its way.

Keyed in once, checked in three depths (form, sense, the law of the way), amended as versions, and
rendered by :mod:`kervan.documents` into every paper the way asks for.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kervan.cargo.consignment import Consignment


def example_consignment() -> Consignment:
    """Return the example: two containers with five goods items, Xi'an to Istanbul."""
    from kervan.cargo.reading import read_consignment

    return read_consignment(
        files("kervan.cargo").joinpath("examples/xian-istanbul.json").read_bytes()
    )
