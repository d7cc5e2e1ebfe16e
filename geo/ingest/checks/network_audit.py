"""The barrier audit: what of an area hangs loose, lies off the paths or on top of something else,
in words, rows and plain data. It shows where to look and changes nothing.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import pandas as pd

from geo import presets, privacy, texts
from geo.area.model import Area
from geo.ingest.checks.network_barriers import (
    DETOUR_M,
    FAR_M,
    UNREACHABLE,
    Detour,
    LoosePeople,
    LoosePlace,
    Pieces,
    SharedPoint,
    Slopes,
    detour_of,
    loose_people,
    loose_places,
    pieces_of,
    shared_points,
    slopes_of,
)
from geo.network.walk_network import MAX_SNAP_M
from geo.texts import text

PROFILES = ("adult", "with_stroller")
PIECES_SHOWN = 8
"""Pieces with a row of their own in words; plain data has all above ``barriers.REST_M``."""

Row: TypeAlias = tuple[str, str, str, float]


@dataclass(frozen=True)
class Audit:
    """What the barrier audit of an area found."""

    area: str
    pieces: tuple[Pieces, ...]
    places: tuple[LoosePlace, ...]
    people: tuple[LoosePeople, ...]
    shared: tuple[SharedPoint, ...]
    detour: Detour
    slopes: tuple[Slopes, ...]
    places_checked: int
    people_checked: int

    def findings(self, language: str = "sv") -> pd.DataFrame:
        """Return one row per finding: ``what``, ``name``, ``detail`` in words, and ``metres`` (NaN
        where none belongs).
        """
        rows = [
            *_piece_rows(self, language),
            *_place_rows(self, language),
            *_people_rows(self, language),
            *_shared_rows(self, language),
            _detour_row(self.detour, language),
            *_slope_rows(self, language),
        ]
        return pd.DataFrame(rows, columns=["what", "name", "detail", "metres"])


def audit(area: Area, *, seed: int = 0, pairs: int = 1000) -> Audit:
    """Look for barriers and misplaced points, for the default walking profile.

    Parameters
    ----------
    seed : makes the random pairs of the detour factor the same each time.
    pairs : how many pairs to draw; a small network may hold fewer.
    """
    return Audit(
        area=area.id,
        pieces=tuple(pieces_of(area.network, presets.profile(name)) for name in PROFILES),
        places=loose_places(area),
        people=loose_people(area),
        shared=shared_points(area),
        detour=detour_of(area.network, seed=seed, pairs=pairs),
        slopes=slopes_of(area.network),
        places_checked=len(area.places),
        people_checked=len(area.people),
    )


def to_rows(found: Audit, language: str = "sv") -> pd.DataFrame:
    """Return the findings ready to print or show: headings and cells are text in the reader's
    language.
    """
    table = found.findings(language)
    metres = [
        "" if math.isnan(value) else texts.number(value, language) for value in table["metres"]
    ]
    headings = {name: text(f"audit.column_{name}", language) for name in table}
    return table.assign(metres=metres).rename(columns=headings)


def to_json(found: Audit) -> dict[str, Any]:
    """Return the audit as plain data; what is not a finite number is ``None``; small counts of
    counted people are left out and marked ``small``.
    """
    document = asdict(found)
    for row, group in zip(document["people"], found.people, strict=True):
        row["small"] = group.is_small
        if group.is_small:
            row["people"] = None
    plain: dict[str, Any] = json.loads(json.dumps(_finite(document)))
    return plain


def _piece_rows(found: Audit, language: str) -> list[Row]:
    rows: list[Row] = []
    for pieces in found.pieces:
        name = presets.profile(pieces.profile).name(language)
        what = text("audit.pieces", language)
        total = text(
            "audit.pieces_total", language, count=pieces.count, km=round(pieces.metres / 1000, 1)
        )
        rows.append((what, name, total, pieces.metres))
        for number, piece in enumerate(pieces.listed[:PIECES_SHOWN], start=1):
            share = texts.percent(piece.share, language, 1)
            key = "audit.main_piece" if number == 1 else "audit.piece"
            detail = text(key, language, number=number, share=share)
            rows.append((what, name, detail, piece.metres))
        rest = pieces.listed[PIECES_SHOWN:]
        count = len(rest) + pieces.rest_count
        if count:
            share = texts.percent(sum(p.share for p in rest) + pieces.rest.share, language, 1)
            detail = text("audit.rest", language, count=count, share=share)
            rows.append((what, name, detail, sum(p.metres for p in rest) + pieces.rest.metres))
    return rows


def _problem(problem: str, metres: float, language: str) -> str:
    if problem == UNREACHABLE and math.isinf(metres):
        return text("audit.no_position", language)
    return text(f"audit.{problem}", language, far=FAR_M, limit=MAX_SNAP_M)


def _place_rows(found: Audit, language: str) -> list[Row]:
    rows: list[Row] = []
    for place in found.places:
        kind = presets.kinds().get(place.kind)
        kind_name = kind.name(language) if kind else place.kind
        detail = f"{kind_name}: {_problem(place.problem, place.metres, language)}"
        rows.append((text("audit.place", language), place.name or place.id, detail, place.metres))
    return rows or [_none("audit.place", found.places_checked, language)]


def _people_rows(found: Audit, language: str) -> list[Row]:
    rows: list[Row] = []
    for group in found.people:
        key = "audit.people_points" if math.isnan(group.people) else "audit.people_count"
        if group.is_small:
            key = "audit.people_small"
        elif group.estimated and not math.isnan(group.people):
            key = "audit.people_estimated"
        count = group.people if math.isnan(group.people) else round(group.people)
        who = text(key, language, count=count, points=group.points, smallest=privacy.SMALLEST)
        detail = f"{who}: {_problem(group.problem, group.metres, language)}"
        unit = group.unit or text("audit.no_unit", language)
        rows.append((text("audit.people", language), unit, detail, group.metres))
    return rows or [_none("audit.people", found.people_checked, language)]


def _shared_rows(found: Audit, language: str) -> list[Row]:
    what = text("audit.shared", language)
    kinds = presets.kinds()
    rows: list[Row] = []
    for spot in found.shared:
        named = [kinds[kind].name(language) if kind in kinds else kind for kind in spot.kinds]
        key = "audit.shared_same" if spot.same_kind else "audit.shared_mixed"
        detail = text(key, language, count=len(spot.names), kinds=", ".join(dict.fromkeys(named)))
        rows.append((what, ", ".join(spot.names), detail, math.nan))
    return rows or [_none("audit.shared", found.places_checked, language)]


def _detour_row(detour: Detour, language: str) -> Row:
    what = text("audit.detour", language)
    if detour.pairs == 0:
        return what, "", text("audit.detour_none", language), math.nan
    detail = text(
        "audit.detour_found",
        language,
        median=texts.number(detour.median, language, 2),
        p90=texts.number(detour.p90, language, 2),
        pairs=detour.pairs,
        low=DETOUR_M[0],
        high=DETOUR_M[1],
    )
    return what, "", detail, math.nan


def _slope_rows(found: Audit, language: str) -> list[Row]:
    rows: list[Row] = []
    for row in found.slopes:
        known = row.unknown_share < 1
        detail = text(
            "audit.slope_found" if known else "audit.slope_unknown",
            language,
            steepest=round(1 / row.max_slope),
            share=texts.percent(row.unknown_share, language, 0),
        )
        name = presets.profile(row.profile).name(language)
        rows.append((text("audit.slope", language), name, detail, row.steep_m))
    return rows


def _none(key: str, checked: int, language: str) -> Row:
    return text(key, language), "", text("audit.nothing", language, count=checked), math.nan


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _finite(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return value
