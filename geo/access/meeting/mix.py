"""Whom one may expect to meet at a place: the share of newcomers among those who can walk there,
near ones counting more.

Newcomers are people new in the country: residents of transitional housing, H, and of the residents
of statistical areas those with up to five years in it, U, where a file counts them. O are residents
of whom it is known that they are not, K those of whom nobody says. With walking metres d_i within
the limit T and a decay f, each is the sum of f(d_i, T) times people, and

    share = (H + U) / (H + U + O + K)
    low   = max(H, U-) / (max(H, U-) + O+ + K+)
    high  = (H + U+ + K+) / (H + U+ + K+ + O-)

So ``share`` counts nobody as new of whom it is not known: while K is not zero it is the least it
can be. ``low`` takes residents of housing as already in the statistics, ``high`` takes all of K as
new. A minus or a plus is where people of statistical areas stand, which is estimated: all of an
area's people in the farther or in the nearer half of the spots where they may live. A housing in
reach with an unknown number of residents makes ``high`` one. Nobody known to be new anywhere:
``share`` is NaN.

Beside it, as context and under its own name, the share born abroad or with a foreign background;
the two are never mixed, and neither says who is new.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from geo import privacy
from geo.access.meeting.question import MeetingQuestion
from geo.access.meeting.supply import Home, homes_asked, reach, without_few
from geo.access.meeting.terms import arena_decay, arena_kinds, kinds_of, measure_of
from geo.area.activities.derived import activities_of
from geo.area.model import Area
from geo.area.people import HOUSING, NEW_RESIDENTS, RESIDENTS
from geo.errors import AreaLacks
from geo.models.decay import decay_of
from geo.types import Bools, Floats, Ints

FEWER, FEWER_KNOWN, MOST = "fewer", "fewer_known", "newcomers"
"""Newcomers are fewer than half: for sure, or as far as anybody knows; or at least half."""
ESTABLISHED, NEWCOMERS, UNKNOWN = "established", "newcomers", "unknown"
HALF = 0.5


@dataclass(frozen=True)
class Newcomers:
    """The share of newcomers among those who can walk somewhere, and between what it lies.

    ``least``: some people may be new of whom nobody says so, and ``share`` is the least it can be.
    ``silent``: nobody says so of anybody who can walk there.
    """

    share: float
    low: float
    high: float
    least: bool
    silent: bool


@dataclass(frozen=True)
class Arena:
    """One meeting place. ``row`` in ``area.places``; ``people`` can walk there, ``weighted`` as
    they count by distance. ``hidden``: those who can walk there are counted, and few.

    Context: ``share`` of those outside the group ``Arenas.established`` among those known (NaN:
    none known), ``unknown`` share of those not known; ``low`` and ``high``: if none, if all of
    those were.
    """

    row: int
    id: str
    name: str
    kind: str
    people: float
    weighted: float
    newcomers: Newcomers
    share: float
    low: float
    high: float
    unknown: float
    hidden: bool

    @property
    def standing(self) -> str:
        """What is known of newcomers: ``FEWER``, ``FEWER_KNOWN``, ``MOST`` or ``UNKNOWN``."""
        found = self.newcomers
        if found.high < HALF:
            return FEWER
        if found.low >= HALF:
            return MOST
        if found.silent:
            return UNKNOWN
        return FEWER_KNOWN if found.least and found.share < HALF else UNKNOWN

    @property
    def majority(self) -> str:
        """Who are most for sure: ``established``, ``newcomers`` (half counts), or ``unknown``."""
        return {FEWER: ESTABLISHED, MOST: NEWCOMERS}.get(self.standing, UNKNOWN)


@dataclass(frozen=True)
class NearArena:
    """An arena and the walking metres to it."""

    arena: Arena
    metres: float


@dataclass(frozen=True)
class HomeArenas:
    """One housing: the arenas in reach where newcomers are fewer than half, for sure or as far as
    anybody knows, nearest first; how many others there are in reach where they are not, and where
    nothing is known.
    """

    home: Home
    arenas: tuple[NearArena, ...]
    others: int
    unknown: int


@dataclass(frozen=True, eq=False)
class Arenas:
    """The answer: arenas with fewest newcomers first, and each housing's. ``newcomers`` in housing
    are counted; ``new_residents`` are those of statistical areas (None: nobody counts them);
    ``uncounted`` housings do not report their residents. ``established`` is the context's group
    ("": the area has none), ``decay`` the name of the decay; ``estimated``: some people are placed
    by an estimate.
    """

    question: MeetingQuestion
    established: str
    decay: str
    arenas: tuple[Arena, ...]
    homes: tuple[HomeArenas, ...]
    newcomers: float
    new_residents: float | None
    uncounted: int
    estimated: bool

    @property
    def least(self) -> bool:
        """Whether the shares are the least they can be at any arena that somebody can walk to."""
        return any(each.newcomers.least for each in self.arenas)

    @property
    def known(self) -> bool:
        """Whether anybody is known to be new in the area."""
        return self.newcomers > 0 or self.new_residents is not None


@dataclass(frozen=True, eq=False)
class _Crowd:
    """People per row of ``area.people``: all, of housing (H), new among residents (U), known to be
    none (O), of whom nobody says (K); outside the context's group, and not known to be in or out.

    ``unit`` is a number per statistical area, -1 where people were counted where they stand;
    ``silent``: a housing that does not report how many live there.
    """

    row: Ints
    people: Floats
    housing: Floats
    new: Floats
    others: Floats
    unsaid: Floats
    outside: Floats
    unknown: Floats
    unit: Ints
    silent: Bools

    @property
    def counted(self) -> Bools:
        """Which rows were counted where they stand."""
        return self.unit < 0


def arena_mix(area: Area, question: MeetingQuestion, *, decay: str = "") -> Arenas:
    """Return whom one may expect to meet at each meeting place; of a question about one housing, at
    those in reach of it.

    Raises
    ------
    AreaLacks : no people, no place to meet, or not the context that was asked for. InputError
    ``unknown_housing`` : the housing asked for is not there.
    """
    known = homes_asked(area, question)
    context = measure_of(area, question.established)
    crowd = _crowd(area, context)
    rows = _rows(area, question)
    if not len(rows):
        raise AreaLacks(key="meeting.lacks_arenas")
    decay = decay or arena_decay()
    metres = reach(area, crowd.row, rows, question)
    weight = decay_of(decay)(metres.data, question.limit_m)
    arenas = _arenas(area, rows, metres, crowd, weight=weight, context=context)
    found = _homes(area, question, known, rows, arenas)
    if question.housing:
        near = _reached(area, question, known, rows)
        arenas = tuple(each for each, here in zip(arenas, near, strict=True) if here)
    counts_residents = NEW_RESIDENTS in area.groups
    return Arenas(
        question=question,
        established=context,
        decay=decay,
        arenas=tuple(sorted(arenas, key=_order)),
        homes=found,
        newcomers=float(crowd.housing.sum()),
        new_residents=float(crowd.new.sum()) if counts_residents else None,
        uncounted=int(crowd.silent.sum()),
        estimated=not bool(crowd.counted.all()),
    )


def _order(each: Arena) -> tuple[bool, float, float, str]:
    """Return an arena's place among them: unknown last, fewest newcomers first, most people."""
    share = 0.0 if each.newcomers.silent else each.newcomers.share
    return each.newcomers.silent, share, -each.weighted, each.id


def _crowd(area: Area, context: str) -> _Crowd:
    """Return who may come."""
    if area.people.empty or "all" not in area.people:
        raise AreaLacks(key="lacks.people")
    origin = area.people["origin"].to_numpy(object)
    lives, housing = origin == RESIDENTS, origin == HOUSING
    estimated = area.people["estimated"].to_numpy(bool)
    everybody = np.where(lives, area.count("all"), 0.0)
    told = _told(area, "newcomers")
    at_home = np.where(housing, without_few(np.nan_to_num(told)), 0.0)
    counted = np.where(lives, _told(area, NEW_RESIDENTS), np.nan)
    said = np.isfinite(counted)
    new = np.nan_to_num(counted)
    new = np.where(estimated, new, without_few(new))
    everybody = np.maximum(everybody, new)
    apart = _told(area, context)
    is_known = lives & np.isfinite(apart)
    # A share of a small area may be rounded above one: nobody is less than nobody.
    outside = np.where(is_known, np.maximum(everybody - np.nan_to_num(apart), 0.0), 0.0)
    silent = housing & ~np.isfinite(told)
    row = np.flatnonzero((everybody + at_home > 0) | silent)
    _, unit = np.unique(area.people["unit"].astype(str), return_inverse=True)
    return _Crowd(
        row=row,
        people=(everybody + at_home)[row],
        housing=at_home[row],
        new=new[row],
        others=np.where(said, everybody - new, 0.0)[row],
        unsaid=np.where(lives & ~said, everybody, 0.0)[row],
        outside=outside[row],
        unknown=np.where(lives & ~is_known, everybody, 0.0)[row],
        unit=np.where(estimated, unit, -1)[row],
        silent=silent[row],
    )


def _told(area: Area, group: str) -> Floats:
    """Return a group's counts as they stand, NaN where nobody says."""
    if not group or group not in area.people:
        return np.full(len(area.people), np.nan)
    found: Floats = area.people[group].to_numpy(np.float64)
    return found


def _rows(area: Area, question: MeetingQuestion) -> Ints:
    """Return the places where people may meet: by their kind, or by what happens there."""
    wanted = kinds_of(question.kinds)
    busy = {each.place for each in activities_of(area) if each.kind in wanted}
    by_kind = area.places["kind"].isin(arena_kinds()).to_numpy(bool)
    by_activity = area.places["id"].astype(str).isin(busy).to_numpy(bool)
    chosen = by_activity if question.kinds else by_kind | by_activity
    return np.flatnonzero(chosen & (area.places["kind"] != HOUSING).to_numpy(bool))


def _arenas(
    area: Area, rows: Ints, metres: csr_array, crowd: _Crowd, *, weight: Floats, context: str
) -> tuple[Arena, ...]:
    weights = csr_array((weight, metres.indices, metres.indptr), shape=metres.shape).T.tocsr()
    ones = csr_array((np.ones(metres.nnz), metres.indices, metres.indptr), shape=metres.shape).T
    people, estimated = ones @ crowd.people, ones @ np.where(crowd.counted, 0.0, crowd.people)
    total, settled = weights @ crowd.people, weights @ crowd.outside
    unknown = weights @ crowd.unknown
    newcomers = _newcomers(weights, ones @ crowd.silent > 0, crowd)
    places = area.places.iloc[rows]
    found = []
    for at, (name, id_, kind) in enumerate(
        zip(places["name"], places["id"], places["kind"], strict=True)
    ):
        whole, known = float(total[at]), float(total[at] - unknown[at])
        found.append(
            Arena(
                row=int(rows[at]),
                id=str(id_),
                name=str(name),
                kind=str(kind),
                people=float(people[at]),
                weighted=whole,
                newcomers=newcomers[at],
                share=_ratio(float(settled[at]), known) if context else math.nan,
                low=_ratio(float(settled[at]), whole) if context else math.nan,
                high=_ratio(float(settled[at] + unknown[at]), whole) if context else math.nan,
                unknown=_ratio(float(unknown[at]), whole) if context else math.nan,
                hidden=privacy.is_small(float(people[at]), counted=not estimated[at] > 0),
            )
        )
    return tuple(found)


def _newcomers(weights: csr_array, silent: Bools, crowd: _Crowd) -> tuple[Newcomers, ...]:
    """Return the share of newcomers at each arena, by the formula of this module."""
    housing, new, others, unsaid = (
        weights @ each for each in (crowd.housing, crowd.new, crowd.others, crowd.unsaid)
    )
    ends = _Ends(weights, crowd.unit)
    new_ends, other_ends, unsaid_ends = map(ends.of, (crowd.new, crowd.others, crowd.unsaid))
    known = bool(crowd.housing.any() or crowd.new.any() or crowd.others.any())
    found = []
    for at in range(len(housing)):
        here = float(housing[at] + new[at])
        fewest = max(float(housing[at]), float(new_ends[0][at]))
        most = float(housing[at] + new_ends[1][at] + unsaid_ends[1][at])
        share = _ratio(here, float(here + others[at] + unsaid[at])) if known else math.nan
        low = _ratio(fewest, float(fewest + other_ends[1][at] + unsaid_ends[1][at]))
        high = _ratio(most, float(most + other_ends[0][at]))
        nothing = math.isnan(share) or not (here or others[at])
        found.append(
            Newcomers(
                share=share,
                low=0.0 if math.isnan(share) or math.isnan(low) else min(low, share),
                high=1.0 if math.isnan(share) or silent[at] else max(high, share),
                least=bool(unsaid[at] > 0 or silent[at]),
                silent=bool(nothing),
            )
        )
    return tuple(found)


class _Ends:
    """Between what a weighted sum of people lies at each arena, as all of a statistical area's
    people stand in the farther or the nearer half of its spots; counted people stand where they do.
    """

    def __init__(self, weights: csr_array, unit: Ints) -> None:
        self._unit = unit
        self._count = int(unit.max(initial=-1)) + 1
        self._parts = []
        for at in range(weights.shape[0]):
            part = slice(weights.indptr[at], weights.indptr[at + 1])
            row, weight = weights.indices[part], weights.data[part]
            order = np.lexsort((row, -weight, unit[row]))
            self._parts.append((row[order], weight[order]))

    def of(self, people: Floats) -> tuple[Floats, Floats]:
        """Return the low and the high end of Σ weight × people, per arena."""
        spread = self._unit >= 0
        size = np.bincount(self._unit[spread], people[spread], minlength=self._count)
        low, high = np.zeros(len(self._parts)), np.zeros(len(self._parts))
        for at, (row, weight) in enumerate(self._parts):
            amount, unit = people[row], self._unit[row]
            fixed = unit < 0
            exact = float(weight[fixed] @ amount[fixed])
            amount, unit, weight = amount[~fixed], unit[~fixed], weight[~fixed]
            if not amount.size:
                low[at] = high[at] = exact
                continue
            first = np.flatnonzero(np.r_[True, unit[1:] != unit[:-1]])
            before = np.cumsum(amount) - amount
            before -= np.repeat(before[first], np.diff(np.r_[first, len(unit)]))
            near = np.clip(size[unit] / 2 - before, 0.0, amount)
            top, whole = float(weight @ near), float(weight @ amount)
            low[at], high[at] = exact + 2 * max(whole - top, 0.0), exact + 2 * top
        return low, high


def _reached(area: Area, question: MeetingQuestion, known: tuple[Home, ...], rows: Ints) -> Bools:
    """Return which places somebody of some housings can walk to."""
    near = np.zeros(len(rows), dtype=bool)
    near[reach(area, np.array([each.row for each in known]), rows, question).indices] = True
    return near


def _homes(
    area: Area,
    question: MeetingQuestion,
    known: tuple[Home, ...],
    rows: Ints,
    arenas: tuple[Arena, ...],
) -> tuple[HomeArenas, ...]:
    if not known:
        return ()
    metres = reach(area, np.array([each.row for each in known]), rows, question)
    found = []
    for at, each in enumerate(known):
        part = slice(metres.indptr[at], metres.indptr[at + 1])
        near = [
            NearArena(arenas[place], float(far))
            for place, far in zip(metres.indices[part], metres.data[part], strict=True)
        ]
        near.sort(key=lambda pair: (pair.metres, pair.arena.id))
        good = tuple(pair for pair in near if pair.arena.standing in (FEWER, FEWER_KNOWN))
        unsure = sum(pair.arena.standing == UNKNOWN for pair in near)
        found.append(HomeArenas(each, good, len(near) - len(good) - unsure, unsure))
    return tuple(found)


def _ratio(part: float, whole: float) -> float:
    """Return a share; sums of the same numbers in another order may stray past one."""
    return min(part / whole, 1.0) if whole > 1e-9 else math.nan
