"""Figures of statistical areas in downloaded files: what can be read in one way is, the rest is
refused with row and column.
"""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from openpyxl import Workbook

from geo.sources.statistics.files import read_figures
from tests.refusals import refused

LONG = """"region","födelseregion","kön","Antal 2022","Antal 2023"
"Haninge (Gudö)","Sverige","totalt",3264,3251
"Haninge (Gudö)","totalt","totalt",3643,3652
"Haninge (Jordbro norra)","Sverige","totalt",1616,..
"Haninge (Jordbro norra)","totalt","totalt",4254,4533
"""


def file(folder: Path, text: str, name: str = "scb.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8-sig")
    return path


def test_the_long_format_is_turned_and_born_abroad_is_what_is_left(tmp_path: Path) -> None:
    figures = read_figures(file(tmp_path, LONG))
    assert (figures.level, figures.vintage, figures.year) == ("regso", "2020", 2023)
    assert figures.frame["name"].tolist() == ["Gudö", "Jordbro norra"]
    assert figures.frame["town"].tolist() == ["Haninge", "Haninge"]
    assert figures.frame.index.tolist() == [2, 4]
    assert figures.frame["all"].tolist() == [3652, 4533]
    assert figures.frame["born_abroad"].iloc[0] == 401
    assert math.isnan(figures.frame["born_abroad"].iloc[1])
    assert [(row.row, row.reason) for row in figures.left_out] == [(4, "unknown")]
    assert figures.sources[0].columns == {
        "all": "Antal 2023 (totalt)",
        "born_abroad": "Antal 2023 (totalt) − Antal 2023 (Sverige)",
        "unit": "region",
    }


def test_another_year_of_the_file_can_be_chosen(tmp_path: Path) -> None:
    figures = read_figures(file(tmp_path, LONG), year=2022)
    assert figures.year == 2022
    assert figures.frame["born_abroad"].tolist() == [379, 2638]
    with refused("long_format") as caught:
        read_figures(file(tmp_path, LONG), year=1999)
    assert "2022, 2023" in caught.value.message("en")


def test_a_count_by_age_with_codes_of_2025(tmp_path: Path) -> None:
    rows = [
        ("region;ålder;kön;år;Folkmängd"),
        ("0127A0010_DeSO2025;0-4 år;totalt;2025;75"),
        ("0127A0010_DeSO2025;5–9 år;totalt;2025;83"),
        ("0127A0010_DeSO2025;80+ år;totalt;2025;50"),
        ("0127A0010_DeSO2025;totalt;totalt;2025;1 500"),
        ("0127A0010_DeSO2025;totalt;totalt;2024;1 495"),
        ("0127A0010_DeSO2025;totalt;män;2025;741"),
    ]
    figures = read_figures(file(tmp_path, "\n".join(rows)))
    assert (figures.level, figures.vintage, figures.year) == ("deso", "2025", 2025)
    row = figures.frame.iloc[0]
    assert (row["code"], row["all"], row["children_0_4"], row["children_5_9"]) == (
        "0127A0010", 1500, 75, 83,
    )  # fmt: skip


def test_parts_that_do_not_make_the_total_pass_through(tmp_path: Path) -> None:
    rows = [
        "region,utländsk/svensk bakgrund,Antal 2025",
        "0127R001_RegSO2025,utländsk bakgrund,702",
        "0127R001_RegSO2025,svensk bakgrund,803",
        "0127R001_RegSO2025,totalt,1500",
    ]
    figures = read_figures(file(tmp_path, "\n".join(rows)))
    assert figures.frame[["all", "foreign_background"]].to_numpy().tolist() == [[1500, 702]]
    assert "born_abroad" not in figures.frame


def test_published_parts_of_the_world_are_added_and_not_taken_from_the_total(
    tmp_path: Path,
) -> None:
    rows = [
        "region,födelseregion,Antal 2025",
        "0127A0010,Sverige,750",
        "0127A0010,Europa utom Sverige,300",
        "0127A0010,övriga världen,376",
        "0127A0010,totalt,1502",
    ]
    figures = read_figures(file(tmp_path, "\n".join(rows)))
    assert figures.frame["born_abroad"].tolist() == [676]


def test_a_part_larger_than_its_whole_leaves_the_rest_unknown(tmp_path: Path) -> None:
    rows = [
        "region,födelseregion,Antal 2025",
        "0127A0010,Sverige,752",
        "0127A0010,totalt,750",
    ]
    figures = read_figures(file(tmp_path, "\n".join(rows)))
    assert math.isnan(figures.frame["born_abroad"].iloc[0])
    assert figures.left_out[-1].values["found"] == "-2"


def test_a_column_a_class_and_year_is_read_by_its_words(tmp_path: Path) -> None:
    rows = [
        "kommun,regso_name,Antal 2022 Sverige,Antal 2022 totalt,Antal 2023 Sverige,"
        "Antal 2023 totalt,utrikes_fodda_pct_2023",
        "Haninge,Gudö,3264.0,3643.0,3251.0,3652.0,11.0",
    ]
    figures = read_figures(file(tmp_path, "\n".join(rows)))
    assert figures.frame[["all", "born_abroad"]].to_numpy().tolist() == [[3652, 401]]
    assert (figures.year, figures.vintage) == (2023, "2020")


def test_an_excel_file_with_a_title_above_reads_as_the_csv(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["Folkmängd efter region, födelseregion och kön. År 2022-2023"])
    sheet.append([])
    for line in LONG.replace('"', "").splitlines():
        sheet.append([int(c) if c.isdigit() else c for c in line.split(",")])
    path = tmp_path / "scb.xlsx"
    book.save(path)
    figures = read_figures(path)
    assert figures.frame["all"].tolist() == [3652, 4533]
    assert figures.frame["born_abroad"].iloc[0] == 401


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (
            ["region,ålder,kön,Antal 2025", "0127A0010,0-4 år,män,4", "0127A0010,0-4 år,kvinnor,5"],
            ["row 2", "“kön”", "“män”"],
        ),
        (
            ["region,ålder,Antal 2025", "0127A0010,0-4 år,40", "0127A0010,0-4 år,41"],
            ["row 3", "“Antal 2025”", "0127A0010"],
        ),
        (
            ["region,ålder,Antal 2025,Folkmängd 2025", "0127A0010,0-4 år,40,41"],
            ["Antal 2025, Folkmängd 2025"],
        ),
        (["region,ålder,Antal 2025", "0127A0010,80+ år,40"], ["ålder"]),
    ],
)  # fmt: skip
def test_what_can_be_read_in_several_ways_is_refused_where_it_stands(
    tmp_path: Path, rows: list[str], words: list[str]
) -> None:
    with refused("long_format") as caught:
        read_figures(file(tmp_path, "\n".join(rows)))
    message = caught.value.message("en")
    assert "scb.csv" in message
    for word in words:
        assert word in message


@pytest.mark.parametrize(("cell", "code"), [("-3", "negative_count"), ("elva", "not_a_number")])
def test_a_cell_that_is_no_count_is_refused(tmp_path: Path, cell: str, code: str) -> None:
    text = f"region,ålder,Antal 2025\n0127A0010,totalt,5\n0127A0010,0-4 år,{cell}\n"
    with refused(code) as caught:
        read_figures(file(tmp_path, text))
    values = caught.value.values
    assert (values["row"], values["column"], values["found"]) == (3, "Antal 2025", cell)


def test_codes_of_two_drawings_are_told_apart_by_year_or_refused(tmp_path: Path) -> None:
    rows = ["region,ålder,Antal 2025", "0127A0010,totalt,..", "0127A0010_DeSO2025,totalt,1500"]
    figures = read_figures(file(tmp_path, "\n".join(rows)))
    assert (figures.vintage, figures.frame["all"].tolist()) == ("2025", [1500])
    rows[0] = "region,ålder,Antal"
    with refused("mixed_vintages") as caught:
        read_figures(file(tmp_path, "\n".join(rows)))
    assert "DeSO ?: 1, DeSO 2025: 1" in caught.value.message("en")


def test_two_levels_in_one_file_have_to_be_chosen_between(tmp_path: Path) -> None:
    text = "region,ålder,Antal 2025\n0127A0010_DeSO2025,totalt,5\n0127R001_RegSO2025,totalt,9\n"
    path = file(tmp_path, text + "0127 Botkyrka,totalt,14\n")
    with refused("bad_option"):
        read_figures(path)
    figures = read_figures(path, level="regso")
    assert figures.frame["all"].tolist() == [9]
    assert [row.row for row in figures.left_out] == [2, 4]
    with refused("no_codes"):
        read_figures(file(tmp_path, "region,ålder,Antal 2025\n0127A0010,totalt,5\n"), level="regso")


def test_a_plain_table_of_codes_and_groups_is_read_by_its_columns(tmp_path: Path) -> None:
    text = "deso,pop_2025,age0_4,foreign_background_pct_2025\n0127A0010,200,11,25.5\n"
    figures = read_figures(file(tmp_path, text))
    assert (figures.level, figures.vintage, figures.year) == ("deso", "2025", 2025)
    assert figures.frame[["all", "children_0_4", "foreign_background"]].to_numpy().tolist() == [
        [200, 11, 51]
    ]
    assert figures.sources[0].estimated


def test_without_a_year_anywhere_the_drawing_stays_unknown(tmp_path: Path) -> None:
    figures = read_figures(file(tmp_path, "deso,pop\n0127A0010,200\n"))
    assert (figures.vintage, figures.year) == ("", 0)
    named = read_figures(file(tmp_path, "deso,pop\n0127A0010,200\n", name="deso2018.csv"))
    assert named.vintage == "2018"
