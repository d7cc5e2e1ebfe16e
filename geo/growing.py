"""Where to add preschool places so that a stated share of the children have one within the limit,
at least cost: groups at existing preschools and new sites, with proof. Decides nothing for anyone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geo import presets
from geo.access.preschools.model import PreschoolAnswer
from geo.area.model import Area
from geo.area.record_fields import Growing, rules
from geo.candidates import Candidates, candidates
from geo.errors import BadTarget, TargetOutOfReach
from geo.growing_model import ROUNDING, Options, beside, cost_of, least_cost, rounded_up
from geo.models.assignment.assign import Assignment, assign, most_placed
from geo.models.location import highs
from geo.models.location.model import gap_between
from geo.network.distances import within
from geo.types import Ints


@dataclass(frozen=True)
class Extra:
    """Places to add at one site: ``new`` where no preschool is today."""

    id: str
    name: str
    kind: str
    new: bool
    lon: float
    lat: float
    modules: int
    places: int


@dataclass(frozen=True, eq=False)
class GrowthAnswer:
    """The least costly way found to reach the target, and how much less any way could cost.

    ``cost`` is counted in places: those added, and for each new site so many more as the rule says
    (``Growing.new_site``). No way costs less than ``bound``; ``proven``: none costs less than
    ``cost``. ``most`` is the share that the rules could reach at any cost. ``before`` and ``after``
    are the assignments, and ``sites`` the possible new sites that were looked at.
    """

    target: float
    children: int
    wanted: int
    placed_before: int
    placed_after: int
    extras: tuple[Extra, ...]
    cost: float
    bound: float
    gap: float
    proven: bool
    most: float
    seconds: float
    status: str
    rule: Growing
    after: Assignment
    sites: int

    @property
    def places(self) -> int:
        """Places added in all."""
        return sum(extra.places for extra in self.extras)

    @property
    def reached(self) -> float:
        """Share of the children with a place, afterwards."""
        return self.placed_after / self.children if self.children else math.nan


def where_to_add(
    area: Area,
    answer: PreschoolAnswer,
    *,
    target: float,
    kinds: Sequence[str] = (),
    points: Sequence[tuple[float, float]] = (),
    time_limit_s: float = 60,
    progress: highs.Progress | None = None,
) -> GrowthAnswer:
    """Find the least cost at which a share ``target`` of the children have a place in the limit.

    The model is ``growing_model.least_cost``, proven by HiGHS. Preschools whose places are unknown
    neither take more nor grow.

    Parameters
    ----------
    kinds : kinds of place a new preschool could stand at; with no ``points`` either, those of
        ``data/preschools.toml``. points : lon, lat besides.

    Raises
    ------
    BadTarget : not a share; TargetOutOfReach : more than the rules can reach, with how much that
    is. UnknownKind, BadPoint : as ``candidates``. SolverFailed : nothing found in the time.
    Cancelled : by ``progress``.
    """
    clock = highs.Clock(time_limit_s, progress)
    share = share_of(target)
    rule, children = rules().growing, answer.demand.children
    options, found = _options(area, answer, kinds or (() if points else rule.candidates), points)
    whole = int(children.sum())
    wanted = math.ceil(share * whole - ROUNDING)
    grown = options.places + rule.module * options.most_modules
    most = most_placed(options.metres, children, grown)
    if most < wanted:
        raise TargetOutOfReach(
            target=round(100 * share, 6),
            most=math.floor(1000 * most / whole) / 10,
            limit=answer.asked.limit_m,
        )
    if int(answer.assignment.assigned.sum()) >= wanted:  # reached today: nothing costs less
        modules, bound, status = np.zeros(len(options.places), np.int64), 0.0, "optimal"
    else:
        modules, bound, status = least_cost(options, children, wanted, rule, clock)
    after = assign(options.metres, children, options.places + rule.module * modules)
    cost = cost_of(modules, options, rule)
    bound = min(cost, rounded_up(bound, rule))
    gap = gap_between(cost, bound)
    return GrowthAnswer(
        target=share,
        children=whole,
        wanted=wanted,
        placed_before=int(answer.assignment.assigned.sum()),
        placed_after=int(after.assigned.sum()),
        extras=_extras(answer, found, modules, rule),
        cost=cost,
        bound=bound,
        gap=gap,
        proven=gap == 0,
        most=most / whole,
        seconds=clock.seconds,
        status=status,
        rule=rule,
        after=after,
        sites=int(options.is_new.sum()),
    )


def share_of(target: object) -> float:
    """Read a target as a person writes it: a share of the children, or raise ``BadTarget``."""
    try:
        share = float(str(target).replace(",", "."))
    except ValueError:
        raise BadTarget(found=str(target)) from None
    if not 0 < share <= 1:
        raise BadTarget(found=str(target))
    return share


def _options(
    area: Area,
    answer: PreschoolAnswer,
    kinds: Sequence[str],
    points: Sequence[tuple[float, float]],
) -> tuple[Options, Candidates]:
    rule, walker = rules().growing, presets.profile(answer.asked.profile)
    today = answer.assignment.question
    there = [kind for kind in kinds if kind in area.kinds]
    known = np.array([each.places is not None for each in answer.supply.here], bool)
    if there or points:
        found = candidates(area, kinds=there, points=points, profile=walker)
    else:
        found = Candidates(area.places.iloc[:0])
    count = len(found.table)
    metres = today.metres
    if count:
        people = area.snapped_people(walker)
        more = within(
            area.network,
            people,
            found.table.geometry,
            within_m=answer.asked.limit_m,
            profile=walker,
        )
        metres = beside(metres, more)
    options = Options(
        metres=metres,
        places=np.concatenate([today.places, np.zeros(count, np.int64)]),
        most_modules=np.concatenate(
            [
                np.where(known, rule.most_modules_existing, 0),
                np.full(count, rule.most_modules_new),
            ]
        ),
        is_new=np.concatenate([np.zeros(len(known), np.int64), np.ones(count, np.int64)]),
    )
    return options, found


def _extras(
    answer: PreschoolAnswer, sites: Candidates, modules: Ints, rule: Growing
) -> tuple[Extra, ...]:
    existing = len(answer.supply.here)
    found = []
    for at in np.flatnonzero(modules):
        count = int(modules[at])
        if at < existing:
            each = answer.supply.here[at]
            where = (each.id, each.name, each.kind, False, each.lon, each.lat)
        else:
            place = sites.table.iloc[at - existing]
            point = place.geometry
            where = (
                str(place["id"]),
                str(place["name"]),
                str(place["kind"]),
                True,
                point.x,
                point.y,
            )
        found.append(Extra(*where, modules=count, places=count * rule.module))
    return tuple(sorted(found, key=lambda extra: (-extra.places, extra.name, extra.id)))
