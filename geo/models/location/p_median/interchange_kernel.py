"""The compiled loops of interchange: swap one open site for a closed one as long as that shortens
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
