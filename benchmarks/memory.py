"""Time and peak memory of an area's build and of one gap, each in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tracemalloc
from pathlib import Path

from benchmarks.data import HASSELBY, KISTA
from benchmarks.timing import Row, median_s
from geo.access.gaps import gap
from geo.area.model import Area

ROOT = Path(__file__).resolve().parents[1]
_START = "import time, json, sys; from geo.catalog import save_area;"
_END = (
    "seconds = time.perf_counter() - start;"
    "from benchmarks.timing import peak_megabytes;"
    "print(json.dumps([seconds, peak_megabytes()]))"
)
_GEOPANDAS = (
    "import time, json, sys; import geopandas as gpd;"
    "start = time.perf_counter(); gpd.read_file('/vsigzip/' + sys.argv[2]);" + _END
)
_OSMNX = (
    "import time, json, sys; import osmnx as ox; start = time.perf_counter();"
    "ox.project_graph(ox.graph_from_xml(sys.argv[2], retain_all=True));" + _END
)


def builds() -> list[Row]:
    """Build and save areas from files; the peers only read and project the same network."""
    rows: list[Row] = []
    if HASSELBY.is_dir():
        code = (
            "from geo.ingest.build import build; from benchmarks.data import hasselby;"
            "start = time.perf_counter(); save_area(build('hv', 'HV', hasselby()), sys.argv[1]);"
        )
        rows += _build(
            "build and save Hässelby-Vällingby",
            code,
            HASSELBY / "walk_lines.geojson.gz",
            ("geopandas, reading alone", _GEOPANDAS),
        )
    if KISTA.is_file():
        code = (
            "from pathlib import Path; from geo.ingest.build import Inputs, build;"
            "start = time.perf_counter();"
            "save_area(build('rk', 'RK', Inputs(osm=Path(sys.argv[2]))), sys.argv[1]);"
        )
        rows += _build(
            "build and save Rinkeby-Kista (.osm)",
            code,
            KISTA,
            ("osmnx, reading and simplifying", _OSMNX),
        )
    code = (
        "from benchmarks.data import town;"
        "start = time.perf_counter(); save_area(town(), sys.argv[1]);"
    )
    return rows or _build("build and save a made-up town", code)


def one_gap(area: Area) -> list[Row]:
    """One gap on an open area: as the first question pays it, and as each later one does."""
    group = area.groups[0]

    def fresh() -> None:
        area._snaps.clear()
        gap(area, kind="preschool", limit_m=400, group=group)

    def again() -> None:
        gap(area, kind="preschool", limit_m=400, group=group)

    rows = []
    for what, work in (("one gap, first on an area", fresh), ("one gap, from then on", again)):
        seconds = median_s(work, 3)
        tracemalloc.start()
        work()
        peak = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
        rows.append(Row(what, "narhet", seconds, None, peak))
    return rows


def _build(
    what: str, code: str, file: Path | None = None, peer: tuple[str, str] | None = None
) -> list[Row]:
    seconds, megabytes = _alone(_START + code + _END, file)
    rows = [Row(what, "narhet", seconds, None, megabytes)]
    if peer:
        peer_s, peer_mb = _alone(peer[1], file)
        rows.append(Row(what, peer[0], peer_s, peer_s / seconds, peer_mb))
    return rows


def _alone(code: str, file: Path | None, runs: int = 3) -> tuple[float, float]:
    """Run code in fresh processes; return median seconds without imports, and median peak
    megabytes.
    """
    found = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as home:
            done = subprocess.run(
                [sys.executable, "-W", "ignore", "-c", code, home, str(file or "")],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
        found.append(tuple(json.loads(done.stdout.splitlines()[-1])))
    middle = sorted(found)[len(found) // 2]
    return float(middle[0]), float(middle[1])
