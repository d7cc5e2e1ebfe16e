"""Cover all against every choice there is, other solvers and what must always hold."""

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

from geo import errors
from geo.models.location.model import Siting
from geo.models.location.set_cover import least_cost
from geo.models.location.set_cover.least_cost import cover_all
from tests.geo.models.location.test_coverage import a_town
from tests.refusals import refused

Question = dict[str, Any]


def a_question(seed: int) -> Question:
    """Return a small question of any kind: open sites, costs, ties, unreachable rows."""
    draw = np.random.default_rng(seed)
    rows, columns = int(draw.integers(1, 30)), int(draw.integers(1, 11))
    reach = (draw.random((rows, columns)) < draw.uniform(0.05, 0.5)).astype(float)
    if draw.random() < 0.3:
        reach[:, draw.integers(columns)] = reach[:, draw.integers(columns)]
    asked: Question = {"reach": reach}
    asked["existing"] = draw.permutation(columns)[: draw.integers(0, 3)].tolist()
    kind = draw.integers(4)
    if kind == 1:
        asked["costs"] = draw.integers(0, 6, columns).astype(float)
    elif kind == 2:
        asked["costs"] = draw.random(columns) * 1e5
    elif kind == 3:
        asked["costs"] = draw.integers(1, 6, columns) * 250.0
    return asked


def least_by_trying_all(asked: Question) -> float:
    """Return the least cost of any choice that reaches every row some candidate reaches."""
    reach = asked["reach"] != 0
    columns = reach.shape[1]
    costs = asked.get("costs", np.ones(columns))
    free = sorted(set(range(columns)) - set(asked["existing"]))
    wanted = reach[reach.any(axis=1)]
    return min(
        costs[list(sites)].sum()
        for size in range(len(free) + 1)
        for sites in itertools.combinations(free, size)
        if wanted[:, [*sites, *asked["existing"]]].any(axis=1).all()
    )


def check(found: Siting, asked: Question) -> None:
    """Prove that an answer says of itself what is so."""
    reach = asked["reach"] != 0
    costs = asked.get("costs", np.ones(reach.shape[1]))
    sites = found.sites.tolist()
    assert sites == sorted(set(sites))
    assert not set(sites) & set(asked["existing"])
    everyone = [*sites, *asked["existing"]]
    served = reach[:, everyone].any(axis=1)
    assert (served == reach.any(axis=1)).all()
    assert found.objective == pytest.approx(costs[sites].sum(), rel=1e-12)
    assert found.bound <= found.objective
    assert found.unserved == 0
    assert found.unreachable == (~reach.any(axis=1)).sum()
    for site in sites:  # none is there for nothing
        fewer = [other for other in everyone if other != site]
        assert (reach[:, fewer].any(axis=1) != served).any()
    for row, site in enumerate(found.assignment):
        assert reach[row, site] if site >= 0 else not reach[row].any()


@pytest.mark.parametrize("block", range(8))
def test_no_choice_of_all_that_reaches_everyone_costs_less(block: int) -> None:
    for seed in range(block * 75, block * 75 + 75):
        asked = a_question(seed)
        found = cover_all(**asked)
        check(found, asked)
        assert found.proven, seed
        assert found.objective == pytest.approx(least_by_trying_all(asked), rel=1e-9), seed


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("seed", range(4))
def test_another_solver_needs_as_many_sites(seed: int) -> None:
    spopt = pytest.importorskip("spopt.locate")
    pulp = pytest.importorskip("pulp")
    reach, _ = a_town(300, 60, 1_800, seed)
    dense = np.zeros(reach.shape)
    row = np.repeat(np.arange(reach.shape[0]), np.diff(reach.indptr))
    dense[row, reach.indices] = 1.0
    served = dense[dense.any(axis=1)]
    model = spopt.LSCP.from_cost_matrix(1.0 - served, 0.5)
    model.solve(pulp.PULP_CBC_CMD(msg=0))
    found = cover_all(reach)
    assert found.proven
    assert found.objective == model.problem.objective.value()


def test_san_francisco_needs_the_published_number(shared_data: Path) -> None:
    folder = shared_data / "optima" / "san_francisco"
    table = pd.read_csv(folder / "SF_network_distance_candidateStore_16_censusTract_205_new.csv")
    metres = table.pivot_table(values="distance", index="DestinationName", columns="name")
    found = cover_all((metres.to_numpy() <= 5_000).astype(float))
    expected = pd.read_json(folder / "expected.json", typ="series")
    assert found.proven
    assert found.objective == expected["LSCP_min_facilities"]


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000))
def test_an_open_site_never_makes_it_dearer(seed: int) -> None:
    asked = a_question(seed)
    more = sorted({*asked["existing"], 0})
    with_one_more = cover_all(**{**asked, "existing": more})
    assert with_one_more.objective <= cover_all(**asked).objective * (1 + 1e-9)


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000))
def test_a_row_told_twice_changes_nothing(seed: int) -> None:
    asked = a_question(seed)
    twice = {**asked, "reach": np.vstack([asked["reach"], asked["reach"]])}
    assert cover_all(**twice).objective == pytest.approx(cover_all(**asked).objective)
    assert cover_all(**twice).unreachable == 2 * cover_all(**asked).unreachable


def test_a_stored_zero_is_in_reach() -> None:
    reach = csr_array((np.array([0.0, 0.0]), np.array([1, 1]), np.array([0, 1, 2])), shape=(2, 3))
    found = cover_all(reach)
    assert found.sites.tolist() == [1]
    assert found.unreachable == 0


def test_nobody_in_reach_needs_no_site() -> None:
    found = cover_all(np.zeros((3, 2)))
    assert (found.sites.tolist(), found.objective, found.unreachable) == ([], 0.0, 3.0)
    assert found.proven
    assert found.assignment.tolist() == [-1, -1, -1]


def test_rows_that_existing_sites_reach_ask_for_nothing() -> None:
    found = cover_all([[1, 0], [1, 1]], existing=[0])
    assert (found.sites.tolist(), found.objective) == ([], 0.0)


def test_when_time_runs_out_everyone_is_reached_and_the_gap_is_told() -> None:
    reach, _ = a_town(3_000, 600, 900, seed=5)
    found = cover_all(reach, time_limit_s=0.001)
    proven_bound = cover_all(reach, time_limit_s=2).bound
    assert found.unserved == 0
    assert ((found.assignment >= 0) == (np.diff(reach.indptr) > 0)).all()
    assert not found.proven
    assert found.status == "time_limit"
    assert found.bound <= proven_bound < found.objective
    assert found.gap == pytest.approx((found.objective - found.bound) / found.objective)


def test_a_cancel_is_heard() -> None:
    reach, _ = a_town(3_000, 600, 900, seed=5)

    def stop(_key: str, share: float) -> None:
        if share > 0.02:
            raise errors.Cancelled

    with pytest.raises(errors.Cancelled):
        cover_all(reach, time_limit_s=20, progress=stop)


def test_two_at_once_answer_as_one_after_the_other() -> None:
    asked = [a_town(400, 80, 1_500, seed)[0] for seed in range(4)]
    alone = [cover_all(reach).sites.tolist() for reach in asked]
    with ThreadPoolExecutor(2) as pool:
        assert [found.sites.tolist() for found in pool.map(cover_all, asked)] == alone


def test_the_bound_of_a_hard_town_holds_for_the_best_answer_known() -> None:
    """The relaxation's bound, worked out from prices, against the solver's own."""
    reach, _ = a_town(1_500, 300, 1_300, seed=2)
    ones = csr_array((np.ones(reach.nnz, np.int8), reach.indices, reach.indptr), reach.shape)
    wanted = ones[np.diff(ones.indptr) > 0]
    core = least_cost.essence(wanted, np.arange(300), np.ones(300))
    linprog = pytest.importorskip("scipy.optimize").linprog
    full = linprog(np.ones(300), A_ub=-wanted, b_ub=-np.ones(wanted.shape[0]), bounds=(0, 1))
    least = least_cost.least_cost(core, least_cost.highs.Clock(600))
    assert len(core.opened) + least.bound >= full.fun - 1e-6
    assert len(core.opened) + least.cost == cover_all(reach, time_limit_s=600).objective


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"reach": np.ones((2, 0))}, "no_candidates"),
        ({"reach": np.ones((0, 2))}, "nobody_to_serve"),
        ({"reach": [[np.nan, 1.0]]}, "bad_matrix"),
        ({"reach": [[1.0, -1.0]]}, "bad_matrix"),
        ({"costs": [1.0]}, "bad_costs"),
        ({"costs": [1.0, -2.0]}, "bad_costs"),
        ({"existing": [2]}, "bad_candidate"),
        ({"time_limit_s": 0}, "bad_time_limit"),
    ],
)
def test_a_question_without_sense_is_refused_in_words(wrong: Question, code: str) -> None:
    with refused(code, errors.SitingError) as caught:
        cover_all(**{"reach": np.ones((3, 2)), **wrong})
    assert caught.value.message("sv")
    assert caught.value.message("en")
