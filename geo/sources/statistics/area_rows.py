"""Files with several rows of one area: years, sexes, levels. People are never added up over them
unasked: the newest year counts, both sexes together, and the finer of two levels.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.area.provenance import LeftOut
from geo.cells import plain, written
from geo.errors import InputError
from geo.sources.statistics.long_tables import is_total
from geo.texts import Phrase
from geo.types import Bools, Shapes

_YEARS = (
    *("år", "ar", "year", "tid", "aar", "vuosi", "jahr", "period", "periode", "statistikår"),
    *("statistikar", "statistikkår", "statistikkar", "mätår", "referenstid", "referensår"),
    *("referensar", "referensdatum", "referencetid", "tilastovuosi", "berichtsjahr", "stichtag"),
)
_SEXES = ("kön", "kon", "sex", "gender", "kjønn", "kjonn", "køn", "koen", "sukupuoli", "geschlecht")
MOST_OF_IT = 0.9
TOUCH = 0.05
"""Outlines are simplified: neighbours may share this much of the smaller one's ground."""


def one_of_each(
    frame: pd.DataFrame, file: str, used: set[str]
) -> tuple[pd.DataFrame, list[LeftOut]]:
    """Return the rows of the newest year and of both sexes together, and what was done.

    Parameters
    ----------
    used : columns of counts, which are neither year nor sex.

    Raises
    ------
    InputError ``long_format`` : rows of men and of women, and none of both.
    """
    notices: list[LeftOut] = []
    there = {plain(str(c)): str(c) for c in frame.columns if str(c) not in used}
    for name in _YEARS:
        column = there.get(plain(name))
        if column and (newest := _newest(frame[column])):
            year, years, kept = newest
            notices.append(
                LeftOut(0, "newest_year", {"year": year, "others": years, "column": column})
            )
            frame = frame[kept]
            break
    for name in _SEXES:
        column = there.get(plain(name))
        if column and frame[column].map(written).nunique() > 1:
            frame = frame[_of_both(frame, column, file)]
            notices.append(LeftOut(0, "both_sexes", {"column": column}))
            break
    return frame, notices


def _newest(cells: pd.Series) -> tuple[str, str, Bools] | None:
    """Return the newest year, the others, and the rows of it; None where there is one year only."""
    years = cells.map(lambda cell: written(cell)[:4])
    known = sorted({year for year in years if year.isdigit() and 1950 <= int(year) <= 2100})
    if len(known) < 2 or not years.isin(known).mean() > MOST_OF_IT:
        return None
    return known[-1], ", ".join(known[:-1]), (years == known[-1]).to_numpy(bool)


def _of_both(frame: pd.DataFrame, column: str, file: str) -> Bools:
    both: Bools = frame[column].map(lambda cell: is_total(written(cell))).to_numpy(bool)
    if not both.any():
        values = {
            "row": int(frame.index[0]),
            "column": column,
            "found": written(frame[column].iloc[0])[:60],
        }
        raise InputError("long_format", file=file, reason=Phrase("reasons.only_by_sex", values))
    return both


def without_levels(units: gpd.GeoDataFrame, file: str) -> tuple[gpd.GeoDataFrame, list[LeftOut]]:
    """Return statistical areas of which none lies over another: the finer of two levels.

    Parameters
    ----------
    units : ``unit`` and polygons in WGS84 (points are passed over), the index rows of the file.

    Raises
    ------
    InputError ``long_format`` : an area stands on several rows; or areas lie over each other and
    the smaller ones do not fill the larger.
    """
    is_area = (units.geom_type != "Point").to_numpy(bool)
    if is_area.sum() < 2:
        return units, []
    areas = units[is_area].to_crs("EPSG:8857")  # keeps ground: shares of it are compared
    shapes = np.asarray(areas.geometry.values, dtype=object)
    size = shapely.area(shapes)
    tree = shapely.STRtree(shapes)
    inner, outer = tree.query(shapely.point_on_surface(shapes), predicate="intersects")
    over = inner != outer
    inner, outer = inner[over], outer[over]
    if not len(inner):
        return units, []
    common = shapely.area(shapely.intersection(shapes[inner], shapes[outer]))
    heavy = common > TOUCH * np.minimum(size[inner], size[outer])
    inner, outer = inner[heavy], outer[heavy]
    _refuse_same(areas, inner, outer, common[heavy], size, file)
    coarse = _filled(shapes, size, inner, outer)
    open_ = ~(coarse[inner] | coarse[outer])
    if open_.any():
        at = int(np.flatnonzero(open_)[0])
        raise _unclear(areas, outer[at], inner[at], file, "areas_overlap")
    gone = areas.index[coarse]
    values = {"count": len(gone), "found": ", ".join(areas.loc[gone[:3], "unit"].astype(str))}
    return units[~units.index.isin(gone)], [LeftOut(0, "coarser_level", values)]


def _refuse_same(
    areas: gpd.GeoDataFrame, inner: Shapes, outer: Shapes, common: Shapes, size: Shapes, file: str
) -> None:
    same = (common > MOST_OF_IT * size[inner]) & (common > MOST_OF_IT * size[outer])
    if same.any():
        at = int(np.flatnonzero(same)[0])
        one, other = sorted((int(inner[at]), int(outer[at])))
        raise _unclear(areas, one, other, file, "same_area_twice")


def _filled(shapes: Shapes, size: Shapes, inner: Shapes, outer: Shapes) -> Bools:
    """Return which areas smaller ones fill."""
    coarse: Bools = np.zeros(len(shapes), dtype=bool)
    for large in np.unique(outer):
        parts = inner[(outer == large) & (size[inner] < size[large])]
        if len(parts):
            ground = shapely.intersection(shapely.union_all(shapes[parts]), shapes[large])
            coarse[large] = shapely.area(ground) >= MOST_OF_IT * size[large]
    return coarse


def _unclear(areas: gpd.GeoDataFrame, one: int, other: int, file: str, reason: str) -> InputError:
    values = {
        "first": int(areas.index[one]),
        "row": int(areas.index[other]),
        "found": str(areas["unit"].iloc[one])[:60],
        "other": str(areas["unit"].iloc[other])[:60],
    }
    return InputError("long_format", file=file, reason=Phrase(f"reasons.{reason}", values))
