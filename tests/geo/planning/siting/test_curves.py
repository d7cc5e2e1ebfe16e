"""What one more site brings, and what it costs one group to serve another."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import SitingError
from geo.planning.siting.curves import curve, knee, trade_off
from geo.planning.siting.instance import prepare
from geo.planning.siting.proposal import propose
from tests.geo.planning.siting.town import ask, town, truth
from tests.geo.worlds import street
from tests.refusals import refused


@pytest.mark.parametrize("aim", ["coverage", "median", "centre"])
def test_every_point_of_the_curve_is_the_best_of_all_sets(aim: str) -> None:
    placing = prepare(town(3), ask(objective=aim))
    measured = truth(placing)
    found = curve(placing, 4)
    assert [point.count for point in found.points] == [0, 1, 2, 3, 4]
    for point in found.points:
        chosen = [placing.column(name) for name in point.ids]
        assert point.proven and len(chosen) == point.count
        assert measured.value(chosen) == pytest.approx(measured.best(point.count)[0][0], abs=1e-6)
        assert point.people == pytest.approx(measured.people(chosen))
        if point.walk is not None:
            after = measured.after(chosen)
            assert point.walk.worst_m == pytest.approx(after.max())
    if aim == "coverage":
        people = [point.people for point in found.points]
        assert people == sorted(people)
        assert people[2] == pytest.approx(propose(placing).people_after)


def test_the_curve_ends_where_the_candidates_do() -> None:
    assert len(curve(prepare(town(0), ask()), 50).points) == 8
    for most in (0, -1, True):
        with refused("bad_count", SitingError):
            curve(prepare(town(0), ask()), most)


def test_with_a_budget_the_curve_is_of_money() -> None:
    placing = prepare(town(5), ask(count=None, budget=12.0))
    found = curve(placing, 4)
    assert [point.budget for point in found.points] == [0, 3, 6, 9, 12]
    costs = dict(zip(placing.candidates.table["id"], placing.costs, strict=True))
    for point in found.points:
        assert sum(costs[name] for name in point.ids) <= (point.budget or 0)
    assert found.points[-1].people == pytest.approx(propose(placing).people_after)


def test_a_flat_curve_has_no_knee_however_its_digits_differ() -> None:
    assert knee([1912.0, 1912.0000002, 1912.0000002, 1912.0000002]) is None
    assert knee([0.0, 0.3, 0.3, 0.3]) is None
    assert knee([0.0, 120.0, 200.0, 200.0, 200.0]) == 2


def test_the_curve_of_walks_bends_though_nobody_walks_before_the_first_place() -> None:
    area = street(
        homes={100: 10, 500: 10, 900: 10},
        places={100: "school", 500: "school", 900: "school", 1000: "library"},
        estimated=True,
    )
    found = curve(prepare(area, ask(objective="median", kind="info_desk", kinds=())), 4)
    assert found.objective == "median" and not found.of_money
    means = [point.walk.mean_m for point in found.points if point.walk is not None]
    assert math.isnan(means[0])
    assert means[1:] == pytest.approx([800 / 3, 400 / 3, 0, 0], abs=1e-6)
    assert found.knee == knee([-mean for mean in means[1:]]) + 1


def test_the_knee_is_where_the_curve_bends_and_none_where_it_is_straight() -> None:
    assert knee([0, 10, 18, 19, 20]) == 2
    assert knee([0, 1, 2, 3, 4]) is None
    assert knee([5, 5, 5]) is None
    assert knee([0, 10]) is None
    assert knee([float("nan"), 1, 2]) is None
    assert knee([-9, -3, -2, -1.5]) == 1


@given(st.lists(st.floats(0, 100), min_size=3, max_size=12))
def test_the_knee_lies_farthest_above_the_chord(steps: list[float]) -> None:
    values = np.cumsum(sorted(steps, reverse=True))
    found = knee(values.tolist())
    if found is not None:
        chord = np.linspace(values[0], values[-1], len(values))
        assert values[found] - chord[found] == pytest.approx(max(values - chord))


def test_a_trade_off_gives_one_group_more_as_it_weighs_more() -> None:
    area = town(2)
    found = trade_off(area, ask(limit_m=200.0), steps=4)
    assert [point.balance for point in found] == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert all(point.proven for point in found)
    people, housing = zip(*((point.people, point.housing) for point in found), strict=True)
    assert list(housing) == sorted(housing)
    assert list(people) == sorted(people, reverse=True)
    alone = propose(prepare(area, ask(limit_m=200.0)))
    assert found[0].people == pytest.approx(alone.people_after)
    measured = truth(prepare(area, ask(limit_m=200.0, balance=1.0)))
    assert housing[-1] == pytest.approx(measured.best(2)[0][0] * _per_weight(measured))
    with refused("bad_count", SitingError):
        trade_off(area, ask(), steps=1)


def _per_weight(measured: object) -> float:
    placing = measured.placing  # type: ignore[attr-defined]
    return float(placing.housing.sum() / placing.weights.sum())
