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
from geo.errors import OutsideArea
from geo.ingest.geocoding.gazetteer import gazetteer
from geo.ingest.geocoding.match import Match, Wanted, find
from geo.ingest.geocoding.parse import folded
from geo.ingest.place_files import FAR_M
from geo.ingest.places.records import PlaceRow
from geo.sources.files.place_tables import Understood
from geo.types import WGS84, Progress

COORDINATES, ADDRESS, NAME, LOOKUP = "coordinates", "address", "name", "lookup"
HOW = (COORDINATES, ADDRESS, NAME, LOOKUP)
"""By what a place was placed."""
SURE = 100.0
FEW_NAMES, MANY_ROWS = 0.2, 10
"""Names alone place nothing where fewer than this share of more rows than this are known here: then
the list is of another place, and a name known by chance."""
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
        return rows
    here = area.places[area.places["source"].astype(str).str.split(APART).str[0] == understood.file]
    names = [tuple(map(folded, pair)) for pair in zip(here["name"], here["address"], strict=True)]
    kinds = list(here["kind"])
    asked = Counter((row.wanted.kind, _called(row)) for row in rows)
    there = Counter(zip(kinds, names, strict=True))
    known = dict(zip(zip(kinds, names, strict=True), here["id"].astype(str), strict=True))
    return [
        replace(row, id=known[key])
        if (key := (row.wanted.kind, _called(row))) in known and there[key] == asked[key] == 1
        else row
        for row in rows
    ]


def _called(row: PlaceRow) -> tuple[str, ...]:
    return folded(row.name), folded(row.wanted.address)


def by_coordinates(
    area: Area, rows: list[PlaceRow]
) -> tuple[list[Placed], list[tuple[PlaceRow, Match]]]:
    """Place the rows whose coordinates can be of this area; of the others, why not."""
    has = [row for row in rows if row.point is not None]
    points = gpd.GeoSeries([row.point for row in has], crs=WGS84).to_crs(area.network.crs)
    metres = shapely.distance(np.asarray(points.values, dtype=object), area.metric_boundary)
    near = {row.row for row, far in zip(has, metres, strict=True) if far <= FAR_M}
    placed, missed = [], []
    for row in rows:
        if row.row in near and row.point is not None:
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
