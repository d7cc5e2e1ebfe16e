"""Small counts of people: what may leave, and what is shown as "färre än 5". Knows counts, not
people.

The rule protects *counted* people (tables of persons, residents of a housing). Figures estimated by
spreading public statistics say nothing of any one person: they are marked as estimates instead.
"""

from __future__ import annotations

import numpy as np

from geo.network import Bools, Floats

SMALLEST = 5
"""Counts of people from 1 to one below this are hidden."""


def hidden(
    part: Floats,
    whole: Floats,
    counted: Bools,
    *,
    also: Bools | None = None,
    smallest: int = SMALLEST,
) -> Bools:
    """Tell which cells of a column must be hidden, when the column's total is shown.

    Parameters
    ----------
    part : people in each cell (those beyond the limit, say).
    whole : people each cell is a part of; a small remainder gives a person away as a small part
        does. The same array as ``part`` for a column that is no part of another.
    counted : whether a cell rests on counted people; estimates are never hidden for their own size.
    also : cells hidden for another reason.
    smallest : the smallest count shown.

    Returns
    -------
    A mask. While the total would give the hidden cells away (one alone, or a few that together hold
    a small count) the smallest other cell with people is hidden too: secondary suppression.
    """
    shown, of = np.round(part), np.round(whole)
    mask: Bools = counted & (_small(shown, smallest) | _small(of - shown, smallest))
    if also is not None:
        mask = mask | also
    while mask.any() and (mask.sum() == 1 or shown[mask].sum() < smallest):
        others = np.flatnonzero(~mask & (of > 0))
        if not len(others):
            break
        mask = mask.copy()
        mask[others[np.argmin(of[others])]] = True
    return mask


def is_small(people: float, counted: bool, smallest: int = SMALLEST) -> bool:
    """Tell whether a single count must be hidden."""
    return counted and 0 < round(people) < smallest


def _small(people: Floats, smallest: int) -> Bools:
    return (people > 0) & (people < smallest)
