"""Print speed and memory of every walking question, of opening and of building, each as a ratio to
a peer: ``python -m benchmarks [--quick]``.

Medians of several runs, after one that is not counted. Times of another machine differ; ratios
differ less. Nothing is written but what the system keeps of compiled code.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version

from benchmarks import (
    catchments,
    commands,
    data,
    distances,
    memory,
    opening,
    peers,
    reaching,
    sessions,
    siting,
    siting_peers,
)
from benchmarks.bound import bandwidth
from benchmarks.data import HASSELBY, KISTA, measured_area
from benchmarks.reaching import Subject
from benchmarks.siting_data import town
from benchmarks.timing import Row, as_text
from benchmarks.towns import town_network
from geo.area.model import Area
from geo.ingest.build import Inputs, build
from geo.network.walk_network import WalkNetwork
from geo.warmup import warm_up

QUICK_NODES, CITY_NODES, LARGE_NODES = 20_000, 200_000, 1_000_000


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print a table a subject as soon as it is done."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small town, in a minute")
    quick = parser.parse_args(arguments).quick
    began = time.perf_counter()
    _say_where()
    warm_up()
    if quick:
        print(as_text(commands.commands(data.town(side=30), "a made-up town", runs=1)))
        subject = Subject("20 k", town_network(QUICK_NODES), runs=3)
        _show("a made-up town", subject.network, _all_questions(subject))
        _sites(quick)
        _places(quick)
        return 0
    city = Subject("200 k", town_network(CITY_NODES))
    _show("a made-up city", city.network, [*_all_questions(city), *sessions.two_at_once(city)])
    del city
    large = Subject("1 M", town_network(LARGE_NODES), slow_peers=False)
    rows = [*reaching.pairs(large), *reaching.one_search(large)]
    _show("a made-up large city", large.network, rows)
    del large
    area, what = measured_area()
    real = [(what, area.network)] if HASSELBY.is_dir() else []
    if KISTA.is_file():
        real.append(("real Rinkeby-Kista", build("rk", "RK", Inputs(osm=KISTA)).network))
    if not real:
        print("\nNOT MEASURED: the real suburbs, as their data are not beside the checkout\n")
    for name, network in real:
        _show(name, network, _all_questions(Subject(name.removeprefix("real "), network)))
    _show(what, area.network, _areas(area))
    print("\nOpening and starting\n")
    print(as_text(commands.commands(area, what)) + "\n", flush=True)
    print(as_text(commands.imports(area)) + "\n", flush=True)
    sizes = {"200 k": CITY_NODES, "1 M": LARGE_NODES}
    print(as_text([*opening.cities(sizes), *opening.first_start()]))
    _sites(quick)
    _places(quick)
    print(f"\n{time.perf_counter() - began:,.0f} seconds in all")
    return 0


def _all_questions(subject: Subject) -> list[Row]:
    return [
        *reaching.pairs(subject),
        *reaching.kinds(subject),
        *reaching.three_nearest(subject),
        *reaching.one_more_place(subject),
        *reaching.one_search(subject),
    ]


def _areas(area: Area) -> list[Row]:
    return [
        *distances.nearest_of_everybody(area),
        *distances.pairs(area),
        *memory.builds(),
        *memory.one_gap(area),
    ]


def _sites(quick: bool) -> None:
    """Measure the location models; a table as soon as it is known."""
    siting.compile_all()
    print(
        "\nWhere to open: made-up towns on a plane of 10 km (addresses × candidates), seed 0."
        "\ngap: how much better any answer could be. >: stopped. prepared: the model set up.\n"
    )
    small, middle, large = town(400, 100), town(2_000, 500), town(10_000, 2_000)
    if quick:
        print(
            as_text([*siting.covering(small, (1_000,), (5,)), *siting.median(town(200, 50), (5,))])
        )
        return
    subjects: list[Callable[[], list[Row]]] = [
        lambda: siting.covering(middle, (500, 800), (3, 10, 20)),
        lambda: siting.covering_alone(large, (400, 600), (5, 10, 20)),
        lambda: siting.hard_covering(large),
        lambda: siting.median(town(500, 100), (5, 10, 20)),
        lambda: siting.median_alone(middle, (5, 10, 20)),
        lambda: siting.centre(middle, (10, 20)),
        lambda: siting.everybody(large, 600),
        siting.published,
    ]
    for subject in subjects:
        if rows := subject():
            print(as_text(rows) + "\n", flush=True)
    if why := siting.unpublished():
        print(why)


def _places(quick: bool) -> None:
    """Measure places against children, on matrices."""
    print("\nPlaces against children: a made-up town, pairs within 1,000 m\n")
    if quick:
        rows = [*catchments.catchments(300, 20_000), *catchments.assignments(300, 12, 280)]
    else:
        rows = [*catchments.catchments(), *catchments.assignments()]
    print(as_text(rows), flush=True)


def _say_where() -> None:
    names = [*("numpy", "numba", "scipy", "networkx"), *peers.OPTIONAL]
    here = [name for name in names if name not in peers.missing()]
    print("Närhet benchmarks")
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors;")
    print(", ".join(f"{name} {version(name)}" for name in here))
    for name in [*peers.missing(), *siting_peers.missing()]:
        print(f"NOT INSTALLED, so not compared: {name} (make bench installs it)")
    print(f"memory copies {bandwidth() / 1e9:.0f} GB/s in one thread")
    print(
        "We use all processors where it helps, peers as many as they do. × narhet: above 1 we are"
    )
    print("faster. MB: what the process grew by at most. bound: edges touched × bytes ÷ bandwidth.")
    print("prepared: what a peer must do first, not counted in ms.", flush=True)


def _show(what: str, network: WalkNetwork, rows: Iterable[Row]) -> None:
    print(f"\n{what}: {network.nodes:,} nodes, {network.edges:,} edges\n")
    print(as_text(list(rows)), flush=True)


if __name__ == "__main__":
    sys.exit(main())
