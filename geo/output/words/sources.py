"""What an answer rests on, in words and as plain data: sources, dates, credit, how one walks.

How each figure is made, in words: the chapters of the Metod page, and our path filter as a
table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from geo import presets, texts
from geo.access.profile_comparison import profile_doubts
from geo.area.model import Area
from geo.area.provenance import OSM_CREDIT, Source, Told
from geo.network.walk_network import MAX_SNAP_M
from geo.resources import DATA
from geo.sources.osm import features
from geo.texts import Phrase

PLACES_NAMED = 5
"""So many places are named in a sentence of what was done with a file."""


def source_json(source: Source, language: str = "sv") -> dict[str, Any]:
    """Return a source as plain data, with how it was made in words; empty means unknown."""
    return {
        "part": source.part,
        "title": source.title,
        "licence": source.licence,
        "date": source.date,
        "file_date": False,
        "made": texts.text(f"made.{source.made}", language),
        "file": source.file,
        "rows": source.rows,
        "left_out": len(source.left_out),
        "estimated": source.estimated,
        "demonstration": source.demonstration,
    }


def source_line(source: Source, language: str) -> str:
    """Return a source in one line: title, licence and date, unknown ones as unknown."""
    unknown = texts.text("source.unknown", language)
    if not source.title:
        return texts.text(f"made.{source.made}", language)
    marks = [texts.text("source.estimated", language)] if source.estimated else []
    return ", ".join(
        [source.title, source.licence or unknown, source_date(source, language), *marks]
    )


def source_date(source: Source, language: str) -> str:
    """Return a source's date, or that it is unknown."""
    return source.date or texts.text("source.unknown", language)


def told_line(told: Told, language: str) -> str:
    """Return in a sentence what was done with a file, and where: the first places by latitude and
    longitude, as map services take them.
    """
    said = texts.text(f"told.{told.what}", language, **told.values)
    if not told.points:
        return said
    places = [f"{lat:.5f}, {lon:.5f}" for lon, lat in told.points[:PLACES_NAMED]]
    more = int(told.values.get("count", len(told.points))) - len(places)
    where = "; ".join(places)
    if more > 0:
        where += " " + texts.text("told.more", language, count=more)
    return f"{said} {texts.text('told.where', language, where=where)}"


def told_json(source: Source, told: Told, language: str) -> dict[str, Any]:
    """Return what was done with a file as plain data; ``points`` are longitude and latitude."""
    return {
        "file": source.file,
        "what": told.what,
        **{name: value for name, value in told.values.items() if not isinstance(value, Phrase)},
        "text": texts.text(f"told.{told.what}", language, **told.values),
        "points": [list(point) for point in told.points],
    }


def part_name(part: str, language: str) -> str:
    """Return the name of a part of an area: a kind of place, or network, people …"""
    known = presets.kinds().get(part)
    return known.plural(language) if known else texts.text(f"part.{part}", language)


def credit(area: Area) -> str:
    """Return the credit owed wherever OpenStreetMap's data show; empty if none do."""
    return OSM_CREDIT if area.uses_osm else ""


def walked(area: Area, profile: str, language: str) -> list[tuple[str, str]]:
    """Return where and how is walked, for a file: the area, the profile, the snap rule."""
    walker = presets.profile(profile)
    rule = texts.text("gap.snap_rule", language, limit=MAX_SNAP_M)
    return [
        (texts.text("file.area", language), f"{area.name} ({area.key})"),
        (
            texts.text("file.profile", language),
            f"{walker.name(language)}: {walker.source(language)}",
        ),
        *(
            (texts.text("file.profiles", language), texts.text(doubt, language))
            for doubt in profile_doubts(area.network, profile)
        ),
        (texts.text("file.snap_rule", language), rule),
    ]


def origins(
    area: Area, sources: Iterable[Source], language: str, *, demonstration: bool
) -> list[tuple[str, str]]:
    """Return the last lines of a file: that it is made up, each source, whom to credit."""
    lines = []
    if demonstration:
        mark = texts.text("demo.mark", language)
        lines.append((texts.text("file.demonstration", language), mark))
    label = texts.text("file.source", language)
    lines += [
        (f"{label} – {part_name(source.part, language)}", source_line(source, language))
        for source in sources
    ]
    if area.uses_osm:
        lines.append((texts.text("file.credit", language), credit(area)))
    return lines


_CHAPTER = re.compile(r"^## (\w+): (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Chapter:
    """A chapter of the method: its id (the same in each language), title and Markdown."""

    id: str
    title: str
    words: str


@cache
def chapters(language: str) -> tuple[Chapter, ...]:
    """Return the chapters from ``data/method_<language>.md``, in reading order."""
    written = (DATA / f"method_{language}.md").read_text(encoding="utf-8")
    parts = _CHAPTER.split(written)[1:]
    return tuple(
        Chapter(name, title, words.strip())
        for name, title, words in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    )


def filter_rows(language: str) -> pd.DataFrame:
    """Return the OpenStreetMap path filter as a table: rule, and the tags it reads."""
    rows = [
        ("kept", "highway", features.OPEN_HIGHWAYS),
        ("asking", "highway", features.ASKING_HIGHWAYS),
        ("foot_refused", "foot", sorted(features.FOOT_REFUSED)),
        ("foot_allowed", "foot", sorted(features.FOOT_ALLOWED)),
        ("access_refused", "access", sorted(features.ACCESS_REFUSED)),
    ]
    table = [
        (texts.text(f"filter.{rule}", language), key, ", ".join(values))
        for rule, key, values in rows
    ]
    columns = [texts.text(f"filter.column_{name}", language) for name in ("rule", "key", "values")]
    return pd.DataFrame(table, columns=columns)


def group_rows(language: str) -> pd.DataFrame:
    """Return the groups of people as a table: name, id, and names a file's column may have."""
    rows = [
        (row.name(language), row.id, ", ".join((*row.columns, *row.share_columns)))
        for row in presets.groups().values()
    ]
    columns = [texts.text(f"filter.column_{name}", language) for name in ("group", "id", "columns")]
    return pd.DataFrame(rows, columns=columns)


def kind_rows(language: str) -> pd.DataFrame:
    """Return the kinds of place as a table: name, id, and the OpenStreetMap tags that become it."""
    rows = [
        (row.plural(language), row.id, ", ".join(row.osm) or "–")
        for row in presets.kinds().values()
    ]
    columns = [texts.text(f"filter.column_{name}", language) for name in ("kind", "id", "osm")]
    return pd.DataFrame(rows, columns=columns)
