"""Addresses looked up online, at Nominatim, one per second: only where a person asked for it, never
for housing of newcomers and never for a place marked protected.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import osmnx
import pandas as pd
import shapely

from geo.area.manifest import home_folder
from geo.area.model import Area
from geo.area.protected import HOUSING
from geo.area.provenance import ADDRESSES
from geo.errors import OutputUnwritable
from geo.ingest.geocoding.gazetteer import of_addresses
from geo.ingest.geocoding.match import Match, Wanted, find
from geo.ingest.geocoding.parse import read_address
from geo.sources.http import Steps, unusable
from geo.sources.osm.features import TITLE
from geo.sources.osm.overpass import NOMINATIM, Line, Nothing, open_line
from geo.types import WGS84, Progress

TIMEOUT_S = 30.0
MOST = 300
"""Addresses looked up in one import: the service is shared, and more is bulk, which it asks not to
be used for.
"""
MARGIN_M = 2000.0
"""What lies farther outside the area than this is another place of that name."""
CACHE_DAYS = 30.0
ANSWERS = 5
SCORE = 90.0
"""The best score of a position looked up: nobody here has seen it."""
COUNTRY = "se"


@dataclass(eq=False)
class Lookup:
    """An open line to the service for one area; use ``looking_up``."""

    area: Area
    line: Line
    most: int = MOST
    asked: int = 0
    _known: dict[tuple[str, str], Match] = field(default_factory=dict)

    def find(self, wanted: Wanted) -> Match:
        """Ask where a place is. Nothing is sent of a protected place.

        Raises
        ------
        Offline, ServiceSlow, OnlineError ``service_answer``, Cancelled : as their names have it.
        """
        question = "" if _is_secret(wanted) else _question(wanted)
        if not question:
            return Match(reason="no_address")
        key = (question, wanted.name)
        if key not in self._known:
            if self.asked >= self.most:
                return Match(reason="too_many")
            self.asked += 1
            self._known[key] = self._ask(question, wanted)
        return self._known[key]

    def _ask(self, question: str, wanted: Wanted) -> Match:
        west, south, east, north = self.area.boundary.total_bounds
        params: OrderedDict[str, Any] = OrderedDict(
            q=question,
            format="json",
            addressdetails=1,
            dedupe=0,
            limit=ANSWERS,
            countrycodes=_country(self.area),
            viewbox=f"{west:.4f},{north:.4f},{east:.4f},{south:.4f}",
        )
        try:
            table = _addresses(self.line.ask(NOMINATIM, lambda: _asked(params)))
        except Nothing:
            return Match(reason="not_found")
        if table.empty:
            return Match(reason="not_found")
        near = _near(table, self.area)
        if not near.any():
            return Match(reason="outside")
        found = find(of_addresses(table[near].reset_index(drop=True)), wanted)
        if found.certain:
            return replace(found, score=min(found.score, SCORE))
        return replace(found, reason="not_found" if not found.said else found.reason)


@contextmanager
def looking_up(
    area: Area, *, progress: Progress | None = None, home: str | Path | None = None
) -> Iterator[Lookup]:
    """Open the line to look up addresses of an area.

    ``progress`` is called again while waiting and may raise ``Cancelled``. Answers are kept in the
    home folder for a month.
    """
    check = Steps(progress, ("progress.lookup", 0.5)).again
    folder = home_folder(home) / "cache" / "lookup"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.json"):
            if time.time() - old.stat().st_mtime > CACHE_DAYS * 86_400:
                old.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputUnwritable(file=str(folder), reason=reason) from error
    with open_line(folder, timeout_s=TIMEOUT_S, check=check) as line:
        yield Lookup(area, line)


def _is_secret(wanted: Wanted) -> bool:
    return wanted.protected or wanted.kind == HOUSING


def _question(wanted: Wanted) -> str:
    """Return what is sent: street, number, postcode and town, or the name where there is no street;
    never floors, "care of" or what else stands in the cell.
    """
    address = read_address(wanted.address, postcode=wanted.postcode, city=wanted.city)
    place = address.written if address.number else wanted.name[:80]
    if not place:
        return ""
    code = f"{address.postcode[:3]} {address.postcode[3:]}".strip()
    town = " ".join(filter(None, (code, address.city)))
    return ", ".join(filter(None, (place, town)))


def _asked(params: OrderedDict[str, Any]) -> list[dict[str, Any]]:
    # osmnx rests a second before each question that is not among the answers kept.
    rows = osmnx._nominatim._nominatim_request(params)
    if not isinstance(rows, list):
        raise unusable(NOMINATIM, "unreadable_answer")
    return rows


def _country(area: Area) -> str:
    """Return the country to look in: Sweden, but for the demonstration, which is in Helsinki."""
    return "fi" if area.demonstration else COUNTRY


def _addresses(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    """Return the answers as addresses; what cannot be read is passed over."""
    told, points = [], []
    for row in rows:
        details = row.get("address") if isinstance(row, dict) else None
        details = details if isinstance(details, dict) else {}
        try:
            point = shapely.Point(float(row["lon"]), float(row["lat"]))
        except (KeyError, TypeError, ValueError):
            continue
        if not (-180 <= point.x <= 180 and -90 <= point.y <= 90):
            continue
        names = (
            *("road", "pedestrian", "footway", "square", "place", "hamlet"),
            *("city", "town", "village", "suburb", "municipality"),
        )
        first = {name: str(details[name]) for name in names if details.get(name)}
        street = next((first[name] for name in names[:6] if name in first), "")
        city = next((first[name] for name in names[6:] if name in first), "")
        number, code = (str(details.get(key) or "") for key in ("house_number", "postcode"))
        told.append((street, number, code, city, str(row.get("name") or ""), TITLE))
        points.append(point)
    table = pd.DataFrame(told, columns=list(ADDRESSES), dtype=object)
    return gpd.GeoDataFrame(table, geometry=points, crs=WGS84)


def _near(table: gpd.GeoDataFrame, area: Area) -> Any:
    points = np.asarray(table.geometry.to_crs(area.network.crs).values, dtype=object)
    return shapely.distance(points, area.metric_boundary) <= MARGIN_M
