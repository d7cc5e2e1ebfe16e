"""Files of places on their way into an area: each row ends up somewhere, ids stay, edits stand, and
nothing of protected housing is kept.
"""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.area.model import Area
from geo.area.opening_hours import hours_text
from geo.area.protected import SHAPE
from geo.area.provenance import ADDRESSES
from geo.area.record_fields import place_fields
from geo.catalog import open_area, save_area
from geo.errors import FileFormat, OutsideArea
from geo.ingest.build import Inputs, with_places
from geo.ingest.places.apply import carry_out, plan
from geo.ingest.places.locate import KEEP
from geo.ingest.places.propose import Import, propose
from geo.ingest.places.records import _free_id
from geo.output.words.imports import next_lines
from geo.sources.files.place_tables import understand
from geo.sources.files.sheets import Choices
from geo.store.model import edit_of
from geo.store.protection import ground_of
from geo.store.store import Store, store_of
from geo.texts import text
from geo.types import WGS84
from tests.refusals import refused
from tests.tiny import CRS, EAST, NORTH, tiny_area

TODAY = date(2026, 11, 22)


def lonlat(x: float, y: float) -> tuple[float, float]:
    """Metres from the south-west corner of the area as lon, lat."""
    point = gpd.GeoSeries([shapely.Point(EAST + x, NORTH + y)], crs=CRS).to_crs(WGS84)[0]
    return round(point.x, 6), round(point.y, 6)


def area_with_addresses() -> Area:
    rows = [
        ("Provgatan", "7", "", "", "", "© OpenStreetMap contributors"),
        ("Ekvägen", "2", "", "", "", "© OpenStreetMap contributors"),
        ("", "", "", "", "Provbyskolan", "© OpenStreetMap contributors"),
    ]
    points = [shapely.Point(*lonlat(x, y)) for x, y in ((100, 100), (300, 300), (600, 600))]
    table = pd.DataFrame(rows, columns=list(ADDRESSES), dtype=object)
    return replace(
        tiny_area(), addresses=gpd.GeoDataFrame(table, geometry=points, crs=WGS84), _snaps={}
    )


@pytest.fixture
def area(home: Path) -> Area:  # noqa: ARG001 - its folder is the test's own
    return save_area(area_with_addresses())


@pytest.fixture
def store(area: Area) -> Store:
    return store_of(area.id)


def write(path: Path, *rows: list[object]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    return path


def proposed(area: Area, file: Path, kind: str = "library", **choices: object) -> Import:
    understood = understand(file, choices=Choices(**choices), kind=kind)
    return propose(area, understood, kind, today=TODAY)


HEAD = ["kod", "namn", "adress", "lat", "lon", "öppettider"]


def four(folder: Path) -> Path:
    lon, lat = lonlat(700, 100)
    return write(
        folder / "bibliotek.csv",
        HEAD,
        ["a1", "Norra biblioteket", "", lat, lon, "mån-fre 9-17"],
        ["a2", "Ekens bibliotek", "Ekv. 2, 2 tr", "", "", ""],
        ["a3", "Provbyskolan, aulan", "", "", "", ""],
        ["a4", "Borta", "Okända vägen 4", "", "", ""],
        ["a5", "", "", "", "", "mån 9-10"],
    )


def test_rows_are_placed_by_coordinates_address_or_name_and_the_rest_is_told(
    area: Area, tmp_path: Path
):
    found = proposed(area, four(tmp_path))
    assert dict(found.how) == {2: "coordinates", 3: "address", 4: "name"}
    assert dict(found.score) == {2: 100.0, 3: 100.0, 4: 90.0}
    assert list(found.places["id"]) == ["library-a1", "library-a2", "library-a3"]
    assert list(found.places["district"]) == ["Södra", "Södra", "Norra"]
    at = found.places.geometry[3]
    assert (at.x, at.y) == pytest.approx(lonlat(300, 300), abs=1e-6)
    assert list(found.unplaced["row"]) == [5]
    assert list(found.unplaced["reason"]) == ["unknown_street"]
    assert [(item.row, item.reason) for item in found.left_out] == [(6, "nothing_usable")]
    assert hours_text(place_fields(found.places.at[2, "details"])) == "mån-fre 9-17"
    assert found.places.at[2, "source"] == "bibliotek.csv"
    assert found.places.at[3, "source"] == "bibliotek.csv · © OpenStreetMap contributors"


def test_ids_do_not_depend_on_the_order_of_rows(area: Area, tmp_path: Path):
    rows = [["Eken", "Ekvägen 2"], ["Alen", "Provgatan 7"], ["Eken", "Provgatan 7"]]
    one = proposed(area, write(tmp_path / "f.csv", ["namn", "adress"], *rows))
    other = proposed(area, write(tmp_path / "f.csv", ["namn", "adress"], *rows[::-1]))
    ids = [set(zip(each.places["id"], each.places["name"], strict=True)) for each in (one, other)]
    assert ids[0] == ids[1]
    assert len(ids[0]) == 3


def test_a_file_the_area_was_built_of_meets_its_own_places_again(area: Area, tmp_path: Path):
    """Places of such a file are numbered by row when an area is built."""
    lon, lat = lonlat(700, 100)
    rows = [["Eken", "Ekvägen 2", lat, lon], ["Alen", "Provgatan 7", lat, lon]]
    file = write(tmp_path / "f.csv", ["namn", "adress", "lat", "lon"], *rows)
    built = with_places(area, "library", file, Inputs())
    numbered = {"library-2", "library-3"}
    assert numbered <= set(built.places["id"])
    swapped = write(tmp_path / "f.csv", ["namn", "adress", "lat", "lon"], *rows[::-1])
    found = proposed(built, swapped)
    assert dict(zip(found.places["id"], found.places["name"], strict=True)) == {
        "library-2": "Eken",
        "library-3": "Alen",
    }
    assert plan(found, built, None).same == ("library-3", "library-2")


def test_a_file_far_away_or_of_figures_or_of_no_known_kind_is_refused(area: Area, tmp_path: Path):
    far = write(tmp_path / "far.csv", ["namn", "lat", "lon"], ["Kiruna", 67.85, 20.22])
    with pytest.raises(OutsideArea):
        proposed(area, far)
    years = [f"Antal {year}" for year in range(2020, 2024)]
    figures = write(
        tmp_path / "scb.csv", ["region", "kön", *years], *[["Provby", "alla", 5, "..", 7, 8]] * 6
    )
    with refused("no_places") as caught:
        proposed(area, figures)
    assert "varken koordinater, adresser" in caught.value.message("sv")
    with refused("unknown_kind"):
        proposed(area, four(tmp_path), kind="biblotek")


def test_one_far_row_among_others_is_set_aside_with_what_is_wrong(area: Area, tmp_path: Path):
    lon, lat = lonlat(700, 100)
    file = write(
        tmp_path / "f.csv",
        ["namn", "adress", "lat", "lon"],
        ["Här", "", lat, lon],
        ["Där", "", 67.85, 20.22],
        ["Hem", "Ekvägen 2", 67.85, 20.22],
    )
    found = proposed(area, file)
    assert dict(found.how) == {2: "coordinates", 4: "address"}
    assert list(found.unplaced["reason"]) == ["far_away"]


def test_an_import_is_one_batch_and_undone_as_one(area: Area, store: Store, tmp_path: Path):
    found = proposed(area, four(tmp_path))
    batch = carry_out(found, area, store, who="Ada")
    opened = open_area(area.id)
    assert {"library-a1", "library-a2", "library-a3"} <= set(opened.places["id"])
    assert [record.id for record in store.unplaced()] == ["library-a4"]
    assert store.record("library-a4").fields["reason"] == "unknown_street"
    store.undo(batch, who="Ada")
    assert set(open_area(area.id).places["id"]) == set(area.places["id"])
    assert store.unplaced() == []


def test_the_same_file_again_changes_nothing_and_a_new_one_changes_what_it_says(
    area: Area, store: Store, tmp_path: Path
):
    carry_out(proposed(area, four(tmp_path)), area, store, who="Ada")
    again = proposed(open_area(area.id), four(tmp_path))
    assert carry_out(again, open_area(area.id), store, who="Ada") == 0
    lon, lat = lonlat(700, 100)
    newer = write(
        tmp_path / "bibliotek.csv",
        HEAD,
        ["a1", "Norra huvudbiblioteket", "", lat, lon, "mån-fre 9-17"],
        ["a2", "Ekens bibliotek", "Ekv. 2, 2 tr", "", "", ""],
        ["a9", "Nytt", "Provgatan 7", "", "", ""],
    )
    opened = open_area(area.id)
    found = proposed(opened, newer)
    planned = plan(found, opened, store)
    assert (planned.new, planned.changed, planned.same) == (
        ("library-a9",),
        ("library-a1",),
        ("library-a2",),
    )
    assert set(planned.gone) == {"library-a3", "library-a4"}
    carry_out(found, opened, store, who="Ada")
    assert store.record("library-a1").fields["name"] == "Norra huvudbiblioteket"
    assert store.record("library-a3").status == "open", "what is gone from the file stays"


def test_what_a_person_edited_stands_when_the_file_comes_again(
    area: Area, store: Store, tmp_path: Path
):
    carry_out(proposed(area, four(tmp_path)), area, store, who="Ada")
    lon, lat = lonlat(400, 400)
    placed = edit_of(store.record("library-a4"), lon=lon, lat=lat, reason="")
    named = edit_of(store.record("library-a1"), name="Bokhuset")
    closed = edit_of(store.record("library-a3"), status="closed")
    store.write([placed, named, closed], who="Bo", ground=ground_of(area))
    file = four(tmp_path)
    file.write_text(file.read_text(encoding="utf-8").replace("mån-fre 9-17", "mån-fre 9-18"))
    opened = open_area(area.id)
    carry_out(proposed(opened, file), opened, store, who="Ada")
    assert store.record("library-a4").lon == lon, "a point a person set is never taken away"
    assert store.record("library-a1").fields["name"] == "Bokhuset"
    assert store.record("library-a1").fields["details"]["öppettider"] == "mån-fre 9-18"
    assert store.record("library-a3").status == "closed"
    assert store.unplaced() == []


def test_a_fix_that_takes_the_point_away_puts_the_place_on_the_work_list(
    area: Area, store: Store, tmp_path: Path
):
    lon, lat = lonlat(9000, 100)
    file = write(tmp_path / "f.csv", ["namn", "lat", "lon"], ["Utanför", lat, lon])
    found = proposed(area, file)
    outside = [problem for problem in found.problems if problem.code == "outside"]
    assert [(problem.row, problem.fix.what) for problem in outside] == [(2, "unplace")]
    carry_out(found, area, store, who="Ada", fixes=[outside[0].fix])
    assert [record.fields["reason"] for record in store.unplaced()] == ["set_aside"]


def test_rows_of_another_kind_are_left_out_where_the_file_tells_kinds(area: Area, tmp_path: Path):
    lon, lat = lonlat(700, 100)
    kinds = ("Bibliotek", "Förskola", "Något annat")
    rows = [[f"Plats {n}", lat, lon, kind] for n, kind in enumerate(kinds)]
    found = proposed(area, write(tmp_path / "f.csv", ["namn", "lat", "lon", "typ"], *rows))
    assert list(found.places["name"]) == ["Plats 0", "Plats 2"]
    assert [(item.row, item.reason) for item in found.left_out] == [(3, "other_kind")]
    rows = [[f"Plats {n}", lat, lon, kind] for n, kind in enumerate(("library", "theatre"))]
    found = proposed(area, write(tmp_path / "f.csv", ["namn", "lat", "lon", "kind"], *rows))
    assert list(found.places["name"]) == ["Plats 0"]


HIDDEN = text("place.restricted", "sv")


def test_names_alone_place_nothing_where_most_of_them_are_unknown(area: Area, tmp_path: Path):
    """A national list has a school of this name somewhere else too."""
    names = [["Provbyskolan"], *([f"Okända skolan {n}"] for n in "abcdefghijklm")]
    found = proposed(area, write(tmp_path / "f.csv", ["namn"], *names), kind="school")
    assert len(found.places) == 0
    told = found.unplaced.set_index("row").loc[2]
    assert (told["reason"], told["suggestion"]) == ("names_elsewhere", "Provbyskolan")
    few = proposed(area, write(tmp_path / "f.csv", ["namn"], *names[:4]), kind="school")
    assert list(few.places["name"]) == ["Provbyskolan"]


def test_an_area_whose_places_stand_where_openstreetmap_says_credits_it(
    area: Area, store: Store, tmp_path: Path
):
    plain = replace(area, sources=(), _snaps={})
    assert not plain.uses_osm
    carry_out(proposed(area, four(tmp_path)), area, store, who="Ada")
    assert store.overlay(plain).uses_osm


SECRETS = ("Hemliga huset", "Dolda backen 13", "Hemlig kontakt")


def housing(folder: Path) -> Path:
    lon, lat = lonlat(710, 690)
    return write(
        folder / "boenden.csv",
        ["namn", "adress", "lat", "lon", "skyddad", "kontakt", "barn_1_5"],
        ["Öppna boendet", "Provgatan 7", "", "", "nej", "", 4],
        [SECRETS[0], SECRETS[1], lat, lon, "ja", SECRETS[2], 9],
        [SECRETS[0], SECRETS[1], "", "", "ja", SECRETS[2], 7],
        ["", "", "", "", "ja", SECRETS[2], 1],
    )


def test_protected_housing_is_coarse_before_anything_sees_it_and_nothing_is_kept(
    area: Area, store: Store, tmp_path: Path, home: Path
):
    found = proposed(area, housing(tmp_path), kind="transitional_housing")
    assert list(found.places["name"]) == ["Öppna boendet", HIDDEN]
    hidden = place_fields(found.places.at[3, "details"])
    assert SHAPE in hidden and hidden["barn_1_5"] == 9
    assert list(found.unplaced["reason"]) == ["protected"]
    lon, lat = lonlat(710, 690)
    told = json.dumps(found.understood.frame.astype(str).to_dict()) + found.places.to_json()
    told += found.unplaced.to_json() + repr(found.problems) + repr(found.said.to_dict())
    assert not [word for word in (*SECRETS, str(lon), str(lat)) if word in told]
    carry_out(found, area, store, who="Ada")
    kept = b"".join(path.read_bytes() for path in home.rglob("store*"))
    assert b"ppna boendet" in kept
    assert not [word for word in (*SECRETS, str(lon), str(lat)) if word.encode() in kept]


def test_protected_housing_imported_twice_is_there_once(area: Area, store: Store, tmp_path: Path):
    carry_out(
        proposed(area, housing(tmp_path), kind="transitional_housing"), area, store, who="Ada"
    )
    before = [record.id for record in store.records()]
    opened = open_area(area.id)
    again = proposed(opened, housing(tmp_path), kind="transitional_housing")
    assert carry_out(again, opened, store, who="Ada") == 0
    assert [record.id for record in store.records()] == before


def test_a_file_without_rows_is_refused_in_words_that_help(area: Area, tmp_path: Path) -> None:
    for content in ("namn;adress;lat;lon\n", "/etc/passwd"):
        (tmp_path / "tom.csv").write_text(content)
        with refused("file_refused", FileFormat) as caught:
            proposed(area, tmp_path / "tom.csv")
        assert "inga rader under rubrikerna" in caught.value.message("sv")
        assert "format" not in caught.value.message("sv"), "another format would not help"


@pytest.mark.parametrize("own_id", ["", "4711"])
def test_of_housing_that_becomes_protected_nothing_stays_of_what_was_known(
    area: Area, store: Store, tmp_path: Path, home: Path, own_id: str
) -> None:
    lon, lat = lonlat(710, 690)

    def told(says: str) -> Import:
        file = write(
            tmp_path / "boenden.csv",
            ["id", "namn", "adress", "lat", "lon", "skyddad", "barn_1_5"],
            [own_id, SECRETS[0], SECRETS[1], lat, lon, says, 9],
            [own_id and "4712", "Dolda huset", "Dolda backen 15", "", "", says, 7],
        )
        return proposed(open_area(area.id), file, kind="transitional_housing")

    carry_out(told("nej"), area, store, who="Ada")
    assert [record.fields["name"] for record in store.unplaced()] == ["Dolda huset"]
    offered = next_lines(told("ja"), area, "sv", asked=False)
    assert not any("Nominatim" in line for line in offered), "housing is never looked up"
    planned = plan(told("ja"), area, store)
    assert len(planned.changed) == 2 and not planned.gone and not planned.new
    carry_out(told("ja"), area, store, who="Ada")
    housing_now = [each for each in store.records() if each.fields["kind"] != "library"]
    names = {record.fields["name"] for record in housing_now if "restricted" in record.id}
    assert names == {HIDDEN}
    assert [record.fields["reason"] for record in store.unplaced()] == ["protected"]
    kept = b"".join(path.read_bytes() for path in home.rglob("store*"))
    words = (SECRETS[0], SECRETS[1], "Dolda", str(lon), str(lat), "4711", "4712")
    assert not [word for word in words if word.encode() in kept]
    assert carry_out(told("ja"), open_area(area.id), store, who="Ada") == 0


def test_a_file_can_not_say_that_its_protected_housing_is_coarse_already(
    area: Area, tmp_path: Path
):
    lon, lat = lonlat(710, 690)
    file = write(
        tmp_path / "f.csv",
        ["namn", "lat", "lon", SHAPE, "skyddad"],
        [SECRETS[0], lat, lon, "POLYGON EMPTY", "ja"],
    )
    found = proposed(area, file, kind="transitional_housing")
    assert list(found.places["name"]) == [HIDDEN]
    assert found.places.geometry.iloc[0].distance(shapely.Point(lon, lat)) > 0
    assert place_fields(found.places["details"].iloc[0])[SHAPE] != "POLYGON EMPTY"


CELL = st.text(alphabet="aåEk1 2-;\"'{}<", max_size=12)
AREA = area_with_addresses()


@settings(max_examples=15)
@given(rows=st.lists(st.tuples(CELL, CELL, st.sampled_from(["", "59.4", "x", "0"])), max_size=6))
def test_each_row_ends_up_in_one_place_whatever_it_holds(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("rows")
    lon, lat = lonlat(50, 50)
    file = write(
        folder / "f.csv",
        ["namn", "adress", "lat", "lon"],
        ["Första", "Ekvägen 2", lat, lon],
        *[[name, address, up, "17.8" if up else ""] for name, address, up in rows],
    )
    understood = understand(file, kind="library")
    found = propose(AREA, understood, "library", today=TODAY, outside=KEEP)
    ends = [*found.places.index, *found.unplaced["row"], *(item.row for item in found.left_out)]
    assert sorted(ends) == sorted({*understood.frame.index, *(i.row for i in found.left_out)})
    ids = [*found.places["id"], *found.unplaced["id"]]
    assert len(set(ids)) == len(ids)


def test_ids_of_equal_rows_are_found_without_counting_from_the_start_each_time() -> None:
    class Counted(dict[str, int]):
        asked = 0

        def __contains__(self, key: object) -> bool:
            self.asked += 1
            return super().__contains__(key)

    taken = Counted()
    ids = [_free_id("library-1", "library-1", taken) for _ in range(500)]
    assert ids[:3] == ["library-1", "library-1-2", "library-1-3"]
    assert len(set(ids)) == 500
    assert taken.asked <= 4 * 500
    assert _free_id("library-1-501", "library-x", taken) == "library-1-501"
    assert _free_id("library-1", "library-1", taken) == "library-1-502"
