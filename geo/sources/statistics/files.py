"""Reading who lives where: statistical areas or points with counts, and districts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import presets
from geo.area.provenance import LeftOut
from geo.cells import is_unknown, plain, to_number, without_year, written
from geo.errors import InputError
from geo.sources.files.coordinates import FIELDS
from geo.sources.files.opening import Opened, opened, wrong_format
from geo.sources.files.place_tables import Table, find_columns, read_points
from geo.sources.files.sheets import BOOK_ENDINGS, SHEET_ENDINGS, Choices, read_grid
from geo.sources.files.vector import VECTOR_ENDINGS, read_opened, read_vector
from geo.sources.statistics import grids
from geo.sources.statistics.age_columns import columns_of_ages
from geo.sources.statistics.area_rows import one_of_each, without_levels
from geo.sources.statistics.join import (
    Figures,
    Named,
    find_code,
    lacks_zero,
    read_code,
    read_name,
)
from geo.sources.statistics.long_tables import NIL, Pivoted, as_figures, pivot, zeros_restored
from geo.types import WGS84, Bools, Floats

RESIDENTS = "residents"
_UNITS = (
    *("deso", "desokod", "desokod2025", "regso", "regsokod", "regsokod2025", "unit", "id", "kod"),
    *("code", "områdeskod", "omradeskod", "nyko", "basområde", "region", "regionkod"),
    *("grunnkretsnummer", "grunnkrets", "bydelsnummer", "postinumeroalue", *grids.ID_COLUMNS),
)
_NAMES = ("regsoname", "regsonamn", "desonamn", "namn", "name", "område", "omrade")
_DISTRICTS = (
    *("name", "namn", "stadsdel", "stadsdelsnamn", "district", "regsoname", "regsonamn"),
    *("desoname", "desonamn", "regso", "regsokod", "deso", "desokod"),
)
_TOWNS = ("kommun", "kommunnamn", "municipality")
_SHARE_SIGNS = ("pct", "procent", "percent", "andel", "share")
_DISTINCT = 0.9
_SAMPLE = 50
_HEAD = 65_536


@dataclass(frozen=True)
class _Mark:
    """A number that a publisher writes for counts it keeps secret: in files with one of these
    columns, in columns that begin with these.
    """

    mark: float
    files: frozenset[str]
    columns: tuple[str, ...]


_PROTECTED = (
    _Mark(-1.0, frozenset({"grdid", "idnro", "vaesto", "väestö"}), ("",)),
    _Mark(99.0, frozenset({"asukkaita", "asvaljyys"}), ("ika", "ikä")),
)
"""Statistics Finland writes −1 for squares of few people, the Helsinki region 99 for ages."""


@dataclass(frozen=True, eq=False)
class Units:
    """Statistical areas or points with people.

    ``frame``: ``unit`` (unique text for areas), ``name``, one float column per group (NaN: unknown)
    and shapes in WGS84; the index, named ``row``, holds row numbers of the file. ``columns``: our
    field → column, or ``column % of column`` where a count is estimated from a share.
    """

    frame: gpd.GeoDataFrame
    columns: dict[str, str]
    left_out: tuple[LeftOut, ...]
    rows: int
    estimated_groups: tuple[str, ...]
    notices: tuple[LeftOut, ...] = ()


@dataclass(frozen=True)
class _Count:
    """Where a group's count comes from: a column, a share of another, or several columns whose
    ages follow each other.
    """

    group: str
    column: str
    share_of: str = ""
    more: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for name in (self.column, *self.more, self.share_of) if name)

    @property
    def shown(self) -> str:
        if self.more:
            return " + ".join((self.column, *self.more))
        return f"{self.column} % of {self.share_of}" if self.share_of else self.column


def read_units(
    path: Path, *, columns: Mapping[str, str] | None = None, crs: str | None = None
) -> Units:
    """Read people per statistical area (polygons) or point.

    Parameters
    ----------
    columns : group → column of the file where the guess is wrong; a column of per cent, or of
        shares up to 1, is taken times all residents. Also ``unit``, ``name`` and coordinates.

    Raises
    ------
    InputError ``unknown_group`` : with the nearest valid ones; residents of transitional housing
    come with places.
    InputError ``column_missing`` : a stated column is not there.
    InputError ``negative_count``, ``not_a_number`` : the first such cell, with row and column.
    InputError ``no_people`` : no column of people, or nobody in any.
    FileMissing, FileTooLarge, FileFormat, InputError ``crs_mismatch``, ``no_coordinates`` : the
    file cannot be used.
    """
    named = dict(columns or {})
    _check_fields(named)
    table = _read_shapes(Path(path), named, crs)
    there = [str(column) for column in table.frame.columns if column != "geometry"]
    stated = find_columns(_ours(named), there, str(path))
    counts = _counts(there, stated)
    if not counts:
        raise InputError("no_people", file=str(path), columns=", ".join(there) or "–")
    used_up = {column for count in counts for column in count.columns}
    rows, notices = one_of_each(table.frame, str(path), used_up)
    table = replace(table, frame=gpd.GeoDataFrame(rows, geometry="geometry", crs=WGS84))
    reader = _Reader(str(path), table.frame)
    groups = {count.group: reader.people(count) for count in counts}
    if not sum(float(np.nansum(people)) for people in groups.values()) > 0:
        raise InputError(
            "no_people", file=str(path), columns=", ".join(count.shown for count in counts)
        )
    unit, name = _unit_column(table.frame, there, stated), _name_column(there, stated)
    frame = gpd.GeoDataFrame(
        {"unit": _unit_ids(table.frame, unit), "name": _names(table.frame, name, unit), **groups},
        index=table.frame.index,
        geometry=table.frame.geometry.values,
        crs=WGS84,
    )
    notices += [*_older_columns(counts, there), *zeros_restored(frame["unit"])]
    notices += reader.protected()
    frame["unit"] = [
        code.plain if lacks_zero(text) and (code := read_code(text)) else text
        for text in frame["unit"]
    ]
    frame, told = without_levels(_without_copies(frame), str(path))
    frame, repeated = _without_repeated(frame)
    notices += told
    used = {**table.columns, **{count.group: count.shown for count in counts}}
    used |= {field: column for field, column in (("unit", unit), ("name", name)) if column}
    return Units(
        frame,
        used,
        tuple(sorted([*table.left_out, *reader.unknown, *repeated], key=lambda item: item.row)),
        table.rows,
        tuple(count.group for count in counts if count.share_of),
        tuple(notices),
    )


def read_figures(
    path: Path, *, level: str = "", year: int = 0, columns: Mapping[str, str] | None = None
) -> Figures:
    """Read people per statistical area from a table without outlines: Statistics Sweden's own long
    CSV or Excel, a column per class and year, or a column per group.

    Parameters
    ----------
    level : ``deso`` or ``regso``; "" where the codes (or, for RegSO, the names) show it.
    year : which year of the file; 0 is its latest.
    columns : group → column where the guess is wrong, as in ``read_units``.

    Raises
    ------
    InputError ``long_format`` : it can be read in more ways than one; InputError ``mixed_vintages``
    : codes of both drawings. InputError ``no_people``, ``negative_count``, ``not_a_number``,
    ``column_missing``, ``unknown_group`` : as in ``read_units``.
    FileMissing, FileTooLarge, FileFormat : the file cannot be used.
    """
    named = dict(columns or {})
    _check_fields(named)
    with opened(Path(path), SHEET_ENDINGS) as file:
        grid, name = read_grid(file, Choices()), file.name
    found = None if named else pivot(grid.frame, name, year=year)
    table = found or _wide(grid.frame, name, named)
    table = replace(table, left_out=(*grid.left_out, *table.left_out))
    return as_figures(table, Path(path), level)


def _wide(frame: pd.DataFrame, file: str, named: Mapping[str, str]) -> Pivoted:
    """Read a table with a row per area and a column per group."""
    there = [str(column) for column in frame.columns]
    stated = find_columns(_ours(named), there, file)
    counts = _counts(there, stated)
    if not counts:
        raise InputError("no_people", file=file, columns=", ".join(there) or "–")
    used_up = {column for count in counts for column in count.columns}
    frame, notices = one_of_each(frame, file, used_up)
    reader = _Reader(file, frame, NIL)
    groups = {count.group: reader.people(count) for count in counts}
    unit, name = _unit_column(frame, there, stated), _name_column(there, stated)
    unit = unit or _coded_column(frame, there, distinct=0.0)  # rows that repeat are told later
    found = (
        [find_code(written(cell)) for cell in frame[unit]] if unit else [(None, "")] * len(frame)
    )
    read = [code for code, _ in found]
    areas = [written(cell) for cell in frame[unit or name]] if unit or name else [""] * len(frame)
    names = (
        [read_name(written(cell)) for cell in frame[name]]
        if name
        else [Named(beside if code else "") for code, beside in found]
    )
    codes = [code.plain if code else "" for code in read]
    years = {int(year) for count in counts for year in re.findall(r"20\d\d", count.column)}
    years |= {int(told.values["year"]) for told in notices if told.reason == "newest_year"}
    notices = [*notices, *_older_columns(counts, there), *reader.protected()]
    used = {count.group: count.shown for count in counts}
    used |= {field: column for field, column in (("unit", unit), ("name", name)) if column}
    town = _guess(there, _TOWNS)
    towns = [written(cell) for cell in frame[town]] if town else [""] * len(frame)
    table = pd.DataFrame(
        {
            "area": areas,
            "code": codes,
            "town": [a.town or b for a, b in zip(names, towns, strict=True)],
            "name": [named.name for named in names],
            **groups,
        },
        index=frame.index,
    )
    year = years.pop() if len(years) == 1 else 0
    return Pivoted(table, used, year, tuple(reader.unknown), tuple(notices))


def read_districts(
    path: Path, *, name_column: str | None = None, crs: str | None = None
) -> gpd.GeoDataFrame:
    """Read districts: ``name`` and polygons in WGS84; pieces of one name become one district.

    Names in capitals only are shown as names are written: ``HÄSSELBY GÅRD`` is ``Hässelby Gård``.

    Raises
    ------
    InputError ``column_missing`` : the stated column, or any column of names, is not there.
    FileFormat : there is no polygon in the file; and what ``read_vector`` raises.
    """
    shapes = read_vector(Path(path), crs=crs).to_crs(WGS84)
    there = [str(column) for column in shapes.columns if column != "geometry"]
    column = find_columns({"name": name_column or _guess(there, _DISTRICTS) or "name"}, there,
                          str(path))["name"]  # fmt: skip
    is_area = _is_area(shapes)
    if not is_area.any():
        raise wrong_format(str(path), "GeoJSON", "no_polygons")
    cells = shapes.loc[is_area, column]
    names = [written(cell) or str(row + 1) for row, cell in cells.items()]
    if all(name == name.upper() for name in names):
        names = [name.title() for name in names]
    districts = gpd.GeoDataFrame({"name": names}, geometry=_mended(shapes[is_area]), crs=WGS84)
    if districts["name"].is_unique:
        return districts
    return districts.dissolve("name", sort=False).reset_index()[["name", "geometry"]]


def _is_area(shapes: gpd.GeoDataFrame) -> Bools:
    geometry = np.asarray(shapes.geometry.values, dtype=object)
    is_area: Bools = np.isin(shapely.get_type_id(geometry), (3, 6)) & ~shapely.is_empty(geometry)
    return is_area


def _mended(shapes: gpd.GeoDataFrame) -> np.ndarray[Any, np.dtype[np.object_]]:
    """Return polygons whose outlines do not cross themselves."""
    geometry = shapely.force_2d(np.asarray(shapes.geometry.values, dtype=object))
    return np.asarray(
        shapely.make_valid(geometry, method="structure", keep_collapsed=True), dtype=object
    )


def _check_fields(named: Mapping[str, str]) -> None:
    valid = [key for key, group in presets.groups().items() if group.origin == RESIDENTS]
    for field in _ours(named):
        if field in ("unit", "name") or field in valid:
            continue
        presets.group(field)
        raise InputError("unknown_group", found=field, nearest=", ".join(valid))


def _ours(named: Mapping[str, str]) -> dict[str, str]:
    return {field: column for field, column in named.items() if field.lower() not in FIELDS}


def _read_shapes(path: Path, named: Mapping[str, str], crs: str | None) -> Table:
    """Read polygons as they are; anything else as points."""
    with opened(path, (*SHEET_ENDINGS, *VECTOR_ENDINGS)) as file:
        is_sheet = file.ending in SHEET_ENDINGS
        shapes = None if is_sheet else read_opened(file, crs=crs)
        grid = read_grid(file, Choices()) if is_sheet and _may_be_grid(file, named) else None
    if grid is not None and (squares := _squares(grid.frame, named, grid.left_out)):
        return squares
    if shapes is not None and shapes.geometry.isna().all() and len(shapes):
        plain_rows = pd.DataFrame(shapes.drop(columns=shapes.geometry.name))
        plain_rows.index = pd.RangeIndex(1, len(shapes) + 1, name="row")
        if squares := _squares(plain_rows, named):
            return squares
    if shapes is not None and len(shapes) == 0:
        raise InputError("no_people", file=str(path), columns="–")
    if shapes is None or not _is_area(shapes).any():
        places = {field: column for field, column in named.items() if field.lower() in FIELDS}
        return read_points(path, columns=places, crs=crs)
    shapes.index = pd.RangeIndex(1, len(shapes) + 1, name="row")
    is_area = _is_area(shapes)
    kept = shapes[is_area].to_crs(WGS84)
    kept["geometry"] = _mended(kept)
    lost = tuple(LeftOut(int(row), "no_geometry") for row in shapes.index[~is_area])
    return Table(kept, {}, lost, len(shapes), str(shapes.crs))


def _may_be_grid(file: Opened, named: Mapping[str, str]) -> bool:
    """Return whether a sheet may hold ids of grid squares: a long table is read once only."""
    if file.ending in BOOK_ENDINGS or "unit" in named:
        return True
    with file.path.open("rb") as content:
        head = content.read(_HEAD).decode("latin-1").casefold()
    return any(name in head for name in grids.ID_COLUMNS)


def _squares(
    frame: pd.DataFrame, named: Mapping[str, str], lost: tuple[LeftOut, ...] = ()
) -> Table | None:
    """Return the squares of a grid that has ids and no shapes; None where it is no grid."""
    column = named.get("unit") or grids.id_column(frame)
    if column is None or column not in frame:
        return None
    made = grids.squares(frame, column)
    known = made.notna().to_numpy(bool)
    if not known.any():
        return None
    table = gpd.GeoDataFrame(frame[known], geometry=made[known].values, crs=WGS84)
    lost += tuple(LeftOut(int(row), "no_geometry") for row in frame.index[~known])
    return Table(table, {}, lost, len(frame), WGS84)


def _counts(there: list[str], stated: Mapping[str, str]) -> list[_Count]:
    """Find each group's column: as stated, else a count, else a share of all residents."""
    groups = {key: group for key, group in presets.groups().items() if group.origin == RESIDENTS}
    everyone = stated.get("all") or _guess(there, groups["all"].columns) or _newest_column(there)
    by_age = columns_of_ages(there)
    counts = []
    for key, group in groups.items():
        column = stated.get(key) or _guess(there, group.columns)
        if key == "all" and not column:
            column = everyone
        share = None if column else _guess(there, group.share_columns)
        if column and key != "all" and _is_share(column, group):
            column, share = None, column
        if column:
            counts.append(_Count(key, column))
        elif key in by_age:
            counts.append(_Count(key, by_age[key][0], more=by_age[key][1:]))
        elif share and everyone:
            counts.append(_Count(key, share, everyone))
    return counts


def _newest_column(there: list[str]) -> str | None:
    """Return the newest of columns that have a year as their whole name: people of that year."""
    years = [column for column in there if re.fullmatch(r"(?:19|20)\d\d", column.strip())]
    return max(years, default=None)


def _older_columns(counts: list[_Count], there: list[str]) -> list[LeftOut]:
    """Return that a column of a newer year was taken where the table has other years of it."""
    for count in counts:
        year = re.search(r"(?:19|20)\d\d$", count.column.strip())
        if not year:
            continue
        stem = count.column.strip()[: -len(year[0])]
        others = [
            name.strip()[-4:]
            for name in there
            if name != count.column
            and re.fullmatch(re.escape(stem) + r"(?:19|20)\d\d", name.strip())
        ]
        if others:
            values = {"year": year[0], "others": ", ".join(sorted(others)), "column": count.column}
            return [LeftOut(0, "newest_year", values)]
    return []


def _is_share(column: str, group: presets.Group) -> bool:
    name = plain(column)
    known = {without_year(plain(share)) for share in group.share_columns}
    return (
        without_year(name) in known or "%" in column or any(sign in name for sign in _SHARE_SIGNS)
    )


def _guess(there: list[str], names: tuple[str, ...]) -> str | None:
    """Return the column with the first of the names; a year at its end does not count, the latest
    wins.
    """
    exact = {plain(column): column for column in reversed(there)}
    by_year = {without_year(plain(column)): column for column in sorted(there)}
    for compared, columns in ((plain, exact), (lambda name: without_year(plain(name)), by_year)):
        for name in names:
            if compared(name) in columns:
                return columns[compared(name)]
    return None


@dataclass
class _Reader:
    """Reads counts of one file and keeps the cells that are unknown; ``nil``: how it writes that
    there is nobody.
    """

    file: str
    frame: pd.DataFrame
    nil: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.unknown: list[LeftOut] = []
        there = {plain(str(column)) for column in self.frame.columns}
        self.marks: dict[str, dict[float, int]] = {}
        self.signs = [sign for sign in _PROTECTED if sign.files & there]

    def protected(self) -> list[LeftOut]:
        """Return how many counts the publisher keeps secret, and by which number."""
        return [
            LeftOut(0, "protected", {"count": count, "found": f"{mark:g}", "column": column})
            for column, marks in self.marks.items()
            for mark, count in marks.items()
        ]

    def _is_protected(self, column: str, number: float) -> bool:
        if not self.signs:
            return False
        name = plain(column)
        for sign in self.signs:
            if number == sign.mark and name.startswith(sign.columns):
                marks = self.marks.setdefault(column, {})
                marks[number] = marks.get(number, 0) + 1
                return True
        return False

    def people(self, count: _Count) -> Floats:
        """Return a group's people per row, NaN where unknown."""
        values = self._numbers(count.column)
        for column in count.more:
            values = values + self._numbers(column)
        if not count.share_of:
            return values
        if np.nanmax(values, initial=0.0) > 100:
            self._refuse(count.column, int(np.nanargmax(values)))
        percent = 1.0 if np.nanmax(values, initial=0.0) <= 1 else 100.0
        return values / percent * self._numbers(count.share_of)

    def _refuse(self, column: str, at: int) -> None:
        raise InputError("not_a_number", **self._where(column, at))

    def _where(self, column: str, at: int) -> dict[str, Any]:
        found = written(self.frame[column].iloc[at])[:60]
        row = int(self.frame.index[at])
        return {"file": self.file, "row": row, "column": column, "found": found}

    def _numbers(self, column: str) -> Floats:
        values = np.full(len(self.frame), np.nan)
        for at, cell in enumerate(self.frame[column]):
            number = 0.0 if written(cell) in self.nil else to_number(cell)
            if number is not None:
                if self._is_protected(column, number):
                    continue
                if number < 0:
                    raise InputError("negative_count", **self._where(column, at))
                values[at] = number
            elif not is_unknown(cell):
                raise InputError("not_a_number", **self._where(column, at))
            elif found := written(cell):
                self._note(LeftOut(int(self.frame.index[at]), "unknown",
                                   {"found": found, "column": column}))  # fmt: skip
        return values

    def _note(self, cell: LeftOut) -> None:
        if cell not in self.unknown:  # the column of all residents is read once a share
            self.unknown.append(cell)


def _unit_column(frame: pd.DataFrame, there: list[str], stated: Mapping[str, str]) -> str | None:
    """Return the column of codes: the one that distinguishes most rows; none if too few."""
    if "unit" in stated:
        return stated["unit"]
    columns = [column for column in (_guess(there, (name,)) for name in _UNITS) if column]
    if not columns:
        return _coded_column(frame, there)
    distinct = [frame[column].map(written).nunique() for column in columns]
    best = int(np.argmax(distinct))
    found = columns[best] if distinct[best] >= _DISTINCT * len(frame) else None
    return found or _coded_column(frame, there)


def _coded_column(
    frame: pd.DataFrame, there: list[str], *, distinct: float = _DISTINCT
) -> str | None:
    """Return the column whose cells are codes of statistical areas, by what stands in it;
    ``distinct``: the share of rows that must differ.
    """
    coded = {}
    first = frame.head(_SAMPLE)
    likely = [
        column
        for column in there
        if any(find_code(written(cell))[0] is not None for cell in first[column])
    ]
    for column in likely:
        texts = [text for cell in frame[column] if (text := written(cell))]
        if texts and sum(find_code(text)[0] is not None for text in texts) >= _DISTINCT * len(
            texts
        ):
            coded[column] = len(set(texts))
    best = max(coded, key=lambda column: coded[column], default=None)
    return best if best and coded[best] >= distinct * len(frame) else None


def _name_column(there: list[str], stated: Mapping[str, str]) -> str | None:
    return stated.get("name") or _guess(there, _NAMES)


def _unit_ids(frame: gpd.GeoDataFrame, column: str | None) -> list[str]:
    codes = [written(cell) for cell in frame[column]] if column else [""] * len(frame)
    # Among codes, a number alone could be another row's.
    mark = "#" if column else ""
    return [code or f"{mark}{row}" for code, row in zip(codes, frame.index, strict=True)]


def _names(frame: gpd.GeoDataFrame, column: str | None, unit: str | None) -> list[str]:
    if column:
        return [written(cell) for cell in frame[column]]
    return _unit_ids(frame, unit) if unit else [""] * len(frame)


def _without_copies(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return areas without rows that say the same of the same ground again."""
    groups = [name for name in presets.groups() if name in frame]
    table = pd.DataFrame(frame[groups]).assign(ground=frame.geometry.to_wkb())
    is_copy = table.duplicated() & (frame.geom_type != "Point")
    return frame[~is_copy]


def _without_repeated(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[LeftOut]]:
    """Keep an area's first row: its pieces each carry the whole area's count."""
    repeated = frame["unit"].duplicated() & (frame.geom_type != "Point")
    left_out = [
        LeftOut(int(row), "duplicate_id", {"found": unit[:60]})
        for row, unit in frame.loc[repeated, "unit"].items()
    ]
    return frame[~repeated], left_out
