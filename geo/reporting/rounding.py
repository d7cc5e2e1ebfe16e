"""A proposal's counts of counted people as they may leave in a report: rounded, and nobody hidden
as a few are. Knows no words.
"""

from __future__ import annotations

import math
from dataclasses import replace

from geo import privacy
from geo.models.location.model import gap_between
from geo.planning.siting.proposal import Effect, Proposal, ProposedSite, Walk
from geo.planning.siting.question import COVER_ALL, COVERAGE

_NO_WALK = Walk(people=math.nan, total_m=math.nan, mean_m=math.nan, worst_m=math.nan)


def rounded(proposal: Proposal) -> Proposal:
    """Return a proposal with its counts of counted people rounded; estimates as they are.

    Walks are left out, as means with known distances would tell who is meant; so is what a site
    alone adds beyond the others, and objective, bound and gap but where they are counts of people
    (rounded, the gap from these) or of sites.
    """
    if proposal.estimated:
        return proposal
    groups = tuple(_effect(effect) for effect in proposal.groups)
    small = groups[0].hidden
    objective, bound, gap = _striven_for(proposal, groups[0].after)
    return replace(
        proposal,
        effect=groups[0],
        groups=groups,
        sites=_sites(proposal.sites, hide=small),
        districts=(),
        walk_before=_NO_WALK,
        walk_after=_NO_WALK,
        out_of_reach=_or_nobody(proposal.out_of_reach),
        off_paths=_or_nobody(proposal.off_paths),
        missed=_or_nobody(proposal.missed),
        objective=objective,
        bound=bound,
        gap=gap,
        small=small,
    )


def _effect(effect: Effect) -> Effect:
    """Return people and gain rounded. Those before are the rounded people less the rounded people
    beyond, as the gap beside it tells them, and those after are they with the gain: one more
    number, the gain, is told and no more.
    """
    if not effect.counted:
        return effect
    people, before, after = effect.people, effect.before, effect.after
    if people is None or privacy.is_few(people):
        return replace(effect, people=None, before=None, after=None)
    whole = privacy.rounded(people)
    if before is None or after is None:
        return replace(effect, people=whole, before=None, after=None)
    if any(privacy.is_few(part) for part in (before, after - before)):
        return replace(effect, people=whole, before=None, after=None)
    within = whole - privacy.rounded(people - before)
    gain = privacy.rounded(after - before)
    return replace(effect, people=whole, before=within, after=within + gain)


def _sites(sites: tuple[ProposedSite, ...], *, hide: bool) -> tuple[ProposedSite, ...]:
    return tuple(
        replace(
            site,
            gain=None if hide else _or_none(site.gain),
            gain_if_last=None,
            served=None,
        )
        for site in sites
    )


def _striven_for(proposal: Proposal, after: float | None) -> tuple[float, float, float]:
    """Return objective, bound and gap; of people the objective is those reached after."""
    question = proposal.question
    if question.objective == COVER_ALL:
        return proposal.objective, proposal.bound, proposal.gap
    if question.objective != COVERAGE or question.balance is not None or after is None:
        return math.nan, math.nan, math.nan
    if not math.isfinite(proposal.bound):
        return after, math.nan, math.nan
    bound = after + privacy.rounded(max(0.0, proposal.bound - proposal.objective))
    return after, bound, gap_between(after, bound)


def _or_none(people: float | None) -> float | None:
    return None if people is None or privacy.is_few(people) else privacy.rounded(people)


def _or_nobody(people: float) -> float:
    return 0.0 if privacy.is_few(people) else privacy.rounded(people)
