"""The compiled loop that looks for a given number of sites which cover every row. When it finds
nothing, that proves nothing.

Local search with row weights: rows that stay uncovered weigh more and more. Source: Gao, Weise, Li,
An efficient local search heuristic with row weighting for the unicost set covering problem,
European Journal of Operational Research 246 (2015).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

_COMPILED: dict[str, Any] = {"cache": True, "nogil": True}


@njit(**_COMPILED)
def smallest(inside):  # type: ignore[no-untyped-def]
    """Return which rows hold all of no other row: of equals the first."""
    rows, columns = inside.shape
    words = (columns + 63) // 64
    bits = np.zeros((rows, words), np.uint64)
    size = np.zeros(rows, np.int64)
    for i in range(rows):
        for j in range(columns):
            if inside[i, j]:
                bits[i, j >> 6] |= np.uint64(1) << np.uint64(j & 63)
                size[i] += 1
    kept = np.empty((rows, words), np.uint64)
    count = 0
    found = np.zeros(rows, np.bool_)
    for i in np.argsort(size, kind="mergesort"):
        holds = False
        for k in range(count):
            holds = True
            for word in range(words):
                if kept[k, word] & ~bits[i, word]:
                    holds = False
                    break
            if holds:
                break
        if not holds:
            kept[count] = bits[i]
            count += 1
            found[i] = True
    return found


@njit(**_COMPILED)
def listed(inside):  # type: ignore[no-untyped-def]
    """Return a table of flags as the columns of each row: first entries and columns."""
    rows, columns = inside.shape
    first = np.zeros(rows + 1, np.int64)
    for i in range(rows):
        size = 0
        for j in range(columns):
            size += inside[i, j]
        first[i + 1] = first[i] + size
    column = np.empty(first[-1], np.int32)
    at = 0
    for i in range(rows):
        for j in range(columns):
            if inside[i, j]:
                column[at] = j
                at += 1
    return first, column


@njit(**_COMPILED)
def _add(site, row_first, row_site, site_first, site_row, times, only, weight, score):  # type: ignore[no-untyped-def]
    """Open a site: ``times`` counts what covers a row, ``only`` sums the open sites that do."""
    score[site] = 0
    for e in range(site_first[site], site_first[site + 1]):
        row = site_row[e]
        times[row] += 1
        only[row] += site
        if times[row] == 1:
            score[site] += weight[row]
            for f in range(row_first[row], row_first[row + 1]):
                if row_site[f] != site:
                    score[row_site[f]] -= weight[row]
        elif times[row] == 2:
            score[only[row] - site] -= weight[row]


@njit(**_COMPILED)
def _drop(site, row_first, row_site, site_first, site_row, times, only, weight, score):  # type: ignore[no-untyped-def]
    """Close a site; ``score`` is what a site covers alone (open) or would cover (closed)."""
    score[site] = 0
    for e in range(site_first[site], site_first[site + 1]):
        row = site_row[e]
        times[row] -= 1
        only[row] -= site
        if times[row] == 0:
            score[site] += weight[row]
            for f in range(row_first[row], row_first[row + 1]):
                if row_site[f] != site:
                    score[row_site[f]] += weight[row]
        elif times[row] == 1:
            score[only[row]] += weight[row]


@njit(**_COMPILED)
def look_for_cover(row_first, row_site, site_first, site_row, chosen, weight, steps, seed):  # type: ignore[no-untyped-def]
    """Change ``chosen`` (in place) until it covers every row; return whether it does.

    ``weight`` of the rows is kept for the next call.
    """
    rows = row_first.shape[0] - 1
    sites = site_first.shape[0] - 1
    times = np.zeros(rows, np.int64)
    only = np.zeros(rows, np.int64)
    score = np.zeros(sites, np.int64)
    since = np.zeros(sites, np.int64)
    is_open = np.zeros(sites, np.bool_)
    for row in range(rows):
        for f in range(row_first[row], row_first[row + 1]):
            score[row_site[f]] += weight[row]
    for slot in range(chosen.shape[0]):
        is_open[chosen[slot]] = True
        _add(chosen[slot], row_first, row_site, site_first, site_row, times, only, weight, score)
    bare = np.empty(rows, np.int64)
    latest = -1
    state = np.uint64(seed * 2 + 1)
    for step in range(1, steps + 1):
        left = 0
        for row in range(rows):
            if times[row] == 0:
                bare[left] = row
                left += 1
        if left == 0:
            return True
        slot = -1
        for s in range(chosen.shape[0]):
            site = chosen[s]
            if site == latest and chosen.shape[0] > 1:
                continue
            if (
                slot < 0
                or score[site] < score[chosen[slot]]
                or (score[site] == score[chosen[slot]] and since[site] < since[chosen[slot]])
            ):
                slot = s
        out = chosen[slot]
        is_open[out] = False
        since[out] = step
        _drop(out, row_first, row_site, site_first, site_row, times, only, weight, score)
        state ^= state << np.uint64(13)
        state ^= state >> np.uint64(7)
        state ^= state << np.uint64(17)
        row = bare[np.int64(state >> np.uint64(11)) % left]
        new = -1
        for f in range(row_first[row], row_first[row + 1]):
            site = row_site[f]
            if is_open[site] or site == out:
                continue
            if (
                new < 0
                or score[site] > score[new]
                or (score[site] == score[new] and since[site] < since[new])
            ):
                new = site
        if new < 0:
            new = row_site[row_first[row]]
        chosen[slot] = new
        is_open[new] = True
        since[new] = step
        latest = new
        _add(new, row_first, row_site, site_first, site_row, times, only, weight, score)
        for row in range(rows):
            if times[row] == 0:
                weight[row] += 1
                for f in range(row_first[row], row_first[row + 1]):
                    score[row_site[f]] += 1
    return times.min() > 0
