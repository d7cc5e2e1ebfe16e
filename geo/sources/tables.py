"""Reading tables of points: CSV, Excel and vector files, with rows numbered as a person sees them.
Knows nothing of what the rows mean.
"""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from openpyxl import load_workbook

from geo.area import LeftOut
from geo.errors import ColumnMissing, CrsMismatch, FileTooLarge, NoCoordinates
from geo.network import WGS84
from geo.sources import coordinates
from geo.sources.cells import is_empty, plain, written
from geo.sources.files import Opened, check_workbook, opened, size_mb
from geo.sources.vector import VECTOR_ENDINGS, crs_name, parse_crs, read_opened

TEXT_ENDINGS = (".csv", ".tsv", ".txt")
SHEET_ENDINGS = (*TEXT_ENDINGS, ".xlsx")
MAX_TEXT_MB = 50
MAX_ROWS = 500_000
MAX_COLUMNS = 2_000
_SNIFFED_ROWS = 30


@dataclass(frozen=True, eq=False)
class Table:
    """Points read from a file.

    ``frame``: points in WGS84 with the file's own columns; the index, named ``row``, holds row
    numbers as a person sees them (the header is row 1; features of a vector file count from 1).
    ``columns``: our field → the file's column, as guessed or stated. ``rows``: rows with anything
    in them, used or left out. ``crs``: the system the coordinates were read in.
    """

    frame: gpd.GeoDataFrame
    columns: dict[str, str]
    left_out: tuple[LeftOut, ...]
    rows: int
    crs: str


def read_points(
    path: Path, *, columns: Mapping[str, str] | None = None, crs: str | None = None
) -> Table:
    """Read a table of points.

    Parameters
    ----------
    path : ``.csv``, ``.tsv`` or ``.xlsx`` with coordinate columns, or a vector file, whose polygons
        and lines become a point on them.
    columns : our field → column; ``lat`` and ``lon``, ``n`` and ``e``, or ``x`` and ``y`` are used
        here, others only checked.
    crs : the coordinate system where the file does not tell it, as in ``EPSG:3011``.

    Raises
    ------
    FileMissing, FileTooLarge, FileFormat, CrsMismatch : the file can not be used.
    ColumnMissing : a stated column is not there.
    NoCoordinates : no row has a position.
    """
    with opened(Path(path), (*SHEET_ENDINGS, *VECTOR_ENDINGS)) as file:
        if file.ending in SHEET_ENDINGS:
            return _from_sheet(read_sheet(file), file.name, columns or {}, crs)
        return _from_vector(read_opened(file, crs=crs), file.name, columns or {}, crs)


def read_sheet(file: Opened) -> pd.DataFrame:
    """Read an open CSV or Excel file as text and numbers as they stand; empty rows are left away.

    Returns
    -------
    DataFrame of objects (None where nothing stands); the index, named ``row``, is the row in the
    file, the header being the first row with anything in it.

    Raises
    ------
    FileFormat, FileTooLarge : it can not be read as what its ending says.
    """
    records = _excel_records(file) if file.ending == ".xlsx" else _text_records(file)
    filled = [(number, cells) for number, cells in records if any(cells)]
    if not filled:
        raise file.broken("empty")
    if len(filled) > MAX_ROWS:
        raise file.broken("too_many_rows", found=len(filled), limit=MAX_ROWS)
    width = max(len(cells) for _, cells in filled)
    if width > MAX_COLUMNS:
        raise file.broken("too_many_columns", found=width, limit=MAX_COLUMNS)
    header, rows = filled[0][1], filled[1:]
    names = _unique_names([*header, *([None] * (width - len(header)))])
    cells = [[*row, *([None] * (width - len(row)))] for _, row in rows]
    index = pd.Index([number for number, _ in rows], name="row", dtype=np.int64)
    return pd.DataFrame(cells, columns=pd.Index(names, dtype=object), index=index, dtype=object)


def find_columns(
    named: Mapping[str, str], there: list[str], file: str, *, example: str = ""
) -> dict[str, str]:
    """Find the columns a person named, compared without case, spaces and punctuation.

    Raises
    ------
    ColumnMissing : one is not there; the message lists those that are.
    """
    by_plain = {plain(column): column for column in reversed(there)}
    found = {}
    for field, column in named.items():
        match = column if column in there else by_plain.get(plain(column))
        if match is None:
            raise ColumnMissing(
                file=file,
                wanted=field,
                columns=", ".join(there),
                example=example or f"{field}={there[0] if there else column}",
            )
        found[field] = match
    return found


def _from_sheet(frame: pd.DataFrame, file: str, named: Mapping[str, str], crs: str | None) -> Table:
    there = [str(column) for column in frame.columns]
    stated = {
        field: column
        for field, column in find_columns(named, there, file).items()
        if field.lower() in coordinates.FIELDS
    }
    system = crs_name(parse_crs(crs, file)) if crs else None
    pair = coordinates.find_pair(frame, stated, system)
    if pair is None:
        raise NoCoordinates(file=file, columns=", ".join(there))
    across, up = (coordinates.numbers(frame, column) for column in (pair.across, pair.up))
    if not (np.isfinite(across) & np.isfinite(up)).any():
        raise NoCoordinates(file=file, columns=", ".join(there))
    if pair.landing == 0:
        first = int(np.argmax(np.isfinite(across) & np.isfinite(up)))
        found = f"{_cell(frame, pair.across, first)}, {_cell(frame, pair.up, first)}"
        raise CrsMismatch(file=file, found=found, stated=system or "WGS84, SWEREF 99 TM")
    usable = coordinates.possible(across, up, pair.crs)
    points = gpd.points_from_xy(across[usable], up[usable], crs=pair.crs).to_crs(WGS84)
    landed = np.isfinite(points.x) & np.isfinite(points.y)
    usable[usable] = landed
    table = gpd.GeoDataFrame(frame[usable], geometry=points[landed])
    left_out = [_unplaced(frame, int(row), pair) for row in np.flatnonzero(~usable)]
    used = stated if len(stated) > 1 else {**pair.columns, **stated}
    return Table(table, used, tuple(left_out), len(frame), pair.crs)


def _cell(frame: pd.DataFrame, column: str, row: int) -> str:
    return written(frame[column].iloc[row])[:40]


def _unplaced(frame: pd.DataFrame, row: int, pair: coordinates.Pair) -> LeftOut:
    number = int(frame.index[row])
    across, up = _cell(frame, pair.across, row), _cell(frame, pair.up, row)
    if not across and not up:
        return LeftOut(number, "no_coordinates")
    return LeftOut(number, "bad_coordinates", {"found": f"{across or '–'}; {up or '–'}"})


def _from_vector(
    shapes: gpd.GeoDataFrame, file: str, named: Mapping[str, str], crs: str | None
) -> Table:
    shapes.index = pd.RangeIndex(1, len(shapes) + 1, name="row")
    there = [str(column) for column in shapes.columns if column != "geometry"]
    find_columns(named, there, file)
    empty = (shapes.geometry.isna() | shapes.geometry.is_empty).to_numpy(bool)
    if empty.all():
        return _from_sheet(pd.DataFrame(shapes[there]), file, named, crs)
    system = crs_name(shapes.crs)
    table = shapes[~empty].to_crs(WGS84)
    is_point = table.geom_type == "Point"
    table["geometry"] = table.geometry.where(is_point, table.representative_point())
    landed = np.isfinite(table.geometry.x) & np.isfinite(table.geometry.y)
    lost = [LeftOut(int(row), "no_geometry") for row in shapes.index[empty]]
    lost += [LeftOut(int(row), "bad_coordinates", {"found": "∞"}) for row in table.index[~landed]]
    if not landed.any():
        raise NoCoordinates(file=file, columns=", ".join(there))
    lost.sort(key=lambda item: item.row)
    return Table(table[landed], {}, tuple(lost), len(shapes), system)


def _text_records(file: Opened) -> list[tuple[int, list[Any]]]:
    if size_mb(file.path) > MAX_TEXT_MB:
        raise FileTooLarge(file=file.name, found=size_mb(file.path), limit=MAX_TEXT_MB)
    text = _decoded(file)
    records: list[tuple[int, list[Any]]] = []
    try:
        reader = csv.reader(io.StringIO(text, newline=None), delimiter=_delimiter(text))
        for number, cells in enumerate(reader, start=1):
            records.append((number, [cell.strip() or None for cell in cells]))
    except csv.Error as error:
        raise file.broken() from error
    return records


def _decoded(file: Opened) -> str:
    """Return the text of a file: UTF-8 or UTF-16 by its mark, else Windows' Western European."""
    content = file.path.read_bytes()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", errors="replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise file.broken("other_content")
    return text


def _delimiter(text: str) -> str:
    """Return the sign that cuts the first rows into the most equal columns."""
    start = "\n".join(text[:100_000].splitlines()[:_SNIFFED_ROWS])
    scores = {}
    for sign in (";", "\t", ",", "|"):
        try:
            rows = [row for row in csv.reader(io.StringIO(start), delimiter=sign) if row]
        except csv.Error:
            continue
        width = len(rows[0]) if rows else 0
        same = sum(len(row) == width for row in rows) / max(len(rows), 1)
        scores[sign] = (width > 1, round(same, 2), width)
    return max(scores, key=lambda sign: scores[sign], default=",")


def _excel_records(file: Opened) -> list[tuple[int, list[Any]]]:
    """Read the first sheet that has anything in it; formulas give their last computed value."""
    check_workbook(file)
    try:
        with warnings.catch_warnings(), file.path.open("rb") as stream:
            warnings.simplefilter("ignore")  # styles and validations we do not need
            book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
            try:
                for sheet in book.worksheets:
                    records = _sheet_records(file, sheet)
                    if records:
                        return records
            finally:
                book.close()
    except (FileTooLarge, RecursionError, MemoryError):
        raise
    except Exception as error:  # a broken workbook can make the parser raise nearly anything
        raise file.broken() from error
    return []


def _sheet_records(file: Opened, sheet: Any) -> list[tuple[int, list[Any]]]:
    sheet.reset_dimensions()  # what the file says of its size may be wrong
    records: list[tuple[int, list[Any]]] = []
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        values = [None if is_empty(cell) else cell for cell in cells]
        while values and values[-1] is None:
            values.pop()
        if values:
            records.append((number, values))
        if len(records) > MAX_ROWS:
            raise file.broken("too_many_rows", found=number, limit=MAX_ROWS)
    return records


def _unique_names(header: list[Any]) -> list[str]:
    """Name columns as the header does; nameless and repeated ones get a number."""
    names: list[str] = []
    for at, cell in enumerate(header, start=1):
        name = base = " ".join(written(cell).split()) or f"#{at}"
        again = 2
        while name in names or name == "geometry":
            name, again = f"{base}_{again}", again + 1
        names.append(name)
    return names
