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

from geo.access.meeting.supply import Supply
from geo.area.model import Area
from geo.area.provenance import Source
from geo.planning.outreach.context import World, world_for
from geo.planning.outreach.needs import Need, needs_at
from geo.planning.outreach.proposals import Proposal, proposals_for
from geo.planning.outreach.question import AREAS, EVERYWHERE, HOMES, OutreachQuestion, score
from geo.planning.outreach.rounds import Plan, Visit
from geo.planning.outreach.rules import needs
from geo.planning.outreach.spots import Spot, spot_name
from geo.types import Progress


@dataclass(frozen=True)
class Row:
    """One place in the list: ``number`` from 1, its ``needs`` in the order of the rules, and its
    ``score`` (0 to 100, see ``geo.planning.outreach.question``). ``at`` is its number in
    ``World.spots``.
    """

    number: int
    at: int
    spot: Spot
    needs: tuple[Need, ...]
    score: float

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
    """The answer: all places, the highest score first; ``shown`` are those of the question's
    sort.
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
    """What is disclosed: the first rows of an answer, proposals for each, and a week plan."""

    answer: Outreach
    rows: tuple[Row, ...]
    proposals: tuple[tuple[Proposal, ...], ...]
    plan: Plan | None = None


def outreach(
    area: Area, question: OutreachQuestion, *, progress: Progress | None = None
) -> Outreach:
    """Return where outreach would matter, ranked.

    Raises
    ------
    AreaLacks : nobody is known to live in the area.
    """
    world = world_for(area, question, progress)
    supply = world.supply()
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
    """Return the first ``top`` rows with what could be done for each."""
    rows = answer.shown[:top]
    found = []
    for number, row in enumerate(rows):
        if progress:
            progress("progress.outreach_effects", number / len(rows))
        found.append(proposals_for(answer.world, row.at))
    return Brief(answer, rows, tuple(found), plan)


def ranked(answer: Outreach, question: OutreachQuestion) -> Outreach:
    """Return an answer with other weights, or of other places: nothing is worked out again.

    Parameters
    ----------
    question : one with the same ``basis`` as the answer's.
    """
    world = replace(answer.world, question=question)
    by_spot = {row.at: row.needs for row in answer.rows}
    whole = {
        kind: [
            sum(
                row_needs[at].about
                for spot_at, row_needs in by_spot.items()
                if world.spots[spot_at].kind == kind
            )
            for at in range(len(needs()))
        ]
        for kind in (HOMES, AREAS)
    }
    shown = [
        Row(0, at, world.spots[at], here, _score(here, whole[world.spots[at].kind], question))
        for at, here in by_spot.items()
    ]
    shown.sort(key=lambda row: (-round(row.score, 9), -row.spot.is_home, row.spot.id))
    rows = tuple(replace(row, number=number) for number, row in enumerate(shown, start=1))
    return replace(answer, question=question, world=world, rows=rows)


def _score(here: tuple[Need, ...], whole: list[float], question: OutreachQuestion) -> float:
    return score([need.lacking for need in here], whole, question.weights)


def visits_of(rows: Sequence[Row], language: str) -> tuple[tuple[Visit, ...], tuple[str, ...]]:
    """Return the places to visit, and the names of protected ones, whose door is not known.

    A visit lasts as long as the longest of the needs there asks for.
    """
    open_ = [row for row in rows if not row.spot.restricted and row.lacking]
    names = tuple(spot_name(row.spot, language) for row in rows if row.spot.restricted)
    return tuple(_visit(row, language) for row in open_), names


def _visit(row: Row, language: str) -> Visit:
    spot = row.spot
    return Visit(
        id=f"{spot.kind}:{spot.id}",
        name=spot_name(spot, language),
        lon=spot.lon,
        lat=spot.lat,
        score=row.score,
        minutes=max(needs()[need.need].visit_minutes for need in row.lacking),
        languages=tuple(spoken.language for spoken in spot.spoken),
        needs=tuple(need.need for need in row.lacking),
    )
