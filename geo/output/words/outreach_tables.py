"""Outreach in words and tables: the list with reasons, proposals with what they do, rounds of a
week. Small counts of counted people are as in the answer: never closer than that they are few.
"""

from __future__ import annotations

import math

import pandas as pd

from geo import cells, texts
from geo.area import languages
from geo.area.activities.model import Span
from geo.area.activities.occurrences import weekday_name
from geo.network.walk_network import MAX_SNAP_M
from geo.output.words import outreach as outreach_words
from geo.output.words import sources as source_words
from geo.planning.outreach import spots
from geo.planning.outreach.brief import Brief, Outreach, Row
from geo.planning.outreach.needs import Need
from geo.planning.outreach.rounds import Plan, Round, Stop
from geo.planning.outreach.rules import needs
from geo.privacy import is_small

OUTREACH_COLUMNS = (
    *("number", "where", "where_kind", "district", "lon", "lat", "group", "people", "score"),
    *("need", "weight", "about", "lacking_low", "lacking_high", "reached_low", "reached_high"),
    *("sure", "why", "note", "limit_m", "profile", "when", "week", "estimated", "demonstration"),
    *("area", "sources"),
)
"""Columns of the list as CSV: a row per place and need."""


def rows_of(brief: Brief, language: str) -> pd.DataFrame:
    """Return the list as a table: a row per place and need, with what it rests on."""
    answer = brief.answer
    asked = answer.question.meeting
    few = texts.text("outreach.note_few", language)
    rows = [
        (
            *place_cells(row, language),
            *need_cells(brief, row, need, language),
            few if need.hidden else "",
        )
        for row in brief.rows
        for need in row.needs
    ]
    table = pd.DataFrame(rows, columns=list(OUTREACH_COLUMNS[:19]))
    return table.assign(
        limit_m=asked.limit_m,
        profile=asked.profile,
        when=asked.when,
        week=asked.monday.isoformat(),
        estimated=answer.estimated,
        demonstration=answer.demonstration,
        area=answer.area_name,
        sources="; ".join(source_words.source_line(source, language) for source in answer.sources),
    )


def lines_of(brief: Brief, language: str) -> list[str]:
    """Return an answer in lines of text."""
    answer = brief.answer
    more = outreach_words.headline_more(answer, language)
    lines = [f"{outreach_words.headline(answer, language)}. {more}".strip(), ""]
    for row, made in zip(brief.rows, brief.proposals, strict=True):
        name = spots.spot_name(row.spot, language)
        lines.append(f"{row.number}. {name}: {texts.number(row.score, language, 1)}")
        for need in row.lacking:
            label, count = (
                needs()[need.need].name(language),
                outreach_words.lacking_words(need, language),
            )
            lines.append(f"   {label}: {count} ({outreach_words.sure_words(need, language)})")
            lines.append(f"      {outreach_words.why(answer, row, need, language)}")
        if row.lacking and not made:
            lines.append(f"   {texts.text('uppsokande.no_proposals', language)}")
        for each in made:
            lines.append(f"   → {outreach_words.proposal_words(answer, each, language)}")
            lines += [
                f"      {outreach_words.effect_words(effect, language)}" for effect in each.effects
            ]
    if brief.plan is not None:
        lines += ["", *plan_lines(brief.plan, language)]
    lines += [""] + [
        f"{label}: {words}" for label, words in outreach_words.settings_words(answer, language)
    ]
    return lines


def plan_lines(plan: Plan, language: str) -> list[str]:
    """Return a week plan in lines of text."""
    lines = [outreach_words.plan_words(plan, language)]
    for each in plan.rounds:
        lines.append(round_name(each, language))
        lines += [
            f"   {stop.number}. {stop.arrive:%H:%M}–{stop.leave:%H:%M} {stop.visit.name}"
            f" ({walk_words(stop, language)})"
            for stop in each.stops
        ]
        lines.append(f"   {back_words(each, language)}")
    return [*lines, *plan_notes(plan, language)]


def plan_notes(plan: Plan, language: str) -> list[str]:
    """Return what a plan leaves out: holidays, starts without a path, places not visited."""
    lines = []
    if plan.holidays:
        names = [
            f"{day.isoformat()} {sv if language == 'sv' else en}" for day, sv, en in plan.holidays
        ]
        lines.append(texts.text("outreach.file_holidays", language, days=", ".join(names)))
    if plan.stranded:
        names = list(plan.stranded)
        lines.append(texts.text("outreach.file_stranded", language, names=", ".join(names)))
    lines += [f"{each.name}: {texts.text(each.phrase.key, language)}" for each in plan.left]
    return lines


def list_table(brief: Brief, language: str) -> pd.DataFrame:
    """Return the ranked list in words: a row per place."""
    rows = [
        (
            row.number,
            spots.spot_name(row.spot, language),
            texts.text(f"outreach.kind_{row.spot.kind}", language),
            people_words(row, language),
            texts.number(row.score, language, 1),
            "; ".join(
                f"{needs()[need.need].short(language)}: "
                f"{outreach_words.lacking_words(need, language)} "
                f"({outreach_words.sure_words(need, language)})"
                for need in row.lacking
            ),
        )
        for row in brief.rows
    ]
    names = ("number", "where", "kind", "people", "score", "needs")
    return pd.DataFrame(rows, columns=_heads(names, language))


def needs_table(brief: Brief, language: str) -> pd.DataFrame:
    """Return needs in words: where, which, how many, how sure and why; a row per need."""
    rows = [
        (
            row.number,
            spots.spot_name(row.spot, language),
            needs()[need.need].short(language),
            outreach_words.lacking_words(need, language),
            outreach_words.sure_words(need, language),
            outreach_words.why(brief.answer, row, need, language),
        )
        for row in brief.rows
        for need in row.lacking
    ]
    names = ("number", "where", "need", "lacking", "sure", "why")
    return pd.DataFrame(rows, columns=_heads(names, language))


def proposals_table(brief: Brief, language: str) -> pd.DataFrame:
    """Return proposals in words: where, what, and its effect."""
    rows = [
        (
            texts.number(row.number, language),
            spots.spot_name(row.spot, language),
            outreach_words.proposal_words(brief.answer, each, language),
            " ".join(outreach_words.effect_words(effect, language) for effect in each.effects),
        )
        for row, made in zip(brief.rows, brief.proposals, strict=True)
        for each in made
    ]
    return pd.DataFrame(rows, columns=_heads(("number", "where", "proposal", "effect"), language))


def rounds_table(plan: Plan, language: str) -> pd.DataFrame:
    """Return the stops of a plan in words, in the order of the week."""
    rows = [
        (
            f"{weekday_name(each.start.weekday(), language)} {each.start:%Y-%m-%d}",
            each.worker.name,
            stop.number,
            f"{stop.arrive:%H:%M}–{stop.leave:%H:%M}",
            stop.visit.name,
            walk_words(stop, language),
            _languages(stop, language),
            ", ".join(needs()[need].short(language) for need in stop.visit.needs),
        )
        for each in plan.rounds
        for stop in each.stops
    ]
    names = ("day", "who", "number", "time", "where", "walk", "languages", "needs")
    return pd.DataFrame(rows, columns=_heads(names, language))


def summary(answer: Outreach, language: str) -> list[tuple[str, str]]:
    """Return what a file rests on, as label and value."""
    lines = [(texts.text("file.answer", language), outreach_words.headline(answer, language))]
    lines.append((texts.text("file.area", language), answer.area_name))
    lines += outreach_words.settings_words(answer, language)
    lines.append(
        (
            texts.text("file.snap_rule", language),
            texts.text("gap.snap_rule", language, limit=MAX_SNAP_M),
        )
    )
    if answer.demonstration:
        mark = texts.text("demo.mark", language)
        lines.append((texts.text("file.demonstration", language), mark))
    label = texts.text("file.source", language)
    lines += [
        (
            f"{label} – {source_words.part_name(source.part, language)}",
            source_words.source_line(source, language),
        )
        for source in answer.sources
    ]
    credit = source_words.credit(answer.world.area)
    return [*lines, (texts.text("file.credit", language), credit)] if credit else lines


def round_name(each: Round, language: str) -> str:
    """Return what to call a round: its day, who, and their hours."""
    return texts.text(
        "outreach.file_round",
        language,
        day=weekday_name(each.start.weekday(), language, "wide").capitalize(),
        date=f"{each.start:%Y-%m-%d}",
        who=each.worker.name,
        start=f"{each.start:%H:%M}",
        end=f"{each.end:%H:%M}",
    )


def walk_words(stop: Stop, language: str) -> str:
    """Return how far it is to a stop."""
    minutes = texts.number(stop.walk_s / 60, language)
    metres = texts.metres(stop.metres, language)
    return texts.text("outreach.minutes", language, metres=metres, minutes=minutes)


def back_words(each: Round, language: str) -> str:
    """Return when somebody is back."""
    metres = texts.metres(each.back_m, language)
    return texts.text("outreach.file_back", language, time=f"{each.back:%H:%M}", metres=metres)


def people_words(row: Row, language: str) -> str:
    """Return how many people a place has, and whom they are."""
    count = outreach_words.count_words(row.spot.people, language, counted=row.spot.counted)
    return f"{count} {outreach_words.group_name(row.spot, language)}"


def place_cells(row: Row, language: str) -> tuple[object, ...]:
    """Return where a row is, who lives there and its score: cells of a file."""
    spot = row.spot
    few = spot.hidden or is_small(spot.people, spot.counted)
    hidden = math.isnan(spot.people) or few
    return (
        row.number,
        spots.spot_name(spot, language),
        spot.kind,
        spot.district,
        None if spot.restricted else round(spot.lon, 6),
        None if spot.restricted else round(spot.lat, 6),
        spot.group,
        None if hidden else round(spot.people),
        round(row.score, 3),
    )


def need_cells(brief: Brief, row: Row, need: Need, language: str) -> tuple[object, ...]:
    """Return one need of a row: cells of a file."""
    return (
        need.need,
        brief.answer.question.weights.of(need.need),
        None if need.hidden else cells.finite(need.about),
        *ends(need.lacking, need.hidden),
        *ends(need.reached, need.hidden),
        outreach_words.sure_words(need, language),
        outreach_words.why(brief.answer, row, need, language),
    )


def ends(span: Span | None, hidden: bool) -> tuple[float | None, float | None]:
    """Return both ends of a range; nothing where it is unknown or hidden."""
    if span is None or hidden:
        return None, None
    return round(span.low, 1), round(span.high, 1)


def _heads(names: tuple[str, ...], language: str) -> list[str]:
    return [texts.text(f"outreach.column_{name}", language) for name in names]


def _languages(stop: Stop, language: str) -> str:
    return ", ".join(languages.name(code, language) for code in stop.common)
