"""Who has an activity in reach that speaks a language they do: worked by hand, and what must always
hold.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.access.meeting.language import Languages, Spoken, base_of, language_gap, reached_of
from geo.access.meeting.question import MeetingQuestion
from geo.area.activities.model import Span
from geo.area.activities.table import from_table, to_table
from tests.geo.access.meeting.worlds import STALE, TODAY, activity, meeting_street


def asked(limit: float = 310, **words: object):
    return MeetingQuestion.read({"week": "2026-11-25", "limit": f"{limit:g}", **words}, today=TODAY)


def world(*activities, **housing):
    told = {"antal_boende": 40, "språk": "ti 24; ar 10", **housing}
    return meeting_street(
        housing={100.0: told, 900.0: {"antal_boende": 20, "språk": "so"}},
        places={300.0: ("school", {}), 700.0: ("school", {})},
        activities=activities,
    )


def row(answer: Languages, language: str):
    return next(each for each in answer.rows if each.language == language)


def test_an_activity_that_speaks_it_reaches_its_speakers() -> None:
    area = world(activity("school-300", (1,), (17, 19), languages=("sv", "ti")))
    answer = language_gap(area, asked())
    # 24 + 10 told at one, 20 at the other; six at the first are not told of.
    assert (answer.people, answer.unknown, answer.untold) == (54, 6, 0)
    assert answer.reached == Span(24, 24)
    ti = row(answer, "ti")
    assert (ti.speakers, ti.reached) == (Span(24, 24), Span(24, 24))
    assert ti.nearest and round(ti.nearest.metres) == 200 and ti.nearest.sure
    assert ti.nearest.next and f"{ti.nearest.next.start:%Y-%m-%d %H}" == "2026-11-24 17"
    assert row(answer, "so").reached == Span(0, 0) and row(answer, "so").nearest is None
    assert [each.language for each in answer.rows] == ["ti", "so", "ar"]


def test_the_nearest_is_told_also_beyond_the_limit_and_reaches_nobody_from_there() -> None:
    answer = language_gap(world(activity("school-700", languages=("ti",))), asked())
    ti = row(answer, "ti")
    assert ti.reached.high == 0 and ti.nearest and round(ti.nearest.metres) == 600


@pytest.mark.parametrize("unsure", [{"confirmed": STALE}, {"languages": ()}], ids=["old", "silent"])
def test_an_old_record_or_one_that_is_silent_counts_in_the_upper_end_only(unsure) -> None:
    answer = language_gap(
        world(activity("school-300", **{"languages": ("ti",), **unsure})), asked()
    )
    assert answer.reached.low == 0
    assert answer.reached.high == (24 if "confirmed" in unsure else 34)


def test_hours_nobody_told_do_not_matter_here() -> None:
    answer = language_gap(world(activity("school-300", None, languages=("ti",))), asked())
    assert answer.reached == Span(24, 24)
    assert row(answer, "ti").nearest.next is None


def test_a_dialect_known_as_another_language_is_that_language() -> None:
    area = world(activity("school-300", languages=("fa",)), språk="dari 30")
    assert row(language_gap(area, asked()), "prs").reached == Span(30, 30)


def test_housing_that_tells_nothing_is_unknown_and_residents_always_are() -> None:
    area = meeting_street(
        {500.0: 10},
        housing={100.0: {"antal_boende": 40}},
        places={300.0: ("school", {})},
        activities=[activity("school-300", languages=("ti",))],
    )
    answer = language_gap(area, asked())
    assert (answer.people, answer.unknown, answer.untold, answer.residents) == (0, 40, 1, 100)
    assert answer.homes[0].reached is None and answer.reached == Span(0, 0)


def test_languages_without_numbers_give_a_range() -> None:
    area = world(activity("school-300", languages=("ti",)), språk="ti, ar")
    answer = language_gap(area, asked())
    assert answer.homes[0].reached == Span(0, 40)
    assert row(answer, "ti").speakers == Span(0, 40)
    only = world(activity("school-300", languages=("ti",)), språk="ti")
    assert row(language_gap(only, asked()), "ti").reached == Span(40, 40)


@pytest.mark.parametrize(
    ("spoken", "people", "sure", "expected"),
    [
        ([("a", 30), ("b", 20)], 60, [True, False], (30, 30)),
        ([("a", 50), ("b", 30)], 60, [True, False], (50, 50)),
        ([("a", 50), ("b", 30)], 60, [False, True], (30, 30)),
        ([("a", None), ("b", 20)], 60, [True, False], (40, 40)),
        ([("a", None), ("b", 20)], 60, [False, True], (20, 20)),
        ([("a", None), ("b", None)], 60, [True, False], (0, 60)),
        ([("a", None), ("b", 70)], 60, [True, False], (0, 60)),
        ([("a", None), ("b", 20)], 60, [True, True], (60, 60)),
        ([("a", 30)], math.nan, [True], (30, 30)),
        ([("a", None)], math.nan, [True], None),
        ([], 60, [], None),
    ],
)
def test_what_a_housing_tells_bounds_whom_it_reaches(spoken, people, sure, expected) -> None:
    told = tuple(Spoken(code, count) for code, count in spoken)
    mask = np.array(sure, dtype=bool)
    found = reached_of(told, people, mask, mask)
    assert found == (None if expected is None else Span(*expected))


@given(
    st.lists(st.tuples(st.one_of(st.none(), st.integers(5, 60)), st.booleans(), st.booleans())),
    st.one_of(st.just(math.nan), st.integers(5, 90).map(float)),
)
def test_the_ends_stay_in_order_and_within_the_people(rows, people) -> None:
    spoken = tuple(Spoken(f"l{at}", count) for at, (count, _, _) in enumerate(rows))
    sure = np.array([sure and maybe for _, sure, maybe in rows], dtype=bool)
    maybe = np.array([maybe for _, _, maybe in rows], dtype=bool)
    found = reached_of(spoken, people, sure, maybe)
    if found is not None:
        assert 0 <= found.low <= found.high <= base_of(spoken, people) + 1e-9


def test_closing_the_only_one_reaches_nobody() -> None:
    area = world(activity("school-300", languages=("ti",)), activity("school-700", (2,)))
    kept = [each for each in from_table(area.activities) if not each.languages]
    before = language_gap(area, asked(2000))
    after = language_gap(replace(area, activities=to_table(kept)), asked(2000))
    assert (before.reached, after.reached) == (Span(24, 54), Span(0, 54))


def test_one_language_may_be_asked_for() -> None:
    answer = language_gap(world(activity("school-300", languages=("ti",))), asked(language="ti"))
    assert [each.language for each in answer.rows] == ["ti"]
    assert answer.people == 54


def test_few_speakers_are_three_and_their_row_is_hidden() -> None:
    answers = [
        language_gap(world(activity("school-300", languages=("ar",)), språk=f"ti 24; ar {few}"),
                     asked())
        for few in (1, 4)
    ]  # fmt: skip
    assert [row(each, "ar").hidden for each in answers] == [True, True]
    assert answers[0].reached == answers[1].reached == Span(3, 3)
