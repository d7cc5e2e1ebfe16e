"""What the commands ``area build``, ``area add`` and ``area fetch`` do: make an area of files or of
OpenStreetMap, save it, and print what it holds.
"""

from __future__ import annotations

from geo import presets, texts
from geo.area.manifest import slug
from geo.area.model import Area
from geo.catalog import open_area
from geo.cli import console, store
from geo.cli.console import Options
from geo.errors import InputError, UnknownArea
from geo.ingest.build import Inputs, Note, build, from_fetched, read_ids
from geo.output.words.area_and_gaps import area_lines
from geo.sources.doors import parted
from geo.store.model import PLACE, FileChange


def area_build(options: Options) -> None:
    """Make an area of files; an earlier one of the same id keeps what no file is given for."""
    inputs = _inputs(options)
    earlier = _earlier(options.area, options)
    name = options.name or (earlier.name if earlier else options.area)
    made = build(
        options.area, name, inputs, earlier=earlier, progress=console.progress(options.lang)
    )
    _save(made, options, earlier, FileChange("files_build", inputs.names))


def area_add(options: Options) -> None:
    """Add files to an area that exists."""
    earlier = open_area(options.area, options.home, edited=False)
    inputs = _inputs(options)
    made = build(
        options.area,
        options.name,
        inputs,
        earlier=earlier,
        progress=console.progress(options.lang),
    )
    change = FileChange("files_add", inputs.names)
    if not inputs.names:
        change = FileChange("files_sources", tuple(inputs.notes))
    _save(made, options, earlier, change)


def area_fetch(options: Options) -> None:
    """Fetch an area from OpenStreetMap by name."""
    from geo.sources.osm.overpass import fetch  # osmnx takes a second and a half to load

    margin_m = presets.limit_m(options.margin)
    fetched = fetch(
        options.query, margin_m=margin_m, progress=console.progress(options.lang), home=options.home
    )
    name_id = options.id or slug(options.query)
    earlier = _earlier(name_id, options)
    made = from_fetched(name_id, options.query.split(",")[0].strip(), fetched, earlier=earlier)
    _save(made, options, earlier, FileChange("files_fetch"))


def say_left_out(area: Area, language: str) -> None:
    """Print beside the answer which rows of an area's files were left out, and why, and what was
    done with others.
    """
    if area.left_out:
        console.warn(texts.text("show.left_out", language, count=len(area.left_out)))
    for source, row in area.left_out:
        line = console.left_out_line(row.row, row.reason, row.values, language)
        console.warn(f"  {source.file or source.title}: {line}")
    if area.notices:
        console.warn(texts.text("show.notices", language, count=len(area.notices)))
    for source, row in area.notices:
        line = console.left_out_line(row.row, row.reason, row.values, language, part="notices")
        console.warn(f"  {source.file or source.title}: {line}")


def _inputs(options: Options) -> Inputs:
    """Turn the options into the files of an area; every file must exist before any is read."""
    notes = {
        part: Note(
            _pairs(options.source, "--source").get(part, ""),
            _pairs(options.licence, "--licence").get(part, ""),
            _pairs(options.date, "--date").get(part, ""),
        )
        for name in ("source", "licence", "date")
        for part in _pairs(getattr(options, name), f"--{name}")
    }
    crs = [word if "=" in word else f"network={word}" for word in options.crs]
    has_doors = bool(options.buildings or options.addresses)
    columns, door_columns = parted(_pairs(options.column, "--column"), asked=has_doors)
    places = [_pair(word, "--place") for word in options.place]
    for kind, _ in places:
        presets.kind(kind)
    return Inputs(
        osm=console.file_of(options.osm),
        lines=console.file_of(options.lines),
        boundary=console.file_of(options.boundary),
        districts=console.file_of(options.districts),
        people=tuple(path for path in map(console.file_of, options.people) if path),
        places=tuple((kind, path) for kind, file in places if (path := console.file_of(file))),
        buildings=console.file_of(options.buildings),
        addresses=console.file_of(options.addresses),
        columns=columns,
        door_columns=door_columns,
        layers=_pairs(options.sheet, "--sheet"),
        crs=_pairs(crs, "--crs"),
        notes=notes,
        margin_m=presets.limit_m(options.margin),
        replace_year=options.replace_year,
    )


def _pair(word: str, option: str) -> tuple[str, str]:
    key, sign, value = word.partition("=")
    if not sign or not key or not value:
        raise InputError("bad_option", reason=f"{option} {word}", command="area build")
    return key, value


def _pairs(words: list[str], option: str) -> dict[str, str]:
    return dict(_pair(word, option) for word in words)


def _earlier(name: str, options: Options) -> Area | None:
    try:
        return open_area(name, options.home, edited=False)
    except UnknownArea:
        return None


def _save(area: Area, options: Options, before: Area | None, change: FileChange) -> None:
    """Save an area, print what it holds, and beside it which change of the log that is."""
    again = [(PLACE, name) for name in read_ids(area, change.files)]
    saved = store.save(area, options, before=before, change=change, again=again)
    _say_built(saved.area, options)


def _say_built(area: Area, options: Options) -> None:
    for line in area_lines(area, options.lang):
        print(line)
    say_left_out(area, options.lang)
