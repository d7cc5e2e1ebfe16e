"""Languages by code and name."""

from __future__ import annotations

import pytest

from geo.area import languages
from geo.errors import UnknownLanguage


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("tigrinja", "ti"),
        ("Tigrinya", "ti"),
        ("ትግርኛ", "ti"),
        ("Arabic", "ar"),
        ("ARABISKA", "ar"),
        ("العربية", "ar"),
        ("dari", "prs"),
        ("fa-AF", "prs"),
        ("farsi", "fa"),
        ("persiska", "fa"),
        ("somaliska", "so"),
        ("soomaali", "so"),
        ("lätt svenska", "sv"),
        ("sv", "sv"),
        ("swe", "sv"),
        ("SV-se", "sv-SE"),
        ("pt_br", "pt-BR"),
        ("zh-hans", "zh-Hans"),
        ("kurmanji", "kmr"),
        ("sorani", "ckb"),
        ("pashto", "ps"),
        ("ukrainska", "uk"),
        ("teckenspråk", "swl"),
        ("finska", "fi"),
        ("romani chib", "rom"),
    ],
)
def test_a_language_is_known_by_its_code_and_its_names(written: str, code: str) -> None:
    assert languages.language(written) == code


@pytest.mark.parametrize("written", ["xx", "und", "mul", "", "?", "sv-XX", "tigrinia", "svenskaa"])
def test_an_unknown_language_is_refused(written: str) -> None:
    with pytest.raises(UnknownLanguage):
        languages.language(written)


def test_the_refusal_names_the_nearest() -> None:
    with pytest.raises(UnknownLanguage) as refused:
        languages.language("tigrinia")
    assert "tigrinja (ti)" in refused.value.message("sv")
    assert "tigrinia" in refused.value.message("en")


def test_languages_are_named_in_swedish_english_and_their_own_words() -> None:
    named = [
        (languages.name(code), languages.name(code, "en"), languages.own_name(code))
        for code in ("ti", "ar", "so", "prs", "uk", "kmr")
    ]
    assert named == [
        ("tigrinja", "Tigrinya", "ትግርኛ"),
        ("arabiska", "Arabic", "العربية"),
        ("somaliska", "Somali", "Soomaali"),
        ("dari", "Dari", "دری"),
        ("ukrainska", "Ukrainian", "українська"),
        ("nordkurdiska (kurmanji)", "Northern Kurdish (Kurmanji)", "kurmancî"),
    ]
    assert languages.name("qqq") == "qqq", "a code nobody named stays a code"


def test_every_language_we_list_is_read_back_by_each_of_its_names() -> None:
    for code in languages._listed():
        for text in (code, languages.name(code), languages.name(code, "en")):
            assert languages.language(text) == code


def test_a_cell_with_several_is_cut_where_people_cut() -> None:
    assert languages.known_in("svenska, arabiska och tigrinja/dari; so") == (
        *("sv", "ar", "ti", "prs", "so"),
    )
    assert languages.parts("sv ti ar") == ("sv", "ti", "ar")
    assert languages.parts("lätt svenska") == ("lätt svenska",)
    assert languages.known_in("svenska, klingon-ish, sv") == ("sv",)


def test_languages_known_as_each_other_help_and_neighbours_do_not() -> None:
    assert languages.speaks("fa", "prs") and languages.speaks("prs", "fa")
    assert languages.speaks("kmr", "ku") and not languages.speaks("kmr", "ckb")
    assert not languages.speaks("ti", "am")
    assert languages.speaks("pt-BR", "pt")
    assert languages.in_common(("ti", "fa", "so"), ("sv", "prs", "ti")) == ("ti", "fa")


def test_scripts_run_their_own_way() -> None:
    assert [languages.is_right_to_left(code) for code in ("ar", "prs", "ckb", "ti", "sv")] == [
        *(True, True, True, False, False),
    ]
