"""Children aged 1–5: by the stated rule, whole, with totals kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo import texts
from geo.access.preschools.demand import demand_of, whole_numbers
from geo.access.preschools.supply import Amount
from geo.area.record_fields import rules
from geo.errors import AreaLacks
from geo.output.words.sources import chapters
from tests.geo.preschool_worlds import nursery_street
from tests.tiny import tiny_area

NO_PLACES: dict[float, dict[str, object]] = {0.0: {"platser": 10}}


def test_four_fifths_of_0_to_4_and_one_fifth_of_5_to_9() -> None:
    area = nursery_street({100: 50, 800: 0}, NO_PLACES, five_to_nine={100: 40, 800: 0})
    found = demand_of(area)
    assert found.rule == "bands"
    assert found.children.tolist() == [48, 0]  # 0.8 · 50 + 0.2 · 40
    assert found.low.tolist() == [43, 0]  # 0.75 · 50 + 0.15 · 40 = 43.5
    assert found.high.tolist() == [53, 0]  # 0.85 · 50 + 0.25 · 40 = 52.5
    assert found.amount().value == 48


def test_without_5_to_9_the_band_0_to_4_alone_is_used_and_said() -> None:
    found = demand_of(nursery_street({100: 50}, NO_PLACES))
    assert found.rule == "first_band" and found.children.tolist() == [50]


def test_a_band_missing_in_one_row_is_as_large_there_as_the_first() -> None:
    area = nursery_street({100: 50, 800: 10}, NO_PLACES, five_to_nine={100: 0})
    assert demand_of(area).children.tolist() == [40, 10]


def test_children_1_to_5_that_are_told_are_no_estimate() -> None:
    area = nursery_street({100: 50}, NO_PLACES)
    area.people["children_1_5"] = [37.0]
    found = demand_of(area)
    assert found.rule == "told" and found.amount() == Amount(37, 37, 37)


def test_children_in_transitional_housing_are_counted_as_they_are() -> None:
    housing = {500.0: {"barn_1_5": 7}, 600.0: {"children_0_5": "4"}}
    found = demand_of(nursery_street({100: 10}, NO_PLACES, housing))
    assert found.children.tolist() == [10, 7, 4]
    assert found.counted.tolist() == [False, True, True]
    assert found.low.tolist()[1:] == found.high.tolist()[1:] == [7, 4]
    assert [family.with_infants for family in found.families] == [False, True]


@pytest.mark.parametrize("cell", ["2.5", -1, "några"])
def test_fractional_and_negative_children_are_listed_with_their_row(cell: object) -> None:
    housing = {500.0: {"barn_1_5": 3}, 600.0: {"barn_1_5": cell}}
    found = demand_of(nursery_street({100: 10}, NO_PLACES, housing))
    assert found.children.tolist() == [10, 3, 0]
    (problem,) = found.problems
    assert problem.what == "no_children_count"
    assert problem.values == {"row": 2, "found": str(cell)}
    assert found.families[1].children is None


def test_housing_that_says_nothing_of_children_is_listed() -> None:
    found = demand_of(nursery_street({100: 10}, NO_PLACES, {500.0: {"boende": 80}}))
    assert [each.what for each in found.problems] == ["no_children"]


def test_shares_a_housing_gives_are_passed_on_and_wrong_ones_told() -> None:
    details = {"barn_1_5": 3, "andel_inskrivna": "40 %", "three_year_olds_without_place": 250}
    found = demand_of(nursery_street({100: 10}, NO_PLACES, {500.0: details}))
    assert found.families[0].enrolled_share == 0.4
    assert found.families[0].three_year_olds_without_place is None
    assert [each.what for each in found.problems] == ["no_share"]


def test_nobody_known_to_be_small_is_refused_with_what_to_do() -> None:
    area = nursery_street({100: 10}, NO_PLACES)
    area = replace(area, people=area.people.drop(columns="children_0_4"))
    with pytest.raises(AreaLacks) as refused:
        demand_of(area)
    assert "antalet barn 1–5 år i genomgångsbostäderna" in refused.value.message("sv")


def test_the_tiny_area_keeps_its_children() -> None:
    area = tiny_area()
    found = demand_of(area)
    assert found.amount().value == round(area.people["children_0_4"].sum())


amounts = arrays(np.float64, st.integers(1, 60), elements=st.floats(0, 9, width=32))


@given(amounts, st.randoms(use_true_random=False))
def test_rounding_keeps_the_total_of_all_of_each_unit_and_of_each_row(values, random) -> None:
    units = np.array([random.randrange(4) for _ in values])
    whole = whole_numbers(values, units)
    assert (whole >= 0).all()
    assert whole.sum() == np.floor(values.sum() + 0.5) or abs(whole.sum() - values.sum()) <= 0.501
    assert (np.abs(whole - values) <= 1 + 1e-5).all()
    for unit in set(units):
        assert abs(whole[units == unit].sum() - values[units == unit].sum()) <= 1 + 1e-5


@given(amounts)
def test_rounding_is_the_same_each_time_and_keeps_whole_numbers(values) -> None:
    units = np.zeros(len(values), np.int64)
    assert (whole_numbers(values, units) == whole_numbers(values.copy(), units)).all()
    assert (whole_numbers(np.floor(values), units) == np.floor(values)).all()


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=12),
)
def test_few_likely_and_many_are_in_order_in_every_row(counts) -> None:
    homes = {50.0 * at: float(first) for at, (first, _) in enumerate(counts)}
    if not any(homes.values()):
        return
    later = {50.0 * at: float(second) for at, (_, second) in enumerate(counts)}
    found = demand_of(nursery_street(homes, NO_PLACES, five_to_nine=later))
    assert (found.low <= found.children).all() and (found.children <= found.high).all()
    assert (found.low >= 0).all()


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_the_method_page_tells_the_rules_that_are_used(language: str) -> None:
    words = next(each.words for each in chapters(language) if each.id == "preschools")
    words = words.replace("\u00a0", " ").replace(" %", "%")
    used = rules()
    for share in (used.filled.share, used.filled.most_places, used.bands.least, used.bands.most):
        assert f"{share:.0%}" in words
    assert str(used.growing.module) in words
    assert used.bands.one_year == 0.2 and used.filled.fewest_places == 1
    assert (used.growing.most_modules_existing, used.growing.most_modules_new) == (2, 6)
