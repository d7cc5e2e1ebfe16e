"""Which OpenStreetMap ways people can walk, and what we remember of each: our own filter, as tables
and pure functions of tags.

The ready-made walk filters drop ``highway=cycleway``. In the Nordic countries the combined foot and
cycle path carries that tag, so they lose a fifth to a third of the walkable length and break the
rest into pieces. Here a cycleway stays unless ``foot=no``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

OPEN_HIGHWAYS = (
    "footway",
    "path",
    "trail",  # not a documented value, but mapped: short links between paved footways
    "pedestrian",
    "steps",
    "corridor",  # passages through stations and malls; opening hours are not known
    "cycleway",
    "living_street",
    "residential",
    "service",
    "unclassified",
    "road",
    "track",
    "tertiary",
    "tertiary_link",
    "secondary",
    "secondary_link",
    "primary",
    "primary_link",
)
"""Walkable unless the tags forbid it. Anything not listed here or below is left out: motorways,
construction, proposed, abandoned and razed roads, raceways, tram and bus platforms (islands that
join nothing), lifts (a point in most data).
"""

ASKING_HIGHWAYS = ("bridleway", "busway", "trunk", "trunk_link")
"""Walkable only where the tags allow it: ``foot`` does, or the road has its own sidewalk."""

FOOT_ALLOWED = frozenset({"yes", "designated", "permissive", "destination", "official"})
FOOT_REFUSED = frozenset({"no", "private", "use_sidepath"})
"""``use_sidepath`` sends walkers to the path beside the road, which is mapped on its own."""

ACCESS_REFUSED = frozenset({"no", "private", "military", "permit"})
"""Refused to everybody, unless ``foot`` allows walkers. ``customers``, ``destination`` and
``delivery`` stay: they are about vehicles and car parks."""

SIDEWALKS = frozenset({"both", "left", "right", "yes"})
LIT = frozenset({"yes", "24/7", "automatic", "limited", "interval", "sunset-sunrise"})
UNLIT = frozenset({"no", "disused"})

WAY_KEYS = (
    "highway",
    "foot",
    "access",
    "sidewalk",
    "sidewalk:both",
    "sidewalk:left",
    "sidewalk:right",
    "motorroad",
    "surface",
    "lit",
    "width",
    "est_width",
)
"""The tags of a way that this module reads."""

MAX_WIDTH_M = 200.0
"""A width above this is a typing error, and counts as unknown."""


@dataclass(frozen=True)
class Path:
    """What is remembered of a walkable way. ``lit`` is 1, 0 or -1 for unknown; ``width_m`` NaN for
    unknown.
    """

    highway: str
    surface: str
    steps: bool
    lit: int
    width_m: float


def walkable(tags: Mapping[str, str]) -> bool:
    """Return whether people can walk a way with these tags.

    >>> walkable({"highway": "cycleway"}), walkable({"highway": "cycleway", "foot": "no"})
    (True, False)
    """
    highway, foot = tags.get("highway", ""), tags.get("foot", "")
    if highway not in OPEN_HIGHWAYS and highway not in ASKING_HIGHWAYS:
        return False
    if foot in FOOT_REFUSED:
        return False
    if foot in FOOT_ALLOWED:
        return True
    if tags.get("access", "") in ACCESS_REFUSED or tags.get("motorroad", "") == "yes":
        return False
    return highway in OPEN_HIGHWAYS or _has_sidewalk(tags)


def path_of(tags: Mapping[str, str]) -> Path:
    """Return what is remembered of a walkable way."""
    highway = tags.get("highway", "")
    return Path(
        highway=highway,
        surface=tags.get("surface", ""),
        steps=highway == "steps",
        lit=lit(tags.get("lit", "")),
        width_m=width_m(tags.get("width", "") or tags.get("est_width", "")),
    )


def lit(value: str) -> int:
    """Read a ``lit`` tag: 1 lit, 0 unlit, -1 unknown.

    >>> lit("24/7"), lit("no"), lit("")
    (1, 0, -1)
    """
    return 1 if value in LIT else 0 if value in UNLIT else -1


def width_m(value: str) -> float:
    """Read a width in metres as mappers write it; NaN where it is not one plain number above zero.

    >>> width_m("2,5 m"), width_m("250 cm"), width_m("10 ft")
    (2.5, 2.5, 3.048)
    """
    written = re.fullmatch(
        r"~?\s*(\d{1,5}(?:[.,]\d{1,4})?)\s*(m|meter|metres?|cm|ft|')?\.?", value.strip().lower()
    )
    if not written:
        return math.nan
    unit = {"cm": 0.01, "ft": 0.3048, "'": 0.3048}.get(written[2], 1.0)
    metres = round(float(written[1].replace(",", ".")) * unit, 4)
    return metres if 0 < metres <= MAX_WIDTH_M else math.nan


def overpass_filter() -> str:
    """Return the part of our filter that Overpass can apply, for osmnx's ``custom_filter``.

    It asks for every way ``walkable`` can keep, in one request; what hangs on two tags at once
    (``access=private`` but ``foot=yes``) is decided here afterwards.
    """
    kept = "|".join((*OPEN_HIGHWAYS, *ASKING_HIGHWAYS))
    refused = "|".join(sorted(FOOT_REFUSED))
    return f'["highway"~"^({kept})$"]["foot"!~"^({refused})$"]'


def _has_sidewalk(tags: Mapping[str, str]) -> bool:
    if tags.get("sidewalk", "") in SIDEWALKS:
        return True
    return any(tags.get(f"sidewalk:{side}", "") == "yes" for side in ("both", "left", "right"))
