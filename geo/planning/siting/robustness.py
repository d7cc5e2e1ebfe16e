"""How often each site stays chosen when people, limit and walking vary: does the answer rest on
the place or on the numbers?
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from geo.planning.siting.instance import Placing, laid_out, weights_of
from geo.planning.siting.proposal import Proposal
from geo.planning.siting.question import COVER_ALL, COVERAGE
from geo.planning.siting.solve import shared, solve
from geo.types import Floats, Progress

DRAWS = (0, 1, 2)
"""People as they are, and two draws (the numbers are their seeds)."""
PEOPLE_VARY = 0.10
"""Each statistical area's people, and each housing's, vary by so much up or down, evenly drawn."""
LIMIT_TIMES = (1.0, 1.25)
OTHER_PROFILE = {"with_stroller": "adult"}
"""The second way of walking; with a stroller, for all others."""


@dataclass(frozen=True)
class Variant:
    """One way to ask the same: ``draw`` 0 is people as they are. ``ids`` : the sites it chose."""

    draw: int
    limit_m: float
    profile: str
    ids: frozenset[str]
    proven: bool


@dataclass(frozen=True)
class Stays:
    """In how many variants a site is chosen."""

    id: str
    name: str
    times: int


@dataclass(frozen=True)
class Robustness:
    """``sites`` : the proposal's, in its order. ``others`` : what other variants chose instead,
    most often first. A site chosen in all of ``variants`` does not hang on the numbers.
    """

    variants: tuple[Variant, ...]
    sites: tuple[Stays, ...]
    others: tuple[Stays, ...]

    @property
    def count(self) -> int:
        """How many variants there are."""
        return len(self.variants)


def robust(placing: Placing, proposal: Proposal, *, progress: Progress | None = None) -> Robustness:
    """Return how a proposal holds in all variants: people as they are and two draws within ±10 %,
    the limit and a quarter more, two ways of walking; 12, or 6 where the objective has no limit.

    Raises
    ------
    What ``solve`` raises; Cancelled.
    """
    asked = []
    ids = placing.candidates.table["id"].to_numpy(object)
    every = list(_variants(placing, progress))
    for at, (draw, varied) in enumerate(every):
        if progress is not None:
            progress("progress.variants", at / len(every))
        same = draw == 0 and varied.question == placing.question
        if same:
            chosen, proven = proposal.chosen, proposal.proven
        else:
            found = solve(varied, count=placing.question.count, progress=progress)
            chosen, proven = found.sites, found.proven
        question = varied.question
        asked.append(
            Variant(draw, question.limit_m, question.profile, frozenset(ids[chosen]), proven)
        )
    times = Counter(id for variant in asked for id in variant.ids)
    names = dict(zip(ids, placing.candidates.table["name"], strict=True))
    own = tuple(Stays(site.id, site.name, times[site.id]) for site in proposal.sites)
    others = tuple(
        Stays(id, names[id], times[id])
        for id in sorted(times, key=lambda id: (-times[id], id))
        if id not in proposal.ids
    )
    return Robustness(tuple(asked), own, others)


def with_shares(proposal: Proposal, found: Robustness) -> Proposal:
    """Return the proposal with each site's ``share_of_variants`` filled in, and whether the
    variants chose every candidate, and one of the sites no more often than not.
    """
    times = {site.id: site.times for site in found.sites}
    chosen = {id for variant in found.variants for id in variant.ids}
    seldom = any(2 * site.times <= found.count for site in found.sites)
    return replace(
        proposal,
        spans_all=seldom and chosen >= set(proposal.placing.candidates.table["id"]),
        sites=tuple(
            replace(site, share_of_variants=times[site.id] / found.count) for site in proposal.sites
        ),
    )


def _variants(placing: Placing, progress: Progress | None) -> Iterator[tuple[int, Placing]]:
    """Lay the question out once a way of walking, and vary limit and people on that."""
    question = placing.question
    knows_limit = question.objective in (COVERAGE, COVER_ALL)
    limits = [question.limit_m * times for times in (LIMIT_TIMES if knows_limit else (1.0,))]
    other = OTHER_PROFILE.get(question.profile, "with_stroller")
    seconds = shared(placing, 12).question.time_limit_s
    for profile in (question.profile, other):
        farthest = replace(question, profile=profile, limit_m=limits[-1], time_limit_s=seconds)
        wide = laid_out(placing.area, farthest, placing.candidates, placing.existing, progress)
        for limit_m in limits:
            walked = _within(wide, limit_m) if knows_limit else wide
            own = profile == question.profile and limit_m == question.limit_m
            for draw in DRAWS:
                if draw == 0 and own:
                    yield draw, placing
                else:
                    yield draw, _drawn(walked, draw)


def _within(placing: Placing, limit_m: float) -> Placing:
    """Return the same question with a shorter limit."""
    matrix = placing.matrix.tocoo()
    near = matrix.data <= limit_m
    shorter = type(matrix)(
        (matrix.data[near], (matrix.row[near], matrix.col[near])), shape=matrix.shape
    ).tocsr()
    shorter.sort_indices()
    question = replace(placing.question, limit_m=limit_m)
    return replace(placing, question=question, matrix=shorter, within_m=limit_m)


def _drawn(placing: Placing, seed: int) -> Placing:
    """Return the question with people varied a unit at a time; seed 0 leaves them as they are."""
    if seed == 0:
        return placing
    units = placing.area.people["unit"].astype(str).to_numpy(object)[placing.rows]
    names, which = np.unique(units.astype(str), return_inverse=True)
    spread = np.random.default_rng(seed).uniform(1 - PEOPLE_VARY, 1 + PEOPLE_VARY, len(names))
    times: Floats = spread[which]
    people, housing = placing.people * times, placing.housing * times
    weights = weights_of(people, housing, placing.question.balance)
    return replace(placing, people=people, housing=housing, weights=weights)
