"""A report as an Excel workbook to check its numbers in: one sheet per table, nothing computed in
it: every text is text, every number a value. The same bytes for the same report.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pandas as pd
import xlsxwriter

from geo import presets, privacy, texts
from geo.area.model import Area
from geo.output.report.model import Finding, Report
from geo.output.report.record import record_cells

MOST_CHARACTERS = 32_000
"""A cell holds 32,767; a longer text is cut with …"""
NARROWEST, WIDEST = 9, 60
SHEET_CHARACTERS = 31

PEOPLE, SHARE, METRES, CHANGE, TEXT, PLAIN = "people", "share", "metres", "change", "text", "plain"
PARTS = "parts"
_NUMBER_FORMATS = {
    PEOPLE: "#,##0", METRES: "#,##0", SHARE: "0.0%", CHANGE: "+#,##0;-#,##0;0", PLAIN: "0.000",
    PARTS: "#,##0.0",
}  # fmt: skip
_COLUMNS = {
    "districts": (TEXT, PEOPLE, PEOPLE, SHARE, METRES),
    "sensitivity": (TEXT, PEOPLE, SHARE, CHANGE),
    "proposal": (TEXT, TEXT, TEXT, PEOPLE, PEOPLE),
    "sources": (),
}
"""What each column of a finding's table holds; findings not named stand in the summary."""


@dataclass(frozen=True)
class _Sheet:
    """A sheet: its table (headings, kinds of column, rows) and lines of text under it."""

    name: str
    headings: Sequence[str]
    kinds: Sequence[str]
    rows: Sequence[Sequence[object]]
    lines: Sequence[str] = ()
    total_last: bool = False


def xlsx_bytes(report: Report, _area: Area | None = None) -> bytes:
    """Write a report as an Excel workbook.

    Sheets: summary; districts, sensitivity, proposal and sources where the report holds them;
    places of the kind; people beyond the limit by square of 250 m (of counted people only squares
    that may be shown); and last what the file rests on, for ``python -m geo report --verify``.
    """
    memory = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(memory, options)
    book.set_properties(
        {
            "title": _cut(report.title, 255),
            "subject": _cut(report.subtitle, 255),
            "author": "Närhet",
            "created": dt.datetime.fromisoformat(report.date),
        }
    )
    looks = _looks(book)
    taken: set[str] = set()
    _summary(book, looks, report, taken)
    for sheet in _sheets(report):
        _write(book, looks, sheet, taken)
    _origin(book, looks, report, taken)
    book.close()
    return memory.getvalue()


def sheet_name(name: str, taken: set[str]) -> str:
    """Return a legal name for a sheet, not yet taken, and take it.

    >>> sheet_name("a/b: [c]", set())
    'a b c'
    """
    legal = " ".join(re.sub(r"[\[\]:*?/\\]", " ", name).split()).strip("' ") or "Blad"
    found, number = legal[:SHEET_CHARACTERS], 1
    while found.casefold() in taken:
        number += 1
        found = f"{legal[: SHEET_CHARACTERS - 4]} ({number})"
    taken.add(found.casefold())
    return found


def _say(report: Report, key: str, **values: Any) -> str:
    return texts.text(f"workbook.{key}", report.language, **values)


def _looks(book: Any) -> dict[str, Any]:
    looks = {
        name: book.add_format({"num_format": code, "valign": "top"})
        for name, code in _NUMBER_FORMATS.items()
    }
    totals = {
        f"{name}_total": book.add_format({"num_format": code, "bold": True, "top": 1})
        for name, code in _NUMBER_FORMATS.items()
    }
    return {
        **looks,
        **totals,
        TEXT: book.add_format({"valign": "top"}),
        "text_total": book.add_format({"bold": True, "top": 1}),
        "hidden": book.add_format({"align": "right", "valign": "top", "italic": True}),
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "title": book.add_format({"bold": True, "font_size": 16}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "label": book.add_format({"bold": True, "valign": "top"}),
    }


def _summary(book: Any, looks: dict[str, Any], report: Report, taken: set[str]) -> None:
    """Write the first sheet: question and answer, key figures, and what has no table."""
    sheet = book.add_worksheet(sheet_name(_say(report, "summary"), taken))
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 14)
    sheet.set_column(2, 2, 12)
    sheet.set_column(3, 3, 90)
    sheet.write_string(0, 0, _cut(report.title), looks["title"])
    sheet.freeze_panes(1, 0)
    _page(sheet)
    row = 1
    for label, words in _lines(report):
        sheet.write_string(row, 0, _cut(label), looks["label"])
        sheet.write_string(row, 1, _cut(words), looks[TEXT])
        row += 1
    for finding in report.findings:
        if finding.id in _COLUMNS:
            continue
        row += 1
        sheet.write_string(row, 0, _cut(finding.title), looks["label"])
        row += 1
        for words in (*_own(finding), *finding.words):
            sheet.write_string(row, 0, _cut(words), looks[TEXT])
            row += 1
        if finding.numbers is not None and finding.id == "key_figures":
            row = _key_figures(sheet, looks, finding, row)


def _key_figures(sheet: Any, looks: dict[str, Any], finding: Finding, row: int) -> int:
    numbers = finding.numbers
    assert numbers is not None
    for column, name in enumerate(numbers.columns):
        sheet.write_string(row, column, _cut(str(name)), looks["head"])
    for figure, values in zip(finding.figures, numbers.itertuples(index=False), strict=True):
        row += 1
        label, value, unit, meaning = values
        sheet.write_string(row, 0, _cut(label), looks[TEXT])
        kind = SHARE if "%" in figure.value else _plain_kind(value)
        _cell(sheet, (row, 1), value, looks[kind], figure.value, looks)
        sheet.write_string(row, 2, _cut(unit), looks[TEXT])
        sheet.write_string(row, 3, _cut(meaning), looks["wrap"])
    return row + 1


def _plain_kind(value: object) -> str:
    small = isinstance(value, float) and abs(value) < 10 and not value.is_integer()
    return PLAIN if small else PEOPLE


def _sheets(report: Report) -> list[_Sheet]:
    """Return the sheets with tables, in the order of the workbook."""
    made = {finding.id: _of_finding(report, finding) for finding in report.findings}
    found = [made.get("districts"), _places(report), _people(report)]
    found += [made.get(name) for name in ("sensitivity", "proposal", "sources")]
    return [sheet for sheet in found if sheet is not None]


def _of_finding(report: Report, finding: Finding) -> _Sheet | None:
    if finding.id not in _COLUMNS:
        return None
    lines = (*_own(finding), *finding.words)
    name = _say(report, finding.id)
    if finding.numbers is None or finding.table is None:
        return _Sheet(name, (), (), (), lines)
    rows = [
        [_Hidden(str(word)) if _nothing(value) and word else value for value, word in pair]
        for pair in (
            list(zip(values, words, strict=True))
            for values, words in zip(
                finding.numbers.itertuples(index=False),
                finding.table.itertuples(index=False),
                strict=True,
            )
        )
    ]
    kinds = _COLUMNS[finding.id] or (TEXT,) * len(finding.numbers.columns)
    return _Sheet(name, list(finding.numbers.columns), kinds, rows, lines, finding.total_last)


def _places(report: Report) -> _Sheet | None:
    if report.places is None:
        return None
    words = ("name", "kind", "address", "district", "source")
    headings = [texts.text(f"place.{name}", report.language) for name in words]
    unknown = texts.text("source.unknown", report.language)
    known = presets.kinds()
    rows = [
        [
            row.name or unknown,
            known[row.kind].name(report.language) if row.kind in known else row.kind,
            row.address or unknown,
            row.district or unknown,
            row.source or unknown,
        ]
        for row in report.places[list(words)].itertuples(index=False)
    ]
    lines = () if rows else (_say(report, "no_places"),)
    return _Sheet(_say(report, "places"), headings, (TEXT,) * len(words), rows, lines)


def _people(report: Report) -> _Sheet | None:
    """Return who is beyond the limit, square by square; where in it is not disclosed."""
    cells = report.squares
    if cells is None:
        return None
    names = ["id", "district", "beyond"]
    kinds = [TEXT, TEXT, PEOPLE]
    if report.estimated:
        names = [*names, "people", "share_beyond"]
        kinds = [TEXT, TEXT, PARTS, PARTS, SHARE]
    headings = [_say(report, f"square_{name}") for name in names]
    rows = [list(row) for row in cells[names].itertuples(index=False)]
    lines = [_say(report, "squares_estimated" if report.estimated else "squares_counted")]
    if not report.estimated:
        lines.append(_say(report, "hidden", smallest=privacy.SMALLEST))
    return _Sheet(_say(report, "people"), headings, kinds, rows, lines)


def _origin(book: Any, looks: dict[str, Any], report: Report, taken: set[str]) -> None:
    """Write the last sheet: what the file rests on, for a machine to read back."""
    sheet = book.add_worksheet(sheet_name(_say(report, "origin"), taken))
    sheet.set_column(0, 0, 120)
    sheet.write_string(0, 0, _say(report, "origin_words"), looks["wrap"])
    sheet.freeze_panes(1, 0)
    for row, words in enumerate(record_cells(report), start=1):
        sheet.write_string(row, 0, words)


def _lines(report: Report) -> list[tuple[str, str]]:
    """Return what the summary says before the findings: question, area, date, marks, credits."""
    lines = [
        (_say(report, "about"), report.subtitle),
        (_say(report, "area"), f"{report.area_name} ({report.area_key})"),
        (_say(report, "date"), report.date),
    ]
    if report.demonstration:
        lines.append((_say(report, "demonstration"), texts.text("demo.mark", report.language)))
    if report.estimated:
        lines.append((_say(report, "estimated"), texts.text("gap.estimated", report.language)))
    return lines + [(_say(report, "credit"), credit) for credit in report.credits]


def _own(finding: Finding) -> tuple[str, ...]:
    return tuple(line for line in finding.own_words.split("\n") if line.strip())


@dataclass(frozen=True)
class _Hidden:
    """What stands in a cell for a number that is not shown."""

    words: str


def _write(book: Any, looks: dict[str, Any], content: _Sheet, taken: set[str]) -> None:
    sheet = book.add_worksheet(sheet_name(content.name, taken))
    if content.headings:
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)
    _page(sheet)
    for column, name in enumerate(content.headings):
        values = [row[column] for row in content.rows]
        sheet.set_column(column, column, _width(name, values))
        sheet.write_string(0, column, _cut(str(name)), looks["head"])
    for at, row in enumerate(content.rows, start=1):
        last = "_total" if content.total_last and at == len(content.rows) else ""
        for column, (kind, value) in enumerate(zip(content.kinds, row, strict=True)):
            _cell(sheet, (at, column), value, looks[f"{kind}{last}"], "", looks)
    start = len(content.rows) + 2 if content.headings else 0
    for at, words in enumerate(content.lines, start=start):
        sheet.write_string(at, 0, _cut(words), looks[TEXT])


def _cell(
    sheet: Any, at: tuple[int, int], value: object, look: Any, hidden: str, looks: dict[str, Any]
) -> None:
    """Write a value as what it is; what is hidden in words, and nothing where nothing is known."""
    if isinstance(value, _Hidden):
        sheet.write_string(*at, _cut(value.words), looks["hidden"])
    elif _nothing(value):
        if hidden:
            sheet.write_string(*at, _cut(hidden), looks["hidden"])
    elif isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(*at, float(value), look)
    else:
        sheet.write_string(*at, _cut(str(value)), look)


def _nothing(value: object) -> bool:
    return (
        value is None or value is pd.NA or (isinstance(value, float) and not math.isfinite(value))
    )


def _width(name: str, values: Sequence[object]) -> float:
    lengths = [len(str(name)) * 0.6]
    for value in values:
        if isinstance(value, _Hidden):
            lengths.append(len(value.words))
        else:
            lengths.append(10 if isinstance(value, float) else len(str(value)))
    return min(WIDEST, max(NARROWEST, max(lengths) + 2))


def _page(sheet: Any) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _cut(text: str, most: int = MOST_CHARACTERS) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
