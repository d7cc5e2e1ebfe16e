"""The benchmarks of places against children compare answers before times."""

from __future__ import annotations

import pytest

from benchmarks import catchments


def test_catchments_and_assignments_are_measured_against_peers_that_agree() -> None:
    rows = [*catchments.catchments(80, 900, 1), *catchments.assignments(90, 6, 70, 1)]
    ours = [row for row in rows if row.who == "narhet"]
    assert len(ours) == 3 and all(row.seconds > 0 and row.ratio is None for row in ours)
    peers = [row.who for row in rows if row.ratio is not None]
    assert peers == [
        *("PySAL access", "PySAL access"),
        *("scipy linear_sum_assignment", "scipy linprog (HiGHS)"),
    ]


def test_the_large_town_has_as_many_pairs_as_the_table_says() -> None:
    share = 1.3 * catchments.PAIRS / catchments.SIDE**2
    pairs = catchments.town(catchments.SIDE, catchments.SIDE, share, people=9, places=9).metres.nnz
    assert abs(pairs - catchments.PAIRS) < 0.02 * catchments.PAIRS


def test_a_wrong_answer_of_ours_is_never_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    real = catchments.floating_catchment
    monkeypatch.setattr(
        catchments, "floating_catchment", lambda *given, **more: real(*given, **more) * 1.001
    )
    with pytest.raises(AssertionError, match="PySAL access: answers differ"):
        catchments.catchments(80, 900, 1)


def test_a_longer_walk_of_ours_is_never_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    real = catchments.assign
    monkeypatch.setattr(
        catchments, "assign", lambda metres, people, places: real(metres * 1.01, people, places)
    )
    with pytest.raises(AssertionError, match="scipy linear_sum_assignment: answers differ"):
        catchments.assignments(90, 6, 70, 1)
