"""Which published specification of open data a file follows, by its header."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from typing import Any

from geo.cells import plain
from geo.resources import DATA
from geo.texts import Phrase


@cache
def _known() -> dict[str, frozenset[str]]:
    with (DATA / "places" / "specifications.toml").open("rb") as stream:
        raw: dict[str, dict[str, Any]] = tomllib.load(stream)
    return {name: frozenset(map(plain, each["columns"])) for name, each in raw.items()}


def recognised(columns: Sequence[str]) -> str:
    """Return the specification that a file's columns follow, "" for none we know.

    >>> recognised(["source", "id", "name", "latitude", "longitude", "email", "visit_url"])
    'visited'
    """
    there = {plain(name) for name in columns}
    return next((name for name, wanted in _known().items() if wanted <= there), "")


def told(columns: Sequence[str]) -> list[Phrase]:
    """Return what a person is told of the specification that a file follows."""
    found = recognised(columns)
    name = Phrase(f"specifications.{found}", {})
    return [Phrase("specifications.follows", {"name": name})] if found else []
