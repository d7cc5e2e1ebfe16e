"""What an area's preschool places against its children look like as an answer: dataclasses that
travel to pages, files and the command line.
"""

from __future__ import annotations

from dataclasses import dataclass

from geo.access.preschools.demand import Demand, Family
from geo.access.preschools.question import PreschoolQuestion
from geo.access.preschools.supply import Amount, Preschool, Problem, Supply
from geo.area.provenance import Source
from geo.models.assignment.assign import Assignment
from geo.network.walk_network import Snapped
from geo.types import Floats, Ints


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
