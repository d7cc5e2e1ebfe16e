"""Languages and times of the people of a housing, and what associations tell."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.area import languages
from geo.area.activities.model import Activity, Span
from geo.area.activities.table import to_table
from geo.area.associations import associations_of
from geo.area.languages import counted_parts
from geo.area.model import Area
from geo.area.newcomers import (
    Newcomers,
    Part,
    _in_parts,
    availabilities,
    availability,
    free_hours,
    newcomers_of,
)
from geo.area.people import of_housing
from tests.geo.worlds import street

CODES = ["ti", "ar", "so", "uk"]


def housing(**details: Any) -> Area:
    area = street(homes={100: 1}, places={500: "transitional_housing"})
    places = area.places.assign(details=json.dumps(details, ensure_ascii=False))
    people = of_housing(places)
    return replace(area, places=places, people=people, _snaps={})


def speaking(found: Newcomers, spoken: Iterable[str]) -> Span:
    """How many speak at least one of some languages: a range."""
    fitting = set(languages.in_common(found.language_codes, spoken))
    return _in_parts(found.people, found.languages, fitting)


def one(**details: Any) -> Newcomers:
    (found,) = newcomers_of(housing(**details))
    return found


@pytest.mark.parametrize(
    "text", ["tigrinja 40, arabiska 25", "ti:40;ar:25", "40 tigrinja, 25 Arabic", "ti (40) | ar=25"]
)
def test_languages_with_counts_are_read_as_people_write_them(text: str) -> None:
    found = one(residents=80, språk=text)
    assert found.languages == (Part("ti", 40), Part("ar", 25))
    assert found.people == 80 and found.unread == ()


def test_per_cent_is_of_those_who_live_there_and_unknown_words_are_told() -> None:
    found = one(residents=60, languages="tigrinja 50 %, xyzzy 20, so")
    assert found.languages == (Part("ti", 30), Part("so", None)) and found.unread == ("xyzzy",)
    assert one(languages="ti 50 %").languages == (Part("ti", None),)


def test_a_record_that_tells_nothing_is_unknown() -> None:
    found = one()
    assert math.isnan(found.people) and found.languages == () and found.availability == ()
    assert math.isnan(speaking(found, ["ti"]).low)
    assert speaking(one(residents=50), ["ti"]) == Span(0, 50)


@pytest.mark.parametrize(
    ("told", "spoken", "expected"),
    [
        ("ti 40, ar 25", ["ti"], Span(40, 55)),  # of 80, nobody told of 15
        ("ti 40, ar 25", ["ti", "ar"], Span(65, 80)),
        ("ti 40, ar 40", ["ti"], Span(40, 40)),
        ("ti 40, ar 25, so", ["ti"], Span(40, 40)),  # the 15 speak Somali
        ("ti 40, ar 25, so", ["so"], Span(15, 15)),
        ("ti 40, ar 25, so, uk", ["so"], Span(0, 15)),
        ("ti, ar", ["ti"], Span(0, 80)),
        ("ti, ar", ["ti", "ar"], Span(80, 80)),
        ("ti, ar", ["sv"], Span(0, 0)),
        ("ti 60, ar 50", ["ti", "ar"], Span(60, 80)),  # some speak both
        ("ti 60, ar 50", ["ar"], Span(50, 50)),
        ("persiska 80", ["prs"], Span(80, 80)),  # known as one another
    ],
)
def test_how_many_are_helped_by_some_languages_is_a_range(told, spoken, expected) -> None:
    assert speaking(one(residents=80, languages=told), spoken) == expected


@given(
    st.lists(st.tuples(st.sampled_from(CODES), st.none() | st.integers(0, 50))),
    st.sets(st.sampled_from(CODES)),
    st.sampled_from(CODES),
)
def test_one_more_language_never_helps_fewer(parts, spoken, more) -> None:
    group = Newcomers("p", "", 60.0, tuple({code: Part(code, n) for code, n in parts}.values()))
    few, many = speaking(group, spoken), speaking(group, spoken | {more})
    assert 0 <= few.low <= few.high <= 60
    assert many.low >= few.low - 1e-9 and many.high >= few.high - 1e-9


def test_times_when_they_can_come_are_presets_by_id_or_name() -> None:
    found = one(
        residents=60, tillgänglighet="sfi på förmiddagen 20; hämtar barn 16; seglar 5", språk=""
    )
    assert found.availability == (Part("sfi_morning", 20), Part("fetches_children_at_16", None))
    assert found.unread == ("seglar",)
    assert availability("Works in the daytime") == "works_daytime"
    mornings = np.zeros((7, 24), dtype=bool)
    mornings[:5, 9:12] = True
    assert found.free(mornings) == Span(40, 40), (
        "those at sfi are not free, those with children are"
    )


def test_the_presets_are_free_when_their_names_say() -> None:
    hours = {key: free_hours(key) for key in availabilities()}
    assert hours["any_time"].all()
    assert not hours["sfi_morning"][:5, 8:12].any() and hours["sfi_morning"][0, 13:21].all()
    assert not hours["works_daytime"][:5, 7:17].any() and hours["works_daytime"][0, 18:21].all()
    fetching = hours["fetches_children_at_16"]
    assert not fetching[:5, 15:17].any() and fetching[:5, 9:15].all() and fetching[0, 17]
    for grid in hours.values():
        assert grid.shape == (7, 24) and grid[5:].any()
    both = hours["sfi_morning_fetches_children_at_16"]
    assert not (both & ~(hours["sfi_morning"] & fetching)).any()


def test_counts_are_cut_from_names() -> None:
    assert counted_parts("a_16 22; b") == (("a_16", 22.0), ("b", None))
    assert counted_parts("hämtar kl 16", is_name=str.isprintable) == (("hämtar kl 16", None),)
    assert counted_parts("") == ()


def test_protected_housing_tells_no_languages() -> None:
    found = one(residents=60, languages="tigrinja 60", availability="sfi", skyddad="ja")
    assert found.languages == () and found.availability == () and found.unread == ()
    assert one(residents=60, languages="tigrinja 60", skyddad="nej").languages == (Part("ti", 60),)


def test_what_happens_at_a_housing_that_becomes_protected_is_not_kept() -> None:
    area = street(homes={100: 1}, places={200: "library", 500: "transitional_housing"})
    there = [Activity("a", "transitional_housing-1", "sport"), Activity("b", "library-0", "sport")]
    area = replace(area, activities=to_table(there))
    assert list(area.activities["id"]) == ["a", "b"]
    hidden = replace(area, places=area.places.assign(details='{"skyddad": "ja"}'))
    assert list(hidden.activities["id"]) == ["b"]


def test_what_an_association_does_and_can_match_is_read() -> None:
    area = street(homes={100: 1}, places={200: "association", 500: "library", 900: "association"})
    told = {
        "Verksamhet": "läxhjälp; matchar familjer",
        "språk": "svenska, somaliska",
        "Vänfamiljer per år": "40",
        "mentorer": 12,
        "använder": "library 500; Medborgarhuset",
        "bekräftad": "2026-09-01",
    }
    details = [json.dumps(told, ensure_ascii=False), "{}", "{}"]
    first, second = associations_of(replace(area, places=area.places.assign(details=details)))
    assert first.does == ("läxhjälp", "matchar familjer") and first.languages == ("sv", "so")
    assert (first.mentors_per_year, first.buddies_per_year, first.matches_per_year) == (12, 40, 52)
    assert first.uses == ("library-1",) and first.uses_elsewhere == ("Medborgarhuset",)
    assert first.confirmed == date(2026, 9, 1)
    assert second.matches_per_year is None and second.languages == () and second.does == ()


def test_an_association_runs_what_names_it_as_organiser() -> None:
    area = street(homes={100: 1}, places={200: "association", 500: "library"})
    run = Activity("a", "library-1", "sport", organisers=("Association 200", "Annan"))
    (found,) = associations_of(replace(area, activities=to_table([run])))
    assert found.runs == (run,) and found.uses == ("library-1",)
