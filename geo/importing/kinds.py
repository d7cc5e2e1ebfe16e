"""A file that holds places of several kinds, as one part a kind. Reads what the file's own column
of kinds says; knows no area.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from geo import presets
from geo.area.provenance import LeftOut
from geo.cells import written
from geo.errors import ColumnMissing
from geo.importing.records import kind_named
from geo.sources.files.place_tables import Understood


def by_kind(
    understood: Understood,
) -> tuple[tuple[tuple[str, Understood], ...], tuple[LeftOut, ...]]:
    """Return (kind, its rows) in the order of the file, and the rows that are of no kind of ours.

    A kind is told by its id or one of its names (``data/kinds.toml``). Each row with a kind is in
    one part, so that the parts can be proposed one by one.

    Raises
    ------
    ColumnMissing : the file has no column of kinds.
    """
    frame = understood.frame
    column = understood.columns.get("kind", "kind")
    if column not in frame:
        there = [str(name) for name in frame.columns]
        raise ColumnMissing(
            file=understood.file,
            wanted="kind",
            columns=", ".join(there),
            example=f"kind={there[0]}" if there else "kind=typ",
        )
    said = [written(cell) for cell in frame[column]]
    kinds = pd.Series([_kind(cell) for cell in said], index=frame.index, dtype=object)
    unknown = [
        LeftOut(int(row), "other_kind", {"found": cell[:60] or "–"})
        for row, cell, kind in zip(frame.index, said, kinds, strict=True)
        if not kind
    ]
    gone = [item for item in understood.left_out if item.row not in frame.index]
    parts = tuple((kind, _part(understood, kinds == kind)) for kind in dict.fromkeys(kinds) if kind)
    return parts, tuple(sorted([*gone, *unknown], key=lambda item: item.row))


def _kind(cell: str) -> str:
    return cell if cell in presets.kinds() else kind_named(cell)


def _part(understood: Understood, mine: pd.Series) -> Understood:
    rows = set(mine.index[mine])
    return replace(
        understood,
        frame=understood.frame[mine],
        points=understood.points[mine],
        left_out=tuple(item for item in understood.left_out if item.row in rows),
    )
