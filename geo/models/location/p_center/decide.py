"""Whether some number of sites covers every row, decided for certain where time allows."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

from geo.errors import NarhetError
from geo.models.location import highs
from geo.models.location.p_center import kernel as center_kernel
from geo.types import Floats, Ints

Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Core:
    """What is left of a covering question: ``inside`` (rows × sites), which sites these are, the
    sites ``kept`` that must open, and how many more may.
    """

    inside: Flags
    sites: Ints
    kept: Ints
    count: int

    @property
    def is_impossible(self) -> bool:
        """Whether it is plain that no choice covers all."""
        rows = len(self.inside)
        return self.count < 0 or (rows > 0 and (not self.count or not self.inside.any(1).all()))


def core_of(inside: Flags, count: int) -> Core:
    """Return the question without rows covered with others, sites no better than others, and sites
    that must open.
    """
    core = Core(inside, np.arange(inside.shape[1]), np.empty(0, np.intp), count)
    while len(core.inside) and not core.is_impossible:
        before = core.inside.shape
        core = _forced(_less_sites(_less_rows(core)))
        if core.inside.shape == before:
            break
    return core


def fewest(core: Core, clock: highs.Clock) -> tuple[float, Floats]:
    """Return a lower bound on how many of the core's sites cover its rows, and shares to do so.

    The linear relaxation; the bound is that of its prices, made feasible to the last digit.
    """
    rows, sites = core.inside.shape
    solver = highs.new_solver(solver="simplex", presolve="off")
    table = csc_array(core.inside.astype(np.float64))
    highs.load(
        solver, np.ones(sites), table, (np.ones(rows), np.full(rows, np.inf)),
        (np.zeros(sites), np.full(sites, np.inf)),
    )  # fmt: skip
    status = highs.run(solver, clock)
    if not highs.is_optimal(status):
        return 0.0, np.zeros(sites)
    solution = solver.getSolution()
    price = np.maximum(np.asarray(solution.row_dual), 0.0)
    most = max(1.0, float((table.T @ price).max(initial=0.0)))
    return float(price.sum()) / most, np.asarray(solution.col_value)


def decide(core: Core, clock: highs.Clock) -> tuple[bool | None, Ints]:
    """Return whether the core's sites can cover its rows (None: out of time), and which do.

    Raises
    ------
    NarhetError ``solver_failed`` : the solver broke down.
    """
    rows, sites = core.inside.shape
    solver = highs.new_solver(mip_max_improving_sols=1)
    table = csc_array(
        csr_array(np.concatenate([core.inside, np.ones((1, sites), bool)]).astype(np.float64))
    )
    low = np.concatenate([np.ones(rows), [-np.inf]])
    high = np.concatenate([np.full(rows, np.inf), [core.count]])
    highs.load(
        solver, np.ones(sites), table, (low, high), (np.zeros(sites), np.ones(sites)),
        whole=np.ones(sites, bool),
    )  # fmt: skip
    status = highs.run(solver, clock)
    if highs.is_infeasible(status):
        return False, np.empty(0, np.intp)
    values, _ = highs.best_known(solver)
    if values is not None:
        found = np.flatnonzero(values > 0.5)
        if len(found) <= core.count and core.inside[:, found].any(axis=1).all():
            return True, found
    if status != highspy.HighsModelStatus.kTimeLimit and not highs.is_optimal(status):
        raise NarhetError("solver_failed", status=highs.status_name(status))
    return None, np.empty(0, np.intp)


def _less_rows(core: Core) -> Core:
    """Drop rows that are covered whenever another one is: of equals all but the first."""
    stays = center_kernel.smallest(np.ascontiguousarray(core.inside))
    return Core(core.inside[stays], core.sites, core.kept, core.count)


def _less_sites(core: Core) -> Core:
    """Drop sites that cover no more than another one does: of equals all but the first."""
    stays = center_kernel.smallest(np.ascontiguousarray(~core.inside.T))
    return Core(core.inside[:, stays], core.sites[stays], core.kept, core.count)


def _forced(core: Core) -> Core:
    """Open the only site of a row, and drop what it covers."""
    alone = core.inside.sum(axis=1) == 1
    if not alone.any():
        return core
    opened = core.inside[alone].any(axis=0)
    rows = ~core.inside[:, opened].any(axis=1)
    return Core(
        core.inside[rows][:, ~opened],
        core.sites[~opened],
        np.concatenate([core.kept, core.sites[opened]]),
        core.count - int(opened.sum()),
    )
