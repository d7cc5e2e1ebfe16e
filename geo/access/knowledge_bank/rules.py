"""The presets of the knowledge bank (``data/bank.toml``), and the records of places as JSON."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from geo.cells import is_unknown, plain, written
from geo.resources import DATA


@dataclass(frozen=True)
class Rules:
    """What ``data/bank.toml`` says."""

    soon_hours: int
    ahead_days: int
    themes: Mapping[str, str]
    left_out: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]


@cache
def rules() -> Rules:
    """Return the bank's presets."""
    with (DATA / "bank.toml").open("rb") as file:
        table: dict[str, Any] = tomllib.load(file)
    return Rules(
        soon_hours=int(table["soon_hours"]),
        ahead_days=int(table["ahead_days"]),
        themes=dict(table["themes"]),
        left_out=tuple(table["left_out"]["kinds"]),
        columns={name: tuple(columns) for name, columns in table["columns"].items()},
    )


def fields_of(details: object) -> dict[str, Any]:
    """Return a record kept as JSON; an empty one where it is none."""
    try:
        found = json.loads(details) if isinstance(details, str) and details else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def said(record: Mapping[str, Any], field: str) -> str:
    """Return a record's text for a field of ``data/bank.toml``, "" where it has none."""
    known = {plain(name) for name in rules().columns[field]}
    for column, value in record.items():
        if plain(str(column)) in known and not is_unknown(value):
            return " ".join(written(value).split())
    return ""
