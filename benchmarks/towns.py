"""Made-up towns of any size whose path networks behave like real Swedish suburbs. Knows no people
and no places.

Streets stand on a bent and shaken lattice. Every few steps a through street is kept; inside the
blocks between them each junction gets one way out (which makes culs-de-sac) and a few cut-through
paths more. Parks hold only through paths, water only bridges. Bends without a junction are joined
to one edge. All of it is arrays, so a million nodes take seconds; the same seed gives the same
town.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_cdt

from geo.network.topology import morton
from geo.network.walk_network import WalkNetwork, exact
from geo.types import SWEREF99_TM, Bools, Floats, Ints

ORIGIN = (670_000.0, 6_580_000.0)
STEP_M = (6.0, 46.0)
"""Metres between neighbouring rows of the lattice, before bending: at least and at most."""
SHAKE = 0.2
"""Share of the shorter step beside it that a junction is moved at most, each way: cells stay
convex."""
BLOCK_STEPS = (3, 9)
"""A through street follows after this many steps: at least, and below."""
STREET_GAPS = 0.06
"""Share of the links of through streets that are missing."""
EXTRA = 0.10
"""Share of the lattice's other links that are paths as well."""
DIAGONAL = 0.16
"""Share of the lattice's cells with a path from corner to corner."""
WATER, PARK = 0.05, 0.08
"""Share of the town's surface."""
BRIDGE_EVERY = 3
"""Of the through streets, every third crosses water."""
NODES_LEFT = 0.67
"""Share of the lattice's junctions that are nodes in the end (measured)."""


@dataclass(frozen=True, eq=False)
class _Ground:
    """What lies under the junctions, and how far each is from a through street, in steps."""

    water: Bools
    park: Bools
    depth: Ints


def town_network(nodes: int, seed: int = 0) -> WalkNetwork:
    """Return a town's network with about ``nodes`` nodes (within a few per cent).

    Planar, in SWEREF 99 TM, nodes along a Morton curve as in ``build_network``; parallel edges and
    a few cut-off pieces occur, as in real data.
    """
    generator = np.random.default_rng(seed)
    side = max(8, round((nodes / NODES_LEFT) ** 0.5))
    xy = _bent(side, generator)
    one, middle, other = _without_bends(*_links(side, xy, generator), side * side, generator)
    xy = xy.reshape(-1, 2)
    used, ends = np.unique(np.concatenate([one, other]), return_inverse=True)
    order = np.argsort(morton(xy[used]), kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    u, v = rank[ends[: len(one)]], rank[ends[len(one) :]]
    by_place = np.lexsort((np.maximum(u, v), np.minimum(u, v)))
    lines = _lines(xy, one[by_place], middle[by_place], other[by_place])
    count = len(lines)
    street = generator.random(count) < 0.4
    return WalkNetwork(
        crs=SWEREF99_TM,
        node_xy=np.ascontiguousarray(xy[used][order]),
        edge_u=u[by_place],
        edge_v=v[by_place],
        edge_m=exact(shapely.length(lines)),
        geometry=lines,
        highway=np.where(street, "residential", "footway").astype(object),
        surface=np.full(count, "", dtype=object),
        steps=~street & (generator.random(count) < 0.03),
        lit=generator.choice(np.array([-1, 0, 1], dtype=np.int8), count, p=(0.5, 0.1, 0.4)),
        width_m=np.full(count, np.nan),
    )


def _bent(side: int, generator: np.random.Generator) -> Floats:
    """Return positions (side, side, 2): a lattice bent by long waves and shaken."""
    steps = generator.uniform(*STEP_M, (2, side + 1))
    room = np.minimum(steps[:, :-1], steps[:, 1:])
    at = np.cumsum(steps[:, :-1], axis=1)
    flat = np.stack(np.meshgrid(*at), axis=-1)
    shake = generator.uniform(-SHAKE, SHAKE, flat.shape) * np.stack(np.meshgrid(*room), axis=-1)
    bent = [_waves(flat, generator, (500.0, 2500.0), slope=0.3) for _ in range(2)]
    return flat + shake + np.stack(bent, axis=-1) + ORIGIN


def _waves(
    xy: Floats, generator: np.random.Generator, wave_m: tuple[float, float], slope: float
) -> Floats:
    """Return a smooth random surface over positions, never steeper than ``slope``."""
    count = 8
    height = np.zeros(xy.shape[:-1])
    for _ in range(count):
        length, turn, shift = generator.uniform(*wave_m), *generator.uniform(0, 2 * np.pi, 2)
        along = xy[..., 0] * np.cos(turn) + xy[..., 1] * np.sin(turn)
        phase = 2 * np.pi / length
        height += slope / count / phase * np.sin(along * phase + shift)
    return height


def _links(side: int, xy: Floats, generator: np.random.Generator) -> tuple[Ints, Ints]:
    """Return the two junctions of each link of the town."""
    height = _waves(xy, generator, (700.0, 2500.0), slope=1.0)
    shore, dry = np.quantile(height, [WATER, WATER + PARK])
    rows, columns = _through(side, generator), _through(side, generator)
    whole = [
        rows[:, None] & (generator.random((side, side - 1)) >= STREET_GAPS),
        columns[:, None] & (generator.random((side, side - 1)) >= STREET_GAPS),
    ]
    on_street = _touched(whole[0]) | _touched(whole[1]).T
    depth = distance_transform_cdt(~on_street, metric="taxicab").astype(np.int64)
    ground = _Ground(height < shore, (height >= shore) & (height < dry), depth)
    turned = _Ground(ground.water.T, ground.park.T, ground.depth.T)
    out = _ways_out(depth, generator)
    number = np.arange(side * side).reshape(side, side)
    found = [
        _row_links(number, ground, rows, whole[0], out[0], generator),
        _row_links(number.T, turned, columns, whole[1], out[1].T, generator),
        _diagonals(number, ground, generator),
    ]
    one, other = (np.concatenate(ends) for ends in zip(*found, strict=True))
    return one, other


def _through(side: int, generator: np.random.Generator) -> Bools:
    """Choose which rows are through streets."""
    gaps = generator.integers(*BLOCK_STEPS, side)
    at = np.cumsum(gaps) - gaps[0] // 2
    rows = np.zeros(side, dtype=bool)
    rows[at[at < side]] = True
    return rows


def _touched(links: Bools) -> Bools:
    """Return which junctions a link along the row touches."""
    edge = np.zeros((len(links), 1), dtype=bool)
    return np.hstack([links, edge]) | np.hstack([edge, links])


def _ways_out(depth: Ints, generator: np.random.Generator) -> tuple[Bools, Bools]:
    """Give each junction off the through streets one link to a neighbour nearer to them.

    Returns links along rows (side, side - 1) and along columns (side - 1, side).
    """
    side = len(depth)
    around = np.pad(depth, 1, constant_values=np.iinfo(np.int64).max)
    neighbour = np.stack([around[1:-1, 2:], around[1:-1, :-2], around[2:, 1:-1], around[:-2, 1:-1]])
    chance = np.where(neighbour < depth, generator.random(neighbour.shape), -1.0)
    way = np.where((chance > 0).any(axis=0), np.argmax(chance, axis=0), -1)
    along = (way[:, : side - 1] == 0) | (way[:, 1:] == 1)
    across = (way[: side - 1] == 2) | (way[1:] == 3)
    return along, across


def _row_links(
    number: Ints,
    ground: _Ground,
    rows: Bools,
    whole: Bools,
    out: Bools,
    generator: np.random.Generator,
) -> tuple[Ints, Ints]:
    """Return the links along rows: through streets, bridges, ways out and a few more."""
    wet = ground.water[:, :-1] | ground.water[:, 1:]
    green = ground.park[:, :-1] | ground.park[:, 1:]
    bridge = np.zeros(len(rows), dtype=bool)
    bridge[np.flatnonzero(rows)[::BRIDGE_EVERY]] = True
    local = out | (~rows[:, None] & (generator.random(out.shape) < EXTRA))
    kept = np.where(wet, bridge[:, None], whole | (local & ~green))
    return number[:, :-1][kept], number[:, 1:][kept]


def _diagonals(number: Ints, ground: _Ground, generator: np.random.Generator) -> tuple[Ints, Ints]:
    """Return paths from corner to corner of a few cells, one a cell."""
    closed = ground.water | ground.park
    shut = closed[:-1, :-1] | closed[:-1, 1:] | closed[1:, :-1] | closed[1:, 1:]
    open_cell = (generator.random(shut.shape) < DIAGONAL) & ~shut
    rising = generator.random(shut.shape) < 0.5
    one = np.where(rising, number[:-1, :-1], number[:-1, 1:])[open_cell]
    other = np.where(rising, number[1:, 1:], number[1:, :-1])[open_cell]
    return one, other


def _without_bends(
    one: Ints, other: Ints, nodes: int, generator: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """Join the two links of junctions where only two meet, no two such junctions in a row.

    Returns first end, the bend (-1: none) and last end of each edge.
    """
    degree = np.bincount(one, minlength=nodes) + np.bincount(other, minlength=nodes)
    chance = np.where(degree == 2, generator.random(nodes), -1.0)
    bend = degree == 2
    first = chance[one] >= chance[other]
    bend[np.where(first, other, one)[(chance[one] >= 0) & (chance[other] >= 0)]] = False
    half = np.concatenate([one, other])
    at = np.flatnonzero(bend[half])
    at = at[np.argsort(half[at], kind="stable")]
    far = np.concatenate([other, one])[at]
    kept = ~(bend[one] | bend[other])
    none = np.full(int(kept.sum()), -1, dtype=np.int64)
    return (
        np.concatenate([one[kept], far[::2]]),
        np.concatenate([none, half[at][::2]]),
        np.concatenate([other[kept], far[1::2]]),
    )


def _lines(xy: Floats, one: Ints, middle: Ints, other: Ints) -> NDArray[np.object_]:
    """Return the edges' lines, by the bend where there is one."""
    point = np.stack([one, middle, other], axis=1)
    which = np.repeat(np.arange(len(one)), 3).reshape(-1, 3)
    real = point >= 0
    lines: NDArray[np.object_] = shapely.linestrings(xy[point[real]], indices=which[real])
    return lines
