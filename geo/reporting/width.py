"""How wide an estimate is: people are known by statistical area, but not where in it they live.
Knows no words, and nothing of errors in the statistics themselves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.access.gaps import Gap
from geo.area.model import Area

LIKELY = 1.96
"""Standard deviations on each side that hold 95 of 100 outcomes."""


@dataclass(frozen=True)
class Width:
    """How many may be beyond the limit, when only the sum of each statistical area is known.

    ``lowest`` and ``highest`` hold wherever in their area people live, among the spots where people
    are placed; ``low`` and ``high`` hold 95 of 100 times, if each lived at such a spot by chance,
    whatever the others do (families live together, so it is wider in truth). ``units`` : areas
    with spots on both sides of the limit.
    """

    lowest: float
    highest: float
    low: float
    high: float
    units: int


def width(area: Area, answer: Gap) -> Width | None:
    """Return how wide the headcount is; None where nothing is estimated, or where the sums of
    statistical areas are not known either (the width is then unknown, not nought).
    """
    lives = answer.weights > 0
    estimated = area.people["estimated"].to_numpy(bool) & lives
    unit = area.people["unit"].to_numpy(object)
    if not estimated.any() or any(not name for name in unit[estimated]):
        return None
    far = answer.metres > answer.limit_m
    certain = float(answer.weights[~estimated & far].sum())
    rows = pd.DataFrame(
        {
            "unit": unit[estimated],
            "people": answer.weights[estimated],
            "beyond": np.where(far, answer.weights, 0.0)[estimated],
        }
    )
    summed = rows.groupby("unit", sort=True)[["people", "beyond"]].sum()
    people, beyond = summed["people"].to_numpy(float), summed["beyond"].to_numpy(float)
    share = np.clip(beyond / people, 0.0, 1.0)
    spread = math.sqrt(float((people * share * (1 - share)).sum()))
    all_beyond, some = share > 1 - 1e-9, share > 1e-9
    lowest = certain + float(people[all_beyond].sum())
    highest = certain + float(people[some].sum())
    middle = certain + float(beyond.sum())
    return Width(
        lowest=lowest,
        highest=highest,
        low=max(lowest, middle - LIKELY * spread),
        high=min(highest, middle + LIKELY * spread),
        units=int((some & ~all_beyond).sum()),
    )
