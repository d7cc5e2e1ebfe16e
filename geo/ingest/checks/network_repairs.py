"""What the barrier audit proposes to mend in the paths: links where a dead end or a loose piece
nearly meets another path, loose stubs to take away. ``geo.ingest.repairs`` takes them.

A proposal rests on shapes alone: a fence, a slope or a bridge may be why paths do not meet. Nothing
is mended until somebody takes it and says why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from geo.area.model import Area
from geo.errors import InputError
from geo.network.distances import within
from geo.network.joining import NEAR_M
from geo.network.new_paths import MAX_JOIN_M
from geo.network.repairs import EXTEND, JOIN, REMOVE, Lines, Repair
from geo.network.topology import JOIN_M
from geo.network.walk_network import Snapped, WalkNetwork, exact
from geo.types import WGS84, Bools, Floats, Ints

WITHIN_M = 5.0
"""The gap that a proposed link bridges at most, unless another is asked for."""
ROUND_M = 100.0
"""A dead end from which the other path is walked to within this needs no link."""
STUB_M = 100.0
"""A loose piece shorter than this is proposed to be taken away, where nothing lies near."""
DECIMALS = 8


@dataclass(frozen=True)
class ProposedRepair:
    """A repair that may be taken: ``metres`` of link, or of the lines to take away; ``piece_m`` is
    the length of the loose piece it joins or removes, 0 where both ends hang together already.
    """

    repair: Repair
    metres: float
    piece_m: float = 0.0


def proposed_repairs(area: Area, *, within_m: float = WITHIN_M) -> tuple[ProposedRepair, ...]:
    """Return the repairs that the paths of an area, as they are mended already, ask for: pieces to
    join, the longest first, then dead ends, see ``_end_links``, then stubs to take away.

    Raises
    ------
    InputError ``repair_within`` : the distance is no number above zero up to ``MAX_JOIN_M``.
    """
    if not 0 < within_m <= MAX_JOIN_M:
        raise InputError("repair_within", found=f"{within_m:g}", most=round(MAX_JOIN_M))
    network = area.network
    component = network.components(np.ones(network.edges, dtype=bool))[network.edge_u]
    piece_m: Floats = np.bincount(component, weights=network.edge_m).astype(np.float64)
    joins = _piece_links(network, component, piece_m, within_m)
    ends = _end_links(network, component, within_m)
    joined = {piece for piece, _ in joins}
    stubs = [
        piece
        for piece in np.argsort(-piece_m, kind="stable")
        if 0 < piece_m[piece] < STUB_M and piece not in joined and piece != np.argmax(piece_m)
    ]
    found = [
        *(_link(network, JOIN, line, float(piece_m[piece])) for piece, line in joins),
        *(_link(network, kind, line) for kind, line in ends),
        *(_stub(network, component == piece, float(piece_m[piece])) for piece in stubs),
    ]
    return tuple({each.repair.id: each for each in found}.values())


def _piece_links(
    network: WalkNetwork, component: Ints, piece_m: Floats, within_m: float
) -> list[tuple[int, shapely.LineString]]:
    """Return for each loose piece the shortest line to another, the longest piece first."""
    main = int(np.argmax(piece_m))
    rows = np.flatnonzero(component != main)
    one, other = network.tree.query(network.geometry[rows], "dwithin", distance=within_m)
    one = rows[one]
    apart = component[one] != component[other]
    one, other = one[apart], other[apart]
    lines = shapely.shortest_line(network.geometry[one], network.geometry[other])
    metres = shapely.length(lines)
    best: dict[int, tuple[float, shapely.LineString, int]] = {}
    for at in np.flatnonzero(metres > JOIN_M):
        piece = int(component[one[at]])
        if piece not in best or metres[at] < best[piece][0]:
            best[piece] = (float(metres[at]), lines[at], int(component[other[at]]))
    # Lines that cross are bridges or tunnels as often as not: such pieces are not joined unasked.
    crossing = set(component[one[metres <= JOIN_M]].tolist())
    found, done = [], set[tuple[int, int]]()
    for piece in sorted(set(best) - crossing, key=lambda each: (-piece_m[each], each)):
        pair = (min(piece, best[piece][2]), max(piece, best[piece][2]))
        if pair not in done:
            found.append((piece, best[piece][1]))
            done.add(pair)
    return found


def _end_links(
    network: WalkNetwork, component: Ints, within_m: float
) -> list[tuple[str, shapely.LineString]]:
    """Return the shortest line from each dead end to a path of its own piece that is far to walk
    to: the shortest first, and last those that touch it and were left apart when the paths were
    read, most likely since one leads above the other.
    """
    degree = np.bincount(np.r_[network.edge_u, network.edge_v], minlength=network.nodes)
    starts = [(edge, 0.0) for edge in np.flatnonzero(degree[network.edge_u] == 1)]
    starts += [
        (edge, float(network.edge_m[edge])) for edge in np.flatnonzero(degree[network.edge_v] == 1)
    ]
    if not starts:
        return []
    own = np.array([edge for edge, _ in starts], dtype=np.int64)
    begin = np.array([at for _, at in starts])
    points = shapely.line_interpolate_point(network.geometry[own], begin)
    end, other = network.tree.query(points, "dwithin", distance=within_m)
    fits = (other != own[end]) & (component[other] == component[own[end]])
    end, other = end[fits], other[fits]
    gap = shapely.distance(points[end], network.geometry[other])
    nearest = np.lexsort((gap, end))
    end, other, gap = end[nearest], other[nearest], gap[nearest]
    along = shapely.line_locate_point(network.geometry[other], points[end])
    at_m = np.clip(exact(along), 0.0, network.edge_m[other])
    apart = (gap > JOIN_M) & _far(network, Snapped(own[end], begin[end], gap * 0), other, at_m)
    found: dict[int, tuple[float, str, shapely.LineString]] = {}
    for row in np.flatnonzero(apart):
        edge = int(other[row])
        node = -1
        if at_m[row] <= JOIN_M:
            node = int(network.edge_u[edge])
        elif at_m[row] >= network.edge_m[edge] - JOIN_M:
            node = int(network.edge_v[edge])
        kind = JOIN if node >= 0 and degree[node] == 1 else EXTEND
        line = shapely.shortest_line(points[end[row]], network.geometry[edge])
        found.setdefault(int(end[row]), (float(gap[row]), kind, line))
    links = sorted(found.values(), key=lambda each: (each[0] < NEAR_M, each[0]))
    return _each_pair_once([(kind, line) for _, kind, line in links])


def _each_pair_once(
    links: Sequence[tuple[str, shapely.LineString]],
) -> list[tuple[str, shapely.LineString]]:
    """Leave out a link between two spots that another links already, the other way round."""
    found, done = [], set[frozenset[tuple[float, float]]]()
    for kind, line in links:
        spots = frozenset((round(x, 1), round(y, 1)) for x, y in shapely.get_coordinates(line))
        if spots not in done:
            found.append((kind, line))
            done.add(spots)
    return found


def _far(network: WalkNetwork, start: Snapped, other: Ints, at_m: Floats) -> Bools:
    """Return which spots are farther than ``ROUND_M`` to walk to, each from its own start."""
    far = np.ones(len(start), dtype=bool)
    for low in range(0, len(start), 200):
        rows = np.arange(low, min(low + 200, len(start)))
        goals = Snapped(other[rows], at_m[rows], np.zeros(len(rows)))
        found = within(network, start.take(rows), goals, within_m=ROUND_M).tocoo()
        far[rows[found.row[found.row == found.col]]] = False
    return far


def _link(
    network: WalkNetwork, kind: str, line: shapely.LineString, piece_m: float = 0.0
) -> ProposedRepair:
    return ProposedRepair(_repair(network, kind, [line]), float(line.length), piece_m)


def _stub(network: WalkNetwork, edges: Bools, piece_m: float) -> ProposedRepair:
    return ProposedRepair(_repair(network, REMOVE, list(network.geometry[edges])), piece_m, piece_m)


def _repair(network: WalkNetwork, kind: str, lines: Sequence[shapely.LineString]) -> Repair:
    told = gpd.GeoSeries(list(lines), crs=network.crs).to_crs(WGS84)
    kept: Lines = tuple(
        tuple(
            (round(float(x), DECIMALS), round(float(y), DECIMALS))
            for x, y in shapely.get_coordinates(line)
        )
        for line in told
    )
    named = sorted((round(x, 5), round(y, 5)) for line in kept for x, y in line)
    mark = hashlib.sha256(f"{kind} {named}".encode()).hexdigest()[:8]
    return Repair(f"{kind}-{mark}", kind, kept)


def chosen(found: Sequence[ProposedRepair], wanted: Sequence[str]) -> list[ProposedRepair]:
    """Return the proposals named by number (from 1) or id, each once.

    Raises
    ------
    InputError ``unknown_repair`` : there is none of the name.
    """
    by_name = {str(number): each for number, each in enumerate(found, start=1)}
    by_name |= {each.repair.id: each for each in found}
    for name in wanted:
        if name not in by_name:
            raise InputError("unknown_repair", found=name[:80])
    return list({by_name[name].repair.id: by_name[name] for name in wanted}.values())
