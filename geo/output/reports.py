"""Which writer makes which file of a report, by its ending. Knows no answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from geo.area.model import Area
from geo.errors import OutputFormat
from geo.report import Report

Writer: TypeAlias = Callable[[Report, Area], bytes]

ENDINGS = (".pdf", ".pptx", ".xlsx", ".gpkg", ".geojson", ".html")


def report_bytes(report: Report, area: Area, ending: str) -> bytes:
    """Write a report as the kind of file an ending names; the same bytes for the same report.

    Raises
    ------
    OutputFormat : no report is written so. DocumentFailed : the document could not be made.
    """
    return writer(ending)(report, area)


def writer(ending: str) -> Writer:
    """Return the function that writes files of an ending; ``OutputFormat`` where there is none."""
    # Loaded when asked for: half a second that the other commands need not wait.
    from geo.output import package, pdf, slides, webmap, workbook

    writers: dict[str, Writer] = {
        ".pdf": pdf.pdf_bytes,
        ".pptx": slides.pptx_bytes,
        ".xlsx": workbook.xlsx_bytes,
        ".gpkg": package.gpkg_bytes,
        ".geojson": package.geojson_bytes,
        ".html": webmap.html_bytes,
    }
    if ending not in writers:
        raise OutputFormat(found=ending, known=", ".join(ENDINGS))
    return writers[ending]
