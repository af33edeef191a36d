"""The page and the schema of the consignment are what the classes say."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from kervan.cargo import example_consignment, reference
from kervan.cargo.reading import read, write_consignment
from kervan.cargo.shape import shapes
from tests.cargo.consignments import random_consignment

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "consignment.md"
SCHEMA = files("kervan").joinpath("schemas", "consignment.v1.json").read_text("utf-8")


def test_the_page_is_made_of_the_classes_of_today() -> None:
    mending = "run `python -m kervan.cargo.reference page > docs/reference/consignment.md`"
    assert PAGE.read_text("utf-8") == reference.page(), mending


def test_the_schema_is_made_of_the_classes_of_today() -> None:
    target = "src/kervan/schemas/consignment.v1.json"
    assert reference.schema() == SCHEMA, f"run `python -m kervan.cargo.reference schema > {target}`"


def test_every_field_has_words_of_its_own_or_its_class_is_one_line() -> None:
    for kind in shapes():
        meanings = reference._meanings(kind)
        assert not meanings or set(meanings) == set(kind.model_fields), kind.__name__
        assert all(meanings.values())


def test_what_is_written_fits_the_schema() -> None:
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA))
    for consignment in (example_consignment(), *map(random_consignment, range(5))):
        validator.validate(json.loads(write_consignment(consignment)))


@pytest.mark.parametrize(
    "content", [{}, {"reference": 7}, {"reference": "A", "colour": "red"}, {"reference": ""}]
)
def test_what_the_schema_refuses_is_refused_by_the_reading_too(content: object) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA))
    assert not validator.is_valid(content)
    assert read(json.dumps(content)).problems
