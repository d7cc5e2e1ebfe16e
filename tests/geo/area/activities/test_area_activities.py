"""What happens in an area: its table's activities and its places' own, as text, files, calendar and
command; and the demonstration's example."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from dateutil.rrule import rruleset, rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from geo import texts
from geo.area.activities.derived import activities_of, opening_times
from geo.area.activities.model import Activity, Times, is_fresh
from geo.area.activities.occurrences import in_week, occurrences, week_grid, weekly_rule
from geo.area.activities.table import to_table
from geo.area.associations import associations_of
from geo.area.model import Area
from geo.area.newcomers import newcomers_of
from geo.area.provenance import Source
from geo.catalog import open_area, save_area
from geo.cli.parser import main
from geo.clock import STOCKHOLM
from geo.output.files.activities import COLUMNS
from geo.output.files.calendar import to_ics
from geo.sources.demo import activities
from geo.sources.demo import area as demo_area
from tests.geo.worlds import street
from tests.tiny import tiny_area

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def with_details(kind: str, **details: object) -> Area:
    area = street(homes={100: 1}, places={500: kind})
    return replace(area, places=area.places.assign(details=json.dumps(details)))


def test_a_place_of_a_kind_that_is_an_activity_is_one_with_its_opening_hours() -> None:
    area = with_details("library", opening_hours="Mo-Th 10-19; Sa 11-15", languages="svenska, ar")
    (found,) = activities_of(area)
    assert (found.id, found.place, found.kind) == ("place:library-0", "library-0", "library_hours")
    assert found.languages == ("sv", "ar") and found.confirmed is None
    grid = week_grid(found, date(2026, 11, 23))
    assert grid[:4, 10:19].all() and grid[5, 11:15].all() and grid.sum() == 40
    assert in_week(found, date(2026, 12, 21))[-1].start.day == 23, "closed at Christmas"


def test_a_place_can_tell_several_organisers() -> None:
    (found,) = activities_of(
        with_details("info_desk", arrangörer="Stadsdelen; Syriska föreningen;")
    )
    assert found.organisers == ("Stadsdelen", "Syriska föreningen")
    assert activities_of(with_details("info_desk"))[0].organisers == ()


def test_hours_nobody_tells_are_unknown_and_a_school_is_no_activity() -> None:
    (found,) = activities_of(with_details("language_cafe"))
    assert found.times is None and found.kind == "language_cafe"
    assert activities_of(with_details("school", opening_hours="Mo-Fr 8-16")) == ()


def test_a_place_is_confirmed_when_its_record_or_else_its_source_is_dated() -> None:
    area = with_details("library", check_date="2026-05-01")
    assert activities_of(area)[0].confirmed == date(2026, 5, 1)
    dated = (Source("library", "street", date="2026-03-04"),)
    area = replace(with_details("library"), sources=dated)
    assert activities_of(area)[0].confirmed == date(2026, 3, 4)
    loose = (replace(dated[0], date=""),)
    assert activities_of(replace(area, sources=loose))[0].confirmed is None
    year = (replace(dated[0], date="2026"),)
    assert activities_of(replace(area, sources=year))[0].confirmed is None, "a year is no day"


def test_listed_activities_stand_for_the_place_but_a_visit_does_not() -> None:
    own = Activity("a", "language_cafe-0", "language_cafe")
    visit = Activity("b", "language_cafe-0", "language_cafe", visiting=True)
    nowhere = Activity("c", "gone", "sport")
    area = with_details("language_cafe")
    ids = [each.id for each in activities_of(replace(area, activities=to_table([own, nowhere])))]
    assert ids == ["a"]
    ids = [each.id for each in activities_of(replace(area, activities=to_table([visit])))]
    assert ids == ["b", "place:language_cafe-0"]


def test_what_never_closes_goes_on_on_holidays_and_past_midnight() -> None:
    always = Activity("a", "p", "meeting_place", times=opening_times("24/7"))
    assert week_grid(always, date(2026, 12, 21)).all()
    late = Activity("a", "p", "meeting_place", times=opening_times("fre 20-02"))
    assert week_grid(late, date(2026, 11, 23)).sum() == 6


RULES = st.sampled_from(
    [
        *("FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY", "FREQ=WEEKLY;COUNT=9;BYDAY=MO,WE"),
        *("FREQ=MONTHLY;BYDAY=-1SA", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU", "FREQ=DAILY"),
        *("FREQ=MONTHLY;BYDAY=TU,TH;BYSETPOS=-1", "FREQ=YEARLY;BYWEEKNO=2,4,12,14;BYDAY=SU"),
    ]
)


@settings(max_examples=40, deadline=None)
@given(
    RULES,
    st.dates(date(2024, 1, 1), date(2026, 6, 1)),
    st.integers(3, 22),
    st.booleans(),
    st.none() | st.just(("09-01", "05-31")),
    st.integers(0, 500),
)
def test_a_calendar_reads_back_as_the_occurrences(rule, first, hour, holidays, season, length):
    times = Times(rule, first, time(hour), time(hour + 1, 30), season, holidays)
    activity = Activity("a", "p", "sport", name="Spel; och, \\ lek", times=(times,))
    since, until = date(2025, 12, 1), date(2025, 12, 1) + timedelta(days=length)
    content = to_ics([activity], since, until, places={"p": "Hallen"}, now=NOW)
    expected = [
        each.start
        for each in occurrences(
            activity,
            datetime.combine(since, time(), STOCKHOLM),
            datetime.combine(until + timedelta(days=1), time(), STOCKHOLM),
        )
    ]
    assert _read_back(content) == expected


def _read_back(content: bytes) -> list[datetime]:
    """Return the moments of a calendar's events as a calendar program works them out."""
    found: list[datetime] = []
    for event in Calendar.from_ical(content).walk("VEVENT"):
        begins = event.decoded("dtstart").replace(tzinfo=None)
        rules = rruleset()
        rule = event["rrule"].to_ical().decode()
        until = rule.partition("UNTIL=")[2][:16]
        last = datetime.strptime(until, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        local = last.astimezone(STOCKHOLM).replace(tzinfo=None)
        rules.rrule(
            rrulestr(rule.replace(until, f"{local:%Y%m%dT%H%M%S}"), dtstart=begins, ignoretz=True)
        )
        left_out = event.get("exdate", [])
        for each in left_out if isinstance(left_out, list) else [left_out]:
            rules.exdate(each.dts[0].dt.replace(tzinfo=None))
        found += [each.replace(tzinfo=STOCKHOLM) for each in rules]
    return sorted(found)


def test_the_calendars_clock_is_stockholms_on_both_sides_of_each_change() -> None:
    activity = Activity(
        "a", "p", "sport", times=(Times("FREQ=DAILY", date(2026, 1, 1), time(17), time(19)),)
    )
    content = to_ics([activity], date(2026, 1, 1), date(2026, 12, 31), places={}, now=NOW)
    calendar = Calendar.from_ical(content)
    (zone,) = calendar.walk("VTIMEZONE")
    assert str(zone["tzid"]) == "Europe/Stockholm"
    theirs = zone.to_tz(lookup_tzid=False)
    for clock in ("2026-03-29T01:59", "2026-03-29T03:00", "2026-07-01T12:00", "2026-10-25T01:59",
                  "2026-10-25T03:00", "2030-01-01T12:00"):  # fmt: skip
        moment = datetime.fromisoformat(clock)
        assert moment.replace(tzinfo=theirs).utcoffset() == (
            moment.replace(tzinfo=STOCKHOLM).utcoffset()
        ), clock


def test_a_calendar_holds_what_a_record_tells_and_nothing_of_unknown_hours() -> None:
    cafe = Activity(
        *("a", "b1", "language_cafe"),
        times=(Times(weekly_rule((1,)), date(2026, 1, 6), time(17), time(19)),),
        languages=("ti", "sv"),
        audience=("women",),
        cost="gratis",
    )
    unknown = Activity("b", "b1", "sport")
    content = to_ics(
        [cafe, unknown], date(2026, 1, 1), date(2026, 2, 1), places={"b1": "Bibb"}, now=NOW
    )
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert str(event["summary"]) == "Språkcafé" and str(event["location"]) == "Bibb"
    assert str(event["description"]).split("\n") == [
        "Språkcafé",
        "tigrinja, svenska",
        "kvinnor",
        "gratis",
    ]
    assert event["uid"] == "a-1@narhet"


@pytest.fixture
def saved(home: Path) -> Path:
    save_area(tiny_area(), home)
    return home


def run(*words: object, home: Path) -> int:
    return main([*map(str, words), "--home", str(home)])


def test_the_command_adds_a_table_tells_what_it_left_out_and_shows_the_week(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "a.csv"
    table.write_text(
        "plats;aktivitet;typ;veckodag;från;till;språk;bekräftad\n"
        "Biblioteket;Kvällscafé;språkcafé;tisdag;17;19;tigrinja;2026-10-01\n"
        "Träffpunkten;Kör;kör;onsdag;25:00;19;xyzzy;\n"
        ";Hemlös;kör;onsdag;17;19;;\n",
        encoding="utf-8",
    )
    assert run("activities", "provby", "--add", table, "--week", "2026-11-25", home=saved) == 0
    out, err = capsys.readouterr()
    assert "2 aktiviteter ur 3 rader" in err
    assert (
        "rad 3: ”25:00” i kolumnen ”från”" in err
        and "rad 4: saknar plats i kolumnen ”plats”" in err
    )
    assert "tis 2026-11-24 17:00–19:00  Kvällscafé · Språkcafé · Biblioteket (tigrinja" in out
    assert "Okända tider: 3" in out and "Kör" in out.partition("Okända tider")[2]
    kept = open_area("provby", saved)
    assert set(kept.activities["name"]) == {"Kvällscafé", "Kör"}
    assert kept.places.equals(open_area("provby", saved).places)


def test_the_command_answers_as_json_csv_and_calendar(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    times = (Times(weekly_rule((1,)), date(2026, 1, 6), time(17), time(19)),)
    name = "=cmd|' /C calc'!A0"
    activity = Activity("a", "b1", "language_cafe", name=name, times=times, seats=20)
    save_area(replace(tiny_area(), activities=to_table([activity])), home)
    assert run("activities", "provby", "--week", "2026-11-25", "--json", home=home) == 0
    document = json.loads(capsys.readouterr().out)
    (held,) = document["occurrences"]
    assert (held["start"], held["end"]) == (
        *("2026-11-24T17:00:00+01:00", "2026-11-24T19:00:00+01:00"),
    )
    assert held["activity"] == name and held["uncertain"] is True and held["cost"] is None
    assert len(document["unknown_hours"]) == 2, "the library and the meeting place"
    for ending in (".csv", ".ics"):
        file = tmp_path / f"week{ending}"
        assert run("activities", "provby", "--week", "2026-11-25", "-o", file, home=home) == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "week.csv").read_text("utf-8-sig"))))
    assert tuple(rows[0]) == COLUMNS
    assert (rows[0]["weekday"], rows[0]["from"], rows[0]["seats"]) == ("tis", "17:00", "20")
    assert rows[0]["activity"] == "'" + name and rows[1]["date"] == ""
    assert len(_read_back((tmp_path / "week.ics").read_bytes())) == 53


@pytest.mark.parametrize("words", [("--week", "i morgon"), ("-o", "a.pdf"), ("--add", "nej.csv")])
def test_what_the_command_can_not_use_is_refused(
    saved: Path, words: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("activities", "provby", *words, home=saved) == 2
    assert words[1] in capsys.readouterr().err


@pytest.fixture(scope="module")
def area() -> Area:
    return demo_area.build_demo(today=date(2026, 11, 22))


def test_all_that_is_invented_to_happen_says_so(area: Area) -> None:
    listed = [each for each in activities_of(area) if each.id.startswith("demo-activity")]
    assert len(listed) == 20
    for each in listed:
        assert each.demonstration and "(demonstration)" in each.name and "Påhitta" in each.name
        assert all("(demonstration)" in name for name in each.organisers)
        assert each.place in set(area.places["id"])


def test_the_demonstration_has_one_of_each_thing_there_is_to_show(area: Area) -> None:
    today = date(2026, 11, 22)
    found = [each for each in activities_of(area) if each.demonstration]
    assert {"ti", "ar", "so", "fa", "uk", "sv"} <= {
        code for each in found for code in each.languages
    }
    old = [each for each in found if each.times and not is_fresh(each, today)]
    assert {each.kind for each in old} == {"crafts", "cycling_school"}
    assert [each.kind for each in found if each.times is None] == ["digital_help"]
    visits = [each for each in found if each.visiting]
    assert {each.place for each in visits} == {"demo-4"} and len(visits) == 2
    desk = next(each for each in visits if each.kind == "open_preschool")
    assert [f"{each.start:%m-%d %H:%M}" for each in occurrences(
        desk, datetime(2026, 12, 1), datetime(2027, 1, 10)
    )] == ["12-10 09:30", "01-07 09:30"], "Christmas Eve is closed"  # fmt: skip
    meal = next(each for each in found if each.kind == "shared_meal")
    assert in_week(meal, date(2026, 4, 5)), "goes on on Easter Day"
    football = next(each for each in found if each.name.startswith("Påhittad sommar"))
    assert in_week(football, date(2026, 7, 1)) and not in_week(football, date(2026, 11, 23))
    themes = {each.kind for each in found if in_week(each, date(2026, 11, 23))}
    assert {"language_cafe", "info_desk", "womens_group", "homework_help", "sport"} <= themes


def test_the_demonstrations_housing_and_associations_tell_languages(area: Area) -> None:
    spoken = [each.language_codes for each in newcomers_of(area)]
    assert spoken == [("ti", "ar", "prs"), ("uk", "so"), ("ar", "ti", "so")]
    assert all(each.availability and not each.unread for each in newcomers_of(area))
    ours = [each for each in associations_of(area) if each.demonstration]
    assert [each.matches_per_year for each in ours] == [40, 12]
    assert all(each.runs and not each.uses_elsewhere for each in ours)


def test_shares_born_abroad_differ_by_quarter_and_foreign_background_is_larger(area: Area) -> None:
    residents = area.people[area.people["origin"] == "residents"]
    sums = residents.groupby("district")[["all", "born_abroad", "foreign_background"]].sum()
    shares = (sums["born_abroad"] / sums["all"]).round(6)
    assert shares.to_dict() == {
        "Demo sydväst": 0.14,
        "Demo sydost": 0.22,
        "Demo nordväst": 0.31,
        "Demo nordost": 0.68,
    }
    assert (sums["foreign_background"] > sums["born_abroad"]).all() and residents["estimated"].all()
    marked = [each for each in area.sources if each.part == "people" and each.demonstration]
    assert [each.estimated for each in marked] == [True]


def test_a_saved_demonstration_of_an_older_narhet_is_made_anew(home: Path, area: Area) -> None:
    old = replace(
        area,
        activities=area.activities[:0],
        sources=tuple(
            replace(each, file="") if each.demonstration else each for each in area.sources
        ),
    )
    save_area(old, home)
    opened = open_area("demo", home)
    assert len(opened.activities) == 20 and opened.revision == 2
    assert open_area("demo", home).key == opened.key, "and then it stays"


def test_a_demonstration_somebody_added_to_is_left_as_it_is(home: Path, area: Area) -> None:
    added = (*area.sources, Source("library", "Egen fil", file="mina.csv"))
    old = tuple(replace(each, file="") if each.demonstration else each for each in added)
    save_area(replace(area, sources=old, activities=area.activities[:0]), home)
    assert len(open_area("demo", home).activities) == 0


def test_a_demonstration_is_made_anew_when_all_it_says_has_grown_old(area: Area) -> None:
    manifest = {
        "created": "2026-01-01T00:00:00+00:00",
        "sources": [vars(each) for each in area.sources],
        "files": {"outlines": {}},
    }
    assert not activities.is_outdated(manifest, date(2026, 6, 1))
    assert activities.is_outdated(manifest, date(2026, 7, 1))


def test_the_week_of_the_demonstration_is_marked_and_credited(
    home: Path, area: Area, capsys: pytest.CaptureFixture[str]
) -> None:
    save_area(area, home)
    assert run("activities", "demo", "--week", "2026-11-23", home=home) == 0
    out, err = capsys.readouterr()
    assert texts.text("demo.mark") in err and "© OpenStreetMap contributors" in out
    line = next(line for line in out.splitlines() if "på besök" in line)
    assert line.startswith("tors 2026-11-26 09:30–11:30") and "föräldrar med barn" in line
