"""Files as publishers of several countries write them: one row counts per area, ages add up to our
groups exactly, short names, grids and protected counts are known.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.area.provenance import LeftOut
from geo.sources.statistics.age_columns import ages, columns_of_ages
from geo.sources.statistics.files import read_figures, read_units
from geo.sources.statistics.grids import read_square
from geo.types import SWEREF99_TM, WGS84
from tests.refusals import refused


def box(x: float, y: float = 0, width: float = 1000, height: float = 1000) -> shapely.Polygon:
    return shapely.box(662_000 + x, 6_583_000 + y, 662_000 + x + width, 6_583_000 + y + height)


def file(folder: Path, shapes: list[shapely.Geometry], **columns: object) -> Path:
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=SWEREF99_TM).to_crs(WGS84)
    path = folder / "people.geojson"
    path.write_text(frame.to_json(drop_id=True), encoding="utf-8")
    return path


def table(folder: Path, text: str) -> Path:
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


def reasons(notices: tuple[LeftOut, ...]) -> list[str]:
    return [each.reason for each in notices]


@pytest.mark.parametrize("column", ["ar", "År", "statistikkår", "referenstid", "vuosi"])
def test_of_several_years_the_newest_is_counted_and_told(tmp_path: Path, column: str) -> None:
    years = [2023, 2024, 2025] * 2
    shapes = [box(0)] * 3 + [box(1000)] * 3
    codes = ["0180A0001"] * 3 + ["0180A0002"] * 3
    columns = {"deso": codes, column: years, "folkmangd": [90, 95, 100, 30, 35, 40]}
    units = read_units(file(tmp_path, shapes, **columns))
    assert dict(zip(units.frame["unit"], units.frame["all"], strict=True)) == {
        "0180A0001": 100,
        "0180A0002": 40,
    }
    assert reasons(units.notices) == ["newest_year"]
    assert units.notices[0].values == {"year": "2025", "others": "2023, 2024", "column": column}


def test_men_and_women_are_not_added_to_both(tmp_path: Path) -> None:
    shapes, sexes = [box(0)] * 3, ["män", "kvinnor", "totalt"]
    units = read_units(file(tmp_path, shapes, deso=["0180A0001"] * 3, kön=sexes, pop=[4, 5, 9]))
    assert units.frame["all"].tolist() == [9]
    assert reasons(units.notices) == ["both_sexes"]
    only = file(tmp_path, shapes[:2], deso=["0180A0001"] * 2, kön=sexes[:2], pop=[4, 5])
    with refused("long_format"):
        read_units(only)


def test_several_rows_of_one_area_are_refused_and_copies_are_one(tmp_path: Path) -> None:
    shapes, codes = [box(0), box(0), box(1000)], ["0180A0001", "0180A0001", "0180A0002"]
    with refused("long_format") as caught:
        read_units(file(tmp_path, shapes, deso=codes, klass=["a", "b", "a"], pop=[4, 5, 9]))
    assert "rows 1 and 2 are of the same ground" in caught.value.message("en")
    units = read_units(file(tmp_path, shapes, pop=[4, 4, 9]))
    assert units.frame["all"].sum() == 13


def test_of_two_levels_the_finer_is_counted(tmp_path: Path) -> None:
    shapes = [box(0), box(1000), box(0, 0, 2000)]
    codes = ["0180A0001", "0180A0002", "0180R001"]
    units = read_units(file(tmp_path, shapes, kod=codes, pop=[100, 1000, 1100]))
    assert units.frame["unit"].tolist() == codes[:2]
    assert units.frame["all"].sum() == 1100
    assert units.notices[0].values == {"count": 1, "found": "0180R001"}
    with refused("long_format") as caught:  # only one of the two that make the larger
        read_units(file(tmp_path, [shapes[0], shapes[2]], kod=codes[::2], pop=[100, 1100]))
    assert "lie over each other" in caught.value.message("en")


def test_neighbours_with_simplified_outlines_are_no_levels(tmp_path: Path) -> None:
    shapes = [box(0), box(980), box(1960)]
    units = read_units(file(tmp_path, shapes, pop=[1, 2, 3]))
    assert units.frame["all"].tolist() == [1, 2, 3]
    assert not units.notices


def test_single_years_of_age_make_our_groups_exactly(tmp_path: Path) -> None:
    columns = {f"alder_{age}": [10, 20] for age in range(10)}
    codes = ["0180A0001", "0180A0002"]
    units = read_units(file(tmp_path, [box(0), box(1000)], deso=codes, **columns))
    sums = {group: units.frame[group].sum() for group in ("children_0_4", "children_5_9")}
    assert sums == {"children_0_4": 150, "children_5_9": 150}
    assert units.frame["children_1_5"].tolist() == [50, 100]
    assert not units.estimated_groups
    assert units.columns["children_1_5"] == "alder_1 + alder_2 + alder_3 + alder_4 + alder_5"


def test_an_unknown_year_of_age_leaves_its_group_unknown(tmp_path: Path) -> None:
    columns: dict[str, object] = {f"{age} år": [10, 20] for age in range(5)}
    columns["3 år"] = [10, None]
    units = read_units(file(tmp_path, [box(0), box(1000)], pop=[60, 90], **columns))
    assert units.frame["children_0_4"].iloc[0] == 50
    assert np.isnan(units.frame["children_0_4"].iloc[1])


@pytest.mark.parametrize(
    ("columns", "young", "older"),
    [
        (["ald0_4", "ald5_9", "ald10_14"], "ald0_4", "ald5_9"),
        (["ald0_5", "ald5_10", "ald10_15", "ald100w"], "ald0_5", "ald5_10"),
        (["bef0Til04År", "bef05Til09År"], "bef0Til04År", "bef05Til09År"),
        (
            ["befolkning0Til04Aar", "befolkning05Til09Aar", "befolkning90AarOgOver"],
            "befolkning0Til04Aar", "befolkning05Til09Aar",
        ),
        (["0-4 år 2023", "0-4 år 2024", "5-9 år 2024"], "0-4 år 2024", "5-9 år 2024"),
        (["Alter_0_4", "Alter_5_9"], "Alter_0_4", "Alter_5_9"),
    ],
)  # fmt: skip
def test_classes_of_age_are_known_by_their_names(
    columns: list[str], young: str, older: str
) -> None:
    made = columns_of_ages(columns)
    assert (made["children_0_4"], made["children_5_9"]) == ((young,), (older,))
    assert "children_1_5" not in made


@pytest.mark.parametrize(
    "columns", [["IKA0_9"], ["Ald0_6", "Ald7_15"], ["1", "2", "3"], ["m0_4", "f0_4"], ["pop_2025"]]
)
def test_other_classes_make_none_of_our_groups(columns: list[str]) -> None:
    assert columns_of_ages(columns) == {}


def test_ages_of_sexes_are_not_taken_for_ages() -> None:
    assert ages("f0_4") is None


@pytest.mark.parametrize(
    "column",
    [
        "bef", "beftotalt", "total_population", "totalBefolkning", "popTot", "pop_tot", "folketal",
        "indbyggere", "vaesto", "ASUKKAITA", "Einwohner", "innbyggere", "2025",
    ],
)  # fmt: skip
def test_short_names_of_neighbours_are_known(tmp_path: Path, column: str) -> None:
    units = read_units(file(tmp_path, [box(0), box(1000)], **{column: [7, 8]}))
    assert units.frame["all"].tolist() == [7, 8]


GRIDS = {
    "rutid_scb;beftotalt;ald0_4\n6620006583000;7;2\n6630006583000;8;..\n": (17.857, 59.360, 1000),
    "Ruta;bef\n6622506583250;7\n6625006583500;8\n": (17.861, 59.362, 250),
    "rutid_scb;rutstorl;bef\n6620006583000;250;7\n6630006583000;250;8\n": (17.857, 59.360, 250),
    "rutid_inspire;beftotalt\nSE_CRS3006RES1000mN6583000E662000;15\n": (17.857, 59.360, 1000),
    "ssbid250m;pop_tot\n22620006649000;15\n": (10.728, 59.911, 250),
    "grd_id;vaesto\n1kmN6675E0386;15\n": (24.944, 60.199, 1000),
    "KN1kmDK;folketal\n1km_6175_724;15\n": (12.560, 55.666, 1000),
    "GITTER_ID_100m;Einwohner\nCRS3035RES100mN3273000E4552000;15\n": (13.404, 52.524, 100),
}


@pytest.mark.parametrize(("text", "where"), GRIDS.items(), ids=[text[:12] for text in GRIDS])
def test_grids_without_shapes_are_squares_by_their_ids(
    tmp_path: Path, text: str, where: tuple[float, float, float]
) -> None:
    units = read_units(table(tmp_path, text))
    assert units.frame["all"].sum() == 15
    assert set(units.frame.geom_type) == {"Polygon"}
    assert units.columns["unit"] == text.partition(";")[0]
    lon, lat, size = where
    west, south, east, north = units.frame.to_crs("EPSG:3857").total_bounds
    first = units.frame.geometry.iloc[0].bounds
    assert first[:2] == pytest.approx((lon, lat), abs=0.02)
    metric = units.frame.to_crs(units.frame.estimate_utm_crs())
    assert float(metric.area.iloc[0]) == pytest.approx(size**2, rel=0.01)
    assert west < east and south < north


def test_what_is_no_square_is_none() -> None:
    assert read_square("0180A0001") is None
    assert read_square("1234567890") is None


def test_protected_counts_are_unknown_and_not_people(tmp_path: Path) -> None:
    finland = table(tmp_path, "grd_id;vaesto;ika_0_14\n1kmN6675E0386;15;3\n1kmN6676E0386;-1;-1\n")
    units = read_units(finland, columns={"children_0_4": "ika_0_14"})
    assert units.frame["all"].tolist()[0] == 15
    assert np.isnan(units.frame["all"].iloc[1])
    assert [each.values["found"] for each in units.notices] == ["-1", "-1"]
    helsinki = {"INDEX": [1, 2], "ASUKKAITA": [99, 20], "ASVALJYYS": [30, 40], "IKA0_9": [99, 4]}
    units = read_units(
        file(tmp_path, [box(0), box(1000)], **helsinki), columns={"children_0_4": "IKA0_9"}
    )
    assert units.frame["all"].tolist() == [99, 20]
    assert np.isnan(units.frame["children_0_4"].iloc[0])
    assert units.frame["children_0_4"].iloc[1] == 4


def test_ninety_nine_children_elsewhere_are_ninety_nine(tmp_path: Path) -> None:
    units = read_units(file(tmp_path, [box(0)], pop=[500], age0_4=[99]))
    assert units.frame["children_0_4"].tolist() == [99]


@pytest.mark.parametrize(
    "text",
    [
        "Deso;Folkmängd;0-4 år\n180A0001;100;12\n180A0002;1000;40\n",
        "region;Folkmängd;0-4 år\n0180A0001;100;12\n0180A0002;1000;40\n",
        "område;Folkmängd;0-4 år\n0180A0001 Norra;100;12\n0180A0002 Södra;1000;40\n",
        "xyz;Folkmängd;0-4 år\nNorra (0180A0001);100;12\nSödra (0180A0002);1000;40\n",
        "deso;2023;2024;0-4 år\n0180A0001;90;100;12\n0180A0002;900;1000;40\n",
        "deso;år;Folkmängd;0-4 år\n0180A0001;2023;1;1\n0180A0001;2024;100;12\n"
        "0180A0002;2023;1;1\n0180A0002;2024;1000;40\n",
    ],
)
def test_codes_join_however_they_are_written(tmp_path: Path, text: str) -> None:
    figures = read_figures(table(tmp_path, text))
    assert figures.frame["code"].tolist() == ["0180A0001", "0180A0002"]
    assert figures.frame["all"].tolist() == [100, 1000]
    assert figures.frame["children_0_4"].tolist() == [12, 40]


def test_an_area_on_several_rows_of_a_table_is_refused_unless_they_say_the_same(
    tmp_path: Path,
) -> None:
    text = "deso;Folkmängd\n0180A0001;100\n0180A0001;{}\n0180A0002;1000\n"
    with refused("long_format"):
        read_figures(table(tmp_path, text.format(40)))
    assert read_figures(table(tmp_path, text.format(100))).frame["all"].tolist() == [100, 1000]


def test_a_restored_zero_is_told(tmp_path: Path) -> None:
    text = "Deso;Folkmängd\n180A0001;100\n180A0002;1000\n"
    [told] = read_figures(table(tmp_path, text)).sources[0].notices
    assert told == LeftOut(
        0, "zero_restored", {"count": 2, "found": "180A0001", "code": "0180A0001"}
    )


def test_a_table_without_codes_says_what_stands_there(tmp_path: Path) -> None:
    with refused("no_codes") as caught:
        read_figures(table(tmp_path, "deso;Folkmängd\nabc;100\nabd;1000\n"))
    assert "“abc”" in caught.value.message("en")
    assert "0180A0001" in caught.value.message("en") or "0180R001" in caught.value.message("en")


def test_in_statistics_swedens_tables_a_line_is_nobody_and_points_are_unknown(
    tmp_path: Path,
) -> None:
    long = "region,ålder,Folkmängd 2024\n0180A0001,totalt,50\n0180A0001,0-4 år,-\n"
    long += "0180A0002,totalt,60\n0180A0002,0-4 år,..\n"
    wide = "region;Folkmängd;0-4 år\n0180A0001;50;-\n0180A0002;60;..\n"
    for text in (long, wide):
        figures = read_figures(table(tmp_path, text))
        assert figures.frame["children_0_4"].iloc[0] == 0
        assert np.isnan(figures.frame["children_0_4"].iloc[1])
