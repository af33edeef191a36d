"""What every element of a consignment has in common, and the kinds of value it may hold."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints

LONGEST_TEXT = 2_000
"""Characters in one text; the longest box of a paper here, SMGS box 15, holds fewer."""


class Element(BaseModel):
    """One part of a consignment: frozen, and with no field but those declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _plain(number: Decimal) -> str:
    # Not str(): that writes 1E+3, which no paper and no message takes.
    return f"{number:f}"


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
"""Words, in any script; spaces at the ends are dropped."""

Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=70)]
"""A code, number or reference."""

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
"""ISO 639-1 code of a language."""

Translations = Annotated[dict[Language, Text], Field(default_factory=dict)]
"""The same words in other languages, by language."""

Quantity = Annotated[
    Decimal, Field(max_digits=18, decimal_places=6), PlainSerializer(_plain, when_used="json")
]
"""An exact decimal. Written to JSON as text, so that no digit is lost; read from numbers too."""

Count = Annotated[int, Field(ge=0, le=99_999_999)]
"""How many."""

Moment = AwareDatetime
"""A moment with its offset from UTC."""
