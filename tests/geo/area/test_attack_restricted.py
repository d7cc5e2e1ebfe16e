"""An attacker who has every output of many questions looks for a protected housing, and finds the
region it is in: no spot, no name.

The attacker knows our rules, everybody else's home and every path. Two checks leave nothing to
find: wherever in its region the housing stands, every output is the same, sign for sign; and
the region holds a circle of 300 m and ten households. The attack itself works: on the same housing
without protection it gives the address.
"""

from __future__ import annotations

import json
import re
import struct
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from geo.access import from_point, gaps
from geo.access.from_point import around, way_to
from geo.access.gaps import Gap
from geo.access.knowledge_bank.question import BankQuestion
from geo.access.knowledge_bank.search import bank_of
from geo.access.meeting.answer import answer_of
from geo.access.meeting.question import MeetingQuestion
from geo.access.preschools.call_list import calls_for
from geo.access.preschools.question import PreschoolQuestion
from geo.access.preschools.shortage import capacity_of
from geo.area import protected
from geo.area.model import Area
from geo.area.people import of_housing
from geo.area.provenance import Source, empty_table
from geo.area.regions import is_wide, rule
from geo.catalog import open_area, save_area
from geo.cli.parser import main
from geo.models.decay import DECAYS
from geo.network.distances import nearest, within
from geo.network.walk_network import build_network
from geo.output.documents import report_geopackage, report_page, report_workbook
from geo.output.documents.answer import ENDINGS, answer_bytes
from geo.output.documents.gap import gap_document
from geo.output.documents.knowledge_bank import bank_document
from geo.output.documents.meeting import meeting_document
from geo.output.documents.outreach import outreach_document
from geo.output.documents.preschools import Besides, preschool_document
from geo.output.documents.sites import site_document
from geo.output.files.reach import reach_json, route_json
from geo.output.maps import places_and_gaps as places_and_gaps_map
from geo.output.maps.places_and_gaps import findable
from geo.output.maps.preschools import preschools_map
from geo.output.maps.sites import sites_map
from geo.output.maps.spec import AreaLayer, MapSpec, PointLayer
from geo.output.report.make import make_report
from geo.output.words import area_and_gaps as area_and_gaps_words
from geo.output.words import preschools as preschools_words
from geo.planning.outreach.brief import briefed, outreach
from geo.planning.outreach.question import OutreachQuestion
from geo.planning.siting import alternatives, instance
from geo.planning.siting import question as siting_question
from geo.planning.siting.candidates import candidates
from geo.types import SWEREF99_TM, WGS84

EAST, NORTH, WIDE_M, HIGH_M, BLOCK_M = 660_000.0, 6_580_000.0, 2000.0, 1500.0, 125.0
SECRETS = ("Hemliga huset", "Dolda vägen 7", "070-1234567", "kvinnojour", "hemlig-17")
FAMILY = 30
KINDS, LIMITS = ("preschool", "library"), tuple(range(100, 1600, 25))
TODAY = date(2026, 11, 26)
CLOCK = re.compile(rb"20\d\d-\d\d-\d\dT[\d:.]+Z")
"""When a GeoPackage was written stands in it."""


# The town: streets every 125 m, homes along them, three districts


def town(at: tuple[float, float], *, word: str = "Ja", few: bool = False) -> Area:
    """The town with a housing at metres from its corner, protected if its file says so."""
    places = _places(at, word)
    base = _town(few)
    people = pd.concat([base.people, of_housing(places)], ignore_index=True)
    return replace(base, places=places, people=gpd.GeoDataFrame(people, crs=WGS84))


@cache
def _town(few: bool) -> Area:
    xy = [(x, y) for x in np.arange(40, WIDE_M, BLOCK_M) for y in np.arange(0, HIGH_M + 1, BLOCK_M)]
    count = len(xy)
    people = gpd.GeoDataFrame(
        {
            "id": [f"p{row}" for row in range(count)],
            "origin": "residents",
            "unit": "0127A0010",
            "district": [_district(x) for x, _ in xy],
            "estimated": True,
            "all": np.where(few, 0.02, 5.0) * np.ones(count),
            "children_0_4": np.arange(count) % 3 * (0.01 if few else 1.0),
        },
        geometry=_points(xy),
        crs=WGS84,
    )
    districts = gpd.GeoDataFrame(
        {"name": ["Väst", "Mitt", "Öst"]},
        geometry=[
            shapely.box(EAST + west, NORTH - 50, EAST + east, NORTH + HIGH_M + 50)
            for west, east in ((-50, 700), (700, 900), (900, WIDE_M + 50))
        ],
        crs=SWEREF99_TM,
    ).to_crs(WGS84)
    return Area(
        id="stad",
        name="Stad",
        network=build_network(_streets()),
        boundary=gpd.GeoSeries([districts.union_all()], crs=WGS84),
        districts=districts,
        people=people,
        places=_places((0, 0), "").iloc[:-1],
        buildings=empty_table(("floor_m2", "residential")),
        water=empty_table(()),
        sources=(Source("network", "Provkartan"), Source("people", "Prov", estimated=True)),
    )


def _district(x: float) -> str:
    return "Väst" if x < 700 else "Mitt" if x < 900 else "Öst"


def _streets() -> gpd.GeoDataFrame:
    xs, ys = np.arange(0, WIDE_M + 1, BLOCK_M), np.arange(0, HIGH_M + 1, BLOCK_M)
    lines = [[(x, y), (x + BLOCK_M, y)] for x in xs[:-1] for y in ys]
    lines += [[(x, y), (x, y + BLOCK_M)] for x in xs for y in ys[:-1]]
    shapes = [shapely.LineString([(EAST + x, NORTH + y) for x, y in line]) for line in lines]
    return gpd.GeoDataFrame(geometry=shapes, crs=SWEREF99_TM)


def _places(at: tuple[float, float], word: str) -> gpd.GeoDataFrame:
    record = {"newcomers": FAMILY, "barn_1_5": 7, "tel": SECRETS[2], "om": SECRETS[3]}
    rows = [
        ("f1", "Ekorren", "preschool", (110, 190), {"platser": 80, "antal_barn": 60}),
        ("f2", "Igelkotten", "preschool", (1890, 1010), {"platser": 40, "antal_barn": 30}),
        ("l1", "Biblioteket", "library", (1610, 310), {}),
        ("l2", "Filialen", "library", (390, 1290), {}),
        ("m1", "Träffpunkten", "meeting_place", (1010, 690), {}),
        ("h1", "Öppna huset", "transitional_housing", (1510, 1190), {"newcomers": 41}),
        (SECRETS[4], SECRETS[0], "transitional_housing", at,
         {**record, "Skyddat boende": word} if word else record),
    ]  # fmt: skip
    return gpd.GeoDataFrame(
        {
            "id": [row[0] for row in rows],
            "name": [row[1] for row in rows],
            "kind": [row[2] for row in rows],
            "address": [SECRETS[1] if row[0] == SECRETS[4] else "Torget 1" for row in rows],
            "district": [_district(row[3][0]) for row in rows],
            "source": "Provfilen",
            "demonstration": False,
            "details": [json.dumps(row[4], ensure_ascii=False) for row in rows],
        },
        geometry=_points([row[3] for row in rows]),
        crs=WGS84,
    )


def _points(xy: list[tuple[float, float]]) -> gpd.GeoSeries:
    shapes = [shapely.Point(EAST + x, NORTH + y) for x, y in xy]
    return gpd.GeoSeries(shapes, crs=SWEREF99_TM).to_crs(WGS84)


# What leaves


def outputs(area: Area) -> dict[str, bytes]:
    """Everything that pages, files and commands make of an area, for several questions."""
    found: dict[str, object] = {}
    for kind, limit, group in product(
        (*KINDS, "transitional_housing"), (300, 700), ("newcomers", "children_0_4")
    ):
        answer = gaps.gap(area, kind=kind, limit_m=limit, group=group)
        for exact in (True, False):
            name = f"gap {kind} {limit} {group} {exact}"
            found[name] = area_and_gaps_words.gap_json(answer, area, exact=exact)
            found[f"{name} map"] = places_and_gaps_map.gap_map(area, answer, "sv", exact=exact)
            found[f"{name} rows"] = area_and_gaps_words.gap_rows(
                answer, area, "sv", exact=exact
            ).to_csv()
    document = gap_document(
        gaps.gap(area, kind="library", limit_m=500, group="newcomers"), area, day="2026-11-30"
    )
    for ending in (".geojson", ".gpkg", ".pdf", ".html"):
        found[f"gap {ending}"] = answer_bytes(document, ending)
    return {
        **{name: _bytes(value) for name, value in found.items()},
        **{name: _bytes(value) for name, value in _preschools(area).items()},
        **{name: _bytes(value) for name, value in _reach(area).items()},
        **{name: _bytes(value) for name, value in _meeting(area).items()},
        **{name: _bytes(value) for name, value in _outreach(area).items()},
        **{name: _bytes(value) for name, value in _proposal(area).items()},
    }


def _preschools(area: Area) -> dict[str, object]:
    answer = capacity_of(area, PreschoolQuestion(when=TODAY, limit_m=600))
    shown = preschools_words.without_small_counts(answer)
    last = shown.housing[-1].family.place
    document = preschool_document(
        answer, area, day=TODAY.isoformat(), besides=Besides(calls=calls_for(area, shown, last))
    )
    return {
        "preschools": preschools_words.preschools_json(answer, area, exact=True),
        "preschools map": preschools_map(area, answer, "sv"),
        **{f"preschools {ending}": answer_bytes(document, ending) for ending in ENDINGS},
        "preschools text": "\n".join(document.lines),
        "calls": [repr(calls_for(area, shown, row.family.place)) for row in shown.housing],
    }


def _meeting(area: Area) -> dict[str, object]:
    """Every file of one measure, and of two more those that hold most."""
    found: dict[str, object] = {}
    for measure in ("hours", "language", "contact", "arena"):
        question = MeetingQuestion.read({"measure": measure}, today=TODAY)
        document = meeting_document(answer_of(area, question), area, day=TODAY.isoformat())
        for ending in ENDINGS if measure == "hours" else (".json", ".gpkg", ".pdf"):
            found[f"meeting {measure} {ending}"] = answer_bytes(document, ending)
    return found


def _outreach(area: Area) -> dict[str, object]:
    """Every file of a list, and of what is in reach of each housing, the protected one too."""
    day = TODAY.isoformat()
    question = OutreachQuestion.read({"limit": "500"}, area, today=TODAY)
    documents = {"outreach": outreach_document(briefed(outreach(area, question), 4), day=day)}
    for home in area.places["id"][area.places["kind"] == "transitional_housing"]:
        asked = BankQuestion.read({"housing": home, "limit": "700"}, today=TODAY)
        documents[f"bank {home}"] = bank_document(bank_of(area, asked), area, day=day)
    return {
        f"{name} {ending}": answer_bytes(document, ending)
        for name, document in documents.items()
        for ending in ENDINGS
    }


def _reach(area: Area) -> dict[str, object]:
    found: dict[str, object] = {
        "places": places_and_gaps_map.places_map(area, area.kinds, "sv"),
        "contents": places_and_gaps_map.contents(area, "sv"),
        "table": area.places.drop(columns="geometry").to_csv(),
        "search": list(findable(area)["name"]),
    }
    for place in area.places["id"]:
        found[f"record {place}"] = from_point.record(area, place, "sv")
    spots = area.places.geometry[:4]
    for lon, lat in zip(spots.x, spots.y, strict=True):
        near = from_point.reach_here(area, lon, lat, limit_m=900)
        found[f"here {lon}"] = places_and_gaps_map.reach_table(area, near, "sv").to_csv()
        found[f"around {lon}"] = reach_json(
            around(area, lon, lat, limits_m=[400.0, 900.0]), area, "sv"
        )
        way = way_to(area, lon, lat, place=area.places["id"].iloc[-1])
        found[f"way {lon}"] = route_json(way, area, "sv")
    return found


def _proposal(area: Area) -> dict[str, object]:
    question = siting_question.SitingQuestion(
        kind="info_desk",
        count=1,
        limit_m=500.0,
        group="newcomers",
        kinds=("library", "meeting_place"),
    )
    answer = alternatives.answered(instance.prepare(area, question), vary=True, most=2)
    proposal = answer.proposal
    document = site_document(
        replace(answer, proposal=replace(proposal, seconds=0.0)), day="2026-11-30"
    )
    near = candidates(
        area,
        kinds=("library", "meeting_place", "transitional_housing"),
        near=(("transitional_housing", 800.0),),
    )
    report = make_report(area, kind="library", limit_m=500, group="newcomers", date="2026-11-26")
    return {
        **{f"proposal {ending}": answer_bytes(document, ending) for ending in ENDINGS},
        "proposal text": "\n".join(document.lines),
        "proposal map": sites_map(area, proposal, "sv"),
        "proposal": [repr(vars(site)) for site in proposal.sites],
        "candidates": near.table.drop(columns="geometry").to_csv() + repr(near.left_out),
        "report html": report_page.html_bytes(report, area),
        "report gpkg": report_geopackage.gpkg_bytes(report, area),
        "report xlsx": report_workbook.xlsx_bytes(report),
    }


def _bytes(value: object) -> bytes:
    if isinstance(value, bytes):
        return CLOCK.sub(b"", value)
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, MapSpec):
        return _drawn(value).encode()
    return json.dumps(value, ensure_ascii=False, default=str).encode()


def _drawn(spec: MapSpec) -> str:
    parts = [spec.title, spec.alt_text, spec.table.to_csv(), repr(spec.legend)]
    for layer in spec.layers:
        for value in vars(layer).values():
            wkt = value.to_wkt() if isinstance(value, gpd.GeoSeries) else value
            parts.append(repr(list(wkt) if hasattr(wkt, "__iter__") else wkt))
    return "\n".join(parts)


# The attack


def sweep(area: Area) -> dict[str, tuple[float, ...]]:
    """Return headcounts and district sums for many limits, kinds and ways of walking."""
    found = {}
    for kind, profile in product(KINDS, ("adult", "older")):
        metres = gaps.distances(area, kind, profile)
        answers: list[Gap] = [
            gaps.gap(
                area, kind=kind, limit_m=limit, group="newcomers", profile=profile, metres=metres
            )
            for limit in LIMITS
        ]
        found[f"{kind} {profile}"] = tuple(answer.beyond for answer in answers)
    return found


def arena_sweep(area: Area) -> tuple[tuple[str, float, float, float, float], ...]:
    """Return every number of newcomers at every meeting place, for many limits."""
    found = []
    for limit in LIMITS[::4]:
        question = MeetingQuestion.read({"measure": "arena", "limit": str(limit)}, today=TODAY)
        for each in answer_of(area, question).arenas:
            share = each.newcomers
            found.append((each.id, share.share, share.low, share.high, each.people))
    return tuple(found)


def weighed(area: Area, arena: str, limit: int) -> float:
    """Return what the share of newcomers tells of them: their number times the weight of distance,
    as an attacker who knows where everybody else lives works it out.
    """
    question = MeetingQuestion.read({"measure": "arena", "limit": str(limit)}, today=TODAY)
    answer = answer_of(area, question)
    found = next(each for each in answer.arenas if each.id == arena)
    return found.newcomers.share * found.weighted


def test_the_share_of_newcomers_gives_the_walk_to_a_housing_that_is_not_protected() -> None:
    """With 30 people at one door, and another housing out of reach, the weight is the walk's."""
    area = town((625.0, 950.0), word="nej")
    told = weighed(area, "m1", 700) / FAMILY
    metres = within(
        area.network,
        area.snapped_people().take(np.array([len(area.people) - 1])),
        area.snapped_places("meeting_place"),
        within_m=700,
    ).data[0]
    assert told == pytest.approx(float(DECAYS["gaussian"](np.array([metres]), 700)[0]), abs=1e-6)


def test_no_share_of_newcomers_depends_on_where_in_its_region_a_protected_housing_is() -> None:
    area = town((625.0, 950.0))
    region = region_of(area)
    for seed in (3, 8):
        assert arena_sweep(town(spot_in(region, seed))) == arena_sweep(area)


def walk_told(counts: tuple[float, ...]) -> tuple[float, float]:
    """Return between what metres the family walks: where the headcount falls by their number."""
    falls = [
        (LIMITS[step], LIMITS[step + 1])
        for step in range(len(LIMITS) - 1)
        if counts[step] - counts[step + 1] in (FAMILY, FAMILY + 41)
    ]
    return falls[0] if falls else (0.0, np.inf)


def lattice() -> np.ndarray:
    xs, ys = np.arange(0, WIDE_M + 1, 25), np.arange(0, HIGH_M + 1, 25)
    grid = np.array([(x, y) for x in xs for y in ys])
    on_street = (grid % BLOCK_M == 0).any(axis=1)
    return grid[on_street]


def trilaterated(found: dict[str, tuple[float, ...]]) -> np.ndarray:
    """Return the spots along the streets whose walks are those the headcounts tell of."""
    spots = lattice()
    area = _town(False)
    start = area.network.snap(_points([tuple(spot) for spot in spots]))
    keeps = np.ones(len(spots), dtype=bool)
    for kind in KINDS:
        low, high = walk_told(found[f"{kind} adult"])
        metres = nearest(area.network, start, area.snapped_places(kind)).metres[:, 0]
        keeps &= (metres > low - 1) & (metres <= high + 1)
    return spots[keeps]


def test_the_attack_finds_a_housing_that_is_not_protected() -> None:
    at = (625.0, 950.0)
    left = trilaterated(sweep(town(at, word="nej")))
    assert 0 < len(left) < 0.03 * len(lattice())
    assert np.hypot(*(left - at).T).min() <= 25


def test_the_attack_on_a_protected_one_finds_what_its_region_tells() -> None:
    at = (625.0, 950.0)
    area = town(at)
    region = region_of(area)
    assert sweep(area) == sweep(town(spot_in(region, 3), word="Ja"))
    left = trilaterated(sweep(area))
    other = trilaterated(sweep(town(spot_in(region, 8))))
    assert (left == other).all()
    # The spots it thinks of are those of our own spot in the region, and the housing is not there.
    assert np.hypot(*(left - at).T).min() > 100


def region_of(area: Area) -> shapely.Geometry:
    shapes = protected.shapes(area.places)
    assert len(shapes) == 1
    return shapes.to_crs(area.network.crs).iloc[0]


def spot_in(region: shapely.Geometry, seed: int) -> tuple[float, float]:
    """Return some spot of a region, a metre and more inside it."""
    random = np.random.default_rng(seed)
    west, south, east, north = region.bounds
    inner = shapely.buffer(region, -1.0)
    while True:
        x, y = random.uniform(west, east), random.uniform(south, north)
        if shapely.intersects_xy(inner, x, y):
            return float(x - EAST), float(y - NORTH)


anywhere = st.tuples(st.floats(1, WIDE_M - 1), st.floats(1, HIGH_M - 1))


def test_wherever_in_its_region_it_stands_every_output_is_the_same() -> None:
    """In the middle of the town; in all of it, slowly, below."""
    check_that_outputs_tell_the_region_only((625.0, 950.0), seed=3)


@pytest.mark.slow
@settings(max_examples=6, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(at=anywhere, seed=st.integers(0, 999))
def test_wherever_in_the_town_its_region_is_every_output_is_the_same(
    at: tuple[float, float], seed: int
) -> None:
    check_that_outputs_tell_the_region_only(at, seed)


def check_that_outputs_tell_the_region_only(at: tuple[float, float], seed: int) -> None:
    area = town(at)
    region = region_of(area)
    one, other = outputs(area), outputs(town(spot_in(region, seed)))
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []
    spot = _points([at]).iloc[0]
    for name, content in one.items():
        for secret in SECRETS:
            assert secret.encode() not in content, (name, secret)
        assert struct.pack("<d", spot.x) not in content, name


@settings(max_examples=25, deadline=None)
@given(at=anywhere)
def test_its_region_is_wide_holds_it_and_enough_households(at: tuple[float, float]) -> None:
    area = town(at)
    region = region_of(area)
    there = shapely.Point(EAST + at[0], NORTH + at[1])
    assert shapely.distance(region, there) < 0.2  # the region is written to a decimetre
    assert is_wide(shapely.buffer(region, 0.2), rule().across_m)
    xy = _town(False).people.geometry.to_crs(SWEREF99_TM)
    inside = int(xy.intersects(shapely.buffer(region, 0.2)).sum())
    assert 5.0 * inside / rule().persons_per_household >= 10
    spot = area.places.geometry.to_crs(SWEREF99_TM).iloc[-1]
    assert shapely.distance(region, spot) < 0.2
    assert area.people["district"].iloc[-1] == area.places["district"].iloc[-1]


def test_nobody_lives_here_then_it_is_in_sums_only() -> None:
    area = town((300, 300), few=True)
    assert protected.is_restricted(area.places).sum() == 1
    assert protected.shapes(area.places).empty
    assert gaps.gap(area, kind="library", limit_m=1, group="newcomers").people == 71
    assert outputs(area) == outputs(town((1700, 900), few=True))


# What an area holds


def test_an_area_never_holds_what_it_must_not_know(tmp_path: Path) -> None:
    saved = save_area(town((625, 950)), tmp_path)
    again = open_area("stad", tmp_path)
    for area in (town((625, 950)), saved, again, replace(again, name="Annat")):
        row = area.places.iloc[-1]
        assert row["id"] == "transitional_housing-restricted-1" and row["address"] == ""
        written = area.places.to_csv() + area.people.to_csv()
        assert not [secret for secret in SECRETS if secret in written]
        assert area.people["unit"].iloc[-1] == row["id"]
        assert area.people["newcomers"].iloc[-1] == FAMILY
        assert area.people.geometry.iloc[-1] == row.geometry
        assert again.places.geometry.iloc[-1] == row.geometry
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert not [word for word in SECRETS if word.encode() in path.read_bytes()]


def test_sums_hold_its_people_and_its_children() -> None:
    area, plain = town((625, 950)), town((625, 950), word="nej")
    asked = {"kind": "library", "limit_m": 500, "group": "newcomers"}
    assert gaps.gap(area, **asked).people == gaps.gap(plain, **asked).people == 71
    told = [
        [row.family.children for row in capacity_of(one, PreschoolQuestion(when=TODAY)).housing]
        for one in (area, plain)
    ]
    assert told[0] == told[1] and 7 in told[0]


def test_it_is_drawn_as_an_area_and_never_as_a_point() -> None:
    area = town((625, 950))
    hidden = area.places["id"].iloc[-1]
    answer = gaps.gap(area, kind="transitional_housing", limit_m=300, group="newcomers")
    specs = [
        places_and_gaps_map.places_map(area, area.kinds, "sv"),
        places_and_gaps_map.gap_map(area, answer, "en"),
        preschools_map(area, capacity_of(area, PreschoolQuestion(when=TODAY)), "sv"),
    ]
    for spec in specs:
        points = [layer for layer in spec.layers if isinstance(layer, PointLayer)]
        assert "h1" in {name for layer in points for name in layer.ids}
        assert hidden not in {name for layer in points for name in layer.ids}
        [shown] = [layer for layer in spec.layers if layer.id == "restricted"]
        assert isinstance(shown, AreaLayer)
        assert shown.label in {entry.label for entry in spec.legend}
    assert hidden not in set(findable(area)["id"])


def test_its_row_in_the_files_of_preschools_has_no_point() -> None:
    area = town((625, 950))
    answer = capacity_of(area, PreschoolQuestion(when=TODAY))
    document = preschool_document(answer, area, day=TODAY.isoformat())
    drawn = {
        row["properties"]["id"]
        for row in json.loads(answer_bytes(document, ".geojson"))["features"]
    }
    assert "h1" in drawn and area.places["id"].iloc[-1] not in drawn
    assert area.places["id"].iloc[-1] in set(document.rows["id"])


def test_it_is_no_candidate_and_nothing_is_near_it() -> None:
    found = candidates(town((390, 1290)), kinds=("library", "transitional_housing"))
    assert set(found.table["id"]) == {"l1", "l2", "h1"}
    near = candidates(
        town((390, 1290)), kinds=("library",), near=(("transitional_housing", 300.0),)
    )
    assert near.table.empty


def test_what_is_known_of_it_is_its_kind_and_district() -> None:
    lines = from_point.record(town((625, 950)), "transitional_housing-restricted-1", "sv")
    assert not [value for _, value in lines if str(FAMILY) in value or "POLYGON" in value]
    assert lines[0][1].startswith("Skyddat boende")


def test_two_in_one_region_stand_together_and_last() -> None:
    places = _places((625, 950), "x")
    twin = places.iloc[[-1]].assign(id="0-first", geometry=_points([(640, 900)]).values)
    three = pd.concat([twin, places], ignore_index=True)
    area = replace(_town(False), places=gpd.GeoDataFrame(three, crs=WGS84))
    assert list(protected.is_restricted(area.places)) == [False] * 6 + [True] * 2
    assert area.places.geometry.iloc[-1] == area.places.geometry.iloc[-2]
    assert area.places["id"].is_unique and len(protected.shapes(area.places)) == 1


@pytest.mark.parametrize("word", ["Ja", "x", "1", "true", "SANT", "Skyddad", "okänt", "till 2027"])
def test_any_word_but_a_no_protects(word: str) -> None:
    assert protected.is_restricted(town((625, 950), word=word).places).sum() == 1


@pytest.mark.parametrize("word", ["nej", "No", "0", "FALSE", "-", "–", " "])
def test_a_no_does_not(word: str) -> None:
    assert not protected.is_restricted(town((625, 950), word=word).places).any()


@pytest.mark.parametrize("value", [True, 1, 1.0])
def test_numbers_and_truth_protect_as_words_do(value: object) -> None:
    assert protected.says_restricted({"SKYDDAD": value})
    assert not protected.says_restricted({"skyddad": not value})


def test_one_outside_the_area_is_shown_in_the_nearest_region() -> None:
    area = town((-900.0, 700.0))
    assert region_of(area).distance(area.people.geometry.to_crs(SWEREF99_TM).iloc[-1]) < 0.2


# On the command line, from a file


def test_from_a_file_to_every_command_nothing_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NARHET_HOME", str(tmp_path / "home"))
    base = _town(False)
    base.network.frame()[["geometry"]].to_file(tmp_path / "lines.geojson", driver="GeoJSON")
    base.districts.to_file(tmp_path / "districts.geojson", driver="GeoJSON")
    people = base.people.drop(columns="geometry").assign(
        lon=base.people.geometry.x, lat=base.people.geometry.y
    )
    people[["id", "lon", "lat", "all"]].rename(columns={"all": "people"}).to_csv(
        tmp_path / "people.csv", index=False
    )
    at = _points([(625, 950), (1510, 1190), (390, 1290)])
    pd.DataFrame(
        {
            "id": [SECRETS[4], "h1", ""], "namn": [SECRETS[0], "Öppna huset", SECRETS[0]],
            "adress": [SECRETS[1], "Torget 1", SECRETS[1]], "newcomers": [30, 41, 12],
            "Begränsad": ["JA", "", "x"], "tel": SECRETS[2], "lon": at.x, "lat": at.y,
        }
    ).to_csv(tmp_path / "housing.csv", index=False)  # fmt: skip
    pd.DataFrame({"namn": ["Ek"], "lon": at.x[:1], "lat": at.y[:1]}).to_csv(
        tmp_path / "preschools.csv", index=False
    )
    files = [f"--{name}={tmp_path / name}.geojson" for name in ("lines", "districts")]
    kinds = [f"--place=transitional_housing={tmp_path / 'housing.csv'}",
             f"--place=preschool={tmp_path / 'preschools.csv'}"]  # fmt: skip
    commands = [
        ["area", "build", "stad", *files, f"--people={tmp_path / 'people.csv'}", *kinds],
        ["area", "show", "stad"],
        ["area", "show", "stad", "--json"],
        ["area", "check", "stad"],
        ["reach", "stad", "--at", f"{at.x[1]},{at.y[1]}", "--limits", "400,800"],
        ["gaps", "stad", "--kind", "preschool", "--limit", "400", "--group", "newcomers"],
        ["preschools", "stad", "--limit", "400"],
        ["sites", "stad", "--kind", "info_desk", "--count", "1", "--limit", "400",
         "--group", "newcomers"],
    ]  # fmt: skip
    for command in commands:
        main(command)
        said = "".join(capfd.readouterr())
        assert said, command
        secrets = (*SECRETS[:3], SECRETS[4], f"{at.x[0]:.4f}")
        assert not [secret for secret in secrets if secret in said], command
    area = open_area("stad")
    assert protected.is_restricted(area.places).sum() == 2
    assert gaps.gap(area, kind="preschool", limit_m=400, group="newcomers").people == 83
