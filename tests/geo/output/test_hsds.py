"""Open Referral HSDS 3, out and in: what the specification requires is there, what was written
comes back, and no transitional housing is in it.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from geo.area.activities.model import Activity, Times
from geo.area.activities.table import to_table
from geo.area.model import Area
from geo.area.provenance import no_activities
from geo.ingest.places.propose import by_kind, propose
from geo.output.files.hsds import to_hsds
from geo.sources.activities.reader import read_activities
from geo.sources.files.place_tables import understand
from tests.tiny import tiny_area

TODAY = date(2026, 11, 30)
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "organizations": ("id", "name", "description"),
    "services": ("id", "organization_id", "name", "status"),
    "locations": ("id", "location_type"),
    "service_at_location": ("id", "service_id", "location_id"),
    "addresses": (
        *("id", "address_1", "city", "state_province", "postal_code", "country"),
        "address_type",
    ),
    "phones": ("id", "number"),
    "schedules": ("id",),
    "languages": ("id",),
}
"""What HSDS 3.0 requires of each table that we write."""
TIMES = (
    Times("FREQ=WEEKLY;BYDAY=TU,TH", date(2026, 9, 1), time(17), time(19, 30)),
    Times(
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", date(2026, 9, 5), time(10), time(12),
        season=("09-01", "05-31"), holidays=True, except_days=(date(2026, 12, 26),),
    ),
)  # fmt: skip


def the_area() -> Area:
    area = tiny_area()
    places = area.places.copy()
    at = places.index[places["kind"] != "transitional_housing"][0]
    places.loc[at, "address"] = "Provgatan 7, 162 60 Provby"
    places.loc[at, "details"] = json.dumps({"telefon": "08-000 000", "epost": "a@example.org"})
    held = Activity(
        "a1", str(places.at[at, "id"]), "language_cafe", "Språkcafé", TIMES,
        organisers=("Provbygdens förening",), languages=("sv", "ti"), cost="Gratis",
        contact="Eva Exempel, 070-000 00 00, eva@example.org", confirmed=date(2026, 10, 1),
    )  # fmt: skip
    return replace(area, places=places, activities=to_table([held]), _snaps={})


@pytest.fixture(scope="module")
def area() -> Area:
    return the_area()


@pytest.fixture(scope="module")
def package(area: Area) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(to_hsds(area, TODAY))) as archive:
        return {
            name.removesuffix(".csv"): list(
                csv.DictReader(io.StringIO(archive.read(name).decode()))
            )
            for name in archive.namelist()
            if name.endswith(".csv")
        }


def test_each_table_has_what_the_specification_requires(
    package: dict[str, list[dict[str, str]]],
) -> None:
    assert set(REQUIRED) <= set(package)
    lacking = [
        (table, field)
        for table, fields in REQUIRED.items()
        for row in package[table]
        for field in fields
        if not row.get(field)
    ]
    assert lacking == []
    ids = [row["id"] for rows in package.values() for row in rows]
    assert len(ids) == len(set(ids))
    assert {row["freq"] for row in package["schedules"]} <= {"WEEKLY", "MONTHLY"}
    assert {row["status"] for row in package["services"]} == {"active"}


def test_what_a_table_refers_to_is_there(package: dict[str, list[dict[str, str]]]) -> None:
    ids = {table: {row["id"] for row in rows} for table, rows in package.items()}
    for row in package["services"]:
        assert row["organization_id"] in ids["organizations"]
    for row in package["service_at_location"]:
        assert row["service_id"] in ids["services"] and row["location_id"] in ids["locations"]
    for row in package["schedules"]:
        assert row["service_at_location_id"] in ids["service_at_location"]


def test_no_housing_and_no_private_person_is_in_the_package(
    area: Area, package: dict[str, list[dict[str, str]]]
) -> None:
    homes = area.places[area.places["kind"] == "transitional_housing"]
    told = json.dumps(package, ensure_ascii=False)
    assert len(homes) and not any(str(own) in told for own in homes["id"])
    assert "Eva Exempel" not in told and "eva@example.org" in told


def test_what_was_written_comes_back(area: Area, tmp_path: Path) -> None:
    path = tmp_path / "hsds.zip"
    path.write_bytes(to_hsds(area, TODAY))
    west, south, east, north = map(float, area.boundary.total_bounds)
    understood = understand(path, near=(west, south, east, north))
    assert understood.format == "HSDS"
    parts, unknown = by_kind(understood)
    assert unknown == ()
    back = [propose(area, part, kind, today=TODAY).places for kind, part in parts]
    there = area.places[area.places["kind"] != "transitional_housing"].set_index("id")
    found = {
        str(row["id"]): (row["name"], row["kind"], row["address"])
        for table in back
        for row in table.to_dict("records")
    }
    assert found == {
        str(own): (row["name"], row["kind"], row["address"]) for own, row in there.iterrows()
    }


def test_schedules_come_back_as_activities(area: Area, tmp_path: Path) -> None:
    path = tmp_path / "hsds.zip"
    path.write_bytes(to_hsds(area, TODAY))
    read = read_activities(path, replace(area, activities=no_activities(), _snaps={}).places)
    assert [item.reason for item in read.left_out] == []
    (found,) = (each for each in read.activities if each.name == "Språkcafé")
    assert found.times == TIMES
    assert found.organisers == ("Provbygdens förening",)
    assert (set(found.languages), found.kind) == ({"sv", "ti"}, "language_cafe")
    assert found.place == str(area.places.at[
        area.places.index[area.places["kind"] != "transitional_housing"][0], "id"])  # fmt: skip
    assert (found.cost, found.confirmed) == ("Gratis", date(2026, 10, 1))
