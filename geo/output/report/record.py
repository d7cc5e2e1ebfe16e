"""What a report's file carries of where it came from, as JSON: area, version, checksums, settings,
figures and what is proposed; and how it is put into each kind of file.

=========== ==============================================================================
ending      where the JSON is
=========== ==============================================================================
``.pdf``    the attachment ``narhet.json``
``.xlsx``   cells of the last sheet, each ``narhet.json 1/2 …`` and part of the text
``.pptx``   the part ``customXml/item1.xml``, see ``record_xml``
``.gpkg``   a row of ``gpkg_metadata`` with ``md_standard_uri`` ``urn:narhet:report``
``.html``   ``<script type="application/json" id="narhet-report">``, see ``record_script``
``.geojson`` ``report`` of the foreign member ``narhet``
=========== ==============================================================================

A checksum is of the whole file, hidden counts included: who can rebuild all of a file but one small
count could try each. So files with counted people are identified by the area's version only.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from geo.area.manifest import home_folder, read_manifest
from geo.area.model import Area
from geo.errors import AreaDamaged, AreaNewer
from geo.output.report.model import Report

FORMAT = "narhet-report"
VERSION = 1
NAME = "narhet.json"
URI = "urn:narhet:report"
SCRIPT_ID = "narhet-report"
CELL = 20_000
"""Characters of JSON in one cell of a workbook; a cell holds 32,767."""


def record(report: Report) -> dict[str, Any]:
    """Return what a file of this report carries: plain JSON, with a checksum of itself.

    The checksum reveals an altered record; it is no signature: who alters the record with care can
    compute it again, and then only the area's own figures reveal it.
    """
    content = {
        "format": FORMAT,
        "version": VERSION,
        "area": {
            "id": report.area,
            "name": report.area_name,
            "key": report.area_key,
            "checksums": dict(report.checksums),
        },
        "date": report.date,
        "settings": report.settings,
        "results": report.results,
        "proposal": report.proposal,
        "estimated": report.estimated,
        "demonstration": report.demonstration,
    }
    return {**content, "sha256": checksum(content)}


def record_bytes(report: Report) -> bytes:
    """Return the record as the bytes every file carries: sorted keys, ASCII, no spaces."""
    return canonical(record(report))


def record_xml(report: Report) -> bytes:
    """Return the record as a custom XML part of an Office file."""
    words = escape(record_bytes(report).decode())
    return f'<?xml version="1.0" encoding="UTF-8"?><narhet xmlns="{URI}">{words}</narhet>'.encode()


def record_script(report: Report) -> str:
    """Return the record as an element of an HTML page; nothing in it can end the element."""
    words = record_bytes(report).decode()
    for sign in "<>&":
        words = words.replace(sign, f"\\u{ord(sign):04x}")
    return f'<script type="application/json" id="{SCRIPT_ID}">{words}</script>'


def record_cells(report: Report) -> list[str]:
    """Return the record as texts for the cells of a workbook."""
    words = record_bytes(report).decode()
    parts = [words[at : at + CELL] for at in range(0, len(words), CELL)]
    return [f"{NAME} {at}/{len(parts)} {part}" for at, part in enumerate(parts, start=1)]


def checksum(content: dict[str, Any]) -> str:
    """Return SHA-256 of a record without its own ``sha256``."""
    bare = {name: value for name, value in content.items() if name != "sha256"}
    return hashlib.sha256(canonical(bare)).hexdigest()


def canonical(content: dict[str, Any]) -> bytes:
    """Return JSON in the one way we write it.

    >>> canonical({"b": None, "a": 1.0})
    b'{"a":1.0,"b":null}'
    """
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


OF_PEOPLE = ("people", "places")
"""Parts that may hold counts of persons."""


def area_checksums(area: Area, home: str | Path | None = None) -> dict[str, str]:
    """Return SHA-256 of an area's files by part, as ``area.json`` has them; empty for an area that
    is not saved, or saved again since it was opened. Without the parts ``OF_PEOPLE`` where the
    area has counted people.
    """
    try:
        manifest = read_manifest(home_folder(home) / "areas" / area.id)
    except (AreaDamaged, AreaNewer):
        return {}
    if (manifest.get("revision"), manifest.get("created")) != (area.revision, area.created):
        return {}
    files = manifest.get("files")
    secret = OF_PEOPLE if has_counted_people(area) else ()
    return {
        part: str(row["sha256"])
        for part, row in sorted((files or {}).items())
        if part not in secret
    }


def has_counted_people(area: Area) -> bool:
    """Return whether any row of people is counted and not estimated."""
    return bool((~area.people["estimated"].to_numpy(bool)).any())
