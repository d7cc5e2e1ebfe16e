"""Whether a proposal holds under each fair way of spreading the people it rests on: what it gains,
and whether other sites would then be better.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_array, csr_array, vstack

from geo.access.spread_range import standing_of
from geo.access.spread_ways import SpreadWay, spread_ways
from geo.network.distances import within
from geo.network.walk_network import Snapped
from geo.planning.siting.instance import Placing, weights_of
from geo.planning.siting.proposal import Proposal
from geo.planning.siting.question import COVERAGE
from geo.planning.siting.solve import shared, solve
from geo.types import Bools, Floats, Ints, Progress

SOMEBODY = 0.5
"""Another choice is better where it reaches this many more: less is nobody."""


@dataclass(frozen=True)
class SpreadGain:
    """What a proposal comes to under one way of spreading people.

    Attributes
    ----------
    gain : people of the group that it brings within the limit. ``best_gain`` : those that the best
        sites would then bring, whose ids are ``best``.
    more : how many more those reach, in what the question counts (weighed, with a balance).
    holds : whether nothing is better; None where that is not proven, or not asked of the objective
        (all but coverage), whose ``best_gain`` and ``more`` are None as well.
    """

    way: str
    gain: float
    best_gain: float | None = None
    more: float | None = None
    best: tuple[str, ...] = ()
    holds: bool | None = None


@dataclass(frozen=True)
class SpreadHolds:
    """A proposal under each way of spreading people, the one it was made with first."""

    ways: tuple[SpreadGain, ...]

    @property
    def low(self) -> float:
        """The smallest gain under any way."""
        return min(way.gain for way in self.ways)

    @property
    def high(self) -> float:
        """The largest gain under any way."""
        return max(way.gain for way in self.ways)

    @property
    def worse(self) -> tuple[SpreadGain, ...]:
        """The ways under which other sites are better."""
        return tuple(way for way in self.ways if way.holds is False)

    @property
    def holds(self) -> bool | None:
        """Whether the proposal is best under every way; None where that is not known."""
        if self.worse:
            return False
        return True if all(way.holds for way in self.ways) else None


def spread_holds(
    placing: Placing, proposal: Proposal, *, progress: Progress | None = None
) -> SpreadHolds | None:
    """Return what a proposal comes to under each fair way of spreading people; None where its
    people are counted, where no other way is known, and where it has no sites.

    Raises
    ------
    What ``solve`` raises; Cancelled.
    """
    if not len(proposal.chosen) or proposal.nobody_gains:
        return None
    area, question = placing.area, placing.question
    everybody = np.zeros(len(area.people))
    everybody[placing.rows] = placing.people
    ways = spread_ways(area, everybody, question.profile)
    if not ways:
        return None
    standing = standing_of(area, question.profile).spots
    used = np.unique(np.concatenate([way.spots for way in ways]))
    near = within(
        area.network,
        standing.take(used),
        placing.goals,
        within_m=question.limit_m,
        profile=placing.profile,
    )
    lay = _Layout(shared(placing, len(ways)), standing, used, near)
    found = []
    for at, way in enumerate(ways):
        if progress is not None:
            progress("progress.variants", at / len(ways))
        found.append(_under(way, lay.under(way), proposal, own=at == 0, progress=progress))
    return SpreadHolds(tuple(found))


class _Layout:
    """A question laid out for people who may stand elsewhere: pairs within the limit only."""

    def __init__(self, placing: Placing, standing: Snapped, used: Ints, near: csr_array) -> None:
        self.placing, self.standing, self.used, self.near = placing, standing, used, near
        pairs = placing.matrix.tocoo()
        inside = pairs.data <= placing.question.limit_m
        self.stays = coo_array(
            (pairs.data[inside], (pairs.row[inside], pairs.col[inside])), shape=pairs.shape
        ).tocsr()

    def under(self, way: SpreadWay) -> Placing:
        """Return the question with people spread in another way."""
        placing = self.placing
        people = way.stays[placing.rows]
        kept = np.flatnonzero((people > 0) | (placing.housing > 0))
        spots = np.searchsorted(self.used, way.spots)
        people = np.concatenate([people[kept], way.people])
        housing = np.concatenate([placing.housing[kept], np.zeros(len(way.spots))])
        start, moved = placing.start.take(kept), self.standing.take(way.spots)
        matrix = vstack([self.stays[kept], self.near[spots]], format="csr")
        return replace(
            placing,
            rows=np.concatenate([placing.rows[kept], np.full(len(spots), -1)]),
            people=people,
            housing=housing,
            weights=weights_of(people, housing, placing.question.balance),
            matrix=csr_array(matrix),
            within_m=placing.question.limit_m,
            start=Snapped(
                *(
                    np.concatenate([getattr(start, name), getattr(moved, name)])
                    for name in ("edge", "offset_m", "stretch_m")
                )
            ),
            before_m=np.full(len(people), np.inf),
        )


def _under(
    way: SpreadWay, varied: Placing, proposal: Proposal, *, own: bool, progress: Progress | None
) -> SpreadGain:
    """Return what the proposal and the best sites come to with people so spread."""
    before = _reached(varied, varied.open_columns)

    def gain(sites: Ints) -> float:
        return float(varied.people[_reached(varied, sites) & ~before].sum())

    gained = gain(proposal.chosen)
    if varied.question.objective != COVERAGE:
        return SpreadGain(way.way, gained)
    if own and proposal.proven:
        ids = tuple(sorted(proposal.ids))
        return SpreadGain(way.way, gained, gained, 0.0, ids, True)
    choice = solve(varied, count=varied.question.count, progress=progress)
    reached: Floats = varied.weights[_reached(varied, proposal.chosen) | before]
    more = max(0.0, choice.objective - float(reached.sum()))
    better = more >= SOMEBODY
    sites = choice.sites if better else proposal.chosen
    names = varied.candidates.table["id"].to_numpy(object)[sites]
    return SpreadGain(
        way.way,
        gained,
        gain(sites),
        more if better else 0.0,
        tuple(sorted(map(str, names))),
        False if better else True if choice.proven else None,
    )


def _reached(varied: Placing, columns: Ints) -> Bools:
    """Return which rows have one of the columns within the limit."""
    return np.asarray(np.diff(varied.matrix[:, columns].tocsr().indptr) > 0)
