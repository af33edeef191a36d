"""A quote that was kept as JSON, and the offer of it that is meant."""

from __future__ import annotations

from typing import Any

from kervan.errors import InvalidRequestError

_SCHEMA = "quote.v1"


def offer_of(quote: Any, number: int) -> Any:
    """Return an offer of a quote that was kept as JSON.

    Raises
    ------
    InvalidRequestError
        If it is no quote, or has no such offer.
    """
    if not isinstance(quote, dict) or quote.get("schema") != _SCHEMA or not quote.get("ok"):
        raise InvalidRequestError(
            f"This is no quote in the form {_SCHEMA}; write one with `kervan quote … --json`."
        )
    try:
        offers = {offer["number"]: offer for offer in quote["offers"]}
    except (KeyError, TypeError) as error:
        raise InvalidRequestError(
            f"The offers of the quote are not written as {_SCHEMA} has it ({error!r}); write the "
            "quote again with `kervan quote … --json`."
        ) from None
    if number not in offers:
        raise InvalidRequestError(
            f"The quote has no offer {number}; it has {', '.join(map(str, offers))}."
        )
    return offers[number]
