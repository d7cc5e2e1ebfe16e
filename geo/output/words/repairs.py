"""Repairs of the paths in words, rows and plain data: those proposed, and those taken with who and
why.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from geo import clock, texts
from geo.area.model import Area
from geo.ingest.checks.network_repairs import ROUND_M, ProposedRepair
from geo.network.joining import NEAR_M
from geo.network.repairs import EXTEND, JOIN, Repair
from geo.texts import text


def proposal_words(each: ProposedRepair, language: str) -> str:
    """Return what a proposal would do, and where ("Förläng en väg … (59.36117, 17.87674)")."""
    kind = "join_piece" if each.repair.kind == JOIN and each.piece_m else each.repair.kind
    kind = "touching" if kind in (EXTEND, JOIN) and each.metres < NEAR_M else kind
    said = text(
        f"repair.{kind}",
        language,
        metres=texts.number(each.metres, language, 1),
        piece=texts.number(round(each.piece_m), language),
        round=round(ROUND_M),
    )
    return f"{said} ({_where(each.repair)})"


def repair_words(each: Repair, language: str) -> str:
    """Return a repair that was taken: what, where, why, who and when; and if it no longer fits."""
    said = text(
        "repair.taken_line",
        language,
        what=text(f"repair.did_{each.kind}", language),
        where=_where(each),
        why=" ".join(each.why.split()),
        who=" ".join(each.by.split()) or "–",
        when=clock.local_time(each.at),
    )
    return said if each.fits else f"{said} {text('repair.unfit', language)}"


def repairs_line(area: Area, language: str) -> str:
    """Return how many repairs the paths of an area have, and how many no longer fit; "" where none
    was taken.
    """
    if not area.repairs:
        return ""
    unfit = sum(not each.fits for each in area.repairs)
    said = text("repair.count", language, count=len(area.repairs) - unfit)
    return f"{said} {text('repair.count_unfit', language, count=unfit)}" if unfit else said


def repair_lines(
    area: Area, found: Sequence[ProposedRepair], within_m: float, language: str
) -> list[str]:
    """Return proposals, numbered from 1, and what was taken, in lines."""
    lines = [text("repair.none", language, within=f"{within_m:g}")]
    if found:
        lines = [text("repair.proposed", language, count=len(found), within=f"{within_m:g}")]
    lines += [
        f"{number:>4}  {each.repair.id}  {proposal_words(each, language)}"
        for number, each in enumerate(found, start=1)
    ]
    if area.repairs:
        lines += ["", text("repair.taken", language, count=len(area.repairs))]
        lines += [f"  {each.id}  {repair_words(each, language)}" for each in area.repairs]
    return lines


def repairs_json(area: Area, found: Sequence[ProposedRepair], within_m: float) -> dict[str, Any]:
    """Return the same as plain data; lines are of longitude and latitude."""
    proposed = [
        {
            "number": number,
            "id": each.repair.id,
            "kind": each.repair.kind,
            "metres": each.metres,
            "piece_m": each.piece_m,
            "lines": each.repair.lines,
        }
        for number, each in enumerate(found, start=1)
    ]
    return {"within_m": within_m, "proposed": proposed, "taken": taken_json(area)}


def taken_json(area: Area) -> list[dict[str, Any]]:
    """Return the repairs of an area as plain data."""
    return [vars(each) for each in area.repairs]


def _where(repair: Repair) -> str:
    lon, lat = repair.spot
    return f"{lat:.5f}, {lon:.5f}"
