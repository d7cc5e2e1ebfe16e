"""Who must go together: rows of children turned into parties and back. Knows numbers of families,
not who they are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from geo.errors import BadFamilies
from geo.location.answers import row_of
from geo.location.transport_model import Parties
from geo.types import Ints

NO_FAMILY = -1
"""In ``siblings``: the children of this row may go to different preschools."""


def families_of(siblings: ArrayLike, rows: int) -> Ints:
    """Check the families' numbers, one a row, −1 for none.

    Raises
    ------
    BadFamilies : not one whole number of at least −1 a row.
    """
    try:
        numbers = np.asarray(siblings, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise BadFamilies(row=1, found=str(error)[:80]) from error
    if numbers.shape != (rows,):
        raise BadFamilies(row=min(numbers.size, rows) + 1, found=f"{numbers.shape} ≠ ({rows},)")
    wrong = np.flatnonzero(~((numbers >= NO_FAMILY) & (numbers == np.floor(numbers))))
    if len(wrong):
        raise BadFamilies(row=int(wrong[0]) + 1, found=f"{numbers[wrong[0]]:g}")
    return numbers.astype(np.intp)


def parties_of(metres: csr_array, children: Ints, family: Ints | None) -> tuple[Parties, csr_array]:
    """Return the parties to place, and who is in them: children a row × party.

    Without a family each row is a party of one for each child; a family is one party, which may go
    where all its rows may. Rows without children are in no party.
    """
    party, together = _party_of_row(children, family)
    size = np.where(together, children, 1)
    in_one = np.flatnonzero(children > 0)
    parties = int(party.max(initial=-1)) + 1
    members = csr_array(
        (size[in_one], (in_one, party[in_one])), shape=(len(children), parties), dtype=np.int64
    )
    rows = np.bincount(party[in_one], minlength=parties)
    alone = (children > 0) & ~together
    count, large = np.ones(parties, np.intp), np.ones(parties, np.intp)
    count[party[alone]] = children[alone]
    large[party[together]] = 0
    np.add.at(large, party[together], children[together])
    return Parties(_party_metres(metres, party, size, rows), count, large), members


def _party_of_row(children: Ints, family: Ints | None) -> tuple[Ints, NDArray[np.bool_]]:
    is_family = np.zeros(len(children), bool) if family is None else family != NO_FAMILY
    party = np.full(len(children), -1, np.intp)
    alone = np.flatnonzero((children > 0) & ~is_family)
    party[alone] = np.arange(len(alone))
    together = np.flatnonzero((children > 0) & is_family)
    if len(together) and family is not None:
        _, number = np.unique(family[together], return_inverse=True)
        party[together] = len(alone) + number
    return party, is_family & (children > 0)


def _party_metres(metres: csr_array, party: Ints, size: Ints, rows: Ints) -> csr_array:
    """Sum what the rows of a party walk to each preschool that all of them may go to."""
    row = row_of(metres)
    entry = np.flatnonzero(party[row] >= 0)
    row = row[entry]
    key = party[row].astype(np.int64) * metres.shape[1] + metres.indices[entry]
    order = np.argsort(key, kind="stable")
    first = np.flatnonzero(np.diff(key[order], prepend=-1))
    walked = (metres.data[entry] * size[row])[order]
    total = np.add.reduceat(walked, first) if len(first) else np.zeros(0)
    found = np.diff(first, append=len(order))
    pair = key[order][first]
    owner, column = np.divmod(pair, max(1, metres.shape[1]))
    keep = found == rows[owner]
    shape = (len(rows), metres.shape[1])
    indptr = np.concatenate([[0], np.cumsum(np.bincount(owner[keep], minlength=len(rows)))])
    return csr_array((total[keep], column[keep], indptr), shape=shape)
