"""Undoing what files brought into an area: each part as it was before, unless it was changed since.

Reading files is one change of an area's log (``geo.catalog.change_area``). Undoing it writes what
the files replaced as a new revision, and puts the records back with it; that is a change of its
own, which can be undone again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.area.folder import read_revision
from geo.area.manifest import home_folder
from geo.area.model import Area
from geo.area.provenance import Source
from geo.catalog import change_area, open_area
from geo.errors import InputError, StoreError
from geo.ingest.build import Note, noted, with_derived
from geo.store.model import FileChange
from geo.store.store import store_of
from geo.texts import Phrase
from geo.types import WGS84

RESIDENTS = "residents"
WHOLE = ("boundary", "districts", "buildings", "water", "addresses")
"""Tables that are put back as a whole; residents and the network are, too."""
BY_ROW = ("places", "activities")
"""Tables that are put back row by row."""
_DATE = re.compile(r"(?:19|20)\d\d(?:-[01]\d(?:-[0-3]\d)?)?")
FOLLOWS = "district"
"""The column that follows from the districts."""


def undo(name: str, batch: int, *, who: str = "", home: str | Path | None = None) -> int:
    """Put back what was before a batch of an area's log, its files too where it read some; return
    the number of the batch that does so.

    Raises
    ------
    InputError ``unknown_batch`` : there is none, or it cannot be undone.
    InputError ``undo_too_old`` : so many files were read since that what was before is gone.
    UndoBlocked, StoreError ``undo_files_blocked`` : records or parts of it were changed later.
    """
    store = store_of(name, home)
    change = store.changed_files(batch)
    if change is None:
        return store.undo(batch, who=who)
    folder = home_folder(home) / "areas" / name
    was, became = (read_revision(folder, each) for each in (change.before, change.after))
    at = (change.before_at, change.after_at)
    if was is None or became is None or at != (was.created, became.created):
        raise InputError("undo_too_old", batch=str(batch))
    now = open_area(name, home, edited=False)
    made = put_back(now, was, became, batch)
    undone = FileChange("files_undo", change.files, batch=batch)
    return change_area(now, made, undone, who=who, home=home).batch


def state_source(
    name: str, old: Source, note: Note, *, who: str = "", home: str | Path | None = None
) -> Area:
    """Note what a person states of a source of an area, as a change of its log; return the area.

    Raises
    ------
    InputError ``bad_source_date`` : the date is no year, month or day.
    """
    if note.date and not _DATE.fullmatch(note.date):
        raise InputError("bad_source_date", found=note.date[:40])
    before = open_area(name, home, edited=False)
    own = next((each for each in before.sources if each == old), None)
    if own is None:
        raise InputError("unknown_part", found=old.title[:80], known="–")
    change = FileChange("files_sources", (old.file or old.title,))
    return change_area(before, noted(before, own, note), change, who=who, home=home).area


def put_back(now: Area, was: Area, became: Area, batch: int) -> Area:
    """Return an area without what made ``became`` of ``was``; what else happened to it stays.

    Raises
    ------
    StoreError ``undo_files_blocked`` : a part was changed again since; the message names it.
    """
    taken: dict[str, Any] = {}
    blocked: list[str] = []
    for part in WHOLE:
        before, after = (_table(getattr(each, part)) for each in (was, became))
        if not _same(before, after):
            _take(part, before, after, _table(getattr(now, part)), taken, blocked)
    if not _same(was.network.frame(), became.network.frame()):
        same = _same(became.network.frame(), now.network.frame())
        taken["network"] = was.network
        blocked += [] if same else ["network"]
    before, after = _residents(was), _residents(became)
    if not _same(before, after):
        _take("people", before, after, _residents(now), taken, blocked)
        taken["outlines"] = was.outlines
    for part in BY_ROW:
        rows = _rows(getattr(now, part), getattr(was, part), getattr(became, part))
        if rows is None:
            blocked.append(part)
        else:
            taken[part] = rows
    if blocked:
        named = [Phrase(f"part.{name}", {}) for name in blocked]
        raise StoreError("undo_files_blocked", batch=str(batch), parts=named[0])
    if "boundary" in taken:
        taken["boundary"] = gpd.GeoSeries(taken["boundary"].geometry, crs=WGS84)
    if was.name != became.name and now.name == became.name:
        taken["name"] = was.name
    sources = _sources(now.sources, was.sources, became.sources)
    return with_derived(replace(now, **taken, sources=sources, _snaps={}))


def _take(
    part: str, was: Any, became: Any, now: Any, taken: dict[str, Any], blocked: list[str]
) -> None:
    """Take a whole table as it was, unless it is no longer as it became."""
    if _same(became, now):
        taken[part] = was
    else:
        blocked.append(part)


def _table(part: gpd.GeoDataFrame | gpd.GeoSeries) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=part) if isinstance(part, gpd.GeoSeries) else part


def _residents(area: Area) -> gpd.GeoDataFrame:
    return area.people[area.people["origin"] == RESIDENTS].reset_index(drop=True)


def _same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Return whether two tables hold the same, but for what follows from the districts."""
    if len(one) != len(other):
        return False
    names = [name for name in one if name != FOLLOWS]
    if set(names) != {name for name in other if name != FOLLOWS}:
        return False
    return all(_alike(one[name], other[name]) for name in names)


def _alike(one: pd.Series, other: pd.Series) -> bool:
    if one.name == "geometry":
        first, second = (shapely.to_wkb(np.asarray(each, dtype=object)) for each in (one, other))
        return bool(np.array_equal(first, second))
    first, second = (np.asarray(each, dtype=object) for each in (one, other))
    unknown = pd.isna(first) & pd.isna(second)
    return bool(np.all(unknown | (first == second)))


def _rows(now: pd.DataFrame, was: pd.DataFrame, became: pd.DataFrame) -> pd.DataFrame | None:
    """Return a table whose rows are as they were where they became something else; None where one
    of those is something else again by now.
    """
    before, after, here = (_by_id(each) for each in (was, became, now))
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    if any(here.get(name) != after.get(name) for name in changed):
        return None
    if not changed:
        return now
    gone = set(changed) - set(before)
    restored = {name for name in changed if name in before}
    ids = now["id"].astype(str)
    old = was.assign(_id=was["id"].astype(str)).set_index("_id", drop=True)
    parts = [now[~ids.isin(gone | restored)], old[old.index.isin(restored)]]
    full = [part for part in parts if len(part)]
    table = pd.concat(full, ignore_index=True) if full else now.iloc[:0]
    if isinstance(now, gpd.GeoDataFrame):
        return gpd.GeoDataFrame(table, geometry="geometry", crs=now.crs or WGS84)
    return pd.DataFrame(table)


def _by_id(table: pd.DataFrame) -> Mapping[str, tuple[Any, ...]]:
    names = sorted(str(name) for name in table if name not in ("geometry", FOLLOWS))
    cells = [table[name].astype(str) for name in names]
    if isinstance(table, gpd.GeoDataFrame):
        shapes = np.asarray(table.geometry, dtype=object)
        cells.append(pd.Series(shapely.to_wkt(shapes, rounding_precision=9), index=table.index))
    rows = zip(*cells, strict=True)
    return dict(zip(table["id"].astype(str), rows, strict=True))


def _sources(
    now: tuple[Source, ...], was: tuple[Source, ...], became: tuple[Source, ...]
) -> tuple[Source, ...]:
    """Return the sources without those that came, and with those that went."""
    came = [source for source in became if source not in was]
    went = [source for source in was if source not in became]
    kept = [source for source in now if source not in came]
    return (*kept, *(source for source in went if source not in kept))
