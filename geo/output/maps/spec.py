"""What a map shows, without any engine: layers, classes (round borders, a colour and a size for
each, and their names in a legend), alternative text and the table that shows the same. Screen, PDF
and slides draw one MapSpec, so that their numbers cannot differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from geo import texts
from geo.area.model import Area
from geo.area.provenance import OSM_CREDIT
from geo.types import Floats, Ints

DECIMALS = 5
"""Decimals of a degree in what leaves for a screen: about a metre."""

OUTLINE = "#2b0a00"
"""Around each circle: 3:1 and more against the map, also where the fill is pale."""


@dataclass(frozen=True, eq=False)
class PointLayer:
    """Places, all with one symbol. ``ids``, ``lon`` and ``lat`` (WGS84) are of one length."""

    id: str
    label: str
    symbol: str
    colour: str
    ids: tuple[str, ...]
    lon: Floats
    lat: Floats
    size_px: int = 28
    names: tuple[str, ...] = ()
    """What each is called on a screen, and ``notes`` what else is said of it; none, or one each."""
    notes: tuple[str, ...] = ()
    share: tuple[float | None, ...] = ()
    """How much of a ring is filled, 0 to 1, where a place is a ring."""
    beside: tuple[str, ...] = ()
    """A word or number that stands beside each on a screen."""
    struck: bool = False
    """Drawn with a stroke through it: it said no."""
    front: bool = False
    """Lies before all others, and no name covers it."""


@dataclass(frozen=True, eq=False)
class CircleLayer:
    """Amounts as circles: position (WGS84), value, and ``index`` into ``classes`` (-1: not drawn).
    With ``span_m`` a circle of the largest class is that wide on the ground, so that circles in
    squares of that side never cover each other; else radii are pixels. ``told`` is the alternative
    text for values that are no people and have no sum.
    """

    id: str
    label: str
    ids: tuple[str, ...]
    lon: Floats
    lat: Floats
    value: Floats
    index: Ints
    classes: tuple[ValueClass, ...]
    span_m: float = 0.0
    told: str = ""


@dataclass(frozen=True, eq=False)
class LineLayer:
    """Lines in WGS84; ``dash`` as in ``8 6``, empty for a whole line."""

    id: str
    label: str
    colour: str
    geometry: gpd.GeoSeries
    dash: str = ""
    width_px: float = 3.0


@dataclass(frozen=True, eq=False)
class AreaLayer:
    """Shapes in WGS84, outlined, and filled where ``fill_opacity`` is above 0."""

    id: str
    label: str
    colour: str
    geometry: gpd.GeoSeries
    dash: str = ""
    width_px: float = 2.0
    fill_opacity: float = 0.0
    names: tuple[str, ...] = ()
    """What each shape is called, and ``notes`` what else is said of it; none, or one each."""
    notes: tuple[str, ...] = ()
    pattern: str = ""
    """``hatch`` or ``dots`` over the fill, on a screen."""


Layer = PointLayer | CircleLayer | LineLayer | AreaLayer


@dataclass(frozen=True)
class LegendEntry:
    """One row of a legend. ``mark`` is ``symbol``, ``circle``, ``line`` or ``area``."""

    label: str
    mark: str
    colour: str
    symbol: str = ""
    size_px: float = 0.0
    dash: str = ""
    fill_opacity: float = 0.0
    pattern: str = ""


@dataclass(frozen=True, eq=False)
class Theme:
    """Walking distance as a surface under the layers: what is within each border between classes
    (WGS84, each inside the next), the colours of the classes (one more: what lies beyond them all),
    the labels of the borders (the first is 0), which of them is the limit, and its line.
    """

    key: str
    """The same for the same shapes."""
    title: str
    classes: gpd.GeoSeries
    colours: tuple[str, ...]
    cuts: tuple[str, ...]
    limit: int
    line: gpd.GeoSeries


@dataclass(frozen=True, eq=False)
class Dots:
    """People as dots at approximate places: position (WGS84) and ``index`` into ``looks``, pairs of
    fill and rim ("" for none). ``label`` says how many people a dot is.
    """

    id: str
    label: str
    lon: Floats
    lat: Floats
    index: Ints
    looks: tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class MapSpec:
    """A map: what it is called, what it says in words, where it is, its layers (first: lowest),
    its legend, whom to credit, and the table with the same content. ``theme`` and ``dots`` are for
    screens, in place of layers that say the same in files.

    ``bounds`` is west, south, east, north in degrees. ``focus`` (lon, lat) moves the view there.
    """

    title: str
    alt_text: str
    bounds: tuple[float, float, float, float]
    layers: tuple[Layer, ...]
    legend: tuple[LegendEntry, ...]
    credits: tuple[str, ...]
    table: pd.DataFrame
    focus: tuple[float, float] | None = None
    theme: Theme | None = None
    dots: Dots | None = None

    @property
    def center(self) -> tuple[float, float]:
        """Middle of the map: lon, lat."""
        west, south, east, north = self.bounds
        return (west + east) / 2, (south + north) / 2


@dataclass(frozen=True)
class Shown:
    """Something drawn on a map: the id of its layer, and its own."""

    layer: str
    id: str


@dataclass(frozen=True)
class _Words:
    language: str
    parts: list[str] = field(default_factory=list)

    def add(self, key: str, **values: object) -> None:
        self.parts.append(texts.text(f"map.{key}", self.language, **values))


def compose(
    title: str,
    layers: Sequence[Layer],
    *,
    bounds: tuple[float, float, float, float],
    table: pd.DataFrame,
    credits: tuple[str, ...] = (),
    language: str = "sv",
    focus: tuple[float, float] | None = None,
) -> MapSpec:
    """Put a map together: legend and alternative text come from the layers.

    Parameters
    ----------
    bounds : west, south, east, north in degrees; see ``bounds_of``.
    table : the same content as the map, for those who read rather than look.
    """
    return MapSpec(
        title=title,
        alt_text=alternative_text(title, layers, language),
        bounds=bounds,
        layers=tuple(layers),
        legend=tuple(entry for layer in layers for entry in legend_of(layer, language)),
        credits=credits,
        table=table,
        focus=focus,
    )


def bounds_of(area: Area) -> tuple[float, float, float, float]:
    """Return an area's west, south, east and north in degrees, from its boundary or else its
    paths.
    """
    frame = area.boundary
    if frame.empty or frame.is_empty.all():
        frame = gpd.GeoSeries(area.network.geometry, crs=area.network.crs).to_crs("EPSG:4326")
    west, south, east, north = (round(float(side), DECIMALS) for side in frame.total_bounds)
    return west, south, east, north


def credits_of(area: Area) -> tuple[str, ...]:
    """Return whom a map of this area must credit."""
    return (OSM_CREDIT,) if area.uses_osm else ()


def circle_layer(
    id: str,
    label: str,
    *,
    ids: Sequence[str],
    lon: ArrayLike,
    lat: ArrayLike,
    value: ArrayLike,
    smallest: float = 0.0,
    span_m: float = 0.0,
) -> CircleLayer:
    """Sort amounts into classes and return them as circles; what is 0, below or unknown is not
    drawn. ``smallest`` is the lowest class border; ``span_m`` as in ``CircleLayer``.
    """
    values = np.asarray(value, dtype=np.float64)
    found = classes(values, smallest=smallest)
    return CircleLayer(
        id=id,
        label=label,
        ids=tuple(str(item) for item in ids),
        lon=np.asarray(lon, dtype=np.float64),
        lat=np.asarray(lat, dtype=np.float64),
        value=values,
        index=class_index(values, found),
        classes=found,
        span_m=span_m,
    )


def alternative_text(title: str, layers: Sequence[Layer], language: str = "sv") -> str:
    """Return in words what the layers show: for those who hear a map, and for files that need
    it.
    """
    words = _Words(language)
    for layer in layers:
        match layer:
            case PointLayer():
                symbol = texts.text(f"symbols.{layer.symbol}", language)
                words.add("alt_points", label=layer.label, count=len(layer.ids), symbol=symbol)
            case CircleLayer() if layer.told:
                words.parts.append(layer.told)
            case CircleLayer():
                shown = layer.value[layer.index >= 0]
                total = float(np.round(shown.sum()))
                words.add("alt_circles", label=layer.label, count=len(shown), total=total)
            case LineLayer():
                words.add("alt_lines", label=layer.label)
            case AreaLayer():
                words.add("alt_areas", label=layer.label)
    if not words.parts:
        words.add("alt_nothing")
    words.add("alt_end")
    return " ".join([f"{title.rstrip('. ')}.", *words.parts])


def shown_at(
    spec: MapSpec, lon: float, lat: float, *, tolerance_m: float = 25.0
) -> tuple[Shown, ...]:
    """Return what is drawn at a clicked position: all that share the nearest point, uppermost
    first.

    Several places may stand on one point; the reader gets them all. Empty when nothing lies
    within ``tolerance_m``.
    """
    hits: list[tuple[float, Shown]] = []
    for layer in reversed(spec.layers):
        if not isinstance(layer, PointLayer | CircleLayer):
            continue
        metres = _metres_from(lon, lat, layer.lon, layer.lat)
        if isinstance(layer, CircleLayer):
            metres = np.where(layer.index >= 0, metres, np.inf)
        rows = np.flatnonzero(metres <= tolerance_m)
        hits += [(float(metres[row]), Shown(layer.id, layer.ids[row])) for row in rows]
    if not hits:
        return ()
    nearest = min(distance for distance, _ in hits)
    # One step of the last decimal sent to the screen: two points closer look as one.
    return tuple(shown for distance, shown in hits if distance <= nearest + 1.2)


def _metres_from(lon: float, lat: float, lons: Floats, lats: Floats) -> NDArray[np.float64]:
    """Return metres on a local plane; good to a per mille within a few kilometres."""
    east = (lons - lon) * 111_320.0 * np.cos(np.radians(lat))
    north = (lats - lat) * 110_950.0
    return np.asarray(np.hypot(east, north), dtype=np.float64)


def legend_of(layer: Layer, language: str) -> list[LegendEntry]:
    """Return the rows a layer has in a legend."""
    match layer:
        case PointLayer():
            size = float(layer.size_px)
            return [LegendEntry(layer.label, "symbol", layer.colour, layer.symbol, size)]
        case CircleLayer():
            return [
                LegendEntry(
                    f"{layer.label}: {class_label(layer.classes, step, language)}",
                    "circle",
                    entry.colour,
                    size_px=2 * entry.radius_px,
                )
                for step, entry in enumerate(layer.classes)
            ]
        case LineLayer():
            return [LegendEntry(layer.label, "line", layer.colour, dash=layer.dash)]
        case AreaLayer():
            return [
                LegendEntry(
                    layer.label,
                    "area",
                    layer.colour,
                    dash=layer.dash,
                    fill_opacity=layer.fill_opacity,
                    pattern=layer.pattern,
                )
            ]


SEQUENTIAL = ("#fdd49e", "#fdae6b", "#ef6548", "#c4211c", "#7f0000")
"""Few to many. One lightness ramp, so that grey print and colour-blind readers keep the order."""

RADII_PX = (4.0, 6.0, 8.5, 11.5, 15.0)
"""Radius per class, few to many: size and colour show the same."""


@dataclass(frozen=True)
class ValueClass:
    """A class of a circle layer: from ``lower`` up to but not with ``upper`` (the last: with)."""

    lower: float
    upper: float
    colour: str
    radius_px: float


def classes(values: ArrayLike, count: int = 5, *, smallest: float = 0.0) -> tuple[ValueClass, ...]:
    """Divide amounts into at most ``count`` classes with round borders (1, 2, 5, 10, 20 …).

    The borders are the round numbers nearest to the values' quantiles, so that no class is empty of
    meaning; each finite value above 0 belongs to exactly one class. No border is below
    ``smallest``: amounts of people have classes from 1 and up.

    >>> [(c.lower, c.upper) for c in classes([1, 2, 3, 8, 9, 40, 41], 3)]
    [(0.0, 2.0), (2.0, 10.0), (10.0, 41.0)]
    """
    amounts = np.asarray(values, dtype=np.float64)
    amounts = amounts[np.isfinite(amounts) & (amounts > 0)]
    if not len(amounts):
        return ()
    low, high = float(amounts.min()), float(amounts.max())
    wanted = np.quantile(amounts, np.arange(1, count) / count)
    borders = np.unique([_round_border(float(border)) for border in wanted])
    borders = borders[(borders > low) & (borders <= high) & (borders >= smallest)]
    edges = [0.0, *borders.tolist(), high]
    return tuple(
        ValueClass(lower, upper, SEQUENTIAL[step], RADII_PX[step])
        for lower, upper, step in zip(edges, edges[1:], _steps(len(edges) - 1), strict=False)
    )


def class_index(values: ArrayLike, found: Sequence[ValueClass]) -> Ints:
    """Return the class of each value; -1 for what is 0, below, or unknown."""
    amounts = np.asarray(values, dtype=np.float64)
    drawn = np.isfinite(amounts) & (amounts > 0)
    lowers = np.array([entry.lower for entry in found])
    index = np.searchsorted(lowers, np.where(drawn, amounts, 0.0), side="right") - 1
    return np.where(drawn, index, -1).astype(np.int64)


def class_label(found: Sequence[ValueClass], step: int, language: str = "sv") -> str:
    """Return a class in words, as in ``10 till 20``; the border belongs to the upper class."""
    lower, upper = (_amount(edge, language) for edge in (found[step].lower, found[step].upper))
    if len(found) == 1:
        return texts.text("map.class_only", language, upper=upper)
    if step == 0:
        return texts.text("map.class_first", language, upper=upper)
    if step == len(found) - 1:
        return texts.text("map.class_last", language, lower=lower)
    return texts.text("map.class_between", language, lower=lower, upper=upper)


def _round_border(value: float) -> float:
    """Return the number of 1, 2, 5, 10, 20 … nearest to a value, by ratio."""
    power = 10.0 ** np.floor(np.log10(value))
    candidates = np.array([1.0, 2.0, 5.0, 10.0]) * power
    nearest = candidates[np.argmin(np.abs(np.log(candidates / value)))]
    return float(f"{nearest:.12g}")


def _amount(value: float, language: str) -> str:
    """Write a class border with the decimals it needs: two digits that count below 1."""
    if value >= 10 or value == round(value):
        return texts.number(value, language)
    decimals = 1 if value >= 1 else 1 - int(np.floor(np.log10(value)))
    return texts.number(value, language, decimals)


def _steps(count: int) -> list[int]:
    """Spread the classes over the ramp, so that few classes still lie far apart."""
    if count == 1:
        return [2]
    return [round(step * (len(SEQUENTIAL) - 1) / (count - 1)) for step in range(count)]
