"""Reading tables of places as the file has them, before they are places: CSV, workbooks and vector
files, with rows numbered as a person sees them.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.area.provenance import LeftOut
from geo.cells import plain, written
from geo.errors import InputError
from geo.sources.files import coordinates, field_names
from geo.sources.files.coordinates import Box
from geo.sources.files.opening import NAMES, UPLOAD, Opened, opened
from geo.sources.files.sheets import MAX_ROWS, SHEET_ENDINGS, Choices, Grid, read_grid, unique_names
from geo.sources.files.vector import VECTOR_ENDINGS, crs_name, parse_crs, read_opened
from geo.types import WGS84, Bools

ENDINGS = (*SHEET_ENDINGS, ".geojson", ".json", ".gpkg", ".shp", ".kml", ".kmz", ".zip")
"""What a file of places that anyone sends can be called. Not GeoParquet, a few kB of which can hold
the same long text in every row, and FlatGeobuf: nobody has places in them.
"""

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
    ``footnote``, ``header_again``. ``swapped``: a map file wrote latitude before longitude, which
    ``points`` does not.
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
        between local coordinate systems whose numbers look alike.

    Raises
    ------
    FileMissing, FileTooLarge, FileFormat : the file cannot be used.
    InputError ``crs_mismatch`` : there is no such coordinate system as stated, or the file's own
    cannot be right.
    InputError ``column_missing`` : a stated column is not there.
    """
    with opened(Path(path), ENDINGS, bounds=UPLOAD) as file:
        if file.ending in SHEET_ENDINGS:
            return _of_grid(read_grid(file, choices), file, choices, kind, near)
        shapes = read_opened(file, crs=choices.crs or None, most_rows=MAX_ROWS)
        return _of_features(_numbered(shapes), file, choices, kind)


def read_points(
    path: Path, *, columns: Mapping[str, str] | None = None, crs: str | None = None
) -> Table:
    """Read a table of points.

    Parameters
    ----------
    path : one of ``ENDINGS`` or GeoParquet: a sheet with coordinate columns, or a vector file,
        whose polygons and lines become a point on them.
    columns : our field → column; ``lat`` and ``lon``, ``n`` and ``e``, ``x`` and ``y``, or
        ``position`` are used here, others only checked.
    crs : the coordinate system where the file does not state it, as in ``EPSG:3011``.

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
            return _table(read_grid(file, choices), file.name, choices)
        shapes = read_opened(file, crs=crs, most_rows=MAX_ROWS)
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
    for field, column in named.items():
        match = column if column in there else by_plain.get(plain(column))
        if match is None:
            raise InputError(
                "column_missing",
                file=file,
                wanted=field,
                columns=", ".join(there),
                example=example or f"{field}={there[0] if there else column}",
            )
        found[field] = match
    return found


def _of_grid(grid: Grid, file: Opened, choices: Choices, kind: str, near: Box | None) -> Understood:
    there = [str(column) for column in grid.frame.columns]
    stated = _stated(choices.columns, there, file.name)
    pair = _pair(grid.frame, file.name, choices, stated, near)
    points, lost = _points(grid.frame, pair)
    named, sure = _guessed(grid.frame, stated, pair, choices.columns, kind, grid.header > 0)
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
        crs=pair.crs if pair and (pair.landing > 0 or choices.crs) else "",
        landing=min(pair.landing, 1.0) if pair else 0.0,
        frame=grid.frame,
        points=points,
        left_out=_sorted([*grid.left_out, *lost]),
    )


def _of_features(shapes: gpd.GeoDataFrame, file: Opened, choices: Choices, kind: str) -> Understood:
    data = shapes.drop(columns="geometry")
    there = unique_names(list(data.columns))
    cells = [[_cell(cell) for cell in data.iloc[:, at]] for at in range(len(there))]
    frame = pd.DataFrame(dict(zip(there, cells, strict=True)), index=shapes.index, dtype=object)
    stated = _stated(choices.columns, there, file.name)
    empty = (shapes.geometry.isna() | shapes.geometry.is_empty).to_numpy(bool)
    if empty.all():
        grid = Grid(frame, "", "", choices.decimal, "", (), 1, (), ())
        return _of_grid(grid, file, choices, kind, None)
    placed = _placed(shapes[~empty])
    placed_points, swapped = coordinates.in_order(placed.geometry)
    points = placed_points.reindex(shapes.index)
    lost = _unplaced_features(shapes, placed)
    named, sure = _guessed(frame, stated, None, choices.columns, kind, headed=True)
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
        landing=coordinates.at_home(placed_points),
        frame=frame,
        points=points,
        left_out=_sorted(lost),
        swapped=swapped,
    )


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
    table = gpd.GeoDataFrame(grid.frame[has], geometry=points[has], crs=WGS84)
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
