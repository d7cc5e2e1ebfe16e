"""Where outreach would matter, what could be done there, and who goes where in a week: the door to
``geo.planning.outreach``.

>>> from geo.area.model import open_area                                    # doctest: +SKIP
>>> area = open_area("demo")                                          # doctest: +SKIP
>>> answer = outreach(area, OutreachQuestion.read({}, area))            # doctest: +SKIP
>>> answer.rows[0].spot.name, answer.rows[0].score                    # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from geo.access.meeting.supply import Supply
from geo.area.activities.model import Span
from geo.area.model import Area
from geo.area.provenance import Source
from geo.planning.outreach.answers import (
    NeedAnswer,
    Shared,
    answers_of,
    own_of,
    shared_among,
)
from geo.planning.outreach.context import World, world_for
from geo.planning.outreach.needs import Need, needs_at
from geo.planning.outreach.proposals import Proposal, tried_for
from geo.planning.outreach.question import (
    BY_NUMBER,
    EVERYWHERE,
    PER_PERSON,
    OutreachQuestion,
    Weights,
    score,
)
from geo.planning.outreach.rounds import Doors, Plan, Visit
from geo.planning.outreach.rules import needs
from geo.planning.outreach.spots import Spot, spot_name
from geo.types import Floats, Progress

NOBODY = Span(0.0, 0.0)


@dataclass(frozen=True)
class Row:
    """One place in the list: ``number`` from 1, its ``needs`` in the order of the rules, its
    ``score`` (need per person from 0 to 100, see ``geo.planning.outreach.question``), and at least
    how many there have some need that weighs anything (``in_need``; ``in_need_hidden``: a count too
    small to disclose decides it). ``at`` is its number in ``World.spots``.
    """

    number: int
    at: int
    spot: Spot
    needs: tuple[Need, ...]
    score: float
    in_need: Span = NOBODY
    in_need_hidden: bool = False

    @property
    def lacking(self) -> tuple[Need, ...]:
        """The needs somebody here has, or may have."""
        return tuple(need for need in self.needs if need.lacking and need.lacking.high > 0)

    @property
    def unknown(self) -> tuple[Need, ...]:
        """The needs of which nothing is known here."""
        return tuple(need for need in self.needs if need.lacking is None)


@dataclass(frozen=True, eq=False)
class Outreach:
    """The answer: all places, transitional housing first, then by the question's order; ``shown``
    are those of the question's sort.
    """

    area: str
    area_name: str
    question: OutreachQuestion
    rows: tuple[Row, ...]
    world: World
    supply: Supply
    sources: tuple[Source, ...]
    demonstration: bool

    @property
    def shown(self) -> tuple[Row, ...]:
        """The places of the question's sort, at which somebody has a need or may have one."""
        return tuple(
            row
            for row in self.rows
            if row.lacking and self.question.where in (EVERYWHERE, row.spot.kind)
        )

    @property
    def estimated(self) -> bool:
        """Whether any of the people are estimated where they live."""
        return any(not row.spot.counted for row in self.rows)


@dataclass(frozen=True, eq=False)
class Brief:
    """What is disclosed: the first rows of an answer, what is proposed for each alone and what is
    offered once for the area (``shared``), what each need of each row gets (``answers``), and a
    week plan.
    """

    answer: Outreach
    rows: tuple[Row, ...]
    proposals: tuple[tuple[Proposal, ...], ...]
    plan: Plan | None = None
    shared: tuple[Shared, ...] = ()
    answers: tuple[tuple[NeedAnswer, ...], ...] = ()


def outreach(
    area: Area, question: OutreachQuestion, *, progress: Progress | None = None
) -> Outreach:
    """Return where outreach would matter, ranked.

    Raises
    ------
    AreaLacks : nobody is known to live in the area.
    """
    world = world_for(area, question, progress)
    supply = world.supply
    found = needs_at(world, supply)
    rows = tuple(Row(0, at, spot, found[at], 0.0) for at, spot in enumerate(world.spots))
    answer = Outreach(
        area=area.id,
        area_name=area.name,
        question=question,
        rows=rows,
        world=world,
        supply=supply,
        sources=area.sources,
        demonstration=area.demonstration,
    )
    return ranked(answer, question)


def briefed(
    answer: Outreach, top: int, *, plan: Plan | None = None, progress: Progress | None = None
) -> Brief:
    """Return the first ``top`` rows with what could be done for each need of each."""
    rows = answer.shown[:top]
    tried = []
    for number, row in enumerate(rows):
        if progress:
            progress("progress.outreach_effects", number / len(rows))
        tried.append(tried_for(answer.world, row.at))
    shared = shared_among(answer.world, tried)
    own = tuple(own_of(each, shared) for each in tried)
    answers = tuple(
        answers_of(answer.world, each, row.lacking, mine, shared)
        for row, each, mine in zip(rows, tried, own, strict=True)
    )
    return Brief(answer, rows, own, plan, shared, answers)


def ranked(answer: Outreach, question: OutreachQuestion) -> Outreach:
    """Return an answer with other weights, or of other places: nothing is worked out again.

    Parameters
    ----------
    question : one with the same ``basis`` as the answer's.
    """
    world = replace(answer.world, question=question)
    weights = question.weights
    shown = [replace(_in_need(row, weights), score=_score(row, weights)) for row in answer.rows]
    shown.sort(key=lambda row: _order(row, question.order))
    rows = tuple(replace(row, number=number) for number, row in enumerate(shown, start=1))
    return replace(answer, question=question, world=world, rows=rows)


def _score(row: Row, weights: Weights) -> float:
    return score([need.lacking for need in row.needs], [need.whole for need in row.needs], weights)


def _in_need(row: Row, weights: Weights) -> Row:
    """Return a row with at least how many have some need that weighs anything: as many as have the
    need most have, since the same person may have several.
    """
    known = [(need.lacking, need.hidden) for need in row.lacking if weights.of(need.need)]
    ends = [(each.low, each.high, hidden) for each, hidden in known if each is not None]
    low = max((each for each, _, _ in ends), default=0.0)
    high = max((each for _, each, _ in ends), default=0.0)
    hidden = any(few and (one == low > 0 or other == high) for one, other, few in ends)
    return replace(row, in_need=Span(low, high), in_need_hidden=hidden)


def _order(row: Row, order: str) -> tuple[object, ...]:
    """Return what orders rows: housing first, as its people are newcomers for sure; then need per
    person or how many, the middle of a range, and the other of the two where that is equal.
    """
    per_person, many = -round(row.score, 9), -round(row.in_need.low + row.in_need.high, 6)
    first = (many, per_person) if order == BY_NUMBER else (per_person, many)
    return (not row.spot.is_home, *first, row.spot.id)


def visits_of(answer: Outreach, rows: Sequence[Row], language: str) -> Doors:
    """Return the doors to visit: each home, and for statistical areas the known place nearest to
    those who live there that has rooms (staff, where none has), once for all areas it serves.

    A visit lasts as long as the longest of the needs there asks for.
    """
    open_ = [row for row in rows if row.lacking and not row.spot.restricted]
    doors = {row.at: _door(answer.world, row.spot) for row in open_ if not row.spot.is_home}
    by_door: dict[str, list[Row]] = {}
    for row in open_:
        door = f"home:{row.spot.id}" if row.spot.is_home else doors[row.at]
        by_door.setdefault(door, []).append(row)
    doorless = by_door.pop("", [])
    return Doors(
        visits=tuple(_visit(answer, door, here, language) for door, here in by_door.items()),
        restricted=tuple(
            spot_name(row.spot, language) for row in rows if row.spot.restricted and row.lacking
        ),
        doorless=tuple(spot_name(row.spot, language) for row in doorless),
    )


def _visit(answer: Outreach, door: str, rows: Sequence[Row], language: str) -> Visit:
    spot, question = rows[0].spot, answer.question
    found = {need.need: needs()[need.need].visit_minutes for row in rows for need in row.lacking}
    visit = Visit(
        id=f"{spot.kind}:{spot.id}",
        name=spot_name(spot, language),
        lon=spot.lon,
        lat=spot.lat,
        score=sum(_worth(row, question.order) for row in rows),
        minutes=max(found.values()),
        languages=tuple(spoken.language for spoken in spot.spoken),
        needs=tuple(need for need in needs() if need in found),
        home=spot.is_home,
    )
    if spot.is_home:
        return visit
    places = answer.world.area.places
    row = places[places["id"].astype(str) == door].iloc[0]
    return replace(
        visit,
        id=f"place:{door}",
        name=str(row["name"]),
        lon=float(row.geometry.x),
        lat=float(row.geometry.y),
        areas=tuple(spot_name(each.spot, language) for each in rows),
    )


def _worth(row: Row, order: str) -> float:
    """Return what visiting a row is worth: what the list is ordered by."""
    return row.score if order == PER_PERSON else (row.in_need.low + row.in_need.high) / 2


def _door(world: World, spot: Spot) -> str:
    """Return the place where those of an area are met with the least walking: one with staff or
    rooms and a name, within the limit of somebody; "" where there is none.
    """
    rows = list(spot.rows)
    weight = world.people[rows]
    weight = weight if weight.sum() > 0 else np.ones(len(rows))
    saved = world.near[rows].tocoo()
    limit = world.question.meeting.limit_m
    worth: Floats = world.doors * np.bincount(
        saved.coords[1],
        weight[saved.coords[0]] * (limit - saved.data + 1),
        minlength=len(world.area.places),
    )
    best = int(worth.round(6).argmax())
    return str(world.area.places["id"].iloc[best]) if worth[best] > 0 else ""
