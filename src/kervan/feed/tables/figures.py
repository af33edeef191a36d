"""Figures: emissions, demand, and what others published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from kervan.feed.tables.columns import (
    column,
    estimate_basis,
    identifier,
    is_estimate,
    mode,
    source_id,
    valid_from,
    valid_to,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmissionFactor:
    """Well-to-wheel greenhouse gas intensity of a mode and traction."""

    TABLE: ClassVar[str] = "emission_factors"
    KEY: ClassVar[tuple[str, ...]] = ("factor_id",)

    factor_id: str = identifier("Key of the factor.")
    mode: str = mode()
    traction: str | None = column(
        "Traction it holds for; blank: the mode's default.",
        choices=("electric", "diesel"),
        default=None,
    )
    country: str | None = column(
        "Country whose grid or fleet it holds for; blank: any.", code="country", default=None
    )
    description: str = column("Vehicle, load and fuel assumed.")
    basis: str = column(
        "Tonne of cargo or container TEU the factor counts.", choices=("tonne_km", "teu_km")
    )
    wtw_g_co2e_per_basis: float = column(
        "Grams of CO2e a tonne-km or TEU-km, well to wheel.", minimum=0.0
    )
    valid_from: date | None = valid_from()
    valid_to: date | None = valid_to()
    is_estimate: bool = is_estimate()
    estimate_basis: str | None = estimate_basis()
    source_id: str = source_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Cargo counted, forecast or aimed at between two places or countries."""

    TABLE: ClassVar[str] = "demand"
    KEY: ClassVar[tuple[str, ...]] = ("demand_id",)

    demand_id: str = identifier("Key of the row.")
    type: str = column("What the figure is.", choices=("counted", "forecast", "target"))
    origin: str = column(
        "Place, country or '*'.", pattern=r"\*|[A-Z]{2}([A-Z2-9]{3}|-[A-Z0-9\-]+)?"
    )
    destination: str = column(
        "Place, country or '*'.", pattern=r"\*|[A-Z]{2}([A-Z2-9]{3}|-[A-Z0-9\-]+)?"
    )
    route: str | None = column("Route counted, in words: 'TITR', 'Aktau - Alat'.", default=None)
    commodity: str | None = column("Commodity, in words or HS.", default=None)
    period_from: date = column("First day counted.")
    period_to: date = column("Last day counted, included.")
    teu: float | None = column("Containers, in TEU.", minimum=0.0, default=None)
    tonnes: float | None = column("Cargo, in tonnes.", minimum=0.0, default=None)
    value_usd: float | None = column("Value of the trade.", minimum=0.0, default=None)
    is_estimate: bool = is_estimate()
    estimate_basis: str | None = estimate_basis()
    source_id: str = source_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFigure:
    """A transit time or price somebody published, to hold the feed's own offers against."""

    TABLE: ClassVar[str] = "published_figures"
    KEY: ClassVar[tuple[str, ...]] = ("figure_id",)

    figure_id: str = identifier("Key of the figure.")
    quantity: str = column(
        "What is given.", choices=("transit_days", "price_usd_per_20ft", "price_usd_per_40ft")
    )
    origin: str = column("Place or country.", pattern=r"[A-Z]{2}([A-Z2-9]{3}|-[A-Z0-9\-]+)?")
    destination: str = column("Place or country.", pattern=r"[A-Z]{2}([A-Z2-9]{3}|-[A-Z0-9\-]+)?")
    route: str = column(
        "Route meant.",
        choices=("middle_corridor", "northern", "sea_suez", "southern", "other"),
    )
    low: float = column("Lower figure.", minimum=0.0)
    high: float = column("Upper figure.", minimum=0.0)
    as_of: date | None = column("Day it was said.", default=None)
    note: str | None = column("What it covers.", default=None)
    is_estimate: bool = is_estimate()
    estimate_basis: str | None = estimate_basis()
    source_id: str = source_id()
