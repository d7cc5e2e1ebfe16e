"""Where to open: seconds and proof of every location model, beside spopt with the solvers people
use it with.

A peer gets a time limit; where it does not end, its time is a lower bound. Its time is from matrix
to answer, as ours is; how much of it sets its model up stands apart.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.siting_data import OPTIMA, PMEDIAN, Town, pmed, town
from benchmarks.siting_peers import Solved, covering_peer, median_peer
from benchmarks.timing import Row
from geo.models.location.max_coverage.solve import max_coverage
from geo.models.location.model import Siting
from geo.models.location.p_center.solve import p_center
from geo.models.location.p_median.solve import p_median
from geo.models.location.set_cover.least_cost import cover_all

PEER_LIMIT_S = 120.0
SHORT_S = 2.0
"""What takes less is timed three times."""
HARD = ((600, 50), (1_000, 10), (1_000, 20))
"""Metres and sites of maximal coverings that are hard."""


def compile_all() -> None:
    """Ask each model one small question, so that nothing is compiled while something is timed."""
    small = town(60, 20, side_m=2_000)
    max_coverage(small.within(400), small.people, 2)
    p_median(small.metres(), small.people, 3)
    p_center(small.metres(), 3)
    cover_all(small.within(900))


def covering(
    where: Town, limits_m: tuple[int, ...], counts: tuple[int, ...], limit_s: float = PEER_LIMIT_S
) -> list[Row]:
    """Maximal covering, each limit with each number of sites, against spopt's MCLP with CBC."""
    rows = []
    for limit_m in limits_m:
        reach = where.within(limit_m)
        for count in counts:
            what = f"maximal covering {where.size}, {limit_m:,} m, {count} sites"
            ours, seconds = _timed(lambda n=count, r=reach: max_coverage(r, where.people, n))
            rows += _beside(
                what,
                ours,
                seconds,
                covering_peer(where.metres(), where.people, limit_m, count, limit_s),
                1,
            )
    return rows


def covering_alone(where: Town, limits_m: tuple[int, ...], counts: tuple[int, ...]) -> list[Row]:
    """Maximal covering too large for the peer."""
    return [
        _ours(
            f"maximal covering {where.size}, {limit_m:,} m, {count} sites",
            lambda n=count, r=reach: max_coverage(r, where.people, n),
        )
        for limit_m, reach in ((limit_m, where.within(limit_m)) for limit_m in limits_m)
        for count in counts
    ]


def hard_covering(where: Town, cases: tuple[tuple[int, int], ...] = HARD) -> list[Row]:
    """Maximal coverings that are not always proven: the gap after a minute."""
    return [row for limit_m, count in cases for row in covering_alone(where, (limit_m,), (count,))]


def median(where: Town, counts: tuple[int, ...], limit_s: float = PEER_LIMIT_S) -> list[Row]:
    """p-median against spopt's PMedian with HiGHS."""
    metres, rows = where.metres(), []
    for count in counts:
        what = f"p-median {where.size}, {count} sites"
        ours, seconds = _timed(lambda n=count: p_median(metres, where.people, n))
        rows += _beside(what, ours, seconds, median_peer(metres, where.people, count, limit_s), -1)
    return rows


def median_alone(where: Town, counts: tuple[int, ...]) -> list[Row]:
    """p-median too large for the peer."""
    metres = where.metres()
    return [
        _ours(
            f"p-median {where.size}, {count} sites",
            lambda n=count: p_median(metres, where.people, n),
        )
        for count in counts
    ]


def centre(where: Town, counts: tuple[int, ...]) -> list[Row]:
    """p-center: seconds and gap."""
    metres = where.metres()
    return [
        _ours(f"p-center {where.size}, {count} sites", lambda n=count: p_center(metres, n))
        for count in counts
    ]


def everybody(where: Town, limit_m: int) -> list[Row]:
    """Fewest sites that reach everyone: seconds and gap."""
    reach = where.within(limit_m)
    return [_ours(f"cover all {where.size}, {limit_m:,} m", lambda: cover_all(reach))]


def unpublished(folder: Path = OPTIMA) -> str | None:
    """Return why the published networks are not measured, None where they are."""
    return (
        None if folder.is_dir() else "NOT MEASURED: pmed1–20, as they are not beside the checkout"
    )


def published(numbers: range = range(1, 21), folder: Path = OPTIMA) -> list[Row]:
    """pmed1–20, all together, and how many are proven; none where they are not there."""
    if unpublished(folder):
        return []
    seconds, gap, proven = 0.0, 0.0, 0
    for number in numbers:
        metres, count = pmed(number, folder)
        start = time.perf_counter()
        ours = p_median(metres, np.ones(len(metres)), count)
        seconds += time.perf_counter() - start
        best = PMEDIAN[number - 1]
        assert ours.bound <= best <= ours.objective, f"pmed{number}: answers differ"
        gap, proven = max(gap, ours.gap), proven + ours.proven
    what = f"p-median pmed{numbers[0]}–{numbers[-1]} in all, {proven} of {len(numbers)} proven"
    return [Row(what, "narhet", seconds, gap=gap)]


def _timed(ask: Callable[[], Siting]) -> tuple[Siting, float]:
    """Ask once, or where that is short three times; return the answer and the median seconds."""
    times: list[float] = []
    while not times or (len(times) < 3 and max(times) < SHORT_S):
        start = time.perf_counter()
        answer = ask()
        times.append(time.perf_counter() - start)
    return answer, statistics.median(times)


def _ours(what: str, ask: Callable[[], Siting]) -> Row:
    answer, seconds = _timed(ask)
    return Row(what, "narhet", seconds, gap=answer.gap)


def _beside(what: str, ours: Siting, seconds: float, peer: Solved | None, sense: int) -> list[Row]:
    """Return our row and the peer's, which must agree; ``sense``: 1 where more is better, else −1.

    Raises
    ------
    AssertionError : the peer's answer beats our bound, or ended better than ours.
    """
    rows = [Row(what, "narhet", seconds, gap=ours.gap)]
    if peer is None:
        return rows
    if peer.objective is not None:
        most = ours.objective if peer.ended and ours.proven else ours.bound
        off = 1e-6 * max(1.0, abs(ours.objective))
        assert sense * (peer.objective - most) <= off, f"{what}: answers differ"
        if peer.ended:
            assert sense * (ours.objective - peer.objective) <= off, f"{what}: answers differ"
    in_all = peer.prepared_s + peer.seconds
    return [
        *rows,
        Row(
            what,
            peer.who,
            in_all,
            in_all / seconds,
            prepared_s=peer.prepared_s,
            at_least=not peer.ended,
        ),
    ]
