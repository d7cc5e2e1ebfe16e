"""The maps and tables of preschool places against children, made of answers: places per child in
squares, preschools by size and vacancies, people who arrive.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import presets, texts
from geo.access.gaps import SQUARE_M
from geo.access.preschools.model import PreschoolAnswer
from geo.access.preschools.supply import Preschool
from geo.access.preschools.surge import SurgeAnswer
from geo.area.model import Area
from geo.area.people import HOUSING
from geo.output.maps.places_and_gaps import districts_layers, kind_layers
from geo.output.maps.preschool_tables import map_table, surge_table
from geo.output.maps.spec import (
    AreaLayer,
    Layer,
    MapSpec,
    PointLayer,
    bounds_of,
    compose,
    credits_of,
)
from geo.output.words.preschools import headline, without_small_counts
from geo.types import WGS84, Floats

HOUSING_PX = 24
HERE_COLOUR = "#0b6e4f"
BORDERS = (0.0, 0.5, 0.8, 1.0)
"""Places per child: none, fewer than half of the children, some short, one each and more."""
FILLS = (
    ("none", "#7f0000", 0.75, ""),
    ("few", "#c4211c", 0.6, "2 4"),
    ("short", "#ef6548", 0.5, "6 4"),
    ("nearly", "#fdae6b", 0.45, "10 4"),
    ("enough", "#fdd49e", 0.35, "1 6"),
)
"""Name, colour, cover and dash of each class: darker is fewer, and each outline is its own."""
SIZES = ((0, 16), (40, 22), (80, 30))
"""Places from, and pixels across."""
STATUS = {
    "vacant": ("triangle", "#00664b"),
    "maybe": ("ring", "#8a4b00"),
    "full": ("square", "#4d4d4d"),
    "unknown": ("cross", "#5d3a9b"),
}
"""How preschools are distinguished, by shape and colour: known vacancies, estimated ones, none,
unknown.
"""


def preschools_map(
    area: Area,
    answer: PreschoolAnswer,
    language: str,
    *,
    exact: bool = False,
    focus: tuple[float, float] | None = None,
) -> MapSpec:
    """Return the map of places per child in squares of 250 m, with the preschools sized by places
    and distinguished by vacancies, and the table that shows the same.
    """
    shown = answer if exact else without_small_counts(answer)
    layers: list[Layer] = [*_squares(area, answer, language), *districts_layers(area, language)]
    layers += _preschools(answer.supply.here, language)
    if answer.housing:
        layers += kind_layers(area, HOUSING, language, size_px=HOUSING_PX)
    return compose(
        headline(shown, language),
        layers,
        bounds=bounds_of(area),
        table=map_table(shown, language),
        credits=credits_of(area),
        language=language,
        focus=focus,
    )


def surge_map(area: Area, answer: SurgeAnswer, language: str) -> MapSpec:
    """Return the map of where people arrive, who takes them, and where the next vacancies are."""
    layers: list[Layer] = [*districts_layers(area, language)]
    for need in answer.needs:
        takes = [each.place for each in need.takers if each.taken]
        other = [each.place for each in need.takers if not each.taken]
        beyond = [each.place for each in need.next]
        for name, places, size_px in (
            ("next", beyond, 16),
            ("near", other, 20),
            ("takes", takes, 28),
        ):
            if places:
                layers.append(_kind_layer(need.kind, name, places, size_px, language))
    here = (np.array([answer.arrival.lon]), np.array([answer.arrival.lat]))
    label = texts.text("surge.map_here", language, people=answer.arrival.people)
    layers.append(PointLayer("here", label, "pin", HERE_COLOUR, ("here",), *here, size_px=30))
    title = texts.text(
        "surge.map_title",
        language,
        people=answer.arrival.people,
        date=answer.arrival.first.isoformat(),
    )
    return compose(
        title,
        layers,
        bounds=bounds_of(area),
        table=surge_table(answer, language),
        credits=credits_of(area),
        language=language,
        focus=(answer.arrival.lon, answer.arrival.lat),
    )


def status_of(place: Preschool) -> str:
    """Return how a preschool is drawn: ``vacant``, ``maybe``, ``full`` or ``unknown``."""
    if place.vacancies is None:
        return "unknown"
    if place.vacancies.low > 0 and not place.vacancies.estimated:
        return "vacant"
    return "maybe" if place.vacancies.high > 0 else "full"


def access_squares(area: Area, answer: PreschoolAnswer) -> gpd.GeoDataFrame:
    """Return squares of 250 m where residents have children: ``id``, ``places_per_child`` (mean
    over the children), ``children`` and the square (WGS84). Transitional housing is left out: it
    has figures of its own, which may be small counts.
    """
    children = np.where(answer.demand.counted, 0, answer.demand.children)
    told = (children > 0) & np.isfinite(answer.access)
    points = area.people.geometry[told].to_crs(area.network.crs)
    table = pd.DataFrame(
        {
            "east": np.floor(points.x.to_numpy() / SQUARE_M),
            "north": np.floor(points.y.to_numpy() / SQUARE_M),
            "children": children[told],
            "taken": answer.access[told] * children[told],
        }
    )
    summed = table.groupby(["east", "north"], as_index=False)[["children", "taken"]].sum()
    west, south = summed["east"] * SQUARE_M, summed["north"] * SQUARE_M
    shapes = gpd.GeoSeries(
        shapely.box(west, south, west + SQUARE_M, south + SQUARE_M), crs=area.network.crs
    )
    return gpd.GeoDataFrame(
        {
            "id": [f"{y / 1000:.2f}-{x / 1000:.2f}" for x, y in zip(west, south, strict=True)],
            "children": summed["children"],
            "places_per_child": summed["taken"] / summed["children"],
        },
        geometry=shapes.to_crs(WGS84),
    )


def access_class(places_per_child: Floats) -> np.ndarray:
    """Return the class of places per child, an index into ``FILLS``."""
    known = np.round(np.asarray(places_per_child, np.float64), 6)
    return np.where(known <= 0, 0, np.searchsorted(BORDERS, known, side="right"))


def _squares(area: Area, answer: PreschoolAnswer, language: str) -> list[Layer]:
    cells = access_squares(area, answer)
    index = access_class(cells["places_per_child"].to_numpy(np.float64))
    return [
        AreaLayer(
            f"access-{name}",
            texts.text(f"preschools.class_{name}", language),
            colour,
            cells.geometry[index == step],
            dash=dash,
            width_px=1.0,
            fill_opacity=cover,
        )
        for step, (name, colour, cover, dash) in enumerate(FILLS)
        if (index == step).any()
    ]


def _preschools(places: Iterable[Preschool], language: str) -> list[Layer]:
    """Return a layer per status and size, those with vacancies uppermost."""
    by_look: dict[tuple[str, int], list[Preschool]] = {}
    for place in places:
        count = place.places.value if place.places else 0
        size = max(step for step, (least, _) in enumerate(SIZES) if count >= least)
        by_look.setdefault((status_of(place), size), []).append(place)
    layers: list[Layer] = []
    for status in reversed(STATUS):
        symbol, colour = STATUS[status]
        for step in reversed(range(len(SIZES))):
            found = by_look.get((status, step), [])
            if found:
                label = _look(status, step, language)
                layers.append(
                    _points(f"{status}-{step}", label, symbol, colour, found, SIZES[step][1])
                )
    return layers


def _look(status: str, step: int, language: str) -> str:
    words = texts.text(f"preschools.status_{status}", language)
    if status == "unknown" and step == 0:
        return words
    key = ("size_small", "size_middle", "size_large")[step]
    size = texts.text(f"preschools.{key}", language, middle=SIZES[1][0], large=SIZES[2][0])
    return f"{words}, {size}"


def _points(
    id_: str, label: str, symbol: str, colour: str, places: Sequence[Preschool], size_px: int
) -> PointLayer:
    return PointLayer(
        id=id_,
        label=label,
        symbol=symbol,
        colour=colour,
        ids=tuple(place.id for place in places),
        lon=np.array([place.lon for place in places]),
        lat=np.array([place.lat for place in places]),
        size_px=size_px,
    )


def _kind_layer(
    kind: str, name: str, places: Sequence[Preschool], size_px: int, language: str
) -> PointLayer:
    preset = presets.kind(kind)
    label = texts.text(f"surge.map_{name}", language, kind=preset.plural(language))
    symbol = {"near": "cross", "next": "ring"}.get(name, preset.symbol)
    return _points(f"{kind}-{name}", label, symbol, preset.colour, places, size_px)
