"""Buildings and addresses out of any file a municipality has: Lantmäteriet's Byggnad and
Belägenhetsadress, the older Fastighetskartan, OpenStreetMap, Overture, a table of points.

Which column says what is known by name (``data/doors.toml``); a person can state the rest. Nothing
is fetched: address points ask for accepted terms.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.area.provenance import ADDRESSES, LeftOut
from geo.cells import plain, to_number
from geo.errors import InputError
from geo.network.walk_network import metric_crs
from geo.resources import DATA
from geo.sources.files.opening import opened
from geo.sources.files.place_tables import find_columns, read_points
from geo.sources.files.sheets import SHEET_ENDINGS
from geo.sources.files.vector import VECTOR_ENDINGS, layers_of, read_opened
from geo.sources.osm import features as osm
from geo.sources.osm.files import read_features
from geo.types import WGS84, Bools, Floats

OSM_ENDINGS = (".osm", ".osm.gz", ".osm.bz2", ".pbf")
UNIT_M2 = 100.0
"""What a building that is a point without a floor area weighs: each the same."""
_HOME_CODES = 200.0
"""``ANDAMAL_1`` of Fastighetskartan is a home below this."""
_HOME_TYPE = 2061.0
"""``objekttypnr`` of Byggnad that is a home."""
_PARTS = re.compile(r"(?P<street>.*?\D)\s*,?\s+(?P<number>\d+\s*[A-Za-zÅÄÖåäö]?)(?:\s*,.*)?\s*")


@dataclass(frozen=True, eq=False)
class Doors:
    """What a file has of buildings or addresses: ``frame`` as ``Area.buildings`` or
    ``Area.addresses`` in WGS84, the number of its ``rows``, the ``columns`` that were understood,
    and the rows left out. ``date`` : the newest change of an OpenStreetMap file. ``purpose`` is
    what each building is used for, as its file writes it; "" where that is not known.
    """

    frame: gpd.GeoDataFrame
    rows: int
    columns: dict[str, str]
    left_out: tuple[LeftOut, ...] = ()
    date: str = ""
    purpose: tuple[str, ...] = ()


def read_buildings(
    path: Path, *, columns: Mapping[str, str] | None = None, crs: str | None = None, layer: str = ""
) -> Doors:
    """Read buildings: centre points with floor area, and which are homes.

    Parameters
    ----------
    columns : ``purpose``, ``floors`` or ``floor_m2`` → column of the file, where the guess is
        wrong.
    layer : of a GeoPackage; the one named after buildings where not stated.

    Raises
    ------
    InputError ``column_missing`` : a stated column is not there. InputError ``no_buildings`` :
    nothing tells a home from other buildings, or no row is a building.
    FileMissing, FileTooLarge, FileFormat, InputError ``crs_mismatch`` : the file cannot be used.
    """
    if _is_osm(path):
        features, date = read_features(path)
        return _checked(Doors(osm.buildings_table(features), len(features), {}, date=date), path)
    table = _read(path, "buildings", columns or {}, crs, layer)
    there = [str(name) for name in table.columns if name != table.geometry.name]
    known = _columns(there, "buildings", columns or {}, path)
    table = table[~(table.geometry.isna() | table.geometry.is_empty)]
    ground = _square_metres(table)
    areal = np.isin(shapely.get_type_id(table.geometry.values), (3, 6))
    home, purpose = _homes(table, known, ground, areal, path)
    floor = _floor(table, known, ground, areal, purpose)
    frame = gpd.GeoDataFrame(
        {"floor_m2": floor, "residential": home, "purpose": _used_for(table, known)},
        geometry=shapely.point_on_surface(np.asarray(table.geometry.values, dtype=object)),
        crs=table.crs,
    ).to_crs(WGS84)
    kept = (~areal | (ground >= osm.MIN_BUILDING_M2)) & (floor > 0)
    frame = _one_each(frame, table[known["id"]] if "id" in known else None, kept)
    used_for = tuple(frame["purpose"])
    found = Doors(frame.drop(columns="purpose"), len(table), known, purpose=used_for)
    return _checked(found, path)


def _checked(found: Doors, path: Path) -> Doors:
    if not len(found.frame):
        raise InputError("no_buildings", file=path.name)
    return found


def _one_each(frame: gpd.GeoDataFrame, ids: pd.Series | None, kept: Bools) -> gpd.GeoDataFrame:
    """Put the parts of a building that share an id together, at the largest part."""
    frame = frame[kept].reset_index(drop=True)
    if ids is None:
        return frame
    key = ids[kept].astype(object).reset_index(drop=True)
    key = key.where(key.notna() & (key.astype(str) != ""), pd.Series(range(len(key)), dtype=object))
    largest = frame.groupby(key, sort=False)["floor_m2"].idxmax()
    summed = frame.groupby(key, sort=False).agg({"floor_m2": "sum", "residential": "any"})
    summed["purpose"] = frame["purpose"].loc[largest].to_numpy(object)
    points = frame.geometry.iloc[largest.to_numpy()]
    return gpd.GeoDataFrame(
        summed.reset_index(drop=True), geometry=points.to_numpy(), crs=frame.crs
    )


def _homes(
    table: gpd.GeoDataFrame, known: Mapping[str, str], ground: Floats, areal: Bools, path: Path
) -> tuple[Bools, pd.Series]:
    """Return which buildings are homes, by their purposes, and the first purpose as plain text."""
    purposes = [table[known[name]] for name in _NUMBERED if name in known]
    if not purposes and "type_code" not in known:
        raise InputError("no_buildings", file=path.name)
    words = [column.map(_plain_purpose) for column in purposes]
    first = words[0] if words else pd.Series("", index=table.index)
    home = np.zeros(len(table), dtype=bool)
    known_use = np.zeros(len(table), dtype=bool)
    for column in words:
        home |= column.map(_is_home).to_numpy(bool)
        known_use |= ~column.isin(("", *osm.UNTYPED)).to_numpy(bool)
    if "type_code" in known:
        types = _numbers(table, known["type_code"], np.full(len(table), np.nan))
        home |= ~known_use & (types == _HOME_TYPE)
        known_use |= np.isfinite(types)
    big = ~areal | (ground >= osm.MIN_UNTYPED_M2)
    return home | (~known_use & big), first


def _used_for(table: gpd.GeoDataFrame, known: Mapping[str, str]) -> list[str]:
    """Return the purpose that makes a building a home, else its first; as the file writes it."""
    written = [table[known[name]].map(_written).tolist() for name in _NUMBERED if name in known]
    of_each = zip(*written, strict=True) if written else (() for _ in range(len(table)))
    return [
        next((word for word in words if _is_home(word.lower())), next(filter(None, words), ""))
        for words in of_each
    ]


def _plain_purpose(cell: Any) -> str:
    return _written(cell).lower()


@cache
def _home_words() -> tuple[str, ...]:
    return tuple(_table()["homes"]["words"])


@cache
def _is_home(purpose: str) -> bool:
    """Return whether a purpose as plain text is a home.

    >>> _is_home("bostad;småhus friliggande"), _is_home("komplementbyggnad;")
    (True, False)
    """
    if purpose.isdecimal():  # Fastighetskartan's ANDAMAL_1
        return float(purpose) < _HOME_CODES
    return purpose in osm.RESIDENTIAL or purpose.startswith(_home_words())


def _floor(
    table: gpd.GeoDataFrame,
    known: Mapping[str, str],
    ground: Floats,
    areal: Bools,
    purpose: pd.Series,
) -> Floats:
    """Return floor areas: stated, or ground times floors, known or typical of the purpose."""
    typical = purpose.map(_typical_floors).to_numpy(np.float64)
    floors = _numbers(table, known.get("floors"), typical)
    floor = np.where(areal, ground * np.minimum(floors, osm.MAX_LEVELS), UNIT_M2)
    return _numbers(table, known.get("floor_m2"), floor)


def _numbers(table: gpd.GeoDataFrame, column: str | None, otherwise: Floats) -> Floats:
    if column is None:
        return otherwise
    numbers = np.array([to_number(cell) or np.nan for cell in table[column]], dtype=np.float64)
    return np.where(numbers > 0, numbers, otherwise)


def _typical_floors(purpose: str) -> float:
    if any(word in purpose for word in _table()["homes"]["flats"]):
        return osm.TYPICAL_LEVELS["apartments"]
    return osm.TYPICAL_LEVELS.get(purpose, osm.OTHER_LEVELS)


def read_addresses(
    path: Path, *, columns: Mapping[str, str] | None = None, crs: str | None = None, layer: str = ""
) -> Doors:
    """Read addresses: points with street, number, postcode, town and name. An address that is not
    in force is left out.

    Parameters
    ----------
    columns : ``street``, ``number``, ``letter``, ``postcode``, ``city``, ``name``, ``status`` →
        column of the file, where the guess is wrong.

    Raises
    ------
    InputError ``no_addresses`` : no row has a street and a number. Else as ``read_buildings``.
    """
    if _is_osm(path):
        features, date = read_features(path)
        frame = osm.addresses_table(features)
        found = Doors(frame, len(features), {}, date=date)
    else:
        table = _read(path, "addresses", columns or {}, crs, layer)
        there = [str(name) for name in table.columns if name != table.geometry.name]
        known = _columns(there, "addresses", columns or {}, path)
        found = _addresses(table, known, path)
    if not (found.frame["number"] != "").any():
        raise InputError("no_addresses", file=path.name)
    return found


def _addresses(table: gpd.GeoDataFrame, known: Mapping[str, str], path: Path) -> Doors:
    def cells(name: str) -> pd.Series:
        if name not in known:
            return pd.Series("", index=table.index, dtype=object)
        return table[known[name]].map(_written).astype(object)

    street, number = cells("street"), cells("number")
    if "number" not in known:
        split = street.map(_split)
        street, number = split.str[0].astype(object), split.str[1].astype(object)
    farm = cells("farm")
    street = (street + " " + farm).str.strip().astype(object)
    number = (number + cells("letter")).astype(object)
    beside = (cells("beside") + cells("beside_number")).astype(object)
    number = (number + " " + beside).str.strip().astype(object)
    unusual = cells("unusual").isin(("1", "True", "true", "ja", "Ja"))
    other = cells("unusual_number")
    number = number.mask(unusual & (other != ""), other)
    postcode = cells("postcode").map(lambda text: "" if text == "0" else text)
    frame = gpd.GeoDataFrame(
        {
            "street": street,
            "number": number,
            "postcode": postcode,
            "city": cells("city"),
            "name": cells("name"),
            "source": path.name,
        },
        geometry=np.asarray(table.geometry.values, dtype=object),
        crs=table.crs,
    )[[*ADDRESSES, "geometry"]].to_crs(WGS84)
    status = cells("status").map(plain)
    is_valid = status.isin(("", *_table()["addresses"]["in_force"])).to_numpy(bool)
    placed = ~(frame.geometry.isna() | frame.geometry.is_empty).to_numpy(bool)
    has = ((frame["street"] != "") & (frame["number"] != "")).to_numpy(bool)
    lost = [
        LeftOut(0, why, {"count": int(rows.sum())})
        for why, rows in (
            ("not_in_force", ~is_valid),
            ("no_house_number", is_valid & ~(placed & has)),
        )
        if rows.any()
    ]
    frame = frame[is_valid & placed & has].reset_index(drop=True)
    frame = frame.set_geometry(
        gpd.GeoSeries(shapely.point_on_surface(np.asarray(frame.geometry)), crs=WGS84)
    )
    return Doors(frame, len(table), dict(known), tuple(lost))


def _written(cell: Any) -> str:
    """Return a cell as text: numbers without a decimal point, what is missing as nothing."""
    if cell is None or cell is pd.NA or (isinstance(cell, float) and np.isnan(cell)):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())


def _split(address: str) -> tuple[str, str]:
    """Split an address in its street and its number.

    >>> _split("Provgatan 12 B, 162 55 Vällingby")
    ('Provgatan', '12 B')
    """
    found = _PARTS.fullmatch(address)
    return (found["street"].strip(" ,"), found["number"].strip()) if found else (address, "")


def _is_osm(path: Path) -> bool:
    return path.name.lower().endswith(OSM_ENDINGS)


def _read(
    path: Path, part: str, columns: Mapping[str, str], crs: str | None, layer: str
) -> gpd.GeoDataFrame:
    """Read a file's rows with their shapes; of a GeoPackage the layer named after the part."""
    fields = set(_NUMBERED) | set(_table()[part]["columns"])
    position = {name: column for name, column in columns.items() if name not in fields}
    if not path.name.lower().removesuffix(".gz").endswith(VECTOR_ENDINGS):
        return read_points(path, columns=position, crs=crs).frame.reset_index(drop=True)
    with opened(path, (*SHEET_ENDINGS, *VECTOR_ENDINGS)) as file:
        if file.ending in SHEET_ENDINGS:
            return read_points(path, columns=position, crs=crs).frame.reset_index(drop=True)
        wanted = ""
        if file.ending == ".gpkg":
            layers = [name for name, _ in layers_of(file)]
            wanted = layer or _best_layer(layers, part)
            if wanted not in layers:
                known = ", ".join(layers)
                raise InputError("no_layer", file=file.name, found=wanted, known=known)
        return read_opened(file, crs=crs, layer=wanted)


def _best_layer(layers: list[str], part: str) -> str:
    """Return the layer named as what is wanted, else one whose name holds it, else the first."""
    words = _table()[part]["layers"]
    exact = [name for name in layers if plain(name) in words]
    near = [name for name in layers if any(word in plain(name) for word in words)]
    return next(iter([*exact, *near, *layers]), "")


_NUMBERED = ("purpose", "purpose2", "purpose3", "purpose4", "purpose5")


def _columns(there: list[str], part: str, stated: Mapping[str, str], path: Path) -> dict[str, str]:
    """Return our field → column: those that a person stated, and those known by name."""
    names = _table()[part]["columns"]
    by_plain = {plain(column): column for column in reversed(there)}
    found = {
        field: by_plain[name]
        for field, known in names.items()
        if (name := next((each for each in map(plain, known) if each in by_plain), None))
    }
    mine = {field: column for field, column in stated.items() if field in names}
    return {**found, **find_columns(mine, there, path.name)}


def fields() -> frozenset[str]:
    """Return the fields of buildings and addresses whose column a person can state."""
    table = _table()
    return frozenset({*table["buildings"]["columns"], *table["addresses"]["columns"]})


def parted(columns: Mapping[str, str], *, asked: bool) -> tuple[dict[str, str], dict[str, str]]:
    """Return the columns a person states of people, and those of buildings and addresses; all are
    of people where neither is ``asked`` for.
    """
    of_doors = fields() if asked else frozenset[str]()
    people = {name: column for name, column in columns.items() if name not in of_doors}
    return people, {name: column for name, column in columns.items() if name in of_doors}


@cache
def _table() -> dict[str, Any]:
    with (DATA / "doors.toml").open("rb") as file:
        return tomllib.load(file)


def _square_metres(table: gpd.GeoDataFrame) -> Floats:
    if len(table) == 0:
        return np.zeros(0)
    west, south, east, north = table.to_crs(WGS84).total_bounds
    crs = metric_crs((float(west), float(south), float(east), float(north)))
    shapes = np.asarray(table.geometry.to_crs(crs).values, dtype=object)
    found: Floats = np.asarray(shapely.area(shapes), dtype=np.float64)
    return found
