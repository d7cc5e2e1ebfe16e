"""A fix takes its problem away, brings none of its kind, and touches nothing else."""

from __future__ import annotations

import random
from collections import Counter

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.ingest.checks.fixes import check_places, fixed
from geo.ingest.checks.thresholds import Fix, Problem
from geo.types import WGS84
from tests.geo.ingest.checks.worlds import TODAY, Stand, table_of, the_street

KNOWN = the_street(Storgatan_2=100.0, Storgatan_40=500.0, Lillgatan_8=800.0)
NAMES = ["Förskolan Solen", "Solen", "Solens förskola", "Månen", "Förskolan Månen 2", ""]
ADDRESSES = ["Storgatan 2", "storgatan 2 A", "Storgatan 40", "Lillgatan 8", "Okändvägen 3", ""]
POINTS = [(100.0, 0.0), (130.0, 0.0), (500.0, 0.0), (800.0, 55.0), (500.0, 6000.0), None]
DETAILS: list[dict[str, object]] = [
    {},
    {"platser": 3, "inskrivna": 30},
    {"öppettider": "mån 19-17", "telefon": "1"},
    {"valid_from": "2027-02-01", "valid_to": "2027-01-01"},
    {"valid_to": "2026-01-01", "webb": "x"},
]


@st.composite
def stands(draw: st.DrawFn) -> list[Stand]:
    count = draw(st.integers(1, 7))
    return [
        Stand(
            f"p{row}",
            draw(st.sampled_from(POINTS)),
            draw(st.sampled_from(NAMES)),
            draw(st.sampled_from(ADDRESSES)),
            draw(st.sampled_from(["preschool", "library"])),
            draw(st.sampled_from(DETAILS)),
        )
        for row in range(count)
    ]


def problems_of(table: pd.DataFrame) -> tuple[Problem, ...]:
    return check_places(table, area=KNOWN, today=TODAY)


@settings(max_examples=30)
@given(stands(), st.randoms(use_true_random=False))
def test_a_fix_takes_its_problem_away_and_brings_none_of_its_kind(
    drawn: list[Stand], chance: random.Random
) -> None:
    table = table_of(*drawn)
    before = problems_of(table)
    fixable = [problem for problem in before if problem.fix]
    if not fixable:
        return
    problem = chance.choice(fixable)
    assert problem.fix is not None
    after = problems_of(fixed(table, [problem.fix])[0])
    assert (problem.code, problem.record) not in {(p.code, p.record) for p in after}
    counts = Counter(p.code for p in before), Counter(p.code for p in after)
    assert counts[1][problem.code] < counts[0][problem.code]


@settings(max_examples=30)
@given(stands(), st.randoms(use_true_random=False))
def test_the_order_of_fixes_does_not_matter_and_nothing_else_changes(
    drawn: list[Stand], chance: random.Random
) -> None:
    table = table_of(*drawn)
    kept = table.copy()
    fixes = [problem.fix for problem in problems_of(table) if problem.fix]
    shuffled = chance.sample(fixes, len(fixes))
    one, other = fixed(table, fixes), fixed(table, shuffled)
    pd.testing.assert_frame_equal(one[0], other[0])
    assert one[1] == other[1]
    pd.testing.assert_frame_equal(table, kept)
    untouched = {fix.record for fix in fixes} | {str(fix.values.get("into")) for fix in fixes}
    rest = table[~table["id"].isin(untouched)]
    pd.testing.assert_frame_equal(one[0][one[0]["id"].isin(rest["id"])], rest)
    assert one[0].crs == WGS84


@settings(max_examples=15)
@given(stands())
def test_no_record_is_lost_but_those_a_fix_takes_out(drawn: list[Stand]) -> None:
    table = table_of(*drawn)
    fixes = [problem.fix for problem in problems_of(table) if problem.fix]
    left, unplaced = fixed(table, fixes)
    gone = {fix.record for fix in fixes if fix.what in ("merge", "close", "drop")}
    assert set(left["id"]) | set(unplaced) | gone == set(table["id"])
    assert not set(left["id"]) & set(unplaced)


SUN, MOON = Stand("a", (100, 0), "Solen", details={"x": 1}), Stand("b", (200, 0), "Månen")
STAR = Stand("c", (300, 0), "Stjärnan", details={"y": 2})


@pytest.mark.parametrize(
    ("fixes", "stay", "unplaced"),
    [
        ([Fix("unplace", "a")], ["b", "c"], ("a",)),
        ([Fix("drop", "a")], ["b", "c"], ()),
        ([Fix("close", "a"), Fix("unplace", "a")], ["b", "c"], ()),
        ([Fix("merge", "a", {"into": "b"}), Fix("unplace", "a")], ["b", "c"], ()),
        ([Fix("merge", "a", {"into": "b"}), Fix("merge", "b", {"into": "c"})], ["c"], ()),
        ([Fix("merge", "a", {"into": "b"}), Fix("merge", "b", {"into": "a"})], ["a", "c"], ()),
        ([Fix("unplace", "nobody"), Fix("set", "nobody", {"name": "x"})], ["a", "b", "c"], ()),
        ([], ["a", "b", "c"], ()),
    ],
)
def test_what_each_fix_does(fixes: list[Fix], stay: list[str], unplaced: tuple[str, ...]) -> None:
    table, lost = fixed(table_of(SUN, MOON, STAR), fixes)
    assert list(table["id"]) == stay
    assert lost == unplaced
    assert (table["name"] != "").all()


def test_a_chain_of_merges_ends_in_the_place_that_stays_with_all_that_was_known() -> None:
    fixes = [Fix("merge", "a", {"into": "b"}), Fix("merge", "b", {"into": "c"})]
    table, _ = fixed(table_of(SUN, MOON, STAR), fixes)
    assert table["details"].iloc[0] == '{"x": 1, "y": 2}'


def test_a_field_is_set_in_its_column_or_among_the_details_and_none_is_unknown() -> None:
    fixes = [Fix("set", "a", {"name": "Sol", "address": None, "x": None, "z": "ny"})]
    table, _ = fixed(table_of(SUN), fixes)
    row = table.iloc[0]
    assert (row["name"], row["address"], row["details"]) == ("Sol", "", '{"z": "ny"}')
