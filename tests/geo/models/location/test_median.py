"""The p-median against trying all choices, published optima and another library."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from geo.errors import Cancelled, SitingError
from geo.models.location import highs
from geo.models.location.p_median import problem as p_median_problem
from geo.models.location.p_median import search as p_median_search
from geo.models.location.p_median.problem import Best
from geo.models.location.p_median.solve import p_median
from tests.geo.models.location import median_cases as cases
from tests.refusals import refused


def total(metres: np.ndarray, people: np.ndarray, sites: np.ndarray) -> float:
    return float(people @ metres[:, sites].min(axis=1))


@pytest.mark.parametrize("hundred", range(8))
def test_no_choice_walks_less_than_the_one_found(hundred: int) -> None:
    left_out = 0
    for seed in range(100 * hundred, 100 * hundred + 100):
        case = cases.case(seed)
        most, least = case.best(case.count, case.free(), longest=False)
        found = p_median(
            case.matrix, case.people, case.count, existing=case.existing, forbidden=case.forbidden
        )
        reached = case.people[found.assignment >= 0].sum()
        assert found.proven and found.status == "optimal", seed
        assert reached == pytest.approx(most), seed
        assert found.objective == pytest.approx(least, rel=1e-9, abs=1e-9), seed
        assert found.bound == found.objective and found.gap == 0
        assert len(found.sites) == case.count and np.isin(found.sites, case.free()).all(), seed
        assert np.array_equal(found.sites, np.unique(found.sites))
        reachable = case.people[case.in_reach.any(axis=1)].sum()
        assert found.unserved == pytest.approx(reachable - most), seed
        assert found.unreachable == pytest.approx(case.people.sum() - reachable), seed
        left_out += found.unserved > 0
    assert left_out > 10, "the cases hold no question where somebody must be left out"


@pytest.mark.parametrize("seed", range(12))
def test_branching_alone_proves_what_prices_and_branching_prove(seed: int) -> None:
    """The master programme from the first cut on, with no site decided before."""
    random = np.random.default_rng(seed)
    metres, people = random.random((40, 14)) * 100, random.integers(1, 9, 40) * 1.0
    count = int(random.integers(2, 7))
    problem = p_median_problem.problem_of(metres, people, np.full(40, np.inf), count)
    best = Best(problem, highs.Clock(600), whole=False, goal=people.sum())
    best.offer(np.arange(count))
    price = problem.metres[:, 0]
    bound = p_median_search.branch(replace(problem, price=price), best, highs.Clock(600))
    found = p_median(metres, people, count)
    assert bound == pytest.approx(best.total, rel=1e-9)
    assert found.proven and found.objective == pytest.approx(best.total, rel=1e-12)


@pytest.mark.parametrize("hundred", range(3))
def test_without_prices_the_master_programme_proves_the_same(
    hundred: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where people are left out: no site decided by prices, no choices tried one by one."""
    for name, value in {"_FEW": 0, "_CHUNKS": 0, "_RESTARTS": 1}.items():
        monkeypatch.setattr(p_median_search, name, value)
    for seed in range(1000 + 100 * hundred, 1100 + 100 * hundred):
        case = cases.case(seed)
        most, least = case.best(case.count, case.free(), longest=False)
        found = p_median(
            case.matrix, case.people, case.count, existing=case.existing, forbidden=case.forbidden
        )
        assert found.proven, seed
        assert case.people[found.assignment >= 0].sum() == pytest.approx(most), seed
        assert found.objective == pytest.approx(least, rel=1e-9, abs=1e-9), seed


@pytest.mark.parametrize("seed", range(6))
def test_missing_pairs_of_middle_size_agree_with_the_textbook_model(seed: int) -> None:
    """Most people first, then least metres: both stages by HiGHS on the model with all pairs."""
    metres, people = cases.in_the_plane(60, 15, seed)
    in_reach = metres < 1200
    found = p_median(cases.as_sparse(metres, in_reach), people, 4)
    most, least = by_textbook(metres, in_reach, people, 4)
    assert found.proven and found.unserved > 0
    assert people[found.assignment >= 0].sum() == pytest.approx(most)
    assert found.objective == pytest.approx(least, rel=1e-7)


@pytest.mark.parametrize(("rows", "sites", "count"), [(60, 20, 3), (100, 30, 6), (80, 40, 12)])
def test_another_library_finds_no_less(rows: int, sites: int, count: int) -> None:
    metres, people = cases.in_the_plane(rows, sites, rows)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pulp
        from spopt.locate import PMedian

        model = PMedian.from_cost_matrix(metres, people, count).solve(pulp.HiGHS(msg=False))
    found = p_median(metres, people, count)
    assert found.proven
    assert found.objective == pytest.approx(model.problem.objective.value(), rel=1e-7)


@pytest.mark.shared
@pytest.mark.parametrize("number", range(1, 21))
def test_published_optima_are_found_and_proven(shared_data: Path, number: int) -> None:
    metres, count = cases.published(shared_data / "optima", number)
    found = p_median(metres, np.ones(len(metres)), count)
    assert found.proven and found.objective == cases.MEDIANS[number - 1]


@pytest.mark.shared
def test_san_francisco_is_as_published(shared_data: Path) -> None:
    metres, people = cases.san_francisco(shared_data / "optima")
    path = shared_data / "optima" / "san_francisco" / "expected.json"
    expected = json.loads(path.read_text())
    found = p_median(metres, people, 4)
    assert found.proven
    assert found.objective == pytest.approx(expected["PMedian_weighted_distance"], rel=1e-12)
    assert found.sites.tolist() == expected["optimal_site_index_sets_by_brute_force"]["PMedian"]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(1, 7), scale=st.floats(1e-3, 1e4))
def test_more_sites_never_walk_farther_and_scaling_scales(
    seed: int, count: int, scale: float
) -> None:
    random = np.random.default_rng(seed)
    metres, people = random.random((15, 9)) * 1000, random.random(15) * 30
    found = p_median(metres, people, count)
    assert found.bound <= found.objective
    assert p_median(metres, people, count + 1).objective <= found.objective * (1 + 1e-9)
    assert p_median(metres * scale, people, count).objective == pytest.approx(
        found.objective * scale, rel=1e-8
    )
    assert p_median(metres, people * scale, count).objective == pytest.approx(
        found.objective * scale, rel=1e-8
    )
    helped = p_median(metres, people, count, existing=[0])
    assert helped.objective <= found.objective * (1 + 1e-9)
    assert 0 not in helped.sites and len(helped.sites) == count
    forbidden = p_median(metres, people, count, forbidden=[0])
    assert forbidden.objective >= found.objective * (1 - 1e-9)


def test_sparse_with_all_pairs_is_as_dense_and_stored_zeros_are_zero_metres() -> None:
    metres, people = cases.in_the_plane(50, 12, 3)
    metres[:5, :3] = 0.0
    sparse = p_median(csr_array(cases.as_sparse(metres, metres >= 0)), people, 3)
    dense = p_median(metres, people, 3)
    assert sparse.sites.tolist() == dense.sites.tolist()
    assert sparse.objective == dense.objective


def test_rows_without_people_are_assigned_and_cost_nothing() -> None:
    found = p_median([[0, 900], [900, 0], [5, 900]], [1, 0, 1], 1)
    assert found.sites.tolist() == [0] and found.objective == 5
    assert found.assignment.tolist() == [0, 0, 0]


def test_no_new_site_counts_what_exists() -> None:
    found = p_median([[3, 7], [5, 1]], [2, 1], 0, existing=[0])
    assert found.sites.tolist() == [] and found.objective == 11 and found.proven


def test_no_site_at_all_leaves_everybody_unserved() -> None:
    found = p_median([[3, 7], [5, 1]], [2, 1], 0)
    assert found.objective == 0 and found.unserved == 3 and found.assignment.tolist() == [-1, -1]


def test_a_better_place_than_what_exists_is_not_needed() -> None:
    """All candidates are worse than what exists: the first ones fill the count."""
    found = p_median([[1, 5, 9, 7], [2, 5, 9, 7]], [1, 1], 2, existing=[0])
    assert found.objective == 3 and len(found.sites) == 2 and found.proven


def test_the_same_question_has_the_same_answer() -> None:
    metres = np.round(cases.in_the_plane(80, 25, 1)[0], -2)
    answers = [p_median(metres, np.ones(80), 5).sites.tolist() for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]


def test_what_time_leaves_is_a_choice_with_a_true_bound() -> None:
    metres, people = cases.in_the_plane(1500, 300, 5)
    hurried = p_median(metres, people, 25, time_limit_s=0.05)
    proven = p_median(metres, people, 25)
    assert not hurried.proven and hurried.status == "time_limit" and hurried.gap > 0
    assert hurried.bound <= proven.objective <= hurried.objective
    assert hurried.objective == pytest.approx(total(metres, people, hurried.sites))
    assert hurried.gap == pytest.approx(1 - hurried.bound / hurried.objective)


@pytest.mark.parametrize("after", [1, 3, 6])
def test_whoever_cancels_is_heard(after: int) -> None:
    metres, people = cases.in_the_plane(1500, 400, 2)
    told: list[float] = []

    def listen(key: str, share: float) -> None:
        assert key == "progress.solving" and 0 <= share <= 1
        told.append(share)
        if len(told) >= after:
            raise Cancelled

    with pytest.raises(Cancelled):
        p_median(metres, people, 30, progress=listen)
    assert len(told) == after


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"count": 4}, "too_many_sites"),
        ({"count": 3, "existing": [0]}, "too_many_sites"),
        ({"count": -1}, "bad_count"),
        ({"count": 1.5}, "bad_count"),
        ({"weights": [1, -1]}, "bad_weights"),
        ({"weights": [1, np.nan]}, "bad_weights"),
        ({"weights": [1, 1, 1]}, "bad_weights"),
        ({"weights": [0, 0]}, "nobody_to_serve"),
        ({"existing": [1], "forbidden": [1]}, "existing_forbidden"),
        ({"existing": [3]}, "bad_candidate"),
        ({"forbidden": [0, 1, 2]}, "no_candidates"),
        ({"distances": [[1, np.nan, 2], [1, 2, 3]]}, "bad_matrix"),
        ({"distances": [[1, np.inf, 2], [1, 2, 3]]}, "bad_matrix"),
        ({"distances": [[1, -1, 2], [1, 2, 3]]}, "bad_matrix"),
        ({"distances": [1, 2, 3]}, "bad_matrix"),
        ({"distances": np.empty((2, 0))}, "no_candidates"),
        ({"distances": np.empty((0, 3)), "weights": []}, "nobody_to_serve"),
        ({"time_limit_s": 0}, "bad_time_limit"),
    ],
)
def test_a_question_without_an_answer_is_refused(change: dict[str, object], code: str) -> None:
    asked = {"distances": [[1, 2, 3], [4, 5, 6]], "weights": [1, 1], "count": 1, **change}
    with refused(code, SitingError):
        p_median(**asked)  # type: ignore[arg-type]


def by_textbook(
    metres: np.ndarray, in_reach: np.ndarray, people: np.ndarray, count: int
) -> tuple[float, float]:
    """Who is served from where, as whole numbers, by scipy: most people, then least total."""
    from scipy.optimize import LinearConstraint, milp

    rows, sites = metres.shape
    row, site = np.nonzero(in_reach)
    pairs = np.arange(len(row))
    size = sites + len(row)
    once, opened = np.zeros((rows, size)), np.zeros((len(row), size))
    once[row, sites + pairs] = 1
    opened[pairs, sites + pairs], opened[pairs, site] = 1, -1
    number = np.concatenate([np.ones(sites), np.zeros(len(row))])
    reached = np.concatenate([np.zeros(sites), people[row]])
    rules = [
        LinearConstraint(once, -np.inf, 1),
        LinearConstraint(opened, -np.inf, 0),
        LinearConstraint(number[None], count, count),
    ]
    whole = np.concatenate([np.ones(sites), np.zeros(len(row))])
    most = -milp(-reached, constraints=rules, bounds=(0, 1), integrality=whole).fun
    rules.append(LinearConstraint(reached[None], most - 1e-6, np.inf))
    walked = np.concatenate([np.zeros(sites), people[row] * metres[row, site]])
    found = milp(walked, constraints=rules, bounds=(0, 1), integrality=whole)
    return float(most), float(found.fun)
