"""What a person writes in a question, in an option or an address, as numbers and points."""

from __future__ import annotations

from collections.abc import Iterable

from geo.access.from_point import read_point
from geo.errors import BadBalance, BadBudget, BadCount, BadTimeLimit


def whole_of(words: str) -> int:
    """Read a whole number of sites; ``BadCount`` for anything else.

    >>> whole_of("3")
    3
    """
    try:
        return int(words)
    except ValueError:
        raise BadCount(found=words) from None


def number_of(
    words: str, refuse: type[BadBudget] | type[BadBalance] | type[BadTimeLimit] = BadBudget
) -> float:
    """Read a number with spaces or a decimal comma; ``refuse`` for anything else.

    >>> number_of("12 500,5")
    12500.5
    """
    try:
        return float(words.replace("\u00a0", "").replace(" ", "").replace(",", "."))
    except ValueError:
        raise refuse(found=words) from None


def points_of(words: Iterable[str]) -> tuple[tuple[float, float], ...]:
    """Read points written as ``lon,lat``; ``BadPoint`` for anything else."""
    return tuple(read_point(each) for each in words)
