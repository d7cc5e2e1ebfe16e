"""Saved scenarios: a name and a JSON value each, with a version. ``geo.planning.scenario`` reads
them.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from geo.errors import InputError, StoreError
from geo.store.database import scenarios
from geo.store.model import Scenario


def listed(connection: sa.Connection, area: str) -> list[Scenario]:
    """Return the scenarios of an area by name."""
    found = connection.execute(sa.select(scenarios).where(scenarios.c.area == area))
    return sorted((_scenario(row) for row in found), key=lambda each: (each.name, each.id))


def one(connection: sa.Connection, area: str, scenario_id: str) -> Scenario:
    """Return a scenario.

    Raises
    ------
    InputError ``unknown_scenario`` : there is none with this id.
    """
    row = connection.execute(sa.select(scenarios).where(_is(area, scenario_id))).one_or_none()
    if row is None:
        raise InputError("unknown_scenario", found=scenario_id[:80])
    return _scenario(row)


def save(
    connection: sa.Connection, area: str, new: Scenario, *, expects: int, who: str
) -> Scenario:
    """Save a scenario over the version ``expects`` (0: a new one), and return it.

    Raises
    ------
    StoreError ``scenario_changed`` : somebody else saved it meanwhile.
    InputError ``bad_record`` : its data are no JSON value.
    """
    try:
        data = json.loads(json.dumps(new.data, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError("bad_record", record=new.id[:80], field="data") from error
    row = connection.execute(sa.select(scenarios).where(_is(area, new.id))).one_or_none()
    if expects != (row.version if row else 0):
        raise _changed(row, new.id)
    now = datetime.now(UTC).isoformat()
    values: dict[str, Any] = {"name": new.name, "data": data, "version": expects + 1}
    values |= {"changed_at": now, "changed_by": who}
    if row is None:
        connection.execute(sa.insert(scenarios).values(area=area, id=new.id, **values))
    else:
        connection.execute(sa.update(scenarios).where(_is(area, new.id)).values(**values))
    return Scenario(new.id, new.name, data, expects + 1, now, who)


def insert(connection: sa.Connection, area: str, each: Scenario) -> None:
    """Insert a scenario as it was saved elsewhere."""
    connection.execute(sa.insert(scenarios).values(area=area, **vars(each)))


def delete(connection: sa.Connection, area: str, scenario_id: str, *, expects: int) -> None:
    """Delete a scenario of the version ``expects``.

    Raises
    ------
    InputError ``unknown_scenario``, StoreError ``scenario_changed`` : it is gone, or somebody else
    saved it meanwhile.
    """
    found = one(connection, area, scenario_id)
    if found.version != expects:
        raise _changed(found, scenario_id)
    connection.execute(sa.delete(scenarios).where(_is(area, scenario_id)))


def _changed(found: Any, scenario_id: str) -> StoreError:
    if found is None:
        return StoreError("scenario_changed", scenario=scenario_id[:80], who="–", when="–")
    when = found.changed_at[:16].replace("T", " ")
    return StoreError(
        "scenario_changed", scenario=found.name[:80], who=found.changed_by or "–", when=when
    )


def _is(area: str, scenario_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(scenarios.c.area == area, scenarios.c.id == scenario_id)


def _scenario(row: Any) -> Scenario:
    return Scenario(row.id, row.name, row.data, row.version, row.changed_at, row.changed_by)
