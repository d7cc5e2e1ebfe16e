"""A run of the tests ends with a table of the files that took longest."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import slowest_files

ROOT = Path(__file__).resolve().parent.parent


def report(node: str, when: str, seconds: float) -> pytest.TestReport:
    where = (node.partition("::")[0], 1, node)
    return pytest.TestReport(node, where, {}, "passed", None, when, duration=seconds)  # type: ignore[arg-type]


def test_a_file_counts_what_its_tests_set_up_and_the_slowest_stands_first() -> None:
    reports = [
        report("a.py::one", "setup", 1.0),
        report("a.py::one", "call", 2.0),
        report("b.py::one", "call", 4.0),
        report("b.py::two[x::y]", "call", 0.5),
        report("c.py::one", "call", 0.1),
    ]
    assert [line.split() for line in slowest_files(reports, 2)] == [
        ["4.5", "2", "b.py"],
        ["3.0", "1", "a.py"],
    ]


def test_two_workers_print_one_table_of_both_their_files(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"test_{name}.py").write_text("def test_it() -> None:\n    pass\n")
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml")]
    plain = [f"--rootdir={tmp_path}", "-p", "tests.conftest", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, *plain, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    table = done.stdout.partition("slowest 2 files")[2]
    assert "test_one.py" in table and "test_two.py" in table
