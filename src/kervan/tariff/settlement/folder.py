"""The folder a settlement is written to, and what the next month reads of it.

``journal.csv``
    Every line of the month's entries, and of those that settle it.
``payments.csv``
    Who pays whom.
``settled.csv``
    The entries that settled this month and those before; the next month begins from them.
``statements/``
    A workbook and a PDF for each member.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from kervan.errors import InvalidRequestError, KervanError
from kervan.tariff.money import Money
from kervan.tariff.settlement.excel import write_excel
from kervan.tariff.settlement.journal import Journal
from kervan.tariff.settlement.ledger import ACCOUNTS, KINDS, Entry, Line
from kervan.tariff.settlement.month import Progress, Settlement
from kervan.tariff.settlement.statements import statements
from kervan.tariff.settlement.table import NONE

JOURNAL = (
    "entry",
    "day",
    "kind",
    "reference",
    "revision",
    "member_id",
    "account",
    "counterparty_id",
    "item_id",
    "leg",
    "currency",
    "debit_minor",
    "credit_minor",
)
PAYMENTS = ("day", "payer_id", "payee_id", "currency", "amount", "amount_minor")

_BLOCK = 50_000


class NotWrittenError(KervanError):
    """A settlement cannot be written where it was asked."""


def write_settlement(
    settlement: Settlement,
    folder: Path,
    names: Mapping[str, str],
    corridor: str,
    *,
    pdf: bool = True,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> tuple[Path, ...]:
    """Write the journal, the payments and every member's statement.

    Parameters
    ----------
    settlement
        The month.
    folder
        Where to; made if it is not there.
    names
        Members' names by key.
    corridor
        Title of the corridor.
    pdf
        Whether statements are written as PDF too.
    overwrite
        Whether files of the same names may be replaced.
    progress
        Told how far it is.

    Returns
    -------
    tuple of Path
        The files.

    Raises
    ------
    InvalidRequestError
        If the folder is not empty, or PDF is asked for and not installed.
    NotWrittenError
        If a file cannot be written.
    """
    check_folder(folder, overwrite=overwrite)
    if pdf:
        from kervan.tariff.settlement.pdf import check_pdf, write_pdf

        check_pdf()
    tell = progress or (lambda *_: None)
    files = [folder / name for name in ("journal.csv", "payments.csv", "settled.csv")]
    try:
        (folder / "statements").mkdir(parents=True, exist_ok=True)
        _write_journal(settlement, files[0], tell)
        _write_payments(settlement, files[1])
        with files[2].open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(JOURNAL)
            writer.writerows(_rows_of((*settlement.earlier, *settlement.settling), 1))
        members = settlement.members
        for k, statement in enumerate(statements(settlement)):
            tell("writing statements", k, len(members))
            stem = f"{statement.month}-{statement.member_id}"
            workbook = folder / "statements" / f"{stem}.xlsx"
            write_excel(statement, names, corridor, workbook)
            files.append(workbook)
            if pdf:
                write_pdf(statement, names, corridor, workbook.with_suffix(".pdf"))
                files.append(workbook.with_suffix(".pdf"))
    except OSError as error:
        raise NotWrittenError(
            f"{error.filename or folder} cannot be written: {error.strerror or error}. Name a "
            "folder that may be written to."
        ) from error
    return tuple(files)


def check_folder(folder: Path, *, overwrite: bool) -> None:
    """Refuse a folder that holds something already, so that no month is lost by mistake.

    Raises
    ------
    InvalidRequestError
        If it does, or is a file.
    """
    if folder.is_dir():
        if any(folder.iterdir()) and not overwrite:
            raise InvalidRequestError(
                f"{folder} is not empty. Name another folder, or give --overwrite to replace the "
                "settlement in it."
            )
    elif folder.exists():
        raise InvalidRequestError(f"{folder} is a file. Name a folder.")


def read_settled(folder: Path) -> tuple[Entry, ...]:
    """Read the entries that settled earlier months.

    Parameters
    ----------
    folder
        Where the month before was written.

    Raises
    ------
    InvalidRequestError
        If there are none, or they do not balance.
    """
    path = folder / "settled.csv" if folder.is_dir() else folder
    lines: dict[str, list[dict[str, str]]] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for cells in csv.DictReader(file):
                lines.setdefault(cells["entry"], []).append(cells)
        return tuple(_entry(cells) for cells in lines.values())
    except OSError as error:
        raise InvalidRequestError(
            f"{path} cannot be read: {error.strerror or error}. Name the folder a month was "
            "settled into."
        ) from error
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise InvalidRequestError(
            f"{path.name} is not as it was written ({error}). Settle that month again."
        ) from error


def _entry(cells: list[dict[str, str]]) -> Entry:
    first = cells[0]
    lines = tuple(
        Line(
            cell["member_id"],
            cell["account"],
            cell["counterparty_id"],
            cell["currency"],
            int(cell["debit_minor"] or 0) - int(cell["credit_minor"] or 0),
            cell["item_id"],
        )
        for cell in cells
    )
    day = date.fromisoformat(first["day"])
    return Entry(day, first["kind"], first["reference"], int(first["revision"]), lines)


def _rows_of(entries: Iterable[Entry], number: int) -> Iterator[tuple[object, ...]]:
    for entry in entries:
        for line in entry.lines:
            yield (
                number,
                entry.day,
                entry.kind,
                entry.reference,
                entry.revision,
                line.member_id,
                line.account,
                line.counterparty_id,
                line.item_id,
                "" if line.leg is None else line.leg + 1,
                line.currency,
                max(line.minor, 0),
                max(-line.minor, 0),
            )
        number += 1


def _write_payments(settlement: Settlement, path: Path) -> None:
    code = settlement.currency
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(PAYMENTS)
        for payment in settlement.netting.payments:
            amount = Money(payment.minor, code).major
            parties = (payment.payer_id, payment.payee_id)
            writer.writerow((settlement.end_day, *parties, code, amount, payment.minor))


def _write_journal(settlement: Settlement, path: Path, tell: Progress) -> None:
    journal = settlement.journal
    settling = settlement.earlier_in_month
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(JOURNAL)
        writer.writerows(_rows_of(settling, 1))
        number = 1 + len(settling)
        for low in range(0, len(journal.minor), _BLOCK):
            tell("writing the journal", low, len(journal.minor))
            writer.writerows(zip(*_block(journal, low, number), strict=True))
        writer.writerows(_rows_of(settlement.settling, number + len(journal)))


def _block(journal: Journal, low: int, number: int) -> list[list[Any]]:
    """Return a block of lines column by column, in the order of :data:`JOURNAL`."""
    table = journal.table
    at = slice(low, low + _BLOCK)
    lines = np.arange(low, min(low + _BLOCK, len(journal.minor)))
    entry = np.searchsorted(journal.line_start, lines, side="right") - 1
    transport = journal.entry_transport[entry]
    minor, leg = journal.minor[at], journal.leg[at]
    name = _namer(journal.names)
    days = journal.entry_day[entry].astype("datetime64[D]").astype(str)
    return [
        (entry + number).tolist(),
        days.tolist(),
        _namer(KINDS)(journal.entry_kind[entry]),
        _namer(table.transport_ids)(table.transport[transport]),
        table.revision[transport].tolist(),
        name(journal.member[at]),
        _namer(ACCOUNTS)(journal.account[at]),
        name(journal.counterparty[at]),
        name(table.charge_item[journal.charge[at]]),
        ["" if k == NONE else k + 1 for k in leg.tolist()],
        _namer(table.currencies)(journal.currency[at]),
        np.maximum(minor, 0).tolist(),
        np.maximum(-minor, 0).tolist(),
    ]


def _namer(names: tuple[str, ...]) -> Callable[[Any], list[str]]:
    return lambda numbers: [names[k] for k in numbers.tolist()]
