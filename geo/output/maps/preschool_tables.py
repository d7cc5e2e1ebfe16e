"""The tables of preschool places against children in words and numbers as people read them: what
the map shows, districts, housings, whom to call, weeks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from geo import presets, privacy, texts
from geo.access.preschools.call_list import CallList
from geo.access.preschools.model import DistrictRow, PreschoolAnswer
from geo.access.preschools.supply import Amount, Preschool
from geo.access.preschools.surge import Need, SurgeAnswer
from geo.output.words.preschools import amount_words, ask_words


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
        ("places", _amount(answer.places, language)),
        ("enrolled", texts.number(answer.enrolled, language)),
        ("vacancies", _amount(answer.vacancies, language)),
        ("shortage", _hidden(short.children, answer.hidden, language)),
        ("by_distance", _of_reason(short.by_distance, no_reasons, language)),
        ("by_places", _of_reason(short.by_places, no_reasons, language)),
    ]
    if not math.isnan(walk):
        rows.append(("mean_walk", texts.metres(walk, language)))
    if answer.newcomer_children:
        rows.append(("newcomers", _amount(answer.newcomers.children, language)))
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
            ", ".join(row.preschool.languages) or texts.text("source.unknown", language),
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
    most stands first, where a narrow window shows it.
    """
    rows = [
        (
            row.name or texts.text("gap.outside_districts", language),
            _hidden(row.shortage.children, row.hidden, language),
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
        *("district", "shortage", "children", "places", "places_per_child", "enrolled"),
        *("by_distance", "by_places", "surplus", "balance"),
    )
    return _table(rows, names, language)


def calls_table(found: CallList, language: str) -> pd.DataFrame:
    """Return whom to call in order, and what to ask each, indexed by id."""
    rows = [
        (
            texts.number(number, language),
            call.place.name or call.place.id,
            texts.number(call.metres, language),
            _amount(call.place.vacancies, language),
            _word(f"answer_{call.place.without_personal_number}", language),
            ", ".join(call.place.languages) or texts.text("source.unknown", language),
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
            _amount(taker.room, language),
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
