"""Figures of statistical areas in files as Statistics Sweden's own database writes them: a row per
area and class (long), or a column per class and year. Also which level, year and drawing the
figures are of, and that no area stands in them twice.

Everything that could be read in two ways is refused with its row and column: men and women without
a total in one file and with one in another, several years, several measures, the same cell twice.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geo import presets
from geo.area.provenance import LeftOut, Source
from geo.cells import is_unknown, plain, to_number, written
from geo.errors import InputError
from geo.resources import DATA
from geo.sources.publishers import published
from geo.sources.statistics.join import (
    LEVELS,
    NAMES,
    REGSO,
    Figures,
    find_code,
    lacks_zero,
    read_code,
    read_name,
    stated_vintage,
    vintage_of_year,
    vintages_in,
)
from geo.texts import Phrase
from geo.types import Floats

AREA, AGE, BIRTH, BACKGROUND, SEX, YEAR = "area", "age", "birth", "background", "sex", "year"
MEASURES = "measures"
NIL = ("-", "–", "−")
"""How Statistics Sweden writes nobody in its tables; two points are what is not known."""
_YEAR_AT = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")


@dataclass(frozen=True, eq=False)
class Pivoted:
    """What a long file holds: ``frame`` has ``area`` (as written), ``code``, ``town``, ``name`` and
    a float column per group, index ``row`` (the area's first row); ``columns``: where each came
    from.
    """

    frame: pd.DataFrame
    columns: dict[str, str]
    year: int
    left_out: tuple[LeftOut, ...]
    notices: tuple[LeftOut, ...] = ()


@dataclass(frozen=True)
class _Cell:
    """One count: its area, the classification it belongs to, its class, where it stands, and how
    that is recognised.
    """

    area: str
    by: str
    group: str
    value: float
    row: int
    column: str
    label: str


def pivot(frame: pd.DataFrame, file: str, *, year: int = 0) -> Pivoted | None:
    """Turn a long table, or one with a column per class and year, into a row per area.

    Parameters
    ----------
    frame : cells as written, the index their row in the file.
    year : which year to read; 0 is the latest in the file.

    Returns
    -------
    None where the table is neither: then it is read as any other.

    Raises
    ------
    InputError ``long_format`` : it can be read in more ways than one; says where.
    InputError ``negative_count``, ``not_a_number`` : a cell that is no count.
    """
    reader = _Reader(frame, file, year)
    if not reader.is_long and not reader.is_wide:
        return None
    cells = reader.long_cells() if reader.is_long else reader.wide_cells()
    return _pivoted(cells, reader)


class _Reader:
    """Finds what each column means and gives the cells one by one."""

    def __init__(self, frame: pd.DataFrame, file: str, year: int) -> None:
        self.frame, self.file = frame, file
        self.unknown: list[LeftOut] = []
        there = [str(column) for column in frame.columns]
        named = _words()["columns"].items()
        meant = {
            plain(n): meaning for meaning, names in named for n in names if meaning != MEASURES
        }
        self.columns: dict[str, str] = {}
        for column in there:
            meaning = meant.get(plain(column))
            if meaning and (meaning not in self.columns or meaning == AREA):
                self.columns.setdefault(meaning, column)
        self.by = [m for m in (AGE, BIRTH, BACKGROUND) if m in self.columns]
        self.is_long = AREA in self.columns and bool(self.by)
        self.counts = self._count_columns(there)
        years = {at for _, at in self.counts.values() if at} | set(self._years_of_rows())
        self.year = self._chosen_year(years, year)
        self.is_wide = (
            not self.is_long
            and AREA in self.columns
            and any(self._is_part(words) for words, at in self.counts.values() if at == self.year)
        )

    @staticmethod
    def _is_part(words: str) -> bool:
        found = _class_of(words)
        return found is not None and found[1] != "total"

    def _count_columns(self, there: Sequence[str]) -> dict[str, tuple[str, int]]:
        """Return columns of counts: the words beside measure and year, and the year (0: none)."""
        found = {}
        used = set(self.columns.values())
        for column in there:
            if column in used:
                continue
            years = _YEAR_AT.findall(column)
            words = _YEAR_AT.sub(" ", column).lower()
            for measure in _words()["columns"][MEASURES]:
                words = re.sub(rf"\b{measure}\b", " ", words)
            words = " ".join(words.replace("_", " ").split())
            measures = words != " ".join(column.lower().split())
            if len(years) <= 1 and measures:
                found[column] = (words, int(years[0]) if years else 0)
        return found

    def _years_of_rows(self) -> list[int]:
        if YEAR not in self.columns:
            return []
        texts = {written(cell)[:4] for cell in self.frame[self.columns[YEAR]]}
        return [int(text) for text in texts if text.isdigit()]

    def _chosen_year(self, years: set[int], wanted: int) -> int:
        if wanted and years and wanted not in years:
            known = ", ".join(str(year) for year in sorted(years))
            raise self.unclear("no_such_year", found=f"{wanted}", known=known)
        return wanted if wanted else max(years, default=0)

    def unclear(self, reason: str, **values: object) -> InputError:
        """Return the error that the table cannot be read in one way only."""
        return InputError(
            "long_format", file=self.file, reason=Phrase(f"reasons.{reason}", {**values})
        )

    def long_cells(self) -> Iterable[_Cell]:
        """Yield the cells of a long table that a group needs."""
        column = self._value_column()
        kept = self._rows_of_year()
        sexes = self._rows_by_sex(kept)
        for row, at in zip(self.frame.index, range(len(self.frame)), strict=True):
            if not kept[at] or not sexes[at]:
                continue
            by, group = self._class_at(at)
            if group:
                area = written(self.frame[self.columns[AREA]].iloc[at])
                label = f"{column} ({self._class_word(by, at)})"
                yield _Cell(area, by, group, self._number(column, at), int(row), column, label)

    def wide_cells(self) -> Iterable[_Cell]:
        """Yield the cells of a table with a column per class and year."""
        chosen = {
            column: found
            for column, (words, at) in self.counts.items()
            if at == self.year and (found := _class_of(words))
        }
        for at, row in enumerate(self.frame.index):
            area = written(self.frame[self.columns[AREA]].iloc[at])
            for column, (by, group) in chosen.items():
                yield _Cell(area, by, group, self._number(column, at), int(row), column, column)

    def _value_column(self) -> str:
        """Return the one column of counts of the year."""
        fitting = [column for column, (_, at) in self.counts.items() if at in (0, self.year)]
        dated = [column for column in fitting if self.counts[column][1]]
        fitting = dated or fitting
        if len(fitting) != 1:
            names = ", ".join(fitting or map(str, self.frame.columns))
            raise self.unclear("value_columns", found=names)
        return fitting[0]

    def _rows_of_year(self) -> list[bool]:
        if YEAR not in self.columns or not self._years_of_rows():
            return [True] * len(self.frame)
        return [written(cell)[:4] == str(self.year) for cell in self.frame[self.columns[YEAR]]]

    def _rows_by_sex(self, kept: list[bool]) -> list[bool]:
        """Return which rows are of both sexes together: they are never added up here."""
        if SEX not in self.columns:
            return [True] * len(self.frame)
        both = [is_total(written(cell)) for cell in self.frame[self.columns[SEX]]]
        if any(kept) and not any(a and b for a, b in zip(both, kept, strict=True)):
            at = kept.index(True)
            raise self._at("only_by_sex", at, self.columns[SEX])
        return both

    def _class_at(self, at: int) -> tuple[str, str]:
        """Return the classification and class of a row; ("", "") where no group needs it.

        In a table by several classifications, a row counts by one where it is the total of all
        the others.
        """
        found = {by: written(self.frame[self.columns[by]].iloc[at]) for by in self.by}
        split = [by for by, text in found.items() if not is_total(text)]
        if not split:
            return self.by[0], "total"
        if len(split) > 1:
            return "", ""
        return split[0], _known_class(split[0], found[split[0]])

    def _class_word(self, by: str, at: int) -> str:
        return written(self.frame[self.columns[by]].iloc[at])

    def _number(self, column: str, at: int) -> float:
        cell = self.frame[column].iloc[at]
        number = 0.0 if written(cell) in NIL else to_number(cell)
        where = {"file": self.file, "row": int(self.frame.index[at]), "column": column}
        if number is None:
            if not is_unknown(cell):
                raise InputError("not_a_number", **where, found=written(cell)[:60])
            if found := written(cell):
                note = {"found": found, "column": column}
                self.unknown.append(LeftOut(int(self.frame.index[at]), "unknown", note))
            return float("nan")
        if number < 0:
            raise InputError("negative_count", **where, found=written(cell)[:60])
        return number

    def _at(self, reason: str, at: int, column: str) -> InputError:
        found = written(self.frame[column].iloc[at])[:60]
        return self.unclear(reason, row=int(self.frame.index[at]), column=column, found=found)


def _pivoted(cells: Iterable[_Cell], reader: _Reader) -> Pivoted:
    counts: dict[tuple[str, str, str], float] = {}
    first: dict[str, int] = {}
    origin: dict[tuple[str, str], str] = {}
    for cell in cells:
        key = (cell.area, cell.by, cell.group)
        if key in counts:
            raise reader.unclear(
                "same_cell_twice", row=cell.row, column=cell.column, found=f"{cell.area}"[:60]
            )
        counts[key] = cell.value
        first.setdefault(cell.area, cell.row)
        origin[cell.by, cell.group] = cell.label
    areas = list(first)

    def column(by: str, group: str) -> Floats:
        return np.array([counts.get((area, by, group), np.nan) for area in areas], dtype=np.float64)

    groups, columns, negative = _groups(column, origin, areas, first)
    if not groups:
        classes = ", ".join(reader.columns[by] for by in reader.by)
        raise reader.unclear("no_known_class", found=classes or "–")
    named = [read_name(area) for area in areas]
    found = [(None, "") if n.code else find_code(a) for a, n in zip(areas, named, strict=True)]
    codes = [code.plain if code else n.code for (code, _), n in zip(found, named, strict=True)]
    names = [beside if code else n.name for (code, beside), n in zip(found, named, strict=True)]
    towns = [said.town for said in named]
    frame = pd.DataFrame(
        {"area": areas, "code": codes, "town": towns, "name": names, **groups},
        index=pd.Index(list(first.values()), name="row", dtype=np.int64),
    )
    columns = {**columns, "unit": reader.columns[AREA]}
    return Pivoted(frame, columns, reader.year, (*reader.unknown, *negative))


def _groups(
    column: Any, origin: dict[tuple[str, str], str], areas: list[str], first: dict[str, int]
) -> tuple[dict[str, Floats], dict[str, str], list[LeftOut]]:
    """Return our groups from the classes there are; a count is only ever made of published ones."""
    groups: dict[str, Floats] = {}
    columns: dict[str, str] = {}
    negative: list[LeftOut] = []
    totals = [by for by in (AGE, BACKGROUND, BIRTH) if (by, "total") in origin]
    if totals:
        groups["all"], columns["all"] = column(totals[0], "total"), origin[totals[0], "total"]
    for group, by, name in (
        ("children_0_4", AGE, "-4"),
        ("children_5_9", AGE, "5-9"),
        ("children_1_5", AGE, "1-5"),
        ("foreign_background", BACKGROUND, "foreign"),
        ("born_abroad", BIRTH, "abroad"),
    ):
        if (by, name) in origin:
            groups[group], columns[group] = column(by, name), origin[by, name]
    if "born_abroad" not in groups and {(BIRTH, "europe"), (BIRTH, "world")} <= origin.keys():
        groups["born_abroad"] = column(BIRTH, "europe") + column(BIRTH, "world")
        columns["born_abroad"] = f"{origin[BIRTH, 'europe']} + {origin[BIRTH, 'world']}"
    elif "born_abroad" not in groups and {(BIRTH, "sweden"), (BIRTH, "total")} <= origin.keys():
        left = column(BIRTH, "total") - column(BIRTH, "sweden")
        for area, number in zip(areas, left, strict=True):
            if number < 0:  # noise may make the part larger than the whole: then nothing is known
                note = {"found": f"{number:g}", "column": origin[BIRTH, "sweden"]}
                negative.append(LeftOut(first[area], "unknown", note))
        groups["born_abroad"] = np.where(left < 0, np.nan, left)
        columns["born_abroad"] = f"{origin[BIRTH, 'total']} − {origin[BIRTH, 'sweden']}"
    return groups, columns, negative


def _class_of(words: str) -> tuple[str, str] | None:
    """Return the classification and class that a column's words name."""
    if not words:
        return None
    if is_total(words):
        return BIRTH, "total"
    for by in (BIRTH, AGE, BACKGROUND):
        if not words.isdigit() and (group := _known_class(by, words)):
            return by, group
    return None


def _known_class(by: str, text: str) -> str:
    compared = " ".join(text.lower().replace("–", "-").split())
    return next((group for group, names in _words()[by].items() if compared in names), "")


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    """Return what files call things, from ``data/statistics.toml``."""
    with (DATA / "statistics.toml").open("rb") as file:
        return tomllib.load(file)


def is_total(text: str) -> bool:
    """Return whether a class is all classes together."""
    return " ".join(text.lower().split()) in _words()["total"]["words"]


def as_figures(table: Pivoted, path: Path, level: str = "") -> Figures:
    """Return a table's rows of one level as figures.

    Parameters
    ----------
    level : ``deso`` or ``regso``; "" where the codes show it. Names without codes are RegSO's: DeSO
        has none.

    Raises
    ------
    InputError ``mixed_vintages`` : codes of two drawings, and no year to choose by.
    InputError ``no_people`` : no row is an area of the level.
    """
    frame, others = _of_level(table.frame, level or _level(table.frame, path))
    level = level or _level(table.frame, path)
    vintage = _vintage(frame, level, table.year, path)
    frame = _of_vintage(frame, vintage)
    twice = frame["code"].duplicated(keep="first") & (frame["code"] != "")
    _check_copies(frame, twice, path)
    lost = [
        LeftOut(int(row), "duplicate_id", {"found": code})
        for row, code in frame.loc[twice, "code"].items()
    ]
    frame = frame[~twice]
    if frame.empty:
        raise _no_area(table, level, path)
    told = published(path, table.columns.values())
    source = Source(
        "people",
        told.title_of(path),
        told.licence,
        str(table.year or "") or told.date,
        file=path.name,
        rows=len(frame),
        estimated=any("%" in column for column in table.columns.values()),
        columns=table.columns,
        notices=(*table.notices, *zeros_restored(table.frame["area"])),
    )
    kept = frame.drop(columns="area")
    return Figures(kept, level, vintage, table.year, (source,), (*table.left_out, *others, *lost))


def _check_copies(frame: pd.DataFrame, twice: pd.Series, path: Path) -> None:
    """Make sure that an area on several rows has the same figures on each.

    Raises
    ------
    InputError ``long_format`` : it has not; they are never added up.
    """
    groups = [name for name in presets.groups() if name in frame]
    for row in frame.index[twice]:
        same = frame.index[frame["code"] == frame["code"].loc[row]]
        if not frame.loc[row, groups].equals(frame.loc[same[0], groups]):
            values = {"first": int(same[0]), "row": int(row), "found": frame["code"].loc[row]}
            reason = Phrase("reasons.same_area_twice", values)
            raise InputError("long_format", file=path.name, reason=reason)


def _no_area(table: Pivoted, level: str, path: Path) -> InputError:
    """Return the error that no row is an area of the level, with what stands there instead."""
    there = [str(area) for area in table.frame["area"] if str(area)]
    if not there:
        return InputError("no_people", file=str(path), columns=", ".join(table.columns.values()))
    example = "0180A0001" if level != REGSO else "0180R001"
    return InputError(
        "no_codes",
        file=str(path),
        level=NAMES[level],
        column=table.columns.get("unit") or table.columns.get("name") or "–",
        found=there[0][:60],
        example=example,
    )


def zeros_restored(areas: Iterable[object]) -> tuple[LeftOut, ...]:
    """Return what was done with codes that had lost the zero they begin with."""
    short = [str(area) for area in areas if lacks_zero(str(area)) and find_code(str(area))[0]]
    if not short:
        return ()
    code = find_code(short[0])[0]
    values = {"count": len(short), "found": short[0][:60], "code": code.plain if code else ""}
    return (LeftOut(0, "zero_restored", values),)


def _level(frame: pd.DataFrame, path: Path) -> str:
    found = {code.level for text in frame["area"] if (code := find_code(str(text))[0])}
    found |= {code.level for text in frame["code"] if (code := read_code(str(text)))}
    if len(found) > 1:
        valid = ", ".join(LEVELS)
        raise InputError(
            "bad_option",
            reason=Phrase("reasons.several_levels", {"found": path.name, "valid": valid}),
            command="statistics",
        )
    return found.pop() if found else REGSO


def _of_level(frame: pd.DataFrame, level: str) -> tuple[pd.DataFrame, list[LeftOut]]:
    """Keep the rows that are areas of the level; totals of municipalities are not."""
    coded = bool((frame["code"] != "").any())
    keep = []
    for code, name in zip(frame["code"], frame["name"], strict=True):
        read = read_code(str(code))
        keep.append(read.level == level if read else not coded and bool(name))
    lost = [
        LeftOut(int(row), "other_level", {"found": str(area)[:60], "level": NAMES[level]})
        for row, area in frame.loc[[not kept for kept in keep], "area"].items()
    ]
    return frame[keep], lost


def _vintage(frame: pd.DataFrame, level: str, year: int, path: Path) -> str:
    """Return the drawing: by the codes, else by the year, else by the file's name."""
    stated = vintages_in(str(area) for area in frame["area"])
    if len(stated) > 1:
        if year and {vintage_of_year(level, year), ""} & stated.keys():
            return vintage_of_year(level, year)
        raise InputError(
            "mixed_vintages",
            file=str(path),
            found=", ".join(
                f"{NAMES[level]} {vintage or '?'}: {count}" for vintage, count in stated.items()
            ),
        )
    by_codes = next(iter(stated), "")
    return by_codes or vintage_of_year(level, year) or stated_vintage(level, path.name)


def _of_vintage(frame: pd.DataFrame, vintage: str) -> pd.DataFrame:
    """Keep the rows of the drawing where a file holds both: bare codes are of the older one."""
    stated = [code.vintage if (code := read_code(str(a))) else "" for a in frame["area"]]
    if len(set(stated)) < 2:
        return frame
    wanted = vintage if vintage in stated else ""
    return frame[[found == wanted for found in stated]]
