"""Amounts in classes: round borders, a colour and a size for each, and what a legend calls them.
Knows nothing of maps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from geo import texts
from geo.types import Ints

SEQUENTIAL = ("#fdd49e", "#fdae6b", "#ef6548", "#c4211c", "#7f0000")
"""Few to many. One lightness ramp, so that grey print and colour-blind readers keep the order."""

RADII_PX = (4.0, 6.0, 8.5, 11.5, 15.0)
"""Radius a class, few to many: size and colour say the same."""


@dataclass(frozen=True)
class ValueClass:
    """A class of a circle layer: from ``lower`` up to but not with ``upper`` (the last: with)."""

    lower: float
    upper: float
    colour: str
    radius_px: float


def classes(values: ArrayLike, count: int = 5, *, smallest: float = 0.0) -> tuple[ValueClass, ...]:
    """Divide amounts into at most ``count`` classes with round borders (1, 2, 5, 10, 20 …).

    The borders are the round numbers nearest to the values' quantiles, so that no class is empty
    of meaning; each finite value above 0 belongs to exactly one class. No border is below
    ``smallest``: amounts of people are told apart from 1 and up.

    >>> [(c.lower, c.upper) for c in classes([1, 2, 3, 8, 9, 40, 41], 3)]
    [(0.0, 2.0), (2.0, 10.0), (10.0, 41.0)]
    """
    amounts = np.asarray(values, dtype=np.float64)
    amounts = amounts[np.isfinite(amounts) & (amounts > 0)]
    if not len(amounts):
        return ()
    low, high = float(amounts.min()), float(amounts.max())
    wanted = np.quantile(amounts, np.arange(1, count) / count)
    borders = np.unique([_round_border(float(border)) for border in wanted])
    borders = borders[(borders > low) & (borders <= high) & (borders >= smallest)]
    edges = [0.0, *borders.tolist(), high]
    return tuple(
        ValueClass(lower, upper, SEQUENTIAL[step], RADII_PX[step])
        for lower, upper, step in zip(edges, edges[1:], _steps(len(edges) - 1), strict=False)
    )


def class_index(values: ArrayLike, found: Sequence[ValueClass]) -> Ints:
    """Return the class of each value; -1 for what is 0, below, or unknown."""
    amounts = np.asarray(values, dtype=np.float64)
    drawn = np.isfinite(amounts) & (amounts > 0)
    lowers = np.array([entry.lower for entry in found])
    index = np.searchsorted(lowers, np.where(drawn, amounts, 0.0), side="right") - 1
    return np.where(drawn, index, -1).astype(np.int64)


def class_label(found: Sequence[ValueClass], step: int, language: str = "sv") -> str:
    """Return a class in words, as in ``10 till 20``; the border belongs to the upper class."""
    lower, upper = (_amount(edge, language) for edge in (found[step].lower, found[step].upper))
    if len(found) == 1:
        return texts.text("map.class_only", language, upper=upper)
    if step == 0:
        return texts.text("map.class_first", language, upper=upper)
    if step == len(found) - 1:
        return texts.text("map.class_last", language, lower=lower)
    return texts.text("map.class_between", language, lower=lower, upper=upper)


def _round_border(value: float) -> float:
    """Return the number of 1, 2, 5, 10, 20 … nearest to a value, by ratio."""
    power = 10.0 ** np.floor(np.log10(value))
    candidates = np.array([1.0, 2.0, 5.0, 10.0]) * power
    nearest = candidates[np.argmin(np.abs(np.log(candidates / value)))]
    return float(f"{nearest:.12g}")


def _amount(value: float, language: str) -> str:
    """Write a class border with the decimals it needs: two digits that count below 1."""
    if value >= 10 or value == round(value):
        return texts.number(value, language)
    decimals = 1 if value >= 1 else 1 - int(np.floor(np.log10(value)))
    return texts.number(value, language, decimals)


def _steps(count: int) -> list[int]:
    """Spread the classes over the ramp, so that few classes still lie far apart."""
    if count == 1:
        return [2]
    return [round(step * (len(SEQUENTIAL) - 1) / (count - 1)) for step in range(count)]
