"""A week's activities as lines to read, as JSON and as CSV."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import pandas as pd

from geo import texts
from geo.area import languages
from geo.area.activities.model import (
    Activity,
    Occurrence,
    activity_kinds,
    audiences,
    counted,
    is_fresh,
    themes,
)
from geo.area.activities.occurrences import in_week, weekday_name
from geo.area.model import Area
from geo.area.provenance import OSM_CREDIT
from geo.output.files import formats
from geo.output.words import sources as source_words
from geo.output.words.activity_hours import undated_words

COLUMNS = (
    *("date", "weekday", "from", "to", "activity", "kind", "theme", "place", "organisers"),
    *("languages", "audience", "cost", "drop_in", "seats", "contact", "source", "confirmed"),
    *("uncertain", "visiting", "demonstration", "id", "place_id"),
)
"""Columns of a week of activities as CSV; a row without a date is an activity of unknown hours."""


@dataclass(frozen=True, eq=False)
class Week:
    """What happens in an area in the week that begins on a Monday, and what may: ``unknown`` are
    the activities whose hours nobody has reported, or in which weeks they are. ``today`` decides
    which records are fresh.
    """

    area: Area
    monday: date
    today: date
    held: tuple[Occurrence, ...]
    unknown: tuple[Activity, ...]

    def place(self, activity: Activity) -> str:
        """Return what to call the place of an activity."""
        return self._names.get(activity.place) or activity.place

    @cached_property
    def _names(self) -> dict[str, str]:
        places = self.area.places
        return {str(key): str(name) for key, name in zip(places["id"], places["name"], strict=True)}


def week_of(area: Area, found: Iterable[Activity], monday: date, today: date) -> Week:
    """Return what begins in a week, in order; what is past its last day is not in."""
    there = counted(found, today)
    held = [
        each
        for activity in there
        for each in in_week(activity, monday)
        if each.start.date() >= monday
    ]
    held.sort(key=lambda each: (each.start, each.end, each.activity.id))
    unknown = tuple(each for each in there if each.times is None or each.undated)
    return Week(area, monday, today, tuple(held), unknown)


def week_lines(week: Week, language: str = "sv") -> list[str]:
    """Return a week as lines: a heading, what happens day by day, and what may happen."""
    sunday = week.monday + timedelta(days=6)
    say = _Say(language)
    lines = [
        say("week", area=week.area.name, first=week.monday.isoformat(), last=sunday.isoformat()),
        *(_line(each, week, language) for each in week.held),
    ]
    if not week.held:
        lines.append(say("none"))
    if week.unknown:
        lines.append(say("unknown", found=len(week.unknown)))
        lines += [f"  {_unknown(each, week, language)}" for each in week.unknown]
    return [*lines, *([OSM_CREDIT] if week.area.uses_osm else [])]


def week_json(week: Week, language: str = "sv") -> dict[str, Any]:
    """Return a week as plain data: moments are ISO 8601 with their offset, unknown is null."""
    return {
        "area": week.area.id,
        "area_name": week.area.name,
        "monday": week.monday.isoformat(),
        "today": week.today.isoformat(),
        "demonstration": week.area.demonstration,
        "occurrences": [
            {
                "start": each.start.isoformat(),
                "end": each.end.isoformat(),
                **_fields(each.activity, week, language),
            }
            for each in week.held
        ],
        "unknown_hours": [
            {**_fields(each, week, language), "hours": undated_words(each, language) or None}
            for each in week.unknown
        ],
        "sources": [
            source_words.source_json(source, language)
            for source in week.area.sources
            if source.part == "activities"
        ],
    }


def week_csv(week: Week, language: str = "sv") -> bytes:
    """Return a week as CSV with ``COLUMNS``: a row per time, then those of unknown hours."""
    rows = [
        {
            "date": each.start.date().isoformat(),
            "weekday": weekday_name(each.start.weekday(), language),
            "from": f"{each.start:%H:%M}",
            "to": f"{each.end:%H:%M}",
            **_cells(each.activity, week, language),
        }
        for each in week.held
    ]
    rows += [
        {"weekday": undated_words(each, language), **_cells(each, week, language)}
        for each in week.unknown
    ]
    return formats.csv_bytes(pd.DataFrame(rows, columns=list(COLUMNS), dtype=object))


@dataclass(frozen=True)
class _Say:
    language: str

    def __call__(self, key: str, **values: Any) -> str:
        return texts.text(f"activities.{key}", self.language, **values)


def _line(each: Occurrence, week: Week, language: str) -> str:
    day = weekday_name(each.start.weekday(), language)
    hours = f"{each.start:%H:%M}–{each.end:%H:%M}"
    return f"{day} {each.start:%Y-%m-%d} {hours}  {_named(each.activity, week, language)}"


def _unknown(activity: Activity, week: Week, language: str) -> str:
    """Return an activity of unknown hours or weeks in one line; what is known of them first."""
    when = undated_words(activity, language)
    named = _named(activity, week, language)
    return f"{when[:1].upper()}{when[1:]}  {named}" if when else named


def _named(activity: Activity, week: Week, language: str) -> str:
    """Return an activity in one line: what, where, in which languages, for whom, how sure."""
    say = _Say(language)
    kind = activity_kinds()[activity.kind].name(language)
    spoken = [languages.name(code, language) for code in activity.languages]
    notes = [
        ", ".join(spoken) if spoken else say("language_unknown"),
        ", ".join(audiences()[code].name(language) for code in activity.audience),
        say("visiting") if activity.visiting else "",
        "" if is_fresh(activity, week.today) else say("uncertain"),
    ]
    told = "; ".join(note for note in notes if note)
    names = dict.fromkeys((activity.name or kind, kind, week.place(activity)))
    return f"{' · '.join(names)} ({told})"


def _fields(activity: Activity, week: Week, language: str) -> dict[str, Any]:
    return {
        "id": activity.id,
        "activity": activity.name,
        "kind": activity.kind,
        "theme": activity_kinds()[activity.kind].theme,
        "place_id": activity.place,
        "place": week.place(activity),
        "organisers": list(activity.organisers),
        "languages": list(activity.languages),
        "language_names": [languages.name(code, language) for code in activity.languages],
        "audience": list(activity.audience),
        "cost": activity.cost or None,
        "drop_in": activity.drop_in,
        "seats": activity.seats,
        "contact": activity.contact or None,
        "source": activity.source or None,
        "confirmed": activity.confirmed.isoformat() if activity.confirmed else None,
        "uncertain": not is_fresh(activity, week.today),
        "visiting": activity.visiting,
        "demonstration": activity.demonstration,
    }


def _cells(activity: Activity, week: Week, language: str) -> dict[str, Any]:
    """Return the fields as cells in words."""
    fields = _fields(activity, week, language)
    kind = activity_kinds()[activity.kind]
    return {
        **fields,
        "seats": "" if activity.seats is None else str(activity.seats),
        "kind": kind.name(language),
        "theme": themes()[kind.theme].name(language),
        "organisers": "; ".join(activity.organisers),
        "languages": "; ".join(fields["language_names"]),
        "audience": "; ".join(audiences()[code].name(language) for code in activity.audience),
    }
