"""Supply that serves a whole municipality: how many matches and seats a year there are of it for
each newcomer, by language, and how far the nearest stops are. No walking limit decides who has it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from geo import privacy
from geo.access.knowledge_bank.entries import MUNICIPAL
from geo.access.knowledge_bank.model import Entry, Speakers, Stops
from geo.access.knowledge_bank.question import BankQuestion
from geo.access.meeting.language import spoken_at
from geo.access.meeting.supply import homes
from geo.area import languages
from geo.area.activities.derived import activities_of
from geo.area.activities.model import Span, is_counted
from geo.area.associations import is_municipal, of_record
from geo.area.model import Area
from geo.area.people import HOUSING
from geo.network.distances import within
from geo.presets import Profile
from geo.types import Floats

STATION = "station"
FARTHEST_M = 3_000.0
"""How far from a place its nearest stop is looked for."""


@dataclass(frozen=True)
class Supply:
    """One supply that serves the whole municipality: newcomers it can match, and seats it has, in a
    year (None: not known), and its languages (none: not known).
    """

    id: str
    name: str
    matches: int | None
    seats: int | None
    languages: tuple[str, ...]


def supplies_of(area: Area, question: BankQuestion) -> tuple[Supply, ...]:
    """Return what serves the whole municipality, near and far, with a point and without.

    Mentors are those of activities, wherever they are held, and of records of who runs none of
    those.
    """
    rows = [
        row
        for row in area.places[area.places["kind"] != HOUSING]
        .drop(columns="geometry")
        .to_dict("records")
        if is_municipal(str(row["kind"]), row["details"])
    ]
    rows += [
        area.row_of_unplaced(each)
        for each in area.unplaced
        if each.kind != HOUSING and is_municipal(each.kind, each.details)
    ]
    arranged = [
        each
        for each in activities_of(area)
        if each.kind in MUNICIPAL and is_counted(each, question.today)
    ]
    told = []
    for each in (of_record(row, arranged) for row in rows):
        matches, seats = None if each.runs else each.matches_per_year, each.seats_per_year
        if seats is not None or not each.runs:
            told.append(Supply(each.place, each.name, matches, seats, each.languages))
    told += [Supply(each.id, each.name, each.seats, None, each.languages) for each in arranged]
    return tuple(told)


def speakers_of(area: Area, question: BankQuestion) -> tuple[Speakers, ...]:
    """Return newcomers of all housing, together and by language, and the matches and seats a year
    that they share; none where there is no such supply or no newcomer is known.

    A range of a language: what is known to be in it, and with what does not say its languages.
    """
    supply, spoken = supplies_of(area, question), spoken_at(area)
    known = [home for home in homes(area) if math.isfinite(home.people)]
    everybody = sum(home.people for home in known)
    if not supply or everybody <= 0:
        return ()
    by_language: dict[str, float] = {}
    for home in known:
        for each in spoken.get(home.id, ()):
            if each.people is not None:
                by_language[each.language] = by_language.get(each.language, 0.0) + each.people
    rows = [
        _speakers(code, people, supply)
        for code, people in sorted(by_language.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    return (_speakers("", everybody, supply), *rows)


def _speakers(code: str, people: float, supply: Sequence[Supply]) -> Speakers:
    sure = [each for each in supply if not code or languages.in_common((code,), each.languages)]
    maybe = [each for each in supply if each in sure or not each.languages]
    return Speakers(
        language=code,
        people=people,
        matches=Span(_sum(each.matches for each in sure), _sum(each.matches for each in maybe)),
        seats=Span(_sum(each.seats for each in sure), _sum(each.seats for each in maybe)),
        untold=sum(each.matches is None and each.seats is None for each in maybe),
        hidden=privacy.is_small(people, True),
    )


def _sum(counts: Iterable[int | None]) -> float:
    return float(sum(count for count in counts if count is not None))


def with_stops(
    area: Area, metres: Floats, entries: Sequence[Entry], walker: Profile
) -> list[Entry]:
    """Return entries with the metres on foot to the nearest stop at both ends, where the area has
    stops.

    Parameters
    ----------
    metres : from where one starts to each of ``area.places``.
    """
    kinds = area.places["kind"].to_numpy(object)
    stops = np.flatnonzero(kinds == STATION)
    if not len(stops) or not np.isfinite(metres[stops]).any():
        return list(entries)
    names = area.places["name"].astype(str).to_numpy(object)
    nearest = int(stops[np.argmin(metres[stops])])
    start = Stops(float(metres[nearest]), str(names[nearest]))
    row_of = {str(place): row for row, place in enumerate(area.places["id"])}
    placed = [each.place for each in entries if each.placed]
    goals = area.snapped_places("", walker)
    rows = np.array([row_of[place] for place in placed], dtype=np.int64)
    far = within(
        area.network, goals.take(rows), goals.take(stops), within_m=FARTHEST_M, profile=walker
    )
    ends: dict[str, Stops] = {}
    for at, place in enumerate(placed):
        part = slice(far.indptr[at], far.indptr[at + 1])
        if far.indptr[at] < far.indptr[at + 1]:
            best = int(np.argmin(far.data[part]))
            stop = int(stops[far.indices[part][best]])
            ends[place] = replace(start, to_m=float(far.data[part][best]), to_name=str(names[stop]))
    return [replace(each, stops=ends.get(each.place, start)) for each in entries]
