"""Which places to visit in a week, by whom and in which order, of matrices of seconds: team
orienteering, exact for few places and by OR-tools for more, with a bound. Knows neither people nor
places.

Maximise the value of the places visited; among equals, walk the least. Each shift begins and ends
at its own start, and lasts no longer than it does. A place is visited once at most.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from geo.errors import NarhetError
from geo.reaching.bounds import bound
from geo.reaching.exact import EXACT_MOST, best_rounds, shortest
from geo.reaching.question import Rounds, Routes, Solved, value_of, within_reach
from geo.types import Ints

SOLUTIONS, BRANCHES = 300, 2_000_000
"""A search ends after so many solutions, or steps: the same answer on every machine …"""
SECONDS = 120
"""… unless a search takes longer than this, many times what it takes."""
WORTH = 10_000
"""The search weighs a minute's walk against this for the most needed place; order is settled
afterwards."""
_NEVER = 10**9

Told = Callable[[float], None]
"""Called now and then with a share done; may raise ``Cancelled``."""


def solve(question: Rounds, *, told: Told | None = None) -> Solved:
    """Find a week of rounds, with a bound on what any rounds are worth: proven the best for
    ``EXACT_MOST`` places or fewer in reach, else the best found.

    Places that no shift reaches are left out of the search.

    Parameters
    ----------
    told : called with a share done after each solution found.
    """
    near = np.flatnonzero(within_reach(question).any(axis=0))
    if not len(near):
        return Solved(((),) * len(question.start), 0, 0)
    found = _solved(_of_places(question, near), told)
    routes = tuple(tuple(int(near[place]) for place in route) for route in found.routes)
    return replace(found, routes=routes)


def _solved(question: Rounds, told: Told | None) -> Solved:
    if question.places <= EXACT_MOST:
        routes = best_rounds(question)
        value = value_of(question, routes)
        return Solved(routes, value, value)
    most = bound(question)
    routes = search(question, most=most, told=told)
    value = value_of(question, routes)
    return Solved(routes, value, max(value, most))


def _of_places(question: Rounds, places: Ints) -> Rounds:
    """Return the question of some of its places."""
    starts = np.arange(question.places, len(question.walk_s))
    rows = np.concatenate([places, starts])
    return replace(
        question,
        walk_s=question.walk_s[np.ix_(rows, rows)],
        visit_s=question.visit_s[places],
        value=question.value[:, places],
    )


def search(question: Rounds, *, most: float = math.inf, told: Told | None = None) -> Routes:
    """Return the best rounds that OR-tools finds from two first solutions, each round walked in its
    shortest order; once the rounds are worth ``most`` no other is looked for. OR-tools is imported
    here, as it takes a third of a second to load.
    """
    from ortools.constraint_solver import routing_enums_pb2  # type: ignore[import-untyped]

    strategy = routing_enums_pb2.FirstSolutionStrategy
    ways = (strategy.PARALLEL_CHEAPEST_INSERTION, strategy.SAVINGS)
    best: Routes = ((),) * len(question.start)
    for number, way in enumerate(ways):
        if value_of(question, best) >= most:
            break
        found = _searched(question, way, _part_of(told, number, len(ways)))
        if value_of(question, found) > value_of(question, best):
            best = found
    return tuple(shortest(question, shift, route) for shift, route in enumerate(best))


def _part_of(told: Told | None, number: int, parts: int) -> Told | None:
    return None if told is None else lambda share: told((number + share) / parts)


def _searched(question: Rounds, first: int, told: Told | None) -> Routes:
    """Search from one first solution."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    question = _of_used_starts(question)
    homes = (question.places + question.start).tolist()
    manager = pywrapcp.RoutingIndexManager(len(question.walk_s), len(homes), homes, homes)
    model = pywrapcp.RoutingModel(manager)
    _add_time(model, question)
    _add_worth(model, manager, question)
    halt = _watch(model, told)
    model.AddSearchMonitor(model.solver().BranchesLimit(BRANCHES))
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = first
    metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic
    parameters.local_search_metaheuristic = metaheuristic.GUIDED_LOCAL_SEARCH
    parameters.solution_limit = SOLUTIONS
    parameters.time_limit.FromSeconds(SECONDS)
    found = model.SolveWithParameters(parameters)
    for error in halt:
        raise error
    if found is None:  # to visit none is always a solution: it was stopped before it had one
        return ((),) * len(homes)
    return tuple(_route(model, manager, found, shift) for shift in range(len(homes)))


def _of_used_starts(question: Rounds) -> Rounds:
    """Return the question without starts of no shift: the solver would want them visited."""
    used, start = np.unique(question.start, return_inverse=True)
    rows = np.concatenate([np.arange(question.places), question.places + used])
    return replace(question, walk_s=question.walk_s[np.ix_(rows, rows)], start=start)


def _add_time(model: Any, question: Rounds) -> None:
    """Let no shift last longer than it does."""
    spent = np.zeros(len(question.walk_s))
    spent[: question.places] = question.visit_s
    seconds = np.minimum(np.ceil(question.walk_s + spent[:, None]), _NEVER).astype(np.int64)
    transit = model.RegisterTransitMatrix(seconds.tolist())
    model.AddDimensionWithVehicleCapacity(transit, 0, question.length_s.tolist(), True, "seconds")


def _add_worth(model: Any, manager: Any, question: Rounds) -> None:
    """Make a visit left out cost its worth, one in the wrong language what it loses, and each
    minute walked a little.
    """
    within = within_reach(question)
    worth = np.where(within, question.value, 0)
    worth = np.ceil(worth * (WORTH / worth.max())).astype(np.int64)
    most = worth.max(axis=0)
    minutes = np.minimum(np.round(question.walk_s / 60), _NEVER).astype(np.int64)
    known: dict[bytes, int] = {}
    for shift, row in enumerate(worth):
        loss = np.zeros(len(minutes), dtype=np.int64)
        loss[: question.places] = most - row
        key = loss.tobytes()
        if key not in known:
            known[key] = model.RegisterTransitMatrix((minutes + loss[None, :]).tolist())
        model.SetArcCostEvaluatorOfVehicle(known[key], shift)
    for place in range(question.places):
        index = manager.NodeToIndex(place)
        model.AddDisjunction([index], int(most[place]))
        # -1 is "no shift": it may be left out.
        model.VehicleVar(index).SetValues([-1, *np.flatnonzero(within[:, place]).tolist()])


def _watch(model: Any, told: Told | None) -> list[Exception]:
    """Tell how far the search is; what the listener raises ends the search and is raised after it,
    as no exception may pass through the solver.
    """
    kept: list[Exception] = []
    solver = model.solver()

    def heard() -> None:
        if told is None or kept:
            return
        try:
            told(min(1.0, solver.Solutions() / SOLUTIONS))
        except NarhetError as error:
            kept.append(error)
            solver.FinishCurrentSearch()

    model.AddAtSolutionCallback(heard)
    return kept


def _route(model: Any, manager: Any, found: Any, shift: int) -> tuple[int, ...]:
    stops: list[int] = []
    index = found.Value(model.NextVar(model.Start(shift)))
    while not model.IsEnd(index):
        stops.append(manager.IndexToNode(index))
        index = found.Value(model.NextVar(index))
    return tuple(stops)
