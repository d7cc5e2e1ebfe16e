"""What happens when many people arrive at one place: what the nearest preschools, open preschools
and adult education can take week by week, what is left over, and where the next vacancies are. Also
who arrives, where and when, read and checked: numbers of people, their ages and weeks.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import geopandas as gpd
import numpy as np
import shapely

from geo import presets
from geo.access.from_point import placed
from geo.access.preschools.supply import Amount, Preschool, Problem, supply_of
from geo.area.model import Area
from geo.area.record_fields import day, rules
from geo.errors import InputError
from geo.network.distances import within
from geo.network.walk_network import Snapped
from geo.presets import Profile
from geo.types import WGS84

KINDS = ("preschool", "open_preschool", "adult_education")
_NOTHING = Amount(0, 0, 0)
_PARTS = ("value", "low", "high")
BARRING = "no"
"""What a place says that takes nobody without a personal number, as those who arrive are."""


@dataclass(frozen=True)
class Taker:
    """One place that could take some: ``room`` (None: unknown), and how much is ``taken`` of it.

    ``bars``: it does not take people without a personal number, and so none of those who arrive.
    """

    place: Preschool
    metres: float
    minutes: float
    room: Amount | None
    taken: int
    bars: bool = False


@dataclass(frozen=True)
class Week:
    """How it stands a week: ``arrived`` people of all ages that week; of all who have arrived so
    far how many ``need`` a place of this kind, how many ``have`` one, and how many are ``left``.
    """

    number: int
    first_day: date
    arrived: int
    need: int
    have: int
    left: Amount


@dataclass(frozen=True)
class Need:
    """One kind of place: who needs it, who takes them within the limit, and who is left.

    ``takers`` lie within the limit, nearest first; ``next`` beyond it: the nearest with known
    vacancies until all who are left have one, or the nearest ones whose vacancies are unknown.
    ``unknown`` counts the takers whose room is not known: ask them. ``barring`` are those that take
    nobody without a personal number, ``unsure`` those that take some of whom it is not known.
    ``left`` is likely by the known rooms; at best those that are unknown take all.
    """

    kind: str
    ages: tuple[int, int]
    people: int
    taken: int
    left: Amount
    unknown: int
    takers: tuple[Taker, ...]
    next: tuple[Taker, ...]
    weeks: tuple[Week, ...]
    barring: int = 0
    unsure: int = 0

    @property
    def room(self) -> Amount:
        """Vacancies within the limit for those who arrive."""
        rooms = [each.room for each in self.takers if each.room and not each.bars]
        return Amount(*(sum(getattr(room, part) for room in rooms) for part in _PARTS))


@dataclass(frozen=True)
class SurgeAnswer:
    """What the area can take of those who arrive; ``in_school`` are of school age: not placed here.

    ``lacking`` are kinds the area has no place of.
    """

    area: str
    arrival: Arrival
    limit_m: float
    profile: str
    needs: tuple[Need, ...]
    in_school: int
    lacking: tuple[str, ...]
    problems: tuple[Problem, ...]
    demonstration: bool


def surge(
    area: Area,
    arrival: Arrival,
    *,
    today: date,
    limit_m: float = 1000.0,
    profile: str = "adult",
) -> SurgeAnswer:
    """Return how many of those who arrive can be taken (see ``arrival_of``).

    The nearest place with vacancies takes first, of those that take people without a personal
    number or of which it is not known; who has no place waits for the next week. The vacancies are
    those of the day: others in the area who want them are not deducted.

    Raises
    ------
    InputError ``surge_past`` : before ``today``; InputError ``surge_outside`` : outside the area.
    InputError ``bad_point``, ``point_swapped``, ``point_off_paths`` : as ``around.placed``.
    BadLimit, InputError ``unknown_profile`` : what was asked for is not valid.
    """
    limit, walker = presets.limit_m(limit_m), presets.profile(profile)
    if arrival.first < today:
        raise InputError("surge_past", found=arrival.first.isoformat(), today=today.isoformat())
    start = _start(area, (arrival.lon, arrival.lat), walker)
    needs: list[Need] = []
    problems: list[Problem] = []
    for kind in KINDS:
        need, found = _need(area, kind, arrival, start, limit, walker)
        needs.append(need)
        problems += found
    return SurgeAnswer(
        area=area.id,
        arrival=arrival,
        limit_m=limit,
        profile=profile,
        needs=tuple(needs),
        in_school=of_ages(arrival.ages, rules().surge_ages["school"]),
        lacking=tuple(kind for kind in KINDS if kind not in area.kinds),
        problems=tuple(problems),
        demonstration=area.demonstration,
    )


def _start(area: Area, at: tuple[float, float], walker: Profile) -> Snapped:
    """Snap the point to the paths; outside the area is refused with how far outside."""
    lon, lat = at
    if math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90:
        metres = _outside_m(area, lon, lat)
        swapped = metres > 0 and abs(lon) <= 90 and _outside_m(area, lat, lon) == 0
        if metres > 0 and not swapped:
            raise InputError(
                "surge_outside",
                found=f"{round(lon, 5):g},{round(lat, 5):g}",
                area=area.name,
                metres=round(metres) if math.isfinite(metres) else math.inf,
            )
    return placed(area, lon, lat, walker)


def _outside_m(area: Area, lon: float, lat: float) -> float:
    point = gpd.GeoSeries([shapely.Point(lon, lat)], crs=WGS84).to_crs(area.network.crs).iloc[0]
    if not (math.isfinite(point.x) and math.isfinite(point.y)):
        return math.inf
    return float(shapely.distance(point, area.metric_boundary))


def _need(
    area: Area, kind: str, arrival: Arrival, start: Snapped, limit_m: float, walker: Profile
) -> tuple[Need, tuple[Problem, ...]]:
    supply = supply_of(area, arrival.first, kind)
    places = (*supply.here, *supply.not_valid)
    rows = np.array([each.row for each in places], dtype=np.int64)
    goals = area.snapped_places(profile=walker).take(rows)
    metres = np.full(len(places), math.inf)
    if len(places):
        found = within(area.network, start, goals, within_m=math.inf, profile=walker)
        metres[found.indices] = found.data
    order = [int(at) for at in np.lexsort((np.arange(len(places)), metres))]
    near = [(places[at], float(metres[at])) for at in order if metres[at] <= limit_m]
    far = [(places[at], float(metres[at])) for at in order if limit_m < metres[at] < math.inf]
    ages = rules().surge_ages[kind]
    people = of_ages(arrival.ages, ages)
    weeks = _weeks(arrival, people, [each for each, _ in near])
    last = weeks[-1].first_day
    takers = _takers([pair for pair in near if pair[0].is_valid(last)], people, walker)
    left = weeks[-1].left
    need = Need(
        kind=kind,
        ages=ages,
        people=people,
        taken=sum(taker.taken for taker in takers),
        left=left,
        unknown=sum(taker.room is None and not taker.bars for taker in takers),
        takers=takers,
        next=_next([pair for pair in far if pair[0].is_valid(last)], left.high, walker),
        weeks=weeks,
        barring=sum(taker.bars for taker in takers),
        unsure=sum(
            bool(taker.taken) and taker.place.without_personal_number != "yes" for taker in takers
        ),
    )
    return need, supply.problems


def room_of(place: Preschool) -> Amount | None:
    """Return what a place can take now; None is unknown. An open preschool is for whoever comes:
    its places count where no vacancies are reported.
    """
    if place.vacancies is None and place.kind == "open_preschool":
        return place.places
    return place.vacancies


def _weeks(arrival: Arrival, people: int, near: Sequence[Preschool]) -> tuple[Week, ...]:
    weeks, arrived = [], 0
    for number, count in enumerate(arrival.ramp):
        first_day = arrival.first + timedelta(weeks=number)
        arrived += count
        need = math.floor(people * arrived / arrival.people + 0.5)
        there = [each for each in near if each.is_valid(first_day) and not _bars(each)]
        rooms = [room_of(each) or _NOTHING for each in there]
        value, low, high = (sum(getattr(room, part) for room in rooms) for part in _PARTS)
        if any(room_of(each) is None for each in there):
            high = max(high, need)
        left = Amount(max(0, need - value), max(0, need - high), max(0, need - low))
        weeks.append(Week(number + 1, first_day, count, need, need - left.value, left))
    return tuple(weeks)


def _takers(
    near: Sequence[tuple[Preschool, float]], people: int, walker: Profile
) -> tuple[Taker, ...]:
    takers, waiting = [], people
    for place, metres in near:
        room, bars = room_of(place), _bars(place)
        taken = min(waiting, room.value if room and not bars else 0)
        waiting -= taken
        takers.append(Taker(place, metres, walker.minutes(metres), room, taken, bars))
    return tuple(takers)


def _bars(place: Preschool) -> bool:
    return place.without_personal_number == BARRING


def _next(far: Sequence[tuple[Preschool, float]], left: int, walker: Profile) -> tuple[Taker, ...]:
    """Return where to go on: known vacancies until enough, else the nearest unknown ones."""
    if left <= 0:
        return ()
    known, unknown = [], []
    for place, metres in far:
        room = room_of(place)
        if _bars(place):
            continue
        taker = Taker(place, metres, walker.minutes(metres), room, 0)
        if room is None:
            unknown.append(taker)
        elif room.value > 0 and left > 0:
            left -= room.value
            known.append(taker)
    most = rules().calls
    return tuple(known[: most.most] or unknown[: most.nearest_vacancies])


OLDEST = 79
"""Where an open band of ages ends."""
MOST_PEOPLE = 100_000


@dataclass(frozen=True)
class AgeBand:
    """People of some ages, first and last year included; its years are taken to be alike."""

    low: int
    high: int
    people: int


@dataclass(frozen=True)
class Arrival:
    """Who arrives where and when: ``ramp`` is how many come each week, from ``first`` on.

    ``assumed``: the ages are our stated mix, not reported.
    """

    lon: float
    lat: float
    people: int
    first: date
    ages: tuple[AgeBand, ...]
    ramp: tuple[int, ...]
    assumed: bool


def arrival_of(
    at: tuple[float, float],
    people: int,
    first: date,
    *,
    ages: Sequence[AgeBand] = (),
    ramp: Sequence[int] = (),
) -> Arrival:
    """Return who arrives at a point (lon, lat) from a date on, checked to add up.

    Parameters
    ----------
    ages : their ages; together ``people``. Empty: the stated mix of ``data/preschools.toml``.
    ramp : people per week from ``first`` on; together ``people``. Empty: all in the first week.

    Raises
    ------
    InputError ``bad_surge`` : not a number of people; InputError ``bad_ages``, ``bad_ramp`` : they
    do not add up.
    """
    if isinstance(people, bool) or not 0 < people <= MOST_PEOPLE or people != int(people):
        raise InputError("bad_surge", found=str(people))
    bands = tuple(ages) or stated_mix(people)
    told = " + ".join(str(band.people) for band in bands)
    spans = sorted((band.low, band.high) for band in bands)
    overlap = any(a[1] >= b[0] for a, b in pairwise(spans))
    if sum(band.people for band in bands) != people or overlap:
        raise InputError("bad_ages", found=told, people=people)
    weeks = tuple(ramp) or (people,)
    if sum(weeks) != people or min(weeks) < 0:
        raise InputError("bad_ramp", found=",".join(map(str, weeks)), people=people)
    return Arrival(at[0], at[1], people, first, bands, weeks, not ages)


def read_surge(words: str) -> tuple[tuple[float, float], int, date]:
    """Read place, people and date as a person writes them: ``lon,lat,people,date``.

    >>> read_surge("17.83,59.36,150,2027-03-01")
    ((17.83, 59.36), 150, datetime.date(2027, 3, 1))
    """
    parts = [part for part in re.split(r"[,;\s]+", words.strip()) if part]
    try:
        lon, lat, people, when = parts
        at, count, first = (float(lon), float(lat)), int(people), day(when)
    except ValueError:
        raise InputError("bad_surge", found=words) from None
    if first is None:
        raise InputError("bad_surge", found=words)
    return at, count, first


def read_ages(words: str, people: int) -> tuple[AgeBand, ...]:
    """Read ages as a person writes them, in years from–to, an open end up to 79.

    >>> read_ages("0-5=20,16-=100", 120)
    (AgeBand(low=0, high=5, people=20), AgeBand(low=16, high=79, people=100))
    """
    bands = []
    for part in filter(None, (part.strip() for part in words.split(","))):
        found = re.fullmatch(r"(\d{1,3})\s*[-–]\s*(\d{0,3})\s*=\s*(\d{1,6})", part)
        if not found:
            raise InputError("bad_ages", found=part, people=people)
        bands.append(_band(found[1], found[2], int(found[3]), people))
    return tuple(bands)


def read_ramp(words: str, people: int) -> tuple[int, ...]:
    """Read people per week as a person writes them.

    >>> read_ramp("50,50,50", 150)
    (50, 50, 50)
    """
    parts = [part for part in re.split(r"[,;\s]+", words.strip()) if part]
    if not parts or not all(re.fullmatch(r"\d{1,6}", part) for part in parts):
        raise InputError("bad_ramp", found=words, people=people)
    return tuple(int(part) for part in parts)


def stated_mix(people: int) -> tuple[AgeBand, ...]:
    """Return the ages of people whose ages are not reported, by the stated mix; totals kept."""
    mix: Mapping[str, float] = rules().surge_mix
    whole = sum(mix.values())
    running = np.floor(np.cumsum([share / whole for share in mix.values()]) * people + 0.5)
    counts = np.diff(running, prepend=0).astype(int)
    return tuple(
        _band(words.partition("-")[0], words.partition("-")[2], int(count), people)
        for words, count in zip(mix, counts, strict=True)
    )


def of_ages(bands: Sequence[AgeBand], ages: tuple[int, int]) -> int:
    """Return how many people are of some ages, the years of a band taken to be alike.

    >>> of_ages([AgeBand(0, 5, 12), AgeBand(6, 15, 30)], (1, 5))
    10
    """
    return math.floor(sum(band.people * _part(band, ages) for band in bands) + 0.5)


def _part(band: AgeBand, ages: tuple[int, int]) -> float:
    years = min(band.high, ages[1]) - max(band.low, ages[0]) + 1
    return max(0, years) / (band.high - band.low + 1)


def _band(low: str, high: str, count: int, people: int) -> AgeBand:
    band = AgeBand(int(low), int(high) if high else max(OLDEST, int(low)), count)
    if band.high < band.low or band.high > 130:
        raise InputError("bad_ages", found=f"{low}-{high}", people=people)
    return band
