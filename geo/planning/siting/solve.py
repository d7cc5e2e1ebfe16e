"""The questions that the location models answer on a question laid out: the best sites, with some
among them and others not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypedDict

import numpy as np
from scipy.sparse import csr_array

from geo.errors import NoCandidates, SitingError, TooManySites
from geo.models.location.max_coverage import solve as max_coverage_solve
from geo.models.location.model import Siting
from geo.models.location.p_center import solve as p_center_solve
from geo.models.location.p_median import solve as p_median_solve
from geo.models.location.set_cover import least_cost
from geo.planning.siting.instance import Placing
from geo.planning.siting.question import CENTRE, COVER_ALL, MEDIAN
from geo.types import Floats, Ints, Progress

LEAST_S = 1.0
"""However many smaller questions share the time limit, each has this long."""


@dataclass(frozen=True, eq=False)
class Choice:
    """The sites a model chose, as sorted columns of the placing, and its proof: see ``Siting``.

    ``missed`` : people (rows, with ``cover_all``) whom it leaves out, in reach of others or not.
    ``walk_m`` : people × metres of those it reaches, where that decides among equals; else 0.
    """

    sites: Ints
    objective: float
    bound: float
    gap: float
    proven: bool
    seconds: float
    status: str
    missed: float = 0.0
    walk_m: float = 0.0


class _Common(TypedDict):
    existing: list[int]
    time_limit_s: float
    progress: Progress | None


def solve(
    placing: Placing,
    *,
    count: int | None,
    also: Iterable[int] = (),
    never: Iterable[int] = (),
    progress: Progress | None = None,
) -> Choice:
    """Ask the question's model for the best ``count`` candidates, those of ``also`` among them and
    none of ``never`` (both columns of the placing).

    Raises
    ------
    NoCandidates, TooManySites, SitingError ``nobody_to_serve``, ``cost_unknown``,
    ``budget_too_small`` (a forced site), NarhetError ``solver_failed``, Cancelled.
    """
    forced = sorted(set(also))
    _affordable(placing, forced)
    keep = _choosable(placing, forced, never)
    here = {int(column): at for at, column in enumerate(keep)}
    common: _Common = {
        "existing": [here[column] for column in [*forced, *placing.open_columns.tolist()]],
        "time_limit_s": placing.question.time_limit_s,
        "progress": progress,
    }
    left = None if count is None else max(0, count - len(forced))
    found = _modelled(placing, keep, left, forced, common)
    chosen = np.union1d(keep[found.sites], np.array(forced, dtype=np.int64)).astype(np.int64)
    missed = found.unreachable + found.unserved
    answer = Choice(
        chosen, found.objective, found.bound, found.gap, found.proven, found.seconds,
        found.status, missed, _walk_m(placing, chosen),
    )  # fmt: skip
    return _counting_new(placing, answer, found, forced)


def check_count(placing: Placing) -> None:
    """Refuse a question that asks for what does not exist, before any model runs.

    Raises
    ------
    NoCandidates, TooManySites, SitingError ``no_costs``, ``budget_too_small``.
    """
    question, there = placing.question, len(placing.candidates)
    if not there:
        lost = placing.candidates.unknown
        raise NoCandidates("no_candidates_known", **lost) if any(lost.values()) else NoCandidates
    if question.count is not None and question.count > there:
        raise TooManySites(asked=question.count, found=there)
    if question.budget is not None:
        known = placing.costs[np.isfinite(placing.costs)]
        if not len(known):
            raise SitingError("no_costs")
        if known.min() > question.budget:
            raise SitingError(
                "budget_too_small", budget=question.budget, cheapest=float(known.min())
            )


def shared(placing: Placing, parts: int) -> Placing:
    """Share the time limit between the questions that make one answer."""
    question = placing.question
    seconds = max(min(LEAST_S, question.time_limit_s), question.time_limit_s / max(1, parts))
    return replace(placing, question=replace(question, time_limit_s=seconds))


def _modelled(
    placing: Placing, keep: Ints, count: int | None, forced: list[int], common: _Common
) -> Siting:
    aim, weights = placing.question.objective, placing.weights
    if aim == MEDIAN:
        found: Siting = p_median_solve.p_median(
            placing.matrix[:, keep], weights, count or 0, **common
        )
        return found
    if aim == CENTRE:
        far: Siting = p_center_solve.p_center(
            placing.matrix[:, keep], count or 0, weights=weights, **common
        )
        return far
    matrix, which = placing.alike
    matrix = matrix[:, keep]
    if aim == COVER_ALL:
        fewest: Siting = least_cost.cover_all(matrix, **common)
        return fewest
    together: Floats = np.bincount(which, weights, matrix.shape[0]).astype(np.float64)
    if placing.question.budget is None:
        most: Siting = max_coverage_solve.max_coverage(matrix, together, count, **common)
        return _nearest_of_equals(placing, keep, most, common)
    return _within_budget(placing, keep, count, forced, (matrix, together), common)


def _nearest_of_equals(placing: Placing, keep: Ints, most: Siting, common: _Common) -> Siting:
    """Return, of the choices that reach as many, the one with the shortest walk; the proof stays
    that of the number.
    """
    if not placing.walk_decides or not len(most.sites):
        return most
    walk: Siting = p_median_solve.p_median(
        placing.matrix[:, keep], placing.weights, len(most.sites), **common
    )
    if walk.unserved > most.unserved + 1e-6 or not walk.proven:
        return most
    return replace(most, sites=walk.sites, assignment=walk.assignment)


def _walk_m(placing: Placing, chosen: Ints) -> float:
    """Return people × metres to the nearest open column of those in reach of one."""
    if not placing.walk_decides:
        return 0.0
    columns = np.concatenate([chosen, placing.open_columns]).astype(np.intp)
    near = placing.matrix[:, columns].tocoo()
    metres = np.full(near.shape[0], np.inf)
    np.minimum.at(metres, near.row, near.data)
    reached = np.isfinite(metres)
    return float(placing.weights[reached] @ metres[reached])


def _within_budget(
    placing: Placing,
    keep: Ints,
    count: int | None,
    forced: list[int],
    demand: tuple[csr_array, Floats],
    common: _Common,
) -> Siting:
    """Spend what the forced sites leave; where that buys nothing more, they stand alone."""
    costs = np.append(placing.costs, np.zeros(len(placing.existing)))[keep]
    left = (placing.question.budget or 0.0) - float(placing.costs[forced].sum())
    free = np.setdiff1d(np.arange(len(keep)), common["existing"])
    if not len(free) or costs[free].min() > left:
        return max_coverage_solve.max_coverage(*demand, 0, **common)
    most = None if count is None else min(count, len(free))
    return max_coverage_solve.max_coverage(*demand, most, costs=costs, budget=left, **common)


def _affordable(placing: Placing, forced: list[int]) -> None:
    """Refuse forced sites that the budget does not hold."""
    budget = placing.question.budget
    if budget is None or not forced:
        return
    costs = placing.costs[forced]
    for column in np.asarray(forced)[np.isnan(costs)]:
        raise SitingError(
            "cost_unknown", found=str(placing.candidates.table["id"].iat[int(column)])
        )
    if costs.sum() > budget + 1e-9:
        raise SitingError("budget_too_small", budget=budget, cheapest=float(costs.sum()))


def _choosable(placing: Placing, forced: list[int], never: Iterable[int]) -> Ints:
    """Return the columns the model may see: all but those refused or of unknown cost."""
    columns = np.ones(len(placing.goals), dtype=bool)
    columns[list(never)] = False
    candidates = len(placing.candidates)
    if placing.question.budget is not None:
        columns[:candidates] &= np.isfinite(placing.costs)
    columns[forced] = True
    if not columns[:candidates].any():
        raise NoCandidates
    return np.flatnonzero(columns).astype(np.int64)


def _counting_new(placing: Placing, answer: Choice, found: Siting, forced: list[int]) -> Choice:
    """Let ``cover_all`` count new sites, forced ones too, whatever its model counted as open."""
    if placing.question.objective != COVER_ALL:
        return answer
    shift = len(answer.sites) - found.objective
    bound = found.bound + shift
    return replace(answer, objective=float(len(answer.sites)), bound=max(bound, float(len(forced))))
