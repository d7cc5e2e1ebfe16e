"""Looks at a report of counted people as its strongest reader would, and hides what would disclose
a few when all its numbers are put together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np

from geo.access.gaps import SQUARE_M, DistrictGap, distances, hidden_last
from geo.area.model import Area
from geo.output.report.context import Told, ToldProposal
from geo.output.report.disclosure_attack import may_stay
from geo.output.report.sensitivity import BASE
from geo.output.report.suppression import Shown
from geo.planning.siting.instance import Placing
from geo.planning.siting.proposal import Proposal
from geo.types import Bools

TOTAL, LOST, PEOPLE_OF, BEYOND_OF = "total", "lost", "people_of", "beyond_of"
VARIANT, SQUARE, EFFECT, GAIN, SECOND = "variant", "square", "effect", "gain", "second"


@dataclass(frozen=True, eq=False)
class _Number:
    """A number in the report: what it is of, and which rows of people it is the sum of."""

    what: str
    at: int
    rows: Bools


def guarded(told: Told) -> Told:
    """Return what is shown of counted people without the numbers that, put together, would disclose
    a few; the more important number stays. Hidden districts stand last, by name: their place among
    the others would disclose their size.
    """
    if told.answer.estimated:
        return told
    numbers = list(_numbers(told))
    stays = may_stay(
        [number.rows for number in numbers], told.answer.weights, fewer=list(_said_few(told))
    )
    gone = {
        (number.what, number.at) for number, stay in zip(numbers, stays, strict=True) if not stay
    }
    return replace(
        told,
        shown=_shown(told.shown, gone),
        variants=tuple(
            replace(row, beyond=None, share_beyond=None, change=None, hidden=True)
            if (VARIANT, at) in gone
            else row
            for at, row in enumerate(told.variants)
        ),
        proposal=_proposal(told.proposal, gone),
    )


def rows_of_squares(area: Area, cells: gpd.GeoDataFrame) -> list[Bools]:
    """Return for each square which rows of people stand in it."""
    xy = area.people.geometry.to_crs(area.network.crs)
    side = SQUARE_M / 1000
    east, north = (np.floor(values / SQUARE_M) * side for values in (xy.x, xy.y))
    ids = np.array([f"{y:.2f}-{x:.2f}" for x, y in zip(east, north, strict=True)], dtype=object)
    return [np.asarray(ids == cell) for cell in cells["id"]]


def _numbers(told: Told) -> Iterator[_Number]:
    """Yield each number the report shows, the most important first."""
    answer, shown = told.answer, told.shown
    far = answer.metres > answer.limit_m
    yield _Number(TOTAL, 0, np.ones(len(far), dtype=bool))
    if shown.measures["beyond"] is not None:
        yield _Number(TOTAL, 1, far)
    names = told.area.people["district"].to_numpy(object)
    for at, row in enumerate(shown.gap.districts):
        here = np.asarray(names == row.name)
        if row.people is not None:
            yield _Number(PEOPLE_OF, at, here)
        if row.beyond is not None:
            yield _Number(BEYOND_OF, at, here & far)
    if shown.measures["unreachable"] is not None:
        yield _Number(LOST, 0, np.isinf(answer.metres))
    yield from _of_proposal(told.proposal, len(far))
    yield from _of_variants(told)
    for at, inside in enumerate(rows_of_squares(told.area, shown.squares)):
        yield _Number(SQUARE, at, inside & far)


def _of_variants(told: Told) -> Iterator[_Number]:
    metres = {told.answer.profile: told.answer.metres}
    for at, row in enumerate(told.variants):
        if row.beyond is None or row.why == BASE:
            continue
        if row.profile not in metres:
            metres[row.profile] = distances(told.area, told.answer.kind, row.profile)
        yield _Number(VARIANT, at, metres[row.profile] > row.limit_m)


def _of_proposal(found: ToldProposal | None, size: int) -> Iterator[_Number]:
    if found is None:
        return
    proposal, placing = found.proposal, found.proposal.placing
    limit_m = proposal.question.limit_m
    if proposal.people_after is not None:
        yield _Number(EFFECT, 0, _spread(placing, proposal.metres_after <= limit_m, size))
    new = ~(placing.before_m <= limit_m)
    reach = [_reached(placing, int(column)) & new for column in proposal.chosen]
    times = np.sum(reach, axis=0) if reach else np.zeros(len(new))
    if any(site.gain is not None for site in proposal.sites):
        for inside in reach:
            yield _Number(GAIN, 0, _spread(placing, inside, size))
            yield _Number(GAIN, 0, _spread(placing, inside & (times == 1), size))
    if found.second is not None and found.second.people_after is not None:
        yield _Number(SECOND, 0, _spread(placing, found.second.metres_after <= limit_m, size))


def _reached(placing: Placing, column: int) -> Bools:
    part = placing.matrix[:, [column]].tocoo()
    inside = np.zeros(len(placing.rows), dtype=bool)
    inside[part.row[part.data <= placing.question.limit_m]] = True
    return inside


def _spread(placing: Placing, inside: Bools, size: int) -> Bools:
    rows = np.zeros(size, dtype=bool)
    rows[placing.rows[inside & (placing.people > 0)]] = True
    return rows


def _said_few(told: Told) -> Iterator[Bools]:
    """Yield the sums that the report shows as few."""
    answer = told.answer
    far = answer.metres > answer.limit_m
    if answer.few_beyond:
        yield far
    elif answer.few_within:
        yield ~far


def _shown(shown: Shown, gone: set[tuple[str, int]]) -> Shown:
    rows = hidden_last(_district(row, at, gone) for at, row in enumerate(shown.gap.districts))
    closed = [row for row in rows if row.hidden]
    measures = dict(shown.measures)
    if closed:
        measures["concentration"] = None
    if (LOST, 0) in gone:
        measures |= dict.fromkeys(("unreachable", "mean_m_beyond", "fgt1", "fgt2"))
    secret = {row.name for row in closed}
    cells = shown.squares
    keep = [
        (SQUARE, at) not in gone and name not in secret for at, name in enumerate(cells["district"])
    ]
    return Shown(
        gap=replace(shown.gap, districts=rows),
        measures=measures,
        squares=cells[np.array(keep, dtype=bool)].reset_index(drop=True),
    )


def _district(row: DistrictGap, at: int, gone: set[tuple[str, int]]) -> DistrictGap:
    if (PEOPLE_OF, at) in gone:
        row = replace(row, people=None, share_beyond=None)
    if (BEYOND_OF, at) in gone:
        row = replace(row, beyond=None, share_beyond=None, mean_m_beyond=None)
    return row


def _proposal(found: ToldProposal | None, gone: set[tuple[str, int]]) -> ToldProposal | None:
    if found is None:
        return None
    proposal, second = found.proposal, found.second
    if (EFFECT, 0) in gone:
        effect = replace(proposal.effect, before=None, after=None)
        proposal = replace(proposal, effect=effect, groups=(effect,), small=True)
    if (GAIN, 0) in gone or proposal.small:
        proposal = _without_gains(proposal)
    if second is not None and (SECOND, 0) in gone:
        effect = replace(second.effect, before=None, after=None)
        second = replace(second, effect=effect, groups=(effect,), small=True)
    return ToldProposal(proposal, second)


def _without_gains(proposal: Proposal) -> Proposal:
    sites = tuple(replace(site, gain=None, gain_if_last=None) for site in proposal.sites)
    return replace(proposal, sites=sites)
