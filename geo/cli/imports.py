"""What the commands ``import`` and ``worklist`` do: a file of places on its way into an area, and
the places that still have none on the map.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from geo import clock, presets, texts
from geo.area.model import Area
from geo.area.protected import HOUSING
from geo.area.provenance import LeftOut
from geo.catalog import open_area
from geo.cli import console
from geo.cli.console import Options
from geo.errors import FileMissing, InputError
from geo.ingest.checks.thresholds import Fix
from geo.ingest.places.apply import Plan, carry_out_all, plan
from geo.ingest.places.propose import Import, by_kind, propose, suggested
from geo.output.words.imports import (
    found_lines,
    import_json,
    import_lines,
    left_out_json,
    left_out_lines,
    next_lines,
    suggestion_words,
    understood_json,
    understood_lines,
    worklist_json,
    worklist_lines,
)
from geo.sources.files.place_tables import Understood, understand
from geo.sources.files.sheets import Choices
from geo.store.store import has_store, store_of
from geo.store.write import user

ALL = "all"


def import_file(options: Options) -> None:
    """Import a file of places into an area, or print what would happen."""
    file = Path(options.file)
    if not file.is_file():
        raise FileMissing(file=options.file)
    kind = "" if options.kind == ALL else presets.kind(options.kind).id
    choices = _choices(options)
    area = open_area(options.area, options.home)
    west, south, east, north = map(float, area.boundary.total_bounds)
    understood = understand(file, choices=choices, kind=kind, near=(west, south, east, north))
    found, left_out = _proposed(area, understood, kind, options)
    fixes = _fixes(found, options.fix)
    store = store_of(area.id, options.home) if has_store(area.id, options.home) else None
    planned = [plan(each, area, store, fixes=fixes) for each in found]
    close = {own for each in planned for own in each.gone} if options.gone == "close" else set()
    batch = 0
    if not options.dry_run:
        store = store_of(area.id, options.home)
        batch = carry_out_all(found, area, store, who=user(options.who), fixes=fixes, close=close)
    if options.json:
        told = [import_json(*each, options.lang) for each in zip(found, planned, strict=True)]
        document = told[0] if kind else _all_json(understood, told, left_out, options)
        document |= {"written": not options.dry_run, "batch": batch or None}
        print(json.dumps(document, ensure_ascii=False, indent=1))
        return
    lines = _lines(understood, found, planned, left_out, options)
    print("\n".join([*lines, *_ending(found, area, batch, options)]))


def worklist(options: Options) -> None:
    """List the places without a point, and why they have none."""
    area = open_area(options.area, options.home)
    stored = has_store(area.id, options.home)
    records = store_of(area.id, options.home).unplaced() if stored else []
    said = [suggestion_words(match, options.lang) for match in suggested(area, records)]
    if options.json:
        print(json.dumps(worklist_json(records, said, options.lang), ensure_ascii=False, indent=1))
        return
    for line in worklist_lines(records, said, options.lang):
        print(line)


def _proposed(
    area: Area, understood: Understood, kind: str, options: Options
) -> tuple[list[Import], tuple[LeftOut, ...]]:
    """Return an import a kind, and the rows that are of no kind; one kind takes all rows."""
    try:
        if kind:
            return _looked_for(area, [(kind, understood)], options), ()
        parts, left_out = by_kind(understood)
        return _looked_for(area, parts, options), left_out
    except InputError as error:
        if options.json:  # JSON has what was understood of a file that is refused, too
            document = {**understood_json(understood), "kind": kind or ALL, "written": False}
            document["refused"] = {"code": error.code, "message": error.message(options.lang)}
            print(json.dumps(document, ensure_ascii=False, indent=1))
        raise


def _looked_for(
    area: Area, parts: Sequence[tuple[str, Understood]], options: Options
) -> list[Import]:
    today = clock.today()
    if not options.lookup:
        return [
            propose(area, part, kind, today=today, outside=options.outside) for kind, part in parts
        ]
    from geo.ingest.geocoding.nominatim import looking_up  # osmnx takes a second and a half to load

    say = console.progress(options.lang)
    asks = any(kind != HOUSING for kind, _ in parts)
    line = looking_up(area, home=options.home) if asks else nullcontext(None)
    with line as asked:
        return [
            propose(
                area,
                part,
                kind,
                today=today,
                lookup=None if kind == HOUSING else asked,
                progress=say,
                outside=options.outside,
            )
            for kind, part in parts
        ]


def _lines(
    understood: Understood,
    found: Sequence[Import],
    planned: Sequence[Plan],
    left_out: Sequence[LeftOut],
    options: Options,
) -> list[str]:
    """Return the lines on an import; of several kinds, each under its name."""
    language = options.lang
    if len(found) == 1 and not left_out:
        return import_lines(found[0], planned[0], language, gone=options.gone)
    lines = understood_lines(understood, language)
    for each, its_plan in zip(found, planned, strict=True):
        lines += ["", presets.kind(each.kind).plural(language)]
        lines += found_lines(each, its_plan, language, gone=options.gone)
    return [*lines, "", *left_out_lines(left_out, language)]


def _all_json(
    understood: Understood,
    told: list[dict[str, Any]],
    left_out: Sequence[LeftOut],
    options: Options,
) -> dict[str, Any]:
    return {
        **understood_json(understood),
        "kind": ALL,
        "kinds": told,
        "left_out": left_out_json(left_out, options.lang),
    }


def _choices(options: Options) -> Choices:
    """Return what the options state about the file."""
    header = options.header
    if header is not None and not (header.isascii() and header.isdigit()):
        raise InputError("bad_option", reason=f"--header {header}", command="import")
    columns = {}
    for word in options.column:
        field, sign, column = word.partition("=")
        if not sign or not field:
            raise InputError("bad_option", reason=f"--column {word}", command="import")
        columns[field.strip()] = column.strip()
    return Choices(
        sheet=options.sheet,
        encoding=options.encoding,
        delimiter={"tab": "\t", "\\t": "\t"}.get(options.delimiter, options.delimiter),
        decimal=options.decimal,
        header=None if header is None else int(header),
        crs=options.crs,
        columns=columns,
        contacts=options.contacts,
    )


def _fixes(found: Sequence[Import], wanted: list[str]) -> list[Fix]:
    """Return the fixes a person asked for, by the codes of their problems."""
    problems = [problem for each in found for problem in each.problems]
    known = {problem.code for problem in problems if problem.fix}
    for code in wanted:
        if code != ALL and code not in known:
            raise InputError("unknown_fix", found=code, known=", ".join(sorted(known)) or "–")
    return [
        problem.fix
        for problem in problems
        if problem.fix and (ALL in wanted or problem.code in wanted)
    ]


def _ending(found: Sequence[Import], area: Area, batch: int, options: Options) -> list[str]:
    def say(key: str, **values: str) -> str:
        return texts.text(f"importing.{key}", options.lang, **values)

    told = [next_lines(each, area, options.lang, asked=options.lookup) for each in found]
    after = list(dict.fromkeys(line for lines in told for line in lines))
    if options.dry_run:
        return [*after, say("dry")]
    done = say("done", batch=str(batch), area=area.id) if batch else say("nothing")
    console.warn_of_demonstration(area.demonstration, options.lang)
    return [*after, done]
