"""Makes a report: computes the gap, suppresses what must not be disclosed, and puts the findings in
order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd

from geo import presets
from geo.access import gaps
from geo.access.gap_question import GapQuestion
from geo.area.model import Area
from geo.area.people import HOUSING
from geo.output.maps.spec import credits_of
from geo.output.report import findings as report_findings
from geo.output.report import letter, proposals
from geo.output.report.context import Told
from geo.output.report.disclosure_guard import guarded
from geo.output.report.model import (
    APPENDIX,
    FINDINGS,
    Finding,
    Report,
    one_line,
    short,
    writable_table,
)
from geo.output.report.question import LETTER, REPORT, ReportQuestion
from geo.output.report.record import area_checksums
from geo.output.report.sensitivity import Variant, sensitivity, width
from geo.output.report.suppression import shown
from geo.output.words import proposal as proposal_words
from geo.planning.siting import curves
from geo.planning.siting.alternatives import SiteAnswer, varied
from geo.planning.siting.instance import prepare
from geo.planning.siting.proposal import Proposal, proposed
from geo.texts import text
from geo.types import Progress


def make_report(  # noqa: PLR0913 (each is a choice of the user's)
    area: Area,
    *,
    kind: str,
    limit_m: float,
    group: str,
    profile: str = "adult",
    date: str,
    language: str = "sv",
    title: str = "",
    findings: Sequence[str] = FINDINGS,
    own_words: Mapping[str, str] | None = None,
    form: str = REPORT,
    proposal: Proposal | SiteAnswer | None = None,
    home: str | Path | None = None,
    progress: Progress | None = None,
) -> Report:
    """Return the report of one gap; the same inputs make the same report.

    Parameters
    ----------
    date : YYYY-MM-DD, given and never taken from the clock.
    findings : ids of ``FINDINGS`` in the order wanted; one named twice stands once. ``proposal`` is
        left out where there is none.
    own_words : a user's own text a finding; for findings not chosen it is left out.
    proposal : sites for the same area, kind, limit, group and profile; as a ``SiteAnswer`` with how
        it holds and what each further site gives.
    home : the home folder the area is in, for the checksums of its files. ``progress`` is called
        while the next best of a proposal is sought.

    Returns
    -------
    Report with small counts of counted people hidden in words, tables, numbers and results.

    Raises
    ------
    InputError ``no_findings``, ``unknown_finding``, ``title_too_long``, ``words_too_long``,
    ``bad_date``, ``bad_language`` : what was chosen.
    InputError ``proposal_apart`` : the proposal answers another question. InputError
    ``nobody_to_report``, ``too_few_to_report`` : there is nobody in the group, or so few that any
    figure would disclose them. What ``gaps.gap`` raises.

    Examples
    --------
    >>> from geo import make_report, open_area
    >>> asked = {"kind": "library", "limit_m": 400, "group": "all", "date": "2026-11-30"}
    >>> report = make_report(open_area("demo"), **asked, language="en")
    >>> report.title
    'Who cannot walk to a library? Demonstration: Helsingfors centrum'
    >>> [finding.id for finding in report.findings][:4]
    ['question', 'answer', 'uncertain', 'map']
    """
    question = ReportQuestion(
        gap=GapQuestion(kind, limit_m, group, profile),
        date=date,
        language=language,
        title=title,
        findings=tuple(findings),
        own_words=tuple((own_words or {}).items()),
        form=form,
    )
    answer = SiteAnswer(proposal) if isinstance(proposal, Proposal) else proposal
    return _made(area, question, answer, home, progress)


def report_of(
    area: Area,
    question: ReportQuestion,
    *,
    proposal: Proposal | None = None,
    home: str | Path | None = None,
    progress: Progress | None = None,
) -> Report:
    """Return the report that a question asks for, with a proposal where it asks for sites.

    Parameters
    ----------
    proposal : the answer to ``question.sites``, where it is known already.

    Raises
    ------
    What ``make_report`` raises of an area, and where sites are asked for what ``prepare`` and
    ``propose`` raise.
    """
    answer = None
    if question.sites is not None:
        if proposal is None:
            proposal = proposed(prepare(area, question.sites, progress=progress), progress=progress)
        answer = answer_of(proposal, curve=question.curve, robust=question.robust, say=progress)
    return _made(area, question, answer, home, progress)


def answer_of(
    proposal: Proposal, *, curve: int | None, robust: bool, say: Progress | None = None
) -> SiteAnswer:
    """Return a proposal, and where asked for what each of so many sites gives and how it holds."""
    placing, found = proposal.placing, None
    if robust:
        proposal, found = varied(placing, proposal, progress=say)
    return SiteAnswer(
        proposal,
        robustness=found,
        curve=None if curve is None else curves.curve(placing, curve, progress=say),
    )


def _made(
    area: Area,
    question: ReportQuestion,
    sites: SiteAnswer | None,
    home: str | Path | None,
    progress: Progress | None,
) -> Report:
    answer = gaps.gap_of(area, question.gap)
    found = Told(
        area=area,
        answer=answer,
        shown=shown(area, answer),
        variants=sensitivity(area, answer),
        width=width(area, answer),
        proposal=proposals.told(area, answer, sites, question.language, progress),
        language=question.language,
    )
    told = guarded(found)
    if question.form == LETTER:
        findings, title = letter.findings(told, question), letter.title(told)
    else:
        findings, title = _findings(told, question), _title(told)
    return Report(
        title=question.title or title,
        subtitle=_subtitle(told),
        language=question.language,
        date=question.date,
        area=area.id,
        area_name=one_line(area.name),
        area_key=area.key,
        findings=findings,
        appendix=_appendix([finding.id for finding in findings], sites is not None),
        settings=_settings(told, question),
        results=_results(told),
        demonstration=answer.demonstration,
        estimated=answer.estimated,
        credits=credits_of(area),
        checksums=area_checksums(area, home),
        proposal=proposals.kept(told.proposal),
        squares=told.shown.squares,
        places=_places(area, question.gap.kind),
    )


def _findings(told: Told, question: ReportQuestion) -> tuple[Finding, ...]:
    makers = {
        "question": report_findings.question,
        "answer": report_findings.answer,
        "map": report_findings.gap_map,
        "key_figures": report_findings.key_figures,
        "districts": report_findings.districts,
        "proposal": proposals.finding,
        "alternatives": proposals.alternatives,
        "no_action": proposals.no_action,
        "uncertain": report_findings.uncertain,
        "estimated": report_findings.estimated,
        "sensitivity": report_findings.variants,
        "method": report_findings.method,
        "sources": report_findings.sources,
    }
    own_words = dict(question.own_words)
    made = (makers[name](told, own_words.get(name, "")) for name in question.findings)
    return tuple(finding for finding in made if finding is not None)


def _appendix(names: Sequence[str], proposes: bool) -> str:
    """Return the finding from which on all are what the answer rests on; "" where nothing stands
    before it, or the user has mixed them. A proposal has a map of its own, and the gap's goes with
    the rest.
    """
    behind = {*APPENDIX, "map"} if proposes else set(APPENDIX)
    at = next((at for at, name in enumerate(names) if name in behind), 0)
    return names[at] if at and behind.issuperset(names[at:]) else ""


def _title(told: Told) -> str:
    if told.proposal is not None and told.proposal.proposal.sites:
        return told.say(
            "title_sites",
            what=proposal_words.what_inside(told.proposal.proposal, told.language),
            area=told.area_name,
        )
    kind = presets.kind(told.answer.kind)
    return text(
        "report.title",
        told.language,
        place=kind.indefinite(told.language),
        area=short(told.area.name),
    )


def _subtitle(told: Told) -> str:
    profile = presets.profile(told.answer.profile).name(told.language)
    return text(
        "report.subtitle",
        told.language,
        group=told.group_at_start,
        limit=told.limit,
        profile=profile.lower(),
    )


def _settings(told: Told, question: ReportQuestion) -> dict[str, Any]:
    """Return the question, so that the report can be made again."""
    answer = told.answer
    return {
        "kind": answer.kind,
        "limit_m": answer.limit_m,
        "group": answer.group,
        "profile": answer.profile,
        "language": question.language,
        "title": question.title,
        "findings": list(question.findings),
        "own_words": dict(question.own_words),
        "proposal": proposals.settings(told.proposal),
        "curve": question.curve,
        "robust": question.robust,
        "form": question.form,
    }


def _results(told: Told) -> dict[str, Any]:
    """Return every figure of the report as a number; None where hidden or unknown."""
    answer, found = told.answer, told.shown
    wide = told.width
    return {
        **found.measures,
        "places": answer.places,
        "unknown_rows": answer.unknown,
        "districts": [
            {
                "name": one_line(row.name),
                "people": _plain(row.people),
                "beyond": _plain(row.beyond),
                "share_beyond": _plain(row.share_beyond),
                "mean_m_beyond": _plain(row.mean_m_beyond),
                "share_low": _plain(row.share_low),
                "share_high": _plain(row.share_high),
            }
            for row in found.gap.districts
        ],
        "width": None
        if wide is None
        else {
            "lowest": _plain(wide.lowest),
            "low": _plain(wide.low),
            "high": _plain(wide.high),
            "highest": _plain(wide.highest),
        },
        "sensitivity": [_variant(row) for row in told.variants],
        "proposal": proposals.results(told.proposal),
    }


def _variant(row: Variant) -> dict[str, Any]:
    return {
        "name": f"{row.why} {row.profile} {row.limit_m:g} m",
        "beyond": row.beyond,
        "share_beyond": row.share_beyond,
    }


def _places(area: Area, kind: str) -> gpd.GeoDataFrame:
    """Return the places of the kind as they may be listed. Transitional housing is never listed one
    by one: its points are homes.
    """
    columns = ["name", "kind", "address", "district", "source", "geometry"]
    found = area.places_of(kind)[columns]
    return writable_table(found.iloc[:0] if kind == HOUSING else found)


def _plain(value: float | None) -> float | None:
    return None if value is None else round(float(value), 6)
