"""The workbook holds a report's numbers as numbers and every text as text, in legal sheets."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from io import BytesIO

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from geo import texts
from geo.access import gaps
from geo.area.model import Area
from geo.output.documents.report_workbook import SHEET_CHARACTERS, sheet_name, xlsx_bytes
from geo.output.report.make import make_report
from geo.output.report.model import Finding, Report, one_line
from tests.geo.worlds import street
from tests.tiny import tiny_area

ASKED = {"kind": "preschool", "limit_m": 400.0, "group": "children_0_4", "date": "2026-11-26"}


def made(area: Area, **change: object) -> Report:
    return make_report(area, **{**ASKED, **change})  # type: ignore[arg-type]


def opened(report: Report) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(xlsx_bytes(report)))


def cells(book: openpyxl.Workbook) -> list[object]:
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row]


def column(sheet: Worksheet, number: int) -> list[object]:
    return [cell.value for cell in sheet[openpyxl.utils.get_column_letter(number)]]


def test_its_numbers_are_those_of_the_gap() -> None:
    area = tiny_area()
    book = opened(made(area))
    answer = gaps.gap(area, kind="preschool", limit_m=400, group="children_0_4")
    sheet = book["Stadsdelar"]
    assert [cell.value for cell in sheet[1]] == list(made(area).finding("districts").table.columns)
    for row, found in enumerate(answer.districts, start=2):
        values = [cell.value for cell in sheet[row]]
        assert values == pytest.approx(
            [found.name, found.people, found.beyond, found.share_beyond, found.mean_m_beyond],
            abs=1e-6,
        )
    assert sheet.cell(4, 3).value == pytest.approx(answer.beyond)
    people = book["Människor"]
    told = [value for value in column(people, 3)[1:] if value is not None]
    assert sum(told) == pytest.approx(answer.beyond)
    summary = [cell.value for row in book["Sammanfattning"].iter_rows() for cell in row]
    assert answer.beyond in summary and answer.places in summary


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_sheets_are_named_and_headed_in_the_language_and_frozen(language: str) -> None:
    book = opened(made(tiny_area(), language=language))
    wanted = ("summary", "districts", "places", "people", "sensitivity", "sources", "origin")
    assert book.sheetnames == [texts.text(f"workbook.{name}", language) for name in wanted]
    for sheet in book.worksheets:
        assert sheet.freeze_panes in ("A2", "B2")
        assert len(sheet.title) <= SHEET_CHARACTERS
        assert sheet.sheet_state == "visible"


def test_numbers_have_formats_and_columns_fit() -> None:
    sheet = opened(made(tiny_area()))["Stadsdelar"]
    assert sheet["B2"].number_format == "#,##0" and sheet["D2"].number_format == "0.0%"
    assert sheet["B4"].font.bold
    assert 9 <= sheet.column_dimensions["A"].width <= 61


def test_the_same_report_makes_the_same_bytes_dated_as_it_is() -> None:
    one, other = xlsx_bytes(made(tiny_area())), xlsx_bytes(made(tiny_area()))
    assert one == other
    with zipfile.ZipFile(BytesIO(one)) as package:
        assert {member.date_time[0] for member in package.infolist()} == {1980}
        assert b"2026-11-26T" in package.read("docProps/core.xml")
    assert xlsx_bytes(made(tiny_area(), date="2026-11-27")) != one


def test_hidden_counts_are_words_and_no_number_hides_behind_them() -> None:
    area = street(homes={100.0: 440, 900.0: 3}, places={0.0: "preschool"})
    report = made(area)
    book = opened(report)
    numbers = [cell.value for cell in cells(book) if isinstance(cell.value, int | float)]
    assert not {3, 440} & set(numbers)
    fewer, hidden = texts.text("gap.fewer", smallest=5), texts.text("gap.hidden")
    words = [value for value in column(book["Stadsdelar"], 3) if isinstance(value, str)]
    assert set(words[1:]) <= {fewer, hidden}
    assert len(column(book["Människor"], 1)) == 4  # a heading, and why there is nothing below
    assert not any(isinstance(value, int | float) for value in column(book["Människor"], 3))


def test_squares_of_counted_people_tell_only_who_is_beyond() -> None:
    area = street(homes={100.0: 40, 900.0: 30}, places={0.0: "preschool"})
    sheet = opened(made(area))["Människor"]
    assert [cell.value for cell in sheet[1]] == [
        texts.text(f"workbook.square_{name}") for name in ("id", "district", "beyond")
    ]
    assert sheet["C2"].value == 30


def test_findings_left_out_have_no_sheet() -> None:
    book = opened(made(tiny_area(), findings=("answer", "method")))
    assert "Stadsdelar" not in book.sheetnames and "Källor" not in book.sheetnames
    summary = column(book["Sammanfattning"], 1)
    assert texts.text("report.answer_title") in summary
    assert texts.text("report.question_title") not in summary


def test_own_words_stand_with_their_finding() -> None:
    book = opened(
        made(tiny_area(), own_words={"answer": "Rad ett\nRad två", "districts": "Norra!"})
    )
    assert {"Rad ett", "Rad två"} <= set(column(book["Sammanfattning"], 1))
    assert "Norra!" in column(book["Stadsdelar"], 1)


def test_an_area_without_districts_says_so_on_the_sheet() -> None:
    area = tiny_area()
    bare = replace(area, districts=area.districts.iloc[:0], people=area.people.assign(district=""))
    assert texts.text("lacks.districts") in column(opened(made(bare))["Stadsdelar"], 1)


def test_a_demonstration_is_marked_on_the_first_sheet() -> None:
    book = opened(made(replace(tiny_area(), demonstration=True)))
    assert texts.text("demo.mark") in column(book.worksheets[0], 2)


def test_two_thousand_rows_are_all_there() -> None:
    report = made(tiny_area())
    table = pd.DataFrame(
        {"Stadsdel": [f"D{n}" for n in range(2000)], "Antal": range(2000), "Bortom": 1.0,
         "Andel": 0.5, "Meter": None}
    ).astype(object)  # fmt: skip
    table["Meter"] = None
    long = Finding("districts", "T", table=table.astype(str), numbers=table)
    book = opened(replace(report, findings=(long,)))
    assert book["Stadsdelar"].max_row == 2001
    assert book["Stadsdelar"]["B2001"].value == 1999


odd = st.one_of(
    st.sampled_from(
        [
            *("<script>alert(1)</script>", "=cmd|' /C calc'!A0", "{{ 7*7 }}", "{=1+1}", "=1+1"),
            *("+1", "-1", "@SUM(A1)", "\t=1+1", "http://x.example/", "مكتبة", "🏫👩\u200d👧"),
            *("\u202emoc.live\u202c", "x" * 300, "'=1", "_x0041_", "a\x00b\x1f", "1e5", "00123"),
        ]
    ),
    st.text(min_size=1, max_size=40),
)


@settings(max_examples=12, deadline=None)
@given(area_name=odd, district=odd, place=odd, title=odd, own=odd)
def test_whatever_a_name_holds_it_is_text_and_never_a_formula(
    area_name: str, district: str, place: str, title: str, own: str
) -> None:
    area = _named(_tiny, area_name, f"{district} N", place)
    book = opened(made(area, title=title[:200], own_words={"answer": own}))
    found = cells(book)
    assert all(cell.data_type in ("s", "n") for cell in found)
    assert all(cell.hyperlink is None for cell in found)
    values = {cell.value for cell in found if isinstance(cell.value, str)}
    unknown = texts.text("source.unknown")
    assert (one_line(place) or unknown) in column(book["Platser"], 1)
    assert one_line(f"{district} N") in column(book["Stadsdelar"], 1)
    if one_line(title[:200]):
        assert one_line(title[:200]) in values


@given(st.lists(st.text(max_size=60), min_size=1, max_size=8))
def test_sheet_names_are_legal_and_each_its_own(names: list[str]) -> None:
    taken: set[str] = set()
    made = [sheet_name(name, taken) for name in names]
    assert len({name.casefold() for name in made}) == len(names)
    for name in made:
        assert 0 < len(name) <= SHEET_CHARACTERS
        assert not re.search(r"[\[\]:*?/\\]", name)
        assert not name.startswith("'") and not name.endswith("'")


_tiny = tiny_area()


def _named(area: Area, name: str, district: str, place: str) -> Area:
    names = [district if found == "Norra" else found for found in area.people["district"]]
    return replace(
        area,
        name=name,
        districts=area.districts.assign(name=[district, "Södra"]),
        people=area.people.assign(district=names),
        places=area.places.assign(name=place),
    )
