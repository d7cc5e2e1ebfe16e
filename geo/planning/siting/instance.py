"""A question laid out over an area: who is to be reached, from where, and how far it is. Made once;
``solve`` then puts questions about it to the models.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_array

from geo import presets
from geo.area.model import Area
from geo.area.people import HOUSING, RESIDENTS
from geo.area.provenance import Source
from geo.errors import AreaLacks, SitingError
from geo.network.distances import nearest, within
from geo.network.walk_network import Snapped
from geo.planning.siting.candidates import Candidates, candidates
from geo.planning.siting.question import COVER_ALL, COVERAGE, KEEP, SitingQuestion, checked
from geo.presets import Profile
from geo.types import WGS84, Bools, Floats, Ints, Progress

NEWCOMERS = "newcomers"
"""The group a balance weighs against the question's own."""
SAME_SPOT_M = 10.0
"""A candidate this near a place of the kind is that place."""
MOST_PAIRS = 20_000_000
"""More pairs of people and places than this are not held: walks beyond ``FAR_M`` are left out."""
FAR_M = 3_000.0
MOST_TIED_ROWS = 500
"""Among choices that reach as many, the shortest walk decides for no more rows of people than this:
so many seldom tie, and it is a question of its own.
"""


@dataclass(frozen=True, eq=False)
class Placing:
    """A question laid out: one row per row of ``area.people`` that counts, one column per candidate
    and then one per existing place of the kind.

    Attributes
    ----------
    rows : indices into ``area.people``. ``people`` : of the question's group. ``housing`` :
        residents of transitional housing where a balance is struck, else zero. ``weights`` : what
        a row counts for in the model.
    matrix : metres of the pairs within ``within_m`` (inf: all pairs with a way).
    start, goals : rows and columns on the network. ``before_m`` : metres to the nearest existing
        place, inf for none.
    off_paths : people of the group with no way to any column.
    """

    area: Area
    question: SitingQuestion
    candidates: Candidates
    existing: gpd.GeoDataFrame
    rows: Ints
    people: Floats
    housing: Floats
    weights: Floats
    matrix: csr_array
    within_m: float
    start: Snapped
    goals: Snapped
    before_m: Floats
    unknown: int
    estimated: bool
    sources: tuple[Source, ...]

    @property
    def profile(self) -> Profile:
        """How they walk."""
        return presets.profile(self.question.profile)

    @property
    def open_columns(self) -> Ints:
        """Columns of the existing places."""
        return np.arange(len(self.candidates), len(self.candidates) + len(self.existing))

    @property
    def costs(self) -> Floats:
        """Cost a candidate; NaN where unknown."""
        found: Floats = self.candidates.table["cost"].to_numpy(np.float64)
        return found

    @property
    def walk_decides(self) -> bool:
        """Whether the shortest walk decides among choices that reach as many."""
        asked = self.question
        few = 0 < len(self.rows) <= MOST_TIED_ROWS
        return few and asked.objective == COVERAGE and asked.budget is None

    @cached_property
    def alike(self) -> tuple[csr_array, Ints]:
        """Rows that reach the same columns as one: the matrix of the different rows, and which of
        them each row is. For objectives that ask whether, not how far.
        """
        first, indices = self.matrix.indptr.tolist(), self.matrix.indices
        seen: dict[bytes, int] = {}
        which = np.array(
            [
                seen.setdefault(indices[low:high].tobytes(), len(seen))
                for low, high in pairwise(first)
            ],
            dtype=np.int64,
        )
        _, one = np.unique(which, return_index=True)
        return self.matrix[one], which

    def asked(self, question: SitingQuestion) -> Placing:
        """Return this preparation with another count, budget or time limit."""
        found = checked(question)
        if found.basis != self.question.basis:
            return prepare(self.area, found)
        return replace(self, question=found)

    def column(self, candidate: str) -> int:
        """Return a candidate's column by its id; ``unknown_candidate`` when there is none."""
        at = np.flatnonzero((self.candidates.table["id"] == candidate).to_numpy(bool))
        if not len(at):
            raise SitingError("unknown_candidate", found=candidate)
        return int(at[0])


def prepare(area: Area, question: SitingQuestion, *, progress: Progress | None = None) -> Placing:
    """Lay a question out over an area.

    Raises
    ------
    InputError ``unknown_kind`` and what ``checked`` and ``candidates`` raise; AreaLacks : no people
    of the group. No candidates is no error here: asking for sites among none is; nor are counts
    that are all zero: nothing is proposed then.
    """
    question = checked(question)
    say = progress or _quiet
    say("progress.candidates", 0.0)
    found = candidates(
        area,
        kinds=question.kinds,
        points=question.points,
        lattice_m=question.lattice_m,
        near=question.near,
        evening=question.evening,
        staffed=question.staffed,
        excluded=question.excluded,
        profile=presets.profile(question.profile),
    )
    existing = area.places_of(question.kind)
    if question.existing != KEEP:
        existing = existing.iloc[:0]
    found = found.without(_already(found.table, existing, area.network.crs), "already")
    return laid_out(area, question, found, existing, say)


def laid_out(
    area: Area,
    question: SitingQuestion,
    found: Candidates,
    existing: gpd.GeoDataFrame,
    say: Progress | None = None,
) -> Placing:
    """Lay a checked question out over candidates and existing places that are already known."""
    say = say or _quiet
    walker = presets.profile(question.profile)
    rows, people, housing, unknown = _demand(area, question)
    start = area.snapped_people(walker).take(rows)
    spots = pd.concat([found.table.geometry, existing.geometry], ignore_index=True)
    goals = area.network.snap(gpd.GeoSeries(spots, crs=WGS84), walker)
    within_m = _bound(question, len(rows), len(goals))
    say("progress.walking", 0.3)
    matrix = within(area.network, start, goals, within_m=within_m, profile=walker)
    say("progress.walking", 0.9)
    old = np.arange(len(found), len(goals))
    before_m = nearest(area.network, start, goals.take(old), profile=walker).metres[:, 0]
    counts = area.people["estimated"].to_numpy(bool)[rows]
    return Placing(
        area=area,
        question=question,
        candidates=found,
        existing=existing,
        rows=rows,
        people=people,
        housing=housing,
        weights=weights_of(people, housing, question.balance),
        matrix=matrix,
        within_m=within_m,
        start=start,
        goals=goals,
        before_m=before_m,
        unknown=unknown,
        estimated=bool(counts[people > 0].any()),
        sources=_sources(area, question, found),
    )


def weights_of(people: Floats, housing: Floats, balance: float | None) -> Floats:
    """Return what each row counts for: its people, or with a balance b the shares of the two
    groups' people, ``(1 − b)·people/Σ + b·housing/Σ``, times all people of both.
    """
    if balance is None:
        return people
    all_people, all_housing = float(people.sum()), float(housing.sum())
    shares: Floats = (1 - balance) * people / max(all_people, 1.0) + balance * housing / max(
        all_housing, 1.0
    )
    return (all_people + all_housing) * shares


def _demand(area: Area, question: SitingQuestion) -> tuple[Ints, Floats, Floats, int]:
    """Return the rows of people that count, their two groups' people, and how many rows of the
    question's group are not known.
    """
    group = presets.group(question.group)
    if question.group not in area.groups:
        raise AreaLacks(**_lacking(area, question.group))
    origin = area.people["origin"].to_numpy(object)
    of_group = origin == group.origin
    people = np.where(of_group, area.count(question.group), 0.0)
    housing = np.zeros(len(people))
    if question.balance is not None:
        if NEWCOMERS not in area.groups:
            raise AreaLacks(key="lacks.newcomers")
        housing = np.where(origin == HOUSING, area.count(NEWCOMERS), 0.0)
    rows = np.flatnonzero((people > 0) | (housing > 0))
    unknown = int((of_group & area.people[question.group].isna().to_numpy(bool)).sum())
    return rows, people[rows], housing[rows], unknown


def _lacking(area: Area, group: str) -> dict[str, str]:
    of_housing = presets.group(group).origin != RESIDENTS
    if of_housing and not (area.people["origin"] == HOUSING).any():
        return {"key": "lacks.newcomers"}
    if area.people.empty:
        return {"key": "lacks.people"}
    known = ", ".join(area.groups) or "–"
    return {"key": "lacks.group", "group": group, "known": known}


def _bound(question: SitingQuestion, rows: int, columns: int) -> float:
    if question.objective in (COVERAGE, COVER_ALL):
        return question.limit_m
    return np.inf if rows * columns <= MOST_PAIRS else max(FAR_M, question.limit_m)


def _already(table: gpd.GeoDataFrame, existing: gpd.GeoDataFrame, crs: str) -> Bools:
    """Return which candidates are places of the kind already, or stand where one does."""
    same: Bools = np.array(table["id"].isin(set(existing["id"])), dtype=bool)
    if len(table) and len(existing):
        there = np.asarray(existing.geometry.to_crs(crs).values, dtype=object)
        tree = shapely.STRtree(there)
        spots = np.asarray(table.geometry.to_crs(crs).values, dtype=object)
        near, _ = tree.query(spots, predicate="dwithin", distance=SAME_SPOT_M)
        same[near] = True
    return same


def _sources(area: Area, question: SitingQuestion, found: Candidates) -> tuple[Source, ...]:
    """Return the sources the answer rests on."""
    people = {"people"} if presets.group(question.group).origin == RESIDENTS else {HOUSING}
    if question.balance is not None:
        people.add(HOUSING)
    places = {question.kind, "places", *found.by_kind, *(kind for kind, _ in question.near)}
    parts = {"network", "districts", "boundary", *people, *places}
    return tuple(source for source in area.sources if source.part in parts)


def _quiet(_key: str, _share: float) -> None: ...
