"""An area fetched by name: its boundary from Nominatim, paths, places, buildings, water and
districts from Overpass, through osmnx (see ``services``). Also the areas that can be fetched with
one click, from ``data/areas.toml``.

How we speak to Overpass and Nominatim through osmnx: politely, for a bounded time, and with
clear errors.

osmnx waits 55 seconds and asks again, without end, when a service is busy (429, 504); asks the
status page for leave and sleeps as long as that states; and keeps whatever JSON it is given. Here
each answer passes ``_Reader`` before osmnx sees it, a busy service is asked once more after a
pause, and all waiting ends at the time given.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import shutil
import socket
import tempfile
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import geopandas as gpd
import numpy as np
import osmnx
import pandas as pd
import requests
import shapely
import urllib3
from osmnx._errors import InsufficientResponseError, ResponseStatusCodeError
from requests.exceptions import ConnectionError as NoConnection
from shapely.errors import ShapelyError

from geo.area.manifest import home_folder
from geo.area.provenance import Source
from geo.errors import NarhetError, Offline, OnlineError, OutputUnwritable
from geo.network.walk_network import metric_crs
from geo.resources import DATA
from geo.sources.http import (
    CHECK_EVERY_S,
    CHUNK,
    Check,
    Steps,
    address,
    pause,
    pause_asked_s,
    read_body,
    slow,
    unusable,
)
from geo.sources.osm import features
from geo.sources.osm import features as features_module
from geo.sources.osm import features as osm_features
from geo.sources.osm.files import MARGIN_M, OsmExtract, clip_shape, cut
from geo.types import WGS84, Progress

if TYPE_CHECKING:
    import networkx as nx


TIMEOUT_S = 180.0
MAX_KM2 = 4000.0
"""The largest place that is fetched: a municipality with its archipelago, not a county."""
CACHE_DAYS = 7.0
"""A name fetched again within these days is answered from the home folder."""
POINT_RADIUS_M = 1500.0
"""Many a Swedish town centre is only a point on the map: then a circle stands for it, and is marked
as estimated."""
OUTLINE_SHARE = 0.2
"""The outline sent along is smoothed by this share of the margin: a coast of ten thousand points
stands sixty times in one question otherwise."""


@dataclass(frozen=True, eq=False)
class Fetched:
    """What the services have of a place. ``boundary`` and ``districts`` (``name``; no rows where
    there are none) in WGS84; ``source`` is the boundary's.
    """

    name: str
    boundary: gpd.GeoSeries
    extract: OsmExtract
    districts: gpd.GeoDataFrame
    source: Source
    districts_source: Source


def fetch(
    query: str,
    *,
    alternatives: tuple[str, ...] = (),
    margin_m: float = MARGIN_M,
    progress: Progress | None = None,
    timeout_s: float = TIMEOUT_S,
    home: str | Path | None = None,
) -> Fetched:
    """Fetch a place by name. Answers are kept in the home folder for a week; a fetch that fails
    leaves nothing behind.

    Parameters
    ----------
    query : as in "Hässelby-Vällingby, Stockholm, Sweden".
    alternatives : names to try, in order, where that one is not on the map.
    margin_m : metres outside the boundary that are fetched as well.
    progress : called before each step and while waiting; may raise ``Cancelled``.
    timeout_s : the longest wait for any one answer.

    Raises
    ------
    OnlineError ``place_not_found`` : no such name, or it is a street.
    OnlineError ``place_too_large`` : more than ``MAX_KM2``.
    Offline, ServiceSlow, OnlineError ``service_answer`` : a service did not help, and which.
    OutputUnwritable : the home folder cannot be written.
    """
    query = " ".join(query.split())
    if not query:
        raise OnlineError("place_not_found", found="")
    steps = Steps(progress, ("progress.boundary", 0.0))
    with (
        _kept_answers(query, margin_m, home) as folder,
        open_line(folder, timeout_s=timeout_s, check=steps.again) as line,
    ):
        steps.say("progress.boundary", 0.0)
        name, boundary, is_circle = _place(line, query, alternatives)
        clip = clip_shape(boundary, margin_m)
        outline = _outline(boundary, margin_m)
        steps.say("progress.fetch_paths", 0.1)
        lines = _lines(line, outline)
        steps.say("progress.fetch_places", 0.5)
        features = _features(line, outline, _tags())
        steps.say("progress.fetch_buildings", 0.7)
        buildings = _features(line, outline, {"building": True, **osm_features.ADDRESS_TAGS})
        steps.say("progress.network", 0.95)
        date = _date(folder)
    extract = OsmExtract(
        lines=lines,
        places=osm_features.places_table(features),
        buildings=osm_features.buildings_table(buildings),
        water=osm_features.water_table(features),
        date=date,
        addresses=_addresses(features, buildings),
    )
    districts = osm_features.districts_table(features, boundary.union_all())
    source = Source(
        "boundary",
        extract.title,
        extract.licence,
        date,
        "circle" if is_circle else "osm_tags",
        rows=1,
        estimated=is_circle,
    )
    return Fetched(
        name=name,
        boundary=boundary,
        extract=cut(extract, clip),
        districts=districts,
        source=source,
        districts_source=Source(
            "districts", extract.title, extract.licence, date, "osm_tags", rows=len(districts)
        ),
    )


def _place(
    line: Line, query: str, alternatives: tuple[str, ...]
) -> tuple[str, gpd.GeoSeries, bool]:
    """Ask Nominatim for the boundary of a place: its name, its shape, and whether that is only a
    circle.
    """
    try:
        found = line.ask(NOMINATIM, lambda: _geocoded(query))
    except Nothing:
        if alternatives:
            return _place(line, alternatives[0], alternatives[1:])
        raise OnlineError("place_not_found", found=query) from None
    is_circle = bool((found.geom_type == "Point").any())
    boundary = _circles(found.geometry) if is_circle else found.geometry.make_valid()
    if not boundary.geom_type.isin(("Polygon", "MultiPolygon")).all():
        raise OnlineError("place_not_found", found=query)
    west, south, east, north = boundary.total_bounds
    if not (-180 <= west < east <= 180 and -90 < south < north < 90):
        raise unusable(NOMINATIM, "unreadable_answer")
    crs = metric_crs((float(west), float(south), float(east), float(north)))
    km2 = float(boundary.to_crs(crs).area.sum()) / 1e6
    if km2 > MAX_KM2:
        raise OnlineError("place_too_large", found=query, km2=round(km2), limit=round(MAX_KM2))
    name = found["name"].iloc[0] if "name" in found else None
    said = name if isinstance(name, str) and name else query.split(",")[0]
    return said, boundary.reset_index(drop=True), is_circle


def _geocoded(query: str) -> gpd.GeoDataFrame:
    try:
        return osmnx.geocode_to_gdf(query)
    except TypeError as error:
        if "did not geocode query" not in str(error):  # osmnx's word for: no area of that name
            raise
    return osmnx.geocode_to_gdf(query, which_result=1)


def _circles(points: gpd.GeoSeries) -> gpd.GeoSeries:
    west, south, east, north = points.total_bounds
    crs = metric_crs((float(west), float(south), float(east), float(north)))
    return points.to_crs(crs).buffer(POINT_RADIUS_M).to_crs(WGS84)


def _outline(boundary: gpd.GeoSeries, margin_m: float) -> shapely.Geometry:
    """Return a simple shape that covers boundary and margin (WGS84), to send along."""
    slack = max(25.0, margin_m * OUTLINE_SHARE)
    west, south, east, north = boundary.total_bounds
    crs = metric_crs((float(west), float(south), float(east), float(north)))
    grown = boundary.to_crs(crs).union_all().buffer(margin_m + slack, quad_segs=4)
    return gpd.GeoSeries([grown.simplify(slack)], crs=crs).to_crs(WGS84).make_valid().iloc[0]


def _lines(line: Line, outline: shapely.Geometry) -> gpd.GeoDataFrame:
    """Fetch the paths from Overpass: one row per stretch between two nodes."""

    def question() -> nx.MultiDiGraph:
        try:
            return osmnx.graph_from_polygon(
                outline,
                simplify=False,
                retain_all=True,
                truncate_by_edge=True,
                custom_filter=features_module.overpass_filter(),
            )
        except ValueError as error:
            if "no graph nodes" in str(error):  # osmnx's word for: all paths lie elsewhere
                raise Nothing from error
            raise

    try:
        graph = line.ask(OVERPASS, question)
    except Nothing:
        raise unusable(OVERPASS, "no_paths") from None
    lines = osm_features.joined_lines(osm_features.walk_lines(_ways(graph)))
    if len(lines) == 0:
        raise unusable(OVERPASS, "no_paths")
    return lines


def _ways(graph: nx.MultiDiGraph) -> gpd.GeoDataFrame:
    """Return the edges of osmnx's graph as features (see ``osm_tables``)."""
    rows = [tags for _, _, tags in graph.edges(data=True)]
    ends = [
        (graph.nodes[node]["x"], graph.nodes[node]["y"])
        for u, v in graph.edges()
        for node in (u, v)
    ]
    xy = np.array(ends, dtype=np.float64).reshape(-1, 2, 2)
    table = pd.DataFrame.from_records(rows).rename(columns={"osmid": "id"})
    table = table.assign(element="way")[
        ["element", "id", *_present(table, features_module.WAY_KEYS)]
    ]
    shapes = shapely.linestrings(xy) if len(rows) else []
    return osm_features.with_keys(gpd.GeoDataFrame(table, geometry=shapes, crs=WGS84))


def _present(table: pd.DataFrame, keys: tuple[str, ...]) -> list[str]:
    return [key for key in keys if key in table]


def _features(line: Line, outline: shapely.Geometry, tags: dict[str, Any]) -> gpd.GeoDataFrame:
    """Ask Overpass for what carries any of the tags; none is an answer too."""
    try:
        table = line.ask(OVERPASS, lambda: osmnx.features_from_polygon(outline, tags))
    except Nothing:
        table = gpd.GeoDataFrame({"element": [], "id": []}, geometry=[], crs=WGS84)
    return osm_features.with_keys(table.reset_index())


def _addresses(features: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the addresses of both answers; what stands in both counts once."""
    rows = pd.concat([pd.DataFrame(features), pd.DataFrame(buildings)], ignore_index=True)
    return osm_features.addresses_table(gpd.GeoDataFrame(rows, geometry="geometry", crs=WGS84))


def _tags() -> dict[str, Any]:
    districts = {"admin_level": list(osm_features.DISTRICT_LEVELS)}
    return {**osm_features.place_tags(), **osm_features.BACKGROUND_TAGS, **districts}


@contextmanager
def _kept_answers(query: str, margin_m: float, home: str | Path | None) -> Iterator[Path]:
    """Yield a folder with the answers kept from an earlier fetch of the same, and keep the new ones
    if all goes well.
    """
    root = home_folder(home) / "cache"
    asked = f"{query}\n{margin_m}\n{features_module.overpass_filter()}\n{sorted(_tags())}"
    kept = root / hashlib.sha256(asked.encode()).hexdigest()[:16]
    draft: Path | None = None
    try:
        root.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".fetch-", dir=root))
        if kept.is_dir() and time.time() - kept.stat().st_mtime < CACHE_DAYS * 86_400:
            shutil.copytree(kept, draft, dirs_exist_ok=True)
        yield draft
        shutil.rmtree(kept, ignore_errors=True)
        draft.rename(kept)
    except OSError as error:
        if isinstance(error, NarhetError):
            raise
        raise OutputUnwritable(
            file=str(root), reason=error.strerror or type(error).__name__
        ) from error
    finally:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)
            if not any(root.iterdir()):
                root.rmdir()


def _date(folder: Path) -> str:
    """Return the day of the oldest Overpass answer, as Overpass states it; empty where it does
    not.
    """
    days = []
    for path in folder.glob("*.json"):
        with path.open(encoding="utf-8") as file:
            stated = re.search(r'"timestamp_osm_base": "(\d{4}-\d\d-\d\d)T', file.read(600))
        if stated:
            days.append(stated[1])
    return min(days, default="")


@dataclass(frozen=True)
class ReadyArea:
    """An area known by name: its id as a folder, its name on screen, what to ask for, and what to
    ask next where that is not on the map.
    """

    id: str
    name: str
    query: str
    alternatives: tuple[str, ...] = ()


@cache
def ready_areas() -> tuple[ReadyArea, ...]:
    """Return the ready areas in file order: Stockholm's boroughs first, then Haninge.

    >>> ready_areas()[0].name
    'Bromma'
    """
    with (DATA / "areas.toml").open("rb") as file:
        rows = tomllib.load(file)["area"]
    return tuple(
        ReadyArea(**{**row, "alternatives": tuple(row.get("alternatives", ()))}) for row in rows
    )


NOMINATIM, OVERPASS = "Nominatim", "Overpass"
NOMINATIM_URL = "https://nominatim.openstreetmap.org"
OVERPASS_URL = "https://overpass-api.de/api"
USER_AGENT = "Narhet (walking-distance planner for Swedish municipalities; osmnx)"

BUSY = frozenset({429, 503, 504})
BUSY_PAUSE_S = 15.0
"""Wait before asking a busy service a second and last time."""
STATUS_TIMEOUT_S = 10.0
STATUS_PAUSE_S = 3.0
MAX_ANSWER_BYTES = 600_000_000
T = TypeVar("T")

_one_at_a_time = threading.Lock()


class Nothing(Exception):
    """The service answered properly that it has nothing."""


class _Busy(Exception):
    def __init__(self, status: int, pause_s: float) -> None:
        super().__init__(status)
        self.status = status
        self.pause_s = pause_s


@dataclass(frozen=True)
class Line:
    """An open line to the services: ask through it, one question at a time."""

    overpass_url: str
    timeout_s: float
    check: Check
    reader: _Reader

    def ask(self, service: str, question: Callable[[], T]) -> T:
        """Send a request (a call to osmnx) to a service.

        Raises
        ------
        Nothing : a proper answer without content.
        Offline, ServiceSlow, OnlineError ``service_answer`` : as their names say; in bounded time.
        """
        self.reader.service = service
        for last in (False, True):
            self.check()
            if service == OVERPASS:
                self._wait_for_slot()
            try:
                return _answer(service, self.timeout_s, question)
            except _Busy as busy:
                if last or busy.pause_s > self.timeout_s:
                    raise unusable(service, "busy", found=str(busy.status)) from None
                pause(busy.pause_s, self.check)
        raise AssertionError("the second try returns or raises")

    def _wait_for_slot(self) -> None:
        """Wait for our turn as Overpass's status page gives it, up to the time limit; a service
        without such a page is asked at once.
        """
        end = time.monotonic() + self.timeout_s
        while (wait_s := self._seconds_to_slot()) > 0:
            if time.monotonic() + wait_s > end:
                raise slow(OVERPASS, self.timeout_s)
            pause(wait_s, self.check)

    def _seconds_to_slot(self) -> float:
        try:
            with requests.get(
                f"{self.overpass_url}/status",
                timeout=min(STATUS_TIMEOUT_S, self.timeout_s),
                headers={"User-Agent": USER_AGENT},
                stream=True,
            ) as response:
                page = response.raw.read1(CHUNK, decode_content=True).decode("utf-8", "replace")
        except (requests.RequestException, urllib3.exceptions.HTTPError):
            return 0.0
        if response.status_code != 200 or "slots available now" in page:
            return 0.0
        waits = [int(seconds) for seconds in re.findall(r"in (-?\d+) seconds", page)]
        if waits:
            return float(max(1, min(waits)))
        return STATUS_PAUSE_S if re.search(r"Rate limit: [1-9]", page) else 0.0


@contextmanager
def open_line(cache: Path, *, timeout_s: float, check: Check) -> Iterator[Line]:
    """Set osmnx up for one fetch and put its settings back afterwards; one fetch at a time in a
    process.

    ``NARHET_OVERPASS_URL`` and ``NARHET_NOMINATIM_URL`` name other servers.
    """
    overpass_url = address("NARHET_OVERPASS_URL", OVERPASS_URL).removesuffix("/interpreter")
    nominatim_url = address("NARHET_NOMINATIM_URL", NOMINATIM_URL).removesuffix("/search")
    reader = _Reader(timeout_s, check)
    ours: dict[str, Any] = {
        "all_oneway": True,  # each stretch once: walking is free both ways anyway
        "useful_tags_way": list(features.WAY_KEYS),
        "use_cache": True,
        "cache_folder": cache,
        "cache_only_mode": False,
        "log_console": False,
        "log_file": False,
        "doh_url_template": None,  # no detour over another company's name server
        "overpass_rate_limit": False,  # we keep to it ourselves, see Line
        "overpass_url": overpass_url,
        "nominatim_url": nominatim_url,
        "requests_timeout": math.ceil(timeout_s),
        "requests_kwargs": {"hooks": {"response": reader.read}},
        "http_user_agent": USER_AGENT,
        "http_referer": USER_AGENT,
        "http_accept_language": "sv,en",
    }
    while not _one_at_a_time.acquire(timeout=CHECK_EVERY_S):
        check()
    before = {name: getattr(osmnx.settings, name) for name in ours}
    lookup = socket.getaddrinfo
    try:
        for name, value in ours.items():
            setattr(osmnx.settings, name, value)
        yield Line(overpass_url, timeout_s, check, reader)
    finally:
        for name, value in before.items():
            setattr(osmnx.settings, name, value)
        socket.getaddrinfo = lookup  # osmnx pins the host's address for good
        _one_at_a_time.release()


def _answer(service: str, timeout_s: float, question: Callable[[], T]) -> T:
    """Call osmnx and give what goes wrong our names."""
    try:
        return question()
    except (NarhetError, _Busy):
        raise
    except InsufficientResponseError as error:
        raise Nothing from error
    except requests.Timeout as error:
        raise slow(service, timeout_s) from error
    except NoConnection as error:
        raise Offline(service=service) from error
    except (requests.RequestException, ResponseStatusCodeError) as error:
        raise unusable(service, "unreadable_answer") from error
    except (LookupError, TypeError, ValueError, AttributeError, ShapelyError) as error:
        raise unusable(service, "unreadable_answer") from error


@dataclass
class _Reader:
    """Reads each HTTP answer whole before osmnx sees it: within the time, not too large, no error
    in disguise. ``service`` is the one asked at the moment.
    """

    timeout_s: float
    check: Check
    service: str = NOMINATIM

    def read(self, response: requests.Response, *_args: Any, **_kwargs: Any) -> requests.Response:
        """Check one response: the hook that requests calls."""
        if response.is_redirect:
            return response
        with closing(response):
            if response.status_code in BUSY:
                raise _Busy(response.status_code, pause_asked_s(response, BUSY_PAUSE_S))
            if not response.ok:
                raise unusable(self.service, "http_status", found=str(response.status_code))
            body = read_body(
                response,
                self.service,
                timeout_s=self.timeout_s,
                most_bytes=MAX_ANSWER_BYTES,
                check=self.check,
            )
        _check_answer(self.service, body)
        response.raw = urllib3.HTTPResponse(body=BytesIO(body), preload_content=False)
        return response


def _check_answer(service: str, body: bytes) -> None:
    """Refuse what is not the service's own JSON, and Overpass errors that come as a remark."""
    try:
        answer = json.loads(body)
    except ValueError as error:
        raise unusable(service, "unreadable_answer") from error
    if service == NOMINATIM:
        if not isinstance(answer, list):
            raise unusable(service, "unreadable_answer")
        return
    if not isinstance(answer, dict) or not isinstance(answer.get("elements"), list):
        raise unusable(service, "unreadable_answer")
    if remark := str(answer.get("remark", "")):
        raise unusable(service, "remark", found=" ".join(remark.split())[:160])
