"""A question to the knowledge bank, from what a person chose or wrote to what the search takes. The
door where a mistake is told; behind it every word is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from geo import presets
from geo.area.activities.occurrences import STOCKHOLM, midnight
from geo.around import read_point
from geo.banking.records import rules
from geo.errors import BadMoment, BadPoint
from geo.meeting import terms

LIMIT_M = "1000"
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class Wish:
    """What is asked, as written. ``at``: longitude, latitude; or ``housing``: an id or a name.
    ``when``: a day, or a day and an hour; ``themes``: themes or kinds of activity; ``language``: a
    code or a name. Empty: not asked for.
    """

    at: str = ""
    housing: str = ""
    when: str = ""
    language: str = ""
    themes: tuple[str, ...] = ()
    limit: str = LIMIT_M
    profile: str = "adult"


@dataclass(frozen=True)
class Question:
    """A question, checked. From a point (``lon``, ``lat``: degrees) or a ``housing`` (id or name).

    ``since`` and ``until``: aware moments between which something is to be open; None: any time.
    ``whole_day``: no hour was told. ``monday`` begins the week that hours are told of; ``today``
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


def ask(wish: Wish, *, today: date | None = None) -> Question:
    """Return a question with every word checked; ``today`` is Stockholm's unless told.

    Raises
    ------
    BadPoint, BadMoment, BadLimit, UnknownProfile, UnknownLanguage, UnknownTerm : what can not be.
    """
    now = today or datetime.now(STOCKHOLM).date()
    presets.profile(wish.profile)
    if not wish.at and not wish.housing:
        raise BadPoint(found="")
    lon, lat = read_point(wish.at) if wish.at else (None, None)
    since, until, whole_day = read_when(wish.when) if wish.when else (None, None, False)
    return Question(
        monday=terms.week_of(since.astimezone(STOCKHOLM).date() if since else now),
        today=now,
        lon=lon,
        lat=lat,
        housing="" if wish.at else wish.housing,
        since=since,
        until=until,
        whole_day=whole_day,
        language=terms.read_language(wish.language),
        kinds=terms.read_kinds(wish.themes),
        limit_m=presets.limit_m(wish.limit),
        profile=wish.profile,
    )


def read_when(words: str) -> tuple[datetime, datetime, bool]:
    """Read a day, or a day and an hour, by Stockholm's clock unless another zone is written.

    Returns
    -------
    From when to when something is to be open, and whether that is a whole day: of an hour, what is
    open then or begins within ``soon_hours`` (``data/bank.toml``).

    Raises
    ------
    BadMoment : anything else.

    >>> since, until, whole_day = read_when("2026-03-03T18:00")
    >>> since.isoformat(), until.isoformat(), whole_day
    ('2026-03-03T18:00:00+01:00', '2026-03-03T20:00:00+01:00', False)
    """
    text = words.strip()
    try:
        whole_day = len(text) <= len("2026-03-03")
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadMoment(found=text[:40]) from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise BadMoment(found=text[:40])
    if whole_day:
        day = found.date()
        return midnight(day), midnight(day + timedelta(days=1)), True
    since = found.astimezone(STOCKHOLM) if found.tzinfo else found.replace(tzinfo=STOCKHOLM)
    return since, since + timedelta(hours=rules().soon_hours), False
