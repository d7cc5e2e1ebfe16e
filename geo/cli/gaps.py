"""What the command ``gaps`` does: answer who lives beyond the limit, as text, JSON or a file."""

from __future__ import annotations

from geo.access.gap_question import GapQuestion
from geo.access.gaps import gap_of
from geo.catalog import open_area
from geo.cli import console
from geo.cli.console import Options
from geo.errors import AreaLacks
from geo.output.documents.gap import gap_document


def gaps(options: Options) -> None:
    """Print who lives beyond the limit, as text or JSON, or write a file."""
    area = today = open_area(options.area, options.home)
    if options.scenario:
        from geo.cli.scenarios import with_scenario  # loads the store: few ask for one

        area = with_scenario(area, options.scenario, options.home)
    question = GapQuestion.read(vars(options), area)
    file = console.answer_file(options)
    if options.by and area.districts.empty:
        raise AreaLacks(key="lacks.districts")
    answer = gap_of(area, question)
    before = gap_of(today, question) if options.scenario else None
    console.give(
        options,
        file,
        lambda exact: gap_document(
            answer, area, options.lang, day=console.today(), exact=exact, before=before
        ),
    )
    console.warn_of_demonstration(answer.demonstration, options.lang)
