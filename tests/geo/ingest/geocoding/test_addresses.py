"""Written addresses and names of buildings, and where they are: hand-worked cases, any text, and
real rows with and without slips of spelling.
"""

from __future__ import annotations

import random
import unicodedata
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from geo.area.model import Area
from geo.area.provenance import ADDRESSES
from geo.ingest.geocoding.gazetteer import Gazetteer, gazetteer
from geo.ingest.geocoding.match import Wanted, find
from geo.ingest.geocoding.parse import (
    Number,
    folded,
    read_address,
    read_name,
    read_names,
    read_street,
)
from geo.types import WGS84
from tests.geo.worlds import street
from tests.tiny import tiny_area

HOME = (17.84, 59.36)
M = 1 / 111_320


def known(*rows: tuple[str, str, float], names: tuple[tuple[str, float], ...] = ()) -> Gazetteer:
    """A gazetteer of (street, number, metres north of home) and of (name, metres)."""
    table = [(road, number, "", "", "") for road, number, _ in rows]
    table += [("", "", "", "", name) for name, _ in names]
    north = [metres for *_, metres in rows] + [metres for _, metres in names]
    frame = pd.DataFrame([(*row, "OSM") for row in table], columns=list(ADDRESSES), dtype=object)
    points = [shapely.Point(HOME[0], HOME[1] + metres * M) for metres in north]
    return gazetteer(with_addresses(gpd.GeoDataFrame(frame, geometry=points, crs=WGS84)))


def with_addresses(addresses: gpd.GeoDataFrame) -> Area:
    area = street(homes={}, places={})
    return Area(
        **{**{k: v for k, v in vars(area).items() if k != "_snaps"}, "addresses": addresses}
    )


def metres(found: Gazetteer, wanted: Wanted) -> float | None:
    match = find(found, wanted)
    return round((match.point.y - HOME[1]) / M) if match.certain and match.point else None


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("S:t Eriksgatan", "Sankt Eriksg."),
        ("Norra Kronans gata", "N:a Kronansgatan"),
        ("Bodekulls väg", "Bodekulls v."),
        ("Vendelsö Allé", "VENDELSÖ ALLEÉ"),
        ("Beata Sparres Gränd", "Beata Sparres gr"),
    ],
)
def test_two_ways_to_write_a_street_are_one_street(a, b):
    assert read_street(a) == read_street(b) is not None


def test_streets_that_differ_stay_apart():
    names = ["Norra Vägen", "Södra Vägen", "Storgatan", "Storvägen", "Parkvägen", "Porkvägen"]
    assert len({read_street(name) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("text", "number", "postcode", "city"),
    [
        ("c/o Ek, Storv. 3 B, 2 tr, 165 78 Hässelby", Number(3, 3, "b"), "16578", "hässelby"),
        ("Rudsjöterrassen 1, 3 tr", Number(1, 1), "", ""),
        ("Nynäsvägen 203 - 205", Number(203, 205), "", ""),
        ("Johanneshovsvägen 143 A-D", Number(143, 143, "ad"), "", ""),
        ("Gränden 9–11, Haninge", Number(9, 11), "", "haninge"),
        ("Storgatan 12 165 78 Hässelby", Number(12, 12), "16578", "hässelby"),
        ("1:a Långgatan 4", Number(4, 4), "", ""),
        ("Grimstaskolan, Kanngjutargränd 12-22", Number(12, 22), "", ""),
        ("Grimsta torg", None, "", ""),
        ("Box 123, 162 15 Vällingby", None, "16215", "vällingby"),
        ("", None, "", ""),
    ],
)
def test_the_parts_of_an_address_are_told_apart(text, number, postcode, city):
    found = read_address(text)
    assert (found.number, found.postcode, found.city) == (number, postcode, city)


def test_a_post_box_is_no_street():
    assert read_address("Box 123, 162 15 Vällingby").street is None


def test_a_building_is_known_by_its_name_without_room_and_without_the_word_for_what_it_is():
    assert read_name("Grimsta skola") == read_name("Grimstaskolan")
    assert read_name("Förskolan Grimsta") != read_name("Grimstaskolan")
    assert read_name("Biblioteket") is None
    hall = read_names("Hässelby Villastads skola, matsalen")
    assert hall == read_names("Hässelby villastadsskolan")
    sides = read_names("S:t Jacobi Gymn./Alazharsk.")
    assert read_name("Sankt Jacobi gymnasium") in sides


def test_the_house_number_must_agree():
    gaz = known(("Storvägen", "9-11", 0), ("Storvägen", "15", 40), ("Storvägen", "20 A", 90))
    assert metres(gaz, Wanted(address="Storv. 9–11")) == 0
    assert metres(gaz, Wanted(address="Storvägen 11")) == 0
    assert metres(gaz, Wanted(address="Storvägen 15 B")) == 40
    assert metres(gaz, Wanted(address="Storvägen 20")) == 90
    assert metres(gaz, Wanted(address="Storvägen 10")) is None, "the other side of the street"
    assert metres(gaz, Wanted(address="Storvägen 20 B")) is None, "another door than A"


def test_another_number_is_a_suggestion_on_the_same_side_and_never_a_position():
    gaz = known(("Storvägen", "2", 0), ("Storvägen", "15", 40), ("Storvägen", "18", 300))
    found = find(gaz, Wanted(address="Storvägen 17"))
    assert (found.certain, found.reason, found.said) == (False, "other_number", "Storvägen 15")
    assert find(gaz, Wanted(address="Storvägen")).reason == "no_number"
    assert find(gaz, Wanted(address="Lillgatan 1")).reason == "unknown_street"
    assert find(gaz, Wanted(name="Något")).reason == "no_address"


def test_the_same_address_far_apart_is_ambiguous_until_a_town_tells():
    rows = [("Skolvägen", "8", "", town, "", "OSM") for town in ("Tungelsta", "Västerhaninge")]
    table = pd.DataFrame(rows, columns=list(ADDRESSES), dtype=object)
    points = [shapely.Point(*HOME), shapely.Point(HOME[0], HOME[1] + 5000 * M)]
    gaz = gazetteer(with_addresses(gpd.GeoDataFrame(table, geometry=points, crs=WGS84)))
    assert find(gaz, Wanted(address="Skolvägen 8")).reason == "ambiguous"
    assert metres(gaz, Wanted(address="Skolvägen 8, Västerhaninge")) == 5000


def test_one_slip_is_understood_and_one_that_makes_another_name_is_not():
    gaz = known(("Multrågatan", "49", 0), ("Tallvägen", "3", 500), ("Södra Kronvägen", "4", 900))
    found = find(gaz, Wanted(address="Multrågaatn 49"))
    assert (found.how, found.grade) == ("address", "spelling")
    assert metres(gaz, Wanted(address="Mulrtågatan 49")) == 0
    assert metres(gaz, Wanted(address="Multrågatan 47")) is None
    assert metres(gaz, Wanted(address="Multrågatn 47")) is None
    assert find(gaz, Wanted(address="Hallvägen 3")).reason == "similar_street"
    assert find(gaz, Wanted(address="Norra Kronvägen 4")).certain is False


def test_two_streets_as_like_are_a_question_for_a_person():
    gaz = known(("Blomstervägen", "1", 0), ("Blomstarvägen", "1", 900))
    assert find(gaz, Wanted(address="Blomsttrvägen 1")).reason == "similar_street"


def test_a_name_counts_only_where_the_address_does_not_say_otherwise():
    gaz = known(("Långvägen", "1", 0), names=(("Grimstaskolan", 1000),))
    assert metres(gaz, Wanted(name="Grimstaskolan, aulan")) == 1000
    assert metres(gaz, Wanted(name="Grimsstaskolan")) == 1000
    assert metres(gaz, Wanted(name="Grimstaskolan", address="Okända vägen 4")) == 1000
    assert metres(gaz, Wanted(name="Okänt", address="Grimstaskolan")) == 1000
    away = find(gaz, Wanted(name="Grimstaskolan", address="Långvägen 7"))
    assert (away.certain, away.reason) == (False, "other_number")


def test_a_postcode_of_another_part_of_the_country_is_never_placed():
    rows = [("Storgatan", str(n), "165 78", "", "", "OSM") for n in range(1, 8)]
    table = pd.DataFrame(rows, columns=list(ADDRESSES), dtype=object)
    points = [shapely.Point(*HOME)] * 7
    gaz = gazetteer(with_addresses(gpd.GeoDataFrame(table, geometry=points, crs=WGS84)))
    assert find(gaz, Wanted(address="Storgatan 3, 165 70 Hässelby")).certain
    assert find(gaz, Wanted(address="Storgatan 3", postcode="903 25")).reason == "other_postcode"


def test_protected_housing_is_no_part_of_the_gazetteer():
    area = tiny_area()
    raw = area.places.copy()
    housing = raw["kind"] == "transitional_housing"
    raw.loc[housing, ["details", "address"]] = ['{"skyddad": "ja"}', "Hemliga vägen 7"]
    raw.loc[~housing, "address"] = "Öppna vägen 1"
    kept = {**{k: v for k, v in vars(area).items() if k != "_snaps"}, "places": raw}
    gaz = gazetteer(Area(**kept))
    assert read_street("Öppna vägen") in gaz.by_street
    assert read_street("Hemliga vägen") not in gaz.by_street
    assert find(gaz, Wanted(address="Hemliga vägen 7")).point is None


@given(st.text(max_size=60), st.text(max_size=40))
def test_any_text_is_looked_up_and_nothing_raises(address, name):
    found = find(ANY, Wanted(name=name, address=address))
    assert found.certain or found.reason


ANY = known(("Storvägen", "9-11", 0), ("Norra gatan", "1", 900), names=(("Grimstaskolan", 5),))


def slipped(text: str, chance: random.Random) -> str:
    """Leave out, double or turn round one letter that is not the first."""
    at = chance.choice([i for i, sign in enumerate(text) if sign.isalpha() and i > 1])
    ways = (text[:at], text[:at] + text[at] * 2, text[: at - 1] + text[at] + text[at - 1])
    return chance.choice(ways) + text[at + 1 :]


def of_points(rows: gpd.GeoDataFrame) -> Gazetteer:
    """A gazetteer of rows with ``adress``."""
    table = pd.DataFrame("", index=rows.index, columns=list(ADDRESSES), dtype=object)
    split = rows["adress"].str.extract(r"(.*?)\s+(\d.*)").fillna("")
    table["street"], table["number"] = split[0], split[1]
    table = table.assign(source="x")
    return gazetteer(
        with_addresses(gpd.GeoDataFrame(table, geometry=rows.geometry.values, crs=WGS84))
    )


def test_real_addresses_with_a_slip_of_spelling_are_found_and_none_is_wrong(shared_data: Path):
    rows = pd.read_csv(shared_data / "hasselby-vallingby" / "preschools.csv").dropna(subset=["lat"])
    rows = gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(rows["lon"], rows["lat"]), crs=WGS84)
    gaz = of_points(rows)
    chance = random.Random(7)
    right = wrong = 0
    for address, point in zip(rows["adress"], rows.geometry, strict=True):
        found = find(gaz, Wanted(address=slipped(address, chance)))
        if found.certain:
            near = shapely.distance(found.point, point) / M < 150
            right, wrong = right + near, wrong + (not near)
    assert wrong == 0
    assert right >= 0.85 * len(rows)


def test_of_a_whole_citys_polling_places_only_the_boroughs_own_are_placed(shared_data: Path):
    """537 rows, 39 of them in the borough; its 77 school buildings know 32 of those."""
    schools = gpd.read_file(shared_data / "hasselby-vallingby" / "school_buildings.geojson")
    gaz = of_points(schools)
    book = shared_data / "messy" / "valnamnden_vallokaler_valdagen_original.xlsx"
    polls = CalamineWorkbook.from_path(book).get_sheet_by_index(0).to_python()
    placed = [poll[4][:3] for poll in polls if find(gaz, Wanted(address=poll[3])).certain]
    assert len(polls) == 537
    assert set(placed) == {"162", "165"}, "none of the rest of Stockholm"
    assert len(placed) == 32


@given(st.text() | st.text("aBåÄ öÉæØß 1-\u0301\u030a"))
def test_whatever_is_folded_is_folded_sign_by_sign(text: str) -> None:
    """The short way for plain and Swedish letters gives what the long way gives."""
    signs = [
        sign if sign in "åäö" else unicodedata.normalize("NFKD", sign)
        for sign in unicodedata.normalize("NFC", text).casefold()
    ]
    bare = ["".join(part for part in sign if not unicodedata.combining(part)) for sign in signs]
    long = " ".join("".join(bare).replace("æ", "ä").replace("ø", "ö").split())
    assert folded(text) == long
