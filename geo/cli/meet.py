"""What the command ``meet`` does: read its options, ask one measure of meeting places, print or
write the answer.
"""

from __future__ import annotations

from geo.access.meeting.answer import answer_of
from geo.access.meeting.question import MeetingQuestion
from geo.catalog import open_area
from geo.cli import console
from geo.cli.console import Options
from geo.errors import InputError
from geo.output.documents.meeting import meeting_document


def meet(options: Options) -> None:
    """Print one measure of meeting places, as text or JSON, or write a file."""
    if options.established and options.measure != "arena":
        raise InputError("bad_option", reason="--established", command="meet")
    question = MeetingQuestion.read(vars(options))
    file = console.answer_file(options)
    area = open_area(options.area, options.home)
    answer = answer_of(area, question)
    day = console.today()
    console.give(options, file, lambda _: meeting_document(answer, area, options.lang, day=day))
    console.warn_of_demonstration(area.demonstration, options.lang)
