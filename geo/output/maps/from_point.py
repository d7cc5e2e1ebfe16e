"""The layers, tables and sentences about one point on the map: how far one gets in some minutes,
and the way to the nearest place.
"""

from __future__ import annotations

import math
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import shapely

from geo import presets, texts
from geo.access.from_point import Around, NearestPlace, Way
from geo.access.gaps import without_small_counts
from geo.access.profile_comparison import Flips, headline
from geo.area.model import Area
from geo.output.maps.places_and_gaps import REACH_COLOUR, district_table, gap_map
from geo.output.maps.spec import AreaLayer, CircleLayer, LineLayer, MapSpec, compose
from geo.output.words.area_and_gaps import parts_of
from geo.types import WGS84

BAND_FILL = (0.55, 0.32, 0.14)
"""One colour, less and less of it: in grey print the bands keep their order."""
BAND_DASH = ("", "9 5", "2 6")
"""And each band's outline has a dash of its own."""
WAY_COLOUR = "#6a1b9a"
SIMPLIFY_M = 2.5
"""What an outline may stray on screen: less than a pixel at street level."""
SMALLEST_HOLE_M2 = 2500.0
"""Smaller holes (the middle of a yard) are not drawn: their outlines would hide the rest. Files
have them all."""


def band_layers(answer: Around, language: str) -> list[AreaLayer]:
    """Return one layer per limit: the ground that this limit adds to the one before."""
    shapes = [_for_screen(shape) for shape in answer.shapes.geometry.values]
    inner = shapely.MultiPolygon()
    layers = []
    for step, (shape, row) in enumerate(zip(shapes, answer.shapes.itertuples(), strict=True)):
        band = gpd.GeoSeries([shapely.difference(shape, inner)], crs=answer.shapes.crs)
        look = min(step, len(BAND_FILL) - 1)
        layers.append(
            AreaLayer(
                f"band-{step}",
                band_name(row.minutes, row.limit_m, language),
                REACH_COLOUR,
                band.to_crs(WGS84),
                dash=BAND_DASH[look],
                width_px=1.5,
                fill_opacity=BAND_FILL[look],
            )
        )
        inner = shape
    return layers


def band_name(minutes: float, limit_m: float, language: str) -> str:
    """Return a limit in minutes and metres, as in ``Nås på 5 min (399 m)``."""
    whole = 0 if math.isclose(minutes, round(minutes), abs_tol=1e-6) else 1
    return texts.text(
        "reach.band",
        language,
        minutes=texts.number(minutes, language, whole),
        limit=texts.metres(limit_m, language),
    )


def way_layer(area: Area, way: Way, language: str) -> LineLayer:
    """Return the way to a place as a line."""
    kind = area.places.set_index("id").loc[way.place, "kind"]
    label = texts.text("reach.way_label", language, kind=presets.kind(kind).name(language).lower())
    return LineLayer("way", label, WAY_COLOUR, way.line, width_px=5.0)


def nearest_table(area: Area, answer: Around, language: str) -> pd.DataFrame:
    """Return the nearest place of each kind: kind, name, metres, minutes."""
    rows = [
        (presets.kind(row.kind).name(language), *_nearest_words(area, row, language))
        for row in answer.nearest
    ]
    names = ("kind", "name", "metres", "minutes")
    return pd.DataFrame(rows, columns=[texts.text(f"place.{name}", language) for name in names])


def reach_summary(answer: Around, language: str) -> pd.DataFrame:
    """Return the bands as a table: limit, area, metres of path; the table beside the map."""
    rows = [
        (
            band_name(row.minutes, row.limit_m, language),
            texts.number(row.km2, language, 2),
            texts.number(row.path_m, language),
        )
        for row in answer.shapes.itertuples()
    ]
    names = ("limit", "km2", "path")
    return pd.DataFrame(rows, columns=[texts.text(f"reach.{name}", language) for name in names])


def way_sentence(area: Area, way: Way, language: str) -> str:
    """Return where a way leads, how long it is and how long it takes (no markup from data)."""
    name = place_name(area, way.place, language)
    profile = presets.profile(way.profile).name(language)
    if math.isinf(way.route.metres):
        return texts.text("reach.way_none", language, name=name, profile=profile)
    metres = texts.metres(way.route.metres, language)
    minutes = texts.number(way.minutes, language, 1)
    return texts.text(
        "reach.way", language, name=name, metres=metres, minutes=minutes, profile=profile
    )


def way_table(way: Way, language: str) -> pd.DataFrame:
    """Return what a way is made of, in walking order."""
    rows = [(words, texts.number(metres, language)) for words, metres in parts_of(way, language)]
    columns = [texts.text(key, language) for key in ("reach.way_part", "place.metres")]
    return pd.DataFrame(rows, columns=columns)


def place_name(area: Area, place: str, language: str) -> str:
    """Return a place's name, or that it has none."""
    name = area.places.set_index("id").loc[place, "name"]
    return str(name) if name else texts.text("reach.unnamed", language)


def flips_map(area: Area, answer: Flips, language: str) -> MapSpec:
    """Return the map of those for whom the verdict flips: as a gap's map, with its own words."""
    spec = gap_map(area, answer.gap, language)
    group = presets.group(answer.gap.group).name(language)
    label = texts.text("flips.layer", language, group=group[0].upper() + group[1:])
    return _renamed(
        spec, headline(answer, language), label, flips_table(answer, language), language
    )


def flips_table(answer: Flips, language: str) -> pd.DataFrame:
    """Return the flips by district, small counts hidden, the whole area last."""
    table = district_table(without_small_counts(answer.gap), language).iloc[:, :4]
    flipped = texts.text("flips.flipped", language)
    return table.rename(columns={table.columns[2]: flipped})


def _for_screen(shape: shapely.MultiPolygon) -> shapely.Geometry:
    parts = []
    for part in shape.geoms:
        holes = [hole for hole in part.interiors if _area(hole) >= SMALLEST_HOLE_M2]
        parts.append(shapely.Polygon(part.exterior, holes))
    return shapely.simplify(shapely.MultiPolygon(parts), SIMPLIFY_M)


def _area(ring: shapely.LinearRing) -> float:
    return float(shapely.Polygon(ring).area)


def _renamed(spec: MapSpec, title: str, label: str, table: pd.DataFrame, language: str) -> MapSpec:
    layers = [
        replace(layer, label=label) if isinstance(layer, CircleLayer) else layer
        for layer in spec.layers
    ]
    return compose(
        title, layers, bounds=spec.bounds, table=table, credits=spec.credits, language=language
    )


def _nearest_words(area: Area, row: NearestPlace, language: str) -> tuple[str, str, str]:
    if not row.place:
        return texts.text("reach.nearest_none", language), "–", "–"
    return (
        place_name(area, row.place, language),
        texts.number(row.metres, language),
        texts.number(row.minutes, language, 1),
    )
