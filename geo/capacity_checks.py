"""What catchments and assignments may be asked: which pairs can be walked, and whether the counts
are counts. Knows numbers, not preschools.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array, issparse

from geo.errors import BadCapacity, BadChildren, BadLimit, BadMatrix, BadPlaces, BadWeights
from geo.types import Floats, Ints, Matrix

_Refusal = type[BadWeights] | type[BadCapacity] | type[BadChildren] | type[BadPlaces]


def walkable(distances: Matrix, limit_m: float | None = None) -> csr_array:
    """Return the pairs at most ``limit_m`` apart, as CSR of metres with sorted columns.

    Parameters
    ----------
    distances : demand × supply in metres. Of a sparse matrix the stored entries are the pairs in
        reach (a stored zero is 0 m; a pair stored twice is a mistake, and refused); of a dense one
        all pairs are. No rows and no columns are allowed.
    limit_m : metres; None: every pair that is given.

    Raises
    ------
    BadMatrix : not two-dimensional, not numbers, or NaN, infinite or negative metres.
    BadLimit : not a positive number of metres.
    """
    most = np.inf if limit_m is None else limit_of(limit_m)
    try:
        found = _stored(distances) if issparse(distances) else _every(distances)
    except (TypeError, ValueError) as error:
        raise BadMatrix(found=str(error)[:80]) from error
    wrong = found.data[~(np.isfinite(found.data) & (found.data >= 0))]
    if len(wrong):
        raise BadMatrix(found=f"{wrong[0]:g}")
    return found if not found.nnz or found.data.max() <= most else _at_most(found, most)


def limit_of(limit_m: object) -> float:
    """Check a limit in metres.

    Raises
    ------
    BadLimit : not a positive number.
    """
    is_number = isinstance(limit_m, int | float | np.integer | np.floating)
    if isinstance(limit_m, bool) or not is_number or not 0 < float(limit_m) < np.inf:  # type: ignore[arg-type]
        raise BadLimit(found=str(limit_m))
    return float(limit_m)  # type: ignore[arg-type]


def amounts(values: ArrayLike, length: int, refuse: _Refusal) -> Floats:
    """Check numbers of zero or more, fractions allowed, ``length`` of them.

    Raises
    ------
    refuse : with ``row`` (from 1) and what was ``found`` there.
    """
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise refuse(row=1, found=str(error)[:80]) from error
    if numbers.shape != (length,):
        raise refuse(row=min(numbers.size, length) + 1, found=f"{numbers.shape} ≠ ({length},)")
    _refuse_first(~(np.isfinite(numbers) & (numbers >= 0)), numbers, refuse)
    return numbers


def whole(values: ArrayLike, length: int, refuse: _Refusal) -> Ints:
    """Check whole numbers of zero or more, ``length`` of them.

    Raises
    ------
    refuse : with ``row`` (from 1) and what was ``found`` there.
    """
    numbers = amounts(values, length, refuse)
    _refuse_first(numbers != np.floor(numbers), numbers, refuse)
    return numbers.astype(np.intp)


def _refuse_first(wrong: Any, numbers: Floats, refuse: _Refusal) -> None:
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise refuse(row=row + 1, found=f"{numbers[row]:g}")


def _stored(distances: Matrix) -> csr_array:
    found = csr_array(distances, dtype=np.float64)
    if found.ndim != 2:
        raise ValueError(f"{found.ndim} dimensions")
    if not found.has_canonical_format:
        before = found.nnz
        found = found.copy()
        found.sum_duplicates()
        if found.nnz != before:
            raise ValueError(f"{before} > {found.nnz}")
    return found


def _every(distances: Matrix) -> csr_array:
    values = np.asarray(distances, dtype=np.float64)
    if values.ndim != 2:
        raise ValueError(f"{values.ndim} dimensions")
    rows, columns = values.shape
    where = (np.tile(np.arange(columns), rows), np.arange(rows + 1) * columns)
    return csr_array((values.ravel(), *where), shape=values.shape)


def _at_most(found: csr_array, most: float) -> csr_array:
    keep = found.data <= most
    first = np.concatenate([[0], np.cumsum(keep)])[found.indptr]
    return csr_array((found.data[keep], found.indices[keep], first), shape=found.shape)
