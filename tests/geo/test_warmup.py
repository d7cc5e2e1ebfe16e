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

import geo
from benchmarks.reaching import at_nodes
from benchmarks.towns import town_network
from geo import compiled, presets, reach, texts, warmup
from geo.area import open_area, save_area
from geo.isochrones import isochrones
from geo.route import route
from tests.tiny import tiny_area

ROOT = Path(__file__).resolve().parents[2]


def signatures() -> dict[str, int]:
    """How many kinds of arguments each compiled search has met."""
    names = [name for _, name, _ in pkgutil.iter_modules(geo.__path__) if "kernel" in name]
    found = {}
    for name in names:
        for what, value in vars(importlib.import_module(f"geo.{name}")).items():
            if isinstance(value, Dispatcher):
                found[f"{name}.{what}"] = len(value.signatures)
    return found


def test_the_first_question_of_a_location_model_is_not_charged_for_compiling() -> None:
    """In a process of its own: a clock of half a second is enough for a small question."""
    words = (
        "from geo.sites import max_coverage\n"
        "found = max_coverage([[1, 0], [0, 1]], [2, 1], 1, time_limit_s=0.5)\n"
        "assert found.proven and found.seconds < 0.5, found\n"
    )
    done = subprocess.run([sys.executable, "-c", words], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_after_warming_up_no_question_on_an_area_from_disk_compiles_anything() -> None:
    save_area(dataclasses.replace(tiny_area(), id="stad", network=town_network(2_000)))
    network = open_area("stad").network
    warmup.warm_up()
    before = signatures()
    assert sum(before.values()) > 10
    where = gpd.GeoSeries(gpd.points_from_xy(*network.node_xy[::50].T), crs=network.crs)
    for profile in presets.profiles().values():
        for origins in (where, where[:1]):
            reach.nearest(network, origins, where, profile=profile)
            reach.nearest(network, origins, where, within_m=400, profile=profile)
        reach.within(network, where, where[:3], within_m=500, profile=profile)
        reach.reached_paths(network, where[:1], limit_m=500, profile=profile)
        isochrones(network, where[:1], limits_m=[300, 600], profile=profile)
        route(network, where[:1], where[5:6], profile=profile)
    assert signatures() == before


def test_progress_is_told_in_words_and_ends_at_one() -> None:
    told: list[tuple[str, float]] = []
    warmup.warm_up(lambda key, share: told.append((key, share)))
    shares = [share for _, share in told]
    assert shares == sorted(shares) and shares[0] == 0.0 and shares[-1] == 1.0
    assert len(told) == len(warmup.STEPS) + 1
    assert all(texts.text(key, "sv") and texts.text(key, "en") for key, _ in told)
    assert warmup.is_ready()


@pytest.mark.slow
def test_a_first_start_compiles_in_half_a_minute_and_the_next_starts_at_once(
    tmp_path: Path,
) -> None:
    script = (
        "import time, geo.warmup; start = time.process_time(); geo.warmup.warm_up();"
        "print(time.process_time() - start)"
    )
    taken = [
        float(
            subprocess.run(
                [sys.executable, "-c", script],
                cwd=ROOT,
                env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)},
                check=True,
                capture_output=True,
                text=True,
            ).stdout
        )
        for _ in range(2)
    ]
    assert taken[0] < 30 and taken[1] < 2.0 and taken[1] < taken[0] / 5


def test_a_slow_start_is_told_when_it_begins_and_when_it_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told, over = [], threading.Event()
    monkeypatch.setattr(warmup, "warm_up", lambda: time.sleep(0.3))
    warmup.warm_up_behind(0.05, lambda: told.append("slow"), over.set)
    assert over.wait(5) and told == ["slow"]


def test_a_quick_start_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    told, ended = [], threading.Event()
    monkeypatch.setattr(warmup, "warm_up", ended.set)
    warmup.warm_up_behind(0.2, lambda: told.append("slow"), lambda: told.append("done"))
    assert ended.wait(5)
    time.sleep(0.4)
    assert told == []


def test_compiled_code_lies_beside_the_source_where_that_can_be_written(tmp_path: Path) -> None:
    assert compiled.cache_folder(tmp_path / "geo", tmp_path / "cache") is None


def test_else_in_the_users_cache_and_else_in_a_folder_of_this_process(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("no folder can be made below a file")
    assert compiled.cache_folder(file, tmp_path / "cache") == tmp_path / "cache" / "compiled"
    own = compiled.cache_folder(file, file)
    assert own is not None and own.is_dir() and os.stat(own).st_mode & 0o077 == 0
    own.rmdir()


def test_a_folder_that_somebody_chose_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(compiled.SETTING, str(tmp_path))
    compiled.settle()
    assert os.environ[compiled.SETTING] == str(tmp_path)


def test_an_installation_nobody_can_write_to_still_starts(tmp_path: Path) -> None:
    """Home and source both closed: the code is compiled into a folder of the process."""
    script = (
        "import geo.compiled as c, os; from pathlib import Path;"
        "os.environ.pop(c.SETTING, None);"
        "c._writable = lambda folder: False; c.settle();"
        "import geo.kernels, numba; print(numba.config.CACHE_DIR)"
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


def test_one_sessions_long_search_does_not_hold_up_another() -> None:
    """The searches run without the interpreter's lock: another thread keeps its pace."""
    network = town_network(100_000)
    many = at_nodes(network, network.star[1][:: max(1, network.nodes // 200)][:200].astype(int))
    reach.nearest_nodes(network, many, k=3)
    span: list[float] = []

    def long_search() -> None:
        start = time.perf_counter()
        for _ in range(3):
            reach.nearest_nodes(network, many, k=3)
        span.append(time.perf_counter() - start)

    thread = threading.Thread(target=long_search)
    gaps, last = [], time.perf_counter()
    thread.start()
    while thread.is_alive():
        time.sleep(0.001)
        now = time.perf_counter()
        gaps.append(now - last)
        last = now
    thread.join()
    assert max(gaps) < span[0] / 3 / 2, "each search alone would have stopped this thread longer"
