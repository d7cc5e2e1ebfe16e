"""What every location model answers with, and the checks of what it is given: from a matrix of
walks to the table that a search is made on, and from the sites it found back to what they are worth
by the matrix itself. A model's loops are compiled before its clock starts.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array, issparse

from geo.errors import NoCandidates, SitingError, TooManySites
from geo.models.location import highs
from geo.types import Floats, Ints, Matrix

NOBODY = -1
"""In ``Siting.assignment``: no open site is in reach."""
PROVEN = 1e-9
"""A gap of at most this, relative to the objective, is none: the last digits of float64."""


@dataclass(frozen=True, eq=False)
class Siting:
    """Which sites to open, how good that is, and a bound on how good any choice could be.

    Attributes
    ----------
    sites : sorted indices of the new sites into the candidates; existing ones are not among them.
    objective : what the model counts, over all open sites, existing included: people reached
        (covering), people × metres (median), metres (centre), sites or cost (cover all).
    bound : no choice can be better than this.
    gap : ``|bound − objective| / max(|objective|, tiny)``; 0 when proven.
    proven : whether no better choice exists.
    seconds : how long the question took.
    assignment : a candidate a row of demand, the nearest open one, −1 where none is in reach.
    unreachable : people (rows, where the model has no people) whom no candidate can reach.
    unserved : people whom some candidate could reach, but none of the open ones does.
    status : ``optimal``, ``time_limit``, or the solver's own status when it stopped.
    """

    sites: Ints
    objective: float
    bound: float
    gap: float
    proven: bool
    seconds: float
    assignment: Ints
    unreachable: float = 0.0
    unserved: float = 0.0
    status: str = "optimal"


@dataclass(frozen=True, eq=False)
class Candidates:
    """Which candidates may be chosen: ``free`` indices; ``existing`` ones are open already."""

    free: Ints
    existing: Ints
    count: int


def gap_between(objective: float, bound: float) -> float:
    """Return how far apart objective and bound are, relative to the objective."""
    distance = abs(bound - objective)
    scale = max(abs(objective), 1e-12)
    return 0.0 if distance <= PROVEN * max(1.0, scale) else distance / scale


def reach_matrix(matrix: Matrix) -> csr_array:
    """Return who is in reach of which candidate as CSR with sorted columns; values are kept.

    Of a sparse matrix every stored entry is in reach, zeros too; of a dense one every non-zero.

    Raises
    ------
    SitingError ``bad_matrix`` : not two-dimensional, not numbers, or NaN, infinite or negative
    values.
    NoCandidates : no columns.
    SitingError ``nobody_to_serve`` : no rows.
    """
    return _csr(matrix, keep_zeros=False)


def distance_matrix(matrix: Matrix) -> csr_array:
    """Return metres from demand to candidates as CSR with sorted columns, zeros kept.

    Of a sparse matrix the pairs that are not stored are out of reach; of a dense one all pairs are
    in reach.

    Raises
    ------
    SitingError ``bad_matrix`` : not two-dimensional, not numbers, or NaN, infinite or negative
    values.
    NoCandidates : no columns.
    SitingError ``nobody_to_serve`` : no rows.
    """
    return _csr(matrix, keep_zeros=True)


def people_of(weights: ArrayLike | None, rows: int) -> Floats:
    """Check the people per row of demand; None means one per row.

    Raises
    ------
    SitingError ``bad_weights`` : not one number per row, or negative, NaN or infinite.
    SitingError ``nobody_to_serve`` : all are zero.
    """
    if weights is None:
        return np.ones(rows)
    people = _numbers(weights, rows, "bad_weights")
    if not people.any():
        raise SitingError("nobody_to_serve")
    return people


def costs_of(costs: ArrayLike | None, columns: int) -> Floats:
    """Check the cost per candidate; None means one each.

    Raises
    ------
    SitingError ``bad_costs`` : not one number per candidate, or negative, NaN or infinite.
    """
    return np.ones(columns) if costs is None else _numbers(costs, columns, "bad_costs")


def candidates_of(
    columns: int,
    count: int | None,
    existing: Iterable[int] = (),
    forbidden: Iterable[int] = (),
) -> Candidates:
    """Check which candidates may be chosen, and how many are to be.

    ``count`` None means as many as there are free candidates.

    Raises
    ------
    SitingError ``bad_candidate`` : an index outside the candidates.
    SitingError ``existing_forbidden`` : a site both open and forbidden.
    SitingError ``bad_count`` : not a whole number of at least zero.
    NoCandidates : none is free to choose, and some are asked for.
    TooManySites : more asked for than are free.
    """
    is_open = _indices(existing, columns)
    closed = _indices(forbidden, columns)
    both = np.intersect1d(is_open, closed)
    if len(both):
        raise SitingError("existing_forbidden", candidate=int(both[0]))
    free = np.setdiff1d(np.arange(columns), np.union1d(is_open, closed))
    if count is None:
        return Candidates(free, is_open, len(free))
    asked = _count(count)
    if asked and not len(free):
        raise NoCandidates
    if asked > len(free):
        raise TooManySites(asked=asked, found=len(free))
    return Candidates(free, is_open, asked)


def row_of(matrix: csr_array) -> Ints:
    """Return the row of each stored entry."""
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))


def nearest_open(matrix: csr_array, sites: Sequence[int] | Ints) -> Ints:
    """Return each row's open site of least stored value, the lowest index of equals; −1: none."""
    is_open = np.zeros(matrix.shape[1], bool)
    is_open[np.asarray(sites, np.intp)] = True
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    keep = is_open[matrix.indices]
    row, column, value = row[keep], matrix.indices[keep], matrix.data[keep]
    order = np.lexsort((column, value, row))
    rows, first = np.unique(row[order], return_index=True)
    assignment = np.full(matrix.shape[0], NOBODY, np.intp)
    assignment[rows] = column[order][first]
    return assignment


def _csr(matrix: Matrix, *, keep_zeros: bool) -> csr_array:
    try:
        found = _sparse(matrix) if issparse(matrix) else _dense(matrix, keep_zeros)
    except (TypeError, ValueError) as error:
        raise SitingError("bad_matrix", found=str(error)[:80]) from error
    wrong = found.data[~(np.isfinite(found.data) & (found.data >= 0))]
    if len(wrong):
        raise SitingError("bad_matrix", found=f"{wrong[0]:g}")
    if not found.shape[1]:
        raise NoCandidates
    if not found.shape[0]:
        raise SitingError("nobody_to_serve")
    return found


def _sparse(matrix: Matrix) -> csr_array:
    found = csr_array(matrix, dtype=np.float64)
    if found.ndim != 2:
        raise ValueError(f"{found.ndim} dimensions")
    if not found.has_canonical_format:
        found = found.copy()
        found.sum_duplicates()
    return found


def _dense(matrix: Matrix, keep_zeros: bool) -> csr_array:
    values = np.asarray(matrix, dtype=np.float64)
    if values.ndim != 2:
        raise ValueError(f"{values.ndim} dimensions")
    kept = np.ones(values.shape, bool) if keep_zeros else values != 0
    row, column = np.nonzero(kept)
    first = np.concatenate([[0], np.cumsum(kept.sum(axis=1))])
    return csr_array((values[row, column], column, first), shape=values.shape)


def _numbers(values: ArrayLike, length: int, code: Literal["bad_weights", "bad_costs"]) -> Floats:
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise SitingError(code, row=1, found=str(error)[:80]) from error
    if numbers.shape != (length,):
        raise SitingError(code, row=1, found=f"{numbers.shape}, {length}")
    wrong = np.flatnonzero(~(np.isfinite(numbers) & (numbers >= 0)))
    if len(wrong):
        raise SitingError(code, row=int(wrong[0]) + 1, found=f"{numbers[wrong[0]]:g}")
    return numbers


def _indices(values: Iterable[int], columns: int) -> Ints:
    given = np.unique(np.asarray(list(values), dtype=np.float64))
    wrong = given[~((given >= 0) & (given < columns) & (given == np.floor(given)))]
    if len(wrong):
        raise SitingError("bad_candidate", found=f"{wrong[0]:g}", most=columns - 1)
    return given.astype(np.intp)


def _count(count: object) -> int:
    if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < 0:
        raise SitingError("bad_count", found=str(count))
    return int(count)


def table_of(matrix: csr_array, people: Floats, choice: Candidates) -> tuple[Floats, Floats, Ints]:
    """Return rows × free candidates (``inf``: out of reach), metres to what exists, and which rows
    of the matrix these are: those with people whom some of these candidates reach.
    """
    if matrix.nnz == matrix.shape[0] * matrix.shape[1]:
        table = matrix.data.reshape(matrix.shape)
    else:
        table = np.full(matrix.shape, np.inf)
        row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
        table[row, matrix.indices] = matrix.data
    cap = table[:, choice.existing].min(axis=1, initial=np.inf)
    if len(choice.free) < matrix.shape[1]:
        table = table[:, choice.free]
    reached = np.isfinite(cap) | np.isfinite(table.min(axis=1, initial=np.inf))
    rows = np.flatnonzero(reached & (people > 0))
    if len(rows) < len(table):
        table, cap = table[rows], cap[rows]
    return table, cap, rows


def worth(
    matrix: csr_array,
    people: Floats,
    opened: tuple[Candidates, Ints],
    known: tuple[float, bool],
    clock: highs.Clock,
    *,
    count: Callable[[Floats, Floats], float],
) -> Siting:
    """Return the answer made of some sites; less is better.

    Parameters
    ----------
    opened : the candidates, and the new sites among them. known : a bound, and whether the search
        ended with nothing better left. count : the objective, of the people of each served row and
        of its metres.
    """
    candidates, sites = opened
    assignment = nearest_open(matrix, np.concatenate([sites, candidates.existing]))
    served = np.flatnonzero(assignment >= 0)
    there_m = np.asarray(matrix[served, assignment[served]]).ravel() if len(served) else np.zeros(0)
    objective = count(people[served], there_m)
    bound, is_most = known
    bound = min(bound, objective)
    gap = gap_between(objective, bound)
    lost = np.diff(matrix.indptr) == 0
    is_proven = is_most and gap == 0
    return Siting(
        sites=sites,
        objective=objective,
        bound=objective if is_proven else bound,
        gap=gap,
        proven=is_proven,
        seconds=clock.seconds,
        assignment=assignment,
        unreachable=float(people[lost].sum()),
        unserved=float(people[(assignment < 0) & ~lost].sum()),
        status="optimal" if is_proven else "time_limit" if clock.is_up else "tolerance",
    )


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
