"""A proposal as rows of the feed: the through item and its rebates."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date
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

    It covers the carriers of every section of the relation. It is no estimate: it is the desk's own
    rate, and its source the decision that sets it.

    Raises
    ------
    InvalidRequestError
        If the relation has no table ``[item]``.
    """
    terms = _terms(proposal)
    relation = proposal.relation
    carriers = dict.fromkeys(section.carrier_id for section in relation.sections)
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
