"""What carriage costs: money, tariff items and surcharges, and the price of a sequence of legs."""

from kervan.tariff.exchange import Conversion, ExchangeRates
from kervan.tariff.lines import Price, PriceLine
from kervan.tariff.money import Money
from kervan.tariff.price import TariffBook, unit_prices

__all__ = [
    "Conversion",
    "ExchangeRates",
    "Money",
    "Price",
    "PriceLine",
    "TariffBook",
    "unit_prices",
]
