"""Reading JSON-stat 2 answers as tables. Knows nothing of who counted what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from geo.types import Floats


def codes_of(answer: Mapping[str, Any], name: str) -> list[str]:
    """Return a dimension's codes in order; JSON-stat allows a list or a map to positions."""
    index = answer["dimension"][name]["category"]["index"]
    if isinstance(index, dict):
        return [str(code) for code, _ in sorted(index.items(), key=lambda item: int(item[1]))]
    return [str(code) for code in index]


def read_cells(
    answer: Mapping[str, Any], chosen: Mapping[str, list[str]], axes: tuple[str, str]
) -> Floats:
    """Read a JSON-stat 2 answer as a table of two of its dimensions, in the order chosen.

    A cell that is null, or missing from a sparse answer, is NaN, never zero.

    Raises
    ------
    KeyError, ValueError : a code asked for is not in the answer, or the sizes do not agree.
    """
    order = [str(name) for name in answer["id"]]
    sizes = [int(size) for size in answer["size"]]
    values = _values(answer, int(np.prod(sizes)))
    block = values.reshape(sizes)
    for axis, name in enumerate(order):
        there = {code: at for at, code in enumerate(codes_of(answer, name))}
        wanted = chosen.get(name, list(there))
        block = np.take(block, [there[code] for code in wanted], axis=axis)
    rest = [axis for axis, name in enumerate(order) if name not in axes]
    if any(block.shape[axis] != 1 for axis in rest):
        raise ValueError(f"more than one value of {[order[axis] for axis in rest]}")
    order = [name for name in order if name in axes]
    table: Floats = np.squeeze(block, axis=tuple(rest))
    return table if order == list(axes) else table.T


def _values(answer: Mapping[str, Any], size: int) -> Floats:
    given = answer["value"]
    pairs: Iterable[tuple[int, Any]]
    if isinstance(given, dict):
        pairs = ((int(at), value) for at, value in given.items())
    else:
        if len(given) != size:
            raise ValueError(f"{len(given)} values for {size} cells")
        pairs = enumerate(given)
    values = np.full(size, np.nan)
    for at, value in pairs:
        if value is not None:
            values[at] = float(value)
    return values
