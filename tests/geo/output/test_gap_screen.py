"""The map of a gap on a screen: dots of estimates alone, homes as rings, and nothing that a small
count or a protected home would be known by.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo.access.gap_question import GapQuestion
from geo.access.gaps import gap_of
from geo.access.walk_surface import lattice, surface
from geo.area.model import Area, Unplaced
from geo.output.maps.gap_screen import gap_panel, gap_screen
from geo.output.maps.spec import MapSpec, PointLayer
from tests.geo.access.meeting.worlds import meeting_street
from tests.geo.worlds import street


def drawn(area: Area, question: GapQuestion) -> MapSpec:
    answer = gap_of(area, question)
    return gap_screen(area, answer, "sv", None)


def housed(first: int, second: int) -> Area:
    """Two homes at 150 and 850 m; an association at 0."""
    return meeting_street(
        {100.0: 60, 900.0: 30},
        housing={150.0: {"antal_boende": first}, 850.0: {"antal_boende": second}},
        places={0.0: ("association", {})},
        activities=[],
    )


def rings(spec: MapSpec) -> PointLayer:
    return next(
        layer
        for layer in spec.layers
        if isinstance(layer, PointLayer) and layer.id == "transitional_housing"
    )


def test_estimated_people_beyond_are_dots_and_counted_ones_never():
    world = street(homes={100.0: 10, 900.0: 30}, places={0.0: "preschool"}, estimated=True)
    question = GapQuestion("preschool", 400.0, "all", "adult")
    spec = drawn(world, question)
    assert spec.dots is not None
    assert len(spec.dots.lon) * 2 == 300  # two people a dot
    counted = replace(world, people=world.people.assign(estimated=False))
    assert drawn(counted, question).dots is None


def test_a_home_is_a_ring_filled_by_its_share_beyond_with_the_number_beside():
    layer = rings(drawn(housed(40, 30), GapQuestion("association", 600.0, "newcomers", "adult")))
    assert layer.share == (0.0, 1.0)
    assert layer.beside == ("0", "30")


def test_no_home_has_a_number_where_one_would_be_of_a_few():
    layer = rings(drawn(housed(40, 3), GapQuestion("association", 600.0, "newcomers", "adult")))
    assert layer.share == (None, None) and layer.beside == ("", "")
    assert "3" not in " ".join(layer.notes).replace("600", "")


def test_the_panel_counts_as_the_answer_and_ranks_by_number_and_by_share():
    world = street(
        homes={100.0: 10, 210.0: 40, 900.0: 30}, places={1000.0: "preschool"}, estimated=True
    )
    answer = gap_of(world, GapQuestion("preschool", 400.0, "children_0_4", "adult"))
    panel = gap_panel(world, answer, "sv")
    assert [each["value"] for each in panel["figures"]][0::2] == ["50", "10"]
    rows = panel["ranking"]["rows"]
    assert [(row["name"], row["value"], row["bar"]) for row in rows] == [
        ("Väst", "50", 100.0),
        ("Öst", "0", 0.0),
    ]


def test_the_panel_says_between_what_the_figure_is_and_what_is_not_on_the_map():
    waiting = Unplaced("d", "Disken", "preschool", "{}")
    world = street(homes={100.0: 10}, places={0.0: "preschool"}, estimated=True)
    world = replace(world, unplaced=(waiting,))
    answer = gap_of(world, GapQuestion("preschool", 400.0, "all", "adult"))
    panel = gap_panel(world, replace(answer, share_low=0.25, share_high=0.5), "sv")
    quarter, half = (f"{round(share * answer.people)}" for share in (0.25, 0.5))
    assert panel["figures"][0]["range"] == f"{quarter}–{half}"
    assert "Disken" in panel["foot"]
    counted = gap_panel(world, replace(answer, share_low=0.5, share_high=0.5), "sv")
    assert "range" not in counted["figures"][0]


def test_a_surface_has_its_limit_named_and_one_colour_more_than_borders():
    world = street(homes={100.0: 10}, places={0.0: "preschool"}, estimated=True)
    answer = gap_of(world, GapQuestion("preschool", 400.0, "all", "adult"))
    found = surface(lattice(world), world.network, world.snapped_places("preschool"), 400.0)
    theme = gap_screen(world, answer, "sv", found).theme
    assert theme is not None
    assert theme.cuts[theme.limit] == "400\u00a0m"
    assert len(theme.colours) == len(theme.classes) + 1 == len(theme.cuts)
    assert theme.title.startswith("Gångväg till närmaste förskola")


@pytest.mark.parametrize("language", ["sv", "en"])
def test_each_district_says_its_own_count_on_hover(language):
    world = street(homes={100.0: 10, 900.0: 30}, places={0.0: "preschool"}, estimated=True)
    answer = gap_of(world, GapQuestion("preschool", 400.0, "children_0_4", "adult"))
    borders = gap_screen(world, answer, language, None).layers[0]
    assert borders.names == ("Väst", "Öst")
    assert borders.notes[0].startswith("0 ") and borders.notes[1].startswith("30 ")
