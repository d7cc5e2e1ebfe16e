"""Where each row of a file is, and by what that is known: its coordinates, its address or name in
the area, or a service that was asked.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Protocol

import geopandas as gpd
import numpy as np
import shapely

from geo.area.model import Area
from geo.cells import plain, written
from geo.errors import OutsideArea
from geo.ingest.geocoding.gazetteer import gazetteer
from geo.ingest.geocoding.match import Match, Wanted, find
from geo.ingest.geocoding.parse import folded
from geo.ingest.place_files import FAR_M
from geo.ingest.places.records import PlaceRow
from geo.sources.files.opening import NAMES
from geo.sources.files.place_tables import Understood
from geo.sources.files.row_kinds import listed
from geo.types import WGS84, Bools, Floats, Progress

COORDINATES, ADDRESS, NAME, LOOKUP = "coordinates", "address", "name", "lookup"
HOW = (COORDINATES, ADDRESS, NAME, LOOKUP)
"""By what a place was placed."""
SURE = 100.0
FEW_NAMES, MANY_ROWS = 0.2, 10
"""Names alone place nothing where fewer than this share of more rows than this are known here: then
the list is of another place, and a name known by chance."""
NEAR_M = 3_000.0
"""A place farther than this outside the boundary is another's: nobody here walks there."""
FEW_ROWS = 4
"""Of fewer rows with a position none shows that a file is of a larger ground: it may be wrong."""
STEP = 20
"""Rows between two calls of progress."""
APART = " · "
"""Stands in a place's source between the file and who is credited for its position."""


class Asked(Protocol):
    """A service that can be asked where an address is (see ``geo.ingest.geocoding.nominatim``)."""

    def find(self, wanted: Wanted) -> Match:
        """Return what is known of a place; never asked for protected ones."""


@dataclass(frozen=True)
class Placed:
    """A row with its place: by what (one of ``HOW``), how sure (0–100), what it was matched to, and
    who is credited for the position.
    """

    row: PlaceRow
    point: shapely.Point
    how: str
    score: float
    said: str
    credit: str


def with_known_ids(rows: list[PlaceRow], area: Area, understood: Understood) -> list[PlaceRow]:
    """Give rows without an id of their own the ids that the area has for them from the same file:
    when an area is built, such places are numbered by row.
    """
    if "id" in understood.columns:
        return _with_own_ids(rows, area) if understood.format == NAMES[".hsds"] else rows
    here = area.places[area.places["source"].astype(str).str.split(APART).str[0] == understood.file]
    names = [tuple(map(folded, pair)) for pair in zip(here["name"], here["address"], strict=True)]
    kinds = list(here["kind"])
    if not kinds:
        return rows
    called = [(row.wanted.kind, _called(row)) for row in rows]
    asked = Counter(called)
    there = Counter(zip(kinds, names, strict=True))
    known = dict(zip(zip(kinds, names, strict=True), here["id"].astype(str), strict=True))
    return [
        replace(row, id=known[key]) if key in known and there[key] == asked[key] == 1 else row
        for row, key in zip(rows, called, strict=True)
    ]


def _with_own_ids(rows: list[PlaceRow], area: Area) -> list[PlaceRow]:
    """Give rows of a package that we wrote the ids that their places have here."""
    there = dict(zip(area.places["id"].astype(str), area.places["kind"], strict=True))
    named = []
    for row in rows:
        own = row.id.removeprefix(f"{row.wanted.kind}-")
        known = row.id not in there and there.get(own) == row.wanted.kind
        named.append(replace(row, id=own) if known else row)
    return named


def _called(row: PlaceRow) -> tuple[str, ...]:
    return folded(row.name), folded(row.wanted.address)


@dataclass(frozen=True, eq=False)
class Outside:
    """Rows of a file that lie more than ``NEAR_M`` outside the area: how many, how far in km, of
    how many with a position in all, and whether they are left out. ``points``: longitude and
    latitude of the nearest of them.
    """

    count: int
    nearest_km: float
    farthest_km: float
    rows: int
    left_out: bool
    points: Floats


_SHOWN = 3_000
AUTO, KEEP, LEAVE = "auto", "keep", "leave"
"""What becomes of rows outside: left out where most of a file lies there; kept; left out."""
OUTSIDE = (AUTO, KEEP, LEAVE)


def metres_outside(area: Area, rows: list[PlaceRow]) -> Floats:
    """Return how far outside an area each row lies, NaN where it has no point."""
    metres = np.full(len(rows), np.nan)
    has = [at for at, row in enumerate(rows) if row.point is not None]
    if has:
        points = gpd.GeoSeries([rows[at].point for at in has], crs=WGS84)
        projected = np.asarray(points.to_crs(area.network.crs).values, dtype=object)
        metres[has] = shapely.distance(projected, area.metric_boundary)
        metres[np.isinf(metres)] = np.inf
    return metres


def without_outside(
    rows: list[PlaceRow], metres: Floats, understood: Understood, outside: str
) -> tuple[list[PlaceRow], Outside | None]:
    """Return the rows without those that lie outside the area, where that is wanted, and what lies
    there; None where nothing does. With them go rows without a position that are of another
    municipality than the rows within.
    """
    known = np.isfinite(metres) | np.isinf(metres)
    far = known & (metres > NEAR_M)
    if not far.any():
        return rows, None
    near = known & ~far
    enough = known.sum() >= (FEW_ROWS if near.any() else MANY_ROWS)
    most = far.sum() > 0.5 * known.sum() and enough
    leave = outside == LEAVE or (outside == AUTO and bool(most))
    finite = metres[far & np.isfinite(metres)] / 1000
    span = (float(finite.min()), float(finite.max())) if len(finite) else (np.inf, np.inf)
    gone = far.copy()
    if leave:
        gone |= ~known & _of_others(rows, near, understood)
    nearest = np.argsort(np.where(far, metres, np.inf), kind="stable")[: min(far.sum(), _SHOWN)]
    spots = [rows[at].point for at in nearest]
    points = np.array([(each.x, each.y) for each in spots if each is not None], dtype=np.float64)
    found = Outside(int(gone.sum()), *span, int(known.sum()), leave, points.reshape(-1, 2))
    return [row for row, away in zip(rows, gone, strict=True) if not (leave and away)], found


def _of_others(rows: list[PlaceRow], near: Bools, understood: Understood) -> Bools:
    """Return which rows are of another municipality than most rows within the area."""
    known = listed()["municipality"]["columns"]
    columns = [column for column in understood.frame if plain(str(column)) in known]
    if not columns:
        return np.zeros(len(rows), dtype=np.bool_)
    told = understood.frame[columns[0]]
    names = [plain(written(told.get(row.row))) for row in rows]
    here = Counter(name for name, inside in zip(names, near, strict=True) if inside and name)
    ours = here.most_common(1)[0][0] if here else ""
    return np.array([bool(ours and name and name not in here) for name in names], dtype=np.bool_)


def in_sweden(area: Area) -> bool:
    """Return whether an area lies in Sweden, roughly: where postcodes are written as ours."""
    west, south, east, north = map(float, area.boundary.total_bounds)
    lon, lat = (west + east) / 2, (south + north) / 2
    if not (10.9 <= lon <= 24.2 and 55.2 <= lat <= 69.1):
        return False
    norway = lon < 11.0 + max(0.0, lat - 59.0) * 0.62 and lat > 59.2
    denmark = lon < 12.7 and lat < 56.2 and not (lon > 12.44 and lat > 56.02)
    finland = lon > 19.4 and (lat < 63.4 or lon > 21.3 + max(0.0, lat - 63.4) * 1.3)
    return not (norway or denmark or finland)


def by_coordinates(
    rows: list[PlaceRow], metres: Floats
) -> tuple[list[Placed], list[tuple[PlaceRow, Match]]]:
    """Place the rows whose coordinates can be of this area; of the others, why not. ``metres``: as
    ``metres_outside`` returns them.
    """
    placed, missed = [], []
    for row, far in zip(rows, metres, strict=True):
        if row.point is not None and far <= FAR_M:
            placed.append(Placed(row, row.point, COORDINATES, SURE, "", ""))
        else:
            reason = "far_away" if row.point is not None else row.lost
            missed.append((row, Match(reason=reason)))
    return placed, missed


def by_words(
    area: Area,
    missed: list[tuple[PlaceRow, Match]],
    ids: set[str],
    lookup: Asked | None,
    progress: Progress | None,
) -> tuple[list[Placed], list[tuple[PlaceRow, Match]]]:
    """Place rows by their address or name; problems with coordinates were reported before."""
    known = gazetteer(area, without=frozenset(ids))
    placed, left = [], []
    for done, (row, wrong) in enumerate(missed):
        if progress and done % STEP == 0:
            progress("progress.import", done / len(missed))
        match = find(known, row.wanted)
        how = match.how
        elsewhere = match.certain or match.reason == "other_postcode"
        if lookup is not None and not elsewhere and not row.wanted.protected:
            asked = lookup.find(row.wanted)
            how, match = (LOOKUP, asked) if asked.certain else ("", _better(match, asked))
        if match.certain and match.point is not None:
            credit = match.source if "openstreetmap" in match.source.lower() else ""
            placed.append(Placed(row, match.point, how, match.score, match.said, credit))
        else:
            left.append((row, match if wrong.reason != "far_away" else _because(match, wrong)))
    return placed, left


def check_any_near(
    area: Area, understood: Understood, placed: list[Placed], missed: list[tuple[PlaceRow, Match]]
) -> None:
    """Refuse a file all of whose points lie in another part of the world."""
    far = [row for row, match in missed if match.reason == "far_away"]
    if placed or not far or len(far) < len(missed):
        return
    points = gpd.GeoSeries([row.point for row in far], crs=WGS84).to_crs(area.network.crs)
    metres = shapely.distance(np.asarray(points.values, dtype=object), area.metric_boundary)
    nearest = float(np.nanmin(np.where(np.isfinite(metres), metres, np.inf)))
    raise OutsideArea(file=understood.file, rows=len(far), found=round(nearest / 1000))


def doubted(
    found: list[Placed], missed: list[tuple[PlaceRow, Match]], understood: Understood
) -> tuple[list[Placed], list[tuple[PlaceRow, Match]]]:
    """Take names for suggestions only, in a list of names most of which are unknown here."""
    rows = len(found) + len(missed)
    told = {"address", "postcode"} & set(understood.columns)
    if told or rows <= MANY_ROWS or len(found) >= FEW_NAMES * rows:
        return found, missed
    named = [
        (
            each.row,
            Match("", each.score, NAME, each.point, each.said, each.credit, "names_elsewhere"),
        )
        for each in found
        if each.how == NAME
    ]
    left = sorted([*missed, *named], key=lambda each: each[0].row)
    return [each for each in found if each.how != NAME], left


def _better(match: Match, asked: Match) -> Match:
    return asked if asked.said and not match.said else match


def _because(match: Match, wrong: Match) -> Match:
    return Match(**{**vars(match), "reason": wrong.reason})
