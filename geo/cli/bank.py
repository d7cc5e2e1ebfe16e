"""What the command ``bank`` does: read its options, find what is in reach of one housing or point,
print or write it.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from geo.access.knowledge_bank.question import BankQuestion
from geo.access.knowledge_bank.search import bank_of
from geo.catalog import open_area
from geo.cli import console
from geo.cli.console import Options
from geo.errors import BadOption
from geo.output.documents import knowledge_bank_files, leaflet
from geo.output.files import formats
from geo.output.words import knowledge_bank as knowledge_bank_words


def add_task(tasks: Any, common: argparse.ArgumentParser, say: Any) -> None:
    """Add the command and its options to the parser."""
    task = tasks.add_parser("bank", parents=[common], help=say("bank"))
    task.add_argument("area", help=say("area_id"))
    start = task.add_mutually_exclusive_group(required=True)
    start.add_argument("--at", metavar="LON,LAT", help=say("at"))
    start.add_argument("--housing", metavar="ID", help=say("bank_housing"))
    task.add_argument("--when", metavar="TIME", help=say("bank_when"))
    task.add_argument("--language", help=say("bank_language"))
    task.add_argument("--theme", dest="themes", action="append", help=say("bank_theme"))
    task.add_argument("--limit", help=say("limit"))
    task.add_argument("--profile", help=say("profile"))
    task.add_argument("--leaflet", action="store_true", help=say("bank_leaflet"))
    task.add_argument("--json", action="store_true", help=say("json"))
    task.add_argument("-o", "--output", help=say("output"))
    task.set_defaults(run=run)


def run(options: Options) -> None:
    """Answer what is in reach, as text, JSON or a file."""
    output = Path(options.output) if options.output else None
    ending = formats.check_ending(output, knowledge_bank_files.ENDINGS) if output else ""
    if options.leaflet and ending != ".pdf":
        raise BadOption(reason="--leaflet -o FILE.pdf", command="bank")
    question = BankQuestion.read(vars(options))
    area = open_area(options.area, options.home)
    bank = bank_of(area, question)
    if output and ending == ".pdf":
        formats.write_file(
            output, leaflet.pdf_bytes(bank, area, options.lang, as_leaflet=options.leaflet)
        )
    elif output:
        formats.write_file(output, knowledge_bank_files.WRITERS[ending](bank, area, options.lang))
    if options.json:
        print(knowledge_bank_files.json_text(bank, area, options.lang))
    elif not output:
        print("\n".join(knowledge_bank_words.lines(bank, options.lang)))
    console.warn_of_demonstration(area.demonstration, options.lang)
