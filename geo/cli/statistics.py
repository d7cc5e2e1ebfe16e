"""What the commands ``statistics`` and ``schools`` do: people per statistical area and preschools
into an area, and what was found as text or JSON.
"""

from __future__ import annotations

from geo.area.model import Area
from geo.catalog import open_area
from geo.cli import console, store
from geo.cli.console import Options
from geo.errors import InputError
from geo.ingest.residents import Ask, AskSchools, add_schools, add_statistics
from geo.output.words import statistics as statistics_words
from geo.texts import Phrase


def statistics(options: Options) -> None:
    """Add people per statistical area."""
    ask = Ask(
        level=options.level,
        year=_year(options.year),
        municipality=options.municipality,
        file=console.file_of(options.file),
        outlines=console.file_of(options.outlines),
        columns=_columns(options.column),
        other_vintage=options.other_vintage,
    )
    area = open_area(options.area, options.home, edited=False)
    added = add_statistics(area, ask, progress=console.progress(options.lang))
    _save(added.area, options)
    if options.json:
        console.print_json(statistics_words.statistics_json(added, options.lang))
        return
    print("\n".join(statistics_words.statistics_lines(added, options.lang)))
    console.warn(statistics_words.left_out_lines(added.left_out, options.lang))


def schools(options: Options) -> None:
    """Add preschools."""
    ask = AskSchools(options.municipality, console.file_of(options.file))
    area = open_area(options.area, options.home, edited=False)
    added = add_schools(area, ask, progress=console.progress(options.lang))
    _save(added.area, options)
    if options.json:
        console.print_json(statistics_words.schools_json(added))
        return
    print("\n".join(statistics_words.schools_lines(added, options.lang)))
    console.warn(statistics_words.left_out_lines(added.source.left_out, options.lang))


def _save(area: Area, options: Options) -> None:
    """Save the area; where its files and people's edits clashed is printed beside the answer."""
    _, clashes = store.save(area, options)
    console.warn(clashes)


def _year(word: str) -> int:
    if not word:
        return 0
    if not (word.isascii() and word.isdigit() and len(word) == 4):
        raise InputError(
            "bad_option", reason=Phrase("reasons.not_a_year", {"found": word}), command="statistics"
        )
    return int(word)


def _columns(words: list[str]) -> dict[str, str]:
    pairs = {}
    for word in words:
        group, sign, column = word.partition("=")
        if not sign or not group or not column:
            raise InputError("bad_option", reason=f"--column {word}.", command="statistics")
        pairs[group] = column
    return pairs
