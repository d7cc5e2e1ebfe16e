"""How the answer changes with the limit and the way of walking, and what of that may be disclosed;
and how wide an estimate is, as people are known by statistical area, but not where in it they live.

Figures at two limits together disclose who lives between them. So of counted people a row is shown
only where it differs from every other shown row by nobody or by at least ``privacy.SMALLEST``, and
rounded; neither few nor nobody are shown, nor all but a few or all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from geo import presets, privacy
from geo.access.gaps import Gap, distances, measures
from geo.access.profile_comparison import flips
from geo.area.model import Area
from geo.errors import BadLimit
from geo.types import Floats

STEPS = (-0.25, 0.25)
"""How far the limit is varied, as a share of it."""
BASE, STEP, PRESET, PROFILE, TIME = "base", "step", "preset", "profile", "time"


@dataclass(frozen=True)
class Variant:
    """The gap at another limit or with another way of walking.

    ``why`` : ``base``, ``step`` (the limit varied by ``STEPS``), ``preset`` (the preset next to
    it), ``profile`` (as many metres) or ``time`` (as many minutes). ``beyond``, ``share_beyond``
    and ``change`` (people more than in the answer) are None where hidden, or unknown: ``unknown``:
    the network does not distinguish the two ways of walking.
    """

    why: str
    limit_m: float
    profile: str
    beyond: float | None = None
    share_beyond: float | None = None
    change: float | None = None
    hidden: bool = False
    unknown: bool = False


def sensitivity(area: Area, answer: Gap) -> tuple[Variant, ...]:
    """Return the answer and its variants: limits in order, then profiles; small counts hidden."""
    found = [_measured(row, answer, answer.metres) for row in _limits(answer)]
    for profile in presets.profiles().values():
        if profile.id == answer.profile:
            continue
        metres = distances(area, answer.kind, profile.id)
        for row in _walks(answer, profile):
            tells = row.why == TIME or _tells(area, answer, row, metres)
            found.append(_measured(row, answer, metres) if tells else replace(row, unknown=True))
    return found_safe(found, answer)


def found_safe(rows: Sequence[Variant], answer: Gap) -> tuple[Variant, ...]:
    """Hide what would give small counts away, alone or by difference; the answer itself first."""
    if answer.estimated:
        return _changes(rows)
    shown: list[float] = []
    visible: dict[int, bool] = {}
    for at in sorted(range(len(rows)), key=lambda at: rows[at].why != BASE):
        row = rows[at]
        if row.beyond is None:
            continue
        parts = [abs(row.beyond - other) for other in shown]
        visible[at] = not (
            privacy.is_few(row.beyond)
            or privacy.is_few(answer.people - row.beyond)
            or any(privacy.is_small(part, counted=True) for part in parts)
        )
        if visible[at]:
            shown.append(row.beyond)
    return _changes(
        [_rounded(row, answer.people, visible.get(at, True)) for at, row in enumerate(rows)]
    )


def _rounded(row: Variant, people: float, visible: bool) -> Variant:
    """Return a row of counted people as it may leave."""
    if row.beyond is None:
        return row
    if not visible:
        return replace(row, beyond=None, share_beyond=None, hidden=True)
    beyond = privacy.rounded(row.beyond)
    return replace(row, beyond=beyond, share_beyond=round(beyond / privacy.rounded(people), 6))


def _changes(rows: Sequence[Variant]) -> tuple[Variant, ...]:
    base = next(row.beyond for row in rows if row.why == BASE)
    return tuple(
        replace(row, change=round(row.beyond - base, 6))
        if row.beyond is not None and base is not None
        else row
        for row in rows
    )


def _limits(answer: Gap) -> list[Variant]:
    """Return limits to try, shortest first; one that is both a step and a preset stands once."""
    limit = answer.limit_m
    tried = {limit: BASE}
    for step in STEPS:
        tried.setdefault(round(limit * (1 + step), 1), STEP)
    below = [row.metres for row in presets.limits() if row.metres < limit]
    above = [row.metres for row in presets.limits() if row.metres > limit]
    for metres in (*below[-1:], *above[:1]):
        tried.setdefault(float(metres), PRESET)
    return [Variant(tried[at], at, answer.profile) for at in sorted(tried) if _is_limit(at)]


def _walks(answer: Gap, profile: presets.Profile) -> list[Variant]:
    """Return the other ways of walking: as many metres, and as many minutes where that differs."""
    rows = [Variant(PROFILE, answer.limit_m, profile.id)]
    pace = profile.metres_per_second / presets.profile(answer.profile).metres_per_second
    in_time = round(answer.limit_m * pace, 1)
    if in_time != answer.limit_m and _is_limit(in_time):
        rows.append(Variant(TIME, in_time, profile.id))
    return rows


def _measured(row: Variant, answer: Gap, metres: Floats) -> Variant:
    found = measures(metres, answer.weights, row.limit_m)
    share = None if math.isnan(found.share_beyond) else round(found.share_beyond, 6)
    return replace(row, beyond=round(found.beyond, 6), share_beyond=share)


def _tells(area: Area, answer: Gap, row: Variant, metres: Floats) -> bool:
    """Return whether the network distinguishes the two ways of walking at all."""
    found = flips(
        area,
        kind=answer.kind,
        limit_m=row.limit_m,
        group=answer.group,
        within=answer.profile,
        beyond=row.profile,
        walks=(np.asarray(answer.metres), metres),
    )
    return found.tells


def _is_limit(metres: float) -> bool:
    try:
        return presets.limit_m(metres) > 0
    except BadLimit:
        return False


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
    statistical areas are not known either (the width is then unknown, not zero).
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
