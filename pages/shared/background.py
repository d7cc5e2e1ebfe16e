"""The map backgrounds that open areas have, for the route that sends them to browsers."""

from __future__ import annotations

import gzip
from collections import OrderedDict
from threading import Lock
from typing import TypeVar

from geo.area.manifest import area_id, home_folder
from geo.area.model import Area
from geo.catalog import open_area
from geo.errors import NarhetError
from geo.output.maps import folium as folium_map

KEPT = 8
_Key = TypeVar("_Key")
_Kept = TypeVar("_Kept")
_lock = Lock()
_areas: OrderedDict[str, Area] = OrderedDict()
_packed: OrderedDict[tuple[str, str], bytes] = OrderedDict()


def remember(area: Area) -> None:
    """Let the route use an area a page has opened already."""
    with _lock:
        _areas[area.id] = area
        _areas.move_to_end(area.id)
        _shorten(_areas)


def gzipped(name: str, version: str) -> tuple[bytes, str] | None:
    """Return an area's background, gzipped, and its version; None when there is no such area.

    Any version may be asked for; the one there is comes back.
    """
    try:
        known = (area_id(name), version)
    except NarhetError:
        return None
    with _lock:
        if known in _packed:
            return _packed[known], version
        area = _areas.get(name)
    if area is None or folium_map.version(area) != version:
        area = _opened(name)
    if area is None:
        return None
    content = gzip.compress(folium_map.background(area), compresslevel=6, mtime=0)
    found = folium_map.version(area)
    with _lock:
        _packed[name, found] = content
        _shorten(_packed)
    return content, found


def _opened(name: str) -> Area | None:
    """Open an area there is; never build one, since anyone may ask for an address."""
    if not (home_folder() / "areas" / name / "area.json").is_file():
        return None
    try:
        area = open_area(name)
    except NarhetError:
        return None
    remember(area)
    return area


def _shorten(kept: OrderedDict[_Key, _Kept]) -> None:
    while len(kept) > KEPT:
        kept.popitem(last=False)
