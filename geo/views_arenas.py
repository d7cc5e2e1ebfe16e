"""The map of meeting places by whom one may expect to meet there, and of the housing around them.
No engine, and nothing computed anew.
"""

from __future__ import annotations

import numpy as np

from geo import texts
from geo.access.meeting.mix import Arena, Arenas
from geo.area.model import Area
from geo.area.people import HOUSING
from geo.mapview import Layer, MapSpec, PointLayer, bounds_of, compose, credits_of
from geo.output.meeting_whom_words import arena_head
from geo.views import districts_layers, kind_layers
from geo.views_meeting import arena_table

LOOKS = {
    "newcomers": ("square", "#8a4b00"),
    "unknown": ("cross", "#5d3a9b"),
    "established": ("circle", "#00664b"),
}
"""Symbol and colour: told apart by shape alone."""
ARENA_PX, HOUSING_PX = 22, 24


def arena_map(area: Area, answer: Arenas, language: str) -> MapSpec:
    """Return the map of meeting places by who are most there, with the table that says the same."""
    layers: list[Layer] = [*districts_layers(area, language)]
    for majority in LOOKS:
        chosen = [each for each in answer.arenas if _shown(each) == majority]
        if chosen:
            layers.append(_layer(area, majority, chosen, language))
    if HOUSING in area.kinds:
        layers += kind_layers(area, HOUSING, language, size_px=HOUSING_PX)
    return compose(
        arena_head(answer, language),
        layers,
        bounds=bounds_of(area),
        table=arena_table(answer, language),
        credits=credits_of(area),
        language=language,
    )


def _shown(each: Arena) -> str:
    """Return how an arena is drawn: one whose people are few as unknown."""
    return "unknown" if each.hidden else each.majority


def _layer(area: Area, majority: str, chosen: list[Arena], language: str) -> PointLayer:
    symbol, colour = LOOKS[majority]
    points = area.places.geometry.iloc[[each.row for each in chosen]]
    return PointLayer(
        majority,
        texts.text(f"moten.map_{majority}", language),
        symbol,
        colour,
        tuple(each.id for each in chosen),
        np.asarray(points.x),
        np.asarray(points.y),
        size_px=ARENA_PX,
    )
