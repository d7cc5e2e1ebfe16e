"""Maximal covering against every choice there is, other solvers and what must always hold."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from geo import errors
from geo.models.location.max_coverage import branch_and_bound as max_coverage_branch_and_bound
from geo.models.location.max_coverage import branch_and_bound as max_coverage_mip
from geo.models.location.max_coverage import core as max_coverage_core
from geo.models.location.max_coverage import core as max_coverage_search
from geo.models.location.max_coverage.solve import max_coverage
from geo.models.location.model import Siting
from tests.refusals import refused

Question = dict[str, Any]


def a_town(rows: int, columns: int, reach_m: float, seed: int, side_m: float = 10_000) -> Any:
    """Return who is in reach of what, in clusters, and people a row."""
    draw = np.random.default_rng(seed)
    middles = draw.uniform(0.1, 0.9, (max(2, rows // 60), 2)) * side_m

    def some(count: int) -> Any:
        around = middles[draw.integers(len(middles), size=count)]
        return np.clip(around + draw.normal(0, side_m / 14, (count, 2)), 0, side_m)

    homes, rooms = cKDTree(some(rows)), cKDTree(some(columns))
    metres = homes.sparse_distance_matrix(rooms, reach_m, output_type="coo_matrix")
    return csr_array(metres.tocsr()), draw.integers(1, 51, rows).astype(float)


def a_question(seed: int) -> Question:
    """Return a small question of any kind: open, forbidden, costs, budgets, ties, zeros."""
    draw = np.random.default_rng(seed)
    rows, columns = int(draw.integers(1, 25)), int(draw.integers(1, 10))
    reach = (draw.random((rows, columns)) < draw.uniform(0.05, 0.6)).astype(float)
    if draw.random() < 0.3:
        reach[:, draw.integers(columns)] = reach[:, draw.integers(columns)]
    kind = draw.integers(3)
    weights = draw.integers(0, 4, rows) if kind == 0 else draw.integers(0, 60, rows)
    weights = draw.random(rows) * 9 if kind == 2 else weights.astype(float)
    if not weights.any():
        weights[0] = 1.0
    order = draw.permutation(columns)
    opened, barred = int(draw.integers(0, 3)), int(draw.integers(0, 3))
    existing, forbidden = order[:opened].tolist(), order[opened : opened + barred].tolist()
    free = len(order[opened + barred :])
    asked: Question = {"reach": reach, "weights": weights, "existing": existing}
    asked |= {"forbidden": forbidden, "count": int(draw.integers(0, free + 1))}
    if draw.random() < 0.5:
        asked["costs"] = draw.integers(0, 6, columns).astype(float)
        if draw.random() < 0.3:
            asked["costs"] = draw.random(columns) * 1e5
        least = min(asked["costs"][order[opened + barred :]], default=0.0)
        asked["budget"] = float(least + draw.random() * asked["costs"].sum() * 0.7)
        if draw.random() < 0.3:
            asked["count"] = None
    return asked


def reached(reach: Any, weights: Any, sites: Any) -> float:
    return float(weights[(reach[:, list(sites)] != 0).any(axis=1)].sum())


def best_by_trying_all(asked: Question) -> float:
    """Return the most people any allowed choice reaches."""
    reach, columns = asked["reach"], asked["reach"].shape[1]
    free = sorted(set(range(columns)) - set(asked["existing"]) - set(asked["forbidden"]))
    count = len(free) if asked["count"] is None else asked["count"]
    budget, costs = asked.get("budget"), asked.get("costs", np.ones(columns))
    sizes = [count] if budget is None else range(count + 1)
    return max(
        reached(reach, asked["weights"], [*sites, *asked["existing"]])
        for size in sizes
        for sites in itertools.combinations(free, size)
        if budget is None or costs[list(sites)].sum() <= budget * (1 + 1e-9)
    )


def check(found: Siting, asked: Question) -> None:
    """Prove that an answer says of itself what is so."""
    reach, weights = asked["reach"], asked["weights"]
    sites = found.sites.tolist()
    assert sites == sorted(set(sites))
    assert not set(sites) & (set(asked["existing"]) | set(asked["forbidden"]))
    everyone = [*sites, *asked["existing"]]
    assert found.objective == pytest.approx(reached(reach, weights, everyone), rel=1e-12)
    assert found.bound >= found.objective
    if asked.get("budget") is None:
        assert len(sites) == asked["count"]
    else:
        assert asked["count"] is None or len(sites) <= asked["count"]
        assert asked["costs"][sites].sum() <= asked["budget"] * (1 + 1e-9)
        for site in sites:  # none is there for nothing
            fewer = [other for other in everyone if other != site]
            assert reached(reach, weights, fewer) < found.objective
    lost = (reach == 0).all(axis=1)
    assert found.unreachable == pytest.approx(weights[lost].sum())
    total = found.objective + found.unreachable + found.unserved
    assert total == pytest.approx(weights.sum())
    for row, site in enumerate(found.assignment):
        assert site in everyone if site >= 0 else not (reach[row, everyone] != 0).any()
        assert site < 0 or reach[row, site] != 0


@pytest.mark.parametrize("block", range(8))
def test_no_choice_of_all_reaches_more(block: int) -> None:
    for seed in range(block * 75, block * 75 + 75):
        asked = a_question(seed)
        found = max_coverage(**asked)
        check(found, asked)
        assert found.proven, seed
        assert found.objective == pytest.approx(best_by_trying_all(asked), rel=1e-9), seed


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(("count", "seed"), [(2, 0), (5, 1), (9, 2)])
def test_another_solver_reaches_as_many(count: int, seed: int) -> None:
    spopt = pytest.importorskip("spopt.locate")
    pulp = pytest.importorskip("pulp")
    reach, people = a_town(300, 60, 1_500, seed)
    dense = np.zeros(reach.shape)
    row = np.repeat(np.arange(reach.shape[0]), np.diff(reach.indptr))
    dense[row, reach.indices] = 1.0
    model = spopt.MCLP.from_cost_matrix(1.0 - dense, people, 0.5, count)
    model.solve(pulp.PULP_CBC_CMD(msg=0))
    found = max_coverage(reach, people, count)
    assert found.proven
    assert found.objective == model.problem.objective.value()


def test_san_francisco_reaches_the_published_people(shared_data: Path) -> None:
    folder = shared_data / "optima" / "san_francisco"
    table = pd.read_csv(folder / "SF_network_distance_candidateStore_16_censusTract_205_new.csv")
    metres = table.pivot_table(values="distance", index="DestinationName", columns="name")
    people = pd.read_csv(folder / "SF_demand_205_centroid_uniform_weight.csv").sort_values("NAME")
    within = (metres.to_numpy() <= 5_000).astype(float)
    found = max_coverage(within, people["POP2000"].to_numpy(), 4)
    expected = pd.read_json(folder / "expected.json", typ="series")
    assert found.proven
    assert found.objective == expected["MCLP_covered_demand"]
    assert found.sites.tolist() == expected["optimal_site_index_sets_by_brute_force"]["MCLP"]


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000))
def test_one_more_site_never_reaches_fewer(seed: int) -> None:
    asked = {**a_question(seed), "costs": None, "budget": None}
    taken = {*asked["existing"], *asked["forbidden"]}
    free = asked["reach"].shape[1] - len(taken)
    people = [max_coverage(**{**asked, "count": count}).objective for count in range(free + 1)]
    assert all(more >= fewer * (1 - 1e-9) for fewer, more in itertools.pairwise(people))


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000))
def test_one_more_candidate_never_makes_it_worse(seed: int) -> None:
    asked = a_question(seed)
    asked["count"] = asked["count"] or 0
    extra = np.random.default_rng(seed).random((asked["reach"].shape[0], 1)) < 0.3
    wider = {**asked, "reach": np.hstack([asked["reach"], extra])}
    if "costs" in asked:
        wider["costs"] = np.append(asked["costs"], 3.0)
    assert max_coverage(**wider).objective >= max_coverage(**asked).objective * (1 - 1e-9)


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000))
def test_splitting_the_people_of_a_row_changes_nothing(seed: int) -> None:
    asked = a_question(seed)
    share = np.random.default_rng(seed).random(len(asked["weights"]))
    split = {
        **asked,
        "reach": np.vstack([asked["reach"], asked["reach"]]),
        "weights": np.concatenate([asked["weights"] * share, asked["weights"] * (1 - share)]),
    }
    whole, parts = max_coverage(**asked), max_coverage(**split)
    assert parts.objective == pytest.approx(whole.objective, rel=1e-9)
    assert parts.proven


def test_a_number_of_sites_is_filled_up_with_the_first_that_are_free() -> None:
    reach = [[0, 0, 1, 0, 0], [0, 0, 1, 0, 0]]
    found = max_coverage(reach, [3, 4], 3, forbidden=[0])
    assert found.sites.tolist() == [1, 2, 3]
    assert found.objective == 7


def test_a_budget_buys_no_site_that_adds_nobody() -> None:
    reach = [[0, 0, 1, 0, 1], [0, 0, 1, 0, 0]]
    found = max_coverage(reach, [3, 4], None, costs=[0, 1, 2, 1, 0], budget=9)
    assert found.sites.tolist() == [2]
    assert found.objective == 7


def test_a_sum_that_only_rounding_puts_above_the_budget_is_within_it() -> None:
    found = max_coverage(np.eye(3), [1, 1, 1], None, costs=[0.1, 0.2, 0.4], budget=0.3)
    assert found.sites.tolist() == [0, 1]


def test_a_stored_zero_is_in_reach_and_the_nearest_is_told() -> None:
    metres = csr_array(
        (np.array([0.0, 30.0, 10.0]), np.array([1, 0, 1]), np.array([0, 1, 3])), shape=(2, 2)
    )
    found = max_coverage(metres, [1, 1], 2)
    assert found.objective == 2
    assert found.assignment.tolist() == [1, 1]


@pytest.mark.parametrize(("reach_m", "count"), [(600, 12), (1_000, 8)])
def test_a_large_town_is_proven_by_quick_means_and_the_solver_agrees(
    reach_m: float, count: int
) -> None:
    """The same optimum from the plain programme, without anything dropped before."""
    reach, people = a_town(1_500, 250, reach_m, seed=4)
    found = max_coverage(reach, people, count)
    ones = csr_array((np.ones(reach.nnz), reach.indices, reach.indptr), reach.shape)
    solver = max_coverage_mip.highs.new_solver()
    everything = max_coverage_core.Core(
        max_coverage_core.cover_of(ones, ones.tocsc(), people),
        np.arange(250),
        np.ones(250),
        np.arange(0),
    )
    max_coverage_mip._load(
        solver, max_coverage_mip._model(everything, max_coverage_mip.Purse(count)), whole=250
    )
    max_coverage_mip.highs.run(solver, max_coverage_mip.highs.Clock(600))
    assert found.proven
    assert found.objective == pytest.approx(solver.getInfo().objective_function_value)


@pytest.mark.parametrize("seed", range(6))
def test_bounds_from_prices_are_never_below_the_relaxation(seed: int) -> None:
    reach, people = a_town(500, 80, 1_500, seed)
    core = max_coverage_core.core_of(reach, people, np.arange(80), np.ones(80))
    clock = max_coverage_mip.highs.Clock(600)
    start = max_coverage_search.start_of(core, 6, 1.0, clock)
    relaxed = max_coverage_mip.relaxed(core, max_coverage_mip.Purse(6), clock)
    assert relaxed is not None
    best = max_coverage(reach, people, 6)
    assert best.proven
    # the search may stop early, once nothing better than its choice is left
    assert start.bound >= min(relaxed.bound * (1 - 1e-7), start.reached)
    assert start.bound >= best.objective >= start.reached
    assert relaxed.bound >= best.objective
    assert not (start.opened & start.shut).any()
    rest = max_coverage_core.smaller(core, start.opened, start.shut)
    again = max_coverage_branch_and_bound.best_of(
        rest, max_coverage_mip.Purse(6 - len(rest.opened)), 1.0, max_coverage_mip.highs.Clock(600)
    )
    assert max(again.reached, start.reached) == best.objective


def test_when_time_runs_out_the_choice_is_kept_and_the_gap_is_told() -> None:
    reach, people = a_town(3_000, 600, 900, seed=5)
    found = max_coverage(reach, people, 30, time_limit_s=0.001)
    later = max_coverage(reach, people, 30, time_limit_s=3)
    assert len(found.sites) == 30
    assert not found.proven
    assert found.status == "time_limit"
    assert found.bound >= later.bound >= later.objective >= found.objective > 0
    assert found.gap == pytest.approx((found.bound - found.objective) / found.objective)


def test_a_cancel_is_heard() -> None:
    reach, people = a_town(3_000, 600, 900, seed=5)

    def stop(_key: str, share: float) -> None:
        if share > 0.05:
            raise errors.Cancelled

    with pytest.raises(errors.Cancelled):
        max_coverage(reach, people, 40, time_limit_s=20, progress=stop)


def test_two_at_once_answer_as_one_after_the_other() -> None:
    asked = [(*a_town(600, 100, 1_300, seed), 6) for seed in range(6)]
    alone = [max_coverage(*question).sites.tolist() for question in asked]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(lambda question: max_coverage(*question), asked))
    assert [found.sites.tolist() for found in together] == alone


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"reach": np.ones((3, 0))}, "no_candidates"),
        ({"reach": np.ones((0, 2)), "weights": []}, "nobody_to_serve"),
        ({"weights": [0, 0, 0]}, "nobody_to_serve"),
        ({"weights": [1, -1, 1]}, "bad_weights"),
        ({"weights": [1, 1]}, "bad_weights"),
        ({"reach": np.array([[1, np.inf]] * 3)}, "bad_matrix"),
        ({"count": 3}, "too_many_sites"),
        ({"count": -1}, "bad_count"),
        ({"count": None}, "bad_count"),
        ({"count": 1.5}, "bad_count"),
        ({"costs": [1, -1], "budget": 1}, "bad_costs"),
        ({"budget": -1}, "bad_budget"),
        ({"budget": np.nan}, "bad_budget"),
        ({"budget": np.inf}, "bad_budget"),
        ({"budget": "much"}, "bad_budget"),
        ({"costs": [4, 3], "budget": 2}, "budget_too_small"),
        ({"costs": [4, 3], "budget": 3, "forbidden": [1]}, "budget_too_small"),
        ({"existing": [1], "forbidden": [1]}, "existing_forbidden"),
        ({"forbidden": [2]}, "bad_candidate"),
        ({"time_limit_s": -1}, "bad_time_limit"),
    ],
)
def test_a_question_without_sense_is_refused_in_words(wrong: Question, code: str) -> None:
    with refused(code, errors.SitingError) as caught:
        max_coverage(**{"reach": np.ones((3, 2)), "weights": [1, 1, 1], "count": 1, **wrong})
    assert caught.value.message("sv")
    assert caught.value.message("en")


def test_no_site_asked_for_costs_nothing() -> None:
    found = max_coverage(np.ones((2, 2)), [1, 1], 0, costs=[4, 3], budget=0)
    assert (found.sites.tolist(), found.objective, found.proven) == ([], 0.0, True)
