"""The benchmarks measure what they say: peers agree with us before they are timed."""

from __future__ import annotations

import re

import pytest

from benchmarks import distances, memory
from benchmarks.data import town
from benchmarks.timing import Row, as_text, peak_megabytes


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
