"""``python -m geo``: the same answers as on screen, from the command line.

Reads arguments and speaks; the work is in ``geo.commands``.
Exit status: 0 done, 1 an area or a service failed, 2 something given can not be used.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from geo import texts
from geo.cli import (
    activities,
    bank,
    imports,
    meet,
    outreach,
    preschools,
    scenarios,
    sites,
    statistics,
    store,
)
from geo.cli import area as cli_area
from geo.cli import reach as cli_reach
from geo.cli import report as cli_report
from geo.errors import BadOption, InputError, NarhetError


class _Parser(argparse.ArgumentParser):
    """An argument parser that refuses with one of our errors, in the user's language."""

    def error(self, message: str) -> NoReturn:
        command = self.prog.partition("geo")[2].strip()
        raise BadOption(reason=_in_words(message), command=command)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; messages go to standard error."""
    given = list(sys.argv[1:] if argv is None else argv)
    language = _language(given)
    try:
        options = parser(language).parse_args(given)
        options.lang = language
        options.run(options)
    except NarhetError as error:
        print(error.message(language), file=sys.stderr)
        return 2 if isinstance(error, InputError) else 1
    except BrokenPipeError:
        return 1
    except KeyboardInterrupt:
        print(texts.text("errors.cancelled", language), file=sys.stderr)
        return 130
    return 0


def parser(language: str = "sv") -> argparse.ArgumentParser:
    """Return the parser of all commands, with help in a language."""

    def say(key: str) -> str:
        return texts.text(f"cli.{key}", language).replace("%", "%%")

    common = _Parser(add_help=False)
    common.add_argument("--home", help=say("home"))
    common.add_argument("--lang", choices=texts.LANGUAGES, help=say("lang"))
    root = _Parser(prog="python -m geo", description=say("narhet"), parents=[common])
    tasks = root.add_subparsers(dest="task", required=True, parser_class=_Parser, metavar="…")
    area = tasks.add_parser("area", help=say("area"))
    kinds = area.add_subparsers(dest="what", required=True, parser_class=_Parser, metavar="…")

    for name, run in (("build", cli_area.area_build), ("add", cli_area.area_add)):
        task = kinds.add_parser(name, parents=[common], help=say(f"area_{name}"))
        task.add_argument("area", help=say("area_id"))
        task.add_argument("--name", default="", help=say("name"))
        _file_options(task, say)
        task.set_defaults(run=run)

    task = kinds.add_parser("list", parents=[common], help=say("area_list"))
    task.add_argument("--json", action="store_true", help=say("json"))
    task.set_defaults(run=cli_area.area_list)
    for name, run in (("show", cli_area.area_show), ("check", cli_area.area_check)):
        task = kinds.add_parser(name, parents=[common], help=say(f"area_{name}"))
        task.add_argument("area", help=say("area_id"))
        task.add_argument("--json", action="store_true", help=say("json"))
        task.set_defaults(run=run)

    task = kinds.add_parser("fetch", parents=[common], help=say("area_fetch"))
    task.add_argument("query", help=say("query"))
    task.add_argument("--id", help=say("area_id"))
    task.add_argument("--margin", default="1000", help=say("margin"))
    task.set_defaults(run=cli_area.area_fetch)

    task = tasks.add_parser("distances", parents=[common], help=say("distances"))
    task.add_argument("area", help=say("area_id"))
    task.add_argument("--from", dest="origins", required=True, help=say("from"))
    task.add_argument("--to", dest="destinations", required=True, help=say("to"))
    task.add_argument("--within", default="2000", help=say("within"))
    task.add_argument("--profile", default="adult", help=say("profile"))
    task.add_argument("-o", "--output", help=say("output"))
    task.set_defaults(run=cli_area.distances)

    task = tasks.add_parser("gaps", parents=[common], help=say("gaps"))
    task.add_argument("area", help=say("area_id"))
    task.add_argument("--kind", required=True, help=say("kind"))
    task.add_argument("--limit", required=True, help=say("limit"))
    task.add_argument("--group", default="all", help=say("group"))
    task.add_argument("--profile", default="adult", help=say("profile"))
    task.add_argument("--by", choices=("district",), help=say("by"))
    task.add_argument("--scenario", metavar="NAME", help=say("scenario"))
    task.add_argument("--exact", action="store_true", help=say("exact"))
    task.add_argument("--json", action="store_true", help=say("json"))
    task.add_argument("-o", "--output", help=say("output"))
    task.set_defaults(run=cli_area.gaps)
    _reach_tasks(tasks, common, say)
    for room in (
        activities,
        bank,
        meet,
        outreach,
        preschools,
        sites,
        cli_report,
        scenarios,
        store,
        statistics,
        imports,
    ):
        room.add_task(tasks, common, say)
    return root


def _reach_tasks(tasks: Any, common: argparse.ArgumentParser, say: cli_area.Say) -> None:
    """Add the commands about one point: what is in reach of it, and the way from it."""
    task = tasks.add_parser("reach", parents=[common], help=say("reach"))
    task.add_argument("area", help=say("area_id"))
    task.add_argument("--at", required=True, metavar="LON,LAT", help=say("at"))
    task.add_argument("--limits", required=True, metavar="M,M", help=say("limits"))
    task.set_defaults(run=cli_reach.reach)
    way = tasks.add_parser("route", parents=[common], help=say("route"))
    way.add_argument("area", help=say("area_id"))
    for end, name in (("from", "origin"), ("to", "destination")):
        way.add_argument(
            f"--{end}", dest=name, required=True, metavar="LON,LAT", help=say(f"route_{end}")
        )
    way.set_defaults(run=cli_reach.route)
    for each in (task, way):
        each.add_argument("--profile", default="adult", help=say("profile"))
        each.add_argument("--json", action="store_true", help=say("json"))
        each.add_argument("-o", "--output", help=say("output"))


def _file_options(task: argparse.ArgumentParser, say: cli_area.Say) -> None:
    """Add the options that name the files of an area."""
    paths = task.add_mutually_exclusive_group()
    paths.add_argument("--osm", metavar="FILE", help=say("osm"))
    paths.add_argument("--lines", metavar="FILE", help=say("lines"))
    task.add_argument("--boundary", metavar="FILE", help=say("boundary"))
    task.add_argument("--districts", metavar="FILE", help=say("districts"))
    task.add_argument("--people", metavar="FILE", action="append", default=[], help=say("people"))
    task.add_argument(
        "--place", metavar="KIND=FILE", action="append", default=[], help=say("place")
    )
    task.add_argument(
        "--column", metavar="GROUP=COLUMN", action="append", default=[], help=say("column")
    )
    task.add_argument(
        "--crs", metavar="[PART=]EPSG:N", action="append", default=[], help=say("crs")
    )
    for note in ("source", "licence", "date"):
        task.add_argument(
            f"--{note}", metavar="PART=TEXT", action="append", default=[], help=say(note)
        )
    task.add_argument("--margin", default="1000", help=say("margin"))


_SAID = (
    (r"the following arguments are required: (?P<what>.+)", "missing"),
    (r"unrecognized arguments: (?P<what>.+)", "unknown"),
    (r"argument (?P<what>.+): expected .+", "empty"),
    (
        r"argument (?P<what>.+): invalid choice: (?P<found>.+?) \(choose from (?P<valid>.+)\)",
        "choice",
    ),
    (r"argument (?P<what>.+): invalid (?:int|float) value: (?P<found>.+)", "number"),
    (r"argument (?P<what>.+): not allowed with argument (?P<other>.+)", "together"),
)
"""What argparse says, and the text under ``cli.`` that says it in the user's language."""


def _in_words(message: str) -> texts.Phrase | str:
    for pattern, key in _SAID:
        if found := re.fullmatch(pattern, message):
            return texts.Phrase(f"cli.said_{key}", found.groupdict())
    return message


def _language(argv: Sequence[str]) -> str:
    """Find the language before the arguments are read, so that a refusal can speak it."""
    for at, word in enumerate(argv):
        if word.startswith("--lang"):
            value = word.partition("=")[2] or (argv[at + 1] if at + 1 < len(argv) else "")
            if value in texts.LANGUAGES:
                return value
    chosen = os.environ.get("NARHET_LANG", "")
    return chosen if chosen in texts.LANGUAGES else "sv"
