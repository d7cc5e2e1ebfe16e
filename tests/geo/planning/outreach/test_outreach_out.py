"""Outreach on the command line and in files: weights and reasons in each, text never a formula."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import geopandas as gpd
import openpyxl
import pyogrio
import pytest

from geo import texts
from geo.area.activities.model import Span
from geo.catalog import save_area
from geo.cli.parser import main
from geo.output.documents.answer import ENDINGS, answer_bytes
from geo.output.documents.outreach import outreach_document
from geo.output.maps.outreach import list_map, row_of
from geo.output.maps.spec import Shown
from geo.output.words.outreach import in_need_sentence
from geo.output.words.outreach_tables import OUTREACH_COLUMNS, list_table, outreach_rows
from geo.planning.outreach.brief import Brief, briefed, visits_of
from tests.geo.output.opened import words_of
from tests.geo.planning.outreach.worlds import activity, asked, town

EVIL = '=HYPERLINK("http://x")'
STAFF = "Namn;Start;Mån;Ons\n=1+1;school-0;9-12;\nBo;school-0;;13-16\n"


def world():  # type: ignore[no-untyped-def]
    area = town(
        places={150.0: "school", 850.0: "association"},
        activities=[
            activity(
                "kor", "association-1", kind="womens_group", organisers=(EVIL,), languages=("ti",)
            )
        ],
        housing={
            120.0: {
                "residents": 30,
                "språk": "tigrinja 12, arabiska 18",
                "reception": "nej",
            },
            500.0: {"residents": 3, "reception": "nej"},
        },
    )
    area.places["name"] = area.places["name"].replace({"Boende 0": EVIL})
    return area


@pytest.fixture
def home(tmp_path, monkeypatch):  # type: ignore[no-untyped-def]
    monkeypatch.setenv("NARHET_HOME", str(tmp_path))
    save_area(world(), tmp_path)
    (tmp_path / "personal.csv").write_text(STAFF, encoding="utf-8")
    return tmp_path


COMMON = ("outreach", "street", "--limit", "300", "--week", "2026-11-30")


def test_the_command_tells_list_reasons_proposals_and_plan(home, capsys) -> None:
    plan = str(home / "personal.csv")
    assert main([*COMMON, "--weights", "language=3", "--plan", plan]) == 0
    said = capsys.readouterr().out
    assert f"1. {EVIL}" in said
    assert "ingen verksamhet på ett språk man talar: 30 (säkert)" in said
    assert "ingen verksamhet på ett språk man talar: 3" in said
    assert "Ingen verksamhet inom 300 m talar tigrinja eller arabiska." in said.replace(
        texts.NO_BREAK_SPACE, " "
    )
    assert "talar: inget" not in said
    assert "→ Se förslag A1 för hela området." in said
    assert said.count("komma till school 150") == 1, "alike for two places, so offered once"
    assert (
        "Inget förslag: ingen känd lokal ligger inom 300 m. Närmast är school 150, 350 m bort."
        in (said.replace(texts.NO_BREAK_SPACE, " "))
    )
    assert "Vikter: ingen mötesplats på tider som passar: 1; " in said
    assert "Måndag 2026-11-30: =1+1, 09:00–12:00" in said


def test_json_and_csv_hold_weights_and_reasons_and_hide_a_few(home, capsys) -> None:
    assert main([*COMMON, "--json", "--top", "10"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["weights"] == dict.fromkeys(document["weights"], 1.0)
    few = next(row for row in document["rows"] if row["where"] == "Boende 1")
    assert few["people"] is None
    hours = next(need for need in few["needs"] if need["need"] == "hours")
    assert hours["hidden"] and hours["lacking_low"] is None and hours["about"] is None
    assert main([*COMMON, "-o", str(home / "ut.csv")]) == 0
    text = (home / "ut.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert tuple(rows[0]) == OUTREACH_COLUMNS
    assert {row["weight"] for row in rows} == {"1.0"}
    assert all(row["why"] for row in rows)
    assert any(row["where"] == f"'{EVIL}" for row in rows)


@pytest.mark.parametrize(
    "low, high, says",
    [
        (30, 30, "minst 30 har något behov"),
        (0, 30, "0–30 har något behov, beroende på det som är okänt"),
    ],
)
def test_how_many_have_some_need_is_least_where_it_is_sure(low: int, high: int, says: str) -> None:
    row = asked(world()).rows[0]
    row = replace(row, in_need=Span(low, high), in_need_hidden=False)
    assert in_need_sentence(row, "sv") == says


def test_a_workbook_holds_the_list_and_no_formula(home) -> None:
    plan = str(home / "personal.csv")
    assert main([*COMMON, "--plan", plan, "-o", str(home / "ut.xlsx")]) == 0
    book = openpyxl.load_workbook(home / "ut.xlsx")
    assert book.sheetnames[:3] == ["Lista", "Behov", "Förslag"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert any(cell.value == EVIL for cell in cells)
    assert all(cell.data_type != "f" for cell in cells)


def test_a_plan_never_goes_to_protected_housing_nor_tells_where_it_is() -> None:
    area = town(housing={120.0: {"residents": 30, "skyddad": "ja"}, 500.0: {"residents": 30}})
    answer = asked(area)
    doors = visits_of(answer, answer.shown, "sv")
    assert [each.id for each in doors.visits] == ["housing:home1"]
    assert set(doors.doorless) == {"Väst", "Öst"}, "the school is beyond 300 m of both"
    (name,) = doors.restricted
    assert name.startswith("Skyddat boende i ") and "Boende 0" not in name
    table = outreach_rows(Brief(answer, answer.shown, ()), "sv")
    hidden = table[table["where"] == name]
    assert len(hidden) == 5 and hidden["lon"].isna().all() and hidden["lat"].isna().all()


def test_a_few_counted_residents_have_no_number_in_any_cell() -> None:
    area = town(homes={100.0: 2, 900.0: 20})  # four born abroad in the west
    answer = asked(area)
    table = outreach_rows(Brief(answer, answer.shown, ()), "sv")
    west = table[(table["where"] == "Väst") & table["need"].isin(["hours", "arena", "language"])]
    for column in ("people", "about", "lacking_low", "lacking_high", "reached_low", "reached_high"):
        assert not ((west[column] > 0) & (west[column] < 5)).any(), column
    said = " ".join(list_table(Brief(answer, answer.shown, ()), "sv").iloc[:, 3])
    assert "färre än 5 utrikes födda" in said.replace("\u00a0", " ")


def test_a_printed_list_is_a_pdf_and_the_same_twice() -> None:
    answer = asked(world(), week="2026-11-30")
    brief = briefed(answer, 3)
    document = outreach_document(brief, "sv", day="2026-11-22")
    assert answer_bytes(document, ".pdf").startswith(b"%PDF")
    for ending in ENDINGS:
        assert answer_bytes(document, ending) == answer_bytes(document, ending), ending
    assert set(document.endings) == set(ENDINGS)


def test_a_list_with_its_plan_leaves_as_every_kind_of_file(home) -> None:
    plan = str(home / "personal.csv")
    files = {ending: home / f"ut{ending}" for ending in (*ENDINGS, ".ics")}
    for file in files.values():
        assert main([*COMMON, "--plan", plan, "--date", "2026-11-30", "-o", str(file)]) == 0
    told = json.loads(files[".json"].read_text())["headline"]
    assert EVIL in told
    book = openpyxl.load_workbook(files[".xlsx"])
    assert book.sheetnames[-1] == "info"
    assert [cell.value for cell in book["info"][1]] == ["Svar", told]
    layers = {name for name, _ in pyogrio.list_layers(files[".gpkg"])}
    assert layers == {"needs", "proposals", "stops", "info"}
    assert gpd.read_file(files[".gpkg"], layer="info")["text"].iloc[0] == told
    shown = json.loads(files[".geojson"].read_text())
    assert shown["narhet"]["summary"][0] == ["Svar", told] and len(shown["features"]) > 5
    for ending in (".pdf", ".pptx", ".html"):
        words = words_of(files[ending].read_bytes(), ending)
        assert told.replace(texts.NO_BREAK_SPACE, " ") in words, ending


def test_no_file_tells_where_protected_housing_is() -> None:
    """Two towns that differ in where it stands alone give the same list in every file."""
    made: dict[str, set[bytes]] = {}
    for at in (120.0, 160.0):
        area = town(
            places={150.0: "school"},
            housing={at: {"residents": 30, "skyddad": "ja"}, 500.0: {"residents": 30}},
        )
        document = outreach_document(briefed(asked(area), 5), day="2026-11-30")
        for ending in ENDINGS:
            made.setdefault(ending, set()).add(answer_bytes(document, ending))
    assert [ending for ending, files in made.items() if len(files) > 1] == []


def test_a_calendar_needs_a_plan_and_unknown_endings_are_refused(home, capsys) -> None:
    assert main([*COMMON, "-o", str(home / "ut.ics")]) == 2
    assert main([*COMMON, "-o", str(home / "ut.docx")]) == 2
    assert main([*COMMON, "--weights", "music=1"]) == 2
    assert "music" in capsys.readouterr().err
    assert main([*COMMON, "--plan", str(home / "personal.csv"), "-o", str(home / "ut.ics")]) == 0
    assert (home / "ut.ics").read_bytes().startswith(b"BEGIN:VCALENDAR")


def test_the_map_marks_each_place_of_the_list_once_and_no_protected_one() -> None:
    area = town(housing={120.0: {"residents": 30, "skyddad": "ja"}, 500.0: {"residents": 30}})
    answer = asked(area)
    brief = briefed(answer, 0)
    brief = type(brief)(answer, answer.shown, ())
    spec = list_map(area, brief, "sv")
    marks = [
        Shown(layer.id, id_)
        for layer in spec.layers
        if layer.id in ("housing", "areas")
        for id_ in layer.ids
    ]
    rows = [row_of(brief, mark) for mark in marks]
    assert {row.spot.id for row in rows} == {"Väst", "Öst", "home1"}
    assert len(spec.table) == len(answer.shown) == 4
