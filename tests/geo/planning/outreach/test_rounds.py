"""A week of rounds: within the hours, home again, none on holidays, right where the clocks change;
as a calendar that other programs read.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest

from geo.output.files.calendar import ics_bytes
from geo.output.words.outreach import left_words, plan_words, unspoken_words
from geo.planning.outreach.brief import visits_of
from geo.planning.outreach.rounds import Doors, Plan, Visit, plan_week
from geo.planning.outreach.staff import Worker, hours_of, read_staff, staff_of
from geo.presets import ANY, PREFERRED, REQUIRED
from tests.geo.planning.outreach.worlds import asked, town
from tests.geo.worlds import along
from tests.refusals import refused

MONDAY = date(2026, 11, 30)
OFF: tuple[tuple[time, time], ...] = ()
MORNING = ((time(9), time(12)),)
SPEED = 1.33


def spot(at: float) -> tuple[float, float]:
    point = along({at: ""}).iloc[0]
    return float(point.x), float(point.y)


def visit(at: float, score: float = 1.0, **more: object) -> Visit:
    lon, lat = spot(at)
    usual = {"id": f"housing:{at:g}", "name": f"Vid {at:g}", "minutes": 30}
    return Visit(lon=lon, lat=lat, score=score, **{**usual, **more})  # type: ignore[arg-type]


def worker(at: float = 0.0, days: tuple[int, ...] = (0,), hours=MORNING, **more: object) -> Worker:
    lon, lat = spot(at)
    week = tuple(hours if day in days else OFF for day in range(7))
    return Worker(**{"name": "Asta", "lon": lon, "lat": lat, "hours": week, **more})  # type: ignore[arg-type]


def planned(
    visits: list[Visit], staff: list[Worker], *, restricted: tuple[str, ...] = (), **more: object
) -> Plan:
    doors = Doors(tuple(visits), restricted)
    return plan_week(town(), doors, staff, **{"monday": MONDAY, **more})  # type: ignore[arg-type]


def test_a_round_says_when_it_comes_and_goes_and_is_home_within_the_hours() -> None:
    plan = planned([visit(400), visit(200)], [worker()])
    (tour,) = plan.rounds
    # 200 m at 1.33 m/s is 151 s, rounded up; and 400 m back is 301 s.
    assert [stop.visit.name for stop in tour.stops] in (
        ["Vid 200", "Vid 400"],
        ["Vid 400", "Vid 200"],
    )
    assert (
        sum(stop.walk_s for stop in tour.stops) + (tour.back - tour.stops[-1].leave).seconds == 603
    )
    assert tour.metres == pytest.approx(800)
    first = tour.stops[0]
    assert first.arrive - tour.start == timedelta(seconds=first.walk_s)
    assert first.leave - first.arrive == timedelta(minutes=30)
    assert tour.back <= tour.end
    assert plan.proven
    assert "bevisat" in plan_words(plan, "sv")


def test_the_most_needed_come_first_when_the_hours_do_not_suffice() -> None:
    short = ((time(9), time(9, 40)),)
    plan = planned([visit(100, 1.0), visit(150, 5.0)], [worker(hours=short)])
    assert [stop.visit.name for stop in plan.rounds[0].stops] == ["Vid 150"]
    assert [(each.name, each.reason) for each in plan.left] == [("Vid 100", "time")]
    assert plan.visited == pytest.approx(5.0)


def test_a_place_too_far_and_one_off_the_paths_are_named_with_the_reason() -> None:
    lone = replace(visit(0), id="housing:x", name="Utan väg", lon=17.0, lat=59.0)
    hour = ((time(9), time(9, 45)),)
    plan = planned([visit(900), lone], [worker(hours=hour)], restricted=("Skyddat",))
    assert plan.rounds == ()
    assert {each.name: each.reason for each in plan.left} == {
        "Skyddat": "restricted",
        "Vid 900": "too_far",
        "Utan väg": "off_paths",
    }
    assert plan.asked == 3


def test_a_start_without_paths_is_named() -> None:
    plan = planned([visit(100)], [worker(), replace(worker(), name="Bo", lon=17.0, lat=59.0)])
    assert plan.stranded == ("Bo",)
    assert plan.stops == 1


def test_language_is_required_preferred_or_of_no_matter() -> None:
    tigrinya = visit(100, 4.0, languages=("ti",))
    swede, speaker = worker(languages=("sv",)), worker(name="Selam", languages=("ti",))
    assert planned([tigrinya], [swede], rule=REQUIRED).left[0].reason == "language"
    assert planned([tigrinya], [swede], rule=PREFERRED).visited == pytest.approx(2.0)
    assert planned([tigrinya], [swede], rule=ANY).visited == pytest.approx(4.0)
    both = planned([tigrinya], [swede, speaker], rule=PREFERRED)
    assert both.rounds[0].worker.name == "Selam"
    assert both.rounds[0].stops[0].common == ("ti",)


def test_a_home_visited_without_its_languages_has_the_reason_why() -> None:
    home = visit(100, 4.0, name="Boendet", languages=("ti", "ar", "uk"), home=True)
    asta, selam = worker(languages=("ar",)), worker(name="Selam", days=(), languages=("ti",))
    plan = planned([home, visit(300, name="Skolan", languages=("ti",))], [asta, selam])
    said = [unspoken_words(each, "sv") for each in plan.unspoken]
    assert said == [
        "Boendet: Asta talar inte ukrainska, som talas där. Ingen i personalen gör det.",
        "Boendet: Asta talar inte tigrinja, som talas där. Det gör Selam, som inte hinner dit i"
        " den här planen.",
    ]
    events = icalendar.Calendar.from_ical(ics_bytes(plan)).walk("VEVENT")
    assert [said[0] in event["description"] for event in events] == [
        stop.visit.home for stop in plan.rounds[0].stops
    ]
    fluent = planned([home], [worker(languages=("ti", "ar", "uk"))])
    assert fluent.unspoken == ()
    silent = planned([replace(home, languages=())], [asta])
    assert [each.reason for each in silent.unspoken] == ["unknown"]


def test_who_speaks_more_of_a_homes_languages_is_sent_there() -> None:
    home = visit(100, 4.0, languages=("ti", "ar"), home=True)
    one, both = worker(languages=("ar",)), worker(name="Selam", languages=("ti", "ar"))
    assert planned([home], [one, both]).rounds[0].worker.name == "Selam"
    left = planned([home], [worker(languages=("sv",))], rule=REQUIRED).left
    assert [left_words(each, "sv") for each in left] == [
        "ingen i personalen talar tigrinja eller arabiska, som talas där"
    ]


def test_a_week_goes_to_doors_and_never_to_the_middle_of_a_statistical_area() -> None:
    area = town(
        homes={100.0: 10, 300.0: 10, 900.0: 20},
        places={150.0: "school", 160.0: "station", 120.0: "preschool"},
        housing={500.0: {"residents": 30}},
    )
    area.people["unit"] = ["A1", "A2", "A3", area.people["unit"].iloc[3]]
    answer = asked(replace(area, _snaps={}))
    doors = visits_of(answer, answer.shown, "sv")
    known = {(round(p.x, 9), round(p.y, 9)) for p in answer.world.area.places.geometry}
    assert {(round(each.lon, 9), round(each.lat, 9)) for each in doors.visits} <= known
    assert {each.name for each in doors.visits} == {"Boende 0", "school 150"}
    school = next(each for each in doors.visits if not each.home)
    assert len(school.areas) == 2, "one visit for both areas it serves"
    assert len(doors.doorless) == 1
    plan = plan_week(area, doors, [worker(500, hours=((time(9), time(12)),))], monday=MONDAY)
    assert [each.reason for each in plan.left] == ["no_door"]
    assert plan.asked == 3


def test_nobody_is_sent_out_on_a_holiday() -> None:
    week = date(2026, 12, 21)
    plan = planned([visit(100)], [worker(days=(3, 4))], monday=week)
    assert plan.rounds == ()
    assert [(day, name) for day, name, _ in plan.holidays] == [
        (date(2026, 12, 24), "Julafton"),
        (date(2026, 12, 25), "Juldagen"),
    ]
    after = planned([visit(100)], [worker(days=(0, 4))], monday=week)
    assert [each.start.date() for each in after.rounds] == [week]


@pytest.mark.parametrize(
    ("sunday", "hours"), [(date(2028, 3, 26), 2), (date(2026, 10, 25), 4), (date(2026, 11, 29), 3)]
)
def test_a_night_when_the_clocks_change_is_as_long_as_it_is(sunday: date, hours: int) -> None:
    night = ((time(1), time(4)),)
    visits = [visit(0, 1.0 + at, id=f"v{at}", minutes=60) for at in range(6)]
    plan = planned(visits, [worker(days=(6,), hours=night)], monday=sunday - timedelta(days=6))
    (tour,) = plan.rounds
    assert len(tour.stops) == hours
    assert tour.back.astimezone(UTC) <= tour.end.astimezone(UTC)
    assert tour.stops[0].arrive.utcoffset() is not None


def test_a_week_is_numbered_through_and_the_same_twice() -> None:
    staff = [worker(days=(0, 1), hours=((time(9), time(10)),))]
    plan = planned([visit(100), visit(300)], staff)
    assert [stop.number for each in plan.rounds for stop in each.stops] == [1, 2]
    assert planned([visit(100), visit(300)], staff) == plan


HOSTILE = 'Bo\r\nATTENDEE:mailto:x@y.z;X=1\\n,"{{ 7*7 }}" \x07'


def test_a_calendar_is_read_back_with_its_zone_and_hostile_names_as_text() -> None:
    plan = planned(
        [visit(100, name=HOSTILE), visit(300, needs=("language",))], [worker(name=HOSTILE)]
    )
    written = ics_bytes(plan, "sv")
    assert written == ics_bytes(plan, "sv")
    assert all(len(line) <= 75 for line in written.split(b"\r\n"))
    assert b"\nATTENDEE" not in written.replace(b"\r\n ", b"")
    calendar = icalendar.Calendar.from_ical(written)
    (zone,) = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == "Europe/Stockholm"
    events = calendar.walk("VEVENT")
    stops = plan.rounds[0].stops
    assert [event.decoded("dtstart") for event in events] == [stop.arrive for stop in stops]
    assert [event.decoded("dtend") for event in events] == [stop.leave for stop in stops]
    assert len({str(event["uid"]) for event in events}) == 2
    assert all({"UID", "DTSTAMP", "SUMMARY"} <= set(event) for event in events)
    assert "{{ 7*7 }}" in str(events[0]["summary"]) + str(events[1]["summary"])


def test_a_visit_has_the_same_id_when_the_week_is_planned_again() -> None:
    ids = [
        {
            str(event["uid"])
            for event in icalendar.Calendar.from_ical(ics_bytes(plan)).walk("VEVENT")
        }
        for plan in (
            planned([visit(100), visit(300)], [worker()]),
            planned([visit(100), visit(300), visit(500)], [worker()]),
        )
    ]
    assert ids[0] < ids[1]


def test_the_calendar_is_in_summer_time_when_stockholm_is() -> None:
    plan = planned([visit(100)], [worker(days=(1,))], monday=date(2027, 3, 29))
    (event,) = icalendar.Calendar.from_ical(ics_bytes(plan)).walk("VEVENT")
    start = event.decoded("dtstart")
    # 100 m at 1.33 m/s is 76 s after nine; Stockholm is two hours ahead of UTC then.
    assert start.astimezone(UTC) == datetime(2027, 3, 30, 7, 1, 16, tzinfo=UTC)


def test_the_calendar_s_own_zone_changes_when_stockholm_s_clocks_do() -> None:
    calendar = icalendar.Calendar.from_ical(ics_bytes(planned([visit(100)], [worker()])))
    (zone,) = calendar.walk("VTIMEZONE")
    told = zone.to_tz(lookup_tzid=False)
    for day in (date(2026, 3, 29), date(2026, 10, 25)):
        for hour in (1, 4):
            clock = datetime.combine(day, time(hour))
            there = clock.replace(tzinfo=ZoneInfo("Europe/Stockholm")).utcoffset()
            assert clock.replace(tzinfo=told).utcoffset() == there
    (change,) = (part["DTSTART"].dt for part in zone.walk("DAYLIGHT"))
    assert change.time() == time(2)  # by the winter clock that shows until then


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("", ()),
        ("9-12", ((time(9), time(12)),)),
        ("13:30–16, 9.00-12.15", ((time(9), time(12, 15)), (time(13, 30), time(16)))),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, hours) -> None:
    assert hours_of(text) == hours


@pytest.mark.parametrize("text", ["25-26", "9-24", "12-9", "9-12, 11-13", "hela dagen", "9:75-10"])
def test_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        hours_of(text)


def test_staff_are_read_and_each_bad_cell_is_told_with_row_and_column(tmp_path) -> None:
    area = town(places={500.0: "school", 700.0: "library"})
    lon, lat = spot(100)
    path = tmp_path / "personal.csv"
    path.write_text(
        "Namn;Språk;Start;Mån;Tis\n"
        "Asta;svenska, tigrinja;school-0;9-12;13-16\n"
        "Bo;ankspråk;library 700;9-12;25:00-26\n"
        f"Cia;;{lon} {lat};8-9;\n"
        "Dan;;ingenstans;9-12;\n"
        "Eva;;school-0;;\n"
        ";;school-0;9-12;\n",
        encoding="utf-8",
    )
    staff = read_staff(path, area)
    assert [each.name for each in staff.workers] == ["Asta", "Bo", "Cia"]
    assert staff.workers[0].languages == ("sv", "ti")
    assert staff.workers[0].hours[:2] == (((time(9), time(12)),), ((time(13), time(16)),))
    assert staff.workers[2].lon == pytest.approx(lon)
    told = {(each.row, each.column, each.what) for each in staff.problems}
    assert told == {
        (3, "Språk", "bad_language"),
        (3, "Tis", "bad_hours"),
        (5, "Start", "bad_start"),
        (6, "mån", "no_hours"),
        (7, "Namn", "no_name"),
    }


def test_a_table_with_nobody_to_plan_for_is_refused_with_the_first_reason(tmp_path) -> None:
    path = tmp_path / "personal.csv"
    path.write_text("Namn;Start;Mån\nDan;ingenstans;9-12\n", encoding="utf-8")
    with refused("no_staff") as caught:
        read_staff(path, town())
    assert "rad 2" in caught.value.message("sv") and "ingenstans" in caught.value.message("sv")


def test_protected_housing_is_no_start_point() -> None:
    area = town(housing={150.0: {"residents": 30, "skyddad": "ja"}})
    name = str(area.places["name"].iloc[-1])
    found = staff_of([(1, {"namn": "Asta", "start": name, "mån": "9-12"})], area)
    assert found.workers == ()
