"""A question about meeting places: what a person chose or wrote, checked, so that behind it every
word is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from geo import clock, presets
from geo.errors import InputError

MEASURES = presets.MEETING_MEASURES


@dataclass(frozen=True)
class MeetingQuestion:
    """One of ``MEASURES``, for a week and a group. Hashable: answers may be kept on it.

    Attributes
    ----------
    monday, today : the first day of the question's week; the day that decides what is fresh.
    kinds : kinds of activity or themes; none: all.
    limit_m : walking metres that count as reached.
    language, audience, when, housing : a language's code, who may come, a preset of hours that
        people can come, an id or a name of a housing; "": any.
    established : of ``arena``, a measure in ``geo.presets.established``; "": the first
        that the area has.
    """

    monday: date
    today: date
    measure: str = "hours"
    kinds: tuple[str, ...] = ()
    limit_m: float = 1000.0
    group: str = "newcomers"
    profile: str = "adult"
    language: str = ""
    audience: str = ""
    when: str = ""
    housing: str = ""
    established: str = ""

    @property
    def sunday(self) -> date:
        """The last day of the week."""
        return self.monday + timedelta(days=6)

    @classmethod
    def read(cls, values: Mapping[str, Any], *, today: date | None = None) -> MeetingQuestion:
        """Return the question of an option's or an address's texts, by the names of the fields.

        Parameters
        ----------
        values : ``week`` is any day of it (empty: today's), ``limit`` metres, ``language`` a code
            or a name. What is missing or None is as the class says; other names are passed over.
        today : the clock's unless given.

        Raises
        ------
        InputError ``bad_date``, ``bad_option``, ``unknown_group``, ``unknown_profile``,
        ``unknown_term``, BadLimit, UnknownLanguage : what cannot be.
        """
        # These load what areas are made of.
        from geo.access.meeting import terms
        from geo.area.record_fields import read_day

        told = {name: value for name, value in values.items() if value is not None}
        now = today or clock.today()
        group, profile = told.get("group", cls.group), told.get("profile", cls.profile)
        presets.group(group)
        presets.profile(profile)
        week = told.get("week")
        return cls(
            monday=terms.week_of(read_day(week) if week else now),
            today=now,
            measure=_measure(told.get("measure", cls.measure)),
            kinds=terms.read_kinds(told.get("kinds", cls.kinds)),
            limit_m=presets.limit_m(told.get("limit", cls.limit_m)),
            group=group,
            profile=profile,
            language=terms.read_language(told.get("language", cls.language)),
            audience=terms.read_audience(told.get("audience", cls.audience)),
            when=terms.read_when(told.get("when", cls.when)),
            housing=told.get("housing", cls.housing),
            established=terms.read_established(told.get("established", cls.established)),
        )


def _measure(name: str) -> str:
    if name not in MEASURES:
        raise InputError("bad_option", reason=f"--measure {name}", command="meet")
    return name
