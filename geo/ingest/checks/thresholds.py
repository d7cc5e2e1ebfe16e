"""The stated thresholds of the check, from ``data/checking.toml``, typed; and what a check reports
of a place: a problem, its reason in words, and what one click would do about it.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, TypeAlias

from geo import texts
from geo.area.record_fields import rules
from geo.cells import plain
from geo.resources import DATA


@dataclass(frozen=True)
class AddressRule:
    """How far a point may lie from what is known of its address, in metres."""

    off_m: float
    metres_a_number: float
    street_m: float


@dataclass(frozen=True)
class PostcodeRule:
    """How far a point may lie from the middle of its postcode, and how many make a middle."""

    near_m: float
    times_spread: float
    fewest: int


@dataclass(frozen=True)
class GroundRule:
    """How far a point may lie outside the area, from the rest of its file and from the district
    it is named after.
    """

    beside_m: float
    other_town_m: float
    times_three_quarters: float
    rest_m: float
    fewest: int
    district_m: float


@dataclass(frozen=True)
class SameRule:
    """How near, and how alike in name, two records of one place are."""

    near_m: float
    beside_m: float
    alike: float
    alike_far: float
    rarely_two: frozenset[str]
    words: frozenset[str]


@dataclass(frozen=True)
class RecordRule:
    """How old a record may be, and which hours are an evening."""

    old_days: int
    evening_from: int
    night_to: int
    least_hours: int


@dataclass(frozen=True)
class Thresholds:
    """All of them; ``columns`` holds plain-compared names a field."""

    address: AddressRule
    postcode: PostcodeRule
    ground: GroundRule
    same: SameRule
    records: RecordRule
    columns: Mapping[str, tuple[str, ...]]


@cache
def thresholds() -> Thresholds:
    """Return what ``data/checking.toml`` states."""
    with (DATA / "checking.toml").open("rb") as file:
        table = tomllib.load(file)
    same = table["same"]
    ours = {
        name: tuple(dict.fromkeys(map(plain, words))) for name, words in table["columns"].items()
    }
    theirs = rules().columns
    return Thresholds(
        address=AddressRule(**table["address"]),
        postcode=PostcodeRule(**table["postcode"]),
        ground=GroundRule(**table["ground"]),
        same=SameRule(
            **{
                **same,
                "rarely_two": frozenset(same["rarely_two"]),
                "words": frozenset(same["words"]),
            }
        ),
        records=RecordRule(**table["records"]),
        columns={**theirs, **ours},
    )


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
    places it was compared with, ``values`` what fills the sentence (distances in ``metres``).
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
    """Return a distance in words: whole metres, from two kilometres on kilometres."""
    if math.isinf(metres) or metres < KILOMETRES_FROM_M:
        return texts.metres(metres, language)
    kilometres = texts.number(metres / 1000, language, 0 if metres >= 10_000 else 1)
    return f"{kilometres}{texts.NO_BREAK_SPACE}km"
