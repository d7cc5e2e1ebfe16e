"""Keeps what is protected out of the database: transitional housing whose address is protected is
made coarse before anything is written, and what was known of one that becomes protected is gone.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import shapely
import sqlalchemy as sa

from geo import texts
from geo.area import protected
from geo.area.model import Area
from geo.area.people import with_districts
from geo.area.protected import HOUSING, SHAPE, Ground
from geo.area.provenance import PEOPLE, PLACES, empty_table
from geo.errors import HousingHidden
from geo.store import rows as store_rows
from geo.store.database import changes, records
from geo.store.model import ACTIVITY, DETAILS, PLACE, Edit, Key, Record
from geo.store.rows import Kept, Writer
from geo.types import WGS84

BEGIN = f"{HOUSING}-restricted-"
"""How the ids of hidden housing begin."""
MARK = "skyddad"
"""What is left of the words with which a file says that a housing without a point is protected."""


@dataclass(frozen=True, eq=False)
class Grounds(Ground):
    """The ground of an area with its residents, who decide how large a region must be."""

    people: gpd.GeoDataFrame


@dataclass(frozen=True)
class Hidden:
    """Edits as they may be kept; ``forget``: records of which nothing may be known any more."""

    edits: list[Edit]
    note: str
    forget: tuple[Kept, ...]


def ground_of(area: Area) -> Grounds:
    """Return the ground on which protected housing of an area is made coarse."""
    return Grounds(area.districts, area.boundary, area.network.crs, area.people)


def no_ground() -> Grounds:
    """Return the ground of an area that has none yet: nothing can be made coarse on it."""
    empty = empty_table(("name",))
    return Grounds(empty, gpd.GeoSeries([], crs=WGS84), str(WGS84), empty_table(PEOPLE))


def hidden(
    connection: sa.Connection, area: str, edits: Sequence[Edit], note: str, ground: Ground
) -> Hidden:
    """Return edits without what may not be known.

    Raises
    ------
    HousingHidden : an edit moves, names or addresses a housing that is hidden already.
    """
    raw = [edit for edit in edits if _says_restricted(edit)]
    ours = [edit for edit in edits if _is_hidden(edit) or edit.id.startswith(BEGIN)]
    if not raw and not ours:
        return Hidden(list(edits), note, ())
    there = store_rows.by_key(connection, area, [edit.key for edit in (*raw, *ours)])
    for edit in ours:
        if edit not in raw:
            _check_stays(edit, there.get(edit.key))
    ids = _ids(connection, area, raw, there)
    known = [there[edit.key] for edit in raw if edit.key in there and edit.id != ids[edit.id]]
    coarse = {edit.id: _renamed(edit, ids, there) for edit in _coarse(raw, ground)}
    changed = [coarse.get(edit.id, edit) if edit.type == PLACE else edit for edit in edits]
    following = _following(connection, area, known, ids, changed)
    return Hidden(
        [_at_new_place(edit, ids) for edit in [*changed, *following]],
        "" if any(_tells(note, edit) for edit in raw) else note,
        tuple(known),
    )


def forget(by: Writer, known: Sequence[Kept]) -> None:
    """Take records and all that the log holds of them out of the database, and log that: what is
    left is a seal, by which a row of a file that is read again is known.
    """
    for each in known:
        kind, record_id = each.record.key
        by.connection.execute(
            sa.delete(records).where(
                records.c.area == by.area, records.c.type == kind, records.c.id == record_id
            )
        )
        # The batches they were in stay whole in number; what they held is gone.
        by.connection.execute(
            sa.update(changes)
            .where(
                *(changes.c.area == by.area, changes.c.type == kind),
                changes.c.record == record_id,
            )
            .values(record="", action="hide", before=None, after=None, note="")
        )
    if known:
        salt = secrets.token_hex(16)
        seals = [_seal(salt, each.record.key) for each in known]
        store_rows.note(by, "hide", json.dumps({"salt": salt, "seals": seals}))


@dataclass(frozen=True)
class Forgotten:
    """Which places were forgotten when they became protected. ``key in forgotten`` tells."""

    seals: Mapping[str, frozenset[str]]
    """Of each salt."""

    def __bool__(self) -> bool:
        return bool(self.seals)

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, tuple):
            return False
        return any(_seal(salt, key) in found for salt, found in self.seals.items())


def forgotten(connection: sa.Connection, area: str) -> Forgotten:
    """Return what the log of an area knows as forgotten."""
    wanted = changes.c.action == "hide", changes.c.note != ""
    told = [json.loads(change.note) for change in store_rows.log_of(connection, area, *wanted)]
    return Forgotten({each["salt"]: frozenset(each["seals"]) for each in told})


def _seal(salt: str, key: Key) -> str:
    return hashlib.sha256("\0".join((salt, *key)).encode(errors="replace")).hexdigest()


def tells_of_protected(place: Record) -> bool:
    """Return whether a place is a protected housing with more in it than may be disclosed."""
    edit = Edit(place.id, place.type, 0, place.status, place.lon, place.lat, place.fields)
    if _says_restricted(edit):
        allowed = {*protected.kept_of(edit.fields[DETAILS]), MARK}
        named = edit.fields["name"] != texts.text("place.restricted", "sv")
        more = set(edit.fields[DETAILS]) - allowed
        return place.is_placed or named or bool(edit.fields["address"] or more)
    try:
        _check_stays(edit, None)
    except HousingHidden:
        return True
    return False


def district_names(places: Sequence[Record], ground: Ground) -> dict[Key, str]:
    """Return the district that each place with a point is in; none where there are no districts."""
    placed = [each for each in places if each.type == PLACE and each.is_placed]
    if not placed or ground.districts.empty:
        return {}
    points = gpd.GeoDataFrame(
        geometry=shapely.points([each.lon for each in placed], [each.lat for each in placed]),
        crs=WGS84,
    )
    names = with_districts(points, ground.districts)
    return {each.key: str(name) for each, name in zip(placed, names, strict=True)}


def _says_restricted(edit: Edit) -> bool:
    return (
        edit.type == PLACE
        and edit.fields["kind"] == HOUSING
        and SHAPE not in edit.fields[DETAILS]
        and protected.says_restricted(dict(edit.fields[DETAILS]))
    )


def _is_hidden(edit: Edit) -> bool:
    return edit.type == PLACE and SHAPE in edit.fields[DETAILS]


def _check_stays(edit: Edit, there: Kept | None) -> None:
    """Refuse an edit that would disclose more of a hidden housing than is kept of it."""
    fields, record = edit.fields, there.record if there else None
    if record is not None and SHAPE in record.fields[DETAILS]:
        moved = (record.lon, record.lat) != (edit.lon, edit.lat)
        shown = fields[DETAILS].get(SHAPE) != record.fields[DETAILS][SHAPE]
        if moved or shown:
            raise HousingHidden()
    if _is_hidden(edit):
        told = fields["name"] != texts.text("place.restricted", "sv") or fields["address"]
        more = set(fields[DETAILS]) - set(protected.kept_of(fields[DETAILS]))
        if told or more or fields["kind"] != HOUSING:
            raise HousingHidden()


def _coarse(raw: Sequence[Edit], ground: Ground) -> list[Edit]:
    """Return protected housing as it may be kept: a region, or without a point only counts."""
    placed = [edit for edit in raw if edit.lon is not None]
    coarse = [_only_counts(edit) for edit in raw if edit.lon is None]
    if not placed:
        return coarse
    table = [
        {name: edit.fields.get(name, "") for name in PLACES}
        | {"id": edit.id, DETAILS: json.dumps(edit.fields[DETAILS])}
        for edit in placed
    ]
    points = [shapely.Point(edit.lon, edit.lat) for edit in placed]
    people = ground.people if isinstance(ground, Grounds) else empty_table(PEOPLE)
    found = protected.coarsened(gpd.GeoDataFrame(table, geometry=points, crs=WGS84), people, ground)
    assert found is not None
    for edit, (_, row) in zip(placed, found[0].iterrows(), strict=True):
        told = {name: row[name] for name in ("name", "address", "district")}
        fields = {**edit.fields, **told, DETAILS: json.loads(row["details"])}
        coarse.append(replace(edit, lon=row.geometry.x, lat=row.geometry.y, fields=fields))
    return coarse


def _only_counts(edit: Edit) -> Edit:
    details = {**protected.kept_of(edit.fields[DETAILS]), MARK: "ja"}
    told = {"name": texts.text("place.restricted", "sv"), DETAILS: details}
    blank = {"address": "", "district": "", "reason": "protected"}
    return replace(edit, fields={**edit.fields, **blank, **told})


def _renamed(edit: Edit, ids: Mapping[str, str], there: Mapping[Key, Kept]) -> Edit:
    """Return an edit with its new id; it expects no record there, if it saw the old one as it
    is.
    """
    new_id = ids[edit.id]
    if new_id == edit.id:
        return edit
    now = there[edit.key].record.version if edit.key in there else 0
    return replace(edit, id=new_id, expects=0 if edit.expects == now else -1)


def _ids(
    connection: sa.Connection, area: str, raw: Sequence[Edit], there: Mapping[Key, Kept]
) -> dict[str, str]:
    """Return a new id for each: the old one may disclose who it is. One that is ours already is
    kept.
    """
    like = records.c.id.startswith(BEGIN, autoescape=True)
    logged = changes.c.record.startswith(BEGIN, autoescape=True)
    taken = set(connection.scalars(sa.select(records.c.id).where(records.c.area == area, like)))
    once = sa.select(changes.c.record).where(changes.c.area == area, logged)
    taken |= set(connection.scalars(once))
    ids: dict[str, str] = {}
    number = 0
    for edit in raw:
        if edit.key in there and edit.id.startswith(BEGIN):
            ids[edit.id] = edit.id
            continue
        while (number := number + 1) and f"{BEGIN}{number}" in taken:
            pass
        ids[edit.id] = f"{BEGIN}{number}"
    return ids


def _following(
    connection: sa.Connection,
    area: str,
    known: Sequence[Kept],
    ids: Mapping[str, str],
    edits: Sequence[Edit],
) -> list[Edit]:
    """Return edits of activities at housing that gets a new id."""
    if not known:
        return []
    mine = {edit.key for edit in edits}
    old = {each.record.id for each in known}
    found = store_rows.kept(connection, area, records.c.type == ACTIVITY)
    return [
        Edit(
            *(each.record.id, ACTIVITY, each.record.version, each.record.status),
            fields={**each.record.fields, "place": ids[str(each.record.fields["place"])]},
        )
        for each in found
        if each.record.fields.get("place") in old and each.record.key not in mine
    ]


def _at_new_place(edit: Edit, ids: Mapping[str, str]) -> Edit:
    place: Any = edit.fields.get("place")
    if edit.type != ACTIVITY or place not in ids:
        return edit
    return replace(edit, fields={**edit.fields, "place": ids[place]})


def _tells(note: str, edit: Edit) -> bool:
    """Return whether a note holds what may not be known of a housing."""
    words = [edit.id, *(str(edit.fields.get(name, "")) for name in ("name", "address"))]
    words += [str(value) for value in edit.fields[DETAILS].values()]
    low = note.lower()
    return any(len(word) > 2 and word.lower() in low for word in words)
