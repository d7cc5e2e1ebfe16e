"""An answer on preschool places as rows of files and lines of text, and what it rests on."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from geo import privacy, texts
from geo.access.preschools.model import DistrictRow, HousingRow, PreschoolAnswer, Shortage
from geo.access.preschools.supply import Amount
from geo.area import languages
from geo.area.model import Area
from geo.output.words import preschools as words
from geo.output.words import sources as source_words

PRESCHOOL_COLUMNS = (
    "what", "id", "name", "district", "children", "children_low", "children_high", "places",
    "places_low", "places_high", "places_estimated", "enrolled", "vacancies", "vacancies_low",
    "vacancies_high", "places_per_child", "assigned", "shortage_children",
    "shortage_children_low", "shortage_children_high", "shortage_by_distance",
    "shortage_by_places", "surplus", "balance", "wanting", "wanting_low", "wanting_high",
    "with_place", "shadow_m", "without_personal_number", "languages",
    "note", "limit_m", "profile", "method", "when", "area", "sources",
)  # fmt: skip
"""Columns of the files: a row for the area, each district, housing and preschool (``what``)."""

_FRACTIONS = {"places_per_child", "shadow_m", "places_estimated"}
_WHOLE = tuple(
    name
    for name in PRESCHOOL_COLUMNS[4 : PRESCHOOL_COLUMNS.index("without_personal_number")]
    if name not in _FRACTIONS
)


def preschool_rows(
    answer: PreschoolAnswer, area: Area, language: str, *, exact: bool = False
) -> pd.DataFrame:
    """Return the table of the files: the area first, then districts, housings and preschools."""
    document = words.preschools_json(answer, area, language, exact=exact)
    rows = [{"what": "area", **document, "id": area.id, "name": area.name}]
    for what, part in (
        ("district", "districts"),
        ("transitional_housing", "housing"),
        ("preschool", "preschools"),
    ):
        rows += [{"what": what, **row} for row in document[part]]
    hidden = texts.text("gap.hidden_note", language, smallest=privacy.SMALLEST)
    asked = answer.question
    table = pd.DataFrame([_flat(row, hidden, language) for row in rows])
    table = table.reindex(columns=list(PRESCHOOL_COLUMNS[:-6]))
    table = table.astype(dict.fromkeys(_WHOLE, "Int64"))
    return table.assign(
        limit_m=asked.limit_m,
        profile=asked.profile,
        method=asked.method,
        when=asked.when.isoformat(),
        area=area.name,
        sources="; ".join(source_words.source_line(source, language) for source in answer.sources),
    )


def preschool_summary(
    answer: PreschoolAnswer, area: Area, language: str, *, exact: bool = False
) -> tuple[tuple[str, str], ...]:
    """Return a file's own description: the sentence, settings, rules, problems and sources."""
    shown = answer if exact else words.without_small_counts(answer)
    chosen = words.settings(answer, language)
    *walked, (label, _) = source_words.walked(area, answer.question.profile, language)
    lines = [
        (texts.text("file.answer", language), words.headline(shown, language)),
        *walked,
        (label, f"{chosen['snap_rule']} {chosen['walk']}"),
    ]
    estimated = texts.text("file.estimated", language)
    lines += [(estimated, note) for note in words.notes(shown, language)]
    lines += [
        (
            texts.text("preschools.problems", language),
            words.problem_words(each, language),
        )
        for each in answer.problems
    ]
    made_up = answer.demonstration
    lines += source_words.origins(area, answer.sources, language, demonstration=made_up)
    return tuple(lines)


def preschool_lines(answer: PreschoolAnswer, language: str) -> list[str]:
    """Return an answer in lines: the sentence, why, by district and housing, rules, problems."""

    def say(key: str, **values: Any) -> str:
        return texts.text(f"preschools.{key}", language, **values)

    lines = [
        words.headline(answer, language),
        *reasons_line(answer, language),
    ]
    if math.isfinite(answer.mean_walk_m):
        lines.append(say("walk", metres=texts.metres(answer.mean_walk_m, language)))
    if answer.newcomer_children:
        short = answer.newcomers.children
        key = "newcomers_span" if short.estimated else "newcomers"
        lines.append(
            say(
                key,
                children=answer.newcomer_children,
                shortage=short.value,
                low=short.low,
                high=short.high,
            )
        )
    first, *rest = unreachable_words(answer, language) or [""]
    lines += [first] * bool(first) + [f"  {line}" for line in rest]
    asked = texts.text(f"forskola.method_{answer.question.method}", language)
    lines.append(say("by_district", method=asked))
    lines += [f"  {line}" for line in _district_lines(answer, language)]
    lines += [f"  {housing_words(row, answer, language)}" for row in answer.housing]
    lines += words.notes(answer, language)
    if answer.problems:
        lines.append(say("problems"))
    return lines + [f"  {words.problem_words(each, language)}" for each in answer.problems]


def reasons_line(answer: PreschoolAnswer, language: str) -> list[str]:
    """Return why children are without a place, if it may be disclosed, with what explains it:
    places per child and per child who wants one, and who has a place farther off.
    """

    def say(key: str, **values: Any) -> str:
        return texts.text(f"preschools.{key}", language, **values)

    short, lines = answer.shortage, []
    if answer.hidden:
        return []
    if short.children.value and not short.few:
        lines.append(say("reasons", distance=short.by_distance, places=short.by_places))
    children, wanting, places = (
        each.value for each in (answer.children, answer.wanting, answer.places)
    )
    if children and wanting:
        key = "explained" if wanting < children else "explained_all"
        figures = {"places": places, "children": children, "enrolled": answer.enrolled}
        lines.append(
            say(
                key,
                per_child=texts.number(places / children, language, 2),
                per_wanting=texts.number(places / wanting, language, 2),
                share=texts.percent(wanting / children, language),
                vacancies=words.amount_words(answer.vacancies, language),
                **{name: texts.number(value, language) for name, value in figures.items()},
            )
        )
    if answer.beyond_limit and not short.few:
        count = texts.number(answer.beyond_limit, language)
        limit = texts.metres(answer.question.limit_m, language)
        lines.append(say("beyond", count=count, limit=limit))
    return lines


def housing_words(row: HousingRow, answer: PreschoolAnswer, language: str) -> str:
    """Return one housing in a sentence: children, places in reach, and where the nearest free
    are.
    """
    known = row.family.children
    children = texts.text("preschools.housing_unknown", language)
    if row.hidden:
        children = texts.text("preschools.housing_hidden", language)
    elif known is not None:
        children = texts.text("preschools.housing_children", language, children=known)
    without = ""
    if known and row.shortage and not row.hidden:
        shortage = words.likely_words(row.shortage.children, language)
        without = texts.text("preschools.housing_without", language, shortage=shortage)
    nearest = [
        texts.text(
            "preschools.nearest",
            language,
            name=each.name,
            metres=texts.metres(each.metres, language),
        )
        for each in row.nearest
    ]
    return texts.text(
        "preschools.housing",
        language,
        name=row.family.name or row.family.place,
        children=children,
        places=words.amount_words(row.places, language),
        limit=texts.metres(answer.question.limit_m, language),
        vacancies=words.amount_words(row.vacancies, language),
        without=without,
        nearest=", ".join(nearest) or "–",
    )


def unreachable_words(answer: PreschoolAnswer, language: str) -> list[str]:
    """Return how many children no path joins to the network, and in which districts they live."""

    def count(short: Shortage) -> str:
        if short.few and privacy.is_small(short.unreachable, counted=True):
            return texts.text("gap.fewer", language, smallest=privacy.SMALLEST)
        return texts.number(short.unreachable, language)

    whole = answer.shortage
    if not whole.unreachable:
        return []
    outside = texts.text("gap.outside_districts", language)
    lines = [texts.text("preschools.unreachable", language, count=count(whole))]
    for row in answer.districts:
        if row.shortage.unreachable:
            told = texts.text("gap.hidden", language) if row.hidden else count(row.shortage)
            values = {"count": told, "district": row.name or outside}
            lines.append(texts.text("preschools.unreachable_in", language, **values))
    return lines


def _district_lines(answer: PreschoolAnswer, language: str) -> list[str]:
    """Return a line per district; hidden figures as such."""
    unseen = texts.text("gap.hidden", language)

    def amount(value: Amount, *, hidden: bool) -> str:
        return unseen if hidden else words.amount_words(value, language)

    def per_child(row: DistrictRow) -> str:
        if row.hidden:
            return unseen
        if row.places_per_child is None:
            return texts.text("preschools.no_children", language)
        return texts.number(row.places_per_child, language, 2)

    return [
        texts.text(
            "preschools.district",
            language,
            name=row.name or texts.text("gap.outside_districts", language),
            children=amount(row.children, hidden=row.hidden),
            wanting=amount(row.wanting, hidden=row.hidden),
            without=amount(row.without_place, hidden=row.hidden),
            places=amount(row.places, hidden=False),
            per_child=per_child(row),
            enrolled=row.enrolled,
            shortage=amount(row.shortage.children, hidden=row.hidden),
            surplus=amount(row.surplus, hidden=answer.few),
            balance=amount(row.balance, hidden=row.hidden),
        )
        for row in answer.districts
    ]


def _flat(row: dict[str, Any], hidden: str, language: str) -> dict[str, Any]:
    """Return a part of the JSON as a row of the table."""
    note = hidden if row.get("hidden") else row.get("note", "")
    places = "places_in_reach" if "places_in_reach" in row else "places"
    vacancies = "vacancies_in_reach" if "vacancies_in_reach" in row else "vacancies"
    estimated = row.get("estimated")
    if estimated is None:
        estimated = row.get(f"{places}_low") != row.get(f"{places}_high")
    flat = {**row, "note": note, "places_estimated": estimated}
    for end in ("", "_low", "_high"):
        flat[f"places{end}"] = row.get(f"{places}{end}")
        flat[f"vacancies{end}"] = row.get(f"{vacancies}{end}")
    if row["what"] == "transitional_housing":
        flat["children_low"] = flat["children_high"] = row["children"]
    flat["languages"] = languages.named(row.get("languages", ()), language)
    return flat
