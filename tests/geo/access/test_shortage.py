"""Places against children of an area: worked by hand on a street, and what must always hold."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.access.preschools.question import PreschoolQuestion
from geo.access.preschools.shortage import capacity_of, more_places
from geo.access.preschools.supply import Amount
from geo.errors import AreaLacks
from geo.models.assignment.assign import most_placed
from geo.presets import PRESCHOOL_METHODS
from tests.geo.preschool_worlds import ALL, nursery_street
from tests.refusals import refused

TODAY = date(2026, 11, 22)


def hand_worked(limit_m: float = 450, method: str = "2sfca", housing=None):
    """Homes at 100, 300 and 900 m with 10, 6 and 4 children; preschools at 0 m with 8 places and at
    700 m with 5.

    Within 450 m: 100 m and 300 m reach the first (100, 300 m); 300 m and 900 m the second (400,
    200 m). The eight enrolled at the first are of the ten at 100 m, the three at the second of the
    four at 900 m, who live nearest. Its two vacant places go to the fourth there and to one at
    300 m: all 13 are taken. All children want a place.
    """
    area = nursery_street(
        {100: 10, 300: 6, 900: 4},
        {0: {"platser": 8, "antal_barn": 8}, 700: {"platser": 5, "antal_barn": 3}},
        housing,
    )
    return capacity_of(
        area, PreschoolQuestion(take_up=ALL, when=TODAY, limit_m=limit_m, method=method)
    )


def test_the_street_by_hand() -> None:
    found = hand_worked()
    assert found.children.value == 20
    assert found.places == Amount(13, 13, 13) and found.vacancies == Amount(2, 2, 2)
    assert found.shortage.children.value == 7
    assert (found.shortage.by_distance, found.shortage.by_places) == (0, 7)
    assert found.placed.tolist() == [8, 1, 4]
    # 8 children walk 100 m, one 400 m and four 200 m.
    assert found.mean_walk_m == pytest.approx((800 + 400 + 800) / 13, abs=1e-4)
    first, second = found.preschools
    assert (first.assigned, second.assigned) == (8, 5)
    assert (first.children_in_reach, second.children_in_reach) == (16, 10)
    # One more place at the first lets one more in, from 100 m: all walk 100 m more.
    assert first.would_place and first.shadow_m == pytest.approx(-100, abs=1e-4)


def test_places_per_child_by_hand() -> None:
    found = hand_worked()
    ratios = 8 / 16, 5 / 10
    assert found.access == pytest.approx([ratios[0], sum(ratios), ratios[1]], abs=1e-9)
    by_name = {row.name: row for row in found.districts}
    assert by_name["Väst"].places_per_child == pytest.approx(0.5)
    assert by_name["Öst"].places_per_child == pytest.approx((6 * 1.0 + 4 * 0.5) / 10)


def test_districts_add_up_to_the_area() -> None:
    found = hand_worked()
    assert {row.name: row.children.value for row in found.districts} == {"Väst": 10, "Öst": 10}
    assert {row.name: row.places.value for row in found.districts} == {"Väst": 8, "Öst": 5}
    assert {row.name: row.enrolled for row in found.districts} == {"Väst": 8, "Öst": 3}
    assert {row.name: row.shortage.children.value for row in found.districts} == {
        "Väst": 2,
        "Öst": 5,
    }
    assert sum(row.surplus.value for row in found.districts) == 0
    assert {row.name: row.balance.value for row in found.districts} == {"Väst": -2, "Öst": -5}


def test_too_far_is_told_apart_from_too_few_places() -> None:
    found = hand_worked(limit_m=150)
    # Only the homes at 100 m have a preschool within 150 m, with 8 places for 10. Three of the ten
    # farther off are enrolled at the second and keep their places; its other two reach nobody.
    assert found.shortage.children.value == 9
    assert (found.shortage.by_distance, found.shortage.by_places) == (7, 2)
    assert found.shortage.unreachable == 0 and found.beyond_limit == 3
    assert sum(row.surplus.value for row in found.districts) == 2


def test_by_assignment_places_per_child_is_the_share_with_a_place() -> None:
    found = hand_worked(method="assignment")
    assert found.access == pytest.approx([0.8, 1 / 6, 1.0])


@pytest.mark.parametrize("method", PRESCHOOL_METHODS)
def test_the_shortage_is_the_same_whatever_the_method(method: str) -> None:
    assert hand_worked(method=method).shortage == hand_worked().shortage


def test_catchments_keep_the_places() -> None:
    for method in ("2sfca", "e2sfca", "balanced"):
        found = hand_worked(method=method)
        assert found.access @ found.demand.children == pytest.approx(13)


def test_newcomers_are_told_from_first_to_last_in_the_queue() -> None:
    housing = {800.0: {"namn": "Tegelhögen", "barn_1_5": 6}}
    found = hand_worked(housing=housing)
    # 100 m from the second preschool: nearer than all others, who would walk 200 or 400 m. Two of
    # its places are vacant: for two of the six, or, last in the queue, for none.
    assert found.newcomer_children == 6
    assert found.newcomers.children == Amount(4, 4, 6)
    home = found.housing[0]
    assert home.places == Amount(5, 5, 5) and home.vacancies == Amount(2, 2, 2)
    assert home.nearest[0].metres == pytest.approx(100, abs=1e-4)
    assert home.nearest[0].vacancies.value == 2
    assert home.shortage is not None and home.shortage.children.value == 4


def test_the_nearest_vacancies_of_a_housing_are_where_no_personal_number_is_needed() -> None:
    told = {"platser": 10, "antal_barn": 4}
    barring = {**told, "tar_emot_utan_personnummer": "nej"}
    area = nursery_street({100: 10}, {790: barring, 600: told}, {800.0: {"barn_1_5": 6}})
    found = capacity_of(area, PreschoolQuestion(when=TODAY))
    assert [each.id for each in found.housing[0].nearest] == ["preschool-600"]


def test_a_housing_of_unknown_size_has_no_shortage_but_what_is_near() -> None:
    found = hand_worked(housing={800.0: {"boende": 80}})
    assert found.housing[0].shortage is None and found.housing[0].places.value == 5
    assert found.problems[-1].what == "no_children"


def test_no_children_in_reach_is_said_and_divides_by_nothing() -> None:
    area = nursery_street({100: 10, 900: 0}, {0: {"platser": 8}})
    found = capacity_of(
        area, PreschoolQuestion(take_up=ALL, when=TODAY, limit_m=400, method="balanced")
    )
    east = next(row for row in found.districts if row.name == "Öst")
    assert east.children.value == 0 and east.places_per_child is None
    assert np.isfinite(found.access).all()


def test_a_preschool_of_unknown_size_takes_nobody_and_is_told_beside() -> None:
    area = nursery_street({100: 10}, {0: {"huvudman": "Enskild"}, 200: {"platser": 3}})
    found = capacity_of(area, PreschoolQuestion(take_up=ALL, when=TODAY, limit_m=400))
    assert found.places.value == 3 and len(found.supply.unknown) == 1
    assert found.preschools[0].assigned is None and found.preschools[0].left is None
    assert (found.shortage.by_places, found.shortage.beside_unknown) == (7, 7)
    # At best the preschool that says nothing has room for all of them.
    assert found.shortage.widest.low == 0 and found.shortage.children.low == 7


def test_a_preschool_that_does_not_exist_that_day_is_left_out_and_listed() -> None:
    area = nursery_street({100: 10}, {0: {"platser": 10, "valid_to": "2026-01-01"}})
    found = capacity_of(area, PreschoolQuestion(take_up=ALL, when=TODAY, limit_m=400))
    assert found.shortage.children.value == 10 and found.shortage.by_distance == 10
    assert [each.id for each in found.supply.not_valid] == ["preschool-0"]
    before = capacity_of(area, PreschoolQuestion(when=date(2025, 12, 31), limit_m=400))
    assert before.shortage.children.value == 0


def test_unreachable_children_are_counted_by_district() -> None:
    area = nursery_street({100: 10, 900: 4}, {0: {"platser": 30}})
    moved = area.people.geometry.copy()
    moved.iloc[1] = moved.iloc[1].__class__(moved.iloc[1].x, moved.iloc[1].y + 0.05)
    area = replace(area, people=area.people.set_geometry(moved), _snaps={})
    found = capacity_of(area, PreschoolQuestion(take_up=ALL, when=TODAY))
    assert found.shortage.unreachable == found.shortage.by_distance == 4
    assert {row.name: row.shortage.unreachable for row in found.districts} == {"Öst": 4, "Väst": 0}


def test_estimated_places_give_ranges_in_order() -> None:
    area = nursery_street({100: 100, 300: 60}, {0: {"antal_barn": 95}, 700: {"antal_barn": 38}})
    found = capacity_of(area, PreschoolQuestion(take_up=ALL, when=TODAY, limit_m=450))
    assert found.places == Amount(140, 133, 148)
    assert found.shortage.children == Amount(20, 12, 27)
    assert found.shortage.widest.low <= 12 and found.shortage.widest.high >= 27


def test_more_places_at_one_preschool_say_who_gains() -> None:
    gain = more_places(hand_worked(), "preschool-0", 10)
    # All seven get in, and the one who walked 400 m from 300 m now walks 300 m the other way.
    assert (gain.placed, gain.used, gain.shorter) == (7, 8, 1)
    assert gain.saved_m == pytest.approx(100, abs=1e-4)
    with refused("bad_preschool"):
        more_places(hand_worked(), "no-such", 10)


def test_what_can_not_be_asked_is_refused() -> None:
    area = nursery_street({100: 10}, {0: {"platser": 8}})
    for code, asked in (
        ("unknown_method", {"method": "3sfca"}),
        ("unknown_decay", {"decay": "cliff"}),
        ("bad_limit", {"limit_m": -1}),
    ):
        with refused(code):
            capacity_of(area, PreschoolQuestion(take_up=ALL, when=TODAY, **asked))
    with pytest.raises(AreaLacks):
        capacity_of(nursery_street({100: 10}, {}), PreschoolQuestion(take_up=ALL, when=TODAY))


homes_on_the_street = st.dictionaries(
    st.integers(0, 20).map(lambda at: at * 50.0), st.integers(0, 12), min_size=1, max_size=6
)
preschools_on_the_street = st.dictionaries(
    st.integers(0, 20).map(lambda at: at * 50.0 + 5), st.integers(0, 15), min_size=1, max_size=5
)


@settings(max_examples=15)
@given(
    homes_on_the_street,
    preschools_on_the_street,
    st.integers(1, 10),
    st.sampled_from([100, 300, 1000]),
    st.data(),
)
def test_opening_places_never_raises_the_shortage(homes, preschools, extra, limit_m, data) -> None:
    if not any(homes.values()):
        return
    grown_at = data.draw(st.sampled_from(sorted(preschools)))

    def ask(places):
        details = {at: {"platser": count} for at, count in places.items()}
        area = nursery_street({at: float(count) for at, count in homes.items()}, details)
        return capacity_of(area, PreschoolQuestion(take_up=ALL, when=TODAY, limit_m=limit_m))

    before = ask(preschools)
    after = ask({**preschools, grown_at: preschools[grown_at] + extra})
    assert after.shortage.children.value <= before.shortage.children.value
    assert after.shortage.by_distance == before.shortage.by_distance
    assert after.shortage.children.value >= before.shortage.children.value - extra
    for found in (before, after):
        assert found.placed.sum() + found.shortage.children.value == found.children.value
        parts = found.shortage.by_distance + found.shortage.by_places
        assert parts == found.shortage.children.value
        assert sum(row.shortage.children.value for row in found.districts) == parts
        assert sum(row.children.value for row in found.districts) == found.children.value
        assert sum(row.assigned or 0 for row in found.preschools) == found.placed.sum()
        most = most_placed(
            found.assignment.question.metres,
            found.demand.children,
            found.assignment.question.places,
        )
        assert most == found.placed.sum()


@settings(max_examples=15)
@given(homes_on_the_street, preschools_on_the_street, st.sampled_from([100, 300, 1000]))
def test_ranges_are_in_order_everywhere(homes, enrolled, limit_m) -> None:
    if not any(homes.values()):
        return
    details = {at: {"antal_barn": count} for at, count in enrolled.items()}
    housing = {507.0: {"barn_1_5": 3}}
    area = nursery_street({at: float(count) for at, count in homes.items()}, details, housing)
    found = capacity_of(area, PreschoolQuestion(take_up=ALL, when=TODAY, limit_m=limit_m))
    amounts = [found.children, found.places, found.vacancies]
    for short in (
        found.shortage,
        found.newcomers,
        *(row.shortage for row in found.districts),
        *(row.shortage for row in found.housing if row.shortage),
    ):
        amounts += [short.children, short.widest]
        assert short.widest.low <= short.children.low <= short.children.high <= short.widest.high
    amounts += [row.surplus for row in found.districts]
    amounts += [row.balance for row in found.districts]
    amounts += [row.left for row in found.preschools if row.left]
    assert all(each.low <= each.value <= each.high for each in amounts)
    assert found.mean_walk_m <= limit_m or math.isnan(found.mean_walk_m)
