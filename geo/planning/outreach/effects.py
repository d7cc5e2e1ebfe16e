"""What a change to the activities does, by making it in a copy of the area and counting again whom
each need is met for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from geo.area.activities.model import Activity, Span
from geo.area.activities.table import from_table, to_table
from geo.area.model import Area
from geo.planning.outreach.context import World
from geo.planning.outreach.needs import OF_CHILDREN, Need, needs_at
from geo.planning.outreach.rules import needs
from geo.privacy import is_small

ROUNDING = 1e-6
"""Sums of the same people in another order may differ by this much."""


@dataclass(frozen=True)
class Change:
    """Activities that come, that are held otherwise (by id), and that end (ids)."""

    add: tuple[Activity, ...] = ()
    instead: tuple[Activity, ...] = ()
    close: tuple[str, ...] = ()


@dataclass(frozen=True)
class Effect:
    """What a change does for one need: people it is met for before and after, in the whole area and
    at one spot (``here``), of those it is ``about`` (of needs of children, those who have it).
    ``hidden``: so few counted people that no number is disclosed.
    """

    need: str
    about: float
    before: Span
    after: Span
    here_about: float
    here_before: Span
    here_after: Span
    hidden: bool = False

    @property
    def gain(self) -> Span:
        """How many more the need is met for: for sure, and counting what is uncertain."""
        return Span(self.after.low - self.before.low, self.after.high - self.before.high)

    @property
    def helps(self) -> bool:
        """Whether it is met for more, and for nobody less."""
        return self.gain.low > ROUNDING and self.gain.high >= -ROUNDING

    @property
    def harms(self) -> bool:
        """Whether it is met for fewer."""
        return self.gain.low < -ROUNDING or self.gain.high < -ROUNDING


def applied(area: Area, change: Change) -> Area:
    """Return a copy of an area with a change made; the area stays as it is."""
    held = {activity.id: activity for activity in change.instead}
    kept = [
        held.get(activity.id, activity)
        for activity in from_table(area.activities)
        if activity.id not in change.close
    ]
    return replace(area, activities=to_table([*kept, *change.add]))


def effects_of(
    world: World, change: Change, spot: int, before: tuple[tuple[Need, ...], ...]
) -> tuple[Effect, ...]:
    """Return what a change does for each need that is known, in the order of ``needs()``.

    Parameters
    ----------
    spot : the number of the spot that ``here`` is about.
    before : the needs of each spot as they are (``needs_at`` of the world's own supply).
    """
    if change not in world.tried:
        world.tried[change] = needs_at(world, world.supply_in(applied(world.area, change)))
    after = world.tried[change]
    return tuple(
        _effect(need, spot, [row[at] for row in before], [row[at] for row in after])
        for at, need in enumerate(needs())
        if before[spot][at].reached is not None
    )


def _effect(need: str, spot: int, before: list[Need], after: list[Need]) -> Effect:
    here, then = before[spot], after[spot]
    assert here.reached is not None and then.reached is not None
    total, changed = _sum(before), _sum(after)
    gain = changed.low - total.low
    counted = all(row.hidden or is_small(row.about, True) for row in before if row.about > 0)
    return Effect(
        need=need,
        about=sum(row.about for row in before if row.reached is not None),
        before=total,
        after=changed,
        here_about=_lacking(here) if need in OF_CHILDREN else here.about,
        here_before=here.reached,
        here_after=then.reached,
        hidden=here.hidden or then.hidden or is_small(gain, counted),
    )


def _lacking(need: Need) -> float:
    """Return how many have a need at most: of needs of children, those who can be reached."""
    return need.lacking.high if need.lacking else 0.0


def _sum(rows: list[Need]) -> Span:
    known = [row.reached for row in rows if row.reached is not None]
    return Span(sum(each.low for each in known), sum(each.high for each in known))
