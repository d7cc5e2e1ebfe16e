"""Reading GPX and GML: each waypoint or feature with its texts as columns.

Read with defusedxml, and never by GDAL, as ``geo.sources.files.kml`` is: nothing that a file names
or defines outside itself is followed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import geopandas as gpd
import numpy as np
import shapely
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.errors import InputError
from geo.sources.files.opening import Opened
from geo.types import WGS84

_MOST_COLUMNS = 500
MOST_PARTS = 20_000
MOST_POSITIONS = 1_000_000
DEEPEST = 60
_GPX_ROWS = ("wpt",)
_GML_MEMBERS = ("featureMember", "featureMembers", "member", "members")
_GML_ROOTS = ("FeatureCollection", "SimpleFeatureCollection", "Collection")
_SHAPES = (
    *("Point", "MultiPoint", "LineString", "Curve", "MultiCurve", "MultiLineString", "Polygon"),
    *("Surface", "MultiSurface", "MultiPolygon", "CompositeSurface"),
)
_AUTHORITY_ORDER = re.compile(r"urn:|https?://www\.opengis\.net/def/crs/", re.IGNORECASE)
_CODE = re.compile(r"(\d{4,6})\D*$")


def read_gpx(file: Opened, *, most_rows: int) -> gpd.GeoDataFrame:
    """Read an open GPX file's waypoints in file order, in WGS84.

    Raises
    ------
    FileFormat : it is not GPX, defines entities, has no waypoint or more than ``most_rows``.
    """

    def read(element: Element) -> tuple[dict[str, str], Any]:
        spot = shapely.Point(float(element.get("lon", "")), float(element.get("lat", "")))
        return _texts(element), spot

    rows = _elements(file, ("gpx",), lambda parents, tag: len(parents) == 1 and tag in _GPX_ROWS)
    return table_of(file, rows, read, most_rows).set_crs(WGS84)


def read_gml(file: Opened, *, most_rows: int) -> gpd.GeoDataFrame:
    """Read an open GML file's features in file order, in the system that the file states, across
    before up; without a system where it states none.

    Raises
    ------
    FileFormat : it is not GML, defines entities, has no feature or more than ``most_rows``.
    """
    systems: list[str] = []

    def read(element: Element) -> tuple[dict[str, str], Any]:
        return _texts(element), _feature_shape(element, systems)

    rows = _elements(
        file, _GML_ROOTS, lambda parents, _: bool(parents) and parents[-1] in _GML_MEMBERS
    )
    table = table_of(file, rows, read, most_rows)
    code = _code(systems[0]) if systems else 0
    return table.set_crs(code) if code else table


def _elements(
    file: Opened, roots: tuple[str, ...], is_row: Callable[[list[str], str], bool]
) -> Iterator[Element]:
    """Yield each element that is a row whole, and forget it afterwards."""
    with file.path.open("rb") as stream:
        parents: list[Element] = []
        tags: list[str] = []
        depth, inside = -1, 0
        for event, element in ElementTree.iterparse(stream, ("start", "end"), forbid_dtd=True):
            if event == "start":
                tag = tag_of(element)
                if not parents and tag not in roots:
                    raise ValueError(tag)
                if depth < 0 and is_row(tags, tag):
                    depth = len(parents)
                inside = inside + 1 if depth >= 0 else 0
                parents.append(element)
                tags.append(tag)
                if len(parents) > DEEPEST or inside > MOST_PARTS:
                    raise ValueError(tag)
                continue
            parents.pop()
            tags.pop()
            if depth == len(parents):
                depth, inside = -1, 0
                yield element
            if parents and depth < 0:
                parents[-1].clear()


def table_of(
    file: Opened,
    elements: Iterator[Element],
    read: Callable[[Element], tuple[dict[str, str], Any]],
    most_rows: int,
) -> gpd.GeoDataFrame:
    """Return elements as rows, ``read`` as their texts and shape, without a system.

    Raises
    ------
    FileFormat : the file is broken or defines entities, has no row, or more rows, columns or
        positions than a table may.
    """
    rows: list[dict[str, str]] = []
    shapes: list[Any] = []
    positions = 0
    try:
        for element in elements:
            told, shape = read(element)
            rows.append(told)
            shapes.append(shape)
            positions += shapely.get_num_coordinates(shape)
            if positions > MOST_POSITIONS:
                raise file.broken("too_many_positions", limit=MOST_POSITIONS)
            if len(rows) > most_rows:
                raise file.broken("too_many_rows", found=len(rows), limit=most_rows)
    except InputError:
        raise
    except DefusedXmlException as error:
        raise file.broken("entities") from error
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise file.broken() from error
    except (shapely.errors.ShapelyError, TypeError) as error:
        raise file.broken() from error
    if not rows:
        raise file.broken("no_geometry")
    columns = list(dict.fromkeys(name for row in rows for name in row))
    if len(columns) > _MOST_COLUMNS:
        raise file.broken("too_many_columns", found=len(columns), limit=_MOST_COLUMNS)
    cells = {name: [row.get(name) for row in rows] for name in columns}
    return gpd.GeoDataFrame(cells, geometry=np.array(shapes, dtype=object))


def tag_of(element: Element) -> str:
    """Return an element's name without its name space."""
    return str(element.tag).rpartition("}")[2]


def _texts(element: Element) -> dict[str, str]:
    """Return the texts that stand in an element by the last name of what holds them; a link's
    address as ``url``; not those of geometries.
    """
    found: dict[str, str] = {}
    own = element.get("id") or element.get("{http://www.opengis.net/gml/3.2}id")
    own = own or element.get("{http://www.opengis.net/gml}id")
    if own:
        found["id"] = own
    waiting = list(reversed(list(element)))
    while waiting:
        part = waiting.pop()
        tag = tag_of(part)
        if tag in _SHAPES or tag == "boundedBy":
            continue
        if tag == "link" and part.get("href"):
            found.setdefault("url", str(part.get("href")))
        elif len(part):
            waiting += reversed(list(part))
        elif text := " ".join((part.text or "").split()):
            name = tag if tag != "geometry" else "geometry_2"
            number = 2
            while name in found and number < 50:
                name, number = f"{tag}_{number}", number + 1
            found[name] = text
    return found


def _feature_shape(element: Element, systems: list[str]) -> Any:
    shapes = []
    waiting = list(reversed(list(element)))
    while waiting:
        part = waiting.pop()
        if tag_of(part) in _SHAPES:
            shapes.append(_gml_shape(part, systems))
        elif tag_of(part) != "boundedBy":
            waiting += reversed(list(part))
    shapes = [shape for shape in shapes if shape is not None]
    return shapes[0] if len(shapes) == 1 else shapely.GeometryCollection(shapes) if shapes else None


def _gml_shape(element: Element, systems: list[str]) -> Any:
    """Return a geometry, areas by their outer rings; ``systems`` takes the system it states."""
    for part in element.iter():
        if said := part.get("srsName"):
            systems.append(said)
    turned = bool(systems) and _north_first(systems[0])
    runs = [
        run
        for part in element.iter()
        if tag_of(part) in ("pos", "posList", "coordinates") and len(run := _run(part))
    ]
    if not runs:
        return None
    runs = [[(b, a) for a, b in run] if turned else run for run in runs]
    kind = tag_of(element)
    if "Point" in kind:
        points = [spot for run in runs for spot in run]
        return shapely.Point(points[0]) if len(points) == 1 else shapely.MultiPoint(points)
    if "Polygon" in kind or "Surface" in kind:
        outer = [
            _run(part)
            for ring in element.iter()
            if tag_of(ring) in ("exterior", "outerBoundaryIs")
            for part in ring.iter()
            if tag_of(part) in ("posList", "coordinates")
        ]
        outer = [[(b, a) for a, b in run] if turned else run for run in outer]
        areas = [shapely.Polygon(run) for run in outer if len(run) >= 4]
        return (areas[0] if len(areas) == 1 else shapely.MultiPolygon(areas)) if areas else None
    lines = [shapely.LineString(run) for run in runs if len(run) > 1]
    return (lines[0] if len(lines) == 1 else shapely.MultiLineString(lines)) if lines else None


def _run(element: Element) -> list[tuple[float, float]]:
    text = element.text or ""
    if tag_of(element) == "coordinates":
        parts = [spot.split(",") for spot in text.split()[:MOST_POSITIONS]]
        return [(float(part[0]), float(part[1])) for part in parts if len(part) >= 2]
    numbers = [float(part) for part in text.split(maxsplit=3 * MOST_POSITIONS)]
    wide = int(element.get("srsDimension", "0") or 0)
    if wide not in (2, 3):
        wide = 3 if tag_of(element) == "pos" and len(numbers) == 3 else 2
    return list(zip(numbers[0::wide], numbers[1::wide], strict=False))


@lru_cache(maxsize=32)
def _code(name: str) -> int:
    match = _CODE.search(name)
    if match is None:
        return 4326 if "CRS84" in name else 0
    try:
        return int(match[1]) if CRS.from_epsg(int(match[1])) else 0
    except CRSError:
        return 0


@lru_cache(maxsize=32)
def _north_first(name: str) -> bool:
    """Return whether positions stand with north first: as the authority has it, where the system is
    named by an address of the authority.
    """
    if not _AUTHORITY_ORDER.match(name) or "CRS84" in name or not _code(name):
        return False
    return str(CRS.from_epsg(_code(name)).axis_info[0].direction).lower() == "north"
