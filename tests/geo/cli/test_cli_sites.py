"""``python -m geo sites``: what it prints and writes, and what it refuses, in words."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
import pytest
from openpyxl import load_workbook

from geo.area.provenance import OSM_CREDIT
from geo.catalog import save_area
from geo.cli.parser import main
from geo.output.words.sites import SITE_COLUMNS
from tests.geo.planning.siting.town import town
from tests.geo.worlds import street

Run = Callable[..., int]
ASKED = ("--kind", "language_cafe", "--limit", "250", "--candidates", "school")


@pytest.fixture
def run() -> Run:
    save_area(replace(town(2), demonstration=True))
    return lambda *words: main(["sites", "provby", *ASKED, *map(str, words)])


def test_the_answer_as_json_has_what_was_promised(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--count", 2, "--robust", "--curve", 3, "--json") == 0
    shown = capsys.readouterr()
    answer = json.loads(shown.out)
    promised = (
        "objective", "bound", "gap", "proven", "seconds", "people_before", "people_after",
        "sites", "runner_up", "candidates", "settings", "sources",
    )  # fmt: skip
    assert set(promised) <= set(answer)
    site_keys = {"id", "name", "lon", "lat", "gain", "gain_if_last", "share_of_variants"}
    assert len(answer["sites"]) == 2 and all(site_keys <= set(site) for site in answer["sites"])
    assert answer["objective"] == answer["people_after"] == answer["bound"]
    assert answer["proven"] and answer["gap"] == 0
    assert answer["people_after"] >= answer["people_before"]
    assert [point["count"] for point in answer["curve"]] == [0, 1, 2, 3]
    assert answer["curve"][2]["people"] == answer["people_after"]
    times = {site["id"]: site["times"] for site in answer["robustness"]["sites"]}
    assert len(answer["robustness"]["variants"]) == 12
    for site in answer["sites"]:
        assert site["share_of_variants"] == times[site["id"]] / 12
    assert answer["runner_up"]["people_after"] <= answer["people_after"]
    assert answer["candidates"]["count"] == answer["candidates"]["by_kind"]["school"] == 7
    assert answer["settings"]["limit_m"] == 250 and answer["settings"]["kinds"] == ["school"]
    assert answer["attribution"] == OSM_CREDIT and answer["sources"]
    assert answer["demonstration"] and "emonstration" in shown.err


def test_the_answer_as_text_begins_with_the_sentence(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--count", 2, "--robust", "--curve", 3, "--balance", "0,5", "--lang", "en") == 0
    out = capsys.readouterr().out
    assert out.startswith("Two new language cafés, at ")
    for word in ("Second best:", "chosen in", "residents of transitional housing:", OSM_CREDIT):
        assert word in out
    assert "Weight on transitional housing" in out


@pytest.mark.parametrize("aim", ["median", "center", "cover_all"])
def test_other_objectives_are_asked_by_name(
    aim: str, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--objective", aim, "--json", "--existing", "ignore") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["proven"] and answer["people_before"] == 0
    assert len(answer["sites"]) == 1 or aim == "cover_all"


def test_points_filters_and_hand_are_heard(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    spot = town(2).places.geometry[0]
    words = ("--candidate", f"{spot.x},{spot.y}", "--lattice", 300, "--exclude", "school-1")
    assert run(*words, "--max-distance-to", "transitional_housing=400", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    kinds, gone = answer["candidates"]["by_kind"], answer["candidates"]["left_out"]
    assert {"lattice"} <= set(kinds) <= {"school", "point", "lattice"}
    assert gone["excluded"] == 1 and gone["far"] > 0
    assert answer["settings"]["near"] == [["transitional_housing", 400]]


def test_conditions_say_how_many_places_they_lose_for_lack_of_data(
    capsys: pytest.CaptureFixture[str],
) -> None:
    area = street(homes={100: 10}, places={0: "school", 300: "meeting_place", 600: "library"})
    told = {"library": {"öppettider": "mån-fre 10-20"}}
    details = [json.dumps(told.get(kind, {})) for kind in area.places["kind"]]
    save_area(replace(area, places=area.places.assign(details=details), _snaps={}))
    words = ["sites", "street", "--kind", "language_cafe", "--limit", "900", "--count", "1"]
    words += ["--group", "all"]
    assert main([*words, "--evening", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["candidates"]
    assert (found["count"], found["unknown_hours"], found["unknown_staff"]) == (1, 2, 0)
    assert main([*words, "--staffed"]) == 0
    assert "1 möjliga platser är inte med eftersom ingen har sagt om de har personal" in (
        capsys.readouterr().out
    )
    assert main([*words, "--evening", "--candidates", "school,meeting_place"]) == 2
    error = capsys.readouterr().err
    assert "2 platser där ingen har sagt om de är öppna på kvällen" in error


def test_a_budget_buys_no_more_than_it_holds(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--budget", "9", "--curve", "3", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert sum(site["cost"] for site in answer["sites"]) <= 9
    assert [point["budget"] for point in answer["curve"]] == [0, 3, 6, 9]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--count", "50"), "50"),
        (("--count", "två"), "två"),
        (("--count", "-1"), "-1"),
        (("--candidates", "library"), "ingen plats att välja på"),
        (("--candidates", "skola2"), "skola2"),
        (("--kind", "slott"), "slott"),
        (("--objective", "bäst"), "bäst"),
        (("--limit", "nära"), "nära"),
        (("--budget", "mycket"), "mycket"),
        (("--budget", "0"), "räcker inte"),
        (("--budget", "5", "--objective", "median"), "budget"),
        (("--balance", "2"), "2"),
        (("--balance", "0.5", "--group", "newcomers"), "0 till 1"),
        (("--time-limit", "0"), "0"),
        (("--curve", "0"), "0"),
        (("--candidate", "här"), "här"),
        (("--max-distance-to", "school"), "school"),
        (("--max-distance-to", "school=x"), "x"),
        (("--exclude", "school-99"), "school-99"),
        (("--lattice", "0.001"), "0"),
        (("-o", "svar.docx"), "svar.docx"),
    ],
)
def test_what_can_not_be_used_is_refused_in_words(
    words: tuple[str, ...], said: str, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*words) == 2
    shown = capsys.readouterr()
    assert said in shown.err and shown.out == "" and "Traceback" not in shown.err


ENDINGS = ("csv", "xlsx", "geojson", "gpkg", "json")


def _read(path: Path) -> list[dict[str, Any]]:
    match path.suffix:
        case ".csv":
            with path.open(encoding="utf-8-sig") as file:
                return list(csv.DictReader(file))
        case ".xlsx":
            rows = list(load_workbook(path)["sites"].values)
            return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]  # type: ignore[arg-type]
        case ".geojson":
            features = json.loads(path.read_text(encoding="utf-8"))["features"]
            return [feature["properties"] for feature in features]
        case ".gpkg":
            frame = gpd.read_file(path, layer="sites").rename(columns={"site_id": "id"})
            return list(frame.drop(columns="geometry").to_dict("records"))
    return list(json.loads(path.read_text(encoding="utf-8"))["sites"])


@pytest.mark.parametrize("ending", ENDINGS)
def test_files_hold_the_sites_and_what_they_rest_on(ending: str, run: Run, tmp_path: Path) -> None:
    path = tmp_path / f"svar.{ending}"
    assert run("--count", 2, "-o", path) == 0
    rows = _read(path)
    assert len(rows) == 2 and {int(row["number"]) for row in rows} == {1, 2}
    if ending != "json":
        assert set(SITE_COLUMNS) <= set(rows[0])
    words = path.read_bytes()
    if ending in ("csv", "geojson", "json"):
        assert b"Provkartan" in words or b"OpenStreetMap" in words
    if ending == "gpkg":
        layers = {name for name, _ in pyogrio.list_layers(path)}
        assert {"sites", "candidates", "districts", "info"} <= layers
    if ending == "xlsx":
        info = dict(load_workbook(path)["info"].values)  # type: ignore[arg-type]
        assert OSM_CREDIT in info.values()
        assert any(str(value).startswith("Demonstration") for value in info.values())


@pytest.mark.parametrize("ending", ENDINGS)
def test_files_hide_small_counts_of_counted_people_unless_told(ending: str, tmp_path: Path) -> None:
    area = street(homes={0: 20, 900: 3}, places={0: "language_cafe", 900: "school"})
    save_area(area)
    asked = ["sites", area.id, "--kind", "language_cafe", "--group", "children_0_4"]
    asked += ["--limit", "100", "-o"]
    hidden, exact = tmp_path / f"a.{ending}", tmp_path / f"b.{ending}"
    assert main([*asked, str(hidden)]) == 0
    assert main([*asked, str(exact), "--exact"]) == 0
    [row], [told] = _read(hidden), _read(exact)
    assert row["gain"] in (None, "") or row["gain"] != row["gain"]
    assert float(told["gain"]) == 3
    if ending == "json":
        document = json.loads(hidden.read_text(encoding="utf-8"))
        for key in ("people_after", "people_before", "objective", "bound"):
            assert document[key] is None
        assert '"3' not in json.dumps(document["districts"]) and " 3 " not in document["headline"]


def test_names_can_not_run_as_formulas(tmp_path: Path) -> None:
    area = street(homes={0: 20}, places={0: "school"})
    bad = area.places.assign(name='=HYPERLINK("http://x","y")')
    save_area(replace(area, places=gpd.GeoDataFrame(bad)))
    asked = ["sites", area.id, "--kind", "language_cafe", "-o"]
    for ending in ("csv", "xlsx"):
        assert main([*asked, str(tmp_path / f"a.{ending}")]) == 0
    assert _read(tmp_path / "a.csv")[0]["name"].startswith("'=")
    cell = load_workbook(tmp_path / "a.xlsx")["sites"]["C2"]
    assert cell.data_type == "s" and cell.value.startswith("=")


def test_the_area_is_as_it_was(run: Run, home: Path) -> None:
    files = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    assert run("--count", 2, "--robust", "--curve", 2) == 0
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == files
