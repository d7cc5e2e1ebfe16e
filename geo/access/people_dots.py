"""Estimated people as dots: one for every so many, near where they are taken to live."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.area.model import Area
from geo.area.people import RESIDENTS
from geo.network.topology import morton
from geo.types import Bools, Floats, Ints

MOST = 900
"""More dots than this are a stain."""
ROUND = (2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
NEAREST_M, FARTHEST_M = 8.0, 22.0
"""How far a dot is moved: it stands for several people, and none of them lives just there."""


@dataclass(frozen=True, eq=False)
class PeopleDots:
    """Dots in metres of the network, each for ``each`` people; ``row`` is of ``area.people``."""

    each: int
    xy: Floats
    row: Ints


def dots(area: Area, people: Floats) -> PeopleDots:
    """Return dots for some estimated residents; ``people`` has a number per row of ``area.people``.

    Counted people are never dots: their rows are passed over. People come in spatial order and
    every so-many-th is a dot, so the same answer has the same dots.
    """
    weights = np.where(_estimated(area), people, 0.0)
    each = each_of(float(weights.sum()))
    xy = area.people_xy
    rows = np.flatnonzero((weights > 0) & np.isfinite(xy).all(axis=1))
    if not len(rows):
        return PeopleDots(each, np.zeros((0, 2)), np.zeros(0, dtype=np.int64))
    rows = rows[np.argsort(morton(xy[rows]), kind="stable")]
    total = np.cumsum(weights[rows])
    marks = np.arange(each / 2, total[-1], each)
    chosen = rows[np.searchsorted(total, marks)]
    return PeopleDots(each, xy[chosen] + _moved(len(chosen)), chosen)


def each_of(people: float) -> int:
    """Return how many people a dot is: round, and so that there are at most ``MOST`` dots.

    >>> each_of(1_293), each_of(9_443), each_of(3)
    (2, 20, 2)
    """
    return next((each for each in ROUND if people / each <= MOST), ROUND[-1])


def _estimated(area: Area) -> Bools:
    told = area.people["estimated"].to_numpy(bool)
    return np.asarray(told & (area.people["origin"] == RESIDENTS).to_numpy())


def _moved(count: int) -> Floats:
    """Return moves in all directions, the same each time."""
    at = np.arange(count)
    turn = at * 2.399963229728653  # the golden angle
    far = NEAREST_M + (FARTHEST_M - NEAREST_M) * ((at * 0.6180339887498949) % 1.0)
    return np.column_stack([far * np.cos(turn), far * np.sin(turn)])
