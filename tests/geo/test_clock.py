"""A machine in UTC at half past eleven in the evening: in Stockholm it is the next day, and that is
what every answer, file and line of the log says.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from geo import clock
from geo.access.knowledge_bank.question import BankQuestion
from geo.access.meeting.question import MeetingQuestion
from geo.access.preschools.question import PreschoolQuestion
from geo.catalog import open_area, save_area
from geo.cli import console
from geo.cli.parser import main
from geo.output.documents.read_record import embedded
from geo.output.report.question import ReportQuestion
from geo.store.model import edit_of
from geo.store.protection import ground_of
from geo.store.store import store_of
from tests.tiny import tiny_area

LATE = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
NEXT_DAY = date(2026, 12, 1)


@pytest.fixture(autouse=True)
def late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: LATE)


def test_today_is_the_day_in_stockholm() -> None:
    assert clock.today() == NEXT_DAY
    assert console.today() == "2026-12-01"
    assert clock.local_time(LATE.isoformat()) == "2026-12-01 00:30"
    assert clock.local_time("2026-07-01T22:30:00+00:00") == "2026-07-02 00:30"  # summer time


def test_a_question_without_a_day_is_of_that_day() -> None:
    assert PreschoolQuestion.read({}).when == NEXT_DAY
    assert MeetingQuestion.read({}).today == NEXT_DAY
    assert BankQuestion.read({"at": "18,59"}).today == NEXT_DAY
    asked = {"kind": "preschool", "limit": "400"}
    assert ReportQuestion.read(asked).date == "2026-12-01"


def test_a_report_is_dated_that_day(tmp_path: Path) -> None:
    save_area(tiny_area())
    path = tmp_path / "report.xlsx"
    options = ["--kind", "preschool", "--limit", "400", "--group", "children_0_4"]
    assert main(["report", "provby", *options, "-o", str(path)]) == 0
    assert embedded(path)["date"] == "2026-12-01"


def test_the_log_and_the_list_say_stockholms_time(capsys: pytest.CaptureFixture[str]) -> None:
    area = save_area(tiny_area())
    store = store_of(area.id)
    store.take(area, "Ana")
    first = store.records()[0]
    store.write([edit_of(first, name="Nytt namn")], who="Ana", ground=ground_of(area))
    assert main(["log", "provby"]) == 0
    told = capsys.readouterr()
    assert "2026-12-01 00:30" in told.out and "23:30" not in told.out
    assert "Stockholm" in told.err
    assert main(["area", "show", "provby"]) == 0
    assert "2026-12-01 00:30" in capsys.readouterr().out
    assert main(["log", "provby", "--json"]) == 0  # a program gets the moment with its zone
    assert json.loads(capsys.readouterr().out)[0]["at"] == LATE.isoformat()


def test_a_week_begins_on_the_monday_of_that_day(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 29, 23, 30, tzinfo=UTC))
    save_area(tiny_area())
    assert open_area("provby")
    assert main(["activities", "provby", "--json"]) == 0
    assert "2026-11-30" in capsys.readouterr().out
