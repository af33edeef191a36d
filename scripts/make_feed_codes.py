"""Write the code lists of ``kervan.feed.codes``: countries, currencies and commodities.

Countries come from ``iso3166.tab`` of the ``tzdata`` package (public domain), currencies from
``table.xml`` of the ``iso4217`` package (public domain; the ISO 4217 maintenance agency's List
One), commodities from ``data/harmonized-system.csv`` of the data set "harmonized-system" of the
Open Knowledge data sets (UN Comtrade's HS 2022; ODC Public Domain Dedication), whose file is named
on the command line. None is needed to run Kervan, only to bring the lists up to date::

    uv run --with iso4217 python scripts/make_feed_codes.py harmonized-system.csv
"""

from __future__ import annotations

import csv
import sys
import xml.etree.ElementTree as ET
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

CODES = Path(__file__).parent.parent / "src" / "kervan" / "feed" / "codes"

# tzdata prefers short everyday names; these states ask to be called otherwise.
ISO_NAMES = {"CZ": "Czechia", "TR": "Türkiye", "MK": "North Macedonia", "SZ": "Eswatini"}


def countries() -> list[tuple[str, str, str]]:
    """Return code, name and source of every country."""
    source = f"tzdata {version('tzdata')} iso3166.tab"
    text = files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return [(code, ISO_NAMES.get(code, name), source) for code, name in sorted(rows)]


def currencies() -> list[tuple[str, str, str, str]]:
    """Return code, name, digits of the minor unit and source of every currency with one."""
    table = ET.fromstring(files("iso4217").joinpath("table.xml").read_text("utf-8"))
    source = f"ISO 4217 List One of {table.get('Pblshd')}"
    found = {}
    for entry in table.iter("CcyNtry"):
        code = entry.findtext("Ccy")
        digits = entry.findtext("CcyMnrUnts") or ""
        # Gold, drawing rights and codes for testing have no minor unit: nobody is paid in them.
        if code and digits.isdigit():
            found[code] = (code, entry.findtext("CcyNm") or "", digits, source)
    return [found[code] for code in sorted(found)]


def commodities(path: Path) -> list[tuple[str, str, str]]:
    """Return code, description and source of every chapter, heading and subheading of the HS."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["hscode"].isdigit()]
    return sorted((row["hscode"], row["description"].strip(), "HS 2022") for row in rows)


def write(name: str, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Write one list."""
    with (CODES / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    write("countries.csv", ("code", "name", "source"), list(countries()))
    write("currencies.csv", ("code", "name", "minor_units", "source"), list(currencies()))
    write("hs.csv", ("code", "description", "source"), list(commodities(Path(sys.argv[1]))))
