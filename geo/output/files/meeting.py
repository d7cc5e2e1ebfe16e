"""The measures of meeting places as files: CSV, Excel, JSON and GeoJSON, each with its sources.
Small counts of counted people are left out of every one. Knows no screen.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from geo import texts
from geo.access.meeting.answer import Answer, question_of
from geo.access.meeting.hours import Hours
from geo.access.meeting.language import Languages
from geo.access.meeting.mix import Arenas
from geo.area import protected
from geo.area.model import Area
from geo.network.walk_network import MAX_SNAP_M
from geo.output.files import formats
from geo.output.files.xlsx import Lines, Sheet, told, xlsx_of
from geo.output.words import meeting as meeting_words
from geo.output.words import sources as source_words
from geo.output.words.meeting_rows import MEETING_COLUMNS, rows_of
from geo.types import WGS84

ENDINGS = (".csv", ".xlsx", ".json", ".geojson")


@dataclass(frozen=True)
class MeetingFile:
    """What a file holds: rows, the shapes of those that have a place or a district, the sentences,
    what it rests on and whom to credit.
    """

    rows: pd.DataFrame
    shapes: gpd.GeoDataFrame
    lines: tuple[str, ...]
    summary: tuple[tuple[str, str], ...]
    credit: str


def meeting_lines(answer: Answer, area: Area, language: str) -> list[str]:
    """Return an answer in lines: the question, the sentences, and what is not known."""
    match answer:
        case Hours():
            told = meeting_words.hours_lines(answer, language)
            notes = meeting_words.hours_notes(answer, language)
        case Languages():
            told = [meeting_words.language_head(answer, language)]
            told += meeting_words.language_lines(answer, area, language)
            notes = meeting_words.language_notes(answer, language)
        case Arenas():
            told = [meeting_words.arena_head(answer, language)]
            told += [meeting_words.arena_words(each, language) for each in answer.arenas]
            told += [
                meeting_words.home_arena_words(each, answer.question, language)
                for each in answer.homes
            ]
            notes = meeting_words.arena_notes(answer, language)
        case _:
            told = meeting_words.contact_lines(answer, language)
            notes = meeting_words.contact_notes(answer, language)
    return [heading(answer, language), *told, *notes]


def heading(answer: Answer, language: str) -> str:
    """Say the question an answer is to."""
    form = "heading" if isinstance(answer, Hours) else "heading_week"
    form = "heading_walk" if isinstance(answer, Arenas) else form
    return meeting_words.heading(question_of(answer), language, form)


def meeting_file(answer: Answer, area: Area, language: str = "sv") -> MeetingFile:
    """Gather what the files hold."""
    question = question_of(answer)
    rows = pd.DataFrame(rows_of(answer, area, language)).reindex(columns=list(MEETING_COLUMNS))
    rows = rows.astype({"day": "Int64", "hour": "Int64"}).assign(
        limit_m=question.limit_m,
        group=question.group,
        profile=question.profile,
        week=question.monday.isoformat(),
        kinds=", ".join(question.kinds),
        established=answer.established if isinstance(answer, Arenas) else "",
        area=area.name,
        demonstration=area.demonstration,
        sources="; ".join(source_words.source_line(source, language) for source in area.sources),
    )
    lines = tuple(meeting_lines(answer, area, language))
    return MeetingFile(rows, _shapes(rows, area), lines, summary(answer, area, language),
                       source_words.credit(area))  # fmt: skip


def meeting_json(content: MeetingFile, answer: Answer, area: Area, language: str) -> dict[str, Any]:
    """Return an answer as plain data: rows with what is known, settings, sentences, sources."""
    question = question_of(answer)
    own = [name for name in MEETING_COLUMNS if name not in _SETTINGS]
    return {
        "area": area.id,
        "area_name": area.name,
        "lines": list(content.lines),
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
        "rows": [_record(row) for row in content.rows[own].to_dict("records")],
        "sources": [source_words.source_json(source, language) for source in area.sources],
        "demonstration": area.demonstration,
    }


def summary(answer: Answer, area: Area, language: str) -> tuple[tuple[str, str], ...]:
    """Return what a file says of itself: the area, the settings, the sources."""
    walked = source_words.walked(area, question_of(answer).profile, language)
    made_up = area.demonstration
    return (*walked, *source_words.origins(area, area.sources, language, demonstration=made_up))


def xlsx_bytes(content: MeetingFile) -> bytes:
    """Write an Excel workbook: a sheet for each sort of row, the sentences, what it rests on."""
    what = content.rows["what"]
    return xlsx_of(
        [
            *(
                Sheet(str(name), content.rows[what == name][list(MEETING_COLUMNS)], frozen=(1, 4))
                for name in dict.fromkeys(what)
            ),
            Lines("info", (*content.lines, *told(content.summary))),
        ]
    )


def geojson_bytes(content: MeetingFile) -> bytes:
    """Write the rows with a place or a district as GeoJSON; the rest stands in ``narhet``."""
    return formats.shapes_geojson(
        content.shapes, [*(("", line) for line in content.lines), *content.summary], content.credit
    )


def files_of(answer: Answer, area: Area, language: str) -> dict[str, bytes]:
    """Return the answer as a file of each ending."""
    content = meeting_file(answer, area, language)
    return {ending: write(content, answer, area, language) for ending, write in WRITERS.items()}


def json_text(content: MeetingFile, answer: Answer, area: Area, language: str) -> str:
    """Write the answer as JSON."""
    document = meeting_json(content, answer, area, language)
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)


WRITERS: dict[str, Callable[[MeetingFile, Answer, Area, str], bytes]] = {
    ".csv": lambda content, *_: formats.csv_bytes(content.rows),
    ".xlsx": lambda content, *_: xlsx_bytes(content),
    ".geojson": lambda content, *_: geojson_bytes(content),
    ".json": lambda content, answer, area, language: json_text(
        content, answer, area, language
    ).encode(),
}
_SETTINGS = (
    "limit_m", "group", "profile", "week", "kinds", "established", "area", "demonstration",
    "sources",
)  # fmt: skip


def _record(row: dict[Any, Any]) -> dict[str, Any]:
    """Return a row without what it does not tell."""
    return {
        str(name): value
        for name, value in row.items()
        if value is not None and value != "" and not pd.isna(value)
    }


def _shapes(rows: pd.DataFrame, area: Area) -> gpd.GeoDataFrame:
    """Return the rows of districts, and of places that may be drawn as points."""
    known = protected.in_the_open(area.places)
    where = dict(zip(known["id"].astype(str), known.geometry, strict=True))
    where |= {
        f"district {name}": shape
        for name, shape in zip(area.districts["name"], area.districts.geometry, strict=True)
    }
    keys = [
        f"district {name}" if what == "district" else str(id_)
        for what, id_, name in zip(rows["what"], rows["id"], rows["name"], strict=True)
    ]
    drawn = [key in where for key in keys]
    shapes = [where[key] for key in keys if key in where]
    return gpd.GeoDataFrame(rows[drawn].reset_index(drop=True), geometry=shapes, crs=WGS84)
