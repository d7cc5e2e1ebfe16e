"""How each figure is made, in words: the chapters of the Metod page, and our path filter as a
table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import pandas as pd

from geo import presets, texts
from geo.resources import DATA
from geo.sources.osm import features

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
