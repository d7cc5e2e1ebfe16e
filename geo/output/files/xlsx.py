"""Excel workbooks as the files of answers are: tables and lines of text as sheets, numbers as
numbers, and text never as a formula; and how a column of a table in words is read.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd

LINE_WIDTH = 140
LEAST_WIDTH, MOST_WIDTH = 8, 60
"""Signs that a column made as wide as its words holds."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """A table as a sheet, its columns' names in bold in the first row.

    ``frozen``: rows and columns that stay in sight. ``widths``: first and last column, and how
    many signs wide. ``formats``: column name → Excel's format of its numbers. ``fitted``: columns
    as wide as their words, long ones broken into lines.
    """

    name: str
    table: pd.DataFrame
    frozen: tuple[int, int] = (1, 0)
    widths: tuple[tuple[int, int, float], ...] = ()
    formats: Mapping[str, str] = field(default_factory=dict)
    fitted: bool = False


@dataclass(frozen=True)
class Lines:
    """Lines of text as a sheet, one per row."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Labelled:
    """Labels in bold, and what each says beside it."""

    name: str
    lines: tuple[tuple[str, str], ...]


def told(summary: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return labelled lines as lines of text."""
    return tuple(f"{label}: {words}" for label, words in summary)


def xlsx_of(sheets: Sequence[Sheet | Lines | Labelled], day: str = "") -> bytes:
    """Write an Excel workbook of some sheets.

    Parameters
    ----------
    day : when it says that it was made, as ``2026-11-30``; now, if empty.
    """
    import xlsxwriter  # loaded by who writes a workbook, not by who prints a line

    memory = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(memory, {**options, "nan_inf_to_errors": False})
    if day:
        book.set_properties({"created": datetime.fromisoformat(day)})
    bold = book.add_format({"bold": True})
    for each in sheets:
        page = book.add_worksheet(each.name)
        if isinstance(each, Sheet):
            _write_table(book, page, each)
        elif isinstance(each, Lines):
            page.set_column(0, 0, LINE_WIDTH)
            for row, line in enumerate(each.lines):
                page.write_string(row, 0, line)
        else:
            page.set_column(0, 0, 18)
            page.set_column(1, 1, 100)
            for row, (label, words) in enumerate(each.lines):
                page.write_string(row, 0, label, bold)
                page.write_string(row, 1, words)
    book.close()
    return memory.getvalue()


def write_cell(page: Any, row: int, column: int, value: object, look: Any = None) -> None:
    """Write a value as what it is: never a formula, and nothing where nothing is known."""
    if value is None or value is pd.NA:
        return
    if isinstance(value, bool | np.bool_):
        page.write_boolean(row, column, bool(value))
    elif isinstance(value, int | float | np.number):
        if math.isfinite(value):
            page.write_number(row, column, value, look)
    else:
        page.write_string(row, column, str(value))


def _write_table(book: Any, page: Any, sheet: Sheet) -> None:
    page.freeze_panes(*sheet.frozen)
    for first, last, width in sheet.widths:
        page.set_column(first, last, width)
    lines = {"text_wrap": True, "valign": "top"} if sheet.fitted else {}
    bold, plain = book.add_format({"bold": True, **lines}), book.add_format(lines)
    looks = {
        name: book.add_format({"num_format": form, **lines}) for name, form in sheet.formats.items()
    }
    for column, name in enumerate(sheet.table.columns):
        values = sheet.table.iloc[:, column]
        if sheet.fitted:
            longest = max([len(str(name)), *(len(str(value)) for value in values)])
            page.set_column(column, column, min(MOST_WIDTH, max(LEAST_WIDTH, longest + 2)))
        page.write_string(0, column, str(name), bold)
        for row, value in enumerate(values, start=1):
            write_cell(page, row, column, value, looks.get(name, plain))


_NUMBER = r"[+−-]?\d[\d\s.,\u00a0]*(%|m|km)?$"


def is_numbers(cells: pd.Series) -> bool:
    """Return whether enough of a column's cells are numbers as people read them to set it to the
    right.
    """
    return bool(cells.astype(str).str.match(_NUMBER).mean() > 0.4)
