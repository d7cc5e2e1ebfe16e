"""What every search needs before it starts: paths of a profile, points as ends of edges, and arrays
to work in, lent for one search at a time.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

import geopandas as gpd
import numpy as np

from geo.errors import InputError
from geo.network.kernels.search import Doors, Ends, Journal, Paths, Queue
from geo.network.walk_network import Snapped, WalkNetwork, exact
from geo.presets import Profile
from geo.types import Floats, Ints

Points: TypeAlias = gpd.GeoSeries | Snapped
BUCKET_EDGES = 1.4
"""Width of a bucket in mean edges: wide enough that few are empty, narrow enough that few labels
are sent twice (2 %)."""
MOST_BUCKETS = 4096
_Task = TypeVar("_Task")
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, eq=False)
class Workspace:
    """Arrays for one search: all labels ``inf`` and -1, the queue empty, nothing marked. Whoever
    borrows it gives it back so.
    """

    queue: Queue
    per_metre: float
    metres: Floats
    place: Any
    journal: Journal


_spare: weakref.WeakKeyDictionary[WalkNetwork, deque[Any]] = weakref.WeakKeyDictionary()
_spare_slots: weakref.WeakKeyDictionary[WalkNetwork, deque[Any]] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


@contextmanager
def workspace(network: WalkNetwork) -> Iterator[Workspace]:
    """Lend a workspace: one that is spare, else a new one. After an error it is not used again."""
    with _lock:
        spare = _spare.setdefault(network, deque(maxlen=threads()))
    try:
        lent = spare.pop()
    except IndexError:
        lent = new_workspace(network)
    yield lent
    spare.append(lent)


def new_workspace(network: WalkNetwork) -> Workspace:
    """Return arrays for searches on a network: 41 bytes per node."""
    nodes = network.nodes
    queue, per_metre = new_queue(network)
    return Workspace(
        queue=queue,
        per_metre=per_metre,
        metres=np.full(nodes, np.inf),
        place=np.full(nodes, -1, dtype=np.int32),
        journal=Journal(
            node=np.empty(nodes, dtype=np.int32),
            metres=np.empty(nodes),
            place=np.empty(nodes, dtype=np.int32),
            marked=np.zeros(nodes, dtype=bool),
        ),
    )


def new_queue(network: WalkNetwork) -> tuple[Queue, float]:
    """Return an empty queue, and its buckets per metre: together they span the longest edge."""
    longest = float(network.edge_m.max(initial=0.0))
    width = BUCKET_EDGES * float(network.edge_m.mean()) if network.edges else 1.0
    width = max(width, longest / (MOST_BUCKETS - 3), 1e-3)
    buckets = 1 << int(np.ceil(np.log2(longest / width + 3)))
    waiting = np.full((2, network.nodes), -1, dtype=np.int32)
    queue = Queue(
        head=np.full(buckets, -1, dtype=np.int32),
        after=waiting[0].copy(),
        before=waiting[1].copy(),
        bucket=np.full(network.nodes, -1, dtype=np.int32),
    )
    return queue, 1.0 / width


def paths(network: WalkNetwork, profile: Profile | None) -> Paths:
    """Return the network's half-edges as a profile sees them: shared arrays, and its own flags."""
    first, neighbour, _ = network.star
    return Paths(first, neighbour, network.star_m, network.walkable(profile).closed)


def tools(paths: Paths, lent: Workspace) -> tuple[Any, ...]:
    """Return the first arguments of the loops that spread labels."""
    return paths, lent.queue, lent.per_metre, lent.metres, lent.place, lent.journal


def snapped(network: WalkNetwork, points: Points, profile: Profile | None) -> Snapped:
    """Snap points to the network, or check those that are snapped already.

    Raises
    ------
    InputError ``bad_point`` : a snapped point that is on no edge of this network.
    """
    if not isinstance(points, Snapped):
        return network.snap(points, profile)
    edge = np.asarray(points.edge)
    if not len(edge) == len(points.offset_m) == len(points.stretch_m):
        raise InputError(
            "bad_point", found=f"{len(edge)}, {len(points.offset_m)}, {len(points.stretch_m)}"
        )
    on = edge >= 0
    wrong = (edge < -1) | (edge >= network.edges)
    if not wrong.any():
        offset, stretch = points.offset_m[on], points.stretch_m[on]
        fits = (offset >= 0) & (offset <= network.edge_m[edge[on]]) & (stretch >= 0)
        wrong[on] = ~(fits & np.isfinite(stretch))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InputError(
            "bad_point",
            found=f"{row + 1}: {edge[row]}, {points.offset_m[row]}, {points.stretch_m[row]}",
        )
    return Snapped(edge, exact(points.offset_m), exact(points.stretch_m))


def ends(network: WalkNetwork, points: Snapped) -> Ends:
    """Return points as the two nodes of their edges, with metres to each."""
    on = points.edge >= 0
    edge = np.where(on, points.edge, 0)
    if network.edges == 0:
        nowhere = np.zeros(len(points), dtype=np.int64)
        lost = np.full(len(points), np.inf)
        return Ends(nowhere, nowhere, lost, lost, points.edge, points.offset_m, points.stretch_m)
    u_m = points.stretch_m + points.offset_m
    v_m = points.stretch_m + (network.edge_m[edge] - points.offset_m)
    return Ends(
        u=network.edge_u[edge],
        v=network.edge_v[edge],
        u_m=np.where(on, u_m, np.inf),
        v_m=np.where(on, v_m, np.inf),
        edge=points.edge,
        offset=points.offset_m,
        stretch=points.stretch_m,
    )


def seeds(network: WalkNetwork, places: Snapped) -> tuple[Ints, Floats, Ints]:
    """Return the two ends of each reachable place's edge, with metres from there, and whose they
    are.
    """
    who = np.flatnonzero(places.edge >= 0)
    at = ends(network, places.take(who))
    return (
        np.concatenate([at.u, at.v]),
        np.concatenate([at.u_m, at.v_m]),
        np.concatenate([who, who]),
    )


def by_edge(places: Snapped, slot: Any = None) -> Doors:
    """List places by their edge; with ``slot`` (zeros, a node each) also by the nodes of its ends,
    see ``doors``.
    """
    who = np.flatnonzero(places.edge >= 0)
    row = who[np.argsort(places.edge[who], kind="stable")]
    none = np.empty(0, dtype=np.int32)
    return Doors(
        size=len(places),
        slot=none if slot is None else slot,
        start=np.zeros(1, dtype=np.int64),
        door=none,
        more_m=np.empty(0),
        edge=places.edge[row],
        row=row,
        offset=places.offset_m[row],
        stretch=places.stretch_m[row],
    )


@contextmanager
def doors(network: WalkNetwork, places: Snapped) -> Iterator[Doors]:
    """List places by the nodes of their edges' ends and by edge, for as long as a search lasts."""
    node, more_m, who = seeds(network, places)
    order = np.argsort(node, kind="stable")
    at, start = np.unique(node[order], return_index=True)
    with _lock:
        spare = _spare_slots.setdefault(network, deque(maxlen=threads()))
    try:
        slot = spare.pop()
    except IndexError:
        slot = np.zeros(network.nodes, dtype=np.int32)
    slot[at] = np.arange(1, len(at) + 1)
    yield by_edge(places, slot)._replace(
        start=np.append(start, len(node)).astype(np.int64),
        door=who[order].astype(np.int32),
        more_m=more_m[order],
    )
    slot[at] = 0
    spare.append(slot)


def threads() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_threads(work: Callable[[_Task], _Answer], tasks: Sequence[_Task]) -> list[_Answer]:
    """Do tasks side by side, and return their answers in order. Threads are this call's own: two
    sessions never wait for each other.
    """
    at_once = min(threads(), len(tasks))
    if at_once < 2:
        return [work(task) for task in tasks]
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(work, tasks))
