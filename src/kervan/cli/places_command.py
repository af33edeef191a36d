"""``kervan places``: the places of a corridor."""

from __future__ import annotations

from pathlib import Path

import click
from click.shell_completion import CompletionItem

from kervan.cli.options import feed_option, json_option
from kervan.cli.refusal import BAD_INPUT, NOTHING_FOUND
from kervan.cli.terminal import plain, print_error, print_json

SCHEMA = "places.v1"


@click.command()
@click.argument("text", required=False)
@feed_option
@click.option("--country", metavar="CODE", help="Only places of a country, ISO 3166-1 alpha-2.")
@json_option
@click.pass_context
def places(
    ctx: click.Context, text: str | None, path: Path | None, country: str | None, as_json: bool
) -> None:
    """List the places of a corridor, or those whose code or name holds TEXT.

    \b
    Examples:
      kervan places
      kervan places --country KZ
      kervan places aktau --json

    Exit status: 0; 2 when the feed cannot be read; 3 when there is no such place. The JSON is
    described by places.v1.json.
    """
    from kervan.corridor import read_feed
    from kervan.errors import FeedError

    try:
        found = read_feed(path).feed.places
    except FeedError as error:
        if as_json:
            print_json({"schema": SCHEMA, "ok": False, "error": plain(error)})
        else:
            print_error(error)
        ctx.exit(BAD_INPUT)
    if country is not None:
        found = tuple(place for place in found if place.country == country.upper())
    if text is not None:
        wanted = text.casefold()
        found = tuple(
            place
            for place in found
            if any(
                wanted in name.casefold() for name in (place.place_id, place.name, *place.alt_names)
            )
        )
    if as_json:
        listed = [
            {
                "place_id": place.place_id,
                "name": place.name,
                "alt_names": list(place.alt_names),
                "country": place.country,
                "type": place.type,
                "timezone": place.timezone,
                "latitude_deg": place.latitude_deg,
                "longitude_deg": place.longitude_deg,
            }
            for place in found
        ]
        print_json({"schema": SCHEMA, "ok": True, "places": listed})
    else:
        width = max((len(place.place_id) for place in found), default=0)
        for place in found:
            others = f"  ({', '.join(place.alt_names)})" if place.alt_names else ""
            click.echo(plain(f"{place.place_id:<{width}}  {place.country}  {place.name}{others}"))
        if not found:
            print_error("No place of this corridor is so; `kervan places` lists all of them.")
    ctx.exit(0 if found else NOTHING_FOUND)


def complete_place(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete a place by the beginning of its code or name."""
    from kervan.corridor import read_feed
    from kervan.errors import KervanError

    del param
    try:
        known = read_feed(ctx.params.get("path")).feed.places
    except (KervanError, OSError):
        return []
    start = incomplete.casefold()
    return [
        CompletionItem(place.place_id, help=place.name)
        for place in known
        if place.place_id.casefold().startswith(start) or place.name.casefold().startswith(start)
    ]
