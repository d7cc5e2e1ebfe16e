"""All that the store holds of an area, taken out and put in again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from geo.area.model import Area
from geo.errors import HousingHidden
from geo.store import protection
from geo.store import rows as store_rows
from geo.store import write as store_write
from geo.store.database import areas, changes
from geo.store.database import scenarios as scenario_table
from geo.store.model import PLACE, Change, Edit, Key, Record, Scenario
from geo.store.overlay import filed
from geo.store.rows import Kept


@dataclass(frozen=True)
class Whole:
    """Records with their files' versions, the log from its first line, scenarios, and when the
    files were made that were merged last.
    """

    records: tuple[Kept, ...]
    changes: tuple[Change, ...]
    scenarios: tuple[Scenario, ...]
    files_at: str = ""


@dataclass(frozen=True)
class Restored:
    """What a restore does. ``whole``: all of it went into an untouched store, log included; else
    its records are a new batch (0: they change nothing) and the store's own log goes on.
    """

    whole: bool
    batch: int
    added: int
    changed: int
    scenarios: int


def taken_out(connection: sa.Connection, key: str) -> Whole:
    """Return all that the store holds of an area."""
    wanted = sa.select(areas.c.files_at).where(areas.c.area == key)
    return Whole(
        tuple(store_rows.kept(connection, key)),
        tuple(reversed(store_rows.log_of(connection, key))),
        tuple(store_write.listed(connection, key)),
        str(connection.execute(wanted).scalar() or ""),
    )


def of_area(area: Area) -> Whole:
    """Return the same of an area that nobody ever edited."""
    kept = [
        Kept(
            Record(*(name, kind, 1, each["status"], each["lon"], each["lat"], each["fields"])),
            each,
            position,
        )
        for position, ((kind, name), each) in enumerate(filed(area).items())
    ]
    return Whole(tuple(kept), (), (), area.created)


def is_untouched(connection: sa.Connection, key: str) -> bool:
    """Return whether nobody has changed anything since the area's records were taken in."""
    wanted = sa.select(sa.func.count()).select_from(changes)
    edits = wanted.where(changes.c.area == key, changes.c.action != "take")
    saved = sa.select(sa.func.count()).select_from(scenario_table)
    saved = saved.where(scenario_table.c.area == key)
    return not connection.execute(edits).scalar() and not connection.execute(saved).scalar()


def put_in(connection: sa.Connection, key: str, whole: Whole) -> None:
    """Put all of it into an untouched store; changes get new numbers in their old order.

    Raises
    ------
    HousingHidden : something would disclose a protected housing.
    """
    _tell_nothing(whole)
    by = store_rows.writer(connection, key, "")
    store_rows.clear(by)
    store_rows.insert(by, whole.records)
    store_rows.log_again(by, whole.changes)
    for each in whole.scenarios:
        store_write.insert(connection, key, each)
    seen = sa.update(areas).where(areas.c.area == key)
    connection.execute(seen.values(files_at=whole.files_at, taken=True))


def as_edits(whole: Whole, there: dict[Key, Kept]) -> list[Edit]:
    """Return the records as edits of those there are."""
    return [
        Edit(
            *(each.record.id, each.record.type, _version(there.get(each.record.key))),
            status=each.record.status,
            lon=each.record.lon,
            lat=each.record.lat,
            fields=each.record.fields,
        )
        for each in whole.records
    ]


def new_scenarios(saved: Sequence[Scenario], whole: Whole) -> list[tuple[Scenario, int]]:
    """Return the scenarios that are not as they are saved, each with the version it replaces."""
    there = {each.id: each for each in saved}
    found = []
    for each in whole.scenarios:
        now = there.get(each.id)
        if now is None or (now.name, now.data) != (each.name, each.data):
            found.append((each, now.version if now else 0))
    return found


def _version(there: Kept | None) -> int:
    return there.record.version if there else 0


def _tell_nothing(whole: Whole) -> None:
    """Refuse what a person wrote of a protected housing into a file that we wrote."""
    told = [each.record for each in whole.records]
    told += [
        replace(each.record, lon=each.base["lon"], lat=each.base["lat"], fields=each.base["fields"])
        for each in whole.records
        if each.base
    ]
    logged = [record for change in whole.changes for record in (change.before, change.after)]
    told += [record for record in logged if record]
    if any(each.type == PLACE and protection.tells_of_protected(each) for each in told):
        raise HousingHidden()
