"""Maximal covering against every choice there is, other solvers and what must always hold."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from geo.location.answers import Siting
from geo.location.coverage import max_coverage

Question = dict[str, Any]


def a_town(rows: int, columns: int, reach_m: float, seed: int, side_m: float = 10_000) -> Any:
    """Return who is in reach of what, in clusters, and people a row."""
    draw = np.random.default_rng(seed)
    middles = draw.uniform(0.1, 0.9, (max(2, rows // 60), 2)) * side_m

    def some(count: int) -> Any:
        around = middles[draw.integers(len(middles), size=count)]
        return np.clip(around + draw.normal(0, side_m / 14, (count, 2)), 0, side_m)

    homes, rooms = cKDTree(some(rows)), cKDTree(some(columns))
    metres = homes.sparse_distance_matrix(rooms, reach_m, output_type="coo_matrix")
    return csr_array(metres.tocsr()), draw.integers(1, 51, rows).astype(float)


def a_question(seed: int) -> Question:
    """Return a small question of any kind: open, forbidden, costs, budgets, ties, zeros."""
    draw = np.random.default_rng(seed)
    rows, columns = int(draw.integers(1, 25)), int(draw.integers(1, 10))
    reach = (draw.random((rows, columns)) < draw.uniform(0.05, 0.6)).astype(float)
    if draw.random() < 0.3:
        reach[:, draw.integers(columns)] = reach[:, draw.integers(columns)]
    kind = draw.integers(3)
    weights = draw.integers(0, 4, rows) if kind == 0 else draw.integers(0, 60, rows)
    weights = draw.random(rows) * 9 if kind == 2 else weights.astype(float)
    if not weights.any():
        weights[0] = 1.0
    order = draw.permutation(columns)
    opened, barred = int(draw.integers(0, 3)), int(draw.integers(0, 3))
    existing, forbidden = order[:opened].tolist(), order[opened : opened + barred].tolist()
    free = len(order[opened + barred :])
    asked: Question = {"reach": reach, "weights": weights, "existing": existing}
    asked |= {"forbidden": forbidden, "count": int(draw.integers(0, free + 1))}
    if draw.random() < 0.5:
        asked["costs"] = draw.integers(0, 6, columns).astype(float)
        if draw.random() < 0.3:
            asked["costs"] = draw.random(columns) * 1e5
        least = min(asked["costs"][order[opened + barred :]], default=0.0)
        asked["budget"] = float(least + draw.random() * asked["costs"].sum() * 0.7)
        if draw.random() < 0.3:
            asked["count"] = None
    return asked


def reached(reach: Any, weights: Any, sites: Any) -> float:
    return float(weights[(reach[:, list(sites)] != 0).any(axis=1)].sum())


def best_by_trying_all(asked: Question) -> float:
    """Return the most people any allowed choice reaches."""
    reach, columns = asked["reach"], asked["reach"].shape[1]
    free = sorted(set(range(columns)) - set(asked["existing"]) - set(asked["forbidden"]))
    count = len(free) if asked["count"] is None else asked["count"]
    budget, costs = asked.get("budget"), asked.get("costs", np.ones(columns))
    sizes = [count] if budget is None else range(count + 1)
    return max(
        reached(reach, asked["weights"], [*sites, *asked["existing"]])
        for size in sizes
        for sites in itertools.combinations(free, size)
        if budget is None or costs[list(sites)].sum() <= budget * (1 + 1e-9)
    )


def check(found: Siting, asked: Question) -> None:
    """Prove that an answer says of itself what is so."""
    reach, weights = asked["reach"], asked["weights"]
    sites = found.sites.tolist()
    assert sites == sorted(set(sites))
    assert not set(sites) & (set(asked["existing"]) | set(asked["forbidden"]))
    everyone = [*sites, *asked["existing"]]
    assert found.objective == pytest.approx(reached(reach, weights, everyone), rel=1e-12)
    assert found.bound >= found.objective
    if asked.get("budget") is None:
        assert len(sites) == asked["count"]
    else:
        assert asked["count"] is None or len(sites) <= asked["count"]
        assert asked["costs"][sites].sum() <= asked["budget"] * (1 + 1e-9)
        for site in sites:  # none is there for nothing
            fewer = [other for other in everyone if other != site]
            assert reached(reach, weights, fewer) < found.objective
    lost = (reach == 0).all(axis=1)
    assert found.unreachable == pytest.approx(weights[lost].sum())
    total = found.objective + found.unreachable + found.unserved
    assert total == pytest.approx(weights.sum())
    for row, site in enumerate(found.assignment):
        assert site in everyone if site >= 0 else not (reach[row, everyone] != 0).any()
        assert site < 0 or reach[row, site] != 0


@pytest.mark.parametrize("block", range(8))
def test_no_choice_of_all_reaches_more(block: int) -> None:
    for seed in range(block * 75, block * 75 + 75):
        asked = a_question(seed)
        found = max_coverage(**asked)
        check(found, asked)
        assert found.proven, seed
        assert found.objective == pytest.approx(best_by_trying_all(asked), rel=1e-9), seed
