"""A report as a tagged PDF (PDF/UA-1 and PDF/A-3a) by typst, with its figures as JSON inside; the
same bytes for the same report. Knows no answers: it sets what a Report says.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import typst

from geo import texts
from geo.area import Area, open_area
from geo.errors import DocumentFailed
from geo.mapview import MapSpec
from geo.output import glyphs
from geo.output.figures import figure_svg, natural_height
from geo.output.lettering import fonts_folder
from geo.report import Finding, Report

TEMPLATE = Path(__file__).with_name("report.typ")
ATTACHMENT = "narhet.json"
STANDARDS = ["ua-1", "a-3a"]
"""Readable by screen readers, and fit for an archive with its data attached."""

TEXT_MM, MAP_MM = 170.0, 165.0
"""Width of the text on A4, and the tallest map."""

WIDEST, NARROWEST = 34, 7
"""Letters a column is weighed with at most and at least."""


def pdf_bytes(report: Report, area: Area | None = None) -> bytes:
    """Write a report as PDF.

    Parameters
    ----------
    area : the report's area, for the paths and water under its maps; opened by its id (in the
        home folder) when not given.

    Raises
    ------
    DocumentFailed : nothing chosen to report, a date that is none, or typst's own refusal.
    """
    if not report.findings:
        raise DocumentFailed(reason=texts.Phrase("pdf.no_findings"))
    content = json.dumps(_content(report, area), ensure_ascii=False)
    inputs = {"report": content, "attachment": attachment(report).decode()}
    return _compiled(inputs, _moment(report))


def attachment(report: Report) -> bytes:
    """Return the settings and figures that travel in the file, as JSON."""
    carried = {
        "area": report.area,
        "area_key": report.area_key,
        "date": report.date,
        "language": report.language,
        "settings": report.settings,
        "results": report.results,
    }
    return json.dumps(carried, sort_keys=True, ensure_ascii=False).encode()


def _compiled(inputs: dict[str, str], moment: datetime) -> bytes:
    try:
        written, _ = typst.compile_with_warnings(
            TEMPLATE.read_bytes(),
            root=TEMPLATE.parent,
            font_paths=[fonts_folder()],
            ignore_system_fonts=True,
            sys_inputs=inputs,
            pdf_standards=STANDARDS,
            timestamp=moment,
            format="pdf",
        )
    except typst.TypstError as error:
        raise DocumentFailed(reason=str(error)) from error
    return bytes(written)


def _moment(report: Report) -> datetime:
    try:
        day = datetime.fromisoformat(report.date)
    except ValueError as error:
        reason = texts.Phrase("pdf.bad_date", {"found": report.date[:40]})
        raise DocumentFailed(reason=reason) from error
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _content(report: Report, area: Area | None) -> dict[str, Any]:
    """Gather all the template sets, each text made of characters the fonts can show."""
    day = _moment(report)
    if area is None and any(finding.map is not None for finding in report.findings):
        area = open_area(report.area)
    language = report.language
    line = f"{report.area_name} · {report.date}"
    return {
        "lang": language,
        "title": glyphs.strong(report.title),
        "subtitle": glyphs.plain(report.subtitle),
        "description": glyphs.plain(report.subtitle or report.title),
        "keywords": [glyphs.plain(report.area_key)],
        "footer": glyphs.plain(line),
        "marks": [glyphs.strong(mark) for mark in _marks(report)],
        "year": day.year,
        "month": day.month,
        "day": day.day,
        "words": {
            "page": texts.text("pdf.page", language, page="{page}", pages="{pages}"),
            "own": texts.text("pdf.own_words", language),
            "attachment": texts.text("pdf.attachment", language),
        },
        "findings": [_finding(finding, area, language) for finding in report.findings],
    }


def _marks(report: Report) -> list[str]:
    marks = []
    if report.demonstration:
        marks.append(texts.text("demo.mark", report.language))
    if report.estimated:
        marks.append(texts.text("pdf.estimated", report.language))
    return marks


def _finding(finding: Finding, area: Area | None, language: str) -> dict[str, Any]:
    return {
        "title": glyphs.strong(finding.title),
        "lead": finding.id == "answer" and bool(finding.words),
        "words": [part for text in finding.words for part in _paragraphs(text)],
        "own": _paragraphs(finding.own_words),
        "figures": [
            {
                "label": glyphs.plain(figure.label),
                "value": glyphs.strong(figure.value),
                "meaning": glyphs.plain(figure.meaning),
            }
            for figure in finding.figures
        ],
        "table": _table(finding),
        "map": _map(finding.map, area, language),
    }


def _paragraphs(text: str) -> list[dict[str, Any]]:
    """Split a text at its line ends; each part knows whether it is read from the right."""
    parts = [glyphs.plain(part) for part in text.splitlines()]
    return [{"text": part, "rtl": glyphs.from_right(part)} for part in parts if part.strip()]


def _map(spec: MapSpec | None, area: Area | None, language: str) -> dict[str, str] | None:
    if spec is None or area is None:
        return None
    height = natural_height(spec, area, language, width_mm=TEXT_MM, most_mm=MAP_MM)
    drawn = figure_svg(spec, area, language, width_mm=TEXT_MM, height_mm=height)
    return {"svg": drawn.decode(), "alt": glyphs.plain(spec.alt_text)}


def _table(finding: Finding) -> dict[str, Any] | None:
    table = finding.table
    if table is None or table.empty:
        return None
    cells = table.map(_cell)
    columns = [
        {
            "name": glyphs.strong(str(name)),
            "right": _is_number_column(cells.iloc[:, number]),
            "weight": _weight(str(name), cells.iloc[:, number]),
        }
        for number, name in enumerate(table.columns)
    ]
    rows = [[glyphs.plain(cell) for cell in row] for row in cells.itertuples(index=False)]
    if finding.total_last:
        rows[-1] = [glyphs.strong(cell) for cell in cells.iloc[-1]]
    return {"columns": columns, "rows": rows, "total": finding.total_last}


def _cell(value: object) -> str:
    return "" if value is None or value is pd.NA or value != value else str(value)


def _is_number_column(cells: pd.Series) -> bool:
    """Tell whether a column is read as numbers: most of what it holds begins as one."""
    held = [cell for cell in cells if cell.strip(" –")]
    numbers = [cell for cell in held if cell.lstrip("−-+<≤≥ ")[:1].isdigit() or cell == "∞"]
    return len(numbers) * 2 > len(held)


def _weight(name: str, cells: pd.Series) -> int:
    """Return how wide a column wants to be: its longest word, and what its cells hold."""
    word = max(map(len, name.split()), default=0)
    longest = int(cells.str.len().max())
    return min(max(word, longest, NARROWEST), WIDEST) + 2
