"""Places to check on a straight street of a kilometre, and what is known of its addresses."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import geopandas as gpd
import shapely

from geo.area.model import Area
from geo.area.provenance import ADDRESSES, PLACES
from geo.ingest.checks.fixes import check_places
from geo.ingest.checks.thresholds import Problem
from geo.types import SWEREF99_TM, WGS84
from tests.geo.worlds import NORTH, WEST, street

TODAY = date(2026, 11, 22)


@dataclass(frozen=True)
class Stand:
    """A place: metres along and beside the street, None without a point."""

    id: str
    at: tuple[float, float] | None = (100.0, 0.0)
    name: str = ""
    address: str = ""
    kind: str = "preschool"
    details: dict[str, Any] = field(default_factory=dict)


def the_street(**known: float) -> Area:
    """The street; ``Storgatan_12=300.0`` is an address 300 metres along it."""
    area = street(homes={0.0: 1.0}, places={})
    rows = [(name.replace("_", " ").rsplit(" ", 1), at) for name, at in known.items()]
    points = gpd.GeoSeries([_point((at, 0.0)) for _, at in rows], crs=SWEREF99_TM).to_crs(WGS84)
    table = {name: [""] * len(rows) for name in ADDRESSES}
    table |= {"street": [words[0] for words, _ in rows], "number": [words[1] for words, _ in rows]}
    return replace(area, addresses=gpd.GeoDataFrame(table, geometry=points, crs=WGS84))


def table_of(*stands: Stand) -> gpd.GeoDataFrame:
    """The places as a table."""
    columns = {
        **{name: [""] * len(stands) for name in PLACES},
        **{name: [getattr(one, name) for one in stands] for name in ("id", "name", "kind")},
        "address": [one.address for one in stands],
        "demonstration": [False] * len(stands),
        "details": [json.dumps(one.details, ensure_ascii=False) for one in stands],
    }
    points = gpd.GeoSeries([_point(one.at) for one in stands], crs=SWEREF99_TM).to_crs(WGS84)
    return gpd.GeoDataFrame(columns, geometry=points.to_numpy(), crs=WGS84)


def found(*stands: Stand, area: Area | None = None, **more: Any) -> tuple[Problem, ...]:
    """What the check says of the places."""
    return check_places(table_of(*stands), area=area or the_street(), today=TODAY, **more)


def told(problems: Sequence[Problem]) -> set[tuple[str, str]]:
    """Rule and place of each problem."""
    return {(problem.code, problem.record) for problem in problems}


def _point(at: tuple[float, float] | None) -> shapely.Point | None:
    return None if at is None else shapely.Point(WEST + at[0], NORTH + at[1])
