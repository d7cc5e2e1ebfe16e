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


def hidden(part: Floats, whole: Floats, counted: Bools, smallest: int = SMALLEST) -> Bools:
    """Tell which cells of a column must be hidden, when the column's total is shown.

    Parameters
    ----------
    part : people in each cell (those beyond the limit, say).
    whole : people each cell is a part of; a small remainder gives a person away as a small part
    does. counted : whether a cell rests on counted people; estimates are never hidden for their own
    size. smallest : the smallest count shown.

    Returns
    -------
    A mask. Where one cell alone would be hidden, the smallest other cell that is not empty is
    hidden too, so that the total does not give the first away (secondary suppression).
    """
    shown, of = np.round(part), np.round(whole)
    rest = of - shown
    mask = counted & (_small(shown, smallest) | _small(rest, smallest) | _small(of, smallest))
    if mask.sum() == 1:
        others = np.flatnonzero(~mask & (of > 0))
        if len(others):
            mask = mask.copy()
            mask[others[np.argmin(of[others])]] = True
    return mask


def is_small(people: float, counted: bool, smallest: int = SMALLEST) -> bool:
    """Tell whether a single count must be hidden."""
    return counted and 0 < round(people) < smallest


def _small(people: Floats, smallest: int) -> Bools:
    return (people > 0) & (people < smallest)
