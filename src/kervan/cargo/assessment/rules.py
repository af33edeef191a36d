"""Risk rules as data: a TOML file with thresholds and rules, each with its conditions and reason.

::

    amber = 30
    red = 60

    [[rule]]
    id = "tobacco"
    title = "Goods of high duty"
    weight = 35
    reason = "item {item} is {hs_code} {description}"
    source = "example"
    valid_from = 2026-01-01
    [[rule.when]]
    kind = "hs"
    prefixes = ["2402"]

A rule fires where all its conditions hold, and of the same subject where they have one; it adds its
weight once. A negative weight takes away, such as for authorised parties.
"""

from __future__ import annotations

import inspect
import math
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kervan.cargo.assessment.conditions import CONDITIONS, Case, Fact
from kervan.cargo.assessment.past import PAST_ROLES
from kervan.cargo.reading import CargoError
from kervan.feed.nearest import nearest

EXAMPLE_RULES = Path(__file__).with_name("example-rules.toml")
"""The rules shipped, which are an example and no authority's."""

MOST_BYTES = 4 * 2**20
MOST_FACTS = 20_000
"""What one condition may find, and one rule may fire on: twice the goods items there can be."""
_FIELDS = ("id", "title", "weight", "reason", "source", "when", "valid_from", "valid_to")
_PLACE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a rule: its kind, and its parameters."""

    kind: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RiskRule:
    """One rule.

    Attributes
    ----------
    rule_id, title
        Key and name.
    weight
        What it adds to the score.
    when
        Conditions, all of which have to hold.
    reason
        Words for why it fired, with the facts' names in braces.
    source
        Who set it, on what ground.
    valid_from, valid_to
        First and last day; None is unlimited.
    """

    rule_id: str
    title: str
    weight: int
    when: tuple[Condition, ...]
    reason: str
    source: str
    valid_from: date | None = None
    valid_to: date | None = None

    def is_valid_on(self, day: date) -> bool:
        """Return whether it holds on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Rules, and the scores from which a consignment is amber and red."""

    amber: int
    red: int
    rules: tuple[RiskRule, ...]


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that fired.

    Attributes
    ----------
    rule
        Which.
    reasons
        Why, once for each thing it fired on.
    facts
        The values it fired on, likewise.
    """

    rule: RiskRule
    reasons: tuple[str, ...]
    facts: tuple[Mapping[str, Any], ...]


def read_rules(path: Path | None = None) -> RuleBook:
    """Read a file of rules; the example unless given.

    Raises
    ------
    CargoError
        If it is no such file; the message names the rule and what was expected.
    """
    path = path or EXAMPLE_RULES
    try:
        if path.stat().st_size > MOST_BYTES:
            raise CargoError(f"{path} is larger than {MOST_BYTES // 2**20} MB.")
        content = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise CargoError(f"{path} cannot be read: {error.strerror}.") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise CargoError(f"{path} is no TOML: {error}.") from None
    unknown = [name for name in content if name not in ("amber", "red", "rule")]
    if unknown:
        raise CargoError(f"{path} has '{unknown[0]}'; expected amber, red and [[rule]] alone.")
    amber: Any = content.get("amber")
    red: Any = content.get("red")
    if not (_is_number(amber) and _is_number(red) and amber <= red):
        raise CargoError(
            f"{path} needs whole numbers amber and red, amber not above red; it has {amber} and "
            f"{red}."
        )
    entries = content.get("rule", [])
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise CargoError(f"{path}: rules are written as [[rule]].")
    rules = tuple(_rule(path, number, entry) for number, entry in enumerate(entries, 1))
    ids = [rule.rule_id for rule in rules]
    for rule_id in ids:
        if ids.count(rule_id) > 1:
            raise CargoError(f"{path} has the rule '{rule_id}' twice; give each its own id.")
    return RuleBook(amber, red, rules)


def fire(rule: RiskRule, case: Case) -> Fired | None:
    """Return why a rule fires on a case, None where it does not."""
    joined: list[Fact] = [Fact(None, {})]
    for condition in rule.when:
        found = CONDITIONS[condition.kind](case, **condition.parameters)
        joined = _joined(joined, tuple(islice(found, MOST_FACTS)))
        if not joined:
            return None
    facts = tuple(_with_subject(fact) for fact in joined)
    return Fired(rule, tuple(_said(rule.reason, values) for values in facts), facts)


def _joined(facts: list[Fact], found: tuple[Fact, ...]) -> list[Fact]:
    """Return each fact with each of those found that are of its subject, or of none."""
    by_subject: dict[tuple[str, Any] | None, list[tuple[int, Fact]]] = {}
    for position, fact in enumerate(found):
        by_subject.setdefault(fact.subject, []).append((position, fact))
    of_none = by_subject.get(None, [])

    def pairs() -> Iterator[Fact]:
        for one in facts:
            if one.subject is None:
                fitting: Iterable[tuple[int, Fact]] = enumerate(found)
            else:
                fitting = sorted([*by_subject.get(one.subject, ()), *of_none], key=itemgetter(0))
            for _, other in fitting:
                yield Fact(one.subject or other.subject, {**one.values, **other.values})

    return list(islice(pairs(), MOST_FACTS))


def _with_subject(fact: Fact) -> Mapping[str, Any]:
    return {fact.subject[0]: fact.subject[1], **fact.values} if fact.subject else fact.values


def _said(reason: str, values: Mapping[str, Any]) -> str:
    # Not str.format: a file of rules must not reach into the values.
    return _PLACE.sub(lambda place: str(values.get(place[1], place[0])), reason)


def _rule(path: Path, number: int, entry: dict[str, Any]) -> RiskRule:
    rule_id = entry.get("id")
    where = f"{path}, rule {number}" + (f" ({rule_id})" if isinstance(rule_id, str) else "")
    for name in entry:
        if name not in _FIELDS:
            raise CargoError(f"{where} has '{name}', which no rule has.{_meant(name, _FIELDS)}")
    for name in ("id", "title", "reason", "source"):
        if not (isinstance(entry.get(name), str) and entry[name].strip()):
            raise CargoError(f"{where} has no {name}; give it as text.")
    if not _is_number(entry.get("weight")):
        raise CargoError(f"{where} needs a weight, a whole number; it has {entry.get('weight')}.")
    for name in ("valid_from", "valid_to"):
        if entry.get(name) is not None and type(entry[name]) is not date:
            raise CargoError(f"{where}: {name} is a day, written 2026-12-01 without quotes.")
    when = entry.get("when")
    if not (isinstance(when, list) and when and all(isinstance(w, dict) for w in when)):
        raise CargoError(f"{where} has no condition; write at least one [[rule.when]].")
    return RiskRule(
        entry["id"],
        entry["title"],
        entry["weight"],
        tuple(_condition(where, w) for w in when),
        entry["reason"],
        entry["source"],
        entry.get("valid_from"),
        entry.get("valid_to"),
    )


def _condition(where: str, entry: dict[str, Any]) -> Condition:
    kind = entry.get("kind")
    if not isinstance(kind, str) or kind not in CONDITIONS:
        raise CargoError(
            f"{where}: there is no condition '{kind}'.{_meant(str(kind), CONDITIONS)} There are "
            f"{', '.join(CONDITIONS)}."
        )
    given = {name: value for name, value in entry.items() if name != "kind"}
    known = dict(list(inspect.signature(CONDITIONS[kind]).parameters.items())[1:])
    for name, value in given.items():
        if name not in known:
            raise CargoError(
                f"{where}: '{kind}' has no parameter '{name}'.{_meant(name, known)} It takes "
                f"{', '.join(known) or 'none'}."
            )
        expected = str(known[name].annotation)
        if not _fits(value, expected):
            raise CargoError(
                f"{where}: {name} of '{kind}' is {value!r}; expected {_KINDS[_base(expected)][1]}."
            )
    for name, parameter in known.items():
        if parameter.default is inspect.Parameter.empty and name not in given:
            raise CargoError(f"{where}: '{kind}' needs the parameter '{name}'.")
    for name, choices in _CHOICES.get(kind, {}).items():
        if given[name] not in choices:
            raise CargoError(
                f"{where}: {name} of '{kind}' is {given[name]!r}; expected {', '.join(choices)}."
            )
    return Condition(kind, MappingProxyType(given))


_CHOICES: dict[str, dict[str, tuple[str, ...]]] = {
    "seals": {"event": ("missing", "changed", "changed_without_customs")},
    "party_history": {"role": PAST_ROLES},
    "unknown_party": {"role": PAST_ROLES},
}

_KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    "Sequence[str]": ((list,), "a list of texts"),
    "str": ((str,), "a text"),
    "float": ((int, float), "a number"),
    "int": ((int,), "a whole number"),
}


def _base(annotation: str) -> str:
    return annotation.removesuffix(" | None")


def _fits(value: Any, annotation: str) -> bool:
    types, _ = _KINDS[_base(annotation)]
    if isinstance(value, bool) or not isinstance(value, types):
        return False
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return not isinstance(value, list) or all(isinstance(entry, str) for entry in value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _meant(name: str, known: Any) -> str:
    found = nearest(name, known)
    return f" Did you mean '{found}'?" if found else ""
