"""How many of the points known to be wrong are flagged, and how many right ones too: the figures
that the chapter on the check of places states (see ``measure.py`` for what is counted).
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest

from geo.area.provenance import PLACES
from geo.ingest.checks.fixes import check_places
from geo.ingest.place_files import read_places
from geo.output.words.sources import chapters
from geo.types import WGS84
from tests.geo.ingest.checks import measure

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def measured(shared_data: Path) -> dict[str, measure.Measured]:
    assert shared_data.resolve() == measure.DATA.resolve()
    return {case.name: measure.measure(case) for case in measure.cases()}


@pytest.mark.parametrize(
    ("case", "wrong", "right", "unknown"),
    [
        ("city as found, none", (13, 24), (1, 46), (31, 55)),
        ("city as found, buildings", (15, 24), (0, 46), (31, 55)),
        ("city as found, buildings and streets", (15, 24), (0, 46), (31, 55)),
        ("city as found, all", (24, 24), (0, 46), (29, 55)),
        ("city mended, none", (0, 0), (0, 70), (24, 55)),
        ("city mended, buildings", (0, 0), (0, 70), (24, 55)),
        ("borough as found, none", (6, 6), (1, 46), (0, 20)),
        ("borough as found, buildings but their own", (6, 6), (0, 46), (0, 20)),
        ("borough as found, buildings", (6, 6), (0, 46), (0, 20)),
        ("borough mended, none", (0, 0), (0, 52), (0, 20)),
        ("borough mended, buildings", (0, 0), (0, 52), (0, 20)),
        ("Haninge, none", (0, 0), (0, 25), (1, 39)),
        # Kanngjutargränd 24A does stand twice in that list.
        ("school buildings, none", (0, 0), (1, 77), (0, 0)),
    ],
)
def test_so_many_of_the_wrong_and_of_the_right_are_flagged(
    measured: dict[str, measure.Measured],
    case: str,
    wrong: tuple[int, int],
    right: tuple[int, int],
    unknown: tuple[int, int],
) -> None:
    found = measured[case]
    assert (found.wrong, found.right, found.unknown) == (wrong, right, unknown)


def test_which_rules_find_the_wrong_ones_of_the_city_without_address_points(
    measured: dict[str, measure.Measured],
) -> None:
    found = measured["city as found, none"]
    wrong = {code: counts[0] for code, counts in found.by_rule.items() if counts[0]}
    assert wrong == {"shared_by_name": 9, "streets_apart": 3, "outside": 1}
    assert found.false_alarms == ("Förskolan Kannan, Kanngjutargränd 24",)
    assert len(found.missed) == 11


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_method_states_the_measured_figures(
    measured: dict[str, measure.Measured], language: str
) -> None:
    words = next(each.words for each in chapters(language) if each.id == "checking")
    of = "av" if language == "sv" else "of"
    for case in ("city as found, none", "city as found, buildings"):
        for flagged, all_of in (measured[case].wrong, measured[case].right):
            assert f"{flagged} {of} {all_of}" in words


def test_a_school_that_was_looked_up_wrong_lies_far_from_its_streets_preschool(
    shared_data: Path,
) -> None:
    """Lillgårdsvägen is in Tungelsta; a service put its number 3 in Handen, far off."""
    assert shared_data.is_dir()
    schools, preschools, area = measure.schools_looked_up()
    found = [
        problem
        for problem in check_places(schools, area=area, today=measure.TODAY, against=preschools)
        if problem.code not in measure.NO_PATHS
    ]
    assert [(p.code, p.values["name"]) for p in found] == [
        ("streets_apart", "JENSEN grundskola Tungelsta")
    ]
    assert found[0].values["other"] == "Lillgården/Pysslingen"
    assert found[0].values["metres"] == pytest.approx(10_000, rel=0.2)


def test_the_library_that_stands_twice_is_worth_a_look(shared_data: Path) -> None:
    table = gpd.read_file(shared_data / "haninge" / "osm_places.geojson")
    table = table[table["kind"].isin(["library", "kindergarten"])].reset_index(drop=True)
    columns = {
        **dict.fromkeys(PLACES, ""),
        "id": [f"osm-{row}" for row in table.index],
        "name": table["name"].fillna(""),
        "kind": table["kind"].replace("kindergarten", "preschool"),
        "demonstration": False,
        "details": "{}",
    }
    places = gpd.GeoDataFrame(columns, geometry=table.geometry, crs=WGS84)
    area = measure.schools_looked_up()[2]
    found = check_places(places, area=area, today=measure.TODAY)
    doubles = {
        (problem.severity, problem.values["name"], problem.values["other"])
        for problem in found
        if problem.fix and problem.fix.what == "merge"
    }
    assert doubles == {
        ("note", "Haninge kulturhus", "Biblioteket i Handen"),
        ("warning", "Förskolan Asprosen", "Förskolan Alprosen"),
        ("warning", "Vega förskola", "Vega förskola"),
    }


def test_the_double_put_into_a_real_list_is_found(shared_data: Path) -> None:
    file = "DERIVED_haninge_forskolor_cp1252_semikolon_sweref991800.csv"
    columns = {"name": "Förskola", "address": "Besöksadress"}
    places, _ = read_places(shared_data / "messy" / file, "preschool", columns=columns)
    area = measure.schools_looked_up()[2]
    found = [
        problem
        for problem in check_places(places, area=area, today=measure.TODAY)
        if problem.code not in measure.NO_PATHS
    ]
    assert [(p.code, p.severity, p.record, p.others) for p in found] == [
        ("shared_point", "error", "preschool-36", ("preschool-21",)),
        ("same_place", "error", "preschool-42", ("preschool-5",)),
    ], "beside the double one real mistake: Timvinkelvägen 44 on the point of Vega Allé 31"
