"""What the command ``preschools`` does: read its options, ask how places and children meet, print
or write the answer.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from geo import clock
from geo.access.preschools.call_list import calls_for
from geo.access.preschools.demand import has_few
from geo.access.preschools.model import PreschoolAnswer
from geo.access.preschools.question import PreschoolQuestion
from geo.access.preschools.shortage import capacity_of, more_places
from geo.access.preschools.surge import (
    Arrival,
    arrival_of,
    read_ages,
    read_ramp,
    read_surge,
    surge,
)
from geo.area.model import Area
from geo.catalog import open_area
from geo.cli import console
from geo.cli.console import Options
from geo.errors import InputError, NarhetError
from geo.output.documents.answer import AnswerDocument
from geo.output.documents.preschools import Besides, preschool_document
from geo.planning.preschool_expansion import share_of, where_to_add

TARGET = "0.95"


def preschools(options: Options) -> None:
    """Print where preschool places are short, as text or JSON, or write a file.

    What is misspelt is refused at once. A surge that cannot be (outside the area, in the past), a
    target out of reach or an unknown housing is refused too, but last: the rest is computed.
    """
    question, arrival = PreschoolQuestion.read(vars(options)), _arrival(options)
    if options.more is not None:
        _more_of(options.more)
    if options.target is not None and not options.add_places:
        raise InputError("bad_option", reason="--target", command="preschools")
    target = share_of(options.target or TARGET)
    file = console.answer_file(options)
    area = open_area(options.area, options.home)

    @cache
    def answers_of(*, exact: bool) -> tuple[PreschoolAnswer, Besides]:
        main = capacity_of(area, question, exact=exact)
        return main, _besides(area, main, options, arrival, target)

    main, besides = answers_of(exact=True)

    def document(exact: bool) -> AnswerDocument:
        found, other = answers_of(exact=exact or not has_few(main.demand))
        return preschool_document(
            found, area, options.lang, day=console.today(), exact=exact, besides=other
        )

    console.give(options, file, document)
    console.warn_of_demonstration(main.demonstration, options.lang)
    for error in besides.refused.values():
        raise error


def _arrival(options: Options) -> Arrival | None:
    """Read who arrives; ages and weeks without a place and date are refused."""
    if options.surge is None:
        for name in ("ramp", "ages"):
            if getattr(options, name) is not None:
                raise InputError("bad_option", reason=f"--{name}", command="preschools")
        return None
    at, people, first = read_surge(options.surge)
    ages = read_ages(options.ages, people) if options.ages is not None else ()
    ramp = read_ramp(options.ramp, people) if options.ramp is not None else ()
    return arrival_of(at, people, first, ages=ages, ramp=ramp)


def _more_of(words: str) -> tuple[str, int]:
    """Read a preschool and how many more places it gets."""
    name, _, count = words.rpartition("=")
    if not name or not count.strip().isdecimal():
        raise InputError("bad_option", reason=f"--more {words}", command="preschools")
    return name, int(count)


def _besides(
    area: Area, main: PreschoolAnswer, options: Options, arrival: Arrival | None, target: float
) -> Besides:
    refused: dict[str, NarhetError] = {}
    found: dict[str, Any] = {}
    asked = main.question
    questions: dict[str, Any] = {}
    if arrival is not None:
        questions["surge"] = lambda: surge(
            area, arrival, today=clock.today(), limit_m=asked.limit_m, profile=asked.profile
        )
    if options.housing is not None:
        questions["calls"] = lambda: calls_for(area, main, options.housing)
    if options.more is not None:
        preschool, extra = _more_of(options.more)
        questions["more"] = lambda: more_places(main, preschool, extra)
    if options.add_places:
        questions["growth"] = lambda: where_to_add(area, main, target=target)
    for name, ask in questions.items():
        try:
            found[name] = ask()
        except NarhetError as error:
            refused[name] = error
    return Besides(refused=refused, **found)
