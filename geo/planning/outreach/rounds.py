"""Who visits which places in a week, in which order and when: rounds on foot within working
hours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count

import geopandas as gpd
import numpy as np

from geo import presets
from geo.area import languages
from geo.area.activities.occurrences import holiday_name, is_holiday
from geo.area.model import Area
from geo.clock import STOCKHOLM
from geo.models.routing.problem import Rounds, Solved, within_reach
from geo.models.routing.solve import Told, solve
from geo.network.distances import within
from geo.planning.outreach.rules import without_language
from geo.planning.outreach.staff import Worker
from geo.types import WGS84, Floats, Ints, Progress

FULL = 10_000
"""What the most needed place is worth to the search: scores become whole numbers."""


@dataclass(frozen=True)
class Visit:
    """A place to visit: what a visit is worth there (its score), how long it takes, and languages
    spoken there (none: not known, so that anybody will do). ``needs`` are the needs there.
    ``home``: it is a housing; else a place where those of ``areas`` (their names) can be met.
    """

    id: str
    name: str
    lon: float
    lat: float
    score: float
    minutes: int
    languages: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    home: bool = False


@dataclass(frozen=True)
class Stop:
    """One visit on a round: ``number`` runs through the week; ``metres`` and ``walk_s`` are from
    the stop before; ``arrive`` and ``leave`` are aware, in Europe/Stockholm. ``common`` are
    languages known there that who comes speaks.
    """

    number: int
    visit: Visit
    metres: float
    walk_s: float
    arrive: datetime
    leave: datetime
    common: tuple[str, ...]


@dataclass(frozen=True)
class Round:
    """One stretch of somebody's working hours with visits: from ``start`` until ``back`` at the
    place they began, ``back_m`` from the last stop. ``end`` is when the hours end.
    """

    worker: Worker
    start: datetime
    end: datetime
    stops: tuple[Stop, ...]
    back_m: float
    back: datetime

    @property
    def metres(self) -> float:
        """How far it is in all."""
        return sum(stop.metres for stop in self.stops) + self.back_m


@dataclass(frozen=True)
class NotVisited:
    """A place no round comes to, and why: ``restricted``, ``no_door``, ``off_paths``, ``too_far``,
    ``language`` or ``time`` (a key under ``outreach.not_``). ``languages`` are those spoken there.
    """

    name: str
    reason: str
    languages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unspoken:
    """A home visited by somebody (``who``) who does not speak all its languages: which, and why
    nobody else comes: ``nobody`` of the staff speaks them, those who do (``speakers``) have no
    ``time``, or its languages are ``unknown`` (a key under ``outreach.unspoken_``).
    """

    name: str
    who: str
    reason: str
    languages: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Doors:
    """Where a week can go: places to visit, and what has no door to go to: protected housing, and
    areas without a known place in reach.
    """

    visits: tuple[Visit, ...] = ()
    restricted: tuple[str, ...] = ()
    doorless: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """A week of rounds. ``visited`` is the sum of scores visited, ``most`` what no rounds exceed;
    ``proven``: none visits more. ``holidays`` are days left free, with their names in Swedish and
    English. ``stranded`` are people of the staff whose start no path joins.
    """

    area: str
    area_name: str
    monday: date
    profile: str
    rule: str
    rounds: tuple[Round, ...]
    left: tuple[NotVisited, ...]
    asked: int
    visited: float
    most: float
    proven: bool
    holidays: tuple[tuple[date, str, str], ...]
    stranded: tuple[str, ...]
    demonstration: bool
    unspoken: tuple[Unspoken, ...] = ()

    @property
    def stops(self) -> int:
        """How many visits there are."""
        return sum(len(each.stops) for each in self.rounds)


@dataclass(frozen=True)
class _Shift:
    worker: int
    start: datetime
    end: datetime

    @property
    def seconds(self) -> int:
        """How long it really is, also where the clocks change."""
        return int((self.end.astimezone(UTC) - self.start.astimezone(UTC)).total_seconds())


def plan_week(
    area: Area,
    doors: Doors,
    staff: Sequence[Worker],
    *,
    monday: date,
    profile: str = "adult",
    rule: str = presets.PREFERRED,
    progress: Progress | None = None,
) -> Plan:
    """Plan a week of visits: those worth most within the hours, then with the least walking.

    Parameters
    ----------
    monday : any day of the week.
    rule : one of ``presets.STAFF_LANGUAGE_RULES``.
    """
    first, visits = monday - timedelta(days=monday.weekday()), doors.visits
    shifts, free = _shifts(staff, first)
    metres, starts_lost = _metres(area, visits, staff, profile)
    shifts = [shift for shift in shifts if not starts_lost[shift.worker]]
    speed = presets.profile(profile).metres_per_second
    question = _question(visits, staff, shifts, metres / speed, rule)
    solved = solve(question, told=_told(progress))
    rounds = _rounds(visits, staff, shifts, metres, question, solved)
    unit = max((visit.score for visit in visits), default=0.0) / FULL
    seen = {stop.visit.id for each in rounds for stop in each.stops}
    left = [NotVisited(name, "restricted") for name in doors.restricted]
    left += [NotVisited(name, "no_door") for name in doors.doorless]
    left += [
        NotVisited(visit.name, _why(at, question, metres, visits, staff, rule), visit.languages)
        for at, visit in enumerate(visits)
        if visit.id not in seen
    ]
    return Plan(
        area=area.id,
        area_name=area.name,
        monday=first,
        profile=profile,
        rule=rule,
        rounds=rounds,
        left=tuple(left),
        asked=len(visits) + len(doors.restricted) + len(doors.doorless),
        visited=solved.value * unit,
        most=solved.bound * unit,
        proven=solved.proven,
        holidays=free,
        stranded=tuple(
            worker.name for worker, lost in zip(staff, starts_lost, strict=True) if lost
        ),
        demonstration=area.demonstration,
        unspoken=tuple(
            said
            for each in rounds
            for stop in each.stops
            if stop.visit.home
            for said in _unspoken(stop.visit, each.worker, staff)
        ),
    )


def _unspoken(visit: Visit, who: Worker, staff: Sequence[Worker]) -> Iterator[Unspoken]:
    """Yield what of a home's languages who comes does not speak, by why nobody else does."""
    if not visit.languages:
        yield Unspoken(visit.name, who.name, "unknown")
    speakers = {
        code: tuple(each.name for each in staff if languages.in_common((code,), each.languages))
        for code in visit.languages
        if not languages.in_common((code,), who.languages)
    }
    nobody = tuple(code for code, names in speakers.items() if not names)
    if nobody:
        yield Unspoken(visit.name, who.name, "nobody", nobody)
    for code, names in speakers.items():
        if names:
            yield Unspoken(visit.name, who.name, "time", (code,), names)


def _shifts(
    staff: Sequence[Worker], first: date
) -> tuple[list[_Shift], tuple[tuple[date, str, str], ...]]:
    """Return the week's stretches of work, and the holidays on which somebody would have worked."""
    shifts, free = [], {}
    for day in range(7):
        today = first + timedelta(days=day)
        for number, worker in enumerate(staff):
            for start, end in worker.hours[day]:
                if is_holiday(today):
                    free[today] = (today, holiday_name(today), holiday_name(today, "en"))
                    continue
                shifts.append(
                    _Shift(
                        number,
                        datetime.combine(today, start, STOCKHOLM),
                        datetime.combine(today, end, STOCKHOLM),
                    )
                )
    return shifts, tuple(free[today] for today in sorted(free))


def _metres(
    area: Area, visits: Sequence[Visit], staff: Sequence[Worker], profile: str
) -> tuple[Floats, list[bool]]:
    """Return walking metres between all places and starts (``inf``: no path), and which starts no
    path joins.
    """
    walker = presets.profile(profile)
    lons = [*(each.lon for each in visits), *(each.lon for each in staff)]
    lats = [*(each.lat for each in visits), *(each.lat for each in staff)]
    points = gpd.GeoSeries(gpd.points_from_xy(lons, lats), crs=WGS84)
    metres = np.full((len(points), len(points)), np.inf)
    if not len(points):
        return metres, []
    snapped = area.network.snap(points, walker)
    longest = max(
        (
            (end.hour - start.hour + 1) * 3600 * walker.metres_per_second
            for worker in staff
            for day in worker.hours
            for start, end in day
        ),
        default=1.0,
    )
    found = within(
        area.network, snapped, snapped, within_m=max(longest, 1.0), profile=walker
    ).tocoo()
    metres[found.coords] = found.data
    return metres, [bool(edge < 0) for edge in snapped.edge[len(visits) :]]


def _question(
    visits: Sequence[Visit],
    staff: Sequence[Worker],
    shifts: Sequence[_Shift],
    walk_s: Floats,
    rule: str,
) -> Rounds:
    most = max((visit.score for visit in visits), default=0.0)
    worth: Ints = np.array(
        [max(1, round(visit.score / most * FULL)) if most > 0 else 1 for visit in visits],
        dtype=np.int64,
    )
    match = np.array(
        [[_share(visit, worker, rule) for visit in visits] for worker in staff], dtype=np.float64
    ).reshape(len(staff), len(visits))
    of = np.array([shift.worker for shift in shifts], dtype=np.int64)
    return Rounds(
        walk_s=np.ceil(walk_s.round(6)),
        visit_s=np.array([visit.minutes * 60 for visit in visits], dtype=np.int64),
        start=of,
        length_s=np.array([shift.seconds for shift in shifts], dtype=np.int64),
        value=np.round(match[of] * worth).astype(np.int64),
    )


def _share(visit: Visit, worker: Worker, rule: str) -> float:
    """Return what a visit by somebody counts for, from 0 (may not be) to 1: the more of the
    languages spoken there they speak, the more.
    """
    if rule == presets.ANY or not visit.languages:
        return 1.0
    spoken = len(_common(visit, worker)) / len(visit.languages)
    if not spoken:
        return 0.0 if rule == presets.REQUIRED else without_language()
    return without_language() + (1 - without_language()) * spoken


def _common(visit: Visit, worker: Worker) -> tuple[str, ...]:
    return languages.in_common(visit.languages, worker.languages)


def _rounds(
    visits: Sequence[Visit],
    staff: Sequence[Worker],
    shifts: Sequence[_Shift],
    metres: Floats,
    question: Rounds,
    solved: Solved,
) -> tuple[Round, ...]:
    found = []
    for shift, route in zip(shifts, solved.routes, strict=True):
        if not route:
            continue
        at, now, stops = len(visits) + shift.worker, shift.start.astimezone(UTC), []
        for place in route:
            walk_s = float(question.walk_s[at, place])
            arrive = now + timedelta(seconds=walk_s)
            now = arrive + timedelta(seconds=int(question.visit_s[place]))
            stops.append(
                Stop(
                    number=0,
                    visit=visits[place],
                    metres=float(metres[at, place]),
                    walk_s=walk_s,
                    arrive=arrive.astimezone(STOCKHOLM),
                    leave=now.astimezone(STOCKHOLM),
                    common=_common(visits[place], staff[shift.worker]),
                )
            )
            at = place
        home = len(visits) + shift.worker
        back = now + timedelta(seconds=float(question.walk_s[at, home]))
        found.append(
            Round(
                staff[shift.worker],
                shift.start,
                shift.end,
                tuple(stops),
                float(metres[at, home]),
                back.astimezone(STOCKHOLM),
            )
        )
    return _numbered(sorted(found, key=lambda each: (each.start, each.worker.name)))


def _numbered(rounds: list[Round]) -> tuple[Round, ...]:
    """Return rounds with their stops numbered through the week."""
    numbers = count(1)
    return tuple(
        replace(each, stops=tuple(replace(stop, number=next(numbers)) for stop in each.stops))
        for each in rounds
    )


def _why(
    at: int,
    question: Rounds,
    metres: Floats,
    visits: Sequence[Visit],
    staff: Sequence[Worker],
    rule: str,
) -> str:
    """Return why a place is not visited."""
    if not np.isfinite(metres[len(visits) :, at]).any():
        return "off_paths"
    if rule == presets.REQUIRED and not any(_share(visits[at], worker, rule) for worker in staff):
        return "language"
    return "time" if within_reach(question)[:, at].any() else "too_far"


def _told(progress: Progress | None) -> Told | None:
    if progress is None:
        return None
    return lambda share: progress("progress.outreach_rounds", share)
