"""What one more site brings, and what it costs one group to serve another: answers side by side,
each with its proof.

What of a proposal may be disclosed: small counts of counted people are hidden, with all that
would give them away. Of a curve or a trade-off, each step must be large enough.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from geo import privacy
from geo.area.model import Area
from geo.errors import SitingError
from geo.planning.siting.instance import Placing, prepare, weights_of
from geo.planning.siting.proposal import Effect, Proposal, ProposedSite, Walk, walk_of, walks
from geo.planning.siting.question import CENTRE, COVER_ALL, COVERAGE, MEDIAN, SitingQuestion
from geo.planning.siting.solve import Choice, check_count, shared, solve
from geo.types import Floats, Progress

STRAIGHT = 0.05
"""A curve that rises less than this above its chord (both sides scaled to 1) has no knee."""


LEAST_RISE = 0.5
"""A curve that rises less than this, in people or metres, is flat."""


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

    ``argmax_i (v_i − v_0)/(v_n − v_0) − i/n``; None where nothing lies more than 0.05 above, or
    the curve is flat: it rises less than one person, or one metre.

    >>> knee([0, 50, 80, 90, 95]), knee([0, 10, 20, 30])
    (2, None)
    """
    v = np.asarray(values, dtype=np.float64)
    if len(v) < 3 or not np.isfinite(v).all() or abs(v[-1] - v[0]) < LEAST_RISE:
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
    if not placing.weights.any():
        count = 0
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


def without_small_counts(proposal: Proposal) -> Proposal:
    """Return the proposal with small counts of counted people hidden, as it may be disclosed."""
    groups = tuple(_shown(effect) for effect in proposal.groups)
    small = groups[0].hidden
    return replace(
        proposal,
        effect=groups[0],
        groups=groups,
        sites=_shown_sites(proposal, hide=small),
        districts=_shown_districts(proposal.districts),
        small=small,
    )


def difference(one: Proposal, other: Proposal) -> float | None:
    """Return how many more of the group the first reaches than the second; None where the number is
    small and of counted people, and would disclose them.
    """
    if one.people_after is None or other.people_after is None:
        return None
    found = one.people_after - other.people_after
    return None if privacy.is_small(abs(found), not one.estimated) else found


def _shown(effect: Effect) -> Effect:
    """Hide a group's counts where those before, those gained or those left are few: any two of the
    three would give the third away.
    """
    before, after, people = (value or 0.0 for value in (effect.before, effect.after, effect.people))
    parts = (before, after - before, people - after, people - before)
    if any(privacy.is_small(part, effect.counted) for part in parts):
        return replace(effect, before=None, after=None)
    return effect


def _shown_sites(proposal: Proposal, *, hide: bool) -> tuple[ProposedSite, ...]:
    """Hide what the sites add where any of it is small, as sums and differences would disclose
    it.
    """
    counted, sites = not proposal.estimated, proposal.sites

    def small(*values: float | None) -> bool:
        return any(privacy.is_small(value or 0.0, counted) for value in values)

    few_gain = hide or any(
        small(site.gain, site.gain_if_last, (site.gain or 0.0) - (site.gain_if_last or 0.0))
        for site in sites
    )
    few_served = any(small(site.served) for site in sites)
    return tuple(
        replace(
            site,
            gain=None if few_gain else site.gain,
            gain_if_last=None if few_gain else site.gain_if_last,
            served=None if few_served else site.served,
        )
        for site in sites
    )


def _shown_districts(rows: tuple[Effect, ...]) -> tuple[Effect, ...]:
    if not rows or not rows[0].counted:
        return rows
    people, before, after = (
        np.array([getattr(row, name) for row in rows], dtype=float)
        for name in ("people", "before", "after")
    )
    counted = np.ones(len(rows), dtype=bool)
    no_people = privacy.hidden(people, people, counted)
    mask = no_people
    for _ in range(len(rows) + 1):  # until hiding one for one column asks for no more in another
        wider = mask
        for part, whole in ((before, people), (after, people), (after - before, people - before)):
            wider = privacy.hidden(part, whole, counted, also=wider)
        if (wider == mask).all():
            break
        mask = wider
    return tuple(
        replace(
            row,
            people=None if few else row.people,
            before=None if hide else row.before,
            after=None if hide else row.after,
        )
        for row, hide, few in zip(rows, mask, no_people, strict=True)
    )


def curve_tells(curve: Curve, *, counted: bool) -> bool:
    """Return whether a curve's numbers may be shown."""
    return not (counted and steps_are_small(point.people for point in curve.points))


def trade_off_tells(points: Iterable[TradePoint], *, counted: bool) -> bool:
    """Return whether a trade-off's numbers may be shown; residents of housing are always
    counted.
    """
    points = tuple(points)
    if steps_are_small(point.housing for point in points):
        return False
    return not (counted and steps_are_small(point.people for point in points))


def steps_are_small(people: Iterable[float]) -> bool:
    """Return whether any two neighbouring values, zero among them, differ by a small count."""
    values = np.round(np.array([*people, 0.0], dtype=np.float64))
    steps = np.diff(np.unique(values))
    return bool(((steps > 0) & (steps < privacy.SMALLEST)).any())
