"""What the command ``meet`` does: read its options, ask one measure of meeting places, print or
write the answer.
"""

from __future__ import annotations

from pathlib import Path

from geo.access.meeting.answer import answer_of
from geo.access.meeting.question import MeetingQuestion
from geo.catalog import open_area
from geo.cli import console
from geo.cli.console import Options
from geo.errors import BadOption
from geo.output.files import formats
from geo.output.files import meeting as meeting_files


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
