"""Compiling a model's loops before its clock starts: whoever asks first waits for that, but it is
not taken from the time they gave.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np

from geo.types import Floats

_lock = threading.RLock()
_ready: set[str] = set()
_busy: set[str] = set()


def compiled(model: str, ask: Callable[[], object]) -> None:
    """Ask a model a few small questions, once a process; ``ask`` may ask this very model."""
    if model in _ready:
        return
    with _lock:
        if model in _ready or model in _busy:
            return
        _busy.add(model)
        try:
            ask()
        finally:
            _busy.discard(model)
        _ready.add(model)


def small_town(rows: int, columns: int) -> tuple[Floats, Floats]:
    """Return metres (rows × columns) and people of a made-up town, always the same."""
    draw = np.random.default_rng(1)
    apart = draw.random((rows, 1, 2)) - draw.random((1, columns, 2))
    metres: Floats = np.round(np.hypot(apart[..., 0], apart[..., 1]) * 1000)
    return metres, draw.integers(1, 9, rows).astype(np.float64)


def small_table(rows: int, columns: int) -> Floats:
    """Return numbers from 0 to 100 without any geometry: harder for their size than a town."""
    numbers: Floats = np.round(np.random.default_rng(0).random((rows, columns)) * 100)
    return numbers
