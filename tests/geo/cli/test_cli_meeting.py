"""``meet`` on the command line: what it says, its files, and what it refuses."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import time
from pathlib import Path

import geopandas as gpd
import openpyxl
import pyogrio
import pytest

from geo import texts
from geo.access.meeting.answer import answer_of
from geo.access.meeting.question import MEASURES, MeetingQuestion
from geo.area.activities.model import Times
from geo.catalog import save_area
from geo.cli.parser import main
from geo.output.documents.answer import ENDINGS, answer_bytes
from geo.output.documents.meeting import meeting_document
from geo.output.words.meeting_rows import MEETING_COLUMNS
from tests.geo.access.meeting.worlds import MONDAY, TODAY, activity, meeting_street
from tests.geo.output.opened import words_of

WEEK = ("--week", "2026-11-25", "--limit", "310")


@pytest.fixture
def area():
    return save_area(
        meeting_street(
            {100.0: 60, 900.0: 30},
            housing={
                150.0: {"antal_boende": 40, "språk": "ti 24; ar 16"},
                850.0: {"antal_boende": 20},
            },
            places={300.0: ("library", {}), 700.0: ("association", {})},
            activities=[
                activity("library-300", (1,), (17, 19), languages=("ti",), seats=8),
                activity("association-700", None, kind="mentors", seats=6),
                activity("nowhere", (2,)),
            ],
            born_abroad={100.0: 20, 900.0: 250},
        )
    )


def told(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["meet", "street", *WEEK, *words]) == 0
    return capsys.readouterr().out.replace(texts.NO_BREAK_SPACE, " ")


@pytest.mark.usefixtures("area")
def test_hours_are_told_by_stretch_of_the_week(capsys) -> None:
    said = told(capsys, "--measure", "hours", "--kind", "language_cafe")
    assert "På vardagskvällar: 40 av 60 boende i genomgångsbostad (67 %) har något öppet" in said
    assert "På helger: ingen av 60 boende i genomgångsbostad har något öppet inom 310 m" in said
    assert "23–29 nov. 2026" in said
    assert "finns på kartan räknas inte: 1" in said
    words = ("--kind", "language_cafe", "--lang", "en", "--group", "all")
    english = told(capsys, "--measure", "hours", *words)
    assert "Nothing open within 310 m on weekday evenings for anybody in Öst" in english


@pytest.mark.usefixtures("area")
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize(
    "words",
    [("meet", "street", "--measure", "hours"), ("activities", "street")],
    ids=lambda w: w[0],
)
def test_a_week_of_no_calendar_is_told(words, day: str, capsys) -> None:
    assert main([*words, "--week", day]) == 2
    assert f"”{day}” är inget datum som går att räkna med." in capsys.readouterr().err


@pytest.mark.usefixtures("area")
def test_one_housing_is_told_yes_perhaps_or_no(capsys) -> None:
    said = told(
        capsys, "--measure", "hours", "--housing", "transitional_housing-150", "--kind", "language"
    )
    assert "På vardagskvällar: något är öppet inom 310 m från transitional_housing 150." in said
    assert "På helger: inget är öppet inom 310 m från" in said
    other = ("--housing", "transitional_housing 850", "--kind", "mentors")
    said = told(capsys, "--measure", "hours", *other)
    assert "På helger: okänt. Det som finns inom 310 m från" in said


@pytest.mark.usefixtures("area")
def test_language_arena_and_contact_are_told(capsys) -> None:
    said = told(capsys, "--measure", "language")
    assert "24–40 av 40 boende vars språk är kända (60–100 %)" in said
    assert "Tigrinja: 24 av 24" in said and "150 m, tis 24 nov. 17:00–19:00" in said
    assert "Genomgångsbostäder utan uppgift om språk: 1" in said
    said = told(capsys, "--measure", "arena", "--established", "born_abroad")
    assert "Andelen är den lägsta möjliga" in said and "bara de 60 boende" in said
    assert "som sammanhang, inte som mått på vem som är ny" in said.casefold()
    assert "utrikes födda: " in said
    assert "transitional_housing 150: kända mötesplatser inom 310 m" in said
    said = told(capsys, "--measure", "contact")
    assert "0,10 mentorer och kompisar om året per nyanländ" in said, "six among all sixty"


@pytest.mark.usefixtures("area")
@pytest.mark.parametrize("measure", MEASURES)
def test_each_measure_is_a_file_of_each_ending(measure, tmp_path: Path) -> None:
    files = {ending: tmp_path / f"m{ending}" for ending in ENDINGS}
    for file in files.values():
        assert main(["meet", "street", *WEEK, "--measure", measure, "-o", str(file)]) == 0
    with files[".csv"].open(encoding="utf-8-sig", newline="") as open_file:
        rows = list(csv.DictReader(open_file))
    assert tuple(rows[0]) == MEETING_COLUMNS
    assert {row["week"] for row in rows} == {"2026-11-23"}
    document = json.loads(files[".json"].read_text())
    assert len(document["rows"]) == len(rows) and document["lines"]
    told = document["headline"]
    assert told in document["lines"]
    book = openpyxl.load_workbook(files[".xlsx"])
    assert book.sheetnames[-1] == "info" and book[book.sheetnames[0]].max_row > 1
    assert [cell.value for cell in book["info"][1]] == ["Svar", told]
    assert [row[0].value for row in book["answer"]] == document["lines"]
    shapes = gpd.read_file(files[".geojson"])
    expected = {"hours": 16, "language": 3, "arena": 4, "contact": 4}
    assert len(shapes) == expected[measure]
    layers = {row["what"] for row in rows}
    assert {name for name, _ in pyogrio.list_layers(files[".gpkg"])} == {*layers, "info"}
    assert gpd.read_file(files[".gpkg"], layer="info")["text"].iloc[0] == told
    drawn = [name for name, kind in pyogrio.list_layers(files[".gpkg"]) if kind]
    assert sum(len(gpd.read_file(files[".gpkg"], layer=name).dropna(subset="geometry"))
               for name in drawn) == len(shapes)  # fmt: skip
    assert json.loads(files[".geojson"].read_text())["narhet"]["summary"][0] == ["Svar", told]
    for ending in (".pdf", ".pptx", ".html"):
        words = words_of(files[ending].read_bytes(), ending)
        assert told.replace(texts.NO_BREAK_SPACE, " ") in words, ending


@pytest.mark.usefixtures("area")
def test_json_has_the_share_of_newcomers_of_each_arena(capsys) -> None:
    document = json.loads(told(capsys, "--measure", "arena", "--json"))
    rows = [row for row in document["rows"] if row["what"] == "place"]
    assert len(rows) == 2
    for row in rows:
        low, share, high = (
            row[f"newcomer_share{end}"] for end in ("_low", "", "_high")
        )  # fmt: skip
        assert 0 < low <= share < high == 1 and row["newcomer_lower_bound"] is True
        assert row["share"] == pytest.approx(row["share_low"])
    assert "Så långt det är känt" in document["headline"]


@pytest.mark.usefixtures("area")
@pytest.mark.parametrize("measure", MEASURES)
def test_a_housing_is_obeyed_or_refused_in_every_measure(measure: str, capsys) -> None:
    document = json.loads(told(capsys, "--measure", measure, "--housing", "850", "--json"))
    homes = {row["id"] for row in document["rows"] if row["what"] == "transitional_housing"}
    assert homes == {"transitional_housing-850"}
    assert "Bara transitional_housing 850." in document["lines"][0]
    words = ("--measure", measure, "--housing", "Ingenstans")
    assert main(["meet", "street", *WEEK, *words]) == 2
    assert "Ingenstans" in capsys.readouterr().err


def test_unknown_is_never_none(capsys) -> None:
    """With nothing entered, and with activities of which nobody has said when they are open."""
    worlds = {"nothing": [], "no hours": [activity("library-300", None, languages=())]}
    for name, activities in worlds.items():
        save_area(
            meeting_street(
                {100.0: 60},
                housing={150.0: {"antal_boende": 40, "språk": "ti 24; ar 16"}},
                places={300.0: ("library" if activities else "school", {})},
                activities=activities,
            )
        )
        for measure in ("hours", "language", "contact"):
            for words in ((), ("--housing", "150")):
                document = json.loads(told(capsys, "--measure", measure, "--json", *words))
                lines = [line.casefold() for line in document["lines"]]
                assert not any("ingen av 40" in line or " 0–40" in line for line in lines), name
                if measure != "contact":
                    assert "okänt" in document["headline"].casefold(), (name, measure, words)
        rows = json.loads(told(capsys, "--measure", "hours", "--json"))["rows"]
        hours = [row for row in rows if row["what"] == "hour"]
        assert len(hours) == 168 and all(("low" in row) is bool(activities) for row in hours)


def test_what_is_not_weekly_shows_a_fortnight_and_unclear_weeks_have_no_date(capsys) -> None:
    every_other = Times("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", MONDAY, time(17), time(19))
    unclear = Times(
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", MONDAY, time(11), time(12), None, False, (), True
    )
    cafes = [
        replace(activity("library-300"), id="known", name="Kafé", times=(every_other,)),
        replace(activity("library-300"), id="unclear", name="Lördag", times=(unclear,)),
    ]
    save_area(
        meeting_street(
            {100.0: 60},
            housing={150.0: {"antal_boende": 40}},
            places={300.0: ("library", {})},
            activities=cafes,
        )
    )
    words = ("--measure", "hours", "--kind", "language_cafe")
    document = json.loads(told(capsys, *words, "--json"))
    assert "Lördag: varannan lördag 11:00–12:00, oklart vilken" in " ".join(document["lines"])
    by_hour = {
        (row["what"], row["day"], row["hour"]): (row["low"], row["high"])
        for row in document["rows"]
        if "hour" in row
    }
    assert by_hour["hour", 4, 17] == (40, 40) and by_hour["hour_next_week", 4, 17] == (0, 0)
    assert by_hour["hour", 6, 11] == by_hour["hour_next_week", 6, 11] == (0, 40)
    assert [row["when"] for row in document["rows"] if row["what"] == "activity"] == [
        "varannan lördag 11:00–12:00, oklart vilken"
    ]
    assert "Veckan efter (30 nov.–6 dec. 2026): På vardagskvällar: ingen av 40" in told(
        capsys, *words
    )
    weekly = [replace(cafes[0], times=(replace(every_other, rrule="FREQ=WEEKLY;BYDAY=TH"),))]
    save_area(replace(meeting_street(
        {100.0: 60}, housing={150.0: {"antal_boende": 40}}, places={300.0: ("library", {})},
        activities=weekly,
    )))  # fmt: skip
    assert "eckan efter" not in told(capsys, *words)


@pytest.mark.usefixtures("area")
def test_json_has_the_hours_as_rows(capsys) -> None:
    document = json.loads(told(capsys, "--measure", "hours", "--json"))
    hour = next(row for row in document["rows"] if (row.get("day"), row.get("hour")) == (2, 17))
    assert (hour["low"], hour["high"], hour["people"]) == (40, 40, 60)
    assert hour["share_low"] == pytest.approx(2 / 3)
    assert document["settings"]["limit_m"] == 310


def test_no_file_tells_a_small_count() -> None:
    """Two worlds that differ in small counts alone give the same files, to the byte."""
    made: dict[str, set[bytes]] = {}
    question = MeetingQuestion.read({"week": "2026-11-25", "limit": "310"}, today=TODAY)
    for few in (1, 4):
        area = meeting_street(
            {100.0: 10},
            housing={
                150.0: {"antal_boende": few, "språk": f"ti {few}"},
                850.0: {"antal_boende": 20, "språk": f"so 16; ar {few}"},
            },
            places={300.0: ("library", {}), 700.0: ("library", {})},
            activities=[activity("library-300", seats=5, languages=("ti", "ar"))],
            born_abroad={100.0: 0},
        )
        for measure in MEASURES:
            answer = answer_of(area, replace(question, measure=measure))
            document = meeting_document(answer, area, day="2026-11-25")
            for ending in ENDINGS:
                made.setdefault(f"{measure}{ending}", set()).add(answer_bytes(document, ending))
    assert len(made) == 4 * len(ENDINGS)
    assert {name for name, files in made.items() if len(files) > 1} == set()


@pytest.mark.parametrize(
    "words",
    [
        ("--kind", "spraakcafe"),
        ("--language", "qqq"),
        ("--audience", "katter"),
        ("--when", "aldrig"),
        ("--week", "i vår"),
        ("--limit", "-3"),
        ("--group", "x"),
        ("--established", "born_abroad"),
        ("--housing", "Ingenstans"),
        ("-o", "x.docx"),
    ],
)
@pytest.mark.usefixtures("area")
def test_what_can_not_be_is_refused_in_words(capsys, words) -> None:
    assert main(["meet", "street", *WEEK, "--measure", "hours", *words]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.strip()
