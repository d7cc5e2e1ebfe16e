"""Children get places so that most do and then walk least; what one more place gives is what asking
again says.
"""

from __future__ import annotations

import itertools
import math

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array

from geo.errors import Cancelled, SitingError
from geo.models.assignment.assign import NO_FAMILY, Assignment, assign, with_more_places
from tests.refusals import refused

Case = tuple[csr_array, np.ndarray, np.ndarray]


def sparse(metres: np.ndarray, in_reach: np.ndarray) -> csr_array:
    """Pairs in reach stored, zeros too."""
    row, column = np.nonzero(in_reach)
    first = np.concatenate([[0], np.cumsum(in_reach.sum(axis=1))])
    return csr_array((metres[row, column].astype(float), column, first), shape=metres.shape)


@st.composite
def cases(draw: st.DrawFn, most: int = 6, children: int = 4) -> Case:
    """Small questions with many ties: whole metres of a few hundreds, zeros among them."""
    rows, columns = draw(st.integers(0, most)), draw(st.integers(0, most - 1))
    size = rows * columns
    metres = draw(st.lists(st.integers(0, 9), min_size=size, max_size=size))
    in_reach = draw(st.lists(st.booleans(), min_size=size, max_size=size))
    shape = (rows, columns)
    people = draw(st.lists(st.integers(0, children), min_size=rows, max_size=rows))
    places = draw(st.lists(st.integers(0, 5), min_size=columns, max_size=columns))
    walks = 100 * np.array(metres, float).reshape(shape)
    reach = np.array(in_reach, bool).reshape(shape)
    return sparse(walks, reach), np.array(people, int), np.array(places, int)


def by_networkx(case: Case) -> tuple[int, int]:
    """Most children and their least metres, by a solver and a formulation of others."""
    metres, children, places = case
    graph = nx.DiGraph()
    graph.add_nodes_from(["from", "to"])
    for row, count in enumerate(children):
        graph.add_edge("from", ("row", row), capacity=int(count), weight=0)
    for column, count in enumerate(places):
        graph.add_edge(("column", column), "to", capacity=int(count), weight=0)
    table = metres.tocoo()
    for row, column, walk in zip(table.row, table.col, table.data, strict=True):
        graph.add_edge(("row", int(row)), ("column", int(column)), weight=int(walk))
    flow = nx.max_flow_min_cost(graph, "from", "to")
    return sum(flow["from"].values()), nx.cost_of_flow(graph, flow)


def holds(found: Assignment, case: Case, limit_m: float = math.inf) -> None:
    """What any assignment must keep, the best or not."""
    metres, children, places = case
    flow = found.flow.toarray()
    assert found.flow.dtype.kind == "i" and (flow >= 0).all()
    assert (flow.sum(axis=0) == found.assigned).all() and (found.assigned <= places).all()
    assert (flow.sum(axis=1) + found.unplaced == children).all()
    dense = np.full(metres.shape, np.inf)
    table = metres.tocoo()
    dense[table.row, table.col] = table.data
    walked = dense[flow > 0]
    assert (walked <= limit_m).all()
    assert found.total_walk_m == pytest.approx(float(walked @ flow[flow > 0]))


def summed(found: Assignment) -> tuple[int, float]:
    return int(found.assigned.sum()), round(found.total_walk_m, 6)


@given(cases())
def test_as_many_as_possible_get_a_place_and_then_walk_least(case: Case) -> None:
    found = assign(*case)
    holds(found, case)
    assert summed(found) == by_networkx(case)
    assert found.proven and found.status == "optimal"
    assert (found.bound_children, found.bound_walk_m) == (found.assigned.sum(), found.total_walk_m)


@given(cases(most=5))
def test_the_shadow_is_what_asking_again_with_one_more_place_gives(case: Case) -> None:
    metres, children, places = case
    found = assign(*case)
    for preschool in range(len(places)):
        more = places.copy()
        more[preschool] += 1
        again = by_networkx((metres, children, more))
        assert again[0] - found.assigned.sum() == found.shadow_children[preschool]
        assert found.total_walk_m - again[1] == pytest.approx(found.shadow_m[preschool])


@given(cases(most=5), st.integers(0, 3), st.data())
def test_more_places_give_what_asking_again_gives(case: Case, extra: int, data) -> None:
    metres, children, places = case
    if not len(places):
        return
    preschool = data.draw(st.integers(0, len(places) - 1))
    before = assign(*case)
    more = with_more_places(before, preschool, extra)
    there = places.copy()
    there[preschool] += extra
    holds(more.after, (metres, children, there))
    assert summed(more.after) == by_networkx((metres, children, there))
    assert more.placed == more.after.assigned.sum() - before.assigned.sum()
    walk_m = before.total_walk_m - more.saved_m + more.new_walk_m
    assert more.after.total_walk_m == pytest.approx(walk_m)
    assert more.used <= extra and more.placed <= more.used
    assert more.used or summed(more.after) == summed(before)
    assert more.after.shadow_m == pytest.approx(assign(metres, children, there).shadow_m)


@given(cases(), st.data())
def test_opening_places_never_raises_the_shortage(case: Case, data) -> None:
    metres, children, places = case
    extra = data.draw(st.lists(st.integers(0, 4), min_size=len(places), max_size=len(places)))
    before, after = assign(*case), assign(metres, children, places + np.array(extra, int))
    assert after.unplaced.sum() <= before.unplaced.sum()
    assert (after.unplaced_by_distance == before.unplaced_by_distance).all()
    if before.unplaced.sum() == 0:
        assert after.total_walk_m <= before.total_walk_m


@given(cases(), st.data())
def test_a_new_preschool_never_raises_the_shortage_nor_the_walk_when_all_had_places(
    case: Case, data
) -> None:
    metres, children, places = case
    rows = metres.shape[0]
    walks = np.array(data.draw(st.lists(st.integers(0, 9), min_size=rows, max_size=rows)), float)
    reach = np.array(data.draw(st.lists(st.booleans(), min_size=rows, max_size=rows)), bool)
    column = sparse(100 * walks[:, None], reach[:, None])
    table = metres.tocoo()
    row = np.concatenate([table.row, column.tocoo().row])
    at = np.concatenate([table.col, column.tocoo().col + metres.shape[1]])
    both = csr_array(
        (np.concatenate([table.data, column.data]), (row, at)), shape=(rows, metres.shape[1] + 1)
    )
    before = assign(*case)
    after = assign(both, children, np.append(places, data.draw(st.integers(0, 5))))
    assert after.unplaced.sum() <= before.unplaced.sum()
    assert after.unplaced_by_distance.sum() <= before.unplaced_by_distance.sum()
    if before.unplaced.sum() == 0:
        assert after.total_walk_m <= before.total_walk_m


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_preschools_changes_no_total_and_no_shadow(
    case: Case, chance
) -> None:
    metres, children, places = case
    rows, columns = list(range(len(children))), list(range(len(places)))
    chance.shuffle(rows)
    chance.shuffle(columns)
    turned = assign(_taken(metres, rows, columns), children[rows], places[columns])
    straight = assign(*case)
    assert summed(turned) == summed(straight)
    assert turned.shadow_m == pytest.approx(straight.shadow_m[columns])
    assert (turned.shadow_children == straight.shadow_children[columns]).all()
    assert (turned.unplaced_by_distance == straight.unplaced_by_distance[rows]).all()


def _taken(metres: csr_array, rows: list[int], columns: list[int]) -> csr_array:
    table = metres.tocoo()
    row, column = np.argsort(rows)[table.row], np.argsort(columns)[table.col]
    return csr_array((table.data, (row, column)), shape=metres.shape)


def test_a_case_worked_by_hand() -> None:
    """Two houses, two preschools with 2 places each.

    House A: 3 children, 100 m to X and 500 m to Y. House B: 2 children, 200 m to X, 900 m to Y.
    Five children, four places: one is left without. Both of X's places save 700 m each for B's
    children and 400 m for A's. Placing two of A in Y and two of B in X: 2·500 + 2·200 = 1,400 m.
    Or A has X, and one A and one B go to Y: 2·100 + 500 + 900 = 1,600 m. Or three of A and one of
    B: 1·100 + 2·500 + 200 = 1,300 m, which is least. One of B is left, though within the limit.

    One more place at X: B's second child there, 200 m more walked by one child more.
    One more place at Y: A's child moves from X to Y (+400) and B's takes X (+200): 600 m more.
    """
    found = assign([[100.0, 500.0], [200.0, 900.0]], [3, 2], [2, 2])
    assert found.flow.toarray().tolist() == [[1, 2], [1, 0]]
    assert found.total_walk_m == 1300 and found.mean_walk_m == 325
    assert found.unplaced_by_places.tolist() == [0, 1]
    assert found.unplaced_by_distance.tolist() == [0, 0]
    assert found.shadow_children.tolist() == [1, 1]
    assert found.shadow_m.tolist() == [-200, -600]


def test_more_places_say_who_walks_shorter_and_by_how_much() -> None:
    """Four children at 100 m from X and 900 m from Y; X has one place: three walk to Y.

    Ten more places at X: those three walk 800 m less each, and seven places are of no use.
    """
    found = assign([[100.0, 900.0]], [4], [1, 9])
    more = with_more_places(found, 0, 10)
    assert (more.shorter, more.longer, more.saved_m, more.placed) == (3, 0, 2400, 0)
    assert (more.used, more.new_walk_m, more.after.shadow_m.tolist()) == (3, 0, [0, 0])
    one = with_more_places(found, 0, 1)
    assert one.saved_m == found.shadow_m[0] == 800


def test_a_place_more_can_let_somebody_in_far_away_through_a_chain_of_moves() -> None:
    """One child each in A, B and C; preschools 0 and 1 have a place each, 2 has none.

    B goes to 0 (100 m) and C to 1 (100 m), and A, who only reaches 0, is left. A place at 2 sends C
    there (300 m), B to 1 (200 m) and A to 0 (900 m): one child more, and 1,200 m.
    """
    metres = sparse(
        np.array([[900, 0, 0], [100, 200, 0], [0, 100, 300]]),
        np.array([[1, 0, 0], [1, 1, 0], [0, 1, 1]], bool),
    )
    found = assign(metres, [1, 1, 1], [1, 1, 0])
    assert found.unplaced_by_places.tolist() == [1, 0, 0] and found.total_walk_m == 200
    assert found.shadow_children.tolist() == [1, 1, 1]
    assert found.shadow_m.tolist() == [-900, -1000, -1200]
    more = with_more_places(found, 2, 1)
    assert more.after.flow.toarray().tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert (more.placed, more.longer, more.saved_m, more.new_walk_m) == (1, 2, -300, 900)


def test_longer_than_the_limit_nobody_walks_and_the_rest_is_by_distance() -> None:
    metres = np.array([[300.0, 1200.0], [1100.0, 2500.0], [900.0, 1000.0]])
    found = assign(metres, [2, 3, 1], [2, 9], limit_m=1000)
    assert found.flow.toarray().tolist() == [[2, 0], [0, 0], [0, 1]]
    assert found.unplaced_by_distance.tolist() == [0, 3, 0]
    assert found.unplaced_by_places.tolist() == [0, 0, 0]
    assert assign(metres, [2, 3, 1], [2, 9], limit_m=999).unplaced_by_places.sum() == 1


def test_whole_children_in_a_large_question_are_those_of_the_linear_programme_of_scipy() -> None:
    rng = np.random.default_rng(7)
    metres = np.hypot(*(rng.random((2, 300, 1)) - rng.random((2, 1, 25)))) * 3000
    children, places = rng.poisson(2, 300), rng.integers(5, 40, 25)
    limited = sparse(metres, metres <= 1200)
    found = assign(metres, children, places, limit_m=1200)
    holds(found, (limited, children, places), 1200)
    table, width = limited.tocoo(), limited.nnz
    rows = csr_array((np.ones(width), (table.row, np.arange(width))), shape=(300, width))
    columns = csr_array((np.ones(width), (table.col, np.arange(width))), shape=(25, width))
    limits = {"A_ub": np.vstack([rows.toarray(), columns.toarray()])}
    limits["b_ub"] = np.concatenate([children, places])
    most = -linprog(-np.ones(width), **limits).fun
    assert found.assigned.sum() == round(most)
    least = linprog(table.data, A_eq=np.ones((1, width)), b_eq=[round(most)], **limits).fun
    assert found.total_walk_m == pytest.approx(least, rel=1e-9)
    nearest = np.where(metres <= 1200, metres, np.inf)
    assert (found.unplaced_by_distance == children * ~np.isfinite(nearest).any(axis=1)).all()


def test_shadows_and_more_places_are_exact_where_walks_differ_by_millimetres() -> None:
    rng = np.random.default_rng(3)
    metres = np.hypot(*(rng.random((2, 200, 1)) - rng.random((2, 1, 15)))) * 2000
    for rich in (0.8, 1.3):
        children = rng.poisson(1.5, 200)
        places = rng.multinomial(int(rich * children.sum()), np.full(15, 1 / 15))
        found = assign(metres, children, places)
        for preschool in range(15):
            for extra in (1, 12):
                there = places.copy()
                there[preschool] += extra
                again = assign(metres, children, there)
                more = with_more_places(found, preschool, extra)
                assert more.after.assigned.sum() == again.assigned.sum()
                assert more.after.total_walk_m == pytest.approx(again.total_walk_m, abs=1e-6)
                if extra == 1:
                    saved = found.total_walk_m - again.total_walk_m
                    assert found.shadow_m[preschool] == pytest.approx(saved, abs=1e-6)


def families_by_hand(case: Case, family: list[int]) -> tuple[int, float]:
    """Try every preschool, or none, for every family and every child without one."""
    metres, children, places = case
    dense = np.full(metres.shape, np.inf)
    table = metres.tocoo()
    dense[table.row, table.col] = table.data
    parties = [[row] for row, own in enumerate(family) if own < 0 for _ in range(children[row])]
    sizes = [1] * len(parties)
    for own in sorted({own for own in family if own >= 0}):
        rows = [row for row, other in enumerate(family) if other == own]
        parties.append([row for row in rows for _ in range(children[row])])
        sizes.append(len(parties[-1]))
    best = (0, 0.0)
    for choice in itertools.product(range(-1, len(places)), repeat=len(parties)):
        taken, walk = np.zeros(len(places), int), 0.0
        for rows, size, where in zip(parties, sizes, choice, strict=True):
            if where >= 0:
                taken[where] += size
                walk += sum(dense[row, where] for row in rows)
        if (taken <= places).all() and np.isfinite(walk):
            best = max(best, (int(taken.sum()), -walk))
    return best[0], -best[1]


@given(cases(most=4, children=2), st.data())
def test_families_stay_together_and_the_answer_is_still_the_best(case: Case, data) -> None:
    rows = case[0].shape[0]
    family = data.draw(st.lists(st.integers(-1, 2), min_size=rows, max_size=rows))
    found = assign(*case, siblings=family)
    holds(found, case)
    assert found.proven
    assert summed(found) == families_by_hand(case, family)
    flow = found.flow.toarray()
    for own in {own for own in family if own >= 0}:
        together = np.flatnonzero(np.array(family) == own)
        used = flow[together].sum(axis=0)
        assert sorted(used[used > 0]) in ([], [case[1][together].sum()])


@pytest.mark.parametrize("seed", range(4))
def test_many_families_get_what_the_whole_programme_of_scipy_gives(seed: int) -> None:
    """Every row with several children is a family; scipy branches over all pairs at once."""
    rng = np.random.default_rng(seed)
    rows, columns = 60, 6
    metres = np.hypot(*(rng.random((2, rows, 1)) - rng.random((2, 1, columns)))) * 1000
    children = rng.integers(1, 5, rows)
    share = (0.6, 0.9, 1.0, 1.3)[seed]
    places = rng.multinomial(int(share * children.sum()), np.full(columns, 1 / columns))
    found = assign(metres, children, places, siblings=np.arange(rows))
    once = np.kron(np.eye(rows), np.ones(columns))
    room = np.kron(children, np.eye(columns)).reshape(columns, rows * columns)
    limits = LinearConstraint(np.vstack([once, room]), ub=np.concatenate([np.ones(rows), places]))
    size, walk = np.repeat(children, columns), (metres * children[:, None]).ravel()
    whole = {"integrality": np.ones(len(size)), "bounds": Bounds(0, 1)}
    exact = {"options": {"mip_rel_gap": 0}}
    most = round(-milp(-size, constraints=limits, **whole, **exact).fun)
    at_least = LinearConstraint(size, lb=most)
    least = milp(walk, constraints=[limits, at_least], **whole, **exact).fun
    assert found.proven and found.assigned.sum() == most
    assert found.total_walk_m == pytest.approx(least, rel=1e-9)


def test_families_out_of_time_get_an_answer_and_an_honest_bound() -> None:
    rng = np.random.default_rng(1)
    metres = np.hypot(*(rng.random((2, 300, 1)) - rng.random((2, 1, 20)))) * 1000
    children, places = rng.integers(1, 5, 300), np.full(20, 34)
    case = (csr_array(metres), children, places)
    apart = assign(*case)
    for seconds in (1e-9, 0.2):
        found = assign(*case, siblings=np.arange(300), time_limit_s=seconds)
        holds(found, case)
        assert (found.flow.toarray() > 0).sum(axis=1).max() == 1
        assert found.assigned.sum() <= found.bound_children
        assert found.bound_walk_m <= found.total_walk_m
        assert found.proven or found.status != "optimal"
        assert apart.assigned.sum() >= found.assigned.sum()


def test_a_family_goes_where_all_of_it_fits_and_its_shadow_is_unknown() -> None:
    """Twins at 100 m from X (one place) and 600 m from Y: together they go to Y."""
    apart = assign([[100.0, 600.0]], [2], [1, 5])
    assert apart.total_walk_m == 700 and apart.shadow_m.tolist() == [500, 0]
    together = assign([[100.0, 600.0]], [2], [1, 5], siblings=[0])
    assert together.total_walk_m == 1200 and together.proven
    assert np.isnan(together.shadow_m).all() and np.isnan(together.shadow_children).all()
    more = with_more_places(together, 0, 1)
    assert (more.shorter, more.saved_m, more.used) == (2, 1000, 2)


def test_families_without_siblings_are_no_families() -> None:
    case = ([[100.0, 600.0], [200.0, 300.0]], [1, 4], [2, 3])
    alone = assign(*case, siblings=[0, NO_FAMILY])
    assert summed(alone) == summed(assign(*case))
    assert alone.shadow_m.tolist() == assign(*case).shadow_m.tolist()


def test_a_family_whose_houses_share_no_preschool_is_without_one_by_distance() -> None:
    metres = sparse(np.array([[100, 0], [0, 100]]), np.eye(2, dtype=bool))
    found = assign(metres, [1, 2], [9, 9], siblings=[5, 5])
    assert found.unplaced_by_distance.tolist() == [1, 2] and found.unplaced_by_places.sum() == 0


@pytest.mark.parametrize(
    "shape",
    [(0, 0), (0, 3), (3, 0), (2, 2)],
    ids=["nothing", "no rows", "no preschools", "no pairs"],
)
def test_nothing_in_reach_is_an_answer(shape: tuple[int, int]) -> None:
    rows, columns = shape
    found = assign(csr_array(shape), np.ones(rows, int), np.ones(columns, int))
    assert found.flow.shape == shape and found.flow.nnz == 0 and found.total_walk_m == 0
    assert math.isnan(found.mean_walk_m) and found.proven
    assert found.unplaced_by_distance.tolist() == [1] * rows
    assert found.shadow_m.tolist() == found.shadow_children.tolist() == [0] * columns


def test_no_children_no_places_and_a_limit_below_all_distances_are_answers() -> None:
    metres = [[300.0, 400.0]]
    assert assign(metres, [0], [3, 3]).unplaced.sum() == 0
    none = assign(metres, [2], [0, 0])
    assert none.unplaced_by_places.tolist() == [2] and none.shadow_children.tolist() == [1, 1]
    assert none.shadow_m.tolist() == [-300, -400]
    near = assign(metres, [2], [3, 3], limit_m=299)
    assert near.unplaced_by_distance.tolist() == [2] and math.isnan(near.mean_walk_m)


def test_a_stored_zero_is_next_door_and_what_is_not_stored_is_out_of_reach() -> None:
    metres = csr_array((np.zeros(1), np.array([0]), np.array([0, 1, 1])), shape=(2, 1))
    found = assign(metres, [1, 1], [5], limit_m=10)
    assert found.assigned.tolist() == [1] and found.mean_walk_m == 0
    assert found.unplaced_by_distance.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("children", "places", "more", "code", "row"),
    [
        ([1, -1], [1], {}, "bad_children", 2),
        ([1.5, 1], [1], {}, "bad_children", 1),
        ([1, math.nan], [1], {}, "bad_children", 2),
        ([1, math.inf], [1], {}, "bad_children", 2),
        ([1], [1], {}, "bad_children", 2),
        (["x", 1], [1], {}, "bad_children", 1),
        ([1, 1], [-3], {}, "bad_places", 1),
        ([1, 1], [2.5], {}, "bad_places", 1),
        ([1, 1], [2, 2], {}, "bad_places", 2),
        ([1, 1], [2], {"siblings": [0]}, "bad_families", 2),
        ([1, 1], [2], {"siblings": [0, -2]}, "bad_families", 2),
        ([1, 1], [2], {"siblings": [0.5, 0]}, "bad_families", 1),
        ([1, 1], [2], {"limit_m": 0}, "bad_limit", None),
        ([1, 1], [2], {"limit_m": math.nan}, "bad_limit", None),
        ([1, 1], [2], {"limit_m": "1000"}, "bad_limit", None),
    ],
)
def test_numbers_that_are_no_counts_are_refused_with_the_row(
    children, places, more, code, row
) -> None:
    with refused(code) as refusal:
        assign([[100.0], [200.0]], children, places, **more)
    assert row is None or refusal.value.values["row"] == row
    for language in ("sv", "en"):
        assert "{" not in refusal.value.message(language)


def test_no_time_at_all_is_refused() -> None:
    with refused("bad_time_limit", SitingError):
        assign([[100.0], [200.0]], [1, 1], [2], time_limit_s=0)


@pytest.mark.parametrize("metres", [[[-1.0]], [[math.nan]], [[math.inf]], [1.0], [["x"]]], ids=str)
def test_distances_that_are_none_are_refused(metres) -> None:
    with refused("bad_matrix"):
        assign(metres, [1], [1])


def test_a_pair_stored_twice_is_refused() -> None:
    twice = csr_array((np.array([1.0, 2.0]), np.array([0, 0]), np.array([0, 2])), shape=(1, 1))
    with refused("bad_matrix"):
        assign(twice, [1], [1])


def test_a_question_about_more_places_or_a_group_is_checked() -> None:
    found = assign([[100.0]], [2], [1])
    for preschool in (-1, 1, 0.5, True):
        with refused("bad_preschool"):
            with_more_places(found, preschool, 1)
    for extra in (-1, 1.5):
        with refused("bad_count", SitingError):
            with_more_places(found, 0, extra)


def test_who_listens_can_stop_it() -> None:
    def stop(_key: str, _share: float) -> None:
        raise Cancelled

    rng = np.random.default_rng(0)
    metres = rng.random((400, 30)) * 1000
    with pytest.raises(Cancelled):
        assign(metres, np.full(400, 3), np.full(30, 39), progress=stop)


def test_out_of_time_the_best_found_is_the_answer_and_not_said_to_be_proven() -> None:
    rng = np.random.default_rng(0)
    case = (csr_array(rng.random((400, 30)) * 1000), np.full(400, 3), np.full(30, 39))
    found = assign(*case, time_limit_s=1e-9)
    holds(found, case)
    assert not found.proven and found.status == "time_limit"
    best = assign(*case)
    assert found.assigned.sum() <= best.assigned.sum() <= found.bound_children
    assert found.bound_walk_m <= best.total_walk_m
    assert np.isnan(found.shadow_m).all()
