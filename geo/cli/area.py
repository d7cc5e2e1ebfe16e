"""What each command does: read the options, ask the planner, print or write the answer."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from geo import presets, texts
from geo.access.gaps import gap
from geo.area.folder import home_folder, slug
from geo.area.model import Area
from geo.catalog import list_areas, open_area
from geo.cli import console, store
from geo.cli.console import Options
from geo.cli.scenarios import with_scenario
from geo.errors import AreaLacks, BadOption, UnknownArea
from geo.ingest.build import Inputs, Note, build, from_fetched, left_out_rows
from geo.ingest.checks.fixes import check_places
from geo.ingest.checks.network_audit import audit, to_json, to_rows
from geo.network.distances import within
from geo.network.walk_network import Snapped
from geo.output.documents.gap import gap_document
from geo.output.files import formats
from geo.output.words.area_and_gaps import area_json, area_lines, as_text
from geo.output.words.imports import check_json, check_lines
from geo.sources.files.place_tables import read_points

Say: TypeAlias = Callable[[str], str]


def area_build(options: Options) -> None:
    """Make an area of files; an earlier one of the same id keeps what no file is given for."""
    inputs = _inputs(options)
    earlier = _earlier(options)
    name = options.name or (earlier.name if earlier else options.area)
    made = build(
        options.area, name, inputs, earlier=earlier, progress=console.progress(options.lang)
    )
    _save(made, options)


def area_add(options: Options) -> None:
    """Add files to an area that exists."""
    earlier = open_area(options.area, options.home, edited=False)
    made = build(
        options.area,
        options.name,
        _inputs(options),
        earlier=earlier,
        progress=console.progress(options.lang),
    )
    _save(made, options)


def area_fetch(options: Options) -> None:
    """Fetch an area from OpenStreetMap by name."""
    from geo.sources.osm.overpass import fetch  # osmnx takes a second and a half to load

    margin_m = presets.limit_m(options.margin)
    fetched = fetch(
        options.query, margin_m=margin_m, progress=console.progress(options.lang), home=options.home
    )
    name_id = options.id or slug(options.query)
    made = from_fetched(name_id, options.query.split(",")[0].strip(), fetched)
    _save(made, options)


def area_list(options: Options) -> None:
    """List the areas of the home folder."""
    cards = list_areas(options.home)
    if options.json:
        print(json.dumps([vars(card) for card in cards], ensure_ascii=False, indent=1))
        return
    if not cards:
        print(texts.text("show.no_areas", options.lang, home=str(home_folder(options.home))))
    for card in cards:
        if card.problem:
            print(f"{card.id}\t{texts.text('show.problem', options.lang)}")
        else:
            line = texts.text(
                "show.card", options.lang, name=card.name, people=card.people, places=card.places
            )
            print(f"{card.id}\t{line}")


def area_show(options: Options) -> None:
    """Show what an area holds, and where each part came from."""
    area = open_area(options.area, options.home)
    if options.json:
        print(json.dumps(area_json(area, options.lang), ensure_ascii=False, indent=1))
        return
    for line in area_lines(area, options.lang):
        print(line)


def area_check(options: Options) -> None:
    """Print the barrier audit of an area and the check of its places."""
    area = open_area(options.area, options.home)
    found = audit(area)
    problems = check_places(area.places, area=area, today=date.today())
    if options.json:
        document = {**to_json(found), "problems": check_json(problems, options.lang)}
        print(json.dumps(document, ensure_ascii=False, indent=1))
        return
    if area.demonstration:
        print(texts.text("demo.mark", options.lang))
    print(as_text(to_rows(found, options.lang)))
    print()
    for line in check_lines(problems, len(area.places), options.lang):
        print(line)
    _say_left_out(area, options.lang)


def distances(options: Options) -> None:
    """Write walking metres between two tables of points: one line a pair in reach."""
    area = open_area(options.area, options.home)
    within_m = presets.limit_m(options.within)
    profile = presets.profile(options.profile)
    output = Path(options.output) if options.output else None
    if output:
        formats.check_ending(output, (".csv",))
    ends = [read_points(console.existing(path)) for path in (options.origins, options.destinations)]
    snapped = [area.network.snap(end.frame.geometry, profile) for end in ends]
    ids = [_ids(end.frame) for end in ends]
    matrix = within(area.network, *snapped, within_m=within_m, profile=profile).tocoo()
    rows = pd.DataFrame(
        {
            "from": ids[0].to_numpy()[matrix.row],
            "to": ids[1].to_numpy()[matrix.col],
            "metres": np.round(matrix.data, 3),
        }
    )
    console.warn_of_demonstration(area.demonstration, options.lang)
    for end, name, points in zip(ends, ids, snapped, strict=True):
        _say_unreachable(name, points, options.lang)
        for row in end.left_out:
            console.warn(_left_out_line(row.row, row.reason, row.values, options.lang))
    content = formats.csv_bytes(rows)
    if output:
        formats.write_file(output, content.removeprefix(b"\xef\xbb\xbf"))
    else:
        sys.stdout.write(content.decode("utf-8-sig"))


def gaps(options: Options) -> None:
    """Answer who lives beyond the limit, as text, JSON or a file."""
    area = open_area(options.area, options.home)
    if options.scenario:
        area = with_scenario(area, options.scenario, options.home)
    limit_m = presets.limit_m(options.limit)
    file = console.answer_file(options)
    if options.by and area.districts.empty:
        raise AreaLacks(key="lacks.districts")
    answer = gap(
        area, kind=options.kind, limit_m=limit_m, group=options.group, profile=options.profile
    )
    console.give(
        options,
        file,
        lambda exact: gap_document(answer, area, options.lang, day=console.today(), exact=exact),
    )
    console.warn_of_demonstration(answer.demonstration, options.lang)


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
        columns=_pairs(options.column, "--column"),
        crs=_pairs(crs, "--crs"),
        notes=notes,
        margin_m=presets.limit_m(options.margin),
    )


def _pair(word: str, option: str) -> tuple[str, str]:
    key, sign, value = word.partition("=")
    if not sign or not key or not value:
        raise BadOption(reason=f"{option} {word}", command="area build")
    return key, value


def _pairs(words: list[str], option: str) -> dict[str, str]:
    return dict(_pair(word, option) for word in words)


def _earlier(options: Options) -> Area | None:
    try:
        return open_area(options.area, options.home, edited=False)
    except UnknownArea:
        return None


def _save(area: Area, options: Options) -> None:
    """Save an area, say what it holds, and where its files and people's edits clashed."""
    saved, clashes = store.save(area, options)
    _say_built(saved, options)
    for line in clashes:
        console.warn(line)


def _say_built(area: Area, options: Options) -> None:
    for line in area_lines(area, options.lang):
        print(line)
    _say_left_out(area, options.lang)


def _say_left_out(area: Area, language: str) -> None:
    rows = left_out_rows(area)
    if rows:
        console.warn(texts.text("show.left_out", language, count=len(rows)))
    for source, row in rows:
        line = _left_out_line(row.row, row.reason, row.values, language)
        console.warn(f"  {source.file or source.title}: {line}")


def _left_out_line(row: int, reason: str, values: dict[str, Any], language: str) -> str:
    why = texts.text(f"left_out.{reason}", language, **values)
    return texts.text("show.row", language, row=str(row), why=why)


def _say_unreachable(ids: pd.Series, points: Snapped, language: str) -> None:
    lost = ids[points.edge < 0]
    if len(lost):
        named = ", ".join(map(str, lost[:10])) + (" …" if len(lost) > 10 else "")
        console.warn(texts.text("show.unreachable", language, count=len(lost), named=named))


def _ids(frame: pd.DataFrame) -> pd.Series:
    for name in frame.columns:
        if str(name).lower() == "id":
            return frame[name].astype(str)
    return pd.Series(frame.index.astype(str), index=frame.index)
