"""From the ground to paper: where a map's shapes fall in a frame of millimetres, thinned to what
print can show, as SVG path data.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo.output.print.text_shapes import UNITS
from geo.types import WGS84, Floats

STRAY_MM = 0.08
"""What a line may stray on paper when points are left out: less than a thin line is wide."""

MOST_POINTS = 70_000
"""More points than this are thinned further: about half a megabyte of path data."""

MARGIN = 0.03
"""Room around the bounds, as a share of their larger side."""

Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class Box:
    """A rectangle on paper, in millimetres from the upper left corner."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.height


@dataclass(frozen=True)
class Sheet:
    """A frame on paper over the ground: ``west`` and ``north`` are the metres (in ``crs``) of its
    upper left corner, ``mm_per_m`` its scale.
    """

    crs: str
    frame: Box
    west: float
    north: float
    mm_per_m: float

    @property
    def middle(self) -> tuple[float, float]:
        """Longitude and latitude of the middle of the frame."""
        x = self.west + self.frame.width / 2 / self.mm_per_m
        y = self.north - self.frame.height / 2 / self.mm_per_m
        lon, lat = _transformer(self.crs, WGS84).transform(x, y)
        return float(lon), float(lat)

    def ground(self) -> tuple[float, float, float, float]:
        """Return west, south, east and north of the frame in metres of ``crs``."""
        east = self.west + self.frame.width / self.mm_per_m
        return self.west, self.north - self.frame.height / self.mm_per_m, east, self.north

    def mm(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Return where positions in degrees fall on paper."""
        x, y = _transformer(WGS84, self.crs).transform(lon, lat)
        return (
            self.frame.left + (np.asarray(x) - self.west) * self.mm_per_m,
            self.frame.top + (self.north - np.asarray(y)) * self.mm_per_m,
        )


def sheet(bounds: tuple[float, float, float, float], crs: str, frame: Box) -> Sheet:
    """Lay a frame over bounds (west, south, east, north in degrees): all of them inside, in the
    middle.
    """
    west, south, east, north = _metric(bounds, crs)
    across, along = _with_margin(bounds, crs)
    mm_per_m = min(frame.width / across, frame.height / along)
    return Sheet(
        crs=crs,
        frame=frame,
        west=(west + east) / 2 - frame.width / 2 / mm_per_m,
        north=(south + north) / 2 + frame.height / 2 / mm_per_m,
        mm_per_m=mm_per_m,
    )


def aspect(bounds: tuple[float, float, float, float], crs: str) -> float:
    """Return the width of bounds over their height, on the ground and with the margin."""
    across, along = _with_margin(bounds, crs)
    return across / along


def north_degrees(on: Sheet) -> float:
    """Return where north is, clockwise from straight up: a grid's up is north only along its
    middle meridian.
    """
    factors = pyproj.Proj(on.crs).get_factors(*on.middle)
    return -float(factors.meridian_convergence)


def true_mm(on: Sheet, metres: float) -> float:
    """Return how long metres on the ground are on paper, at the middle of the map: a grid's metre
    is a little more or less than one on the ground.
    """
    factors = pyproj.Proj(on.crs).get_factors(*on.middle)
    return metres * float(factors.parallel_scale) * on.mm_per_m


def line_data(shapes: gpd.GeoSeries, on: Sheet) -> str:
    """Return the lines of a series as SVG path data, thinned; only those that touch the frame."""
    lines = shapely.get_parts(np.asarray(shapes.to_crs(on.crs).values, dtype=object))
    return _written(_thinned(lines[np.isin(shapely.get_type_id(lines), (1, 2))], on), on)


def network_data(lines: Shapes, on: Sheet) -> str:
    """Return a network's lines (metres in the sheet's system) as SVG path data, joined where they
    meet end to end, and thinned.
    """
    near = lines[shapely.intersects(lines, shapely.box(*on.ground()))]
    joined = shapely.line_merge(shapely.multilinestrings(list(near)))
    return _written(_thinned(shapely.get_parts(joined), on), on)


def area_data(shapes: gpd.GeoSeries, on: Sheet) -> str:
    """Return the polygons of a series as SVG path data to fill by the non-zero rule, cut a little
    outside the frame: their cut edges are not seen.
    """
    parts = shapely.get_parts(np.asarray(shapes.to_crs(on.crs).values, dtype=object))
    polygons = parts[(shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)]
    slim = shapely.simplify(polygons, STRAY_MM / on.mm_per_m)
    beyond = 5 / on.mm_per_m
    west, south, east, north = on.ground()
    cut = shapely.clip_by_rect(slim, west - beyond, south - beyond, east + beyond, north + beyond)
    kept = shapely.get_parts(cut)
    kept = kept[(shapely.get_type_id(kept) == 3) & ~shapely.is_empty(kept)]
    return _written(shapely.get_rings(shapely.orient_polygons(kept)), on, closed=True)


def border_data(shapes: gpd.GeoSeries, on: Sheet) -> str:
    """Return the outlines of a series of polygons as SVG path data, what two of them share only
    once: drawn twice its dashes would fill each other's gaps.
    """
    parts = shapely.get_parts(np.asarray(shapes.to_crs(on.crs).values, dtype=object))
    polygons = parts[(shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)]
    lines = shapely.line_merge(shapely.union_all(shapely.boundary(polygons), grid_size=0.01))
    return _written(_thinned(shapely.get_parts(lines), on), on)


def _metric(
    bounds: tuple[float, float, float, float], crs: str
) -> tuple[float, float, float, float]:
    west, south, east, north = _transformer(WGS84, crs).transform_bounds(*bounds)
    return float(west), float(south), float(east), float(north)


def _with_margin(bounds: tuple[float, float, float, float], crs: str) -> tuple[float, float]:
    west, south, east, north = _metric(bounds, crs)
    margin = MARGIN * max(east - west, north - south, 1.0)
    return east - west + 2 * margin, north - south + 2 * margin


def _thinned(lines: Shapes, on: Sheet) -> Shapes:
    lines = lines[shapely.intersects(lines, shapely.box(*on.ground()))]
    stray = STRAY_MM / on.mm_per_m
    # Line by line: keeping thousands of crossings as they are takes seconds and shows nothing.
    slim: Shapes = shapely.simplify(lines, stray, preserve_topology=False)
    while shapely.get_num_coordinates(slim).sum() > MOST_POINTS:
        stray *= 1.5
        slim = shapely.simplify(slim[shapely.length(slim) > stray], stray, preserve_topology=False)
    return slim


def _written(lines: Shapes, on: Sheet, *, closed: bool = False) -> str:
    """Write lines as path data: the first point, then whole steps of 1/``UNITS`` mm."""
    if not len(lines):
        return ""
    at, line = shapely.get_coordinates(lines, return_index=True)
    x = (on.frame.left + (at[:, 0] - on.west) * on.mm_per_m) * UNITS
    y = (on.frame.top + (on.north - at[:, 1]) * on.mm_per_m) * UNITS
    whole = np.rint(np.column_stack([x, y])).astype(np.int64)
    first = np.concatenate([[True], line[1:] != line[:-1]])
    steps = np.diff(whole, axis=0, prepend=0)
    steps[first] = whole[first]
    keep = first | steps.any(axis=1)  # a step of nothing draws nothing
    steps, starts = steps[keep], np.flatnonzero(first[keep])
    words = [f"{x} {y}" for x, y in steps.tolist()]
    ends = [*starts[1:].tolist(), len(words)]
    close = "Z" if closed else ""
    return "".join(
        f"M{words[start]}l{' '.join(words[start + 1 : end])}{close}"
        for start, end in zip(starts.tolist(), ends, strict=True)
        if end > start + 1
    )


@lru_cache(maxsize=32)
def _transformer(source: str, target: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)
