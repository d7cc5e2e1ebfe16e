"""Places read from files: ids, names, details, and rows that can not be used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.area.provenance import LeftOut
from geo.area.record_fields import PLACE_COLUMNS, place_fields
from geo.errors import OutsideArea
from geo.ingest.place_files import near, read_places
from geo.sources.files.vector import read_vector
from tests.refusals import refused


def csv(folder: Path, text: str) -> Path:
    path = folder / "a.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_place_has_the_areas_columns_and_the_rest_as_details(tmp_path: Path) -> None:
    text = (
        "Namn;Gatuadress;lat;lon;platser;postnr;kod;öppet;avgift\n"
        "Café  Å;Vägen 1;59.36;17.83;12,5;162 45;0136;tis 10–12;\n"
        "-;;59.37;17.84;7;;0180;;\n"
    )
    places, table = read_places(csv(tmp_path, text), "language_cafe")
    assert tuple(places.columns) == PLACE_COLUMNS
    assert places["id"].tolist() == ["language_cafe-2", "language_cafe-3"]
    assert places["name"].tolist() == ["Café Å", ""]
    assert places["address"].tolist() == ["Vägen 1", ""]
    assert place_fields(places["details"].iloc[0]) == {
        "platser": 12.5,
        "postnr": "162 45",
        "kod": "0136",
        "öppet": "tis 10–12",
    }
    assert place_fields(places["details"].iloc[1]) == {"platser": 7, "kod": "0180"}
    assert table.columns == {"lon": "lon", "lat": "lat", "name": "Namn", "address": "Gatuadress"}
    assert places.crs.to_epsg() == 4326
    assert not places["demonstration"].any()


def test_an_id_of_the_file_is_kept_and_a_repeated_one_is_left_out(tmp_path: Path) -> None:
    text = (
        "id,namn,lat,lon\n7,A,59.3,17.8\n7,B,59.3,17.9\n,C,59.3,17.9\n4,D,59.3,17.9\n,E,59.3,17.9\n"
    )
    places, table = read_places(csv(tmp_path, text), "library")
    assert places["id"].tolist() == ["library-7", "library-row-4", "library-4", "library-6"]
    assert table.left_out == (LeftOut(3, "duplicate_id", {"found": "7"}),)
    assert len(table.frame) == len(places)


def test_an_unknown_kind_names_the_nearest_before_the_file_is_read() -> None:
    with refused("unknown_kind") as caught:
        read_places(Path("finns inte.csv"), "bibliotek")
    assert caught.value.values["nearest"] == "library"


def test_columns_can_be_stated_and_missing_ones_are_refused(tmp_path: Path) -> None:
    path = csv(tmp_path, "a,b,namn,breddgrad,längd\n1,Huset,X,59.3,17.8\n")
    stated = {"name": "b", "lat": "breddgrad", "lon": "längd", "id": "a"}
    places, _ = read_places(path, "library", columns=stated)
    assert places[["id", "name"]].to_numpy().tolist() == [["library-1", "Huset"]]
    with refused("column_missing"):
        read_places(path, "library", columns={**stated, "name": "titel"})


def test_a_file_of_many_kinds_gives_the_kind_asked_for_and_lists_the_others(tmp_path: Path) -> None:
    text = "kind,name,lat,lon\nlibrary,A,59.3,17.8\nschool,B,59.3,17.8\n"
    places, table = read_places(csv(tmp_path, text), "library")
    assert places["name"].tolist() == ["A"]
    assert table.left_out == (LeftOut(3, "other_kind", {"found": "school"}),)
    everything, _ = read_places(csv(tmp_path, text), "meeting_place")
    assert len(everything) == 2


def test_places_far_outside_are_left_out_and_refused_when_all_are(tmp_path: Path) -> None:
    places, _ = read_places(
        csv(tmp_path, "lat,lon\n59.36,17.83\n55.6,13.0\n59.37,17.84\n"), "library"
    )
    boundary = places.iloc[[0]].to_crs(3006).buffer(500).union_all()
    kept, left_out = near(places, boundary, "EPSG:3006", file="a.csv")
    assert kept["id"].tolist() == ["library-2", "library-4"]
    assert kept.index.tolist() == [0, 1]
    assert left_out == (LeftOut(3, "far_away", {"found": 508}),)
    with pytest.raises(OutsideArea) as caught:
        near(places.iloc[[1]], boundary, "EPSG:3006", file="a.csv")
    assert caught.value.values == {"file": "a.csv", "rows": 1, "found": 508}


def test_a_place_on_the_other_side_of_the_earth_is_far_away(tmp_path: Path) -> None:
    text = "lat,lon\n59.36,17.83\n-59.36,-162.17\n"
    places, _ = read_places(csv(tmp_path, text), "library")
    boundary = places.iloc[[0]].to_crs(3006).buffer(500).union_all()
    kept, left_out = near(places, boundary, "EPSG:3006", file="a.csv")
    assert len(kept) == 1
    assert left_out[0].row == 3


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.lists(
            st.text(alphabet=st.characters(codec="utf-8"), max_size=6), min_size=3, max_size=3
        ),
        max_size=5,
    )
)
def test_details_are_json_and_ids_differ_whatever_the_cells_hold(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    features = [
        {
            "type": "Feature",
            "properties": dict(zip(("id", "name", "övrigt"), row, strict=True)),
            "geometry": {"type": "Point", "coordinates": [17.8, 59.3]},
        }
        for row in [*rows, ["a", "b", "c"]]
    ]
    path = tmp_path_factory.mktemp("fuzz") / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    places, table = read_places(path, "library")
    assert places["id"].is_unique
    assert len(places) + len(table.left_out) == len(features)
    assert all(isinstance(place_fields(details), dict) for details in places["details"])


@pytest.mark.shared
def test_real_preschools_keep_their_children(shared_data: Path) -> None:
    folder = shared_data / "hasselby-vallingby"
    places, _ = read_places(folder / "preschools.csv", "preschool")
    children = [place_fields(details)["antal_barn"] for details in places["details"]]
    assert (len(places), sum(children)) == (72, 3472)
    boundary = read_vector(folder / "stadsdelar.geojson").to_crs(3006).union_all()
    kept, left_out = near(places, boundary, "EPSG:3006", file="preschools.csv")
    assert (len(kept), left_out) == (72, ())


@pytest.mark.shared
def test_real_preschools_without_a_point_are_listed_by_row(shared_data: Path) -> None:
    places, table = read_places(shared_data / "haninge" / "preschools.csv", "preschool")
    assert len(places) == 60
    assert table.left_out == tuple(LeftOut(row, "no_coordinates") for row in (6, 42, 46, 53))
    far = shapely.box(300_000, 6_150_000, 300_100, 6_150_100)
    with pytest.raises(OutsideArea):
        near(places, far, "EPSG:3006", file="preschools.csv")


@pytest.mark.shared
def test_real_libraries_are_told_from_the_other_kinds_in_their_file(shared_data: Path) -> None:
    places, table = read_places(shared_data / "haninge" / "osm_places.geojson", "library")
    assert (len(places), len(table.left_out)) == (6, 105)
