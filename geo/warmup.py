"""Compile every search before somebody waits for it, on a network small enough that only compiling
takes time. What no page and no command asks is not compiled here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache

import geopandas as gpd
import numpy as np
import shapely

from geo.models.location.max_coverage.solve import max_coverage
from geo.models.location.model import small_town
from geo.models.location.p_center.solve import p_center
from geo.models.location.p_median.solve import p_median
from geo.models.location.set_cover.least_cost import cover_all
from geo.network.distances import nearest, reached_nodes, within
from geo.network.isochrones import isochrones
from geo.network.routes import route
from geo.network.walk_network import WalkNetwork, build_network
from geo.presets import Profile, profiles
from geo.types import SWEREF99_TM

Progress = Callable[[str, float], None]
"""Called with a text key under ``progress.`` and a share done from 0 to 1."""

STEPS = ("nearest", "within", "isochrones", "route")

_ready = threading.Event()


def warm_up(progress: Progress | None = None) -> None:
    """Ask each question once, so that its compiled code is loaded, or made and kept.

    Takes a moment where the code is on disk, else up to half a minute; others may ask meanwhile.
    """
    for done, question in enumerate(_questions()):
        if progress:
            progress("progress.compiling", done / len(STEPS))
        question()
    if progress:
        progress("progress.compiling", 1.0)
    _ready.set()


def warm_up_models() -> None:
    """Ask each location model once: its first question makes it ready. Half a minute where nothing
    is on disk; every page but Placera can be used meanwhile.
    """
    metres, people = small_town(12, 6)
    for model in (max_coverage, p_median):
        model(metres, people, 1)
    cover_all(metres < 500)
    p_center(metres, 1)


def is_ready() -> bool:
    """Return whether this process has all searches compiled."""
    return _ready.is_set()


def warm_up_behind(patience_s: float, slow: Callable[[], None], done: Callable[[], None]) -> None:
    """Warm up in a thread of its own; call ``slow`` where that takes longer than ``patience_s``,
    and then ``done`` when it is over.
    """

    def work() -> None:
        told = threading.Event()

        def tell() -> None:
            told.set()
            slow()

        timer = threading.Timer(patience_s, tell)
        timer.daemon = True
        timer.start()
        try:
            warm_up()
        finally:
            timer.cancel()
            if told.is_set():
                done()
        warm_up_models()

    threading.Thread(target=work, name="warm-up", daemon=True).start()


def _questions() -> Iterator[Callable[[], object]]:
    """Return one callable a step, in the order of ``STEPS``."""
    network, points = _small()
    chosen = _profiles()
    one = points.iloc[:1]

    def ask_nearest() -> None:
        for profile in chosen:
            nearest(network, points, points, profile=profile)

    yield ask_nearest
    yield lambda: [
        (
            within(network, points, points, within_m=500.0, profile=profile),
            reached_nodes(network, one, limit_m=500.0, profile=profile),
        )
        for profile in chosen
    ]
    yield lambda: isochrones(network, one, limits_m=[200.0, 400.0])
    yield lambda: route(network, one, points.iloc[-1:])


@lru_cache
def _profiles() -> list[Profile]:
    """Return the usual profile, and one that may not go everywhere."""
    usual = next(iter(profiles().values()))
    return [usual, replace(usual, id=f"{usual.id}-warm-up", steps=False)]


def _small() -> tuple[WalkNetwork, gpd.GeoSeries]:
    """Return a few blocks with a flight of stairs, and points beside them."""
    east, north, step = 670_000.0, 6_580_000.0, 100.0
    at = np.stack(np.meshgrid(np.arange(5), np.arange(5)), axis=-1) * step + (east, north)
    ends = [(at[:, :-1], at[:, 1:]), (at[:-1], at[1:])]
    lines = np.concatenate([np.stack(pair, axis=2).reshape(-1, 2, 2) for pair in ends])
    table = gpd.GeoDataFrame(
        {"steps": np.arange(len(lines)) == 7}, geometry=shapely.linestrings(lines), crs=SWEREF99_TM
    )
    points = shapely.points(at[:, :-1].reshape(-1, 2) + np.array([30.0, 5.0]))
    return build_network(table), gpd.GeoSeries(points, crs=SWEREF99_TM)
