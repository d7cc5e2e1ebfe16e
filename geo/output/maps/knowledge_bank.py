"""The map and table of the knowledge bank: numbered places, the same numbers in the list. Of
protected housing a region or nothing, never a point.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from geo import presets, texts
from geo.access.knowledge_bank.model import Bank, Entry
from geo.area import protected
from geo.area.languages import is_right_to_left
from geo.area.model import Area
from geo.output.maps.places_and_gaps import DASH, FILL, REACH_COLOUR
from geo.output.maps.spec import (
    DECIMALS,
    AreaLayer,
    Layer,
    LegendEntry,
    MapSpec,
    PointLayer,
    bounds_of,
    compose,
    credits_of,
)
from geo.output.maps.symbols import MOST_NUMBERS
from geo.output.words import knowledge_bank as knowledge_bank_words
from geo.types import WGS84

NUMBER_COLOUR = "#123c69"
START, MORE = "start", "more"
NUMBER_PX, MORE_PX, START_PX = 24, 16, 30
ROOM = 0.08
"""Part of the map's width left free on each side."""
LEAST_M = 500.0
"""A map is at least this wide and high on the ground."""
DEGREE_M = 111_320.0


def numbers_of(entries: Iterable[Entry]) -> dict[str, int]:
    """Return the number of each place, in the order of the entries: as many as have a mark."""
    places = dict.fromkeys(entry.place for entry in entries)
    return {place: at for at, place in enumerate(places, start=1) if at <= MOST_NUMBERS}


def bank_map(
    area: Area, bank: Bank, entries: tuple[Entry, ...], language: str, *, whole: bool = False
) -> MapSpec:
    """Return the map of some entries: where one walks from, and numbered places.

    Parameters
    ----------
    whole : show all ground within the limit, whatever is on it, so that a screen's map stands
        still while one filters; else as little as holds the entries.
    """
    numbers = numbers_of(entries)
    points = _points(area, entries)
    layers = [*_start_layers(bank, language), *_place_layers(points, numbers, language)]
    table = bank_table(entries, bank, numbers, language)
    spec = compose(
        knowledge_bank_words.title(bank, language),
        layers,
        bounds=_bounds(area, bank, points.iloc[:0] if whole else points),
        table=table,
        credits=credits_of(area),
        language=language,
    )
    alt = knowledge_bank_words.say(
        "map_alt", language, title=spec.title, places=len(points), numbered=len(numbers)
    )
    return replace(spec, alt_text=alt, legend=_legend(layers, language))


def bank_table(
    entries: Iterable[Entry], bank: Bank, numbers: Mapping[str, int], language: str
) -> pd.DataFrame:
    """Return entries as a table: number on the map, what, where, how far, when, how sure."""
    rows = [
        (
            str(numbers.get(entry.place, "")),
            knowledge_bank_words.name_words(entry, language),
            knowledge_bank_words.kind_words(entry, language),
            entry.place_name,
            texts.number(entry.metres, language) if math.isfinite(entry.metres) else "",
            texts.number(entry.minutes, language, 1) if math.isfinite(entry.minutes) else "",
            knowledge_bank_words.hours_words(entry, bank.question, language),
            knowledge_bank_words.language_words(entry, language),
            knowledge_bank_words.terms_and_whom(entry, language),
            knowledge_bank_words.doubt_words(entry, language),
        )
        for entry in entries
    ]
    names = (
        *("number", "name", "kind", "place", "metres", "minutes", "hours"),
        *("languages", "terms", "sure"),
    )
    return pd.DataFrame(
        rows, columns=[knowledge_bank_words.say(f"column_{name}", language) for name in names]
    )


@dataclass(frozen=True)
class Card:
    """An entry to read on screen: its number on the map ("" for none), what and where it is, how
    far and when, what else its record reports, what is uncertain, where to read more, and its own
    texts in other languages. Text of files, not safe for HTML.
    """

    number: str
    name: str
    sub: str
    walk: str
    hours: str
    told: tuple[str, ...]
    doubt: str
    link: str
    texts: tuple[OtherText, ...]


@dataclass(frozen=True)
class OtherText:
    """A text in a language (BCP 47), and whether it is read from the right."""

    language: str
    from_right: bool
    text: str


def cards(
    entries: Iterable[Entry], bank: Bank, numbers: Mapping[str, int], language: str
) -> list[Card]:
    """Return entries to read on screen; ``bank_table`` shows the same."""
    return [_card(entry, bank, numbers, language) for entry in entries]


def _card(entry: Entry, bank: Bank, numbers: Mapping[str, int], language: str) -> Card:
    sub = (
        knowledge_bank_words.kind_words(entry, language),
        knowledge_bank_words.where_words(entry),
    )
    told = (
        knowledge_bank_words.does_words(entry),
        knowledge_bank_words.language_words(entry, language),
        knowledge_bank_words.terms_and_whom(entry, language),
        ", ".join(entry.activity.organisers),
        "" if entry.activity.contact == entry.link else entry.activity.contact,
    )
    return Card(
        number=str(numbers.get(entry.place, "")),
        name=knowledge_bank_words.name_words(entry, language),
        sub=" · ".join(filter(None, sub)),
        walk=knowledge_bank_words.walk_words(entry, language),
        hours=knowledge_bank_words.hours_words(entry, bank.question, language),
        told=tuple(filter(None, told)),
        doubt=knowledge_bank_words.doubt_words(entry, language, but=("times", "language")),
        link=entry.link,
        texts=tuple(
            OtherText(each.language, is_right_to_left(each.language), part)
            for each in (*entry.written, *entry.place_written)
            for part in (each.name, each.text)
            if part
        ),
    )


def open_ids(area: Area) -> tuple[str, ...]:
    """Return the ids of the places that may be drawn as points."""
    return tuple(str(place) for place in protected.in_the_open(area.places)["id"])


def _start_layers(bank: Bank, language: str) -> list[Layer]:
    """Return where one walks from: a pin; of protected housing its region, where that may be
    disclosed.
    """
    start = bank.start
    if start.restricted:
        if start.region is None:
            return []
        label = texts.text("place.restricted_area", language)
        colour = presets.kind(protected.HOUSING).colour
        shape = gpd.GeoSeries([start.region], crs=WGS84)
        return [AreaLayer("restricted", label, colour, shape, dash=DASH, fill_opacity=FILL)]
    here = (np.array([start.lon]), np.array([start.lat]))
    label = knowledge_bank_words.say("map_start", language)
    return [PointLayer(START, label, "pin", REACH_COLOUR, (START,), *here, size_px=START_PX)]


def _place_layers(
    points: gpd.GeoSeries, numbers: Mapping[str, int], language: str
) -> list[PointLayer]:
    """Return the places, the nearest uppermost; those without a number as stars."""
    rest = points[[place not in numbers for place in points.index]]
    layers = []
    if len(rest):
        label = knowledge_bank_words.say("map_more", language)
        layers.append(_layer(MORE, label, "star", rest, MORE_PX))
    for place, number in sorted(numbers.items(), key=lambda pair: -pair[1]):
        here = points[[place == each for each in points.index]]
        label = knowledge_bank_words.say("map_number", language, number=number)
        layers.append(_layer(f"number-{number}", label, f"number_{number}", here, NUMBER_PX))
    return layers


def _layer(id: str, label: str, symbol: str, points: gpd.GeoSeries, size_px: int) -> PointLayer:
    ids = tuple(str(place) for place in points.index)
    lon, lat = points.x.to_numpy(), points.y.to_numpy()
    return PointLayer(id, label, symbol, NUMBER_COLOUR, ids, lon, lat, size_px=size_px)


def _legend(layers: Iterable[Layer], language: str) -> tuple[LegendEntry, ...]:
    """Return one row for all numbers, and one for each other layer."""
    rows = []
    for layer in layers:
        if isinstance(layer, AreaLayer):
            look = {"dash": layer.dash, "fill_opacity": layer.fill_opacity}
            rows.append(LegendEntry(layer.label, "area", layer.colour, **look))  # type: ignore[arg-type]
        elif isinstance(layer, PointLayer) and layer.symbol == "number_1":
            label = knowledge_bank_words.say("map_numbers", language)
            size = float(layer.size_px)
            rows.append(LegendEntry(label, "symbol", layer.colour, layer.symbol, size))
        elif isinstance(layer, PointLayer) and layer.id in (START, MORE):
            size = float(layer.size_px)
            rows.append(LegendEntry(layer.label, "symbol", layer.colour, layer.symbol, size))
    return tuple(rows)


def _points(area: Area, entries: Iterable[Entry]) -> gpd.GeoSeries:
    """Return where the entries' places stand, by place id, each once."""
    wanted = {entry.place for entry in entries}
    there = area.places[area.places["id"].astype(str).isin(wanted)]
    return gpd.GeoSeries(
        there.geometry.to_numpy(), index=there["id"].astype(str).to_numpy(), crs=WGS84
    )


def _bounds(area: Area, bank: Bank, points: gpd.GeoSeries) -> tuple[float, float, float, float]:
    """Return the ground that holds the start and the places, with some room around them."""
    start = bank.start
    shapes = [*points]
    if start.restricted:
        shapes += [] if start.region is None else [start.region]
    else:
        shapes += gpd.GeoSeries.from_xy([start.lon], [start.lat]).tolist()
    if not shapes:
        return bounds_of(area)
    west, south, east, north = gpd.GeoSeries(shapes).total_bounds
    middle = math.cos(math.radians((south + north) / 2))
    least_m = LEAST_M / 2 if len(points) else bank.question.limit_m
    across, along = (
        max((high - low) * (0.5 + ROOM), least_m / metres)
        for low, high, metres in ((west, east, DEGREE_M * middle), (south, north, DEGREE_M))
    )
    lon, lat = (west + east) / 2, (south + north) / 2
    sides = (lon - across, lat - along, lon + across, lat + along)
    found = tuple(round(float(side), DECIMALS) for side in sides)
    return found[0], found[1], found[2], found[3]
