"""The files of what public texts say exists: each row tells its source, nothing is guessed, and no
row is lost or given hours or a place that its text does not tell.
"""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo import presets
from geo.area.activities.derived import activities_of
from geo.area.activities.model import audiences
from geo.area.languages import language, parts
from geo.area.model import Area
from geo.area.provenance import ADDRESSES
from geo.area.record_fields import place_fields
from geo.catalog import open_area, save_area
from geo.cells import plain
from geo.cli.parser import main
from geo.errors import UnknownLanguage
from geo.resources import DATA
from geo.store.store import store_of
from geo.types import WGS84
from tests.geo.ingest.places.test_importing import lonlat
from tests.tiny import tiny_area

FILES = ("hasselby-vallingby", "haninge")
NO_TEXT = "nämns i projektets uppdrag; offentlig text ej hittad"
UNKNOWN = ("", "okänt")
NAMED = {
    "hasselby-vallingby": (
        *("Hässelby strand", "Tegelhögen", "bibliotek", "Röda Korset", "Svenska kyrkan"),
        *("Kompis Sverige", "DUO", "Stockholmsmentor", "Syriska föreningen"),
    ),
    "haninge": (
        *("Familjecentralen i Handen", "Café Mama", "Brandbergsskolan", "Jordbro parklek"),
        *("Höglundaskolan", "Centrum Vux"),
    ),
}
"""What the project was asked to have."""

Row = dict[str, str]


def rows_of(name: str) -> list[Row]:
    with (DATA / "places" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def problems_of(row: Row) -> list[str]:
    """Return what is wrong with a row: what it asserts and may not."""
    found = []
    if not row["text"].strip() or not row["källa"].strip():
        found.append("no text or source")
    if row["källa"] == NO_TEXT:
        told = ("adress", "öppettider", "språk", "för vem", "bekräftad", "källdatum", "url", "lat")
        found += [f"{name} without a text" for name in told if row[name] not in UNKNOWN]
    elif not row["url"].startswith("https://") or " " in row["url"]:
        found.append("no https address")
    if bool(row["lat"]) != bool(row["lon"]) or (row["lat"] and not row["koordinatkälla"]):
        found.append("coordinates without a source")
    found += [f"no words for {part}" for part in about(row) if not says(row, part)]
    if bool(row["ungefärlig plats"]) != bool(row["ungefärlig enligt"]):
        found.append("approximate without its words")
    if row["typ"] not in presets.kinds():
        found.append("unknown kind")
    found += [f"unknown language {part}" for part in parts(row["språk"]) if not is_language(part)]
    names = {plain(name) for each in audiences().values() for name in (each.sv, *each.names)}
    for part in filter(None, re.split(r";\s*", row["för vem"])):
        found += [] if plain(part) in names else [f"unknown audience {part}"]
    if row["källdatum"] and not re.fullmatch(r"20\d\d(-\d\d(-\d\d)?)?", row["källdatum"]):
        found.append("source date")
    if row["bekräftad"] and row["bekräftad"] != row["källdatum"]:
        found.append("confirmed by another day than its text's")
    if re.search(r"\d{2,4}[- ]\d{2,3} ?\d{2}|@", " ".join(row[name] for name in WORDS)):
        found.append("telephone or e-mail")
    return found


def about(row: Row) -> list[str]:
    """Return where about a row says that its place is."""
    return [part.strip() for part in row["ungefärlig plats"].split(";") if part.strip()]


def says(row: Row, part: str) -> bool:
    """Return whether a row's own name, address or text has some words, as they are or in the
    genitive.
    """
    told = " ".join(row[name] for name in ("namn", "adress", "postort", "text", "källa"))
    return part.casefold() in told.casefold()


WORDS = ("namn", "inriktning", "arrangörer", "på besök", "text")


def is_language(part: str) -> bool:
    try:
        language(part)
    except UnknownLanguage:
        return False
    return True


def made_up_area() -> Area:
    """An area that knows the one street of the files and two of their houses."""
    rows = [
        ("Vittangigatan", "22", "", "", "", "made up"),
        ("", "", "", "", "Brandbergsskolan", "made up"),
        ("", "", "", "", "Jordbro bibliotek", "made up"),
    ]
    points = [shapely.Point(*lonlat(x, y)) for x, y in ((100, 100), (300, 300), (600, 600))]
    table = pd.DataFrame(rows, columns=list(ADDRESSES), dtype=object)
    addresses = gpd.GeoDataFrame(table, geometry=points, crs=WGS84)
    return save_area(replace(tiny_area(), addresses=addresses, _snaps={}))


@pytest.mark.parametrize("name", FILES)
def test_every_row_says_where_it_comes_from_and_nothing_it_may_not(name: str):
    wrong = {row["id"]: found for row in rows_of(name) if (found := problems_of(row))}
    assert wrong == {}


def test_a_row_that_guesses_is_caught():
    row = next(row for row in rows_of("haninge") if row["källa"] == NO_TEXT)
    guess = {**row, "öppettider": "mån 10-12", "lat": "59.1", "språk": "blabliska", "typ": "ufo"}
    assert problems_of(guess) == [
        "öppettider without a text",
        "språk without a text",
        "lat without a text",
        "coordinates without a source",
        "unknown kind",
        "unknown language blabliska",
    ]
    assert problems_of({**row, "källa": "En tidning", "url": "http://a.se"}) == ["no https address"]
    assert problems_of({**row, "text": "Ring 08-123 45 67"}) == ["telephone or e-mail"]
    assert problems_of({**row, "text": ""}) == ["no text or source"]
    guess = {**row, "ungefärlig plats": "Tumba", "ungefärlig enligt": "namnet"}
    assert problems_of(guess) == ["no words for Tumba"]
    assert problems_of({**row, "ungefärlig enligt": ""}) == ["approximate without its words"]


@pytest.mark.parametrize("name", FILES)
def test_all_that_was_asked_for_is_there_and_no_id_stands_twice(name: str):
    rows = rows_of(name)
    assert len({row["id"] for row in rows}) == len(rows)
    said = " ".join(row["namn"] for row in rows)
    assert [each for each in NAMED[name] if each not in said] == []


@pytest.mark.parametrize(
    ("name", "placed"),
    [
        ("hasselby-vallingby", {"meeting_place-fritidsgarden-tegelhogen"}),
        ("haninge", {"school-brandbergsskolan", "library-jordbro-bibliotek"}),
    ],
)
def test_every_row_is_placed_or_on_the_work_list_and_unknown_hours_stay_unknown(
    name: str,
    placed: set[str],
    home: Path,  # noqa: ARG001 - its folder is the test's own
    capsys: pytest.CaptureFixture[str],
):
    before = set(made_up_area().places["id"])
    file = DATA / "places" / f"{name}.csv"
    assert main(["import", "provby", str(file), "--kind", "all"]) == 0
    capsys.readouterr()
    rows = {f"{row['typ']}-{row['id']}": row for row in rows_of(name)}
    area = open_area("provby")
    here = set(area.places["id"]) - before
    waiting = {record.id: record for record in store_of("provby").unplaced()}
    assert here == placed
    assert set(waiting) == set(rows) - placed
    assert all(record.lon is None and record.lat is None for record in waiting.values())
    kept = {own: record.fields["details"] for own, record in waiting.items()}
    table = area.places[area.places["id"].isin(here)]
    kept |= {
        own: place_fields(details)
        for own, details in zip(table["id"], table["details"], strict=True)
    }
    for own, row in rows.items():
        assert {key: kept[own][key] for key in ("text", "källa")} == {
            key: row[key] for key in ("text", "källa")
        }
    derived = {each.place: each for each in activities_of(area) if each.place in here}
    assert {
        place: (each.times, each.languages, each.confirmed) for place, each in derived.items()
    } == {
        own: (None, (), date(2012, 6, 12) if "tegelhogen" in own else None)
        for own in placed
        if not own.startswith("school")
    }
