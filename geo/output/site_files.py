"""How a proposal of sites leaves as files: CSV, Excel, GeoJSON and GeoPackage, each with what it
rests on. Knows no screen; plain data are in ``site_json``.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from geo import cells, presets, privacy, texts
from geo.network.walk_network import MAX_SNAP_M
from geo.output import tables
from geo.output.spreadsheets import Sheet, xlsx_of
from geo.placing import sentence
from geo.planning.siting import proposal as siting_proposal
from geo.planning.siting import small_counts
from geo.planning.siting.alternatives import SiteAnswer
from geo.planning.siting.proposal import Effect, Proposal
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
    """What a proposal's files hold: a row a site, a row a district, candidates, and words."""

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
        summary(answer, language),
        tables.credit(area),
    )


def site_rows(proposal: Proposal, language: str) -> pd.DataFrame:
    """Return a row a site, each with what its figures rest on."""
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
            tables.source_line(source, language) for source in proposal.placing.sources
        ),
    )


def summary(answer: SiteAnswer, language: str) -> tuple[tuple[str, str], ...]:
    """Return what a file says of itself: the sentence, the settings, the sources."""
    proposal = answer.proposal
    question, area = proposal.question, proposal.placing.area

    def word(key: str) -> str:
        return texts.text(key, language)

    lines = [
        (word("file.answer"), sentence.headline(proposal, language)),
        (word("sites.objective"), sentence.objective_words(question, language)),
        *tables.walked(area, question.profile, language),
        (word("sites.candidates"), candidates_words(proposal, language)),
    ]
    if answer.runner_up is not None:
        second = sentence.runner_up_sentence(proposal, answer.runner_up, language)
        lines.append((word("sites.second"), second))
    if proposal.estimated:
        lines.append((word("file.estimated"), word("gap.estimated")))
    sources, made_up = proposal.placing.sources, proposal.demonstration
    lines += tables.origins(area, sources, language, demonstration=made_up)
    return tuple(lines)


def candidates_words(proposal: Proposal, language: str) -> str:
    """Say how many candidates there were, of which kinds, and who was left out for what."""
    found = proposal.placing.candidates
    kinds = [
        f"{kind_name(kind, language)} {texts.number(count, language)}"
        for kind, count in found.by_kind.items()
    ]
    parts = [texts.text("sites.candidates_are", language, count=len(found), kinds=", ".join(kinds))]
    if found.reasons:
        why = [
            f"{texts.text(f'candidates.{reason}', language)} {texts.number(count, language)}"
            for reason, count in found.reasons.items()
        ]
        parts.append(texts.text("sites.candidates_not", language, reasons=", ".join(why)))
    if proposal.question.budget is not None:
        unknown = int(np.isnan(proposal.placing.costs).sum())
        parts.append(texts.text("sites.candidates_cost", language, count=unknown))
    return " ".join(parts)


def kind_name(kind: str, language: str) -> str:
    """Return a candidate's kind in the plural: a kind of place, chosen points or path points."""
    known = presets.kinds().get(kind)
    if known is None:
        return texts.text(f"sites.{kind}s", language)
    plural = known.plural(language)
    return plural[:1].lower() + plural[1:]


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
    return tables.shapes_geojson(content.shapes, content.summary, content.credit)


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
    ".csv": lambda content: tables.csv_bytes(content.rows),
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
