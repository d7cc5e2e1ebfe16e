"""From an understood file to places of an area: where each row is, by what that is known, what is
set aside and why. Proposes; writes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd

from geo import presets, texts
from geo.addresses.matching import Match
from geo.area import protected
from geo.area.model import Area
from geo.area.people import with_districts
from geo.area.protected import HOUSING
from geo.area.provenance import PLACES, LeftOut
from geo.checking.check import check_places
from geo.checking.problems import Problem
from geo.importing.placing import (
    APART,
    Asked,
    Placed,
    by_coordinates,
    by_words,
    check_any_near,
    doubted,
    with_known_ids,
)
from geo.importing.records import MARK, PlaceRow, digest, place_rows, without_protected
from geo.sources.files.place_tables import Understood
from geo.types import WGS84, Progress

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


@dataclass(frozen=True, eq=False)
class Import:
    """What an import would bring.

    ``places``: columns of ``Area.places``, all with a point; the index, ``row``, is the row of the
    file. ``how`` (one of ``HOW``), ``score`` (0–100) and ``said`` (what it was matched to), by the
    same index. ``unplaced``: columns ``UNPLACED``. ``left_out``: rows that hold nothing to use.
    ``understood`` is without the cells of protected housing. ``known_as``: the id that protected
    housing has here → digests of the ids under which it may stand in the area from before, when it
    was not protected.
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
    known_as: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """The file's name: what its places have as their source."""
        return self.understood.file

    @property
    def credits_osm(self) -> bool:
        """Whether OpenStreetMap must be credited for a position."""
        return bool(self.places["source"].str.contains("openstreetmap", case=False).any())


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
    rows = with_known_ids(rows, area, understood)
    placed, missed = by_coordinates(area, rows)
    if missed:
        found, missed = by_words(area, missed, {row.id for row in rows}, lookup, progress)
        found, missed = doubted(found, missed, understood)
        placed += found
    check_any_near(area, understood, placed, missed)
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
        understood=without_protected(understood, kind),
        places=places,
        how=pd.Series([by_row[row].how for row in index], index=index, dtype=object),
        score=pd.Series([by_row[row].score for row in index], index=index, dtype=np.float64),
        said=pd.Series([_said(by_row[row]) for row in index], index=index, dtype=object),
        unplaced=_unplaced(missed),
        left_out=tuple(left_out),
        problems=problems,
        known_as=_known_as(places, [each.row for each in placed], [row for row, _ in missed]),
    )


def _known_as(
    places: gpd.GeoDataFrame, placed: list[PlaceRow], missed: list[PlaceRow]
) -> dict[str, frozenset[str]]:
    """Return by what protected housing can be known again, by its id here."""
    ids = [(str(places.loc[row.row, "id"]), row) for row in placed if row.restricted]
    ids += [(_unplaced_id(row), row) for row in missed if row.restricted]
    return {own: row.known_as | {digest(row.id)} for own, row in ids}


def _unplaced_id(row: PlaceRow) -> str:
    return f"{HOUSING}-unplaced-{row.row}"


def _said(each: Placed) -> str:
    return "" if each.row.restricted else each.said


def _places(placed: list[Placed], kind: str, file: str) -> gpd.GeoDataFrame:
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
    ground = protected.Ground(area.districts, area.boundary, area.network.crs)
    raw = np.array(hidden, dtype=bool)
    found = protected.coarsened(places, area.people, ground)
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
        kept = {**protected.kept_of(dict(row.details)), **MARK}
        hidden = texts.text("place.restricted", "sv")
        told = (row.row, _unplaced_id(row), hidden, "", "protected", "", 0.0)
        return (*told, np.nan, np.nan, json.dumps(kept, ensure_ascii=False))
    lon, lat = (match.point.x, match.point.y) if match.point else (np.nan, np.nan)
    told_row = (row.row, row.id, row.name, row.address, match.reason, match.said, match.score)
    return (*told_row, lon, lat, _json(row))


def _json(row: PlaceRow) -> str:
    return json.dumps(dict(row.details), ensure_ascii=False, allow_nan=False)
