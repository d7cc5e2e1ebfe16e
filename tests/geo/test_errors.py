"""Every way to refuse has a stable code and a whole sentence in both languages."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from geo import errors, texts


def family(root: type[errors.NarhetError]) -> list[type[errors.NarhetError]]:
    return [root, *(member for child in root.__subclasses__() for member in family(child))]


FAMILY = [error for error in family(errors.NarhetError) if error.__module__ == errors.__name__]
SAMPLES = {"rows": 12, "row": 3, "found": "abc", "limit": 50, "seconds": 30}


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("error", FAMILY, ids=lambda error: error.__name__)
def test_an_error_is_a_whole_sentence(error: type[errors.NarhetError], language: str) -> None:
    if error is errors.AreaLacks:
        pytest.skip("its sentences stand under lacks., and have their own test")
    template = texts.catalogue(language)[f"errors.{error().code}"]
    wanted = {name for _, name, _, _ in Formatter().parse(template) if name}
    sentence = error(**{name: SAMPLES.get(name, f"X-{name}") for name in wanted}).message(language)
    assert "{" not in sentence and "}" not in sentence
    for name in wanted:
        assert str(SAMPLES.get(name, f"X-{name}")) in sentence
    assert sentence[0].isupper() or sentence[0] in "”“", sentence
    assert sentence.endswith((".", "?")), sentence


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_what_an_area_lacks_is_said_with_what_to_do(language: str) -> None:
    keys = [key for key in texts.catalogue(language) if key.startswith("lacks.")]
    assert keys
    for key in keys:
        values = {"group": "G", "known": "K", "kind": "T", "id": "i", "key": key}
        sentence = errors.AreaLacks(**values).message(language)
        assert "{" not in sentence and sentence[0].isupper() and sentence.endswith(".")


def test_codes_are_the_names_in_snake_case_and_stand_for_one_class_each() -> None:
    codes = [error().code for error in FAMILY]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in codes)
    assert errors.FileMissing(file="x").code == "file_missing"


def test_every_sentence_about_errors_belongs_to_a_class() -> None:
    codes = {f"errors.{error().code}" for error in FAMILY}
    spare = {key for key in texts.catalogue("sv") if key.startswith("errors.")} - codes
    assert spare == set()


def test_the_tree_at_the_top_of_the_file_names_every_class() -> None:
    drawn = set(
        re.findall(r"\b[A-Z][A-Za-z]+\b", (errors.__doc__ or "").split("NarhetError", 1)[1])
    )
    assert {error.__name__ for error in FAMILY} - {"NarhetError"} <= drawn


def test_an_error_is_also_the_builtin_a_caller_would_catch() -> None:
    assert issubclass(errors.FileMissing, FileNotFoundError)
    assert issubclass(errors.InputError, ValueError)
    assert issubclass(errors.Offline, ConnectionError)
    assert issubclass(errors.ServiceSlow, TimeoutError)


def test_what_an_error_carries_survives_and_shows_in_a_log() -> None:
    error = errors.BadLimit(found="abc")
    assert error.values == {"found": "abc"}
    assert "bad_limit" in str(error) and "abc" in str(error)
