"""Small counts of people: what may be disclosed, and what is shown as "färre än 5".

The rule protects *counted* people (tables of persons, residents of a housing). Figures estimated by
spreading public statistics disclose nothing about any one person: they are marked as estimates
instead.

Reports go further, as one can be compared with another (400 m beside 410 m, with a proposal and
without): there counts of counted people are ``rounded``, and nobody is written as a few are
(``is_few``). So a count of none cannot be distinguished from a count of a few, and the difference
of two counts is known to some eight people and no closer. That is no proof against every reader:
three or more sums that add up, each rounded as far as can be and the right way, would still
disclose a count; so reports show few sums that do (``tells``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from geo.types import Bools, Floats

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
    """Return which cells of a column must be hidden, when the column's total is shown.

    Parameters
    ----------
    part : people in each cell (for example those beyond the limit).
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
    """Return whether a single count must be hidden."""
    return counted and 0 < round(people) < smallest


def is_few(people: float, smallest: int = SMALLEST) -> bool:
    """Return whether a count of counted people is too small for a report: nobody, or a few."""
    return round(people) < smallest


def rounded(people: float, step: int = SMALLEST) -> float:
    """Round a count to the nearest multiple of ``step``, halves away from zero.

    >>> [rounded(people) for people in (12, 13, 2.5, -13)]
    [10.0, 15.0, 5.0, -15.0]
    """
    return math.copysign(math.floor(abs(people) / step + 0.5) * step, people) + 0.0


def could_be(shown: float, step: int = SMALLEST) -> tuple[float, float]:
    """Return the least and the most whole people that a rounded count may stand for.

    >>> could_be(5), could_be(40)
    ((5.0, 7.0), (38.0, 42.0))
    """
    half = math.ceil(step / 2) - 1
    return float(max(shown - half, step)), float(shown + half)


def tells(parts: Sequence[float], whole: float, *, some_hidden: bool) -> bool:
    """Return whether rounded parts and their rounded sum leave too little open, each being what
    ``could_be`` says: what the hidden parts hold together must be able to be nobody and to be
    ``SMALLEST`` less one; with none hidden, more than one sum must be possible.
    """
    least, most = could_be(whole)
    sums = [could_be(part) for part in parts]
    low, high = sum(row[0] for row in sums), sum(row[1] for row in sums)
    if some_hidden:
        return least - high > 0 or most - low < SMALLEST - 1
    return len(sums) > 1 and min(most, high) - max(least, low) < 1


def _small(people: Floats, smallest: int) -> Bools:
    return (people > 0) & (people < smallest)
