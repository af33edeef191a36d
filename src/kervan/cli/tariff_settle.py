"""``kervan tariff settle``: a month's transports divided, entered, stated and netted.

``kervan tariff performed`` turns an accepted quote into a row of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kervan.cli.options import DAY, PATH, feed_option, json_summary_option, offer_number_option
from kervan.cli.refusal import BAD_INPUT, refuse
from kervan.cli.terminal import number_of, plain, print_error, print_json, working

if TYPE_CHECKING:
    from kervan.tariff.settlement.month import Settlement
    from kervan.tariff.settlement.netting import Comparison

SCHEMA = "tariff-settle.v1"
_RULES = ["distance", "cost", "points", "section"]


@click.command()
@click.argument("transports", type=PATH)
@click.option("--month", required=True, metavar="YYYY-MM", help="Month to settle: 2026-11.")
@click.option("--out", required=True, type=PATH, metavar="FOLDER", help="Folder to write to.")
@click.option(
    "--rule",
    type=click.Choice(_RULES),
    default="distance",
    show_default=True,
    help="How through charges that name no rule are divided.",
)
@click.option(
    "--currency",
    default="USD",
    show_default=True,
    metavar="CODE",
    help="Currency of settlement, ISO 4217.",
)
@click.option(
    "--house",
    metavar="MEMBER",
    help="Carrier that is the clearing house; accounts with each other unless given.",
)
@click.option(
    "--settled",
    type=PATH,
    metavar="FOLDER",
    help="Where the month before was settled into; without it earlier months count as unpaid.",
)
@feed_option
@click.option("--pdf/--no-pdf", default=True, help="Write statements as PDF too, or not.")
@click.option("--overwrite", is_flag=True, help="Write into a folder that is not empty.")
@json_summary_option
@click.pass_context
def settle(
    ctx: click.Context,
    transports: Path,
    month: str,
    out: Path,
    rule: str,
    currency: str,
    house: str | None,
    settled: Path | None,
    path: Path | None,
    pdf: bool,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Settle the month's TRANSPORTS, a table in .csv or .parquet, among the carriers.

    Through charges are divided, every transport is entered in accounts by double entry, each
    member gets a statement, and the balances are netted into the fewest and smallest payments.
    FOLDER gets journal.csv, payments.csv, settled.csv and statements/ (Excel and PDF).

    \b
    Examples:
      kervan tariff settle november.csv --month 2026-11 --out november/
      kervan tariff settle 2026.parquet --month 2026-12 --settled november/ --out december/
      kervan tariff settle november.csv --month 2026-11 --out november/ --rule section --house MCM

    Exit status: 0; 2 for bad input, or when FOLDER cannot be written. The JSON is described by
    tariff-settle.v1.json.
    """
    from kervan.corridor import read_feed
    from kervan.errors import InvalidRequestError, KervanError
    from kervan.tariff.settlement.folder import check_folder, read_settled, write_settlement
    from kervan.tariff.settlement.month import month_of
    from kervan.tariff.settlement.month import settle as settled_month
    from kervan.tariff.settlement.proration import DayRates
    from kervan.tariff.settlement.transports import read_transports

    try:
        month_of(month)
        check_folder(out, overwrite=overwrite)
        if pdf:
            from kervan.tariff.settlement.pdf import check_pdf

            check_pdf()
        feed = read_feed(path).feed
        names = {carrier.carrier_id: carrier.name for carrier in feed.carriers}
        _check_member(house, names, "--house")
        with working() as progress:
            if progress is not None:
                progress("reading transports", 0, 0)
            table = read_transports(transports, names.keys())
            settlement = settled_month(
                table,
                month,
                DayRates(feed.exchange_rates),
                rule=rule,
                currency=currency.upper(),
                house=house,
                earlier=() if settled is None else read_settled(settled),
                progress=progress,
            )
            if not settlement.members:
                raise InvalidRequestError(
                    f"{transports.name} has nothing to settle in {month}. Name a month with "
                    "transports, or one after it."
                )
            files = write_settlement(
                settlement,
                out,
                names,
                feed.info.title,
                pdf=pdf,
                overwrite=overwrite,
                progress=progress,
            )
    except KervanError as error:
        faults = [plain(fault) for fault in getattr(error, "faults", ())]
        refuse(ctx, SCHEMA, error, as_json, otherwise="not-written", faults=faults)
    if as_json:
        print_json(_content(settlement, [str(file.relative_to(out)) for file in files]))
    else:
        for line in _lines(settlement, names):
            click.echo(plain(line))
        click.echo(f"Wrote {number_of(len(files), 'file')} to {plain(out)}.")


@click.command()
@click.argument("quote", type=PATH)
@click.argument("transports", type=PATH)
@offer_number_option
@click.option("--transport", "key", required=True, metavar="KEY", help="Key of the transport.")
@click.option(
    "--performed-on",
    required=True,
    type=DAY,
    metavar="DATE",
    help="Day the last leg was done.",
)
@click.option(
    "--revision",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="1, 2 and so on where it states anew a transport that is in TRANSPORTS already.",
)
@click.option(
    "--recorded-on",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Day it is entered in the accounts, where that is another than the day performed.",
)
@click.option("--customer", required=True, metavar="KEY", help="Who pays.")
@click.option(
    "--collector", required=True, metavar="MEMBER", help="Carrier that invoices the customer."
)
@click.option("--cost-weights", metavar="LIST", help="Share of the cost of each leg: 3,1.5,2.")
@click.option("--points", metavar="LIST", help="Points of each leg in the proration table: 4,1,2.")
@feed_option
@click.pass_context
def performed(
    ctx: click.Context,
    quote: Path,
    transports: Path,
    number: int,
    key: str,
    performed_on: datetime,
    revision: int,
    recorded_on: datetime | None,
    customer: str,
    collector: str,
    cost_weights: str | None,
    points: str | None,
    path: Path | None,
) -> None:
    """Add an accepted offer of QUOTE to TRANSPORTS, a table in .csv, as it was performed.

    The offer is priced again and must be the price quoted. What each carrier would have charged
    for its leg alone is written beside it, for the rule of proration by sections.

    \b
    Examples:
      kervan quote CNXIY TRIST --ready 2026-11-02 --json > quote.json
      kervan tariff performed quote.json november.csv --transport T-1 --performed-on 2026-11-28 \\
        --customer shipper-1 --collector MCM

    What was wrong is never changed, but stated anew with the next --revision.

    Exit status: 0; 2 for bad input.
    """
    from kervan.corridor import read_feed
    from kervan.errors import InvalidRequestError, KervanError
    from kervan.offers.reprice import reprice
    from kervan.tariff import Money, TariffBook
    from kervan.tariff.settlement.columns import write_transports
    from kervan.tariff.settlement.performed import performed_from_price

    try:
        feed = read_feed(path).feed
        names = {carrier.carrier_id: carrier.name for carrier in feed.carriers}
        _check_member(collector, names, "--collector")
        found = reprice(feed, _json(quote), number)
        if not found.is_as_quoted:
            raise InvalidRequestError(
                f"Offer {number} of {quote.name} is not the price quoted any more, so it cannot be "
                "settled as it is. Name the version of the feed it was made with."
            )
        book = TariffBook(feed, found.price.day, found.price.currency)
        sections = []
        for leg in found.legs:
            lines = [ln for ln in book.price((leg,), found.shipment).lines if ln.kind == "freight"]
            minor = sum(line.in_total.minor for line in lines if line.in_total)
            sections.append(Money(minor, found.price.currency))
        transport = performed_from_price(
            key,
            found.price,
            found.legs,
            performed_on=performed_on.date(),
            customer_id=customer,
            collector_id=collector,
            cost_weights=_numbers(cost_weights, Decimal, "--cost-weights", len(found.legs)),
            points=_numbers(points, int, "--points", len(found.legs)),
            section_rates=sections,
        )
        if revision and recorded_on is None:
            raise InvalidRequestError(
                f"Revision {revision} corrects what was entered before, so it needs the day it is "
                "entered itself. Give it with --recorded-on."
            )
        posted_on = performed_on if recorded_on is None else recorded_on
        transport = replace(transport, revision=revision, posted_on=posted_on.date())
        try:
            write_transports([transport], transports, append=True)
        except OSError as error:
            raise InvalidRequestError(
                f"{transports} cannot be written: {error.strerror or error}. Name a .csv file in a "
                "folder that may be written to."
            ) from error
    except KervanError as error:
        print_error(error)
        ctx.exit(BAD_INPUT)
    total = transport.total
    through = sum(charge.is_through for charge in transport.charges)
    anew = f", revision {revision}" if revision else ""
    click.echo(
        f"Added transport {plain(key)}{anew}: {number_of(len(transport.legs), 'leg')}, "
        f"{number_of(len(transport.charges), 'charge')} ({through} through), {total}."
    )


def _check_member(member: str | None, names: dict[str, str], option: str) -> None:
    from kervan.errors import InvalidRequestError
    from kervan.feed.nearest import did_you_mean

    if member is not None and member not in names:
        raise InvalidRequestError(
            f"{option}: '{member}' is no carrier of the feed. "
            + did_you_mean(member, names, "Name one of carriers in the feed.")
        )


def _numbers(
    text: str | None, read: Callable[[str], Any], option: str, count: int
) -> list[Any] | None:
    from kervan.errors import InvalidRequestError

    if text is None:
        return None
    try:
        numbers = [read(part.strip()) for part in text.split(",")]
        if len(numbers) != count or any(number < 0 for number in numbers):
            raise ValueError
    except (ArithmeticError, ValueError):
        raise InvalidRequestError(
            f"{option} '{text}' must be {count} numbers of zero or more with commas between, one "
            "for each leg."
        ) from None
    return numbers


def _json(path: Path) -> Any:
    from kervan.errors import InvalidRequestError

    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidRequestError(
            f"{path} cannot be read as JSON ({error}); write it with `kervan quote … --json`."
        ) from error


def _lines(settlement: Settlement, names: dict[str, str]) -> Iterator[str]:
    from kervan.tariff.money import Money
    from kervan.tariff.settlement.proration import RULES
    from kervan.tariff.settlement.wording import named

    netting, code = settlement.netting, settlement.currency
    corrections = int((settlement.journal.entry_kind == 1).sum())
    yield (
        f"{settlement.month}: {number_of(len(settlement.journal), 'entry', 'entries')}, "
        f"{number_of(corrections, 'reversal')} among them, "
        f"{number_of(len(settlement.members), 'member')}. Every entry balances."
    )
    yield f"Through charges are divided {RULES[settlement.rule]}."
    if settlement.opening and not settlement.earlier:
        yield "Balances of earlier months count as unpaid; --settled names where they were settled."
    if settlement.later:
        later = number_of(settlement.later, "entry", "entries")
        yield f"Left out: {later} of later days."
    for conversion in netting.rates.values():
        for rate in conversion.rates:
            yield (
                f"Rate of exchange: 1 {rate.from_currency} in {rate.to_currency} "
                f"{rate.rate.normalize():f}, of {rate.rate_date} ({rate.source_id})."
            )
    yield ""
    for payment in netting.payments:
        yield (
            f"{named(payment.payer_id, names)} pays {named(payment.payee_id, names)} "
            f"{Money(payment.minor, code)}"
        )
    yield ""
    fewest = "the fewest there can be" if netting.fewest else "at most one fewer than members"
    yield (
        f"{number_of(len(netting.payments), 'payment')}, {fewest}: "
        f"{Money(netting.gross_minor, code)} in all."
    )
    for what, compared in (
        ("pair and currency", netting.bilateral),
        ("pair of members", netting.bilateral_in_one),
    ):
        yield (
            f"Without netting, one a {what}: {number_of(compared.count, 'payment')}, "
            f"{Money(compared.gross_minor, code)} in all"
            f"{_saving(netting.gross_minor, compared)}."
        )


def _saving(minor: int, compared: Comparison) -> str:
    if not compared.gross_minor:
        return ""
    return f"; netting cuts it by {100 - 100 * minor / compared.gross_minor:.1f} %"


def _content(settlement: Settlement, files: list[str]) -> dict[str, Any]:
    from kervan.tariff.money import Money
    from kervan.tariff.settlement.proration import RULES

    netting, code = settlement.netting, settlement.currency

    def money(minor: int, currency: str = code) -> dict[str, str]:
        return {"amount": str(Money(minor, currency).major), "currency": currency}

    def compared(found: Comparison) -> dict[str, Any]:
        return {"payments": found.count, "gross": money(found.gross_minor)}

    return {
        "schema": SCHEMA,
        "ok": True,
        "month": settlement.month,
        "rule": settlement.rule,
        "rule_in_words": RULES[settlement.rule],
        "currency": code,
        "house": settlement.house,
        "entries": len(settlement.journal),
        "corrections": int((settlement.journal.entry_kind == 1).sum()),
        "later": settlement.later,
        "opening_unpaid": bool(settlement.opening) and not settlement.earlier,
        "rates": [
            {
                "from": rate.from_currency,
                "to": rate.to_currency,
                "rate": f"{rate.rate.normalize():f}",
                "day": rate.rate_date.isoformat(),
                "source_id": rate.source_id,
            }
            for conversion in netting.rates.values()
            for rate in conversion.rates
        ],
        "positions": [
            {
                "member_id": position.member_id,
                "position": money(position.minor),
                "rounding_minor": float(position.difference),
                "closing": [
                    {"counterparty_id": other, "balance": money(minor, currency)}
                    for (owner, other, currency), minor in settlement.closing.items()
                    if owner == position.member_id
                ],
            }
            for position in netting.positions
        ],
        "payments": [
            {"from": p.payer_id, "to": p.payee_id, "amount": money(p.minor)}
            for p in netting.payments
        ],
        "gross": money(netting.gross_minor),
        "fewest_proved": netting.fewest,
        "bilateral": compared(netting.bilateral),
        "bilateral_in_one_currency": compared(netting.bilateral_in_one),
        "files": files,
    }
