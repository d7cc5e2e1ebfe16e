"""Groups of people who live in transitional housing: the languages they speak and when they can
come.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from geo.area import languages
from geo.area.activities.model import Span
from geo.area.languages import counted_parts
from geo.area.opening_hours import weekly
from geo.area.people import HOUSING
from geo.area.protected import is_restricted
from geo.area.record_fields import place_fields
from geo.cells import plain, written
from geo.errors import InputError, UnknownLanguage
from geo.resources import DATA

if TYPE_CHECKING:
    from geo.area.model import Area


LANGUAGE_COLUMNS = ("languages", "språk", "sprak", "language", "modersmål")
AVAILABILITY_COLUMNS = ("availability", "tillgänglighet", "kankomma", "närdekankomma")


@dataclass(frozen=True)
class Availability:
    """A preset of when people can come; an assumption that has a name."""

    id: str
    sv: str
    en: str
    free: str
    names: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        """Return what keeps them, as in ``läser sfi på förmiddagen``."""
        return self.sv if language == "sv" else self.en


@dataclass(frozen=True)
class Part:
    """Some of a group: a language's code or a preset's id, and how many; None: not reported."""

    code: str
    people: float | None = None


@dataclass(frozen=True)
class Newcomers:
    """The people of one housing.

    ``people``: how many, NaN where unknown. ``languages`` and ``availability``: empty where
    unknown; a person may be in several languages. ``unread``: the parts of the record on languages
    or times that cannot be read.
    """

    place: str
    name: str
    people: float
    languages: tuple[Part, ...] = ()
    availability: tuple[Part, ...] = ()
    unread: tuple[str, ...] = ()
    demonstration: bool = False

    @property
    def language_codes(self) -> tuple[str, ...]:
        """Return the languages somebody here is known to speak."""
        return tuple(part.code for part in self.languages)

    def free(self, hours: NDArray[np.bool_]) -> Span:
        """Return how many are free in at least one of some hours (7, 24): a range.

        Where the times have counts, those left over are free at a time listed without one, else at
        one that is not known: they are in the high end alone. NaN where it is not known how many
        live here.
        """
        fitting = {part.code for part in self.availability if (free_hours(part.code) & hours).any()}
        return _in_parts(self.people, self.availability, fitting)


@cache
def availabilities() -> dict[str, Availability]:
    """Return the presets of when people can come, by id, in the order they are shown."""
    with (DATA / "availability.toml").open("rb") as file:
        rows: dict[str, dict[str, Any]] = tomllib.load(file)
    return {
        key: Availability(id=key, **{**row, "names": tuple(row["names"])})
        for key, row in rows.items()
    }


@cache
def free_hours(availability: str) -> NDArray[np.bool_]:
    """Return the hours of a week in which people of a preset are free: (7, 24), Monday first.

    >>> free_hours("works_daytime")[0].nonzero()[0].tolist()
    [18, 19, 20]
    """
    grid = np.zeros((7, 24), dtype=bool)
    for day, start, end in weekly(availabilities()[availability].free) or ():
        grid[day, -(-start // 60) : end // 60] = True
    grid.flags.writeable = False
    return grid


def newcomers_of(area: Area) -> tuple[Newcomers, ...]:
    """Return the people of each transitional housing, in the order of its places.

    Of protected housing only the count is disclosed: its languages and times stand as unknown.
    """
    people = area.people[area.people["origin"] == HOUSING]
    counts = (
        dict(zip(people["unit"], people["newcomers"], strict=True)) if "newcomers" in people else {}
    )
    housing = area.places_of(HOUSING)
    rows = housing.drop(columns="geometry").to_dict("records")
    return tuple(
        _of_place(row, float(counts.get(row["id"], math.nan)), {} if protected else _record(row))
        for row, protected in zip(rows, is_restricted(housing), strict=True)
    )


def housing_asked(area: Area, text: str) -> str:
    """Return the id of the housing that a text means: its id, the id its file gave it, or its name
    (as written, else without case, spaces and punctuation).

    Raises
    ------
    InputError ``unknown_housing`` : no housing, or several, are called so.
    """
    housing = area.places_of(HOUSING)
    ids = [str(cell) for cell in housing["id"]]
    names = [str(cell) for cell in housing["name"]]
    wanted = text.strip()
    for meant in (
        [wanted, f"{HOUSING}-{wanted}"],
        [at for at, name in zip(ids, names, strict=True) if name == wanted],
        [at for at, name in zip(ids, names, strict=True) if plain(name) == plain(wanted) != ""],
    ):
        hits = [each for each in dict.fromkeys(meant) if each in ids]
        if hits and (len(hits) == 1 or wanted in hits):
            return wanted if wanted in hits else hits[0]
        if hits:
            raise InputError("unknown_housing", found=text, known=", ".join(hits))
    known = [name or own for name, own in zip(names, ids, strict=True)]
    raise InputError("unknown_housing", found=text, known=", ".join(known) or "–")


def availability(text: str) -> str:
    """Return a preset's id, given it or its name; "" where no preset is meant.

    >>> availability("SFI på förmiddagen"), availability("seglar")
    ('sfi_morning', '')
    """
    return _by_name().get(plain(text), "")


def _record(row: dict[Any, Any]) -> dict[str, str]:
    return {plain(key): written(value) for key, value in place_fields(row["details"]).items()}


def _of_place(row: dict[Any, Any], people: float, record: dict[str, str]) -> Newcomers:
    spoken, unread = _languages(_said(record, LANGUAGE_COLUMNS), people)
    parts = counted_parts(_said(record, AVAILABILITY_COLUMNS), _known(people), availability)
    times = tuple(Part(code, count) for what, count in parts if (code := availability(what)))
    lost = tuple(what for what, _ in parts if not availability(what))
    return Newcomers(
        place=str(row["id"]),
        name=str(row["name"]),
        people=people,
        languages=spoken,
        availability=times,
        unread=unread + lost,
        demonstration=bool(row["demonstration"]),
    )


def _languages(text: str, people: float) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    found: dict[str, float | None] = {}
    unread = []
    for what, count in counted_parts(text, _known(people)):
        try:
            code = languages.language(what)
        except UnknownLanguage:
            unread.append(what)
            continue
        earlier = found.get(code)
        found[code] = count if earlier is None else earlier + (count or 0)
    return tuple(Part(code, count) for code, count in found.items()), tuple(unread)


def _in_parts(people: float, parts: tuple[Part, ...], fitting: set[str]) -> Span:
    """Count the people of the fitting parts: a range.

    Counts that add up to no more than all are of different people, else they overlap. The rest of
    the people are of the parts without a count; where there is no such part, nothing is known of
    them.
    """
    if math.isnan(people):
        return Span(math.nan, math.nan)
    all_told = sum(part.people or 0.0 for part in parts)
    fit = [part.people for part in parts if part.code in fitting and part.people is not None]
    least = max(fit, default=0.0) if all_told > people else sum(fit)
    rest = max(people - all_told, 0.0)
    uncounted = [part.code in fitting for part in parts if part.people is None]
    low = least + (rest if uncounted and all(uncounted) else 0.0)
    high = sum(fit) + (rest if not uncounted or any(uncounted) else 0.0)
    return Span(min(low, people), min(high, people))


def _said(record: dict[str, str], names: tuple[str, ...]) -> str:
    return next((record[name] for name in names if record.get(name)), "")


def _known(people: float) -> float | None:
    return None if math.isnan(people) else people


@cache
def _by_name() -> dict[str, str]:
    found: dict[str, str] = {}
    for key, row in availabilities().items():
        for text in (key, row.sv, row.en, *row.names):
            found.setdefault(plain(text), key)
    return found
