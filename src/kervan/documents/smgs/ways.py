"""Which of the two notes a way is carried under.

Under SMGS one note goes all the way where every railway on it is in an SMGS country. Where the way
goes on by rail into a country of CIM alone, such as Türkiye, the common CIM/SMGS note spares
writing a new one at the change of law.
"""

from __future__ import annotations

from kervan.cargo.consignment import Consignment

SMGS_COUNTRIES = frozenset(
    {
        *("AF", "AL", "AZ", "BG", "BY", "CN", "EE", "GE", "HU", "IR", "KG", "KP", "KZ"),
        *("LT", "LV", "MD", "MN", "PL", "RU", "SK", "TJ", "TM", "UA", "UZ", "VN"),
    }
)
"""States whose railways apply SMGS (Organisation for Co-operation between Railways, list of
participants in the agreement), some of them beside CIM."""


def needs_smgs(consignment: Consignment) -> bool:
    """Return whether the whole way by rail is under SMGS."""
    countries = _rail_countries(consignment)
    return bool(countries) and countries <= SMGS_COUNTRIES


def needs_common_note(consignment: Consignment) -> bool:
    """Return whether the way by rail begins under one law and goes on under the other."""
    countries = _rail_countries(consignment)
    return bool(countries & SMGS_COUNTRIES) and not countries <= SMGS_COUNTRIES


def _rail_countries(consignment: Consignment) -> frozenset[str]:
    return frozenset(
        place.country
        for movement in consignment.movements
        if movement.mode == "rail"
        for place in (movement.origin, movement.destination)
        if place.country is not None
    )
