"""The least time a search can take: the bytes it must read over the speed of memory."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

BYTES = 4 + 8 + 8
"""Of a half-edge: the node it leads to, its metres, and that node's label."""


@dataclass(frozen=True)
class Touched:
    """Half-edges that a task must look at, however clever it is."""

    half_edges: int


@lru_cache
def bandwidth() -> float:
    """Return bytes a second read and written by one thread that copies 256 MB, the median of 7."""
    source = np.ones(2**25)
    target = np.empty_like(source)
    times = []
    for _ in range(7):
        start = time.perf_counter()
        np.copyto(target, source)
        times.append(time.perf_counter() - start)
    return 2 * source.nbytes / statistics.median(times)


def bound_s(touched: Touched) -> float:
    """Return edges touched × bytes ÷ bandwidth."""
    return touched.half_edges * BYTES / bandwidth()
