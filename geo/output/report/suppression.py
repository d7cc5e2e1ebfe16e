"""What of a gap may be disclosed: measures, districts, squares and places, so that no sum or
difference of them gives a small count away; and the same for a proposal's counts.

Estimates disclose nothing about any one person and pass through. Counts of counted people are
rounded (``privacy.rounded``), and nobody is hidden as a few are, so that reports laid beside each
other do not disclose a few. Shares come from rounded counts. Mean metres and the other FGT measures
are left out: with known distances they would disclose who is meant. Nothing exact is carried on but
metres and weights, for the guard.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np

from geo import privacy
from geo.access.gaps import (
    DistrictGap,
    Gap,
    hidden_last,
    squares,
    without_small_counts,
    without_small_squares,
)
from geo.area.model import Area
from geo.area.people import HOUSING
from geo.errors import InputError
from geo.models.location.model import gap_between
from geo.planning.siting.proposal import Effect, Proposal, ProposedSite, Walk
from geo.planning.siting.question import COVER_ALL, COVERAGE

MEASURES = (
    "people", "beyond", "share_beyond", "mean_m_beyond", "unreachable", "fgt0", "fgt1", "fgt2",
)  # fmt: skip
RANGE = ("share_low", "share_high")
LEFT_OUT = ("mean_m_beyond", "unreachable", "fgt1", "fgt2")
"""Of counted people left out, unreachable where they are few: means and the other FGT measures are
equations in known distances, and many of them can be solved."""


@dataclass(frozen=True, eq=False)
class Shown:
    """A gap as it may leave: ``measures`` by name, None where hidden, left out or unknown; ``gap``
    with rounded totals (one person stands in for none or a few, and is not shown) and districts;
    ``squares`` of those beyond, with ``people`` and ``share_beyond`` for estimates only.
    """

    gap: Gap
    measures: dict[str, float | None]
    squares: gpd.GeoDataFrame

    @property
    def some_hidden(self) -> bool:
        """Whether any count is hidden."""
        return self.gap.small or any(row.hidden for row in self.gap.districts)


def shown(area: Area, answer: Gap) -> Shown:
    """Return what may be disclosed of a gap.

    Raises
    ------
    InputError ``nobody_to_report`` : there is nobody in the group. InputError ``too_few_to_report``
    : so few counted people that every figure would be of a few.
    """
    if answer.people <= 0:
        raise InputError("nobody_to_report", unknown=answer.unknown)
    if privacy.is_small(answer.people, not answer.estimated):
        raise InputError("too_few_to_report", smallest=privacy.SMALLEST)
    if answer.estimated:
        measured = {name: _known(getattr(answer, name)) for name in (*MEASURES, *RANGE)}
        measured["concentration"] = _known(answer.concentration)
        rows = tuple(_rounded(row) for row in answer.districts)
        return Shown(replace(answer, districts=rows), measured, _round_cells(squares(area, answer)))
    measured, rows = _measures(answer), _districts(answer)
    if measured["beyond"] is not None and all(not row.hidden for row in rows):
        measured["concentration"] = _concentration(rows)
    return Shown(_gap(answer, measured, rows), measured, _squares(area, answer))


def drawable_housing(area: Area) -> list[str]:
    """Return ids of the transitional housing whose own point may be drawn: not where a few people
    are known to live.
    """
    rows = area.people[area.people["origin"] == HOUSING]
    groups = [name for name in area.groups if name in rows and rows[name].notna().any()]
    few = np.zeros(len(rows), dtype=bool)
    if "newcomers" in groups:
        people = rows["newcomers"].to_numpy(np.float64)
        few = (np.round(people) > 0) & (np.round(people) < privacy.SMALLEST)
    small = set(rows["unit"].to_numpy(object)[few])
    return [name for name in area.places_of(HOUSING)["id"] if name not in small]


def _measures(answer: Gap) -> dict[str, float | None]:
    """Return the measures of counted people, from rounded counts. That all are beyond places there
    are none of says nothing of anybody.
    """
    found: dict[str, float | None] = dict.fromkeys((*MEASURES, *RANGE, "concentration"))
    people = found["people"] = privacy.rounded(answer.people)
    few = privacy.is_few
    if answer.places and (few(answer.beyond) or few(answer.people - answer.beyond)):
        return found
    beyond = found["beyond"] = privacy.rounded(answer.beyond)
    found["share_beyond"] = found["fgt0"] = round(beyond / people, 6)
    found["share_low"] = found["share_high"] = found["share_beyond"]
    if not few(answer.unreachable) and not few(answer.beyond - answer.unreachable):
        found["unreachable"] = privacy.rounded(answer.unreachable)
    return found


def _gap(answer: Gap, measured: dict[str, float | None], rows: tuple[DistrictGap, ...]) -> Gap:
    """Return the gap with nothing exact in its counts: one stands in for a few, or nobody."""
    people, beyond = measured["people"] or 0.0, measured["beyond"]
    if beyond is None:
        beyond = 1.0 if privacy.is_few(answer.beyond) else people - 1.0
    return replace(
        answer,
        people=people,
        beyond=beyond,
        share_beyond=_ratio(measured["share_beyond"]),
        share_low=_ratio(measured["share_beyond"]),
        share_high=_ratio(measured["share_beyond"]),
        fgt0=_ratio(measured["fgt0"]),
        mean_m_beyond=math.nan,
        fgt1=math.nan,
        fgt2=math.nan,
        unreachable=_ratio(measured["unreachable"]),
        concentration=_ratio(measured["concentration"]),
        districts=rows,
    )


def _districts(answer: Gap) -> tuple[DistrictGap, ...]:
    """Return the districts with rounded counts, hidden ones last; of equal counts by name."""
    kept = {row.name: row for row in without_small_counts(answer).districts}
    rows = [_district(row, kept[row.name]) for row in answer.districts]
    rows = _people_by(rows, privacy.rounded(answer.people))
    if privacy.is_few(answer.people - answer.beyond):
        rows = [replace(row, beyond=None, share_beyond=None) for row in rows]
    elif not privacy.is_few(answer.beyond):
        rows = _beyond_by(rows, privacy.rounded(answer.beyond))
    return hidden_last(sorted(rows, key=lambda row: (-(row.beyond or 0.0), row.name)))


def _district(exact: DistrictGap, kept: DistrictGap) -> DistrictGap:
    people, beyond = exact.people or 0.0, exact.beyond or 0.0
    few_people = privacy.is_few(people)
    few = few_people or privacy.is_few(beyond)
    of = None if kept.people is None or few_people else privacy.rounded(people)
    far = None if kept.beyond is None or few else privacy.rounded(beyond)
    share = round(far / of, 6) if of and far else None
    return DistrictGap(exact.name, of, far, share, share_low=share, share_high=share)


def _people_by(rows: list[DistrictGap], whole: float) -> list[DistrictGap]:
    """Hide the smallest district where the others and the sum disclose too much: one that is not
    few is enough, as those hidden with it may then be nobody.
    """
    least = _too_open([row.people for row in rows], whole)
    at = next((i for i, row in enumerate(rows) if row.people == least), None)
    if least is None or at is None:
        return rows
    return [*rows[:at], DistrictGap(rows[at].name, None, None, None), *rows[at + 1 :]]


def _beyond_by(rows: list[DistrictGap], whole: float) -> list[DistrictGap]:
    least = _too_open([row.beyond for row in rows], whole)
    at = next((i for i, row in enumerate(rows) if row.beyond == least), None)
    if least is None or at is None:
        return rows
    return [*rows[:at], replace(rows[at], beyond=None, share_beyond=None), *rows[at + 1 :]]


def _too_open(column: list[float | None], whole: float) -> float | None:
    """Return the least count shown where those shown disclose too much; None where they do not."""
    shown = [value for value in column if value is not None]
    if not shown or not privacy.tells(shown, whole, some_hidden=len(shown) < len(column)):
        return None
    return min(shown)


def _concentration(rows: tuple[DistrictGap, ...]) -> float | None:
    beyond = np.array([row.beyond for row in rows], dtype=float)
    people = np.array([row.people for row in rows], dtype=float)
    if not len(rows) or beyond.sum() <= 0:
        return None
    return round(float(np.abs(beyond / beyond.sum() - people / people.sum()).sum() / 2), 2)


def _squares(area: Area, answer: Gap) -> gpd.GeoDataFrame:
    """Return the squares of counted people that may be shown, rounded."""
    cells = without_small_squares(area, answer)
    if privacy.is_few(answer.beyond) or privacy.is_few(answer.people - answer.beyond):
        cells = cells.iloc[:0]
    return cells.assign(beyond=[privacy.rounded(value) for value in cells["beyond"]])


def _rounded(row: DistrictGap) -> DistrictGap:
    return replace(
        row,
        people=_known(row.people),
        beyond=_known(row.beyond),
        share_beyond=_known(row.share_beyond),
        mean_m_beyond=_known(row.mean_m_beyond),
        share_low=_known(row.share_low),
        share_high=_known(row.share_high),
    )


def _round_cells(cells: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    names = ["people", "beyond", "unreachable", "share_beyond"]
    return cells.assign(**{name: cells[name].round(6) for name in names})


def _ratio(value: float | None) -> float:
    return math.nan if value is None else value


def _known(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else round(float(value), 6)


_NO_WALK = Walk(people=math.nan, total_m=math.nan, mean_m=math.nan, worst_m=math.nan)


def rounded(proposal: Proposal) -> Proposal:
    """Return a proposal with its counts of counted people rounded; estimates as they are.

    Walks are left out, as means with known distances would disclose who is meant; so is what a site
    alone adds beyond the others, and objective, bound and gap but where they are counts of people
    (rounded, the gap from these) or of sites.
    """
    if proposal.estimated:
        return proposal
    none_there = proposal.placing.existing.empty
    groups = tuple(_effect(effect, none_there=none_there) for effect in proposal.groups)
    small = groups[0].hidden
    objective, bound, gap = _striven_for(proposal, groups[0].after)
    return replace(
        proposal,
        effect=groups[0],
        groups=groups,
        sites=_sites(proposal.sites, hide=small),
        districts=(),
        walk_before=_NO_WALK,
        walk_after=_NO_WALK,
        out_of_reach=_or_nobody(proposal.out_of_reach),
        off_paths=_or_nobody(proposal.off_paths),
        missed=_or_nobody(proposal.missed),
        objective=objective,
        bound=bound,
        gap=gap,
        small=small,
    )


def _effect(effect: Effect, *, none_there: bool) -> Effect:
    """Return people and gain rounded. Those before are the rounded people less the rounded people
    beyond, as the gap beside it shows them, and those after are they with the gain: one more
    number, the gain, is disclosed and no more. That nobody is within reach of places there are none
    of (``none_there``) says nothing of anybody.
    """
    if not effect.counted:
        return effect
    people, before, after = effect.people, effect.before, effect.after
    if people is None or privacy.is_few(people):
        return replace(effect, people=None, before=None, after=None)
    whole = privacy.rounded(people)
    if before is None or after is None:
        return replace(effect, people=whole, before=None, after=None)
    parts = (after,) if none_there else (before, after - before)
    if any(privacy.is_few(part) for part in parts):
        return replace(effect, people=whole, before=None, after=None)
    within = whole - privacy.rounded(people - before)
    gain = privacy.rounded(after - before)
    return replace(effect, people=whole, before=within, after=within + gain)


def _sites(sites: tuple[ProposedSite, ...], *, hide: bool) -> tuple[ProposedSite, ...]:
    return tuple(
        replace(
            site,
            gain=None if hide else _or_none(site.gain),
            gain_if_last=None,
            served=None,
        )
        for site in sites
    )


def _striven_for(proposal: Proposal, after: float | None) -> tuple[float, float, float]:
    """Return objective, bound and gap; of people the objective is those reached after."""
    question = proposal.question
    if question.objective == COVER_ALL:
        return proposal.objective, proposal.bound, proposal.gap
    if question.objective != COVERAGE or question.balance is not None or after is None:
        return math.nan, math.nan, math.nan
    if not math.isfinite(proposal.bound):
        return after, math.nan, math.nan
    bound = after + privacy.rounded(max(0.0, proposal.bound - proposal.objective))
    return after, bound, gap_between(after, bound)


def _or_none(people: float | None) -> float | None:
    return None if people is None or privacy.is_few(people) else privacy.rounded(people)


def _or_nobody(people: float) -> float:
    return 0.0 if privacy.is_few(people) else privacy.rounded(people)
