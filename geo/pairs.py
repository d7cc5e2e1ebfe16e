"""Walking metres of all pairs in reach, as sparse matrices. Knows what ``reach`` knows, of which it
is a part.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array, csr_array

from geo import kernels, searching
from geo.errors import BadLimit
from geo.network import Snapped, WalkNetwork
from geo.presets import Profile
from geo.searching import Points
from geo.types import Floats, Ints, SmallInts

ALONE = 64
"""Searches fewer than this are done in one thread: another would cost more than it saves."""


def within(
    network: WalkNetwork,
    origins: Points,
    destinations: Points,
    *,
    within_m: float,
    profile: Profile | None = None,
) -> csr_array:
    """Return metres between all pairs in reach, as a sparse matrix (origins × destinations); zeros
    are kept.

    Searches from the smaller side, on all processors; memory follows the pairs found, never origins
    × destinations.

    Raises
    ------
    BadLimit : ``within_m`` is not above zero.
    BadPoint : a snapped point is on no edge of the network.
    """
    within_m = check(within_m)
    start = searching.snapped(network, origins, profile)
    goal = searching.snapped(network, destinations, profile)
    if len(goal) < len(start):
        column, row, metres = walk_pairs(network, goal, start, within_m, profile)
    else:
        row, column, metres = walk_pairs(network, start, goal, within_m, profile)
    shape = (len(start), len(goal))
    matrix = coo_array((metres, (row, column)), shape=shape).tocsr()
    matrix.sort_indices()
    return matrix


def walk_pairs(
    network: WalkNetwork, start: Snapped, goal: Snapped, within_m: float, profile: Profile | None
) -> tuple[SmallInts, SmallInts, Floats]:
    """Walk out from each of ``start``: (start, goal, metres) of each pair in reach, in no stated
    order.
    """
    paths, origins = searching.paths(network, profile), searching.ends(network, start)
    # Neighbours one after the other find what they share in the cache.
    order = np.argsort(start.edge, kind="stable")
    parts = 1 if len(order) < ALONE else 4 * searching.threads()

    def walk(part: Ints) -> tuple[SmallInts, SmallInts, Floats]:
        with searching.workspace(network) as lent:
            first, goal_row, metres = kernels.pairs_within(
                *searching.tools(paths, lent), origins, part, listed, within_m
            )
        return np.repeat(part, np.diff(first)).astype(np.int32), goal_row, metres

    with searching.doors(network, goal) as listed:
        found = searching.in_threads(walk, np.array_split(order, parts))
    row, column, metres = (np.concatenate(column) for column in zip(*found, strict=True))
    return row, column, metres


def check(within_m: float, k: int = 1) -> float:
    """Return a limit as a float: compiled code would be compiled once more for whole numbers."""
    if not within_m > 0:
        raise BadLimit(found=str(within_m))
    if k < 1:
        raise BadLimit(found=str(k))
    return float(within_m)
