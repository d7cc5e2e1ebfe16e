"""Area folders, which change in one step: tables as GeoParquet in a numbered revision, and an
``area.json`` that names it.

A revision also holds ``arrays/*.npy``: the network as plain arrays, mapped into memory when opened.
The tables are the truth and what others read; the arrays are a copy, never the only one, that opens
at once, takes no memory until looked at, and is shared by all processes that have the area open.
Lines become shapes when first needed.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import hashlib
import json
import os
import re
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, asdict, fields
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeAlias
from uuid import uuid4

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from geopandas.array import GeometryArray
from numpy.typing import NDArray
from pyarrow import parquet
from pyproj import CRS

from geo.area import provenance
from geo.area.manifest import FORMAT, VERSION, read_manifest
from geo.area.model import Area
from geo.area.provenance import LeftOut, Source, Told, empty_table
from geo.errors import AreaDamaged, AreaNewer
from geo.network.walk_network import WalkNetwork, network_from_frame

if sys.platform != "win32":
    import fcntl

STALE_S = 3600.0
"""A draft that has stood still this many seconds belongs to a build that was killed."""


Arrays: TypeAlias = Mapping[str, NDArray[Any]]


def write_revision(
    folder: Path,
    tables: Mapping[str, gpd.GeoDataFrame],
    about: Mapping[str, Any],
    arrays: Arrays | None = None,
    *,
    keep_before: bool = False,
) -> int:
    """Write tables beside the older ones, then point ``area.json`` at them in one step; return the
    revision.

    ``about`` goes into ``area.json`` beside the format, the revision and each table's checksum and
    rows. Whatever fails, the folder stays as it was. ``keep_before``: the revision it follows stays
    with its own ``area.json``, so that it can be put back; of such the latest are kept.

    Raises
    ------
    OSError : the folder cannot be written, or the disk is full.
    """
    draft = folder / f".draft-{uuid4().hex}"
    try:
        draft.mkdir(parents=True)
        files = {name: _write_table(table, draft, name) for name, table in tables.items()}
        copies = {name: _write_array(array, draft, name) for name, array in (arrays or {}).items()}
        with _one_at_a_time(folder):
            manifest = {**about, "files": files, "arrays": copies}
            return _put_in_place(folder, draft, manifest, keep_before=keep_before)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


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


def _put_in_place(
    folder: Path, draft: Path, manifest: Mapping[str, Any], *, keep_before: bool
) -> int:
    """Make a draft the current revision; return its number."""
    revision = _claim(draft, folder)
    before = _current_revision(folder)
    kept = _kept_revisions(folder)
    if keep_before and before:
        kept = sorted({*kept, before, revision})[-MOST_KEPT:]
        _remember(folder, before)
    head = {"format": FORMAT, "version": VERSION, "revision": revision, "kept": kept}
    try:
        _replace_json(folder / f"r{revision}" / "area.json", {**head, **manifest})
        _replace_json(folder / "area.json", {**head, **manifest})
    except BaseException:
        shutil.rmtree(folder / f"r{revision}", ignore_errors=True)
        raise
    _sweep(folder, keep={revision, before, *kept})
    for older in set(kept) - {revision, before}:  # tables are the truth: they open without
        shutil.rmtree(folder / f"r{older}" / "arrays", ignore_errors=True)
    return revision


def _kept_revisions(folder: Path) -> list[int]:
    """Return the revisions that a change of files may be put back to."""
    try:
        kept = read_manifest(folder).get("kept", [])
        return [int(revision) for revision in kept]
    except (AreaDamaged, AreaNewer, TypeError, ValueError):
        return []


def _remember(folder: Path, revision: int) -> None:
    """Give the current revision an ``area.json`` of its own, which older Närhet did not write."""
    own = folder / f"r{revision}" / "area.json"
    if not own.is_file():
        _replace_json(own, read_manifest(folder))


def _read_table(path: Path) -> gpd.GeoDataFrame:
    """Read a GeoParquet file as geopandas does, but parse each coordinate system once: that takes
    longer than reading a small table.
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
    """Return what numpy holds as plain types of JSON."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no place in area.json")


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


STAR = ("star_first", "star_neighbour", "star_edge")
TEXTS = ("highway", "surface")
KINDS = {
    **dict.fromkeys(("node_xy", "edge_m", "width_m", "slope", "vertex_xy"), "f8"),
    **dict.fromkeys(("edge_u", "edge_v", "vertex_first"), "i8"),
    **dict.fromkeys((*STAR, "highway", "surface"), "i4"),
    **dict.fromkeys(("highway_names", "surface_names"), "U"),
    "steps": "b1",
    "ends_only": "b1",
    "lit": "i1",
}
"""The arrays and what each holds; a copy of any other make is not used."""


class StoredNetwork(WalkNetwork):
    """A network over stored arrays: the same in every way, but its shapes are made when first
    needed.
    """

    _vertex_xy: NDArray[np.float64]
    _vertex_first: NDArray[np.int64]

    @cached_property
    def geometry(self) -> NDArray[np.object_]:
        """The edges' lines, as ``WalkNetwork`` has them."""
        with _collector_at_rest():
            lines: NDArray[np.object_] = shapely.from_ragged_array(
                shapely.GeometryType.LINESTRING, self._vertex_xy, (self._vertex_first,)
            )
        return lines


def to_arrays(network: WalkNetwork) -> dict[str, NDArray[Any]]:
    """Return a network as arrays of numbers: ``vertex_xy[vertex_first[e]:vertex_first[e + 1]]`` is
    the line of edge ``e``, ``highway_names[highway[e]]`` its class, and ``star_*`` the forward
    star.
    """
    _, vertices, (first,) = shapely.to_ragged_array(network.geometry)
    arrays: dict[str, NDArray[Any]] = {
        "node_xy": network.node_xy,
        "edge_u": network.edge_u,
        "edge_v": network.edge_v,
        "edge_m": network.edge_m,
        "steps": network.steps,
        "lit": network.lit,
        "width_m": network.width_m,
        "slope": network.slope,
        "ends_only": network.ends_only,
        "vertex_xy": vertices,
        "vertex_first": first.astype(np.int64),
        **dict(zip(STAR, network.star, strict=True)),
    }
    for name in TEXTS:
        code, known = pd.factorize(getattr(network, name), sort=True)
        arrays[name] = code.astype(np.int32)
        arrays[f"{name}_names"] = np.asarray(known, dtype=np.str_)
    return arrays


def from_arrays(crs: str, arrays: Arrays) -> WalkNetwork | None:
    """Return the network of arrays that ``to_arrays`` made; None where they are of another make."""
    if set(arrays) != set(KINDS) or any(
        not (array.dtype == KINDS[name] or array.dtype.kind == KINDS[name])
        for name, array in arrays.items()
    ):
        return None
    network = object.__new__(StoredNetwork)
    for field in fields(WalkNetwork):
        if field.name in TEXTS:
            names = arrays[f"{field.name}_names"].astype(object)
            network.__dict__[field.name] = names[arrays[field.name]]
        elif field.name in arrays:
            network.__dict__[field.name] = arrays[field.name]
        elif field.default_factory is not MISSING:
            network.__dict__[field.name] = field.default_factory()
    network.__dict__.update(
        crs=crs,
        star=tuple(arrays[name] for name in STAR),
        _vertex_xy=arrays["vertex_xy"],
        _vertex_first=arrays["vertex_first"],
    )
    return network


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Keep the garbage collector from looking through all objects again and again while very many
    are made: that takes several times as long as making them.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


MOST_KEPT = 12
"""How many revisions stay so that reading files can be undone."""
LOOKS = 20
"""How often an area that is being written over and over is looked at again."""
PARTS = ("network", "boundary", "districts", "people", "places", "buildings", "water")
LATER_PARTS = ("addresses", "activities", "outlines")
"""Parts that areas made by an older Närhet do not have."""


def read_area(folder: Path) -> Area:
    """Open a folder that others may be writing to."""
    for _ in range(LOOKS):
        looked_at = _standing_revision(folder)
        try:
            return _opened(folder)
        except AreaDamaged:
            # Writers may have put newer revisions in place while we read, and swept the one we
            # were reading: only a folder that stands still is believed to be damaged.
            if _standing_revision(folder) == looked_at:
                break
    return _opened(folder)


def description(area: Area) -> dict[str, Any]:
    """Return what ``area.json`` holds about an area beside its files."""
    return {
        "id": area.id,
        "name": area.name,
        "created": area.created,
        "demonstration": area.demonstration,
        "crs": area.network.crs,
        "people": round(float(area.count("all").sum())) if "all" in area.people else 0,
        "sources": [asdict(source) for source in area.sources],
    }


def _standing_revision(folder: Path) -> object:
    """Return the current revision as far as it can be known; equal answers mean that it stands."""
    try:
        return read_manifest(folder).get("revision")
    except AreaDamaged:
        return None


def read_revision(folder: Path, revision: int) -> Area | None:
    """Open an older revision of an area; None where it is no longer there."""
    try:
        manifest = read_manifest(folder / f"r{revision}")
        return _opened(folder, manifest)
    except AreaDamaged:
        return None


def _opened(folder: Path, manifest: dict[str, Any] | None = None) -> Area:
    manifest = manifest or read_manifest(folder)
    network = _network(folder, manifest)
    tables = {part: read_table(folder, manifest, part) for part in PARTS if part != "network"}
    later = {part: _later(folder, manifest, part) for part in LATER_PARTS}
    try:
        return Area(
            id=folder.name,
            name=str(manifest["name"]),
            network=network,
            boundary=tables["boundary"].geometry,
            sources=tuple(_source(row) for row in manifest["sources"]),
            demonstration=bool(manifest["demonstration"]),
            revision=int(manifest["revision"]),
            created=str(manifest["created"]),
            **{
                part: tables[part]
                for part in ("districts", "people", "places", "buildings", "water")
            },
            addresses=later["addresses"],
            outlines=later["outlines"],
            activities=pd.DataFrame(later["activities"].drop(columns="geometry")),
        )
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise AreaDamaged(area=folder.name, file="area.json") from error


def _later(folder: Path, manifest: dict[str, Any], part: str) -> gpd.GeoDataFrame:
    """Return a part that older areas lack: empty there."""
    if part in manifest.get("files", {}):
        return read_table(folder, manifest, part)
    return empty_table(getattr(provenance, part.upper()))


def _network(folder: Path, manifest: dict[str, Any]) -> WalkNetwork:
    """Return the network from its arrays where they are as written, else from its table."""
    check_table(folder, manifest, "network")
    arrays = map_arrays(folder, manifest)
    mapped = from_arrays(str(manifest.get("crs")), arrays)
    if mapped is not None:
        return mapped
    try:
        return network_from_frame(read_table(folder, manifest, "network"))
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise AreaDamaged(area=folder.name, file="network.parquet") from error


def _source(row: dict[str, Any]) -> Source:
    """Return a source as it was saved; the date that older areas took from the file itself is none
    of what it holds.
    """
    told = {**row}
    if told.pop("file_date", False):
        told["date"] = ""
    for said in ("left_out", "notices"):
        told[said] = tuple(LeftOut(**item) for item in row.get(said, ()))
    told["told"] = tuple(_told(item) for item in row.get("told", ()))
    return Source(**told)


def _told(item: dict[str, Any]) -> Told:
    points = tuple((float(lon), float(lat)) for lon, lat in item["points"])
    return Told(str(item["what"]), dict(item["values"]), points)
