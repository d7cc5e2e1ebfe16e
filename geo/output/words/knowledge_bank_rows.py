"""The rows that the files of the knowledge bank hold, and the same as plain data."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from geo import texts
from geo.access.knowledge_bank.model import Bank, Entry
from geo.area.model import Area
from geo.network.walk_network import MAX_SNAP_M
from geo.output.words import knowledge_bank as words
from geo.output.words import sources

BANK_COLUMNS = (
    "list", "what", "theme", "kind", "name", "place", "metres", "minutes", "hours", "languages",
    "audience", "terms", "organisers", "contact", "link", "uncertain", "confirmed", "source", "id",
    "place_id", "from", "limit_m", "profile", "when", "area", "demonstration", "sources",
)  # fmt: skip
"""Columns of the knowledge bank as CSV and Excel; metres and minutes along the paths."""
LISTS = ("in_reach", "language_unknown", "hours_unknown", "unreachable")
"""Which list a row stands in."""


def bank_rows(bank: Bank, area: Area, language: str) -> pd.DataFrame:
    """Return a row for each entry of each list, with the question and what it rests on."""
    parts = (bank.entries, bank.language_unknown, bank.hours_unknown, bank.unreachable)
    rows = [
        _row(part, entry, bank, language)
        for part, entries in zip(LISTS, parts, strict=True)
        for entry in entries
    ]
    table = pd.DataFrame(rows, columns=list(BANK_COLUMNS[:20]))
    question = bank.question
    return table.assign(
        **{"from": words.start_name(bank.start, language)},
        limit_m=question.limit_m,
        profile=question.profile,
        when=question.since.isoformat() if question.since else question.monday.isoformat(),
        area=area.name,
        demonstration=area.demonstration,
        sources="; ".join(sources.source_line(source, language) for source in area.sources),
    ).reindex(columns=list(BANK_COLUMNS))


def bank_json(bank: Bank, area: Area, language: str) -> dict[str, Any]:
    """Return the answer as plain data; of protected housing there is no point."""
    question, start = bank.question, bank.start
    point = None if math.isnan(start.lon) else [start.lon, start.lat]
    rows = bank_rows(bank, area, language)[list(BANK_COLUMNS[:20])].to_dict("records")
    entries = (*bank.all, *bank.unreachable)
    return {
        "area": area.id,
        "area_name": area.name,
        "title": words.title(bank, language),
        "headline": words.count_words(bank, language),
        "from": {"housing": start.id, "name": start.name, "point": point},
        "settings": {
            "limit_m": question.limit_m,
            "profile": question.profile,
            "week": question.monday.isoformat(),
            "since": question.since.isoformat() if question.since else None,
            "until": question.until.isoformat() if question.until else None,
            "language": question.language,
            "kinds": list(question.kinds),
            "today": question.today.isoformat(),
            "snap_rule": texts.text("gap.snap_rule", language, limit=MAX_SNAP_M),
        },
        "rows": [_told(row, entry, language) for row, entry in zip(rows, entries, strict=True)],
        "sources": [sources.source_json(source, language) for source in area.sources],
        "demonstration": area.demonstration,
    }


def rests_on(bank: Bank, area: Area, language: str) -> tuple[tuple[str, str], ...]:
    """Return a file's own description: the question, the area, the settings, the sources."""
    lines = [(texts.text("file.answer", language), words.title(bank, language))]
    lines += sources.walked(area, bank.question.profile, language)
    made_up = area.demonstration
    return (*lines, *sources.origins(area, area.sources, language, demonstration=made_up))


def _row(part: str, entry: Entry, bank: Bank, language: str) -> tuple[Any, ...]:
    activity = entry.activity
    reached = math.isfinite(entry.metres)
    return (
        part,
        entry.what,
        entry.theme,
        words.kind_words(entry, language),
        activity.name,
        entry.place_name,
        entry.metres if reached else None,
        entry.minutes if reached else None,
        words.hours_words(entry, bank.question, language),
        ", ".join(activity.languages),
        ", ".join(activity.audience),
        words.terms_words(entry, language),
        ", ".join(activity.organisers),
        activity.contact,
        entry.link,
        ", ".join(entry.doubts),
        activity.confirmed.isoformat() if activity.confirmed else "",
        activity.source,
        entry.id,
        entry.place,
    )


def _told(row: dict[Any, Any], entry: Entry, language: str) -> dict[str, Any]:
    """Return a row without its empty fields, with its times and texts as they are."""
    kept: dict[str, Any] = {
        str(name): value
        for name, value in row.items()
        if value is not None and value != "" and not pd.isna(value)
    }
    kept["languages"] = list(entry.activity.languages)
    kept["audience"] = list(entry.activity.audience)
    kept["uncertain"] = list(entry.doubts)
    kept["times"] = [
        {"from": each.start.isoformat(), "to": each.end.isoformat()} for each in entry.coming
    ]
    texts_told = (*entry.written, *entry.place_written)
    kept["texts"] = [
        {"language": each.language, "name": each.name, "text": each.text} for each in texts_told
    ]
    kept["hours_known"] = entry.activity.times is not None
    kept["said_uncertain"] = words.doubt_words(entry, language)
    return kept
