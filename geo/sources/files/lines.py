"""Reading a file of lines to walk along."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.area.provenance import LeftOut
from geo.cells import is_unknown, plain, to_number, written
from geo.errors import NoLines
from geo.sources.files.opening import opened
from geo.sources.files.vector import VECTOR_ENDINGS, read_opened
from geo.types import Bools, Floats

_HIGHWAY = ("highway", "fclass", "vägtyp", "vagtyp")
_SURFACE = ("surface", "slitlager", "underlag", "beläggning", "belaggning")
_STEPS = ("steps", "stairs", "trappa", "trappor")
_LIT = ("lit", "lighting", "belysning", "belyst")
_WIDTH = ("widthm", "width", "estwidth", "bredd", "breddm")
_YES = frozenset({"yes", "ja", "true", "1", "j", "y", "24/7", "automatic", "sunset-sunrise"})
_NO = frozenset({"no", "nej", "false", "0", "n", "disused"})


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines and the rows of the file that are none.

    ``frame`` is in the file's system, with ``highway``, ``surface`` (text, empty if unknown),
    ``steps`` (bool), ``lit`` (1, 0 or -1 for unknown), ``width_m`` (NaN if unknown) and the lines.
    """

    frame: gpd.GeoDataFrame
    left_out: tuple[LeftOut, ...]
    rows: int


def read_lines_listed(path: Path, *, crs: str | None = None) -> Lines:
    """Read the lines of a vector file for ``geo.network.walk_network.build_network``; rows that are
    none are
    listed by number from 1.

    Raises
    ------
    NoLines : there is no line in the file.
    FileMissing, FileTooLarge, FileFormat, InputError ``crs_mismatch`` : see
    ``geo.sources.files.vector.read_vector``.
    """
    with opened(Path(path), VECTOR_ENDINGS) as file:
        shapes = read_opened(file, crs=crs)
    geometry = np.asarray(shapes.geometry.values, dtype=object)
    is_line = np.isin(shapely.get_type_id(geometry), (1, 2, 5)) & ~shapely.is_empty(geometry)
    is_line &= shapely.length(geometry) > 0
    if not is_line.any():
        raise NoLines(file=str(path))
    left_out = tuple(_not_a_line(geometry[row], int(row)) for row in np.flatnonzero(~is_line))
    kept = shapes[is_line].reset_index(drop=True)
    highway = _text(kept, _HIGHWAY)
    frame = gpd.GeoDataFrame(
        {
            "highway": highway,
            "surface": _text(kept, _SURFACE),
            "steps": (_yes_no(kept, _STEPS) == 1) | (highway == "steps"),
            "lit": _yes_no(kept, _LIT).astype(np.int8),
            "width_m": _width(kept),
        },
        geometry=geometry[is_line],
        crs=kept.crs,
    )
    return Lines(frame, left_out, len(shapes))


def _not_a_line(shape: shapely.Geometry | None, at: int) -> LeftOut:
    missing = shape is None or shape.is_empty
    return LeftOut(at + 1, "no_geometry" if missing else "not_a_line")


def _column(table: pd.DataFrame, names: tuple[str, ...]) -> list[Any]:
    """Return the first column that has one of the names, else nothing a row."""
    by_plain = {plain(str(column)): column for column in reversed(table.columns)}
    for name in names:
        if name in by_plain and by_plain[name] != "geometry":
            return list(table[by_plain[name]])
    return [None] * len(table)


def _text(table: pd.DataFrame, names: tuple[str, ...]) -> np.ndarray[Any, np.dtype[np.object_]]:
    cells = _column(table, names)
    return np.array(["" if is_unknown(cell) else written(cell).lower() for cell in cells], object)


def _yes_no(table: pd.DataFrame, names: tuple[str, ...]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return 1 for yes, 0 for no and -1 for unknown."""
    words = [written(cell).lower() for cell in _column(table, names)]
    return np.array([1 if word in _YES else 0 if word in _NO else -1 for word in words], np.int64)


def _width(table: pd.DataFrame) -> Floats:
    cells = _column(table, _WIDTH)
    found = [to_number(written(cell).lower().removesuffix("m").strip()) for cell in cells]
    metres = np.array([np.nan if value is None else value for value in found], dtype=np.float64)
    sensible: Bools = (metres > 0) & (metres < 100)
    return np.where(sensible, metres, np.nan)
