"""Where something new could stand: rooms that exist, points somebody chose, or points spread evenly
over the paths, where there may be no room yet; who is left out and why.

What is not known (hours, staff) is never taken for yes: a filter leaves it out, and it is counted.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from geo import presets
from geo.area import protected
from geo.area.model import Area
from geo.area.opening_hours import hours_text, open_in_evening
from geo.area.people import with_districts
from geo.area.protected import HOUSING
from geo.area.record_fields import has_reception, place_fields
from geo.cells import plain, to_number
from geo.errors import BadLimit, InputError, SitingError
from geo.network.distances import nearest
from geo.network.walk_network import WalkNetwork
from geo.presets import Profile
from geo.types import WGS84, Bools, Floats

POINT, LATTICE = "point", "lattice"
"""Kinds of candidate that are no place yet: chosen on the map, and spread over the paths."""
DOUBLE_M = 30.0
"""Places of one name nearer than this are one place that stands twice."""
SAME_POINT_M = 3.0
"""And so are places without a name, of one kind, nearer than this."""
AT_THE_DOOR_M = 10.0
"""A chosen point this near a place that said no is that place."""
COSTS = ("kostnad", "cost", "hyra", "rent", "kostnadkr", "hyrakr", "årshyra", "årskostnad")
"""Columns of a place's record that hold what it would cost."""
STAFF = ("bemannad", "bemannat", "staffed", "personal", "staff")
_YES = ("ja", "yes", "true", "1", "j", "y", "x")
_NO = ("nej", "no", "false", "0", "n")


@dataclass(frozen=True)
class NotCandidate:
    """A place that cannot be chosen, and why: a key under ``candidates.``, with values."""

    id: str
    name: str
    kind: str
    reason: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Candidates:
    """What may be chosen, and what may not.

    ``table`` (WGS84, index 0 …): ``id``, ``name`` (empty: unknown), ``kind`` (a kind of place,
    ``point`` or ``lattice``), ``district``, ``cost`` (NaN: unknown).
    """

    table: gpd.GeoDataFrame
    left_out: tuple[NotCandidate, ...] = ()

    def __len__(self) -> int:
        return len(self.table)

    @property
    def by_kind(self) -> dict[str, int]:
        """How many there are of each kind, in the table's order."""
        return dict(Counter(self.table["kind"]))

    @property
    def reasons(self) -> dict[str, int]:
        """How many were left out for each reason, most first; ``unknown_hours`` among them."""
        return dict(Counter(item.reason for item in self.left_out).most_common())

    @property
    def unknown(self) -> dict[str, int]:
        """How many were left out as nobody has said whether they are open in the evening, or have
        staff: by ``evening`` and ``staffed``.
        """
        found = self.reasons
        return {
            "evening": found.get("unknown_hours", 0),
            "staffed": found.get("unknown_staff", 0),
        }

    def without(self, refused: Bools, reason: str, **values: Any) -> Candidates:
        """Return the candidates but those a mask points out, who are left out for a reason."""
        gone = tuple(
            NotCandidate(row.id, row.name, row.kind, reason, dict(values))
            for row in self.table[refused].itertuples()
        )
        if not gone:
            return self
        table = self.table[~np.asarray(refused, bool)].reset_index(drop=True)
        return replace(self, table=table, left_out=(*self.left_out, *gone))


def candidates(  # noqa: PLR0913  (each is one control on the page)
    area: Area,
    *,
    kinds: Sequence[str] = (),
    points: Sequence[tuple[float, float]] = (),
    lattice_m: float | None = None,
    near: Sequence[tuple[str, float]] = (),
    evening: bool = False,
    staffed: bool = False,
    excluded: Sequence[str] = (),
    profile: Profile | None = None,
) -> Candidates:
    """Gather the places something new could open at.

    Parameters
    ----------
    kinds : kinds of place in the area; with no points and no lattice, none means all kinds with
        rooms (``presets.rooms``). Of transitional housing its receptions, never of protected one.
    points : lon, lat in WGS84.
    lattice_m : also points on the paths, this many metres apart.
    near : (kind, metres): only within so many walking metres of a place of the kind.
    evening, staffed : only those known to be open in the evening, to have staff.
    excluded : ids left out by hand.

    Raises
    ------
    InputError ``unknown_kind``, ``bad_point``, BadLimit, SitingError ``lattice_too_fine`` : what
    was asked for is not valid.
    """
    for kind, limit in near:
        presets.kind(kind), presets.limit_m(limit)
    if not (kinds or points or lattice_m is not None):
        kinds = presets.rooms()
    found = Candidates(_gathered(area, kinds, points, lattice_m, profile))
    found = found.without(_refused(area, found.table, set(excluded)), "excluded")
    found = found.without(_without_reception(found.table), "no_reception")
    found = found.without(_doubles(found.table, area.network.crs), "double")
    snapped = area.network.snap(found.table.geometry, profile)
    found = found.without(snapped.edge < 0, "off_paths")
    for kind, limit in near:
        metres = _metres_to(area, found, kind, profile)
        found = found.without(metres > limit, "far", kind=kind, limit_m=limit)
    if evening:
        hours = [_evening(record) for record in found.table["record"]]
        found = _only_yes(found, hours, ("closed_evening", "unknown_hours"))
    if staffed:
        staff = [_staffed(row.kind, row.record) for row in found.table.itertuples()]
        found = _only_yes(found, staff, ("no_staff", "unknown_staff"))
    return replace(found, table=found.table.drop(columns="record"))


def cost_of(record: dict[str, Any]) -> float:
    """Return the cost that a place's record reports; NaN when it reports none, or one below zero.

    >>> cost_of({"Hyra": "12 500"})
    12500.0
    """
    by_plain = {plain(str(key)): value for key, value in record.items()}
    numbers = [to_number(by_plain[key]) for key in COSTS if key in by_plain]
    return next((number for number in numbers if number is not None and number >= 0), math.nan)


def _gathered(
    area: Area,
    kinds: Sequence[str],
    points: Sequence[tuple[float, float]],
    lattice_m: float | None,
    profile: Profile | None,
) -> gpd.GeoDataFrame:
    tables = [_places(area, kinds), _points(area, points)]
    if lattice_m is not None:
        spread = lattice(area.network, area.metric_boundary, lattice_m, profile)
        tables.append(_new(area, spread, LATTICE))
    tables = [table for table in tables if len(table)] or tables[:1]
    return gpd.GeoDataFrame(pd.concat(tables, ignore_index=True), crs=WGS84)


def _places(area: Area, kinds: Sequence[str]) -> gpd.GeoDataFrame:
    wanted = [presets.kind(kind).id for kind in dict.fromkeys(kinds)]
    rows = protected.in_the_open(area.places[area.places["kind"].isin(wanted)])
    records = [place_fields(details) for details in rows["details"]]
    columns = {name: rows[name].to_numpy(object) for name in ("id", "name", "kind", "district")}
    return gpd.GeoDataFrame(
        {**columns, "cost": [cost_of(record) for record in records], "record": records},
        geometry=list(rows.geometry.values),
        crs=WGS84,
    )


def _without_reception(table: gpd.GeoDataFrame) -> Bools:
    """Return which are housing without a reception; of protected housing nothing is here."""
    return np.array(
        [
            kind == HOUSING and not has_reception(record)
            for kind, record in zip(table["kind"], table["record"], strict=True)
        ],
        dtype=bool,
    )


def _points(area: Area, points: Sequence[tuple[float, float]]) -> gpd.GeoDataFrame:
    for lon, lat in points:
        if not (abs(lon) <= 180 and abs(lat) <= 90):
            raise InputError("bad_point", found=f"{lon},{lat}")
    once = list(dict.fromkeys((float(lon), float(lat)) for lon, lat in points))
    return _new(area, gpd.GeoSeries([shapely.Point(at) for at in once], crs=WGS84), POINT)


def _new(area: Area, spots: gpd.GeoSeries, kind: str) -> gpd.GeoDataFrame:
    table = gpd.GeoDataFrame(geometry=spots.reset_index(drop=True), crs=WGS84)
    table["id"] = [f"{kind}-{number}" for number in range(1, len(table) + 1)]
    table["name"], table["kind"], table["cost"] = "", kind, math.nan
    table["district"] = with_districts(table, area.districts)
    table["record"] = [{} for _ in range(len(table))]
    return table[["id", "name", "kind", "district", "cost", "record", "geometry"]]


def _refused(area: Area, table: gpd.GeoDataFrame, excluded: set[str]) -> Bools:
    """Return which candidates said no: those of the ids, and those that are the same place under
    another id (a record that stands twice, a point at its door).
    """
    ids: Bools = np.array(table["id"].isin(excluded), dtype=bool)
    said_no = protected.in_the_open(area.places[area.places["id"].isin(excluded)])
    if said_no.empty or table.empty:
        return ids
    crs = area.network.crs
    xy = shapely.get_coordinates(table.geometry.to_crs(crs).values)
    names, kinds = np.array([plain(name) for name in table["name"]]), table["kind"].to_numpy(object)
    spot = np.isin(kinds, (POINT, LATTICE))
    for row in said_no.to_crs(crs).itertuples():
        metres = np.hypot(*(xy - shapely.get_coordinates(row.geometry)[0]).T)
        same = names == plain(row.name) if row.name else (names == "") & (kinds == row.kind)
        ids |= same & ~spot & (metres <= (DOUBLE_M if row.name else SAME_POINT_M))
        ids |= spot & (metres <= AT_THE_DOOR_M)
    return ids


def _doubles(table: gpd.GeoDataFrame, crs: str) -> Bools:
    """Return which places stand once more within a few metres under the same name; the first
    stays.
    """
    twice = np.zeros(len(table), dtype=bool)
    if table.empty:
        return twice
    xy = shapely.get_coordinates(table.geometry.to_crs(crs).values)
    names = [plain(name) for name in table["name"]]
    groups = pd.Series(range(len(table))).groupby(
        [name or f"\0{kind}" for name, kind in zip(names, table["kind"], strict=True)], sort=False
    )
    for _, rows in groups:
        near_m = DOUBLE_M if names[rows.iloc[0]] else SAME_POINT_M
        kept: list[int] = []
        for row in rows if len(rows) > 1 else ():
            if table["kind"].iat[row] in (POINT, LATTICE) or not kept:
                kept.append(row)
            elif np.hypot(*(xy[kept] - xy[row]).T).min() <= near_m:
                twice[row] = True
            else:
                kept.append(row)
    return twice


def _metres_to(area: Area, found: Candidates, kind: str, profile: Profile | None) -> Floats:
    """Return metres to the nearest place of a kind; protected housing does not take part."""
    places = area.places_of(kind)
    known = protected.in_the_open(places)
    if known.empty or not len(found):
        return np.full(len(found), np.inf)
    spots = area.network.snap(found.table.geometry, profile)
    if len(known) < len(places):
        goals = area.network.snap(known.geometry, profile)
    else:
        goals = area.snapped_places(kind, profile)
    return nearest(area.network, spots, goals, profile=profile).metres[:, 0]


def _evening(record: dict[str, Any]) -> bool | None:
    return open_in_evening(hours_text(record))


def _staffed(kind: str, record: dict[str, Any]) -> bool | None:
    """Return whether a place has staff: by its record, else by its kind."""
    by_plain = {plain(str(key)): value for key, value in record.items()}
    for key in STAFF:
        word = str(by_plain.get(key, "")).strip().casefold()
        if word in _YES:
            return True
        if word in _NO:
            return False
        number = to_number(word)
        if number is not None and number >= 0:
            return number > 0
    known = presets.kinds().get(kind)
    return True if known is not None and known.staffed else None


def _only_yes(
    found: Candidates, answers: Sequence[bool | None], reasons: tuple[str, str]
) -> Candidates:
    no = np.array([answer is False for answer in answers], dtype=bool)
    unknown = np.array([answer is None for answer in answers], dtype=bool)
    return found.without(no, reasons[0]).without(unknown[~no], reasons[1])


MOST_POINTS = 3_000
"""More candidates than this answer slower than anybody waits for, and no finer question."""
SAMPLES = 4
"""Positions looked at per spacing along a path: no path is farther from a point than 5/4 of it."""


def lattice(
    network: WalkNetwork,
    boundary: shapely.Geometry,
    spacing_m: float,
    profile: Profile | None = None,
) -> gpd.GeoSeries:
    """Spread points over the main component's paths inside a boundary, none nearer another than
    ``spacing_m`` in a straight line, and none left out that could be added.

    Parameters
    ----------
    boundary : in the network's metres; empty means everywhere.

    Returns
    -------
    Points in WGS84 from south to north, west to east: the same every time.

    Raises
    ------
    BadLimit : the spacing is no number above zero.
    SitingError ``lattice_too_fine`` : more than ``MOST_POINTS`` points.
    """
    if not (np.isfinite(spacing_m) and spacing_m > 0):
        raise BadLimit(found=str(spacing_m))
    lines = network.geometry[network.walkable(profile).main_edges]
    length_m = float(shapely.length(lines).sum())
    if length_m > 40 * MOST_POINTS * spacing_m:  # the thinning itself would take too long
        raise SitingError("lattice_too_fine", spacing=spacing_m, most=MOST_POINTS)
    xy = _along(lines, spacing_m / SAMPLES)
    if not boundary.is_empty:
        shapely.prepare(boundary)
        xy = xy[shapely.intersects_xy(boundary, *xy.T)]
    kept = xy[_thinned(xy, spacing_m)]
    if len(kept) > MOST_POINTS:
        raise SitingError("lattice_too_fine", spacing=spacing_m, most=MOST_POINTS)
    return gpd.GeoSeries(gpd.points_from_xy(*kept.T), crs=network.crs).to_crs(WGS84)


def _along(lines: np.ndarray, step_m: float) -> np.ndarray:
    """Return positions along lines, at most ``step_m`` apart and both ends among them."""
    metres = shapely.length(lines)
    pieces = np.maximum(np.ceil(metres / step_m).astype(np.int64), 1) + 1
    line = np.repeat(np.arange(len(lines)), pieces)
    rank = np.arange(len(line)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    points = shapely.line_interpolate_point(lines[line], rank / (pieces[line] - 1), normalized=True)
    xy = np.round(shapely.get_coordinates(points), 3)
    return np.unique(xy[:, ::-1], axis=0)[:, ::-1] if len(xy) else xy.reshape(0, 2)


def _thinned(xy: np.ndarray, spacing_m: float) -> np.ndarray:
    """Keep each point that no kept one before it is nearer than ``spacing_m``."""
    free = np.ones(len(xy), dtype=bool)
    kept = []
    if len(xy):
        tree = cKDTree(xy)
        for row in range(len(xy)):
            if free[row]:
                kept.append(row)
                free[tree.query_ball_point(xy[row], spacing_m * (1 - 1e-9))] = False
    return np.array(kept, dtype=np.int64)
