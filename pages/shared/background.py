"""What maps fetch by an address: backgrounds of open areas, and layers too large to send along."""

from __future__ import annotations

import gzip
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

from geo.area.manifest import area_id, home_folder
from geo.area.model import Area
from geo.catalog import open_area
from geo.errors import NarhetError
from geo.output.maps import folium as folium_map
from geo.output.maps.screen import dumped

KEPT = 8
LAYERS_KEPT = 128
_Key = TypeVar("_Key")
_Kept = TypeVar("_Kept")
_lock = Lock()
_areas: OrderedDict[str, Area] = OrderedDict()
_packed: OrderedDict[tuple[str, str], bytes] = OrderedDict()
_layers: OrderedDict[str, bytes] = OrderedDict()
_secret = secrets.token_bytes(32)
"""An address of a layer can be told by nobody who was not sent it."""


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


def address(key: str, make: Callable[[], Any]) -> str:
    """Return where a browser fetches a layer; ``make`` is asked once for a ``key``, which must be
    the same for the same content alone.
    """
    name = hmac.new(_secret, key.encode(), "sha256").hexdigest()[:40]
    with _lock:
        known = name in _layers
        if known:
            _layers.move_to_end(name)
    if not known:
        content = gzip.compress(dumped(make()), compresslevel=6, mtime=0)
        with _lock:
            _layers[name] = content
            _shorten(_layers, LAYERS_KEPT)
    return f"narhet/layer/{name}.json"


def layer(name: str) -> bytes | None:
    """Return a layer, gzipped; None where it is not kept."""
    with _lock:
        return _layers.get(name)


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


def _shorten(kept: OrderedDict[_Key, _Kept], most: int = KEPT) -> None:
    while len(kept) > most:
        kept.popitem(last=False)
