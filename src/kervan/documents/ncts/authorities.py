"""Which version of the messages each authority runs, from which day, as far as is public."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

EVERY = "*"


@dataclass(frozen=True, slots=True)
class RunningVersion:
    """One version that an authority runs from a day on.

    Attributes
    ----------
    country
        ISO 3166-1 alpha-2 code as in references of offices (``XI`` for Northern Ireland); ``*`` for
        every party to the Common Transit Convention that has no row of its own.
    version
        Of the messages.
    since
        First day.
    confirmed
        Whether the authority, or somebody connected to it, says that it does; a day by which all
        parties were to change is not yet a change.
    source
        Who says so.
    """

    country: str
    version: str
    since: date
    confirmed: bool
    source: str


@cache
def running_versions() -> tuple[RunningVersion, ...]:
    """Return all rows of the table."""
    text = files("kervan.documents.ncts").joinpath("authorities.csv").read_text(encoding="utf-8")
    return tuple(
        RunningVersion(
            row["country"],
            row["version"],
            date.fromisoformat(row["since"]),
            row["confirmed"] == "yes",
            row["source"],
        )
        for row in csv.DictReader(text.splitlines())
    )


def version_run_by(country: str, on: date) -> RunningVersion:
    """Return what an authority runs on a day: the latest row of its own or of every party.

    Before the first row that applies, it is that row: earlier phases have other messages, which
    are not written here.
    """
    rows = [r for r in running_versions() if r.country in (country, EVERY)]
    begun = [r for r in rows if r.since <= on]
    if not begun:
        return min(rows, key=lambda r: r.since)
    return max(begun, key=lambda r: (r.since, r.country != EVERY))
