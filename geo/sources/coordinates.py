"""Which columns of a table are coordinates, and in which system: told by their names and by where
their values land. Knows nothing of files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from pyproj import CRS, Transformer

from geo.network import SWEREF99_TM, WGS84, Bools, Floats
from geo.sources.cells import plain, to_number

FIELDS = ("lat", "lon", "n", "e", "x", "y")
"""What a person may name a coordinate column for; ``N`` and ``E`` too."""

RT90 = "EPSG:3021"
_ACROSS = {
    "lon": ("lon", "lng", "long", "longitude", "longitud", "längdgrad"),
    "e": ("e", "east", "easting", "öst", "ost", "östlig", "ö"),
    "x": ("x",),
}
_UP = {
    "lat": ("lat", "latitude", "latitud", "breddgrad"),
    "n": ("n", "north", "northing", "nord", "norr", "nordlig"),
    "y": ("y",),
}
_PAIRS = (("lon", "lat"), ("e", "n"), ("x", "y"))
_NOISE = frozenset(
    {
        *("sweref", "rt", "rt90", "wgs", "epsg", "tm", "gon", "v", "geo", "meter"),
        *("koordinat", "koordinater", "koordinaten", "koord"),
        *("coordinate", "coordinates", "coord", "coords"),
    }
)
_ENDINGS = ("koordinat", "koord", "coordinate", "coord")
_LOCAL_ZONE = re.compile(r"99\D{0,3}(\d\d)\D?(\d\d)")
_ZONES = dict(
    zip(
        ("1200", "1330", "1500", "1630", "1800", "1415"),
        ("3007", "3008", "3009", "3010", "3011", "3012"),
        strict=True,
    )
) | dict(
    zip(
        ("1545", "1715", "1845", "2015", "2145", "2315"),
        ("3013", "3014", "3015", "3016", "3017", "3018"),
        strict=True,
    )
)
"""SWEREF 99's twelve local zones by their central meridian, as written in column names."""

_NORTHINGS = (6_050_000.0, 7_750_000.0)
_HOME = {
    WGS84: ((3.0, 33.0), (53.0, 72.0)),
    SWEREF99_TM: ((200_000.0, 1_000_000.0), _NORTHINGS),
    RT90: ((1_100_000.0, 1_950_000.0), _NORTHINGS),
    **{f"EPSG:{code}": ((-100_000.0, 450_000.0), _NORTHINGS) for code in _ZONES.values()},
}
"""Where points of the Nordic countries land in each system: (across), (up)."""


@dataclass(frozen=True)
class Pair:
    """Two coordinate columns: ``across`` (longitude or easting), ``up`` (latitude or northing), and
    their system; ``landing`` is the share of rows that land where that system is used.
    """

    across: str
    up: str
    crs: str
    landing: float

    @property
    def columns(self) -> dict[str, str]:
        """Our names of the two columns, as shown to people."""
        names = ("lon", "lat") if CRS(self.crs).is_geographic else ("e", "n")
        return dict(zip(names, (self.across, self.up), strict=True))


def find_pair(frame: pd.DataFrame, named: Mapping[str, str], crs: str | None) -> Pair | None:
    """Find the coordinate columns of a table.

    Parameters
    ----------
    named : our field (see ``FIELDS``) → column, where a person has said so.
    crs : the system where a person has said so.

    Returns
    -------
    The pair whose values land best, earlier names first on a tie; ``landing`` is 0 where no row
    lands anywhere we know; None where no two columns can be coordinates.
    """
    fields = {field.lower(): column for field, column in named.items()}
    best: Pair | None = None
    for across_role, up_role in _PAIRS:
        across = _columns(frame, fields, across_role, _ACROSS[across_role])
        up = _columns(frame, fields, up_role, _UP[up_role])
        said = across_role in fields and up_role in fields
        for a, b in product(across[:3], up[:3]):
            anywhere = across_role == "lon" or said or crs is not None
            for pair in _readings(frame, (a, b), crs, swap=not said, anywhere=anywhere):
                if best is None or pair.landing > best.landing + 1e-9:
                    best = pair
        if said:
            return best
    return best


def numbers(frame: pd.DataFrame, column: str) -> Floats:
    """Return a column as numbers, NaN where a cell is not one."""
    found = [to_number(cell) for cell in frame[column]]
    return np.array([np.nan if value is None else value for value in found], dtype=np.float64)


def possible(across: Floats, up: Floats, crs: str) -> Bools:
    """Which coordinates can be positions at all; 0, 0 is how a failed lookup is written."""
    usable: Bools = np.isfinite(across) & np.isfinite(up) & ~((across == 0) & (up == 0))
    if CRS(crs).is_geographic:
        usable &= (np.abs(across) <= 180) & (np.abs(up) <= 90)
    return usable


def _columns(
    frame: pd.DataFrame, fields: Mapping[str, str], role: str, names: tuple[str, ...]
) -> list[str]:
    if role in fields:
        return [fields[role]]
    return [str(column) for column in frame.columns if _base(str(column)) in names]


def _base(column: str) -> str:
    """Return what a column is called apart from words for coordinates and their systems."""
    words = re.sub(r"[\W\d_]+", " ", column.casefold()).split()
    base = plain("".join(word for word in words if word not in _NOISE))
    for ending in _ENDINGS:
        base = base.removesuffix(ending)
    return base


def _readings(
    frame: pd.DataFrame, names: tuple[str, str], crs: str | None, *, swap: bool, anywhere: bool
) -> list[Pair]:
    across, up = names
    systems = [crs] if crs else _systems(f"{across} {up}")
    values = {across: numbers(frame, across), up: numbers(frame, up)}
    orders = [(across, up), (up, across)] if swap else [(across, up)]
    return [
        Pair(a, b, system, _landing(values[a], values[b], system, anywhere and a == across))
        for system in systems
        for a, b in orders
    ]


def _systems(names: str) -> list[str]:
    """Return the systems to try where nobody stated one: a local zone only where a name says so."""
    zone = _LOCAL_ZONE.search(names)
    if zone and zone[1] + zone[2] in _ZONES:
        return [f"EPSG:{_ZONES[zone[1] + zone[2]]}"]
    return [WGS84, SWEREF99_TM, RT90]


def _landing(across: Floats, up: Floats, crs: str, anywhere: bool) -> float:
    """Return the share of rows with two numbers that land where a system is used.

    Degrees under clear names may be ``anywhere`` on Earth, but count less than at home, so that
    swapped columns are told.
    """
    usable = possible(across, up, crs)
    filled = int((np.isfinite(across) & np.isfinite(up)).sum())
    if not usable.any():
        return 0.0
    (west, east), (south, north) = _HOME.get(crs) or _area_of_use(crs)
    a, b = across[usable], up[usable]
    if crs not in _HOME:
        a, b = Transformer.from_crs(crs, WGS84, always_xy=True).transform(a, b)
    home = float(((a >= west) & (a <= east) & (b >= south) & (b <= north)).sum()) / filled
    if crs == WGS84 and anywhere:
        home += 0.4 * (float(usable.sum()) / filled - home)
    return home


def _area_of_use(crs: str) -> tuple[tuple[float, float], tuple[float, float]]:
    area = CRS(crs).area_of_use
    if area is None:
        return (-180.0, 180.0), (-90.0, 90.0)
    return (area.west - 2, area.east + 2), (area.south - 2, area.north + 2)
