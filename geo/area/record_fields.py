"""The fields of places and the stated rules behind preschool figures: column names, shares and ages
of ``data/preschools.toml``, typed.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from geo.area import provenance
from geo.cells import is_unknown, plain, to_number, written
from geo.errors import InputError
from geo.resources import DATA


@dataclass(frozen=True)
class Filled:
    """What share of its places a preschool has taken, where only the enrolled are known."""

    share: float
    fewest_places: float
    most_places: float


@dataclass(frozen=True)
class Bands:
    """What share of a five-year band one year of age holds, and between what bounds."""

    one_year: float
    least: float
    most: float


@dataclass(frozen=True)
class TakeUp:
    """What share of children is in preschool in the country, at ages 1 to 5, and in which year."""

    by_age: tuple[float, ...]
    year: int


@dataclass(frozen=True)
class Growing:
    """How preschools can grow: places per group, groups at most, and a new site's cost in
    places.
    """

    module: int
    most_modules_existing: int
    most_modules_new: int
    new_site: float
    candidates: tuple[str, ...]


@dataclass(frozen=True)
class Calls:
    """How the list of whom to call is made."""

    step_m: float
    most: int
    nearest_vacancies: int


@dataclass(frozen=True)
class Reception:
    """Columns that say whether a housing has a reception, and the words for no, plain-compared."""

    columns: tuple[str, ...]
    no: tuple[str, ...]


@dataclass(frozen=True)
class About:
    """Columns that say where about a place is, and that its point is approximate."""

    words: tuple[str, ...]
    mark: tuple[str, ...]


@dataclass(frozen=True)
class Rules:
    """All stated rules; ``columns`` and ``housing_columns`` hold plain-compared names."""

    columns: Mapping[str, tuple[str, ...]]
    housing_columns: Mapping[str, tuple[str, ...]]
    reception: Reception
    about: About
    words: Mapping[str, frozenset[str]]
    filled: Filled
    bands: Bands
    take_up: TakeUp
    surge_ages: Mapping[str, tuple[int, int]]
    surge_mix: Mapping[str, float]
    growing: Growing
    calls: Calls


@cache
def rules() -> Rules:
    """Return the rules of ``data/preschools.toml``."""
    with (DATA / "preschools.toml").open("rb") as file:
        table = tomllib.load(file)
    growing = table["growing"]
    return Rules(
        columns=_plain_names(table["columns"]),
        housing_columns=_plain_names(table["housing_columns"]),
        reception=Reception(**_plain_names(table["reception"])),
        about=About(**_plain_names(table["about"])),
        words={name: frozenset(map(plain, words)) for name, words in table["words"].items()},
        filled=Filled(**table["filled"]),
        bands=Bands(**table["bands"]),
        take_up=TakeUp(tuple(table["take_up"]["by_age"]), table["take_up"]["year"]),
        surge_ages={kind: (low, high) for kind, (low, high) in table["surge"]["ages"].items()},
        surge_mix=table["surge"]["mix"],
        growing=Growing(**{**growing, "candidates": tuple(growing["candidates"])}),
        calls=Calls(**table["calls"]),
    )


def cell(record: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    """Return what stands in the first of the columns that says something, else None.

    ``record`` has plain-compared names (see ``plain_record``).
    """
    for name in names:
        if name in record and not is_unknown(record[name]):
            return record[name]
    return None


def plain_record(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record under plain-compared names; of two that compare alike, the first.

    >>> plain_record({"Antal barn": 11})
    {'antalbarn': 11}
    """
    plainer: dict[str, Any] = {}
    for name, value in record.items():
        plainer.setdefault(plain(name), value)
    return plainer


def is_reception(column: str) -> bool:
    """Return whether a column of housing is on its reception."""
    return plain(column) in rules().reception.columns


def has_reception(record: Mapping[str, Any]) -> bool:
    """Return whether a housing has a reception: yes, unless its record says no.

    >>> has_reception({}), has_reception({"Har reception": "Nej"}), has_reception({"reception": ""})
    (True, False, True)
    """
    known, told = rules().reception, plain_record(record)
    return not any(plain(written(told.get(name))) in known.no for name in known.columns)


APPROXIMATE = "ungefärligt_läge"
"""The detail that says that a place's point is approximate: where about, and by which words."""


def words_about(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the words by which a record says where about its place is.

    >>> words_about({"Ungefärlig plats": "Tegelhögen; Vällingby"})
    ('Tegelhögen', 'Vällingby')
    """
    found = cell(plain_record(record), rules().about.words)
    return tuple(part.strip() for part in written(found).split(";") if part.strip())


def approximate(record: Mapping[str, Any]) -> str:
    """Return how a record says that its point is approximate; "" where it does not."""
    return written(cell(plain_record(record), rules().about.mark))


def exact(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record without what says that its point is approximate."""
    return {name: record[name] for name in record if plain(name) not in rules().about.mark}


def day(value: Any) -> date | None:
    """Return a cell as a date, None where it is not one.

    >>> day("2026-03-01"), day("20260301"), day("i vår")
    (datetime.date(2026, 3, 1), datetime.date(2026, 3, 1), None)
    """
    found = written(value)
    if not found[:1].isdigit():
        return None
    for form in ("%Y-%m-%d", "%Y%m%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y"):
        try:
            return datetime.strptime(found, form).date()
        except ValueError:
            continue
    return None


def read_day(words: str) -> date:
    """Return a date as a person writes it, or raise ``bad_date``."""
    found = day(words)
    if found is None:
        raise InputError("bad_date", found=words)
    return found


def share(value: Any) -> float | None:
    """Return a cell as a share from 0 to 1: above 1 it is per cent; None where it is neither.

    >>> share("35 %"), share(0.35), share("120")
    (0.35, 0.35, None)
    """
    number = to_number(str(value).replace("%", "").strip()) if value is not None else None
    if number is None or number < 0:
        return None
    found = number / 100 if number > 1 or "%" in str(value) else number
    return found if found <= 1 else None


def _plain_names(table: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {field: tuple(map(plain, names)) for field, names in table.items()}


PLACE_COLUMNS = (*provenance.PLACES, "geometry")
"""The columns of ``Area.places``, in order."""


def place_fields(details: str) -> dict[str, Any]:
    """Return a place's ``details`` as a record; an empty text holds nothing.

    >>> place_fields('{"antal_barn": 11}')
    {'antal_barn': 11}
    """
    record = json.loads(details) if details else {}
    return record if isinstance(record, dict) else {}
