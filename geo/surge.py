"""What happens when many people arrive at one place: what the nearest preschools, open preschools
and adult education can take week by week, what is left over, and where the next vacancies are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import shapely

from geo import presets
from geo.area.model import Area
from geo.area.record_fields import rules
from geo.around import placed
from geo.arrival import Arrival, of_ages
from geo.errors import SurgeOutside, SurgePast
from geo.network.distances import within
from geo.network.walk_network import Snapped
from geo.preschools import Amount, Preschool, Problem, supply_of
from geo.presets import Profile
from geo.types import WGS84

KINDS = ("preschool", "open_preschool", "adult_education")
_NOTHING = Amount(0, 0, 0)


@dataclass(frozen=True)
class Taker:
    """One place that could take some: ``room`` (None: unknown), and how much is ``taken`` of it."""

    place: Preschool
    metres: float
    minutes: float
    room: Amount | None
    taken: int


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
    ``unknown`` counts the takers whose room is not known: ask them.
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
    """Answer what can be taken of those who arrive (see ``arrival.arrival_of``).

    The nearest place with vacancies takes first; who has no place waits for the next week. The
    vacancies are those of the day: others who wait for them are not known.

    Raises
    ------
    SurgePast : before ``today``; SurgeOutside : outside the area.
    BadPoint, PointSwapped, PointOffPaths : as ``around.placed``.
    BadLimit, UnknownProfile : what was asked for is not valid.
    """
    limit, walker = presets.limit_m(limit_m), presets.profile(profile)
    if arrival.first < today:
        raise SurgePast(found=arrival.first.isoformat(), today=today.isoformat())
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
    """Bring the point to the paths; outside the area is refused with how far outside."""
    lon, lat = at
    if math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90:
        metres = _outside_m(area, lon, lat)
        swapped = metres > 0 and abs(lon) <= 90 and _outside_m(area, lat, lon) == 0
        if metres > 0 and not swapped:
            raise SurgeOutside(
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
        unknown=sum(taker.room is None for taker in takers),
        takers=takers,
        next=_next([pair for pair in far if pair[0].is_valid(last)], left.high, walker),
        weeks=weeks,
    )
    return need, supply.problems


def room_of(place: Preschool) -> Amount | None:
    """Return what a place can take now; None is unknown. An open preschool is for whoever comes:
    its places count where no vacancies are told.
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
        rooms = [room_of(each) or _NOTHING for each in near if each.is_valid(first_day)]
        value, low, high = (
            sum(getattr(room, part) for room in rooms) for part in ("value", "low", "high")
        )
        left = Amount(max(0, need - value), max(0, need - high), max(0, need - low))
        weeks.append(Week(number + 1, first_day, count, need, need - left.value, left))
    return tuple(weeks)


def _takers(
    near: Sequence[tuple[Preschool, float]], people: int, walker: Profile
) -> tuple[Taker, ...]:
    takers, waiting = [], people
    for place, metres in near:
        room = room_of(place)
        taken = min(waiting, room.value if room else 0)
        waiting -= taken
        takers.append(Taker(place, metres, walker.minutes(metres), room, taken))
    return tuple(takers)


def _next(far: Sequence[tuple[Preschool, float]], left: int, walker: Profile) -> tuple[Taker, ...]:
    """Return where to go on: known vacancies until enough, else the nearest unknown ones."""
    if left <= 0:
        return ()
    known, unknown = [], []
    for place, metres in far:
        room = room_of(place)
        taker = Taker(place, metres, walker.minutes(metres), room, 0)
        if room is None:
            unknown.append(taker)
        elif room.value > 0 and left > 0:
            left -= room.value
            known.append(taker)
    most = rules().calls
    return tuple(known[: most.most] or unknown[: most.nearest_vacancies])
