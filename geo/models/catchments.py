"""How many places a person can walk to, shared with everybody else who can: floating catchments,
and the checks of counts and pairs that catchments and assignments share.

Everything is a sparse matrix product over the pairs within the limit: nothing grows with rows ×
columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array, issparse

from geo.errors import (
    BadLimit,
    InputError,
)
from geo.models.decay import Decay, decay_of
from geo.models.location.model import row_of
from geo.presets import CATCHMENT_METHODS, CatchmentMethod
from geo.types import Bools, Floats, Ints, Matrix


@dataclass(frozen=True, eq=False)
class Catchment:
    """Places per person, and what nobody can walk to.

    Attributes
    ----------
    access : places per person for each row of demand; 0 where no place is within the limit.
    ratio : places per person in each supply's own catchment; 0 where nobody is in it.
    reached_supply : places somebody can walk to: ``(demand * access).sum()`` is this.
    unreached_supply : places nobody can walk to, counted in no row.
    unreached_demand : people without any place within the limit.
    """

    access: Floats
    ratio: Floats
    reached_supply: float
    unreached_supply: float
    unreached_demand: float


def floating_catchment(
    distances: Matrix,
    demand: ArrayLike,
    supply: ArrayLike,
    *,
    limit_m: float,
    decay: str | Decay | None = None,
    method: CatchmentMethod = "2sfca",
) -> Floats:
    """Return places per person in reach, a row of demand: ``catchment(…).access``.

    Parameters and errors are those of ``catchment``.

    Examples
    --------
    >>> from geo import floating_catchment
    >>> floating_catchment([[100.0], [300.0]], [3, 2], [4], limit_m=400).tolist()
    [0.8, 0.8]
    """
    asked = catchment(distances, demand, supply, limit_m=limit_m, decay=decay, method=method)
    return asked.access


def catchment(
    distances: Matrix,
    demand: ArrayLike,
    supply: ArrayLike,
    *,
    limit_m: float,
    decay: str | Decay | None = None,
    method: CatchmentMethod = "2sfca",
) -> Catchment:
    """Return places per person in reach, and the places nobody reaches.

    With weights w_ij = decay(metres) for pairs within the limit, demand P_i and supply S_j:

    - ``2sfca`` (Luo and Wang 2003): R_j = S_j / Σ_i w_ij P_i, A_i = Σ_j w_ij R_j, with w = 1 where
      no decay is given.
    - ``e2sfca`` (Luo and Qi 2009): the same, with ``step`` where no decay is given. It equals
      spatial availability per head (Soukhov et al. 2023), which is S_j shared in proportion to
      w_ij P_i.
    - ``balanced`` (our own): each person is shared among the supplies in reach by
      u_ij = w_ij / Σ_k w_ik and so counted once, R_j = S_j / Σ_i u_ij P_i, A_i = Σ_j u_ij R_j.
      Supplies with no places draw nobody.
    - ``bfca`` (Páez, Higgins and Vivona 2019, doi:10.1371/journal.pone.0218773): people are shared
      by rows as in ``balanced``, R_j = S_j / Σ_i P_i w_ij / Σ_k w_ik, but the ratios are shared
      out by columns, A_i = Σ_j R_j w_ij / Σ_h w_hj. It keeps the sum of ratios, Σ A_i = Σ R_j: a
      row's figure is its part of the level of service, not places per person, and falls the
      finer people are cut into rows. All supplies draw people, also those with no places.

    The first three (``geo.presets.PER_PERSON``) keep the places: Σ P_i A_i is the supply that
    anybody can reach. Of them only ``balanced`` also counts each person once, however many
    supplies are in reach.

    Parameters
    ----------
    distances : demand × supply, metres; scipy CSR with entries for the pairs in reach (a stored
        zero is 0 m), or dense with all pairs. Pairs beyond the limit are left out.
    demand : people per row, fractions allowed.
    supply : places per column, fractions allowed.
    limit_m : longest walk that counts, metres.
    decay : how much a place counts the farther away it is: a name in ``geo.models.decay.DECAYS`` or
        a ``Decay``; None as stated above.
    method : one of ``CATCHMENT_METHODS``.

    Raises
    ------
    InputError ``bad_matrix``, ``bad_weights``, ``bad_capacity`` : the matrix, the demand or the
    supply cannot be used.
    BadLimit, InputError ``unknown_decay``, ``unknown_method`` : the limit, the decay or the method
    cannot be used.
    """
    metres = walkable(distances, limit_m)
    people = amounts(demand, metres.shape[0], "bad_weights")
    places = amounts(supply, metres.shape[1], "bad_capacity")
    if method not in CATCHMENT_METHODS:
        raise InputError("unknown_method", found=str(method), known=", ".join(CATCHMENT_METHODS))
    weights = _weights(metres, limit_of(limit_m), decay, method)
    handing = weights
    if method == "balanced":
        handing = weights = _shares(weights, places > 0)
    elif method == "bfca":
        handing = _of_columns(weights)
        weights = _shares(weights, np.ones(len(places), bool))
    catching = weights.T @ people
    is_reached = catching > 0
    ratio = np.divide(places, catching, out=np.zeros(len(places)), where=is_reached)
    has_place = _ones(metres) @ (places > 0) > 0
    return Catchment(
        access=handing @ ratio,
        ratio=ratio,
        reached_supply=float(places[is_reached].sum()),
        unreached_supply=float(places[~is_reached].sum()),
        unreached_demand=float(people[~has_place].sum()),
    )


def _weights(
    metres: csr_array, limit_m: float, decay: str | Decay | None, method: CatchmentMethod
) -> csr_array:
    if decay is None and method == "e2sfca":
        decay = "step"
    if decay is None:
        return _ones(metres)
    weights = decay_of(decay)(metres.data, limit_m)
    return csr_array((weights, metres.indices, metres.indptr), shape=metres.shape)


def _shares(weights: csr_array, draws: Bools) -> csr_array:
    """Return the weights of the supplies that draw people, each row's summing to 1 (or to 0)."""
    drawing = weights.data * draws[weights.indices]
    row = row_of(weights)
    total = np.bincount(row, drawing, weights.shape[0])[row]
    shares = np.divide(drawing, total, out=np.zeros(len(drawing)), where=total > 0)
    return csr_array((shares, weights.indices, weights.indptr), shape=weights.shape)


def _of_columns(weights: csr_array) -> csr_array:
    """Return the weights with each column's summing to 1 (or to 0)."""
    total = np.bincount(weights.indices, weights.data, weights.shape[1])[weights.indices]
    shares = np.divide(weights.data, total, out=np.zeros(len(total)), where=total > 0)
    return csr_array((shares, weights.indices, weights.indptr), shape=weights.shape)


def _ones(metres: csr_array) -> csr_array:
    return csr_array((np.ones(metres.nnz), metres.indices, metres.indptr), shape=metres.shape)


_Code = Literal["bad_weights", "bad_capacity", "bad_children", "bad_places"]


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
    InputError ``bad_matrix`` : not two-dimensional, not numbers, or NaN, infinite or negative
    metres.
    BadLimit : not a positive number of metres.
    """
    most = np.inf if limit_m is None else limit_of(limit_m)
    try:
        found = _stored(distances) if issparse(distances) else _every(distances)
    except (TypeError, ValueError) as error:
        raise InputError("bad_matrix", found=str(error)[:80]) from error
    wrong = found.data[~(np.isfinite(found.data) & (found.data >= 0))]
    if len(wrong):
        raise InputError("bad_matrix", found=f"{wrong[0]:g}")
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


def amounts(values: ArrayLike, length: int, code: _Code) -> Floats:
    """Check numbers of zero or more, fractions allowed, ``length`` of them.

    Raises
    ------
    InputError ``code`` : with ``row`` (from 1) and what was ``found`` there.
    """
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(code, row=1, found=str(error)[:80]) from error
    if numbers.shape != (length,):
        raise InputError(
            code, row=min(numbers.size, length) + 1, found=f"{numbers.shape} ≠ ({length},)"
        )
    _refuse_first(~(np.isfinite(numbers) & (numbers >= 0)), numbers, code)
    return numbers


def whole(values: ArrayLike, length: int, code: _Code) -> Ints:
    """Check whole numbers of zero or more, ``length`` of them.

    Raises
    ------
    InputError ``code`` : with ``row`` (from 1) and what was ``found`` there.
    """
    numbers = amounts(values, length, code)
    _refuse_first(numbers != np.floor(numbers), numbers, code)
    return numbers.astype(np.intp)


def _refuse_first(wrong: Any, numbers: Floats, code: _Code) -> None:
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise InputError(code, row=row + 1, found=f"{numbers[row]:g}")


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
