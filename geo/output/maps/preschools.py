"""The maps and tables of preschool places against children, made of answers: places per child in
squares, preschools by size and vacancies, people who arrive.

The tables of preschool places against children in words and numbers as people read them: what
the map shows, districts, housings, whom to call, weeks.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import presets, privacy, texts
from geo.access.gaps import SQUARE_M, names_of_squares, square_of
from geo.access.preschools.call_list import CallList
from geo.access.preschools.model import DistrictRow, PreschoolAnswer
from geo.access.preschools.supply import Amount, Preschool
from geo.access.preschools.surge import Need, SurgeAnswer
from geo.area import languages
from geo.area.model import Area
from geo.area.people import HOUSING
from geo.output.maps.places_and_gaps import districts_layers, kind_layers
from geo.output.maps.spec import (
    AreaLayer,
    Layer,
    MapSpec,
    PointLayer,
    bounds_of,
    compose,
    credits_of,
)
from geo.output.words.preschool_plans import ask_words, room_words
from geo.output.words.preschools import (
    amount_words,
    headline,
    likely_words,
    without_small_counts,
)
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
    east, north = (steps[told] for steps in square_of(area))
    table = pd.DataFrame(
        {
            "east": east,
            "north": north,
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
            "id": names_of_squares(summed["east"], summed["north"]),
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


def map_table(answer: PreschoolAnswer, language: str) -> pd.DataFrame:
    """Return what the map shows in words: districts, housings and preschools, with places,
    vacancies, children and places per child. Indexed by what a click on the map gives.
    """
    rows = [
        (
            row.name or texts.text("gap.outside_districts", language),
            _word("what_district", language),
            _hidden(row.children, row.hidden, language),
            _amount(row.places, language),
            _amount(row.vacancies, language),
            _per_child(row, language),
        )
        for row in answer.districts
    ]
    ids = [""] * len(rows)
    for home in answer.housing:
        children = home.family.children
        amount = None if children is None else Amount(children, children, children)
        ids.append(home.family.place)
        rows.append(
            (
                home.family.name or home.family.place,
                presets.kind("transitional_housing").name(language),
                _hidden(amount, home.hidden, language),
                _amount(home.places, language),
                _amount(home.vacancies, language),
                "–" if home.hidden else _decimal(home.places_per_child, language) or "–",
            )
        )
    for each in answer.preschools:
        place = each.preschool
        ids.append(place.id)
        rows.append(
            (
                place.name or place.id,
                presets.kind(place.kind).name(language),
                "",
                _amount(place.places, language),
                _amount(place.vacancies, language),
                "",
            )
        )
    names = ("name", "what", "children", "places", "vacancies", "places_per_child")
    return _table(rows, names, language, ids)


def key_figures(answer: PreschoolAnswer, language: str) -> list[tuple[str, str]]:
    """Return the figures of the whole area, each with its name; hidden ones as such."""
    short, walk = answer.shortage, answer.mean_walk_m
    no_reasons = answer.hidden or short.few
    rows = [
        ("children", _hidden(answer.children, answer.hidden, language)),
        ("wanting", _hidden(answer.wanting, answer.hidden, language)),
        ("with_place", _hidden(answer.with_place, answer.hidden, language)),
        ("without", _hidden(answer.without_place, answer.hidden, language)),
        ("places", _amount(answer.places, language)),
        ("enrolled", texts.number(answer.enrolled, language)),
        ("vacancies", _amount(answer.vacancies, language)),
        ("shortage", _likely(short.widest, answer.hidden, language)),
        ("by_distance", _of_reason(short.by_distance, no_reasons, language)),
        ("by_places", _of_reason(short.by_places, no_reasons, language)),
    ]
    if answer.beyond_limit and not no_reasons:
        rows.append(("beyond", texts.number(answer.beyond_limit, language)))
    if not math.isnan(walk):
        rows.append(("mean_walk", texts.metres(walk, language)))
    if answer.newcomer_children:
        rows.append(("newcomers", likely_words(answer.newcomers.children, language)))
    return [(texts.text(f"forskola.figure_{name}", language), value) for name, value in rows]


def preschool_table(answer: PreschoolAnswer, language: str) -> pd.DataFrame:
    """Return the preschools as a table in words, indexed by id."""
    rows = [
        (
            row.preschool.name or row.preschool.id,
            row.preschool.district,
            _amount(row.preschool.places, language),
            _basis(row.preschool, language),
            _count(row.preschool.enrolled, language),
            _amount(row.preschool.vacancies, language),
            texts.text("gap.hidden", language) if answer.few else _count(row.assigned, language),
            _owner(row.preschool, language),
            _word(f"answer_{row.preschool.without_personal_number}", language),
            languages.named(row.preschool.languages, language)
            or texts.text("source.unknown", language),
        )
        for row in answer.preschools
    ]
    names = (
        *("name", "district", "places", "basis", "enrolled", "vacancies", "assigned", "owner"),
        *("without_personal_number", "languages"),
    )
    return _table(rows, names, language, [row.preschool.id for row in answer.preschools])


def district_table(answer: PreschoolAnswer, language: str) -> pd.DataFrame:
    """Return the districts as a table in words, most children without a place first; what matters
    most stands first, where a narrow window shows it. Why some are left without stands there only
    where some are.
    """
    rows = [
        (
            row.name or texts.text("gap.outside_districts", language),
            _hidden(row.shortage.children, row.hidden, language),
            _hidden(row.without_place, row.hidden, language),
            _hidden(row.wanting, row.hidden, language),
            _hidden(row.children, row.hidden, language),
            _amount(row.places, language),
            _per_child(row, language),
            _count(row.enrolled, language),
            _of_reason(row.shortage.by_distance, row.hidden or row.shortage.few, language),
            _of_reason(row.shortage.by_places, row.hidden or row.shortage.few, language),
            texts.text("gap.hidden", language) if answer.few else _amount(row.surplus, language),
            texts.text("gap.hidden", language) if row.hidden else _amount(row.balance, language),
        )
        for row in answer.districts
    ]
    names = (
        *("district", "shortage", "without", "wanting", "children", "places"),
        *("places_per_child", "enrolled"),
        *("by_distance", "by_places", "surplus", "balance"),
    )
    table = _table(rows, names, language)
    if any(row.hidden or row.shortage.children.value for row in answer.districts):
        return table
    reasons = [texts.text(f"preschool_table.{name}", language) for name in names[8:10]]
    return table.drop(columns=reasons)


def calls_table(found: CallList, language: str) -> pd.DataFrame:
    """Return whom to call in order, and what to ask each, indexed by id."""
    rows = [
        (
            texts.number(number, language),
            call.place.name or call.place.id,
            texts.number(call.metres, language),
            _amount(call.place.vacancies, language),
            _word(f"answer_{call.place.without_personal_number}", language),
            languages.named(call.place.languages, language)
            or texts.text("source.unknown", language),
            " ".join(ask_words(call, language)),
        )
        for number, call in enumerate(found.calls, start=1)
    ]
    names = (
        *("order", "name", "metres", "vacancies", "without_personal_number", "languages"),
        "ask",
    )
    return _table(rows, names, language, [call.place.id for call in found.calls])


def surge_table(answer: SurgeAnswer, language: str) -> pd.DataFrame:
    """Return who takes how many of those who arrive, and where the next vacancies are."""
    rows = [
        (
            presets.kind(need.kind).name(language),
            taker.place.name or taker.place.id,
            texts.number(taker.metres, language),
            room_words(taker, language),
            texts.number(taker.taken, language),
        )
        for need in answer.needs
        for taker in (*need.takers, *need.next)
    ]
    ids = [taker.place.id for need in answer.needs for taker in (*need.takers, *need.next)]
    return _table(rows, ("what", "name", "metres", "vacancies", "takes"), language, ids)


def week_table(need: Need, language: str) -> pd.DataFrame:
    """Return week by week how many of one kind of need have come, have a place, and wait."""
    rows = [
        (
            texts.number(week.number, language),
            week.first_day.isoformat(),
            texts.number(week.arrived, language),
            texts.number(week.need, language),
            texts.number(week.have, language),
            amount_words(week.left, language),
        )
        for week in need.weeks
    ]
    return _table(rows, ("week", "date", "arrived", "need", "have", "left"), language)


def _table(
    rows: Sequence[tuple[str, ...]],
    names: tuple[str, ...],
    language: str,
    ids: list[str] | None = None,
) -> pd.DataFrame:
    columns = [texts.text(f"preschool_table.{name}", language) for name in names]
    index = None if ids is None else pd.Index(ids, name="id")
    return pd.DataFrame(rows, columns=columns, index=index)


def _word(key: str, language: str) -> str:
    return texts.text(f"preschools.{key}", language)


def _amount(amount: Amount | None, language: str) -> str:
    if amount is None:
        return texts.text("source.unknown", language)
    return amount_words(amount, language)


def _count(value: int | None, language: str) -> str:
    unknown = texts.text("source.unknown", language)
    return unknown if value is None else texts.number(value, language)


def _per_child(row: DistrictRow, language: str) -> str:
    if row.hidden:
        return texts.text("gap.hidden", language)
    return _decimal(row.places_per_child, language) or _word("no_children", language)


def _hidden(amount: Amount | None, hidden: bool, language: str) -> str:
    """Write an amount of counted children; a hidden one as fewer than five or as hidden."""
    if not hidden:
        return _amount(amount, language)
    if amount is not None and privacy.is_small(amount.value, counted=True):
        return texts.text("gap.fewer", language, smallest=privacy.SMALLEST)
    return texts.text("gap.hidden", language)


def _likely(amount: Amount, hidden: bool, language: str) -> str:
    """Write an amount in words, the likely figure first; a hidden one as such."""
    return _hidden(amount, True, language) if hidden else likely_words(amount, language)


def _of_reason(value: int, hidden: bool, language: str) -> str:
    return texts.text("gap.hidden", language) if hidden else texts.number(value, language)


def _decimal(value: float | None, language: str) -> str:
    return "" if value is None or math.isnan(value) else texts.number(value, language, 2)


def _basis(place: Preschool, language: str) -> str:
    return texts.text(f"preschools.basis_{place.basis}", language)


def _owner(place: Preschool, language: str) -> str:
    if place.owner in ("municipal", "independent"):
        return _word(f"owner_{place.owner}", language)
    return place.owner or texts.text("source.unknown", language)
