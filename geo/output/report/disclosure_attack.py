"""The strongest reader of a report of counted people: has everybody's home and how far all have to
walk, and takes each shown number as an equation. Decides which numbers must be suppressed, so that
no few are worked out from the rest.

People whom no number distinguishes are one unknown. A number is kept out when, with those before
it, the unknown of a few, or the sum of two such, would be the same in every solution: by linear
algebra (the null space of the equations), and by least and greatest values with nobody below zero.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from scipy.linalg import null_space
from scipy.optimize import linprog

from geo import privacy
from geo.types import Bools, Floats, Ints

SAME = 1e-7
MOST_PAIRS = 200
"""With more unknowns of a few than this, sums of two are not looked at."""


def may_stay(
    shown: Sequence[Bools],
    people: Floats,
    *,
    fewer: Sequence[Bools] = (),
    smallest: int = privacy.SMALLEST,
) -> list[bool]:
    """Return which numbers may be shown together, the first having right of way.

    Parameters
    ----------
    shown : for each number, which rows of people it is the sum of.
    people : counted people per row.
    fewer : sums shown as from 1 to one below ``smallest``.
    """
    stays = [True] * len(shown)
    if not _tells(shown, people, fewer, smallest):
        return stays
    kept: list[Bools] = []
    for at, mask in enumerate(shown):
        stays[at] = not _tells([*kept, mask], people, fewer, smallest)
        if stays[at]:
            kept.append(mask)
    return stays


def _tells(shown: Sequence[Bools], people: Floats, fewer: Sequence[Bools], smallest: int) -> bool:
    """Return whether the numbers together disclose a few."""
    lives = people > 0
    if not shown or not lives.any():
        return False
    masks = np.array([*shown, *fewer], dtype=bool)[:, lives]
    atoms, which = np.unique(masks, axis=1, return_inverse=True)
    size = np.bincount(which.ravel(), weights=people[lives]).astype(np.float64)
    few = np.flatnonzero(np.round(size) < smallest).astype(np.int64)
    if not len(few):
        return False
    sums, said = atoms[: len(shown)].astype(float), atoms[len(shown) :].astype(float)
    return _by_algebra(sums, size, few, smallest) or _by_bounds(sums, said, size, few, smallest)


def _by_algebra(sums: Floats, size: Floats, few: Ints, smallest: int) -> bool:
    free = null_space(sums)
    if np.any(np.abs(free[few]).max(axis=1, initial=0.0) < SAME):
        return True
    pairs = itertools.combinations(few, 2) if len(few) <= MOST_PAIRS else iter(())
    return any(
        round(size[a] + size[b]) < smallest and np.abs(free[a] + free[b]).max(initial=0.0) < SAME
        for a, b in pairs
    )


def _by_bounds(sums: Floats, said: Floats, size: Floats, few: Ints, smallest: int) -> bool:
    """Return whether the least and the greatest that an unknown can be hold one whole number."""
    limits = None
    if len(said):
        limits = (
            np.vstack([said, -said]),
            np.r_[np.full(len(said), smallest - 1.0), -np.ones(len(said))],
        )
    for at in few:
        aim = np.zeros(len(size))
        ends = []
        for sign in (1.0, -1.0):
            aim[at] = sign
            found = linprog(
                aim,
                A_ub=None if limits is None else limits[0],
                b_ub=None if limits is None else limits[1],
                A_eq=sums,
                b_eq=sums @ size,
                bounds=(0, None),
            )
            if found.status != 0:
                break  # no end on this side: nothing is disclosed
            ends.append(sign * found.fun)
        if len(ends) == 2 and np.ceil(ends[0] - SAME) >= np.floor(ends[1] + SAME):
            return True
    return False
