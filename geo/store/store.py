"""The store of an area: its records as people edited them, scenarios, and the log of every change.

SQLite beside the area, or PostgreSQL where ``NARHET_DATABASE_URL`` names one. A change that was
confirmed stays; a batch of changes is written whole or not at all, and can be undone whole. What is
protected never gets in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from geo.area.manifest import area_id, home_folder
from geo.area.model import Area
from geo.area.protected import Ground
from geo.errors import InputError
from geo.store import backup, protection
from geo.store import database as store_database
from geo.store import merge as store_merge
from geo.store import overlay as store_overlay
from geo.store import rows as store_rows
from geo.store import write as store_scenarios
from geo.store import write as store_write
from geo.store.backup import Restored, Whole
from geo.store.database import areas, changes, records
from geo.store.merge import Clash, Merged
from geo.store.model import (
    FILES,
    OPEN,
    PLACE,
    TYPES,
    Change,
    Edit,
    FileChange,
    Key,
    Record,
    Scenario,
)
from geo.store.write import user


def store_of(area: str, home: str | Path | None = None) -> Store:
    """Open the store of an area by id; it is made if there is none, and brought up to date.

    Raises
    ------
    StoreError ``store_unreachable``, ``store_busy``, ``store_damaged`` : the database cannot be
    used, and why.
    StoreError ``store_newer`` : a newer Närhet wrote it.
    """
    address = store_database.server_url()
    if address:
        return Store(area_id(area), store_database.on_server(address))
    return Store("", store_database.on_file(_file(area, home)))


def has_store(area: str, home: str | Path | None = None) -> bool:
    """Return whether an area has records in a store; makes none."""
    if not store_database.server_url() and not _file(area, home).is_file():
        return False
    return store_of(area, home).is_taken()


def edits_of(area: str, home: str | Path | None = None) -> int:
    """Return the number of the latest change of an area, 0 where it has no store: cheap to ask."""
    if not store_database.server_url() and not _file(area, home).is_file():
        return 0
    return store_of(area, home).revision()


def with_edits(area: Area, home: str | Path | None = None) -> Area:
    """Return an area that was read from its files as people edited it since; files that are newer
    than the store has seen are merged first.
    """
    if not has_store(area.id, home):
        return area
    store = store_of(area.id, home)
    if area.created > store.files_at():
        store.merge(area, user())
    return store.overlay(area)


class _OnlyTold(Exception):
    """Ends a dry run: nothing of it stays."""


@dataclass(frozen=True, eq=False)
class Store:
    """The store of one area.

    ``key`` names the area in the database: its id on a server, "" in a file of its own, which may
    be copied and renamed with its folder.
    """

    key: str
    engine: sa.Engine

    def revision(self) -> int:
        """Return the number of the latest change, 0 when none."""
        with store_database.reading(self.engine) as connection:
            return store_rows.latest(connection, self.key)

    def is_taken(self) -> bool:
        """Return whether the store has anything of the area."""
        with store_database.reading(self.engine) as connection:
            wanted = sa.select(areas.c.area).where(areas.c.area == self.key)
            return connection.execute(wanted).first() is not None

    def take(self, area: Area, who: str) -> int:
        """Make records of an area's places and activities, the first time; return how many.

        Call it with the area as it is open before the first edit; later calls do nothing.
        """
        with store_database.writing(self.engine, self.key) as connection:
            return store_merge.take(connection, area, self.key, who)

    def merge(self, area: Area, who: str) -> Merged:
        """Merge the present content of an area's files into its records; what people edited
        stands.
        """
        with store_database.writing(self.engine, self.key) as connection:
            return store_merge.merge(connection, area, self.key, who)

    def change_files(
        self,
        before: Area,
        write: Callable[[], Area],
        change: FileChange,
        *,
        who: str,
        again: Collection[Key] = (),
    ) -> tuple[Area, Merged]:
        """Write files of an area and merge them as one batch, which ``change`` tells of: both or
        neither is logged, and nobody else writes meanwhile.

        Parameters
        ----------
        before : the area as its files have it now.
        write : writes the files and returns the area with its new revision.
        again : as in ``geo.store.merge.read_files``.

        Raises
        ------
        UndoBlocked : what ``change`` undoes was changed later; nothing is written.
        """
        with store_database.writing(self.engine, self.key) as connection:
            store_merge.merge(connection, before, self.key, who)
            if change.batch:  # refused before anything is written
                store_write.undo_steps(connection, self.key, change.batch, {})
            area = write()
            change = replace(
                change,
                before=before.revision,
                after=area.revision,
                before_at=before.created,
                after_at=area.created,
            )
            merged = store_merge.read_files(
                connection, area, self.key, change, who=who, again=again
            )
            return area, merged

    def changed_files(self, batch: int) -> FileChange | None:
        """Return what a batch did with the area's files, None where it did nothing with them."""
        condition = changes.c.batch == batch, changes.c.action == FILES
        with store_database.reading(self.engine) as connection:
            found = store_rows.log_of(connection, self.key, *condition)
        return found[0].files if found else None

    def files_at(self) -> str:
        """Return when the files were made that were merged last (``Area.created``)."""
        with store_database.reading(self.engine) as connection:
            return store_merge.files_at(connection, self.key)

    def records(self, type: str = PLACE, *, status: str = OPEN) -> list[Record]:
        """Return the records of a type (``place``, ``activity``) in order.

        ``status`` is ``open``, ``closed``, or "" for both. Places without a point are among them.
        """
        conditions = [records.c.type == type]
        if status:
            conditions.append(records.c.status == status)
        return self._records(*conditions)

    def clashes(self, after: int) -> list[Clash]:
        """Return what clashed when files were merged since the change numbered ``after``."""
        with store_database.reading(self.engine) as connection:
            return store_merge.clashes(connection, self.key, after)

    def unplaced(self) -> list[Record]:
        """Return the open places without a point: the work list."""
        return self._records(
            *(records.c.type == PLACE, records.c.status == OPEN),
            sa.or_(records.c.lon.is_(None), records.c.lat.is_(None)),
        )

    def record(self, id: str, type: str = "") -> Record:
        """Return a record; of a place and an activity with one id, the place if no type is given.

        Raises
        ------
        InputError ``unknown_record`` : there is none.
        """
        found = {each.type: each for each in self._records(records.c.id == id)}
        for wanted in [type] if type else TYPES:
            if wanted in found:
                return found[wanted]
        raise InputError("unknown_record", found=id[:80])

    def history(self, id: str, type: str = "") -> list[Change]:
        """Return the changes of a record, the latest first."""
        conditions = [changes.c.record == id, *([changes.c.type == type] if type else [])]
        with store_database.reading(self.engine) as connection:
            return store_rows.log_of(connection, self.key, *conditions)

    def log(self, *, most: int = 200, before: int | None = None) -> list[Change]:
        """Return changes, the latest first; those numbered below ``before``, for the next page."""
        conditions = [] if before is None else [changes.c.number < before]
        with store_database.reading(self.engine) as connection:
            return store_rows.log_of(connection, self.key, *conditions, most=most)

    def write(self, edits: Sequence[Edit], *, who: str, note: str = "", ground: Ground) -> int:
        """Write edits, all or none; return the number of their batch, 0 where nothing changes.

        Districts follow from the points. Protected housing is made coarse first, gets an id of its
        own, and what was known of it before is forgotten.

        Parameters
        ----------
        ground : ``ground_of(area)``.

        Raises
        ------
        RecordChanged : somebody changed a record meanwhile. Its ``mine``, ``theirs`` and ``base``
            hold the versions; ``conflicts`` holds those of all such records.
        InputError ``bad_record`` : an edit that cannot be kept.
        HousingHidden : an edit would disclose more of a hidden housing than may be known.
        """
        with store_database.writing(self.engine, self.key) as connection:
            return store_write.write(connection, self.key, edits, who=who, note=note, ground=ground)

    def undo(self, batch: int, *, who: str) -> int:
        """Put back what was before a batch, as a new batch, and return its number.

        Raises
        ------
        UndoBlocked : records of it were changed later, named in the message and in ``records``.
        InputError ``unknown_batch`` : there is none, or it cannot be undone.
        """
        with store_database.writing(self.engine, self.key) as connection:
            return store_write.undo(connection, self.key, batch, who)

    def overlay(self, area: Area) -> Area:
        """Return an area (as its files have it) with the store's open, placed places and its
        activities, the people of housing made anew, and ``edits`` the store's revision.
        """
        with store_database.reading(self.engine) as connection:
            edited = store_rows.kept(connection, self.key, records.c.edited)
            revision = store_rows.latest(connection, self.key)
            forgotten = protection.forgotten(connection, self.key)
        return store_overlay.overlay(area, edited, revision, forgotten)

    def scenarios(self) -> list[Scenario]:
        """Return the saved scenarios by name."""
        with store_database.reading(self.engine) as connection:
            return store_scenarios.listed(connection, self.key)

    def scenario(self, id: str) -> Scenario:
        """Return a saved scenario, or raise ``unknown_scenario``."""
        with store_database.reading(self.engine) as connection:
            return store_scenarios.one(connection, self.key, id)

    def save_scenario(
        self, id: str, name: str, data: Any, *, who: str, expects: int = 0
    ) -> Scenario:
        """Save a scenario (``data``: any JSON value) and return it with its version.

        ``expects`` is the version its editor saw, 0 for a new one; ``scenario_changed`` means that
        somebody else saved it meanwhile.
        """
        new = Scenario(id, name, data, 0, "", "")
        with store_database.writing(self.engine, self.key) as connection:
            return store_scenarios.save(connection, self.key, new, expects=expects, who=who)

    def delete_scenario(self, id: str, *, expects: int) -> None:
        """Delete a scenario of the version its editor saw."""
        with store_database.writing(self.engine, self.key) as connection:
            store_scenarios.delete(connection, self.key, id, expects=expects)

    def everything(self) -> Whole:
        """Return all that the store holds of the area: see ``geo.output.files.backup``."""
        with store_database.reading(self.engine) as connection:
            return backup.taken_out(connection, self.key)

    def restore(
        self,
        told: Whole,
        *,
        who: str,
        ground: Ground,
        dry: bool = False,
        files: Collection[Key] | None = None,
    ) -> Restored:
        """Put in what ``everything`` returned: whole into a store that nobody changed yet, else its
        records as a new batch, and its scenarios.

        Parameters
        ----------
        dry : only report what would be done.
        files : the records that the area's files hold here, where that is known: one that they lack
            stands by itself, and is not taken for one that left its file.

        Raises
        ------
        InputError ``bad_record``, HousingHidden : something that cannot or may not be kept;
        nothing is changed.
        """
        try:
            with store_database.writing(self.engine, self.key) as connection:
                done = self._restored(connection, _standing(told, files), who, ground)
                if dry:
                    raise _OnlyTold
        except _OnlyTold:
            pass
        return done

    def _restored(
        self, connection: sa.Connection, told: Whole, who: str, ground: Ground
    ) -> Restored:
        there = store_rows.by_key(connection, self.key, [each.record.key for each in told.records])
        if backup.is_untouched(connection, self.key):
            backup.put_in(connection, self.key, told)
            new = len(told.records) - len(there)
            return Restored(True, 0, new, len(told.changes), len(told.scenarios))
        gone = protection.forgotten(connection, self.key)
        told = replace(
            told, records=tuple(each for each in told.records if each.record.key not in gone)
        )
        edits = backup.as_edits(told, there)
        batch = store_write.write(connection, self.key, edits, who=who, note="", ground=ground)
        log = store_rows.log_of(connection, self.key, changes.c.batch == batch) if batch else []
        added = sum(change.before is None for change in log)
        changed = backup.new_scenarios(store_scenarios.listed(connection, self.key), told)
        for each, expects in changed:
            store_scenarios.save(connection, self.key, each, expects=expects, who=who)
        return Restored(False, batch, added, len(log) - added, len(changed))

    def _records(self, *conditions: sa.ColumnElement[bool]) -> list[Record]:
        with store_database.reading(self.engine) as connection:
            return [each.record for each in store_rows.kept(connection, self.key, *conditions)]


def _standing(told: Whole, files: Collection[Key] | None) -> Whole:
    """Return records of which those that no file has here are nobody's but their own."""
    if files is None:
        return told
    kept = (each if each.record.key in files else replace(each, base=None) for each in told.records)
    return replace(told, records=tuple(kept))


def _file(area: str, home: str | Path | None) -> Path:
    return home_folder(home) / "areas" / area_id(area) / store_database.FILE
