"""The best rounds through few places, by going through all sets and orders of them. Knows only
matrices of seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.reaching.question import Rounds
from geo.types import Bools, Floats, Ints

EXACT_MOST = 10
"""More places than this would take too long."""


@dataclass(frozen=True, eq=False)
class _Taken:
    """Of all sets of places (a bit each), from one start: ``ends`` (sets, places) the least seconds
    in which the set is visited ending there, ``whole_s`` until back.
    """

    ends: Floats
    whole_s: Floats


def best_rounds(question: Rounds) -> tuple[tuple[int, ...], ...]:
    """Return the places each shift visits in order: no rounds are worth more, and of those worth as
    much none walk less. At most ``EXACT_MOST`` places.
    """
    count = question.places
    sets = np.arange(1 << count)
    member = ((sets[:, None] >> np.arange(count)) & 1).astype(bool)
    walks = {start: _taken(question, start) for start in set(question.start.tolist())}
    unit = float(question.length_s.sum()) + 1.0
    best = np.where(sets == 0, 0.0, -np.inf)
    choices = []
    for shift, start in enumerate(question.start.tolist()):
        whole_s = walks[start].whole_s
        value = question.value[shift]
        fits = (whole_s <= question.length_s[shift]) & ~(member & (value <= 0)).any(axis=1)
        worth = member @ value * unit - (whole_s - member @ question.visit_s)
        best, choice = _with_shift(best, worth, np.flatnonzero(fits & (sets > 0)))
        choices.append(choice)
    left = int(best.argmax())
    routes = []
    for shift in reversed(range(len(choices))):
        taken = int(choices[shift][left])
        routes.append(_order(question, walks[int(question.start[shift])], shift, taken))
        left &= ~taken
    return tuple(reversed(routes))


def shortest(question: Rounds, shift: int, route: tuple[int, ...]) -> tuple[int, ...]:
    """Return the places of a round in the order with the least walk; a long round as it is."""
    if not 1 < len(route) <= EXACT_MOST:
        return route
    rows = np.array([*route, question.places + int(question.start[shift])])
    small = Rounds(
        walk_s=question.walk_s[np.ix_(rows, rows)],
        visit_s=question.visit_s[rows[:-1]],
        start=np.zeros(1, np.int64),
        length_s=question.length_s[[shift]],
        value=np.ones((1, len(route)), np.int64),
    )
    order = _order(small, _taken(small, 0), 0, (1 << len(route)) - 1)
    return tuple(route[at] for at in order)


def _with_shift(best: Floats, worth: Floats, takes: Ints) -> tuple[Floats, Ints]:
    """Return the best of each set with one shift more, and what that shift then takes."""
    sets = np.arange(len(best))
    after, choice = best.copy(), np.zeros(len(best), dtype=np.int64)
    known = np.isfinite(best)
    for taken in takes:
        before = sets[((sets & taken) == 0) & known]
        together, total = before | taken, best[before] + worth[taken]
        better = total > after[together]
        after[together[better]] = total[better]
        choice[together[better]] = taken
    return after, choice


def _taken(question: Rounds, start: int) -> _Taken:
    count, home, walk = question.places, question.places + start, question.walk_s
    ends = np.full((1 << count, count), np.inf)
    places = np.arange(count)
    ends[1 << places, places] = walk[home, :count] + question.visit_s
    for taken in range(1, 1 << count):
        reached = (ends[taken][:, None] + walk[:count, :count]).min(axis=0) + question.visit_s
        new: Bools = (taken >> places & 1) == 0
        more = taken | 1 << places[new]
        ends[more, places[new]] = np.minimum(ends[more, places[new]], reached[new])
    whole_s = (ends + walk[:count, home]).min(axis=1, initial=np.inf)
    whole_s[0] = 0.0
    return _Taken(ends, whole_s)


def _order(question: Rounds, walked: _Taken, shift: int, taken: int) -> tuple[int, ...]:
    """Return a set's places in the order of the least walk, from its end back to its start."""
    following, order = question.places + int(question.start[shift]), []
    while taken:
        last = int((walked.ends[taken] + question.walk_s[: question.places, following]).argmin())
        order.append(last)
        taken &= ~(1 << last)
        following = last
    return tuple(reversed(order))
