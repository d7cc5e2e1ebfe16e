"""What of a gap may leave the house: measures, districts, squares and places, so that no sum or
difference of them gives a small count away. Knows no words.

Estimates say nothing of any one person and pass through. Of counted people, besides what
``gaps.without_small_counts`` hides: who can not be reached, where they or the rest are few, and
with them every measure that would tell; mean metres of a few; and squares that, taken from their
district's sum, would leave a few.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np

from geo import privacy
from geo.area import Area
from geo.errors import NobodyToReport, TooFewToReport
from geo.gaps import DistrictGap, Gap, without_small_counts
from geo.people import HOUSING
from geo.squares import squares

MEASURES = (
    "people", "beyond", "share_beyond", "mean_m_beyond", "unreachable", "fgt0", "fgt1", "fgt2",
)  # fmt: skip
_DECIMALS = {"mean_m_beyond": 0, "fgt1": 3, "fgt2": 3, "concentration": 2}
"""Of counted people no finer than they are read: with many decimals and known distances, one could
work out who is meant."""


@dataclass(frozen=True, eq=False)
class Shown:
    """A gap as it may leave: ``measures`` by name, None where hidden or unknown; ``gap`` with its
    districts' small counts hidden (its own totals are still exact: do not show them);
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
    """Hide of a gap what must not leave.

    Raises
    ------
    NobodyToReport : there is nobody in the group. TooFewToReport : so few counted people that
        every figure would be of a few.
    """
    if answer.people <= 0:
        raise NobodyToReport(unknown=answer.unknown)
    if privacy.is_small(answer.people, not answer.estimated):
        raise TooFewToReport(smallest=privacy.SMALLEST)
    if answer.estimated:
        measured = {name: _known(getattr(answer, name)) for name in MEASURES}
        measured["concentration"] = _known(answer.concentration)
        rows = tuple(_rounded(row) for row in answer.districts)
        return Shown(replace(answer, districts=rows), measured, _round_cells(squares(area, answer)))
    hidden = replace(
        without_small_counts(answer),
        districts=_districts(area, answer, without_small_counts(answer).districts),
    )
    return Shown(hidden, _measures(answer, hidden), _squares(area, answer))


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


def _measures(answer: Gap, hidden: Gap) -> dict[str, float | None]:
    found = {name: _known(getattr(answer, name)) for name in MEASURES}
    found["concentration"] = _known(answer.concentration)
    if any(row.hidden for row in hidden.districts) or answer.small:
        found["concentration"] = None
    secret: tuple[str, ...] = ()
    if answer.small:
        secret = tuple(name for name in MEASURES if name != "people")
    elif _few(answer.unreachable) or _few(answer.beyond - answer.unreachable):
        # With the mean and one of the FGT measures, who can not be reached could be solved for.
        secret = ("unreachable", "mean_m_beyond", "fgt1", "fgt2")
    return {
        name: None if name in secret or value is None else round(value, _DECIMALS.get(name, 6))
        for name, value in found.items()
    }


def _districts(area: Area, answer: Gap, rows: tuple[DistrictGap, ...]) -> tuple[DistrictGap, ...]:
    """Hide mean metres of a few, and which of the hidden counts is the small one where they are
    not all: with their sum known, that could tell the count.
    """
    names = area.people["district"].to_numpy(object)
    known = {row.name: row for row in answer.districts}
    all_few = all(row.few_beyond for row in rows if row.beyond is None)
    found = []
    for row in rows:
        here = (names == row.name) & (answer.weights > 0) & (answer.metres > answer.limit_m)
        walks = float(answer.weights[here & np.isfinite(answer.metres)].sum())
        lost = (known[row.name].beyond or 0.0) - walks
        secret = answer.small or _few(walks) or _few(lost)
        found.append(
            replace(
                row,
                mean_m_beyond=None
                if secret or row.mean_m_beyond is None
                else float(round(row.mean_m_beyond)),
                few_beyond=row.few_beyond and all_few,
            )
        )
    return tuple(found)


def _squares(area: Area, answer: Gap) -> gpd.GeoDataFrame:
    """Return the squares of counted people that may be shown, with those beyond only.

    A square that lies in two districts is left out, and then in each district the smallest, until
    what its squares leave of its sum is nobody or not few.
    """
    cells = squares(area, answer)
    beyond, people = cells["beyond"].to_numpy(float), cells["people"].to_numpy(float)
    keep = ~privacy.hidden(beyond, people, np.ones(len(cells), dtype=bool))
    names = area.people["district"].to_numpy(object)
    of_cell: dict[str, list[str]] = {}
    for name in sorted(set(names[answer.weights > 0])):
        only = replace(answer, weights=np.where(names == name, answer.weights, 0.0))
        for cell in squares(area, only)["id"]:
            of_cell.setdefault(cell, []).append(name)
    district = np.array(
        [of_cell[cell][0] if len(of_cell[cell]) == 1 else None for cell in cells["id"]],
        dtype=object,
    )
    keep &= np.array([name is not None for name in district], dtype=bool)
    far = np.where(answer.metres > answer.limit_m, answer.weights, 0.0)
    for name in sorted(set(names)):
        total = float(far[names == name].sum())
        inside = np.flatnonzero(keep & (district == name))
        for at in inside[np.argsort(beyond[inside], kind="stable")]:
            rest = total - float(beyond[keep & (district == name)].sum())
            if not _few(rest):
                break
            keep[at] = False
    keep &= not answer.small
    kept = cells[keep].reset_index(drop=True)
    return kept.assign(people=None, share_beyond=None, unreachable=None)


def _rounded(row: DistrictGap) -> DistrictGap:
    return replace(
        row,
        people=_known(row.people),
        beyond=_known(row.beyond),
        share_beyond=_known(row.share_beyond),
        mean_m_beyond=_known(row.mean_m_beyond),
    )


def _round_cells(cells: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    names = ["people", "beyond", "unreachable", "share_beyond"]
    return cells.assign(**{name: cells[name].round(6) for name in names})


def _few(people: float) -> bool:
    return privacy.is_small(people, counted=True)


def _known(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else round(float(value), 6)
