"""What is left of a covering question when all rows and columns that cannot matter are taken
away; good choices for it, and a bound by prices: fast, and nearly always enough.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

from geo.models.location import highs
from geo.models.location.max_coverage import kernel as cover_bound_kernel
from geo.models.location.max_coverage import kernel as cover_kernel
from geo.models.location.max_coverage.kernel import Cover
from geo.types import Floats, Ints

_SEED = 20190801


@dataclass(frozen=True, eq=False)
class Core:
    """Rows with people whom the choice can matter to, and the candidates worth choosing.

    Attributes
    ----------
    cover : rows and columns, both ways; ``weight`` are people.
    column : the candidate a column stands for, ascending.
    cost : a column.
    opened : candidates that are settled to be chosen; whom they reach is no longer in ``cover``.
    base : the people those reach.
    """

    cover: Cover
    column: Ints
    cost: Floats
    opened: Ints
    base: float = 0.0

    @property
    def rows(self) -> int:
        """Groups of people in reach of the same candidates."""
        return len(self.cover.weight)

    @property
    def columns(self) -> int:
        """Candidates worth choosing."""
        return len(self.column)

    def matrix(self) -> csr_array:
        """Return rows × columns."""
        cover = self.cover
        ones = np.ones(len(cover.row_column), np.int8)
        return csr_array((ones, cover.row_column, cover.row_first), (self.rows, self.columns))


def smaller(core: Core, opened: NDArray[np.bool_], shut: NDArray[np.bool_]) -> Core:
    """Return what is left of a core when some columns are settled to be open or shut."""
    if not (opened.any() or shut.any()):
        return core
    matrix, weight = core.matrix(), core.cover.weight
    reached = matrix @ opened.astype(np.int32) > 0
    left = ~(opened | shut)
    rest = core_of(matrix[~reached][:, left], weight[~reached], core.column[left], core.cost[left])
    return replace(
        rest,
        opened=np.sort(np.concatenate([core.opened, core.column[opened]])),
        base=core.base + float(weight[reached].sum()),
    )


def core_of(reach: csr_array, people: Floats, column: Ints, cost: Floats) -> Core:
    """Merge rows in reach of the same columns, and drop columns within others, until nothing goes.

    ``reach`` is rows × columns, of which ``people`` and ``cost`` are; ``column`` names the columns.
    Rows without people or in reach of nothing are dropped; so are columns whose rows another one
    reaches at no more cost, of equals all but the first.
    """
    matrix = csr_array(
        (np.ones(reach.nnz, np.int8), reach.indices, reach.indptr), shape=reach.shape
    )
    matrix, people = matrix[people > 0], people[people > 0]
    while True:
        matrix, people = merged(matrix, people)
        by_column = csc_array(matrix)
        by_column.sort_indices()
        cover = cover_of(matrix, by_column, people)
        gone = cover_kernel.dominated(
            cover.column_first, cover.column_row, cover.row_first, cover.row_column, cost
        )
        if not gone.any():
            return Core(cover, column, cost, np.empty(0, np.intp))
        matrix = csr_array(by_column[:, ~gone])
        column, cost = column[~gone], cost[~gone]


def merged(matrix: csr_array, people: Floats) -> tuple[csr_array, Floats]:
    """Return one row for all with the same columns, people added up, without rows of none."""
    keys = row_keys(matrix)
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    added = np.bincount(group, people, minlength=len(first))
    order = np.argsort(first, kind="stable")
    order = order[np.diff(matrix.indptr)[first[order]] > 0]
    return matrix[first[order]], added[order]


def row_keys(matrix: csr_array) -> NDArray[np.complex128]:
    """Return one key a row, equal for rows with the same columns.

    Each column has two random whole numbers below 2^43, a row's key their exact sums: that two
    different sets of a million share a key has a chance below 1e-13.
    """
    draw = np.random.default_rng(_SEED).integers(0, 2**43, (2, matrix.shape[1] + 1))
    filled = np.diff(matrix.indptr) > 0
    keys = np.zeros(matrix.shape[0], np.complex128)
    if filled.any():
        starts = matrix.indptr[:-1][filled]
        real, imaginary = (np.add.reduceat(part[matrix.indices], starts) for part in draw)
        keys[filled] = (real % 2**52) + 1j * (imaginary % 2**52)
    return keys


def cover_of(by_row: csr_array, by_column: csc_array, people: Floats) -> Cover:
    """Return the compiled loops' form of a matrix, given both ways with sorted indices."""
    return Cover(
        by_row.indptr.astype(np.int64),
        by_row.indices.astype(np.int32),
        by_column.indptr.astype(np.int64),
        by_column.indices.astype(np.int32),
        np.ascontiguousarray(people, np.float64),
    )


_FIRST_SWAPS = 200
_SWAPS = 50
_STEPS = 50
_MOST_ROUNDS = 60
_FIRST_SCALE, _LAST_SCALE = 1.5, 1e-3


@dataclass(frozen=True, eq=False)
class Start:
    """A choice of columns, the people of the core they reach, a bound on any choice, and which
    columns any choice as good must open and which it cannot.
    """

    columns: Ints
    reached: float
    bound: float
    opened: NDArray[np.bool_]
    shut: NDArray[np.bool_]


class Swaps:
    """A choice of ``count`` columns that is improved by swaps; the same each time."""

    def __init__(self, core: Core, count: int) -> None:
        rows, columns = core.rows, core.columns
        self._cover = core.cover
        self._steps = 0
        self._state = cover_kernel.Search(
            site=np.zeros(count, np.int64),
            slot=np.full(columns, -1, np.int64),
            times=np.zeros(rows, np.int64),
            slots=np.zeros(rows, np.int64),
            gain=np.zeros(columns),
            shared=np.zeros((columns, count)),
            not_in=np.zeros(columns, np.int64),
            not_out=np.zeros(columns, np.int64),
            best=np.zeros(count, np.int64),
            total=np.zeros(2),
        )
        cover_kernel.fill_greedily(self._cover, self._state)

    @property
    def best(self) -> Ints:
        """The best choice so far, ascending."""
        return np.sort(self._state.best).astype(np.intp)

    @property
    def reached(self) -> float:
        """The people the best choice reaches."""
        return float(cover_kernel.reached_by(self._cover, np.sort(self._state.best)))

    def go_on(self, swaps: int) -> None:
        """Make so many swaps from where the search stands."""
        cover_kernel.swap_on(self._cover, self._state, self._steps, swaps)
        self._steps += swaps

    def go_on_from(self, columns: Ints, swaps: int) -> None:
        """Make so many swaps from another choice of as many columns."""
        cover_kernel.move_to(self._cover, self._state, columns.astype(np.int64))
        self.go_on(swaps)


def start_of(core: Core, count: int, step: float, clock: highs.Clock) -> Start:
    """Return a good choice of ``count`` columns, below their number, and a bound on any choice.

    Subgradient steps lower the bound; between them swaps improve what a step's choice reaches (a
    Lagrangian heuristic). Stops when the bound is closer to the choice than ``step``.
    """
    columns = core.columns
    swaps = Swaps(core, count)
    swaps.go_on(_FIRST_SWAPS)
    price, must = core.cover.weight / 2.0, np.zeros(core.rows, np.bool_)
    state, mean = np.zeros(columns, np.int8), np.full(columns, count / columns)
    scale = np.array([_FIRST_SCALE])
    for _ in range(_MOST_ROUNDS):
        clock.ask()
        goal = best_below(swaps.reached, step)
        bound, value, last_in, first_out, _, choice = cover_bound_kernel.bound_from_above(
            core.cover, state, must, count, price, mean, goal, _STEPS, scale
        )
        if bound <= goal or scale[0] < _LAST_SCALE or clock.is_up:
            break
        swaps.go_on_from(np.flatnonzero(choice), _SWAPS)
    slack = _sure(bound) - swaps.reached
    opened = (value >= last_in) & (value - first_out > slack)
    shut = (value <= first_out) & (last_in - value > slack)
    return Start(swaps.best, swaps.reached, _sure(bound), opened, shut)


def best_below(reached: float, step: float) -> float:
    """Return the bound below which nothing better than ``reached`` is left."""
    return reached + (step - 1e-3 if step else 1e-9 * reached)


def _sure(bound: float) -> float:
    return bound * (1 + 1e-12)
