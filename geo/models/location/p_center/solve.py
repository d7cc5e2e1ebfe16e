"""The p-center: the sites with which nobody has farther than need be."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from geo.models.location import highs
from geo.models.location import model as location_model
from geo.models.location.max_coverage.solve import max_coverage
from geo.models.location.model import (
    Candidates,
    Siting,
    compiled,
    small_table,
    small_town,
    table_of,
    worth,
)
from geo.models.location.p_center import search as p_center_search
from geo.models.location.p_center.search import Ladder
from geo.types import Floats, Ints, Matrix

_ROUNDING = 1e-11
"""Sums of people that differ by less, relative, are the same."""


def p_center(
    distances: Matrix,
    count: int,
    *,
    existing: Iterable[int] = (),
    weights: ArrayLike | None = None,
    time_limit_s: float = 60,
    progress: highs.Progress | None = None,
) -> Siting:
    """Choose ``count`` new sites so that the longest way to the nearest open site is shortest.

    The search goes over the distances that occur: a radius is reached where ``count`` sites cover
    everybody within it (Minieka, The m-center problem, SIAM Review 12, 1970). Local search finds
    covers; relaxations and the solver prove that there is none.

    Parameters
    ----------
    distances : demand × candidates, metres; see ``answers.distance_matrix``.
    count : how many new sites, all of them used.
    existing : candidates that are open already.
    weights : people per row; only says which rows hold any (None: all), distances are not scaled.
        Where not all can be reached, first as many people as possible are, then the longest way of
        those is shortest.
    time_limit_s : after this the best choice found comes with the bound reached.
    progress : called as the work goes on, and may raise ``Cancelled``.

    Raises
    ------
    SitingError : the question has no answer; its code says why.
    NarhetError ``solver_failed`` : the solver broke down.

    Examples
    --------
    >>> from geo import p_center
    >>> found = p_center([[0, 10, 40], [10, 0, 30], [40, 30, 0]], 1)
    >>> found.sites.tolist(), found.objective, found.proven
    ([1], 30.0, True)
    """
    compiled("centre", _examples)
    clock = highs.Clock(time_limit_s, progress)
    matrix = location_model.distance_matrix(distances)
    people = location_model.people_of(weights, matrix.shape[0])
    choice = location_model.candidates_of(matrix.shape[1], count, existing)
    metres, cap, rows = table_of(matrix, people, choice)
    metres = np.minimum(metres, cap[:, None])  # nobody walks farther than to what exists
    sites, bound, is_most = choice.free[: choice.count], np.inf, True
    if 0 < choice.count < len(choice.free) and len(rows):
        found, bound, is_most = _solve(metres, cap, people[rows], choice.count, clock)
        sites = _filled(choice.free[found], choice)
    opened = (choice, sites)
    return worth(matrix, people, opened, (bound, is_most), clock, count=_longest)


def _solve(
    metres: Floats, cap: Floats, people: Floats, count: int, clock: highs.Clock
) -> tuple[Ints, float, bool]:
    """Return the best sites, the bound, and whether the people reached are proven to be most."""
    ladder = p_center_search.ladder_of(metres, cap, count)
    p_center_search.start(ladder)
    if ladder.high == len(ladder.radii) and np.isinf(cap).any() and np.isinf(metres).any():
        p_center_search.lower_by_search(ladder, clock, 1)
        if ladder.high == len(ladder.radii):
            return _reach_most(ladder, people, clock)
    p_center_search.search(ladder, clock)
    return ladder.chosen, float(ladder.radii[min(ladder.low + 1, ladder.high)]), True


def _reach_most(ladder: Ladder, people: Floats, clock: highs.Clock) -> tuple[Ints, float, bool]:
    """Solve where it is not known that all can be reached: by maximal covering, over the radii."""
    most, is_most, chosen = _most(ladder, len(ladder.radii) - 1, people, clock)
    low, high = -1, len(ladder.radii) - 1
    while low + 1 < high and not clock.is_up:
        middle = (low + high) // 2
        reached, is_proven, sites = _most(ladder, middle, people, clock)
        if reached >= most * (1 - _ROUNDING):
            chosen, high = sites, middle
        elif is_proven:
            low = middle
        else:
            break
    return chosen, float(ladder.radii[min(low + 1, high)]), is_most


def _most(
    ladder: Ladder, index: int, people: Floats, clock: highs.Clock
) -> tuple[float, bool, Ints]:
    """Return how many people can be reached within a radius, whether that is proven, and how."""
    radius_m = ladder.radii[index]
    inside = ladder.metres <= radius_m
    found = max_coverage(
        csr_array(inside.astype(np.float64)), people, ladder.count,
        time_limit_s=max(clock.left_s, 0.1), progress=clock.progress,
    )  # fmt: skip
    return float(people[inside[:, found.sites].any(axis=1)].sum()), found.proven, found.sites


def _filled(sites: Ints, choice: Candidates) -> Ints:
    """Return the sites with the first free candidates added up to the count."""
    more = np.setdiff1d(choice.free, sites)[: choice.count - len(sites)]
    return np.sort(np.concatenate([sites, more]))


def _longest(people: Floats, metres: Floats) -> float:
    """Return the longest way of those there are people in."""
    return float(metres[people > 0].max(initial=0.0))


def _examples() -> None:
    """Ask what needs every compiled loop of this model."""
    p_center(small_town(60, 24)[0], 5)
    p_center(small_table(40, 16), 5)
