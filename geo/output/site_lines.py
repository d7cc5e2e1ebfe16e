"""A proposal of sites as lines of text, for terminals and logs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from geo import presets, texts
from geo.output import site_files
from geo.output.lines import as_text
from geo.placing import sentence
from geo.planning.siting import proposal as siting_proposal
from geo.planning.siting.alternatives import SiteAnswer
from geo.planning.siting.curves import Curve, TradePoint
from geo.planning.siting.instance import Placing
from geo.planning.siting.proposal import Effect, Proposal, ProposedSite, Walk
from geo.planning.siting.question import CENTRE
from geo.planning.siting.robustness import Robustness, Stays


def site_lines(answer: SiteAnswer, language: str) -> list[str]:
    """Return the answer in lines: the sentence, the sites, what else was asked, what it rests
    on.
    """
    proposal = answer.proposal
    lines = [sentence.headline(proposal, language)]
    if answer.runner_up is not None:
        lines.append(sentence.runner_up_sentence(proposal, answer.runner_up, language))
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
    return [row for row in site_files.summary(answer, language) if row[0] not in said]


def sites_table(proposal: Proposal, language: str) -> pd.DataFrame:
    """Return the sites in words: number, name, district, what each adds; indexed by
    id. The map's twin.
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
    """Say in how many variants each site is chosen, and what others chose."""
    lines = [
        texts.text("sites.stays", language, name=name, times=times, count=found.count)
        for name, times in stays_named(found.sites, placing, language)
    ]
    return [*lines, *others_lines(found, placing, language)]


def others_lines(found: Robustness, placing: Placing, language: str) -> list[str]:
    """Say what the variants chose besides, most often first; nothing where they did not."""
    named = stays_named(found.others[:5], placing, language)
    others = ", ".join(f"{name} ({times})" for name, times in named)
    return [texts.text("sites.others", language, names=others)] if others else []


def stays_named(sites: Sequence[Stays], placing: Placing, language: str) -> list[tuple[str, int]]:
    """Return each site's name, as everywhere else, and how often it is chosen."""
    return [(sentence.name_of(placing, site.id, language), site.times) for site in sites]


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
    """Return the walk a curve strives for; nothing where nobody has a way."""
    metres = walk.worst_m if curve.objective == CENTRE else walk.mean_m
    return "" if math.isnan(metres) else texts.metres(metres, language)


def _people(value: float | None, language: str) -> str:
    if value is None:
        return texts.text("gap.hidden", language)
    return texts.number(round(value), language)
