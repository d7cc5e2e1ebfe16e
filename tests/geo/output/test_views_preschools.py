"""The maps of preschool places: nothing told by colour alone, and the table says the same."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from geo import texts
from geo.access.preschools.call_list import calls_for
from geo.access.preschools.question import PreschoolQuestion
from geo.access.preschools.shortage import capacity_of
from geo.access.preschools.surge import arrival_of, surge
from geo.output.maps.preschools import (
    FILLS,
    STATUS,
    access_class,
    access_squares,
    calls_table,
    district_table,
    preschool_table,
    preschools_map,
    status_of,
    surge_map,
    week_table,
)
from geo.output.maps.spec import AreaLayer, PointLayer
from tests.geo.preschool_worlds import ALL, nursery_street, points_at

TODAY = date(2026, 11, 22)


@pytest.fixture
def area():
    return nursery_street(
        {100: 10, 300: 6, 900: 14},
        {
            0: {"platser": 90, "antal_barn": 80},
            350: {"antal_barn": 50},
            700: {"platser": 5, "antal_barn": 5},
            750: {"huvudman": "x"},
        },
        {800.0: {"barn_1_5": 3}, 850.0: {"barn_1_5": 9}},
    )


@pytest.fixture
def answer(area):
    return capacity_of(area, PreschoolQuestion(take_up=ALL, when=TODAY, limit_m=450))


def test_each_preschool_is_drawn_once_by_vacancies_and_size(area, answer) -> None:
    spec = preschools_map(area, answer, "sv")
    drawn = {
        layer.id: layer.ids
        for layer in spec.layers
        if isinstance(layer, PointLayer) and layer.id != "transitional_housing"
    }
    assert drawn == {
        "vacant-2": ("preschool-0",),
        "maybe-1": ("preschool-350",),
        "full-0": ("preschool-700",),
        "unknown-0": ("preschool-750",),
    }
    sizes = {layer.id: layer.size_px for layer in spec.layers if isinstance(layer, PointLayer)}
    assert sizes["vacant-2"] > sizes["maybe-1"] > sizes["full-0"]


def test_nothing_is_told_by_colour_alone(area, answer) -> None:
    assert len({symbol for symbol, _ in STATUS.values()}) == len(STATUS)
    assert len({dash for *_, dash in FILLS}) == len(FILLS)
    labels = [entry.label for entry in preschools_map(area, answer, "en").legend]
    assert len(set(labels)) == len(labels)


def test_squares_hold_residents_children_only_and_sum_to_them(area, answer) -> None:
    cells = access_squares(area, answer)
    assert cells["children"].sum() == 30
    shown = [
        layer
        for layer in preschools_map(area, answer, "sv").layers
        if isinstance(layer, AreaLayer) and layer.id.startswith("access-")
    ]
    assert sum(len(layer.geometry) for layer in shown) == len(cells)


def test_classes_of_places_per_child_are_as_they_are_called() -> None:
    values = np.array([0.0, 0.2, 0.5, 0.79, 0.8, 0.999, 1.0, 4.0])
    assert access_class(values).tolist() == [0, 1, 2, 2, 3, 3, 4, 4]


def test_what_is_not_known_of_vacancies_is_never_taken_for_yes(answer) -> None:
    assert [status_of(each) for each in answer.supply.here] == [
        "vacant",
        "maybe",
        "full",
        "unknown",
    ]


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_the_table_names_all_that_is_drawn_and_hides_few(area, answer, language) -> None:
    spec = preschools_map(area, answer, language)
    drawn = {each for layer in spec.layers if isinstance(layer, PointLayer) for each in layer.ids}
    assert drawn <= set(spec.table.index)
    assert len(spec.table) == 2 + 2 + 4
    children = spec.table.iloc[:, 2]
    assert children["transitional_housing-800"] == texts.text("gap.fewer", language, smallest=5)
    exact = preschools_map(area, answer, language, exact=True).table.iloc[:, 2]
    assert exact["transitional_housing-800"] == "3"
    assert spec.title in spec.alt_text


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_tables_have_a_row_each_and_no_holes(area, answer, language) -> None:
    found = surge(
        area,
        arrival_of(points_at(500), 150, date(2027, 3, 1), ramp=(50, 50, 50)),
        today=TODAY,
        limit_m=450,
    )
    calls = calls_for(area, answer, "Väst")
    for table, rows in (
        (preschool_table(answer, language), 4),
        (district_table(answer, language), 2),
        (calls_table(calls, language), len(calls.calls)),
        (week_table(found.needs[0], language), 3),
    ):
        assert len(table) == rows
        assert table.columns.is_unique
        assert table.map(lambda cell: isinstance(cell, str) and "None" not in cell).all(axis=None)


def test_the_map_of_those_who_arrive_shows_where_and_who_takes_them(area) -> None:
    found = surge(area, arrival_of(points_at(500), 300, date(2027, 3, 1)), today=TODAY, limit_m=220)
    spec = surge_map(area, found, "sv")
    by_id = {layer.id: layer for layer in spec.layers if isinstance(layer, PointLayer)}
    assert by_id["preschool-takes"].ids == ("preschool-350",)
    assert set(by_id["preschool-near"].ids) == {"preschool-700"}
    assert by_id["preschool-next"].ids == ("preschool-0",)
    assert len({by_id[f"preschool-{name}"].symbol for name in ("takes", "near", "next")}) == 3
    assert spec.focus == points_at(500)
    drawn = {
        each for layer in spec.layers if isinstance(layer, PointLayer) for each in layer.ids
    } - {"here"}
    assert drawn == set(spec.table.index)
