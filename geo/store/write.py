"""Edits become records, all or none: one of something that changed meanwhile refuses them all. A
batch is undone by a batch of its own. Also who works at the command line, or in a program that
names nobody.

Saved scenarios: a name and a JSON value each, with a version. ``geo.planning.scenario`` reads
them.
"""

from __future__ import annotations

import getpass
import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from geo import clock
from geo.area.protected import Ground
from geo.errors import InputError, RecordChanged, StoreError, UndoBlocked
from geo.store import protection
from geo.store import rows as store_rows
from geo.store.database import changes, scenarios
from geo.store.model import (
    CLOSED,
    FILES,
    OPEN,
    PLACE,
    Change,
    Conflict,
    Edit,
    Json,
    Key,
    Record,
    Scenario,
    action_of,
    checked,
    content,
    same,
)
from geo.store.rows import Kept, Step


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
    InputError ``bad_record`` : an edit that cannot be kept.
    """
    edits = [checked(edit) for edit in edits]
    _each_once(edits)
    found = protection.hidden(connection, area, edits, note, ground)
    there = store_rows.by_key(connection, area, [edit.key for edit in found.edits])
    _unchanged(connection, area, found.edits, there)
    by = store_rows.writer(connection, area, who)
    made = [_step(edit, there.get(edit.key), found.note) for edit in found.edits]
    steps = [step for step in made if step is not None]
    districts = protection.district_names([step.after for step in steps if step.after], ground)
    settled = [_settled(step, districts) for step in steps]
    store_rows.put(by, settled)
    protection.forget(by, found.forget)
    return by.batch if settled or found.forget else 0


def _each_once(edits: Sequence[Edit]) -> None:
    twice = [key for key, times in Counter(edit.key for edit in edits).items() if times > 1]
    if twice:
        raise InputError("bad_record", record=twice[0][1][:80], field="id")


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
            when=clock.local_time(theirs.changed_at) if theirs else "–",
            count=len(conflicts),
        )
        error.conflicts = tuple(conflicts)
        raise error


def _base(connection: sa.Connection, area: str, edit: Edit) -> Record | None:
    """Return the version of a record that its editor saw, from the log."""
    kind, record_id = edit.key
    history = store_rows.log_of(
        connection, area, changes.c.type == kind, changes.c.record == record_id
    )
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
    """Return a step with the district that the point is in."""
    if step.after is None or step.after.key not in districts:
        return step
    fields = {**step.after.fields, "district": districts[step.after.key]}
    after = Record(
        *(step.after.id, step.after.type, 0, step.after.status, step.after.lon, step.after.lat),
        fields,
    )
    return Step(step.action, step.before, after, step.base, step.note)


LASTING = ("take", "hide", FILES)
"""What is not undone by records: the first of them, what was forgotten of a protected place, and
files, which ``geo.ingest.file_changes`` puts back.
"""
NAMED = 5


def undo(connection: sa.Connection, area: str, batch: int, who: str) -> int:
    """Put back what was before a batch; return the number of the batch that does so.

    Raises
    ------
    InputError ``unknown_batch`` : there is no such batch, or it cannot be undone.
    UndoBlocked : records of it were changed later; nothing is undone.
    """
    steps = undo_steps(connection, area, batch)
    if not steps:
        raise InputError("unknown_batch", found=str(batch))
    by = store_rows.writer(connection, area, who)
    store_rows.put(by, steps)
    return by.batch


def undo_steps(
    connection: sa.Connection, area: str, batch: int, files: Mapping[Key, Json] | None = None
) -> list[Step]:
    """Return what puts back the records of a batch, the last changed first.

    Parameters
    ----------
    files : what the area's files hold once they are put back as well; None where they stay.

    Raises
    ------
    UndoBlocked : records of it were changed later.
    """
    found = store_rows.log_of(connection, area, changes.c.batch == batch)
    found = [change for change in found if change.action not in LASTING]
    if not found:
        return []
    keys = [(change.type, change.record) for change in found]
    there = store_rows.by_key(connection, area, keys)
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
    return [
        _undo_step(each, there.get((each.type, each.record)), batch, files)
        for each in reversed(found)
    ]


def _met(connection: sa.Connection, area: str, found: list[Change]) -> set[tuple[str, str]]:
    """Return the records whose file has changed since: what was before is no longer what the file
    has, so it is not put back unseen.
    """
    newest = max(change.number for change in found)
    conditions = (changes.c.action == "conflict", changes.c.number > newest)
    return {(each.type, each.record) for each in store_rows.log_of(connection, area, *conditions)}


def _stands(change: Change, there: Kept | None) -> bool:
    """Return whether a record is as a change left it: nobody changed it since, or what they did was
    undone as well.
    """
    if there is None or change.after is None:
        return there is None and change.after is None
    return same(content(there.record), content(change.after))


def _undo_step(
    change: Change, there: Kept | None, batch: int, files: Mapping[Key, Json] | None
) -> Step:
    base = there.base if there else None
    if files is not None:
        base = files.get((change.type, change.record))
    after = change.before
    if after is None and base is not None and base["status"] == OPEN and there is not None:
        # The file still has it: removed here, it would come back from there.
        now = there.record
        after = Record(now.id, now.type, 0, CLOSED, now.lon, now.lat, now.fields)
    return Step("undo", there, after, base, str(batch))


def _name(change: Change, there: Kept | None) -> str:
    known = (there.record if there else None) or change.after or change.before
    return known.name[:60] if known else change.record


def user(given: str = "") -> str:
    """Return the name given, else ``NARHET_USER``, else the login name, else nothing."""
    named = given.strip() or os.environ.get("NARHET_USER", "").strip()
    if named:
        return named
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # no login name, as in a container
        return ""


def listed(connection: sa.Connection, area: str) -> list[Scenario]:
    """Return the scenarios of an area by name."""
    found = connection.execute(sa.select(scenarios).where(scenarios.c.area == area))
    return sorted((_scenario(row) for row in found), key=lambda each: (each.name, each.id))


def one(connection: sa.Connection, area: str, scenario_id: str) -> Scenario:
    """Return a scenario.

    Raises
    ------
    InputError ``unknown_scenario`` : there is none with this id.
    """
    row = connection.execute(sa.select(scenarios).where(_is(area, scenario_id))).one_or_none()
    if row is None:
        raise InputError("unknown_scenario", found=scenario_id[:80])
    return _scenario(row)


def save(
    connection: sa.Connection, area: str, new: Scenario, *, expects: int, who: str
) -> Scenario:
    """Save a scenario over the version ``expects`` (0: a new one), and return it.

    Raises
    ------
    StoreError ``scenario_changed`` : somebody else saved it meanwhile.
    InputError ``bad_record`` : its data are no JSON value.
    """
    try:
        data = json.loads(json.dumps(new.data, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError("bad_record", record=new.id[:80], field="data") from error
    row = connection.execute(sa.select(scenarios).where(_is(area, new.id))).one_or_none()
    if expects != (row.version if row else 0):
        raise _changed(row, new.id)
    now = clock.now().isoformat()
    values: dict[str, Any] = {"name": new.name, "data": data, "version": expects + 1}
    values |= {"changed_at": now, "changed_by": who}
    if row is None:
        connection.execute(sa.insert(scenarios).values(area=area, id=new.id, **values))
    else:
        connection.execute(sa.update(scenarios).where(_is(area, new.id)).values(**values))
    return Scenario(new.id, new.name, data, expects + 1, now, who)


def insert(connection: sa.Connection, area: str, each: Scenario) -> None:
    """Insert a scenario as it was saved elsewhere."""
    connection.execute(sa.insert(scenarios).values(area=area, **vars(each)))


def delete(connection: sa.Connection, area: str, scenario_id: str, *, expects: int) -> None:
    """Delete a scenario of the version ``expects``.

    Raises
    ------
    InputError ``unknown_scenario``, StoreError ``scenario_changed`` : it is gone, or somebody else
    saved it meanwhile.
    """
    found = one(connection, area, scenario_id)
    if found.version != expects:
        raise _changed(found, scenario_id)
    connection.execute(sa.delete(scenarios).where(_is(area, scenario_id)))


def _changed(found: Any, scenario_id: str) -> StoreError:
    if found is None:
        return StoreError("scenario_changed", scenario=scenario_id[:80], who="–", when="–")
    when = clock.local_time(found.changed_at)
    return StoreError(
        "scenario_changed", scenario=found.name[:80], who=found.changed_by or "–", when=when
    )


def _is(area: str, scenario_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(scenarios.c.area == area, scenarios.c.id == scenario_id)


def _scenario(row: Any) -> Scenario:
    return Scenario(row.id, row.name, row.data, row.version, row.changed_at, row.changed_by)
