"""The benchmarks measure what they say: peers agree with us before they are timed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import bound, commands, distances, memory, opening, peers, reaching, sessions
from benchmarks.data import town
from benchmarks.reaching import Subject
from benchmarks.timing import Row, as_text, compared, grown, peak_megabytes
from benchmarks.towns import town_network
from geo.network import distances as network_distances

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.slow
def test_peers_agree_on_a_made_up_town_and_every_row_is_measured() -> None:
    area = town(side=14)
    rows = [*distances.nearest_of_everybody(area), *distances.pairs(area), *memory.one_gap(area)]
    assert all(row.seconds > 0 for row in rows)
    peers = [row for row in rows if row.who != "narhet"]
    assert len(peers) >= 4 and all(row.ratio for row in peers)


def test_a_disagreement_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    area = town(side=14)
    real = distances._carried
    monkeypatch.setattr(distances, "_carried", lambda *arguments: real(*arguments) + 1)
    with pytest.raises(AssertionError, match="answers differ"):
        distances.nearest_of_everybody(area)


def test_the_table_lines_up_and_memory_is_a_number() -> None:
    lines = as_text([Row("a", "narhet", 0.0123), Row("a", "peer", 1.5, 121.95, 30.2)]).splitlines()
    assert re.search(r"12\.3$", lines[1]) and re.search(r"1,500\.0 +121\.9|122\.0 +30$", lines[2])
    assert peak_megabytes() > 10


@pytest.fixture(scope="module")
def subject() -> Subject:
    return Subject("test", town_network(1_500), runs=1)


@pytest.mark.parametrize(
    "question",
    [
        reaching.pairs,
        *(
            pytest.param(question, marks=pytest.mark.slow)
            for question in (
                reaching.kinds,
                reaching.three_nearest,
                reaching.one_more_place,
                reaching.one_search,
                sessions.two_at_once,
            )
        ),
    ],
)
def test_every_walking_question_is_measured_against_a_peer_that_agrees(
    subject: Subject, question
) -> None:
    rows = question(subject)
    assert rows[0].who == "narhet" and rows[0].ratio is None
    assert len(rows) >= 2 and all(row.seconds > 0 for row in rows)
    for row in rows[1:]:
        assert row.ratio == pytest.approx(row.seconds / rows[0].seconds)


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        (reaching.pairs, "within"),
        pytest.param(reaching.kinds, "nearest_nodes", marks=pytest.mark.slow),
        pytest.param(reaching.three_nearest, "nearest_nodes", marks=pytest.mark.slow),
        pytest.param(reaching.one_search, "reached_nodes", marks=pytest.mark.slow),
    ],
)
def test_a_wrong_answer_of_ours_is_never_timed(
    subject: Subject, monkeypatch: pytest.MonkeyPatch, question, asked: str
) -> None:
    longer = Subject("other", town_network(1_500, seed=0), runs=1)
    longer.network.__dict__["star_m"] = longer.network.star_m * 1.001
    monkeypatch.setattr(
        reaching,
        asked,
        lambda _network, *rest, **more: getattr(network_distances, asked)(
            longer.network, *rest, **more
        ),
    )
    with pytest.raises(AssertionError, match="answers differ"):
        question(subject)


def test_what_is_not_installed_is_said_aloud(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "OPTIONAL", ("scipy", "no-such-peer"))
    assert peers.missing() == ["no-such-peer"]


def test_memory_is_what_the_work_takes_at_its_peak() -> None:
    kept, megabytes = grown(lambda: float(np.ones(2**23).sum()))
    assert kept == 2**23
    assert megabytes is None or 55 <= megabytes <= 90
    assert (grown(lambda: None)[1] or 0) < 10


def test_turns_are_counted_and_medians_taken() -> None:
    calls: list[str] = []
    rows = compared(
        "what",
        lambda: calls.append("ours"),
        {"peer": lambda: calls.append("peer")},
        3,
        check=lambda *_: None,
    )
    assert calls == ["ours", "peer"] * 4 and [row.who for row in rows] == ["narhet", "peer"]


def test_the_bound_is_bytes_over_bandwidth() -> None:
    speed = bound.bandwidth()
    assert 5e8 < speed < 1e12
    assert bound.bound_s(bound.Touched(10**6)) == pytest.approx(20e6 / speed)


def test_every_pin_of_the_benchmarks_agrees_with_what_we_run_on() -> None:
    ours = _pins("requirements.txt")
    assert {"pandana", "networkit"} <= set(theirs := _pins("requirements-bench.txt"))
    assert all(ours.get(name, pin) == pin for name, pin in theirs.items())


def _pins(file: str) -> dict[str, str]:
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return dict(line.lower().split("==") for line in lines if "==" in line)


@pytest.mark.slow
def test_the_quick_run_prints_a_table_and_leaves_nothing_behind(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick"],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert "bound ms" in done.stdout and "nearest of 5 kinds" in done.stdout
    for name in peers.missing():
        assert f"NOT INSTALLED, so not compared: {name}" in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_opening_is_measured_with_and_without_the_copy() -> None:
    rows = opening.cities({"2 k": 2_000}, runs=1)
    assert [row.ratio is None for row in rows] == [True, False, False, False]
    assert all(row.seconds > 0 for row in rows)


@pytest.mark.slow
def test_commands_are_measured_each_with_its_own_memory() -> None:
    help_, _, listed, gap = commands.commands(town(side=14), "a town", runs=1)
    assert all(row.seconds > 0 for row in (help_, listed, gap))
    assert (help_.megabytes or 0) < (gap.megabytes or 0)


@pytest.mark.slow
def test_imports_and_wide_files_are_measured() -> None:
    rows = commands.imports(town(side=14), sizes=(50, 3_000))
    assert [row.what.split(",")[0] for row in rows] == [
        "narhet import of 50 rows",
        "narhet import of 3",
        "narhet build of lines with 2 columns",
        "narhet build of lines with 300 columns",
    ]
    assert all(row.seconds > 0 and (row.megabytes or 0) > 50 for row in rows)
