"""Reading KML: each placemark with its name, its description and its data as columns.

Read with defusedxml, and never by GDAL: a KML may define entities that multiply or name files of
the server, and may link to other files; none of that is followed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import geopandas as gpd
import shapely
from defusedxml import ElementTree

from geo.sources.files.opening import Opened
from geo.sources.files.xml_places import DEEPEST, MOST_PARTS, MOST_POSITIONS, table_of, tag_of
from geo.types import WGS84


def read_kml(file: Opened, *, most_rows: int) -> gpd.GeoDataFrame:
    """Read an open KML file's placemarks in file order, in WGS84; rows may lack geometry.

    Raises
    ------
    FileFormat : it is not KML, defines entities, or has more than ``most_rows`` placemarks.
    """

    def read(placemark: Element) -> tuple[dict[str, str], Any]:
        return _data(placemark), _shape(placemark)

    return table_of(file, _placemarks(file), read, most_rows).set_crs(WGS84)


def _placemarks(file: Opened) -> Iterator[Element]:
    """Yield each placemark whole, and forget it afterwards."""
    with file.path.open("rb") as stream:
        parents: list[Element] = []
        inside = 0  # elements of the placemark that is being read
        for event, element in ElementTree.iterparse(stream, ("start", "end"), forbid_dtd=True):
            if event == "start":
                if not parents and tag_of(element) not in (
                    "kml",
                    "Document",
                    "Folder",
                    "Placemark",
                ):
                    raise ValueError(element.tag)
                inside += inside > 0 or tag_of(element) == "Placemark"
                parents.append(element)
                if len(parents) > DEEPEST or inside > MOST_PARTS:
                    raise ValueError(element.tag)
                continue
            parents.pop()
            if tag_of(element) == "Placemark":
                inside = 0
                yield element
            if parents and not inside:
                parents[-1].clear()


def _data(placemark: Element) -> dict[str, str]:
    """Return a placemark's texts: what stands directly in it, and its extended data."""
    found: dict[str, str] = {}
    for element in placemark:
        if tag_of(element) in ("name", "description", "address", "phoneNumber"):
            found[tag_of(element)] = _text(element)
    for element in placemark.iter():
        if tag_of(element) == "Data":
            value = next((part for part in element if tag_of(part) == "value"), None)
            found[_named(element, found)] = _text(value)
        elif tag_of(element) == "SimpleData":
            found[_named(element, found)] = _text(element)
    return {name: text for name, text in found.items() if text}


def _named(element: Element, taken: dict[str, str]) -> str:
    name = " ".join(element.get("name", "").split())[:200] or "#"
    return f"{name}_2" if name in taken or name == "geometry" else name


def _text(element: Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _shape(element: Element) -> Any:
    """Return the geometry that stands in a placemark, or None."""
    shapes = [shape for part in element if (shape := _one_shape(part)) is not None]
    if not shapes:
        return None
    return shapes[0] if len(shapes) == 1 else shapely.GeometryCollection(shapes)


def _one_shape(element: Element) -> Any:
    kind = tag_of(element)
    if kind == "MultiGeometry":
        return _shape(element)
    if kind not in ("Point", "LineString", "LinearRing", "Polygon"):
        return None
    rings = [ring for part in element.iter() if tag_of(part) == "coordinates"
             and len(ring := _coordinates(part))]  # fmt: skip
    if not rings:
        return None
    if kind == "Point":
        return shapely.Point(rings[0][0])
    if kind == "Polygon":
        return shapely.Polygon(rings[0], rings[1:])
    return shapely.LineString(rings[0]) if len(rings[0]) > 1 else shapely.Point(rings[0][0])


def _coordinates(element: Element) -> list[tuple[float, float]]:
    """Return longitude and latitude of each position; heights are left out."""
    found = []
    for position in (element.text or "").split(maxsplit=MOST_POSITIONS + 1)[: MOST_POSITIONS + 1]:
        parts = position.split(",")
        if len(parts) >= 2:
            found.append((float(parts[0]), float(parts[1])))
    return found
