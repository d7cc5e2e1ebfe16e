"""Who needs to get there: residents of statistical areas placed along paths or in buildings, and
residents of transitional housing.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import presets
from geo.area.provenance import LeftOut
from geo.area.record_fields import place_fields
from geo.cells import plain, to_number
from geo.network.walk_network import MAX_SNAP_M, WalkNetwork
from geo.types import WGS84, Bools, Floats, Ints, Shapes

PIECE_M = 50.0
"""People along a path stand at most half of this from where they are counted."""
RESIDENTS = "residents"
HOUSING = "transitional_housing"
NEW_RESIDENTS = "up_to_five_years"
"""The group of residents of statistical areas who are new in the country."""


@dataclass(frozen=True, eq=False)
class _Spots:
    """Where people of areas may stand: row of the area, position in metres, and weight."""

    unit: Ints
    xy: Floats
    weight: Floats

    def take(self, rows: Ints | Bools) -> _Spots:
        return _Spots(self.unit[rows], self.xy[rows], self.weight[rows])


def spread(
    units: gpd.GeoDataFrame, network: WalkNetwork, buildings: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, str, tuple[LeftOut, ...]]:
    """Place the people of statistical areas where they can live; each area's totals are kept.

    An area with residential buildings has its people there by floor area, any other along its paths
    of the main component by length, in pieces of at most 50 m. An area with neither keeps its
    people at one point inside it: within 300 m of the network they walk from there, farther off
    they count as unreachable, and the area is listed. Points stay where they are.

    Parameters
    ----------
    units : ``unit``, a float column per group and shapes, with row numbers in the index (see
        ``geo.sources.statistics.files.Units``); areas without any people are left out.
    buildings : centre points with ``floor_m2`` and ``residential``; may be empty.

    Returns
    -------
    people : the table of ``Area.people``; NaN stays NaN; points are not ``estimated``.
    made : ``buildings``, ``paths`` or ``points``: how most people were placed (a key under
        ``made.``).
    left_out : areas wholly outside the network, kept as unreachable people.
    """
    groups = [name for name in presets.groups() if name in units]
    units = units[(units[groups].fillna(0) > 0).any(axis=1)]
    is_point = (units.geom_type == "Point").to_numpy(bool)
    if is_point.all():
        return _as_points(units, groups), "points", ()
    areas = units[~is_point]
    shapes = _valid(np.asarray(areas.geometry.to_crs(network.crs).values, dtype=object))
    in_buildings = _in_buildings(shapes, buildings, network.crs)
    on_paths = _on_paths(shapes, network, np.setdiff1d(np.arange(len(areas)), in_buildings.unit))
    placed = np.union1d(in_buildings.unit, on_paths.unit)
    alone = np.setdiff1d(np.arange(len(areas)), placed)
    spots = _joined([in_buildings, on_paths, _inside(shapes, alone)])
    table = _table(areas, groups, spots, network.crs)
    points = _as_points(units[is_point], groups)
    people = pd.concat([table, points], ignore_index=True) if len(points) else table
    size = areas[groups].max(axis=1).to_numpy(np.float64)
    made = "buildings" if size[np.unique(in_buildings.unit)].sum() * 2 > size.sum() else "paths"
    return people, made, _outside(areas, shapes, alone, network)


def of_housing(places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the people of transitional housing: one row per place, groups from its details.

    Parameters
    ----------
    places : rows of ``Area.places``; other kinds are passed over. A group that no column reports is
        NaN.
    """
    housing = places[places["kind"] == HOUSING]
    records = [
        {plain(column): value for column, value in place_fields(details).items()}
        for details in housing["details"]
    ]
    columns: dict[str, object] = {
        "id": housing["id"].to_numpy(object),
        "origin": HOUSING,
        "unit": housing["id"].to_numpy(object),
        "district": housing["district"].to_numpy(object),
        "estimated": False,
    }
    for name, group in presets.groups().items():
        if group.origin == HOUSING:
            columns[name] = np.array(
                [_first_number(record, group.columns) for record in records], dtype=np.float64
            )
    return gpd.GeoDataFrame(
        columns,
        index=pd.RangeIndex(len(housing)),
        geometry=np.asarray(housing.geometry.values, dtype=object),
        crs=WGS84,
    )


def with_districts(points: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> pd.Series:
    """Return each point's district by name, empty outside all; on a shared border the first in the
    table.
    """
    names = np.full(len(points), "", dtype=object)
    if len(points) and len(districts):
        shapes = np.asarray(districts.geometry.values, dtype=object)
        where = points.geometry.to_crs(districts.crs) if points.crs else points.geometry
        tree = shapely.STRtree(shapes)
        point, district = tree.query(np.asarray(where.values, dtype=object), predicate="intersects")
        order = np.lexsort((district, point))
        first, at = np.unique(point[order], return_index=True)
        names[first] = districts["name"].to_numpy(object)[district[order][at]]
    return pd.Series(names, index=points.index, name="district", dtype=object)


def _first_number(record: dict[str, object], columns: tuple[str, ...]) -> float:
    """Return the first of the columns that holds a count; text, negative and missing are
    unknown.
    """
    for column in columns:
        number = to_number(record.get(plain(column)))
        if number is not None and number >= 0:
            return number
    return float("nan")


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
    joined = _Spots(
        np.concatenate([each.unit for each in spots]),
        np.concatenate([each.xy for each in spots]),
        np.concatenate([each.weight for each in spots]),
    )
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
