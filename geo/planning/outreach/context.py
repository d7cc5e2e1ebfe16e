"""What every need and every effect is made of, computed once for an area and a question: who lives
within reach of which place, who has a preschool place, whom one would meet where. Nothing here
changes with what activities there are.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from geo import presets
from geo.access.meeting.mix import arena_mix
from geo.access.meeting.supply import Supply, ones, reach, supply_of
from geo.access.meeting.terms import can_come
from geo.access.preschools.demand import demand_of
from geo.access.preschools.model import Shortage, preschools_on_paths, shortage_among, world_of
from geo.access.preschools.model import World as Preschools
from geo.access.preschools.supply import KIND
from geo.access.preschools.supply import supply_of as preschools_of
from geo.area.activities.model import Activity
from geo.area.activities.table import to_table
from geo.area.model import Area
from geo.area.newcomers import free_hours
from geo.area.people import HOUSING
from geo.area.protected import is_restricted
from geo.errors import AreaLacks
from geo.planning.outreach.question import OutreachQuestion
from geo.planning.outreach.spots import Spot, people_of, spot_numbers, spots_of
from geo.planning.siting.candidates import candidates
from geo.types import Bools, Floats, Ints, Progress

THREE_YEAR_OLDS = "three_year_olds_without_place"


@dataclass(frozen=True, eq=False)
class World:
    """``near`` holds walking metres of rows of ``area.people`` × rows of ``area.places``, of pairs
    within the limit. ``people`` per row; ``spot`` each row's spot, -1 for none. ``unplaced`` are
    children without a preschool place per row, ``shortage`` those of each spot (None: unknown).
    ``three`` are three-year-olds without a place per row (NaN: unknown). ``majority`` is who are
    most at each place ("" where nobody would be met), empty where the area has no such figures.
    ``able`` marks the hours (7, 24) at which people can come whose housing does not report them.
    """

    area: Area
    question: OutreachQuestion
    spots: tuple[Spot, ...]
    spot: Ints
    people: Floats
    near: csr_array
    unplaced: Floats
    children: Floats
    shortage: tuple[Shortage | None, ...]
    three: Floats
    majority: tuple[str, ...]
    able: Bools

    @cached_property
    def ones(self) -> csr_array:
        """Return 1 for each pair within the limit."""
        return ones(self.near)

    @cached_property
    def rooms(self) -> dict[str, str]:
        """Return the places with rooms, id → kind."""
        table = candidates(self.area).table
        return dict(zip(table["id"].astype(str), table["kind"].astype(str), strict=True))

    @cached_property
    def doors(self) -> Floats:
        """Return how well somebody can go and meet people at each place: 1 at named ones with
        rooms, 0.5 at those with staff alone (a preschool), 0 elsewhere and at housing.
        """
        places, kinds = self.area.places, presets.kinds()
        rooms = [
            0.0
            if kind == HOUSING or kind not in kinds
            else 1.0
            if kinds[kind].room
            else 0.5 * kinds[kind].staffed
            for kind in places["kind"]
        ]
        named = (places["name"].astype(str).str.strip() != "").to_numpy(bool)
        found: Floats = np.where(named & ~is_restricted(places), rooms, 0.0)
        return found

    @cached_property
    def tried(self) -> dict[Hashable, Any]:
        """Return the needs of each spot after each change that was tried, kept: many spots try the
        same.
        """
        return {}

    @cached_property
    def supply(self) -> Supply:
        """Return what counts of the area's activities as they are."""
        return self.supply_in(self.area)

    def supply_in(self, area: Area) -> Supply:
        """Return what counts of the activities of this area as it would be."""
        return supply_of(area, self.question.meeting)

    def able_at(self, spot: Spot) -> Bools:
        """Return the hours (7, 24) at which somebody at a spot can come."""
        hours = [free_hours(part.code) for part in spot.times]
        return np.logical_or.reduce(hours) if hours else self.able

    def all_able_at(self, spot: Spot) -> Bools:
        """Return the hours at which everybody at a spot can come."""
        hours = [free_hours(part.code) for part in spot.times]
        return np.logical_and.reduce(hours) if hours else self.able

    def people_at(self, values: Floats) -> Floats:
        """Return, per spot, the sum of values given per row of people."""
        here = self.spot >= 0
        sums = np.bincount(self.spot[here], values[here], minlength=len(self.spots))
        return sums.astype(np.float64)


def world_for(area: Area, question: OutreachQuestion, progress: Progress | None = None) -> World:
    """Return what needs are made of.

    Raises
    ------
    AreaLacks : nobody is known to live in the area.
    """
    tell = progress or _quiet
    spots = spots_of(area, question)
    if not spots:
        raise AreaLacks(key="lacks.people")
    tell("progress.outreach_reach", 0.05)
    rows, places = np.arange(len(area.people)), np.arange(len(area.places))
    near = reach(area, rows, places, question.meeting)
    tell("progress.outreach_preschools", 0.3)
    children, unplaced, shortage, three = _children(area, question, spots)
    tell("progress.outreach_arenas", 0.7)
    return World(
        area=area,
        question=question,
        spots=spots,
        spot=spot_numbers(spots, len(rows)),
        people=people_of(area, question.meeting.group),
        near=near,
        unplaced=unplaced,
        children=children,
        shortage=shortage,
        three=three,
        majority=_majorities(area, question),
        able=can_come(question.meeting.when),
    )


def _children(
    area: Area, question: OutreachQuestion, spots: tuple[Spot, ...]
) -> tuple[Floats, Floats, tuple[Shortage | None, ...], Floats]:
    """Return children, those without a place a row and a spot, and the three-year-olds."""
    nobody = np.zeros(len(area.people))
    three = _three_year_olds(area)
    try:
        demand = demand_of(area, exact=False)
    except AreaLacks:
        return nobody, nobody, (None,) * len(spots), three
    for family in demand.families:
        told = family.three_year_olds_without_place
        three[family.row] = np.nan if told is None else told
    if KIND not in area.kinds:
        return demand.children.astype(float), nobody, (None,) * len(spots), three
    supply = preschools_of(area, question.meeting.today)
    walker = presets.profile(question.meeting.profile)
    goals = preschools_on_paths(area, supply, walker)
    found = world_of(area, supply, demand, walker, goals, question.meeting.limit_m)
    unknown = {family.row for family in demand.families if family.children is None}
    shortage = tuple(_shortage(found, spot, unknown) for spot in spots)
    return demand.children.astype(float), found.unplaced[0].astype(float), shortage, three


def _shortage(found: Preschools, spot: Spot, unknown: set[int]) -> Shortage | None:
    if unknown & set(spot.rows):
        return None
    here = np.zeros(found.metres.shape[0], dtype=bool)
    here[list(spot.rows)] = True
    return shortage_among(found, here)


def _three_year_olds(area: Area) -> Floats:
    if THREE_YEAR_OLDS not in area.people:
        return np.full(len(area.people), np.nan)
    return np.array(area.people[THREE_YEAR_OLDS], dtype=np.float64)


def _majorities(area: Area, question: OutreachQuestion) -> tuple[str, ...]:
    """Return who would be most at each place, were it an arena: computed with something on at every
    place, so that also rooms where nothing happens are known.
    """
    open_ = np.flatnonzero((area.places["kind"] != HOUSING).to_numpy(bool))
    ids = area.places["id"].astype(str)
    everywhere = to_table(Activity(f"try:{ids.iloc[row]}", ids.iloc[row], "other") for row in open_)
    try:
        mix = arena_mix(replace(area, activities=everywhere), question.meeting)
    except AreaLacks:
        return ()
    found = [""] * len(area.places)
    for arena in mix.arenas:
        found[arena.row] = arena.majority
    return tuple(found)


def _quiet(_key: str, _share: float) -> None: ...
