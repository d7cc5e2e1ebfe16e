"""From an import to records in the store of an area: what is new, what changes, what a person has
edited meanwhile and keeps, and what the file no longer has. One batch, undone as one.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.area.model import Area
from geo.area.protected import ENOUGH, HOUSING, SHAPE, says_restricted
from geo.area.record_fields import place_fields
from geo.ingest.checks.fixes import fixed
from geo.ingest.checks.thresholds import Fix
from geo.ingest.places.locate import APART
from geo.ingest.places.propose import ClosedPlace, Import
from geo.ingest.places.records import MARK, digest
from geo.store.model import CLOSED, OPEN, PLACE, Edit, Record
from geo.store.protection import ground_of
from geo.store.store import Store

NOTE = "import {file}"
"""What the log calls a batch."""
NEW_HIDDEN = f"{HOUSING}-new-"
"""How protected housing is called until the store has given it an id."""
CHECKED = "set_aside"
"""Why a place has no point whose point a check set aside (a key under ``unplaced.``)."""


@dataclass(frozen=True)
class Plan:
    """What carrying out an import does: edits, and ids of places by what becomes of them. ``kept``:
    edited by a person since the last import, and left so where the file says otherwise. ``gone``:
    of the same file before, and not in it now; they stay unless they are asked to be closed.
    ``closed``: closed by a person; they stay closed. ``closes``: open until now, or new, and closed
    by what the file says.
    """

    edits: tuple[Edit, ...]
    new: tuple[str, ...]
    changed: tuple[str, ...]
    same: tuple[str, ...]
    kept: tuple[str, ...]
    gone: tuple[str, ...]
    closed: tuple[str, ...]
    closes: tuple[str, ...] = ()


def carry_out(
    found: Import,
    area: Area,
    store: Store,
    *,
    who: str,
    fixes: Sequence[Fix] = (),
    close: Collection[str] = (),
) -> int:
    """Write an import into the store, after fixes of its problems; return the number of the batch,
    0 where nothing changes. ``close``: ids of records that the file no longer has, to be closed.

    Raises
    ------
    RecordChanged : somebody changed a record while this was prepared; nothing is written.
    """
    return carry_out_all((found,), area, store, who=who, fixes=fixes, close=close)


def carry_out_all(
    found: Sequence[Import],
    area: Area,
    store: Store,
    *,
    who: str,
    fixes: Sequence[Fix] = (),
    close: Collection[str] = (),
) -> int:
    """Write the imports of one file, one per kind, as one batch: see ``carry_out``."""
    store.take(area, who)
    planned = [plan(each, area, store, fixes=fixes, close=close) for each in found]
    edits = [edit for each in planned for edit in each.edits]
    if not edits:
        return 0
    note = NOTE.format(file=found[0].file)
    return store.write(edits, who=who, note=note, ground=ground_of(area))


def plan(
    found: Import,
    area: Area,
    store: Store | None,
    *,
    fixes: Sequence[Fix] = (),
    close: Collection[str] = (),
) -> Plan:
    """Return what carrying out would do; ``store`` is None where the area has none yet. ``close``:
    see ``carry_out``.
    """
    now = {each.id: each for each in _standing(area, store)}
    wanted = _renamed(_wanted(found, fixes), now, found)
    sorted_into: dict[str, list[str]] = {name: [] for name in ("new", "changed", "same", "closed")}
    kept, edits, closes = [], [], []
    for edit in wanted:
        record = now.get(edit.id)
        if record is None and edit.status == CLOSED:
            if edit.lon is not None:
                closes.append(edit.id)
                edits.append(edit)
            continue
        if record is None:
            sorted_into["new"].append(edit.id)
            edits.append(_to_be_named(edit))
            continue
        if _hides(edit.fields) and not _hides(record.fields):
            sorted_into["changed"].append(edit.id)
            edits.append(_to_be_named(edit))  # the store forgets what was known of it
            continue
        after, mine = _met(edit, record, _base(store, record, found.file))
        if mine:
            kept.append(edit.id)
        if record.status == CLOSED and edit.status == OPEN and after.status == CLOSED:
            sorted_into["closed"].append(edit.id)
        if record.status == OPEN and after.status == CLOSED:
            closes.append(edit.id)
            edits.append(after)
            continue
        changes = _content(after) != _content(record)
        sorted_into["changed" if changes else "same"].append(edit.id)
        edits += [after] if changes else []
    ids = {edit.id for edit in wanted}
    gone = [each.id for each in now.values() if _is_of(each, found) and each.id not in ids]
    edits += [_closing(now[own]) for own in gone if own in close]
    return Plan(
        edits=tuple(edits),
        new=tuple(sorted_into["new"]),
        changed=tuple(sorted_into["changed"]),
        same=tuple(sorted_into["same"]),
        kept=tuple(kept),
        gone=tuple(gone),
        closed=tuple(sorted_into["closed"]),
        closes=tuple(closes),
    )


def _closing(record: Record) -> Edit:
    return Edit(
        record.id, PLACE, record.version, CLOSED, record.lon, record.lat, dict(record.fields)
    )


def _standing(area: Area, store: Store | None) -> list[Record]:
    """Return the places of an area as records, from its store or, without one, from its files."""
    if store is not None and store.is_taken():
        return store.records(PLACE, status="")
    return [
        Record(edit.id, PLACE, 0, OPEN, edit.lon, edit.lat, edit.fields)
        for edit in _placed(area.places)
    ]


def _wanted(found: Import, fixes: Sequence[Fix]) -> list[Edit]:
    """Return what the file's places shall be, as if none of them were there."""
    places, unplaced = fixed(found.places, fixes)
    edits = _placed(places)
    lost = found.places[found.places["id"].isin(unplaced)]
    edits += [_without_point(edit) for edit in _placed(lost)]
    source = found.file
    for row in found.unplaced.to_dict("records"):
        fields = {
            **{"name": row["name"], "kind": found.kind, "address": row["address"]},
            **{"district": "", "source": source, "demonstration": False},
            **{"details": place_fields(str(row["details"])), "reason": row["reason"]},
        }
        edits.append(Edit(str(row["id"]), PLACE, 0, OPEN, None, None, fields))
    return [*edits, *(_closed(each, found) for each in found.closed)]


def _closed(each: ClosedPlace, found: Import) -> Edit:
    """Return a place that its file says is closed as a closed record: it can be opened again."""
    fields = {
        **{"name": each.row.name, "kind": found.kind, "address": each.row.address},
        **{"district": "", "source": found.file, "demonstration": False},
        **{"details": dict(each.row.details), "reason": ""},
    }
    lon, lat = (each.point.x, each.point.y) if each.point is not None else (None, None)
    return Edit(each.row.id, PLACE, 0, CLOSED, lon, lat, fields)


def _placed(places: gpd.GeoDataFrame) -> list[Edit]:
    edits = []
    rows = pd.DataFrame(places.drop(columns="geometry")).to_dict("records")
    for row, point in zip(rows, places.geometry, strict=True):
        fields = {
            **{name: row[name] for name in ("name", "kind", "address", "district", "source")},
            "demonstration": bool(row["demonstration"]),
            "details": place_fields(str(row["details"])),
            "reason": "",
        }
        edits.append(Edit(str(row["id"]), PLACE, 0, OPEN, point.x, point.y, fields))
    return edits


def _without_point(edit: Edit) -> Edit:
    fields = {**edit.fields, "district": "", "reason": CHECKED}
    return Edit(edit.id, PLACE, 0, OPEN, None, None, fields)


def _renamed(edits: list[Edit], now: Mapping[str, Record], found: Import) -> list[Edit]:
    """Give protected housing of the file the ids under which the store has it already: one that was
    not protected before its own, else, since its own are kept nowhere, it is known again by its
    region and by what is kept of it.
    """
    free = [
        each for each in now.values() if _hides(each.fields) and _file(each.fields) == found.file
    ]
    open_ones = {digest(each.id): each for each in now.values() if not _hides(each.fields)}
    named = []
    for number, edit in enumerate(edits, start=1):
        if not _hides(edit.fields):
            named.append(edit)
            continue
        told = found.known_as.get(edit.id, frozenset())
        match = next((open_ones[each] for each in sorted(told) if each in open_ones), None)
        if match is None:
            match = _hidden_before(edit, free)
        own = match.id if match is not None else f"{NEW_HIDDEN}{number}"
        version = match.version if match is not None and not _hides(match.fields) else 0
        named.append(Edit(own, PLACE, version, edit.status, edit.lon, edit.lat, edit.fields))
    return named


def _hidden_before(edit: Edit, free: list[Record]) -> Record | None:
    """Take the record that is most likely that of a protected housing from those not taken yet."""
    twins = [each for each in free if _twin(each, edit)]
    told = edit.fields["details"]
    match = next((each for each in twins if each.fields["details"] == told), None)
    match = match or next(iter(twins), None)
    if match is not None:
        free.remove(match)
    return match


def _to_be_named(edit: Edit) -> Edit:
    """Return new protected housing as the store names it: by the mark, from where it stands now,
    which is a spot of its region and no address.
    """
    if not _hides(edit.fields):
        return edit
    details = dict(edit.fields["details"])
    kept = {name: details[name] for name in details if name not in (SHAPE, ENOUGH)}
    fields = {**edit.fields, "details": {**kept, **MARK}}
    return Edit(edit.id, PLACE, edit.expects, edit.status, edit.lon, edit.lat, fields)


def _hides(fields: Mapping[str, Any]) -> bool:
    """Return whether fields are those of protected housing, made coarse or without a point."""
    details = dict(fields["details"])
    return fields["kind"] == HOUSING and (SHAPE in details or says_restricted(details))


def _twin(record: Record, edit: Edit) -> bool:
    return (record.lon, record.lat) == (edit.lon, edit.lat) and record.fields["details"].get(
        SHAPE
    ) == edit.fields["details"].get(SHAPE)


def _base(store: Store | None, record: Record, file: str) -> Record:
    """Return what the last import of the file made of a record, else what it was before anybody
    edited it.
    """
    if store is None or not store.is_taken():
        return record
    history = store.history(record.id, PLACE)
    for change in history:
        if change.note == NOTE.format(file=file) and change.after is not None:
            return change.after
    first = history[-1].before or history[-1].after if history else None
    return first or record


def _met(edit: Edit, record: Record, base: Record) -> tuple[Edit, bool]:
    """Return what a record shall be after the file: what a person edited since the last import
    stands, and so does a point the file does not have; and whether any such edit stood against the
    file.
    """
    file, mine, was = _flat(edit), _flat(record), _flat(base)
    after, stood = dict(file), False
    for name in {**file, **mine}:
        edited = mine.get(name) != was.get(name)
        lost_point = name == "point" and file["point"] is None and mine["point"] is not None
        if edited or lost_point or name not in file:
            if edited and file.get(name) not in (was.get(name), mine.get(name)):
                stood = True
            _set(after, name, mine)
    if after["point"] == mine["point"]:
        for name in ("fields.district", "fields.reason"):
            after[name] = mine.get(name, "")
    return _edit(record, after), stood


def _flat(each: Edit | Record) -> dict[str, Any]:
    fields = {f"fields.{name}": value for name, value in each.fields.items() if name != "details"}
    details = {f"details.{name}": value for name, value in each.fields["details"].items()}
    point = None if each.lon is None else (each.lon, each.lat)
    return {**fields, **details, "point": point, "status": each.status}


def _set(values: dict[str, Any], name: str, said: Mapping[str, Any]) -> None:
    if name in said:
        values[name] = said[name]
    else:
        values.pop(name, None)


def _edit(record: Record, flat: Mapping[str, Any]) -> Edit:
    fields = {name[7:]: value for name, value in flat.items() if name.startswith("fields.")}
    fields["details"] = {
        name[8:]: value for name, value in flat.items() if name.startswith("details.")
    }
    lon, lat = flat["point"] or (None, None)
    return Edit(record.id, PLACE, record.version, str(flat["status"]), lon, lat, fields)


def _content(each: Edit | Record) -> str:
    return json.dumps(_flat(each), sort_keys=True, default=str)


def _is_of(record: Record, found: Import) -> bool:
    """Return whether a record came from the same file, of the same kind, and is not closed."""
    fields = record.fields
    same = fields["kind"] == found.kind and _file(fields) == found.file
    return same and record.status == OPEN


def _file(fields: Mapping[str, Any]) -> str:
    return str(fields["source"]).split(APART)[0]
