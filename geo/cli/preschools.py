"""What the command ``preschools`` does: read its options, ask how places and children meet, print
or write the answer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from geo.access.preschools.call_list import CallList, calls_for
from geo.access.preschools.demand import has_few
from geo.access.preschools.model import PreschoolAnswer
from geo.access.preschools.question import PreschoolQuestion
from geo.access.preschools.shortage import capacity_of, more_places
from geo.access.preschools.surge import (
    Arrival,
    SurgeAnswer,
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
from geo.models.assignment.assign import MorePlaces
from geo.output.files import formats
from geo.output.files import preschools as preschools_files
from geo.output.words import preschools as preschools_words
from geo.planning.preschool_expansion import GrowthAnswer, share_of, where_to_add

TARGET = "0.95"


@dataclass(frozen=True)
class _Answers:
    """All the answers; what could not be answered stands in ``refused``."""

    main: PreschoolAnswer
    surge: SurgeAnswer | None
    calls: CallList | None
    more: MorePlaces | None
    growth: GrowthAnswer | None
    refused: tuple[tuple[str, NarhetError], ...]


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
    output = Path(options.output) if options.output else None
    ending = formats.check_ending(output) if output else ""
    area = open_area(options.area, options.home)

    def answers_of(*, exact: bool) -> _Answers:
        main = capacity_of(area, question, exact=exact)
        return _asked(area, main, options, arrival, target)

    answers = answers_of(exact=True)
    main = answers.main
    if output:
        outgoing = answers if options.exact or not has_few(main.demand) else answers_of(exact=False)
        _write(output, ending, outgoing, area, options)
    if options.json:
        print(_document(answers, area, options.lang))
    elif not output:
        print("\n".join(preschools_files.preschool_lines(main, options.lang)))
        for _, lines in _more(answers, options.lang):
            print("\n" + "\n".join(lines))
    console.warn_of_demonstration(main.demonstration, options.lang)
    for _, error in answers.refused:
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


def _asked(
    area: Area, main: PreschoolAnswer, options: Options, arrival: Arrival | None, target: float
) -> _Answers:
    refused: list[tuple[str, NarhetError]] = []
    found: dict[str, Any] = {"surge": None, "calls": None, "more": None, "growth": None}
    asked = main.question
    questions: dict[str, Any] = {}
    if arrival is not None:
        questions["surge"] = lambda: surge(
            area, arrival, today=date.today(), limit_m=asked.limit_m, profile=asked.profile
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
            refused.append((name, error))
    return _Answers(main, refused=tuple(refused), **found)


def _without_small_counts(answers: _Answers, area: Area, options: Options) -> _Answers:
    """Return what may be disclosed of the other answers."""
    shown = preschools_words.without_small_counts(answers.main)
    if answers.calls:
        answers = replace(answers, calls=calls_for(area, shown, options.housing))
    return replace(answers, more=None, growth=None) if shown.few else answers


def _document(answers: _Answers, area: Area, language: str, *, exact: bool = True) -> str:
    document = preschools_words.preschools_json(answers.main, area, language, exact=exact)
    if answers.surge:
        document["surge"] = preschools_words.surge_json(answers.surge, language)
    if answers.calls:
        document["calls"] = preschools_words.calls_json(answers.calls, language)
    if answers.more:
        document["more"] = preschools_words.more_json(answers.more, answers.main, language)
    if answers.growth:
        document["growth"] = preschools_words.growth_json(answers.growth)
    for name, error in answers.refused:
        document[name] = {"error": error.code, "text": error.message(language)}
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)


def _more(answers: _Answers, language: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    parts = []
    if answers.surge:
        parts.append(("surge", tuple(preschools_words.surge_lines(answers.surge, language))))
    if answers.calls:
        parts.append(("calls", tuple(preschools_words.call_lines(answers.calls, language))))
    if answers.more:
        parts.append(("more", (preschools_words.more_words(answers.more, answers.main, language),)))
    if answers.growth:
        parts.append(("growth", tuple(preschools_words.growth_lines(answers.growth, language))))
    return tuple(parts)


def _write(output: Path, ending: str, answers: _Answers, area: Area, options: Options) -> None:
    if not options.exact:
        answers = _without_small_counts(answers, area, options)
    if ending == ".json":
        document = _document(answers, area, options.lang, exact=options.exact)
        formats.write_file(output, document.encode())
        return
    content = preschools_files.preschool_file(
        answers.main,
        area,
        options.lang,
        exact=options.exact,
        more=_more(answers, options.lang),
    )
    formats.write_file(output, preschools_files.WRITERS[ending](content))
