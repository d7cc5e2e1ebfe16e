"""What differs between two versions of a record, field by field: for the history, and for two
people who edited one record. Pure; writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, TypeAlias

from geo import texts
from geo.area.activities.occurrences import STOCKHOLM
from geo.area.protected import HOUSING
from geo.cells import written
from geo.sources.files.field_names import fields as our_fields
from geo.store.model import Change, Conflict, Edit, Record

MINE, THEIRS = "mine", "theirs"
DETAIL = "details."
POINT, STATUS = "point", "status"
FOLLOWS = ("district", "reason")
"""Fields that follow from the others: nobody chooses them."""
KEPT_FOR_GOOD = ("take", "hide")
"""What is never undone."""

Flat: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """A field in which two edits of a record differ. ``base``: what both began from. ``both``: both
    changed it, so a person must choose; else the side that changed it stands by itself.
    """

    field: str
    base: Any
    mine: Any
    theirs: Any
    both: bool

    @property
    def usual(self) -> str:
        """Whose version stands unless a person says otherwise."""
        return THEIRS if self.mine == self.base and not self.both else MINE


@dataclass(frozen=True)
class Batch:
    """What was written together. ``undoable``: it can be put back, if nobody changed it since."""

    number: int
    at: str
    by: str
    note: str
    changes: tuple[Change, ...]

    @property
    def undoable(self) -> bool:
        """Whether anything of it can be undone."""
        return any(change.action not in KEPT_FOR_GOOD for change in self.changes)


def differences(conflict: Conflict) -> tuple[Difference, ...]:
    """Return the fields in which a refused edit and what stands differ."""
    if conflict.theirs is None:
        return ()
    mine, theirs = flat(conflict.mine), flat(conflict.theirs)
    base = flat(conflict.base) if conflict.base else None
    found = []
    for name in dict.fromkeys([*mine, *theirs]):
        one, other = mine.get(name), theirs.get(name)
        if one == other or name in FOLLOWS:
            continue
        was = base.get(name) if base is not None else None
        both = base is None or was not in (one, other)
        found.append(Difference(name, was, one, other, both))
    return tuple(found)


def settled(conflict: Conflict, keep: Mapping[str, str]) -> Edit | None:
    """Return the edit that keeps what a person chose for each field (``mine`` or ``theirs``; else
    the usual). Where the record is gone it is made anew, if ``record`` is kept as mine; None:
    nothing is written.

    A housing that is gone may have become protected: it stays gone.
    """
    if conflict.theirs is None:
        again = keep.get("record") == MINE and conflict.mine.fields.get("kind") != HOUSING
        return _edit(conflict.mine, flat(conflict.mine), 0) if again else None
    after = flat(conflict.theirs)
    mine = flat(conflict.mine)
    for each in differences(conflict):
        if keep.get(each.field, each.usual) == MINE:
            if each.field in mine:
                after[each.field] = mine[each.field]
            else:
                after.pop(each.field, None)
    if after[POINT] == mine[POINT]:
        after.update({name: mine.get(name, "") for name in FOLLOWS})
    return _edit(conflict.theirs, after, conflict.theirs.version)


def flat(each: Record | Edit) -> Flat:
    """Return a version of a record as one value per field: its own, those of its details, its point
    (lon, lat; None without) and status.
    """
    fields = {name: value for name, value in each.fields.items() if name != "details"}
    details = {f"{DETAIL}{name}": value for name, value in each.fields.get("details", {}).items()}
    point = None if each.lon is None else (each.lon, each.lat)
    return {**fields, **details, POINT: point, STATUS: each.status}


def changed(change: Change) -> tuple[tuple[str, Any, Any], ...]:
    """Return the fields that a change of the log changed: name, before, after."""
    before = flat(change.before) if change.before else {}
    after = flat(change.after) if change.after else {}
    names = dict.fromkeys([*before, *after])
    return tuple(
        (name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name) and name != "reason"
    )


def batches(log: Sequence[Change]) -> tuple[Batch, ...]:
    """Return the log by batch, the latest first."""
    found = []
    for number, group in groupby(log, key=lambda change: change.batch):
        members = tuple(group)
        first = members[0]
        found.append(Batch(number, first.at, first.by, first.note, members))
    return tuple(found)


def field_name(field: str, language: str) -> str:
    """Return what people call a field; one of a file's own by the file's name for it."""
    own = f"data.field_{field}"
    if own in texts.catalogue(language):
        return texts.text(own, language)
    name = field.removeprefix(DETAIL)
    ours = our_fields().get(name)
    return ours.name(language) if ours else name


def value_words(field: str, value: Any, language: str) -> str:
    """Return a value as people read it; a dash for nothing."""
    if field == POINT:
        return f"{value[1]:.5f}, {value[0]:.5f}" if value else texts.text("data.no_point", language)
    if field == STATUS and value:
        return texts.text(f"data.status_{value}", language)
    if isinstance(value, bool):
        return texts.text("data.yes" if value else "data.no", language)
    return written(value) or "–"


def local_time(at: str) -> str:
    """Return when something was written, on the clock of its readers: ``2026-11-22 14:40``."""
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return at[:16].replace("T", " ")
    return f"{moment.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}"


def counted(changes: Iterable[Change]) -> dict[str, int]:
    """Return how many changes there are of each action, most first."""
    counts: dict[str, int] = {}
    for change in changes:
        counts[change.action] = counts.get(change.action, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


def _edit(head: Record | Edit, values: Flat, expects: int) -> Edit:
    fields = {
        name: value
        for name, value in values.items()
        if not name.startswith(DETAIL) and name not in (POINT, STATUS)
    }
    if "details" in head.fields:
        fields["details"] = {
            name.removeprefix(DETAIL): value
            for name, value in values.items()
            if name.startswith(DETAIL)
        }
    lon, lat = values[POINT] or (None, None)
    return Edit(head.id, head.type, expects, str(values[STATUS]), lon, lat, fields)
