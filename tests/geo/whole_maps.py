"""A map of folium as one page, as a browser would get it: tests look for what must not be in it."""

from __future__ import annotations

from geo.area.model import Area
from geo.mapview import MapSpec
from geo.output import screen
from geo.output.tiles import Tiles


def rendered(spec: MapSpec, area: Area, tiles: Tiles | None = None) -> str:
    base = screen.base_map(screen.base_view(spec, area, "sv"), tiles)
    for group in screen.feature_groups(spec):
        group.add_to(base)
    page: str = base.get_root().render()
    return page
