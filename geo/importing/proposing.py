"""From an understood file to places of an area: where each row is, by what that is known, what is
set aside and why. Proposes; writes nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import presets, restricted, texts
from geo.addresses import Match, Wanted, find, folded, gazetteer
from geo.area import Area, LeftOut, Progress
from geo.checking import Problem, check_places
from geo.columns import PLACES
from geo.errors import OutsideArea
from geo.importing.records import MARK, PlaceRow, place_rows, without_protected
from geo.network import WGS84
from geo.people import with_districts
from geo.places import FAR_M
from geo.restricted import HOUSING
from geo.sources.tables import Understood

COORDINATES, ADDRESS, NAME, LOOKUP = "coordinates", "address", "name", "lookup"
HOW = (COORDINATES, ADDRESS, NAME, LOOKUP)
"""By what a place was placed."""
UNPLACED = (
    "row",
    "id",
    "name",
    "address",
    "reason",
    "suggestion",
    "score",
    "lon",
    "lat",
    "details",
)
"""What is told of a row without a position; ``reason`` is a key under ``unplaced.``, ``lon`` and
``lat`` are the suggestion's (NaN where there is none)."""
SURE = 100.0
FEW_NAMES, MANY_ROWS = 0.2, 10
"""Names alone place nothing where fewer than this share of more rows than this are known here: then
the list is of another place, and a name known by chance."""
STEP = 20
"""Rows between two calls of progress."""
APART = " · "
"""Stands in a place's source between the file and who is credited for its position."""


class Asked(Protocol):
    """Somebody who can be asked where an address is (see ``geo.sources.lookup``)."""

    def find(self, wanted: Wanted) -> Match:
        """Return what is known of a place; never asked for protected ones."""


@dataclass(frozen=True, eq=False)
class Import:
    """What an import would bring.

    ``places``: columns of ``Area.places``, all with a point; the index, ``row``, is the row of the
    file. ``how`` (one of ``HOW``), ``score`` (0–100) and ``said`` (what it was matched to), by the
    same index. ``unplaced``: columns ``UNPLACED``. ``left_out``: rows that hold nothing to use.
    ``understood`` is without the cells of protected housing.
    """

    kind: str
    understood: Understood
    places: gpd.GeoDataFrame
    how: pd.Series
    score: pd.Series
    said: pd.Series
    unplaced: pd.DataFrame
    left_out: tuple[LeftOut, ...]
    problems: tuple[Problem, ...]

    @property
    def file(self) -> str:
        """The file's name: what its places have as their source."""
        return self.understood.file

    @property
    def credits_osm(self) -> bool:
        """Whether OpenStreetMap must be credited for a position."""
        return bool(self.places["source"].str.contains("openstreetmap", case=False).any())


@dataclass(frozen=True)
class _Placed:
    row: PlaceRow
    point: shapely.Point
    how: str
    score: float
    said: str
    credit: str


def propose(
    area: Area,
    understood: Understood,
    kind: str,
    *,
    today: date,
    lookup: Asked | None = None,
    progress: Progress | None = None,
) -> Import:
    """Find a place for each row of a file, and check what was found.

    Parameters
    ----------
    lookup : a service to ask where the area does not know; never asked for transitional housing
        and rows that say they are protected.
    progress : called while looking; may raise ``Cancelled``.

    Raises
    ------
    UnknownKind : with the nearest valid ones.
    NoPlaces : the file holds no places.
    OutsideArea : every row lies far outside the area.
    """
    presets.kind(kind)
    rows, left_out = place_rows(understood, kind)
    rows = _with_known_ids(rows, area, understood)
    placed, missed = _by_coordinates(area, rows)
    if missed:
        found, missed = _by_words(area, missed, {row.id for row in rows}, lookup, progress)
        found, missed = _doubted(found, missed, understood)
        placed += found
    _check_any_near(area, understood, placed, missed)
    placed.sort(key=lambda each: each.row.row)
    places = _places(placed, kind, understood.file)
    places["district"] = with_districts(places, area.districts)
    places = _coarse(places, area, [each.row.restricted for each in placed])
    index = places.index
    problems = check_places(
        places.reset_index(drop=True),
        area=area,
        today=today,
        rows=dict(zip(places["id"], map(int, index), strict=True)),
        against=area.places,
    )
    by_row = {each.row.row: each for each in placed}
    return Import(
        kind=kind,
        understood=without_protected(understood, rows),
        places=places,
        how=pd.Series([by_row[row].how for row in index], index=index, dtype=object),
        score=pd.Series([by_row[row].score for row in index], index=index, dtype=np.float64),
        said=pd.Series([_said(by_row[row]) for row in index], index=index, dtype=object),
        unplaced=_unplaced(missed),
        left_out=tuple(left_out),
        problems=problems,
    )


def _with_known_ids(rows: list[PlaceRow], area: Area, understood: Understood) -> list[PlaceRow]:
    """Give rows without an id of their own the ids that the area has for them from the same file:
    when an area is built, such places are numbered by row.
    """
    if "id" in understood.columns:
        return rows
    here = area.places[area.places["source"].astype(str).str.split(APART).str[0] == understood.file]
    names = [tuple(map(folded, pair)) for pair in zip(here["name"], here["address"], strict=True)]
    kinds = list(here["kind"])
    asked = Counter((row.wanted.kind, _called(row)) for row in rows)
    there = Counter(zip(kinds, names, strict=True))
    known = dict(zip(zip(kinds, names, strict=True), here["id"].astype(str), strict=True))
    return [
        replace(row, id=known[key])
        if (key := (row.wanted.kind, _called(row))) in known and there[key] == asked[key] == 1
        else row
        for row in rows
    ]


def _called(row: PlaceRow) -> tuple[str, ...]:
    return folded(row.name), folded(row.wanted.address)


def _by_coordinates(
    area: Area, rows: list[PlaceRow]
) -> tuple[list[_Placed], list[tuple[PlaceRow, Match]]]:
    """Place the rows whose coordinates can be of this area; of the others, why not."""
    has = [row for row in rows if row.point is not None]
    points = gpd.GeoSeries([row.point for row in has], crs=WGS84).to_crs(area.network.crs)
    metres = shapely.distance(np.asarray(points.values, dtype=object), area.metric_boundary)
    near = {row.row for row, far in zip(has, metres, strict=True) if far <= FAR_M}
    placed, missed = [], []
    for row in rows:
        if row.row in near and row.point is not None:
            placed.append(_Placed(row, row.point, COORDINATES, SURE, "", ""))
        else:
            reason = "far_away" if row.point is not None else row.lost
            missed.append((row, Match(reason=reason)))
    return placed, missed


def _by_words(
    area: Area,
    missed: list[tuple[PlaceRow, Match]],
    ids: set[str],
    lookup: Asked | None,
    progress: Progress | None,
) -> tuple[list[_Placed], list[tuple[PlaceRow, Match]]]:
    """Place rows by their address or name; what was wrong with coordinates is told before."""
    known = gazetteer(area, without=frozenset(ids))
    placed, left = [], []
    for done, (row, wrong) in enumerate(missed):
        if progress and done % STEP == 0:
            progress("progress.import", done / len(missed))
        match = find(known, row.wanted)
        how = match.how
        elsewhere = match.certain or match.reason == "other_postcode"
        if lookup is not None and not elsewhere and not row.wanted.protected:
            asked = lookup.find(row.wanted)
            how, match = (LOOKUP, asked) if asked.certain else ("", _better(match, asked))
        if match.certain and match.point is not None:
            credit = match.source if "openstreetmap" in match.source.lower() else ""
            placed.append(_Placed(row, match.point, how, match.score, match.said, credit))
        else:
            left.append((row, match if wrong.reason != "far_away" else _because(match, wrong)))
    return placed, left


def _doubted(
    found: list[_Placed], missed: list[tuple[PlaceRow, Match]], understood: Understood
) -> tuple[list[_Placed], list[tuple[PlaceRow, Match]]]:
    """Take names for suggestions only, in a list of names most of which are unknown here."""
    rows = len(found) + len(missed)
    told = {"address", "postcode"} & set(understood.columns)
    if told or rows <= MANY_ROWS or len(found) >= FEW_NAMES * rows:
        return found, missed
    named = [
        (
            each.row,
            Match("", each.score, NAME, each.point, each.said, each.credit, "names_elsewhere"),
        )
        for each in found
        if each.how == NAME
    ]
    left = sorted([*missed, *named], key=lambda each: each[0].row)
    return [each for each in found if each.how != NAME], left


def _better(match: Match, asked: Match) -> Match:
    return asked if asked.said and not match.said else match


def _because(match: Match, wrong: Match) -> Match:
    return Match(**{**vars(match), "reason": wrong.reason})


def _check_any_near(
    area: Area, understood: Understood, placed: list[_Placed], missed: list[tuple[PlaceRow, Match]]
) -> None:
    """Refuse a file all of whose points lie in another part of the world."""
    far = [row for row, match in missed if match.reason == "far_away"]
    if placed or not far or len(far) < len(missed):
        return
    points = gpd.GeoSeries([row.point for row in far], crs=WGS84).to_crs(area.network.crs)
    metres = shapely.distance(np.asarray(points.values, dtype=object), area.metric_boundary)
    nearest = float(np.nanmin(np.where(np.isfinite(metres), metres, np.inf)))
    raise OutsideArea(file=understood.file, rows=len(far), found=round(nearest / 1000))


def _said(each: _Placed) -> str:
    return "" if each.row.restricted else each.said


def _places(placed: list[_Placed], kind: str, file: str) -> gpd.GeoDataFrame:
    columns = {
        "id": [each.row.id for each in placed],
        "name": [each.row.name for each in placed],
        "kind": kind,
        "address": [each.row.address for each in placed],
        "district": "",
        "source": [file + (APART + each.credit if each.credit else "") for each in placed],
        "demonstration": False,
        "details": [_json(each.row) for each in placed],
    }
    index = pd.Index([each.row.row for each in placed], name="row", dtype=np.int64)
    places = gpd.GeoDataFrame(
        pd.DataFrame(columns, index=index, columns=list(PLACES)),
        geometry=[each.point for each in placed],
        crs=WGS84,
    )
    return places.astype({"kind": object, "district": object, "source": object})


def _coarse(places: gpd.GeoDataFrame, area: Area, hidden: list[bool]) -> gpd.GeoDataFrame:
    """Take out what may not be known of protected housing, before anything else sees it. Rows keep
    their numbers.
    """
    ground = restricted.Ground(area.districts, area.boundary, area.network.crs)
    raw = np.array(hidden, dtype=bool)
    found = restricted.coarsened(places, area.people, ground)
    if found is None:
        return places
    coarse = found[0]
    coarse.index = pd.Index([*places.index[~raw], *places.index[raw]], name="row")
    taken = set(area.places["id"].astype(str)) | set(coarse["id"])
    number = 0
    for row in places.index[raw]:
        while (number := number + 1) and f"{HOUSING}-restricted-{number}" in taken:
            pass
        coarse.loc[row, "id"] = f"{HOUSING}-restricted-{number}"
        coarse.loc[row, "source"] = str(coarse.loc[row, "source"]).split(APART)[0]
    return coarse


def _unplaced(missed: list[tuple[PlaceRow, Match]]) -> pd.DataFrame:
    rows = [_left(row, match) for row, match in missed]
    return pd.DataFrame(rows, columns=list(UNPLACED))


def _left(row: PlaceRow, match: Match) -> tuple[object, ...]:
    if row.restricted:
        kept = {**restricted.kept_of(dict(row.details)), **MARK}
        hidden = texts.text("place.restricted", "sv")
        told = (row.row, f"{HOUSING}-unplaced-{row.row}", hidden, "", "protected", "", 0.0)
        return (*told, np.nan, np.nan, json.dumps(kept, ensure_ascii=False))
    lon, lat = (match.point.x, match.point.y) if match.point else (np.nan, np.nan)
    told_row = (row.row, row.id, row.name, row.address, match.reason, match.said, match.score)
    return (*told_row, lon, lat, _json(row))


def _json(row: PlaceRow) -> str:
    return json.dumps(dict(row.details), ensure_ascii=False, allow_nan=False)
