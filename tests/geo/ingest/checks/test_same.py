"""The same place twice: name, address and distance together, never one alone."""

from __future__ import annotations

import numpy as np
import pytest

from geo.area.record_fields import place_fields
from geo.ingest.checks.duplicates import _candidates
from geo.ingest.checks.fixes import fixed
from geo.ingest.checks.rows import NEIGHBOURS, WINDOW, groups_of, rows_of
from tests.geo.ingest.checks.worlds import Stand, found, table_of, the_street, told


def doubles(*stands: Stand, **more: object) -> set[tuple[str, str, str]]:
    return {
        (p.code, p.record, p.severity)
        for p in found(*stands, **more)  # type: ignore[arg-type]
        if p.code.startswith(("same", "maybe"))
    }


SOLEN = Stand("a", (100, 0), "Förskolan Solen", "Storgatan 2")


@pytest.mark.parametrize(
    ("other", "severity"),
    [
        (Stand("b", (120, 0), "Solens förskola", "Storgatan 2 A"), "error"),
        (Stand("b", (900, 0), "SOLEN", "storgatan 2"), "error"),
        (Stand("b", None, "Förskolan Solen", "Storgatan 2"), "error"),
        (Stand("b", (240, 0), "Förskolan Solen"), "warning"),
        (Stand("b", (130, 0), "Förskolan Sohlen", "Storgatan 2-4"), "warning"),
    ],
)
def test_alike_in_two_ways_and_apart_in_none_is_one_place(other: Stand, severity: str) -> None:
    (code, record, found_severity), *rest = doubles(SOLEN, other)
    assert rest == []
    assert code == ("same_place" if other.at else "same_place_unplaced")
    assert (record, found_severity) == ("b", severity)


@pytest.mark.parametrize(
    "other",
    [
        Stand("b", (100, 0), "Förskolan Månen", "Storgatan 2"),
        Stand("b", (120, 0), "Förskolan Solen", "Lillgatan 7"),
        Stand("b", (300, 0), "Förskolan Solen"),
        Stand("b", (110, 0), "Förskolan Solen", "Storgatan 2", kind="open_preschool"),
        Stand("b", (100, 0), "Förskolan Solen 2", "Storgatan 2"),
    ],
)
def test_alike_in_one_way_alone_is_not(other: Stand) -> None:
    assert doubles(SOLEN, other) == set()


def test_a_house_tells_where_names_are_unknown() -> None:
    nameless = Stand("a", (100, 0), "", "Storgatan 2")
    assert doubles(nameless, Stand("b", (110, 0), "", "Storgatan 2")) == {
        ("same_place", "b", "warning")
    }
    assert doubles(nameless, Stand("b", (110, 0), "Solen", "Storgatan 2")) == {
        ("maybe_same", "a", "note")
    }


def test_two_libraries_side_by_side_are_worth_a_look_and_two_associations_are_not() -> None:
    def two(kind: str, apart_m: float) -> set[tuple[str, str, str]]:
        one = Stand("a", (100, 0), "Biblioteket i Handen", kind=kind)
        return doubles(one, Stand("b", (100 + apart_m, 0), "Haninge kulturhus", kind=kind))

    assert two("library", 16) == {("maybe_same", "b", "note")}
    assert two("library", 60) == set()
    assert two("association", 16) == set()


def test_the_record_that_knows_most_stays_and_gets_what_only_the_other_knew() -> None:
    poor = Stand("a", (100, 0), "Solen", details={"telefon": "08-1", "webb": "x"})
    rich = Stand("b", (130, 0), "Solen", "Storgatan 2", details={"telefon": "08-2", "platser": 40})
    (problem,) = found(poor, rich)
    assert (problem.record, problem.others) == ("a", ("b",))
    assert problem.fix is not None
    table, unplaced = fixed(table_of(poor, rich), [problem.fix])
    assert (list(table["id"]), unplaced) == (["b"], ())
    assert place_fields(table["details"].iloc[0]) == {"telefon": "08-2", "platser": 40, "webb": "x"}
    assert table.geometry.iloc[0] == table_of(rich).geometry.iloc[0]


def test_the_record_with_the_right_point_stays() -> None:
    wrong = Stand("a", (900, 0), "Solen", "Storgatan 2", details={"platser": 40, "x": "y"})
    right = Stand("b", (110, 0), "Solen", "Storgatan 2")
    problems = found(wrong, right, area=the_street(Storgatan_2=100.0))
    assert ("same_place", "a") in told(problems)
    assert ("same_place", "b") not in told(problems)


def test_a_double_of_a_place_the_area_has_goes_into_it() -> None:
    (problem,) = found(SOLEN, against=table_of(Stand("old", (105, 0), "Solen", "Storgatan 2")))
    assert problem.fix is not None
    assert (problem.fix.what, dict(problem.fix.values)) == ("merge", {"into": "old"})
    table, unplaced = fixed(table_of(SOLEN), [problem.fix])
    assert (len(table), unplaced) == (0, ())


def test_three_of_one_place_become_one() -> None:
    three = [Stand(own, (100 + at, 0), "Solen") for at, own in enumerate("abc")]
    problems = found(*three)
    assert told(problems) == {("same_place", "b"), ("same_place", "c")}
    assert {p.others for p in problems} == {("a",)}


def test_ten_thousand_places_on_one_point_are_not_compared_with_each_other() -> None:
    """At most 20 neighbours and 12 of each key a place, whatever the file holds."""
    count = 10_000
    stand = Stand("a", (100, 0), "Solen", "Storgatan 2")
    table = table_of(stand).loc[[0] * count].assign(id=[str(row) for row in range(count)])
    rows = rows_of(table.reset_index(drop=True), the_street(), row_of={}, against=None)
    assert len(_candidates(rows)) <= count * (NEIGHBOURS + 2 * WINDOW)


def test_rows_joined_by_a_chain_of_pairs_are_one_group() -> None:
    label = groups_of(5, np.array([(0, 3), (3, 4)]))
    assert label[0] == label[3] == label[4]
    assert len(set(label)) == 3
    assert len(set(groups_of(4, np.zeros((0, 2), dtype=np.int64)))) == 4
