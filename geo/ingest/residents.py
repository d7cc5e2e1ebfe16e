"""People per statistical area put into an Area: figures from Statistics Sweden's service or a file,
outlines from a file, the area itself or the service.

Preschools put into an Area as places: from the services that list them, or from a downloaded
file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.area import people, spreading
from geo.area import people as area_people
from geo.area import record_fields as area_places
from geo.area.model import Area
from geo.area.provenance import LeftOut, Source
from geo.area.record_fields import cell, plain_record, rules
from geo.errors import InputError
from geo.ingest import place_files
from geo.ingest.build import MARGIN_M, Inputs, with_places
from geo.ingest.merge_people import (
    ask_before_older,
    each_once,
    merged,
    stack,
    stacked,
    without_groups,
    years_of,
)
from geo.ingest.within import (
    again_across,
    ground_of,
    has_stated_boundary,
    inside,
    metres_outside,
    shares_of,
    without_units,
)
from geo.sources.skolverket import KIND, Preschools, fetch_preschools
from geo.sources.statistics import outlines as statistics_outlines
from geo.sources.statistics.files import read_figures
from geo.sources.statistics.join import (
    LEVELS,
    Figures,
    Fit,
    Outlines,
    fit_codes,
    join,
    level_of,
    read_code,
    stated_vintage,
    vintage_of_year,
)
from geo.sources.statistics.scb import Wanted, check_municipality, fetch_figures
from geo.texts import Phrase
from geo.types import Progress

RESIDENTS = area_people.RESIDENTS
OUTLINES = "people_outlines"
"""The part of an area's sources that says whose outlines its people were placed within."""


@dataclass(frozen=True)
class Ask:
    """What a person asks for.

    ``level`` is ``deso`` or ``regso`` ("" is what the file or area has, else DeSO); ``year`` 0 is
    the latest; ``file`` holds figures already downloaded, ``outlines`` the areas' shapes.
    ``other_vintage`` joins figures and outlines of different drawings where codes or names agree.
    ``replace_year`` lets figures of an older year take the place of newer ones.
    """

    level: str = ""
    year: int = 0
    municipality: str = ""
    file: Path | None = None
    outlines: Path | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    other_vintage: bool = False
    replace_year: bool = False


@dataclass(frozen=True, eq=False)
class Added:
    """The area with its people, and what to report of it.

    ``totals``: people of each group in the area, NaN where nothing is known. ``unknown`` counts the
    statistical areas where a group is unknown, ``gone`` names groups that nobody is counted in any
    more.
    """

    area: Area
    fit: Fit
    level: str
    year: int
    totals: dict[str, float]
    unknown: dict[str, int]
    gone: tuple[str, ...]
    sources: tuple[Source, ...]

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """Rows and areas that could not be used."""
        return tuple(row for source in self.sources for row in source.left_out)

    @property
    def notices(self) -> tuple[LeftOut, ...]:
        """What was done with rows and areas that are used."""
        return tuple(row for source in self.sources for row in source.notices)


@dataclass(frozen=True, eq=False)
class _Placed:
    """Residents where they live, and their counts a statistical area."""

    people: gpd.GeoDataFrame
    counts: pd.DataFrame
    outlines: gpd.GeoDataFrame


def add_statistics(area: Area, ask: Ask, *, progress: Progress | None = None) -> Added:
    """Return an area with people per statistical area put into the residents it has: the groups and
    places that the new figures say nothing of stay.

    Outlines are, in this order: those of ``ask.outlines``; the area's own statistical areas, where
    it has people in such (their points keep their share of each area); those of Statistics
    Sweden's open geodata.

    Raises
    ------
    InputError ``older_year`` : the area's figures are of a newer year.
    InputError ``bad_option`` : an unknown level. InputError ``bad_municipality`` : none given, and
    the area shows none.
    InputError ``vintage_mismatch``, ``no_outlines`` : figures and outlines cannot be joined.
    InputError ``year_missing``, ``no_such_areas``, OnlineError : as in ``fetch_figures``.
    InputError : a file cannot be used. Cancelled.
    """
    if ask.level and ask.level not in LEVELS:
        valid = ", ".join(LEVELS)
        reason = Phrase("reasons.several_levels", {"found": ask.level, "valid": valid})
        raise InputError("bad_option", reason=reason, command="statistics")
    if ask.municipality:
        ask = replace(ask, municipality=check_municipality(ask.municipality))
    if ask.outlines:
        return _with_file(area, ask, ask.outlines, progress)
    own = _own_units(area, ask.level)
    if own and not ask.municipality:
        return _with_own(area, ask, own, progress)
    return _with_service(area, ask, own, progress)


def _with_file(area: Area, ask: Ask, path: Path, progress: Progress | None) -> Added:
    """Join with the outlines of a file."""
    if ask.file:
        figures = _read(ask, progress)
        outlines = statistics_outlines.read_outlines(path, figures.level)
    else:
        outlines = statistics_outlines.read_outlines(path, ask.level or "deso")
        codes = frozenset(code for code in outlines.frame["code"] if code)
        figures = fetch_figures(
            Wanted(outlines.level, ask.year, ask.municipality, codes), progress=progress
        )
    return _placed(area, figures, outlines, ask, progress)


def _with_service(area: Area, ask: Ask, own: dict[str, str], progress: Progress | None) -> Added:
    """Join with the outlines of the open geodata."""
    towns = {code[:4] for code in own} | ({ask.municipality} if ask.municipality else set())
    if ask.file:
        figures = _read(ask, progress)
        towns |= {code[:4] for code in figures.frame["code"] if code and not ask.municipality}
    else:
        town = _only(towns, ask.municipality)
        figures = fetch_figures(Wanted(ask.level or "deso", ask.year, town), progress=progress)
    town = _only(towns, ask.municipality)
    vintage = figures.vintage or vintage_of_year(figures.level, figures.year)
    if not vintage:
        raise InputError(
            "bad_option", reason=Phrase("reasons.no_vintage", {}), command="statistics"
        )
    outlines = statistics_outlines.fetch_outlines(figures.level, vintage, town, progress=progress)
    if not has_stated_boundary(area) and not _is_drawn_around_paths(area):
        outlines = statistics_outlines.inside(outlines, area.boundary, area.network.crs)
    return _placed(area, figures, outlines, ask, progress)


def _is_drawn_around_paths(area: Area) -> bool:
    return any(s.part == "boundary" and s.made == "from_network" for s in area.sources)


def _with_own(area: Area, ask: Ask, own: dict[str, str], progress: Progress | None) -> Added:
    """Share new figures over the points of the statistical areas that the area has."""
    level = ask.level or level_of(own)
    if ask.file:
        figures = _read(replace(ask, level=level), progress)
    else:
        wanted = Wanted(level, ask.year, codes=frozenset(own))
        figures = fetch_figures(wanted, progress=progress)
    _say(progress, "progress.people", 0.95)
    said = [f"{s.title} {s.file}" for s in area.sources if s.part.startswith("people")]
    fit = fit_codes(
        figures, list(own), stated_vintage(level, *said), other_vintage=ask.other_vintage
    )
    _ask_year(area, figures, ask)
    table = figures.frame[figures.frame["code"] != ""].set_index("code")[figures.groups]
    of_people = [source for source in area.sources if source.part == "people"]
    shares = {unit: share for unit, share in shares_of(of_people).items() if unit in own.values()}
    units = pd.Series(dict(own)).reindex(table.index)
    across = again_across(of_people, table.assign(unit=units).set_index("unit"), shares)
    table = table.mul(units.map(shares).fillna(1.0), axis=0)
    keep = _same_year(area, figures)
    people = _reshared(area, own, table, keep=keep)
    lost = [
        LeftOut(number + 1, "no_figures", {"found": code})
        for number, code in enumerate(own)
        if code not in table.index
    ]
    sources = _told(figures, "kept_points", tuple(lost), across, estimated=True)
    kept = _other_sources(area, set() if keep and lost else set(figures.groups))
    counts = people.groupby("unit")[figures.groups].sum(min_count=1)
    return _added(area, figures, fit, _Placed(people, counts, area.outlines), (*sources, *kept))


def _other_sources(area: Area, new: set[str]) -> tuple[Source, ...]:
    """Return the sources of the groups that have no new figures, and of the outlines."""
    of_people = [source for source in area.sources if source.part in ("people", OUTLINES)]
    return without_groups(of_people, new)


def _placed(
    area: Area, figures: Figures, outlines: Outlines, ask: Ask, progress: Progress | None
) -> Added:
    """Join, and place people where they can live within each outline."""
    joined = join(figures, outlines, other_vintage=ask.other_vintage)
    ground = ground_of(area)
    within = inside(joined.frame, ground)
    if within.units.empty:
        raise InputError(
            "people_outside",
            file=figures.title,
            count=len(joined.frame),
            found=metres_outside(joined.frame, ground) / 1000,
        )
    _ask_year(area, figures, ask)
    _say(progress, "progress.people", 0.95)
    frame = outlines.frame
    kept = merged(
        without_units(area.people, within.gone),
        within.units,
        area.network.crs,
        outlines=frame.assign(unit=frame["code"].where(frame["code"] != "", frame["name"])),
        same_year=_same_year(area, figures),
        is_official=True,
    )
    found = spreading.spread(kept.units, area.network, area.buildings, area.addresses)
    people = found.people
    estimated = bool(people["estimated"].any())
    lost, told = (*joined.left_out, *within.left_out), (*within.notices, *found.left_out)
    sources = _told(figures, found.made, lost, told, estimated=estimated)
    before = _other_sources(area, set() if kept.some_uncovered else set(figures.groups))
    if not kept.some_uncovered:
        before = tuple(source for source in before if source.part != OUTLINES)
    counts = within.units[figures.groups]
    placed = _Placed(stacked(people, kept.rows), counts, found.outlines)
    return _added(area, figures, joined.fit, placed, (*sources, *before, outlines.source))


def _ask_year(area: Area, figures: Figures, ask: Ask) -> None:
    there = years_of(area.sources)
    ask_before_older(there, figures.groups, figures.year, replace_year=ask.replace_year)


def _same_year(area: Area, figures: Figures) -> bool:
    """Return whether the figures there are can stand beside the new ones, as far as is known."""
    there = years_of(area.sources)
    years = {there[group] for group in figures.groups if group in there}
    return not figures.year or years <= {figures.year}


def _told(
    figures: Figures,
    made: str,
    lost: tuple[LeftOut, ...],
    told: tuple[LeftOut, ...],
    *,
    estimated: bool,
) -> tuple[Source, ...]:
    """Return the figures' sources; what was left out, and what was done with the rest, stands with
    the first of them.
    """
    first, *others = [
        replace(source, made=made, estimated=source.estimated or estimated)
        for source in figures.sources
    ]
    left_out = (*first.left_out, *figures.left_out, *lost)
    return (replace(first, left_out=left_out, notices=(*first.notices, *told)), *others)


def _added(
    area: Area,
    figures: Figures,
    fit: Fit,
    placed: _Placed,
    sources: tuple[Source, ...],
) -> Added:
    """Return the area with these residents and their sources; its other people stay."""
    counts, sources = placed.counts, each_once(sources)
    others = area.people[area.people["origin"] != RESIDENTS]
    people = stack([placed.people, others])
    people = people.assign(district=area_people.with_districts(people, area.districts))
    kept = tuple(s for s in area.sources if s.part not in ("people", OUTLINES))
    outlines = spreading.outlines_of(people, area.outlines, placed.outlines)
    made = replace(area, people=people, outlines=outlines, sources=(*kept, *sources), _snaps={})
    totals = {group: float(counts[group].sum(min_count=1)) for group in figures.groups}
    unknown = {group: int(counts[group].isna().sum()) for group in figures.groups}
    gone = tuple(name for name in area.groups if name not in made.groups)
    return Added(made, fit, figures.level, figures.year, totals, unknown, gone, sources)


def municipality_of(area: Area) -> str:
    """Return the one municipality that the area's statistical areas lie in; "" where their codes
    show none, or several.
    """
    codes = map(read_code, area.people["unit"].astype(str).unique())
    towns = {code.municipality for code in codes if code}
    return towns.pop() if len(towns) == 1 else ""


def _own_units(area: Area, level: str) -> dict[str, str]:
    """Return the area's own statistical areas, plain code → unit, where all its residents live in
    such of one level (and of the one wanted); else none.
    """
    units = area.people.loc[area.people["origin"] == RESIDENTS, "unit"].astype(str).unique()
    read = {unit: read_code(unit) for unit in units}
    if not read or not all(read.values()):
        return {}
    found = {code.plain: unit for unit, code in read.items() if code}
    own = level_of(found)
    return found if own and level in ("", own) else {}


def _reshared(
    area: Area, own: Mapping[str, str], table: pd.DataFrame, *, keep: bool
) -> gpd.GeoDataFrame:
    """Give each point the share of its statistical area's new people that it had of the old; in an
    area where nobody was known to live, each the same. Groups without new figures stay, and with
    ``keep`` areas without any, which are else unknown.
    """
    residents = area.people[area.people["origin"] == RESIDENTS].reset_index(drop=True)
    codes = pd.Series({unit: code for code, unit in own.items()})
    unit = residents["unit"].astype(str).map(codes)
    weight = residents["all"] if "all" in residents else pd.Series(1.0, index=residents.index)
    weight = weight.fillna(0.0).clip(lower=0.0)
    whole = weight.groupby(unit).transform("sum")
    rows = unit.groupby(unit).transform("size")
    share = np.where(whole > 0, weight / whole.where(whole > 0, 1.0), 1.0 / rows)
    counts = table.reindex(unit.to_numpy())
    new = {group: counts[group].to_numpy(np.float64) * share for group in table.columns}
    if keep:
        stays = ~unit.isin(table.index).to_numpy(bool)
        for group in [name for name in new if name in residents]:
            new[group] = np.where(stays, residents[group], new[group])
    return residents.assign(estimated=True, **new)


def _only(towns: set[str], stated: str) -> str:
    """Return the one municipality to ask for."""
    if stated:
        return stated
    if len(towns) != 1:
        raise InputError("bad_municipality", found=", ".join(sorted(towns)) or "–")
    return next(iter(towns))


def _read(ask: Ask, progress: Progress | None) -> Figures:
    _say(progress, "progress.read_figures", 0.1)
    assert ask.file is not None
    return read_figures(ask.file, level=ask.level, year=ask.year, columns=ask.columns)


def _say(progress: Progress | None, key: str, share: float) -> None:
    if progress:
        progress(key, share)


@dataclass(frozen=True)
class AskSchools:
    """What a person asks for: a municipality's preschools ("" is the area's own), or a file's."""

    municipality: str = ""
    file: Path | None = None


@dataclass(frozen=True, eq=False)
class AddedSchools:
    """The area with its preschools. ``added`` came now, of which ``with_children`` report how many
    children they have; ``others`` were there before from elsewhere, and may be the same ones.
    """

    area: Area
    source: Source
    added: int
    with_children: int
    others: int


def add_schools(area: Area, ask: AskSchools, *, progress: Progress | None = None) -> AddedSchools:
    """Return an area with preschools put in; they replace those of the same source, and
    OpenStreetMap's. Of what a service has, those up to 1,000 m outside the area are kept.

    Raises
    ------
    InputError ``bad_municipality`` : none given, and the area's people show none.
    InputError ``no_preschools``, OnlineError : as in ``fetch_preschools``; OutsideArea : all lie
    far away.
    InputError : the file cannot be used. Cancelled.
    """
    if ask.file:
        made = with_places(area, KIND, ask.file, Inputs())
        source = next(s for s in made.sources if s.part == KIND and s.file == ask.file.name)
    else:
        found = fetch_preschools(_municipality(area, ask), progress=progress)
        made, source = _with_fetched(area, found)
    places = made.places.assign(district=people.with_districts(made.places, made.districts))
    made = replace(made, places=places, _snaps={})
    own = made.places_of(KIND)
    ours = own[own["source"] == source.title]
    return AddedSchools(made, source, len(ours), _with_children(ours), len(own) - len(ours))


def _with_fetched(area: Area, found: Preschools) -> tuple[Area, Source]:
    kept, far = place_files.near(
        found.places,
        area.metric_boundary,
        area.network.crs,
        far_m=MARGIN_M,
        file=found.source.title,
    )
    # The service has a whole municipality; the rest of it is no list of what went wrong here.
    lost = (LeftOut(0, "elsewhere", {"count": len(far)}),) if far else ()
    source = replace(found.source, left_out=(*found.source.left_out, *lost))
    of_kind = area.places["kind"] == KIND
    stale = of_kind & (
        (area.places["source"] == source.title)
        | area.places["id"].astype(str).str.startswith("osm-")
    )
    others = area.places[~stale]
    taken = set(others["id"])
    kept = kept.assign(
        id=[f"{name}-2" if name in taken else name for name in kept["id"].astype(str)]
    )
    sources = tuple(s for s in area.sources if not (s.part == KIND and s.title == source.title))
    places = stack([others, kept])
    return replace(area, places=places, sources=(*sources, source), _snaps={}), source


def _municipality(area: Area, ask: AskSchools) -> str:
    if ask.municipality:
        return check_municipality(ask.municipality)
    town = municipality_of(area)
    if not town:
        raise InputError("bad_municipality", found="–")
    return town


def _with_children(places: gpd.GeoDataFrame) -> int:
    """Count the preschools whose record reports how many children or places they have."""
    names = [rules().columns[field] for field in ("places", "enrolled")]
    records = [plain_record(area_places.place_fields(details)) for details in places["details"]]
    return sum(any(cell(record, n) is not None for n in names) for record in records)
