"""The two catalogues say the same things, and numbers look as their readers write them."""

from __future__ import annotations

import ast
import math
import re
from pathlib import Path
from string import Formatter

import numpy as np
import pytest

from geo import texts

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [
    path for folder in ("geo", "pages") for path in sorted((ROOT / folder).rglob("*.py"))
] + [path for path in [ROOT / "app.py"] if path.exists()]
NBSP = "\u00a0"


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def test_both_languages_have_the_same_keys() -> None:
    swedish, english = (set(texts.catalogue(language)) for language in texts.LANGUAGES)
    assert swedish - english == set(), "only in sv.toml"
    assert english - swedish == set(), "only in en.toml"


def test_both_languages_fill_in_the_same_values() -> None:
    english = texts.catalogue("en")
    differing = {
        key: (placeholders(template), placeholders(english[key]))
        for key, template in texts.catalogue("sv").items()
        if key in english and placeholders(template) != placeholders(english[key])
    }
    assert differing == {}


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_no_text_is_empty_or_names_a_value_by_position(language: str) -> None:
    for key, template in texts.catalogue(language).items():
        assert template.strip(), key
        assert all(name.isidentifier() for name in placeholders(template)), key


def test_swedish_texts_are_swedish_and_english_ones_english() -> None:
    swedish, english = texts.catalogue("sv"), texts.catalogue("en")
    long = [key for key, template in swedish.items() if len(template) > 40]
    same = [key for key in long if swedish[key] == english.get(key)]
    assert same == []
    foreign = [
        key for key, template in english.items() if re.search(r"\b(och|inte|området)\b", template)
    ]
    assert foreign == []


def _named_keys() -> set[tuple[str, str]]:
    """Every text key that stands as a plain string in the code, and where."""
    found = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            for argument in node.args[:2]:
                if (
                    name in ("t", "text", "_t", "tr")
                    and isinstance(argument, ast.Constant)
                    and isinstance(argument.value, str)
                    and re.fullmatch(r"[a-z_0-9]+(\.[a-z_0-9]+)+", argument.value)
                ):
                    found.add((argument.value, str(path.relative_to(ROOT))))
    return found


def test_every_text_the_code_names_exists() -> None:
    missing = {(key, path) for key, path in _named_keys() if key not in texts.catalogue("sv")}
    assert missing == set()


def test_a_key_that_does_not_exist_is_an_error_and_never_shown() -> None:
    with pytest.raises(KeyError):
        texts.text("errors.no_such_thing")


def test_values_are_written_the_readers_way_and_never_read_as_templates() -> None:
    swedish = texts.text("errors.negative_count", "sv", file="{x}", row=1240, column="a", found=-3)
    assert f"1{NBSP}240" in swedish and "\u22123" in swedish and "{x}" in swedish
    english = texts.text("errors.negative_count", "en", file="a", row=1240, column="a", found=-3)
    assert "1,240" in english and "-3" in english


@pytest.mark.parametrize(
    ("value", "decimals", "swedish", "english"),
    [
        (0, 0, "0", "0"),
        (999, 0, "999", "999"),
        (1240, 0, f"1{NBSP}240", "1,240"),
        (1234567.25, 1, f"1{NBSP}234{NBSP}567,2", "1,234,567.2"),
        (-1240.5, 1, f"\u22121{NBSP}240,5", "-1,240.5"),
        (-0.2, 0, "0", "0"),
        (math.inf, 0, "∞", "∞"),
        (math.nan, 0, "–", "–"),
    ],
)
def test_numbers_look_as_their_readers_write_them(value, decimals, swedish, english) -> None:
    assert texts.number(value, "sv", decimals) == swedish
    assert texts.number(value, "en", decimals) == english


def test_shares_and_metres_carry_their_unit() -> None:
    assert texts.percent(0.32) == f"32{NBSP}%" and texts.percent(0.32, "en") == "32%"
    assert texts.percent(0.3249, "sv", 1) == f"32,5{NBSP}%"
    assert texts.percent(math.nan) == "–"
    assert texts.metres(1240.4) == f"1{NBSP}240{NBSP}m"


@pytest.mark.parametrize("value", [1240, np.int64(1240), np.float64(1240), np.float32(1240)])
def test_numbers_from_arrays_are_written_as_other_numbers(value) -> None:
    written = texts.text("errors.negative_count", "en", file="a", row=value, column="a", found=0)
    assert "1,240" in written
