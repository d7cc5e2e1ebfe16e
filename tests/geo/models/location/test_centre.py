"""The p-center against trying all choices, published optima and another library."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import Cancelled, SitingError
from geo.models.location import highs
from geo.models.location.p_center.search import core_of, decide, fewest
from geo.models.location.p_center.solve import p_center
from tests.geo.models.location import median_cases as cases
from tests.refusals import refused


@pytest.mark.parametrize("hundred", range(8))
def test_no_choice_has_a_shorter_longest_way(hundred: int) -> None:
    left_out = 0
    for seed in range(100 * hundred, 100 * hundred + 100):
        case = cases.case(seed)
        free = case.free(forbid=False)
        count = min(case.count, len(free))
        most, least = case.best(count, free, longest=True)
        found = p_center(case.matrix, count, existing=case.existing, weights=case.people)
        assert found.proven and found.status == "optimal", seed
        assert case.people[found.assignment >= 0].sum() == pytest.approx(most), seed
        assert found.objective == least and found.bound == least and found.gap == 0, seed
        assert len(found.sites) == count and np.isin(found.sites, free).all(), seed
        assert np.array_equal(found.sites, np.unique(found.sites))
        reachable = case.people[case.in_reach.any(axis=1)].sum()
        assert found.unserved == pytest.approx(reachable - most), seed
        assert found.unreachable == pytest.approx(case.people.sum() - reachable), seed
        left_out += found.unserved > 0
    assert left_out > 10, "the cases hold no question where somebody must be left out"


@pytest.mark.parametrize("seed", range(60))
def test_what_covers_a_core_covers_all_and_what_can_not_is_proven(seed: int) -> None:
    """Rows and sites dropped for others change nothing: by trying all choices of three."""
    random = np.random.default_rng(seed)
    inside = random.random((20, 10)) < random.choice([0.25, 0.4, 0.55])
    can = any(
        inside[:, [a, b, c]].any(axis=1).all()
        for a in range(10) for b in range(a) for c in range(b)
    )  # fmt: skip
    core = core_of(inside, 3)
    if core.is_impossible or not len(core.inside):
        assert (not core.is_impossible) == can
        sites = core.kept
    else:
        bound, _ = fewest(core, highs.Clock(600))
        verdict, found = decide(core, highs.Clock(600))
        sites = np.concatenate([core.kept, core.sites[found]])
        assert verdict == can
        assert not can or bound <= len(found) + 1e-9
    if can:
        assert len(sites) <= 3 and inside[:, sites].any(axis=1).all()


@pytest.mark.parametrize(("rows", "sites", "count"), [(60, 20, 3), (100, 30, 6), (80, 40, 12)])
def test_another_library_finds_no_less(rows: int, sites: int, count: int) -> None:
    metres, _ = cases.in_the_plane(rows, sites, rows)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pulp
        from spopt.locate import PCenter

        model = PCenter.from_cost_matrix(metres, count).solve(pulp.HiGHS(msg=False))
    found = p_center(metres, count)
    assert found.proven
    assert found.objective == pytest.approx(model.problem.objective.value(), rel=1e-6)


@pytest.mark.shared
@pytest.mark.parametrize("number", range(1, 21))
def test_published_optima_are_found_and_proven(shared_data: Path, number: int) -> None:
    metres, count = cases.published(shared_data / "optima", number)
    lines = (shared_data / "optima" / "kcenteropt.txt").read_text().splitlines()
    optimum = dict(line.split() for line in lines if line.strip())[f"pmed{number}"]
    found = p_center(metres, count)
    assert found.proven and found.objective == float(optimum)


@pytest.mark.shared
def test_san_francisco_is_as_published(shared_data: Path) -> None:
    metres, people = cases.san_francisco(shared_data / "optima")
    path = shared_data / "optima" / "san_francisco" / "expected.json"
    expected = json.loads(path.read_text())
    found = p_center(metres, 4, weights=people)
    assert found.proven
    assert found.objective == pytest.approx(expected["PCenter_max_distance_m"], abs=1e-3)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(1, 7), scale=st.floats(1e-3, 1e4))
def test_more_sites_never_lengthen_the_longest_way_and_scaling_scales(
    seed: int, count: int, scale: float
) -> None:
    random = np.random.default_rng(seed)
    metres, people = random.random((15, 9)) * 1000, random.random(15) * 30
    found = p_center(metres, count)
    assert found.bound <= found.objective
    assert p_center(metres, count + 1).objective <= found.objective
    assert p_center(metres * scale, count).objective == pytest.approx(found.objective * scale)
    assert p_center(metres, count, weights=people).objective == found.objective
    helped = p_center(metres, count, existing=[0])
    assert helped.objective <= found.objective
    assert 0 not in helped.sites and len(helped.sites) == count


def test_rows_without_people_do_not_lengthen_the_way() -> None:
    metres = [[0.0, 900.0], [900.0, 0.0], [5.0, 900.0]]
    assert p_center(metres, 1, weights=[1, 0, 1]).objective == 5
    assert p_center(metres, 1).objective == 900


def test_no_new_site_counts_what_exists() -> None:
    found = p_center([[3, 7], [5, 1]], 0, existing=[0])
    assert found.sites.tolist() == [] and found.objective == 5 and found.proven


def test_no_site_at_all_leaves_everybody_unserved() -> None:
    found = p_center([[3, 7], [5, 1]], 0)
    assert found.objective == 0 and found.unserved == 2 and found.assignment.tolist() == [-1, -1]


def test_the_count_is_filled_with_the_first_candidates() -> None:
    found = p_center([[9, 9, 9, 0], [9, 9, 9, 0]], 3)
    assert found.objective == 0 and found.sites.tolist() == [0, 1, 3]


def test_the_same_question_has_the_same_answer() -> None:
    metres = np.round(cases.in_the_plane(80, 25, 1)[0], -2)
    answers = [p_center(metres, 5).sites.tolist() for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]


def test_what_time_leaves_is_a_choice_with_a_true_bound() -> None:
    metres, _ = cases.in_the_plane(800, 200, 5)
    hurried = p_center(metres, 12, time_limit_s=0.05)
    proven = p_center(metres, 12)
    assert not hurried.proven and hurried.status == "time_limit" and hurried.gap > 0
    assert hurried.bound <= proven.bound and proven.objective <= hurried.objective
    assert hurried.objective == metres[:, hurried.sites].min(axis=1).max()
    assert len(hurried.sites) == 12


@pytest.mark.parametrize("after", [1, 3, 6])
def test_whoever_cancels_is_heard(after: int) -> None:
    metres, _ = cases.in_the_plane(1500, 400, 2)
    told: list[float] = []

    def listen(key: str, share: float) -> None:
        assert key == "progress.solving" and 0 <= share <= 1
        told.append(share)
        if len(told) >= after:
            raise Cancelled

    with pytest.raises(Cancelled):
        p_center(metres, 30, progress=listen)
    assert len(told) == after


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"count": 4}, "too_many_sites"),
        ({"count": 3, "existing": [0]}, "too_many_sites"),
        ({"count": 1, "existing": [0, 1, 2]}, "no_candidates"),
        ({"count": -1}, "bad_count"),
        ({"count": 1.5}, "bad_count"),
        ({"weights": [1, -1]}, "bad_weights"),
        ({"weights": [1, np.nan]}, "bad_weights"),
        ({"weights": [1, 1, 1]}, "bad_weights"),
        ({"weights": [0, 0]}, "nobody_to_serve"),
        ({"existing": [3]}, "bad_candidate"),
        ({"distances": [[1, np.nan, 2], [1, 2, 3]]}, "bad_matrix"),
        ({"distances": [[1, np.inf, 2], [1, 2, 3]]}, "bad_matrix"),
        ({"distances": [[1, -1, 2], [1, 2, 3]]}, "bad_matrix"),
        ({"distances": [1, 2, 3]}, "bad_matrix"),
        ({"distances": np.empty((2, 0))}, "no_candidates"),
        ({"distances": np.empty((0, 3))}, "nobody_to_serve"),
        ({"time_limit_s": 0}, "bad_time_limit"),
    ],
)
def test_a_question_without_an_answer_is_refused(change: dict[str, object], code: str) -> None:
    asked = {"distances": [[1, 2, 3], [4, 5, 6]], "count": 1, **change}
    with refused(code, SitingError):
        p_center(**asked)  # type: ignore[arg-type]
