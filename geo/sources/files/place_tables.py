"""Reading tables of places as the file has them, before they are places: CSV, workbooks, vector
files and answers of open-data services, with rows numbered as a person sees them.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.area.provenance import LeftOut
from geo.cells import is_empty, plain, written
from geo.errors import InputError
from geo.sources.files import coordinates, field_names, hsds, records, row_kinds, specifications
from geo.sources.files.coordinates import Box
from geo.sources.files.opening import NAMES, UPLOAD, Opened, opened
from geo.sources.files.sheets import (
    MAX_ROWS,
    SHEET_COLUMN,
    SHEET_ENDINGS,
    Choices,
    Grid,
    Part,
    read_grid,
    refuse,
    unique_names,
)
from geo.sources.files.vector import (
    VECTOR_ENDINGS,
    check_crs,
    crs_name,
    layers_of,
    parse_crs,
    read_opened,
    text_encoding,
)
from geo.texts import Phrase
from geo.types import WGS84, Bools

MAP_ENDINGS = (".geojson", ".json", ".gpkg", ".shp", ".kml", ".kmz", ".gpx", ".gml", ".parquet")
ENDINGS = (*SHEET_ENDINGS, *MAP_ENDINGS, ".zip")
"""What a file of places that anyone sends can be called; FlatGeobuf has nobody places in."""

_NONE = Choices()


@dataclass(frozen=True, eq=False)
class Understood:
    """What a file holds, before it is places.

    ``format`` is what people call it (``CSV``); ``encoding``, ``delimiter``, ``decimal``, ``sheet``
    and ``sheets`` are empty where the format has none. ``header``: the row of the column names as a
    person sees it, 0 for none. ``preamble``: what stands above it.

    ``columns``: our field → the file's column; ``sure``: field → what that rests on, ``name``,
    ``content`` or ``stated``. ``crs``: the system the coordinates were read in, empty where there
    are none we understand; ``landing``: the share of rows with coordinates that land where the
    system is used.

    ``frame``: every record as text, number, bool or None; the index, named ``row``, is the row in
    the file (features of a vector file count from 1). ``points``: WGS84, same index, None where a
    record has no position. ``left_out``: records whose coordinates are missing or wrong, in a file
    that has coordinates (they stay in ``frame``), and rows that are no records (they do not):
    ``footnote``, ``header_again``, ``total_row``, ``heading_row``, ``part_of_station``.
    ``swapped``: a map file wrote latitude before longitude, which ``points`` does not.

    ``joined``: the sheets or layers whose rows are here, where they are several; ``others``: those
    with rows that are not. ``persons``: columns of private persons, whose cells were left out.
    ``notes``: what else a person should know of how the file was read. ``parts``: row → how many
    rows of platforms and entrances a station stands for.
    """

    file: str
    format: str
    encoding: str
    delimiter: str
    decimal: str
    sheet: str
    sheets: tuple[str, ...]
    header: int
    preamble: tuple[str, ...]
    columns: dict[str, str]
    sure: dict[str, str]
    crs: str
    landing: float
    frame: pd.DataFrame
    points: gpd.GeoSeries
    left_out: tuple[LeftOut, ...]
    swapped: bool = False
    joined: tuple[Part, ...] = ()
    others: tuple[Part, ...] = ()
    persons: tuple[str, ...] = ()
    notes: tuple[Phrase, ...] = ()
    parts: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Table:
    """Points read from a file.

    ``frame``: points in WGS84 with the file's own columns; the index, named ``row``, holds row
    numbers as a person sees them (features of a vector file count from 1).
    ``columns``: our field → the file's column, as guessed or stated. ``rows``: rows with anything
    in them below the header, used or left out. ``crs``: the system the coordinates were read in.
    """

    frame: gpd.GeoDataFrame
    columns: dict[str, str]
    left_out: tuple[LeftOut, ...]
    rows: int
    crs: str


def understand(
    path: Path, *, choices: Choices = _NONE, kind: str = "", near: Box | None = None
) -> Understood:
    """Return what a file of places holds; it need not have coordinates.

    Parameters
    ----------
    path : one of ``ENDINGS``, at most 50 MB and 200,000 rows.
    choices : what a person states where the guess is wrong.
    kind : the kind of place in the file, where known: a column ``Infodisk`` may name info desks.
    near : west, south, east, north (WGS84) of the area that the places should be in; it decides
        between coordinate systems whose numbers look alike.

    Raises
    ------
    FileMissing, FileTooLarge, FileFormat : the file cannot be used.
    InputError ``choice_without_meaning`` : a choice that a file of this sort does not have.
    InputError ``crs_mismatch`` : there is no such coordinate system as stated, or the file's own
    cannot be right.
    InputError ``column_missing`` : a stated column is not there.
    """
    with opened(Path(path), (*ENDINGS, ".hsds"), bounds=UPLOAD) as file:
        if file.ending == ".hsds":
            refuse(file, choices, ("sheet", "encoding", "delimiter", "header"))
            answer = hsds.places_of(hsds.read_tables(file))
            found = _of_answer(answer, file, choices, kind, near)
        elif file.ending in SHEET_ENDINGS:
            found = _of_grid(read_grid(file, choices, join=True), file, choices, kind, near)
        elif file.ending in (".json", ".geojson") and not records.is_map(file):
            refuse(file, choices, ("sheet", "encoding", "delimiter", "header"))
            found = _of_answer(records.read_records(file), file, choices, kind, near)
        elif file.ending == ".parquet":
            refuse(file, choices, ("sheet", "encoding", "delimiter", "header"))
            found = _of_answer(records.read_parquet(file), file, choices, kind, near)
        else:
            found = _of_map(file, choices, kind, near)
    return _without_parts(found)


def read_points(
    path: Path,
    *,
    columns: Mapping[str, str] | None = None,
    crs: str | None = None,
    join: bool = False,
) -> Table:
    """Read a table of points.

    Parameters
    ----------
    path : one of ``ENDINGS`` or GeoParquet: a sheet with coordinate columns, or a vector file,
        whose polygons and lines become a point on them.
    columns : our field → column; ``lat`` and ``lon``, ``n`` and ``e``, ``x`` and ``y``, or
        ``position`` are used here, others only checked.
    crs : the coordinate system where the file does not state it, as in ``EPSG:3011``.
    join : whether the rows of all sheets with the same columns are read: see ``read_grid``.

    Raises
    ------
    FileMissing, FileTooLarge, FileFormat, InputError ``crs_mismatch`` : the file cannot be used.
    InputError ``column_missing`` : a stated column is not there.
    InputError ``no_coordinates`` : no row has a position.
    """
    named = dict(columns or {})
    choices = Choices(crs=crs or "", columns=named)
    with opened(Path(path), (*SHEET_ENDINGS, *VECTOR_ENDINGS), bounds=UPLOAD) as file:
        if file.ending in SHEET_ENDINGS:
            return _table(read_grid(file, choices, join=join), file.name, choices)
        if file.ending in (".json", ".geojson") and not records.is_map(file):
            answer = records.read_records(file)
            said = replace(choices, crs=crs or answer.crs)
            return _table(_grid_of(answer), file.name, said)
        shapes = _in_system(
            read_opened(file, crs=crs, most_rows=MAX_ROWS, unstated=True), file, None
        )
        return _from_vector(_numbered(shapes), file, choices)


def find_columns(
    named: Mapping[str, str], there: list[str], file: str, *, example: str = ""
) -> dict[str, str]:
    """Find the columns a person named, compared without case, spaces and punctuation.

    Raises
    ------
    InputError ``column_missing`` : one is not there; the message lists those that are.
    """
    by_plain = {plain(column): column for column in reversed(there)}
    found = {}
    for wanted, column in named.items():
        match = column if column in there else by_plain.get(plain(column))
        if match is None:
            raise InputError(
                "column_missing",
                file=file,
                wanted=wanted,
                columns=", ".join(there),
                example=example or f"{wanted}={there[0] if there else column}",
            )
        found[wanted] = match
    return found


def _of_grid(grid: Grid, file: Opened, choices: Choices, kind: str, near: Box | None) -> Understood:
    grid, persons = _without_persons(grid, choices, kind)
    there = [str(column) for column in grid.frame.columns]
    stated = _stated(choices.columns, there, file.name)
    pair = _pair(grid.frame, file.name, choices, stated, near)
    points, lost = _points(grid.frame, pair)
    landed = pair if pair is not None and (pair.landing > 0 or choices.crs) else None
    named, sure = _guessed(
        grid.frame.drop(columns=SHEET_COLUMN) if grid.joined else grid.frame,
        stated,
        pair,
        choices.columns,
        kind,
        grid.header > 0,
    )
    unread = _unread(grid.frame, pair, landed, named)
    for own in [own for own, column in named.items() if column in unread]:
        if own == "position" and sure[own] != field_names.STATED:
            del named[own], sure[own]
    no_rows = row_kinds.no_places(grid.frame, named, points)
    gone = [item.row for item in no_rows]
    return Understood(
        file=Path(file.name).name,
        format=NAMES[file.ending],
        encoding=grid.encoding,
        delimiter=grid.delimiter,
        decimal=grid.decimal,
        sheet=grid.sheet,
        sheets=grid.sheets,
        header=grid.header,
        preamble=grid.preamble,
        columns=named,
        sure=sure,
        crs=landed.crs if landed else "",
        landing=min(landed.landing, 1.0) if landed else 0.0,
        frame=grid.frame.drop(index=gone),
        points=points.drop(index=gone),
        left_out=_sorted(
            [*grid.left_out, *(item for item in lost if item.row not in set(gone)), *no_rows]
        ),
        joined=grid.joined,
        others=grid.others,
        persons=persons,
        notes=(*specifications.told(there), *_unread_notes(unread, pair)),
    )


def _without_persons(grid: Grid, choices: Choices, kind: str) -> tuple[Grid, tuple[str, ...]]:
    """Return a sheet without the columns of private persons, and which those were; one that a
    person states to be something is kept.
    """
    stated = {plain(column) for column in choices.columns.values()}
    persons = tuple(
        str(column)
        for column in grid.frame.columns
        if not choices.contacts
        and row_kinds.is_person(str(column), kind)
        and plain(str(column)) not in stated
        and not all(is_empty(cell) for cell in grid.frame[column])
    )
    return replace(grid, frame=grid.frame.drop(columns=list(persons))), persons


def _unread(
    frame: pd.DataFrame,
    pair: coordinates.Pair | None,
    landed: coordinates.Pair | None,
    named: Mapping[str, str],
) -> list[str]:
    """Return the columns called like coordinates of which none could be read."""
    if landed is not None:
        return []
    called = [*(pair.columns.values() if pair else ()), *coordinates.positions(frame)]
    called += [named["position"]] if "position" in named else []
    return [
        column
        for column in dict.fromkeys(called)
        if column in frame and any(re.search(r"\d", written(cell)) for cell in frame[column])
    ]


def _unread_notes(unread: Sequence[str], pair: coordinates.Pair | None) -> list[Phrase]:
    if not unread:
        return []
    two = pair is not None and set(unread) <= set(pair.columns.values())
    key = "understanding.no_system" if two else "understanding.unread"
    return [Phrase(key, {"columns": ", ".join(unread[:6])})]


def _without_parts(found: Understood) -> Understood:
    """Return a timetable's stops with one row a station."""
    parts, counts = row_kinds.parts_of_stations(found.frame, found.columns)
    if not counts:
        return found
    gone = {item.row for item in parts}
    kept = [item for item in found.left_out if item.row not in gone]
    return replace(
        found,
        frame=found.frame.drop(index=list(gone)),
        points=found.points.drop(index=list(gone)),
        left_out=_sorted([*kept, *parts]),
        parts=counts,
    )


def _grid_of(answer: records.Answer) -> Grid:
    """Return the rows of a JSON file as a sheet, rows counted from 1."""
    names = list(dict.fromkeys(name for row in answer.rows for name in row))
    cells = {
        own: [_cell(row.get(name)) for row in answer.rows]
        for name, own in zip(names, unique_names(list(names)), strict=True)
    }
    index = pd.RangeIndex(1, len(answer.rows) + 1, name="row")
    return Grid(pd.DataFrame(cells, index=index, dtype=object), "", "", "", "", (), 1, (), ())


def _of_answer(
    answer: records.Answer, file: Opened, choices: Choices, kind: str, near: Box | None
) -> Understood:
    found = _of_grid(
        _grid_of(answer), file, replace(choices, crs=choices.crs or answer.crs), kind, near
    )
    rows = len(answer.rows)
    notes = list(found.notes)
    if answer.total < 0 or answer.total > rows:
        key = "rows_missing" if answer.total > 0 else "rows_missing_unknown"
        notes.append(Phrase(f"understanding.{key}", {"rows": rows, "total": answer.total}))
    return replace(found, format=answer.format, header=0, decimal="", notes=tuple(notes))


def _of_map(file: Opened, choices: Choices, kind: str, near: Box | None) -> Understood:
    """Return what a vector file holds; the layers of a GeoPackage with the same columns as one."""
    never = ["delimiter", "header"]
    never += ["sheet"] if file.ending != ".gpkg" else []
    never += ["encoding"] if file.ending != ".shp" else []
    refuse(file, choices, tuple(never))
    layers = layers_of(file)
    names = [choices.sheet] if choices.sheet else [name for name, rows in layers if rows] or [""]
    read = {name: _layer_of(file, name, choices, near) for name in names[:_MOST_LAYERS]}
    first, shapes = next(iter(read.items()))
    like = [name for name in read if _alike(shapes, read[name])]
    last = max((len(read[name]) for name in like), default=0)
    step = 10 ** max(3, len(str(last)))
    joined = []
    for number, name in enumerate(like):
        own = _numbered(read[name])
        own.index = own.index + number * step
        joined.append(Part(name, len(own), number * step))
        if number:
            own = own.to_crs(shapes.crs)
        if len(like) > 1:
            own[SHEET_COLUMN] = name
        read[name] = own
    whole = shapes if len(like) == 1 else pd.concat([read[name] for name in like])
    if len(whole) > MAX_ROWS:
        raise file.broken("too_many_rows", found=len(whole), limit=MAX_ROWS)
    whole.index.name = "row"
    found = _of_features(whole, file, choices, kind, near)
    return replace(
        found,
        sheet=first,
        sheets=tuple(name for name, _ in layers),
        encoding=text_encoding(file, choices.encoding),
        joined=tuple(joined) if len(like) > 1 else (),
        others=tuple(Part(name, rows) for name, rows in layers if rows and name not in like),
    )


_MOST_LAYERS = 50


def _layer_of(file: Opened, name: str, choices: Choices, near: Box | None) -> gpd.GeoDataFrame:
    shapes = read_opened(
        file,
        crs=choices.crs or None,
        most_rows=MAX_ROWS,
        layer=name,
        encoding=choices.encoding,
        unstated=True,
    )
    return _in_system(shapes, file, near)


def _alike(one: gpd.GeoDataFrame, other: gpd.GeoDataFrame) -> bool:
    mine, theirs = ({plain(str(name)) for name in each.columns} for each in (one, other))
    return len(mine & theirs) >= 0.6 * len(mine | theirs)


def _in_system(shapes: gpd.GeoDataFrame, file: Opened, near: Box | None) -> gpd.GeoDataFrame:
    """Return features that state no coordinate system in the one that they land in.

    Raises
    ------
    InputError ``crs_mismatch`` : they land nowhere we know.
    """
    if shapes.crs is not None:
        return shapes
    spots = shapes.geometry.representative_point()
    across, up = spots.x.to_numpy(np.float64), spots.y.to_numpy(np.float64)
    pair = coordinates.system_of(across, up, near)
    if pair is None:
        check_crs(shapes.set_crs(WGS84), file.name)
        return shapes.set_crs(WGS84)
    if pair.across is not across:
        turned = shapely.transform(shapes.geometry.to_numpy(), lambda xy: xy[:, ::-1])
        shapes = shapes.set_geometry(gpd.GeoSeries(turned, index=shapes.index))
    shapes = shapes.set_crs(pair.crs, allow_override=True)
    shapes.attrs["guessed"] = True
    return shapes


def _of_features(
    shapes: gpd.GeoDataFrame, file: Opened, choices: Choices, kind: str, near: Box | None
) -> Understood:
    data = pd.DataFrame(shapes.drop(columns="geometry"))
    there = unique_names(list(data.columns))
    cells = [[_cell(cell) for cell in data.iloc[:, at]] for at in range(len(there))]
    frame = pd.DataFrame(dict(zip(there, cells, strict=True)), index=shapes.index, dtype=object)
    frame = _unnested(frame)
    there = [str(name) for name in frame.columns]
    whole = Grid(frame, "", "", choices.decimal, "", (), 1, (), ())
    whole, persons = _without_persons(whole, choices, kind)
    frame = whole.frame
    there = [str(name) for name in frame.columns]
    stated = _stated(choices.columns, there, file.name)
    empty = (shapes.geometry.isna() | shapes.geometry.is_empty).to_numpy(bool)
    if empty.all():
        found = _of_grid(whole, file, replace(choices, contacts=True), kind, near)
        return replace(found, persons=persons)
    placed = _placed(shapes[~empty])
    placed_points, swapped = coordinates.in_order(placed.geometry)
    points = placed_points.reindex(shapes.index)
    lost = _unplaced_features(shapes, placed)
    guessed_in = frame.drop(columns=SHEET_COLUMN, errors="ignore")
    named, sure = _guessed(guessed_in, stated, None, choices.columns, kind, headed=True)
    told = [Phrase("understanding.guessed_system", {"name": crs_name(shapes.crs)})]
    return Understood(
        file=Path(file.name).name,
        format=NAMES[file.ending],
        encoding="",
        delimiter="",
        decimal="",
        sheet="",
        sheets=(),
        header=0,
        preamble=(),
        columns=named,
        sure=sure,
        crs=crs_name(shapes.crs),
        landing=(
            len(placed) / max(int((~empty).sum()), 1)
            if near
            else coordinates.at_home(placed_points)
        ),
        frame=frame,
        points=points,
        left_out=_sorted(lost),
        swapped=swapped,
        persons=persons,
        notes=(*specifications.told(there), *(told if shapes.attrs.get("guessed") else ())),
    )


def _unnested(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a map file's table with its nested records as columns, as Overture's places have
    them.
    """
    nested = [
        column
        for column in frame.columns
        if any(isinstance(cell, str) and _NESTED.match(cell) for cell in frame[column].head(50))
    ]
    if not nested or not {"names", "categories"} & {str(name) for name in nested}:
        return frame
    rows = [
        {str(name): _opened(row[at]) for at, name in enumerate(frame.columns)}
        for row in frame.itertuples(index=False, name=None)
    ]
    flat = records.flat(rows)
    names = list(dict.fromkeys(name for row in flat for name in row))
    cells = {name: [_cell(row.get(name)) for row in flat] for name in names}
    return pd.DataFrame(cells, index=frame.index, dtype=object)


_NESTED = re.compile(r"\s*[\[{]")


def _opened(cell: Any) -> Any:
    if not isinstance(cell, str) or not _NESTED.match(cell):
        return cell
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return cell


def _stated(columns: Mapping[str, str], there: list[str], file: str) -> dict[str, str]:
    return find_columns({key: column for key, column in columns.items() if column}, there, file)


def _guessed(
    frame: pd.DataFrame,
    stated: Mapping[str, str],
    pair: coordinates.Pair | None,
    choices: Mapping[str, str],
    kind: str,
    headed: bool,
) -> tuple[dict[str, str], dict[str, str]]:
    """Return which field is which column, and what that rests on; a person's word goes first."""
    ours = {} if pair is None else pair.columns
    taken = {*stated.values(), *ours.values()}
    found, sure = field_names.match(frame, taken=taken, skip=set(choices), headed=headed, kind=kind)
    rests_on = field_names.NAME if pair is not None and pair.by_name else field_names.CONTENT
    sure = {**sure, **dict.fromkeys(ours, rests_on), **dict.fromkeys(stated, field_names.STATED)}
    return {**found, **ours, **stated}, sure


def _pair(
    frame: pd.DataFrame, file: str, choices: Choices, stated: Mapping[str, str], near: Box | None
) -> coordinates.Pair | None:
    """Return where a sheet's coordinates stand, and their system."""
    said = {key: column for key, column in stated.items() if key.lower() in coordinates.FIELDS}
    if not said and any(key.lower() in coordinates.FIELDS for key in choices.columns):
        return None  # a person says that there are none
    system = crs_name(parse_crs(choices.crs, file)) if choices.crs else None
    free = frame.drop(columns=[column for key, column in stated.items() if key not in said])
    pair = coordinates.find_pair(free, said, system, near=near, decimal=choices.decimal)
    if pair is None or not (np.isfinite(pair.across) & np.isfinite(pair.up)).any():
        return None
    return pair


def _points(
    frame: pd.DataFrame, pair: coordinates.Pair | None
) -> tuple[gpd.GeoSeries, list[LeftOut]]:
    """Return a point a record, None where it has no position, and the records that have none."""
    nowhere = np.full(len(frame), None, dtype=object)
    if pair is None:
        return gpd.GeoSeries(nowhere, index=frame.index, crs=WGS84), []
    usable: Bools = coordinates.possible(pair.across, pair.up, pair.crs)
    if pair.landing == 0:
        usable[:] = False
    points = gpd.points_from_xy(pair.across[usable], pair.up[usable], crs=pair.crs).to_crs(WGS84)
    landed = np.isfinite(points.x) & np.isfinite(points.y)
    usable[usable] = landed
    nowhere[usable] = np.asarray(points[landed], dtype=object)
    lost = [_unplaced(frame, int(row), pair) for row in np.flatnonzero(~usable)]
    return gpd.GeoSeries(nowhere, index=frame.index, crs=WGS84), lost


def _unplaced(frame: pd.DataFrame, row: int, pair: coordinates.Pair) -> LeftOut:
    number = int(frame.index[row])
    cells = [written(frame[column].iloc[row])[:40] for column in pair.columns.values()]
    if not any(cells):
        return LeftOut(number, "no_coordinates")
    return LeftOut(number, "bad_coordinates", {"found": "; ".join(cell or "–" for cell in cells)})


def _table(grid: Grid, file: str, choices: Choices) -> Table:
    """Return the points of a sheet; refuse one without any."""
    there = [str(column) for column in grid.frame.columns]
    stated = _stated(choices.columns, there, file)
    stated = {key: col for key, col in stated.items() if key.lower() in coordinates.FIELDS}
    pair = _pair(grid.frame, file, choices, stated, None)
    if pair is None:
        raise InputError("no_coordinates", file=file, columns=", ".join(there))
    points, lost = _points(grid.frame, pair)
    if pair.landing == 0:
        first = int(np.argmax(np.isfinite(pair.across) & np.isfinite(pair.up)))
        cells = [written(grid.frame[name].iloc[first])[:40] for name in pair.columns.values()]
        raise InputError(
            "crs_mismatch",
            file=file,
            found=", ".join(cells),
            stated=choices.crs or "WGS84, SWEREF 99 TM",
        )
    has = points.notna().to_numpy(bool)
    frame = grid.frame[has]
    if "geometry" in frame:
        frame = frame.rename(columns={"geometry": unique_names([*there, "geometry"])[-1]})
    table = gpd.GeoDataFrame(frame, geometry=points[has], crs=WGS84)
    used = stated if len(stated) > 1 else {**pair.columns, **stated}
    left_out = _sorted([*grid.left_out, *lost])
    return Table(table, used, left_out, len(grid.frame) + len(grid.left_out), pair.crs)


def _from_vector(shapes: gpd.GeoDataFrame, file: Opened, choices: Choices) -> Table:
    there = [str(column) for column in shapes.columns if column != "geometry"]
    find_columns(choices.columns, there, file.name)
    empty = (shapes.geometry.isna() | shapes.geometry.is_empty).to_numpy(bool)
    if empty.all():
        frame = pd.DataFrame(shapes[there])
        return _table(Grid(frame, "", "", "", "", (), 1, (), ()), file.name, choices)
    placed = _placed(shapes[~empty])
    if placed.empty:
        raise InputError("no_coordinates", file=file.name, columns=", ".join(there))
    lost = _unplaced_features(shapes, placed)
    return Table(placed, {}, _sorted(lost), len(shapes), crs_name(shapes.crs))


def _numbered(shapes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    shapes.index = pd.RangeIndex(1, len(shapes) + 1, name="row")
    return shapes


def _placed(shapes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return features as points in WGS84; those that land nowhere are left out."""
    table = shapes.to_crs(WGS84)
    is_point = table.geom_type == "Point"
    table["geometry"] = table.geometry.where(is_point, table.representative_point())
    landed = np.isfinite(table.geometry.x) & np.isfinite(table.geometry.y)
    return table[landed]


def _unplaced_features(shapes: gpd.GeoDataFrame, placed: gpd.GeoDataFrame) -> list[LeftOut]:
    lost = shapes.index.difference(placed.index)
    empty = shapes.geometry.isna() | shapes.geometry.is_empty
    return [
        LeftOut(int(row), "no_geometry")
        if empty[row]
        else LeftOut(int(row), "bad_coordinates", {"found": "∞"})
        for row in lost
    ]


def _cell(cell: Any) -> Any:
    """Return a vector file's cell as a sheet's would be: text, number, bool or None."""
    if isinstance(cell, (str, bool, int)) or cell is None:
        return cell
    if isinstance(cell, np.generic):
        cell = cell.item()
    if isinstance(cell, float):
        return cell if np.isfinite(cell) else None
    if isinstance(cell, (datetime.date, datetime.time)):
        return cell.isoformat()
    if isinstance(cell, (list, dict, np.ndarray)):
        listed = cell.tolist() if isinstance(cell, np.ndarray) else cell
        return json.dumps(listed, ensure_ascii=False, default=str)
    return cell if isinstance(cell, (bool, int)) else written(cell) or None


def _sorted(left_out: list[LeftOut]) -> tuple[LeftOut, ...]:
    return tuple(sorted(left_out, key=lambda item: item.row))
