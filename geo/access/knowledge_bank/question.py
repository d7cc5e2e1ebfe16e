"""A question to the knowledge bank: what a person chose or wrote, checked, so that behind it every
word is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from geo import clock, presets
from geo.access.knowledge_bank.rules import rules
from geo.cells import read_point
from geo.clock import STOCKHOLM
from geo.errors import InputError

FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class BankQuestion:
    """What is in reach of a point (``lon``, ``lat``: degrees) or of a ``housing`` (id or name).
    Hashable: answers may be kept on it.

    ``since`` and ``until``: aware moments between which something is to be open; None: any time.
    ``whole_day``: no hour was given. ``monday`` begins the week whose hours are shown; ``today``
    decides what is fresh. ``kinds`` are themes or kinds of activity, none: all.
    """

    monday: date
    today: date
    lon: float | None = None
    lat: float | None = None
    housing: str = ""
    since: datetime | None = None
    until: datetime | None = None
    whole_day: bool = False
    language: str = ""
    kinds: tuple[str, ...] = ()
    limit_m: float = 1000.0
    profile: str = "adult"

    @classmethod
    def read(cls, values: Mapping[str, Any], *, today: date | None = None) -> BankQuestion:
        """Return the question of an option's or an address's texts.

        Parameters
        ----------
        values : ``at``: longitude, latitude; or ``housing``. ``when``: a day, or a day and an hour;
            ``themes``: themes or kinds of activity; ``language``: a code or a name; ``limit``,
            ``profile``. What is missing or None is as the class says; other names are passed over.
        today : Stockholm's unless given.

        Raises
        ------
        InputError ``bad_point``, ``bad_moment``, ``unknown_profile``, ``unknown_term``, BadLimit,
        UnknownLanguage : what cannot be.
        """
        from geo.access.meeting import terms  # it loads what areas are made of

        told = {name: value for name, value in values.items() if value is not None}
        now = today or clock.today()
        profile = told.get("profile", cls.profile)
        presets.profile(profile)
        at, housing, when = (told.get(name, "") for name in ("at", "housing", "when"))
        if not at and not housing:
            raise InputError("bad_point", found="")
        lon, lat = read_point(at) if at else (None, None)
        since, until, whole_day = read_when(when) if when else (None, None, False)
        return cls(
            monday=terms.week_of(since.astimezone(STOCKHOLM).date() if since else now),
            today=now,
            lon=lon,
            lat=lat,
            housing="" if at else housing,
            since=since,
            until=until,
            whole_day=whole_day,
            language=terms.read_language(told.get("language", cls.language)),
            kinds=terms.read_kinds(told.get("themes", cls.kinds)),
            limit_m=presets.limit_m(told.get("limit", cls.limit_m)),
            profile=profile,
        )


def read_when(words: str) -> tuple[datetime, datetime, bool]:
    """Read a day, or a day and an hour, by Stockholm's clock unless another zone is written.

    Returns
    -------
    From when to when something is to be open, and whether that is a whole day: of an hour, what is
    open then or begins within ``soon_hours`` (``data/bank.toml``).

    Raises
    ------
    InputError ``bad_moment`` : anything else.

    >>> since, until, whole_day = read_when("2026-03-03T18:00")
    >>> since.isoformat(), until.isoformat(), whole_day
    ('2026-03-03T18:00:00+01:00', '2026-03-03T20:00:00+01:00', False)
    """
    from geo.area.activities.occurrences import midnight

    text = words.strip()
    try:
        whole_day = len(text) <= len("2026-03-03")
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InputError("bad_moment", found=text[:40]) from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise InputError("bad_moment", found=text[:40])
    if whole_day:
        day = found.date()
        return midnight(day), midnight(day + timedelta(days=1)), True
    since = found.astimezone(STOCKHOLM) if found.tzinfo else found.replace(tzinfo=STOCKHOLM)
    return since, since + timedelta(hours=rules().soon_hours), False
