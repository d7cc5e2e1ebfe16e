"""All that is asked of one question, as the command and the page show it: the proposal, the next
best, how it holds, what more sites bring and what a balance costs. Knows no words and no screen.
"""

from __future__ import annotations

from dataclasses import dataclass

from geo.placing.curves import Curve, TradePoint, curve, trade_off
from geo.placing.prepared import Placing
from geo.placing.proposal import Proposal, propose
from geo.placing.robust import Robustness, robust, with_shares
from geo.placing.variants import runner_up
from geo.types import Progress


@dataclass(frozen=True, eq=False)
class SiteAnswer:
    """A proposal, and what was asked about it besides; None: not asked, or there is none."""

    proposal: Proposal
    runner_up: Proposal | None = None
    robustness: Robustness | None = None
    curve: Curve | None = None
    trade_off: tuple[TradePoint, ...] = ()


def answered(
    placing: Placing,
    *,
    vary: bool = False,
    most: int | None = None,
    progress: Progress | None = None,
) -> SiteAnswer:
    """Ask for the proposal and the next best; with ``vary`` also how often each site stays, with
    ``most`` also the curve, and with a balance in the question also the trade-off.

    Raises
    ------
    What ``propose``, ``robust``, ``curve`` and ``trade_off`` raise.
    """
    proposal = propose(placing, progress=progress)
    second = runner_up(placing, proposal, progress=progress)
    found = robust(placing, proposal, progress=progress) if vary else None
    if found is not None:
        proposal = with_shares(proposal, found)
    along = None if most is None else curve(placing, most, progress=progress)
    question = placing.question
    trade: tuple[TradePoint, ...] = ()
    if question.balance is not None:
        trade = trade_off(placing.area, question, progress=progress)
    return SiteAnswer(proposal, second, found, along, trade)
