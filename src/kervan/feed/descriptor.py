"""``datapackage.json``: the feed described as a Tabular Data Package (Data Package, version 1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from kervan.feed.package import DESCRIPTOR, Package
from kervan.feed.problems import Findings
from kervan.feed.schema import Column, TableSchema, schemas
from kervan.feed.tables import FeedInfo

FORMAT_VERSION = "1.0"
"""Version of the format, in the descriptor's ``kervanFeed``."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._/\-]*")
_TYPES = {
    "text": "string",
    "integer": "integer",
    "number": "number",
    "decimal": "number",
    "boolean": "boolean",
    "date": "date",
    # The specification's time ends at 23:59:59; a terminal may close at 24:00.
    "time": "string",
}
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]|24:00"
_TRUE, _FALSE = ["true", "True", "TRUE"], ["false", "False", "FALSE"]


def descriptor(info: FeedInfo, tables: Iterable[str]) -> dict[str, Any]:
    """Return the descriptor of a feed.

    Parameters
    ----------
    info
        The feed as a whole.
    tables
        Tables it has.
    """
    there = set(tables)
    content: dict[str, Any] = {
        "profile": "tabular-data-package",
        "kervanFeed": FORMAT_VERSION,
        "name": info.name,
        "title": info.title,
        "version": info.version,
    }
    if info.description:
        content["description"] = info.description
    if info.licence:
        content["licenses"] = [_licence(info.licence)]
    for key, day in (("valid_from", info.valid_from), ("valid_to", info.valid_to)):
        if day is not None:
            content[key] = day.isoformat()
    content["resources"] = [
        _resource(schema, there) for name, schema in schemas().items() if name in there
    ]
    return content


def _licence(licence: str) -> dict[str, str]:
    return {"name": _licence_name(licence), "title": licence}


def _licence_name(licence: str) -> str:
    return re.sub(r"[^-A-Za-z0-9._]+", "-", licence).strip("-") or "other"


def _resource(schema: TableSchema, there: set[str]) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": schema.name,
        "path": f"{schema.name}.csv",
        "description": schema.description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": table_schema(schema, there),
    }


def table_schema(schema: TableSchema, there: set[str]) -> dict[str, Any]:
    """Return the Table Schema of a table; keys to tables that are not there are left out."""
    content: dict[str, Any] = {
        "fields": [field_schema(column) for column in schema.columns],
        "missingValues": [""],
        "primaryKey": list(schema.key),
    }
    foreign = [
        {
            "fields": column.name,
            "reference": {"resource": column.references[0], "fields": column.references[1]},
        }
        for column in schema.columns
        if column.references is not None and column.references[0] in there
    ]
    if foreign:
        content["foreignKeys"] = foreign
    return content


def field_schema(column: Column) -> dict[str, Any]:
    """Return the field descriptor of a column."""
    field: dict[str, Any] = {
        "name": column.name,
        "type": "string" if column.many else _TYPES[column.kind],
        "description": column.description,
    }
    if column.unit is not None:
        field["unit"] = column.unit
    if column.kind == "boolean":
        field["trueValues"], field["falseValues"] = _TRUE, _FALSE
    constraints = _constraints(column)
    if constraints:
        field["constraints"] = constraints
    return field


def _constraints(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if column.many:
        one = "|".join(map(re.escape, column.choices)) if column.choices else column.pattern
        if column.code == "country":
            one = "[A-Z]{2}"
        if one is not None:
            constraints["pattern"] = f"({one})(;({one}))*"
        return constraints
    if column.choices is not None:
        constraints["enum"] = list(column.choices)
    if column.minimum is not None:
        constraints["minimum"] = _number(column.minimum)
    if column.maximum is not None:
        constraints["maximum"] = _number(column.maximum)
    pattern = _CLOCK if column.kind == "time" else column.pattern
    if pattern is not None:
        constraints["pattern"] = pattern
    return constraints


def _number(value: float) -> float | int:
    return int(value) if float(value).is_integer() else value


def feed_info(package: Package, findings: Findings) -> FeedInfo | None:
    """Return what a package's descriptor says of the feed, telling of what it should and does not.

    None where it says too little to go on.
    """
    content = package.descriptor
    if content is None:
        if not findings.has_error_in(""):
            findings.add(
                "no-descriptor",
                f"There is no {DESCRIPTOR}, so the feed has no name and no version.",
                "Write one with `kervan feed convert FEED NEW-FEED --title 'My corridor'`.",
            )
        return None
    given: dict[str, str] = {}
    for name in ("name", "title", "version"):
        value = content.get(name)
        if isinstance(value, str) and value.strip():
            given[name] = value.strip()
        else:
            findings.add(
                "descriptor",
                f"{DESCRIPTOR} has no '{name}' that is a text.",
                f'Add one, like {{"{name}": "{_EXAMPLES[name]}"}}.',
                value=name,
            )
    if "name" in given and not _NAME.fullmatch(given["name"]):
        findings.add(
            "descriptor",
            f"The name '{given['name']}' in {DESCRIPTOR} is not made of small letters, digits, "
            "hyphens, dots and underscores.",
            "Write it like middle-corridor; the title may be anything.",
            value=given["name"],
        )
    _check_version(content, findings)
    _check_resources(content, package, findings)
    first, last = (_day_of(content, key, findings) for key in ("valid_from", "valid_to"))
    if first is not None and last is not None and last < first:
        findings.add(
            "validity-reversed",
            f"{DESCRIPTOR} says the feed holds to {last}, before it holds from, {first}.",
            "Swap valid_from and valid_to, or correct one of them.",
            value=str(last),
        )
    if len(given) < 3:
        return None
    return FeedInfo(
        **given,
        description=_text(content.get("description")),
        licence=_licence_of(content),
        valid_from=first,
        valid_to=last,
    )


def _day_of(content: Mapping[str, Any], key: str, findings: Findings) -> date | None:
    value = content.get(key)
    if value is None or value == "":
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        findings.add(
            "descriptor",
            f"'{key}' in {DESCRIPTOR} is not a day written YYYY-MM-DD.",
            f'Write it like "{key}": "2026-01-01", or leave it out.',
            value=str(value),
        )
        return None


_EXAMPLES = {"name": "middle-corridor", "title": "The Middle Corridor", "version": "2026.1"}


def _check_version(content: Mapping[str, Any], findings: Findings) -> None:
    version = content.get("kervanFeed")
    if version is None:
        findings.add(
            "format-version",
            f"{DESCRIPTOR} does not say which version of the format the feed is in.",
            f'Add "kervanFeed": "{FORMAT_VERSION}".',
            severity="warning",
        )
    elif str(version).partition(".")[0] != FORMAT_VERSION.partition(".")[0]:
        findings.add(
            "format-version",
            f"The feed is in version {version!r} of the format; this Kervan reads version "
            f"{FORMAT_VERSION}.",
            "Use the version of Kervan the feed was made for, or a feed of this version.",
            value=str(version),
        )


def _check_resources(content: Mapping[str, Any], package: Package, findings: Findings) -> None:
    resources = content.get("resources", [])
    named = resources if isinstance(resources, list) else []
    for resource in named:
        path = resource.get("path") if isinstance(resource, dict) else None
        if not isinstance(path, str):
            findings.add(
                "descriptor",
                f"A resource in {DESCRIPTOR} has no path.",
                "Write the descriptor anew with `kervan feed convert`.",
                severity="warning",
            )
        elif path.removesuffix(".csv") in schemas() and path[:-4] not in package.tables:
            findings.add(
                "missing-file",
                f"{DESCRIPTOR} names {path}, which is not there.",
                "Add the file, or remove the resource.",
                value=path,
            )


def _licence_of(content: Mapping[str, Any]) -> str:
    licences = content.get("licenses")
    first = licences[0] if isinstance(licences, list) and licences else content.get("licence")
    if not isinstance(first, dict):
        return _text(first)
    name, title = _text(first.get("name")), _text(first.get("title"))
    # A name of its own, like CC-BY-4.0, says more than a title; one made of the title does not.
    return title if not name or name == _licence_name(title) else name


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
