"""The areas of the one-click list."""

from __future__ import annotations

from geo.area.manifest import area_id
from geo.sources.osm.overpass import ready_areas


def test_every_ready_area_can_be_a_folder_and_is_listed_once():
    areas = ready_areas()
    assert all(area_id(area.id) == area.id for area in areas)
    for column in ("id", "name", "query"):
        assert len({getattr(area, column) for area in areas}) == len(areas)


def test_all_boroughs_of_stockholm_and_haninge_with_its_centres_are_ready():
    names = " ".join(area.name for area in ready_areas())
    expected = [
        "Bromma",
        "Enskede-Årsta-Vantör",
        "Farsta",
        "Hägersten-Älvsjö",
        "Hässelby-Vällingby",
        "Järva",
        "Kungsholmen",
        "Skarpnäck",
        "Skärholmen",
        "Södermalm",
        "Haninge",
        "Handen",
        "Jordbro",
        "Brandbergen",
        "Västerhaninge",
    ]
    for borough in expected:
        assert borough in names
    assert "Norra innerstaden" in names


def test_each_query_names_its_country_so_that_no_namesake_answers():
    queries = [query for area in ready_areas() for query in (area.query, *area.alternatives)]
    assert all(query.endswith(", Sweden") for query in queries)
