"""What a way must or must not pass, from the words somebody uses for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from kervan.errors import InvalidRequestError
from kervan.feed.tables import MODES, Feed, Place
from kervan.itinerary import Constraints
from kervan.offers.places import UnknownPlaceError, find_place
from kervan.offers.quote import moment_ready

_KINDS = ("mode", "carrier", "country", "place")


def conditions(
    feed: Feed,
    *,
    via: Iterable[str] = (),
    avoid: Iterable[str] = (),
    equipment: str | None = None,
    dangerous_goods: bool = False,
    latest_arrival: datetime | None = None,
    max_transshipments: int = 15,
) -> Constraints:
    """Return constraints from words.

    Parameters
    ----------
    feed
        The corridor whose places, countries and carriers are meant.
    via, avoid
        Each a mode (``rail``), a carrier (``KTZ``), a country (``KZ``) or a place (``KZAAU``,
        ``Aktau``), looked for in this order; ``place:Aktau`` says which is meant.
    equipment, dangerous_goods, latest_arrival, max_transshipments
        As in :class:`~kervan.itinerary.Constraints`.

    Raises
    ------
    InvalidRequestError
        If a word is none of them.
    """
    passed, avoided = _sorted_out(feed, via, "pass"), _sorted_out(feed, avoid, "avoid")
    for kind in _KINDS:
        both = passed[kind] & avoided[kind]
        if both:
            raise InvalidRequestError(
                f"{min(both)} is to be both passed and avoided; leave out one of the two."
            )
    return Constraints(
        equipment=equipment,
        dangerous_goods=dangerous_goods,
        avoid_countries=frozenset(avoided["country"]),
        avoid_places=frozenset(avoided["place"]),
        avoid_carriers=frozenset(avoided["carrier"]),
        avoid_modes=frozenset(avoided["mode"]),
        via_countries=frozenset(passed["country"]),
        via_places=frozenset(passed["place"]),
        via_carriers=frozenset(passed["carrier"]),
        via_modes=frozenset(passed["mode"]),
        latest_arrival=latest_arrival,
        max_transshipments=max_transshipments,
    )


def end_of_day(moment: datetime | date | str, place: Place) -> datetime:
    """Return a moment, aware; a day alone means its end, local to the place.

    Raises
    ------
    InvalidRequestError
        If a text is no ISO 8601 date or time.
    """
    found = moment_ready(moment, place)
    is_day = (
        len(moment) <= len("2026-12-01")
        if isinstance(moment, str)
        else not isinstance(moment, datetime)
    )
    if is_day and found.timetz().replace(tzinfo=None) == time():
        return found + timedelta(days=1)
    return found


def _sorted_out(feed: Feed, words: Iterable[str], purpose: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {kind: set() for kind in _KINDS}
    for word in words:
        kind, key = _meant(feed, word, purpose)
        found[kind].add(key)
    return found


def _meant(feed: Feed, word: str, purpose: str) -> tuple[str, str]:
    kind, colon, rest = word.partition(":")
    kind, name = (kind.strip().lower(), rest.strip()) if colon else ("", word.strip())
    if colon and kind not in _KINDS:
        raise InvalidRequestError(
            f"'{kind}' in '{word}' is no kind of thing to {purpose}; use {', '.join(_KINDS)}."
        )
    carriers = {row.carrier_id.upper(): row.carrier_id for row in feed.carriers}
    countries = {place.country for place in feed.places}
    if kind in ("", "mode") and name.lower() in MODES:
        return "mode", name.lower()
    if kind in ("", "carrier") and name.upper() in carriers:
        return "carrier", carriers[name.upper()]
    if kind in ("", "country") and name.upper() in countries:
        return "country", name.upper()
    if kind in ("", "country"):
        by_name = _country_by_name(name)
        if by_name in countries:
            return "country", by_name
    if kind in ("", "place"):
        try:
            return "place", find_place(feed.places, name).place_id
        except UnknownPlaceError as error:
            if kind == "place":
                raise
            raise InvalidRequestError(
                f"'{word}' is nothing to {purpose}: it is no mode, carrier or country of this "
                f"corridor. {error}"
            ) from None
    allowed = {"mode": MODES, "carrier": sorted(carriers), "country": sorted(countries)}[kind]
    raise InvalidRequestError(
        f"'{name}' is no {kind} of this corridor; it has {', '.join(allowed)}."
    )


def _country_by_name(name: str) -> str:
    from kervan.feed.codes import countries

    wanted = name.casefold()
    return next((code for code, known in countries().items() if known.casefold() == wanted), "")
