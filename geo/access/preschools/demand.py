"""Which children aged 1–5 live where: estimated from five-year bands by a stated rule, counted in
transitional housing, always whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import privacy
from geo.access.preschools.supply import Amount, Problem
from geo.area.languages import counted_parts
from geo.area.model import Area
from geo.area.people import HOUSING, RESIDENTS
from geo.area.record_fields import cell, place_fields, plain_record, rules, share
from geo.cells import to_number, written
from geo.errors import AreaLacks
from geo.network.topology import morton
from geo.types import Bools, Floats, Ints

FEW_AS = 3
"""What a counted number from 1 to 4 stands as in figures that are disclosed."""
BAND, NEXT_BAND, TOLD = "children_0_4", "children_5_9", "children_1_5"


@dataclass(frozen=True)
class Family:
    """What one transitional housing reports of its children: None is unknown.

    ``row`` is its row in ``area.people``. ``with_infants``: only ages 0–5 are reported, so that
    some may be under one. The shares are from 0 to 1, as given.
    """

    place: str
    name: str
    row: int
    district: str
    children: int | None
    with_infants: bool = False
    enrolled_share: float | None = None
    three_year_olds_without_place: float | None = None
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Demand:
    """Children aged 1–5 a row of ``area.people``: whole numbers, ``low`` ≤ ``children`` ≤ ``high``.

    ``counted`` marks the rows of transitional housing, whose numbers are no estimates. ``rule`` is
    ``bands`` (0–4 and 5–9), ``first_band`` (0–4 alone, where 5–9 is nowhere known), ``told`` (the
    file reports children 1–5) or ``none`` (no residents). ``unknown_rows`` are rows of residents
    whose children are not known. ``stand_ins`` are housings whose small count is suppressed: there
    ``children`` is ``FEW_AS``, whatever it is in truth.
    """

    children: Ints
    low: Ints
    high: Ints
    counted: Bools
    rule: str
    families: tuple[Family, ...] = ()
    problems: tuple[Problem, ...] = ()
    unknown_rows: int = 0
    stand_ins: int = 0

    def amount(self, rows: Bools | Ints | slice = slice(None)) -> Amount:
        """Return the children of some rows, with their range."""
        return Amount(*(int(part[rows].sum()) for part in (self.children, self.low, self.high)))


def demand_of(area: Area, *, exact: bool = True) -> Demand:
    """Return the children aged 1–5 of an area.

    Unless ``exact``, small counts of housing stand as ``FEW_AS``: whatever is made of them, sums
    and differences of sums, then discloses no more of them than that they are small.

    Raises
    ------
    AreaLacks : neither a band 0–4 of residents nor children in transitional housing.
    """
    origin = area.people["origin"].to_numpy(object) if len(area.people) else np.array([], object)
    lives, housing = origin == RESIDENTS, origin == HOUSING
    families, problems = _families(area, housing)
    small = sum(is_few(family) for family in families)
    if not exact:
        families = tuple(
            replace(family, children=FEW_AS) if is_few(family) else family for family in families
        )
    count = len(area.people)
    first, told = column_of(area, BAND, lives), column_of(area, TOLD, lives)
    known = np.isfinite(first) | np.isfinite(told)
    has_band = bool(known.any())
    if not has_band and not any(family.children for family in families):
        raise AreaLacks(key="lacks.children_1_5")
    value, low, high, rule, unknown = np.zeros(count), np.zeros(count), np.zeros(count), "none", 0
    if has_band:
        value, low, high, rule = _of_bands(first, column_of(area, NEXT_BAND, lives), told)
        unknown = int((lives & ~known).sum())
    units, along = _units(area), _along(area)
    whole = whole_numbers(value, units, along)
    fewer = whole_numbers(_scaled(whole, value - low, value), units, along)
    more = whole_numbers(np.maximum(high - value, 0.0), units, along)
    fewer = np.minimum(whole, fewer)
    least, most = whole - fewer, whole + more
    for family in families:
        for part in (whole, least, most):
            part[family.row] = family.children or 0
    return Demand(
        whole,
        least,
        most,
        housing,
        rule,
        families,
        tuple(problems),
        unknown,
        stand_ins=0 if exact else small,
    )


def has_few(demand: Demand) -> bool:
    """Return whether some housing has so few counted children that their number is hidden."""
    return any(is_few(family) for family in demand.families)


def is_few(family: Family) -> bool:
    """Return whether a housing has so few children that their number is hidden."""
    return privacy.is_small(family.children or 0, counted=True)


def column_of(area: Area, name: str, lives: Bools) -> Floats:
    """Return a group's count per row of residents; NaN where it is not known, and for others."""
    if name not in area.people:
        return np.full(len(area.people), np.nan)
    return np.where(lives, area.people[name].to_numpy(np.float64), np.nan)


def order_of(area: Area) -> Ints:
    """Return each row's place in one order of all: unit by unit, neighbours on the ground beside
    each other.
    """
    order = np.lexsort((_along(area), _units(area)))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return place


def whole_numbers(values: Floats, units: Ints, along: NDArray[Any] | None = None) -> Ints:
    """Round amounts to whole numbers so that sums are kept: of all, of each unit, and of each
    stretch of rows in order, to within one.

    Each row gets the step of the rounded running sum. Where most amounts are below one, the
    largest remainders would give every child to the longest paths or largest buildings; running
    sums along the ground spread them as the amounts are spread.

    Parameters
    ----------
    values : amounts of at least zero, a row each.
    units : a number per row; rows of one unit are rounded together.
    along : the order of a unit's rows; None: as they stand.

    >>> whole_numbers(np.array([0.5, 0.5, 0.5, 0.5]), np.array([0, 0, 0, 0])).tolist()
    [1, 0, 1, 0]
    """
    if not len(values):
        return np.zeros(0, dtype=np.int64)
    order = np.lexsort((np.arange(len(units)) if along is None else along, units))
    running = np.floor(np.round(np.cumsum(values[order]), 6) + 0.5).astype(np.int64)
    whole = np.empty(len(values), dtype=np.int64)
    whole[order] = np.diff(running, prepend=0)
    return whole


def _of_bands(first: Floats, second: Floats, told: Floats) -> tuple[Floats, Floats, Floats, str]:
    """Return children 1–5 a row with the range, and which rule made them.

    Four of the five one-year classes of 0–4, and one of 5–9: ``A(1 − s) + B s``. Where 5–9 is not
    known for a row, its one class is taken to be as large as one of 0–4. Where the file reports
    children 1–5, that is their number.
    """
    rule = rules().bands
    has_next = np.isfinite(second)
    own = np.nan_to_num(first)
    next_own = np.where(has_next, np.nan_to_num(second), own)
    is_told = np.isfinite(told)
    value, low, high = (
        np.where(is_told, np.nan_to_num(told), own * (1 - infant) + next_own * fifth)
        for infant, fifth in (
            (rule.one_year, rule.one_year),
            (rule.most, rule.least),
            (rule.least, rule.most),
        )
    )
    by_band = ~is_told & (own > 0)
    if not by_band.any():
        return value, low, high, "told" if is_told.any() else "bands"
    return value, low, high, "bands" if (has_next & by_band).any() else "first_band"


def _scaled(whole: Ints, fewer: Floats, value: Floats) -> Floats:
    """Return how many of the whole children of each row may not be there."""
    part = np.divide(fewer, value, out=np.zeros(len(value)), where=value > 0)
    absent: Floats = whole * np.clip(part, 0.0, 1.0)
    return absent


def _units(area: Area) -> Ints:
    """Return a number per row: rows of one statistical area together, in order of appearance."""
    units: Ints = pd.factorize(area.people["unit"].astype(str))[0].astype(np.int64)
    return units


def _along(area: Area) -> NDArray[np.uint64]:
    """Return the order of rows along a Morton curve: neighbours on the ground are neighbours."""
    xy = area.people_xy
    inside = np.isfinite(xy).all(axis=1)
    code = np.zeros(len(xy), dtype=np.uint64)
    if inside.any():
        code[inside] = morton(xy[inside])
    return code


def _families(area: Area, housing: Bools) -> tuple[tuple[Family, ...], list[Problem]]:
    places = {
        str(place): (str(name), str(details))
        for place, name, details, kind in zip(
            *(area.places[column] for column in ("id", "name", "details", "kind")), strict=True
        )
        if kind == HOUSING
    }
    problems: list[Problem] = []
    found: list[Family] = []
    for row in np.flatnonzero(housing):
        person = area.people.iloc[row]
        name, details = places.get(str(person["unit"]), ("", ""))
        record = plain_record(place_fields(details))
        found.append(_family(record, str(person["unit"]), name, int(row), problems, len(found) + 1))
    districts = area.people["district"]
    return tuple(
        replace(family, district=str(districts.iloc[family.row])) for family in found
    ), problems


def _family(
    record: Mapping[str, Any],
    place: str,
    name: str,
    row: int,
    problems: list[Problem],
    number: int,
) -> Family:
    """Read one housing; ``number`` is its place in the order of the housings, from 1."""
    columns = rules().housing_columns
    children, with_infants, told = None, False, len(problems)
    for column in ("children_1_5", "children_0_5"):
        found = cell(record, columns[column])
        amount = None if found is None else to_number(found)
        if amount is not None and amount >= 0 and amount == int(amount):
            children, with_infants = int(amount), column == "children_0_5"
            break
        if found is not None:
            values = {"row": number, "found": written(found)[:40]}
            problems.append(Problem("no_children_count", place, name, values))
    if children is None and len(problems) == told:
        problems.append(Problem("no_children", place, name, {"row": number}))
    return Family(
        place,
        name,
        row,
        "",
        children,
        with_infants,
        _share(record, "enrolled_share", problems, place, name),
        _share(record, "three_year_olds_without_place", problems, place, name),
        _spoken(cell(record, columns["languages"])),
    )


def _spoken(found: object) -> tuple[str, ...]:
    """Return the languages of a cell; how many speak each ("tigrinja 40") does not matter here."""
    return tuple(dict.fromkeys(what for what, _ in counted_parts(written(found))))


def _share(
    record: Mapping[str, Any], field: str, problems: list[Problem], place: str, name: str
) -> float | None:
    found = cell(record, rules().housing_columns[field])
    if found is None:
        return None
    read = share(found)
    if read is None:
        values = {"field": field, "found": written(found)[:40]}
        problems.append(Problem("no_share", place, name, values))
    return read
