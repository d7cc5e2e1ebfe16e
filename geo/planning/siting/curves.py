"""What one more site brings, and what it costs one group to serve another: answers side by side,
each with its proof.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from geo.area.model import Area
from geo.errors import SitingError
from geo.planning.siting.instance import Placing, prepare, weights_of
from geo.planning.siting.proposal import Walk, walk_of, walks
from geo.planning.siting.question import CENTRE, COVER_ALL, COVERAGE, MEDIAN, SitingQuestion
from geo.planning.siting.solve import Choice, check_count, shared, solve
from geo.types import Floats, Progress

STRAIGHT = 0.05
"""A curve that rises less than this above its chord (both sides scaled to 1) has no knee."""


@dataclass(frozen=True)
class CurvePoint:
    """The best answer with so many sites, or for so much. ``people`` within the limit; ``walk`` to
    the nearest open place, where the objective is about walks.
    """

    count: int
    budget: float | None
    people: float
    walk: Walk | None
    objective: float
    bound: float
    gap: float
    proven: bool
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Curve:
    """Points from nothing new to the most wanted; ``knee`` is the index of the point after which
    more brings less, None where the curve is straight. ``objective`` is that of each point.
    """

    points: tuple[CurvePoint, ...]
    knee: int | None
    objective: str = COVERAGE

    @property
    def of_money(self) -> bool:
        """Whether the points are steps of a budget, not numbers of sites."""
        return any(point.budget is not None for point in self.points)


@dataclass(frozen=True)
class TradePoint:
    """The best answer at one balance: people of the group and residents of transitional housing
    within the limit.
    """

    balance: float
    people: float
    housing: float
    proven: bool
    ids: tuple[str, ...]


def curve(placing: Placing, most: int = 6, *, progress: Progress | None = None) -> Curve:
    """Return the answers for 0 to ``most`` sites (no more than there are candidates), or with a
    budget for ``most`` equal parts of it; the points share the time limit. With ``cover_all``: as
    many as possible for each number.

    Raises
    ------
    SitingError ``bad_count`` : ``most`` is not a whole number above zero. What ``propose`` raises.
    """
    if isinstance(most, bool) or not isinstance(most, int) or most < 1:
        raise SitingError("bad_count", found=str(most))
    check_count(placing)
    if placing.question.objective == COVER_ALL:
        placing = replace(placing, question=replace(placing.question, objective=COVERAGE))
    budget = placing.question.budget
    steps = most if budget is not None else min(most, len(placing.candidates))
    placing = shared(placing, steps)
    points = []
    for step in range(steps + 1):
        if progress is not None:
            progress("progress.curve", step / (steps + 1))
        if budget is None:
            points.append(_point(placing, step, progress))
        else:
            part = replace(placing.question, budget=budget * step / steps)
            points.append(_point(replace(placing, question=part), part.count, progress))
    good = [_good(placing, point) for point in points]
    first = 1 if math.isnan(good[0]) else 0  # nothing is open before the first: nobody walks
    bend = knee(good[first:])
    at = None if bend is None else bend + first
    return Curve(tuple(points), at, placing.question.objective)


def knee(values: Sequence[float]) -> int | None:
    """Return where a curve bends most: the point farthest above the chord from the first to the
    last, both sides scaled to 1 (the distance Kneedle uses: Satopää and others 2011).

    ``argmax_i (v_i − v_0)/(v_n − v_0) − i/n``; None where nothing lies more than 0.05 above.

    >>> knee([0, 50, 80, 90, 95]), knee([0, 10, 20, 30])
    (2, None)
    """
    v = np.asarray(values, dtype=np.float64)
    if len(v) < 3 or not np.isfinite(v).all() or v[-1] == v[0]:
        return None
    above = (v - v[0]) / (v[-1] - v[0]) - np.linspace(0, 1, len(v))
    at = int(np.argmax(np.round(above, 12)))
    return at if above[at] > STRAIGHT else None


def trade_off(
    area: Area, question: SitingQuestion, *, steps: int = 5, progress: Progress | None = None
) -> tuple[TradePoint, ...]:
    """Return the answers for ``steps`` balances from 0 (only the group counts) to 1 (only residents
    of transitional housing do).

    Raises
    ------
    SitingError ``bad_count`` : fewer than two steps. SitingError ``bad_balance`` : the group is not
    one of residents. AreaLacks : no residents of transitional housing. What ``propose`` raises.
    """
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < 2:
        raise SitingError("bad_count", found=str(steps))
    placing = shared(prepare(area, replace(question, balance=0.5), progress=progress), steps)
    check_count(placing)
    points = []
    for balance in np.linspace(0, 1, steps).tolist():
        if progress is not None:
            progress("progress.curve", balance)
        weighed = replace(
            placing,
            question=replace(placing.question, balance=balance),
            weights=weights_of(placing.people, placing.housing, balance),
        )
        choice = solve(weighed, count=placing.question.count, progress=progress)
        reached = within_limit(placing, choice)
        points.append(
            TradePoint(
                balance,
                float(placing.people[reached].sum()),
                float(placing.housing[reached].sum()),
                choice.proven,
                _ids(placing, choice),
            )
        )
    return tuple(points)


def within_limit(placing: Placing, choice: Choice) -> np.ndarray:
    """Return which rows are within the limit of an existing place or a chosen site."""
    part = placing.matrix[:, choice.sites]
    row = np.repeat(np.arange(part.shape[0]), np.diff(part.indptr))
    reached: np.ndarray = placing.before_m <= placing.question.limit_m
    reached[row[part.data <= placing.question.limit_m]] = True
    return reached


def _point(placing: Placing, count: int | None, progress: Progress | None) -> CurvePoint:
    choice = _chosen(placing, count, progress)
    walk = None
    if placing.question.objective in (MEDIAN, CENTRE):
        walk = walk_of(placing.people, walks(placing, choice.sites)[0])
    return CurvePoint(
        count=len(choice.sites),
        budget=placing.question.budget,
        people=float(placing.people[within_limit(placing, choice)].sum()),
        walk=walk,
        objective=choice.objective,
        bound=choice.bound,
        gap=choice.gap,
        proven=choice.proven,
        ids=_ids(placing, choice),
    )


def _chosen(placing: Placing, count: int | None, progress: Progress | None) -> Choice:
    """Ask for so many; nothing new needs no model, and is proven as there is no other way."""
    affordable = placing.costs[placing.costs <= (placing.question.budget or 0.0)]
    if count == 0 or (placing.question.budget is not None and not len(affordable)):
        none = np.zeros(0, dtype=np.int64)
        value = _nothing(placing)
        return Choice(none, value, value, 0.0, True, 0.0, "optimal")
    return solve(placing, count=count, progress=progress)


def _nothing(placing: Placing) -> float:
    """Return what the objective is with nothing new."""
    metres: Floats = placing.before_m
    reached = np.isfinite(metres) & (placing.weights > 0)
    if placing.question.objective == MEDIAN:
        return float(placing.weights[reached] @ metres[reached])
    if placing.question.objective == CENTRE:
        return float(metres[reached].max()) if reached.any() else math.nan
    return float(placing.weights[metres <= placing.question.limit_m].sum())


def _good(placing: Placing, point: CurvePoint) -> float:
    """Return what the knee is sought in: larger is better."""
    if point.walk is None:
        return point.people
    return -(point.walk.worst_m if placing.question.objective == CENTRE else point.walk.mean_m)


def _ids(placing: Placing, choice: Choice) -> tuple[str, ...]:
    return tuple(placing.candidates.table["id"].to_numpy(object)[choice.sites].tolist())
