"""What a report and a letter to the board say of where to open, beside what ``sites`` says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo import texts
from geo.access.gap_question import GapQuestion
from geo.area.model import Area
from geo.output.report.make import report_of
from geo.output.report.model import FINDINGS, Report
from geo.output.report.question import FORMS, LETTER, REPORT, ReportQuestion
from geo.output.words import proposal as proposal_words
from geo.output.words.site_spread import spread_lines
from geo.output.words.sites import curve_table
from geo.planning.siting.alternatives import answered
from geo.planning.siting.instance import prepare
from geo.planning.siting.question import SitingQuestion
from tests.geo.planning.siting.test_spread import town as spread_town
from tests.geo.worlds import street

ASKED = SitingQuestion("language_cafe", 1, limit_m=150.0, group="all", kinds=("school",))
GAP = GapQuestion(ASKED.kind, ASKED.limit_m, ASKED.group, ASKED.profile)
SCHOOLS = {0.0: "school", 500.0: "school", 1000.0: "school"}


def alike(first: float = 101.0) -> Area:
    """Three schools with as many around each, in statistical areas of their own."""
    area = street(homes={0.0: first, 500.0: 100.0, 1000.0: 100.0}, places=SCHOOLS, estimated=True)
    return replace(area, people=area.people.assign(unit=["a", "b", "c"]))


def made(area: Area, form: str, **change: object) -> Report:
    asked = {"sites": ASKED, "date": "2026-11-30", "form": form, **change}
    return report_of(area, ReportQuestion(GAP, **asked))  # type: ignore[arg-type]


def said(report: Report) -> list[str]:
    return [word for found in report.findings for word in found.words]


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("form", FORMS)
def test_paper_recommends_none_where_the_numbers_tell_none_apart(form: str, language: str) -> None:
    area = alike()
    answer = answered(prepare(area, ASKED), vary=True)
    assert answer.proposal.spans_all and answer.robustness is not None
    headline = proposal_words.headline(answer.proposal, language)
    words = said(made(area, form, robust=True, language=language))
    assert headline in words
    proof = proposal_words.proof(answer.proposal, language)
    assert not any(proof in word for word in words if "school 0" in word)
    decided = texts.text("report.decision_note", language)
    assert (decided in words) == (form == LETTER)


@pytest.mark.parametrize("form", FORMS)
def test_paper_names_the_place_where_the_numbers_tell_it_apart(form: str) -> None:
    area = alike(300.0)
    answer = answered(prepare(area, ASKED), vary=True)
    words = said(made(area, form, robust=True))
    assert not answer.proposal.spans_all
    assert proposal_words.headline(answer.proposal, "sv") in words
    decided = "Nämnden föreslås besluta att öppna ett nytt språkcafé: school 0."
    assert (decided in words) == (form == LETTER)


def test_a_letter_shows_the_table_it_speaks_of() -> None:
    area = alike()
    curve = answered(prepare(area, ASKED), most=2).curve
    assert curve is not None
    analysis = made(area, LETTER, curve=2).finding("analysis")
    assert analysis is not None and texts.text("report.curve_words", "sv") in analysis.words
    assert analysis.table is not None and analysis.table.equals(curve_table(curve, "sv"))
    without = made(area, LETTER).finding("analysis")
    assert without is not None and without.table is None
    assert texts.text("report.curve_words", "sv") not in without.words


@pytest.mark.parametrize("form", FORMS)
def test_what_somebody_wrote_of_a_part_stands_on_paper_once(form: str) -> None:
    words = {name: f"Eget om {name}." for name in FINDINGS}
    report = made(alike(), form, own_words=tuple(words.items()))
    lines = [line for found in report.findings for line in found.own_words.split("\n") if line]
    assert sorted(lines) == sorted(words.values())
    chosen = tuple(name for name in FINDINGS if name != "sensitivity")
    less = made(alike(), form, own_words=tuple(words.items()), findings=chosen)
    assert not any(words["sensitivity"] in found.own_words for found in less.findings)


def test_where_nothing_is_proposed_paper_speaks_of_no_proposal() -> None:
    area = street(homes={0.0: 50.0}, places={0.0: "language_cafe", 900.0: "school"}, estimated=True)
    proposes = made(alike(), REPORT)
    nothing = made(area, REPORT)
    assert nothing.results["proposal"]["sites"] == []
    assert proposes.finding("no_action") is not None and nothing.finding("no_action") is None
    assert not any("Om inget görs" in word for word in said(made(area, LETTER)))


def test_key_figures_say_of_a_kind_there_is_none_of_what_the_headline_says() -> None:
    area = street(homes={0.0: 12.0, 500.0: 8.0}, places={0.0: "school"})
    report = made(area, REPORT, sites=None)
    answer = report.finding("answer")
    assert answer is not None and "200" in answer.words[0]
    assert (report.results["people"], report.results["beyond"]) == (200.0, 200.0)
    figures = report.finding("key_figures")
    assert figures is not None
    assert [figure.value for figure in figures.figures[:2]] == ["200", "200"]


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("form", FORMS)
def test_paper_says_where_other_places_were_better_as_the_answer_does(
    form: str, language: str
) -> None:
    area = spread_town()
    asked = replace(ASKED, limit_m=100.0)
    answer = answered(prepare(area, asked))
    (line,) = spread_lines(answer.spread, answer.proposal, language)
    gap = replace(GAP, limit_m=100.0)
    question = ReportQuestion(gap, sites=asked, date="2026-11-30", form=form, language=language)
    assert line in said(report_of(area, question))
