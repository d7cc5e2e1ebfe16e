"""Opening hours as records have them: what is read, and what is not taken for known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.area.opening_hours import hours_text, open_in_evening, weekly

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


@pytest.mark.parametrize(
    ("text", "evening"),
    [
        ("Mo-Th 10:00-19:00; Fr 10:00-16:00", True),
        ("Mo-Fr 10:00-18:00", False),
        ("Mo-Fr 08:00-12:00,13:00-19:00", True),
        ("24/7", True),
        ("Mo-Fr 09:00-17:00; PH off", False),
        ("Su-Mo 20:00-02:00", True),
        ("Mo-Su 10:00-20:00; We off", True),
        ("We 17:00-20:00; We off", False),
        ("tis 17–19", True),
        ("Tisdagar och torsdagar kl. 17.00–19.30", True),
        ("mån-fre 9–16, lör 10–14", False),
        ("vardagar 8-17", False),
        ("alla dagar 7-22", True),
        ("ons: 9 till 12", False),
        ("10-20", True),
    ],
)
def test_hours_are_read(text: str, evening: bool) -> None:
    assert open_in_evening(text) is evening


@pytest.mark.parametrize(
    "text",
    [
        *("", "efter överenskommelse", "se webbplatsen", "Jan-Mar Mo-Fr 10:00-20:00"),
        *("Mo-Fr", "26:00-28:00", "Mo 10:75-20:00", "sunrise-sunset", "PH 10:00-20:00"),
        *("udda veckor tis 17-19", 'Mo 10:00-20:00 "vid behov"', "mån 18-20 (ej sommar)"),
    ],
)
def test_what_can_not_be_read_is_unknown(text: str) -> None:
    assert open_in_evening(text) is None


def test_a_later_rule_replaces_an_earlier_of_the_same_day() -> None:
    assert weekly("Mo-We 10:00-12:00; Tu 13:00-14:00") == (
        (0, 600, 720),
        (1, 780, 840),
        (2, 600, 720),
    )
    assert weekly("Mo,We 9-10") == ((0, 540, 600), (2, 540, 600))
    assert weekly("Sa-Mo 9-10") == ((0, 540, 600), (5, 540, 600), (6, 540, 600))


@given(
    first=st.integers(0, 6),
    last=st.integers(0, 6),
    start=st.integers(0, 23),
    hours=st.integers(1, 12),
)
def test_a_span_of_days_and_hours_is_what_it_says(
    first: int, last: int, start: int, hours: int
) -> None:
    end = (start + hours) % 24
    found = weekly(f"{DAYS[first]}-{DAYS[last]} {start:02d}:00-{end:02d}:00")
    days = {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    assert found is not None and {day for day, _, _ in found} == days
    assert {(begin, stop) for _, begin, stop in found} == {(start * 60, (start + hours) * 60)}


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert open_in_evening(text) in (True, False, None)


def test_hours_stand_under_several_names() -> None:
    assert hours_text({"opening_hours": "24/7"}) == "24/7"
    assert hours_text({"Öppettider": " tis 17-19 ", "telefon": "08"}) == "tis 17-19"
    assert hours_text({"opening_hours": "", "öppet": None}) == ""
