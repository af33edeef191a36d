"""What is known of every counted departure: its load, its bid prices, and their curve."""

from __future__ import annotations

from dataclasses import dataclass

from kervan.errors import InvalidRequestError
from kervan.tariff.revenue.inventory import CountedRun, Inventory, bid_prices, outlook_of

MOST_ASKED_TEU = 1_000


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The bid price at so many places left.

    Attributes
    ----------
    left_teu
        Places left.
    bid_price
        Major units a TEU of the group asked about.
    """

    left_teu: float
    bid_price: float


@dataclass(frozen=True, slots=True)
class RunOutlook:
    """A counted departure and what its places are worth, on the day of the count.

    Attributes
    ----------
    run
        The departure.
    left_teu
        Places not sold.
    expected_load
        Part of it expected to be sold when it leaves.
    dual_price
        What one more TEU would bring by the linear program, major units.
    bid_price
        What a TEU of the group asked about displaces by the dynamic program, major units; None
        where the group does not fit.
    curve
        The bid price at every number of places, from those the group needs to those left.
    """

    run: CountedRun
    left_teu: float
    expected_load: float
    dual_price: float
    bid_price: float | None
    curve: tuple[CurvePoint, ...]


@dataclass(frozen=True, slots=True)
class InventoryOutlook:
    """What the places of an inventory are worth.

    Attributes
    ----------
    inventory
        What was counted.
    teu
        Size of the group asked about.
    bound
        No way of selling brings more on average from the day of the count on, cost of carrying
        taken off; major units.
    runs
        One for each departure, in the order of the file.
    """

    inventory: Inventory
    teu: float
    bound: float
    runs: tuple[RunOutlook, ...]


def inventory_outlook(inventory: Inventory, teu: float = 2.0) -> InventoryOutlook:
    """Return what the places of an inventory are worth to a group.

    Parameters
    ----------
    inventory
        What was counted.
    teu
        Size of the group asked about, a multiple of a quarter: 2 is one forty-foot container.

    Raises
    ------
    InvalidRequestError
        If the size is none.
    SolverMissingError
        If the linear solver is not installed.
    """
    if not 0 < teu <= MOST_ASKED_TEU or not (4 * teu).is_integer():
        raise InvalidRequestError(
            f"A group of {teu:g} TEU cannot be asked about; give a multiple of 0.25 TEU, above "
            f"zero and at most {MOST_ASKED_TEU}."
        )
    values = bid_prices(inventory, teu)
    unit = float(values.problem.unit_teu)
    found = []
    for row, run in enumerate(inventory.runs):
        seen = outlook_of(values, run, 0, teu)
        curve = values.curve(run.name, teu, 0)
        least = values.problem.units(teu)
        found.append(
            RunOutlook(
                run=run,
                left_teu=seen.left_teu,
                expected_load=seen.expected_load,
                dual_price=float(values.plan.bid_prices[row]),
                bid_price=float(curve[-1]) if seen.fits else None,
                curve=tuple(
                    CurvePoint(unit * left, float(curve[left])) for left in range(least, len(curve))
                ),
            )
        )
    return InventoryOutlook(inventory, teu, values.bound, tuple(found))
