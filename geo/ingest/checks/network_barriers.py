"""What can be wrong with a network and with where things lie on it: loose pieces, points off the
paths, shared points, detours. The words for them stand in ``network_audit``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geo import presets, privacy
from geo.area.model import Area
from geo.network.distances import within
from geo.network.walk_network import Snapped, WalkNetwork
from geo.presets import Profile
from geo.types import Bools, Floats, Ints

FAR_M = 50.0
"""A place or a person farther than this from the paths is worth a look: is a path missing, or the
point wrong?"""
REST_M = 100.0
"""Pieces of network shorter than this are counted and summed, not listed."""
SAME_M = 1.0
"""Places closer than this stand on one point."""
DETOUR_M = (200.0, 1000.0)
"""Straight metres between the points of a detour pair."""
UNREACHABLE, OTHER_PIECE, OFF_PATHS = "unreachable", "other_piece", "off_paths"
PROBLEMS = (UNREACHABLE, OTHER_PIECE, OFF_PATHS)
"""What can be wrong with where a point lies, worst first."""


@dataclass(frozen=True)
class Piece:
    """One connected piece of network: metres of path and share of all."""

    metres: float
    share: float


@dataclass(frozen=True)
class Pieces:
    """The network's pieces for a profile, longest first; those shorter than ``REST_M`` are summed
    in ``rest``.
    """

    profile: str
    count: int
    metres: float
    listed: tuple[Piece, ...]
    rest_count: int
    rest: Piece


@dataclass(frozen=True)
class LoosePlace:
    """A place that lies badly.

    ``metres`` are straight to the main piece of network, ``nearest_m`` to any path; ``inf`` without
    coordinates.
    """

    id: str
    name: str
    kind: str
    problem: str
    metres: float
    nearest_m: float


@dataclass(frozen=True)
class LoosePeople:
    """The people of one statistical area or housing that lie badly: how many, on how many points,
    how far at most. ``people`` is NaN where the area has no count of everybody.
    """

    unit: str
    origin: str
    problem: str
    people: float
    points: int
    metres: float
    estimated: bool

    @property
    def is_small(self) -> bool:
        """Whether the count must be hidden: few people, and counted ones."""
        return privacy.is_small(self.people, not self.estimated)


@dataclass(frozen=True)
class SharedPoint:
    """Several places on one point."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    kinds: tuple[str, ...]

    @property
    def same_kind(self) -> bool:
        """Whether two of them are of one kind: most likely one place twice, or a wrong position."""
        return len(set(self.kinds)) < len(self.kinds)


@dataclass(frozen=True)
class Detour:
    """Walking metres over straight metres between random pairs on the main piece; NaN without
    pairs.
    """

    pairs: int
    median: float
    p90: float


def pieces_of(network: WalkNetwork, profile: Profile) -> Pieces:
    """Return the connected pieces of what a profile can walk, longest first."""
    view = network.walkable(profile)
    component = view.component[network.edge_u[view.allowed]]
    metres = np.bincount(component, weights=network.edge_m[view.allowed])
    metres = np.sort(metres[metres > 0])[::-1]
    total = float(metres.sum())
    shown = np.maximum(metres >= REST_M, np.arange(len(metres)) == 0)
    listed = tuple(Piece(float(m), float(m) / total) for m in metres[shown])
    rest = float(metres[~shown].sum())
    return Pieces(
        profile=profile.id,
        count=len(metres),
        metres=total,
        listed=listed,
        rest_count=int((~shown).sum()),
        rest=Piece(rest, rest / total if total else 0.0),
    )


@dataclass(frozen=True)
class Slopes:
    """What a profile's limit on slope meets: metres of path too steep for it, and the share of the
    length it can use whose slope is not known.
    """

    profile: str
    max_slope: float
    steep_m: float
    unknown_share: float


def slopes_of(network: WalkNetwork) -> tuple[Slopes, ...]:
    """Return one row per profile that has a limit on slope."""
    return tuple(
        Slopes(
            profile=row.id,
            max_slope=row.max_slope,
            steep_m=float(network.edge_m[network.slope > row.max_slope].sum()),
            unknown_share=network.slope_unknown_share(row),
        )
        for row in presets.profiles().values()
        if row.max_slope is not None
    )


def detour_of(network: WalkNetwork, *, seed: int = 0, pairs: int = 1000) -> Detour:
    """Compare walking with straight metres between random pairs of points on the main piece, 200 to
    1,000 m apart.

    Points are drawn evenly by metre of path.
    """
    start, goal, straight_m = _random_pairs(network, np.random.default_rng(seed), pairs)
    if len(straight_m) == 0:
        return Detour(0, math.nan, math.nan)
    factor = _walks(network, start, goal) / straight_m
    return Detour(len(factor), float(np.median(factor)), float(np.quantile(factor, 0.9)))


def loose_places(area: Area) -> tuple[LoosePlace, ...]:
    """Return the places that lie badly, worst and farthest first."""
    points = area.places.geometry
    snapped = area.network.snap(points)
    nearest_m, problem = _lie(area, points, snapped)
    rows = [
        LoosePlace(str(place.id), str(place.name), str(place.kind), what, float(far), float(near))
        for place, what, far, near in zip(
            area.places[["id", "name", "kind"]].itertuples(index=False, name="Place"),
            problem,
            snapped.stretch_m,
            nearest_m,
            strict=True,
        )
        if what
    ]
    return tuple(sorted(rows, key=lambda row: (PROBLEMS.index(row.problem), -row.metres, row.name)))


def loose_people(area: Area) -> tuple[LoosePeople, ...]:
    """Return the people that lie badly by statistical area or housing, worst and farthest first."""
    people = area.people
    snapped = area.snapped_people()
    problem = _lie(area, people.geometry, snapped)[1]
    table = pd.DataFrame(
        {
            "unit": people["unit"].astype(object).to_numpy(),
            "origin": people["origin"].astype(object).to_numpy(),
            "problem": problem,
            "people": _everybody(area),
            "metres": snapped.stretch_m,
            "estimated": people["estimated"].to_numpy(bool),
        }
    )
    loose = table[table["problem"] != ""]
    rows = [
        LoosePeople(
            unit="" if pd.isna(key[0]) else str(key[0]),
            origin=str(key[1]),
            problem=str(key[2]),
            people=float(of["people"].sum(min_count=1)),
            points=len(of),
            metres=float(of["metres"].max()),
            estimated=bool(of["estimated"].all()),
        )
        for key, of in loose.groupby(["unit", "origin", "problem"], dropna=False)
    ]
    return tuple(sorted(rows, key=lambda row: (PROBLEMS.index(row.problem), -row.metres, row.unit)))


def shared_points(area: Area) -> tuple[SharedPoint, ...]:
    """Return the points where several places stand, in area order."""
    local = area.places.geometry.to_crs(area.network.crs)
    xy = np.column_stack([local.x, local.y])
    rows: Ints = np.flatnonzero(np.isfinite(xy).all(axis=1))
    if len(rows) < 2:
        return ()
    close = cKDTree(xy[rows]).query_pairs(SAME_M, output_type="ndarray")
    links = coo_array((np.ones(len(close), np.int8), tuple(close.T)), shape=(len(rows), len(rows)))
    label = connected_components(links, directed=False)[1]
    shared = []
    for spot in np.flatnonzero(np.bincount(label) > 1):
        places = area.places.iloc[rows[label == spot]]
        shared.append(
            SharedPoint(*(tuple(places[name].astype(str)) for name in ("id", "name", "kind")))
        )
    return tuple(shared)


def _random_pairs(
    network: WalkNetwork, generator: np.random.Generator, pairs: int
) -> tuple[Snapped, Snapped, Floats]:
    main = network.walkable().main_edges
    count = 4 * pairs
    if len(main) == 0 or pairs < 1:
        empty = Snapped(np.zeros(0, np.int64), np.zeros(0), np.zeros(0))
        return empty, empty, np.zeros(0)
    length = network.edge_m[main]
    edge = generator.choice(main, count, p=length / length.sum())
    offset = generator.random(count) * network.edge_m[edge]
    points = Snapped(edge, offset, np.zeros(count))
    at = gpd.GeoSeries(network.geometry[edge]).interpolate(offset)
    xy = np.column_stack([at.x, at.y])
    tree = cKDTree(xy)
    chosen: list[tuple[int, int]] = []
    for one in range(count):
        near = np.asarray(tree.query_ball_point(xy[one], DETOUR_M[1]), dtype=np.int64)
        apart = np.hypot(*(xy[near] - xy[one]).T)
        near = near[apart >= DETOUR_M[0]]
        if len(near):
            chosen.append((one, int(generator.choice(near))))
        if len(chosen) == pairs:
            break
    rows = np.array(chosen, dtype=np.int64).reshape(-1, 2)
    straight_m = np.hypot(*(xy[rows[:, 0]] - xy[rows[:, 1]]).T)
    return points.take(rows[:, 0]), points.take(rows[:, 1]), straight_m


def _walks(network: WalkNetwork, start: Snapped, goal: Snapped, block: int = 100) -> Floats:
    """Return metres from each start to its own goal: most end within two kilometres, the rest are
    searched one by one.
    """
    metres = np.full(len(start), np.inf)
    for low in range(0, len(start), block):
        rows = np.arange(low, min(low + block, len(start)))
        table = within(network, start.take(rows), goal.take(rows), within_m=2 * DETOUR_M[1])
        found = table.tocoo()
        own = found.row == found.col
        metres[rows[found.row[own]]] = found.data[own]
    for row in np.flatnonzero(np.isinf(metres)):
        one = np.array([row])
        found = within(network, start.take(one), goal.take(one), within_m=math.inf)
        metres[row] = found.data[0] if found.nnz else math.inf
    return metres


def _lie(area: Area, points: gpd.GeoSeries, snapped: Snapped) -> tuple[Floats, list[str]]:
    """Return straight metres from points to any path, and what is wrong with each (``""``:
    nothing).
    """
    everywhere = _metres_to_any_path(area.network, points)
    worse: list[tuple[str, Bools]] = [
        (OFF_PATHS, everywhere > FAR_M),
        (OTHER_PIECE, everywhere < snapped.stretch_m - SAME_M),
        (UNREACHABLE, snapped.edge < 0),
    ]
    problem = np.full(len(points), "", dtype=object)
    for name, mask in worse:
        problem[mask] = name
    return everywhere, list(problem)


def _metres_to_any_path(network: WalkNetwork, points: gpd.GeoSeries) -> Floats:
    local = points.to_crs(network.crs)
    xy = np.column_stack([local.x, local.y])
    usable = np.flatnonzero(np.isfinite(xy).all(axis=1))
    metres = np.full(len(points), np.inf)
    if len(usable):
        shapes = np.asarray(local.values, dtype=object)[usable]
        (row, _), gap = network.tree.query_nearest(shapes, return_distance=True, all_matches=False)
        metres[usable[row]] = gap
    return metres


def _everybody(area: Area) -> Floats:
    """Return people per row: residents, or newcomers in transitional housing; NaN where unknown."""
    count = np.full(len(area.people), np.nan)
    for group, origin in (("all", "residents"), ("newcomers", "transitional_housing")):
        if group in area.people:
            of = (area.people["origin"] == origin).to_numpy(bool)
            count[of] = area.people[group].to_numpy(np.float64)[of]
    return count
