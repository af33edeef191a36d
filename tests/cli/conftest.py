"""Commands are run as a user runs them, in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from kervan.cli import main

Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    def call(*arguments: str, keys: str | None = None) -> Result:
        result = CliRunner().invoke(main, list(arguments), input=keys)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


@pytest.fixture
def as_json(run: Run) -> Callable[..., tuple[int, Any]]:
    """Run a command with --json, hold its answer against its own schema, and return it."""

    def call(*arguments: str) -> tuple[int, Any]:
        result = run(*arguments, "--json")
        content = json.loads(result.stdout)
        schema = files("kervan").joinpath("schemas", f"{content['schema']}.json").read_text("utf-8")
        jsonschema.validate(content, json.loads(schema), cls=jsonschema.Draft202012Validator)
        return result.exit_code, content

    return call
