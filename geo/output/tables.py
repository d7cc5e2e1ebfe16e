"""How answers leave as files: CSV, Excel, GeoJSON and GeoPackage, each with its sources. Knows no
screen.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio

from geo import presets, privacy, texts
from geo.access.gaps import Gap, headline, squares, without_small_counts, without_small_squares
from geo.area.model import Area
from geo.area.provenance import OSM_CREDIT, Source
from geo.cells import finite
from geo.errors import OutputFormat, OutputUnwritable
from geo.network.walk_network import MAX_SNAP_M
from geo.output import spreadsheets

GAP_COLUMNS = (
    "district", "people", "beyond", "share_beyond", "mean_m_beyond", "note", "kind", "group",
    "limit_m", "profile", "snap_rule", "estimated", "demonstration", "area", "sources",
)  # fmt: skip
"""Columns of a gap as CSV, Excel, GeoJSON and GeoPackage; shares are from 0 to 1."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
ENDINGS = (".csv", ".xlsx", ".geojson", ".gpkg", ".json")


@dataclass(frozen=True)
class GapFile:
    """What a gap's file holds: rows by district, shapes of the districts, squares, and words."""

    rows: pd.DataFrame
    shapes: gpd.GeoDataFrame
    squares: gpd.GeoDataFrame
    summary: tuple[tuple[str, str], ...]
    credit: str


def check_ending(path: Path, endings: tuple[str, ...] = ENDINGS) -> str:
    """Return a file's ending, or raise ``OutputFormat`` with those we write."""
    ending = path.suffix.lower()
    if ending not in endings:
        raise OutputFormat(found=path.name, known=", ".join(endings))
    return ending


def gap_json(
    answer: Gap, area: Area, language: str = "sv", *, exact: bool = True
) -> dict[str, Any]:
    """Return a gap as plain data: counts are people, ``limit_m`` metres, shares from 0 to 1.

    Unless ``exact``, small counts of counted people, and what would give them away, are null.
    """
    hidden = answer.small and not exact
    answer = answer if exact else without_small_counts(answer)
    some_hidden = any(row.hidden for row in answer.districts)
    return {
        "area": answer.area,
        "area_name": area.name,
        "kind": answer.kind,
        "group": answer.group,
        "limit_m": answer.limit_m,
        "profile": answer.profile,
        **{
            name: None
            if hidden and (name != "people" or answer.few_people)
            else finite(getattr(answer, name))
            for name in _MEASURES
        },
        "concentration": None if some_hidden else finite(answer.concentration),
        "places": answer.places,
        "unknown_rows": answer.unknown,
        "districts": [
            {
                "name": row.name or texts.text("gap.outside_districts", language),
                "people": finite(row.people),
                "beyond": finite(row.beyond),
                "share_beyond": finite(row.share_beyond),
                "mean_m_beyond": finite(row.mean_m_beyond),
                **({"hidden": True} if row.hidden else {}),
            }
            for row in answer.districts
        ],
        "snap_rule": texts.text("gap.snap_rule", language, limit=MAX_SNAP_M),
        "sources": [source_json(source, language) for source in answer.sources],
        "estimated": answer.estimated,
        "demonstration": answer.demonstration,
        "headline": headline(answer, language),
    }


_MEASURES = (
    "people", "beyond", "share_beyond", "mean_m_beyond", "unreachable", "fgt0", "fgt1", "fgt2",
)  # fmt: skip


def source_json(source: Source, language: str = "sv") -> dict[str, Any]:
    """Return a source as plain data, with how it was made in words; empty means unknown."""
    return {
        "part": source.part,
        "title": source.title,
        "licence": source.licence,
        "date": source.date,
        "file_date": source.file_date,
        "made": texts.text(f"made.{source.made}", language),
        "file": source.file,
        "rows": source.rows,
        "left_out": len(source.left_out),
        "estimated": source.estimated,
        "demonstration": source.demonstration,
    }


def gap_file(answer: Gap, area: Area, language: str = "sv", *, exact: bool = False) -> GapFile:
    """Gather what a gap's files hold; small counts of counted people hidden unless ``exact``."""
    shown = answer if exact else without_small_counts(answer)
    rows = gap_rows(shown, area, language, exact=exact)
    by_name = area.districts.set_index("name").geometry if len(area.districts) else gpd.GeoSeries()
    inside = rows[rows["district"].isin(by_name.index)]
    shapes = gpd.GeoDataFrame(
        inside, geometry=[by_name.loc[name] for name in inside["district"]], crs="EPSG:4326"
    )
    cells = squares(area, answer)
    if not exact and not answer.estimated:
        cells = without_small_squares(area, answer, cells)
    return GapFile(rows, shapes, cells, summary(shown, area, language), credit(area))


def gap_rows(answer: Gap, area: Area, language: str, *, exact: bool = False) -> pd.DataFrame:
    """Return the table by district, the total last, each row with what its figures rest on."""
    small = answer.small and not exact
    note = texts.text("gap.hidden_note", language, smallest=privacy.SMALLEST)
    rows = [
        (
            row.name or texts.text("gap.outside_districts", language),
            row.people,
            row.beyond,
            row.share_beyond,
            row.mean_m_beyond,
            note if row.hidden else "",
        )
        for row in answer.districts
    ]
    total = texts.text("gap.whole_area", language)
    beyond = None if small else answer.beyond
    share = None if small else answer.share_beyond
    mean = None if small else answer.mean_m_beyond
    people = None if small and answer.few_people else answer.people
    rows.append((total, people, beyond, share, mean, note if small else ""))
    table = pd.DataFrame(rows, columns=list(GAP_COLUMNS[:6]))
    return table.assign(
        kind=answer.kind,
        group=answer.group,
        limit_m=answer.limit_m,
        profile=answer.profile,
        snap_rule=texts.text("gap.snap_rule", language, limit=MAX_SNAP_M),
        estimated=answer.estimated,
        demonstration=answer.demonstration,
        area=area.name,
        sources="; ".join(source_line(source, language) for source in answer.sources),
    )


def source_line(source: Source, language: str) -> str:
    """Say a source in one line: title, licence and date, unknown ones as unknown."""
    unknown = texts.text("source.unknown", language)
    if not source.title:
        return texts.text(f"made.{source.made}", language)
    marks = [texts.text("source.estimated", language)] if source.estimated else []
    return ", ".join(
        [source.title, source.licence or unknown, source_date(source, language), *marks]
    )


def source_date(source: Source, language: str) -> str:
    """Say a source's date; where nobody stated one, that it is the file's own, or unknown."""
    if not source.date:
        return texts.text("source.unknown", language)
    key = "source.file_date" if source.file_date else "source.stated_date"
    return texts.text(key, language, date=source.date)


def part_name(part: str, language: str) -> str:
    """Return the name of a part of an area: a kind of place, or network, people …"""
    known = presets.kinds().get(part)
    return known.plural(language) if known else texts.text(f"part.{part}", language)


def credit(area: Area) -> str:
    """Return the credit owed wherever OpenStreetMap's data show; empty if none do."""
    return OSM_CREDIT if area.uses_osm else ""


def summary(answer: Gap, area: Area, language: str) -> tuple[tuple[str, str], ...]:
    """Return what a file says of itself: the sentence, the settings, the sources."""
    lines = [(texts.text("file.answer", language), headline(answer, language))]
    lines += walked(area, answer.profile, language)
    if answer.estimated:
        said = texts.text("gap.estimated", language)
        lines.append((texts.text("file.estimated", language), said))
    made_up = answer.demonstration
    return (*lines, *origins(area, answer.sources, language, demonstration=made_up))


def walked(area: Area, profile: str, language: str) -> list[tuple[str, str]]:
    """Return what a file says of where and how is walked: the area, the profile, the snap rule."""
    walker = presets.profile(profile)
    rule = texts.text("gap.snap_rule", language, limit=MAX_SNAP_M)
    return [
        (texts.text("file.area", language), f"{area.name} ({area.key})"),
        (
            texts.text("file.profile", language),
            f"{walker.name(language)}: {walker.source(language)}",
        ),
        (texts.text("file.snap_rule", language), rule),
    ]


def origins(
    area: Area, sources: Iterable[Source], language: str, *, demonstration: bool
) -> list[tuple[str, str]]:
    """Return what a file says last: that it is made up, each source, whom to credit."""
    lines = []
    if demonstration:
        mark = texts.text("demo.mark", language)
        lines.append((texts.text("file.demonstration", language), mark))
    label = texts.text("file.source", language)
    lines += [
        (f"{label} – {part_name(source.part, language)}", source_line(source, language))
        for source in sources
    ]
    if area.uses_osm:
        lines.append((texts.text("file.credit", language), credit(area)))
    return lines


def csv_bytes(rows: pd.DataFrame) -> bytes:
    """Write a table as CSV (UTF-8 with a mark); text that a sheet would run is made text."""
    safe = rows.map(lambda value: unformula(value) if isinstance(value, str) else value)
    written: str = safe.to_csv(index=False, lineterminator="\n")
    return written.encode("utf-8-sig")


def unformula(value: str) -> str:
    """Put an apostrophe before text that a spreadsheet would take for a formula.

    >>> unformula("=1+1")
    "'=1+1"
    """
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value


def xlsx_bytes(content: GapFile) -> bytes:
    """Write a gap as an Excel workbook: the table, and a sheet on what it rests on."""
    formats = {"people": "# ##0", "beyond": "# ##0", "share_beyond": "0 %"}
    rows = spreadsheets.Sheet(
        "gap",
        content.rows,
        frozen=(1, 1),
        widths=((0, 0, 28),),
        formats={**formats, "mean_m_beyond": "# ##0"},
    )
    return spreadsheets.xlsx_of([rows, spreadsheets.Labelled("info", content.summary)])


def geojson_bytes(content: GapFile) -> bytes:
    """Write the districts with their figures as GeoJSON; what it rests on is in ``narhet``."""
    shapes = content.shapes if len(content.shapes) else content.squares
    return shapes_geojson(shapes, content.summary, content.credit)


def gpkg_bytes(content: GapFile) -> bytes:
    """Write a GeoPackage with the layers ``districts``, ``squares`` and a table ``info``."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gap.gpkg"
        if len(content.shapes):
            content.shapes.to_file(path, layer="districts", driver="GPKG")
        content.squares.to_file(path, layer="squares", driver="GPKG")
        info = pd.DataFrame(content.summary, columns=["what", "text"])
        pyogrio.write_dataframe(info, path, layer="info", driver="GPKG", append=True)
        return path.read_bytes()


WRITERS: dict[str, Callable[[GapFile], bytes]] = {
    ".csv": lambda content: csv_bytes(content.rows),
    ".xlsx": xlsx_bytes,
    ".geojson": geojson_bytes,
    ".gpkg": gpkg_bytes,
}


def shapes_geojson(
    shapes: gpd.GeoDataFrame, summary: Iterable[tuple[str, str]], credit: str
) -> bytes:
    """Write shapes as GeoJSON, with what they rest on and whom to credit in ``narhet``."""
    document = json.loads(shapes.to_json(na="null", drop_id=True))
    document["narhet"] = {"summary": [list(line) for line in summary], "attribution": credit}
    return json.dumps(document, ensure_ascii=False).encode()


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; ``OutputUnwritable`` when the place refuses."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        reason = error.strerror or type(error).__name__
        raise OutputUnwritable(file=str(path), reason=reason) from error
