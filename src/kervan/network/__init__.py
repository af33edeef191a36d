"""The feed compiled to arrays: places, docks, lines and dated departures over one horizon."""

from kervan.network.arrays import Arrays
from kervan.network.compile import compile_network
from kervan.network.legs import Leg, Section, Stretch
from kervan.network.model import Network, Part

__all__ = ["Arrays", "Leg", "Network", "Part", "Section", "Stretch", "compile_network"]
