"""The page Uppsökande: list, reasons, weights in the address, proposals, a week that is planned."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from geo import texts
from geo.catalog import save_area
from geo.output.documents.answer import ENDINGS
from geo.output.documents.outreach import staff_template
from geo.planning.outreach.staff import DAYS, LANGUAGES, NAMES, STARTS, staff_of
from pages.parts.uppsokande.plan import take
from tests.geo.planning.outreach.worlds import activity, town
from tests.pages.test_pages import page, said

HOUSING = {120.0: {"residents": 30, "språk": "tigrinja 12, arabiska 18"}}


@pytest.fixture
def gatan() -> None:
    area = town(
        places={150.0: "school", 850.0: "association"},
        activities=[
            activity(
                "kor",
                "association-1",
                kind="womens_group",
                organisers=(":red[Kören] *och* $1$",),
                languages=("ti",),
            )
        ],
        housing=HOUSING,
    )
    save_area(replace(area, demonstration=True, _snaps={}))


@pytest.mark.usefixtures("gatan")
def test_the_page_tells_where_why_and_what_could_be_done_and_that_it_is_invented() -> None:
    test = page("uppsokande", area="street", limit="300", week="2026-11-23")
    assert not test.exception
    words = said(test)
    assert "Uppsökande arbete börjar i genomgångsbostäderna, först Boende 0" in words
    assert "Ingen verksamhet på ett språk man talar: 30 (säkert)." in words
    assert "Låt :red[Kören] *och* $1$ komma till school 150" in words
    assert "här 0 före och 12 efter, av 30" in words
    assert "Ingen verksamhet på ett språk man talar**: Se förslag" in words.replace("\\", "")
    assert "Förslag för hela området" in words
    assert texts.text("demo.mark") in words


@pytest.mark.usefixtures("gatan")
def test_weights_are_equal_until_a_slider_is_moved_and_then_stand_in_the_address() -> None:
    test = page("uppsokande", area="street", limit="300", week="2026-11-23")
    assert [slider.value for slider in test.slider] == [1.0] * 5
    test.slider[1].set_value(0.0).run()
    assert test.query_params["weights"] in ("language=0", ["language=0"])
    assert not test.exception
    again = page(
        "uppsokande", area="street", limit="300", weights="language=0", lang="en", whom="housing"
    )
    assert again.slider[1].value == 0.0
    assert "Outreach begins in transitional housing, first at Boende 0" in said(again)
    assert "The list: 1 of 1 places" in said(again)


@pytest.mark.usefixtures("gatan")
def test_a_link_with_weights_that_can_not_be_says_so_and_ranks_with_equal_ones() -> None:
    test = page("uppsokande", area="street", limit="300", weights="music=2")
    assert not test.exception
    assert "Vikten ”music” går inte att använda" in said(test)
    assert [slider.value for slider in test.slider] == [1.0] * 5


@pytest.mark.usefixtures("gatan")
def test_the_week_is_planned_when_asked_for_and_files_are_made() -> None:
    test = page("uppsokande", area="street", limit="300", week="2026-11-23")
    area = town(places={150.0: "school", 850.0: "association"}, housing=HOUSING)
    row = {NAMES[0]: "Asta *B*", LANGUAGES[0]: "ti", STARTS[0]: "school 150", DAYS[0][0]: "9-12"}
    staff = staff_of([(1, row)], area)
    assert staff.workers[0].hours[0] == ((time(9), time(12)),)
    test.session_state["plan_wanted_street"] = (staff, "preferred", 10)
    test.run()
    assert not test.exception
    words = said(test)
    assert "Besöker 2 av 2 platser. Rundor: 1." in words
    assert "Asta *B*" in words
    next(each for each in test.toggle if each.key == "outreach_files").set_value(True).run()
    for _ in range(20):
        if len(test.get("download_button")) > 1:  # the template is there from the start
            break
        test.run()
    assert not test.exception
    labels = [button.proto.label for button in test.get("download_button")]
    assert [texts.text(f"files.{ending[1:]}", "sv") for ending in (*ENDINGS, ".ics")] == labels[1:]


STAFF = """Medarbetare;Språk;Startpunkt;Måndag;Tisdag
Asta;tigrinja;school 150;9-12;
Bo;klingonska;Ingenstans;25-30;13-16
"""


def test_a_file_of_staff_fills_the_table_and_tells_row_and_column_of_what_is_wrong() -> None:
    area = town(places={150.0: "school"}, housing=HOUSING)
    taken = take(area, "..\\mapp/personal.csv", STAFF.encode("cp1252"))
    assert taken.error is None and taken.name == "personal.csv"
    assert [row[NAMES[0]] for row in taken.table] == ["Asta", "Bo"]
    assert taken.table[0][DAYS[0][0]] == "9-12" and taken.table[1][DAYS[1][0]] == "13-16"
    assert [(each.row, each.column, each.found) for each in taken.problems] == [
        (3, "Måndag", "25-30"),
        (3, "Startpunkt", "Ingenstans"),
    ]
    again = staff_of(enumerate(taken.table, start=1), area)
    assert [worker.name for worker in again.workers] == ["Asta"]
    assert take(area, "x.xlsx", b"PK no workbook").error is not None


def test_the_template_is_read_as_it_is() -> None:
    area = town(places={150.0: "school"}, housing=HOUSING)
    taken = take(area, "personal.xlsx", staff_template(area, "sv"))
    assert taken.problems == ()
    assert taken.table[0][STARTS[0]] == "school 150"
    (worker,) = staff_of(enumerate(taken.table, start=1), area).workers
    assert worker.hours[0] == ((time(9), time(12)), (time(13), time(16)))


def test_no_more_staff_is_read_than_a_week_is_planned_for(monkeypatch) -> None:
    monkeypatch.setattr("geo.planning.outreach.staff.MOST", 1)
    area = town(places={150.0: "school"}, housing=HOUSING)
    text = "namn,start,mån\nAsta,school 150,9-12\nBo,school 150,9-12\n"
    taken = take(area, "a.csv", text.encode())
    assert len(taken.table) == 1
    assert [(each.what, each.row) for each in taken.problems] == [("too_many", 3)]
