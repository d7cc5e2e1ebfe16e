"""The map of a report: of a gap's map, what may be disclosed."""

from __future__ import annotations

import pandas as pd

from geo.access.gaps import SQUARE_M
from geo.area.people import HOUSING
from geo.output.maps import places_and_gaps as places_and_gaps_map
from geo.output.maps.spec import CircleLayer, Layer, MapSpec, PointLayer, circle_layer, compose
from geo.output.report.context import Told
from geo.output.report.suppression import drawable_housing
from geo.output.report.writable import one_line, writable_table


def safe_map(told: Told) -> MapSpec:
    """Return the map of the gap with the squares and housing that may be shown."""
    spec = places_and_gaps_map.gap_map(told.area, told.shown.gap, told.language)
    keep = set(drawable_housing(told.area))
    layers = [_safe_layer(told, layer, keep) for layer in spec.layers]
    return compose(
        one_line(spec.title),
        layers,
        bounds=spec.bounds,
        table=district_table(told),
        credits=spec.credits,
        language=told.language,
    )


def has_circles(spec: MapSpec) -> bool:
    """Return whether the map shows where people are."""
    return any(isinstance(layer, CircleLayer) and len(layer.ids) for layer in spec.layers)


def district_table(told: Told) -> pd.DataFrame:
    """Return the gap by district as people read it, small counts hidden."""
    return writable_table(places_and_gaps_map.district_table(told.shown.gap, told.language))


def _safe_layer(told: Told, layer: Layer, keep: set[str]) -> Layer:
    if isinstance(layer, CircleLayer):
        cells = told.shown.squares
        middle = cells.geometry.to_crs(told.area.network.crs).centroid.to_crs("EPSG:4326")
        return circle_layer(
            layer.id,
            layer.label,
            ids=list(cells["id"]),
            lon=middle.x,
            lat=middle.y,
            value=cells["beyond"],
            smallest=1.0,
            span_m=SQUARE_M,
        )
    if isinstance(layer, PointLayer) and layer.id == HOUSING:
        at = [row for row, name in enumerate(layer.ids) if name in keep]
        ids = tuple(layer.ids[row] for row in at)
        return PointLayer(
            layer.id, layer.label, layer.symbol, layer.colour, ids, layer.lon[at], layer.lat[at],
            layer.size_px,
        )  # fmt: skip
    return layer
