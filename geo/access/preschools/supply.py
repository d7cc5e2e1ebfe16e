"""Which places there are for small children: places, enrolled and vacancies of each preschool on a
date, with what is stated, what is estimated and what is unknown kept apart.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from geo.area.model import Area
from geo.area.record_fields import cell, day, place_fields, plain_record, rules
from geo.cells import plain, to_number, written

KIND = "preschool"
STATED, SUM, ESTIMATED, UNKNOWN = "stated", "sum", "estimated", "unknown"
"""What a number of places rests on: the file says it; enrolled and vacancies added; the rule for
places where only the enrolled are known; nothing."""


@dataclass(frozen=True)
class Problem:
    """Something in the data that a person should look at: ``what`` is a key under
    ``preschool_problem.`` with ``values``; ``place`` and ``name``: where.
    """

    what: str
    place: str
    name: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Amount:
    """A whole number with the range it may lie in; low = high where it is known."""

    value: int
    low: int
    high: int

    @property
    def estimated(self) -> bool:
        """Whether it is not known exactly."""
        return self.low != self.high


@dataclass(frozen=True)
class Preschool:
    """One place for children (or, of another kind, for those it takes). None is unknown.

    ``row`` is its row in ``area.places``. ``basis`` says what ``places`` rest on. ``owner`` is
    ``municipal``, ``independent``, or the file's own word. ``without_personal_number`` is ``yes``,
    ``no`` or ``unknown``. ``valid_from`` and ``valid_to`` are the first and last day.
    """

    id: str
    name: str
    kind: str
    row: int
    district: str
    lon: float
    lat: float
    basis: str
    places: Amount | None
    enrolled: int | None
    vacancies: Amount | None
    groups: int | None = None
    owner: str = ""
    ages: str = ""
    without_personal_number: str = UNKNOWN
    languages: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def estimated(self) -> bool:
        """Whether its places are estimated from the enrolled."""
        return self.basis == ESTIMATED

    def is_valid(self, when: date) -> bool:
        """Return whether it exists on a date; a day that is not known is no bound."""
        after = self.valid_from is None or self.valid_from <= when
        return after and (self.valid_to is None or when <= self.valid_to)


@dataclass(frozen=True)
class Supply:
    """The places of one kind on a date: those that exist then, those that do not, and problems."""

    kind: str
    when: date
    here: tuple[Preschool, ...]
    not_valid: tuple[Preschool, ...]
    problems: tuple[Problem, ...]

    @property
    def known(self) -> tuple[Preschool, ...]:
        """Those whose number of places is known or estimated."""
        return tuple(each for each in self.here if each.places is not None)

    @property
    def unknown(self) -> tuple[Preschool, ...]:
        """Those with neither places nor enrolled: listed, and not counted as none."""
        return tuple(each for each in self.here if each.places is None)


def supply_of(area: Area, when: date, kind: str = KIND) -> Supply:
    """Return what the places of a kind can take on a date, in the order of ``area.places``."""
    rows = [row for row, found in enumerate(area.places["kind"]) if found == kind]
    problems: list[Problem] = []
    found = [_preschool(area, row, problems) for row in rows]
    here = tuple(each for each in found if each.is_valid(when))
    return Supply(
        kind,
        when,
        here,
        tuple(each for each in found if not each.is_valid(when)),
        tuple(problems),
    )


def total(amounts: Iterable[Amount | None]) -> Amount:
    """Return the sum of amounts, unknown ones left out."""
    known = [each for each in amounts if each is not None]
    return Amount(
        sum(each.value for each in known),
        sum(each.low for each in known),
        sum(each.high for each in known),
    )


def estimated_places(enrolled: int) -> Amount:
    """Return the places of a preschool of which only the enrolled are known, by the stated rule.

    >>> estimated_places(95)
    Amount(value=100, low=95, high=106)
    """
    rule = rules().filled
    low, value, high = (
        math.floor(enrolled / part + 0.5)
        for part in (rule.fewest_places, rule.share, rule.most_places)
    )
    return Amount(value, low, high)


def _preschool(area: Area, row: int, problems: list[Problem]) -> Preschool:
    place = area.places.iloc[row]
    record = plain_record(place_fields(str(place["details"])))
    columns = rules().columns
    id_, name = str(place["id"]), str(place["name"])

    def say(what: str, **values: Any) -> None:
        problems.append(Problem(what, id_, name, values))

    counts = {
        field: _count(record, columns[field], field, say)
        for field in ("places", "enrolled", "vacancies", "groups")
    }
    places, basis, vacancies = _places(
        counts["places"],
        counts["enrolled"],
        counts["vacancies"],
        say,
        by_rule=place["kind"] == KIND,
    )
    dates = [_day(record, columns[field], field, say) for field in ("valid_from", "valid_to")]
    return Preschool(
        id=id_,
        name=name,
        kind=str(place["kind"]),
        row=row,
        district=str(place["district"]),
        lon=float(place.geometry.x),
        lat=float(place.geometry.y),
        basis=basis,
        places=places,
        enrolled=counts["enrolled"],
        vacancies=vacancies,
        groups=counts["groups"],
        owner=_word(cell(record, columns["owner"]), ("municipal", "independent")),
        ages=written(cell(record, columns["ages"])),
        without_personal_number=_yes_or_no(cell(record, columns["without_personal_number"])),
        languages=words(cell(record, columns["languages"])),
        valid_from=dates[0],
        valid_to=dates[1],
    )


def words(value: Any) -> tuple[str, ...]:
    """Return the words of a cell that lists some: apart by comma, semicolon, slash or ``|``.

    >>> words("svenska, arabiska/ukrainska")
    ('svenska', 'arabiska', 'ukrainska')
    """
    parts = (part.strip() for part in re.split(r"[,;/|]", written(value)))
    return tuple(dict.fromkeys(part for part in parts if part))


def _places(
    places: int | None, enrolled: int | None, vacancies: int | None, say: Any, *, by_rule: bool
) -> tuple[Amount | None, str, Amount | None]:
    """Return places, what they rest on, and vacancies, of what the file reports; ``by_rule``: what
    is missing may be estimated, and its absence is noted.
    """
    free = None if vacancies is None else Amount(vacancies, vacancies, vacancies)
    if places is not None:
        whole = Amount(places, places, places)
        if enrolled is not None and places < enrolled:
            say("fewer_places", places=places, enrolled=enrolled)
            return whole, STATED, Amount(0, 0, 0)
        if free is None and enrolled is not None:
            left = places - enrolled
            free = Amount(left, left, left)
        elif free is not None and free.value > places:
            say("more_vacancies", vacancies=free.value, places=places)
            free = Amount(places, places, places)
        return whole, STATED, free
    if enrolled is None or not (by_rule or free):
        if by_rule:
            say("nothing_known")
        return None, UNKNOWN, free
    if free is not None:
        both = enrolled + free.value
        return Amount(both, both, both), SUM, free
    whole = estimated_places(enrolled)
    return (
        whole,
        ESTIMATED,
        Amount(whole.value - enrolled, whole.low - enrolled, whole.high - enrolled),
    )


def _count(record: Mapping[str, Any], names: tuple[str, ...], field: str, say: Any) -> int | None:
    """Return a whole number of at least zero; anything else is reported as a problem, and
    unknown.
    """
    found = cell(record, names)
    if found is None:
        return None
    number = to_number(found)
    if number is None or number < 0 or number != int(number):
        say("no_count", field=field, found=written(found)[:40])
        return None
    return int(number)


def _day(record: Mapping[str, Any], names: tuple[str, ...], field: str, say: Any) -> date | None:
    found = cell(record, names)
    if found is None:
        return None
    read = day(found)
    if read is None:
        say("no_date", field=field, found=written(found)[:40])
    return read


def _word(value: Any, known: tuple[str, ...]) -> str:
    own = written(value)
    return next((name for name in known if plain(own) in rules().words[name]), own)


def _yes_or_no(value: Any) -> str:
    found = plain(written(value))
    return next((name for name in ("yes", "no") if found in rules().words[name]), UNKNOWN)
