"""From a coordinator's question to a proposal with proof, and what becomes of it when a site says
no, another is wished for, or numbers vary. Knows areas and models, no screen.
"""

from geo.placing.answer import SiteAnswer, answered
from geo.placing.curves import Curve, CurvePoint, TradePoint, curve, knee, trade_off
from geo.placing.prepared import Placing, prepare
from geo.placing.proposal import Effect, Proposal, ProposedSite, Walk, propose
from geo.placing.question import OBJECTIVES, Question, checked, objective
from geo.placing.robust import Robustness, Stays, Variant, robust, with_shares
from geo.placing.sentence import (
    candidate_name,
    compared,
    difference_words,
    headline,
    name_of,
    objective_words,
    places,
    proof,
    runner_up_sentence,
    site_name,
)
from geo.placing.small import difference, without_small_counts
from geo.placing.solving import Choice, check_count, solve
from geo.placing.variants import best_answers, runner_up, why_not

__all__ = [
    "OBJECTIVES", "Choice", "Curve", "CurvePoint", "Effect", "Placing", "Proposal", "ProposedSite",
    "Question", "Robustness", "SiteAnswer", "Stays", "TradePoint", "Variant", "Walk", "answered",
    "best_answers", "candidate_name", "check_count", "checked", "compared", "curve", "difference",
    "difference_words", "headline", "knee", "name_of", "objective", "objective_words", "places",
    "prepare", "proof", "propose", "robust", "runner_up", "runner_up_sentence", "site_name",
    "solve", "trade_off", "why_not", "with_shares", "without_small_counts",
]  # fmt: skip
