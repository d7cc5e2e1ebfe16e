"""The model behind where to add preschool places: groups of children, sites that can grow, and the
least cost at which enough get a place. Knows matrices and rules, no area.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array, csr_array

from geo.area.record_fields import Growing
from geo.errors import SolverFailed
from geo.models.location import highs
from geo.types import Ints

ROUNDING = 1e-6


@dataclass(frozen=True, eq=False)
class Options:
    """Sites that can take children: metres to them, places today, groups they can add at most, and
    1 where a site is new (and costs something to open).
    """

    metres: csr_array
    places: Ints
    most_modules: Ints
    is_new: Ints


def least_cost(
    options: Options, children: Ints, wanted: int, rule: Growing, clock: highs.Clock
) -> tuple[Ints, float, str]:
    """Return groups to add a site, a bound on the cost, and the solver's status.

    min Σ module·m_j + new_site·y_k,  Σ_gj x_gj ≥ wanted,  Σ_j x_gj ≤ children_g,
    Σ_g x_gj ≤ places_j + module·m_j,  m_k ≤ most·y_k,  m whole, y ∈ {0, 1}: children who can
    walk to the same places are one group g, and x, children a group and place, comes out whole.

    Raises
    ------
    SolverFailed : nothing found in the time. Cancelled : by whoever listens to the clock.
    """
    reached, size = _groups(options, children)
    columns = len(options.places)
    site = np.concatenate([np.zeros(0, np.int64), *reached]).astype(np.int64)
    group = np.repeat(np.arange(len(reached)), [len(each) for each in reached]).astype(np.int64)
    new = np.flatnonzero(options.is_new)
    flows, first_m = len(site), len(site)
    first_y = first_m + columns
    count = first_y + len(new)
    # Rows: a group has so many children; a site so much room; a new site opens; enough are placed.
    room, opens = len(reached), len(reached) + columns
    rows = opens + len(new) + 1
    flow = np.arange(flows)
    entries = [
        (group, flow, np.ones(flows)),
        (room + site, flow, np.ones(flows)),
        (room + np.arange(columns), first_m + np.arange(columns), np.full(columns, -rule.module)),
        (opens + np.arange(len(new)), first_m + new, np.ones(len(new))),
        (opens + np.arange(len(new)), first_y + np.arange(len(new)), -options.most_modules[new]),
        (np.full(flows, rows - 1), flow, np.ones(flows)),
    ]
    row, column, value = (np.concatenate(part) for part in zip(*entries, strict=True))
    matrix = csc_array((value.astype(float), (row, column)), shape=(rows, count))
    low = np.concatenate([np.full(rows - 1, -np.inf), [wanted]])
    high = np.concatenate([size, options.places, np.zeros(len(new)), [np.inf]]).astype(float)
    cost = np.concatenate(
        [np.zeros(flows), np.full(columns, rule.module), np.full(len(new), rule.new_site)]
    )
    upper = np.concatenate([np.full(flows, np.inf), options.most_modules, np.ones(len(new))])
    solver = highs.new_solver(mip_abs_gap=0.99 * _step(rule))
    whole = np.arange(count) >= flows
    highs.load(solver, cost, matrix, (low, high), (np.zeros(count), upper), whole=whole)
    status = highs.run(solver, clock)
    values, bound = highs.best_known(solver)
    if values is None:
        raise SolverFailed(status=highs.status_name(status))
    modules = np.round(values[first_m:first_y]).astype(np.int64)
    return modules, bound, highs.status_name(status)


def rounded_up(bound: float, rule: Growing) -> float:
    """Return the least possible cost of at least ``bound``; 0 where nothing is known."""
    step = _step(rule)
    if not math.isfinite(bound):
        return 0.0
    return step * math.ceil(bound / step - ROUNDING) if step else bound


def cost_of(modules: Ints, options: Options, rule: Growing) -> float:
    """Return what adding groups costs, in places."""
    opened = (modules > 0) & (options.is_new > 0)
    return float(rule.module * modules.sum() + rule.new_site * opened.sum())


def beside(left: csr_array, right: csr_array) -> csr_array:
    """Put two matrices beside each other; stored zeros are kept."""
    lengths = np.diff(left.indptr) + np.diff(right.indptr)
    row = np.concatenate(
        [np.repeat(np.arange(part.shape[0]), np.diff(part.indptr)) for part in (left, right)]
    )
    column = np.concatenate([left.indices, right.indices + left.shape[1]])
    order = np.lexsort((column, row))
    first = np.concatenate([[0], np.cumsum(lengths)])
    shape = (left.shape[0], left.shape[1] + right.shape[1])
    data = np.concatenate([left.data, right.data])[order]
    return csr_array((data, column[order], first), shape=shape)


def _groups(options: Options, children: Ints) -> tuple[list[Ints], Ints]:
    """Return groups of children who can walk to the same places: those places, and how many."""
    can_take = options.places + options.most_modules > 0
    sizes: dict[bytes, int] = {}
    indptr = options.metres.indptr
    for row in np.flatnonzero(children > 0):
        near = options.metres.indices[indptr[row] : indptr[row + 1]]
        near = near[can_take[near]].astype(np.int64)
        if len(near):
            key = near.tobytes()
            sizes[key] = sizes.get(key, 0) + int(children[row])
    reached = [np.frombuffer(key, dtype=np.int64) for key in sizes]
    return reached, np.array(list(sizes.values()), dtype=np.int64)


def _step(rule: Growing) -> float:
    """Return what all costs are a multiple of, 0 where they need not be."""
    whole = float(rule.new_site).is_integer()
    return float(math.gcd(rule.module, int(rule.new_site))) if whole else 0.0
