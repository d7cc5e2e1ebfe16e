"""What is on offer for a question about meeting places, for sure or perhaps, and who could walk
there.

An activity that meets the question in all that its record reports counts for sure when it was
confirmed within a year; where the record is older, or silent on a part of the question, it counts
perhaps (``Offer.doubts`` holds why). Every figure made of it is a range: for sure, and with all of
them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from geo import presets, privacy
from geo.access.meeting.question import MeetingQuestion
from geo.access.meeting.terms import kinds_of, speaks
from geo.area.activities.derived import activities_of
from geo.area.activities.model import Activity, is_fresh
from geo.area.activities.table import from_table
from geo.area.model import Area
from geo.area.newcomers import housing_asked
from geo.area.people import HOUSING
from geo.errors import AreaLacks
from geo.network.distances import within
from geo.network.walk_network import Snapped
from geo.types import Bools, Floats, Ints

FEW_AS = 3
"""What a housing with 1 to 4 people counts as: sums, and differences of sums, then disclose no more
of it than that it is small.
"""


@dataclass(frozen=True)
class Offer:
    """An activity that counts: ``at`` is its place's position in ``Supply.rows``. ``doubts``:
    ``stale``, ``times``, ``weeks``, ``language``, ``audience``; what the record does not report
    for sure.
    """

    activity: Activity
    at: int
    doubts: tuple[str, ...] = ()

    def sure(self, *about: str) -> bool:
        """Return whether nothing of this is in doubt (without words: nothing at all)."""
        return not (set(self.doubts) & set(about) if about else self.doubts)


@dataclass(frozen=True, eq=False)
class Supply:
    """What counts: offers, and their places as ``rows`` of ``area.places``, each once. ``lost`` are
    activities that would count but whose place is not on the map.
    """

    offers: tuple[Offer, ...]
    rows: Ints
    lost: tuple[Activity, ...] = ()

    def without(self, kinds: Collection[str]) -> Supply:
        """Return the supply without activities of some kinds, and places that have no other."""
        kept = tuple(each for each in self.offers if each.activity.kind not in kinds)
        lost = tuple(each for each in self.lost if each.kind not in kinds)
        rows = self.rows[sorted({each.at for each in kept})]
        at = {int(row): position for position, row in enumerate(rows)}
        moved = tuple(replace(each, at=at[int(self.rows[each.at])]) for each in kept)
        return Supply(moved, rows, lost)

    def count(self, doubt: str) -> int:
        """Return how many offers carry a doubt."""
        return sum(doubt in offer.doubts for offer in self.offers)


@dataclass(frozen=True, eq=False)
class Walkers:
    """Who could walk: ``row`` in ``area.people`` and how many, all above zero. ``unknown`` rows of
    the group have no count. ``counted``: people were counted, so small counts are hidden.
    """

    row: Ints
    people: Floats
    unknown: int
    counted: bool

    @property
    def total(self) -> float:
        """How many they are together."""
        return float(self.people.sum())


@dataclass(frozen=True)
class Home:
    """A transitional housing: its row in ``area.people``, its place's id and name, and residents
    (NaN: unknown; ``FEW_AS`` where they are few).
    """

    row: int
    id: str
    name: str
    district: str
    people: float
    details: str
    hidden: bool


def supply_of(area: Area, question: MeetingQuestion) -> Supply:
    """Return the activities that answer a question, with what is in doubt about each."""
    row_of = {str(place): row for row, place in enumerate(area.places["id"])}
    lost = tuple(
        activity
        for activity in from_table(area.activities)
        if activity.place not in row_of and _doubts(activity, question) is not None
    )
    found = [
        (activity, row_of[activity.place], doubts)
        for activity in activities_of(area)
        if (doubts := _doubts(activity, question)) is not None
    ]
    rows = np.unique(np.array([row for _, row, _ in found], dtype=np.int64))
    offers = tuple(
        Offer(activity, int(np.searchsorted(rows, row)), doubts) for activity, row, doubts in found
    )
    return Supply(offers, rows, lost)


def walkers(area: Area, question: MeetingQuestion) -> Walkers:
    """Return the people of the group, of one housing where the question names one.

    Raises
    ------
    AreaLacks : nobody of the group is known. InputError ``unknown_housing`` : no housing has this
    id or name.
    """
    group = presets.group(question.group)
    if question.housing and group.origin != HOUSING:
        raise AreaLacks(key="meeting.lacks_group_of_home", group=question.group)
    here = (area.people["origin"] == group.origin).to_numpy(bool, copy=True)
    if question.housing:
        asked = housing_asked(area, question.housing)
        here &= (area.people["unit"].astype(str) == asked).to_numpy(bool)
    if not here.any():
        raise AreaLacks(key="lacks.newcomers" if group.origin == HOUSING else "lacks.people")
    if question.group not in area.people:
        known = ", ".join(area.groups) or "–"
        raise AreaLacks(key="lacks.group", group=question.group, known=known)
    told = area.people[question.group].to_numpy(np.float64)
    people = np.where(here, np.nan_to_num(told), 0.0)
    if group.origin == HOUSING:
        people = without_few(people)
    row = np.flatnonzero(people > 0)
    counted = not bool(area.people["estimated"].to_numpy(bool)[row].any())
    return Walkers(row, people[row], int((here & np.isnan(told)).sum()), counted)


def homes(area: Area, group: str = "newcomers") -> tuple[Home, ...]:
    """Return the transitional housings, in the order of ``area.people``."""
    places = area.places.set_index(area.places["id"].astype(str))
    rows = np.flatnonzero((area.people["origin"] == HOUSING).to_numpy(bool))
    has_count = group in area.people and presets.group(group).origin == HOUSING
    told = (
        area.people[group].to_numpy(np.float64) if has_count else np.full(len(area.people), np.nan)
    )
    found = []
    for row in rows:
        unit = str(area.people["unit"].iloc[row])
        place = places.loc[unit] if unit in places.index else None
        few = privacy.is_small(told[row], True) if np.isfinite(told[row]) else False
        found.append(
            Home(
                row=int(row),
                id=unit,
                name="" if place is None else str(place["name"]),
                district=str(area.people["district"].iloc[row]),
                people=float(FEW_AS) if few else float(told[row]),
                details="" if place is None else str(place["details"]),
                hidden=few,
            )
        )
    return tuple(found)


def homes_asked(
    area: Area, question: MeetingQuestion, group: str = "newcomers"
) -> tuple[Home, ...]:
    """Return the housings a question is about: the one it names, else all.

    Raises
    ------
    InputError ``unknown_housing`` : no housing is called so, or several are.
    """
    known = homes(area, group)
    if not question.housing:
        return known
    asked = housing_asked(area, question.housing)
    return tuple(each for each in known if each.id == asked)


def reach(
    area: Area, people: Ints, places: Ints, question: MeetingQuestion, limit_m: float = 0.0
) -> csr_array:
    """Return walking metres of rows of ``area.people`` × rows of ``area.places`` within the limit
    (the question's, unless given): entries for pairs in reach, a stored zero is 0 m.
    """
    walker = presets.profile(question.profile)
    start: Snapped = area.snapped_people(walker).take(people)
    goal: Snapped = area.snapped_places("", walker).take(places)
    return within(area.network, start, goal, within_m=limit_m or question.limit_m, profile=walker)


def ones(metres: csr_array) -> csr_array:
    """Return 1 for each pair in reach: counts that no number of places can overflow."""
    data = np.ones(metres.nnz, dtype=np.int32)
    return csr_array((data, metres.indices, metres.indptr), shape=metres.shape)


def without_few(people: Floats) -> Floats:
    """Return counts with each from 1 to 4 as ``FEW_AS``."""
    few: Bools = (np.round(people) > 0) & (np.round(people) < privacy.SMALLEST)
    return np.where(few, float(FEW_AS), people)


def runs_in_week(activity: Activity, question: MeetingQuestion) -> bool:
    """Return whether an activity is valid at some time of the week."""
    ended = activity.valid_to is not None and activity.valid_to < question.monday
    begins_later = activity.valid_from is not None and activity.valid_from > question.sunday
    return not ended and not begins_later


def _doubts(activity: Activity, question: MeetingQuestion) -> tuple[str, ...] | None:
    """Return what is in doubt about an activity; None where it does not count."""
    if activity.kind not in kinds_of(question.kinds) or not runs_in_week(activity, question):
        return None
    doubts = [] if is_fresh(activity, question.today) else ["stale"]
    if activity.times is None:
        doubts.append("times")
    if activity.undated:
        doubts.append("weeks")
    for name, answers in (
        ("language", speaks(activity, question.language)),
        ("audience", _welcomes(activity, question.audience)),
    ):
        if answers is False:
            return None
        if answers is None:
            doubts.append(name)
    return tuple(doubts)


def _welcomes(activity: Activity, audience: str) -> bool | None:
    """Return whether this audience may come; None where the record does not report it."""
    if not audience:
        return True
    if not activity.audience:
        return None
    return audience in activity.audience or "everyone" in activity.audience
