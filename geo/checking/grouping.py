"""Which rows belong together when pairs of them do, and which pairs are worth looking at. Knows
numbers and keys only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geo.types import Bools, Floats, Ints

NEIGHBOURS = 20
"""Points nearest to a point that are looked at."""
WINDOW = 12
"""Rows of one key that a row is compared with, in the order of their names: enough for all where a
key is as rare as names and addresses are."""


def groups_of(count: int, pairs: NDArray[np.int64]) -> Ints:
    """Label ``count`` rows so that rows joined by pairs, or by a chain of pairs, share a label."""
    pairs = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
    links = coo_array(
        (np.ones(len(pairs), dtype=np.int8), (pairs[:, 0], pairs[:, 1])), shape=(count, count)
    )
    label: Ints = connected_components(links, directed=False)[1].astype(np.int64)
    return label


def near_pairs(xy: Floats, placed: Bools, within_m: float) -> Iterator[tuple[int, int]]:
    """Return pairs of rows within a distance, at most ``NEIGHBOURS`` a row: bounded also where all
    stand on one point.
    """
    there = np.flatnonzero(placed)
    if len(there) < 2:
        return
    k = min(NEIGHBOURS + 1, len(there))
    metres, found = cKDTree(xy[there]).query(xy[there], k=k, distance_upper_bound=within_m)
    at, column = np.nonzero(np.isfinite(metres))
    for one, other in zip(there[at], there[found[at, column]], strict=True):
        if one < other:
            yield int(one), int(other)
        elif other < one:
            yield int(other), int(one)


def key_pairs(keys: Sequence[str], order: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Return pairs of rows with one key, each row with the ``WINDOW`` next of it in ``order``."""
    by_key: dict[str, list[int]] = {}
    for row, key in enumerate(keys):
        if key:
            by_key.setdefault(key, []).append(row)
    for rows in by_key.values():
        ordered = sorted(rows, key=lambda row: (order[row], row))
        for at, one in enumerate(ordered):
            for other in ordered[at + 1 : at + 1 + WINDOW]:
                yield min(one, other), max(one, other)


def each_once(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return pairs in order, each once."""
    return sorted(set(pairs))
