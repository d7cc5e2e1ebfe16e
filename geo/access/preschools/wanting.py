"""Which children want a preschool place, and who of them has one: what files report comes first,
then the share enrolled at each age in the country (``data/preschools.toml``, ``[take_up]``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from geo.access.preschools.demand import (
    BAND,
    NEXT_BAND,
    TOLD,
    Demand,
    column_of,
    order_of,
    whole_numbers,
)
from geo.access.preschools.demand import is_few as is_few_at
from geo.access.preschools.supply import Amount, Preschool, Supply
from geo.area.model import Area
from geo.area.people import RESIDENTS
from geo.area.record_fields import rules
from geo.models.assignment.assign import Assignment, assign
from geo.network.distances import within
from geo.network.walk_network import Snapped
from geo.presets import Profile
from geo.types import Bools, Floats, Ints

IN_PRESCHOOL = "children_in_preschool"


@dataclass(frozen=True, eq=False)
class Wanting:
    """Children who want a place a row of ``area.people``: likely, with the fewest children and with
    the most. Each is whole by itself, so that only their sums are in order.

    ``known`` marks rows of which a file reports how many are in preschool, ``has`` how many those
    are. ``kept`` are the places that are taken a preschool: its enrolled children keep them.
    ``raised``: more are enrolled than the share by age has it, so that it is raised to them.
    """

    children: Ints
    low: Ints
    high: Ints
    known: Bools
    has: Ints
    kept: Ints
    raised: bool = False

    def amount(self, rows: Bools | slice = slice(None)) -> Amount:
        """Return the children of some rows who want a place, with their range."""
        cases = [int(part[rows].sum()) for part in (self.children, self.low, self.high)]
        return Amount(cases[0], min(cases), max(cases))


@dataclass(frozen=True, eq=False)
class Holders:
    """Who has a place: ``have`` children a row. ``within`` are the enrolled who live within the
    limit of theirs, ``beyond`` those who must live farther off, a row.
    """

    have: Ints
    within: Assignment
    beyond: Ints


def take_up_of(take_up: Sequence[float]) -> tuple[float, ...]:
    """Return the share of children who want a place at ages 1 to 5; empty: the country's."""
    return tuple(take_up) or rules().take_up.by_age


def wanting_of(
    area: Area, demand: Demand, supply: Supply, take_up: Sequence[float] = ()
) -> Wanting:
    """Return which children want a place.

    Of residents so large a share as ``take_up`` says for ages 1 to 5 (empty: the country's); never
    fewer than the file says are in preschool there, and in all never fewer than are enrolled. In
    transitional housing all children do; in preschool is the share that the housing's record tells,
    none where it tells nothing.
    """
    share, in_preschool = _shares(area, take_up_of(take_up))
    kept = np.array([taken(each) for each in supply.here], np.int64)
    known = np.isfinite(in_preschool) | demand.counted
    along = order_of(area)
    has = _whole(demand.children, np.nan_to_num(in_preschool), along)
    for family in demand.families:
        few = demand.stand_ins > 0 and is_few_at(family)
        told = 0.0 if few or family.enrolled_share is None else family.enrolled_share
        has[family.row] = int(told * demand.children[family.row] + 0.5)
    rest = int(kept.sum() - has[known].sum())
    least = np.where(demand.counted, 1.0, np.maximum(share, np.nan_to_num(in_preschool)))
    wanted, raised = [], False
    for case, children in enumerate((demand.children, demand.low, demand.high)):
        part, more = _raised(least, children, ~known, rest)
        raised |= more and case == 0
        wanted.append(np.maximum(_whole(children, part, along), np.minimum(has, children)))
    value, low, high = wanted
    return Wanting(value, low, high, known, has, kept, raised)


def taken(place: Preschool) -> int:
    """Return the places of a preschool that its children keep: 0 where neither they nor the
    vacancies are known.
    """
    if place.enrolled is not None:
        return place.enrolled
    if place.places is not None and place.vacancies is not None:
        return max(0, place.places.value - place.vacancies.value)
    return 0


def holders_of(
    area: Area,
    wanting: Wanting,
    children: Ints,
    metres: csr_array,
    goals: Snapped,
    walker: Profile,
) -> Holders:
    """Return who of ``children`` (a case of those who want a place) has one.

    As many of the enrolled as possible live within the limit (``metres``: the pairs within it) of
    their preschool, and then as near as possible; the rest are those of the area who live nearest.
    Where a file reports how many are in preschool, so many have a place, wherever it is.
    """
    told = np.minimum(wanting.has, children)
    may = np.where(wanting.known, told, children)
    inside = assign(metres, may, wanting.kept)
    left, slots = inside.unplaced, wanting.kept - inside.assigned
    beyond = np.zeros(len(may), np.int64)
    rows, columns = np.flatnonzero(left > 0), np.flatnonzero(slots > 0)
    if len(rows) and len(columns):
        people = area.snapped_people(walker).take(rows)
        far = within(area.network, people, goals.take(columns), within_m=np.inf, profile=walker)
        outside = assign(far, left[rows], slots[columns])
        beyond[rows] = left[rows] - outside.unplaced
    matched = may - left + beyond
    return Holders(np.where(wanting.known, told, matched), inside, beyond)


def _shares(area: Area, take_up: Sequence[float]) -> tuple[Floats, Floats]:
    """Return a row's share of children who want a place by ``take_up``, and the share that the
    file says are in preschool (NaN where it does not), at most 1.
    """
    lives = (area.people["origin"] == RESIDENTS).to_numpy(bool)
    first, second = (np.nan_to_num(column_of(area, name, lives)) for name in (BAND, NEXT_BAND))
    missing = ~np.isfinite(column_of(area, NEXT_BAND, lives))
    told = column_of(area, TOLD, lives)
    one_year = rules().bands.one_year
    young = first * (1 - one_year)
    five = np.where(missing, first, second) * one_year
    both, by_age = young + five, float(np.mean(take_up))
    of_bands = np.mean(take_up[:4]) * young + take_up[4] * five
    share = np.divide(of_bands, both, out=np.full(len(both), by_age), where=both > 0)
    share = np.where(np.isfinite(told), by_age, share)
    children = np.where(np.isfinite(told), told, both)
    there = column_of(area, IN_PRESCHOOL, lives)
    in_preschool = np.divide(there, children, out=np.full(len(both), np.nan), where=children > 0)
    return share, np.minimum(in_preschool, 1.0)


def _raised(least: Floats, children: Ints, may: Bools, enrolled: int) -> tuple[Floats, bool]:
    """Return a row's share of children who want a place, raised in the same degree where it
    ``may`` be until as many children as are ``enrolled`` want one, and whether it was.
    """
    want = float(children[may] @ least[may])
    room = float(children[may].sum()) - want
    short = enrolled - want
    if short <= 0 or room <= 0:
        return least, False
    share = np.where(may, least + (1 - least) * min(1.0, short / room), least)
    return share, True


def _whole(children: Ints, share: Floats, along: Ints) -> Ints:
    """Return a share of whole children a row as whole numbers whose sum is the rounded sum."""
    part = whole_numbers(children * share, np.zeros(len(children), np.int64), along)
    return np.minimum(part, children)
