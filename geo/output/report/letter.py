"""A report as a *tjänsteskrivelse*, the letter an administration puts a matter to its board with:
background, analysis, and what the board is proposed to decide. Its words are those of the report.
"""

from __future__ import annotations

from collections.abc import Mapping

from geo import presets, texts
from geo.output.report import findings as report_findings
from geo.output.report import proposals
from geo.output.report.context import Told
from geo.output.report.model import Finding, one_line
from geo.output.report.question import ReportQuestion
from geo.output.words import proposal as proposal_words
from geo.planning.siting.proposal import ProposedSite, site_name


def title(told: Told) -> str:
    """Return what the matter is called."""
    if told.proposal is None:
        kind = presets.kind(told.answer.kind).indefinite(told.language)
        return told.say("letter_title_gap", place=kind, area=told.area_name)
    what = proposal_words.what_inside(told.proposal.proposal, told.language)
    return told.say("letter_title", what=what, area=told.area_name)


def findings(told: Told, question: ReportQuestion) -> tuple[Finding, ...]:
    """Return background, analysis and proposal to decision, then method and sources as appendix;
    what the user did not choose is left out, and the user's own words stand in their part.
    """
    chosen = set(question.findings)
    own = {name: words for name, words in question.own_words if name in chosen}
    appendix = [
        make(told, own.get(name, ""))
        for name, make in (
            ("map", report_findings.gap_map),
            ("districts", report_findings.districts),
            ("method", report_findings.method),
            ("sources", report_findings.sources),
        )
        if name in chosen
    ]
    return (_background(told, own), _analysis(told, own, chosen), _decision(told, own), *appendix)


def _background(told: Told, own: Mapping[str, str]) -> Finding:
    asked = report_findings.question(told, "")
    answered = report_findings.answer(told, "")
    words = (*asked.words, *answered.words[:2], *told.rounding)
    return Finding("background", told.say("background_title"), words, _own(own, "question"))


def _analysis(told: Told, own: Mapping[str, str], chosen: set[str]) -> Finding:
    parts = [
        make(told, "")
        for name, make in (
            ("alternatives", proposals.alternatives),
            ("no_action", proposals.no_action),
            ("uncertain", report_findings.uncertain),
        )
        if name in chosen
    ]
    words = list(proposals.sentences(told))
    words += [f"{part.title}: {word}" if not at else word
              for part in parts if part is not None
              for at, word in enumerate(part.words)]  # fmt: skip
    said = tuple(dict.fromkeys(word for word in words if word and word not in told.rounding))
    table = next(
        (part.table for part in parts if part is not None and part.table is not None), None
    )
    return Finding("analysis", told.say("analysis_title"), said, _own(own, *_ANALYSED), table=table)


_ANALYSED = (
    *("answer", "key_figures", "alternatives", "no_action", "uncertain"),
    *("estimated", "sensitivity"),
)
"""The findings whose own words stand in the analysis."""


def _decision(told: Told, own: Mapping[str, str]) -> Finding:
    name = told.say("decision_title")
    mine = _own(own, "proposal")
    shown = proposals.finding(told, "")
    proposal = None if told.proposal is None else told.proposal.proposal
    if proposal is None or shown is None or not proposal.sites or proposal.spans_all:
        return Finding("decision", name, (told.say("decision_note"),), mine)
    listed = texts.listed([_place(site, told.language) for site in proposal.sites], told.language)
    what = proposal_words.what_inside(proposal, told.language)
    words = told.say("decision_open", what=what, places=listed)
    cost = proposals.cost(told, proposal)
    return Finding(
        "decision", name, tuple(filter(None, (one_line(words), cost))), mine,
        table=shown.table, numbers=shown.numbers, map=shown.map,
    )  # fmt: skip


def _place(site: ProposedSite, language: str) -> str:
    return one_line(site_name(site, language))


def _own(own: Mapping[str, str], *names: str) -> str:
    return "\n".join(own[name] for name in names if name in own)
