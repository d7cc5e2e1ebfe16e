"""The map of a proposal shows what the proposal says, and its tables say the same."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pytest

from geo.output.maps.sites import (
    candidates_table,
    districts_table,
    gained_squares,
    left_out_table,
    sites_map,
)
from geo.output.maps.spec import CircleLayer, LineLayer, PointLayer
from geo.output.words.proposal import headline
from geo.planning.siting.instance import prepare
from geo.planning.siting.proposal import propose
from geo.planning.siting.question import SitingQuestion
from tests.geo.planning.siting.town import ask, town
from tests.geo.whole_maps import rendered
from tests.geo.worlds import street


@pytest.mark.parametrize("aim", ["coverage", "median"])
@pytest.mark.parametrize("seed", range(3))
def test_the_circles_sum_to_those_who_gain(aim: str, seed: int) -> None:
    placing = prepare(town(seed), ask(objective=aim))
    proposal = propose(placing)
    spec = sites_map(placing.area, proposal, "sv")
    [circles] = [layer for layer in spec.layers if isinstance(layer, CircleLayer)]
    nearer = proposal.metres_after < proposal.metres_before
    gain = proposal.effect.gain if aim == "coverage" else placing.people[nearer].sum()
    assert circles.value.sum() == pytest.approx(gain)
    assert gained_squares(proposal)["people"].sum() == pytest.approx(gain)
    assert len(set(circles.ids)) == len(circles.ids)


def test_sites_are_numbered_and_the_rest_are_small_marks() -> None:
    placing = prepare(town(2), ask(count=3, balance=0.5))
    proposal = propose(placing)
    spec = sites_map(placing.area, proposal, "sv")
    points = {layer.id: layer for layer in spec.layers if isinstance(layer, PointLayer)}
    for site in proposal.sites:
        layer = points[f"site-{site.number}"]
        assert layer.symbol == f"number_{site.number}" and layer.ids == (site.id,)
        assert (layer.lon[0], layer.lat[0]) == (site.lon, site.lat)
    assert len(points["candidates"].ids) == 7 - 3
    assert points["candidates"].size_px < points["language_cafe"].size_px < layer.size_px
    assert {"language_cafe", "transitional_housing"} <= set(points)
    assert list(spec.table.index) == [site.id for site in proposal.sites]
    assert spec.title == headline(proposal, "sv") in spec.alt_text
    assert spec.credits


def test_where_nobody_gains_no_circle_is_drawn() -> None:
    area = street(homes={100.0: 40}, places={0.0: "preschool", 900.0: "library"})
    question = SitingQuestion(
        kind="preschool", count=1, limit_m=300.0, group="children_0_4", kinds=("library",)
    )
    spec = sites_map(area, propose(prepare(area, question)), "sv")
    [circles] = [layer for layer in spec.layers if isinstance(layer, CircleLayer)]
    assert len(circles.ids) == 0


def test_lines_lead_from_where_people_gain_to_the_site_they_walk_to() -> None:
    placing = prepare(town(1), ask())
    proposal = propose(placing)
    spec = sites_map(placing.area, proposal, "en")
    [lines] = [layer for layer in spec.layers if isinstance(layer, LineLayer)]
    ends = {(round(line.coords[-1][0], 9), round(line.coords[-1][1], 9)) for line in lines.geometry}
    assert ends <= {(round(site.lon, 9), round(site.lat, 9)) for site in proposal.sites}
    assert len(lines.geometry) == len(gained_squares(proposal))
    bare = sites_map(placing.area, proposal, "en", lines=False)
    assert not any(isinstance(layer, LineLayer) for layer in bare.layers)


def test_few_counted_people_are_neither_drawn_nor_told() -> None:
    area = street(homes={0: 40, 900: 3}, places={0: "language_cafe", 900: "school"})
    question = SitingQuestion("language_cafe", 1, limit_m=100, group="children_0_4")
    proposal = propose(prepare(area, question))
    spec = sites_map(area, proposal, "sv")
    assert not any(isinstance(layer, CircleLayer | LineLayer) for layer in spec.layers)
    told = districts_table(proposal, "sv").to_numpy().tolist()
    assert {cell for row in told for cell in row[1:]} == {"döljs", "43"}
    assert spec.table.iloc[0, 3:5].tolist() == ["döljs", "döljs"]
    everything = sites_map(area, proposal, "sv", exact=True)
    assert any(isinstance(layer, CircleLayer) for layer in everything.layers)
    apart = street(
        homes={0: 40, 300: 30, 900: 3}, places={0: "language_cafe", 300: "school", 900: "school"}
    )
    both = propose(prepare(apart, replace(question, count=2)))
    assert both.effect.gain == 33 and gained_squares(both).empty


def test_the_tables_name_every_candidate_and_why_others_are_none() -> None:
    area = town(0)
    placing = prepare(area, ask(excluded=("school-2",)))
    table = candidates_table(placing, "sv")
    assert list(table.index) == list(placing.candidates.table["id"])
    gone = left_out_table(placing, "sv")
    assert gone.loc["school-2"].tolist() == ["Lokal 2", "Skola", "borttagna för hand"]
    whole = districts_table(propose(placing), "sv").iloc[-1].tolist()
    assert whole[0] == "Hela området"


def test_names_from_files_are_never_in_the_map_itself() -> None:
    area = town(0)
    evil = "{{ 7*7*191 }}<script>alert(1)</script>"
    area = replace(area, places=gpd.GeoDataFrame(area.places.assign(name=evil)))
    spec = sites_map(area, propose(prepare(area, ask())), "sv")
    page = rendered(spec, area)
    assert "9359" not in page and "alert(1)" not in page
