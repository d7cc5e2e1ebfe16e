"""Divides the ground into regions wide enough and with enough households to hide a place in, from
the ground and its residents alone: so no region shows where in it the place is.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely

from geo.resources import DATA
from geo.types import Floats, Ints, Shapes

MIC_TOLERANCE_M = 2.0
WITHIN = 1e6


@dataclass(frozen=True)
class Rule:
    """The numbers and words of ``data/restricted.toml``."""

    columns: tuple[str, ...]
    no: tuple[str, ...]
    households: float
    persons_per_household: float
    grid_m: float
    across_m: float

    @property
    def people(self) -> float:
        """How many residents make enough households."""
        return self.households * self.persons_per_household


@dataclass(frozen=True, eq=False)
class Region:
    """A part of the ground in metres, with how many residents, and whether they are enough."""

    shape: shapely.Geometry
    people: float
    enough: bool


@cache
def rule() -> Rule:
    """Return the rule of protected addresses."""
    with (DATA / "restricted.toml").open("rb") as file:
        table = tomllib.load(file)
    return Rule(**{**table, "columns": tuple(table["columns"]), "no": tuple(table["no"])})


def divide(zones: Shapes, xy: Floats, people: Floats) -> list[Region]:
    """Divide zones by a fixed grid, and join the parts until each may hide a place.

    Parts too narrow are joined first, then those with too few residents, each to the part with
    which it shares the longest border, within its own zone if it can. What comes of it depends on
    the zones and the residents only. As every region is made of the same wide parts, regions of two
    years overlap in wide parts or not at all.

    Parameters
    ----------
    zones : polygons in metres, side by side. xy : (n, 2), where residents live, in metres.
    people : (n,), how many.

    Returns
    -------
    Regions that cover the zones. Where not even all of them together are wide and lived in enough,
    that is the only one, and not ``enough``.
    """
    known = rule()
    cut = [_cells(zone, known.grid_m) for zone in zones]
    zone_of = np.repeat(np.arange(len(cut)), [len(cells) for cells in cut])
    parts = _Parts([cell for cells in cut for cell in cells], zone_of)
    parts.count(xy, people)
    parts.join(lambda shape, _: not is_wide(shape, known.across_m), by_area=True)
    parts.join(lambda _, inside: inside < known.people, by_area=False)
    return [
        Region(shape, inside, inside >= known.people and is_wide(shape, known.across_m))
        for shape, inside in zip(parts.shapes, parts.people, strict=True)
    ]


def is_wide(shape: shapely.Geometry, across_m: float) -> bool:
    """Return whether a circle that wide fits into a shape."""
    if shape.area < np.pi * across_m**2 / 4:
        return False
    reach = shapely.maximum_inscribed_circle(shape, tolerance=MIC_TOLERANCE_M)
    return bool(2 * shapely.length(reach) >= across_m)


class _Parts:
    """Parts of a zone, joined step by step."""

    def __init__(self, shapes: list[shapely.Geometry], zone: Ints) -> None:
        self.shapes = shapes
        self.people = [0.0] * len(shapes)
        self.border = _borders(shapes, zone)

    def count(self, xy: Floats, people: Floats) -> None:
        """Count residents; who lives on a border is counted once."""
        points = shapely.points(xy) if len(xy) else np.zeros(0, dtype=object)
        tree = shapely.STRtree(self.shapes)
        at, part = tree.query(points, predicate="intersects")
        order = np.lexsort((part, at))
        once, first = np.unique(at[order], return_index=True)
        inside = np.bincount(part[order][first], people[once], len(self.shapes))
        self.people = inside.tolist()

    def join(self, lacks: Callable[[shapely.Geometry, float], bool], *, by_area: bool) -> None:
        """Join the least of the parts that lack something to its closest neighbour, and again."""
        lacking = [lacks(*each) for each in zip(self.shapes, self.people, strict=True)]
        while len(self.shapes) > 1 and any(lacking):
            sizes = [shape.area for shape in self.shapes] if by_area else self.people
            at = min((row for row, bad in enumerate(lacking) if bad), key=lambda row: sizes[row])
            to = self._neighbour(at)
            self._merge(at, to)
            lacking[to] = lacks(self.shapes[to], self.people[to])
            for held in (self.shapes, self.people, lacking):
                del held[at]
            self.border = np.delete(np.delete(self.border, at, 0), at, 1)

    def _neighbour(self, at: int) -> int:
        if self.border[at].max() > 0:
            return int(self.border[at].argmax())
        metres = shapely.distance(self.shapes[at], np.array(self.shapes, dtype=object))
        metres[at] = np.inf
        return int(metres.argmin())

    def _merge(self, at: int, to: int) -> None:
        self.shapes[to] = shapely.union(self.shapes[to], self.shapes[at])
        self.people[to] += self.people[at]
        self.border[to] += self.border[at]
        self.border[:, to] = self.border[to]
        self.border[to, to] = 0.0


def _cells(zone: shapely.Geometry, grid_m: float) -> list[shapely.Geometry]:
    """Cut a zone along the lines of a grid that lies still, whatever the zone."""
    west, south, east, north = zone.bounds
    columns = np.arange(np.floor(west / grid_m), np.ceil(east / grid_m)) * grid_m
    rows = np.arange(np.floor(south / grid_m), np.ceil(north / grid_m)) * grid_m
    x, y = (each.ravel() for each in np.meshgrid(columns, rows))
    shapely.prepare(zone)
    boxes = shapely.box(x, y, x + grid_m, y + grid_m)
    cut = shapely.intersection(boxes[shapely.intersects(boxes, zone)], zone)
    kept = [_ground(shape) for shape in cut]
    return [shape for shape in kept if shape.area > 0] or [zone]


def _ground(shape: shapely.Geometry) -> shapely.Geometry:
    """Keep the polygons of a cut: it may touch the zone in lines and points too."""
    parts = shapely.get_parts(shape)
    return shapely.union_all(parts[shapely.area(parts) > 0])


def _borders(shapes: list[shapely.Geometry], zone: Ints) -> Floats:
    """Return the metres of border each two parts share; far more within a zone."""
    metres = np.zeros((len(shapes), len(shapes)))
    held = np.array(shapes, dtype=object)
    one, other = shapely.STRtree(held).query(held, predicate="intersects")
    apart = one < other
    one, other = one[apart], other[apart]
    shared = shapely.length(shapely.intersection(held[one], held[other]))
    metres[one, other] = np.where(zone[one] == zone[other], WITHIN * shared, shared)
    return metres + metres.T
