"""How things are timed and printed."""

from __future__ import annotations

import ctypes
import gc
import resource
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class Row:
    """One measurement: seconds, the times a peer takes as long (above 1: we are faster),
    megabytes, the least seconds memory allows, and seconds to prepare that are not in ``seconds``.
    Of a location model ``gap``: how much better any answer could be (0: proven). ``at_least``: it
    was stopped, and takes longer.
    """

    what: str
    who: str
    seconds: float
    ratio: float | None = None
    megabytes: float | None = None
    bound_s: float | None = None
    prepared_s: float | None = None
    gap: float | None = None
    at_least: bool = False


def median_s(work: Callable[[], object], runs: int = 5) -> float:
    """Return the median seconds of several runs, after one that warms up."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def compared(
    what: str,
    ours: Callable[[], object],
    others: Mapping[str, Callable[[], object]],
    runs: int,
    *,
    check: Callable[[str, Any, Any], None],
    bound: Callable[[], float] | None = None,
    prepared: Mapping[str, float] | None = None,
    per: int = 1,
) -> list[Row]:
    """Time us and the peers turn by turn, so that what else the machine does hits all alike.

    Medians of ``runs`` turns, after one that warms up, shows the peak of memory, and whose answers
    ``check`` compares (a peer's name, ours, the peer's). ``per``: what one turn does so many times
    over.
    """
    work = {"narhet": ours, **others}
    answers, memory = {}, {}
    for who, one in work.items():
        answers[who], memory[who] = grown(one)
        check(who, answers["narhet"], answers[who])
    answers.clear()
    times: dict[str, list[float]] = {who: [] for who in work}
    for _ in range(runs):
        for who, one in work.items():
            start = time.perf_counter()
            one()
            times[who].append((time.perf_counter() - start) / per)
    seconds = {who: statistics.median(taken) for who, taken in times.items()}
    return [
        Row(
            what,
            who,
            seconds[who],
            None if who == "narhet" else seconds[who] / seconds["narhet"],
            memory[who],
            bound() / per if bound is not None and who == "narhet" else None,
            (prepared or {}).get(who),
        )
        for who in work
    ]


def grown(work: Callable[[], _Answer]) -> tuple[_Answer, float | None]:
    """Do some work; return its answer and the megabytes this process grew by at most meanwhile
    (None where the system cannot say).
    """
    marks = Path("/proc/self/clear_refs")
    if not marks.exists():
        return work(), None
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what was freed before must not hide what is taken now
    marks.write_text("5")  # the peak starts again from what is held now
    before = peak_megabytes()
    answer = work()
    return answer, max(0.0, peak_megabytes() - before)


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
    """Lay the rows out for a terminal; what a row's question is stands once."""
    heads = ("what", "who", "ms", "× narhet", "MB", "bound ms", "prepared s", "gap")
    solves = any(row.gap is not None for row in rows)
    cells = [heads if solves else heads[:-1]]
    before = ""
    for row in rows:
        more = "> " if row.at_least else ""
        line = (
            "" if row.what == before else row.what,
            row.who,
            more + _number(1000 * row.seconds, 1 if row.seconds >= 0.01 else 3),
            (more if row.ratio is not None else "") + _number(row.ratio, 1),
            _number(row.megabytes, 0),
            _number(None if row.bound_s is None else 1000 * row.bound_s, 3),
            _number(row.prepared_s, 1),
            _gap(row.gap),
        )
        cells.append(line if solves else line[:-1])
        before = row.what
    widths = [max(len(cell[at]) for cell in cells) for at in range(len(cells[0]))]
    return "\n".join(
        "  ".join(
            text.ljust(width) if at < 2 else text.rjust(width)
            for at, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    )


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:,.{digits}f}"


def _gap(gap: float | None) -> str:
    if gap is None:
        return ""
    return "proven" if gap == 0 else f"{100 * gap:.2g} %"
