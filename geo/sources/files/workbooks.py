"""Reading workbooks (XLSX, XLS, ODS): every sheet's filled rows, as values. Formulas give their
last computed value and are never evaluated.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from geo.sources.files import _workbook_child
from geo.sources.files.opening import Opened, check_workbook

BOOK_ENDINGS = (".xlsx", ".xls", ".ods")
MAX_CELLS = 4_000_000
MEMORY_MB = 1_200
OLD_MEMORY_MB = 800
"""For XLS, which has 65,536 rows at most."""

SECONDS = 60
_ENDED_BY = {-6: "sheet_too_large", -9: "too_slow", -24: "too_slow"}
"""What it means that the child was aborted (no memory), killed, or out of processor time."""

Record = tuple[int, list[Any]]
"""A filled row: its number as a person sees it, and its cells (None where nothing stands)."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """One sheet: its name, whether people see it, and its filled rows."""

    name: str
    visible: bool
    records: list[Record]


def read_workbook(file: Opened, *, most_rows: int) -> list[Sheet]:
    """Read all sheets of an open workbook.

    Raises
    ------
    FileFormat, FileTooLarge : broken, protected by a password, above ``most_rows`` in a sheet or
        above ``MAX_CELLS`` in all, or with XML that defines entities.
    """
    if file.ending != ".xls":
        check_workbook(file)
        _check_xml(file)
    answer = _from_child(file, most_rows)
    if "error" in answer:
        values = {key: answer[key] for key in ("found", "limit") if key in answer}
        raise file.broken(str(answer["error"]), **values)
    return [
        Sheet(
            str(name),
            bool(visible),
            [(number, _trimmed([None] * left + cells)) for number, left, cells in rows],
        )
        for name, visible, rows in answer["sheets"]
    ]


def _from_child(file: Opened, most_rows: int) -> dict[str, Any]:
    """Read in a child, which may be stopped: a workbook can claim that its last cell is the last
    there is, for which the parser asks for hundreds of gigabytes and dies; an XLS whose sectors
    follow each other in a circle is read until all memory is taken.
    """
    memory_mb = OLD_MEMORY_MB if file.ending == ".xls" else MEMORY_MB
    bounds = (MAX_CELLS, most_rows, memory_mb, SECONDS)
    command = [sys.executable, "-I", "-B", str(Path(_workbook_child.__file__)), str(file.path)]
    try:
        done = subprocess.run(
            [*command, *(str(bound) for bound in bounds)],
            capture_output=True,
            timeout=2 * SECONDS,
            check=False,
            env={"RUST_BACKTRACE": "0", "SYSTEMROOT": os.environ.get("SYSTEMROOT", "")},
        )
    except subprocess.TimeoutExpired as error:
        raise file.broken("too_slow", limit=SECONDS) from error
    if done.returncode in _ENDED_BY:
        raise file.broken(_ENDED_BY[done.returncode], limit=SECONDS)
    try:
        answer = json.loads(done.stdout) if done.returncode == 0 else {"error": "broken"}
    except ValueError as error:
        raise file.broken() from error
    return answer if isinstance(answer, dict) else {"error": "broken"}


def _trimmed(cells: list[Any]) -> list[Any]:
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def _check_xml(file: Opened) -> None:
    """Refuse a workbook one of whose parts has a document type: there entities are defined.

    A document type stands before the first element, so nothing more needs reading.
    """
    try:
        with zipfile.ZipFile(file.path) as archive:
            for member in archive.infolist():
                if member.filename.lower().endswith((".xml", ".rels")) and member.file_size:
                    with archive.open(member) as stream:
                        next(iter(ElementTree.iterparse(stream, ("start",), forbid_dtd=True)))
    except DefusedXmlException as error:
        raise file.broken("entities") from error
    except Exception as error:  # zip members broken in one of many ways
        raise file.broken() from error
