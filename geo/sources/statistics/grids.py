"""Squares of population grids from their ids, as Statistics Sweden, Norway, Finland, Denmark and
the European grid (INSPIRE) write them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.cells import plain, to_number, written
from geo.types import SWEREF99_TM, WGS84

ID_COLUMNS = (
    *("rutid_scb", "rutid_inspire", "rutid", "ruta", "rut_id", "ssbid250m", "ssbid1000m", "ssbid"),
    *("ssbid100m", "ssbid500m", "grd_id", "kn1kmdk", "kn100mdk", "kn250mdk", "gitter_id_1km"),
    *("gitter_id_100m", "grid_id", "ddkncelle1km", "ddkncelle100m"),
)
SIZE_COLUMNS = ("rutstorl", "rutstorlek")
NORWAY, FINLAND, DENMARK, EUROPE = "EPSG:32633", "EPSG:3067", "EPSG:25832", "EPSG:3035"
SIZES = (1000, 500, 250, 125, 100)
_INSPIRE = re.compile(r"(?:[A-Z]{2}_)?CRS(\d{4,5})RES(\d+)m?N(\d+)E(\d+)", re.IGNORECASE)
_SHORT = re.compile(r"(\d+)(km|m)N(\d+)E(\d+)", re.IGNORECASE)
_DANISH = re.compile(r"(\d+)(km|m)_(\d+)_(\d+)", re.IGNORECASE)
_SCB = re.compile(r"(\d{6})(\d{7})")
_SSB = re.compile(r"(\d{7})(\d{7})")
_SSB_EAST = 2_000_000
_NORTH_OF_EUROPES = 5_500_000


@dataclass(frozen=True)
class Square:
    """A square of a grid: its system, south-west corner and side in metres; 0 where the id does
    not say how large it is.
    """

    crs: str
    east: float
    north: float
    size: float


def read_square(text: str) -> Square | None:
    """Read a grid square's id; None for anything else.

    >>> read_square("3940006133000")
    Square(crs='EPSG:3006', east=394000.0, north=6133000.0, size=0)
    >>> read_square("1kmN6675E0386").crs, read_square("1km_6155_542").north
    ('EPSG:3067', 6155000.0)
    """
    text = text.strip()
    if found := _INSPIRE.fullmatch(text):
        crs, size, north, east = (int(part) for part in found.groups())
        return Square(f"EPSG:{crs}", float(east), float(north), size)
    if found := _SHORT.fullmatch(text):
        side = int(found[1]) * (1000 if found[2].lower() == "km" else 1)
        north, east = int(found[3]) * side, int(found[4]) * side
        crs_name = FINLAND if north > _NORTH_OF_EUROPES else EUROPE
        return Square(crs_name, float(east), float(north), side)
    if found := _DANISH.fullmatch(text):
        side = int(found[1]) * (1000 if found[2].lower() == "km" else 1)
        return Square(DENMARK, float(int(found[4]) * side), float(int(found[3]) * side), side)
    if (found := _SSB.fullmatch(text)) and int(found[1]) >= _SSB_EAST - 100_000:
        return Square(NORWAY, float(int(found[1]) - _SSB_EAST), float(int(found[2])), 0)
    if (found := _SCB.fullmatch(text)) and 6_100_000 <= int(found[2]) <= 7_700_000:
        return Square(SWEREF99_TM, float(int(found[1])), float(int(found[2])), 0)
    return None


def id_column(frame: pd.DataFrame) -> str | None:
    """Return the column of ids of grid squares, if there is one."""
    there = {plain(str(column)): str(column) for column in frame.columns}
    for name in ID_COLUMNS:
        column = there.get(plain(name))
        if column and _share(frame[column]) > 0.9:
            return column
    return None


def squares(frame: pd.DataFrame, column: str) -> gpd.GeoSeries:
    """Return the squares of a table's rows in WGS84, None where a cell is no id.

    The side is what the id says, else a column of sizes, else a number in the id column's name,
    else the largest usual one that all corners lie on.
    """
    read = [read_square(written(cell)) for cell in frame[column]]
    known = [square for square in read if square]
    shapes: list[shapely.Geometry | None] = [None] * len(read)
    size = _size(frame, column, known)
    for crs in dict.fromkeys(square.crs for square in known):
        rows = [at for at, square in enumerate(read) if square and square.crs == crs]
        sized = [replace(read[at] or known[0], size=_of(read[at], size[at])) for at in rows]
        boxes = [
            shapely.box(each.east, each.north, each.east + each.size, each.north + each.size)
            for each in sized
        ]
        there = gpd.GeoSeries(boxes, crs=crs).to_crs(WGS84)
        for at, shape in zip(rows, there, strict=True):
            shapes[at] = shape
    return gpd.GeoSeries(shapes, index=frame.index, crs=WGS84)


def _of(square: Square | None, otherwise: float) -> float:
    return square.size if square and square.size else otherwise


def _size(frame: pd.DataFrame, column: str, known: Sequence[Square]) -> list[float]:
    there = {plain(str(name)): str(name) for name in frame.columns}
    for name in SIZE_COLUMNS:
        if name in there:
            stated = [to_number(cell) or 0.0 for cell in frame[there[name]]]
            if min(stated) > 0:
                return stated
    if found := re.search(r"(\d+)(km|m)", column.lower()):
        return [float(found[1]) * (1000 if found[2] == "km" else 1)] * len(frame)
    corners = np.array([(square.east, square.north) for square in known])
    size = next((each for each in SIZES if not (corners % each).any()), SIZES[-1])
    return [float(size)] * len(frame)


def _share(cells: pd.Series) -> float:
    texts = [text for cell in cells if (text := written(cell))]
    return sum(read_square(text) is not None for text in texts) / len(texts) if texts else 0.0
