"""Who arrives, where and when: numbers of people, their ages and weeks, read and checked. Knows no
area.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from geo.area.record_fields import day, rules
from geo.errors import BadAges, BadRamp, BadSurge

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

    ``assumed`` says that the ages are our stated mix, not told.
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
    ramp : people a week from ``first`` on; together ``people``. Empty: all in the first week.

    Raises
    ------
    BadSurge : not a number of people; BadAges, BadRamp : they do not add up.
    """
    if isinstance(people, bool) or not 0 < people <= MOST_PEOPLE or people != int(people):
        raise BadSurge(found=str(people))
    bands = tuple(ages) or stated_mix(people)
    told = " + ".join(str(band.people) for band in bands)
    spans = sorted((band.low, band.high) for band in bands)
    overlap = any(a[1] >= b[0] for a, b in pairwise(spans))
    if sum(band.people for band in bands) != people or overlap:
        raise BadAges(found=told, people=people)
    weeks = tuple(ramp) or (people,)
    if sum(weeks) != people or min(weeks) < 0:
        raise BadRamp(found=",".join(map(str, weeks)), people=people)
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
        raise BadSurge(found=words) from None
    if first is None:
        raise BadSurge(found=words)
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
            raise BadAges(found=part, people=people)
        bands.append(_band(found[1], found[2], int(found[3]), people))
    return tuple(bands)


def read_ramp(words: str, people: int) -> tuple[int, ...]:
    """Read people a week as a person writes them.

    >>> read_ramp("50,50,50", 150)
    (50, 50, 50)
    """
    parts = [part for part in re.split(r"[,;\s]+", words.strip()) if part]
    if not parts or not all(re.fullmatch(r"\d{1,6}", part) for part in parts):
        raise BadRamp(found=words, people=people)
    return tuple(int(part) for part in parts)


def stated_mix(people: int) -> tuple[AgeBand, ...]:
    """Return the ages of people of whom none are told, by the stated mix; totals kept."""
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
        raise BadAges(found=f"{low}-{high}", people=people)
    return band
