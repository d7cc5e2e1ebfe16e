"""A real borough: its preschools and children, against sums its own file tells."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from geo.access.preschools.question import PreschoolQuestion
from geo.access.preschools.shortage import capacity_of
from geo.area.model import Area
from geo.ingest import build
from geo.ingest.build import Inputs
from geo.models.assignment.assign import most_placed
from geo.planning.preschool_expansion import where_to_add

WHEN = date(2026, 11, 22)


@pytest.fixture(scope="module")
def borough(borough_files: Inputs) -> Area:
    return build.build("hv", "Hässelby-Vällingby", borough_files)


@pytest.fixture(scope="module")
def answer(borough: Area):
    return capacity_of(borough, PreschoolQuestion(when=WHEN))


@pytest.fixture(scope="module")
def all_want(borough: Area):
    return capacity_of(borough, PreschoolQuestion(when=WHEN, take_up=(1.0,) * 5))


def test_enrolled_by_district_are_those_of_the_file(answer, shared_data: Path) -> None:
    path = shared_data / "hasselby-vallingby" / "preschools.csv"
    told: Counter[str] = Counter()
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            told[row["stadsdel"].casefold()] += int(float(row["antal_barn"]))
    assert sum(told.values()) == answer.enrolled == 3472
    found = {row.name.casefold(): row.enrolled for row in answer.districts if row.enrolled}
    assert found == dict(told)


def test_children_are_four_fifths_and_one_fifth_of_the_bands(answer, borough) -> None:
    first, second = (borough.people[name].sum() for name in ("children_0_4", "children_5_9"))
    assert round(first) == 3828
    assert answer.children.value == round(0.8 * first + 0.2 * second)
    units = borough.people.assign(
        exact=0.8 * borough.people["children_0_4"] + 0.2 * borough.people["children_5_9"],
        whole=answer.demand.children,
    ).groupby("unit")[["exact", "whole"]]
    assert (units.sum()["exact"] - units.sum()["whole"]).abs().max() <= 1
    assert sum(row.children.value for row in answer.districts) == answer.children.value


def test_enrolled_children_keep_their_places_and_nobody_else_wants_one(answer, borough) -> None:
    """By the country's shares 84.25 % of those of one to four and 95 % of the five-year-olds want a
    place, 3,462 of 3,991; 3,472 are enrolled: so many want one, and all of them have one.
    """
    first, second = (borough.people[name].sum() for name in ("children_0_4", "children_5_9"))
    share = (0.8425 * 0.8 * first + 0.95 * 0.2 * second) / (0.8 * first + 0.2 * second)
    assert round(share * answer.children.value) == 3462
    assert answer.wanting.value == answer.with_place.value == answer.enrolled == 3472
    assert answer.raised and answer.without_place.value == answer.shortage.children.value == 0
    # With the most children the country's share wants more places than are taken.
    assert answer.wanting.high == pytest.approx(share * answer.children.high, abs=3)
    assert answer.shortage.widest.high == answer.without_place.high > 300
    assert answer.wanting.low == 3472


def test_if_all_want_a_place_as_many_get_a_vacant_one_as_the_greatest_flow_allows(all_want) -> None:
    asked = all_want.assignment.question
    assert all_want.wanting == all_want.children
    assert int(asked.children.sum()) == all_want.children.value - 3472
    most = most_placed(asked.metres, asked.children, asked.places)
    assert all_want.without_place.value - all_want.shortage.children.value == most
    assert all_want.shortage.by_distance == int(
        asked.children[np.diff(asked.metres.indptr) == 0].sum()
    )
    low, high = all_want.shortage.children.low, all_want.shortage.children.high
    assert low < all_want.shortage.children.value < high


def test_catchments_keep_the_places_of_the_borough(borough) -> None:
    found = capacity_of(borough, PreschoolQuestion(when=WHEN, method="balanced"))
    assert found.access @ found.demand.children == pytest.approx(found.places.value)


def test_places_for_nineteen_in_twenty_are_found_and_proven(borough, all_want) -> None:
    found = where_to_add(borough, all_want, target=0.95)
    assert found.proven and found.reached >= 0.95
    # No fewer groups of eighteen hold the children that are missing.
    assert found.cost == 18 * -(-(found.wanted - found.placed_before) // 18)
