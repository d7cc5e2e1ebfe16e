"""A street with homes, places and activities, for needs and proposals."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, time

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.area.activities.model import Activity, Times
from geo.area.activities.occurrences import weekly_rule
from geo.area.activities.table import to_table
from geo.area.model import Area
from geo.area.people import of_housing
from geo.planning.outreach.brief import Outreach, outreach
from geo.planning.outreach.question import OutreachQuestion
from tests.geo.worlds import along, street

TODAY = date(2026, 11, 23)
"""A Monday without holidays in its week."""


def held(day: int, start: int, end: int) -> tuple[Times, ...]:
    return (Times(weekly_rule((day,)), date(2026, 1, 5), time(start), time(end)),)


def activity(id_: str, place: str, **more: object) -> Activity:
    usual: dict[str, object] = {
        "kind": "language_cafe",
        "times": held(1, 17, 19),
        "languages": ("sv",),
        "audience": ("everyone",),
        "confirmed": TODAY,
    }
    return Activity(id=id_, place=place, **{**usual, **more})  # type: ignore[arg-type]


def town(
    *,
    homes: Mapping[float, float] | None = None,
    places: Mapping[float, str] | None = None,
    activities: Iterable[Activity] = (),
    housing: Mapping[float, Mapping[str, object]] | None = None,
    born_abroad: float = 0.2,
    new: float = 0.1,
) -> Area:
    """A street of 1,000 m. ``housing``: metres along it → its record."""
    places = {500.0: "school"} if places is None else places
    area = street(homes=homes or {100.0: 10, 900.0: 20}, places=places)
    area.people["born_abroad"] = area.people["all"] * born_abroad
    area.people["up_to_five_years"] = area.people["all"] * new
    area.people["unit"] = area.people["district"]
    rows = gpd.GeoDataFrame(
        {
            "id": [f"home{at}" for at in range(len(housing or {}))],
            "name": [f"Boende {at}" for at in range(len(housing or {}))],
            "kind": "transitional_housing",
            "address": "",
            "district": "Väst",
            "source": "street",
            "demonstration": False,
            "details": [json.dumps(record) for record in (housing or {}).values()],
        },
        geometry=along(housing or {}),
    )
    both = gpd.GeoDataFrame(pd.concat([area.places, rows], ignore_index=True), crs=area.places.crs)
    people = pd.concat([area.people, of_housing(rows)], ignore_index=True)
    whole = gpd.GeoDataFrame(people, geometry="geometry", crs=area.people.crs)
    whole["estimated"] = whole["estimated"].astype(bool)
    return replace(area, places=both, people=whole, activities=to_table(activities), _snaps={})


def asked(area: Area, **more: str) -> Outreach:
    usual = {"limit": "300", "week": TODAY.isoformat(), "group": "born_abroad"}
    return outreach(area, OutreachQuestion.read({**usual, **more}, area, today=TODAY))


def without_children(area: Area) -> Area:
    return replace(area, people=area.people.drop(columns="children_0_4"), _snaps={})


def row_of(answer: Outreach, spot: str):  # type: ignore[no-untyped-def]
    return next(row for row in answer.rows if row.spot.id == spot)


def need_of(answer: Outreach, spot: str, need: str):  # type: ignore[no-untyped-def]
    return next(each for each in row_of(answer, spot).needs if each.need == need)


def lacking(answer: Outreach) -> np.ndarray:
    """Both ends of every need at every place, in a fixed order; unknown as -1."""
    rows = sorted(answer.rows, key=lambda row: row.at)
    return np.array(
        [
            (need.lacking.low, need.lacking.high) if need.lacking else (-1.0, -1.0)
            for row in rows
            for need in row.needs
        ]
    )
