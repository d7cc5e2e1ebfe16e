"""What the command ``activities`` does: a week's activities as text, JSON, CSV or a calendar, and
adding activities from a file.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from geo import clock, texts
from geo.access.meeting.terms import week_of
from geo.area.activities.derived import activities_of
from geo.area.model import Area
from geo.area.provenance import LeftOut
from geo.catalog import open_area
from geo.cli import console, store
from geo.cli.console import Options
from geo.errors import InputError
from geo.ingest.edits import with_activities
from geo.output.files import activities as activities_files
from geo.output.files import formats
from geo.output.files.activities import Week
from geo.output.files.calendar import to_ics
from geo.sources.activities.cells import day
from geo.sources.activities.reader import read_activities
from geo.store.model import ACTIVITY, FileChange

ENDINGS = (".ics", ".csv")
AHEAD = timedelta(days=365)
"""How far ahead a calendar file reaches, from its week."""


def activities(options: Options) -> None:
    """Add activities from a file, if one is given, and print what happens in a week."""
    output = Path(options.output) if options.output else None
    if output:
        formats.check_ending(output, ENDINGS)
    today = clock.today()
    monday = _monday(options.week, today)
    area = open_area(options.area, options.home)
    if options.add:
        area = _added(area, Path(options.add), options)
    console.warn_of_demonstration(area.demonstration, options.lang)
    week = activities_files.week_of(area, activities_of(area), monday, today)
    if output:
        formats.write_file(output, _content(output, week, options.lang))
    if options.json:
        document = activities_files.week_json(week, options.lang)
        console.print_json(document)
    elif not output:
        print("\n".join(activities_files.week_lines(week, options.lang)))


def _added(area: Area, path: Path, options: Options) -> Area:
    """Save an area with a file's activities; where it has a store, people's edits of them stand."""
    read = read_activities(path, area.places)
    before = open_area(options.area, options.home, edited=False)
    saved = store.save(
        with_activities(before, read, path.name),
        options,
        before=before,
        change=FileChange("files_activities", (path.name,)),
        again=[(ACTIVITY, each.id) for each in read.activities],
    )
    values = {"found": len(read.activities), "rows": read.rows, "file": path.name}
    console.warn(texts.text("activities.added", options.lang, **values))
    for each in read.left_out:
        console.warn(_left_out(each, options.lang))
    return saved.area


def _left_out(each: LeftOut, language: str) -> str:
    reason = texts.text(f"left_out.{each.reason}", language, **each.values)
    return texts.text("activities.row", language, row=str(each.row), reason=reason)


def _content(output: Path, week: Week, language: str) -> bytes:
    if output.suffix.lower() == ".csv":
        return activities_files.week_csv(week, language)
    found = activities_of(week.area)
    places = dict(zip(week.area.places["id"], week.area.places["name"], strict=True))
    return to_ics(
        found,
        week.monday,
        week.monday + AHEAD,
        places=places,
        now=clock.now(),
        language=language,
    )


def _monday(text: str, today: date) -> date:
    """Return the Monday of the week of a day, of today's where none is given."""
    chosen = day(text) if text else today
    if chosen is None:
        raise InputError("bad_date", found=text[:40])
    return week_of(chosen)
