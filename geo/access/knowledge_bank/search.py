"""What is in reach of one housing or point, nearest first, and when. What a record does not report
stays unknown.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import shapely

from geo import presets
from geo.access.from_point import placed
from geo.access.knowledge_bank.entries import entries_of, is_asked, municipal_of
from geo.access.knowledge_bank.model import SORTS, Bank, Entry, Start
from geo.access.knowledge_bank.municipality import speakers_of, with_stops
from geo.access.knowledge_bank.question import BankQuestion
from geo.access.knowledge_bank.rules import fields_of, rules
from geo.access.meeting.terms import speaks
from geo.area import protected
from geo.area.activities.model import Activity, Occurrence, is_fresh
from geo.area.activities.occurrences import in_week, midnight, occurrences, possible
from geo.area.model import Area
from geo.area.newcomers import housing_asked
from geo.errors import InputError
from geo.network.distances import within
from geo.network.walk_network import MAX_SNAP_M, Snapped
from geo.types import Floats


def bank_of(area: Area, question: BankQuestion) -> Bank:
    """Return what is in reach of the question's housing or point.

    Raises
    ------
    InputError ``unknown_housing`` : no housing has this id or name, or several have the name.
    InputError ``bad_point``, ``point_swapped``, ``point_off_paths`` : as ``around.placed``.
    """
    walker = presets.profile(question.profile)
    start, row = _start(area, question)
    if row is None:
        spot = placed(area, start.lon, start.lat, walker)
    else:
        spot = area.snapped_places("", walker).take(np.array([row]))
        if spot.edge[0] < 0:
            raise InputError("point_off_paths", found=start.id, limit=MAX_SNAP_M)
    metres = _metres(area, spot, question)
    parts: dict[str, list[Entry]] = {"": [], "language": [], "hours": [], "far": []}
    for entry in entries_of(area, question, metres):
        found = _timed(entry, question)
        part = _part(found, question)
        if part is not None:
            parts["far" if math.isinf(found.metres) else part].append(found)
    ordered = {name: tuple(sorted(rows, key=_order)) for name, rows in parts.items()}
    away = _away(area, question, metres)
    if start.restricted:
        # Of protected housing nothing farther than its region's surroundings has a distance.
        away = [replace(each, metres=math.nan, minutes=math.nan) for each in away]
    else:
        away = with_stops(area, metres, away, walker)
    return Bank(
        area=area.id,
        area_name=area.name,
        question=question,
        start=start,
        entries=ordered[""],
        language_unknown=ordered["language"],
        hours_unknown=ordered["hours"],
        unreachable=ordered["far"],
        municipal=tuple(each for each in away if each.municipal),
        unplaced=tuple(each for each in away if not each.municipal),
        speakers=speakers_of(area, question),
        demonstration=area.demonstration,
    )


def _away(area: Area, question: BankQuestion, metres: Floats) -> list[Entry]:
    """Return what is not walked to and what has no point, of the question's themes and languages
    (unknown ones too), by name.
    """
    found = []
    for entry in municipal_of(area, question, metres):
        asked = is_asked(entry.theme, question) or entry.activity.kind in question.kinds
        if asked and speaks(entry.activity, question.language) is not False:
            found.append(_timed(entry, question))
    return sorted(found, key=lambda each: (each.activity.name.casefold(), each.id))


def _start(area: Area, question: BankQuestion) -> tuple[Start, int | None]:
    """Return where the walk begins, and the housing's row of the places."""
    if question.lon is not None and question.lat is not None:
        return Start("", question.lon, question.lat), None
    housing = housing_asked(area, question.housing)
    row = int(np.flatnonzero((area.places["id"].astype(str) == housing).to_numpy(bool))[0])
    name = str(area.places["name"].iloc[row])
    record = fields_of(area.places["details"].iloc[row])
    if protected.is_restricted(area.places.iloc[[row]])[0]:
        region = shapely.from_wkt(record[protected.SHAPE]) if record[protected.ENOUGH] else None
        return Start(name, math.nan, math.nan, housing, True, region), row
    point = area.places.geometry.iloc[row]
    return Start(name, float(point.x), float(point.y), housing), row


def _metres(area: Area, spot: Snapped, question: BankQuestion) -> Floats:
    """Return walking metres to each place of the area, inf where no path leads."""
    walker = presets.profile(question.profile)
    goals = area.snapped_places("", walker)
    found = within(area.network, spot, goals, within_m=math.inf, profile=walker)
    metres = np.full(len(area.places), np.inf)
    metres[found.indices] = found.data
    return metres


def _timed(entry: Entry, question: BankQuestion) -> Entry:
    """Add when an entry takes place, and what of it is in doubt."""
    activity = entry.activity
    coming = in_week(activity, question.monday)
    doubts = [] if is_fresh(activity, question.today) else ["stale"]
    doubts += ["times"] if activity.times is None else []
    doubts += ["weeks"] if activity.undated else []
    doubts += [] if activity.languages else ["language"]
    then = (
        occurrences(activity, question.since, question.until)
        if question.since is not None and question.until is not None
        else ()
    )
    later = None if coming or activity.times is None else _next(activity, question.monday)
    return replace(entry, coming=coming, then=then, later=later, doubts=tuple(doubts))


def _next(activity: Activity, monday: date) -> Occurrence | None:
    """Return the first time after a week, as far ahead as is looked."""
    first = monday + timedelta(days=7)
    last = first + timedelta(days=rules().ahead_days)
    found = occurrences(activity, midnight(first), midnight(last))
    return found[0] if found else None


def _part(entry: Entry, question: BankQuestion) -> str | None:
    """Return which list an entry stands in; None where it does not meet the question."""
    language = speaks(entry.activity, question.language)
    hours: bool | None = True
    if question.since is not None:
        hours = None if _may_be_on(entry, question) else bool(entry.then)
    if language is False or hours is False:
        return None
    if language is None:
        return "language"
    return "hours" if hours is None else ""


def _may_be_on(entry: Entry, question: BankQuestion) -> bool:
    """Return whether nobody has said if an entry is on in the question's hours."""
    if entry.activity.times is None:
        return True
    if entry.then or not entry.activity.undated or question.since is None or question.until is None:
        return False
    return bool(occurrences(possible(entry.activity), question.since, question.until))


def _order(entry: Entry) -> tuple[float, str, int, str, str]:
    name = entry.activity.name.casefold()
    return entry.metres, entry.place, SORTS.index(entry.what), name, entry.id
