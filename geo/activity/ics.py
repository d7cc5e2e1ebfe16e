"""Activities as an iCalendar file that any calendar can take in. Knows nothing of the screen.

Each time of an activity is one recurring event with its rule, by the wall clock of Stockholm, for a
stated stretch of days. Days of the rule on which it does not take place (holidays, out of season,
exceptions) are left out by name, so that a calendar shows what ``occurrences`` gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from icalendar import Calendar, Event, Timezone, vRecur

from geo.area import languages
from geo.area.activities.model import Activity, Times, activity_kinds, audiences
from geo.area.activities.occurrences import STOCKHOLM, held_days, rule_days, rule_until, wall_clock

PRODUCT = "-//Narhet//Activities//SV"
_STOCKHOLM = """BEGIN:VTIMEZONE
TZID:Europe/Stockholm
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""
"""Written out, because what icalendar makes of a zone changes to summer time an hour late."""


def to_ics(
    activities: Iterable[Activity],
    first: date,
    last: date,
    *,
    places: Mapping[str, str],
    now: datetime,
    language: str = "sv",
) -> bytes:
    """Return the activities that take place from one day to another, both counted.

    Parameters
    ----------
    places : what to call each place, by id.
    now : when the file is made, aware.

    Activities of unknown hours are not in it: a calendar can not hold them.
    """
    calendar = new_calendar()
    for activity in activities:
        for number, times in enumerate(activity.times or (), start=1):
            event = _event(activity, times, first, last, language)
            if event is None:
                continue
            event.add("uid", f"{activity.id}-{number}@narhet")
            event.add("dtstamp", now)
            event.add("location", places.get(activity.place, activity.place))
            calendar.add_component(event)
    return bytes(calendar.to_ical())


def new_calendar(product: str = PRODUCT) -> Calendar:
    """Return an empty calendar that knows the clock of Stockholm."""
    calendar = Calendar()
    calendar.add("prodid", product)
    calendar.add("version", "2.0")
    calendar.add_component(Timezone.from_ical(_STOCKHOLM))
    return calendar


def _event(
    activity: Activity, times: Times, first: date, last: date, language: str
) -> Event | None:
    held = held_days(activity, times, first, last)
    if not held:
        return None
    begins, ends = wall_clock(times, held[0])
    event = Event()
    event.add("summary", activity.name or activity_kinds()[activity.kind].name(language))
    event.add("dtstart", begins)
    event.add("dtend", ends)
    event.add("rrule", vRecur.from_ical(rule_until(times, held[-1])))
    for day in sorted(set(rule_days(times, held[0], held[-1])) - set(held)):
        event.add("exdate", datetime.combine(day, times.start, STOCKHOLM))
    event.add("description", _said(activity, language))
    return event


def _said(activity: Activity, language: str) -> str:
    lines = [
        activity_kinds()[activity.kind].name(language),
        ", ".join(languages.name(code, language) for code in activity.languages),
        ", ".join(audiences()[code].name(language) for code in activity.audience),
        ", ".join(activity.organisers),
        activity.cost,
        activity.contact,
    ]
    return "\n".join(line for line in lines if line)
