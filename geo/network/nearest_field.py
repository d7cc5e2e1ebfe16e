"""Metres from people to the nearest place of a kind, kept up to date while places and paths come
and go: also where each point meets the network when a path is added.

After any changes the answers are those of a fresh computation, to the last bit: lengths are exact
(``walk_network.GRAIN_M``), so it does not matter in which order they were summed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TypeVar

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import InputError
from geo.network import search as network_search
from geo.network.kernels import nearest as field_kernel
from geo.network.kernels import nearest as k_nearest_kernel
from geo.network.kernels import search as search_kernel
from geo.network.new_paths import Joined, join_path
from geo.network.search import Points
from geo.network.walk_network import MAX_SNAP_M, Snapped, WalkNetwork
from geo.presets import Profile
from geo.types import Bools, Floats, Ints, SmallInts

_Kind = TypeVar("_Kind", bound=np.generic)


@dataclass(frozen=True, eq=False)
class _Ground:
    """What does not change when a place comes or goes: the network as the profile sees it, and who
    stands where on it.
    """

    network: WalkNetwork
    people: Doorstep
    paths: search_kernel.Paths
    work: network_search.Workspace
    """The labels of all nodes are kept in here, between searches too."""
    person_first: SmallInts
    person_row: Ints
    seen: Bools
    reached: Bools


@dataclass(frozen=True, eq=False)
class _Change:
    """How to take one change back."""

    ground: _Ground
    places: Doorstep
    node: SmallInts
    node_m: Floats
    node_place: SmallInts
    person: Ints
    person_m: Floats
    person_place: SmallInts


class NearestField:
    """The nearest place of each person, through changes.

    Places are numbered in the order given, then in the order added; numbers are never used again.
    Points given as coordinates meet the network anew when a path is added, where the new path, or
    paths it makes reachable, lie nearer than what they met; snapped points stay where they are.
    One field belongs to one session: changes from several threads at once are not allowed.

    Examples
    --------
    >>> from geo import NearestField, open_area
    >>> area = open_area("demo")
    >>> preschools, libraries = (area.places_of(kind).geometry for kind in ("preschool", "library"))
    >>> field = NearestField(area.network, preschools, libraries)
    >>> number = field.add(preschools[1:])  # opens by the second; 11 m: to the path and back
    >>> number, field.metres.round().tolist()
    (7, [303.0, 11.0])
    >>> field.undo(), field.metres.round().tolist()
    (True, [303.0, 433.0])
    """

    def __init__(
        self,
        network: WalkNetwork,
        people: Points,
        places: Points,
        *,
        profile: Profile | None = None,
    ) -> None:
        self._profile = profile
        self._changes: list[_Change] = []
        self._ground = self._standing(network, Doorstep.of(network, people, profile))
        self._places = Doorstep.of(network, places, profile)
        self._metres = np.full(len(people), np.inf)
        self._place = np.full(len(people), -1, dtype=np.int32)
        self._spread(0, *network_search.seeds(network, self._places.snapped))
        self._ground.work.journal.marked[:] = False
        self._settle(np.arange(len(people)))

    @property
    def network(self) -> WalkNetwork:
        """The network with the paths added so far."""
        return self._ground.network

    @property
    def people(self) -> Snapped:
        """Where people meet the network."""
        return self._ground.people.snapped

    @property
    def places(self) -> Snapped:
        """Where places meet the network, by number; -1 also for those removed."""
        return self._places.snapped

    @property
    def metres(self) -> Floats:
        """Metres from each person to the nearest place, ``inf`` for none; changes with the field,
        and cannot be written to.
        """
        return _sealed(self._metres)

    @property
    def place(self) -> SmallInts:
        """Number of each person's nearest place, -1 for none; of equally near ones the first."""
        return _sealed(self._place)

    @property
    def node_metres(self) -> Floats:
        """Metres from each node to the nearest place."""
        return _sealed(self._ground.work.metres)

    @property
    def node_place(self) -> SmallInts:
        """Number of each node's nearest place, -1 for none."""
        return _sealed(self._ground.work.place)

    @property
    def changes(self) -> int:
        """How many changes ``undo`` can take back."""
        return len(self._changes)

    def add(self, place: Points) -> int:
        """Add one place and return its number. Off every path it serves nobody, and ``places``
        shows it.

        Raises
        ------
        InputError ``bad_point`` : not exactly one place, or not on this network.
        """
        if len(place) != 1:
            raise InputError("bad_point", found=str(len(place)))
        places, number = self._places, len(self._places.snapped)
        self._places = places.plus(Doorstep.of(self.network, place, self._profile))
        node, metres, _ = network_search.seeds(
            self.network, self._places.snapped.take(np.array([number]))
        )
        count = self._spread(0, node, metres, np.full(len(node), number))
        self._finish(self._ground, places, count, self._on_edges(self.places.edge[[number]]))
        return number

    def remove(self, number: int) -> None:
        """Remove a place by its number.

        Raises
        ------
        InputError ``bad_point`` : there is no such place, or it is gone already.
        """
        places = self._places
        if not 0 <= number < len(places.snapped) or places.gone[number]:
            raise InputError("bad_point", found=str(number))
        own_edge = places.snapped.edge[[number]]
        count = self._forget(0, number)
        self._places = places.without(number)
        count = self._reseed(count, self._ground.work.journal.node[:count].astype(np.int64))
        self._finish(self._ground, places, count, self._on_edges(own_edge))

    def add_path(
        self, line: gpd.GeoSeries, *, highway: str = "footway", steps: bool = False, lit: int = -1
    ) -> Joined:
        """Add a footpath or a bridge, joined at its two ends (see ``geo.network.new_paths``).

        Raises
        ------
        InputError ``bad_path``, ``path_apart`` : the line cannot be joined.
        """
        joined = join_path(self.network, line, highway=highway, steps=steps, lit=lit)
        before, places = self._ground, self._places
        people, moved_people = before.people.after(before.network, joined, self._profile)
        self._places, moved = places.after(before.network, joined, self._profile)
        self._ground = self._standing(joined.network, people)
        old, nodes = before.work, before.network.nodes
        self._ground.work.metres[:nodes] = old.metres
        self._ground.work.place[:nodes] = old.place
        count = 0
        for number in moved:
            count = self._forget(count, int(number), places.snapped, before)
        path = joined.path
        ends = [joined.network.edge_u[path], joined.network.edge_v[path]]
        fresh = np.concatenate([np.arange(nodes, joined.network.nodes), ends])
        cleared = self._ground.work.journal.node[:count].astype(np.int64)
        count = self._reseed(count, np.unique(np.concatenate([fresh, cleared])))
        cut = np.array([piece.after for piece in joined.pieces], dtype=np.int64)
        edges = np.concatenate([cut, places.snapped.edge[moved], self.places.edge[moved]])
        also = np.concatenate([moved_people, self._on_edges(edges)])
        self._finish(before, places, count, also)
        return joined

    def undo(self) -> bool:
        """Take the last change back; return whether there was one."""
        if not self._changes:
            return False
        change = self._changes.pop()
        self._ground, self._places = change.ground, change.places
        self._ground.work.metres[change.node] = change.node_m
        self._ground.work.place[change.node] = change.node_place
        self._metres[change.person] = change.person_m
        self._place[change.person] = change.person_place
        return True

    def _standing(self, network: WalkNetwork, people: Doorstep) -> _Ground:
        edge = people.snapped.edge
        who = np.flatnonzero(edge >= 0)
        first = np.zeros(network.edges + 1, dtype=np.int32)
        np.cumsum(np.bincount(edge[who], minlength=network.edges), out=first[1:])
        return _Ground(
            network=network,
            people=people,
            paths=network_search.paths(network, self._profile),
            work=network_search.new_workspace(network),
            person_first=first,
            person_row=who[np.argsort(edge[who], kind="stable")],
            seen=np.zeros(len(edge), dtype=bool),
            reached=np.ones(network.nodes, dtype=bool),
        )

    def _spread(self, count: int, node: Ints, metres: Floats, place: Ints) -> int:
        work = self._ground.work
        labels = (work.metres, work.place, work.journal, count)
        seeds = (node, metres, place.astype(np.int64))
        found: int = search_kernel.spread(
            self._ground.paths, work.queue, work.per_metre, *labels, *seeds, math.inf
        )
        return found

    def _forget(
        self, count: int, number: int, places: Snapped | None = None, ground: _Ground | None = None
    ) -> int:
        """Clear what a place is nearest to, from the nodes where it met the network; along the
        paths that were there when the labels were made.
        """
        ground, work = ground or self._ground, self._ground.work
        where = (places or self.places).take(np.array([number]))
        node, _, _ = network_search.seeds(ground.network, where)
        found: int = field_kernel.forget(
            ground.paths, work.metres, work.place, work.journal, count, node, number
        )
        return found

    def _reseed(self, count: int, nodes: Ints) -> int:
        """Offer some nodes what their neighbours hold, and all nodes what the places give."""
        work = self._ground.work
        near = field_kernel.offers(self._ground.paths, work.metres, work.place, nodes)
        own = network_search.seeds(self.network, self.places)
        seeds = (np.concatenate(pair) for pair in zip(near, own, strict=True))
        return self._spread(count, *seeds)

    def _on_edges(self, edges: Ints) -> Ints:
        first, row = self._ground.person_first, self._ground.person_row
        on = [row[first[edge] : first[edge + 1]] for edge in np.unique(edges[edges >= 0])]
        return np.concatenate([np.zeros(0, dtype=np.int64), *on])

    def _finish(self, ground: _Ground, places: Doorstep, count: int, also: Ints) -> None:
        """Write down how to take the change back, and settle the people it may concern."""
        now, journal = self._ground, self._ground.work.journal
        node = journal.node[:count].copy()
        journal.marked[node] = False
        first, _, edge = now.network.star
        person = field_kernel.beside(
            first, edge, node, also, now.person_first, now.person_row, now.seen
        )
        kept = node if ground is now else node[:0]
        self._changes.append(
            _Change(
                ground=ground,
                places=places,
                node=kept,
                node_m=journal.metres[: len(kept)].copy(),
                node_place=journal.place[: len(kept)].copy(),
                person=person,
                person_m=self._metres[person],
                person_place=self._place[person],
            )
        )
        self._settle(person)

    def _settle(self, person: Ints) -> None:
        """Compute people's metres from the labels of the nodes, as ``reach.nearest`` does."""
        metres = np.full((len(person), 1), np.inf)
        place = np.full((len(person), 1), -1, dtype=np.int32)
        k_nearest_kernel.nearest_per_point(
            self._ground.work.metres[:, None],
            self._ground.work.place[:, None],
            self._ground.reached,
            network_search.ends(self.network, self.people.take(person)),
            network_search.by_edge(self.places),
            math.inf,
            metres,
            place,
        )
        self._metres[person], self._place[person] = metres[:, 0], place[:, 0]


def _sealed(array: NDArray[_Kind]) -> NDArray[_Kind]:
    view = array.view()
    view.flags.writeable = False
    return view


@dataclass(frozen=True, eq=False)
class Doorstep:
    """Points with their snaps; ``shape`` (metres of the network) is None for those that came
    snapped, and those ``gone`` are kept off every path.
    """

    snapped: Snapped
    shape: NDArray[np.object_]
    gone: Bools

    @classmethod
    def of(cls, network: WalkNetwork, points: Points, profile: Profile | None) -> Doorstep:
        """Return points snapped to a network."""
        snapped = network_search.snapped(network, points, profile)
        shape = np.full(len(snapped), None, dtype=object)
        if isinstance(points, gpd.GeoSeries):
            shape[:] = (points.to_crs(network.crs) if points.crs else points).to_numpy(object)
        return cls(snapped, shape, np.zeros(len(snapped), dtype=bool))

    def plus(self, other: Doorstep) -> Doorstep:
        """Return these points and others after them."""
        return Doorstep(
            _joined(self.snapped, other.snapped),
            np.concatenate([self.shape, other.shape]),
            np.concatenate([self.gone, other.gone]),
        )

    def without(self, number: int) -> Doorstep:
        """Return the points with one gone; the others keep their numbers."""
        edge, gone = self.snapped.edge.copy(), self.gone.copy()
        edge[number], gone[number] = -1, True
        return replace(self, snapped=replace(self.snapped, edge=edge), gone=gone)

    def after(
        self, before: WalkNetwork, joined: Joined, profile: Profile | None
    ) -> tuple[Doorstep, Ints]:
        """Return the points on a network with a new path, and the rows of those that meet it
        elsewhere.

        Those on an edge that was cut, and those to whom the new path or paths it makes reachable
        lie nearer, meet the network anew. Where the main piece of network is another one, all do.
        """
        carried = joined.carry(self.snapped)
        known = ~shapely.is_missing(self.shape) & ~self.gone
        new_edges, turned = _newly_main(before, joined, profile)
        if turned:
            rows = np.flatnonzero(known)
            anew = joined.network.snap(_series(self.shape[rows], joined.network), profile)
            return replace(self, snapped=_with(carried, rows, anew)), rows
        cut = np.isin(self.snapped.edge, [piece.before for piece in joined.pieces])
        rows = np.flatnonzero(known & (cut | self._near(joined.network, new_edges)))
        anew = _snap_among(joined.network, self.shape[rows], new_edges)
        nearer = cut[rows] | (anew.stretch_m < self.snapped.stretch_m[rows])
        rows, anew = rows[nearer], anew.take(nearer)
        return replace(self, snapped=_with(carried, rows, anew)), rows

    def _near(self, network: WalkNetwork, edges: Ints) -> Bools:
        """Return which points lie so near the bounds of some edges that one may be nearer than what
        they meet.
        """
        if len(edges) == 0:
            return np.zeros(len(self.shape), dtype=bool)
        x, y = np.full((2, len(self.shape)), np.nan)
        at, row = shapely.get_coordinates(self.shape, return_index=True)
        x[row], y[row] = at.T
        west, south, east, north = shapely.total_bounds(network.geometry[edges])
        reach = np.minimum(self.snapped.stretch_m, MAX_SNAP_M)
        x_gap = np.maximum(np.maximum(west - x, x - east), 0)
        y_gap = np.maximum(np.maximum(south - y, y - north), 0)
        near: Bools = np.hypot(x_gap, y_gap) <= reach
        return near


def _newly_main(before: WalkNetwork, joined: Joined, profile: Profile | None) -> tuple[Ints, bool]:
    """Return the edges points can meet now and could not before, with the pieces of cut ones; and
    whether the main piece of network is another than before.
    """
    old, new = before.walkable(profile), joined.network.walkable(profile)
    was = np.zeros(joined.network.edges, dtype=bool)
    was[old.main_edges] = True
    now = np.zeros(joined.network.edges, dtype=bool)
    now[new.main_edges] = True
    was[[piece.after for piece in joined.pieces]] = False
    turned = bool((was & ~now).any()) or len(old.main_edges) == 0
    return np.flatnonzero(now & ~was), turned


def _snap_among(network: WalkNetwork, shapes: NDArray[np.object_], edges: Ints) -> Snapped:
    """Snap points to the nearest of some edges, by the rule of ``WalkNetwork.snap``."""
    if len(shapes) == 0 or len(edges) == 0:
        lost = np.full(len(shapes), np.inf)
        return Snapped(np.full(len(shapes), -1), np.zeros(len(shapes)), lost)
    tree = shapely.STRtree(network.geometry[edges])
    return network.meet(shapes, edges, tree, MAX_SNAP_M)


def _series(shapes: NDArray[np.object_], network: WalkNetwork) -> gpd.GeoSeries:
    return gpd.GeoSeries(list(shapes), crs=network.crs)


def _with(points: Snapped, rows: Ints, anew: Snapped) -> Snapped:
    edge, offset = points.edge.copy(), points.offset_m.copy()
    stretch = points.stretch_m.copy()
    edge[rows], offset[rows], stretch[rows] = anew.edge, anew.offset_m, anew.stretch_m
    return Snapped(edge, offset, stretch)


def _joined(one: Snapped, other: Snapped) -> Snapped:
    return Snapped(
        np.concatenate([one.edge, other.edge]),
        np.concatenate([one.offset_m, other.offset_m]),
        np.concatenate([one.stretch_m, other.stretch_m]),
    )
