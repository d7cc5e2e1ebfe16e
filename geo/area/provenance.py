"""Where a part of an area came from, which rows of a file could not be used, and the columns of an
area's tables, in order: all but people's counts and points are plain text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.types import WGS84


@dataclass(frozen=True)
class LeftOut:
    """A row of a file that could not be used: its number in the file (0: none), and why (a key
    under ``left_out.`` with values); or what was done with one that is used (under ``notices.``).
    """

    row: int
    reason: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """What was done with a file that its user should know: a key under ``told.`` with values, and
    where: (longitude, latitude) of each place it concerns, or of the first.
    """

    what: str
    values: dict[str, Any] = field(default_factory=dict)
    points: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Source:
    """Where a part of an area came from.

    ``part`` is ``network``, ``boundary``, ``districts``, ``people``, or a kind of place. Empty
    ``licence`` or ``date`` means unknown, and is shown as such: a date is that of what the file
    holds, a day or a year, never that of the file or of the build. ``made`` is a key under
    ``made.`` that says how the part was made of the file. ``notices`` say what was done with rows
    that are used.
    """

    part: str
    title: str
    licence: str = ""
    date: str = ""
    made: str = "read"
    file: str = ""
    rows: int = 0
    estimated: bool = False
    demonstration: bool = False
    columns: dict[str, str] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    notices: tuple[LeftOut, ...] = ()
    told: tuple[Told, ...] = ()

    @property
    def is_osm(self) -> bool:
        """Whether OpenStreetMap must be credited wherever this part shows."""
        return "openstreetmap" in f"{self.title} {self.licence}".lower()


DISTRICTS = ("name",)
PEOPLE = ("id", "origin", "unit", "district", "estimated")
"""Beside a float column per group."""
PLACES = ("id", "name", "kind", "address", "district", "source", "demonstration", "details")
BUILDINGS = ("floor_m2", "residential")
OUTLINES = ("unit", "placed")
"""Shapes of the statistical areas that estimated residents were placed within, and how."""
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


def no_outlines() -> gpd.GeoDataFrame:
    """Return a table of outlines without any."""
    return empty_table(OUTLINES)


def no_activities() -> pd.DataFrame:
    """Return a table of activities without any."""
    return pd.DataFrame({name: pd.Series(dtype=object) for name in ACTIVITIES})


OSM_CREDIT = "© OpenStreetMap contributors"
