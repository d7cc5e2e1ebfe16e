"""Every way to refuse has a stable code and a whole sentence in both languages."""

from __future__ import annotations

import ast
import pickle
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from geo import errors, texts
from tests.refusals import refused, told_apart

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = {"rows": 12, "row": 3, "found": "abc", "limit": 50, "seconds": 30}
CLASSES = {each.__name__: code for code, each in told_apart().items()}
FAMILIES = {"NarhetError", "InputError", "SitingError", "StoreError", "OnlineError"}
"""Classes that are raised with a code; every other has one of itself."""


@cache
def raised() -> frozenset[tuple[str, str, frozenset[str] | None]]:
    """Return each error made in the code: its class, its code and the names of its values.

    None for names that are not written out.
    """
    paths = [*(ROOT / "geo").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "app.py"]
    written = [path.read_text(encoding="utf-8") for path in paths]
    trees = [ast.parse(text) for text in written if "geo.errors import" in text]
    return frozenset(found for tree in trees for found in raised_in(tree))


def raised_in(tree: ast.Module) -> Iterator[tuple[str, str, frozenset[str] | None]]:
    written = {
        ast.unparse(node.targets[0]): node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
    }
    for scope in ast.walk(tree):
        if not isinstance(scope, ast.FunctionDef):
            continue
        typed = {each.arg: each.annotation for each in scope.args.args}
        for node in ast.walk(scope):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name):
                node = ast.Call(node.exc, [], [])
            if not isinstance(node, ast.Call) or called(node) not in CLASSES:
                continue
            names = [each.arg for each in node.keywords]
            values = None if None in names else frozenset(str(name) for name in names)
            for code in codes(node, typed, written):
                yield called(node), code, values


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def codes(
    node: ast.Call, typed: dict[str, ast.expr | None], written: dict[str, ast.expr]
) -> set[str]:
    """Return the codes a call may give: written there, or as the ``Literal`` of a parameter."""
    if not node.args:
        return {CLASSES[called(node)]}
    given = node.args[0]
    if isinstance(given, ast.Name):
        given = typed[given.id]
        given = written.get(ast.unparse(given), given)
    parts = (given.body, given.orelse) if isinstance(given, ast.IfExp) else ast.walk(given)
    return {
        part.value
        for part in parts
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }


def sentences(language: str) -> dict[str, str]:
    """Return the text of each code."""
    found = texts.catalogue(language)
    return {key.removeprefix("errors."): found[key] for key in found if key.startswith("errors.")}


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_each_code_has_a_whole_sentence_that_shows_its_values(language: str) -> None:
    for code, template in sentences(language).items():
        wanted = {name for _, name, _, _ in Formatter().parse(template) if name}
        values = {name: SAMPLES.get(name, f"X-{name}") for name in wanted}
        sentence = errors.NarhetError(code, **values).message(language)
        assert "{" not in sentence and "}" not in sentence, sentence
        assert all(str(value) in sentence for value in values.values()), sentence
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


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_the_codes_that_are_raised_are_those_that_have_a_sentence(language: str) -> None:
    """What an area lacks has its sentences elsewhere."""
    assert {code for _, code, _ in raised()} - {"area_lacks"} == set(sentences(language))


def test_each_error_is_raised_with_the_values_that_its_sentence_shows() -> None:
    shown = {
        code: {name for _, name, _, _ in Formatter().parse(template) if name}
        for code, template in sentences("sv").items()
    }
    lacking = {
        (code, *sorted(shown[code] - values))
        for _, code, values in raised()
        if values is not None and code in shown and shown[code] - values
    }
    assert lacking == set()


def test_a_class_is_raised_by_its_own_code_and_a_family_by_one_of_no_class() -> None:
    own = {(name, code) for name, code, _ in raised() if name not in FAMILIES}
    more = {
        ("BadLimit", "limits_unordered"),
        ("FileFormat", "file_refused"),
        ("NoCandidates", "no_candidates_known"),
    }
    assert own == {(name, CLASSES[name]) for name in set(CLASSES) - FAMILIES} | more
    family = {code for name, code, _ in raised() if name in FAMILIES}
    assert family & {code for _, code in own} == set()


def test_codes_are_words_in_snake_case() -> None:
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for _, code, _ in raised())
    assert errors.FileMissing(file="x").code == "file_missing"
    assert errors.BadLimit("limits_unordered", found="5, 4").code == "limits_unordered"


def test_the_tree_at_the_top_of_the_file_names_every_class() -> None:
    drawn = set(re.findall(r"\b[A-Z][A-Za-z]+\b", (errors.__doc__ or "").split("``.\n\n", 1)[1]))
    assert set(CLASSES) <= drawn


def test_an_error_is_also_the_builtin_a_caller_would_catch() -> None:
    assert issubclass(errors.FileMissing, FileNotFoundError)
    assert issubclass(errors.InputError, ValueError)
    assert issubclass(errors.Offline, ConnectionError)
    assert issubclass(errors.ServiceSlow, TimeoutError)


def test_what_an_error_carries_survives_and_shows_in_a_log() -> None:
    error = errors.BadLimit(found="abc")
    assert error.values == {"found": "abc"}
    assert "bad_limit" in str(error) and "abc" in str(error)
    again = pickle.loads(pickle.dumps(errors.InputError("bad_date", found="abc")))
    assert (type(again), again.code) == (errors.InputError, "bad_date")
    assert again.values == {"found": "abc"}


def test_a_refusal_that_a_test_expects_is_of_the_class_and_the_code() -> None:
    with refused("bad_date") as caught:
        raise errors.InputError("bad_date", found="abc")
    assert caught.value.values == {"found": "abc"}
    for code, family in (("bad_moment", errors.InputError), ("bad_date", errors.NarhetError)):
        with pytest.raises(AssertionError), refused(code, family):
            raise errors.InputError("bad_date", found="abc")
