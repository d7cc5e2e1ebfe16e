"""What arrays hold, coordinate systems and progress: names that all rooms share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

WGS84 = "EPSG:4326"
SWEREF99_TM = "EPSG:3006"

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
SmallInts = NDArray[np.int32]

Progress = Callable[[str, float], None]
"""Called with a text key under ``progress.`` and a share done from 0 to 1; may raise ``Cancelled``
to stop the work."""
Matrix: TypeAlias = Any
"""Demand × candidates: a scipy sparse matrix or array whose stored entries are the pairs in reach
(a stored zero is 0 m, not "no"), or a dense array."""

Shapes: TypeAlias = NDArray[np.object_]
