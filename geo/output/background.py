"""The map's own background: an area's outline, water and paths in a few hundred kilobytes, for a
browser that gets no tiles. Knows nothing of pages or servers.
"""

from __future__ import annotations

import hashlib
import json

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.area.model import Area
from geo.types import WGS84

SCALE = 100_000
"""Coordinates leave as whole numbers: degrees times this, about a metre."""

SIMPLIFY_M = 2.5
"""What a line may stray when points are left out: less than a pixel at street level."""

Packed = list[int]
"""A line: longitude and latitude of its first point, then the steps to each next, all in
1/``SCALE`` degrees."""


def background(area: Area) -> bytes:
    """Return outline, water and paths as JSON: ``{"scale", "outline", "water", "paths"}``.

    ``outline`` and ``water`` are lists of polygons, each a list of rings; ``paths`` a list of
    lines; each ring and line packed as ``Packed``. Simplified to ``SIMPLIFY_M`` metres; paths that
    meet end to end are joined first.
    """
    crs = area.network.crs
    outline = gpd.GeoSeries(area.boundary, crs=WGS84).to_crs(crs)
    water = gpd.GeoSeries(area.water.geometry, crs=WGS84).to_crs(crs)
    content = {
        "scale": SCALE,
        "outline": packed_polygons(_slim(outline)),
        "water": packed_polygons(_slim(water)),
        # Line by line: keeping thousands of crossings as they are takes seconds and shows nothing.
        "paths": packed_lines(_joined(area).simplify(SIMPLIFY_M, preserve_topology=False)),
    }
    return json.dumps(content, separators=(",", ":")).encode()


def version(area: Area) -> str:
    """Return a short name of an area's content, for addresses that may be kept for ever."""
    return hashlib.sha256(area.key.encode()).hexdigest()[:16]


def packed_lines(shapes: gpd.GeoSeries) -> list[Packed]:
    """Pack the lines of a series (in any coordinate system with one stated), parts apart.

    >>> packed_lines(gpd.GeoSeries.from_wkt(["LINESTRING (18 59, 18.00001 59.00002)"], crs=WGS84))
    [[1800000, 5900000, 1, 2]]
    """
    lines = shapely.get_parts(np.asarray(shapes.to_crs(WGS84).values, dtype=object))
    is_line = np.isin(shapely.get_type_id(lines), (1, 2))
    return _packed(lines[is_line])


def packed_polygons(shapes: gpd.GeoSeries) -> list[list[Packed]]:
    """Pack the polygons of a series: for each its rings, the outer one first."""
    parts = shapely.get_parts(np.asarray(shapes.to_crs(WGS84).values, dtype=object))
    polygons = parts[(shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)]
    rings, owner = shapely.get_rings(polygons, return_index=True)
    grouped: list[list[Packed]] = [[] for _ in polygons]
    for polygon, ring in zip(owner, _packed(rings), strict=True):
        grouped[polygon].append(ring)
    return grouped


def packed_points(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Packed:
    """Pack points in their order, each as the step from the one before."""
    steps = np.diff(
        np.rint(np.column_stack([lon, lat]) * SCALE).astype(np.int64), axis=0, prepend=0
    )
    return [int(step) for step in steps.ravel()]


def _packed(lines: NDArray[np.object_]) -> list[Packed]:
    if not len(lines):
        return []
    coordinates, line = shapely.get_coordinates(lines, return_index=True)
    whole = np.rint(coordinates * SCALE).astype(np.int64)
    first = np.concatenate([[True], line[1:] != line[:-1]])
    steps = np.diff(whole, axis=0, prepend=0)
    steps[first] = whole[first]
    # A step of nothing draws nothing: simplified lines round to fewer points here.
    keep = first | steps.any(axis=1)
    starts = np.flatnonzero(first[keep])[1:]
    return [part.ravel().tolist() for part in np.split(steps[keep], starts)]


def _joined(area: Area) -> gpd.GeoSeries:
    network = area.network
    merged = shapely.line_merge(shapely.multilinestrings(list(network.geometry)))
    return gpd.GeoSeries(shapely.get_parts(merged), crs=network.crs)


def _slim(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    return shapes[~(shapes.is_empty | shapes.isna())].simplify(SIMPLIFY_M)
