"""Places per child and the assignment of children to places, against PySAL access and scipy on the
same pairs; answers are compared before times.
"""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from access import Access, weights
from scipy.optimize import linear_sum_assignment, linprog
from scipy.sparse import csr_array, vstack

from benchmarks.timing import Row, compared
from geo.models.assignment.assign import Assignment, assign
from geo.models.catchments import floating_catchment
from geo.types import Floats, Ints

SIDE, PAIRS = 1_930, 700_000
CHILDREN, PRESCHOOLS, PLACES = 3_800, 72, 3_500
LIMIT_M = 1000.0


@dataclass(frozen=True, eq=False)
class Town:
    """Points in a square with all pairs within the limit, people a row and places a column."""

    metres: csr_array
    people: Ints
    places: Ints


def town(rows: int, columns: int, share: float, *, people: int, places: int) -> Town:
    """Return a made-up town where about ``share`` of the pairs are within the limit."""
    rng = np.random.default_rng(1)
    side_m = LIMIT_M * math.sqrt(math.pi / share)
    homes, schools = (side_m * rng.random((2, count)) for count in (rows, columns))
    metres = np.hypot(*(homes[:, :, None] - schools[:, None, :]))
    row, column = np.nonzero(metres <= LIMIT_M)
    first = np.concatenate([[0], np.cumsum((metres <= LIMIT_M).sum(axis=1))])
    return Town(
        csr_array((metres[row, column], column, first), shape=metres.shape),
        rng.multinomial(people, rng.dirichlet(np.full(rows, 2.0))),
        rng.multinomial(places, rng.dirichlet(np.full(columns, 8.0))),
    )


def catchments(side: int = SIDE, pairs: int = PAIRS, runs: int = 3) -> list[Row]:
    """Places per person by two-step floating catchments, plain and with Gaussian decay."""
    share = 1.3 * pairs / side**2  # some of a circle lies outside the town
    case = town(side, side, share, people=40 * side, places=35 * side)
    sigma = LIMIT_M / math.sqrt(-2 * math.log(0.01))
    rows = []
    for what, decay, weight in (
        ("2SFCA", None, None),
        ("2SFCA, Gaussian decay", "gaussian", weights.gaussian(sigma)),
    ):

        def ours(decay: str | None = decay) -> Floats:
            return floating_catchment(
                case.metres, case.people, case.places, limit_m=LIMIT_M, decay=decay
            )

        name = f"{what}: {side:,} × {side:,}, {case.metres.nnz:,} pairs"
        asked = {"PySAL access": _pysal(case, weight)}
        rows += compared(name, ours, asked, runs, check=_same_access)
    return rows


def assignments(
    children: int = CHILDREN, preschools: int = PRESCHOOLS, places: int = PLACES, runs: int = 3
) -> list[Row]:
    """Children to places with the least walk, each child a row: ours says what one more place
    gives as well.
    """
    case = town(children, preschools, 0.12, people=children, places=places)
    case = Town(case.metres, np.ones(children, np.intp), case.places)
    peers = {
        "scipy linear_sum_assignment": lambda: _by_matching(case),
        "scipy linprog (HiGHS)": lambda: _by_programme(case),
    }
    name = f"assignment: {children:,} children × {preschools} preschools, {case.metres.nnz:,} pairs"
    return compared(
        name,
        lambda: assign(case.metres, case.people, case.places),
        peers,
        runs,
        check=_same_walk,
    )


def _pysal(case: Town, weight: Callable[[float], float] | None) -> Callable[[], Floats]:
    table = case.metres.tocoo()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it uses what pandas has deprecated
        asked = Access(
            demand_df=pd.DataFrame({"id": np.arange(len(case.people)), "people": case.people}),
            demand_index="id",
            demand_value="people",
            supply_df=pd.DataFrame({"id": np.arange(len(case.places)), "places": case.places}),
            supply_index="id",
            supply_value="places",
            cost_df=pd.DataFrame({"from": table.row, "to": table.col, "cost": table.data}),
            cost_origin="from",
            cost_dest="to",
            cost_name="cost",
        )
    asked.log.setLevel(logging.WARNING)  # it tells of each run

    def ask() -> Floats:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = asked.two_stage_fca(name="fca", max_cost=LIMIT_M, weight_fn=weight)
        column = found["fca_places"].reindex(np.arange(len(case.people))).fillna(0)
        return np.asarray(column, np.float64)

    return ask


def _by_matching(case: Town) -> tuple[int, float]:
    """Each place a column of its own; pairs out of reach cost more than all walks together."""
    out_of_reach = 1e4 * LIMIT_M
    dense = np.full(case.metres.shape, out_of_reach)
    table = case.metres.tocoo()
    dense[table.row, table.col] = table.data
    cost = np.repeat(dense, case.places, axis=1)
    walks = cost[linear_sum_assignment(cost)]
    walks = walks[walks < out_of_reach]
    return len(walks), float(walks.sum())


def _by_programme(case: Town) -> tuple[int, float]:
    """The whole programme in one piece, a place worth more than any chain of detours."""
    table = case.metres.tocoo()
    pair, shape = np.arange(len(table.data)), case.metres.shape
    once = csr_array((np.ones(len(pair)), (table.row, pair)), shape=(shape[0], len(pair)))
    room = csr_array((np.ones(len(pair)), (table.col, pair)), shape=(shape[1], len(pair)))
    worth = (min(shape) + 2) * LIMIT_M
    limits = {"A_ub": vstack([once, room]), "b_ub": np.concatenate([case.people, case.places])}
    found = linprog(table.data - worth, **limits, method="highs-ds").x
    return round(found.sum()), float(found @ table.data)


def _same_access(peer: str, ours: Floats, theirs: Floats) -> None:
    assert np.allclose(ours, theirs, rtol=1e-12, atol=1e-15), f"{peer}: answers differ"


def _same_walk(peer: str, ours: Assignment, theirs: Any) -> None:
    if isinstance(theirs, Assignment):
        return
    placed, walk_m = theirs
    same = placed == ours.assigned.sum() and math.isclose(walk_m, ours.total_walk_m, rel_tol=1e-9)
    assert same, f"{peer}: answers differ"
