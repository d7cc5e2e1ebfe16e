"""The rows that the files of meeting places hold, and the same as plain data: one form for all four
measures. What small counts would give away is empty, with a note.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from geo import privacy, texts
from geo.access.meeting.answer import Answer, question_of
from geo.access.meeting.contact import Contact
from geo.access.meeting.hours import Hours, UnitHours
from geo.access.meeting.language import HomeLanguages, LanguageRow, Languages
from geo.access.meeting.mix import (
    Arena,
    Arenas,
    Newcomers,
)
from geo.area import languages
from geo.area.activities.model import Span
from geo.area.model import Area
from geo.cells import finite
from geo.network.walk_network import MAX_SNAP_M
from geo.output.words.activity_hours import undated_words
from geo.output.words.meeting import (
    activity_name,
    headline,
    meeting_lines,
    near_words,
    when_words,
)
from geo.output.words.sources import source_json, source_line

_SETTINGS = (
    "limit_m", "group", "profile", "week", "kinds", "established", "area", "demonstration",
    "sources",
)  # fmt: skip
_OWN = (
    "measure", "what", "id", "name", "day", "hour", "window", "language", "people", "low", "high",
    "newcomer_share", "newcomer_share_low", "newcomer_share_high", "newcomer_lower_bound",
    "share", "share_low", "share_high", "share_unknown", "metres", "nearest", "when", "note",
)  # fmt: skip
MEETING_COLUMNS = (*_OWN, *_SETTINGS)
"""Columns of the files. ``what`` says what a row is of; ``low`` and ``high`` are people, or of
``mentors`` and ``seats`` how many there are for each newcomer; days are 1 (Monday) to 7."""

Row = dict[str, Any]


def meeting_rows(answer: Answer, area: Area, language: str) -> pd.DataFrame:
    """Return an answer as a table, a column each for what its figures rest on."""
    question = question_of(answer)
    rows = pd.DataFrame(_rows(answer, area, language)).reindex(columns=list(MEETING_COLUMNS))
    return rows.astype({"day": "Int64", "hour": "Int64"}).assign(
        limit_m=question.limit_m,
        group=question.group,
        profile=question.profile,
        week=question.monday.isoformat(),
        kinds=", ".join(question.kinds),
        established=answer.established if isinstance(answer, Arenas) else "",
        area=area.name,
        demonstration=area.demonstration,
        sources="; ".join(source_line(source, language) for source in area.sources),
    )


def meeting_json(answer: Answer, area: Area, language: str) -> dict[str, Any]:
    """Return an answer as plain data: rows with what is known, settings, sentences, sources."""
    question = question_of(answer)
    rows = meeting_rows(answer, area, language)[list(_OWN)].to_dict("records")
    return {
        "area": area.id,
        "area_name": area.name,
        "headline": headline(answer, language),
        "lines": meeting_lines(answer, area, language),
        "settings": {
            "week": question.monday.isoformat(),
            "today": question.today.isoformat(),
            "kinds": list(question.kinds),
            "limit_m": question.limit_m,
            "group": question.group,
            "profile": question.profile,
            "language": question.language,
            "audience": question.audience,
            "when": question.when,
            "housing": question.housing,
            "established": answer.established if isinstance(answer, Arenas) else "",
            "snap_rule": texts.text("gap.snap_rule", language, limit=MAX_SNAP_M),
        },
        "rows": [_known(row) for row in rows],
        "sources": [source_json(source, language) for source in area.sources],
        "demonstration": area.demonstration,
    }


def _known(row: dict[Any, Any]) -> Row:
    """Return a row without its empty fields."""
    return {
        str(name): value
        for name, value in row.items()
        if value is not None and value != "" and not pd.isna(value)
    }


def _rows(answer: Answer, area: Area, language: str) -> list[Row]:
    match answer:
        case Hours():
            return list(_hours(answer, language))
        case Languages():
            return list(_languages(answer, area, language))
        case Arenas():
            return list(_arenas(answer, language))
        case _:
            return [row for each in answer for row in _contact(each, language)]


def _hidden(language: str) -> str:
    return texts.text("gap.hidden_note", language, smallest=privacy.SMALLEST)


def _counts(answer: Hours, low: float, high: float, language: str) -> Row:
    if not answer.supply.offers:
        return {"note": texts.text("source.unknown", language)}
    if answer.hidden(low) or answer.hidden(high):
        return {"note": _hidden(language)}
    return {
        "people": finite(answer.people),
        "low": low,
        "high": high,
        "share_low": finite(answer.share(low)),
        "share_high": finite(answer.share(high)),
    }


def _hours(answer: Hours, language: str) -> Iterator[Row]:
    yield from _week(answer, "area", "hour", language)
    for each in (*answer.untimed, *answer.undated):
        unknown = texts.text("meeting.time_unknown", language)
        when = undated_words(each, language) or unknown
        name = activity_name(each, language)
        yield {"measure": "hours", "what": "activity", "id": each.id, "name": name, "when": when}
    if answer.following is not None:
        yield from _week(answer.following, "area_next_week", "hour_next_week", language)
    for what, units in (("district", answer.districts), ("transitional_housing", answer.homes)):
        for unit in units:
            yield from _unit(what, unit, answer, language)


def _week(answer: Hours, whole: str, hourly: str, language: str) -> Iterator[Row]:
    for window in answer.windows:
        yield {
            "measure": "hours",
            "what": whole,
            "window": window.window.id,
            **_counts(answer, window.reached.low, window.reached.high, language),
        }
    for day in range(7):
        for hour in range(24):
            ends = float(answer.low[day, hour]), float(answer.high[day, hour])
            able = bool(answer.can_come[day, hour])
            note = {} if able else {"note": texts.text("moten.not_able", language)}
            where = {"measure": "hours", "what": hourly, "day": day + 1, "hour": hour}
            yield {**where, **note, **_counts(answer, *ends, language)}


def _unit(what: str, unit: UnitHours, answer: Hours, language: str) -> Iterator[Row]:
    for window, reached in zip(answer.windows, unit.reached, strict=True):
        row: Row = {
            "measure": "hours",
            "what": what,
            "id": unit.id if what == "transitional_housing" else "",
            "name": unit.name,
            "window": window.window.id,
        }
        if not answer.supply.offers:
            yield {**row, "note": texts.text("source.unknown", language)}
            continue
        size = unit.people if math.isfinite(unit.people) else 1.0
        if what == "transitional_housing" and size > 0:
            # All live at one point: the share is zero or one, and discloses nothing about how many.
            row |= {"share_low": reached.low / size, "share_high": reached.high / size}
        if unit.hidden or small_part(reached, unit.people, answer.counted):
            yield {**row, "note": _hidden(language)}
        elif math.isfinite(unit.people):
            yield {**row, "people": unit.people, "low": reached.low, "high": reached.high}
        else:
            yield row


def small_part(reached: Span, people: float, counted: bool) -> bool:
    """Return whether a range holds a small count, or leaves one over."""
    ends = (reached.low, reached.high, people - reached.low, people - reached.high)
    return any(math.isfinite(end) and privacy.is_small(end, counted) for end in ends)


def _languages(answer: Languages, area: Area, language: str) -> Iterator[Row]:
    whole: Row = {"measure": "language", "what": "area"}
    if answer.hidden:
        yield {**whole, "note": _hidden(language)}
    else:
        people = answer.people
        yield {**whole, "people": people, **_span(answer.reached, people)}
    for row in answer.rows:
        yield _language(row, area, language)
    for each in answer.homes:
        yield from _home_languages(each, area, language)


def _language(row: LanguageRow, area: Area, language: str) -> Row:
    told: Row = {"measure": "language", "what": "language"} | {
        "language": languages.name(row.language, language)
    }
    if row.nearest is not None:
        told |= {
            "name": row.home,
            "metres": row.nearest.metres,
            "nearest": near_words(row.nearest, area, language),
            "when": when_words(row.nearest, language),
        }
    if row.hidden:
        return {**told, "note": _hidden(language)}
    return {**told, "people": row.speakers.high, "low": row.reached.low, "high": row.reached.high}


def _home_languages(each: HomeLanguages, area: Area, language: str) -> Iterator[Row]:
    where: Row = {
        "measure": "language",
        "what": "transitional_housing",
        "id": each.home.id,
        "name": each.home.name,
    }
    if each.reached is None:
        yield {**where, "note": texts.text("source.unknown", language)}
    for at, spoken in enumerate(each.spoken):
        near = each.nearest[at]
        row = {
            **where,
            "language": languages.name(spoken.language, language),
            "share_low": float(each.sure[at]),
            "share_high": float(each.maybe[at]),
        }
        if near is not None:
            row |= {"metres": near.metres, "when": when_words(near, language)}
            row["nearest"] = near_words(near, area, language)
        few = each.home.hidden or (
            spoken.people is not None and privacy.is_small(spoken.people, counted=True)
        )
        if few:
            yield {**row, "note": _hidden(language)}
        else:
            yield {**row, "people": spoken.people}


def _arenas(answer: Arenas, language: str) -> Iterator[Row]:
    for each in answer.arenas:
        yield {"measure": "arena", "what": "place", **_arena(each, language)}
    for home in answer.homes:
        where = {"id": home.home.id, "name": home.home.name}
        for pair in home.arenas:
            yield {
                "measure": "arena",
                "what": "transitional_housing",
                **where,
                "nearest": pair.arena.name,
                "metres": pair.metres,
                **_newcomers(pair.arena.newcomers),
                "share": finite(pair.arena.share),
            }
        if not home.arenas:
            note = texts.text("moten.no_arena", language)
            yield {"measure": "arena", "what": "transitional_housing", **where, "note": note}


def _arena(each: Arena, language: str) -> Row:
    row: Row = {"id": each.id, "name": each.name}
    if each.hidden:
        return {**row, "note": _hidden(language)}
    return {
        **row,
        "people": each.people,
        **_newcomers(each.newcomers),
        "share": finite(each.share),
        "share_low": finite(each.low),
        "share_high": finite(each.high),
        "share_unknown": finite(each.unknown),
        "note": texts.text(f"meeting.standing_{each.standing}", language),
    }


def _newcomers(found: Newcomers) -> Row:
    return {
        "newcomer_share": finite(found.share),
        "newcomer_share_low": found.low,
        "newcomer_share_high": found.high,
        "newcomer_lower_bound": found.least,
    }


def _contact(answer: Contact, language: str) -> Iterator[Row]:
    yield {
        "measure": answer.measure,
        "what": "area",
        "people": answer.newcomers,
        "low": answer.stock.low,
        "high": finite(math.nan if answer.untold else answer.stock.high),
    }
    for each in answer.homes:
        row = {
            "measure": answer.measure,
            "what": "transitional_housing",
            "id": each.home.id,
            "name": each.home.name,
            "low": each.per_newcomer.low,
            "high": finite(each.per_newcomer.high),
        }
        if each.home.hidden:
            yield {**row, "note": _hidden(language)}
        else:
            yield {**row, "people": finite(each.home.people)}


def _span(reached: Span, people: float) -> Row:
    ends: Row = {"low": reached.low, "high": reached.high}
    if people > 0:
        ends |= {"share_low": reached.low / people, "share_high": reached.high / people}
    return ends
