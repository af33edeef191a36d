"""Money: whole minor units of a currency, never a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from kervan.feed.codes import currency_minor_units


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of one currency.

    Attributes
    ----------
    minor
        Whole minor units: cents of USD, yen of JPY.
    currency
        ISO 4217 code.
    """

    minor: int
    currency: str

    @staticmethod
    def of(amount: Decimal, currency: str, mode: str = ROUND_HALF_UP) -> Money:
        """Return an amount of major units rounded to the minor unit, half up unless said.

        Raises
        ------
        KeyError
            If there is no such currency.
        """
        minor = amount.scaleb(currency_minor_units(currency))
        return Money(int(minor.to_integral_value(mode)), currency)

    @property
    def major(self) -> Decimal:
        """The amount in major units, with as many decimals as the currency has."""
        return Decimal(self.minor).scaleb(-currency_minor_units(self.currency))

    def __add__(self, other: Money) -> Money:
        """Add two amounts of one currency."""
        if other.currency != self.currency:
            raise ValueError(f"{other.currency} cannot be added to {self.currency}; convert first.")
        return Money(self.minor + other.minor, self.currency)

    def __str__(self) -> str:
        """Write the amount with thousands separated: ``USD 1,234.50``."""
        return f"{self.currency} {self.major:,}"
