"""What all tests share: the real data where it is, and a home folder of their own."""

from __future__ import annotations

import gc
import os
import sqlite3
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyproj.database
import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

# The made-up towns stand in few places: a search for a place's zone takes 0.15 s each time.
pyproj.database.query_utm_crs_info = cache(pyproj.database.query_utm_crs_info)

import geo  # noqa: E402, F401  (before any test imports pyogrio: GDAL reads its settings once)
from geo.store import database  # noqa: E402

if TYPE_CHECKING:
    from geo.ingest.build import Inputs

THOROUGH = bool(os.environ.get("NARHET_THOROUGH"))
"""Set by ``make slow``: random worlds as many as their tests name, not a third of them."""


def often(examples: int) -> int:
    """Return how many random examples a test gets: all when thorough, else a third."""
    return examples if THOROUGH else -(-examples // 3)


os.environ.setdefault("OGR_SQLITE_SYNCHRONOUS", "OFF")  # as _hasty_disk, for GeoPackages

# Slow machines are no failures; on CI the same examples each time, so that a red run can be redone.
settings.register_profile(
    "house", deadline=None, derandomize=bool(os.environ.get("CI")), max_examples=often(100)
)
settings.load_profile("house")

ROOT = Path(__file__).resolve().parent.parent
BROWSER = "tests/browser/"
EARLY = (BROWSER, "tests/test_", "tests/pages/")
"""What takes long in one file comes first, so that no worker is left with it at the end."""

SLOWEST = 20
"""So many test files are named with their seconds when a run ends."""


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real data beside the checkout; tests that need it skip aloud where it is missing."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("needs the real data in ../shared/data")
    return folder


@pytest.fixture(scope="session")
def borough_files(shared_data: Path) -> Inputs:
    """The real borough's paths, districts, people and preschools."""
    from geo.ingest.build import Inputs

    folder = shared_data / "hasselby-vallingby"
    return Inputs(
        lines=folder / "walk_lines.geojson.gz",
        districts=folder / "stadsdelar.geojson",
        people=(folder / "deso2025.geojson",),
        places=(("preschool", folder / "preschools.csv"),),
    )


@pytest.fixture(autouse=True)
def _hasty_disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody pulls the plug on a test: what it writes is not waited for until it is on the disk,
    but where that is what the test is about (``durable``).
    """
    if request.node.get_closest_marker("durable"):
        return
    prepare = database._prepare

    def hastily(connection: sqlite3.Connection, record: Any) -> None:
        prepare(connection, record)
        connection.execute("PRAGMA synchronous = OFF")

    monkeypatch.setattr(os, "fsync", lambda _file: None)
    monkeypatch.setattr(database, "_prepare", hastily)


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder for this test alone, so that no test touches the user's areas."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("NARHET_HOME", str(folder))
    os.environ.setdefault("NARHET_TILES", "")
    return folder


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling:
    """Give each worker whole files, and all files of the browser to the one that begins."""
    return BrowserFirst(config, log)


class BrowserFirst(LoadFileScheduling):
    """Files go to whichever worker is free. What drives a browser counts as one file, and is the
    first: so one worker alone has a browser and a server, and the others never wait for it at last.
    """

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(BROWSER) else super()._split_scope(nodeid)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long in one file."""

    def turn(item: pytest.Item) -> int:
        return next((at for at, start in enumerate(EARLY) if item.nodeid.startswith(start)), 9)

    items.sort(key=turn)


def pytest_collection_finish() -> None:
    """Leave what is loaded to nobody's collection: each round would go through all of it again."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print which test files took longest. Here, since each worker knows only its own."""
    reports = [
        report
        for every in terminalreporter.stats.values()
        for report in every
        if isinstance(report, pytest.TestReport)
    ]
    lines = slowest_files(reports)
    if len(lines) > 1:
        terminalreporter.section(f"slowest {len(lines)} files: seconds, tests, file")
        for line in lines:
            terminalreporter.write_line(line)


def slowest_files(reports: Iterable[pytest.TestReport], most: int = SLOWEST) -> list[str]:
    """Return a line per file, slowest first: seconds with what its tests set up and take down,
    how many tests, and its name.
    """
    seconds: Counter[str] = Counter()
    tests: dict[str, set[str]] = {}
    for report in reports:
        file = report.nodeid.partition("::")[0]
        seconds[file] += report.duration
        tests.setdefault(file, set()).add(report.nodeid)
    return [
        f"{taken:7.1f} {len(tests[file]):6}  {file}" for file, taken in seconds.most_common(most)
    ]
