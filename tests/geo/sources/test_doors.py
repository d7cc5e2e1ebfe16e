"""Buildings and addresses by the column and layer names that real deliveries have; rows made up."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geo.ingest.build import Inputs, build
from geo.ingest.geocoding.finder import Finder
from geo.sources.doors import read_addresses, read_buildings
from geo.types import SWEREF99_TM
from tests.refusals import refused

E0, N0 = 660_000.0, 6_584_000.0
KALLBY = Path(__file__).parents[3] / "../shared/data/kallby/map.osm"


def square(at: float, side: float) -> shapely.Polygon:
    return shapely.box(E0 + at, N0, E0 + at + side, N0 + side)


def byggnad(path: Path) -> Path:
    """A delivery of Byggnad: a house in two parts, flats, a shed, a school, a shop with homes."""
    rows = [
        ("a", 2061, "Bostad;Småhus friliggande", "", square(0, 10)),
        ("a", 2061, "Bostad;Småhus friliggande", "", square(12, 5)),
        ("b", 2061, "Bostad;Flerfamiljshus", "", square(100, 20)),
        ("c", 2066, "Komplementbyggnad;", "", square(200, 6)),
        ("d", 2063, "Samhällsfunktion;Skola", "", square(300, 40)),
        ("e", 2064, "Verksamhet;", "Bostad;Flerfamiljshus", square(400, 10)),
    ]
    columns = ("objektidentitet", "objekttypnr", "andamal1", "andamal2", "geometry")
    table = gpd.GeoDataFrame(
        {name: [row[at] for row in rows] for at, name in enumerate(columns)}, crs=SWEREF99_TM
    )
    other = gpd.GeoDataFrame({"x": [1]}, geometry=[shapely.Point(E0, N0)], crs=SWEREF99_TM)
    other.to_file(path, layer="byggnadspunkt")
    table.to_file(path, layer="byggnad")
    return path


def test_homes_are_told_by_purpose_and_parts_of_one_id_are_one(tmp_path: Path) -> None:
    found = read_buildings(byggnad(tmp_path / "b.gpkg"))
    frame = found.frame
    assert found.rows == 6 and len(frame) == 5
    assert list(frame["residential"]) == [True, True, False, False, True]
    # One and a half floors for a house, four for flats.
    assert list(frame["floor_m2"].round()) == [188, 1600, 54, 2400, 150]
    middle = frame.geometry.to_crs(SWEREF99_TM).iloc[0]
    assert middle.distance(square(0, 10).centroid) < 0.01
    assert found.columns["purpose"] == "andamal1"


def test_the_older_map_s_codes_and_texts_tell_homes(tmp_path: Path) -> None:
    shapes = [square(0, 10), square(50, 10), square(100, 10)]
    table = gpd.GeoDataFrame(
        {"OBJEKT_ID": ["1", "2", "3"], "ANDAMAL_1": [133, 302, 799]},
        geometry=shapes,
        crs=SWEREF99_TM,
    )
    table.to_file(tmp_path / "by_get.shp")
    assert list(read_buildings(tmp_path / "by_get.shp").frame["residential"]) == [
        True, False, False,
    ]  # fmt: skip
    words = ["Bostad; Småhus friliggande", "Samhällsfunktion; Skola", "Komplementbyggnad"]
    table.drop(columns="ANDAMAL_1").assign(ANDAMAL_1T=words).to_file(
        tmp_path / "BY_0180.shp", encoding="ISO-8859-1"
    )
    assert list(read_buildings(tmp_path / "BY_0180.shp").frame["residential"]) == [
        True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize("ending", [".geojson", ".parquet"])
def test_overture_s_buildings_count_their_floors(tmp_path: Path, ending: str) -> None:
    table = gpd.GeoDataFrame(
        {
            "id": ["1", "2", "3"],
            "type": ["building"] * 3,
            "subtype": ["residential", "outbuilding", None],
            "class": ["apartments", "garage", None],
            "num_floors": [5.0, None, None],
        },
        geometry=[square(0, 20), square(50, 6), square(100, 10)],
        crs=SWEREF99_TM,
    ).to_crs(4326)
    path = tmp_path / f"o{ending}"
    table.to_parquet(path) if ending == ".parquet" else table.to_file(path)
    frame = read_buildings(path).frame
    assert list(frame["residential"]) == [True, False, True]
    assert frame["floor_m2"].iloc[0] == pytest.approx(2000, rel=0.01)


def test_a_table_of_points_and_a_stated_column(tmp_path: Path) -> None:
    file = tmp_path / "hus.csv"
    file.write_text(
        "N;E;Användning;Yta\n6584000;660000;Villa;140\n6584010;660050;Kontor;500\n", "utf-8"
    )
    with refused("no_buildings"):
        read_buildings(file)
    found = read_buildings(file, columns={"purpose": "Användning", "floor_m2": "Yta"})
    assert list(found.frame["residential"]) == [True, False]
    assert list(found.frame["floor_m2"]) == [140.0, 500.0]


def adresser(path: Path) -> Path:
    rows = [
        ("Gallande", "Provgatan", 12, "B", "", 16255, 0, ""),
        ("Gallande", "Provgatan", 14, "", "UH", 0, 0, ""),
        ("Reserverad", "Provgatan", 16, "", "", 16255, 0, ""),
        ("Gallande", "Ekvägen", 3, "", "", 16255, 1, "3:2"),
        ("Gallande", "Ekvägen", None, "", "", 16255, 0, ""),
    ]
    columns = (
        *("statusforbelagenhetsadress", "adressomrade_faststalltnamn", "adressplatsnummer"),
        *("bokstavstillagg", "lagestillagg", "postnummer", "avvikerfranstandarden"),
        "avvikandeadressplatsbeteckning",
    )
    gpd.GeoDataFrame(
        {name: [row[at] for row in rows] for at, name in enumerate(columns)}
        | {"postort": "Vällingby"},
        geometry=[shapely.Point(E0 + 20 * at, N0) for at in range(len(rows))],
        crs=SWEREF99_TM,
    ).to_file(path, layer="belagenhetsadress")
    return path


def test_addresses_are_street_number_and_letter_and_in_force(tmp_path: Path) -> None:
    found = read_addresses(adresser(tmp_path / "a.gpkg"))
    frame = found.frame
    assert list(zip(frame["street"], frame["number"], frame["postcode"], strict=True)) == [
        ("Provgatan", "12B", "16255"),
        ("Provgatan", "14 UH", ""),
        ("Ekvägen", "3:2", "16255"),
    ]
    assert [(row.reason, row.values["count"]) for row in found.left_out] == [
        ("not_in_force", 1),
        ("no_house_number", 1),
    ]


def test_addresses_in_one_cell_are_parted(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text('adress,lat,lon\n"Södra vägen 7 C, 162 55 Vällingby",59.36,17.87\n', "utf-8")
    frame = read_addresses(file).frame
    assert (frame["street"].iloc[0], frame["number"].iloc[0]) == ("Södra vägen", "7 C")


def streets(path: Path) -> Path:
    line = shapely.LineString([(E0 - 100, N0 - 5), (E0 + 900, N0 - 5)])
    gpd.GeoDataFrame(geometry=[line], crs=SWEREF99_TM).to_crs(4326).to_file(path)
    return path


def people(path: Path) -> Path:
    shape = shapely.box(E0 - 100, N0 - 100, E0 + 900, N0 + 100)
    table = gpd.GeoDataFrame({"unit": ["U"], "all": [100.0]}, geometry=[shape], crs=SWEREF99_TM)
    table.to_crs(4326).to_file(path)
    return path


def test_people_move_into_homes_that_a_file_adds_later(tmp_path: Path) -> None:
    first = build(
        "x",
        "X",
        Inputs(
            lines=streets(tmp_path / "l.geojson"),
            boundary=people(tmp_path / "p.geojson"),
            people=(tmp_path / "p.geojson",),
        ),
    )
    assert list(first.outlines["placed"]) == ["paths"]
    doors = Inputs(addresses=adresser(tmp_path / "a.gpkg"))
    second = build("x", "X", doors, earlier=first)
    assert list(second.outlines["placed"]) == ["addresses"]
    assert sorted(second.people["all"]) == pytest.approx([100 / 3] * 3)
    third = build("x", "X", Inputs(buildings=byggnad(tmp_path / "b.gpkg")), earlier=second)
    assert list(third.outlines["placed"]) == ["buildings"]
    floor = [188, 1600, 150]
    assert sorted(third.people["all"]) == pytest.approx(
        sorted(100 * each / sum(floor) for each in floor), abs=0.1
    )
    source = next(each for each in third.sources if each.part == "people")
    assert source.made == "buildings"
    assert third.people["all"].sum() == pytest.approx(first.people["all"].sum())
    # The addresses feed geocoding as those of OpenStreetMap do.
    assert len(third.addresses) == 3
    assert Finder(third).spot("Provgatan 12 B").lon == pytest.approx(third.addresses.geometry.x[0])


@pytest.mark.shared
@pytest.mark.skipif(not KALLBY.is_file(), reason="needs ../shared/data/kallby")
def test_an_openstreetmap_file_has_both() -> None:
    assert int(read_buildings(KALLBY).frame["residential"].sum()) == 214
    assert int((read_addresses(KALLBY).frame["number"] != "").sum()) == 57
