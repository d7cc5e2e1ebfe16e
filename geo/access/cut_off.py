"""Who lives by a piece of path that does not join the others, and so is unreachable by the map."""

from __future__ import annotations

import numpy as np
import shapely

from geo.area.model import Area
from geo.network.walk_network import MAX_SNAP_M
from geo.presets import Profile
from geo.types import Bools


def cut_off(area: Area, profile: Profile) -> Bools:
    """Return which rows of ``area.people`` are beyond reach of the main component, but within 300 m
    of a path of another piece that the profile can use; worked out once an area and profile.
    """
    return area.once(("cut_off", profile.id), ("people", "network"), lambda: _found(area, profile))


def _found(area: Area, profile: Profile) -> Bools:
    network = area.network
    found = np.zeros(len(area.people), dtype=bool)
    known = np.isfinite(area.people_xy).all(axis=1)
    lost = np.flatnonzero(known & (area.snapped_people(profile).edge < 0))
    view = network.walkable(profile)
    other = np.setdiff1d(np.flatnonzero(view.allowed), view.main_edges)
    if not len(lost) or not len(other):
        return found
    points = shapely.points(area.people_xy[lost])
    tree = shapely.STRtree(network.geometry[other])
    found[lost] = network.meet(points, other, tree, MAX_SNAP_M).edge >= 0
    return found
