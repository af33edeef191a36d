"""What the later layers may know of a leg: who carries it, over which ways, how far.

A leg is one ride on one service, from the call where the cargo is loaded to the call where it is
discharged. Prices and emissions are properties of legs, so both are computed from these records
and handed to the search as arrays in the order of ``Network.legs``.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stretch:
    """One link of the way, in the direction it is run."""

    link_id: str
    from_place_id: str
    to_place_id: str
    from_country: str
    to_country: str
    distance_km: float
    traction: str | None
    """``electric``, ``diesel``, or None where it is not known or the mode has no choice."""
    crossing_id: str | None
    """Border crossing laid over the link in this direction, if any."""


@dataclass(frozen=True, slots=True)
class Section:
    """The way between two consecutive calls of a service."""

    from_place_id: str
    to_place_id: str
    from_country: str
    to_country: str
    stretches: tuple[Stretch, ...]

    @property
    def distance_km(self) -> float:
        """Length of the section in km."""
        return sum(stretch.distance_km for stretch in self.stretches)


@dataclass(frozen=True, slots=True)
class Leg:
    """One ride on one service, between two of its calls."""

    service_id: str
    carrier_id: str
    mode: str
    sections: tuple[Section, ...]
    heading: str | None = None
    """``east`` or ``west``, by the longitudes of its ends; None where it is not known."""

    @property
    def from_place_id(self) -> str:
        """Place of loading."""
        return self.sections[0].from_place_id

    @property
    def to_place_id(self) -> str:
        """Place of discharge."""
        return self.sections[-1].to_place_id

    @property
    def from_country(self) -> str:
        """Country of loading."""
        return self.sections[0].from_country

    @property
    def to_country(self) -> str:
        """Country of discharge."""
        return self.sections[-1].to_country

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """Every link of the way, in order."""
        return tuple(stretch for section in self.sections for stretch in section.stretches)

    @property
    def distance_km(self) -> float:
        """Length of the leg in km."""
        return sum(section.distance_km for section in self.sections)

    @property
    def crossing_ids(self) -> tuple[str, ...]:
        """Border crossings passed, in order."""
        return tuple(s.crossing_id for s in self.stretches if s.crossing_id is not None)
