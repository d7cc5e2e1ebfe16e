"""Outreach as a document: the rounds of a week with their stops first, as they are what is carried,
then the list with its proposals. Small counts are as in the answer.

A workbook to fill in with who goes out: the table that a week of rounds is planned from.
"""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geo import texts
from geo.area.model import Area
from geo.area.people import HOUSING
from geo.area.protected import in_the_open
from geo.output.documents.answer import AnswerDocument, Layer
from geo.output.files.calendar import ics_bytes
from geo.output.files.xlsx import Lines, Sheet, xlsx_of
from geo.output.maps.outreach import list_map, plan_map
from geo.output.report.model import Finding
from geo.output.words import outreach as outreach_words
from geo.output.words.outreach_tables import (
    back_words,
    list_table,
    needs_table,
    outreach_json,
    outreach_lines,
    outreach_rows,
    plan_json,
    plan_notes,
    proposals_table,
    round_name,
    rounds_table,
    summary,
)
from geo.output.words.sources import credit
from geo.planning.outreach.brief import Brief
from geo.planning.outreach.rounds import Plan
from geo.planning.outreach.staff import COLUMNS
from geo.types import WGS84

DAY_COLUMNS = 2
"""The first columns of the table of rounds, that the heading of a round says already."""
CALENDAR = ".ics"
"""What a week plan can be written as besides what all answers can."""


def outreach_document(brief: Brief, language: str = "sv", *, day: str) -> AnswerDocument:
    """Return the list, and the week plan where there is one, as a document."""
    answer, area, plan = brief.answer, brief.answer.world.area, brief.plan
    title = texts.text(f"outreach.{'file_title' if plan is None else 'file_plan_title'}", language)
    rows = outreach_rows(brief, language)
    made = proposals_table(brief, language).set_axis(PROPOSAL_COLUMNS, axis=1)
    layers = [Layer("needs", _points(rows)), Layer("proposals", made)]
    if plan is not None:
        layers.append(Layer("stops", _stops(plan, language)))
    return AnswerDocument(
        id="outreach",
        title=f"{title}: {answer.area_name}",
        headline=outreach_words.headline(answer, language),
        language=language,
        day=day,
        area=area,
        lines=tuple(outreach_lines(brief, language)),
        rows=rows,
        sheets=_sheets(brief, rows, language),
        layers=tuple(layer for layer in layers if len(layer.rows)),
        shapes=_points(rows[rows["lon"].notna()]),
        data=lambda: outreach_json(brief, language),
        summary=tuple(summary(answer, language)),
        findings=lambda: (
            *([] if plan is None else _plan(brief, plan, language)),
            *_list(brief, language),
        ),
        credit=credit(area),
        settings={"weights": dict(answer.question.weights.items())},
        demonstration=answer.demonstration,
        estimated=answer.estimated,
        own={} if plan is None else {CALENDAR: lambda: ics_bytes(plan, language)},
    )


def _sheets(brief: Brief, rows: pd.DataFrame, language: str) -> tuple[Sheet | Lines, ...]:
    """Return the list, its needs and proposals, and the rounds where there is a plan."""

    def sheet(key: str, table: pd.DataFrame) -> Sheet:
        return Sheet(texts.text(f"outreach.{key}", language), table, fitted=True)

    made = proposals_table(brief, language)
    found: list[Sheet | Lines] = [
        sheet("file_list", list_table(brief, language)),
        sheet("file_needs", rows),
        sheet("file_proposals", made),
    ]
    if brief.plan is not None:
        found.append(sheet("file_stopped", rounds_table(brief.plan, language)))
        notes = tuple(plan_notes(brief.plan, language))
        found.append(Lines(texts.text("outreach.file_left", language), notes))
    return tuple(found)


PROPOSAL_COLUMNS = ["number", "where", "proposal", "effect"]


def _points(rows: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return rows with the points of those that may have one."""
    points = gpd.points_from_xy(rows["lon"].astype(float), rows["lat"].astype(float))
    shapes = gpd.GeoSeries(points, index=rows.index, crs=WGS84).where(rows["lon"].notna())
    return gpd.GeoDataFrame(rows, geometry=shapes)


def _stops(plan: Plan, language: str) -> gpd.GeoDataFrame:
    """Return the stops of a plan in the order of the week, as points."""
    rows = [
        {"who": each["who"], **stop}
        for each in plan_json(plan, language)["rounds"]
        for stop in each["stops"]
    ]
    table = pd.DataFrame(rows, columns=list(STOP_COLUMNS)).assign(
        **{
            name: [", ".join(stop[name]) for stop in rows]
            for name in ("languages_in_common", "needs")
        }
    )
    return gpd.GeoDataFrame(
        table, geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs=WGS84
    )


STOP_COLUMNS = (
    *("who", "number", "name", "lon", "lat", "score", "arrive", "leave", "walk_m"),
    *("languages_in_common", "needs"),
)


def _plan(brief: Brief, plan: Plan, language: str) -> list[Finding]:
    table = rounds_table(plan, language)
    shown = plan_map(brief.answer.world.area, plan, language)
    found = [
        Finding(
            id="map",
            title=texts.text("outreach.file_stopped", language),
            words=(outreach_words.plan_words(plan, language),),
            map=shown if plan.rounds else None,
        )
    ]
    first = 0
    for each in plan.rounds:
        stops = table.iloc[first : first + len(each.stops), DAY_COLUMNS:]
        first += len(each.stops)
        found.append(
            Finding(
                id="round",
                title=round_name(each, language),
                words=(back_words(each, language),),
                table=stops.reset_index(drop=True),
            )
        )
    notes = plan_notes(plan, language)
    if notes:
        title = texts.text("outreach.file_left", language)
        found.append(Finding(id="left", title=title, words=tuple(notes)))
    return found


def _list(brief: Brief, language: str) -> list[Finding]:
    area = brief.answer.world.area
    found = [
        Finding(
            id="list",
            title=texts.text("outreach.file_list", language),
            map=list_map(area, brief, language),
            table=_written(list_table(brief, language)),
        )
    ]
    reasons = _written(needs_table(brief, language))
    if len(reasons):
        title = texts.text("outreach.file_needs", language)
        found.append(Finding(id="needs", title=title, table=reasons))
    made = proposals_table(brief, language)
    if len(made):
        title = texts.text("outreach.file_proposals", language)
        found.append(Finding(id="proposals", title=title, table=made))
    title = texts.text("outreach.file_info", language)
    lines = tuple(f"{label}: {words}" for label, words in summary(brief.answer, language))
    return [*found, Finding(id="info", title=title, words=lines)]


def _written(table: pd.DataFrame) -> pd.DataFrame:
    return table.astype(str)


WIDTHS = ((0, 2, 24.0), (3, 9, 16.0))


def staff_template(area: Area, language: str = "sv") -> bytes:
    """Return the workbook: one example of a person, who starts at a place of the area, and how each
    column is written.
    """
    open_ = in_the_open(area.places)
    starts = open_["name"][open_["kind"] != HOUSING].astype(str)
    start = next((name for name in starts if name), "")
    example = [texts.text("outreach.template_name", language), "sv, ar", start, "9-12, 13-16"]
    table = pd.DataFrame([[*example, *[""] * (len(COLUMNS) - len(example))]], columns=list(COLUMNS))
    lines = tuple(
        texts.text(f"outreach.template_{line}", language)
        for line in ("first", "languages", "start", "hours")
    )
    return xlsx_of(
        [
            Sheet(texts.text("outreach.template_sheet", language), table, widths=WIDTHS),
            Lines(texts.text("outreach.template_how", language), lines),
        ]
    )
