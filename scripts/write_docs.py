"""Write the pages of docs/ that are made from the code: ``python scripts/write_docs.py``. A test
fails when one of them is stale.
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import geo  # noqa: E402  (of this checkout)
from geo.cli.parser import parser  # noqa: E402

COMMANDS = """# Commands

Every command and option of `python -m geo` (`narhet` where the wheel is installed), as `--help`
says it with `--lang en`. What each is for, task by task: [tasks.md](tasks.md). Made from the code
by `scripts/write_docs.py`: change it there.

Every command takes `--home FOLDER` and `--lang sv|en`. Exit status: 0 done, 1 the area or a service
failed, 2 something given cannot be used.
"""
PYTHON = """# In Python

`import geo` promises these names, and loads each when it is first used; the rest of `geo` may move.
An area is opened by its id (`demo` is always there). Models take plain matrices. Metres are walking
metres, points are GeoSeries in any coordinate system. What cannot be answered raises a
`geo.errors.NarhetError`, whose `message("en")` is a sentence. Each example is run by the tests.
Made from the code by `scripts/write_docs.py`: change it there.
"""
ORDER = (
    "open_area", "list_areas", "gap", "nearest", "within", "isochrones", "route", "NearestField",
    "max_coverage", "p_median", "p_center", "cover_all", "floating_catchment", "assign",
    "make_report",
)  # fmt: skip
COMMON = {"help", "home", "lang"}


def pages() -> dict[str, str]:
    """Return the text of each page by its name in docs/."""
    return {"commands.md": _commands(), "python.md": _python()}


def _commands() -> str:
    parts = [COMMANDS]
    for name, said, task in _leaves(parser("en")):
        options = [action for action in task._actions if action.dest not in COMMON]
        parts.append(f"## {name}\n\n{said[:1].upper()}{said[1:]}.\n")
        if options:
            rows = [f"| {_names(each)} | {_words(each)} |" for each in options]
            parts.append("\n".join(["| option | meaning |", "|---|---|", *rows]) + "\n")
    return "\n".join(parts)


def _leaves(
    task: argparse.ArgumentParser, before: str = ""
) -> Iterator[tuple[str, str, argparse.ArgumentParser]]:
    """Each command with its name and what it is for, those of ``area`` included."""
    for action in task._actions:
        if not isinstance(action, argparse._SubParsersAction):
            continue
        said = {each.dest: (each.help or "").replace("%%", "%") for each in action._choices_actions}
        for name, chosen in action.choices.items():
            below = list(_leaves(chosen, f"{name} "))
            yield from below or [(f"{before}{name}", said[name], chosen)]


def _names(action: argparse.Action) -> str:
    value = "|".join(map(str, action.choices)) if action.choices else action.metavar
    if not action.option_strings:
        return f"`{str(value or action.dest).upper()}`"
    told = "" if action.nargs == 0 else f" {value or action.dest.upper()}"
    return ", ".join(f"`{name}{told}`" for name in action.option_strings).replace("|", "\\|")


def _words(action: argparse.Action) -> str:
    words = (action.help or "").replace("%%", "%").replace("|", "\\|")
    notes = [words]
    if action.option_strings and action.required:
        notes.append("(needed)")
    told = str(action.default) in words
    if not action.required and action.default not in (None, False, "", []) and not told:
        notes.append(f"(`{action.default}` unless given)")
    if isinstance(action, argparse._AppendAction) and "times" not in words and "once" not in words:
        notes.append("(may be given several times)")
    return " ".join(notes)


def _python() -> str:
    assert sorted(ORDER) == sorted(geo.__all__)
    return "\n".join([PYTHON, *map(_promise, ORDER)])


def _promise(name: str) -> str:
    """Return what a promised name is, in its docstring's first paragraph, and its example."""
    words = inspect.getdoc(getattr(geo, name)) or ""
    first = " ".join(words.split("\n\n")[0].split()).replace("``", "`")
    example = re.split(r"Examples\n-+\n", words)[1]
    lines = "\n".join(f"    {line}".rstrip() for line in example.splitlines())
    return f"## {name}\n\n{first}\n\n{lines}\n"


if __name__ == "__main__":
    for page, text in pages().items():
        (ROOT / "docs" / page).write_text(text, encoding="utf-8")
