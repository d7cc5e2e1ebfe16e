"""What could be done about the needs at one place: move an activity's hour, let an organisation
visit a desk, open a café in a room there is, visit at the door. Only what is in the area is named;
each proposal is tried on a copy of it, and listed only where somebody gains and nobody loses.

At which hours of a week something new, or something moved, would suit those it is for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import time, timedelta

import numpy as np

from geo import presets
from geo.access.meeting.mix import ESTABLISHED
from geo.access.meeting.supply import Supply
from geo.access.meeting.terms import speaks
from geo.area.activities.derived import activities_of
from geo.area.activities.model import Activity, Times
from geo.area.activities.occurrences import WEEKDAYS, is_holiday, week_grid, weekly_rule
from geo.area.activities.table import from_table
from geo.area.associations import organisations_of
from geo.cells import plain
from geo.network.distances import within
from geo.planning.outreach.context import World
from geo.planning.outreach.effects import Change, Effect, effects_of
from geo.planning.outreach.needs import (
    ARENA,
    HOURS,
    LANGUAGE,
    Need,
    counts_for,
    needs_at,
    suits,
    within_of,
)
from geo.planning.outreach.rules import proposal_rule, visitors
from geo.planning.outreach.spots import Spot
from geo.types import Bools, Ints, Progress

MOVE, DESK, CAFE, VISIT = "move", "desk", "cafe", "visit"
CAFE_KIND, CAFE_LANGUAGE = "language_cafe", "sv"
INFO_DESK = "info_desk"


@dataclass(frozen=True)
class Proposal:
    """Something to do for a spot.

    ``what`` is ``MOVE``, ``DESK``, ``CAFE`` or ``VISIT``; ``activity`` as it would be, ``was`` as
    it is (a moved one). ``place`` is where, ``metres`` how far those who live nearest at the spot
    walk there. ``effects`` are those of the needs it changes; ``worth`` orders proposals by them.
    """

    what: str
    spot: str
    place: str
    activity: Activity
    was: Activity | None
    metres: float
    effects: tuple[Effect, ...]
    worth: float

    @property
    def change(self) -> Change:
        """Return the proposal as a change to the area."""
        if self.was is None:
            return Change(add=(self.activity,))
        return Change(instead=(self.activity,))


@dataclass(frozen=True, eq=False)
class Tried:
    """What was tried for a spot (its number in ``World.spots``): ideas as their sort and the
    activity as it would be, and those of them that help, the most worth first.
    """

    spot: int
    ideas: tuple[tuple[str, Activity], ...]
    helps: tuple[Proposal, ...]


def tried_for(world: World, spot: int, *, progress: Progress | None = None) -> Tried:
    """Return what was tried for a spot, and what of it helps.

    Parameters
    ----------
    spot : its number in ``world.spots``.
    """
    supply = world.supply
    before = needs_at(world, supply)
    ideas = list(_ideas(world, spot, supply, before))
    found: list[Proposal] = []
    for number, (what, activity, was) in enumerate(ideas):
        if progress:
            progress("progress.outreach_effects", number / len(ideas))
        made = _tried(world, spot, before, what, activity, was)
        if made is not None:
            found.append(made)
    found.sort(key=lambda each: _order(each, _info_desks(world)))
    return Tried(spot, tuple((what, activity) for what, activity, _ in ideas), tuple(found))


def proposals_for(
    world: World, spot: int, *, progress: Progress | None = None
) -> tuple[Proposal, ...]:
    """Return what could be done for a spot, the most worth first: of each sort no more than
    ``proposal_rule().told``, and more where a need would have none.

    Parameters
    ----------
    spot : its number in ``world.spots``.
    """
    return few_of(tried_for(world, spot, progress=progress).helps)


def few_of(found: Sequence[Proposal]) -> tuple[Proposal, ...]:
    """Return the first proposals of each sort, and the first that helps a need they do not."""
    kept: list[Proposal] = []
    for each in found:
        same = [other for other in kept if other.what == each.what]
        helped = {effect.need for other in kept for effect in other.effects}
        new = any(effect.need not in helped for effect in each.effects)
        if len(same) < proposal_rule().told or new:
            kept.append(each)
    return tuple(kept)


def _order(each: Proposal, desks: set[str]) -> tuple[object, ...]:
    """Return what orders proposals: worth, then info desks before other rooms, then the walk."""
    elsewhere = each.what == DESK and each.place not in desks
    return -round(each.worth, 9), elsewhere, each.metres, each.activity.id


def rooms_near(world: World, spot: Spot) -> list[str]:
    """Return places with rooms within the limit of somebody at a spot."""
    return _rooms(world, _near(world, spot))


def _info_desks(world: World) -> set[str]:
    places = world.area.places
    return set(places["id"][places["kind"] == INFO_DESK].astype(str))


def _ideas(
    world: World, spot: int, supply: Supply, before: tuple[tuple[Need, ...], ...]
) -> Iterator[tuple[str, Activity, Activity | None]]:
    """Yield what may be tried: the sort, the activity as it would be, and as it is."""
    here = world.spots[spot]
    lacking = {
        need.need for need in before[spot] if need.lacking is not None and need.lacking.high > 0
    }
    if not lacking:
        return
    near = _near(world, here)
    times = free_slot(world, here, supply)
    if HOURS in lacking:
        yield from _moves(world, here, supply)
    if times is None:
        return
    if lacking - {ARENA}:
        yield from _desks(world, here, near, times, lacking)
        yield from _visits(world, here, near, times)
    if {HOURS, ARENA} & lacking:
        yield from _cafes(world, near, times, arena=ARENA in lacking)


def _tried(
    world: World,
    spot: int,
    before: tuple[tuple[Need, ...], ...],
    what: str,
    activity: Activity,
    was: Activity | None,
) -> Proposal | None:
    """Return an idea as a proposal with its effects; None where nobody gains or somebody loses."""
    change = Change(add=(activity,)) if was is None else Change(instead=(activity,))
    effects = effects_of(world, change, spot, before)
    helps = tuple(effect for effect in effects if effect.helps and _here(effect))
    if not helps or any(effect.harms for effect in effects):
        return None
    return Proposal(
        what=what,
        spot=world.spots[spot].id,
        place=activity.place,
        activity=activity,
        was=was,
        metres=_near(world, world.spots[spot]).get(activity.place, math.nan),
        effects=helps,
        worth=sum(world.question.weights.of(effect.need) * _share(effect) for effect in helps),
    )


def _here(effect: Effect) -> bool:
    return effect.here_after.low > effect.here_before.low


def _share(effect: Effect) -> float:
    return (effect.here_after.low - effect.here_before.low) / max(effect.here_about, 1.0)


def _near(world: World, spot: Spot) -> dict[str, float]:
    """Return the places within the limit of somebody at a spot, with the fewest metres."""
    part = world.near[list(spot.rows)]
    metres = np.full(part.shape[1], np.inf)
    np.minimum.at(metres, part.indices, part.data)
    ids = world.area.places["id"].astype(str)
    return {ids.iloc[row]: float(metres[row]) for row in np.flatnonzero(np.isfinite(metres))}


def _moves(
    world: World, spot: Spot, supply: Supply
) -> Iterator[tuple[str, Activity, Activity | None]]:
    """Yield activities near whose hours nobody here can come to, at the nearest hours that suit. A
    place's own opening hours are not moved.
    """
    listed = {activity.id for activity in from_table(world.area.activities)}
    for offer in within_of(world, spot, supply):
        activity = offer.activity
        if (
            activity.id in listed
            and counts_for(HOURS, activity)
            and suits(world, activity, spot) is False
        ):
            times = moved_times(world, spot, activity)
            if times is not None:
                today = world.question.meeting.today
                yield MOVE, replace(activity, times=times, confirmed=today), activity


def _desks(
    world: World, spot: Spot, near: dict[str, float], times: Times, lacking: set[str]
) -> Iterator[tuple[str, Activity, Activity | None]]:
    """Yield visits to a desk by organisations with an activity of their own not far from it."""
    own = [each for each in activities_of(world.area) if each.organisers]
    silent = _silent(world, spot, lacking)
    rule = proposal_rule()
    for place in _rooms(world, near)[: rule.places]:
        bases = _bases(world, place, own)
        useful = [
            each
            for each in own
            if each.place in bases and each.place != place and _useful(each, spot, lacking)
        ]
        useful.sort(key=lambda each: (bases[each.place], each.id))
        once = {each.organisers: each for each in reversed(useful)}
        chosen = sorted(once.values(), key=lambda each: (bases[each.place], each.id))
        told = [each for each in silent if each.organisers not in once]
        for each in [*chosen, *told][: rule.organisations]:
            yield DESK, _visiting(world, each, place, times, DESK), None


def _silent(world: World, spot: Spot, lacking: set[str]) -> list[Activity]:
    """Return associations that speak a language lacking here, and of which no activity is known:
    also those that serve the whole municipality or have no point. What they would do is not known.
    """
    if LANGUAGE not in lacking:
        return []
    named = {plain(name) for each in activities_of(world.area) for name in each.organisers}
    found = [
        Activity(
            id=f"org:{each.place}",
            place=each.place,
            kind="other",
            name=each.name,
            organisers=(each.name,),
            languages=each.languages,
            audience=("everyone",),
            demonstration=each.demonstration,
        )
        for each in organisations_of(world.area)
        if each.name and plain(each.name) not in named
    ]
    spoken = [row.language for row in spot.spoken]
    return [each for each in found if any(speaks(each, code) is True for code in spoken)]


def _useful(activity: Activity, spot: Spot, lacking: set[str]) -> bool:
    """Return whether an organisation's activity is of a kind that counts for a need here."""
    if LANGUAGE in lacking and any(speaks(activity, row.language) for row in spot.spoken):
        return True
    return any(counts_for(need, activity) for need in lacking - {ARENA, LANGUAGE})


def _visiting(world: World, own: Activity, place: str, times: Times, what: str) -> Activity:
    return replace(
        own,
        id=f"{what}:{place}:{own.id}",
        place=place,
        times=(times,),
        confirmed=world.question.meeting.today,
        valid_from=None,
        valid_to=None,
        seats=None,
        visiting=True,
    )


def _bases(world: World, place: str, own: list[Activity]) -> dict[str, float]:
    """Return the places where organisations have something on, not far from a desk, with metres."""
    rows = {str(id_): row for row, id_ in enumerate(world.area.places["id"])}
    bases = sorted({each.place for each in own})
    walker = presets.profile(world.question.meeting.profile)
    snapped = world.area.snapped_places("", walker)
    at: Ints = np.array([rows[base] for base in bases], dtype=np.int64)
    metres = within(
        world.area.network,
        snapped.take(np.array([rows[place]])),
        snapped.take(at),
        within_m=proposal_rule().near_m,
        profile=walker,
    )
    return {
        bases[column]: float(far) for column, far in zip(metres.indices, metres.data, strict=True)
    }


def _rooms(world: World, near: dict[str, float]) -> list[str]:
    """Return places with rooms within the limit: info desks first, then the nearest."""
    kinds = world.rooms
    there = [place for place in near if place in kinds]
    return sorted(there, key=lambda place: (kinds[place] != INFO_DESK, near[place], place))


def _cafes(
    world: World, near: dict[str, float], times: Times, *, arena: bool
) -> Iterator[tuple[str, Activity, Activity | None]]:
    """Yield a language café in rooms near; where arenas are lacking, first where one would meet
    mostly established people.
    """
    rooms = sorted(_rooms(world, near), key=lambda place: (near[place], place))
    chosen = rooms[: proposal_rule().places]
    if arena and world.majority:
        ids = world.area.places["id"].astype(str)
        most = dict(zip(ids, world.majority, strict=True))
        good = [place for place in rooms if most[place] == ESTABLISHED]
        chosen = list(dict.fromkeys([*good[: proposal_rule().places], *chosen]))
    for place in chosen:
        yield (
            CAFE,
            Activity(
                id=f"{CAFE}:{place}",
                place=place,
                kind=CAFE_KIND,
                times=(times,),
                languages=(CAFE_LANGUAGE,),
                audience=("everyone",),
                confirmed=world.question.meeting.today,
                demonstration=world.area.demonstration,
            ),
            None,
        )


def _visits(
    world: World, spot: Spot, near: dict[str, float], times: Times
) -> Iterator[tuple[str, Activity, Activity | None]]:
    """Yield visits by those the area's activities name: at the door of a housing; to homes around
    their own place else. Nobody is sent to protected housing, whose door is not known.
    """
    for visitor in visitors().values():
        names = [plain(name) for name in visitor.names]
        for own in activities_of(world.area):
            said = plain(" ".join((*own.organisers, own.name)))
            if own.place not in near and not spot.is_home:
                continue
            if any(name in said for name in names) and not spot.restricted:
                place = spot.place if spot.is_home else own.place
                visit = _visiting(world, own, place, times, VISIT)
                yield VISIT, replace(visit, kind=visitor.kind, drop_in=None), None


SATURDAY = 5
_ONE_DAY = r"(FREQ=WEEKLY;(?:INTERVAL=\d+;)?BYDAY=)[A-Z]{2}"
"""A rule of one weekday, which can be another one instead."""


def free_slot(world: World, spot: Spot, supply: Supply) -> Times | None:
    """Return weekly hours when people at a spot can come and least is on near them already, on
    weekdays if they can then: of equal ones the first in the week. None where they cannot come for
    so long on any day.
    """
    rule = proposal_rule()
    busy = np.zeros((7, 24), dtype=np.int64)
    for offer in within_of(world, spot, supply):
        if counts_for(HOURS, offer.activity):
            busy += week_grid(offer.activity, world.question.meeting.monday)
    slots = [
        (day >= SATURDAY, int(busy[day, hour : hour + rule.hours].sum()), day, hour)
        for day, hour in _stretches(world, spot, rule.hours)
    ]
    if not slots:
        return None
    _, _, day, hour = min(slots)
    return Times(
        weekly_rule((day,)), world.question.meeting.monday, time(hour), time(hour + rule.hours)
    )


def moved_times(world: World, spot: Spot, activity: Activity) -> tuple[Times, ...] | None:
    """Return an activity's hours, moved on their own days by as little as can be to where people at
    a spot can come all the while; on the nearest other day where those days do not do. None where
    it has more than one set of hours, or none suit.
    """
    if activity.times is None or len(activity.times) != 1:
        return None
    own = activity.times[0]
    hours = max(1, -(-_minutes(own) // 60))
    on = np.flatnonzero(week_grid(activity, world.question.meeting.monday).any(axis=1))
    if not len(on):
        return None
    day = int(on[0])
    found = [
        (abs(other - day), abs(hour * 60 - _start(own)), other, hour)
        for other, hour in _stretches(world, spot, hours)
    ]
    if not found:
        return None
    _, _, other, hour = min(found)
    end = hour * 60 + _minutes(own)
    moved = replace(own, start=time(hour), end=time(*divmod(end, 60)))
    if other == day:
        return (moved,)
    if not re.fullmatch(_ONE_DAY, own.rrule):
        return None
    rule_of_day = re.sub(_ONE_DAY, rf"\g<1>{WEEKDAYS[other]}", own.rrule)
    return (replace(moved, rrule=rule_of_day, except_days=()),)


def _stretches(world: World, spot: Spot, hours: int) -> list[tuple[int, int]]:
    """Return days and first hours from which people at a spot can come so many hours on end:
    everybody; where there are none such, somebody.
    """
    rule = proposal_rule()
    for able in (world.all_able_at(spot), world.able_at(spot)):
        free = _free(world, able)
        found = [
            (day, hour)
            for day in range(7)
            for hour in range(rule.earliest, rule.latest - hours + 1)
            if free[day, hour : hour + hours].all()
        ]
        if found:
            return found
    return []


def _free(world: World, able: Bools) -> Bools:
    """Return the hours people can come, holidays left out."""
    free = np.array(able)
    for day in range(7):
        if is_holiday(world.question.meeting.monday + timedelta(days=day)):
            free[day] = False
    return free


def _start(times: Times) -> int:
    return times.start.hour * 60 + times.start.minute


def _minutes(times: Times) -> int:
    minutes = times.end.hour * 60 + times.end.minute - _start(times)
    return minutes if minutes > 0 else minutes + 24 * 60
