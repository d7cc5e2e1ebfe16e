"""The solver behind the location models: HiGHS, quiet, in one thread, with a clock and a way to
stop.

One thread always: changing HiGHS's number of threads between solves in one process leaves it
without an answer, and sessions share the processors anyhow.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import highspy
import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csc_array

from geo.errors import NarhetError, SitingError

Progress = Callable[[str, float], None]
"""Called with a text key under ``progress.`` and a share from 0 to 1; may raise ``Cancelled``."""

ASK_EVERY_S = 0.1
"""How often the work asks whether to go on."""


@dataclass
class Clock:
    """How long a question may take, and whether anybody still wants the answer."""

    limit_s: float
    progress: Progress | None = None
    began: float = field(default_factory=time.perf_counter)
    _asked: float = -1.0

    def __post_init__(self) -> None:
        if not (isinstance(self.limit_s, int | float) and self.limit_s > 0):
            raise SitingError("bad_time_limit", found=str(self.limit_s))

    @property
    def seconds(self) -> float:
        """Seconds since the clock started."""
        return time.perf_counter() - self.began

    @property
    def left_s(self) -> float:
        """Seconds left, never below zero."""
        return max(0.0, self.limit_s - self.seconds)

    @property
    def is_up(self) -> bool:
        """Whether the time is out."""
        return self.left_s <= 0

    def ask(self) -> None:
        """Report the time used, now and then; whoever listens may raise ``Cancelled``."""
        now = self.seconds
        if self.progress is not None and now - self._asked >= ASK_EVERY_S:
            self._asked = now
            self.progress("progress.solving", min(1.0, now / self.limit_s))


def new_solver(**options: Any) -> highspy.Highs:
    """Return a quiet solver in one thread, which takes no gap for none; ``options`` are HiGHS's."""
    solver = highspy.Highs()
    quiet = {"output_flag": False, "threads": 1, "mip_rel_gap": 0.0, "mip_abs_gap": 1e-6}
    for name, value in {**quiet, **options}.items():
        solver.setOptionValue(name, value)
    return solver


def load(
    solver: highspy.Highs,
    cost: ArrayLike,
    columns: csc_array,
    rows: tuple[ArrayLike, ArrayLike],
    bounds: tuple[ArrayLike, ArrayLike],
    *,
    whole: ArrayLike | None = None,
    maximize: bool = False,
) -> None:
    """Give the solver a model: least (or greatest) ``cost·x``, ``rows[0] ≤ A x ≤ rows[1]``.

    ``columns`` is A, rows × variables; ``bounds`` are those of x; ``whole`` marks the variables
    that must be whole numbers (none: a linear programme).
    """
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = columns.shape
    model.col_cost_ = np.asarray(cost, np.float64)
    model.col_lower_, model.col_upper_ = (np.asarray(part, np.float64) for part in bounds)
    model.row_lower_, model.row_upper_ = (np.asarray(part, np.float64) for part in rows)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = columns.indptr
    model.a_matrix_.index_ = columns.indices
    model.a_matrix_.value_ = columns.data.astype(np.float64)
    if whole is not None:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        model.integrality_ = [kinds[int(is_whole)] for is_whole in np.asarray(whole, bool)]
    if maximize:
        model.sense_ = highspy.ObjSense.kMaximize
    if solver.passModel(model) == highspy.HighsStatus.kError:
        raise NarhetError("solver_failed", status="passModel")


def run(solver: highspy.Highs, clock: Clock) -> highspy.HighsModelStatus:
    """Solve within the clock's time; stop, and raise what the listener raised, when asked to.

    Returns
    -------
    The solver's status: the caller reads solution and bound, and decides what is proven.
    """
    raised: list[NarhetError] = []

    def heard(event: Any) -> None:
        try:
            clock.ask()
        except NarhetError as error:
            raised.append(error)
            event.interrupt()

    # HiGHS counts its time from the making of the solver, over all its runs.
    solver.setOptionValue("time_limit", solver.getRunTime() + clock.left_s)
    callbacks = (solver.cbMipInterrupt, solver.cbSimplexInterrupt, solver.cbIpmInterrupt)
    if clock.progress is not None:
        for callback in callbacks:
            callback.subscribe(heard)
    try:
        solver.run()
    finally:
        if clock.progress is not None:
            for callback in callbacks:
                callback.unsubscribe(heard)
    if raised:
        raise raised[0]
    return solver.getModelStatus()


def is_optimal(status: highspy.HighsModelStatus) -> bool:
    """Return whether the solver proved its answer best."""
    return bool(status == highspy.HighsModelStatus.kOptimal)


def is_infeasible(status: highspy.HighsModelStatus) -> bool:
    """Return whether the solver proved that there is no answer."""
    return bool(status == highspy.HighsModelStatus.kInfeasible)


def status_name(status: highspy.HighsModelStatus) -> str:
    """Return the status in the words of ``Siting.status``: ``optimal``, ``time_limit`` …"""
    return str(status.name).removeprefix("k").replace("Limit", "_limit").lower()


def best_known(solver: highspy.Highs) -> tuple[np.ndarray[Any, Any] | None, float]:
    """Return the best values found, None without any, and the bound on the objective."""
    info = solver.getInfo()
    solution = solver.getSolution()
    feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    bound = float(info.mip_dual_bound)
    values = np.asarray(solution.col_value) if feasible else None
    return values, bound if math.isfinite(bound) else math.nan
