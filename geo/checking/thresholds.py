"""The stated thresholds of the check, from ``data/checking.toml``, typed. Knows no place."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from geo.area.record_fields import rules
from geo.cells import plain
from geo.texts import DATA


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
