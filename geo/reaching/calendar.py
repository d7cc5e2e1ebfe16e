"""A week plan as a calendar (iCalendar, RFC 5545) that any calendar program opens. The same plan
gives the same events, so that one opened again replaces itself.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, time

from icalendar import Event

from geo import texts
from geo.activity.ics import new_calendar
from geo.area import languages
from geo.planning.outreach.rounds import Plan, Round, Stop
from geo.planning.outreach.rules import needs

PRODUCT = "-//Narhet//uppsokande//SV"
SPACE = uuid.UUID("6f1e6e6a-6f0c-5b1e-9d0e-6a1d7f1c2b11")
"""What the ids of our events are made within."""
HOST = "narhet.invalid"


def ics_bytes(plan: Plan, language: str = "sv") -> bytes:
    """Return a plan as an iCalendar file: an event a visit, with the time zone it is in.

    Text is escaped as the format wants; a person's or a place's name can be nothing but text.
    """
    calendar = new_calendar(PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add(
        "x-wr-calname", _line(texts.text("outreach.ics_name", language, area=plan.area_name))
    )
    for each in plan.rounds:
        for stop in each.stops:
            calendar.add_component(_event(plan, each, stop, language))
    return bytes(calendar.to_ical())


def uid_of(plan: Plan, each: Round, stop: Stop) -> str:
    """Return an event's id: the same for the same visit by the same person on the same day."""
    key = "|".join((plan.area, each.worker.name, f"{each.start:%Y-%m-%d}", stop.visit.id))
    return f"{uuid.uuid5(SPACE, key)}@{HOST}"


def _event(plan: Plan, each: Round, stop: Stop, language: str) -> Event:
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
    event.add("description", "\n".join(_told(plan, stop, language)))
    event.add("transp", "OPAQUE")
    return event


def _told(plan: Plan, stop: Stop, language: str) -> list[str]:
    names = [needs()[need].name(language) for need in stop.visit.needs]
    lines = [texts.text("outreach.ics_needs", language, needs="; ".join(names))] if names else []
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
    if plan.demonstration:
        lines.append(texts.text("demo.mark", language))
    return lines


def _line(text: str) -> str:
    """Return text without signs that no calendar takes: control characters."""
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()
