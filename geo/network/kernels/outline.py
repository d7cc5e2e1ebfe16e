"""The compiled loops behind ``geo.network.isochrones``: distances from reached paths painted on a
raster, and the outline of what lies closer than a level. Plain arrays in and out.

Why larger limits always contain smaller ones, to the last bit: a limit paints on what smaller
limits painted, so no raster value ever grows; a crossing ``1 / (1 + (there - level) / (level -
here))`` between two raster points moves only outwards when values fall, also in floating point
(each rounding keeps order); and a cell's shape is the convex hull of its inside border.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

_COMPILED: dict[str, Any] = {"cache": True, "nogil": True}
_INSIDE_EDGE = 2.0**-10
"""Crossings keep this share of a cell from the raster's points, so that no outline meets itself."""


@njit(**_COMPILED)
def join_stretches(line, low, high):  # type: ignore[no-untyped-def]
    """Join overlapping stretches; they come sorted by line and then by where they begin.

    Returns ``line, low, high`` of disjoint stretches with a length.
    """
    out_line = np.empty_like(line)
    out_low = np.empty_like(low)
    out_high = np.empty_like(high)
    count = 0
    for i in range(line.shape[0]):
        if high[i] <= low[i]:
            continue
        if count > 0 and out_line[count - 1] == line[i] and low[i] <= out_high[count - 1]:
            out_high[count - 1] = max(out_high[count - 1], high[i])
            continue
        out_line[count] = line[i]
        out_low[count] = low[i]
        out_high[count] = high[i]
        count += 1
    return out_line[:count], out_low[:count], out_high[:count]


@njit(**_COMPILED)
def paint(  # type: ignore[no-untyped-def]
    field, west, south, cell, reach, xy, first, line, low, high
):
    """Lower ``field`` (rows, columns; metres squared) to the squared distance from stretches.

    ``xy[first[l]:first[l + 1]]`` are the points of line ``l``; stretch ``i`` is ``low[i]`` to
    ``high[i]`` metres along ``line[i]``. Raster point (row, column) lies at ``west + column *
    cell``, ``south + row * cell``. Points farther than ``reach`` may be left as they are.
    """
    for i in range(line.shape[0]):
        at = 0.0
        for p in range(first[line[i]], first[line[i] + 1] - 1):
            dx = xy[p + 1, 0] - xy[p, 0]
            dy = xy[p + 1, 1] - xy[p, 1]
            length = np.sqrt(dx * dx + dy * dy)
            begin = at
            at += length
            if at <= low[i] or length == 0.0:
                continue
            if begin >= high[i]:
                break
            a = max(0.0, (low[i] - begin) / length)
            b = min(1.0, (high[i] - begin) / length)
            _paint_segment(
                field, west, south, cell, reach,
                xy[p, 0] + a * dx, xy[p, 1] + a * dy, xy[p, 0] + b * dx, xy[p, 1] + b * dy,
            )  # fmt: skip


@njit(**_COMPILED)
def _paint_segment(field, west, south, cell, reach, x0, y0, x1, y1):  # type: ignore[no-untyped-def]
    rows, columns = field.shape
    row0 = max(0, int(np.ceil((min(y0, y1) - reach - south) / cell)))
    row1 = min(rows - 1, int(np.floor((max(y0, y1) + reach - south) / cell)))
    column0 = max(0, int(np.ceil((min(x0, x1) - reach - west) / cell)))
    column1 = min(columns - 1, int(np.floor((max(x0, x1) + reach - west) / cell)))
    dx = x1 - x0
    dy = y1 - y0
    square = dx * dx + dy * dy
    per = 1.0 / square if square > 0.0 else 0.0
    for row in range(row0, row1 + 1):
        py = south + row * cell - y0
        for column in range(column0, column1 + 1):
            px = west + column * cell - x0
            share = min(1.0, max(0.0, (px * dx + py * dy) * per))
            ex = px - share * dx
            ey = py - share * dy
            field[row, column] = min(field[row, column], ex * ex + ey * ey)


@njit(**_COMPILED)
def outline(field, level):  # type: ignore[no-untyped-def]
    """Trace where a field (rows, columns; squared) passes ``level`` (not squared): rings with the
    lower side to their left.

    The field's border must lie above the level. Returns ``xy`` (points, 2) in columns and rows, and
    ``first`` (rings + 1). Rings are simple and do not touch.
    """
    rows, columns = field.shape
    following = np.full(2 * rows * columns, -1, np.int32)
    count = 0
    top = level * level
    exits = np.empty(2, np.int32)
    entries = np.empty(2, np.int32)
    for row in range(rows - 1):
        for column in range(columns - 1):
            a = field[row, column] < top
            b = field[row, column + 1] < top
            c = field[row + 1, column + 1] < top
            d = field[row + 1, column] < top
            if a == b and b == c and c == d:
                continue
            here = 2 * (row * columns + column)
            above = here + 2 * columns
            # Round the cell against the clock: out where the inside ends, in where it begins.
            out_n = 0
            in_n = 0
            first_is_entry = False
            for side in range(4):
                if side == 0:
                    before, after, crossing = a, b, here
                elif side == 1:
                    before, after, crossing = b, c, here + 3
                elif side == 2:
                    before, after, crossing = c, d, above
                else:
                    before, after, crossing = d, a, here + 1
                if before and not after:
                    exits[out_n] = crossing
                    out_n += 1
                elif after and not before:
                    if out_n == 0:
                        first_is_entry = True
                    entries[in_n] = crossing
                    in_n += 1
            # From where the inside ends to where it next begins: outside corners are cut off.
            for k in range(out_n):
                to = (k + 1) % in_n if first_is_entry else k
                following[exits[k]] = entries[to]
                count += 1
    xy = np.empty((count, 2))
    first = np.empty(count + 1, np.int64)
    first[0] = 0
    rings = 0
    done = 0
    for start in range(following.shape[0]):
        if following[start] < 0:
            continue
        crossing = start
        while following[crossing] >= 0:
            _place(field, level, columns, crossing, xy, done)
            done += 1
            to = following[crossing]
            following[crossing] = -1
            crossing = to
        rings += 1
        first[rings] = done
    return xy, first[: rings + 1]


@njit(**_COMPILED)
def _place(field, level, columns, crossing, xy, at):  # type: ignore[no-untyped-def]
    """Write where a crossing lies: on the line between two raster points."""
    point = crossing // 2
    row = point // columns
    column = point % columns
    upright = crossing % 2
    near = np.sqrt(field[row, column])
    far = np.sqrt(field[row + upright, column + 1 - upright])
    inside = field[row, column] < level * level  # as in outline: roots of neighbours may be equal
    share = _crossing(near, far, level) if inside else 1.0 - _crossing(far, near, level)
    xy[at, 0] = column + (0.0 if upright else share)
    xy[at, 1] = row + (share if upright else 0.0)


@njit(**_COMPILED)
def _crossing(inside, outside, level):  # type: ignore[no-untyped-def]
    share = 1.0 / (1.0 + (outside - level) / (level - inside)) if inside < level else 0.0
    return min(1.0 - _INSIDE_EDGE, max(_INSIDE_EDGE, share))
