"""Where the verdict flips between profiles: counted person by person, and never told as "none"
where the network does not know.
"""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import texts
from geo.access.gaps import distances, gap
from geo.access.profile_comparison import BASES, differs_by, flips, headline, profile_doubts
from geo.area.model import Area
from geo.errors import BadLimit
from geo.network.walk_network import build_network, network_from_frame
from geo.output.maps import from_point as from_point_map
from geo.types import SWEREF99_TM
from tests.geo.worlds import street
from tests.refusals import refused

HOMES = {100.0: 10, 300.0: 20, 500.0: 40, 900.0: 30}


def world(*, stairs: bool = False, unlit: bool = False, estimated: bool = False) -> Area:
    """The street; stairs or the dark, if any, on the stretch from 200 to 400 m."""
    area = street(homes=HOMES, places={0.0: "preschool", 1000.0: "preschool"}, estimated=estimated)
    line = area.network.node_xy[:, 0] - area.network.node_xy[:, 0].min()
    middle = (line[area.network.edge_u] + line[area.network.edge_v]) / 2
    hit = np.abs(middle - 300) < 50
    steps = hit if stairs else np.zeros(len(hit), dtype=bool)
    lit = np.where(hit, 0, 1).astype(np.int8) if unlit else area.network.lit
    network = network_from_frame(area.network.frame().assign(steps=steps, lit=lit))
    return replace(area, network=network, _snaps={})


def by_hand(area: Area, limit: float, within: str, beyond: str, basis: str) -> float:
    speed = {"adult": 1.33, "with_stroller": 1.1, "older": 0.8, "evening": 1.33}
    other = limit * speed[beyond] / speed[within] if basis == "minutes" else limit
    near = distances(area, "preschool", within)
    far = distances(area, "preschool", beyond)
    people = area.count("children_0_4")
    return sum(w for w, a, b in zip(people, near, far, strict=True) if a <= limit and b > other)


@settings(max_examples=60, deadline=None)
@given(
    st.booleans(),
    st.booleans(),
    st.sampled_from([150.0, 350.0, 450.0, 550.0, 800.0]),
    st.permutations(["adult", "with_stroller", "older", "evening"]),
    st.sampled_from(BASES),
)
def test_flips_are_those_within_in_one_and_beyond_in_the_other(
    stairs, unlit, limit, profiles, basis
) -> None:
    area = world(stairs=stairs, unlit=unlit)
    within, beyond = profiles[:2]
    found = flips(
        area, kind="preschool", limit_m=limit, group="children_0_4",
        within=within, beyond=beyond, basis=basis,
    )  # fmt: skip
    assert found.gap.beyond == pytest.approx(by_hand(area, limit, within, beyond, basis))
    assert found.gap.people == 100
    assert sum(row.beyond for row in found.gap.districts) == pytest.approx(found.gap.beyond)


def test_stairs_flip_the_verdict_for_those_behind_them() -> None:
    area = world(stairs=True)
    found = flips(area, kind="preschool", limit_m=550, group="children_0_4")
    adults = gap(area, kind="preschool", limit_m=550, group="children_0_4")
    strollers = gap(
        area, kind="preschool", limit_m=550, group="children_0_4", profile="with_stroller"
    )
    assert found.gap.beyond == strollers.beyond - adults.beyond > 0
    assert found.tells and found.doubts == ()


def test_without_stairs_in_the_data_the_answer_is_unknown_and_not_none() -> None:
    found = flips(world(), kind="preschool", limit_m=400, group="children_0_4")
    assert not found.tells
    assert found.doubts == ("flips.no_steps",)
    evening = flips(world(), kind="preschool", limit_m=400, group="children_0_4", beyond="evening")
    assert (evening.tells, evening.doubts) == (False, ("flips.no_light",))


def test_without_heights_the_older_are_told_apart_only_by_time() -> None:
    area = world(stairs=True)
    asked = {"kind": "preschool", "limit_m": 400, "group": "children_0_4", "beyond": "older"}
    metres, minutes = (flips(area, **asked, basis=basis) for basis in BASES)
    assert metres.doubts == ("flips.no_heights",) and not metres.tells
    assert minutes.doubts == ("flips.no_heights",) and minutes.tells
    assert minutes.other_limit_m == pytest.approx(400 * 0.8 / 1.33)
    assert minutes.minutes == pytest.approx(400 / 1.33 / 60)
    assert minutes.gap.beyond == 20  # 300 m: within 400, beyond 241


def test_profiles_with_the_same_rules_are_said_to_use_the_same_paths() -> None:
    found = flips(world(), kind="preschool", limit_m=400, group="children_0_4", beyond="adult")
    assert found.doubts == ("flips.same_paths",) and not found.tells


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_the_sentence_and_the_table_say_the_count(language: str) -> None:
    area = world()
    found = flips(
        area, kind="preschool", limit_m=400, group="children_0_4", beyond="older", basis="minutes"
    )
    sentence = headline(found, language)
    assert "20" in sentence and "100" in sentence and "20" in sentence
    table = from_point_map.flips_table(found, language)
    assert table.iloc[-1].tolist()[1:3] == ["100", "20"]
    spec = from_point_map.flips_map(area, found, language)
    assert spec.title == sentence
    assert list(spec.table.columns) == list(table.columns)


@pytest.mark.parametrize("few", [3, 97])
def test_small_counts_of_counted_people_are_hidden_everywhere(few: int) -> None:
    """Three who flip, or all but three."""
    homes = {100.0: 100.0 - few, 300.0: float(few)}
    area = street(homes=homes, places={0.0: "preschool"})
    found = flips(
        area, kind="preschool", limit_m=400, group="children_0_4", beyond="older", basis="minutes"
    )
    assert found.gap.beyond == few
    sentence = headline(found, "sv")
    spec = from_point_map.flips_map(area, found, "sv")
    said = f"{sentence} {spec.alt_text} {spec.table.to_csv()}"
    assert "färre än 5" in sentence.lower()
    assert not any(f"{sign}{few}{sign}" in said for sign in (" ", '"', ","))


def test_estimates_are_marked_and_not_hidden() -> None:
    area = street(homes={100.0: 97, 300.0: 3}, places={0.0: "preschool"}, estimated=True)
    found = flips(
        area, kind="preschool", limit_m=400, group="children_0_4", beyond="older", basis="minutes"
    )
    assert found.gap.estimated
    assert headline(found, "sv").startswith("3 av 100")


def test_what_can_not_be_asked_is_refused() -> None:
    area = world()
    with pytest.raises(BadLimit):
        flips(area, kind="preschool", limit_m=0, group="children_0_4")
    with refused("unknown_profile"):
        flips(area, kind="preschool", limit_m=400, group="children_0_4", beyond="flying")


def test_nobodys_answer_flips_where_there_is_no_place_to_walk_to() -> None:
    found = flips(world(), kind="library", limit_m=400, group="children_0_4")
    assert found.gap.beyond == 0


@pytest.mark.parametrize(
    ("known", "differs"),
    [
        ({}, ("speed",)),
        ({"steps": True}, ("speed", "steps")),
        ({"lit": 0, "slope": 0.1}, ("speed", "light", "slope")),
        ({"steps": True, "lit": 1, "slope": 0.0}, ("speed", "steps", "light", "slope")),
    ],
)
def test_profiles_differ_by_what_the_network_knows(known, differs) -> None:
    line = shapely.LineString([(660_000, 6_580_000), (660_100, 6_580_000)])
    table = gpd.GeoDataFrame({name: [value] for name, value in known.items()}, geometry=[line])
    network = build_network(table.set_crs(SWEREF99_TM))
    assert differs_by(network) == differs
    alone = ("flips.speed_alone",) if differs == ("speed",) else ()
    for profile, own in (("with_stroller", "steps"), ("evening", "light"), ("older", "slope")):
        doubts = profile_doubts(network, profile)
        assert bool(doubts) == (own not in differs)
        assert not alone or doubts == alone
