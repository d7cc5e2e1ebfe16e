"""Rounds of a week: as good as going through all of them, or no better than their bound says."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import Cancelled
from geo.models.routing import problem as routing_problem
from geo.models.routing.problem import Rounds, bound, flow, knapsack, value_of
from geo.models.routing.solve import best_rounds, search, solve
from tests.conftest import ROOT


def made(seed: int, *, places: int, shifts: int, side_m: float = 2000) -> Rounds:
    """Places and two starts spread over a square, walked straight at 1.33 m/s."""
    random = np.random.default_rng(seed)
    xy = random.uniform(0, side_m, (places + 2, 2))
    walk_s = np.ceil(np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) / 1.33)
    return Rounds(
        walk_s=walk_s,
        visit_s=random.integers(600, 2400, places),
        start=random.integers(0, 2, shifts),
        length_s=random.integers(3600, 3 * 3600, shifts),
        value=random.integers(0, 1000, (shifts, places)),
    )


def every_round(question: Rounds, shift: int) -> dict[frozenset[int], int]:
    """All sets of places that a shift can visit in some order, with their value."""
    home, found = question.places + int(question.start[shift]), {}

    def walk(seen: tuple[int, ...], seconds: float) -> None:
        at = seen[-1] if seen else home
        if seconds + question.walk_s[at, home] <= question.length_s[shift]:
            found[frozenset(seen)] = sum(int(question.value[shift, place]) for place in seen)
        for place in set(range(question.places)) - set(seen):
            spent = seconds + question.walk_s[at, place] + question.visit_s[place]
            if question.value[shift, place] > 0 and spent <= question.length_s[shift]:
                walk((*seen, place), spent)

    walk((), 0.0)
    return found


def best_of_all(question: Rounds) -> int:
    """The best value, by trying every set for every shift."""
    rounds = [every_round(question, shift) for shift in range(len(question.start))]

    def best(shift: int, gone: frozenset[int]) -> int:
        if shift == len(rounds):
            return 0
        return max(
            value + best(shift + 1, gone | taken)
            for taken, value in rounds[shift].items()
            if not taken & gone
        )

    return best(0, frozenset())


def seconds_of(question: Rounds, shift: int, route: tuple[int, ...]) -> float:
    """How long a round takes: from the start, all visits, and back."""
    if not route:
        return 0.0
    start = question.places + int(question.start[shift])
    walked = sum(question.walk_s[a, b] for a, b in pairwise([start, *route, start]))
    return float(walked + sum(question.visit_s[place] for place in route))


def check_rounds(question: Rounds, routes: tuple[tuple[int, ...], ...]) -> None:
    for shift, route in enumerate(routes):
        assert seconds_of(question, shift, route) <= question.length_s[shift]
        assert all(question.value[shift, place] > 0 for place in route)
    visited = [place for route in routes for place in route]
    assert len(set(visited)) == len(visited)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), places=st.integers(1, 6), shifts=st.integers(1, 3))
def test_few_places_get_the_best_rounds_there_are(seed: int, places: int, shifts: int) -> None:
    question = made(seed, places=places, shifts=shifts)
    answer = solve(question)
    check_rounds(question, answer.routes)
    assert answer.value == answer.bound == best_of_all(question)
    assert answer.proven


@pytest.mark.parametrize("seed", range(6))
def test_the_search_finds_what_going_through_all_rounds_finds(seed: int, monkeypatch) -> None:
    monkeypatch.setattr("geo.models.routing.solve.SOLUTIONS", 100)
    question = made(seed, places=5, shifts=2)
    routes = search(question)
    check_rounds(question, routes)
    assert value_of(question, routes) == best_of_all(question)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), alike=st.booleans())
def test_no_rounds_are_worth_more_than_either_bound(seed: int, alike: bool) -> None:
    question = made(seed, places=6, shifts=3)
    if alike:  # shifts that are one sort
        question = replace(
            question,
            start=question.start[[0, 0, 0]],
            length_s=question.length_s[[0, 0, 0]],
            value=question.value[[0, 0, 0]],
        )
    best = value_of(question, best_rounds(question))
    assert knapsack(question) >= best
    assert flow(question) >= best * (1 - 1e-9)
    assert bound(question) >= best


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_whatever_duals_the_solver_gives_the_bound_made_of_them_holds(seed: int) -> None:
    question = made(seed, places=5, shifts=2)
    legs = [
        routing_problem._legs(question, members) for members in routing_problem._sorts(question)
    ]
    programme = routing_problem._programme(question, legs)
    duals = np.random.default_rng(seed).normal(0, 100, len(programme.low))
    assert routing_problem._proven(programme, duals) >= value_of(question, best_rounds(question))


def test_the_bound_of_flows_knows_that_two_far_places_are_not_one_round() -> None:
    # Two places 1,000 s from the start on either side, and 2,200 s of time: one visit fits. Their
    # halves of walks would let the knapsack take 2,200 / 1,060 = 2 of them.
    along = np.array([0.0, 2000.0, 1000.0])
    question = Rounds(
        walk_s=np.abs(along[:, None] - along[None]),
        visit_s=np.array([60, 60]),
        start=np.array([0]),
        length_s=np.array([2200]),
        value=np.array([[7, 5]]),
    )
    assert knapsack(question) == pytest.approx(12)
    assert flow(question) == pytest.approx(7)
    assert value_of(question, best_rounds(question)) == 7


def test_places_no_shift_reaches_do_not_keep_the_rest_from_being_proven() -> None:
    question = made(4, places=14, shifts=2)
    far = question.value.copy()
    far[:, 9:] = 0
    answer = solve(replace(question, value=far))
    check_rounds(question, answer.routes)
    assert answer.proven and {place for route in answer.routes for place in route} <= set(range(9))


def test_ten_places_and_many_shifts_are_proven() -> None:
    question = made(3, places=10, shifts=12, side_m=6000)
    answer = solve(question)
    check_rounds(question, answer.routes)
    assert answer.proven
    assert answer.value <= bound(question)


def test_many_places_say_how_much_better_rounds_could_be_and_are_the_same_twice(
    monkeypatch,
) -> None:
    monkeypatch.setattr("geo.models.routing.solve.SOLUTIONS", 100)
    question = made(1, places=18, shifts=3)
    answer = solve(question)
    check_rounds(question, answer.routes)
    assert 0 < answer.value < answer.bound
    assert not answer.proven
    assert solve(question) == answer


def test_of_rounds_worth_as_much_the_one_that_walks_least_is_chosen() -> None:
    along = np.array([100.0, 300.0, 200.0, 0.0])  # three places and the start on one street
    question = Rounds(
        walk_s=np.abs(along[:, None] - along[None]),
        visit_s=np.array([60, 60, 60]),
        start=np.array([0]),
        length_s=np.array([780]),
        value=np.ones((1, 3), np.int64),
    )
    routes = best_rounds(question)
    assert seconds_of(question, 0, routes[0]) == 600 + 180
    assert routes in {((0, 2, 1),), ((1, 2, 0),), ((0, 1, 2),), ((2, 1, 0),)}


def test_a_shift_too_short_for_any_place_visits_none() -> None:
    question = Rounds(
        walk_s=np.array([[0.0, 500.0], [500.0, 0.0]]),
        visit_s=np.array([600]),
        start=np.array([0]),
        length_s=np.array([1599]),
        value=np.array([[10]]),
    )
    assert solve(question).routes == ((),)
    longer = Rounds(
        question.walk_s, question.visit_s, question.start, np.array([1600]), question.value
    )
    assert solve(longer).routes == ((0,),)


def test_a_place_no_path_leads_to_is_not_visited() -> None:
    walk_s = np.array([[0.0, np.inf, np.inf], [np.inf, 0.0, 60.0], [np.inf, 60.0, 0.0]])
    question = Rounds(
        walk_s, np.array([60, 60]), np.array([0]), np.array([7200]), np.array([[900, 1]])
    )
    assert solve(question).routes == ((1,),)


def test_a_search_is_stopped_by_who_listens() -> None:
    def stop(_share: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        search(made(1, places=14, shifts=3), told=stop)


SOLVERS = {
    "highspy": "import highspy; h = highspy.Highs(); h.silent(); x = h.addVariable(0, 4, -1.0);"
    " h.run(); assert h.getInfo().objective_function_value == -4",
    "ortools": "from ortools.constraint_solver import pywrapcp as p;"
    " m = p.RoutingIndexManager(3, 1, 0); r = p.RoutingModel(m);"
    " c = r.RegisterTransitMatrix([[0, 5, 9], [5, 0, 5], [9, 5, 0]]);"
    " r.SetArcCostEvaluatorOfAllVehicles(c); assert r.Solve().ObjectiveValue() == 19",
}


@pytest.mark.parametrize("order", [("highspy", "ortools"), ("ortools", "highspy")])
def test_both_solvers_work_in_one_process_whichever_comes_first(order: tuple[str, str]) -> None:
    first, second = (SOLVERS[name] for name in order)
    code = f"{first}; {second}; {first}; {second}"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr[-2000:]


def test_the_solver_of_rounds_is_loaded_only_when_it_is_asked() -> None:
    at_the_door = {
        path.name
        for path in (ROOT / "geo").rglob("*.py")
        if re.search(r"^(import|from) ortools", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert at_the_door == set()
