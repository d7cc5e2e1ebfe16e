"""When activities are on, in words: also those of which nobody has said in which weeks they are."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from geo import texts
from geo.area import languages
from geo.area.activities.model import Activity, Times, activity_kinds
from geo.area.activities.occurrences import (
    is_weekly,
    rule_interval,
    rule_weekdays,
    weekday_name,
)
from geo.area.model import Area

_NAMED = 4
"""Intervals up to this have a word of their own: every other, every third, every fourth."""


def undated_words(activity: Activity, language: str) -> str:
    """Return when an activity without known weeks is on, "" where it has no such hours: ``varannan
    torsdag 17:00–19:00, oklart vilken``.
    """
    unclear = texts.text("activities.unclear", language)
    return "; ".join(f"{_words(times, language)}, {unclear}" for times in activity.undated)


def when_words(activity: Activity, language: str) -> str:
    """Return when an activity is on, or that its hours are unknown."""
    if activity.times is None:
        return texts.text("meeting.time_unknown", language)
    dated = [_words(times, language) for times in activity.times if not times.weeks_unknown]
    return "; ".join(filter(None, [*dated, undated_words(activity, language)]))


def activities_table(found: Sequence[Activity], area: Area, language: str) -> pd.DataFrame:
    """Return activities as a table: what, of which kind, where, when and in which languages."""
    names = dict(zip(area.places["id"].astype(str), area.places["name"].astype(str), strict=True))
    unknown = texts.text("source.unknown", language)
    rows = [
        (
            each.name or activity_kinds()[each.kind].name(language),
            activity_kinds()[each.kind].name(language),
            names.get(each.place) or each.place,
            when_words(each, language),
            ", ".join(languages.name(code, language) for code in each.languages) or unknown,
        )
        for each in found
    ]
    heads = ("activity", "kind", "place", "when", "languages")
    columns = [texts.text(f"activities.column_{head}", language) for head in heads]
    return pd.DataFrame(rows, columns=columns)


def _words(times: Times, language: str) -> str:
    days = rule_weekdays(times)
    names = texts.text("activities.and", language).join(
        weekday_name(day, language, "wide") for day in days
    )
    hours = f"{times.start:%H:%M}–{times.end:%H:%M}"
    weeks = rule_interval(times)
    if is_weekly(times) and days:
        return f"{names} {hours}"
    if not times.rrule.startswith("FREQ=WEEKLY") or not days or weeks == 1:
        return texts.text("activities.by_rule", language, hours=hours)
    key = f"every_{weeks}" if 2 <= weeks <= _NAMED else "every_more"
    return texts.text(f"activities.{key}", language, weeks=weeks, days=names, hours=hours)
