"""Transports read from a file, or from records, as a checked table of arrays."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from kervan.tariff.settlement.checked import checked
from kervan.tariff.settlement.columns import cells_of
from kervan.tariff.settlement.encoded import encode, read_encoded
from kervan.tariff.settlement.performed import Transport
from kervan.tariff.settlement.table import TransportTable


def read_transports(path: Path, members: Collection[str] | None = None) -> TransportTable:
    """Read performed transports from a CSV or Parquet file.

    Parameters
    ----------
    path
        The file; :data:`~kervan.tariff.settlement.columns.COLUMNS` says what it must hold.
    members
        Carriers there are; None to take every name for one.

    Raises
    ------
    TransportsError
        If something in it is wrong; every fault names its row and field.
    InvalidRequestError
        If it is no such file.
    """
    return checked(read_encoded(path), members)


def arranged(
    transports: Iterable[Transport], members: Collection[str] | None = None
) -> TransportTable:
    """Return transports as arrays, checked as if they had been read from a file."""
    return checked(encode(cells_of(transports)), members)
