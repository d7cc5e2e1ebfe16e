"""Which map tiles lie under the maps, and whom to credit for them. Settings: ``NARHET_TILES`` (a
URL with ``{z}/{x}/{y}``; empty: no tiles) and ``NARHET_TILES_CREDIT``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from geo.area.provenance import OSM_CREDIT

OSM_TILES = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"


@dataclass(frozen=True)
class Tiles:
    """A tile server: its URL template, whom to credit, and the host a browser must be allowed to
    ask.
    """

    url: str
    credit: str
    host: str


def tiles(environment: Mapping[str, str] | None = None) -> Tiles | None:
    """Return the tile server in use, or None when the maps do without.

    Parameters
    ----------
    environment : the process environment unless given. ``NARHET_TILES`` unset means
        OpenStreetMap's standard tiles; a URL that is not http(s), or lacks ``{z}``, ``{x}`` or
        ``{y}``, counts as none, since half a map address can not show anything.

    >>> tiles({"NARHET_TILES": ""}) is None
    True
    >>> tiles({"NARHET_TILES": "https://{s}.karta.example/{z}/{x}/{y}.png"}).host
    'https://*.karta.example'
    """
    settings = os.environ if environment is None else environment
    url = settings.get("NARHET_TILES", OSM_TILES).strip()
    if not url or not all(part in url for part in ("{z}", "{x}", "{y}")):
        return None
    parts = urlsplit(url.replace("{s}", "*", 1))
    if parts.scheme not in ("http", "https") or not _plain_host(parts.netloc):
        return None
    credit = settings.get("NARHET_TILES_CREDIT", OSM_CREDIT)
    return Tiles(url=url, credit=credit, host=f"{parts.scheme}://{parts.netloc}")


def _plain_host(netloc: str) -> bool:
    """Whether a host can stand in a header: nothing that could begin another directive."""
    allowed = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]*")
    return bool(netloc) and set(netloc) <= allowed
