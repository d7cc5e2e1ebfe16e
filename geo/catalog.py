"""Which areas there are: listed, opened with what people edited, and saved as a new revision.

The libraries that read and write an area are loaded when one is: a list needs none of them.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from geo import clock
from geo.area.manifest import DEMO, area_id, home_folder, read_manifest
from geo.errors import AreaDamaged, AreaNewer, OutputUnwritable, UnknownArea

if TYPE_CHECKING:
    from collections.abc import Collection

    from geo.area.model import Area
    from geo.store.merge import Merged
    from geo.store.model import FileChange, Key


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


def list_areas(home: str | Path | None = None) -> list[AreaCard]:
    """List the areas in a home folder by name; damaged ones are listed with their problem.

    Examples
    --------
    >>> from geo import list_areas, open_area
    >>> _ = open_area("demo")  # made when it is first opened
    >>> [card.id for card in list_areas()]
    ['demo']
    """
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
    StoreError : its store cannot be used.

    Examples
    --------
    >>> from geo import open_area
    >>> area = open_area("demo")
    >>> area.name, len(area.places_of("library")), round(area.count("all").sum())
    ('Demonstration: Helsingfors centrum', 7, 9993)
    """
    from geo.area.folder import read_area

    folder = home_folder(home) / "areas" / area_id(name)
    if not (folder / "area.json").is_file():
        if name == DEMO:
            from geo.sources.demo.area import build_demo

            return save_area(build_demo(), home)
        known = ", ".join(card.id for card in list_areas(home)) or "–"
        raise UnknownArea(found=name, known=known)
    if name == DEMO and _is_outdated_demo(folder):
        from geo.sources.demo.area import build_demo

        with suppress(OutputUnwritable):  # then the older one is shown
            save_area(build_demo(), home)
    area = read_area(folder)
    return _with_edits(area, home) if edited else area


def save_area(area: Area, home: str | Path | None = None) -> Area:
    """Write an area as a new revision, atomically, and return it with its revision and time.

    Where it has a store, what people edited there stands; see ``geo.store.store.Store.merge``.

    Raises
    ------
    OutputUnwritable : the home folder cannot be written, or the disk is full; the old area stands.
    """
    return _with_edits(_written(area, home), home)


@dataclass(frozen=True, eq=False)
class Saved:
    """An area that was saved as one change: as people edited it, the change's number, and what
    became of its records (None: a new area).
    """

    area: Area
    batch: int
    merged: Merged | None


def change_area(
    before: Area,
    made: Area,
    change: FileChange,
    *,
    who: str = "",
    home: str | Path | None = None,
    again: Collection[Key] = (),
) -> Saved:
    """Save an area that files were read into as one change of its log, which can be undone: see
    ``geo.ingest.file_changes``.

    Parameters
    ----------
    before : the area as its files have it, ``open_area(…, edited=False)``.
    again : the records that stand in a file just read; one that was undone comes back.

    Raises
    ------
    OutputUnwritable : the home folder cannot be written; the old area stands.
    StoreError : its store cannot be used, or what is undone was changed later.
    """
    from geo.store.store import store_of
    from geo.store.write import user

    store = store_of(before.id, home)

    def write() -> Area:
        return _written(made, home, keep_before=True)

    area, merged = store.change_files(before, write, change, who=user(who), again=again)
    return Saved(store.overlay(area), merged.batch, merged)


def _written(area: Area, home: str | Path | None, *, keep_before: bool = False) -> Area:
    """Write an area as a new revision; return it as its files have it."""
    import geopandas as gpd

    from geo.area.folder import description, to_arrays, write_revision
    from geo.types import WGS84

    folder = home_folder(home) / "areas" / area_id(area.id)
    saved = replace(area, created=clock.now().isoformat(timespec="microseconds"), _snaps={})
    tables = {
        "network": area.network.frame(),
        "boundary": gpd.GeoDataFrame(geometry=area.boundary),
        "districts": area.districts,
        "people": area.people,
        "places": area.places,
        "buildings": area.buildings,
        "water": area.water,
        "addresses": area.addresses,
        "outlines": area.outlines,
        "activities": gpd.GeoDataFrame(
            area.activities, geometry=gpd.GeoSeries([None] * len(area.activities), crs=WGS84)
        ),
    }
    try:
        revision = write_revision(
            folder,
            tables,
            description(saved),
            to_arrays(area.network),
            keep_before=keep_before,
        )
    except OSError as error:
        raise OutputUnwritable(
            file=str(folder), reason=error.strerror or type(error).__name__
        ) from error
    return replace(saved, revision=revision)


def _is_outdated_demo(folder: Path) -> bool:
    """Return whether the saved demonstration is an older Närhet's, or so old that all of it is
    uncertain; not where somebody added files to it.
    """
    from geo.sources.demo.activities import is_outdated

    try:
        return is_outdated(read_manifest(folder))
    except (AreaDamaged, AreaNewer):
        return False  # opening it says so


def _with_edits(area: Area, home: str | Path | None) -> Area:
    """Return an area as people edited it; the same where nobody did."""
    kept = home_folder(home) / "areas" / area.id / "store.db"
    if not kept.is_file() and not os.environ.get("NARHET_DATABASE_URL"):
        return area
    from geo.store import store  # most areas have none, and databases take a while to load

    return store.with_edits(area, home)


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
