"""People who arrive: weeks add up, the nearest take first, and what can not be is refused."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.access.preschools.supply import Amount
from geo.access.preschools.surge import (
    AgeBand,
    arrival_of,
    of_ages,
    read_ages,
    read_ramp,
    read_surge,
    stated_mix,
    surge,
)
from geo.output.words.preschool_plans import need_words, surge_headline
from tests.geo.preschool_worlds import nursery_street, points_at
from tests.refusals import refused

TODAY, MARCH = date(2026, 11, 22), date(2027, 3, 1)
CHILDREN = (AgeBand(1, 5, 12), AgeBand(16, 40, 18))


def preschool_need(preschools, *, ramp=(), ages=CHILDREN, limit_m=450, others=None, at=500.0):
    area = nursery_street({100: 10}, preschools, others=others)
    people = sum(band.people for band in ages)
    arrival = arrival_of(points_at(at), people, MARCH, ages=ages, ramp=ramp)
    return surge(area, arrival, today=TODAY, limit_m=limit_m)


def test_the_nearest_take_first_and_the_next_vacancies_are_named() -> None:
    found = preschool_need(
        {
            400: {"platser": 20, "antal_barn": 15},
            700: {"platser": 20, "antal_barn": 16},
            1000: {"platser": 20, "antal_barn": 10},
            600: {"platser": 20, "antal_barn": 20},
        }
    )
    need = found.needs[0]
    assert (need.kind, need.people, need.taken, need.left) == ("preschool", 12, 9, Amount(3, 3, 3))
    assert [(taker.place.id, taker.taken) for taker in need.takers] == [
        ("preschool-400", 5),
        ("preschool-600", 0),
        ("preschool-700", 4),
    ]
    assert [taker.place.id for taker in need.next] == ["preschool-1000"]
    assert need.next[0].metres == pytest.approx(500, abs=1e-3)


def test_week_by_week_who_has_no_place_waits_for_one_that_opens() -> None:
    found = preschool_need(
        {
            400: {"platser": 5, "antal_barn": 0},
            600: {"platser": 10, "antal_barn": 0, "valid_from": "2027-03-10"},
        },
        ramp=(10, 10, 10),
    )
    weeks = found.needs[0].weeks
    assert [week.first_day.isoformat() for week in weeks] == [
        "2027-03-01",
        "2027-03-08",
        "2027-03-15",
    ]
    assert [week.need for week in weeks] == [4, 8, 12]
    assert [week.have for week in weeks] == [4, 5, 12]
    assert [week.left.value for week in weeks] == [0, 3, 0]


def test_estimated_vacancies_leave_a_range_over() -> None:
    need = preschool_need({400: {"antal_barn": 95}}).needs[0]
    assert need.taken == 5 and need.left == Amount(7, 1, 12)


def test_unknown_vacancies_are_said_and_take_nobody() -> None:
    need = preschool_need({400: {"platser": 20}}).needs[0]
    assert need.unknown == 1 and need.taken == 0 and need.takers[0].room is None
    # It may take all of the twelve, or none.
    assert need.left == Amount(12, 0, 12)


def test_who_arrives_is_taken_only_where_no_personal_number_is_needed() -> None:
    found = preschool_need(
        {
            400: {"platser": 20, "antal_barn": 15, "utan_personnummer": "nej"},
            600: {"platser": 20, "antal_barn": 16, "utan_personnummer": "ja"},
            700: {"platser": 20, "antal_barn": 17},
            1000: {"platser": 20, "antal_barn": 10, "utan_personnummer": "nej"},
        }
    )
    need = found.needs[0]
    assert [(taker.place.id, taker.taken, taker.bars) for taker in need.takers] == [
        ("preschool-400", 0, True),
        ("preschool-600", 4, False),
        ("preschool-700", 3, False),
    ]
    assert need.room == Amount(7, 7, 7) and need.left == Amount(5, 5, 5)
    assert (need.barring, need.unsure) == (1, 1) and need.next == ()
    said = need_words(need, 450, "sv").replace("\u00a0", " ")
    assert said.startswith("Förskolor: troligen blir 5 av 12 (1–5 år) utan plats inom 450 m, för")
    assert "7 platser lediga (2 ställen)" in said and "1 av ställena tar inte emot" in said


@pytest.mark.parametrize(
    ("preschools", "words"),
    [
        ({400: {"platser": 20}}, "blir 12 av 12 (1–5 år) utan plats inom 450 m, för där är inga"),
        ({400: {"platser": 20}}, "Spannet är 0 till 12. Hos 1 av ställena"),
        ({400: {"antal_barn": 95}}, "blir 7 av 12 (1–5 år) utan plats inom 450 m, för där antas 5"),
        ({400: {"antal_barn": 95}}, "Spannet är 1 till 12."),
        ({1000: {"platser": 20}}, "utan plats inom 450 m, för där finns ingen."),
    ],
)
def test_a_surge_is_one_number_with_its_reason_then_the_range(preschools, words: str) -> None:
    found = preschool_need(preschools)
    assert words in surge_headline(found, "sv").replace("\u00a0", " ")


def test_adult_education_and_open_preschools_are_asked_too() -> None:
    found = preschool_need(
        {400: {"platser": 20, "antal_barn": 10}},
        others={600: "adult_education", 450: "open_preschool"},
    )
    by_kind = {need.kind: need for need in found.needs}
    assert by_kind["adult_education"].people == 18
    assert by_kind["adult_education"].unknown == by_kind["open_preschool"].unknown == 1
    assert by_kind["open_preschool"].people == 12
    assert found.lacking == ()


def test_ages_that_are_not_told_are_the_stated_mix_and_said() -> None:
    area = nursery_street({100: 10}, {400: {"platser": 20, "antal_barn": 10}})
    found = surge(area, arrival_of(points_at(500), 150, MARCH), today=TODAY)
    assert found.arrival.assumed
    assert sum(band.people for band in found.arrival.ages) == 150
    assert found.lacking == ("open_preschool", "adult_education")
    assert found.in_school == 30


def test_outside_the_area_is_refused_with_how_far() -> None:
    area = nursery_street({100: 10}, {400: {"platser": 20}})
    lon, lat = points_at(500)
    with refused("surge_outside") as caught:
        surge(area, arrival_of((lon, lat + 0.01), 150, MARCH), today=TODAY)
    assert caught.value.values["metres"] == pytest.approx(1064, abs=5)
    assert "utanför" in caught.value.message("sv")
    with refused("point_swapped"):
        surge(area, arrival_of((lat, lon), 150, MARCH), today=TODAY)


def test_the_past_is_refused_and_today_is_not() -> None:
    area = nursery_street({100: 10}, {400: {"platser": 20}})
    with refused("surge_past"):
        surge(area, arrival_of(points_at(500), 10, date(2026, 11, 21)), today=TODAY)
    surge(area, arrival_of(points_at(500), 10, TODAY), today=TODAY)


@pytest.mark.parametrize(
    "words", ["", "17.8,59.3,150", "17.8,59.3,many,2027-03-01", "17.8,59.3,150,spring", "a,b,1,c"]
)
def test_a_surge_that_can_not_be_read_is_refused(words: str) -> None:
    with refused("bad_surge"):
        read_surge(words)


@pytest.mark.parametrize("people", [0, -5, 10**9, 2.5])
def test_a_number_that_is_no_number_of_people_is_refused(people) -> None:
    with refused("bad_surge"):
        arrival_of((17.0, 59.0), people, MARCH)


def test_ages_and_weeks_must_add_up() -> None:
    with refused("bad_ages"):
        arrival_of((17.0, 59.0), 150, MARCH, ages=read_ages("0-5=20,6-15=30,16-=90", 150))
    with refused("bad_ages"):
        arrival_of((17.0, 59.0), 40, MARCH, ages=read_ages("0-5=20,5-15=20", 40))
    for words in ("0-5", "5-0=3", "barn=3", "0-5=-3"):
        with refused("bad_ages"):
            read_ages(words, 150)
    with refused("bad_ramp"):
        arrival_of((17.0, 59.0), 150, MARCH, ramp=(50, 50))
    for words in ("", "50,x", "50,-10,110"):
        with refused("bad_ramp"):
            read_ramp(words, 150)


@settings(max_examples=30)
@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=8).filter(sum),
    st.lists(st.integers(0, 9), min_size=1, max_size=4),
)
def test_weeks_add_up(ramp, vacancies) -> None:
    preschools = {
        400.0 + 50 * at: {"platser": count, "antal_barn": 0} for at, count in enumerate(vacancies)
    }
    people = sum(ramp)
    found = preschool_need(preschools, ramp=ramp, ages=(AgeBand(0, 9, people),), limit_m=1000)
    need = found.needs[0]
    weeks = need.weeks
    assert sum(week.arrived for week in weeks) == people
    assert weeks[-1].need == need.people == of_ages(found.arrival.ages, (1, 5))
    assert need.taken == weeks[-1].have == sum(taker.taken for taker in need.takers)
    assert need.taken == min(need.people, sum(vacancies))
    for week in weeks:
        assert week.have + week.left.value == week.need
        assert week.left.low <= week.left.value <= week.left.high
    assert [week.need for week in weeks] == sorted(week.need for week in weeks)


@given(st.integers(1, 100_000))
def test_the_stated_mix_keeps_the_people(people: int) -> None:
    bands = stated_mix(people)
    assert sum(band.people for band in bands) == people
    assert all(band.people >= 0 for band in bands)
