"""``reach`` and ``route`` on the command line: the planner's figures, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest

from geo import texts
from geo.access.from_point import around, limits_of, way_between
from geo.catalog import save_area
from geo.cells import read_point
from geo.cli.parser import main
from tests.geo.worlds import along, street
from tests.refusals import refused


@pytest.fixture
def at() -> dict[int, str]:
    """Positions along the street, as a person writes them."""
    save_area(street(homes={100.0: 10}, places={0.0: "preschool", 700.0: "preschool"}))
    points = along({0.0: 0, 300.0: 0, 1000.0: 0})
    return {
        metres: f"{point.x:.7f},{point.y:.7f}"
        for metres, point in zip((0, 300, 1000), points, strict=True)
    }


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out.replace(texts.NO_BREAK_SPACE, " ")


def test_reach_says_limits_minutes_and_the_nearest_place(at, capsys) -> None:
    assert main(["reach", "street", "--at", at[300], "--limits", "200,400"]) == 0
    words = said(capsys)
    assert "Nås på 2,5 min (200 m)" in words
    assert "400 m gångväg" in words
    assert "Närmaste förskola: preschool 0, 300 m, 3,8 minuter" in words


def test_reach_as_json_is_what_the_planner_says(at, capsys) -> None:
    words = ["reach", "street", "--at", at[300], "--limits", "200,400", "--profile", "older"]
    assert main([*words, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [row["limit_m"] for row in document["limits"]] == [200, 400]
    assert [row["path_m"] for row in document["limits"]] == pytest.approx([400, 700], abs=0.1)
    assert document["limits"][0]["minutes"] == pytest.approx(200 / 0.8 / 60, abs=1e-3)
    assert document["nearest"][0]["metres"] == pytest.approx(300, abs=0.1)
    assert document["profile"] == "older"
    assert "300" in document["snap_rule"]


def test_reach_as_geojson_holds_one_polygon_a_limit(at, tmp_path: Path, capsys) -> None:
    file = tmp_path / "nås.geojson"
    words = ["reach", "street", "--at", at[300], "--limits", "200,400", "-o", str(file)]
    assert main(words) == 0
    assert capsys.readouterr().out == ""
    shapes = gpd.read_file(file)
    assert shapes["limit_m"].tolist() == [200, 400]
    assert set(shapes.geom_type) == {"MultiPolygon"}
    assert {"minutes", "path_m", "km2", "profile", "attribution"} <= set(shapes.columns)
    assert (shapes.to_crs("EPSG:3006").area / 1e6).tolist() == pytest.approx(
        shapes["km2"].tolist(), rel=1e-3
    )
    assert json.loads(file.read_text(encoding="utf-8"))["narhet"]["area"] == "street"


def test_route_says_metres_and_parts(at, capsys) -> None:
    assert main(["route", "street", "--from", at[0], "--to", at[1000], "--lang", "en"]) == 0
    words = said(capsys)
    assert words.startswith("1,000 m, about 12.5 minutes with the profile “Adult”.")
    assert "path of unknown kind" in words
    assert "unknown whether the path is lit" in words


def test_route_as_json_and_geojson_say_the_same(at, tmp_path: Path, capsys) -> None:
    file = tmp_path / "väg.geojson"
    words = ["route", "street", "--from", at[0], "--to", at[300], "--json", "-o", str(file)]
    assert main(words) == 0
    document = json.loads(capsys.readouterr().out)
    line = gpd.read_file(file)
    assert document["metres"] == pytest.approx(300, abs=0.1)
    assert line["metres"][0] == document["metres"]
    assert line.to_crs("EPSG:3006").length[0] == pytest.approx(document["metres"], abs=0.2)
    assert sum(part["metres"] for part in document["parts"]) == pytest.approx(document["metres"])


def swapped(point: str) -> str:
    lon, lat = point.split(",")
    return f"{lat},{lon}"


@pytest.mark.parametrize(
    ("point", "hint"),
    [
        ("abc", "i området heter ”abc”"),
        ("17.83", "är inte en plats"),
        ("1,2,3", "är inte en plats"),
        ("nan,59", "är inte en plats"),
        ("500,59", "är inte en plats"),
        ("2.35,48.85", "ingen gångväg inom 300 m"),
        ("0,90", "ingen gångväg inom 300 m"),
        ("swapped", "omvänd ordning"),
    ],
)
@pytest.mark.parametrize("task", ["reach", "route"])
def test_a_point_that_is_none_is_refused_with_what_to_do(at, capsys, task, point, hint) -> None:
    given = swapped(at[300]) if point == "swapped" else point
    words = {
        "reach": ["reach", "street", "--at", given, "--limits", "400"],
        "route": ["route", "street", "--from", at[0], "--to", given],
    }[task]
    assert main(words) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert hint in told.err.replace(texts.NO_BREAK_SPACE, " ")


@pytest.mark.parametrize(
    ("limits", "hint"),
    [
        ("abc", "större än noll"),
        ("0", "större än noll"),
        ("-5,10", "större än noll"),
        ("400,x", "större än noll"),
        ("", "större än noll"),
        ("800,400", "stigande ordning"),
        ("400,400", "stigande ordning"),
    ],
)
def test_limits_that_are_none_are_refused(at, capsys, limits, hint) -> None:
    assert main(["reach", "street", "--at", at[0], f"--limits={limits}"]) == 2
    assert hint in capsys.readouterr().err


def test_other_things_given_wrongly_are_refused_before_anything_is_written(
    at, tmp_path: Path, capsys
) -> None:
    reach = ["reach", "street", "--at", at[0], "--limits", "400"]
    for more in (["--profile", "flying"], ["-o", str(tmp_path / "x.csv")]):
        assert main([*reach, *more]) == 2
    assert main(["reach", "nowhere", "--at", at[0], "--limits", "400"]) == 2
    assert list(tmp_path.iterdir()) == []
    assert capsys.readouterr().out == ""


def test_a_written_point_may_have_a_space_or_semicolon() -> None:
    assert read_point("17.83; 59.36") == read_point(" 17.83 59.36 ") == (17.83, 59.36)
    with refused("bad_point"):
        read_point("")


def test_around_agrees_with_the_way_there() -> None:
    area = street(homes={}, places={0.0: "preschool", 700.0: "library"})
    point = along({300.0: 0})[0]
    found = around(
        area, point.x, point.y, limits_m=limits_of([5, 10, 15], "older"), profile="older"
    )
    assert [round(m, 6) for m in found.shapes["minutes"]] == [5, 10, 15]
    for row in found.nearest:
        goal = area.places.set_index("id").loc[row.place].geometry
        way = way_between(area, (point.x, point.y), (goal.x, goal.y), profile="older")
        assert way.route.metres == pytest.approx(row.metres, abs=1e-6)
        assert way.minutes == pytest.approx(row.minutes)
