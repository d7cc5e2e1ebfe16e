"""The README and the docs tell the truth: what they name is there, and what is there is named."""

from __future__ import annotations

import argparse
import re
import shlex
import tomllib
from pathlib import Path

import pytest

from geo import presets, texts
from geo.cli.parser import main, parser
from geo.output.files.activities import COLUMNS as WEEK_COLUMNS
from geo.output.words.area_and_gaps import GAP_COLUMNS
from geo.output.words.knowledge_bank import BANK_COLUMNS
from geo.output.words.meeting_rows import MEETING_COLUMNS
from geo.output.words.outreach_tables import OUTREACH_COLUMNS
from geo.output.words.preschool_rows import PRESCHOOL_COLUMNS
from geo.output.words.sites import SITE_COLUMNS
from tests.conftest import ROOT

DATA, DOCS = ROOT / "data", ROOT / "docs"
PAGES_OF_DOCS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
TEXT = {page: page.read_text(encoding="utf-8") for page in PAGES_OF_DOCS}
README = TEXT[ROOT / "README.md"]
GENERATED = DOCS / "commands.md"
"""Made from the parser: it proves nothing of what is written by hand."""


def doc(name: str) -> str:
    return TEXT[DOCS / name]


def sections(text: str) -> dict[str, str]:
    """The text under each heading of the second level."""
    parts = re.split(r"^##? (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def words_in(text: str) -> set[str]:
    return set(re.findall(r"`([^`\n]+)`", text))


def options(task: argparse.ArgumentParser) -> set[str]:
    found = {name for action in task._actions for name in action.option_strings}
    for action in task._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, deeper in action.choices.items():
                found |= {name, *options(deeper)}
    return found


def commands_in(text: str) -> list[list[str]]:
    """The arguments of each ``python -m geo`` in the code blocks of a text."""
    joined = re.sub(r"\\\n\s+", " ", text)
    lines = re.findall(r"^ {4}\S*python -m geo (.+)$", joined, flags=re.MULTILINE)
    return [shlex.split(line, comments=True) for line in lines]


def anchor(heading: str) -> str:
    """How a heading is linked to."""
    return re.sub(r"[^\w\s-]", "", heading.lower()).replace(" ", "-")


# README


def test_the_readme_begins_with_the_two_commands_and_then_a_picture() -> None:
    lines = README.splitlines()
    assert "make run" in lines[2]
    assert "make test" in lines[3]
    picture = re.search(r"!\[.+\]\((docs/.+\.png)\)", README)
    assert picture
    assert (ROOT / picture[1]).stat().st_size > 10_000


def test_the_readme_is_read_in_a_few_minutes() -> None:
    assert len(README.splitlines()) <= 120


def test_the_walk_at_the_command_line_works_as_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    walk = commands_in(sections(README)["Five minutes at the command line"])
    assert len(walk) >= 5
    said = []
    for arguments in walk:
        assert main(arguments) == 0, arguments
        said.append(capsys.readouterr().out)
    figure = re.search(r"that (of [\d,]+ residents, about half, \d+–\d+%), live", README)
    assert figure
    assert figure[1].capitalize() in said[1]


@pytest.mark.parametrize("page", PAGES_OF_DOCS, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_command_in_a_code_block_is_one(page: Path) -> None:
    for arguments in commands_in(TEXT[page]):
        assert parser("en").parse_args(arguments)


# Links and paths


@pytest.mark.parametrize("page", PAGES_OF_DOCS, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_link_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", TEXT[page]):
        if re.match(r"https?://", link):
            continue
        path, _, part = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if part:
            headings = re.findall(r"^#+ (.+)$", TEXT[target], flags=re.MULTILINE)
            assert part in map(anchor, headings), link


@pytest.mark.parametrize("page", PAGES_OF_DOCS, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_path_that_is_named_exists(page: Path) -> None:
    folders = "geo|pages|data|static|docs|tests|benchmarks|scripts"
    named = re.findall(rf"(?<![\w./-])(?:{folders})/[\w./*-]*", TEXT[page])
    assert [path for path in named if not any(ROOT.glob(path.rstrip("./")))] == []


def test_each_decision_is_in_the_list() -> None:
    folder = DOCS / "decisions"
    records = sorted(path.name for path in folder.glob("0*.md"))
    assert records == sorted(re.findall(r"\((0.+?\.md)\)", TEXT[folder / "README.md"]))
    for number, name in enumerate(records, start=1):
        text = TEXT[folder / name]
        assert name.startswith(f"{number:04}-")
        assert text.startswith(f"# {number}. ")
        for part in ("Context", "Decision", "What was measured", "Consequence"):
            assert f"\n## {part}\n" in text, name


# What can be asked


def test_each_command_and_option_is_in_the_docs() -> None:
    # --exact is explained where it matters too, on the Metod page.
    text = (DATA / "method_en.md").read_text(encoding="utf-8") + "".join(
        written for page, written in TEXT.items() if page != GENERATED
    )
    names = {{"--output": "-o FILE"}.get(word, word) for word in options(parser()) - {"-h"}}
    missing = {
        name for name in names if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)
    }
    assert missing == set()


def test_each_kind_group_and_profile_is_in_the_docs() -> None:
    known = {*presets.kinds(), *presets.groups(), *presets.profiles()}
    assert known - words_in(doc("columns.md")) == set()


def test_each_setting_is_in_the_docs() -> None:
    code = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("geo", "pages")
        for path in (ROOT / folder).rglob("*.py")
    )
    code += (ROOT / "app.py").read_text(encoding="utf-8")
    settings = set(re.findall(r"[\"'](NARHET_[A-Z_]+)[\"']", code))
    assert settings
    assert settings - words_in(doc("serving.md")) == set()


def test_each_page_is_in_the_docs() -> None:
    start = (ROOT / "pages" / "start.py").read_text(encoding="utf-8")
    addresses = re.findall(r"\"(\w+)\": \w+\.render", start)
    titles = {texts.text(f"shell.{address}", "sv") for address in addresses}
    assert {"Start", "Karta", "Gap", "Område", "Metod"} <= titles
    assert {title for title in titles if f". **{title}**" not in doc("pages.md")} == set()
    assert {title for title in titles if f"**{title}**" not in README} == set()


# Columns

WRITTEN = {
    "Gap": GAP_COLUMNS,
    "Proposal": SITE_COLUMNS,
    "Meeting places": MEETING_COLUMNS,
    "Knowledge bank": BANK_COLUMNS,
    "Outreach": OUTREACH_COLUMNS,
    "Preschool places": PRESCHOOL_COLUMNS,
    "Week of activities": WEEK_COLUMNS,
}
READ = {
    "Preschools": ("preschools.toml", "columns"),
    "Transitional housing": ("preschools.toml", "housing_columns"),
    "Associations": ("associations.toml", "columns"),
    "Activities": ("activity_columns.toml", "columns"),
}


@pytest.mark.parametrize("heading", WRITTEN)
def test_each_column_we_write_is_in_the_docs(heading: str) -> None:
    assert set(WRITTEN[heading]) - words_in(sections(doc("columns.md"))[heading]) == set()


def test_each_column_we_read_is_in_the_docs() -> None:
    held = sections(doc("columns.md"))
    fields = tomllib.loads((DATA / "fields.toml").read_text(encoding="utf-8"))
    assert set(fields) - words_in(held["Places"]) == set()
    for heading, (file, part) in READ.items():
        columns = tomllib.loads((DATA / file).read_text(encoding="utf-8"))[part]
        named = {
            name for name, names in columns.items() if not {name, *names} & words_in(held[heading])
        }
        assert named == set(), heading
