"""``python -m geo report``: files for the board, refusals in words, and the check of a file."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from geo import clock, texts
from geo.access import gaps
from geo.catalog import open_area, save_area
from geo.cli.parser import main
from geo.output.documents import answer as documents_report
from geo.output.documents.read_record import embedded
from tests.tiny import tiny_area

ASKED = ("--kind", "preschool", "--limit", "400", "--group", "children_0_4")
DATED = (*ASKED, "--date", "2026-11-26")


def run(*words: object) -> int:
    return main(["report", *map(str, words)])


@pytest.fixture(autouse=True)
def area() -> None:
    save_area(tiny_area())


@pytest.mark.parametrize("ending", documents_report.REPORT_ENDINGS)
def test_each_kind_of_file_is_written_and_holds(
    ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"report{ending}"
    assert run("provby", *DATED, "-o", path) == 0
    answer = gaps.gap(open_area("provby"), kind="preschool", limit_m=400, group="children_0_4")
    assert embedded(path)["results"]["beyond"] == pytest.approx(answer.beyond)
    again = tmp_path / f"again{ending}"
    assert run("provby", *DATED, "-o", again) == 0
    assert path.read_bytes() == again.read_bytes()
    capsys.readouterr()
    assert run("--verify", path) == 0
    assert f"report{ending}” håller" in capsys.readouterr().out


def test_what_is_chosen_reaches_the_file(tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    words = ("--findings", "answer, sources", "--words", "answer=Egna ord = våra", "--title", "Hej")
    assert run("provby", *DATED, *words, "-o", path) == 0
    asked = embedded(path)["settings"]
    assert asked["findings"] == ["answer", "sources"]
    assert asked["own_words"] == {"answer": "Egna ord = våra"}
    assert asked["title"] == "Hej" and asked["language"] == "sv"


def test_a_proposal_is_asked_for_with_sites_and_candidates(tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    options = ("--sites", "1", "--candidates", "library,meeting_place", "--lang", "en")
    assert run("provby", *DATED, *options, "-o", path) == 0
    found = embedded(path)
    assert found["results"]["proposal"]["proven"] is True
    assert len(found["results"]["proposal"]["sites"]) == 1
    assert "Proposal" in openpyxl.load_workbook(path).sheetnames


def test_without_a_date_it_is_today(tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    before = clock.today().isoformat()
    assert run("provby", *ASKED, "-o", path) == 0
    assert before <= embedded(path)["date"] <= clock.today().isoformat()


def test_a_demonstration_warns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_area(replace(tiny_area(), demonstration=True))
    assert run("provby", *DATED, "-o", tmp_path / "a.xlsx") == 0
    assert texts.text("demo.mark") in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "area, --kind, -o"),
        (("provby", *DATED), "-o"),
        (("provby", *DATED, "-o", "a.docx"), ".xlsx"),
        (("provby", *DATED, "-o", "a"), ".xlsx"),
        (("nowhere", *DATED, "-o", "a.xlsx"), "provby"),
        (("provby", "--kind", "preschol", "--limit", "400", "-o", "a.xlsx"), "preschool"),
        (("provby", "--kind", "preschool", "--limit", "0", "-o", "a.xlsx"), "”0”"),
        (("provby", *ASKED, "--date", "i dag", "-o", "a.xlsx"), "i dag"),
        (("provby", *DATED, "--findings", " , ", "-o", "a.xlsx"), "key_figures"),
        (("provby", *DATED, "--findings", "answer,weather", "-o", "a.xlsx"), "weather"),
        (("provby", *DATED, "--words", "answer", "-o", "a.xlsx"), "answer"),
        (("provby", *DATED, "--words", "weather=x", "-o", "a.xlsx"), "weather"),
        (("provby", *DATED, "--findings", "map", "--words", "answer=x", "-o", "a.xlsx"), "answer"),
        (("provby", *DATED, "--title", "x" * 300, "-o", "a.xlsx"), "300"),
        (("provby", *DATED, "--sites", "två", "-o", "a.xlsx"), "två"),
        (("provby", *DATED, "--candidates", "library", "-o", "a.xlsx"), "--sites"),
        (("provby", *DATED, "--sites", "99", "--candidates", "library", "-o", "a.xlsx"), "99"),
        (("provby", *DATED, "--group", "newcomers", "-o", "a.xlsx"), "genomgång"),
        (("--verify", "no.pdf"), "no.pdf"),
        (("--verify", "no.docx"), ".pdf"),
        (("provby", "--verify", "a.pdf"), "--verify"),
    ],
)
def test_what_can_not_be_is_refused_in_words_and_nothing_is_written(
    words: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(*words) in (1, 2)
    shown = capsys.readouterr()
    assert said in shown.err and "Traceback" not in shown.err and shown.out == ""
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("provby", *DATED, "-o", tmp_path / "no" / "a.xlsx") == 2
    assert "a.xlsx" in capsys.readouterr().err


def test_a_full_disk_leaves_the_old_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    whole = Path.write_bytes

    def full(self: Path, content: bytes) -> int:
        whole(self, content[:100])
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(Path, "write_bytes", full)
    assert run("provby", *DATED, "-o", path) == 2
    assert os.strerror(28) in capsys.readouterr().err
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_an_unwritable_folder_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    assert run("provby", *DATED, "-o", tmp_path / "a.xlsx") == 2
    assert "a.xlsx" in capsys.readouterr().err


def test_a_path_that_is_a_folder_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.xlsx").mkdir()
    assert run("provby", *DATED, "-o", tmp_path / "a.xlsx") == 2
    assert "a.xlsx" in capsys.readouterr().err
    assert list((tmp_path / "a.xlsx").iterdir()) == []


def test_a_file_that_does_not_hold_is_said_with_status_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "report.xlsx"
    assert run("provby", *DATED, "-o", path) == 0
    area = open_area("provby")
    save_area(replace(area, people=area.people.assign(children_0_4=2.0)))
    capsys.readouterr()
    assert run("--verify", path) == 1
    shown = capsys.readouterr()
    assert "håller inte" in shown.out and "invånare" in shown.out
    assert "Gör rapporten på nytt" in shown.err
    assert run("--verify", path, "--json", "--lang", "en") == 1
    assert json.loads(capsys.readouterr().out)["status"] == "changed"


def test_a_file_whose_area_is_not_here_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "report.xlsx"
    assert run("provby", *DATED, "-o", path) == 0
    assert run("--verify", path, "--home", tmp_path / "other") == 1
    assert "finns inte här" in capsys.readouterr().out
