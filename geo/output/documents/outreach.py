"""Outreach on paper: the list with its proposals, and the rounds of a week with their stops, as a
tagged PDF by typst. It holds what the tables hold; text from files goes in as data, never as
markup.
"""

from __future__ import annotations

import pandas as pd

from geo import texts
from geo.output.documents.report_pdf import pdf_bytes as set_report
from geo.output.maps.outreach import list_map, plan_map
from geo.output.maps.spec import credits_of
from geo.output.report.model import Finding, Report
from geo.output.words import outreach as outreach_words
from geo.output.words.outreach_tables import (
    back_words,
    list_table,
    needs_table,
    plan_notes,
    proposals_table,
    round_name,
    rounds_table,
    summary,
)
from geo.planning.outreach.brief import Brief
from geo.planning.outreach.rounds import Plan

DAY_COLUMNS = 2
"""The first columns of the table of rounds, that the heading of a round says already."""


def pdf_bytes(brief: Brief, language: str, *, date: str) -> bytes:
    """Write the list, and the week plan where there is one, as PDF.

    Parameters
    ----------
    date : printed in it, as ``2026-11-30``; the same inputs give the same bytes.
    """
    return set_report(report_of(brief, language, date=date), brief.answer.world.area)


def report_of(brief: Brief, language: str, *, date: str) -> Report:
    """Return the pages as a report: rounds first, as they are what is carried."""
    answer, area = brief.answer, brief.answer.world.area
    key = "file_title" if brief.plan is None else "file_plan_title"
    title = texts.text(f"outreach.{key}", language)
    findings = [] if brief.plan is None else _plan(brief, brief.plan, language)
    return Report(
        title=f"{title}: {answer.area_name}",
        subtitle=outreach_words.headline(answer, language),
        language=language,
        date=date,
        area=answer.area,
        area_name=answer.area_name,
        area_key=area.key,
        findings=(*findings, *_list(brief, language)),
        settings={"weights": dict(answer.question.weights.items())},
        demonstration=answer.demonstration,
        estimated=answer.estimated,
        credits=credits_of(area),
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
