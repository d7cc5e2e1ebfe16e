"""Preschool places against children as plain data and lines of text, with small counts of counted
people hidden where they would be disclosed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from geo import cells, presets, privacy, texts
from geo.access.preschools.demand import FEW_AS
from geo.access.preschools.model import (
    DistrictRow,
    HousingRow,
    PreschoolAnswer,
    PreschoolRow,
    Shortage,
)
from geo.access.preschools.question import AGES
from geo.access.preschools.supply import Amount, Preschool, Problem
from geo.access.preschools.wanting import take_up_of
from geo.area.model import Area
from geo.area.record_fields import rules
from geo.network.walk_network import MAX_SNAP_M
from geo.output.words import sources as source_words


def preschools_json(
    answer: PreschoolAnswer, area: Area, language: str = "sv", *, exact: bool = True
) -> dict[str, Any]:
    """Return an answer as plain data: counts are children and places, ``_m`` metres one way.

    A figure that is or may be an estimate has its range beside it, as ``…_low`` and ``…_high``.
    Unless ``exact``, small counts of counted children, and what would give them away, are null.
    """
    shown = answer if exact else without_small_counts(answer)
    no_newcomers, hidden = shown.newcomer_children is None, shown.hidden
    return {
        "area": answer.area,
        "area_name": area.name,
        "headline": headline(shown, language),
        **plain_amount("children", None if hidden else answer.children),
        **_wanting(answer, answer.without_place, hidden=hidden),
        "enrolled_beyond_limit": None if hidden or shown.shortage.few else answer.beyond_limit,
        "places_per_wanting": None if hidden else _ratio(answer.places.value, answer.wanting.value),
        **plain_amount("places", answer.places),
        **plain_amount("vacancies", answer.vacancies),
        "enrolled": answer.enrolled,
        "estimated": answer.estimated,
        **_shortage(None if hidden else shown.shortage),
        "newcomers": None
        if no_newcomers
        else {"children": shown.newcomer_children, **_shortage(answer.newcomers)},
        "mean_walk_m": cells.finite(answer.mean_walk_m),
        "preschools": [_preschool_row(row, few=shown.few) for row in answer.preschools],
        "districts": [_district(row, language, few=shown.few) for row in shown.districts],
        "housing": [_housing(row) for row in shown.housing],
        "not_valid": [_named(each) for each in answer.supply.not_valid],
        "unknown": [_named(each) for each in answer.supply.unknown],
        "problems": [problem_json(each, language) for each in answer.problems],
        "notes": notes(answer, language),
        "settings": settings(answer, language),
        "sources": [source_words.source_json(source, language) for source in answer.sources],
        "demonstration": answer.demonstration,
    }


def without_small_counts(answer: PreschoolAnswer) -> PreschoolAnswer:
    """Return the answer with small counts of counted children hidden, as it may be disclosed.

    Hidden is a housing with 1 to 4 children, and the next smallest where their total would give it
    away; and a district all whose children are counted, in the same way. Why children are without a
    place is hidden where it would disclose a few, and a hidden housing lies there; and in an area
    of counted children only, also who takes how many.
    """
    housing, newcomers = _without_few_at_home(answer)
    counted = np.array([row.counted for row in answer.districts], bool)
    children = np.array([row.children.value for row in answer.districts], float)
    mask = privacy.hidden(children, children, counted) if counted.any() else counted
    beside = {row.family.district for row in housing if row.hidden}
    districts = tuple(
        replace(row, hidden=bool(few), shortage=_of_few(row.shortage, row.name in beside))
        for row, few in zip(answer.districts, mask, strict=True)
    )
    alone = not answer.demand.high[~answer.demand.counted].any()
    few = alone and bool(beside)
    without = privacy.is_small(answer.shortage.children.value, counted=few)
    return replace(
        answer,
        housing=housing,
        districts=districts,
        newcomer_children=newcomers,
        shortage=_of_few(answer.shortage, bool(beside)),
        hidden=alone and (newcomers is None or without),
        few=few,
    )


def headline(answer: PreschoolAnswer, language: str) -> str:
    """Return the answer in one likely figure, then what it rests on and how wrong it can be."""

    def say(key: str, **values: Any) -> str:
        return texts.text(f"preschools.{key}", language, **values)

    fewer = texts.text("gap.fewer", language, smallest=privacy.SMALLEST)
    short = answer.shortage
    parts = [
        say("headline_hidden", fewer=fewer) if answer.hidden else _who_is_without(answer, language)
    ]
    if answer.assumed:
        parts.append(say("headline_assumed", count=answer.assumed, of=len(answer.supply.here)))
    if short.widest.estimated and not answer.hidden:
        low, high = (texts.number(n, language) for n in (short.widest.low, short.widest.high))
        parts.append(say("headline_span", low=low, high=high))
    if answer.supply.unknown:
        count = len(answer.supply.unknown)
        beside = fewer if answer.hidden else texts.number(short.beside_unknown, language)
        parts.append(say("headline_unknown", count=count, beside=beside))
    return " ".join(parts)


def _who_is_without(answer: PreschoolAnswer, language: str) -> str:
    """Return in a sentence how many want a place, lack one, and can get one."""
    without, short = answer.without_place.value, answer.shortage.children.value
    key = "headline" if short else "headline_fit" if without else "headline_all"
    figures = {
        "wanting": answer.wanting.value,
        "without": without,
        "fit": without - short,
        "shortage": short,
    }
    return texts.text(
        f"preschools.{key}",
        language,
        limit=texts.metres(answer.question.limit_m, language),
        **{name: texts.number(value, language) for name, value in figures.items()},
    )


def notes(answer: PreschoolAnswer, language: str) -> list[str]:
    """Return what was estimated and by which rule, and what is not known."""

    def say(key: str, **values: Any) -> str:
        return texts.text(f"preschools.note_{key}", language, **values)

    rule, filled = rules().bands, rules().filled
    estimated = sum(each.estimated for each in answer.supply.here)
    lines = []
    if answer.demand.rule != "none":
        lines.append(say(answer.demand.rule))
    if answer.demand.rule in ("bands", "first_band"):
        least, most = (texts.percent(part, language) for part in (rule.least, rule.most))
        lines.append(say("bands_range", least=least, most=most))
    if estimated:
        parts = (filled.share, filled.most_places, filled.fewest_places)
        share, low, high = (texts.percent(part, language) for part in parts)
        of = len(answer.supply.here)
        lines.append(say("filled", count=estimated, of=of, share=share, low=low, high=high))
    lines += _take_up_notes(answer, language)
    if answer.supply.unknown:
        lines.append(say("unknown", count=len(answer.supply.unknown)))
    if answer.supply.not_valid:
        day = answer.question.when.isoformat()
        lines.append(say("not_valid", count=len(answer.supply.not_valid), date=day))
    if answer.newcomer_children and answer.demand.rule != "none":
        lines.append(say("double"))
    if answer.demand.stand_ins:
        count = answer.demand.stand_ins
        lines.append(say("few", count=count, smallest=privacy.SMALLEST, few=FEW_AS))
    if any(family.with_infants for family in answer.demand.families):
        lines.append(say("infants"))
    if answer.demand.unknown_rows:
        lines.append(say("unknown_rows", rows=answer.demand.unknown_rows))
    return lines


def _take_up_notes(answer: PreschoolAnswer, language: str) -> list[str]:
    """Return how it was found who wants a place and who has one."""

    def say(key: str, **values: Any) -> str:
        return texts.text(f"preschools.note_{key}", language, **values)

    lines = []
    if answer.demand.rule != "none":
        key = "take_up_own" if answer.question.take_up else "take_up"
        ages = take_up_words(answer, language)
        year, source = str(rules().take_up.year), _take_up_source(language)
        lines.append(say(key, ages=ages, year=year, source=source))
        if answer.raised and not answer.hidden:
            share = answer.wanting.value / max(1, answer.children.value)
            lines.append(say("raised", share=texts.percent(share, language)))
        if any(row.children_in_preschool is not None for row in answer.districts):
            lines.append(say("in_preschool"))
        if answer.enrolled:
            lines.append(say("enrolled"))
    if answer.newcomer_children:
        lines.append(say("newcomers_want"))
    return lines


def take_up_words(answer: PreschoolAnswer, language: str) -> str:
    """Return the share of children who want a place at each age: ``1 år: 56 %, …``."""
    return ", ".join(
        f"{texts.text('forskola.take_up_age', language, age=age)}: {texts.percent(share, language)}"
        for age, share in zip(AGES, take_up_of(answer.question.take_up), strict=True)
    )


def _take_up_source(language: str) -> str:
    return texts.text("preschools.take_up_source", language)


def settings(answer: PreschoolAnswer, language: str) -> dict[str, Any]:
    """Return the settings the figures were computed with, and the rules behind the estimates."""
    asked, rule = answer.question, rules()
    return {
        "limit_m": asked.limit_m,
        "profile": asked.profile,
        "method": asked.method,
        "decay": asked.decay,
        "when": asked.when.isoformat(),
        "take_up": dict(zip(map(str, AGES), take_up_of(asked.take_up), strict=True)),
        "take_up_national": not asked.take_up,
        "take_up_year": None if asked.take_up else rule.take_up.year,
        "take_up_source": None if asked.take_up else _take_up_source(language),
        "children_rule": answer.demand.rule,
        "one_year_of_band": vars(rule.bands),
        "share_filled": vars(rule.filled),
        "snap_rule": texts.text("gap.snap_rule", language, limit=MAX_SNAP_M),
        "walk": texts.text("preschools.one_way", language),
        "speed_m_per_s": presets.profile(asked.profile).metres_per_second,
    }


def problem_json(problem: Problem, language: str) -> dict[str, Any]:
    """Return a problem as plain data, with its sentence."""
    return {
        "what": problem.what,
        "id": problem.place,
        "name": problem.name,
        **problem.values,
        "text": problem_words(problem, language),
    }


def problem_words(problem: Problem, language: str) -> str:
    """Return a problem in a sentence: where, what was found, how it was treated."""
    values = dict(problem.values)
    if "field" in values:
        values["field"] = texts.text(f"preschool_field.{values['field']}", language)
    name = problem.name or problem.place
    return texts.text(f"preschool_problem.{problem.what}", language, name=name, **values)


def amount_words(amount: Amount, language: str) -> str:
    """Write an amount with its range: ``188 (0–386)``.

    >>> amount_words(Amount(188, 0, 386), "en"), amount_words(Amount(9, 9, 9), "en")
    ('188 (0–386)', '9')
    """
    low, value, high = (texts.number(n, language) for n in (amount.low, amount.value, amount.high))
    if amount.low < 0:
        low_to_high = texts.text("preschools.range", language, low=amount.low, high=amount.high)
        return f"{value} ({low_to_high})" if amount.estimated else value
    return f"{value} ({low}–{high})" if amount.estimated else value


def likely_words(amount: Amount, language: str) -> str:
    """Write an amount in words, the likely figure first: ``probably 8 (between 0 and 31)``."""
    low, value, high = (texts.number(n, language) for n in (amount.low, amount.value, amount.high))
    if not amount.estimated:
        return value
    return texts.text("preschools.likely", language, value=value, low=low, high=high)


def plain_amount(name: str, amount: Amount | None) -> dict[str, int | None]:
    """Return an amount as three figures of plain data: itself, ``…_low`` and ``…_high``."""
    if amount is None:
        return {name: None, f"{name}_low": None, f"{name}_high": None}
    return {name: amount.value, f"{name}_low": amount.low, f"{name}_high": amount.high}


def preschool_json(each: Preschool) -> dict[str, Any]:
    """Return what is known of a preschool as plain data; null is unknown."""
    return {
        **_named(each),
        "district": each.district,
        "lon": each.lon,
        "lat": each.lat,
        **plain_amount("places", each.places),
        "basis": each.basis,
        "estimated": each.estimated,
        "enrolled": each.enrolled,
        **plain_amount("vacancies", each.vacancies),
        "groups": each.groups,
        "owner": each.owner,
        "ages": each.ages,
        "without_personal_number": each.without_personal_number,
        "languages": list(each.languages),
        "valid_from": each.valid_from.isoformat() if each.valid_from else None,
        "valid_to": each.valid_to.isoformat() if each.valid_to else None,
    }


def _of_few(short: Shortage, beside_hidden: bool) -> Shortage:
    """Return a shortage with ``few`` set: whether, beside a hidden housing, a part of it is a small
    count.
    """
    parts = (short.by_distance, short.by_places, short.beside_unknown, short.unreachable)
    return replace(short, few=any(privacy.is_small(part, counted=beside_hidden) for part in parts))


def _preschool_row(row: PreschoolRow, *, few: bool) -> dict[str, Any]:
    return {
        **preschool_json(row.preschool),
        "children_in_reach": None if few else row.children_in_reach,
        "assigned": None if few else row.assigned,
        **plain_amount("left", None if few else row.left),
        "shadow_m": row.shadow_m,
        "would_place": row.would_place,
    }


def _district(row: DistrictRow, language: str, *, few: bool) -> dict[str, Any]:
    document: dict[str, Any] = {
        "name": row.name or texts.text("gap.outside_districts", language),
        **plain_amount("children", None if row.hidden else row.children),
        **_wanting(row, row.without_place, hidden=row.hidden),
        **plain_amount("places", row.places),
        "enrolled": row.enrolled,
        **plain_amount("vacancies", row.vacancies),
        "preschools": row.preschools,
        "unknown_preschools": row.unknown,
        "places_per_child": None if row.hidden else row.places_per_child,
        **_shortage(None if row.hidden else row.shortage),
        **plain_amount("surplus", None if few else row.surplus),
        **plain_amount("balance", None if row.hidden else row.balance),
        "three_year_olds_without_place": None if row.hidden else row.three_year_olds_without_place,
        "children_in_preschool": None if row.hidden else row.children_in_preschool,
    }
    if not row.hidden and row.places_per_child is None and row.children.value == 0:
        document["note"] = texts.text("preschools.no_children", language)
    return {**document, "hidden": True} if row.hidden else document


def _wanting(
    part: PreschoolAnswer | DistrictRow, without: Amount, *, hidden: bool
) -> dict[str, int | None]:
    amounts = {
        "wanting": part.wanting,
        "with_place": part.with_place,
        "without_place": without,
    }
    document: dict[str, int | None] = {}
    for name, amount in amounts.items():
        document |= plain_amount(name, None if hidden else amount)
    return document


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _housing(row: HousingRow) -> dict[str, Any]:
    family = row.family
    return {
        "id": family.place,
        "name": family.name,
        "district": family.district,
        "children": None if row.hidden else family.children,
        "with_infants": family.with_infants,
        "preschools": row.preschools,
        "unknown_preschools": row.unknown,
        **plain_amount("places_in_reach", row.places),
        **plain_amount("vacancies_in_reach", row.vacancies),
        "vacancies_unknown": row.vacancies_unknown,
        "places_per_child": None if row.hidden else row.places_per_child,
        **_shortage(None if row.hidden else row.shortage),
        "enrolled_share": None if row.hidden else family.enrolled_share,
        "three_year_olds_without_place": None
        if row.hidden
        else family.three_year_olds_without_place,
        "languages": list(family.languages),
        "nearest_vacancies": [
            {
                "id": each.id,
                "name": each.name,
                "metres": round(each.metres, 1),
                "minutes": round(each.minutes, 1),
                **plain_amount("vacancies", each.vacancies),
            }
            for each in row.nearest
        ],
        **({"hidden": True} if row.hidden else {}),
    }


def _without_few_at_home(
    answer: PreschoolAnswer,
) -> tuple[tuple[HousingRow, ...], int | None]:
    children = np.array([row.family.children or 0 for row in answer.housing], float)
    everywhere = np.ones(len(children), bool)
    mask = privacy.hidden(children, children, everywhere) if len(children) else everywhere
    housing = tuple(
        replace(row, hidden=True) if few else row
        for row, few in zip(answer.housing, mask, strict=True)
    )
    whole = answer.newcomer_children or 0
    gives_away = privacy.is_small(whole, counted=True) or (mask.any() and (~mask).sum() == 0)
    return housing, None if gives_away else whole


def _shortage(short: Shortage | None) -> dict[str, int | None]:
    names = ("by_distance", "by_places", "beside_unknown", "unreachable")
    if short is None:
        return {
            **plain_amount("shortage_children", None),
            **{f"shortage_{name}": None for name in ("widest_low", "widest_high", *names)},
        }
    return {
        **plain_amount("shortage_children", short.children),
        "shortage_widest_low": short.widest.low,
        "shortage_widest_high": short.widest.high,
        **{f"shortage_{name}": None if short.few else getattr(short, name) for name in names},
    }


def _named(each: Preschool) -> dict[str, Any]:
    return {"id": each.id, "name": each.name}
