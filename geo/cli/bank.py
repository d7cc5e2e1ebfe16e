"""What the command ``bank`` does: read its options, find what is in reach of one housing or point,
print or write it.
"""

from __future__ import annotations

from geo.access.knowledge_bank.question import BankQuestion
from geo.access.knowledge_bank.search import bank_of
from geo.catalog import open_area
from geo.cli import console
from geo.cli.console import Options
from geo.cli.places import point_words
from geo.errors import InputError
from geo.output.documents.knowledge_bank import bank_document


def run(options: Options) -> None:
    """Print what is in reach, as text or JSON, or write a file."""
    file = console.answer_file(options)
    if options.leaflet and (file is None or file.suffix.lower() != ".pdf"):
        raise InputError("bad_option", reason="--leaflet -o FILE.pdf", command="bank")
    area = open_area(options.area, options.home)
    at = {"at": point_words(area, options.at)} if options.at else {}
    question = BankQuestion.read({**vars(options), **at})
    bank = bank_of(area, question)
    day, as_leaflet = console.today(), options.leaflet
    console.give(
        options,
        file,
        lambda _: bank_document(bank, area, options.lang, day=day, as_leaflet=as_leaflet),
    )
    console.warn_of_demonstration(area.demonstration, options.lang)
