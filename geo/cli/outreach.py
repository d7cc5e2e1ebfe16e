"""What the command ``outreach`` does: read its options, rank where outreach would matter, plan a
week, print or write the answer.
"""

from __future__ import annotations

from pathlib import Path

from geo import texts
from geo.area.model import Area
from geo.catalog import open_area
from geo.cli import console
from geo.cli.console import Options
from geo.errors import InputError
from geo.output.documents.answer import ENDINGS
from geo.output.documents.outreach import CALENDAR, outreach_document
from geo.planning.outreach.brief import Brief, briefed, outreach, visits_of
from geo.planning.outreach.question import OutreachQuestion
from geo.planning.outreach.rounds import Plan, plan_week
from geo.planning.outreach.staff import read_staff
from geo.planning.siting.question import whole_of


def run(options: Options) -> None:
    """Print where outreach would matter, as text or JSON, or write a file."""
    file = console.answer_file(options, (*ENDINGS, CALENDAR))
    if file is not None and file.suffix.lower() == CALENDAR and not options.plan:
        raise InputError("bad_option", reason=f"-o {options.output} --plan", command="outreach")
    top = whole_of(options.top)
    area = open_area(options.area, options.home)
    answer = outreach(area, OutreachQuestion.read(vars(options), area))
    plan = _plan(options, area, Brief(answer, answer.shown[:top], ()))
    brief = briefed(answer, top, plan=plan)
    day = options.date or console.today()
    console.give(options, file, lambda _: outreach_document(brief, options.lang, day=day))
    console.warn_of_demonstration(area.demonstration, options.lang)


def _plan(options: Options, area: Area, brief: Brief) -> Plan | None:
    if not options.plan:
        return None
    staff = read_staff(Path(options.plan), area)
    for problem in staff.problems:
        console.warn(texts.text(problem.phrase.key, options.lang, **problem.phrase.values))
    doors = visits_of(brief.answer, brief.rows, options.lang)
    return plan_week(
        area,
        doors,
        staff.workers,
        monday=brief.answer.question.meeting.monday,
        profile=brief.answer.question.meeting.profile,
        rule=options.staff_language,
    )
