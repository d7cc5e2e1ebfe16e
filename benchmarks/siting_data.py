"""What location models are measured on: a made-up town on a plane, and the published networks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path
from scipy.spatial import cKDTree

from benchmarks.data import SHARED

OPTIMA = SHARED / "optima"
PMEDIAN = (
    *(5819, 4093, 4250, 3034, 1355, 7824, 5631, 4445, 2734, 1255),
    *(7696, 6634, 4374, 2968, 1729, 8162, 6999, 4809, 2845, 1789),
)
"""Published least sums of pmed1–20, in order."""


@dataclass(frozen=True, eq=False)
class Town:
    """Where people and candidates are (metres), and how many people live at each address."""

    homes: NDArray[np.float64]
    rooms: NDArray[np.float64]
    people: NDArray[np.float64]

    @property
    def size(self) -> str:
        """Addresses × candidates, as printed."""
        return f"{len(self.homes):,} × {len(self.rooms):,}"

    def metres(self) -> NDArray[np.float64]:
        """Return every distance, straight, demand × candidates."""
        return np.hypot(*(self.homes[:, None] - self.rooms[None]).transpose(2, 0, 1))

    def within(self, limit_m: float) -> csr_array:
        """Return the distances up to a limit, sparse."""
        pairs = cKDTree(self.homes).sparse_distance_matrix(
            cKDTree(self.rooms), limit_m, output_type="coo_matrix"
        )
        return csr_array(pairs.tocsr())


def town(addresses: int, candidates: int, side_m: float = 10_000, seed: int = 0) -> Town:
    """Return a town of crowded districts with farms between: two thirds of the addresses and of the
    candidates lie in districts, 1–50 people at an address.
    """
    draw = np.random.default_rng(seed)
    middles = draw.uniform(0.08, 0.92, (max(3, addresses // 250), 2)) * side_m

    def some(count: int) -> NDArray[np.float64]:
        crowded = middles[draw.integers(len(middles), size=count)]
        crowded = crowded + draw.normal(0, side_m / 25, (count, 2))
        at = np.where(draw.random((count, 1)) < 2 / 3, crowded, draw.random((count, 2)) * side_m)
        return np.clip(at, 0, side_m)

    homes, rooms = some(addresses), some(candidates)
    return Town(homes, rooms, draw.integers(1, 51, addresses).astype(float))


def pmed(number: int, folder: Path = OPTIMA) -> tuple[NDArray[np.float64], int]:
    """Return a published network's distances and its number of sites; of an edge given twice the
    last line counts.
    """
    words = (folder / f"pmed{number}.txt").read_text(encoding="ascii").split()
    nodes, _edges, count = (int(word) for word in words[:3])
    metres = np.zeros((nodes, nodes))
    edges = np.array(words[3:], int).reshape(-1, 3)
    for a, b, length in edges:
        metres[a - 1, b - 1] = metres[b - 1, a - 1] = length
    return shortest_path(metres, directed=False), count
