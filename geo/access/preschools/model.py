"""What an area's preschool places against its children look like as an answer: who gets a place
within the limit in each case the estimates allow, and who is left without, by distance and by lack
of places apart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from geo.access.preschools.demand import Demand, Family
from geo.access.preschools.question import PreschoolQuestion
from geo.access.preschools.supply import Amount, Preschool, Problem, Supply
from geo.area.model import Area
from geo.area.provenance import Source
from geo.models.assignment.assign import Assignment, assign, most_placed
from geo.network.distances import within
from geo.network.walk_network import Snapped
from geo.presets import Profile
from geo.types import Bools, Floats, Ints


@dataclass(frozen=True)
class Shortage:
    """Children without a place within the limit.

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

    ``shadow_m`` is how many metres less all children together would walk, one way, with one more
    place here; ``would_place`` whether that place would let in one more child, whose walk then
    counts too (``geo.models.assignment.assign``).
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
    left out (``unknown`` is how many). ``places_per_child`` is by the question's method, a mean
    over the district's children; None with no children here. ``surplus`` are places of the
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
    counted: bool
    three_year_olds_without_place: float | None = None
    children_in_preschool: float | None = None
    hidden: bool = False


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
    none), ``children`` and ``placed`` the whole children there and those with a place.
    ``newcomers`` is the shortage of the children in transitional housing; its range also goes from
    their being first in the queue to their being last. ``mean_walk_m`` is over children with a
    place (NaN without any). ``newcomer_children`` None, and rows or the whole marked ``hidden``: a
    small count that must be suppressed (see ``geo.output.files.preschools``). ``few``: all children
    are counted and some housing is hidden, so that who takes how many would disclose it.
    """

    area: str
    question: PreschoolQuestion
    supply: Supply
    demand: Demand
    children: Amount
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
    def estimated(self) -> bool:
        """Whether any of its figures is an estimate."""
        return self.demand.rule != "none" or any(each.estimated for each in self.supply.here)


@dataclass(frozen=True, eq=False)
class World:
    """What every part of an answer is made of: metres within the limit (people × preschools), which
    preschools' places are known, and who gets a place: likely, with the most and the fewest places
    the rule allows, and then also with the fewest and the most children.
    """

    area: Area
    supply: Supply
    demand: Demand
    walker: Profile
    metres: csr_array
    known: Bools
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


def preschools_on_paths(area: Area, supply: Supply, walker: Profile) -> Snapped:
    """Return the places of a supply on the network, in its order."""
    rows = np.array([each.row for each in supply.here], dtype=np.int64)
    return area.snapped_places(profile=walker).take(rows)


def world_of(
    area: Area, supply: Supply, demand: Demand, walker: Profile, goals: Snapped, limit_m: float
) -> World:
    """Return all cases of an area's children and places within a limit; ``goals`` as
    ``preschools_on_paths``.
    """
    people = area.snapped_people(walker)
    metres = within(area.network, people, goals, within_m=limit_m, profile=walker)
    nothing = Amount(0, 0, 0)
    amounts = [each.places or nothing for each in supply.here]
    known = np.array([each.places is not None for each in supply.here], bool)
    answered: dict[bytes, Assignment] = {}

    def ask(children: Ints, case: str, unknown: int = 0) -> Assignment:
        """Assign once for each case that differs: what is stated has no range."""
        places = np.array([getattr(each, case) for each in amounts], np.int64)
        places[~known] = unknown
        key = children.tobytes() + places.tobytes()
        if key not in answered:
            answered[key] = assign(metres, children, places)
        return answered[key]

    return World(
        area,
        supply,
        demand,
        walker,
        metres,
        known,
        likely=ask(demand.children, "value"),
        most=ask(demand.children, "high"),
        fewest=ask(demand.children, "low"),
        best=ask(demand.low, "high", unknown=int(demand.low.sum())),
        worst=ask(demand.high, "low"),
    )


def places_of(world: World, case: str = "value") -> Ints:
    """Return places per preschool in a case (``value``, ``low``, ``high``); 0 where unknown."""
    return np.array(
        [getattr(each.places, case) if each.places else 0 for each in world.supply.here], np.int64
    )


def shortage_among(world: World, rows: Bools) -> Shortage:
    """Return who of some rows of people is left without a place, and why."""
    likely = world.unplaced[0][rows]
    cases = [int(part[rows].sum()) for part in world.unplaced]
    children = world.demand.children[rows]
    has_any = np.diff(world.metres.indptr)[rows] > 0
    lost = world.area.snapped_people(world.walker).edge[rows] < 0
    beside = np.zeros(world.metres.shape[0], bool)
    beside[world.metres[:, ~world.known].nonzero()[0]] = True
    return Shortage(
        children=Amount(cases[0], min(cases[:3]), max(cases[:3])),
        widest=Amount(cases[0], min(cases), max(cases)),
        by_distance=int(children[~has_any].sum()),
        by_places=int(likely[has_any].sum()),
        beside_unknown=int(likely[has_any & beside[rows]].sum()),
        unreachable=int(children[lost].sum()),
    )


def shortage_of_newcomers(world: World) -> Shortage:
    """Return the shortage of children in transitional housing: by the assignment, and from being
    first in the queue (with most places) to being last (with fewest).

    Whoever is last gets what the most children at once leave beyond the most residents alone: a
    child who has a place keeps it when more are placed.
    """
    demand, counted = world.demand, world.demand.counted
    found = shortage_among(world, counted)
    alone = np.where(counted, demand.children, 0)
    others = demand.children - alone
    first = most_placed(world.metres, alone, places_of(world, "high"))
    last = int(world.fewest.assigned.sum()) - most_placed(
        world.metres, others, places_of(world, "low")
    )
    value, whole = found.children.value, int(alone.sum())
    amount = Amount(value, min(value, whole - first), max(value, whole - last))
    widest = Amount(value, min(amount.low, found.widest.low), max(amount.high, found.widest.high))
    return replace(found, children=amount, widest=widest)


def left_over(world: World) -> list[Amount]:
    """Return the places no child takes a preschool, with the range over the cases."""
    likely = places_of(world) - world.likely.assigned
    most = places_of(world, "high") - world.most.assigned
    fewest = places_of(world, "low") - world.fewest.assigned
    return [
        Amount(int(value), int(min(value, a, b)), int(max(value, a, b)))
        for value, a, b in zip(likely, most, fewest, strict=True)
    ]
