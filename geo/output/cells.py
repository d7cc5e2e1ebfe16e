"""Whether two workbooks say the same in each cell, however they were saved. Knows no answers."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from geo.embedded import bounded_parts, texts_of

_BROKEN = (
    *(KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, EOFError),
    *(zipfile.BadZipFile, InvalidFileException),
)
Cell = tuple[str, int, int, object]


def same_cells(path: Path, made: bytes) -> bool:
    """Tell whether a workbook has the same values in the same cells as one made just now.

    A formula is no value. A file that can not be read is not the same.

    Raises
    ------
    BadProvenance : it is too large, or holds XML definitions.
    """
    for name, content in bounded_parts(path, lambda name: name.endswith((".xml", ".rels"))):
        if not name.startswith("docProps/"):
            texts_of(path, content, "")
    try:
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that other programs add
            return list(_cells(file)) == list(_cells(BytesIO(made)))
    except _BROKEN:
        return False


def _cells(file: IO[bytes]) -> Iterator[Cell]:
    book = load_workbook(file, data_only=False)
    for sheet in book.worksheets:
        yield sheet.title, 0, 0, sheet.sheet_state
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value not in (None, ""):
                    yield sheet.title, cell.row, cell.column, _plain(cell.value)


def _plain(value: object) -> object:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
