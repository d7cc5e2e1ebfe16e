"""Who wants a preschool place and who has one: worked by hand on a street, against a flow of its
own making, and what files know before the country's share.
"""

from __future__ import annotations

from datetime import date

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.access.preschools.question import PreschoolQuestion, read_take_up
from geo.access.preschools.shortage import capacity_of
from geo.access.preschools.supply import Amount
from geo.access.preschools.wanting import take_up_of
from geo.area.record_fields import rules
from tests.geo.preschool_worlds import ALL, nursery_street
from tests.refusals import refused

TODAY = date(2026, 11, 22)


def asked(area, limit_m: float = 450, take_up: tuple[float, ...] = ()):
    return capacity_of(area, PreschoolQuestion(when=TODAY, limit_m=limit_m, take_up=take_up))


def test_the_country_s_shares_are_those_of_2018_raised_by_the_same_odds_to_the_whole_of_2024() -> (
    None
):
    told = np.array([0.49, 0.89, 0.94, 0.94, 0.94])
    assert told.mean() == pytest.approx(0.839, abs=0.003)  # what was published of all that year
    odds = told / (1 - told) * 1.3
    raised = odds / (1 + odds)
    assert raised.mean() == pytest.approx(0.866, abs=0.001)
    assert rules().take_up.by_age == pytest.approx(raised, abs=0.005)
    assert take_up_of(()) == rules().take_up.by_age and take_up_of(ALL) == ALL


def test_who_wants_a_place_is_by_age_and_who_is_enrolled_keeps_it() -> None:
    """100 children 0–4 and 50 of 5–9 at 100 m: 80 are 1–4 and 10 are 5. Half of the one-year-olds
    and all others want a place: 10 + 60 + 10. Of 40 places at 0 m 30 are taken: 30 have a place,
    50 lack one, and 10 of them get a vacant one.
    """
    area = nursery_street(
        {100: 100}, {0: {"platser": 40, "antal_barn": 30}}, five_to_nine={100: 50}
    )
    found = asked(area, take_up=(0.5, 1, 1, 1, 1))
    assert found.children.value == 90
    assert (found.wanting.value, found.with_place.value, found.without_place.value) == (80, 30, 50)
    assert found.shortage.children.value == 40
    assert (found.shortage.by_distance, found.shortage.by_places) == (0, 40)
    assert found.preschools[0].assigned == 40 and found.placed.tolist() == [40]
    half = asked(area, take_up=(0.5, 0.5, 0.5, 0.5, 0.0))
    assert half.wanting.value == 40


def test_vacant_places_and_children_without_never_stand_unexplained() -> None:
    """Of 20 children 18 are enrolled at a preschool with two vacancies. If all want a place, two
    lack one and get it; by the country's share as many as are enrolled want one, and have it.
    """
    area = nursery_street({100: 20}, {0: {"platser": 20, "antal_barn": 18}})
    every = asked(area, take_up=ALL)
    assert (every.without_place.value, every.shortage.children.value) == (2, 0)
    country = asked(area)
    assert country.raised and country.wanting.value == country.with_place.value == 18


def test_a_child_whose_place_is_far_keeps_it_and_is_told_beside() -> None:
    area = nursery_street({900: 10}, {0: {"platser": 12, "antal_barn": 10}})
    found = asked(area, limit_m=450, take_up=ALL)
    assert found.with_place.value == found.beyond_limit == 10
    assert found.shortage.children == Amount(0, 0, 0)
    assert np.isnan(found.mean_walk_m)  # nobody has a place within the limit


def test_who_is_known_to_be_in_preschool_goes_before_the_country_s_share() -> None:
    """30 of the 40 children at 100 m are in preschool by the statistics, none of the 20 at 900 m is
    said to be: there the country's 86.4 % want a place.
    """
    area = nursery_street({100: 40, 900: 20}, {0: {"platser": 60, "antal_barn": 30}})
    area.people["children_in_preschool"] = [30.0, np.nan]
    found = asked(area, limit_m=2000, take_up=(0.5,) * 5)
    assert found.wanting.value == 30 + 10
    # At 900 m nobody has one: the thirty enrolled are the thirty of 100 m.
    assert found.with_place.value == 30 and found.without_place.value == 10
    more = asked(area, limit_m=2000, take_up=(0.9,) * 5)
    assert more.wanting.value == 36 + 18 and more.with_place.value == 30


def test_children_of_transitional_housing_want_a_place_and_have_one_only_if_it_says_so() -> None:
    def made(**told):
        home = {800.0: {"barn_1_5": 10, **told}}
        return nursery_street({100: 20}, {0: {"platser": 40, "antal_barn": 20}}, home)

    found = asked(made(), limit_m=450)
    assert found.newcomer_children == 10
    assert (found.wanting.value, found.with_place.value) == (30, 20)
    # The preschool is 800 m away: too far for the ten.
    assert found.newcomers.children == Amount(10, 10, 10) == found.shortage.children
    half = asked(made(andel_inskrivna="50 %"), limit_m=450)
    assert half.newcomers.children.value == 5
    near = asked(made(), limit_m=1000)
    assert near.newcomers.children == Amount(0, 0, 0) and near.without_place.value == 10


def test_vacancies_without_the_enrolled_say_how_many_places_are_taken() -> None:
    area = nursery_street({100: 20}, {0: {"platser": 20, "lediga_platser": 5}})
    found = asked(area, take_up=ALL)
    assert (found.with_place.value, found.without_place.value) == (15, 5)
    assert found.shortage.children.value == 0


@pytest.mark.parametrize(
    ("words", "shares"),
    [
        ("", ()),
        ("90", (0.9,) * 5),
        ("87,5 %", (0.875,) * 5),
        ("1=40;5=100", (0.4, 0.91, 0.95, 0.95, 1.0)),
        ("1=40, 2=80", (0.4, 0.8, 0.95, 0.95, 0.95)),
    ],
)
def test_shares_are_read_as_a_person_writes_them(words: str, shares: tuple[float, ...]) -> None:
    assert read_take_up(words) == shares


@pytest.mark.parametrize("words", ["x", "101", "-4", "6=50", "1=", "=50", "1=50;2"])
def test_shares_that_can_not_be_are_refused(words: str) -> None:
    with refused("bad_take_up"):
        read_take_up(words)


def test_a_question_with_other_than_five_shares_is_refused() -> None:
    for wrong in ((0.5,), (0.5,) * 6, (1.5,) * 5):
        with refused("bad_take_up"):
            PreschoolQuestion(when=TODAY, take_up=wrong)


homes = st.dictionaries(
    st.integers(0, 10).map(lambda at: at * 100.0), st.integers(1, 9), min_size=1, max_size=4
)
nurseries = st.dictionaries(
    st.integers(0, 10).map(lambda at: at * 100.0 + 5),
    st.tuples(st.integers(0, 8), st.integers(0, 4)),
    min_size=1,
    max_size=3,
)


def flow_of(rows: dict[int, int], columns: dict[int, int], pairs) -> int:
    """Return the greatest number of children placed, by networkx."""
    graph = nx.DiGraph()
    graph.add_nodes_from(("from", "to"))
    for row, count in rows.items():
        graph.add_edge("from", ("row", row), capacity=count)
    for column, count in columns.items():
        graph.add_edge(("column", column), "to", capacity=count)
    graph.add_edges_from((("row", row), ("column", column)) for row, column in pairs)
    return int(nx.maximum_flow_value(graph, "from", "to"))


@settings(max_examples=15, deadline=None)
@given(homes, nurseries, st.sampled_from([150, 350, 2000]))
def test_who_has_and_who_gets_a_place_is_what_another_flow_says(homes, nurseries, limit_m) -> None:
    details = {at: {"platser": e + v, "antal_barn": e} for at, (e, v) in nurseries.items()}
    area = nursery_street({at: float(count) for at, count in homes.items()}, details)
    found = asked(area, limit_m=limit_m, take_up=ALL)
    children = dict(enumerate(homes.values()))
    enrolled = {at: e for at, (e, _) in enumerate(nurseries.values())}
    vacant = {at: v for at, (_, v) in enumerate(nurseries.values())}
    near = [
        (row, column)
        for row, home in enumerate(homes)
        for column, place in enumerate(nurseries)
        if abs(home - place) <= limit_m
    ]
    have = min(sum(children.values()), sum(enrolled.values()))
    assert found.with_place.value == have
    assert found.beyond_limit == have - flow_of(children, enrolled, near)
    seeking = {row: int(n) for row, n in enumerate(found.assignment.question.children)}
    assert sum(seeking.values()) == found.without_place.value == found.wanting.value - have
    gets = flow_of(seeking, vacant, near)
    assert found.shortage.children.value == found.without_place.value - gets
