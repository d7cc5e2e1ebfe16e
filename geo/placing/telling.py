"""Whether a curve or a trade-off may be shown: of counted people each step must be large enough."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from geo import privacy
from geo.placing.curves import Curve, TradePoint


def curve_tells(curve: Curve, *, counted: bool) -> bool:
    """Tell whether a curve's numbers may be shown."""
    return not (counted and steps_are_small(point.people for point in curve.points))


def trade_off_tells(points: Iterable[TradePoint], *, counted: bool) -> bool:
    """Tell whether a trade-off's numbers may be shown; residents of housing are always counted."""
    points = tuple(points)
    if steps_are_small(point.housing for point in points):
        return False
    return not (counted and steps_are_small(point.people for point in points))


def steps_are_small(people: Iterable[float]) -> bool:
    """Tell whether any two neighbouring values, zero among them, differ by a small count."""
    values = np.round(np.array([*people, 0.0], dtype=np.float64))
    steps = np.diff(np.unique(values))
    return bool(((steps > 0) & (steps < privacy.SMALLEST)).any())
