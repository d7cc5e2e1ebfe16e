"""A street with housing, meeting places and what happens there, at metres along it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, time
from typing import Any

from geo.area.activities.model import Activity, Times
from geo.area.activities.occurrences import weekly_rule
from geo.area.activities.table import to_table
from geo.area.model import Area
from tests.geo.preschool_worlds import nursery_street

MONDAY, TODAY = date(2026, 11, 23), date(2026, 11, 25)
"""A week without holidays."""
FRESH, STALE = date(2026, 9, 1), date(2024, 9, 1)
LONG_AGO = date(2024, 1, 1)


def meeting_street(
    homes: Mapping[float, float] | None = None,
    *,
    housing: Mapping[float, Mapping[str, Any]] | None = None,
    places: Mapping[float, tuple[str, Mapping[str, Any]]] | None = None,
    activities: Iterable[Activity] = (),
    **groups: Mapping[float, float],
) -> Area:
    """The street: ten residents for each number in ``homes``; ``groups`` add columns of residents
    by metres. A place's id is its kind and metres, as in ``library-300``.
    """
    homes = homes or {}
    there = dict(places or {})
    area = nursery_street(
        homes, {}, housing or {}, others={at: kind for at, (kind, _) in there.items()}
    )
    told = {f"{kind}-{at:g}": json.dumps(details) for at, (kind, details) in there.items()}
    details = [
        told.get(place, before)
        for place, before in zip(area.places["id"], area.places["details"], strict=True)
    ]
    people = area.people
    for name, counts in groups.items():
        values = [counts.get(at, float("nan")) for at in homes]
        people = people.assign(**{name: values + [float("nan")] * (len(people) - len(homes))})
    return replace(
        area,
        people=people,
        places=area.places.assign(details=details),
        activities=to_table(activities),
        _snaps={},
    )


def activity(
    place: str,
    days: tuple[int, ...] | None = (1,),
    hours: tuple[int, int] = (17, 19),
    *,
    confirmed: date | None = FRESH,
    **told: Any,
) -> Activity:
    """An activity on some weekdays between whole hours; no days: nobody told when."""
    times = None
    if days is not None:
        times = (Times(weekly_rule(days), LONG_AGO, time(hours[0]), time(hours[1])),)
    told = {"id": f"{place}:{days}:{hours}", "kind": "language_cafe", **told}
    return Activity(place=place, times=times, confirmed=confirmed, **told)
