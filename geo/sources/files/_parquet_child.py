"""Reads one Parquet file in a process of its own, bounded in memory and time, and writes its rows
as JSON: a few kB of it can hold the same long text in every row. Imports nothing of ours.

Called as ``python -I _parquet_child.py FILE ROWS BYTES MEMORY_MB SECONDS``.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def main(arguments: list[str]) -> int:
    """Write ``{"rows": […], "crs": code}`` or ``{"error": reason, "found": …}``."""
    path = arguments[0]
    rows, size, memory_mb, seconds = (int(text) for text in arguments[1:5])
    _bound(memory_mb, seconds)
    import pyarrow
    import pyarrow.parquet

    pyarrow.set_cpu_count(1)
    pyarrow.set_io_thread_count(1)
    try:
        answer = _read(pyarrow.parquet.ParquetFile(path), rows, size)
    except MemoryError:
        answer = {"error": "too_many_cells", "found": rows, "limit": rows}
    except Exception:  # whatever the parser raises for a broken file
        answer = {"error": "broken"}
    sys.stdout.write(json.dumps(answer) if "error" in answer else answer["text"])
    return 0


def _bound(memory_mb: int, seconds: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows; the caller still stops the clock
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(book: Any, rows: int, size: int) -> dict[str, Any]:
    found = book.metadata.num_rows
    if found > rows:
        return {"error": "too_many_rows", "found": found, "limit": rows}
    geo = json.loads((book.schema_arrow.metadata or {}).get(b"geo", b"{}"))
    column = geo.get("primary_column", "")
    parts, room = [], size
    for batch in book.iter_batches(batch_size=100, use_threads=False):
        for row in batch.to_pylist():
            if isinstance(row.get(column), bytes):
                row = {**row, column: row[column].hex()}
            text = json.dumps(row, default=_plain)
            room -= len(text)
            if room < 0:
                return {"error": "too_many_cells", "found": size, "limit": size}
            parts.append(text)
    code = ((geo.get("columns") or {}).get(column) or {}).get("crs") or {}
    own = code.get("id") or {} if isinstance(code, dict) else {}
    system = own.get("code") if own.get("authority") == "EPSG" else 0
    return {"text": f'{{"crs": {json.dumps(system)}, "rows": [{", ".join(parts)}]}}'}


def _plain(cell: Any) -> Any:
    return cell.hex() if isinstance(cell, bytes) else str(cell)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
