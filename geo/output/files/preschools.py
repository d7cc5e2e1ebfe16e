"""Preschool places against children as lines of text and as files: CSV, Excel, GeoJSON and
GeoPackage, with their sources. Hides small counts as the JSON does.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio

from geo import privacy, texts
from geo.access.preschools.model import HousingRow, PreschoolAnswer, Shortage
from geo.area import protected
from geo.area.model import Area
from geo.output.files import formats
from geo.output.files.xlsx import Lines, Sheet, told, xlsx_of
from geo.output.words import preschools as preschools_words
from geo.output.words import sources as source_words
from geo.output.words.preschools import amount_words
from geo.types import WGS84

PRESCHOOL_COLUMNS = (
    "what", "id", "name", "district", "children", "children_low", "children_high", "places",
    "places_low", "places_high", "places_estimated", "enrolled", "vacancies", "vacancies_low",
    "vacancies_high", "places_per_child", "assigned", "shortage_children",
    "shortage_children_low", "shortage_children_high", "shortage_by_distance",
    "shortage_by_places", "surplus", "balance", "shadow_m", "without_personal_number", "languages",
    "note", "limit_m", "profile", "method", "when", "area", "sources",
)  # fmt: skip
"""Columns of the files: a row for the area, each district, housing and preschool (``what``)."""

_FRACTIONS = {"places_per_child", "shadow_m", "places_estimated"}
_WHOLE = tuple(
    name
    for name in PRESCHOOL_COLUMNS[4 : PRESCHOOL_COLUMNS.index("without_personal_number")]
    if name not in _FRACTIONS
)


@dataclass(frozen=True)
class PreschoolFile:
    """What a file holds: rows, shapes of districts, housings and preschools, and words."""

    rows: pd.DataFrame
    shapes: gpd.GeoDataFrame
    summary: tuple[tuple[str, str], ...]
    credit: str
    more: tuple[tuple[str, tuple[str, ...]], ...] = ()


def preschool_file(
    answer: PreschoolAnswer,
    area: Area,
    language: str = "sv",
    *,
    exact: bool = False,
    more: tuple[tuple[str, tuple[str, ...]], ...] = (),
) -> PreschoolFile:
    """Gather what the files hold; small counts of counted children hidden unless ``exact``.

    ``more`` are further answers in words: name of the sheet, and lines.
    """
    rows = preschool_rows(answer, area, language, exact=exact)
    by_name = dict(zip(area.districts["name"], area.districts.geometry, strict=True))
    known = protected.in_the_open(area.places)
    points = dict(zip(known["id"].astype(str), known.geometry, strict=True))
    shapes = [
        by_name.get(name) if what == "district" else points.get(id_)
        for what, id_, name in zip(rows["what"], rows["id"], rows["name"], strict=True)
    ]
    drawn = [shape is not None for shape in shapes]
    frame = gpd.GeoDataFrame(
        rows[drawn].reset_index(drop=True),
        geometry=[shape for shape in shapes if shape is not None],
        crs=WGS84,
    )
    words = summary(answer, area, language, exact=exact)
    return PreschoolFile(rows, frame, words, source_words.credit(area), more)


def preschool_rows(
    answer: PreschoolAnswer, area: Area, language: str, *, exact: bool = False
) -> pd.DataFrame:
    """Return the table of the files: the area first, then districts, housings and preschools."""
    document = preschools_words.preschools_json(answer, area, language, exact=exact)
    rows = [{"what": "area", **document, "id": area.id, "name": area.name}]
    for what, part in (
        ("district", "districts"),
        ("transitional_housing", "housing"),
        ("preschool", "preschools"),
    ):
        rows += [{"what": what, **row} for row in document[part]]
    hidden = texts.text("gap.hidden_note", language, smallest=privacy.SMALLEST)
    asked = answer.question
    table = pd.DataFrame([_flat(row, hidden) for row in rows])
    table = table.reindex(columns=list(PRESCHOOL_COLUMNS[:-6]))
    table = table.astype(dict.fromkeys(_WHOLE, "Int64"))
    return table.assign(
        limit_m=asked.limit_m,
        profile=asked.profile,
        method=asked.method,
        when=asked.when.isoformat(),
        area=area.name,
        sources="; ".join(source_words.source_line(source, language) for source in answer.sources),
    )


def summary(
    answer: PreschoolAnswer, area: Area, language: str, *, exact: bool = False
) -> tuple[tuple[str, str], ...]:
    """Return a file's own description: the sentence, settings, rules, problems and sources."""
    shown = answer if exact else preschools_words.without_small_counts(answer)
    chosen = preschools_words.settings(answer, language)
    *walked, (label, _) = source_words.walked(area, answer.question.profile, language)
    lines = [
        (texts.text("file.answer", language), preschools_words.headline(shown, language)),
        *walked,
        (label, f"{chosen['snap_rule']} {chosen['walk']}"),
    ]
    estimated = texts.text("file.estimated", language)
    lines += [(estimated, note) for note in preschools_words.notes(shown, language)]
    lines += [
        (
            texts.text("preschools.problems", language),
            preschools_words.problem_words(each, language),
        )
        for each in answer.problems
    ]
    made_up = answer.demonstration
    lines += source_words.origins(area, answer.sources, language, demonstration=made_up)
    return tuple(lines)


def preschool_lines(answer: PreschoolAnswer, language: str) -> list[str]:
    """Return an answer in lines: the sentence, why, by district and housing, rules, problems."""

    def say(key: str, **values: Any) -> str:
        return texts.text(f"preschools.{key}", language, **values)

    short = answer.shortage
    lines = [
        preschools_words.headline(answer, language),
        say("reasons", distance=short.by_distance, places=short.by_places),
        say(
            "vacancies",
            vacancies=amount_words(answer.vacancies, language),
            enrolled=answer.enrolled,
        ),
    ]
    if math.isfinite(answer.mean_walk_m):
        lines.append(say("walk", metres=texts.metres(answer.mean_walk_m, language)))
    if answer.newcomer_children:
        words = amount_words(answer.newcomers.children, language)
        lines.append(say("newcomers", children=answer.newcomer_children, shortage=words))
    first, *rest = unreachable_words(answer, language) or [""]
    lines += [first] * bool(first) + [f"  {line}" for line in rest]
    asked = texts.text(f"forskola.method_{answer.question.method}", language)
    lines.append(say("by_district", method=asked))
    lines += [f"  {line}" for line in _district_lines(answer, language)]
    lines += [f"  {housing_words(row, answer, language)}" for row in answer.housing]
    lines += preschools_words.notes(answer, language)
    if answer.problems:
        lines.append(say("problems"))
    return lines + [
        f"  {preschools_words.problem_words(each, language)}" for each in answer.problems
    ]


def housing_words(row: HousingRow, answer: PreschoolAnswer, language: str) -> str:
    """Return one housing in a sentence: children, places in reach, and where the nearest free
    are.
    """
    known = row.family.children
    children = texts.text("preschools.housing_unknown", language)
    if row.hidden:
        children = texts.text("preschools.housing_hidden", language)
    elif known is not None:
        children = texts.text("preschools.housing_children", language, children=known)
    nearest = [
        texts.text(
            "preschools.nearest",
            language,
            name=each.name,
            metres=texts.metres(each.metres, language),
        )
        for each in row.nearest
    ]
    return texts.text(
        "preschools.housing",
        language,
        name=row.family.name or row.family.place,
        children=children,
        places=amount_words(row.places, language),
        limit=texts.metres(answer.question.limit_m, language),
        vacancies=amount_words(row.vacancies, language),
        nearest=", ".join(nearest) or "–",
    )


def unreachable_words(answer: PreschoolAnswer, language: str) -> list[str]:
    """Return how many children no path joins to the network, and in which districts they live."""

    def count(short: Shortage) -> str:
        if short.few and privacy.is_small(short.unreachable, counted=True):
            return texts.text("gap.fewer", language, smallest=privacy.SMALLEST)
        return texts.number(short.unreachable, language)

    whole = answer.shortage
    if not whole.unreachable:
        return []
    outside = texts.text("gap.outside_districts", language)
    lines = [texts.text("preschools.unreachable", language, count=count(whole))]
    for row in answer.districts:
        if row.shortage.unreachable:
            told = texts.text("gap.hidden", language) if row.hidden else count(row.shortage)
            values = {"count": told, "district": row.name or outside}
            lines.append(texts.text("preschools.unreachable_in", language, **values))
    return lines


def xlsx_bytes(content: PreschoolFile) -> bytes:
    """Write an Excel workbook: a sheet each for the area and its districts, the housings, the
    preschools, what they rest on, and the other answers.
    """
    what = content.rows["what"]
    parts = (
        ("districts", ("area", "district")),
        ("housing", ("transitional_housing",)),
        ("preschools", ("preschool",)),
    )
    return xlsx_of(
        [
            *(
                Sheet(name, content.rows[what.isin(kinds)], frozen=(1, 3), widths=((2, 2, 32),))
                for name, kinds in parts
            ),
            *(Lines(name, tuple(lines)) for name, lines in content.more),
            Lines("info", told(content.summary)),
        ]
    )


def geojson_bytes(content: PreschoolFile) -> bytes:
    """Write districts, housings and preschools as GeoJSON; what they rest on is in ``narhet``."""
    return formats.shapes_geojson(content.shapes, content.summary, content.credit)


def gpkg_bytes(content: PreschoolFile) -> bytes:
    """Write a GeoPackage with the layers ``districts`` and ``places`` and a table ``info``."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "preschools.gpkg"
        is_point = content.shapes.geom_type == "Point"
        for layer, rows in (("districts", ~is_point), ("places", is_point)):
            if rows.any():
                pyogrio.write_dataframe(
                    content.shapes[rows], path, layer=layer, driver="GPKG", append=path.exists()
                )
        info = pd.DataFrame(content.summary, columns=["what", "text"])
        pyogrio.write_dataframe(info, path, layer="info", driver="GPKG", append=path.exists())
        return path.read_bytes()


WRITERS: dict[str, Callable[[PreschoolFile], bytes]] = {
    ".csv": lambda content: formats.csv_bytes(content.rows),
    ".xlsx": xlsx_bytes,
    ".geojson": geojson_bytes,
    ".gpkg": gpkg_bytes,
}


def _district_lines(answer: PreschoolAnswer, language: str) -> list[str]:
    return [
        texts.text(
            "preschools.district",
            language,
            name=row.name or texts.text("gap.outside_districts", language),
            children=amount_words(row.children, language),
            places=amount_words(row.places, language),
            per_child=texts.text("preschools.no_children", language)
            if row.places_per_child is None
            else texts.number(row.places_per_child, language, 2),
            enrolled=row.enrolled,
            shortage=amount_words(row.shortage.children, language),
            surplus=amount_words(row.surplus, language),
            balance=amount_words(row.balance, language),
        )
        for row in answer.districts
    ]


def _flat(row: dict[str, Any], hidden: str) -> dict[str, Any]:
    """Return a part of the JSON as a row of the table."""
    note = hidden if row.get("hidden") else row.get("note", "")
    places = "places_in_reach" if "places_in_reach" in row else "places"
    vacancies = "vacancies_in_reach" if "vacancies_in_reach" in row else "vacancies"
    estimated = row.get("estimated")
    if estimated is None:
        estimated = row.get(f"{places}_low") != row.get(f"{places}_high")
    flat = {**row, "note": note, "places_estimated": estimated}
    for end in ("", "_low", "_high"):
        flat[f"places{end}"] = row.get(f"{places}{end}")
        flat[f"vacancies{end}"] = row.get(f"{vacancies}{end}")
    if row["what"] == "transitional_housing":
        flat["children_low"] = flat["children_high"] = row["children"]
    flat["languages"] = ", ".join(row.get("languages", ()))
    return flat
