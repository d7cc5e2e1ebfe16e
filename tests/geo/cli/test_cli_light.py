"""Commands load what they need: help and lists none of the libraries that answer."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest

from geo.catalog import save_area
from geo.cli.parser import command, parser
from tests.conftest import ROOT
from tests.tiny import tiny_area

HEAVY = {
    "numpy", "pandas", "geopandas", "shapely", "pyproj", "pyarrow", "scipy", "numba", "matplotlib",
    "ortools", "highspy", "osmnx", "requests", "sqlalchemy", "streamlit",
}  # fmt: skip
CHILD = """
import json, sys
from geo.cli.parser import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def loaded_by(*words: str, code: str = CHILD) -> tuple[set[str], str]:
    """Which packages a fresh process has after a command, and what the command printed."""
    done = subprocess.run(
        [sys.executable, "-c", code, *words], cwd=ROOT, check=True, capture_output=True, text=True
    )
    *said, names = done.stdout.splitlines()
    return set(json.loads(names)), "\n".join(said)


def leaves(task: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """Every command that can be chosen, those of ``area`` included."""
    below = [
        leaf
        for action in task._actions
        if isinstance(action, argparse._SubParsersAction)
        for each in action.choices.values()
        for leaf in leaves(each)
    ]
    return below or [task]


def test_a_list_of_areas_loads_no_library_that_opens_one(home: Path) -> None:
    save_area(tiny_area(), home)
    loaded, said = loaded_by("area", "list")
    assert tiny_area().id in said
    assert not loaded & HEAVY


@pytest.mark.parametrize("words", [(), ("area",), ("sites",), ("meet",), ("outreach",)])
def test_help_loads_no_library_that_answers(words: tuple[str, ...]) -> None:
    loaded, said = loaded_by(*words, "--help")
    assert "usage: python -m geo" in said
    assert not loaded & HEAVY


def test_a_refusal_of_options_loads_no_library_that_answers() -> None:
    loaded, _ = loaded_by("gaps", "demo", "--limit", "400")
    assert not loaded & HEAVY


def test_a_gap_loads_neither_a_database_nor_what_asks_services(home: Path) -> None:
    save_area(tiny_area(), home)
    loaded, said = loaded_by("gaps", tiny_area().id, "--kind", "preschool", "--limit", "400")
    assert "400\u00a0m" in said
    assert not loaded & {"sqlalchemy", "requests", "osmnx", "highspy", "ortools", "xlsxwriter"}


def test_each_command_names_a_function_that_is_there() -> None:
    runs = {leaf.prog: leaf.get_default("run") for leaf in leaves(parser())}
    assert len(runs) > 20
    for run in runs.values():
        assert callable(command(run))
