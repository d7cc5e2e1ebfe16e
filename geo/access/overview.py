"""An area at a glance: for each kind of place the share that has farther than the limit, by
district, and which district is served least. Each kind is asked as a question about it begins.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from geo import presets
from geo.access.defaults import NEWCOMERS, first_kind
from geo.access.gap_question import GapQuestion
from geo.access.gaps import DistrictGap, Gap, gap_of, without_small_counts
from geo.area.model import Area
from geo.area.people import HOUSING


@dataclass(frozen=True)
class DistrictRow:
    """A district's gap for each kind, None where nothing is known of it; ``least`` is for how many
    kinds it has the greatest share beyond, and ``mean`` the mean of the shares that are shown.
    """

    name: str
    gaps: tuple[DistrictGap | None, ...]
    least: int
    mean: float


@dataclass(frozen=True)
class Overview:
    """The gaps of an area's kinds with small counts hidden, those asked of newcomers first; the
    districts, least served first; and the ``lacking`` kinds that a question would begin with.
    """

    area: str
    gaps: tuple[Gap, ...]
    districts: tuple[DistrictRow, ...]
    lacking: tuple[str, ...]

    @property
    def least_served(self) -> DistrictRow | None:
        """The district farthest from most kinds; None where two share that, or none is behind."""
        if not self.districts or not self.districts[0].least:
            return None
        first, *others = self.districts
        if others and (others[0].least, others[0].mean) == (first.least, first.mean):
            return None
        return first


def questions(area: Area) -> tuple[GapQuestion, ...]:
    """Return one question for each kind there are places of; housing is where people are."""
    kinds = [kind for kind in area.kinds if kind != HOUSING]
    asked = [GapQuestion.read({"kind": kind}, area) for kind in kinds] if area.groups else []
    return tuple(sorted(asked, key=lambda each: each.group != NEWCOMERS))


def overview(area: Area, answer: Callable[[GapQuestion], Gap] | None = None) -> Overview:
    """Return an area at a glance; ``answer`` gives a gap that is known already.

    Examples
    --------
    >>> from geo import open_area
    >>> found = overview(open_area("demo"))
    >>> len(found.gaps) > 3, found.lacking
    (True, ())
    """
    answer = answer or (lambda question: gap_of(area, question))
    gaps = tuple(without_small_counts(answer(question)) for question in questions(area))
    wanted = presets.kind(first_kind(area)).id
    lacking = () if wanted in area.kinds else (wanted,)
    return Overview(area.id, gaps, _districts(gaps), lacking)


def shown_share(row: DistrictGap | Gap | None) -> float | None:
    """Return the share beyond, None where it is hidden or of nobody."""
    if row is None or (isinstance(row, Gap) and row.small) or row.share_beyond is None:
        return None
    return None if math.isnan(row.share_beyond) else row.share_beyond


def _districts(gaps: tuple[Gap, ...]) -> tuple[DistrictRow, ...]:
    by_name = [{row.name: row for row in gap.districts} for gap in gaps]
    names = sorted({name for rows in by_name for name in rows if name})
    found = {name: tuple(rows.get(name) for rows in by_name) for name in names}
    least = dict.fromkeys(names, 0)
    for at in range(len(gaps)):
        shares = {name: _compared(found[name][at], gaps[at]) for name in names}
        most = max(shares.values(), default=0.0)
        for name in names:
            least[name] += most > 0 and shares[name] == most
    rows = [DistrictRow(name, found[name], least[name], _mean(found[name], gaps)) for name in names]
    return tuple(sorted(rows, key=lambda row: (-row.least, -row.mean, row.name)))


def _compared(row: DistrictGap | None, gap: Gap) -> float:
    """Return a share as it is compared: what is hidden takes no part."""
    return 0.0 if gap.small else shown_share(row) or 0.0


def _mean(rows: tuple[DistrictGap | None, ...], gaps: tuple[Gap, ...]) -> float:
    known = [
        share
        for row, gap in zip(rows, gaps, strict=True)
        if not gap.small and (share := shown_share(row)) is not None
    ]
    return sum(known) / len(known) if known else 0.0
