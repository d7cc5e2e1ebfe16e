"""Who of those that files count lives in the area: within its stated boundary, or, where none is
stated, within reach of its paths. A statistical area across the edge gives its inner share.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import presets
from geo.area import people as area_people
from geo.area import spreading
from geo.area.model import Area
from geo.area.provenance import LeftOut, Source
from geo.network.walk_network import MAX_SNAP_M, WalkNetwork
from geo.sources.statistics.join import read_code
from geo.types import WGS84, Bools, Floats, Shapes

WHOLE = 0.9
"""Outlines are simplified: what lies this much inside counts whole."""
SLIVER = 0.02
"""What only touches the area with less of its ground than this lies outside."""
FEWEST_SPOTS = 5
"""Paths or buildings share people between inside and outside from this many spots on."""
FEW_PATHS = 0.25
"""Where no boundary is stated: a statistical area with a quarter of the paths that others have for
each of their people has the rest of them beyond the file's paths.
"""
DERIVED = ("from_districts", "from_people", "from_network")
"""How a boundary is made that nobody stated."""


@dataclass(frozen=True, eq=False)
class Ground:
    """Where an area's residents live, in the network's metres.

    ``shape``: the stated boundary, or as far as people can walk to the paths. ``reach``: how far
    paths (and buildings) are known. ``is_stated``: somebody gave a boundary.
    """

    shape: shapely.Geometry
    reach: shapely.Geometry
    is_stated: bool
    network: WalkNetwork
    buildings: gpd.GeoDataFrame
    addresses: gpd.GeoDataFrame


@dataclass(frozen=True, eq=False)
class Inside:
    """``units``: those that live in the area, counts and outlines of those across its edge cut to
    what lies inside. ``gone``: the units that are not of the area. ``left_out`` and ``notices`` say
    so to a reader.
    """

    units: gpd.GeoDataFrame
    gone: frozenset[str]
    left_out: tuple[LeftOut, ...]
    notices: tuple[LeftOut, ...]


def ground_of(area: Area) -> Ground:
    """Return where an area's residents live.

    Districts are no boundary, and neither is the outline of statistical areas.
    """
    hull = paths_hull(area.network)
    stated = has_stated_boundary(area)
    shape = area.metric_boundary if stated else hull.buffer(MAX_SNAP_M)
    return Ground(shape, hull, stated, area.network, area.buildings, area.addresses)


def paths_hull(network: WalkNetwork) -> shapely.Geometry:
    """Return the ground that the paths cover, in the network's metres."""
    return shapely.concave_hull(shapely.multipoints(network.node_xy), ratio=0.2)


def has_stated_boundary(area: Area) -> bool:
    """Return whether somebody gave the boundary, as a file or with the place that was fetched."""
    made = [source.made for source in area.sources if source.part == "boundary"]
    return not area.boundary.empty and not any(each in DERIVED for each in made)


def inside(units: gpd.GeoDataFrame, ground: Ground) -> Inside:
    """Return the people of statistical areas or points who live in the area.

    Parameters
    ----------
    units : ``unit``, a float column per group and shapes in WGS84, row numbers in the index.
    """
    if units.empty:
        return Inside(units, frozenset(), (), ())
    metric = np.asarray(units.geometry.to_crs(ground.network.crs).values, dtype=object)
    shapes: Shapes = shapely.make_valid(metric, method="structure", keep_collapsed=True)
    share, how = _shares(units, shapes, ground)
    groups = [name for name in presets.groups() if name in units]
    kept = units[share > 0].copy()
    part = share[share > 0]
    for name in groups:
        kept[name] = kept[name].to_numpy(np.float64) * part
    cut = (share > 0) & (share < 1)
    if cut.any():
        inner = gpd.GeoSeries(
            shapely.intersection(shapes[cut], ground.shape), crs=ground.network.crs
        ).to_crs(WGS84)
        kept.loc[part < 1, "geometry"] = np.asarray(inner.values, dtype=object)
    gone = frozenset(units.loc[share == 0, "unit"].astype(str))
    return Inside(
        kept, gone, _told_outside(units, share, ground), _told_across(units, share, how, ground)
    )


def shares_of(sources: Iterable[Source]) -> dict[str, float]:
    """Return the inner share of each statistical area that lay across the edge when it was read."""
    return {
        str(each.values["found"]): float(each.values["share"])
        for source in sources
        for each in source.notices
        if each.reason.startswith("across_")
    }


def again_across(
    sources: Iterable[Source], counts: pd.DataFrame, shares: dict[str, float]
) -> tuple[LeftOut, ...]:
    """Return what was said of statistical areas across the edge, with new counts of the whole.

    Parameters
    ----------
    counts : new people per statistical area, by the unit's name in the index.
    """
    said = {
        str(each.values["found"]): each
        for source in sources
        for each in source.notices
        if each.reason.startswith("across_")
    }
    told = []
    for unit, each in said.items():
        if unit in counts.index:
            people = float(_people(counts.loc[[unit]])[0])
            values = {**each.values, "people": round(people * shares[unit]), "of": round(people)}
            told.append(replace(each, row=0, values=values))
    return tuple(told)


def people_within(area: Area) -> Area:
    """Return an area without the residents outside its boundary, where one was given to people who
    were there before. Statistical areas at least nine tenths inside stay whole.
    """
    ground = ground_of(area)
    people = area.people
    points = np.asarray(people.geometry.to_crs(area.network.crs).values, dtype=object)
    is_in = shapely.dwithin(points, ground.shape, 1.0)
    size = people[[name for name in presets.groups() if name in people]].max(axis=1).fillna(0)
    unit = people["unit"].astype(str)
    whole = size.groupby(unit).transform("sum")
    inner = size.where(is_in, 0.0).groupby(unit).transform("sum")
    stays = is_in | (inner >= WHOLE * whole) & (whole > 0)
    goes = ~stays.to_numpy(bool) & (people["origin"] == area_people.RESIDENTS).to_numpy(bool)
    if not goes.any():
        return area
    lost = people[goes]
    values = {
        "count": int(lost["unit"].nunique()),
        "of": int(unit[people["origin"] == area_people.RESIDENTS].nunique()),
        "people": round(float(_people(lost).sum())),
    }
    told = LeftOut(0, "outside_boundary", values)
    sources = tuple(
        replace(each, left_out=(*each.left_out, told)) if each.part == "boundary" else each
        for each in area.sources
    )
    kept = people[~goes].reset_index(drop=True)
    cut = area.outlines["unit"].isin(set(lost["unit"])).to_numpy(bool)
    outlines = area.outlines.copy()
    if cut.any():
        parts = outlines[cut].to_crs(area.network.crs).intersection(ground.shape).to_crs(WGS84)
        outlines.loc[cut, "geometry"] = np.asarray(parts.values, dtype=object)
    outlines = outlines[outlines["unit"].isin(set(kept["unit"]))].reset_index(drop=True)
    return replace(area, people=kept, outlines=outlines, sources=sources, _snaps={})


def without_units(people: gpd.GeoDataFrame, gone: Iterable[str]) -> gpd.GeoDataFrame:
    """Return people without the residents of statistical areas that are not of the area."""
    names = {_same_unit(unit) for unit in gone}
    if not names:
        return people
    unit = people["unit"].astype(str).map(_same_unit)
    goes = (people["origin"] == area_people.RESIDENTS) & unit.isin(names)
    return people[~goes].reset_index(drop=True)


def metres_outside(units: gpd.GeoDataFrame, ground: Ground) -> float:
    """Return how far from the area the nearest of these lies."""
    shapes = np.asarray(units.geometry.to_crs(ground.network.crs).values, dtype=object)
    apart_m: Floats = shapely.distance(shapes, ground.shape)
    return float(apart_m.min())


def _shares(units: gpd.GeoDataFrame, shapes: Shapes, ground: Ground) -> tuple[Floats, list[str]]:
    """Return each unit's share inside, and how that of one across the edge was found."""
    share = np.ones(len(units))
    how = [""] * len(units)
    flat = shapely.area(shapes) <= 0
    shapely.prepare(ground.shape)
    share[flat] = shapely.dwithin(shapes[flat], ground.shape, 1.0)
    areas = np.flatnonzero(~flat)
    surface = _surface(shapes[areas], ground.shape if ground.is_stated else ground.reach)
    if ground.is_stated:
        share[areas] = np.where(surface >= WHOLE, 1.0, np.where(surface < SLIVER, 0.0, surface))
        across = areas[(share[areas] > 0) & (share[areas] < 1)]
        share[across], found = inner_share(shapes[across], ground)
    else:
        share[areas] = _by_paths(units.iloc[areas], shapes[areas], surface, ground)
        across = areas[(share[areas] > 0) & (share[areas] < 1)]
        found = ["surface"] * len(across)
    share[share >= WHOLE] = 1.0
    for at, name in zip(across, found, strict=True):
        how[at] = name
    return share, how


def inner_share(shapes: Shapes, ground: Ground) -> tuple[Floats, list[str]]:
    """Return the share of people inside for statistical areas across the edge, and by what it was
    estimated: ``buildings``, ``addresses``, ``paths`` or ``surface``.

    As far as paths are known, people stand where ``geo.area.spreading`` places them; beyond,
    nothing is known, and the surface decides.
    """
    inner = shapely.intersection(shapes, ground.shape)
    beyond = shapely.intersection(shapely.difference(shapes, ground.shape), ground.reach)
    known = shapely.area(inner) + shapely.area(beyond)
    by_surface = known / shapely.area(shapes)
    within = shapely.area(inner) / known
    how = ["surface"] * len(shapes)
    two_sided = np.flatnonzero(within < 1 - SLIVER)
    if not len(two_sided):
        return by_surface * within, how
    seen = gpd.GeoDataFrame(
        {"unit": [str(at) for at in two_sided], "all": 1.0},
        geometry=shapely.union(inner[two_sided], beyond[two_sided]),
        crs=ground.network.crs,
    ).to_crs(WGS84)
    spread = spreading.spread(seen, ground.network, ground.buildings, ground.addresses)
    placed = spread.people
    points = np.asarray(placed.geometry.to_crs(ground.network.crs).values, dtype=object)
    people = placed["all"].where(shapely.intersects(points, ground.shape), 0.0)
    spots, found = placed.groupby("unit").size(), people.groupby(placed["unit"]).sum()
    ways = spread.outlines.set_index("unit")["placed"]
    for unit in ways.index:
        if ways[unit] != spreading.INSIDE and spots[unit] >= FEWEST_SPOTS:
            within[int(unit)], how[int(unit)] = found[unit], ways[unit]
    return by_surface * within, how


def _by_paths(units: gpd.GeoDataFrame, shapes: Shapes, surface: Floats, ground: Ground) -> Floats:
    """Return shares where the paths alone say how far the area goes.

    Ground without paths is forest or water as a rule, so a statistical area counts whole where it
    has paths as others have for their people; one with hardly any has the rest of them elsewhere,
    and gives the share of its surface. One without any is of the area where it lies within reach.
    """
    metres = _path_metres(shapes, ground.network)
    people = _people(units)
    points = shapely.point_on_surface(shapes)
    share: Floats = shapely.intersects(points, ground.shape).astype(np.float64)
    has = metres > 0
    each = np.divide(metres, people, out=np.full(len(units), np.inf), where=people > 0)
    whole = has & (surface >= WHOLE)
    if whole.any():
        is_whole = has & ((surface >= WHOLE) | (each >= FEW_PATHS * np.median(each[whole])))
    else:
        is_whole = has & (surface >= 0.5)
    share[has] = np.where(is_whole, 1.0, np.where(surface < SLIVER, 0.0, surface))[has]
    return share


def _path_metres(shapes: Shapes, network: WalkNetwork) -> Floats:
    lines = network.geometry
    at, line = shapely.STRtree(lines).query(shapes, predicate="intersects")
    metres = np.zeros(len(shapes))
    shapely.prepare(shapes)
    whole = shapely.covers(shapes[at], lines[line])
    length = shapely.length(lines[line])
    part = ~whole
    length[part] = shapely.length(shapely.intersection(lines[line[part]], shapes[at[part]]))
    np.add.at(metres, at, length)
    return metres


def _surface(shapes: Shapes, ground: shapely.Geometry) -> Floats:
    """Return the share of each shape's surface that lies on the ground."""
    share: Floats = np.ones(len(shapes))
    rest = np.flatnonzero(~shapely.covers(ground, shapes))
    some = shapely.intersects(ground, shapes[rest])
    share[rest[~some]] = 0.0
    rest = rest[some]
    share[rest] = shapely.area(shapely.intersection(shapes[rest], ground)) / shapely.area(
        shapes[rest]
    )
    return share


def _people(units: pd.DataFrame) -> Floats:
    """Return how many people each row has: all of them, else those of its largest group."""
    groups = [name for name in presets.groups() if name in units]
    largest = units[groups].max(axis=1)
    counted = units["all"].fillna(largest) if "all" in groups else largest
    people: Floats = counted.fillna(0.0).to_numpy(np.float64)
    return people


def _told_outside(units: gpd.GeoDataFrame, share: Floats, ground: Ground) -> tuple[LeftOut, ...]:
    out: Bools = share == 0
    if not out.any():
        return ()
    of_points = bool((units.geom_type == "Point").all())
    where = "boundary" if ground.is_stated else "paths"
    reason = f"{'points_' if of_points else ''}outside_{where}"
    people = round(float(_people(units)[out].sum()))
    return (LeftOut(0, reason, {"count": int(out.sum()), "of": len(units), "people": people}),)


def _told_across(
    units: gpd.GeoDataFrame, share: Floats, how: list[str], ground: Ground
) -> tuple[LeftOut, ...]:
    people = _people(units)
    told = []
    for at in np.flatnonzero((share > 0) & (share < 1)):
        values = {
            "found": str(units["unit"].iloc[at]),
            "share": float(share[at]),
            "cut": round(100 * (1 - float(share[at]))),
            "people": round(float(people[at] * share[at])),
            "of": round(float(people[at])),
        }
        reason = f"across_{how[at]}" if ground.is_stated else "across_reach"
        told.append(LeftOut(int(units.index[at]), reason, values))
    return tuple(told)


def _same_unit(unit: str) -> str:
    """Return what two spellings of a statistical area share: its plain code, else the text."""
    code = read_code(unit)
    return code.plain if code else unit
