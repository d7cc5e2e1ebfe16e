"""What ``import geo`` promises: fifteen names, loaded when used, each with an example that runs."""

from __future__ import annotations

import ast
import doctest
import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest

import geo
from scripts.write_docs import pages
from tests.conftest import ROOT
from tests.geo.cli.test_cli_light import HEAVY

PROMISED = {
    "open_area", "list_areas", "gap", "nearest", "within", "isochrones", "route", "NearestField",
    "max_coverage", "p_median", "p_center", "cover_all", "floating_catchment", "assign",
    "make_report",
}  # fmt: skip


@pytest.fixture(scope="module")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One home folder for all examples, so that the demonstration is made once."""
    return tmp_path_factory.mktemp("home")


def test_these_names_are_promised_and_no_other() -> None:
    assert set(geo.__all__) == PROMISED
    assert set(dir(geo)) >= PROMISED | {"__version__"}
    with pytest.raises(AttributeError, match="no attribute 'gaps_of'"):
        geo.gaps_of  # noqa: B018


def test_editors_and_mypy_see_the_names_where_they_are_loaded_from() -> None:
    tree = ast.parse((ROOT / "geo" / "__init__.py").read_text(encoding="utf-8"))
    (told,) = [node for node in tree.body if isinstance(node, ast.If)]
    seen = {
        alias.name: node.module
        for node in told.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == geo._HOME
    for name, module in seen.items():
        assert getattr(geo, name).__module__ == module


def test_import_geo_loads_no_library() -> None:
    code = "import geo, json, sys; dir(geo); print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    loaded = json.loads(done.stdout)
    assert not {name.partition(".")[0] for name in loaded} & HEAVY
    assert [name for name in loaded if name.startswith("geo.area")] == []


@pytest.mark.parametrize("name", sorted(PROMISED))
def test_the_example_of_a_promised_name_holds(
    name: str, shared_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NARHET_HOME", str(shared_home))
    words = inspect.getdoc(getattr(geo, name)) or ""
    _, heading, example = words.partition("\nExamples\n--------\n")
    assert heading, f"{name} has no example"
    test = doctest.DocTestParser().get_doctest(example, {}, name, None, 0)
    assert any(f"import {name}" in line.source or name in line.source for line in test.examples)
    said: list[str] = []
    found = doctest.DocTestRunner(optionflags=0).run(test, out=said.append)
    assert found.attempted >= 2
    assert not found.failed, "".join(said)
    assert "SKIP" not in example


@pytest.mark.parametrize("page", ["commands.md", "python.md"])
def test_a_page_made_from_the_code_is_not_stale(page: str) -> None:
    stands = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert stands == pages()[page], "run: python scripts/write_docs.py"
