"""The page Data, headless: a file is understood, corrected, put in and undone; what waits is worked
off; two people edit one record and nobody's work is lost.
"""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from geo.area.model import Area
from geo.catalog import save_area
from geo.ingest import edits
from geo.store.model import Edit
from geo.store.protection import ground_of
from geo.store.store import has_store, store_of
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
    assert "inga rubriker. Inga koordinater i filen." in said(test)


@pytest.mark.parametrize(
    "task", ["import", "activities", "worklist", "edit", "check", "history", "whole"]
)
@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.usefixtures("provby")
def test_each_task_opens_in_both_languages(task: str, lang: str) -> None:
    test = page("data", area="provby", task=task, lang=lang)
    assert not test.exception and not test.error
    assert test.radio[0].value == task


def edit_library(test: AppTest, **cells: str) -> None:
    """Write into the first row of the table, as if the page had been left and come back to."""
    table = next(iter(test.session_state["edit_tables"].values()))
    table.draft = edits.applied(table.draft, {"edited_rows": {0: cells}})


@pytest.mark.usefixtures("provby")
def test_two_people_edit_one_record_and_the_second_sees_both_versions() -> None:
    anna = page("data", area="provby", task="edit", records="library")
    bo = page("data", area="provby", task="edit", records="library")
    for test, who in ((anna, "Anna"), (bo, "Bo")):
        test.session_state["who"] = who
    edit_library(anna, name="Annas bibliotek")
    edit_library(bo, name="Bos bibliotek", address="Torget 2")
    for test in (anna, bo):
        test.run()
        assert not test.exception
    button(anna, "Spara").click().run()
    assert store_of("provby").record("b1").name == "Annas bibliotek"
    button(bo, "Spara").click().run()
    told = said(bo)
    assert "Någon annan har ändrat samma post" in "\n".join(one.value for one in bo.warning)
    assert "ändrad av Anna" in told
    assert store_of("provby").record("b1").name == "Annas bibliotek"
    labels = [one.label for one in bo.radio]
    assert any("Namn" in label and "Biblioteket" in label for label in labels)
    name = next(one for one in bo.radio if "Namn" in one.label)
    assert name.value == "mine"
    name.set_value("theirs").run()
    button(bo, "Spara som valt").click().run()
    now = store_of("provby").record("b1")
    assert (now.name, now.fields["address"]) == ("Annas bibliotek", "Torget 2")
    history = store_of("provby").history("b1")
    assert [change.by for change in history] == ["Bo", "Anna"]


@pytest.mark.usefixtures("provby")
def test_an_edit_that_was_not_saved_is_still_there_after_another_task() -> None:
    test = page("data", area="provby", task="edit", records="library")
    table = next(iter(test.session_state["edit_tables"].values()))
    table.delta = {"edited_rows": {0: {"name": "Nästan sparat"}}}
    test.radio[0].set_value("history").run()
    test.radio[0].set_value("edit").run()
    button(test, "Spara").click().run()
    assert store_of("provby").record("b1").name == "Nästan sparat"


@pytest.mark.usefixtures("provby")
def test_a_correction_overtakes_the_proposal_it_was_made_to() -> None:
    test = drop(page("data", area="provby"), "lokaler.xlsx", workbook())
    upload = test.session_state["data_upload"]
    test.session_state["data_upload"] = replace(upload, kind="library")
    button(test, "Lägg in i området").click().run()
    assert "Du ändrade nyss hur filen läses" in "\n".join(one.value for one in test.info)
    assert not has_store("provby")


@pytest.mark.usefixtures("provby")
def test_an_address_that_is_mended_places_the_record_and_closing_keeps_it() -> None:
    store = store_of("provby")
    store.take(tiny_area(), "Anna")
    fields = {"name": "Salen", "kind": "library", "address": "Okända vägen 9", "details": {}}
    new = [Edit(f"x{at}", "place", 0, fields=fields) for at in (1, 2)]
    store.write(new, who="Anna", ground=ground_of(tiny_area()))
    test = page("data", area="provby", task="worklist")
    assert "Utan plats på kartan: 2." in said(test)
    box = next(one for one in test.text_input if one.label == "Adress")
    box.set_value("Ingenstans 1").run()
    button(test, "Spara och sök igen").click().run()
    assert store.record("x1").fields["address"] == "Ingenstans 1"
    assert len(store.unplaced()) == 2
    button(test, "Stäng posten").click().run()
    assert [record.id for record in store.unplaced()] == ["x2"]
    assert store.record("x1").status == "closed"


@pytest.mark.usefixtures("provby")
def test_rows_without_a_place_are_left_out_where_a_person_says_so() -> None:
    point = tiny_area().places.geometry.iloc[0]
    rows = f"namn;adress;lat;lon\nNya salen;;{point.y:.6f};{point.x:.6f}\nBorta;Okändvägen 3;;\n"
    test = drop(page("data", area="provby"), "salar.csv", rows.encode())
    assert "I området: 2 nya" in said(test)
    toggle = next(one for one in test.toggle if one.label.startswith("Lägg bara in rader"))
    toggle.set_value(True).run()
    assert not test.exception
    assert "I området: 1 nya" in said(test)
    button(test, "Lägg in i området").click().run()
    assert not test.exception
    assert store_of("provby").unplaced() == []
    assert len(store_of("provby").records()) == 7
    assert "1 med plats på kartan, 0 på arbetslistan" in "\n".join(
        one.value for one in test.success
    )


@pytest.mark.usefixtures("provby")
def test_a_name_that_may_be_of_another_town_is_never_a_sure_suggestion() -> None:
    store = store_of("provby")
    store.take(tiny_area(), "Anna")
    name = str(tiny_area().places["name"].iloc[0])
    fields = {"name": name, "kind": "school", "address": "", "details": {}}
    for reason, offered in (("names_elsewhere", False), ("no_address", True)):
        told = {**fields, "reason": reason}
        new = [Edit(f"{reason}{at}", "place", 0, fields=told) for at in (1, 2)]
        store.write(new, who="Anna", ground=ground_of(tiny_area()))
        test = page("data", area="provby", task="worklist")
        assert not test.exception
        assert any(one.label == "Ta förslaget" for one in test.button)
        assert any(one.label == "Ta alla säkra förslag (2)" for one in test.button) == offered


@pytest.mark.parametrize("task", ["import", "whole"])
@pytest.mark.usefixtures("provby")
def test_a_broken_file_is_refused_by_its_own_name(task: str) -> None:
    test = drop(page("data", area="provby", task=task), "trasig.xlsx", b"PK nothing")
    assert not test.exception
    (error,) = test.error
    plain = error.value.replace("\\", "")
    assert "”trasig.xlsx”" in plain and "narhet-" not in plain


@pytest.mark.usefixtures("provby")
def test_a_hostile_name_is_shown_as_it_is_written() -> None:
    point = tiny_area().places.geometry.iloc[0]
    name = "<script>alert(1)</script> :red[x] {{ 7*7 }}"
    rows = f"namn;lat;lon\n{name};{point.y:.6f};{point.x:.6f}\n"
    test = drop(page("data", area="provby"), "**fet**.csv", rows.encode())
    assert not test.exception
    html = "\n".join(one.proto.body for one in test.get("html"))
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html
    button(test, "Lägg in i området").click().run()
    assert "\\*\\*fet\\*\\*" in "\n".join(one.value for one in test.success)


@pytest.mark.usefixtures("provby")
def test_protected_housing_of_a_file_is_shown_nowhere_and_kept_nowhere(home: Path) -> None:
    point = tiny_area().places.geometry.iloc[0]
    rows = (
        "namn;adress;lat;lon;skyddad;barn_1_5\n"
        f"Hemliga huset;Gömda gatan 7;{point.y:.6f};{point.x:.6f};ja;3\n"
        f"Öppna huset;Provgatan 9;{point.y:.6f};{point.x:.6f};nej;4\n"
    )
    test = page("data", area="provby")
    kind = next(one for one in test.selectbox if one.label == "Platserna i filen är")
    kind.set_value("transitional_housing").run()
    drop(test, "boenden.csv", rows.encode())
    assert not test.exception
    shown = said(test) + "\n".join(one.proto.body for one in test.get("html"))
    tables = [frame.value.to_csv() for frame in test.dataframe]
    choices = [option for one in test.selectbox for option in one.options]
    everything = "\n".join([shown, *tables, *choices])
    assert "Öppna huset" in everything
    for secret in ("Hemliga", "Gömda", f"{point.y:.5f},{point.x:.5f};ja"):
        assert secret not in everything
    assert not [one for one in test.toggle if "Nominatim" in one.label]
    button(test, "Lägg in i området").click().run()
    assert not test.exception and not test.error
    for file in home.rglob("*"):
        if file.is_file():
            assert b"Hemliga" not in file.read_bytes(), file
            assert "Gömda".encode() not in file.read_bytes(), file
    names = {record.name for record in store_of("provby").records()}
    assert "Öppna huset" in names
    assert sum(name.startswith("Skyddat boende") for name in names) == 1


@pytest.mark.usefixtures("provby")
def test_everything_is_offered_in_three_formats() -> None:
    test = page("data", area="provby", task="whole")
    test.toggle[0].set_value(True).run()
    assert not test.exception and not test.error
    labels = [one.proto.label for one in test.get("download_button")]
    assert labels == ["Excel (.xlsx)", "GeoPackage (.gpkg)", "GeoJSON (.geojson)"]


def around(*steps: float, extra: str = "", cells: tuple[str, ...] = ()) -> bytes:
    """A file of places, each so many degrees east of the first place of the area."""
    point = tiny_area().places.geometry.iloc[0]
    told = [*cells, *[""] * len(steps)]
    lines = [
        f"Sal {at};{point.y + at / 10_000:.6f};{point.x + step:.6f};{told[at]}"
        for at, step in enumerate(steps)
    ]
    return "\n".join([f"namn;lat;lon;{extra or 'x'}", *lines]).encode()


@pytest.mark.usefixtures("provby")
def test_what_lies_far_outside_is_left_out_until_a_person_says_otherwise() -> None:
    test = drop(page("data", area="provby"), "salar.csv", around(0, 0.2, 0.3, 0.4))
    assert not test.exception
    switch = next(one for one in test.toggle if one.key == "data_outside")
    assert switch.value and "(3)" in switch.label
    assert "Placerade: 1 av 1" in said(test)
    switch.set_value(False).run()
    assert not test.exception and "Placerade: 4 av 4" in said(test)


@pytest.mark.usefixtures("provby")
def test_what_the_file_says_is_closed_is_shown_with_why_before_it_is_put_in() -> None:
    content = around(0, 0.001, extra="status", cells=("Nedlagd 2024", "Öppen"))
    test = drop(page("data", area="provby"), "salar.csv", content)
    assert not test.exception
    told = said(test).replace("\\", "").replace("\u2060", "")
    assert "Sal 0 – nedlagt eller stängt (”Nedlagd 2024”)" in told
    button(test, "Lägg in i området").click().run()
    store = store_of("provby")
    assert {one.name for one in store.records(status="closed")} == {"Sal 0"}
    assert "Sal 1" in {one.name for one in store.records()}


@pytest.mark.parametrize(("answer", "stays"), [("close", False), ("keep", True)])
@pytest.mark.usefixtures("provby")
def test_a_record_that_its_file_drops_is_asked_about(answer: str, stays: bool) -> None:
    test = drop(page("data", area="provby"), "salar.csv", around(0, 0.001))
    button(test, "Lägg in i området").click().run()
    test = drop(page("data", area="provby"), "salar.csv", around(0, extra="plats"))
    assert not test.exception
    question = next(one for one in test.radio if one.label == "Vad ska hända med dem?")
    assert question.value is None and button(test, "Lägg in i området").disabled
    assert "Sal 1" in said(test)
    question.set_value(answer).run()
    if not button(test, "Lägg in i området").disabled:
        button(test, "Lägg in i området").click().run()
    assert ("Sal 1" in {one.name for one in store_of("provby").records()}) == stays
