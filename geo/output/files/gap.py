"""How answers leave as files: CSV, Excel, GeoJSON and GeoPackage, each with its sources. Knows no
screen.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyogrio

from geo.output.files import xlsx
from geo.output.files.formats import csv_bytes, shapes_geojson
from geo.output.words.area_and_gaps import GapFile


def xlsx_bytes(content: GapFile) -> bytes:
    """Write a gap as an Excel workbook: the table, and a sheet on what it rests on."""
    formats = {"people": "# ##0", "beyond": "# ##0", "share_beyond": "0 %"}
    rows = xlsx.Sheet(
        "gap",
        content.rows,
        frozen=(1, 1),
        widths=((0, 0, 28),),
        formats={**formats, "mean_m_beyond": "# ##0"},
    )
    return xlsx.xlsx_of([rows, xlsx.Labelled("info", content.summary)])


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
