"""Reads records and changes from the tables and puts them there: each change to a record and its
line in the log go together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from geo import clock
from geo.store.database import changes, records
from geo.store.model import Change, Json, Key, Record, content, from_json, same, to_json

MANY = 500
"""How many ids one question to the database names."""


@dataclass(frozen=True)
class Kept:
    """A record with its file's version (None: no file has it) and its place in the order."""

    record: Record
    base: Json | None
    position: int


@dataclass(frozen=True)
class Step:
    """A change about to be made: ``after`` None removes the record. ``base`` as in ``Kept``."""

    action: str
    before: Kept | None
    after: Record | None
    base: Json | None = None
    note: str = ""


@dataclass(frozen=True)
class Writer:
    """Who writes, when and in which batch of which area."""

    connection: sa.Connection
    area: str
    batch: int
    who: str
    at: str


def writer(connection: sa.Connection, area: str, who: str) -> Writer:
    """Begin a batch."""
    last = sa.select(sa.func.max(changes.c.batch)).where(changes.c.area == area)
    batch = (connection.execute(last).scalar() or 0) + 1
    return Writer(connection, area, batch, who, clock.now().isoformat())


def latest(connection: sa.Connection, area: str) -> int:
    """Return the number of the latest change of an area, 0 when none."""
    last = sa.select(sa.func.max(changes.c.number)).where(changes.c.area == area)
    return connection.execute(last).scalar() or 0


def kept(connection: sa.Connection, area: str, *conditions: Any) -> list[Kept]:
    """Return the records that meet the conditions, in order."""
    wanted = sa.select(records).where(records.c.area == area, *conditions)
    found = connection.execute(wanted.order_by(records.c.position, records.c.id))
    return [_kept(row) for row in found]


def by_key(connection: sa.Connection, area: str, keys: Iterable[Key]) -> dict[Key, Kept]:
    """Return the records of some types and ids."""
    ids = sorted({record_id for _, record_id in keys})
    found: dict[Key, Kept] = {}
    for at in range(0, len(ids), MANY):
        for each in kept(connection, area, records.c.id.in_(ids[at : at + MANY])):
            found[each.record.key] = each
    return found


def last_versions(connection: sa.Connection, area: str, keys: Iterable[Key]) -> dict[Key, int]:
    """Return the last version of records that once were: a new one with the id counts on."""
    ids = sorted({record_id for _, record_id in keys})
    found: dict[Key, int] = {}
    for at in range(0, len(ids), MANY):
        version = sa.func.max(changes.c.version)
        wanted = sa.select(changes.c.type, changes.c.record, version).where(
            changes.c.area == area, changes.c.record.in_(ids[at : at + MANY])
        )
        for row in connection.execute(wanted.group_by(changes.c.type, changes.c.record)):
            found[row[0], row[1]] = row[2]
    return found


def log_of(connection: sa.Connection, area: str, *conditions: Any, most: int = 0) -> list[Change]:
    """Return the changes that meet the conditions, the latest first; at most ``most`` if given."""
    wanted = sa.select(changes).where(changes.c.area == area, *conditions)
    wanted = wanted.order_by(changes.c.number.desc())
    return [_change(row) for row in connection.execute(wanted.limit(most) if most else wanted)]


def put(by: Writer, steps: Sequence[Step]) -> None:
    """Make changes and log them."""
    new = [step for step in steps if step.before is None and step.after is not None]
    versions = last_versions(by.connection, by.area, [_key(step) for step in new])
    position = _last_position(by)
    log: list[Json] = []
    added: list[Kept] = []
    changed: list[Kept] = []
    removed: list[Key] = []
    for step in steps:
        before = step.before.record if step.before else None
        after = step.after
        if after is not None:
            version = before.version + 1 if before else versions.get(after.key, 0) + 1
            after = replace(after, version=version, changed_at=by.at, changed_by=by.who)
        if after is None:
            removed.append(_key(step))
        elif step.before is None:
            position += 1
            added.append(Kept(after, step.base, position))
        else:
            changed.append(Kept(after, step.base, step.before.position))
        log.append(_line(by, step, before, after))
    insert(by, added)
    rebase(by, changed)
    _remove(by, removed)
    if log:
        by.connection.execute(sa.insert(changes), log)


def insert(by: Writer, new: Sequence[Kept]) -> None:
    """Insert records without logging each."""
    if new:
        rows = [{"area": by.area, **_columns(each)} for each in new]
        by.connection.execute(sa.insert(records), rows)


def rebase(by: Writer, changed: Sequence[Kept]) -> None:
    """Write records anew without logging each."""
    if changed:
        rows = [{**_columns(each), **_called(by, each.record.key)} for each in changed]
        by.connection.execute(sa.update(records).where(_IS), rows)


def note(by: Writer, action: str, words: str = "") -> None:
    """Log something that is no record's."""
    line = {"area": by.area, "batch": by.batch, "record": "", "type": "", "action": action}
    line |= {"version": 0, "at": by.at, "by": by.who, "before": None, "after": None, "note": words}
    by.connection.execute(sa.insert(changes), [line])


def log_again(by: Writer, log: Sequence[Change]) -> None:
    """Write changes that were logged elsewhere, in their order."""
    lines = [{"area": by.area, **_logged(change)} for change in log]
    if lines:
        by.connection.execute(sa.insert(changes), lines)


def clear(by: Writer) -> None:
    """Take all records and the whole log of an area away."""
    by.connection.execute(sa.delete(records).where(records.c.area == by.area))
    by.connection.execute(sa.delete(changes).where(changes.c.area == by.area))


def is_edited(record: Record, base: Json | None) -> bool:
    """Return whether a record differs from its file."""
    return base is None or not same(content(record), base)


def _last_position(by: Writer) -> int:
    last = sa.select(sa.func.max(records.c.position)).where(records.c.area == by.area)
    found = by.connection.execute(last).scalar()
    return -1 if found is None else int(found)


def _key(step: Step) -> Key:
    record = step.after or (step.before.record if step.before else None)
    assert record is not None
    return record.key


def _remove(by: Writer, removed: Sequence[Key]) -> None:
    if removed:
        by.connection.execute(sa.delete(records).where(_IS), [_called(by, key) for key in removed])


_IS = sa.and_(
    records.c.area == sa.bindparam("is_area"),
    records.c.type == sa.bindparam("is_type"),
    records.c.id == sa.bindparam("is_id"),
)
"""One record; ``_called`` says which."""


def _called(by: Writer, key: Key) -> Json:
    return {"is_area": by.area, "is_type": key[0], "is_id": key[1]}


def _columns(each: Kept) -> Json:
    record = each.record
    return {
        **{"id": record.id, "type": record.type, "version": record.version},
        **content(record),
        **{"changed_at": record.changed_at, "changed_by": record.changed_by},
        **{"base": each.base, "position": each.position},
        "edited": is_edited(record, each.base),
    }


def _line(by: Writer, step: Step, before: Record | None, after: Record | None) -> Json:
    known = after or before
    assert known is not None
    return {
        **{"area": by.area, "batch": by.batch, "record": known.id, "type": known.type},
        **{"action": step.action, "at": by.at, "by": by.who, "note": step.note},
        "version": known.version if after else known.version + 1,
        **{"before": to_json(before), "after": to_json(after)},
    }


def _logged(change: Change) -> Json:
    """Return a change as the log's table has it, but its area and number."""
    known = change.after or change.before
    version = change.after.version if change.after else (known.version + 1 if known else 0)
    return {
        **{"batch": change.batch, "record": change.record, "type": change.type},
        **{"action": change.action, "version": version, "at": change.at, "by": change.by},
        **{"before": to_json(change.before), "after": to_json(change.after)},
        "note": change.note,
    }


def _kept(row: Any) -> Kept:
    record = Record(
        *(row.id, row.type, row.version, row.status, row.lon, row.lat, row.fields),
        *(row.changed_at, row.changed_by),
    )
    return Kept(record, row.base, row.position)


def _change(row: Any) -> Change:
    return Change(
        *(row.number, row.batch, row.record, row.type, row.action, row.at, row.by),
        *(from_json(row.before), from_json(row.after), row.note),
    )
