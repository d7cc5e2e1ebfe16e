"""Scenarios: what would open and close, the area after it, and how they are kept."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.access.gap_change import change_of
from geo.access.gaps import gap
from geo.catalog import open_area, save_area
from geo.cli.parser import main
from geo.errors import BadScenario
from geo.output.documents.gap import gap_document
from geo.planning import scenario as planning_scenario
from geo.planning.scenario import (
    Opened,
    Scenario,
    after,
    checked,
    effect,
    from_data,
    of_proposal,
    to_data,
)
from geo.planning.siting.instance import prepare
from geo.planning.siting.proposal import propose
from geo.planning.siting.question import SitingQuestion
from geo.types import WGS84
from tests.geo.planning.siting.test_spread import town as spread_town
from tests.geo.worlds import street
from tests.refusals import refused

HOMES = {100.0: 10.0, 300.0: 20.0, 560.0: 6.0, 705.0: 10.0, 990.0: 30.0}
AREA = street(homes=HOMES, places={0.0: "preschool", 700.0: "library"}, estimated=True)


def beyond(area, limit_m: float = 400.0) -> float:
    return gap(area, kind="preschool", limit_m=limit_m, group="all").beyond


def at(index: int) -> tuple[float, float]:
    """Where the place in a row of the area stands."""
    point = AREA.places.geometry.to_crs(WGS84).iloc[index]
    return point.x, point.y


def test_a_preschool_that_opens_at_the_library_reaches_those_who_live_around_it() -> None:
    scenario = Scenario("Biblioteket", (Opened("preschool", "Ny", *at(1)),))
    changed = after(AREA, scenario)
    # 560, 705 and 990 m along the street are within 400 m of 700 m; nobody else lies beyond 400 m.
    assert (beyond(AREA), beyond(changed)) == (460.0, 0.0)
    assert list(changed.places["name"])[-1] == "Ny"
    assert [source.made for source in changed.sources][-1] == "scenario"


def test_a_scenario_leaves_the_area_as_it_was_and_what_closes_again_is_the_area_again() -> None:
    scenario = Scenario("Biblioteket", (Opened("preschool", "Ny", *at(1)),))
    changed = after(AREA, scenario)
    assert len(AREA.places) == 2 and changed.key != AREA.key
    back = after(changed, Scenario("Åter", closed=("scenario-1",)))
    pd.testing.assert_frame_equal(back.places, AREA.places, check_dtype=False)
    assert beyond(back) == beyond(AREA)


@given(
    metres=st.lists(st.floats(0, 990), min_size=1, max_size=4),
    limit_m=st.sampled_from([100.0, 250.0, 400.0]),
)
def test_opening_never_adds_to_a_gap_and_closing_never_takes_from_it(
    metres: list[float], limit_m: float
) -> None:
    (west, south), (east, north) = at(0), at(1)
    opened = tuple(
        Opened("preschool", "", west + (east - west) * m / 700, south + (north - south) * m / 700)
        for m in metres
    )
    more = after(AREA, Scenario("Fler", opened))
    assert beyond(more, limit_m) <= beyond(AREA, limit_m)
    fewer = after(more, Scenario("Färre", closed=("scenario-1",)))
    assert beyond(fewer, limit_m) >= beyond(more, limit_m)


def test_the_effect_is_said_with_both_figures() -> None:
    scenario = Scenario("Biblioteket", (Opened("preschool", "Ny", *at(1)),))
    before = gap(AREA, kind="preschool", limit_m=250.0, group="all")
    changed = gap(after(AREA, scenario), kind="preschool", limit_m=250.0, group="all")
    fewer = round(before.beyond - changed.beyond)
    assert fewer == 160
    said = effect(before, changed, scenario.name, "sv")
    assert "”Biblioteket”" in said and "160 färre än i dag" in said
    assert "more than today" in effect(changed, before, "x", "en")
    assert "as many as today" in effect(before, before, "x", "en")


def test_the_difference_carries_its_range_over_the_ways_of_spreading() -> None:
    """1,300 people, 1,300 m of path, a preschool that opens at the middle, where the one junction
    is: within 100 m are 300 m of path and no dead end.
    """
    area = spread_town()
    opened = Scenario("Mitt", (Opened("preschool", "Ny", *_place_at(area, 500.0)),))
    before = gap(area, kind="preschool", limit_m=100.0, group="all")
    changed = gap(after(area, opened), kind="preschool", limit_m=100.0, group="all")
    change = change_of(before, changed)
    assert (change.fewer, change.low, change.high) == (300, 0, pytest.approx(1300))
    assert effect(before, changed, "Mitt", "sv").endswith(
        "Det är 300 färre än i dag. Beroende på hur de boende fördelas inom sina områden är det "
        "0–1\u00a0300 färre."
    )
    back = effect(changed, before, "Mitt", "en")
    assert back.endswith("spread within their areas it is 0–1,300 more.")
    document = gap_document(changed, area, "sv", day="2026-12-01", before=before)
    assert "Det är 300 färre än i dag." in document.lines[1]
    assert document.data()["fewer_high"] == pytest.approx(1300)


def test_a_difference_of_a_few_counted_people_is_not_said() -> None:
    counted = street(homes={100.0: 2.0, 560.0: 0.3, 990.0: 3.0}, places={0.0: "preschool"})
    opened = Scenario("En", (Opened("preschool", "Ny", *_place_at(counted, 560.0)),))
    before = gap(counted, kind="preschool", limit_m=400.0, group="all")
    changed = gap(after(counted, opened), kind="preschool", limit_m=400.0, group="all")
    assert 0 < before.beyond - changed.beyond < 5 and not before.small and not changed.small
    said = effect(before, changed, "En", "sv")
    assert "visas inte" in said and "färre än i dag" not in said
    area_after = after(counted, opened)
    document = gap_document(changed, area_after, "sv", day="2026-12-01", before=before)
    assert document.data()["fewer"] is None
    exact = gap_document(changed, area_after, "sv", day="2026-12-01", exact=True, before=before)
    assert exact.data()["fewer"] == round(before.beyond) - round(changed.beyond)


def _place_at(area, metres: float) -> tuple[float, float]:
    ends = area.network.node_xy
    west = ends[ends[:, 0].argmin()]
    point = gpd.GeoSeries([shapely.Point(west[0] + metres, west[1])], crs=area.network.crs)
    there = point.to_crs(WGS84).iloc[0]
    return there.x, there.y


@pytest.mark.parametrize(
    "opened",
    [
        Opened("preschool", "Nowhere", float("nan"), 59.0),
        Opened("preschool", "Beyond", 181.0, 59.0),
        Opened("transitional_housing", "Home", 18.0, 59.0),
    ],
)
def test_what_can_not_open_is_refused(opened: Opened) -> None:
    with pytest.raises(BadScenario):
        after(AREA, Scenario("x", (opened,)))


def test_what_is_no_scenario_is_refused() -> None:
    for wrong in (Scenario(" ", (), ("a",)), Scenario("Nothing"), Scenario("x" * 81, (), ("a",))):
        with pytest.raises(BadScenario):
            checked(wrong)
    for data in (None, [], {"name": "x"}, {"name": "x", "opened": [{}], "closed": []}):
        with pytest.raises(BadScenario):
            from_data(data)
    with refused("scenario_apart", match="gone"):
        after(AREA, Scenario("x", closed=("gone",)))
    with refused("unknown_kind"):
        after(AREA, Scenario("x", (Opened("castle", "", 18.0, 59.0),)))


@given(
    name=st.text(min_size=1, max_size=80).filter(lambda text: text.strip()),
    closed=st.lists(st.text(min_size=1), min_size=1, max_size=3),
)
def test_a_scenario_comes_back_from_json_as_it_went(name: str, closed: list[str]) -> None:
    scenario = Scenario(name, (Opened("library", name, 18.0, 59.0),), tuple(closed))
    assert from_data(json.loads(json.dumps(to_data(scenario)))) == scenario


def test_a_proposal_saved_as_a_scenario_does_what_the_proposal_said(home: Path) -> None:
    area = save_area(AREA, home)
    question = SitingQuestion("preschool", 1, "coverage", 400.0, "all", "adult", kinds=("library",))
    proposal = propose(prepare(area, question))
    one = planning_scenario.save(area, of_proposal(proposal, "Mitt förslag"), who="Ada", home=home)
    assert (one.id, one.version, one.by) == ("mitt-forslag", 1, "Ada")
    again = planning_scenario.saved(area.id, "Mitt förslag", home).scenario
    changed = gap(after(area, again), kind="preschool", limit_m=400.0, group="all")
    assert proposal.effect.after == changed.people - changed.beyond == 760.0
    planning_scenario.save(area, again, who="Bo", home=home)
    assert [row.version for row in planning_scenario.saved_of(area.id, home)] == [2]
    planning_scenario.delete(area.id, "mitt-forslag", home)
    assert planning_scenario.saved_of(area.id, home) == ()
    with refused("unknown_scenario"):
        planning_scenario.saved(area.id, "mitt-forslag", home)


def test_a_scenario_is_saved_listed_tried_and_deleted_from_the_command_line(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    area = save_area(replace(AREA, id="gatan"), home)
    lon, lat = at(1)
    new = f"preschool,{lon},{lat},Nya, vid torget"
    assert main(["scenarios", "gatan", "--save", "Vid torget", "--open", new, "--who", "Ada"]) == 0
    assert "vid-torget\tVid torget: 1 öppnar, 0 stänger" in capsys.readouterr().out
    asked = ["gaps", "gatan", "--kind", "preschool", "--limit", "400", "--group", "all", "--json"]
    main([*asked, "--scenario", "vid-torget"])
    tried = json.loads(capsys.readouterr().out)
    main(asked)
    today = json.loads(capsys.readouterr().out)
    assert (today["beyond"], tried["beyond"]) == (460.0, 0.0)
    assert main(["scenarios", "gatan", "--close", "x"]) == 2
    assert main(["scenarios", "gatan", "--save", "x", "--open", "preschool,here"]) == 2
    assert main(["scenarios", "gatan", "--save", "x", "--close", "no-such"]) == 2
    assert main(["gaps", "gatan", "--kind", "preschool", "--limit", "9", "--scenario", "q"]) == 2
    capsys.readouterr()
    assert main(["scenarios", "gatan", "--delete", "Vid torget", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert open_area("gatan", home).places.equals(area.places)
