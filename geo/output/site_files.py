"""How a proposal of sites leaves: plain data, CSV, Excel, GeoJSON and GeoPackage, each with what it
rests on. Knows no screen.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import xlsxwriter

from geo import placing as plan
from geo import presets, privacy, texts
from geo.area import Area
from geo.network import MAX_SNAP_M, WGS84
from geo.output import tables
from geo.placing import Curve, Effect, Proposal, Robustness, TradePoint

SITE_COLUMNS = (
    "number", "id", "name", "place_kind", "district", "lon", "lat", "gain", "gain_if_last",
    "served", "cost", "share_of_variants", "note", "kind", "objective", "group", "limit_m",
    "profile", "people", "people_before", "people_after", "bound", "gap", "proven", "snap_rule",
    "estimated", "demonstration", "area", "sources",
)  # fmt: skip
"""Columns of a proposal as CSV, Excel, GeoJSON and GeoPackage; shares are from 0 to 1."""


@dataclass(frozen=True, eq=False)
class SiteAnswer:
    """A proposal, and what was asked about it besides; None: not asked, or there is none."""

    proposal: Proposal
    runner_up: Proposal | None = None
    robustness: Robustness | None = None
    curve: Curve | None = None
    trade_off: tuple[TradePoint, ...] = ()


@dataclass(frozen=True)
class SiteFile:
    """What a proposal's files hold: a row a site, a row a district, candidates, and words."""

    rows: pd.DataFrame
    shapes: gpd.GeoDataFrame
    districts: pd.DataFrame
    candidates: gpd.GeoDataFrame
    summary: tuple[tuple[str, str], ...]
    credit: str


def site_json(answer: SiteAnswer, language: str = "sv", *, exact: bool = True) -> dict[str, Any]:
    """Return a proposal as plain data: counts are people, lengths metres, shares from 0 to 1.

    Unless ``exact``, small counts of counted people, and what would give them away, are null.
    """
    proposal, area = answer.proposal, answer.proposal.placing.area
    shown = proposal if exact else plan.without_small_counts(proposal)
    hidden = shown.small
    return {
        "area": area.id,
        "area_name": area.name,
        "kind": proposal.question.kind,
        "objective": None if hidden else plain(proposal.objective),
        "bound": None if hidden else plain(proposal.bound),
        "gap": plain(proposal.gap),
        "proven": proposal.proven,
        "seconds": proposal.seconds,
        "status": proposal.status,
        "people": plain(shown.effect.people),
        "people_before": plain(shown.people_before),
        "people_after": plain(shown.people_after),
        "groups": [_effect(effect, "group") for effect in shown.groups],
        "districts": [
            _effect(row, "name", texts.text("gap.outside_districts", language))
            for row in shown.districts
        ],
        "walk_before": _walk(shown, before=True),
        "walk_after": _walk(shown, before=False),
        "out_of_reach": _few(proposal.out_of_reach, proposal, exact),
        "off_paths": _few(proposal.off_paths, proposal, exact),
        "sites": [_site(site, language) for site in shown.sites],
        "runner_up": _runner_up(answer, language, exact=exact),
        "robustness": _robustness(answer.robustness),
        **_curves(answer, hide=not exact and not proposal.estimated),
        "candidates": _candidates(proposal, language),
        "settings": _settings(proposal, language),
        "sources": [tables.source_json(source, language) for source in proposal.placing.sources],
        "attribution": tables.credit(area),
        "unknown_rows": proposal.placing.unknown,
        "estimated": proposal.estimated,
        "demonstration": proposal.demonstration,
        "headline": plan.headline(proposal, language),
    }


def site_file(answer: SiteAnswer, language: str = "sv", *, exact: bool = False) -> SiteFile:
    """Gather what a proposal's files hold; small counts of counted people hidden unless
    ``exact``.
    """
    proposal = answer.proposal
    area = proposal.placing.area
    shown = proposal if exact else plan.without_small_counts(proposal)
    rows = site_rows(shown, language)
    spots = gpd.points_from_xy(rows["lon"], rows["lat"], crs=WGS84)
    districts = pd.DataFrame([_effect(row, "district") for row in shown.districts])
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
            site.number, site.id, plan.site_name(site, language), site.kind, site.district,
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
        bound=None if proposal.small else proposal.bound,
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
        return texts.text(f"file.{key}", language)

    profile = presets.profile(question.profile)
    lines = [
        (word("answer"), plan.headline(proposal, language)),
        (texts.text("sites.objective", language), plan.objective_words(question, language)),
        (word("area"), f"{area.name} ({area.key})"),
        (word("profile"), f"{profile.name(language)}: {profile.source(language)}"),
        (word("snap_rule"), texts.text("gap.snap_rule", language, limit=MAX_SNAP_M)),
        (texts.text("sites.candidates", language), candidates_words(proposal, language)),
    ]
    if answer.runner_up is not None:
        second = plan.runner_up_sentence(proposal, answer.runner_up, language)
        lines.append((texts.text("sites.second", language), second))
    if proposal.estimated:
        lines.append((word("estimated"), texts.text("gap.estimated", language)))
    if proposal.demonstration:
        lines.append((word("demonstration"), texts.text("demo.mark", language)))
    lines += [
        (
            f"{word('source')} – {tables.part_name(source.part, language)}",
            tables.source_line(source, language),
        )
        for source in proposal.placing.sources
    ]
    if area.uses_osm:
        lines.append((word("credit"), tables.credit(area)))
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
    memory = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(memory, {**options, "nan_inf_to_errors": False})
    bold = book.add_format({"bold": True})
    info = pd.DataFrame(content.summary, columns=["what", "text"])
    for name, table in (("sites", content.rows), ("districts", content.districts), ("info", info)):
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, len(table.columns), 18)
        for column, label in enumerate(table.columns):
            sheet.write_string(0, column, label, bold)
            for row, value in enumerate(table[label], start=1):
                _cell(sheet, row, column, value)
    book.close()
    return memory.getvalue()


def geojson_bytes(content: SiteFile) -> bytes:
    """Write the sites as GeoJSON points; what they rest on is in ``narhet``."""
    document = json.loads(content.shapes.to_json(na="null", drop_id=True))
    document["narhet"] = {
        "summary": [list(line) for line in content.summary],
        "attribution": content.credit,
    }
    return json.dumps(document, ensure_ascii=False).encode()


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


def plain(value: float | None) -> float | None:
    """Return a number as JSON takes it: null for unknown, hidden and endless."""
    return None if value is None or not math.isfinite(value) else float(value)


def _site(site: plan.ProposedSite, language: str) -> dict[str, Any]:
    found = {name: value for name, value in asdict(site).items() if name != "kind"}
    return {
        **found,
        "name": plan.site_name(site, language),
        "place_kind": site.kind,
        "cost": plain(site.cost),
    }


def _effect(effect: Effect, label: str, nameless: str = "") -> dict[str, Any]:
    return {
        label: effect.name or nameless,
        "people": plain(effect.people),
        "people_before": plain(effect.before),
        "people_after": plain(effect.after),
        "gain": plain(effect.gain),
    }


def _walk(proposal: Proposal, *, before: bool) -> dict[str, float | None]:
    walk = proposal.walk_before if before else proposal.walk_after
    hide = proposal.small
    return {
        "people": None if hide else plain(walk.people),
        "total_m": None if hide else plain(walk.total_m),
        "mean_m": plain(walk.mean_m),
        "worst_m": plain(walk.worst_m),
    }


def _few(people: float, proposal: Proposal, exact: bool) -> float | None:
    small = privacy.is_small(people, not proposal.estimated)
    return None if small and not exact else plain(people)


def _runner_up(answer: SiteAnswer, language: str, *, exact: bool) -> dict[str, Any] | None:
    second, first = answer.runner_up, answer.proposal
    if second is None:
        return None
    if not exact:
        second, first = plan.without_small_counts(second), plan.without_small_counts(first)
    fewer = (
        (first.people_after or 0.0) - (second.people_after or 0.0)
        if exact
        else plan.difference(first, second)
    )
    hide = fewer is None
    return {
        "sites": [_site(site, language) for site in second.sites],
        "objective": None if hide else plain(second.objective),
        "bound": None if hide else plain(second.bound),
        "proven": second.proven,
        "people_after": None if hide else plain(second.people_after),
        "people_fewer": plain(fewer),
    }


def _robustness(found: Robustness | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "variants": [{**asdict(variant), "ids": sorted(variant.ids)} for variant in found.variants],
        "sites": [asdict(site) for site in found.sites],
        "others": [asdict(site) for site in found.others],
    }


def _curves(answer: SiteAnswer, *, hide: bool) -> dict[str, Any]:
    """Return the curve and the trade-off; of counted people each figure, and each step to the next,
    must be large enough to be told.
    """
    curve, trade = answer.curve, answer.trade_off
    points = [
        {
            **{name: value for name, value in asdict(point).items() if name != "walk"},
            "objective": plain(point.objective),
            "bound": plain(point.bound),
            "gap": plain(point.gap),
            "mean_m": plain(point.walk.mean_m) if point.walk else None,
            "worst_m": plain(point.walk.worst_m) if point.walk else None,
        }
        for point in (curve.points if curve else ())
    ]
    if hide and _steps_small([point["people"] for point in points]):
        points = [{**point, "people": None, "objective": None, "bound": None} for point in points]
    balanced = [asdict(point) for point in trade]
    if not (answer.proposal.estimated and not hide) and _steps_small(
        [point.housing for point in trade]
    ):
        balanced = [{**point, "housing": None} for point in balanced]
    return {
        "curve": points if curve else None,
        "knee": curve.points[curve.knee].count if curve and curve.knee is not None else None,
        "trade_off": balanced or None,
    }


def _steps_small(people: list[float]) -> bool:
    values = np.round(np.array(people, dtype=float))
    steps = np.abs(np.diff(np.unique(np.append(values, 0.0))))
    return bool(((steps > 0) & (steps < privacy.SMALLEST)).any())


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
        "objective_text": plan.objective_words(proposal.question, language),
        "walks_within_m": plain(within_m),
        "snap_rule": texts.text("gap.snap_rule", language, limit=MAX_SNAP_M),
    }


def _cell(sheet: Any, row: int, column: int, value: object) -> None:
    if isinstance(value, bool | np.bool_):
        sheet.write_boolean(row, column, bool(value))
    elif isinstance(value, int | float | np.number):
        if math.isfinite(value):
            sheet.write_number(row, column, float(value))
    elif value is not None:
        sheet.write_string(row, column, str(value))


__all__ = [
    "SITE_COLUMNS", "WRITERS", "Area", "SiteAnswer", "SiteFile", "candidates_words", "kind_name",
    "site_file", "site_json", "site_rows", "summary",
]  # fmt: skip
