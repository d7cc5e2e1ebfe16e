"""The compiled search loops: plain arrays in, plain arrays out.

A search spreads labels ``(metres, place)`` along half-edges, nearest first by way of buckets a few
tens of metres wide. Within a bucket a label may be improved and is then sent again, so buckets
change the speed and never the answer. Lengths are multiples of ``walk_network.GRAIN_M``, so sums
are exact in whatever order they are made, and equal distances are equal to the last bit.

Every change is written to a journal: what a search cost, and how to take it back, follow what it
reached and not the size of the network. Compiled code is cached on disk, and runs without the
interpreter's lock.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

_LATE = 2**62
"""A bucket after all others."""
_COMPILED: dict[str, Any] = {"cache": True, "nogil": True}


class Paths(NamedTuple):
    """A forward star both ways: ``first[i]:first[i + 1]`` are the half-edges that leave node ``i``.

    ``closed`` has one flag per half-edge, or is empty where a profile may walk everywhere.
    """

    first: Any
    neighbour: Any
    metres: Any
    closed: Any


class Queue(NamedTuple):
    """Nodes that wait, as lists linked both ways: ``head`` of each bucket (-1: empty), ``after``
    and ``before`` each node, and the ``bucket`` it waits in (-1: none).
    """

    head: Any
    after: Any
    before: Any
    bucket: Any


class Journal(NamedTuple):
    """The nodes a search changed, each once, and what they held before; ``marked`` flags them."""

    node: Any
    metres: Any
    place: Any
    marked: Any


class Ends(NamedTuple):
    """Points as the two nodes of their edges: metres to the first and to the second (``inf`` where
    unreachable), the edge (-1), and offset and stretch.
    """

    u: Any
    v: Any
    u_m: Any
    v_m: Any
    edge: Any
    offset: Any
    stretch: Any


class Doors(NamedTuple):
    """Destinations where a search finds them: node ``i`` with ``slot[i] = s > 0`` leads to
    ``door[start[s - 1]:start[s]]``, ``more_m`` on. ``edge`` (ascending) and ``row`` list the
    reachable ones by edge; ``size`` counts all.
    """

    size: int
    slot: Any
    start: Any
    door: Any
    more_m: Any
    edge: Any
    row: Any
    offset: Any
    stretch: Any


@njit(**_COMPILED)
def _wait(queue, node, bucket):  # type: ignore[no-untyped-def]
    """Let a node wait in a bucket, wherever it waited before; return 1 if it did not wait."""
    old = queue.bucket[node]
    if old == bucket:
        return 0
    if old >= 0:
        after = queue.after[node]
        before = queue.before[node]
        if after >= 0:
            queue.before[after] = before
        if before >= 0:
            queue.after[before] = after
        else:
            queue.head[old] = after
    top = queue.head[bucket]
    queue.after[node] = top
    queue.before[node] = -1
    if top >= 0:
        queue.before[top] = node
    queue.head[bucket] = node
    queue.bucket[node] = bucket
    return 1 if old < 0 else 0


@njit(**_COMPILED)
def _take(queue, node, bucket):  # type: ignore[no-untyped-def]
    """Take the first node of a bucket out of the queue."""
    after = queue.after[node]
    queue.head[bucket] = after
    if after >= 0:
        queue.before[after] = -1
    queue.bucket[node] = -1


@njit(**_COMPILED)
def _write(journal, count, metres, place, node):  # type: ignore[no-untyped-def]
    """Write down what a node holds, unless that is done; return how many are written."""
    if journal.marked[node]:
        return count
    journal.marked[node] = True
    journal.node[count] = node
    journal.metres[count] = metres[node]
    journal.place[count] = place[node]
    return count + 1


@njit(**_COMPILED)
def spread(  # type: ignore[no-untyped-def]
    paths, queue, per_metre, metres, place, journal, count, seed_node, seed_m, seed_place, within_m
):
    """Improve the labels of all nodes by some seeds; equal metres go to the lower place.

    ``journal`` holds ``count`` entries before; returns how many after. The queue is left empty.
    """
    wrap = queue.head.shape[0] - 1
    waiting = 0
    now = np.int64(_LATE)
    for s in range(seed_node.shape[0]):
        node = seed_node[s]
        there_m = seed_m[s]
        if not there_m <= within_m or there_m > metres[node] or there_m == np.inf:
            continue
        if there_m == metres[node] and place[node] <= seed_place[s]:
            continue
        count = _write(journal, count, metres, place, node)
        metres[node] = there_m
        place[node] = seed_place[s]
        bucket = np.int64(there_m * per_metre)
        now = min(now, bucket)
        waiting += _wait(queue, node, bucket & wrap)
    while waiting > 0:
        node = queue.head[now & wrap]
        if node < 0:
            now += 1
            continue
        _take(queue, node, now & wrap)
        waiting -= 1
        here_m = metres[node]
        here_place = place[node]
        for half in range(paths.first[node], paths.first[node + 1]):
            if paths.closed.shape[0] > 0 and paths.closed[half]:
                continue
            there = paths.neighbour[half]
            there_m = here_m + paths.metres[half]
            if there_m > metres[there] or there_m > within_m:
                continue
            if there_m == metres[there] and place[there] <= here_place:
                continue
            count = _write(journal, count, metres, place, there)
            metres[there] = there_m
            place[there] = here_place
            waiting += _wait(queue, there, np.int64(there_m * per_metre) & wrap)
    return count


@njit(**_COMPILED)
def take_back(journal, low, high, metres, place):  # type: ignore[no-untyped-def]
    """Give the nodes of journal entries ``low:high`` what they held before, and unmark them."""
    for i in range(low, high):
        node = journal.node[i]
        metres[node] = journal.metres[i]
        place[node] = journal.place[i]
        journal.marked[node] = False


@njit(**_COMPILED)
def search(  # type: ignore[no-untyped-def]
    paths, queue, per_metre, metres, place, journal, seed_node, seed_m, within_m
):
    """Return the nodes within ``within_m`` of the nearest seed, and their metres; labels are left
    as they were.
    """
    who = np.zeros(seed_node.shape[0], np.int64)
    count = spread(
        paths, queue, per_metre, metres, place, journal, 0, seed_node, seed_m, who, within_m
    )
    node = np.empty(count, np.int64)
    node_m = np.empty(count)
    for i in range(count):
        node[i] = journal.node[i]
        node_m[i] = metres[node[i]]
    take_back(journal, 0, count, metres, place)
    return node, node_m


@njit(**_COMPILED)
def pairs_within(  # type: ignore[no-untyped-def]
    paths, queue, per_metre, node_m, node_place, journal, origins, order, doors, within_m
):
    """Walk out from some origins to all destinations within ``within_m``: a bounded search each,
    work as far as it reaches.

    ``order`` is the origins in the order they are searched. Returns ``(start, column, metres)``:
    pairs of the i-th searched stand at ``start[i]:start[i + 1]``. Memory follows the pairs found.
    """
    found_m = np.full(doors.size, np.inf)
    found = np.empty(doors.size, np.int32)
    who = np.zeros(2, np.int64)
    seed_node = np.empty(2, np.int64)
    seed_m = np.empty(2)
    start = np.zeros(order.shape[0] + 1, np.int64)
    column = np.empty(1024, np.int32)
    metres = np.empty(1024)
    for i in range(order.shape[0]):
        o = order[i]
        start[i + 1] = start[i]
        e = origins.edge[o]
        if e < 0:
            continue
        count = 0
        for j in range(np.searchsorted(doors.edge, e), doors.edge.shape[0]):
            if doors.edge[j] != e:
                break
            along = origins.stretch[o] + abs(origins.offset[o] - doors.offset[j]) + doors.stretch[j]
            if along <= within_m:
                found[count] = doors.row[j]
                found_m[doors.row[j]] = along
                count += 1
        seed_node[0], seed_node[1] = origins.u[o], origins.v[o]
        seed_m[0], seed_m[1] = origins.u_m[o], origins.v_m[o]
        reached = spread(
            paths,
            queue,
            per_metre,
            node_m,
            node_place,
            journal,
            0,
            seed_node,
            seed_m,
            who,
            within_m,
        )
        for j in range(reached):
            slot = doors.slot[journal.node[j]]
            if slot > 0:
                here_m = node_m[journal.node[j]]
                for d in range(doors.start[slot - 1], doors.start[slot]):
                    door = doors.door[d]
                    there_m = here_m + doors.more_m[d]
                    if there_m <= within_m and there_m < found_m[door]:
                        if found_m[door] == np.inf:
                            found[count] = door
                            count += 1
                        found_m[door] = there_m
        take_back(journal, 0, reached, node_m, node_place)
        if start[i] + count > column.shape[0]:
            room = max(2 * column.shape[0], start[i] + count)
            wider_column = np.empty(room, np.int32)
            wider_metres = np.empty(room)
            wider_column[: start[i]] = column[: start[i]]
            wider_metres[: start[i]] = metres[: start[i]]
            column = wider_column
            metres = wider_metres
        for j in range(count):
            column[start[i] + j] = found[j]
            metres[start[i] + j] = found_m[found[j]]
            found_m[found[j]] = np.inf
        start[i + 1] = start[i] + count
    return start, column[: start[-1]], metres[: start[-1]]
