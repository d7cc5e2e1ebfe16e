"""What a change does to a gap: how many fewer live beyond the limit than today, and between what
numbers that lies over the fair ways of spreading people who are estimated.
"""

from __future__ import annotations

from dataclasses import dataclass

from geo.access.gaps import Gap
from geo.privacy import is_small
from geo.texts import number, text


@dataclass(frozen=True)
class GapChange:
    """How many fewer live beyond the limit after a change, below zero for more; ``low`` and
    ``high`` are the least and most over the ways of spreading people. ``hidden`` : so few counted
    people that the difference must not be told.
    """

    fewer: float
    low: float
    high: float
    hidden: bool

    @property
    def has_range(self) -> bool:
        """Whether it differs by whole people between the ways."""
        return not self.hidden and round(self.low) != round(self.high)


def change_of(before: Gap, changed: Gap) -> GapChange:
    """Return what a change does to a gap; both gaps are answers to one question."""
    fewer = float(round(before.beyond) - round(changed.beyond))
    counted = not (before.estimated or changed.estimated)
    hidden = before.small or changed.small or is_small(abs(fewer), counted)
    after = dict(changed.ways)
    every = [
        (share - after[way]) * before.people
        for way, share in before.ways
        if not counted and way in after
    ]
    exact = before.beyond - changed.beyond
    return GapChange(fewer, min([exact, *every]), max([exact, *every]), hidden)


def range_line(change: GapChange, language: str) -> str:
    """Return the range of the difference in a sentence; empty where there is none."""
    if not change.has_range:
        return ""
    low, high = round(change.low), round(change.high)
    key = "fewer" if low >= 0 else "more" if high <= 0 else "either"
    first, last = sorted((abs(low), abs(high)))
    values = {"first": first, "last": last, "more": -low, "fewer": high}
    return text(
        f"scenario.range_{key}",
        language,
        **{name: number(value, language) for name, value in values.items()},
    )


def difference_line(change: GapChange, language: str) -> str:
    """Return the difference from today in words, and its range."""
    if change.hidden:
        return text("scenario.difference_hidden", language)
    key = "fewer" if change.fewer > 0 else "more" if change.fewer < 0 else "same"
    told = number(abs(change.fewer), language)
    said = text(f"scenario.difference_{key}", language, number=told)
    return f"{said} {range_line(change, language)}".rstrip()
