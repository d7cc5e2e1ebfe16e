"""Reading workbooks (XLSX, XLS, ODS), CSV and TSV into one table: which sheet, how it is written,
where its header is, which rows are notes. Formulas give their last computed value and are never
evaluated.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from geo.area.provenance import LeftOut
from geo.cells import is_empty, plain, to_number, written
from geo.errors import FileTooLarge, InputError
from geo.sources.files import _workbook_child, dialect
from geo.sources.files.field_names import known_names
from geo.sources.files.opening import NAMES, Opened, check_workbook, size_mb
from geo.texts import Phrase

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
            [(number, _trimmed_book([None] * left + cells)) for number, left, cells in rows],
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


def _trimmed_book(cells: list[Any]) -> list[Any]:
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


TEXT_ENDINGS = (".csv", ".tsv", ".txt")
SHEET_ENDINGS = (*TEXT_ENDINGS, *BOOK_ENDINGS)
MAX_TEXT_MB = 50
MAX_ROWS = 200_000
MAX_LINES = 1_048_576
"""Lines of a text file, empty ones too: as many as a sheet can have."""

MAX_COLUMNS = 2_000
_LONG_NOTE = 30
_LONG_DEFINITION = 50
_SHOWN_PREAMBLE = 20


@dataclass(frozen=True)
class Choices:
    """What a person states about a file where the guess is wrong; empty means: guess.

    ``sheet`` names a sheet, or a layer of a map file. ``header`` is the header's row as a person
    sees it, 0 for none. ``columns``: our field → the file's column, ``""`` for a field that the
    file does not have. ``contacts``: whether columns with private contact persons are kept.
    """

    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    decimal: str = ""
    header: int | None = None
    crs: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    contacts: bool = False


@dataclass(frozen=True)
class Part:
    """A sheet or layer that was read, or was not: its name, its rows, and what is added to its row
    numbers so that they are no other part's.
    """

    name: str
    rows: int
    plus: int = 0


@dataclass(frozen=True, eq=False)
class Grid:
    """A sheet as a table.

    ``frame``: cells as text, number, bool or None; the index, named ``row``, is the row in the
    file. ``header``: the row the column names stand in, 0 for none. ``preamble``: what stands above
    it. ``left_out``: rows that are no records: notes below the table, the header once more.
    ``joined``: the sheets that were read where they are several; ``others``: those with rows that
    were not.
    """

    frame: pd.DataFrame
    encoding: str
    delimiter: str
    decimal: str
    sheet: str
    sheets: tuple[str, ...]
    header: int
    preamble: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    joined: tuple[Part, ...] = ()
    others: tuple[Part, ...] = ()


SHEET_COLUMN = "blad"
"""What the column is called that says on which of several sheets a row stands."""
_LIKE = 0.6
"""Share of two sheets' columns that must be the same for their rows to be of one table."""


def read_grid(file: Opened, choices: Choices, *, join: bool = False) -> Grid:
    """Read an open sheet file; rows with nothing in them are left out.

    Parameters
    ----------
    join : whether the rows of all sheets with the same columns are read, as where a list has a
        sheet per district; of sheets called by years, only the newest. Rows of a sheet after the
        first are numbered from a round number, see ``Part.plus``.

    Raises
    ------
    FileFormat, FileTooLarge : it cannot be read as what its ending says, or as the choices say.
    """
    if file.ending not in BOOK_ENDINGS:
        refuse(file, choices, ("sheet",))
        records, encoding, delimiter = _text_records(file, choices)
        return replace(_grid(file, records, choices), encoding=encoding, delimiter=delimiter)
    refuse(file, choices, ("encoding", "delimiter"))
    found = read_workbook(file, most_rows=MAX_ROWS)
    chosen = _chosen_sheet(file, found, choices.sheet)
    shown = [each for each in found if each.visible or each is chosen]
    first = _grid(file, chosen.records, choices)
    grids = {chosen.name: first}
    if join and not choices.sheet:
        grids = _like(file, chosen, first, shown, choices)
    grid = _joined(file, grids)
    others = tuple(
        Part(each.name, len(each.records))
        for each in shown
        if each.records and each.name not in grids
    )
    names = tuple(each.name for each in shown)
    return replace(grid, sheet=next(iter(grids)), sheets=names, others=others)


def refuse(file: Opened, choices: Choices, never: tuple[str, ...]) -> None:
    """Refuse what a person states about a file of a sort that has no such thing.

    Raises
    ------
    InputError ``choice_without_meaning`` : so that nothing that was stated is passed over.
    """
    for name in never:
        if getattr(choices, name) not in ("", None):
            raise InputError(
                "choice_without_meaning",
                file=file.name,
                choice=Phrase(f"data.say_{name}", {}),
                format=NAMES[file.ending],
            )


def _like(
    file: Opened, chosen: Sheet, first: Grid, shown: list[Sheet], choices: Choices
) -> dict[str, Grid]:
    """Return the sheets that have the chosen one's columns, in the order of the workbook; of
    sheets called by years the newest.
    """
    grids: dict[str, Grid] = {}
    for each in shown:
        if each is chosen:
            grids[each.name] = first
        elif each.records and each.visible:
            with suppress(InputError):
                grid = _grid(file, each.records, choices)
                if _same_columns(first, grid):
                    grids[each.name] = grid
    years = {name: re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", name) for name in grids}
    if len(grids) > 1 and all(years.values()):
        newest = max(grids, key=lambda name: (years[name][-1], name == chosen.name))
        return {newest: grids[newest]}
    return grids


def _same_columns(one: Grid, other: Grid) -> bool:
    if not one.header or not other.header:
        return one.header == other.header and len(one.frame.columns) == len(other.frame.columns)
    mine, theirs = ({plain(name) for name in each.frame.columns} for each in (one, other))
    return len(mine & theirs) >= _LIKE * len(mine | theirs) and len(other.frame) > 0


def _joined(file: Opened, grids: Mapping[str, Grid]) -> Grid:
    """Return several sheets as one table, with a column for which a row is of."""
    first = next(iter(grids.values()))
    if len(grids) == 1:
        return first
    last = max(
        max([0, *map(int, each.frame.index), *(item.row for item in each.left_out)])
        for each in grids.values()
    )
    step = 10 ** max(3, len(str(last)))
    called = {plain(str(name)): str(name) for name in first.frame.columns}
    own = SHEET_COLUMN if SHEET_COLUMN not in called else f"{SHEET_COLUMN}_2"
    frames, left_out, parts = [], [], []
    for number, (name, grid) in enumerate(grids.items()):
        frame = grid.frame.rename(columns=lambda column: called.get(plain(column), column))
        frame = frame.loc[:, ~frame.columns.duplicated()].copy()
        frame.index = frame.index + number * step
        frame[own] = name
        frames.append(frame)
        parts.append(Part(name, len(frame), number * step))
        left_out += [replace(item, row=item.row + number * step) for item in grid.left_out]
    frame = pd.concat(frames).astype(object)
    frame = frame.where(frame.notna(), None)
    if len(frame) > MAX_ROWS:
        raise file.broken("too_many_rows", found=len(frame), limit=MAX_ROWS)
    frame.index.name = "row"
    return replace(first, frame=frame, left_out=tuple(left_out), joined=tuple(parts))


def _grid(file: Opened, records: list[Record], choices: Choices) -> Grid:
    """Return one sheet's rows as a table."""
    _check_size(file, records)
    at = _header_at(records, choices.header)
    first = at + 1 if at is not None else 0 if choices.header == 0 else _first_row(records)
    names = _names(records, at)
    left_out = _no_records(records, first, at)
    notes = {item.row for item in left_out}
    body = [record for record in records[first:] if record[0] not in notes]
    decimal = choices.decimal or dialect.decimal_of([cells for _, cells in body])
    if choices.decimal:
        body = [(row, [_in_decimals(cell, decimal) for cell in cells]) for row, cells in body]
    frame = _frame(body, names)
    above = first if at is None else at
    preamble = tuple(_line(cells) for _, cells in records[:above][:_SHOWN_PREAMBLE])
    header = 0 if at is None else records[at][0]
    return Grid(frame, "", "", decimal, "", (), header, preamble, left_out)


def _check_size(file: Opened, records: list[Record]) -> None:
    if not records:
        raise file.broken("empty")
    if len(records) > MAX_ROWS:
        raise file.broken("too_many_rows", found=len(records), limit=MAX_ROWS)
    width = max(len(cells) for _, cells in records)
    if width > MAX_COLUMNS:
        raise file.broken("too_many_columns", found=width, limit=MAX_COLUMNS)
    if width * len(records) > MAX_CELLS:
        raise file.broken("too_many_cells", found=width * len(records), limit=MAX_CELLS)


def _chosen_sheet(file: Opened, sheets: list[Sheet], wanted: str) -> Sheet:
    """Return the stated sheet, else the first that looks most like a table with names of ours."""
    filled = [sheet for sheet in sheets if sheet.records]
    if wanted:
        for sheet in sheets:
            if sheet.name == wanted:
                return sheet
        shown = ", ".join(sheet.name for sheet in sheets[:10])
        raise file.broken("no_sheet", found=wanted[:60], sheets=shown[:300])
    if not filled:
        raise file.broken("empty")
    return max(filled, key=_likeness)


def _likeness(sheet: Sheet) -> tuple[bool, bool, int]:
    rows = [cells for _, cells in sheet.records[:300]]
    wide = sum(sum(cell is not None for cell in cells) > 1 for cells in rows)
    at = dialect.header_of(rows, known_names())
    names = [] if at is None else [plain(written(cell)) for cell in rows[at]]
    return sheet.visible, wide > 1, sum(name in known_names() for name in names)


def _text_records(file: Opened, choices: Choices) -> tuple[list[Record], str, str]:
    if size_mb(file.path) > MAX_TEXT_MB:
        raise FileTooLarge(file=file.name, found=size_mb(file.path), limit=MAX_TEXT_MB)
    try:
        text, encoding = dialect.decoded(file.path.read_bytes(), choices.encoding)
    except (LookupError, UnicodeError) as error:
        raise file.broken("encoding", found=choices.encoding[:40]) from error
    if "\0" in text:
        raise file.broken("other_content")
    if "\r\r\n" in text and not re.search(r"(?<!\r\r)\n", text):
        text = text.replace("\r\r\n", "\n")  # written twice through a converter of line ends
    delimiter = choices.delimiter or dialect.delimiter_of(text)
    try:
        reader = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter)
        records = [
            (number, trimmed)
            for number, cells in enumerate(islice(reader, MAX_LINES + 1), start=1)
            if (trimmed := _trimmed(cells))
        ]
        if reader.line_num > MAX_LINES:
            raise file.broken("too_many_rows", found=reader.line_num, limit=MAX_ROWS)
    except InputError:
        raise
    except (csv.Error, TypeError, ValueError) as error:  # the last two: not one sign
        raise file.broken("delimiter" if choices.delimiter else "broken") from error
    return records, encoding, delimiter


def _trimmed(cells: list[str]) -> list[Any]:
    values: list[Any] = [cell.strip() or None for cell in cells]
    while values and values[-1] is None:
        values.pop()
    return values


def _header_at(records: list[Record], stated: int | None) -> int | None:
    """Return which record is the header; None where the table has none."""
    if stated is None:
        return dialect.header_of([cells for _, cells in records], known_names())
    if stated <= 0:
        return None
    later = [at for at, (number, _) in enumerate(records) if number >= stated]
    return later[0] if later else len(records) - 1


def _first_row(records: list[Record]) -> int:
    """Return the first record of a table without header, past titles that fill a cell only."""
    filled = [sum(cell is not None for cell in cells) for _, cells in records[:300]]
    usual = sorted(filled)[int(0.75 * (len(filled) - 1))]
    return next(at for at, count in enumerate(filled) if count >= 0.5 * usual)


def _names(records: list[Record], at: int | None) -> list[str]:
    """Name the columns as the header does; where it is empty, as the row right above it does, as
    headers in two rows are written; nameless and repeated ones get a number.
    """
    width = max(len(cells) for _, cells in records)
    header: list[Any] = [None] * width
    if at is not None:
        header[: len(records[at][1])] = records[at][1]
    if at and records[at - 1][0] == records[at][0] - 1:
        above = records[at - 1][1]
        if sum(cell is not None for cell in above) > 1:
            for column, cell in enumerate(above):
                header[column] = cell if header[column] is None else header[column]
    return unique_names(header)


def unique_names(header: list[Any]) -> list[str]:
    """Return a name per column: what stands in the header, with a number where that is not its own;
    signs nobody sees, as those that turn the direction of writing, are left out.

    >>> unique_names(["namn", "namn", None, "geometry"])
    ['namn', 'namn_2', '#3', 'geometry']
    """
    taken: set[str] = set()
    names: list[str] = []
    for at, cell in enumerate(header, start=1):
        letters = "".join(sign for sign in written(cell) if unicodedata.category(sign) != "Cf")
        name = base = " ".join(letters.split())[:200] or f"#{at}"
        again = 2
        while name in taken:
            name, again = f"{base}_{again}", again + 1
        taken.add(name)
        names.append(name)
    return names


def _no_records(records: list[Record], first: int, at: int | None) -> tuple[LeftOut, ...]:
    """Return which rows below the header are no records: it once more, and notes at the end."""
    header = None if at is None else records[at][1]
    found = [
        LeftOut(number, "header_again") for number, cells in records[first:] if cells == header
    ]
    counts = [sum(cell is not None for cell in cells) for _, cells in records[first:]]
    if not counts or float(np.median(counts)) < 3:
        return tuple(found)
    for place in range(len(records) - 1, first - 1, -1):
        number, cells = records[place]
        text = _line(cells)
        apart = place > 0 and records[place - 1][0] < number - 1
        alone = counts[place - first] == 1 and (apart or cells[0] is None or len(text) > _LONG_NOTE)
        defines = counts[place - first] == 2 and _is_definition(cells)
        if not (alone or defines):
            break
        found.append(LeftOut(number, "footnote", {"found": text[:60]}))
    return tuple(sorted(found, key=lambda item: item.row))


def _is_definition(cells: list[Any]) -> bool:
    """Return whether a row of two cells explains a word in a sentence, as under published
    tables.
    """
    return len(cells) == 2 and len(written(cells[1])) > _LONG_DEFINITION


def _frame(body: list[Record], names: list[str]) -> pd.DataFrame:
    width = len(names)
    cells = [[*row, *([None] * (width - len(row)))] for _, row in body]
    index = pd.Index([number for number, _ in body], name="row", dtype=np.int64)
    return pd.DataFrame(cells, columns=pd.Index(names, dtype=object), index=index, dtype=object)


def _in_decimals(cell: Any, decimal: str) -> Any:
    """Return a text that reads as another number with the stated decimals as that number."""
    if not isinstance(cell, str):
        return cell
    number = to_number(cell, decimal)
    return cell if number is None or number == to_number(cell) else number


def _line(cells: list[Any]) -> str:
    return " · ".join(written(cell) for cell in cells if not is_empty(cell))[:200]
