"""Whether a proposal holds however people are spread: hand-worked, and by trying all sets."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from geo.access.spread_range import spread_range, standing_of
from geo.access.spread_ways import spread_ways
from geo.area.model import Area
from geo.network.distances import nearest
from geo.output.documents.sites import site_document
from geo.planning.siting.alternatives import SiteAnswer, answered
from geo.planning.siting.instance import prepare
from geo.planning.siting.question import SitingQuestion
from tests.geo.access.test_spread_range import one_unit
from tests.geo.worlds import street

SCHOOLS = {500.0: "school", 1000.0: "school"}


def town() -> Area:
    """1,300 people on a street with a side path from its middle, a school there and at its east
    end.
    """
    places = street(homes={0.0: 1.0}, places=SCHOOLS).places
    return replace(one_unit(people=1300), places=places, _snaps={}, _once={})


def answer(area: Area, **asked: object) -> SiteAnswer:
    question = SitingQuestion("language_cafe", 1, limit_m=100, kinds=("school",))
    return answered(prepare(area, replace(question, **asked)))  # type: ignore[arg-type]


def test_a_site_that_only_the_paths_prefer_is_told() -> None:
    """Within 100 m of the middle are 300 of 1,300 m of path, of the east end 100; the one junction
    is the middle, one of three dead ends the east end.
    """
    found = answer(town())
    assert found.spread is not None
    ways = {way.way: way for way in found.spread.ways}
    assert list(ways) == ["paths", "junctions", "dead_ends", "near_paths", "ground"]
    assert [site.name for site in found.proposal.sites] == ["school 500"]
    assert ways["paths"].gain == pytest.approx(300)
    assert ways["junctions"].gain == pytest.approx(1300)
    assert ways["junctions"].holds
    east = ways["dead_ends"]
    assert (east.gain, east.best, east.holds) == (0, ("school-1",), False)
    assert east.best_gain == pytest.approx(1300 / 3)
    assert east.more == pytest.approx(1300 / 3)
    assert found.spread.holds is False
    assert (found.spread.low, found.spread.high) == (0, pytest.approx(1300))


@pytest.mark.parametrize("objective", ["coverage", "median"])
def test_the_sentence_stands_in_answer_and_data(objective: str) -> None:
    found = answer(town(), objective=objective)
    document = site_document(found, "sv", day="2026-12-01")
    data = document.data()
    said = {
        "coverage": "Vid ett av fem sätt att fördela de boende inom sina områden vore en annan "
        "plats bättre (som mest 433 fler); förslaget når 0–1\u00a0300 fler.",
        "median": "Beroende på hur de boende fördelas inom sina områden når förslaget 0–1\u00a0300 "
        "fler inom 100\u00a0m.",
    }[objective]
    assert said in document.lines
    assert said in [words for _, words in document.summary]
    assert data["holds"] is (False if objective == "coverage" else None)
    assert (data["gain_low"], data["gain_high"]) == (0, pytest.approx(1300))
    assert [way["way"] for way in data["spread_ways"]][:2] == ["paths", "junctions"]


def test_a_proposal_that_is_best_under_each_way_holds() -> None:
    found = answer(town(), count=2)
    assert found.spread is not None and found.spread.holds
    (said,) = [line for line in site_document(found, day="2026-12-01").lines if "håller" in line]
    assert said.startswith("Förslaget håller vid alla fem sätt att fördela de boende")


def test_counted_people_are_not_spread() -> None:
    area = street(homes={480.0: 30}, places=SCHOOLS, estimated=False)
    found = answer(area, group="children_0_4")
    assert found.proposal.sites and found.spread is None
    assert site_document(found, day="2026-12-01").data()["spread_ways"] == []


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("limit_m", [80, 150, 400])
def test_gain_and_best_gain_are_those_of_all_sets_tried(count: int, limit_m: float) -> None:
    rooms = dict.fromkeys((120.0, 430.0, 700.0, 960.0), "school") | {250.0: "language_cafe"}
    area = replace(
        town(), places=street(homes={0.0: 1.0}, places=rooms).places, _snaps={}, _once={}
    )
    found = answer(area, count=count, limit_m=limit_m)
    placing = found.proposal.placing
    assert found.spread is not None
    weights = np.zeros(len(area.people))
    weights[placing.rows] = placing.people
    standing = standing_of(area, "adult").spots
    cafe = placing.open_columns
    for way, told in zip(spread_ways(area, weights, "adult"), found.spread.ways, strict=True):
        start = (area.snapped_people(placing.profile), standing.take(way.spots))
        people = np.concatenate([way.stays, way.people])
        assert people.sum() == pytest.approx(1300)

        def reached(columns: np.ndarray, start: tuple = start) -> np.ndarray:  # type: ignore[type-arg]
            goals = placing.goals.take(columns)
            metres = [nearest(area.network, one, goals).metres[:, 0] for one in start]
            return np.concatenate(metres) <= limit_m

        before = reached(cafe)
        gains = {
            sites: people[reached(np.append(sites, cafe)) & ~before].sum()
            for sites in combinations(range(4), count)
        }
        assert told.gain == pytest.approx(gains[tuple(sorted(found.proposal.chosen))])
        assert told.holds is not None
        best = max(gains.values())
        assert told.gain + (told.more or 0) == pytest.approx(best, abs=0.5)
        assert told.holds == (best - told.gain < 0.5)


def test_the_ways_are_those_of_the_gaps_range() -> None:
    area = one_unit(people=100)
    weights = area.count("all")
    metres = np.full(len(weights), 500.0)
    between = spread_range(
        area, kind="preschool", profile="adult", limit_m=300, weights=weights, metres=metres
    )
    assert between is not None
    assert [way.way for way in spread_ways(area, weights, "adult")] == [w for w, _ in between.ways]
