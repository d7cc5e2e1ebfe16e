"""Slides of a report: one message each, text, tables and charts that can be edited, the method in
the notes; nothing hidden behind a chart, and whatever a name holds is text.
"""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pandas as pd
import pytest
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER

from geo import texts
from geo.output.documents.read_record import embedded
from geo.output.documents.report_slides import MOST_ROWS, charted, clean, pptx_bytes
from geo.output.report.model import Finding, one_line
from geo.output.report.record import record
from tests.geo.board import ODD, few, long, made, named, whole
from tests.refusals import refused
from tests.tiny import tiny_area

DRAWN = "http://schemas.openxmlformats.org/drawingml/2006/main"


@pytest.fixture(scope="module")
def content() -> bytes:
    return pptx_bytes(*whole())


def opened(content: bytes) -> Any:
    return Presentation(BytesIO(content))


def parts(content: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(BytesIO(content)) as package:
        for name in package.namelist():
            yield name, package.read(name)


def words(content: bytes) -> list[str]:
    """Every run of text on the slides, cells too."""
    found = []
    for name, part in parts(content):
        if name.startswith("ppt/slides/slide"):
            found += [node.text or "" for node in ET.fromstring(part).iter(f"{{{DRAWN}}}t")]
    return found


def test_the_same_report_makes_the_same_bytes_dated_as_it_is(content: bytes) -> None:
    report, area = whole()
    assert pptx_bytes(report, area) == content
    assert pptx_bytes(replace(report, date="2026-11-27"), area) != content
    with zipfile.ZipFile(BytesIO(content)) as package:
        assert {member.date_time[0] for member in package.infolist()} == {1980}
        assert package.testzip() is None
    about = opened(content).core_properties
    assert about.created.isoformat().startswith("2026-11-26") and about.title == report.title


def test_slides_are_wide_and_each_has_one_message_as_its_title(content: bytes) -> None:
    deck = opened(content)
    assert deck.slide_width / deck.slide_height == pytest.approx(16 / 9, abs=0.001)
    assert len(deck.slides) > len(whole()[0].findings)
    for slide in deck.slides:
        titles = [
            shape
            for shape in slide.placeholders
            if shape.placeholder_format.type in (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
        ]
        assert len(titles) == 1 and titles[0].text_frame.text.strip()
        for shape in slide.placeholders:
            assert shape.text_frame.text.strip(), "an empty box asks to be filled"


def test_everything_stays_on_the_slide_and_beside_the_rest(content: bytes) -> None:
    deck = opened(content)
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.top >= 0
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_what_the_speaker_needs_is_in_the_notes(language: str) -> None:
    report, area = whole(language)
    deck = opened(pptx_bytes(report, area))
    notes = "\n".join(
        slide.notes_slide.notes_text_frame.text
        for slide in list(deck.slides)[1:]
        if slide.has_notes_slide
    )
    with_notes = [finding for finding in report.findings if finding.notes]
    assert with_notes
    for finding in with_notes:
        assert clean(finding.notes).strip() in notes
    told = notes + "\n".join(words(pptx_bytes(report, area)))
    for finding in report.findings:
        for sentence in finding.words:
            assert sentence in told


def test_tables_and_charts_can_be_edited_and_say_the_same(content: bytes) -> None:
    shapes = [shape for slide in opened(content).slides for shape in slide.shapes]
    tables = [shape.table for shape in shapes if shape.has_table]
    charts = [shape.chart for shape in shapes if shape.has_chart]
    assert tables and charts
    report = whole()[0]
    wanted = report.finding("districts").table
    texts_of = [[[cell.text for cell in row.cells] for row in table.rows] for table in tables]
    rows = [list(map(str, wanted.columns)), *wanted.astype(str).to_numpy().tolist()]
    assert rows in texts_of
    for finding in report.findings:
        bars = charted(finding)
        if bars is not None:
            found = [tuple(reversed(chart.plots[0].series[0].values)) for chart in charts]
            assert bars.values in found


def test_the_numbers_behind_a_chart_are_in_its_own_workbook(content: bytes) -> None:
    books = [part for name, part in parts(content) if name.endswith(".xlsx")]
    assert books
    for book in books:
        sheet = openpyxl.load_workbook(BytesIO(book)).active
        values = [row[1].value for row in sheet.iter_rows(min_row=2)]
        assert values and all(isinstance(value, int | float | None) for value in values)


def test_pictures_tables_and_charts_are_described(content: bytes) -> None:
    pictures = 0
    for slide in opened(content).slides:
        for shape in slide.shapes:
            if shape.has_table or shape.has_chart or shape.shape_type == 13:
                about = shape._element.xpath(".//*[local-name()='cNvPr']")[0]
                assert about.get("descr").strip() and about.get("name").strip()
                pictures += shape.shape_type == 13
    report = whole()[0]
    assert pictures == sum(finding.map is not None for finding in report.findings)
    described = b"".join(part for name, part in parts(content) if name.startswith("ppt/slides/s"))
    assert report.finding("map").map.alt_text.split(".")[0] in described.decode()


@pytest.mark.parametrize(("language", "told"), [("sv", "sv-SE"), ("en", "en-GB")])
def test_every_run_says_its_language(language: str, told: str) -> None:
    content = pptx_bytes(*whole(language))
    runs = 0
    for name, part in parts(content):
        if name.startswith(("ppt/slides/slide", "ppt/notesSlides/notes", "ppt/charts/chart")):
            for kind in ("rPr", "endParaRPr", "defRPr"):
                for node in ET.fromstring(part).iter(f"{{{DRAWN}}}{kind}"):
                    assert node.get("lang") == told
                    runs += 1
            for run in ET.fromstring(part).iter(f"{{{DRAWN}}}r"):
                assert run.find(f"{{{DRAWN}}}rPr") is not None
    assert runs > 50
    assert opened(content).core_properties.language == told


def test_hidden_counts_are_words_and_no_number_hides_behind_them() -> None:
    report, area = few()
    content = pptx_bytes(report, area)
    said = words(content)
    fewer, hidden = texts.text("gap.fewer", smallest=5), texts.text("gap.hidden")
    assert {fewer, hidden} & set(said)
    assert not {"3", "440"} & set(said)
    for shape in (shape for slide in opened(content).slides for shape in slide.shapes):
        if shape.has_chart:
            assert 3 not in shape.chart.plots[0].series[0].values


def test_a_value_that_is_not_told_is_no_bar() -> None:
    numbers = pd.DataFrame({"a": ["x", "y", "z"], "share": [0.5, None, 0.25]}, dtype=object)
    finding = Finding("districts", "T", table=numbers.astype(str), numbers=numbers)
    bars = charted(finding)
    assert bars is not None and bars.values == (0.5, None, 0.25)
    report = replace(made(tiny_area()), findings=(finding,))
    content = pptx_bytes(report, tiny_area())
    chart = next(
        shape.chart for slide in opened(content).slides for shape in slide.shapes if shape.has_chart
    )
    assert chart.plots[0].series[0].values == (0.25, None, 0.5)


def test_words_that_would_cover_a_table_stand_on_a_slide_of_their_own() -> None:
    report, area = whole()
    table = pd.DataFrame({"Plats": ["Ek", "Al"], "Meter": ["10", "20"]})
    for lines, slides in ((2, 1), (6, 2)):
        said = tuple(f"Rad {at}. {'ord ' * 20}" for at in range(lines))
        finding = Finding("extra", "Extra", said, table=table)
        deck = opened(pptx_bytes(replace(report, findings=(finding,)), area))
        assert len(deck.slides) == 1 + slides
        assert [shape.has_table for shape in deck.slides[slides].shapes].count(True) == 1


def test_two_thousand_rows_go_over_many_slides_each_once() -> None:
    report, area = long()
    deck = opened(pptx_bytes(report, area))
    seen = []
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_table:
                rows = list(shape.table.rows)[1:]
                assert len(rows) <= MOST_ROWS
                seen += [row.cells[0].text for row in rows]
    assert seen == [f"D{n}" for n in range(2000)]


@pytest.mark.parametrize("name", ODD)
def test_whatever_a_name_holds_it_is_text(name: str, tmp_path: Path) -> None:
    report, area = named(name)
    content = pptx_bytes(report, area)
    for part, inside in parts(content):
        if part.endswith((".xml", ".rels")):
            ET.fromstring(inside)
            assert b"hlinkClick" not in inside
    said = words(content)
    assert one_line(name) in " ".join(said)
    assert f"{one_line(name)} N" in said  # a cell of the table by district
    path = tmp_path / "r.pptx"
    path.write_bytes(content)
    assert embedded(path) == record(report)


def test_the_record_is_read_back(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "report.pptx"
    path.write_bytes(content)
    assert embedded(path) == record(whole()[0])


def test_marks_of_demonstration_and_estimate_stand_on_every_slide() -> None:
    area = replace(tiny_area(), demonstration=True)
    report = made(area)
    for slide in opened(pptx_bytes(report, area)).slides:
        said = "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
        assert texts.text("demo.mark") in said and texts.text("slides.estimated") in said
        assert "2026-11-26" in said or slide.shapes.title.text_frame.text == report.title


def test_nothing_to_say_and_no_date_are_refused() -> None:
    report, area = whole()
    with refused("no_findings"):
        pptx_bytes(replace(report, findings=()), area)
    with refused("bad_date"):
        pptx_bytes(replace(report, date="i morgon"), area)


def test_an_office_program_opens_every_slide(content: bytes, tmp_path: Path) -> None:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("no LibreOffice here: the slides were opened by python-pptx only")
    path = tmp_path / "report.pptx"
    path.write_bytes(content)
    home = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [program, home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(path)], check=True, capture_output=True, timeout=180)
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
