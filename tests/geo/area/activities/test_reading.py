"""Activities from tables: what people write is understood, and what they get wrong is told."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from geo import texts
from geo.area.activities.model import Activity, Times
from geo.area.activities.occurrences import STOCKHOLM, in_week, possible, rule_weekdays
from geo.area.activities.table import from_table, to_table
from geo.ingest.edits import with_activities
from geo.output.files.calendar import to_ics
from geo.output.words.activity_hours import undated_words, when_words
from geo.sources.activities.cells import season, weekdays
from geo.sources.activities.reader import ActivitiesRead, activities_in, read_activities
from tests.refusals import refused
from tests.tiny import tiny_area

PLACES = tiny_area().places
HEAD = "plats;aktivitet;typ;veckodag;från;till"


def read(*rows: str, head: str = HEAD) -> ActivitiesRead:
    names = head.split(";")
    cells = [[cell or None for cell in row.split(";")] for row in rows]
    frame = pd.DataFrame(cells, columns=names, index=range(2, len(rows) + 2), dtype=object)
    return activities_in(frame, PLACES, "a.csv")


def told(found: ActivitiesRead) -> list[tuple[int, str, str]]:
    return [(each.row, each.reason, each.values.get("column", "")) for each in found.left_out]


def only(found: ActivitiesRead) -> Activity:
    assert found.left_out == () and len(found.activities) == 1
    return found.activities[0]


def test_a_full_row_is_read_field_by_field() -> None:
    found = read(
        "Biblioteket;Språkcafé;språkcafé;tisdag;17;19;varannan vecka;2026-01-06;1 sep–31 maj;"
        "svenska, tigrinja;kvinnor, familjer;Röda Korset, Kyrkan;gratis;ja;20;08-123;anslag;"
        "2026-09-01;2026-01-01;2027-06-30;ja;nej;2026-12-22",
        head=HEAD + ";intervall;första dag;säsong;språk;för vem;arrangörer;kostnad;drop-in;platser;"
        "kontakt;källa;bekräftad;gäller från;gäller till;på besök;röda dagar;inställt",
    )
    activity = only(found)
    assert activity == Activity(
        id=activity.id,
        place="b1",
        kind="language_cafe",
        name="Språkcafé",
        times=(
            Times(
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
                date(2026, 1, 6),
                time(17),
                time(19),
                ("09-01", "05-31"),
                False,
                (date(2026, 12, 22),),
            ),
        ),
        organisers=("Röda Korset", "Kyrkan"),
        languages=("sv", "ti"),
        audience=("women", "parents_with_children"),
        cost="gratis",
        drop_in=True,
        seats=20,
        contact="08-123",
        source="anslag",
        confirmed=date(2026, 9, 1),
        valid_from=date(2026, 1, 1),
        valid_to=date(2027, 6, 30),
        visiting=True,
    )
    assert from_table(to_table([activity])) == (activity,)


def test_english_columns_and_words_are_understood() -> None:
    found = read(
        "b1;Café;Language café;Tuesdays;17:30;19:00;every other week;2026-01-06;Swedish;women;yes",
        head="place;activity;kind;weekday;from;to;interval;first day;languages;audience;drop-in",
    )
    activity = only(found)
    assert activity.times is not None
    assert activity.times[0].rrule == "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"
    assert (activity.kind, activity.languages, activity.audience, activity.drop_in) == (
        *("language_cafe", ("sv",), ("women",), True),
    )


@pytest.mark.parametrize(
    ("row", "reason", "column"),
    [
        ("b1;A;sport;tisdag;25:00;26:00", "activity_bad_hour", "från"),
        ("b1;A;sport;tisdag;17;25:00", "activity_bad_hour", "till"),
        ("b1;A;sport;tisdag;17:75;19", "activity_bad_hour", "från"),
        ("b1;A;sport;tisdag;19;17", "activity_end_before_start", "till"),
        ("b1;A;sport;tisdag;17;17", "activity_end_before_start", "till"),
        ("b1;A;sport;tisd8g;17;19", "activity_bad_weekday", "veckodag"),
        ("b1;A;sport;;17;19", "activity_no_weekday", "veckodag"),
        ("b1;A;sport;tisdag;;19", "activity_no_hour", "från"),
    ],
)
def test_a_time_that_can_not_be_read_is_told_and_unknown(row, reason, column) -> None:
    found = read(row)
    assert (2, reason, column) in told(found)
    assert [each.times for each in found.activities] == [None], "the rest of the row is used"
    assert found.activities[0].kind == "sport"


@pytest.mark.parametrize(
    ("head", "cell", "reason"),
    [
        ("rrule", "FREQ=SOMETIMES", "activity_bad_rrule"),
        ("rrule", "FREQ=WEEKLY;BYDAY=TY", "activity_bad_rrule"),
        ("rrule", "FREQ=MONTHLY;INTERVAL=2;BYDAY=1TU", "activity_no_first_day"),
        ("intervall", "då och då", "activity_bad_interval"),
        ("säsong", "ibland", "activity_bad_season"),
        ("första dag", "2026-02-30", "activity_bad_day"),
        ("inställt", "julen", "activity_bad_day"),
    ],
)
def test_how_often_and_when_in_the_year_is_told_too(head: str, cell: str, reason: str) -> None:
    frame = pd.DataFrame(
        [["b1", "sport", "tisdag", "17", "19", cell]],
        columns=["plats", "typ", "veckodag", "från", "till", head],
        index=[7],
    )
    found = activities_in(frame, PLACES, "a.csv")
    assert told(found) == [(7, reason, head)]
    assert found.activities[0].times is None


@pytest.mark.parametrize(
    ("head", "row", "words"),
    [
        (f"{HEAD};intervall", "b1;A;sport;torsdag;17;19;varannan vecka", "varannan torsdag"),
        (f"{HEAD};intervall", "b1;A;sport;tis, tors;17;19;3", "var tredje tisdag och torsdag"),
        (f"{HEAD};rrule", "b1;A;sport;;17;19;FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", "varannan torsdag"),
        (
            "plats;typ;öppettider;intervall",
            "b1;sport;tors 17-19;varannan vecka",
            "varannan torsdag",
        ),
    ],
)
def test_every_other_week_without_a_first_day_keeps_its_weekday_and_hours(head, row, words) -> None:
    cells = row.split(";", head.count(";"))
    frame = pd.DataFrame([cells], columns=head.split(";"), index=[2], dtype=object)
    found = activities_in(frame.replace("", None), PLACES, "a.csv")
    assert [each.reason for each in found.left_out] == ["activity_no_first_day"]
    activity = found.activities[0]
    assert undated_words(activity, "sv") == f"{words} 17:00–19:00, oklart vilken"
    assert in_week(activity, date(2026, 11, 23)) == in_week(activity, date(2026, 11, 30)) == ()
    assert len(in_week(possible(activity), date(2026, 11, 23))) == len(
        rule_weekdays(activity.times[0])
    )
    assert from_table(to_table([activity])) == (activity,)
    places = {"b1": "Biblioteket"}
    year = (date(2026, 1, 1), date(2026, 12, 31))
    now = datetime(2026, 11, 30, tzinfo=STOCKHOLM)
    assert b"BEGIN:VEVENT" not in to_ics([activity], *year, places=places, now=now)


def test_a_name_that_a_school_a_stop_and_a_polling_station_share_is_the_house() -> None:
    """The stop outside is no place to meet at; a school far away with the name keeps it unclear."""
    here = PLACES[PLACES["id"] == "b1"]
    stop, school = (here.assign(id=f"x-{kind}", kind=kind) for kind in ("station", "school"))
    frame = pd.DataFrame([["Biblioteket", "C"]], columns=["plats", "aktivitet"], index=[2])
    near = pd.concat([stop, PLACES, school], ignore_index=True)
    assert [each.place for each in activities_in(frame, near, "a.csv").activities] == ["b1"]
    away = school.set_geometry(school.geometry.translate(0.01, 0.0))
    far = pd.concat([PLACES, away], ignore_index=True)
    assert told(activities_in(frame, far, "a.csv")) == [(2, "activity_ambiguous_place", "plats")]


@pytest.mark.parametrize(
    ("head", "cell", "reason", "field", "kept"),
    [
        ("språk", "svenska, xyzzy", "activity_unknown_language", "languages", ("sv",)),
        ("språk", "tigrinia", "activity_unknown_language", "languages", ()),
        ("för vem", "kvinnor, katter", "activity_unknown_audience", "audience", ("women",)),
        ("drop-in", "kanske", "activity_not_yes_or_no", "drop_in", None),
        ("platser", "många", "not_a_number", "seats", None),
        ("platser", "-3", "not_a_number", "seats", None),
        ("bekräftad", "i våras", "activity_bad_day", "confirmed", None),
        ("gäller till", "2026-13-01", "activity_bad_day", "valid_to", None),
    ],
)
def test_another_cell_that_can_not_be_read_is_unknown_and_the_time_stands(
    head: str, cell: str, reason: str, field: str, kept: Any
) -> None:
    found = read(f"b1;A;sport;tisdag;17;19;{cell}", head=f"{HEAD};{head}")
    assert told(found) == [(2, reason, head)]
    assert getattr(found.activities[0], field) == kept
    assert found.activities[0].times is not None


def test_a_row_without_a_place_that_is_found_is_left_out() -> None:
    twice = pd.concat([PLACES, PLACES[PLACES["id"] == "b1"].assign(id="b2")], ignore_index=True)
    frame = pd.DataFrame(
        [["", "A"], ["Ingenstans", "B"], ["Biblioteket", "C"], ["b2", "D"], ["träff-punkten", "E"]],
        columns=["plats", "aktivitet"],
        index=[2, 3, 4, 5, 6],
    )
    found = activities_in(frame, twice, "a.csv")
    assert told(found) == [
        (2, "activity_no_place", "plats"),
        (3, "activity_unknown_place", "plats"),
        (4, "activity_ambiguous_place", "plats"),
    ]
    assert [(each.place, each.name) for each in found.activities] == [("b2", "D"), ("m1", "E")]
    assert "b1" in found.left_out[2].values["names"] and "b2" in found.left_out[2].values["names"]


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_each_message_can_be_said(language: str) -> None:
    bad = "b1;A;sprt;tisd8g;25:00;17;xyzzy;katter;kanske;x;ibland;FREQ=NO"
    found = read(bad, ";;;;;;;;;;;", head=HEAD + ";språk;för vem;drop-in;bekräftad;säsong;rrule")
    said = [
        texts.text(f"left_out.{each.reason}", language, **each.values) for each in found.left_out
    ]
    assert len(said) >= 7
    assert any("xyzzy" in line for line in said) and any("25:00" in line for line in said)


def test_protected_housing_can_not_hold_an_activity_and_is_not_named() -> None:
    places = PLACES.copy()
    places.loc[places["id"] == "g1", "details"] = (
        '{"region_wkt": "POINT (0 0)", "region_enough": true}'
    )
    frame = pd.DataFrame([["g1", "A"]], columns=["plats", "aktivitet"], index=[2])
    assert told(activities_in(frame, places, "a.csv")) == [(2, "activity_unknown_place", "plats")]


def test_rows_of_one_activity_are_one_activity_with_all_its_times() -> None:
    found = read(
        "b1;Läxhjälp;läxhjälp;måndag;15;17",
        "b1;Läxhjälp;läxhjälp;torsdag;16;18",
        "b1;Läxhjälp;läxhjälp;torsdag;16;18",
        "m1;Läxhjälp;läxhjälp;torsdag;16;18",
    )
    assert [(each.place, len(each.times or ())) for each in found.activities] == [
        ("b1", 2),
        ("m1", 1),
    ]
    assert len({each.id for each in found.activities}) == 2


def test_an_activity_whose_one_time_is_bad_keeps_the_other() -> None:
    found = read("b1;A;sport;måndag;15;17", "b1;A;sport;tisdag;25:00;17")
    assert [len(each.times or ()) for each in found.activities] == [1]
    assert told(found) == [(3, "activity_bad_hour", "från")]


def test_a_repeated_id_at_another_place_is_left_out() -> None:
    head = "id;plats;typ;veckodag;från;till"
    found = read(
        "k1;b1;sport;mån;15;17", "k1;b1;sport;tis;15;17", "k1;m1;sport;ons;15;17", head=head
    )
    assert [(each.id, len(each.times or ())) for each in found.activities] == [("k1", 2)]
    assert told(found) == [(4, "activity_duplicate_id", "id")]


def test_a_repeated_id_that_tells_otherwise_is_told_by_column() -> None:
    head = "id;plats;typ;veckodag;från;till;aktivitet;språk;kostnad"
    found = read(
        "k1;b1;sport;mån;15;17;Fotboll;sv;gratis",
        "k1;b1;sport;tis;15;17;Handboll;sv, ti;",
        "k1;b1;sport;ons;15;17;;;",
        head=head,
    )
    (each,) = found.activities
    assert (each.name, each.languages, len(each.times or ())) == ("Fotboll", ("sv",), 3)
    assert told(found) == [(3, "activity_same_id", "id")]
    words = [texts.text(f"left_out.{item.reason}", **item.values) for item in found.left_out]
    assert "säger annat i aktivitet, språk: bara tiden är med" in words[0]


def test_the_same_activity_gets_the_same_id_when_its_hours_move() -> None:
    before = only(read("b1;A;sport;måndag;15;17"))
    after = only(read("b1;A;sport;tisdag;18;20"))
    assert before.id == after.id and before.times != after.times


def test_a_file_read_again_replaces_its_own_activities_and_no_others() -> None:
    area = tiny_area()
    first = read("b1;A;sport;måndag;15;17", "m1;B;sport;måndag;15;17")
    area = with_activities(area, first, "a.csv")
    area = with_activities(area, read("b1;A;sport;tisdag;18;20", "x;C;;;;"), "a.csv")
    found = {each.name: each for each in from_table(area.activities)}
    assert set(found) == {"A", "B"}
    assert found["A"].times is not None and found["A"].times[0].rrule == "FREQ=WEEKLY;BYDAY=TU"
    sources = [each for each in area.sources if each.part == "activities"]
    assert [len(each.left_out) for each in sources] == [1]


@pytest.mark.parametrize(
    ("weekday", "hours", "expected"),
    [
        ("tisdag", "17-19", [("TU", 17, 19)]),
        ("", "mån-tis 10–12; lör 11–15", [("MO,TU", 10, 12), ("SA", 11, 15)]),
        ("vardagar", "8-16", [("MO,TU,WE,TH,FR", 8, 16)]),
    ],
)
def test_hours_may_stand_as_opening_hours(weekday: str, hours: str, expected: Any) -> None:
    frame = pd.DataFrame([["b1", weekday, hours]], columns=["plats", "veckodag", "tid"])
    found = only(activities_in(frame, PLACES, "a.csv")).times or ()
    read_as = [(each.rrule.partition("BYDAY=")[2], each.start, each.end) for each in found]
    assert read_as == [(days, time(start), time(end)) for days, start, end in expected]


def test_what_a_workbook_holds_as_times_and_days_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Plats", "Aktivitet", "Typ", "Veckodag", "Från", "Till", "Bekräftad", "Platser"])
    sheet.append(
        [
            "Biblioteket",
            "Café",
            "språkcafé",
            "tisdag",
            time(17),
            time(19, 30),
            datetime(2026, 9, 1),
            20,
        ]
    )
    sheet.append(["b1", "Kör", "kör", "onsdag", 18, 20, "2026-09-01", 12])
    book.save(tmp_path / "a.xlsx")
    found = read_activities(tmp_path / "a.xlsx", PLACES)
    assert found.left_out == ()
    cafe, choir = found.activities
    assert cafe.times is not None and choir.times is not None
    assert (cafe.times[0].start, cafe.times[0].end) == (time(17), time(19, 30))
    assert (choir.times[0].start, choir.times[0].end) == (time(18), time(20))
    assert cafe.confirmed == date(2026, 9, 1) and (cafe.seats, choir.seats) == (20, 12)


def test_a_swedish_csv_is_read_with_its_row_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [HEAD, "Biblioteket;Café;språkcafé;tisdag;17.00;19.00", "", "Hemma;B;sport;mån;9;10"]
    path.write_bytes("\r\n".join(rows).encode("cp1252"))
    found = read_activities(path, PLACES)
    assert [each.name for each in found.activities] == ["Café"]
    assert told(found) == [(4, "activity_unknown_place", "plats")]


def test_a_table_without_places_is_refused_and_a_column_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("hus;vad\nb1;Kör\n", encoding="utf-8")
    with refused("column_missing") as caught:
        read_activities(path, PLACES)
    assert "hus" in caught.value.message("sv")
    named = read_activities(path, PLACES, columns={"place": "hus"})
    assert [(each.place, each.kind) for each in named.activities] == [("b1", "music")]


def test_a_kind_is_told_by_its_column_its_name_or_its_place() -> None:
    found = read("m1;Läxhjälp;;;;", "m1;Torsdagsträff;;;;", "g1;Fest;;;;", "m1;X;läxjhälp;;;")
    assert [each.kind for each in found.activities] == [
        *("homework_help", "meeting_place", "other", "other"),
    ]
    assert found.left_out[0].values["nearest"] == "Läxhjälp"


def test_even_weeks_and_nights_are_read() -> None:
    found = read(
        "b1;A;sport;tis;22;02;jämna veckor", "b1;B;sport;tis;10;24;", head=f"{HEAD};hur ofta"
    )
    assert found.left_out == ()
    even, late = (each.times[0] for each in found.activities if each.times)
    assert even.rrule.startswith("FREQ=YEARLY;BYWEEKNO=2,4,") and even.end == time(2)
    assert late.end == time(0)


def test_weekdays_and_seasons_as_people_write_them() -> None:
    assert weekdays("Tisdagar och torsdagar") == (1, 3)
    assert weekdays("vardagar") == (0, 1, 2, 3, 4) and weekdays("lör-sön") == (5, 6)
    assert weekdays("17") is None and weekdays("efter avtal") is None
    assert season("15 aug - 15 juni") == (True, ("08-15", "06-15"))
    assert season("September–May") == (True, ("09-01", "05-31"))
    assert season("1/9–31/5") == (True, ("09-01", "05-31"))
    assert season("februari–februari") == (True, ("02-01", "02-29"))
    assert season("31 april–1 juni") == (False, None)
    assert season("året runt") == (True, None)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("FREQ=WEEKLY;BYDAY=TU", "tisdag 10:00–12:00"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "varannan tisdag 10:00–12:00"),
        ("FREQ=WEEKLY;INTERVAL=5;BYDAY=TU", "var 5:e tisdag 10:00–12:00"),
        ("FREQ=WEEKLY;COUNT=10;BYDAY=TU", "10:00–12:00, inte varje vecka"),
        ("FREQ=WEEKLY;BYMONTH=6,7;BYDAY=TU", "10:00–12:00, inte varje vecka"),
    ],
)
def test_a_rule_is_said_in_words_and_no_more_often_than_it_is(rule: str, said: str) -> None:
    times = Times(rule, date(2026, 12, 1), time(10), time(12))
    told = Activity("a", "p", "language_cafe", times=(times,))
    assert when_words(told, "sv") == said
