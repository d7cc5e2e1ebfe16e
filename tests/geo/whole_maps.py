"""A map of folium as one page, as a browser would get it: tests look for what must not be in it."""

from __future__ import annotations

from geo.area.model import Area
from geo.output.maps import folium as folium_map
from geo.output.maps.folium import Tiles
from geo.output.maps.spec import MapSpec


def rendered(spec: MapSpec, area: Area, tiles: Tiles | None = None) -> str:
    base = folium_map.base_map(folium_map.base_view(spec, area, "sv"), tiles)
    for group in folium_map.feature_groups(spec):
        group.add_to(base)
    page: str = base.get_root().render()
    return page
