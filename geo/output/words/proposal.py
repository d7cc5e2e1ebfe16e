"""A proposal in words: what to open where, what that does, and whether anything is better."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from geo import presets, privacy, texts
from geo.planning.siting.curves import difference, without_small_counts
from geo.planning.siting.instance import Placing
from geo.planning.siting.proposal import Proposal, ProposedSite, candidate_name, site_name, walk_of
from geo.planning.siting.question import CENTRE, COVER_ALL, MEDIAN, SitingQuestion
from geo.texts import number_word, text

MOST_NAMED = 6
"""More sites than this are named by number only in the sentence."""


def headline(proposal: Proposal, language: str) -> str:
    """Return the proposal and its proof in words: "Två nya språkcaféer, på A och B, når 1 912 fler
    inom 800 m. Bevisat: inget annat par når fler."; small counts of counted people hidden. What
    helps nobody, and what the numbers cannot tell apart, is said so, with no names and no proof.

    Names stand as the data have them: escape the sentence where it is shown.
    """
    shown = without_small_counts(proposal)
    if shown.nobody_gains and shown.question.count != 0:
        return _nobody_gains(shown, language)
    if shown.spans_all:
        number = texts.number(len(shown.placing.candidates), language)
        return text("sites.spans_all", language, number=number)
    said = f"{_effect(shown, language)} {proof(shown, language)}"
    kind = presets.kind(proposal.question.kind)
    if kind.walked_to:
        return said
    return f"{said} {text('sites.not_walked_to', language, kind=kind.plural(language))}"


def _nobody_gains(shown: Proposal, language: str) -> str:
    """Return that nothing is proposed, and why."""
    question, effect = shown.question, shown.effect
    kind = presets.kind(question.kind)
    kinds = kind.plural(language)
    values = {
        "group": presets.group(question.group).name(language),
        "limit": texts.metres(question.limit_m, language),
        "one": kind.one(language),
        "kinds": kinds[:1].lower() + kinds[1:],
        "number": texts.number(len(shown.placing.candidates), language),
    }
    if not shown.placing.weights.any():
        return text("sites.nobody_here", language, **values)
    if question.objective in (MEDIAN, CENTRE):
        return text("sites.nobody_nearer", language, **values)
    said = text("sites.nobody_reached", language, **values)
    if effect.people is None or effect.before is None:
        return said
    whole, before = round(effect.people), round(effect.before)
    key = "nobody_all_have" if before == whole else "nobody_can"
    people = texts.number(whole if before == whole else whole - before, language)
    return f"{said} {text(f'sites.{key}', language, people=people, **values)}"


def proof(proposal: Proposal, language: str) -> str:
    """Return whether a better choice exists, and how much better it could be at most."""
    question, count = proposal.question, len(proposal.sites)
    if not proposal.proven:
        if not math.isfinite(proposal.gap):
            return text("sites.proof_none", language)
        most = texts.percent(math.ceil(proposal.gap * 1000 - 1e-9) / 1000, language, 1)
        return text("sites.proof_gap", language, gap=most)
    if special := _condition(proposal):
        most = number_word(question.count or 0, language)
        return text(f"sites.proof_{special}", language, number=most)
    many = {1: "one", 2: "two"}.get(count, "many")
    plural = "_many" if many == "many" else ""
    better = text(f"sites.better_{question.objective}{plural}", language)
    number = number_word(count, language)
    return text(f"sites.proof_{many}", language, better=better, number=number)


def objective_words(question: SitingQuestion, language: str) -> str:
    """Return the objective in words: "nå så många som möjligt inom 800 m"."""
    limit = texts.metres(question.limit_m, language)
    aim = text(f"sites.objective_{question.objective}", language, limit=limit)
    if question.budget is None:
        return aim
    amount = texts.number(round(question.budget), language)
    return text("sites.objective_budget", language, objective=aim, budget=amount)


def runner_up_sentence(proposal: Proposal, second: Proposal, language: str) -> str:
    """Return the next best in words: which sites it has instead, and what that does to the
    objective.
    """
    new = [site for site in second.sites if site.id not in proposal.ids]
    gone = [site for site in proposal.sites if site.id not in second.ids]
    key = "sites.runner_up" if new else "sites.runner_up_without"
    said = text(key, language, places=places(new or gone, language))
    return f"{said} {compared(proposal, second, language)}"


def compared(proposal: Proposal, other: Proposal, language: str) -> str:
    """Return what another choice of sites comes to, in terms of the objective."""
    aim = proposal.question.objective
    if _as_many(proposal, other):
        return _as_many_words(proposal, other, language)
    before_m, after_m = (
        found.walk_after.mean_m if aim == MEDIAN else found.walk_after.worst_m
        for found in (proposal, other)
    )
    one = "_one" if aim == COVER_ALL and len(other.sites) == 1 else ""
    return text(
        f"sites.compared_{aim}{one}",
        language,
        difference=difference_words(proposal, other, language),
        metres=texts.metres(after_m, language),
        longer=_longer(after_m - before_m, language),
        number=number_word(len(other.sites), language),
    )


def _as_many(one: Proposal, other: Proposal) -> bool:
    """Whether both reach everybody, so that the walk decides, and may be shown."""
    everybody = all(
        not without_small_counts(each).small
        and each.people_after is not None
        and round(each.people_after) == round(each.effect.people or 0.0)
        for each in (one, other)
    )
    return everybody and one.placing.walk_decides


def _as_many_words(one: Proposal, other: Proposal, language: str) -> str:
    before_m, after_m = one.walk_after.mean_m, other.walk_after.mean_m
    return text(
        "sites.compared_as_many",
        language,
        metres=texts.metres(after_m, language),
        longer=_longer(after_m - before_m, language),
    )


def difference_words(one: Proposal, other: Proposal, language: str) -> str:
    """Return how many fewer of the group the other reaches: "312 färre", "lika många"."""
    fewer = difference(one, other)
    if fewer is None:
        few = text("gap.fewer", language, smallest=privacy.SMALLEST)
        return text("sites.differs_few", language, number=few)
    whole = round(fewer)
    if whole == 0:
        return text("sites.differs_none", language)
    key = "sites.differs_fewer" if whole > 0 else "sites.differs_more"
    return text(key, language, number=texts.number(abs(whole), language))


def name_of(placing: Placing, candidate: str, language: str) -> str:
    """Return the name of a candidate by its id, also of one that was left out."""
    table = placing.candidates.table
    for row in table[table["id"] == candidate].itertuples(index=False):
        return candidate_name(row.id, row.name, row.kind, row.district, language)
    for item in placing.candidates.left_out:
        if item.id == candidate:
            return candidate_name(item.id, item.name, item.kind, "", language)
    return candidate


@dataclass(frozen=True)
class Refusal:
    """A place that said no: its id, its name, and why ("": not said)."""

    id: str
    name: str
    reason: str


def refusals(placing: Placing, language: str) -> tuple[Refusal, ...]:
    """Return those who said no to a question, in the order they did."""
    question, why = placing.question, dict(placing.question.reasons)
    return tuple(
        Refusal(one, name_of(placing, one, language), why.get(one, "")) for one in question.excluded
    )


def refusals_line(placing: Placing, language: str) -> str:
    """Return who said no and why in one sentence; empty for nobody."""
    said = [
        text("sites.refused_why", language, name=one.name, reason=one.reason.rstrip(" ."))
        if one.reason
        else one.name
        for one in refusals(placing, language)
    ]
    return text("sites.refused", language, names="; ".join(said)) if said else ""


def places(sites: Sequence[ProposedSite], language: str) -> str:
    """Name sites in a row: "A, B och C"; many of them by number and the first few."""
    return texts.listed([site_name(site, language) for site in sites], language, most=MOST_NAMED)


def what(proposal: Proposal, language: str) -> str:
    """Return what is opened: "Två nya språkcaféer", "Ett nytt språkcafé"."""
    kind, count = presets.kind(proposal.question.kind), len(proposal.sites)
    if count == 1:
        article, _, rest = kind.indefinite(language).partition(" ")
        if not rest or article not in ("en", "ett", "a", "an"):
            article, rest = "en", kind.indefinite(language)
        return text("sites.one_ett" if article == "ett" else "sites.one_en", language, kind=rest)
    number = number_word(count, language)
    kinds = kind.plural(language)
    return text(
        "sites.several",
        language,
        number=number[:1].upper() + number[1:],
        kinds=kinds[:1].lower() + kinds[1:],
    )


def what_inside(proposal: Proposal, language: str) -> str:
    """Return what is opened, for the inside of a sentence."""
    said = what(proposal, language)
    return said[:1].lower() + said[1:]


def _longer(metres: float, language: str) -> str:
    """Return how much longer a walk is: "120 m längre", "mindre än en meter längre"."""
    if math.isnan(metres) or abs(metres) < 1e-6:
        return text("sites.longer_none", language)
    if 0 < metres < 1:
        return text("sites.longer_some", language)
    key = "sites.longer" if metres > 0 else "sites.shorter"
    return text(key, language, metres=texts.metres(abs(metres), language))


def _condition(proposal: Proposal) -> str:
    """Return what the proof holds under, where that is more than the number of sites."""
    question = proposal.question
    if proposal.condition:
        return proposal.condition
    if question.excluded:
        return "says_no"
    if question.balance is not None:
        return "balance"
    if question.budget is not None:
        return "budget" if question.count is None else "budget_count"
    if not proposal.sites:
        return "nothing"
    return COVER_ALL if question.objective == COVER_ALL else ""


def _effect(proposal: Proposal, language: str) -> str:
    question = proposal.question
    group = presets.group(question.group).name(language)
    limit = texts.metres(question.limit_m, language)
    common = {
        "what": what(proposal, language),
        "places": places(proposal.sites, language),
        "limit": limit,
        "group": group,
    }
    if not proposal.sites:
        return text("sites.nothing", language)
    if question.objective == MEDIAN:
        return _walks(proposal, MEDIAN, language, common)
    if question.objective == CENTRE:
        return _walks(proposal, CENTRE, language, common)
    if question.objective == COVER_ALL:
        return _cover_all(proposal, language, common)
    return _coverage(proposal, language, common)


def _coverage(proposal: Proposal, language: str, common: dict[str, str]) -> str:
    gain = proposal.effect.gain
    if gain is None:
        return text("sites.coverage_hidden", language, **common)
    if round(gain) == 0:
        return text("sites.coverage_none", language, **common)
    everybody = proposal.question.group == "all"
    first = round(proposal.people_before or 0.0) == 0
    key = "coverage_first" if first else "coverage_more" if everybody else "coverage_more_of"
    return text(f"sites.{key}", language, gain=texts.number(round(gain), language), **common)


def _walks(proposal: Proposal, aim: str, language: str, common: dict[str, str]) -> str:
    after, before = proposal.walk_after.mean_m, proposal.walk_before.mean_m
    if aim == CENTRE:
        weights = proposal.placing.weights
        after, before = (
            walk_of(weights, metres).worst_m
            for metres in (proposal.metres_after, proposal.metres_before)
        )
    said = text(
        f"sites.{aim}_first" if math.isnan(before) else f"sites.{aim}",
        language,
        after=texts.metres(after, language),
        before=texts.metres(before, language),
        **common,
    )
    return _but(said, "sites.no_way", proposal.off_paths, proposal, language)


def _cover_all(proposal: Proposal, language: str, common: dict[str, str]) -> str:
    said = text("sites.cover_all", language, **common)
    return _but(said, "sites.cover_all_but", proposal.out_of_reach, proposal, language)


def _but(said: str, key: str, people: float, proposal: Proposal, language: str) -> str:
    """Add for whom a sentence does not hold, if there is anybody."""
    if round(people) == 0:
        return said
    if privacy.is_small(people, not proposal.estimated):
        number = text("gap.fewer", language, smallest=privacy.SMALLEST)
    else:
        number = texts.number(round(people), language)
    number = number[:1].upper() + number[1:]
    return f"{said} {text(key, language, people=number)}"
