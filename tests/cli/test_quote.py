"""``kervan quote`` as its users meet it: the answer, the refusals, the exit codes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Run = Callable[..., Result]
AsJson = Callable[..., tuple[int, Any]]
READY = ("--ready", "2026-12-01")
EXAMPLE = (
    "quote", "CNXIY", "TRIST", "--equipment", "45G1", "--count", "2", "--weight", "18000", *READY
)  # fmt: skip


def test_the_example_of_the_readme_gives_offers(run: Run) -> None:
    result = run(*EXAMPLE)
    assert result.exit_code == 0
    for shown in ("Xi'an (CNXIY) to Istanbul (TRIST)", "2 × 45G1", "first to arrive", "USD"):
        assert shown in result.stdout


def test_the_json_keeps_to_its_schema_and_adds_up(as_json: AsJson) -> None:
    status, answer = as_json(*EXAMPLE, "--strategy", "--arrive-by", "2027-02-01")
    assert status == 0
    assert len(answer["offers"]) >= 3
    for offer in answer["offers"]:
        entries = [e for leg in offer["legs"] for e in (*leg["before"], *leg["aboard"])]
        assert sum(e["minutes"] for e in entries) == offer["transit_minutes"]
        lines = [line["in_total"]["amount"] for line in offer["price"]["lines"]]
        cents = sum(round(float(amount) * 100) for amount in lines)
        assert offer["price"]["complete"]
        assert round(float(offer["price"]["total"]["amount"]) * 100) == cents
        assert sum(line["kg"] for line in offer["co2e"]["lines"]) == pytest.approx(
            offer["co2e"]["kg"], abs=0.01
        )
        kinds = {line["kind"] for line in offer["price"]["lines"]}
        assert "freight" in kinds
        found = offer["reliability"]
        assert found["arrival_p50"] <= found["arrival_p95"]
        assert 0 <= found["chance_by_arrive_by"] <= 1
        km = sum(leg["distance_km"] for leg in offer["legs"])
        assert km == pytest.approx(offer["distance_km"], abs=0.1)
    arrivals = [offer["arrives"] for offer in answer["offers"]]
    assert arrivals == sorted(arrivals)
    best = {name for offer in answer["offers"] for name in offer["best_at"]}
    assert best == {"arrival", "price", "co2e"}
    assert answer["strategy"]["decisions"]


def test_places_are_found_by_almost_their_names(as_json: AsJson) -> None:
    status, answer = as_json("quote", "Toshkent", "mersin", *READY)
    assert status == 0
    assert answer["request"]["origin"]["place_id"] == "UZTAS"
    assert answer["request"]["destination"]["place_id"] == "TRMER"


def test_twice_the_boxes_cost_twice_as_much_and_take_as_long(as_json: AsJson) -> None:
    _, one = as_json("quote", "KZALA", "ROCND", "--count", "1", *READY)
    _, two = as_json("quote", "KZALA", "ROCND", "--count", "2", *READY)
    for single, double in zip(one["offers"], two["offers"], strict=True):
        assert single["transit_minutes"] == double["transit_minutes"]
        assert float(double["price"]["total"]["amount"]) == pytest.approx(
            2 * float(single["price"]["total"]["amount"]), abs=0.05
        )
        assert double["co2e"]["kg"] == pytest.approx(2 * single["co2e"]["kg"], abs=0.01)


@pytest.mark.parametrize(
    ("options", "holds"),
    [
        (("--avoid", "RU"), lambda leg: "RU" not in (leg["from"]["country"], leg["to"]["country"])),
        (("--avoid", "road"), lambda leg: leg["mode"] != "road"),
        (("--avoid", "CRCT"), lambda leg: leg["carrier_id"] != "CRCT"),
        (("--avoid", "Malaszewicze"), lambda leg: "PL-MALASZEWICZE" not in str(leg)),
    ],
)
def test_what_is_to_be_avoided_is_avoided(
    options: tuple[str, ...], holds: Callable[[Any], bool], as_json: AsJson
) -> None:
    status, answer = as_json("quote", "CNCKG", "DEDUI", *READY, *options)
    assert status == 0
    assert all(holds(leg) for offer in answer["offers"] for leg in offer["legs"])


def test_what_is_to_be_passed_is_passed(as_json: AsJson) -> None:
    status, answer = as_json("quote", "UZTAS", "TRMER", *READY, "--via", "KZAAU", "--via", "PEL")
    assert status == 0
    for offer in answer["offers"]:
        links = [link for leg in offer["legs"] for link in leg["link_ids"]]
        assert any("KZAAU" in link for link in links)
        assert any(leg["carrier_id"] == "PEL" for leg in offer["legs"])


def test_zangezur_is_there_only_when_planned_ways_are_asked_for(as_json: AsJson) -> None:
    question = ("quote", "AZ-ALAT", "TRKSY", "--ready", "2030-02-01", "--offers", "20")
    _, today = as_json(*question)
    _, planned = as_json(*question, "--include-planned", "--via", "AM")
    services = {leg["service_id"] for offer in today["offers"] for leg in offer["legs"]}
    assert not any("ZANGEZUR" in service for service in services)
    services = {leg["service_id"] for offer in planned["offers"] for leg in offer["legs"]}
    assert any("ZANGEZUR" in service for service in services)
    assert any("Planned" in note for note in planned["notes"])


def test_every_hour_and_every_line_is_explained(run: Run) -> None:
    result = run(*EXAMPLE, "--explain")
    assert result.exit_code == 0
    for shown in (
        "hand-over by",
        "waits for the service",
        "border controls",
        "gauge change",
        "Price, by the tariffs of 2026-12-01",
        "container-km at",
        "CO2e, well to wheel",
        "an estimate of the feed",
    ):
        assert shown in result.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("Atlantis", "TRIST"), 2, "no place of this corridor"),
        (("Khorgos", "TRIST"), 2, "Give the code"),
        (("CNXIY", "CNXIY"), 2, "two different places"),
        (("CNXIY", "TRIST", "--ready", "tomorrow"), 2, "write it like"),
        (("CNXIY", "TRIST", "--ready", "1999-01-01"), 2, "nearest day that can be asked for"),
        (("CNXIY", "TRIST", "--ready", "2099-01-01"), 2, "nearest day that can be asked for"),
        (("CNXIY", "TRIST", "--equipment", "60HC"), 2, "no container type"),
        (("CNXIY", "TRIST", "--weight", "-1"), 2, "from 0"),
        (("CNXIY", "TRIST", "--weight", "99000"), 2, "does not go into one"),
        (("CNXIY", "TRIST", "--count", "0"), 2, "from 1 to"),
        (("CNXIY", "TRIST", "--currency", "XYZ"), 2, "no currency"),
        (("CNXIY", "TRIST", "--window", "-1"), 2, "window"),
        (("CNXIY", "TRIST", "--window", "1000"), 2, "window"),
        (("CNXIY", "TRIST", "--window", "nan"), 2, "window"),
        (("CNXIY", "TRIST", "--window", "inf"), 2, "window"),
        (("CNXIY", "TRIST", "--weight", "nan"), 2, "does not go into"),
        (("CNXIY", "TRIST", "--value", "much"), 2, "no value"),
        (("CNXIY", "TRIST", "--ready", "9999-12-31"), 2, "nearest day"),
        (("CNXIY", "TRIST", "--map", "/no/such/folder/map.html"), 2, "cannot be written"),
        (("CNXIY", "TRIST", "--offers", "0"), 2, "ask for 1 to"),
        (("CNXIY", "TRIST", "--max-changes", "-1"), 2, "0 or more"),
        (("CNXIY", "TRIST", "--avoid", "balloon"), 2, "nothing to avoid"),
        (("CNXIY", "TRIST", "--avoid", "planet:Mars"), 2, "no kind of thing"),
        (("CNXIY", "TRIST", "--via", "GE", "--avoid", "GE"), 2, "both passed and avoided"),
        (("CNXIY", "TRIST", "--arrive-by", "2026-11-01"), 2, "later"),
        (("CNXIY", "TRIST", "--commodity", "85x"), 2, "no HS code"),
        (("CNXIY", "TRIST", "--feed", "no/such/feed"), 2, "no/such/feed"),
        (("CNXIY", "TRIST", "--map", "map.gif"), 2, ".html"),
        (("CNXIY", "TRIST", "--avoid", "KZ", "--avoid", "sea"), 3, "earliest arrival would be"),
        (("CNXIY", "TRIST", "--arrive-by", "2026-12-02"), 3, "earliest arrival would be"),
    ],
)
def test_what_cannot_be_answered_is_told_in_a_line(
    arguments: tuple[str, ...], status: int, said: str, run: Run, as_json: AsJson
) -> None:
    ready = () if "--ready" in arguments else READY
    result = run("quote", *arguments, *ready)
    assert result.exit_code == status
    assert said in result.stderr
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""
    code, refusal = as_json("quote", *arguments, *ready)
    assert (code, refusal["ok"]) == (status, False)
    assert said in refusal["error"]["message"]
    assert (refusal["error"]["kind"] == "no-itinerary") == (status == 3)


def test_a_place_that_is_not_clear_is_offered_to_programs_too(as_json: AsJson) -> None:
    _, refusal = as_json("quote", "Khorgos", "TRIST", *READY)
    assert {c["place_id"] for c in refusal["error"]["candidates"]} == {"CNHRS", "KZ-ALTYNKOL"}


def test_a_leg_without_a_rate_makes_the_price_incomplete_and_is_named(
    tmp_path: Path, run: Run, as_json: AsJson
) -> None:
    run("feed", "convert", str(shipped()), str(tmp_path / "feed"))
    items = tmp_path / "feed" / "tariff_items.csv"
    rows = items.read_text("utf-8").splitlines(keepends=True)
    items.write_text("".join(r for r in rows if not re.match(r"pel-|[^,]*,PEL,", r)), "utf-8")
    question = ("quote", "AZ-ALAT", "TRIST", "--avoid", "road", "--avoid", "sea", *READY)
    _, answer = as_json(*question, "--feed", str(tmp_path / "feed"))
    offer = next(o for o in answer["offers"] if any(x["carrier_id"] == "PEL" for x in o["legs"]))
    assert not offer["price"]["complete"]
    assert offer["price"]["total"] is None
    assert offer["legs"][offer["price"]["unpriced_legs"][0]]["carrier_id"] == "PEL"
    shown = run(*question, "--feed", str(tmp_path / "feed"))
    assert "incomplete" in shown.stdout
    assert "has no applicable tariff item" in " ".join(shown.stdout.split())


def shipped() -> Path:
    from kervan.corridor import shipped_feed

    return shipped_feed()
