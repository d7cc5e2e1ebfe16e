"""How protected housing is shown: as the area it is somewhere in, and never as a point. Knows no
engine.
"""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd

from geo import presets, texts
from geo.area import protected
from geo.area.model import Area
from geo.mapview import AreaLayer

DASH, FILL = "2 6", 0.12


def restricted_layers(area: Area, kinds: Iterable[str], language: str) -> list[AreaLayer]:
    """Return the layer of protected housing for a map of some kinds, where there is any to show."""
    shapes = protected.shapes(area.places)
    if shapes.empty or protected.HOUSING not in kinds:
        return []
    label = texts.text("place.restricted_area", language)
    colour = presets.kind(protected.HOUSING).colour
    return [AreaLayer("restricted", label, colour, shapes, dash=DASH, fill_opacity=FILL)]


def findable(area: Area) -> gpd.GeoDataFrame:
    """Return the places one may search for and go to on a map."""
    return protected.in_the_open(area.places)
