"""What each need gets: a proposal for the place alone, one that is offered once for the area, or
the exact reason why there is none.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from geo.access.meeting.mix import ESTABLISHED, UNKNOWN
from geo.access.meeting.supply import reach
from geo.access.meeting.terms import speaks
from geo.area.activities.derived import activities_of
from geo.area.activities.model import Activity
from geo.area.associations import organisations_of
from geo.area.languages import in_common
from geo.planning.outreach.context import World
from geo.planning.outreach.needs import (
    ARENA,
    HOURS,
    LANGUAGE,
    OF_CHILDREN,
    Need,
    counts_for,
    within_of,
)
from geo.planning.outreach.proposals import (
    CAFE,
    DESK,
    MOVE,
    VISIT,
    Proposal,
    Tried,
    few_of,
    free_slot,
    rooms_near,
)
from geo.planning.outreach.rules import proposal_rule
from geo.planning.outreach.spots import Spot

ASKED = 5
"""So many organisations whose languages are unknown are named."""
FARTHEST_M = 5_000.0
"""How far the nearest room is looked for that is beyond the limit."""
SORTS = {
    HOURS: (MOVE, CAFE),
    LANGUAGE: (DESK, VISIT),
    ARENA: (CAFE,),
    **dict.fromkeys(OF_CHILDREN, (DESK, VISIT)),
}
"""Which sorts of proposals are tried for which need."""


@dataclass(frozen=True)
class Shared:
    """A proposal that is offered once for the area: ``number`` from 1, and as it is for each spot
    it helps.
    """

    number: int
    proposals: tuple[Proposal, ...]

    @property
    def first(self) -> Proposal:
        """It as it is for the first spot it helps."""
        return self.proposals[0]

    def for_spot(self, spot: str) -> Proposal | None:
        """Return it as it is for a spot, by id; None where it does not help there."""
        return next((each for each in self.proposals if each.spot == spot), None)


@dataclass(frozen=True)
class NoProposal:
    """Why a need has no proposal: a key under ``outreach.none_``, with places, languages and metres
    to name.
    """

    code: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class NeedAnswer:
    """What a need that somebody has, or may have, gets: positions in the spot's own proposals,
    numbers of shared ones, or why there are none.
    """

    need: str
    own: tuple[int, ...]
    shared: tuple[int, ...]
    why_none: NoProposal | None = None


def shared_among(world: World, tried: Sequence[Tried]) -> tuple[Shared, ...]:
    """Return what is offered once for the area, homes' needs first: language cafés, so few that
    together they help each need a café helps anywhere; and what several spots would have alike.
    """
    by_change: dict[object, list[Proposal]] = {}
    for each in tried:
        for proposal in each.helps:
            by_change.setdefault(proposal.change, []).append(proposal)
    several = [made for made in by_change.values() if made[0].what != CAFE and len(made) > 1]
    chosen = [*several, *_cafes(world, by_change)]
    return tuple(Shared(number, tuple(made)) for number, made in enumerate(chosen, start=1))


def own_of(tried: Tried, shared: Sequence[Shared]) -> tuple[Proposal, ...]:
    """Return what is proposed for a spot alone."""
    once = {each.first.change for each in shared}
    return few_of([each for each in tried.helps if each.what != CAFE and each.change not in once])


def answers_of(
    world: World,
    tried: Tried,
    lacking: Sequence[Need],
    own: Sequence[Proposal],
    shared: Sequence[Shared],
) -> tuple[NeedAnswer, ...]:
    """Return what each need of a spot gets, of those that somebody there has or may have."""
    spot = world.spots[tried.spot]
    found = []
    for need in lacking:
        mine = tuple(at for at, each in enumerate(own) if _helps(each, need.need))
        ours = tuple(
            each.number
            for each in shared
            if (made := each.for_spot(spot.id)) is not None and _helps(made, need.need)
        )
        none = None if mine or ours else why_none(world, tried, need)
        found.append(NeedAnswer(need.need, mine, ours, none))
    return tuple(found)


def _helps(proposal: Proposal, need: str) -> bool:
    return any(effect.need == need for effect in proposal.effects)


def _cafes(world: World, by_change: Mapping[object, list[Proposal]]) -> list[list[Proposal]]:
    """Return the fewest cafés a greedy choice finds that help whatever a café helps."""
    homes = {spot.id for spot in world.spots if spot.is_home}
    left = {
        change: {(each.spot, effect.need) for each in made for effect in each.effects}
        for change, made in by_change.items()
        if made[0].what == CAFE
    }
    found: list[list[Proposal]] = []
    while any(left.values()):
        best = max(
            left,
            key=lambda change: (
                sum(spot in homes for spot, _ in left[change]),
                len(left[change]),
                round(sum(each.worth for each in by_change[change]), 9),
                by_change[change][0].activity.id,
            ),
        )
        helped = left.pop(best)
        found.append(by_change[best])
        left = {change: pairs - helped for change, pairs in left.items()}
    return found


def why_none(world: World, tried: Tried, need: Need) -> NoProposal:
    """Return why nothing is proposed for a need."""
    spot = world.spots[tried.spot]
    if need.need in (LANGUAGE, *OF_CHILDREN):
        return _nobody_comes(world, spot, need.need) or _no_room(world, tried, need.need)
    return _no_room(world, tried, need.need)


def _no_room(world: World, tried: Tried, need: str) -> NoProposal:
    """Return why nothing can be opened near, or that what was tried helps nobody more."""
    spot = world.spots[tried.spot]
    if free_slot(world, spot, world.supply) is None:
        rule = proposal_rule()
        hours = {"hours": rule.hours, "earliest": rule.earliest, "latest": rule.latest}
        return NoProposal("hours", hours)
    rooms = rooms_near(world, spot)
    if not rooms:
        return _farther("room", world, spot, set(world.rooms))
    if need == ARENA:
        ids = world.area.places["id"].astype(str)
        most = dict(zip(ids, world.majority, strict=True))
        good = {place for place in ids if most[place] == ESTABLISHED}
        unsure = sum(most[place] == UNKNOWN for place in rooms)
        if not good & set(rooms) and unsure:
            return NoProposal("arena_unsure", {"count": unsure})
        if not good & set(rooms):
            return _farther("arena", world, spot, good & set(world.rooms))
    count = sum(what in SORTS[need] for what, _ in tried.ideas)
    return NoProposal("gain", {"count": count})


def _nobody_comes(world: World, spot: Spot, need: str) -> NoProposal | None:
    """Return why no organisation of the area can come, None where one could."""
    own = [each for each in activities_of(world.area) if each.organisers]
    if need == LANGUAGE:
        return _nobody_speaks(world, spot, _unspoken(world, spot), own)
    if not own:
        return NoProposal("organisers")
    useful = [each for each in own if counts_for(need, each)]
    return _too_far(world, spot, useful) if useful else NoProposal("helps")


def _nobody_speaks(
    world: World, spot: Spot, missing: tuple[str, ...], own: Sequence[Activity]
) -> NoProposal | None:
    """Return that no known organiser or association speaks a language missing here, and whose
    languages nobody knows: they may be asked.
    """
    useful = [each for each in own if any(speaks(each, code) for code in missing)]
    others = organisations_of(world.area)
    if any(in_common(missing, each.languages) for each in others):
        return None
    if useful:
        return _too_far(world, spot, useful)
    silent = {", ".join(each.organisers): None for each in own if not each.languages}
    silent |= {each.name: None for each in others if each.name and not each.languages}
    if not own and not others:
        return NoProposal("organisers")
    values: dict[str, object] = {"languages": missing, "unknown": len(silent)}
    if not silent:
        return NoProposal("speaks", values)
    return NoProposal("speaks_ask", {**values, "names": ", ".join(list(silent)[:ASKED])})


def _too_far(world: World, spot: Spot, useful: Sequence[Activity]) -> NoProposal | None:
    """Return that those who would do are too far away to come; None where some are near."""
    metres, _ = _nearest(world, spot, {each.place for each in useful})
    near = math.isfinite(metres) and metres <= proposal_rule().near_m
    if near or spot.restricted:
        return None
    who = sorted({", ".join(each.organisers) for each in useful})
    return NoProposal("far", {"who": who[0], "near": proposal_rule().near_m})


def _unspoken(world: World, spot: Spot) -> tuple[str, ...]:
    """Return the languages of a spot that nothing near speaks for sure."""
    near = within_of(world, spot, world.supply)
    return tuple(
        row.language
        for row in spot.spoken
        if not any(
            speaks(offer.activity, row.language) is True and offer.sure("stale", "audience")
            for offer in near
        )
    )


def _farther(code: str, world: World, spot: Spot, places: set[str]) -> NoProposal:
    """Return a reason with the nearest place that would do, beyond the limit; of protected housing
    without.
    """
    metres, place = _nearest(world, spot, places)
    if spot.restricted or not math.isfinite(metres):
        return NoProposal(f"{code}_none" if not places else code)
    return NoProposal(f"{code}_far", {"place": place, "metres": metres})


def _nearest(world: World, spot: Spot, places: set[str]) -> tuple[float, str]:
    """Return the fewest metres from somebody at a spot to some places, and which it is."""
    ids = world.area.places["id"].astype(str)
    columns = np.flatnonzero(ids.isin(places).to_numpy(bool))
    if not len(columns):
        return math.inf, ""
    rows = np.array(spot.rows, dtype=np.int64)
    metres = reach(world.area, rows, columns, world.question.meeting, FARTHEST_M)
    if not metres.nnz:
        return math.inf, ""
    best = int(metres.data.argmin())
    return float(metres.data[best]), str(ids.iloc[columns[int(metres.indices[best])]])
