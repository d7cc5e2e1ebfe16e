"""The compiled loops of the p-median's bounds and cuts.

Rows list their sites nearest first: ``metres[i, k]`` to site ``near[i, k]``, of which the first
``length[i]`` are nearer than what the row has anyway (``cap[i]``; ``inf``: nothing). A row's price
``u[i]`` is what it would pay per person to be served; for any prices

    L(u) = Σ w u + Σ of the ``count`` least ρ_j,   ρ_j = −Σ w max(0, u_i − d_ij)

is a bound on the total. Source: Beasley, A note on solving large p-median problems, EJOR 21 (1985);
cuts in closed form: Duran-Mateluna, Alès, Elloumi, An efficient Benders decomposition for the
p-median problem, EJOR 308 (2023).

The compiled loops of interchange: swap one open site for a closed one as long as that shortens
the total. It proves nothing.

``by_site`` is sites × rows, finite metres. Source: Whitaker, A fast algorithm for the greedy
interchange for large-scale clustering and median location problems, INFOR 21 (1983); Resende and
Werneck, A fast swap-based local search procedure for location problems, Annals of Operations
Research 150 (2007).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

_COMPILED: dict[str, Any] = {"cache": True, "nogil": True}


@njit(**_COMPILED)
def worth(metres, near, length, weights, price, sites):  # type: ignore[no-untyped-def]
    """Return ρ, what opening each site brings at these prices (never above zero)."""
    value = np.zeros(sites)
    for row in range(metres.shape[0]):
        for k in range(length[row]):
            saved = price[row] - metres[row, k]
            if saved <= 0.0:
                break
            value[near[row, k]] -= weights[row] * saved
    return value


@njit(**_COMPILED)
def spread_out(metres, near, length, cap, missing_m, sites):  # type: ignore[no-untyped-def]
    """Return sites × rows metres, at most the cap; ``missing_m`` where that is ``inf``."""
    rows = metres.shape[0]
    found = np.empty((sites, rows))
    worst_m = np.where(np.isinf(cap), missing_m, cap)
    for site in range(sites):
        found[site] = worst_m
    for row in range(rows):
        for k in range(length[row]):
            found[near[row, k], row] = metres[row, k]
    return found


@njit(**_COMPILED)
def ascend(  # type: ignore[no-untyped-def]
    metres, near, length, weights, cap, price, count, upper, step, rounds, sites
):
    """Raise the bound by subgradient steps towards ``upper``, with ``count`` of ``sites`` open.

    Returns the best bound, its prices, and the step to go on with.
    """
    rows = metres.shape[0]
    best = -np.inf
    best_price = price.copy()
    price = price.copy()
    drift = np.zeros(rows)
    opened = np.zeros(sites, np.bool_)
    stale = 0
    for _ in range(rounds):
        value = worth(metres, near, length, weights, price, sites)
        order = np.argsort(value)
        bound = 0.0
        opened[:] = False
        for k in range(count):
            bound += value[order[k]]
            opened[order[k]] = True
        for row in range(rows):
            bound += weights[row] * price[row]
        stale += 1
        if bound > best:
            if bound > best + 1e-5 * abs(upper - best):
                stale = 0
            best = bound
            best_price[:] = price
        if stale >= 15:
            stale = 0
            step *= 0.6
            price[:] = best_price
            drift[:] = 0.0
            continue
        size = 0.0
        for row in range(rows):
            slope = 1.0
            for k in range(length[row]):
                if metres[row, k] >= price[row]:
                    break
                if opened[near[row, k]]:
                    slope -= 1.0
            drift[row] = slope + 0.4 * drift[row]
            if (drift[row] > 0.0 and price[row] >= cap[row]) or (
                drift[row] < 0.0 and price[row] <= metres[row, 0]
            ):
                drift[row] = 0.0
            size += weights[row] * drift[row] * drift[row]
        if size <= 0.0 or step < 1e-3 or upper - best <= 1e-10 * abs(upper):
            break
        length_m = step * (upper - bound) / size
        for row in range(rows):
            moved = price[row] + length_m * drift[row]
            price[row] = min(cap[row], max(metres[row, 0], moved))
    return best, best_price, step


@njit(**_COMPILED)
def separate(metres, near, length, cap, opened, unserved, share_m):  # type: ignore[no-untyped-def]
    """Return per row the level (metres) of its most violated cut, −1 for none.

    ``opened`` is y of the sites, ``unserved`` the share of a row given up, ``share_m`` the metres
    the master believes in. ``inf`` asks for the row to be served at all.
    """
    rows = metres.shape[0]
    level = np.full(rows, -1.0)
    for row in range(rows):
        wanted = 1.0 - unserved[row]
        served = 0.0
        total = 0.0
        at = cap[row]
        for k in range(length[row]):
            value = opened[near[row, k]]
            if value > 0.0:
                served += value
                total += value * metres[row, k]
                if served >= wanted - 1e-9:
                    total -= (served - wanted) * metres[row, k]
                    at = metres[row, k]
                    break
        else:
            if at == np.inf:
                if wanted - served > 1e-7:
                    level[row] = np.inf
                continue
            total += (wanted - served) * at
        if total - share_m[row] > 1e-7 * (1.0 + at):
            level[row] = at
    return level


@njit(**_COMPILED)
def cuts(metres, near, length, rows, level):  # type: ignore[no-untyped-def]
    """Return the sites' part of the cuts as CSR: ``level − d`` where positive, 1 for ``inf``."""
    start = np.zeros(rows.shape[0] + 1, np.int32)
    for c in range(rows.shape[0]):
        size = 0
        while size < length[rows[c]] and metres[rows[c], size] < level[c]:
            size += 1
        start[c + 1] = start[c] + size
    index = np.empty(start[-1], np.int32)
    value = np.empty(start[-1])
    for c in range(rows.shape[0]):
        for k in range(start[c + 1] - start[c]):
            index[start[c] + k] = near[rows[c], k]
            there_m = metres[rows[c], k]
            value[start[c] + k] = 1.0 if level[c] == np.inf else level[c] - there_m
    return start, index, value


_LEAST = 1e-12
"""A swap must gain at least this share of the total, so that rounding never makes it go round."""


@njit(**_COMPILED)
def _two_nearest(by_site, chosen, row):  # type: ignore[no-untyped-def]
    """Return slot and metres of the nearest and the second nearest open site of a row."""
    first = -1
    second = -1
    first_m = np.inf
    second_m = np.inf
    for slot in range(chosen.shape[0]):
        there_m = by_site[chosen[slot], row]
        if there_m < first_m:
            second = first
            second_m = first_m
            first = slot
            first_m = there_m
        elif there_m < second_m:
            second = slot
            second_m = there_m
    return first, first_m, second, second_m


@njit(**_COMPILED)
def interchange(by_site, weights, chosen, site, looks):  # type: ignore[no-untyped-def]
    """Improve ``chosen`` (at least two sites, changed in place) until no swap helps.

    Looks at sites to open from ``site`` on, at most ``looks`` of them; returns the one to go on
    from, −1 when done.
    """
    sites, rows = by_site.shape
    count = chosen.shape[0]
    is_open = np.zeros(sites, np.bool_)
    first = np.empty(rows, np.int64)
    second = np.empty(rows, np.int64)
    first_m = np.empty(rows)
    second_m = np.empty(rows)
    loss = np.zeros(count)
    spared = np.zeros(count)
    total = 0.0
    for slot in range(count):
        is_open[chosen[slot]] = True
    for row in range(rows):
        first[row], first_m[row], second[row], second_m[row] = _two_nearest(by_site, chosen, row)
        loss[first[row]] += weights[row] * (second_m[row] - first_m[row])
        total += weights[row] * first_m[row]
    tried = 0
    site -= 1
    for _ in range(looks):
        if tried == sites:
            return -1
        site = (site + 1) % sites
        tried += 1
        if is_open[site]:
            continue
        gain = 0.0
        spared[:] = 0.0
        for row in range(rows):
            there_m = by_site[site, row]
            if there_m < first_m[row]:
                gain += weights[row] * (first_m[row] - there_m)
                spared[first[row]] += weights[row] * (second_m[row] - first_m[row])
            elif there_m < second_m[row]:
                spared[first[row]] += weights[row] * (second_m[row] - there_m)
        out = 0
        least = np.inf
        for slot in range(count):
            if loss[slot] - spared[slot] < least:
                least = loss[slot] - spared[slot]
                out = slot
        if gain - least <= _LEAST * total:
            continue
        is_open[chosen[out]] = False
        is_open[site] = True
        chosen[out] = site
        tried = 0
        loss[:] = 0.0
        total = 0.0
        for row in range(rows):
            there_m = by_site[site, row]
            if first[row] == out or second[row] == out:
                first[row], first_m[row], second[row], second_m[row] = _two_nearest(
                    by_site, chosen, row
                )
            elif there_m < first_m[row]:
                second[row] = first[row]
                second_m[row] = first_m[row]
                first[row] = out
                first_m[row] = there_m
            elif there_m < second_m[row]:
                second[row] = out
                second_m[row] = there_m
            loss[first[row]] += weights[row] * (second_m[row] - first_m[row])
            total += weights[row] * first_m[row]
    return -1 if tried == sites else (site + 1) % sites
