"""An answer as one document, and the one writer per format that turns any document into a file.

``documents.gap``, ``documents.sites`` and their like make the document of an answer. Small counts
are hidden, or not, when it is made: no writer decides what may be shown.

Which writer makes which file of a report, by its ending.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

import geopandas as gpd
import pandas as pd

from geo import texts
from geo.area.model import Area
from geo.errors import InputError
from geo.output.files import formats, xlsx
from geo.output.maps.spec import MapSpec, credits_of
from geo.output.report.model import Finding, Report

Summary = tuple[tuple[str, str], ...]
"""What an answer rests on: label and words."""

ENDINGS = (".pdf", ".pptx", ".html", ".xlsx", ".csv", ".json", ".geojson", ".gpkg")
"""What every answer can be written as; the paper first."""


@dataclass(frozen=True, eq=False)
class Layer:
    """Shapes in WGS84, or a table without any, as a layer of a GeoPackage.

    ``id_name``: what the column ``id`` is called there, where ``id`` may be the layer's own.
    """

    name: str
    rows: pd.DataFrame
    id_name: str = ""


@dataclass(frozen=True, eq=False)
class AnswerDocument:
    """Everything that the files of an answer hold.

    Attributes
    ----------
    id : what the answer is of, as in ``gap``.
    title, headline : the question in a few words, and the answer in one sentence.
    day : printed on paper, as ``2026-11-30``; the same inputs give the same bytes.
    lines : the answer as lines of text, as the command line prints it.
    rows : the table of the CSV file, a column each for what its figures rest on.
    sheets : the workbook's tables and lines, before the sheet ``info``.
    layers : what the GeoPackage holds.
    shapes : what the GeoJSON file holds; None: the first layer that has shapes.
    data : makes the answer as plain JSON.
    summary : what the answer rests on, as label and words; the sheet ``info``.
    findings : makes the pages of PDF, slides and HTML; maps take a while.
    settings : the question, as plain JSON; carried inside the files on paper.
    own : endings this answer writes in its own way, or that no other has, as a calendar.
    """

    id: str
    title: str
    headline: str
    language: str
    day: str
    area: Area
    lines: tuple[str, ...]
    rows: pd.DataFrame
    sheets: tuple[xlsx.Sheet | xlsx.Lines | xlsx.Labelled, ...]
    layers: tuple[Layer, ...]
    data: Callable[[], dict[str, Any]]
    summary: Summary
    findings: Callable[[], tuple[Finding, ...]]
    credit: str = ""
    shapes: gpd.GeoDataFrame | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    demonstration: bool = False
    estimated: bool = False
    own: Mapping[str, Callable[[], bytes]] = field(default_factory=dict)

    @property
    def endings(self) -> tuple[str, ...]:
        """The endings this answer can be written as: those of all answers, then its own."""
        return tuple(dict.fromkeys((*ENDINGS, *self.own)))


def answer_bytes(document: AnswerDocument, ending: str) -> bytes:
    """Return an answer as the bytes of a file of an ending; the same for the same answer.

    Raises
    ------
    InputError ``output_format`` : no answer is written so. NarhetError ``document_failed`` : paper
    that could not be set.
    """
    if ending in document.own:
        return document.own[ending]()
    if ending not in WRITERS:
        raise InputError("output_format", found=ending, known=", ".join(document.endings))
    return WRITERS[ending](document)


def json_text(document: AnswerDocument) -> str:
    """Return an answer as JSON text."""
    return json.dumps(document.data(), ensure_ascii=False, indent=1, allow_nan=False)


def report_of(document: AnswerDocument) -> Report:
    """Return an answer as the report that paper, slides and page are set from."""
    return Report(
        title=document.title,
        subtitle=document.headline,
        language=document.language,
        date=document.day,
        area=document.area.id,
        area_name=document.area.name,
        area_key=document.area.key,
        findings=document.findings(),
        settings={"answer": document.id, **document.settings},
        demonstration=document.demonstration,
        estimated=document.estimated,
        credits=credits_of(document.area),
    )


def pages(
    language: str,
    words: Iterable[str],
    drawn: MapSpec | None,
    tables: Iterable[tuple[str, pd.DataFrame] | Finding],
    summary: Summary,
) -> tuple[Finding, ...]:
    """Return the pages most answers have: the answer in words, its map, tables for reading (title
    and table) or pages that say more than a table, and what it rests on.
    """
    found = [
        Finding("answer", texts.text("file.answer", language), words=tuple(filter(None, words)))
    ]
    if drawn is not None:
        found.append(Finding("map", texts.text("report.map_title", language), map=drawn))
    for at, part in enumerate(tables):
        page = part if isinstance(part, Finding) else Finding(f"table-{at}", part[0], table=part[1])
        rows = None if page.table is None or page.table.empty else page.table.astype(str)
        if page.words or page.figures or page.map is not None or rows is not None:
            found.append(replace(page, table=rows))
    rests = tuple(f"{label}: {basis}" for label, basis in summary)
    return (*found, Finding("sources", texts.text("gap.rests_on", language), words=rests))


def _xlsx(document: AnswerDocument) -> bytes:
    sheets = [*document.sheets, xlsx.Labelled("info", document.summary)]
    return xlsx.xlsx_of(sheets, document.day)


def _geojson(document: AnswerDocument) -> bytes:
    """Write the answer's shapes; none of them where it has no place."""
    drawn = [layer.rows for layer in document.layers if isinstance(layer.rows, gpd.GeoDataFrame)]
    shapes = document.shapes
    if shapes is None:
        none = gpd.GeoDataFrame(geometry=[], crs=4326)
        shapes = next((rows for rows in drawn if len(rows)), none)
    return formats.shapes_geojson(shapes, document.summary, document.credit)


def _gpkg(document: AnswerDocument) -> bytes:
    """Write the layers and the table ``info``."""
    import pyogrio  # loaded by who writes a GeoPackage, not by who prints a line

    info = Layer("info", pd.DataFrame(document.summary, columns=["what", "text"]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{document.id}.gpkg"
        for layer in (*document.layers, info):
            if len(layer.rows.columns):
                rows = layer.rows.rename(columns={"id": layer.id_name} if layer.id_name else {})
                has = path.exists()
                pyogrio.write_dataframe(rows, path, layer=layer.name, driver="GPKG", append=has)
        return formats.dated_geopackage(path, document.day)


def _paper(ending: str) -> Callable[[AnswerDocument], bytes]:
    def write(document: AnswerDocument) -> bytes:
        # Loaded when needed: half a second that other answers need not wait.
        pass

        return report_bytes(report_of(document), document.area, ending)

    return write


WRITERS: dict[str, Callable[[AnswerDocument], bytes]] = {
    **{ending: _paper(ending) for ending in (".pdf", ".pptx", ".html")},
    ".xlsx": _xlsx,
    ".csv": lambda document: formats.csv_bytes(document.rows),
    ".json": lambda document: json_text(document).encode(),
    ".geojson": _geojson,
    ".gpkg": _gpkg,
}
"""The one writer of each format."""

Writer: TypeAlias = Callable[[Report, Area], bytes]

REPORT_ENDINGS = (".pdf", ".pptx", ".xlsx", ".gpkg", ".geojson", ".html")


def report_bytes(report: Report, area: Area, ending: str) -> bytes:
    """Write a report as the kind of file an ending names; the same bytes for the same report.

    Raises
    ------
    InputError ``output_format`` : no report is written so. NarhetError ``document_failed`` : the
    document could not be made.
    """
    return writer(ending)(report, area)


def writer(ending: str) -> Writer:
    """Return the function that writes files of an ending; ``output_format`` where there is none."""
    # Loaded when needed: half a second that the other commands need not wait.
    from geo.output.documents import (
        report_geopackage,
        report_page,
        report_pdf,
        report_slides,
        report_workbook,
    )

    writers: dict[str, Writer] = {
        ".pdf": report_pdf.pdf_bytes,
        ".pptx": report_slides.pptx_bytes,
        ".xlsx": report_workbook.xlsx_bytes,
        ".gpkg": report_geopackage.gpkg_bytes,
        ".geojson": report_geopackage.geojson_bytes,
        ".html": report_page.html_bytes,
    }
    if ending not in writers:
        raise InputError("output_format", found=ending, known=", ".join(REPORT_ENDINGS))
    return writers[ending]
