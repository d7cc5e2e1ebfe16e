"""Outreach as files: CSV, Excel, JSON and a calendar, and a workbook to fill in with who goes out:
the table that a week of rounds is planned from.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pandas as pd
import xlsxwriter

from geo import cells, texts
from geo.area.model import Area
from geo.area.people import HOUSING
from geo.area.protected import in_the_open
from geo.network.walk_network import MAX_SNAP_M
from geo.output.files import formats
from geo.output.files.calendar import ics_bytes
from geo.output.files.xlsx import Lines, Sheet, write_cell, xlsx_of
from geo.output.words import outreach as outreach_words
from geo.output.words import sources as source_words
from geo.output.words.outreach_tables import (
    ends,
    list_table,
    need_cells,
    place_cells,
    plan_notes,
    proposals_table,
    rounds_table,
    rows_of,
    summary,
)
from geo.planning.outreach.brief import Brief, Row
from geo.planning.outreach.effects import Effect
from geo.planning.outreach.proposals import Proposal
from geo.planning.outreach.rounds import Plan, Round
from geo.planning.outreach.staff import COLUMNS

ENDINGS = (".csv", ".xlsx", ".json", ".ics", ".pdf")
"""What the command and the page can write; the printed list is ``outreach_print``'s."""


def outreach_json(brief: Brief, language: str = "sv") -> dict[str, Any]:
    """Return an answer as plain data: counts are people, ``_m`` metres, scores from 0 to 100; what
    is unknown or hidden is null.
    """
    answer = brief.answer
    asked = answer.question.meeting
    return {
        "area": answer.area,
        "area_name": answer.area_name,
        "headline": outreach_words.headline(answer, language),
        "weights": dict(answer.question.weights.items()),
        "formula": texts.text("outreach.formula", language),
        "limit_m": asked.limit_m,
        "profile": asked.profile,
        "when": asked.when,
        "week": asked.monday.isoformat(),
        "group": asked.group,
        "established": answer.question.meeting.established,
        "rows": [
            _row_json(brief, row, made, language)
            for row, made in zip(brief.rows, brief.proposals, strict=True)
        ],
        "plan": None if brief.plan is None else plan_json(brief.plan, language),
        "snap_rule": texts.text("gap.snap_rule", language, limit=MAX_SNAP_M),
        "sources": [source_words.source_json(source, language) for source in answer.sources],
        "estimated": answer.estimated,
        "demonstration": answer.demonstration,
    }


def plan_json(plan: Plan, language: str = "sv") -> dict[str, Any]:
    """Return a week plan as plain data: ``share_of_most`` is what is reached of what no rounds
    exceed.
    """
    return {
        "week": plan.monday.isoformat(),
        "profile": plan.profile,
        "language_rule": plan.rule,
        "words": outreach_words.plan_words(plan, language),
        "visited_score": round(plan.visited, 4),
        "most_score": round(plan.most, 4),
        "proven": plan.proven,
        "rounds": [_round_json(each) for each in plan.rounds],
        "not_visited": [
            {
                "name": each.name,
                "reason": each.reason,
                "words": texts.text(each.phrase.key, language),
            }
            for each in plan.left
        ],
        "holidays": [day.isoformat() for day, _, _ in plan.holidays],
        "stranded": list(plan.stranded),
        "demonstration": plan.demonstration,
    }


def xlsx_bytes(brief: Brief, language: str = "sv") -> bytes:
    """Write an Excel workbook: the list, its needs, proposals, rounds where there is a plan, and
    what it rests on. Text is never a formula.
    """
    memory = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(memory, {**options, "nan_inf_to_errors": False})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheets = [
        ("file_list", list_table(brief, language)),
        ("file_needs", rows_of(brief, language)),
        ("file_proposals", proposals_table(brief, language)),
    ]
    if brief.plan is not None:
        sheets.append(("file_stopped", rounds_table(brief.plan, language)))
        notes = pd.DataFrame({"": plan_notes(brief.plan, language)})
        sheets.append(("file_left", notes))
    sheets.append(("file_info", pd.DataFrame(summary(brief.answer, language), columns=["", " "])))
    for key, table in sheets:
        _sheet(book, texts.text(f"outreach.{key}", language), table, (bold, wrap))
    book.close()
    return memory.getvalue()


def json_bytes(brief: Brief, language: str = "sv") -> bytes:
    """Write an answer as JSON."""
    document = outreach_json(brief, language)
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False).encode()


def csv_bytes(brief: Brief, language: str = "sv") -> bytes:
    """Write the list as CSV; text that a spreadsheet would run is made text."""
    return formats.csv_bytes(rows_of(brief, language))


def calendar_bytes(brief: Brief, language: str = "sv") -> bytes:
    """Write the plan as a calendar."""
    assert brief.plan is not None
    return ics_bytes(brief.plan, language)


WRITERS: dict[str, Callable[[Brief, str], bytes]] = {
    ".csv": csv_bytes,
    ".xlsx": xlsx_bytes,
    ".json": json_bytes,
    ".ics": calendar_bytes,
}
"""How each kind of file is written."""


def _sheet(book: Any, name: str, table: pd.DataFrame, looks: tuple[Any, Any]) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for column, head in enumerate(table.columns):
        values = table.iloc[:, column]
        longest = max([len(str(head)), *(len(str(value)) for value in values)], default=8)
        sheet.set_column(column, column, min(60, max(8, longest + 2)))
        sheet.write_string(0, column, str(head), looks[0])
        for row, value in enumerate(values, start=1):
            write_cell(sheet, row, column, value, looks[1])


def _row_json(brief: Brief, row: Row, made: tuple[Proposal, ...], language: str) -> dict[str, Any]:
    names = ("number", "where", "where_kind", "district", "lon", "lat", "group", "people", "score")
    found: dict[str, Any] = dict(zip(names, place_cells(row, language), strict=True))
    found["id"] = row.spot.id
    found["needs"] = []
    for need in row.needs:
        keys = ("need", "weight", "about", "lacking_low", "lacking_high", "reached_low")
        told = dict(
            zip(
                (*keys, "reached_high", "sure", "why"),
                need_cells(brief, row, need, language),
                strict=True,
            )
        )
        found["needs"].append({**told, "hidden": need.hidden})
    found["proposals"] = [_proposal_json(brief, each, language) for each in made]
    return found


def _proposal_json(brief: Brief, each: Proposal, language: str) -> dict[str, Any]:
    return {
        "what": each.what,
        "place": each.place,
        "place_name": outreach_words.place_name(brief.answer, each.place, language),
        "organisers": list(each.activity.organisers),
        "languages": list(each.activity.languages),
        "times": outreach_words.times_words(brief.answer, each.activity, language),
        "walk_m": cells.finite(round(each.metres, 1)),
        "words": outreach_words.proposal_words(brief.answer, each, language),
        "effects": [_effect_json(effect) for effect in each.effects],
    }


def _effect_json(effect: Effect) -> dict[str, Any]:
    spans = (effect.before, effect.after, effect.here_before, effect.here_after)
    names = ("before", "after", "here_before", "here_after")
    told: dict[str, Any] = {"need": effect.need, "hidden": effect.hidden}
    for name, span in zip(names, spans, strict=True):
        told[f"{name}_low"], told[f"{name}_high"] = ends(span, effect.hidden)
    return told


def _round_json(each: Round) -> dict[str, Any]:
    return {
        "who": each.worker.name,
        "start": each.start.isoformat(),
        "end": each.end.isoformat(),
        "back": each.back.isoformat(),
        "back_m": round(each.back_m, 1),
        "metres": round(each.metres, 1),
        "stops": [
            {
                "number": stop.number,
                "name": stop.visit.name,
                "lon": round(stop.visit.lon, 6),
                "lat": round(stop.visit.lat, 6),
                "score": round(stop.visit.score, 3),
                "arrive": stop.arrive.isoformat(),
                "leave": stop.leave.isoformat(),
                "walk_m": round(stop.metres, 1),
                "languages_in_common": list(stop.common),
                "needs": list(stop.visit.needs),
            }
            for stop in each.stops
        ],
    }


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
