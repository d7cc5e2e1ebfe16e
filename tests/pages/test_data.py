"""The page Data, headless: a file is understood, corrected, put in and undone; what waits is worked
off; two people edit one record and nobody's work is lost.
"""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from geo.area import Area, save_area
from geo.store import store_of
from tests.pages.test_pages import page, said
from tests.tiny import tiny_area

CSV = "text/csv"


@pytest.fixture
def provby() -> Area:
    return save_area(replace(tiny_area(), id="provby"))


def workbook() -> bytes:
    """Rows as the election board writes them: no header, no coordinates."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [
        (201, "0101", "Biblioteket", "Provgatan 1", "162 50", "Provby"),
        (202, "0102", "Träffpunkten", "Provgatan 1", "162 50", "Provby"),
        (203, "0103", "Okända salen", "Ingenstansvägen 4", "162 51", "Provby"),
        (204, "0104", "Gamla skolan", "Skolvägen 12", "162 52", "Provby"),
    ]:
        sheet.append(row)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def drop(test: AppTest, name: str, content: bytes, mime: str = CSV) -> AppTest:
    return test.file_uploader[0].set_value((name, content, mime)).run()


def button(test: AppTest, label: str) -> object:
    return next(one for one in test.button if one.label.startswith(label))


@pytest.mark.usefixtures("provby")
def test_a_file_with_coordinates_is_understood_put_in_and_undone() -> None:
    area = tiny_area()
    point = area.places.geometry.iloc[0]
    rows = f"namn;adress;lat;lon\nNya salen;Provgatan 3;{point.y:.6f};{point.x:.6f}\n"
    test = drop(page("data", area="provby"), "salar.csv", rows.encode())
    assert not test.exception
    assert "Så förstod vi filen" in said(test)
    assert "WGS 84 (EPSG:4326)" in said(test)
    assert "Placerade: 1 av 1" in said(test)
    button(test, "Lägg in i området").click().run()
    assert "salar.csv är inläst: 1 med plats på kartan, 0 på arbetslistan." in "\n".join(
        one.value for one in test.success
    ).replace("\\", "").replace("\u2060", "")
    names = [record.name for record in store_of("provby").records()]
    assert "Nya salen" in names and len(names) == 7
    button(test, "Ångra").click().run()
    assert len(store_of("provby").records()) == 6


@pytest.mark.usefixtures("provby")
def test_without_header_and_coordinates_the_rest_is_on_the_work_list() -> None:
    test = drop(page("data", area="provby"), "lokaler.xlsx", workbook())
    assert not test.exception, test.exception
    print(said(test)); print([ (b.label,b.value) for b in test.selectbox]); print([b.label for b in test.button])


@pytest.mark.parametrize("task", ["import", "worklist", "edit", "check", "history", "whole"])
@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.usefixtures("provby")
def test_each_task_opens_in_both_languages(task: str, lang: str) -> None:
    test = page("data", area="provby", task=task, lang=lang)
    assert not test.exception and not test.error
    assert test.radio[0].value == task
