"""Which child gets a place where, so that most get one and then walk least, what one more place
would change, and who is left without. Children who must go together are turned into parties and
back.

All metres are one way: from home to the preschool.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from geo.errors import InputError, SitingError
from geo.models.assignment.residual import Best, one_more_place, with_places
from geo.models.assignment.transport import Parties, least_walk
from geo.models.catchments import walkable, whole
from geo.models.location import highs
from geo.models.location.model import gap_between, row_of
from geo.types import Floats, Ints, Matrix

SAME_M = 1e-6
"""Two walks that differ by no more are equally long."""


@dataclass(frozen=True, eq=False)
class Question:
    """The question, checked: ``metres`` are the pairs within the limit."""

    metres: csr_array
    children: Ints
    places: Ints
    family: Ints | None


@dataclass(frozen=True, eq=False)
class Assignment:
    """Who gets a place where, how far they walk, who gets none, and what one more place gives.

    Attributes
    ----------
    flow : children (whole numbers), rows of demand × preschools.
    assigned : children per preschool.
    total_walk_m, mean_walk_m : metres one way of all who have a place; the mean is NaN with nobody.
    unplaced_by_distance : children per row who have no preschool within the limit (a family: none
        within the limit of all its rows).
    unplaced_by_places : children per row who have one within the limit, but no place is left.
    shadow_m : metres less that all placed children together walk one way, if that preschool alone
        had one place more. Exactly what solving again would give; negative where the place lets
        one more child in, whose walk then counts. NaN where families were kept together.
    shadow_children : children more who would have a place, 0 or 1. NaN as above.
    proven : whether nobody can place more children, or as many with less walk in all.
    bound_children : nobody can place more children than this.
    bound_walk_m : nobody who places as many makes them walk less in all than this.
    seconds, status : how long it took; ``optimal``, ``time_limit``, or the solver's own status.
    question : the question.
    """

    flow: csr_array
    assigned: Ints
    total_walk_m: float
    mean_walk_m: float
    unplaced_by_distance: Ints
    unplaced_by_places: Ints
    shadow_m: Floats
    shadow_children: Floats
    proven: bool
    bound_children: int
    bound_walk_m: float
    seconds: float
    status: str
    question: Question

    @property
    def unplaced(self) -> Ints:
        """Children per row without a place, for whichever reason."""
        return np.asarray(self.unplaced_by_distance + self.unplaced_by_places, np.intp)

    @property
    def free_places(self) -> Ints:
        """Places a preschool that nobody took."""
        return np.asarray(self.question.places - self.assigned, np.intp)


@dataclass(frozen=True, eq=False)
class MorePlaces:
    """What more places at one preschool would change.

    Attributes
    ----------
    preschool, extra : so many places more, where.
    placed : children more who get a place.
    shorter, longer : children with a place before and after whose walk gets shorter, longer.
    saved_m : metres less that those with a place before and after walk in all, one way.
    new_walk_m : metres one way of those who get a place.
    used : how many of the extra places are of any use.
    after : who then gets a place where.
    """

    preschool: int
    extra: int
    placed: int
    shorter: int
    longer: int
    saved_m: float
    new_walk_m: float
    used: int
    after: Assignment


def assign(
    distances: Matrix,
    children: ArrayLike,
    places: ArrayLike,
    *,
    limit_m: float | None = None,
    siblings: ArrayLike | None = None,
    time_limit_s: float = 60,
    progress: highs.Progress | None = None,
) -> Assignment:
    """Return an assignment in which as many children as possible have a place, and then walk least.

    Parameters
    ----------
    distances : demand × preschools, metres; scipy CSR with entries for the pairs in reach (a stored
        zero is 0 m), or dense with all pairs.
    children : children per row, whole numbers.
    places : places per preschool, whole numbers.
    limit_m : longest walk anybody is given, metres; None: as far as the pairs go.
    siblings : a family's number per row, −1 for none. All children of all rows with the same number
        go to one preschool, or get no place. With families the answer is found by branching, and
        ``proven`` says whether there was time to prove it.
    time_limit_s : seconds; the best found until then is the answer.
    progress : called as the work goes on; may raise ``Cancelled``.

    Raises
    ------
    InputError ``bad_matrix``, ``bad_children``, ``bad_places``, ``bad_families`` : the numbers can
    not be used.
    BadLimit, SitingError ``bad_time_limit`` : not above zero.
    Cancelled : by ``progress``.

    Examples
    --------
    >>> from geo import assign
    >>> found = assign([[100.0, 400.0], [200.0, 300.0]], [1, 1], [1, 1])
    >>> found.total_walk_m, found.shadow_m.tolist()
    (400.0, [100.0, 0.0])
    """
    clock = highs.Clock(time_limit_s, progress)
    metres = walkable(distances, limit_m)
    question = Question(
        metres,
        whole(children, metres.shape[0], "bad_children"),
        whole(places, metres.shape[1], "bad_places"),
        None if siblings is None else families_of(siblings, metres.shape[0]),
    )
    return _answered(question, clock)


def with_more_places(
    assignment: Assignment,
    preschool: int,
    extra: int,
    *,
    time_limit_s: float = 60,
    progress: highs.Progress | None = None,
) -> MorePlaces:
    """Return what ``extra`` places more at one preschool would change, exactly.

    Without families nobody moves who need not: children change place along the chains that save
    most. With families, or where nothing was proven, the question is solved again, within
    ``time_limit_s``.

    >>> found = assign([[100.0, 400.0], [200.0, 300.0]], [1, 1], [1, 1])
    >>> more = with_more_places(found, 0, 10)
    >>> more.shorter, more.saved_m, more.used
    (1, 100.0, 1)

    Raises
    ------
    InputError ``bad_preschool`` : no such preschool.
    SitingError ``bad_count`` : ``extra`` is no whole number of zero or more.
    SitingError ``bad_time_limit`` : not above zero.
    Cancelled : by ``progress``.
    """
    asked = assignment.question
    _check_more(asked, preschool, extra)
    clock = highs.Clock(time_limit_s, progress)
    places = asked.places.copy()
    places[preschool] += extra
    question = Question(asked.metres, asked.children, places, asked.family)
    if np.isnan(assignment.shadow_m).any():
        return _compared(assignment, _answered(question, clock), preschool, extra)
    best = Best(asked.metres, asked.children, _amount_of(asked.metres, assignment.flow))
    if not assignment.free_places[preschool]:
        best = with_places(best, preschool, extra)
    after = _as_assignment(question, _without_zeros(best.amount, asked.metres), clock)
    return _compared(assignment, after, preschool, extra)


def _answered(question: Question, clock: highs.Clock) -> Assignment:
    parties, members = parties_of(question.metres, question.children, question.family)
    found = least_walk(parties, question.places, clock)
    entries = (found.amount, parties.metres.indices, parties.metres.indptr)
    moved = csr_array(entries, shape=parties.metres.shape)
    proven = found.placed == found.bound_placed and not gap_between(
        found.walk_m, found.bound_walk_m
    )
    flow = csr_array(members @ moved)
    bounds = (found.bound_placed, found.bound_walk_m)
    return _as_assignment(question, flow, clock, None if proven else (found.status, *bounds))


def _as_assignment(
    question: Question,
    flow: csr_array,
    clock: highs.Clock,
    unproven: tuple[str, int, float] | None = None,
) -> Assignment:
    """Fill in what follows from the flow; ``unproven`` is status, most children, least metres."""
    metres, children = question.metres, question.children
    amount = _amount_of(metres, flow)
    placed = int(amount.sum())
    total_walk_m = float(metres.data @ amount)
    unplaced = children - np.bincount(row_of(metres), amount, len(children)).astype(np.intp)
    parties, members = parties_of(metres, children, question.family)
    can_go = members @ (np.diff(parties.metres.indptr) > 0).astype(np.intp) > 0
    shadows = (np.full(metres.shape[1], np.nan),) * 2
    if unproven is None and not (parties.size > 1).any():
        shadows = one_more_place(Best(metres, children, amount))
    status, most, least_m = unproven or ("optimal", placed, total_walk_m)
    return Assignment(
        flow=_without_zeros(amount, metres),
        assigned=np.bincount(metres.indices, amount, metres.shape[1]).astype(np.intp),
        total_walk_m=total_walk_m,
        mean_walk_m=total_walk_m / placed if placed else float("nan"),
        unplaced_by_distance=np.where(can_go, 0, unplaced),
        unplaced_by_places=np.where(can_go, unplaced, 0),
        shadow_m=shadows[1],
        shadow_children=shadows[0],
        proven=unproven is None,
        bound_children=most,
        bound_walk_m=least_m,
        seconds=clock.seconds,
        status=status,
        question=question,
    )


def _amount_of(metres: csr_array, flow: csr_array) -> Ints:
    """Return the children along each stored entry of ``metres``."""
    amount = np.zeros(metres.nnz, np.intp)
    columns = metres.shape[1]
    stored = row_of(metres).astype(np.int64) * columns + metres.indices
    used = row_of(flow).astype(np.int64) * columns + flow.indices
    amount[np.searchsorted(stored, used)] = flow.data
    return amount


def _without_zeros(amount: Ints, metres: csr_array) -> csr_array:
    flow = csr_array((amount, metres.indices, metres.indptr), shape=metres.shape)
    flow = flow.astype(np.int64)
    flow.eliminate_zeros()
    return flow


def _check_more(question: Question, preschool: int, extra: int) -> None:
    columns = question.metres.shape[1]
    if not (_is_whole(preschool) and 0 <= preschool < columns):
        raise InputError("bad_preschool", found=str(preschool), most=columns - 1)
    if not (_is_whole(extra) and extra >= 0):
        raise SitingError("bad_count", found=str(extra))


def _is_whole(number: object) -> bool:
    return isinstance(number, int | np.integer) and not isinstance(number, bool)


def _compared(before: Assignment, after: Assignment, preschool: int, extra: int) -> MorePlaces:
    """Compare the walks of each row's children in order of length: they are alike otherwise."""
    then, now = _walks(before), _walks(after)
    stays = np.isfinite(then) & np.isfinite(now)
    change = now[stays] - then[stays]
    is_new = np.isfinite(now) & ~np.isfinite(then)
    return MorePlaces(
        preschool=int(preschool),
        extra=int(extra),
        placed=int(after.assigned.sum() - before.assigned.sum()),
        shorter=int((change < -SAME_M).sum()),
        longer=int((change > SAME_M).sum()),
        saved_m=0.0 - float(change.sum()),
        new_walk_m=float(now[is_new].sum()),
        used=max(0, int(after.assigned[preschool] - before.assigned[preschool])),
        after=after,
    )


def _walks(assignment: Assignment) -> Floats:
    """Return each child's metres, row by row, shortest first; infinity without a place."""
    metres, children = assignment.question.metres, assignment.question.children
    amount = _amount_of(metres, assignment.flow)
    row = np.repeat(row_of(metres), amount)
    walk = np.repeat(metres.data, amount)
    unplaced = np.repeat(np.arange(len(children)), assignment.unplaced)
    row = np.concatenate([row, unplaced])
    walk = np.concatenate([walk, np.full(len(unplaced), np.inf)])
    return np.asarray(walk[np.lexsort((walk, row))], np.float64)


NO_FAMILY = -1
"""In ``siblings``: the children of this row may go to different preschools."""


def families_of(siblings: ArrayLike, rows: int) -> Ints:
    """Check the families' numbers, one per row, −1 for none.

    Raises
    ------
    InputError ``bad_families`` : not one whole number of at least −1 a row.
    """
    try:
        numbers = np.asarray(siblings, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError("bad_families", row=1, found=str(error)[:80]) from error
    if numbers.shape != (rows,):
        raise InputError(
            "bad_families", row=min(numbers.size, rows) + 1, found=f"{numbers.shape} ≠ ({rows},)"
        )
    wrong = np.flatnonzero(~((numbers >= NO_FAMILY) & (numbers == np.floor(numbers))))
    if len(wrong):
        raise InputError("bad_families", row=int(wrong[0]) + 1, found=f"{numbers[wrong[0]]:g}")
    return numbers.astype(np.intp)


def parties_of(metres: csr_array, children: Ints, family: Ints | None) -> tuple[Parties, csr_array]:
    """Return the parties to place, and who is in them: children per row × party.

    Without a family each row is a party of one for each child; a family is one party, which may go
    where all its rows may. Rows without children are in no party.
    """
    party, together = _party_of_row(children, family)
    size = np.where(together, children, 1)
    in_one = np.flatnonzero(children > 0)
    parties = int(party.max(initial=-1)) + 1
    members = csr_array(
        (size[in_one], (in_one, party[in_one])), shape=(len(children), parties), dtype=np.int64
    )
    rows = np.bincount(party[in_one], minlength=parties)
    alone = (children > 0) & ~together
    count, large = np.ones(parties, np.intp), np.ones(parties, np.intp)
    count[party[alone]] = children[alone]
    large[party[together]] = 0
    np.add.at(large, party[together], children[together])
    return Parties(_party_metres(metres, party, size, rows), count, large), members


def _party_of_row(children: Ints, family: Ints | None) -> tuple[Ints, NDArray[np.bool_]]:
    is_family = np.zeros(len(children), bool) if family is None else family != NO_FAMILY
    party = np.full(len(children), -1, np.intp)
    alone = np.flatnonzero((children > 0) & ~is_family)
    party[alone] = np.arange(len(alone))
    together = np.flatnonzero((children > 0) & is_family)
    if len(together) and family is not None:
        _, number = np.unique(family[together], return_inverse=True)
        party[together] = len(alone) + number
    return party, is_family & (children > 0)


def _party_metres(metres: csr_array, party: Ints, size: Ints, rows: Ints) -> csr_array:
    """Sum what the rows of a party walk to each preschool that all of them may go to."""
    row = row_of(metres)
    entry = np.flatnonzero(party[row] >= 0)
    row = row[entry]
    key = party[row].astype(np.int64) * metres.shape[1] + metres.indices[entry]
    order = np.argsort(key, kind="stable")
    first = np.flatnonzero(np.diff(key[order], prepend=-1))
    walked = (metres.data[entry] * size[row])[order]
    total = np.add.reduceat(walked, first) if len(first) else np.zeros(0)
    found = np.diff(first, append=len(order))
    pair = key[order][first]
    owner, column = np.divmod(pair, max(1, metres.shape[1]))
    keep = found == rows[owner]
    shape = (len(rows), metres.shape[1])
    indptr = np.concatenate([[0], np.cumsum(np.bincount(owner[keep], minlength=len(rows)))])
    return csr_array((total[keep], column[keep], indptr), shape=shape)


def most_placed(metres: csr_array, children: Ints, places: Ints) -> int:
    """Return the largest number of children that can have a place at once: the greatest flow from
    children (rows) to places (columns) along the stored pairs.
    """
    columns = metres.shape[1]
    lives = np.flatnonzero((children > 0) & (np.diff(metres.indptr) > 0))
    inside = metres[lives]
    if not inside.nnz or not places.any():
        return 0
    source, sink, count = 0, 1 + len(lives) + columns, 2 + len(lives) + columns
    row = np.repeat(np.arange(len(lives)), np.diff(inside.indptr))
    tail = np.concatenate(
        [np.zeros(len(lives)), 1 + row, 1 + len(lives) + np.arange(columns)]
    ).astype(np.int32)
    head = np.concatenate(
        [1 + np.arange(len(lives)), 1 + len(lives) + inside.indices, np.full(columns, sink)]
    ).astype(np.int32)
    room = np.concatenate([children[lives], children[lives][row], places]).astype(np.int32)
    graph = csr_array((room, (tail, head)), shape=(count, count))
    return int(maximum_flow(graph, source, sink).flow_value)
