"""A small Overpass and Nominatim on 127.0.0.1 for tests: the real osmnx code talks to it over real
HTTP, and it can misbehave in every way those services do.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlparse

from tests.geo.local_server import serving, until_hung_up

WEST, SOUTH, EAST, NORTH = 17.92, 59.39, 17.97, 59.42
FREE = "Connected as: 1\nCurrent time: now\n\nRate limit: 2\n2 slots available now.\n"
STATED = {"timestamp_osm_base": "2025-07-09T08:33:29Z"}


def square(west: float, south: float, east: float, north: float) -> dict:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def place(name: str = "Kista", shape: dict | None = None, **more) -> list[dict]:
    """What Nominatim answers for one place."""
    row = {
        "place_id": 1,
        "osm_type": "relation",
        "osm_id": 1,
        "lat": str((SOUTH + NORTH) / 2),
        "lon": str((WEST + EAST) / 2),
        "class": "boundary",
        "type": "administrative",
        "importance": 0.5,
        "name": name,
        "display_name": f"{name}, Stockholm",
        "boundingbox": [str(SOUTH), str(NORTH), str(WEST), str(EAST)],
        "geojson": shape or square(WEST, SOUTH, EAST, NORTH),
    }
    return [{**row, **more}]


def overpass(*elements: dict) -> dict:
    """What Overpass answers, with these elements."""
    return {"version": 0.6, "generator": "test", "osm3s": STATED, "elements": list(elements)}


def node(number: int, lon: float, lat: float, **tags: str) -> dict:
    row = {"type": "node", "id": number, "lat": lat, "lon": lon}
    return {**row, "tags": tags} if tags else row


def way(number: int, nodes: list[int], **tags: str) -> dict:
    return {"type": "way", "id": number, "nodes": nodes, "tags": tags}


PATHS = overpass(
    *(node(number, 17.94 + 0.001 * number, 59.40) for number in range(5)),
    node(9, 17.942, 59.402),
    way(101, [0, 1, 2, 3, 4], highway="cycleway", lit="yes", surface="asphalt"),
    way(102, [2, 9], highway="steps", width="2,5 m"),
    way(103, [9, 4], highway="service", access="private"),
)
PLACES = overpass(
    node(501, 17.941, 59.4001, amenity="library", name="Kista bibliotek", opening_hours="Mo 10-18"),
    node(502, 17.943, 59.4001, amenity="kindergarten", name="Förskolan {{ 7*7 }}"),
    node(503, 17.99, 59.60, amenity="library", name="Långt borta"),
    node(601, 17.92, 59.39),
    node(602, 17.945, 59.39),
    node(603, 17.945, 59.42),
    node(604, 17.92, 59.42),
    node(605, 17.97, 59.39),
    node(606, 17.97, 59.42),
    way(701, [601, 602, 603, 604, 601], boundary="administrative", admin_level="10", name="Väster"),
    way(702, [602, 605, 606, 603, 602], boundary="administrative", admin_level="10", name="Öster"),
)
BUILDINGS = overpass(
    node(801, 17.9401, 59.4001),
    node(802, 17.9405, 59.4001),
    node(803, 17.9405, 59.4003),
    node(804, 17.9401, 59.4003),
    way(901, [801, 802, 803, 804, 801], building="apartments", **{"building:levels": "3"}),
)


@dataclass
class Answer:
    """What the server does with a request: send status, headers and body; a byte each ``drip_s``
    seconds where that is not 0, and where ``silent`` nothing, until the client hangs up.
    """

    body: bytes | str | dict | list = b""
    status: int = 200
    silent: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    cut_at: int | None = None
    drip_s: float = 0.0

    def bytes(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


@dataclass
class Services:
    """The answers of each service; a list is used up from the front, its last one stays."""

    nominatim: list[Answer] = field(default_factory=lambda: [Answer(place())])
    paths: list[Answer] = field(default_factory=lambda: [Answer(PATHS)])
    places: list[Answer] = field(default_factory=lambda: [Answer(PLACES)])
    buildings: list[Answer] = field(default_factory=lambda: [Answer(BUILDINGS)])
    status: list[Answer] = field(default_factory=lambda: [Answer(FREE)])
    asked: list[tuple[str, str]] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    dripped_out: int = 0
    """Answers that came a byte at a time, and that the client waited for to their end."""
    url: str = ""

    def next(self, what: str, query: str) -> Answer:
        self.asked.append((what, query))
        answers: list[Answer] = getattr(self, what)
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def count(self, what: str) -> int:
        return sum(kind == what for kind, _ in self.asked)


@contextmanager
def running(services: Services) -> Iterator[Services]:
    """Serve on a free port of 127.0.0.1 until the test is done."""
    with serving(_handler(services)) as services.url:
        yield services


def _handler(services: Services) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlparse(self.path)
            what = "status" if address.path.endswith("/status") else "nominatim"
            self._send(services.next(what, parse_qs(address.query).get("q", [""])[0]))

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            query = parse_qs(self.rfile.read(length).decode())["data"][0]
            what = "places"
            if '"highway"' in query:
                what = "paths"
            elif "'building'" in query:
                what = "buildings"
            self._send(services.next(what, query))

        def _send(self, answer: Answer) -> None:
            services.agents.append(self.headers.get("User-Agent", ""))
            body = answer.bytes()
            try:
                if answer.silent:
                    until_hung_up(self.connection)
                    return
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if answer.drip_s:
                    for at in range(len(body)):
                        self.wfile.write(body[at : at + 1])
                        self.wfile.flush()
                        time.sleep(answer.drip_s)
                    services.dripped_out += 1
                else:
                    self.wfile.write(body[: answer.cut_at])
            except OSError:
                pass  # the client has had enough, which is what some tests are about

        def log_message(self, *_args: object) -> None:
            pass

    return Handler
