"""Transitional housing whose address is protected: what an Area may hold of it. Every Area is made
through this door, so no page, file or log behind it can disclose what is not there.

A housing that its record reports as restricted loses its name, address, id, point and all of its
record but the counts that sums need. It and its people stand at a spot chosen in a region (see
``regions``) by the region's residents alone. Whatever is computed from there, for whichever limits,
kinds and ways of walking, is a function of the region: nothing can be worked out but the region.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import presets, texts
from geo.area.record_fields import rules
from geo.area.regions import Region, divide, rule
from geo.cells import plain, written
from geo.types import WGS84, Bools, Floats, Shapes

HOUSING = "transitional_housing"
SHAPE, ENOUGH = "region_wkt", "region_enough"
"""Keys of what the record of a restricted housing holds when it is as it may be."""
DECIMALS = 6


@dataclass(frozen=True, eq=False)
class Ground:
    """What regions are made of: districts and boundary (WGS84), and the metres to measure in."""

    districts: gpd.GeoDataFrame
    boundary: gpd.GeoSeries
    crs: str


def coarsened(
    places: gpd.GeoDataFrame, people: gpd.GeoDataFrame, ground: Ground
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame] | None:
    """Return places and people without what may not be known of restricted housing.

    Returns
    -------
    Places and people, the restricted last among the places; None where there is nothing to take
    out: a housing that has been through here stays as it is.
    """
    raw = _raw(places)
    if not raw.any():
        return None
    xy, residents = _residents(people, ground.crs)
    regions = _regions(places[raw], ground, xy, residents)
    ids = _new_ids(places, int(raw.sum()))
    spots = gpd.GeoSeries(
        [_spot(region, xy, residents) for region in regions], crs=ground.crs
    ).to_crs(WGS84)
    districts = _districts(spots, ground.districts)
    moved = _moved(people, places[raw], spots.to_frame("spot").assign(id=ids, district=districts))
    hidden = places[raw].assign(
        id=ids,
        district=districts,
        name=texts.text("place.restricted", "sv"),
        address="",
        details=[
            _record(details, region, ground.crs)
            for details, region in zip(places.loc[raw, "details"], regions, strict=True)
        ],
    )
    hidden = hidden.set_geometry(gpd.GeoSeries(spots.to_numpy(), index=hidden.index, crs=WGS84))
    hidden = hidden[list(places.columns)]
    both = pd.concat([places[~raw], hidden], ignore_index=True)
    return gpd.GeoDataFrame(both, geometry="geometry", crs=WGS84), moved


def is_restricted(places: gpd.GeoDataFrame) -> Bools:
    """Return which places are restricted: never to be drawn as points."""
    found = np.zeros(len(places), dtype=bool)
    for row in np.flatnonzero(_housing(places)):
        found[row] = SHAPE in _fields(places["details"].iloc[row])
    return found


def in_the_open(places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the places that may be drawn as points, found by name and proposed."""
    hidden = is_restricted(places)
    return places[~hidden] if hidden.any() else places


def shapes(places: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return the regions to draw in place of restricted housing, each once (WGS84); none for those
    that are in district sums only.
    """
    records = [_fields(details) for details in places.loc[is_restricted(places), "details"]]
    told = sorted({record[SHAPE] for record in records if record[ENOUGH]})
    return gpd.GeoSeries([shapely.from_wkt(shape) for shape in told], crs=WGS84)


def says_restricted(record: dict[str, Any]) -> bool:
    """Return whether a housing's record reports it as restricted: any word but a no.

    >>> says_restricted({"Skyddat boende": "Ja"}), says_restricted({"skyddad": "nej"})
    (True, False)
    """
    known = rule()
    names = {plain(name) for name in known.columns}
    return any(
        plain(str(column)) in names
        and bool(plain(written(value)))
        and plain(written(value)) not in known.no
        for column, value in record.items()
    )


def kept_of(record: dict[str, Any]) -> dict[str, Any]:
    """Return what may be kept of a housing's record: counts that sums need, and its region.

    >>> kept_of({"telefon": "070", "region_enough": True})
    {'region_enough': True}
    """
    return {
        column: value
        for column, value in record.items()
        if column in (SHAPE, ENOUGH) or plain(column) in _needed()
    }


def _housing(places: gpd.GeoDataFrame) -> Bools:
    if not {"kind", "details"} <= set(places.columns):
        return np.zeros(len(places), dtype=bool)  # a table without housing
    housing: Bools = (places["kind"] == HOUSING).to_numpy(bool)
    return housing


def _fields(details: object) -> dict[str, Any]:
    record = json.loads(details) if isinstance(details, str) and details else {}
    return record if isinstance(record, dict) else {}


def _raw(places: gpd.GeoDataFrame) -> Bools:
    """Return which places are restricted and still as their file has them."""
    found = np.zeros(len(places), dtype=bool)
    for row in np.flatnonzero(_housing(places)):
        record = _fields(places["details"].iloc[row])
        found[row] = SHAPE not in record and says_restricted(record)
    return found


def _residents(people: gpd.GeoDataFrame, crs: str) -> tuple[Floats, Floats]:
    """Return where residents live, in metres, and how many: of the largest group that is known."""
    rows = people[people["origin"] != HOUSING] if "origin" in people else people.iloc[:0]
    groups = [name for name in presets.groups() if name in rows]
    if rows.empty or not groups:
        return np.zeros((0, 2)), np.zeros(0)
    counts = rows[groups].fillna(0.0).to_numpy(np.float64)
    xy = shapely.get_coordinates(np.asarray(rows.geometry.to_crs(crs).values, dtype=object))
    return xy, counts[:, counts.sum(axis=0).argmax()]


def _regions(
    places: gpd.GeoDataFrame, ground: Ground, xy: Floats, residents: Floats
) -> list[Region]:
    """Return the region of each place; of one outside the area, the nearest."""
    regions = divide(_zones(ground), xy, residents)
    ground_of = np.array([region.shape for region in regions], dtype=object)
    points = np.asarray(places.geometry.to_crs(ground.crs).values, dtype=object)
    return [regions[int(shapely.distance(ground_of, point).argmin())] for point in points]


def _zones(ground: Ground) -> Shapes:
    """Return the districts, and what of the area lies outside them."""
    districts = shapely.make_valid(
        np.asarray(ground.districts.geometry.to_crs(ground.crs).values, dtype=object)
    )
    edge = shapely.make_valid(np.asarray(ground.boundary.to_crs(ground.crs).values, dtype=object))
    whole = shapely.union_all([*districts, *edge])
    if whole.is_empty:
        return np.array([shapely.box(0, 0, 1, 1)], dtype=object)
    rest = shapely.difference(whole, shapely.union_all(districts))
    zones = [shape for shape in (*districts, rest) if shape.area > 0]
    return np.array(zones, dtype=object)


def _spot(region: Region, xy: Floats, residents: Floats) -> shapely.Point:
    """Return where a region's residents live in the middle: nothing that a place in it decides."""
    inside = shapely.intersects_xy(region.shape, xy[:, 0], xy[:, 1]) & (residents > 0)
    if not inside.any():
        return region.shape.representative_point()
    middle = np.average(xy[inside], axis=0, weights=residents[inside])
    metres = np.hypot(*(xy[inside] - middle).T).round(3)
    return shapely.Point(xy[inside][metres.argmin()])


def _new_ids(places: gpd.GeoDataFrame, count: int) -> list[str]:
    taken, number = set(places["id"]), 0
    ids: list[str] = []
    while len(ids) < count:
        number += 1
        if f"{HOUSING}-restricted-{number}" not in taken:
            ids.append(f"{HOUSING}-restricted-{number}")
    return ids


def _districts(spots: gpd.GeoSeries, districts: gpd.GeoDataFrame) -> list[str]:
    """Return the district of each spot: the place's own would be a part of its region."""
    names = []
    for spot in spots:
        there = (
            districts["name"][districts.to_crs(WGS84).intersects(spot)] if len(districts) else ()
        )
        names.append(str(next(iter(there), "")))
    return names


def _moved(
    people: gpd.GeoDataFrame, places: gpd.GeoDataFrame, new: pd.DataFrame
) -> gpd.GeoDataFrame:
    """Move the people of restricted housing with it; ``new`` has one row per place."""
    if people.empty:
        return people
    row_of = {str(place): row for row, place in enumerate(places["id"])}
    units = people["unit"].astype(str)
    here = (people["origin"] == HOUSING) & units.isin(row_of)
    if not here.any():
        return people
    told = new.iloc[units[here].map(row_of).to_numpy()]
    columns = {name: people[name].to_numpy(object).copy() for name in ("id", "unit", "district")}
    geometry = np.asarray(people.geometry.values, dtype=object).copy()
    at = np.flatnonzero(here.to_numpy(bool))
    for name, source in (("id", "id"), ("unit", "id"), ("district", "district")):
        columns[name][at] = told[source].to_numpy(object)
    geometry[at] = told["spot"].to_numpy(object)
    moved = people.assign(**columns)
    return moved.set_geometry(gpd.GeoSeries(geometry, index=people.index, crs=people.crs))


def _record(details: object, region: Region, crs: str) -> str:
    """Return what is kept of a record: counts that sums need, and the region."""
    kept = {
        column: value for column, value in _fields(details).items() if plain(column) in _needed()
    }
    shape = gpd.GeoSeries([region.shape], crs=crs).to_crs(WGS84).iloc[0]
    written_shape = shapely.to_wkt(shape, rounding_precision=DECIMALS)
    return json.dumps(
        {**kept, SHAPE: written_shape, ENOUGH: region.enough}, ensure_ascii=False, allow_nan=False
    )


@cache
def _needed() -> frozenset[str]:
    """Return the columns of a housing's record that are read for figures."""
    groups = [group for group in presets.groups().values() if group.origin == HOUSING]
    names = [name for group in groups for name in group.columns]
    names += [name for columns in rules().housing_columns.values() for name in columns]
    return frozenset(map(plain, names))
