"""What a person reads in a file of an answer, whatever kind it is."""

from __future__ import annotations

import html
import io
import json
import re
import tempfile
from pathlib import Path

import openpyxl
import pyogrio
from pptx import Presentation

from geo.texts import NO_BREAK_SPACE
from tests.geo.output.test_pdf import all_words


def words_of(content: bytes, ending: str) -> str:
    """Return all that can be read in a file, blanks between words as single blanks."""
    readers = {
        ".pdf": all_words,
        ".pptx": _pptx,
        ".html": lambda content: html.unescape(content.decode()),
        ".xlsx": _xlsx,
        ".csv": lambda content: content.decode("utf-8-sig"),
        ".json": lambda content: _plain(json.loads(content)),
        ".geojson": lambda content: _plain(json.loads(content)),
        ".gpkg": _gpkg,
    }
    return re.sub(r"\s+", " ", readers[ending](content).replace(NO_BREAK_SPACE, " "))


def _plain(document: object) -> str:
    return json.dumps(document, ensure_ascii=False)


def _pptx(content: bytes) -> str:
    said = []
    for slide in Presentation(io.BytesIO(content)).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                said.append(shape.text_frame.text)
            if shape.has_table:
                said += [cell.text for row in shape.table.rows for cell in row.cells]
    return "\n".join(said)


def _xlsx(content: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell.value for sheet in book for row in sheet for cell in row]
    return "\n".join(str(value) for value in cells if value is not None)


def _gpkg(content: bytes) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answer.gpkg"
        path.write_bytes(content)
        names = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
        tables = [pyogrio.read_dataframe(path, layer=name, read_geometry=False) for name in names]
        return "\n".join([*names, *(table.to_csv() for table in tables)])
