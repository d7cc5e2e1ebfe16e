"""What the map page shows of one point: how far one gets in 5, 10 and 15 minutes, the nearest place
of each kind, and the way there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from geo import presets
from geo.access.defaults import first_kind
from geo.access.from_point import Around, Here, Way
from geo.area.model import Area
from geo.output.files import reach as reach_files
from geo.output.maps import from_point as from_point_map
from geo.output.maps.spec import Layer
from pages.shared import cache, state, tables
from pages.shared.state import t


@dataclass(frozen=True, eq=False)
class Walk:
    """What is in reach of the chosen point, and the way to the nearest place of the chosen kind."""

    around: Around
    way: Way | None

    def layers(self, area: Area, language: str) -> list[Layer]:
        """Return what is drawn: the bands, and the way on top of them."""
        bands: list[Layer] = list(from_point_map.band_layers(self.around, language))
        return [*bands, *([from_point_map.way_layer(area, self.way, language)] if self.way else [])]

    def show(self, area: Area) -> None:
        """Show the same in words and tables."""
        language = state.language()
        nearest = from_point_map.nearest_table(area, self.around, language)
        if len(nearest):
            numbers = list(nearest.columns)[2:]
            tables.table(nearest, t("reach.nearest"), numbers=numbers)
        if self.way is not None:
            _show_way(area, self.way)
        bands = from_point_map.reach_summary(self.around, language)
        tables.table(bands, t("reach.band_title"), numbers=list(bands.columns)[1:])


def choose_kind(area: Area, *, where: Any = st, width: int | None = None) -> str | None:
    """Choose the kind of place that the way leads to; None in an area without places."""
    if not area.kinds:
        return None
    state.suggest("kind", first_kind(area), own=False)
    language = state.language()
    asked = [name for name in presets.kinds() if name == state.get("kind")]
    return state.select(
        "kind",
        t("reach.route_to"),
        list(dict.fromkeys([*area.kinds, *asked])),
        lambda name: presets.kind(name).name(language).lower(),
        where=where,
        width=width,
    )


def walk(area: Area, reach: Here | None, kind: str | None) -> Walk | None:
    """Return what is in reach of a chosen point; None when none is chosen."""
    if reach is None:
        return None
    around = cache.around(area, reach.lon, reach.lat, reach.profile)
    place = next((row.place for row in around.nearest if row.kind == kind), "")
    if not place:
        return Walk(around, None)
    return Walk(around, cache.way(area, reach.lon, reach.lat, place, reach.profile))


def _show_way(area: Area, way: Way) -> None:
    language = state.language()
    # Not Markdown: a place's name may hold signs that Markdown would read.
    st.text(from_point_map.way_sentence(area, way, language))
    for note in reach_files.notes(way, language):
        st.caption(note)
    with st.expander(t("reach.way_title")):
        parts = from_point_map.way_table(way, language)
        tables.table(parts, t("reach.way_title"), numbers=list(parts.columns)[1:])
