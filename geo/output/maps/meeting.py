"""Meeting places as pages show them: tables of the week hour by hour, of languages, of housing and
what they reach, and the map of places by whom one may expect to meet there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from babel.dates import get_day_names

from geo import presets, texts
from geo.access.meeting.contact import Contact
from geo.access.meeting.hours import Hours, UnitHours
from geo.access.meeting.language import Languages
from geo.access.meeting.mix import FEWER, FEWER_KNOWN, MOST, UNKNOWN, Arena, Arenas
from geo.area import languages
from geo.area.activities.model import Span
from geo.area.model import Area
from geo.area.people import HOUSING
from geo.output.maps.places_and_gaps import districts_layers, kind_layers
from geo.output.maps.spec import Layer, MapSpec, PointLayer, bounds_of, compose, credits_of
from geo.output.words.meeting import (
    arena_head,
    context_share,
    home_name,
    measure_name,
    near_words,
    newcomer_words,
    range_words,
    share_words,
)
from geo.output.words.meeting_rows import small_part

SHOWN_HOURS = tuple(range(7, 22))
"""Nothing is open at night; files hold all 24 hours."""
PALETTE = ("#ffffff", "#fde725", "#c2df23", "#86d549", "#52c569", "#2ab07f", "#25a085")
"""The light half of viridis, lighter for fewer: black reads on each of them (6:1 and more)."""


NEAREST = 5
"""Meeting places a housing's table lists; files have all of them."""


@dataclass(frozen=True)
class HeatCell:
    """One hour: what stands in it, its colours for sure and with all (from ``PALETTE``), what is
    read aloud, and whether people can come then.
    """

    words: str
    low: str
    high: str
    aloud: str
    able: bool


@dataclass(frozen=True)
class HeatMap:
    """A week by hour: the days' names, the hours, and a row of cells per day."""

    caption: str
    days: tuple[str, ...]
    hours: tuple[int, ...]
    cells: tuple[tuple[HeatCell, ...], ...]


def day_names(language: str) -> tuple[str, ...]:
    """Return the days of the week, Monday first."""
    names = get_day_names("wide", locale=language)
    return tuple(str(names[day]).capitalize() for day in range(7))


def heat_map(answer: Hours, language: str) -> HeatMap:
    """Return the week as shares of the people with something open, hour by hour."""
    days = day_names(language)
    return HeatMap(
        caption=texts.text("moten.heat_caption", language),
        days=days,
        hours=SHOWN_HOURS,
        cells=tuple(
            tuple(_cell(answer, day, hour, days[day], language) for hour in SHOWN_HOURS)
            for day in range(7)
        ),
    )


def _cell(answer: Hours, day: int, hour: int, name: str, language: str) -> HeatCell:
    low, high = float(answer.low[day, hour]), float(answer.high[day, hour])
    able = bool(answer.can_come[day, hour])
    few = answer.hidden(low) or answer.hidden(high)
    ends = answer.share(low), answer.share(high)
    if few or math.isnan(ends[0]) or not answer.supply.offers:
        hidden = texts.text("gap.hidden" if few else "source.unknown", language)
        words = aloud = hidden
        ends = (0.0, 0.0)
    else:
        aloud = share_words(*ends, language)
        # The sign of per cent stands in the caption: a cell is narrow.
        words = aloud.rstrip("%").rstrip(texts.NO_BREAK_SPACE)
    said = f"{name} {hour}–{hour + 1}: {aloud}"
    if not able:
        said += f" ({texts.text('moten.not_able', language)})"
    return HeatCell(words, _colour(ends[0]), _colour(ends[1]), said, able)


def _colour(share: float) -> str:
    """Return a share's colour: white for nobody, then steps of a sixth."""
    return PALETTE[0] if share <= 0 else PALETTE[min(6, 1 + int(share * 6))]


def legend(language: str) -> list[tuple[str, str]]:
    """Return the colours and what each stands for."""
    steps = [texts.text("moten.nobody", language)]
    for step in range(6):
        low, high = round(100 * step / 6), round(100 * (step + 1) / 6)
        steps.append(texts.text("moten.step", language, low=low, high=high))
    return list(zip(PALETTE, steps, strict=True))


def hours_table(answer: Hours, language: str) -> pd.DataFrame:
    """Return the week as people: a row per hour, a column per day; the table beside the heat
    map.
    """
    rows = []
    for hour in range(24):
        cells = []
        for day in range(7):
            low, high = float(answer.low[day, hour]), float(answer.high[day, hour])
            few = answer.hidden(low) or answer.hidden(high)
            hidden = texts.text("gap.hidden", language)
            if not answer.supply.offers:
                hidden, few = texts.text("source.unknown", language), True
            cells.append(hidden if few else range_words(Span(low, high), language))
        rows.append((f"{hour:02d}–{hour + 1:02d}", *cells))
    head = texts.text("moten.hour", language)
    return pd.DataFrame(rows, columns=[head, *day_names(language)])


def units_table(
    answer: Hours, units: Sequence[UnitHours], head: str, language: str
) -> pd.DataFrame:
    """Return districts or housings: people, and who has something open in each stretch."""
    rows = [
        (
            unit.name or texts.text("gap.outside_districts", language),
            _people(unit, language),
            *(_unit_share(unit, reached, answer, language) for reached in unit.reached),
        )
        for unit in units
        if unit.people != 0
    ]
    windows = [each.window.name(language) for each in answer.windows]
    named = [f"{name[0].upper()}{name[1:]}" for name in windows]
    people = texts.text("table.people", language)
    return pd.DataFrame(rows, columns=[head, people, *named])


def _people(unit: UnitHours, language: str) -> str:
    if unit.hidden:
        return texts.text("gap.hidden", language)
    if math.isnan(unit.people):
        return texts.text("source.unknown", language)
    return texts.number(round(unit.people), language)


def _unit_share(unit: UnitHours, reached: Span, answer: Hours, language: str) -> str:
    if not answer.supply.offers:
        return texts.text("source.unknown", language)
    alone = unit in answer.homes  # all at one point: zero or one, whoever they are
    if not alone and (unit.hidden or small_part(reached, unit.people, answer.counted)):
        return texts.text("gap.hidden", language)
    size = 1.0 if math.isnan(unit.people) else unit.people
    low, high = reached.low / size, reached.high / size
    if alone:
        key = "open" if low > 0 else "perhaps" if high > 0 else "closed"
        return texts.text(f"moten.{key}", language)
    return share_words(low, high, language)


def language_table(answer: Languages, area: Area, language: str) -> pd.DataFrame:
    """Return each language: who speaks it, whom it reaches, the nearest activity."""
    hidden = texts.text("gap.hidden", language)
    rows = [
        (
            languages.name(row.language, language).capitalize(),
            hidden if row.hidden else range_words(row.speakers, language),
            hidden if row.hidden else range_words(row.reached, language),
            near_words(row.nearest, area, language),
        )
        for row in answer.rows
    ]
    names = ("language", "speakers", "reached", "nearest")
    return pd.DataFrame(rows, columns=[texts.text(f"moten.{name}", language) for name in names])


def home_language_table(answer: Languages, area: Area, language: str) -> pd.DataFrame:
    """Return each housing's languages and the nearest activity in each."""
    rows = []
    for each in answer.homes:
        name = home_name(each.home, language)
        if not each.spoken:
            rows.append((name, texts.text("source.unknown", language), "–", "–"))
        for at, spoken in enumerate(each.spoken):
            heard = "open" if each.sure[at] else "perhaps" if each.maybe[at] else "closed"
            rows.append(
                (
                    name,
                    languages.name(spoken.language, language).capitalize(),
                    texts.text(f"moten.heard_{heard}", language),
                    near_words(each.nearest[at], area, language),
                )
            )
    names = ("home", "language", "heard", "nearest")
    return pd.DataFrame(rows, columns=[texts.text(f"moten.{name}", language) for name in names])


def arena_table(answer: Arenas, language: str) -> pd.DataFrame:
    """Return the meeting places: who can walk there, how many of them are newcomers, and the
    context under its own name.
    """
    rows = [
        (
            each.name or texts.text("meeting.unnamed", language),
            presets.kind(each.kind).name(language),
            *_arena(each, answer, language),
        )
        for each in answer.arenas
    ]
    names = ("arena", "kind", "people", "share", "majority")
    heads = [texts.text(f"moten.{name}", language) for name in names]
    if answer.established:
        group = presets.group(answer.established).name(language)
        heads.append(texts.text("moten.context", language, group=group))
    return pd.DataFrame(rows, columns=heads)


def _arena(each: Arena, answer: Arenas, language: str) -> tuple[str, ...]:
    cells = 4 if answer.established else 3
    if each.hidden:
        return (texts.text("gap.hidden", language),) * cells
    return (
        texts.number(round(each.people), language),
        newcomer_words(each.newcomers, language),
        texts.text(f"meeting.standing_{each.standing}", language),
        "–" if math.isnan(each.share) else context_share(each, language),
    )[:cells]


def home_arena_table(answer: Arenas, language: str) -> pd.DataFrame:
    """Return each housing's meeting places where newcomers are fewer than half, nearest first."""
    rows = []
    for each in answer.homes:
        name = home_name(each.home, language)
        for pair in each.arenas[:NEAREST]:
            place = pair.arena.name or texts.text("meeting.unnamed", language)
            metres = texts.number(pair.metres, language)
            rows.append((name, place, metres, newcomer_words(pair.arena.newcomers, language)))
        if not each.arenas:
            rows.append((name, texts.text("moten.no_arena", language), "–", "–"))
    names = ("home", "arena", "metres", "share")
    return pd.DataFrame(rows, columns=[texts.text(f"moten.{name}", language) for name in names])


def contact_table(answers: tuple[Contact, ...], language: str) -> pd.DataFrame:
    """Return each housing: newcomers, and mentors and seats for each of them."""
    hidden = texts.text("gap.hidden", language)
    unknown = texts.text("source.unknown", language)
    rows = []
    for at, each in enumerate(answers[0].homes):
        people = (
            unknown if math.isnan(each.home.people) else texts.number(each.home.people, language)
        )
        cells = []
        for answer in answers:
            here = answer.homes[at]
            silent = not here.places and here.untold
            per = unknown if silent else range_words(here.per_newcomer, language, 2)
            cells += [per, str(here.untold)]
        rows.append(
            (home_name(each.home, language), hidden if each.home.hidden else people, *cells)
        )
    heads = [texts.text("moten.home", language), texts.text("moten.newcomers", language)]
    for answer in answers:
        name = measure_name(answer.measure, language)
        heads.append(texts.text("moten.per_newcomer", language, measure=name.capitalize()))
        heads.append(texts.text("moten.untold", language, measure=name))
    return pd.DataFrame(rows, columns=heads)


LOOKS = {
    MOST: ("square", "#8a4b00"),
    UNKNOWN: ("cross", "#5d3a9b"),
    FEWER_KNOWN: ("ring", "#00664b"),
    FEWER: ("circle", "#00664b"),
}
"""Symbol and colour: distinguishable by shape alone."""
ARENA_PX, HOUSING_PX = 22, 24


def arena_map(area: Area, answer: Arenas, language: str) -> MapSpec:
    """Return the map of meeting places by the share of newcomers, with the table that shows the
    same.
    """
    layers: list[Layer] = [*districts_layers(area, language)]
    for standing in LOOKS:
        chosen = [each for each in answer.arenas if _shown(each) == standing]
        if chosen:
            layers.append(_layer(area, standing, chosen, language))
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
    return UNKNOWN if each.hidden else each.standing


def _layer(area: Area, standing: str, chosen: list[Arena], language: str) -> PointLayer:
    symbol, colour = LOOKS[standing]
    points = area.places.geometry.iloc[[each.row for each in chosen]]
    return PointLayer(
        standing,
        texts.text(f"moten.map_{standing}", language),
        symbol,
        colour,
        tuple(each.id for each in chosen),
        np.asarray(points.x),
        np.asarray(points.y),
        size_px=ARENA_PX,
    )
