"""The life of a consignment: its versions, and what was declared of which, where and when.

Nothing is overwritten. Each version and each declaration names who made it and when, and holds the
digest of the entry before it, so that one taken out or changed later is noticed, but for the last:
nothing follows that would hold its digest. (Who may write here, and their signatures, are the
ledger's matter.)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from kervan.cargo.consignment import Consignment
from kervan.cargo.differences import Difference, differences
from kervan.cargo.element import Code, Element, Moment, Text
from kervan.cargo.reading import MOST_BYTES, CargoError

FIRST = "0" * 64
"""What stands for the digest before the first entry."""

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Version(Element):
    """A consignment as it stood from one moment on.

    Attributes
    ----------
    kind
        ``version``.
    at, by, reason
        When it was written, by whom, and why.
    consignment
        The whole of it; its ``version`` is its number.
    previous
        SHA-256 of the entry before.
    """

    kind: Literal["version"] = "version"
    at: Moment
    by: Text
    reason: Text
    consignment: Consignment
    previous: Digest


class Declared(Element):
    """A document or message that went to somebody.

    Attributes
    ----------
    kind
        ``declared``.
    at, by
        When it was sent, and by whom.
    document
        Key of its format: ``ncts-cc015c``.
    territory
        Whose authority has it: ``EU``, ``EAEU`` or an ISO 3166-1 alpha-2 code.
    place
        Where, in words; None where it was sent ahead.
    version
        Which version of the consignment it was made from.
    carries
        Elements of the consignment it says, as dotted names.
    sha256
        Of the document as sent.
    reference
        What the authority calls it, such as an MRN, once known.
    previous
        SHA-256 of the entry before.
    """

    kind: Literal["declared"] = "declared"
    at: Moment
    by: Text
    document: Code
    territory: Code
    place: Text | None = None
    version: Annotated[int, Field(ge=1)]
    carries: tuple[Code, ...]
    sha256: Digest
    reference: Code | None = None
    previous: Digest


Entry = Annotated[Version | Declared, Field(discriminator="kind")]


class History(Element):
    """Versions and declarations of one consignment, in order.

    Attributes
    ----------
    format
        ``consignment-history.v1``.
    entries
        Oldest first. The first is a version.
    """

    format: Literal["consignment-history.v1"] = "consignment-history.v1"
    entries: tuple[Entry, ...]

    @property
    def versions(self) -> tuple[Version, ...]:
        """Its versions, oldest first."""
        return tuple(e for e in self.entries if isinstance(e, Version))

    @property
    def declarations(self) -> tuple[Declared, ...]:
        """What was declared, oldest first."""
        return tuple(e for e in self.entries if isinstance(e, Declared))

    @property
    def latest(self) -> Consignment:
        """The consignment as it stands."""
        return self.versions[-1].consignment

    def version(self, number: int) -> Consignment:
        """Return one version.

        Raises
        ------
        CargoError
            If there is none of this number.
        """
        for version in self.versions:
            if version.consignment.version == number:
                return version.consignment
        raise CargoError(
            f"There is no version {number}; there are versions 1 to {self.latest.version}."
        )

    def as_of(self, moment: Moment) -> Consignment | None:
        """Return the consignment as it was known at a moment, or None before the first version."""
        known = [v.consignment for v in self.versions if v.at <= moment]
        return known[-1] if known else None


def begin(consignment: Consignment, *, at: Moment, by: str, reason: str) -> History:
    """Return the history of a consignment that has just been written down."""
    first = consignment.model_copy(update={"version": 1})
    version = Version(at=at, by=by, reason=reason, consignment=first, previous=FIRST)
    return History(entries=(version,))


def amend(
    history: History, consignment: Consignment, *, at: Moment, by: str, reason: str
) -> History:
    """Return the history with one version more; its number is counted up.

    Raises
    ------
    CargoError
        If nothing differs, the reference is another one, or time would go back.
    """
    latest = history.latest
    if consignment.reference != latest.reference:
        raise CargoError(
            f"'{consignment.reference}' is another consignment than '{latest.reference}'; an "
            "amendment keeps the reference. Begin a history of its own for it."
        )
    if not differences(latest, consignment):
        raise CargoError(f"Nothing differs from version {latest.version}, so nothing is amended.")
    numbered = consignment.model_copy(update={"version": latest.version + 1})
    return _with(
        history,
        Version(
            at=at, by=by, reason=reason, consignment=numbered, previous=_digest_of_last(history)
        ),
    )


def declare(
    history: History,
    document: str,
    sent: bytes,
    carries: frozenset[str],
    *,
    at: Moment,
    by: str,
    territory: str,
    place: str | None = None,
    reference: str | None = None,
    version: int | None = None,
) -> History:
    """Return the history with a document sent to an authority.

    Parameters
    ----------
    history
        So far.
    document, carries
        Key of the document's format, and what it carries.
    sent
        The document itself; its SHA-256 is kept.
    at, by, territory, place, reference
        As in :class:`Declared`.
    version
        Which version it was made from; the latest unless given.

    Raises
    ------
    CargoError
        If time would go back, or there is no such version.
    """
    return _with(
        history,
        Declared(
            at=at,
            by=by,
            document=document,
            territory=territory,
            place=place,
            version=history.latest.version if version is None else history.version(version).version,
            carries=tuple(sorted(carries)),
            sha256=hashlib.sha256(sent).hexdigest(),
            reference=reference,
            previous=_digest_of_last(history),
        ),
    )


def changed_since(history: History, declared: Declared) -> tuple[Difference, ...]:
    """Return what the document said and is no longer so: what has to be amended there."""
    changes = differences(history.version(declared.version), history.latest)
    return tuple(d for d in changes if _touches(d.name, declared.carries))


def _touches(name: str, carries: tuple[str, ...]) -> bool:
    """Return whether a difference lies in, or holds, something a document carries."""
    return any(
        name == told or name.startswith(f"{told}.") or told.startswith(f"{name}.")
        for told in carries
    )


def write_history(history: History) -> str:
    """Return a history as JSON."""
    content = history.model_dump(mode="json", exclude_defaults=True)
    for entry, written in zip(history.entries, content["entries"], strict=True):
        # Fields that hold their default are left out, and this one says what the entry is.
        written["kind"] = entry.kind
    return json.dumps({"format": history.format, **content}, ensure_ascii=False, indent=1)


def read_history(source: Path | bytes | str) -> History:
    """Read a history, and hold it against itself.

    Raises
    ------
    CargoError
        If it is none, or an entry does not follow from the one before.
    """
    data: bytes | str | None
    if isinstance(source, Path):
        try:
            data = source.read_bytes() if source.stat().st_size <= MOST_BYTES else None
        except OSError as error:
            raise CargoError(f"{source} cannot be read: {error.strerror}.") from None
    else:
        data = source
    if data is None or len(data) > MOST_BYTES:
        raise CargoError(f"The history has more than {MOST_BYTES // 2**20} MB and is not read.")
    try:
        history = History.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise CargoError(f"This is no history of a consignment: {where}: {first['msg']}.") from None
    for fault in _faults(history):
        raise CargoError(fault)
    return history


def _with(history: History, entry: Version | Declared) -> History:
    if entry.at < history.entries[-1].at:
        raise CargoError(
            f"The entry of {entry.at.isoformat()} would stand after one of "
            f"{history.entries[-1].at.isoformat()}; entries are made in the order of time."
        )
    return History(entries=(*history.entries, entry))


def _digest(entry: Version | Declared) -> str:
    content = entry.model_dump(mode="json", exclude_defaults=True)
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _digest_of_last(history: History) -> str:
    return _digest(history.entries[-1])


def _faults(history: History) -> Iterator[str]:
    """Yield why the entries cannot be as they were made."""
    if not history.versions or not isinstance(history.entries[0], Version):
        yield "The history does not begin with a version, so something was taken out of it."
        return
    previous, number, reference = FIRST, 0, history.latest.reference
    for position, entry in enumerate(history.entries):
        where = f"Entry {position + 1} of the history ({entry.kind}, {entry.at.isoformat()})"
        if entry.previous != previous:
            yield f"{where} does not follow from the one before: one of them was changed later."
        if position and entry.at < history.entries[position - 1].at:
            yield f"{where} is older than the one before it."
        if isinstance(entry, Version):
            number += 1
            if entry.consignment.version != number or entry.consignment.reference != reference:
                yield f"{where} is not version {number} of consignment '{reference}'."
        elif not 1 <= entry.version <= number:
            yield f"{where} is of version {entry.version}, and {number} were there by then."
        previous = _digest(entry)
