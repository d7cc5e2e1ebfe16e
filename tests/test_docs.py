"""The README tells the truth: each command, setting, kind, group and export column is in it."""

from __future__ import annotations

import argparse
import re

import pytest

from geo import presets
from geo.cli import parser
from geo.output.preschool_tables import PRESCHOOL_COLUMNS
from geo.output.site_files import SITE_COLUMNS
from geo.output.tables import GAP_COLUMNS
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def options(task: argparse.ArgumentParser) -> set[str]:
    found = {name for action in task._actions for name in action.option_strings}
    for action in task._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, deeper in action.choices.items():
                found |= {name, *options(deeper)}
    return found


@pytest.mark.parametrize("word", sorted(options(parser()) - {"-h", "--id"}))
def test_each_command_and_option_is_in_the_readme(word: str) -> None:
    # --exact is explained where it matters, on the Metod page.
    text = README + (ROOT / "data" / "method_en.md").read_text(encoding="utf-8")
    name = {"--output": "-o FILE"}.get(word, word)
    assert re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text), word


@pytest.mark.parametrize("word", [*presets.kinds(), *presets.groups(), *presets.profiles()])
def test_each_kind_group_and_profile_is_in_the_readme(word: str) -> None:
    assert f"`{word}`" in README


@pytest.mark.parametrize("word", sorted({*GAP_COLUMNS, *SITE_COLUMNS, *PRESCHOOL_COLUMNS}))
def test_each_export_column_is_in_the_readme(word: str) -> None:
    assert f"`{word}`" in README


def test_each_setting_is_in_the_readme() -> None:
    code = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("geo", "pages")
        for path in (ROOT / folder).rglob("*.py")
    )
    code += (ROOT / "app.py").read_text(encoding="utf-8")
    settings = set(re.findall(r"[\"'](NARHET_[A-Z_]+)[\"']", code))
    assert settings
    assert {name for name in settings if f"`{name}`" not in README} == set()


def test_each_page_is_in_the_readme() -> None:
    for page in ("Karta", "Gap", "Område", "Metod"):
        assert f"**{page}**" in README


def test_the_readme_begins_with_the_two_commands_and_then_a_picture() -> None:
    lines = README.splitlines()
    assert "make run" in lines[2]
    assert "make test" in lines[3]
    picture = re.search(r"!\[.+\]\((docs/.+\.png)\)", README)
    assert picture
    assert (ROOT / picture[1]).stat().st_size > 10_000


def test_the_changelog_names_this_version() -> None:
    version = re.search(r'version = "(.+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert version
    assert f"## {version[1]}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
