"""A made-up area small enough to reason about: a grid of streets, a lake, four kinds of place."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.area.model import Area
from geo.area.provenance import Source, empty_table
from geo.network.walk_network import WalkNetwork, build_network
from geo.types import WGS84

CRS = "EPSG:3006"
EAST, NORTH = 660_000.0, 6_585_000.0
STEP_M, CELLS = 100.0, 8
PEOPLE = ("id", "origin", "unit", "district", "estimated")
PLACES = ("id", "name", "kind", "address", "district", "source", "demonstration", "details")


def tiny_area(name: str = "Provby", *, osm: bool = True) -> Area:
    """Return the area; its name and place names may hold anything a file may hold."""
    size = STEP_M * CELLS
    box = shapely.box(EAST - 50, NORTH - 50, EAST + size + 50, NORTH + size + 50)
    lake = shapely.Point(EAST + 550, NORTH + 550).buffer(140)
    boundary = gpd.GeoSeries([box], crs=CRS).to_crs(WGS84)
    return Area(
        id="provby",
        name=name,
        network=replace(_network()),
        boundary=boundary,
        districts=gpd.GeoDataFrame({"name": ["Norra", "Södra"]}, geometry=_halves(size)).to_crs(
            WGS84
        ),
        people=_people(),
        places=_places(),
        buildings=empty_table(("floor_m2", "residential")),
        water=gpd.GeoDataFrame(geometry=[lake], crs=CRS).to_crs(WGS84),
        sources=(Source("network", "OpenStreetMap" if osm else "Provkartan"),),
    )


@cache
def _network() -> WalkNetwork:
    """Made once for all tests: nobody writes to the arrays of a network."""
    return build_network(_grid())


def _grid() -> gpd.GeoDataFrame:
    steps = [STEP_M * step for step in range(CELLS + 1)]
    lines = []
    for a in steps:
        for b in steps[:-1]:
            lines.append([(EAST + a, NORTH + b), (EAST + a, NORTH + b + STEP_M)])
            lines.append([(EAST + b, NORTH + a), (EAST + b + STEP_M, NORTH + a)])
    return gpd.GeoDataFrame(geometry=[shapely.LineString(line) for line in lines], crs=CRS)


def _halves(size: float) -> gpd.GeoSeries:
    middle = NORTH + size / 2
    south = shapely.box(EAST - 50, NORTH - 50, EAST + size + 50, middle)
    north = shapely.box(EAST - 50, middle, EAST + size + 50, NORTH + size + 50)
    return gpd.GeoSeries([north, south], crs=CRS)


def _points(xy: list[tuple[float, float]]) -> gpd.GeoSeries:
    shapes = [shapely.Point(EAST + x, NORTH + y) for x, y in xy]
    return gpd.GeoSeries(shapes, crs=CRS).to_crs(WGS84)


def _people() -> gpd.GeoDataFrame:
    xy = [(x, y) for x in range(20, 800, 60) for y in range(20, 800, 60)]
    count = len(xy)
    children = np.arange(count, dtype=float) % 7
    table = pd.DataFrame(
        {
            "id": [f"p{row}" for row in range(count)],
            "origin": "residents",
            "unit": "0127A0010",
            "district": ["Södra" if y < 400 else "Norra" for _, y in xy],
            "estimated": True,
            "all": children * 10 + 4,
            "children_0_4": children,
        }
    )
    return gpd.GeoDataFrame(table, geometry=_points(xy))


def _places() -> gpd.GeoDataFrame:
    rows = [
        ("f1", "Solens förskola", "preschool", 110.0, 190.0),
        ("f2", "{{ 7*7*191 }}", "preschool", 210.0, 700.0),
        ("f3", "{% Torget %}<img src=x onerror=alert(1)>", "preschool", 210.0, 700.0),
        ("b1", "Biblioteket", "library", 610.0, 310.0),
        ("m1", "Träffpunkten", "meeting_place", 390.0, 90.0),
        ("g1", "Genomgångsbostaden", "transitional_housing", 720.0, 720.0),
    ]
    table = pd.DataFrame(
        {
            "id": [row[0] for row in rows],
            "name": [row[1] for row in rows],
            "kind": [row[2] for row in rows],
            "address": "Provgatan 1",
            "district": "Södra",
            "source": "Provkartan",
            "demonstration": False,
            "details": "{}",
        }
    )
    return gpd.GeoDataFrame(table, geometry=_points([(row[3], row[4]) for row in rows]))
