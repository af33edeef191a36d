"""A quote kept in a file: what `kervan quote --json` printed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click


def read_quote(path: Path) -> Any:
    """Return what is in a file of JSON; ``-`` is standard input.

    Raises
    ------
    InvalidRequestError
        If it cannot be read, or is no JSON.
    """
    from kervan.errors import InvalidRequestError

    try:
        text = click.open_file(str(path), encoding="utf-8").read()
        return json.loads(text)
    except OSError as error:
        raise InvalidRequestError(
            f"{path} cannot be read: {error.strerror}. Name one `kervan quote --json` wrote."
        ) from error
    except (ValueError, RecursionError) as error:
        raise InvalidRequestError(
            f"{path} is not JSON ({error}); write it with `kervan quote … --json`."
        ) from error
