"""A report as a tagged PDF (PDF/UA-1 and PDF/A-3a) by typst, with its figures as JSON inside; the
same bytes for the same report.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import typst

from geo import texts
from geo.area.model import Area
from geo.catalog import open_area
from geo.errors import InputError, NarhetError
from geo.output.maps.spec import MapSpec
from geo.output.print import text_shapes
from geo.output.print.figure import figure_svg, natural_height
from geo.output.print.text_shapes import fonts_folder, only, pdf_of, values_of
from geo.output.report.model import FINDINGS, Finding, Report
from geo.output.report.record import NAME, record_bytes

TEMPLATE = Path(__file__).with_name("report.typ")
TEXT_MM, MAP_MM, LEAST_MAP_MM = 170.0, 165.0, 88.0
"""Width of the text on A4, the tallest map, and the lowest that may fill up a page."""

PAGE_END_MM = 276.0
"""Where the text of a page ends, with a little to spare."""

WHOLE_ROWS = 15
"""Longer tables may be divided between pages, their head repeated."""

NUMBER_LETTERS, FOOTER_LETTERS = 24, 60
WIDEST, NARROWEST, PADDING, LINE_LETTERS = 40, 6, 2, 104
"""Letters a column is weighed with at most and at least, and the letters of a table's line."""

BOLD = 1.35
"""How much wider letters in the head of a table are."""

_NUMBER = re.compile(r"[−+<≤≥-]?\s*[\d\s.,]+\s*(%|[a-zåäö²]{0,3})|\D{1,12}\d{1,2}")
"""A number with a short unit, or a count in words as in "färre än 5"; not a date."""


def pdf_bytes(report: Report, area: Area | None = None) -> bytes:
    """Write a report as PDF.

    Parameters
    ----------
    area : the report's area, for the paths and water under its maps; opened by its id (in the
        home folder) when not given.

    Raises
    ------
    InputError ``no_findings``, ``bad_date`` : what the report holds. NarhetError
    ``document_failed`` : it cannot be set; nothing is written.
    """
    return pdf_of(TEMPLATE, _told(report, area), _moment(report), fonts=_fonts())


def page_images(report: Report, area: Area | None = None, *, dpi: float = 96.0) -> list[bytes]:
    """Draw the pages that ``pdf_bytes`` writes as PNG, in order: what the board will see.

    Raises
    ------
    What ``pdf_bytes`` raises.
    """
    inputs = _told(report, area)
    try:
        drawn = typst.compile(
            str(TEMPLATE), format="png", ppi=dpi, sys_inputs=inputs, **only(_fonts())
        )
    except RuntimeError as error:
        raise NarhetError("document_failed", reason=str(error)) from error
    return [bytes(page) for page in drawn] if isinstance(drawn, list) else [bytes(drawn)]


def _told(report: Report, area: Area | None) -> dict[str, str]:
    """Return all that the template sets, maps drawn."""
    if not report.findings:
        raise InputError("no_findings", known=", ".join(FINDINGS))
    if area is None and any(finding.map is not None for finding in report.findings):
        area = open_area(report.area)
    content = _content(report)
    carried = record_bytes(report).decode()
    if area is not None:
        _draw_maps(content, report, area, carried)
    return _inputs(content, carried)


def _fonts() -> list[str]:
    """Return only fonts that come with the libraries, so that every machine writes the same
    bytes.
    """
    return [str(fonts_folder())]


def _inputs(content: dict[str, Any], carried: str) -> dict[str, str]:
    written = json.dumps(content, ensure_ascii=False)
    return {"report": written, "attachment": carried, "attachment-name": NAME}


def _draw_maps(content: dict[str, Any], report: Report, area: Area, carried: str) -> None:
    """Draw each map as tall as it wants to be, or lower where it then ends its page rather than
    leaving half of it empty.
    """
    specs = [finding.map for finding in report.findings if finding.map is not None]
    places = [part["map"] for part in content["findings"] if part["map"]]
    for number, (spec, place) in enumerate(zip(specs, places, strict=True)):
        room = PAGE_END_MM - _starts_mm(_inputs(content, carried))[number]
        wanted = natural_height(spec, area, report.language, width_mm=TEXT_MM, most_mm=MAP_MM)
        place["height"] = room if LEAST_MAP_MM <= room < wanted else wanted
        drawn = figure_svg(spec, area, report.language, width_mm=TEXT_MM, height_mm=place["height"])
        place["svg"] = drawn.decode()


def _starts_mm(inputs: dict[str, str]) -> list[float]:
    """Return how far down its page each map begins; those not drawn yet are a line tall."""
    found = values_of(TEMPLATE, "<begins>", inputs, fonts=_fonts())
    return [float(start) for start in found]


def _moment(report: Report) -> datetime:
    try:
        day = datetime.fromisoformat(report.date)
    except ValueError as error:
        raise InputError("bad_date", found=report.date[:40]) from error
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _content(report: Report) -> dict[str, Any]:
    """Gather all the template sets, each text made of characters the fonts can show."""
    day = _moment(report)
    language = report.language
    return {
        "lang": language,
        "title": text_shapes.strong(report.title),
        "subtitle": text_shapes.plain(report.said_once),
        "appendix": texts.text("report.appendix", language),
        "appendix-at": _appendix_at(report),
        "description": text_shapes.plain(report.subtitle or report.title),
        "keywords": [text_shapes.plain(report.area_key)],
        "line": text_shapes.plain(f"{report.area_name} · {report.date}"),
        "footer": text_shapes.plain(f"{_cut(report.area_name)} · {report.date}"),
        "marks": [text_shapes.strong(mark) for mark in _marks(report)],
        "year": day.year,
        "month": day.month,
        "day": day.day,
        "words": {
            "page": texts.text("pdf.page", language, page="{page}", pages="{pages}"),
            "own": texts.text("pdf.own_words", language),
            "attachment": texts.text("pdf.attachment", language),
        },
        "findings": [_finding(finding) for finding in report.findings],
    }


def _appendix_at(report: Report) -> int:
    """Return the place of the finding that the appendix begins with; past the last for none."""
    names = [finding.id for finding in report.findings]
    return names.index(report.appendix) if report.appendix in names else len(names)


def _cut(name: str) -> str:
    return name if len(name) <= FOOTER_LETTERS else f"{name[: FOOTER_LETTERS - 1]}…"


def _marks(report: Report) -> list[str]:
    marks = []
    if report.demonstration:
        marks.append(texts.text("demo.mark", report.language))
    if report.estimated:
        marks.append(texts.text("pdf.estimated", report.language))
    return marks


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "title": text_shapes.strong(finding.title),
        "lead": finding.id == "answer" and bool(finding.words),
        "words": [part for text in finding.words for part in _paragraphs(text)],
        "own": _paragraphs(finding.own_words),
        "figures": [
            {
                "label": text_shapes.plain(figure.label),
                "value": text_shapes.strong(figure.value),
                "meaning": text_shapes.plain(figure.meaning),
            }
            for figure in finding.figures
        ],
        "table": _table(finding),
        "map": _map(finding.map),
    }


def _paragraphs(text: str) -> list[dict[str, Any]]:
    """Split a text at its line ends; each part with whether it is read from the right."""
    parts = [text_shapes.plain(part) for part in text.splitlines()]
    return [{"text": part, "rtl": text_shapes.from_right(part)} for part in parts if part.strip()]


def _map(spec: MapSpec | None) -> dict[str, Any] | None:
    """Return a map's alternative text and an empty place; ``_draw_maps`` fills it."""
    if spec is None:
        return None
    return {"svg": "", "height": 4.0, "alt": text_shapes.plain(spec.alt_text)}


def _table(finding: Finding) -> dict[str, Any] | None:
    table = finding.table
    if table is None or table.empty:
        return None
    held = [[_cell(value) for value in table.iloc[:, at]] for at in range(table.shape[1])]
    weights, tight = _weights([str(name) for name in table.columns], held)
    columns = [
        {
            "name": text_shapes.strong(str(name)),
            "right": at > 0 and _is_number_column(held[at]),
            "weight": weights[at],
        }
        for at, name in enumerate(table.columns)
    ]
    rows = [[text_shapes.plain(cell) for cell in row] for row in zip(*held, strict=True)]
    if finding.total_last:
        rows[-1] = [text_shapes.strong(column[-1]) for column in held]
    small = len(rows) <= WHOLE_ROWS and all(len(cell) <= 2 * WIDEST for row in rows for cell in row)
    looks = {"total": finding.total_last, "whole": small, "tight": tight}
    return {"columns": columns, "rows": rows, **looks}


def _cell(value: object) -> str:
    return str(value) if pd.notna(value) else ""


def _is_number_column(cells: list[str]) -> bool:
    """Return whether a column is read as numbers: so is most of what holds digits in it."""
    told = [cell[:NUMBER_LETTERS].strip() for cell in cells if re.search(r"\d", cell)]
    return 2 * sum(bool(_NUMBER.fullmatch(cell)) for cell in told) > len(told)


def _weights(names: list[str], columns: list[list[str]]) -> tuple[list[float], bool]:
    """Share a line's letters between columns: first each column's longest word, then what is left
    by what their cells hold. Also returns whether words must be broken for want of room.
    """
    least, wanted = [], []
    for name, cells in zip(names, columns, strict=True):
        word = max((len(part) for cell in cells for part in _parts(cell)), default=0)
        head = round(BOLD * max(map(len, _parts(name)), default=0))
        least.append(float(min(max(word, head, NARROWEST), WIDEST) + PADDING))
        longest = max([round(BOLD * len(name)), *map(len, cells)])
        wanted.append(float(min(max(longest + PADDING, least[-1]), WIDEST + PADDING)))
    spare = LINE_LETTERS - sum(least)
    more = sum(wanted) - sum(least)
    if spare <= 0 or more <= 0:
        return least, spare < 0
    share = min(spare / more, 1.0)
    pairs = zip(least, wanted, strict=True)
    return [low + share * (high - low) for low, high in pairs], False


def _parts(text: str) -> list[str]:
    return re.split(r"[ \-–]+", text)
