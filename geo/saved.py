"""The scenarios saved for an area: listed, saved, deleted. What a scenario does is for
``geo.scenario``; how it is kept, for ``geo.store.store``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from geo.area.model import Area
from geo.errors import BadScenario, UnknownScenario
from geo.scenario import Scenario, checked, from_data, to_data
from geo.store.store import has_store, store_of
from geo.store.write import user


@dataclass(frozen=True)
class Saved:
    """A scenario as it is kept: under which id, which version, when and by whom it was saved."""

    id: str
    scenario: Scenario
    version: int
    at: str
    by: str


def saved_of(area: str, home: str | Path | None = None) -> tuple[Saved, ...]:
    """Return the scenarios saved for an area by name; what we can not read is passed over."""
    if not has_store(area, home):
        return ()
    found = []
    for row in store_of(area, home).scenarios():
        try:
            scenario = from_data(row.data)
        except BadScenario:  # written by another Närhet: it stays, but we can not use it
            continue
        found.append(Saved(row.id, scenario, row.version, row.changed_at, row.changed_by))
    return tuple(found)


def saved(area: str, name: str, home: str | Path | None = None) -> Saved:
    """Return a saved scenario by its id or name.

    Raises
    ------
    UnknownScenario : there is none; the message lists those there are.
    """
    there = saved_of(area, home)
    for one in there:
        if name in (one.id, one.scenario.name):
            return one
    known = ", ".join(one.id for one in there) or "–"
    raise UnknownScenario(found=name[:80], known=known)


def save(area: Area, scenario: Scenario, *, who: str = "", home: str | Path | None = None) -> Saved:
    """Save a scenario; one of the same name is replaced.

    Raises
    ------
    BadScenario : it has no name or changes nothing.
    ScenarioChanged : somebody else saves it at the same moment.
    """
    by = user(who)
    data = to_data(checked(scenario))
    store = store_of(area.id, home)
    store.take(area, by)
    version = {row.id: row.version for row in store.scenarios()}.get(scenario.id, 0)
    kept = store.save_scenario(scenario.id, scenario.name, data, who=by, expects=version)
    return Saved(kept.id, scenario, kept.version, kept.changed_at, kept.changed_by)


def delete(area: str, name: str, home: str | Path | None = None) -> Saved:
    """Delete a saved scenario by its id or name, and return it.

    Raises
    ------
    UnknownScenario : there is none.
    ScenarioChanged : somebody else saves it at the same moment.
    """
    one = saved(area, name, home)
    store_of(area, home).delete_scenario(one.id, expects=one.version)
    return one
