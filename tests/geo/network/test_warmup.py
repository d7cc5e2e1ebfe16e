"""Searches are compiled before somebody waits for them, and sessions do not wait for each other."""

from __future__ import annotations

import dataclasses
import importlib
import os
import pkgutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import geopandas as gpd
import pytest
from numba.core.dispatcher import Dispatcher

from benchmarks.reaching import at_nodes
from benchmarks.towns import town_network
from geo import presets, texts, warmup
from geo.catalog import open_area, save_area
from geo.network import distances
from geo.network.isochrones import isochrones
from geo.network.kernels import cache as kernel_cache
from geo.network.kernels import nearest as k_nearest_kernel
from geo.network.routes import route
from tests.tiny import tiny_area

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_S = 600.0
"""So long a test waits for what must come before it fails."""


def compiled_code(package: str = "geo.network") -> dict[str, Dispatcher]:
    """Each compiled search of a package, by its module and name."""
    folder = importlib.import_module(package).__path__
    names = [name for _, name, _ in pkgutil.walk_packages(folder, f"{package}.")]
    return {
        f"{name}.{what}": value
        for name in names
        if "kernel" in name
        for what, value in vars(importlib.import_module(name)).items()
        if isinstance(value, Dispatcher) and value.py_func.__module__ == name
    }


def compiled_in(package: str = "geo.network") -> dict[str, int]:
    """How many kinds of arguments each compiled search has met."""
    return {name: len(code.signatures) for name, code in compiled_code(package).items()}


def test_the_first_question_of_a_location_model_is_not_charged_for_compiling() -> None:
    """In a process of its own: all that is compiled is, when the question's clock starts."""
    words = (
        "from geo.models.location import highs\n"
        "from geo.models.location.max_coverage.solve import max_coverage\n"
        "from tests.geo.network.test_warmup import compiled_in\n"
        "started = []\n"
        "clock = highs.Clock.__post_init__\n"
        "def start(self):\n"
        "    started.append(compiled_in('geo.models.location'))\n"
        "    clock(self)\n"
        "highs.Clock.__post_init__ = start\n"
        "assert max_coverage([[1, 0], [0, 1]], [2, 1], 1).proven\n"
        "assert sum(started[0].values()) == 0 < sum(started[-1].values()), started\n"
        "assert started[-1] == compiled_in('geo.models.location'), started\n"
    )
    done = subprocess.run([sys.executable, "-c", words], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_after_warming_up_no_question_on_an_area_from_disk_compiles_anything() -> None:
    save_area(dataclasses.replace(tiny_area(), id="stad", network=town_network(2_000)))
    network = open_area("stad").network
    warmup.warm_up()
    before = compiled_in()
    assert sum(before.values()) > 10
    where = gpd.GeoSeries(gpd.points_from_xy(*network.node_xy[::50].T), crs=network.crs)
    for profile in presets.profiles().values():
        for origins in (where, where[:1]):
            distances.nearest(network, origins, where, profile=profile)
            distances.nearest(network, origins, where, within_m=400, profile=profile)
        distances.within(network, where, where[:3], within_m=500, profile=profile)
        distances.reached_paths(network, where[:1], limit_m=500, profile=profile)
        isochrones(network, where[:1], limits_m=[300, 600], profile=profile)
        route(network, where[:1], where[5:6], profile=profile)
    assert compiled_in() == before


def test_progress_is_told_in_words_and_ends_at_one() -> None:
    told: list[tuple[str, float]] = []
    warmup.warm_up(lambda key, share: told.append((key, share)))
    shares = [share for _, share in told]
    assert shares == sorted(shares) and shares[0] == 0.0 and shares[-1] == 1.0
    assert len(told) == len(warmup.STEPS) + 1
    assert all(texts.text(key, "sv") and texts.text(key, "en") for key, _ in told)
    assert warmup.is_ready()


STARTED = (
    "import time, geo.warmup; start = time.process_time(); geo.warmup.warm_up();"
    "taken = time.process_time() - start;"
    "from tests.geo.network.test_warmup import compiled_code;"
    "stats = [code.stats for code in compiled_code().values()];"
    "print(taken, *(sum(sum(count.values()) for count in kind) for kind in"
    " ([one.cache_misses for one in stats], [one.cache_hits for one in stats])))"
)


def started(**settings: str) -> tuple[float, int, int]:
    """In a process of its own: the seconds to get ready, how much was compiled, how much found."""
    done = subprocess.run(
        [sys.executable, "-c", STARTED],
        cwd=ROOT,
        env={**os.environ, **settings},
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, compiled, found = done.stdout.split()
    return float(seconds), int(compiled), int(found)


def test_a_start_after_another_finds_all_of_it_on_disk() -> None:
    warmup.warm_up()
    _, compiled, found = started()
    assert compiled == 0 and found > 10, "all of it lies on disk"


@pytest.mark.slow
def test_a_first_start_compiles_and_the_next_finds_all_of_it_on_disk(tmp_path: Path) -> None:
    """Processor time of the whole process: what else the machine does adds nothing to it."""
    first, second = (started(NUMBA_CACHE_DIR=str(tmp_path)) for _ in range(2))
    assert first[1] > 10, "nothing lay on disk"
    assert second[1] == 0 and second[2] > 10, "all of it lies on disk"
    assert second[0] < first[0] / 5


def test_a_slow_start_is_told_when_it_begins_and_when_it_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The start here ends only once it was told to be slow."""
    told, slow, over = [], threading.Event(), threading.Event()

    def start() -> None:
        assert slow.wait(PATIENCE_S)
        told.append("ready")

    def say_slow() -> None:
        told.append("slow")
        slow.set()

    def say_done() -> None:
        told.append("done")
        over.set()

    monkeypatch.setattr(warmup, "warm_up", start)
    warmup.warm_up_behind(0.01, say_slow, say_done)
    assert over.wait(PATIENCE_S) and told == ["slow", "ready", "done"]


def test_a_quick_start_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its timer is called off: it ends long before its time, and has said nothing."""
    told, ended, timers = [], threading.Event(), []

    class Timer(threading.Timer):
        def start(self) -> None:
            timers.append(self)
            super().start()

    monkeypatch.setattr(warmup.threading, "Timer", Timer)
    monkeypatch.setattr(warmup, "warm_up", lambda: None)
    monkeypatch.setattr(warmup, "warm_up_models", ended.set)
    warmup.warm_up_behind(1e6, lambda: told.append("slow"), lambda: told.append("done"))
    assert ended.wait(PATIENCE_S)
    timers[0].join(PATIENCE_S)
    assert not timers[0].is_alive() and told == []


def test_compiled_code_lies_beside_the_source_where_that_can_be_written(tmp_path: Path) -> None:
    assert kernel_cache.cache_folder(tmp_path / "geo", tmp_path / "cache") is None


def test_else_in_the_users_cache_and_else_in_a_folder_of_this_process(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("no folder can be made below a file")
    assert kernel_cache.cache_folder(file, tmp_path / "cache") == tmp_path / "cache" / "compiled"
    own = kernel_cache.cache_folder(file, file)
    assert own is not None and own.is_dir() and os.stat(own).st_mode & 0o077 == 0
    own.rmdir()


def test_a_folder_that_somebody_chose_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(kernel_cache.SETTING, str(tmp_path))
    kernel_cache.settle()
    assert os.environ[kernel_cache.SETTING] == str(tmp_path)


def test_an_installation_nobody_can_write_to_still_starts(tmp_path: Path) -> None:
    """Home and source both closed: the code is compiled into a folder of the process."""
    script = (
        "import geo.network.kernels.cache as c, os; from pathlib import Path;"
        "os.environ.pop(c.SETTING, None);"
        "c._writable = lambda folder: False; c.settle();"
        "import geo.network.kernels.search, numba; print(numba.config.CACHE_DIR)"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    environment.pop("NUMBA_CACHE_DIR", None)
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip().startswith(str(tmp_path))


def test_one_sessions_long_search_does_not_hold_up_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The searches run without the interpreter's lock, and little of a question runs outside them.

    The interpreter takes its lock from no thread here (its switch interval is longer than the
    test), so that another can only take a step within a search if that gives the lock up itself.
    Of the asking thread's processor time at least half is that search's.
    """
    network = town_network(100_000)
    many = at_nodes(network, network.star[1][:: max(1, network.nodes // 200)][:200].astype(int))
    distances.nearest_nodes(network, many, k=3)
    search = k_nearest_kernel.spread_k
    inside, seen, over = threading.Event(), threading.Event(), threading.Event()
    searched: list[float] = []

    def watched(*asked: object) -> int:
        began = time.thread_time()
        inside.set()
        count = search(*asked)
        inside.clear()
        searched.append(time.thread_time() - began)
        return count

    def another() -> None:
        while not over.is_set():
            if inside.is_set():
                seen.set()
            time.sleep(1e-4)

    monkeypatch.setattr(k_nearest_kernel, "spread_k", watched)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(PATIENCE_S)
    thread = threading.Thread(target=another)
    thread.start()
    began = time.thread_time()
    try:
        while not seen.is_set() and len(searched) < 100:
            distances.nearest_nodes(network, many, k=3)
        taken = time.thread_time() - began
    finally:
        sys.setswitchinterval(interval)
        over.set()
        thread.join()
    assert seen.is_set(), "another thread stood still during every search"
    assert sum(searched) > taken / 2, "the lock is held for as long as the search takes"


@pytest.mark.parametrize("package", ["geo.network", "geo.models.location"])
def test_no_compiled_search_holds_the_interpreters_lock(package: str) -> None:
    code = compiled_code(package)
    assert len(code) > 3
    assert [name for name, each in code.items() if not each.targetoptions.get("nogil")] == []
