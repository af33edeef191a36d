"""A proposal as rows of the feed: the through item and its rebates."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from kervan.errors import InvalidRequestError
from kervan.feed.memory_table import text_rows
from kervan.feed.schema import schemas
from kervan.feed.tables import Rebate, TariffItem
from kervan.tariff.proposal.propose import Proposal
from kervan.tariff.proposal.relation import ItemTerms


def tariff_item(proposal: Proposal, recorded_on: date) -> TariffItem:
    """Return the through rate as a tariff item.

    It covers the carriers of every section of the relation, and the partners named. It is no
    estimate: it is the desk's own rate, and its source the decision that sets it.

    Raises
    ------
    InvalidRequestError
        If the relation has no table ``[item]``.
    """
    terms = _terms(proposal)
    relation = proposal.relation
    sections = (section.carrier_id for section in relation.sections)
    carriers = dict.fromkeys((*sections, *terms.partners))
    return TariffItem(
        item_id=terms.item_id,
        carrier_id=terms.carrier_id,
        scope="through",
        partner_ids=tuple(carrier for carrier in carriers if carrier != terms.carrier_id),
        origin=relation.origin,
        destination=relation.destination,
        equipment=terms.equipment,
        loaded="loaded",
        basis="per_container",
        amount=proposal.decision.rate,
        currency=relation.currency,
        includes_surcharges=terms.includes_surcharges,
        conditions=terms.conditions,
        valid_from=terms.valid_from,
        valid_to=terms.valid_to,
        recorded_on=recorded_on,
        supersedes=terms.supersedes,
        instrument_id=terms.instrument_id,
        source_id=terms.source_id,
    )


def tariff_items(
    proposal: Proposal, recorded_on: date, recorded: Iterable[TariffItem]
) -> tuple[TariffItem, ...]:
    """Return the rows that put the through rate on record beside those already recorded.

    A row is off the record from the day another supersedes it, for every day of carriage. Where
    the new rate begins later than the old one, the old one is therefore not superseded by it but
    by itself, ended the day before; so no day is left without a rate.

    Raises
    ------
    InvalidRequestError
        If the relation has no table ``[item]``, or the key of the ended row is taken.
    """
    new = tariff_item(proposal, recorded_on)
    known = {row.item_id: row for row in recorded}
    old = None if new.supersedes is None else known.get(new.supersedes)
    begins = new.valid_from
    if old is None or begins is None or (old.valid_from and old.valid_from >= begins):
        return (new,)
    last = begins - timedelta(days=1)
    new = replace(new, supersedes=None)
    if old.valid_to is not None and old.valid_to <= last:
        return (new,)
    ended = replace(
        old,
        item_id=f"{old.item_id}-to-{last}",
        valid_to=last,
        recorded_on=recorded_on,
        supersedes=old.item_id,
    )
    if ended.item_id in known:
        raise InvalidRequestError(
            f"{old.item_id} would be ended by a row '{ended.item_id}', which is already in the "
            f"feed. Name that one in 'supersedes' if it is what holds before {begins}."
        )
    return ended, new


def rebates(proposal: Proposal, recorded_on: date) -> tuple[Rebate, ...]:
    """Return the rebates above nothing, as rows of the feed.

    Raises
    ------
    InvalidRequestError
        If the relation has no table ``[item]``.
    """
    terms = _terms(proposal)
    return tuple(
        Rebate(
            rebate_id=f"{terms.item_id}-{step.from_teu:g}-teu",
            name=f"Rebate for {step.from_teu:,.0f} TEU a year",
            carrier_id=terms.carrier_id,
            item_id=terms.item_id,
            equipment=terms.equipment,
            period="year",
            from_teu=step.from_teu,
            percent=Decimal(f"{percent.normalize():f}"),
            valid_from=terms.valid_from,
            valid_to=terms.valid_to,
            recorded_on=recorded_on,
            instrument_id=terms.instrument_id,
            source_id=terms.source_id,
        )
        for step, percent in zip(proposal.relation.steps, proposal.decision.rebates, strict=True)
        if percent
    )


def csv_rows(table: str, rows: Iterable[Any]) -> str:
    """Return rows of a table as they stand in its CSV file, header first."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(text_rows(schemas()[table], rows))
    return out.getvalue()


def _terms(proposal: Proposal) -> ItemTerms:
    if proposal.relation.item is None:
        raise InvalidRequestError(
            "The relation has no table [item], and a tariff item needs a key, a carrier and a "
            "source. Add [item] with item_id, carrier and source_id."
        )
    return proposal.relation.item
