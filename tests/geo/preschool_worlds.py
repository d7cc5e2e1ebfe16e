"""A street with children, preschools and transitional housing at metres along it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.area.model import Area
from geo.area.people import of_housing
from geo.types import WGS84
from tests.geo.worlds import LENGTH_M, along, street

ALL = (1.0,) * 5
"""All children of each age want a place."""


def nursery_street(
    homes: Mapping[float, float],
    preschools: Mapping[float, Mapping[str, Any]],
    housing: Mapping[float, Mapping[str, Any]] | None = None,
    *,
    five_to_nine: Mapping[float, float] | None = None,
    kind: str = "preschool",
    others: Mapping[float, str] | None = None,
) -> Area:
    """The street of ``worlds``: children 0–4 a home, and each place's further columns."""
    all_places = dict.fromkeys(preschools, kind) | dict(others or {})
    all_places |= dict.fromkeys(housing or {}, "transitional_housing")
    told = {**preschools, **(housing or {})}
    area = street(homes=homes, places=all_places, estimated=True)
    places = area.places.assign(
        details=[json.dumps(told.get(at, {})) for at in all_places],
        district=["Väst" if at < LENGTH_M / 4 else "Öst" for at in all_places],
        id=[f"{name}-{at:g}" for at, name in all_places.items()],
    )
    people = area.people
    if five_to_nine is not None:
        people = people.assign(children_5_9=[five_to_nine.get(at, np.nan) for at in homes])
    families = of_housing(places)
    families["district"] = ["Väst" if at < LENGTH_M / 4 else "Öst" for at in housing or {}]
    if len(families):
        joined = pd.concat([pd.DataFrame(people), pd.DataFrame(families)], ignore_index=True)
        people = gpd.GeoDataFrame(joined, geometry="geometry", crs=WGS84)
    return replace(area, people=people, places=places, _snaps={})


def points_at(metres: float) -> tuple[float, float]:
    """Longitude and latitude of a point at metres along the street."""
    point = along({metres: 0}).iloc[0]
    return point.x, point.y
