"""What is to be moved, as far as a price and an emission depend on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from kervan.equipment import LARGEST_GROSS_KG, Equipment, equipment
from kervan.errors import InvalidRequestError
from kervan.feed.codes import commodity_exists

MOST_UNITS = 10_000


@dataclass(frozen=True, slots=True)
class Shipment:
    """So many units of one type of equipment, each with as much cargo.

    Attributes
    ----------
    equipment
        Type of the units.
    count
        Number of units.
    weight_kg
        Cargo in each unit, its packaging included and the container's tare not; 0 for empties.
    commodity
        HS code, two to ten digits, or None where it is not known.
    dangerous_goods
        Whether the cargo is dangerous.
    out_of_gauge
        Whether it stands over the edges of its equipment.
    block_train
        Whether it travels as part of a block train; else as single wagons.
    private_wagons
        Whether the wagons are the shipper's own; else the carrier's.
    value_usd
        Declared value of all the cargo, or None where it is not declared.
    customer_id
        Who pays, where rebates depend on it.
    storage_days
        Days the units stand at a place beyond the change itself, by place.
    """

    equipment: Equipment
    count: int = 1
    weight_kg: float = 0.0
    commodity: str | None = None
    dangerous_goods: bool = False
    out_of_gauge: bool = False
    block_train: bool = False
    private_wagons: bool = False
    value_usd: Decimal | None = None
    customer_id: str | None = None
    storage_days: tuple[tuple[str, float], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether the units travel empty."""
        return self.weight_kg == 0

    @property
    def freight_kg(self) -> float:
        """What is carried in each unit in kg: the cargo, or an empty unit's own tare."""
        return self.weight_kg or self.equipment.tare_kg

    @property
    def teu(self) -> Decimal:
        """Twenty-foot equivalents of all units."""
        return self.equipment.teu * self.count

    @property
    def wagons(self) -> int:
        """Flat wagons of 80 feet (4 TEU) the units fill, the last perhaps in part."""
        per_wagon = max(1, int(4 / self.equipment.teu))
        return -(-self.count // per_wagon)

    @property
    def kinds(self) -> frozenset[str]:
        """What kind of shipment it is, in the words tariffs use for their conditions."""
        found = {"block_train" if self.block_train else "single_wagon"}
        if self.dangerous_goods:
            found.add("dangerous")
        if self.out_of_gauge:
            found.add("out_of_gauge")
        if self.equipment.code[2] == "R":
            found.add("reefer")
        return frozenset(found)


def shipment(
    equipment_code: str,
    *,
    count: int = 1,
    weight_kg: float = 0.0,
    commodity: str | None = None,
    dangerous_goods: bool = False,
    out_of_gauge: bool = False,
    block_train: bool = False,
    private_wagons: bool = False,
    value_usd: Decimal | None = None,
    customer_id: str | None = None,
    max_gross_kg: float | None = None,
) -> Shipment:
    """Return a shipment, checked.

    Parameters
    ----------
    equipment_code
        ISO 6346 size-type code or trade name.
    count, weight_kg, commodity, dangerous_goods, out_of_gauge, block_train, private_wagons, \
value_usd, customer_id
        As in :class:`Shipment`.
    max_gross_kg
        What each unit is rated for, cargo and tare together, as its safety plate says; ISO 668's
        highest rating unless given.

    Raises
    ------
    InvalidRequestError
        Naming the value that cannot be and what would do.
    """
    kind = equipment(equipment_code)
    if not 1 <= count <= MOST_UNITS:
        raise InvalidRequestError(
            f"{count} units cannot be quoted; give a number from 1 to {MOST_UNITS:,}."
        )
    payload = kind.payload_kg
    if max_gross_kg is not None:
        if not kind.tare_kg < max_gross_kg <= LARGEST_GROSS_KG:
            raise InvalidRequestError(
                f"No {kind.code} is rated for {max_gross_kg:,.0f} kg gross; give what its safety "
                f"plate says, over {kind.tare_kg:,.0f} and at most {LARGEST_GROSS_KG:,.0f} kg."
            )
        payload = max_gross_kg - kind.tare_kg
    if not 0 <= weight_kg <= payload:
        raise InvalidRequestError(
            f"{weight_kg:,.0f} kg of cargo does not go into one {kind.code}: with its tare of "
            f"{kind.tare_kg:,.0f} kg that is {weight_kg + kind.tare_kg:,.0f} kg gross, and it is "
            f"rated for {payload + kind.tare_kg:,.0f}. Give the cargo weight of one unit in kg, "
            f"from 0 (empty) to {payload:,.0f}."
        )
    if commodity is not None and not re.fullmatch(r"[0-9]{2,10}", commodity):
        raise InvalidRequestError(
            f"'{commodity}' is no HS code; give two to ten digits, such as 8517 or 854231."
        )
    if commodity is not None and not commodity_exists(commodity):
        raise InvalidRequestError(
            f"There is no commodity {commodity} in the Harmonized System of 2022; check its first "
            "six digits, or leave the rest of them out."
        )
    if commodity is not None and weight_kg == 0:
        raise InvalidRequestError(
            f"An empty unit holds no commodity, yet {commodity} was given; give the weight of the "
            "cargo, or leave the commodity out."
        )
    if value_usd is not None and not (value_usd.is_finite() and value_usd >= 0):
        raise InvalidRequestError(
            f"A declared value of {value_usd} cannot be; give the value in USD, zero or more."
        )
    return Shipment(
        equipment=kind,
        count=count,
        weight_kg=weight_kg,
        commodity=commodity,
        dangerous_goods=dangerous_goods,
        out_of_gauge=out_of_gauge,
        block_train=block_train,
        private_wagons=private_wagons,
        value_usd=value_usd,
        customer_id=customer_id,
    )
