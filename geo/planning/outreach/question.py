"""A question about outreach: what a person chose or wrote, checked; what each need weighs, and the
score that ranks where outreach would matter.

score(r) = 100 · Σ_n w_n · L(r, n) / A(r, n) / Σ_n w_n

L(r, n) is how many of those at r the need n is met for too little: the middle of its range, as
unknown records leave one. A(r, n) is everybody at r whom the need is about. The sums are over the
needs known at r, and about somebody there: what is unknown counts neither for nor against, and is
shown as unknown. A score of 100 is everybody at r, in every need known there; a place does not win
by being large.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from geo import presets
from geo.access.meeting.question import MeetingQuestion
from geo.area.activities.model import Span
from geo.errors import InputError
from geo.planning.outreach.rules import needs
from geo.texts import Phrase

if TYPE_CHECKING:
    from geo.area.model import Area

WHEN = "any_time"
"""The hours at which people can come whose housing does not report them, unless chosen
otherwise.
"""
EVERYWHERE, HOMES, AREAS = WHERE = presets.OUTREACH_WHERE
PER_PERSON, BY_NUMBER = ORDERS = presets.OUTREACH_ORDERS


@dataclass(frozen=True)
class OutreachQuestion:
    """Where outreach would matter. Hashable: answers may be kept on it.

    Attributes
    ----------
    meeting : what the measures of meeting places take, week, limit, profile and hours among it. Its
        ``group`` is of residents; its ``established`` is "" where the area has no measure.
    weights : what each need weighs. ``where`` : one of ``WHERE``. ``order`` : one of ``ORDERS``.
    """

    meeting: MeetingQuestion
    weights: Weights
    where: str = EVERYWHERE
    order: str = PER_PERSON

    @property
    def basis(self) -> MeetingQuestion:
        """What needs and proposals depend on: all but weights and who is shown."""
        return self.meeting

    @classmethod
    def read(
        cls, values: Mapping[str, Any], area: Area, *, today: date | None = None
    ) -> OutreachQuestion:
        """Return the question of an option's or an address's texts.

        Parameters
        ----------
        values : ``limit``, ``profile``, ``when`` and ``week`` as ``MeetingQuestion.read`` takes
            them, but ``when`` is ``WHEN`` unless given; ``group``: which residents of statistical
            areas the needs of adults are about, empty: the first of ``groups_of``; ``weights`` as
            ``weights_of`` reads them; ``where``; ``order``. Other names are passed over.

        Raises
        ------
        InputError ``bad_date``, ``unknown_group``, ``unknown_profile``, ``unknown_term``,
        ``bad_need_weight``, BadLimit : what cannot be.
        """
        told = {name: value for name, value in values.items() if value is not None}
        where = _term(told, "where", cls.where, WHERE)
        order = _term(told, "order", cls.order, ORDERS)
        own = {name: told.get(name) for name in ("week", "limit", "profile")}
        meeting = MeetingQuestion.read({**own, "when": told.get("when", WHEN)}, today=today)
        chosen = told.get("group", "")
        group = presets.group(chosen).id if chosen else _first_group(area)
        known = [name for name, apart in presets.established().items() if apart in area.groups]
        established = group if group in known else next(iter(known), "")
        return cls(
            meeting=replace(meeting, group=group, established=established),
            weights=weights_of(told.get("weights", "")),
            where=where,
            order=order,
        )


def _term(told: Mapping[str, Any], name: str, usual: str, known: tuple[str, ...]) -> str:
    """Return a choice by name, refused where there is no such."""
    found = str(told.get(name, usual))
    if found not in known:
        what = Phrase(f"outreach.term_{name}")
        raise InputError("unknown_term", what=what, found=found, nearest=", ".join(known))
    return found


def groups_of(area: Area) -> tuple[str, ...]:
    """Return the groups of residents that may be chosen, the usual one first: who is new in the
    country where a file counts them, else everybody; where people or their parents were born is
    context, and only by choice.
    """
    from geo.area.people import RESIDENTS

    known = [name for name in area.groups if presets.group(name).origin == RESIDENTS]
    order = ("up_to_five_years", "all", *presets.established().values())
    usual = [name for name in order if name in known]
    return tuple(dict.fromkeys(usual))


def _first_group(area: Area) -> str:
    return next(iter(groups_of(area)), "all")


MOST = 100.0


@dataclass(frozen=True)
class Weights:
    """A weight per need, in the order of ``needs()``; equal by default."""

    values: tuple[float, ...]

    def of(self, need: str) -> float:
        """Return one need's weight."""
        return self.values[list(needs()).index(need)]

    @property
    def total(self) -> float:
        """Return the sum of the weights."""
        return math.fsum(self.values)

    @property
    def are_equal(self) -> bool:
        """Whether all needs weigh as much."""
        return len(set(self.values)) == 1

    def items(self) -> tuple[tuple[str, float], ...]:
        """Return needs and their weights."""
        return tuple(zip(needs(), self.values, strict=True))


def equal() -> Weights:
    """Return the same weight for every need."""
    return Weights((1.0,) * len(needs()))


def weights_of(told: Mapping[str, object] | str) -> Weights:
    """Return weights as written, ``need=2,need=0``; needs not named weigh 1.

    >>> weights_of("language=2, arena=0").items()[:2]
    (('hours', 1.0), ('language', 2.0))

    Raises
    ------
    InputError ``bad_need_weight`` : no such need, not a number from 0 to ``MOST``, or all are
    zero.
    """
    named = _parts(told) if isinstance(told, str) else {key: str(told[key]) for key in told}
    for need in named:
        if need not in needs():
            raise InputError("bad_need_weight", found=need, known=", ".join(needs()))
    values = tuple(_number(named[need]) if need in named else 1.0 for need in needs())
    if not any(values):
        raise InputError("bad_need_weight", found=_written(values), known=", ".join(needs()))
    return Weights(values)


def written(weights: Weights) -> str:
    """Return weights as ``weights_of`` reads them; "" for equal ones of 1."""
    parts = [f"{need}={value:g}" for need, value in weights.items() if value != 1]
    return ",".join(parts)


def score(lacking: Sequence[Span | None], about: Sequence[float], weights: Weights) -> float:
    """Return the score of one place; see the formula at the top of this room.

    >>> score([Span(30, 30), None, Span(0, 6), None, None], [30, 30, 6, 0, 0], equal())
    75.0

    Parameters
    ----------
    lacking : people per need, in the order of ``needs()``; None where it is not known.
    about : everybody there whom the need is about.
    """
    total = known = 0.0
    for span, whole, weight in zip(lacking, about, weights.values, strict=True):
        if span is not None and whole > 0:
            total += weight * min(float(span.low + span.high) / 2 / float(whole), 1.0)
            known += weight
    return 100.0 * total / known if known > 0 else 0.0


def _parts(words: str) -> dict[str, str]:
    found = {}
    for part in filter(None, (part.strip() for part in words.split(","))):
        need, _, value = part.partition("=")
        found[need.strip()] = value.strip()
    return found


def _number(words: str) -> float:
    try:
        value = float(words)
    except ValueError:
        value = math.nan
    if not 0 <= value <= MOST:
        raise InputError("bad_need_weight", found=words[:40], known=", ".join(needs()))
    return value


def _written(values: Sequence[float]) -> str:
    return ", ".join(f"{value:g}" for value in values)
