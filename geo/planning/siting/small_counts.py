"""What of a proposal may be disclosed: small counts of counted people are hidden, with all that
would give them away. Of a curve or a trade-off, each step must be large enough.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from geo import privacy
from geo.planning.siting.curves import Curve, TradePoint
from geo.planning.siting.proposal import Effect, Proposal, ProposedSite


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
