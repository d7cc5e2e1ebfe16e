"""A proposal of sites as lines of text, as tables for reading, as the rows of files and as plain
data.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from geo import presets, privacy, texts
from geo.access.defaults import for_everybody_words
from geo.access.profile_comparison import differs_by
from geo.area.protected import HOUSING
from geo.cells import finite
from geo.network.walk_network import MAX_SNAP_M
from geo.output.words import proposal as proposal_words
from geo.output.words import sources as source_words
from geo.output.words import spreading
from geo.output.words.area_and_gaps import as_text, unplaced_lines
from geo.output.words.site_spread import spread_json, spread_lines
from geo.planning.siting import proposal as siting_proposal
from geo.planning.siting.alternatives import SiteAnswer
from geo.planning.siting.curves import (
    Curve,
    CurvePoint,
    TradePoint,
    curve_tells,
    difference,
    trade_off_tells,
    without_small_counts,
)
from geo.planning.siting.instance import Placing
from geo.planning.siting.proposal import Effect, Proposal, ProposedSite, Walk
from geo.planning.siting.question import CENTRE, SitingQuestion
from geo.planning.siting.robustness import Robustness, Stays


def site_lines(answer: SiteAnswer, language: str, *, exact: bool = True) -> list[str]:
    """Return the answer in lines: the sentence, the sites, the other answers, what it rests on.

    Small counts of counted people are hidden unless ``exact``.
    """
    proposal, counted = answer.proposal, not answer.proposal.estimated
    shown = proposal if exact else without_small_counts(proposal)
    lines = [proposal_words.headline(proposal, language), *site_notes(proposal, language)]
    lines += known_lines(proposal, language)
    lines += lost_lines(proposal, language)
    if answer.runner_up is not None:
        lines.append(proposal_words.runner_up_sentence(proposal, answer.runner_up, language))
    lines += spread_lines(answer.spread, proposal, language)
    if said_no := proposal_words.refusals_line(proposal.placing, language):
        lines.append(said_no)
    if shown.sites:
        lines += ["", as_text(sites_table(shown, language))]
    lines += ["", *(_group(effect, language) for effect in shown.groups)]
    if answer.robustness is not None:
        lines += ["", *robust_lines(answer.robustness, proposal.placing, language)]
    if answer.curve is not None and (exact or curve_tells(answer.curve, counted=counted)):
        lines += ["", as_text(curve_table(answer.curve, language))]
    if answer.trade_off and (exact or trade_off_tells(answer.trade_off, counted=counted)):
        lines += ["", as_text(trade_table(answer.trade_off, language))]
    return [*lines, "", *(f"{label}: {words}" for label, words in rests_on(answer, language))]


def known_lines(proposal: Proposal, language: str) -> list[str]:
    """Return the sentence on known places of the question's kind that have no point, if any."""
    return unplaced_lines(proposal.placing.area, proposal.question.kind, language)


def lost_lines(proposal: Proposal, language: str) -> list[str]:
    """Return for each condition that was asked for how many places it leaves out only since nobody
    has said whether they meet it.
    """
    found = proposal.placing.candidates
    asked = {"evening": proposal.question.evening, "staffed": proposal.question.staffed}
    return [
        texts.text(f"sites.lost_{name}", language, count=found.unknown[name], left=len(found))
        for name, is_asked in asked.items()
        if is_asked and found.unknown[name]
    ]


def site_notes(proposal: Proposal, language: str) -> list[str]:
    """Return what has to be said beside the sentence: that it is an answer for all residents,
    although newcomers come first.
    """
    question, area = proposal.question, proposal.placing.area
    return for_everybody_words(area, question.kind, question.group, language)


def aim_lines(shown: Proposal, language: str) -> list[str]:
    """Return what a proposal strives for, what its sites cost of a budget, and how many per group
    reach a place before and after; nothing where a count is hidden.
    """
    question = shown.question
    aim = proposal_words.objective_words(question, language)
    lines = [texts.text("placera.aim_is", language, aim=aim)]
    if question.budget is not None:
        cost = texts.number(round(sum(site.cost for site in shown.sites)), language)
        budget = texts.number(round(question.budget), language)
        lines.append(texts.text("placera.cost_of_all", language, cost=cost, budget=budget))
    if shown.placing.walk_decides and shown.sites:
        lines.append(texts.text("sites.walk_decides", language))
    limit = texts.metres(question.limit_m, language)
    for effect in shown.groups:
        if effect.people is None or effect.before is None or effect.after is None:
            continue
        values = {"before": effect.before, "people": effect.people, "after": effect.after}
        numbers = {name: texts.number(round(value), language) for name, value in values.items()}
        group = presets.group(effect.name).name(language)
        lines.append(texts.text("placera.reached", language, group=group, limit=limit, **numbers))
    return lines


def off_paths_line(proposal: Proposal, language: str, *, exact: bool = False) -> list[str]:
    """Return how many live too far from any path, if anybody; a few counted people as a few."""
    people = proposal.off_paths
    if not round(people):
        return []
    lost = texts.number(round(people), language)
    if not exact and privacy.is_small(people, not proposal.estimated):
        lost = texts.text("gap.fewer", language, smallest=privacy.SMALLEST)
    return [texts.text("gap.unreachable", language, people=lost)]


def rests_on(answer: SiteAnswer, language: str) -> list[tuple[str, str]]:
    """Return what an answer rests on, without the sentences that stand above it."""
    above = ("file.answer", "file.unplaced", "sites.second", "sites.spread_title", "defaults.about")
    said = {texts.text(name, language) for name in above}
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


def stays_table(found: Robustness, placing: Placing, language: str) -> pd.DataFrame:
    """Return in how many variants each site stays chosen, as a table in words."""
    rows = [
        (name, texts.text("placera.times_of", language, times=times, count=found.count))
        for name, times in stays_named(found.sites, placing, language)
    ]
    names = ("sites.column_name", "placera.times")
    return pd.DataFrame(rows, columns=[texts.text(name, language) for name in names])


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
        *((word("defaults.about"), note) for note in site_notes(proposal, language)),
        *((word("file.unplaced"), line) for line in known_lines(proposal, language)),
        (word("sites.objective"), proposal_words.objective_words(question, language)),
        *source_words.walked(area, question.profile, language),
        (word("sites.candidates"), candidates_words(proposal, language)),
    ]
    if said_no := proposal_words.refusals_line(proposal.placing, language):
        lines.append((word("sites.said_no"), said_no))
    if answer.runner_up is not None:
        second = proposal_words.runner_up_sentence(proposal, answer.runner_up, language)
        lines.append((word("sites.second"), second))
    for line in spread_lines(answer.spread, proposal, language):
        lines.append((word("sites.spread_title"), line))
    if proposal.estimated:
        estimated = spreading.estimated_line(area, question.group, language)
        lines.append((word("file.estimated"), estimated))
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
    if kind == HOUSING:
        return texts.text("sites.receptions", language)
    if known is None:
        return texts.text(f"sites.{kind}s", language)
    plural = known.plural(language)
    return plural[:1].lower() + plural[1:]


SITE_COLUMNS = (
    "number", "id", "name", "place_kind", "district", "lon", "lat", "gain", "gain_if_last",
    "served", "cost", "share_of_variants", "note", "kind", "objective", "group", "limit_m",
    "profile", "people", "people_before", "people_after", "bound", "gap", "proven", "snap_rule",
    "estimated", "demonstration", "area", "sources",
)  # fmt: skip
"""Columns of a proposal as CSV, Excel, GeoJSON and GeoPackage; shares are from 0 to 1."""


def site_rows(proposal: Proposal, language: str) -> pd.DataFrame:
    """Return a row per site, each with what its figures rest on."""
    question, area = proposal.question, proposal.placing.area
    note = texts.text("gap.hidden_note", language, smallest=privacy.SMALLEST)
    rows = [
        (
            site.number, site.id, siting_proposal.site_name(site, language), site.kind,
            site.district,
            site.lon, site.lat, site.gain, site.gain_if_last, site.served, site.cost,
            site.share_of_variants, note if site.gain is None or site.served is None else "",
        )
        for site in proposal.sites
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(SITE_COLUMNS[:13])).assign(
        kind=question.kind,
        objective=question.objective,
        group=question.group,
        limit_m=question.limit_m,
        profile=question.profile,
        people=proposal.effect.people,
        people_before=proposal.people_before,
        people_after=proposal.people_after,
        bound=None if any(part.hidden for part in proposal.groups) else proposal.bound,
        gap=proposal.gap,
        proven=proposal.proven,
        snap_rule=texts.text("gap.snap_rule", language, limit=MAX_SNAP_M),
        estimated=proposal.estimated,
        demonstration=proposal.demonstration,
        area=area.name,
        sources="; ".join(
            source_words.source_line(source, language) for source in proposal.placing.sources
        ),
    )


def effect_row(effect: Effect, label: str, nameless: str = "") -> dict[str, Any]:
    """Return a group's or district's people before and after as a row."""
    return {
        label: effect.name or nameless,
        "people": finite(effect.people),
        "people_before": finite(effect.before),
        "people_after": finite(effect.after),
        "gain": finite(effect.gain),
    }


def site_json(answer: SiteAnswer, language: str = "sv", *, exact: bool = True) -> dict[str, Any]:
    """Return a proposal as plain data: counts are people, lengths metres, shares from 0 to 1.

    Unless ``exact``, small counts of counted people, and what would give them away, are null.
    """
    proposal, area = answer.proposal, answer.proposal.placing.area
    shown = proposal if exact else without_small_counts(proposal)
    hidden = any(effect.hidden for effect in shown.groups)
    return {
        "area": area.id,
        "area_name": area.name,
        "kind": proposal.question.kind,
        "question": question_json(proposal.question),
        "nobody_gains": proposal.nobody_gains,
        "objective": None if hidden else finite(proposal.objective),
        "bound": None if hidden else finite(proposal.bound),
        "gap": finite(proposal.gap),
        "proven": proposal.proven,
        "seconds": proposal.seconds,
        "status": proposal.status,
        "people": finite(shown.effect.people),
        "people_before": finite(shown.people_before),
        "people_after": finite(shown.people_after),
        "groups": [effect_row(effect, "group") for effect in shown.groups],
        "districts": [
            effect_row(row, "name", texts.text("gap.outside_districts", language))
            for row in shown.districts
        ],
        "walk_before": _walk(shown, before=True),
        "walk_after": _walk(shown, before=False),
        "out_of_reach": None if hidden else _few(proposal.out_of_reach, proposal, exact),
        "off_paths": None if hidden else _few(proposal.off_paths, proposal, exact),
        "sites": [_site(site, language) for site in shown.sites],
        "refused": [asdict(one) for one in proposal_words.refusals(proposal.placing, language)],
        "runner_up": _runner_up(answer, language, exact=exact),
        "robustness": _robustness(answer.robustness),
        **spread_json(answer.spread),
        **_curves(answer, exact=exact, hidden=hidden),
        "candidates": _candidates(proposal, language),
        "settings": _settings(proposal, language),
        "sources": [
            source_words.source_json(source, language) for source in proposal.placing.sources
        ],
        "attribution": source_words.credit(area),
        "unplaced": len(area.unplaced_of(proposal.question.kind)),
        "unknown_rows": proposal.placing.unknown,
        "estimated": proposal.estimated,
        "demonstration": proposal.demonstration,
        "profile_differs_by": list(differs_by(area.network)),
        "notes": site_notes(proposal, language),
        "headline": proposal_words.headline(proposal, language),
    }


def question_json(question: SitingQuestion) -> dict[str, Any]:
    """Return what was asked as plain data, what nobody chose filled in."""
    new_only = question.points or question.lattice_m is not None
    return {
        "kind": question.kind,
        "count": question.count,
        "group": question.group,
        "limit_m": question.limit_m,
        "aim": question.objective,
        "profile": question.profile,
        "existing": question.existing,
        "candidates": list(question.kinds or (() if new_only else presets.rooms())),
        "points": [list(point) for point in question.points],
        "lattice_m": question.lattice_m,
        "near": [list(each) for each in question.near],
        "evening": question.evening,
        "staffed": question.staffed,
        "refused": list(question.excluded),
        "balance": question.balance,
        "budget": question.budget,
    }


def _site(site: siting_proposal.ProposedSite, language: str) -> dict[str, Any]:
    found = {name: value for name, value in asdict(site).items() if name != "kind"}
    return {
        **found,
        "name": siting_proposal.site_name(site, language),
        "place_kind": site.kind,
        "cost": finite(site.cost),
    }


def _walk(proposal: Proposal, *, before: bool) -> dict[str, float | None]:
    walk = proposal.walk_before if before else proposal.walk_after
    hide = proposal.small
    return {
        "people": None if hide else finite(walk.people),
        "total_m": None if hide else finite(walk.total_m),
        "mean_m": None if hide else finite(walk.mean_m),
        "worst_m": None if hide else finite(walk.worst_m),
    }


def _few(people: float, proposal: Proposal, exact: bool) -> float | None:
    small = privacy.is_small(people, not proposal.estimated)
    return None if small and not exact else finite(people)


def _runner_up(answer: SiteAnswer, language: str, *, exact: bool) -> dict[str, Any] | None:
    second, first = answer.runner_up, answer.proposal
    if second is None:
        return None
    if not exact:
        second, first = (
            without_small_counts(second),
            without_small_counts(first),
        )
    fewer = (
        (first.people_after or 0.0) - (second.people_after or 0.0)
        if exact
        else difference(first, second)
    )
    hide = fewer is None
    return {
        "sites": [_site(site, language) for site in second.sites],
        "objective": None if hide else finite(second.objective),
        "bound": None if hide else finite(second.bound),
        "proven": second.proven,
        "people_after": None if hide else finite(second.people_after),
        "people_fewer": finite(fewer),
    }


def _robustness(found: Robustness | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "variants": [{**asdict(variant), "ids": sorted(variant.ids)} for variant in found.variants],
        "sites": [asdict(site) for site in found.sites],
        "others": [asdict(site) for site in found.others],
    }


def _curves(answer: SiteAnswer, *, exact: bool, hidden: bool) -> dict[str, Any]:
    """Return the curve and the trade-off; of counted people each figure, and each step to the next,
    must be large enough to be disclosed.
    """
    curve, trade, counted = answer.curve, answer.trade_off, not answer.proposal.estimated
    points = [_curve_point(point) for point in (curve.points if curve else ())]
    few = curve is not None and not curve_tells(curve, counted=counted)
    if not exact and (few or hidden):
        gone = ("people", "objective", "bound") if few else ("objective", "bound")
        points = [{**point, **dict.fromkeys(gone)} for point in points]
    tells = exact or trade_off_tells(trade, counted=counted)
    return {
        "curve": points if curve else None,
        "knee": curve.points[curve.knee].count
        if curve and curve.knee is not None and (exact or not few)
        else None,
        "trade_off": [asdict(point) for point in trade] if trade and tells else None,
    }


def _curve_point(point: CurvePoint) -> dict[str, Any]:
    return {
        **{name: value for name, value in asdict(point).items() if name != "walk"},
        "objective": finite(point.objective),
        "bound": finite(point.bound),
        "gap": finite(point.gap),
        "mean_m": finite(point.walk.mean_m) if point.walk else None,
        "worst_m": finite(point.walk.worst_m) if point.walk else None,
    }


def _candidates(proposal: Proposal, language: str) -> dict[str, Any]:
    found = proposal.placing.candidates
    return {
        "count": len(found),
        "by_kind": found.by_kind,
        "left_out": found.reasons,
        "unknown_hours": found.unknown["evening"],
        "unknown_staff": found.unknown["staffed"],
        "unknown_cost": int(np.isnan(proposal.placing.costs).sum()),
        "existing": len(proposal.placing.existing),
        "text": candidates_words(proposal, language),
    }


def _settings(proposal: Proposal, language: str) -> dict[str, Any]:
    within_m = proposal.placing.within_m
    return {
        **proposal.question.to_data(),
        "objective_text": proposal_words.objective_words(proposal.question, language),
        "walks_within_m": finite(within_m),
        "snap_rule": texts.text("gap.snap_rule", language, limit=MAX_SNAP_M),
    }
