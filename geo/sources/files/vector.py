"""Reading vector files: GeoJSON, GeoPackage, Shapefile, KML, FlatGeobuf, GeoParquet, packed or
not; and files of lines to walk along.
"""

from __future__ import annotations

import codecs
import mmap
import re
import sqlite3
import warnings
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from geo.area.provenance import LeftOut
from geo.cells import is_unknown, plain, to_number, written
from geo.errors import FileTooLarge, InputError, NoLines
from geo.network.walk_network import metric_crs
from geo.sources.files import _gdal
from geo.sources.files.kml import read_kml
from geo.sources.files.line_tags import OTHER_THINGS, level, tags_of, with_connectors
from geo.sources.files.opening import Opened, opened
from geo.sources.files.xml_places import read_gml, read_gpx
from geo.sources.osm.features import FOOT_REFUSED, joins, path_of, private, refuses, walkable
from geo.sources.osm.squares import across
from geo.types import WGS84, Bools, Floats

VECTOR_ENDINGS = (
    *(".geojson", ".json", ".gpkg", ".shp", ".parquet", ".fgb", ".kml", ".kmz", ".gpx", ".gml"),
    ".zip",
)
MAX_ROWS = 5_000_000
MAX_FIELDS = 2_000
FIRST_LAYER = "gcm_vagtyp"
"""The layer of the road register (NVDB) with foot and cycle paths, among many others."""
FEATURE_BYTES = 40
"""No feature of a GeoJSON file is shorter."""
_NAMED_CRS = re.compile(
    rb'"crs"\s*:\s*(?:null|\{\s*"type"\s*:\s*"(?:name|EPSG)"\s*,\s*"properties"\s*:\s*'
    rb'\{\s*"(?:name|code)"\s*:\s*(?:"[\w:.\-/ ]{1,80}"|\d{4,6})\s*\}\s*\})'
)
_UTF8_LETTER = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_SNIFFED_DBF = 20_000_000
_ANY_CRS_OBJECT = re.compile(rb'"(?:c|\\u0063)(?:r|\\u0072)(?:s|\\u0073)"\s*:\s*(?:\{|null)')


def read_vector(path: Path, *, crs: str | None = None) -> gpd.GeoDataFrame:
    """Read a vector file with all its rows in file order; rows may lack geometry.

    Parameters
    ----------
    path : ``.geojson``, ``.json``, ``.gpkg``, ``.shp``, ``.fgb``, ``.parquet``, ``.kml``, each
        also ``.gz`` (not ``.shp``), or a ``.zip`` that holds one of them.
    crs : the coordinate system, as in ``EPSG:3006``; it wins over what the file says.

    Returns
    -------
    GeoDataFrame in the file's (or the stated) system, index 0 … rows - 1.

    Raises
    ------
    FileMissing, FileTooLarge, FileFormat : see ``geo.sources.files.opening.opened``.
    InputError ``crs_mismatch`` : the coordinates cannot be in the system that the file or the user
    says.
    """
    with opened(path, VECTOR_ENDINGS) as file:
        return read_opened(file, crs=crs)


def read_opened(
    file: Opened,
    *,
    crs: str | None = None,
    most_rows: int = MAX_ROWS,
    layer: str = "",
    encoding: str = "",
    unstated: bool = False,
) -> gpd.GeoDataFrame:
    """Read a vector file that is open already; see ``read_vector``. More rows than ``most_rows``
    are refused before all are read.

    Parameters
    ----------
    layer : of a GeoPackage; the first with geometry where not stated.
    encoding : of a shapefile's texts; where not stated, as it says, or UTF-8 where they are that.
    unstated : whether coordinates that cannot be degrees, in a file that states no other system,
        are returned without a system in place of being refused.
    """
    stated = parse_crs(crs, file.name) if crs else None
    if file.ending == ".parquet":
        table = _read_parquet(file)
    elif file.ending == ".kml":
        table = read_kml(file, most_rows=most_rows)
    elif file.ending in (".gpx", ".gml"):
        read = read_gpx if file.ending == ".gpx" else read_gml
        table = read(file, most_rows=most_rows)
    else:
        table = _read_gdal(file, most_rows, layer, encoding)
    if len(table) > most_rows:
        raise file.broken("too_many_rows", found=len(table), limit=most_rows)
    if stated is not None:
        table = table.set_crs(stated, allow_override=True)
    elif table.crs is None:
        table = table.set_crs(WGS84)  # metres without a stated system are refused below
    if unstated and stated is None and table.crs.is_geographic and not _in_degrees(table):
        return table.set_crs(None, allow_override=True).reset_index(drop=True)
    check_crs(table, file.name)
    return table.reset_index(drop=True)


def _in_degrees(table: gpd.GeoDataFrame) -> bool:
    xy = shapely.get_coordinates(np.asarray(table.geometry.values, dtype=object))
    xy = xy[np.isfinite(xy).all(axis=1)]
    return len(xy) == 0 or bool(((np.abs(xy[:, 0]) <= 180) & (np.abs(xy[:, 1]) <= 90)).all())


def layers_of(file: Opened) -> list[tuple[str, int]]:
    """Return the layers with geometry of an open GeoPackage and how many rows each has; of any
    other file none.

    Raises
    ------
    FileFormat : it is broken, or computes what should stand in it.
    """
    if file.ending != ".gpkg":
        return []
    import pyogrio
    import pyogrio.errors

    check_views(file)
    source = file.path.resolve()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            names = [str(name) for name, kind in pyogrio.list_layers(source) if kind is not None]
            counts = [pyogrio.read_info(source, layer=name)["features"] for name in names]
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        raise file.broken() from error
    return list(zip(names, map(int, counts), strict=True))


def parse_crs(text: str, file: str) -> CRS:
    """Return the coordinate system a person states: ``EPSG:3006``, ``3006`` or ``CRS84``.

    Raises
    ------
    InputError ``crs_mismatch`` : no such system, or not one with two axes on a map.
    """
    code = re.fullmatch(r"\s*(?:(?:OGC:)?CRS84|(?:EPSG:)?(\d{4,6}))\s*", text, re.IGNORECASE)
    try:
        if code is None:
            raise CRSError(text)
        system = CRS.from_epsg(int(code[1] or 4326))
    except CRSError as error:
        raise InputError("crs_mismatch", file=file, found="–", stated=text[:80]) from error
    if not (system.is_geographic or system.is_projected):
        raise InputError("crs_mismatch", file=file, found="–", stated=text[:80])
    return system


def check_crs(table: gpd.GeoDataFrame, file: str) -> None:
    """Refuse coordinates that cannot be in the table's system: metres called degrees, or degrees
    called metres; and a system that is none on Earth.
    """
    try:
        Transformer.from_crs(table.crs, WGS84, always_xy=True)
    except ProjError as error:
        raise InputError(
            "crs_mismatch", file=file, found="–", stated=crs_name(table.crs)[:80]
        ) from error
    geometry = np.asarray(table.geometry.values, dtype=object)
    xy = shapely.get_coordinates(geometry)
    xy = xy[~np.isnan(xy).any(axis=1)]
    if len(xy) == 0:
        return
    in_degrees = (np.abs(xy[:, 0]) <= 180) & (np.abs(xy[:, 1]) <= 90)
    wrong = ~in_degrees if table.crs.is_geographic else np.isinf(xy).any(axis=1)
    if not table.crs.is_geographic and in_degrees.all():
        wrong = in_degrees
    if wrong.any():
        raise InputError(
            "crs_mismatch",
            file=file,
            found=_sample(xy[int(np.argmax(wrong))]),
            stated=crs_name(table.crs),
        )


def crs_name(crs: CRS) -> str:
    """Return how a person would state a coordinate system: ``EPSG:3006``, else its name."""
    code = crs.to_epsg() or (4326 if "CRS84" in str(crs.to_authority()) else None)
    return f"EPSG:{code}" if code else str(crs.name)


def _sample(xy: np.ndarray[tuple[int], np.dtype[np.float64]]) -> str:
    return ", ".join(f"{value:.5f}".rstrip("0").rstrip(".") for value in xy)


def _read_gdal(
    file: Opened, most_rows: int, named: str = "", encoding: str = ""
) -> gpd.GeoDataFrame:
    if not _gdal.doors_are_closed():
        raise RuntimeError("import geo before pyogrio: GDAL reads its settings only once")
    import pyogrio.errors

    options = {}
    if file.ending in (".geojson", ".json"):
        _check_links(file)
        options["DATE_AS_STRING"] = "YES"  # hours like 10:00 would be lost, dates rewritten
    elif file.ending == ".shp" and (told := encoding or _unmarked_utf8(file)):
        options["encoding"] = _codec(file, told)
    source = file.path.resolve()
    try:
        layer = _layer(file, source, named)
        _check_size(file, source, layer, most_rows)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # GDAL's remarks on single rows; they come as empty
            table = pyogrio.read_dataframe(
                source,
                layer=layer,
                on_invalid="ignore",
                datetime_as_string=True,
                **options,
            )
    except InputError:
        raise
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise file.broken() from error
    except (pyogrio.errors.FieldError, pyogrio.errors.GeometryError, CRSError) as error:
        raise file.broken() from error
    except (ValueError, OverflowError, UnicodeError, shapely.errors.ShapelyError) as error:
        raise file.broken() from error
    except NameError as error:  # pyogrio 0.13 on a .prj that is not UTF-8
        raise file.broken() from error
    return _with_geometry(table, file)


def _codec(file: Opened, encoding: str) -> str:
    try:
        return codecs.lookup(encoding.strip()).name
    except LookupError as error:
        raise file.broken("encoding", found=encoding[:40]) from error


def text_encoding(file: Opened, stated: str = "") -> str:
    """Return how a shapefile's texts are written: as stated, as it says, or as they look; "" for
    other files.
    """
    if file.ending != ".shp":
        return ""
    if stated:
        return _codec(file, stated)
    said = file.path.with_suffix(".cpg")
    if said.exists():
        return said.read_bytes()[:40].decode("ascii", "replace").strip().lower()
    return _unmarked_utf8(file) or "latin-1"


def _unmarked_utf8(file: Opened) -> str:
    """Return ``utf-8`` where a shapefile does not say how its texts are written, and they are that:
    letters of two signs that fit, but for a few cut at a field's end.
    """
    table = file.path.with_suffix(".dbf")
    if file.path.with_suffix(".cpg").exists() or not table.exists():
        return ""
    with table.open("rb") as stream:
        content = stream.read(_SNIFFED_DBF)
    if len(content) < 32:
        return ""
    texts = content[int.from_bytes(content[8:10], "little") :]
    whole = len(_UTF8_LETTER.findall(texts))
    broken = sum(sign >= 0x80 for sign in _UTF8_LETTER.sub(b"", texts))
    return "utf-8" if whole and broken == 0 else ""


def _layer(file: Opened, source: Path, named: str) -> str | int:
    """Return the stated layer, else the first with geometry; a GeoPackage may hold plain tables
    too.
    """
    import pyogrio

    if file.ending != ".gpkg":
        return 0
    check_views(file)
    layers = pyogrio.list_layers(source)
    spatial = [str(name) for name, kind in layers if kind is not None]
    if not spatial:
        raise file.broken("no_geometry")
    if named and named not in spatial:
        raise file.broken("no_sheet", found=named[:60], sheets=", ".join(spatial[:10])[:300])
    paths = [name for name in spatial if name.lower().endswith(FIRST_LAYER)]
    return named or (paths or spatial)[0]


def _read_parquet(file: Opened) -> gpd.GeoDataFrame:
    import pyarrow.parquet as pq

    try:
        shape = pq.ParquetFile(file.path).metadata
        unpacked = sum(shape.row_group(at).total_byte_size for at in range(shape.num_row_groups))
        if unpacked > 500_000_000 or shape.num_rows > MAX_ROWS:
            raise FileTooLarge(file=file.name, found=unpacked / 1e6, limit=500)
        table = gpd.read_parquet(file.path)
    except FileTooLarge:
        raise
    except (
        pyarrow.ArrowException,
        shapely.errors.ShapelyError,
        CRSError,
        ValueError,
        TypeError,
        KeyError,
        OSError,
        NotImplementedError,
        AttributeError,
    ) as error:
        raise file.broken() from error
    return _with_geometry(table, file)


def _with_geometry(table: pd.DataFrame, file: Opened) -> gpd.GeoDataFrame:
    if not isinstance(table, gpd.GeoDataFrame):
        raise file.broken("no_geometry")
    return table if table.geometry.name == "geometry" else table.rename_geometry("geometry")


def _check_links(file: Opened) -> None:
    """Refuse a coordinate system given by anything but a plain name: GDAL would follow a link."""
    with (
        file.path.open("rb") as stream,
        mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content,
    ):
        starts = [match.start() for match in _ANY_CRS_OBJECT.finditer(content)]
        if not all(_NAMED_CRS.match(content, start) for start in starts):
            raise file.broken("crs_link")


def _check_size(file: Opened, source: Path, layer: str | int, most_rows: int) -> None:
    """Refuse more columns or rows than a table has, before room is made for them.

    A limit given to GDAL's reader will not do: it makes room for as many rows as are allowed, times
    the columns, however few there are. Opening GeoJSON parses it whole: a file that is too small to
    hold too many rows is spared that where all columns are wanted.
    """
    import pyogrio

    is_json = file.ending in (".geojson", ".json")
    if is_json and most_rows >= MAX_ROWS and file.path.stat().st_size < most_rows * FEATURE_BYTES:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        about = pyogrio.read_info(source, layer=layer, force_feature_count=True)
    columns, rows = len(about["fields"]), int(about["features"])
    if columns > MAX_FIELDS and most_rows < MAX_ROWS:
        raise file.broken("too_many_columns", found=columns, limit=MAX_FIELDS)
    if rows > most_rows:
        raise file.broken("too_many_rows", found=rows, limit=most_rows)


def check_views(file: Opened) -> None:
    """Refuse a GeoPackage that computes what should stand in it: a view can take for ever."""
    try:
        address = f"{file.path.resolve().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(address, uri=True)) as book:
            book.execute("PRAGMA trusted_schema = OFF")
            views = book.execute(
                "SELECT count(*) FROM sqlite_master WHERE type = 'view'"
                " OR sql LIKE '%GENERATED ALWAYS%' OR (type = 'table' AND sql LIKE '% AS (%')"
            ).fetchone()
    except sqlite3.Error as error:
        raise file.broken() from error
    if views[0]:
        raise file.broken("views")


_HIGHWAY = ("highway", "fclass", "vägtyp", "vagtyp")
_SURFACE = ("surface", "slitlager", "underlag", "beläggning", "belaggning")
_STEPS = ("steps", "stairs", "trappa", "trappor")
_LIT = ("lit", "lighting", "belysning", "belyst")
_WIDTH = ("widthm", "width", "estwidth", "bredd", "breddm")
_YES = frozenset({"yes", "ja", "true", "1", "j", "y", "24/7", "automatic", "sunset-sunrise"})
_NO = frozenset({"no", "nej", "false", "0", "n", "disused"})


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines and the rows of the file that are none.

    ``frame`` is in the file's system, with ``highway``, ``surface`` (text, empty if unknown),
    ``steps`` (bool), ``lit`` (1, 0 or -1 for unknown), ``width_m`` (NaN if unknown) and the lines;
    where the file says who may walk, also ``private``, ``joins``, ``level`` and ``way`` (see
    ``geo.sources.osm.features.walk_lines``). ``barriers`` (n, 2) is where something on a path keeps
    walkers out, in the file's system. ``not_walked`` has lines and metres of each kind left out, as
    not for walkers.
    """

    frame: gpd.GeoDataFrame
    left_out: tuple[LeftOut, ...]
    rows: int
    barriers: Floats = field(default_factory=lambda: np.zeros((0, 2)))
    not_walked: dict[str, tuple[int, float]] = field(default_factory=dict)


def read_lines_listed(path: Path, *, crs: str | None = None) -> Lines:
    """Read the lines of a vector file for ``geo.network.walk_network.build_network``; rows that are
    none are listed by number from 1. Where columns say who may walk (OpenStreetMap's, NVDB's,
    Overture's), the rules for OpenStreetMap files hold.

    Raises
    ------
    NoLines : there is no line in the file, or none to walk along.
    FileMissing, FileTooLarge, FileFormat, InputError ``crs_mismatch`` : see
    ``geo.sources.files.vector.read_vector``.
    """
    with opened(Path(path), VECTOR_ENDINGS) as file:
        shapes = with_connectors(read_opened(file, crs=crs))
    geometry = np.asarray(shapes.geometry.values, dtype=object)
    is_line = np.isin(shapely.get_type_id(geometry), (1, 2, 5)) & ~shapely.is_empty(geometry)
    is_line &= shapely.length(geometry) > 0
    tags = tags_of(shapes)
    is_area, shut = np.zeros_like(is_line), np.zeros_like(is_line)
    walked = is_line.copy()
    if tags is not None:
        paths = np.array([walkable(row) or private(row) or joins(row) for row in tags], dtype=bool)
        is_area = paths & np.isin(shapely.get_type_id(geometry), (3, 6))
        shut = np.isin(shapely.get_type_id(geometry), (0,)) & [refuses(row) for row in tags]
        walked &= paths
    if not (walked | is_area).any():
        raise NoLines(file=str(path))
    used = is_line | is_area | shut
    left_out = tuple(_not_a_line(geometry[row], int(row)) for row in np.flatnonzero(~used))
    kept = walked | is_area
    frame = _frame(shapes[kept].reset_index(drop=True))
    if tags is not None:
        frame = _with_tags(frame, [row for row, keep in zip(tags, kept, strict=True) if keep])
    return Lines(
        frame=frame,
        left_out=left_out,
        rows=len(shapes),
        barriers=shapely.get_coordinates(geometry[shut]),
        not_walked=_not_walked(shapes[is_line & ~walked], tags, is_line & ~walked),
    )


def _frame(kept: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    highway = _text(kept, _HIGHWAY)
    return gpd.GeoDataFrame(
        {
            "highway": highway,
            "surface": _text(kept, _SURFACE),
            "steps": (_yes_no(kept, _STEPS) == 1) | (highway == "steps"),
            "lit": _yes_no(kept, _LIT).astype(np.int8),
            "width_m": _width(kept),
        },
        geometry=kept.geometry.values,
        crs=kept.crs,
    )


def _with_tags(frame: gpd.GeoDataFrame, tags: list[dict[str, str]]) -> gpd.GeoDataFrame:
    """Return lines with what their tags say beside their own columns; of areas their edge, and the
    lines across.
    """
    paths = [path_of(row) for row in tags]
    own_lit, own_surface = frame["lit"].to_numpy(), frame["surface"].to_numpy(object)
    said_lit = np.array([path.lit for path in paths], dtype=np.int8)
    own, said = frame["highway"].to_numpy(object), [path.highway for path in paths]
    frame = frame.assign(
        highway=["" if not a and b == "road" else b for a, b in zip(own, said, strict=True)],
        surface=[own or path.surface for own, path in zip(own_surface, paths, strict=True)],
        steps=frame["steps"].to_numpy(bool) | np.array([path.steps for path in paths], dtype=bool),
        lit=np.where(said_lit >= 0, said_lit, own_lit),
        private=np.array([path.private for path in paths], dtype=bool),
        joins=np.array([path.joins for path in paths], dtype=bool),
        level=np.array([level(row) for row in tags], dtype=np.int64),
        way=np.arange(len(frame)),
    )
    area = np.isin(shapely.get_type_id(frame.geometry.values), (3, 6))
    if not area.any():
        return frame
    squares = frame[area].to_crs(WGS84)
    frame.loc[area, "geometry"] = shapely.boundary(frame.geometry.values[area])
    lines = frame.to_crs(WGS84).explode(ignore_index=True)
    inner = across(squares, lines[lines.geom_type == "LineString"].reset_index(drop=True))
    if len(inner) == 0:
        return frame
    return gpd.GeoDataFrame(pd.concat([frame, inner.to_crs(frame.crs)], ignore_index=True))


def _not_walked(
    lines: gpd.GeoDataFrame, tags: list[dict[str, str]] | None, rows: Bools
) -> dict[str, tuple[int, float]]:
    """Return the lines that nobody walks, by what they are: how many, and metres."""
    if tags is None or len(lines) == 0:
        return {}
    what = [_what(row) for row, left in zip(tags, rows, strict=True) if left]
    west, south, east, north = lines.to_crs(WGS84).total_bounds
    local = metric_crs((float(west), float(south), float(east), float(north)))
    metres = lines.to_crs(local).length.groupby(np.array(what, dtype=object)).agg(["size", "sum"])
    ordered = metres.sort_values("sum", ascending=False)
    return {str(name): (int(n), float(m)) for name, n, m in ordered.itertuples()}


def _what(tags: Mapping[str, str]) -> str:
    """Return what a line that nobody walks is, in the file's own words."""
    for key in ("highway", "railway", *OTHER_THINGS):
        if tags.get(key):
            why = next((k for k in ("foot", "access") if tags.get(k) in FOOT_REFUSED), "")
            reason = f", {why}={tags[why]}" if why and key == "highway" else ""
            return f"{tags[key]}{reason}"
    return "–"


def _not_a_line(shape: shapely.Geometry | None, at: int) -> LeftOut:
    missing = shape is None or shape.is_empty
    return LeftOut(at + 1, "no_geometry" if missing else "not_a_line")


def _column(table: pd.DataFrame, names: tuple[str, ...]) -> list[Any]:
    """Return the first column that has one of the names, else nothing a row."""
    by_plain = {plain(str(column)): column for column in reversed(table.columns)}
    for name in names:
        if name in by_plain and by_plain[name] != "geometry":
            return list(table[by_plain[name]])
    return [None] * len(table)


def _text(table: pd.DataFrame, names: tuple[str, ...]) -> np.ndarray[Any, np.dtype[np.object_]]:
    cells = _column(table, names)
    return np.array(["" if is_unknown(cell) else written(cell).lower() for cell in cells], object)


def _yes_no(table: pd.DataFrame, names: tuple[str, ...]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return 1 for yes, 0 for no and -1 for unknown."""
    words = [written(cell).lower() for cell in _column(table, names)]
    return np.array([1 if word in _YES else 0 if word in _NO else -1 for word in words], np.int64)


def _width(table: pd.DataFrame) -> Floats:
    cells = _column(table, _WIDTH)
    found = [to_number(written(cell).lower().removesuffix("m").strip()) for cell in cells]
    metres = np.array([np.nan if value is None else value for value in found], dtype=np.float64)
    sensible: Bools = (metres > 0) & (metres < 100)
    return np.where(sensible, metres, np.nan)
