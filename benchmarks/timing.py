"""How things are timed and printed."""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One measurement: seconds, the times a peer takes as long (above 1: we are faster), and
    megabytes.
    """

    what: str
    who: str
    seconds: float
    ratio: float | None = None
    megabytes: float | None = None


def median_s(work: Callable[[], object], runs: int = 5) -> float:
    """Return the median seconds of several runs, after one that warms up."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def against(what: str, ours: float, peers: Sequence[tuple[str, float]]) -> list[Row]:
    """Return our row and a row a peer, with how many times as long it takes."""
    rows = [Row(what, "narhet", ours)]
    return rows + [Row(what, name, seconds, seconds / ours) for name, seconds in peers]


def peak_megabytes() -> float:
    """Return the most memory this process has held.

    Linux carries ``ru_maxrss`` over from the process that started it; its own account does not.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(row for row in status.read_text().splitlines() if row.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def as_text(rows: Sequence[Row]) -> str:
    """Lay the rows out for a terminal."""
    cells = [("what", "who", "ms", "× narhet", "MB")]
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.1f}"
        megabytes = "" if row.megabytes is None else f"{row.megabytes:.0f}"
        cells.append((row.what, row.who, f"{1000 * row.seconds:,.1f}", ratio, megabytes))
    widths = [max(len(cell[at]) for cell in cells) for at in range(5)]
    return "\n".join(
        "  ".join(
            text.ljust(width) if at < 2 else text.rjust(width)
            for at, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    )
