"""What we mean by kinds of place, groups of people, walking profiles and limits: the tables in
``data/``, typed; and what else a question may choose among.
"""

from __future__ import annotations

import difflib
import math
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

from geo.errors import BadLimit, InputError
from geo.resources import DATA

# What the command line offers to choose among stands here: it loads none of what answers.
LEVELS = ("deso", "regso")
"""Statistical areas of Statistics Sweden, the smaller first."""
MEETING_MEASURES = ("hours", "language", "arena", "contact")
OUTREACH_WHERE = ("all", "housing", "areas")
"""Whom to rank: housing and statistical areas, or one of them."""
OUTREACH_ORDERS = ("person", "number")
"""What ranks them: need per person, or how many have a need."""
REPORT_FORMS = ("report", "tjansteskrivelse")
"""A report to the board, or the letter that puts a matter to it."""
EXISTING = ("keep", "ignore")
"""Whether places of the kind that are open already count."""

CatchmentMethod = Literal["2sfca", "e2sfca", "balanced", "bfca"]
CATCHMENT_METHODS: tuple[CatchmentMethod, ...] = get_args(CatchmentMethod)
PER_PERSON: tuple[CatchmentMethod, ...] = ("2sfca", "e2sfca", "balanced")
"""The catchments that give places per person, however finely people are cut into rows."""
ASSIGNMENT = "assignment"
PRESCHOOL_METHODS = (*PER_PERSON, ASSIGNMENT)
"""How preschool places are counted: as catchments that are shared, or each child at one."""

ANY, PREFERRED, REQUIRED = "any", "preferred", "required"
STAFF_LANGUAGE_RULES = (PREFERRED, REQUIRED, ANY)
"""Whether who comes speaks a language known there: counts for more, is required, or makes no
difference.
"""


@dataclass(frozen=True)
class Kind:
    """A kind of place: its names, how it is drawn, and the OpenStreetMap tags that become it."""

    id: str
    sv: str
    en: str
    plural_sv: str
    plural_en: str
    indefinite_sv: str
    indefinite_en: str
    symbol: str
    colour: str
    osm: tuple[str, ...]
    names: tuple[str, ...]
    limit_m: float
    """Longest walk a question begins with, in metres."""
    group: str
    """The group of people a question begins with, where the area has it."""
    aim: str
    """The objective that siting a new one begins with."""
    why_sv: str
    why_en: str
    room: bool = False
    """Has rooms where something new may open."""
    staffed: bool = False
    """Has staff by what it is."""
    walked_to: bool = True
    """Is for those who can walk there; False where it serves a whole municipality."""
    asked_by_day: bool = False
    """Its answers are about a day one chooses: a first day to come does not close it."""

    def name(self, language: str) -> str:
        """Return the kind's name, as in ``Förskola``."""
        return self.sv if language == "sv" else self.en

    def plural(self, language: str) -> str:
        """Return the kind's plural, as in ``Förskolor``."""
        return self.plural_sv if language == "sv" else self.plural_en

    def indefinite(self, language: str) -> str:
        """Return the kind with its article, as in ``en förskola``."""
        return self.indefinite_sv if language == "sv" else self.indefinite_en

    def none(self, language: str) -> str:
        """Return that there is none of the kind, as in ``Ingen förskola``."""
        article, _, rest = self.indefinite(language).partition(" ")
        if language == "sv":
            return f"{'Inget' if article == 'ett' else 'Ingen'} {rest}"
        return f"No {rest if article in ('a', 'an') else self.indefinite(language)}"

    def one(self, language: str) -> str:
        """Return the pronoun of one of the kind: ``en``, ``ett``; ``one``."""
        return self.indefinite(language).partition(" ")[0] if language == "sv" else "one"

    def why(self, language: str) -> str:
        """Return why a question about the kind begins with its limit, group and objective."""
        return self.why_sv if language == "sv" else self.why_en


@dataclass(frozen=True)
class Group:
    """A group of people: its name, and the columns of a file that hold it."""

    id: str
    sv: str
    en: str
    origin: str
    columns: tuple[str, ...]
    share_columns: tuple[str, ...]

    def name(self, language: str) -> str:
        """Return the group's name in running text, as in ``barn 0–4 år``."""
        return self.sv if language == "sv" else self.en


@dataclass(frozen=True)
class Profile:
    """A way of walking: speed in metres per second, and which paths it can use."""

    id: str
    sv: str
    en: str
    metres_per_second: float
    steps: bool
    unlit: bool
    source_sv: str
    source_en: str
    max_slope: float | None = None
    """Steepest path it can use, metres up or down a metre along; None for any."""

    def name(self, language: str) -> str:
        """Return the profile's name."""
        return self.sv if language == "sv" else self.en

    def source(self, language: str) -> str:
        """Return where the speed comes from."""
        return self.source_sv if language == "sv" else self.source_en

    def minutes(self, distance_m: float) -> float:
        """Return walking time in minutes for a distance in metres."""
        return distance_m / self.metres_per_second / 60


@dataclass(frozen=True)
class Limit:
    """A walking-distance limit in metres and whose it is."""

    metres: int
    sv: str
    en: str

    def source(self, language: str) -> str:
        """Return whose limit this is."""
        return self.sv if language == "sv" else self.en


@cache
def kinds() -> dict[str, Kind]:
    """Return the kinds of place by id, in the order they are shown."""
    rows = _table("kinds")
    return {
        key: Kind(id=key, limit_m=float(row.pop("limit_m")), **_tuples(row))
        for key, row in rows.items()
    }


@cache
def rooms() -> tuple[str, ...]:
    """Return the kinds of place that have rooms where something new may open."""
    return tuple(name for name, kind in kinds().items() if kind.room)


@cache
def groups() -> dict[str, Group]:
    """Return the groups of people by id, in the order they are shown."""
    rows = _table("groups")
    return {key: Group(id=key, origin=row.pop("from"), **_tuples(row)) for key, row in rows.items()}


@cache
def profiles() -> dict[str, Profile]:
    """Return the walking profiles by id; the first is the default."""
    return {key: Profile(id=key, **row) for key, row in _table("walking")["profile"].items()}


@cache
def limits() -> tuple[Limit, ...]:
    """Return the preset distance limits, shortest first."""
    return tuple(Limit(**row) for row in _table("walking")["limit"])


@cache
def established() -> dict[str, str]:
    """Return the measures of who is established by name: everybody but which group of people."""
    return dict(_table("meeting")["established"])


def kind(name: str) -> Kind:
    """Look up a kind by id; ``unknown_kind`` names the nearest valid ones."""
    if name not in kinds():
        by_label = {
            label.lower(): key
            for key, row in kinds().items()
            for label in (row.sv, row.en, *row.names)
        }
        close = _close(name, [*kinds(), *by_label])
        raise InputError(
            "unknown_kind",
            found=name,
            nearest=_joined([by_label.get(hit, hit) for hit in close], kinds()),
        )
    return kinds()[name]


def group(name: str) -> Group:
    """Look up a group by id; ``unknown_group`` names the nearest valid ones."""
    if name not in groups():
        raise InputError(
            "unknown_group", found=name, nearest=_joined(_close(name, list(groups())), groups())
        )
    return groups()[name]


def profile(name: str) -> Profile:
    """Look up a walking profile by id; ``unknown_profile`` names the valid ones."""
    if name not in profiles():
        raise InputError("unknown_profile", found=name, nearest=", ".join(profiles()))
    return profiles()[name]


def limit_m(value: object) -> float:
    """Check a distance limit given by a person and return it in metres.

    >>> limit_m("400")
    400.0
    """
    try:
        metres = float(str(value).strip().replace("\u00a0", "").replace(" ", "").replace(",", "."))
    except ValueError:
        raise BadLimit(found=str(value)) from None
    if not math.isfinite(metres) or metres <= 0 or metres > 100_000:
        raise BadLimit(found=str(value))
    return metres


def _close(name: str, valid: list[str]) -> list[str]:
    return difflib.get_close_matches(name.lower(), valid, n=3, cutoff=0.5)


def _joined(close: list[str], valid: dict[str, Any]) -> str:
    return ", ".join(dict.fromkeys(close)) or ", ".join(valid)


def _table(name: str) -> dict[str, Any]:
    with (DATA / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
