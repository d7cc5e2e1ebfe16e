"""What the command ``meet`` does: read its options, ask one measure of meeting places, print or
write the answer.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from geo.access.meeting.answer import answer_of
from geo.access.meeting.question import MEASURES, MeetingQuestion
from geo.access.meeting.terms import measures
from geo.catalog import open_area
from geo.cli import console
from geo.cli.console import Options
from geo.errors import BadOption
from geo.output.files import formats
from geo.output.files import meeting as meeting_files


def add_task(tasks: Any, common: argparse.ArgumentParser, say: Any) -> None:
    """Add the command and its options to the parser."""
    task = tasks.add_parser("meet", parents=[common], help=say("meet"))
    task.add_argument("area", help=say("area_id"))
    task.add_argument("--measure", choices=MEASURES, required=True, help=say("meet_measure"))
    task.add_argument(
        "--kind", dest="kinds", action="append", metavar="KIND", help=say("meet_kind")
    )
    task.add_argument("--limit", help=say("limit"))
    task.add_argument("--group", help=say("group"))
    task.add_argument("--profile", help=say("profile"))
    task.add_argument("--week", metavar="DATE", help=say("meet_week"))
    task.add_argument("--housing", metavar="ID", help=say("meet_housing"))
    task.add_argument("--language", help=say("meet_language"))
    task.add_argument("--audience", help=say("meet_audience"))
    task.add_argument("--when", metavar="PRESET", help=say("meet_when"))
    task.add_argument("--established", choices=tuple(measures()), help=say("meet_established"))
    task.add_argument("--json", action="store_true", help=say("json"))
    task.add_argument("-o", "--output", help=say("output"))
    task.set_defaults(run=meet)


def meet(options: Options) -> None:
    """Answer one measure of meeting places, as text, JSON or a file."""
    if options.established and options.measure != "arena":
        raise BadOption(reason="--established", command="meet")
    question = MeetingQuestion.read(vars(options))
    output = Path(options.output) if options.output else None
    ending = formats.check_ending(output, meeting_files.ENDINGS) if output else ""
    area = open_area(options.area, options.home)
    answer = answer_of(area, question)
    content = meeting_files.meeting_file(answer, area, options.lang)
    if output:
        written = meeting_files.WRITERS[ending](content, answer, area, options.lang)
        formats.write_file(output, written)
    if options.json:
        print(meeting_files.json_text(content, answer, area, options.lang))
    elif not output:
        print("\n".join(content.lines))
    console.warn_of_demonstration(area.demonstration, options.lang)
