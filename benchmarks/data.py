"""What is measured on: real Hässelby-Vällingby where it lies beside the checkout, else a made-up
town.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.area.model import Area
from geo.area.provenance import empty_table
from geo.ingest.build import Inputs, build
from geo.network.walk_network import build_network
from geo.types import SWEREF99_TM, WGS84

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
HASSELBY = SHARED / "hasselby-vallingby"
KISTA = SHARED / "rinkeby-kista" / "walk.osm"
ORIGIN = (670_000.0, 6_580_000.0)


def measured_area() -> tuple[Area, str]:
    """Return the area to measure on, and what it is."""
    if HASSELBY.is_dir():
        return build("hv", "Hässelby-Vällingby", hasselby()), "real Hässelby-Vällingby"
    return town(), "a made-up town (the real data are not beside the checkout)"


def hasselby() -> Inputs:
    """Return the files of Hässelby-Vällingby."""
    return Inputs(
        lines=HASSELBY / "walk_lines.geojson.gz",
        districts=HASSELBY / "stadsdelar.geojson",
        people=(HASSELBY / "deso2025.geojson",),
        places=(
            ("preschool", HASSELBY / "preschools.csv"),
            ("meeting_place", HASSELBY / "polling_places.csv"),
        ),
    )


def town(side: int = 110, spacing_m: float = 60.0, seed: int = 0) -> Area:
    """Return a crooked street grid with 20,000 points of people and 70 preschools."""
    generator = np.random.default_rng(seed)
    step = np.arange(side) * spacing_m
    xy = np.stack(np.meshgrid(step, step), axis=-1) + generator.normal(0, 12, (side, side, 2))
    xy += ORIGIN
    ends = [(xy[:, :-1], xy[:, 1:]), (xy[:-1], xy[1:])]
    pairs = np.concatenate([np.stack(pair, axis=2).reshape(-1, 2, 2) for pair in ends])
    kept = pairs[generator.random(len(pairs)) < 0.85]
    lines = gpd.GeoDataFrame(geometry=shapely.linestrings(kept), crs=SWEREF99_TM)
    size = side * spacing_m

    def scattered(count: int) -> gpd.GeoSeries:
        at = generator.uniform(0, size, (count, 2)) + ORIGIN
        return gpd.GeoSeries(shapely.points(at), crs=SWEREF99_TM).to_crs(WGS84)

    people = pd.DataFrame(
        {
            "id": np.arange(20_000).astype(str),
            "origin": "residents",
            "unit": "",
            "district": "",
            "estimated": True,
            "all": generator.integers(1, 9, 20_000).astype(float),
        }
    )
    places = pd.DataFrame({"id": np.arange(70).astype(str), "name": "", "kind": "preschool"})
    box = shapely.box(ORIGIN[0], ORIGIN[1], ORIGIN[0] + size, ORIGIN[1] + size)
    return Area(
        id="town",
        name="town",
        network=build_network(lines),
        boundary=gpd.GeoSeries([box], crs=SWEREF99_TM).to_crs(WGS84),
        districts=empty_table(("name",)),
        people=gpd.GeoDataFrame(people, geometry=scattered(20_000)),
        places=gpd.GeoDataFrame(
            places.assign(address="", district="", source="", demonstration=False, details="{}"),
            geometry=scattered(70),
        ),
        buildings=empty_table(("floor_m2", "residential")),
        water=empty_table(()),
        sources=(),
    )
