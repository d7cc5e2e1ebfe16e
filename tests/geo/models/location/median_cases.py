"""Small random questions with everything that can go wrong in them, and their answers by trying all
choices; and the published networks.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

MEDIANS = (
    *(5819, 4093, 4250, 3034, 1355, 7824, 5631, 4445, 2734, 1255),
    *(7696, 6634, 4374, 2968, 1729, 8162, 6999, 4809, 2845, 1789),
)


@dataclass(frozen=True)
class Case:
    metres: np.ndarray
    in_reach: np.ndarray
    people: np.ndarray
    existing: np.ndarray
    forbidden: np.ndarray
    count: int

    @property
    def matrix(self):
        return self.metres if self.in_reach.all() else as_sparse(self.metres, self.in_reach)

    def free(self, *, forbid: bool = True) -> np.ndarray:
        taken = np.concatenate([self.existing, self.forbidden]) if forbid else self.existing
        return np.setdiff1d(np.arange(self.metres.shape[1]), taken)

    def best(self, count: int, free: np.ndarray, *, longest: bool) -> tuple[float, float]:
        """People reached at most, and then the least total or longest way, by trying all."""
        answers = [self._worth([*chosen, *self.existing], longest)
                   for chosen in itertools.combinations(free, count)]  # fmt: skip
        most = max(people for people, _ in answers)
        return most, min(value for people, value in answers if people > most - 1e-9)

    def _worth(self, sites: list[int], longest: bool) -> tuple[float, float]:
        metres = np.where(self.in_reach, self.metres, np.inf)[:, sites].min(axis=1, initial=np.inf)
        served = np.isfinite(metres) & (self.people > 0)
        value = metres[served].max(initial=0) if longest else self.people[served] @ metres[served]
        return self.people[served].sum(), value


def as_sparse(metres: np.ndarray, in_reach: np.ndarray) -> csr_array:
    row, column = np.nonzero(in_reach)
    first = np.concatenate([[0], np.cumsum(in_reach.sum(axis=1))])
    return csr_array((metres[row, column], column, first), shape=metres.shape)


def case(seed: int) -> Case:
    """Up to 12 rows × 8 candidates: ties, zeros, missing pairs, existing and forbidden sites."""
    random = np.random.default_rng(seed)
    rows, sites = int(random.integers(1, 13)), int(random.integers(1, 9))
    shape = (rows, sites)
    metres = (
        random.integers(0, 6, shape) * 1.0,
        random.random(shape) * 1000,
        np.round(random.random(shape) * 1000),
        random.integers(0, 3, shape) * 100.0,
    )[seed % 4]
    people = (
        random.integers(0, 4, rows) * 1.0,
        random.random(rows) * 10,
        np.ones(rows),
        random.integers(1, 50, rows) * 1.0,
    )[seed // 4 % 4]
    people[0] += not people.any()
    thin = random.choice([0.15, 0.4, 0.8, 1.1])
    order = random.permutation(sites)
    most = max(1, sites // 3) + 1
    open_now, closed = random.integers(0, most, 2) * random.integers(0, 2, 2)
    left = sites - len(order[: open_now + closed])
    return Case(
        metres, random.random(shape) < thin, people, order[:open_now],
        order[open_now : open_now + closed], int(random.integers(0, left + 1)),
    )  # fmt: skip


def in_the_plane(rows: int, sites: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    people, places = random.random((rows, 2)) * 5000, random.random((sites, 2)) * 5000
    metres = np.hypot(*(people[:, None] - places[None]).transpose(2, 0, 1))
    return metres, random.integers(1, 51, rows) * 1.0


def published(folder: Path, number: int) -> tuple[np.ndarray, int]:
    """A network of the OR-Library as metres between all its nodes, and how many sites to open."""
    numbers = [int(part) for part in (folder / f"pmed{number}.txt").read_text().split()]
    nodes, edges, count = numbers[:3]
    lengths = np.zeros((nodes, nodes))
    for u, v, length in np.reshape(numbers[3 : 3 + 3 * edges], (-1, 3)):
        lengths[u - 1, v - 1] = lengths[v - 1, u - 1] = length  # the last line of an edge counts
    return shortest_path(lengths, directed=False), count


def san_francisco(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """205 tracts × 16 stores as metres, and people a tract."""
    import pandas as pd

    base = folder / "san_francisco"
    table = pd.read_csv(base / "SF_network_distance_candidateStore_16_censusTract_205_new.csv")
    metres = table.pivot_table(values="distance", index="DestinationName", columns="name")
    tracts = pd.read_csv(base / "SF_demand_205_centroid_uniform_weight.csv").sort_values("NAME")
    assert list(tracts["NAME"].astype(str)) == [str(name) for name in metres.index]
    return metres.to_numpy(np.float64), tracts["POP2000"].to_numpy(np.float64)
