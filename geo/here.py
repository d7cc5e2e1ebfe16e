"""What lies around one point, and what is known of one place. Knows the area, and no screen."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from functools import cache, cached_property

import geopandas as gpd
import numpy as np
import pandas as pd

from geo import presets, privacy, texts
from geo.area import protected
from geo.area.model import Area
from geo.area.people import HOUSING
from geo.area.provenance import Source
from geo.around import placed
from geo.cells import plain, to_number
from geo.network.distances import reached_paths, within
from geo.network.walk_network import Snapped, WalkNetwork
from geo.types import WGS84, Floats


@dataclass(frozen=True, eq=False)
class Here:
    """What can be walked to from one point.

    ``place`` are rows of ``area.places`` within the limit, nearest first, with ``metres`` and
    ``minutes``. ``people`` is how many residents live within the limit; NaN where the area has
    none. ``few`` says that they are counted people and too few to tell.
    """

    lon: float
    lat: float
    limit_m: float
    profile: str
    stretch_m: float
    place: pd.Index
    metres: Floats
    minutes: Floats
    people: float
    few: bool
    _network: WalkNetwork = field(repr=False)
    _start: Snapped = field(repr=False)

    @cached_property
    def paths(self) -> gpd.GeoSeries:
        """The stretches within ``limit_m`` (WGS84); made when first drawn."""
        walker = presets.profile(self.profile)
        found = reached_paths(self._network, self._start, limit_m=self.limit_m, profile=walker)
        return found.to_crs(WGS84)


def reach_here(
    area: Area, lon: float, lat: float, *, limit_m: float, profile: str = "adult"
) -> Here:
    """Find paths, places and people within a walking distance of a point (WGS84).

    Raises
    ------
    BadPoint, PointSwapped, PointOffPaths : as ``around.placed``.
    BadLimit : not a positive number of metres.
    """
    limit = presets.limit_m(limit_m)
    walker = presets.profile(profile)
    start = placed(area, lon, lat, walker)
    goals = area.snapped_places(profile=walker)
    found = within(area.network, start, goals, within_m=limit, profile=walker)
    order = np.lexsort((found.indices, found.data))
    metres = found.data[order]
    people, few = _people_within(area, start, limit, walker)
    return Here(
        lon=lon,
        lat=lat,
        limit_m=limit,
        profile=profile,
        stretch_m=float(start.stretch_m[0]),
        place=area.places.index[found.indices[order]],
        metres=metres,
        minutes=np.array([walker.minutes(each) for each in metres]),
        people=people,
        few=few,
        _network=area.network,
        _start=start,
    )


def record(area: Area, place_id: str, language: str) -> list[tuple[str, str]]:
    """Return what is known of a place as label and value: kind, address, details, source.

    Unknown is written as unknown. Values are the file's own text, not safe for HTML.
    """
    row = area.places[area.places["id"] == place_id].iloc[0]
    unknown = texts.text("source.unknown", language)

    def word(key: str) -> str:
        return texts.text(f"place.{key}", language)

    lines = [
        (word("name"), row["name"] or unknown),
        (word("kind"), presets.kind(row["kind"]).name(language)),
        (word("address"), row["address"] or unknown),
        (word("district"), row["district"] or unknown),
    ]
    details = json.loads(row["details"]) if row["details"] else {}
    if protected.SHAPE in details:
        details = {}  # what is kept of protected housing is for sums
    lines += [
        (str(key), _detail(row["kind"], key, value, language)) for key, value in details.items()
    ]
    source = source_of(area, row)
    title = row["source"] or unknown
    lines.append((word("source"), title))
    if source is not None:
        lines.append((word("licence"), source.licence or unknown))
        lines.append((word("date"), source.date or unknown))
    if row["demonstration"]:
        lines.append((word("demonstration"), texts.text("demo.invented", language)))
    return lines


def source_of(area: Area, place: pd.Series) -> Source | None:
    """Return the source a place came from, if it is among the area's."""
    parts = {place["kind"], "places"}
    for source in area.sources:
        if source.part in parts and source.title == place["source"]:
            return source
    return None


def _detail(kind: str, key: str, value: object, language: str) -> str:
    """Write one detail; a small count of a housing's residents is not told."""
    if (
        kind == HOUSING
        and plain(key) in _counts()
        and privacy.is_small(to_number(value) or 0, True)
    ):
        return texts.text("gap.fewer", language, smallest=privacy.SMALLEST)
    return _written(value, language)


@cache
def _counts() -> frozenset[str]:
    """Return the names, as compared, that a column of a housing's people may have."""
    groups = [row for row in presets.groups().values() if row.origin == HOUSING]
    return frozenset(plain(name) for row in groups for name in (row.id, *row.columns))


def _written(value: object, language: str) -> str:
    if isinstance(value, float | int) and not isinstance(value, bool):
        return texts.number(value, language, 0 if float(value).is_integer() else 2)
    return str(value)


def _people_within(
    area: Area, start: object, limit_m: float, walker: presets.Profile
) -> tuple[float, bool]:
    """Return the residents within a limit, and whether they are too few to tell."""
    if "all" not in area.groups:
        return math.nan, False
    found = within(
        area.network, start, area.snapped_people(walker), within_m=limit_m, profile=walker
    )
    here = area.count("all")[found.indices]
    estimated = area.people["estimated"].to_numpy(bool)[found.indices]
    people = float(here.sum())
    return people, privacy.is_small(people, not bool(estimated[here > 0].any()))
