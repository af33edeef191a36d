"""The pricing itself, in machine code: whole numbers in, whole numbers out.

It does what :mod:`kervan.tariff.price` does, in the same order and with the same ties. Within a run
of pairs of one shipment, spans and surcharges are priced once; pairs are therefore best given
shipment by shipment. An amount that does not fit in 64 bits, or that lies so close to half a minor
unit that a factor of exchange cut to 63 binary places cannot decide it, marks its pair.

All of it is in one module, for Numba keeps the machine code until this file changes, and looks at
no other: whoever changes the columns in ``arrays`` must change something here.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from kervan.tariff.sheet import arrays as at
from kervan.tariff.sheet.arrays import NEVER_APPLIES, NORMAL, PERCENT, SKIP
from kervan.tariff.sheet.outcomes import MARKED, NONE, OK, UNFIT
from kervan.tariff.sheet.scaled import HALF_UP, NO_RATE, RATIO, SAME, UP
from kervan.tariff.sheet.work import (
    FREIGHT,
    ITEM,
    KNOWN,
    MISSING,
    PROFILE,
    ROW,
    STAMP,
    STATE,
    TOTAL,
    WORTH,
    Unit,
)

_LOW = np.uint64(0xFFFFFFFF)
_HALF_WORD = np.uint64(32)
_ONE = np.uint64(1)
_TOP = np.uint64(63)
_REST = np.uint64((1 << 63) - 1)
_HALF = np.uint64(1 << 62)
_MARGINS = np.uint64(4)
_FAR = 4e18


@njit(cache=True, error_model="numpy")
def _far(left, right):  # type: ignore[no-untyped-def]
    """Tell whether a product might leave 62 bits."""
    return abs(np.float64(left) * np.float64(right)) > _FAR


@njit(cache=True, error_model="numpy")
def _half_up(value, divisor):  # type: ignore[no-untyped-def]
    """Divide, halves away from nothing."""
    if divisor == 1:
        return value
    size = abs(value)
    whole = size // divisor
    rest = size - whole * divisor
    if rest >= divisor - rest:
        whole += 1
    return whole if value >= 0 else -whole


@njit(cache=True, error_model="numpy")
def _stepped(charge, step, mode):  # type: ignore[no-untyped-def]
    """Divide what is not negative, rounded as a tariff says."""
    whole = charge // step
    rest = charge - whole * step
    if rest == 0:
        return whole
    if mode == UP:
        return whole + 1
    left = step - rest
    if rest > left or (rest == left and (mode == HALF_UP or whole % 2 == 1)):
        whole += 1
    return whole


@njit(cache=True, error_model="numpy")
def _in_total(factors, row, minor):  # type: ignore[no-untyped-def]
    """Bring minor units into the currency of the total; also say whether it could be done."""
    kind = factors[row, at.KIND]
    if kind == SAME:
        return OK, minor
    if kind == NO_RATE:
        return NONE, 0
    size = abs(minor)
    if size > factors[row, at.MOST_MINOR]:
        return UNFIT, 0
    first, second = factors[row, at.FIRST], factors[row, at.SECOND]
    if kind == RATIO:
        return OK, _half_up(minor * first, second)
    # size * second as 126 bits: the whole part above bit 63, the rest below it.
    a, b = np.uint64(size), np.uint64(second)
    a0, a1 = a & _LOW, a >> _HALF_WORD
    b0, b1 = b & _LOW, b >> _HALF_WORD
    p00, p01, p10 = a0 * b0, a0 * b1, a1 * b0
    middle = (p00 >> _HALF_WORD) + (p01 & _LOW) + (p10 & _LOW)
    low = (p00 & _LOW) | (middle << _HALF_WORD)
    high = a1 * b1 + (p01 >> _HALF_WORD) + (p10 >> _HALF_WORD) + (middle >> _HALF_WORD)
    whole = np.int64((high << _ONE) | (low >> _TOP)) + size * first
    rest = low & _REST
    # The factor was cut by less than one part, and decimal arithmetic keeps 28 digits.
    margin = (a + _ONE) * _MARGINS
    apart = rest - _HALF if rest > _HALF else _HALF - rest
    if apart <= margin:
        return UNFIT, 0
    if rest >= _HALF:
        whole += 1
    return OK, whole if minor >= 0 else -whole


@njit(cache=True, error_model="numpy")
def _freight_of(rule, quantity, count, metres):  # type: ignore[no-untyped-def]
    """Return the minor units of an item, in its own currency.

    Parameters
    ----------
    rule
        Row of ``TariffArrays.item``.
    quantity, count
        What the item counts, and containers.
    metres
        Length, -1 where it is no whole number.
    """
    if rule[at.FITS] == 0:
        return UNFIT, 0
    if rule[at.BY_KM]:
        if metres < 0 or _far(quantity, metres):
            return UNFIT, 0
        quantity *= metres
    if _far(quantity, rule[at.RATE]):
        return UNFIT, 0
    charge = rule[at.RATE] * quantity
    least, most = rule[at.LEAST], rule[at.MOST]
    if least >= 0 and charge < least * count:
        charge = least * count
    if most >= 0 and charge > most * count:
        charge = most * count
    steps = _stepped(charge, rule[at.STEP], rule[at.MODE])
    if _far(steps, rule[at.MINOR_NUM]):
        return UNFIT, 0
    return OK, _half_up(steps * rule[at.MINOR_NUM], rule[at.MINOR_DEN])


@njit(cache=True, error_model="numpy")
def _charge(t, u, charges, row):  # type: ignore[no-untyped-def]
    """Work out a surcharge that does not depend on the freight, once a shipment."""
    charges[row, STAMP] = u.number
    charges[row, STATE] = NONE
    charges[row, TOTAL] = SKIP
    own = u.charge_amount[row]
    if u.charge_holds[row] == 0 or own == SKIP:
        return
    counted = t.charge[row, at.CHARGE_COUNTED]
    if counted == PERCENT:
        charges[row, TOTAL] = NORMAL
        return
    if own == NORMAL:
        quantity, rate = u.quantity[counted], t.charge[row, at.CHARGE_RATE]
        if quantity == 0:
            return
        if t.charge[row, at.CHARGE_FITS] == 0 or _far(quantity, rate):
            charges[row, STATE] = UNFIT
            charges[row, TOTAL] = 0
            return
        own = _half_up(rate * quantity, t.charge[row, at.CHARGE_STEP])
    state, total = _in_total(t.factor, t.charge[row, at.CHARGE_FACTOR], own)
    worth = total * t.total_worth if state == OK else own * t.charge[row, at.CHARGE_WORTH]
    charges[row, STATE], charges[row, TOTAL], charges[row, WORTH] = state, total, worth


@njit(cache=True, error_model="numpy")
def _surcharges(t, p, u, k, leg, item, freight, used, place):  # type: ignore[no-untyped-def]
    """Add up the surcharges of a leg; item is -1 where no freight of its own is known.

    Returns the state, the sum, how many could not be converted, and the next free place in
    ``used``, where the rows charged are written unless ``place`` is negative.
    """
    due, count, grouped = k.due, 0, False
    for position in range(p.charge_ptr[leg], p.charge_ptr[leg + 1]):
        row = np.int64(p.charge[position])
        if k.charge[row, STAMP] != u.number:
            _charge(t, u, k.charge, row)
        total = k.charge[row, TOTAL]
        if total == SKIP:
            continue
        state, worth = k.charge[row, STATE], k.charge[row, WORTH]
        if total == NORMAL:
            if item < 0:
                continue
            num = t.charge[row, at.CHARGE_RATE]
            if t.charge[row, at.CHARGE_FITS] == 0 or _far(freight, num):
                return UNFIT, 0, 0, place
            own = _half_up(freight * num, t.charge[row, at.CHARGE_STEP])
            state, total = _in_total(t.factor, t.item[item, at.PERCENT_FACTOR], own)
            worth = total * t.total_worth if state == OK else own * t.item[item, at.WORTH]
        if state == UNFIT:
            return UNFIT, 0, 0, place
        due[count, STATE], due[count, TOTAL] = state, total
        due[count, WORTH], due[count, ROW] = worth, row
        grouped |= t.charge[row, at.GROUP] >= 0
        count += 1
    known = missing = 0
    for mine in range(count):
        group = t.charge[due[mine, ROW], at.GROUP] if grouped else -1
        if group >= 0 and _beaten(t.charge, due, count, mine, group):
            continue
        if due[mine, STATE] == OK:
            known += due[mine, TOTAL]
        else:
            missing += 1
        if place >= 0:
            used[place] = len(t.item) + due[mine, ROW]
            place += 1
    return OK, known, missing, place


@njit(cache=True, error_model="numpy")
def _beaten(charges, due, count, mine, group):  # type: ignore[no-untyped-def]
    """Tell whether another surcharge of the group is worth more, or as much and comes before."""
    for other in range(count):
        if charges[due[other, ROW], at.GROUP] == group and (
            due[other, WORTH] > due[mine, WORTH]
            or (other < mine and due[other, WORTH] == due[mine, WORTH])
        ):
            return True
    return False


@njit(cache=True, error_model="numpy")
def _item_for(p, u, spans, span):  # type: ignore[no-untyped-def]
    """Return the most particular item that holds, -1 where none does; once a profile."""
    if spans[span, PROFILE] != u.profile:
        best, found = np.int64(NEVER_APPLIES), np.int64(-1)
        for position in range(p.item_ptr[span], p.item_ptr[span + 1]):
            item = p.item[position]
            if u.item_rank[item] < best:
                best, found = u.item_rank[item], item
        spans[span, PROFILE], spans[span, ITEM] = u.profile, found
    return spans[span, ITEM]


@njit(cache=True, error_model="numpy")
def _span(t, p, u, k, span, used):  # type: ignore[no-untyped-def]
    """Price a span, once a shipment: a leg by its own item, or several by a through rate."""
    legs = len(p.charge_ptr) - 1
    row = k.span[span]
    row[STAMP] = u.number
    row[FREIGHT] = 0
    item = _item_for(p, u, k.span, span)
    known = missing = freight = 0
    state = NONE
    if item >= 0:
        amount = u.item_amount[item]
        if amount == NORMAL:
            rule = t.item[item]
            state, freight = _freight_of(
                rule, u.quantity[rule[at.COUNTED]], u.quantity[0], p.km[span]
            )
        elif amount != SKIP:
            state, freight = OK, amount
    if state == OK:
        row[FREIGHT] = freight
        changed, total = _in_total(t.factor, t.item[item, at.FACTOR], freight)
        if changed == UNFIT:
            state = UNFIT
        elif changed == OK:
            known += total
        else:
            missing += 1
    row[STATE] = state
    if state == UNFIT or (span >= legs and state != OK):
        return
    if span < legs:
        own = item if state == OK else -1
        done, added, lacking, _ = _surcharges(t, p, u, k, span, own, freight, used, -1)
        known += added
        missing += lacking + (1 if state == NONE else 0)
        if done == UNFIT:
            row[STATE] = UNFIT
    elif t.item[item, at.INCLUSIVE] == 0:
        for position in range(p.leg_ptr[span], p.leg_ptr[span + 1]):
            leg = p.leg[position]
            if k.beside[leg, STAMP] != u.number:
                done, added, lacking, _ = _surcharges(t, p, u, k, leg, -1, 0, used, -1)
                k.beside[leg, STAMP], k.beside[leg, STATE] = u.number, done
                k.beside[leg, KNOWN], k.beside[leg, MISSING] = added, lacking
            if k.beside[leg, STATE] == UNFIT:
                row[STATE] = UNFIT
                return
            known += k.beside[leg, KNOWN]
            missing += k.beside[leg, MISSING]
    row[KNOWN], row[MISSING] = known, missing


@njit(cache=True, error_model="numpy")
def _combined(  # type: ignore[no-untyped-def]
    way_leg, cut_start, cut_end, cut_span, spans, best, first, legs, cut, cuts, through_first
):
    """Find the best combination of spans; of combinations alike the first in order of start.

    Writes into row k of ``best`` what the first k legs cost at best: things missing, legs left to
    single items, sum, lines of freight; the last span, and where it begins.
    """
    for end in range(1, legs + 1):
        # The leg alone comes after through rates that begin before it, and before its own.
        alone = np.int64(way_leg[first + end - 1])
        before = end - 1
        a = best[before, 0] + spans[alone, MISSING]
        b = best[before, 1] + through_first
        c = best[before, 2] + spans[alone, KNOWN]
        d = best[before, 3] + (1 if spans[alone, STATE] == OK else 0)
        found, begun = alone, np.int64(before)
        while cut < cuts and cut_end[cut] == end:
            span, start = np.int64(cut_span[cut]), np.int64(cut_start[cut])
            cut += 1
            if spans[span, STATE] != OK:
                continue
            a2 = best[start, 0] + spans[span, MISSING]
            b2 = best[start, 1]
            c2 = best[start, 2] + spans[span, KNOWN]
            d2 = best[start, 3] + 1
            if a2 != a:
                better = a2 < a
            elif b2 != b:
                better = b2 < b
            elif c2 != c:
                better = c2 < c
            elif d2 != d:
                better = d2 < d
            else:
                better = found == alone and start < before
            if better:
                a, b, c, d = a2, b2, c2, d2
                found, begun = span, start
        best[end, 0], best[end, 1], best[end, 2], best[end, 3] = a, b, c, d
        best[end, 4], best[end, 5] = found, begun


@njit(cache=True, error_model="numpy")
def _rebated(t, rebate, factor, freight):  # type: ignore[no-untyped-def]
    """Return what a rebate gives back in the currency of the total, negative."""
    num = t.rebate[rebate, at.REBATE_NUM]
    if t.rebate[rebate, at.REBATE_FITS] == 0 or _far(freight, num):
        return UNFIT, 0
    given = _half_up(freight * num, t.rebate[rebate, at.REBATE_DEN])
    return _in_total(t.factor, factor, -given)


@njit(cache=True, error_model="numpy")
def _told(t, p, u, k, best, end, rebate_of, rebates, used):  # type: ignore[no-untyped-def]
    """Go back over the combination found: return the rebates on it, and write the rows used."""
    back, place = 0, 0
    telling = len(used) > 0
    while end > 0:
        span = best[end, 4]
        freight = k.span[span, FREIGHT]
        item = _item_for(p, u, k.span, span) if k.span[span, STATE] == OK else np.int64(-1)
        rebate = rebate_of[rebates, item] if rebates >= 0 and item >= 0 else -1
        if rebate >= 0:
            state, given = _rebated(t, rebate, t.item[item, at.FACTOR], freight)
            if state == UNFIT:
                return UNFIT, 0
            back += given
        if telling:
            if item >= 0:
                used[place] = item
                place += 1
            if rebate >= 0:
                used[place] = len(t.item) + len(t.charge) + rebate
                place += 1
            alone = span < len(p.charge_ptr) - 1
            if alone or t.item[item, at.INCLUSIVE] == 0:
                for position in range(p.leg_ptr[span], p.leg_ptr[span + 1]):
                    own = item if alone else np.int64(-1)
                    _, _, _, place = _surcharges(
                        t, p, u, k, p.leg[position], own, freight, used, place
                    )
        end = best[end, 5]
    return OK, back


@njit(cache=True, error_model="numpy")
def price_pairs(t, p, w, s, k, pair_way, pair_shipment, total, missing, used):  # type: ignore[no-untyped-def]
    """Price pairs of a way and a shipment.

    Writes the sums into ``total`` and what is missing into ``missing`` (MARKED for a pair to be
    priced elsewhere); into ``used``, where it has columns, the rows that made each price, the legs
    from the last: items, then surcharges after them, then rebates after those.
    """
    # Names of their own: handing over whole tuples of arrays would cost more than the pricing.
    way_ptr, way_leg, cut_ptr = w.way_ptr, w.way_leg, w.cut_ptr
    cut_start, cut_end, cut_span = w.cut_start, w.cut_end, w.cut_span
    spans = k.span
    through_first, telling = t.through_first, used.shape[1] > 0
    longest = 0
    for row in range(len(way_ptr) - 1):
        longest = max(longest, way_ptr[row + 1] - way_ptr[row])
    best = np.zeros((longest + 1, 6), np.int64)
    nothing = np.zeros(1, np.int32)
    at_hand = np.int64(-1)
    u = Unit(
        at_hand,
        at_hand,
        s.quantity[0],
        s.item_rank[0],
        s.charge_holds[0],
        s.item_amount[0],
        s.charge_amount[0],
    )
    for pair in range(len(pair_way)):
        way, shipment = np.int64(pair_way[pair]), np.int64(pair_shipment[pair])
        if shipment != at_hand:
            at_hand = shipment
            profile, extra = np.int64(s.profile[shipment]), s.extra[shipment]
            u = Unit(
                shipment,
                profile,
                s.quantity[shipment],
                s.item_rank[profile],
                s.charge_holds[profile],
                s.item_amount[extra],
                s.charge_amount[extra],
            )
        fits = s.fits[shipment] != 0
        first, last, cut, cuts = way_ptr[way], way_ptr[way + 1], cut_ptr[way], cut_ptr[way + 1]
        if fits:
            for position in range(first, last):
                span = np.int64(way_leg[position])
                if spans[span, STAMP] != shipment:
                    _span(t, p, u, k, span, nothing)
                fits &= spans[span, STATE] != UNFIT
            for position in range(cut, cuts):
                span = np.int64(cut_span[position])
                if spans[span, STAMP] != shipment:
                    _span(t, p, u, k, span, nothing)
                fits &= spans[span, STATE] != UNFIT
        if not fits:
            missing[pair] = MARKED
            continue
        legs = last - first
        _combined(
            way_leg,
            cut_start,
            cut_end,
            cut_span,
            spans,
            best,
            first,
            legs,
            cut,
            cuts,
            through_first,
        )
        total[pair], missing[pair] = best[legs, 2], best[legs, 0]
        rebates = s.rebates[shipment]
        if rebates >= 0 or telling:
            state, back = _told(t, p, u, k, best, legs, s.rebate_of, rebates, used[pair])
            if state == UNFIT:
                missing[pair] = MARKED
            total[pair] += back
