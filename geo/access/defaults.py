"""What a question begins with where nobody has chosen: the kind of place, the limit, the group, the
objective and the count, from the kind and the area. Page, link and command use the same.

Newcomers first: where an area has transitional housing with residents, questions about info desks,
language cafés and other places to meet are about them (``group`` in ``data/kinds.toml``). Where it
has none, the nearest group the area has figures of stands in, and the answer says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geo import presets
from geo.texts import text

if TYPE_CHECKING:
    from geo.area.model import Area

INFO_DESK, PRESCHOOL = "info_desk", "preschool"
NEWCOMERS, EVERYBODY = "newcomers", "all"
COVERAGE = "coverage"
DESKS = 2
"""The mission's question: where should the next two info desks stand?"""
_STANDS_IN = {
    "children_1_5": ("children_0_4", "newcomer_children_0_5"),
    "children_0_4": ("children_1_5", "newcomer_children_0_5"),
}
"""Which groups come nearest to one that an area has no figures of, nearest first."""


@dataclass(frozen=True)
class Defaults:
    """What a question about a kind begins with in an area."""

    kind: str
    limit_m: float
    group: str
    aim: str
    count: int


def defaults(area: Area, kind: str = "") -> Defaults:
    """Return what a question about a kind begins with; of no kind, about the area's first.

    Raises
    ------
    InputError ``unknown_kind``.
    """
    row = presets.kind(kind or first_kind(area))
    count = DESKS if row.id == INFO_DESK else 1
    return Defaults(row.id, row.limit_m, usual_group(area, row.group), row.aim, count)


def first_kind(area: Area) -> str:
    """Return the kind that a first question is about: info desks for the residents of transitional
    housing; where there are none, preschools, else what the area has.
    """
    if has_people(area, NEWCOMERS):
        return INFO_DESK
    return PRESCHOOL if PRESCHOOL in area.kinds else next(iter(area.kinds), INFO_DESK)


def usual_group(area: Area, wanted: str) -> str:
    """Return a group if the area has people of it, else what stands in for it."""
    chain = (wanted, *_STANDS_IN.get(wanted, ()), EVERYBODY)
    known = [name for name in chain if has_people(area, name)]
    return next(iter([*known, *area.groups]), EVERYBODY)


def filled(values: Mapping[str, Any], area: Area | None, *, desks: bool = False) -> dict[str, Any]:
    """Return what a person chose, and where it is None or missing what the question begins with;
    of no area, only what a person chose.

    Parameters
    ----------
    values : ``kind``, ``limit``, ``group`` and ``objective`` as words, ``balance`` and ``budget``
        if any; others are kept as they are.
    desks : of no kind, about info desks, whatever the area has.
    """
    told = {name: value for name, value in values.items() if value is not None}
    if area is None:
        return told
    usual = defaults(area, told.get("kind") or (INFO_DESK if desks else ""))
    # A balance weighs residents of transitional housing against all residents.
    group = usual_group(area, EVERYBODY) if "balance" in told else usual.group
    aim = COVERAGE if "budget" in told else usual.aim  # no other objective takes one
    found = {"kind": usual.kind, "limit": usual.limit_m, "group": group, "objective": aim}
    return {**found, **told}


def has_people(area: Area, group: str) -> bool:
    """Return whether an area has somebody of a group."""
    return group in area.groups and bool(area.count(group).any())


def for_everybody(area: Area, kinds: Iterable[str], group: str) -> str:
    """Return why an answer about a kind is one for all residents although newcomers come first: a
    key under ``defaults.``; "" where it is about the group it should be, or somebody chose another
    in spite of it.
    """
    about = any(presets.kind(kind).group == NEWCOMERS for kind in kinds)
    if not about or group != EVERYBODY or has_people(area, NEWCOMERS):
        return ""
    there = (area.places["kind"] == "transitional_housing").any()
    return "housing_uncounted" if there else "no_housing"


def for_everybody_words(area: Area, kind: str, group: str, language: str) -> list[str]:
    """Return the sentence that an answer for all residents is one, where newcomers come first; none
    where it is not.
    """
    key = for_everybody(area, (kind,), group)
    return [text(f"defaults.{key}", language)] if key else []
