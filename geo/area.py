"""An Area: boundary, walk network, people and places, each with where it came from; opened, saved
and listed.

An area is a folder that can be copied to a colleague. ``area.json`` names the folder of the current
revision (``r1``, ``r2`` …) and the checksum of each GeoParquet file in it. Beside them lies the
network once more, as arrays that open at once (see ``stored.py``). Saving writes a new
revision beside the old one and then replaces ``area.json`` in one step: a build that fails leaves
the old area as it was.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from platformdirs import user_data_path

from geo import columns, presets, restricted
from geo.columns import empty_table
from geo.errors import AreaDamaged, AreaNewer, BadName, OutputUnwritable, UnknownArea
from geo.folder import check_table, map_arrays, read_manifest, read_table, write_revision
from geo.network.walk_network import Snapped, WalkNetwork, network_from_frame
from geo.origin import LeftOut, Source
from geo.presets import Profile
from geo.stored import from_arrays, to_arrays
from geo.types import WGS84, Floats

DEMO = "demo"
LOOKS = 20
"""How often an area that is being written over and over is looked at again."""
PARTS = ("network", "boundary", "districts", "people", "places", "buildings", "water")
LATER_PARTS = ("addresses", "activities")
"""Parts that areas made by an older Närhet do not have."""


@dataclass(frozen=True, eq=False)
class Area:
    """Everything known of one area. Tables are in WGS84, the network in metres.

    ``districts``: ``name``. ``people``: ``id``, ``origin`` (``residents`` or
    ``transitional_housing``), ``unit`` (statistical area or place id), ``district``, ``estimated``
    and one float column a group (NaN: unknown). ``places``: ``id``, ``name``, ``kind``,
    ``address``, ``district``, ``source`` (title), ``demonstration``, ``details`` (JSON of the other
    columns). ``buildings``: centre points with ``floor_m2`` and ``residential``. ``water``: shapes
    for the map's background.
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
    addresses: gpd.GeoDataFrame = field(default_factory=columns.no_addresses)
    activities: pd.DataFrame = field(default_factory=columns.no_activities)
    edits: int = 0
    _snaps: dict[tuple[str, str], tuple[gpd.GeoDataFrame, WalkNetwork, Snapped]] = field(
        default_factory=dict, repr=False
    )

    def __post_init__(self) -> None:
        """Take out what may not be known of restricted housing: no Area ever holds it."""
        ground = restricted.Ground(self.districts, self.boundary, self.network.crs)
        found = restricted.coarsened(self.places, self.people, ground)
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
        """Groups of people this area knows, in the order of the presets."""
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

    def places_of(self, kind: str) -> gpd.GeoDataFrame:
        """Return the places of one kind, in area order."""
        return self.places[self.places["kind"] == kind].reset_index(drop=True)

    def snapped_people(self, profile: Profile | None = None) -> Snapped:
        """Return people snapped to the network, computed once a profile."""
        return self._snapped("people", self.people, self.people.geometry, profile)

    def snapped_places(self, kind: str = "", profile: Profile | None = None) -> Snapped:
        """Return the places of a kind, or all of them, snapped; computed once a profile."""
        places = self.places_of(kind) if kind else self.places
        return self._snapped(f"places:{kind}", self.places, places.geometry, profile)

    def count(self, group: str) -> Floats:
        """Return people of a group a row; unknown counts as nobody here, and ``Gap.unknown`` tells
        how many rows that were.
        """
        people: Floats = self.people[group].fillna(0).to_numpy(np.float64)
        return people

    @property
    def uses_osm(self) -> bool:
        """Whether any part must credit OpenStreetMap."""
        credited = self.places["source"].astype(str).str.contains("openstreetmap", case=False)
        return any(source.is_osm for source in self.sources) or bool(credited.any())

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


@dataclass(frozen=True)
class AreaCard:
    """What a list of areas shows without opening one; ``problem`` is the code of the error that
    opening would give.
    """

    id: str
    name: str
    revision: int = 0
    created: str = ""
    demonstration: bool = False
    people: int = 0
    places: int = 0
    problem: str = ""


def home_folder(home: str | Path | None = None) -> Path:
    """Return where areas live: the argument, else ``NARHET_HOME``, else the platform's user data
    folder.
    """
    chosen = home or os.environ.get("NARHET_HOME")
    return Path(chosen).expanduser() if chosen else user_data_path("narhet", appauthor=False)


def area_id(name: str) -> str:
    """Check an area id: lower-case letters, digits and hyphens, so that it can be a folder and
    stand in a link.

    Raises
    ------
    BadName : anything else, with a proposal.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", name):
        raise BadName(found=name[:80], proposal=slug(name))
    return name


def slug(name: str) -> str:
    """Make an area id of a name.

    >>> slug("Hässelby-Vällingby, Stockholm, Sweden")
    'hasselby-vallingby'
    """
    plain = name.split(",")[0].strip().lower().translate(str.maketrans("åäöéüø", "aaoeuo"))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64] or "omrade"


def list_areas(home: str | Path | None = None) -> list[AreaCard]:
    """List the areas in a home folder by name; damaged ones are listed with their problem."""
    folder = home_folder(home) / "areas"
    cards = [_card(path) for path in sorted(folder.glob("*/area.json"))] if folder.is_dir() else []
    return sorted(cards, key=lambda card: (card.demonstration, card.name.lower()))


def open_area(name: str, home: str | Path | None = None, *, edited: bool = True) -> Area:
    """Open an area by id, with what people changed in its store; without, if not ``edited``.

    Raises
    ------
    UnknownArea : no such area in the home folder; the message lists those there are.
    AreaDamaged : a file is missing, cut short or changed.
    AreaNewer : a newer Närhet wrote it.
    StoreError : its store can not be used.
    """
    folder = home_folder(home) / "areas" / area_id(name)
    if not (folder / "area.json").is_file():
        if name == DEMO:
            from geo.sources.demo import build_demo  # built at first use, from an installed extract

            return save_area(build_demo(), home)
        known = ", ".join(card.id for card in list_areas(home)) or "–"
        raise UnknownArea(found=name, known=known)
    if name == DEMO and _is_outdated_demo(folder):
        from geo.sources.demo import build_demo

        with suppress(OutputUnwritable):  # then the older one is shown
            save_area(build_demo(), home)
    area = _read(folder)
    return _with_edits(area, home) if edited else area


def save_area(area: Area, home: str | Path | None = None) -> Area:
    """Write an area as a new revision, atomically, and return it with its revision and time.

    Where it has a store, what people edited there stands; see ``geo.store.Store.merge``.

    Raises
    ------
    OutputUnwritable : the home folder can not be written, or the disk is full; the old area stands.
    """
    folder = home_folder(home) / "areas" / area_id(area.id)
    saved = replace(area, created=datetime.now(UTC).isoformat(timespec="microseconds"), _snaps={})
    tables = {
        "network": area.network.frame(),
        "boundary": gpd.GeoDataFrame(geometry=area.boundary),
        "districts": area.districts,
        "people": area.people,
        "places": area.places,
        "buildings": area.buildings,
        "water": area.water,
        "addresses": area.addresses,
        "activities": gpd.GeoDataFrame(
            area.activities, geometry=gpd.GeoSeries([None] * len(area.activities), crs=WGS84)
        ),
    }
    try:
        revision = write_revision(folder, tables, _describe(saved), to_arrays(area.network))
    except OSError as error:
        raise OutputUnwritable(
            file=str(folder), reason=error.strerror or type(error).__name__
        ) from error
    return _with_edits(replace(saved, revision=revision), home)


def _read(folder: Path) -> Area:
    """Open a folder that others may be writing to."""
    for _ in range(LOOKS):
        looked_at = _revision(folder)
        try:
            return _opened(folder)
        except AreaDamaged:
            # Writers may have put newer revisions in place while we read, and swept the one we
            # were reading: only a folder that stands still is believed to be damaged.
            if _revision(folder) == looked_at:
                break
    return _opened(folder)


def _is_outdated_demo(folder: Path) -> bool:
    """Whether the saved demonstration is an older Närhet's, or so old that all of it is uncertain;
    not where somebody added files to it.
    """
    from geo.sources.demo_activities import is_outdated

    try:
        return is_outdated(read_manifest(folder))
    except (AreaDamaged, AreaNewer):
        return False  # opening it says so


def _with_edits(area: Area, home: str | Path | None) -> Area:
    """Return an area as people edited it; the same where nobody did."""
    kept = home_folder(home) / "areas" / area.id / "store.db"
    if not kept.is_file() and not os.environ.get("NARHET_DATABASE_URL"):
        return area
    from geo import store  # most areas have none, and databases take a while to load

    return store.with_edits(area, home)


def _describe(area: Area) -> dict[str, Any]:
    return {
        "id": area.id,
        "name": area.name,
        "created": area.created,
        "demonstration": area.demonstration,
        "crs": area.network.crs,
        "people": round(float(area.count("all").sum())) if "all" in area.people else 0,
        "sources": [asdict(source) for source in area.sources],
    }


def _revision(folder: Path) -> object:
    """Return the current revision as far as it can be told; equal answers mean that it stands."""
    try:
        return read_manifest(folder).get("revision")
    except AreaDamaged:
        return None


def _opened(folder: Path) -> Area:
    manifest = read_manifest(folder)
    network = _network(folder, manifest)
    tables = {part: read_table(folder, manifest, part) for part in PARTS if part != "network"}
    later = {part: _later(folder, manifest, part) for part in LATER_PARTS}
    try:
        return Area(
            id=folder.name,
            name=str(manifest["name"]),
            network=network,
            boundary=tables["boundary"].geometry,
            sources=tuple(_source(row) for row in manifest["sources"]),
            demonstration=bool(manifest["demonstration"]),
            revision=int(manifest["revision"]),
            created=str(manifest["created"]),
            **{
                part: tables[part]
                for part in ("districts", "people", "places", "buildings", "water")
            },
            addresses=later["addresses"],
            activities=pd.DataFrame(later["activities"].drop(columns="geometry")),
        )
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise AreaDamaged(area=folder.name, file="area.json") from error


def _later(folder: Path, manifest: dict[str, Any], part: str) -> gpd.GeoDataFrame:
    """Return a part that older areas lack: empty there."""
    if part in manifest.get("files", {}):
        return read_table(folder, manifest, part)
    return empty_table(getattr(columns, part.upper()))


def _network(folder: Path, manifest: dict[str, Any]) -> WalkNetwork:
    """Return the network from its arrays where they are as written, else from its table."""
    check_table(folder, manifest, "network")
    arrays = map_arrays(folder, manifest)
    mapped = from_arrays(str(manifest.get("crs")), arrays)
    if mapped is not None:
        return mapped
    try:
        return network_from_frame(read_table(folder, manifest, "network"))
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise AreaDamaged(area=folder.name, file="network.parquet") from error


def _source(row: dict[str, Any]) -> Source:
    return Source(**{**row, "left_out": tuple(LeftOut(**item) for item in row.get("left_out", ()))})


def _card(path: Path) -> AreaCard:
    try:
        manifest = read_manifest(path.parent)
        return AreaCard(
            path.parent.name,
            str(manifest["name"]),
            int(manifest["revision"]),
            str(manifest["created"]),
            bool(manifest["demonstration"]),
            int(manifest.get("people", 0)),
            int(manifest["files"]["places"]["rows"]),
        )
    except (AreaDamaged, AreaNewer) as error:
        return AreaCard(path.parent.name, path.parent.name, problem=error.code)
    except (KeyError, TypeError, ValueError):
        return AreaCard(path.parent.name, path.parent.name, problem="area_damaged")
