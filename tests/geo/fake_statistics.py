"""Small stand-ins on 127.0.0.1 for Statistics Sweden's database and geodata and for Skolverket's
register: they answer in the recorded shapes, and can misbehave.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import geopandas as gpd
import shapely

from geo.types import SWEREF99_TM, WGS84
from tests.geo.local_server import serving, until_hung_up
from tests.geo.worlds import LENGTH_M, NORTH, WEST

RECORDED = Path(__file__).parent / "recorded"
DESO_2025 = ("0127A0010", "0127C1010", "0127C1021", "0127C1022")


def recorded(name: str) -> Any:
    return json.loads((RECORDED / name).read_text(encoding="utf-8"))


def blocks(codes: tuple[str, ...]) -> gpd.GeoSeries:
    """As many squares side by side along the street of ``worlds`` as there are codes."""
    width = LENGTH_M / len(codes)
    shapes = [
        shapely.box(WEST + at * width, NORTH - 40, WEST + (at + 1) * width, NORTH + 40)
        for at in range(len(codes))
    ]
    return gpd.GeoSeries(shapes, index=list(codes), crs=SWEREF99_TM).to_crs(WGS84)


@dataclass
class Odd:
    """How the next answer differs from a good one; ``silent``: there is none."""

    status: int = 200
    body: bytes | None = None
    silent: bool = False
    cut_at: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Agencies:
    """What they answer; ``odd`` is used up from the front, an answer each."""

    config: dict[str, Any] = field(default_factory=lambda: recorded("scb_config.json"))
    tables: dict[str, Any] = field(default_factory=dict)
    cells: dict[str, Any] = field(default_factory=lambda: recorded("scb_cells.json"))
    outlines: dict[str, tuple[str, ...]] = field(default_factory=lambda: {"DeSO_2025": DESO_2025})
    services: list[dict[str, Any]] = field(default_factory=list)
    units: dict[str, Any] | None = None
    unit: dict[str, Any] = field(default_factory=dict)
    change: Any = None
    odd: list[Odd] = field(default_factory=list)
    asked: list[tuple[str, Any]] = field(default_factory=list)
    url: str = ""

    def __post_init__(self) -> None:
        for table in ("TAB6574", "TAB6571", "TAB6572"):
            self.tables[table] = recorded(f"scb_{table}_metadata.json")

    def questions(self, what: str) -> list[Any]:
        return [asked for path, asked in self.asked if what in path]

    def answer(self, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        self.asked.append((path, body or query))
        parts = path.strip("/").split("/")
        if parts[0] == "scb":
            return self._database(parts[1:], body)
        if parts[0] == "geodata":
            return self._geodata(parts[1], query)
        if parts[0] == "stockholm":
            first = int(query["page[offset]"])
            page = self.services[first : first + int(query["page[limit]"])]
            return 200, {"meta": {"totalCount": len(self.services)}, "data": page}
        return self._register(parts[-1])

    def _database(self, parts: list[str], body: Any) -> tuple[int, Any]:
        if parts == ["config"]:
            return 200, self.config
        table = self.tables.get(parts[1])
        if table is None:
            return 404, {"type": "about:blank", "title": "Non-existent table", "status": 404}
        return 200, table if parts[2] == "metadata" else self._data(parts[1], table, body)

    def _data(self, name: str, table: Any, body: Any) -> Any:
        chosen = {each["variableCode"]: each["valueCodes"] for each in body["selection"]}
        variable = table["id"][1]
        values: list[Any] = []
        for region in chosen["Region"]:
            cells = self.cells[name].get(region, {}).get(chosen["Tid"][0], {})
            values += [cells.get(code) for code in chosen[variable]]
        dimension = {}
        for code in table["id"]:
            labels = table["dimension"][code]["category"]["label"]
            index = {each: at for at, each in enumerate(chosen[code])}
            category = {"index": index, "label": {each: labels[each] for each in index}}
            dimension[code] = {**table["dimension"][code], "category": category}
        missing = {str(at): ".." for at, value in enumerate(values) if value is None}
        answer = {
            **table,
            "size": [len(chosen[code]) for code in table["id"]],
            "dimension": dimension,
            "value": values,
            "status": missing,
        }
        return self.change(answer) if self.change else answer

    def _geodata(self, space: str, query: dict[str, str]) -> tuple[int, Any]:
        layer = query["typeName"].removeprefix(f"{space}:")
        features = self._layer(layer)
        first = int(query["startIndex"])
        page = features[first : first + int(query["maxFeatures"])]
        return 200, {
            "type": "FeatureCollection",
            "features": page,
            "totalFeatures": len(features),
            "numberMatched": len(features),
            "numberReturned": len(page),
            "timeStamp": "2026-10-10T08:00:00Z",
            "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4326"}},
        }

    def _layer(self, layer: str) -> list[dict[str, Any]]:
        level, year = layer.split("_")
        codes = self.outlines.get(layer, ())
        names = {"regsonamn": "Alby norra"} if level == "RegSO" else {"regsokod": "0127R001"}
        return (
            [
                {
                    "type": "Feature",
                    "id": f"{layer}.{code}",
                    "geometry": json.loads(shapely.to_geojson(shape)),
                    "geometry_name": "sp_geometry",
                    "properties": {
                        "objectid": at,
                        "objekttyp": level.lower(),
                        f"{level.lower()}kod": code,
                        **names,
                        "lanskod": code[:2],
                        "kommunkod": code[:4],
                        "version": f"{year}_v2",
                        "ansvarig_organisation": "Statistiska centralbyrån",
                        "referensdatum": f"{year}0101",
                    },
                }
                for at, (code, shape) in enumerate(blocks(codes).items())
            ]
            if codes
            else []
        )

    def _register(self, last: str) -> tuple[int, Any]:
        if last == "school-units":
            return (400, {"message": "school_type"}) if self.units is None else (200, self.units)
        return (200, self.unit[last]) if last in self.unit else (404, {})


@contextmanager
def running(agencies: Agencies) -> Iterator[Agencies]:
    """Serve on a free port of 127.0.0.1 until the test is done."""
    with serving(_handler(agencies)) as agencies.url:
        yield agencies


def _handler(agencies: Agencies) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(None)

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            self._answer(json.loads(self.rfile.read(length)))

        def _answer(self, body: Any) -> None:
            address = urlparse(self.path)
            query = {name: values[0] for name, values in parse_qs(address.query).items()}
            status, answer = agencies.answer(address.path, query, body)
            odd = agencies.odd.pop(0) if agencies.odd else Odd(status)
            content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self._send(odd, content if odd.body is None else odd.body)

        def _send(self, odd: Odd, content: bytes) -> None:
            try:
                if odd.silent:
                    until_hung_up(self.connection)
                    return
                self.send_response(odd.status)
                for name, value in odd.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json; charset=utf-8")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content[: odd.cut_at])
            except OSError:
                pass  # the client has had enough, which is what some tests are about

        def log_message(self, *_args: object) -> None:
            pass

    return Handler
