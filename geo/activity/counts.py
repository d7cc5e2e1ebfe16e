"""A cell that lists things with how many people: "tigrinja 40, arabiska 25" or "ti:40;ar:25". Knows
nothing of what the things are.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_PART = re.compile(
    r"(?:(?P<before>\d+)\s*(?P<share_before>%)?\s+)?(?P<what>.+?)"
    r"(?:(?:\s*[:=(]\s*|\s+)(?P<after>\d+)\s*(?P<share>%)?\s*\)?)?"
)


def counted_parts(
    text: str,
    people: float | None = None,
    is_name: Callable[[str], object] = lambda _: False,
) -> tuple[tuple[str, float | None], ...]:
    """Return what a cell lists, each with how many people, None where it does not tell.

    Parameters
    ----------
    people : all of them: what per cent are of; unknown per cent where this is.
    is_name : tells of a part that all of it is a name, the number in it too.

    >>> counted_parts("tigrinja 40, arabiska (25); 10 dari, so")
    (('tigrinja', 40.0), ('arabiska', 25.0), ('dari', 10.0), ('so', None))
    >>> counted_parts("ti:40%", 60)
    (('ti', 24.0),)
    """
    found = []
    for part in re.split(r"[;,/|]|\s+(?:och|and|samt)\s+", text):
        named = part.strip()
        match = None if is_name(named) else _PART.fullmatch(named)
        if match:
            found.append((match["what"].strip(), _count(match, people)))
        elif named:
            found.append((named, None))
    return tuple(found)


def _count(match: re.Match[str], people: float | None) -> float | None:
    number = match["after"] or match["before"]
    if number is None:
        return None
    if match["share"] or match["share_before"]:
        return None if people is None else people * min(float(number), 100.0) / 100
    return float(number)
