"""Figures of statistical areas, their outlines, and how the two are joined: by code, else by name,
and never across a redrawing unless that is asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import pandas as pd

from geo import presets
from geo.area.provenance import LeftOut, Source
from geo.cells import plain
from geo.errors import InputError
from geo.sources.statistics.vintages import NAMES, Fit, matching, shown, told_by_codes
from geo.types import WGS84

MOST_LISTED = 60
"""Areas without an outline are listed one by one up to this many."""


@dataclass(frozen=True, eq=False)
class Figures:
    """People per statistical area, without outlines.

    ``frame``: ``code`` (plain, "" where only names are known), ``town`` (the municipality's name)
    and ``name`` ("" unknown) and one float column per group (NaN unknown); the index, named
    ``row``, counts rows of the file or answer. ``vintage`` is the drawing they are published for,
    "" unknown; ``year`` 0 where unknown. ``drawn`` holds the codes of each drawing as far as they
    are known here. ``sources`` name, table by table, where the groups come from.
    """

    frame: pd.DataFrame
    level: str
    vintage: str
    year: int
    sources: tuple[Source, ...]
    left_out: tuple[LeftOut, ...] = ()
    drawn: Mapping[str, Collection[str]] = field(default_factory=dict)

    @property
    def groups(self) -> list[str]:
        """The groups of people counted, in the order of the presets."""
        return [name for name in presets.groups() if name in self.frame]

    @property
    def title(self) -> str:
        """The file or table, as messages name it."""
        return self.sources[0].file or self.sources[0].title


@dataclass(frozen=True, eq=False)
class Outlines:
    """Outlines of statistical areas: ``code``, ``name`` and polygons in WGS84; ``vintage`` is ""
    where nothing shows it.
    """

    frame: gpd.GeoDataFrame
    level: str
    vintage: str
    source: Source


@dataclass(frozen=True, eq=False)
class Joined:
    """Figures with their outlines: ``unit``, ``name``, groups and polygons, index ``row``; areas
    that only one of the two has are listed in ``left_out``.
    """

    frame: gpd.GeoDataFrame
    left_out: tuple[LeftOut, ...]
    fit: Fit


def join(figures: Figures, outlines: Outlines, *, other_vintage: bool = False) -> Joined:
    """Join figures and outlines area by area; nothing is added up, scaled or made to agree.

    Parameters
    ----------
    other_vintage : join also where figures and outlines are known to be of different drawings: an
        area is then the one with the same code or name, whatever ground it covered.

    Raises
    ------
    InputError ``vintage_mismatch`` : they are of different drawings; says how many codes stand in
    which.
    InputError ``no_outlines`` : no area of the figures has an outline.
    """
    by_code = _have_codes(figures, outlines)
    own, theirs = (_keys(frame, by_code=by_code) for frame in (figures.frame, outlines.frame))
    unsure = {key for keys in (own, theirs) for key, n in Counter(keys).items() if n > 1} | {""}
    at = {key: row for row, key in enumerate(theirs) if key not in unsure}
    met = [at.get(key, -1) if key not in unsure else -1 for key in own]
    if not by_code:
        met = _of_one_town(figures, outlines, met)
    fit = _fit(figures, outlines, sum(row >= 0 for row in met))
    first = outlines.frame.iloc[0] if len(outlines.frame) else {"code": "", "name": ""}
    example = first["code"] or first["name"] or "–"
    _check(figures, fit, other_vintage, outlines.source.title, example)
    return Joined(_put_together(figures, outlines, met), _alone(figures, outlines, met, own), fit)


def fit_codes(
    figures: Figures, codes: Collection[str], vintage: str, *, other_vintage: bool = False
) -> Fit:
    """Return how figures meet areas that are known by their codes only.

    Parameters
    ----------
    vintage : the drawing of the areas, "" unknown.

    Raises
    ------
    InputError ``vintage_mismatch``, ``no_outlines`` : as in ``join``.
    """
    own = set(figures.frame["code"])
    both = sum(code in own for code in codes)
    known = vintage or told_by_codes(codes, figures.drawn)
    counts = matching(codes, figures.drawn)
    fit = Fit(len(figures.frame), len(codes), both, figures.vintage, known, counts)
    _check(figures, fit, other_vintage, "–", next(iter(codes), "–"))
    return fit


def _have_codes(figures: Figures, outlines: Outlines) -> bool:
    return bool((figures.frame["code"] != "").any() and (outlines.frame["code"] != "").any())


def _keys(frame: pd.DataFrame, *, by_code: bool) -> list[str]:
    return [str(code) for code in frame["code"]] if by_code else [plain(n) for n in frame["name"]]


def _of_one_town(figures: Figures, outlines: Outlines, met: list[int]) -> list[int]:
    """Drop areas that only share a name: a municipality's outlines meet one town's figures."""
    towns = [str(town) for town in figures.frame["town"]]
    codes = [str(code)[:4] for code in outlines.frame["code"]]
    votes: dict[str, Counter[str]] = {}
    for town, at in zip(towns, met, strict=True):
        if at >= 0:
            votes.setdefault(codes[at], Counter())[town] += 1
    chosen = {code: count.most_common(1)[0][0] for code, count in votes.items()}
    return [
        at if at >= 0 and chosen[codes[at]] == town else -1
        for town, at in zip(towns, met, strict=True)
    ]


def _fit(figures: Figures, outlines: Outlines, both: int) -> Fit:
    codes = [code for code in outlines.frame["code"] if code]
    return Fit(
        len(figures.frame),
        len(outlines.frame),
        both,
        figures.vintage,
        outlines.vintage or told_by_codes(codes, figures.drawn),
        matching(codes, figures.drawn),
    )


def _check(figures: Figures, fit: Fit, other_vintage: bool, outlines: str, example: str) -> None:
    level = figures.level
    if fit.differ and not other_vintage:
        raise InputError(
            "vintage_mismatch",
            file=figures.title,
            figures=shown(level, fit.figures_vintage),
            outlines=shown(level, fit.outlines_vintage),
            both=fit.both,
            areas=fit.outlines,
        )
    if fit.both == 0:
        first = figures.frame.iloc[0]
        raise InputError(
            "no_outlines",
            file=figures.title,
            level=NAMES[level],
            found=first["code"] or first["name"],
            outlines=outlines,
            theirs=example,
        )


def _put_together(figures: Figures, outlines: Outlines, met: list[int]) -> gpd.GeoDataFrame:
    is_met = [row >= 0 for row in met]
    rows = [row for row in met if row >= 0]
    own, theirs = figures.frame[is_met], outlines.frame.iloc[rows]
    codes = [a or b or c for a, b, c in zip(own["code"], theirs["code"], own["name"], strict=True)]
    names = [a or b or c for a, b, c in zip(own["name"], theirs["name"], codes, strict=True)]
    columns = {"unit": codes, "name": names, **{name: own[name] for name in figures.groups}}
    return gpd.GeoDataFrame(columns, index=own.index, geometry=theirs.geometry.values, crs=WGS84)


def _alone(
    figures: Figures, outlines: Outlines, met: list[int], keys: list[str]
) -> tuple[LeftOut, ...]:
    """List the areas that only figures or only outlines have."""
    twice = {key for key, times in Counter(keys).items() if times > 1}
    lost = []
    for row, key, at in zip(figures.frame.index, keys, met, strict=True):
        if at < 0:
            record = figures.frame.loc[row]
            reason = "unsure_area" if key in twice else "no_outline"
            lost.append(LeftOut(int(row), reason, {"found": record["code"] or record["name"]}))
    if len(lost) > MOST_LISTED:
        # A file of the whole country is no list of what went wrong in one area.
        lost = [LeftOut(0, "no_outline_many", {"count": len(lost)})]
    seen = set(met)
    for number, (code, name) in enumerate(
        zip(outlines.frame["code"], outlines.frame["name"], strict=True)
    ):
        if number not in seen:
            lost.append(LeftOut(number + 1, "no_figures", {"found": code or name or "–"}))
    return tuple(lost)
