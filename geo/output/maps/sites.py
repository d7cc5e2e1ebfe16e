"""The map and the tables of a proposal: where to open, who gains, what there was to choose from."""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import presets, privacy, texts
from geo.access.gaps import SQUARE_M, square_of
from geo.area.model import Area
from geo.area.people import HOUSING
from geo.output.maps.places_and_gaps import districts_layers, kind_layers
from geo.output.maps.spec import (
    Layer,
    LineLayer,
    MapSpec,
    PointLayer,
    bounds_of,
    circle_layer,
    compose,
    credits_of,
)
from geo.output.maps.symbols import MOST_NUMBERS
from geo.output.words import proposal as proposal_words
from geo.output.words.sites import kind_name, sites_table
from geo.planning.siting import curves
from geo.planning.siting import proposal as siting_proposal
from geo.planning.siting.instance import Placing
from geo.planning.siting.proposal import Effect, Proposal, ProposedSite
from geo.planning.siting.question import CENTRE, MEDIAN
from geo.types import WGS84, Bools

SITE_COLOUR = "#8c0044"
CANDIDATE_COLOUR = "#5a5a5a"
LINE_COLOUR = "#3b3b98"
SITE_PX, PLACE_PX, CANDIDATE_PX = 34, 20, 11
MOST_LINES = 600
"""More lines than this hide the map they lie on: then the circles stand alone."""


def sites_map(
    area: Area, proposal: Proposal, language: str, *, lines: bool = True, exact: bool = False
) -> MapSpec:
    """Return the map of a proposal: its sites numbered, who gains and whereto, the places there are
    and the candidates that were not chosen. Small counts of counted people hidden unless ``exact``.
    """
    shown = proposal if exact else curves.without_small_counts(proposal)
    layers = districts_layers(area, language)
    if exact or not shown.small:  # the circles would add up to a count that must not be known
        layers += _gain_layers(proposal, language, lines=lines, exact=exact)
    layers += _place_layers(area, proposal, language)
    layers += _site_layers(proposal, language)
    return compose(
        proposal_words.headline(proposal, language),
        layers,
        bounds=bounds_of(area),
        table=sites_table(shown, language),
        credits=credits_of(area),
        language=language,
    )


def gained_squares(proposal: Proposal, *, exact: bool = False) -> gpd.GeoDataFrame:
    """Sum those who gain in squares of 250 m by the new site they walk to.

    Who gains: within the limit of a new site and of no existing place; where the objective is about
    walks, who has a shorter one.

    Returns
    -------
    GeoDataFrame in WGS84: ``id`` (the square and the site's number), ``people``, ``whole`` (all of
    the group in the square), ``number``, ``column`` and the middle of the square as geometry. Small
    counts of counted people left out unless ``exact``.
    """
    placing = proposal.placing
    east, north = (steps[placing.rows] for steps in square_of(placing.area))
    table = pd.DataFrame(
        {
            "east": east,
            "north": north,
            "whole": placing.people,
            "people": np.where(gained(proposal), placing.people, 0.0),
            "column": proposal.assignment,
        }
    )
    table = table[np.isfinite(table["east"]) & (table["whole"] > 0)]
    whole = table.groupby(["east", "north"])["whole"].sum()
    table = table[(table["people"] > 0) & table["column"].isin(proposal.chosen)]
    cells = table.groupby(["east", "north", "column"], as_index=False)["people"].sum()
    cells = cells.merge(whole.reset_index(), on=["east", "north"])
    if not exact and not proposal.estimated:
        part, of = cells["people"].to_numpy(float), cells["whole"].to_numpy(float)
        hidden = privacy.hidden(part, of, np.ones(len(cells), dtype=bool))
        cells = cells[~hidden].reset_index(drop=True)
    return _placed(cells, proposal)


def districts_table(proposal: Proposal, language: str, *, exact: bool = False) -> pd.DataFrame:
    """Return people, and those within the limit before and after, by district in words, the whole
    area last; small counts hidden unless ``exact``.
    """
    shown = proposal if exact else curves.without_small_counts(proposal)
    outside = texts.text("gap.outside_districts", language)
    rows = [(row.name or outside, *_counts(row, language)) for row in shown.districts]
    rows.append((texts.text("gap.whole_area", language), *_counts(shown.effect, language)))
    names = ("district", "group", "before", "after", "gain")
    columns = [texts.text(f"sites.column_{name}", language) for name in names]
    return pd.DataFrame(rows, columns=columns)


def candidates_table(placing: Placing, language: str) -> pd.DataFrame:
    """Return what there was to choose from in words, indexed by id."""
    table = placing.candidates.table
    names = [
        siting_proposal.candidate_name(row.id, row.name, row.kind, row.district, language)
        for row in table.itertuples(index=False)
    ]
    return pd.DataFrame(
        {
            texts.text("sites.column_name", language): names,
            texts.text("place.kind", language): _kinds(table["kind"], language),
            texts.text("sites.column_district", language): table["district"].to_numpy(object),
        },
        index=pd.Index(table["id"].to_numpy(object), name="id"),
    )


def left_out_table(placing: Placing, language: str) -> pd.DataFrame:
    """Return what could not be chosen, and why, in words, indexed by id."""
    rows = placing.candidates.left_out
    return pd.DataFrame(
        {
            texts.text("sites.column_name", language): [
                siting_proposal.candidate_name(row.id, row.name, row.kind, "", language)
                for row in rows
            ],
            texts.text("place.kind", language): _kinds([row.kind for row in rows], language),
            texts.text("source.reason", language): [
                texts.text(f"candidates.{row.reason}", language) for row in rows
            ],
        },
        index=pd.Index([row.id for row in rows], name="id"),
    )


def gained(proposal: Proposal) -> Bools:
    """Return who gains of the people a proposal is about."""
    before, after = proposal.metres_before, proposal.metres_after
    if proposal.question.objective in (MEDIAN, CENTRE):
        return np.asarray(after < before)
    limit_m = proposal.question.limit_m
    return np.asarray((after <= limit_m) & (before > limit_m))


def _placed(cells: pd.DataFrame, proposal: Proposal) -> gpd.GeoDataFrame:
    east, north = (cells[name].to_numpy(float) * SQUARE_M for name in ("east", "north"))
    spots = gpd.points_from_xy(
        east + SQUARE_M / 2, north + SQUARE_M / 2, crs=proposal.placing.area.network.crs
    )
    ids = proposal.placing.candidates.table["id"]
    numbers = {site.id: site.number for site in proposal.sites}
    number = [numbers[ids.iat[int(column)]] for column in cells["column"]]
    names = [
        f"{y / 1000:.2f}-{x / 1000:.2f}-{mark}"
        for x, y, mark in zip(east, north, number, strict=True)
    ]
    columns = {
        "id": names,
        "people": cells["people"].to_numpy(float),
        "whole": cells["whole"].to_numpy(float),
        "number": number,
        "column": cells["column"].to_numpy(np.int64),
    }
    found = gpd.GeoDataFrame(columns, geometry=list(spots), crs=proposal.placing.area.network.crs)
    return found.to_crs(WGS84)


def _gain_layers(proposal: Proposal, language: str, *, lines: bool, exact: bool) -> list[Layer]:
    cells = gained_squares(proposal, exact=exact)
    group = presets.group(proposal.question.group).name(language)
    about_walks = proposal.question.objective in (MEDIAN, CENTRE)
    key = "sites.layer_shorter" if about_walks else "sites.layer_gains"
    limit = texts.metres(proposal.question.limit_m, language)
    square = [name.rsplit("-", maxsplit=1)[0] for name in cells["id"]]  # of nobody too
    summed = cells.groupby(pd.Series(square, index=cells.index, dtype=object), sort=True)
    first, people = summed.head(1).sort_values("id"), summed["people"].sum()
    layers: list[Layer] = []
    if lines and 0 < len(cells) <= MOST_LINES:
        ways = _lines_to_sites(cells, proposal)
        label = texts.text("sites.layer_lines", language)
        layers.append(LineLayer("gains-to", label, LINE_COLOUR, ways, width_px=1.2))
    circles = circle_layer(
        "gains",
        texts.text(key, language, group=group, limit=limit),
        ids=list(people.index),
        lon=first.geometry.x,
        lat=first.geometry.y,
        value=people.to_numpy(float),
        smallest=1.0,
        span_m=SQUARE_M,
    )
    return [*layers, circles]


def _lines_to_sites(cells: gpd.GeoDataFrame, proposal: Proposal) -> gpd.GeoSeries:
    """Return a straight line from each square to the site its people walk to."""
    sites = proposal.placing.candidates.table.geometry.iloc[cells["column"].to_numpy()]
    ends = [shapely.get_coordinates(points.values) for points in (cells.geometry, sites)]
    return gpd.GeoSeries(shapely.linestrings(np.stack(ends, axis=1)), crs=WGS84)


def _place_layers(area: Area, proposal: Proposal, language: str) -> list[Layer]:
    free = free_candidates(proposal)
    layers: list[Layer] = []
    if len(free):
        label = texts.text("sites.layer_candidates", language)
        layers.append(
            points_layer("candidates", label, "ring", CANDIDATE_COLOUR, free, CANDIDATE_PX)
        )
    return [*layers, *places_asked(area, proposal, language, PLACE_PX)]


def free_candidates(proposal: Proposal) -> gpd.GeoDataFrame:
    """Return the candidates that are not chosen."""
    placing = proposal.placing
    others = np.ones(len(placing.candidates), dtype=bool)
    others[proposal.chosen] = False
    return placing.candidates.table[others]


def places_asked(area: Area, proposal: Proposal, language: str, size_px: int) -> list[Layer]:
    """Return the places of the kind in question where they count, and the housing whose residents
    do.
    """
    question = proposal.question
    kinds = [question.kind] if len(proposal.placing.existing) else []
    of_housing = presets.group(question.group).origin == HOUSING
    if (of_housing or question.balance is not None) and HOUSING in area.kinds:
        kinds.append(HOUSING)
    layers: list[Layer] = []
    for kind in dict.fromkeys(kinds):
        layers += kind_layers(area, kind, language, size_px=size_px)
    return layers


def _site_layers(proposal: Proposal, language: str) -> list[Layer]:
    """Return a layer per site, so that each has its number."""
    return [site_layer(site, SITE_COLOUR, language) for site in proposal.sites]


def site_layer(site: ProposedSite, colour: str, language: str) -> PointLayer:
    """Return the layer of one proposed site, with its number as far as numbers are drawn."""
    symbol = f"number_{site.number}" if site.number <= MOST_NUMBERS else "star"
    label = texts.text("sites.layer_site", language, number=site.number)
    spot = (np.array([site.lon]), np.array([site.lat]))
    return PointLayer(f"site-{site.number}", label, symbol, colour, (site.id,), *spot, SITE_PX)


def points_layer(
    id: str, label: str, symbol: str, colour: str, rows: gpd.GeoDataFrame, size_px: int
) -> PointLayer:
    """Return a layer of rows that have ``id`` and a point each; they have no names."""
    spots = shapely.get_coordinates(rows.geometry.values)
    ids = tuple(rows["id"].to_numpy(object).tolist())
    return PointLayer(id, label, symbol, colour, ids, spots[:, 0], spots[:, 1], size_px)


def _counts(effect: Effect, language: str) -> list[str]:
    values = (effect.people, effect.before, effect.after, effect.gain)
    return [
        texts.text("gap.hidden", language)
        if value is None
        else texts.number(round(value), language)
        for value in values
    ]


def _kinds(kinds: Iterable[str], language: str) -> list[str]:
    known = presets.kinds()
    return [
        known[kind].name(language) if kind in known else kind_name(kind, language) for kind in kinds
    ]
