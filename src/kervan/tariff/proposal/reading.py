"""Read a relation from its TOML file; every key is checked, and an unknown one is refused.

The page ``docs/how-to/set-a-through-rate.md`` tells what each key means.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from kervan.equipment import Equipment, equipment
from kervan.errors import InvalidRequestError
from kervan.feed.codes import currencies, currency_minor_units
from kervan.tariff.proposal.fields import Fields
from kervan.tariff.proposal.relation import (
    Alternative,
    ItemTerms,
    RateBounds,
    Relation,
    Section,
    Segment,
    Step,
)

_SHARES_WITHIN = 1e-6


@dataclass(frozen=True, slots=True)
class Question:
    """What a corridor is asked for the price and time of an alternative.

    Attributes
    ----------
    origin, destination, equipment, currency
        Of the relation, unless the alternative names others.
    via, avoid
        As in :meth:`kervan.corridor.Corridor.quote`.
    ready
        Day, as text.
    weight_kg
        Cargo a unit; None for the corridor's default.
    pick
        ``cheapest`` or ``earliest``.
    """

    origin: str
    destination: str
    equipment: str
    currency: str
    via: tuple[str, ...]
    avoid: tuple[str, ...]
    ready: str
    weight_kg: float | None
    pick: str


Ask = Callable[[Question], tuple[float, float, str]]
"""Answers a question with price, days, and where they come from in words."""


def read_relation(path: Path, ask: Ask | None = None) -> Relation:
    """Read what a through rate is to be set for.

    Parameters
    ----------
    path
        A TOML file.
    ask
        Answers the quotes that alternatives ask for; None refuses them.

    Raises
    ------
    InvalidRequestError
        If the file cannot be read or something in it is wrong; the message names file, table and
        key, what is there, what was expected and how to mend it.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
    except OSError as error:
        raise InvalidRequestError(
            f"{path} cannot be read: {error.strerror or error}. Give the TOML file of a relation."
        ) from error
    except UnicodeDecodeError as error:
        raise InvalidRequestError(
            f"{path} is not UTF-8: byte {error.start} is no letter. Save it as UTF-8."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise InvalidRequestError(f"{path} is no TOML: {error}. Mend that line.") from error
    return relation_of(content, path.name, ask)


def relation_of(content: object, file: str, ask: Ask | None = None) -> Relation:
    """Return the relation that the content of a TOML file means; as :func:`read_relation`."""
    top = Fields(content, "", file)
    about = top.table("relation")
    if about is None:
        raise InvalidRequestError(
            f"{file} has no table [relation]; origin, destination, equipment and days were "
            "expected in it. Begin the file with [relation]."
        )
    origin, destination = about.text("origin"), about.text("destination")
    box = _equipment(about)
    currency = _currency(about)
    days = about.number("days", above=0)
    then = about.number("days_then", days, above=0)
    capacity = about.number("capacity_teu", None, above=0)
    unit_cost = about.number("cost_per_unit", None, above=0)
    about.end()
    alternatives = tuple(
        _alternative(fields, (origin, destination, box.code, currency), ask)
        for fields in top.tables("alternatives")
    )
    if not alternatives:
        raise InvalidRequestError(
            f"{file} has no [[alternatives]]; without another way to go, customers would pay any "
            "rate. Add at least one, with name, price and days."
        )
    _unlike([a.name for a in alternatives], f"{file}: two [[alternatives]] are named")
    segments = tuple(_segment(fields, alternatives) for fields in top.tables("segments"))
    if not segments:
        raise InvalidRequestError(
            f"{file} has no [[segments]]; add at least one, with name, teu, share, at_rate and "
            "elasticity."
        )
    _unlike([s.name for s in segments], f"{file}: two [[segments]] are named")
    relation = Relation(
        origin=origin,
        destination=destination,
        equipment=box,
        currency=currency,
        days=float(days),
        days_then=float(then),
        capacity_teu=None if capacity is None else float(capacity),
        rate=_bounds(top.table("rate"), file, currency),
        sections=_sections(top.tables("carriers"), file, unit_cost),
        alternatives=alternatives,
        segments=segments,
        steps=_steps(top.tables("rebates")),
        item=_item(top.table("item"), box),
    )
    top.end()
    return relation


def _equipment(about: Fields) -> Equipment:
    try:
        return equipment(about.text("equipment"))
    except InvalidRequestError as error:
        about.refuse("equipment", str(error))


def _currency(about: Fields) -> str:
    code: str = about.text("currency", "USD")
    if code not in currencies():
        about.refuse("currency", f"'{code}' is no currency. Give an ISO 4217 code such as USD.")
    return code


def _alternative(fields: Fields, asked: tuple[str, str, str, str], ask: Ask | None) -> Alternative:
    name = fields.text("name")
    quote = fields.table("quote")
    if quote is not None:
        if "price" in fields or "days" in fields:
            fields.refuse("quote", "price or days is given beside it. Leave one or the other out.")
        question = _question(quote, asked)
        if ask is None:
            fields.refuse("quote", "nothing here answers quotes. Give price and days instead.")
        price, days, told = ask(question)
    else:
        price = float(fields.number("price", least=0))
        days = float(fields.number("days", least=0))
        told = fields.text("source", "as stated")
    found = Alternative(
        name=name,
        price=price,
        days=days,
        price_then=float(fields.number("price_then", price, least=0)),
        days_then=float(fields.number("days_then", days, least=0)),
        origin=told,
    )
    fields.end()
    return found


def _question(quote: Fields, asked: tuple[str, str, str, str]) -> Question:
    weight = quote.number("weight_kg", None, least=0)
    pick = quote.text("pick", "cheapest")
    if pick not in ("cheapest", "earliest"):
        quote.refuse("pick", f"it is '{pick}'; 'cheapest' or 'earliest' was expected. Change it.")
    question = Question(
        origin=quote.text("origin", asked[0]),
        destination=quote.text("destination", asked[1]),
        equipment=asked[2],
        currency=asked[3],
        via=quote.texts("via", ()),
        avoid=quote.texts("avoid", ()),
        ready=quote.day("ready").isoformat(),
        weight_kg=None if weight is None else float(weight),
        pick=pick,
    )
    quote.end()
    return question


def _segment(fields: Fields, alternatives: Sequence[Alternative]) -> Segment:
    share = float(fields.number("share", above=0, below=1))
    at_rate = float(fields.number("at_rate", above=0))
    if ("elasticity" in fields) == ("price_coefficient" in fields):
        fields.refuse(
            "elasticity",
            "one of elasticity and price_coefficient was expected, and not both. Give the "
            "elasticity of their volume to the rate at at_rate, such as -1.8.",
        )
    if "elasticity" in fields:
        elasticity = float(fields.number("elasticity", below=0))
        coefficient = -elasticity / (at_rate * (1 - share))
    else:
        coefficient = float(fields.number("price_coefficient", above=0))
    stated = fields.mapping("shares")
    shares: tuple[float, ...] | None = None
    if stated is not None:
        names = [alternative.name for alternative in alternatives]
        if set(stated) != set(names):
            fields.refuse(
                "shares", f"the alternatives are {', '.join(names)}. Give a share for each of them."
            )
        shares = tuple(float(stated[name]) for name in names)
        if abs(sum(shares) + share - 1) > _SHARES_WITHIN:
            fields.refuse(
                "shares",
                f"with the share of the corridor they add up to {sum(shares) + share:g}; 1 was "
                "expected. Change them, or add what is missing as another alternative.",
            )
    found = Segment(
        name=fields.text("name"),
        teu=float(fields.number("teu", above=0)),
        share=share,
        at_rate=at_rate,
        price_coefficient=coefficient,
        value_of_time=float(fields.number("value_of_time", Decimal(0), least=0)),
        commits_teu=float(fields.number("commits_teu", Decimal(0), least=0)),
        shares=shares,
    )
    fields.end()
    return found


def _bounds(fields: Fields | None, file: str, currency: str) -> RateBounds:
    if fields is None:
        raise InvalidRequestError(
            f"{file} has no table [rate]; from and to were expected in it, the least and the "
            "highest rate. Add [rate]."
        )
    least, most = fields.number("from", above=0), fields.number("to", above=0)
    minor = Decimal(1).scaleb(-currency_minor_units(currency))
    step = fields.number("step", Decimal(1), above=0)
    for key, value in (("from", least), ("step", step)):
        if value % minor:
            fields.refuse(
                key, f"{value} is no whole number of {minor} {currency}, the least there is. Round."
            )
    if least > most:
        fields.refuse("to", f"{most} is below from, {least}. Exchange them.")
    found = RateBounds(
        least=least,
        most=most,
        step=step,
        current=fields.number("current", None, above=0),
        least_contribution=fields.number("least_contribution", Decimal(0), least=0),
    )
    fields.end()
    return found


def _sections(
    tables: Sequence[Fields], file: str, unit_cost: Decimal | None
) -> tuple[Section, ...]:
    if not tables:
        raise InvalidRequestError(
            f"{file} has no [[carriers]]; add one for each section of the way, with carrier, from, "
            "to, km and cost_per_unit, cost_per_km or cost_share."
        )
    found = []
    for fields in tables:
        km = fields.number("km", least=0)
        counted = fields.number("counted_km", km, least=0)
        share = fields.number("cost_share", None, least=0, most=1)
        fixed = fields.number("cost_per_unit", None, least=0)
        running = fields.number("cost_per_km", None, least=0)
        if share is not None:
            if fixed is not None or running is not None:
                fields.refuse("cost_share", "a cost is given beside it. Give one or the other.")
            if unit_cost is None:
                fields.refuse(
                    "cost_share", "[relation] has no cost_per_unit to be shared. Add it there."
                )
            cost = share * unit_cost
        elif fixed is None and running is None:
            fields.refuse(
                "cost_per_unit",
                "it is missing, and cost_per_km and cost_share too. Give what one loaded unit "
                "costs the carrier beyond what it pays anyway.",
            )
        else:
            cost = (fixed or Decimal(0)) + (running or Decimal(0)) * km
        found.append(
            Section(
                carrier_id=fields.text("carrier"),
                origin=fields.text("from"),
                destination=fields.text("to"),
                km=counted,
                cost=cost,
            )
        )
        fields.end()
    return tuple(found)


def _steps(tables: Sequence[Fields]) -> tuple[Step, ...]:
    found = []
    for fields in tables:
        least = fields.number("percent_from", Decimal(0), least=0, below=100)
        most = fields.number("percent_to", least=0, below=100)
        if most < least:
            fields.refuse("percent_to", f"{most} is below percent_from, {least}. Exchange them.")
        found.append(
            Step(
                from_teu=float(fields.number("from_teu", above=0)),
                least=least,
                most=most,
                step=fields.number("percent_step", Decimal(1), above=0),
            )
        )
        fields.end()
    for (before, after), fields in zip(pairwise(found), tables[1:], strict=True):
        if after.from_teu <= before.from_teu:
            fields.refuse(
                "from_teu",
                f"{after.from_teu:g} is not above {before.from_teu:g}, that of the step before. "
                "Write the steps in the order of their volumes.",
            )
    return tuple(found)


def _item(fields: Fields | None, box: Equipment) -> ItemTerms | None:
    if fields is None:
        return None
    terms = ItemTerms(
        item_id=fields.text("item_id"),
        carrier_id=fields.text("carrier"),
        source_id=fields.text("source_id"),
        equipment=fields.texts("equipment", (box.code,)),
        partners=fields.texts("partners", ()),
        includes_surcharges=fields.flag("includes_surcharges", True),
        supersedes=fields.text("supersedes", None),
        valid_from=fields.day("valid_from", None),
        valid_to=fields.day("valid_to", None),
        instrument_id=fields.text("instrument_id", None),
        conditions=fields.text("conditions", None),
    )
    fields.end()
    return terms


def _unlike(names: Sequence[str], what: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise InvalidRequestError(f"{what} '{name}'. Give each its own name.")
