"""Where to add places: the least cost, against all ways tried one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.access.preschools.question import PreschoolQuestion
from geo.access.preschools.shortage import capacity_of
from geo.area.record_fields import Growing
from geo.models.assignment.assign import most_placed
from geo.models.location.highs import Clock
from geo.network.distances import within
from geo.planning import preschool_expansion
from geo.planning.preschool_expansion import (
    Options,
    cost_of,
    least_cost,
    rounded_up,
    share_of,
    where_to_add,
)
from tests.geo.preschool_worlds import ALL, nursery_street
from tests.refusals import refused

TODAY = date(2026, 11, 22)
SMALL = Growing(3, 2, 3, 4, ("meeting_place",))


@pytest.fixture(autouse=True)
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups of three places, so that a street is enough."""
    rules = replace(preschool_expansion.rules(), growing=SMALL)
    monkeypatch.setattr(preschool_expansion, "rules", lambda: rules)


def asked(others=None, homes=None):
    area = nursery_street(
        homes or {100: 10, 900: 8}, {0: {"platser": 8}, 700: {"platser": 5}}, others=others
    )
    return area, capacity_of(area, PreschoolQuestion(take_up=ALL, when=TODAY, limit_m=450))


def test_the_cheapest_growth_is_found_and_proven() -> None:
    area, answer = asked()
    assert answer.shortage.children.value == 5
    found = where_to_add(area, answer, target=0.9)
    # 17 of 18 wanted: 13 have a place; a group at each preschool gives 2 + 3 more.
    assert found.wanted == 17 and found.placed_before == 13 and found.placed_after == 18
    assert {extra.id: extra.places for extra in found.extras} == {
        "preschool-0": 3,
        "preschool-700": 3,
    }
    assert found.cost == found.bound == 6 and found.proven and found.gap == 0
    assert not any(extra.new for extra in found.extras)


def test_a_target_already_met_costs_nothing() -> None:
    area, answer = asked()
    found = where_to_add(area, answer, target=0.5)
    assert found.extras == () and found.cost == 0 and found.proven


def test_a_new_site_opens_where_no_preschool_can_grow_enough() -> None:
    homes = {100: 10, 900: 14}
    area, answer = asked({950: "meeting_place"}, homes)
    found = where_to_add(area, answer, target=1)
    assert found.placed_after == 24 and found.sites == 1
    new = next(extra for extra in found.extras if extra.new)
    assert new.id == "meeting_place-950" and new.kind == "meeting_place"
    # 2 wanted at the first; 9 at 900 m: two groups at the second and one at the new site, or all
    # three at the new site. Either way four groups and one site.
    assert found.cost == 4 * 3 + 4 and found.proven


def test_more_than_can_be_is_refused_with_what_can() -> None:
    area, answer = asked(homes={100: 100, 900: 8})
    with refused("target_out_of_reach") as caught:
        where_to_add(area, answer, target=0.95)
    # 8 + 6 of the hundred and all 8 at 900 m: 22 of 108.
    assert caught.value.values["most"] == 20.3
    assert "20,3 procent" in caught.value.message("sv")


@pytest.mark.parametrize("target", ["", "0", 1.2, "95%", float("nan"), -1])
def test_a_target_that_is_no_share_is_refused(target: object) -> None:
    with refused("bad_target"):
        share_of(target)


def test_a_preschool_of_unknown_size_does_not_grow() -> None:
    area = nursery_street({100: 10}, {0: {"huvudman": "Enskild"}, 200: {"platser": 4}})
    answer = capacity_of(area, PreschoolQuestion(take_up=ALL, when=TODAY, limit_m=450))
    found = where_to_add(area, answer, target=1)
    assert [extra.id for extra in found.extras] == ["preschool-200"]


@settings(max_examples=40)
@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=5),
    st.lists(st.integers(0, 6), min_size=1, max_size=3),
    st.integers(0, 2),
    st.floats(0.3, 1),
    st.randoms(use_true_random=False),
)
def test_no_way_of_adding_groups_is_cheaper(children, places, new, share, random) -> None:
    columns = len(places) + new
    reach = np.array([[random.random() < 0.6 for _ in range(columns)] for _ in children])
    metres = preschool_expansion.beside(
        _sparse(reach[:, : len(places)]), _sparse(reach[:, len(places) :])
    )
    most = np.array([2] * len(places) + [3] * new)
    options = Options(
        metres,
        np.array([*places, *[0] * new]),
        most,
        np.array([0] * len(places) + [1] * new),
    )
    people = np.array(children)
    wanted = int(np.ceil(share * people.sum()))
    costs = {
        modules: cost_of(np.array(modules), options, SMALL)
        for modules in product(*(range(count + 1) for count in most))
        if most_placed(metres, people, options.places + 3 * np.array(modules)) >= wanted
    }
    if not costs:
        return
    found, bound, status = least_cost(options, people, wanted, SMALL, Clock(20))
    assert status == "optimal"
    cost = cost_of(found, options, SMALL)
    assert cost == min(costs.values())
    assert min(cost, rounded_up(bound, SMALL)) == pytest.approx(cost)
    assert most_placed(metres, people, options.places + 3 * found) >= wanted


def _sparse(reach):
    from scipy.sparse import csr_array

    return csr_array(reach.astype(float))


def test_beside_keeps_both_and_zeros() -> None:
    area = nursery_street({100: 10, 900: 4}, {100: {"platser": 1}, 700: {"platser": 1}})
    both = within(area.network, area.people.geometry, area.places.geometry, within_m=450)
    joined = preschool_expansion.beside(both[:, [0]], both[:, [1]])
    assert (joined.indptr == both.indptr).all() and (joined.indices == both.indices).all()
    assert joined.data.tolist() == both.data.tolist()
