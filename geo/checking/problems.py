"""What a check says of a place: a problem, its reason in words, and what one click would do about
it. Knows no rule.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from geo import texts

Severity: TypeAlias = Literal["error", "warning", "note"]
What: TypeAlias = Literal["merge", "unplace", "move", "set", "close", "drop"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""Worst first: wrong, most likely wrong or worth a call, worth a look."""
KILOMETRES_FROM_M = 2000.0


@dataclass(frozen=True)
class Fix:
    """What one click does to one record.

    ``values`` by ``what``: ``merge`` ``into`` (id of the place that stays), ``move`` ``lon`` and
    ``lat`` (WGS84), ``set`` field → new value (None: unknown; fields other than the columns of
    places are keys of its details). The others take none: ``unplace`` keeps the record without its
    point, ``close`` ends it, ``drop`` forgets the row.
    """

    what: What
    record: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """Something wrong, or worth a look, with one place.

    ``record`` is the place's id, ``row`` its row in the file (0: none), ``others`` the ids of the
    places it was compared with, ``values`` what the sentence tells (distances in ``metres``).
    """

    code: str
    record: str
    row: int = 0
    values: Mapping[str, Any] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    severity: Severity = "warning"
    fix: Fix | None = None

    def message(self, language: str = "sv") -> str:
        """Return the reason in words."""
        return texts.text(f"checking.{self.code}", language, **self._shown(language))

    def fix_message(self, language: str = "sv") -> str:
        """Return what one click would do; empty where nothing is proposed."""
        if self.fix is None:
            return ""
        which = self.code if self.fix.what == "set" else self.fix.what
        return texts.text(f"checking_fix.{which}", language, **self._shown(language))

    def _shown(self, language: str) -> dict[str, Any]:
        metres = self.values.get("metres")
        far = {} if metres is None else {"distance": _distance(metres, language)}
        return {**self.values, **far}


def _distance(metres: float, language: str) -> str:
    """Write a distance as its reader would say it: whole metres, from two kilometres kilometres."""
    if math.isinf(metres) or metres < KILOMETRES_FROM_M:
        return texts.metres(metres, language)
    kilometres = texts.number(metres / 1000, language, 0 if metres >= 10_000 else 1)
    return f"{kilometres}{texts.NO_BREAK_SPACE}km"
