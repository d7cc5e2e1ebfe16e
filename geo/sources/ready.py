"""The areas that can be fetched with one click, from ``data/areas.toml``. Does not fetch."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

from geo.texts import DATA


@dataclass(frozen=True)
class ReadyArea:
    """An area known by name: its id as a folder, its name on screen, what to ask for, and what to
    ask next where that is not on the map.
    """

    id: str
    name: str
    query: str
    alternatives: tuple[str, ...] = ()


@cache
def ready_areas() -> tuple[ReadyArea, ...]:
    """Return the ready areas in file order: Stockholm's boroughs first, then Haninge.

    >>> ready_areas()[0].name
    'Bromma'
    """
    with (DATA / "areas.toml").open("rb") as file:
        rows = tomllib.load(file)["area"]
    return tuple(
        ReadyArea(**{**row, "alternatives": tuple(row.get("alternatives", ()))}) for row in rows
    )
