"""How many mentors, and how many seats at activities, there are for each newcomer in reach, by
floating catchments. What has no count is unknown, not zero.

Seats are shared by all newcomers of transitional housing within the limit of them
(``geo.models.catchments``, plain two-step catchment); a housing's figure is the sum over what it
reaches. Mentors serve the whole municipality, and are walked to by nobody: all newcomers share all
of them, whatever the limit.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from geo.access.meeting.question import MeetingQuestion
from geo.access.meeting.supply import (
    Home,
    Offer,
    homes,
    homes_asked,
    reach,
    runs_in_week,
    supply_of,
)
from geo.access.meeting.terms import mentor_columns
from geo.area.activities.model import Activity, Span, a_year_before
from geo.area.activities.occurrences import in_week, possible
from geo.area.associations import ASSOCIATION, is_municipal, organisations_of
from geo.area.model import Area
from geo.area.record_fields import place_fields
from geo.cells import plain
from geo.errors import AreaLacks
from geo.models.catchments import floating_catchment
from geo.types import Floats, Ints

MENTORS, SEATS = "mentors", "seats"
MEASURES = (MENTORS, SEATS)
"""Matches per year with a mentor or a buddy; seats at activities in the question's week."""


@dataclass(frozen=True)
class Stock:
    """One place's supply: how many, for sure and with records that are a year old, and whether
    something there does not report how many.
    """

    row: int
    """Its place's row of ``area.places``; below zero for organisations without a point."""
    low: float
    high: float
    unknown: bool


@dataclass(frozen=True)
class HomeContact:
    """One housing: for each newcomer there, how many; the ``high`` end is NaN where something in
    reach does not report how many. ``places`` in reach report it, ``untold`` do not.
    """

    home: Home
    per_newcomer: Span
    places: int
    untold: int


@dataclass(frozen=True, eq=False)
class Contact:
    """The answer for one measure: newcomers who share, how many there are in all (of which nobody
    can walk to ``unreached``), how many places do not report a number, and each housing's.
    """

    question: MeetingQuestion
    measure: str
    newcomers: float
    uncounted: int
    stock: Span
    unreached: float
    untold: int
    homes: tuple[HomeContact, ...]


def contact_supply(area: Area, question: MeetingQuestion) -> tuple[Contact, ...]:
    """Return how many mentors and seats there are for each newcomer in reach.

    Raises
    ------
    AreaLacks : no transitional housing whose number of residents is known.
    """
    known = homes(area)
    asked = {each.id for each in homes_asked(area, question)}
    if not any(np.isfinite(each.people) and each.people > 0 for each in known):
        raise AreaLacks(key="lacks.newcomers")
    return tuple(_answer(area, question, known, asked, measure) for measure in MEASURES)


def stocks(area: Area, question: MeetingQuestion, measure: str) -> tuple[Stock, ...]:
    """Return what each place has of a measure: organisations without a point first, then in the
    order of ``area.places``.

    Seats are those of each time an activity is on in the week; hours or seats that are not reported
    make them unknown. Mentors are those of activities of that kind, and of associations that run
    none and whose record reports them, or that they match people.
    """
    if measure == SEATS:
        return _seats(area, question)
    return _mentors(area, question)


def _answer(
    area: Area, question: MeetingQuestion, known: tuple[Home, ...], asked: set[str], measure: str
) -> Contact:
    found = stocks(area, question, measure)
    rows = np.array([each.row for each in found], dtype=np.int64)
    people = np.array([0.0 if math.isnan(each.people) else each.people for each in known])
    metres = (
        _everywhere(len(known), len(rows))
        if measure == MENTORS
        else reach(area, np.array([each.row for each in known]), rows, question)
    )
    low, high = (
        floating_catchment(metres, people, amounts, limit_m=question.limit_m)
        for amounts in (_amounts(found, "low"), _amounts(found, "high"))
    )
    told = [
        _home(each, metres.indices[metres.indptr[at] : metres.indptr[at + 1]], found,
              Span(float(low[at]), float(high[at])))
        for at, each in enumerate(known)
        if each.id in asked
    ]  # fmt: skip
    near = np.zeros(len(found), dtype=bool)
    near[metres[np.flatnonzero(people > 0)].indices] = True
    return Contact(
        question=question,
        measure=measure,
        newcomers=float(people.sum()),
        uncounted=sum(math.isnan(each.people) for each in known),
        stock=Span(sum(each.low for each in found), sum(each.high for each in found)),
        unreached=sum(each.high for each, is_near in zip(found, near, strict=True) if not is_near),
        untold=sum(each.unknown for each in found),
        homes=tuple(told),
    )


def _everywhere(homes: int, places: int) -> csr_array:
    """Return that each housing has each place, as ``reach`` does: at no metres."""
    whole = np.zeros(homes * places)
    columns = np.tile(np.arange(places), homes)
    return csr_array((whole, columns, np.arange(homes + 1) * places), shape=(homes, places))


def _home(each: Home, columns: Ints, found: tuple[Stock, ...], reached: Span) -> HomeContact:
    near = [found[at] for at in columns]
    untold = sum(stock.unknown for stock in near)
    telling = sum(stock.high > 0 for stock in near)
    high = math.nan if untold else reached.high
    return HomeContact(each, Span(reached.low, high), telling, untold)


def _amounts(found: tuple[Stock, ...], end: str) -> Floats:
    return np.array([getattr(each, end) for each in found], dtype=np.float64)


def _seats(area: Area, question: MeetingQuestion) -> tuple[Stock, ...]:
    offered = supply_of(area, question)

    def seats(offer: Offer) -> float:
        if offer.activity.times is None or offer.activity.seats is None:
            return math.nan
        return float(offer.activity.seats * len(in_week(possible(offer.activity), question.monday)))

    others = [each for each in offered.offers if each.activity.kind != MENTORS]
    return _stocks((int(offered.rows[each.at]), seats(each), each.sure()) for each in others)


def _mentors(area: Area, question: MeetingQuestion) -> tuple[Stock, ...]:
    offered = supply_of(area, replace(question, kinds=(MENTORS,)))
    about = ("stale", "language", "audience")
    told = [
        (int(offered.rows[each.at]), _number(each.activity), each.sure(*about))
        for each in offered.offers
    ]
    return _stocks(sorted([*told, *_associations(area, question)]))


def _associations(area: Area, question: MeetingQuestion) -> list[tuple[int, float, bool]]:
    """Return the matches per year that associations' own records report, also those without a point
    that serve the whole municipality, and NaN where they match people and report no number; not of
    one that runs an activity with mentors, which has them already.
    """
    places = zip(area.places["id"], area.places["details"], strict=True)
    known = {str(place): (row, str(details)) for row, (place, details) in enumerate(places)}
    known |= {each.id: (-at, each.details) for at, each in enumerate(area.unplaced, start=1)}
    names = {plain(name) for name in mentor_columns()}
    told = []
    for each in organisations_of(area):
        row, details = known[each.place]
        has_mentors = any(run.kind == MENTORS and runs_in_week(run, question) for run in each.runs)
        if has_mentors or (row < 0 and not is_municipal(ASSOCIATION, details)):
            continue
        count = each.matches_per_year
        if count is not None or _may_match(details, names):
            fresh = each.confirmed is not None and each.confirmed >= a_year_before(question.today)
            told.append((row, math.nan if count is None else float(count), fresh))
    return told


def _may_match(details: str, columns: set[str]) -> bool:
    """Return whether an association reports mentors in some column, or says it matches people."""
    told = columns & set(map(plain, place_fields(details)))
    return bool(told) or is_municipal(ASSOCIATION, details)


def _number(activity: Activity) -> float:
    return math.nan if activity.seats is None else float(activity.seats)


def _stocks(told: Iterable[tuple[int, float, bool]]) -> tuple[Stock, ...]:
    """Add up what is reported (row, how many, whether for sure) by place."""
    sums: dict[int, Stock] = {}
    for row, count, sure in told:
        before = sums.get(row, Stock(row, 0.0, 0.0, unknown=False))
        unknown = math.isnan(count)
        more = 0.0 if unknown else count
        sums[row] = Stock(
            row, before.low + more * sure, before.high + more, before.unknown or unknown
        )
    return tuple(sums[row] for row in sorted(sums))
