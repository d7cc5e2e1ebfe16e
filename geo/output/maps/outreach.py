"""The maps of outreach: where it would matter, and the rounds of a week with their stops in
order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import geopandas as gpd
import numpy as np
import shapely

from geo import presets, texts
from geo.area.model import Area
from geo.area.people import HOUSING
from geo.network.routes import route
from geo.output.maps.places_and_gaps import districts_layers, restricted_layers
from geo.output.maps.spec import (
    RADII_PX,
    SEQUENTIAL,
    Layer,
    LineLayer,
    MapSpec,
    PointLayer,
    Shown,
    ValueClass,
    bounds_of,
    circle_layer,
    class_index,
    compose,
    credits_of,
)
from geo.output.maps.symbols import MOST_NUMBERS
from geo.output.words import outreach as outreach_words
from geo.output.words.outreach_tables import list_table, round_name, rounds_table
from geo.planning.outreach import spots as outreach_spots
from geo.planning.outreach.brief import Brief, Row
from geo.planning.outreach.proposals import Proposal
from geo.planning.outreach.question import AREAS, HOMES
from geo.planning.outreach.rounds import Plan, Round
from geo.planning.outreach.rules import needs
from geo.types import WGS84

CHOSEN_COLOUR, PLACE_COLOUR = "#8c0044", "#3b3b98"
ROUND_COLOURS = ("#8c0044", "#005a8c", "#00664b", "#6a3d00", "#5d3a9b", "#222222")
"""Colours that stay apart for colour-blind readers; each round has a dash of its own as well."""
DASHES = ("", "8 6", "2 6", "12 4 2 4", "4 4", "1 8")
FIFTHS = tuple(
    ValueClass(20.0 * step, 20.0 * (step + 1), colour, radius)
    for step, (colour, radius) in enumerate(zip(SEQUENTIAL, RADII_PX, strict=True))
)
"""Fifths of the score: borders by quantiles would set near scores far apart."""
MOST_TOLD = 5
"""So many circles alternative text names; the table names them all."""
STOP_PX, START_PX, HOME_PX, PLACE_PX = 32, 26, 26, 22


def list_map(
    area: Area,
    brief: Brief,
    language: str,
    *,
    chosen: Row | None = None,
    proposals: Sequence[Proposal] = (),
) -> MapSpec:
    """Return the map of the list: housing, areas as circles by score, the chosen place and the
    places its proposals name.
    """
    layers = districts_layers(area, language)
    rows = [row for row in brief.rows if not row.spot.restricted]
    layers += _circles(rows, language)
    layers += _homes(rows, language)
    if any(row.spot.restricted for row in brief.rows):
        layers += restricted_layers(area, (HOUSING,), language)
    layers += _places(area, proposals, language)
    if chosen is not None and not chosen.spot.restricted:
        label = texts.text("outreach.layer_chosen", language)
        spot = (np.array([chosen.spot.lon]), np.array([chosen.spot.lat]))
        ids = (str(chosen.at),)
        layers.append(PointLayer("chosen", label, "pin", CHOSEN_COLOUR, ids, *spot, START_PX))
    return compose(
        texts.text("outreach.map_title", language, area=area.name),
        layers,
        bounds=bounds_of(area),
        table=list_table(brief, language),
        credits=credits_of(area),
        language=language,
    )


def plan_map(area: Area, plan: Plan, language: str) -> MapSpec:
    """Return the map of a week: each round as it is walked, its stops numbered as in the table."""
    layers = districts_layers(area, language)
    for number, each in enumerate(plan.rounds):
        layers.append(_way(area, plan, each, number, language))
    layers += _starts(plan, language)
    for each in plan.rounds:
        layers += _numbered(each, language)
    return compose(
        texts.text("outreach.plan_map_title", language, area=area.name, monday=str(plan.monday)),
        layers,
        bounds=_around(area, plan),
        table=rounds_table(plan, language),
        credits=credits_of(area),
        language=language,
    )


def _homes(rows: Sequence[Row], language: str) -> list[Layer]:
    """Return the housing of the list as houses: distinguished from the circles of areas by their
    shape.
    """
    here = [row.spot for row in rows if row.spot.is_home]
    if not here:
        return []
    lon, lat = (np.array([getattr(spot, side) for spot in here]) for side in ("lon", "lat"))
    ids = tuple(str(row.at) for row in rows if row.spot.is_home)
    label, kind = texts.text("outreach.layer_housing", language), presets.kind(HOUSING)
    return [PointLayer(HOMES, label, kind.symbol, kind.colour, ids, lon, lat, HOME_PX)]


def _circles(rows: Sequence[Row], language: str) -> list[Layer]:
    """Return the areas of the list as circles by need per person."""
    here = [row for row in rows if not row.spot.is_home]
    if not here:
        return []
    layer = circle_layer(
        AREAS,
        texts.text("outreach.layer_areas", language),
        ids=[str(row.at) for row in here],
        lon=[row.spot.lon for row in here],
        lat=[row.spot.lat for row in here],
        value=[row.score for row in here],
    )
    index = class_index(layer.value, FIFTHS)
    told = _circles_told(here, language)
    return [replace(layer, classes=FIFTHS, index=index, told=told)]


def _circles_told(rows: Sequence[Row], language: str) -> str:
    """Return what the circles are, and the first of them: rank, score, and how many have the need
    that most have there.
    """
    said = texts.text("outreach.alt_areas", language, count=len(rows))
    named = "; ".join(_row_told(row, language) for row in rows[:MOST_TOLD])
    return f"{said} {texts.text('outreach.alt_first', language, places=named)}"


def _row_told(row: Row, language: str) -> str:
    most = max(row.lacking, key=lambda need: need.lacking.high if need.lacking else 0.0)
    return texts.text(
        "outreach.alt_place",
        language,
        number=row.number,
        name=outreach_spots.spot_name(row.spot, language),
        score=outreach_words.score_words(row, language),
        need=needs()[most.need].name(language),
        count=outreach_words.lacking_words(most, language),
    )


def _places(area: Area, proposals: Sequence[Proposal], language: str) -> list[Layer]:
    wanted = {each.place for each in proposals}
    rows = area.places[area.places["id"].astype(str).isin(wanted)]
    if rows.empty:
        return []
    label = texts.text("outreach.layer_place", language)
    spots = shapely.get_coordinates(rows.geometry.values)
    ids = tuple(rows["id"].astype(str))
    lon, lat = spots[:, 0], spots[:, 1]
    return [PointLayer("places", label, "star", PLACE_COLOUR, ids, lon, lat, PLACE_PX)]


def _way(area: Area, plan: Plan, each: Round, number: int, language: str) -> LineLayer:
    """Return the way a round walks, along paths."""
    home = (each.worker.lon, each.worker.lat)
    points = [home, *((stop.visit.lon, stop.visit.lat) for stop in each.stops), home]
    walker = presets.profile(plan.profile)
    lines = []
    for start, end in pairwise(points):
        ends = gpd.GeoSeries([shapely.Point(start), shapely.Point(end)], crs=WGS84)
        snapped = area.network.snap(ends, walker)
        found = route(
            area.network,
            snapped.take(np.array([0])),
            snapped.take(np.array([1])),
            profile=walker,
        )
        lines.append(found.line)
    label = texts.text(
        "outreach.layer_round", language, number=number + 1, who=round_name(each, language)
    )
    ways = gpd.GeoSeries(lines, crs=area.network.crs).to_crs(WGS84)
    colour = ROUND_COLOURS[number % len(ROUND_COLOURS)]
    return LineLayer(f"round-{number + 1}", label, colour, ways, DASHES[number % len(DASHES)])


def _starts(plan: Plan, language: str) -> list[Layer]:
    spots = sorted({(each.worker.lon, each.worker.lat) for each in plan.rounds})
    if not spots:
        return []
    lon, lat = np.array(spots).T
    label = texts.text("outreach.layer_start", language)
    ids = tuple(f"start-{at}" for at in range(len(spots)))
    return [PointLayer("starts", label, "house", PLACE_COLOUR, ids, lon, lat, START_PX)]


def _numbered(each: Round, language: str) -> list[Layer]:
    """Return a layer per stop, so that each has its number; those past what is drawn are stars."""
    layers: list[Layer] = []
    for stop in each.stops:
        symbol = f"number_{stop.number}" if stop.number <= MOST_NUMBERS else "star"
        label = texts.text("outreach.layer_stop", language, number=stop.number)
        spot = (np.array([stop.visit.lon]), np.array([stop.visit.lat]))
        ids = (stop.visit.id,)
        layers.append(
            PointLayer(f"stop-{stop.number}", label, symbol, CHOSEN_COLOUR, ids, *spot, STOP_PX)
        )
    return layers


def _around(area: Area, plan: Plan) -> tuple[float, float, float, float]:
    """Return the bounds of what is walked, with a little room; the area's where nothing is."""
    spots = [(each.worker.lon, each.worker.lat) for each in plan.rounds]
    spots += [(stop.visit.lon, stop.visit.lat) for each in plan.rounds for stop in each.stops]
    if not spots:
        return bounds_of(area)
    (west, south), (east, north) = np.min(spots, axis=0), np.max(spots, axis=0)
    room = max((east - west) / 2, north - south, 0.004) * 0.15
    return (
        round(float(west - 2 * room), 5),
        round(float(south - room), 5),
        round(float(east + 2 * room), 5),
        round(float(north + room), 5),
    )


def row_of(brief: Brief, shown: Shown) -> Row | None:
    """Return the row that something drawn on the list's map stands for, None for anything else."""
    if shown.layer not in (HOMES, AREAS):
        return None
    return next((row for row in brief.rows if str(row.at) == shown.id), None)
