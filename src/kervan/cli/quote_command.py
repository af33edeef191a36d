"""``kervan quote``: how a shipment gets there, when, and for what price."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from kervan.cli.options import PATH, feed_option, json_option
from kervan.cli.places_command import complete_place
from kervan.cli.refusal import NOTHING_FOUND, refuse
from kervan.cli.terminal import patience, plain, print_json

if TYPE_CHECKING:
    from decimal import Decimal

    from kervan.corridor import Corridor
    from kervan.errors import KervanError
    from kervan.feed import Place
    from kervan.offers import Quote

SCHEMA = "quote.v1"
# Machine code is made once on a machine: of the search only where plain Python would take too long,
# of the strategy always.
_WAIT = "Searching; over a large network this takes half a minute the first time on a machine …"
_STRATEGY_WAIT = (
    "Working out the strategy; this takes ten seconds or more the first time on a machine, half a "
    "minute over a large network …"
)


@click.command()
@click.argument("origin", shell_complete=complete_place)
@click.argument("destination", shell_complete=complete_place)
@click.option(
    "--equipment",
    default="45G1",
    show_default=True,
    metavar="CODE",
    help="Container: ISO 6346 size-type code, or a name such as 20DV, 40HC, 40RF.",
)
@click.option("--count", default=1, show_default=True, help="Number of containers.")
@click.option(
    "--weight",
    type=float,
    metavar="KG",
    help="Cargo in each container in kg, tare not included; 0 for empties. 10 t a TEU unless "
    "given.",
)
@click.option("--commodity", metavar="HS", help="HS code of the cargo, 2 to 10 digits.")
@click.option("--dangerous", is_flag=True, help="The cargo is dangerous goods.")
@click.option("--out-of-gauge", is_flag=True, help="The cargo stands over its equipment's edges.")
@click.option("--block-train", is_flag=True, help="It travels as part of a block train.")
@click.option("--private-wagons", is_flag=True, help="It travels in the shipper's own wagons.")
@click.option("--value", metavar="USD", help="Declared value of all the cargo.")
@click.option("--customer", metavar="ID", help="Who pays, for rebates granted to one customer.")
@click.option(
    "--committed",
    type=float,
    default=0.0,
    metavar="TEU",
    help="Volume the customer commits to in a period, for rebates by volume.",
)
@click.option(
    "--max-gross",
    type=float,
    metavar="KG",
    help="What each container is rated for, tare and cargo, as its safety plate says.",
)
@click.option(
    "--ready",
    metavar="DATE",
    help="When the cargo can be handed over: 2026-12-01 or 2026-12-01T08:00, local to the origin "
    "unless it has an offset. Today unless given.",
)
@click.option(
    "--window",
    default=7.0,
    show_default=True,
    metavar="DAYS",
    help="Days within which it may be handed over.",
)
@click.option(
    "--arrive-by", metavar="DATE", help="Latest planned arrival, local to the destination."
)
@click.option(
    "--via",
    multiple=True,
    metavar="WHAT",
    help="Place, country, carrier or mode to pass; may be given again.",
)
@click.option(
    "--avoid",
    multiple=True,
    metavar="WHAT",
    help="Place, country, carrier or mode not to pass; may be given again.",
)
@click.option(
    "--max-changes",
    default=15,
    show_default=True,
    help="Most changes from one service to another.",
)
@click.option("--offers", default=5, show_default=True, help="Most offers.")
@click.option("--currency", default="USD", show_default=True, help="Currency of the totals.")
@click.option(
    "--include-planned",
    is_flag=True,
    help="Count services and links that are only planned as running.",
)
@click.option(
    "--capacity",
    type=PATH,
    metavar="FILE",
    help="Let prices follow the places left on the departures in a TOML file, by its rule.",
)
@click.option(
    "--strategy",
    is_flag=True,
    help="Also work out the way of riding that arrives first on average, decided step by step.",
)
@click.option(
    "--explain", "explained", is_flag=True, help="Every hour and every line of the price."
)
@click.option(
    "--map",
    "map_path",
    type=PATH,
    metavar="FILE",
    help="Draw the offers on a map: .html (works offline) or .png.",
)
@feed_option
@json_option
@click.pass_context
def quote(ctx: click.Context, /, origin: str, destination: str, **options: Any) -> None:
    """Ask how a shipment gets from ORIGIN to DESTINATION, when, and for what price.

    A place is a UN/LOCODE (CNXIY), a code of the feed (KZ-ALTYNKOL) or a name in any script.

    \b
    Examples:
      kervan quote CNXIY TRIST --equipment 45G1 --count 2 --weight 18000 --ready 2026-12-01
      kervan quote Tashkent Mersin --ready 2026-12-01 --avoid road --explain
      kervan quote Chongqing Duisburg --ready 2026-12-01 --avoid RU --map offers.html
      kervan quote Almaty Constanta --ready 2026-12-01 --via KZAAU --json

    Exit status: 0; 2 for bad input; 3 when nothing leads there. The JSON is described by
    quote.v1.json.
    """
    from kervan.errors import KervanError, NoItineraryError

    as_json: bool = options["as_json"]
    try:
        with patience(_STRATEGY_WAIT if options["strategy"] else _WAIT):
            corridor, answer = _answer(origin, destination, options)
        if options["map_path"] is not None:
            from kervan.offers.map import write_map

            write_map(answer, corridor.feed, options["map_path"])
    except NoItineraryError as error:
        kind, status = "no-itinerary", NOTHING_FOUND
        refuse(ctx, SCHEMA, error, as_json, otherwise=kind, status=status, candidates=[])
    except KervanError as error:
        refuse(ctx, SCHEMA, error, as_json, candidates=_candidates(error))
    if as_json:
        from kervan.offers.as_json import quote_as_json

        print_json(quote_as_json(answer))
        return
    from kervan.cli.quote_table import print_quote

    print_quote(answer, explained=options["explained"])
    if options["map_path"] is not None:
        click.echo(f"Map written to {plain(options['map_path'])}.")


def _answer(origin: str, destination: str, options: dict[str, Any]) -> tuple[Corridor, Quote]:
    from kervan.corridor import read_feed

    corridor = read_feed(options["path"])
    corridor.include_planned = options["include_planned"]
    asking = not options["as_json"] and sys.stdin.isatty() and sys.stderr.isatty()
    here = _place(corridor, origin, asking)
    there = _place(corridor, destination, asking)
    return corridor, corridor.quote(
        here.place_id,
        there.place_id,
        equipment=options["equipment"],
        count=options["count"],
        weight_kg=options["weight"],
        commodity=options["commodity"],
        dangerous_goods=options["dangerous"],
        out_of_gauge=options["out_of_gauge"],
        block_train=options["block_train"],
        private_wagons=options["private_wagons"],
        value_usd=_value(options["value"]),
        customer_id=options["customer"],
        committed_teu=options["committed"],
        max_gross_kg=options["max_gross"],
        ready=options["ready"] or _today(here),
        window_days=options["window"],
        arrive_by=options["arrive_by"],
        via=options["via"],
        avoid=options["avoid"],
        max_transshipments=options["max_changes"],
        currency=options["currency"],
        offers=options["offers"],
        strategy=options["strategy"],
        capacity=options["capacity"],
    )


def _value(text: str | None) -> Decimal | None:
    from decimal import Decimal, InvalidOperation

    from kervan.errors import InvalidRequestError

    if text is None:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        raise InvalidRequestError(
            f"'{text}' is no value; give it in USD without separators, like 250000."
        ) from None


def _today(place: Place) -> str:
    from datetime import datetime

    from kervan.feed.zones import zone

    return datetime.now(zone(place.timezone)).date().isoformat()


def _place(corridor: Corridor, text: str, asking: bool) -> Place:
    """Find a place; where it is not clear and somebody sits there, ask."""
    from kervan.offers.places import UnknownPlaceError, find_place

    try:
        return find_place(corridor.feed.places, text)
    except UnknownPlaceError as error:
        if not asking or not error.candidates:
            raise
        click.echo(f"'{plain(text)}' may be:", err=True)
        for number, candidate in enumerate(error.candidates, 1):
            place = candidate.place
            click.echo(f"  {number}  {plain(place.name)} ({place.place_id})", err=True)
        chosen: int = click.prompt(
            "Which one", type=click.IntRange(1, len(error.candidates)), err=True
        )
        return error.candidates[chosen - 1].place


def _candidates(error: KervanError) -> list[dict[str, str]]:
    """Return the places that may have been meant, as JSON."""
    places = [candidate.place for candidate in getattr(error, "candidates", ())]
    return [{"place_id": place.place_id, "name": place.name} for place in places]
