"""The command line: the issue's own questions on real data, and what it refuses, in words."""

from __future__ import annotations

import csv
import gzip
import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import pytest

from geo import presets
from geo.catalog import list_areas, open_area
from geo.cli.parser import main
from tests.conftest import ROOT


def run(*words: object) -> int:
    return main([str(word) for word in words])


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small area as files: a street of 1,000 m, two districts, people, preschools."""
    folder = tmp_path_factory.mktemp("files")
    east, north = 660_000, 6_580_000
    line = [[east + at, north] for at in range(0, 1001, 100)]
    shapes = {
        "lines": [("LineString", [a, b], {}) for a, b in pairwise(line)],
        "districts": [
            ("Polygon", [_box(east - 50, north - 50, east + 250, north + 50)], {"name": "Väst"}),
            ("Polygon", [_box(east + 250, north - 50, east + 1050, north + 50)], {"name": "Öst"}),
        ],
        "far_boundary": [("Polygon", [_box(700_000, 6_700_000, 700_100, 6_700_100)], {})],
        "points_only": [("Point", [east, north], {})],
    }
    for name, features in shapes.items():
        _write_geojson(folder / f"{name}.geojson", features)
    _write_csv(
        folder / "people.csv",
        ["id", "lon", "lat", "people", "age0_4"],
        [[f"h{at}", *_lonlat(east + at, north), 100, n] for at, n in ((100, 10), (900, 30))],
    )
    _write_csv(
        folder / "preschools.csv",
        ["id", "namn", "lon", "lat"],
        [[1, "Ekorren", *_lonlat(east, north)], [2, "Igelkotten", "", ""]],
    )
    return folder


def _box(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def _lonlat(east: float, north: float) -> tuple[float, float]:
    point = gpd.GeoSeries(gpd.points_from_xy([east], [north]), crs=3006).to_crs(4326)[0]
    return point.x, point.y


def _write_geojson(path: Path, features: list[tuple[str, object, dict[str, str]]]) -> None:
    rows = [
        {
            "type": "Feature",
            "properties": row,
            "geometry": {"type": kind, "coordinates": coordinates},
        }
        for kind, coordinates, row in features
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3006"}}
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": rows}))


def _write_csv(path: Path, header: list[str], rows: list[list[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


def build(files: Path, *more: object) -> int:
    return run("area", "build", "gatan", "--lines", files / "lines.geojson", *more)


def everything(files: Path) -> tuple[object, ...]:
    return (
        "--districts", files / "districts.geojson", "--people", files / "people.csv",
        "--place", f"preschool={files / 'preschools.csv'}", "--name", "Gatan",
    )  # fmt: skip


def test_a_small_area_answers_as_worked_by_hand(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build(files, *everything(files)) == 0
    said = capsys.readouterr()
    assert "rad 3: saknar koordinater" in said.err  # Igelkotten, on row 3 of the file
    command = ("gaps", "gatan", "--kind", "preschool", "--limit", 400, "--group", "children_0_4")
    assert run(*command, "--by", "district", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["people"], answer["beyond"]) == (40, 30)
    assert answer["mean_m_beyond"] == pytest.approx(500, abs=0.01)
    assert answer["fgt1"] == pytest.approx(30 / 40 * 500 / 400, abs=1e-4)
    assert {row["name"]: row["beyond"] for row in answer["districts"]} == {"Väst": 0, "Öst": 30}


def test_parts_can_come_later_and_others_stay(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build(files) == 0
    assert "Inga invånare i området" in capsys.readouterr().out
    assert run("gaps", "gatan", "--kind", "preschool", "--limit", 400) == 1
    assert "lägg till" in capsys.readouterr().err
    assert run("area", "add", "gatan", "--people", files / "people.csv") == 0
    places = f"preschool={files / 'preschools.csv'}"
    assert run("area", "build", "gatan", "--place", places) == 0
    area = open_area("gatan")
    assert (len(area.people), area.kinds) == (2, ["preschool"])
    assert run("area", "add", "gatan", "--place", places) == 0
    assert len(open_area("gatan").places) == 1  # the same file again replaces itself


def test_distances_are_written_as_from_to_metres(files: Path, tmp_path: Path) -> None:
    build(files)
    out = tmp_path / "out.csv"
    people, preschools = files / "people.csv", files / "preschools.csv"
    command = ("distances", "gatan", "--from", people, "--to", preschools, "-o", out)
    assert run(*command, "--within", 500) == 0
    with out.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["from"], row["to"]) for row in rows] == [("h100", "1")]
    assert float(rows[0]["metres"]) == pytest.approx(100, abs=0.01)


def test_gaps_write_every_format(files: Path, tmp_path: Path) -> None:
    build(files, *everything(files))
    for ending in ("csv", "xlsx", "geojson", "gpkg", "json"):
        out = tmp_path / f"gap.{ending}"
        command = ("gaps", "gatan", "--kind", "preschool", "--limit", 400, "-o", out)
        assert run(*command) == 0
        assert out.stat().st_size > 300


BAD = {
    "missing file": (("--lines", "nowhere.geojson"), "nowhere.geojson"),
    "points, not lines": (("--lines", "{files}/points_only.geojson"), "inga linjer"),
    "a table is no map": (("--lines", "{files}/people.csv"), "people.csv"),
    "not a file format": (("--lines", "{files}/garbage.geojson"), "garbage.geojson"),
    "another system than stated": (
        ("--lines", "{files}/lines.geojson", "--crs", "EPSG:4326"),
        "EPSG:4326",
    ),
    "boundary elsewhere": (
        ("--lines", "{files}/lines.geojson", "--boundary", "{files}/far_boundary.geojson"),
        "rör inte",
    ),
    "empty people": (
        ("--lines", "{files}/lines.geojson", "--people", "{files}/nobody.csv"),
        "nobody.csv",
    ),
    "negative count": (
        ("--lines", "{files}/lines.geojson", "--people", "{files}/negative.csv"),
        "rad 2",
    ),
    "places without coordinates": (
        ("--lines", "{files}/lines.geojson", "--place", "library={files}/no_points.csv"),
        "koordinater",
    ),
    "places far away": (
        ("--lines", "{files}/lines.geojson", "--place", "library={files}/far.csv"),
        "långt utanför",
    ),
    "unknown kind": (
        ("--lines", "{files}/lines.geojson", "--place", "librari={files}/preschools.csv"),
        "library",
    ),
    "unknown group": (
        ("--lines", "{files}/lines.geojson", "--people", "{files}/people.csv",
         "--column", "kids=age0_4"),
        "kids",
    ),
}  # fmt: skip


@pytest.fixture(scope="session")
def bad_files(files: Path) -> Path:
    header = ["lon", "lat", "people"]
    here, far = _lonlat(660_100, 6_580_000), _lonlat(660_000, 6_900_000)
    _write_csv(files / "nobody.csv", header, [])
    _write_csv(files / "negative.csv", header, [[*here, -3]])
    _write_csv(files / "no_points.csv", ["namn", "adress"], [["A", "B 1"]])
    _write_csv(files / "far.csv", ["namn", "lon", "lat"], [["A", *far]])
    (files / "garbage.geojson").write_bytes(b"\x00\x01 nothing")
    return files


@pytest.mark.parametrize("case", BAD)
def test_bad_files_are_refused_in_words_and_nothing_is_written(
    case: str, bad_files: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words, expected = BAD[case]
    given = [word.format(files=bad_files) for word in words]
    for language in ("sv", "en"):
        assert main(["area", "build", "gatan", *given, "--lang", language]) == 2, case
        said = capsys.readouterr()
        last = said.err.strip().splitlines()[-1]
        assert language == "en" or expected in last, last
        assert "Traceback" not in said.err
        assert len(last) > 20
    assert list_areas(home) == []


@pytest.mark.parametrize("case", BAD)
def test_a_failed_build_leaves_the_old_area_as_it_was(
    case: str, bad_files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build(bad_files, *everything(bad_files))
    before = open_area("gatan")
    given = [word.format(files=bad_files) for word in BAD[case][0]]
    assert main(["area", "build", "gatan", *given]) == 2
    capsys.readouterr()
    assert open_area("gatan").key == before.key


@pytest.mark.parametrize(
    "words",
    [
        ("--kind", "preschool", "--limit", "0"),
        ("--kind", "preschool", "--limit", "fyrahundra"),
        ("--kind", "preschool", "--limit", "-5"),
        ("--kind", "forskola", "--limit", "400"),
        ("--kind", "preschool", "--limit", "400", "--group", "barn"),
        ("--kind", "preschool", "--limit", "400", "--profile", "flying"),
        ("--kind", "preschool", "--limit", "400", "-o", "gap.docx"),
        ("--limit", "400"),
        ("--limit", "400", "--colour"),
    ],
)
def test_bad_questions_are_refused_in_words(
    files: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    build(files, *everything(files))
    capsys.readouterr()
    assert main(["gaps", "gatan", *words]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.strip()) > 20
    assert "Traceback" not in said.err


def test_a_gap_without_a_limit_begins_with_that_of_the_kind(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build(files, *everything(files))
    capsys.readouterr()
    assert main(["gaps", "gatan", "--kind", "preschool", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["limit_m"] == presets.kind("preschool").limit_m


def test_an_unknown_kind_names_the_nearest(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build(files, *everything(files))
    assert run("gaps", "gatan", "--kind", "förskola", "--limit", 400) == 2
    assert "preschool" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), "Det saknas"),
        (("gaps", "x", "--limit", "400"), "--kind"),
        (("gaps", "x", "--kind", "library", "--limit", "4", "--by", "day"), "Välj bland"),
        (("gaps", "x", "--kind"), "Ett värde saknas"),
        (("area", "fly"), "Välj bland"),
        (("undo", "x", "tre"), "'tre' är inget tal"),
        (("area", "list", "--wings"), "--wings"),
        (("area", "build", "x", "--osm", "a", "--lines", "b"), "samtidigt"),
        (("area", "build", "x", "--lines", "a", "--place", "library"), "library"),
    ],
)
def test_a_command_that_can_not_be_read_is_refused_in_swedish(
    words: tuple[str, ...], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(list(words)) == 2
    said = capsys.readouterr().err
    assert expected in said
    assert "--help" in said or "finns inte" in said
    assert not any(english in said for english in ("required", "invalid", "expected", "argument"))


def test_an_unknown_area_lists_those_there_are(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build(files)
    assert run("area", "show", "gatam") == 2
    assert "gatan" in capsys.readouterr().err


def test_the_demonstration_is_there_without_a_network_and_marked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("gaps", "demo", "--kind", "library", "--limit", 300, "--group", "newcomers") == 0
    said = capsys.readouterr()
    assert "Demonstration" in said.out
    assert "Demonstration" in said.err


def test_python_m_geo_starts() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "geo", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "gaps" in done.stdout


@pytest.mark.shared
def test_hasselby_vallingby_from_the_commands_of_the_readme(
    shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shared_data / "hasselby-vallingby"
    assert (
        run(
            "area", "build", "hasselby-vallingby", "--name", "Hässelby-Vällingby",
            "--lines", folder / "walk_lines.geojson.gz",
            "--districts", folder / "stadsdelar.geojson", "--people", folder / "deso2025.geojson",
            "--place", f"preschool={folder / 'preschools.csv'}",
            "--place", f"meeting_place={folder / 'polling_places.csv'}",
        )
        == 0
    )  # fmt: skip
    area = open_area("hasselby-vallingby")
    assert area.network.edge_m.sum() == pytest.approx(790_125, abs=50)
    assert len(area.districts) == 9
    assert len(area.places_of("preschool")) == 72
    assert len(area.places_of("meeting_place")) == 10
    # The sums of the file itself, read without us.
    with (folder / "deso2025.geojson").open(encoding="utf-8") as file:
        rows = [feature["properties"] for feature in json.load(file)["features"]]
    assert area.people["all"].sum() == pytest.approx(
        sum(row["pop_2025"] for row in rows), rel=1e-12
    )
    by_unit = area.people.groupby("unit")["children_0_4"].sum()
    for row in rows:
        assert by_unit[row["deso"]] == pytest.approx(row["age0_4"], rel=1e-12)
    capsys.readouterr()
    near, far = (_gap(capsys, limit) for limit in (400, 1000))
    assert 1200 < near["beyond"] < 1400
    assert far["beyond"] < 120
    assert sum(row["people"] for row in near["districts"]) == pytest.approx(near["people"])
    assert near["estimated"] is True


def _gap(capsys: pytest.CaptureFixture[str], limit: int) -> dict[str, object]:
    command = ("gaps", "hasselby-vallingby", "--kind", "preschool", "--limit", limit)
    assert run(*command, "--group", "children_0_4", "--by", "district", "--json") == 0
    answer: dict[str, object] = json.loads(capsys.readouterr().out)
    return answer


@pytest.mark.shared
def test_rinkeby_kista_from_an_osm_file_shows_its_broken_network(
    shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    osm = shared_data / "rinkeby-kista" / "walk.osm"
    assert run("area", "build", "rinkeby-kista", "--osm", osm) == 0
    assert run("area", "check", "rinkeby-kista", "--json") == 0
    assert json.loads(capsys.readouterr().out.split("\n{", 1)[-1].join(["{", ""]))
    area = open_area("rinkeby-kista")
    share = (
        area.network.edge_m[area.network.walkable().main_edges].sum() / area.network.edge_m.sum()
    )
    assert share == pytest.approx(0.61, abs=0.01)


def test_a_gzipped_file_reads_as_the_plain_one(files: Path, tmp_path: Path) -> None:
    packed = tmp_path / "lines.geojson.gz"
    packed.write_bytes(gzip.compress((files / "lines.geojson").read_bytes()))
    assert run("area", "build", "packad", "--lines", packed) == 0
    assert open_area("packad").network.edge_m.sum() == pytest.approx(1000, abs=0.01)
