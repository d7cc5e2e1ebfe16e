"""How many preschool places can be walked to per child, and which children have none within the
limit: by district, by transitional housing, by preschool.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.sparse import csr_array

from geo import presets
from geo.access.preschools.demand import demand_of
from geo.access.preschools.model import (
    DistrictRow,
    HousingRow,
    PreschoolAnswer,
    PreschoolRow,
    Vacant,
    World,
    left_over,
    places_of,
    preschools_on_paths,
    shortage_among,
    shortage_of_newcomers,
    world_of,
)
from geo.access.preschools.question import PreschoolQuestion
from geo.access.preschools.supply import KIND, Amount, Supply, supply_of, total
from geo.access.preschools.wanting import IN_PRESCHOOL
from geo.area.model import Area
from geo.area.people import HOUSING
from geo.area.provenance import Source
from geo.area.record_fields import rules
from geo.errors import AreaLacks, InputError
from geo.models.assignment.assign import MorePlaces, with_more_places
from geo.models.catchments import floating_catchment
from geo.network.distances import within
from geo.network.walk_network import Snapped
from geo.presets import ASSIGNMENT, Profile
from geo.types import Bools, Floats, Ints

THREE_YEAR_OLDS = "three_year_olds_without_place"


def capacity_of(
    area: Area,
    question: PreschoolQuestion,
    *,
    exact: bool = True,
) -> PreschoolAnswer:
    """Return an area's preschool places against its children aged 1–5 on a date.

    Places per child are by the question's ``method``: a floating catchment with a ``decay``, or
    ``assignment``: the share of children who have or get a place, of those who want one. Enrolled
    children keep their places (``wanting.holders_of``). Who of the others is left without is always
    by assignment: as many as possible get a vacant place within the limit, then with the least
    walking.
    Unless ``exact``, small counts of housing stand as a fixed number (``children.demand_of``), for
    an answer that is disclosed.

    Raises
    ------
    AreaLacks : no preschool, or no children.
    """
    walker = presets.profile(question.profile)
    if KIND not in area.kinds:
        known = ", ".join(area.kinds) or "–"
        raise AreaLacks(key="lacks.kind", kind=KIND, known=known, id=KIND)
    demand, supply = demand_of(area, exact=exact), supply_of(area, question.when)
    goals = preschools_on_paths(area, supply, walker)
    world = world_of(area, supply, demand, walker, goals, question.limit_m, question.take_up)
    access = _access(world, question)
    return PreschoolAnswer(
        area=area.id,
        question=question,
        supply=supply,
        demand=demand,
        children=demand.amount(),
        newcomer_children=int(demand.children[demand.counted].sum()),
        places=total(each.places for each in supply.here),
        vacancies=total(each.vacancies for each in supply.here),
        enrolled=sum(each.enrolled or 0 for each in supply.here),
        shortage=shortage_among(world, np.ones(len(access), bool)),
        newcomers=shortage_of_newcomers(world),
        mean_walk_m=_mean_walk_m(world),
        preschools=_preschools(world),
        districts=_districts(world, access),
        housing=_housing(world, access, goals),
        problems=(*supply.problems, *demand.problems),
        sources=_sources(area),
        demonstration=area.demonstration,
        access=access,
        placed=world.placed,
        assignment=world.likely,
        goals=goals,
        wanting=world.wanting.amount(),
        with_place=world.with_place(),
        beyond_limit=int(world.holders[0].beyond.sum()),
        raised=world.wanting.raised,
    )


def more_places(answer: PreschoolAnswer, preschool: str, extra: int) -> MorePlaces:
    """Return what so many more places at one preschool, by id or name, would change.

    Raises
    ------
    InputError ``bad_preschool`` : no preschool of the answer has the id or name.
    SitingError ``bad_count`` : not a whole number of zero or more.
    """
    for at, each in enumerate(answer.supply.here):
        if preschool in (each.id, each.name):
            return with_more_places(answer.assignment, at, extra)
    raise InputError("bad_preschool", found=preschool, most=len(answer.supply.here) - 1)


def _access(world: World, question: PreschoolQuestion) -> Floats:
    """Return places per child a row; by assignment, NaN where no children live."""
    children, wanting = world.demand.children, world.wanting.children
    if question.method == ASSIGNMENT:
        share: Floats = np.full(len(children), math.nan)
        np.divide(world.placed, wanting, out=share, where=wanting > 0)
        return share
    return floating_catchment(
        world.metres,
        children,
        places_of(world),
        limit_m=question.limit_m,
        decay=question.decay or None,
        method=question.method,  # type: ignore[arg-type]
    )


def _mean_walk_m(world: World) -> float:
    """Return the mean walk of children who have or get a place within the limit."""
    parts = (world.holders[0].within, world.likely)
    count = sum(int(each.assigned.sum()) for each in parts)
    return sum(each.total_walk_m for each in parts) / count if count else math.nan


def _preschools(world: World) -> tuple[PreschoolRow, ...]:
    in_reach = _in_reach(world)
    left = left_over(world)
    return tuple(
        PreschoolRow(
            preschool=each,
            children_in_reach=int(in_reach[at]),
            assigned=int(world.wanting.kept[at] + world.likely.assigned[at])
            if each.places
            else None,
            left=left[at] if each.places else None,
            shadow_m=float(world.likely.shadow_m[at]) if each.places else None,
            would_place=bool(world.likely.shadow_children[at] > 0),
        )
        for at, each in enumerate(world.supply.here)
    )


def _in_reach(world: World) -> Ints:
    row = np.repeat(np.arange(world.metres.shape[0]), np.diff(world.metres.indptr))
    weights = world.demand.children[row].astype(float)
    count = world.metres.shape[1]
    return np.bincount(world.metres.indices, weights, minlength=count).astype(np.int64)


def _districts(world: World, access: Floats) -> tuple[DistrictRow, ...]:
    if world.area.districts.empty:
        return ()
    lives = world.area.people["district"].to_numpy(object)
    lies = np.array([each.district for each in world.supply.here], object)
    left = left_over(world)
    rows = []
    for name in [*sorted(set(world.area.districts["name"])), ""]:
        here, there = lives == name, np.flatnonzero(lies == name)
        if name or len(there) or world.demand.high[here].any():
            rows.append(_district(world, access, name, here, there, left))
    rows.sort(
        key=lambda row: (
            -row.shortage.children.value,
            -row.without_place.value,
            not row.name,
            row.name,
        )
    )
    return tuple(rows)


def _district(
    world: World, access: Floats, name: str, here: Bools, there: Ints, left: list[Amount]
) -> DistrictRow:
    own = [world.supply.here[at] for at in there]
    spread = world.area.people["estimated"].to_numpy(bool) & (world.demand.high > 0)
    children, places = world.demand.amount(here), total(each.places for each in own)
    return DistrictRow(
        name=name,
        children=children,
        places=places,
        enrolled=sum(each.enrolled or 0 for each in own),
        vacancies=total(each.vacancies for each in own),
        preschools=len(own),
        unknown=sum(each.places is None for each in own),
        places_per_child=_mean(access[here], _weights(world, access)[here]),
        shortage=shortage_among(world, here),
        surplus=total(left[at] for at in there),
        balance=Amount(
            places.value - children.value,
            places.low - children.high,
            places.high - children.low,
        ),
        counted=not bool((spread & here).any()),
        three_year_olds_without_place=_given(world.area, THREE_YEAR_OLDS, here),
        children_in_preschool=_given(world.area, IN_PRESCHOOL, here),
        wanting=world.wanting.amount(here),
        with_place=world.with_place(here),
    )


def _housing(world: World, access: Floats, goals: Snapped) -> tuple[HousingRow, ...]:
    families = world.demand.families
    if not families:
        return ()
    rows = np.array([family.row for family in families], np.int64)
    homes = world.area.snapped_people(world.walker).take(rows)
    far = within(world.area.network, homes, goals, within_m=math.inf, profile=world.walker)
    found = []
    for at, family in enumerate(families):
        near = world.metres.indices[
            world.metres.indptr[family.row] : world.metres.indptr[family.row + 1]
        ]
        own = [world.supply.here[column] for column in near]
        here = np.arange(len(access)) == family.row
        known = family.children is not None
        found.append(
            HousingRow(
                family=family,
                preschools=len(own),
                unknown=sum(each.places is None for each in own),
                places=total(each.places for each in own),
                vacancies=total(each.vacancies for each in own),
                vacancies_unknown=sum(each.vacancies is None for each in own),
                places_per_child=_number(access[family.row]) if family.children else None,
                shortage=shortage_among(world, here) if known else None,
                nearest=nearest_vacant(world.supply, far[[at]], world.walker),
            )
        )
    return tuple(found)


def nearest_vacant(supply: Supply, metres: csr_array, walker: Profile) -> tuple[Vacant, ...]:
    """Return the nearest preschools with vacancies for one housing, of its row of metres, at any
    distance; those that only may have some (an estimate) count too, and show their range. Those
    that take nobody without a personal number are left out.
    """
    order = np.lexsort((metres.indices, metres.data))
    found = []
    for at in order:
        each, distance_m = supply.here[metres.indices[at]], float(metres.data[at])
        takes = each.without_personal_number != "no"
        if takes and each.vacancies is not None and each.vacancies.value > 0:
            minutes = walker.minutes(distance_m)
            found.append(Vacant(each.id, each.name, distance_m, minutes, each.vacancies))
    return tuple(found[: rules().calls.nearest_vacancies])


def _given(area: Area, group: str, here: Bools) -> float | None:
    """Return how many of a group the statistics report in some rows; None where they do not."""
    if group not in area.people:
        return None
    told = area.people[group].to_numpy(np.float64)[here]
    return float(np.nansum(told)) if np.isfinite(told).any() else None


def _sources(area: Area) -> tuple[Source, ...]:
    parts = {"network", "districts", "boundary", "people", HOUSING, KIND, "places"}
    return tuple(source for source in area.sources if source.part in parts)


def _weights(world: World, access: Floats) -> Ints:
    """Return the children a row over whom the mean of places per child is taken."""
    weights: Ints = np.where(np.isfinite(access), world.demand.children, 0)
    return weights


def _mean(values: Floats, weights: Ints) -> float | None:
    """Return the mean over children; None with no children here."""
    lives = weights > 0
    return float(values[lives] @ weights[lives] / weights[lives].sum()) if lives.any() else None


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
