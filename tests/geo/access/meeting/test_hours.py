"""Who can walk to something open, hour by hour: against plain loops, and what must always hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import presets
from geo.access.meeting.hours import Hours, hours_gap
from geo.access.meeting.question import MeetingQuestion
from geo.access.meeting.terms import can_come
from geo.area.activities.occurrences import week_grid
from geo.area.activities.table import from_table, to_table
from geo.area.model import Area
from geo.errors import AreaLacks, UnknownLanguage
from tests.geo.access.meeting.worlds import MONDAY, STALE, TODAY, activity, meeting_street
from tests.geo.oracle import spliced
from tests.refusals import refused


def asked(limit: float = 300, **words: object) -> MeetingQuestion:
    return MeetingQuestion.read({"week": "2026-11-25", "limit": f"{limit:g}", **words}, today=TODAY)


def window(answer: Hours, name: str):
    return next(each.reached for each in answer.windows if each.window.id == name)


def world(**told: object) -> Area:
    """Housing at 100 (40 people) and 900 (20); a library at 300, a hall at 700."""
    return meeting_street(
        housing={100.0: {"antal_boende": 40}, 900.0: {"antal_boende": 20}},
        places={300.0: ("school", {}), 700.0: ("school", {})},
        **told,
    )


def test_a_cafe_on_tuesday_evening_reaches_those_near_it_in_those_hours_only() -> None:
    area = world(activities=[activity("school-300", (1,), (17, 19))])
    answer = hours_gap(area, asked(210))
    expected = np.zeros((7, 24))
    expected[1, 17:19] = 40  # 200 m away; the others walk 600
    assert np.array_equal(answer.low, expected) and np.array_equal(answer.high, expected)
    assert answer.people == 60
    assert window(answer, "weekday_evening").low == 40
    assert window(answer, "weekend").high == 0
    assert window(answer, "weekday_daytime").high == 0
    assert [(row.name, row.reached[1].low) for row in answer.homes] == [
        ("transitional_housing 100", 40),
        ("transitional_housing 900", 0),
    ]


def test_two_things_open_at_once_reach_a_person_once() -> None:
    both = [activity("school-300", (1,), (17, 19)), activity("school-700", (1,), (18, 20))]
    answer = hours_gap(world(activities=both), asked(810))
    assert answer.low[1].tolist() == [0.0] * 17 + [60, 60, 60] + [0.0] * 4


@pytest.mark.parametrize(
    "unsure",
    [
        {"confirmed": STALE},
        {"confirmed": None},
        {"languages": ()},
        {"audience": ()},
        {"days": None},
    ],
    ids=["old", "never", "language", "audience", "hours"],
)
def test_what_is_old_or_not_told_counts_in_the_upper_end_only(unsure: dict) -> None:
    told = {"languages": ("ti",), "audience": ("women",), **unsure}
    area = world(activities=[activity("school-300", **told)])
    answer = hours_gap(area, asked(210, language="tigrinja", audience="women"))
    assert answer.low.max() == 0
    assert answer.high[1, 17] == 40
    assert answer.high[1, 3] == (40 if unsure == {"days": None} else 0)


@pytest.mark.parametrize(
    "told",
    [
        {"languages": ("ar",)},
        {"audience": ("men",)},
        {"kind": "sport"},
        {"valid_to": date(2026, 11, 22)},
        {"valid_from": date(2026, 11, 30)},
    ],
    ids=["language", "audience", "kind", "ended", "not yet"],
)
def test_what_does_not_answer_the_question_does_not_count(told: dict) -> None:
    told = {"languages": ("ti",), "audience": ("everyone",), **told}
    area = world(activities=[activity("school-300", **told)])
    question = asked(210, language="ti", audience="women", kinds=("language",))
    answer = hours_gap(area, question)
    assert answer.high.max() == 0 and not answer.supply.offers


def test_mentors_are_nowhere_one_walks_to_at_an_hour_unless_asked_for() -> None:
    area = world(
        activities=[activity("school-300", None, kind="mentors"), activity("school-700", (2,))]
    )
    answer = hours_gap(area, asked(210))
    assert answer.high.max() == 20 and len(answer.supply.rows) == 1
    assert answer.low[2, 17] == 20
    assert hours_gap(area, asked(210, kinds=("mentors",))).high[0, 3] == 40


def test_one_housing_is_asked_about_by_id_or_name() -> None:
    area = world(activities=[activity("school-300"), activity("school-700", (5,))])
    for name in ("transitional_housing-900", "transitional_housing 900"):
        answer = hours_gap(area, asked(210, housing=name))
        assert answer.people == 20
        assert answer.low[5, 17] == 20 and answer.low[1].max() == 0
    with refused("unknown_housing", match="900"):
        hours_gap(area, asked(210, housing="Ingenstans"))
    with pytest.raises(AreaLacks):
        hours_gap(area, asked(210, housing="transitional_housing-900", group="all"))


def test_a_window_counts_only_the_hours_people_can_come() -> None:
    area = world(activities=[activity("school-300", (0,), (9, 12))])
    free, student = hours_gap(area, asked(210)), hours_gap(area, asked(210, when="sfi_morning"))
    assert window(free, "weekday_daytime").low == 40
    assert window(student, "weekday_daytime").high == 0
    assert student.low[0, 9] == 40  # the table shows all hours, and marks those they can not come
    assert not student.can_come[0, 9] and student.can_come[0, 14] and free.can_come.all()
    assert can_come("fetches_children_at_16")[0].nonzero()[0].tolist() == [
        *range(9, 15), *range(17, 20)
    ]  # fmt: skip


def test_a_holiday_is_a_week_with_less_open() -> None:
    area = world(activities=[activity("school-300", (1,), (17, 19))])
    easter = MeetingQuestion.read(
        {"week": "2026-01-06", "limit": "210"}, today=TODAY
    )  # Epiphany, a Tuesday
    assert hours_gap(area, easter).high.max() == 0


def test_a_few_people_count_as_three_whatever_they_are() -> None:
    answers = [
        hours_gap(
            meeting_street(
                housing={100.0: {"antal_boende": few}, 200.0: {"antal_boende": 40}},
                places={300.0: ("school", {})},
                activities=[activity("school-300")],
            ),
            asked(160),
        )
        for few in (1, 4)
    ]
    assert [answer.people for answer in answers] == [43, 43]
    assert [row.hidden for row in answers[0].homes] == [True, False]
    assert answers[0].hidden(40) and not answers[0].hidden(0)  # all but a few are hidden too


def test_unknown_numbers_of_people_are_told_and_answer_as_shares() -> None:
    area = meeting_street(
        housing={100.0: {}, 200.0: {"antal_boende": 40}},
        places={300.0: ("school", {})},
        activities=[activity("school-300")],
    )
    answer = hours_gap(area, asked(250))
    assert (answer.people, answer.unknown) == (40, 1)
    assert np.isnan(answer.homes[0].people) and answer.homes[0].reached[1].low == 1.0


def test_residents_of_statistical_areas_can_be_asked_about_by_district() -> None:
    area = meeting_street(
        {100.0: 10, 900.0: 30},
        places={300.0: ("library", {"opening_hours": "Mo-Fr 10-19; Sa 11-15"})},
    )
    answer = hours_gap(area, asked(250, group="all"))
    assert answer.high[5, 12] == 100 and answer.low.max() == 0  # nobody confirmed the hours
    by_name = {row.name: row for row in answer.districts}
    assert by_name["Väst"].people == 100 and by_name["Öst"].people == 300
    assert by_name["Väst"].reached[0].high == 100 and by_name["Öst"].reached[0].high == 0


def test_words_nobody_knows_are_told_with_the_nearest() -> None:
    for words in ({"kinds": ("spraakcafe",)}, {"audience": "womem"}, {"when": "sfi_morningg"}):
        with refused("unknown_term"):
            MeetingQuestion.read(words)
    with pytest.raises(UnknownLanguage):
        MeetingQuestion.read({"language": "ankspråk"})


drawn = st.lists(
    st.tuples(
        st.sampled_from(["school-200", "school-500", "library-750"]),
        st.one_of(
            st.none(), st.sets(st.integers(0, 6), min_size=1).map(lambda d: tuple(sorted(d)))
        ),
        st.integers(6, 20),
        st.booleans(),
    ),
    max_size=5,
)


def drawn_world(told: list) -> Area:
    return meeting_street(
        {50.0: 3, 450.0: 2, 990.0: 7},
        housing={130.0: {"antal_boende": 12}, 610.0: {"antal_boende": 31}},
        places={200.0: ("school", {}), 500.0: ("school", {}), 750.0: ("library", {})},
        activities=[
            activity(
                place, days, (hour, hour + 2), confirmed=TODAY if fresh else STALE, id=f"a{at}"
            )
            for at, (place, days, hour, fresh) in enumerate(told)
        ],
    )


@given(drawn, st.sampled_from([90.0, 260.0, 700.0]), st.sampled_from(["newcomers", "all"]))
@settings(max_examples=8)
def test_the_answer_is_that_of_plain_loops_over_another_search(told, limit_m, group) -> None:
    area = drawn_world(told)
    question = asked(limit_m, group=group)
    answer = hours_gap(area, question)
    walker = presets.profile("adult")
    people, places = area.snapped_people(walker), area.snapped_places("", walker)
    graph = spliced(area.network, area.network.walkable(walker).allowed, p=people, g=places)
    at = {place: row for row, place in enumerate(area.places["id"])}
    low, high = np.zeros((7, 24)), np.zeros((7, 24))
    stands = [*from_table(area.activities)]
    for row in range(len(area.people)):
        count = area.people[group].iloc[row]
        if area.people["origin"].iloc[row] != presets.group(group).origin or np.isnan(count):
            continue
        far = nx.single_source_dijkstra_path_length(graph, ("p", row), weight="weight")
        near = [a for a in stands if far.get(("g", at[a.place]), np.inf) <= limit_m]
        library = far.get(("g", at["library-750"]), np.inf) <= limit_m
        for day in range(7):
            for hour in range(24):
                sure = any(
                    a.times and a.confirmed == TODAY and week_grid(a, MONDAY)[day, hour]
                    for a in near
                )
                maybe = library or any(
                    a.times is None or week_grid(a, MONDAY)[day, hour] for a in near
                )
                low[day, hour] += count * sure
                high[day, hour] += count * maybe
    assert np.allclose(answer.low, low)
    assert np.allclose(answer.high, high)


@given(drawn, st.data())
@settings(max_examples=8)
def test_closing_an_activity_never_improves_a_gap(told, data) -> None:
    before = drawn_world(told)
    answer = hours_gap(before, asked(400))
    assert (answer.low <= answer.high).all() and (answer.high <= answer.people).all()
    kept = [row for row in from_table(before.activities) if data.draw(st.booleans())]
    after = hours_gap(replace(before, activities=to_table(kept)), asked(400))
    assert (after.low <= answer.low).all() and (after.high <= answer.high).all()
    for one, other in zip(after.windows, answer.windows, strict=True):
        assert one.reached.low <= other.reached.low and one.reached.high <= other.reached.high


@given(drawn)
@settings(max_examples=8)
def test_where_nothing_is_known_the_lower_end_is_nobody(told) -> None:
    area = drawn_world([(place, None, hour, fresh) for place, _, hour, fresh in told])
    answer = hours_gap(area, asked(400))
    assert answer.low.max() == 0
    assert all(each.reached.low == 0 for each in answer.windows)


def test_the_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    area = drawn_world([("school-200", (1, 3), 17, True), ("school-500", (6,), 10, False)])
    whole = hours_gap(area, asked(300, group="all"))
    monkeypatch.setattr("geo.access.meeting.hours.BLOCK", 2)
    cut = hours_gap(area, asked(300, group="all"))
    assert np.array_equal(whole.low, cut.low) and np.array_equal(whole.high, cut.high)
    assert whole.windows == cut.windows
