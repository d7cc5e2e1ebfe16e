"""Looks at a report of counted people as its strongest reader would, and hides what would disclose
a few when all its numbers are put together.

The strongest reader of a report of counted people: has everybody's home and how far all have to
walk, and takes each shown number as an equation. Decides which numbers must be suppressed, so that
no few are worked out from the rest.

People whom no number distinguishes are one unknown. A number is kept out when, with those before
it, the unknown of a few, or the sum of two such, would be the same in every solution: by linear
algebra (the null space of the equations), and by least and greatest values with nobody below zero.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
from scipy.linalg import null_space
from scipy.optimize import linprog

from geo import privacy
from geo.access.gaps import DistrictGap, distances, hidden_last, names_of_squares, square_of
from geo.area.model import Area
from geo.output.report.context import Told, ToldProposal
from geo.output.report.sensitivity import BASE
from geo.output.report.suppression import Shown
from geo.planning.siting.instance import Placing
from geo.planning.siting.proposal import Proposal
from geo.types import Bools, Floats, Ints

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
    ids = np.array(names_of_squares(*square_of(area)), dtype=object)
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
    return replace(found, proposal=proposal, second=second)


def _without_gains(proposal: Proposal) -> Proposal:
    sites = tuple(replace(site, gain=None, gain_if_last=None) for site in proposal.sites)
    return replace(proposal, sites=sites)


SAME = 1e-7
MOST_PAIRS = 200
"""With more unknowns of a few than this, sums of two are not looked at."""


def may_stay(
    shown: Sequence[Bools],
    people: Floats,
    *,
    fewer: Sequence[Bools] = (),
    smallest: int = privacy.SMALLEST,
) -> list[bool]:
    """Return which numbers may be shown together, the first having right of way.

    Parameters
    ----------
    shown : for each number, which rows of people it is the sum of.
    people : counted people per row.
    fewer : sums shown as from 1 to one below ``smallest``.
    """
    stays = [True] * len(shown)
    if not _tells(shown, people, fewer, smallest):
        return stays
    kept: list[Bools] = []
    for at, mask in enumerate(shown):
        stays[at] = not _tells([*kept, mask], people, fewer, smallest)
        if stays[at]:
            kept.append(mask)
    return stays


def _tells(shown: Sequence[Bools], people: Floats, fewer: Sequence[Bools], smallest: int) -> bool:
    """Return whether the numbers together disclose a few."""
    lives = people > 0
    if not shown or not lives.any():
        return False
    masks = np.array([*shown, *fewer], dtype=bool)[:, lives]
    atoms, which = np.unique(masks, axis=1, return_inverse=True)
    size = np.bincount(which.ravel(), weights=people[lives]).astype(np.float64)
    few = np.flatnonzero(np.round(size) < smallest).astype(np.int64)
    if not len(few):
        return False
    sums, said = atoms[: len(shown)].astype(float), atoms[len(shown) :].astype(float)
    return _by_algebra(sums, size, few, smallest) or _by_bounds(sums, said, size, few, smallest)


def _by_algebra(sums: Floats, size: Floats, few: Ints, smallest: int) -> bool:
    free = null_space(sums)
    if np.any(np.abs(free[few]).max(axis=1, initial=0.0) < SAME):
        return True
    pairs = itertools.combinations(few, 2) if len(few) <= MOST_PAIRS else iter(())
    return any(
        round(size[a] + size[b]) < smallest and np.abs(free[a] + free[b]).max(initial=0.0) < SAME
        for a, b in pairs
    )


def _by_bounds(sums: Floats, said: Floats, size: Floats, few: Ints, smallest: int) -> bool:
    """Return whether the least and the greatest that an unknown can be hold one whole number."""
    limits = None
    if len(said):
        limits = (
            np.vstack([said, -said]),
            np.r_[np.full(len(said), smallest - 1.0), -np.ones(len(said))],
        )
    for at in few:
        aim = np.zeros(len(size))
        ends = []
        for sign in (1.0, -1.0):
            aim[at] = sign
            found = linprog(
                aim,
                A_ub=None if limits is None else limits[0],
                b_ub=None if limits is None else limits[1],
                A_eq=sums,
                b_eq=sums @ size,
                bounds=(0, None),
            )
            if found.status != 0:
                break  # no end on this side: nothing is disclosed
            ends.append(sign * found.fun)
        if len(ends) == 2 and np.ceil(ends[0] - SAME) >= np.floor(ends[1] + SAME):
            return True
    return False
