"""The commands statistics and schools: what they print, write and refuse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from geo.catalog import open_area, save_area
from geo.cli.parser import main
from tests.geo.fake_statistics import Agencies, running
from tests.geo.ingest.test_residents import shapes, table
from tests.geo.sources.test_skolverket import with_units
from tests.geo.worlds import street


@pytest.fixture
def agencies(monkeypatch: pytest.MonkeyPatch, home: Path) -> Iterator[Agencies]:
    save_area(street(homes={100.0: 5.0}, places={0.0: "library"}), home)
    with running(Agencies()) as served:
        monkeypatch.setenv("NARHET_SCB_URL", f"{served.url}/scb")
        monkeypatch.setenv("NARHET_SCB_GEODATA_URL", f"{served.url}/geodata")
        monkeypatch.setenv("NARHET_SKOLVERKET_URL", f"{served.url}/skolverket")
        yield served


@pytest.mark.usefixtures("agencies")
def test_statistics_adds_people_and_says_what_is_not_corrected(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["statistics", "street", "--municipality", "0127", "--year", "2025"]
    assert main([*asked, "--lang", "en"]) == 0
    said = capsys.readouterr()
    assert "4 DeSO areas have both figures and an outline" in said.out
    assert "Drawing: figures 2025, outlines 2025." in said.out
    assert "residents: 3,600 (unknown in 1 areas, which are not in the sum)" in said.out
    assert (
        "TAB6571 FolkmDesoBakgrKon, DeSO 2025, 2025; date 2025-12-31; licence CC0 1.0" in said.out
    )
    assert "nothing is corrected" in said.out
    assert "Asking Statistics Sweden for the tables" in said.err
    people = open_area("street", home).people
    assert people["all"].sum() == pytest.approx(3600)


@pytest.mark.usefixtures("agencies")
def test_statistics_as_json_tells_vintages_tables_and_totals(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = ["statistics", "street", "--municipality", "0127", "--level", "deso", "--json"]
    assert main(asked) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["vintage"] == {
        "figures": "2025", "outlines": "2025", "codes_in": {"2018": 2, "2025": 4},
    }  # fmt: skip
    assert document["areas"] == {"figures": 4, "outlines": 4, "joined": 4}
    assert document["people"]["born_abroad"] == 1623
    assert document["areas_unknown"]["all"] == 1
    assert [source["date"] for source in document["sources"]] == [
        "2025-12-31", "2025-12-31", "2025-12-31", "2025-01-01",
    ]  # fmt: skip


@pytest.mark.usefixtures("agencies")
def test_a_file_of_another_drawing_stops_the_command_and_changes_nothing(
    tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = table(tmp_path, "deso,pop_2023", "0127A0010,200")
    asked = ["statistics", "street", "--file", str(figures), "--outlines", str(shapes(tmp_path))]
    before = open_area("street", home).revision
    assert main(asked) == 2
    assert "--other-vintage" in capsys.readouterr().err
    assert open_area("street", home).revision == before
    assert main([*asked, "--other-vintage"]) == 0
    said = capsys.readouterr()
    assert "Siffror och ytor är av olika indelningar" in said.out
    assert "0127C1010 har en yta men inga siffror" in said.err


@pytest.mark.usefixtures("agencies")
@pytest.mark.parametrize(
    ("options", "status", "words"),
    [
        (["--year", "i fjol"], 2, "--year 2025"),
        (["--municipality", "127"], 2, "0180"),
        ([], 2, "fyra siffror"),
        (["--file", "saknas.csv"], 2, "saknas.csv"),
        (["--level", "nyko"], 2, "nyko"),
        (["--municipality", "0127", "--year", "1990"], 2, "2022–2025"),
    ],
)
def test_what_can_not_be_used_is_told(
    capsys: pytest.CaptureFixture[str], options: list[str], status: int, words: str
) -> None:
    assert main(["statistics", "street", *options]) == status
    assert words in capsys.readouterr().err


def test_schools_adds_preschools_and_says_what_is_unknown(
    agencies: Agencies, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_units(agencies)
    assert main(["schools", "street", "--municipality", "0127", "--lang", "en"]) == 0
    said = capsys.readouterr()
    assert "1 preschools were added." in said.out
    assert "For 1 of them the number of children and places is unknown." in said.out
    assert "Förskolan Utan Läge has no position" in said.err
    assert open_area("street", home).places_of("preschool")["name"].tolist() == ["Förskolan Eken"]
    assert main(["schools", "street", "--municipality", "0127", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["added"], document["with_children"], document["left_out"]) == (1, 0, 1)


def test_without_a_network_the_commands_fail_with_words(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    save_area(street(homes={100.0: 5.0}, places={}), home)
    monkeypatch.setenv("NARHET_SCB_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("NARHET_SKOLVERKET_URL", "http://127.0.0.1:9")
    for command in ("statistics", "schools"):
        assert main([command, "street", "--municipality", "0127"]) == 1
        assert "Ingen kontakt med" in capsys.readouterr().err
