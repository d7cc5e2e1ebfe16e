"""Statistical areas: which columns hold which people, and figures that are unknown or wrong."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.area.provenance import LeftOut
from geo.errors import FileFormat, InputError
from geo.sources.statistics.files import read_districts, read_units
from tests.refusals import refused


def square(at: int = 0) -> dict[str, object]:
    x, y = 17.80 + at / 100, 59.36
    ring = [[x, y], [x + 0.01, y], [x + 0.01, y + 0.01], [x, y + 0.01], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def areas(folder: Path, *rows: dict[str, object], geometry: object = "square") -> Path:
    features = [
        {
            "type": "Feature",
            "properties": row,
            "geometry": square(at) if geometry == "square" else geometry,
        }
        for at, row in enumerate(rows)
    ]
    path = folder / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


@pytest.mark.parametrize(
    ("column", "group"),
    [
        ("pop_2025", "all"),
        ("Folkmängd", "all"),
        ("Befolkning 2027", "all"),
        ("Ålder 0-4", "children_0_4"),
        ("age0_4", "children_0_4"),
        ("0–4 år", "children_0_4"),
        ("UTLÄNDSK BAKGRUND", "foreign_background"),
        ("utrikes_fodda", "born_abroad"),
        ("Vistelsetid 0–5 år", "up_to_five_years"),
        ("vistelsetid_0_4", "up_to_five_years"),
    ],
)
def test_columns_are_known_by_many_names(tmp_path: Path, column: str, group: str) -> None:
    units = read_units(areas(tmp_path, {"deso": "A", column: 12}, {"deso": "B", column: 8}))
    assert units.columns == {group: column, "unit": "deso"}
    assert units.frame[group].tolist() == [12.0, 8.0]
    assert units.frame["unit"].tolist() == ["A", "B"]
    assert units.frame.index.tolist() == [1, 2]


def test_a_share_becomes_an_estimated_count(tmp_path: Path) -> None:
    path = areas(
        tmp_path,
        {"pop": 200, "foreign_background_pct_2025": 25.5},
        {"pop": 100, "foreign_background_pct_2025": 0},
    )
    units = read_units(path)
    assert units.frame["foreign_background"].tolist() == [51.0, 0.0]
    assert units.estimated_groups == ("foreign_background",)
    assert units.columns["foreign_background"] == "foreign_background_pct_2025 % of pop"


def test_a_stated_share_up_to_one_is_a_fraction(tmp_path: Path) -> None:
    path = areas(tmp_path, {"pop": 200, "andel": 0.25}, {"pop": 100, "andel": 1})
    units = read_units(path, columns={"born_abroad": "andel"})
    assert units.frame["born_abroad"].tolist() == [50.0, 100.0]


def test_a_share_above_a_hundred_is_refused(tmp_path: Path) -> None:
    path = areas(tmp_path, {"pop": 200, "born_abroad_pct": 125})
    with refused("not_a_number") as caught:
        read_units(path)
    assert caught.value.values["found"] == "125"


def test_a_stated_column_wins_over_the_guess(tmp_path: Path) -> None:
    path = areas(tmp_path, {"pop": 5, "vuxna": 3, "kvarter": "Norr", "nr": "7"})
    units = read_units(path, columns={"all": "Vuxna", "unit": "nr", "name": "kvarter"})
    assert units.frame.drop(columns="geometry").to_numpy().tolist() == [["7", "Norr", 3.0]]
    assert units.columns == {"all": "vuxna", "unit": "nr", "name": "kvarter"}


@pytest.mark.parametrize("group", ["children_0_5", "newcomers", "alla"])
def test_a_group_that_is_not_of_residents_is_refused(tmp_path: Path, group: str) -> None:
    with refused("unknown_group"):
        read_units(areas(tmp_path, {"pop": 5}), columns={group: "pop"})


def test_a_stated_column_that_is_not_there_is_refused_with_an_example(tmp_path: Path) -> None:
    with refused("column_missing") as caught:
        read_units(areas(tmp_path, {"deso": "A", "pop": 5}), columns={"children_0_4": "barn"})
    values = caught.value.values
    assert values["wanted"] == "children_0_4"
    assert values["columns"] == "deso, pop"
    assert values["example"] == "children_0_4=deso"


def test_a_negative_count_is_named_by_row_and_column(tmp_path: Path) -> None:
    path = areas(tmp_path, {"pop": 5, "age0_4": 1}, {"pop": 5, "age0_4": -3})
    with refused("negative_count") as caught:
        read_units(path)
    found = caught.value.values
    assert (found["row"], found["column"], found["found"]) == (2, "age0_4", "-3")


def test_text_where_a_count_belongs_is_named_by_row_and_column(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("lat,lon,pop\n59.3,17.8,12\n59.3,17.8,många\n", encoding="utf-8")
    with refused("not_a_number") as caught:
        read_units(path)
    found = caught.value.values
    assert (found["row"], found["column"], found["found"]) == (3, "pop", "många")


@pytest.mark.parametrize("word", ["..", ".", "-", "uppgift saknas", "<5", "Uppgift saknas ", "–"])
def test_words_for_unknown_are_unknown_and_listed(tmp_path: Path, word: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"lat;lon;pop;age0_4\n59,3;17,8;1 204;{word}\n59,3;17,8;7;\n", encoding="utf-8")
    units = read_units(path)
    assert units.frame["all"].tolist() == [1204.0, 7.0]
    assert np.isnan(units.frame["children_0_4"]).all()
    assert units.left_out == (LeftOut(2, "unknown", {"found": word.strip(), "column": "age0_4"}),)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"deso": "A"}],
        [{"pop": 0}, {"pop": 0}],
        [{"pop": None}],
        [{"pop": ".."}],
    ],
)
def test_a_file_without_people_is_refused(tmp_path: Path, rows: list[dict[str, object]]) -> None:
    with refused("no_people") as caught:
        read_units(areas(tmp_path, *rows))
    assert caught.value.values["columns"]


def test_the_pieces_of_an_area_do_not_count_its_people_again(tmp_path: Path) -> None:
    rows = [{"deso": f"D{at}", "pop": 10} for at in range(12)]
    path = areas(tmp_path, *rows, {"deso": "D3", "pop": 10})
    units = read_units(path)
    assert units.frame["all"].sum() == 120
    assert units.left_out == (LeftOut(13, "duplicate_id", {"found": "D3"}),)


def test_a_code_that_does_not_tell_areas_apart_is_not_their_id(tmp_path: Path) -> None:
    rows = [{"regso": "R1", "deso": f"D{at}", "pop": 1} for at in range(4)]
    assert read_units(areas(tmp_path, *rows)).columns["unit"] == "deso"
    rows = [{"regso": "R1", "pop": 1} for _ in range(4)]
    units = read_units(areas(tmp_path, *rows))
    assert "unit" not in units.columns
    assert units.frame["unit"].tolist() == ["1", "2", "3", "4"]


def test_an_area_without_outline_is_listed(tmp_path: Path) -> None:
    path = areas(tmp_path, {"deso": "A", "pop": 1}, {"deso": "B", "pop": 1})
    content = json.loads(path.read_text())
    content["features"][0]["geometry"] = None
    path.write_text(json.dumps(content))
    units = read_units(path)
    assert units.frame["unit"].tolist() == ["B"]
    assert units.left_out == (LeftOut(1, "no_geometry"),)
    assert units.rows == 2


def test_an_outline_that_crosses_itself_is_mended(tmp_path: Path) -> None:
    bow = [[17.80, 59.36], [17.82, 59.38], [17.82, 59.36], [17.80, 59.38], [17.80, 59.36]]
    path = areas(tmp_path, {"pop": 1}, geometry={"type": "Polygon", "coordinates": [bow]})
    assert read_units(path).frame.geometry.is_valid.all()


def test_names_in_capitals_are_shown_as_names_are_written(tmp_path: Path) -> None:
    path = areas(tmp_path, {"stadsdel": "HÄSSELBY GÅRD"}, {"stadsdel": "ÖSTRA ÄNG-BY"})
    assert read_districts(path)["name"].tolist() == ["Hässelby Gård", "Östra Äng-By"]
    path = areas(tmp_path, {"stadsdel": "HÄSSELBY GÅRD"}, {"stadsdel": "Vinsta"})
    assert read_districts(path)["name"].tolist() == ["HÄSSELBY GÅRD", "Vinsta"]


def test_pieces_of_one_district_become_one(tmp_path: Path) -> None:
    path = areas(tmp_path, {"namn": "Norr"}, {"namn": "Syd"}, {"namn": "Norr"})
    districts = read_districts(path)
    assert districts["name"].tolist() == ["Norr", "Syd"]
    assert districts.geometry.iloc[0].geom_type == "MultiPolygon"


def test_districts_need_names_and_areas(tmp_path: Path) -> None:
    with refused("column_missing"):
        read_districts(areas(tmp_path, {"nummer": 3}))
    assert read_districts(areas(tmp_path, {"nummer": 3}), name_column="nummer")["name"][0] == "3"
    point = {"type": "Point", "coordinates": [17.8, 59.3]}
    with pytest.raises(FileFormat) as caught:
        read_districts(areas(tmp_path, {"name": "A"}, geometry=point))
    assert "inga ytor" in caught.value.message("sv")


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["pop", "age0_4", "deso", "born_abroad_pct", "name", "x"]),
            st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
        ),
        max_size=4,
    ),
    st.sampled_from([".geojson", ".csv"]),
)
def test_any_cells_give_units_or_one_of_our_errors(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, object]], ending: str
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    path = areas(folder, *rows)
    if ending == ".csv":
        path = folder / "a.csv"
        lines = ["lat;lon;pop;age0_4", *(f"59;17;{r.get('pop')};{r.get('age0_4')}" for r in rows)]
        path.write_text("\n".join(lines), encoding="utf-8", errors="replace")
    try:
        units = read_units(path)
    except InputError as error:
        assert error.message("sv")
    else:
        assert np.nansum(units.frame.select_dtypes("number").to_numpy()) > 0


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "rows", "people", "small"),
    [
        ("hasselby-vallingby/deso2025.geojson", 42, 76_322, 3_828),
        ("haninge/regso2025.geojson", 25, 95_485, 5_660),
        ("haninge/deso2025_partial.geojson", 30, 57_492, 3_550),
    ],
)
def test_real_statistics_keep_their_totals(
    shared_data: Path, name: str, rows: int, people: int, small: int
) -> None:
    units = read_units(shared_data / name)
    assert (len(units.frame), units.left_out) == (rows, ())
    assert units.frame["all"].sum() == people
    assert units.frame["children_0_4"].sum() == small
    assert units.frame["unit"].is_unique


@pytest.mark.shared
def test_real_districts_are_named_as_people_write_them(shared_data: Path) -> None:
    districts = read_districts(shared_data / "hasselby-vallingby" / "stadsdelar.geojson")
    assert len(districts) == 9
    assert {"Hässelby Gård", "Råcksta", "Nälsta"} <= set(districts["name"])
