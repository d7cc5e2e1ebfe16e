"""Freshness, and activities as a table and back."""

from __future__ import annotations

from datetime import date, time

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import presets
from geo.area.activities.model import (
    Activity,
    Times,
    activity_kinds,
    audiences,
    counted,
    is_counted,
    is_fresh,
    themes,
)
from geo.area.activities.occurrences import weekly_rule
from geo.area.activities.table import from_table, to_table
from geo.area.provenance import ACTIVITIES, no_activities

CAFE = Activity("a", "p", "language_cafe", confirmed=date(2025, 11, 22))


def test_a_record_is_fresh_for_a_year_to_the_day() -> None:
    assert is_fresh(CAFE, date(2026, 11, 22)) and not is_fresh(CAFE, date(2026, 11, 23))
    leap = Activity("a", "p", "language_cafe", confirmed=date(2023, 2, 28))
    assert is_fresh(leap, date(2024, 2, 28)) and is_fresh(leap, date(2024, 2, 28))
    assert not is_fresh(leap, date(2024, 3, 1))


def test_never_confirmed_is_uncertain_and_past_its_last_day_is_not_counted() -> None:
    never = Activity("b", "p", "language_cafe")
    ended = Activity("c", "p", "sport", confirmed=date(2026, 9, 1), valid_to=date(2026, 11, 21))
    today = date(2026, 11, 22)
    assert not is_fresh(never, today) and is_counted(never, today)
    assert not is_fresh(ended, today) and not is_counted(ended, today)
    assert is_fresh(ended, date(2026, 11, 21)), "its last day is one of its days"
    assert counted((CAFE, never, ended), today) == (CAFE, never)


NAMES = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=20).map(
    lambda text: " ".join(text.replace(";", ",").split())
)
TIMES = st.builds(
    Times,
    rrule=st.builds(
        lambda days, weeks: weekly_rule(tuple(days), weeks),
        st.sets(st.integers(0, 6), min_size=1),
        st.integers(1, 4),
    ),
    first=st.dates(date(2000, 1, 1), date(2030, 1, 1)),
    start=st.times().map(lambda each: each.replace(second=0, microsecond=0)),
    end=st.times().map(lambda each: each.replace(second=0, microsecond=0)),
    season=st.none() | st.just(("09-01", "05-31")),
    holidays=st.booleans(),
    except_days=st.lists(st.dates(date(2026, 1, 1), date(2027, 1, 1)), max_size=3).map(tuple),
)
DAY = st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1))
ACTIVITY = st.builds(
    Activity,
    id=NAMES,
    place=NAMES,
    kind=st.sampled_from(sorted(activity_kinds())),
    name=NAMES,
    times=st.none() | st.lists(TIMES, max_size=3).map(tuple),
    organisers=st.lists(NAMES.filter(bool), max_size=3).map(tuple),
    languages=st.lists(st.sampled_from(["ti", "sv", "prs"]), max_size=3).map(tuple),
    audience=st.lists(st.sampled_from(sorted(audiences())), max_size=3).map(tuple),
    cost=NAMES,
    drop_in=st.none() | st.booleans(),
    seats=st.none() | st.integers(0, 500),
    contact=NAMES,
    source=NAMES,
    confirmed=DAY,
    valid_from=DAY,
    valid_to=DAY,
    visiting=st.booleans(),
    demonstration=st.booleans(),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(ACTIVITY, max_size=4))
def test_a_table_holds_all_an_activity_tells(found: list[Activity]) -> None:
    table = to_table(found)
    assert list(table.columns) == list(ACTIVITIES)
    assert from_table(table) == tuple(found)
    cells = table.drop(columns="demonstration").to_numpy().ravel()
    assert all(isinstance(cell, str) for cell in cells)


def test_an_empty_table_holds_no_activities() -> None:
    assert from_table(no_activities()) == () and len(to_table([])) == 0


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("times", "tisdagar"),
        ("times", '[{"rrule": "FREQ=WEEKLY;BYDAY=TU", "first": "2026-01-06", "from": "25:00"}]'),
        (
            "times",
            '[{"rrule": "FREQ=NEVER", "first": "2026-01-06", "from": "17:00", "to": "19:00"}]',
        ),
        ("times", "7"),
        ("seats", "många"),
        ("confirmed", "förra året"),
        ("drop_in", "ibland"),
        ("details", "{"),
        ("cost", None),
        ("demonstration", None),
    ],
)
def test_a_cell_that_can_not_be_read_is_unknown(column: str, cell: object) -> None:
    table = to_table([CAFE])
    table[column] = [cell]
    assert from_table(table) == (CAFE if column != "confirmed" else Activity("a", "p", CAFE.kind),)


def test_a_table_without_a_column_reads_as_unknown() -> None:
    assert from_table(pd.DataFrame({"id": ["a"], "place": ["p"], "kind": ["sport"]})) == (
        Activity("a", "p", "sport"),
    )


def test_no_times_and_unknown_times_are_different_things() -> None:
    none = Activity("a", "p", "sport", times=())
    unknown = Activity("b", "p", "sport", times=None)
    assert from_table(to_table([none, unknown])) == (none, unknown)


def test_each_kind_has_a_theme_that_exists_and_each_place_kind_one_activity() -> None:
    kinds = activity_kinds().values()
    assert {kind.theme for kind in kinds} == set(themes())
    places = [place for kind in kinds for place in kind.places]
    assert len(places) == len(set(places)) and set(places) <= set(presets.kinds())
    for named in (*kinds, *themes().values(), *audiences().values()):
        assert named.name("sv") and named.name("en")


def test_the_hours_of_a_time_are_kept_to_the_minute() -> None:
    times = Times("FREQ=DAILY", date(2026, 1, 1), time(9, 5), time(11, 50))
    activity = Activity("a", "p", "sport", times=(times,))
    assert from_table(to_table([activity]))[0].times == (times,)
