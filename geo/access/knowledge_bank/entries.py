"""An area's records as entries of the knowledge bank: activities, visits, associations and plain
places.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from geo import presets
from geo.access.from_point import source_of
from geo.access.knowledge_bank.model import ACTIVITY, PLACE, VISIT, Entry
from geo.access.knowledge_bank.question import BankQuestion
from geo.access.knowledge_bank.rules import fields_of, rules, said
from geo.access.meeting.terms import kinds_of
from geo.area import protected
from geo.area.activities.derived import DERIVED, activities_of, opening_times
from geo.area.activities.model import (
    Activity,
    activity_kinds,
    is_counted,
    kind_of_place,
    link_of,
    written_of,
)
from geo.area.associations import (
    ASSOCIATION,
    Association,
    associations_of,
    is_municipal,
    of_record,
)
from geo.area.languages import known_in
from geo.area.model import Area, Unplaced
from geo.area.opening_hours import hours_text
from geo.cells import plain
from geo.types import Floats


@dataclass(frozen=True, eq=False)
class _Ground:
    """An area, the question, walking metres to each place, and the places that may be disclosed:
    their rows by id.
    """

    area: Area
    question: BankQuestion
    metres: Floats
    row_of: Mapping[str, int]

    def row(self, place: str) -> pd.Series:
        return self.area.places.iloc[self.row_of[place]]

    def walk(self, place: str) -> tuple[float, float]:
        """Return metres and minutes."""
        metres = float(self.metres[self.row_of[place]])
        return metres, presets.profile(self.question.profile).minutes(metres)


def entries_of(area: Area, question: BankQuestion, metres: Floats) -> Iterator[Entry]:
    """Yield all of the question's kinds within the limit, or that no path leads to, whatever the
    hour.

    Parameters
    ----------
    metres : to each of ``area.places``, inf where no path leads.

    A place that is an activity by what it is (a library) is listed as that; any other as itself.
    """
    told = ~protected.is_restricted(area.places)
    near = (metres <= question.limit_m) | np.isinf(metres)
    ids = area.places["id"].astype(str).to_numpy(object)
    ground = _Ground(
        area, question, metres, {str(ids[row]): int(row) for row in np.flatnonzero(near & told)}
    )
    running = [
        each
        for each in activities_of(area)
        if each.place in ground.row_of and _runs(each, question)
    ]
    yield from _activities(ground, running)
    yield from _places(ground, running)
    yield from _associations(ground)


def _activities(ground: _Ground, running: list[Activity]) -> Iterator[Entry]:
    kinds = kinds_of(ground.question.kinds)
    for each in running:
        if each.kind in kinds:
            what = VISIT if each.visiting else ACTIVITY
            yield _entry(what, each, ground.row(each.place), ground.walk(each.place))


def _places(ground: _Ground, running: list[Activity]) -> Iterator[Entry]:
    """Yield the places that are not listed as an activity of their own kind."""
    kinds = {str(key): str(ground.row(key)["kind"]) for key in ground.row_of}
    own = {
        each.place
        for each in running
        if not each.visiting and each.kind == kind_of_place(kinds[each.place])
    }
    for place, kind in kinds.items():
        theme = rules().themes.get(kind) or _theme(kind_of_place(kind))
        left_out = place in own or kind == ASSOCIATION or kind in rules().left_out
        if not left_out and is_asked(theme, ground.question):
            row = ground.row(place)
            yield _entry(PLACE, _of_place(ground.area, row), row, ground.walk(place))


def _associations(ground: _Ground) -> Iterator[Entry]:
    if is_asked(rules().themes[ASSOCIATION], ground.question):
        for each in associations_of(ground.area):
            if each.place in ground.row_of:
                row, walk = ground.row(each.place), ground.walk(each.place)
                yield _of_organisation(each, ground, row, walk)


def is_asked(theme: str, question: BankQuestion) -> bool:
    """Return whether a question is about a theme: about all where it names none."""
    return not question.kinds or theme in question.kinds


def _entry(
    what: str,
    activity: Activity,
    row: pd.Series | Mapping[str, Any],
    walk: tuple[float, float],
) -> Entry:
    """Return an entry before hours."""
    there, own = fields_of(row["details"]), dict(activity.told)
    kind = str(row["kind"])
    of_place = activity.id.startswith(DERIVED)
    links = (said(own, "link"), activity.contact, said(there, "link"))
    return Entry(
        what=what,
        activity=activity,
        place_name=str(row["name"]),
        kind_of_place=kind,
        theme=_theme(activity.kind) or rules().themes.get(kind) or _theme(kind_of_place(kind)),
        metres=walk[0],
        minutes=walk[1],
        link=next(filter(None, map(link_of, links)), ""),
        written=written_of(there if of_place else own),
        place_written=() if of_place else written_of(there),
    )


def _of_place(area: Area, row: pd.Series | Mapping[str, Any]) -> Activity:
    """Return what a plain place's record reports, in the fields of an activity without a kind."""
    record = fields_of(row["details"])
    by_plain = {plain(str(key)): value for key, value in record.items()}
    source = source_of(area, row)
    dated = source.date if source is not None else ""
    return Activity(
        id=f"{DERIVED}{row['id']}",
        place=str(row["id"]),
        kind="",
        name=str(row["name"]),
        times=opening_times(hours_text(by_plain)),
        languages=known_in(said(record, "languages")),
        contact=said(record, "contact"),
        source=str(row["source"]),
        confirmed=_day(said(record, "confirmed")) or _day(dated),
        demonstration=bool(row["demonstration"]),
    )


def _of_organisation(
    each: Association,
    ground: _Ground,
    row: pd.Series | Mapping[str, Any],
    walk: tuple[float, float],
) -> Entry:
    place = _of_place(ground.area, row)
    told = replace(
        place,
        languages=each.languages,
        contact=each.contact,
        confirmed=each.confirmed or place.confirmed,
    )
    what = ASSOCIATION if row["kind"] == ASSOCIATION else PLACE
    return replace(
        _entry(what, told, row, walk),
        mentors=each.mentors_per_year,
        buddies=each.buddies_per_year,
        seats=each.seats_per_year,
        does=each.does,
    )


def municipal_of(area: Area, question: BankQuestion, metres: Floats) -> Iterator[Entry]:
    """Yield what serves the whole municipality and is beyond the limit, whatever the hour, and
    every known record without a point; those that serve the whole municipality are marked.

    Parameters
    ----------
    metres : to each of ``area.places``, inf where no path leads.
    """
    ids = area.places["id"].astype(str).to_numpy(object)
    told = ~protected.is_restricted(area.places)
    beyond = np.flatnonzero(told & (metres > question.limit_m) & np.isfinite(metres))
    ground = _Ground(area, question, metres, {str(ids[row]): int(row) for row in beyond})
    for place in ground.row_of:
        row = ground.row(place)
        if is_municipal(str(row["kind"]), row["details"]):
            found = _of_organisation(of_record(row.to_dict()), ground, row, ground.walk(place))
            yield replace(found, municipal=True)
    for each in activities_of(area):
        if each.place in ground.row_of and each.kind in MUNICIPAL and _runs(each, question):
            found = _entry(ACTIVITY, each, ground.row(each.place), ground.walk(each.place))
            yield replace(found, municipal=True)
    for record in area.unplaced:
        if record.kind not in rules().left_out:
            yield _without_point(ground, record)


MUNICIPAL = ("mentors",)
"""Kinds of activity that serve a whole municipality wherever they are arranged."""


def _without_point(ground: _Ground, record: Unplaced) -> Entry:
    row = ground.area.row_of_unplaced(record)
    found = _of_organisation(of_record(row), ground, row, (math.nan, math.nan))
    organisers = tuple(
        part.strip() for part in re.split(r"[;,]", said(fields_of(record.details), "organisers"))
    )
    return replace(
        found,
        activity=replace(found.activity, organisers=tuple(filter(None, organisers))),
        placed=False,
        municipal=is_municipal(record.kind, record.details),
    )


def _runs(activity: Activity, question: BankQuestion) -> bool:
    """Return whether an activity is valid at some time of the week, or of the question's day."""
    first = max(question.monday, question.today) if question.since is None else question.monday
    last = question.monday + timedelta(days=6)
    begins_later = activity.valid_from is not None and activity.valid_from > last
    return is_counted(activity, min(first, last)) and not begins_later


def _theme(kind: str) -> str:
    return activity_kinds()[kind].theme if kind in activity_kinds() else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
