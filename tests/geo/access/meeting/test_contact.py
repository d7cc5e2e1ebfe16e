"""Mentors and seats per newcomer: worked by hand on the street."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.access.meeting.contact import Contact, contact_supply
from geo.access.meeting.question import MeetingQuestion
from geo.area.activities.model import Span
from geo.area.model import Unplaced
from geo.errors import AreaLacks
from geo.output.words.meeting import contact_head
from tests.geo.access.meeting.worlds import LONG_AGO, STALE, TODAY, activity, meeting_street


def found(area, limit: float = 310, **words: object) -> dict[str, Contact]:
    question = MeetingQuestion.read(
        {"week": "2026-11-25", "limit": f"{limit:g}", **words}, today=TODAY
    )
    return {each.measure: each for each in contact_supply(area, question)}


def world(*activities, **places):
    return meeting_street(
        housing={100.0: {"antal_boende": 40}, 500.0: {"antal_boende": 10}},
        places={300.0: ("school", {}), 700.0: ("association", {}), **places},
        activities=activities,
    )


@pytest.mark.parametrize("limit", [50, 250, 2000])
def test_mentors_are_shared_by_all_newcomers_however_far_they_live(limit) -> None:
    """Twenty at the school, 200 m from both, and five at the association, 600 m from the first:
    25 among 50, and six more of an organisation without a point that tells no other number."""
    area = world(
        activity("school-300", None, kind="mentors", seats=20),
        activity("association-700", None, kind="mentors", seats=5),
    )
    answer = found(area, limit)["mentors"]
    assert [each.per_newcomer for each in answer.homes] == [Span(0.5, 0.5)] * 2
    assert answer.stock == Span(25, 25) and (answer.newcomers, answer.unreached) == (50, 0)
    friends = Unplaced("k", "Kompisar", "association", '{"kompisar per år": "6"}')
    others = Unplaced("c", "Kaféet", "language_cafe", '{"kompisar per år": "6"}')
    more = found(replace(area, unplaced=(friends, others)), limit)["mentors"]
    assert [each.per_newcomer for each in more.homes] == [Span(0.5, pytest.approx(31 / 50))] * 2
    silent = Unplaced("s", "Stiftelsen", "association", '{"inriktning": "matchar nyanlända"}')
    unknown = found(replace(area, unplaced=(friends, silent, replace(silent, id="t"))), limit)
    assert unknown["mentors"].untold == 2 and math.isnan(
        unknown["mentors"].homes[0].per_newcomer.high
    )
    assert "ingen är utan för att det är långt att gå" in contact_head(more, "sv")


def test_seats_are_shared_by_the_newcomers_who_can_walk_there() -> None:
    """The school at 300 is 200 m from both: 20 among 50. The association at 700 is 200 m from the
    second alone: 5 among 10."""
    answer = found(
        world(
            activity("school-300", (1,), seats=20),
            activity("association-700", (1,), seats=5),
        )
    )["seats"]
    first, second = (each.per_newcomer for each in answer.homes)
    assert first.low == first.high == pytest.approx(0.4)
    assert second.low == pytest.approx(0.4 + 0.5)
    assert answer.stock == Span(25, 25) and (answer.newcomers, answer.unreached) == (50, 0)


def test_seats_are_counted_each_time_in_the_week() -> None:
    answer = found(world(activity("school-300", (1, 3), seats=15)))["seats"]
    assert answer.stock == Span(30, 30)
    assert answer.homes[0].per_newcomer.low == pytest.approx(0.6)


@pytest.mark.parametrize("silent", [{"seats": None}, {"days": None}], ids=["seats", "hours"])
def test_what_does_not_tell_how_many_leaves_the_upper_end_unknown(silent) -> None:
    told = {"days": (1,), "seats": 10, **silent}
    area = world(activity("school-300", **told), activity("association-700", (2,), seats=5))
    answer = found(area)["seats"]
    first, second = answer.homes
    assert (first.per_newcomer.low, first.untold, first.places) == (0, 1, 0)
    assert math.isnan(first.per_newcomer.high)
    assert second.per_newcomer.low == pytest.approx(0.5) and second.places == 1
    assert answer.untold == 1


def test_an_old_record_counts_in_the_upper_end_only() -> None:
    answer = found(world(activity("school-300", seats=10, confirmed=STALE)))["seats"]
    assert answer.homes[0].per_newcomer == Span(0, pytest.approx(0.2))


def test_a_places_own_record_tells_its_mentors_and_buddies() -> None:
    record = {"Mentorer per år": 12, "kompisar": "8"}
    for confirmed, low in (({}, 0), ({"bekräftad": "2026-10-01"}, 0.5)):
        area = meeting_street(
            housing={100.0: {"antal_boende": 40}},
            places={300.0: ("association", {**record, **confirmed})},
        )
        assert found(area)["mentors"].homes[0].per_newcomer == Span(low, pytest.approx(0.5))
    silent = meeting_street(
        housing={100.0: {"antal_boende": 40}},
        places={300.0: ("association", {"mentorer": "några"})},
    )
    assert found(silent)["mentors"].homes[0].untold == 1


def test_an_association_whose_desk_tells_its_mentors_has_them_once() -> None:
    area = meeting_street(
        housing={100.0: {"antal_boende": 40}},
        places={300.0: ("association", {"mentorer": 12}), 200.0: ("school", {})},
        activities=[
            activity("school-200", None, kind="mentors", seats=12, organisers=("association 300",))
        ],
    )
    assert found(area)["mentors"].stock == Span(12, 12)


def test_an_organisation_without_a_point_has_the_mentors_of_its_activity_once() -> None:
    held = activity("school-300", None, kind="mentors", seats=6, organisers=("Kompisar",))
    friends = Unplaced("k", "Kompisar", "association", '{"kompisar per år": "6"}')
    area = world(held)
    assert found(replace(area, unplaced=(friends,)))["mentors"].stock == Span(6, 6)
    others = replace(friends, id="o", name="Vänner")
    assert found(replace(area, unplaced=(friends, others)))["mentors"].stock == Span(6, 12)
    ended = world(replace(held, valid_to=LONG_AGO))
    assert found(replace(ended, unplaced=(friends,)))["mentors"].stock == Span(0, 6)


@pytest.mark.parametrize(
    ("organisers", "visiting", "stock"), [((), False, 4), ((), True, 16), (("Vänner",), False, 16)]
)
def test_what_is_held_at_an_association_is_its_own_unless_another_runs_it(
    organisers, visiting, stock
) -> None:
    area = meeting_street(
        housing={100.0: {"antal_boende": 40}},
        places={300.0: ("association", {"mentorer": 12})},
        activities=[
            activity("association-300", None, kind="mentors", seats=4, organisers=organisers,
                     visiting=visiting)
        ],
    )  # fmt: skip
    assert found(area)["mentors"].stock.high == stock


def test_what_nobody_reaches_is_told() -> None:
    answer = found(world(activity("association-700", (1,), seats=9)), limit=150)["seats"]
    assert answer.unreached == 9 and answer.homes[1].per_newcomer == Span(0, 0)


def test_housing_whose_residents_are_not_told_shares_nothing_and_is_counted() -> None:
    area = meeting_street(
        housing={100.0: {"antal_boende": 40}, 200.0: {}},
        places={300.0: ("school", {})},
        activities=[activity("school-300", seats=10)],
    )
    answer = found(area)["seats"]
    assert (answer.newcomers, answer.uncounted) == (40, 1)
    assert answer.homes[1].per_newcomer.low == pytest.approx(0.25)
    with pytest.raises(AreaLacks):
        found(meeting_street({100.0: 3}, places={300.0: ("school", {})}))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["school-300", "association-700"]),
            st.one_of(st.none(), st.integers(0, 30)),
            st.booleans(),
        ),
        max_size=5,
    ),
    st.sampled_from([150, 310, 900]),
)
@settings(max_examples=10)
def test_no_seat_is_shared_out_twice_and_the_ends_stay_in_order(told, limit) -> None:
    area = world(
        *(
            activity(place, (at,), seats=seats, confirmed=TODAY if fresh else STALE)
            for at, (place, seats, fresh) in enumerate(told)
        )
    )
    answer = found(area, limit)["seats"]
    shared = sum(each.per_newcomer.low * each.home.people for each in answer.homes)
    assert shared <= answer.stock.low + 1e-9 <= answer.stock.high + 2e-9
    for each in answer.homes:
        assert not each.per_newcomer.high < each.per_newcomer.low - 1e-12
        assert math.isnan(each.per_newcomer.high) == (each.untold > 0)
