"""Which version of an area a report rests on: checksums of its files. Knows no report.

A checksum is of the whole file, hidden counts included: who can rebuild all of a file but one small
count could try each. So files with counted people are told by the area's version only.
"""

from __future__ import annotations

from pathlib import Path

from geo.area.folder import home_folder, read_manifest
from geo.area.model import Area
from geo.errors import AreaDamaged, AreaNewer

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
    """Whether any row of people is counted and not estimated."""
    return bool((~area.people["estimated"].to_numpy(bool)).any())
