"""Repairs of the paths taken, with who and why, and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from geo.area.model import Area
from geo.errors import InputError
from geo.ingest.checks.network_repairs import ProposedRepair
from geo.network.repairs import Repair
from geo.store.model import CLOSED, OPEN, REPAIR, Edit, Record
from geo.store.protection import ground_of
from geo.store.store import has_store, store_of
from geo.store.write import user

WHY_LENGTH = 500


def take_repairs(
    area: Area,
    wanted: Sequence[ProposedRepair],
    why: str,
    *,
    who: str = "",
    home: str | Path | None = None,
) -> int:
    """Keep proposals as repairs of an area, with who took them and why, as one change; return its
    number. All answers use them from then on.

    Raises
    ------
    InputError ``repair_without_why`` : no reason is given.
    StoreError : the store cannot be used.
    """
    why = " ".join(why.split())[:WHY_LENGTH]
    if not why:
        raise InputError("repair_without_why")
    store = store_of(area.id, home)
    store.take(area, user(who))
    there = {each.id: each for each in store.records(REPAIR, status="")}
    edits = [_edit(each.repair, why, there.get(each.repair.id)) for each in wanted]
    return store.write(edits, who=user(who), ground=ground_of(area))


def _edit(repair: Repair, why: str, there: Record | None) -> Edit:
    lines = [[list(point) for point in line] for line in repair.lines]
    fields = {"name": why, "repair": repair.kind, "lines": lines}
    return Edit(repair.id, REPAIR, there.version if there else 0, OPEN, fields=fields)


def undo_repair(area: Area, repair: str, *, who: str = "", home: str | Path | None = None) -> int:
    """Take a repair back as a change of its own and return its number; the record stays, closed.

    Raises
    ------
    InputError ``unknown_repair`` : no such repair is taken.
    """
    taken = _taken(area, home)
    if repair not in taken:
        raise InputError("unknown_repair", found=repair[:80])
    there = taken[repair]
    edit = Edit(there.id, REPAIR, there.version, CLOSED, fields=there.fields)
    return store_of(area.id, home).write([edit], who=user(who), ground=ground_of(area))


def _taken(area: Area, home: str | Path | None) -> dict[str, Record]:
    if not has_store(area.id, home):
        return {}
    return {each.id: each for each in store_of(area.id, home).records(REPAIR)}
