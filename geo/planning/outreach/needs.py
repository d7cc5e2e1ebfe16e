"""Which needs people have at each place outreach may go: how many, how sure, and why.

A need is met for sure by what was confirmed within a year and is known in all that matters, and
perhaps by what is older or silent; so each count is a range.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import numpy as np

from geo.access.meeting.language import base_of, reached_of
from geo.access.meeting.mix import ESTABLISHED, UNKNOWN
from geo.access.meeting.supply import Offer, Supply
from geo.access.meeting.terms import arena_kinds, kinds_of, speaks
from geo.area.activities.model import Activity, Span
from geo.area.activities.occurrences import possible, week_grid
from geo.area.newcomers import Newcomers
from geo.planning.outreach.context import World
from geo.planning.outreach.rules import needs
from geo.planning.outreach.spots import Spot
from geo.privacy import SMALLEST, is_small
from geo.types import Bools, Floats

HOURS, LANGUAGE, PRESCHOOL, THREE, ARENA = tuple(needs())
OF_CHILDREN = (PRESCHOOL, THREE)
"""Needs that no activity meets: it can only reach the family, to help it on."""
FEW_AS = 3.0


@dataclass(frozen=True)
class Need:
    """One need at one place. ``about`` people could have it, ``lacking`` do (None: unknown).
    ``reached`` are those it is met for; of needs of children, those who have somebody near who
    helps a family to a place. ``hidden``: a count of counted people too small to disclose.
    ``among``: how many a share of them is of, where that is not those it is about.
    """

    need: str
    about: float
    lacking: Span | None
    reached: Span | None
    hidden: bool = False
    among: float | None = None

    @property
    def whole(self) -> float:
        """How many those who have the need are a share of."""
        return self.about if self.among is None else self.among


@dataclass(frozen=True, eq=False)
class Met:
    """Who has what, for some supply: for sure and perhaps, a row of ``area.people`` each;
    ``language`` whom of a spot an activity can talk to (None: not known).
    """

    hours: tuple[Bools, Bools]
    arena: tuple[Bools, Bools]
    help: tuple[Bools, Bools]
    language: tuple[Span | None, ...]


def needs_at(world: World, supply: Supply) -> tuple[tuple[Need, ...], ...]:
    """Return the needs of each spot, in the order of ``needs()``."""
    met = met_by(world, supply)
    people = world.people_at(world.people)
    reached = {
        HOURS: _spans(world, met.hours, world.people),
        ARENA: _spans(world, met.arena, world.people),
        PRESCHOOL: _spans(world, met.help, world.unplaced),
        THREE: _spans(world, met.help, np.nan_to_num(world.three)),
    }
    three, told = _three_year_olds(world)
    found = []
    for at, spot in enumerate(world.spots):
        known = np.isfinite(spot.people)
        hours = _own_hours(world, spot, supply) if spot.times else reached[HOURS][at]
        found.append(
            (
                _met(HOURS, spot, people[at], hours if known else None),
                _language(spot, met.language[at]),
                _preschool(world, at, reached[PRESCHOOL][at]),
                _three(world, at, three[at] if told[at] else None, reached[THREE][at]),
                _met(
                    ARENA,
                    spot,
                    people[at],
                    reached[ARENA][at] if known and world.majority else None,
                ),
            )
        )
    return tuple(found)


def met_by(world: World, supply: Supply) -> Met:
    """Return for whom what is on meets a need."""
    return Met(
        hours=_within(world, _open(world, supply, needs()[HOURS].kinds)),
        arena=_within(world, _arenas(world, supply)),
        help=_within(world, _open(world, supply, needs()[PRESCHOOL].kinds)),
        language=tuple(_spoken(world, at, supply) for at in range(len(world.spots))),
    )


def suits(world: World, activity: Activity, spot: Spot | None = None) -> bool | None:
    """Return whether an activity is on at some hour people (of a spot, where one is given) can
    come; None: its hours are unknown.
    """
    if activity.times is None:
        return None
    able = world.able if spot is None else world.able_at(spot)
    if (_grid(activity, world) & able).any():
        return True
    return None if activity.undated and (_grid(possible(activity), world) & able).any() else False


def counts_for(need: str, activity: Activity) -> bool:
    """Return whether an activity is of a kind that counts for a need."""
    return activity.kind in kinds_of(needs()[need].kinds)


def within_of(world: World, spot: Spot, supply: Supply) -> tuple[Offer, ...]:
    """Return what is on within the limit of somebody at a spot."""
    near = set(world.near[list(spot.rows)].indices.tolist())
    return tuple(offer for offer in supply.offers if int(supply.rows[offer.at]) in near)


def _grid(activity: Activity, world: World) -> Bools:
    return _kept_grid(activity, world.question.meeting.monday)


@lru_cache(maxsize=8192)
def _kept_grid(activity: Activity, monday: date) -> Bools:
    return week_grid(activity, monday)


def _open(world: World, supply: Supply, kinds: tuple[str, ...]) -> tuple[Bools, Bools]:
    """Return at which places something of some kinds is on when people can come: for sure, and
    perhaps.
    """
    sure, maybe = (np.zeros(len(world.area.places), dtype=bool) for _ in range(2))
    for offer in supply.offers:
        if offer.activity.kind in kinds_of(kinds):
            on, row = suits(world, offer.activity), int(supply.rows[offer.at])
            maybe[row] |= on is not False
            sure[row] |= on is True and offer.sure("stale", "audience", "times")
    return sure, maybe


def _own_hours(world: World, spot: Spot, supply: Supply) -> Span:
    """Return how many at a housing that reports when its people can come have something on near
    them at such an hour.
    """
    sure, maybe = np.zeros((7, 24), dtype=bool), np.zeros((7, 24), dtype=bool)
    for offer in within_of(world, spot, supply):
        if not counts_for(HOURS, offer.activity):
            continue
        on = np.True_ if offer.activity.times is None else _grid(offer.activity, world)
        maybe |= on if offer.activity.times is None else _grid(possible(offer.activity), world)
        if offer.sure("stale", "audience", "times"):
            sure |= on
    told = Newcomers(spot.place, spot.name, spot.people, availability=spot.times)
    return Span(told.free(sure).low, told.free(maybe).high)


def _arenas(world: World, supply: Supply) -> tuple[Bools, Bools]:
    """Return at which places one would meet mostly established people: for sure, and perhaps."""
    sure, maybe = (np.zeros(len(world.area.places), dtype=bool) for _ in range(2))
    if not world.majority:
        return sure, maybe
    by_kind = world.area.places["kind"].isin(arena_kinds()).to_numpy(bool)
    fresh, busy = by_kind.copy(), by_kind.copy()
    for offer in supply.offers:
        row = int(supply.rows[offer.at])
        busy[row] = True
        fresh[row] |= offer.sure("stale")
    most = np.array(world.majority, dtype=object)
    return fresh & (most == ESTABLISHED), busy & ((most == ESTABLISHED) | (most == UNKNOWN))


def _within(world: World, places: tuple[Bools, Bools]) -> tuple[Bools, Bools]:
    """Return who has one of some places within the limit: for sure, and perhaps."""
    ones = world.ones
    sure, maybe = (np.asarray(ones @ where.astype(np.int32)) > 0 for where in places)
    return sure, maybe


def _spoken(world: World, at: int, supply: Supply) -> Span | None:
    spot = world.spots[at]
    if not spot.spoken:
        return None
    near = within_of(world, spot, supply)
    answers = [
        [(speaks(offer.activity, row.language), offer.sure("stale", "audience")) for offer in near]
        for row in spot.spoken
    ]
    sure = np.array([any(said is True and fresh for said, fresh in row) for row in answers])
    maybe = np.array([any(said is not False for said, _ in row) for row in answers])
    return reached_of(spot.spoken, spot.people, sure, maybe)


def _spans(world: World, met: tuple[Bools, Bools], people: Floats) -> list[Span]:
    low, high = (world.people_at(np.where(part, people, 0.0)) for part in met)
    return [Span(float(a), float(b)) for a, b in zip(low, high, strict=True)]


def _met(need: str, spot: Spot, about: float, reached: Span | None) -> Need:
    if reached is None:
        return Need(need, float(about), None, None, spot.hidden)
    lacking = Span(max(about - reached.high, 0.0), max(about - reached.low, 0.0))
    return _told(Need(need, float(about), lacking, reached), spot)


def _language(spot: Spot, reached: Span | None) -> Need:
    return _met(LANGUAGE, spot, base_of(spot.spoken, spot.people), reached)


def _preschool(world: World, at: int, reached: Span) -> Need:
    spot, short = world.spots[at], world.shortage[at]
    about = float(world.children[list(spot.rows)].sum())
    if short is None:
        return Need(PRESCHOOL, about, None, None, spot.hidden)
    amount = short.children
    return _told(Need(PRESCHOOL, about, Span(amount.low, amount.high), reached), spot)


def _three(world: World, at: int, count: float | None, reached: Span) -> Need:
    """Return the need of three-year-olds without a place: all who are counted have it, as a share
    of the children there.
    """
    spot = world.spots[at]
    if count is None:
        return Need(THREE, 0.0, None, None, spot.hidden)
    found = _told(Need(THREE, count, Span(count, count), reached), spot)
    return replace(found, among=float(world.children[list(spot.rows)].sum()))


def _three_year_olds(world: World) -> tuple[Floats, Bools]:
    told = np.isfinite(world.three)
    count = world.people_at(np.where(told, np.nan_to_num(world.three), 0.0))
    return count, world.people_at(told.astype(float)) > 0


def _told(need: Need, spot: Spot) -> Need:
    """Return a need whose small counts of counted people are no closer than that they are small:
    what is made of them discloses no more.
    """
    if not spot.counted or need.lacking is None or need.reached is None:
        return need
    spans = (need.lacking, need.reached)
    small = [
        is_small(end, True) or is_small(need.about - end, True)
        for span in spans
        for end in _ends(span)
    ]
    if not (any(small) or is_small(need.about, True) or spot.hidden):
        return need
    about = FEW_AS if is_small(need.about, True) else need.about
    lacking, reached = (Span(*(_coarse(end, about) for end in _ends(span))) for span in spans)
    return Need(need.need, about, lacking, reached, hidden=True)


def _ends(span: Span) -> tuple[float, float]:
    return span.low, span.high


def _coarse(count: float, about: float) -> float:
    if 0 < round(count) < SMALLEST:
        return min(FEW_AS, about)
    if 0 < round(about - count) < SMALLEST:
        return max(about - FEW_AS, 0.0)
    return min(count, about)
