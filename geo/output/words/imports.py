"""An import in lines of text and as JSON: what was understood, what was placed by what, what is set
aside and why, what is wrong, and what to do next. The check of places as lines and plain data:
grouped by what is wrong, worst first.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from pyproj import CRS

from geo import texts
from geo.area.model import Area
from geo.area.protected import HOUSING
from geo.area.provenance import LeftOut
from geo.area.record_fields import place_fields
from geo.cells import finite
from geo.ingest.checks.thresholds import SEVERITIES, Problem
from geo.ingest.geocoding.finder import where_about
from geo.ingest.geocoding.match import Match
from geo.ingest.places.apply import Plan
from geo.ingest.places.locate import HOW, NEAR_M
from geo.ingest.places.propose import Import
from geo.sources.files.field_names import fields
from geo.sources.files.opening import NAMES
from geo.sources.files.place_tables import Understood
from geo.sources.files.sheets import SHEET_ENDINGS
from geo.store.model import Record

SHOWN = 30
"""Rows shown of a sort; the JSON has all."""
NAMED = 8


def understood_lines(understood: Understood, language: str) -> list[str]:
    """Return what was understood of a file."""
    say = _say(language)
    names = {"\t": say("tab")}
    how = [
        *([say("encoding", found=understood.encoding)] if understood.encoding else []),
        *(
            [say("delimiter", found=names.get(understood.delimiter, understood.delimiter))]
            if understood.delimiter
            else []
        ),
        *([say("decimal", found=understood.decimal)] if understood.decimal else []),
        *(
            [say("sheet", found=understood.sheet)]
            if understood.sheet and not understood.joined
            else []
        ),
        *_header_words(understood, say),
        say("rows", rows=len(understood.frame)),
    ]
    joined = "".join(f", {word}" for word in how)
    lines = [say("file", file=understood.file, format=understood.format, how=joined)]
    lines += note_lines(understood, language)
    for field, column in understood.columns.items():
        known = fields().get(field)
        name = known.name(language) if known else field
        sure = say(f"sure_{understood.sure.get(field, 'stated')}")
        lines.append(say("column", field=name, column=column, sure=sure))
    if not understood.crs:
        return [*lines, say("no_crs")]
    share = texts.percent(understood.landing, language)
    name = CRS(understood.crs).name
    return [*lines, say("crs", name=name, code=understood.crs, share=share)]


def _header_words(understood: Understood, say: Callable[..., str]) -> list[str]:
    """Return where the names of columns stand; a map file and JSON have them without a row."""
    if understood.header:
        return [say("header", row=str(understood.header))]
    return [say("no_header")] if understood.format in _IN_ROWS else []


_IN_ROWS = {NAMES[ending] for ending in SHEET_ENDINGS}


def note_lines(understood: Understood, language: str) -> list[str]:
    """Return what a person should know of how a file was read: sheets, what was left out as
    private, what is missing.
    """
    say = _say(language)
    lines = [texts.text(note.key, language, **note.values) for note in understood.notes]
    if understood.joined:
        parts = [
            say("sheet_part", name=part.name, rows=part.rows, first=str(part.plus + 1))
            for part in understood.joined
        ]
        lines.append(say("sheets_joined", names=", ".join(parts)))
    if understood.others:
        names = [say("sheet_other", name=part.name, rows=part.rows) for part in understood.others]
        lines.append(say("sheets_other", names=", ".join(names[:NAMED])))
    if understood.persons:
        lines.append(say("persons", columns=", ".join(understood.persons)))
    if understood.parts:
        parts_in_all = sum(understood.parts.values())
        lines.append(say("stations", stations=len(understood.parts), parts=parts_in_all))
    return lines


def import_lines(found: Import, planned: Plan, language: str, *, gone: str = "") -> list[str]:
    """Return what an import would bring, after what was understood of the file."""
    lines = understood_lines(found.understood, language)
    return [*lines, *found_lines(found, planned, language, gone=gone)]


def found_lines(found: Import, planned: Plan, language: str, *, gone: str = "") -> list[str]:
    """Return what an import would bring."""
    say = _say(language)
    rows = len(found.places) + len(found.unplaced)
    lines = [say("placed", count=len(found.places), rows=rows)]
    counts = found.how.value_counts()
    for how in HOW:
        if how in counts:
            lines.append(say(f"by_{how}", count=int(counts[how])))
        if how != "coordinates":
            lines += _matches(found, how, language)
    lines += outside_lines(found, language)
    lines += _unplaced_lines(found, language)
    lines += left_out_lines(found.left_out, language)
    lines += closed_lines(found, language)
    lines += row_note_lines(found, language)
    lines += problem_lines(found.problems, language)
    return [*lines, *plan_lines(planned, found, language, gone=gone)]


def outside_lines(found: Import, language: str) -> list[str]:
    """Return in one line what lies far outside the area, and whether it is left out."""
    told = found.outside
    if told is None:
        return []
    span = {
        "nearest": texts.number(told.nearest_km, language, 0 if told.nearest_km >= 10 else 1),
        "farthest": texts.number(told.farthest_km, language),
    }
    key = "outside_left" if told.left_out else "outside_kept"
    return [_say(language)(key, count=told.count, km=NEAR_M / 1000, **span)]


def closed_lines(found: Import, language: str) -> list[str]:
    """Return the places that their file says do not count, and why."""
    if not found.closed:
        return []
    say = _say(language)
    lines = [say("closed_found", count=len(found.closed))]
    for each in found.closed[:SHOWN]:
        name = _named(each.row.name, each.row.address, language)
        why = texts.text(f"closed_because.{each.why.reason}", language)
        lines.append(
            say("closed_row", row=str(each.row.row), name=name, why=why, found=each.why.found)
        )
    return [*lines, *_more(len(found.closed), language)]


def row_note_lines(found: Import, language: str) -> list[str]:
    """Return how single rows were read, where a person should know."""
    if not found.notes:
        return []
    lines = [_say(language)("notes", count=len(found.notes))]
    for note in found.notes[:SHOWN]:
        why = texts.text(f"row_notes.{note.reason}", language, **note.values)
        lines.append("  " + texts.text("show.row", language, row=str(note.row), why=why))
    return [*lines, *_more(len(found.notes), language)]


def left_out_lines(left_out: Sequence[LeftOut], language: str) -> list[str]:
    """Return the rows that are left out and why."""
    if not left_out:
        return []
    say = _say(language)
    lines = [say("left_out", count=len(left_out))]
    parts = [item for item in left_out if item.reason == "part_of_station"]
    if len(parts) > NAMED:
        why = texts.text("importing.parts_of_stations", language)
        lines.append(say("many", count=len(parts), why=why))
        left_out = [item for item in left_out if item.reason != "part_of_station"]
    for item in left_out[:SHOWN]:
        why = texts.text(f"left_out.{item.reason}", language, **item.values)
        lines.append("  " + texts.text("show.row", language, row=str(item.row), why=why))
    return [*lines, *_more(len(left_out), language)]


def problem_lines(problems: Sequence[Problem], language: str) -> list[str]:
    """Return what is wrong with the places, with what is proposed."""
    if not problems:
        return []
    say = _say(language)
    lines = [say("problems", count=len(problems))]
    for problem in problems[:SHOWN]:
        proposal = problem.fix_message(language)
        lines.append(
            say(
                "problem",
                row=str(problem.row),
                message=problem.message(language),
                fix=say("fix", fix=proposal) if proposal else "",
                code=problem.code,
            )
        )
    return [*lines, *_more(len(problems), language)]


def plan_lines(planned: Plan, found: Import, language: str, *, gone: str = "") -> list[str]:
    """Return what becomes of the area's own records; ``gone``: what a person said shall become of
    those that the file no longer has (``close``, ``keep``, or nothing yet).
    """
    say = _say(language)
    counts = {name: len(getattr(planned, name)) for name in ("new", "changed", "same")}
    lines = [say("plan", **counts)]
    for name in ("kept", "gone", "closed", "closes"):
        ids = getattr(planned, name)
        if ids:
            shown = ", ".join(ids[:NAMED]) + (" …" if len(ids) > NAMED else "")
            key = "gone_closed" if name == "gone" and gone == "close" else name
            lines.append(say(key, count=len(ids), names=shown))
            lines += [say("gone_ask")] if name == "gone" and not gone else []
    return [*lines, *([say("credit")] if found.credits_osm else [])]


def next_lines(found: Import, area: Area, language: str, *, asked: bool) -> list[str]:
    """Return what a person can do next."""
    say = _say(language)
    lines = []
    if any(problem.fix for problem in found.problems):
        lines.append(say("next_fix"))
    if len(found.unplaced):
        lines += [] if asked or found.kind == HOUSING else [say("next_lookup")]
        lines.append(say("next_worklist", area=area.id))
    return lines


def worklist_lines(records: Sequence[Record], said: Sequence[str], language: str) -> list[str]:
    """Return the places without a position; ``said``: the best suggestion of each, or ""."""
    say = _say(language)
    if not records:
        return [say("worklist_empty")]
    lines = [say("worklist", count=len(records))]
    reasons = Counter(str(record.fields["reason"]) for record in records)
    for reason, count in reasons.most_common():
        lines.append(say("why", count=count, why=why_unplaced(reason, language)))
        for record, suggestion in zip(records, said, strict=True):
            if record.fields["reason"] == reason:
                name = _named(record.fields["name"], record.fields["address"], language)
                suggested = say("suggestion", said=suggestion) if suggestion else ""
                lines.append(say("work", id=record.id, name=name, suggestion=suggested))
    return lines


def suggestion_words(match: Match, language: str) -> str:
    """Return what is suggested for a place without a position; "" for nothing."""
    return where_about(match, language) if match.near else match.said


def why_unplaced(reason: str, language: str) -> str:
    """Return why a place has no position, in words."""
    key = f"unplaced.{reason}"
    if key in texts.catalogue(language):
        return texts.text(key, language)
    told = f"left_out.{reason}"  # what was wrong with its coordinates
    return texts.text(
        told if told in texts.catalogue(language) else "unplaced.no_address", language
    )


def understood_json(understood: Understood) -> dict[str, Any]:
    """Return what was understood of a file."""
    return {
        **{
            name: getattr(understood, name)
            for name in ("file", "format", "encoding", "delimiter", "decimal", "sheet", "header")
        },
        "sheets": list(understood.sheets),
        "preamble": list(understood.preamble),
        "columns": dict(understood.columns),
        "sure": dict(understood.sure),
        "crs": understood.crs,
        "landing": round(understood.landing, 4),
        "rows": len(understood.frame),
        "joined": [vars(part) for part in understood.joined],
        "other_sheets": [{"name": part.name, "rows": part.rows} for part in understood.others],
        "persons_left_out": list(understood.persons),
        "notes": [note.key.rpartition(".")[2] for note in understood.notes],
        "station_parts": {str(row): count for row, count in understood.parts.items()},
    }


def import_json(found: Import, planned: Plan, language: str) -> dict[str, Any]:
    """Return an import with all its rows."""
    counts = {how: int((found.how == how).sum()) for how in HOW}
    return {
        **understood_json(found.understood),
        "kind": found.kind,
        "counts": {
            "placed": len(found.places),
            **counts,
            "unplaced": len(found.unplaced),
            "left_out": len(found.left_out),
            "problems": len(found.problems),
        },
        "closed": [
            {
                "row": each.row.row,
                "id": each.row.id,
                "name": each.row.name,
                "reason": each.why.reason,
                "found": each.why.found,
            }
            for each in found.closed
        ],
        "outside": _outside_json(found),
        "row_notes": [
            {
                "row": note.row,
                "reason": note.reason,
                "message": texts.text(f"row_notes.{note.reason}", language, **note.values),
            }
            for note in found.notes
        ],
        "placed": _placed_json(found),
        "unplaced": _unplaced_json(found, language),
        "left_out": left_out_json(found.left_out, language),
        "problems": [_problem_json(problem, language) for problem in found.problems],
        "plan": {
            name: list(getattr(planned, name))
            for name in ("new", "changed", "same", "kept", "gone", "closed", "closes")
        },
    }


def _outside_json(found: Import) -> dict[str, Any] | None:
    told = found.outside
    if told is None:
        return None
    return {
        "count": told.count,
        "nearest_km": finite(round(told.nearest_km, 1)),
        "farthest_km": finite(round(told.farthest_km, 1)),
        "left_out": told.left_out,
    }


def left_out_json(left_out: Sequence[LeftOut], language: str) -> list[dict[str, Any]]:
    """Return the rows that are left out and why."""
    return [
        {
            "row": item.row,
            "reason": item.reason,
            "message": texts.text(f"left_out.{item.reason}", language, **item.values),
        }
        for item in left_out
    ]


def worklist_json(
    records: Sequence[Record], said: Sequence[str], language: str
) -> list[dict[str, Any]]:
    """Return the places without a position."""
    return [
        {
            "id": record.id,
            **{name: record.fields[name] for name in ("name", "kind", "address", "source")},
            "reason": record.fields["reason"],
            "message": why_unplaced(str(record.fields["reason"]), language),
            "suggestion": suggestion,
        }
        for record, suggestion in zip(records, said, strict=True)
    ]


def _say(language: str) -> Callable[..., str]:
    return lambda key, **values: texts.text(f"importing.{key}", language, **values)


def _matches(found: Import, how: str, language: str) -> list[str]:
    """Return what rows were matched to; the certain ones are many and alike, so the least certain
    come first.
    """
    rows = found.score[(found.how == how) & (found.said != "")].sort_values(kind="stable")
    lines = [
        texts.text(
            "importing.match",
            language,
            row=str(row),
            name=_named(found.places.at[row, "name"], found.places.at[row, "address"], language),
            said=found.said[row],
            score=texts.number(float(score), language),
        )
        for row, score in list(rows.items())[:NAMED]
    ]
    left = len(rows) - len(lines)
    more = [texts.text("importing.more", language, count=left)] if left > 0 else []
    return [*lines, *more]


def _unplaced_lines(found: Import, language: str) -> list[str]:
    """Return the rows without a place by why they have none, most first; those with a suggestion
    before the others.
    """
    if found.unplaced.empty:
        return []
    say = _say(language)
    lines = [say("unplaced", count=len(found.unplaced))]
    for reason, count in found.unplaced["reason"].value_counts().items():
        lines.append(say("why", count=int(count), why=why_unplaced(str(reason), language)))
        rows = found.unplaced[found.unplaced["reason"] == reason]
        rows = rows.sort_values("suggestion", key=lambda said: said == "", kind="stable")
        for row in rows.head(NAMED).to_dict("records"):
            said = say("suggestion", said=row["suggestion"]) if row["suggestion"] else ""
            name = _named(row["name"], row["address"], language)
            lines.append(say("row", row=str(row["row"]), name=name, suggestion=said))
        if count > NAMED:
            lines.append(say("more", count=int(count) - NAMED))
    return lines


def _named(name: object, address: object, language: str) -> str:
    told = ", ".join(str(word) for word in (name, address) if word)
    return told or texts.text("importing.unnamed", language)


def _more(count: int, language: str) -> list[str]:
    left = count - SHOWN
    return [texts.text("importing.more", language, count=left)] if left > 0 else []


def _placed_json(found: Import) -> list[dict[str, Any]]:
    rows = []
    table = found.places
    for row, point in zip(table.index, table.geometry, strict=True):
        rows.append(
            {
                "row": int(row),
                **{name: str(table.at[row, name]) for name in ("id", "name", "address")},
                **{name: str(table.at[row, name]) for name in ("district", "source")},
                "details": place_fields(str(table.at[row, "details"])),
                "lon": round(point.x, 6),
                "lat": round(point.y, 6),
                "how": str(found.how[row]),
                "score": float(found.score[row]),
                "matched": str(found.said[row]),
            }
        )
    return rows


def _unplaced_json(found: Import, language: str) -> list[dict[str, Any]]:
    rows = []
    for row in found.unplaced.to_dict("records"):
        known = not math.isnan(row["lon"])
        rows.append(
            {
                "row": int(row["row"]),
                **{name: row[name] for name in ("id", "name", "address", "reason")},
                "message": why_unplaced(str(row["reason"]), language),
                "suggestion": row["suggestion"],
                "score": float(row["score"]),
                "lon": round(row["lon"], 6) if known else None,
                "lat": round(row["lat"], 6) if known else None,
            }
        )
    return rows


def _problem_json(problem: Problem, language: str) -> dict[str, Any]:
    fix = problem.fix
    return {
        **{name: getattr(problem, name) for name in ("code", "record", "row", "severity")},
        "others": list(problem.others),
        "message": problem.message(language),
        "fix": json.loads(json.dumps(dict(what=fix.what, **fix.values), default=str))
        if fix
        else None,
        "fix_message": problem.fix_message(language),
    }


MOST = 5
"""Problems of one rule written out; how many more there are is added."""


def check_lines(problems: Sequence[Problem], checked: int, language: str) -> list[str]:
    """Return the check as text: totals, then a heading a rule with its first problems."""
    if not problems:
        return [texts.text("check.nothing", language, count=checked)]
    told = Counter(problem.severity for problem in problems)
    counts = {name: told[name] for name in SEVERITIES}
    lines = [texts.text("check.found", language, count=checked, **counts)]
    for (severity, code), members in _groups(problems):
        title = texts.text(f"check_rule.{code}", language)
        word = texts.text(f"check.{severity}", language)
        heading = {"word": word, "title": title, "count": len(members)}
        lines += ["", texts.text("check.heading", language, **heading)]
        lines += [line for problem in members[:MOST] for line in _lines(problem, language)]
        if len(members) > MOST:
            lines.append("  " + texts.text("check.more", language, count=len(members) - MOST))
    return lines


def check_json(problems: Sequence[Problem], language: str) -> list[dict[str, Any]]:
    """Return the problems as plain data, with their reasons and fixes in words."""
    return [
        {
            "code": problem.code,
            "severity": problem.severity,
            "record": problem.record,
            "row": problem.row,
            "others": list(problem.others),
            "reason": problem.message(language),
            "values": {name: _plain(value) for name, value in problem.values.items()},
            "fix": problem.fix
            and {
                "what": problem.fix.what,
                "record": problem.fix.record,
                "values": {name: _plain(value) for name, value in problem.fix.values.items()},
                "text": problem.fix_message(language),
            },
        }
        for problem in problems
    ]


def _groups(problems: Sequence[Problem]) -> list[tuple[tuple[str, str], list[Problem]]]:
    found: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        found.setdefault((problem.severity, problem.code), []).append(problem)
    return sorted(
        found.items(), key=lambda item: (SEVERITIES.index(item[1][0].severity), -len(item[1]))
    )


def _lines(problem: Problem, language: str) -> list[str]:
    reason = problem.message(language)
    if problem.row:
        reason = texts.text("show.row", language, row=str(problem.row), why=reason)
    proposed = problem.fix_message(language)
    lines = [f"  {_one_line(reason)}"]
    if proposed:
        fix = texts.text("check.proposal", language, fix=proposed)
        lines.append(f"    {_one_line(fix)}")
    return lines


def _one_line(text: str) -> str:
    """Return a text whose names can neither break the line nor steer a terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _plain(value: Any) -> Any:
    if isinstance(value, texts.Phrase):
        return None
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value
