"""Moments on the record: aware, UTC, to the microsecond, with one way of writing them."""

from __future__ import annotations

from datetime import UTC, datetime

from kervan.errors import InvalidRequestError


def moment_text(moment: datetime) -> str:
    """Return a moment as it is signed: ``2026-12-01T08:00:00.000000Z``.

    Raises
    ------
    InvalidRequestError
        If it has no offset from UTC.
    """
    if moment.tzinfo is None:
        raise InvalidRequestError(
            f"The moment {moment.isoformat()} has no offset from UTC; give it one."
        )
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_moment(text: str) -> datetime:
    """Return the moment of a text with its offset, in UTC.

    Raises
    ------
    InvalidRequestError
        If the text is no moment, or has no offset.
    """
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InvalidRequestError(
            f"'{text}' is no moment; write it with its offset, like 2026-12-01T08:00:00+05:00."
        )
    return moment.astimezone(UTC)
