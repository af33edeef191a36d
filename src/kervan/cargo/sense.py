"""The second depth: what each value says alone is well, and together they must make sense."""

from __future__ import annotations

from kervan.cargo.consignment import Consignment
from kervan.cargo.rules.dangerous import dangerous_goods
from kervan.cargo.rules.findings import Findings
from kervan.cargo.rules.masses import goods, units, wagons
from kervan.cargo.rules.way import dates, movements, seals
from kervan.cargo.rules.words import descriptions
from kervan.cargo.seals import seals_now

__all__ = ["check_sense", "seals_now"]


def check_sense(consignment: Consignment, found: Findings) -> None:
    """Note everything in a consignment that does not go together."""
    goods(consignment, found)
    weights = units(consignment, found)
    if consignment.wagons:
        wagons(consignment, weights, found)
    dangerous_goods(consignment, found)
    movements(consignment, found)
    if consignment.procedures:
        dates(consignment, found)
    seals(consignment, found)
    descriptions(consignment, found)
