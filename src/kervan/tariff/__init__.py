"""What carriage costs: money, tariff items and surcharges, and the price of a sequence of legs."""

from kervan.tariff.exchange import Conversion, ExchangeRates
from kervan.tariff.lines import Price, PriceLine
from kervan.tariff.money import Money
from kervan.tariff.price import TariffBook, leg_prices, unit_prices
from kervan.tariff.through import ThroughPrice, WayPrices, through_prices

__all__ = [
    "Conversion",
    "ExchangeRates",
    "Money",
    "Price",
    "PriceLine",
    "TariffBook",
    "ThroughPrice",
    "WayPrices",
    "leg_prices",
    "through_prices",
    "unit_prices",
]
