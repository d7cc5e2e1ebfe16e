"""How lines become a graph: ends that meet are one node, pieces of one way one edge, and nodes lie
along a curve.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from geo.types import Bools, Floats, Ints, Shapes

JOIN_M = 0.01
"""Line ends closer than this are one node: one centimetre, finer than any coordinate we are
given."""


def merge_chains(lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Join pieces of one way that meet where nothing else does, so that an edge runs from junction
    to junction.

    Only rows with the same ``way`` are joined; without that column the table comes back as it is.
    Lengths are kept.
    """
    if "way" not in lines:
        return lines
    geometry = np.asarray(lines.geometry.values, dtype=object)
    chain = _chains(geometry, pd.factorize(lines["way"])[0])
    order = np.argsort(chain, kind="stable")
    parts = shapely.multilinestrings(geometry[order], indices=chain[order])
    merged = lines.iloc[np.unique(chain, return_index=True)[1]].copy()
    if "slope" in lines:
        merged["slope"] = _mean_slopes(lines, chain)
    merged["geometry"] = gpd.GeoSeries(shapely.line_merge(parts), index=merged.index, crs=lines.crs)
    return merged.explode(ignore_index=True)


def cut_lines(xy: Floats, line: Ints, cut: Bools) -> tuple[Shapes, Ints]:
    """Return the pieces of lines cut at some of their inner points, and the line of each.

    Parameters
    ----------
    xy, line : the points of all lines, line by line, and whose each is.
    cut : which of them to cut at.
    """
    copies = np.where(cut, 2, 1)
    second_copy = np.zeros(int(copies.sum()), dtype=bool)
    second_copy[np.cumsum(copies)[cut] - 1] = True
    first = np.r_[True, line[1:] != line[:-1]]
    starts = np.repeat(first & ~cut, copies) | second_copy
    piece = np.cumsum(starts) - 1
    pieces: Shapes = shapely.linestrings(np.repeat(xy, copies, axis=0), indices=piece)
    owner: Ints = np.repeat(line, copies)[starts]
    return pieces, owner


def ends_only(u: Ints, v: Ints, lines: gpd.GeoDataFrame) -> Bools:
    """Return which edges may be walked to and from, but not through, so that nobody walks from one
    public street to another by private ones.

    Private edges that hang together and meet public ones at one node lead nowhere, and stay open.
    Of others, each node belongs to the public node that is nearest along private edges; the edges
    between nodes of different ones are those that nobody passes.
    """
    private = lines["private"].to_numpy(bool)
    count = int(max(u.max(), v.max())) + 1
    metres = np.maximum(lines.geometry.length.to_numpy(), JOIN_M)
    public = np.zeros(count, dtype=bool)
    public[u[~private]] = public[v[~private]] = True
    a, b, far = u[private], v[private], metres[private]
    gates = np.intersect1d(np.flatnonzero(public), np.concatenate([a, b]))
    if len(gates) == 0:
        return np.zeros(len(u), dtype=bool)
    order = np.argsort(-far, kind="stable")  # of parallel edges the last written is the shortest
    graph = _graph(a[order], b[order], far[order], count)
    _, _, gate = dijkstra(
        graph, directed=False, indices=gates, min_only=True, return_predecessors=True
    )
    gate = np.where(public, np.arange(count), gate)
    return np.asarray(private & (gate[u] != gate[v]), dtype=bool)


def _graph(a: Ints, b: Ints, metres: Floats, count: int) -> csr_array:
    """Return a graph with one edge per pair of nodes: the last that is given."""
    low, high = np.minimum(a, b), np.maximum(a, b)
    key = low * count + high
    _, last = np.unique(key[::-1], return_index=True)
    at = len(key) - 1 - last
    return csr_array((metres[at], (low[at], high[at])), shape=(count, count))


def slopes(geometry: NDArray[np.object_]) -> Floats:
    """Return metres up or down a metre along, over each line as a whole; NaN without heights.

    Lines are in metres with heights in metres. Going up and down again counts both.
    """
    found = np.full(len(geometry), np.nan)
    high = np.flatnonzero(shapely.has_z(geometry))
    xyz, line = shapely.get_coordinates(geometry[high], include_z=True, return_index=True)
    step, same = np.diff(xyz, axis=0), np.diff(line) == 0
    at = line[1:][same]
    climb = np.bincount(at, weights=np.abs(step[same, 2]), minlength=len(high))
    along = np.bincount(at, weights=np.hypot(*step[same, :2].T), minlength=len(high))
    found[high] = np.divide(climb, along, out=np.full(len(high), np.nan), where=along > 0)
    return found


def _mean_slopes(lines: gpd.GeoDataFrame, chain: Ints) -> Floats:
    """Return each chain's slope: the mean over its length, NaN where a part of it is unknown."""
    metres = lines.geometry.length.to_numpy()
    climb = np.bincount(chain, weights=lines["slope"].to_numpy(np.float64) * metres)
    along = np.bincount(chain, weights=metres)
    return np.where(along > 0, climb, np.nan) / np.where(along > 0, along, 1.0)


def _chains(geometry: NDArray[np.object_], way: Ints) -> Ints:
    """Number the chains that lines of one way form where nothing else meets; a line alone is a
    chain.

    A chain that closes on itself stays in pieces: a merged ring could begin anywhere, and lose the
    junction that ties it to the rest.
    """
    node, _ = number_ends(geometry)
    count = len(geometry)
    line = np.concatenate([np.arange(count), np.arange(count)])
    ends = np.flatnonzero(np.bincount(node)[node] == 2)
    ends = ends[np.argsort(node[ends], kind="stable")]
    one, other = line[ends[::2]], line[ends[1::2]]
    same = (way[one] == way[other]) & (way[one] >= 0) & (one != other)
    links = coo_array(
        (np.ones(int(same.sum()), np.int8), (one[same], other[same])), shape=(count, count)
    )
    chain = connected_components(links, directed=False)[1].astype(np.int64)
    pairs, times = np.unique(np.column_stack([chain[line], node]), axis=0, return_counts=True)
    is_open = np.zeros(count, dtype=bool)
    is_open[pairs[times % 2 == 1, 0]] = True  # an open chain has two ends that it meets once
    single = np.where(is_open[chain], chain, count + np.arange(count))
    numbered: Ints = pd.factorize(single)[0].astype(np.int64)
    return numbered


def number_ends(geometry: NDArray[np.object_]) -> tuple[Ints, Floats]:
    """Number the distinct line ends: first ends of all lines, then last ends; and the coordinates
    of each node.
    """
    ends = np.concatenate(
        [shapely.get_coordinates(shapely.get_point(geometry, at)) for at in (0, -1)],
    )
    xy, spot = np.unique(ends, axis=0, return_inverse=True)
    from scipy.spatial import cKDTree  # slow to load, and a network that is built has been here

    close = cKDTree(xy).query_pairs(JOIN_M, output_type="ndarray")
    links = coo_array((np.ones(len(close), np.int8), tuple(close.T)), shape=(len(xy), len(xy)))
    label = connected_components(links, directed=False)[1].astype(np.int64)
    first = np.unique(label, return_index=True)[1]
    node: Ints = label[spot.ravel()]
    return node, xy[first]


def morton(xy: Floats) -> NDArray[np.uint64]:
    """Interleave the bits of x and y: the position of each point on a Morton (Z-order) curve."""
    span = np.maximum(xy.max(axis=0) - xy.min(axis=0), 1.0)
    cell = ((xy - xy.min(axis=0)) / span.max() * (2**21 - 1)).astype(np.uint64)
    code = np.zeros(len(xy), dtype=np.uint64)
    for bit in range(21):
        for axis in (0, 1):
            code |= ((cell[:, axis] >> np.uint64(bit)) & np.uint64(1)) << np.uint64(2 * bit + axis)
    return code
