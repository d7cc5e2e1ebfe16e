"""Where residents of statistical areas stand: in homes by floor area, at addresses by number, or
along paths by length; and where else they might as well, so that a figure can carry its range.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import presets
from geo.area.people import RESIDENTS
from geo.area.provenance import OUTLINES, LeftOut, empty_table
from geo.network.walk_network import MAX_SNAP_M, Snapped, WalkNetwork
from geo.presets import Profile
from geo.types import WGS84, Bools, Floats, Ints, Shapes

PIECE_M = 50.0
"""People along a path stand at most half of this from where they are counted."""
BUILDINGS, ADDRESSES, PATHS, INSIDE = "buildings", "addresses", "paths", "inside"
"""How the people of a statistical area are placed: ``placed`` of ``Area.outlines``."""
AT_DOORS = (BUILDINGS, ADDRESSES)
BIG_M2 = 100.0
"""Floor area from which a building that is no home takes the addresses at it; a shed takes none."""
AT_HAND_M = 25.0
"""An address farther than this from every such building stands alone, and counts."""


@dataclass(frozen=True, eq=False)
class _Spots:
    """Where people of areas may stand: row of the area, position in metres, and weight."""

    unit: Ints
    xy: Floats
    weight: Floats

    def take(self, rows: Ints | Bools) -> _Spots:
        return _Spots(self.unit[rows], self.xy[rows], self.weight[rows])


@dataclass(frozen=True, eq=False)
class Spread:
    """Residents where they stand: ``people`` as ``Area.people`` has them (NaN stays NaN; points
    are not ``estimated``).

    ``made`` : how most were placed (a key under ``made.``): ``buildings``, ``addresses``,
    ``paths`` or ``points``. ``left_out`` : areas wholly outside the network, kept as unreachable
    people. ``outlines`` : the areas with how each was placed, as ``Area.outlines``.
    """

    people: gpd.GeoDataFrame
    made: str
    left_out: tuple[LeftOut, ...]
    outlines: gpd.GeoDataFrame


def spread(
    units: gpd.GeoDataFrame,
    network: WalkNetwork,
    buildings: gpd.GeoDataFrame,
    addresses: gpd.GeoDataFrame | None = None,
) -> Spread:
    """Place the people of statistical areas where they can live; each area's totals are kept.

    An area with homes has its people there by floor area, one with addresses at those, each as
    many, any other along its paths of the main component by length, in pieces of at most 50 m. An
    area with none of them keeps its people at one point inside it: within 300 m of the network they
    walk from there, farther off they count as unreachable, and the area is listed. Points stay
    where they are.

    Parameters
    ----------
    units : ``unit``, a float column per group and shapes, with row numbers in the index (see
        ``geo.sources.statistics.files.Units``); areas without any people are left out.
    buildings : centre points with ``floor_m2`` and ``residential``; may be empty.
    addresses : as ``Area.addresses``; may be empty.
    """
    groups = [name for name in presets.groups() if name in units]
    units = units[(units[groups].fillna(0) > 0).any(axis=1)]
    is_point = (units.geom_type == "Point").to_numpy(bool)
    if is_point.all():
        return Spread(_as_points(units, groups), "points", (), empty_table(OUTLINES))
    areas = units[~is_point]
    shapes = _valid(np.asarray(areas.geometry.to_crs(network.crs).values, dtype=object))
    every = np.arange(len(areas))
    in_buildings = _in_buildings(shapes, buildings, network.crs)
    at_doors = _nowhere()
    if addresses is not None:
        at_doors = _at_addresses(shapes, addresses, buildings, network.crs)
        at_doors = at_doors.take(~np.isin(at_doors.unit, in_buildings.unit))
    housed = np.union1d(in_buildings.unit, at_doors.unit)
    on_paths = _on_paths(shapes, network, np.setdiff1d(every, housed))
    alone = np.setdiff1d(every, np.union1d(housed, on_paths.unit))
    spots = _joined([in_buildings, at_doors, on_paths, _inside(shapes, alone)])
    table = _table(areas, groups, spots, network.crs)
    points = _as_points(units[is_point], groups)
    people = pd.concat([table, points], ignore_index=True) if len(points) else table
    placed = np.full(len(areas), PATHS, dtype=object)
    placed[np.unique(in_buildings.unit)] = BUILDINGS
    placed[np.unique(at_doors.unit)] = ADDRESSES
    placed[alone] = INSIDE
    outlines = gpd.GeoDataFrame(
        {"unit": areas["unit"].astype(str).to_numpy(object), "placed": placed},
        geometry=areas.geometry.values,
        crs=areas.crs,
    ).to_crs(WGS84)
    size = areas[groups].max(axis=1).to_numpy(np.float64)
    made = _most(placed, size)
    lost = _outside(areas, shapes, alone, network)
    return Spread(people, made, lost, outlines.drop_duplicates("unit", ignore_index=True))


def _most(placed: Shapes, size: Floats) -> str:
    """Return how more than half of the people were placed; along paths where no way has so many."""
    for way in AT_DOORS:
        if size[placed == way].sum() * 2 > size.sum():
            return way
    return PATHS


def spread_again(
    people: gpd.GeoDataFrame,
    outlines: gpd.GeoDataFrame,
    network: WalkNetwork,
    buildings: gpd.GeoDataFrame,
    addresses: gpd.GeoDataFrame,
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return an area's people and outlines with its estimated residents placed anew, within the
    outlines they were counted in: homes or addresses have come since. All others stay.
    """
    moves = estimated_in(people, outlines) >= 0
    if not moves.any():
        return people, outlines
    groups = [name for name in presets.groups() if name in people]
    totals = people.loc[moves].groupby("unit")[groups].sum(min_count=1)
    units = outlines.merge(totals, left_on="unit", right_index=True)
    found = spread(units, network, buildings, addresses)
    stays = people[~moves]
    taken = set(stays["id"].astype(str))
    ids = [f"{name}-again" if name in taken else name for name in found.people["id"].astype(str)]
    table = pd.concat([found.people.assign(id=ids), stays], ignore_index=True)
    for name in groups:
        table[name] = table[name].astype(np.float64)
    made = gpd.GeoDataFrame(table, geometry="geometry", crs=people.crs)
    return made, outlines_of(made, outlines, found.outlines)


def estimated_in(people: gpd.GeoDataFrame, outlines: gpd.GeoDataFrame) -> Ints:
    """Return the row of the outline that each estimated resident was counted in; -1 for all
    others, and where no outline is kept (areas of an older make).
    """
    row = pd.Index(outlines["unit"].astype(str)).get_indexer(people["unit"].astype(str))
    moves = (people["origin"] == RESIDENTS).to_numpy(bool) & people["estimated"].to_numpy(bool)
    return np.where(moves, row, -1).astype(np.int64)


def outlines_of(
    people: gpd.GeoDataFrame, before: gpd.GeoDataFrame, new: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Return the outlines of these people: the new ones, and of the older those still needed."""
    known = set(people.loc[people["origin"] == RESIDENTS, "unit"].astype(str))
    kept = before[before["unit"].isin(known - set(new["unit"]))]
    tables = [table for table in (kept, new[new["unit"].isin(known)]) if len(table)]
    if not tables:
        return empty_table(OUTLINES)
    rows = pd.concat([pd.DataFrame(table) for table in tables], ignore_index=True)
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=WGS84)


def _valid(shapes: Shapes) -> Shapes:
    """Repair outlines that cross themselves, so that paths can be cut at them."""
    mended: Shapes = shapely.make_valid(shapes, method="structure", keep_collapsed=True)
    return mended


def _as_points(units: gpd.GeoDataFrame, groups: list[str]) -> gpd.GeoDataFrame:
    codes = units["unit"].astype(str)
    if codes.is_unique:
        ids = list(codes)
    else:
        ids = [f"{code}-{row}" for code, row in zip(codes, units.index, strict=True)]
    return _people(ids, codes.to_numpy(object), False, units[groups], units.geometry.values)


def _people(
    ids: list[str],
    unit: Shapes,
    estimated: bool,
    counts: pd.DataFrame,
    geometry: object,
) -> gpd.GeoDataFrame:
    columns: dict[str, object] = {
        **{"id": np.array(ids, dtype=object), "origin": RESIDENTS, "unit": unit},
        **{"district": "", "estimated": estimated},
        **{name: counts[name].to_numpy(np.float64) for name in counts},
    }
    return gpd.GeoDataFrame(columns, index=pd.RangeIndex(len(ids)), geometry=geometry, crs=WGS84)


def _in_buildings(shapes: Shapes, buildings: gpd.GeoDataFrame, crs: str) -> _Spots:
    """Return the residential buildings inside each area, weighed by floor area."""
    if len(buildings) == 0:
        return _nowhere()
    floor = pd.to_numeric(buildings["floor_m2"], errors="coerce").to_numpy(np.float64)
    lived_in = buildings["residential"].fillna(False).to_numpy(bool) & (floor > 0)
    points = np.asarray(buildings.geometry[lived_in].to_crs(crs).values, dtype=object)
    point, unit = shapely.STRtree(shapes).query(points, predicate="intersects")
    xy = shapely.get_coordinates(points)[point]
    spots = _Spots(unit.astype(np.int64), xy, floor[lived_in][point])
    return spots.take(np.lexsort((point, unit)))


def _at_addresses(
    shapes: Shapes, addresses: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, crs: str
) -> _Spots:
    """Return the addresses of homes inside each area, each weighing the same."""
    numbered = (addresses["number"].astype(str) != "").to_numpy(bool) if len(addresses) else []
    if not np.any(numbered):
        return _nowhere()
    points = np.asarray(addresses.geometry[numbered].to_crs(crs).values, dtype=object)
    points = points[_of_homes(points, buildings, crs)]
    point, unit = shapely.STRtree(shapes).query(points, predicate="intersects")
    xy = shapely.get_coordinates(points)[point]
    spots = _Spots(unit.astype(np.int64), xy, np.ones(len(unit)))
    return spots.take(np.lexsort((point, unit)))


def _of_homes(points: Shapes, buildings: gpd.GeoDataFrame, crs: str) -> Bools:
    """Return which addresses are not those of a building that is no home: of the homes and the big
    buildings the one at hand decides, each taken as a square of one floor.
    """
    floor = pd.to_numeric(buildings["floor_m2"], errors="coerce").to_numpy(np.float64)
    home = buildings["residential"].fillna(False).to_numpy(bool)
    counts = (floor > 0) & (home | (floor >= BIG_M2))
    if not counts.any():
        return np.ones(len(points), dtype=bool)
    xy = shapely.get_coordinates(buildings.geometry[counts].to_crs(crs).values)
    half = np.sqrt(floor[counts]) / 2
    tree = shapely.STRtree(shapely.box(*(xy - half[:, None]).T, *(xy + half[:, None]).T))
    at, near = tree.query_nearest(points, max_distance=AT_HAND_M, all_matches=True)
    apart = np.hypot(*(shapely.get_coordinates(points)[at] - xy[near]).T)
    order = np.lexsort((near, apart, at))
    first, row = np.unique(at[order], return_index=True)
    found = np.ones(len(points), dtype=bool)
    found[first] = home[counts][near[order[row]]]
    return found


def _on_paths(shapes: Shapes, network: WalkNetwork, wanted: Ints) -> _Spots:
    """Return the middle of each piece of path inside the wanted areas, weighed by its length."""
    lines = network.geometry[network.walkable().main_edges]
    if len(wanted) == 0 or len(lines) == 0:
        return _nowhere()
    tree = shapely.STRtree(lines)
    shapely.prepare(shapes[wanted])
    at, line = tree.query(shapes[wanted], predicate="intersects")
    unit = wanted[at]
    within = shapely.covers(shapes[unit], lines[line])
    cut = lines[line]
    cut[~within] = shapely.intersection(lines[line[~within]], shapes[unit[~within]])
    parts, row = shapely.get_parts(cut, return_index=True)
    parts, row = _flat_lines(parts, row)
    unit, metres = unit[row], shapely.length(parts)
    return _pieces(parts, unit, metres)


def _flat_lines(parts: Shapes, row: Ints) -> tuple[Shapes, Ints]:
    """Keep lines, also those inside collections, and drop the points where a path only touches."""
    inner, at = shapely.get_parts(parts, return_index=True)
    is_line = (shapely.get_type_id(inner) == 1) & (shapely.length(inner) > 0)
    return inner[is_line], row[at[is_line]].astype(np.int64)


def _pieces(lines: Shapes, unit: Ints, metres: Floats) -> _Spots:
    pieces = np.maximum(np.ceil(metres / PIECE_M).astype(np.int64), 1)
    line = np.repeat(np.arange(len(lines)), pieces)
    first = np.repeat(np.cumsum(pieces) - pieces, pieces)
    step = metres[line] / pieces[line]
    middle = (np.arange(len(line)) - first + 0.5) * step
    xy = shapely.get_coordinates(shapely.line_interpolate_point(lines[line], middle))
    spots = _Spots(unit[line], xy, step)
    return spots.take(np.argsort(spots.unit, kind="stable"))


def _inside(shapes: Shapes, wanted: Ints) -> _Spots:
    xy = shapely.get_coordinates(shapely.point_on_surface(shapes[wanted]))
    return _Spots(wanted.astype(np.int64), xy, np.ones(len(wanted)))


def _nowhere() -> _Spots:
    return _Spots(np.zeros(0, np.int64), np.zeros((0, 2)), np.zeros(0))


def _joined(spots: list[_Spots]) -> _Spots:
    joined = _joined_in_order(spots)
    return joined.take(np.argsort(joined.unit, kind="stable"))


def _table(areas: gpd.GeoDataFrame, groups: list[str], spots: _Spots, crs: str) -> gpd.GeoDataFrame:
    first = np.flatnonzero(np.r_[True, spots.unit[1:] != spots.unit[:-1]])
    size = np.diff(np.r_[first, len(spots.unit)])
    share = spots.weight / np.repeat(np.add.reduceat(spots.weight, first), size)
    counts = pd.DataFrame(
        {name: _shared(areas[name].to_numpy(np.float64), spots, share, first) for name in groups}
    )
    codes = areas["unit"].astype(str).to_numpy(object)[spots.unit]
    number = np.arange(len(codes)) - np.repeat(first, size)
    ids = [f"{code}-{at}" for code, at in zip(codes, number, strict=True)]
    points = gpd.GeoSeries(shapely.points(spots.xy), crs=crs).to_crs(WGS84)
    return _people(ids, codes, True, counts, points.values)


def _shared(totals: Floats, spots: _Spots, share: Floats, first: Ints) -> Floats:
    """Share each area's total over its spots; the largest takes what rounding leaves."""
    people = totals[spots.unit] * share
    rest = totals[spots.unit[first]] - np.add.reduceat(people, first)
    by_weight = np.lexsort((-spots.weight, spots.unit))
    largest = by_weight[first]  # both orders hold the areas in the same blocks
    people[largest] += rest
    return people


def _outside(
    areas: gpd.GeoDataFrame,
    shapes: Shapes,
    alone: Ints,
    network: WalkNetwork,
) -> tuple[LeftOut, ...]:
    """List areas whose single point is too far from the network to walk from."""
    if len(alone) == 0:
        return ()
    points = gpd.GeoSeries(shapely.point_on_surface(shapes[alone]), crs=network.crs)
    far = alone[network.snap(points).stretch_m > MAX_SNAP_M]
    return tuple(
        LeftOut(int(areas.index[at]), "outside_network", {"found": str(areas["unit"].iloc[at])})
        for at in far
    )


JUNCTIONS, DEAD_ENDS, NEAR_PATHS, GROUND = "junctions", "dead_ends", "near_paths", "ground"
OPEN_WAYS = (JUNCTIONS, DEAD_ENDS, NEAR_PATHS, GROUND)
"""Beside along paths, the fair ways to spread people whose homes are not known."""
WAYS = (*OPEN_WAYS, *AT_DOORS)
NEAR_M = 60.0
"""Ground within so many metres of a path."""
MOST_SPOTS, FEWEST_A_UNIT, MOST_A_UNIT = 16_000, 9, 400
"""Points of ground of an area, and of one outline, so far as those allow."""
FINEST_M = 5.0


@dataclass(frozen=True, eq=False)
class Standing:
    """Where residents of the outlines might as well stand: one entry per spot, ``way`` in ``WAYS``
    and ``unit`` a row of the outlines. ``share`` of the unit's people, ``district`` a row of the
    districts (their number where none).
    """

    way: Ints
    unit: Ints
    share: Floats
    district: Ints
    spots: Snapped


def standings(
    outlines: gpd.GeoDataFrame,
    network: WalkNetwork,
    profile: Profile,
    *,
    buildings: gpd.GeoDataFrame,
    addresses: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    water: gpd.GeoDataFrame,
) -> Standing:
    """Return the spots of every other fair way to spread the people of each outline.

    Where its people stand at homes or addresses the other of the two is the only other way; where
    neither is known: at junctions, at dead ends, on ground within 60 m of a path, and on all
    ground but water, each spot the same. A way that has no spot in an outline has none here.
    """
    shapes = _valid(np.asarray(outlines.geometry.to_crs(network.crs).values, dtype=object))
    placed = outlines["placed"].to_numpy(object)
    is_open = ~np.isin(placed, AT_DOORS)
    parts: list[tuple[int, _Spots, Snapped]] = []

    def put(way: str, spots: _Spots, snapped: Snapped | None = None) -> None:
        if snapped is None:
            points = gpd.GeoSeries(shapely.points(spots.xy), crs=network.crs)
            snapped = network.snap(points, profile)
        parts.append((WAYS.index(way), spots, snapped))

    if is_open.any():
        open_shapes = shapes.copy()
        open_shapes[~is_open] = None
        tree = shapely.STRtree(open_shapes)
        for way, (node, at) in _nodes(network, profile).items():
            point, unit = tree.query(shapely.points(network.node_xy[node]), predicate="intersects")
            spots = _Spots(unit.astype(np.int64), network.node_xy[node[point]], np.ones(len(unit)))
            put(way, spots, at.take(point))
        ground = _ground(shapes, np.flatnonzero(is_open), _in_metres(water, network.crs))
        on_ground = network.snap(gpd.GeoSeries(shapely.points(ground.xy), crs=network.crs), profile)
        near = on_ground.stretch_m <= NEAR_M
        put(NEAR_PATHS, ground.take(near), on_ground.take(near))
        put(GROUND, ground, on_ground)
    if (placed == ADDRESSES).any():
        found = _in_buildings(shapes, buildings, network.crs)
        put(BUILDINGS, found.take(placed[found.unit] == ADDRESSES))
    if (placed == BUILDINGS).any():
        found = _at_addresses(shapes, addresses, buildings, network.crs)
        put(ADDRESSES, found.take(placed[found.unit] == BUILDINGS))
    return _standing(parts, _in_metres(districts, network.crs), len(outlines))


def _standing(parts: list[tuple[int, _Spots, Snapped]], districts: Shapes, units: int) -> Standing:
    size = [len(spots.unit) for _, spots, _ in parts]
    way = np.repeat(np.array([way for way, _, _ in parts], dtype=np.int64), size)
    spots = _joined_in_order([spots for _, spots, _ in parts])
    sums = np.bincount(way * units + spots.unit, weights=spots.weight)
    district = np.full(len(way), len(districts), dtype=np.int64)
    point, where = shapely.STRtree(districts).query(shapely.points(spots.xy), "intersects")
    np.minimum.at(district, point, where)
    return Standing(
        way,
        spots.unit,
        spots.weight / sums[way * units + spots.unit] if len(way) else spots.weight,
        district,
        Snapped(
            np.concatenate([snapped.edge for *_, snapped in parts] or [np.zeros(0, np.int64)]),
            np.concatenate([snapped.offset_m for *_, snapped in parts] or [np.zeros(0)]),
            np.concatenate([snapped.stretch_m for *_, snapped in parts] or [np.zeros(0)]),
        ),
    )


def _nodes(network: WalkNetwork, profile: Profile) -> dict[str, tuple[Ints, Snapped]]:
    """Return the junctions (three ways or more) and dead ends a profile can walk to."""
    edges = network.walkable(profile).main_edges
    ends = np.concatenate([network.edge_u[edges], network.edge_v[edges]])
    offset = np.concatenate([np.zeros(len(edges)), network.edge_m[edges]])
    edge = np.concatenate([edges, edges])
    node, first, times = np.unique(ends, return_index=True, return_counts=True)
    at = Snapped(edge[first].astype(np.int64), offset[first], np.zeros(len(node)))
    found = {}
    for way, wanted in ((JUNCTIONS, times >= 3), (DEAD_ENDS, times == 1)):
        found[way] = (node[wanted].astype(np.int64), at.take(wanted))
    return found


def _ground(shapes: Shapes, wanted: Ints, water: Shapes) -> _Spots:
    """Return points evenly over the wanted outlines, on one lattice an outline, none in water."""
    many = float(np.clip(MOST_SPOTS / max(len(wanted), 1), FEWEST_A_UNIT, MOST_A_UNIT))
    found: list[Floats] = []
    for unit in wanted:
        shape = shapes[unit]
        step = max(float(np.sqrt(shape.area / many)), FINEST_M)
        west, south, east, north = shape.bounds
        x, y = np.meshgrid(
            np.arange((np.floor(west / step) + 0.5) * step, east, step),
            np.arange((np.floor(south / step) + 0.5) * step, north, step),
        )
        shapely.prepare(shape)
        inside = shapely.contains_xy(shape, x, y)
        found.append(np.column_stack([x[inside], y[inside]]))
    xy = np.concatenate([*found, np.zeros((0, 2))])
    unit = np.repeat(wanted.astype(np.int64), [len(each) for each in found])
    wet = np.zeros(len(xy), dtype=bool)
    if len(water) and len(xy):
        wet[np.unique(shapely.STRtree(water).query(shapely.points(xy), "within")[0])] = True
    return _Spots(unit, xy, np.ones(len(xy))).take(~wet)


def _in_metres(table: gpd.GeoDataFrame, crs: str) -> Shapes:
    shapes: Shapes = np.asarray(table.geometry.to_crs(crs).values, dtype=object)
    return shapes


def _joined_in_order(spots: list[_Spots]) -> _Spots:
    return _Spots(
        np.concatenate([each.unit for each in spots] or [np.zeros(0, np.int64)]),
        np.concatenate([each.xy for each in spots] or [np.zeros((0, 2))]),
        np.concatenate([each.weight for each in spots] or [np.zeros(0)]),
    )
