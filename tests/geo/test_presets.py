"""The preset tables: kinds that can be told apart, limits with sources, names that are found."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from geo import presets
from geo.errors import BadLimit
from geo.planning.siting.question import OBJECTIVES
from tests.refusals import refused

KINDS = list(presets.kinds().values())


def linear(colour: str) -> list[float]:
    """sRGB "#rrggbb" as linear light, 0 to 1 (IEC 61966-2-1)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def contrast_to_white(colour: str) -> float:
    """WCAG 2.2 contrast ratio."""
    red, green, blue = linear(colour)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_a_kinds_colour_stands_out_from_paper(kind: presets.Kind) -> None:
    assert re.fullmatch(r"#[0-9a-f]{6}", kind.colour)
    assert contrast_to_white(kind.colour) >= 3


def test_every_kind_has_a_symbol_of_its_own_so_that_colour_alone_never_tells() -> None:
    symbols = [kind.symbol for kind in KINDS]
    assert len(set(symbols)) == len(symbols)
    colours = [kind.colour for kind in KINDS]
    assert len(set(colours)) == len(colours)


def test_every_kind_is_fully_named_in_both_languages() -> None:
    for kind in KINDS:
        for language in ("sv", "en"):
            for name in (kind.name(language), kind.plural(language), kind.indefinite(language)):
                assert name.strip() == name != ""
        assert re.match(r"(en|ett) ", kind.indefinite("sv")), kind.id
        assert kind.name("sv")[0].isupper() and kind.name("en")[0].isupper()


def test_every_kind_says_what_its_questions_begin_with_and_why() -> None:
    for kind in KINDS:
        assert kind.group in presets.groups(), kind.id
        assert kind.aim in OBJECTIVES, kind.id
        assert presets.limit_m(kind.limit_m) == kind.limit_m
        assert all(kind.why(language).endswith(".") for language in ("sv", "en")), kind.id
    begins = {kind.id: (kind.limit_m, kind.group, kind.aim) for kind in KINDS}
    assert begins["info_desk"] == (600.0, "newcomers", "coverage")
    assert {kind.id for kind in KINDS if kind.group == "newcomers"} >= {
        "info_desk", "language_cafe", "meeting_place", "association"
    }  # fmt: skip
    assert [kind.id for kind in KINDS if not kind.walked_to] == ["adult_education", "job_centre"]


def test_no_name_or_tag_leads_to_two_kinds() -> None:
    for one, other in combinations(KINDS, 2):
        assert not set(one.names) & set(other.names)
        assert not set(one.osm) & set(other.osm)


def test_tags_are_key_and_value() -> None:
    for kind in KINDS:
        for tag in kind.osm:
            assert re.fullmatch(r"[a-z_:]+=([a-z_]+|\*)", tag), tag


def test_the_words_of_the_house_are_kinds() -> None:
    needed = {
        "transitional_housing", "info_desk", "language_cafe", "meeting_place", "association",
        "preschool", "open_preschool", "family_centre", "citizen_office", "adult_education",
        "job_centre",
    }  # fmt: skip
    assert needed <= set(presets.kinds())


def test_limits_rise_and_each_says_whose_it_is() -> None:
    metres = [limit.metres for limit in presets.limits()]
    assert metres == sorted(set(metres))
    assert {300, 400, 500, 600, 1000, 2000} <= set(metres)
    assert all(limit.source(language) for limit in presets.limits() for language in ("sv", "en"))


def test_profiles_are_those_of_the_design_and_the_first_walks_everywhere() -> None:
    speeds = {name: profile.metres_per_second for name, profile in presets.profiles().items()}
    assert speeds == {"adult": 1.33, "with_stroller": 1.1, "older": 0.8, "evening": 1.33}
    first = next(iter(presets.profiles().values()))
    assert first.id == "adult" and first.steps and first.unlit
    assert not presets.profile("with_stroller").steps and not presets.profile("evening").unlit
    assert presets.profile("older").minutes(480) == pytest.approx(10)
    assert all(p.source(lang) for p in presets.profiles().values() for lang in ("sv", "en"))


def test_no_column_name_leads_to_two_groups_of_one_origin() -> None:
    for one, other in combinations(presets.groups().values(), 2):
        assert one.origin in ("residents", "transitional_housing")
        if one.origin == other.origin:
            shared = {*one.columns, *one.share_columns} & {*other.columns, *other.share_columns}
            assert shared == set(), (one.id, other.id)


@pytest.mark.parametrize(
    ("found", "nearest"),
    [
        ("preschol", "preschool"),
        ("förskola", "preschool"),
        ("Forskola", "preschool"),
        ("bibliotk", "library"),
        ("Språkcafé", "language_cafe"),
        ("language-cafe", "language_cafe"),
        ("sfi", "adult_education"),
    ],
)
def test_an_unknown_kind_is_answered_with_the_one_most_likely_meant(found, nearest) -> None:
    with refused("unknown_kind") as caught:
        presets.kind(found)
    assert caught.value.values["nearest"].split(", ")[0] == nearest
    assert found in caught.value.message("sv") and nearest in caught.value.message("en")


def test_an_unknown_group_or_profile_is_answered_with_valid_ones() -> None:
    with refused("unknown_group") as caught:
        presets.group("children_0_5")
    assert "children_0_4" in caught.value.values["nearest"]
    with refused("unknown_profile") as caught:
        presets.profile("barnvagn")
    assert "with_stroller" in caught.value.values["nearest"]


def test_nonsense_is_answered_with_all_there_are() -> None:
    for ask, code, all_of in (
        (presets.kind, "unknown_kind", presets.kinds()),
        (presets.group, "unknown_group", presets.groups()),
        (presets.profile, "unknown_profile", presets.profiles()),
    ):
        for nonsense in ("", "qqqqzzzz", "🙂", "../x"):
            with refused(code) as caught:
                ask(nonsense)
            assert caught.value.values["nearest"] == ", ".join(all_of)


@pytest.mark.parametrize(
    ("value", "metres"),
    [
        (400, 400),
        ("400", 400),
        (" 1 000 ", 1000),
        ("1\u00a0000", 1000),
        ("400,5", 400.5),
        (0.5, 0.5),
    ],
)
def test_a_limit_is_read_as_people_write_it(value, metres) -> None:
    assert presets.limit_m(value) == metres


@pytest.mark.parametrize(
    "value", [0, -1, "0", "", "abc", "400 m", "nan", "inf", None, True, 1e9, [400], float("nan")]
)
def test_what_is_no_distance_is_refused_by_what_was_found(value) -> None:
    with pytest.raises(BadLimit) as caught:
        presets.limit_m(value)
    assert caught.value.values["found"] == str(value)
