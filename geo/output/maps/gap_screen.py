"""The map and the panel of the page Gap: walking distance as a surface, people beyond the limit as
dots, counted homes as rings, and districts ranked by how many are beyond.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np

from geo import presets, privacy, texts
from geo.access.gaps import DistrictGap, Gap, has_range, headline, without_small_counts
from geo.access.people_dots import dots
from geo.access.walk_surface import SHARES, Surface
from geo.area import protected
from geo.area.model import Area
from geo.area.people import HOUSING
from geo.output.maps.places_and_gaps import (
    district_table,
    districts_layers,
    places_layer,
    restricted_layers,
)
from geo.output.maps.spec import (
    AreaLayer,
    Dots,
    Layer,
    MapSpec,
    PointLayer,
    Theme,
    bounds_of,
    compose,
    credits_of,
)
from geo.output.words.area_and_gaps import unplaced_lines
from geo.types import WGS84

COLOURS = ("#4a929f", "#94c3ca", "#e5ca99", "#f2e2c2", "#fcf8ef")
"""Near to far, dark to light: the limit runs between the second and the third."""
ASKED, BEYOND, HOME = "#0a3d49", "#8a1538", "#a50026"
PLACE_PX, RING_PX = 22, 30
LIMIT_AT = 1 + SHARES.index(1.0)


def gap_screen(area: Area, answer: Gap, language: str, surface: Surface | None) -> MapSpec:
    """Return the map of a gap for a screen; small counts of counted people hidden. ``surface`` is
    of the answer's kind, limit and profile; None where the area has none of the kind.
    """
    shown = without_small_counts(answer)
    layers: list[Layer] = _districts(area, shown, language)
    kinds = {answer.kind}
    if HOUSING in area.kinds and presets.group(answer.group).origin == HOUSING:
        kinds.add(HOUSING)
        layers += _homes(area, answer, language)
    layers += restricted_layers(area, kinds, language)
    if answer.places and answer.kind != HOUSING:
        places = places_layer(area, answer.kind, language, size_px=PLACE_PX)
        count = texts.number(len(places.ids), language)
        layers.append(replace(places, colour=ASKED, label=f"{places.label} ({count})"))
    elif answer.kind == HOUSING:
        layers.append(places_layer(area, HOUSING, language, size_px=PLACE_PX))
    spec = compose(
        headline(shown, language),
        layers,
        bounds=bounds_of(area),
        table=district_table(shown, language),
        credits=credits_of(area),
        language=language,
    )
    theme = theme_of(area, answer, surface, language) if surface is not None else None
    return replace(spec, theme=theme, dots=_dots(area, answer, language))


def theme_of(area: Area, answer: Gap, surface: Surface, language: str) -> Theme:
    """Return a surface as a map shows it, with its legend in words."""
    place = presets.kind(answer.kind)
    cuts = [0.0, *surface.cuts_m]
    labels = [texts.number(round(cut), language) for cut in cuts]
    labels[LIMIT_AT] = texts.metres(surface.limit_m, language)
    labels[-1] = texts.metres(cuts[-1], language)
    return Theme(
        key=f"{area.key}|{answer.kind}|{answer.limit_m:g}|{answer.profile}",
        title=texts.text(
            "gap.surface",
            language,
            kind=place.name(language).lower(),
            limit=texts.metres(answer.limit_m, language),
        ),
        classes=surface.within.to_crs(WGS84),
        colours=COLOURS,
        cuts=tuple(labels),
        limit=LIMIT_AT,
        line=surface.line.to_crs(WGS84),
    )


def gap_panel(area: Area, answer: Gap, language: str) -> dict[str, Any]:
    """Return the figures and the ranking that lie on the map, small counts hidden, and what is
    estimated, or known and not on the map.
    """
    shown = without_small_counts(answer)
    foot = [texts.text("gap.estimated_short", language)] if answer.estimated else []
    if any(row.hidden for row in shown.districts):
        foot.append(texts.text("gap.hidden_note", language, smallest=privacy.SMALLEST))
    foot += unplaced_lines(area, answer.kind, language)
    return {
        "figures": _figures(area, answer, language),
        "ranking": _ranking(shown, language) if len(area.districts) else None,
        "foot": " ".join(foot),
    }


def _figures(area: Area, answer: Gap, language: str) -> list[dict[str, str]]:
    if answer.small or answer.few_people:
        value = texts.text("gap.fewer", language, smallest=privacy.SMALLEST)
        return [{"value": value, "label": texts.text("gap.figure_few", language)}]
    limit_m, metres, people = answer.limit_m, answer.metres, answer.weights
    found = [
        {
            "value": texts.number(round(answer.beyond), language),
            "label": texts.text(
                "gap.figure_beyond", language, people=texts.number(round(answer.people), language)
            ),
            "tone": "beyond",
        }
    ]
    if has_range(answer):
        low, high = (
            texts.number(round(share * answer.people), language)
            for share in (answer.share_low, answer.share_high)
        )
        found[0]["range"] = f"{low}–{high}"
    if not answer.places:
        return found
    middle = _median(metres, people)
    # Of a few homes the middle one may be that whose distance nobody may learn.
    told = answer.estimated or not len(protected.shapes(area.places))
    if told and np.isfinite(middle):
        found.append(
            {
                "value": texts.metres(round(middle), language),
                "label": texts.text("gap.figure_median", language),
            }
        )
    far = float(people[metres > 2 * limit_m].sum())
    near = answer.beyond - far
    counted = not answer.estimated
    if not privacy.is_small(far, counted) and not privacy.is_small(near, counted):
        found.append(
            {
                "value": texts.number(round(far), language),
                "label": texts.text(
                    "gap.figure_far", language, metres=texts.metres(2 * limit_m, language)
                ),
            }
        )
    return found


def _median(metres: np.ndarray, people: np.ndarray) -> float:
    """Return the metres that half of the people have more than."""
    order = np.argsort(metres, kind="stable")
    total = np.cumsum(people[order])
    if not len(total) or total[-1] <= 0:
        return float("nan")
    return float(metres[order][np.searchsorted(total, total[-1] / 2)])


def _ranking(shown: Gap, language: str) -> dict[str, Any]:
    named = [row for row in shown.districts if row.name]
    most = max((row.beyond or 0.0 for row in named), default=0.0)
    by_number = sorted(named, key=lambda row: (row.hidden, -(row.beyond or 0.0), row.name))
    by_share = sorted(named, key=lambda row: (row.hidden, -(row.share_beyond or 0.0), row.name))
    place = {row.name: at for at, row in enumerate(by_share)}
    return {
        "title": texts.text("gap.ranking", language),
        "most_first": texts.text("gap.most_first", language),
        "share_first": texts.text("gap.share_first", language),
        "rows": [
            _row(row, at, place[row.name], most, language) for at, row in enumerate(by_number)
        ],
    }


def _row(row: DistrictGap, at: int, by_share: int, most: float, language: str) -> dict[str, Any]:
    value = texts.text("gap.hidden", language)
    if row.beyond is not None:
        value = texts.number(round(row.beyond), language)
    share = row.share_beyond
    known = share is not None and np.isfinite(share)
    return {
        "name": row.name,
        "value": value,
        "share": texts.percent(float(share or 0.0), language) if known else "",
        "bar": round(100 * (row.beyond or 0.0) / most, 1) if most else 0.0,
        "high": 0.0,
        "hidden": row.beyond is None,
        "order": at,
        "share_order": by_share,
    }


def _districts(area: Area, shown: Gap, language: str) -> list[Layer]:
    """Return the districts with what is said of each on hover."""
    found = []
    of_name = {row.name: row for row in shown.districts}
    for layer in districts_layers(area, language):
        if isinstance(layer, AreaLayer):
            notes = tuple(_note(of_name.get(name), shown, language) for name in layer.names)
            layer = replace(layer, notes=notes)
        found.append(layer)
    return found


def _note(row: DistrictGap | None, shown: Gap, language: str) -> str:
    if row is None or row.people is None or row.beyond is None:
        return texts.text("gap.district_hidden", language)
    return texts.text(
        "gap.district_note",
        language,
        beyond=texts.number(round(row.beyond), language),
        people=texts.number(round(row.people), language),
        group=presets.group(shown.group).name(language),
        limit=texts.metres(shown.limit_m, language),
    )


def _dots(area: Area, answer: Gap, language: str) -> Dots | None:
    beyond = np.where(answer.metres > answer.limit_m, answer.weights, 0.0)
    made = dots(area, beyond)
    if not len(made.xy):
        return None
    spots = gpd.GeoSeries.from_xy(*made.xy.T, crs=area.network.crs).to_crs(WGS84)
    return Dots(
        id="dots",
        label=texts.text(
            "gap.dots",
            language,
            each=texts.number(made.each, language),
            group=presets.group(answer.group).name(language),
        ),
        lon=spots.x.to_numpy(),
        lat=spots.y.to_numpy(),
        index=np.zeros(len(made.xy), dtype=np.int64),
        looks=((BEYOND, "#ffffff"),),
    )


def _homes(area: Area, answer: Gap, language: str) -> list[Layer]:
    """Return transitional housing as rings filled by the share beyond, the number beside.

    No number stands beside any where one would be so small that it, or the sum, gave it away.
    """
    homes = protected.in_the_open(area.places_of(HOUSING))
    unit = area.people["unit"].to_numpy(object)
    of_home = (area.people["origin"] == HOUSING).to_numpy()
    beyond = np.where(answer.metres > answer.limit_m, answer.weights, 0.0)
    rows = [of_home & (unit == place) for place in homes["id"]]
    people = np.array([answer.weights[row].sum() for row in rows])
    far = np.array([beyond[row].sum() for row in rows])
    counted = np.ones(len(rows), dtype=bool)
    closed = answer.small or bool(privacy.hidden(far, people, counted).any())
    # What is left of the sum would be a protected home's.
    closed = closed or len(homes) != len(area.places_of(HOUSING))
    limit = texts.metres(answer.limit_m, language)
    notes, beside, share = [], [], []
    for of, away in zip(people, far, strict=True):
        told = not closed and of > 0
        share.append(away / of if told else None)
        beside.append(texts.number(round(away), language) if told else "")
        key = "gap.home_note" if told else "gap.home_hidden"
        numbers = {"beyond": round(away), "people": round(of)} if told else {}
        said = {name: texts.number(value, language) for name, value in numbers.items()}
        notes.append(texts.text(key, language, limit=limit, **said))
    layer = PointLayer(
        id=HOUSING,
        label=texts.text("gap.rings", language, limit=limit),
        symbol="house",
        colour=HOME,
        ids=tuple(homes["id"]),
        lon=homes.geometry.x.to_numpy(),
        lat=homes.geometry.y.to_numpy(),
        size_px=RING_PX,
        names=tuple(homes["name"].astype(str)),
        notes=tuple(notes),
        share=tuple(share),
        beside=tuple(beside),
        front=True,
    )
    return [layer]
