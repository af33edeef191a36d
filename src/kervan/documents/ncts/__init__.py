"""The messages of NCTS, by which common and Union transit is declared and followed.

The declaration (CC015C) and what a trader sends after it are written from a consignment, the
replies of customs are read into a :class:`~kervan.documents.ncts.life.TransitMovement`, and can be
written too, for an authority or a test. Every message is valid by the published XSD of its version
(:mod:`~kervan.documents.ncts.schema`), or is not given out.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from kervan.cargo.consignment import Consignment
from kervan.documents.format import Format
from kervan.documents.ncts.assembly import HEAD
from kervan.documents.ncts.elements import CARRIES
from kervan.documents.ncts.part import REGIMES, declared_part
from kervan.documents.ncts.reading import read_message
from kervan.documents.ncts.rendering import render_amendment, render_declaration
from kervan.documents.ncts.schema import TITLES

STANDARD = "NCTS (DDNTA) of the European Commission, XSD 60.4.16 and 51.8.6"


def _recognises(head: bytes) -> bool:
    named = b"ncts.dgtaxud.ec" in head or head.lstrip()[:1] == b"{"
    return named and any(kind.encode() in head for kind in TITLES)


def _wanted(consignment: Consignment) -> bool:
    return any(p.regime in REGIMES for p in consignment.procedures)


def _format(
    kind: str,
    render: Callable[..., bytes],
    takes: frozenset[str],
    wanted: Callable[[Consignment], bool],
) -> Format:
    return Format(
        kind=f"ncts-{kind.lower()}",
        title=f"NCTS {TITLES[kind]} ({kind})",
        suffix=".xml",
        standard=STANDARD,
        carries=CARRIES,
        takes=takes,
        render=render,
        # Whichever message it is: the kind of what was read says which.
        read=read_message,
        recognises=_recognises,
        wanted=wanted,
        part=partial(declared_part, kind=kind),
    )


DECLARATION = _format("CC015C", render_declaration, HEAD, _wanted)
AMENDMENT = _format(
    "CC013C",
    render_amendment,
    HEAD | {"guarantee_only"},
    # Only what has been declared before can be amended.
    lambda consignment: consignment.version > 1 and _wanted(consignment),
)
