"""Own files and repairs on the page Område: what is given there is what the command takes."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from geo import texts
from geo.catalog import open_area, save_area
from geo.ingest.build import Inputs, build
from geo.ingest.checks.network_repairs import proposed_repairs
from geo.ingest.file_changes import undo
from geo.store.store import store_of
from tests.geo.network.test_repairs import TWO_PIECES, area_on, paths
from tests.geo.sources.test_doors import adresser, byggnad, people, streets
from tests.pages.conftest import PATIENCE_S
from tests.pages.test_pages import page, said


@pytest.fixture
def gata(tmp_path: Path) -> None:
    inputs = Inputs(
        lines=streets(tmp_path / "l.geojson"),
        boundary=people(tmp_path / "p.geojson"),
        people=(tmp_path / "p.geojson",),
    )
    save_area(build("gata", "Gata", inputs))


def give(test: AppTest, part: str, path: Path) -> None:
    label = texts.text(f"omrade.file_{part}")
    box = next(each for each in test.file_uploader if each.label == label)
    box.set_value((path.name, path.read_bytes(), "application/octet-stream"))


def built(test: AppTest) -> AppTest:
    label = texts.text("omrade.build")
    next(each for each in test.button if each.label == label).click().run()
    test.session_state["job"].wait(PATIENCE_S)
    return test.run()


@pytest.mark.usefixtures("gata")
def test_buildings_and_addresses_are_given_on_the_page_told_and_undone(tmp_path: Path) -> None:
    test = page("omrade", area="gata")
    assert "längs gångvägarna" in said(test)
    mode = next(each for each in test.radio if each.label == texts.text("omrade.mode"))
    mode.set_value("add").run()
    give(test, "buildings", byggnad(tmp_path / "byggnad.gpkg"))
    give(test, "addresses", adresser(tmp_path / "adresser.gpkg"))
    test = built(test)
    assert not test.exception and not test.error
    area = open_area("gata")
    assert list(area.outlines["placed"]) == ["buildings"]
    assert (len(area.buildings), len(area.addresses)) == (5, 3)
    told = {told.what: told.values for _, told in area.told}
    assert told["homes_by_purpose"] == {
        "count": 3,
        "of": 5,
        "kinds": "Bostad;Flerfamiljshus (2), Bostad;Småhus friliggande (1)",
    }
    shown = said(test)
    assert "5, varav 3 är bostadshus" in shown
    assert "bostadshus efter våningsyta" in shown
    change = store_of("gata").log(most=1)[0]
    undo("gata", change.batch, who="A")
    assert list(open_area("gata").outlines["placed"]) == ["paths"]


@pytest.mark.usefixtures("gata")
def test_a_file_without_purposes_is_refused_with_what_to_state(tmp_path: Path) -> None:
    file = tmp_path / "hus.csv"
    file.write_text("N;E;Sort\n6584000;660000;Villa\n", "utf-8")
    test = page("omrade", area="gata")
    mode = next(each for each in test.radio if each.label == texts.text("omrade.mode"))
    mode.set_value("add").run()
    give(test, "buildings", file)
    test = built(test)
    assert "inga byggnader som går att skilja åt" in said(test)
    give(test, "buildings", file)
    next(box for box in test.text_area if box.label == texts.text("omrade.columns_hint")).set_value(
        "purpose=Sort"
    )
    test = built(test)
    assert not test.error
    assert list(open_area("gata").buildings["residential"]) == [True]


def test_a_proposed_repair_is_taken_with_a_click_and_a_reason_and_undone_with_one() -> None:
    save_area(area_on(paths(*TWO_PIECES)))
    before = open_area("street")
    (found,) = proposed_repairs(before)
    test = page("omrade", area="street")
    test.toggle(key="show_audit").set_value(True).run()
    assert "Koppla ihop en lös del på 150 m med en väg 3,0 m bort" in said(test)
    take = f"repair_take_{found.repair.id}"
    test.button(key=take).click().run()
    assert "En reparation sparas med varför den tas" in said(test)
    assert open_area("street").repairs == ()
    test.text_input(key="pick_who").set_value("Anna").run()
    test.text_input(key="repair_why").set_value("*Stigen* finns").run()
    test.button(key=take).click().run()
    assert not test.exception
    (kept,) = open_area("street").repairs
    assert (kept.why, kept.by) == ("*Stigen* finns", "Anna")
    assert "Tagna reparationer i gångnätet: 1" in said(test)
    assert "*Stigen* finns (Anna, " in said(test)
    test.button(key=f"repair_undo_{kept.id}").click().run()
    assert not test.exception and open_area("street").repairs == ()
    assert test.button(key=take)
