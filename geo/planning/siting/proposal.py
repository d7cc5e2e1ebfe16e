"""The answer a coordinator gets: which sites, what each adds, who gains where, and the proof."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from geo import presets
from geo.area.protected import HOUSING
from geo.network.distances import nearest
from geo.planning.siting.candidates import LATTICE, POINT
from geo.planning.siting.instance import Placing
from geo.planning.siting.question import CENTRE, MEDIAN, SitingQuestion
from geo.planning.siting.solve import Choice, check_count, solve
from geo.texts import text
from geo.types import Bools, Floats, Ints, Progress

LEAST_M = 0.5
"""Nobody walks less who walks this much less."""


@dataclass(frozen=True)
class ProposedSite:
    """One site of a proposal; counts are people of the question's group, None where hidden.

    Attributes
    ----------
    number : 1 … as on the map: the site that adds most first.
    gain : people within the limit of it and of no existing place. ``gain_if_last`` : those of them
        whom no other site of the proposal reaches: lost if it alone says no.
    served : people whose nearest open place it becomes, however far.
    cost : NaN where unknown. ``share_of_variants`` : see ``robust``; None until computed.
    """

    number: int
    id: str
    name: str
    kind: str
    district: str
    lon: float
    lat: float
    gain: float | None
    gain_if_last: float | None
    served: float | None
    cost: float = math.nan
    share_of_variants: float | None = None


@dataclass(frozen=True)
class Effect:
    """People of a group or district, and those within the limit before and after; None where
    hidden. ``counted``: of persons, not estimated.
    """

    name: str
    people: float | None
    before: float | None
    after: float | None
    counted: bool

    @property
    def gain(self) -> float | None:
        """How many more are within the limit after than before."""
        if self.before is None or self.after is None:
            return None
        return self.after - self.before

    @property
    def hidden(self) -> bool:
        """Whether any of its counts is hidden."""
        return self.people is None or self.gain is None


@dataclass(frozen=True)
class Walk:
    """How far people have to the nearest open place: those with a way to one. NaN for nobody."""

    people: float
    total_m: float
    mean_m: float
    worst_m: float


@dataclass(frozen=True, eq=False)
class Proposal:
    """Sites for a question, what they change, and how good that is at best.

    Attributes
    ----------
    sites : in the order of their numbers. ``chosen`` : their columns in ``placing``.
    objective, bound, gap, proven, seconds, status : as in ``geo.models.location.model.Siting``:
        ``objective`` is the value of the question's objective, over all open places.
    effect : people of the group before and after; ``groups`` the same, and with a balance the
        residents of transitional housing; ``districts`` by district, most gained first.
    walk_before, walk_after : of the group. ``walk_before`` is of nobody where nothing is open.
    out_of_reach : people whom no candidate and no existing place reaches (within the limit, where
        the objective has one). ``off_paths`` : people with no way to any of them.
    metres_before, metres_after : a row of the placing, inf for no way. ``assignment`` : the column
        each row walks to after, -1 for none.
    condition : under what this is best, where it is not the question's own answer: ``why_not``,
        ``runner_up`` or ``ranked``.
    missed : as in ``Choice``.
    small : whether the group's own counts must be hidden (``without_small_counts``).
    spans_all : whether the numbers tell no candidates apart: varied, each is chosen at some time
        (``with_shares``).
    """

    placing: Placing
    sites: tuple[ProposedSite, ...]
    chosen: Ints
    objective: float
    bound: float
    gap: float
    proven: bool
    seconds: float
    status: str
    effect: Effect
    groups: tuple[Effect, ...]
    districts: tuple[Effect, ...]
    walk_before: Walk
    walk_after: Walk
    out_of_reach: float
    off_paths: float
    metres_before: Floats
    metres_after: Floats
    assignment: Ints
    missed: float = 0.0
    condition: str = ""
    small: bool = False
    spans_all: bool = False

    @property
    def nobody_gains(self) -> bool:
        """Whether nobody is reached who was not, or, where walks are striven for, walks less."""
        weights = np.maximum(self.placing.people, self.placing.housing)
        if self.question.objective in (MEDIAN, CENTRE):
            gains = self.metres_after < self.metres_before - LEAST_M
        else:
            limit_m = self.question.limit_m
            gains = (self.metres_before > limit_m) & (self.metres_after <= limit_m)
        return bool(round(float(weights[gains].sum())) == 0)

    @property
    def question(self) -> SitingQuestion:
        """The question that was asked."""
        return self.placing.question

    @property
    def people_before(self) -> float | None:
        """People of the group within the limit of an existing place."""
        return self.effect.before

    @property
    def people_after(self) -> float | None:
        """People of the group within the limit of an existing place or a proposed site."""
        return self.effect.after

    @property
    def ids(self) -> frozenset[str]:
        """Ids of the sites."""
        return frozenset(site.id for site in self.sites)

    @property
    def demonstration(self) -> bool:
        """Whether the area is made up."""
        return self.placing.area.demonstration

    @property
    def estimated(self) -> bool:
        """Whether the group's people are estimated."""
        return self.placing.estimated


def propose(placing: Placing, *, progress: Progress | None = None) -> Proposal:
    """Return the answer: the best sites, what they change, and the proof.

    Raises
    ------
    NoCandidates, TooManySites, SitingError ``no_costs``, ``budget_too_small`` : it asks for what
    there is not;
    NarhetError ``solver_failed``; Cancelled : ``progress`` stopped it.
    """
    check_count(placing)
    if not placing.weights.any():
        return described(placing, Choice(_NO_SITES, 0.0, 0.0, 0.0, True, 0.0, "optimal"))
    return described(placing, solve(placing, count=placing.question.count, progress=progress))


def proposed(placing: Placing, *, progress: Progress | None = None) -> Proposal:
    """Return the answer as ``propose``, without sites where nobody gains by them: those are not
    proposed to anybody.
    """
    found = propose(placing, progress=progress)
    if not found.nobody_gains or not len(found.chosen):
        return found
    return described(placing, replace(choice_of(found), sites=_NO_SITES))


def choice_of(proposal: Proposal) -> Choice:
    """Return the choice of sites that a proposal describes."""
    return Choice(
        proposal.chosen, proposal.objective, proposal.bound, proposal.gap, proposal.proven,
        proposal.seconds, proposal.status, proposal.missed,
    )  # fmt: skip


_NO_SITES: Ints = np.zeros(0, dtype=np.int64)


def described(placing: Placing, choice: Choice, condition: str = "") -> Proposal:
    """Return what a choice of sites changes: the walk of everybody, gains, groups and districts."""
    limit_m = placing.question.limit_m
    chosen = choice.sites
    after_m, walks_to = walks(placing, chosen)
    before, after = placing.before_m <= limit_m, after_m <= limit_m
    effect = _effect(placing.question.group, placing.people, before, after, not placing.estimated)
    groups = [effect]
    if placing.question.balance is not None:
        groups.append(_effect("newcomers", placing.housing, before, after, True))
    lost = ~np.isfinite(after_m) & ~_has_way(placing)
    reached = np.diff(placing.matrix.indptr) > 0
    return Proposal(
        placing=placing,
        sites=_sites(placing, chosen, before, walks_to),
        chosen=chosen,
        objective=choice.objective,
        bound=choice.bound,
        gap=choice.gap,
        proven=choice.proven,
        seconds=choice.seconds,
        status=choice.status,
        effect=effect,
        groups=tuple(groups),
        districts=_districts(placing, before, after),
        walk_before=walk_of(placing.people, placing.before_m),
        walk_after=walk_of(placing.people, after_m),
        out_of_reach=float(placing.people[~reached].sum()),
        off_paths=float(placing.people[lost].sum()),
        metres_before=placing.before_m,
        metres_after=after_m,
        assignment=walks_to,
        missed=choice.missed,
        condition=condition,
    )


def walks(placing: Placing, chosen: Ints) -> tuple[Floats, Ints]:
    """Return each row's metres to the nearest open column, and that column, -1 for none."""
    columns = np.concatenate([chosen, placing.open_columns]).astype(np.intp)
    found = nearest(
        placing.area.network, placing.start, placing.goals.take(columns), profile=placing.profile
    )
    place = found.place[:, 0]
    if not len(columns):
        return found.metres[:, 0], place.astype(np.intp)
    return found.metres[:, 0], np.where(place >= 0, columns[place], -1).astype(np.intp)


def _has_way(placing: Placing) -> Bools:
    """Return which rows have a way to some column at all."""
    if np.isinf(placing.within_m):
        return np.asarray(np.diff(placing.matrix.indptr) > 0)
    # Both ends stand on the main component, so one way there is a way to all.
    met = placing.goals.edge >= 0
    return np.asarray((placing.start.edge >= 0) & bool(met.any()))


def _effect(name: str, people: Floats, before: Bools, after: Bools, counted: bool) -> Effect:
    total = float(people.sum())
    return Effect(name, total, float(people[before].sum()), float(people[after].sum()), counted)


def _sites(
    placing: Placing, chosen: Ints, before: Bools, walks_to: Ints
) -> tuple[ProposedSite, ...]:
    """Return the sites, the one that adds most first; equals in the candidates' order."""
    part = placing.matrix[:, chosen].tocsc()
    row, inside = part.indices, part.data <= placing.question.limit_m
    column = np.repeat(np.arange(len(chosen)), np.diff(part.indptr))
    row, column = row[inside], column[inside]
    times = np.bincount(row, minlength=len(placing.rows))
    new = np.where(before, 0.0, placing.people)
    only = np.where(times == 1, new, 0.0)
    count = len(chosen)
    gain = np.bincount(column, weights=new[row], minlength=count)
    last = np.bincount(column, weights=only[row], minlength=count)
    served = [float(placing.people[walks_to == site].sum()) for site in chosen]
    order = np.lexsort((chosen, -np.round(last, 6), -np.round(gain, 6)))
    table = placing.candidates.table
    found = []
    for number, at in enumerate(order, start=1):
        here = table.iloc[int(chosen[at])]
        found.append(
            ProposedSite(
                number, here["id"], here["name"], here["kind"], here["district"],
                float(here.geometry.x), float(here.geometry.y),
                float(gain[at]), float(last[at]), served[at], float(here["cost"]),
            )
        )  # fmt: skip
    return tuple(found)


def _districts(placing: Placing, before: Bools, after: Bools) -> tuple[Effect, ...]:
    """Return people and those within the limit by district, most gained first; an empty name is
    outside all districts.
    """
    area = placing.area
    if area.districts.empty:
        return ()
    names = area.people["district"].to_numpy(object)[placing.rows]
    table = pd.DataFrame(
        {
            "name": names,
            "people": placing.people,
            "before": np.where(before, placing.people, 0.0),
            "after": np.where(after, placing.people, 0.0),
        }
    )
    summed = table.groupby("name", sort=True)[["people", "before", "after"]].sum()
    known = sorted({*area.districts["name"], *(name for name in summed.index if name)})
    nobody = pd.Series({"people": 0.0, "before": 0.0, "after": 0.0})
    rows = []
    for name in [*known, *([""] if "" in summed.index else [])]:
        here = summed.loc[name] if name in summed.index else nobody
        people, reached, after_all = (float(here[column]) for column in nobody.index)
        rows.append(Effect(name, people, reached, after_all, not placing.estimated))
    return tuple(sorted(rows, key=lambda row: (-round(row.gain or 0.0, 6), row.name)))


def walk_of(people: Floats, metres: Floats) -> Walk:
    """Return how far those walk who have a way; NaN for nobody."""
    walks = np.isfinite(metres) & (people > 0)
    if not walks.any():
        return Walk(0.0, math.nan, math.nan, math.nan)
    total = float(people[walks].sum())
    metres_in_all = float(people[walks] @ metres[walks])
    return Walk(total, metres_in_all, metres_in_all / total, float(metres[walks].max()))


def site_name(site: ProposedSite, language: str) -> str:
    """Return a site's name; a place without one by its kind and district, a point by its number."""
    return candidate_name(site.id, site.name, site.kind, site.district, language)


def candidate_name(id: str, name: str, kind: str, district: str, language: str) -> str:
    """Return a candidate's name as ``site_name`` does; of housing it is the reception."""
    if name:
        return text("sites.reception_of", language, name=name) if kind == HOUSING else name
    key = kind if kind in (POINT, LATTICE) else "nameless"
    what = "" if key != "nameless" else presets.kind(kind).indefinite(language)
    named = text(f"sites.{key}", language, number=id.rpartition("-")[2], kind=what)
    if kind == HOUSING:
        named = text("sites.reception_of", language, name=named)
    return (
        text("sites.in_district", language, place=named, district=district) if district else named
    )
