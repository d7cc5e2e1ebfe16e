"""Our walk filter: what is kept, what is dropped, what is remembered."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.sources.osm import features as osm_walkable
from geo.sources.osm.features import joins, path_of, private, walkable, width_m

HIGHWAYS = [
    *osm_walkable.OPEN_HIGHWAYS,
    *osm_walkable.ASKING_HIGHWAYS,
    *("motorway", "motorway_link", "construction", "proposed", "abandoned", "razed", "platform"),
    *("raceway", "elevator", "services", "no", ""),
]
TAGS = st.fixed_dictionaries(
    {"highway": st.sampled_from(HIGHWAYS)},
    optional={
        "foot": st.sampled_from(["yes", "no", "designated", "use_sidepath", "private", "official"]),
        "access": st.sampled_from(["yes", "no", "private", "destination", "customers", "permit"]),
        "sidewalk": st.sampled_from(["both", "left", "no", "separate", "none"]),
        "motorroad": st.sampled_from(["yes", "no"]),
        "lit": st.sampled_from(["yes", "no", "24/7", "disused", "?"]),
        "width": st.text(max_size=8),
    },
)

KEPT = [
    {"highway": "cycleway"},
    {"highway": "cycleway", "foot": "designated", "segregated": "no"},
    {"highway": "footway", "footway": "sidewalk"},
    {"highway": "steps"},
    {"highway": "residential", "oneway": "yes"},
    {"highway": "service", "service": "driveway"},
    {"highway": "service", "service": "parking_aisle", "access": "customers"},
    {"highway": "service", "access": "private", "foot": "yes"},
    {"highway": "unclassified", "access": "no", "foot": "designated"},
    {"highway": "primary", "sidewalk": "separate"},
    {"highway": "trunk", "sidewalk": "both"},
    {"highway": "trunk", "sidewalk:left": "yes"},
    {"highway": "trunk", "foot": "yes"},
    {"highway": "bridleway", "foot": "yes"},
    {"highway": "corridor", "indoor": "yes"},
    {"highway": "footway", "access": "no", "foot": "permissive"},
]
DROPPED = [
    {"highway": "motorway"},
    {"highway": "motorway", "foot": "yes"},
    {"highway": "motorway_link"},
    {"highway": "cycleway", "foot": "no"},
    {"highway": "residential", "foot": "use_sidepath"},
    {"highway": "service", "access": "private"},
    {"highway": "footway", "access": "no"},
    {"highway": "construction", "construction": "footway"},
    {"highway": "proposed"},
    {"highway": "abandoned"},
    {"highway": "razed"},
    {"highway": "trunk"},
    {"highway": "trunk", "sidewalk": "no"},
    {"highway": "primary", "motorroad": "yes"},
    {"highway": "bridleway"},
    {"highway": "platform"},
    {"railway": "platform"},
    {},
]


@pytest.mark.parametrize("tags", KEPT, ids=str)
def test_people_can_walk_there(tags):
    assert walkable(tags)


@pytest.mark.parametrize("tags", DROPPED, ids=str)
def test_people_can_not_walk_there(tags):
    assert not walkable(tags)


def overpass_keeps(filters: str, tags: dict[str, str]) -> bool:
    """Apply an Overpass way filter as Overpass does: a missing tag fails ~ and passes !~."""
    rules = re.findall(r'\["([^"]+)"(!?~)"([^"]+)"\]', filters)
    assert "".join(f'["{key}"{sign}"{pattern}"]' for key, sign, pattern in rules) == filters
    for key, sign, pattern in rules:
        hit = key in tags and re.search(pattern, tags[key]) is not None
        if hit != (sign == "~"):
            return False
    return True


@given(TAGS)
def test_overpass_is_asked_for_everything_we_would_keep(tags):
    if walkable(tags) or private(tags) or joins(tags):
        assert overpass_keeps(osm_walkable.overpass_filter(), tags)


@given(TAGS)
def test_what_overpass_sends_and_we_drop_hangs_on_access_or_on_a_road_that_must_ask(tags):
    if overpass_keeps(osm_walkable.overpass_filter(), tags) and not walkable(tags):
        assert (
            {tags.get("access"), tags.get("foot")} & osm_walkable.ACCESS_REFUSED
            or tags["highway"] not in osm_walkable.OPEN_HIGHWAYS
            or tags["highway"] in osm_walkable.ASKING_HIGHWAYS
            or tags.get("motorroad") == "yes"
        )


@given(TAGS, st.sampled_from(["yes", "designated", "permissive"]))
def test_foot_allowed_opens_every_way_but_those_for_cars_alone_or_not_there(tags, foot):
    there = tags["highway"] != "" and tags["highway"] not in osm_walkable.NEVER
    assert walkable({**tags, "foot": foot}) == there


@given(TAGS)
def test_a_private_way_is_one_that_would_be_open_if_nobody_said_so(tags):
    said = {key: value for key, value in tags.items() if value != "private"}
    assert private(tags) == (not walkable(tags) and tags != said and walkable(said))


@given(TAGS)
def test_tags_we_do_not_read_change_nothing(tags):
    more = {**tags, "name": "Gatan", "oneway": "yes", "bicycle": "no", "maxspeed": "30"}
    assert walkable(more) == walkable(tags)
    assert set(TAGS_READ) >= {"highway", "foot", "access", "lit", "width", "surface"}


TAGS_READ = osm_walkable.WAY_KEYS


@given(TAGS)
def test_only_steps_are_steps_and_light_is_one_of_three(tags):
    path = path_of(tags)
    assert path.steps == (tags["highway"] == "steps")
    assert path.lit == {"yes": 1, "24/7": 1, "no": 0, "disused": 0}.get(tags.get("lit"), -1)


@pytest.mark.parametrize(
    ("written", "metres"),
    [
        ("2.5 m", 2.5),
        ("2,5", 2.5),
        ("2.5m", 2.5),
        ("3", 3.0),
        ("~3", 3.0),
        ("250 cm", 2.5),
        ("10'", 3.048),
        ("10 ft", 3.048),
        ("1.5 meter", 1.5),
    ],
)
def test_widths_are_read_as_mappers_write_them(written, metres):
    assert width_m(written) == pytest.approx(metres)


@pytest.mark.parametrize("written", ["", "bred", "2-3", "2;3", "-1", "0", "99999", "NaN", "inf"])
def test_a_width_that_is_no_plain_number_is_unknown(written):
    assert math.isnan(width_m(written))


@given(st.text(max_size=20))
def test_no_text_breaks_the_width(written):
    metres = width_m(written)
    assert math.isnan(metres) or 0 < metres <= osm_walkable.MAX_WIDTH_M


def test_the_estimated_width_counts_where_no_other_is_given():
    assert path_of({"highway": "path", "est_width": "1.5"}).width_m == 1.5
    assert path_of({"highway": "path", "width": "2", "est_width": "1.5"}).width_m == 2.0
