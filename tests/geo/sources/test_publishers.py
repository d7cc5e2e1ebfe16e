"""Who published a file is what the file gives away, never a guess, and its date is never the file's
own or the day of building.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from geo.area.provenance import Source
from geo.catalog import open_area, save_area
from geo.cli.parser import main
from geo.ingest.build import Inputs, build
from geo.output.words.sources import source_line
from geo.sources.publishers import published
from tests.tiny import tiny_area

BOROUGH = {
    "deso2025.geojson": ("SCB, DeSO", "CC0 1.0"),
    "stadsdelar.geojson": ("Stockholms stad, stadsdelar", "CC0 1.0"),
    "preschools.csv": ("Skolverket, förskolor", ""),
    "polling_places.csv": ("Valnämnden, vallokaler", ""),
    "school_buildings.geojson": ("SISAB, skol- och förskolebyggnader", ""),
    "transit_stops.geojson": ("SL / Trafiklab, hållplatser", "CC0 1.0"),
    "walk_lines.geojson.gz": ("", ""),
}


def test_the_boroughs_files_are_recognised_and_nothing_is_invented(shared_data: Path) -> None:
    """As ``shared/data/README.md`` has it; 2019, 2021 and 2025 of three files stand in no file."""
    folder = shared_data / "hasselby-vallingby"
    told = {name: published(folder / name) for name in BOROUGH}
    assert {name: (each.title, each.licence) for name, each in told.items()} == BOROUGH
    assert {each.date for each in told.values()} == {""}


def test_the_borough_built_says_a_year_only_where_a_column_does(borough_files: Inputs) -> None:
    built = build("hv", "HV", borough_files)
    lines = {each.part: source_line(each, "sv") for each in built.sources}
    assert lines["people"] == "SCB, DeSO (deso2025.geojson), CC0 1.0, 2025, uppskattat"
    assert lines["preschool"] == "Skolverket, förskolor (preschools.csv), okänt, okänt"
    assert lines["network"] == "walk_lines.geojson.gz, okänt, okänt"
    assert lines["boundary"] == "Stockholms stad, stadsdelar (stadsdelar.geojson), CC0 1.0, okänt"


def test_stops_that_say_openstreetmap_credit_it(shared_data: Path) -> None:
    told = published(shared_data / "haninge" / "transit_stops.geojson")
    assert (told.title, told.licence) == ("OpenStreetMap", "ODbL 1.0")
    assert Source("station", told.title, told.licence).is_osm


def test_what_a_file_says_of_itself_stands(tmp_path: Path) -> None:
    path = tmp_path / "platser.geojson"
    head = {"type": "FeatureCollection", "name": "platser", "license": "CC BY 4.0"}
    head |= {"attribution": "Haninge kommun", "updated": "Uppdaterad 2025-03-04 12:00"}
    path.write_text(json.dumps({**head, "features": []}), encoding="utf-8")
    told = published(path)
    assert (told.title, told.licence, told.date) == ("Haninge kommun", "CC BY 4.0", "2025-03-04")


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe\x00", b'{"name": "\\ud800"', b"a;b\n1;2"]
)
def test_any_bytes_are_looked_at_without_harm(content: bytes, tmp_path: Path) -> None:
    for name in ("f.geojson", "f.csv", "f.geojson.gz", "f.xlsx"):
        (tmp_path / name).write_bytes(content)
        assert published(tmp_path / name).licence == ""


def test_the_date_of_the_file_is_never_its_contents(tmp_path: Path) -> None:
    area = save_area(tiny_area())
    point = area.places.geometry.iloc[0]
    file = tmp_path / "kaféer.csv"
    file.write_text(f"id,name,lat,lon\n1,Ett,{point.y},{point.x}\n", encoding="utf-8")
    os.utime(file, (1_600_000_000, 1_600_000_000))
    assert main(["area", "add", area.id, "--place", f"language_cafe={file}"]) == 0
    source = next(each for each in open_area(area.id).sources if each.part == "language_cafe")
    assert (source.licence, source.date) == ("", "")
    assert source_line(source, "sv") == "kaféer.csv, okänt, okänt"


def test_an_area_of_an_older_narhet_does_not_show_its_files_dates() -> None:
    area = save_area(tiny_area())
    path = next(Path(os.environ["NARHET_HOME"]).glob("areas/*/area.json"))
    manifest = json.loads(path.read_text(encoding="utf-8"))
    for source in manifest["sources"]:
        source |= {"file_date": True, "date": "2026-11-30"}
    path.write_text(json.dumps(manifest), encoding="utf-8")
    assert {source.date for source in open_area(area.id).sources} == {""}


def test_a_person_states_the_rest_and_can_undo_it(capsys: pytest.CaptureFixture[str]) -> None:
    area = save_area(tiny_area())
    stated = ["--source", "network=Kommunen", "--licence", "network=CC BY 4.0"]
    stated += ["--date", "network=2025"]
    assert main(["area", "add", area.id, *stated]) == 0
    source = next(each for each in open_area(area.id).sources if each.part == "network")
    assert (source.title, source.licence, source.date) == ("Kommunen", "CC BY 4.0", "2025")
    assert main(["undo", area.id, "2"]) == 0
    assert open_area(area.id).sources == area.sources
    assert main(["area", "add", area.id, "--source", "water=Ingen"]) == 2
    assert "network" in capsys.readouterr().err


def test_two_files_of_one_publisher_do_not_take_each_others_places(tmp_path: Path) -> None:
    area = save_area(tiny_area())
    point = area.places.geometry.iloc[0]
    for name in ("a.csv", "b.csv"):
        row = f"{name[0]}1,Förskola {name[0]},{point.y},{point.x}"
        (tmp_path / name).write_text(f"skolverkets_id,namn,lat,lon\n{row}\n", encoding="utf-8")
    stated = ["--source", "preschool=Skolverket"]
    for name in ("a.csv", "b.csv", "a.csv"):
        file = f"preschool={tmp_path / name}"
        assert main(["area", "add", area.id, "--place", file, *stated]) == 0
    named = set(open_area(area.id).places_of("preschool")["name"])
    assert {"Förskola a", "Förskola b"} <= named
