"""What the command ``preschools`` does: read its options, ask how places and children meet, print
or write the answer.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from typing import Any, TypeAlias

from geo import presets, texts
from geo.area import open_area
from geo.errors import BadDate
from geo.output import preschool_files
from geo.preschool_rules import day
from geo.shortage import LIMIT_M, METHODS, capacity_of

Options: TypeAlias = argparse.Namespace


def add_task(tasks: Any, common: argparse.ArgumentParser, say: Any) -> None:
    """Add the command and its options to the parser."""
    task = tasks.add_parser("preschools", parents=[common], help=say("preschools"))
    task.add_argument("area", help=say("area_id"))
    task.add_argument(
        "--method", choices=METHODS, default=METHODS[0], help=say("preschools_method")
    )
    task.add_argument("--limit", default=str(LIMIT_M), help=say("preschools_limit"))
    task.add_argument("--profile", default="adult", help=say("profile"))
    task.add_argument("--decay", default="", help=say("decay"))
    task.add_argument("--when", metavar="DATE", help=say("when"))
    task.add_argument("--json", action="store_true", help=say("json"))
    task.set_defaults(run=preschools)


def preschools(options: Options) -> None:
    """Answer where preschool places are short, as text, JSON or a file."""
    limit_m = presets.limit_m(options.limit)
    presets.profile(options.profile)
    when = read_day(options.when) if options.when else date.today()
    area = open_area(options.area, options.home)
    answer = capacity_of(
        area,
        when=when,
        limit_m=limit_m,
        profile=options.profile,
        method=options.method,
        decay=options.decay,
    )
    document = preschool_files.preschools_json(answer, area, options.lang)
    print(json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False))
    if answer.demonstration:
        print(texts.text("demo.mark", options.lang), file=sys.stderr)


def read_day(words: str) -> date:
    """Read a date as a person writes it, or raise ``BadDate``."""
    found = day(words)
    if found is None:
        raise BadDate(found=words)
    return found
