"""All that the store holds of an area in one file, and back without loss: Excel, GeoPackage or
GeoJSON, with the tables ``about``, ``places``, ``activities``, ``repairs``, ``scenarios`` and
``log``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pyogrio.errors import DataLayerError, DataSourceError

from geo.output.files import backup_formats
from geo.output.files.backup_formats import HEAD, LOG_COLUMNS, TEXTS, Cells, Tables
from geo.output.files.formats import check_ending, write_file
from geo.sources.files.opening import opened, wrong_format
from geo.store.backup import Whole
from geo.store.model import (
    ACTIVITY,
    DETAILS,
    PLACE,
    REPAIR,
    Change,
    Record,
    Scenario,
    from_json,
    to_json,
)
from geo.store.rows import Kept

ENDINGS = (".xlsx", ".gpkg", ".geojson")
SHOWN = "Excel, GeoPackage, GeoJSON"
FORMAT, VERSION = "narhet-everything", 1
_OWN = {PLACE: TEXTS[:-1], ACTIVITY: ("name", "kind", "source", "place"), REPAIR: ("name",)}
"""Fields that have a column of their own."""


_UNREADABLE = (
    *(OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError),
    *(DataSourceError, DataLayerError),
)
"""What goes wrong in a file that we did not write, or that somebody broke."""


def write_everything(whole: Whole, path: Path) -> None:
    """Write all of it to a file, the format by its ending.

    Raises
    ------
    InputError ``output_format``, OutputUnwritable : see ``geo.output.files.gap``.
    """
    write = {
        ".xlsx": backup_formats.xlsx,
        ".gpkg": backup_formats.gpkg,
        ".geojson": backup_formats.geojson,
    }
    ending = check_ending(path, ENDINGS)
    write_file(path, write[ending](_to_tables(whole)))


def read_everything(path: Path) -> Whole:
    """Read a file that ``write_everything`` wrote; people may have changed cells of it since.

    Raises
    ------
    FileMissing, FileFormat, FileTooLarge : not there, not such a file, or above the bounds that
        other files have: see ``geo.sources.files.opening.opened``.
    """
    read = {
        ".xlsx": backup_formats.from_xlsx,
        ".gpkg": backup_formats.from_gpkg,
        ".geojson": backup_formats.from_geojson,
    }
    if path.is_file() and path.suffix.lower() not in read:
        raise wrong_format(str(path), SHOWN, "ending", found=path.suffix or "–")
    with opened(path, ENDINGS) as file:
        try:
            tables = read[file.ending](file)
            about = {row["what"]: row["text"] for row in tables["about"]}
            if about.get("format") != FORMAT or int(about.get("version", 0)) > VERSION:
                raise ValueError(about.get("format"))
            return _from_tables(tables, about)
        except _UNREADABLE as error:
            raise wrong_format(str(path), SHOWN, "not_everything") from error


def _to_tables(whole: Whole) -> Tables:
    about = {"format": FORMAT, "version": str(VERSION), "files_at": whole.files_at}
    return {
        "about": [{"what": what, "text": text} for what, text in about.items()],
        "places": [_record_cells(each) for each in whole.records if each.record.type == PLACE],
        "activities": [
            _record_cells(each) for each in whole.records if each.record.type == ACTIVITY
        ],
        "repairs": [_record_cells(each) for each in whole.records if each.record.type == REPAIR],
        "scenarios": [
            {name: _cell(value, name == "data") for name, value in vars(each).items()}
            for each in whole.scenarios
        ],
        "log": [_log_cells(each) for each in whole.changes],
    }


def _from_tables(tables: Tables, about: Cells) -> Whole:
    records = [_record(row, PLACE) for row in tables["places"]]
    records += [_record(row, ACTIVITY) for row in tables["activities"]]
    records += [_record(row, REPAIR) for row in tables["repairs"]]
    scenarios = [
        Scenario(
            *(row["id"], row["name"], json.loads(row["data"]), int(row["version"])),
            *(row["changed_at"], row["changed_by"]),
        )
        for row in tables["scenarios"]
    ]
    return Whole(
        tuple(sorted(records, key=lambda each: (each.position, each.record.id))),
        tuple(_change(row) for row in tables["log"]),
        tuple(sorted(scenarios, key=lambda each: (each.name, each.id))),
        about.get("files_at", ""),
    )


def _record_cells(each: Kept) -> Cells:
    record, fields = each.record, dict(each.record.fields)
    own = [name for name in _OWN[record.type] if isinstance(fields.get(name), str)]
    # An empty cell is no field: a field that is empty stands among the others.
    texts = {name: fields.pop(name) for name in own if fields[name]}
    details = {DETAILS: _json(fields.pop(DETAILS))} if DETAILS in fields else {}
    head = {name: _cell(getattr(record, name)) for name in (*HEAD, "changed_at", "changed_by")}
    rest = {"fields": _json(fields), "base": _json(each.base), "position": str(each.position)}
    return {**head, **texts, **details, **rest}


def _record(row: Cells, kind: str) -> Kept:
    fields: dict[str, Any] = json.loads(row.get("fields") or "{}")
    fields |= {name: row[name] for name in _OWN[kind] if row.get(name)}
    if row.get(DETAILS):
        fields[DETAILS] = json.loads(row[DETAILS])
    lon, lat = (float(row[name]) if row.get(name) else None for name in ("lon", "lat"))
    record = Record(
        *(row["id"], kind, int(row.get("version") or 1), row.get("status") or "open", lon, lat),
        *(fields, row.get("changed_at", ""), row.get("changed_by", "")),
    )
    base = json.loads(row["base"]) if row.get("base") else None
    return Kept(record, base, int(row.get("position") or 0))


def _log_cells(change: Change) -> Cells:
    told = {name: _cell(getattr(change, name)) for name in LOG_COLUMNS}
    return {**told, "before": _json(to_json(change.before)), "after": _json(to_json(change.after))}


def _change(row: Cells) -> Change:
    before, after = (from_json(json.loads(row[name])) for name in ("before", "after"))
    return Change(
        *(int(row["number"]), int(row["batch"]), row["record"], row["type"], row["action"]),
        *(row["at"], row["by"], before, after, row["note"]),
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _cell(value: Any, as_json: bool = False) -> str:
    return _json(value) if as_json else backup_formats.cell(value)
