"""Small counts: what is hidden, and that totals give nothing away."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo import privacy

tables = st.lists(
    st.integers(0, 40).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))),
    min_size=1,
    max_size=12,
)


@given(tables)
def test_no_small_count_and_no_small_remainder_is_shown(rows: list[tuple[int, int]]) -> None:
    part, whole = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    hidden = privacy.hidden(part, whole, np.ones(len(rows), dtype=bool))
    for a, b, gone in zip(part, whole, hidden, strict=True):
        if not gone:
            assert not 0 < a < privacy.SMALLEST
            assert not 0 < b - a < privacy.SMALLEST


@given(tables)
def test_what_is_hidden_can_not_be_worked_out_from_the_total(rows: list[tuple[int, int]]) -> None:
    part, whole = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    hidden = privacy.hidden(part, whole, np.ones(len(rows), dtype=bool))
    if hidden.any() and (whole[~hidden] > 0).any():
        assert hidden.sum() > 1
        assert part[hidden].sum() >= privacy.SMALLEST


@given(tables)
def test_estimates_are_never_hidden(rows: list[tuple[int, int]]) -> None:
    part, whole = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    assert not privacy.hidden(part, whole, np.zeros(len(rows), dtype=bool)).any()


def test_nobody_and_five_are_shown_and_four_is_not() -> None:
    assert not privacy.is_small(0, counted=True)
    assert privacy.is_small(4, counted=True)
    assert not privacy.is_small(5, counted=True)
    assert not privacy.is_small(4, counted=False)
