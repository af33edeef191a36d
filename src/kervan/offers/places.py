"""Which place somebody means: by code, by name in any script, or by what is nearest to it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from kervan.errors import InvalidRequestError
from kervan.feed.tables import Place

_MOST_CANDIDATES = 6
_LIKE_ENOUGH = 80.0
_CLEARLY_BETTER = 8.0
_WORTH_NAMING = 60.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that may be meant, and how like it is to what was written (0 to 100).

    ``whole`` is the likeness to a whole name, never to a part of one.
    """

    place: Place
    likeness: float
    whole: float


class UnknownPlaceError(InvalidRequestError):
    """No place is clearly meant; ``candidates`` holds those nearest, the likeliest first."""

    def __init__(self, message: str, candidates: tuple[Candidate, ...]) -> None:
        super().__init__(message)
        self.candidates = candidates


class AmbiguousPlaceError(UnknownPlaceError):
    """Several places may be meant; ``candidates`` holds them, the likeliest first."""


def find_place(places: Iterable[Place], text: str) -> Place:
    """Return the place a code or name means.

    Parameters
    ----------
    places
        Places to look among.
    text
        A place id (``CNXIY``, also ``CN XIY`` or in small letters), a name or another name of the
        feed in any script, or something like one of them: ``Istambul``. A country may follow after
        a comma: ``Aktau, KZ``.

    Raises
    ------
    AmbiguousPlaceError
        If several places are meant equally.
    UnknownPlaceError
        If none is like it.
    """
    known = tuple(places)
    wanted = text.strip()
    if not wanted:
        raise UnknownPlaceError(
            "The name of a place is empty; give a UN/LOCODE such as CNXIY or a name.", ()
        )
    code = re.sub(r"\s+", "", wanted).upper()
    for place in known:
        if place.place_id == code:
            return place
    name, _, country = wanted.partition(",")
    country = country.strip().upper()
    among = [p for p in known if not country or p.country == country] or list(known)
    plain = _plain(name)
    exact = [p for p in among if plain in {_plain(n) for n in (p.name, *p.alt_names)}]
    if len(exact) == 1:
        return exact[0]
    if exact:
        raise _ambiguous(wanted, [Candidate(place, 100.0, 100.0) for place in exact])
    candidates = _nearest(among, plain)
    best = candidates[0].likeness if candidates else 0.0
    level = [c for c in candidates if c.likeness > best - _CLEARLY_BETTER]
    # Three letters are like half the world; only a name of some length is guessed at.
    if len(level) == 1 and level[0].whole >= _LIKE_ENOUGH and len(plain) > 3:
        return level[0].place
    if best >= _LIKE_ENOUGH and len(level) > 1:
        raise _ambiguous(wanted, level)
    raise _unknown(wanted, code, known, candidates)


def _nearest(places: list[Place], plain: str) -> list[Candidate]:
    found = []
    for place in places:
        names = [_plain(name) for name in (place.name, *place.alt_names)]
        best, whole = (
            max(pair) for pair in zip(*(_likeness(plain, n) for n in names), strict=True)
        )
        if best >= _WORTH_NAMING:
            found.append(Candidate(place, best, whole))
    return sorted(found, key=lambda c: (-c.likeness, c.place.place_id))[:_MOST_CANDIDATES]


def _likeness(plain: str, name: str) -> tuple[float, float]:
    """Return how like a name is in whole or in part, and in whole."""
    # Imported here: whoever gives codes or exact names needs no likeness.
    from rapidfuzz import fuzz

    whole: float = fuzz.ratio(plain, name)
    if len(plain) < 4 or len(plain) > len(name):
        return whole, whole
    # Part of a longer name, such as Khorgos of Khorgos Eastern Gate, counts for a little less.
    part: float = fuzz.partial_ratio(plain, name)
    return max(whole, 0.9 * part), whole


def _ambiguous(wanted: str, candidates: list[Candidate]) -> AmbiguousPlaceError:
    return AmbiguousPlaceError(
        f"'{wanted}' may be {_listed(candidates)}. Give the code.", tuple(candidates)
    )


def _unknown(
    wanted: str, code: str, known: tuple[Place, ...], candidates: list[Candidate]
) -> UnknownPlaceError:
    shown = wanted if len(wanted) <= 40 else wanted[:39] + "…"
    if re.fullmatch(r"[A-Z]{2}[A-Z2-9]{3}", code):
        same = sorted(place.place_id for place in known if place.country == code[:2])
        if same:
            return UnknownPlaceError(
                f"'{shown}' is no place of this corridor. In {code[:2]} it has {', '.join(same)}.",
                tuple(candidates),
            )
    if candidates:
        return UnknownPlaceError(
            f"'{shown}' is no place of this corridor. Did you mean {_listed(candidates)}?",
            tuple(candidates),
        )
    return UnknownPlaceError(
        f"'{shown}' is no place of this corridor. Give a UN/LOCODE such as CNXIY or a name; "
        "`kervan places` lists all of them.",
        (),
    )


def _listed(candidates: Iterable[Candidate]) -> str:
    named = [f"{c.place.name} ({c.place.place_id})" for c in candidates]
    return named[0] if len(named) == 1 else ", ".join(named[:-1]) + " or " + named[-1]


def _plain(text: str) -> str:
    """Return a name without case, accents and punctuation, so that İzmir is izmir."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("ı", "i"))
    kept = (c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c))
    return " ".join("".join(kept).replace(" s ", "s ").split())
