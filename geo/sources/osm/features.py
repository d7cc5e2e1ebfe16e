"""Which OpenStreetMap ways people can walk, and what we remember of each: our own filter, as tables
and pure functions of tags.

The ready-made walk filters drop ``highway=cycleway``. In the Nordic countries the combined foot and
cycle path carries that tag, so they lose a fifth to a third of the walkable length and break the
rest into pieces. Here a cycleway stays unless ``foot=no``.

From OpenStreetMap features to our tables: paths, places, buildings, water, districts and
addresses (points with a street and a house number, and buildings and places that have a name).

Features are a table in WGS84 with ``element`` (node, way, relation), ``id``, one text column per
tag key (missing where the tag is) and ``geometry``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.ops import substring

from geo import presets
from geo.area.provenance import ADDRESSES, no_addresses
from geo.network.topology import cut_lines
from geo.network.walk_network import metric_crs
from geo.sources.osm.squares import across
from geo.types import WGS84, Bools, Floats, Ints, Shapes

OPEN_HIGHWAYS = (
    "footway",
    "path",
    "trail",  # not a documented value, but mapped: short links between paved footways
    "pedestrian",
    "steps",
    "corridor",  # passages through stations and malls; opening hours are not known
    "cycleway",
    "living_street",
    "residential",
    "service",
    "unclassified",
    "road",
    "track",
    "tertiary",
    "tertiary_link",
    "secondary",
    "secondary_link",
    "primary",
    "primary_link",
)
"""Walkable unless the tags forbid it. Anything not listed here or below (lifts, bus stops) is
left out, unless ``foot`` lets walkers in: an escalator.
"""

NEVER = frozenset(
    {
        *("motorway", "motorway_link", "raceway", "bus_guideway"),
        *("construction", "proposed", "planned", "abandoned", "disused", "razed", "demolished"),
        *("dismantled", "removed", "destroyed", "no"),
    }
)
"""For cars alone or not there at all: not walked, whatever else is said."""
BUILT = frozenset({"", "no", "minor", "widening"})
"""Values of ``construction`` with which a way is still open."""
JOINING = {"railway": "platform", "public_transport": "platform", "man_made": "pier"}
"""Beside ``highway=platform``: islands, but paths where they join paths."""

ASKING_HIGHWAYS = ("bridleway", "busway", "trunk", "trunk_link")
"""Walkable only where the tags allow it: ``foot`` does, or the road has its own sidewalk."""

FOOT_ALLOWED = frozenset({"yes", "designated", "permissive", "destination", "official"})
FOOT_REFUSED = frozenset({"no", "private", "use_sidepath"})
"""``use_sidepath`` sends walkers to the path beside the road, which is mapped on its own."""

ACCESS_REFUSED = frozenset({"no", "private", "military", "permit"})
"""Refused to everybody, unless ``foot`` allows walkers. ``customers``, ``destination`` and
``delivery`` stay: they are about vehicles and car parks. A private way is walked by those who live
or stand there, and by nobody on the way elsewhere."""

POINT_BARRIERS = (
    *("gate", "lift_gate", "swing_gate", "sliding_gate", "hampshire_gate", "kissing_gate"),
    *("wicket_gate", "bump_gate", "full-height_turnstile", "turnstile", "entrance", "stile"),
    *("bollard", "block", "chain", "rope", "cycle_barrier", "motorcycle_barrier", "log", "debris"),
    *("jersey_barrier", "sally_port", "toll_booth", "border_control", "planter", "yes"),
)
"""What may stand on a way: it cuts the way where it refuses walkers, as ways do."""

SIDEWALKS = frozenset({"both", "left", "right", "yes"})
LIT = frozenset({"yes", "24/7", "automatic", "limited", "interval", "sunset-sunrise"})
UNLIT = frozenset({"no", "disused"})

WAY_KEYS = (
    "highway",
    "railway",
    "public_transport",
    "man_made",
    "construction",
    "conveying",
    "area",
    "foot",
    "access",
    "sidewalk",
    "sidewalk:both",
    "sidewalk:left",
    "sidewalk:right",
    "motorroad",
    "surface",
    "lit",
    "width",
    "est_width",
)
"""The tags of a way that this module reads."""

PARTED = 5e-7
"""Degrees that a piece is drawn back from a barrier: a step of a few centimetres."""
MAX_WIDTH_M = 200.0
"""A width above this is a typing error, and counts as unknown."""


@dataclass(frozen=True)
class Path:
    """What is remembered of a walkable way. ``lit`` is 1, 0 or -1 for unknown; ``width_m`` NaN for
    unknown.
    """

    highway: str
    surface: str
    steps: bool
    lit: int
    width_m: float
    private: bool = False
    joins: bool = False


def walkable(tags: Mapping[str, str]) -> bool:
    """Return whether people can walk a way with these tags.

    >>> walkable({"highway": "cycleway"}), walkable({"highway": "cycleway", "foot": "no"})
    (True, False)
    """
    highway, foot = tags.get("highway", ""), tags.get("foot", "")
    if not highway or highway in NEVER or tags.get("construction", "") not in BUILT:
        return False
    if foot in FOOT_REFUSED:
        return False
    if foot in FOOT_ALLOWED:
        return True
    if tags.get("access", "") in ACCESS_REFUSED or tags.get("motorroad", "") == "yes":
        return False
    return highway in OPEN_HIGHWAYS or _has_sidewalk(tags)


def private(tags: Mapping[str, str]) -> bool:
    """Return whether a way is walked only by those who live or stand on it.

    >>> private({"highway": "service", "access": "private"}), private({"highway": "service"})
    (True, False)
    """
    is_private = "private" in (tags.get("foot"), tags.get("access"))
    others = {key: value for key, value in tags.items() if value != "private"}
    return is_private and not walkable(tags) and walkable(others)


def joins(tags: Mapping[str, str]) -> bool:
    """Return whether something is a path only where it joins paths: a platform or a pier."""
    if tags.get("highway", "platform") != "platform":
        return False
    named = tags.get("highway") == "platform"
    named |= any(tags.get(key) == value for key, value in JOINING.items())
    return named and walkable({**tags, "highway": "footway"})


def refuses(tags: Mapping[str, str]) -> bool:
    """Return whether what stands on a way keeps walkers out.

    >>> refuses({"barrier": "gate"}), refuses({"barrier": "gate", "access": "private"})
    (False, True)
    """
    return "barrier" in tags and not walkable({**tags, "highway": "footway"})


def path_of(tags: Mapping[str, str]) -> Path:
    """Return what is remembered of a walkable way. An escalator is steps."""
    island = joins(tags)
    highway = "platform" if island else tags.get("highway", "")
    return Path(
        highway=highway,
        surface=tags.get("surface", ""),
        steps=highway in ("steps", "escalator"),
        lit=lit(tags.get("lit", "")),
        width_m=width_m(tags.get("width", "") or tags.get("est_width", "")),
        private=private(tags),
        joins=island,
    )


def lit(value: str) -> int:
    """Read a ``lit`` tag: 1 lit, 0 unlit, -1 unknown.

    >>> lit("24/7"), lit("no"), lit("")
    (1, 0, -1)
    """
    return 1 if value in LIT else 0 if value in UNLIT else -1


def width_m(value: str) -> float:
    """Read a width in metres as mappers write it; NaN where it is not one plain number above zero.

    >>> width_m("2,5 m"), width_m("250 cm"), width_m("10 ft")
    (2.5, 2.5, 3.048)
    """
    written = re.fullmatch(
        r"~?\s*(\d{1,5}(?:[.,]\d{1,4})?)\s*(m|meter|metres?|cm|ft|')?\.?", value.strip().lower()
    )
    if not written:
        return math.nan
    unit = {"cm": 0.01, "ft": 0.3048, "'": 0.3048}.get(written[2], 1.0)
    metres = round(float(written[1].replace(",", ".")) * unit, 4)
    return metres if 0 < metres <= MAX_WIDTH_M else math.nan


def overpass_filter() -> str:
    """Return the part of our filter that Overpass can apply, for osmnx's ``custom_filter``.

    It asks for every way that can be kept, in one request; what hangs on two tags at once
    (``access=no`` but ``foot=yes``) is decided here afterwards.
    """
    never = "|".join(sorted(NEVER))
    return f'["highway"!~"^({never})$"]["highway"~"."]["foot"!~"^(no|use_sidepath)$"]'


def _has_sidewalk(tags: Mapping[str, str]) -> bool:
    if tags.get("sidewalk", "") in SIDEWALKS:
        return True
    return any(tags.get(f"sidewalk:{side}", "") == "yes" for side in ("both", "left", "right"))


TITLE = "© OpenStreetMap contributors"
LICENCE = "ODbL 1.0"

ADDRESS_KEYS = ("addr:street", "addr:place", "addr:housenumber", "addr:postcode", "addr:city")
DETAIL_KEYS = (
    "opening_hours",
    "website",
    "contact:website",
    "url",
    "phone",
    "contact:phone",
    "operator",
    "operator:type",
    "wheelchair",
    "religion",
    "denomination",
    "social_facility",
    "social_facility:for",
    "community_centre",
    "isced:level",
    "capacity",
    "description",
)
"""Tags of a place that are kept as its details."""

BACKGROUND_TAGS: dict[str, bool | str | list[str]] = {
    "natural": ["water"],
    "waterway": ["riverbank"],
    "landuse": ["reservoir"],
}
"""Tags of the water drawn behind a map."""

BUILDING_KEYS = ("building", "building:levels")
OTHER_USE_KEYS = ("amenity", "office", "shop", "tourism", "leisure", "man_made", "public_transport")
RESIDENTIAL = frozenset(
    {
        "apartments",
        "residential",
        "dormitory",
        "house",
        "detached",
        "semidetached_house",
        "terrace",
        "bungalow",
        "farm",
    }
)
UNTYPED = frozenset({"yes"})
MIN_BUILDING_M2 = 5.0
"""Outlines smaller than this are drawing slips, and hold nobody."""
MIN_UNTYPED_M2 = 50.0
"""``building=yes`` is most often a home in Sweden; below this footprint it is a shed or garage."""
TYPICAL_LEVELS: Mapping[str, float] = {
    "apartments": 4.0,
    "residential": 4.0,
    "dormitory": 4.0,
}
OTHER_LEVELS = 1.5
"""Levels assumed where the tag is missing: blocks of flats four, all else one and a half."""
MAX_LEVELS = 60.0

DISTRICT_LEVELS = ("10", "9")
"""Administrative levels that hold districts within a Swedish municipality, the finer one first."""
MIN_DISTRICT_SHARE = 0.2
"""A district counts where at least this share of it lies inside the boundary."""


def place_tags() -> dict[str, bool | str | list[str]]:
    """Return the tags that become places, as a query: key to values, or ``True`` for any value."""
    tags: dict[str, bool | str | list[str]] = {}
    for kind in presets.kinds().values():
        for rule in kind.osm:
            key, value = rule.split("=", 1)
            known = tags.setdefault(key, [])
            if value == "*" or known is True:
                tags[key] = True
            elif isinstance(known, list) and value not in known:
                known.append(value)
    return tags


def feature_keys() -> list[str]:
    """Return every tag key the tables read."""
    keys = [*WAY_KEYS, "barrier", *place_tags(), "name", "name:sv", *ADDRESS_KEYS, *DETAIL_KEYS]
    keys += [*BUILDING_KEYS, *OTHER_USE_KEYS, "natural", "waterway", "landuse", "boundary"]
    return list(dict.fromkeys([*keys, "admin_level"]))


def walk_lines(ways: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Keep the ways people can walk, as lines with our attributes: ``highway``, ``surface``,
    ``steps``, ``lit``, ``width_m``, ``private`` (walked only by those who live or stand there),
    ``joins`` (a path only where it joins paths), and ``way`` (its number).

    Of a square drawn as an area comes its edge, and the lines across it between the points where
    other ways meet it.
    """
    tags = _tag_rows(ways, WAY_KEYS)
    kept = np.array([walkable(row) or private(row) or joins(row) for row in tags], dtype=bool)
    kept &= ~_areas_without_edge(ways)
    paths = [path_of(row) for row, keep in zip(tags, kept, strict=True) if keep]
    shapes = np.asarray(ways.geometry.values, dtype=object)[kept]
    areas = _areas(shapes, [row for row, keep in zip(tags, kept, strict=True) if keep])
    polygon = ~shapely.is_missing(areas)
    shapes[polygon] = shapely.boundary(areas[polygon])
    table = gpd.GeoDataFrame(
        {
            "highway": pd.Series([path.highway for path in paths], dtype=object),
            "surface": pd.Series([path.surface for path in paths], dtype=object),
            "steps": np.array([path.steps for path in paths], dtype=bool),
            "lit": np.array([path.lit for path in paths], dtype=np.int8),
            "width_m": np.array([path.width_m for path in paths], dtype=np.float64),
            "private": np.array([path.private for path in paths], dtype=bool),
            "joins": np.array([path.joins for path in paths], dtype=bool),
            "way": ways["id"].to_numpy()[kept],
        },
        geometry=list(shapes),
        crs=WGS84,
    )
    squares = table[polygon].set_geometry(list(areas[polygon]), crs=WGS84)
    lines = table.explode(ignore_index=True)
    lines = lines[lines.geom_type == "LineString"].reset_index(drop=True)
    if len(squares) == 0:
        return lines
    inner = across(squares, lines)
    return pd.concat([lines, inner], ignore_index=True) if len(inner) else lines


def _areas(shapes: Shapes, tags: list[dict[str, str]]) -> Shapes:
    """Return the shapes that are areas, and None for lines. A closed way that says ``area=yes`` is
    one.
    """
    areas = np.full(len(shapes), None, dtype=object)
    polygon = np.isin(shapely.get_type_id(shapes), (3, 6))
    areas[polygon] = shapes[polygon]
    said = np.array([row.get("area") == "yes" for row in tags], dtype=bool)
    closed = np.flatnonzero(said & ~polygon & shapely.is_closed(shapes))
    for row in closed[shapely.get_num_coordinates(shapes[closed]) > 3]:
        shape = shapely.Polygon(shapes[row])
        areas[row] = shape if shape.is_valid else None
    return areas


def joined_lines(lines: gpd.GeoDataFrame, barriers: Floats | None = None) -> gpd.GeoDataFrame:
    """Return walkable lines cut where they share a point, parted where a barrier (longitude,
    latitude) keeps walkers out, and without the islands that join no paths.
    """
    barriers = np.zeros((0, 2)) if barriers is None else barriers
    pieces = split_at_junctions(lines, barriers)
    return _parted(without_islands(pieces), barriers)


def _spots(xy: Floats) -> Ints:
    """Number points by where they lie, to a centimetre."""
    at: Ints = np.unique(np.round(xy * 1e7).astype(np.int64), axis=0, return_inverse=True)[1]
    return at.ravel()


def without_islands(pieces: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Leave out platforms and piers but those that other paths meet at two points."""
    if "joins" not in pieces:
        return pieces
    shapes = np.asarray(pieces.geometry.values, dtype=object)
    island = pieces["joins"].to_numpy(bool)
    if len(shapes) == 0 or not island.any():
        return pieces.drop(columns="joins")
    ends = [shapely.get_coordinates(shapely.get_point(shapes, at)) for at in (0, -1)]
    node = _spots(np.concatenate(ends))
    u, v = node[: len(shapes)], node[len(shapes) :]
    size = int(node.max()) + 1
    links = coo_array((np.ones(int(island.sum())), (u[island], v[island])), shape=(size, size))
    label = connected_components(links, directed=False)[1]
    paths = np.unique(np.concatenate([u[~island], v[~island]]))
    met = np.intersect1d(paths, np.concatenate([u[island], v[island]]))
    kept = ~island | (np.bincount(label[met], minlength=size)[label[u]] >= 2)
    return pieces[kept].drop(columns="joins").reset_index(drop=True)


def _parted(pieces: gpd.GeoDataFrame, barriers: Floats) -> gpd.GeoDataFrame:
    """Draw all but one of the pieces that meet at a barrier back from it by a step, so that they
    meet no longer.
    """
    if len(barriers) == 0 or len(pieces) == 0:
        return pieces
    shapes = np.asarray(pieces.geometry.values, dtype=object).copy()
    ends = [shapely.get_coordinates(shapely.get_point(shapes, at)) for at in (0, -1)]
    spot = _spots(np.concatenate([*ends, barriers]))
    at_barrier = np.isin(spot[: 2 * len(shapes)], spot[2 * len(shapes) :])
    seen: set[int] = set()
    for end in np.flatnonzero(at_barrier):
        if int(spot[end]) in seen:
            row, last = end % len(shapes), end >= len(shapes)
            length = shapes[row].length
            low, high = (0.0, length - PARTED) if last else (PARTED, length)
            if length > 2 * PARTED:
                shapes[row] = substring(shapes[row], low, high)
        seen.add(int(spot[end]))
    return pieces.set_geometry(list(shapes), crs=pieces.crs)


def split_at_junctions(lines: gpd.GeoDataFrame, also: Floats | None = None) -> gpd.GeoDataFrame:
    """Cut lines where they share a vertex with another line or with themselves, and at the vertices
    ``also`` (longitude, latitude).

    In OpenStreetMap two ways meet where they share a node; a bridge shares none with what it
    crosses.
    """
    shapes = np.asarray(lines.geometry.values, dtype=object)
    if len(shapes) == 0:
        return lines
    xy, line = shapely.get_coordinates(shapes, return_index=True)
    also = np.zeros((0, 2)) if also is None else also
    spot = _spots(np.concatenate([xy, also]))
    vertex, wanted = spot[: len(xy)], spot[len(xy) :]
    first = np.r_[True, line[1:] != line[:-1]]
    last = np.r_[first[1:], True]
    meets = (np.bincount(vertex)[vertex] > 1) | np.isin(vertex, wanted)
    pieces, owner = cut_lines(xy, line, meets & ~first & ~last)
    split = lines.iloc[owner].reset_index(drop=True)
    return split.set_geometry(gpd.GeoSeries(list(pieces), crs=lines.crs))


def barrier_points(features: gpd.GeoDataFrame) -> Floats:
    """Return where something on a way keeps walkers out (longitude, latitude)."""
    points = features[(features.geom_type == "Point") & features["barrier"].notna()]
    tags = _tag_rows(points, (*WAY_KEYS, "barrier"))
    shut = np.array([refuses(row) for row in tags], dtype=bool)
    xy: Floats = shapely.get_coordinates(np.asarray(points.geometry.values, dtype=object)[shut])
    return xy


def walk_features(features: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the features that may be walked: ways, and areas drawn as relations."""
    named = features["highway"].notna()
    for key, value in JOINING.items():
        named |= (features[key] == value).fillna(False).astype(bool)
    area = (features["element"] == "relation") & np.isin(
        shapely.get_type_id(features.geometry.values), (3, 6)
    )
    return features[named & ((features["element"] == "way") | area)]


def lines_touching(lines: gpd.GeoDataFrame, shape: shapely.Geometry) -> gpd.GeoDataFrame:
    """Cut lines to the straight stretches that touch a shape; stretches in a row stay one line.

    So the cut depends on the shape alone, not on which other ways were read.
    """
    xy, line = shapely.get_coordinates(
        np.asarray(lines.geometry.values, dtype=object), return_index=True
    )
    start = np.flatnonzero(line[1:] == line[:-1])
    stretches = shapely.linestrings(np.stack([xy[start], xy[start + 1]], axis=1))
    start = start[shapely.intersects(shape, stretches)] if len(start) else start
    if len(start) == 0:
        return lines.iloc[:0]
    opens = np.r_[True, (start[1:] != start[:-1] + 1) | (line[start[1:]] != line[start[:-1]])]
    closes = np.r_[opens[1:], True]
    copies = np.where(closes, 2, 1)
    vertex = np.repeat(start, copies)
    vertex[np.cumsum(copies)[closes] - 1] += 1
    pieces = shapely.linestrings(xy[vertex], indices=np.repeat(np.cumsum(opens) - 1, copies))
    kept = lines.iloc[line[start[opens]]].reset_index(drop=True)
    return kept.set_geometry(gpd.GeoSeries(list(pieces), crs=lines.crs))


def places_table(features: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the features that are one of our kinds of place, in the shape of ``Area.places``."""
    kind = kinds_of(features)
    found = features[kind != ""].reset_index(drop=True)
    rows = _tag_rows(found, tuple(feature_keys()))
    return gpd.GeoDataFrame(
        {
            "id": [
                f"osm-{element}-{number}"
                for element, number in zip(found["element"], found["id"], strict=True)
            ],
            "name": [row.get("name:sv") or row.get("name", "") for row in rows],
            "kind": kind[kind != ""].to_numpy(),
            "address": [_address(row) for row in rows],
            "district": "",
            "source": TITLE,
            "demonstration": False,
            "details": [_details(row) for row in rows],
        },
        geometry=found.geometry.representative_point().values,
        crs=WGS84,
    ).drop_duplicates("id", ignore_index=True)


def kinds_of(features: gpd.GeoDataFrame) -> pd.Series:
    """Return the kind of place of each feature, empty for none: the first rule in
    ``data/kinds.toml`` wins.
    """
    kind = pd.Series("", index=features.index, dtype=object)
    for row in presets.kinds().values():
        for rule in row.osm:
            key, value = rule.split("=", 1)
            if key in features:
                tag = features[key]
                hit = tag.notna() & (tag != "no") if value == "*" else (tag == value).fillna(False)
                kind[hit.astype(bool) & (kind == "")] = row.id
    return kind


def buildings_table(
    features: gpd.GeoDataFrame, *, typical_levels: float | None = None
) -> gpd.GeoDataFrame:
    """Return buildings as points with ``floor_m2`` (footprint times levels) and ``residential``.

    ``typical_levels`` replaces our assumption for buildings without a level count.
    """
    is_area = features.geom_type.isin(("Polygon", "MultiPolygon"))
    found = features[is_area & features["building"].notna() & (features["building"] != "no")]
    found = found[_square_metres(found) >= MIN_BUILDING_M2].reset_index(drop=True)
    if len(found) == 0:
        return gpd.GeoDataFrame(
            {"floor_m2": np.zeros(0), "residential": np.zeros(0, bool)}, geometry=[], crs=WGS84
        )
    use = found["building"].astype(object)
    levels = found["building:levels"].astype(object).str.extract(r"(\d+(?:\.\d+)?)")[0]
    assumed = use.map(TYPICAL_LEVELS).fillna(OTHER_LEVELS).astype(float)
    assumed = assumed if typical_levels is None else assumed * 0 + typical_levels
    storeys = levels.astype(float).where(lambda count: count > 0).fillna(assumed)
    footprint = _square_metres(found)
    other_use = found[list(OTHER_USE_KEYS)].notna().any(axis=1)
    untyped = use.isin(UNTYPED) & ~other_use & (footprint >= MIN_UNTYPED_M2)
    return gpd.GeoDataFrame(
        {
            "floor_m2": (footprint * storeys.clip(upper=MAX_LEVELS)).to_numpy(np.float64),
            "residential": (use.isin(RESIDENTIAL) | untyped).to_numpy(bool),
        },
        geometry=found.geometry.representative_point().values,
        crs=WGS84,
    )


def water_table(features: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return lakes, bays drawn as areas and wide rivers, for the map's background."""
    wet = (features["natural"] == "water") | (features["waterway"] == "riverbank")
    wet = (wet | (features["landuse"] == "reservoir")).fillna(False).astype(bool)
    wet &= features.geom_type.isin(("Polygon", "MultiPolygon"))
    return gpd.GeoDataFrame(
        {"name": features.loc[wet, "name"].fillna("").astype(object).to_numpy()},
        geometry=features.geometry[wet].values,
        crs=WGS84,
    )


def districts_table(features: gpd.GeoDataFrame, boundary: shapely.Geometry) -> gpd.GeoDataFrame:
    """Return the administrative districts inside a boundary (WGS84), cut to it: ``name``; no rows
    where there are none.
    """
    area = features.geom_type.isin(("Polygon", "MultiPolygon"))
    legal = (
        area & (features["boundary"] == "administrative").fillna(False) & features["name"].notna()
    )
    for level in DISTRICT_LEVELS:
        found = features[legal & (features["admin_level"] == level).fillna(False)]
        shapes = found.geometry.intersection(boundary)
        inside_share = shapely.area(shapes.values) / shapely.area(found.geometry.values)
        inside = np.asarray(inside_share >= MIN_DISTRICT_SHARE, dtype=bool)
        if inside.sum() > 1:
            names = found["name"].astype(object).to_numpy()[inside]
            table = gpd.GeoDataFrame({"name": names}, geometry=shapes.values[inside], crs=WGS84)
            return table.sort_values("name", ignore_index=True)
    return gpd.GeoDataFrame({"name": pd.Series(dtype=object)}, geometry=[], crs=WGS84)


def with_keys(features: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the features with every key the tables read as a column, missing where not tagged."""
    wanted = ["element", "id", *feature_keys()]
    attributes = pd.DataFrame(features.drop(columns=features.geometry.name))
    table = attributes.reindex(columns=wanted).astype(dict.fromkeys(feature_keys(), object))
    return gpd.GeoDataFrame(table, geometry=features.geometry.values, crs=WGS84)


def _square_metres(features: gpd.GeoDataFrame) -> pd.Series:
    if len(features) == 0:
        return pd.Series(np.zeros(0), index=features.index)
    west, south, east, north = features.total_bounds
    crs = metric_crs((float(west), float(south), float(east), float(north)))
    return features.to_crs(crs).area


def _areas_without_edge(ways: gpd.GeoDataFrame) -> Bools:
    """Return which features are neither lines nor areas: a point tagged as a path cannot be
    walked.
    """
    return np.asarray(~np.isin(shapely.get_type_id(ways.geometry.values), (1, 3, 5, 6)), dtype=bool)


def _tag_rows(features: gpd.GeoDataFrame, keys: tuple[str, ...]) -> list[dict[str, str]]:
    """Return each feature's tags as a mapping, without the missing ones."""
    columns = [features[key].to_numpy(object) for key in keys]
    return [
        {key: value for key, value in zip(keys, row, strict=True) if isinstance(value, str)}
        for row in zip(*columns, strict=True)
    ]


def _address(tags: Mapping[str, str]) -> str:
    street = " ".join(filter(None, (tags.get("addr:street"), tags.get("addr:housenumber"))))
    town = " ".join(filter(None, (tags.get("addr:postcode"), tags.get("addr:city"))))
    return ", ".join(filter(None, (street, town)))


def _details(tags: Mapping[str, str]) -> str:
    return json.dumps(
        {key: tags[key] for key in DETAIL_KEYS if key in tags}, ensure_ascii=False, sort_keys=True
    )


ADDRESS_TAGS: dict[str, bool | str | list[str]] = {"addr:housenumber": True}
"""What to ask for beside buildings and places, which are read anyway."""
COLUMN_OF = {
    "street": "addr:street",
    "number": "addr:housenumber",
    "postcode": "addr:postcode",
    "city": "addr:city",
}
PLACE_KEY = "addr:place"
"""Stands for the street where houses are numbered after a village or an island."""
SAME_DEGREES = 5
"""Decimals within which a point is the same: a metre."""


def addresses_table(features: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the addresses among features (see ``osm_tables``), in the shape of ``Area.addresses``.

    A feature counts with a street and a house number, or with a name if it is a building or of
    some use: a street's own name is no address. What stands twice at a spot stands once.
    """
    texts = {name: _texts(features, key) for name, key in COLUMN_OF.items()}
    texts["street"] = texts["street"].where(texts["street"] != "", _texts(features, PLACE_KEY))
    name = _texts(features, "name:sv")
    texts["name"] = name.where(name != "", _texts(features, "name"))
    used = features[["building", *OTHER_USE_KEYS]].notna().any(axis=1)
    addressed = (texts["street"] != "") & (texts["number"] != "")
    kept = (addressed | (used & (texts["name"] != ""))).to_numpy(bool)
    if not kept.any():
        return no_addresses()
    points = shapely.point_on_surface(np.asarray(features.geometry.values, dtype=object)[kept])
    table = pd.DataFrame({key: column[kept] for key, column in texts.items()})
    table = table.assign(source=TITLE)[list(ADDRESSES)].reset_index(drop=True)
    spot = np.round(shapely.get_coordinates(points), SAME_DEGREES)
    once = ~table.assign(x=spot[:, 0], y=spot[:, 1]).duplicated()
    rows = table[once].reset_index(drop=True)
    return gpd.GeoDataFrame(rows, geometry=points[once.to_numpy(bool)], crs=WGS84)


def _texts(features: gpd.GeoDataFrame, key: str) -> pd.Series:
    """Return a tag as text without doubled spaces, empty where it is missing."""
    if key not in features:
        return pd.Series("", index=features.index, dtype=object)
    cells = features[key].astype(object)
    return cells.where(cells.notna(), "").astype(str).str.split().str.join(" ").astype(object)
