"""A change to an Area, and the Area after it: places that open, and places that close. Scenarios
are saved in the store (``geo.store.store``).
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import presets, texts
from geo.access.gap_change import change_of, difference_line
from geo.access.gaps import Gap, headline
from geo.area.manifest import slug
from geo.area.model import Area
from geo.area.people import HOUSING, with_districts
from geo.area.provenance import Source
from geo.errors import BadScenario, InputError, SitingError
from geo.planning.siting.alternatives import order_of
from geo.planning.siting.instance import Placing, prepare
from geo.planning.siting.proposal import Proposal, choice_of, described, site_name
from geo.planning.siting.proposal import proposed as proposed_now
from geo.planning.siting.question import SitingQuestion
from geo.planning.siting.solve import solve
from geo.store.store import has_store, store_of
from geo.store.write import user
from geo.types import WGS84, Progress

MOST_NAME = 80
PREFIX = "scenario-"
"""Begins the ids of places that a scenario opens: no place of the area has such an id."""


@dataclass(frozen=True)
class Opened:
    """A place that opens: its kind, what it is called, and where (WGS84)."""

    kind: str
    name: str
    lon: float
    lat: float


@dataclass(frozen=True)
class KeptSite:
    """A site of a kept proposal: its candidate's id, and what it was called."""

    id: str
    name: str


@dataclass(frozen=True)
class KeptProposal:
    """A proposal as it is kept: its whole question, refusals and their reasons among it, and the
    sites that answered it.
    """

    question: SitingQuestion
    sites: tuple[KeptSite, ...]


@dataclass(frozen=True)
class Scenario:
    """What changes: ``opened`` places, and the ids of places that are ``closed``; ``proposal``
    where the places that open are the answer to a question.
    """

    name: str
    opened: tuple[Opened, ...] = ()
    closed: tuple[str, ...] = ()
    proposal: KeptProposal | None = None

    @property
    def id(self) -> str:
        """What it is kept under: its name in letters that can stand in a link."""
        return slug(self.name)


def after(area: Area, scenario: Scenario) -> Area:
    """Return the area as it would be; ``area`` itself stays as it is.

    What is cached for the area is not taken over: the area after has a key of its own.

    Raises
    ------
    InputError ``scenario_apart`` : a place that closes is not in the area.
    BadScenario : a place that opens has no position in the world, or is housing.
    InputError ``unknown_kind`` : it is of no kind we know.
    """
    ids = set(area.places["id"])
    missing = [one for one in scenario.closed if one not in ids]
    if missing:
        raise InputError(
            "scenario_apart", scenario=scenario.name, found=", ".join(missing)[:200], area=area.name
        )
    kept = area.places[~area.places["id"].isin(scenario.closed)]
    places = pd.concat([kept, _opened(area, scenario)], ignore_index=True)
    title = f"{scenario.name} (scenario)"
    sources = tuple(
        Source(kind, title, made="scenario", rows=sum(new.kind == kind for new in scenario.opened))
        for kind in dict.fromkeys(new.kind for new in scenario.opened)
    )
    return replace(
        area,
        places=gpd.GeoDataFrame(places, geometry="geometry", crs=WGS84),
        sources=(*area.sources, *sources),
        created=f"{area.created}~{_digest(scenario)}",
        _snaps={},
    )


def of_proposal(proposal: Proposal, name: str, language: str = "sv") -> Scenario:
    """Return the scenario that a proposal's sites open."""
    kind = proposal.placing.question.kind
    opened = tuple(
        Opened(kind, site_name(site, language), site.lon, site.lat) for site in proposal.sites
    )
    sites = tuple(KeptSite(new.id, site_name(new, language)) for new in proposal.sites)
    return checked(Scenario(name.strip(), opened, (), KeptProposal(proposal.question, sites)))


def proposed(
    area: Area,
    scenario: Scenario,
    *,
    progress: Progress | None = None,
    placing: Placing | None = None,
) -> Proposal:
    """Return a kept proposal as it was kept, computed again with the area as it is.

    Raises
    ------
    InputError ``no_proposal`` : nothing but places is kept under the name. InputError
    ``proposal_changed`` : the same question has another and better answer now. What ``prepare`` and
    ``propose`` raise.
    """
    kept = scenario.proposal
    if kept is None:
        raise InputError("no_proposal", found=scenario.name)
    placing = placing or prepare(area, kept.question, progress=progress)
    now = proposed_now(placing, progress=progress)
    ids = {site.id for site in kept.sites}
    if now.ids == ids:
        return now
    # The question may have several answers as good: the one that was kept is the one to show.
    try:
        columns = [placing.column(one) for one in sorted(ids)]
        forced = solve(placing, count=placing.question.count, also=columns, progress=progress)
    except SitingError as error:
        raise _proposal_changed(scenario, now) from error
    as_good = order_of(placing, replace(forced, walk_m=0.0)) <= order_of(placing, choice_of(now))
    if not as_good or len(forced.sites) != len(columns):
        raise _proposal_changed(scenario, now)
    return described(placing, replace(choice_of(now), sites=forced.sites))


def _proposal_changed(scenario: Scenario, now: Proposal) -> InputError:
    def listed(names: list[str]) -> str:
        return ", ".join(names)[:200] or "–"

    kept = () if scenario.proposal is None else scenario.proposal.sites
    return InputError(
        "proposal_changed",
        found=scenario.name,
        then=listed([site.name for site in kept]),
        now=listed([site_name(site, "sv") for site in now.sites]),
    )


def effect(before: Gap, changed: Gap, name: str, language: str) -> str:
    """Return in words a gap after a scenario, and how it differs from the gap before; both of one
    question.
    """
    said = headline(changed, language)
    difference = difference_line(change_of(before, changed), language)
    return texts.text("scenario.effect", language, name=name, after=said, difference=difference)


def checked(scenario: Scenario) -> Scenario:
    """Return a scenario that can be kept.

    Raises
    ------
    BadScenario : it has no name, or changes nothing; and as ``after`` for places that open.
    InputError ``unknown_kind`` : a place of no kind we know.
    """
    if not scenario.name.strip() or len(scenario.name) > MOST_NAME:
        raise BadScenario(found=scenario.name[:MOST_NAME] or "–")
    if not scenario.opened and not scenario.closed:
        raise BadScenario(found=scenario.name)
    for new in scenario.opened:
        _check(new)
    return scenario


def to_data(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario as a JSON value."""
    return {
        "name": scenario.name,
        "opened": [asdict(new) for new in scenario.opened],
        "closed": list(scenario.closed),
        **({} if scenario.proposal is None else {"proposal": proposal_data(scenario.proposal)}),
    }


def proposal_data(kept: KeptProposal) -> dict[str, Any]:
    """Return a kept proposal as a JSON value: ``question``, ``sites`` and who ``refused``."""
    return {
        "question": kept.question.to_data(),
        "sites": [asdict(site) for site in kept.sites],
        "refused": list(kept.question.excluded),
    }


def _kept_proposal(data: Any) -> KeptProposal | None:
    if data is None:
        return None
    sites = tuple(KeptSite(str(one["id"]), str(one["name"])) for one in data["sites"])
    return KeptProposal(SitingQuestion.from_data(data["question"]), sites)


def from_data(data: Any) -> Scenario:
    """Return the scenario that ``to_data`` wrote.

    Raises
    ------
    BadScenario : it is something else.
    """
    try:
        opened = tuple(
            Opened(str(new["kind"]), str(new["name"]), float(new["lon"]), float(new["lat"]))
            for new in data["opened"]
        )
        closed = tuple(str(one) for one in data["closed"])
        proposal = _kept_proposal(data.get("proposal"))
        return checked(Scenario(str(data["name"]), opened, closed, proposal))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, BadScenario):
            raise
        raise BadScenario(found=str(data)[:MOST_NAME]) from error


def _opened(area: Area, scenario: Scenario) -> gpd.GeoDataFrame:
    for new in scenario.opened:
        _check(new)
    count = len(scenario.opened)
    points = [shapely.Point(new.lon, new.lat) for new in scenario.opened]
    table = gpd.GeoDataFrame(
        {
            "id": [f"{PREFIX}{number}" for number in range(1, count + 1)],
            "name": [new.name for new in scenario.opened],
            "kind": [new.kind for new in scenario.opened],
            "address": "",
            "district": "",
            "source": f"{scenario.name} (scenario)",
            "demonstration": np.full(count, area.demonstration),
            "details": "",
        },
        geometry=gpd.GeoSeries(points, crs=WGS84),
    )
    return table.assign(district=with_districts(table, area.districts))


def _check(new: Opened) -> None:
    presets.kind(new.kind)
    there = math.isfinite(new.lon) and math.isfinite(new.lat)
    if not there or abs(new.lon) > 180 or abs(new.lat) > 90 or new.kind == HOUSING:
        raise BadScenario(found=f"{new.name}: {new.kind} {new.lon:g}, {new.lat:g}"[:200])


def _digest(scenario: Scenario) -> str:
    written = json.dumps(to_data(scenario), sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Saved:
    """A scenario as it is kept: under which id, which version, when and by whom it was saved."""

    id: str
    scenario: Scenario
    version: int
    at: str
    by: str


def saved_of(area: str, home: str | Path | None = None) -> tuple[Saved, ...]:
    """Return the scenarios saved for an area by name; what we cannot read is passed over."""
    if not has_store(area, home):
        return ()
    found = []
    for row in store_of(area, home).scenarios():
        try:
            scenario = from_data(row.data)
        except BadScenario:  # written by another Närhet: it stays, but we cannot use it
            continue
        found.append(Saved(row.id, scenario, row.version, row.changed_at, row.changed_by))
    return tuple(found)


def saved(area: str, name: str, home: str | Path | None = None) -> Saved:
    """Return a saved scenario by its id or name.

    Raises
    ------
    InputError ``unknown_scenario`` : there is none; the message lists those there are.
    """
    there = saved_of(area, home)
    for one in there:
        if name in (one.id, one.scenario.name):
            return one
    known = ", ".join(one.id for one in there) or "–"
    raise InputError("unknown_scenario", found=name[:80], known=known)


def save(area: Area, scenario: Scenario, *, who: str = "", home: str | Path | None = None) -> Saved:
    """Save a scenario; one of the same name is replaced.

    Raises
    ------
    BadScenario : it has no name or changes nothing.
    StoreError ``scenario_changed`` : somebody else saves it at the same moment.
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
    InputError ``unknown_scenario`` : there is none.
    StoreError ``scenario_changed`` : somebody else saves it at the same moment.
    """
    one = saved(area, name, home)
    store_of(area, home).delete_scenario(one.id, expects=one.version)
    return one
