"""What a command costs from its start to its end: seconds of the processor, and memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.timing import Row
from geo.area.model import Area
from geo.catalog import save_area

ROOT = Path(__file__).resolve().parents[1]
_WATCHED = """
import json, os, subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, used = os.wait4(child.pid, 0)
child.returncode = os.waitstatus_to_exitcode(status)
print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss]))
sys.exit(child.returncode)
"""
"""Starts a command from a small process: a child's peak of memory begins with its parent's."""


def commands(area: Area, what: str, runs: int = 3) -> list[Row]:
    """Run what shall answer at once, and a gap of an area, each as a process of its own."""
    gap = ("gaps", area.id, "--kind", "preschool", "--limit", "400")
    with tempfile.TemporaryDirectory() as home:
        save_area(area, home)
        asked = {"--help": ("--help",), "sites --help": ("sites", "--help")}
        asked |= {"area list": ("area", "list"), f"gaps of {what}": gap}
        return [_cost(name, words, home, runs) for name, words in asked.items()]


def _cost(name: str, words: tuple[str, ...], home: str, runs: int) -> Row:
    """Run a command once uncounted, since that may compile, then some times; the median counts."""
    found = sorted([_run(words, home) for _ in range(1 + runs)][1:])
    seconds, megabytes = found[len(found) // 2]
    return Row(f"narhet {name}, processor", "narhet", seconds, megabytes=megabytes)


def _run(words: tuple[str, ...], home: str) -> tuple[float, float]:
    """Return a command's seconds on all processors, and its megabytes at most."""
    done = subprocess.run(
        [sys.executable, "-c", _WATCHED, sys.executable, "-m", "geo", *words],
        cwd=ROOT,
        env={**os.environ, "NARHET_HOME": home},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    seconds, peak = json.loads(done.stdout.splitlines()[-1])
    a_megabyte = 1e6 if sys.platform == "darwin" else 1e3  # of bytes there, of kilobytes here
    return float(seconds), peak / a_megabyte
