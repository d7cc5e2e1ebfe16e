"""The stated rules of outreach: needs, visitors and lengths of visits of ``data/outreach.toml``,
typed.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from geo.resources import DATA


@dataclass(frozen=True)
class NeedRule:
    """A need: its names, how long a visit takes, and which kinds of activity count for it."""

    id: str
    sv: str
    en: str
    short_sv: str
    short_en: str
    visit_minutes: int
    kinds: tuple[str, ...]

    def name(self, language: str) -> str:
        """Return the need in running text, as in ``ingen förskoleplats inom räckhåll``."""
        return self.sv if language == "sv" else self.en

    def short(self, language: str) -> str:
        """Return what it is about in a word, as in ``förskola``."""
        return self.short_sv if language == "sv" else self.short_en


@dataclass(frozen=True)
class Visitor:
    """Who may visit at the door: names that are looked for, and the kind of activity a visit is."""

    id: str
    sv: str
    en: str
    names: tuple[str, ...]
    kind: str

    def name(self, language: str) -> str:
        """Return who they are, as in ``stadsdelsmammor``."""
        return self.sv if language == "sv" else self.en


@dataclass(frozen=True)
class ProposalRule:
    """Bounds of proposals: ``hours`` a time lasts, between ``earliest`` and ``latest``; ``near_m``
    an organisation may be from a desk; how many ``places`` and ``organisations`` are tried, and how
    many proposals of a sort are listed (``told``).
    """

    hours: int
    earliest: int
    latest: int
    near_m: float
    places: int
    organisations: int
    told: int


@cache
def needs() -> dict[str, NeedRule]:
    """Return the needs by id, in the order they are shown."""
    return {
        key: NeedRule(id=key, **{**row, "kinds": tuple(row["kinds"])})
        for key, row in _table()["need"].items()
    }


@cache
def visitors() -> dict[str, Visitor]:
    """Return who may visit, by id."""
    return {
        key: Visitor(key, row["sv"], row["en"], tuple(row["names"]), row["kind"])
        for key, row in _table()["visitor"].items()
    }


@cache
def proposal_rule() -> ProposalRule:
    """Return the bounds of proposals."""
    return ProposalRule(**_table()["proposal"])


@cache
def without_language() -> float:
    """Return what a visit counts for where nobody who comes speaks a language known there."""
    return float(_table()["plan"]["without_language"])


@cache
def _table() -> dict[str, Any]:
    with (DATA / "outreach.toml").open("rb") as file:
        return tomllib.load(file)
