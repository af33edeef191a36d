"""A quote printed for people: a table of offers, and the explanation."""

from __future__ import annotations

from datetime import datetime, timedelta

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from kervan.cli.terminal import plain
from kervan.network.clock import local_datetime
from kervan.offers.explain import explain, strategy_lines
from kervan.offers.model import Offer, Quote
from kervan.offers.wording import (
    chance_text,
    days_text,
    risk_text,
    why_incomplete,
)

_BEST_AT = {"arrival": "first to arrive", "price": "cheapest", "co2e": "least CO2e"}
_WIDE = 118


def print_quote(quote: Quote, *, explained: bool) -> None:
    """Print the offers of a quote."""
    console = Console(highlight=False)
    for line in _heading(quote):
        console.print(escape(plain(line)))
    console.print()
    console.print(_table(quote, wide=console.width >= _WIDE))
    for offer in quote.offers:
        for sentence in why_incomplete(offer):
            console.print(escape(plain(f"Offer {offer.number}: {sentence}")), style="yellow")
    if quote.strategy is not None:
        console.print()
        for line in strategy_lines(quote, quote.strategy):
            click.echo(plain(line))
    if explained:
        console.print()
        for line in explain(quote):
            click.echo(plain(line))
        console.print("* an estimate of the feed, not a published figure")
    for note in quote.notes:
        console.print(escape(plain(note)), style="dim")


def _heading(quote: Quote) -> list[str]:
    cargo = quote.shipment
    what = f"{cargo.count} × {cargo.equipment.code} ({cargo.equipment.description})"
    what += ", empty" if cargo.is_empty else f", {cargo.weight_kg:,.0f} kg of cargo each"
    if cargo.dangerous_goods:
        what += ", dangerous goods"
    if quote.committed_teu:
        what += f", {quote.committed_teu:,g} TEU committed"
    window = quote.window / timedelta(days=1)
    return [
        f"{quote.origin.name} ({quote.origin.place_id}) to "
        f"{quote.destination.name} ({quote.destination.place_id})",
        what,
        f"ready {_moment(quote.ready)}, handed over within {window:g} days; tariffs of "
        f"{quote.tariff_day}; {quote.feed.title}, {quote.feed.version}",
    ]


def _table(quote: Quote, *, wide: bool) -> Table:
    table = Table(show_lines=True, pad_edge=False, expand=False)
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column("way")
    table.add_column("hand-over by\narrives", no_wrap=True)
    table.add_column("days", justify="right", no_wrap=True)
    table.add_column("price\nCO2e", justify="right", no_wrap=True)
    table.add_column("arrives by\n50 % / 95 %", no_wrap=True)
    if wide:
        table.add_column("risk")
    for offer in quote.offers:
        row = [
            str(offer.number),
            _way(offer),
            f"{_day(offer.hand_over_at)}\n{_day(offer.arrives_at)}",
            days_text(offer.transit).removesuffix(" d"),
            f"{_price(offer)}\n{offer.emission.kg_co2e / 1000:,.1f} t",
            _arrivals(quote, offer),
        ]
        if wide:
            row.append(escape(risk_text(offer)))
        table.add_row(*row)
    return table


def _price(offer: Offer) -> str:
    total = offer.price.total
    return escape(str(total)) if total is not None else "[yellow]incomplete[/yellow]"


def _way(offer: Offer) -> str:
    lines = [f"[bold]{', '.join(_BEST_AT[name] for name in offer.best_at)}[/bold]"]
    lines = lines if offer.best_at else []
    lines += [
        escape(
            plain(
                f"{leg.from_place.name} - {leg.to_place.name}, "
                f"{leg.leg.mode.replace('_', ' ')}, {leg.carrier.carrier_id}"
            )
        )
        for leg in offer.legs
    ]
    return "\n".join(lines)


def _arrivals(quote: Quote, offer: Offer) -> str:
    zone = quote.destination.timezone
    found = offer.reliability
    text = "\n".join(
        "?" if at is None else _day(local_datetime(round(at), zone))
        for at in (found.p50, found.p95)
    )
    limit = quote.constraints.latest_arrival
    if limit is not None:
        late = 1.0 - found.chance_by(round(limit.timestamp() / 60))
        text += f"\n{chance_text(late)} late"
    return text


def _day(moment: datetime) -> str:
    return f"{moment:%a %d %b}"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment.hour or moment.minute else f"{moment:%Y-%m-%d}"
