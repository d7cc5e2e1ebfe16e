"""``preschools`` on the command line: the planner's figures, files without small counts, and what
it refuses while the rest is computed.
"""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest

from geo import clock, texts
from geo.access.preschools.question import PreschoolQuestion
from geo.access.preschools.shortage import capacity_of
from geo.catalog import save_area
from geo.cli.parser import main
from geo.output.words.preschool_rows import PRESCHOOL_COLUMNS
from tests.geo.preschool_worlds import nursery_street, points_at

SOON = (clock.today() + timedelta(days=30)).isoformat()


@pytest.fixture
def area():
    return save_area(
        nursery_street(
            {100: 10, 900: 14},
            {0: {"platser": 8, "antal_barn": 9}, 700: {"antal_barn": 10}, 750: {"huvudman": "x"}},
            {800.0: {"barn_1_5": 3}, 850.0: {"barn_1_5": 9}, 860.0: {"barn_1_5": -2}},
        )
    )


def asked(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0):
    assert main(["preschools", "street", *words]) == status
    return json.loads(capsys.readouterr().out)


def test_json_is_what_the_planner_says(area, capsys) -> None:
    document = asked(capsys, "--json", "--limit", "450", "--method", "balanced")
    found = capacity_of(area, PreschoolQuestion(when=clock.today(), limit_m=450, method="balanced"))
    for name, value in (
        ("children", found.children.value),
        ("places", found.places.value),
        ("vacancies", found.vacancies.value),
        ("shortage_children", found.shortage.children.value),
    ):
        assert document[name] == value
        assert document[f"{name}_low"] <= value <= document[f"{name}_high"]
    assert document["mean_walk_m"] == pytest.approx(found.mean_walk_m)
    assert document["estimated"] is True
    wanted = {"id", "name", "places", "enrolled", "assigned", "vacancies", "shadow_m"}
    assert len(document["preschools"]) == 3
    assert all(wanted <= set(row) for row in document["preschools"])
    assert {row["name"] for row in document["districts"]} == {"Väst", "Öst"}
    assert document["settings"]["method"] == "balanced"


@pytest.mark.usefixtures("area")
def test_problems_are_listed_with_both_numbers_and_the_rest_computed(capsys) -> None:
    document = asked(capsys, "--json")
    problems = {each["what"]: each for each in document["problems"]}
    assert set(problems) == {"fewer_places", "nothing_known", "no_children_count"}
    assert (problems["fewer_places"]["places"], problems["fewer_places"]["enrolled"]) == (8, 9)
    assert "8 platser men 9 inskrivna" in problems["fewer_places"]["text"]
    assert problems["no_children_count"]["row"] == 3
    assert [each["id"] for each in document["unknown"]] == ["preschool-750"]


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.usefixtures("area")
def test_the_text_says_the_headline_districts_and_housing(capsys, language) -> None:
    words = ["--lang", language, "--for", "Väst", "--add-places", "--target", "0.3"]
    place = ",".join(f"{each:.6f}" for each in points_at(500))
    words += ["--surge", f"{place},150,{SOON}", "--ramp", "50,50,50"]
    assert main(["preschools", "street", *words]) == 0
    said = capsys.readouterr().out.replace(texts.NO_BREAK_SPACE, " ")
    assert "Väst" in said and "None" not in said and "{" not in said
    assert ("150 människor" if language == "sv" else "150 people") in said


@pytest.mark.usefixtures("area")
def test_a_surge_ramp_and_ages_are_answered_week_by_week(capsys) -> None:
    place = ",".join(f"{each:.6f}" for each in points_at(500))
    document = asked(
        capsys,
        "--json",
        "--surge",
        f"{place},150,{SOON}",
        "--ramp",
        "50,50,50",
        "--ages",
        "0-5=20,6-15=30,16-=100",
    )
    found = document["surge"]
    assert found["people"] == 150 and found["ages_assumed"] is False
    assert [week["arrived"] for week in found["needs"][0]["weeks"]] == [50, 50, 50]
    assert found["in_school"] == 30


@pytest.mark.parametrize(
    ("at", "when", "code"),
    [((0.0, 1.0), SOON, "surge_outside"), ((0.0, 0.0), "2020-01-01", "surge_past")],
)
@pytest.mark.usefixtures("area")
def test_a_surge_that_can_not_be_is_refused_and_the_rest_computed(capsys, at, when, code) -> None:
    lon, lat = points_at(500)
    words = ["--surge", f"{lon + at[0]:.6f},{lat + at[1]:.6f},150,{when}", "--json"]
    assert main(["preschools", "street", *words]) == 2
    said = capsys.readouterr()
    document = json.loads(said.out)
    assert document["surge"]["error"] == code and document["children"] == 36
    assert document["surge"]["text"] == said.err.strip()


@pytest.mark.parametrize(
    "words",
    [
        ["--surge", "17.8,59.3,150"],
        ["--ramp", "50,50"],
        ["--ages", "0-5=3"],
        ["--target", "0.9"],
        ["--add-places", "--target", "2"],
        ["--when", "i vår"],
        ["--method", "gravity"],
        ["--decay", "cliff"],
        ["--limit", "-3"],
        ["--take-up", "120"],
        ["--take-up", "0=50"],
        ["--take-up", "många"],
        ["--profile", "fast"],
        ["-o", "x.docx"],
    ],
)
@pytest.mark.usefixtures("area")
def test_what_is_misspelt_is_refused_at_once(capsys, words) -> None:
    assert main(["preschools", "street", *words]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.strip()


@pytest.mark.usefixtures("area")
def test_an_unknown_housing_is_refused_and_the_rest_computed(capsys) -> None:
    document = asked(capsys, "--json", "--for", "Ingenstans", status=2)
    assert document["calls"]["error"] == "unknown_housing" and document["children"] == 36


@pytest.mark.usefixtures("area")
def test_files_hide_small_counts_of_counted_children_unless_exact(tmp_path) -> None:
    file = tmp_path / "platser.json"
    assert main(["preschools", "street", "-o", str(file)]) == 0
    rows = {row["id"]: row for row in json.loads(file.read_text())["housing"]}
    # Three are few; nine would give them away as the rest of twelve.
    assert rows["transitional_housing-800"]["children"] is None
    assert rows["transitional_housing-850"]["children"] is None
    assert rows["transitional_housing-800"]["shortage_children"] is None
    assert main(["preschools", "street", "-o", str(file), "--exact"]) == 0
    rows = {row["id"]: row for row in json.loads(file.read_text())["housing"]}
    assert rows["transitional_housing-800"]["children"] == 3


@pytest.mark.usefixtures("area")
def test_each_file_holds_the_area_districts_housing_and_preschools(tmp_path: Path) -> None:
    for ending in ("csv", "xlsx", "geojson", "gpkg"):
        assert main(["preschools", "street", "-o", str(tmp_path / f"p.{ending}")]) == 0
    with (tmp_path / "p.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == PRESCHOOL_COLUMNS
    kinds = [row["what"] for row in rows]
    assert kinds == ["area", *["district"] * 2, *["transitional_housing"] * 3, *["preschool"] * 3]
    assert rows[0]["children"] == "36"
    few = next(row for row in rows if row["id"] == "transitional_housing-800")
    assert few["children"] == few["children_low"] == "" and "döljs" in few["note"]
    book = openpyxl.load_workbook(tmp_path / "p.xlsx")
    assert book.sheetnames == ["districts", "housing", "preschools", "info"]
    heads, area, *_ = book["districts"].iter_rows(values_only=True)
    told = dict(zip(heads, area, strict=True))
    assert (told["children"], told["places_estimated"]) == (36, True)  # a number, not words
    assert len(gpd.read_file(tmp_path / "p.geojson")) == 8
    assert set(gpd.list_layers(tmp_path / "p.gpkg")["name"]) == {"districts", "places", "info"}


def test_a_district_with_no_children_says_so(capsys) -> None:
    save_area(nursery_street({100: 10, 900: 0}, {0: {"platser": 8}}))
    document = asked(capsys, "--json")
    east = next(row for row in document["districts"] if row["name"] == "Öst")
    assert east["places_per_child"] is None and east["note"] == "inga barn här"


def test_an_area_of_few_counted_children_only_is_hidden_whole(tmp_path) -> None:
    save_area(nursery_street({100: 0}, {0: {"platser": 8}}, {300.0: {"barn_1_5": 2}}))
    file = tmp_path / "p.json"
    assert main(["preschools", "street", "-o", str(file)]) == 0
    document = json.loads(file.read_text())
    assert document["children"] is None or document["housing"][0]["children"] is None
    assert document["newcomers"] is None


def test_from_a_planners_own_files_to_the_answer(tmp_path: Path, capsys) -> None:
    street = nursery_street({100: 1}, {0: {}})
    lines = tmp_path / "vägar.geojson"
    gpd.GeoDataFrame(geometry=street.network.geometry, crs=street.network.crs).to_crs(
        "EPSG:4326"
    ).to_file(lines)

    def rows(name: str, heads: str, *points: tuple[float, str]) -> Path:
        file = tmp_path / name
        told = [f"{lon};{lat};{cells}" for at, cells in points for lon, lat in [points_at(at)]]
        file.write_text("\n".join([f"lon;lat;{heads}", *told]), encoding="cp1252")
        return file

    people = rows(
        "barn.csv",
        "Barn 0-4;Barn 5-9;Treåringar utan plats",
        (100, "40;20;2"),
        (900, "10;10;0"),
    )
    preschools = rows(
        "förskolor.csv",
        "Namn;Huvudman;Platser;Inskrivna;Tar emot utan personnummer;Språk;Giltig från",
        (150, "Solen;Kommunal;30;28;Ja;svenska, dari;"),
        (700, "Månen;Enskild;..;19;;;"),
        (750, "Stjärnan;Enskild;..;sekretess;;;"),
        (800, "Nya;Kommunal;54;0;Nej;;2099-01-01"),
    )
    housing = rows("boenden.csv", "Namn;Boende;Barn 1-5;Språk", (200, "Tegelhögen;80;23;dari"))
    words = ["area", "build", "egen", "--lines", str(lines), "--people", str(people)]
    words += ["--place", f"preschool={preschools}", "--place", f"transitional_housing={housing}"]
    assert main(words) == 0
    capsys.readouterr()
    assert main(["preschools", "egen", "--json", "--for", "Tegelhögen", "--limit", "450"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["children"] == 36 + 10 + 23  # 0.8 · 40 + 0.2 · 20, 0.8 · 10 + 0.2 · 10
    assert (found["places"], found["places_low"], found["places_high"]) == (50, 49, 51)
    assert [each["name"] for each in found["unknown"]] == ["Stjärnan"]
    assert [each["name"] for each in found["not_valid"]] == ["Nya"]
    home = found["housing"][0]
    assert (home["children"], home["places_in_reach"], home["vacancies_in_reach"]) == (23, 30, 2)
    assert found["newcomers"]["children"] == 23
    first = found["calls"]["calls"][0]
    assert first["name"] == "Solen" and first["common_languages"] == ["dari"]
    assert first["ask"] == ["ages"] and first["without_personal_number"] == "yes"
    later = ["preschools", "egen", "--json", "--when", "2099-02-01"]
    assert main(later) == 0
    assert json.loads(capsys.readouterr().out)["places"] == 104


@pytest.mark.usefixtures("area")
def test_more_places_at_one_preschool_say_what_they_change(capsys) -> None:
    all_want = ("--limit", "450", "--take-up", "100")
    found = asked(capsys, "--json", "--more", "preschool-0=3", *all_want)["more"]
    # Nine of the ten children are enrolled; the tenth gets a place.
    assert (found["placed"], found["used"]) == (1, 1)
    assert found["text"].startswith("3 platser till på preschool 0: 1 barn till får plats")
    refused = asked(capsys, "--json", "--more", "Ingen=3", status=2)
    assert refused["more"]["error"] == "bad_preschool" and refused["children"] == 36
    for words in ("preschool-0", "=3", "preschool-0=-1"):
        assert main(["preschools", "street", "--more", words]) == 2
        assert capsys.readouterr().out == ""


def test_an_area_without_a_path_network_says_that_is_what_it_lacks(tmp_path: Path, capsys) -> None:
    file = tmp_path / "p.csv"
    file.write_text("namn;lat;lon;platser\nAlfa;59.37;17.83;40\n")
    for language, words in (("sv", "saknar gångnät"), ("en", "no path network")):
        place = f"preschool={file}"
        assert main(["area", "build", "utan", "--place", place, "--lang", language]) != 0
        assert words in capsys.readouterr().err


def test_a_target_that_is_reached_today_costs_nothing(capsys) -> None:
    save_area(nursery_street({100: 10}, {0: {"platser": 8}}))
    document = asked(capsys, "--json", "--add-places", "--target", "0.8")
    growth = document["growth"]
    assert (growth["cost"], growth["extras"], growth["proven"]) == (0, [], True)
