"""New figures leave what they say nothing of, count nobody twice, and ask before they are older."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest

from geo.area.model import Area
from geo.area.provenance import Source
from geo.catalog import open_area, save_area
from geo.cli.parser import main
from geo.ingest.build import Inputs, build
from tests.geo.fake_statistics import blocks
from tests.geo.ingest.test_residents import CODES, table, world
from tests.refusals import refused

FIRST = {"pop_2025": (200, 300, 400), "age0_4": (11, 12, 13)}


def people(folder: Path, name: str, codes: tuple[str, ...] = CODES, **columns: object) -> Path:
    """A file of statistical areas with people."""
    shapes = blocks(CODES).loc[list(codes)]
    frame = gpd.GeoDataFrame({"deso": list(codes), **columns}, geometry=shapes.values)
    path = folder / f"{name}.geojson"
    path.write_text(frame.to_json(), encoding="utf-8")
    return path


def added(area: Area, path: Path, **more: object) -> Area:
    return build(area.id, "", Inputs(people=(path,), **more), earlier=area)


def sums(area: Area, *groups: str) -> dict[str, list[float]]:
    table = area.people.groupby("unit")[list(groups)].sum().round(6)
    return {str(unit): list(row) for unit, row in zip(table.index, table.to_numpy(), strict=True)}


@pytest.fixture
def area(tmp_path: Path) -> Area:
    first = people(tmp_path, "first", **FIRST)
    found = added(world(), first)
    assert found.people["all"].sum() == pytest.approx(900)
    return found


def test_a_file_that_lacks_a_group_leaves_it_where_it_was(area: Area, tmp_path: Path) -> None:
    new = people(tmp_path, "abroad", pop_2025=(210, 310, 410), utrikes_fodda=(80, 90, 100))
    merged = added(area, new)
    told = sums(merged, "all", "children_0_4", "born_abroad")
    assert told["0127A0010"] == [210, 11, 80]
    assert told["0127C1010"] == [310, 12, 90]
    assert told["0127C1021"] == [410, 13, 100]
    columns = {each.file: set(each.columns) for each in merged.sources if each.part == "people"}
    assert "children_0_4" in columns["first.geojson"]
    assert "born_abroad" in columns["abroad.geojson"]


def test_the_same_file_again_changes_no_number(area: Area, tmp_path: Path) -> None:
    again = added(area, people(tmp_path, "first", **FIRST))
    assert sums(again, "all", "children_0_4") == sums(area, "all", "children_0_4")


def sources_of(name: str) -> list[Source]:
    found = open_area(name).sources
    return [each for each in found if each.part.startswith("people")]


def test_a_partial_file_read_twice_is_one_source_and_undone_it_is_none(
    area: Area, tmp_path: Path
) -> None:
    saved = save_area(area)
    asked = ["area", "add", saved.id, "--people"]
    asked.append(str(people(tmp_path, "one", CODES[:1], pop_2025=(250,))))
    before = sources_of(saved.id)
    assert main(asked) == 0
    once = sources_of(saved.id)
    assert [each.file for each in once] == ["first.geojson", "one.geojson"]
    assert main(asked) == 0
    assert sources_of(saved.id) == once
    assert main(["undo", saved.id, "2"]) == 0
    assert sources_of(saved.id) == before


def test_partial_figures_read_twice_are_one_source_and_their_outlines_too(
    area: Area, tmp_path: Path
) -> None:
    saved = save_area(area)
    figures = table(tmp_path, "deso,pop_2025", f"{CODES[0]},250")
    outlines = people(tmp_path, "deso2025", CODES[:1])
    asked = ["statistics", saved.id, "--file", str(figures), "--outlines", str(outlines)]
    assert main(asked) == 0
    once = sources_of(saved.id)
    assert sorted(each.file for each in once) == ["deso2025.geojson", figures.name, "first.geojson"]
    assert main(asked) == 0
    assert sorted(sources_of(saved.id), key=str) == sorted(once, key=str)


def test_a_file_of_one_area_leaves_the_others(area: Area, tmp_path: Path) -> None:
    one = people(tmp_path, "one", CODES[:1], pop_2025=(250,))
    told = sums(added(area, one), "all", "children_0_4")
    assert told["0127A0010"] == [250, 11]
    assert told["0127C1010"] == [300, 12] and told["0127C1021"] == [400, 13]


def test_areas_of_another_drawing_take_over_whom_they_hold(area: Area, tmp_path: Path) -> None:
    """One new area over two old ones: their children are summed, nobody is counted twice."""
    shapes = blocks(CODES)
    over = gpd.GeoSeries([shapes.iloc[:2].union_all(), shapes.iloc[2]], crs=shapes.crs)
    frame = gpd.GeoDataFrame({"namn": ["a", "b"], "pop_2025": [520, 410]}, geometry=over.values)
    path = tmp_path / "ny.geojson"
    path.write_text(frame.to_json(), encoding="utf-8")
    merged = added(area, path)
    told = sorted(sums(merged, "all", "children_0_4").values())
    assert told == [[410, 13], [520, 11 + 12]]


def test_an_older_year_is_asked_about_and_a_yes_can_be_undone(
    area: Area, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = people(tmp_path, "old", pop_2022=(100, 100, 100))
    with refused("older_year"):
        added(area, old)
    saved = save_area(area)
    asked = ["area", "add", saved.id, "--people", str(old)]
    assert main(asked) == 2
    said = capsys.readouterr().err
    assert "2025" in said and "2022" in said and "--replace-year" in said
    assert sums(open_area(saved.id), "all") == sums(area, "all")
    assert main([*asked, "--replace-year"]) == 0
    assert sums(open_area(saved.id), "all")["0127A0010"] == [100]
    assert main(["undo", saved.id, "2"]) == 0
    assert sums(open_area(saved.id), "all", "children_0_4") == sums(area, "all", "children_0_4")


def test_statistics_asks_as_well_and_is_one_change(
    area: Area, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = save_area(area)
    codes = [f"{code},100" for code in CODES]
    asked = ["statistics", saved.id, "--file", str(table(tmp_path, "deso,pop_2024", *codes))]
    known = [each for each in saved.people["unit"].unique() if each not in CODES]
    if known:  # people of no statistical area: the outlines are given
        asked += ["--outlines", str(people(tmp_path, "deso2025"))]
    assert main(asked) == 2
    assert "--replace-year" in capsys.readouterr().err
    assert main([*asked, "--replace-year"]) == 0
    now = open_area(saved.id)
    assert sums(now, "all", "children_0_4")["0127A0010"] == [100, 11]
    assert main(["undo", saved.id, "2"]) == 0
    assert sums(open_area(saved.id), "all", "children_0_4") == sums(area, "all", "children_0_4")
