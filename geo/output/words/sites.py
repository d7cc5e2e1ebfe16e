"""A proposal of sites as lines of text, for terminals and logs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from geo import presets, texts
from geo.output.words import proposal as proposal_words
from geo.output.words import sources as source_words
from geo.output.words.area_and_gaps import as_text
from geo.planning.siting import proposal as siting_proposal
from geo.planning.siting.alternatives import SiteAnswer
from geo.planning.siting.curves import Curve, TradePoint
from geo.planning.siting.instance import Placing
from geo.planning.siting.proposal import Effect, Proposal, ProposedSite, Walk
from geo.planning.siting.question import CENTRE
from geo.planning.siting.robustness import Robustness, Stays


def site_lines(answer: SiteAnswer, language: str) -> list[str]:
    """Return the answer in lines: the sentence, the sites, the other answers, what it rests on."""
    proposal = answer.proposal
    lines = [proposal_words.headline(proposal, language)]
    if answer.runner_up is not None:
        lines.append(proposal_words.runner_up_sentence(proposal, answer.runner_up, language))
    if proposal.sites:
        lines += ["", as_text(sites_table(proposal, language))]
    lines += ["", *(_group(effect, language) for effect in proposal.groups)]
    if answer.robustness is not None:
        lines += ["", *robust_lines(answer.robustness, proposal.placing, language)]
    if answer.curve is not None:
        lines += ["", as_text(curve_table(answer.curve, language))]
    if answer.trade_off:
        lines += ["", as_text(trade_table(answer.trade_off, language))]
    return [*lines, "", *(f"{label}: {words}" for label, words in rests_on(answer, language))]


def rests_on(answer: SiteAnswer, language: str) -> list[tuple[str, str]]:
    """Return what an answer rests on, without the sentences that stand above it."""
    said = {texts.text("file.answer", language), texts.text("sites.second", language)}
    return [row for row in site_summary(answer, language) if row[0] not in said]


def sites_table(proposal: Proposal, language: str) -> pd.DataFrame:
    """Return the sites in words: number, name, district, what each adds; indexed by id; the table
    beside the map.
    """
    shared = any(site.share_of_variants is not None for site in proposal.sites)
    names = ["number", "name", "district", "gain", "gain_if_last", "served"]
    names += ["cost"] if proposal.question.budget is not None else []
    names += ["share_of_variants"] if shared else []
    rows = [_site_row(site, names, language) for site in proposal.sites]
    columns = [texts.text(f"sites.column_{name}", language) for name in names]
    ids = pd.Index([site.id for site in proposal.sites], name="id")
    return pd.DataFrame(rows, columns=columns, index=ids)


def curve_table(curve: Curve, language: str) -> pd.DataFrame:
    """Return the curve as a table: sites, people reached, whether proven, and the knee."""
    bend = texts.text("sites.knee_budget" if curve.of_money else "sites.knee", language)
    rows = []
    for at, point in enumerate(curve.points):
        walk = "" if point.walk is None else _walked(curve, point.walk, language)
        mark = bend if at == curve.knee else ""
        rows.append(
            (
                texts.number(point.count, language),
                "" if point.budget is None else texts.number(round(point.budget), language),
                texts.number(round(point.people), language),
                walk,
                yes_no(point.proven, language),
                mark,
            )
        )
    walk_name = "longest" if curve.objective == CENTRE else "walk"
    names = ("sites", "budget", "people", walk_name, "proven", "knee")
    table = pd.DataFrame(
        rows, columns=[texts.text(f"sites.column_{name}", language) for name in names]
    )
    return table.loc[:, (table != "").any(axis=0)]


def robust_lines(found: Robustness, placing: Placing, language: str) -> list[str]:
    """Return in how many variants each site is chosen, and what others chose."""
    lines = [
        texts.text("sites.stays", language, name=name, times=times, count=found.count)
        for name, times in stays_named(found.sites, placing, language)
    ]
    return [*lines, *others_lines(found, placing, language)]


def others_lines(found: Robustness, placing: Placing, language: str) -> list[str]:
    """Return the other sites that the variants chose, most often first; empty where there are
    none.
    """
    named = stays_named(found.others[:5], placing, language)
    others = ", ".join(f"{name} ({times})" for name, times in named)
    return [texts.text("sites.others", language, names=others)] if others else []


def stays_named(sites: Sequence[Stays], placing: Placing, language: str) -> list[tuple[str, int]]:
    """Return each site's name, as everywhere else, and how often it is chosen."""
    return [(proposal_words.name_of(placing, site.id, language), site.times) for site in sites]


def yes_no(value: bool, language: str) -> str:
    """Return yes or no."""
    return texts.text("sites.yes" if value else "sites.no", language)


def _site_row(site: ProposedSite, names: list[str], language: str) -> list[str]:
    shown: dict[str, str] = {
        "number": str(site.number),
        "name": siting_proposal.site_name(site, language),
        "district": site.district,
        "gain": _people(site.gain, language),
        "gain_if_last": _people(site.gain_if_last, language),
        "served": _people(site.served, language),
        "cost": texts.number(round(site.cost), language) if math.isfinite(site.cost) else "",
        "share_of_variants": texts.percent(
            math.nan if site.share_of_variants is None else site.share_of_variants, language
        ),
    }
    return [shown[name] for name in names]


def _group(effect: Effect, language: str) -> str:
    values: dict[str, Any] = {
        "group": presets.group(effect.name).name(language),
        "before": _people(effect.before, language),
        "after": _people(effect.after, language),
        "people": _people(effect.people, language),
    }
    return texts.text("sites.before_after", language, **values)


def trade_table(points: Sequence[TradePoint], language: str) -> pd.DataFrame:
    """Return the trade-off between the two groups as a table: weight, people reached, proven."""
    rows = [
        (
            texts.percent(point.balance, language),
            texts.number(round(point.people), language),
            texts.number(round(point.housing), language),
            yes_no(point.proven, language),
        )
        for point in points
    ]
    names = ("balance", "people", "housing", "proven")
    return pd.DataFrame(
        rows, columns=[texts.text(f"sites.column_{name}", language) for name in names]
    )


def _walked(curve: Curve, walk: Walk, language: str) -> str:
    """Return the walk that a curve's objective shortens; empty where nobody has a way."""
    metres = walk.worst_m if curve.objective == CENTRE else walk.mean_m
    return "" if math.isnan(metres) else texts.metres(metres, language)


def _people(value: float | None, language: str) -> str:
    if value is None:
        return texts.text("gap.hidden", language)
    return texts.number(round(value), language)


def site_summary(answer: SiteAnswer, language: str) -> tuple[tuple[str, str], ...]:
    """Return a file's own description: the sentence, the settings, the sources."""
    proposal = answer.proposal
    question, area = proposal.question, proposal.placing.area

    def word(key: str) -> str:
        return texts.text(key, language)

    lines = [
        (word("file.answer"), proposal_words.headline(proposal, language)),
        (word("sites.objective"), proposal_words.objective_words(question, language)),
        *source_words.walked(area, question.profile, language),
        (word("sites.candidates"), candidates_words(proposal, language)),
    ]
    if answer.runner_up is not None:
        second = proposal_words.runner_up_sentence(proposal, answer.runner_up, language)
        lines.append((word("sites.second"), second))
    if proposal.estimated:
        lines.append((word("file.estimated"), word("gap.estimated")))
    sources, made_up = proposal.placing.sources, proposal.demonstration
    lines += source_words.origins(area, sources, language, demonstration=made_up)
    return tuple(lines)


def candidates_words(proposal: Proposal, language: str) -> str:
    """Return how many candidates there were, of which kinds, and who was left out for what."""
    found = proposal.placing.candidates
    kinds = [
        f"{kind_name(kind, language)} {texts.number(count, language)}"
        for kind, count in found.by_kind.items()
    ]
    parts = [texts.text("sites.candidates_are", language, count=len(found), kinds=", ".join(kinds))]
    if found.reasons:
        why = [
            f"{texts.text(f'candidates.{reason}', language)} {texts.number(count, language)}"
            for reason, count in found.reasons.items()
        ]
        parts.append(texts.text("sites.candidates_not", language, reasons=", ".join(why)))
    if proposal.question.budget is not None:
        unknown = int(np.isnan(proposal.placing.costs).sum())
        parts.append(texts.text("sites.candidates_cost", language, count=unknown))
    return " ".join(parts)


def kind_name(kind: str, language: str) -> str:
    """Return a candidate's kind in the plural: a kind of place, chosen points or path points."""
    known = presets.kinds().get(kind)
    if known is None:
        return texts.text(f"sites.{kind}s", language)
    plural = known.plural(language)
    return plural[:1].lower() + plural[1:]
