"""A new footpath or bridge, joined to a network: the network after, and where points on the one
before lie on it.

A path is joined at its two ends, each to the nearest point of any path within ``MAX_JOIN_M``, and
there only: what it crosses on the way it passes over or under. An edge that is joined in its middle
is cut in two whose lengths sum to its own, so no walk that was possible before becomes longer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
import shapely.ops
from numpy.typing import NDArray

from geo.errors import InputError
from geo.network.topology import JOIN_M
from geo.network.walk_network import FARTHEST_M, Snapped, WalkNetwork, exact
from geo.types import Floats

MAX_JOIN_M = 50.0
"""A new path's end is joined to the nearest path no farther off than this."""


@dataclass(frozen=True, eq=False)
class Piece:
    """A stretch ``low_m`` to ``high_m`` of edge ``before``, which is edge ``after`` now."""

    before: int
    after: int
    low_m: float
    high_m: float


@dataclass(frozen=True, eq=False)
class Joined:
    """A network with a new path: nodes and edges keep their numbers, new ones come after them.

    ``path`` is the edge of the new path; ``pieces`` are of the edges that were cut.
    """

    network: WalkNetwork
    path: int
    pieces: tuple[Piece, ...]

    def carry(self, points: Snapped) -> Snapped:
        """Return where points on the network before lie on the network after: on the same spot of
        the same path.
        """
        edge, offset = np.array(points.edge), np.array(points.offset_m)
        for piece in self.pieces:
            here = (points.edge == piece.before) & (points.offset_m >= piece.low_m)
            here &= points.offset_m <= piece.high_m
            edge[here] = piece.after
            offset[here] = points.offset_m[here] - piece.low_m
        return Snapped(edge, offset, points.stretch_m)


@dataclass(frozen=True)
class _End:
    """Where an end meets the network: a node, or a point within an edge."""

    edge: int
    at_m: float
    node: int


def join_path(
    network: WalkNetwork,
    line: gpd.GeoSeries,
    *,
    highway: str = "footway",
    steps: bool = False,
    lit: int = -1,
) -> Joined:
    """Return the network with one more path.

    Parameters
    ----------
    line : one LineString, in any coordinate system (without one: the network's).
    highway, steps, lit : what the path is, as in ``WalkNetwork``; ``lit`` -1 is unknown.

    Raises
    ------
    InputError ``bad_path`` : not one line with a length.
    InputError ``path_apart`` : an end lies farther than ``MAX_JOIN_M`` from every path.
    """
    drawn = _checked(network, line)
    ends = [_end(network, shapely.get_point(drawn, at)) for at in (0, -1)]
    cuts = sorted({(end.edge, end.at_m) for end in ends if end.node < 0})
    node_of = {cut: network.nodes + number for number, cut in enumerate(cuts)}
    at = [end.node if end.node >= 0 else node_of[(end.edge, end.at_m)] for end in ends]
    spots = [network.geometry[edge].interpolate(at_m) for edge, at_m in cuts]
    node_xy = np.concatenate([network.node_xy, shapely.get_coordinates(np.array(spots, object))])
    path = _reaching(drawn, node_xy[at[0]], node_xy[at[1]])
    return _rebuilt(network, cuts, node_xy, at, path, (highway, steps, lit))


def _checked(network: WalkNetwork, line: gpd.GeoSeries) -> shapely.LineString:
    """Return the drawn line in metres of the network."""
    if len(line) != 1 or line.iloc[0] is None or line.iloc[0].geom_type != "LineString":
        found = ", ".join(sorted({getattr(one, "geom_type", "–") for one in line})) or "–"
        raise InputError("bad_path", found=found)
    local = line.to_crs(network.crs) if line.crs else line
    drawn = shapely.force_2d(local.iloc[0])
    on_earth = np.abs(shapely.get_coordinates(drawn)) < FARTHEST_M
    if not on_earth.all() or drawn.length <= JOIN_M:
        raise InputError("bad_path", found=f"{drawn.length:g} m")
    return drawn


def _end(network: WalkNetwork, point: shapely.Point) -> _End:
    hit = network.tree.query_nearest(point, max_distance=MAX_JOIN_M, all_matches=False)
    if len(hit) == 0:
        (_, gap) = network.tree.query_nearest(point, return_distance=True, all_matches=False)
        metres = math.ceil(gap[0]) if len(gap) else math.inf
        raise InputError("path_apart", metres=metres, most=round(MAX_JOIN_M))
    edge = int(hit[0])
    length = float(network.edge_m[edge])
    at_m = float(exact(np.array([network.geometry[edge].project(point)]))[0])
    if at_m <= JOIN_M:
        return _End(edge, 0.0, int(network.edge_u[edge]))
    if at_m >= length - JOIN_M:
        return _End(edge, length, int(network.edge_v[edge]))
    return _End(edge, at_m, -1)


def _reaching(drawn: shapely.LineString, start: Floats, end: Floats) -> shapely.LineString:
    """Lengthen a line, straight, to where its ends meet the network."""
    xy = shapely.get_coordinates(drawn)
    head = [start] if np.hypot(*(start - xy[0])) > 0 else []
    tail = [end] if np.hypot(*(end - xy[-1])) > 0 else []
    return shapely.LineString([*head, *xy, *tail])


def _rebuilt(
    network: WalkNetwork,
    cuts: list[tuple[int, float]],
    node_xy: Floats,
    at: list[int],
    path: shapely.LineString,
    kind: tuple[str, bool, int],
) -> Joined:
    pieces = _pieces(network, cuts)
    source = np.arange(network.edges + len(cuts))
    for piece in pieces:
        source[piece.after] = piece.before
    edge_u, edge_v = network.edge_u[source], network.edge_v[source]
    edge_m, geometry = network.edge_m[source], network.geometry[source]
    for piece in pieces:
        edge, line = piece.before, network.geometry[piece.before]
        edge_u[piece.after] = _node_at(network, cuts, edge, piece.low_m)
        edge_v[piece.after] = _node_at(network, cuts, edge, piece.high_m)
        edge_m[piece.after] = piece.high_m - piece.low_m
        geometry[piece.after] = shapely.ops.substring(line, piece.low_m, piece.high_m)
    highway, steps, lit = kind

    def column(old: NDArray[Any], new: object) -> NDArray[Any]:
        longer = np.empty(len(source) + 1, dtype=old.dtype)
        longer[:-1], longer[-1] = old[source], new
        return longer

    after = WalkNetwork(
        crs=network.crs,
        node_xy=node_xy,
        edge_u=np.append(edge_u, at[0]),
        edge_v=np.append(edge_v, at[1]),
        edge_m=np.append(edge_m, exact(np.array([path.length]))),
        geometry=_with_last(geometry, path),
        highway=column(network.highway, highway),
        surface=column(network.surface, ""),
        steps=column(network.steps, steps),
        lit=column(network.lit, lit),
        width_m=column(network.width_m, np.nan),
        slope=column(network.slope, np.nan),
        ends_only=column(network.ends_only, False),
    )
    return Joined(after, len(source), tuple(pieces))


def _with_last(geometry: NDArray[np.object_], last: shapely.LineString) -> NDArray[np.object_]:
    longer = np.empty(len(geometry) + 1, dtype=object)
    longer[:-1], longer[-1] = geometry, last
    return longer


def _pieces(network: WalkNetwork, cuts: list[tuple[int, float]]) -> list[Piece]:
    """Return the pieces of the cut edges: the first keeps the edge's number."""
    pieces: list[Piece] = []
    number = network.edges
    for edge in sorted({edge for edge, _ in cuts}):
        marks = [0.0, *(at_m for of, at_m in cuts if of == edge), float(network.edge_m[edge])]
        for low, high in pairwise(marks):
            pieces.append(Piece(edge, edge if low == 0 else number, low, high))
            number += low > 0
    return pieces


def _node_at(network: WalkNetwork, cuts: list[tuple[int, float]], edge: int, at_m: float) -> int:
    if at_m == 0:
        return int(network.edge_u[edge])
    if (edge, at_m) in cuts:
        return network.nodes + cuts.index((edge, at_m))
    return int(network.edge_v[edge])
