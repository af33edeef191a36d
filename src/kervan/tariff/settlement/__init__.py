"""Who is owed what: performed transports divided, entered in accounts, stated and netted."""

from kervan.tariff.settlement.journal import Journal, post
from kervan.tariff.settlement.ledger import Entry, Line, posted
from kervan.tariff.settlement.netting import Netting, Payment, net, payments_for
from kervan.tariff.settlement.performed import (
    Charge,
    PerformedLeg,
    Transport,
    performed_from_price,
)
from kervan.tariff.settlement.proration import RULES, DayRates, prorate
from kervan.tariff.settlement.table import TransportTable
from kervan.tariff.settlement.transports import arranged, read_transports

__all__ = [
    "RULES",
    "Charge",
    "DayRates",
    "Entry",
    "Journal",
    "Line",
    "Netting",
    "Payment",
    "PerformedLeg",
    "Transport",
    "TransportTable",
    "arranged",
    "net",
    "payments_for",
    "performed_from_price",
    "post",
    "posted",
    "prorate",
    "read_transports",
]
