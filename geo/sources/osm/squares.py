"""Squares are crossed: who comes to one at a corner leaves it at another by the shortest way over
it, round what stands on it.
"""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse.csgraph import dijkstra

from geo.types import Bools, Floats, Ints

MOST_ENTRIES = 120
"""A square with more ways in is walked along its edge: the lines across it would be thousands."""
MOST_CORNERS = 80
"""Of a square with more inner corners, only the straight lines across count."""
SPARED = 0.02
"""A line across is left out where other lines make the way longer by no more than this share."""
SLACK = 1e-9
"""Degrees by which a line across may leave a square: a tenth of a millimetre."""


def across(squares: gpd.GeoDataFrame, lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the lines across squares, between the points where other lines meet them.

    Parameters
    ----------
    squares : polygons in degrees with the columns of ``lines``.
    lines : what meets them; rows with the square's own ``way`` do not count. A line that ends
        inside a square meets it there.
    """
    rows, drawn = [], []
    ends = _line_ends(lines)
    xy, line = shapely.get_coordinates(
        np.asarray(lines.geometry.values, dtype=object), return_index=True
    )
    key, way = _key(xy), lines["way"].to_numpy(object)[line]
    for row, (shape, own) in enumerate(zip(squares.geometry, squares["way"], strict=True)):
        others = set(key[way != own].tolist())
        for part in shapely.get_parts(shape):
            if part.geom_type != "Polygon":
                continue
            ring = shapely.get_coordinates(part)
            met = ring[[at in others for at in _key(ring).tolist()]]
            inside = ends[shapely.contains_xy(part, ends[:, 0], ends[:, 1])]
            entries = np.unique(np.concatenate([met, inside]), axis=0)
            found = lines_across(part, entries)
            drawn += found
            rows += [row] * len(found)
    made = squares.iloc[rows].reset_index(drop=True)
    return made.set_geometry(gpd.GeoSeries(drawn, index=made.index, crs=lines.crs))


def lines_across(square: shapely.Polygon, entries: Floats) -> list[shapely.LineString]:
    """Return the straight lines that shortest ways over a square between entries are made of."""
    if not 2 <= len(entries) <= MOST_ENTRIES:
        return []
    corners = _inner_corners(square)
    corners = corners if len(corners) <= MOST_CORNERS else corners[:0]
    spots = np.concatenate([entries, corners])
    one, other = np.triu_indices(len(spots), 1)
    straight = shapely.linestrings(np.stack([spots[one], spots[other]], axis=1))
    roomy = square.buffer(SLACK)
    shapely.prepare(roomy)
    seen = shapely.covers(roomy, straight) & (shapely.length(straight) > 0)
    one, other, straight = one[seen], other[seen], straight[seen]
    used = _on_shortest(spots, len(entries), one, other)
    one, other, straight = one[used], other[used], straight[used]
    return list(straight[_needed(square, spots, one, other)])


def _needed(square: shapely.Polygon, spots: Floats, one: Ints, other: Ints) -> Bools:
    """Return which lines it takes, shortest first, so that no way over the square is more than
    ``SPARED`` longer than the shortest. Its edge is there to be walked already.
    """
    length = _metric(spots[one], spots[other])
    far = np.full((len(spots), len(spots)), np.inf)
    np.fill_diagonal(far, 0.0)
    for ring in (square.exterior, *square.interiors):
        _walk_ring(far, shapely.get_coordinates(ring), spots)
    needed = np.zeros(len(one), dtype=bool)
    for row in np.argsort(length, kind="stable"):
        a, b = one[row], other[row]
        if far[a, b] > length[row] * (1 + SPARED):
            needed[row] = True
            _shorten(far, a, b, length[row])
    return needed


def _walk_ring(far: Floats, ring: Floats, spots: Floats) -> None:
    """Enter the ways along a ring between the spots on it."""
    along = np.r_[0.0, np.cumsum(_metric(ring[1:], ring[:-1]))]
    at = dict(zip(_key(ring[:-1]).tolist(), along, strict=False))
    on = [(at[key], row) for row, key in enumerate(_key(spots).tolist()) if key in at]
    on.sort()
    for (here, a), (there, b) in pairwise(on):
        _shorten(far, a, b, there - here)
    if len(on) > 1:
        _shorten(far, on[-1][1], on[0][1], along[-1] - on[-1][0] + on[0][0])


def _shorten(far: Floats, a: int, b: int, metres: float) -> None:
    """Take a new line into the ways between all spots."""
    if metres >= far[a, b]:
        return
    by = np.minimum(far[:, [a]] + metres + far[[b], :], far[:, [b]] + metres + far[[a], :])
    np.minimum(far, by, out=far)


def _metric(one: Floats, other: Floats) -> Floats:
    """Return how far apart points in degrees are, in degrees of latitude."""
    width = np.cos(np.radians(one[:, 1].mean())) if len(one) else 1.0
    metres: Floats = np.hypot(*((one - other) * [width, 1.0]).T)
    return metres


def _on_shortest(spots: Floats, entries: int, one: Ints, other: Ints) -> Bools:
    """Return which lines of sight some shortest way between two entries takes."""
    table = np.zeros((len(spots), len(spots)))
    table[one, other] = _metric(spots[one], spots[other])
    before = dijkstra(table, directed=False, indices=np.arange(entries), return_predecessors=True)[
        1
    ]
    taken = set()
    for start in range(entries):
        for goal in range(start + 1, entries):
            at = goal
            while (last := int(before[start, at])) >= 0:
                taken.add((min(at, last), max(at, last)))
                at = last
    return np.array(
        [pair in taken for pair in zip(one.tolist(), other.tolist(), strict=True)], bool
    )


def _inner_corners(square: shapely.Polygon) -> Floats:
    """Return the corners that one walks round: those that point into the square."""
    found = []
    square = shapely.orient_polygons(square)
    for ring in (square.exterior, *square.interiors):
        xy = shapely.get_coordinates(ring)[:-1]
        back, ahead = xy - np.roll(xy, 1, axis=0), np.roll(xy, -1, axis=0) - xy
        found.append(xy[back[:, 0] * ahead[:, 1] - back[:, 1] * ahead[:, 0] < 0])
    return np.concatenate(found)


def _line_ends(lines: gpd.GeoDataFrame) -> Floats:
    shapes = np.asarray(lines.geometry.values, dtype=object)
    return np.concatenate(
        [shapely.get_coordinates(shapely.get_point(shapes, at)) for at in (0, -1)]
    )


def _key(xy: Floats) -> Ints:
    """Number points by where they lie, to a centimetre."""
    whole = np.round(xy * 1e7).astype(np.int64)
    key: Ints = whole[:, 0] * (1 << 31) + whole[:, 1]
    return key
