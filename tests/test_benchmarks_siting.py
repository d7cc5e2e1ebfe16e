"""The location models are measured on answers that agree with the peers; what is proven is said."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from benchmarks import __main__ as full
from benchmarks import siting, siting_data, siting_peers
from benchmarks.timing import Row, as_text
from geo.models.location.max_coverage.solve import max_coverage


@pytest.fixture(scope="module")
def where() -> siting_data.Town:
    return siting_data.town(80, 25, side_m=4_000)


def test_a_town_is_the_same_each_time_and_its_near_pairs_are_its_distances(where) -> None:
    again = siting_data.town(80, 25, side_m=4_000)
    assert np.array_equal(where.homes, again.homes) and where.size == "80 × 25"
    metres, near = where.metres(), where.within(700).toarray()
    assert np.allclose(near, np.where(metres <= 700, metres, 0))
    assert where.people.min() >= 1 and where.people.max() <= 50


@pytest.mark.parametrize("question", ["covering", "median"])
def test_a_model_is_measured_beside_a_peer_that_agrees(where, question: str) -> None:
    if siting_peers.missing():
        pytest.skip(f"needs {siting_peers.missing()}")
    if question == "covering":
        rows = siting.covering(where, (600,), (3,), limit_s=30)
    else:
        rows = siting.median(where, (4,), limit_s=30)
    assert [row.who.split()[0] for row in rows] == ["narhet", "spopt"]
    assert rows[0].gap == 0 and not rows[1].at_least
    assert rows[1].ratio == pytest.approx(rows[1].seconds / rows[0].seconds)


@pytest.mark.parametrize("off", [-5.0, 5.0])
def test_a_peer_that_ended_elsewhere_stops_the_run(where, monkeypatch, off: float) -> None:
    ours = max_coverage(where.within(600), where.people, 3).objective
    other = siting_peers.Solved("peer", 1.0, 1.0, True, ours + off)
    monkeypatch.setattr(siting, "covering_peer", lambda *_: other)
    with pytest.raises(AssertionError, match="answers differ"):
        siting.covering(where, (600,), (3,))


def test_a_stopped_peer_may_be_worse_but_never_beat_our_bound(where, monkeypatch) -> None:
    ours = max_coverage(where.within(600), where.people, 3).objective
    stopped = siting_peers.Solved("peer", 30.0, 1.0, False, ours - 5)
    monkeypatch.setattr(siting, "covering_peer", lambda *_: stopped)
    rows = siting.covering(where, (600,), (3,))
    assert rows[1].at_least and "> 31,000.0" in as_text(rows)
    nothing = replace(stopped, objective=None)
    monkeypatch.setattr(siting, "covering_peer", lambda *_: nothing)
    assert siting.covering(where, (600,), (3,))[1].at_least
    beaten = replace(stopped, objective=ours + 5)
    monkeypatch.setattr(siting, "covering_peer", lambda *_: beaten)
    with pytest.raises(AssertionError, match="answers differ"):
        siting.covering(where, (600,), (3,))


def test_without_the_peers_our_own_rows_stand_alone(where, monkeypatch) -> None:
    monkeypatch.setattr(siting_peers, "find_spec", lambda _name: None)
    assert siting_peers.missing() == ["spopt", "pulp"]
    rows = [*siting.covering(where, (600,), (3,)), *siting.median(where, (4,))]
    assert [row.who for row in rows] == ["narhet", "narhet"]


def test_every_model_is_measured_with_its_gap(where) -> None:
    siting.compile_all()
    rows = [
        *siting.covering_alone(where, (600,), (3,)),
        *siting.hard_covering(where, ((600, 4),)),
        *siting.median_alone(where, (4,)),
        *siting.centre(where, (4,)),
        *siting.everybody(where, 1_500),
    ]
    assert len(rows) == 5 and all(row.seconds > 0 and row.gap is not None for row in rows)


def test_the_published_networks_are_solved_to_the_published_sums(shared_data: Path) -> None:
    rows = siting.published(range(1, 4), shared_data / "optima")
    assert len(rows) == 1 and "3 of 3 proven" in rows[0].what and rows[0].gap == 0


def test_the_whole_run_prints_every_subject_on_small_towns(monkeypatch, capsys) -> None:
    small = siting_data.town(60, 60, side_m=2_000)
    monkeypatch.setattr(full, "town", lambda *_: small)
    monkeypatch.setattr(siting, "published", partial(siting.published, range(1, 2)))
    full._sites(quick=False)
    printed = capsys.readouterr().out
    subjects = ["maximal covering", "p-median", "p-center", "cover all"]
    there = siting.unpublished()
    for what in (*subjects, there or "p-median pmed1–1 in all, 1 of 1 proven"):
        assert what in printed


def test_what_is_not_there_is_said_aloud(tmp_path: Path) -> None:
    assert siting.published(folder=tmp_path / "none") == []
    assert (siting.unpublished(tmp_path / "none") or "").startswith("NOT MEASURED")
    assert siting.unpublished(tmp_path) is None


def test_the_table_tells_what_is_proven_and_how_far_the_rest_may_be() -> None:
    lines = as_text([Row("a", "narhet", 1.0, gap=0.0), Row("b", "narhet", 2.0, gap=0.0123)])
    assert lines.splitlines()[0].endswith("gap")
    assert lines.splitlines()[1].endswith("proven") and lines.splitlines()[2].endswith("1.2 %")
    assert "gap" not in as_text([Row("a", "narhet", 1.0)])
