"""``import`` and ``worklist`` on the command line: what they say, write and refuse; and the messy
files staff really have, one by one.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo.area.model import Area
from geo.catalog import open_area, save_area
from geo.cli.parser import main
from geo.store.store import has_store, store_of
from tests.geo.ingest.places.test_importing import area_with_addresses, four, housing, lonlat, write

EXPECTED = {
    "DERIVED_haninge_forskolor_cp1252_semikolon_sweref991800.csv": ("EPSG:3011", 41, 41),
    "preschool_shared_coordinates_stockholm.csv": ("EPSG:4326", 45, 45),
    "preschool_wrong_geocodes_stockholm.csv": ("EPSG:4326", 24, 23),
    "schools_google_geocoded_haninge.csv": ("EPSG:4326", 10, 10),
    "valnamnden_fortid_adresser_original.xlsx": ("", 6, 0),
    "valnamnden_vallokaler_valdagen_original.xlsx": ("", 537, 0),
}
"""File → coordinate system, rows, rows placed in a place near Stockholm without addresses."""
REFUSED = {
    "scb_regso_foreign_born_bom_utf8.csv": "varken koordinater, adresser",
    "skolverket_slutbetyg_ak9_2025_skolenhet.csv": "varken koordinater, adresser",
    "sweref99_tm_points.csv": "alla 96 punkter ligger långt utanför",
    "valnamnden_oppettider_original.xlsx": "varken koordinater, adresser",
}


def run(*words: object) -> int:
    return main([str(word) for word in words])


@pytest.fixture
def area(home: Path) -> Area:  # noqa: ARG001 - its folder is the test's own
    return save_area(area_with_addresses())


def files_in(home: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in home.rglob("*") if path.is_file()}


def test_a_dry_run_says_what_would_happen_and_writes_nothing(
    area: Area, tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
):
    before = files_in(home)
    assert run("import", area.id, four(tmp_path), "--kind", "library", "--dry-run") == 0
    assert files_in(home) == before
    said = capsys.readouterr().out
    for words in (
        "kolumner skilda åt av ;",
        "rubriker på rad 1",
        "WGS 84 (EPSG:4326)",
        "Placerade: 3 av 4",
        "1 efter adress i området",
        "rad 5: Borta, Okända vägen 4",
        "Rader som inte är med: 1",
        "Inget är skrivet",
    ):
        assert words in said, words


def test_json_holds_all_that_was_detected(
    area: Area, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert run("import", area.id, four(tmp_path), "--kind", "library", "--json", "--dry-run") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["crs"], found["delimiter"], found["header"]) == ("EPSG:4326", ";", 1)
    assert found["columns"]["name"] == "namn" and found["columns"]["opening_hours"] == "öppettider"
    assert found["counts"] == {
        **{"placed": 3, "coordinates": 1, "address": 1, "name": 1, "lookup": 0},
        **{"unplaced": 1, "left_out": 1, "problems": len(found["problems"])},
    }
    assert [row["row"] for row in found["placed"]] == [2, 3, 4]
    assert found["unplaced"][0]["message"] == "gatan finns inte bland områdets adresser"
    assert found["written"] is False


def test_an_import_stands_in_the_area_and_its_rest_on_the_work_list(
    area: Area, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert run("import", area.id, four(tmp_path), "--kind", "library", "--who", "Ada") == 0
    batch = store_of(area.id).log()[0].batch
    assert f"python -m geo undo {area.id} {batch}" in capsys.readouterr().out
    assert len(open_area(area.id).places) == len(area.places) + 3
    assert run("worklist", area.id) == 0
    assert "library-a4: Borta, Okända vägen 4" in capsys.readouterr().out
    assert run("worklist", area.id, "--json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["id"], row["reason"]) for row in rows] == [("library-a4", "unknown_street")]
    assert run("undo", area.id, batch) == 0
    assert len(open_area(area.id).places) == len(area.places)


def test_an_area_without_edits_has_an_empty_work_list_and_still_no_store(
    area: Area, capsys: pytest.CaptureFixture[str]
):
    assert run("worklist", area.id) == 0
    assert capsys.readouterr().out.strip() == "Alla platser finns på kartan."
    assert not has_store(area.id)


def test_what_a_person_says_of_the_file_goes_first(
    area: Area, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = write(tmp_path / "f.csv", ["Foo", "Ekvägen 2"], ["Bar", "Provgatan 7"])
    words = ("--header", 0, "--column", "name=#1", "--column", "address=#2", "--json", "--dry-run")
    assert run("import", area.id, file, "--kind", "library", *words) == 0
    found = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in found["placed"]] == ["Foo", "Bar"]
    assert found["sure"] == {"name": "stated", "address": "stated"}


def test_a_proposal_is_followed_where_a_person_asks_for_it(
    area: Area, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    lon, lat = lonlat(9000, 100)
    file = write(tmp_path / "f.csv", ["namn", "lat", "lon"], ["Utanför", lat, lon])
    ask = ("import", area.id, file, "--kind", "library")
    assert run(*ask, "--fix", "nonsense") == 2
    assert "outside" in capsys.readouterr().err
    assert run(*ask, "--fix", "outside") == 0
    assert [record.name for record in store_of(area.id).unplaced()] == ["Utanför"]


@pytest.mark.parametrize(
    "words", [("--header", "x"), ("--column", "name"), ("--kind", "biblotek"), ("--decimal", ";")]
)
def test_what_can_not_be_meant_is_refused(area: Area, tmp_path: Path, words: tuple[str, ...]):
    kind = () if words[0] == "--kind" else ("--kind", "library")
    assert run("import", area.id, four(tmp_path), *kind, *words) == 2
    assert run("import", area.id, tmp_path / "none.csv", "--kind", "library") == 2


def test_json_and_text_say_nothing_of_protected_housing(
    area: Area, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    for words in (("--dry-run",), ("--dry-run", "--json"), ()):
        file = housing(tmp_path)
        assert run("import", area.id, file, "--kind", "transitional_housing", *words) == 0
        told = capsys.readouterr()
        assert "Öppna boendet" in told.out
        assert "Hemliga" not in told.out + told.err and "Dolda" not in told.out + told.err
    assert run("worklist", area.id) == 0
    assert "Hemliga" not in capsys.readouterr().out


def test_a_file_goes_into_the_demonstration_like_into_any_area(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = write(tmp_path / "f.csv", ["namn", "adress"], ["Kahvila", "Mikonkatu 5"])
    assert run("import", "demo", file, "--kind", "meeting_place") == 0
    assert "demonstration" in capsys.readouterr().err.lower()
    demo = open_area("demo")
    assert (len(demo.addresses), int((demo.addresses["number"] != "").sum())) == (1497, 1449)
    places = demo.places
    row = places[places["name"] == "Kahvila"].iloc[0]
    assert not row["demonstration"] and row["source"].startswith("f.csv · © OpenStreetMap")


@pytest.mark.parametrize("name", [*EXPECTED, *REFUSED])
def test_each_messy_file_is_imported_or_refused_in_words(
    area: Area, shared_data: Path, name: str, capsys: pytest.CaptureFixture[str]
):
    file = shared_data / "messy" / name
    status = run(
        "import", area.id, file, "--kind", "school", "--dry-run", "--json", "--outside", "keep"
    )
    told = capsys.readouterr()
    if name in REFUSED:
        assert status == 2 and REFUSED[name] in told.err
        found = json.loads(told.out)
        assert REFUSED[name] in found["refused"]["message"]
        assert found["crs"] == ("EPSG:3006" if name == "sweref99_tm_points.csv" else "")
        return
    found = json.loads(told.out)
    rows = len(found["placed"]) + len(found["unplaced"])
    assert (status, found["crs"], rows, len(found["placed"])) == (0, *EXPECTED[name])
