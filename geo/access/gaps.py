"""Who lives beyond a stated walking distance of a kind of place: how many, how far, how unevenly,
and where, summed in squares of the ground.

Definitions, with people ``w``, walking metres ``d`` to the nearest place and limit ``T``: headcount
``Σ w[d > T]``; its share; mean metres beyond ``Σ w (d − T) / Σ w`` over those beyond who can be
reached; and Foster, Greer and Thorbecke (1984), ``FGT_a = Σ w · max(0, (d − T)/T)^a [d > T] / Σ
w``. Who cannot be reached counts as beyond, as ``d = 3T`` in the FGT measures, and is reported
apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import box

from geo import presets, privacy, texts
from geo.access.cut_off import cut_off
from geo.access.gap_question import GapQuestion
from geo.access.spread_range import SpreadRange, spread_range
from geo.area.model import Area
from geo.area.provenance import Source
from geo.errors import AreaLacks
from geo.network.distances import nearest
from geo.texts import text
from geo.types import WGS84, Bools, Floats

UNREACHABLE_TIMES = 3.0
"""Unreachable people count as this many limits away in the FGT measures, and nowhere else."""


@dataclass(frozen=True)
class DistrictGap:
    """One district's people and those beyond; ``None`` where a count is hidden, be it small or so
    that it gives no other away: to show which would disclose a count whose sum is known.

    ``name`` is empty for people outside all districts. ``share_low`` and ``share_high`` are as of
    a ``Gap``.
    """

    name: str
    people: float | None
    beyond: float | None
    share_beyond: float | None
    mean_m_beyond: float | None = None
    share_low: float | None = None
    share_high: float | None = None

    def __post_init__(self) -> None:
        """A share that is hidden has no range that could give it away."""
        if self.share_beyond is None:
            object.__setattr__(self, "share_low", None)
            object.__setattr__(self, "share_high", None)

    @property
    def hidden(self) -> bool:
        """Whether any of its counts is hidden."""
        return self.people is None or self.beyond is None


@dataclass(frozen=True)
class Measures:
    """Headcount, share (NaN without people), mean metres beyond, unreachable, and FGT 0 to 2."""

    people: float
    beyond: float
    share_beyond: float
    mean_m_beyond: float
    unreachable: float
    fgt0: float
    fgt1: float
    fgt2: float


@dataclass(frozen=True, eq=False)
class Gap(Measures):
    """The answer for one kind, limit, group and profile; counts are people, distances metres.

    ``metres`` and ``weights`` have one entry per row of ``area.people``. ``unknown`` is the number
    of rows whose count for the group is not known. ``concentration`` is the share of those beyond
    who would have to live in other districts for every district to have its even share (Hoover);
    NaN without districts. ``share_low`` and ``share_high`` are the least and most of the share
    over the fair ways of spreading people who are estimated, and the share itself of counted ones;
    NaN where that is not known. ``ways`` : each way's share, as ``SpreadRange`` has them.
    ``cut_off`` : people who live by a piece of path that does not join the main one.
    """

    area: str
    kind: str
    group: str
    limit_m: float
    profile: str
    concentration: float
    places: int
    unknown: int
    estimated: bool
    demonstration: bool
    districts: tuple[DistrictGap, ...]
    sources: tuple[Source, ...]
    metres: Floats
    weights: Floats
    share_low: float = math.nan
    share_high: float = math.nan
    ways: tuple[tuple[str, float], ...] = ()
    cut_off: float = 0.0

    @property
    def question(self) -> GapQuestion:
        """The question that this answers."""
        return GapQuestion(self.kind, self.limit_m, self.group, self.profile)

    @property
    def few_people(self) -> bool:
        """Whether the whole group is so few that nothing may be disclosed of them."""
        return privacy.is_small(self.people, not self.estimated)

    @property
    def few_beyond(self) -> bool:
        """Whether so few are beyond that their number must not leave the editor's hands."""
        return privacy.is_small(self.beyond, not self.estimated)

    @property
    def few_within(self) -> bool:
        """Whether so few are within the limit that those beyond would give them away."""
        return privacy.is_small(self.people - self.beyond, not self.estimated)

    @property
    def small(self) -> bool:
        """Whether the headcount must be hidden."""
        return self.few_beyond or self.few_within


def distances(area: Area, kind: str, profile: str = "adult") -> Floats:
    """Return walking metres from each row of ``area.people`` to the nearest place of a kind; inf
    where the area has none.

    Raises
    ------
    InputError ``unknown_kind``, ``unknown_profile`` : with the nearest valid names.
    AreaLacks : the area has no people.
    """
    presets.kind(kind)
    walker = presets.profile(profile)
    if area.people.empty:
        raise AreaLacks(key="lacks.people")
    if kind not in area.kinds:
        return np.full(len(area.people), np.inf)
    found = nearest(
        area.network,
        area.snapped_people(walker),
        area.snapped_places(kind, walker),
        profile=walker,
    )
    return found.metres[:, 0]


def gap(
    area: Area,
    *,
    kind: str,
    limit_m: float,
    group: str,
    profile: str = "adult",
    metres: Floats | None = None,
) -> Gap:
    """Compute the gap for one kind, limit, group and profile.

    ``metres`` are ``distances`` for the same area, kind and profile, when they are already known.

    Raises
    ------
    BadLimit, InputError ``unknown_kind``, ``unknown_group``, ``unknown_profile`` : what was asked
    for is not valid.
    AreaLacks : no people, or no such group among them.

    Examples
    --------
    >>> from geo import gap, open_area
    >>> found = gap(open_area("demo"), kind="library", limit_m=400, group="all")
    >>> round(found.beyond), round(found.people), f"{found.share_beyond:.0%}"
    (4820, 9993, '48%')
    """
    question = GapQuestion(kind=kind, limit_m=limit_m, group=group, profile=profile)
    return gap_of(area, question, metres=metres)


def gap_of(area: Area, question: GapQuestion, *, metres: Floats | None = None) -> Gap:
    """Return the gap that a question asks for; ``metres`` as for ``gap``.

    Raises
    ------
    AreaLacks : no people, or no such group among them.
    """
    kind, group, limit = question.kind, question.group, question.limit_m
    _needs(area, group)
    if metres is None:
        metres = distances(area, kind, question.profile)
    of_group = (area.people["origin"] == presets.group(group).origin).to_numpy(bool)
    weights = np.where(of_group, area.count(group), 0.0)
    lives = weights > 0
    counted = not bool(area.people["estimated"].to_numpy(bool)[lives].any())
    districts, concentration = _by_district(area, metres, weights, limit)
    found = measures(metres, weights, limit)
    between = spread_range(
        area,
        kind=kind,
        profile=question.profile,
        limit_m=limit,
        weights=weights,
        metres=metres,
    )
    return Gap(
        area=area.id,
        kind=kind,
        group=group,
        limit_m=limit,
        profile=question.profile,
        **vars(found),
        **_width(found.share_beyond, between),
        districts=_with_range(districts, between),
        concentration=concentration,
        places=len(area.places_of(kind)),
        unknown=int((of_group & area.people[group].isna().to_numpy(bool)).sum()),
        estimated=not counted,
        demonstration=area.demonstration,
        sources=_sources(area, kind, group),
        metres=metres,
        weights=weights,
        cut_off=float(weights[cut_off(area, presets.profile(question.profile))].sum()),
    )


def measures(metres: Floats, people: Floats, limit_m: float) -> Measures:
    """Return headcount, share, mean metres beyond, unreachable and FGT 0–2 of people at distances.

    >>> round(measures(np.array([100., 600.]), np.array([1., 3.]), 400).fgt1, 3)
    0.375
    """
    total = float(people.sum())
    far = metres > limit_m
    lost = np.isinf(metres)
    short = np.where(lost, UNREACHABLE_TIMES - 1, np.where(far, (metres - limit_m) / limit_m, 0.0))
    walks = people[far & ~lost]
    excess = metres[far & ~lost] - limit_m
    beyond = float(people[far].sum())
    return Measures(
        people=total,
        beyond=beyond,
        share_beyond=_ratio(beyond, total),
        mean_m_beyond=_ratio(float(walks @ excess), float(walks.sum())),
        unreachable=float(people[lost].sum()),
        fgt0=_ratio(beyond, total),
        fgt1=_ratio(float(people[far] @ short[far]), total),
        fgt2=_ratio(float(people[far] @ short[far] ** 2), total),
    )


def without_small_counts(answer: Gap) -> Gap:
    """Return the answer with small counts of counted people hidden, as it may be disclosed.

    Districts with a hidden count stand last, by name: their place among the others, most beyond
    first, would disclose their size.
    """
    rows = answer.districts
    if answer.estimated or not rows:
        return answer
    beyond = np.array([row.beyond for row in rows], dtype=float)
    people = np.array([row.people for row in rows], dtype=float)
    counted = np.ones(len(rows), dtype=bool)
    no_people = privacy.hidden(people, people, counted)
    no_beyond = privacy.hidden(beyond, people, counted, also=no_people)
    shown = tuple(
        _without(row, bool(a), bool(b))
        for row, a, b in zip(rows, no_people, no_beyond, strict=True)
    )
    return replace(answer, districts=hidden_last(shown))


def hidden_last(rows: Iterable[DistrictGap]) -> tuple[DistrictGap, ...]:
    """Return districts with those that hide a count last, by name."""
    return tuple(sorted(rows, key=lambda row: (row.hidden, row.name if row.hidden else "")))


def has_range(answer: Gap | DistrictGap) -> bool:
    """Return whether the share differs by a whole per cent between the ways of spreading people."""
    low, high = answer.share_low, answer.share_high
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return False
    return round(100 * low) != round(100 * high)


def range_words(low: float, high: float, language: str) -> str:
    """Write a range of shares: ``31–41 %``."""
    return f"{texts.number(100 * low, language)}–{texts.percent(high, language)}"


def headline(answer: Gap, language: str) -> str:
    """Return the gap as one sentence: "1 240 av 3 828 barn 0–4 år (32 %) bor längre än 400 m …";
    where the share rests on where people are taken to stand "Ungefär var tredje av 3 828 barn 0–4
    år (31–41 %) bor längre än 400 m …".
    """
    kind, group = presets.kind(answer.kind), presets.group(answer.group)
    small = answer.small
    key = "headline_few" if answer.few_beyond else "headline_all_but" if small else "headline"
    if key == "headline" and has_range(answer):
        key = "headline_range"
    if not answer.places:
        key = "headline_none"
    elif answer.few_people:
        key = "headline_few_people"
    fewer = text("gap.fewer", language, smallest=privacy.SMALLEST)
    said = text(
        f"gap.{key}",
        language,
        beyond=fewer if small else texts.number(round(answer.beyond), language),
        people=fewer if answer.few_people else texts.number(round(answer.people), language),
        share=texts.percent(answer.share_beyond, language),
        about=_about(answer.share_beyond, language),
        between=range_words(answer.share_low, answer.share_high, language),
        group=group.name(language),
        limit=texts.metres(answer.limit_m, language),
        place=kind.indefinite(language),
        none=kind.none(language),
        one=kind.one(language),
    )
    said = said[:1].upper() + said[1:]
    if kind.walked_to:
        return said
    return f"{said} {text('gap.not_walked_to', language, kind=kind.plural(language))}"


_ABOUT = (
    (0.02, "few"), (0.045, "in_30"), (0.0775, "in_20"), (0.12, "in_10"), (0.145, "in_8"),
    (0.1825, "in_6"), (0.225, "in_5"), (0.29, "in_4"), (0.365, "in_3"), (0.45, "two_in_5"),
    (0.55, "half"), (0.635, "three_in_5"), (0.71, "two_in_3"), (0.775, "three_in_4"),
    (0.85, "four_in_5"), (0.945, "nine_in_10"), (math.inf, "nearly_all"),
)  # fmt: skip
"""Up to which share a part is said in which words."""


def _about(share: float, language: str) -> str:
    """Return a share in words, as in ``ungefär var tredje``."""
    key = next((name for most, name in _ABOUT if share < most), "few")
    return text(f"spread.about_{key}", language)


def _without(row: DistrictGap, no_people: bool, no_beyond: bool) -> DistrictGap:
    if not (no_people or no_beyond):
        return row
    return replace(
        row,
        people=None if no_people else row.people,
        beyond=None,
        share_beyond=None,
        mean_m_beyond=None,
        share_low=None,
        share_high=None,
    )


def _needs(area: Area, group: str) -> None:
    if group in area.groups:
        return
    if (
        presets.group(group).origin == "transitional_housing"
        and not (area.people["origin"] == "transitional_housing").any()
    ):
        raise AreaLacks(key="lacks.newcomers")
    if area.people.empty:
        raise AreaLacks(key="lacks.people")
    raise AreaLacks(key="lacks.group", group=group, known=", ".join(area.groups) or "–")


def _by_district(
    area: Area, metres: Floats, weights: Floats, limit_m: float
) -> tuple[tuple[DistrictGap, ...], float]:
    """Return the districts' gaps, largest first, and how concentrated the gap is between them."""
    if area.districts.empty:
        return (), math.nan
    name = area.people["district"].to_numpy(object)
    rows = []
    for district in [*sorted(set(area.districts["name"])), ""]:
        here: Bools = (name == district) & (weights > 0)
        if district or here.any():
            found = measures(metres[here], weights[here], limit_m)
            share, mean = _known(found.share_beyond), _known(found.mean_m_beyond)
            rows.append(DistrictGap(district, found.people, found.beyond, share, mean))
    rows.sort(key=lambda row: (-(row.beyond or 0.0), row.name))
    beyond = np.array([row.beyond for row in rows], dtype=float)
    people = np.array([row.people for row in rows], dtype=float)
    if beyond.sum() <= 0:
        return tuple(rows), math.nan
    uneven = float(np.abs(beyond / beyond.sum() - people / people.sum()).sum() / 2)
    return tuple(rows), uneven


def _sources(area: Area, kind: str, group: str) -> tuple[Source, ...]:
    """Return the sources this figure rests on: network, districts, people, and the kind's
    places.
    """
    people = "people" if presets.group(group).origin == "residents" else "transitional_housing"
    parts = {"network", "districts", "boundary", people, kind, "places"}
    return tuple(source for source in area.sources if source.part in parts)


def _width(share: float, between: SpreadRange | None) -> dict[str, Any]:
    """Return the fields of a range; the share itself lies in it whatever rounding does."""
    if between is None:
        return {}
    low, high = _around(share, between.low, between.high)
    ways = tuple((way, _alike(found, share)) for way, found in between.ways)
    return {"share_low": low, "share_high": high, "ways": ways}


def _around(share: float, low: float, high: float) -> tuple[float, float]:
    return min(share, _alike(low, share)), max(share, _alike(high, share))


def _alike(found: float, share: float) -> float:
    """Return the share itself where another order of summing differs by its last digits alone."""
    return share if math.isclose(found, share, rel_tol=1e-9, abs_tol=1e-12) else found


def _with_range(
    rows: tuple[DistrictGap, ...], between: SpreadRange | None
) -> tuple[DistrictGap, ...]:
    if between is None:
        return rows
    made = []
    for row in rows:
        low, high = between.districts.get(row.name, (math.nan, math.nan))
        if row.share_beyond is not None and not math.isnan(low):
            low, high = _around(row.share_beyond, low, high)
        made.append(replace(row, share_low=_known(low), share_high=_known(high)))
    return tuple(made)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else math.nan


SQUARE_M = 250.0
"""Side of the squares people are summed in for maps: Statistics Sweden's grid in towns."""


def squares(area: Area, answer: Gap) -> gpd.GeoDataFrame:
    """Sum people beyond the limit in squares of 250 m, for the map.

    Returns
    -------
    GeoDataFrame in WGS84 with ``id`` (the square's south-west corner in kilometres), ``people``,
    ``beyond``, ``unreachable``, ``share_beyond``, ``district`` (of most of those beyond) and the
    square as geometry; only squares with somebody beyond. Sums are those of ``answer``.
    """
    east, north = square_of(area)
    table = pd.DataFrame(
        {
            "east": east,
            "north": north,
            "people": answer.weights,
            "beyond": np.where(answer.metres > answer.limit_m, answer.weights, 0.0),
            "unreachable": np.where(np.isinf(answer.metres), answer.weights, 0.0),
            "district": area.people["district"].to_numpy(),
        }
    )
    table = table[np.isfinite(table["east"]) & (table["people"] > 0)]
    most = table.sort_values("beyond", ascending=False).drop_duplicates(["east", "north"])
    summed = table.groupby(["east", "north"], as_index=False)[["people", "beyond", "unreachable"]]
    cells = summed.sum().merge(most[["east", "north", "district"]], on=["east", "north"])
    cells = cells[cells["beyond"] > 0].reset_index(drop=True)
    return _square_shapes(cells, area.network.crs)


def without_small_squares(
    area: Area, answer: Gap, cells: gpd.GeoDataFrame | None = None
) -> gpd.GeoDataFrame:
    """Return the squares of counted people that may be shown, with those beyond only; ``cells``
    are ``squares`` when they are already known.

    A square of a few, or in two districts, is left out, and then in each district the smallest,
    until what its squares leave of its sum is nobody or not few.
    """
    cells = squares(area, answer) if cells is None else cells
    beyond, people = cells["beyond"].to_numpy(float), cells["people"].to_numpy(float)
    keep = ~privacy.hidden(beyond, people, np.ones(len(cells), dtype=bool))
    district = _only_district(area, answer, cells)
    keep &= np.array([name is not None for name in district], dtype=bool)
    names = area.people["district"].to_numpy(object)
    far = np.where(answer.metres > answer.limit_m, answer.weights, 0.0)
    for name in sorted(set(names)):
        total = float(far[names == name].sum())
        inside = np.flatnonzero(keep & (district == name))
        for at in inside[np.argsort(beyond[inside], kind="stable")]:
            rest = total - float(beyond[keep & (district == name)].sum())
            if not privacy.is_small(rest, counted=True):
                break
            keep[at] = False
    keep &= not answer.small
    kept = cells[keep].reset_index(drop=True)
    return kept.assign(people=None, share_beyond=None, unreachable=None)


def _only_district(area: Area, answer: Gap, cells: gpd.GeoDataFrame) -> np.ndarray:
    """Return each square's district, None for a square with people of two."""
    far = (answer.metres > answer.limit_m) & (answer.weights > 0)
    names = area.people["district"].to_numpy(object)[far]
    east, north = (corner[far] for corner in square_of(area))
    of_cell: dict[str, set[str]] = {}
    for cell, name in zip(names_of_squares(east, north), names, strict=True):
        of_cell.setdefault(cell, set()).add(name)
    return np.array(
        [next(iter(of_cell[cell])) if len(of_cell[cell]) == 1 else None for cell in cells["id"]],
        dtype=object,
    )


def square_of(area: Area) -> tuple[Floats, Floats]:
    """Return the square each row of people is in: steps of its side to the east and north."""
    east, north = np.floor(area.people_xy / SQUARE_M).T
    return east, north


def names_of_squares(east: Iterable[float], north: Iterable[float]) -> list[str]:
    """Return the ids of squares that are so many steps to the east and north."""
    corners = zip(east, north, strict=True)
    return [f"{y * SQUARE_M / 1000:.2f}-{x * SQUARE_M / 1000:.2f}" for x, y in corners]


def _square_shapes(cells: pd.DataFrame, crs: str) -> gpd.GeoDataFrame:
    west, south = cells["east"] * SQUARE_M, cells["north"] * SQUARE_M
    kilometres = names_of_squares(cells["east"], cells["north"])
    columns = cells.assign(id=kilometres, share_beyond=cells["beyond"] / cells["people"])
    shapes = gpd.GeoSeries(box(west, south, west + SQUARE_M, south + SQUARE_M), crs=crs)
    return gpd.GeoDataFrame(columns.drop(columns=["east", "north"]), geometry=shapes.to_crs(WGS84))
