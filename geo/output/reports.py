"""Which writer makes which file of a report, by its ending. Knows no answers."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TypeAlias

from geo.area import Area
from geo.errors import OutputFormat
from geo.report import Report

Writer: TypeAlias = Callable[[Report, Area], bytes]

WRITERS = {
    ".pdf": ("geo.output.pdf", "pdf_bytes"),
    ".pptx": ("geo.output.slides", "pptx_bytes"),
    ".xlsx": ("geo.output.workbook", "xlsx_bytes"),
    ".gpkg": ("geo.output.package", "gpkg_bytes"),
    ".geojson": ("geo.output.package", "geojson_bytes"),
    ".html": ("geo.output.webmap", "html_bytes"),
}
"""Module and function a file's ending; read when asked for, as some take a second to load."""
ENDINGS = tuple(WRITERS)


def report_bytes(report: Report, area: Area, ending: str) -> bytes:
    """Write a report as the kind of file an ending names; the same bytes for the same report.

    Raises
    ------
    OutputFormat : no report is written so. DocumentFailed : the document could not be made.
    """
    return writer(ending)(report, area)


def writer(ending: str) -> Writer:
    """Return the function that writes files of an ending; ``OutputFormat`` where there is none."""
    found = _find(ending)
    if found is None:
        raise OutputFormat(found=ending, known=", ".join(available()))
    return found


def available() -> list[str]:
    """Return the endings that can be written here."""
    return [ending for ending in ENDINGS if _find(ending) is not None]


def _find(ending: str) -> Writer | None:
    if ending not in WRITERS:
        return None
    module, name = WRITERS[ending]
    try:
        found: Writer = getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        return None
    return found
