"""What the command ``sites`` does: from a coordinator's options to a proposal as text, JSON or a
file.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from geo import presets
from geo.catalog import open_area
from geo.cli import console
from geo.cli.console import Options
from geo.errors import BadBalance, BadBudget, BadOption, BadTimeLimit, UnknownCandidate
from geo.output.files import formats
from geo.output.files import sites as sites_files
from geo.output.files.sites import site_json
from geo.output.words.sites import site_lines
from geo.planning.siting import alternatives, instance
from geo.planning.siting import question as siting_question
from geo.planning.siting.alternatives import SiteAnswer
from geo.planning.siting.instance import Placing
from geo.planning.siting.question import Question, number_of, points_of, whole_of


def add_task(tasks: Any, common: argparse.ArgumentParser, say: Callable[[str], str]) -> None:
    """Add the command and its options to the parser."""
    task = tasks.add_parser("sites", parents=[common], help=say("sites"))
    task.add_argument("area", help=say("area_id"))
    task.add_argument("--kind", required=True, help=say("sites_kind"))
    task.add_argument("--count", metavar="N", help=say("count"))
    task.add_argument("--objective", default="coverage", help=say("objective"))
    task.add_argument("--limit", default="800", help=say("limit"))
    task.add_argument("--group", default="all", help=say("group"))
    task.add_argument("--profile", default="adult", help=say("profile"))
    task.add_argument("--candidates", default="", metavar="KIND,KIND", help=say("candidates"))
    for name, metavar in (("candidate", "LON,LAT"), ("max-distance-to", "KIND=M")):
        key = name.replace("-", "_")
        task.add_argument(f"--{name}", action="append", default=[], metavar=metavar, help=say(key))
    for name in ("lattice", "balance", "budget", "curve", "time-limit"):
        task.add_argument(f"--{name}", metavar="N", help=say(name.replace("-", "_")))
    task.add_argument(
        "--existing", default="keep", choices=("keep", "ignore"), help=say("existing")
    )
    task.add_argument("--exclude", default="", metavar="ID,ID", help=say("exclude"))
    for name in ("evening", "staffed", "robust", "exact", "json"):
        task.add_argument(f"--{name}", action="store_true", help=say(name))
    task.add_argument("-o", "--output", help=say("output"))
    task.set_defaults(run=sites)


def sites(options: Options) -> None:
    """Answer where something new should open, with proof."""
    question = siting_question.checked(read_question(options))
    most = None if options.curve is None else whole_of(options.curve)
    output = Path(options.output) if options.output else None
    ending = formats.check_ending(output) if output else ""
    area = open_area(options.area, options.home)
    placing = instance.prepare(area, question, progress=_quiet)
    _check_excluded(placing)
    answer = alternatives.answered(placing, vary=options.robust, most=most, progress=_quiet)
    if output and ending == ".json":
        formats.write_file(output, _document(answer, options.lang, exact=options.exact).encode())
    elif output:
        content = sites_files.site_file(answer, options.lang, exact=options.exact)
        formats.write_file(output, sites_files.WRITERS[ending](content))
    if options.json:
        print(_document(answer, options.lang))
    elif not output:
        print("\n".join(site_lines(answer, options.lang)))
    console.warn_of_demonstration(area.demonstration, options.lang)


def read_question(options: Options) -> Question:
    """Return the question the options ask, as written; ``checked`` looks it through.

    Raises
    ------
    BadLimit, BadPoint, BadCount, BadBudget, BadBalance, BadTimeLimit, BadOption : what can not be
    read.
    """
    aim = siting_question.objective(options.objective)
    free = aim == "cover_all" or options.budget is not None
    count = None if free else 1
    seconds = _number(options.time_limit, BadTimeLimit)
    return Question(
        kind=options.kind,
        count=count if options.count is None else whole_of(options.count),
        objective=aim,
        limit_m=presets.limit_m(options.limit),
        group=options.group,
        profile=options.profile,
        kinds=_words(options.candidates),
        points=points_of(options.candidate),
        lattice_m=None if options.lattice is None else presets.limit_m(options.lattice),
        near=tuple(_near(words) for words in options.max_distance_to),
        evening=options.evening,
        staffed=options.staffed,
        excluded=_words(options.exclude),
        existing=options.existing,
        balance=_number(options.balance, BadBalance),
        budget=_number(options.budget, BadBudget),
        time_limit_s=Question.time_limit_s if seconds is None else seconds,
    )


def _check_excluded(placing: Placing) -> None:
    """Refuse ids that name nothing: a slip of the pen must not let a place back in."""
    known = {item.id for item in placing.candidates.left_out if item.reason == "excluded"}
    for name in placing.question.excluded:
        if name not in known:
            raise UnknownCandidate(found=name)


def _near(words: str) -> tuple[str, float]:
    kind, sign, metres = words.partition("=")
    if not sign:
        raise BadOption(reason=f"--max-distance-to {words}", command="sites")
    return presets.kind(kind).id, presets.limit_m(metres)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in (part.strip() for part in text.split(",")) if word)


def _number(
    words: str | None, refuse: type[BadBudget] | type[BadBalance] | type[BadTimeLimit]
) -> float | None:
    return None if words is None else number_of(words, refuse)


def _document(answer: SiteAnswer, language: str, *, exact: bool = True) -> str:
    document = site_json(answer, language, exact=exact)
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)


def _quiet(_key: str, _share: float) -> None: ...
