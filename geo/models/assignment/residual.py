"""What one more place would change in an assignment that is best already: shortest chains of moves,
where each child takes a place that another leaves.

For rows of people who go one by one. Exact to the last metre, unlike the duals of a linear
programme, which are any number of an interval where answers tie.

Source: Ahuja, Magnanti and Orlin 1993, Network Flows, chapter 9 (successive shortest paths); the
rows are folded into the moves between columns, so that a chain is as long as preschools are many.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from geo.errors import NarhetError
from geo.models.location.model import row_of
from geo.types import Floats, Ints

NOTHING = 1e-9
"""Metres, relative to the longest walk, that are rounding and no gain."""
_NONE = -1


@dataclass(frozen=True, eq=False)
class Best:
    """An assignment that is best for its places: how many of each row go along each stored
    entry.
    """

    metres: csr_array
    count: Ints
    amount: Ints


@dataclass(frozen=True, eq=False)
class _Moves:
    """Moves from one column to another, the cheapest of each pair, sorted by where they go.

    ``source`` is the number of columns for those who have no place now; ``leaves`` and ``joins``
    are the stored entries that lose and gain one.
    """

    source: Ints
    target: Ints
    cost: Floats
    leaves: Ints
    joins: Ints


def one_more_place(best: Best) -> tuple[Floats, Floats]:
    """Return people more placed (0 or 1) and metres saved, a column, if it had one place more.

    Metres are negative where the person placed walks farther than the others save.
    """
    columns = best.metres.shape[1]
    moves = _moves(best)
    from_nowhere, _ = _chains(moves, _start(columns, placed=False), _tolerance(best))
    from_places, _ = _chains(moves, _start(columns, placed=True), _tolerance(best))
    places_one = np.isfinite(from_nowhere[:columns])
    change = np.where(places_one, from_nowhere[:columns], from_places[:columns])
    return places_one.astype(np.float64), 0.0 - change


def with_places(best: Best, column: int, extra: int) -> Best:
    """Return the best assignment with up to ``extra`` places more at a column that is full.

    The best chain of moves first, as long as one is of use; who need not move does not.

    Raises
    ------
    NarhetError ``solver_failed`` : the assignment was not the best.
    """
    left = extra
    while left:
        chain, moves = _best_chain(best, column)
        if not chain:
            break
        amount = best.amount.copy()
        leaves, joins = moves.leaves[chain], moves.joins[chain]
        times = min(left, _repeats(best, leaves, joins))
        np.add.at(amount, joins, times)
        np.subtract.at(amount, leaves[leaves != _NONE], times)
        best = Best(best.metres, best.count, amount)
        left -= times
    return best


def _repeats(best: Best, leaves: Ints, joins: Ints) -> int:
    """Return how often a chain can be repeated: it stays the best until somebody is used up."""
    found = best.amount[leaves[leaves != _NONE]].tolist()
    if (leaves == _NONE).any():
        row = int(np.searchsorted(best.metres.indptr, joins[-1], side="right")) - 1
        here = slice(best.metres.indptr[row], best.metres.indptr[row + 1])
        found.append(best.count[row] - best.amount[here].sum())
    return int(min(found))


def _best_chain(best: Best, column: int) -> tuple[list[int], _Moves]:
    columns, tolerance = best.metres.shape[1], _tolerance(best)
    moves = _moves(best)
    metres, by = _chains(moves, _start(columns, placed=False), tolerance)
    if not np.isfinite(metres[column]):
        _, by = _chains(moves, _start(columns, placed=True), tolerance)
    chain: list[int] = []
    at = column
    while by[at] != _NONE:
        chain.append(int(by[at]))
        at = int(moves.source[by[at]])
        if len(chain) > columns:
            raise NarhetError(
                "solver_failed", status="cycle"
            )  # what we were given was not the best
    return chain, moves


def _start(columns: int, *, placed: bool) -> Floats:
    """Return the metres at which chains begin: with somebody placed anywhere, or without a
    place.
    """
    metres = np.full(columns + 1, 0.0 if placed else np.inf)
    metres[columns] = np.inf if placed else 0.0
    return metres


def _chains(moves: _Moves, metres: Floats, tolerance: float) -> tuple[Floats, Ints]:
    """Return the least metres of a chain to each column, and its last move (Bellman, Ford)."""
    by = np.full(len(metres), _NONE, np.intp)
    if not len(moves.cost):
        return metres, by
    first = np.flatnonzero(np.diff(moves.target, prepend=-1))
    target = moves.target[first]
    which = np.repeat(np.arange(len(first)), np.diff(first, append=len(moves.target)))
    for _ in range(len(metres)):
        length = metres[moves.source] + moves.cost
        least = np.minimum.reduceat(length, first)
        shorter = least < metres[target] - tolerance
        if not shorter.any():
            break
        ties = np.flatnonzero(shorter[which] & (length == least[which]))
        by[moves.target[ties[::-1]]] = ties[::-1]
        metres = metres.copy()
        metres[target[shorter]] = least[shorter]
    return metres, by


def _moves(best: Best) -> _Moves:
    metres, columns = best.metres, best.metres.shape[1]
    row = row_of(metres)
    used = np.flatnonzero(best.amount > 0)
    waiting = np.flatnonzero(best.count > np.bincount(row, best.amount, metres.shape[0]))
    leaves, joins = _entries_of(metres, row[used], used)
    _, first = _entries_of(metres, waiting, waiting)
    source = np.concatenate([metres.indices[leaves], np.full(len(first), columns)])
    cost = np.concatenate([metres.data[joins] - metres.data[leaves], metres.data[first]])
    leaves = np.concatenate([leaves, np.full(len(first), _NONE)])
    joins = np.concatenate([joins, first])
    return _cheapest(_Moves(source, metres.indices[joins], cost, leaves, joins), columns)


def _entries_of(metres: csr_array, rows: Ints, label: Ints) -> tuple[Ints, Ints]:
    """Return, for each of these rows, its label once an entry, and the entries."""
    length = np.diff(metres.indptr)[rows]
    ends = np.cumsum(length)
    within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - length, length)
    return np.repeat(label, length), np.repeat(metres.indptr[rows], length) + within


def _cheapest(moves: _Moves, columns: int) -> _Moves:
    """Keep the cheapest move of each pair of columns, the first of equals."""
    pair = moves.target.astype(np.int64) * (columns + 1) + moves.source
    order = np.lexsort((moves.cost, pair))
    order = order[moves.source[order] != moves.target[order]]
    order = order[np.diff(pair[order], prepend=-1) != 0]
    parts = (moves.source, moves.target, moves.cost, moves.leaves, moves.joins)
    return _Moves(*(np.asarray(part[order]) for part in parts))


def _tolerance(best: Best) -> float:
    return NOTHING * max(1.0, float(best.metres.data.max(initial=0.0)))
