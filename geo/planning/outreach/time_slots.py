"""At which hours of a week something new, or something moved, would suit those it is for."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import time, timedelta

import numpy as np

from geo.access.meeting.supply import Supply
from geo.area.activities.model import Activity, Times
from geo.area.activities.occurrences import WEEKDAYS, is_holiday, week_grid, weekly_rule
from geo.planning.outreach.context import World
from geo.planning.outreach.needs import HOURS, counts_for, within_of
from geo.planning.outreach.rules import proposal_rule
from geo.planning.outreach.spots import Spot
from geo.types import Bools

SATURDAY = 5
_ONE_DAY = r"(FREQ=WEEKLY;(?:INTERVAL=\d+;)?BYDAY=)[A-Z]{2}"
"""A rule of one weekday, which can be another one instead."""


def free_slot(world: World, spot: Spot, supply: Supply) -> Times | None:
    """Return weekly hours when people at a spot can come and least is on near them already, on
    weekdays if they can then: of equal ones the first in the week. None where they cannot come for
    so long on any day.
    """
    rule = proposal_rule()
    busy = np.zeros((7, 24), dtype=np.int64)
    for offer in within_of(world, spot, supply):
        if counts_for(HOURS, offer.activity):
            busy += week_grid(offer.activity, world.question.meeting.monday)
    slots = [
        (day >= SATURDAY, int(busy[day, hour : hour + rule.hours].sum()), day, hour)
        for day, hour in _stretches(world, spot, rule.hours)
    ]
    if not slots:
        return None
    _, _, day, hour = min(slots)
    return Times(
        weekly_rule((day,)), world.question.meeting.monday, time(hour), time(hour + rule.hours)
    )


def moved_times(world: World, spot: Spot, activity: Activity) -> tuple[Times, ...] | None:
    """Return an activity's hours, moved on their own days by as little as can be to where people at
    a spot can come all the while; on the nearest other day where those days do not do. None where
    it has more than one set of hours, or none suit.
    """
    if activity.times is None or len(activity.times) != 1:
        return None
    own = activity.times[0]
    hours = max(1, -(-_minutes(own) // 60))
    on = np.flatnonzero(week_grid(activity, world.question.meeting.monday).any(axis=1))
    if not len(on):
        return None
    day = int(on[0])
    found = [
        (abs(other - day), abs(hour * 60 - _start(own)), other, hour)
        for other, hour in _stretches(world, spot, hours)
    ]
    if not found:
        return None
    _, _, other, hour = min(found)
    end = hour * 60 + _minutes(own)
    moved = replace(own, start=time(hour), end=time(*divmod(end, 60)))
    if other == day:
        return (moved,)
    if not re.fullmatch(_ONE_DAY, own.rrule):
        return None
    rule_of_day = re.sub(_ONE_DAY, rf"\g<1>{WEEKDAYS[other]}", own.rrule)
    return (replace(moved, rrule=rule_of_day, except_days=()),)


def _stretches(world: World, spot: Spot, hours: int) -> list[tuple[int, int]]:
    """Return days and first hours from which people at a spot can come so many hours on end:
    everybody; where there are none such, somebody.
    """
    rule = proposal_rule()
    for able in (world.all_able_at(spot), world.able_at(spot)):
        free = _free(world, able)
        found = [
            (day, hour)
            for day in range(7)
            for hour in range(rule.earliest, rule.latest - hours + 1)
            if free[day, hour : hour + hours].all()
        ]
        if found:
            return found
    return []


def _free(world: World, able: Bools) -> Bools:
    """Return the hours people can come, holidays left out."""
    free = np.array(able)
    for day in range(7):
        if is_holiday(world.question.meeting.monday + timedelta(days=day)):
            free[day] = False
    return free


def _start(times: Times) -> int:
    return times.start.hour * 60 + times.start.minute


def _minutes(times: Times) -> int:
    minutes = times.end.hour * 60 + times.end.minute - _start(times)
    return minutes if minutes > 0 else minutes + 24 * 60
