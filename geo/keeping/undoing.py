"""Puts back what was before a batch, as a batch of its own: all of it or nothing."""

from __future__ import annotations

import sqlalchemy as sa

from geo.errors import UndoBlocked, UnknownBatch
from geo.keeping import rows
from geo.keeping.records import CLOSED, OPEN, Change, Record, content, same
from geo.keeping.rows import Kept, Step
from geo.keeping.tables import changes

LASTING = ("take", "hide")
"""What is never undone: the first records, and what was forgotten of a protected place."""
NAMED = 5


def undo(connection: sa.Connection, area: str, batch: int, who: str) -> int:
    """Put back what was before a batch; return the number of the batch that does so.

    Raises
    ------
    UnknownBatch : there is no such batch, or it can not be undone.
    UndoBlocked : records of it were changed later; nothing is undone.
    """
    found = rows.log_of(connection, area, changes.c.batch == batch)
    found = [change for change in found if change.action not in LASTING]
    if not found:
        raise UnknownBatch(found=str(batch))
    keys = [(change.type, change.record) for change in found]
    there = rows.by_key(connection, area, keys)
    met = _met(connection, area, found)
    later = [
        each
        for each in found
        if (key := (each.type, each.record)) in met or not _stands(each, there.get(key))
    ]
    if later:
        named = [_name(each, there.get((each.type, each.record))) for each in later]
        more = " …" if len(named) > NAMED else ""
        error = UndoBlocked(
            batch=str(batch), count=len(named), named=", ".join(named[:NAMED]) + more
        )
        error.records = tuple(each.record for each in later)
        raise error
    by = rows.writer(connection, area, who)
    steps = [_step(each, there.get((each.type, each.record)), batch) for each in reversed(found)]
    rows.put(by, steps)
    return by.batch


def _met(connection: sa.Connection, area: str, found: list[Change]) -> set[tuple[str, str]]:
    """Return the records whose file has said something else since: what was before is no more what
    the file says, so it is not put back unseen.
    """
    newest = max(change.number for change in found)
    conditions = (changes.c.action == "conflict", changes.c.number > newest)
    return {(each.type, each.record) for each in rows.log_of(connection, area, *conditions)}


def _stands(change: Change, there: Kept | None) -> bool:
    """Whether a record is as a change left it: nobody changed it since, or what they did was undone
    as well.
    """
    if there is None or change.after is None:
        return there is None and change.after is None
    return same(content(there.record), content(change.after))


def _step(change: Change, there: Kept | None, batch: int) -> Step:
    base = there.base if there else None
    after = change.before
    if after is None and base is not None and base["status"] == OPEN and there is not None:
        # The file still has it: removed here, it would come back from there.
        now = there.record
        after = Record(now.id, now.type, 0, CLOSED, now.lon, now.lat, now.fields)
    return Step("undo", there, after, base, str(batch))


def _name(change: Change, there: Kept | None) -> str:
    known = (there.record if there else None) or change.after or change.before
    return known.name[:60] if known else change.record
