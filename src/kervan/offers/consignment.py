"""A consignment begun from an offer: its way, its carriers and its containers.

What an offer knows is taken over, and nothing else: goods, parties, seals and procedures are for
the consignor to say, and `kervan consignment check` asks for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple, get_args

from pydantic import ValidationError

from kervan.cargo.consignment import Consignment
from kervan.cargo.parties import Party
from kervan.cargo.problems import json_path
from kervan.cargo.transport import Carrier, Mode, Movement, Place, TransportEquipment
from kervan.errors import InvalidRequestError
from kervan.feed.tables import BorderCrossing, Feed, Link
from kervan.feed.tables import Place as FeedPlace
from kervan.feed.zones import zone
from kervan.offers.kept import offer_of

_AT_BORDER = frozenset(("border", "gauge_change"))
_LAND = frozenset(("rail", "road"))


def consignment_from_quote(
    quote: Any,
    number: int,
    reference: str,
    *,
    feed: Feed | None = None,
    containers: Sequence[str] = (),
) -> Consignment:
    """Return the consignment that an offer of a quote is the beginning of.

    Parameters
    ----------
    quote
        What ``kervan quote --json`` printed, parsed.
    number
        Which offer, from 1.
    reference
        The consignor's own for the consignment.
    feed
        The feed the quote was made with. With it a leg on land is two movements where it crosses a
        border, so that the law of the way counts its deadlines from there; when the border is
        reached is apportioned by kilometres, with the planned hours of controls and gauge changes
        of the borders before it.
    containers
        Numbers of the units, as many as the quote is for or fewer.

    Raises
    ------
    InvalidRequestError
        If it is no quote, has no such offer, the feed lacks what a leg runs over, or more
        containers are named than were quoted.
    """
    offer = offer_of(quote, number)
    try:
        request = quote["request"]
        if len(containers) > request["count"]:
            raise InvalidRequestError(
                f"{len(containers)} containers are named, and the quote is for "
                f"{request['count']}; ask for a quote of as many."
            )
        land = None if feed is None else _Land.of(feed)
        movements: list[Movement] = []
        for leg in offer["legs"]:
            for part in (leg,) if land is None else _parts(leg, land):
                movements.append(_movement(len(movements) + 1, part))
        carriers = {leg["carrier_id"]: leg["carrier"] for leg in offer["legs"]}
        return Consignment(
            reference=reference,
            acceptance=movements[0].origin,
            delivery=movements[-1].destination,
            carriers=tuple(
                Carrier(carrier_id=key, party=_party(name)) for key, name in carriers.items()
            ),
            movements=tuple(movements),
            equipment=tuple(
                TransportEquipment(
                    number=container,
                    size_type=request["equipment"],
                    is_empty=request["weight_kg"] == 0,
                )
                for container in containers
            ),
        )
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise InvalidRequestError(
            f"No consignment can be made of offer {number}: {json_path(*first['loc'])}: "
            f"{first['msg']}."
        ) from None
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as error:
        raise InvalidRequestError(
            f"Offer {number} is not written as quote.v1 has it ({error!r}); write the quote again "
            "with `kervan quote … --json`."
        ) from None


def _party(name: str) -> Party | None:
    # The feed's stand-in for a market is no company that could sign a note.
    return None if "(market" in name else Party(name=name, name_in={})


def _movement(number: int, part: Mapping[str, Any]) -> Movement:
    mode: Mode = part["mode"]
    if mode not in get_args(Mode):
        raise ValueError(f"mode {mode}")
    return Movement(
        number=number,
        mode=mode,
        carrier_id=part["carrier_id"],
        origin=_place(part["from"]),
        destination=_place(part["to"]),
        departs=datetime.fromisoformat(part["departs"]),
        arrives=datetime.fromisoformat(part["arrives"]),
    )


def _place(place: Mapping[str, Any]) -> Place:
    return Place(
        place_id=place["place_id"], name=place["name"], name_in={}, country=place["country"]
    )


class _Land(NamedTuple):
    """What of a feed tells where a leg crosses borders."""

    links: Mapping[str, Link]
    places: Mapping[str, FeedPlace]
    crossings: Mapping[str, BorderCrossing]

    @classmethod
    def of(cls, feed: Feed) -> _Land:
        return cls(
            {link.link_id: link for link in feed.links},
            {place.place_id: place for place in feed.places},
            {crossing.crossing_id: crossing for crossing in feed.border_crossings},
        )


def _parts(leg: Mapping[str, Any], land: _Land) -> Iterator[Mapping[str, Any]]:
    """Yield a leg in parts, each but the last ending at the first place beyond a border."""
    if leg["mode"] not in _LAND:
        yield leg
        return
    departs = datetime.fromisoformat(leg["departs"])
    held = _held(leg)
    running = datetime.fromisoformat(leg["arrives"]) - departs - sum(held.values(), timedelta())
    if running < timedelta():  # the hours of its borders lie within those of a timetable
        held, running = {}, datetime.fromisoformat(leg["arrives"]) - departs
    stops = list(_stops(leg, land.links))
    whole = stops[-1][1]
    crossings = {
        (crossing.from_place_id, crossing.to_place_id): crossing.name
        for key in leg["crossing_ids"]
        if (crossing := land.crossings.get(key)) is not None
    }
    part, waited = leg, timedelta()
    for (before, _), (here, kilometres) in pairwise(stops[:-1]):
        place = land.places[here]
        if place.country == land.places[before].country:
            continue
        reached = departs + waited + (running * (kilometres / whole) if whole else timedelta())
        waits = held.get(crossings.get((before, here), ""), timedelta())
        waited += waits
        at = {"place_id": here, "name": place.name, "country": place.country}
        yield {**part, "to": at, "arrives": _local(reached, place)}
        part = {**leg, "from": at, "departs": _local(reached + waits, place)}
    yield part


def _stops(leg: Mapping[str, Any], links: Mapping[str, Link]) -> Iterator[tuple[str, float]]:
    """Yield each place of a leg, and its kilometres from where the leg begins."""
    here, kilometres = leg["from"]["place_id"], 0.0
    yield here, kilometres
    for link_id in leg["link_ids"]:
        link = links.get(link_id)
        if link is None or here not in (link.from_place_id, link.to_place_id):
            raise InvalidRequestError(
                f"The feed has no link {link_id} from {here}, which {leg['service_id']} of the "
                "offer runs over; name the feed the quote was made with."
            )
        here = link.to_place_id if here == link.from_place_id else link.from_place_id
        kilometres += link.distance_km
        yield here, kilometres


def _held(leg: Mapping[str, Any]) -> dict[str, timedelta]:
    """Return the planned time at each border crossing of a leg."""
    found: dict[str, timedelta] = {}
    for entry in leg["aboard"]:
        if entry["kind"] in _AT_BORDER:
            spent = timedelta(minutes=entry["minutes"])
            found[entry["where"]] = found.get(entry["where"], timedelta()) + spent
    return found


def _local(moment: datetime, place: FeedPlace) -> str:
    return moment.replace(second=0, microsecond=0).astimezone(zone(place.timezone)).isoformat()
