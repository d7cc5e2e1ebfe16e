"""OpenStreetMap files: paths, places, addresses, buildings and water out of ``.osm``, ``.osm.bz2``,
``.osm.gz`` and ``.osm.pbf``. What tags mean stands in ``walkable`` and ``features``.
"""

from __future__ import annotations

import bz2
import gzip
import re
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import ParseError
from xml.sax import SAXException

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.area.provenance import no_addresses
from geo.errors import FileFormat, FileMissing, FileTooLarge, NoLines
from geo.network.walk_network import metric_crs
from geo.sources.osm import features as osm_features
from geo.texts import Phrase
from geo.types import WGS84, Bools, Progress

MARGIN_M = 1000.0
"""Paths this far outside the boundary are kept: the nearest place may lie across it."""
MAX_XML_MB = 1000
"""An XML file above this, unpacked, does not fit in memory; the same extract as .osm.pbf does."""
IN_MEMORY_BYTES = 60_000_000
"""A .pbf up to this is read in memory; a larger one piece by piece over the temporary folder."""
BROKEN = (
    *(OSError, EOFError, ValueError, KeyError, IndexError, TypeError, AttributeError),
    *(zlib.error, SAXException, ParseError, NotImplementedError, RuntimeError),
)
"""What osmnx, pyrosm and the unpackers raise of a file that is broken or something else."""
BEYOND = 0.005
"""Degrees beyond what is kept that are read, so that a square at the edge has all its ways in."""
CHUNK = 1 << 20
SHORT_HEADER = 4096
OVERPASS = re.compile(rb'[\s\xef\xbb\xbf]*\{(?=.*"(?:elements|osm3s)"\s*:)', re.DOTALL)
"""How the JSON that Overpass answers with begins."""
DAY = re.compile(rb'(?:timestamp|osm_base)"?\s*[=:]\s*"(\d{4}-\d\d-\d\d)T')


@dataclass(frozen=True, eq=False)
class OsmExtract:
    """What we take from OpenStreetMap, all in WGS84.

    ``lines``: ``highway``, ``surface``, ``steps``, ``lit``, ``width_m``, ``way``; cut where ways
    share a node. ``places``: as ``Area.places``. ``buildings``: points with ``floor_m2`` and
    ``residential``. ``water``: shapes with ``name``. ``addresses``: as ``Area.addresses``.
    ``date``: of the newest change, empty where unknown.
    """

    lines: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    water: gpd.GeoDataFrame
    date: str
    title: str = osm_features.TITLE
    licence: str = osm_features.LICENCE
    addresses: gpd.GeoDataFrame = field(default_factory=no_addresses)


def read_osm(
    path: Path,
    *,
    boundary: gpd.GeoSeries | None = None,
    margin_m: float = MARGIN_M,
    progress: Progress | None = None,
    typical_levels: float | None = None,
) -> OsmExtract:
    """Read an OpenStreetMap file, cut to the boundary plus a margin.

    Parameters
    ----------
    boundary : shapes in any coordinate system; without it the whole file is read.
    margin_m : metres outside the boundary that are kept.
    typical_levels : storeys assumed for buildings without a level count (see ``osm_tables``).

    Raises
    ------
    FileMissing, FileFormat, FileTooLarge : the file cannot be read as OpenStreetMap.
    NoLines : nothing in it (or within the boundary) can be walked.
    """
    path = Path(path)
    if not path.is_file():
        raise FileMissing(file=path.name)
    clip = None if boundary is None else clip_shape(boundary, margin_m)
    if progress:
        progress("progress.network", 0.2)
    near = None if clip is None else clip.buffer(BEYOND)
    features, date = (_read_pbf if path.suffix.lower() == ".pbf" else _read_xml)(path, near)
    if progress:
        progress("progress.places", 0.7)
    walked = osm_features.walk_lines(osm_features.walk_features(features))
    lines = osm_features.joined_lines(walked, osm_features.barrier_points(features))
    features = features[_has_any(features, _kept_tags())]
    extract = OsmExtract(
        lines=lines,
        places=osm_features.places_table(features),
        buildings=osm_features.buildings_table(features, typical_levels=typical_levels),
        water=osm_features.water_table(features),
        date=date,
        addresses=osm_features.addresses_table(features),
    )
    extract = extract if clip is None else cut(extract, clip)
    if len(extract.lines) == 0:
        raise NoLines(file=path.name)
    return extract


def clip_shape(boundary: gpd.GeoSeries, margin_m: float) -> shapely.Geometry:
    """Return the boundary plus a margin in metres as one shape in WGS84."""
    west, south, east, north = boundary.to_crs(WGS84).total_bounds
    crs = metric_crs((float(west), float(south), float(east), float(north)))
    grown = boundary.to_crs(crs).make_valid().union_all().buffer(margin_m)
    return gpd.GeoSeries([grown], crs=crs).to_crs(WGS84).iloc[0]


def cut(extract: OsmExtract, clip: shapely.Geometry) -> OsmExtract:
    """Keep what touches a shape (WGS84): paths to the first bend beyond it, places and buildings;
    water is cut along it.
    """
    shapely.prepare(clip)

    def inside(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        return table[shapely.intersects(clip, table.geometry.values)].reset_index(drop=True)

    water = inside(extract.water)
    return OsmExtract(
        lines=osm_features.lines_touching(extract.lines, clip),
        places=inside(extract.places),
        buildings=inside(extract.buildings),
        water=water.set_geometry(water.geometry.make_valid().intersection(clip)),
        date=extract.date,
        title=extract.title,
        licence=extract.licence,
        addresses=inside(extract.addresses),
    )


def _read_pbf(path: Path, clip: shapely.Geometry | None) -> tuple[gpd.GeoDataFrame, str]:
    import pyrosm  # half a second to import, and only needed for this format
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
    from pyrosm.exceptions import PBFException

    box = None if clip is None else [float(edge) for edge in clip.bounds]
    large = path.stat().st_size > IN_MEMORY_BYTES
    with _unread(path, "OSM PBF", PBFException, DecodeError), warnings.catch_warnings():
        # An extract without a hit is our NoLines below, not a warning.
        warnings.filterwarnings("ignore", "Could not find any", UserWarning)
        try:
            table = pyrosm.OSM(
                str(path),
                bounding_box=box,
                complete_relations=box is not None,  # a lake across the edge keeps its shape
                engine="out_of_core" if large else "in_memory",
            ).get_data_by_custom_criteria(
                custom_filter=_wanted(),
                filter_type="keep",
                tags_as_columns=osm_features.feature_keys(),
            )
        finally:
            if large:  # pyrosm keeps what it read in the temporary folder, for good
                pyrosm.OSM.clear_cache(str(path))
    if table is None or len(table) == 0:
        raise NoLines(file=path.name)
    newest = pd.to_numeric(table["timestamp"]).max() if "timestamp" in table else np.nan
    date = "" if not newest > 0 else datetime.fromtimestamp(int(newest), UTC).date().isoformat()
    return osm_features.with_keys(table.rename(columns={"osm_type": "element"})), date


def _read_xml(path: Path, clip: shapely.Geometry | None) -> tuple[gpd.GeoDataFrame, str]:
    # These pull in networkx and requests; only needed for this format.
    from osmnx._errors import InsufficientResponseError
    from osmnx.features import _create_gdf

    from geo.sources.osm.elements import read_elements

    with _unread(path, "OSM XML"), warnings.catch_warnings():
        # Files that osmnx wrote itself read well enough: each way comes out as drawn.
        warnings.filterwarnings("ignore", "The XML file you are loading appears", UserWarning)
        date = _scan(path)
        try:
            with _unpacked(path) as file:
                elements = read_elements(path, file)
            table = _create_gdf([{"elements": elements}], shapely.Polygon(), _wanted())
        except InsufficientResponseError:
            raise NoLines(file=path.name) from None
    table = table.reset_index()
    if clip is not None:
        table = table[shapely.intersects(clip, table.geometry.values)]
    return osm_features.with_keys(table), date


def _wanted() -> dict[str, bool | str | list[str]]:
    """Return the tags we read, as a query: key to values, or ``True`` for any value."""
    wanted = _kept_tags()
    only_paths = {key: [value] for key, value in osm_features.JOINING.items()}
    only_paths["barrier"] = list(osm_features.POINT_BARRIERS)
    for key, values in only_paths.items():
        known = wanted.get(key, [])
        if known is not True:
            wanted[key] = [*([known] if isinstance(known, str) else list(known or [])), *values]
    return wanted


def _has_any(features: gpd.GeoDataFrame, tags: dict[str, bool | str | list[str]]) -> Bools:
    """Return which features have any of some tags: what else was read is only for the paths."""
    found = np.zeros(len(features), dtype=bool)
    for key, value in tags.items():
        cells = features[key] if key in features else pd.Series(None, index=features.index)
        values = [value] if isinstance(value, str) else value
        hit = cells.notna() if isinstance(values, bool) else cells.isin(values)
        found |= hit.to_numpy(bool)
    return found


def _kept_tags() -> dict[str, bool | str | list[str]]:
    """Return the tags of what is kept as places, buildings, water and addresses."""
    return {
        "highway": True,
        "building": True,
        **osm_features.place_tags(),
        **osm_features.BACKGROUND_TAGS,
        **osm_features.ADDRESS_TAGS,
    }


def _scan(path: Path) -> str:
    """Read an XML file through once: is it OpenStreetMap, how large unpacked, and from which day?

    Raises ``FileFormat`` or ``FileTooLarge`` before anything is kept in memory.
    """
    size, newest, rest = 0, b"", b""
    with _unpacked(path) as file:
        while chunk := file.read(CHUNK):
            is_json = size == 0 and OVERPASS.match(chunk[:SHORT_HEADER])
            if size == 0 and not is_json and b"<osm" not in chunk[:SHORT_HEADER]:
                raise FileFormat(
                    file=path.name, expected="OSM XML", reason=Phrase("reasons.not_osm")
                )
            size += len(chunk)
            if size > MAX_XML_MB * 1_000_000:
                raise FileTooLarge(file=path.name, found=round(size / 1_000_000), limit=MAX_XML_MB)
            days = re.findall(DAY, rest + chunk)
            newest, rest = max([newest, *days]), chunk[-40:]
    if size == 0:
        raise FileFormat(file=path.name, expected="OSM XML", reason=Phrase("reasons.empty"))
    return newest.decode("ascii")


def _unpacked(path: Path) -> IO[bytes]:
    if path.suffix.lower() == ".bz2":
        return bz2.open(path)
    if path.suffix.lower() == ".gz":
        return gzip.open(path)  # type: ignore[return-value]  # a GzipFile reads bytes
    return path.open("rb")


@contextmanager
def _unread(path: Path, expected: str, *also: type[Exception]) -> Iterator[None]:
    """Turn the readers' errors about a broken file into ``FileFormat``."""
    broken: tuple[type[Exception], ...] = (*BROKEN, *also)
    try:
        yield
    except (FileFormat, FileTooLarge, NoLines):
        raise
    except broken as error:
        raise FileFormat(
            file=path.name, expected=expected, reason=Phrase("reasons.broken")
        ) from error


def read_features(path: Path) -> tuple[gpd.GeoDataFrame, str]:
    """Return an OpenStreetMap file's features with the tags we read, and its day: where only its
    buildings or addresses are wanted.

    Raises
    ------
    FileMissing, FileFormat, FileTooLarge, NoLines : as ``read_osm``.
    """
    if not path.is_file():
        raise FileMissing(file=path.name)
    return (_read_pbf if path.suffix.lower() == ".pbf" else _read_xml)(path, None)
