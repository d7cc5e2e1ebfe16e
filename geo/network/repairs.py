"""Repairs of a walk network, found again by where they lie: a dead end lengthened to the path it
nearly meets, two pieces joined by a short link, a line taken away.

A repair is kept as shapes, not as numbers of edges: paths that were read anew take it too, and one
that no longer fits them is left out and told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import shapely

from geo.network.new_paths import join_path
from geo.network.topology import JOIN_M
from geo.network.walk_network import WalkNetwork
from geo.types import WGS84, Bools

EXTEND, JOIN, REMOVE = "extend", "join", "remove"
FIT_M = 2.0
"""A link fits while each of its ends lies this near a path."""
SAME_M = 0.5
"""A line that was taken away is known again within this."""

Lines = tuple[tuple[tuple[float, float], ...], ...]
"""Lines of (longitude, latitude)."""


@dataclass(frozen=True)
class Repair:
    """One repair: the link that is added (``extend``, ``join``), or the lines taken away
    (``remove``). ``why``, ``by`` and ``at``: who took it, when and for what reason; ``fits``:
    whether the network still has what it mends.
    """

    id: str
    kind: str
    lines: Lines
    why: str = ""
    by: str = ""
    at: str = ""
    fits: bool = True

    @property
    def spot(self) -> tuple[float, float]:
        """Longitude and latitude of where it begins."""
        return self.lines[0][0]


def repaired(
    network: WalkNetwork, repairs: Sequence[Repair]
) -> tuple[WalkNetwork, tuple[Repair, ...]]:
    """Return the network with repairs done in their order, and each repair with whether it fits;
    the very same network where none does.
    """
    told = []
    for each in repairs:
        mended = _without(network, each) if each.kind == REMOVE else _linked(network, each)
        told.append(replace(each, fits=mended is not None))
        network = mended or network
    return network, tuple(told)


def _shapes(network: WalkNetwork, lines: Lines) -> gpd.GeoSeries:
    shapes = [shapely.LineString(line) for line in lines]
    return gpd.GeoSeries(shapes, crs=WGS84).to_crs(network.crs)


def _linked(network: WalkNetwork, repair: Repair) -> WalkNetwork | None:
    """Return the network with the link; None where an end of it meets no path any more, or both
    meet one spot.
    """
    link = _shapes(network, repair.lines[:1])
    ends = shapely.get_point(link.iloc[0], [0, -1])
    near = network.tree.query(ends, predicate="dwithin", distance=FIT_M)
    if len(np.unique(near[0])) < 2 or link.iloc[0].length <= JOIN_M:
        return None
    return join_path(network, link).network


def _without(network: WalkNetwork, repair: Repair) -> WalkNetwork | None:
    """Return the network without the edges that lie along the lines; None where none does, or none
    would be left.
    """
    gone = np.zeros(network.edges, dtype=bool)
    for line in _shapes(network, repair.lines):
        along = network.tree.query(line.buffer(SAME_M), predicate="covers")
        gone[along[network.edge_m[along] > 2 * SAME_M]] = True
    if not gone.any() or gone.all():
        return None
    return without_edges(network, gone)


def without_edges(network: WalkNetwork, gone: Bools) -> WalkNetwork:
    """Return the network without some edges, and without the nodes that only they had."""
    left = ~gone
    nodes, ends = np.unique(
        np.concatenate([network.edge_u[left], network.edge_v[left]]), return_inverse=True
    )
    count = int(left.sum())
    return WalkNetwork(
        crs=network.crs,
        node_xy=network.node_xy[nodes],
        edge_u=ends[:count].astype(np.int64),
        edge_v=ends[count:].astype(np.int64),
        edge_m=network.edge_m[left],
        geometry=network.geometry[left],
        highway=network.highway[left],
        surface=network.surface[left],
        steps=network.steps[left],
        lit=network.lit[left],
        width_m=network.width_m[left],
        slope=network.slope[left],
        ends_only=network.ends_only[left],
    )
