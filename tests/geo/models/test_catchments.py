"""Places per person in reach: the digits of PySAL access, totals kept, and nobody divided by."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
import pytest
from access import Access, weights
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from geo.models.catchments import catchment, floating_catchment
from geo.models.decay import DECAYS, Decay, Exponential, Gaussian, Linear, Logistic, Step
from geo.presets import CATCHMENT_METHODS, PER_PERSON
from tests.refusals import refused

Case = tuple[csr_array, np.ndarray, np.ndarray]
LIMIT_M = 1000.0
EVERY = [(method, decay) for method in PER_PERSON for decay in (None, *DECAYS)]


def town(rows: int, columns: int, seed: int, spare: bool = True) -> Case:
    """Points in a square of 3 km with all pairs up to 1.5 km; with ``spare`` some count nobody."""
    rng = np.random.default_rng(seed)
    metres = np.hypot(*(rng.random((2, rows, 1)) - rng.random((2, 1, columns)))) * 3000
    metres[rng.random(metres.shape) < 0.01] = 0
    demand, supply = rng.gamma(2, 20, rows), rng.integers(1, 100, columns).astype(float)
    if spare:
        demand[rng.random(rows) < 0.1] = 0
        supply[rng.random(columns) < 0.1] = 0
    row, column = np.nonzero(metres <= 1500)
    first = np.concatenate([[0], np.cumsum((metres <= 1500).sum(axis=1))])
    return csr_array((metres[row, column], column, first), shape=metres.shape), demand, supply


def pysal(case: Case, weight_fn=None, limit_m: float = LIMIT_M) -> np.ndarray:
    """Ask PySAL access on the same pairs; it leaves out rows that reach nothing, and says NaN
    where a supply nobody wants meets a row nobody lives in.
    """
    metres, demand, supply = case
    table = metres.tocoo()
    pairs = pd.DataFrame({"origin": table.row, "dest": table.col, "cost": table.data})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it uses what pandas has deprecated
        asked = Access(
            demand_df=pd.DataFrame({"id": np.arange(len(demand)), "people": demand}),
            demand_index="id",
            demand_value="people",
            supply_df=pd.DataFrame({"id": np.arange(len(supply)), "places": supply}),
            supply_index="id",
            supply_value="places",
            cost_df=pairs,
            cost_origin="origin",
            cost_dest="dest",
            cost_name="cost",
        )
        found = asked.two_stage_fca(name="fca", max_cost=limit_m, weight_fn=weight_fn)
    return found["fca_places"].reindex(np.arange(len(demand))).to_numpy()


@pytest.mark.parametrize("seed", range(3))
def test_two_step_has_the_digits_of_pysal_access(seed: int) -> None:
    case = town(150, 60, seed, spare=False)
    ours, theirs = floating_catchment(*case, limit_m=LIMIT_M), pysal(case)
    np.testing.assert_allclose(ours, np.nan_to_num(theirs), rtol=1e-12)
    assert (ours > 0).sum() == np.isfinite(theirs).sum() > 140


SIGMA_M = LIMIT_M / math.sqrt(-2 * math.log(0.01))
WEIGHTS = {
    "step": weights.step_fn({LIMIT_M / 3: 1, 2 * LIMIT_M / 3: 0.68, LIMIT_M: 0.22}),
    "linear": lambda metres: 1 - metres / LIMIT_M,
    "gaussian": weights.gaussian(SIGMA_M),
    "exponential": lambda metres: 0.01 ** (metres / LIMIT_M),
    "logistic": lambda metres: (
        (1 + math.exp(-math.pi * math.sqrt(3)))
        / (1 + math.exp(math.pi * math.sqrt(3) * (2 * metres / LIMIT_M - 1)))
    ),
}


@pytest.mark.parametrize("name", DECAYS)
def test_with_decay_it_has_the_digits_of_pysal_access_with_the_same_weights(name: str) -> None:
    case = town(120, 50, 5, spare=False)
    ours = floating_catchment(*case, limit_m=LIMIT_M, decay=name, method="e2sfca")
    theirs = np.nan_to_num(pysal(case, WEIGHTS[name]))
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    again = floating_catchment(*case, limit_m=LIMIT_M, decay=DECAYS[name])
    assert (ours == again).all()


def test_where_pysal_says_nan_nobody_is_asked_and_we_say_the_places_of_a_neighbour() -> None:
    """Nobody lives in reach of the second preschool: 0 / 0 or 30 / 0 there, nothing here."""
    metres = csr_array(np.array([[100.0, 0, 0], [200.0, 100.0, 0], [0, 100.0, 50.0]]))
    case = (metres, np.array([6.0, 0.0, 0.0]), np.array([12.0, 30.0, 5.0]))
    assert not np.isfinite(pysal(case)).all()
    found = catchment(*case, limit_m=LIMIT_M)
    assert found.access.tolist() == [2, 2, 0] and found.ratio.tolist() == [2, 0, 0]
    assert (found.reached_supply, found.unreached_supply, found.unreached_demand) == (12, 35, 0)


def test_enhanced_without_a_decay_is_in_steps_as_the_paper_has_it() -> None:
    case = town(60, 30, 8)
    stepped = floating_catchment(*case, limit_m=LIMIT_M, method="2sfca", decay="step")
    assert (floating_catchment(*case, limit_m=LIMIT_M, method="e2sfca") == stepped).all()
    assert not np.allclose(floating_catchment(*case, limit_m=LIMIT_M), stepped)


def test_enhanced_is_spatial_availability_per_head() -> None:
    """Soukhov et al. 2023: V_i = Σ_j S_j F_ij, with F_ij = f_p f_c / Σ_i f_p f_c."""
    metres, demand, supply = town(80, 30, 4)
    inside = (dense := metres.toarray()) <= LIMIT_M
    inside &= (
        np.asarray(csr_array((np.ones(metres.nnz), metres.indices, metres.indptr)).toarray()) > 0
    )
    impedance = np.exp(math.log(0.01) * (np.where(inside, dense, np.inf) / LIMIT_M) ** 2)
    by_people = demand / demand.sum()
    by_walk = impedance / np.maximum(impedance.sum(axis=0), 1e-300)
    factor = by_people[:, None] * by_walk
    total = factor.sum(axis=0)
    factor = np.divide(factor, total, out=np.zeros_like(factor), where=total > 0)
    per_head = (factor @ supply)[demand > 0] / demand[demand > 0]
    ours = floating_catchment(metres, demand, supply, limit_m=LIMIT_M, decay="gaussian")
    np.testing.assert_allclose(ours[demand > 0], per_head, rtol=1e-12)


def test_a_case_worked_by_hand() -> None:
    """House A: 10 children, 100 m to X and 600 m to Y. House B: 30 children, 300 m to Y only.

    X has 5 places, Y 16. Limit 1,000 m.
    2SFCA: X = 5 / 10 = 0.5, Y = 16 / 40 = 0.4; A = 0.9, B = 0.4. In all 10·0.9 + 30·0.4 = 21.
    Steps: X = 5 / 10 (0–333 m: 1), Y = 16 / (0.68·10 + 30) = 0.43478…;
    A = 0.5 + 0.68·0.43478… = 0.79565…, B = 0.43478…; in all 21 again.
    Balanced: A's children are shared half and half: X = 5 / 5 = 1, Y = 16 / 35;
    A = ½·1 + ½·16/35 = 0.72857…, B = 16 / 35 = 0.45714…; in all 21 again.
    """
    metres = csr_array(np.array([[100.0, 600.0], [0.0, 300.0]]))
    case = (metres, [10, 30], [5, 16])
    assert floating_catchment(*case, limit_m=1000) == pytest.approx([0.9, 0.4])
    stepped = floating_catchment(*case, limit_m=1000, method="e2sfca")
    assert stepped == pytest.approx([0.5 + 0.68 * 16 / 36.8, 16 / 36.8])
    balanced = floating_catchment(*case, limit_m=1000, method="balanced")
    assert balanced == pytest.approx([0.5 + 0.5 * 16 / 35, 16 / 35])
    near = floating_catchment(*case, limit_m=300)
    assert near == pytest.approx([0.5, 16 / 30])


def test_the_paper_s_balanced_catchment_worked_by_hand() -> None:
    """The houses above by Páez, Higgins and Vivona: X = 5 / 5 = 1 and Y = 16 / 35 as balanced has
    them; X gives all of its ratio to A, Y half to each house: A = 1 + 8/35, B = 8/35; the sum of
    both is that of the ratios.
    """
    metres = csr_array(np.array([[100.0, 600.0], [0.0, 300.0]]))
    found = catchment(metres, [10, 30], [5, 16], limit_m=1000, method="bfca")
    assert found.ratio == pytest.approx([1, 16 / 35])
    assert found.access == pytest.approx([1 + 8 / 35, 8 / 35])


@st.composite
def cases(draw: st.DrawFn) -> Case:
    rows, columns = draw(st.integers(0, 7)), draw(st.integers(0, 6))
    size = rows * columns
    metres = np.array(draw(st.lists(st.integers(0, 14), min_size=size, max_size=size)), float)
    reach = np.array(draw(st.lists(st.booleans(), min_size=size, max_size=size)), bool)
    row, column = np.nonzero(reach.reshape(rows, columns))
    first = np.concatenate([[0], np.cumsum(reach.reshape(rows, columns).sum(axis=1))])
    walks = 100 * metres.reshape(rows, columns)[row, column]
    some = st.sampled_from([0.0, 0.5, 1.0, 3.0, 40.0])
    demand = draw(st.lists(some, min_size=rows, max_size=rows))
    supply = draw(st.lists(some, min_size=columns, max_size=columns))
    return (
        csr_array((walks, column, first), shape=(rows, columns)),
        np.array(demand),
        np.array(supply),
    )


@pytest.mark.parametrize(("method", "decay"), EVERY)
@given(case=cases())
def test_totals_are_kept_and_every_figure_is_a_number(method, decay, case: Case) -> None:
    metres, demand, supply = case
    found = catchment(*case, limit_m=LIMIT_M, decay=decay, method=method)
    assert np.isfinite(found.access).all() and (found.access >= 0).all()
    assert demand @ found.access == pytest.approx(found.reached_supply, abs=1e-9)
    assert found.reached_supply + found.unreached_supply == pytest.approx(supply.sum())
    table = metres.tocoo()
    near = np.zeros(metres.shape, bool)
    near[table.row, table.col] = table.data <= LIMIT_M
    assert (found.access[~(near & (supply > 0)).any(axis=1)] == 0).all()
    assert found.unreached_demand == demand[~(near & (supply > 0)).any(axis=1)].sum()
    if decay in (None, "gaussian", "exponential", "logistic"):  # never quite nothing
        wanted = (near & (demand > 0)[:, None]).any(axis=0)
        assert found.unreached_supply == supply[~wanted].sum()


def paez(case: Case, weight) -> tuple[dict[int, float], dict[int, float]]:
    """Return the level of service of each supply and the accessibility of each row, by the
    paper's own sums written out: impedances standardised by rows for the people and by columns
    for the level of service.
    """
    metres, people, places = case
    table = metres.tocoo()
    pairs = {
        (int(i), int(j)): weight(float(m))
        for i, j, m in zip(table.row, table.col, table.data, strict=True)
        if m <= LIMIT_M
    }
    by_row, by_column = (
        dict.fromkeys(range(len(people)), 0.0),
        dict.fromkeys(range(len(places)), 0.0),
    )
    for (i, j), w in pairs.items():
        by_row[i] += w
        by_column[j] += w
    served = dict.fromkeys(by_column, 0.0)
    for (i, j), w in pairs.items():
        served[j] += people[i] * w / by_row[i] if by_row[i] else 0.0
    level = {j: places[j] / served[j] if served[j] else 0.0 for j in by_column}
    access = dict.fromkeys(by_row, 0.0)
    for (i, j), w in pairs.items():
        access[i] += level[j] * w / by_column[j] if by_column[j] else 0.0
    return level, access


@given(case=cases(), decay=st.sampled_from([None, "linear", "exponential"]))
def test_the_paper_s_balanced_catchment_has_the_digits_of_its_sums(case: Case, decay) -> None:
    weight = {None: lambda _: 1.0, **WEIGHTS}[decay]
    level, access = paez(case, weight)
    found = catchment(*case, limit_m=LIMIT_M, decay=decay, method="bfca")
    np.testing.assert_allclose(found.ratio, list(level.values()), rtol=1e-9)
    np.testing.assert_allclose(found.access, list(access.values()), rtol=1e-9)
    reached = [level[j] for j in level if level[j]]
    assert found.access.sum() == pytest.approx(sum(reached))


def test_cutting_a_row_in_two_halves_what_the_paper_s_catchment_gives_it() -> None:
    """Why it is no measure of places per person here: one house as two rows, half each."""
    whole = floating_catchment([[100.0]], [10], [5], limit_m=1000, method="bfca")
    halved = floating_catchment([[100.0], [100.0]], [5, 5], [5], limit_m=1000, method="bfca")
    assert whole.tolist() == [0.5] and halved.tolist() == [0.25, 0.25]
    ours = floating_catchment([[100.0], [100.0]], [5, 5], [5], limit_m=1000, method="balanced")
    assert ours.tolist() == [0.5, 0.5]


@given(
    case=cases(),
    method=st.sampled_from(CATCHMENT_METHODS),
    factor=st.sampled_from([0.25, 2.0, 7.0]),
)
def test_so_many_times_the_places_are_so_many_times_per_child(case: Case, method, factor) -> None:
    metres, demand, supply = case
    one = floating_catchment(metres, demand, supply, limit_m=LIMIT_M, method=method)
    more = floating_catchment(metres, demand, factor * supply, limit_m=LIMIT_M, method=method)
    np.testing.assert_allclose(more, factor * one, rtol=1e-12)


@given(
    case=cases(),
    method=st.sampled_from(CATCHMENT_METHODS),
    chance=st.randoms(use_true_random=False),
)
def test_the_order_of_rows_and_supplies_changes_nothing(case: Case, method, chance) -> None:
    metres, demand, supply = case
    rows, columns = list(range(len(demand))), list(range(len(supply)))
    chance.shuffle(rows)
    chance.shuffle(columns)
    table = metres.tocoo()
    place = (np.argsort(rows)[table.row], np.argsort(columns)[table.col])
    turned = csr_array((table.data, place), shape=metres.shape)
    one = floating_catchment(metres, demand, supply, limit_m=LIMIT_M, method=method)
    other = floating_catchment(
        turned, demand[rows], supply[columns], limit_m=LIMIT_M, method=method
    )
    np.testing.assert_allclose(other, one[rows], rtol=1e-12)


@given(case=cases(), method=st.sampled_from(PER_PERSON), decay=st.sampled_from([None, *DECAYS]))
def test_cutting_a_row_in_two_changes_no_ones_figure(case: Case, method, decay) -> None:
    metres, demand, supply = case
    if not len(demand):
        return
    table = metres.tocoo()
    of_first = table.row == 0
    row = np.concatenate([table.row, np.full(of_first.sum(), len(demand))])
    column = np.concatenate([table.col, table.col[of_first]])
    walks = np.concatenate([table.data, table.data[of_first]])
    cut = csr_array((walks, (row, column)), shape=(len(demand) + 1, len(supply)))
    halved = np.append(demand, demand[0] / 2)
    halved[0] /= 2
    one = floating_catchment(*case, limit_m=LIMIT_M, method=method, decay=decay)
    two = floating_catchment(cut, halved, supply, limit_m=LIMIT_M, method=method, decay=decay)
    np.testing.assert_allclose(two, np.append(one, one[0]), rtol=1e-12)


@given(case=cases(), data=st.data())
def test_opening_places_never_lowers_anybodys_access(case: Case, data) -> None:
    metres, demand, supply = case
    extra = data.draw(st.lists(st.sampled_from([0.0, 5.0]), min_size=len(supply)))[: len(supply)]
    before = floating_catchment(*case, limit_m=LIMIT_M)
    after = floating_catchment(metres, demand, supply + np.array(extra), limit_m=LIMIT_M)
    assert (after >= before).all()


@pytest.mark.parametrize("decay", [*DECAYS.values(), Step((0.5, 1.0), (1.0, 0.3)), Gaussian(0.5)])
def test_a_decay_begins_at_one_never_rises_and_ends_above_nothing_or_at_it(decay: Decay) -> None:
    for limit_m in (10.0, 400.0, 1000.0, 5000.0):
        weight = decay(np.linspace(0, limit_m, 1001), limit_m)
        assert weight[0] == pytest.approx(1) and (np.diff(weight) <= 0).all()
        assert (weight >= 0).all() and weight[-1] < 0.51
    assert decay(np.array([2.0]), 4.0) == pytest.approx(decay(np.array([500.0]), 1000.0))


def test_each_decay_is_what_its_formula_says() -> None:
    halfway = {name: float(decay(np.array([500.0]), 1000.0)[0]) for name, decay in DECAYS.items()}
    assert halfway == pytest.approx(
        {
            "step": 0.68,
            "linear": 0.5,
            "gaussian": 0.01**0.25,
            "exponential": 0.1,
            "logistic": (1 + math.exp(-math.pi * math.sqrt(3))) / 2,
        }
    )
    assert Step()(np.array([0.0, 300.0, 300.1, 600.0, 600.1, 900.0, 901.0]), 900.0).tolist() == [
        *(1.0, 1.0, 0.68, 0.68, 0.22, 0.22, 0.0)
    ]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Step((), ()),
        lambda: Step((0.5, 0.5), (1, 1)),
        lambda: Step((0.5, 1), (1,)),
        lambda: Step((1,), (1.5,)),
        lambda: Gaussian(0.0),
        lambda: Gaussian(1.0),
        lambda: Exponential(-0.1),
        lambda: Exponential(math.nan),
        lambda: Logistic(0.5, 0.0),
        lambda: Logistic(math.inf, 1.0),
    ],
)
def test_a_decay_that_is_none_is_refused(make) -> None:
    with refused("bad_decay") as refusal:
        make()
    assert "{" not in refusal.value.message("sv")


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0), (3, 3)], ids=str)
@pytest.mark.parametrize(("method", "decay"), EVERY)
def test_nothing_in_reach_is_no_places_and_no_fault(shape, method, decay) -> None:
    case = (csr_array(shape), np.ones(shape[0]), np.ones(shape[1]))
    found = catchment(*case, limit_m=1.0, method=method, decay=decay)
    assert found.access.tolist() == [0] * shape[0] and found.ratio.tolist() == [0] * shape[1]
    assert (found.unreached_supply, found.unreached_demand) == (shape[1], shape[0])


def test_a_limit_below_all_distances_no_children_and_no_places_are_answers() -> None:
    metres = [[300.0, 400.0], [500.0, 600.0]]
    assert floating_catchment(metres, [1, 1], [1, 1], limit_m=299).tolist() == [0, 0]
    empty = catchment(metres, [0, 0], [5, 6], limit_m=1000)
    assert empty.access.tolist() == [0, 0] and empty.unreached_supply == 11
    closed = catchment(metres, [3, 4], [0, 0], limit_m=1000, method="balanced")
    assert closed.access.tolist() == [0, 0] and closed.unreached_demand == 7


def test_a_preschool_without_places_draws_nobody_from_the_others() -> None:
    one = floating_catchment([[100.0]], [10], [5], limit_m=500, method="balanced")
    two = floating_catchment([[100.0, 50.0]], [10], [5, 0], limit_m=500, method="balanced")
    assert one.tolist() == two.tolist() == [0.5]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"distances": [[-1.0]]}, "bad_matrix"),
        ({"distances": [[math.nan]]}, "bad_matrix"),
        ({"distances": [1.0]}, "bad_matrix"),
        ({"demand": [-1]}, "bad_weights"),
        ({"demand": [1, 2]}, "bad_weights"),
        ({"demand": [math.nan]}, "bad_weights"),
        ({"supply": [-1]}, "bad_capacity"),
        ({"supply": []}, "bad_capacity"),
        ({"limit_m": 0}, "bad_limit"),
        ({"limit_m": None}, "bad_limit"),
        ({"limit_m": True}, "bad_limit"),
        ({"limit_m": math.inf}, "bad_limit"),
        ({"decay": "steep"}, "unknown_decay"),
        ({"method": "3sfca"}, "unknown_method"),
    ],
)
def test_what_can_not_be_used_is_refused_in_words(change, code) -> None:
    good = {"distances": [[100.0]], "demand": [1], "supply": [1], "limit_m": 500}
    with refused(code) as refusal:
        floating_catchment(**{**good, **change})
    for language in ("sv", "en"):
        assert "{" not in refusal.value.message(language)


def test_linear_leaves_nothing_at_the_limit_and_such_places_are_not_reached() -> None:
    found = catchment([[500.0]], [3], [6], limit_m=500, decay=Linear())
    assert found.access.tolist() == [0] and found.unreached_supply == 6
