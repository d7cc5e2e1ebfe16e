"""Points and where they meet a network, through changes of it: who meets it anew when a path is
added. Knows nothing of what the points are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo import searching
from geo.join import Joined
from geo.network import MAX_SNAP_M, Snapped, WalkNetwork
from geo.presets import Profile
from geo.searching import Points
from geo.types import Bools, Ints


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
        """Bring points to a network."""
        snapped = searching.snapped(network, points, profile)
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
        """Say which points lie so near the bounds of some edges that one may be nearer than what
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
    """Bring points to the nearest of some edges, by the rule of ``WalkNetwork.snap``."""
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
