"""Who lives outside the boundary, or beyond the paths where none is stated, is no resident; a
statistical area across the edge gives its inner share, and both are told.
"""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.access.gaps import gap, headline
from geo.area.model import Area
from geo.catalog import open_area, save_area
from geo.cli.parser import main
from geo.ingest.build import Inputs, build
from geo.ingest.residents import Ask, add_statistics
from geo.output.maps.places_and_gaps import left_out_table, notices_table
from geo.output.words.spreading import placed_words
from geo.texts import text
from geo.types import SWEREF99_TM, WGS84
from tests.refusals import refused

EAST, NORTH = 662_000.0, 6_583_000.0
CODES = ("0180A0001", "0180A0002", "0180A0003", "0180A0004")


def box(left: float, right: float, low: float = 0, high: float = 1000) -> shapely.Polygon:
    """A rectangle in metres from the corner of a square kilometre of streets."""
    return shapely.box(EAST + left, NORTH + low, EAST + right, NORTH + high)


def written(folder: Path, name: str, shapes: list[shapely.Geometry], **columns: object) -> Path:
    frame = gpd.GeoDataFrame(
        {"row": range(len(shapes)), **columns}, geometry=shapes, crs=SWEREF99_TM
    ).to_crs(WGS84)
    path = folder / f"{name}.geojson"
    path.write_text(frame.to_json(drop_id=True), encoding="utf-8")
    return path


def streets(folder: Path, width: int = 1000) -> Path:
    """Streets every 100 m, cut where they meet, over a rectangle of 1 km height."""
    lines = []
    for x in range(0, width + 1, 100):
        for y in range(0, 1001, 100):
            at = (EAST + x, NORTH + y)
            if x < width:
                lines.append(shapely.LineString([at, (at[0] + 100, at[1])]))
            if y < 1000:
                lines.append(shapely.LineString([at, (at[0], at[1] + 100)]))
    return written(folder, "streets", lines, kind=["path"] * len(lines))


def people(folder: Path, *shapes: shapely.Geometry, name: str = "people", **counts: object) -> Path:
    return written(folder, name, list(shapes), deso=list(CODES[: len(shapes)]), **counts)


def made(folder: Path, *, stated: bool = True, width: int = 1000, **files: object) -> Area:
    boundary = written(folder, "edge", [box(0, 1000)]) if stated else None
    return build("a", "A", Inputs(lines=streets(folder, width), boundary=boundary, **files))  # type: ignore[arg-type]


def total(area: Area, group: str = "all") -> float:
    return round(float(area.people[group].sum()), 6)


@pytest.mark.parametrize("stated", [True, False])
def test_statistical_areas_of_a_whole_region_count_where_the_area_is(
    tmp_path: Path, stated: bool
) -> None:
    file = people(
        tmp_path, box(0, 500), box(500, 1000), box(3000, 4000), box(5000, 6000),
        folkmangd=[100, 1000, 9000, 9000],
    )  # fmt: skip
    area = made(tmp_path, stated=stated, people=(file,))
    assert total(area) == 1100
    [(source, told)] = area.left_out
    assert source.file == "people.geojson"
    assert told.reason == ("outside_boundary" if stated else "outside_paths")
    assert told.values == {"count": 2, "of": 4, "people": 18000}
    assert "18,000" in left_out_table(area, "en").iloc[0, 2]
    if not stated:  # the edge is that of who lives here
        assert area.metric_boundary.area == pytest.approx(1_000_000, rel=0.01)


@pytest.mark.parametrize("stated", [True, False])
def test_a_statistical_area_across_the_edge_gives_its_inner_share(
    tmp_path: Path, stated: bool
) -> None:
    file = people(tmp_path, box(0, 500), box(500, 5500), folkmangd=[100, 1000])
    area = made(tmp_path, stated=stated, people=(file,))
    assert total(area) == pytest.approx(200, abs=1)
    [(_, told)] = area.notices
    assert told.values["found"] == "0180A0002"
    assert (told.values["cut"], told.values["people"], told.values["of"]) == (90, 100, 1000)
    assert "(estimated by surface)" in notices_table(area, "en").iloc[0, 2]
    inner = area.people[area.people["unit"] == "0180A0002"].to_crs(SWEREF99_TM)
    assert inner.geometry.x.max() <= EAST + 1001


def test_paths_on_both_sides_share_people_by_their_length(tmp_path: Path) -> None:
    # 500 m inside with streets, 500 m outside with streets, 1,000 m outside without any.
    file = people(tmp_path, box(500, 2500, 50, 950), folkmangd=[1000])
    area = made(tmp_path, width=1500, people=(file,))
    [(_, told)] = area.notices
    assert told.reason == "across_paths"
    assert total(area) == pytest.approx(250, rel=0.1)


def test_nine_tenths_inside_count_whole_and_a_sliver_lies_outside(tmp_path: Path) -> None:
    file = people(
        tmp_path,
        box(0, 500),
        box(500, 1050, 0, 500),
        box(985, 2000, 500),
        folkmangd=[100, 1000, 5000],
    )
    area = made(tmp_path, people=(file,))
    assert total(area) == 1100
    assert not area.notices
    assert [told.values["people"] for _, told in area.left_out] == [5000]


def test_points_outside_are_left_out(tmp_path: Path) -> None:
    spots = [shapely.Point(EAST + x, NORTH + 500) for x in (100, 1000, 1100, 2000, 9000)]
    file = written(tmp_path, "people", spots, folkmangd=[10, 20, 40, 80, 160])
    assert total(made(tmp_path, people=(file,))) == 30
    loose = made(tmp_path, stated=False, people=(file,))
    assert total(loose) == 70  # within 300 m of a path
    assert loose.left_out[0][1].values == {"count": 2, "of": 5, "people": 240}


def test_figures_added_later_are_cut_the_same_way_and_again(
    tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_area(made(tmp_path), home)
    shapes = (box(0, 500), box(500, 5500), box(7000, 8000))
    file = people(tmp_path, *shapes, folkmangd=[100, 1000, 9000])
    assert main(["area", "add", "a", "--people", str(file), "--lang", "en"]) == 0
    said = capsys.readouterr().err
    assert "outside the boundary and not counted: 1 of 3 statistical areas, 9,000 people" in said
    assert (
        "0180A0002 lies across the boundary: 90% of its people are left out, 100 of 1,000" in said
    )
    assert total(open_area("a", home)) == pytest.approx(200, abs=1)
    figures = tmp_path / "new.csv"
    figures.write_text("deso;folkmängd\n0180A0001;110\n0180A0002;2000\n", encoding="utf-8")
    assert main(["statistics", "a", "--file", str(figures), "--lang", "en"]) == 0
    said = capsys.readouterr().err
    assert "90% of its people are left out, 200 of 2,000 are counted" in said
    again = open_area("a", home)
    assert total(again) == pytest.approx(310, abs=2)
    assert len(again.notices) == 1


def test_figures_with_outlines_are_cut_at_the_boundary(tmp_path: Path) -> None:
    area = made(tmp_path)
    shapes = (box(0, 500), box(500, 5500), box(7000, 8000))
    outlines = people(tmp_path, *shapes, name="deso")
    figures = tmp_path / "new.csv"
    rows = zip(CODES, (100, 1000, 9000), strict=False)
    text = "".join(f"{code};{count}\n" for code, count in rows)
    figures.write_text("deso;folkmängd\n" + text, encoding="utf-8")
    added = add_statistics(area, Ask(file=figures, outlines=outlines))
    assert added.totals["all"] == pytest.approx(200, abs=1)
    assert total(added.area) == pytest.approx(200, abs=1)
    assert [told.reason for told in added.left_out] == ["outside_boundary"]
    assert [told.reason for told in added.notices] == ["across_surface"]


@pytest.mark.parametrize(
    "text",
    [
        "Deso;Folkmängd;0-4 år\n180A0001;100;12\n180A0002;1000;40\n",
        "region;Folkmängd;0-4 år\n0180A0001;100;12\n0180A0002;1000;40\n",
    ],
)
def test_figures_meet_outlines_though_a_zero_is_lost_or_codes_stand_under_region(
    tmp_path: Path, text: str
) -> None:
    shapes = (box(0, 500), box(500, 1000))
    outlines = people(tmp_path, *shapes, name="outlines", namn=["Norr", "Söder"])
    figures = tmp_path / "figures.csv"
    figures.write_text(text, encoding="utf-8")
    added = add_statistics(made(tmp_path), Ask(file=figures, outlines=outlines))
    assert added.totals == {"all": 1100, "children_0_4": 52}


def test_codes_that_do_not_join_are_named_from_each_side(tmp_path: Path) -> None:
    outlines = people(tmp_path, box(0, 500), name="outlines")
    figures = tmp_path / "figures.csv"
    figures.write_text("deso;Folkmängd\n0127A0010;100\n", encoding="utf-8")
    with refused("no_outlines") as found:
        add_statistics(made(tmp_path), Ask(file=figures, outlines=outlines))
    said = found.value.message("en")
    assert "0127A0010" in said
    assert "0180A0001" in said


def test_a_file_of_elsewhere_is_refused_with_how_far(tmp_path: Path) -> None:
    file = people(tmp_path, box(11_000, 12_000), folkmangd=[9000])
    with refused("people_outside") as found:
        made(tmp_path, people=(file,))
    assert found.value.values["count"] == 1
    assert found.value.values["found"] == pytest.approx(10, abs=0.1)


def test_a_boundary_given_later_leaves_out_who_lives_beyond(tmp_path: Path) -> None:
    file = people(tmp_path, box(0, 500), box(500, 1000), folkmangd=[100, 1000])
    area = made(tmp_path, stated=False, people=(file,))
    edge = written(tmp_path, "west", [box(-10, 500)])
    west = build("a", "", Inputs(boundary=edge), earlier=area)
    assert 100 <= total(west) <= 250  # who stands on the street along the border stays
    assert west.left_out[0][1].reason == "outside_boundary"


def test_districts_are_no_boundary_and_far_ones_are_left_out(tmp_path: Path) -> None:
    shapes = [box(0, 500), *(box(9000 + 10 * n, 9010 + 10 * n) for n in range(307))]
    names = ["Byn", *(f"Kommun {n}" for n in range(307))]
    districts = written(tmp_path, "districts", shapes, namn=names)
    file = people(tmp_path, box(0, 500), box(500, 1000), folkmangd=[100, 1000])
    area = made(tmp_path, stated=False, people=(file,), districts=districts)
    assert total(area) == 1100
    assert list(area.districts["name"]) == ["Byn"]
    assert area.metric_boundary.area == pytest.approx(500_000, rel=0.01)
    [(_, told)] = area.left_out
    assert told.values == {"count": 307, "of": 308, "kept": "Byn"}


def test_a_stated_column_names_the_districts(tmp_path: Path) -> None:
    shapes = [box(0, 500), box(500, 1000)]
    districts = written(tmp_path, "districts", shapes, grunnkretsnavn=["Nord", "Sør"])
    area = made(tmp_path, districts=districts, columns={"name": "grunnkretsnavn"})
    assert list(area.districts["name"]) == ["Nord", "Sør"]
    file = people(tmp_path, *shapes, folkmangd=[100, 1000])
    area = made(tmp_path, districts=districts, people=(file,), columns={"name": "grunnkretsnavn"})
    assert list(area.districts["name"]) == ["Nord", "Sør"]
    assert total(area) == 1100


def test_a_coordinate_system_of_a_part_there_is_none_of_is_refused(tmp_path: Path) -> None:
    with refused("bad_option") as found:
        made(tmp_path, crs={"places": "EPSG:3067"})
    assert "--crs places=" in found.value.message("en")


def test_woods_without_paths_do_not_cut_a_statistical_area(tmp_path: Path) -> None:
    # Two thirds of the second lie in a forest; its houses, and its paths, are all here.
    file = people(tmp_path, box(0, 500), box(500, 2000), folkmangd=[1000, 900])
    area = made(tmp_path, stated=False, people=(file,))
    assert total(area) == 1900
    assert not area.notices


def test_notices_survive_a_save_and_stand_in_the_areas_json(
    tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = people(tmp_path, box(0, 500), box(500, 5500), folkmangd=[100, 1000])
    area = made(tmp_path, people=(file,))
    save_area(area, home)
    assert open_area("a", home).notices == area.notices
    capsys.readouterr()
    assert main(["area", "show", "a", "--json", "--lang", "en"]) == 0
    [told] = json.loads(capsys.readouterr().out)["notices"]
    assert told["file"] == "people.geojson"
    assert told["reason"].startswith("0180A0002 lies across the boundary")


@pytest.mark.shared
@pytest.mark.parametrize("stated", [True, False])
def test_hasselby_vallingby_keeps_all_its_residents(shared_data: Path, stated: bool) -> None:
    folder = shared_data / "hasselby-vallingby"
    districts = folder / "stadsdelar.geojson"
    inputs = Inputs(
        lines=folder / "walk_lines.geojson.gz",
        people=(folder / "deso2025.geojson",),
        districts=districts,
        boundary=districts if stated else None,
    )
    area = build("hv", "HV", inputs)
    assert np.allclose([total(area), total(area, "children_0_4")], [76_322, 3_828])
    assert not area.notices


def test_counts_per_address_are_people_at_their_doors_and_small_ones_are_hidden(
    tmp_path: Path,
) -> None:
    """What a municipality buys from Statistics Sweden: counts per address; ".." is unknown."""
    file = tmp_path / "adresser.csv"
    doors = [
        ("Provgatan 1", 0, 40, 2), ("Provgatan 2", 600, 7, 3), ("Provgatan 3", 50, "..", ".."),
    ]  # fmt: skip
    rows = [f"{door};{NORTH:.0f};{EAST + at:.0f};{all};{few}" for door, at, all, few in doors]
    file.write_text("\n".join(["adress;N;E;bef;ald0_4", *rows]) + "\n", "utf-8")
    preschool = tmp_path / "preschools.csv"
    preschool.write_text(f"namn;N;E\nEken;{NORTH:.0f};{EAST:.0f}\n", "utf-8")
    area = made(tmp_path, people=(file,), places=(("preschool", preschool),))
    assert not area.people["estimated"].any()
    assert (total(area), total(area, "children_0_4")) == (47, 5)
    assert [(row.row, row.reason, row.values["found"]) for _, row in area.left_out] == [
        (4, "unknown", "..")
    ] * 2
    assert placed_words(area, "all", "sv") == text("spread.all_counted", "sv")
    answer = gap(area, kind="preschool", limit_m=400, group="children_0_4")
    assert (answer.people, answer.beyond) == (5, 3)
    assert headline(answer, "sv").startswith("Färre än 5 av 5 barn 0–4 år ")


def test_grid_squares_of_250_metres_are_people_spread_within_each(tmp_path: Path) -> None:
    file = tmp_path / "rutor.csv"
    corner = [(0, 0, 12), (250, 0, ".."), (5000, 0, 900)]
    rows = [f"{EAST + x:.0f}{NORTH + y:.0f};{count}" for x, y, count in corner]
    file.write_text("\n".join(["Ruta;bef", *rows]) + "\n", "utf-8")
    area = made(tmp_path, people=(file,))
    assert total(area) == 12 and area.people["estimated"].all()
    known = area.people[area.people["all"] > 0].to_crs(SWEREF99_TM)
    assert box(-1, 251, -1, 251).covers(known.geometry.union_all())
    assert [told.values["people"] for _, told in area.left_out if told.row == 0] == [900]
