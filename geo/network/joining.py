"""Lines of a file joined where they meet: cut where they share a point, brought together where an
end lies within half a metre of another line, and left apart where they only cross.

A street register draws a street as one line and lets a footway end at a bend of it; a map made by
hand lets it end a little before. A line that crosses another without a common point may be a
bridge: nobody is sent down from it.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geo.network.topology import JOIN_M, cut_lines
from geo.types import Bools, Floats, Ints, Shapes

NEAR_M = 0.5
"""An end this near another line was meant to reach it."""
HAND_M = 0.1
"""Lines that come this near without a common point touch, and are told like those that cross."""
ROUND_M = 25.0
"""An end from which the other line can be walked to within this is joined already: a kerb, a
doubled line."""
TOLD_M = 100.0
"""Lines that touch where one can be walked to from the other within this are not told."""
APART_M = 2.0
"""Points on one spot whose heights differ by more lie above each other."""
LONGEST_M = 1e7
"""Longer than any line: keeps positions along one line apart from those along the next."""


@dataclass(frozen=True, eq=False)
class JoinedLines:
    """Lines in metres that meet only at ends, and what was done to make them so.

    ``shared`` (n, 2) is where lines had a point in common that was not an end of all of them;
    ``near`` where an end was brought to another line; ``apart`` where lines cross or touch without
    a common point, and are not joined.
    """

    lines: gpd.GeoDataFrame
    shared: Floats
    near: Floats
    apart: Floats


@dataclass(frozen=True, eq=False)
class _Points:
    """The points of all lines, line by line: coordinates, whose they are, and on which spot."""

    xyz: Floats
    line: Ints
    spot: Ints

    @property
    def inner(self) -> Bools:
        """Whether a point is neither the first nor the last of its line."""
        same = self.line[1:] == self.line[:-1]
        return np.asarray(np.r_[False, same] & np.r_[same, False], dtype=bool)

    @property
    def along(self) -> Floats:
        """Metres from the beginning of the line to each point."""
        step = np.hypot(*np.diff(self.xyz[:, :2], axis=0).T)
        same = self.line[1:] == self.line[:-1]
        total = np.cumsum(np.r_[0.0, np.where(same, step, 0.0)])
        first = np.flatnonzero(np.r_[True, ~same])
        begun: Floats = total - np.repeat(total[first], np.diff(np.r_[first, len(total)]))
        return begun

    @property
    def has_heights(self) -> bool:
        """Whether points have a third coordinate."""
        return int(self.xyz.shape[1]) > 2

    def take(self, rows: Ints | Bools) -> _Points:
        return _Points(self.xyz[rows], self.line[rows], self.spot[rows])

    def once(self) -> _Points:
        """Return the points without those that stand on the spot of the one before."""
        again = (self.line[1:] == self.line[:-1]) & (self.spot[1:] == self.spot[:-1])
        again &= self.inner[1:] | self.inner[:-1]
        drop = np.r_[False, again & self.inner[1:]]
        drop[:-1] |= again & ~self.inner[1:] & self.inner[:-1]
        return self.take(~drop)


@dataclass(frozen=True, eq=False)
class _Hits:
    """Spots on or near a line that has no point there: metres along the line, and apart from it."""

    spot: Ints
    line: Ints
    along: Floats
    gap: Floats

    def take(self, rows: Ints | Bools) -> _Hits:
        return _Hits(self.spot[rows], self.line[rows], self.along[rows], self.gap[rows])


def join_lines(lines: gpd.GeoDataFrame) -> JoinedLines:
    """Cut and join lines where they meet.

    Parameters
    ----------
    lines : LineStrings with a length, in metres. With a column ``level`` (whole numbers), lines on
        different levels are joined only at points that both have; heights tell the same.
    """
    shapes = np.asarray(lines.geometry.values, dtype=object)
    points = _points(shapes)
    hits = _hits(points)
    fits = _on_one_level(points, hits, lines) & ~_above(points, hits, shapes)
    exact = fits & (hits.gap <= JOIN_M)
    points = _with_points(points, hits.take(exact))
    shared = np.unique(points.xyz[_junctions(points), :2], axis=0)
    rest, fits = hits.take(~exact), fits[~exact]
    near = fits & np.isin(rest.spot, points.spot[~points.inner])
    ends, rest = rest.take(near), rest.take(~near)
    touching = _xy_of(points, rest.spot[~_joined_already(points, rest, TOLD_M)])
    points, moved = _brought(points, ends.take(~_joined_already(points, ends, ROUND_M)))
    pieces, owner = cut_lines(points.xyz, points.line, _junctions(points))
    long = shapely.length(pieces) > JOIN_M
    made = lines.iloc[owner[long]].reset_index(drop=True)
    made = made.set_geometry(gpd.GeoSeries(list(pieces[long]), crs=lines.crs))
    crossing = _crossings(np.asarray(made.geometry.values, dtype=object))
    return JoinedLines(made, shared, moved, _once(np.concatenate([crossing, touching])))


def _points(shapes: Shapes) -> _Points:
    high = bool(shapely.has_z(shapes).any())
    xyz, line = shapely.get_coordinates(shapes, include_z=high, return_index=True)
    xy, at = np.unique(xyz[:, :2], axis=0, return_inverse=True)
    close = cKDTree(xy).query_pairs(JOIN_M, output_type="ndarray")
    spot = _grouped(len(xy), close)[at.ravel()]
    if high:
        spot = _by_height(spot, xyz[:, 2])
    points = _Points(xyz, line.astype(np.int64), spot)
    return _on_spots(points).once()


def _grouped(count: int, pairs: Ints) -> Ints:
    links = coo_array((np.ones(len(pairs), np.int8), tuple(pairs.T)), shape=(count, count))
    label: Ints = connected_components(links, directed=False)[1].astype(np.int64)
    return label


def _by_height(spot: Ints, z: Floats) -> Ints:
    """Number the spots anew, so that points above each other stand on different ones. A height of
    0 or none is unknown, and counts as the lowest there is.
    """
    z = np.where(np.isfinite(z) & (z != 0), z, -np.inf)
    order = np.lexsort((z, spot))
    climb = np.diff(z[order], prepend=z[order[0]])
    new = np.diff(spot[order], prepend=-1) != 0
    above = ~new & (climb > APART_M) & np.isfinite(np.roll(z[order], 1))
    numbered = np.empty(len(spot), dtype=np.int64)
    numbered[order] = np.cumsum(new | above) - 1
    return numbered


def _on_spots(points: _Points) -> _Points:
    """Return the points with those of one spot on the same coordinates, to the last bit."""
    first = np.unique(points.spot, return_index=True, return_inverse=True)
    xyz = points.xyz.copy()
    xyz[:, :2] = points.xyz[first[1]][first[2].ravel(), :2]
    return _Points(xyz, points.line, points.spot)


def _xy_of(points: _Points, spot: Ints) -> Floats:
    known, first = np.unique(points.spot, return_index=True)
    xy: Floats = points.xyz[first[np.searchsorted(known, spot)], :2]
    return xy


def _hits(points: _Points) -> _Hits:
    begin = np.flatnonzero(points.line[1:] == points.line[:-1])
    steps = shapely.linestrings(np.stack([points.xyz[begin, :2], points.xyz[begin + 1, :2]], 1))
    tree = shapely.STRtree(steps)
    spot, first = np.unique(points.spot, return_index=True)
    spots = shapely.points(points.xyz[first, :2])
    ends = np.flatnonzero(np.isin(spot, points.spot[~points.inner]))
    near = tree.query(spots[ends], predicate="dwithin", distance=NEAR_M)
    touch = tree.query(spots, predicate="dwithin", distance=HAND_M)
    pairs = [ends[near[0]] * len(steps) + near[1], touch[0] * len(steps) + touch[1]]
    at, step = np.divmod(np.unique(np.concatenate(pairs)), len(steps))
    new = (points.spot[begin[step]] != spot[at]) & (points.spot[begin[step] + 1] != spot[at])
    at, step = at[new], step[new]
    return _Hits(
        spot=spot[at],
        line=points.line[begin[step]],
        along=points.along[begin[step]] + shapely.line_locate_point(steps[step], spots[at]),
        gap=shapely.distance(steps[step], spots[at]),
    )


def _on_one_level(points: _Points, hits: _Hits, lines: gpd.GeoDataFrame) -> Bools:
    """Return which hits are of a line on the level of some line that has a point there."""
    if "level" not in lines:
        return np.ones(len(hits.spot), dtype=bool)
    _, level = np.unique(lines["level"].to_numpy(np.int64), return_inverse=True)
    levels = int(level.max(initial=0)) + 1
    known = np.unique(points.spot * levels + level[points.line])
    return np.isin(hits.spot * levels + level[hits.line], known)


def _above(points: _Points, hits: _Hits, shapes: Shapes) -> Bools:
    """Return which hits lie over or under the line, as far as heights are known."""
    if not points.has_heights or len(hits.spot) == 0:
        return np.zeros(len(hits.spot), dtype=bool)
    known, first = np.unique(points.spot, return_index=True)
    here = points.xyz[first[np.searchsorted(known, hits.spot)], 2]
    there = shapely.get_z(shapely.line_interpolate_point(shapes[hits.line], hits.along))
    told = np.isfinite(here) & np.isfinite(there) & (here != 0) & (there != 0)
    return np.asarray(told & (np.abs(here - there) > APART_M), dtype=bool)


def _with_points(points: _Points, hits: _Hits) -> _Points:
    """Return the points with one more on the line of each hit: that of its spot."""
    if len(hits.spot) == 0:
        return points
    more = np.empty((len(hits.spot), points.xyz.shape[1]))
    more[:, :2] = _xy_of(points, hits.spot)
    if points.has_heights:
        known, wanted = (each.line * LONGEST_M + each.along for each in (points, hits))
        more[:, 2] = np.interp(wanted, known, points.xyz[:, 2])
    along = points.along
    along[~points.inner] = np.inf  # a last point stays the last
    along[np.r_[True, points.line[1:] != points.line[:-1]]] = -np.inf
    line = np.concatenate([points.line, hits.line])
    order = np.lexsort((np.concatenate([along, hits.along]), line))
    spot = np.concatenate([points.spot, hits.spot])
    return _Points(np.concatenate([points.xyz, more]), line, spot).take(order).once()


def _junctions(points: _Points) -> Bools:
    """Return the points where a line is cut: others stand on the spot, or the line itself again."""
    cut: Bools = (np.bincount(points.spot)[points.spot] > 1) & points.inner
    return cut


def _joined_already(points: _Points, hits: _Hits, within_m: float) -> Bools:
    """Return from which spots one can walk to the hit within some metres, as lines are now."""
    after = np.flatnonzero(points.line[1:] == points.line[:-1])
    tail, head = points.spot[after], points.spot[after + 1]
    metres = np.hypot(*(points.xyz[after + 1, :2] - points.xyz[after, :2]).T)
    order = np.argsort(np.r_[tail, head], kind="stable")
    first = np.r_[0, np.cumsum(np.bincount(np.r_[tail, head], minlength=_spots(points)))]
    to, step = np.r_[head, tail][order], np.r_[metres, metres][order]
    begin = _before(points, hits)
    rest = hits.along - points.along[begin]
    length = np.hypot(*(points.xyz[begin + 1, :2] - points.xyz[begin, :2]).T)
    found = np.zeros(len(hits.spot), dtype=bool)
    for row, spot in enumerate(hits.spot):
        at = {int(points.spot[begin[row]]): rest[row]}
        other = int(points.spot[begin[row] + 1])
        at[other] = min(at.get(other, np.inf), length[row] - rest[row])
        found[row] = _reaches(int(spot), at, within_m, (first, to, step))
    return found


def _reaches(
    spot: int, goals: dict[int, float], within_m: float, star: tuple[Ints, Ints, Floats]
) -> bool:
    """Return whether one comes from a spot to a goal, and on from there, within some metres."""
    first, to, step = star
    best, queue = {spot: 0.0}, [(0.0, spot)]
    while queue:
        metres, here = heapq.heappop(queue)
        if metres > best[here]:
            continue
        if metres + goals.get(here, np.inf) <= within_m:
            return True
        for half in range(first[here], first[here + 1]):
            there, so_far = int(to[half]), metres + float(step[half])
            if so_far <= within_m and so_far < best.get(there, np.inf):
                best[there] = so_far
                heapq.heappush(queue, (so_far, there))
    return False


def _before(points: _Points, hits: _Hits) -> Ints:
    """Return, of each hit's line, the last point before the hit that is not its last."""
    key = points.line * LONGEST_M + points.along
    at = np.searchsorted(key, hits.line * LONGEST_M + hits.along, side="right") - 1
    ends = np.searchsorted(points.line, hits.line, side="right") - 2
    begins = np.searchsorted(points.line, hits.line)
    before: Ints = np.clip(at, begins, ends).astype(np.int64)
    return before


def _brought(points: _Points, hits: _Hits) -> tuple[_Points, Floats]:
    """Bring the spot of each hit to its line, to a point of it if one is near; the nearest line
    decides where. Return also where they were brought.
    """
    if len(hits.spot) == 0:
        return points, np.zeros((0, 2))
    hits = hits.take(np.argsort(-hits.gap, kind="stable"))
    along, before = points.along, _before(points, hits)
    nearer = hits.along - along[before] > along[before + 1] - hits.along
    point = before + nearer
    meets = np.abs(along[point] - hits.along) <= NEAR_M
    count = _spots(points)
    xy = np.empty((count, 2))
    xy[points.spot] = points.xyz[:, :2]
    part = hits.take(~meets)
    begin = before[~meets]
    step = points.xyz[begin + 1, :2] - points.xyz[begin, :2]
    share = (part.along - along[begin]) / np.hypot(*step.T)
    xy[part.spot] = points.xyz[begin, :2] + share[:, None] * step
    pairs = np.column_stack([hits.spot[meets], points.spot[point[meets]]])
    group = _grouped(count, pairs)
    stays = np.zeros(count, dtype=np.int64)
    stays[pairs[:, 1]] = 1
    stays[pairs[:, 0]] -= 2
    order = np.lexsort((-stays, group))
    of_group = xy[order[np.unique(group[order], return_index=True)[1]]]
    points = _with_points(points, part)
    spot = group[points.spot]
    xyz = points.xyz.copy()
    xyz[:, :2] = of_group[spot]
    return _Points(xyz, points.line, spot).once(), _once(of_group[group[hits.spot]])


def _spots(points: _Points) -> int:
    return int(points.spot.max()) + 1


def _crossings(shapes: Shapes) -> Floats:
    """Return where two lines cross between their ends."""
    one, other = shapely.STRtree(shapes).query(shapes, predicate="crosses")
    one, other = one[one < other], other[one < other]
    meet, pair = shapely.get_parts(
        shapely.intersection(shapes[one], shapes[other]), return_index=True
    )
    is_point = shapely.get_type_id(meet) == shapely.GeometryType.POINT
    xy, pair = shapely.get_coordinates(meet[is_point]), pair[is_point]
    at_end = np.zeros(len(xy), dtype=bool)
    for at in (0, -1):
        ends = shapely.get_coordinates(shapely.get_point(shapes[one[pair]], at))
        at_end |= np.hypot(*(ends - xy).T) <= JOIN_M
    found: Floats = xy[~at_end]
    return found


def _once(xy: Floats) -> Floats:
    """Return each position once, to the metre."""
    _, first = np.unique(np.round(xy), axis=0, return_index=True)
    return xy[np.sort(first)]


def parted_at(lines: gpd.GeoDataFrame, barriers: Floats) -> gpd.GeoDataFrame:
    """Return joined lines parted where a barrier (metres) stands on them, so that nobody passes it:
    all that come within ``NEAR_M`` of it lose a step there.
    """
    if len(barriers) == 0:
        return lines
    shapes = np.asarray(lines.geometry.values, dtype=object)
    points = shapely.points(barriers)
    at, row = shapely.STRtree(shapes).query(points, predicate="dwithin", distance=NEAR_M)
    kept = [[shape] for shape in shapes]
    for number in np.unique(row):
        hole = shapely.union_all(shapely.buffer(points[at[row == number]], NEAR_M + HAND_M))
        rest = shapely.get_parts(shapely.difference(shapes[number], hole))
        kept[number] = [part for part in rest if part.geom_type == "LineString" and part.length]
    owner = np.repeat(np.arange(len(shapes)), [len(parts) for parts in kept])
    made = lines.iloc[owner].reset_index(drop=True)
    pieces = [part for parts in kept for part in parts]
    return made.set_geometry(gpd.GeoSeries(pieces, crs=lines.crs))
