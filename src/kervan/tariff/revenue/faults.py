"""All that is wrong in a file of places, gathered before any of it is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from kervan.errors import InvalidRequestError
from kervan.feed.nearest import did_you_mean
from kervan.tariff.proposal.fields import Fields

_T = TypeVar("_T")


class InvalidInventoryError(InvalidRequestError):
    """A file of places has faults.

    Attributes
    ----------
    faults
        What is wrong, a sentence or two each.
    """

    def __init__(self, file: str, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        many = f"{file} has {len(faults)} faults:\n"
        super().__init__(
            faults[0] if len(faults) == 1 else many + "\n".join(f"- {fault}" for fault in faults)
        )


class Faults(list[str]):
    """Sentences of what is wrong, in the order it was found."""

    def take(self, read: Callable[[], _T], otherwise: _T) -> _T:
        """Return what is read; where it is refused, keep why and return something else."""
        try:
            return read()
        except InvalidRequestError as error:
            self.append(str(error))
            return otherwise

    def end(self, fields: Fields) -> None:
        """Keep that a table has a key that nobody asked for."""
        self.take(fields.end, None)


def known(fields: Fields, key: str, words: Iterable[str], what: str, table: str) -> str:
    """Return a text that is one of some words.

    Raises
    ------
    InvalidRequestError
        If it is not.
    """
    value: str = fields.text(key)
    words = set(words)
    if value not in words:
        mend = did_you_mean(value, words, f"Give a key of {table}.")
        fields.refuse(key, f"'{value}' is no {what}. {mend}")
    return value
