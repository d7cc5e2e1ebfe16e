"""What leaves as a file: the same numbers in each format, harmless, with its sources."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest

from geo.access.gaps import gap
from geo.area.model import Area
from geo.area.provenance import Source
from geo.errors import OutputUnwritable
from geo.output.documents.answer import AnswerDocument, answer_bytes
from geo.output.documents.gap import gap_document
from geo.output.files import formats
from geo.output.words import area_and_gaps as area_and_gaps_words
from tests.geo.worlds import street
from tests.refusals import refused

HOSTILE = '=cmd|"/c calc"!A1'

DAY = "2026-11-30"


@pytest.fixture
def area() -> Area:
    world = street(homes={100.0: 10, 500.0: 20, 900.0: 30}, places={0.0: "preschool"})
    credit = Source("preschool", HOSTILE, licence="ODbL 1.0 OpenStreetMap", date="2025-01-01")
    names = world.districts.assign(name=["Väst", HOSTILE])
    people = world.people.assign(district=world.people["district"].replace("Öst", HOSTILE))
    return replace(world, districts=names, people=people, sources=(*world.sources, credit))


@pytest.fixture
def content(area: Area) -> AnswerDocument:
    answer = gap(area, kind="preschool", limit_m=400, group="children_0_4")
    return gap_document(answer, area, "sv", day=DAY)


def test_csv_holds_the_districts_and_runs_nothing(content: AnswerDocument) -> None:
    written = formats.csv_bytes(content.rows).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(written)))
    assert tuple(rows[0]) == area_and_gaps_words.GAP_COLUMNS
    assert [float(row["beyond"]) for row in rows] == [50, 0, 50]
    assert rows[0]["district"] == "'" + HOSTILE
    assert not any(value.startswith(("=", "+", "@")) for row in rows for value in row.values())
    assert "2025-01-01" in rows[0]["sources"]


def test_excel_holds_the_same_and_no_formula(content: AnswerDocument) -> None:
    book = openpyxl.load_workbook(io.BytesIO(answer_bytes(content, ".xlsx")))
    sheet = book["gap"]
    assert [cell.value for cell in sheet[1]] == list(area_and_gaps_words.GAP_COLUMNS)
    assert [sheet.cell(row, 3).value for row in (2, 3, 4)] == [50, 0, 50]
    assert sheet["A2"].value == HOSTILE
    assert not any(cell.data_type == "f" for page in book for row in page for cell in row)
    assert any("OpenStreetMap" in str(row[1].value) for row in book["info"])


def test_geojson_holds_districts_figures_and_credit(content: AnswerDocument) -> None:
    document = json.loads(answer_bytes(content, ".geojson"))
    figures = {
        row["properties"]["district"]: row["properties"]["beyond"] for row in document["features"]
    }
    assert figures == {"Väst": 0, HOSTILE: 50}
    assert document["narhet"]["attribution"] == "© OpenStreetMap contributors"


def test_geopackage_holds_districts_squares_and_info(
    content: AnswerDocument, tmp_path: Path
) -> None:
    path = tmp_path / "gap.gpkg"
    path.write_bytes(answer_bytes(content, ".gpkg"))
    assert gpd.read_file(path, layer="districts")["beyond"].sum() == 50
    assert gpd.read_file(path, layer="squares")["beyond"].sum() == 50
    assert len(gpd.read_file(path, layer="info")) == len(content.summary)


@pytest.mark.parametrize("ending", [".xlsx", ".gpkg"])
def test_a_file_says_the_day_it_is_of_and_not_the_clock(
    content: AnswerDocument, ending: str
) -> None:
    written = answer_bytes(content, ending)
    assert written == answer_bytes(content, ending)
    if ending == ".gpkg":
        assert b"2026-11-30T00:00:00.000Z" in written
    else:
        book = openpyxl.load_workbook(io.BytesIO(written))
        assert book.properties.created.date().isoformat() == DAY


def test_small_counts_of_counted_people_are_not_in_any_file() -> None:
    area = street(homes={100.0: 40, 900.0: 3}, places={0.0: "preschool"})
    answer = gap(area, kind="preschool", limit_m=400, group="children_0_4")
    content = gap_document(answer, area, "sv", day=DAY)
    assert content.rows["beyond"].isna().all()
    assert {layer.name: len(layer.rows) for layer in content.layers} == {
        "districts": 2,
        "squares": 0,
    }
    assert set(content.rows["note"]) == {"små antal (färre än 5) döljs"}
    document = area_and_gaps_words.gap_json(answer, area, exact=False)
    assert document["beyond"] is None
    assert document["fgt1"] is None
    assert {row["beyond"] for row in document["districts"]} == {None}
    assert area_and_gaps_words.gap_json(answer, area)["beyond"] == 3
    exact = gap_document(answer, area, "sv", day=DAY, exact=True)
    assert exact.rows["beyond"].tolist() == [3, 0, 3]


def test_json_has_the_promised_keys_and_unknown_as_null(area: Area) -> None:
    answer = gap(area, kind="preschool", limit_m=5000, group="children_0_4")
    document = area_and_gaps_words.gap_json(answer, area)
    promised = (
        "area kind group limit_m profile people beyond share_beyond mean_m_beyond unreachable "
        "fgt0 fgt1 fgt2 districts sources estimated"
    )
    assert set(promised.split()) <= set(document)
    assert document["beyond"] == 0
    assert document["mean_m_beyond"] is None
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "missing" / "gap.csv"
    with pytest.raises(OutputUnwritable):
        formats.write_file(target, b"x")
    assert list(tmp_path.iterdir()) == []
    with refused("output_format"):
        formats.check_ending(Path("gap.pdf"))


def test_demonstration_stands_in_every_file(area: Area) -> None:
    demo = replace(area, demonstration=True)
    answer = gap(demo, kind="preschool", limit_m=400, group="children_0_4")
    content = gap_document(answer, demo, "sv", day=DAY)
    assert content.rows["demonstration"].all()
    assert any(label == "Demonstration" for label, _ in content.summary)
    assert area_and_gaps_words.gap_json(answer, demo)["demonstration"] is True
