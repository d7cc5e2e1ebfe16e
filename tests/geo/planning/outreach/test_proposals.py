"""Proposals: what each says it does is what a fresh count of the changed area says; nothing that
harms, and nobody who is not in the area.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from geo.area.activities.model import Span
from geo.area.activities.occurrences import in_week
from geo.area.activities.table import from_table
from geo.area.model import Unplaced
from geo.output.words.outreach import effect_words, none_words, proposal_words
from geo.planning.outreach.brief import Outreach, Row, briefed
from geo.planning.outreach.effects import Effect, applied
from geo.planning.outreach.needs import OF_CHILDREN
from geo.planning.outreach.proposals import Proposal, proposals_for
from tests.geo.planning.outreach.worlds import (
    TODAY,
    activity,
    asked,
    held,
    row_of,
    town,
    without_children,
)

RECORD = {"residents": 30, "språk": "tigrinja 12, arabiska 18"}


@pytest.fixture(scope="module")
def answer() -> Outreach:
    """A housing and two areas; an association that speaks Tigrinya 700 m away."""
    area = town(
        homes={100.0: 10, 500.0: 10, 900.0: 20},
        places={150.0: "school", 850.0: "association", 300.0: "info_desk", 320.0: "library"},
        activities=[
            activity(
                "kor",
                "association-1",
                kind="womens_group",
                name="Kören",
                organisers=("Eritreanska föreningen",),
                languages=("ti", "sv"),
            ),
            activity("fika", "school-0", name="Fikat", times=held(2, 9, 11)),
            activity(
                "stod",
                "library-3",
                kind="family_support",
                organisers=("Stadsdelsmammorna i Väst",),
                languages=("ar",),
                times=held(0, 9, 11),
            ),
        ],
        housing={120.0: RECORD},
    )
    area.people["three_year_olds_without_place"] = [7.0, 9.0, 11.0, float("nan")]
    return asked(replace(area, _snaps={}), when="works_daytime")


@cache
def of(answer: Outreach, row: Row) -> tuple[Proposal, ...]:
    return proposals_for(answer.world, row.at)


def recounted(answer: Outreach, effect: Effect, change) -> tuple[Span, Span]:
    """What an effect should say, by a fresh count of an area with the change made."""
    changed = asked(applied(answer.world.area, change), when="works_daytime")

    def total(of: Outreach) -> Span:
        known = [
            need.reached
            for row in of.rows
            for need in row.needs
            if need.need == effect.need and need.reached
        ]
        return Span(sum(each.low for each in known), sum(each.high for each in known))

    return total(answer), total(changed)


def test_what_a_proposal_says_it_does_is_what_a_fresh_count_says(answer) -> None:
    seen = set()
    for row in answer.shown:
        for proposal in of(answer, row):
            seen.add(proposal.what)
            for effect in proposal.effects:
                before, after = recounted(answer, effect, proposal.change)
                said = (effect.before, effect.after)
                for one, other in zip(said, (before, after), strict=True):
                    assert (one.low, one.high) == pytest.approx((other.low, other.high))
    assert seen == {"move", "desk", "cafe", "visit"}


def test_no_proposal_takes_anything_from_anybody(answer) -> None:
    for row in answer.shown:
        for proposal in of(answer, row):
            assert proposal.effects
            for effect in proposal.effects:
                assert effect.after.low > effect.before.low
                assert effect.after.high >= effect.before.high - 1e-9
                assert effect.here_after.low > effect.here_before.low


def test_a_proposal_names_only_places_and_organisations_of_the_area(answer) -> None:
    area = answer.world.area
    there = set(area.places["id"])
    names = {name for each in from_table(area.activities) for name in each.organisers}
    for row in answer.shown:
        for proposal in of(answer, row):
            assert proposal.place in there
            assert set(proposal.activity.organisers) <= names


def test_the_moved_hour_is_one_when_the_group_can_come_on_the_same_day(answer) -> None:
    moves = [each for each in of(answer, row_of(answer, "home0")) if each.was]
    fika = next(each for each in moves if each.activity.id == "fika")
    (when,) = in_week(fika.activity, TODAY)
    assert (when.start.weekday(), when.start.hour, when.end.hour) == (2, 18, 20)
    words = proposal_words(answer, fika, "sv")
    assert "från ons 09:00–11:00 till ons 18:00–20:00" in words


def test_a_desk_visit_is_by_an_organisation_that_speaks_the_language_and_is_near(answer) -> None:
    found = of(answer, row_of(answer, "home0"))
    desk = next(
        each for each in found if each.what == "desk" and each.activity.languages == ("ti", "sv")
    )
    language = next(effect for effect in desk.effects if effect.need == "language")
    assert desk.activity.organisers == ("Eritreanska föreningen",)
    assert desk.place == "info_desk-2"
    assert desk.activity.visiting
    assert (language.here_before.low, language.here_after.low) == (18, 30)


def test_those_who_visit_at_the_door_come_only_where_the_data_name_them(answer) -> None:
    found = of(answer, row_of(answer, "home0"))
    visit = next(each for each in found if each.what == "visit")
    assert visit.place == "home0"
    assert visit.activity.organisers == ("Stadsdelsmammorna i Väst",)
    nobody = replace(
        answer.world.area,
        activities=answer.world.area.activities[answer.world.area.activities["id"] != "stod"],
    )
    other = asked(nobody, when="works_daytime")
    assert not [each for each in of(other, row_of(other, "home0")) if each.what == "visit"]


def test_nobody_is_sent_to_the_door_of_protected_housing(answer) -> None:
    area = answer.world.area
    hidden = town(
        homes={100.0: 10, 500.0: 10, 900.0: 20},
        places={150.0: "school", 850.0: "association", 300.0: "info_desk", 320.0: "library"},
        activities=from_table(area.activities),
        housing={120.0: {**RECORD, "skyddad": "ja"}},
    )
    other = asked(hidden, when="works_daytime")
    row = next(row for row in other.rows if row.spot.restricted)
    assert all(each.what != "visit" for each in of(other, row))


def test_a_cafe_for_arenas_is_where_newcomers_are_fewer_than_half() -> None:
    area = town(
        homes={100.0: 10, 900.0: 30},
        places={500.0: "school", 50.0: "school"},
    )
    area.people["up_to_five_years"] = np.array([90.0, 30.0])
    answer = asked(replace(area, _snaps={}), limit="450")
    cafes = [
        each
        for each in proposals_for(answer.world, row_of(answer, "Väst").at)
        if any(effect.need == "arena" for effect in each.effects)
    ]
    assert [each.place for each in cafes] == ["school-0"]


def test_a_proposal_for_children_says_that_it_gives_no_place(answer) -> None:
    said = [
        effect_words(effect, "sv")
        for row in answer.shown
        for proposal in of(answer, row)
        for effect in proposal.effects
        if effect.need in OF_CHILDREN and not effect.hidden
    ]
    assert said
    assert all("Det ger ingen plats i sig." in words for words in said)


def test_where_nobody_lacks_anything_nothing_is_proposed() -> None:
    area = town(places={100.0: "library"}, activities=[activity("a", "library-0")])
    answer = asked(without_children(area))
    assert proposals_for(answer.world, row_of(answer, "Väst").at) == ()


def test_each_need_of_each_place_gets_a_proposal_or_the_reason_why_there_is_none(answer) -> None:
    brief = briefed(answer, 10)
    for row, own, given in zip(brief.rows, brief.proposals, brief.answers, strict=True):
        assert [each.need for each in given] == [need.need for need in row.lacking]
        for each in given:
            named = [own[at] for at in each.own]
            ours = [once for once in brief.shared if once.number in each.shared]
            named += [made for once in ours if (made := once.for_spot(row.spot.id)) is not None]
            assert len(named) == len(each.own) + len(each.shared)
            assert bool(named) != (each.why_none is not None)
            assert all(each.need in {effect.need for effect in made.effects} for made in named)


def test_what_is_alike_for_several_places_and_cafes_are_offered_once_and_help_all(answer) -> None:
    brief = briefed(answer, 10)
    own = [each.change for made in brief.proposals for each in made]
    once = [each.first.change for each in brief.shared]
    assert len({*own, *once}) == len(own) + len(once)
    assert all(each.what != "cafe" for made in brief.proposals for each in made)
    helped = {
        (made.spot, effect.need)
        for each in brief.shared
        if each.first.what == "cafe"
        for made in each.proposals
        for effect in made.effects
    }
    alone = {
        (each.spot, effect.need)
        for row in answer.shown
        for each in of(answer, row)
        if each.what == "cafe"
        for effect in each.effects
    }
    assert alone and alone <= helped


def test_the_reason_why_there_is_no_proposal_is_the_one_that_holds() -> None:
    home = {120.0: {"residents": 30, "språk": "tigrinja 12, arabiska 18", "reception": "nej"}}
    kor = activity("kor", "school-0", organisers=("Kören",), languages=("so",))

    def none(need: str, activities=(), **world: object) -> tuple[str, str]:
        area = town(housing=home, activities=activities, **world)
        found = briefed(asked(area), 1)
        given = next(each for each in found.answers[0] if each.need == need)
        assert given.why_none is not None
        return given.why_none.code, none_words(found.answer, given.why_none, "sv")

    assert none("language", places={150.0: "school"})[0] == "organisers"
    code, words = none("language", places={150.0: "school"}, activities=[kor])
    assert code == "speaks"
    assert "talar tigrinja eller arabiska. Arrangörer vars språk är okända: 0." in words
    asked_of = replace(kor, languages=())
    code, words = none("language", places={150.0: "school"}, activities=[asked_of])
    assert code == "speaks_ask"
    assert words.endswith("Fråga dem vars språk är okända (1): Kören.")
    code, words = none("hours", places={600.0: "school"})
    assert code == "room_far"
    assert "Närmast är school 600, 480" in words
    assert none("hours", places={600.0: "station"})[0] == "room_none"
    few = {100.0: 1, 900.0: 1}  # thirty of forty at the school are newcomers
    code, words = none("arena", homes=few, places={150.0: "school", 700.0: "library"})
    assert code == "arena_far"
    assert "säkert är färre än hälften av dem som kan gå dit. Närmast är library 700, 580" in words
    assert none("arena", homes=few, places={150.0: "school"})[0] == "arena_none"


def test_a_reason_tells_no_distance_from_protected_housing() -> None:
    home = {120.0: {"residents": 30, "skyddad": "ja"}}
    brief = briefed(asked(town(housing=home, places={500.0: "library"}), limit="100"), 3)
    (at,) = (at for at, row in enumerate(brief.rows) if row.spot.restricted)
    for each in brief.answers[at]:
        assert each.why_none is not None
        assert not {"metres", "place"} & set(each.why_none.values)


def test_an_association_without_a_point_that_speaks_the_language_is_asked_to_the_desk() -> None:
    home = {120.0: {"residents": 30, "språk": "tigrinja 12, arabiska 18", "reception": "nej"}}
    area = town(housing=home, places={150.0: "school"})
    friends = Unplaced("vanner", "Vännerna", "association", '{"språk": "tigrinja"}')
    brief = briefed(asked(replace(area, unplaced=(friends,))), 1)
    (desk,) = (each for each in brief.proposals[0] if each.what == "desk")
    assert desk.activity.organisers == ("Vännerna",)
    (effect,) = (each for each in desk.effects if each.need == "language")
    assert (effect.here_before.low, effect.here_after.low) == (0, 12)
