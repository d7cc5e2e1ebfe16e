"""The walk network: plain arrays, pieces, and where a point meets it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_utm_crs_info
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.errors import InputError, NoLines
from geo.network.topology import JOIN_M, ends_only, merge_chains, morton, number_ends, slopes
from geo.presets import Profile, profiles
from geo.types import SWEREF99_TM, WGS84, Bools, Floats, Ints, SmallInts

MAX_SNAP_M = 300.0
"""A point farther than this from the main component is unreachable, and is listed as such."""
GRAIN_M = 2.0**-32
"""All lengths are multiples of this quarter of a nanometre. Sums of them are then exact below 2,000
km: a walk is as long to the last bit whichever end it is measured from, and equal is equal."""
FARTHEST_M = 1e9
"""No coordinate and no edge on Earth comes near this; beyond it numbers are no metres."""


@dataclass(frozen=True, eq=False)
class Snapped:
    """Points brought to the network: arrays of one length.

    ``edge`` is -1 where a point is unreachable; ``offset_m`` metres along the edge from its first
    node; ``stretch_m`` straight metres between point and edge (kept also for points too far off, so
    that they can be listed).
    """

    edge: Ints
    offset_m: Floats
    stretch_m: Floats

    def __len__(self) -> int:
        return len(self.edge)

    def take(self, rows: Ints | Bools) -> Snapped:
        """Return some of the points."""
        return Snapped(self.edge[rows], self.offset_m[rows], self.stretch_m[rows])


@dataclass(frozen=True, eq=False)
class Walkable:
    """What one profile can use of a network: a mask over the same arrays, and its main
    component.
    """

    allowed: Bools
    """One flag per edge: may be walked at all."""
    through: Bools
    """One flag per edge: may be walked on the way elsewhere."""
    component: Ints
    main_edges: Ints
    closed: Bools
    """One flag per half-edge of the star, or empty where every edge is allowed."""


@dataclass(frozen=True, eq=False)
class WalkNetwork:
    """Walkable paths as arrays. One row per edge; walking is free both ways, so one-way never
    counts.

    Coordinates are metres in ``crs``. ``edge_m`` is the length of ``geometry``. ``lit`` is 1, 0 or
    -1 for unknown; ``slope`` is metres up or down a metre along (0.05 is 1:20), NaN for unknown.
    Nodes lie along a Morton curve, so that neighbours in space are neighbours in memory.
    """

    crs: str
    node_xy: Floats
    edge_u: Ints
    edge_v: Ints
    edge_m: Floats
    geometry: NDArray[np.object_]
    highway: NDArray[np.object_]
    surface: NDArray[np.object_]
    steps: Bools
    lit: NDArray[np.int8]
    width_m: Floats
    slope: Floats = field(default_factory=lambda: np.zeros(0))
    ends_only: Bools = field(default_factory=lambda: np.zeros(0, dtype=bool))
    """Private streets from one public street to another: walked by those who live or stand there,
    never through."""
    _views: dict[tuple[object, ...], Walkable] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        """Set all slopes to unknown where none are given, and all edges to open."""
        if len(self.slope) == 0:
            object.__setattr__(self, "slope", np.full(self.edges, np.nan))
        if len(self.ends_only) == 0:
            object.__setattr__(self, "ends_only", np.zeros(self.edges, dtype=bool))

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.node_xy)

    @property
    def edges(self) -> int:
        """Number of edges."""
        return len(self.edge_m)

    @cached_property
    def star(self) -> tuple[SmallInts, SmallInts, SmallInts]:
        """Forward star both ways: ``first`` (nodes + 1), ``neighbour`` and ``edge`` (2 × edges; a
        loop stands once).
        """
        edge = np.arange(self.edges, dtype=np.int64)
        straight = self.edge_u != self.edge_v
        tail = np.concatenate([self.edge_u, self.edge_v[straight]])
        head = np.concatenate([self.edge_v, self.edge_u[straight]])
        which = np.concatenate([edge, edge[straight]])
        order = np.argsort(tail, kind="stable")
        first = np.zeros(self.nodes + 1, dtype=np.int32)
        np.cumsum(np.bincount(tail, minlength=self.nodes), out=first[1:])
        return first, head[order].astype(np.int32), which[order].astype(np.int32)

    @cached_property
    def star_m(self) -> Floats:
        """Metres of each half-edge of the star.

        Raises
        ------
        InputError ``bad_length`` : an edge is negative, longer than the Earth is round, or not a
        number.
        """
        wrong = ~((self.edge_m >= 0) & (self.edge_m < FARTHEST_M))
        if wrong.any():
            raise InputError(
                "bad_length", found=str(self.edge_m[wrong][0]), edge=int(np.argmax(wrong)) + 1
            )
        return exact(self.edge_m)[self.star[2]]

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Spatial index over all edges."""
        return shapely.STRtree(self.geometry)

    def main_length_share(self, profile: Profile | None = None) -> float:
        """Return the share of the whole length that lies in a profile's main component."""
        main = self.walkable(profile).main_edges
        return float(self.edge_m[main].sum() / self.edge_m.sum())

    def walkable(self, profile: Profile | None = None) -> Walkable:
        """Return what a profile can use; computed once for all profiles with the same rules.

        What is not known stays allowed: light that is not tagged, slopes without heights.
        """
        profile = profile or next(iter(profiles().values()))
        rules = (profile.steps, profile.unlit, profile.max_slope)
        if rules not in self._views:
            self._views[rules] = self._walkable(profile)
        return self._views[rules]

    def _walkable(self, profile: Profile) -> Walkable:
        allowed = np.ones(self.edges, dtype=bool)
        if not profile.steps:
            allowed &= ~self.steps
        if not profile.unlit:
            allowed &= self.lit != 0
        if profile.max_slope is not None:
            allowed &= ~(self.slope > profile.max_slope)  # unknown is not steep
        through = allowed & ~self.ends_only
        component = self.components(through)
        length = np.bincount(
            component[self.edge_u[through]], weights=self.edge_m[through], minlength=1
        )
        in_main = component == int(np.argmax(length))
        from_v = self.ends_only & in_main[self.edge_v]
        main_edges = np.flatnonzero(allowed & (in_main[self.edge_u] | from_v))
        closed = np.zeros(0, dtype=bool) if through.all() else ~through[self.star[2]]
        return Walkable(allowed, through, component, main_edges, closed)

    def slope_unknown_share(self, profile: Profile) -> float:
        """Return the share of the length a profile can use whose slope is not known, though it has
        a limit; 0 where it has none.
        """
        allowed = self.walkable(profile).allowed
        total = float(self.edge_m[allowed].sum())
        if profile.max_slope is None or total == 0:
            return 0.0
        return float(self.edge_m[allowed & np.isnan(self.slope)].sum()) / total

    def components(self, allowed: Bools) -> Ints:
        """Label each node with its connected piece over the allowed edges."""
        u, v = self.edge_u[allowed], self.edge_v[allowed]
        links = coo_array((np.ones(len(u), dtype=np.int8), (u, v)), shape=(self.nodes, self.nodes))
        label: Ints = connected_components(links, directed=False)[1].astype(np.int64)
        return label

    def snap(
        self,
        points: gpd.GeoSeries,
        profile: Profile | None = None,
        *,
        max_snap_m: float = MAX_SNAP_M,
    ) -> Snapped:
        """Snap points to the nearest point on an edge of the profile's main component.

        Parameters
        ----------
        points : GeoSeries of points in any coordinate system; empty points are unreachable.
        max_snap_m : a point farther from the network than this is unreachable (``edge`` -1).

        Raises
        ------
        InputError ``bad_point`` : something else than a point.
        """
        local = points.to_crs(self.crs) if points.crs else points
        main = self.walkable(profile).main_edges
        tree = self.tree if len(main) == self.edges else self._main_tree(profile)
        return self.meet(np.asarray(local.values, dtype=object), main, tree, max_snap_m)

    def meet(
        self, points: NDArray[np.object_], edges: Ints, tree: shapely.STRtree, max_snap_m: float
    ) -> Snapped:
        """Snap points (metres in ``crs``) to the nearest of some edges, which ``tree`` holds.

        Raises
        ------
        InputError ``bad_point`` : something else than a point.
        """
        edge = np.full(len(points), -1, dtype=np.int64)
        offset, stretch = np.zeros(len(points)), np.full(len(points), np.inf)
        rows = np.flatnonzero(_usable(points))
        if len(edges) == 0 or len(rows) == 0:
            return Snapped(edge, offset, stretch)
        hit_row, hit_edge = tree.query_nearest(points[rows], all_matches=False)
        edge[rows[hit_row]] = edges[hit_edge]
        lines = self.geometry[edge[rows]]
        along = exact(shapely.line_locate_point(lines, points[rows]))
        offset[rows] = np.clip(along, 0.0, self.edge_m[edge[rows]])
        stretch[rows] = exact(shapely.distance(lines, points[rows]))
        edge[stretch > max_snap_m] = -1
        return Snapped(edge, offset, stretch)

    def _main_tree(self, profile: Profile | None) -> shapely.STRtree:
        view = self.walkable(profile)
        if "tree" not in view.__dict__:
            view.__dict__["tree"] = shapely.STRtree(self.geometry[view.main_edges])
        tree: shapely.STRtree = view.__dict__["tree"]
        return tree

    def frame(self) -> gpd.GeoDataFrame:
        """Return the edges as a table for files: one row per edge, in ``crs``."""
        columns = {
            "u": self.edge_u,
            "v": self.edge_v,
            "metres": self.edge_m,
            "highway": self.highway,
            "surface": self.surface,
            "steps": self.steps,
            "lit": self.lit,
            "width_m": self.width_m,
            "slope": self.slope,
            "ends_only": self.ends_only,
        }
        return gpd.GeoDataFrame(columns, geometry=list(self.geometry), crs=self.crs)


def _usable(points: NDArray[np.object_]) -> Bools:
    """Return which points have coordinates that can be metres on Earth."""
    usable = np.array(~(shapely.is_missing(points) | shapely.is_empty(points)), dtype=bool)
    strange = usable & (shapely.get_type_id(points) != shapely.GeometryType.POINT)
    if strange.any():
        raise InputError("bad_point", found=str(points[strange][0].geom_type))
    usable[usable] = (np.abs(shapely.get_coordinates(points[usable])) < FARTHEST_M).all(axis=1)
    return usable


def exact(metres: Floats) -> Floats:
    """Round lengths to the grain, so that sums of them are exact.

    >>> exact(np.array([0.1 + 0.2, np.inf])) == exact(np.array([0.3, np.inf]))
    array([ True,  True])
    """
    return np.asarray(np.rint(np.asarray(metres, dtype=np.float64) / GRAIN_M) * GRAIN_M)


def metric_crs(bounds: tuple[float, float, float, float]) -> str:
    """Return the system all measuring is done in: SWEREF 99 TM in Sweden, else the local UTM zone.

    ``bounds`` are west, south, east, north in WGS84.
    """
    west, south, east, north = bounds
    home = CRS(SWEREF99_TM).area_of_use
    if (
        home
        and home.west <= west
        and east <= home.east
        and home.south <= south
        and north <= home.north
    ):
        return SWEREF99_TM
    x, y = (west + east) / 2, (south + north) / 2
    zones = query_utm_crs_info("WGS 84", AreaOfInterest(x, y, x, y), contains=True)
    return f"EPSG:{zones[0].code}"


def build_network(lines: gpd.GeoDataFrame, *, file: str = "") -> WalkNetwork:
    """Make a network of lines whose ends share coordinates (to a centimetre).

    Parameters
    ----------
    lines : line geometries in any coordinate system; columns ``highway``, ``surface``, ``steps``
        (bool), ``lit`` (1, 0, -1), ``width_m``, ``slope``, ``private`` (bool) and ``way`` (lines
        of one way may be joined to one edge) are used where present; without ``slope`` it is read
        from heights.

    Raises
    ------
    NoLines : nothing in the table has a length.
    """
    lines = metric_lines(lines, file=file)
    if "slope" not in lines.columns:
        lines["slope"] = slopes(lines.geometry.values)
    lines["geometry"] = shapely.force_2d(lines.geometry.values)
    if "private" in lines:
        lines = _private_as_one(lines)
    lines = merge_chains(lines)
    node, xy = number_ends(lines.geometry.values)
    order = np.argsort(morton(xy), kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    u, v = rank[node[: len(lines)]], rank[node[len(lines) :]]
    if "private" in lines:
        lines["ends_only"] = ends_only(u, v, lines)
    by_place = np.lexsort((np.maximum(u, v), np.minimum(u, v)))
    return network_from_frame(
        lines.iloc[by_place].assign(u=u[by_place], v=v[by_place]).reset_index(drop=True)
    )


def _private_as_one(lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return lines whose private ones alike are pieces of one way: a private street is one edge
    from end to end, so that who lives on it leaves it at either.
    """
    private = lines["private"].to_numpy(bool)
    alike = "private " + lines["steps"].astype(str) + lines["lit"].astype(str)
    way = lines["way"].to_numpy(object) if "way" in lines else np.full(len(lines), None, object)
    return lines.assign(way=np.where(private, alike.to_numpy(object), way))


def metric_lines(lines: gpd.GeoDataFrame, *, file: str = "") -> gpd.GeoDataFrame:
    """Return the lines of a table one by one, in the metres that all measuring is done in.

    Raises
    ------
    NoLines : nothing in the table has a length.
    """
    lines = lines[~(lines.geometry.isna() | lines.geometry.is_empty)].explode(ignore_index=True)
    finite = np.isfinite(shapely.length(lines.geometry.values))
    lines = lines[finite & (lines.geom_type == "LineString")].reset_index(drop=True)
    if len(lines) == 0:
        raise NoLines(file=file)
    bounds = lines.to_crs(WGS84).total_bounds
    crs = metric_crs((float(bounds[0]), float(bounds[1]), float(bounds[2]), float(bounds[3])))
    lines = lines.to_crs(crs)
    # Ends within JOIN_M are one node, so that leaving out a shorter line parts nothing.
    metres = lines.geometry.length
    lines = lines[np.isfinite(metres) & (metres > JOIN_M)].reset_index(drop=True)
    if len(lines) == 0:
        raise NoLines(file=file)
    return lines


def network_from_frame(edges: gpd.GeoDataFrame) -> WalkNetwork:
    """Make the network of a table of edges with node numbers ``u`` and ``v``, in metres (see
    ``WalkNetwork.frame``): the same numbers give the same network, to the last bit.
    """
    count = len(edges)

    def column(name: str, default: object) -> pd.Series:
        return edges[name] if name in edges else pd.Series([default] * count, index=edges.index)

    geometry = np.asarray(edges.geometry.values, dtype=object)
    return WalkNetwork(
        crs=f"EPSG:{edges.crs.to_epsg()}",
        node_xy=_positions(edges),
        edge_u=np.array(edges["u"], dtype=np.int64),
        edge_v=np.array(edges["v"], dtype=np.int64),
        edge_m=exact(shapely.length(geometry)),
        geometry=geometry,
        highway=column("highway", "").fillna("").to_numpy(object),
        surface=column("surface", "").fillna("").to_numpy(object),
        steps=column("steps", False).to_numpy(bool),
        lit=column("lit", -1).to_numpy(np.int8),
        width_m=column("width_m", np.nan).to_numpy(np.float64),
        slope=column("slope", np.nan).to_numpy(np.float64),
        ends_only=column("ends_only", False).to_numpy(bool),
    )


def _positions(edges: gpd.GeoDataFrame) -> Floats:
    """Return where each node lies, from the ends of its edges: the last edge that starts there,
    else the last that ends there.
    """
    geometry = np.asarray(edges.geometry.values, dtype=object)
    u, v = edges["u"].to_numpy(np.int64), edges["v"].to_numpy(np.int64)
    xy = np.full((int(max(u.max(), v.max())) + 1, 2), np.nan)
    xy[v] = shapely.get_coordinates(shapely.get_point(geometry, -1))
    xy[u] = shapely.get_coordinates(shapely.get_point(geometry, 0))
    return xy
