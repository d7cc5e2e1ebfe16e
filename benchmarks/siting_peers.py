"""spopt's models with the solvers people use them with, one thread, within a time limit."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Solved:
    """What a peer found: seconds to solve, to set up, whether it ended before its time was out, and
    its objective (None without an answer).
    """

    who: str
    seconds: float
    prepared_s: float
    ended: bool
    objective: float | None


def missing() -> list[str]:
    """Return the peers that are not installed, to be said aloud."""
    return [name for name in ("spopt", "pulp") if find_spec(name) is None]


def covering_peer(
    metres: Floats, people: Floats, limit_m: float, count: int, limit_s: float
) -> Solved | None:
    """Maximal covering by spopt's MCLP with CBC; None where they are not installed."""
    if missing():
        return None

    def model() -> Any:
        from spopt.locate import MCLP

        return MCLP.from_cost_matrix(metres, people, limit_m, count)

    def solver() -> Any:
        import pulp

        return pulp.PULP_CBC_CMD(msg=False, threads=1, timeLimit=limit_s, gapRel=0.0)

    return _solved("spopt MCLP, CBC", model, solver, limit_s)


def median_peer(metres: Floats, people: Floats, count: int, limit_s: float) -> Solved | None:
    """p-median by spopt's PMedian with HiGHS; None where they are not installed.

    One thread, as ours: HiGHS cannot change their number within a process.
    """
    if missing():
        return None

    def model() -> Any:
        from spopt.locate import PMedian

        return PMedian.from_cost_matrix(metres, people, p_facilities=count)

    def solver() -> Any:
        import pulp

        return pulp.HiGHS(msg=False, threads=1, timeLimit=limit_s, gapRel=0.0)

    return _solved("spopt PMedian, HiGHS", model, solver, limit_s)


def _solved(
    who: str, model: Callable[[], Any], solver: Callable[[], Any], limit_s: float
) -> Solved:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        start = time.perf_counter()
        asked = model()
        ready = time.perf_counter()
        try:
            asked.solve(solver(), results=False)
        except RuntimeError:  # no answer in the time
            return Solved(who, time.perf_counter() - ready, ready - start, False, None)
        seconds = time.perf_counter() - ready
        ended = seconds < limit_s and asked.problem.sol_status == 1
        value = float(asked.problem.objective.value())
    return Solved(who, seconds, ready - start, ended, value)
