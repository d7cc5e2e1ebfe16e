"""The columns of an area's tables, in order; all but people's counts and points are plain text."""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd
import pandas as pd

from geo.types import WGS84

DISTRICTS = ("name",)
PEOPLE = ("id", "origin", "unit", "district", "estimated")
"""Beside a float column a group."""
PLACES = ("id", "name", "kind", "address", "district", "source", "demonstration", "details")
BUILDINGS = ("floor_m2", "residential")
ADDRESSES = ("street", "number", "postcode", "city", "name", "source")
"""Where a written address or the name of a building stands: points, "" for what is not known."""
ACTIVITIES = (
    *("id", "place", "kind", "name", "times", "organisers", "languages", "audience"),
    *("cost", "drop_in", "seats", "contact", "source", "confirmed", "valid_from", "valid_to"),
    *("demonstration", "details"),
)
"""What happens at places (``place`` is a place's id): text as ``geo.activity`` writes it, "" where
nothing is known, but ``demonstration``, which is true or false."""


def empty_table(columns: Iterable[str]) -> gpd.GeoDataFrame:
    """Return a table with the given columns and no rows, in WGS84."""
    return gpd.GeoDataFrame(
        {name: pd.Series(dtype=object) for name in columns}, geometry=[], crs=WGS84
    )


def no_addresses() -> gpd.GeoDataFrame:
    """Return a table of addresses without any."""
    return empty_table(ADDRESSES)


def no_activities() -> pd.DataFrame:
    """Return a table of activities without any."""
    return pd.DataFrame({name: pd.Series(dtype=object) for name in ACTIVITIES})
