"""Who can walk to something that is open, hour by hour of a week.

For each hour, people for whom at least one counting activity within the limit is open in some part
of that hour, as a range: counting what is known for sure, and counting all, with hours unknown as
open at any time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from geo import presets, privacy
from geo.access.meeting.question import MeetingQuestion
from geo.access.meeting.supply import (
    Supply,
    Walkers,
    homes_asked,
    ones,
    reach,
    supply_of,
    walkers,
)
from geo.access.meeting.terms import Window, can_come, windows, without_hours
from geo.area.activities.model import Activity, Span
from geo.area.activities.occurrences import is_weekly, possible, week_grid
from geo.area.model import Area
from geo.area.people import HOUSING
from geo.types import Bools, Floats

WEEK = (7, 24)
CELLS = 7 * 24
BLOCK = 4096
"""People rows per block: a few megabytes, whatever the area's size."""


@dataclass(frozen=True)
class WindowAnswer:
    """People who can walk to something open at some time of a window."""

    window: Window
    reached: Span


@dataclass(frozen=True)
class UnitHours:
    """A district's or a housing's people, and how many of them each window reaches. ``people`` is
    NaN where a housing does not report them; then ``reached`` are shares, 0 or 1. ``hidden``: few.
    """

    id: str
    name: str
    people: float
    reached: tuple[Span, ...]
    hidden: bool = False


@dataclass(frozen=True, eq=False)
class Hours:
    """The answer: people for each day (Monday first) and hour, within ``low`` and ``high``.

    ``can_come`` marks the hours the group can come; windows count those only. ``following``: the
    same for the week after, where something is not on in every week.
    """

    question: MeetingQuestion
    people: float
    unknown: int
    counted: bool
    low: Floats
    high: Floats
    can_come: Bools
    windows: tuple[WindowAnswer, ...]
    districts: tuple[UnitHours, ...]
    homes: tuple[UnitHours, ...]
    supply: Supply
    following: Hours | None = None

    @property
    def silent(self) -> bool:
        """Whether no activity that counts has hours that anybody has reported."""
        return not any(offer.activity.times for offer in self.supply.offers)

    @property
    def untimed(self) -> tuple[Activity, ...]:
        """The activities of unknown hours, each in the range at any hour of the week."""
        return tuple(each.activity for each in self.supply.offers if each.activity.times is None)

    @property
    def undated(self) -> tuple[Activity, ...]:
        """The activities with weekdays and hours of which nobody has said in which weeks."""
        return tuple(each.activity for each in self.supply.offers if each.activity.undated)

    @property
    def few(self) -> bool:
        """Whether they are so few that no number of them is disclosed."""
        return privacy.is_small(self.people, self.counted)

    def hidden(self, people: float) -> bool:
        """Return whether a count of them is hidden: few, or all but a few."""
        if self.few:
            return True
        rest = self.people - people
        return privacy.is_small(people, self.counted) or privacy.is_small(rest, self.counted)

    def share(self, people: float) -> float:
        """Return a count as a share of them all, NaN for nobody."""
        return people / self.people if self.people > 0 else math.nan


def hours_gap(area: Area, question: MeetingQuestion) -> Hours:
    """Return who can walk to something open, hour by hour; of two weeks where not all is weekly.

    Raises
    ------
    AreaLacks : nobody of the group. InputError ``unknown_housing`` : the housing asked for is not
    there.
    """
    first = _of_week(area, question)
    if all(is_weekly(times) for each in first.supply.offers for times in each.activity.times or ()):
        return first
    later = question.monday + timedelta(days=7)
    return replace(first, following=_of_week(area, replace(question, monday=later)))


def _of_week(area: Area, question: MeetingQuestion) -> Hours:
    who = walkers(area, question)
    offered = supply_of(area, question).without(without_hours() - set(question.kinds))
    able = can_come(question.when)
    spans = tuple(window for window in windows() if (window.mask & able).any())
    patterns = _patterns(offered, question, spans, able)
    metres = reach(area, who.row, offered.rows, question)
    counts, met = _counts(ones(metres), who.people, patterns, len(spans))
    whole = tuple(
        WindowAnswer(window, Span(float(low), float(high)))
        for window, low, high in zip(spans, *counts[:, CELLS:], strict=True)
    )
    return Hours(
        question=question,
        people=who.total,
        unknown=who.unknown,
        counted=who.counted,
        low=counts[0, :CELLS].reshape(WEEK),
        high=counts[1, :CELLS].reshape(WEEK),
        can_come=able,
        windows=whole,
        districts=_districts(area, who, met),
        homes=_homes(area, question, offered, patterns, len(spans)),
        supply=offered,
    )


def _patterns(
    offered: Supply, question: MeetingQuestion, spans: tuple[Window, ...], able: Bools
) -> NDArray[np.int32]:
    """Return (2, places, hours and windows): open for sure, and open perhaps."""
    grids = np.zeros((2, len(offered.rows), *WEEK), dtype=bool)
    for offer in offered.offers:
        grid = (
            np.ones(WEEK, dtype=bool)
            if offer.activity.times is None
            else week_grid(possible(offer.activity), question.monday)
        )
        grids[1, offer.at] |= grid
        if offer.sure():
            grids[0, offer.at] |= grid
    flat = grids.reshape(2, -1, CELLS)
    asked_for = np.array([(window.mask & able).ravel() for window in spans])
    met = np.stack([flat[:, :, mask].any(axis=2) for mask in asked_for], axis=2)
    return np.concatenate([flat, met], axis=2).astype(np.int32)


def _counts(
    near: csr_array, people: Floats, patterns: NDArray[np.int32], spans: int
) -> tuple[Floats, Bools]:
    """Return people per hour and window (2, hours and windows), and which windows each row of
    people meets (2, rows, windows).
    """
    counts = np.zeros((2, CELLS + spans))
    met = np.zeros((2, len(people), spans), dtype=bool)
    for first in range(0, len(people), BLOCK):
        block = slice(first, first + BLOCK)
        for certain in range(2):
            is_open = (near[block] @ patterns[certain]) > 0
            counts[certain] += people[block] @ is_open
            met[certain, block] = is_open[:, CELLS:]
    return counts, met


def _districts(area: Area, who: Walkers, met: Bools) -> tuple[UnitHours, ...]:
    if area.districts.empty:
        return ()
    name = area.people["district"].to_numpy(object)[who.row]
    names = [*sorted(set(area.districts["name"])), *([""] if (name == "").any() else [])]
    rows = []
    for district in names:
        here = name == district
        people = who.people[here]
        found = np.einsum("r,crw->wc", people, met[:, here])
        reached = tuple(Span(float(low), float(high)) for low, high in found)
        rows.append(UnitHours(district, district, float(people.sum()), reached))
    few = privacy.hidden(*_parts(rows, who.counted)) if rows else ()
    return tuple(
        UnitHours(row.id, row.name, row.people, row.reached, bool(hide))
        for row, hide in zip(rows, few, strict=True)
    )


def _parts(rows: list[UnitHours], counted: bool) -> tuple[Floats, Floats, Bools]:
    people = np.array([row.people for row in rows])
    return people, people, np.full(len(rows), counted)


def _homes(
    area: Area, question: MeetingQuestion, offered: Supply, patterns: NDArray[np.int32], spans: int
) -> tuple[UnitHours, ...]:
    """Return each housing's windows, whatever the question's group: people there move as one."""
    group = question.group if presets.group(question.group).origin == HOUSING else "newcomers"
    known = homes_asked(area, question, group)
    if not known:
        return ()
    metres = reach(area, np.array([each.row for each in known]), offered.rows, question)
    _, met = _counts(ones(metres), np.ones(len(known)), patterns, spans)
    rows = []
    for at, each in enumerate(known):
        size = each.people if np.isfinite(each.people) else 1.0
        ends = zip(met[0, at], met[1, at], strict=True)
        reached = tuple(Span(size * bool(low), size * bool(high)) for low, high in ends)
        rows.append(UnitHours(each.id, each.name, each.people, reached, each.hidden))
    return tuple(rows)
