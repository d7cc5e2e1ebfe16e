"""How well the check finds points known to be wrong, and how many right ones it flags too:
``python -m tests.geo.ingest.checks.measure`` prints the table.

Truth: the 24 preschools that were geocoded wrong (each has its right point beside it), and the
preschools whose point the list of school buildings or OpenStreetMap confirms. All others are
unknown, and counted as such: neither for nor against.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from geo.area.model import Area
from geo.area.provenance import ADDRESSES, PLACES, empty_table
from geo.ingest.checks.fixes import check_places
from geo.ingest.checks.rows import address
from geo.ingest.checks.thresholds import Problem
from geo.network.walk_network import build_network
from geo.types import SWEREF99_TM, WGS84

DATA = Path(__file__).resolve().parents[5] / "shared" / "data"
TODAY = date(2026, 2, 1)
"""So that no source's age is counted: it is points that are measured."""
NO_PATHS = ("off_paths", "unreachable")
"""Not counted where the data hold no path network."""
CONFIRMED = ("confirmed by", "sisab_address(missing in source)")


@dataclass(frozen=True, eq=False)
class Case:
    """A file to check: its places, which of them are wrong and which right, and its area."""

    name: str
    places: gpd.GeoDataFrame
    wrong: frozenset[str]
    right: frozenset[str]
    area: Area
    passed_over: tuple[str, ...] = ()


@dataclass(frozen=True)
class Measured:
    """Flagged of the wrong, the right and the unknown, as warning or error; ``noted`` only as a
    note; and the same by rule: code → (wrong, right, unknown).
    """

    name: str
    rows: int
    wrong: tuple[int, int]
    right: tuple[int, int]
    unknown: tuple[int, int]
    noted: tuple[int, int, int]
    by_rule: dict[str, tuple[int, int, int]]
    false_alarms: tuple[str, ...]
    missed: tuple[str, ...]


def measure(case: Case) -> Measured:
    """Check a case and count."""
    found = [
        problem
        for problem in check_places(case.places, area=case.area, today=TODAY)
        if problem.code not in case.passed_over
    ]
    flagged = _records(found, ("error", "warning"))
    noted = _records(found, ("note",)) - flagged
    ids = frozenset(case.places["id"])
    unknown = ids - case.wrong - case.right
    truths = (case.wrong, case.right, unknown)
    by_rule = {
        code: tuple(
            len(
                truth & _records([p for p in found if p.code == code], ("error", "warning", "note"))
            )
            for truth in truths
        )
        for code in sorted({problem.code for problem in found})
    }
    names = dict(
        zip(case.places["id"], case.places["name"] + ", " + case.places["address"], strict=True)
    )
    return Measured(
        case.name,
        len(ids),
        (len(flagged & case.wrong), len(case.wrong)),
        (len(flagged & case.right), len(case.right)),
        (len(flagged & unknown), len(unknown)),
        tuple(len(noted & truth) for truth in truths),
        by_rule,
        tuple(sorted(names[own] for own in flagged & case.right)),
        tuple(sorted(names[own] for own in case.wrong - flagged)),
    )


def cases() -> list[Case]:
    """Return what is measured: the whole city's file, the borough's, and another municipality's."""
    city, wrong, right = _city(corrected=False)
    mended, _, right_too = _city(corrected=True)
    borough, bad, good = _borough(corrected=False)
    whole, _, all_good = _borough(corrected=True)
    haninge, confirmed = _haninge()
    here = _area(_districts())
    town = _area(_town(city))
    south = _area(gpd.read_file(DATA / "haninge" / "kommun.geojson"))
    none, some, more = empty_table(ADDRESSES), buildings(), _stack(buildings(), streets())
    everything = _stack(more, _register())
    nobody: frozenset[str] = frozenset()
    found = []
    for label, known in (
        ("none", none),
        ("buildings", some),
        ("buildings and streets", more),
        ("all", everything),
    ):
        with_known = replace(town, addresses=known)
        found.append(Case(f"city as found, {label}", city, wrong, right, with_known, NO_PATHS))
        found.append(Case(f"city mended, {label}", mended, nobody, right_too, with_known, NO_PATHS))
    for label, known in (
        ("none", none),
        ("buildings but their own", _others()),
        ("buildings", some),
    ):
        with_known = replace(here, addresses=known)
        found.append(Case(f"borough as found, {label}", borough, bad, good, with_known))
        found.append(Case(f"borough mended, {label}", whole, nobody, all_good, with_known))
    found.append(Case("Haninge, none", haninge, nobody, confirmed, south, NO_PATHS))
    houses = buildings_as_places()
    found.append(Case("school buildings, none", houses, nobody, frozenset(houses["id"]), here))
    return found


def buildings() -> gpd.GeoDataFrame:
    """Return the borough's school buildings as address points."""
    table = gpd.read_file(DATA / "hasselby-vallingby" / "school_buildings.geojson")
    parts = table["adress"].str.extract(r"^(?P<street>\D+?)\s+(?P<number>\d.*)$")
    return gpd.GeoDataFrame(
        {
            "street": parts["street"].fillna(table["adress"]),
            "number": parts["number"].fillna(""),
            "postcode": table["postalnumber"].fillna(""),
            "city": table["postaltown"].fillna(""),
            "name": table["title"].fillna(""),
            "source": "SISAB",
        },
        geometry=table.geometry,
        crs=WGS84,
    )


def buildings_as_places() -> gpd.GeoDataFrame:
    """Return the borough's school buildings as a file of places whose points are right."""
    table = gpd.read_file(DATA / "hasselby-vallingby" / "school_buildings.geojson")
    rows = pd.DataFrame(
        {
            "skolverkets_id": table["markerid"],
            "namn": table["title"],
            "adress": table["adress"],
            "lat": table.geometry.y,
            "lon": table.geometry.x,
        }
    )
    return _places(rows)


def schools_looked_up() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, Area]:
    """Return Haninge's schools as an online service placed them, its preschools, and its area."""
    table = pd.read_csv(DATA / "messy" / "schools_google_geocoded_haninge.csv", dtype=str)
    names = {
        "school_id": "skolverkets_id",
        "school_name": "namn",
        "address": "adress",
        "latitude": "lat",
        "longitude": "lon",
    }
    area = _area(gpd.read_file(DATA / "haninge" / "kommun.geojson"))
    schools = _places(table.rename(columns=names)).assign(kind="school")
    return schools, _haninge()[0], area


def _others() -> gpd.GeoDataFrame:
    """Return the buildings without those of the wrong preschools' own addresses."""
    known = buildings()
    theirs = {address(text) for text in _wrong_file()["Adress"]}
    own = [
        any(address(f"{street} {number}").meets(one) for one in theirs)
        for street, number in zip(known["street"], known["number"], strict=True)
    ]
    return known[~pd.Series(own, index=known.index)]


def streets() -> gpd.GeoDataFrame:
    """Return the named streets of Rinkeby-Kista as address points without numbers."""
    answer = json.loads((DATA / "rinkeby-kista" / "overpass_response.json").read_text("utf-8"))
    nodes = {e["id"]: (e["lon"], e["lat"]) for e in answer["elements"] if e["type"] == "node"}
    rows = [
        (way["tags"]["name"], shapely.Point(nodes[node]))
        for way in answer["elements"]
        if way["type"] == "way" and "name" in way.get("tags", {})
        for node in way["nodes"][::2]
        if node in nodes
    ]
    return gpd.GeoDataFrame(
        {name: [row[0] if name == "street" else "" for row in rows] for name in ADDRESSES},
        geometry=[row[1] for row in rows],
        crs=WGS84,
    )


def _register() -> gpd.GeoDataFrame:
    """Return the right points of the wrong ones: what an address register would know. It finds
    them by construction, since it is what they were found by.
    """
    table = _wrong_file()
    parts = table["Adress"].str.extract(r"^(?P<street>\D+?)\s+(?P<number>\d.*)$")
    return gpd.GeoDataFrame(
        {
            "street": parts["street"],
            "number": parts["number"],
            **dict.fromkeys(("postcode", "city", "name"), ""),
            "source": "SISAB",
        },
        geometry=gpd.points_from_xy(table["lon_sisab"], table["lat_sisab"]),
        crs=WGS84,
    )


def _city(*, corrected: bool) -> tuple[gpd.GeoDataFrame, frozenset[str], frozenset[str]]:
    """Return all preschools of Stockholm the data hold, the wrong ones at their wrong points."""
    own = _borough_file()
    shared = pd.read_csv(DATA / "messy" / "preschool_shared_coordinates_stockholm.csv", dtype=str)
    shared = shared.rename(
        columns={"Namn": "namn", "Adress": "adress", "Latitud": "lat", "Longitud": "lon"}
    )
    bad = _wrong_rows(corrected=corrected)
    rest = own[~own["skolverkets_id"].isin(bad["skolverkets_id"])]
    both = pd.concat([bad, rest, shared], ignore_index=True).drop_duplicates("skolverkets_id")
    wrong = _ids(bad)
    right = _ids(rest[_confirmed(rest)])
    return _places(both), wrong, right | wrong if corrected else right


def _borough(*, corrected: bool) -> tuple[gpd.GeoDataFrame, frozenset[str], frozenset[str]]:
    own = _borough_file()
    bad = _wrong_rows(corrected=corrected)
    bad = bad[bad["skolverkets_id"].isin(own["skolverkets_id"])]
    rest = own[~own["skolverkets_id"].isin(bad["skolverkets_id"])]
    wrong, right = _ids(bad), _ids(rest[_confirmed(rest)])
    return (
        _places(pd.concat([bad, rest], ignore_index=True)),
        wrong,
        right | wrong if corrected else right,
    )


def _haninge() -> tuple[gpd.GeoDataFrame, frozenset[str]]:
    table = pd.read_csv(DATA / "haninge" / "preschools.csv", dtype=str)
    return _places(table), _ids(table[_confirmed(table)])


def _wrong_file() -> pd.DataFrame:
    return pd.read_csv(DATA / "messy" / "preschool_wrong_geocodes_stockholm.csv", dtype=str)


def _wrong_rows(*, corrected: bool) -> pd.DataFrame:
    table = _wrong_file()
    end = "_sisab" if corrected else ""
    at = {"lat": "lat_sisab", "lon": "lon_sisab"} if end else {"lat": "Latitud", "lon": "Longitud"}
    return pd.DataFrame(
        {
            "skolverkets_id": table["skolverkets_id"],
            "namn": table["Namn"],
            "adress": table["Adress"],
            **{name: table[column] for name, column in at.items()},
        }
    )


@cache
def _borough_file() -> pd.DataFrame:
    return pd.read_csv(DATA / "hasselby-vallingby" / "preschools.csv", dtype=str)


def _confirmed(table: pd.DataFrame) -> pd.Series:
    return table["coord_source"].map(lambda text: any(word in str(text) for word in CONFIRMED))


def _ids(table: pd.DataFrame) -> frozenset[str]:
    return frozenset(table["skolverkets_id"])


def _places(table: pd.DataFrame) -> gpd.GeoDataFrame:
    lon, lat = table["lon"].astype(float), table["lat"].astype(float)
    columns = {
        **dict.fromkeys(PLACES, ""),
        "id": table["skolverkets_id"],
        "name": table["namn"],
        "kind": "preschool",
        "address": table["adress"],
        "demonstration": False,
        "details": "{}",
    }
    points = gpd.GeoSeries(gpd.points_from_xy(lon, lat), index=table.index, crs=WGS84)
    return gpd.GeoDataFrame(columns, geometry=points.where(lon.notna(), None), crs=WGS84)


@cache
def _lines() -> gpd.GeoDataFrame:
    path = DATA / "hasselby-vallingby" / "walk_lines.geojson.gz"
    with gzip.open(path) as file:
        return gpd.read_file(file).to_crs(SWEREF99_TM)


@cache
def _network():  # type: ignore[no-untyped-def]
    return build_network(_lines())


def _districts() -> gpd.GeoDataFrame:
    return gpd.read_file(DATA / "hasselby-vallingby" / "stadsdelar.geojson")


def _town(places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a stand-in for the city's outline, which the data do not hold: the hull of the right
    points and two kilometres around it.
    """
    right = _city(corrected=True)[0].to_crs(SWEREF99_TM)
    return gpd.GeoDataFrame(
        geometry=[right.union_all().convex_hull.buffer(2000)], crs=SWEREF99_TM
    ).to_crs(places.crs)


def _area(outline: gpd.GeoDataFrame) -> Area:
    outline = outline.to_crs(WGS84)
    names = [name for name in ("name", "namn", "stadsdel", "STADSDEL") if name in outline]
    districts = gpd.GeoDataFrame(
        {"name": outline[names[0]].astype(str) if names else [""] * len(outline)},
        geometry=outline.geometry,
        crs=WGS84,
    )
    return Area(
        id="measured",
        name="",
        network=_network(),
        boundary=gpd.GeoSeries([outline.union_all()], crs=WGS84),
        districts=districts,
        people=empty_table(("id", "origin", "unit", "district", "estimated")),
        places=empty_table(PLACES),
        buildings=empty_table(("floor_m2", "residential")),
        water=empty_table(()),
        sources=(),
    )


def _records(found: Iterable[Problem], severities: tuple[str, ...]) -> frozenset[str]:
    return frozenset(problem.record for problem in found if problem.severity in severities)


def _stack(*tables: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(pd.concat(tables, ignore_index=True), crs=WGS84)


def lines() -> list[str]:
    """Return the table in Markdown, and the rules below it."""
    found = [measure(case) for case in cases()]
    rows = [
        "| file, address points | rows | wrong flagged | right flagged | unknown flagged | noted |",
        "|---|---|---|---|---|---|",
    ]
    for one in found:
        told = [f"{flagged} of {of}" for flagged, of in (one.wrong, one.right, one.unknown)]
        noted = " + ".join(map(str, one.noted))
        rows.append(f"| {one.name} | {one.rows} | {' | '.join(told)} | {noted} |")
    for one in found:
        rows += ["", f"{one.name} (rule: wrong, right, unknown)"]
        rows += [f"- {code}: {counts}" for code, counts in one.by_rule.items()]
        if one.false_alarms:
            rows.append(f"- right, flagged: {'; '.join(one.false_alarms)}")
        if one.missed:
            rows.append(f"- wrong, missed: {'; '.join(one.missed)}")
    return rows


if __name__ == "__main__":
    print("\n".join(lines()), file=sys.stdout)
