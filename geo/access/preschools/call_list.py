"""Which preschools to call for the children of one transitional housing or district, in which
order, and what to ask each.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geo import presets
from geo.access.preschools.model import PreschoolAnswer
from geo.access.preschools.supply import STATED, UNKNOWN, Preschool
from geo.area.languages import known_in
from geo.area.model import Area
from geo.area.newcomers import housing_asked
from geo.area.record_fields import rules
from geo.cells import plain
from geo.errors import InputError
from geo.network.distances import within
from geo.types import Floats, Ints

QUESTIONS = ("vacancies", "places", "personal_number", "ages", "languages")
"""The questions of a call, in order; keys under ``preschool_ask.``"""


@dataclass(frozen=True)
class Call:
    """One preschool to call: how far it is, whether that is within the limit, and what to ask
    (keys of ``QUESTIONS``). ``common`` are languages it shares with the families.
    """

    place: Preschool
    metres: float
    minutes: float
    in_limit: bool
    ask: tuple[str, ...]
    common: tuple[str, ...]


@dataclass(frozen=True)
class CallList:
    """Whom to call for a housing (``housing``: its id) or a district (``district``: its name).

    ``children`` is None where unknown. What is known of need stands beside: the share enrolled and
    the three-year-olds without a place, shares (of a housing) or a number (of a district).
    """

    housing: str
    district: str
    name: str
    children: int | None
    limit_m: float
    calls: tuple[Call, ...]
    enrolled_share: float | None = None
    three_year_olds_without_place: float | None = None
    languages: tuple[str, ...] = ()


def calls_for(area: Area, answer: PreschoolAnswer, which: str) -> CallList:
    """Return whom to call for a housing (by id, also its file's, or name) or a district (by name).

    For a housing first who takes or may take children without a personal number, last who does not.
    Then first who has known vacancies, then who may have (an estimate), then where it is unknown,
    last who has none; among them by walking metres in steps of 100 m; in a step first who takes
    children without a personal number, then who shares a language with the families. Those within
    the limit come before those beyond it; of the latter only those that have or may have vacancies.
    Of a district the metres are the mean over its children.

    Raises
    ------
    InputError ``unknown_housing`` : with those there are.
    """
    asked = _housing(area, which)
    for row in answer.housing:
        if row.family.place == asked:
            family = row.family
            metres = _from_row(area, answer, family.row)
            return CallList(
                housing=family.place,
                district=family.district,
                name=family.name or family.place,
                children=None if row.hidden else family.children,
                limit_m=answer.question.limit_m,
                calls=_ordered(answer, metres, family.languages, newcomers=True),
                enrolled_share=None if row.hidden else family.enrolled_share,
                three_year_olds_without_place=None
                if row.hidden
                else family.three_year_olds_without_place,
                languages=family.languages,
            )
    for place in answer.districts:
        if which and which == place.name:
            return CallList(
                housing="",
                district=place.name,
                name=place.name,
                children=None if place.hidden else place.children.value,
                limit_m=answer.question.limit_m,
                calls=_ordered(answer, _from_district(area, answer, which), ()),
                enrolled_share=None
                if place.hidden
                else _share(place.children_in_preschool, place.children.value),
                three_year_olds_without_place=None
                if place.hidden
                else place.three_year_olds_without_place,
            )
    known = [row.family.name or row.family.place for row in answer.housing]
    known += [row.name for row in answer.districts if row.name]
    raise InputError("unknown_housing", found=which, known=", ".join(known) or "–")


def _housing(area: Area, which: str) -> str:
    """Return the id of the housing that a text means, "" where it means none or several."""
    try:
        return housing_asked(area, which)
    except InputError:
        return ""


def questions(place: Preschool) -> tuple[str, ...]:
    """Return what to ask a preschool: all that is not known of it, or only estimated."""
    unknown = {
        "vacancies": place.vacancies is None or place.vacancies.estimated or place.estimated,
        "places": place.basis != STATED,
        "personal_number": place.without_personal_number == UNKNOWN,
        "ages": not place.ages,
        "languages": not place.languages,
    }
    return tuple(name for name in QUESTIONS if unknown[name])


def _share(part: float | None, whole: int) -> float | None:
    return None if part is None or not whole else min(1.0, part / whole)


def _tongue(text: str) -> str:
    """Return a language as it is compared: "tigrinja", "Tigrinya" and "ti" are one."""
    return next(iter(known_in(text)), plain(text))


def _ordered(
    answer: PreschoolAnswer, metres: Floats, languages: Sequence[str], *, newcomers: bool = False
) -> tuple[Call, ...]:
    rule, limit = rules().calls, answer.question.limit_m
    walker = presets.profile(answer.question.profile)
    spoken = set(map(_tongue, languages))
    found = []
    for at, place in enumerate(answer.supply.here):
        near = bool(metres[at] <= limit)
        if not np.isfinite(metres[at]) or not (near or _free(place) < 2):
            continue
        common = tuple(each for each in place.languages if _tongue(each) in spoken)
        order = (
            newcomers and place.without_personal_number == "no",
            not near,
            _free(place),
            math.floor(metres[at] / rule.step_m),
            ("yes", UNKNOWN, "no").index(place.without_personal_number),
            -len(common),
            metres[at],
            at,
        )
        distance_m = float(metres[at])
        call = Call(place, distance_m, walker.minutes(distance_m), near, questions(place), common)
        found.append((order, call))
    return tuple(call for _, call in sorted(found, key=lambda pair: pair[0])[: rule.most])


def _free(place: Preschool) -> int:
    """Return 0 for known vacancies, 1 for likely ones, 2 for unknown, 3 for none."""
    if place.vacancies is None:
        return 2
    if place.vacancies.low > 0 and not place.vacancies.estimated:
        return 0
    return 1 if place.vacancies.value > 0 else 3


def _from_row(area: Area, answer: PreschoolAnswer, row: int) -> Floats:
    return _mean_metres(area, answer, np.array([row]), np.ones(1))


def _from_district(area: Area, answer: PreschoolAnswer, name: str) -> Floats:
    lives = area.people["district"].to_numpy(object) == name
    rows = np.flatnonzero(lives & (answer.demand.children > 0))
    return _mean_metres(area, answer, rows, answer.demand.children[rows].astype(float))


def _mean_metres(area: Area, answer: PreschoolAnswer, rows: Ints, children: Floats) -> Floats:
    """Return the mean metres to each preschool of those of some rows who can walk there at all."""
    walker, count = presets.profile(answer.question.profile), len(answer.supply.here)
    start = area.snapped_people(walker).take(rows)
    found = within(area.network, start, answer.goals, within_m=math.inf, profile=walker)
    who = np.repeat(children, np.diff(found.indptr))
    walked = np.bincount(found.indices, who * found.data, minlength=count)
    whole = np.bincount(found.indices, who, minlength=count)
    mean: Floats = np.divide(walked, whole, out=np.full(count, np.inf), where=whole > 0)
    return mean
