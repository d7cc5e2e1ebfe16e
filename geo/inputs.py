"""What a person gives to make an area of: files, and what is said of them. Reads none of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from geo.area.provenance import Source

MARGIN_M = 1000.0
"""How far beyond the boundary paths and places are kept: who lives at the edge walks across it."""


@dataclass(frozen=True)
class Inputs:
    """The files an area is made of, as a person names them.

    ``places`` are (kind, file) pairs. ``columns`` override guesses: group → column for people.
    ``crs`` states a file's coordinate system by part (``network``, ``people`` …). ``notes`` says
    for a part its source, licence and date.
    """

    osm: Path | None = None
    lines: Path | None = None
    boundary: Path | None = None
    districts: Path | None = None
    people: tuple[Path, ...] = ()
    places: tuple[tuple[str, Path], ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    crs: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, Note] = field(default_factory=dict)
    margin_m: float = MARGIN_M

    @property
    def has_network(self) -> bool:
        """Whether a file with paths is among them."""
        return self.osm is not None or self.lines is not None


@dataclass(frozen=True)
class Note:
    """What a person says of a file: where it is from, on what terms, and from when."""

    title: str = ""
    licence: str = ""
    date: str = ""


def source_of(
    part: str, file: Path, inputs: Inputs, *, made: str = "read", rows: int = 0
) -> Source:
    """Describe a file as a source: what its user says of it, else its name and its own date."""
    note = inputs.notes.get(part, Note())
    return Source(
        part=part,
        title=note.title or file.name,
        licence=note.licence,
        date=note.date or _file_date(file),
        file_date=not note.date,
        made=made,
        file=file.name,
        rows=rows,
    )


def _file_date(file: Path) -> str:
    """Return the file's own date: the best known where nobody said more; shown as the file's
    date.
    """
    try:
        return date.fromtimestamp(file.stat().st_mtime).isoformat()
    except OSError:
        return ""
