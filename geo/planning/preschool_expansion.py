"""Where to add preschool places so that a stated share of the children who want one have or get
one within the limit, at least cost: groups at existing preschools and new sites, with proof.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array, csr_array

from geo import presets
from geo.access.preschools.model import PreschoolAnswer
from geo.area.model import Area
from geo.area.record_fields import Growing, rules
from geo.errors import InputError, NarhetError
from geo.models.assignment.assign import Assignment, assign, most_placed
from geo.models.location import highs
from geo.models.location.model import gap_between
from geo.network.distances import within
from geo.planning.siting.candidates import Candidates, candidates
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

    ``children`` are those who want a place; who has one keeps it, wherever it is.
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
    """Find the least cost at which a share ``target`` of the children who want a place have one or
    get one within the limit.

    The model is ``growing_model.least_cost``, proven by HiGHS. Preschools whose places are unknown
    neither take more nor grow.

    Parameters
    ----------
    kinds : kinds of place a new preschool could stand at; with no ``points`` either, those of
        ``data/preschools.toml``. points : lon, lat besides.

    Raises
    ------
    InputError ``bad_target`` : not a share; InputError ``target_out_of_reach`` : more than the
    rules can reach, with how much that is. InputError ``unknown_kind``, ``bad_point`` : as
    ``candidates``. NarhetError ``solver_failed`` : nothing found in the time.
    Cancelled : by ``progress``.
    """
    clock = highs.Clock(time_limit_s, progress)
    share = share_of(target)
    rule, children = rules().growing, answer.assignment.question.children
    options, found = _options(area, answer, kinds or (() if points else rule.candidates), points)
    whole = answer.wanting.value
    have = whole - int(children.sum())
    wanted = max(0, math.ceil(share * whole - ROUNDING) - have)
    grown = options.places + rule.module * options.most_modules
    most = most_placed(options.metres, children, grown)
    if most < wanted:
        raise InputError(
            "target_out_of_reach",
            target=round(100 * share, 6),
            most=math.floor(1000 * (have + most) / whole) / 10,
            limit=answer.question.limit_m,
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
        wanted=have + wanted,
        placed_before=have + int(answer.assignment.assigned.sum()),
        placed_after=have + int(after.assigned.sum()),
        extras=_extras(answer, found, modules, rule),
        cost=cost,
        bound=bound,
        gap=gap,
        proven=gap == 0,
        most=(have + most) / whole,
        seconds=clock.seconds,
        status=status,
        rule=rule,
        after=after,
        sites=int(options.is_new.sum()),
    )


def share_of(target: object) -> float:
    """Read a target as a person writes it: a share of the children, or raise ``bad_target``."""
    try:
        share = float(str(target).replace(",", "."))
    except ValueError:
        raise InputError("bad_target", found=str(target)) from None
    if not 0 < share <= 1:
        raise InputError("bad_target", found=str(target))
    return share


def _options(
    area: Area,
    answer: PreschoolAnswer,
    kinds: Sequence[str],
    points: Sequence[tuple[float, float]],
) -> tuple[Options, Candidates]:
    rule, walker = rules().growing, presets.profile(answer.question.profile)
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
            within_m=answer.question.limit_m,
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


ROUNDING = 1e-6


@dataclass(frozen=True, eq=False)
class Options:
    """Sites that can take children: metres to them, places today, groups they can add at most, and
    1 where a site is new (and costs something to open).
    """

    metres: csr_array
    places: Ints
    most_modules: Ints
    is_new: Ints


def least_cost(
    options: Options, children: Ints, wanted: int, rule: Growing, clock: highs.Clock
) -> tuple[Ints, float, str]:
    """Return groups to add a site, a bound on the cost, and the solver's status.

    min Σ module·m_j + new_site·y_k,  Σ_gj x_gj ≥ wanted,  Σ_j x_gj ≤ children_g, Σ_g x_gj ≤
    places_j + module·m_j,  m_k ≤ most·y_k,  m whole, y ∈ {0, 1}: children who can walk to the same
    places are one group g, and x, children per group and place, comes out whole.

    Raises
    ------
    NarhetError ``solver_failed`` : nothing found in the time. Cancelled : by whoever listens to the
    clock.
    """
    reached, size = _groups(options, children)
    columns = len(options.places)
    site = np.concatenate([np.zeros(0, np.int64), *reached]).astype(np.int64)
    group = np.repeat(np.arange(len(reached)), [len(each) for each in reached]).astype(np.int64)
    new = np.flatnonzero(options.is_new)
    flows, first_m = len(site), len(site)
    first_y = first_m + columns
    count = first_y + len(new)
    # Rows: a group has so many children; a site so much room; a new site opens; enough are placed.
    room, opens = len(reached), len(reached) + columns
    rows = opens + len(new) + 1
    flow = np.arange(flows)
    entries = [
        (group, flow, np.ones(flows)),
        (room + site, flow, np.ones(flows)),
        (room + np.arange(columns), first_m + np.arange(columns), np.full(columns, -rule.module)),
        (opens + np.arange(len(new)), first_m + new, np.ones(len(new))),
        (opens + np.arange(len(new)), first_y + np.arange(len(new)), -options.most_modules[new]),
        (np.full(flows, rows - 1), flow, np.ones(flows)),
    ]
    row, column, value = (np.concatenate(part) for part in zip(*entries, strict=True))
    matrix = csc_array((value.astype(float), (row, column)), shape=(rows, count))
    low = np.concatenate([np.full(rows - 1, -np.inf), [wanted]])
    high = np.concatenate([size, options.places, np.zeros(len(new)), [np.inf]]).astype(float)
    cost = np.concatenate(
        [np.zeros(flows), np.full(columns, rule.module), np.full(len(new), rule.new_site)]
    )
    upper = np.concatenate([np.full(flows, np.inf), options.most_modules, np.ones(len(new))])
    solver = highs.new_solver(mip_abs_gap=0.99 * _step(rule))
    whole = np.arange(count) >= flows
    highs.load(solver, cost, matrix, (low, high), (np.zeros(count), upper), whole=whole)
    status = highs.run(solver, clock)
    values, bound = highs.best_known(solver)
    if values is None:
        raise NarhetError("solver_failed", status=highs.status_name(status))
    modules = np.round(values[first_m:first_y]).astype(np.int64)
    return modules, bound, highs.status_name(status)


def rounded_up(bound: float, rule: Growing) -> float:
    """Return the least possible cost of at least ``bound``; 0 where nothing is known."""
    step = _step(rule)
    if not math.isfinite(bound):
        return 0.0
    return step * math.ceil(bound / step - ROUNDING) if step else bound


def cost_of(modules: Ints, options: Options, rule: Growing) -> float:
    """Return what adding groups costs, in places."""
    opened = (modules > 0) & (options.is_new > 0)
    return float(rule.module * modules.sum() + rule.new_site * opened.sum())


def beside(left: csr_array, right: csr_array) -> csr_array:
    """Put two matrices beside each other; stored zeros are kept."""
    lengths = np.diff(left.indptr) + np.diff(right.indptr)
    row = np.concatenate(
        [np.repeat(np.arange(part.shape[0]), np.diff(part.indptr)) for part in (left, right)]
    )
    column = np.concatenate([left.indices, right.indices + left.shape[1]])
    order = np.lexsort((column, row))
    first = np.concatenate([[0], np.cumsum(lengths)])
    shape = (left.shape[0], left.shape[1] + right.shape[1])
    data = np.concatenate([left.data, right.data])[order]
    return csr_array((data, column[order], first), shape=shape)


def _groups(options: Options, children: Ints) -> tuple[list[Ints], Ints]:
    """Return groups of children who can walk to the same places: those places, and how many."""
    can_take = options.places + options.most_modules > 0
    sizes: dict[bytes, int] = {}
    indptr = options.metres.indptr
    for row in np.flatnonzero(children > 0):
        near = options.metres.indices[indptr[row] : indptr[row + 1]]
        near = near[can_take[near]].astype(np.int64)
        if len(near):
            key = near.tobytes()
            sizes[key] = sizes.get(key, 0) + int(children[row])
    reached = [np.frombuffer(key, dtype=np.int64) for key in sizes]
    return reached, np.array(list(sizes.values()), dtype=np.int64)


def _step(rule: Growing) -> float:
    """Return what all costs are a multiple of, 0 where they need not be."""
    whole = float(rule.new_site).is_integer()
    return float(math.gcd(rule.module, int(rule.new_site))) if whole else 0.0
