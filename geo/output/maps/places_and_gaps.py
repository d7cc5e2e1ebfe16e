"""The maps and tables of places and gaps that pages and reports show, made of an Area and an
answer. Protected housing is shown as the area it is somewhere in, and never as a point.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from geo import presets, privacy, texts
from geo.access.from_point import Here
from geo.access.gaps import (
    SQUARE_M,
    DistrictGap,
    Gap,
    has_range,
    headline,
    range_words,
    squares,
    without_small_counts,
    without_small_squares,
)
from geo.area import protected
from geo.area.model import Area
from geo.area.people import HOUSING
from geo.area.provenance import LeftOut, Source
from geo.area.record_fields import approximate, place_fields
from geo.output.maps.spec import (
    AreaLayer,
    Layer,
    LineLayer,
    MapSpec,
    PointLayer,
    bounds_of,
    circle_layer,
    compose,
    credits_of,
)
from geo.output.words.repairs import repairs_line
from geo.output.words.sources import part_name, source_date, told_line
from geo.output.words.spreading import standing_line

OUTLINE_COLOUR = "#333333"
PLACE_PX, SMALL_PX = 26, 18
REACH_COLOUR = "#0b6e4f"
CROWD = 40
"""More places of a kind than this are drawn with smaller symbols."""


def places_map(
    area: Area,
    kinds: Sequence[str],
    language: str,
    *,
    here: Here | None = None,
    reach: Sequence[Layer] = (),
    focus: tuple[float, float] | None = None,
) -> MapSpec:
    """Return the map of an area's places of some kinds, and what is in reach of one point.

    ``reach`` are layers that show it (``views_reach``); without them its paths are drawn.
    """
    layers = [*reach, *districts_layers(area, language)]
    layers += restricted_layers(area, kinds, language)
    if here is not None and not reach:
        label = texts.text("map.reached", language, limit=texts.metres(here.limit_m, language))
        layers.append(LineLayer("reached", label, REACH_COLOUR, here.paths, width_px=4.0))
    layers += [places_layer(area, kind, language) for kind in kinds]
    if here is not None:
        at = texts.text("map.here", language)
        spot = (np.array([here.lon]), np.array([here.lat]))
        layers.append(PointLayer("here", at, "pin", REACH_COLOUR, ("here",), *spot, size_px=30))
    return compose(
        texts.text("karta.map_title", language, area=area.name),
        layers,
        bounds=bounds_of(area),
        table=places_table(area, kinds, language),
        credits=credits_of(area),
        language=language,
        focus=focus,
    )


def gap_map(area: Area, answer: Gap, language: str, *, exact: bool = False) -> MapSpec:
    """Return the map of people beyond the limit in squares of 250 m, and the kind's places."""
    shown = answer if exact else without_small_counts(answer)
    cells = squares(area, answer)
    if not exact and not answer.estimated:
        cells = without_small_squares(area, answer, cells)
    middle = cells.geometry.to_crs(area.network.crs).centroid.to_crs("EPSG:4326")
    group = presets.group(answer.group).name(language)
    limit = texts.metres(answer.limit_m, language)
    label = texts.text("gap.layer", language, group=group, limit=limit)
    layers = districts_layers(area, language)
    if exact or not answer.small:  # the circles would add up to a count that must not be known
        layers.append(
            circle_layer(
                "beyond",
                label,
                ids=list(cells["id"]),
                lon=middle.x,
                lat=middle.y,
                value=cells["beyond"],
                smallest=1.0,
                span_m=SQUARE_M,
            )
        )
    layers += kind_layers(area, answer.kind, language, size_px=SMALL_PX)
    if presets.group(answer.group).origin == HOUSING != answer.kind and HOUSING in area.kinds:
        layers += kind_layers(area, HOUSING, language, size_px=SMALL_PX)
    return compose(
        headline(shown, language),
        layers,
        bounds=bounds_of(area),
        table=district_table(shown, language),
        credits=credits_of(area),
        language=language,
    )


def places_table(area: Area, kinds: Sequence[str], language: str) -> pd.DataFrame:
    """Return the places of some kinds as a table in words, indexed by place id."""
    rows = area.places[area.places["kind"].isin(kinds)]
    unknown = texts.text("source.unknown", language)
    names = {kind: presets.kind(kind).name(language) for kind in kinds}
    table = pd.DataFrame(
        {
            texts.text("place.name", language): rows["name"].replace("", unknown).to_numpy(),
            texts.text("place.kind", language): rows["kind"].map(names).to_numpy(),
            texts.text("place.address", language): addresses(rows, language),
            texts.text("place.district", language): rows["district"].to_numpy(),
            texts.text("place.source", language): rows["source"].to_numpy(),
        },
        index=pd.Index(rows["id"].to_numpy(), name="id"),
    )
    return table


def addresses(places: pd.DataFrame, language: str) -> list[str]:
    """Return the address of each place in words; of one whose point is approximate, where about."""
    unknown = texts.text("source.unknown", language)
    found = []
    for address, details in zip(places["address"], places["details"], strict=True):
        about = approximate(place_fields(details))
        said = texts.text("place.approximate", language, where=about) if about else ""
        found.append(", ".join(filter(None, (address, said))) or unknown)
    return found


def reach_table(area: Area, here: Here, language: str) -> pd.DataFrame:
    """Return the places in reach of a point, nearest first: name, kind, metres, minutes."""
    rows = area.places.loc[here.place]
    unknown = texts.text("source.unknown", language)
    return pd.DataFrame(
        {
            texts.text("place.name", language): rows["name"].replace("", unknown).to_numpy(),
            texts.text("place.kind", language): [
                presets.kind(kind).name(language) for kind in rows["kind"]
            ],
            texts.text("place.metres", language): [
                texts.number(metres, language) for metres in here.metres
            ],
            texts.text("place.minutes", language): [
                texts.number(minutes, language, 1) for minutes in here.minutes
            ],
        }
    )


def district_table(answer: Gap, language: str) -> pd.DataFrame:
    """Return the gap by district in words and numbers as people read them, the whole area last."""
    fewer = texts.text("gap.fewer", language, smallest=privacy.SMALLEST)

    hidden = texts.text("gap.hidden", language)

    def count(value: float | None, few: bool = False) -> str:
        if few:
            return fewer
        return hidden if value is None else texts.number(round(value), language)

    rows = [
        (
            row.name or texts.text("gap.outside_districts", language),
            count(row.people),
            count(row.beyond),
            _share_cell(row, language),
            _metres(row.mean_m_beyond, language),
        )
        for row in answer.districts
    ]
    rows.append(
        (
            texts.text("gap.whole_area", language),
            count(answer.people, answer.few_people),
            count(None if answer.small else answer.beyond, answer.few_beyond),
            _share(None, language) if answer.small else _share_cell(answer, language),
            _metres(None if answer.small else answer.mean_m_beyond, language),
        )
    )
    names = ("district", "people", "beyond", "share_beyond", "mean_m_beyond")
    return pd.DataFrame(rows, columns=[texts.text(f"table.{name}", language) for name in names])


def sources_table(area: Area, language: str) -> pd.DataFrame:
    """Return where each part of an area came from, unknown written as unknown."""
    unknown = texts.text("source.unknown", language)

    rows = [
        (
            part_name(source.part, language),
            source.title or unknown,
            source.licence or unknown,
            source_date(source, language),
            texts.text(f"made.{source.made}", language),
            texts.number(source.rows, language) if source.rows else "",
            texts.number(len(source.left_out), language),
        )
        for source in area.sources
    ]
    names = ("part", "title", "licence", "date", "made", "rows", "left_out")
    columns = [texts.text(f"source.{name}", language) for name in names]
    return pd.DataFrame(rows, columns=columns)


def columns_table(area: Area, language: str) -> pd.DataFrame:
    """Return which column of which file was read as what, as guessed or stated."""
    rows = [
        (part_name(source.part, language), source.file, _field(field, language), column)
        for source in area.sources
        for field, column in source.columns.items()
    ]
    names = ("part", "title", "field", "column")
    return pd.DataFrame(rows, columns=[texts.text(f"source.{name}", language) for name in names])


def left_out_table(area: Area, language: str) -> pd.DataFrame:
    """Return every row of a file that could not be used: file, row, reason."""
    return _rows_table(area.left_out, "left_out", language)


def notices_table(area: Area, language: str) -> pd.DataFrame:
    """Return what was done with rows that are used in another way than as they stand: file, row,
    what.
    """
    return _rows_table(area.notices, "notices", language)


def _rows_table(found: Iterable[tuple[Source, LeftOut]], part: str, language: str) -> pd.DataFrame:
    rows = [
        (
            source.file or source.title,
            str(row.row) if row.row else "",
            texts.text(f"{part}.{row.reason}", language, **row.values),
        )
        for source, row in found
    ]
    columns = [texts.text(f"source.{name}", language) for name in ("title", "row", "reason")]
    return pd.DataFrame(rows, columns=columns)


def told_table(area: Area, language: str) -> pd.DataFrame:
    """Return what was done with the files: file, and what in a sentence with where."""
    rows = [(source.file or source.title, told_line(told, language)) for source, told in area.told]
    columns = [texts.text(f"source.{name}", language) for name in ("title", "told")]
    return pd.DataFrame(rows, columns=columns)


def contents(area: Area, language: str) -> list[tuple[str, str]]:
    """Return what an area holds, as label and value: paths, districts, people, places."""
    network = area.network
    lines = [
        (
            texts.text("part.network", language),
            texts.text(
                "omrade.network",
                language,
                length=round(float(network.edge_m.sum()) / 1000),
                share=texts.percent(network.main_length_share(), language, 1),
            ),
        ),
        (texts.text("part.districts", language), texts.number(len(area.districts), language)),
    ]
    if mended := repairs_line(area, language):
        lines.append((texts.text("repair.title", language), mended))
    if len(area.buildings):
        homes = int(area.buildings["residential"].sum())
        told = texts.text(
            "omrade.buildings",
            language,
            count=texts.number(len(area.buildings), language),
            homes=texts.number(homes, language),
        )
        lines.append((texts.text("part.buildings", language), told))
    if len(area.addresses):
        known = texts.number(len(area.addresses), language)
        lines.append((texts.text("part.addresses", language), known))
    if placed := standing_line(area, language):
        lines.append((texts.text("omrade.placed", language), placed))
    for name in area.groups:
        label = presets.group(name).name(language)
        count = round(float(area.count(name).sum()))
        lines.append((label[0].upper() + label[1:], texts.number(count, language)))
    for name in area.kinds:
        label = presets.kind(name).plural(language)
        lines.append((label, texts.number(len(area.places_of(name)), language)))
    return lines


def missing(area: Area) -> list[str]:
    """Return the keys of the sentences on what an area lacks."""
    lacks = {
        "omrade.lacks_people": not area.groups,
        "omrade.lacks_districts": area.districts.empty,
        "omrade.lacks_places": not area.kinds,
        "omrade.lacks_housing": "transitional_housing" not in area.kinds,
    }
    return [key for key, lacking in lacks.items() if lacking]


def districts_layers(area: Area, language: str) -> list[Layer]:
    """Return the districts' borders as a layer; none where the area has no districts."""
    if area.districts.empty:
        return []
    label = texts.text("map.districts", language)
    names = tuple(area.districts["name"].astype(str))
    shapes = area.districts.geometry
    return [AreaLayer("districts", label, OUTLINE_COLOUR, shapes, dash="4 4", names=names)]


def places_layer(area: Area, kind: str, language: str, *, size_px: int = 0) -> PointLayer:
    """Return the places of a kind that may be shown, as a layer; a crowd of them is drawn small."""
    preset, rows = presets.kind(kind), protected.in_the_open(area.places_of(kind))
    return PointLayer(
        id=kind,
        label=preset.plural(language),
        symbol=preset.symbol,
        colour=preset.colour,
        ids=tuple(rows["id"]),
        lon=rows.geometry.x.to_numpy(),
        lat=rows.geometry.y.to_numpy(),
        size_px=size_px or (SMALL_PX if len(rows) > CROWD else PLACE_PX),
        names=tuple(rows["name"].astype(str)),
    )


def kind_layers(area: Area, kind: str, language: str, *, size_px: int = 0) -> list[Layer]:
    """Return all places of a kind as layers: those that may be points, over what hides the rest."""
    shown = places_layer(area, kind, language, size_px=size_px)
    return [*restricted_layers(area, (kind,), language), shown]


def _share_cell(row: Gap | DistrictGap, language: str) -> str:
    """Return a share, and its range where it has one: ``34 % (32–41 %)``."""
    said = _share(row.share_beyond, language)
    if row.share_low is None or row.share_high is None or not has_range(row):
        return said
    return f"{said} ({range_words(row.share_low, row.share_high, language)})"


def _share(value: float | None, language: str) -> str:
    return texts.percent(math.nan if value is None else value, language)


def _metres(value: float | None, language: str) -> str:
    return texts.number(math.nan if value is None else value, language)


def _field(field: str, language: str) -> str:
    known = presets.groups().get(field)
    return f"{known.name(language)} ({field})" if known else field


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
