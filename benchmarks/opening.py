"""Opening a city from disk, and getting the searches ready, each in a process of its own."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.data import town
from benchmarks.timing import Row
from benchmarks.towns import town_network
from geo.catalog import save_area

ROOT = Path(__file__).resolve().parents[1]
_COMMON = (
    "import json, sys, time; from benchmarks.timing import grown;"
    "import geopandas as gpd, pyarrow.dataset, geo.area.folder, geo.catalog, geo.warmup"
)
_TIMED = """
def timed():
    start = time.perf_counter()
    {work}
    return time.perf_counter() - start

print(json.dumps(grown(timed)))
"""
_OPEN = "area = geo.catalog.open_area('stad', sys.argv[1])"
_TABLE = "geo.area.folder.map_arrays = lambda *_: {}"
_READY = "area.network.star, area.network.walkable(), area.network.tree"
_GEOPANDAS = "gpd.read_parquet(sys.argv[1] + '/areas/stad/r1/network.parquet')"
_WARM = (
    "import json, time; import geo.warmup; start = time.perf_counter(); geo.warmup.warm_up();"
    "print(json.dumps([time.perf_counter() - start, None]))"
)


def cities(sizes: dict[str, int], runs: int = 5) -> list[Row]:
    """Open a city: from its arrays, from its table alone, and its table in geopandas; and until
    the first point can be snapped.
    """
    rows: list[Row] = []
    base = town(side=110)
    for name, nodes in sizes.items():
        with tempfile.TemporaryDirectory() as home:
            save_area(dataclasses.replace(base, id="stad", network=town_network(nodes)), home)
            ways = {
                "narhet": _OPEN,
                "narhet, and ready to snap": f"{_OPEN}; {_READY}",
                "narhet, without the arrays": f"{_TABLE}; {_OPEN}",
                "geopandas, the network alone": _GEOPANDAS,
            }
            found = {
                who: _alone(_COMMON + _TIMED.format(work=work), runs, home)
                for who, work in ways.items()
            }
        ours = found["narhet"][0]
        rows += [
            Row(f"open a city of {name}", who, seconds, seconds / ours, megabytes)
            if who != "narhet"
            else Row(f"open a city of {name}", who, seconds, None, megabytes)
            for who, (seconds, megabytes) in found.items()
        ]
    return rows


def first_start() -> list[Row]:
    """Get all searches ready: when nothing is compiled yet, and from then on."""
    with tempfile.TemporaryDirectory() as cache:
        first = _alone(_WARM, 1, cache=cache)
        later = _alone(_WARM, 5, cache=cache)
    return [
        Row("get the searches ready", "narhet, first start ever", first[0]),
        Row("get the searches ready", "narhet, later starts", later[0]),
    ]


def _alone(code: str, runs: int, home: str = "", cache: str = "") -> tuple[float, float | None]:
    """Run code in fresh processes; return its median seconds without imports, and megabytes."""
    environment = {**os.environ, **({"NUMBA_CACHE_DIR": cache} if cache else {})}
    found = []
    for _ in range(runs):
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code, home],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        found.append(tuple(json.loads(done.stdout.splitlines()[-1])))
    seconds, megabytes = sorted(found)[len(found) // 2]
    return float(seconds), megabytes
