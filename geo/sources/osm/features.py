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

from geo import presets
from geo.area.provenance import ADDRESSES, no_addresses
from geo.network.walk_network import metric_crs
from geo.types import WGS84, Bools

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
"""Walkable unless the tags forbid it. Anything not listed here or below is left out: motorways,
construction, proposed, abandoned and razed roads, raceways, tram and bus platforms (islands that
join nothing), lifts (a point in most data).
"""

ASKING_HIGHWAYS = ("bridleway", "busway", "trunk", "trunk_link")
"""Walkable only where the tags allow it: ``foot`` does, or the road has its own sidewalk."""

FOOT_ALLOWED = frozenset({"yes", "designated", "permissive", "destination", "official"})
FOOT_REFUSED = frozenset({"no", "private", "use_sidepath"})
"""``use_sidepath`` sends walkers to the path beside the road, which is mapped on its own."""

ACCESS_REFUSED = frozenset({"no", "private", "military", "permit"})
"""Refused to everybody, unless ``foot`` allows walkers. ``customers``, ``destination`` and
``delivery`` stay: they are about vehicles and car parks."""

SIDEWALKS = frozenset({"both", "left", "right", "yes"})
LIT = frozenset({"yes", "24/7", "automatic", "limited", "interval", "sunset-sunrise"})
UNLIT = frozenset({"no", "disused"})

WAY_KEYS = (
    "highway",
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


def walkable(tags: Mapping[str, str]) -> bool:
    """Return whether people can walk a way with these tags.

    >>> walkable({"highway": "cycleway"}), walkable({"highway": "cycleway", "foot": "no"})
    (True, False)
    """
    highway, foot = tags.get("highway", ""), tags.get("foot", "")
    if highway not in OPEN_HIGHWAYS and highway not in ASKING_HIGHWAYS:
        return False
    if foot in FOOT_REFUSED:
        return False
    if foot in FOOT_ALLOWED:
        return True
    if tags.get("access", "") in ACCESS_REFUSED or tags.get("motorroad", "") == "yes":
        return False
    return highway in OPEN_HIGHWAYS or _has_sidewalk(tags)


def path_of(tags: Mapping[str, str]) -> Path:
    """Return what is remembered of a walkable way."""
    highway = tags.get("highway", "")
    return Path(
        highway=highway,
        surface=tags.get("surface", ""),
        steps=highway == "steps",
        lit=lit(tags.get("lit", "")),
        width_m=width_m(tags.get("width", "") or tags.get("est_width", "")),
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

    It asks for every way ``walkable`` can keep, in one request; what hangs on two tags at once
    (``access=private`` but ``foot=yes``) is decided here afterwards.
    """
    kept = "|".join((*OPEN_HIGHWAYS, *ASKING_HIGHWAYS))
    refused = "|".join(sorted(FOOT_REFUSED))
    return f'["highway"~"^({kept})$"]["foot"!~"^({refused})$"]'


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
    keys = [*WAY_KEYS, *place_tags(), "name", "name:sv", *ADDRESS_KEYS, *DETAIL_KEYS]
    keys += [*BUILDING_KEYS, *OTHER_USE_KEYS, "natural", "waterway", "landuse", "boundary"]
    return list(dict.fromkeys([*keys, "admin_level"]))


def walk_lines(ways: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Keep the ways people can walk, as lines with our attributes: ``highway``, ``surface``,
    ``steps``, ``lit``, ``width_m`` and ``way`` (its number).

    A square drawn as an area is walked along its edge, so that streets which meet it stay joined.
    """
    tags = _tag_rows(ways, WAY_KEYS)
    kept = np.array([walkable(row) for row in tags], dtype=bool)
    kept &= ~_areas_without_edge(ways)
    paths = [path_of(row) for row, keep in zip(tags, kept, strict=True) if keep]
    shapes = np.asarray(ways.geometry.values, dtype=object)[kept]
    polygon = np.isin(shapely.get_type_id(shapes), (3, 6))
    shapes[polygon] = shapely.boundary(shapes[polygon])
    lines = gpd.GeoDataFrame(
        {
            "highway": pd.Series([path.highway for path in paths], dtype=object),
            "surface": pd.Series([path.surface for path in paths], dtype=object),
            "steps": np.array([path.steps for path in paths], dtype=bool),
            "lit": np.array([path.lit for path in paths], dtype=np.int8),
            "width_m": np.array([path.width_m for path in paths], dtype=np.float64),
            "way": ways["id"].to_numpy()[kept],
        },
        geometry=list(shapes),
        crs=WGS84,
    ).explode(ignore_index=True)
    return lines[lines.geom_type == "LineString"].reset_index(drop=True)


def split_at_junctions(lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Cut lines where they share a vertex with another line or with themselves.

    In OpenStreetMap two ways meet where they share a node; a bridge shares none with what it
    crosses.
    """
    shapes = np.asarray(lines.geometry.values, dtype=object)
    if len(shapes) == 0:
        return lines
    xy, line = shapely.get_coordinates(shapes, return_index=True)
    _, vertex = np.unique(np.round(xy * 1e7).astype(np.int64), axis=0, return_inverse=True)
    vertex = vertex.ravel()
    first = np.r_[True, line[1:] != line[:-1]]
    last = np.r_[first[1:], True]
    cut = (np.bincount(vertex)[vertex] > 1) & ~first & ~last
    copies = np.where(cut, 2, 1)
    second_copy = np.zeros(int(copies.sum()), dtype=bool)
    second_copy[np.cumsum(copies)[cut] - 1] = True
    starts = np.repeat(first & ~cut, copies) | second_copy
    piece = np.cumsum(starts) - 1
    pieces = shapely.linestrings(np.repeat(xy, copies, axis=0), indices=piece)
    owner = np.repeat(line, copies)[starts]
    split = lines.iloc[owner].reset_index(drop=True)
    return split.set_geometry(gpd.GeoSeries(list(pieces), crs=lines.crs))


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
