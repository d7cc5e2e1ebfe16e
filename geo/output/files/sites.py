"""How a proposal of sites leaves as files: CSV, Excel, GeoJSON and GeoPackage, each with what it
rests on, and as plain data, for ``--json`` and those who compute on.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from geo import cells, privacy, texts
from geo.cells import finite
from geo.network.walk_network import MAX_SNAP_M
from geo.output.files import formats
from geo.output.files.xlsx import Sheet, xlsx_of
from geo.output.words import proposal as proposal_words
from geo.output.words import sources as source_words
from geo.output.words.sites import candidates_words, site_summary
from geo.planning.siting import proposal as siting_proposal
from geo.planning.siting import small_counts
from geo.planning.siting.alternatives import SiteAnswer
from geo.planning.siting.curves import CurvePoint
from geo.planning.siting.proposal import Effect, Proposal
from geo.planning.siting.robustness import Robustness
from geo.planning.siting.small_counts import curve_tells, trade_off_tells
from geo.types import WGS84

SITE_COLUMNS = (
    "number", "id", "name", "place_kind", "district", "lon", "lat", "gain", "gain_if_last",
    "served", "cost", "share_of_variants", "note", "kind", "objective", "group", "limit_m",
    "profile", "people", "people_before", "people_after", "bound", "gap", "proven", "snap_rule",
    "estimated", "demonstration", "area", "sources",
)  # fmt: skip
"""Columns of a proposal as CSV, Excel, GeoJSON and GeoPackage; shares are from 0 to 1."""


@dataclass(frozen=True)
class SiteFile:
    """What a proposal's files hold: a row per site, a row per district, candidates, and words."""

    rows: pd.DataFrame
    shapes: gpd.GeoDataFrame
    districts: pd.DataFrame
    candidates: gpd.GeoDataFrame
    summary: tuple[tuple[str, str], ...]
    credit: str


def site_file(answer: SiteAnswer, language: str = "sv", *, exact: bool = False) -> SiteFile:
    """Gather what a proposal's files hold; small counts of counted people hidden unless
    ``exact``.
    """
    proposal = answer.proposal
    area = proposal.placing.area
    shown = proposal if exact else small_counts.without_small_counts(proposal)
    rows = site_rows(shown, language)
    spots = gpd.points_from_xy(rows["lon"], rows["lat"], crs=WGS84)
    districts = pd.DataFrame([effect_row(row, "district") for row in shown.districts])
    return SiteFile(
        rows,
        gpd.GeoDataFrame(rows, geometry=spots),
        districts,
        proposal.placing.candidates.table,
        site_summary(answer, language),
        source_words.credit(area),
    )


def site_rows(proposal: Proposal, language: str) -> pd.DataFrame:
    """Return a row per site, each with what its figures rest on."""
    question, area = proposal.question, proposal.placing.area
    note = texts.text("gap.hidden_note", language, smallest=privacy.SMALLEST)
    rows = [
        (
            site.number, site.id, siting_proposal.site_name(site, language), site.kind,
            site.district,
            site.lon, site.lat, site.gain, site.gain_if_last, site.served, site.cost,
            site.share_of_variants, note if site.gain is None or site.served is None else "",
        )
        for site in proposal.sites
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(SITE_COLUMNS[:13])).assign(
        kind=question.kind,
        objective=question.objective,
        group=question.group,
        limit_m=question.limit_m,
        profile=question.profile,
        people=proposal.effect.people,
        people_before=proposal.people_before,
        people_after=proposal.people_after,
        bound=None if any(part.hidden for part in proposal.groups) else proposal.bound,
        gap=proposal.gap,
        proven=proposal.proven,
        snap_rule=texts.text("gap.snap_rule", language, limit=MAX_SNAP_M),
        estimated=proposal.estimated,
        demonstration=proposal.demonstration,
        area=area.name,
        sources="; ".join(
            source_words.source_line(source, language) for source in proposal.placing.sources
        ),
    )


def xlsx_bytes(content: SiteFile) -> bytes:
    """Write a proposal as an Excel workbook: sites, districts, and what it rests on."""
    info = pd.DataFrame(content.summary, columns=["what", "text"])
    parts = (("sites", content.rows), ("districts", content.districts), ("info", info))
    return xlsx_of(
        [
            Sheet(name, table, frozen=(1, 1), widths=((0, len(table.columns), 18),))
            for name, table in parts
        ]
    )


def geojson_bytes(content: SiteFile) -> bytes:
    """Write the sites as GeoJSON points; what they rest on is in ``narhet``."""
    return formats.shapes_geojson(content.shapes, content.summary, content.credit)


def gpkg_bytes(content: SiteFile) -> bytes:
    """Write a GeoPackage with the layers ``sites`` and ``candidates`` and tables ``districts`` and
    ``info``.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sites.gpkg"
        content.shapes.rename(columns={"id": "site_id"}).to_file(path, layer="sites", driver="GPKG")
        candidates = content.candidates.rename(columns={"id": "candidate_id"})
        candidates.to_file(path, layer="candidates", driver="GPKG")
        info = pd.DataFrame(content.summary, columns=["what", "text"])
        for layer, table in (("districts", content.districts), ("info", info)):
            if len(table.columns):
                pyogrio.write_dataframe(table, path, layer=layer, driver="GPKG", append=True)
        return path.read_bytes()


WRITERS: dict[str, Callable[[SiteFile], bytes]] = {
    ".csv": lambda content: formats.csv_bytes(content.rows),
    ".xlsx": xlsx_bytes,
    ".geojson": geojson_bytes,
    ".gpkg": gpkg_bytes,
}


def effect_row(effect: Effect, label: str, nameless: str = "") -> dict[str, Any]:
    """Return a group's or district's people before and after as a row."""
    return {
        label: effect.name or nameless,
        "people": cells.finite(effect.people),
        "people_before": cells.finite(effect.before),
        "people_after": cells.finite(effect.after),
        "gain": cells.finite(effect.gain),
    }


def site_json(answer: SiteAnswer, language: str = "sv", *, exact: bool = True) -> dict[str, Any]:
    """Return a proposal as plain data: counts are people, lengths metres, shares from 0 to 1.

    Unless ``exact``, small counts of counted people, and what would give them away, are null.
    """
    proposal, area = answer.proposal, answer.proposal.placing.area
    shown = proposal if exact else small_counts.without_small_counts(proposal)
    hidden = any(effect.hidden for effect in shown.groups)
    return {
        "area": area.id,
        "area_name": area.name,
        "kind": proposal.question.kind,
        "objective": None if hidden else finite(proposal.objective),
        "bound": None if hidden else finite(proposal.bound),
        "gap": finite(proposal.gap),
        "proven": proposal.proven,
        "seconds": proposal.seconds,
        "status": proposal.status,
        "people": finite(shown.effect.people),
        "people_before": finite(shown.people_before),
        "people_after": finite(shown.people_after),
        "groups": [effect_row(effect, "group") for effect in shown.groups],
        "districts": [
            effect_row(row, "name", texts.text("gap.outside_districts", language))
            for row in shown.districts
        ],
        "walk_before": _walk(shown, before=True),
        "walk_after": _walk(shown, before=False),
        "out_of_reach": _few(proposal.out_of_reach, proposal, exact),
        "off_paths": _few(proposal.off_paths, proposal, exact),
        "sites": [_site(site, language) for site in shown.sites],
        "runner_up": _runner_up(answer, language, exact=exact),
        "robustness": _robustness(answer.robustness),
        **_curves(answer, exact=exact, hidden=hidden),
        "candidates": _candidates(proposal, language),
        "settings": _settings(proposal, language),
        "sources": [
            source_words.source_json(source, language) for source in proposal.placing.sources
        ],
        "attribution": source_words.credit(area),
        "unknown_rows": proposal.placing.unknown,
        "estimated": proposal.estimated,
        "demonstration": proposal.demonstration,
        "headline": proposal_words.headline(proposal, language),
    }


def _site(site: siting_proposal.ProposedSite, language: str) -> dict[str, Any]:
    found = {name: value for name, value in asdict(site).items() if name != "kind"}
    return {
        **found,
        "name": siting_proposal.site_name(site, language),
        "place_kind": site.kind,
        "cost": finite(site.cost),
    }


def _walk(proposal: Proposal, *, before: bool) -> dict[str, float | None]:
    walk = proposal.walk_before if before else proposal.walk_after
    hide = proposal.small
    return {
        "people": None if hide else finite(walk.people),
        "total_m": None if hide else finite(walk.total_m),
        "mean_m": finite(walk.mean_m),
        "worst_m": finite(walk.worst_m),
    }


def _few(people: float, proposal: Proposal, exact: bool) -> float | None:
    small = privacy.is_small(people, not proposal.estimated)
    return None if small and not exact else finite(people)


def _runner_up(answer: SiteAnswer, language: str, *, exact: bool) -> dict[str, Any] | None:
    second, first = answer.runner_up, answer.proposal
    if second is None:
        return None
    if not exact:
        second, first = (
            small_counts.without_small_counts(second),
            small_counts.without_small_counts(first),
        )
    fewer = (
        (first.people_after or 0.0) - (second.people_after or 0.0)
        if exact
        else small_counts.difference(first, second)
    )
    hide = fewer is None
    return {
        "sites": [_site(site, language) for site in second.sites],
        "objective": None if hide else finite(second.objective),
        "bound": None if hide else finite(second.bound),
        "proven": second.proven,
        "people_after": None if hide else finite(second.people_after),
        "people_fewer": finite(fewer),
    }


def _robustness(found: Robustness | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "variants": [{**asdict(variant), "ids": sorted(variant.ids)} for variant in found.variants],
        "sites": [asdict(site) for site in found.sites],
        "others": [asdict(site) for site in found.others],
    }


def _curves(answer: SiteAnswer, *, exact: bool, hidden: bool) -> dict[str, Any]:
    """Return the curve and the trade-off; of counted people each figure, and each step to the next,
    must be large enough to be disclosed.
    """
    curve, trade, counted = answer.curve, answer.trade_off, not answer.proposal.estimated
    points = [_curve_point(point) for point in (curve.points if curve else ())]
    few = curve is not None and not curve_tells(curve, counted=counted)
    if not exact and (few or hidden):
        gone = ("people", "objective", "bound") if few else ("objective", "bound")
        points = [{**point, **dict.fromkeys(gone)} for point in points]
    tells = exact or trade_off_tells(trade, counted=counted)
    return {
        "curve": points if curve else None,
        "knee": curve.points[curve.knee].count if curve and curve.knee is not None else None,
        "trade_off": [asdict(point) for point in trade] if trade and tells else None,
    }


def _curve_point(point: CurvePoint) -> dict[str, Any]:
    return {
        **{name: value for name, value in asdict(point).items() if name != "walk"},
        "objective": finite(point.objective),
        "bound": finite(point.bound),
        "gap": finite(point.gap),
        "mean_m": finite(point.walk.mean_m) if point.walk else None,
        "worst_m": finite(point.walk.worst_m) if point.walk else None,
    }


def _candidates(proposal: Proposal, language: str) -> dict[str, Any]:
    found = proposal.placing.candidates
    return {
        "count": len(found),
        "by_kind": found.by_kind,
        "left_out": found.reasons,
        "unknown_hours": found.reasons.get("unknown_hours", 0),
        "unknown_cost": int(np.isnan(proposal.placing.costs).sum()),
        "existing": len(proposal.placing.existing),
        "text": candidates_words(proposal, language),
    }


def _settings(proposal: Proposal, language: str) -> dict[str, Any]:
    within_m = proposal.placing.within_m
    return {
        **asdict(proposal.question),
        "objective_text": proposal_words.objective_words(proposal.question, language),
        "walks_within_m": finite(within_m),
        "snap_rule": texts.text("gap.snap_rule", language, limit=MAX_SNAP_M),
    }
