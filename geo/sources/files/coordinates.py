r"""Which columns of a table are coordinates, and in which system: recognised by their names and by
where their values land.

One cell may hold degrees in any notation, or two coordinates:

>>> to_degrees("59°21'54,4\" N")
59.36511111111111
>>> both("59,33; 18,06"), both("POINT (18.06 59.33)")
((59.33, 18.06), (59.33, 18.06))
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise, product
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Transformer
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_crs_info
from pyproj.enums import PJType
from pyproj.exceptions import CRSError, ProjError

from geo.cells import is_unknown, plain, to_number, written
from geo.types import SWEREF99_TM, WGS84, Bools, Floats

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

FIELDS = ("lat", "lon", "n", "e", "x", "y", "position")
"""What a person may name a coordinate column for, ``N`` and ``E`` too; ``position`` holds both."""

RT90 = "EPSG:3021"
_ACROSS = {
    "lon": ("lon", "lng", "long", "longitude", "longitud", "längdgrad", "lengdegrad", "længdegrad"),
    "e": ("e", "east", "easting", "öst", "ost", "östlig", "ö"),
    "x": ("x",),
}
_UP = {
    "lat": ("lat", "latitude", "latitud", "breddgrad"),
    "n": ("n", "north", "northing", "nord", "norr", "nordlig"),
    "y": ("y",),
}
_PAIRS = (("lon", "lat"), ("e", "n"), ("x", "y"))
_TELLING = frozenset(
    {
        *("lat", "latitude", "latitud", "lon", "lng", "long", "longitude", "longitud"),
        *("east", "easting", "north", "northing"),
    }
)
"""Words that tell a coordinate also behind other words: ``stop_lat``, ``location.east``."""
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

_LOCAL = frozenset(f"EPSG:{code}" for code in _ZONES.values())
WEB_MERCATOR = "EPSG:3857"
_NATIONAL = (
    *("EPSG:3067", "EPSG:25832", "EPSG:25833", "EPSG:25835", "EPSG:3301", "EPSG:3059"),
    *("EPSG:3346", "EPSG:2180", "EPSG:28992", "EPSG:31370", "EPSG:27700", "EPSG:2154"),
    *("EPSG:2157", "EPSG:2056", "EPSG:31287", "EPSG:3057", "EPSG:5514", "EPSG:3879"),
)
"""What the countries around use, tried where an area lies in or beside them; others after these."""
_BESIDE_DEGREES = 3.0
_OTHERS = 400
_UNNAMED_ZONE = 0.9  # a system shown by names or numbers comes before a zone that only lands
_SURE_LANDING = 0.8
_MOST_CANDIDATES = 12
_SAMPLE = 400
_TRANSFORMED = 2_000
"""Rows transformed to see whether a system fits."""
_MARGIN_DEGREES = 0.05
_ONE = frozenset(
    {
        *("position", "point", "punkt", "läge", "location", "wkt", "gps", "geom", "geometri"),
        *("geometry", "geopoint", "geopunkt", "latlon", "latlong", "latlng"),
    }
)

_NORTHINGS = (6_050_000.0, 7_750_000.0)
_HOME = {
    WGS84: ((3.0, 33.0), (53.0, 72.0)),
    SWEREF99_TM: ((200_000.0, 1_000_000.0), _NORTHINGS),
    RT90: ((1_100_000.0, 1_950_000.0), _NORTHINGS),
    **{f"EPSG:{code}": ((-100_000.0, 450_000.0), _NORTHINGS) for code in _ZONES.values()},
}
"""Where points of the Nordic countries land in each system: (across), (up)."""


@dataclass(frozen=True, eq=False)
class Pair:
    """Two coordinates per row: ``across`` (longitude or easting) and ``up`` (latitude or northing)
    in the system ``crs``; ``landing`` is the share of rows that land where that system is used.

    ``columns`` names the columns they stand in, under our names of them (``position`` where both
    stand in one). ``rank`` is what the reading is chosen by: what lands in the area wins over what
    does not. ``by_name``: whether they were recognised by the columns' names.
    """

    across: Floats
    up: Floats
    crs: str
    landing: float
    columns: dict[str, str]
    rank: float = 0.0
    by_name: bool = True


def find_pair(
    frame: pd.DataFrame,
    named: Mapping[str, str],
    crs: str | None,
    *,
    near: Box | None = None,
    decimal: str = "",
) -> Pair | None:
    """Find the coordinates of a table.

    Parameters
    ----------
    named : our field (see ``FIELDS``) → column, where a person has stated it.
    crs : the system where a person has stated it.
    near : west, south, east, north (WGS84) of the area the points should be in; decides between
        systems whose numbers look alike, and has those tried that are used there: its UTM zone,
        national systems, web Mercator, then all others.
    decimal : the decimal sign, where a person has stated it.

    Returns
    -------
    The pair whose values land best, earlier names first on a tie, then a single column with both,
    then columns recognised by their content; ``landing`` is 0 where no row lands anywhere we know;
    None where no two columns can be coordinates.
    """
    fields = {field.lower(): column for field, column in named.items()}
    look = _Look(frame, crs, near, decimal)
    if "position" in fields:
        return look.in_one([fields["position"]])
    best = look.named(fields)
    if best is not None and (best.landing > 0 or any(role in fields for role in FIELDS)):
        return best
    one = look.in_one(positions(frame)) or look.by_content()
    if one is not None or best is None or near is None or crs:
        return one or best
    return replace(look, rest=True).named(fields) or best


def positions(frame: pd.DataFrame) -> list[str]:
    """Return the columns whose names say that both coordinates, or a geometry, stand in one."""
    named_one = [str(column) for column in frame.columns if _base(str(column)) in _ONE]
    named_one += [str(column) for column in frame.columns if plain(str(column)) in _NOISE]
    return named_one[:_MOST_CANDIDATES]


def system_of(across: Floats, up: Floats, near: Box | None) -> Pair | None:
    """Return numbers that no file states a system for in the one they land best in, also when they
    stand the other way round; None where they land nowhere we know.
    """
    look = _Look(pd.DataFrame(), None, near, "")
    tries = [look, replace(look, rest=True)] if near else [look]
    for each in tries:
        best: Pair | None = None
        for a, b in ((across, up), (up, across)):
            best = _better(best, each.in_systems(a, b, "", anywhere=False))
        if best is not None and best.landing >= _SURE_LANDING:
            return best
    return None


def possible(across: Floats, up: Floats, crs: str) -> Bools:
    """Return which coordinates can be positions at all; 0, 0 is how a failed lookup is written."""
    usable: Bools = np.isfinite(across) & np.isfinite(up) & ~((across == 0) & (up == 0))
    if _in_degrees(crs):
        usable &= (np.abs(across) <= 180) & (np.abs(up) <= 90)
    return usable


def at_home(points: gpd.GeoSeries) -> float:
    """Return the share of points in WGS84 that lie in the Nordic countries."""
    return _landing(points.x.to_numpy(), points.y.to_numpy(), WGS84, anywhere=False)


def in_order(points: gpd.GeoSeries) -> tuple[gpd.GeoSeries, bool]:
    """Return points in WGS84 with longitude first, and whether they were the other way round: none
    of them at home as they stand, and most when turned.
    """
    turned = gpd.GeoSeries(
        gpd.points_from_xy(points.y, points.x), index=points.index, crs=points.crs
    )
    swapped = at_home(points) == 0 and at_home(turned) >= _SURE_LANDING
    return (turned if swapped else points), swapped


@dataclass(frozen=True, eq=False)
class _Look:
    """A table that is searched for coordinates, and what is known beforehand."""

    frame: pd.DataFrame
    crs: str | None
    near: Box | None
    decimal: str
    rest: bool = False
    """Whether to try all the world's systems that are used in the area, after those usual there."""
    read: dict[str, Floats] = field(default_factory=dict)

    def numbers(self, column: str) -> Floats:
        """Return a column as numbers or degrees, NaN where a cell is neither."""
        if column not in self.read:
            found = [_number(cell, self.decimal) for cell in self.frame[column]]
            self.read[column] = np.array(found, dtype=np.float64)
        return self.read[column]

    def named(self, fields: Mapping[str, str]) -> Pair | None:
        """Return the best pair of columns called like coordinates, or named by a person."""
        best: Pair | None = None
        for across_role, up_role in _PAIRS:
            across = self._columns(fields, across_role, _ACROSS[across_role])
            up = self._columns(fields, up_role, _UP[up_role])
            said = across_role in fields and up_role in fields
            for a, b in product(across[:3], up[:3]):
                anywhere = across_role == "lon" or said or self.crs is not None
                readings = self._readings((a, b), swap=not said, anywhere=anywhere)
                if best is None and all(pair.landing == 0 for pair in readings):
                    readings = [replace(readings[0], columns={across_role: a, up_role: b})]
                best = _better(best, readings)
            if said:
                return best
        return best

    def in_one(self, columns: list[str]) -> Pair | None:
        """Return the positions that stand in a single column, where most of one lands."""
        best: Pair | None = None
        for column in columns:
            shapes = [shape_of(cell) for cell in self.frame[column]]
            drawn = any(shapes)
            cells: Sequence[tuple[float, float] | None]
            cells = [shape[:2] if shape else None for shape in shapes] if drawn else [
                both(cell) for cell in self.frame[column]
            ]  # fmt: skip
            if not any(cells):
                continue
            codes = {shape[2] for shape in shapes if shape} - {0}
            look = replace(self, crs=f"EPSG:{codes.pop()}") if len(codes) == 1 else self
            look = look if _is_known(look.crs) and not self.crs else self
            values = np.array([cell or (np.nan, np.nan) for cell in cells], dtype=np.float64)
            for up, across in ((values[:, 0], values[:, 1]), (values[:, 1], values[:, 0])):
                readings = look.in_systems(across, up, column, anywhere=True)
                best = _better(best, [pair for pair in readings if pair.landing > 0])
        return best

    def by_content(self) -> Pair | None:
        """Return two columns, or one, whose numbers land as positions though no name shows it."""
        texts, best = [], None
        candidates = []
        for column in map(str, self.frame.columns):
            sample = self.frame[column].head(_SAMPLE)
            filled = [cell for cell in sample if not is_unknown(cell)]
            # With a decimal comma a number reads as two: 6583231,68. So a column may be either.
            if filled and sum(_holds_both(cell) for cell in filled) >= 0.8 * len(filled):
                texts.append(column)
            like = sum(_like_coordinate(cell, _number(cell, self.decimal)) for cell in filled)
            if filled and like >= 0.8 * len(filled):
                candidates.append(column)
        for a, b in pairwise(candidates[:_MOST_CANDIDATES]):
            readings = self._readings((a, b), swap=True, anywhere=False)
            best = _better(best, [pair for pair in readings if pair.landing >= _SURE_LANDING])
        best = best or self.in_one(texts[:_MOST_CANDIDATES])
        if best is None or best.landing < _SURE_LANDING:
            return None
        return replace(best, by_name=False)

    def _columns(self, fields: Mapping[str, str], role: str, names: tuple[str, ...]) -> list[str]:
        if role in fields:
            return [fields[role]]
        there = [str(column) for column in self.frame.columns]
        return [column for column in there if _base(column) in names] + [
            column for column in there
            if _base(column) not in names and _last_word(column) in _TELLING.intersection(names)
        ]  # fmt: skip

    def _readings(self, names: tuple[str, str], *, swap: bool, anywhere: bool) -> list[Pair]:
        """Return two columns in every system, and swapped."""
        across, up = names
        told = f"{across} {up}"
        a, b = self.numbers(across), self.numbers(up)
        readings = [(pair, (across, up)) for pair in self.in_systems(a, b, told, anywhere=anywhere)]
        if swap:
            other = self.in_systems(b, a, told, anywhere=anywhere)
            readings += [(pair, (up, across)) for pair in other]
        readings.sort(key=lambda item: -item[0].rank)
        return [replace(pair, columns=_our_names(pair.crs, columns)) for pair, columns in readings]

    def in_systems(self, across: Floats, up: Floats, told: str, *, anywhere: bool) -> list[Pair]:
        """Return the positions as each system in question reads them. One that lands in the area
        is ranked before all that do not.
        """
        systems, usual = self._systems(told)
        pairs = []
        for system in systems:
            unnamed = system not in usual and len(systems) > 1
            inside = _in_box(across, up, system, self.near) if self.near else 1.0
            if unnamed and not inside:
                continue
            share = inside if unnamed else max(_landing(across, up, system, anywhere), 0.0)
            rank = share * (0.6 + 0.4 * inside) * (_UNNAMED_ZONE if unnamed else 1.0)
            rank += 1.0 + inside if self.near and inside else 0.0
            lands = _used_at(across, up, system, anywhere) if inside and self.near else share
            pairs.append(Pair(across, up, system, lands, {"position": told}, rank))
        return pairs

    def _systems(self, names: str) -> tuple[list[str], frozenset[str]]:
        """Return the systems to try, and which of them need not land in the area: as stated, as
        the names have it, else those used everywhere; those used where the area is, besides.
        """
        if self.crs:
            return [self.crs], frozenset({self.crs})
        zone = _LOCAL_ZONE.search(names)
        if zone and zone[1] + zone[2] in _ZONES:
            system = f"EPSG:{_ZONES[zone[1] + zone[2]]}"
            return [system], frozenset({system})
        usual = (WGS84, SWEREF99_TM, RT90)
        there = (*sorted(_LOCAL), *used_at(self.near)) if self.near else ()
        there = (*there, *_all_used_at(self.near)) if self.near and self.rest else there
        return list(dict.fromkeys((*usual, *there))), frozenset(usual)


@lru_cache(maxsize=8)
def used_at(near: Box) -> tuple[str, ...]:
    """Return the metric systems usual at a place anywhere on Earth: its UTM zone and those beside
    it, web Mercator, the national systems of the countries around.
    """
    west, south, east, north = near
    zone = int(((west + east) / 2 + 180) // 6)
    half = "326" if south + north >= 0 else "327"
    zones = [f"EPSG:{half}{(zone + step) % 60 + 1:02d}" for step in (0, -1, 1)]
    return (*zones, WEB_MERCATOR, *(code for code in _NATIONAL if _reaches(code, near)))


@lru_cache(maxsize=8)
def _all_used_at(near: Box) -> tuple[str, ...]:
    """Return all projected systems of the world whose area of use holds a place."""
    found = query_crs_info(
        auth_name="EPSG",
        pj_types=[PJType.PROJECTED_CRS],
        area_of_interest=AreaOfInterest(*near),
        contains=True,
    )
    return tuple(f"EPSG:{each.code}" for each in found if not each.deprecated)[:_OTHERS]


def _reaches(crs: str, near: Box) -> bool:
    (west, east), (south, north) = _area_of_use(crs)
    pad = _BESIDE_DEGREES
    apart = near[0] > east + pad or near[2] < west - pad
    return not (apart or near[1] > north + pad or near[3] < south - pad)


def _is_known(crs: str | None) -> bool:
    try:
        return crs is not None and bool(_to_wgs84(crs))
    except (CRSError, ProjError):
        return False


def _our_names(crs: str, columns: tuple[str, str]) -> dict[str, str]:
    ours = ("lon", "lat") if _in_degrees(crs) else ("e", "n")
    return dict(zip(ours, columns, strict=True))


def _better(best: Pair | None, readings: list[Pair]) -> Pair | None:
    for pair in readings:
        if best is None or pair.rank > best.rank + 1e-9:
            best = pair
    return best


def _number(cell: Any, decimal: str) -> float:
    number = to_number(cell, decimal)
    if number is None:
        number = to_degrees(cell)
    return np.nan if number is None else number


def _like_coordinate(cell: Any, value: float) -> bool:
    """Return whether a number alone can be recognised as a coordinate: degrees with four decimals
    or more, or metres that no count reaches.
    """
    if not np.isfinite(value):
        return False
    exact = round(value, 3) != value or re.search(r"[.,]\d{4,}$", str(cell)) is not None
    return abs(value) > 100_000 or (abs(value) <= 180 and exact)


def _holds_both(cell: Any) -> bool:
    return both(cell) is not None or shape_of(cell) is not None


def _base(column: str) -> str:
    """Return what a column is called apart from words for coordinates and their systems."""
    words = re.sub(r"[\W\d_]+", " ", column.casefold()).split()
    base = plain("".join(word for word in words if word not in _NOISE))
    for ending in _ENDINGS:
        base = base.removesuffix(ending)
    return base


def _last_word(column: str) -> str:
    words = re.sub(r"[\W\d_]+", " ", re.sub(r"(?<=[a-zåäö])(?=[A-ZÅÄÖ])", " ", column)).split()
    return words[-1].casefold() if len(words) > 1 else ""


def _used_at(across: Floats, up: Floats, crs: str, anywhere: bool) -> float:
    """Return the share of rows with two numbers that land where a system is used; degrees are used
    everywhere.
    """
    filled = int((np.isfinite(across) & np.isfinite(up)).sum())
    if crs == WGS84:
        return float(possible(across, up, crs).sum()) / max(filled, 1)
    return max(_landing(across, up, crs, anywhere), 0.0)


def _landing(across: Floats, up: Floats, crs: str, anywhere: bool) -> float:
    """Return the share of rows with two numbers that land where a system is used.

    Degrees under clear names may be ``anywhere`` on Earth, but count less than at home, so that
    swapped columns are recognised.
    """
    usable = possible(across, up, crs)
    filled = int((np.isfinite(across) & np.isfinite(up)).sum())
    if not usable.any():
        return 0.0
    (west, east), (south, north) = _HOME.get(crs) or _area_of_use(crs)
    a, b = across[usable], up[usable]
    if crs not in _HOME:
        step = max(1, len(a) // _TRANSFORMED)
        a, b = _to_wgs84(crs).transform(a[::step], b[::step])
        filled = max(1, round(filled * len(a) / int(usable.sum())))
    home = float(((a >= west) & (a <= east) & (b >= south) & (b <= north)).sum()) / filled
    if crs == WGS84 and anywhere:
        home += 0.4 * (float(usable.sum()) / filled - home)
    return home


@lru_cache(maxsize=32)
def _to_wgs84(crs: str) -> Transformer:
    """Return the way from a system to degrees; finding it takes longer than going it."""
    return Transformer.from_crs(crs, WGS84, always_xy=True)


@lru_cache(maxsize=32)
def _in_degrees(crs: str) -> bool:
    return bool(CRS(crs).is_geographic)


def _area_of_use(crs: str) -> tuple[tuple[float, float], tuple[float, float]]:
    area = CRS(crs).area_of_use
    if area is None:
        return (-180.0, 180.0), (-90.0, 90.0)
    return (area.west - 2, area.east + 2), (area.south - 2, area.north + 2)


def _in_box(across: Floats, up: Floats, crs: str, box: Box) -> float:
    """Return the share of rows with two numbers that land in an area's box or just beside it."""
    filled = int((np.isfinite(across) & np.isfinite(up)).sum())
    west, south, east, north = _box_in(crs, box)
    inside = (across >= west) & (across <= east) & (up >= south) & (up <= north)
    inside &= ~((across == 0) & (up == 0))
    return float(inside.sum()) / max(filled, 1)


@lru_cache(maxsize=2_000)
def _box_in(crs: str, box: Box) -> Box:
    """Return an area's box, a little larger, in the coordinates of a system."""
    west, south, east, north = box
    margin = _MARGIN_DEGREES
    wide = (west - margin, south - margin, east + margin, north + margin)
    try:
        if crs == WGS84:
            return wide
        back = Transformer.from_crs(WGS84, crs, always_xy=True)
        west, south, east, north = back.transform_bounds(*wide)
    except (CRSError, ProjError):
        return (np.inf, np.inf, -np.inf, -np.inf)
    return (west, south, east, north)


_SHAPE_STARTS = re.compile(
    r"\s*(?:SRID=\d+;)?\s*(?:(?:MULTI)?(?:POINT|LINESTRING|POLYGON)|GEOMETRYCOLLECTION)\b"
    r"|\s*\{|0[01][0-9A-Fa-f]{8}",
    re.IGNORECASE,
)
_LONGEST_SHAPE = 200_000
_SRID = re.compile(r"\s*SRID=(\d{1,6});", re.IGNORECASE)


def shape_of(cell: Any) -> tuple[float, float, int] | None:
    """Return the point of a geometry that stands in a cell, and the number of its system (0 where
    it states none): WKT and EWKT, WKB and EWKB in hexadecimal, GeoJSON, an object with ``lat`` and
    ``lon``. Latitude or northing comes first; of several points, a line or an area it is one on it.

    >>> shape_of("SRID=3006;MULTIPOINT ((663335 6584119))")
    (6584119.0, 663335.0, 3006)
    >>> shape_of('{"type": "Point", "coordinates": [17.87, 59.36]}')
    (59.36, 17.87, 0)
    """
    if not isinstance(cell, str) or len(cell) > _LONGEST_SHAPE or not _SHAPE_STARTS.match(cell):
        return None
    try:
        shape, code = _drawn(cell.strip())
    except (shapely.errors.ShapelyError, ValueError, TypeError, KeyError, RecursionError):
        return None
    if shape is None or shape.is_empty:
        return None
    point = shape if shape.geom_type == "Point" else shape.representative_point()
    if not (np.isfinite(point.x) and np.isfinite(point.y)):
        return None
    return float(point.y), float(point.x), code


def _drawn(text: str) -> tuple[shapely.Geometry | None, int]:
    if text.startswith("{"):
        record = json.loads(text if '"' in text else text.replace("'", '"'))
        record = record.get("geometry") or record
        if "type" in record:
            return shapely.geometry.shape(record), 0
        angles = {str(key).casefold(): to_number(value) for key, value in record.items()}
        lat = next((angles[name] for name in _UP["lat"] if angles.get(name) is not None), None)
        lon = next((angles[name] for name in _ACROSS["lon"] if angles.get(name) is not None), None)
        return (None if lat is None or lon is None else shapely.Point(lon, lat)), 0
    if text[0] == "0":
        shape = shapely.from_wkb(bytes.fromhex(text))
        return shape, int(shapely.get_srid(shape))
    said = _SRID.match(text)
    return shapely.from_wkt(text[said.end() :] if said else text), int(said[1]) if said else 0


_LONGEST = 120
_SIDE = r"(?P<{0}>[NSEWÖOVnsewöov])?"
_DEGREES = re.compile(
    _SIDE.format("before")
    + r"\s*(?P<d>[+-]?\d{1,3}(?:[.,]\d+)?)\s*(?:°|º|deg|\s|:)\s*"
    + r"(?:(?P<m>\d{1,2}(?:[.,]\d+)?)\s*(?:['′´`’‘m]|\s|:|$)\s*)?"
    + r"(?:(?P<s>\d{1,2}(?:[.,]\d+)?)\s*(?:\"|″|”|“|''|′′|s)?)?\s*"
    + _SIDE.format("after")
)
_PLAIN_SIDE = re.compile(r"(?:([NSEWÖOV])\s*)?([+-]?\d{1,3}[.,]\d+)\s*°?\s*([NSEWÖOV])?", re.I)
_WKT = re.compile(r"(?:SRID=\d+;)?\s*POINT\s*Z?\s*\(\s*(\S+)\s+(\S+)(?:\s+\S+)?\s*\)", re.I)
_SIGNED = r"[+-]?\d{1,8}"
_ANGLE_PAIRS = tuple(
    re.compile(rf"[(\[]?\s*({number})\s*{between}\s*({number})\s*[)\]]?")
    for number, between in (
        (rf"{_SIGNED}(?:\.\d+)?", r"[,;/|\s]"),
        (rf"{_SIGNED}(?:,\d+)?", r"[;/|\s]"),
        (rf"{_SIGNED},\d+", r","),
    )
)
_SIDES = "NSEWÖOVnsewöov"
_SPLITS = (
    re.compile(r"\s*[;/|]\s*"),
    re.compile(r",\s+"),
    re.compile(rf"(?<=[{_SIDES}])\s*,?\s*(?=\d)"),
    re.compile(rf"(?<=[^{_SIDES}\s,])\s*,?\s*(?=[{_SIDES}])"),
    re.compile(r"(?<=['′\"″”])\s*,?\s*(?=\d{1,3}\s*[°º])"),
)
"""Where one angle ends and the next begins, the surest first."""


def to_degrees(cell: Any) -> float | None:
    """Return degrees as a number, however they are written: decimal, or degrees, minutes and
    seconds; south and west (``S``, ``W``, Swedish ``V``) are negative. None where it is no angle.
    """
    found = _angle(written(cell)) if isinstance(cell, str) else None
    return found[0] if found else to_number(cell)


def both(cell: Any) -> tuple[float, float] | None:
    """Return the two coordinates that one cell holds, in its order; WKT gives latitude first, as
    people write it. None where it does not hold two.
    """
    text = " ".join(written(cell).split())
    if not text or len(text) > _LONGEST:
        return None
    wkt = _WKT.fullmatch(text)
    if wkt:
        across, up = to_number(wkt[1]), to_number(wkt[2])
        return None if across is None or up is None else (up, across)
    for pattern in _ANGLE_PAIRS:
        pair = pattern.fullmatch(text)
        if pair:
            first, second = to_number(pair[1], "."), to_number(pair[2], ".")
            return None if first is None or second is None else (first, second)
    return _two_angles(text)


def _two_angles(text: str) -> tuple[float, float] | None:
    for split in _SPLITS:
        parts = [part for part in split.split(text) if part]
        angles = [_angle(part) for part in parts] if len(parts) == 2 else []
        first, second = angles or (None, None)
        if first is not None and second is not None:
            swapped = first[1] in ("E", "W", "Ö", "O", "V")
            return (second[0], first[0]) if swapped else (first[0], second[0])
    return None


def _angle(text: str) -> tuple[float, str] | None:
    """Return an angle and its side (``N``, ``E`` …, or nothing)."""
    text = text.strip().replace("\u2212", "-")
    if not text or len(text) > _LONGEST:
        return None
    simple = _PLAIN_SIDE.fullmatch(text)
    if simple:
        side = (simple[1] or simple[3] or "").upper()
        value = to_number(simple[2])
    else:
        found = _DEGREES.fullmatch(text)
        if found is None:
            return None
        side = (found["before"] or found["after"] or "").upper()
        if not side and not re.search("[°º:'′]", text):
            return None  # two numbers beside each other
        value = _sexagesimal(found["d"], found["m"], found["s"])
    if value is None or abs(value) > 180:
        return None
    return (-abs(value) if side in ("S", "W", "V") else value), side


def _sexagesimal(degrees: str, minutes: str | None, seconds: str | None) -> float | None:
    parts = [to_number(part) if part else 0.0 for part in (degrees, minutes, seconds)]
    whole, sixtieths, seconds_of = (0.0 if part is None else part for part in parts)
    if sixtieths >= 60 or seconds_of >= 60:
        return None
    beyond = sixtieths / 60 + seconds_of / 3600
    return whole - beyond if degrees.startswith("-") else whole + beyond
