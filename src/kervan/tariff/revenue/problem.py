"""What is to be decided: departures with places left, products that ask for them, and when.

Words used here
---------------
departure
    One dated run with so many TEU left: the resource. Places that are not sold when it leaves are
    lost.
product
    One thing that can be sold: a group of containers of one size over one set of departures at one
    fare. The same itinerary at two fares, or for two sizes, is two products.
group
    What one request asks for, in TEU. It travels together or not at all.
booking period
    A slice of the time in which requests come, numbered from 0. Requests for a product are a
    Poisson process whose rate is constant within a period. Bid prices are kept for the beginnings
    of periods and read evenly between them, so a period should expect few requests a departure:
    with fifteen a period one departure alone loses a hundredth of its revenue, with one a period
    nothing that shows.

Requests are independent of each other and of what is on offer: a customer who is turned away is
lost, and does not ask for the next departure instead.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kervan.errors import InvalidRequestError

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]

FINEST_TEU = Fraction(1, 100)
"""Sizes and capacities are whole multiples of this."""


@dataclass(frozen=True, slots=True)
class Departure:
    """One dated run and the places it has.

    Attributes
    ----------
    departure_id
        Key, such as ``KMTF-AAU-ALA-W/2026-12-03``.
    capacity_teu
        Places in all, TEU.
    remaining_teu
        Places not sold yet, TEU; all of them unless given.
    name
        In words, for explanations; the key unless given.
    """

    departure_id: str
    capacity_teu: float
    remaining_teu: float | None = None
    name: str = ""

    @property
    def left_teu(self) -> float:
        """Places not sold yet, TEU."""
        return self.capacity_teu if self.remaining_teu is None else self.remaining_teu


@dataclass(frozen=True)
class Product:
    """A group of containers over a set of departures, at a fare.

    Attributes
    ----------
    product_id
        Key.
    departure_ids
        Departures it travels on, each once.
    fare_per_teu
        What it earns a TEU, in major units of the problem's currency.
    teu
        Size of a group in TEU: 1, 2, 2.25 …
    requests
        Expected requests in each booking period; shape (periods,).
    """

    product_id: str
    departure_ids: tuple[str, ...]
    fare_per_teu: float
    teu: float
    requests: tuple[float, ...]

    @property
    def fare(self) -> float:
        """What a group earns, in major units."""
        return self.fare_per_teu * self.teu


class Arrays(NamedTuple):
    """A problem as arrays: what the compiled functions take."""

    fares: Float64
    """What a group of each product earns; shape (products,)."""
    sizes: Int64
    """Units of capacity a group takes on each of its departures; shape (products,)."""
    use_ptr: Int64
    """Departures of product j are ``use[use_ptr[j] : use_ptr[j + 1]]``; shape (products + 1,)."""
    use: Int64
    user_ptr: Int64
    """Products of departure i are ``user[user_ptr[i] : user_ptr[i + 1]]``."""
    user: Int64
    requests: Float64
    """Expected requests; shape (products, periods)."""
    left: Int64
    """Units left on each departure; shape (departures,)."""


@dataclass(frozen=True)
class Problem:
    """Departures, products and booking periods, checked.

    Attributes
    ----------
    departures, products
        As said above.
    currency
        ISO 4217 code of the fares; for explanations.
    asked_teu
        Sizes of groups that will be asked about though no product has them. Without them a group
        smaller than all products would be counted as one of theirs.

    Raises
    ------
    InvalidRequestError
        If a capacity, fare, size or rate cannot be, a key occurs twice, a product names a
        departure that is not there, or the products differ in their number of periods.
    """

    departures: tuple[Departure, ...]
    products: tuple[Product, ...]
    currency: str = "USD"
    asked_teu: tuple[float, ...] = ()
    index: dict[str, int] = field(init=False, repr=False, compare=False)
    """Row of each departure."""

    def __post_init__(self) -> None:
        rows = {row.departure_id: k for k, row in enumerate(self.departures)}
        object.__setattr__(self, "index", rows)
        _check(self)

    @property
    def periods(self) -> int:
        """Number of booking periods."""
        return len(self.products[0].requests) if self.products else 0

    @cached_property
    def unit_teu(self) -> Fraction:
        """Largest measure that every size is a whole multiple of: 1, or 1/4 with 45-foot boxes."""
        sizes = [*(product.teu for product in self.products), *self.asked_teu]
        return _common_measure([_exact(teu) for teu in sizes])

    @cached_property
    def arrays(self) -> Arrays:
        """The problem as arrays; capacities rounded down to whole units, which no group needs."""
        unit = self.unit_teu
        uses = [[self.index[key] for key in product.departure_ids] for product in self.products]
        users: list[list[int]] = [[] for _ in self.departures]
        for product, rows in enumerate(uses):
            for row in rows:
                users[row].append(product)
        use_ptr, use = _ragged(uses)
        user_ptr, user = _ragged(users)
        return Arrays(
            fares=np.array([product.fare for product in self.products], np.float64),
            sizes=np.array([int(_exact(p.teu) / unit) for p in self.products], np.int64),
            use_ptr=use_ptr,
            use=use,
            user_ptr=user_ptr,
            user=user,
            requests=np.array([product.requests for product in self.products], np.float64).reshape(
                len(self.products), self.periods
            ),
            left=np.array([_exact(row.left_teu) // unit for row in self.departures], np.int64),
        )

    def units(self, teu: float) -> int:
        """Return a size in whole units, rounded up: what a group of that size takes."""
        return math.ceil(_exact(teu) / self.unit_teu)

    def row(self, departure_id: str) -> int:
        """Return the row of a departure.

        Raises
        ------
        InvalidRequestError
            If there is no such departure.
        """
        if departure_id not in self.index:
            raise InvalidRequestError(
                f"The problem has no departure '{departure_id}'; it has "
                f"{len(self.departures)}, the first '{next(iter(self.index), '')}'."
            )
        return self.index[departure_id]


def _check(problem: Problem) -> None:
    if len(problem.index) < len(problem.departures):
        raise InvalidRequestError("Two departures have the same key; give each its own.")
    for row in problem.departures:
        if not (math.isfinite(row.capacity_teu) and 0 <= row.left_teu <= row.capacity_teu):
            raise InvalidRequestError(
                f"Departure '{row.departure_id}' has {row.left_teu} of {row.capacity_teu} TEU "
                "left; give a finite capacity, and between none and all of it left."
            )
    for teu in problem.asked_teu:
        if not _is_size(teu):
            raise InvalidRequestError(
                f"A group of {teu} TEU cannot be asked about; give hundredths of a TEU, above zero."
            )
    seen: set[str] = set()
    for product in problem.products:
        where = f"Product '{product.product_id}'"
        if product.product_id in seen:
            raise InvalidRequestError(f"{where} occurs twice; give each product its own key.")
        seen.add(product.product_id)
        unknown = [key for key in product.departure_ids if key not in problem.index]
        if unknown:
            raise InvalidRequestError(
                f"{where} travels on '{unknown[0]}', which is no departure of the problem."
            )
        if not product.departure_ids or len(set(product.departure_ids)) < len(
            product.departure_ids
        ):
            raise InvalidRequestError(f"{where} needs departures, each named once.")
        if not (math.isfinite(product.fare_per_teu) and product.fare_per_teu >= 0):
            raise InvalidRequestError(
                f"{where} has a fare of {product.fare_per_teu} a TEU; give zero or more."
            )
        if not _is_size(product.teu):
            raise InvalidRequestError(
                f"{where} has groups of {product.teu} TEU; give hundredths of a TEU, above zero."
            )
        if len(product.requests) != problem.periods:
            raise InvalidRequestError(
                f"{where} has requests in {len(product.requests)} booking periods, the first "
                f"product in {problem.periods}; give each a number for every period."
            )
        if not all(math.isfinite(rate) and rate >= 0 for rate in product.requests):
            raise InvalidRequestError(f"{where} expects fewer requests than none in a period.")


def _is_size(teu: float) -> bool:
    return math.isfinite(teu) and teu > 0 and (_exact(teu) / FINEST_TEU).denominator == 1


def _exact(teu: float) -> Fraction:
    """Return the decimal fraction a float was written as."""
    return Fraction(str(teu))


def _common_measure(sizes: Sequence[Fraction]) -> Fraction:
    if not sizes:
        return Fraction(1)
    scale = math.lcm(*(size.denominator for size in sizes))
    return Fraction(math.gcd(*(int(size * scale) for size in sizes)), scale)


def _ragged(rows: Sequence[Sequence[int]]) -> tuple[Int64, Int64]:
    pointers = np.zeros(len(rows) + 1, np.int64)
    pointers[1:] = np.cumsum([len(row) for row in rows], dtype=np.int64)
    return pointers, np.array([item for row in rows for item in row], np.int64)
