"""Where a part of an area came from, and which rows of a file could not be used. Knows no area."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class LeftOut:
    """A row of a file that could not be used: its number in the file, and why (a key under
    ``left_out.`` with values).
    """

    row: int
    reason: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """Where a part of an area came from.

    ``part`` is ``network``, ``boundary``, ``districts``, ``people``, or a kind of place. Empty
    ``licence`` or ``date`` means unknown, and is shown as such. ``made`` is a key under ``made.``
    that says how the part was made of the file.
    """

    part: str
    title: str
    licence: str = ""
    date: str = ""
    made: str = "read"
    file: str = ""
    rows: int = 0
    estimated: bool = False
    demonstration: bool = False
    file_date: bool = False
    columns: dict[str, str] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()

    @property
    def is_osm(self) -> bool:
        """Whether OpenStreetMap must be credited wherever this part shows."""
        return "openstreetmap" in f"{self.title} {self.licence}".lower()
