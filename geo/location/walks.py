"""From a matrix of walks to the table that a search is made on, and from the sites it found back to
what they are worth by the matrix itself.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_array

from geo.location import answers, highs
from geo.location.answers import Candidates, Siting
from geo.types import Floats, Ints


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
    """Return the answer that some sites are; less is better.

    Parameters
    ----------
    opened : the candidates, and the new sites among them. known : a bound, and whether the search
        ended with nothing better left. count : the objective, of the people of each served row and
        of its metres.
    """
    candidates, sites = opened
    assignment = answers.nearest_open(matrix, np.concatenate([sites, candidates.existing]))
    served = np.flatnonzero(assignment >= 0)
    there_m = np.asarray(matrix[served, assignment[served]]).ravel() if len(served) else np.zeros(0)
    objective = count(people[served], there_m)
    bound, is_most = known
    bound = min(bound, objective)
    gap = answers.gap_between(objective, bound)
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
