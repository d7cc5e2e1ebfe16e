"""Folders that change in one step: tables as GeoParquet in a numbered revision, and an
``area.json`` that names it. Knows nothing of what the tables mean.

A revision may also hold ``arrays/*.npy``: numbers that the tables hold too, laid out so that they
open at once. They are never the only copy.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias
from uuid import uuid4

import geopandas as gpd
import numpy as np
import shapely
from geopandas.array import GeometryArray
from numpy.typing import NDArray
from pyarrow import parquet
from pyproj import CRS

from geo.errors import AreaDamaged, AreaNewer

if sys.platform != "win32":
    import fcntl

FORMAT = "narhet-area"
VERSION = 1
STALE_S = 3600.0
"""A draft that has stood still this many seconds belongs to a build that was killed."""


Arrays: TypeAlias = Mapping[str, NDArray[Any]]


def write_revision(
    folder: Path,
    tables: Mapping[str, gpd.GeoDataFrame],
    about: Mapping[str, Any],
    arrays: Arrays | None = None,
) -> int:
    """Write tables beside the older ones, then point ``area.json`` at them in one step; return the
    revision.

    ``about`` goes into ``area.json`` beside the format, the revision and each table's checksum and
    rows. Whatever fails, the folder says what it said before.

    Raises
    ------
    OSError : the folder can not be written, or the disk is full.
    """
    draft = folder / f".draft-{uuid4().hex}"
    try:
        draft.mkdir(parents=True)
        files = {name: _write_table(table, draft, name) for name, table in tables.items()}
        copies = {name: _write_array(array, draft, name) for name, array in (arrays or {}).items()}
        with _one_at_a_time(folder):
            return _put_in_place(folder, draft, {**about, "files": files, "arrays": copies})
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return what ``area.json`` says.

    Raises
    ------
    AreaDamaged, AreaNewer : it can not be read, or a newer Närhet wrote it.
    """
    try:
        manifest = json.loads((folder / "area.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AreaDamaged(area=folder.name, file="area.json") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise AreaDamaged(area=folder.name, file="area.json")
    if not isinstance(manifest.get("version"), int) or manifest["version"] > VERSION:
        raise AreaNewer(area=folder.name, found=str(manifest.get("version")), known=str(VERSION))
    return manifest


def read_table(folder: Path, manifest: Mapping[str, Any], part: str) -> gpd.GeoDataFrame:
    """Return one table of the revision a manifest names, after checking its checksum.

    Raises
    ------
    AreaDamaged : it is missing, cut short or changed.
    """
    path = check_table(folder, manifest, part)
    try:
        return _read_table(path)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AreaDamaged(area=folder.name, file=path.name) from error


def check_table(folder: Path, manifest: Mapping[str, Any], part: str) -> Path:
    """Check a table's checksum without reading it; return its file.

    Raises
    ------
    AreaDamaged : it is missing, cut short or changed.
    """
    path = folder / f"r{manifest.get('revision')}" / f"{part}.parquet"
    try:
        if _checksum(path) != manifest["files"][part]["sha256"]:
            raise AreaDamaged(area=folder.name, file=path.name)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AreaDamaged(area=folder.name, file=path.name) from error
    return path


def map_arrays(folder: Path, manifest: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """Map the arrays of the revision a manifest names into memory; none where one of them is not
    what was written.

    A change made to them stays in this process: the files are never written again.
    """
    place = folder / f"r{manifest.get('revision')}" / "arrays"
    found = {}
    try:
        for name, written in manifest["arrays"].items():
            path = place / f"{name}.npy"
            if _checksum(path) != written["sha256"]:
                return {}
            array = np.load(path, mmap_mode="c" if written["values"] else None)
            found[str(name)] = array.view(np.ndarray)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}  # older folders have none, and the tables hold the same numbers
    return found


@contextlib.contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Hold the folder for one writer: a slow one must not put an older revision over a newer."""
    if sys.platform == "win32":  # no such locks there: the last to write wins
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _put_in_place(folder: Path, draft: Path, manifest: Mapping[str, Any]) -> int:
    """Make a draft the current revision; return its number."""
    revision = _claim(draft, folder)
    before = _current_revision(folder)
    head = {"format": FORMAT, "version": VERSION, "revision": revision}
    try:
        _replace_json(folder / "area.json", {**head, **manifest})
    except BaseException:
        shutil.rmtree(folder / f"r{revision}", ignore_errors=True)
        raise
    _sweep(folder, keep={revision, before})
    return revision


def _read_table(path: Path) -> gpd.GeoDataFrame:
    """Read a GeoParquet file as geopandas does, but make sense of each coordinate system once:
    that takes longer than reading a small table.
    """
    table = parquet.ParquetFile(path).read()
    about = json.loads(table.schema.metadata[b"geo"])
    name = about["primary_column"]
    column = about["columns"][name]
    if len(about["columns"]) > 1 or column["encoding"] != "WKB" or not column.get("crs"):
        return gpd.read_parquet(path)
    frame = table.to_pandas()
    shapes = shapely.from_wkb(np.asarray(frame[name], dtype=object))
    frame[name] = GeometryArray(shapes, crs=_crs(json.dumps(column["crs"])))
    return gpd.GeoDataFrame(frame, geometry=name)


@lru_cache
def _crs(text: str) -> CRS:
    return CRS.from_json(text)


def _write_array(array: NDArray[Any], folder: Path, name: str) -> dict[str, Any]:
    path = folder / "arrays" / f"{name}.npy"
    path.parent.mkdir(exist_ok=True)
    np.save(path, np.ascontiguousarray(array), allow_pickle=False)
    return {"sha256": _checksum(path), "values": int(array.size)}


def _write_table(table: gpd.GeoDataFrame, folder: Path, name: str) -> dict[str, Any]:
    path = folder / f"{name}.parquet"
    table.to_parquet(path, index=False)
    return {"sha256": _checksum(path), "rows": len(table)}


def _revision(path: Path) -> int:
    return int(path.name[1:]) if re.fullmatch(r"r[1-9][0-9]*", path.name) else 0


def _current_revision(folder: Path) -> int:
    try:
        return int(read_manifest(folder)["revision"])
    except (AreaDamaged, AreaNewer, KeyError, TypeError, ValueError):
        return 0


def _claim(draft: Path, folder: Path) -> int:
    """Give a finished draft the next free revision number; another writer may be doing the same."""
    while True:
        revision = 1 + max((_revision(path) for path in folder.glob("r*")), default=0)
        try:
            draft.rename(folder / f"r{revision}")
            return revision
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise


def _sweep(folder: Path, keep: set[int]) -> None:
    """Remove older revisions, but the one that readers may have open, and what killed builds
    left.
    """
    for path in folder.glob("r*"):
        if 0 < _revision(path) < max(keep) and _revision(path) not in keep:
            shutil.rmtree(path, ignore_errors=True)
    for path in [*folder.glob(".draft-*"), *folder.glob(".area.json.*")]:
        with contextlib.suppress(OSError):  # another writer may have taken it away
            if time.time() - path.stat().st_mtime > STALE_S:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def _replace_json(path: Path, content: dict[str, Any]) -> None:
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        with draft.open("w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False, indent=1, default=_plain)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _plain(value: object) -> object:
    """Write what numpy holds as what JSON knows."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no place in area.json")


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
