"""The loops in machine code: the value of one departure's places, and bookings taken one by one."""

from __future__ import annotations

import numpy as np
from numba import njit

from kervan.tariff.revenue.problem import Float64, Int64


@njit(cache=True)
def places_values(
    fares: Float64,
    sizes: Int64,
    rates: Float64,
    units: int,
    most_requests: float,
    values: Float64,
) -> None:
    """Fill in what so many units are worth from the beginning of each period on.

    The Hamilton-Jacobi equation of one resource,

        -dV/dt (x) = sum over products of rate * max(0, fare - V(x) + V(x - size)),

    backwards from V = 0. Each step is Heun's, half of standing still and half of two steps of
    Euler's: then the number of requests in a step has the mean and the variance of the Poisson
    number, and values stay between their bounds, as long as a step expects at most one request.

    Parameters
    ----------
    fares, sizes
        What a group earns here and the units it takes; shape (products,).
    rates
        Expected requests of each product in each period; shape (products, periods).
    units
        Units left.
    most_requests
        Requests that a step may expect.
    values
        Filled in; shape (periods + 1, units + 1).
    """
    products, periods = rates.shape
    values[periods, :] = 0.0
    first, second = np.empty(units + 1), np.empty(units + 1)
    for period in range(periods - 1, -1, -1):
        total = 0.0
        for product in range(products):
            if fares[product] > 0.0:
                total += rates[product, period]
        now = values[period]
        now[:] = values[period + 1]
        if total == 0.0:
            continue
        steps = int(np.ceil(total / most_requests))
        for _ in range(steps):
            _step(fares, sizes, rates, period, steps, now, first)
            _step(fares, sizes, rates, period, steps, first, second)
            for x in range(units + 1):
                now[x] = 0.5 * (now[x] + second[x])


@njit(cache=True)
def _step(
    fares: Float64,
    sizes: Int64,
    rates: Float64,
    period: int,
    steps: int,
    before: Float64,
    after: Float64,
) -> None:
    after[:] = before
    for product in range(len(fares)):
        chance, fare, size = rates[product, period] / steps, fares[product], sizes[product]
        if chance == 0.0 or fare <= 0.0:
            continue
        for x in range(size, len(before)):
            after[x] += chance * max(0.0, fare - before[x] + before[x - size])


@njit(cache=True)
def book(
    at: Float64,
    product: Int64,
    fares: Float64,
    sizes: Int64,
    use_ptr: Int64,
    use: Int64,
    tables: Float64,
    table_ptr: Int64,
    first_period: int,
    unit_prices: Float64,
    left: Int64,
    taken: Int64,
) -> float:
    """Take or refuse requests in their order; return what was earned.

    A request is taken if there is room and its fare is no less than the cost of the places: from
    the tables where there are any, read between the beginnings of two periods, else by the prices
    of a unit.

    Parameters
    ----------
    at, product
        Moment of each request in periods, ascending, and what is asked for; shape (requests,).
    fares, sizes, use_ptr, use
        As in :class:`~kervan.tariff.revenue.problem.Arrays`.
    tables, table_ptr
        Values of places, departure by departure: row p of departure i, which is the beginning of
        period ``first_period + p``, begins at ``table_ptr[i, 0] + p * table_ptr[i, 1]``. No
        tables: shape (0,).
    first_period
        Period of the tables' first row.
    unit_prices
        Price of a unit on each departure; shape (departures,).
    left
        Units left on each departure; changed.
    taken
        Requests taken of each product; added to; shape (products,).
    """
    earned = 0.0
    for request in range(len(at)):
        asked = product[request]
        size = sizes[asked]
        fits, cost = True, 0.0
        for k in range(use_ptr[asked], use_ptr[asked + 1]):
            departure = use[k]
            x = left[departure]
            if x < size:
                fits = False
                break
            if len(tables) == 0:
                cost += unit_prices[departure] * size
            else:
                since = at[request] - first_period
                row = int(since)
                part = since - row
                base = table_ptr[departure, 0] + row * table_ptr[departure, 1]
                beyond = base + table_ptr[departure, 1]
                cost += (1.0 - part) * (tables[base + x] - tables[base + x - size])
                cost += part * (tables[beyond + x] - tables[beyond + x - size])
        # A fare equal to the cost is taken; the sums of floats that make the cost may miss it.
        if fits and fares[asked] >= cost - 1e-9 * (1.0 + abs(cost)):
            earned += fares[asked]
            taken[asked] += 1
            for k in range(use_ptr[asked], use_ptr[asked + 1]):
                left[use[k]] -= size
    return earned
