"""Repairs of an area's paths, as they are kept, and the area mended with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from geo.area.model import Area
from geo.network.repairs import Repair, repaired


def repair_of(id: str, fields: Mapping[str, Any], *, why: str, by: str, at: str) -> Repair:
    """Return the repair that a record's fields ``repair`` (its kind) and ``lines`` describe."""
    lines = tuple(tuple((float(x), float(y)) for x, y in line) for line in fields["lines"])
    return Repair(id, str(fields["repair"]), lines, why, by, at)


def with_repairs(area: Area, repairs: Sequence[Repair]) -> Area:
    """Return an area whose paths are mended, and which knows of each repair whether it fits."""
    if not repairs:
        return replace(area, repairs=()) if area.repairs else area
    network, told = repaired(area.network, repairs)
    return replace(area, network=network, repairs=told)
