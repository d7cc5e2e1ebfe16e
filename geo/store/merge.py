"""Files read anew meet the edits of people: three ways, by id and field. What only one side changed
is taken; where both did, the edit of a person stands and the conflict is logged.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from geo.area.model import Area
from geo.store import protection
from geo.store import rows as store_rows
from geo.store.database import areas, changes
from geo.store.model import (
    CLOSED,
    DERIVED,
    DETAILS,
    FILES,
    FileChange,
    Json,
    Key,
    Record,
    action_of,
    content,
    same,
)
from geo.store.overlay import filed, without
from geo.store.rows import Kept, Step, Writer
from geo.store.write import undo_steps

POINT = "point"
GONE = "gone"


@dataclass(frozen=True)
class Clash:
    """A field that a file and a person both changed: the person's stands. ``field`` is ``gone``
    where the file has the record no more; a field of ``details`` stands by its own name.
    """

    record: str
    name: str
    field: str
    file: str
    kept: str


@dataclass(frozen=True)
class Merged:
    """What became of a merge: its batch (0: nothing changed) and what clashed."""

    batch: int = 0
    added: int = 0
    changed: int = 0
    closed: int = 0
    clashes: tuple[Clash, ...] = ()


def take(connection: sa.Connection, area: Area, key: str, who: str) -> int:
    """Make records of the places and activities of an area, once; return how many."""
    head = connection.execute(sa.select(areas).where(areas.c.area == key)).one()
    if head.taken:
        return 0
    by = store_rows.writer(connection, key, who)
    files = filed(area)
    there = store_rows.by_key(connection, key, files)
    first = max((each.position for each in there.values()), default=-1) + 1
    new = [
        Kept(_record(name, each, by), each, first + at)
        for at, (name, each) in enumerate(files.items())
        if name not in there
    ]
    store_rows.insert(by, new)
    store_rows.note(by, "take", str(len(new)))
    _seen(connection, key, area.created)
    return len(new)


def merge(connection: sa.Connection, area: Area, key: str, who: str) -> Merged:
    """Merge the present content of an area's files into its records."""
    if area.created and files_at(connection, key) >= area.created:
        return Merged()  # another process was first
    if take(connection, area, key, who):
        return Merged()
    by = store_rows.writer(connection, key, who)
    there = {each.record.key: each for each in store_rows.kept(connection, key)}
    return _merged(by, area, _files_of(connection, area, key), there)


def read_files(
    connection: sa.Connection,
    area: Area,
    key: str,
    change: FileChange,
    *,
    who: str,
    again: Collection[Key] = (),
) -> Merged:
    """Merge files that were just read, as one batch with a line that tells of them.

    Parameters
    ----------
    change : what was done; the records of its ``batch``, where it undoes one, are put back.
    again : what a person has just read from a file: such a record that was undone comes back.

    Raises
    ------
    UndoBlocked : records of the batch were changed later.
    """
    files = _files_of(connection, area, key)
    undone = undo_steps(connection, key, change.batch, files) if change.batch else []
    by = store_rows.writer(connection, key, who)
    store_rows.put(by, undone)
    there = {each.record.key: each for each in store_rows.kept(connection, key)}
    for name in _undone(connection, key, there, again):
        each = there[name]
        assert each.base is not None
        there[name] = Kept(each.record, {**each.base, "status": CLOSED}, each.position)
    merged = _merged(by, area, files, there)
    store_rows.note(by, FILES, json.dumps(vars(change), ensure_ascii=False))
    return replace(merged, batch=by.batch)


def _files_of(connection: sa.Connection, area: Area, key: str) -> dict[Key, Json]:
    """Return what the files of an area hold, but what was forgotten when it became protected."""
    return filed(without(area, protection.forgotten(connection, key)))


def _undone(
    connection: sa.Connection, key: str, there: Mapping[Key, Kept], again: Collection[Key]
) -> list[Key]:
    """Return the records that are closed since a file that held them was undone."""
    found = []
    for name in again:
        each = there.get(name)
        if each is None or each.base is None or each.record.status != CLOSED:
            continue
        wanted = changes.c.type == name[0], changes.c.record == name[1]
        last = store_rows.log_of(connection, key, *wanted, most=1)
        found += [name for change in last if change.action == "undo"]
    return found


def _merged(by: Writer, area: Area, files: dict[Key, Json], there: dict[Key, Kept]) -> Merged:
    """Merge what files hold into the records there are."""
    steps: list[Step] = []
    quiet: list[Kept] = []
    clashed: list[Clash] = []
    for name, file in files.items():
        before = there.get(name)
        if before is None:
            steps.append(Step("add", None, _record(name, file, by), file))
        else:
            _meet(before, file, keep_base=area.edits > 0).sort_into(steps, quiet, clashed)
    for name, before in there.items():
        if name not in files and _left_its_file(before, written_with_edits=area.edits > 0):
            _gone(before).sort_into(steps, quiet, clashed)
    store_rows.put(by, steps)
    store_rows.rebase(by, quiet)
    _seen(by.connection, by.area, area.created)
    if not steps:
        return Merged()
    count = [step.action for step in steps]
    return Merged(
        *(by.batch, count.count("add"), len(steps) - count.count("add") - count.count("close")),
        *(count.count("close"), tuple(clashed)),
    )


def files_at(connection: sa.Connection, key: str) -> str:
    """Return when the files were made that were merged last."""
    wanted = sa.select(areas.c.files_at).where(areas.c.area == key)
    return str(connection.execute(wanted).scalar() or "")


def clashes(connection: sa.Connection, key: str, after: int) -> list[Clash]:
    """Return what clashed in merges since the change numbered ``after``."""
    wanted = changes.c.number > after, changes.c.action == "conflict"
    found = reversed(store_rows.log_of(connection, key, *wanted))
    return [Clash(**clash) for change in found for clash in json.loads(change.note)]


@dataclass(frozen=True)
class _Met:
    """What became of one record: as it stands, its new base, and what clashed."""

    before: Kept
    after: Json
    base: Json
    clashes: tuple[Clash, ...] = ()

    def sort_into(self, steps: list[Step], quiet: list[Kept], clashes: list[Clash]) -> None:
        """Log what changed and what clashed; only write down what the file says otherwise."""
        clashes += self.clashes
        old = content(self.before.record)
        if same(old, self.after) and not self.clashes:
            if self.base != self.before.base:
                fields = {**self.before.record.fields, **_derived(self.after)}
                record = replace(self.before.record, fields=fields)
                quiet.append(Kept(record, self.base, self.before.position))
            return
        action = "conflict" if self.clashes else action_of(old, self.after)
        record = _as_record(self.before.record, self.after)
        note = json.dumps([vars(each) for each in self.clashes], ensure_ascii=False)
        steps.append(Step(action, self.before, record, self.base, note if self.clashes else ""))


def _meet(before: Kept, file: Json, *, keep_base: bool) -> _Met:
    """Merge one record, field by field.

    ``keep_base``: the file was written with the edits in it, so what it says as the record does is
    no news of the file's.
    """
    record = before.record
    mine, theirs = _flat(content(record)), _flat(file)
    base = _flat(before.base) if before.base else {}
    clashes = []
    after, new_base = dict(mine), dict(base if keep_base else theirs)
    for name in {**mine, **theirs}:
        now, said, was = mine.get(name), theirs.get(name), base.get(name)
        if now == said:
            continue
        if keep_base:
            _set(new_base, name, theirs)
        if before.base is not None and now == was:
            _set(after, name, theirs)
        elif before.base is None or said != was:
            clashes.append(Clash(record.id, record.name, name, _shown(said), _shown(now)))
    if keep_base and before.base is None:
        new_base = dict(theirs)
    after |= {name: theirs.get(name) for name in DERIVED if after.get(POINT) == theirs.get(POINT)}
    return _Met(before, _deep(after), _deep(new_base), tuple(clashes))


def _left_its_file(before: Kept, *, written_with_edits: bool) -> bool:
    """Return whether a record that is not in the files was there; people may have taken it out of
    them.
    """
    if before.base is None or before.base["status"] == CLOSED:
        return False
    record = before.record
    return not written_with_edits or (record.status != CLOSED and record.is_placed)


def _gone(before: Kept) -> _Met:
    """Close a record whose row is gone from its file, unless a person edited it."""
    record, now = before.record, content(before.record)
    assert before.base is not None
    base = {**before.base, "status": CLOSED}
    if now["status"] == CLOSED:
        return _Met(before, now, base)
    if same(now, before.base):
        return _Met(before, {**now, "status": CLOSED}, base)
    clash = Clash(record.id, record.name, GONE, "", "")
    return _Met(before, now, base, (clash,))


def _flat(kept: Json) -> Json:
    """Lay the details of a record beside its fields: each is merged on its own."""
    fields = dict(kept["fields"])
    details = fields.pop(DETAILS, {})
    inner = details if isinstance(details, dict) else {"": details}
    flat = {f"{DETAILS}.{name}": value for name, value in inner.items()}
    return {**fields, **flat, "status": kept["status"], POINT: [kept["lon"], kept["lat"]]}


def _deep(flat: Mapping[str, Any]) -> Json:
    begin = f"{DETAILS}."
    fields = {
        name: value
        for name, value in flat.items()
        if not name.startswith(begin) and name not in ("status", POINT)
    }
    inner = {name.removeprefix(begin): value for name, value in flat.items() if begin in name[:8]}
    if inner or "reason" in fields:  # a place: an activity's details are a text
        fields[DETAILS] = inner.get("", "") if set(inner) == {""} else inner
    lon, lat = flat[POINT]
    return {"status": flat["status"], "lon": lon, "lat": lat, "fields": fields}


def _set(values: Json, name: str, said: Mapping[str, Any]) -> None:
    if name in said:
        values[name] = said[name]
    else:
        values.pop(name, None)


def _derived(kept: Json) -> Json:
    return {name: kept["fields"][name] for name in DERIVED if name in kept["fields"]}


def _record(name: Key, file: Json, by: Writer) -> Record:
    kind, record_id = name
    point = file["lon"], file["lat"]
    return Record(record_id, kind, 1, file["status"], *point, file["fields"], by.at, by.who)


def _as_record(record: Record, kept: Json) -> Record:
    return replace(
        record, status=kept["status"], lon=kept["lon"], lat=kept["lat"], fields=kept["fields"]
    )


def _seen(connection: sa.Connection, key: str, created: str) -> None:
    change = sa.update(areas).where(areas.c.area == key)
    connection.execute(change.values(files_at=created, taken=True))


def _shown(value: Any) -> str:
    words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return words[:200]
