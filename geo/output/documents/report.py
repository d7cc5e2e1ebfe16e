"""Which writer makes which file of a report, by its ending."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from geo.area.model import Area
from geo.errors import InputError
from geo.output.report.model import Report

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
