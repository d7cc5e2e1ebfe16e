"""From a table of areas as read to figures: of which level, year and drawing they are, and that no
area stands in it twice. Knows no columns and no outlines.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from geo.area.provenance import LeftOut, Source
from geo.errors import BadOption, MixedVintages, NoPeople
from geo.sources.figures import Figures
from geo.sources.longform import Pivoted
from geo.sources.vintages import (
    LEVELS,
    NAMES,
    REGSO,
    read_code,
    stated_vintage,
    vintage_of_year,
    vintages_in,
)
from geo.texts import Phrase


def as_figures(table: Pivoted, path: Path, level: str = "") -> Figures:
    """Return a table's rows of one level as figures.

    Parameters
    ----------
    level : ``deso`` or ``regso``; "" where the codes tell. Names without codes are RegSO's: DeSO
        has none.

    Raises
    ------
    MixedVintages : codes of two drawings, and no year to choose by.
    NoPeople : no row is an area of the level.
    """
    frame, others = _of_level(table.frame, level or _level(table.frame, path))
    level = level or _level(table.frame, path)
    vintage = _vintage(frame, level, table.year, path)
    frame = _of_vintage(frame, vintage)
    twice = frame["code"].duplicated(keep="first") & (frame["code"] != "")
    lost = [
        LeftOut(int(row), "duplicate_id", {"found": code})
        for row, code in frame.loc[twice, "code"].items()
    ]
    frame = frame[~twice]
    if frame.empty:
        raise NoPeople(file=str(path), columns=", ".join(table.columns.values()))
    source = Source(
        "people",
        path.name,
        date=_file_date(path),
        file_date=True,
        file=path.name,
        rows=len(frame),
        estimated=any("%" in column for column in table.columns.values()),
        columns=table.columns,
    )
    kept = frame.drop(columns="area")
    return Figures(kept, level, vintage, table.year, (source,), (*table.left_out, *others, *lost))


def _level(frame: pd.DataFrame, path: Path) -> str:
    found = {code.level for text in frame["area"] if (code := read_code(str(text)))}
    found |= {code.level for text in frame["code"] if (code := read_code(str(text)))}
    if len(found) > 1:
        valid = ", ".join(LEVELS)
        raise BadOption(
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
    """Return the drawing: as the codes state, else as the year tells, else as the file's name
    says.
    """
    stated = vintages_in(str(area) for area in frame["area"])
    if len(stated) > 1:
        if year and {vintage_of_year(level, year), ""} & stated.keys():
            return vintage_of_year(level, year)
        raise MixedVintages(
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


def _file_date(path: Path) -> str:
    try:
        return date.fromtimestamp(path.stat().st_mtime).isoformat()
    except OSError:
        return ""
