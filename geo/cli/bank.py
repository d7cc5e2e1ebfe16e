"""What the command ``bank`` does: read its options, find what is in reach of one housing or point,
print or write it.
"""

from __future__ import annotations

from pathlib import Path

from geo.access.knowledge_bank.question import BankQuestion
from geo.access.knowledge_bank.search import bank_of
from geo.catalog import open_area
from geo.cli import console
from geo.cli.console import Options
from geo.errors import InputError
from geo.output.documents import knowledge_bank_files, leaflet
from geo.output.files import formats
from geo.output.words import knowledge_bank as knowledge_bank_words


def run(options: Options) -> None:
    """Print what is in reach, as text or JSON, or write a file."""
    output = Path(options.output) if options.output else None
    ending = formats.check_ending(output, knowledge_bank_files.ENDINGS) if output else ""
    if options.leaflet and ending != ".pdf":
        raise InputError("bad_option", reason="--leaflet -o FILE.pdf", command="bank")
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
