"""Putting activities that were read from a file into an area."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from geo.area.activities.table import to_table
from geo.area.model import Area
from geo.area.provenance import Source
from geo.sources.activities.reader import ActivitiesRead

PART = "activities"


def with_activities(area: Area, read: ActivitiesRead, file: str) -> Area:
    """Return an area with the activities of a file.

    One that has the id of one that is there takes its place; the others stay as they are. The
    file's source, with the rows that were left out, replaces what an earlier file of that name had.
    """
    new = to_table(read.activities)
    there = area.activities
    stays = there[~there["id"].isin(set(new["id"]))]
    tables = [table for table in (stays, new) if len(table)]
    together = pd.concat(tables, ignore_index=True) if tables else there
    others = tuple(each for each in area.sources if (each.part, each.file) != (PART, file))
    source = Source(
        PART, file, file=file, rows=read.rows, columns=read.columns, left_out=read.left_out
    )
    return replace(area, activities=together, sources=(*others, source), _snaps={})
