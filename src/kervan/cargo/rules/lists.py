"""What the published code lists say, as the rules ask it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from kervan.cargo.code_lists import code_list


@lru_cache(maxsize=64)
def known(list_id: str) -> frozenset[str]:
    """Return the codes of a list, to look a code up quickly."""
    return frozenset(code_list(list_id))


@lru_cache(maxsize=64)
def is_complete(list_id: str) -> bool:
    """Return whether a code that is not in a list does not exist."""
    return code_list(list_id).is_complete


@lru_cache(maxsize=65_536)
def nearest(list_id: str, code: str) -> str:
    """Return words on which codes may have been meant; empty where none is near."""
    found = [
        f"{near.code} ({near.name})" if near.name else near.code
        for near in code_list(list_id).nearest(code, 2)
    ]
    return f"Was {' or '.join(found)} meant?" if found else ""


@lru_cache(maxsize=65_536)
def name_of(list_id: str, code: str) -> str:
    """Return what a code means."""
    return code_list(list_id).name(code)


@dataclass(frozen=True, slots=True)
class Substance:
    """What the list of dangerous goods says of one UN number.

    Attributes
    ----------
    name
        Proper shipping names, those of capital letters, with ``or`` between them.
    hazard_class
        Class or division, with the compatibility group of explosives.
    subsidiary
        Further classes.
    packing_groups
        Those there are; empty where it has none.
    """

    name: str
    hazard_class: str
    subsidiary: tuple[str, ...]
    packing_groups: tuple[str, ...]

    @property
    def wants_technical_name(self) -> bool:
        """Whether the name is one of those completed by what is in it."""
        return "N.O.S." in self.name


@lru_cache(maxsize=4_096)
def substance(un_number: str) -> Substance | None:
    """Return what the list says of a UN number; None where the list, an excerpt, has it not."""
    entry = code_list("dangerous-goods").get(un_number)
    if entry is None:
        return None
    more = entry.more
    return Substance(
        entry.name,
        more["class"],
        tuple(more["subsidiary"].split()),
        tuple(more["packing_groups"].split()),
    )


@lru_cache(maxsize=4_096)
def segregation(one: str, other: str) -> str:
    """Return the entry of the IMDG Code's table 7.2.4 for two classes: ``1`` to ``4``, X or *."""
    entry = code_list("imdg-segregation").get(f"{_division(one)}-{_division(other)}")
    return "X" if entry is None else entry.more["segregation"]


def _division(hazard_class: str) -> str:
    # The compatibility group of an explosive, and the number after 1, are not part of the table.
    return hazard_class.rstrip("ABCDEFGHJKLNS") or hazard_class
