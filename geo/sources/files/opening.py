"""Opening a file someone gives us: is it there, is it what its ending promises, and is it
bounded.
"""

from __future__ import annotations

import gzip
import re
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO, cast

from geo.errors import FileFormat, FileMissing, FileTooLarge, InputError
from geo.texts import Phrase

MB = 1_000_000
MAX_PACKED_MB = 50
MAX_UNPACKED_MB = 500
MAX_MEMBERS = 1000
MAX_RATIO = 200
"""How many times its packed size an archive may unpack to, above the first few MB."""

_FREE_MB = 5
_CHUNK = 1 << 20

MAGIC = {
    ".gpkg": b"SQLite format 3\0",
    ".shp": b"\x00\x00\x27\x0a",
    ".fgb": b"fgb\x03",
    ".parquet": b"PAR1",
    ".zip": b"PK",
    ".xlsx": b"PK",
    ".ods": b"PK",
    ".kmz": b"PK",
    ".xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    ".gz": b"\x1f\x8b",
}
NAMES = {
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".gpkg": "GeoPackage",
    ".shp": "Shapefile",
    ".fgb": "FlatGeobuf",
    ".parquet": "GeoParquet",
    ".zip": "Shapefile (zip)",
    ".gz": "gzip",
    ".kml": "KML",
    ".kmz": "KML (kmz)",
    ".gpx": "GPX",
    ".gml": "GML",
    ".hsds": "HSDS",
    ".xlsx": "Excel (.xlsx)",
    ".xls": "Excel (.xls)",
    ".ods": "OpenDocument (.ods)",
    ".csv": "CSV",
    ".tsv": "TSV",
    ".txt": "CSV",
}
_SAYS_WHAT_TO_DO = frozenset(
    {
        *("empty", "no_rows", "too_many_rows", "too_many_columns", "too_many_cells", "members"),
        *("sheet_too_large", "ratio", "nested", "layers", "password", "no_sheet", "unreadable"),
        "no_records",
    }
)
"""Reasons that another format does not mend."""

_MEMBERS = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg"})
_LAYERS = (
    ".shp",
    ".gpkg",
    ".geojson",
    ".json",
    ".fgb",
    ".parquet",
    ".kml",
    ".gpx",
    ".gml",
    ".csv",
    ".tsv",
)
_HSDS = frozenset({"services.csv", "locations.csv"})
"""The tables by which a zip is known to be a package of HSDS."""
_TIMETABLE = "stops.txt"
"""The file of a timetable feed (GTFS) in which places stand."""
_ARCHIVES = frozenset({".zip", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".tar", ".zst", ".kmz"})
_PACKED = (".gz", ".zip", ".kmz", ".xlsx", ".ods")


@dataclass(frozen=True)
class Bounds:
    """How large a file may be, as it comes and unpacked, in MB (a million bytes)."""

    file_mb: float
    unpacked_mb: float


UPLOAD = Bounds(50, 200)
"""Tables of places, which anyone may send us."""


@dataclass(frozen=True)
class Opened:
    """A file ready to be read: ``path`` may be an unpacked copy, ``name`` is what its user called
    it, ``ending`` says what it is.
    """

    path: Path
    name: str
    ending: str

    def broken(self, reason: str = "broken", **values: object) -> FileFormat:
        """Return the error that this is not the file its ending says (``reasons.<reason>``)."""
        return wrong_format(self.name, NAMES[self.ending], reason, **values)


def wrong_format(name: str, expected: str, reason: str, **values: object) -> FileFormat:
    """Return a ``FileFormat`` with its reason from the catalogue (``reasons.<reason>``); its
    code is ``file_refused`` where another format would not help, and the reason says what does.
    """
    return FileFormat(
        "file_refused" if reason in _SAYS_WHAT_TO_DO else "file_format",
        file=name,
        expected=expected,
        reason=Phrase(f"reasons.{reason}", {**values}),
    )


@contextmanager
def opened(
    path: Path, endings: tuple[str, ...], *, bounds: Bounds | None = None
) -> Iterator[Opened]:
    """Open a file with one of the endings, unpacking ``.gz`` and ``.zip`` to a folder that is
    removed afterwards. ``bounds`` are 500 MB, and 50 MB of what is packed, where not stated.

    Raises
    ------
    FileMissing : there is no such file.
    FileTooLarge : above its bounds; counted while unpacking, so a file cannot lie about it.
    FileFormat : another ending, other bytes than the ending says, or an archive that is unsafe: too
        many members or too much in too little, a path out of it, an archive in it.
    """
    path, name = Path(path), str(path)
    ending = path.suffix.lower()
    limits = bounds or Bounds(MAX_UNPACKED_MB, MAX_UNPACKED_MB)
    _check_there(path, name, endings, limits)
    with TemporaryDirectory(prefix="narhet-") as folder:
        file = Opened(path, name, ending)
        if ending == ".gz":
            file = _gunzipped(file, Path(folder), endings, limits)
        elif ending in (".zip", ".kmz"):
            file = _unzipped(file, Path(folder), endings, limits)
        elif _odd(path):
            file = _plainly_named(file, Path(folder))
        _check_magic(file)
        yield file


def size_mb(path: Path) -> float:
    """Return a file's size in MB (a million bytes)."""
    return path.stat().st_size / MB


def check_workbook(file: Opened) -> None:
    """Check that a workbook, which is a zip, is bounded: reading one never gives more than its
    index says.

    Raises
    ------
    FileTooLarge, FileFormat : it unpacks to too much, or is no zip.
    """
    try:
        with zipfile.ZipFile(file.path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        raise file.broken() from error
    if len(members) > MAX_MEMBERS:
        raise file.broken("members", found=len(members))
    _check_ratio(members, file, min(MAX_UNPACKED_MB, UPLOAD.unpacked_mb))


def _check_ratio(members: list[zipfile.ZipInfo], file: Opened, limit_mb: float) -> None:
    """Refuse what its index says is too large, or unpacks to far more than files of people do."""
    unpacked = sum(member.file_size for member in members) / MB
    if unpacked > limit_mb:
        raise FileTooLarge(file=file.name, found=unpacked, limit=limit_mb)
    for member in members:
        least = member.file_size / MB - _FREE_MB
        if least > MAX_RATIO * member.compress_size / MB:
            raise file.broken("ratio", found=round(member.file_size / MB))


def _check_there(path: Path, name: str, endings: tuple[str, ...], bounds: Bounds) -> None:
    try:
        if path.is_dir():
            raise wrong_format(name, _expected(endings), "folder")
        if not path.is_file():
            raise FileMissing(file=name)
        with path.open("rb"):
            pass
        found = size_mb(path)
    except (PermissionError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise wrong_format(name, _expected(endings), "unreadable") from error
    ending = path.suffix.lower()
    if ending not in (*endings, ".gz", ".zip"):
        raise wrong_format(name, _expected(endings), "ending", found=ending or "–")
    limit = min(MAX_PACKED_MB, bounds.file_mb) if ending in _PACKED else bounds.file_mb
    if found > limit:
        raise FileTooLarge(file=name, found=found, limit=limit)


def _expected(endings: tuple[str, ...]) -> str:
    return ", ".join(dict.fromkeys(NAMES[ending] for ending in endings))


def _check_magic(file: Opened) -> None:
    with file.path.open("rb") as stream:
        start = stream.read(64)
    if not start:
        raise file.broken("empty")
    if not start.startswith(MAGIC.get(file.ending, b"")):
        raise file.broken("other_content")
    signs = {
        **dict.fromkeys((".geojson", ".json"), (b"{", b"[")),
        **dict.fromkeys((".kml", ".gpx", ".gml"), (b"<",)),
    }.get(file.ending, (b"",))
    if not start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(signs):
        raise file.broken("other_content")


def _gunzipped(file: Opened, folder: Path, endings: tuple[str, ...], bounds: Bounds) -> Opened:
    _check_magic(file)
    ending = Path(file.path.stem).suffix.lower()
    if ending not in endings or ending in (".shp", ".xls", *_PACKED):
        raise wrong_format(file.name, _expected(endings), "ending", found=ending or ".gz")
    copy = folder / f"data{ending}"
    try:
        with gzip.open(file.path, "rb") as source:
            _copied(cast(IO[bytes], source), copy, file.name, bounds.unpacked_mb)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise file.broken() from error
    return Opened(copy, file.name, ending)


def _unzipped(file: Opened, folder: Path, endings: tuple[str, ...], bounds: Bounds) -> Opened:
    """Unpack the one layer a zip holds; nothing lands outside the folder, links become plain
    files.
    """
    _check_magic(file)
    wanted = tuple(ending for ending in _LAYERS if ending in endings)
    try:
        with zipfile.ZipFile(file.path) as archive:
            members = _members(archive, file)
            tables = [name for name in members if name.lower().endswith(".csv")]
            if (
                ".hsds" in endings
                and {PurePosixPath(name).name.lower() for name in tables} >= _HSDS
            ):
                return _package(archive, tables, file, folder, bounds)
            stops = [name for name in members if PurePosixPath(name).name.lower() == _TIMETABLE]
            is_feed = len(stops) == 1 and ".txt" in endings
            layer = stops[0] if is_feed else _one_layer(members, wanted, file)
            ending = PurePosixPath(layer).suffix.lower()
            belonging = _belonging(members, layer)
            _check_ratio([archive.getinfo(name) for name in belonging], file, bounds.unpacked_mb)
            room_mb = bounds.unpacked_mb
            for member in belonging:
                copy = folder / f"data{PurePosixPath(member).suffix.lower()}"
                with archive.open(member) as source:
                    room_mb -= _copied(source, copy, file.name, room_mb)
    except InputError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise file.broken() from error
    except (IndexError, struct.error) as error:  # zipfile on a member without a name
        raise file.broken() from error
    return Opened(folder / f"data{ending}", file.name, ending)


def _package(
    archive: zipfile.ZipFile, tables: list[str], file: Opened, folder: Path, bounds: Bounds
) -> Opened:
    """Unpack the tables of a package under their own names."""
    _check_ratio([archive.getinfo(name) for name in tables], file, bounds.unpacked_mb)
    room_mb = bounds.unpacked_mb
    for name in tables:
        with archive.open(name) as source:
            copy = folder / PurePosixPath(name).name.lower()
            room_mb -= _copied(source, copy, file.name, room_mb)
    return Opened(folder / "services.csv", file.name, ".hsds")


def _odd(path: Path) -> bool:
    """Return whether pyogrio would take a path for an address: ``!`` and ``:`` mean something to
    it.
    """
    return re.search(r"[!?*|:]", str(path.resolve())[2:]) is not None


def _plainly_named(file: Opened, folder: Path) -> Opened:
    parts = [file.path]
    if file.ending == ".shp":
        parts = [part for part in file.path.parent.iterdir() if part.stem == file.path.stem]
    for part in parts:
        if part.suffix.lower() in (*_LAYERS, *_MEMBERS, file.ending):
            shutil.copyfile(part, folder / f"data{part.suffix.lower()}")
    return Opened(folder / f"data{file.ending}", file.name, file.ending)


def _members(archive: zipfile.ZipFile, file: Opened) -> list[str]:
    names = [member.filename for member in archive.infolist() if not member.is_dir()]
    if len(names) > MAX_MEMBERS:
        raise file.broken("members", found=len(names))
    for name in names:
        parts = PurePosixPath(name.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts or ":" in name:
            raise file.broken("path_out", found=name[:80])
        if parts.suffix.lower() in _ARCHIVES:
            raise file.broken("nested", found=name[:80])
    return [name for name in names if not name.startswith("__MACOSX/")]


def _one_layer(members: list[str], wanted: tuple[str, ...], file: Opened) -> str:
    for ending in wanted:
        layers = [name for name in members if name.lower().endswith(ending)]
        if len(layers) > 1:
            shown = ", ".join(PurePosixPath(name).name for name in layers[:5])
            raise file.broken("layers", found=shown[:200])
        if layers:
            return layers[0]
    raise file.broken("no_layer")


def _belonging(members: list[str], layer: str) -> list[str]:
    """Return the layer and, of a shapefile, the files beside it with the same name."""
    stem = layer[: -len(PurePosixPath(layer).suffix)].lower()
    if not layer.lower().endswith(".shp"):
        return [layer]
    return [
        name
        for name in members
        if PurePosixPath(name).suffix.lower() in _MEMBERS
        and name[: -len(PurePosixPath(name).suffix)].lower() == stem
    ]


def _copied(source: IO[bytes], copy: Path, name: str, room_mb: float) -> float:
    """Copy a stream to a file and return its MB; stop as soon as there is no room."""
    written = 0
    with copy.open("wb") as target:
        while chunk := source.read(_CHUNK):
            written += len(chunk)
            if written > room_mb * MB:
                raise FileTooLarge(file=name, found=room_mb + 1, limit=room_mb)
            target.write(chunk)
    return written / MB
