"""Whom one may expect to meet: worked by hand on the street, by plain loops, on real figures."""

from __future__ import annotations

import gzip
import json
import math
from itertools import compress
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geo.access.meeting.mix import Arena, Arenas, arena_mix
from geo.access.meeting.question import MeetingQuestion
from geo.errors import AreaLacks
from geo.ingest.build import Inputs, build
from geo.models.decay import DECAYS
from tests.geo.access.meeting.worlds import TODAY, activity, meeting_street
from tests.refusals import refused


def asked(limit: float, **words: object):
    return MeetingQuestion.read({"limit": f"{limit:g}", **words}, today=TODAY)


def named(answer: Arenas, place: str) -> Arena:
    return next(each for each in answer.arenas if each.id == place)


def test_the_share_is_weighed_by_distance_and_newcomers_count_as_not_established() -> None:
    """The library is at 300, so 100 people (25 born abroad) walk 200 m and weigh a half each of 400
    m, 40 newcomers walk 100 m and weigh 0.75, and 200 people, all born here, 300 m: 0.25.
    """
    area = meeting_street(
        {100.0: 10, 600.0: 20},
        housing={200.0: {"antal_boende": 40}},
        places={300.0: ("library", {})},
        born_abroad={100.0: 25, 600.0: 0},
    )
    found = named(arena_mix(area, asked(400), decay="linear"), "library-300")
    near, newcomers, far = 100 * 0.5, 40 * 0.75, 200 * 0.25
    assert found.share == pytest.approx((near * 0.75 + far) / (near + newcomers + far), abs=1e-6)
    assert found.people == 340 and found.unknown == 0
    assert found.low == found.high == pytest.approx(found.share)
    assert found.majority == "established"


def test_born_abroad_and_foreign_background_are_asked_apart() -> None:
    area = meeting_street(
        {100.0: 10},
        places={100.0: ("library", {})},
        born_abroad={100.0: 30},
        foreign_background={100.0: 60},
    )
    one = arena_mix(area, asked(400, established="born_abroad"))
    other = arena_mix(area, asked(400, established="foreign_background"))
    assert (one.established, other.established) == ("born_abroad", "foreign_background")
    assert (one.arenas[0].share, other.arenas[0].share) == (0.7, 0.4)
    assert arena_mix(area, asked(400)).established == "born_abroad"


def test_one_figure_is_never_taken_for_the_other() -> None:
    area = meeting_street(
        {100.0: 10}, places={100.0: ("library", {})}, foreign_background={100.0: 60}
    )
    with pytest.raises(AreaLacks) as told:
        arena_mix(area, asked(400, established="born_abroad"))
    assert "foreign_background" in told.value.message("sv")
    with refused("unknown_term"):
        arena_mix(area, asked(400, established="swedes"))
    with pytest.raises(AreaLacks):
        arena_mix(meeting_street({100.0: 10}, places={100.0: ("library", {})}), asked(400))


def test_people_nobody_tells_of_are_a_share_of_their_own_and_decide_nothing() -> None:
    area = meeting_street(
        {100.0: 6, 100.5: 4}, places={100.0: ("library", {})}, born_abroad={100.0: 6}
    )
    found = arena_mix(area, asked(400), decay="linear").arenas[0]
    assert found.share == pytest.approx(0.9, abs=1e-3)
    assert found.unknown == pytest.approx(0.4, abs=1e-3)
    assert (found.low, found.high) == pytest.approx((0.54, 0.94), abs=2e-3)
    mostly = meeting_street(
        {100.0: 4, 100.5: 6}, places={100.0: ("library", {})}, born_abroad={100.0: 4}
    )
    unsure = arena_mix(mostly, asked(400), decay="linear").arenas[0]
    assert unsure.share == pytest.approx(0.9, abs=1e-3) and unsure.majority == "unknown"


def test_each_housing_has_the_arenas_where_the_established_are_most_nearest_first() -> None:
    """At 100 all were born here, at 900 nobody; the housing at 450 reaches three arenas."""
    area = meeting_street(
        {100.0: 10, 150.0: 10, 900.0: 10},
        housing={450.0: {"antal_boende": 10}},
        places={200.0: ("library", {}), 300.0: ("association", {}), 800.0: ("library", {})},
        born_abroad={100.0: 0, 150.0: 0, 900.0: 100},
    )
    answer = arena_mix(area, asked(360), decay="gaussian")
    mine = answer.homes[0]
    assert [pair.arena.id for pair in mine.arenas] == ["association-300", "library-200"]
    assert [round(pair.metres) for pair in mine.arenas] == [150, 250]
    assert (mine.others, mine.unknown) == (1, 0)


def test_a_school_is_an_arena_only_where_something_happens_in_it() -> None:
    told = {"born_abroad": {100.0: 0}, "places": {300.0: ("school", {}), 600.0: ("school", {})}}
    area = meeting_street({100.0: 10}, activities=[activity("school-300")], **told)
    answer = arena_mix(area, asked(800))
    assert [each.id for each in answer.arenas] == ["school-300"]
    with pytest.raises(AreaLacks):
        arena_mix(meeting_street({100.0: 10}, **told), asked(800))


def test_an_arena_nobody_can_walk_to_has_no_share() -> None:
    area = meeting_street({100.0: 10}, places={900.0: ("library", {})}, born_abroad={100.0: 10})
    found = arena_mix(area, asked(400)).arenas[0]
    assert math.isnan(found.share) and found.people == 0 and found.majority == "unknown"


@given(
    st.lists(
        st.tuples(st.integers(0, 1000), st.integers(1, 30), st.sampled_from([None, *range(10)])),
        min_size=1,
        max_size=6,
        unique_by=lambda row: row[0],
    ),
    st.integers(5, 80),
    st.sampled_from(["linear", "gaussian", "exponential", "logistic"]),
)
@settings(max_examples=10)
def test_the_mix_is_that_of_plain_loops(people, newcomers, decay) -> None:
    homes = {float(at): float(count) for at, count, _ in people}
    abroad = {float(at): float(few * count) for at, count, few in people if few is not None}
    assume(abroad)
    area = meeting_street(
        homes,
        housing={333.0: {"antal_boende": newcomers}},
        places={250.0: ("library", {}), 640.0: ("association", {})},
        born_abroad=abroad,
    )
    answer = arena_mix(area, asked(505.5), decay=decay)
    weigh = DECAYS[decay]
    for place, at in (("library-250", 250.0), ("association-640", 640.0)):
        rows = [(abs(home - at), 10 * count, abroad.get(home)) for home, count in homes.items()]
        rows += [(abs(333.0 - at), float(newcomers), float(newcomers))]
        near = [row for row in rows if row[0] <= 505.5]
        weights = [float(weigh(np.array([row[0]]), 505.5)[0]) for row in near]
        whole = sum(w * row[1] for w, row in zip(weights, near, strict=True))
        told = [(w, row) for w, row in zip(weights, near, strict=True) if row[2] is not None]
        unknown = whole - sum(w * row[1] for w, row in told)
        settled = sum(w * (row[1] - row[2]) for w, row in told)
        found = named(answer, place)
        assert found.people == pytest.approx(sum(row[1] for row in near))
        if whole > 1e-6 and whole - unknown > 1e-6:
            assert found.share == pytest.approx(settled / (whole - unknown), abs=1e-6)
            assert found.unknown == pytest.approx(unknown / whole, abs=1e-6)
            assert found.low <= found.share + 1e-9 and found.share <= found.high + 1e-9


def test_few_counted_people_at_an_arena_are_not_told() -> None:
    area = meeting_street(
        {900.0: 10},
        housing={100.0: {"antal_boende": 2}},
        places={110.0: ("library", {})},
        born_abroad={900.0: 0},
    )
    found = arena_mix(area, asked(300)).arenas[0]
    assert found.hidden and found.people == 3


def test_real_figures_tell_foreign_background_and_nothing_else(
    shared_data: Path, tmp_path: Path
) -> None:
    """Vällingby's centre: one school on each side of the railway."""
    folder = shared_data / "hasselby-vallingby"
    west, south, east, north = around = (17.86, 59.355, 17.885, 59.37)
    lines, units = tmp_path / "lines.geojson", tmp_path / "units.geojson"
    gpd.read_file(folder / "deso2025.geojson", bbox=around).to_file(units)
    whole = json.loads(gzip.decompress((folder / "walk_lines.geojson.gz").read_bytes()))
    first = [each["geometry"]["coordinates"][0] for each in whole["features"]]
    inside = [west < lon < east and south < lat < north for lon, lat, *_ in first]
    whole["features"] = list(compress(whole["features"], inside))
    lines.write_text(json.dumps(whole))
    files = Inputs(
        lines=lines,
        people=(units,),
        places=(("meeting_place", folder / "polling_places.csv"),),
    )
    area = build("hv", "HV", files)
    answer = arena_mix(area, asked(1000))
    assert answer.established == "foreign_background" and answer.estimated
    shares = {each.name: each.share for each in answer.arenas if each.people > 1000}
    assert len(shares) >= 2
    assert all(0.1 < share < 0.9 for share in shares.values())
    assert all(each.unknown == 0 for each in answer.arenas if each.people > 0)
    with pytest.raises(AreaLacks):
        arena_mix(area, asked(1000, established="born_abroad"))
