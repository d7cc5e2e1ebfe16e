"""Addresses and names as people write them say the same when they mean the same."""

from __future__ import annotations

import pytest

from geo.ingest.checks.rows import Address, address, core, likeness, postcode, street_key


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Åsögatan 197-201", ("åsögatan", 197, 201, "")),
        ("Nynäsvägen 203 - 205", ("nynäsvägen", 203, 205, "")),
        ("Kanngjutargränd 24 A", ("kanngjutargränd", 24, 24, "a")),
        ("Skattegårdsvägen 71a", ("skattegårdsvägen", 71, 71, "a")),
        ("Johanneshovsvägen 143 A-D", ("johanneshovsvägen", 143, 143, "a")),
        ("Rudsjöterrassen 1, 3 tr", ("rudsjöterrassen", 1, 1, "")),
        ("Vävar Johans Gata 1-3", ("vävar johans gata", 1, 3, "")),
        ("Storgatan 5, 123 45 Orten", ("storgatan", 5, 5, "")),
        ("Storgatan 5 123 45 Orten", ("storgatan", 5, 5, "")),
        ("Muskö Skola", ("muskö skola", 0, 0, "")),
        ("", ("", 0, 0, "")),
        ("12", ("12", 0, 0, "")),
    ],
)
def test_an_address_is_a_street_and_its_numbers(text: str, read: tuple[str, int, int, str]) -> None:
    assert address(text) == Address(*read)


def test_streets_are_compared_without_case_accents_and_short_forms() -> None:
    assert street_key("Tensta Alle´") == street_key("TENSTA ALLÉ") == "tensta alle"
    assert street_key("Storg.") == street_key("Storgatan")
    assert street_key("Vinstav.") == street_key("Vinstavägen")
    assert street_key("Karlagatan") != street_key("Kärlagatan"), "å, ä and ö are letters"


def test_houses_meet_where_their_numbers_do() -> None:
    assert address("Gården 3").meets(address("gården 3-9"))
    assert address("Gården 24").meets(address("Gården 24 A")), "letters are doors of one house"
    assert not address("Gården 3").meets(address("Gården 5"))
    assert not address("").meets(address(""))
    assert address("Gatan 46").gap(address("Gatan 49-51")) == 3
    assert address("Gatan").gap(address("Gatan 4")) is None


def test_a_name_is_told_by_its_telling_words() -> None:
    assert core("Förskolan, Regnbågen") == core("Regnbågens förskola") == "regnbågen"
    assert likeness("Förskolan Ekbacken", "EKBACKEN förskola") == 100
    assert likeness("Raoul Wallenbergsförskolan Vega 1", "Raoul Wallenbergsförskolan Vega 2") == 0
    assert likeness("Förskolan", "") == 0


def test_a_postcode_is_five_digits_that_stand_alone() -> None:
    assert postcode("163 64") == postcode("16364") == postcode("Gatan 1, 163 64 Spånga") == "16364"
    assert postcode("1636") == postcode("1636445") == ""
