"""Points spread evenly over the paths, where there may be no room yet. Knows paths, not places."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import cKDTree

from geo.errors import BadLimit, LatticeTooFine
from geo.network.walk_network import WalkNetwork
from geo.presets import Profile
from geo.types import WGS84

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
    LatticeTooFine : more than ``MOST_POINTS`` points.
    """
    if not (np.isfinite(spacing_m) and spacing_m > 0):
        raise BadLimit(found=str(spacing_m))
    lines = network.geometry[network.walkable(profile).main_edges]
    length_m = float(shapely.length(lines).sum())
    if length_m > 40 * MOST_POINTS * spacing_m:  # the thinning itself would take too long
        raise LatticeTooFine(spacing=spacing_m, most=MOST_POINTS)
    xy = _along(lines, spacing_m / SAMPLES)
    if not boundary.is_empty:
        shapely.prepare(boundary)
        xy = xy[shapely.intersects_xy(boundary, *xy.T)]
    kept = xy[_thinned(xy, spacing_m)]
    if len(kept) > MOST_POINTS:
        raise LatticeTooFine(spacing=spacing_m, most=MOST_POINTS)
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
