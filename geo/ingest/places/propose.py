"""From an understood file to proposed places of an area: where each row is, by what that is known,
what is set aside and why. Nothing is written.

A file that holds places of several kinds becomes one part per kind. Rows that wait for a position
form the work list, each with what it may be; a list of a whole country is cut to the rows that have
a place on the map first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import presets, texts
from geo.area import protected
from geo.area.model import Area
from geo.area.people import with_districts
from geo.area.protected import HOUSING
from geo.area.provenance import PLACES, LeftOut
from geo.area.record_fields import words_about
from geo.cells import written
from geo.errors import InputError
from geo.ingest.checks.fixes import check_places, fixed
from geo.ingest.checks.thresholds import Fix, Problem
from geo.ingest.geocoding.finder import Finder, with_about
from geo.ingest.geocoding.match import Match, Wanted, find
from geo.ingest.place_files import FAR_M
from geo.ingest.places.locate import (
    APART,
    AUTO,
    Asked,
    Outside,
    Placed,
    by_coordinates,
    by_words,
    check_any_near,
    doubted,
    in_sweden,
    metres_outside,
    with_known_ids,
    without_outside,
)
from geo.ingest.places.records import (
    MARK,
    PlaceRow,
    digest,
    kind_named,
    place_rows,
    without_protected,
)
from geo.sources.files.place_tables import Understood
from geo.sources.files.row_kinds import Closed
from geo.store.model import Record
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
"""What is reported of a row without a position; ``reason`` is a key under ``unplaced.``, ``lon``
and ``lat`` are the suggestion's (NaN where there is none).
"""


@dataclass(frozen=True)
class ClosedPlace:
    """A place that its file says does not count, with why; ``point`` is None where it is not known
    where it was.
    """

    row: PlaceRow
    point: shapely.Point | None
    why: Closed


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
    closed: tuple[ClosedPlace, ...] = ()
    outside: Outside | None = None
    notes: tuple[LeftOut, ...] = ()

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
    outside: str = AUTO,
) -> Import:
    """Find a place for each row of a file, and check what was found.

    Parameters
    ----------
    lookup : a service to ask where the area has no answer; never asked for transitional housing and
        rows marked protected.
    progress : called while looking; may raise ``Cancelled``.
    outside : one of ``OUTSIDE``: what becomes of rows far outside the area.

    Raises
    ------
    InputError ``unknown_kind`` : with the nearest valid ones.
    InputError ``no_places`` : the file holds no places.
    OutsideArea : every row lies far outside the area.
    """
    presets.kind(kind)
    rows, left_out, notes = place_rows(understood, kind, today=today, swedish=in_sweden(area))
    rows = with_known_ids(rows, area, understood)
    metres = metres_outside(area, rows)
    if len(rows) and (metres > FAR_M).all():
        check_any_near(area, understood, *by_coordinates(rows, metres))
    rows, beyond = without_outside(rows, metres, understood, outside)
    placed, missed = by_coordinates(rows, metres_outside(area, rows))
    if missed:
        found, missed = by_words(area, missed, {row.id for row in rows}, lookup, progress)
        found, missed = doubted(found, missed, understood)
        placed += found
    check_any_near(area, understood, placed, missed)
    placed, missed, closed = _without_closed(placed, missed)
    left_out += [LeftOut(each.row.row, "closed_protected") for each in closed if _hides(each)]
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
        closed=tuple(each for each in closed if not _hides(each)),
        outside=beyond,
        notes=_shown(notes, rows),
    )


def _without_closed(
    placed: list[Placed], missed: list[tuple[PlaceRow, Match]]
) -> tuple[list[Placed], list[tuple[PlaceRow, Match]], list[ClosedPlace]]:
    """Return rows with and without a place that are open, and those that are not."""
    closed = [ClosedPlace(each.row, each.point, each.row.closed) for each in placed
              if each.row.closed is not None]  # fmt: skip
    closed += [ClosedPlace(row, None, row.closed) for row, _ in missed if row.closed is not None]
    return (
        [each for each in placed if each.row.closed is None],
        [each for each in missed if each[0].closed is None],
        sorted(closed, key=lambda each: each.row.row),
    )


def _hides(each: ClosedPlace) -> bool:
    return each.row.restricted


def _shown(notes: Sequence[LeftOut], rows: Sequence[PlaceRow]) -> tuple[LeftOut, ...]:
    """Return the notes on rows that are here, none on protected housing: they quote its cells."""
    gone = {row.row for row in rows if row.restricted}
    added = {note.row for note in notes if note.reason == "added_up"}
    here = {row.row for row in rows} | added
    return tuple(note for note in notes if note.row in here - gone)


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


def by_kind(
    understood: Understood,
) -> tuple[tuple[tuple[str, Understood], ...], tuple[LeftOut, ...]]:
    """Return (kind, its rows) in the order of the file, and the rows that are of no kind of ours.

    A kind is recognised by its id or one of its names (``data/kinds.toml``). Each row with a kind
    is in one part, so that the parts can be proposed one by one.

    Raises
    ------
    InputError ``column_missing`` : the file has no column of kinds.
    """
    frame = understood.frame
    column = understood.columns.get("kind", "kind")
    if column not in frame:
        there = [str(name) for name in frame.columns]
        raise InputError(
            "column_missing",
            file=understood.file,
            wanted="kind",
            columns=", ".join(there),
            example=f"kind={there[0]}" if there else "kind=typ",
        )
    said = [written(cell) for cell in frame[column]]
    kinds = pd.Series([_kind(cell) for cell in said], index=frame.index, dtype=object)
    unknown = [
        LeftOut(int(row), "other_kind", {"found": cell[:60] or "–"})
        for row, cell, kind in zip(frame.index, said, kinds, strict=True)
        if not kind
    ]
    gone = [item for item in understood.left_out if item.row not in frame.index]
    parts = tuple((kind, _part(understood, kinds == kind)) for kind in dict.fromkeys(kinds) if kind)
    return parts, tuple(sorted([*gone, *unknown], key=lambda item: item.row))


def _kind(cell: str) -> str:
    return cell if cell in presets.kinds() else kind_named(cell)


def _part(understood: Understood, mine: pd.Series) -> Understood:
    rows = set(mine.index[mine])
    return replace(
        understood,
        frame=understood.frame[mine],
        points=understood.points[mine],
        left_out=tuple(item for item in understood.left_out if item.row in rows),
    )


def only_placed(found: Import, area: Area, fixes: Sequence[Fix]) -> tuple[Import, tuple[Fix, ...]]:
    """Return an import, and fixes of it, that put nothing new on the work list.

    A row whose point a fix takes away goes too, unless the area has its place already: then that
    point is wrong there as well, and the fix stands. Housing is returned as it is: a row of it may
    mean that what the area has of it must be forgotten.
    """
    if found.kind == HOUSING:
        return found, tuple(fixes)
    _, lost = fixed(found.places, fixes)
    apart = set(lost) - set(area.places["id"].astype(str))
    places = found.places[~found.places["id"].isin(apart)]
    rest = tuple(fix for fix in fixes if fix.record not in apart)
    return replace(
        found,
        places=places,
        how=found.how[places.index],
        score=found.score[places.index],
        said=found.said[places.index],
        unplaced=found.unplaced.iloc[:0],
    ), rest


def suggested(area: Area, records: Sequence[Record]) -> list[Match]:
    """Return, per place without a point, what the area now has of its address and name, else where
    about its texts say it is; a match that is ``certain`` is one that a person may take unseen.
    Housing is not looked for.
    """
    finder = Finder(area)
    found = []
    for record in records:
        name, address, kind = (str(record.fields[key]) for key in ("name", "address", "kind"))
        if kind == HOUSING:
            found.append(Match(reason="protected"))
            continue
        match = find(finder.known, Wanted(name, address, kind=kind))
        about = words_about(record.fields["details"])
        found.append(with_about(match, finder, (*about, name, address)))
    return found
