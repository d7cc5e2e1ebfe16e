"""Capacitated p-median: which sites to open, and who goes where, when a site holds only so many
people and each address goes whole to one site.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from geo.errors import BadCapacity, NoPacking, NotEnoughRoom, SolverFailed
from geo.location import answers, capacitated_model, capacitated_tree, highs
from geo.location.answers import NOBODY, Floats, Ints, Matrix, Siting
from geo.location.capacitated_search import Best, Problem, begin, raise_prices, rule_out
from geo.location.ready import compiled, small_town

WHOLE_MOST = 2.0**40
"""Costs of whole numbers up to this add up without a rounding error."""


def capacitated_p_median(
    distances: Matrix,
    weights: ArrayLike,
    capacities: ArrayLike,
    count: int,
    *,
    time_limit_s: float = 60,
    progress: highs.Progress | None = None,
) -> Siting:
    """Open exactly ``count`` sites and give each row one of them, least people × metres in all, no
    site holding more people than its capacity.

    min Σ w_i d_ij x_ij,  Σ_j x_ij = 1,  Σ_i w_i x_ij ≤ q_j y_j,  Σ_j y_j = count,  x, y ∈ {0, 1}.

    Prices a row and a knapsack a site give the bound (Lagrangian relaxation: that of the set
    formulation, Ceselli and Righini 2005) and rule out sites and pairs; branch and
    bound on the same prices ends what is left. HiGHS says whether there is any packing at all where
    none is found at once.

    Parameters
    ----------
    distances : demand × candidates, metres; pairs that are not stored are out of reach.
    weights : people a row: what walks, and what takes up room. A row without people takes none, and
        goes to the nearest open site.
    capacities : people a candidate can hold.
    time_limit_s : then the best answer so far is returned with its true gap.

    Raises
    ------
    BadMatrix, BadWeights, BadCount, NoCandidates, NobodyToServe, TooManySites : see ``answers``.
    BadCapacity : not one number a candidate, or negative, NaN or infinite.
    NotEnoughRoom : the ``count`` largest sites hold fewer than there are to serve.
    NoPacking : they would, but the addresses can not be shared out whole, each within reach.
    SolverFailed : no answer was found in the time, nor that there is none.
    Cancelled : whoever listens to ``progress`` stopped it.
    """
    compiled("capacitated", _examples)
    clock = highs.Clock(time_limit_s, progress)
    matrix = answers.distance_matrix(distances)
    rows, columns = matrix.shape
    people = answers.people_of(weights, rows)
    room = _rooms(capacities, columns)
    number = answers.candidates_of(columns, count).count
    served = np.flatnonzero((np.diff(matrix.indptr) > 0) & (people > 0))
    _check_room(float(people[served].sum()), room, number)
    if not len(served):
        return _answer(matrix, people, served, np.arange(number), None, clock)
    best = _solve(_problem(matrix, people, room, served, number), clock)
    if best.place is None:
        if best.bound == np.inf:
            raise NoPacking(people=_told(float(people[served].sum())), count=number)
        raise SolverFailed(status="time_limit")
    sites = _filled(best.place, columns, number)
    return _answer(matrix, people, served, sites, best, clock)


def _rooms(capacities: ArrayLike, columns: int) -> Floats:
    try:
        room = np.asarray(capacities, np.float64)
    except (TypeError, ValueError) as error:
        raise BadCapacity(row=1, found=str(error)[:80]) from error
    if room.shape != (columns,):
        raise BadCapacity(row=1, found=f"{room.shape}, {columns}")
    wrong = np.flatnonzero(~(np.isfinite(room) & (room >= 0)))
    if len(wrong):
        raise BadCapacity(row=int(wrong[0]) + 1, found=f"{room[wrong[0]]:g}")
    return room


def _check_room(people: float, room: Floats, count: int) -> None:
    most = float(np.sort(room)[len(room) - count :].sum())
    if people > most * (1 + answers.PROVEN):
        raise NotEnoughRoom(people=_told(people), count=count, room=_told(most))


def _told(number: float) -> str:
    return f"{number:.10g}"


def _problem(matrix: csr_array, people: Floats, room: Floats, served: Ints, count: int) -> Problem:
    part = matrix[served].tocoo()
    cost = np.full((matrix.shape[1], len(served)), np.inf)
    row, column = part.coords
    weight = people[served]
    cost[column, row] = part.data * weight[row]
    cost[weight[None, :] > room[:, None] * (1 + answers.PROVEN)] = np.inf
    finite = cost[np.isfinite(cost)]
    whole = bool((finite == np.floor(finite)).all()) and finite.sum() < WHOLE_MOST
    # More room than there are people is as good as just that, and kinder to the solver.
    return Problem(cost, weight, np.minimum(room, weight.sum()), count, 1.0 if whole else 0.0)


def _solve(problem: Problem, clock: highs.Clock) -> Best:
    best = Best(problem)
    if not np.isfinite(problem.cost).any(axis=0).all():
        best.bound = np.inf
        return best
    prices = begin(problem)
    raise_prices(problem, prices, best, clock)
    while rule_out(problem, prices, best) > problem.count and not (best.is_closed or clock.is_up):
        raise_prices(problem, prices, best, clock, rounds=100)
    if best.place is None and not clock.is_up:
        status = capacitated_model.find_any(problem, best, clock)
        if best.place is None and best.bound < np.inf:
            raise SolverFailed(status=status)
    if best.place is not None and not (best.is_closed or clock.is_up):
        capacitated_tree.search(problem, prices, best, clock)
    return best


def _filled(place: Ints, columns: int, count: int) -> Ints:
    """Return the sites somebody goes to, and the first others until there are enough."""
    used = np.unique(place)
    others = np.setdiff1d(np.arange(columns), used)
    return np.sort(np.concatenate([used, others[: count - len(used)]]))


def _answer(
    matrix: csr_array,
    people: Floats,
    served: Ints,
    sites: Ints,
    best: Best | None,
    clock: highs.Clock,
) -> Siting:
    assignment = np.where(people > 0, NOBODY, answers.nearest_open(matrix, sites))
    objective = bound = 0.0
    if best is not None:
        assignment[served] = best.place
        objective, bound = best.objective, best.objective if best.is_closed else best.bound
    gap = answers.gap_between(objective, bound)
    return Siting(
        sites=sites,
        objective=objective,
        bound=bound,
        gap=gap,
        proven=gap == 0,
        seconds=clock.seconds,
        assignment=assignment,
        unreachable=float(people[np.diff(matrix.indptr) == 0].sum()),
        status="optimal" if gap == 0 else "time_limit",
    )


def _examples() -> None:
    """Ask what needs every compiled loop of this model."""
    metres, people = small_town(40, 12)
    capacitated_p_median(metres, people, np.full(12, 60.0), 5, time_limit_s=2)
