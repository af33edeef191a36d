"""Consignments made by chance that NCTS would take: those of tests.cargo, with what it asks for."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from kervan.cargo.check_digits import iso6346_digit
from kervan.cargo.consignment import Consignment
from tests.cargo.consignments import random_consignment

PREPARED = datetime(2026, 11, 20, 8, 30, 5, tzinfo=UTC)
SPARE_SEEDS = 100_000


def declarable(seed: int) -> Consignment:
    """Return the consignment of a seed with one transit procedure that can be declared."""
    rng = random.Random(seed)
    spare = seed
    while not (cargo := random_consignment(spare)).procedures:
        spare += SPARE_SEEDS
    content = cargo.model_dump(mode="json", exclude_defaults=True)
    procedure = content["procedures"][0]
    union = rng.random() < 0.2
    if union:
        procedure["territory"] = "EU"
        procedure["office_of_departure"] = {"reference": "DE004209"}
        procedure["offices_of_transit"] = [{"reference": "BG005703"}, {"reference": "TR220200"}]
    for office in procedure["offices_of_transit"]:
        office["arrives"] = datetime(2026, 12, 1, tzinfo=UTC) + timedelta(
            minutes=rng.randrange(9_999)
        )
    for guarantee in procedure["guarantees"]:
        stem = f"26{'DE' if union else 'GE'}{rng.randrange(10**12):012d}"
        guarantee["reference"] = stem + iso6346_digit(stem)
    if rng.random() < 0.3:
        procedure["guarantees"].append({**procedure["guarantees"][0], "access_code": "Z9Z9"})
    if rng.random() < 0.2:
        procedure["guarantees"].append(
            {"kind": "8", "other_reference": "PUBLIC-1", "amount": "1", "currency": "EUR"}
        )
    for party in (procedure["holder"], content["consignor"], content["consignee"]):
        _mend(party, union, rng)
    procedure["location_of_goods"] = _location(rng)
    _authorise(procedure, rng)
    if rng.random() < 0.3:
        procedure["representative"] = {
            "name": "Example Agent",
            "identifiers": [{"scheme": "EORI", "value": "GE987654321"}],
            "contact": {"name": "Desk", "phone": "+995 32 555 01 01"},
        }
    if procedure["security"] != "0":
        first = content["movements"][0]
        first["mode"] = "rail"
        first["origin"] = {"place_id": "DEHAM" if union else "GEPTI"}
        first["destination"] = {"place_id": "TRIST"}
        first["means"] = {"identity": "train 7", "nationality": "TR"}
    for item in content["goods_items"]:
        if union and rng.random() < 0.6:
            item["national_codes"] = [
                *item.get("national_codes", ()),
                {"territory": "EU", "code": item["hs_code"] + rng.choice(["90", "9010"])},
            ]
        if rng.random() < 0.2:
            item["packages"].append({"kind": "VR"})
    if rng.random() < 0.2 and content["equipment"][0].get("seals"):
        unit = content["equipment"][0]
        content["seal_changes"] = [
            {
                "equipment_number": unit["number"],
                "at": PREPARED,
                "removed": [unit["seals"][0]["number"]],
                "affixed": ["NEWSEAL1"],
            }
        ]
    if rng.random() < 0.1:
        content["equipment"].append({"number": "34 KRV 417"})
    return Consignment.model_validate(content)


def _mend(party: dict[str, Any], union: bool, rng: random.Random) -> None:
    eori = [i for i in party.get("identifiers", ()) if i["scheme"] == "EORI"]
    for number in eori:
        number["value"] = f"{'DE' if union else 'GE'}{rng.randrange(10**9):09d}"
    if not eori and "address" not in party:
        party["address"] = {"street": "Rustaveli 1", "city": "Tbilisi", "country": "GE"}


def _location(rng: random.Random) -> dict[str, str]:
    qualifier, identity = rng.choice(
        [("U", "GEPTI"), ("V", "GE000001"), ("X", "GE123456789"), ("Y", "GEAUT26-1")]
    )
    return {"kind": rng.choice("ABCD"), "qualifier": qualifier, "identity": identity}


def _authorise(procedure: dict[str, Any], rng: random.Random) -> None:
    granted = procedure["holder"].setdefault("authorisations", [])
    if procedure.get("reduced_dataset"):
        granted.append({"kind": "reduced_dataset", "number": "GETRD26X1", "country": "GE"})
    if rng.random() < 0.3:
        granted.append({"kind": "authorised_consignor", "number": "GEACR26X1", "country": "GE"})
        procedure.setdefault("limit_date", PREPARED.date())
