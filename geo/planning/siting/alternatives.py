"""What becomes of a proposal when another site is wished for, or the next best will do: each answer
is a proposal of its own, with its own proof. Also the whole answer to one question, as the command
and the page show it: the proposal, the next best, how it holds, what more sites bring and what a
balance costs.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from geo.errors import NoCandidates, SitingError, TooManySites
from geo.planning.siting.curves import Curve, TradePoint, curve, trade_off
from geo.planning.siting.instance import Placing
from geo.planning.siting.proposal import Proposal, choice_of, described, proposed
from geo.planning.siting.question import COVER_ALL, COVERAGE
from geo.planning.siting.robustness import Robustness, robust, with_shares
from geo.planning.siting.solve import Choice, shared, solve
from geo.planning.siting.spread import SpreadHolds, spread_holds
from geo.types import Progress


def why_not(placing: Placing, candidate: str, *, progress: Progress | None = None) -> Proposal:
    """Return the best sites with a candidate among them, by id: the ``difference`` then is what the
    wish costs.

    Raises
    ------
    SitingError ``unknown_candidate`` : no candidate has the id; SitingError ``bad_count`` : no site
    was asked for.
    """
    column, count = placing.column(candidate), placing.question.count
    if count == 0:
        raise SitingError("bad_count", found="0")
    choice = solve(placing, count=count, also=[column], progress=progress)
    return described(placing, choice, "why_not")


def runner_up(
    placing: Placing, proposal: Proposal, *, progress: Progress | None = None
) -> Proposal | None:
    """Return the best different set of sites; None where there is no other.

    A different set lacks at least one of the proposal's sites (or has them all, and more that add
    nothing): so it is the best of the answers with one of them forbidden. Proven only when each of
    those and the proposal are.
    """
    found = list(
        _without_each(shared(placing, len(proposal.chosen)), _Node(proposal.chosen), progress)
    )
    if not found:
        return None
    best = min(found, key=lambda node: order_of(placing, node.choice)).choice
    proven = proposal.proven and all(node.choice.proven for node in found)
    return described(placing, replace(best, proven=proven), "runner_up")


def best_answers(
    placing: Placing,
    proposal: Proposal,
    *,
    k: int = 5,
    within: float = 0.05,
    progress: Progress | None = None,
) -> tuple[Proposal, ...]:
    """Return the ``k`` best different sets of sites whose objective is within a share of the
    proposal's, best first, the proposal itself among them.

    Lawler (1972) and Murty (1968): take the best set left, and part all other sets by the first of
    its sites that they lack, with those before it forced in. Proper supersets of a set (which can
    only add sites that gain nothing) are not looked at. In the order of the list only when every
    question on the way was proven; each proposal says whether it was.
    """
    first = choice_of(proposal)
    asked = shared(placing, k * max(1, len(first.sites)))
    heap = [(order_of(placing, first), 0, _Node(first.sites, choice=first))]
    found: list[Choice] = []
    number, proven = 0, True
    while heap and len(found) < k:
        _, _, node = heapq.heappop(heap)
        if not _near_enough(placing, first, node.choice, within):
            break
        found.append(replace(node.choice, proven=proven and node.choice.proven))
        if len(found) == k:
            break
        for child in _without_each(asked, node, progress):
            number += 1
            proven = proven and child.choice.proven
            heapq.heappush(heap, (order_of(placing, child.choice), number, child))
    rest = (described(placing, choice, "ranked") for choice in found[1:])
    return (proposal, *rest)


@dataclass(frozen=True, eq=False)
class _Node:
    """Some of all sets: those with ``forced`` and without ``never``; ``sites`` is the best."""

    sites: Iterable[int]
    forced: tuple[int, ...] = ()
    never: tuple[int, ...] = ()
    choice: Choice = field(default=None)  # type: ignore[assignment]


def _without_each(placing: Placing, node: _Node, progress: Progress | None) -> Iterator[_Node]:
    """Divide a node's other sets by the first of its sites that they lack; return each part's best
    set.
    """
    forced = node.forced
    for site in map(int, node.sites):
        if site in node.forced:
            continue
        never = (*node.never, site)
        try:
            choice = solve(
                placing, count=placing.question.count, also=forced, never=never, progress=progress
            )
            yield _Node(choice.sites, forced, never, choice)
        except (NoCandidates, TooManySites):
            pass  # too few are left for a set without this site
        forced = (*forced, site)


def order_of(placing: Placing, choice: Choice) -> tuple[float, float]:
    """Order choices, best first: whom they leave out, then their objective; of as many reached,
    the shortest walk.
    """
    value = round(choice.objective, 6)
    if placing.question.objective == COVERAGE:
        return -value, round(choice.walk_m, 3)
    return round(choice.missed, 6), value


def _near_enough(placing: Placing, best: Choice, other: Choice, within: float) -> bool:
    if placing.question.objective == COVERAGE:
        return other.objective >= (1 - within) * best.objective - 1e-9
    if placing.question.objective == COVER_ALL and other.missed > best.missed + 1e-9:
        return False
    return other.missed <= best.missed + 1e-6 and other.objective <= (1 + within) * best.objective


@dataclass(frozen=True, eq=False)
class SiteAnswer:
    """A proposal, and what else was computed about it; None: not asked for, or there is none.

    ``spread`` : whether it holds however people are spread; None where they are counted.
    """

    proposal: Proposal
    runner_up: Proposal | None = None
    robustness: Robustness | None = None
    curve: Curve | None = None
    trade_off: tuple[TradePoint, ...] = ()
    spread: SpreadHolds | None = None


def varied(
    placing: Placing, proposal: Proposal, *, progress: Progress | None = None
) -> tuple[Proposal, Robustness | None]:
    """Return a proposal with what varied numbers say of it (``with_shares``), and how it holds; as
    it is, with None, where nobody gains by it.

    Raises
    ------
    What ``robust`` raises.
    """
    if proposal.nobody_gains:
        return proposal, None
    found = robust(placing, proposal, progress=progress)
    return with_shares(proposal, found), found


def answered(
    placing: Placing,
    *,
    proposal: Proposal | None = None,
    vary: bool = False,
    most: int | None = None,
    progress: Progress | None = None,
) -> SiteAnswer:
    """Ask for the proposal, the next best and whether it holds however people are spread; with
    ``vary`` also how often each site stays, with ``most`` also the curve, and with a balance in the
    question also the trade-off. A ``proposal`` that is known already is not asked for again.

    Raises
    ------
    What ``propose``, ``robust``, ``curve`` and ``trade_off`` raise.
    """
    if proposal is None:
        proposal = proposed(placing, progress=progress)
    second = runner_up(placing, proposal, progress=progress)
    spread = spread_holds(placing, proposal, progress=progress)
    found = None
    if vary:
        proposal, found = varied(placing, proposal, progress=progress)
    along = None if most is None else curve(placing, most, progress=progress)
    question = placing.question
    trade: tuple[TradePoint, ...] = ()
    if question.balance is not None:
        trade = trade_off(placing.area, question, progress=progress)
    return SiteAnswer(proposal, second, found, along, trade, spread)
