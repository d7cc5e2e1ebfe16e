"""The proposal as a report shows it: which sites, what each adds, the proof and the runner-up;
small counts hidden beside those of the gap.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from geo import privacy, texts
from geo.access.gaps import Gap
from geo.area.model import Area
from geo.errors import InputError
from geo.output.maps.spec import MapSpec, PointLayer, compose
from geo.output.maps.symbols import MOST_NUMBERS
from geo.output.report import suppression
from geo.output.report.context import Told, ToldProposal, safe_map
from geo.output.report.model import Finding, KeyFigure, one_line, writable_table
from geo.output.words import proposal as proposal_words
from geo.output.words import sites as sites_words
from geo.output.words.site_spread import spread_lines
from geo.planning.scenario import KeptProposal, KeptSite, proposal_data
from geo.planning.siting import alternatives as siting_alternatives
from geo.planning.siting import curves
from geo.planning.siting import proposal as siting_proposal
from geo.planning.siting.alternatives import SiteAnswer
from geo.planning.siting.proposal import Proposal, ProposedSite
from geo.planning.siting.question import CENTRE, MEDIAN
from geo.planning.siting.spread import spread_holds
from geo.types import Progress

SITE_COLOUR = "#1b1b1b"
WALKS = (MEDIAN, CENTRE)
"""The objectives in metres."""


def told(
    area: Area,
    answer: Gap,
    sites: SiteAnswer | None,
    language: str,
    progress: Progress | None = None,
) -> ToldProposal | None:
    """Return a proposal as it may leave beside a gap, with the next best; None for none.

    Raises
    ------
    InputError ``proposal_apart`` : it is of another area, kind, limit, group or profile. Cancelled.
    """
    if sites is None:
        return None
    proposal = sites.proposal
    asked = proposal.question
    for what, one, other in (
        ("area", proposal.placing.area.key, area.key),
        ("kind", asked.kind, answer.kind),
        ("limit_m", asked.limit_m, answer.limit_m),
        ("group", asked.group, answer.group),
        ("profile", asked.profile, answer.profile),
    ):
        if one != other:
            raise InputError("proposal_apart", what=what, found=str(one), wanted=str(other))
    second = siting_alternatives.runner_up(proposal.placing, proposal, progress=progress)
    shown = _with_gap(curves.without_small_counts(proposal), proposal, answer)
    next_best = None if second is None else suppression.rounded(curves.without_small_counts(second))
    named = tuple(
        KeptSite(site.id, one_line(siting_proposal.site_name(site, language)))
        for site in proposal.sites
    )
    return ToldProposal(
        suppression.rounded(shown),
        next_best,
        robustness=sites.robustness,
        curve=sites.curve if proposal.estimated else None,  # counted people are rounded
        kept=KeptProposal(asked, named),
        spread=sites.spread or spread_holds(proposal.placing, proposal, progress=progress),
    )


def kept(found: ToldProposal | None) -> dict[str, Any] | None:
    """Return what is proposed as plain data: question, sites and who refused."""
    return None if found is None or found.kept is None else proposal_data(found.kept)


def sentence(told: Told) -> str:
    """Return the proposal in one sentence, without its proof; empty for none."""
    if told.proposal is None:
        return ""
    proposal = told.proposal.proposal
    whole = _headline(told, proposal)
    return one_line(whole.removesuffix(proposal_words.proof(proposal, told.language)))


def sentences(told: Told) -> tuple[str, ...]:
    """Return the proposal and its proof, the next best, and whether it holds however people are
    spread, in words; nothing for none.
    """
    if told.proposal is None:
        return ()
    proposal, second = told.proposal.proposal, told.proposal.second
    words = [_headline(told, proposal)]
    if second is not None:
        words.append(_second(told, proposal, second))
    words += spread_lines(told.proposal.spread, proposal, told.language)
    return tuple(map(one_line, words))


def finding(told: Told, own: str) -> Finding | None:
    """Return the finding on the proposal, None where there is none."""
    if told.proposal is None:
        return None
    proposal = told.proposal.proposal
    words = [*sentences(told), cost(told, proposal)]
    if proposal.small:
        words.append(told.say("hidden_words", smallest=privacy.SMALLEST))
    words += told.rounding
    table, numbers = _tables(told, proposal)
    return Finding(
        id="proposal",
        title=told.say("proposal_title"),
        words=tuple(one_line(word) for word in words if word),
        own_words=own,
        figures=_figures(told, proposal),
        table=table,
        numbers=numbers,
        map=_map(told, proposal),
        notes=told.say(
            "proposal_notes",
            objective=proposal_words.objective_words(proposal.question, told.language),
        ),
    )


def alternatives(told: Told, own: str) -> Finding | None:
    """Return the finding on what else there is: the next best, who said no and why, how the
    proposal holds and what each further site gives; None where there is no proposal.
    """
    if told.proposal is None:
        return None
    proposal, second, found = told.proposal.proposal, told.proposal.second, told.proposal.robustness
    placing = proposal.placing
    words = [told.say("no_second")] if second is None else [_other_choice(told, second)]
    words.append(proposal_words.refusals_line(placing, told.language))
    if found is not None:
        words += [
            told.say("robust_words"),
            *sites_words.robust_lines(found, placing, told.language),
        ]
    curve = told.proposal.curve
    table = None if curve is None else sites_words.curve_table(curve, told.language)
    if table is not None:
        words.append(told.say("curve_words"))
    return Finding(
        "alternatives",
        told.say("alternatives_title"),
        tuple(one_line(word) for word in words if word),
        own,
        table=table,
    )


def no_action(told: Told, own: str) -> Finding | None:
    """Return the finding on what follows if nothing is done; None where nothing is proposed."""
    if told.proposal is None or not told.proposal.proposal.sites:
        return None
    effect = told.proposal.proposal.effect
    common = {"group": told.group, "limit": told.limit, "place": told.place}
    if effect.people is None or effect.before is None or effect.after is None:
        words = told.say("no_action_hidden", **common)
    else:
        without = effect.people - effect.before
        left = effect.people - effect.after
        words = told.say(
            "no_action_words",
            without=told.people(without),
            people=told.people(effect.people),
            left=told.fewer if told.rounded and privacy.is_few(left) else told.people(left),
            **common,
        )
    return Finding("no_action", told.say("no_action_title"), (words, *told.rounding), own)


def settings(found: ToldProposal | None) -> dict[str, Any] | None:
    """Return the question as plain data, so that it can be computed again."""
    if found is None:
        return None
    return found.proposal.question.to_data()


def results(found: ToldProposal | None) -> dict[str, Any] | None:
    """Return the proposal's figures; None where hidden or unknown."""
    if found is None:
        return None
    proposal, second = found.proposal, found.second
    fewer = None if second is None else curves.difference(proposal, second)
    return {
        "before": _known(proposal.people_before),
        "after": _known(proposal.people_after),
        "gain": _known(proposal.effect.gain),
        "objective": _known(None if proposal.small else proposal.objective),
        "bound": _known(None if proposal.small else proposal.bound),
        "gap": _known(None if proposal.small else proposal.gap),
        "proven": proposal.proven,
        "sites": [
            {
                "name": one_line(site.id),
                "gain": _known(site.gain),
                "gain_if_last": _known(site.gain_if_last),
            }
            for site in proposal.sites
        ],
        "runner_up": None if second is None else sorted(one_line(name) for name in second.ids),
        "runner_up_fewer": _known(None if not proposal.estimated and not fewer else fewer),
    }


def cost(told: Told, proposal: Proposal) -> str:
    """Return what the sites cost, as far as that is known."""
    costs = [site.cost for site in proposal.sites]
    known = [cost for cost in costs if math.isfinite(cost)]
    if not costs:
        return ""
    if not known:
        return told.say("cost_unknown")
    amount = texts.number(round(sum(known)), told.language)
    if len(known) == len(costs):
        return told.say("cost", cost=amount)
    return told.say("cost_some", cost=amount, known=len(known), count=len(costs))


def _headline(told: Told, proposal: Proposal) -> str:
    """Return the proposal and its proof in words; of counted people not how far they walk."""
    named = proposal.sites and not proposal.spans_all
    if not told.rounded or proposal.question.objective not in WALKS or not named:
        return proposal_words.headline(proposal, told.language)
    said = told.say(
        "proposal_walks",
        what=proposal_words.what(proposal, told.language),
        places=proposal_words.places(proposal.sites, told.language),
        group=told.group,
        objective=proposal_words.objective_words(proposal.question, told.language),
    )
    return f"{said} {proposal_words.proof(proposal, told.language)}"


def _second(told: Told, proposal: Proposal, second: Proposal) -> str:
    """Return the next best in words; of counted people with what it does only where they are not
    few.
    """
    walks = proposal.question.objective in WALKS
    if not told.rounded or not (walks or not curves.difference(proposal, second)):
        return proposal_words.runner_up_sentence(proposal, second, told.language)
    new = [site for site in second.sites if site.id not in proposal.ids]
    gone = [site for site in proposal.sites if site.id not in second.ids]
    return texts.text(
        "sites.runner_up" if new else "sites.runner_up_without",
        told.language,
        places=proposal_words.places(new or gone, told.language),
    )


def _other_choice(told: Told, second: Proposal) -> str:
    """Return the whole next best choice, and whether any but the proposal is better."""
    places = proposal_words.places(second.sites, told.language)
    said = told.say("second_whole", places=places)
    return f"{said} {proposal_words.proof(second, told.language)}"


def _with_gap(shown: Proposal, exact: Proposal, answer: Gap) -> Proposal:
    """Hide also what the gap beside it would disclose with a site's gain: the few that are left."""
    if exact.estimated or shown.small:
        return shown
    beyond, gained = answer.beyond, exact.effect.gain or 0.0
    few = any(
        privacy.is_small(whole - (part or 0.0), counted=True)
        for site in exact.sites
        for part in (site.gain, site.gain_if_last)
        for whole in (beyond, gained)
    )
    if not few:
        return shown
    sites = tuple(replace(site, gain=None, gain_if_last=None) for site in shown.sites)
    return replace(shown, sites=sites)


def _figures(told: Told, proposal: Proposal) -> tuple[KeyFigure, ...]:
    """Return the proof in figures: gain, bound, gap."""
    figures = [
        KeyFigure(
            told.say("figure_gain"),
            told.people(proposal.effect.gain),
            told.say("means_gain", limit=told.limit, group=told.group),
        )
    ]
    if not proposal.small and math.isfinite(proposal.gap):
        share = math.ceil(proposal.gap * 1000 - 1e-9) / 1000
        figures.append(
            KeyFigure(
                told.say("figure_gap"),
                texts.percent(share, told.language, 1),
                told.say("means_gap"),
            )
        )
        figures.append(
            KeyFigure(
                told.say("figure_bound"),
                texts.number(proposal.bound, told.language),
                told.say(
                    "means_bound",
                    objective=proposal_words.objective_words(proposal.question, told.language),
                ),
            )
        )
    return tuple(figures)


def _tables(told: Told, proposal: Proposal) -> tuple[pd.DataFrame, pd.DataFrame]:
    names = [told.say(f"column_{name}") for name in ("number", "site", "district", "gain", "last")]
    rows = [
        (
            str(site.number),
            _name(told, site),
            site.district,
            _known(site.gain),
            _known(site.gain_if_last),
        )
        for site in proposal.sites
    ]
    numbers = pd.DataFrame(rows, columns=names, dtype=object)
    table = pd.DataFrame(
        [(*row[:3], told.people(row[3]), told.people(row[4])) for row in rows],
        columns=names,
        dtype=object,
    )
    return writable_table(table), writable_table(numbers)


def _map(told: Told, proposal: Proposal) -> MapSpec:
    """Return the map of the gap with the proposed sites on it."""
    base = safe_map(told)
    sites = [_mark(told, site) for site in proposal.sites]
    return compose(
        told.say("proposal_title"),
        [*base.layers, *sites],
        bounds=base.bounds,
        table=_tables(told, proposal)[0],
        credits=base.credits,
        language=told.language,
    )


def _mark(told: Told, site: ProposedSite) -> PointLayer:
    """Return a layer with one site, marked with the number it has in the table."""
    return PointLayer(
        id=f"proposed-{site.number}",
        label=texts.text("sites.layer_site", told.language, number=site.number),
        symbol=f"number_{site.number}" if site.number <= MOST_NUMBERS else "star",
        colour=SITE_COLOUR,
        ids=(site.id,),
        lon=np.array([site.lon]),
        lat=np.array([site.lat]),
        size_px=32,
    )


def _name(told: Told, site: ProposedSite) -> str:
    return one_line(siting_proposal.site_name(site, told.language))


def _known(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(float(value), 6)
