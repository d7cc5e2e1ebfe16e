"""Which places to visit in a week, by whom and in which order, of matrices of seconds: team
orienteering, exact for few places (all sets and orders of them) and by OR-tools for more, with a
bound.

Maximise the value of the places visited; among equals, walk the least. Each shift begins and ends
at its own start, and lasts no longer than it does. A place is visited once at most.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from geo.errors import NarhetError
from geo.models.routing.problem import Rounds, Routes, Solved, bound, value_of, within_reach
from geo.types import Bools, Floats, Ints

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
    """Return how far the search is; what the listener raises ends the search and is raised after
    it, as no exception may pass through the solver.
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


EXACT_MOST = 10
"""More places than this would take too long."""


@dataclass(frozen=True, eq=False)
class _Taken:
    """Of all sets of places (a bit each), from one start: ``ends`` (sets, places) the least seconds
    in which the set is visited ending there, ``whole_s`` until back.
    """

    ends: Floats
    whole_s: Floats


def best_rounds(question: Rounds) -> tuple[tuple[int, ...], ...]:
    """Return the places each shift visits in order: no rounds are worth more, and of those worth as
    much none walk less. At most ``EXACT_MOST`` places.
    """
    count = question.places
    sets = np.arange(1 << count)
    member = ((sets[:, None] >> np.arange(count)) & 1).astype(bool)
    walks = {start: _taken(question, start) for start in set(question.start.tolist())}
    unit = float(question.length_s.sum()) + 1.0
    best = np.where(sets == 0, 0.0, -np.inf)
    choices = []
    for shift, start in enumerate(question.start.tolist()):
        whole_s = walks[start].whole_s
        value = question.value[shift]
        fits = (whole_s <= question.length_s[shift]) & ~(member & (value <= 0)).any(axis=1)
        worth = member @ value * unit - (whole_s - member @ question.visit_s)
        best, choice = _with_shift(best, worth, np.flatnonzero(fits & (sets > 0)))
        choices.append(choice)
    left = int(best.argmax())
    routes = []
    for shift in reversed(range(len(choices))):
        taken = int(choices[shift][left])
        routes.append(_order(question, walks[int(question.start[shift])], shift, taken))
        left &= ~taken
    return tuple(reversed(routes))


def shortest(question: Rounds, shift: int, route: tuple[int, ...]) -> tuple[int, ...]:
    """Return the places of a round in the order with the least walk; a long round as it is."""
    if not 1 < len(route) <= EXACT_MOST:
        return route
    rows = np.array([*route, question.places + int(question.start[shift])])
    small = Rounds(
        walk_s=question.walk_s[np.ix_(rows, rows)],
        visit_s=question.visit_s[rows[:-1]],
        start=np.zeros(1, np.int64),
        length_s=question.length_s[[shift]],
        value=np.ones((1, len(route)), np.int64),
    )
    order = _order(small, _taken(small, 0), 0, (1 << len(route)) - 1)
    return tuple(route[at] for at in order)


def _with_shift(best: Floats, worth: Floats, takes: Ints) -> tuple[Floats, Ints]:
    """Return the best of each set with one shift more, and what that shift then takes."""
    sets = np.arange(len(best))
    after, choice = best.copy(), np.zeros(len(best), dtype=np.int64)
    known = np.isfinite(best)
    for taken in takes:
        before = sets[((sets & taken) == 0) & known]
        together, total = before | taken, best[before] + worth[taken]
        better = total > after[together]
        after[together[better]] = total[better]
        choice[together[better]] = taken
    return after, choice


def _taken(question: Rounds, start: int) -> _Taken:
    count, home, walk = question.places, question.places + start, question.walk_s
    ends = np.full((1 << count, count), np.inf)
    places = np.arange(count)
    ends[1 << places, places] = walk[home, :count] + question.visit_s
    for taken in range(1, 1 << count):
        reached = (ends[taken][:, None] + walk[:count, :count]).min(axis=0) + question.visit_s
        new: Bools = (taken >> places & 1) == 0
        more = taken | 1 << places[new]
        ends[more, places[new]] = np.minimum(ends[more, places[new]], reached[new])
    whole_s = (ends + walk[:count, home]).min(axis=1, initial=np.inf)
    whole_s[0] = 0.0
    return _Taken(ends, whole_s)


def _order(question: Rounds, walked: _Taken, shift: int, taken: int) -> tuple[int, ...]:
    """Return a set's places in the order of the least walk, from its end back to its start."""
    following, order = question.places + int(question.start[shift]), []
    while taken:
        last = int((walked.ends[taken] + question.walk_s[: question.places, following]).argmin())
        order.append(last)
        taken &= ~(1 << last)
        following = last
    return tuple(reversed(order))
