"""Two sessions that ask at the same time, against the same questions one after the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import chain

from benchmarks.reaching import Subject, at_nodes
from benchmarks.timing import Row, compared
from geo.network.distances import nearest_nodes, reached_nodes
from geo.types import Floats

QUESTIONS = 200


def two_at_once(subject: Subject) -> list[Row]:
    """Two sessions, each with 200 searches of a kilometre and the nearest of 200 places."""
    network = subject.network
    nodes = [subject.some(QUESTIONS, 50 + session) for session in range(2)]
    goals = [[at_nodes(network, own[at : at + 1]) for at in range(len(own))] for own in nodes]

    def session(number: int) -> list[Floats]:
        found = [reached_nodes(network, goal, limit_m=1000.0)[1] for goal in goals[number]]
        return [*found, nearest_nodes(network, at_nodes(network, nodes[number])).metres]

    def together() -> list[list[Floats]]:
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(session, range(2)))

    def after_another() -> list[list[Floats]]:
        return [session(number) for number in range(2)]

    def check(_who: str, mine: list[list[Floats]], theirs: list[list[Floats]]) -> None:
        for one, other in zip(chain(*mine), chain(*theirs), strict=True):
            assert (one == other).all(), "answers differ"

    what = f"two sessions at once, {subject.name}"
    one_by_one = {"narhet, one after the other": after_another}
    return compared(what, together, one_by_one, subject.runs, check=check)
