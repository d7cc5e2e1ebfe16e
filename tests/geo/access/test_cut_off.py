"""Who lives by paths that do not join the others is counted and told: worked by hand."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pytest
import shapely

from geo.access.gaps import gap
from geo.area.model import Area
from geo.network.walk_network import build_network
from geo.output.documents.gap import gap_document
from geo.types import SWEREF99_TM
from tests.geo.worlds import NORTH, WEST, street


def two_pieces(people: float = 3.0, *, estimated: bool = True) -> Area:
    """A street of 1,000 m and, from 1,200 m to 1,800 m east, one that does not join it; a home
    200 m from the first and by the second, one by the second alone, and one by neither.
    """
    homes = {100.0: 1.0, 1200.0: 2.0, 1500.0: people, 3000.0: 4.0}
    base = street(homes=homes, places={0.0: "preschool"}, estimated=estimated)
    lines = [
        shapely.LineString([(WEST + one, NORTH), (WEST + other, NORTH)])
        for one, other in ((0, 500), (500, 1000), (1200, 1800))
    ]
    network = build_network(gpd.GeoDataFrame(geometry=lines, crs=SWEREF99_TM))
    return replace(base, network=network, _snaps={}, _once={})


def test_those_by_the_other_piece_alone_are_cut_off() -> None:
    area = two_pieces()
    answer = gap(area, kind="preschool", limit_m=2000.0, group="all")
    assert answer.cut_off == pytest.approx(30)
    assert answer.unreachable == pytest.approx(70)  # and those by neither
    document = gap_document(answer, area, "sv", day="2026-12-01")
    assert document.data()["cut_off"] == pytest.approx(30)
    assert document.lines[1].startswith("30 bor vid gångvägar som på kartan inte hänger ihop")


def test_a_few_counted_people_are_told_as_a_few() -> None:
    area = two_pieces(0.3, estimated=False)
    answer = gap(area, kind="preschool", limit_m=2000.0, group="all")
    document = gap_document(answer, area, "sv", day="2026-12-01")
    assert document.data()["cut_off"] is None
    assert any(line.startswith("Färre än 5 bor vid gångvägar") for line in document.lines)
    exact = gap_document(answer, area, "en", day="2026-12-01", exact=True)
    assert exact.data()["cut_off"] == pytest.approx(3)
    assert any(line.startswith("3 live by paths that do not join") for line in exact.lines)


def test_what_would_give_away_the_few_others_unreachable_is_not_told() -> None:
    area = two_pieces(2.0, estimated=False)
    people = area.people.assign(all=[10.0, 20.0, 20.0, 3.0])
    answer = gap(replace(area, people=people), kind="preschool", limit_m=2000.0, group="all")
    assert (answer.cut_off, answer.unreachable) == (20, 23)
    document = gap_document(answer, area, "sv", day="2026-12-01")
    assert document.data()["cut_off"] is None
    assert not any("hänger ihop med de andra" in line for line in document.lines)


def test_on_one_piece_nobody_is_cut_off() -> None:
    area = street(homes={100.0: 1.0, 3000.0: 4.0}, places={0.0: "preschool"}, estimated=True)
    answer = gap(area, kind="preschool", limit_m=400.0, group="all")
    assert answer.cut_off == 0
    lines = gap_document(answer, area, "sv", day="2026-12-01").lines
    assert not any("hänger ihop med de andra" in line for line in lines)
