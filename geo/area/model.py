"""An Area: boundary, walk network, people and places, each with where it came from.

An area is a folder that can be copied to a colleague. ``area.json`` names the folder of the current
revision (``r1``, ``r2`` …) and the checksum of each GeoParquet file in it. Beside them lies the
network once more, as arrays that open at once (see ``geo.area.folder``). Saving writes a new
revision beside the old one and then replaces ``area.json`` in one step: a build that fails leaves
the old area as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import presets
from geo.area import protected, provenance
from geo.area.provenance import LeftOut, Source, Told
from geo.network.repairs import Repair
from geo.network.walk_network import Snapped, WalkNetwork
from geo.presets import Profile
from geo.types import Floats

_Made = TypeVar("_Made")


@dataclass(frozen=True)
class Unplaced:
    """A record that is known of the area and has no point: it counts in no answer about walking.
    ``details`` are its other columns as JSON, ``source`` is a title, as of a place.
    """

    id: str
    name: str
    kind: str
    details: str = ""
    source: str = ""


@dataclass(frozen=True, eq=False)
class Area:
    """Everything known of one area. Tables are in WGS84, the network in metres.

    ``districts``: ``name``. ``people``: ``id``, ``origin`` (``residents`` or
    ``transitional_housing``), ``unit`` (statistical area or place id), ``district``, ``estimated``
    and one float column per group (NaN: unknown). ``places``: ``id``, ``name``, ``kind``,
    ``address``, ``district``, ``source`` (title), ``demonstration``, ``details`` (JSON of the other
    columns). ``buildings``: centre points with ``floor_m2`` and ``residential``. ``water``: shapes
    for the map's background. ``outlines``: the statistical areas (``unit``) that estimated
    residents were placed within, and how (``placed``); none in areas of an older make.
    ``unplaced``: records of its store that wait for a point, never protected housing; none without
    a store. ``repairs``: those of its store that ``network`` was mended with.
    """

    id: str
    name: str
    network: WalkNetwork
    boundary: gpd.GeoSeries
    districts: gpd.GeoDataFrame
    people: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    water: gpd.GeoDataFrame
    sources: tuple[Source, ...]
    demonstration: bool = False
    revision: int = 0
    created: str = ""
    addresses: gpd.GeoDataFrame = field(default_factory=provenance.no_addresses)
    activities: pd.DataFrame = field(default_factory=provenance.no_activities)
    outlines: gpd.GeoDataFrame = field(default_factory=provenance.no_outlines)
    edits: int = 0
    unplaced: tuple[Unplaced, ...] = ()
    repairs: tuple[Repair, ...] = ()
    _snaps: dict[tuple[str, str], tuple[gpd.GeoDataFrame, WalkNetwork, Snapped]] = field(
        default_factory=dict, repr=False
    )
    _once: dict[tuple[str, ...], tuple[list[object], Any]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Take out what may not be known of restricted housing: no Area ever holds it."""
        ground = protected.Ground(self.districts, self.boundary, self.network.crs)
        found = protected.coarsened(self.places, self.people, ground)
        if found is not None:
            hidden = set(self.places["id"]) - set(found[0]["id"])
            told = self.activities["place"].isin(hidden)
            object.__setattr__(self, "activities", self.activities[~told].reset_index(drop=True))
            object.__setattr__(self, "places", found[0])
            object.__setattr__(self, "people", found[1])
            object.__setattr__(self, "_snaps", {})

    @property
    def key(self) -> str:
        """What everything computed from this area may be cached on."""
        edited = f"+{self.edits}" if self.edits else ""
        return f"{self.id}@{self.revision}@{self.created}{edited}"

    @cached_property
    def groups(self) -> list[str]:
        """Groups of people this area has figures of, in the order of the presets."""
        return [
            name
            for name in presets.groups()
            if name in self.people and self.people[name].notna().any()
        ]

    @cached_property
    def kinds(self) -> list[str]:
        """Kinds of place this area has, in the order of the presets."""
        return [name for name in presets.kinds() if (self.places["kind"] == name).any()]

    @cached_property
    def metric_boundary(self) -> shapely.Geometry:
        """The boundary in the network's metres, as one shape."""
        return self.boundary.to_crs(self.network.crs).union_all()

    @cached_property
    def people_xy(self) -> Floats:
        """Where people stand, in the network's metres (rows × 2); NaN where that is not known."""
        points = self.people.geometry.to_crs(self.network.crs)
        return np.column_stack([points.x.to_numpy(np.float64), points.y.to_numpy(np.float64)])

    def places_of(self, kind: str) -> gpd.GeoDataFrame:
        """Return the places of one kind, in area order."""
        return self.places[self.places["kind"] == kind].reset_index(drop=True)

    def unplaced_of(self, kind: str) -> tuple[Unplaced, ...]:
        """Return the known records of a kind that have no point, in the order of the store."""
        return tuple(each for each in self.unplaced if each.kind == kind)

    def row_of_unplaced(self, record: Unplaced) -> dict[str, Any]:
        """Return a record without a point as a row of ``places`` has it: what of that it knows."""
        return {**asdict(record), "demonstration": self.demonstration}

    def snapped_people(self, profile: Profile | None = None) -> Snapped:
        """Return people snapped to the network, computed once a profile."""
        return self._snapped("people", self.people, self.people.geometry, profile)

    def snapped_places(self, kind: str = "", profile: Profile | None = None) -> Snapped:
        """Return the places of a kind, or all of them, snapped; computed once a profile."""
        places = self.places_of(kind) if kind else self.places
        return self._snapped(f"places:{kind}", self.places, places.geometry, profile)

    def count(self, group: str) -> Floats:
        """Return people of a group per row; unknown counts as nobody here, and ``Gap.unknown`` is
        how many rows that were.
        """
        people: Floats = self.people[group].fillna(0).to_numpy(np.float64)
        return people

    @property
    def left_out(self) -> list[tuple[Source, LeftOut]]:
        """Every row of every source that could not be used."""
        return [(source, row) for source in self.sources for row in source.left_out]

    @property
    def notices(self) -> list[tuple[Source, LeftOut]]:
        """What was done with rows that are used, source by source."""
        return [(source, row) for source in self.sources for row in source.notices]

    @property
    def told(self) -> list[tuple[Source, Told]]:
        """What was done with each source that its user should know."""
        return [(source, told) for source in self.sources for told in source.told]

    @property
    def uses_osm(self) -> bool:
        """Whether any part must credit OpenStreetMap."""
        credited = self.places["source"].astype(str).str.contains("openstreetmap", case=False)
        return any(source.is_osm for source in self.sources) or bool(credited.any())

    def once(
        self,
        key: tuple[str, ...],
        parts: tuple[str, ...],
        make: Callable[[], _Made],
        *,
        most: int = 8,
    ) -> _Made:
        """Return what ``make`` makes of some parts of the area, made once while they are the same;
        of what has the same first word in its key the latest ``most`` are kept.
        """
        made_of = [getattr(self, part) for part in parts]
        kept = self._once.get(key)
        if kept is not None and all(a is b for a, b in zip(kept[0], made_of, strict=True)):
            found: _Made = kept[1]
            return found
        made = make()
        self._once[key] = (made_of, made)
        alike = [other for other in list(self._once) if other[0] == key[0]]
        for other in alike[:-most]:
            self._once.pop(other, None)
        return made

    def _snapped(
        self, what: str, whole: gpd.GeoDataFrame, points: gpd.GeoSeries, profile: Profile | None
    ) -> Snapped:
        """Snap once; a copy of the area with another table or network does not take it over."""
        key = (what, profile.id if profile else "")
        kept = self._snaps.get(key)
        if kept is None or kept[0] is not whole or kept[1] is not self.network:
            kept = (whole, self.network, self.network.snap(points, profile))
            self._snaps[key] = kept
        return kept[2]
