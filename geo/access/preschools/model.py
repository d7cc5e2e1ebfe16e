"""What an area's preschool places against its children look like as an answer: who of those who
want a place has one, who gets a vacant one within the limit in each case the estimates allow, and
who is left without, by distance and by lack of places apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from geo.access.preschools.demand import Demand, Family
from geo.access.preschools.question import PreschoolQuestion
from geo.access.preschools.supply import Amount, Preschool, Problem, Supply
from geo.access.preschools.wanting import Holders, Wanting, holders_of, wanting_of
from geo.area.model import Area
from geo.area.provenance import Source
from geo.models.assignment.assign import Assignment, assign, most_placed
from geo.network.distances import within
from geo.network.walk_network import Snapped
from geo.presets import Profile
from geo.types import Bools, Floats, Ints


@dataclass(frozen=True)
class Shortage:
    """Children who want a place, have none, and get none within the limit.

    ``children`` is their number, with a range: low with the most places the rule allows, high with
    the fewest. ``widest`` is its range if also the children everywhere were as few, or as many, as
    the rule for them allows, and at best the preschools whose places are unknown took all near. Of
    ``children.value``, ``by_distance`` have no preschool within the limit, ``by_places`` have one
    but no place is left; of the latter, ``beside_unknown`` could walk to a preschool whose places
    are not known. ``unreachable`` are those of ``by_distance`` whom no path joins to the network.
    ``few``: the parts would disclose a few counted children, and must be suppressed.
    """

    children: Amount
    widest: Amount
    by_distance: int
    by_places: int
    beside_unknown: int
    unreachable: int
    few: bool = False


@dataclass(frozen=True)
class PreschoolRow:
    """One preschool in the answer; ``assigned`` and ``left`` are None where places are unknown.

    ``assigned`` are the enrolled, who keep their places, and those who get a vacant one; ``left``
    is what then is vacant. ``shadow_m`` is how many metres less those who get a vacant place
    together would walk, one way, with one more place here; ``would_place`` whether that place would
    let in one more child, whose walk then counts too (``geo.models.assignment.assign``).
    ``children_in_reach`` live within the limit.
    """

    preschool: Preschool
    children_in_reach: int
    assigned: int | None
    left: Amount | None
    shadow_m: float | None
    would_place: bool


@dataclass(frozen=True)
class DistrictRow:
    """One district: its children, the places that lie there, and who is left without.

    ``places``, ``enrolled`` and ``vacancies`` are of the preschools in the district, unknown ones
    left out (``unknown`` is how many). ``wanting`` are the children who want a place,
    ``with_place`` those of them who have one. ``places_per_child`` is by the question's method, a
    mean over the district's children; None with no children here. ``surplus`` are places of the
    district's preschools that no child within the limit is left to take; ``balance`` is places that
    lie here less children who live here, below zero where there are too few. What the statistics
    report of children in preschool and of three-year-olds without a place is passed on; None where
    they do not.
    """

    name: str
    children: Amount
    places: Amount
    enrolled: int
    vacancies: Amount
    preschools: int
    unknown: int
    places_per_child: float | None
    shortage: Shortage
    surplus: Amount
    balance: Amount
    wanting: Amount
    with_place: Amount
    counted: bool
    three_year_olds_without_place: float | None = None
    children_in_preschool: float | None = None
    hidden: bool = False

    @property
    def without_place(self) -> Amount:
        """Children here who want a place and have none, whether or not they can get one."""
        return _without(self.wanting, self.with_place)


@dataclass(frozen=True)
class Vacant:
    """A preschool with vacancies, and how far it is to walk there."""

    id: str
    name: str
    metres: float
    minutes: float
    vacancies: Amount


@dataclass(frozen=True)
class HousingRow:
    """One transitional housing: its children, what is within the limit, and what is nearest free.

    ``shortage`` is None where the number of children is unknown. ``places_per_child`` as in
    ``DistrictRow``. ``nearest`` are the nearest preschools with vacancies, at any distance.
    """

    family: Family
    preschools: int
    unknown: int
    places: Amount
    vacancies: Amount
    vacancies_unknown: int
    places_per_child: float | None
    shortage: Shortage | None
    nearest: tuple[Vacant, ...]
    hidden: bool = False


@dataclass(frozen=True, eq=False)
class PreschoolAnswer:
    """Places against children for a whole area.

    ``access`` is places per child for each row of ``area.people`` by the method (NaN where it gives
    none). Of ``children`` those ``wanting`` a place are who it is about; ``with_place`` of them
    have one, ``beyond_limit`` of these farther off than the limit. ``placed`` are the children a
    row who have a place or get a vacant one; ``assignment`` is of those who have none against the
    vacant places.
    ``newcomers`` is the shortage of the children in transitional housing; its range also goes from
    their being first in the queue to their being last. ``mean_walk_m`` is over children who
    have or get a place within the limit (NaN without any). ``newcomer_children`` None, and rows or
    the whole marked ``hidden``: a small count that must be suppressed (see
    ``geo.output.words.preschools``). ``few``: all children are counted and some housing is hidden,
    so that who takes how many would disclose it.
    """

    area: str
    question: PreschoolQuestion
    supply: Supply
    demand: Demand
    children: Amount
    wanting: Amount
    with_place: Amount
    beyond_limit: int
    raised: bool
    newcomer_children: int | None
    places: Amount
    vacancies: Amount
    enrolled: int
    shortage: Shortage
    newcomers: Shortage
    mean_walk_m: float
    preschools: tuple[PreschoolRow, ...]
    districts: tuple[DistrictRow, ...]
    housing: tuple[HousingRow, ...]
    problems: tuple[Problem, ...]
    sources: tuple[Source, ...]
    demonstration: bool
    access: Floats
    placed: Ints
    assignment: Assignment
    goals: Snapped
    hidden: bool = False
    few: bool = False

    @property
    def without_place(self) -> Amount:
        """Children who want a place and have none, whether or not they can get one."""
        return _without(self.wanting, self.with_place)

    @property
    def assumed(self) -> int:
        """How many preschools' places are assumed: only their enrolled are known."""
        return sum(each.estimated for each in self.supply.here)

    @property
    def estimated(self) -> bool:
        """Whether any of its figures is an estimate."""
        return self.demand.rule != "none" or any(each.estimated for each in self.supply.here)


@dataclass(frozen=True, eq=False)
class World:
    """What every part of an answer is made of: metres within the limit (people × preschools), which
    preschools' places are known, who wants a place, who has one (likely, with the fewest and with
    the most children), and who of the others gets a vacant one: likely, with the most and the
    fewest places the rule allows, and then also with the fewest and the most children.
    """

    area: Area
    supply: Supply
    demand: Demand
    walker: Profile
    metres: csr_array
    known: Bools
    wanting: Wanting
    holders: tuple[Holders, Holders, Holders]
    likely: Assignment
    most: Assignment
    fewest: Assignment
    best: Assignment
    worst: Assignment

    @cached_property
    def unplaced(self) -> tuple[Ints, ...]:
        """Children without a place a row, in the five cases."""
        cases = (self.likely, self.most, self.fewest, self.best, self.worst)
        return tuple(case.unplaced for case in cases)

    @property
    def seeking(self) -> Ints:
        """Children a row who want a place and have none, likely."""
        return self.wanting.children - self.holders[0].have

    @property
    def placed(self) -> Ints:
        """Children a row who have a place or get a vacant one, likely."""
        return self.wanting.children - self.likely.unplaced

    def with_place(self, rows: Bools | slice = slice(None)) -> Amount:
        """Return the children of some rows who have a place, with their range."""
        value, low, high = (int(each.have[rows].sum()) for each in self.holders)
        return Amount(value, min(value, low, high), max(value, low, high))


def preschools_on_paths(area: Area, supply: Supply, walker: Profile) -> Snapped:
    """Return the places of a supply on the network, in its order."""
    rows = np.array([each.row for each in supply.here], dtype=np.int64)
    return area.snapped_places(profile=walker).take(rows)


def world_of(
    area: Area,
    supply: Supply,
    demand: Demand,
    walker: Profile,
    goals: Snapped,
    limit_m: float,
    take_up: Sequence[float] = (),
) -> World:
    """Return all cases of an area's children and places within a limit; ``goals`` as
    ``preschools_on_paths``, ``take_up`` as ``wanting_of``.
    """
    people = area.snapped_people(walker)
    metres = within(area.network, people, goals, within_m=limit_m, profile=walker)
    known = np.array([each.places is not None for each in supply.here], bool)
    wanting = wanting_of(area, demand, supply, take_up)
    held: dict[bytes, Holders] = {}
    answered: dict[bytes, Assignment] = {}

    def hold(children: Ints) -> Holders:
        key = children.tobytes()
        if key not in held:
            held[key] = holders_of(area, wanting, children, metres, goals, walker)
        return held[key]

    def ask(children: Ints, case: str, *, full: bool = True) -> Assignment:
        """Assign once for each case that differs: what is stated has no range. Unless ``full``,
        the preschools of unknown size take all.
        """
        seeking = children - hold(children).have
        places = _vacant(supply, wanting, case)
        if not full:
            places[~known] = int(seeking.sum())
        key = seeking.tobytes() + places.tobytes()
        if key not in answered:
            answered[key] = assign(metres, seeking, places)
        return answered[key]

    return World(
        area,
        supply,
        demand,
        walker,
        metres,
        known,
        wanting,
        holders=(hold(wanting.children), hold(wanting.low), hold(wanting.high)),
        likely=ask(wanting.children, "value"),
        most=ask(wanting.children, "high"),
        fewest=ask(wanting.children, "low"),
        best=ask(wanting.low, "high", full=False),
        worst=ask(wanting.high, "low"),
    )


def _without(wanting: Amount, has: Amount) -> Amount:
    """Return those of each case who have no place."""
    pairs = ((wanting.value, has.value), (wanting.low, has.low), (wanting.high, has.high))
    without = [max(0, some - others) for some, others in pairs]
    return Amount(without[0], min(without), max(without))


def places_of(world: World, case: str = "value") -> Ints:
    """Return places per preschool in a case (``value``, ``low``, ``high``); 0 where unknown."""
    return _places(world.supply, case)


def vacant_of(world: World, case: str = "value") -> Ints:
    """Return the places per preschool that no enrolled child keeps, in a case; 0 where unknown."""
    return _vacant(world.supply, world.wanting, case)


def _places(supply: Supply, case: str) -> Ints:
    return np.array(
        [getattr(each.places, case) if each.places else 0 for each in supply.here], np.int64
    )


def _vacant(supply: Supply, wanting: Wanting, case: str) -> Ints:
    vacant: Ints = np.maximum(_places(supply, case) - wanting.kept, 0)
    return vacant


def shortage_among(world: World, rows: Bools) -> Shortage:
    """Return who of some rows of people is left without a place, and why."""
    likely = world.unplaced[0][rows]
    cases = [int(part[rows].sum()) for part in world.unplaced]
    seeking = world.seeking[rows]
    has_any = np.diff(world.metres.indptr)[rows] > 0
    lost = world.area.snapped_people(world.walker).edge[rows] < 0
    beside = np.zeros(world.metres.shape[0], bool)
    beside[world.metres[:, ~world.known].nonzero()[0]] = True
    return Shortage(
        children=Amount(cases[0], min(cases[:3]), max(cases[:3])),
        widest=Amount(cases[0], min(cases), max(cases)),
        by_distance=int(seeking[~has_any].sum()),
        by_places=int(likely[has_any].sum()),
        beside_unknown=int(likely[has_any & beside[rows]].sum()),
        unreachable=int(seeking[lost].sum()),
    )


def shortage_of_newcomers(world: World) -> Shortage:
    """Return the shortage of children in transitional housing: by the assignment, and from being
    first in the queue for vacant places (with most of them) to being last (with fewest).

    Whoever is last gets what the most children at once leave beyond the most residents alone: a
    child who has a place keeps it when more are placed.
    """
    seeking, counted = world.seeking, world.demand.counted
    found = shortage_among(world, counted)
    alone = np.where(counted, seeking, 0)
    others = seeking - alone
    first = most_placed(world.metres, alone, vacant_of(world, "high"))
    last = int(world.fewest.assigned.sum()) - most_placed(
        world.metres, others, vacant_of(world, "low")
    )
    value, whole = found.children.value, int(alone.sum())
    amount = Amount(value, min(value, whole - first), max(value, whole - last))
    widest = Amount(value, min(amount.low, found.widest.low), max(amount.high, found.widest.high))
    return replace(found, children=amount, widest=widest)


def left_over(world: World) -> list[Amount]:
    """Return the places no child takes a preschool, with the range over the cases."""
    likely = vacant_of(world) - world.likely.assigned
    most = vacant_of(world, "high") - world.most.assigned
    fewest = vacant_of(world, "low") - world.fewest.assigned
    return [
        Amount(int(value), int(min(value, a, b)), int(max(value, a, b)))
        for value, a, b in zip(likely, most, fewest, strict=True)
    ]
