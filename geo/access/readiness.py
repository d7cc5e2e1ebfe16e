"""What an area has, what it lacks, and what each lack makes unanswerable: one list for its front
page, the command line and whoever asks why an answer is thin.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from geo import presets
from geo.access.meeting.terms import arena_kinds
from geo.area import protected
from geo.area.activities.derived import activities_of
from geo.area.model import Area
from geo.area.newcomers import newcomers_of
from geo.area.people import NEW_RESIDENTS, RESIDENTS
from geo.area.protected import HOUSING
from geo.area.record_fields import cell, has_reception, place_fields, plain_record, rules

HAS, PARTLY, MISSING = "has", "partly", "missing"
OMRADE, IMPORT, ACTIVITIES, EDIT, WORK_LIST = "omrade", "import", "activities", "edit", "worklist"
"""Where a lack is mended: the page Område, or a task of the page Data."""
KEY_GROUPS = ("all", "children_0_4", NEW_RESIDENTS)
"""Groups of residents that most questions are about."""
PRESCHOOL = "preschool"


@dataclass(frozen=True)
class Ready:
    """A part of an area: ``state`` (``has``, ``partly``, ``missing``), how many are ``known``
    ``of`` how many there are, and where the rest is added. ``values`` are for its sentences.
    """

    part: str
    state: str
    known: int
    of: int
    where: str
    values: dict[str, Any] = field(default_factory=dict)


def readiness(area: Area) -> tuple[Ready, ...]:
    """Return what an area has and lacks, in the order one builds it; nothing of it is an estimate.

    Examples
    --------
    >>> from geo import open_area
    >>> [each.part for each in readiness(open_area("demo")) if each.state == "missing"]
    []
    """
    parts: tuple[Callable[[Area], Ready], ...] = (
        _paths,
        _districts,
        _residents,
        _housing,
        _rooms,
        _meeting_places,
        _activities,
        _hours,
        _capacities,
        _languages,
        _unplaced,
        _sources,
    )
    return tuple(part(area) for part in parts)


def _state(known: int, of: int) -> str:
    """Return how much is known; where there is nothing, nothing is known."""
    if not known:
        return MISSING
    return HAS if known >= of else PARTLY


def _paths(area: Area) -> Ready:
    edges = area.network.edges
    km = round(float(area.network.edge_m.sum()) / 1000)
    return Ready("paths", _state(edges, edges), edges, edges, OMRADE, {"km": km})


def _districts(area: Area) -> Ready:
    count = len(area.districts)
    return Ready("districts", _state(count, count), count, count, OMRADE)


def _residents(area: Area) -> Ready:
    """Groups of residents, with the year of each where it is known."""
    there = [name for name in area.groups if presets.group(name).origin == RESIDENTS]
    lacking = [name for name in KEY_GROUPS if name not in there]
    years = {
        group: source.date[:4]
        for source in area.sources
        if source.part == "people" and source.date
        for group in source.columns.keys() & set(there)
    }
    values = {"groups": there, "lacking": lacking, "years": years}
    undated = [name for name in there if name not in years]
    state = MISSING if not there else PARTLY if lacking or undated else HAS
    return Ready("residents", state, len(there), len(there) + len(lacking), OMRADE, values)


def _housing(area: Area) -> Ready:
    homes = area.places_of(HOUSING)
    counted = [each for each in newcomers_of(area) if np.isfinite(each.people)]
    values = {"people": round(float(sum(each.people for each in counted)))}
    state = _state(len(counted), len(homes))
    return Ready("housing", state, len(counted), len(homes), IMPORT, values)


def _rooms(area: Area) -> Ready:
    """Rooms where a desk or a café may open: of kinds with rooms, and receptions of housing."""
    rows = protected.in_the_open(area.places)
    rooms = int(rows["kind"].isin(set(presets.rooms()) - {HOUSING}).sum())
    homes = rows.loc[rows["kind"] == HOUSING, "details"]
    receptions = sum(has_reception(place_fields(str(details))) for details in homes)
    count = rooms + receptions
    return Ready("rooms", _state(count, count), count, count, IMPORT, {"receptions": receptions})


def _meeting_places(area: Area) -> Ready:
    count = int(area.places["kind"].isin(arena_kinds()).sum())
    return Ready("meeting_places", _state(count, count), count, count, IMPORT)


def _activities(area: Area) -> Ready:
    """Activities that somebody listed: a place's own opening hours are none of them."""
    count = len(area.activities)
    return Ready("activities", _state(count, count), count, count, ACTIVITIES)


def _hours(area: Area) -> Ready:
    found = activities_of(area)
    known = sum(each.times is not None for each in found)
    return Ready(
        "hours", _state(known, len(found)), known, len(found), EDIT if found else ACTIVITIES
    )


def _capacities(area: Area) -> Ready:
    """Preschools whose record says how many places there are; where only the enrolled are known,
    places are estimated.
    """
    preschools = area.places_of(PRESCHOOL)
    records = [plain_record(place_fields(str(details))) for details in preschools["details"]]
    columns = rules().columns
    known = sum(cell(record, columns["places"]) is not None for record in records)
    enrolled = sum(cell(record, columns["enrolled"]) is not None for record in records)
    values = {"enrolled": enrolled}
    where = EDIT if records else IMPORT
    return Ready("capacities", _state(known, len(records)), known, len(records), where, values)


def _languages(area: Area) -> Ready:
    """Housing whose residents' languages are known, and activities whose languages are."""
    homes, held = newcomers_of(area), activities_of(area)
    known = sum(bool(each.languages) for each in homes) + sum(bool(each.languages) for each in held)
    of = len(homes) + len(held)
    values = {"homes": sum(bool(each.languages) for each in homes)}
    return Ready("languages", _state(known, of), known, of, EDIT, values)


def _unplaced(area: Area) -> Ready:
    """Known records with a point, of those there are; the rest wait on the work list."""
    waiting = Counter(each.kind for each in area.unplaced)
    placed, lost = len(area.places), sum(waiting.values())
    state = PARTLY if lost else HAS
    values = {"kinds": dict(waiting), "waiting": lost}
    return Ready("unplaced", state, placed, placed + lost, WORK_LIST, values)


def _sources(area: Area) -> Ready:
    named = [source for source in area.sources if source.title and not source.demonstration]
    known = sum(bool(source.licence and source.date) for source in named)
    return Ready("sources", _state(known, len(named)), known, len(named), OMRADE)
