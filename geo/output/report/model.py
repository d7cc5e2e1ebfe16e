"""A report to the board, before it has a form: one Report that PDF, slides, workbook and page all
draw, so that their numbers cannot differ.

Text made fit for any document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.output.maps.spec import MapSpec

DECISION = ("question", "answer", "proposal", "alternatives", "no_action", "uncertain", "map")
"""What a board needs to decide, in that order."""
APPENDIX = ("key_figures", "districts", "sensitivity", "estimated", "method", "sources")
"""What the decision rests on; stands last, under a heading of its own."""
FINDINGS = (*DECISION, *APPENDIX)
"""What a report may hold, in the order it has unless the user chooses another."""


@dataclass(frozen=True)
class KeyFigure:
    """One number as it is read: ``label``, the ``value`` in words, and what it means."""

    label: str
    value: str
    meaning: str = ""


@dataclass(frozen=True, eq=False)
class Finding:
    """One thing a report says: a page part, a slide, a sheet.

    ``id`` is one of ``FINDINGS``. ``words`` are paragraphs of plain text; ``own_words`` what the
    user wrote for it. ``table`` is made for reading (texts, numbers as texts), ``numbers`` the same
    table as values for workbooks and charts; small counts are hidden in both (None). ``notes`` say
    how it was made, for the speaker.
    """

    id: str
    title: str
    words: tuple[str, ...] = ()
    own_words: str = ""
    figures: tuple[KeyFigure, ...] = ()
    table: pd.DataFrame | None = None
    numbers: pd.DataFrame | None = None
    total_last: bool = False
    map: MapSpec | None = None
    notes: str = ""


@dataclass(frozen=True, eq=False)
class Report:
    """Everything a report says.

    ``date`` is given, never taken from the clock, so that the same inputs give the same bytes.
    ``settings`` and ``results`` are plain JSON: the question, and every figure in the report as a
    number (None where hidden). ``area_key`` is the area's version, ``checksums`` are of its files.
    ``appendix`` is the id of the finding that the appendix begins with; "" for none.
    ``proposal`` is what it proposes, as it is kept: question, sites, who refused.
    ``credits`` are shown wherever a map is. ``squares`` (of 250 m, WGS84: ``id``, ``district``,
    ``beyond``; for estimates ``people``, ``share_beyond``, ``unreachable``) and ``places`` of the
    kind (``name``, ``kind``, ``address``, ``district``, ``source``) are as they may be disclosed:
    workbook and map package take them from here and not from the area.
    """

    title: str
    subtitle: str
    language: str
    date: str
    area: str
    area_name: str
    area_key: str
    findings: tuple[Finding, ...]
    settings: dict[str, Any] = field(default_factory=dict)
    results: dict[str, Any] = field(default_factory=dict)
    appendix: str = ""
    demonstration: bool = False
    estimated: bool = False
    credits: tuple[str, ...] = ()
    checksums: dict[str, str] = field(default_factory=dict)
    proposal: dict[str, Any] | None = None
    squares: gpd.GeoDataFrame | None = None
    places: gpd.GeoDataFrame | None = None

    @property
    def said_once(self) -> str:
        """The subtitle, "" where a finding says the same: on a page one reads it once."""
        said = any(self.subtitle in found.words for found in self.findings)
        return "" if said else self.subtitle

    def finding(self, name: str) -> Finding | None:
        """Return a finding by id, None where the report does not hold it."""
        return next((found for found in self.findings if found.id == name), None)


LONG_NAME = 80
"""A name is cut here in titles and sentences; tables hold it whole."""

_UNWRITABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    "\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]"
)
"""What documents cannot hold, and signs that turn the reading order of what stands beside them."""


def writable(text: str) -> str:
    """Return text without what documents cannot hold: control signs, halves of signs, and signs
    that turn the reading order of their neighbours. Everything else stays, in any script.
    """
    return _UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """Return writable text on one line; spaces that must not break stay."""
    return re.sub(r"[^\S\u00a0\u202f]+", " ", writable(text)).strip()


def short(text: str, most: int = LONG_NAME) -> str:
    """Return a name that fits into a sentence: cut with … where it is longer."""
    line = one_line(text)
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def writable_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts and headings can stand in any document, each on one line."""

    def cell(value: Any) -> Any:
        return one_line(value) if isinstance(value, str) else value

    found = table.map(cell)
    found.columns = [one_line(str(name)) for name in table.columns]
    return found
