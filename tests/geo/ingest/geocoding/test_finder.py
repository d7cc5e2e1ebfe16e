"""A point by what a person calls it, and where about a text says that something is."""

from __future__ import annotations

import json
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.area.model import Area
from geo.area.provenance import ADDRESSES
from geo.area.record_fields import approximate
from geo.ingest.edits import moved, placed
from geo.ingest.geocoding.finder import DISTRICT, STATION, Finder, Spot
from geo.ingest.places.propose import suggested
from geo.store.model import OPEN, PLACE, Record
from geo.types import WGS84
from tests.geo.worlds import along, street
from tests.refusals import refused

NAMED = {
    100.0: ("station", "Ängen"), 200.0: ("transitional_housing", "Boendet Ek"),
    300.0: ("library", "Ängens bibliotek"), 400.0: ("station", "Öst"),
    500.0: ("transitional_housing", "Dolda huset"), 600.0: ("school", "Skolan"),
    950.0: ("school", "Skolan"),
}  # fmt: skip


def town() -> Area:
    """A street with stations, housing (one protected), a library, two schools of one name, and the
    districts Väst and Öst; one address.
    """
    area = street(homes={0: 1, 900: 5}, places={at: kind for at, (kind, _) in NAMED.items()})
    names = [name for _, name in NAMED.values()]
    details = [json.dumps({"skyddad": "ja"} if name == "Dolda huset" else {}) for name in names]
    places = gpd.GeoDataFrame(area.places.assign(name=names, details=details))
    table = pd.DataFrame(
        [("Storgatan", "5", "", "", "", "made up")], columns=list(ADDRESSES), dtype=object
    )
    addresses = gpd.GeoDataFrame(table, geometry=list(along({800.0: 1})), crs=WGS84)
    return replace(area, places=places, addresses=addresses, _snaps={})


def metres(spot: Spot, at: float) -> float:
    """Return how far a point is from one at metres along the street."""
    here = gpd.GeoSeries([shapely.Point(spot.lon, spot.lat)], crs=WGS84).to_crs(3006)
    return float(here.distance(along({at: 1}).to_crs(3006), align=False).iloc[0])


@pytest.mark.parametrize(
    ("words", "at", "how"),
    [
        ("Storgatan 5", 800.0, "address"),
        ("storg. 5", 800.0, "address"),
        ("Ängen", 100.0, STATION),
        ("ängens BIBLIOTEK", 300.0, "place"),
        ("boendet", 200.0, "transitional_housing"),
        ("Öst", 400.0, STATION),
        ("Väst", 0.0, DISTRICT),
    ],
)
def test_a_point_is_found_by_address_and_by_name(words: str, at: float, how: str) -> None:
    found = Finder(town()).spot(words)
    assert metres(found, at) < 1.0 and found.how == how
    assert found.about == (how == DISTRICT)


def test_coordinates_are_taken_as_they_are_but_not_those_of_another_place() -> None:
    area = town()
    lon, lat = area.places.geometry.iloc[0].coords[0]
    assert Finder(area).spot(f"{lon},{lat}") == Spot(lon, lat, f"{lon:.5f},{lat:.5f}", "point")
    with refused("point_outside"):
        Finder(area).spot(f"{lat},{lon}")
    with refused("bad_point"):
        Finder(area).spot("59")


def test_what_is_unknown_or_means_several_is_refused_with_what_is_like_it() -> None:
    finder = Finder(town())
    with refused("point_unknown") as caught:
        finder.spot("Storgatan 7")
    assert "Storgatan 5" in caught.value.message("sv")
    with refused("point_ambiguous"):
        finder.spot("Skolan")
    with refused("point_unknown"):
        finder.spot("   ")


@pytest.mark.parametrize("words", ["Dolda huset", "dolda", "Skyddat boende", "Skyddat"])
def test_protected_housing_is_never_found(words: str) -> None:
    finder = Finder(town())
    assert finder.spots(words) == []
    assert finder.about([f"Infodisk på {words}"]).point is None


@pytest.mark.parametrize(
    ("name", "what", "said"),
    [
        ("Infodisk vid Ängen", STATION, "Ängen"),
        ("Ängens apotek", STATION, "Ängen"),
        ("Infodisk på Boendet Ek", "transitional_housing", "Boendet Ek"),
        ("Språkcafé på Ängens bibliotek", "place", "Ängens bibliotek"),
        ("Kafé i Väst", DISTRICT, "Väst"),
        ("Kafé på ängen", "", ""),
        ("Kafé", "", ""),
    ],
)
def test_a_name_in_a_text_says_where_about(name: str, what: str, said: str) -> None:
    match = Finder(town()).about([name])
    assert (match.near, match.said, match.certain) == (what, said, False)


def test_a_record_is_suggested_a_place_by_the_words_of_its_file_before_its_name() -> None:
    fields = {"name": "Kafé vid Ängen", "address": "", "kind": "language_cafe", "source": "fil"}
    details = {"ungefärlig plats": "Okänt torg; Boendet Ek", "språk": "ti"}
    record = Record("a", PLACE, 1, OPEN, None, None, {**fields, "details": details})
    match = suggested(town(), [record])[0]
    assert (match.near, match.said) == ("transitional_housing", "Boendet Ek")
    edit = placed(record, match)
    told = edit.fields["details"]
    assert approximate(told).startswith("vid genomgångsbostaden Boendet Ek")
    assert told["språk"] == "ti" and told["ungefärlig plats"] == details["ungefärlig plats"]
    at = Record("a", PLACE, 2, OPEN, edit.lon, edit.lat, edit.fields)
    assert approximate(moved(at, 17.0, 59.0).fields["details"]) == ""
