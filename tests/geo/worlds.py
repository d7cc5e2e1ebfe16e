"""Small worlds to test in: a street with homes and places along it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.area.model import Area
from geo.area.provenance import Source
from geo.network.walk_network import WalkNetwork, build_network
from geo.types import SWEREF99_TM, WGS84

WEST, NORTH = 660_000.0, 6_580_000.0
LENGTH_M = 1000.0


def street(
    *, homes: Mapping[float, float], places: Mapping[float, str], estimated: bool = False
) -> Area:
    """A straight street of 1,000 m in five stretches; homes and places at metres along it."""
    people = gpd.GeoDataFrame(
        {
            "id": [f"home-{at:g}" for at in homes],
            "origin": "residents",
            "unit": "street",
            "district": ["Väst" if at < LENGTH_M / 4 else "Öst" for at in homes],
            "estimated": estimated,
            "all": np.array(list(homes.values()), dtype=float) * 10,
            "children_0_4": np.array(list(homes.values()), dtype=float),
        },
        geometry=along(homes),
        crs=WGS84,
    )
    stands = gpd.GeoDataFrame(
        {
            "id": [f"{kind}-{row}" for row, kind in enumerate(places.values())],
            "name": [f"{kind} {at:g}" for at, kind in places.items()],
            "kind": list(places.values()),
            "address": "",
            "district": "",
            "source": "street",
            "demonstration": False,
            "details": "{}",
        },
        geometry=along(places),
        crs=WGS84,
    )
    middle = WEST + LENGTH_M / 4
    boxes = [
        shapely.box(WEST - 50, NORTH - 50, middle, NORTH + 50),
        shapely.box(middle, NORTH - 50, WEST + LENGTH_M + 50, NORTH + 50),
    ]
    districts = gpd.GeoDataFrame({"name": ["Väst", "Öst"]}, geometry=boxes, crs=SWEREF99_TM)
    districts = districts.to_crs(WGS84)
    empty = gpd.GeoDataFrame(
        {"floor_m2": pd.Series(dtype=float), "residential": pd.Series(dtype=bool)},
        geometry=[],
        crs=WGS84,
    )
    return Area(
        id="street",
        name="Gatan",
        network=replace(_network()),
        boundary=gpd.GeoSeries([districts.union_all()], crs=WGS84),
        districts=districts,
        people=people,
        places=stands,
        buildings=empty,
        water=gpd.GeoDataFrame(geometry=[], crs=WGS84),
        sources=(Source("network", "street"), Source("people", "street", estimated=estimated)),
    )


@cache
def _network() -> WalkNetwork:
    """Made once for all tests: nobody writes to the arrays of a network."""
    cuts = np.linspace(0, LENGTH_M, 6)
    lines = [shapely.LineString([(WEST + a, NORTH), (WEST + b, NORTH)]) for a, b in pairwise(cuts)]
    return build_network(gpd.GeoDataFrame(geometry=lines, crs=SWEREF99_TM))


def along(metres: Mapping[float, object]) -> gpd.GeoSeries:
    """Points at metres along the street, in WGS84."""
    points = gpd.points_from_xy([WEST + at for at in metres], [NORTH] * len(metres))
    return gpd.GeoSeries(points, crs=SWEREF99_TM).to_crs(WGS84)
