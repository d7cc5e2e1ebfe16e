"""What a report's file carries of where it came from, as JSON: area, version, checksums, settings
and figures; and how it is put into each kind of file. Knows no answers and opens no file.

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
"""

from __future__ import annotations

import hashlib
import json
from typing import Any
from xml.sax.saxutils import escape

from geo.report import Report

FORMAT = "narhet-report"
VERSION = 1
NAME = "narhet.json"
URI = "urn:narhet:report"
SCRIPT_ID = "narhet-report"
CELL = 20_000
"""Characters of JSON in one cell of a workbook; a cell holds 32,767."""


def record(report: Report) -> dict[str, Any]:
    """Return what a file of this report carries: plain JSON, with a checksum of itself.

    The checksum tells an altered record; it is no signature: who alters the record with care can
    compute it again, and then only the area's own figures tell.
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
