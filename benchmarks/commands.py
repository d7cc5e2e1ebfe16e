"""What a command costs from its start to its end: seconds of the processor, and memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

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


def imports(area: Area, sizes: tuple[int, ...] = (20_000, 199_000), runs: int = 1) -> list[Row]:
    """Read a register of meeting places all over the country into an area, up to what one file may
    hold, and lines of 300 columns of words beside the same lines without them.
    """
    rows = []
    with tempfile.TemporaryDirectory() as home:
        save_area(area, home)
        for size in sizes:
            file = Path(home, f"register-{size}.csv")
            file.write_text(_register(size), encoding="utf-8")
            asked = ("import", area.id, str(file), "--kind", "meeting_place", "--dry-run")
            rows.append(_cost(f"import of {size:,} rows", asked, home, runs))
        for columns in (2, 300):
            file = Path(home, f"lines-{columns}.geojson")
            file.write_text(_lines(columns), encoding="utf-8")
            asked = ("area", "build", "wide", "--lines", str(file))
            rows.append(_cost(f"build of lines with {columns} columns", asked, home, runs))
    return rows


def _register(rows: int) -> str:
    """Return a table of places spread evenly over Sweden's width and height."""
    random = np.random.default_rng(0)
    lons, lats = random.uniform(12, 20, rows).round(5), random.uniform(55.5, 65.5, rows).round(5)
    lines = ["namn,adress,lat,lon,typ,kapacitet,telefon,webb"]
    lines += [
        f"Mötesplats {at},Testgatan {at},{lat},{lon},bibliotek,{at % 60 + 1},08-{at:06d},"
        f"https://exempel.se/{at}"
        for at, (lon, lat) in enumerate(zip(lons, lats, strict=True))
    ]
    return "\n".join(lines)


def _lines(columns: int, rows: int = 150) -> str:
    """Return one street of so many paths, each with so many columns of words (300: about 1 MB)."""
    words = {f"column_{at}": "some words" for at in range(columns)}
    features = [
        {
            "type": "Feature",
            "properties": words,
            "geometry": {
                "type": "LineString",
                "coordinates": [[17.8 + at / 1000, 59.36], [17.8 + (at + 1) / 1000, 59.36]],
            },
        }
        for at in range(rows)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


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
