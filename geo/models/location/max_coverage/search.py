"""Good choices for maximal covering, and a bound by prices: fast, and nearly always enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.models.location import highs
from geo.models.location.max_coverage import bound_kernel as cover_bound_kernel
from geo.models.location.max_coverage import kernel as cover_kernel
from geo.models.location.max_coverage.core import Core
from geo.types import Ints

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
