"""From what a person does on the page Data to edits of records: cells of a table, a click on the
map, a fix of a problem, activities read from a file, two versions of one record.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, TypeAlias
from uuid import uuid4

import geopandas as gpd
import pandas as pd

from geo import texts
from geo.area.activities.table import to_table
from geo.area.model import Area
from geo.area.protected import HOUSING, SHAPE, kept_of, says_restricted
from geo.area.provenance import Source
from geo.area.record_fields import APPROXIMATE, exact, is_reception, place_fields
from geo.cells import to_number, written
from geo.ingest.checks.fixes import fixed
from geo.ingest.checks.thresholds import Fix
from geo.ingest.geocoding.finder import mark_of
from geo.ingest.geocoding.match import Match
from geo.ingest.places.locate import APART
from geo.ingest.places.propose import suggested
from geo.sources.activities.reader import ActivitiesRead
from geo.sources.files.field_names import fields as our_fields
from geo.store.model import CLOSED, OPEN, PLACE, Change, Conflict, Edit, Record, edit_of
from geo.store.overlay import filed
from geo.store.store import Store

DETAIL = "details."
"""Begins the columns that stand in a place's details."""
OWN = ("name", "address")
MOST_COLUMNS = 8
"""Columns of details shown in a table: those that most records fill."""
RECEPTION = "reception"
"""The column of housing that is always there to fill in."""
BY_HAND = "by_hand"
"""Why a place that was added in the table has no point yet (a key under ``unplaced.``)."""
SET_ASIDE = "set_aside"

Values: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """A row of a draft: the record as its editor saw it (None: a new one), the cells as they are
    now by column, and whether the row was taken away.
    """

    record: Record | None
    values: Values
    closed: bool = False


@dataclass(frozen=True)
class Draft:
    """A table of records that a person edits. ``numbers``: columns that hold numbers only."""

    kind: str
    columns: tuple[str, ...]
    numbers: frozenset[str]
    rows: tuple[Row, ...]

    @property
    def shown(self) -> tuple[Row, ...]:
        """The rows that still stand."""
        return tuple(row for row in self.rows if not row.closed)

    def frame(self) -> pd.DataFrame:
        """Return the rows that still stand as a table: text and numbers, None for unknown."""
        cells = {}
        for column in self.columns:
            values = [row.values.get(column) for row in self.shown]
            dtype = "Float64" if column in self.numbers else "object"
            cells[column] = pd.Series(values, dtype=dtype)
        return pd.DataFrame(cells, columns=list(self.columns))


def standing(area: Area, store: Store | None, kind: str = "") -> tuple[Record, ...]:
    """Return the places of an area as records, closed ones too: from its store or, where nobody has
    edited it yet, as the store will take them.
    """
    if store is not None:
        found = store.records(PLACE, status="")
    else:
        found = [
            Record(name, PLACE, 1, each["status"], each["lon"], each["lat"], each["fields"])
            for (type, name), each in filed(area).items()
            if type == PLACE
        ]
    return tuple(each for each in found if not kind or each.fields["kind"] == kind)


def is_hidden(record: Record) -> bool:
    """Return whether a record is of protected housing: only its counts may be edited, and never a
    point shown or set.
    """
    if record.fields.get("kind") != HOUSING:
        return False
    details = dict(record.fields["details"])
    return SHAPE in details or says_restricted(details)


def told_apart(names: Mapping[str, str]) -> dict[str, str]:
    """Return a different label for each record by its id: those of one name have their id as well.
    A list to choose from returns only the labels.
    """
    times = Counter(names.values())
    return {own: name if times[name] == 1 else f"{name} ({own})" for own, name in names.items()}


def draft(records: Sequence[Record], kind: str, *, hidden: bool = False) -> Draft:
    """Return the open records of a kind as a table to edit. ``hidden``: protected housing, and of
    it the counts alone. Other housing has a column for its reception.
    """
    chosen = [each for each in records if each.status == OPEN and is_hidden(each) == hidden]
    known = [_scalars(kept_of(dict(each.fields["details"])) if hidden else each.fields["details"])
             for each in chosen]  # fmt: skip
    filled = Counter(name for details in known for name in details)
    details = [name for name, _ in filled.most_common(MOST_COLUMNS)]
    if hidden:
        details = [name for name in details if name != "region_enough"]
    elif kind == HOUSING and not any(is_reception(name) for name in details):
        details.append(RECEPTION)
    columns = (*(() if hidden else OWN), *(f"{DETAIL}{name}" for name in details))
    rows = tuple(Row(each, _values(each, columns)) for each in chosen)
    return Draft(kind, columns, _numeric(rows, columns), rows)


def applied(base: Draft, delta: Mapping[str, Any]) -> Draft:
    """Return a draft after what ``st.data_editor`` reports of a table of it: ``edited_rows`` by
    position, ``added_rows``, ``deleted_rows``. Cells it does not name stay.
    """
    shown = list(base.shown)
    for at, cells in (delta.get("edited_rows") or {}).items():
        row = shown[int(at)]
        cleaned = {name: _cleaned(cells[name]) for name in cells if name in base.columns}
        shown[int(at)] = replace(row, values={**row.values, **cleaned})
    for at in delta.get("deleted_rows") or ():
        shown[int(at)] = replace(shown[int(at)], closed=True)
    for cells in delta.get("added_rows") or ():
        told = {name: _cleaned(cells.get(name)) for name in base.columns}
        shown.append(Row(None, told))
    gone = [row for row in base.rows if row.closed]
    return replace(base, rows=tuple(row for row in (*shown, *gone) if row.record or not row.closed))


def edits(of: Draft, new_id: Callable[[], str] = lambda: uuid4().hex[:12]) -> tuple[Edit, ...]:
    """Return what a draft changes. A row that was taken away is closed, one that was added is a
    place without a point: it is on the work list.
    """
    found = []
    for row in of.rows:
        if row.record is None:
            told = {name: value for name, value in row.values.items() if value is not None}
            if told and not row.closed:
                found.append(_new(of.kind, told, f"{of.kind}-{new_id()}"))
        elif row.closed:
            found.append(edit_of(row.record, status=CLOSED))
        elif changed := _changed(row.record, row.values, of.columns):
            found.append(_with(row.record, changed))
    return tuple(found)


def added(kind: str, name: str, lon: float, lat: float) -> Edit:
    """Return a new place where a person clicked."""
    new = _new(kind, {"name": name.strip()}, f"{kind}-{uuid4().hex[:12]}")
    return replace(new, lon=lon, lat=lat, fields={**new.fields, "reason": ""})


def moved(record: Record, lon: float, lat: float, *, about: str = "") -> Edit:
    """Return a record at another point (WGS84); ``about``: it is approximate, and how."""
    details = exact(record.fields["details"]) | ({APPROXIMATE: about} if about else {})
    return edit_of(record, lon=lon, lat=lat, reason="", details=details)


def placed(record: Record, match: Match) -> Edit:
    """Return a record moved to where a suggestion has it; who knew the position is credited, and
    one that only says where about is marked so.
    """
    assert match.point is not None
    source = str(record.fields["source"])
    if "openstreetmap" in match.source.lower() and match.source not in source:
        source = APART.join(filter(None, (source, match.source)))
    edit = moved(record, match.point.x, match.point.y, about=mark_of(match) if match.near else "")
    return replace(edit, fields={**edit.fields, "source": source})


def addressed(area: Area, record: Record, address: str) -> tuple[Edit, Match]:
    """Return a record with another address, placed where that is known for certain."""
    edit = edit_of(record, address=address.strip())
    again = replace(record, fields=edit.fields)
    match = suggested(area, [again])[0]
    if match.certain and match.point is not None:
        return placed(again, match), match
    return replace(edit, fields={**edit.fields, "reason": match.reason}), match


def with_address(edit: Edit, address: str) -> Edit:
    """Return an edit that keeps an address as well."""
    return replace(edit, fields={**edit.fields, "address": address.strip()})


def with_details(edit: Edit, details: Mapping[str, Any]) -> Edit:
    """Return an edit that keeps more details as well."""
    kept = {**edit.fields["details"], **details}
    return replace(edit, fields={**edit.fields, "details": kept})


def fix_edits(
    fixes: Sequence[Fix], places: gpd.GeoDataFrame, records: Sequence[Record]
) -> tuple[Edit, ...]:
    """Return fixes of an area's places as edits of their records: what a fix takes away is closed,
    what loses its point waits on the work list.
    """
    after, unplaced = fixed(places, fixes)
    before, now = _by_id(places), _by_id(after)
    found = []
    for record in records:
        was, becomes = before.get(record.id), now.get(record.id)
        if was is None or record.status == CLOSED:
            continue
        if becomes is None and record.id in unplaced:
            found.append(edit_of(record, lon=None, lat=None, district="", reason=SET_ASIDE))
        elif becomes is None:
            found.append(edit_of(record, status=CLOSED))
        elif was != becomes:
            found.append(_differing(record, was, becomes))
    return tuple(found)


def _by_id(places: gpd.GeoDataFrame) -> dict[str, dict[str, Any]]:
    rows = pd.DataFrame(places.drop(columns="geometry")).to_dict("records")
    return {
        str(row["id"]): {
            **{str(name): value for name, value in row.items() if name != "details"},
            "details": place_fields(str(row["details"])),
            "point": (point.x, point.y),
        }
        for row, point in zip(rows, places.geometry, strict=True)
    }


def _differing(record: Record, was: Mapping[str, Any], becomes: Mapping[str, Any]) -> Edit:
    """Put into a record only what differs, so that its other fields stay as they are."""
    changes = {
        name: becomes[name]
        for name in ("name", "address", "district", "source", "kind")
        if was[name] != becomes[name]
    }
    details = dict(record.fields["details"])
    for name in {*was["details"], *becomes["details"]}:
        if was["details"].get(name) == becomes["details"].get(name):
            continue
        if name in becomes["details"]:
            details[name] = becomes["details"][name]
        else:
            details.pop(name, None)
    point = dict(zip(("lon", "lat"), becomes["point"], strict=True))
    at = point if was["point"] != becomes["point"] else {}
    return edit_of(record, details=details, **changes, **at)


def _scalars(details: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in details.items()
        if isinstance(value, (str, int, float)) and value != "" and name != SHAPE
    }


def _values(record: Record, columns: Sequence[str]) -> dict[str, Any]:
    known = _scalars(record.fields["details"])
    values = {}
    for column in columns:
        if column in OWN:
            values[column] = record.fields[column] or None
        else:
            values[column] = known.get(column.removeprefix(DETAIL))
    return values


def _numeric(rows: Sequence[Row], columns: Sequence[str]) -> frozenset[str]:
    """Return the columns all whose filled cells are numbers."""
    return frozenset(
        column
        for column in columns
        if column not in OWN
        and all(
            isinstance(cell, (int, float)) and not isinstance(cell, bool)
            for row in rows
            if (cell := row.values.get(column)) is not None
        )
    )


def _cleaned(cell: Any) -> Any:
    """Return a cell as it is kept: text without blanks around it, whole numbers whole, None for
    nothing.
    """
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, float):
        return None if math.isnan(cell) else int(cell) if cell.is_integer() else cell
    return cell


def _changed(record: Record, values: Values, columns: Sequence[str]) -> dict[str, Any]:
    """Return the cells that differ from the record. What was a number in a column of text is one
    still, if a number was written.
    """
    before = _values(record, columns)
    found = {}
    for column in columns:
        now, was = values.get(column), before[column]
        if isinstance(was, (bool, int, float)) and isinstance(now, str):
            number = to_number(now)
            words = {"true": True, "false": False}
            now = words.get(now.lower(), now) if isinstance(was, bool) else _cleaned(number) or now
        if now != was:
            found[column] = now
    return found


def _with(record: Record, changed: Values) -> Edit:
    details = dict(record.fields["details"])
    fields = {}
    for column, value in changed.items():
        name = column.removeprefix(DETAIL)
        if column in OWN:
            fields[column] = value or ""
        elif value is None:
            details.pop(name, None)
        else:
            details[name] = value
    return edit_of(record, details=details, **fields)


def _new(kind: str, told: Values, own_id: str) -> Edit:
    details = {name.removeprefix(DETAIL): told[name] for name in told if name not in OWN}
    fields = {
        **{name: str(told.get(name, "")) for name in OWN},
        **{"kind": kind, "district": "", "source": texts.text("data.by_hand", "sv")},
        **{"demonstration": False, "details": details, "reason": BY_HAND},
    }
    return Edit(own_id, PLACE, 0, OPEN, None, None, fields)


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


MINE, THEIRS = "mine", "theirs"
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
