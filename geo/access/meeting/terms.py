"""The words a question about meeting places may use: kinds and themes, languages, who may come,
stretches of the week, measures of "established"; read and checked.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from geo import presets
from geo.area import languages
from geo.area.activities.model import Activity, activity_kinds, audiences, themes
from geo.area.newcomers import availabilities, free_hours
from geo.errors import AreaLacks, InputError
from geo.resources import DATA
from geo.texts import Phrase
from geo.types import Bools

if TYPE_CHECKING:
    from geo.area.model import Area


FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Years a week may be in: before and after them the calendar of holidays, and of dates, ends."""


@dataclass(frozen=True)
class Window:
    """A stretch of the week that sentences speak of; ``mask`` is its hours (7, 24)."""

    id: str
    sv: str
    en: str
    days: tuple[int, ...]
    first_hour: int
    end_hour: int

    def name(self, language: str) -> str:
        """Return it in running text, as in ``på vardagskvällar``."""
        return self.sv if language == "sv" else self.en

    @property
    def mask(self) -> Bools:
        """The hours it holds: Monday first."""
        mask = np.zeros((7, 24), dtype=bool)
        mask[list(self.days), self.first_hour : self.end_hour] = True
        return mask


@cache
def windows() -> tuple[Window, ...]:
    """Return the stretches of the week, in the order they are shown."""
    return tuple(
        Window(key, row["sv"], row["en"], tuple(row["days"]), row["from"], row["to"])
        for key, row in _table()["window"].items()
    )


@cache
def mentor_columns() -> tuple[str, ...]:
    """Return the columns in which an association may report how many it can match."""
    with (DATA / "associations.toml").open("rb") as file:
        columns = tomllib.load(file)["columns"]
    return (*columns["mentors_per_year"], *columns["buddies_per_year"])


@cache
def arena_kinds() -> tuple[str, ...]:
    """Return the kinds of place where people may meet."""
    return tuple(_table()["arena"]["kinds"])


def arena_decay() -> str:
    """Return the name of the decay by which people count the farther they live."""
    return str(_table()["arena"]["decay"])


def measure_of(area: Area, name: str) -> str:
    """Return the group whose share is shown as context: that of a measure of this name, or of the
    first the area has; "" where it has none.

    Raises
    ------
    InputError ``unknown_term`` : no measure has the name. AreaLacks : the area has not the figures
    that were asked for.
    """
    read_established(name)
    here = [each for each in presets.established() if presets.established()[each] in area.groups]
    if name and name not in here:
        if not here:
            raise AreaLacks(key="meeting.lacks_established")
        raise AreaLacks(key="meeting.lacks_measure", found=name, known=", ".join(here))
    return presets.established()[name or here[0]] if here else ""


@cache
def kinds_of(chosen: tuple[str, ...]) -> frozenset[str]:
    """Return kinds of activity, each theme as its kinds; none chosen: all."""
    if not chosen:
        return frozenset(activity_kinds())
    return frozenset(
        kind for kind, row in activity_kinds().items() if kind in chosen or row.theme in chosen
    )


@cache
def without_hours() -> frozenset[str]:
    """Return the kinds of activity that nobody walks to at an hour."""
    return frozenset(_table()["hours"]["without"])


def read_kinds(words: Iterable[str]) -> tuple[str, ...]:
    """Return kinds of activity or themes, each once, or raise ``unknown_term``."""
    valid = {**themes(), **activity_kinds()}
    for word in words:
        _known(word, valid, "kind")
    return tuple(dict.fromkeys(words))


def read_audience(word: str) -> str:
    """Return who may come, or raise ``unknown_term``; "" stays so."""
    return _known(word, audiences(), "audience") if word else ""


def read_established(word: str) -> str:
    """Return a measure of "established", or raise ``unknown_term``; "" stays so."""
    return _known(word, presets.established(), "established") if word else ""


def read_language(words: str) -> str:
    """Return a language's code, given its code or a name of it; "" stays so."""
    return languages.language(words) if words else ""


def week_of(day: date) -> date:
    """Return the Monday of a day's week, or raise ``bad_date`` for a year nobody asks about."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InputError("bad_date", found=day.isoformat())
    return day - timedelta(days=day.weekday())


def kinds_name(chosen: tuple[str, ...], language: str) -> str:
    """Return the names of kinds and themes, in running text; "" where none is chosen."""
    valid = {**themes(), **activity_kinds()}
    return ", ".join(valid[word].name(language).lower() for word in chosen)


def speaks(activity: Activity, language: str) -> bool | None:
    """Return whether an activity speaks a language; None where its record does not report it. No
    language in the question: yes.
    """
    if not language:
        return True
    if not activity.languages:
        return None
    return any(languages.speaks(language, spoken) for spoken in activity.languages)


def can_come(when: str) -> Bools:
    """Return the hours (7, 24) that people can come by a preset: all hours, where none is
    chosen.
    """
    return free_hours(when) if when else np.ones((7, 24), dtype=bool)


def read_when(word: str) -> str:
    """Return a preset of hours, or raise ``unknown_term``; "" stays so."""
    return _known(word, availabilities(), "when") if word else ""


def _known(word: str, valid: Iterable[str], what: str) -> str:
    names = list(valid)
    if word not in names:
        close = difflib.get_close_matches(word.lower(), names, n=3, cutoff=0.5)
        raise InputError(
            "unknown_term",
            what=Phrase(f"meeting.term_{what}"),
            found=word,
            nearest=", ".join(close or names),
        )
    return word


@cache
def _table() -> dict[str, Any]:
    with (DATA / "meeting.toml").open("rb") as file:
        return tomllib.load(file)
