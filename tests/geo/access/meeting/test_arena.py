"""Whom one may expect to meet: worked by hand on the street, by plain loops, on real figures."""

from __future__ import annotations

import gzip
import json
import math
from dataclasses import replace
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


def test_the_share_is_that_of_newcomers_weighed_by_distance() -> None:
    """The library is at 300, so 100 people (8 new in the country) walk 200 m and weigh a half each
    of 400 m, 40 residents of housing walk 100 m and weigh 0.75, and 200 people, none of them new,
    300 m: 0.25. Born abroad are 25 of the first: context, and nothing else.
    """
    area = meeting_street(
        {100.0: 10, 600.0: 20},
        housing={200.0: {"antal_boende": 40}},
        places={300.0: ("library", {})},
        born_abroad={100.0: 25, 600.0: 0},
        up_to_five_years={100.0: 8, 600.0: 0},
    )
    found = named(arena_mix(area, asked(400), decay="linear"), "library-300")
    near, housing, far = 100 * 0.5, 40 * 0.75, 200 * 0.25
    whole = near + housing + far
    assert found.newcomers.share == pytest.approx((8 * 0.5 + housing) / whole, abs=1e-6)
    assert not found.newcomers.least and found.standing == "fewer"
    assert found.people == 340 and found.unknown == 0
    assert found.share == pytest.approx((near * 0.75 + far) / whole, abs=1e-6)
    assert found.low == found.high == pytest.approx(found.share)
    assert found.majority == "established"


def test_who_is_born_abroad_or_of_foreign_background_says_nothing_of_who_is_new() -> None:
    told = {"housing": {200.0: {"antal_boende": 40}}, "places": {300.0: ("library", {})}}
    shares = set()
    for few in ({}, {"born_abroad": {100.0: 0}}, {"foreign_background": {100.0: 100}}):
        found = arena_mix(meeting_street({100.0: 10}, **told, **few), asked(400)).arenas[0]
        shares.add(found.newcomers)
    assert len(shares) == 1


def test_where_only_housing_is_counted_the_share_is_the_least_it_can_be() -> None:
    """100 residents of whom nobody says how long they have been here weigh 0.5, 40 others 0.75."""
    area = meeting_street(
        {100.0: 10}, housing={200.0: {"antal_boende": 40}}, places={300.0: ("library", {})}
    )
    answer = arena_mix(area, asked(400), decay="linear")
    found = answer.arenas[0].newcomers
    assert found.share == found.low == pytest.approx(30 / 80)
    assert found.high == 1.0 and found.least and answer.least
    assert answer.arenas[0].standing == "fewer_known" and answer.arenas[0].majority == "unknown"
    assert (answer.newcomers, answer.new_residents) == (40, None)
    assert [pair.arena.id for pair in answer.homes[0].arenas] == ["library-300"]


def test_residents_of_housing_may_be_in_the_statistics_too_at_the_low_end() -> None:
    """A metre from the door: 40 in housing, and 50 of 200 residents new in the country."""
    area = meeting_street(
        {301.0: 20},
        housing={299.0: {"antal_boende": 40}},
        places={300.0: ("library", {})},
        up_to_five_years={301.0: 50},
    )
    found = arena_mix(area, asked(400)).arenas[0].newcomers
    assert found.share == found.high == pytest.approx(90 / 240)
    assert found.low == pytest.approx(50 / 200) and not found.least


def test_an_arena_that_nobody_known_to_be_new_can_walk_to_is_unknown_not_none() -> None:
    area = meeting_street(
        {100.0: 10},
        housing={950.0: {"antal_boende": 40}},
        places={100.0: ("library", {}), 900.0: ("association", {})},
    )
    answer = arena_mix(area, asked(200))
    assert [each.id for each in answer.arenas] == ["association-900", "library-100"]
    far = named(answer, "library-100")
    assert far.standing == "unknown" and far.newcomers.high == 1.0
    assert named(answer, "association-900").newcomers.share == 1.0
    assert named(answer, "association-900").standing == "newcomers"


def test_without_housing_and_without_figures_nothing_is_known() -> None:
    answer = arena_mix(
        meeting_street({100.0: 10}, places={100.0: ("library", {})}, born_abroad={100.0: 30}),
        asked(400),
    )
    found = answer.arenas[0]
    assert not answer.known and math.isnan(found.newcomers.share)
    assert (found.newcomers.low, found.newcomers.high, found.standing) == (0.0, 1.0, "unknown")
    assert found.share == 0.7


def test_a_housing_that_does_not_say_how_many_live_there_makes_the_high_end_one() -> None:
    area = meeting_street(
        {301.0: 20},
        housing={310.0: {}, 950.0: {"antal_boende": 10}},
        places={300.0: ("library", {}), 900.0: ("library", {})},
        up_to_five_years={301.0: 20},
    )
    answer = arena_mix(area, asked(200))
    assert answer.uncounted == 1
    near, far = (named(answer, f"library-{at}").newcomers for at in (300, 900))
    assert near.least and near.high == 1.0 and near.share == pytest.approx(0.1)
    assert not far.least and far.high == pytest.approx(1.0)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 800), st.integers(1, 30), st.sampled_from("ABC"), st.integers(0, 10)
        ),
        min_size=1,
        max_size=9,
        unique_by=lambda row: row[0],
    ),
    st.sets(st.sampled_from("ABC"), min_size=1),
    st.integers(5, 60),
)
@settings(max_examples=25)
def test_the_ends_are_those_of_people_one_by_one_in_the_nearer_or_the_farther_half(
    rows, said, housing
) -> None:
    """Ten people at each spot of a statistical area, one by one: sorted by what they weigh, half of
    them, twice. An area not in ``said`` does not know who is new.
    """
    homes = {float(at): float(count) for at, count, _, _ in rows}
    area = meeting_street(
        homes,
        housing={333.0: {"antal_boende": housing}},
        places={250.0: ("library", {})},
        up_to_five_years={
            float(at): float(10 * count * few / 10) for at, count, unit, few in rows if unit in said
        },
    )
    units = [unit for _, _, unit, _ in rows]
    people = area.people.assign(
        unit=[*units, *area.people["unit"][len(rows) :]],
        estimated=[True] * len(rows) + [False] * (len(area.people) - len(rows)),
    )
    found = arena_mix(replace(area, people=people, _snaps={}), asked(505.5), decay="linear")
    weigh = [max(0.0, 1 - abs(at - 250.0) / 505.5) for at, *_ in rows]

    def ends(count) -> tuple[float, float]:
        """Each group's weighted sum when each area's people are all in one half of it."""
        low = high = 0.0
        for unit in "ABC":
            one_by_one = [
                (w, count(row)) for w, row in zip(weigh, rows, strict=True) if row[2] == unit
            ]
            size = sum(amount for _, amount in one_by_one)
            for end, order in ((0, 1), (1, -1)):
                left, total = size / 2, 0.0
                for w, amount in sorted(one_by_one, key=lambda pair: order * pair[0]):
                    taken = min(left, amount)
                    total, left = total + 2 * w * taken, left - taken
                low, high = (low + total, high) if end == 0 else (low, high + total)
        return low, high

    new = ends(lambda row: row[1] * row[3] if row[2] in said else 0)
    others = ends(lambda row: row[1] * (10 - row[3]) if row[2] in said else 0)
    unsaid = ends(lambda row: 10 * row[1] if row[2] not in said else 0)
    home = housing * (1 - 83 / 505.5)
    mine = found.arenas[0].newcomers
    fewest, most = max(home, new[0]), home + new[1] + unsaid[1]
    assert mine.low == pytest.approx(
        min(fewest / (fewest + others[1] + unsaid[1]), mine.share), abs=1e-5
    )
    assert mine.high == pytest.approx(max(most / (most + others[0]), mine.share), abs=1e-5)
    assert mine.low <= mine.share <= mine.high


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
    without = meeting_street({100.0: 10}, places={100.0: ("library", {})})
    with pytest.raises(AreaLacks):
        arena_mix(without, asked(400, established="born_abroad"))
    found = arena_mix(without, asked(400))
    assert found.established == "" and math.isnan(found.arenas[0].share)


def test_people_nobody_tells_of_are_a_share_of_their_own_and_decide_nothing() -> None:
    area = meeting_street(
        {100.0: 6, 100.5: 4}, places={100.0: ("library", {})}, born_abroad={100.0: 6},
        up_to_five_years={100.0: 6},
    )  # fmt: skip
    found = arena_mix(area, asked(400), decay="linear").arenas[0]
    assert found.share == pytest.approx(0.9, abs=1e-3)
    assert found.unknown == pytest.approx(0.4, abs=1e-3)
    assert (found.low, found.high) == pytest.approx((0.54, 0.94), abs=2e-3)
    assert found.newcomers.share == pytest.approx(0.06, abs=1e-3) and found.newcomers.least
    assert found.newcomers.high == pytest.approx(0.46, abs=1e-3) and found.standing == "fewer"
    mostly = meeting_street(
        {100.0: 4, 100.5: 6}, places={100.0: ("library", {})}, up_to_five_years={100.0: 4}
    )
    unsure = arena_mix(mostly, asked(400), decay="linear").arenas[0]
    assert unsure.newcomers.share == pytest.approx(0.04, abs=1e-3)
    assert unsure.standing == "fewer_known" and unsure.majority == "unknown"


def test_each_housing_has_the_arenas_where_newcomers_are_fewer_than_half_nearest_first() -> None:
    """At 100 nobody is new, at 900 all are; the housing at 450 reaches three arenas."""
    area = meeting_street(
        {100.0: 10, 150.0: 10, 900.0: 10},
        housing={450.0: {"antal_boende": 10}},
        places={200.0: ("library", {}), 300.0: ("association", {}), 800.0: ("library", {})},
        up_to_five_years={100.0: 0, 150.0: 0, 900.0: 100},
    )
    answer = arena_mix(area, asked(360), decay="gaussian")
    mine = answer.homes[0]
    assert [pair.arena.id for pair in mine.arenas] == ["association-300", "library-200"]
    assert [round(pair.metres) for pair in mine.arenas] == [150, 250]
    assert (mine.others, mine.unknown) == (1, 0)


def test_a_question_about_one_housing_has_the_arenas_in_reach_of_it_alone() -> None:
    area = meeting_street(
        {100.0: 10},
        housing={150.0: {"antal_boende": 10}, 850.0: {"antal_boende": 20}},
        places={200.0: ("library", {}), 800.0: ("library", {})},
    )
    for word in ("transitional_housing-850", "850", "Transitional_Housing 850"):
        answer = arena_mix(area, asked(300, housing=word))
        assert [each.id for each in answer.arenas] == ["library-800"], word
        assert [each.home.id for each in answer.homes] == ["transitional_housing-850"]
    with refused("unknown_housing"):
        arena_mix(area, asked(300, housing="Ingenstans"))


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


def test_few_counted_newcomers_are_no_closer_than_that_they_are_few() -> None:
    """Two worlds that differ in small counts alone have the same shares, at every limit: what is
    left when one is subtracted from another tells no more of them either.
    """
    found = set()
    for few in (1, 4):
        area = meeting_street(
            {100.0: 10, 400.0: 20, 800.0: 10},
            housing={120.0: {"antal_boende": few}, 700.0: {"antal_boende": 12}},
            places={110.0: ("library", {}), 500.0: ("association", {})},
            up_to_five_years={100.0: few, 400.0: 6, 800.0: 5 - few},
        )
        area = replace(area, people=area.people.assign(estimated=False), _snaps={})
        answers = [arena_mix(area, asked(limit)) for limit in range(50, 900, 50)]
        found.add(tuple((each.id, each.newcomers) for one in answers for each in one.arenas))
    assert len({str(each) for each in found}) == 1


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
