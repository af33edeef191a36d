"""How many units of a tariff's basis a shipment is."""

from __future__ import annotations

from decimal import Decimal

from kervan.shipment import Shipment


def quantity(basis: str, distance_km: float, shipment: Shipment, days: float = 0.0) -> Decimal:
    """Return the containers, TEU, wagons or tonnes of a shipment, times kilometres or days.

    Parameters
    ----------
    basis
        ``per_container``, ``per_teu``, ``per_wagon``, ``per_tonne``, each also with ``_km``, or
        ``per_container_day``.
    distance_km
        Length of the way, taken to the metre.
    shipment
        What is moved; an empty unit weighs its tare.
    days
        Days counted, begun ones whole; fewer than none count as none.

    Raises
    ------
    KeyError
        If a basis counts something else.
    """
    match basis.removeprefix("per_").removesuffix("_km").removesuffix("_day"):
        case "container":
            counted = Decimal(shipment.count)
        case "teu":
            counted = shipment.teu
        case "wagon":
            counted = Decimal(shipment.wagons)
        case "tonne":
            counted = Decimal(str(shipment.freight_kg)) / 1000 * shipment.count
        case _:
            raise KeyError(basis)
    if basis.endswith("_km"):
        return counted * Decimal(str(round(distance_km, 3)))
    if basis.endswith("_day"):
        return counted * Decimal(max(0, -int(-days // 1)))
    return counted
