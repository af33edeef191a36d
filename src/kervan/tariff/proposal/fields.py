"""The values of a TOML table, each taken once and checked; what is left over is refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NoReturn

from kervan.errors import InvalidRequestError
from kervan.feed.nearest import did_you_mean

_MISSING = object()
_LARGEST = Decimal(10) ** 12


class Fields:
    """One table of a file.

    Parameters
    ----------
    content
        What the file holds.
    where
        Name of the table, as it stands in the file: ``[rate]``, ``[[segments]] 2``.
    file
        Name of the file.
    """

    def __init__(self, content: object, where: str, file: str) -> None:
        self.where, self.file = where, file
        if not isinstance(content, Mapping):
            raise InvalidRequestError(
                f"{file}: {where} holds {told(content)}; a table was expected. Write {where} on a "
                "line of its own, and its keys below it."
            )
        self._content: Mapping[str, Any] = content
        self._asked: set[str] = set()

    def __contains__(self, key: str) -> bool:
        """Whether the table has a key."""
        return key in self._content

    def number(
        self,
        key: str,
        default: Any = _MISSING,
        *,
        least: float | None = None,
        most: float | None = None,
        above: float | None = None,
        below: float | None = None,
    ) -> Any:
        """Return a number as a Decimal, or the default where the key is missing."""
        limits = [
            f"{word} {limit:g}"
            for word, limit in (
                ("at least", least),
                ("at most", most),
                ("above", above),
                ("below", below),
            )
            if limit is not None
        ]
        expected = f"a number {' and '.join(limits)}".strip()
        value = self._value(key, default, expected)
        if value is default:
            return value
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
            self._refuse(key, value, expected)
        value = Decimal(value)
        wrong = (
            not value.is_finite()
            or abs(value) > _LARGEST
            or (least is not None and value < least)
            or (most is not None and value > most)
            or (above is not None and value <= above)
            or (below is not None and value >= below)
        )
        if wrong:
            self._refuse(key, value, expected)
        return value

    def text(self, key: str, default: Any = _MISSING, expected: str = "a text") -> Any:
        """Return a text that is not blank."""
        value = self._value(key, default, expected)
        if value is default:
            return value
        if not isinstance(value, str) or not value.strip():
            self._refuse(key, value, expected)
        return value.strip()

    def texts(self, key: str, default: Any = _MISSING) -> Any:
        """Return a list of texts."""
        expected = "a list of texts"
        value = self._value(key, default, expected)
        if value is default:
            return value
        if not isinstance(value, list) or not all(isinstance(x, str) and x.strip() for x in value):
            self._refuse(key, value, expected)
        return tuple(text.strip() for text in value)

    def flag(self, key: str, default: bool) -> bool:
        """Return true or false."""
        value = self._value(key, default, "true or false")
        if not isinstance(value, bool):
            self._refuse(key, value, "true or false")
        return value

    def day(self, key: str, default: Any = _MISSING) -> Any:
        """Return a day."""
        expected = "a day such as 2027-01-01, without quotation marks"
        value = self._value(key, default, expected)
        if value is not default and type(value) is not date:
            self._refuse(key, value, expected)
        return value

    def moment(self, key: str) -> date:
        """Return a day, or a local time of one."""
        expected = "a day such as 2027-01-01 or a time such as 2027-01-01T08:00:00, unquoted"
        value = self._value(key, _MISSING, expected)
        is_local = isinstance(value, datetime) and value.tzinfo is None
        if not is_local and type(value) is not date:
            self._refuse(key, value, expected)
        return value  # type: ignore[no-any-return]

    def table(self, key: str) -> Fields | None:
        """Return a table within this one, None where there is none."""
        self._asked.add(key)
        if key not in self._content:
            return None
        return Fields(
            self._content[key], f"{self.where} {key}" if self.where else f"[{key}]", self.file
        )

    def tables(self, key: str) -> list[Fields]:
        """Return the tables of a list, in their order."""
        self._asked.add(key)
        content = self._content.get(key, [])
        if not isinstance(content, list):
            raise InvalidRequestError(
                f"{self.file}: {key} holds {told(content)}; a list of tables was expected. Write "
                f"[[{key}]], in double brackets, above each."
            )
        return [Fields(table, f"[[{key}]] {n}", self.file) for n, table in enumerate(content, 1)]

    def mapping(self, key: str) -> dict[str, Decimal] | None:
        """Return a table of numbers from 0 to 1, None where the key is missing."""
        expected = "a table of shares such as { Sea = 0.6, North = 0.1 }"
        value = self._value(key, None, expected)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self._refuse(key, value, expected)
        inner = Fields(value, f"{self.where} {key}".strip(), self.file)
        return {name: inner.number(name, above=0, below=1) for name in value}

    def end(self) -> None:
        """Refuse what nobody asked for."""
        for key in self._content:
            if key not in self._asked:
                known = ", ".join(sorted(self._asked))
                mend = did_you_mean(key, self._asked, f"The keys are {known}.")
                place = self.where or "The top of the file"
                raise InvalidRequestError(
                    f"{self.file}: {place} has an unknown key '{key}'. {mend}"
                )

    def refuse(self, key: str, why: str) -> NoReturn:
        """Refuse a value for a reason of the caller's."""
        raise InvalidRequestError(f"{self.file}: {self.where}, {key}: {why}")

    def _value(self, key: str, default: Any, expected: str) -> Any:
        self._asked.add(key)
        value = self._content.get(key, default)
        if value is _MISSING:
            raise InvalidRequestError(
                f"{self.file}: {self.where or 'the top of the file'} has no '{key}'; {expected} "
                f"was expected. Add a line '{key} = …'."
            )
        return value

    def _refuse(self, key: str, value: object, expected: str) -> NoReturn:
        self.refuse(key, f"it is {told(value)}; {expected} was expected. Change the value.")


def told(value: object) -> str:
    """Return a value as it reads in the file, cut where it is long."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list):
        return "a list"
    text = f"'{value}'" if isinstance(value, str) else str(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
