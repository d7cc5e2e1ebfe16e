"""Where the addresses and named buildings of an area are: made of its address points and of the
places it has. Protected housing is never part of it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.area import protected
from geo.area.model import Area
from geo.area.record_fields import place_fields
from geo.cells import plain
from geo.ingest.geocoding.parse import (
    Name,
    Number,
    Street,
    folded,
    read_address,
    read_name,
    read_number,
    read_street,
)
from geo.sources.files.field_names import fields
from geo.types import Floats

PREFIX = 3
"""Digits of a postcode that name a delivery area: those of one area are few."""
FEWEST_POSTCODES = 5
"""With fewer addresses that have a postcode, none is taken to lie outside."""
M_PER_DEGREE = 111_320.0


@dataclass(frozen=True)
class Entry:
    """One address or named building. ``rank``: 0 for an address point, 1 for a place of the area;
    ``written`` is what a person is shown of it.
    """

    written: str
    street: Street | None
    number: Number | None
    postcode: str
    city: str
    name: Name | None
    kind: str
    source: str
    rank: int
    place: str = ""


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """All entries, and where they are: ``points`` (WGS84) and ``xy`` in metres, for distances
    within the area only.
    """

    entries: tuple[Entry, ...]
    points: tuple[shapely.Point, ...]
    xy: Floats
    by_street: dict[Street, list[int]]
    by_name: dict[Name, list[int]]
    postcodes: frozenset[str]

    def streets_of(self, kind: str) -> list[Street]:
        """Return the streets of a kind, as in ``väg``; all of them for ""."""
        return self._streets.get(kind, []) if kind else list(self.by_street)

    @cached_property
    def _streets(self) -> dict[str, list[Street]]:
        found: dict[str, list[Street]] = defaultdict(list)
        for street in self.by_street:
            found[street.type].append(street)
        return dict(found)

    def span_m(self, rows: list[int]) -> float:
        """Return how far the farthest two of some entries lie apart, in metres (box diagonal)."""
        low, high = self.xy[rows].min(axis=0), self.xy[rows].max(axis=0)
        return float(np.hypot(*(high - low)))

    def middle(self, rows: list[int]) -> int:
        """Return the entry nearest the middle of some entries."""
        apart = self.xy[rows] - self.xy[rows].mean(axis=0)
        return rows[int(np.hypot(apart[:, 0], apart[:, 1]).argmin())]


def gazetteer(area: Area, *, without: frozenset[str] = frozenset()) -> Gazetteer:
    """Make the gazetteer of an area.

    ``without`` are ids of places that may not be used: those a file is about to replace.
    """
    entries, points = _of_addresses(area.addresses)
    places = protected.in_the_open(area.places)
    places = places[~places["id"].astype(str).isin(without)] if without else places
    for entry, point in _of_places(places):
        entries.append(entry)
        points.append(point)
    return _laid_out(entries, points)


def of_addresses(addresses: gpd.GeoDataFrame) -> Gazetteer:
    """Make a gazetteer of addresses alone (columns of ``Area.addresses``)."""
    return _laid_out(*_of_addresses(addresses))


def _laid_out(entries: list[Entry], points: list[shapely.Point]) -> Gazetteer:
    xy = np.array([(point.x, point.y) for point in points], dtype=np.float64).reshape(-1, 2)
    up = np.radians(float(xy[:, 1].mean())) if len(xy) else 0.0
    metres = xy * np.array([M_PER_DEGREE * np.cos(up), M_PER_DEGREE])
    by_street: dict[Street, list[int]] = defaultdict(list)
    by_name: dict[Name, list[int]] = defaultdict(list)
    for row, entry in enumerate(entries):
        if entry.street is not None:
            by_street[entry.street].append(row)
        if entry.name is not None:
            by_name[entry.name].append(row)
    codes = [entry.postcode[:PREFIX] for entry in entries if entry.postcode]
    known = frozenset(codes) if len(codes) >= FEWEST_POSTCODES else frozenset()
    return Gazetteer(tuple(entries), tuple(points), metres, dict(by_street), dict(by_name), known)


def _of_addresses(
    addresses: gpd.GeoDataFrame,
) -> tuple[list[Entry], list[shapely.Point]]:
    entries, points = [], []
    columns = [
        addresses[name] for name in ("street", "number", "postcode", "city", "name", "source")
    ]
    for street, number, postcode, city, name, source, point in zip(
        *columns, addresses.geometry, strict=True
    ):
        where = " ".join(filter(None, (street, number)))
        entries.append(
            Entry(
                written=", ".join(filter(None, (name, where))),
                street=read_street(street) if street and number else None,
                number=read_number(number),
                postcode="".join(sign for sign in postcode if sign.isdigit()),
                city=folded(city),
                name=read_name(name) if name else None,
                kind="",
                source=source,
                rank=0,
            )
        )
        points.append(point)
    return entries, points


def _of_places(places: gpd.GeoDataFrame) -> list[tuple[Entry, shapely.Point]]:
    found = []
    rows = pd.DataFrame(places)
    rows = rows[["id", "name", "kind", "address", "details", "source", "geometry"]]
    for place, name, kind, address, details, source, point in rows.itertuples(index=False):
        if point is None or point.is_empty:
            continue
        record = {plain(key): str(value) for key, value in place_fields(details).items()}
        code, city = (_first(record, field) for field in ("postcode", "city"))
        told = read_address(address, postcode=code, city=city)
        entry = Entry(
            written=", ".join(filter(None, (name, told.written))),
            street=told.street if told.number else None,
            number=told.number,
            postcode=told.postcode,
            city=told.city,
            name=read_name(name) if name else None,
            kind=kind,
            source=source,
            rank=1,
            place=str(place),
        )
        found.append((entry, point))
    return found


def _first(record: dict[str, str], field: str) -> str:
    """Return a field of a place's record that is no column of places."""
    return next((record[name] for name in fields()[field].names if name in record), "")
