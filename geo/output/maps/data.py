"""The maps and tables of the page Data: a file before it is in the area, what waits for a place on
the map, records that are edited, the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS

from geo import presets, texts
from geo.area import protected
from geo.area.model import Area
from geo.area.provenance import OSM_CREDIT
from geo.cells import written
from geo.ingest.edits import is_hidden
from geo.ingest.places.locate import HOW
from geo.ingest.places.propose import Import
from geo.output.maps.places_and_gaps import CROWD, PLACE_PX, SMALL_PX, districts_layers
from geo.output.maps.spec import (
    AreaLayer,
    Layer,
    MapSpec,
    PointLayer,
    bounds_of,
    compose,
    credits_of,
)
from geo.sources.files.field_names import Field, fields
from geo.sources.files.place_tables import Understood
from geo.store.model import Record

LOOKS = {
    "coordinates": ("circle", "#005b9a"),
    "address": ("square", "#a63d00"),
    "name": ("triangle", "#5b2a86"),
    "lookup": ("diamond", "#00664f"),
}
"""How a place of a file is drawn, by what it was placed by: shape and colour."""
SUGGESTED = ("ring", "#4a5159")
OUTSIDE = ("circle", "#8a9097")
CLOSED = ("cross", "#8a1f3d")
CHOSEN = ("pin", "#0b6e4f")
SYSTEMS = (
    *("EPSG:4326", "EPSG:3006", "EPSG:3011", "EPSG:3007", "EPSG:3008", "EPSG:3009", "EPSG:3010"),
    *("EPSG:3012", "EPSG:3013", "EPSG:3014", "EPSG:3015", "EPSG:3016", "EPSG:3017", "EPSG:3018"),
    *("EPSG:3021", "EPSG:3857"),
)
"""Coordinate systems that a person may choose for a file: WGS84, SWEREF 99 TM and its zones, RT90
and web maps.
"""
SAMPLE, EXAMPLE_SIGNS = 8, 24
MAIN = ("name", "address", "postcode", "city")
"""Fields that are always looked for in a file of places."""


@dataclass(frozen=True)
class ColumnChoice:
    """A field of ours and the file's column for it, as the form shows it. ``sure``: what the guess
    rests on, "" where there is none.
    """

    field: Field
    column: str
    sure: str
    main: bool


@cache
def system_name(code: str) -> str:
    """Return a coordinate system in words, as in ``SWEREF99 TM (EPSG:3006)``."""
    return f"{CRS(code).name} ({code})"


def column_choices(understood: Understood) -> tuple[ColumnChoice, ...]:
    """Return our fields in order, with the column that each was found in."""
    return tuple(
        ColumnChoice(
            field,
            understood.columns.get(name, ""),
            understood.sure.get(name, ""),
            name in MAIN or name in understood.columns,
        )
        for name, field in fields().items()
    )


def column_label(understood: Understood, column: str) -> str:
    """Return a column of a file with what first stands in it."""
    cells = understood.frame.get(column, ())
    example = next((text for cell in cells if (text := written(cell))), "")
    short = example[:EXAMPLE_SIGNS] + ("…" if len(example) > EXAMPLE_SIGNS else "")
    return f"{column}: {short}" if short else column


def sample_table(understood: Understood, language: str) -> pd.DataFrame:
    """Return the first rows of a file, with the row's number as a person sees it."""
    head = understood.frame.head(SAMPLE)
    shown = {str(name): [written(cell) for cell in head[name]] for name in head.columns}
    number = texts.text("data.row", language)
    return pd.DataFrame({number: [str(row) for row in head.index], **shown})


def landing_map(area: Area, understood: Understood, language: str) -> MapSpec:
    """Return where the coordinates of a file would land, before anything is looked for."""
    points = understood.points[understood.points.notna()]
    symbol, colour = LOOKS["coordinates"]
    label = texts.text("data.how_coordinates", language)
    layer = _layer("coordinates", label, symbol, colour, points)
    title = texts.text("data.landing_title", language, file=understood.file)
    rows = {
        texts.text("data.row", language): [str(row) for row in points.index],
        texts.text("data.longitude", language): [f"{point.x:.5f}" for point in points],
        texts.text("data.latitude", language): [f"{point.y:.5f}" for point in points],
    }
    bounds = bounds_of(area)
    if len(points):
        west, south, east, north = (float(side) for side in points.total_bounds)
        bounds = (
            *(min(bounds[0], west), min(bounds[1], south)),
            *(max(bounds[2], east), max(bounds[3], north)),
        )
    return compose(
        title,
        [*districts_layers(area, language), layer],
        bounds=bounds,
        table=pd.DataFrame(rows),
        credits=credits_of(area),
        language=language,
    )


def import_map(area: Area, found: Import, language: str) -> MapSpec:
    """Return where the places of a file would stand, by what they were placed by, and what is
    suggested for those that are not. Protected housing is never a point.
    """
    open_places = protected.in_the_open(found.places)
    layers: list[Layer] = [*districts_layers(area, language)]
    hidden = protected.shapes(found.places)
    if len(hidden):
        label = texts.text("place.restricted_area", language)
        colour = presets.kind(protected.HOUSING).colour
        layers.append(AreaLayer("hidden", label, colour, hidden, dash="2 6", fill_opacity=0.12))
    beyond = found.outside
    if beyond is not None and beyond.left_out and len(beyond.points):
        points = gpd.GeoSeries.from_xy(beyond.points[:, 0], beyond.points[:, 1])
        label = texts.text("data.outside", language)
        layers.append(_layer("outside", label, *OUTSIDE, points, SMALL_PX))
    gone = [each for each in found.closed if each.point is not None]
    if gone:
        points = gpd.GeoSeries([each.point for each in gone], [each.row.row for each in gone])
        layers.append(_layer("closed", texts.text("data.closed", language), *CLOSED, points))
    suggested = found.unplaced[found.unplaced["lon"].notna()]
    if len(suggested):
        points = gpd.GeoSeries.from_xy(
            suggested["lon"].astype(float), suggested["lat"].astype(float), index=suggested["row"]
        )
        layers.append(_layer("suggested", texts.text("data.suggested", language), *SUGGESTED,
                             points))  # fmt: skip
    for how in HOW:
        rows = open_places[found.how.reindex(open_places.index) == how]
        if len(rows):
            label = texts.text(f"data.how_{how}", language)
            layers.append(_layer(how, label, *LOOKS[how], rows.geometry))
    credits = credits_of(area)
    if found.credits_osm and OSM_CREDIT not in credits:
        credits = (*credits, OSM_CREDIT)
    return compose(
        texts.text("data.import_title", language, file=found.file),
        layers,
        bounds=bounds_of(area),
        table=placed_table(found, language),
        credits=credits,
        language=language,
    )


def placed_table(found: Import, language: str) -> pd.DataFrame:
    """Return the rows of a file that have a place: by what, matched to what, how well."""
    places = found.places
    return pd.DataFrame(
        {
            texts.text("data.row", language): [str(row) for row in places.index],
            texts.text("place.name", language): list(places["name"]),
            texts.text("place.address", language): list(places["address"]),
            texts.text("data.how", language): [
                texts.text(f"data.how_{how}", language) for how in found.how.reindex(places.index)
            ],
            texts.text("data.matched", language): list(found.said.reindex(places.index)),
        }
    )


def unplaced_table(found: Import, why: Sequence[str], language: str) -> pd.DataFrame:
    """Return the rows of a file that get no place, with ``why`` in words for each."""
    rows = found.unplaced
    return pd.DataFrame(
        {
            texts.text("data.row", language): [str(row) for row in rows["row"]],
            texts.text("place.name", language): list(rows["name"]),
            texts.text("place.address", language): list(rows["address"]),
            texts.text("data.why", language): list(why),
            texts.text("data.suggestion", language): list(rows["suggestion"]),
        }
    )


def records_map(
    area: Area,
    records: Sequence[Record],
    language: str,
    *,
    chosen: str = "",
    spot: tuple[float, float] | None = None,
) -> MapSpec:
    """Return the map on which records are moved and added: the open ones of a kind, the chosen one
    larger, and ``spot`` (lon, lat), where a person clicked. Protected housing is not on it.
    """
    shown = [each for each in records if each.is_placed and not is_hidden(each)]
    points = gpd.GeoSeries.from_xy(
        [each.lon for each in shown], [each.lat for each in shown], index=range(len(shown))
    )
    layers: list[Layer] = [*districts_layers(area, language)]
    if shown:
        kind = presets.kind(str(shown[0].fields["kind"]))
        small = SMALL_PX if len(shown) > CROWD else PLACE_PX
        layers.append(
            _layer("records", kind.plural(language), kind.symbol, kind.colour, points, small)
        )
    picked = [at for at, each in enumerate(shown) if each.id == chosen]
    if picked:
        label = texts.text("data.chosen", language)
        layers.append(_layer("chosen", label, "ring", CHOSEN[1], points.iloc[picked], 34))
    if spot is not None:
        label = texts.text("data.spot", language)
        here = gpd.GeoSeries.from_xy([spot[0]], [spot[1]])
        layers.append(_layer("spot", label, *CHOSEN, here, 34))
    at = picked[0] if picked else None
    focus = (float(points.iloc[at].x), float(points.iloc[at].y)) if at is not None else None
    return compose(
        texts.text("data.records_title", language, area=area.name),
        layers,
        bounds=bounds_of(area),
        table=records_table(shown, language),
        credits=credits_of(area),
        language=language,
        focus=focus if spot is None else None,
    )


def records_table(records: Sequence[Record], language: str) -> pd.DataFrame:
    """Return records as a table in words."""
    return pd.DataFrame(
        {
            texts.text("place.name", language): [each.name for each in records],
            texts.text("place.address", language): [
                str(each.fields["address"]) for each in records
            ],
            texts.text("place.district", language): [
                str(each.fields["district"]) for each in records
            ],
            texts.text("place.source", language): [str(each.fields["source"]) for each in records],
        }
    )


def _layer(
    id: str, label: str, symbol: str, colour: str, points: gpd.GeoSeries, size_px: int = 22
) -> PointLayer:
    """Return points as a layer; their ids are numbers of rows, never a file's text."""
    return PointLayer(
        id=id,
        label=label,
        symbol=symbol,
        colour=colour,
        ids=tuple(f"{id}-{row}" for row in points.index),
        lon=np.asarray(points.x, dtype=np.float64),
        lat=np.asarray(points.y, dtype=np.float64),
        size_px=size_px,
    )
