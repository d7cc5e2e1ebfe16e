"""Whom one may expect to meet at a place: the share of established people among those who can walk
there, near ones counting more. The two measures of "established" are never mixed.

For an arena with people P_i at walking metres d_i within the limit T, and a decay f, the share is Σ
f(d_i, T) E_i / Σ f(d_i, T) P_i over those of whom it is known, where E_i = P_i less those born
abroad (or less those with a foreign background). Residents of transitional housing are newly
arrived by definition: E_i = 0. Where no such figure is known, people count in ``unknown``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from geo import privacy
from geo.access.meeting.question import MeetingQuestion
from geo.access.meeting.supply import Home, homes, reach, without_few
from geo.access.meeting.terms import arena_decay, arena_kinds, kinds_of, measure_of
from geo.area.activities.derived import activities_of
from geo.area.model import Area
from geo.area.people import HOUSING, RESIDENTS
from geo.errors import AreaLacks
from geo.models.decay import decay_of
from geo.types import Bools, Floats, Ints

ESTABLISHED, NEWCOMERS, UNKNOWN = "established", "newcomers", "unknown"
HALF = 0.5


@dataclass(frozen=True)
class Arena:
    """One meeting place. ``row`` in ``area.places``; ``people`` can walk there, ``weighted`` as
    they count by distance. ``share`` of established among those known (NaN: none known),
    ``unknown`` share of those not known; ``low`` and ``high``: if none, if all of those were.
    ``hidden``: those who can walk there are counted, and few.
    """

    row: int
    id: str
    name: str
    kind: str
    people: float
    weighted: float
    share: float
    low: float
    high: float
    unknown: float
    hidden: bool

    @property
    def majority(self) -> str:
        """Who are most for sure: ``established``, ``newcomers`` (half counts), or ``unknown``."""
        if self.low > HALF:
            return ESTABLISHED
        return NEWCOMERS if self.high <= HALF else UNKNOWN


@dataclass(frozen=True)
class NearArena:
    """An arena and the walking metres to it."""

    arena: Arena
    metres: float


@dataclass(frozen=True)
class HomeArenas:
    """One housing: the arenas in reach where the established are most, nearest first; how many
    others there are in reach where they are not, and where it is not known.
    """

    home: Home
    arenas: tuple[NearArena, ...]
    others: int
    unknown: int


@dataclass(frozen=True, eq=False)
class Arenas:
    """The answer: arenas with most established first, and each housing's. ``established`` is the
    measure, ``decay`` the name of the decay, ``uncounted`` housings whose residents are not
    reported; ``estimated``: some people are placed by an estimate.
    """

    question: MeetingQuestion
    established: str
    decay: str
    arenas: tuple[Arena, ...]
    homes: tuple[HomeArenas, ...]
    uncounted: int
    estimated: bool


@dataclass(frozen=True, eq=False)
class _Crowd:
    """People per row of ``area.people``: all, established among them, those of whom it is not
    known, and whether they were counted.
    """

    row: Ints
    people: Floats
    established: Floats
    unknown: Floats
    counted: Bools


def arena_mix(area: Area, question: MeetingQuestion, *, decay: str = "") -> Arenas:
    """Return whom one may expect to meet at each meeting place.

    Raises
    ------
    AreaLacks : no people, no place to meet, or not the figure that the measure needs.
    """
    measure = measure_of(area, question.established)
    crowd, uncounted = _crowd(area, measure)
    rows = _rows(area, question)
    if not len(rows):
        raise AreaLacks(key="meeting.lacks_arenas")
    decay = decay or arena_decay()
    metres = reach(area, crowd.row, rows, question)
    arenas = _arenas(area, rows, metres, crowd, decay_of(decay)(metres.data, question.limit_m))
    known = tuple(
        each
        for each in homes(area)
        if not question.housing or question.housing in (each.id, each.name)
    )
    order = sorted(arenas, key=lambda each: (math.isnan(each.share), -each.share, each.id))
    return Arenas(
        question=question,
        established=measure,
        decay=decay,
        arenas=tuple(order),
        homes=_homes(area, question, known, rows, arenas),
        uncounted=uncounted,
        estimated=not bool(crowd.counted.all()),
    )


def _crowd(area: Area, measure: str) -> tuple[_Crowd, int]:
    """Return who may come, and how many housings do not report their residents."""
    if area.people.empty or "all" not in area.people:
        raise AreaLacks(key="lacks.people")
    origin = area.people["origin"].to_numpy(object)
    lives = origin == RESIDENTS
    everybody = np.where(lives, area.count("all"), 0.0)
    apart = area.people[measure].to_numpy(np.float64)
    known = lives & np.isfinite(apart)
    # A share of a small area may be rounded above one: nobody is less than nobody.
    settled = np.where(known, np.maximum(everybody - np.nan_to_num(apart), 0.0), 0.0)
    told = (
        area.people["newcomers"].to_numpy(np.float64)
        if "newcomers" in area.people
        else np.full(len(origin), np.nan)
    )
    housing = origin == HOUSING
    people = np.where(housing, without_few(np.nan_to_num(told)), everybody)
    row = np.flatnonzero(people > 0)
    unknown = np.where(lives & ~known, everybody, 0.0)
    counted = ~area.people["estimated"].to_numpy(bool)
    crowd = _Crowd(row, people[row], settled[row], unknown[row], counted[row])
    return crowd, int((housing & np.isnan(told)).sum())


def _rows(area: Area, question: MeetingQuestion) -> Ints:
    """Return the places where people may meet: by their kind, or by what happens there."""
    wanted = kinds_of(question.kinds)
    busy = {each.place for each in activities_of(area) if each.kind in wanted}
    by_kind = area.places["kind"].isin(arena_kinds()).to_numpy(bool)
    by_activity = area.places["id"].astype(str).isin(busy).to_numpy(bool)
    chosen = by_activity if question.kinds else by_kind | by_activity
    return np.flatnonzero(chosen & (area.places["kind"] != HOUSING).to_numpy(bool))


def _arenas(
    area: Area, rows: Ints, metres: csr_array, crowd: _Crowd, weight: Floats
) -> tuple[Arena, ...]:
    weights = csr_array((weight, metres.indices, metres.indptr), shape=metres.shape).T
    ones = csr_array((np.ones(metres.nnz), metres.indices, metres.indptr), shape=metres.shape).T
    people, estimated = ones @ crowd.people, ones @ np.where(crowd.counted, 0.0, crowd.people)
    total, settled = weights @ crowd.people, weights @ crowd.established
    unknown = weights @ crowd.unknown
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
                share=_ratio(float(settled[at]), known),
                low=_ratio(float(settled[at]), whole),
                high=_ratio(float(settled[at] + unknown[at]), whole),
                unknown=_ratio(float(unknown[at]), whole),
                hidden=privacy.is_small(float(people[at]), counted=not estimated[at] > 0),
            )
        )
    return tuple(found)


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
        good = tuple(pair for pair in near if pair.arena.majority == ESTABLISHED)
        unsure = sum(pair.arena.majority == UNKNOWN for pair in near)
        found.append(HomeArenas(each, good, len(near) - len(good) - unsure, unsure))
    return tuple(found)


def _ratio(part: float, whole: float) -> float:
    """Return a share; sums of the same numbers in another order may stray past one."""
    return min(part / whole, 1.0) if whole > 1e-9 else math.nan
