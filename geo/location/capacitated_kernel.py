"""The compiled loops of the capacitated model: packing one site, the bound from prices, and moving
rows between sites. Knows arrays only; ``capacitated_search`` says what they mean.

Throughout ``cost[j, i]`` is people × metres of row i at candidate j, infinite where i may not go;
``weight`` people a row, ``room`` people a candidate, ``price`` what serving a row is worth.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from geo.kernels import _COMPILED

NODES = 20_000
"""Steps of one packing after which its relaxation is taken instead."""
PAIRS = 5e6
"""Of rows looked at for swaps at a time: well under a tenth of a second."""
SLACK = 1e-9
"""Of a site's room: what sums of float64 may be off."""


@njit(**_COMPILED)
def pack(price, cost, weight, room, chosen, order, profit, density):  # type: ignore[no-untyped-def]
    """Return the most that rows packed into one site can earn (price less cost), or an upper bound
    where exactness takes too long; the rows stand in ``order[:count]``, taken where ``chosen``.

    Branch and bound, densest first (Horowitz and Sahni 1974), on buffers of one number a row.
    """
    count = 0
    total = 0.0
    for i in range(len(price)):
        earned = price[i] - cost[i]
        chosen[i] = False
        if earned > 0.0 and weight[i] <= room:
            order[count] = i
            density[count] = -earned / weight[i]
            count += 1
            total += weight[i]
    if total <= room:
        best = 0.0
        for at in range(count):
            best += price[order[at]] - cost[order[at]]
            chosen[at] = True
        return best, count
    ranked = np.argsort(density[:count])
    order[:count] = order[:count][ranked]
    for at in range(count):
        profit[at] = price[order[at]] - cost[order[at]]
    taken = np.zeros(count, np.bool_)
    lightest = np.empty(count + 1)
    lightest[count] = np.inf
    for at in range(count - 1, -1, -1):
        lightest[at] = min(lightest[at + 1], weight[order[at]])
    best, now, left, at, steps, relaxed = -1.0, 0.0, room, 0, 0, -1.0
    while True:
        while at < count:
            steps += 1
            if left < lightest[at]:
                if relaxed < 0.0:
                    relaxed = now + left * profit[at] / weight[order[at]]
                at = count
                break
            if weight[order[at]] <= left:
                taken[at] = True
                left -= weight[order[at]]
                now += profit[at]
            else:
                if relaxed < 0.0:
                    relaxed = now + left * profit[at] / weight[order[at]]
                if now + left * profit[at] / weight[order[at]] <= best * (1.0 + 1e-12):
                    break
            at += 1
        if at >= count and now > best:
            best = now
            chosen[:count] = taken
        if steps > NODES:
            return max(best, relaxed), count
        at = min(at, count) - 1
        while at >= 0:
            if taken[at]:
                taken[at] = False
                left += weight[order[at]]
                now -= profit[at]
                if at + 1 < count:
                    dense = profit[at + 1] / weight[order[at + 1]]
                    if now + left * dense > best * (1.0 + 1e-12):
                        break
            at -= 1
        if at < 0:
            return best, count
        at += 1


@njit(**_COMPILED)
def packings(price, cost, weight, room, allowed, earned, times):  # type: ignore[no-untyped-def]
    """Pack every allowed site at these prices: what each earns, and how often each row is taken
    by which (a candidates × rows table of marks).
    """
    sites, rows = cost.shape
    chosen = np.zeros(rows, np.bool_)
    order = np.zeros(rows, np.int64)
    profit = np.zeros(rows)
    density = np.zeros(rows)
    for j in range(sites):
        times[j, :] = False
        earned[j] = -np.inf
        if allowed[j]:
            value, count = pack(price, cost[j], weight, room[j], chosen, order, profit, density)
            earned[j] = value
            for at in range(count):
                if chosen[at]:
                    times[j, order[at]] = True


@njit(**_COMPILED)
def climb(  # type: ignore[no-untyped-def]
    price, cost, weight, room, state, count, target, rounds, pace, best_price, best_earned, seen,
    direction, share, place
):  # fmt: skip
    """Move prices uphill for some rounds (subgradient, deflected; step towards ``target``).

    ``state``: 0 closed, 1 open, −1 free, a candidate. Keeps the best prices and what each site
    earns there; ``seen[r]`` are the sites open in round r. ``pace``: step factor, rounds without
    gain, best bound, patience, bound to stop at; kept up to date, as is ``direction``. ``share``
    counts how often a site took a row; ``place`` is the last site of each row in the last round.
    Returns the rounds used, negative where the last one served every row once.
    """
    sites, rows = cost.shape
    earned = np.empty(sites)
    times = np.zeros((sites, rows), np.bool_)
    slope = np.ones(rows)
    allowed = state != 0
    for turn in range(rounds):
        packings(price, cost, weight, room, allowed, earned, times)
        order = np.argsort(-(earned + np.where(state == 1, 1e30, 0.0)))
        bound = price.sum()
        slope[:] = 1.0
        place[:] = -1
        for k in range(count):
            j = order[k]
            seen[turn, k] = j
            bound -= earned[j]
            for i in range(rows):
                if times[j, i]:
                    slope[i] -= 1.0
                    share[j, i] += 1.0
                    place[i] = j
        if bound > pace[2]:
            if bound > pace[2] + 1e-5 * abs(bound):
                pace[1] = 0
            pace[2] = bound
            best_price[:] = price
            best_earned[:] = earned
        else:
            pace[1] += 1
            if pace[1] >= pace[3]:
                pace[0] *= 0.7
                pace[1] = 0
                price[:] = best_price
                direction[:] = 0.0
                continue
        if bound >= pace[4] or pace[0] < 1e-4:
            return turn + 1
        if not np.any(slope):
            return -(turn + 1)
        direction[:] = 0.7 * slope + 0.3 * direction
        size = 0.0
        for i in range(rows):
            if price[i] <= 0.0 and direction[i] < 0.0:
                direction[i] = 0.0
            size += direction[i] * direction[i]
        if size < 1e-12:
            direction[:] = 0.0
            continue
        step = pace[0] * max(target - bound, 1e-4 * abs(bound)) / size
        for i in range(rows):
            price[i] = max(0.0, price[i] + step * direction[i])
    return rounds


@njit(**_COMPILED)
def strike_rows(  # type: ignore[no-untyped-def]
    price, cost, weight, room, state, earned, bound, count, cutoff, keep
):
    """Forbid (set infinite) the pairs that no answer below ``cutoff`` can use; return how many.

    A pair's bound: its row forced into its site (the rest packed fractionally), the site forced
    open, the others as they are. ``keep``: the site a row of the answer in hand, never struck.
    """
    sites, rows = cost.shape
    ranked = np.argsort(-(earned + np.where(state == 1, 1e30, 0.0)))
    rank = np.empty(sites, np.int64)
    for k in range(sites):
        rank[ranked[k]] = k
    last = earned[ranked[count - 1]]
    order = np.zeros(rows, np.int64)
    density = np.zeros(rows)
    struck = 0
    for j in range(sites):
        if state[j] == 0:
            continue
        others = bound + (earned[j] if rank[j] < count else last)
        number = 0
        for i in range(rows):
            if price[i] - cost[j, i] > 0.0:
                order[number] = i
                density[number] = -(price[i] - cost[j, i]) / weight[i]
                number += 1
        ranking = np.argsort(density[:number])
        for i in range(rows):
            if cost[j, i] == np.inf or keep[i] == j:
                continue
            left = room[j] - weight[i]
            most = price[i] - cost[j, i]
            if left >= 0.0:
                for at in range(number):
                    other = order[ranking[at]]
                    if other == i or weight[other] > room[j] - weight[i]:
                        continue
                    if weight[other] > left:
                        most -= density[ranking[at]] * left
                        break
                    left -= weight[other]
                    most += price[other] - cost[j, other]
            if room[j] < weight[i] or others - min(most, earned[j]) >= cutoff:
                cost[j, i] = np.inf
                struck += 1
    return struck


@njit(**_COMPILED)
def settle(cost, weight, room, sites, place, load, penalty):  # type: ignore[no-untyped-def]
    """Put each row not yet placed into one of ``sites``: most to lose first, then shifts and swaps
    until none helps; too much at a site costs ``penalty`` a person. Returns cost and people too
    many.

    ``place`` is the position among ``sites``, −1 not yet; ``load`` becomes the people at each.
    """
    rows, count = len(weight), len(sites)
    load[:] = 0.0
    waiting = 0
    for i in range(rows):
        if place[i] >= 0:
            load[place[i]] += weight[i]
        else:
            waiting += 1
    for _ in range(waiting):
        pick, where, most = -1, -1, -np.inf
        for i in range(rows):
            if place[i] >= 0:
                continue
            first, second, at = np.inf, np.inf, -1
            for k in range(count):
                over = max(0.0, load[k] + weight[i] - room[sites[k]])
                value = cost[sites[k], i] + penalty * over
                if value < first:
                    first, second, at = value, first, k
                elif value < second:
                    second = value
            if at < 0:
                return np.inf, np.inf
            lost = (second - first) if second < np.inf else 1e300
            if lost > most:
                pick, where, most = i, at, lost
        place[pick] = where
        load[where] += weight[pick]
    return improve(cost, weight, room, sites, place, load, penalty)


@njit(**_COMPILED)
def improve(cost, weight, room, sites, place, load, penalty):  # type: ignore[no-untyped-def]
    """Shift and swap rows between sites until none helps, or for a while; return cost and people
    too many.
    """
    rows, count = len(weight), len(sites)
    for _ in range(max(2, int(PAIRS / rows**2))):
        moved = False
        for i in range(rows):
            a = place[i]
            for k in range(count):
                if k == a or cost[sites[k], i] == np.inf:
                    continue
                change = cost[sites[k], i] - cost[sites[a], i]
                change += penalty * _excess(load[a], -weight[i], room[sites[a]])
                change += penalty * _excess(load[k], weight[i], room[sites[k]])
                if change < -1e-9:
                    load[a] -= weight[i]
                    load[k] += weight[i]
                    place[i] = a = k
                    moved = True
        for i in range(rows):
            for j in range(i + 1, rows):
                a, b = place[i], place[j]
                if a == b or cost[sites[b], i] == np.inf or cost[sites[a], j] == np.inf:
                    continue
                change = cost[sites[b], i] + cost[sites[a], j]
                change -= cost[sites[a], i] + cost[sites[b], j]
                more = weight[j] - weight[i]
                if change >= 0.0 and penalty == 0.0:
                    continue
                change += penalty * _excess(load[a], more, room[sites[a]])
                change += penalty * _excess(load[b], -more, room[sites[b]])
                if change < -1e-9:
                    load[a] += more
                    load[b] -= more
                    place[i], place[j] = b, a
                    moved = True
        if not moved:
            break
    total, over = 0.0, 0.0
    for i in range(rows):
        total += cost[sites[place[i]], i]
    for k in range(count):
        over += max(0.0, load[k] - room[sites[k]])
    return total, over


@njit(**_COMPILED)
def _excess(load, more, room):  # type: ignore[no-untyped-def]
    """How many more people too many, if a load grows."""
    return max(0.0, load + more - room) - max(0.0, load - room)


@njit(**_COMPILED)
def recentre(cost, room, sites, place, load):  # type: ignore[no-untyped-def]
    """Move each site to the candidate where its own rows walk least; return whether any moved."""
    candidates, rows = cost.shape
    moved = False
    taken = np.zeros(candidates, np.bool_)
    for j in sites:
        taken[j] = True
    for k in range(len(sites)):
        best, now = sites[k], 0.0
        for i in range(rows):
            if place[i] == k:
                now += cost[sites[k], i]
        for j in range(candidates):
            if taken[j] or room[j] < load[k]:
                continue
            value = 0.0
            for i in range(rows):
                if place[i] == k:
                    value += cost[j, i]
                    if value >= now - 1e-9:
                        break
            if value < now - 1e-9:
                best, now = j, value
        if best != sites[k]:
            taken[sites[k]] = False
            taken[best] = True
            sites[k] = best
            moved = True
    return moved
