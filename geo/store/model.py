"""What is kept: records, edits of them, changes, scenarios; and how a record stands as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from geo.errors import InputError

PLACE, ACTIVITY, REPAIR = "place", "activity", "repair"
TYPES = (PLACE, ACTIVITY, REPAIR)
OPEN, CLOSED = "open", "closed"
STATUSES = (OPEN, CLOSED)
FILES = "files"
"""The action of the line that tells of files: see ``Change``."""
_OF_REPAIRS = ("add", "close", "reopen")
"""The actions that have words of their own where a repair is what they change."""
DERIVED = ("district", "reason")
"""Fields that follow from the others: no edit by themselves."""
DETAILS = "details"
PLACE_FIELDS: Mapping[str, Any] = {
    **dict.fromkeys(("name", "kind", "address", "district", "source"), ""),
    **{"demonstration": False, DETAILS: {}, "reason": ""},
}
"""The fields of a place and what stands for unknown."""

Json: TypeAlias = dict[str, Any]
Key: TypeAlias = tuple[str, str]
"""The type and id of a record."""


@dataclass(frozen=True)
class Record:
    """A place, an activity or a repair of the paths as it is now. ``lon`` and ``lat`` (WGS84) are
    None where it has no point. ``version`` grows by one with each change.

    The fields of a place: ``name``, ``kind``, ``address``, ``district``, ``source``,
    ``demonstration``, ``details`` (a dict) and ``reason`` (why it has no point, else ""). Those of
    an activity: the columns of ``Area.activities`` but its id. Those of a repair: ``name`` (why),
    ``repair`` (its kind) and ``lines``, see ``geo.network.repairs``.
    """

    id: str
    type: str
    version: int
    status: str
    lon: float | None
    lat: float | None
    fields: Mapping[str, Any]
    changed_at: str = ""
    changed_by: str = ""

    @property
    def key(self) -> Key:
        """The type and id."""
        return self.type, self.id

    @property
    def is_placed(self) -> bool:
        """Whether it has a point."""
        return self.lon is not None and self.lat is not None

    @property
    def name(self) -> str:
        """What a person calls it: its name, else its address, else its id."""
        return str(self.fields.get("name") or self.fields.get("address") or self.id)


@dataclass(frozen=True)
class Edit:
    """What a record shall be after an edit. ``expects`` is the version its editor saw, 0 for a new
    record. Fields of a place that are not given are unknown.
    """

    id: str
    type: str
    expects: int
    status: str = OPEN
    lon: float | None = None
    lat: float | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """The type and id."""
        return self.type, self.id


@dataclass(frozen=True)
class Change:
    """A line of the log. ``number`` grows; all changes made together share a ``batch``.

    ``action`` is ``add``, ``change``, ``move``, ``close``, ``reopen``, ``conflict`` (a file had
    something else, and the edit of a person was kept), ``undo``, ``take`` (the area's records as
    they were at first; no record), ``files`` (files were read into the area: ``files`` says which;
    no record) or ``hide`` (a record that became protected: what was known of it is gone).
    """

    number: int
    batch: int
    record: str
    type: str
    action: str
    at: str
    by: str
    before: Record | None
    after: Record | None
    note: str = ""

    @property
    def text_key(self) -> str:
        """The key of the text that says what it did: a repair is taken, and taken back."""
        if self.type == REPAIR and self.action in _OF_REPAIRS:
            return f"store.repair_{self.action}"
        return f"store.action_{self.action}"

    @property
    def files(self) -> FileChange | None:
        """What was done with the area's files, where that is what this line says."""
        if self.action != FILES:
            return None
        kept = json.loads(self.note)
        return FileChange(**{**kept, "files": tuple(kept["files"])})


@dataclass(frozen=True)
class FileChange:
    """Something done with an area's files as one change: ``what`` (a key that begins with
    ``store.files_``), with which ``files``, and the revisions of its folder before and after.
    ``batch`` is the change that was undone, where that is what was done. ``before_at`` and
    ``after_at`` are when those revisions were made: another home may have others of their numbers.
    """

    what: str
    files: tuple[str, ...] = ()
    before: int = 0
    after: int = 0
    batch: int = 0
    before_at: str = ""
    after_at: str = ""


@dataclass(frozen=True)
class Scenario:
    """A saved scenario; its ``data`` (a JSON value) are read by ``geo.planning.scenario``."""

    id: str
    name: str
    data: Any
    version: int
    changed_at: str
    changed_by: str


@dataclass(frozen=True)
class Conflict:
    """Two edits of one record. ``mine`` was refused, ``theirs`` stands (None: the record is gone),
    ``base`` is what both began from (None where it was never logged).
    """

    mine: Edit
    theirs: Record | None
    base: Record | None


def edit_of(record: Record, **changes: Any) -> Edit:
    """Return an edit that leaves a record as it is but for ``changes``, such as ``status`` or a
    field by its name.
    """
    own = {name: changes.pop(name) for name in ("status", "lon", "lat") if name in changes}
    values = {"status": record.status, "lon": record.lon, "lat": record.lat, **own}
    fields = {**record.fields, **changes}
    return Edit(record.id, record.type, record.version, fields=fields, **values)


def checked(edit: Edit) -> Edit:
    """Return an edit whose fields are complete and can be kept.

    Raises
    ------
    InputError ``bad_record`` : a field that cannot be kept; the message says which.
    """
    if edit.type not in TYPES or edit.status not in STATUSES or not edit.id:
        raise InputError("bad_record", record=edit.id[:80], field="type, status, id")
    if (edit.lon is None) != (edit.lat is None):
        raise InputError("bad_record", record=edit.id[:80], field="lon, lat")
    for value, most in ((edit.lon, 180.0), (edit.lat, 90.0)):
        if value is not None and not (math.isfinite(value) and abs(value) <= most):
            raise InputError("bad_record", record=edit.id[:80], field="lon, lat")
    fields = dict(edit.fields)
    if edit.type == PLACE:
        fields = {**PLACE_FIELDS, **fields}
        if not isinstance(fields[DETAILS], Mapping):
            raise InputError("bad_record", record=edit.id[:80], field=DETAILS)
    lon, lat = (None if value is None else float(value) for value in (edit.lon, edit.lat))
    for name, value in fields.items():
        fields[name] = _as_kept(edit.id, name, value)
    return Edit(edit.id, edit.type, edit.expects, edit.status, lon, lat, fields)


def _as_kept(record: str, name: str, value: Any) -> Any:
    """Return a value as it comes back out of the database: what JSON makes of it."""
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError("bad_record", record=record[:80], field=name[:80]) from error


def content(record: Record | Edit) -> Json:
    """Return the content of a record, without versions and who wrote it, as a JSON object."""
    return {
        "status": record.status,
        "lon": record.lon,
        "lat": record.lat,
        "fields": dict(record.fields),
    }


def same(one: Json, other: Json) -> bool:
    """Return whether two contents are the same; what follows from other fields does not count."""
    return _essence(one) == _essence(other)


def action_of(before: Json | None, after: Json) -> str:
    """Name what an edit does."""
    if before is None:
        return "add"
    if before["status"] != after["status"]:
        return "close" if after["status"] == CLOSED else "reopen"
    moved = (before["lon"], before["lat"]) != (after["lon"], after["lat"])
    return "move" if moved and _essence(before)["fields"] == _essence(after)["fields"] else "change"


def to_json(record: Record | None) -> Json | None:
    """Return a record as it stands in the log."""
    if record is None:
        return None
    head = {"id": record.id, "type": record.type, "version": record.version}
    return {**head, **content(record), "at": record.changed_at, "by": record.changed_by}


def from_json(kept: Json | None) -> Record | None:
    """Return a record of the log."""
    if kept is None:
        return None
    return Record(
        *(kept["id"], kept["type"], kept["version"], kept["status"], kept["lon"], kept["lat"]),
        *(kept["fields"], kept["at"], kept["by"]),
    )


def _essence(kept: Json) -> Json:
    fields = {name: value for name, value in kept["fields"].items() if name not in DERIVED}
    return {**kept, "fields": fields}
