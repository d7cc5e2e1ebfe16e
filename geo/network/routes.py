"""The way on foot from one point to another: metres, line, and what it is made of."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.ops import substring

from geo.network.kernels.route import way_between
from geo.network.search import Points, snapped
from geo.network.walk_network import Snapped, WalkNetwork
from geo.presets import Profile
from geo.types import Floats, Ints

TO_PATH = "to_path"
KINDS: dict[str, tuple[str, ...]] = {
    "path": ("footway", "path", "pedestrian", "track", "bridleway", "corridor", "platform"),
    "cycleway": ("cycleway",),
    "steps": ("steps",),
    "street": ("residential", "living_street", "unclassified", "service", "road"),
    "road": ("trunk", "primary", "secondary", "tertiary"),
}
"""What a stretch is called, by its ``highway`` (links count as what they link)."""


@dataclass(frozen=True)
class Step:
    """A part of a way that is of one sort.

    ``kind`` is one of ``KINDS``, ``unknown``, or ``to_path``: the straight stretch between a door
    and the nearest path. ``steps``: stairs. ``lit`` is 1, 0 or -1 for unknown.
    """

    kind: str
    metres: float
    steps: bool = False
    lit: int = -1


@dataclass(frozen=True, eq=False)
class Route:
    """A way on foot. ``metres`` from door to door (``inf``: there is none), ``line`` along it with
    the straight stretches at both ends, in the network's coordinate system ``crs`` (empty when
    there is no way), and its parts in walking order; their metres sum to ``metres``.
    """

    metres: float
    line: shapely.LineString
    steps: tuple[Step, ...]
    crs: str

    @property
    def stairs_m(self) -> float:
        """Metres of stairs along the way."""
        return sum(step.metres for step in self.steps if step.steps)

    @property
    def unlit_m(self) -> float:
        """Metres tagged as unlit."""
        return sum(step.metres for step in self.steps if step.lit == 0)

    @property
    def unknown_light_m(self) -> float:
        """Metres along paths of which no source reports whether they are lit."""
        return sum(step.metres for step in self.steps if step.lit < 0 and step.kind != TO_PATH)


def route(network: WalkNetwork, a: Points, b: Points, *, profile: Profile | None = None) -> Route:
    """Find the shortest way on foot between two points, with a profile's rules.

    ``a`` and ``b`` hold one point each, in any coordinate system, or already snapped: then the line
    begins and ends on the paths, since a snapped point no longer says where its door is. The metres
    are those of ``distances.within`` and ``distances.nearest``.

    Examples
    --------
    >>> from geo import open_area, route
    >>> area = open_area("demo")
    >>> home, goal = (area.places_of(kind).geometry[:1] for kind in ("preschool", "library"))
    >>> way = route(area.network, home, goal)
    >>> round(way.metres), round(sum(step.metres for step in way.steps))
    (572, 572)
    """
    start, goal = snapped(network, a, profile), snapped(network, b, profile)
    if start.edge[0] < 0 or goal.edge[0] < 0:
        return _none(network)
    direct_m = _direct(start, goal)
    metres, nodes, edges = way_between(
        *network.star,
        network.edge_m,
        network.walkable(profile).through,
        *_ends(network, start),
        *_ends(network, goal),
        direct_m,
    )
    if not math.isfinite(metres):
        return _none(network)
    pieces = (
        _around(network, start, goal, nodes, edges)
        if len(nodes)
        else [(int(start.edge[0]), float(start.offset_m[0]), float(goal.offset_m[0]))]
    )
    return Route(
        metres=float(metres),
        line=_line(network, _point(network, a), pieces, _point(network, b)),
        steps=_steps(network, float(start.stretch_m[0]), pieces, float(goal.stretch_m[0])),
        crs=network.crs,
    )


Piece = tuple[int, float, float]
"""Along an edge: its number, metres where the walk enters, and where it leaves (may be smaller)."""


def _none(network: WalkNetwork) -> Route:
    return Route(math.inf, shapely.LineString(), (), network.crs)


def _direct(start: Snapped, goal: Snapped) -> float:
    """Return metres along the edge both points share; ``inf`` when they share none."""
    if start.edge[0] != goal.edge[0]:
        return math.inf
    along = abs(start.offset_m[0] - goal.offset_m[0])
    return float(start.stretch_m[0] + along + goal.stretch_m[0])


def _ends(network: WalkNetwork, at: Snapped) -> tuple[Ints, Floats]:
    """Return the two nodes of a point's edge, with metres between each and the point."""
    edge = at.edge[0]
    nodes = np.array([network.edge_u[edge], network.edge_v[edge]])
    along = np.array([at.offset_m[0], network.edge_m[edge] - at.offset_m[0]])
    return nodes, at.stretch_m[0] + along


def _around(
    network: WalkNetwork, start: Snapped, goal: Snapped, nodes: Ints, edges: Ints
) -> list[Piece]:
    """Return the way's pieces: out along the first edge, whole edges, in along the last."""
    out, back = int(start.edge[0]), int(goal.edge[0])
    pieces = [(out, float(start.offset_m[0]), _offset_of(network, start, int(nodes[0])))]
    for tail, edge in zip(nodes[:-1], edges, strict=True):
        length = float(network.edge_m[edge])
        forward = network.edge_u[edge] == tail
        pieces.append((int(edge), 0.0, length) if forward else (int(edge), length, 0.0))
    pieces.append((back, _offset_of(network, goal, int(nodes[-1])), float(goal.offset_m[0])))
    return pieces


def _offset_of(network: WalkNetwork, at: Snapped, node: int) -> float:
    """Return where on a point's edge a node lies; of a loop's two ends, the nearer one."""
    edge = int(at.edge[0])
    length = float(network.edge_m[edge])
    ends = [0.0] if network.edge_u[edge] == node else []
    ends += [length] if network.edge_v[edge] == node else []
    return min(ends, key=lambda end: abs(end - float(at.offset_m[0])))


def _point(network: WalkNetwork, points: Points) -> Floats:
    if isinstance(points, Snapped):
        return np.empty((0, 2))
    placed = points.to_crs(network.crs) if points.crs else points
    found: Floats = shapely.get_coordinates(np.asarray(placed.values, dtype=object)[:1])
    return found


def _line(
    network: WalkNetwork, door: Floats, pieces: list[Piece], other_door: Floats
) -> shapely.LineString:
    parts = [door]
    parts += [
        shapely.get_coordinates(substring(network.geometry[edge], enter, leave))
        for edge, enter, leave in pieces
    ]
    xy = np.concatenate([*parts, other_door])
    again = np.concatenate([[False], (xy[1:] == xy[:-1]).all(axis=1)])
    xy = xy[~again]
    return shapely.LineString(xy if len(xy) > 1 else np.repeat(xy, 2, axis=0))


def _steps(
    network: WalkNetwork, stretch_m: float, pieces: list[Piece], last_stretch_m: float
) -> tuple[Step, ...]:
    """Return what the way is made of; neighbours of one sort are one."""
    parts = [Step(TO_PATH, stretch_m)]
    parts += [
        Step(
            _kind(str(network.highway[edge]), bool(network.steps[edge])),
            abs(leave - enter),
            bool(network.steps[edge]),
            int(network.lit[edge]),
        )
        for edge, enter, leave in pieces
    ]
    parts.append(Step(TO_PATH, last_stretch_m))
    joined: list[Step] = []
    for part in parts:
        if part.metres <= 0:
            continue
        last = joined[-1] if joined else None
        if last and (last.kind, last.steps, last.lit) == (part.kind, part.steps, part.lit):
            joined[-1] = Step(part.kind, last.metres + part.metres, part.steps, part.lit)
        else:
            joined.append(part)
    return tuple(joined)


def _kind(highway: str, stairs: bool) -> str:
    if stairs:
        return "steps"
    plain = highway.removesuffix("_link")
    return next((kind for kind, values in KINDS.items() if plain in values), "unknown")
