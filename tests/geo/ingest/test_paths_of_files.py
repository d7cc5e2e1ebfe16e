"""Paths as people's files have them: two streets 400 m apart are joined by the thing in question,
and without it the way is 4,408 m.
"""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely

from geo.area.model import Area
from geo.catalog import open_area, save_area
from geo.ingest.build import Inputs, build
from geo.network.distances import within
from geo.network.routes import route
from geo.output.maps.places_and_gaps import told_table
from geo.output.words.area_and_gaps import area_json, area_lines
from geo.sources.osm.squares import lines_across
from geo.types import WGS84

SOUTH_WEST, SOUTH_EAST = [17.872, 59.3603022], [17.8790511, 59.3603022]
WEST, EAST = [17.872, 59.363], [17.8790511, 59.363]
NORTH_WEST, NORTH_EAST = [17.872, 59.3809856], [17.8790511, 59.3809856]
ACROSS_M, AROUND_M = 401, 4408
Feature = dict[str, Any]


def line(*points: list[float], **tags: object) -> Feature:
    shape = {"type": "LineString", "coordinates": list(points)}
    return {"type": "Feature", "properties": tags, "geometry": shape}


STREETS = [
    line(SOUTH_WEST, WEST, highway="residential"),
    line(WEST, NORTH_WEST, highway="residential"),
    line(NORTH_WEST, NORTH_EAST, highway="residential"),
    line(NORTH_EAST, EAST, highway="residential"),
    line(EAST, SOUTH_EAST, highway="residential"),
]


def area_of(folder: Path, *more: Feature, streets: list[Feature] = STREETS) -> Area:
    file = folder / "lines.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [*streets, *more]}))
    return build("a", "", Inputs(lines=file))


def walk_m(area: Area, start: list[float] = WEST, goal: list[float] = EAST) -> float:
    points = gpd.GeoSeries([shapely.Point(start), shapely.Point(goal)], crs=WGS84)
    found = within(area.network, points[:1], points[1:], within_m=6000)
    return float(found.data[0]) if found.nnz else np.inf


def test_a_street_drawn_as_one_line_is_joined_where_a_footway_ends_at_its_bend(
    tmp_path: Path,
) -> None:
    streets = [
        line(SOUTH_WEST, WEST, NORTH_WEST, highway="residential"),
        line(NORTH_WEST, NORTH_EAST, highway="residential"),
        line(NORTH_EAST, EAST, SOUTH_EAST, highway="residential"),
    ]
    area = area_of(tmp_path, line(WEST, EAST, highway="footway"), streets=streets)
    assert walk_m(area) == pytest.approx(ACROSS_M, abs=1)
    assert area.network.main_length_share() == 1
    saved = save_area(area)
    told = open_area(saved.id).told[0][1]
    assert told.what == "lines_shared" and told.values == {"count": 2}
    np.testing.assert_allclose(sorted(told.points), [WEST, EAST], atol=1e-6)
    assert any("59.36300, 17.87200" in row for row in area_lines(area, "en"))
    assert area_json(area, "en")["told"][0]["count"] == 2
    assert "59.36300, 17.87200" in told_table(area, "sv").iloc[0, 1]


NODES = {
    1: WEST,
    3: NORTH_WEST,
    4: NORTH_EAST,
    6: EAST,
    7: SOUTH_WEST,
    8: SOUTH_EAST,
    9: [17.8755256, 59.363],
    10: [17.8755256, 59.3638993],
    11: [17.8755256, 59.3621007],
}
WAYS = """
<way id="100"><nd ref="7"/><nd ref="1"/><nd ref="3"/><tag k="highway" v="residential"/></way>
<way id="101"><nd ref="3"/><nd ref="4"/><tag k="highway" v="residential"/></way>
<way id="102"><nd ref="4"/><nd ref="6"/><nd ref="8"/><tag k="highway" v="residential"/></way>
"""


def nodes(tags: dict[int, str]) -> str:
    return "".join(
        f'<node id="{number}" lon="{at[0]}" lat="{at[1]}">{tagged(tags.get(number, ""))}</node>'
        for number, at in NODES.items()
    )


def tagged(tags: str) -> str:
    pairs = [tag.split("=") for tag in tags.split()]
    return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in pairs)


def way(refs: list[int], tags: str, *, number: int = 200, said: str = "") -> str:
    listed = "".join(f'<nd ref="{ref}"/>' for ref in refs)
    return f'<way id="{number}" {said}>{listed}{tagged(tags)}</way>'


def osm_area(folder: Path, *more: str, on: dict[int, str] | None = None) -> Area:
    file = folder / "map.osm"
    body = nodes(on or {}) + WAYS + "".join(more)
    file.write_text(f'<osm version="0.6">{body}</osm>', encoding="utf-8")
    return build("a", "", Inputs(osm=file))


SQUARE = "highway=pedestrian area=yes"
RELATION = (
    way([1, 10, 6], "")
    + way([6, 11, 1], "", number=201)
    + '<relation id="900"><member type="way" ref="200" role="outer"/>'
    + '<member type="way" ref="201" role="outer"/>'
    + tagged(f"type=multipolygon {SQUARE}")
    + "</relation>"
)
FOOTWAY = "highway=footway"


@pytest.mark.parametrize(
    ("more", "on", "expected_m"),
    [
        pytest.param("", {}, AROUND_M, id="nothing"),
        pytest.param(way([1, 9, 6], FOOTWAY), {}, ACROSS_M, id="footway"),
        *(
            pytest.param(way([1, 9, 6], FOOTWAY), {9: f"barrier=gate {tags}"}, metres, id=tags)
            for tags, metres in {
                "": ACROSS_M,
                "foot=no locked=yes": AROUND_M,
                "access=private": AROUND_M,
                "access=no foot=yes": ACROSS_M,
            }.items()
        ),
        pytest.param(way([1, 6], FOOTWAY, said="action='delete'"), {}, AROUND_M, id="deleted"),
        pytest.param(way([1, 6], FOOTWAY, said='visible="false"'), {}, AROUND_M, id="invisible"),
        pytest.param(way([999, 1, 6], FOOTWAY), {}, ACROSS_M, id="first-node-missing"),
        pytest.param(way([1, 6, 999, 3], FOOTWAY), {}, ACROSS_M, id="last-but-one-missing"),
        pytest.param(way([1, 999, 6], FOOTWAY), {}, AROUND_M, id="middle-missing"),
        pytest.param(RELATION, {}, ACROSS_M, id="square-relation"),
        pytest.param(way([1, 10, 6, 11, 1], SQUARE), {}, ACROSS_M, id="square-way"),
        pytest.param(way([1, 6], "highway=platform"), {}, ACROSS_M, id="platform"),
        pytest.param(way([1, 6], "railway=platform foot=no"), {}, AROUND_M, id="platform-shut"),
        pytest.param(way([1, 6], "man_made=pier"), {}, ACROSS_M, id="pier"),
        pytest.param(way([1, 6], "highway=motorway"), {}, AROUND_M, id="motorway"),
        pytest.param(way([1, 6], "highway=escalator foot=yes"), {}, ACROSS_M, id="escalator"),
        pytest.param(way([1, 6], "highway=construction foot=yes"), {}, AROUND_M, id="unbuilt"),
        pytest.param(way([1, 6], "highway=path construction=yes"), {}, AROUND_M, id="being-built"),
    ],
)
def test_what_joins_the_streets_in_an_openstreetmap_file(
    tmp_path: Path, more: str, on: dict[int, str], expected_m: float
) -> None:
    area = osm_area(tmp_path, more, on=on)
    assert walk_m(area) == pytest.approx(expected_m, abs=1)


def test_an_escalator_is_nothing_for_a_stroller(tmp_path: Path) -> None:
    area = osm_area(tmp_path, way([1, 6], "highway=escalator foot=yes"))
    assert area.network.steps.sum() == 1


def test_a_platform_that_paths_meet_at_one_end_is_no_path(tmp_path: Path) -> None:
    area = osm_area(tmp_path, way([1, 9], "highway=platform"))
    assert "platform" not in area.network.highway


def test_a_square_is_crossed_round_what_stands_on_it() -> None:
    hole = [(17.8750, 59.3628), (17.8760, 59.3628), (17.8760, 59.3632), (17.8750, 59.3632)]
    outer = [WEST, NODES[11], EAST, NODES[10]]
    square = shapely.Polygon(outer, [hole])
    scale = np.array([np.cos(np.radians(59.363)), 1])
    graph: nx.Graph = nx.Graph()
    rings = [shapely.LineString(ring.coords) for ring in (square.exterior, *square.interiors)]
    for drawn in [*lines_across(square, np.array([WEST, EAST])), *rings]:
        for one, other in pairwise(drawn.coords):
            graph.add_edge(one, other, m=float(np.hypot(*((np.array(one) - other) * scale))))
    found = nx.dijkstra_path_length(graph, tuple(WEST), tuple(EAST), "m")
    # The oracle: the shortest line from side to side that goes by one corner of the hole or two.
    tries = [[one] for one in hole] + [[one, other] for one in hole for other in hole]
    lines = [shapely.LineString([WEST, *by, EAST]) for by in tries]
    free = [line for line in lines if square.buffer(1e-9).covers(line)]
    best = min(shapely.transform(line, lambda xy: xy * scale).length for line in free)
    assert best <= found + 1e-12 and found <= 1.02 * best


OVERPASS = {
    "version": 0.6,
    "osm3s": {"timestamp_osm_base": "2026-01-01T00:00:00Z"},
    "elements": [
        *({"type": "node", "id": n, "lon": at[0], "lat": at[1]} for n, at in NODES.items()),
        {"type": "way", "id": 100, "nodes": [7, 1, 3], "tags": {"highway": "residential"}},
        {"type": "way", "id": 101, "nodes": [3, 4], "tags": {"highway": "residential"}},
        {"type": "way", "id": 102, "nodes": [4, 6, 8], "tags": {"highway": "residential"}},
        {"type": "way", "id": 200, "nodes": [1, 6], "tags": {"highway": "footway"}},
    ],
}


def out_geom(answer: dict[str, Any], *, numbered: bool) -> dict[str, Any]:
    """The same answer as ``out geom`` gives it: no nodes, each way drawn."""
    elements = []
    for each in answer["elements"]:
        if each["type"] == "way":
            at = [NODES[number] for number in each["nodes"]]
            drawn = {**each, "geometry": [{"lat": lat, "lon": lon} for lon, lat in at]}
            elements.append(drawn if numbered else {**drawn, "nodes": []})
    return {**answer, "elements": elements}


@pytest.mark.parametrize(
    "answer",
    [OVERPASS, out_geom(OVERPASS, numbered=True), out_geom(OVERPASS, numbered=False)],
    ids=["out-body", "out-geom", "out-tags-geom"],
)
def test_the_answer_of_overpass_is_read_as_it_came(tmp_path: Path, answer: dict[str, Any]) -> None:
    file = tmp_path / "answer.json"
    file.write_text(json.dumps(answer))
    area = build("a", "", Inputs(osm=file))
    assert walk_m(area) == pytest.approx(ACROSS_M, abs=1)
    assert area.sources[0].date == "2026-01-01"


def test_rows_not_allowed_are_not_made_room_for(tmp_path: Path) -> None:
    """A file of 100 lines with 300 columns is read in 300 MB more than the process has."""
    wide = {f"column {number}": "x" * 30 for number in range(300)}
    file = tmp_path / "wide.geojson"
    rows = [{**each, "properties": {**each["properties"], **wide}} for each in STREETS * 20]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    code = (
        "import resource, sys; from pathlib import Path\n"
        "from geo.sources.files.vector import read_lines_listed, read_vector\n"
        "pages = int(Path('/proc/self/statm').read_text().split()[0])\n"
        "room = pages * resource.getpagesize() + 300_000_000\n"
        "resource.setrlimit(resource.RLIMIT_AS, (room, room))\n"
        "assert len(read_lines_listed(Path(sys.argv[1])).frame) == 100\n"
        "assert len(read_vector(Path(sys.argv[1]))) == 100\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


HOME, VISITOR = [17.8735, 59.363], [17.8775, 59.363]


def test_a_private_street_is_walked_from_and_to_and_never_through(tmp_path: Path) -> None:
    street = way([1, 9], "highway=service access=private") + way(
        [9, 6], "highway=service access=private", number=201
    )
    area = osm_area(tmp_path, street)
    assert walk_m(area) == pytest.approx(AROUND_M, abs=1)
    for start, goal in ((HOME, WEST), (HOME, EAST), (WEST, VISITOR), (HOME, VISITOR)):
        straight_m = (abs(start[0] - goal[0]) / (EAST[0] - WEST[0])) * ACROSS_M
        assert walk_m(area, start, goal) == pytest.approx(straight_m, abs=1)
        assert walk_m(area, goal, start) == pytest.approx(straight_m, abs=1)
    home, east = (gpd.GeoSeries([shapely.Point(at)], crs=WGS84) for at in (HOME, EAST))
    assert route(area.network, home, east).metres == pytest.approx(316, abs=1)
    west = gpd.GeoSeries([shapely.Point(WEST)], crs=WGS84)
    assert route(area.network, west, east).metres == pytest.approx(AROUND_M, abs=1)
    saved = open_area(save_area(area).id)
    assert walk_m(saved) == walk_m(area) and saved.network.ends_only.sum() == 1


def test_a_private_street_that_leads_nowhere_else_is_an_ordinary_one(tmp_path: Path) -> None:
    area = osm_area(tmp_path, way([1, 9], "highway=service access=private"))
    assert not area.network.ends_only.any()
    assert walk_m(area, NODES[9], WEST) == pytest.approx(200, abs=1)


def test_who_lives_inside_a_private_quarter_leaves_it_and_nobody_walks_through(
    tmp_path: Path,
) -> None:
    roads = [[1, 9], [9, 6], [9, 10]]
    quarter = "".join(
        way(refs, f"highway=service access=private name={at}", number=200 + at)
        for at, refs in enumerate(roads)
    )
    area = osm_area(tmp_path, quarter)
    assert walk_m(area) == pytest.approx(AROUND_M, abs=1)
    assert min(walk_m(area, NODES[10], WEST), walk_m(area, NODES[10], EAST)) == pytest.approx(
        300, abs=2
    )


def nvdb(kind: object) -> list[Feature]:
    """The streets as the vehicle net, and one foot or cycle path across."""
    rows = [{**each, "properties": {"Gcm_typ": None}} for each in STREETS]
    return [*rows, line(WEST, EAST, Gcm_typ=kind)]


SHARE = (WEST[1] - SOUTH_WEST[1]) / (NORTH_WEST[1] - SOUTH_WEST[1])


def segment(ends: list[list[float]], ats: tuple[float, ...] = (0, 1), **said: object) -> Feature:
    joints = [{"connector_id": str(at), "at": at} for at in ats]
    return line(*ends, **{"class": "residential", "subtype": "road", "connectors": joints, **said})


def overture(**said: object) -> list[Feature]:
    """The streets as three segments of Overture with connectors on the way, and one across."""
    beyond = 0.001
    ends = [[WEST[0] - beyond, WEST[1]], [EAST[0] + beyond, EAST[1]]]
    share = beyond / (ends[1][0] - ends[0][0])
    return [
        segment([SOUTH_WEST, NORTH_WEST], (0, SHARE, 1)),
        segment([NORTH_WEST, NORTH_EAST]),
        segment([NORTH_EAST, SOUTH_EAST], (0, 1 - SHARE, 1)),
        segment(ends, (0, share, 1 - share, 1), **said),
    ]


@pytest.mark.parametrize(
    ("tags", "expected_m"),
    [
        ({"highway": "footway"}, ACROSS_M),
        ({"highway": "motorway"}, AROUND_M),
        ({"fclass": "motorway"}, AROUND_M),
        ({"fclass": "track_grade2"}, ACROSS_M),
        ({"highway": "path", "foot": "no"}, AROUND_M),
        ({"highway": "service", "access": "private"}, AROUND_M),
        ({"highway": "construction", "construction": "footway"}, AROUND_M),
        ({"railway": "rail"}, AROUND_M),
        ({"railway": "platform"}, ACROSS_M),
        ({"highway": "footway", "other_tags": '"foot"=>"no","lit"=>"yes"'}, AROUND_M),
        ({"other_tags": '"highway"=>"footway"'}, ACROSS_M),
        ({"waterway": "stream"}, AROUND_M),
    ],
    ids=str,
)
def test_a_file_of_lines_obeys_openstreetmaps_columns(
    tmp_path: Path, tags: dict[str, str], expected_m: float
) -> None:
    area = area_of(tmp_path, line(WEST, EAST, **tags))
    assert walk_m(area) == pytest.approx(expected_m, abs=1)


def test_lines_that_are_not_for_walkers_are_told_with_count_and_metres(tmp_path: Path) -> None:
    area = area_of(tmp_path, line(WEST, EAST, highway="motorway"))
    told = area.told[0][1]
    assert told.what == "lines_not_walked"
    assert told.values["count"] == 1 and told.values["metres"] == ACROSS_M
    assert any("motorway (1, 401 m)" in row for row in area_lines(area, "sv"))


def test_a_gate_in_a_file_of_lines_parts_them(tmp_path: Path) -> None:
    gate = {"type": "Point", "coordinates": NODES[9]}
    for tags, expected_m in (({"foot": "no"}, AROUND_M), ({}, ACROSS_M)):
        said = {"type": "Feature", "properties": {"barrier": "gate", **tags}, "geometry": gate}
        area = area_of(tmp_path, line(WEST, EAST, highway="footway"), said)
        assert walk_m(area) == pytest.approx(expected_m, abs=2)


def test_a_square_in_a_file_of_lines_is_crossed(tmp_path: Path) -> None:
    ring = [[WEST, NODES[11], EAST, NODES[10], WEST]]
    square = {
        "type": "Feature",
        "properties": {"highway": "pedestrian", "area": "yes"},
        "geometry": {"type": "Polygon", "coordinates": ring},
    }
    assert walk_m(area_of(tmp_path, square)) == pytest.approx(ACROSS_M, abs=1)


@pytest.mark.parametrize(
    ("kind", "expected_m", "steps"),
    [
        (115, ACROSS_M, 0),
        ("100 Gång- och cykelbana", ACROSS_M, 0),
        ("Trappa", ACROSS_M, 1),
        (155, ACROSS_M, 1),
        ("175", ACROSS_M, 0),
        (110, AROUND_M, 0),
        ("Cykelfält", AROUND_M, 0),
        (135, AROUND_M, 0),
        (140, AROUND_M, 0),
    ],
    ids=str,
)
def test_the_road_registers_types_say_who_walks(
    tmp_path: Path, kind: object, expected_m: float, steps: int
) -> None:
    area = area_of(tmp_path, streets=nvdb(kind))
    assert walk_m(area) == pytest.approx(expected_m, abs=1)
    assert area.network.steps.sum() == steps


def test_motorways_of_the_road_register_are_not_walked_and_lit_paths_are_known(
    tmp_path: Path,
) -> None:
    rows = nvdb(115)
    rows[-1]["properties"].update({"Motorvag": 1, "GCM_belyst": 1})
    rows[0]["properties"].update({"Motorvag": 0, "GCM_belyst": 1})
    area = area_of(tmp_path, streets=rows)
    assert walk_m(area) == pytest.approx(AROUND_M, abs=1)
    assert (area.network.lit == 1).sum() == 1


def denied(*modes: str) -> dict[str, object]:
    return {"access_type": "denied", **({"when": {"mode": list(modes)}} if modes else {})}


@pytest.mark.parametrize(
    ("said", "expected_m"),
    [
        ({"class": "footway"}, ACROSS_M),
        ({"class": "motorway"}, AROUND_M),
        ({"class": "subway", "subtype": "rail"}, AROUND_M),
        ({"class": "path", "access_restrictions": [denied("foot")]}, AROUND_M),
        ({"class": "service", "access_restrictions": [denied()]}, AROUND_M),
        ({"class": "service", "access_restrictions": [denied("car")]}, ACROSS_M),
        ({"class": "footway", "road_flags": [{"values": ["is_under_construction"]}]}, AROUND_M),
    ],
    ids=["footway", "motorway", "subway", "no-foot", "nobody", "no-cars", "being-built"],
)
def test_overtures_segments_are_joined_at_connectors_and_walked_by_class(
    tmp_path: Path, said: dict[str, object], expected_m: float
) -> None:
    area = area_of(tmp_path, streets=overture(**said))
    assert walk_m(area) == pytest.approx(expected_m, abs=1)


def test_overtures_geoparquet_reads_as_its_geojson(tmp_path: Path) -> None:
    rows = overture(**{"class": "steps"})
    names = sorted({name for row in rows for name in row["properties"]})
    table = gpd.GeoDataFrame(
        {name: [row["properties"].get(name) for row in rows] for name in names},
        geometry=[shapely.LineString(row["geometry"]["coordinates"]) for row in rows],
        crs=WGS84,
    )
    table.to_parquet(tmp_path / "segments.parquet")
    area = build("a", "", Inputs(lines=tmp_path / "segments.parquet"))
    assert walk_m(area) == pytest.approx(ACROSS_M, abs=1)
    assert area.network.steps.any()
