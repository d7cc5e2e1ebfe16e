"""Which drawing of DeSO and RegSO a code, a year or a name belongs to."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.sources.statistics import join
from geo.sources.statistics.join import (
    Code,
    level_of,
    matching,
    read_code,
    read_name,
    stated_vintage,
    told_by_codes,
    vintage_of_year,
    vintages_in,
)

PLAIN = st.one_of(
    st.from_regex(r"[0-9]{4}[ABC][0-9]{4}", fullmatch=True),
    st.from_regex(r"[0-9]{4}R[0-9]{3}", fullmatch=True),
)


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(join).failed == 0


@given(PLAIN, st.sampled_from(["", "2018", "2020", "2025"]))
def test_a_code_with_a_suffix_is_the_plain_code_and_its_year(plain: str, year: str) -> None:
    name = "RegSO" if "R" in plain else "DeSO"
    read = read_code(f"{plain}_{name}{year}" if year else plain)
    assert read == Code(plain, name.lower(), year)
    assert read.municipality == plain[:4]


@pytest.mark.parametrize(
    "text", ["", "0127", "0127D0010", "27A0010", "0127A001", "0127R0010", "Alby", "0127A0010_X"]
)
def test_anything_else_is_no_code(text: str) -> None:
    assert read_code(text) is None


@pytest.mark.parametrize(
    ("level", "year", "vintage"),
    [
        ("deso", 2010, "2018"),
        ("deso", 2023, "2018"),
        ("regso", 2023, "2020"),
        ("deso", 2024, "2025"),
        ("regso", 2026, "2025"),
        ("deso", 0, ""),
    ],
)
def test_figures_to_2023_are_of_the_older_drawing(level: str, year: int, vintage: str) -> None:
    assert vintage_of_year(level, year) == vintage


@pytest.mark.parametrize(
    ("level", "words", "vintage"),
    [
        ("deso", ["DeSO_2018.gpkg"], "2018"),
        ("deso", ["deso2025.geojson", "desokod2025"], "2025"),
        ("deso", ["deso2025 och deso2018"], ""),
        ("regso", ["deso2025.geojson"], ""),
        ("regso", ["SCB, RegSO 2020 (RegSO_2020)"], "2020"),
        ("deso", ["omraden.geojson"], ""),
        ("deso", ["deso2031.gpkg"], ""),
    ],
)
def test_names_state_a_drawing_or_none(level: str, words: list[str], vintage: str) -> None:
    assert stated_vintage(level, *words) == vintage


def test_codes_tell_their_drawing_only_where_one_has_them_all() -> None:
    known = {"2018": {"0127A0010", "0127C1020"}, "2025": {"0127A0010", "0127C1021"}}
    assert told_by_codes(["0127A0010", "0127C1021"], known) == "2025"
    assert told_by_codes(["0127A0010"], known) == ""
    assert told_by_codes(["0127C1020", "0127C1021"], known) == ""
    assert told_by_codes([], known) == ""
    assert matching(["0127C1020", "0127C1021", "0127A0010"], known) == {"2018": 2, "2025": 2}


def test_a_mix_of_codes_is_counted_and_has_no_level() -> None:
    codes = ["0127A0010", "0127C1021_DeSO2025", "0127R001_RegSO2025"]
    assert vintages_in(codes) == {"": 1, "2025": 2}
    assert level_of(codes) == ""
    assert level_of(codes[:2]) == "deso"


def test_an_area_written_with_its_municipality_keeps_both() -> None:
    read = read_name("Stockholm (Västra Farsta Strand-Farstanäset)")
    assert (read.town, read.name, read.code) == (
        "Stockholm", "Västra Farsta Strand-Farstanäset", "",
    )  # fmt: skip
    assert read_name("Brandbergen  centrala").name == "Brandbergen centrala"
