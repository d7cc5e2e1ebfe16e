"""How files are written: endings, CSV without formulas, GeoJSON with its credit, dates inside."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geo.errors import InputError, OutputUnwritable

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
ENDINGS = (".csv", ".xlsx", ".geojson", ".gpkg", ".json")


def check_ending(path: Path, endings: tuple[str, ...] = ENDINGS) -> str:
    """Return a file's ending, or raise ``output_format`` with those we write."""
    ending = path.suffix.lower()
    if ending not in endings:
        raise InputError("output_format", found=path.name, known=", ".join(endings))
    return ending


def csv_bytes(rows: pd.DataFrame) -> bytes:
    """Write a table as CSV (UTF-8 with a mark); text that a sheet would run is made text."""
    safe = rows.map(lambda value: unformula(value) if isinstance(value, str) else value)
    written: str = safe.to_csv(index=False, lineterminator="\n")
    return written.encode("utf-8-sig")


def unformula(value: str) -> str:
    """Put an apostrophe before text that a spreadsheet would take for a formula.

    >>> unformula("=1+1")
    "'=1+1"
    """
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value


def shapes_geojson(
    shapes: gpd.GeoDataFrame, summary: Iterable[tuple[str, str]], credit: str
) -> bytes:
    """Write shapes as GeoJSON, with what they rest on and whom to credit in ``narhet``."""
    document = json.loads(shapes.to_json(na="null", drop_id=True))
    document["narhet"] = {"summary": [list(line) for line in summary], "attribution": credit}
    return json.dumps(document, ensure_ascii=False).encode()


def dated_geopackage(path: Path, day: str) -> bytes:
    """Return a GeoPackage as bytes that follow from its content and a day, as ``2026-11-30``."""
    link = sqlite3.connect(path)
    try:
        link.execute("UPDATE gpkg_contents SET last_change = ?", (f"{day[:10]}T00:00:00.000Z",))
        link.commit()
        link.execute("VACUUM")
    finally:
        link.close()
    database, once = path.read_bytes(), (1).to_bytes(4, "big")
    # SQLite's two counters of changes: how often a file was written is by chance.
    return database[:24] + once + database[28:92] + once + database[96:]


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; ``OutputUnwritable`` when the place refuses."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        reason = error.strerror or type(error).__name__
        raise OutputUnwritable(file=str(path), reason=reason) from error
