"""Gaps against cases worked by hand, and what must always hold."""

from __future__ import annotations

import math
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo import texts
from geo.access import gaps
from geo.area.model import Area
from geo.output.maps import places_and_gaps as places_and_gaps_map
from geo.output.words import area_and_gaps as area_and_gaps_words
from tests.geo.worlds import street
from tests.refusals import refused

people_and_metres = st.integers(1, 40).flatmap(
    lambda size: st.tuples(
        arrays(float, size, elements=st.one_of(st.floats(0, 5000), st.just(math.inf))),
        arrays(float, size, elements=st.floats(0, 500)),
    )
)


@pytest.fixture
def area() -> Area:
    """A straight street of 1,000 m; one preschool at 0 m; 10, 20 and 30 children along it."""
    return street(homes={100.0: 10, 500.0: 20, 900.0: 30}, places={0.0: "preschool"})


def test_measures_of_a_case_worked_by_hand() -> None:
    metres = np.array([100.0, 500.0, 800.0, math.inf])
    people = np.array([4.0, 2.0, 1.0, 1.0])
    found = gaps.measures(metres, people, 400.0)
    assert found.people == 8
    assert found.beyond == 4
    assert found.share_beyond == 0.5
    assert found.unreachable == 1
    # 100 m and 100 m and 400 m beyond; the unreachable person is not in the mean.
    assert found.mean_m_beyond == pytest.approx((100 * 2 + 400) / 3)
    # Shortfalls 0.25, 0.25, 1, and (3T - T)/T = 2 for the unreachable.
    assert found.fgt0 == 0.5
    assert found.fgt1 == pytest.approx((0.25 * 2 + 1 + 2) / 8)
    assert found.fgt2 == pytest.approx((0.0625 * 2 + 1 + 4) / 8)


def test_a_walk_of_exactly_the_limit_is_within_it() -> None:
    found = gaps.measures(np.array([400.0]), np.array([3.0]), 400.0)
    assert found.beyond == 0
    assert math.isnan(found.mean_m_beyond)


def test_nobody_gives_unknown_shares_and_not_zero() -> None:
    found = gaps.measures(np.array([]), np.array([]), 400.0)
    assert found.people == 0
    assert math.isnan(found.share_beyond)


@given(people_and_metres, st.floats(1, 4000), st.floats(1, 4000))
def test_a_longer_limit_never_leaves_more_people_beyond(
    world: tuple[np.ndarray, np.ndarray], one: float, other: float
) -> None:
    metres, people = world
    near, far = sorted((one, other))
    assert (
        gaps.measures(metres, people, far).beyond
        <= gaps.measures(metres, people, near).beyond + 1e-9
    )


@given(people_and_metres, st.floats(1, 4000))
def test_fgt_zero_is_the_share_and_the_unreachable_are_among_those_beyond(
    world: tuple[np.ndarray, np.ndarray], limit_m: float
) -> None:
    metres, people = world
    found = gaps.measures(metres, people, limit_m)
    assert found.unreachable <= found.beyond + 1e-9
    assert found.beyond <= found.people + 1e-9
    if found.people > 0:
        assert found.fgt0 == found.share_beyond
        assert found.fgt0 >= 0
        assert found.fgt1 >= 0


def test_gap_along_a_street(area: Area) -> None:
    answer = gaps.gap(area, kind="preschool", limit_m=400, group="children_0_4")
    assert answer.people == 60
    assert answer.beyond == 50
    assert answer.mean_m_beyond == pytest.approx((100 * 20 + 500 * 30) / 50, abs=1e-6)
    assert not answer.estimated


def test_districts_sum_to_the_area(area: Area) -> None:
    answer = gaps.gap(area, kind="preschool", limit_m=400, group="children_0_4")
    assert sum(row.people or 0 for row in answer.districts) == answer.people
    assert sum(row.beyond or 0 for row in answer.districts) == answer.beyond
    assert {row.name for row in answer.districts} == {"Väst", "Öst"}


def test_concentration_is_the_share_that_would_have_to_move(area: Area) -> None:
    # West: 10 of 60 people and none of the 50 beyond. Even shares would be 1/6 and 5/6.
    answer = gaps.gap(area, kind="preschool", limit_m=400, group="children_0_4")
    west = next(row for row in answer.districts if row.name == "Väst")
    assert (west.people, west.beyond) == (10, 0)
    assert answer.concentration == pytest.approx(1 / 6)


def test_squares_sum_to_the_headcount(area: Area) -> None:
    answer = gaps.gap(area, kind="preschool", limit_m=400, group="children_0_4")
    cells = gaps.squares(area, answer)
    assert cells["beyond"].sum() == pytest.approx(answer.beyond)
    assert cells.crs == "EPSG:4326"
    assert isinstance(cells, gpd.GeoDataFrame)


def test_who_lives_far_from_what_serves_the_whole_municipality_is_not_without_it() -> None:
    for kind, walked in (("job_centre", False), ("library", True)):
        far = street(homes={100.0: 10}, places={900.0: kind})
        said = gaps.headline(gaps.gap(far, kind=kind, group="all", limit_m=400), "sv")
        assert ("är inget man måste kunna gå till" in said) != walked


def test_headline_says_the_gap_in_a_sentence(area: Area) -> None:
    answer = gaps.gap(area, kind="preschool", limit_m=400, group="children_0_4")
    swedish = gaps.headline(answer, "sv").replace(texts.NO_BREAK_SPACE, " ")
    assert swedish == "50 av 60 barn 0–4 år (83 %) bor längre än 400 m från en förskola."
    english = gaps.headline(answer, "en").replace(texts.NO_BREAK_SPACE, " ")
    assert english == "50 of 60 children aged 0–4 (83%) live farther than 400 m from a preschool."


def test_a_small_count_of_counted_people_is_not_said() -> None:
    area = street(homes={100.0: 40, 900.0: 3}, places={0.0: "preschool"})
    answer = gaps.gap(area, kind="preschool", limit_m=400, group="children_0_4")
    assert answer.small
    assert "3" not in gaps.headline(answer, "sv").replace("43", "")
    shown = gaps.without_small_counts(answer)
    assert all(row.hidden for row in shown.districts)
    assert [row.name for row in shown.districts] == ["Väst", "Öst"]  # by name: Öst has 3, Väst 0


def test_hidden_districts_stand_last_by_name_and_read_alike() -> None:
    homes = {250.0: 3.0, 300.0: 7.0, 600.0: 40.0, 700.0: 4.0, 800.0: 30.0}
    area = street(homes=homes, places={0.0: "preschool"})
    names = ["Z", "Väst", "Öst", "A", "Mitt"]
    area = replace(
        area,
        people=area.people.assign(district=names),
        districts=area.districts.iloc[[0] * 5].assign(name=names),
    )
    answer = gaps.gap(area, kind="preschool", limit_m=200, group="children_0_4")
    shown = gaps.without_small_counts(answer)
    hidden = [row.name for row in shown.districts if row.hidden]
    assert {"A", "Z"} <= set(hidden)
    assert [row.name for row in shown.districts][-len(hidden) :] == sorted(hidden)
    table = places_and_gaps_map.district_table(shown, "sv")
    assert set(table.iloc[-len(hidden) - 1 : -1, 2]) == {"döljs"}


def test_a_group_of_a_few_counted_people_is_not_told_at_all() -> None:
    area = street(homes={100.0: 1, 900.0: 3}, places={0.0: "preschool"})
    answer = gaps.gap(area, kind="preschool", limit_m=400, group="children_0_4")
    for language in ("sv", "en"):
        said = gaps.headline(answer, language).replace("0–4", "").replace("400", "")
        assert "4" not in said and "3" not in said and "1" not in said
    assert gaps.headline(answer, "sv").startswith("Färre än 5 barn")
    document = area_and_gaps_words.gap_json(answer, area, exact=False)
    assert document["people"] is document["beyond"] is document["fgt1"] is None
    rows = area_and_gaps_words.gap_rows(gaps.without_small_counts(answer), area, "sv")
    assert rows["people"].isna().all()
    assert area_and_gaps_words.gap_json(answer, area)["people"] == 4


def test_few_within_the_limit_are_not_given_away_by_those_beyond() -> None:
    area = street(homes={100.0: 3, 900.0: 40}, places={0.0: "preschool"})
    answer = gaps.gap(area, kind="preschool", limit_m=400, group="children_0_4")
    assert answer.few_within
    said = gaps.headline(answer, "sv").replace(texts.NO_BREAK_SPACE, " ")
    assert said.startswith("Alla utom färre än 5 av 43 barn 0–4 år")
    shown = gaps.without_small_counts(answer)
    assert all(row.beyond is None for row in shown.districts)


@settings(max_examples=25, deadline=None)
@given(at=st.floats(0, 1000))
def test_another_place_never_widens_the_gap(at: float) -> None:
    homes = {100.0: 10, 500.0: 20, 900.0: 30}
    before = street(homes=homes, places={0.0: "preschool"})
    after = street(homes=homes, places={0.0: "preschool", at: "preschool"})
    one, other = (
        gaps.gap(world, kind="preschool", limit_m=300, group="children_0_4")
        for world in (before, after)
    )
    assert other.beyond <= one.beyond
    assert other.fgt2 <= one.fgt2 + 1e-12


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": "preschol"}, "unknown_kind"),
        ({"group": "children"}, "unknown_group"),
        ({"profile": "runner"}, "unknown_profile"),
        ({"limit_m": 0}, "bad_limit"),
        ({"limit_m": math.nan}, "bad_limit"),
        ({"group": "newcomers"}, "area_lacks"),
        ({"group": "born_abroad"}, "area_lacks"),
    ],
)
def test_what_can_not_be_answered_is_refused_in_words(
    area: Area, change: dict[str, object], code: str
) -> None:
    question = {"kind": "preschool", "limit_m": 400, "group": "children_0_4", "profile": "adult"}
    with refused(code) as caught:
        gaps.gap(area, **{**question, **change})  # type: ignore[arg-type]
    for language in texts.LANGUAGES:
        assert len(caught.value.message(language)) > 20


def test_the_nearest_valid_kind_is_named() -> None:
    area = street(homes={100.0: 10}, places={0.0: "preschool"})
    with refused("unknown_kind") as caught:
        gaps.gap(area, kind="preschol", limit_m=400, group="children_0_4")
    assert "preschool" in caught.value.message("sv")


def test_a_kind_that_the_area_has_none_of_is_lacked_by_all(area: Area) -> None:
    found = gaps.gap(area, kind="language_cafe", limit_m=400, group="children_0_4")
    assert found.places == 0 and found.beyond == found.people > 0
    assert np.isinf(found.metres).all()
    people = texts.number(round(found.people), "sv")
    assert gaps.headline(found, "sv").replace("\u00a0", " ") == (
        f"Inget språkcafé finns i området: alla {people} barn 0–4 år saknar ett inom 400 m."
    )
    assert gaps.headline(found, "en").startswith("No language café in the area: all ")


def test_no_more_is_said_of_a_few_who_lack_what_is_not_there() -> None:
    few = street(homes={100.0: 3}, places={0.0: "preschool"})
    said = gaps.headline(gaps.gap(few, kind="library", limit_m=400, group="children_0_4"), "sv")
    assert said.startswith("Inget bibliotek finns i området: alla färre än 5") and " 3 " not in said
