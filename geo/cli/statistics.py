"""What the commands ``statistics`` and ``schools`` do: people per statistical area and preschools
into an area, and what was found as text or JSON.
"""

from __future__ import annotations

from pathlib import Path

from geo.area.model import Area
from geo.catalog import Saved, open_area
from geo.cli import console, store
from geo.cli.console import Options
from geo.errors import InputError
from geo.ingest.residents import Ask, AskSchools, add_schools, add_statistics
from geo.output.words import statistics as statistics_words
from geo.store.model import PLACE, FileChange
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
        replace_year=options.replace_year,
    )
    area = open_area(options.area, options.home, edited=False)
    added = add_statistics(area, ask, progress=console.progress(options.lang))
    saved = _save(area, added.area, options, "files_statistics")
    if options.json:
        document = statistics_words.statistics_json(added, options.lang)
        console.print_json({**document, "batch": saved.batch})
        return
    print("\n".join(statistics_words.statistics_lines(added, options.lang)))
    console.warn(statistics_words.left_out_lines(added.left_out, options.lang))
    console.warn(statistics_words.notice_lines(added.notices, options.lang))


def schools(options: Options) -> None:
    """Add preschools."""
    ask = AskSchools(options.municipality, console.file_of(options.file))
    area = open_area(options.area, options.home, edited=False)
    added = add_schools(area, ask, progress=console.progress(options.lang))
    saved = _save(area, added.area, options, "files_schools", title=added.source.title)
    if options.json:
        document = statistics_words.schools_json(added)
        console.print_json({**document, "batch": saved.batch})
        return
    print("\n".join(statistics_words.schools_lines(added, options.lang)))
    console.warn(statistics_words.left_out_lines(added.source.left_out, options.lang))


def _save(before: Area, made: Area, options: Options, what: str, title: str = "") -> Saved:
    """Save the area as one change of its log."""
    files = (options.file, options.outlines) if what == "files_statistics" else (options.file,)
    change = FileChange(what, tuple(Path(file).name for file in files if file))
    read = made.places.loc[made.places["source"] == title, "id"] if title else ()
    again = [(PLACE, str(name)) for name in read]
    return store.save(made, options, before=before, change=change, again=again)


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
