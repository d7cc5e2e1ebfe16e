"""When an activity takes place: against dateutil's own answer, across the change to summer time, on
holidays and over midnight."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from dateutil.rrule import rrulestr
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geo.area.activities.model import Activity, Times
from geo.area.activities.occurrences import (
    WEEKDAYS,
    closed_days,
    holiday_name,
    in_season,
    in_week,
    occurrences,
    read_rule,
    week_grid,
    weekly_rule,
)

STOCKHOLM = ZoneInfo("Europe/Stockholm")
TUESDAYS = Times("FREQ=WEEKLY;BYDAY=TU", date(2026, 1, 6), time(17), time(19))


def held(times: Times, **more: object) -> Activity:
    return Activity("a", "p", "language_cafe", times=(times,), **more)  # type: ignore[arg-type]


def starts(activity: Activity, first: str, last: str) -> list[str]:
    ends = (datetime.fromisoformat(text) for text in (first, last))
    return [f"{each.start:%Y-%m-%d %H:%M}" for each in occurrences(activity, *ends)]


RULES = st.one_of(
    st.builds(
        lambda days, weeks: weekly_rule(tuple(days), weeks),
        st.sets(st.integers(0, 6), min_size=1),
        st.integers(1, 5),
    ),
    st.builds(
        lambda days, weeks, start: (
            f"FREQ=WEEKLY;WKST={start};INTERVAL={weeks};BYDAY=" + ",".join(sorted(days))
        ),
        st.sets(st.sampled_from(WEEKDAYS), min_size=1),
        st.integers(1, 4),
        st.sampled_from(WEEKDAYS),
    ),
    st.sampled_from(
        [
            "FREQ=DAILY;INTERVAL=3",
            "FREQ=DAILY;COUNT=40",
            "FREQ=WEEKLY;COUNT=7;BYDAY=MO,WE",
            "FREQ=WEEKLY",
            "FREQ=WEEKLY;UNTIL=20260815;BYDAY=SA",
            "FREQ=MONTHLY;BYDAY=1WE",
            "FREQ=MONTHLY;BYDAY=-1SA",
            "FREQ=MONTHLY;BYMONTHDAY=31",
            "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU,TH;BYSETPOS=-1",
            "FREQ=YEARLY;BYWEEKNO=2,4,6,52;BYDAY=TU",
        ]
    ),
)
DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))


@settings(max_examples=150, deadline=None)
@given(RULES, DAYS, DAYS, st.integers(0, 60))
@example("FREQ=WEEKLY;UNTIL=20260815;BYDAY=SA", date(2024, 1, 1), date(2026, 8, 1), 15)
def test_occurrences_are_those_of_dateutil_on_the_same_rule(rule, first, since, length) -> None:
    activity = held(Times(rule, first, time(17), time(19), holidays=True))
    begins = datetime.combine(since, time())
    ends = begins + timedelta(days=length)
    # A last day without an hour is counted whole, as ``read_rule`` says.
    ended = rule.replace("UNTIL=20260815", "UNTIL=20260815T235959")
    expected = rrulestr(ended, dtstart=datetime.combine(first, time(17))).between(
        begins - timedelta(hours=2), ends, inc=False
    )
    found = occurrences(activity, begins, ends)
    assert [each.start.replace(tzinfo=None) for each in found] == expected
    assert all(each.start.tzinfo == STOCKHOLM for each in found)


@settings(max_examples=80, deadline=None)
@given(RULES, DAYS, DAYS, st.times(), st.times(), st.booleans(), st.sampled_from([None, "09-01"]))
def test_the_grid_of_a_week_is_its_occurrences_minute_by_minute(
    rule, first, day, begins, ends, holidays, season
) -> None:
    begins, ends = (each.replace(second=0, microsecond=0) for each in (begins, ends))
    times = Times(rule, first, begins, ends, (season, "05-31") if season else None, holidays)
    activity = held(times)
    monday = day - timedelta(days=day.weekday())
    expected = np.zeros((7, 24), dtype=bool)
    for each in in_week(activity, monday):
        moment = each.start.astimezone(UTC)
        while moment < each.end.astimezone(UTC):
            shown = moment.astimezone(STOCKHOLM)
            at = (shown.date() - monday).days
            if 0 <= at < 7:
                expected[at, shown.hour] = True
            moment += timedelta(minutes=10)
        shown = (each.end.astimezone(UTC) - timedelta(minutes=1)).astimezone(STOCKHOLM)
        if 0 <= (shown.date() - monday).days < 7:
            expected[(shown.date() - monday).days, shown.hour] = True
    assert (week_grid(activity, day) == expected).all()


@settings(max_examples=60, deadline=None)
@given(RULES, DAYS, DAYS, st.integers(0, 30), st.integers(0, 30))
def test_two_stretches_of_days_hold_what_the_whole_holds(rule, first, since, a, b) -> None:
    activity = held(Times(rule, first, time(17), time(19)))
    start = datetime.combine(since, time())
    middle, end = start + timedelta(days=a), start + timedelta(days=a + b)
    parts = occurrences(activity, start, middle) + occurrences(activity, middle, end)
    assert parts == occurrences(activity, start, end)


def test_an_activity_stays_at_17_to_19_on_both_sides_of_summer_time() -> None:
    found = occurrences(held(TUESDAYS), datetime(2026, 3, 24), datetime(2026, 4, 8))
    assert [(each.start.isoformat(), each.end.isoformat()) for each in found] == [
        ("2026-03-24T17:00:00+01:00", "2026-03-24T19:00:00+01:00"),
        ("2026-03-31T17:00:00+02:00", "2026-03-31T19:00:00+02:00"),
        ("2026-04-07T17:00:00+02:00", "2026-04-07T19:00:00+02:00"),
    ]
    found = occurrences(held(TUESDAYS), datetime(2026, 10, 20), datetime(2026, 10, 28))
    assert [each.start.isoformat() for each in found] == [
        "2026-10-20T17:00:00+02:00",
        "2026-10-27T17:00:00+01:00",
    ]


def test_the_day_of_the_change_itself_keeps_the_wall_clock() -> None:
    sundays = Times("FREQ=WEEKLY;BYDAY=SU", date(2026, 1, 4), time(1), time(19))
    spring = in_week(held(sundays), date(2026, 3, 23))[0]
    assert (spring.start.isoformat(), spring.end.isoformat()) == (
        "2026-03-29T01:00:00+01:00",
        "2026-03-29T19:00:00+02:00",
    )
    assert spring.end.astimezone(UTC) - spring.start.astimezone(UTC) == timedelta(hours=17)
    assert week_grid(held(sundays), date(2026, 3, 23)).sum() == 17
    assert not week_grid(held(sundays), date(2026, 3, 23))[6, 2], "that hour never was"
    autumn = in_week(held(sundays), date(2026, 10, 19))[0]
    assert autumn.end.astimezone(UTC) - autumn.start.astimezone(UTC) == timedelta(hours=19)
    assert week_grid(held(sundays), date(2026, 10, 19)).sum() == 18


def test_a_start_in_the_missing_hour_comes_as_long_after_the_hour_before() -> None:
    sundays = Times("FREQ=WEEKLY;BYDAY=SU", date(2026, 1, 4), time(2, 30), time(4))
    found = in_week(held(sundays), date(2026, 3, 23))[0]
    assert (found.start.isoformat(), found.end.isoformat()) == (
        "2026-03-29T03:30:00+02:00",
        "2026-03-29T04:00:00+02:00",
    )


def test_what_lies_wholly_in_the_missing_hour_still_lasts_as_long_as_planned() -> None:
    sundays = Times("FREQ=WEEKLY;BYDAY=SU", date(2026, 1, 4), time(2, 15), time(3))
    found = in_week(held(sundays), date(2026, 3, 23))[0]
    assert (found.start.isoformat(), found.end.isoformat()) == (
        "2026-03-29T03:15:00+02:00",
        "2026-03-29T04:00:00+02:00",
    )


def test_of_an_hour_that_comes_twice_the_first_counts() -> None:
    sundays = Times("FREQ=WEEKLY;BYDAY=SU", date(2026, 1, 4), time(2, 30), time(4))
    found = in_week(held(sundays), date(2026, 10, 19))[0]
    assert found.start.isoformat() == "2026-10-25T02:30:00+02:00"
    assert found.end.isoformat() == "2026-10-25T04:00:00+01:00"


def test_over_midnight_an_activity_belongs_to_the_day_it_begins_and_to_both_days_hours() -> None:
    nights = held(Times("FREQ=WEEKLY;BYDAY=SU", date(2026, 1, 4), time(22), time(1, 30)))
    assert starts(nights, "2026-11-22", "2026-11-23") == ["2026-11-22 22:00"]
    assert starts(nights, "2026-11-23", "2026-11-24") == ["2026-11-22 22:00"], "still going on"
    grid = week_grid(nights, date(2026, 11, 23))
    assert grid[0, [0, 1]].all() and grid[6, [22, 23]].all() and grid.sum() == 4


def test_what_ends_at_midnight_is_not_on_the_next_day() -> None:
    late = held(Times("FREQ=WEEKLY;BYDAY=MO", date(2026, 1, 5), time(20), time(0)))
    assert week_grid(late, date(2026, 11, 23)).nonzero()[1].tolist() == [20, 21, 22, 23]
    assert week_grid(late, date(2026, 11, 23))[1].sum() == 0


def test_every_other_week_is_counted_from_the_first_day_also_across_new_year() -> None:
    desk = held(Times(weekly_rule((3,), 2), date(2026, 12, 10), time(9, 30), time(11, 30)))
    assert starts(desk, "2026-12-01", "2027-01-25") == [
        "2026-12-10 09:30",
        "2027-01-07 09:30",
        "2027-01-21 09:30",
    ], "24 December is closed, and the round goes on"


def test_a_season_across_new_year_holds_both_ends() -> None:
    winter = ("09-01", "05-31")
    held_on = [in_season(winter, date(2026, *day)) for day in ((9, 1), (12, 31), (1, 1), (5, 31))]
    assert held_on == [True] * 4
    assert not in_season(winter, date(2026, 6, 1)) and not in_season(winter, date(2026, 8, 31))
    cafe = held(Times("FREQ=WEEKLY;BYDAY=TU", date(2020, 1, 7), time(17), time(19), winter))
    assert starts(cafe, "2026-05-20", "2026-09-09") == [
        "2026-05-26 17:00",
        "2026-09-01 17:00",
        "2026-09-08 17:00",
    ]


def test_public_holidays_and_the_three_eves_are_closed_unless_it_goes_on() -> None:
    daily = Times("FREQ=DAILY", date(2026, 1, 1), time(10), time(12))
    june = starts(held(daily), "2026-06-18", "2026-06-22")
    assert june == ["2026-06-18 10:00", "2026-06-21 10:00"]
    christmas = starts(held(daily), "2026-12-23", "2027-01-03")
    assert [text[5:10] for text in christmas] == [
        *("12-23", "12-27", "12-28", "12-29", "12-30", "01-02"),
    ]
    goes_on = held(Times(daily.rrule, daily.first, daily.start, daily.end, holidays=True))
    assert len(starts(goes_on, "2026-06-18", "2026-06-22")) == 4


def test_the_holidays_of_2026_are_the_thirteen_of_the_law_and_three_eves() -> None:
    expected = (
        "01-01 01-06 04-03 04-05 04-06 05-01 05-14 05-24 06-06 06-19 06-20 10-31 12-24 12-25 "
        "12-26 12-31"
    )
    assert sorted(f"{day:%m-%d}" for day in closed_days(2026)) == expected.split()
    assert holiday_name(date(2026, 6, 19)) == "Midsommarafton"
    assert holiday_name(date(2026, 4, 4)) == "", "Easter Eve is an ordinary Saturday here"


def test_exceptions_and_the_days_a_record_holds_take_days_away() -> None:
    times = replace(TUESDAYS, except_days=(date(2026, 2, 10),))
    activity = held(times, valid_from=date(2026, 2, 3), valid_to=date(2026, 2, 17))
    assert starts(activity, "2026-01-01", "2026-04-01") == ["2026-02-03 17:00", "2026-02-17 17:00"]


def test_even_weeks_follow_the_calendar_also_past_a_year_of_53() -> None:
    rule = "FREQ=YEARLY;BYDAY=WE;BYWEEKNO=" + ",".join(map(str, range(2, 54, 2)))
    activity = held(Times(rule, date(2020, 1, 1), time(17), time(19), holidays=True))
    found = occurrences(activity, datetime(2025, 12, 1), datetime(2028, 2, 1))
    weeks = [each.start.isocalendar().week for each in found]
    assert weeks[:4] == [50, 52, 2, 4] and all(week % 2 == 0 for week in weeks)
    assert 53 not in weeks and weeks[27:30] == [52, 2, 4], (
        "week 53 of 2026 is odd, and so is week 1"
    )


def test_unknown_hours_give_nothing_and_raise_nothing() -> None:
    unknown = Activity("a", "p", "language_cafe", times=None)
    assert occurrences(unknown, datetime(2026, 1, 1), datetime(2027, 1, 1)) == ()
    assert not week_grid(unknown, date(2026, 11, 23)).any()


def test_a_moment_within_counts_and_one_that_begins_at_the_end_does_not() -> None:
    activity = held(TUESDAYS)
    within = occurrences(activity, datetime(2026, 11, 24, 18), datetime(2026, 11, 24, 18, 30))
    assert len(within) == 1
    assert occurrences(activity, datetime(2026, 11, 24, 15), datetime(2026, 11, 24, 17)) == ()
    aware = datetime(2026, 11, 24, 17, 30, tzinfo=UTC)  # half past six in Stockholm
    assert len(occurrences(activity, aware, aware + timedelta(minutes=1))) == 1


@pytest.mark.parametrize(
    "rule",
    [
        *("", "x", "FREQ=WEEKLY;BYDAY=XX", "FREQ=HOURLY", "FREQ=WEEKLY;BYHOUR=17", "BYDAY=TU"),
        *("FREQ=WEEKLY;INTERVAL=0", "FREQ=WEEKLY;INTERVAL=-1", "FREQ=WEEKLY;INTERVAL=x"),
        *("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYMONTH=13", "FREQ=WEEKLY;BYDAY="),
        *("FREQ=WEEKLY;UNTIL=soon", "FREQ=WEEKLY;COUNT=2;UNTIL=20261231", "FREQ=WEEKLY;BYDAY=1TU"),
        *("FREQ=WEEKLY;FREQ=DAILY", "FREQ=DAILY\nDTSTART:20200101", "FREQ=DAILY;COUNT=99999"),
        *("FREQ=WEEKLY;WKST=Q", "EXRULE:FREQ=DAILY", "FREQ=MONTHLY;BYSETPOS=1"),
    ],
)
def test_a_bad_rule_is_no_rule(rule: str) -> None:
    assert read_rule(rule) is None


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.from_regex(r"FREQ=[A-Z]{5,7}(;[A-Z]{4,8}=[A-Z0-9,+-]{0,9}){0,3}"))
def test_any_text_is_a_rule_or_none_and_a_rule_read_again_is_the_same(text: str) -> None:
    rule = read_rule(text)
    assert rule is None or read_rule(rule) == rule
