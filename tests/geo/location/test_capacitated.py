"""Which sites to open when each holds only so many, proven: against every choice there is, another
solver, and what must always hold."""

from __future__ import annotations

import itertools

import numpy as np
import pulp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from geo import errors
from geo.sites import NOBODY, Siting, capacitated_p_median, p_median


def best_by_hand(metres, weights, room, count) -> tuple[float, float] | None:
    """Least people × metres over all site sets and all ways to share the rows out; NaN: no pair."""
    served = [i for i in range(len(weights)) if weights[i] > 0 and not np.isnan(metres[i]).all()]
    best = None
    for sites in itertools.combinations(range(metres.shape[1]), count):
        options = [[j for j in sites if not np.isnan(metres[i, j])] for i in served]
        for places in itertools.product(*options):
            load = dict.fromkeys(sites, 0.0)
            total = 0.0
            for i, j in zip(served, places, strict=True):
                load[j] += weights[i]
                total += weights[i] * metres[i, j]
            if all(load[j] <= room[j] + 1e-9 for j in sites) and (best is None or total < best):
                best = total
    return best


def sparse(metres) -> csr_array:
    row, column = np.nonzero(~np.isnan(metres))
    return csr_array((metres[row, column], (row, column)), shape=metres.shape)


def check(answer: Siting, metres, weights, room, count) -> None:
    """The answer is one: each row once, in reach, no site too full, the objective what it says."""
    assert len(answer.sites) == count and (np.diff(answer.sites) > 0).all()
    reached = ~np.isnan(metres).all(axis=1)
    load = np.zeros(len(room))
    total = 0.0
    for i, j in enumerate(answer.assignment):
        if weights[i] > 0:
            assert (j != NOBODY) == reached[i]
        if j != NOBODY:
            assert j in answer.sites and not np.isnan(metres[i, j])
            load[j] += weights[i]
            total += weights[i] * metres[i, j]
    assert (load <= room * (1 + 1e-9)).all()
    assert answer.objective == pytest.approx(total, rel=1e-12)
    assert answer.bound <= answer.objective * (1 + 1e-12)
    assert answer.unreachable == pytest.approx(sum(np.asarray(weights)[~reached]))
    assert answer.unserved == 0


def small(seed: int):
    """A small question of any sort: missing pairs, ties, zero weights, tight or no room."""
    rng = np.random.default_rng(seed)
    rows, columns = int(rng.integers(1, 7)), int(rng.integers(1, 6))
    count = int(rng.integers(1, min(columns, 3) + 1))
    whole = rng.random() < 0.6
    metres = rng.integers(0, 6, (rows, columns)) * 100.0 if whole else rng.random((rows, columns))
    metres[rng.random(metres.shape) < rng.choice([0.0, 0.2, 0.5])] = np.nan
    weights = rng.integers(0, 5, rows).astype(float) if whole else rng.random(rows)
    if not weights.any():
        weights[0] = 1.0
    room = rng.random(columns) * weights.sum() * rng.choice([0.7, 1.5, 3.0]) / count * 2
    return metres, weights, np.floor(room) if whole else room, count


@pytest.mark.parametrize("start", range(0, 600, 100))
def test_no_choice_of_sites_and_no_sharing_out_is_better(start: int) -> None:
    met = {"answer": 0, "none": 0}
    for seed in range(start, start + 100):
        metres, weights, room, count = small(seed)
        least = best_by_hand(metres, weights, room, count)
        if least is None:
            met["none"] += 1
            with pytest.raises(errors.NotEnoughRoom):
                capacitated_p_median(sparse(metres), weights, room, count)
            continue
        met["answer"] += 1
        answer = capacitated_p_median(sparse(metres), weights, room, count)
        check(answer, metres, weights, room, count)
        assert answer.proven and answer.gap == 0 and answer.status == "optimal", seed
        assert answer.objective == pytest.approx(least, rel=1e-9, abs=1e-12), seed
    assert min(met.values()) >= 10


def plane(seed: int, rows: int, count: int, room: float = 120.0, truncate: bool = True):
    """An OR-Library style question: points on 0–100, demand 1–20, each point a candidate."""
    rng = np.random.default_rng(seed)
    at = rng.integers(0, 101, (rows, 2))
    weights = rng.integers(1, 21, rows).astype(float)
    metres = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    return np.floor(metres) if truncate else metres, weights, np.full(rows, room), count


def second_opinion(metres, weights, room, count) -> float:
    """The textbook model, by CBC."""
    rows, columns = range(metres.shape[0]), range(metres.shape[1])
    model = pulp.LpProblem("capacitated", pulp.LpMinimize)
    opened = [model.add_variable(f"y{j}", cat="Binary") for j in columns]
    to = [[model.add_variable(f"x{i}_{j}", cat="Binary") for j in columns] for i in rows]
    model += pulp.lpSum(weights[i] * metres[i, j] * to[i][j] for i in rows for j in columns)
    for i in rows:
        model += pulp.lpSum(to[i]) == 1
        for j in columns:
            model += to[i][j] <= opened[j]
    for j in columns:
        model += pulp.lpSum(weights[i] * to[i][j] for i in rows) <= room[j] * opened[j]
    model += pulp.lpSum(opened) == count
    model.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=0.0, gapAbs=1e-6))
    assert pulp.LpStatus[model.status] == "Optimal"
    return float(pulp.value(model.objective))


@pytest.mark.filterwarnings("ignore:PULP_CBC_CMD is deprecated")
@pytest.mark.parametrize("seed", [2, 5, 7])
def test_another_solver_finds_the_same_on_forty_addresses_and_five_sites(seed: int) -> None:
    question = plane(seed, 40, 5)
    answer = capacitated_p_median(*question)
    check(answer, *question)
    assert answer.proven and answer.objective == pytest.approx(second_opinion(*question))


@pytest.mark.parametrize("truncate", [True, False])
def test_an_or_library_sized_question_is_proven(truncate: bool) -> None:
    question = plane(3, 100, 10, truncate=truncate)
    answer = capacitated_p_median(*question)
    check(answer, *question)
    assert answer.proven


questions = st.integers(0, 10**6).map(small)


@given(questions)
def test_more_room_is_never_worse_and_boundless_room_is_the_nearest_open(question) -> None:
    metres, weights, room, count = question
    matrix = sparse(metres)
    before = None
    for factor in (1.0, 1.5, 4.0):
        try:
            answer = capacitated_p_median(matrix, weights, room * factor, count)
        except errors.NotEnoughRoom:
            assert before is None
            continue
        check(answer, metres, weights, room * factor, count)
        assert before is None or answer.objective <= before * (1 + 1e-9)
        before = answer.objective
    try:
        free = capacitated_p_median(matrix, weights, np.full(len(room), 1e12), count)
    except errors.NoPacking:
        return
    nearest = np.where(np.isnan(metres), np.inf, metres)[:, free.sites].min(axis=1)
    served = np.isfinite(nearest) & (weights > 0)
    assert free.objective == pytest.approx(float(weights[served] @ nearest[served]))
    assert before is None or free.objective <= before * (1 + 1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_with_boundless_room_it_is_the_p_median(seed: int) -> None:
    metres, weights, _room, _count = plane(seed, 60, 6, truncate=False)
    ours = capacitated_p_median(metres[:, ::2], weights, np.full(30, 1e12), 5)
    free = p_median(metres[:, ::2], weights, 5)
    assert ours.proven and free.proven and ours.objective == pytest.approx(free.objective)


def test_the_same_question_has_the_same_answer() -> None:
    one, two = (capacitated_p_median(*plane(4, 50, 5)) for _ in range(2))
    assert one.sites.tolist() == two.sites.tolist()
    assert one.assignment.tolist() == two.assignment.tolist()


def test_a_time_limit_keeps_the_best_found_and_says_how_far_it_may_be() -> None:
    question = plane(1, 200, 20)
    answer = capacitated_p_median(*question, time_limit_s=1.0)
    check(answer, *question)
    assert not answer.proven and answer.status == "time_limit"
    assert answer.gap == pytest.approx((answer.objective - answer.bound) / answer.objective)
    assert 0 < answer.gap < 0.5 and answer.seconds < 4


@pytest.mark.parametrize("after", [1, 12])
def test_whoever_listens_can_stop_it(after: int) -> None:
    told: list[float] = []

    def listen(key: str, share: float) -> None:
        assert key == "progress.solving" and 0 <= share <= 1
        told.append(share)
        if len(told) >= after:
            raise errors.Cancelled

    with pytest.raises(errors.Cancelled):
        capacitated_p_median(*plane(4, 100, 10), progress=listen)
    assert len(told) == after


def test_an_address_larger_than_any_site_has_no_place() -> None:
    with pytest.raises(errors.NoPacking) as refused:
        capacitated_p_median(np.ones((2, 3)), [9.0, 1.0], [8.0, 8.0, 8.0], 2)
    assert refused.value.values == {"people": "10", "count": 2}
    assert "10" in refused.value.message("sv") and "2" in refused.value.message("en")


def test_three_large_families_do_not_share_two_rooms_though_there_are_seats_enough() -> None:
    with pytest.raises(errors.NoPacking):
        capacitated_p_median(np.ones((3, 2)), [4.0, 4.0, 4.0], [6.0, 6.0], 2)


def test_too_little_room_is_said_in_people_sites_and_room() -> None:
    with pytest.raises(errors.NotEnoughRoom) as refused:
        capacitated_p_median(np.ones((3, 3)), [5.0, 5.0, 5.0], [4.0, 7.0, 6.0], 2)
    assert refused.value.values == {"people": "15", "count": 2, "room": "13"}
    assert refused.value.code == "not_enough_room"


@pytest.mark.parametrize(
    "wrong", [[1.0], [1.0, -1.0], [1.0, np.nan], [1.0, np.inf], ["much", "more"], None]
)
def test_room_must_be_a_number_a_candidate(wrong) -> None:
    with pytest.raises(errors.BadCapacity) as refused:
        capacitated_p_median(np.ones((1, 2)), [1.0], wrong, 1)
    assert refused.value.code == "bad_capacity" and refused.value.message("sv")


def test_people_out_of_everyones_reach_are_counted_apart() -> None:
    metres = np.array([[100.0, np.nan], [np.nan, np.nan], [np.nan, 50.0]])
    answer = capacitated_p_median(sparse(metres), [2.0, 7.0, 1.0], [2.0, 1.0], 2)
    assert answer.unreachable == 7 and answer.objective == 250
    assert answer.assignment.tolist() == [0, NOBODY, 1]


def test_where_nobody_is_in_reach_any_sites_do() -> None:
    answer = capacitated_p_median(csr_array((2, 3)), [1.0, 2.0], [0.0, 0.0, 0.0], 2)
    assert answer.sites.tolist() == [0, 1] and answer.unreachable == 3 and answer.proven


def test_a_row_without_people_takes_no_room_and_goes_to_the_nearest_open() -> None:
    metres = np.array([[0.0, 9.0], [1.0, 9.0], [1.0, 2.0]])
    answer = capacitated_p_median(metres, [3.0, 0.0, 3.0], [3.0, 3.0], 2)
    assert answer.assignment.tolist() == [0, 0, 1]


def test_useless_sites_fill_up_the_number_first_ones_first() -> None:
    answer = capacitated_p_median(np.array([[5.0, 4.0, 3.0]]), [1.0], [9.0, 9.0, 9.0], 2)
    assert answer.sites.tolist() == [0, 2] and answer.objective == 3
