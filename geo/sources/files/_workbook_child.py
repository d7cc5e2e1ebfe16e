"""Reads one workbook in a process of its own, bounded in memory and time, and writes its sheets as
JSON: a file made to break the parser breaks this process and nothing else. Imports nothing of ours.

Called as ``python -I _workbook_child.py FILE CELLS ROWS MEMORY_MB SECONDS``.
"""

from __future__ import annotations

import datetime
import json
import sys
from typing import Any


def main(arguments: list[str]) -> int:
    """Write ``{"sheets": [[name, visible, rows]]}`` or ``{"error": reason, "found": …}``."""
    path = arguments[0]
    cells, rows, memory_mb, seconds = (int(text) for text in arguments[1:5])
    _bound(memory_mb, seconds)
    import python_calamine

    try:
        with python_calamine.load_workbook(path) as book:
            answer = _sheets(book, cells, rows)
    except python_calamine.PasswordError:
        answer = {"error": "password"}
    except MemoryError:
        answer = {"error": "too_many_cells", "found": cells, "limit": cells}
    except Exception:  # whatever the parser raises for a broken workbook
        answer = {"error": "broken"}
    json.dump(answer, sys.stdout, ensure_ascii=True)
    return 0


def _bound(memory_mb: int, seconds: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows; the caller still stops the clock
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _sheets(book: Any, cells: int, rows: int) -> dict[str, Any]:
    found: list[list[Any]] = []
    for about in book.sheets_metadata:
        if "WorkSheet" not in str(about.typ):
            continue  # a chart or a macro
        sheet = book.get_sheet_by_name(about.name)
        if sheet.height > rows:
            return {"error": "too_many_rows", "found": sheet.height, "limit": rows}
        cells -= sheet.height * sheet.width
        if cells < 0:
            return {"error": "too_many_cells", "found": -cells, "limit": int(sys.argv[2])}
        first, left = sheet.start or (0, 0)
        read = [
            [first + at + 1, left, [_plain(cell) for cell in row]]
            for at, row in enumerate(sheet.iter_rows())
            if any(cell != "" for cell in row)
        ]
        found.append([about.name, "VeryHidden" not in str(about.visible), read])
    return {"sheets": found}


def _plain(cell: Any) -> Any:
    """Return a cell as text, number, bool or None; times as ISO 8601 writes them."""
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, float):
        return cell if -1e300 < cell < 1e300 else None  # not a number, or none that can be
    return _time(cell)


def _time(cell: Any) -> Any:
    if isinstance(cell, datetime.datetime):
        whole_day = cell.time() == datetime.time()
        return cell.date().isoformat() if whole_day else cell.isoformat(" ", "seconds")
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    if isinstance(cell, datetime.time):
        return cell.isoformat("seconds" if cell.second else "minutes")
    if isinstance(cell, datetime.timedelta):
        minutes = round(cell.total_seconds() / 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    return cell


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
