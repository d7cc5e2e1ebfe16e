"""Activities, and a week plan, as an iCalendar file (RFC 5545) that any calendar can take in. The
same plan gives the same events, so that one opened again replaces itself.

Each time of an activity is one recurring event with its rule, by the wall clock of Stockholm, for a
stated stretch of days. Days of the rule on which it does not take place (holidays, out of season,
exceptions) are left out by name, so that a calendar shows what ``occurrences`` gives.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time

from icalendar import Calendar, Event, Timezone, vRecur

from geo import texts
from geo.area import languages
from geo.area.activities.model import Activity, Times, activity_kinds, audiences
from geo.area.activities.occurrences import held_days, rule_days, rule_until, wall_clock
from geo.clock import STOCKHOLM
from geo.output.words.outreach import unspoken_words
from geo.planning.outreach.rounds import Plan, Round, Stop
from geo.planning.outreach.rules import needs

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

    Activities of unknown hours are not in it: a calendar cannot hold them.
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
    """Return an empty calendar on the clock of Stockholm."""
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


OUTREACH_PRODUCT = "-//Narhet//uppsokande//SV"
SPACE = uuid.UUID("6f1e6e6a-6f0c-5b1e-9d0e-6a1d7f1c2b11")
"""What the ids of our events are made within."""
HOST = "narhet.invalid"


def ics_bytes(plan: Plan, language: str = "sv") -> bytes:
    """Return a plan as an iCalendar file: an event a visit, with the time zone it is in.

    Text is escaped as the format wants; a person's or a place's name can be nothing but text.
    """
    calendar = new_calendar(OUTREACH_PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add(
        "x-wr-calname", _line(texts.text("outreach.ics_name", language, area=plan.area_name))
    )
    for each in plan.rounds:
        for stop in each.stops:
            calendar.add_component(_stop_event(plan, each, stop, language))
    return bytes(calendar.to_ical())


def uid_of(plan: Plan, each: Round, stop: Stop) -> str:
    """Return an event's id: the same for the same visit by the same person on the same day."""
    key = "|".join((plan.area, each.worker.name, f"{each.start:%Y-%m-%d}", stop.visit.id))
    return f"{uuid.uuid5(SPACE, key)}@{HOST}"


def _stop_event(plan: Plan, each: Round, stop: Stop, language: str) -> Event:
    event = Event()
    event.add("uid", uid_of(plan, each, stop))
    # The week, not the clock: the same plan is the same file.
    event.add("dtstamp", datetime.combine(plan.monday, time(), UTC))
    event.add("dtstart", stop.arrive)
    event.add("dtend", stop.leave)
    name = _line(stop.visit.name)
    event.add(
        "summary",
        texts.text("outreach.ics_summary", language, name=name, who=_line(each.worker.name)),
    )
    event.add("location", name)
    event.add("geo", (round(stop.visit.lat, 6), round(stop.visit.lon, 6)))
    event.add("description", "\n".join(_told(plan, each, stop, language)))
    event.add("transp", "OPAQUE")
    return event


def _told(plan: Plan, each: Round, stop: Stop, language: str) -> list[str]:
    names = [needs()[need].name(language) for need in stop.visit.needs]
    lines = [texts.text("outreach.ics_needs", language, needs="; ".join(names))] if names else []
    if stop.visit.areas:
        areas = "; ".join(stop.visit.areas)
        lines.append(texts.text("outreach.ics_areas", language, areas=areas))
    lines.append(
        texts.text(
            "outreach.ics_walk",
            language,
            metres=texts.metres(stop.metres, language),
            minutes=texts.number(stop.walk_s / 60, language),
        )
    )
    if stop.common:
        spoken = ", ".join(languages.name(code, language) for code in stop.common)
        lines.append(texts.text("outreach.ics_languages", language, languages=spoken))
    lines += [
        unspoken_words(said, language)
        for said in plan.unspoken
        if (said.name, said.who) == (stop.visit.name, each.worker.name)
    ]
    if plan.demonstration:
        lines.append(texts.text("demo.mark", language))
    return lines


def _line(text: str) -> str:
    """Return text without signs that no calendar takes: control characters."""
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()
