"""Edits become records, all or none: one of something that changed meanwhile refuses them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import sqlalchemy as sa

from geo.area.protected import Ground
from geo.errors import BadRecord, RecordChanged
from geo.keeping import hiding, rows
from geo.keeping.records import (
    PLACE,
    Conflict,
    Edit,
    Json,
    Key,
    Record,
    action_of,
    checked,
    content,
    same,
)
from geo.keeping.rows import Kept, Step
from geo.keeping.tables import changes


def write(
    connection: sa.Connection,
    area: str,
    edits: Sequence[Edit],
    *,
    who: str,
    note: str,
    ground: Ground,
) -> int:
    """Write edits as one batch and return its number, 0 where they change nothing.

    Raises
    ------
    RecordChanged : a record has another version than its editor saw; nothing is written.
    BadRecord : an edit that can not be kept.
    """
    edits = [checked(edit) for edit in edits]
    _each_once(edits)
    found = hiding.hidden(connection, area, edits, note, ground)
    there = rows.by_key(connection, area, [edit.key for edit in found.edits])
    _unchanged(connection, area, found.edits, there)
    by = rows.writer(connection, area, who)
    made = [_step(edit, there.get(edit.key), found.note) for edit in found.edits]
    steps = [step for step in made if step is not None]
    districts = hiding.district_names([step.after for step in steps if step.after], ground)
    settled = [_settled(step, districts) for step in steps]
    rows.put(by, settled)
    hiding.forget(by, found.forget)
    return by.batch if settled or found.forget else 0


def _each_once(edits: Sequence[Edit]) -> None:
    twice = [key for key, times in Counter(edit.key for edit in edits).items() if times > 1]
    if twice:
        raise BadRecord(record=twice[0][1][:80], field="id")


def _unchanged(
    connection: sa.Connection, area: str, edits: Sequence[Edit], there: dict[Key, Kept]
) -> None:
    """Refuse edits of records that have another version than their editor saw."""
    conflicts = []
    for edit in edits:
        now = there[edit.key].record if edit.key in there else None
        if edit.expects != (now.version if now else 0):
            conflicts.append(Conflict(edit, now, _base(connection, area, edit)))
    if conflicts:
        theirs = conflicts[0].theirs
        error = RecordChanged(
            record=theirs.name if theirs else conflicts[0].mine.id,
            who=(theirs.changed_by if theirs else "") or "–",
            when=theirs.changed_at[:16].replace("T", " ") if theirs else "–",
            count=len(conflicts),
        )
        error.conflicts = tuple(conflicts)
        raise error


def _base(connection: sa.Connection, area: str, edit: Edit) -> Record | None:
    """Return the version of a record that its editor saw, from the log."""
    kind, record_id = edit.key
    history = rows.log_of(connection, area, changes.c.type == kind, changes.c.record == record_id)
    versions = (record for change in history for record in (change.after, change.before))
    return next((each for each in versions if each and each.version == edit.expects), None)


def _step(edit: Edit, there: Kept | None, note: str) -> Step | None:
    """Return what an edit changes; None where it changes nothing."""
    before = content(there.record) if there else None
    fields = dict(edit.fields)
    if edit.type == PLACE and edit.lon is not None:
        fields["reason"] = ""
    after = Record(edit.id, edit.type, 0, edit.status, edit.lon, edit.lat, fields)
    if before is not None and same(before, content(after)) and _reason(before) == _reason_of(after):
        return None
    base = there.base if there else None
    return Step(action_of(before, content(after)), there, after, base, note)


def _reason(kept: Json) -> object:
    return kept["fields"].get("reason")


def _reason_of(record: Record) -> object:
    return record.fields.get("reason")


def _settled(step: Step, districts: dict[Key, str]) -> Step:
    """Put in the district that the point is in."""
    if step.after is None or step.after.key not in districts:
        return step
    fields = {**step.after.fields, "district": districts[step.after.key]}
    after = Record(
        *(step.after.id, step.after.type, 0, step.after.status, step.after.lon, step.after.lat),
        fields,
    )
    return Step(step.action, step.before, after, step.base, step.note)
