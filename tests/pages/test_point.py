"""A point is found by address or name on every page that asks for one; nobody types coordinates."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo import texts
from geo.area.provenance import ADDRESSES
from geo.catalog import open_area, save_area
from geo.cells import read_point
from geo.store.model import PLACE, Edit
from geo.store.protection import ground_of
from geo.store.store import store_of
from geo.types import WGS84
from tests.geo.worlds import along, street
from tests.pages.test_pages import page, said


@pytest.fixture(autouse=True)
def gatan() -> None:
    area = street(
        homes={0: 1, 900: 5},
        places={100.0: "library", 400.0: "school", 600.0: "school"},
        estimated=True,
    )
    names = ["Boken", "Skolan", "Skolan"]
    table = pd.DataFrame(
        [("Storgatan", "5", "", "", "", "made up")], columns=list(ADDRESSES), dtype=object
    )
    addresses = gpd.GeoDataFrame(table, geometry=list(along({800.0: 1})), crs=WGS84)
    places = gpd.GeoDataFrame(area.places.assign(name=names))
    save_area(replace(area, places=places, addresses=addresses, _snaps={}))


def metres(words: str, at: float) -> float:
    here = gpd.GeoSeries([shapely.Point(*read_point(words))], crs=WGS84).to_crs(3006)
    return float(here.distance(along({at: 1}).to_crs(3006), align=False).iloc[0])


def test_placera_takes_a_candidate_by_address_and_names_it() -> None:
    test = page("placera", area="street", group="all", limit="300", count="1", open="info_desk")
    test.text_input(key="spots_words").set_value("storg. 5").run()
    assert not test.exception
    assert metres(test.query_params["spots"], 800.0) < 2
    chosen = test.multiselect(key="pick_spots")
    assert chosen.options == ["1: nära Storgatan 5"]


def test_the_knowledge_bank_walks_from_an_address() -> None:
    test = page("kunskapsbank", area="street")
    test.text_input(key="bank_words").set_value("Storgatan 5").run()
    assert not test.exception
    assert metres(test.query_params["start"], 800.0) < 2


def test_words_that_mean_several_are_offered_and_what_is_unknown_is_said() -> None:
    test = page("karta", area="street")
    test.text_input(key="karta_words").set_value("Skolan").run()
    offers = [each for each in test.button if str(each.key).startswith("karta_offer_")]
    assert [each.label for each in offers] == ["vid Skolan", "vid Skolan"]
    assert "spot" not in test.session_state
    offers[1].click().run()
    assert not test.exception
    lon, lat = test.session_state["spot"][2]
    assert metres(f"{lon},{lat}", 600.0) < 2
    test.text_input(key="karta_words").set_value("Ingenstans").run()
    assert "Ingenstans" in said(test)


def test_coordinates_turned_round_are_no_point_of_the_area() -> None:
    test = page("karta", area="street")
    test.text_input(key="karta_words").set_value("59.36, 17.83").run()
    assert not test.exception and "spot" not in test.session_state
    assert "59.36,17.83" in test.error[-1].value.replace("\\", "")


def test_a_record_of_the_work_list_is_placed_where_a_name_is() -> None:
    area = open_area("street")
    store = store_of(area.id)
    store.take(area, "Anna")
    new = Edit("info_desk-a", PLACE, 0, fields={"name": "Disken", "kind": "info_desk"})
    store.write([new], who="Anna", ground=ground_of(area))
    test = page("data", area="street", task="worklist")
    test.text_input(key="work_info_desk-a_words").set_value("boken").run()
    test.button(key="work_place").click().run()
    assert not test.exception
    record = store.record("info_desk-a")
    assert record.is_placed and metres(f"{record.lon},{record.lat}", 100.0) < 2


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_no_field_of_a_page_asks_for_coordinates(language: str) -> None:
    for name in ("karta", "placera", "kunskapsbank", "forskola", "data"):
        test = page(name, area="street", lang=language)
        asked = [f"{each.label} {each.placeholder} {each.help}" for each in test.text_input]
        assert not [each for each in asked if "ongitud" in each.casefold() or "17." in each]
