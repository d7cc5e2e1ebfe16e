"""The largest number of children that can have a place at once. Knows matrices, and nothing of
preschools.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from geo.types import Ints


def most_placed(metres: csr_array, children: Ints, places: Ints) -> int:
    """Return the largest number of children that can have a place at once: the greatest flow from
    children (rows) to places (columns) along the stored pairs.
    """
    columns = metres.shape[1]
    lives = np.flatnonzero((children > 0) & (np.diff(metres.indptr) > 0))
    inside = metres[lives]
    if not inside.nnz or not places.any():
        return 0
    source, sink, count = 0, 1 + len(lives) + columns, 2 + len(lives) + columns
    row = np.repeat(np.arange(len(lives)), np.diff(inside.indptr))
    tail = np.concatenate(
        [np.zeros(len(lives)), 1 + row, 1 + len(lives) + np.arange(columns)]
    ).astype(np.int32)
    head = np.concatenate(
        [1 + np.arange(len(lives)), 1 + len(lives) + inside.indices, np.full(columns, sink)]
    ).astype(np.int32)
    room = np.concatenate([children[lives], children[lives][row], places]).astype(np.int32)
    graph = csr_array((room, (tail, head)), shape=(count, count))
    return int(maximum_flow(graph, source, sink).flow_value)
