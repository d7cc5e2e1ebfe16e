"""A point outside the area, far from the rest of its file, off the paths, or in another district
than the one it is named after.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import shapely

from geo.area.model import Area
from geo.ingest.checks.address_distance import Judged, place_again
from geo.ingest.checks.network_barriers import FAR_M
from geo.ingest.checks.reference import Known
from geo.ingest.checks.rows import Rows
from geo.ingest.checks.thresholds import Problem
from geo.network.walk_network import MAX_SNAP_M
from geo.types import Bools, Floats


def ground_problems(
    rows: Rows, area: Area, known: Known, judged: list[Judged]
) -> Iterator[Problem]:
    """Check where each place lies on the area's ground."""
    outside_m = _outside_m(rows, area)
    outside = outside_m > rows.rule.ground.beside_m
    yield from _outside(rows, known, outside_m, outside)
    yield from _apart(rows, known, judged, outside)
    yield from _off_paths(rows, area, known, judged, outside)
    yield from _other_district(rows, area, outside)


def _outside_m(rows: Rows, area: Area) -> Floats:
    """Return metres outside the area; 0 inside and where nothing is known."""
    metres = np.zeros(len(rows))
    there = rows.placed
    boundary = area.metric_boundary
    if not boundary.is_empty:
        shapely.prepare(boundary)
        metres[there] = shapely.distance(shapely.points(rows.xy[there]), boundary)
    return metres


def _outside(rows: Rows, known: Known, metres: Floats, outside: Bools) -> Iterator[Problem]:
    for row in np.flatnonzero(outside[: rows.own]):
        far = metres[row] > rows.rule.ground.other_town_m
        yield rows.problem(
            "outside",
            int(row),
            severity="error" if far else "warning",
            values={"metres": float(metres[row])},
            fix=place_again(rows, int(row), known),
        )


def _apart(rows: Rows, known: Known, judged: list[Judged], outside: Bools) -> Iterator[Problem]:
    """Return a problem per point far from where three quarters of the file lie; a place that stands
    on its street is an outlying village, not a mistake.
    """
    rule = rows.rule.ground
    there = np.flatnonzero(rows.placed[: rows.own])
    if len(there) < rule.fewest:
        return
    middle = np.median(rows.xy[there], axis=0)
    metres = np.hypot(*(rows.xy[there] - middle).T)
    far_m = max(rule.rest_m, rule.times_three_quarters * float(np.percentile(metres, 75)))
    for at in np.flatnonzero(metres > far_m):
        row = int(there[at])
        if outside[row] or judged[row].stands is not None:
            continue
        fix = place_again(rows, row, known)
        yield rows.problem("far_from_rest", row, values={"metres": float(metres[at])}, fix=fix)


def _off_paths(
    rows: Rows, area: Area, known: Known, judged: list[Judged], outside: Bools
) -> Iterator[Problem]:
    points = [
        shapely.Point(xy) if there else None
        for xy, there in zip(rows.xy[: rows.own], rows.placed, strict=False)
    ]
    snapped = area.network.snap(gpd.GeoSeries(points, crs=area.network.crs))
    for row in np.flatnonzero(rows.placed[: rows.own] & ~outside[: rows.own]):
        metres = float(snapped.stretch_m[row])
        if not metres > FAR_M:
            continue
        lost = metres > MAX_SNAP_M
        wrong = lost and judged[row].stands is not True
        yield rows.problem(
            "unreachable" if lost else "off_paths",
            int(row),
            severity="error" if lost else "warning",
            values={"metres": metres},
            fix=place_again(rows, int(row), known) if wrong else None,
        )


def _other_district(rows: Rows, area: Area, outside: Bools) -> Iterator[Problem]:
    names = [" ".join(str(name).casefold().split()) for name in area.districts.get("name", ())]
    telling = sorted({name for name in names if len(name) > 4}, key=len, reverse=True)
    if not telling:
        return
    shapes = area.districts.geometry.to_crs(area.network.crs).to_numpy()
    words = re.compile(rf"\b(?:{'|'.join(map(re.escape, telling))})s?\b")
    for row in np.flatnonzero(rows.placed[: rows.own] & ~outside[: rows.own]):
        named = set(words.findall(" ".join(rows.names[row].casefold().split())))
        named = {name if name in telling else name.removesuffix("s") for name in named}
        theirs = [at for at, name in enumerate(names) if name in named]
        if not theirs:
            continue
        point = shapely.Point(rows.xy[row])
        metres = [float(shapely.distance(shapes[at], point)) for at in theirs]
        if min(metres) > rows.rule.ground.district_m:
            district = str(area.districts["name"].iloc[theirs[int(np.argmin(metres))]])
            values = {"metres": min(metres), "district": district}
            yield rows.problem("other_district", int(row), severity="note", values=values)
